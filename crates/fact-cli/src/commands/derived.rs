//! The files that a run's folder has beside the store: they are made of it, and made again when it changes.

use crate::message::Failure;
use fact_pipeline::report::data_errors;
use fact_pipeline::report::page::Page;
use fact_pipeline::store::Reader;
use fact_pipeline::summary::Summary;
use std::path::{Path, PathBuf};

/// What was written.
pub(super) struct Derived {
    /// What is in `summary.json`.
    pub(super) summary: Summary,
    /// `summary.json`.
    pub(super) path: PathBuf,
    /// `report.html`.
    pub(super) page: PathBuf,
    /// `data_errors.jsonl` and its lines, if the data set was compared with its annotations.
    pub(super) data_errors: Option<(PathBuf, u64)>,
}

/// Writes summary, errors of the data set and report of the run in `folder`; `priced` adds what it cost.
///
/// # Errors
/// If the store cannot be read, or a file cannot be written.
pub(super) fn write(
    folder: &Path,
    priced: impl FnOnce(Summary) -> Summary,
) -> Result<Derived, Failure> {
    let failed = |what: &'static str| {
        let folder = folder.display();
        move |e: std::io::Error| {
            let hint = "check free disk space and permissions; the store has what was found".into();
            Failure::new(
                format!("cannot write the {what} in {folder}: {e}"),
                Some(hint),
            )
        }
    };
    let reader = Reader::open(folder)?;
    let summary = priced(Summary::read(&reader)?);
    let path = summary.write(folder).map_err(failed("summary"))?;
    let data_errors = data_errors::write(&reader, folder)?;
    let page = Page::read(&reader, summary.clone())?;
    let page = page.write(folder).map_err(failed("report"))?;
    Ok(Derived {
        summary,
        path,
        page,
        data_errors,
    })
}
