//! What a run store holds on whether a data set agrees with its own annotations.

use super::{Reader, StoreError};
use fact_core::sample::Sample;
use rusqlite::Row;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many samples agree with their annotation, and what is wrong with the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreementCounts {
    /// Samples by status (`docs/store.md`).
    pub samples: BTreeMap<String, u64>,
    /// Errors by kind; a sample may have several.
    pub errors: BTreeMap<String, u64>,
    /// Of the unknown operations: how often each.
    pub unknown_operations: BTreeMap<String, u64>,
}

/// A sample with at least one error of the data set.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultyRow {
    /// The sample.
    pub sample: Sample,
    /// What is wrong, as `docs/store.md` describes it.
    pub detail: Value,
}

impl Reader {
    /// Counts of the stage `agreement`; `None` if no sample went through it.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn agreement_counts(&self) -> Result<Option<AgreementCounts>, StoreError> {
        let pair = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
        let count = |sql: &str| -> rusqlite::Result<BTreeMap<String, u64>> {
            let mut statement = self.connection.prepare(sql)?;
            let counts = statement.query_map([], pair)?;
            counts.collect()
        };
        let counts = || -> rusqlite::Result<AgreementCounts> {
            Ok(AgreementCounts {
                samples: count(
                    "SELECT status, count(*) FROM outcomes WHERE stage = 'agreement'
                     GROUP BY status",
                )?,
                errors: count(
                    "SELECT e.value ->> 'kind', count(*)
                     FROM outcomes o, json_each(o.detail, '$.errors') e
                     WHERE o.stage = 'agreement' GROUP BY 1",
                )?,
                unknown_operations: count(
                    "SELECT e.value ->> 'operation', count(*)
                     FROM outcomes o, json_each(o.detail, '$.errors') e
                     WHERE o.stage = 'agreement' AND e.value ->> 'kind' = 'unknown_operation'
                     GROUP BY 1",
                )?,
            })
        };
        let counts = counts().map_err(self.failed("counting agreements"))?;
        Ok(Some(counts).filter(|counts| !counts.samples.is_empty()))
    }

    /// Calls `each` with every sample that has an error of the data set, in the data set's order.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each_faulty<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(FaultyRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = || self.failed("reading errors of the data set");
        let sql = "SELECT s.id, s.sample, o.detail FROM outcomes o
                   JOIN samples s ON s.ordinal = o.ordinal
                   WHERE o.stage = 'agreement' AND o.detail IS NOT NULL ORDER BY s.ordinal";
        let mut statement = self.connection.prepare(sql).map_err(failed())?;
        let mut rows = statement.query([]).map_err(failed())?;
        while let Some(row) = rows.next().map_err(failed())? {
            let text = |at: usize| row.get::<_, String>(at).map_err(failed());
            let id = text(0)?;
            let damaged = |e: serde_json::Error| StoreError::Row {
                path: self.path.clone(),
                what: format!("sample `{id}`"),
                message: e.to_string(),
            };
            each(FaultyRow {
                sample: serde_json::from_str(&text(1)?).map_err(damaged)?,
                detail: serde_json::from_str(&text(2)?).map_err(damaged)?,
            })?;
        }
        Ok(())
    }
}
