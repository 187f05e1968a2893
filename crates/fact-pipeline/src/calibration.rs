//! Calibrations: files that say how evidence becomes confidence, and how confident is enough.
//!
//! One is shipped for each pack and set of proposers that was measured, and a general one for all
//! others, which uses only what every pack and proposer has. `fact calibrate` makes one from a run
//! whose questions have siblings.

use fact_core::verify::calibration::Fitted;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Version of the file form.
const VERSION: u32 = 1;
/// Largest file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// How evidence becomes confidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Version of the file form.
    pub version: u32,
    /// The pack and the proposers whose candidates it was fitted on, as `blocks: bank`.
    pub candidates: String,
    /// Data, number of questions, and date of the fit.
    pub fitted_on: String,
    /// Where a right answer on the sample is known.
    pub labelled: Fitted,
    /// Where no answer is known.
    pub unlabelled: Fitted,
    /// SHA-256 of the file.
    #[serde(skip)]
    pub sha256: String,
}

/// The calibrations that are shipped: candidates, text.
const SHIPPED: &[(&str, &str)] = &[
    (
        "blocks: bank",
        include_str!("../calibrations/blocks-bank.toml"),
    ),
    (
        "blocks: bank, llm",
        include_str!("../calibrations/blocks-bank-llm.toml"),
    ),
];
/// The one for everything else.
const GENERAL: &str = include_str!("../calibrations/general.toml");

/// Why confidence cannot be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// The file cannot be read.
    #[error("cannot read the calibration {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a calibration.
    #[error("{origin}: not a calibration: {message}")]
    Malformed {
        /// The file.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// No threshold reaches the precision.
    #[error(
        "a precision of {wanted} was never reached by the calibration for `{candidates}`{}; its best is {best:.3}",
        if *.labels { "" } else { " without answers" }
    )]
    OutOfReach {
        /// The precision asked for.
        wanted: f64,
        /// The highest that was reached.
        best: f64,
        /// What it was fitted on.
        candidates: String,
        /// Whether answers are known.
        labels: bool,
    },
}

impl CalibrationError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } | Self::Malformed { .. } => {
                Some("`fact calibrate RUN --out FILE` writes one".into())
            }
            Self::OutOfReach { best, .. } => Some(format!(
                "ask for at most {:.2}, or calibrate on your own data with `fact calibrate`",
                (best * 100.0).floor() / 100.0
            )),
        }
    }
}

impl Calibration {
    /// The shipped calibration that fits best.
    ///
    /// # Errors
    /// If it is malformed, which a test rules out.
    pub fn shipped(pack: &str, proposers: &[&str]) -> Result<Self, CalibrationError> {
        let wanted = candidates(pack, proposers);
        let found = SHIPPED.iter().find(|(name, _)| *name == wanted);
        let text = found.map_or(GENERAL, |(_, text)| *text);
        Self::read(text, &format!("calibration for `{wanted}`"))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or is not a calibration.
    pub fn from_file(path: &Path) -> Result<Self, CalibrationError> {
        let failed = |source| CalibrationError::Read {
            path: path.to_owned(),
            source,
        };
        let size = std::fs::metadata(path).map_err(failed)?.len();
        if size > MAX_BYTES {
            return Err(CalibrationError::Malformed {
                origin: path.display().to_string(),
                message: format!("{size} bytes are too many"),
            });
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        Self::read(&text, &path.display().to_string())
    }

    fn read(text: &str, origin: &str) -> Result<Self, CalibrationError> {
        let malformed = |message: String| CalibrationError::Malformed {
            origin: origin.to_owned(),
            message,
        };
        let mut read: Self =
            toml::from_str(text).map_err(|e| malformed(e.message().trim().to_owned()))?;
        if read.version != VERSION {
            return Err(malformed(format!(
                "version {} is not {VERSION}",
                read.version
            )));
        }
        for fitted in [&read.labelled, &read.unlabelled] {
            fitted.check().map_err(malformed)?;
        }
        let digest = Sha256::digest(text.as_bytes());
        read.sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(read)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// If it cannot be written as TOML.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Whether it was fitted on candidates of this pack and these proposers.
    pub fn fits(&self, pack: &str, proposers: &[&str]) -> bool {
        self.candidates == candidates(pack, proposers)
    }

    /// The part for runs that may see answers, or that may not.
    pub fn of(&self, labels: bool) -> &Fitted {
        if labels {
            &self.labelled
        } else {
            &self.unlabelled
        }
    }

    /// The least confidence to accept for a precision.
    ///
    /// # Errors
    /// If none reached it.
    pub fn threshold(&self, precision: f64, labels: bool) -> Result<f64, CalibrationError> {
        let fitted = self.of(labels);
        fitted
            .threshold(precision)
            .ok_or_else(|| CalibrationError::OutOfReach {
                wanted: precision,
                best: fitted.best_precision(),
                candidates: self.candidates.clone(),
                labels,
            })
    }
}

/// `blocks: bank, llm`.
pub fn candidates(pack: &str, proposers: &[&str]) -> String {
    let mut names = proposers.to_vec();
    names.sort_unstable();
    names.dedup();
    format!("{pack}: {}", names.join(", "))
}

/// A new calibration.
pub fn new(
    candidates: String,
    fitted_on: String,
    labelled: Fitted,
    unlabelled: Fitted,
) -> Calibration {
    Calibration {
        version: VERSION,
        candidates,
        fitted_on,
        labelled,
        unlabelled,
        sha256: String::new(),
    }
}
