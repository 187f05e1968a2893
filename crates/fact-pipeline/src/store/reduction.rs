//! What a run store holds on how much slicing left out.

use super::{Reader, StoreError};
use rusqlite::Row;
use serde::Serialize;

/// Sizes of all programs that have a rationale, each summed over the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reduction {
    /// Samples with a rationale.
    pub rationales: u64,
    /// Statements of the programs.
    pub statements: u64,
    /// Statements of the residual programs.
    pub statements_kept: u64,
    /// Events of the programs' runs.
    pub events: u64,
    /// Events that the results depend on.
    pub events_kept: u64,
    /// Distinct tool calls of the programs' runs.
    pub tool_calls: u64,
    /// Distinct tool calls of the residual programs' runs.
    pub tool_calls_kept: u64,
}

impl Reader {
    /// How much slicing left out; `None` if nothing was sliced.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn reduction(&self) -> Result<Option<Reduction>, StoreError> {
        let sums =
            "SELECT count(*), sum(detail ->> 'statements'), sum(detail ->> 'statements_kept'),
                    sum(detail ->> 'events'), sum(detail ->> 'events_kept'),
                    sum(detail ->> 'tool_calls'), sum(detail ->> 'tool_calls_kept')
                    FROM outcomes WHERE stage = 'explain' AND status = 'ok'
                    AND detail ->> 'events' IS NOT NULL";
        let read = |row: &Row<'_>| {
            let sum = |at: usize| row.get::<_, Option<i64>>(at);
            let sum = |at: usize| Ok::<u64, rusqlite::Error>(sum(at)?.unwrap_or(0).unsigned_abs());
            Ok(Reduction {
                rationales: sum(0)?,
                statements: sum(1)?,
                statements_kept: sum(2)?,
                events: sum(3)?,
                events_kept: sum(4)?,
                tool_calls: sum(5)?,
                tool_calls_kept: sum(6)?,
            })
        };
        let reduction = self.connection.query_row(sums, [], read);
        let reduction = reduction.map_err(self.failed("adding up what slicing left out"))?;
        Ok(Some(reduction).filter(|r| r.rationales > 0))
    }
}
