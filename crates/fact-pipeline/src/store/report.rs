//! What the stage report reads from a run store, in the data set's order.

use super::{Reader, SessionState, StoreError};
use crate::report::{CallCost, Spending};
use fact_core::sample::Sample;
use fact_core::slice::Reduction;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::HashMap;

/// A candidate, for counting.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCandidate {
    /// Key of its group: ordinal of the first sample.
    pub group: i64,
    /// Index in the group.
    pub index: i64,
    /// Who proposed it.
    pub proposer: String,
    /// Whether it parses.
    pub parses: bool,
    /// Whether it was chosen.
    pub chosen: bool,
    /// How many scenes of the group it could be chosen by.
    pub visible: usize,
}

/// What a candidate did on a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredVerdict {
    /// Of the sample.
    pub ordinal: i64,
    /// Number of the sample's scene in its group, in order of first appearance.
    pub scene: usize,
    /// `returned`, `raised`, …
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// The matcher's score.
    pub score: Option<f64>,
}

impl StoredVerdict {
    /// Whether it gave an answer.
    pub fn returned(&self) -> bool {
        self.outcome == "returned"
    }

    /// Whether the answer is right.
    pub fn right(&self) -> bool {
        self.score.is_some_and(|score| score >= 0.5)
    }

    /// Whether it says anything about the program.
    pub fn judges(&self) -> bool {
        self.outcome != "malformed" && !(self.returned() && self.score.is_none())
    }
}

/// How a sample ended.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEnd {
    /// Of the sample.
    pub ordinal: i64,
    /// Level that the chosen program reaches on it.
    pub level: Option<i64>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether it has a rationale.
    pub rationale: bool,
    /// Why it was not accepted.
    pub failure: Option<String>,
    /// The chosen candidate of its question.
    pub chosen: Option<i64>,
    /// Who proposed that.
    pub proposer: Option<String>,
}

/// What a candidate did on a sample, for an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTry {
    /// What it answered.
    pub predicted: Option<String>,
    /// Why it did not.
    pub reason: Option<String>,
    /// Whether the answer is right.
    pub right: bool,
}

/// A sample and a candidate, for an example.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredExample {
    /// The sample.
    pub sample: Sample,
    /// The candidate's source.
    pub program: Option<String>,
    /// Why it does not parse.
    pub syntax_error: Option<String>,
    /// What it did here, if it was tried.
    pub tried: Option<StoredTry>,
    /// Stage and reason.
    pub stages: Vec<(String, Option<String>)>,
}

/// One go at a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// How it stands.
    pub state: SessionState,
    /// Worker threads.
    pub threads: u64,
    /// Samples it did.
    pub samples: u64,
    /// Seconds it took; unknown while it runs, or if it was killed.
    pub seconds: Option<f64>,
}

