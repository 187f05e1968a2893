//! Exports: files derived from the run store, in the data set's order, written atomically.

mod atomic;
mod chat;
mod conversations;
mod jsonl;
mod parquet;
mod record;
mod reviewed;
mod row;
mod rows;
pub(crate) mod stylist;
mod task;

pub use atomic::AtomicFile;
pub use jsonl::parse_row;
pub use reviewed::Reviewed;
pub use row::{ExportRow, OneOrMany, RowStep, RowTransfer, StyledText};
pub use rows::Keep;
pub use stylist::Styling;
pub use task::Task;

pub use record::RECORD;

use crate::datasets::{ImageLookup, ImageReadError, ImageSource, OpenError};
use crate::store::{Reader, StoreError};
use conversations::Form;
use fact_core::style::Boxes;
use fact_lang::pack::Pack;
use rows::Rows;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use stylist::Stylist;

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
    /// Messages and images, as TRL's trainers read them.
    Trl,
    /// Messages, images and boxes, as ms-swift reads them.
    MsSwift,
    /// Chats with images, as OpenAI's fine-tuning reads them.
    OpenAi,
}

/// Every format with its name and the name of its file.
const FORMATS: &[(Format, &str, &str)] = &[
    (Format::Jsonl, "jsonl", "samples.jsonl"),
    (Format::Parquet, "parquet", "samples.parquet"),
    (Format::Llava, "llava", "llava.json"),
    (Format::Sharegpt, "sharegpt", "sharegpt.json"),
    (Format::Trl, "trl", "trl.jsonl"),
    (Format::MsSwift, "ms-swift", "ms-swift.jsonl"),
    (Format::OpenAi, "openai", "openai.jsonl"),
];

impl Format {
    /// Names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|(_, name, _)| *name)
    }

    /// Name of the file that [`export`] writes: `trl.jsonl`, of a task `trl-label.jsonl`.
    pub fn file_name(self, task: Option<Task>) -> String {
        let name = self.entry().2;
        match (task, name.split_once('.')) {
            (Some(task), Some((stem, extension))) => format!("{stem}-{task}.{extension}"),
            _ => name.to_owned(),
        }
    }

    /// Whether its rows teach a model, so that only accepted samples make sense.
    pub fn teaches(self) -> bool {
        !matches!(self, Self::Jsonl | Self::Parquet)
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportOptions {
    /// Only accepted samples; formats that teach export no others anyway, but for the answers of
    /// [`Task::Label`].
    pub only_accepted: bool,
    /// One task of a format that teaches; the question without a prefix and the rationale if `None`.
    pub task: Option<Task>,
    /// Put the images' bytes into Parquet and OpenAI chats.
    pub images: bool,
    /// Where OpenAI finds the images, if they are not in the file: what comes before their paths.
    pub image_url: Option<String>,
    /// Which text, in which style.
    pub styling: Styling,
    /// Which rationales, by what verifiers answered; all if `None`.
    pub keep: Option<Keep>,
    /// Which samples, by what people said of them.
    pub reviewed: Reviewed,
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: u64,
    /// Samples whose text could not be written: their answer holds markup, or the program to be told
    /// is not read by the run's pack.
    pub left_out: u64,
    /// Boxes that are none within their image, left out of texts.
    pub boxes_left_out: u64,
    /// Rationales that the rules of [`Keep`] leave out.
    pub not_kept: u64,
    /// Rationales left out as a verifier was not asked what the rules need.
    pub unscored: u64,
    /// Samples left out as a person rejected them.
    pub rejected: u64,
    /// Samples left out as no person accepted them, where that was asked for.
    pub unreviewed: u64,
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
    /// Placeholders for boxes in a format that has none.
    #[error("the format {0} has no place for boxes beside the text")]
    Objects(Format),
    /// One task of a format whose rows hold both.
    #[error("a row of the format {0} holds answer and rationale, and has no tasks")]
    Tasks(Format),
    /// OpenAI cannot get at the images.
    #[error("the format openai needs the images, or an address to find them at")]
    Unreachable,
    /// A rule about what verifiers answered, and none was asked.
    #[error("no verifier was asked about this run: there is nothing to keep by")]
    NoVerifier,
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
            Self::Objects(_) => Some("give another form with --boxes, or --format ms-swift".into()),
            Self::Tasks(_) => Some("leave out --tasks, or give a format for trainers".into()),
            Self::NoVerifier => Some("`fact transfer RUN --verifier …` asks one".into()),
            Self::Unreachable => Some("give --images, or --image-url https://…".into()),
            Self::NoImage { .. } | Self::Image { .. } => {
                Some("export without --images, or restore the data set".into())
            }
            _ => None,
        }
    }
}

