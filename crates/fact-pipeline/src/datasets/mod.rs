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

mod error;
mod image;
mod input;
mod jsonl;
pub mod nlvr;
mod row;
mod spec;

pub use error::{OpenError, RecordError, RecordFault};
pub use image::{ImagePathError, ImageReadError, ImageRoot, ImageSource};
pub use input::MAX_RECORD_BYTES;
pub use spec::{Kind, Spec};

use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use input::At;
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
    /// Name of the split, where the data set tells.
    pub split: Option<String>,
    /// Kept back for a final report; only there when asked for.
    pub locked: bool,
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
        _ => {
            return Err(OpenError::Layout {
                kind: spec.kind_name,
                path: spec.path,
                reason: "this reader is being written".to_owned(),
                layout: "use nlvr or jsonl",
            });
        }
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
        let mut index = 0;
        Box::new(self.inner.samples().map(move |item| {
            let record = item?;
            let this = index;
            index += 1;
            if seen.insert(fingerprint(&record.sample.id)) {
                return Ok(record);
            }
            Err(RecordError {
                file: self.name().into(),
                line: None,
                record: this,
                field: Some("id".into()),
                fault: Box::new(RecordFault::Duplicate(record.sample.id)),
            })
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
        (None, _) => format!("no file {what}"),
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
    at: &At,
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
