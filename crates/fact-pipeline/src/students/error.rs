//! Why students cannot be taught or asked.

use crate::datasets::{ImagePathError, ImageReadError, OpenError, RecordError};
use fact_models::decode::DecodeError;
use fact_student::{CheckpointError, InferError, TrainError, example::PictureError};
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
    /// The student cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The student does not answer.
    #[error(transparent)]
    Infer(#[from] InferError),
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
            Self::Train(e) => e.hint(),
            Self::Checkpoint(e) => e.hint(),
            Self::Infer(InferError::NoRationales) => Some("leave out --after-rationale".into()),
            _ => None,
        }
    }
}
