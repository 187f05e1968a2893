//! Reading a run store: never locks it, never changes it.

use super::bridges::BridgeRow;
use super::calls::AnsweredCall;
use super::transfers::TransferRow;
use super::{OLDEST, SCHEMA_VERSION, StoreError, database, lacking};
use fact_core::certificate::Certificate;
use fact_core::rationale::Rationale;
use fact_core::sample::Sample;
use fact_core::transfer::hint;
use fact_core::verify::Level;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A reader of a run store; works while a run is writing to it.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
}

/// A sample with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// Position in the data set.
    pub ordinal: u64,
    /// The sample.
    pub sample: Sample,
    /// What the chosen program answers.
    pub predicted: Option<String>,
    /// The level it reaches here.
    pub level: Option<Level>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// In [0, 1].
    pub confidence: Option<f64>,
    /// If not accepted: why.
    pub failure: Option<String>,
    /// Who proposed the chosen program.
    pub proposer: Option<String>,
    /// The chosen program.
    pub program: Option<String>,
    /// Its residual.
    pub residual: Option<String>,
    /// The rationale, as the rules made it.
    pub rationale: Option<Rationale>,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// What a language model made of the rationale.
    pub bridge: Option<BridgeRow>,
    /// What verifiers answered with and without it.
    pub transfers: Vec<TransferRow>,
}

impl ReadRow {
    /// The rationale that counts as a verifier is shown it: without conclusion, the accepted
    /// answers' words masked.
    pub fn hint(&self) -> Option<String> {
        let answers = self.sample.answers.iter().map(|a| a.text.as_str());
        Some(hint(self.counted()?, answers))
    }

    /// The rationale that counts: the model's if it was accepted.
    pub fn counted(&self) -> Option<&Rationale> {
        let rewritten = self.bridge.as_ref().and_then(|b| b.rationale.as_ref());
        rewritten.or(self.rationale.as_ref())
    }
}

/// A [`ReadRow`] whose JSON is still text: who reads many rows parses them in several threads.
#[derive(Debug, Clone)]
pub struct UnparsedRow {
    /// Id of the sample.
    pub id: String,
    sample: String,
    rationale: Option<String>,
    certificate: Option<String>,
    ordinal: u64,
    predicted: Option<String>,
    level: Option<Level>,
    accepted: bool,
    confidence: Option<f64>,
    failure: Option<String>,
    proposer: Option<String>,
    program: Option<String>,
    residual: Option<String>,
    bridge: Option<BridgeRow>,
    transfers: Vec<TransferRow>,
}

impl UnparsedRow {
    /// About how many bytes it holds.
    pub fn size(&self) -> usize {
        let long = [
            Some(&self.sample),
            self.rationale.as_ref(),
            self.certificate.as_ref(),
        ];
        long.into_iter().flatten().map(String::len).sum()
    }

    /// The row.
    ///
    /// # Errors
    /// If its JSON is not what a store holds.
    pub fn parse(self) -> Result<ReadRow, serde_json::Error> {
        let rationale = self.rationale.as_deref();
        let certificate = self.certificate.as_deref();
        Ok(ReadRow {
            sample: serde_json::from_str(&self.sample)?,
            rationale: rationale.map(serde_json::from_str).transpose()?,
            certificate: certificate.map(serde_json::from_str).transpose()?,
            ordinal: self.ordinal,
            predicted: self.predicted,
            level: self.level,
            accepted: self.accepted,
            confidence: self.confidence,
            failure: self.failure,
            proposer: self.proposer,
            program: self.program,
            residual: self.residual,
            bridge: self.bridge,
            transfers: self.transfers,
        })
    }
}

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

