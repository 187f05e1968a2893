//! How a run stands: the one place that says so.
//!
//! The store alone cannot tell a process that is at work from one that was killed: neither has written
//! an end. The lock can, since it goes with the process.

use super::{Lock, Reader, StoreError};
use rusqlite::{OptionalExtension, Row};
use serde::Serialize;
use std::path::Path;

/// Whether a run is being worked on, or how it was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// A process writes to it.
    Running {
        /// Its process id, if it says so.
        pid: Option<u32>,
    },
    /// Everything is in the store.
    Finished,
    /// Something is missing: the command that began it goes on.
    Interrupted,
}

impl std::fmt::Display for RunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Running { pid: Some(pid) } => write!(f, "running (pid {pid})"),
            Self::Running { pid: None } => f.write_str("running"),
            Self::Finished => f.write_str("finished"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// How one go at a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Its process is at work.
    Running,
    /// It came to the end of its round.
    Done,
    /// It was asked to stop, or its budget was used up.
    Stopped,
    /// It ended with an error.
    Failed,
    /// Its process ended without a word: by `kill -9`, a crash, a power failure.
    Killed,
}

impl SessionState {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Killed => "killed",
        }
    }
}

/// Whether a run was complete in a version of its store, as SQLite counts them for a connection. Whoever
/// shows a run asks again and again, and the answer takes a pass over tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Complete {
    version: i64,
    complete: bool,
}

/// What the last session wrote of itself while it is at work.
const OPEN: &str = "running";

impl Reader {
    /// How the run stands. A run whose last session was killed, stopped or failed is not finished, even
    /// where every sample has a row: a later round of learning can be half done.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn state(&self) -> Result<RunState, StoreError> {
        Ok(match (self.writer(), self.is_complete()?) {
            // Looked at again: it may have begun or ended meanwhile.
            (Some(pid), _) => RunState::Running { pid },
            (None, complete) => match (self.writer(), complete) {
                (Some(pid), _) => RunState::Running { pid },
                (None, true) => RunState::Finished,
                (None, false) => RunState::Interrupted,
            },
        })
    }

    /// Whether everything is in the store: every sample, the last session came to its end, and
    /// the bridge wrote all it was to write.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn is_complete(&self) -> Result<bool, StoreError> {
        let version: i64 = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(self.failed("asking how it stands"))?;
        if let Some(known) = self.complete.get()
            && known.version == version
        {
            return Ok(known.complete);
        }
        let complete = self.asked_complete()?;
        self.complete.set(Some(Complete { version, complete }));
        Ok(complete)
    }

    fn asked_complete(&self) -> Result<bool, StoreError> {
        let ask = || -> rusqlite::Result<(Option<String>, i64, Option<String>, bool)> {
            let c = &self.connection;
            let expected = c
                .query_row(
                    "SELECT value FROM meta WHERE key = 'data.samples'",
                    [],
                    |r| r.get(0),
                )
                .optional()?;
            let there = c.query_row("SELECT coalesce(sum(samples), 0) FROM groups", [], |r| {
                r.get(0)
            })?;
            let last = c
                .query_row(
                    "SELECT state FROM sessions ORDER BY session DESC LIMIT 1",
                    [],
                    |r| r.get(0),
                )
                .optional()?;
            let bridging = c.query_row(
                "SELECT EXISTS (SELECT 1 FROM bridges) AND EXISTS (
                     SELECT 1 FROM rationales r
                     WHERE NOT EXISTS (SELECT 1 FROM bridges b WHERE b.ordinal = r.ordinal))",
                [],
                |r| r.get(0),
            )?;
            Ok((expected, there, last, bridging))
        };
        let (expected, there, last, bridging) =
            ask().map_err(self.failed("asking how it stands"))?;
        let whole = expected.is_some_and(|n| n.parse() == Ok(there));
        let ended = last.is_none_or(|state| state == SessionState::Done.name());
        Ok(whole && ended && !bridging)
    }

    /// Whether a process writes to the run: its process id, if it says so.
    fn writer(&self) -> Option<Option<u32>> {
        Lock::holder(self.folder())
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// What each session is to be called whose row says that it is at work: only the last one of a run
    /// that a process holds is.
    pub(super) fn session_state(
        &self,
    ) -> Result<impl Fn(&Row<'_>, usize, usize) -> rusqlite::Result<SessionState> + use<>, StoreError>
    {
        let last: Option<i64> = self
            .connection
            .query_row("SELECT max(session) FROM sessions", [], |r| r.get(0))
            .map_err(self.failed("reading sessions"))?;
        let held = self.writer().is_some();
        Ok(move |row: &Row<'_>, session: usize, state: usize| {
            let text: String = row.get(state)?;
            let is_last = last == Some(row.get(session)?);
            Ok(match text.as_str() {
                "done" => SessionState::Done,
                "stopped" => SessionState::Stopped,
                OPEN if held && is_last => SessionState::Running,
                OPEN => SessionState::Killed,
                _ => SessionState::Failed,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Writer;
    use std::collections::BTreeMap;

    #[test]
    fn a_reader_sees_how_the_run_stands_now() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(folder.path()).unwrap();
        let settings = BTreeMap::from([("data.samples".to_owned(), "0".to_owned())]);
        writer.bind(&settings).unwrap();
        let reader = Reader::open(folder.path()).unwrap();
        let last = || Some(reader.session_infos().unwrap().last()?.state);
        let pid = Some(std::process::id());
        assert_eq!(reader.state().unwrap(), RunState::Running { pid });
        assert!(reader.is_complete().unwrap());

        let first = writer.begin_session(1).unwrap();
        assert!(!reader.is_complete().unwrap());
        assert_eq!(last(), Some(SessionState::Running));
        drop(writer);
        // Its process is gone, and never said so.
        assert_eq!(reader.state().unwrap(), RunState::Interrupted);
        assert_eq!(last(), Some(SessionState::Killed));

        let mut writer = Writer::open(folder.path()).unwrap();
        for (ended, state, stands) in [
            ("stopped", SessionState::Stopped, RunState::Interrupted),
            ("failed", SessionState::Failed, RunState::Interrupted),
            ("done", SessionState::Done, RunState::Finished),
        ] {
            let session = writer.begin_session(1).unwrap();
            writer.end_session(session, 1.0, 0, ended).unwrap();
            assert_eq!(last(), Some(state));
            let complete = stands == RunState::Finished;
            assert_eq!(reader.is_complete().unwrap(), complete);
        }
        drop(writer);
        assert_eq!(reader.state().unwrap(), RunState::Finished);
        let all = reader.session_infos().unwrap();
        assert_eq!((first, all[0].state), (1, SessionState::Killed));
    }
}
