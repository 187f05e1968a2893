//! The table `calls`: what back ends behind a wire were asked, and what they answered.

use super::StoreError;
use crate::calls::{CallKey, CallLog, CallLogError};
use fact_lang::tool::{Answer, Request};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long to wait for another connection of this process to finish its transaction.
pub(super) const BUSY: Duration = Duration::from_secs(30);

/// The log of a run's calls, on a connection of its own: answers are committed as they come, not
/// when the group they belong to is done.
#[derive(Debug)]
pub struct Calls {
    connection: Mutex<Connection>,
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
            connection.execute_batch(include_str!("calls.sql"))
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
        Ok(Self {
            connection: Mutex::new(open().map_err(|source| StoreError::Sqlite {
                path: path.to_owned(),
                doing: "opening the calls",
                source,
            })?),
            path: path.to_owned(),
            fingerprint: fingerprint.to_owned(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // Transactions roll back when dropped: a panic leaves the connection usable.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
    pub(super) fn adopt(&self, key: &CallKey, call: &AnsweredCall) -> Result<(), CallLogError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO calls (key, tool, fingerprint, request, answer, state, sent)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'answered', 0)
                 ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, state = 'answered'",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    key.as_str(),
                    call.tool,
                    call.fingerprint,
                    call.request,
                    call.answer
                ])
            })
            .map_err(self.failed("taking over an answer"))?;
        Ok(())
    }
}

impl CallLog for Calls {
    fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError> {
        let connection = self.connection();
        let answer: Option<String> = connection
            .prepare_cached("SELECT answer FROM calls WHERE key = ?1 AND state = 'answered'")
            .and_then(|mut select| {
                select
                    .query_row([key.as_str()], |row| row.get(0))
                    .optional()
            })
            .map_err(self.failed("reading an answer"))?;
        answer
            .map(|json| {
                serde_json::from_str(&json).map_err(|e| {
                    let path = self.path.display();
                    CallLogError(format!("{path}: the answer under {key} is damaged: {e}"))
                })
            })
            .transpose()
    }

    fn sending(&self, calls: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
        let mut connection = self.connection();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction.prepare_cached(
                    "INSERT INTO calls (key, tool, fingerprint, request, state, sent)
                     VALUES (?1, ?2, ?3, ?4, 'sent', 1)
                     ON CONFLICT (key) DO UPDATE SET sent = sent + 1",
                )?;
                for (key, request) in calls {
                    // Plain data: encoding it cannot fail.
                    let json = serde_json::to_string(request).unwrap_or_default();
                    insert.execute(params![key.as_str(), request.tool, self.fingerprint, json])?;
                }
            }
            transaction.commit()
        };
        write().map_err(self.failed("noting calls"))
    }

    fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
        let mut connection = self.connection();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            {
                let mut update = transaction.prepare_cached(
                    "UPDATE calls SET answer = ?2, state = 'answered' WHERE key = ?1",
                )?;
                for (key, answer) in answers {
                    let json = serde_json::to_string(answer).unwrap_or_default();
                    update.execute(params![key.as_str(), json])?;
                }
            }
            transaction.commit()
        };
        write().map_err(self.failed("keeping answers"))
    }
}
