//! How an export was made, beside it: with the same run and the same options it comes out again.

use super::{
    AtomicFile, ExportError, ExportOptions, Exported, Format, Keep, Reviewed, Styling, Task,
};
use serde::Serialize;
use std::io::{self, Write};

/// What is added to the name of an export for the name of its record.
pub const RECORD: &str = ".export.json";

/// Version of the form.
const VERSION: u32 = 1;

/// The record; `docs/formats.md` tells what each field means.
#[derive(Serialize)]
struct Record<'a> {
    version: u32,
    fact: &'static str,
    format: String,
    only_accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'static str>,
    images: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(flatten)]
    styling: Styling,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep: Option<Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviews: Option<OfReviews>,
    rows: u64,
    left_out: u64,
    boxes_left_out: u64,
}

/// By which rules rationales were kept, and how many were not.
#[derive(Serialize)]
struct Kept {
    rules: Vec<String>,
    vote: String,
    not_kept: u64,
    unscored: u64,
}

/// What was left out by what people said; absent if that was nothing and not asked for otherwise.
#[derive(Serialize)]
struct OfReviews {
    reviewed: Reviewed,
    rejected: u64,
    unreviewed: u64,
}

/// Writes the record of an export.
pub(super) fn write(
    format: Format,
    only_accepted: bool,
    keep: Option<&Keep>,
    options: &ExportOptions,
    exported: &Exported,
) -> Result<(), ExportError> {
    let record = Record {
        version: VERSION,
        fact: env!("CARGO_PKG_VERSION"),
        format: format.to_string(),
        only_accepted,
        task: options.task.map(Task::name),
        images: options.images,
        image_url: options.image_url.as_deref(),
        styling: options.styling,
        keep: keep.map(|keep| Kept {
            rules: keep.rules.iter().map(ToString::to_string).collect(),
            vote: keep.vote.to_string(),
            not_kept: exported.not_kept,
            unscored: exported.unscored,
        }),
        reviews: Some(OfReviews {
            reviewed: options.reviewed,
            rejected: exported.rejected,
            unreviewed: exported.unreviewed,
        })
        .filter(|r| r.reviewed != Reviewed::default() || r.rejected > 0),
        rows: exported.rows,
        left_out: exported.left_out,
        boxes_left_out: exported.boxes_left_out,
    };
    let mut name = exported.path.clone().into_os_string();
    name.push(RECORD);
    let path = std::path::PathBuf::from(name);
    let write = || -> io::Result<()> {
        let mut file = AtomicFile::create(&path)?;
        serde_json::to_writer_pretty(&mut file, &record)?;
        file.write_all(b"\n")?;
        file.commit()
    };
    write().map_err(|source| ExportError::Write {
        path: path.clone(),
        source,
    })
}
