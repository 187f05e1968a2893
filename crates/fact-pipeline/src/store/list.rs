//! All samples of a run, as a list of them needs them.

use super::read::{Reader, level, unsigned};
use super::{ReadRow, StoreError};
use fact_core::verify::Level;
use rusqlite::{OptionalExtension, Row};
use std::path::Path;

/// A sample as a list shows it. Its JSON is still text: who lists many parses them in several threads.
#[derive(Debug, Clone)]
pub struct ListedRow {
    /// Position in the data set.
    pub ordinal: u64,
    /// The sample, as JSON.
    pub sample: String,
    /// What the chosen program answers.
    pub predicted: Option<String>,
    /// The level it reaches here.
    pub level: Option<Level>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// In [0, 1].
    pub confidence: Option<f64>,
    /// If not accepted: why, as `stage:reason`.
    pub failure: Option<String>,
    /// The rationale that counts, as JSON: see [`ReadRow::counted`].
    pub rationale: Option<String>,
}

/// A candidate's program, and how it did on the samples of its question.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateText {
    /// Index in the group.
    pub candidate: usize,
    /// Its source text.
    pub program: String,
    /// On how many samples it returned.
    pub ran: usize,
    /// The proposer's own score; higher is better.
    pub score: f64,
}

const LISTED: &str = "SELECT s.ordinal, s.sample, s.predicted, s.level, s.accepted, s.confidence,
    s.failure, coalesce(b.rationale, r.rationale)
    FROM samples s
    LEFT JOIN rationales r ON r.ordinal = s.ordinal
    LEFT JOIN bridges b ON b.ordinal = s.ordinal
    ORDER BY s.ordinal LIMIT ?1 OFFSET ?2";

/// Numbers of a run, for who cannot wait for all its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Samples in the store.
    pub samples: usize,
    /// Of those: accepted.
    pub accepted: usize,
}

impl Reader {
    /// The file that is read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Calls `each` with samples in the data set's order: `count` of them from the place `from`, or all
    /// without such a page.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each_listed<E: From<StoreError>>(
        &self,
        page: Option<(usize, usize)>,
        mut each: impl FnMut(ListedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let doing = "listing samples";
        let mut select = self
            .connection
            .prepare_cached(LISTED)
            .map_err(self.failed(doing))?;
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        // A negative limit is none.
        let (from, count) = page.map_or((0, -1), |(from, count)| (number(from), number(count)));
        let mut rows = select.query([count, from]).map_err(self.failed(doing))?;
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            each(listed(row).map_err(self.failed(doing))?)?;
        }
        Ok(())
    }

    /// How large the run is, from tables that are small.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn size(&self) -> Result<Size, StoreError> {
        let accepted = match self.has_digests {
            true => "SELECT count(*) FROM sample_digests WHERE accepted",
            false => "SELECT count(*) FROM samples WHERE accepted",
        };
        let count = |sql: &str| -> rusqlite::Result<usize> {
            let count = |row: &Row<'_>| unsigned(row, 0);
            Ok(self.connection.query_row(sql, [], count)? as usize)
        };
        let size = || {
            Ok(Size {
                samples: count("SELECT sum(samples) FROM groups")?,
                accepted: count(accepted)?,
            })
        };
        size().map_err(self.failed("counting samples"))
    }

    /// How many samples stand before one in the data set, if it is there.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn place(&self, ordinal: u64) -> Result<Option<usize>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT count(*) FROM samples WHERE ordinal < ?1
                 HAVING EXISTS (SELECT 1 FROM samples WHERE ordinal = ?1)",
            )
            .and_then(|mut select| {
                select
                    .query_row([ordinal as i64], |row| unsigned(row, 0))
                    .optional()
            })
            .map(|place| place.map(|n| n as usize))
            .map_err(self.failed("looking for a sample"))
    }

    /// The id of a sample.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn id(&self, ordinal: u64) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached("SELECT id FROM samples WHERE ordinal = ?1")
            .and_then(|mut select| {
                select
                    .query_row([ordinal as i64], |row| row.get(0))
                    .optional()
            })
            .map_err(self.failed("looking for a sample"))
    }

    /// The programs of all candidates for a sample's question, in the order proposed.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn candidate_texts(&self, row: &ReadRow) -> Result<Vec<CandidateText>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT c.candidate, c.program, c.ran, c.score
                 FROM samples s JOIN candidates c ON c.grp = s.grp
                 WHERE s.ordinal = ?1 ORDER BY c.candidate",
            )
            .and_then(|mut select| {
                let text = |row: &Row<'_>| {
                    Ok(CandidateText {
                        candidate: unsigned(row, 0)? as usize,
                        program: row.get(1)?,
                        ran: unsigned(row, 2)? as usize,
                        score: row.get(3)?,
                    })
                };
                select.query_map([row.ordinal as i64], text)?.collect()
            })
            .map_err(self.failed("reading candidates"))
    }
}

fn listed(row: &Row<'_>) -> rusqlite::Result<ListedRow> {
    Ok(ListedRow {
        ordinal: unsigned(row, 0)?,
        sample: row.get(1)?,
        predicted: row.get(2)?,
        level: level(row.get(3)?),
        accepted: row.get(4)?,
        confidence: row.get(5)?,
        failure: row.get(6)?,
        rationale: row.get(7)?,
    })
}
