//! What of a run can go without losing a result.

use super::bytes;
use crate::store::{Lock, Reader, StoreError, Writer};
use crate::terminal::one_line;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What can go of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Files that an interrupted export or summary left, with their bytes.
    pub files: Vec<(PathBuf, u64)>,
    /// Texts and scores about samples that have no rationale any more, and their bytes.
    pub rows: (u64, u64),
    /// Answers of back ends that the run does not ask, and their bytes. They were paid for.
    pub answers: Vec<(String, u64, u64)>,
    /// Bytes of pages that hold nothing, and of the write-ahead log.
    pub empty: u64,
}

/// Why nothing was collected, or not all.
#[derive(Debug, thiserror::Error)]
pub enum GcError {
    /// The store cannot be used, or another process writes to it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be removed.
    #[error("cannot remove {path}: {source}")]
    Remove {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl GcError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Remove { .. } => None,
        }
    }
}

impl Garbage {
    /// Looks for it, and changes nothing.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn find(folder: &Path) -> Result<Self, StoreError> {
        let reader = Reader::open(folder)?;
        let (rows, empty) = reader.droppable()?;
        let wal = std::fs::metadata(folder.join("run.db-wal")).map_or(0, |meta| meta.len());
        Ok(Self {
            files: leftovers(folder),
            rows,
            answers: reader.unasked()?,
            empty: empty + wal,
        })
    }

    /// For a terminal: what goes, and what stays unless it is asked for.
    pub fn text(&self, unused_answers: bool) -> String {
        let mut out = String::new();
        let mut total = self.empty + self.rows.1;
        for (path, size) in &self.files {
            total += size;
            let path = path.to_string_lossy();
            let _ = writeln!(
                out,
                "  {} of an interrupted write: {}",
                bytes(*size),
                one_line(&path)
            );
        }
        if self.rows.0 > 0 {
            let (rows, size) = self.rows;
            let _ = writeln!(
                out,
                "  {} in {rows} rows about rationales that are gone",
                bytes(size)
            );
        }
        for (fingerprint, answers, size) in &self.answers {
            let fingerprint = one_line(fingerprint);
            let what = format!("{} in {answers} answers of {fingerprint}", bytes(*size));
            let _ = match unused_answers {
                true => {
                    total += size;
                    writeln!(out, "  {what}, which this run does not ask")
                }
                false => writeln!(
                    out,
                    "  stays: {what}, which this run does not ask; --unused-answers drops them too, \
                     and their part of the account"
                ),
            };
        }
        let _ = writeln!(out, "  {} of empty pages and log", bytes(self.empty));
        format!("about {} can go\n{out}", bytes(total))
    }
}

/// Files of interrupted writes. Their writer is gone, or the lock would be held; exports into the
/// run's folder by a process that lives are told by its id in the name.
fn leftovers(folder: &Path) -> Vec<(PathBuf, u64)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<(PathBuf, u64)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let pid = name.strip_prefix('.')?.strip_suffix(".part")?;
            let pid: u32 = pid.rsplit_once('.')?.1.parse().ok()?;
            let lives =
                Path::new("/proc/self").exists() && Path::new(&format!("/proc/{pid}")).exists();
            let meta = entry.metadata().ok()?;
            (meta.is_file() && !lives).then(|| (entry.path(), meta.len()))
        })
        .collect();
    found.sort();
    found
}

/// Drops what [`Garbage::find`] finds, answers of back ends that are not asked only if
/// `unused_answers`, and makes the store as small as it can be. Returns the bytes won.
///
/// # Errors
/// If another process writes to the run, or something cannot be removed.
pub fn collect(folder: &Path, unused_answers: bool) -> Result<u64, GcError> {
    // Before the store is opened: it holds the lock then.
    if let Some(pid) = Lock::holder(folder) {
        let folder = folder.to_owned();
        return Err(StoreError::Locked(crate::store::LockError::Held { folder, pid }).into());
    }
    let mut won = 0;
    let mut writer = Writer::of_run(folder)?;
    for (path, size) in leftovers(folder) {
        std::fs::remove_file(&path).map_err(|source| GcError::Remove { path, source })?;
        won += size;
    }
    won += writer.shrink(unused_answers)?;
    Ok(won)
}