impl Reader {
    /// The sessions of the run, in order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let state = self.session_state()?;
        let sessions = || -> rusqlite::Result<Vec<Session>> {
            let mut statement = self.connection.prepare(
                "SELECT state, threads, samples, seconds, session FROM sessions ORDER BY session",
            )?;
            let sessions = statement.query_map([], |r| {
                Ok(Session {
                    state: state(r, 4, 0)?,
                    threads: unsigned(r.get(1)?),
                    samples: unsigned(r.get(2)?),
                    seconds: r.get(3)?,
                })
            })?;
            sessions.collect()
        };
        sessions().map_err(self.failed("reading sessions"))
    }

    /// Samples of each question, and how many of them were accepted, in the data set's order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn accepted_by_question(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let counts = || -> rusqlite::Result<Vec<(u64, u64)>> {
            let mut statement = self
                .connection
                .prepare("SELECT count(*), sum(accepted) FROM samples GROUP BY grp ORDER BY grp")?;
            let counts =
                statement.query_map([], |r| Ok((unsigned(r.get(0)?), unsigned(r.get(1)?))))?;
            counts.collect()
        };
        counts().map_err(self.failed("counting the accepted"))
    }

    /// Calls `each` with every candidate and its verdicts.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn for_each_candidate(
        &self,
        mut each: impl FnMut(&StoredCandidate, &[StoredVerdict]),
    ) -> Result<(), StoreError> {
        let mut walk = || -> rusqlite::Result<()> {
            let mut candidates = self.connection.prepare(
                "SELECT c.grp, c.candidate, c.proposer, c.reason IS NULL,
                        coalesce(g.chosen = c.candidate, 0), g.visible
                 FROM candidates c JOIN groups g ON g.grp = c.grp
                 ORDER BY c.grp, c.candidate",
            )?;
            let mut tried = self.connection.prepare(
                "SELECT s.grp, v.candidate, s.scene, v.ordinal, v.outcome, v.reason, v.score
                 FROM verdicts v JOIN samples s ON s.ordinal = v.ordinal
                 ORDER BY s.grp, v.candidate, v.ordinal",
            )?;
            let mut candidates = candidates.query([])?;
            let mut tried = tried.query([])?;
            let mut next = tried.next()?;
            let mut verdicts = Vec::new();
            let mut scenes: HashMap<String, usize> = HashMap::new();
            while let Some(row) = candidates.next()? {
                let candidate = candidate(row)?;
                let key = (candidate.group, candidate.index);
                verdicts.clear();
                scenes.clear();
                while let Some(row) = next {
                    let at = (row.get(0)?, row.get(1)?);
                    if at > key {
                        break;
                    }
                    if at == key {
                        let known = scenes.len();
                        let scene = *scenes.entry(row.get(2)?).or_insert(known);
                        verdicts.push(verdict(row, scene)?);
                    }
                    next = tried.next()?;
                }
                each(&candidate, &verdicts);
            }
            Ok(())
        };
        walk().map_err(self.failed("reading candidates"))
    }

    /// Calls `each` with every sample's end.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn for_each_end(&self, mut each: impl FnMut(&StoredEnd)) -> Result<(), StoreError> {
        let mut walk = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(
                "SELECT s.ordinal, s.level, s.accepted, r.ordinal IS NOT NULL, s.failure,
                        s.chosen, c.proposer
                 FROM samples s JOIN groups g ON g.grp = s.grp
                 LEFT JOIN candidates c ON c.grp = g.grp AND c.candidate = s.chosen
                 LEFT JOIN rationales r ON r.ordinal = s.ordinal
                 ORDER BY s.ordinal",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(&StoredEnd {
                    ordinal: row.get(0)?,
                    level: row.get(1)?,
                    accepted: row.get(2)?,
                    rationale: row.get(3)?,
                    failure: row.get(4)?,
                    chosen: row.get(5)?,
                    proposer: row.get(6)?,
                });
            }
            Ok(())
        };
        walk().map_err(self.failed("reading samples"))
    }

    /// A sample and a candidate of its group; `None` if there is no such sample.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn example(
        &self,
        ordinal: i64,
        candidate: Option<i64>,
    ) -> Result<Option<StoredExample>, StoreError> {
        type Stages = Vec<(String, Option<String>)>;
        type Found = (String, Option<String>, Option<String>, Option<StoredTry>);
        let found = || -> rusqlite::Result<Option<(Found, Stages)>> {
            let found: Option<Found> = self
                .connection
                .prepare_cached(
                    "SELECT s.sample, c.program, c.reason, v.outcome IS NOT NULL, v.predicted,
                            v.reason, coalesce(v.score >= 0.5, 0)
                     FROM samples s
                     LEFT JOIN candidates c ON c.grp = s.grp AND c.candidate = ?2
                     LEFT JOIN verdicts v ON v.ordinal = s.ordinal AND v.candidate = ?2
                     WHERE s.ordinal = ?1",
                )?
                .query_row(params![ordinal, candidate], |r| {
                    let tried = StoredTry {
                        predicted: r.get(4)?,
                        reason: r.get(5)?,
                        right: r.get(6)?,
                    };
                    let tried = r.get::<_, bool>(3)?.then_some(tried);
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?, tried))
                })
                .optional()?;
            let Some(found) = found else { return Ok(None) };
            let mut stages = self.connection.prepare_cached(
                "SELECT stage, reason FROM outcomes WHERE ordinal = ?1 ORDER BY stage",
            )?;
            let stages = stages.query_map([ordinal], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok(Some((found, stages.collect::<Result<_, _>>()?)))
        };
        let found = found().map_err(self.failed("reading an example"))?;
        let Some(((sample, program, syntax_error, tried), stages)) = found else {
            return Ok(None);
        };
        Ok(Some(StoredExample {
            sample: serde_json::from_str(&sample).map_err(|e| StoreError::Row {
                path: self.path.clone(),
                what: format!("the sample at {ordinal}"),
                message: e.to_string(),
            })?,
            program,
            syntax_error,
            tried,
            stages,
        }))
    }

    /// Calls `each` with the confidence of every sample's chosen program, and whether that is right on
    /// all samples of its question, where siblings were hidden and all answers are known.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn for_each_judged(&self, mut each: impl FnMut(f64, bool)) -> Result<(), StoreError> {
        let mut walk = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(
                "SELECT s.confidence, c.all_right
                 FROM samples s JOIN groups g ON g.grp = s.grp
                 JOIN candidates c ON c.grp = s.grp AND c.candidate = s.chosen
                 WHERE s.confidence IS NOT NULL AND g.visible < g.scenes AND s.right IS NOT NULL
                 ORDER BY s.ordinal",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(row.get(0)?, row.get(1)?);
            }
            Ok(())
        };
        walk().map_err(self.failed("reading confidences"))
    }

    /// How many candidates were tried on how many samples, in pairs.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn executions(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM verdicts WHERE outcome NOT IN ('malformed', 'unreadable')",
                [],
                |r| r.get::<_, i64>(0),
            )
            .map(i64::unsigned_abs)
            .map_err(self.failed("counting executions"))
    }

    /// Calls of back ends behind a wire, by back end and tool. Answers that say what they took, as
    /// `prompt_tokens`, `completion_tokens` and `price`, are added up.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn call_costs(&self) -> Result<Vec<CallCost>, StoreError> {
        let sum = |key: &str| {
            format!(
                "sum(CASE WHEN json_valid(answer) AND json_type(answer) = 'object'
                      AND json_type(answer, '$.{key}') IN ('integer', 'real')
                      THEN json_extract(answer, '$.{key}') END)"
            )
        };
        let sql = format!(
            "SELECT fingerprint, tool, count(*), sum(sent), sum(state = 'answered'),
                    {}, {}, {}
             FROM calls GROUP BY fingerprint, tool ORDER BY fingerprint, tool",
            sum("prompt_tokens"),
            sum("completion_tokens"),
            sum("price"),
        );
        let costs = || -> rusqlite::Result<Vec<CallCost>> {
            let mut statement = self.connection.prepare(&sql)?;
            let costs = statement.query_map([], |r| {
                Ok(CallCost {
                    back_end: r.get(0)?,
                    tool: r.get(1)?,
                    questions: unsigned(r.get(2)?),
                    sent: Some(unsigned(r.get(3)?)),
                    answered: unsigned(r.get(4)?),
                    spending: Spending {
                        prompt_tokens: r.get::<_, Option<f64>>(5)?.map(|n| n as u64),
                        completion_tokens: r.get::<_, Option<f64>>(6)?.map(|n| n as u64),
                        price: r.get(7)?,
                    },
                })
            })?;
            costs.collect()
        };
        costs().map_err(self.failed("counting calls"))
    }
}

