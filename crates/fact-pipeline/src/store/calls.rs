//! The table `calls`: what back ends behind a wire were asked, and what they answered.

use super::together::{Note, Together};
use super::{DAMAGED, StoreError, digests};
use crate::calls::{CallKey, CallLog, CallLogError};
use fact_lang::tool::{Answer, Request};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long to wait for another connection of this process to finish its transaction.
pub(super) const BUSY: Duration = Duration::from_secs(30);

/// The log of a run's calls, on a connection of its own: answers are committed as they come, not
/// when the group they belong to is done.
#[derive(Debug)]
pub struct Calls {
    notes: Together,
    /// For reading, which need not wait for commits.
    reader: Mutex<Connection>,
    path: PathBuf,
    fingerprint: String,
}

impl Calls {
    /// On the database of a run, whose tables are there.
    pub(super) fn of_run(path: &Path, fingerprint: &str) -> Result<Self, StoreError> {
        Self::open(path, fingerprint, |_| Ok(()))
    }

    /// A file of its own, made if it is not there: for work that is no run.
    ///
    /// # Errors
    /// If it cannot be opened or made.
    pub fn in_file(path: &Path, fingerprint: &str) -> Result<Self, StoreError> {
        Self::open(path, fingerprint, |connection| {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.execute_batch(include_str!("calls.sql"))?;
            // Files of before the digests.
            digests::keep_missing_answers(connection)
        })
    }

    fn open(
        path: &Path,
        fingerprint: &str,
        prepare: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<Self, StoreError> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(BUSY)?;
            // An answer that was paid for outlives a crash of the process; `NORMAL` would be enough
            // for that, but a power failure would lose the last ones.
            connection.pragma_update(None, "synchronous", "FULL")?;
            prepare(&connection)?;
            Ok(connection)
        };
        let opened = open().and_then(|connection| {
            let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            reader.busy_timeout(BUSY)?;
            Ok((connection, reader))
        });
        let (connection, reader) = opened.map_err(|source| StoreError::Sqlite {
            path: path.to_owned(),
            doing: "opening the calls",
            source,
        })?;
        Ok(Self {
            notes: Together::new(connection, path),
            reader: Mutex::new(reader),
            path: path.to_owned(),
            fingerprint: fingerprint.to_owned(),
        })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // Reading leaves nothing half done.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, doing: &str) -> impl FnOnce(rusqlite::Error) -> CallLogError {
        let message = format!("{}: {doing}", self.path.display());
        move |source| CallLogError(format!("{message}: {source}"))
    }
}

/// A call with its answer, as the table holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnsweredCall {
    pub(super) tool: String,
    pub(super) fingerprint: String,
    pub(super) request: String,
    pub(super) answer: String,
}

impl Calls {
    /// Takes over a call that another run was answered. `sent` stays 0: this run paid nothing.
    pub(super) fn adopt(&self, key: &CallKey, call: AnsweredCall) -> Result<(), CallLogError> {
        self.notes.write(vec![Note::Adopted {
            key: key.as_str().to_owned(),
            tool: call.tool,
            fingerprint: call.fingerprint,
            request: call.request,
            answer: call.answer,
        }])
    }
}

impl CallLog for Calls {
    fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError> {
        let connection = self.reader();
        let answer: Option<(String, Option<i64>)> = connection
            .prepare_cached(
                "SELECT c.answer, d.digest FROM calls c LEFT JOIN call_digests d ON d.key = c.key
                 WHERE c.key = ?1 AND c.state = 'answered'",
            )
            .and_then(|mut select| {
                select
                    .query_row([key.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(self.failed("reading an answer"))?;
        let Some((json, digest)) = answer else {
            return Ok(None);
        };
        let path = self.path.display();
        if digest != Some(digests::of_answer(key.as_str(), &json)) {
            return Err(CallLogError(format!(
                "{path}: the answer under {key} is not what was written: {DAMAGED}"
            )));
        }
        serde_json::from_str(&json)
            .map(Some)
            .map_err(|e| CallLogError(format!("{path}: the answer under {key} is damaged: {e}")))
    }

    fn sending(&self, calls: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
        let note = |(key, request): &(CallKey, &Request)| Note::Sending {
            key: key.as_str().to_owned(),
            tool: request.tool.clone(),
            fingerprint: self.fingerprint.clone(),
            // Plain data: encoding it cannot fail.
            request: serde_json::to_string(request).unwrap_or_default(),
        };
        self.notes.write(calls.iter().map(note).collect())
    }

    fn unsent(&self, calls: &[CallKey]) -> Result<(), CallLogError> {
        let note = |key: &CallKey| Note::Unsent {
            key: key.as_str().to_owned(),
        };
        self.notes.write(calls.iter().map(note).collect())
    }

    fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
        let note = |(key, answer): &(CallKey, &Answer)| Note::Answered {
            key: key.as_str().to_owned(),
            answer: serde_json::to_string(answer).unwrap_or_default(),
        };
        self.notes.write(answers.iter().map(note).collect())
    }
}
