//! Settings of the back end: everything in them but [`Options::concurrency`] changes the fingerprint.

use super::prompts;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::str::FromStr;

/// How a model writes the box of an object. Families differ, and a wrong choice cannot be detected
/// from the answers: boxes are then in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxConvention {
    /// JSON, `[x1, y1, x2, y2]` in pixels of the image that is sent.
    Pixels,
    /// JSON, `[x1, y1, x2, y2]` from 0 to 1000, relative to width and height.
    #[serde(rename = "norm1000")]
    Norm1000,
    /// JSON, `[y1, x1, y2, x2]` from 0 to 1000.
    #[serde(rename = "norm1000-yx")]
    Norm1000YFirst,
    /// JSON, `[x1, y1, x2, y2]` from 0 to 1.
    #[serde(rename = "norm1")]
    Norm1,
    /// `<box>(x1,y1),(x2,y2)</box>` from 0 to 1000, also with `<|box_start|>` and `<|box_end|>`, or
    /// without any mark when the server drops special tokens.
    BoxTokens,
}

impl BoxConvention {
    /// All of them, with their names in settings.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Pixels, "pixels"),
        (Self::Norm1000, "norm1000"),
        (Self::Norm1000YFirst, "norm1000-yx"),
        (Self::Norm1, "norm1"),
        (Self::BoxTokens, "box-tokens"),
    ];

    /// The name in settings.
    pub fn name(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find_map(|(one, name)| (one == self).then_some(name))
            .unwrap_or_default()
    }
}

impl FromStr for BoxConvention {
    type Err = OptionsError;

    fn from_str(name: &str) -> Result<Self, OptionsError> {
        Self::ALL
            .into_iter()
            .find_map(|(one, known)| (known == name).then_some(one))
            .ok_or_else(|| OptionsError::UnknownConvention {
                name: name.chars().take(40).collect(),
            })
    }
}

/// How pictures are encoded for the wire. They are always encoded anew, so that no metadata of the
/// file (place, camera, rotation) leaves the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Encoding {
    /// Lossless.
    Png,
    /// Smaller, with the quality from 1 to 100.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
}

/// How `match_text` gets a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scoring {
    /// The model writes a rating from 0 to 100; the score is a hundredth of it. Works everywhere;
    /// coarse, with ties.
    Rating,
    /// The model says yes or no; the score is the probability of yes among the two, from the
    /// probabilities of tokens. The server must offer them (`logprobs`).
    YesProbability,
}

/// Name of the field that bounds an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenField {
    /// What most servers know.
    MaxTokens,
    /// What some vendors ask for instead.
    MaxCompletionTokens,
}

impl TokenField {
    /// The field of a request.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// Settings of a [`Vlm`](super::Vlm).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How the model writes boxes.
    pub boxes: BoxConvention,
    /// Longest side of a picture that is sent, in pixels, padding included; larger crops are shrunk.
    pub max_side: u32,
    /// Shortest side of a picture that is sent, in pixels; smaller crops are enlarged as far as
    /// `max_side` allows, then padded with grey on the right and at the bottom.
    pub min_side: u32,
    /// Both sides are padded to a multiple of this. For models whose processor would otherwise
    /// resize the picture and answer in pixels of the result (28 for Qwen2.5-VL).
    pub side_multiple: u32,
    /// How pictures are encoded.
    pub encoding: Encoding,
    /// Sampling temperature; `None` (in a file: `"none"`) leaves the field out, for models that
    /// refuse it.
    #[serde(with = "or_none")]
    pub temperature: Option<f64>,
    /// Seed of sampling; `None` (in a file: `"none"`) leaves the field out.
    #[serde(with = "or_none")]
    pub seed: Option<u64>,
    /// Longest answer, in tokens.
    pub max_tokens: u32,
    /// Name of the field that says so.
    pub max_tokens_field: TokenField,
    /// Most objects that one `find` may give; more are an error.
    pub max_boxes: usize,
    /// How `match_text` gets a score.
    pub scoring: Scoring,
    /// Requests at once.
    pub concurrency: usize,
}

/// A setting that is a value or the word `none`, since TOML has no null: for `#[serde(with = …)]`.
pub mod or_none {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given<T> {
        Value(T),
        Word(String),
    }

    /// The value, or the word.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str("none"),
        }
    }

    /// From the value, or the word.
    ///
    /// # Errors
    /// If it is neither.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        match Given::deserialize(deserializer) {
            Ok(Given::Value(value)) => Ok(Some(value)),
            Ok(Given::Word(word)) if word == "none" => Ok(None),
            _ => Err(de::Error::custom("expected a number or \"none\"")),
        }
    }
}

