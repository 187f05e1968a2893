//! Exports: files derived from the run store, in the data set's order, written atomically.

mod atomic;
mod conversations;
mod jsonl;
mod parquet;
mod row;

pub use atomic::AtomicFile;
pub use jsonl::parse_row;
pub use row::{ExportRow, OneOrMany, RowStep};

use crate::datasets::{self, ImageReadError, ImageSource, OpenError};
use crate::store::{Reader, StoreError};
use fact_lang::pack::Pack;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A format of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, every field.
    Jsonl,
    /// The same columns in Parquet.
    Parquet,
    /// LLaVA conversations.
    Llava,
    /// ShareGPT conversations, as LLaMA-Factory reads them.
    Sharegpt,
}

/// Every format with its name and the name of its file.
const FORMATS: &[(Format, &str, &str)] = &[
    (Format::Jsonl, "jsonl", "samples.jsonl"),
    (Format::Parquet, "parquet", "samples.parquet"),
    (Format::Llava, "llava", "llava.json"),
    (Format::Sharegpt, "sharegpt", "sharegpt.json"),
];

impl Format {
    /// Names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|(_, name, _)| *name)
    }

    /// Name of the file that [`export`] writes.
    pub fn file_name(self) -> &'static str {
        self.entry().2
    }

    /// Whether its rows teach a model, so that only accepted samples make sense.
    pub fn teaches(self) -> bool {
        matches!(self, Self::Llava | Self::Sharegpt)
    }

    fn entry(self) -> &'static (Self, &'static str, &'static str) {
        let entry = FORMATS.iter().find(|(format, ..)| *format == self);
        entry.unwrap_or(&FORMATS[0])
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let entry = FORMATS.iter().find(|(_, name, _)| *name == s);
        entry.map(|(format, ..)| *format).ok_or_else(|| {
            let names: Vec<&str> = Self::names().collect();
            format!(
                "unknown format `{s}`, expected one of: {}",
                names.join(", ")
            )
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().1)
    }
}

/// What to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// Only accepted samples; formats that teach export no others anyway.
    pub only_accepted: bool,
    /// Put the images' bytes into Parquet.
    pub images: bool,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A row cannot be encoded.
    #[error("cannot encode {path}: {message}")]
    Encode {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The data set with the images cannot be opened.
    #[error(transparent)]
    Data(#[from] OpenError),
    /// An image cannot be read.
    #[error("sample `{id}`: {source}")]
    Image {
        /// The sample.
        id: String,
        /// Why.
        source: ImageReadError,
    },
    /// The store does not say where the images are, or the data set no longer has them.
    #[error("sample `{id}`: the data set no longer has its image")]
    NoImage {
        /// The sample.
        id: String,
    },
}

impl ExportError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Write { .. } => Some("choose another folder with --out".into()),
            Self::NoImage { .. } | Self::Image { .. } => {
                Some("export without --images, or restore the data set".into())
            }
            _ => None,
        }
    }
}

/// Exports a run to a file in `folder` and returns its path and the number of rows. The same store
/// gives the same bytes.
///
/// # Errors
/// If the store cannot be read or the file cannot be written; then no file is left behind, and an
/// earlier one stays as it was.
pub fn export(
    reader: &Reader,
    format: Format,
    folder: &Path,
    options: ExportOptions,
) -> Result<(PathBuf, u64), ExportError> {
    let path = folder.join(format.file_name());
    let failed = |source| ExportError::Write {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = AtomicFile::create(&path).map_err(failed)?;
    let only_accepted = options.only_accepted || format.teaches();
    let (file, rows) = match format {
        Format::Jsonl => jsonl::write(reader, file, only_accepted)?,
        Format::Llava => conversations::write_llava(reader, file)?,
        Format::Sharegpt => conversations::write_sharegpt(reader, file)?,
        Format::Parquet => {
            let images = options.images.then(|| Images::open(reader)).transpose()?;
            parquet::write(reader, file, only_accepted, images.as_ref())?
        }
    };
    file.commit().map_err(failed)?;
    Ok((path, rows))
}

/// The source of the run's pack, unless it is a shipped one, which every checker has.
pub(crate) fn own_pack(reader: &Reader) -> Result<Option<String>, ExportError> {
    let Some((name, source)) = reader.pack_source()? else {
        return Ok(None);
    };
    let shipped = Pack::builtin(&name).is_ok_and(|pack| *pack.module.source == *source);
    Ok((!shipped).then_some(source))
}

/// The images of a run's samples, looked up in the data set it was made from.
struct Images {
    sources: HashMap<String, ImageSource>,
}

impl Images {
    /// Reads where the images are.
    fn open(reader: &Reader) -> Result<Self, ExportError> {
        let settings = reader.settings()?;
        let spec = settings
            .get("data")
            .and_then(|text| serde_json::from_str::<String>(text).ok())
            .unwrap_or_default();
        let data = datasets::open(&spec)?;
        let mut sources = HashMap::new();
        for record in data.samples().flatten() {
            if let Some(source) = record.images.into_iter().next() {
                sources.insert(record.sample.id, source);
            }
        }
        Ok(Self { sources })
    }

    /// Name and bytes of a sample's first image.
    fn read(&self, id: &str) -> Result<std::sync::Arc<[u8]>, ExportError> {
        let source = self
            .sources
            .get(id)
            .ok_or_else(|| ExportError::NoImage { id: id.to_owned() })?;
        let limit = fact_models::DecodeLimits::default().file_bytes;
        source.read(limit).map_err(|source| ExportError::Image {
            id: id.to_owned(),
            source,
        })
    }
}
