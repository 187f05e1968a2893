//! Sizes of models and settings of training, with their ranges.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}; {expected}")]
pub struct ConfigError {
    /// The setting.
    pub field: &'static str,
    /// What it is.
    pub value: String,
    /// What it must be.
    pub expected: &'static str,
}

fn within(
    field: &'static str,
    value: usize,
    range: std::ops::RangeInclusive<usize>,
    expected: &'static str,
) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(ConfigError {
        field,
        value: value.to_string(),
        expected,
    })
}

/// How large a student is: the one knob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Size {
    /// Width 96, 3 layers: about 0.6 million parameters.
    S,
    /// Width 192, 5 layers: about 3 million.
    M,
    /// Width 448, 10 layers: about 27 million.
    L,
    /// A width and a number of layers, written `WIDTHxLAYERS`.
    Free {
        /// A multiple of 32.
        width: usize,
        /// 1 to 48.
        layers: usize,
    },
}

impl Size {
    /// Width of the residual stream, layers, heads.
    pub fn shape(self) -> (usize, usize, usize) {
        match self {
            Self::S => (96, 3, 6),
            Self::M => (192, 5, 6),
            Self::L => (448, 10, 14),
            // 16 a head: small students need several things to look for more than wide ones.
            Self::Free { width, layers } => (width, layers, width / 16),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let free = || {
            let (width, layers) = s.split_once('x')?;
            let (width, layers) = (width.parse().ok()?, layers.parse().ok()?);
            Some(Self::Free { width, layers })
        };
        match s {
            "S" | "s" => Ok(Self::S),
            "M" | "m" => Ok(Self::M),
            "L" | "l" => Ok(Self::L),
            _ => match free() {
                Some(Self::Free { width, layers })
                    if (32..=MAX_WIDTH).contains(&width)
                        && width % 32 == 0
                        && (1..=MAX_LAYERS).contains(&layers) =>
                {
                    Ok(Self::Free { width, layers })
                }
                _ => Err(format!(
                    "unknown size `{s}`, expected S, M, L or WIDTHxLAYERS such as 128x4 (width a multiple of 32 up to {MAX_WIDTH}, 1 to {MAX_LAYERS} layers)"
                )),
            },
        }
    }
}

impl TryFrom<String> for Size {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S => f.write_str("S"),
            Self::M => f.write_str("M"),
            Self::L => f.write_str("L"),
            Self::Free { width, layers } => write!(f, "{width}x{layers}"),
        }
    }
}

const MAX_WIDTH: usize = 1024;
const MAX_LAYERS: usize = 48;
/// Longest text of a row in tokens.
pub const MAX_TEXT: usize = 2048;
/// Most patches of a picture.
pub const MAX_PATCHES: usize = 1024;

/// The size that pictures have for a model, and how it looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageSize {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Pixels from one patch to the next. A patch is twice as wide and high: neighbours overlap, so that
    /// nothing lies on the edge of all patches that see it.
    pub stride: u32,
}

impl ImageSize {
    /// Columns and rows of patches.
    pub fn grid(self) -> (usize, usize) {
        let stride = self.stride.max(1);
        (
            self.width.div_ceil(stride) as usize,
            self.height.div_ceil(stride) as usize,
        )
    }

    /// How many patches there are.
    pub fn patches(self) -> usize {
        let (columns, rows) = self.grid();
        columns * rows
    }

    /// Numbers of one patch: its pixels' channels.
    pub fn patch_length(self) -> usize {
        let side = 2 * self.stride as usize;
        side * side * 3
    }
}

/// The shape of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Width of the residual stream; a multiple of `heads`.
    pub width: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Pictures.
    pub image: ImageSize,
    /// Positions of text in a row.
    pub max_text: usize,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
}

impl ModelConfig {
    /// Of a size.
    pub fn new(size: Size, image: ImageSize, max_text: usize, vocabulary: usize) -> Self {
        let (width, layers, heads) = size.shape();
        Self {
            width,
            layers,
            heads,
            image,
            max_text,
            vocabulary,
        }
    }

    /// Width of what is between the two matrices of a layer's perceptron.
    pub fn inner(&self) -> usize {
        4 * self.width
    }

    /// Refuses what would not work or would take all memory. Run on whatever comes from a file.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("width", self.width, 8..=MAX_WIDTH, "must be 8 to 1024")?;
        within("layers", self.layers, 1..=MAX_LAYERS, "must be 1 to 48")?;
        within(
            "heads",
            self.heads,
            1..=self.width,
            "must be 1 to the width",
        )?;
        if !self.width.is_multiple_of(self.heads) {
            return Err(ConfigError {
                field: "heads",
                value: self.heads.to_string(),
                expected: "must divide the width",
            });
        }
        let max = crate::example::MAX_SIDE as usize;
        let (width, height) = (self.image.width as usize, self.image.height as usize);
        within("image width", width, 4..=max, "must be 4 to 1024")?;
        within("image height", height, 4..=max, "must be 4 to 1024")?;
        let stride = self.image.stride as usize;
        within("stride", stride, 2..=64, "must be 2 to 64")?;
        let expected = "at most 1024 are possible: take a smaller image or a larger stride";
        within(
            "number of patches",
            self.image.patches(),
            1..=MAX_PATCHES,
            expected,
        )?;
        within(
            "length of texts",
            self.max_text,
            8..=MAX_TEXT,
            "must be 8 to 2048 tokens",
        )?;
        let most = crate::tokenizer::MAX_PIECES + 262;
        within(
            "vocabulary",
            self.vocabulary,
            262..=most,
            "must be 262 to 8454 tokens",
        )
    }

    /// How many parameters there are.
    pub fn parameters(&self) -> usize {
        crate::weights::shapes(self)
            .iter()
            .map(|(_, [rows, columns], _)| rows * columns)
            .sum()
    }
}

