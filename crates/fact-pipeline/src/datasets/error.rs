//! What can be wrong with a data set, and with one record of it.

use super::image::ImagePathError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A data set could not be opened: nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No `KIND:` in front of the path.
    #[error("`{spec}` does not say what kind of data set it is{}\nhint: write KIND:PATH, such as `{}`", .path_hint, example(.spec))]
    MissingKind {
        /// What was given.
        spec: String,
        /// Empty, or a note when the text looks like a path.
        path_hint: &'static str,
    },
    /// `KIND` is not one of ours.
    #[error("unknown kind of data set `{kind}`\nhint: {}known kinds are {known}", did_you_mean(.nearest))]
    UnknownKind {
        /// What was given.
        kind: String,
        /// The nearest known kind, when one is near.
        nearest: Option<&'static str>,
        /// All kinds.
        known: String,
    },
    /// `?option=` is not one the kind takes.
    #[error("`{kind}` has no option `{option}`\nhint: {}its options are {known}", did_you_mean(.nearest))]
    UnknownOption {
        /// The kind.
        kind: &'static str,
        /// What was given.
        option: String,
        /// The nearest option, when one is near.
        nearest: Option<&'static str>,
        /// All options of the kind.
        known: String,
    },
    /// An option is not of the form `name=value`, is given twice, or its value is not one of
    /// the accepted ones.
    #[error("option `{option}`: {reason}")]
    BadOption {
        /// The option.
        option: String,
        /// What is wrong and what is accepted.
        reason: String,
    },
    /// Nothing at the path.
    #[error("no data set at {}\nhint: give the folder or file of the data set; a relative path starts at the current folder", .path.display())]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// The path is there but does not look like the kind.
    #[error("{} does not look like `{kind}` data: {reason}\nhint: expected {layout}", .path.display())]
    Layout {
        /// The kind.
        kind: &'static str,
        /// The path.
        path: PathBuf,
        /// What was looked for and not found, or found twice.
        reason: String,
        /// The layout that is read.
        layout: &'static str,
    },
    /// The operating system refused.
    #[error("cannot read {}: {source}", .path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An index over a large file could not be built.
    #[error("cannot index the annotations: {0}")]
    Index(RecordError),
}

fn example(spec: &str) -> String {
    let path = if spec.is_empty() { "PATH" } else { spec };
    format!("nlvr:{path}")
}

fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |n| format!("did you mean `{n}`? "))
}

/// One record could not be read. It is counted and skipped; `--strict` stops at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line the record starts on, from 1; `None` in binary formats.
    pub line: Option<u64>,
    /// Index of the record in its file, from 0.
    pub record: u64,
    /// The field, as a path such as `structured_rep[0][2].size`.
    pub field: Option<Box<str>>,
    /// What is wrong.
    pub fault: Box<RecordFault>,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": record {}", self.record)?;
        if let Some(field) = &self.field {
            write!(f, ": field `{field}`")?;
        }
        write!(f, ": {}", self.fault)?;
        if let Some(hint) = self.fault.hint() {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.fault)
    }
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// Not JSON.
    #[error("not valid JSON: {0}")]
    Json(String),
    /// JSON, but a field is missing, of the wrong type or of a value that makes no sense.
    #[error("{0}")]
    Field(String),
    /// Longer than a record may be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("not valid UTF-8 at byte {0} of the record")]
    Utf8(usize),
    /// The image cannot be used.
    #[error("{0}")]
    Image(#[from] ImagePathError),
    /// A second record with the identifier of an earlier one.
    #[error("the identifier `{0}` was used by an earlier record")]
    Duplicate(String),
    /// The file ends or breaks in the middle; nothing after this can be read.
    #[error("{0}; the rest of the file is not read")]
    Broken(String),
    /// Reading it would take more memory than there may be; nothing after this is read.
    #[error("{0}; the rest of the file is not read")]
    Unbounded(String),
    /// Reading failed.
    #[error("cannot be read: {0}; the rest of the file is not read")]
    Io(String),
}

impl RecordFault {
    /// A stable name, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Json(_) => "json",
            Self::Field(_) => "field",
            Self::TooLong { .. } => "too_long",
            Self::Utf8(_) => "utf8",
            Self::Image(_) => "image",
            Self::Duplicate(_) => "duplicate",
            Self::Broken(_) => "broken",
            Self::Unbounded(_) => "unbounded",
            Self::Io(_) => "io",
        }
    }

    /// Whether nothing after it in the file can be read.
    pub fn ends_file(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Unbounded(_) | Self::Io(_))
    }

    /// What to do about it, where that is not obvious.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Json(_) | Self::Field(_) | Self::Io(_) => None,
            Self::TooLong { .. } => {
                Some("keep images in files or Parquet, not inline, and one record a line")
            }
            Self::Utf8(_) => Some("convert the file to UTF-8"),
            Self::Image(e) => e.hint(),
            Self::Duplicate(_) => Some("identifiers must be unique in the whole data set"),
            Self::Broken(_) => Some("the download may be incomplete"),
            Self::Unbounded(_) => Some(
                "if you trust the file, write it anew with smaller row groups and pages, such as \
                 `write_table(…, row_group_size=100)` of pyarrow",
            ),
        }
    }
}
