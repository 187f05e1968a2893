//! Rows of a run that nothing refers to, and what runs as wholes are told by.

use super::write::begin;
use super::{Reader, StoreError, Writer, database};
use crate::runs::{SessionInfo, WireInfo};
use fact_core::rationale::Rationale;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// What became of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// The level reached.
    pub level: Option<i64>,
    /// What the chosen program answers.
    pub predicted: Option<String>,
    /// Why it was not accepted.
    pub failure: Option<String>,
    /// The rationale that counts, as JSON.
    rationale: Option<String>,
}

const ENDED: &str = "SELECT s.id, s.accepted, s.level, s.predicted, s.failure,
        coalesce(b.rationale, r.rationale)
    FROM samples s LEFT JOIN rationales r ON r.ordinal = s.ordinal
    LEFT JOIN bridges b ON b.ordinal = r.ordinal";

fn ended(row: &Row<'_>) -> rusqlite::Result<Ended> {
    Ok(Ended {
        id: row.get(0)?,
        accepted: row.get(1)?,
        level: row.get(2)?,
        predicted: row.get(3)?,
        failure: row.get(4)?,
        rationale: row.get(5)?,
    })
}

impl Reader {
    /// Calls `each` with what became of every sample, in the data set's order.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each_ended(
        &self,
        mut each: impl FnMut(Ended) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let doing = "reading samples";
        let sql = format!("{ENDED} ORDER BY s.ordinal");
        let mut select = self.connection.prepare(&sql).map_err(self.failed(doing))?;
        let mut rows = select.query([]).map_err(self.failed(doing))?;
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            each(ended(row).map_err(self.failed(doing))?)?;
        }
        Ok(())
    }

    /// What became of the sample with this id.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn ended(&self, id: &str) -> Result<Option<Ended>, StoreError> {
        self.connection
            .prepare_cached(&format!("{ENDED} WHERE s.id = ?1"))
            .and_then(|mut select| select.query_row([id], ended).optional())
            .map_err(self.failed("reading a sample"))
    }

    /// The text of the rationale that counts, if there is one.
    ///
    /// # Errors
    /// If it is not what a store holds.
    pub fn rationale_text(&self, of: &Ended) -> Result<Option<String>, StoreError> {
        let parsed = of.rationale.as_deref().map(serde_json::from_str);
        let rationale: Option<Rationale> = parsed.transpose().map_err(|e| StoreError::Row {
            path: self.path.clone(),
            what: format!("the rationale of `{}`", of.id),
            message: e.to_string(),
        })?;
        Ok(rationale.map(|rationale| rationale.text()))
    }

    /// Accepted samples.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn accepted(&self) -> Result<u64, StoreError> {
        count(
            &self.connection,
            "SELECT count(*) FROM samples WHERE accepted",
        )
        .map_err(self.failed("counting the accepted"))
    }

    /// The sessions of the run with their times, in order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn session_infos(&self) -> Result<Vec<SessionInfo>, StoreError> {
        let state = self.session_state()?;
        let read = || -> rusqlite::Result<Vec<SessionInfo>> {
            self.connection
                .prepare(
                    "SELECT started, ended, state, samples, session FROM sessions ORDER BY session",
                )?
                .query_map([], |row| {
                    Ok(SessionInfo {
                        started: row.get(0)?,
                        ended: row.get(1)?,
                        state: state(row, 4, 2)?,
                        samples: row.get::<_, i64>(3)?.unsigned_abs(),
                    })
                })?
                .collect()
        };
        read().map_err(self.failed("reading sessions"))
    }

    /// Requests over the wire by role and back end, all sessions together.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn wire(&self) -> Result<Vec<WireInfo>, StoreError> {
        let read = || -> rusqlite::Result<Vec<WireInfo>> {
            self.connection
                .prepare(
                    "SELECT role, back_end, sum(requests), sum(repeated), sum(waited) FROM wire
                     GROUP BY role, back_end ORDER BY role, back_end",
                )?
                .query_map([], |row| {
                    Ok(WireInfo {
                        role: row.get(0)?,
                        back_end: row.get(1)?,
                        requests: row.get::<_, i64>(2)?.unsigned_abs(),
                        repeated: row.get::<_, i64>(3)?.unsigned_abs(),
                        waited: row.get(4)?,
                    })
                })?
                .collect()
        };
        read().map_err(self.failed("reading requests"))
    }

    /// Rows about rationales that are gone, with their bytes; bytes of empty pages.
    pub(crate) fn droppable(&self) -> Result<((u64, u64), u64), StoreError> {
        let read = || -> rusqlite::Result<((u64, u64), u64)> {
            let mut rows = (0, 0);
            for (table, text) in STALE {
                let sql = format!(
                    "SELECT count(*), coalesce(sum(length({text})), 0) FROM {table} WHERE {GONE}"
                );
                let (n, size): (i64, i64) =
                    (self.connection).query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.0 += n.unsigned_abs();
                rows.1 += size.unsigned_abs();
            }
            let pages = count(&self.connection, "PRAGMA freelist_count")?;
            Ok((rows, pages * count(&self.connection, "PRAGMA page_size")?))
        };
        read().map_err(self.failed("looking for what can go"))
    }

    /// Answers of back ends that the run does not ask: fingerprint, number and bytes.
    pub(crate) fn unasked(&self) -> Result<Vec<(String, u64, u64)>, StoreError> {
        unasked(&self.connection).map_err(self.failed("looking for what can go"))
    }
}