/// Counts over a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Samples in the store.
    pub samples: u64,
    /// Records that could not be read.
    pub read_errors: u64,
    /// Candidates.
    pub candidates: u64,
    /// Candidates that parse.
    pub candidates_parsed: u64,
    /// Candidates that returned on some sample.
    pub candidates_ran: u64,
    /// Candidates right on some sample.
    pub candidates_right: u64,
    /// Samples by the level their program reaches on them; index 0 is V0.
    pub levels: [u64; 4],
    /// Accepted samples.
    pub accepted: u64,
    /// Rationales.
    pub rationales: u64,
    /// Samples by failure.
    pub failures: BTreeMap<String, u64>,
    /// Questions: groups of samples.
    pub questions: u64,
    /// Questions with two scenes or more.
    pub questions_with_siblings: u64,
    /// Questions with a candidate that is right on all samples.
    pub oracle: u64,
    /// Questions whose chosen program is right on all samples.
    pub chosen_right: u64,
    /// Questions with siblings whose program, chosen with one scene visible, is right on all
    /// samples of the others.
    pub one_holds: u64,
    /// Questions with siblings for which a program can be chosen with one scene visible.
    pub one_chosen: u64,
    /// Seconds spent by the sessions that ended.
    pub seconds: f64,
    /// Samples whose label is known.
    pub labelled: u64,
    /// Of those: the chosen program's answer is right.
    pub answered_right: u64,
    /// Questions with a label.
    pub labelled_questions: u64,
    /// Of those: right on all samples that have one.
    pub consistent_questions: u64,
    /// Mean confidence of the accepted samples.
    pub expected_precision: Option<f64>,
    /// Accepted samples with siblings that nothing was chosen by.
    pub accepted_with_hidden: u64,
    /// Of those: the chosen program is right on all samples of its question.
    pub accepted_hold: u64,
}

impl Reader {
    /// Opens the store in a folder, or the file itself.
    ///
    /// # Errors
    /// If there is none, or it is of another version.
    pub fn open(run: &Path) -> Result<Self, StoreError> {
        let path = if run.is_file() {
            run.to_owned()
        } else {
            database(run)
        };
        if !path.is_file() {
            return Err(StoreError::NoRun {
                path: run.to_owned(),
            });
        }
        let opened = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(
            |connection| {
                let version =
                    connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
                Ok((connection, version))
            },
        );
        match opened {
            Ok((connection, SCHEMA_VERSION)) => Ok(Self { connection, path }),
            Ok((connection, version @ OLDEST..SCHEMA_VERSION)) => {
                // Beside the file, which is not changed.
                let added = lacking(version).try_for_each(|table| {
                    connection.execute_batch(&format!("CREATE TEMP TABLE {table}"))
                });
                let reader = Self { connection, path };
                added.map_err(reader.failed("opening"))?;
                Ok(reader)
            }
            Ok((_, found)) => Err(StoreError::Version { path, found }),
            Err(source) => Err(StoreError::Sqlite {
                path,
                doing: "opening",
                source,
            }),
        }
    }

    pub(super) fn failed(
        &self,
        doing: &'static str,
    ) -> impl FnOnce(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |source| StoreError::Sqlite {
            path,
            doing,
            source,
        }
    }

