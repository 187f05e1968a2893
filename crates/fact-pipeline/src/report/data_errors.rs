//! The errors of a data set that a run found: `data_errors.jsonl`.

use crate::export::AtomicFile;
use crate::store::{FaultyRow, Reader, StoreError};
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Name of the file in the run's folder.
pub const FILE_NAME: &str = "data_errors.jsonl";

/// Why the list cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DataErrorsError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DataErrorsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Write { .. } => {
                Some("check free disk space and permissions; the same command goes on".into())
            }
        }
    }
}

/// One line of the file: `docs/formats.md` describes it.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    kind: &'a Value,
    message: &'a Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    step: &'a Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    operation: &'a Value,
    question: &'a str,
    answer: Option<&'a str>,
    scene_graph: &'a Value,
    form: &'a Value,
    program: &'a Value,
    objects: &'a Value,
    file: &'a Value,
    line: &'a Value,
    record: &'a Value,
}

/// Writes the list into the run's folder, whole or not at all, and returns its path and how many
/// errors it holds. `None`, and no file, for a run that did not compare its data set with
/// annotations.
///
/// # Errors
/// If the store cannot be read, or the file cannot be written.
pub fn write(reader: &Reader, folder: &Path) -> Result<Option<(PathBuf, u64)>, DataErrorsError> {
    if reader.agreement_counts()?.is_none() {
        return Ok(None);
    }
    let path = folder.join(FILE_NAME);
    let failed = |source| DataErrorsError::Write {
        path: path.clone(),
        source,
    };
    let mut file = AtomicFile::create(&path).map_err(failed)?;
    let mut count = 0;
    reader.for_each_faulty(|row| {
        count += write_row(&row, &mut file).map_err(failed)?;
        Ok::<(), DataErrorsError>(())
    })?;
    file.commit().map_err(failed)?;
    Ok(Some((path, count)))
}

fn write_row(row: &FaultyRow, file: &mut AtomicFile) -> io::Result<u64> {
    let FaultyRow { sample, detail } = row;
    let mut count = 0;
    for error in detail["errors"].as_array().map_or(&[][..], Vec::as_slice) {
        let line = Line {
            id: &sample.id,
            kind: &error["kind"],
            message: &error["message"],
            step: &error["step"],
            operation: &error["operation"],
            question: &sample.question,
            answer: sample.answer(),
            scene_graph: &detail["scene_graph"],
            form: &detail["form"],
            program: &detail["program"],
            objects: &detail["objects"],
            file: &detail["file"],
            line: &detail["line"],
            record: &detail["record"],
        };
        serde_json::to_writer(&mut *file, &line)?;
        file.write_all(b"\n")?;
        count += 1;
    }
    Ok(count)
}
