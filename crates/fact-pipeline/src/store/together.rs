//! Notes of calls, committed together.
//!
//! Each question is noted before it is sent, and each answer before it is used, and a commit that
//! outlives a power failure takes the disk's time. Many requests in flight would wait for each
//! other's commits; so whoever comes while a commit is under way is committed with the next one, in
//! one transaction (group commit, as in DeWitt et al. 1984, *Implementation techniques for main
//! memory database systems*).

use super::digests;
use super::write::begin;
use crate::calls::CallLogError;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is to be written about a call.
#[derive(Debug)]
pub(super) enum Note {
    /// It is about to be sent.
    Sending {
        key: String,
        tool: String,
        fingerprint: String,
        request: String,
    },
    /// It was not sent after all.
    Unsent { key: String },
    /// It was answered.
    Answered { key: String, answer: String },
    /// Another run was answered.
    Adopted {
        key: String,
        tool: String,
        fingerprint: String,
        request: String,
        answer: String,
    },
}

impl Note {
    fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        match self {
            Self::Sending {
                key,
                tool,
                fingerprint,
                request,
            } => {
                connection
                    .prepare_cached(
                        "INSERT INTO calls (key, tool, fingerprint, request, state, sent)
                         VALUES (?1, ?2, ?3, ?4, 'sent', 1)
                         ON CONFLICT (key) DO UPDATE SET sent = sent + 1",
                    )?
                    .execute(params![key, tool, fingerprint, request])?;
            }
            Self::Unsent { key } => {
                connection
                    .prepare_cached("UPDATE calls SET sent = sent - 1 WHERE key = ?1 AND sent > 0")?
                    .execute([key])?;
                connection
                    .prepare_cached(
                        "DELETE FROM calls WHERE key = ?1 AND sent = 0 AND state = 'sent'",
                    )?
                    .execute([key])?;
            }
            Self::Answered { key, answer } => {
                connection
                    .prepare_cached(
                        "UPDATE calls SET answer = ?2, state = 'answered' WHERE key = ?1",
                    )?
                    .execute(params![key, answer])?;
                digests::keep_answer(connection, key, answer)?;
            }
            // `sent` stays as it is: this run paid nothing for it.
            Self::Adopted {
                key,
                tool,
                fingerprint,
                request,
                answer,
            } => {
                connection
                    .prepare_cached(
                        "INSERT INTO calls (key, tool, fingerprint, request, answer, state, sent)
                         VALUES (?1, ?2, ?3, ?4, ?5, 'answered', 0)
                         ON CONFLICT (key) DO UPDATE SET answer = excluded.answer,
                             state = 'answered'",
                    )?
                    .execute(params![key, tool, fingerprint, request, answer])?;
                digests::keep_answer(connection, key, answer)?;
            }
        }
        Ok(())
    }
}

/// Notes that wait, and what became of those that others committed.
#[derive(Debug, Default)]
struct Queue {
    next: u64,
    waiting: Vec<(u64, Vec<Note>)>,
    done: BTreeMap<u64, Result<(), CallLogError>>,
}

/// Writes notes; used by many threads at once.
#[derive(Debug)]
pub(super) struct Together {
    connection: Mutex<Connection>,
    queue: Mutex<Queue>,
    path: PathBuf,
}

impl Together {
    /// On a connection to the database at `path`.
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self {
            connection: Mutex::new(connection),
            queue: Mutex::default(),
            path: path.to_owned(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits notes, with those of others that wait. They are on the disk when it returns.
    ///
    /// # Errors
    /// If they cannot be written; then none of them is, nor those committed with them.
    pub(super) fn write(&self, notes: Vec<Note>) -> Result<(), CallLogError> {
        let mine = {
            let mut queue = self.queue();
            let mine = queue.next;
            queue.next += 1;
            queue.waiting.push((mine, notes));
            mine
        };
        // Transactions roll back when dropped: a panic leaves the connection usable.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let all = {
            let mut queue = self.queue();
            if let Some(result) = queue.done.remove(&mine) {
                return result;
            }
            std::mem::take(&mut queue.waiting)
        };
        let mut commit = || -> rusqlite::Result<()> {
            let transaction = begin(&mut connection)?;
            for note in all.iter().flat_map(|(_, notes)| notes) {
                note.write(&transaction)?;
            }
            transaction.commit()
        };
        let result = commit()
            .map_err(|e| CallLogError(format!("{}: noting calls: {e}", self.path.display())));
        // Before the connection is free: those who wait for it look here first.
        let mut queue = self.queue();
        for (number, _) in all.iter().filter(|(number, _)| *number != mine) {
            queue.done.insert(*number, result.clone());
        }
        result
    }
}