    /// The settings of the run.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.connection
            .prepare("SELECT key, value FROM meta")
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed("reading the settings"))
    }

    /// The data set that the run is over, as a specification.
    ///
    /// # Errors
    /// If the settings cannot be read, or do not tell.
    pub fn data(&self) -> Result<String, StoreError> {
        let settings = self.settings()?;
        let data = settings.get("data").map(|text| serde_json::from_str(text));
        let missing = |message: String| StoreError::Row {
            path: self.path.clone(),
            what: "the setting `data`".to_owned(),
            message,
        };
        match data {
            Some(Ok(spec)) => Ok(spec),
            Some(Err(e)) => Err(missing(e.to_string())),
            None => Err(missing("there is none".to_owned())),
        }
    }

    /// Source of the run's pack: name, source.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn pack_source(&self) -> Result<Option<(String, String)>, StoreError> {
        self.connection
            .query_row("SELECT name, source FROM packs LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(self.failed("reading the pack"))
    }

    /// The call under a key, if it is answered.
    pub(super) fn answered_call(&self, key: &str) -> Result<Option<AnsweredCall>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT tool, fingerprint, request, answer FROM calls
                 WHERE key = ?1 AND state = 'answered'",
            )
            .and_then(|mut select| {
                select
                    .query_row([key], |row| {
                        Ok(AnsweredCall {
                            tool: row.get(0)?,
                            fingerprint: row.get(1)?,
                            request: row.get(2)?,
                            answer: row.get(3)?,
                        })
                    })
                    .optional()
            })
            .map_err(self.failed("reading an answer"))
    }

    /// Calls `each` with every sample in the data set's order, one at a time.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each<E: From<StoreError>>(
        &self,
        only_accepted: bool,
        mut each: impl FnMut(ReadRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.for_each_unparsed(only_accepted, |row| each(self.parsed(row)?))
    }

    /// [`Reader::for_each`] without parsing.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each_unparsed<E: From<StoreError>>(
        &self,
        only_accepted: bool,
        mut each: impl FnMut(UnparsedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "{ROW} {} ORDER BY s.ordinal",
            if only_accepted {
                "WHERE s.accepted"
            } else {
                ""
            }
        );
        let doing = "reading samples";
        let mut statement = self.connection.prepare(&sql).map_err(self.failed(doing))?;
        let mut rows = statement.query([]).map_err(self.failed(doing))?;
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            let row = self.unparsed(row).map_err(self.failed(doing))?;
            each(self.completed(row)?)?;
        }
        Ok(())
    }

    /// The sample in a place of the data set.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn row(&self, ordinal: u64) -> Result<Option<ReadRow>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!("{ROW} WHERE s.ordinal = ?1"))
            .and_then(|mut select| {
                let row = |row: &Row<'_>| self.unparsed(row);
                select.query_row([ordinal as i64], row).optional()
            })
            .map_err(self.failed("reading a sample"))?;
        let whole = |row| self.parsed(self.completed(row)?);
        found.map(whole).transpose()
    }

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

    /// Counts over the whole run.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let failed = self.failed("counting");
        let count = || -> rusqlite::Result<Counts> {
            let mut counts = Counts {
                read_errors: self.number("SELECT count(*) FROM read_errors")?,
                rationales: self.number("SELECT count(*) FROM rationales")?,
                ..Counts::default()
            };
            let c = &self.connection;
            c.query_row(
                "SELECT count(*), sum(reason IS NULL), sum(ran > 0), sum(right > 0)
                 FROM candidates",
                [],
                |r| {
                    counts.candidates = unsigned(r, 0)?;
                    counts.candidates_parsed = unsigned(r, 1)?;
                    counts.candidates_ran = unsigned(r, 2)?;
                    counts.candidates_right = unsigned(r, 3)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(level >= 0), sum(coalesce(right, 0)),
                        sum(level = 2 OR (level = 3 AND g.visible > 1)), sum(level = 3),
                        sum(accepted)
                 FROM samples s JOIN groups g ON g.grp = s.grp",
                [],
                |r| {
                    counts.samples = unsigned(r, 0)?;
                    counts.levels = [
                        unsigned(r, 1)?,
                        unsigned(r, 2)?,
                        unsigned(r, 3)?,
                        unsigned(r, 4)?,
                    ];
                    counts.accepted = unsigned(r, 5)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(g.scenes > 1), sum(g.oracle), sum(c.all_right),
                        sum(g.one_holds), sum(g.scenes > 1 AND g.chosen_one IS NOT NULL)
                 FROM groups g
                 LEFT JOIN candidates c ON c.grp = g.grp AND c.candidate = g.chosen",
                [],
                |r| {
                    counts.questions = unsigned(r, 0)?;
                    counts.questions_with_siblings = unsigned(r, 1)?;
                    counts.oracle = unsigned(r, 2)?;
                    counts.chosen_right = unsigned(r, 3)?;
                    counts.one_holds = unsigned(r, 4)?;
                    counts.one_chosen = unsigned(r, 5)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(right), sum(right), avg(CASE WHEN accepted THEN confidence END)
                 FROM samples",
                [],
                |r| {
                    counts.labelled = unsigned(r, 0)?;
                    counts.answered_right = unsigned(r, 1)?;
                    counts.expected_precision = r.get(2)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(wrong = 0)
                 FROM (SELECT sum(NOT right) AS wrong FROM samples
                       WHERE right IS NOT NULL GROUP BY grp)",
                [],
                |r| {
                    counts.labelled_questions = unsigned(r, 0)?;
                    counts.consistent_questions = unsigned(r, 1)?;
                    Ok(())
                },
            )?;
            c.query_row(
                "SELECT count(*), sum(c.all_right)
                 FROM samples s JOIN groups g ON g.grp = s.grp
                 JOIN candidates c ON c.grp = s.grp AND c.candidate = s.chosen
                 WHERE s.accepted AND g.visible < g.scenes AND s.right IS NOT NULL",
                [],
                |r| {
                    counts.accepted_with_hidden = unsigned(r, 0)?;
                    counts.accepted_hold = unsigned(r, 1)?;
                    Ok(())
                },
            )?;
            counts.failures = c
                .prepare(
                    "SELECT failure, count(*) FROM samples WHERE failure IS NOT NULL
                     GROUP BY failure",
                )?
                .query_map([], |r| Ok((r.get(0)?, unsigned(r, 1)?)))?
                .collect::<Result<_, _>>()?;
            counts.seconds =
                c.query_row("SELECT total(seconds) FROM sessions", [], |r| r.get(0))?;
            Ok(counts)
        };
        count().map_err(failed)
    }

    fn number(&self, sql: &str) -> rusqlite::Result<u64> {
        self.connection.query_row(sql, [], |r| unsigned(r, 0))
    }

    fn unparsed(&self, row: &Row<'_>) -> rusqlite::Result<UnparsedRow> {
        Ok(UnparsedRow {
            ordinal: unsigned(row, 0)?,
            id: row.get(1)?,
            sample: row.get(2)?,
            predicted: row.get(3)?,
            level: level(row.get(4)?),
            accepted: row.get(5)?,
            confidence: row.get(6)?,
            failure: row.get(7)?,
            proposer: row.get(8)?,
            program: row.get(9)?,
            residual: row.get(10)?,
            rationale: row.get(11)?,
            certificate: row.get(12)?,
            bridge: None,
            transfers: Vec::new(),
        })
    }

    /// With what models made of the rationale, if it has one.
    fn completed(&self, mut row: UnparsedRow) -> Result<UnparsedRow, StoreError> {
        if row.rationale.is_some() {
            row.bridge = self.bridged(row.ordinal)?;
            row.transfers = self.transfers(row.ordinal)?;
        }
        Ok(row)
    }

    fn parsed(&self, row: UnparsedRow) -> Result<ReadRow, StoreError> {
        let what = format!("sample `{}`", row.id);
        row.parse().map_err(|e| StoreError::Row {
            path: self.path.clone(),
            what,
            message: e.to_string(),
        })
    }
}

/// The stages in their order.
const STAGES: &[&str] = &["propose", "agreement", "execute", "verify", "explain"];

const ROW: &str = "SELECT s.ordinal, s.id, s.sample, s.predicted, s.level, s.accepted,
    s.confidence, s.failure, c.proposer, c.program, r.residual, r.rationale, r.certificate
    FROM samples s
    LEFT JOIN candidates c ON c.grp = s.grp AND c.candidate = s.chosen
    LEFT JOIN rationales r ON r.ordinal = s.ordinal";

fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, Option<i64>>(index)?.unwrap_or(0) as u64)
}

pub(super) fn level(number: Option<i64>) -> Option<Level> {
    match number {
        Some(0) => Some(Level::V0),
        Some(1) => Some(Level::V1),
        Some(2) => Some(Level::V2),
        Some(3) => Some(Level::V3),
        _ => None,
    }
}
