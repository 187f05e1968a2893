//! Data sets: from files to samples.
//!
//! [`open`] reads a specification such as `nlvr:data/nlvr/dev` and gives a [`DataSet`], whose
//! [`samples`](DataSet::samples) stream. A record that cannot be read is an item of the stream,
//! a [`RecordError`] that says file, line, field and reason; the caller counts it and goes on, or
//! stops at it. `docs/datasets.md` lists kinds, layouts and options.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("data.jsonl");
//! # std::fs::write(folder.path().join("a.png"), b"")?;
//! std::fs::write(&file, r#"{"id": "1", "image": "a.png", "question": "Red?", "answer": "no"}"#)?;
//! let data = fact_pipeline::datasets::open(&format!("jsonl:{}", file.display()))?;
//! for record in data.samples() {
//!     let sample = record?.sample;
//!     assert_eq!(sample.question, "Red?");
//!     assert!(data.matcher().is_right("False", &sample.answers));
//! }
//! # Ok(()) }
//! ```
//!
//! Memory does not grow with the data set, but for two things: a fingerprint of 16 bytes of every
//! identifier, to report duplicates; and, where a format keeps annotations apart from questions
//! (CLEVR, GQA, VQA), the place of each annotation in its file, about 100 bytes each.

mod clevr;
mod conversations;
mod easy_vqa;
mod error;
mod gqa;
mod image;
mod index;
mod input;
mod jsonl;
mod lookup;
pub mod nlvr;
mod parquet;
mod row;
mod spec;
mod vqa;

pub use error::{OpenError, RecordError, RecordFault};
pub use image::{ImagePathError, ImageReadError, ImageRoot, ImageSource};
pub(crate) use input::{Element, Elements, Shape, elements, lines_or_array};
pub use input::{MAX_RECORD_BYTES, Origin};
pub use lookup::ImageLookup;
pub use spec::{Kind, Spec};

use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One sample with all its data set knows about it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The sample: what later stages know.
    pub sample: Sample,
    /// Where its images are, in the order of `sample.images`.
    pub images: Vec<ImageSource>,
    /// Annotation of the (first) image.
    pub scene: Option<SceneSource>,
    /// The data set's own program for the question.
    pub program: Option<GoldProgram>,
    /// Kept back for a final report; only there when asked for.
    pub locked: bool,
    /// Where it was read.
    pub origin: Origin,
}

/// An annotation of an image as the data set gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneSource {
    /// How to read it.
    pub schema: SceneSchema,
    /// The annotation; shared by the samples of one image.
    pub json: Arc<serde_json::Value>,
}

/// Forms of annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SceneSchema {
    /// A CLEVR scene: an element of `scenes`.
    Clevr,
    /// A GQA scene graph: the value of an image's entry.
    Gqa,
    /// NLVR's `structured_rep`: three lists of items, **in the order the image shows them**.
    Nlvr,
    /// `fact_models::Scene` as serialised by `serde`.
    Fact,
}

/// A program that the data set gives.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldProgram {
    /// How to read it.
    pub form: ProgramForm,
    /// The program as the data set gives it; a JSON string for [`ProgramForm::Python`].
    pub json: serde_json::Value,
    /// Which words of question and answer mean which objects of the annotation (GQA's
    /// `annotations`), as the data set gives it.
    pub annotations: Option<serde_json::Value>,
}

/// Forms of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProgramForm {
    /// CLEVR's list of steps `{type | function, inputs, value_inputs}`.
    Clevr,
    /// GQA's `semantic`: list of `{operation, dependencies, argument}`.
    Gqa,
    /// Source of a visual program.
    Python,
}

/// A stream of samples.
pub type Samples<'a> = Box<dyn Iterator<Item = Result<Record, RecordError>> + Send + 'a>;

/// A data set that was opened.
pub trait DataSet: Send + Sync {
    /// Name of the kind, such as `nlvr`.
    fn name(&self) -> &str;

    /// How answers are compared.
    fn matcher(&self) -> Matcher;

    /// The samples from the first on, in the order of the files. Can be called again.
    fn samples(&self) -> Samples<'_>;

    /// Samples kept back so far by the last stream of [`samples`](Self::samples) because they are
    /// locked.
    fn withheld(&self) -> u64 {
        0
    }
}