/// Tables about rationales, with what they hold most of.
const STALE: [(&str, &str); 2] = [("bridges", "text"), ("transfers", "hint")];
/// Whether the sample has no rationale.
const GONE: &str = "ordinal NOT IN (SELECT ordinal FROM rationales)";

fn count(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

fn unasked(connection: &Connection) -> rusqlite::Result<Vec<(String, u64, u64)>> {
    // What answers depend on begins with, or is, the fingerprint of the back end that is asked.
    let asked: Vec<String> = connection
        .prepare(
            "SELECT value FROM meta WHERE key LIKE '%.fingerprint%'
             UNION SELECT DISTINCT bridge FROM bridges
             UNION SELECT DISTINCT fingerprint FROM transfers",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let stored: BTreeMap<String, (i64, i64)> = connection
        .prepare(
            "SELECT fingerprint, count(*), sum(length(request) + coalesce(length(answer), 0))
             FROM calls GROUP BY fingerprint",
        )?
        .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
        .collect::<Result<_, _>>()?;
    let is_asked = |back_end: &str| {
        let begins = |asked: &String| {
            (asked.strip_prefix(back_end))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
        };
        asked.iter().any(begins)
    };
    Ok(stored
        .into_iter()
        .filter(|(back_end, _)| !is_asked(back_end))
        .map(|(back_end, (n, size))| (back_end, n.unsigned_abs(), size.unsigned_abs()))
        .collect())
}

impl Writer {
    /// Drops rows about rationales that are gone and, if `unused_answers`, what back ends answered
    /// that the run does not ask; then gives empty pages back. Returns the bytes won.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub(crate) fn shrink(&mut self, unused_answers: bool) -> Result<u64, StoreError> {
        let failed = self.failed("making the store smaller");
        let path = database(self.folder());
        let wal = path.with_extension("db-wal");
        let size = || {
            [&path, &wal]
                .iter()
                .filter_map(|file| std::fs::metadata(file).ok())
                .map(|meta| meta.len())
                .sum::<u64>()
        };
        let before = size();
        let mut shrink = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.connection)?;
            for (table, _) in STALE {
                transaction.execute(&format!("DELETE FROM {table} WHERE {GONE}"), [])?;
            }
            if unused_answers {
                for (back_end, ..) in unasked(&transaction)? {
                    transaction.execute(
                        "DELETE FROM call_digests
                         WHERE key IN (SELECT key FROM calls WHERE fingerprint = ?1)",
                        [&back_end],
                    )?;
                    transaction.execute("DELETE FROM calls WHERE fingerprint = ?1", [&back_end])?;
                    transaction.execute("DELETE FROM wire WHERE back_end = ?1", [&back_end])?;
                }
            }
            transaction.commit()?;
            self.connection.execute_batch("VACUUM")?;
            // Answers with a row about how far it came.
            (self.connection).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        shrink().map_err(failed)?;
        Ok(before.saturating_sub(size()))
    }
}
