//! Why prediction files could not be scored.

use crate::datasets::{OpenError, Origin, RecordError};
use fact_core::metrics::bootstrap::Unpaired;
use std::io;
use std::path::PathBuf;

/// Why there are no measures.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// A file cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A record cannot be read, or says what cannot be.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Questions without a prediction.
    #[error("{path} has no prediction for {count} of the questions, the first being `{first}`")]
    Missing {
        /// The predictions.
        path: PathBuf,
        /// How many.
        count: usize,
        /// Identifier of the first.
        first: String,
    },
    /// Predictions for questions that are not there.
    #[error(
        "{path}: {count} predictions are for no question of the data, the first being `{first}`"
    )]
    Unknown {
        /// The predictions.
        path: PathBuf,
        /// How many.
        count: usize,
        /// Identifier of the first.
        first: String,
    },
    /// Files that must have as many records have not.
    #[error("{path} has {predictions} predictions for {questions} questions")]
    Count {
        /// The predictions.
        path: PathBuf,
        /// Their number.
        predictions: usize,
        /// That of the questions.
        questions: usize,
    },
    /// Nothing to score.
    #[error("{path} has no {what}")]
    Empty {
        /// The file.
        path: PathBuf,
        /// What it should have.
        what: &'static str,
    },
    /// More than is read.
    #[error("{path} has more than {limit} records")]
    TooMany {
        /// The file.
        path: PathBuf,
        /// How many are read.
        limit: usize,
    },
    /// Files or flags do not fit together.
    #[error("{0}")]
    Usage(String),
    /// Two prediction files are about other things.
    #[error("{a} and {b}: {source}")]
    Unpaired {
        /// The first.
        a: PathBuf,
        /// The other.
        b: PathBuf,
        /// Why.
        source: Unpaired,
    },
}

impl MetricsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Missing { .. } => "every question needs a prediction; an empty answer is one",
            Self::Unknown { .. } => "are these the predictions for this data?",
            Self::Count { .. } => {
                "predictions without identifiers are matched by their order, one for each question"
            }
            Self::Unpaired { .. } => "both files must be about the same questions",
            Self::Read { .. } => "check the path",
            Self::Open(_)
            | Self::Record(_)
            | Self::Empty { .. }
            | Self::TooMany { .. }
            | Self::Usage(_) => return None,
        };
        Some(hint.to_owned())
    }

    /// A second record with an identifier.
    pub(super) fn duplicate(at: &Origin, field: &str, id: &str) -> Self {
        at.bad(field, format!("`{id}` was used by an earlier record"))
            .into()
    }
}