impl Default for Options {
    /// Boxes from 0 to 1000, pictures of 28 to 1024 pixels a side as JPEG of quality 90,
    /// temperature 0, seed 0, 1024 tokens, 100 boxes, ratings, 4 requests at once.
    fn default() -> Self {
        Self {
            boxes: BoxConvention::Norm1000,
            max_side: 1024,
            min_side: 28,
            side_multiple: 1,
            encoding: Encoding::Jpeg { quality: 90 },
            temperature: Some(0.0),
            seed: Some(0),
            max_tokens: 1024,
            max_tokens_field: TokenField::MaxTokens,
            max_boxes: 100,
            scoring: Scoring::Rating,
            concurrency: 4,
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// No such way of writing boxes.
    #[error(
        "`{name}` is no box convention; they are pixels, norm1000, norm1000-yx, norm1, box-tokens"
    )]
    UnknownConvention {
        /// What was given.
        name: String,
    },
    /// A number is out of its range.
    #[error("`{name}` of the vision-language model must be {expected}")]
    Range {
        /// Name of the setting.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// Not of the form `MODEL@URL`.
    #[error(
        "`{given}` does not name a model and its server; write MODEL@URL, such as \
         qwen2.5-vl@http://127.0.0.1:8000"
    )]
    Target {
        /// What was given.
        given: String,
    },
}

/// Longest name of a model, in bytes.
const MAX_MODEL: usize = 256;

/// Splits `MODEL@URL`. The name of the model may hold `@`; the address begins at the last `@http`.
///
/// # Errors
/// Without a name, without an `http://` or `https://` address, or for a name of more than 256 bytes
/// or with white space or control characters.
pub fn split_target(given: &str) -> Result<(&str, &str), OptionsError> {
    let at = given
        .rfind("@http://")
        .or_else(|| given.rfind("@https://"))
        .filter(|&at| is_model(&given[..at]));
    match at {
        Some(at) => Ok((&given[..at], &given[at + 1..])),
        // What follows an `@` may be a password typed into the wrong place: it is not repeated.
        None => Err(OptionsError::Target {
            given: given
                .split('@')
                .next()
                .unwrap_or_default()
                .chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect(),
        }),
    }
}

/// Whether `name` may name a model.
pub(crate) fn is_model(name: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace();
    !name.is_empty() && name.len() <= MAX_MODEL && name.chars().all(plain)
}

impl Options {
    /// Whether every number is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not.
    pub fn check(&self) -> Result<(), OptionsError> {
        let checks = [
            (
                (32..=8192).contains(&self.max_side),
                "max_side",
                "from 32 to 8192",
            ),
            (
                (1..=self.max_side).contains(&self.min_side),
                "min_side",
                "from 1 to max_side",
            ),
            (
                (1..=256).contains(&self.side_multiple)
                    && self.max_side.is_multiple_of(self.side_multiple),
                "side_multiple",
                "from 1 to 256 and a divisor of max_side",
            ),
            (
                !matches!(self.encoding, Encoding::Jpeg { quality } if !(1..=100).contains(&quality)),
                "encoding.jpeg.quality",
                "from 1 to 100",
            ),
            (
                self.temperature.is_none_or(|t| (0.0..=2.0).contains(&t)),
                "temperature",
                "from 0 to 2",
            ),
            (
                (16..=65_536).contains(&self.max_tokens),
                "max_tokens",
                "from 16 to 65536",
            ),
            (
                (1..=1000).contains(&self.max_boxes),
                "max_boxes",
                "from 1 to 1000",
            ),
            (
                (1..=256).contains(&self.concurrency),
                "concurrency",
                "from 1 to 256",
            ),
        ];
        match checks.into_iter().find(|(good, ..)| !good) {
            Some((_, name, expected)) => Err(OptionsError::Range { name, expected }),
            None => Ok(()),
        }
    }