/// Exports a run to a file in `folder`, with a record of how beside it ([`RECORD`]). The same store
/// and options give the same bytes.
///
/// # Errors
/// If the store cannot be read or the file cannot be written; then no file is left behind, and an
/// earlier one stays as it was.
pub fn export(
    reader: &Reader,
    format: Format,
    folder: &Path,
    options: &ExportOptions,
) -> Result<Exported, ExportError> {
    let boxes = options.styling.style.boxes;
    if boxes == Some(Boxes::Objects) && format != Format::MsSwift {
        return Err(ExportError::Objects(format));
    }
    if format == Format::OpenAi && !options.images && options.image_url.is_none() {
        return Err(ExportError::Unreachable);
    }
    if options.task.is_some() && !format.teaches() {
        return Err(ExportError::Tasks(format));
    }
    let path = folder.join(format.file_name(options.task));
    let failed = |source| ExportError::Write {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = AtomicFile::create(&path).map_err(failed)?;
    // An answer is the data set's own: nothing that our programs or a verifier did speaks against it.
    let label = options.task == Some(Task::Label);
    let only_accepted = options.only_accepted || (format.teaches() && !label);
    let keep = options.keep.as_ref().filter(|_| !label);
    let has_images = matches!(format, Format::Parquet | Format::OpenAi);
    let images = (has_images && options.images)
        .then(|| Images::open(reader))
        .transpose()?;
    let chosen = Rows::new(reader, only_accepted, keep, options.reviewed)?;
    let mut stylist = Stylist::new(reader, options.styling)?;
    // What people and checkers read has the rationale's text anyway.
    let styled = (!options.styling.is_default()).then_some(&mut stylist);
    let (file, rows) = match format {
        Format::Jsonl => jsonl::write(&chosen, file, styled)?,
        Format::Parquet => parquet::write(&chosen, file, images.as_ref(), styled)?,
        _ => {
            let form = match format {
                Format::Sharegpt => Form::Sharegpt,
                Format::Trl => Form::Trl,
                Format::MsSwift => Form::MsSwift,
                Format::OpenAi => {
                    let address = options.image_url.as_deref().unwrap_or_default();
                    Form::OpenAi(images.as_ref(), address)
                }
                _ => Form::Llava,
            };
            conversations::write(&chosen, file, &form, &mut stylist, options.task)?
        }
    };
    file.commit().map_err(failed)?;
    let exported = Exported {
        path,
        rows,
        left_out: stylist.left_out,
        boxes_left_out: stylist.boxes_left_out,
        not_kept: chosen.not_kept.get(),
        unscored: chosen.unscored.get(),
        rejected: chosen.rejected.get(),
        unreviewed: chosen.unreviewed.get(),
    };
    record::write(format, only_accepted, keep, options, &exported)?;
    Ok(exported)
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
struct Images(ImageLookup);

impl Images {
    /// Reads where the images are.
    fn open(reader: &Reader) -> Result<Self, ExportError> {
        Ok(Self(ImageLookup::open(&reader.data()?)?))
    }

    /// The bytes of a sample's first image.
    fn read(&self, id: &str) -> Result<Arc<[u8]>, ExportError> {
        let first = self.of(id)?.first();
        let first = first.ok_or_else(|| ExportError::NoImage { id: id.to_owned() })?;
        read(id, first)
    }

    /// The bytes of each of a sample's images.
    fn read_all(&self, id: &str) -> Result<Vec<Arc<[u8]>>, ExportError> {
        self.of(id)?.iter().map(|source| read(id, source)).collect()
    }

    fn of(&self, id: &str) -> Result<&[ImageSource], ExportError> {
        let sources = self.0.of(id);
        sources.ok_or_else(|| ExportError::NoImage { id: id.to_owned() })
    }
}

fn read(id: &str, source: &ImageSource) -> Result<Arc<[u8]>, ExportError> {
    let limit = fact_models::DecodeLimits::default().file_bytes;
    source.read(limit).map_err(|source| ExportError::Image {
        id: id.to_owned(),
        source,
    })
}
