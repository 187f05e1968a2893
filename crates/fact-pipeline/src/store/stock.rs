//! What a run has in its store: what a further session can build on.

use super::{Difference, Reader, StoreError, Writer};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// What a run has in its store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// Questions that are done.
    pub questions: u64,
    /// Their samples.
    pub samples: u64,
    /// Rationales.
    pub rationales: u64,
    /// Rationales that a language model wrote anew, or tried to.
    pub bridged: u64,
    /// Answers of verifiers.
    pub transfers: u64,
    /// Questions of which the store keeps what earlier settings made of them, to take over what stays.
    pub kept: u64,
    /// Calls of back ends behind a wire, by fingerprint.
    pub calls: Vec<StockOfCalls>,
}

/// Calls of a back end behind a wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockOfCalls {
    /// The back end.
    pub fingerprint: String,
    /// With an answer.
    pub answered: u64,
    /// Sent, when a process was killed or the back end failed, and without an answer: perhaps paid
    /// for.
    pub unknown: u64,
}

impl Reader {
    /// What the run has in its store.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn stock(&self) -> Result<Stock, StoreError> {
        stock(&self.connection).map_err(self.failed("looking at what is there"))
    }
}

fn stock(connection: &Connection) -> rusqlite::Result<Stock> {
    let count = |sql: &str| -> rusqlite::Result<u64> {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
    };
    let calls = connection
        .prepare(
            "SELECT fingerprint, sum(state = 'answered'), sum(state <> 'answered') FROM calls
             GROUP BY fingerprint ORDER BY fingerprint",
        )?
        .query_map([], |row| {
            Ok(StockOfCalls {
                fingerprint: row.get(0)?,
                answered: row.get::<_, i64>(1)?.unsigned_abs(),
                unknown: row.get::<_, i64>(2)?.unsigned_abs(),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(Stock {
        questions: count("SELECT count(*) FROM groups")?,
        samples: count("SELECT coalesce(sum(samples), 0) FROM groups")?,
        rationales: count("SELECT count(*) FROM rationales")?,
        bridged: count("SELECT count(*) FROM bridges")?,
        transfers: count("SELECT count(*) FROM transfers")?,
        kept: count("SELECT count(*) FROM kept")?,
        calls,
    })
}

impl Writer {
    /// What the run has in its store.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn stock(&self) -> Result<Stock, StoreError> {
        stock(&self.connection).map_err(self.failed("looking at what is there"))
    }

    /// In what `settings` differ from those that the store is bound to; nothing if it is new.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn compare(
        &self,
        settings: &BTreeMap<String, String>,
    ) -> Result<Vec<Difference>, StoreError> {
        let stored = self.settings()?;
        Ok(match stored.is_empty() {
            true => Vec::new(),
            false => Difference::between(&stored, settings),
        })
    }
}
