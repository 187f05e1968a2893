//! How students that judge are trained: a table of settings.

use fact_student::config::ImageSize;
use fact_student::{Size, TrainConfig};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Largest file of settings that is read, in bytes.
const MAX_FILE: u64 = 1 << 16;
/// Most folds: each is a training.
const MOST_FOLDS: usize = 20;
/// Steps from one validation, and from one checkpoint, to the next.
const VALIDATE_EVERY: u64 = 250;
const CHECKPOINT_EVERY: u64 = 100;

/// Students that are trained on folds of a run and score the others' (`docs/transfer.md`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrossFit {
    /// How large each is.
    pub size: Size,
    /// Optimisation steps of each.
    pub steps: u64,
    /// How many there are; 2 to 20.
    pub folds: usize,
    /// Of weights, order and folds.
    pub seed: u64,
    /// Highest learning rate.
    pub rate: f64,
    /// Steps of warm-up.
    pub warmup: u64,
    /// Examples a step. A sample is four: one for each condition.
    pub batch: usize,
    /// Width and height that pictures are brought to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<[u32; 2]>,
    /// Pixels from one patch to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stride: Option<u32>,
    /// The student that each begins with: the folder of a training. It must not have learned from these
    /// samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<PathBuf>,
}

impl Default for CrossFit {
    fn default() -> Self {
        let train = TrainConfig::default();
        Self {
            size: Size::S,
            steps: train.steps,
            folds: 4,
            seed: 0,
            rate: train.learning_rate,
            warmup: train.warmup,
            batch: train.batch,
            image: None,
            stride: None,
            start: None,
        }
    }
}

impl CrossFit {
    /// Refuses what would not work.
    ///
    /// # Errors
    /// The first setting that is out of its range, and what is expected.
    pub fn check(&self) -> Result<(), String> {
        if !(2..=MOST_FOLDS).contains(&self.folds) {
            let folds = self.folds;
            return Err(format!("folds is {folds}; must be 2 to {MOST_FOLDS}"));
        }
        let image = self.image();
        let model = fact_student::ModelConfig::new(self.size, image, 64, 300);
        model.check().map_err(|e| e.to_string())?;
        self.training().check().map_err(|e| e.to_string())
    }

    /// How pictures are looked at.
    pub(super) fn image(&self) -> ImageSize {
        let [width, height] = self.image.unwrap_or([48, 48]);
        ImageSize {
            width,
            height,
            stride: self.stride.unwrap_or(8),
        }
    }

    /// The settings of each training.
    pub(super) fn training(&self) -> TrainConfig {
        TrainConfig {
            steps: self.steps,
            batch: self.batch,
            learning_rate: self.rate,
            warmup: self.warmup,
            validate_every: VALIDATE_EVERY,
            checkpoint_every: CHECKPOINT_EVERY,
            seed: self.seed,
            ..TrainConfig::default()
        }
    }

    /// Reads a file of settings.
    ///
    /// # Errors
    /// If it cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, String> {
        let told = |message: String| format!("{}: {message}", path.display());
        let size = std::fs::metadata(path).map_err(|e| told(e.to_string()))?;
        if size.len() > MAX_FILE {
            return Err(told(format!("larger than {MAX_FILE} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| told(e.to_string()))?;
        let table: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| told(e.to_string().trim().to_owned()))?;
        let read = serde_path_to_error::deserialize(toml::Value::Table(table));
        let settings: Self = read.map_err(|e| {
            let what = e.inner().message().trim().to_owned();
            match e.path().to_string().as_str() {
                "." => told(what),
                path => told(format!("`{path}`: {what}")),
            }
        })?;
        settings.check().map_err(told)?;
        Ok(settings)
    }
}

/// What `student:…` names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Named {
    /// Students to be trained.
    CrossFit(CrossFit),
    /// One that is trained, by its folder.
    Taught(PathBuf),
}

impl Named {
    /// Reads what stands behind `student:`: a size, a file of settings, or the folder of a student.
    ///
    /// # Errors
    /// If it is none of these, or its settings are refused.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let path = Path::new(text);
        if let Ok(size) = Size::from_str(text) {
            return Ok(Self::CrossFit(CrossFit {
                size,
                ..CrossFit::default()
            }));
        }
        if path.extension().is_some_and(|e| e == "toml") {
            return CrossFit::read(path).map(Self::CrossFit);
        }
        if path.is_dir() {
            return Ok(Self::Taught(path.to_owned()));
        }
        Err(format!(
            "`student:{text}` is neither a size (S, M, L, 128x4), nor a file of settings (NAME.toml), nor the \
             folder of a student"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_is_named_by_size_settings_or_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("judge.toml");
        let read = |path: &Path| Named::read(&path.display().to_string());
        std::fs::write(&file, "size = \"64x2\"\nsteps = 9\nfolds = 3\n").unwrap();
        let Named::CrossFit(settings) = read(&file).unwrap() else {
            panic!("a file of settings");
        };
        assert_eq!(
            (settings.size.to_string().as_str(), settings.steps),
            ("64x2", 9)
        );
        assert_eq!((settings.folds, settings.rate), (3, 2e-3));
        assert!(matches!(Named::read("M").unwrap(), Named::CrossFit(s) if s.size == Size::M));
        assert!(matches!(read(folder.path()).unwrap(), Named::Taught(_)));
        for (text, expected) in [
            ("folds = 1", "folds is 1; must be 2 to 20"),
            ("steps = 0", "steps is 0"),
            ("fold = 3", "unknown field `fold`"),
            ("size = \"XL\"", "unknown size `XL`"),
            ("rate = nan", "learning rate is NaN"),
            ("image = [1, 1]", "image width is 1"),
            ("stride = 2\nimage = [900, 900]", "number of patches"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = read(&file).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert!(
            Named::read("no/such")
                .unwrap_err()
                .contains("neither a size")
        );
    }
}
