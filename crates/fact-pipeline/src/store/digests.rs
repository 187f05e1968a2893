//! Digests of what matters most, so that a damaged page never becomes a wrong export.
//!
//! SQLite notices a page whose structure is broken, not one whose texts were changed. So each
//! sample as it is exported, and each answer that was paid for, has a digest beside it: the first
//! 64 bits of a SHA-256. They are kept in tables of their own, the samples' with `accepted`, so
//! that a row that vanished is missed.

use super::read::{COLUMNS, ROW};
use super::{Reader, StoreError};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

/// The table of the samples' digests, for stores of the versions before.
pub(super) const OF_SAMPLES: &str = "sample_digests (
    ordinal  INTEGER PRIMARY KEY,
    accepted INTEGER NOT NULL,
    digest   INTEGER NOT NULL
)";

/// The table of the answers' digests, for stores of the versions before.
pub(super) const OF_CALLS: &str = "call_digests (
    key    TEXT PRIMARY KEY,
    digest INTEGER NOT NULL
) WITHOUT ROWID";

fn digest(hash: Sha256) -> i64 {
    let bytes = hash.finalize();
    let (first, _) = bytes.split_at(8);
    first
        .iter()
        .fold(0, |digest, byte| digest << 8 | i64::from(*byte))
}

/// Of an answer's JSON.
pub(super) fn of_answer(key: &str, json: &str) -> i64 {
    digest(Sha256::new().chain_update(key).chain_update(json))
}

/// Of a row of [`ROW`], all columns but the digest itself.
pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<i64> {
    let mut hash = Sha256::new();
    for column in 0..COLUMNS {
        // Kind and length first, so that no two rows look alike.
        let mut add = |kind: u8, bytes: &[u8]| {
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        match row.get_ref(column)? {
            ValueRef::Null => add(0, &[]),
            ValueRef::Integer(n) => add(1, &n.to_le_bytes()),
            ValueRef::Real(x) => add(2, &x.to_bits().to_le_bytes()),
            ValueRef::Text(text) => add(3, text),
            ValueRef::Blob(bytes) => add(4, bytes),
        }
    }
    Ok(digest(hash))
}

/// Writes the digest of a sample that was just written.
pub(super) fn keep_sample(connection: &Connection, ordinal: i64) -> rusqlite::Result<()> {
    let (accepted, digest): (bool, i64) = connection
        .prepare_cached(&format!("{ROW} WHERE s.ordinal = ?1"))?
        .query_row([ordinal], |row| Ok((row.get(5)?, of_row(row)?)))?;
    connection
        .prepare_cached(
            "INSERT INTO sample_digests (ordinal, accepted, digest) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![ordinal, accepted, digest])?;
    Ok(())
}

/// Writes the digest of an answer.
pub(super) fn keep_answer(connection: &Connection, key: &str, json: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO call_digests (key, digest) VALUES (?1, ?2)")?
        .execute(params![key, of_answer(key, json)])?;
    Ok(())
}

/// Writes the digests of all that a store of a version before them holds.
pub(super) fn keep_all(connection: &Connection) -> rusqlite::Result<()> {
    let ordinals: Vec<i64> = connection
        .prepare("SELECT ordinal FROM samples")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for ordinal in ordinals {
        keep_sample(connection, ordinal)?;
    }
    keep_missing_answers(connection)
}

/// Writes the digests of answers that have none.
pub(super) fn keep_missing_answers(connection: &Connection) -> rusqlite::Result<()> {
    let mut answers = connection.prepare(
        "SELECT key, answer FROM calls c WHERE answer IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM call_digests d WHERE d.key = c.key)",
    )?;
    let mut answers = answers.query([])?;
    while let Some(row) = answers.next()? {
        let (key, json): (String, String) = (row.get(0)?, row.get(1)?);
        keep_answer(connection, &key, &json)?;
    }
    Ok(())
}

impl Reader {
    /// Refuses a row whose digest is not that of what was written.
    pub(super) fn check_row(&self, row: &Row<'_>) -> Result<(), StoreError> {
        if !self.has_digests {
            return Ok(());
        }
        let read = || -> rusqlite::Result<(String, bool)> {
            let kept: Option<i64> = row.get(COLUMNS)?;
            let id = match row.get_ref(1)? {
                ValueRef::Text(id) => String::from_utf8_lossy(id).into_owned(),
                _ => "?".to_owned(),
            };
            Ok((id, kept == Some(of_row(row)?)))
        };
        match read().map_err(self.failed("reading a sample"))? {
            (_, true) => Ok(()),
            (id, false) => Err(StoreError::Row {
                path: self.path.clone(),
                what: format!("sample `{id}`"),
                message: "it is not what was written".to_owned(),
            }),
        }
    }

    /// Refuses a store in which `seen` is not the number of samples, or of the accepted ones.
    pub(super) fn check_number(&self, only_accepted: bool, seen: u64) -> Result<(), StoreError> {
        if !self.has_digests {
            return Ok(());
        }
        let written: i64 = self
            .connection
            .query_row(
                "SELECT count(*) FROM sample_digests WHERE accepted OR NOT ?1",
                [only_accepted],
                |row| row.get(0),
            )
            .map_err(self.failed("counting samples"))?;
        if written.unsigned_abs() == seen {
            return Ok(());
        }
        Err(StoreError::Row {
            path: self.path.clone(),
            what: "the samples".to_owned(),
            message: format!("{seen} are there, {written} were written"),
        })
    }
}