    /// Everything that answers depend on besides the question: model, server, prompts, settings.
    pub(super) fn fingerprint(&self, model: &str, endpoint: &str) -> String {
        let mut text = format!(
            "vlm-1:{model}@{endpoint};boxes={};side={}-{}x{};",
            self.boxes.name(),
            self.min_side,
            self.max_side,
            self.side_multiple
        );
        // Writing to a String cannot fail.
        let _ = match self.encoding {
            Encoding::Png => write!(text, "png;"),
            Encoding::Jpeg { quality } => write!(text, "jpeg={quality};"),
        };
        if let Some(temperature) = self.temperature {
            let _ = write!(text, "temperature={temperature};");
        }
        if let Some(seed) = self.seed {
            let _ = write!(text, "seed={seed};");
        }
        let field = match self.max_tokens_field {
            TokenField::MaxTokens => "tokens",
            TokenField::MaxCompletionTokens => "completion-tokens",
        };
        let scoring = match self.scoring {
            Scoring::Rating => "rating",
            Scoring::YesProbability => "yes-probability",
        };
        let _ = write!(
            text,
            "{field}={};max-boxes={};score={scoring};prompts={}",
            self.max_tokens,
            self.max_boxes,
            prompts::fingerprint()
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_conventions_are_read_in_both_ways() {
        for (convention, name) in BoxConvention::ALL {
            assert_eq!(name.parse::<BoxConvention>(), Ok(convention));
            let json = serde_json::to_string(&convention).unwrap();
            assert_eq!(json, format!("\"{name}\""));
        }
        let error = "yolo".parse::<BoxConvention>().unwrap_err().to_string();
        assert!(error.contains("`yolo`") && error.contains("box-tokens"));
    }

    #[test]
    fn settings_are_read_from_toml_and_unknown_ones_refused() {
        let read = |text: &str| toml::from_str::<Options>(text);
        let options = read("boxes = \"pixels\"\nencoding = \"png\"\nscoring = \"yes-probability\"");
        let options = options.unwrap();
        assert_eq!(options.boxes, BoxConvention::Pixels);
        assert_eq!(options.encoding, Encoding::Png);
        assert_eq!(options.scoring, Scoring::YesProbability);
        assert_eq!(options.max_side, Options::default().max_side);
        let jpeg = read("encoding = { jpeg = { quality = 70 } }").unwrap();
        assert_eq!(jpeg.encoding, Encoding::Jpeg { quality: 70 });
        let without = read("temperature = \"none\"\nseed = 7").unwrap();
        assert_eq!((without.temperature, without.seed), (None, Some(7)));
        let again = read(&toml::to_string(&without).unwrap());
        assert_eq!(again.unwrap(), without);
        assert!(read("temperature = \"hot\"").is_err());
        assert!(read("boxs = \"pixels\"").is_err());
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        assert_eq!(Options::default().check(), Ok(()));
        let wrong = |change: &dyn Fn(&mut Options), expected: &str| {
            let mut options = Options::default();
            change(&mut options);
            match options.check() {
                Err(OptionsError::Range { name, .. }) => assert_eq!(name, expected),
                other => panic!("{expected}: {other:?}"),
            }
        };
        wrong(&|o| o.max_side = 0, "max_side");
        wrong(&|o| o.min_side = 4000, "min_side");
        wrong(&|o| o.side_multiple = 28, "side_multiple");
        wrong(&|o| o.side_multiple = 0, "side_multiple");
        wrong(
            &|o| o.encoding = Encoding::Jpeg { quality: 0 },
            "encoding.jpeg.quality",
        );
        wrong(&|o| o.temperature = Some(f64::NAN), "temperature");
        wrong(&|o| o.max_tokens = 0, "max_tokens");
        wrong(&|o| o.max_boxes = 0, "max_boxes");
        wrong(&|o| o.concurrency = 0, "concurrency");
    }

    #[test]
    fn the_fingerprint_changes_with_everything_but_the_concurrency() {
        let base = Options::default();
        let print = |options: &Options| options.fingerprint("m", "http://h");
        let mut seen = vec![
            print(&base),
            base.fingerprint("n", "http://h"),
            base.fingerprint("m", "http://i"),
        ];
        let changes: [fn(&mut Options); 12] = [
            |o| o.boxes = BoxConvention::Pixels,
            |o| o.max_side = 512,
            |o| o.min_side = 56,
            |o| o.side_multiple = 32,
            |o| o.encoding = Encoding::Png,
            |o| o.encoding = Encoding::Jpeg { quality: 91 },
            |o| o.temperature = None,
            |o| o.seed = None,
            |o| o.max_tokens = 512,
            |o| o.max_tokens_field = TokenField::MaxCompletionTokens,
            |o| o.max_boxes = 50,
            |o| o.scoring = Scoring::YesProbability,
        ];
        for change in changes {
            let mut options = base.clone();
            change(&mut options);
            seen.push(print(&options));
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count);
        let mut same = base.clone();
        same.concurrency = 1;
        assert_eq!(print(&same), print(&base));
    }

    #[test]
    fn a_target_is_a_model_and_an_address() {
        for (given, model, url) in [
            ("qwen@http://h:1/v1", "qwen", "http://h:1/v1"),
            (
                "org/Qwen2.5-VL-7B@https://h",
                "org/Qwen2.5-VL-7B",
                "https://h",
            ),
            ("claude@2025@https://h", "claude@2025", "https://h"),
            ("m@http://u:p@host", "m", "http://u:p@host"),
        ] {
            assert_eq!(split_target(given), Ok((model, url)));
        }
        for given in [
            "",
            "qwen",
            "@http://h",
            "qwen@ftp://h",
            "http://h",
            "a b@http://h",
        ] {
            assert!(split_target(given).is_err(), "{given}");
        }
        let error = split_target("m@SECRET").unwrap_err().to_string();
        assert!(!error.contains("SECRET"), "{error}");
    }
}
