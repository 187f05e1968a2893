//! Why students cannot be taught or asked.

use crate::config::ConfigError;
use crate::datasets::{ImagePathError, ImageReadError, OpenError, RecordError};
use crate::engine::RunError;
use crate::store::StoreError;
use crate::synth::SynthError;
use crate::transfer::TransferError;
use fact_models::decode::DecodeError;
use fact_student::{
    CheckpointError, InferError, TrainError, VocabularyError, example::PictureError,
};
use std::io;
use std::path::PathBuf;

/// Why a student cannot be taught or asked.
#[derive(Debug, thiserror::Error)]
pub enum StudentError {
    /// A file of rows cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A row is malformed.
    #[error(transparent)]
    Row(#[from] RecordError),
    /// The folder of the images cannot be used.
    #[error("cannot use the image folder {path}: {source}")]
    Images {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The path of an image is refused.
    #[error("row `{id}`: {source}")]
    Path {
        /// The row.
        id: String,
        /// Why.
        source: ImagePathError,
    },
    /// An image cannot be read.
    #[error("row `{id}`: {source}")]
    Read {
        /// The row.
        id: String,
        /// Why.
        source: ImageReadError,
    },
    /// An image is none.
    #[error("row `{id}`: {source}")]
    Decode {
        /// The row.
        id: String,
        /// Why.
        source: DecodeError,
    },
    /// An image cannot be given to a student.
    #[error("row `{id}`: {source}")]
    Picture {
        /// The row.
        id: String,
        /// Why.
        source: PictureError,
    },
    /// Not one row has a rationale, though rationales are to be learned.
    #[error("no row has a text under `{0}`")]
    NoRationale(String),
    /// The training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// An experiment cannot be done, or not in this folder.
    #[error("{path}: {message}")]
    Experiment {
        /// The file that is wrong, or in the way.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// An arm keeps rationales by what verifiers answered, and none was asked.
    #[error("{0} has no scores of verifiers, by which an arm keeps its rationales")]
    Unscored(PathBuf),
    /// Scenes cannot be drawn.
    #[error("{}", told(.0))]
    Synth(#[from] SynthError),
    /// Rationales cannot be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The settings of the run are refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The run cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A vocabulary cannot be read or written.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The student cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The student does not answer.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// A student does not tell what it was trained on.
    #[error("{0} does not tell what the student there was trained on")]
    Untold(PathBuf),
    /// Verifiers cannot be asked.
    #[error(transparent)]
    Transfer(Box<TransferError>),
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unread {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl StudentError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Images { .. } | Self::Path { .. } | Self::Read { .. } => {
                Some("paths of images are relative to the folder given with --images".into())
            }
            Self::NoRationale(_) => Some(
                "name the column of the rationales with --rationale, or --objective label".into(),
            ),
            Self::Experiment { .. } => {
                Some("correct the file, or give another folder with --out".into())
            }
            Self::Unscored(run) => Some(format!(
                "`fact transfer {} --verifier …` asks one; then the same command goes on",
                run.display()
            )),
            Self::Untold(_) => Some(
                "a student may not judge what it was trained on: teach it again with this version; the                  same command writes what is missing"
                    .into(),
            ),
            Self::Transfer(e) => e.hint(),
            Self::Run(e) => e.hint(),
            Self::Config(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Vocabulary(VocabularyError::Format { .. }) => {
                Some("give the vocabulary.json that a training wrote".into())
            }
            Self::Train(e) => e.hint(),
            Self::Checkpoint(e) => e.hint(),
            Self::Infer(InferError::NoRationales) => Some("leave out --after-rationale".into()),
            _ => None,
        }
    }
}

impl From<TransferError> for StudentError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Student(error) => *error,
            error => Self::Transfer(Box::new(error)),
        }
    }
}

/// What could not be written, and why.
fn told(error: &SynthError) -> String {
    match std::error::Error::source(error) {
        Some(why) => format!("{error}: {why}"),
        None => error.to_string(),
    }
}
