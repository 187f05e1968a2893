//! One question about one image: a data set of one sample, and what a run over it found.
//!
//! The folder of a question is that of a run, so that what was paid for is kept and the same
//! question asks nobody again; beside `run.db` it holds `question.jsonl`, the image, and what
//! [`Answered::write`] leaves.

mod picture;

use crate::export::{AtomicFile, ExportError, ExportRow, own_pack};
use crate::store::{ReadRow, Reader, StoreError};
use fact_models::DecodeLimits;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The sample's id.
pub const ID: &str = "question";

/// A question about an image.
#[derive(Debug, Clone)]
pub struct Question {
    image: PathBuf,
    bytes: Vec<u8>,
    text: String,
    choices: Vec<String>,
}

/// Why a question cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The image cannot be read.
    #[error("cannot read the image {path}: {source}")]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no question.
    #[error("the question is empty")]
    Empty,
    /// A file of the question's folder cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The run cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was found cannot be told.
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl AskError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Image { .. } => Some("give a PNG or JPEG file".into()),
            Self::Empty => Some("give it as the second argument, in quotation marks".into()),
            Self::Write { .. } => Some("--out names another folder for what is written".into()),
            Self::Store(error) => error.hint(),
            Self::Export(error) => error.hint(),
        }
    }
}

impl Question {
    /// Reads the image of a question.
    ///
    /// # Errors
    /// If it cannot be read, or there is no question.
    pub fn new(image: PathBuf, text: String, choices: Vec<String>) -> Result<Self, AskError> {
        if text.trim().is_empty() {
            return Err(AskError::Empty);
        }
        let failed = |source| AskError::Image {
            path: image.clone(),
            source,
        };
        let size = std::fs::metadata(&image).map_err(failed)?.len();
        let most = DecodeLimits::default().file_bytes;
        if size > most {
            let message = format!("it has {size} bytes, more than {most}");
            return Err(failed(std::io::Error::other(message)));
        }
        let bytes = std::fs::read(&image).map_err(failed)?;
        Ok(Self {
            image,
            bytes,
            text,
            choices,
        })
    }

    /// The folder of the question where none is named: beside the image, named after both, so that
    /// another question, or another image under the same name, has another one.
    pub fn folder(&self) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(self.image_name());
        for text in std::iter::once(&self.text).chain(&self.choices) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let stem = self.image.file_stem().unwrap_or_default();
        let mut name = stem.to_os_string();
        name.push(format!("-{}.fact", &hex(&hash.finalize())[..8]));
        self.image.with_file_name(name)
    }

    /// Lays the question out as a data set in its folder, and returns its specification.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn lay_out(&self, folder: &Path) -> Result<String, AskError> {
        std::fs::create_dir_all(folder).map_err(|source| AskError::Write {
            path: folder.to_owned(),
            source,
        })?;
        let image = self.image_name();
        let mut row = json!({ "id": ID, "image": image, "question": self.text });
        if !self.choices.is_empty() {
            row["choices"] = self.choices.clone().into();
        }
        write(&folder.join(&image), &self.bytes)?;
        let rows = folder.join("question.jsonl");
        write(&rows, format!("{row}\n").as_bytes())?;
        Ok(format!("jsonl:{}", rows.display()))
    }

    /// Name of the image in the folder. It tells images apart, so that a run is bound to one.
    fn image_name(&self) -> String {
        format!("image-{}", &hex(&Sha256::digest(&self.bytes))[..16])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a run over a question found.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The answer with its program, rationale and certificate, as it is exported.
    pub row: ExportRow,
    /// Why there is no answer, or no rationale for it.
    pub failure: Option<String>,
}

impl Answered {
    /// Reads it from the question's folder; `None` if the run did not get to it.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, AskError> {
        let reader = Reader::open(folder)?;
        let pack = own_pack(&reader)?;
        let mut found: Option<ReadRow> = None;
        reader.for_each(false, |row| {
            found = Some(row);
            Ok::<(), AskError>(())
        })?;
        Ok(found.map(|row| Self {
            failure: row.failure.clone(),
            row: ExportRow::from(row).with_pack(pack.as_deref()),
        }))
    }

    /// Writes the certificate (`answer.jsonl`, for `fact check`) and the picture with boxes
    /// (`boxes.svg`) into the question's folder, and returns their paths.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&self, question: &Question, folder: &Path) -> Result<[PathBuf; 2], AskError> {
        let rows = folder.join("answer.jsonl");
        let encoded = serde_json::to_string(&self.row).map_err(|e| ExportError::Encode {
            path: rows.clone(),
            message: e.to_string(),
        })?;
        write(&rows, format!("{encoded}\n").as_bytes())?;
        let picture = folder.join("boxes.svg");
        let drawn =
            picture::draw(&self.row, &question.bytes).map_err(|message| AskError::Image {
                path: question.image.clone(),
                source: std::io::Error::other(message),
            })?;
        write(&picture, drawn.as_bytes())?;
        Ok([rows, picture])
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AskError> {
    let write = || {
        let mut file = AtomicFile::create(path)?;
        file.write_all(bytes)?;
        file.commit()
    };
    write().map_err(|source| AskError::Write {
        path: path.to_owned(),
        source,
    })
}
