//! One sample of a run in full.

use super::StoreError;
use super::read::{ROW, ReadRow, Reader, level};
use fact_core::verify::Level;
use rusqlite::params;

/// One sample in full, for display.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleView {
    /// The sample and its result.
    pub row: ReadRow,
    /// stage, status, reason, detail (JSON) in the order of the stages.
    pub stages: Vec<(String, String, Option<String>, Option<String>)>,
    /// What each candidate did.
    pub verdicts: Vec<VerdictView>,
    /// Index of the chosen candidate.
    pub chosen: Option<usize>,
}

/// What a candidate did on a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictView {
    /// Index in the group.
    pub candidate: usize,
    /// Who proposed it.
    pub proposer: String,
    /// What it was made from.
    pub source: String,
    /// Level over the visible samples.
    pub level: Option<Level>,
    /// On how many samples of the group it was right.
    pub right: usize,
    /// `returned`, `raised`, …; absent if it does not parse.
    pub outcome: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The answer.
    pub predicted: Option<String>,
    /// The matcher's score.
    pub score: Option<f64>,
}

/// The stages in their order.
const STAGES: &[&str] = &["propose", "agreement", "execute", "verify", "explain"];

impl Reader {
    /// One sample in full.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn sample(&self, id: &str) -> Result<Option<SampleView>, StoreError> {
        let doing = "reading a sample";
        let mut statement = self
            .connection
            .prepare(&format!("{ROW} WHERE s.id = ?1"))
            .map_err(self.failed(doing))?;
        let mut rows = statement.query([id]).map_err(self.failed(doing))?;
        let Some(row) = rows.next().map_err(self.failed(doing))? else {
            return Ok(None);
        };
        self.check_row(row)?;
        let row = self.unparsed(row).map_err(self.failed(doing))?;
        let row = self.parsed(self.completed(row)?)?;
        let ordinal = row.ordinal as i64;
        let stages = self
            .connection
            .prepare("SELECT stage, status, reason, detail FROM outcomes WHERE ordinal = ?1")
            .and_then(|mut statement| {
                statement
                    .query_map([ordinal], |r| {
                        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
                    })?
                    .collect::<Result<Vec<(String, _, _, _)>, _>>()
            })
            .map(|mut stages| {
                stages.sort_by_key(|s| STAGES.iter().position(|name| *name == s.0));
                stages
            })
            .map_err(self.failed(doing))?;
        let verdicts = self
            .connection
            .prepare(
                "SELECT c.candidate, c.proposer, c.source, c.level, c.right, v.outcome,
                        coalesce(v.reason, c.reason), v.predicted, v.score
                 FROM samples s JOIN candidates c ON c.grp = s.grp
                 LEFT JOIN verdicts v ON v.ordinal = s.ordinal AND v.candidate = c.candidate
                 WHERE s.ordinal = ?1 ORDER BY c.candidate",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([ordinal], |r| {
                        Ok(VerdictView {
                            candidate: r.get::<_, i64>(0)? as usize,
                            proposer: r.get(1)?,
                            source: r.get(2)?,
                            level: level(r.get(3)?),
                            right: r.get::<_, i64>(4)? as usize,
                            outcome: r.get(5)?,
                            reason: r.get(6)?,
                            predicted: r.get(7)?,
                            score: r.get(8)?,
                        })
                    })?
                    .collect()
            })
            .map_err(self.failed(doing))?;
        let chosen = self
            .connection
            .query_row(
                "SELECT chosen FROM samples WHERE ordinal = ?1",
                params![ordinal],
                |r| r.get::<_, Option<i64>>(0),
            )
            .map_err(self.failed(doing))?
            .map(|c| c as usize);
        Ok(Some(SampleView {
            row,
            stages,
            verdicts,
            chosen,
        }))
    }

    /// Ids of samples that begin with, or contain, `part`: for messages.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn similar_ids(&self, part: &str, at_most: usize) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare("SELECT id FROM samples ORDER BY instr(id, ?1) = 0, ordinal LIMIT ?2")
            .and_then(|mut statement| {
                statement
                    .query_map(params![part, at_most as i64], |r| r.get(0))?
                    .collect()
            })
            .map_err(self.failed("reading ids"))
    }
}