/// Opens the data set that `spec` names, such as `nlvr:data/nlvr/dev` or
/// `jsonl:data.jsonl?images=photos&matcher=vqa_soft`.
///
/// # Errors
/// When the kind or an option is unknown (with the nearest known name), or the path does not
/// hold such a data set.
pub fn open(spec: &str) -> Result<Box<dyn DataSet>, OpenError> {
    let spec = Spec::parse(spec)?;
    let inner: Box<dyn DataSet> = match spec.kind {
        Kind::Nlvr => Box::new(nlvr::Nlvr::open(&spec)?),
        Kind::Jsonl | Kind::Synth => Box::new(jsonl::Jsonl::open(&spec)?),
        Kind::Clevr => Box::new(clevr::Clevr::open(&spec)?),
        Kind::Gqa => Box::new(gqa::Gqa::open(&spec)?),
        Kind::EasyVqa => Box::new(easy_vqa::EasyVqa::open(&spec)?),
        Kind::Vqa => Box::new(vqa::Vqa::open(&spec)?),
        Kind::Llava | Kind::Sharegpt => Box::new(conversations::Conversations::open(&spec)?),
        Kind::Parquet => Box::new(parquet::Parquet::open(&spec)?),
    };
    Ok(Box::new(Unique { inner }))
}

/// A data set whose second records of one identifier are errors.
struct Unique {
    inner: Box<dyn DataSet>,
}

impl DataSet for Unique {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn matcher(&self) -> Matcher {
        self.inner.matcher()
    }

    fn samples(&self) -> Samples<'_> {
        let mut seen: HashSet<u128> = HashSet::new();
        Box::new(self.inner.samples().map(move |item| {
            let record = item?;
            if seen.insert(fingerprint(&record.sample.id)) {
                return Ok(record);
            }
            let fault = RecordFault::Duplicate(record.sample.id);
            Err(record.origin.error(Some("id"), fault))
        }))
    }

    fn withheld(&self) -> u64 {
        self.inner.withheld()
    }
}

/// The first 128 bits of the SHA-256: no two identifiers share it.
fn fingerprint(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    digest
        .iter()
        .take(16)
        .fold(0, |acc, byte| acc << 8 | u128::from(*byte))
}

/// The files in `folder` whose name `wanted` accepts, sorted by name.
fn files_in(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, OpenError> {
    let io = |source| OpenError::Io {
        path: folder.to_path_buf(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if wanted(&name) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The files that `wanted` accepts in `root` and the given folders below it, where they exist.
fn files_in_any(
    root: &Path,
    below: &[&str],
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<PathBuf>, OpenError> {
    let mut files = Vec::new();
    for folder in below {
        let folder = root.join(folder);
        if folder.is_dir() {
            files.extend(files_in(&folder, &wanted)?);
        }
    }
    Ok(files)
}

/// The `.json` files in `root`, or else in the first of the folders below it, whose name contains
/// `word`.
fn files_here_or_in(
    spec: &Spec,
    root: &Path,
    below: &[&str],
    layout: &'static str,
    word: &str,
) -> Result<Vec<PathBuf>, OpenError> {
    for folder in std::iter::once(&"").chain(below) {
        let files = files_in_any(root, &[folder], |name| {
            name.contains(word) && name.ends_with(".json")
        })?;
        if !files.is_empty() {
            return Ok(files);
        }
    }
    Err(OpenError::Layout {
        kind: spec.kind_name,
        path: root.to_path_buf(),
        reason: format!("no file *{word}*.json"),
        layout,
    })
}

/// The one file in `folder` that `wanted` accepts.
fn only_file(
    spec: &Spec,
    folder: &Path,
    layout: &'static str,
    what: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<PathBuf, OpenError> {
    let mut files = files_in(folder, wanted)?;
    let reason = match (files.pop(), files.pop()) {
        (Some(file), None) => return Ok(file),
        (None, _) => format!("{what} is missing"),
        (Some(a), Some(b)) => format!(
            "both {} and {} could be {what}",
            b.file_name().unwrap_or_default().display(),
            a.file_name().unwrap_or_default().display()
        ),
    };
    Err(OpenError::Layout {
        kind: spec.kind_name,
        path: folder.to_path_buf(),
        reason,
        layout,
    })
}

/// The image at the first existing of `candidates`; one that is missing is
/// [`ImageSource::Absent`] if `annotated`, else an error at `field`.
fn image(
    at: &Origin,
    field: &str,
    root: &ImageRoot,
    candidates: &[&str],
    annotated: bool,
) -> Result<ImageSource, RecordError> {
    match root.resolve(candidates) {
        Ok(image) => Ok(image),
        Err(ImagePathError::Missing { relative, .. }) if annotated => {
            Ok(ImageSource::Absent { relative })
        }
        Err(e) => Err(at.error(Some(field), e.into())),
    }
}