impl Reader {
    /// Calls `each` with what slicing cut, for each accepted sample with a rationale.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) fn for_each_reduction(
        &self,
        mut each: impl FnMut(Reduction),
    ) -> Result<(), StoreError> {
        let doing = "reading slices";
        let mut statement = self
            .connection
            .prepare(
                "SELECT o.detail FROM outcomes o JOIN samples s ON s.ordinal = o.ordinal
                 WHERE o.stage = 'explain' AND o.status = 'ok' AND s.accepted
                   AND o.detail IS NOT NULL",
            )
            .map_err(self.failed(doing))?;
        let mut rows = statement.query([]).map_err(self.failed(doing))?;
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            let detail: String = row.get(0).map_err(self.failed(doing))?;
            let reduction = serde_json::from_str(&detail).map_err(|e| StoreError::Row {
                path: self.path.clone(),
                what: "a slice".into(),
                message: e.to_string(),
            })?;
            each(reduction);
        }
        Ok(())
    }
}

fn unsigned(n: i64) -> u64 {
    n.unsigned_abs()
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<StoredCandidate> {
    Ok(StoredCandidate {
        group: row.get(0)?,
        index: row.get(1)?,
        proposer: row.get(2)?,
        parses: row.get(3)?,
        chosen: row.get(4)?,
        visible: usize::try_from(row.get::<_, i64>(5)?).unwrap_or(usize::MAX),
    })
}

fn verdict(row: &Row<'_>, scene: usize) -> rusqlite::Result<StoredVerdict> {
    Ok(StoredVerdict {
        ordinal: row.get(3)?,
        scene,
        outcome: row.get(4)?,
        reason: row.get(5)?,
        score: row.get(6)?,
    })
}
