//! The run store: one SQLite file per run folder, in write-ahead-log mode, with one writer.
//!
//! Everything that a run found out is in `run.db` (`docs/store.md`); exports and summaries are
//! derived from it. A group of samples is written in one transaction, so a run that is killed loses
//! at most the groups in flight.

mod account;
mod agreement;
mod bridges;
mod calls;
mod counts;
mod digests;
mod garbage;
mod kept;
mod list;
mod lock;
mod questions;
mod read;
mod redo;
mod reduction;
mod report;
mod reuse;
pub mod reviews;
mod rounds;
mod rows;
mod state;
mod stock;
mod together;
mod transfers;
mod view;
mod wire;
mod write;

pub use account::Account;
pub use agreement::{AgreementCounts, FaultyRow};
pub use bridges::{BridgeCounts, BridgeRow, ToBridge, Verdict as BridgeVerdict};
pub use calls::Calls;
pub use counts::Counts;
pub use garbage::Ended;
pub use kept::{Kept, KeptCandidate, KeptGroup, KeptRationale, KeptSample, KeptStage, KeptVerdict};
pub use list::{CandidateText, ListedRow, Size};
pub use lock::{Lock, LockError};
pub use questions::{Looked, Question, Tried};
pub use read::{ReadRow, Reader, UnparsedRow};
pub use redo::{Held, Redo, StoredGroup};
pub use reduction::Reduction;
pub use report::{Session, StoredCandidate, StoredEnd, StoredExample, StoredTry, StoredVerdict};
pub use reuse::Reuse;
pub use reviews::{Decision, Review, ReviewCounts, Reviews, ReviewsError};
pub use rounds::AcceptedProgram;
pub use rows::{CandidateRow, GroupRow, GroupRows, RationaleRow, SampleRow, StageRow, VerdictRow};
pub use state::{RunState, SessionState};
pub use stock::{Stock, StockOfCalls};
pub use transfers::{Explained, TransferRow, current};
pub use view::{SampleView, VerdictView};
pub use wire::{Meter, Role};
pub use write::{Difference, Writer};

use std::path::{Path, PathBuf};

/// Name of the store in the run's folder.
pub const FILE_NAME: &str = "run.db";

/// Version of the schema, kept as SQLite's `user_version`.
pub const SCHEMA_VERSION: i64 = 7;

/// Tables that versions before lack, with the last version that lacks each: a writer adds them, a
/// reader does without.
const ADDED: [(i64, &str); 8] = [
    (3, bridges::TABLE),
    (4, transfers::TABLE),
    (BEFORE_DIGESTS, wire::TABLE),
    (BEFORE_DIGESTS, digests::OF_SAMPLES),
    (BEFORE_DIGESTS, digests::OF_CALLS),
    (6, kept::TABLE),
    (6, redo::RECORDS),
    (6, redo::BASIS),
];

/// The last version without digests.
const BEFORE_DIGESTS: i64 = 5;

/// The oldest version that is read.
const OLDEST: i64 = 3;

/// The tables that a store of this version lacks.
fn lacking(version: i64) -> impl Iterator<Item = &'static str> {
    let lacks = move |(last, _): &(i64, &str)| version <= *last;
    ADDED.into_iter().filter(lacks).map(|(_, table)| table)
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made or written.
    #[error("cannot write the run's folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no run.
    #[error("no run in {path}")]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// SQLite refused.
    #[error("{path}: {doing}: {source}")]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Another version of Fact wrote it.
    #[error("{path}: store version {found}, but this program reads version {SCHEMA_VERSION}")]
    Version {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// A row is not what this version writes.
    #[error("{path}: the row of {what} cannot be read: {message}")]
    Row {
        /// The database.
        path: PathBuf,
        /// Whose row.
        what: String,
        /// Why.
        message: String,
    },
    /// The run in the folder was made with other settings.
    #[error("{path} holds a run with other settings: {}{}", differences(.different), planned(.plan))]
    OtherSettings {
        /// The folder.
        path: PathBuf,
        /// What differs.
        different: Vec<Difference>,
        /// What would be kept and what done again with the new ones, a line each; empty if nobody
        /// worked it out.
        plan: Vec<String>,
    },
    /// Another process writes to it.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// What people said of its samples cannot be read.
    #[error(transparent)]
    Reviews(#[from] ReviewsError),
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Folder { .. } => Some("choose another folder with --out".into()),
            Self::NoRun { .. } => Some("`fact run --out DIR` makes one".into()),
            Self::Sqlite { source, .. } if is_damage(source) => Some(DAMAGED.into()),
            Self::Sqlite { .. } => {
                Some("check free disk space and permissions; what was committed is kept".into())
            }
            // Killed before the tables were made.
            Self::Version { found: 0, .. } => {
                Some("no run was begun in it; the command that made it starts it".into())
            }
            Self::Version { .. } => Some("use the version of fact that made it".into()),
            Self::Row { .. } => Some(DAMAGED.into()),
            Self::OtherSettings { .. } => Some(
                "give the same settings to resume, --redo to do this run again as said, another --out, \
                 or --fresh to start over without any answer"
                    .into(),
            ),
            Self::Locked(e) => e.hint(),
            Self::Reviews(e) => e.hint(),
        }
    }
}

/// What to do about a damaged store.
pub(super) const DAMAGED: &str = "the store is damaged: a run into another folder with --reuse of this one \
                       takes over the answers that are intact; --fresh starts over";

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown};
    // `Unknown` is SQLite's general error, as for a missing table.
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseCorrupt | NotADatabase | Unknown)
    )
}

fn differences(different: &[Difference]) -> String {
    let parts: Vec<String> = different.iter().map(ToString::to_string).collect();
    parts.join("; ")
}

fn planned(plan: &[String]) -> String {
    let lines = plan.iter().map(|line| format!("\n  with --redo: {line}"));
    lines.collect()
}

/// Path of a run's database.
fn database(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Removes a run's store, and nothing else, from its folder.
///
/// # Errors
/// If a process writes to it, or a file cannot be removed.
pub fn remove(folder: &Path) -> Result<(), StoreError> {
    if !folder.exists() {
        return Ok(());
    }
    let _lock = Lock::take(folder)?;
    for suffix in ["", "-wal", "-shm"] {
        let path = folder.join(format!("{FILE_NAME}{suffix}"));
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Folder { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}