/// How a student is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// Optimisation steps.
    pub steps: u64,
    /// Examples a step.
    pub batch: usize,
    /// Rows that go through the network at once. Changes rounding and memory, not what is computed.
    pub rows: usize,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// Steps in which the learning rate grows from 0.
    pub warmup: u64,
    /// Weight decay of matrices.
    pub weight_decay: f64,
    /// Largest length of all gradients together; longer ones are scaled down to it.
    pub clip: f64,
    /// λ, the weight of the rationale's loss.
    pub lambda: f64,
    /// Share of rows in which the text does not see the picture. Needed where a student is to judge
    /// without one, as a control for leakage.
    pub blind: f64,
    /// Steps from one validation to the next.
    pub validate_every: u64,
    /// Validations without a better one after which training ends; 0 for never.
    pub patience: u64,
    /// Steps from one checkpoint to the next.
    pub checkpoint_every: u64,
    /// Steps from one line of the log to the next.
    pub log_every: u64,
    /// Of weights, order and blindness.
    pub seed: u64,
    /// A piece must occur so often to be a token.
    pub min_count: usize,
    /// Most pieces of the vocabulary.
    pub max_pieces: usize,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            steps: 3000,
            batch: 32,
            rows: 16,
            learning_rate: 2e-3,
            warmup: 100,
            weight_decay: 0.05,
            clip: 1.0,
            lambda: 1.0,
            blind: 0.0,
            validate_every: 250,
            patience: 0,
            checkpoint_every: 250,
            log_every: 10,
            seed: 0,
            min_count: 4,
            max_pieces: 2048,
        }
    }
}

impl TrainConfig {
    /// Refuses what would not work.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("batch", self.batch, 1..=65_536, "must be 1 to 65536")?;
        within("rows", self.rows, 1..=65_536, "must be 1 to 65536")?;
        let pieces = self.max_pieces;
        within(
            "max pieces",
            pieces,
            0..=crate::tokenizer::MAX_PIECES,
            "must be at most 8192",
        )?;
        for (field, n) in [
            ("steps", self.steps),
            ("validate every", self.validate_every),
            ("checkpoint every", self.checkpoint_every),
            ("log every", self.log_every),
        ] {
            if n == 0 {
                return Err(ConfigError {
                    field,
                    value: "0".into(),
                    expected: "must be 1 or more",
                });
            }
        }
        for (field, value, low, high, expected) in [
            (
                "learning rate",
                self.learning_rate,
                0.0,
                1.0,
                "must be 0 to 1",
            ),
            (
                "weight decay",
                self.weight_decay,
                0.0,
                1.0,
                "must be 0 to 1",
            ),
            ("clip", self.clip, 1e-6, 1e9, "must be above 0"),
            ("lambda", self.lambda, 0.0, 1e3, "must be 0 to 1000"),
            ("blind", self.blind, 0.0, 1.0, "must be 0 to 1"),
        ] {
            // Not the other way round: NaN is in no range.
            if !(low..=high).contains(&value) {
                return Err(ConfigError {
                    field,
                    value: value.to_string(),
                    expected,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: ImageSize = ImageSize {
        width: 400,
        height: 100,
        stride: 16,
    };

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for size in ["S", "M", "L", "128x4"] {
            assert_eq!(size.parse::<Size>().unwrap().to_string(), size);
        }
        for wrong in ["XL", "100x3", "128x0", "128x", "4096x2"] {
            assert!(
                wrong.parse::<Size>().unwrap_err().contains(wrong),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_presets_span_half_a_million_to_thirty() {
        let image = ImageSize {
            width: 48,
            height: 48,
            stride: 8,
        };
        let of = |size| ModelConfig::new(size, image, 128, 600).parameters();
        assert!((500_000..700_000).contains(&of(Size::S)), "{}", of(Size::S));
        assert!((2_500_000..3_500_000).contains(&of(Size::M)));
        assert!((24_000_000..30_000_000).contains(&of(Size::L)));
    }

    #[test]
    fn images_need_not_be_square() {
        assert_eq!(IMAGE.grid(), (25, 7));
        assert_eq!(IMAGE.patch_length(), 32 * 32 * 3);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let good = ModelConfig::new(Size::S, IMAGE, 64, 300);
        assert_eq!(good.check(), Ok(()));
        let bad = |edit: fn(&mut ModelConfig)| {
            let mut config = good;
            edit(&mut config);
            config.check().unwrap_err().field
        };
        assert_eq!(bad(|c| c.width = usize::MAX), "width");
        assert_eq!(bad(|c| c.heads = 5), "heads");
        assert_eq!(bad(|c| c.image.stride = 0), "stride");
        assert_eq!(bad(|c| c.image.stride = 2), "number of patches");
        assert_eq!(bad(|c| c.max_text = 1 << 30), "length of texts");
        assert_eq!(bad(|c| c.vocabulary = 1 << 40), "vocabulary");
        let config = TrainConfig {
            learning_rate: f64::NAN,
            ..TrainConfig::default()
        };
        assert_eq!(config.check().unwrap_err().field, "learning rate");
    }
}
