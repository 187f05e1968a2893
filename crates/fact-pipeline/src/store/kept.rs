//! What is kept of a group when settings change: its programs and what they did, so that what does
//! not depend on the change is taken over instead of being done again.
//!
//! It lies in the table `kept`, apart from the results, which are always those of the settings that
//! the store is bound to. It goes when the group is written anew.

use super::{Reader, StoreError, digests};
use fact_core::verify::confidence::Evidence;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The table, for stores of the version before.
pub(super) const TABLE: &str = "kept (
    grp      INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    samples  INTEGER NOT NULL,
    records  INTEGER,
    programs INTEGER NOT NULL,
    runs     INTEGER NOT NULL,
    body     TEXT NOT NULL,
    digest   INTEGER NOT NULL
)";

/// A group as other settings left it, with what of it holds under the present ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Whether its programs are those that would be proposed. If not they may be all the same: that
    /// shows when they are proposed.
    pub programs: bool,
    /// Whether these programs, if they are proposed, do what they did.
    pub runs: bool,
    /// What there was.
    pub group: KeptGroup,
}

/// What there was of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptGroup {
    /// Its candidates, in the order proposed.
    pub candidates: Vec<KeptCandidate>,
    /// Its samples, in the data set's order.
    pub samples: Vec<KeptSample>,
}

/// A candidate as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptCandidate {
    /// Who proposed it.
    pub proposer: String,
    /// What it was made from.
    pub source: String,
    /// The proposer's own score.
    #[serde(with = "bits")]
    pub score: f64,
    /// Its text.
    pub program: String,
    /// Length of its slice.
    pub slice: Option<usize>,
    /// Why it does not parse.
    pub reason: Option<String>,
    /// What speaks for it, as JSON.
    evidence: Option<String>,
}

/// A sample as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptSample {
    /// Position in the data set.
    pub ordinal: u64,
    /// The candidate chosen.
    pub chosen: Option<usize>,
    /// What it answered, in the data set's form.
    pub predicted: Option<String>,
    /// Why it was not accepted.
    pub failure: Option<String>,
    /// What the stages did, by name.
    pub stages: Vec<KeptStage>,
    /// What the candidates did.
    pub verdicts: Vec<KeptVerdict>,
    /// Its rationale.
    pub rationale: Option<KeptRationale>,
}

/// What a stage did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStage {
    /// The stage.
    pub stage: String,
    /// `ok`, or what else happened.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// More, as JSON.
    pub detail: Option<String>,
}

/// What a candidate did on a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptVerdict {
    /// Index of the candidate.
    pub candidate: usize,
    /// How it ended.
    pub outcome: String,
    /// Exception, limit, request.
    pub reason: Option<String>,
    /// The answer.
    pub predicted: Option<String>,
    /// The matcher's score of it.
    #[serde(with = "bits_if_any")]
    pub score: Option<f64>,
}

/// A rationale as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRationale {
    /// The residual program.
    pub residual: String,
    /// The rationale, as JSON.
    pub rationale: String,
    /// Its certificate, as JSON.
    pub certificate: String,
}

impl KeptSample {
    /// What a stage did, if the sample came that far.
    pub fn stage(&self, name: &str) -> Option<&KeptStage> {
        self.stages.iter().find(|stage| stage.stage == name)
    }
}

impl KeptCandidate {
    /// What speaks for it, to the last bit; `None` for one that does not parse.
    ///
    /// # Errors
    /// If the store does not hold what is written there.
    pub fn evidence(&self) -> Result<Option<Evidence>, serde_json::Error> {
        self.evidence.as_deref().map(exact_evidence).transpose()
    }
}

/// Numbers of evidence as they are written: `serde_json` reads some that have 17 digits as a
/// neighbour, `f64::from_str` reads all as what they are.
#[derive(Deserialize)]
struct Digits<'a> {
    #[serde(borrow)]
    score: &'a RawValue,
    #[serde(borrow)]
    consistency: ConsistencyDigits<'a>,
    #[serde(borrow)]
    behaviour: BehaviourDigits<'a>,
}

#[derive(Deserialize)]
struct ConsistencyDigits<'a> {
    #[serde(borrow)]
    program: &'a RawValue,
    #[serde(borrow)]
    program_least: &'a RawValue,
    #[serde(borrow)]
    question: &'a RawValue,
    #[serde(borrow)]
    question_least: &'a RawValue,
}

#[derive(Deserialize)]
struct BehaviourDigits<'a> {
    #[serde(borrow)]
    answered: &'a RawValue,
    #[serde(borrow)]
    majority: &'a RawValue,
}

fn exact_evidence(json: &str) -> Result<Evidence, serde_json::Error> {
    let exact = |digits: &RawValue| {
        let number: Result<f64, _> = digits.get().parse();
        number.map_err(<serde_json::Error as serde::de::Error>::custom)
    };
    let mut evidence: Evidence = serde_json::from_str(json)?;
    let digits: Digits<'_> = serde_json::from_str(json)?;
    evidence.score = exact(digits.score)?;
    let consistency = &mut evidence.consistency;
    consistency.program = exact(digits.consistency.program)?;
    consistency.program_least = exact(digits.consistency.program_least)?;
    consistency.question = exact(digits.consistency.question)?;
    consistency.question_least = exact(digits.consistency.question_least)?;
    evidence.behaviour.answered = exact(digits.behaviour.answered)?;
    evidence.behaviour.majority = exact(digits.behaviour.majority)?;
    Ok(evidence)
}

/// A number by its bits, for the same reason.
mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(x: &f64, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u64(x.to_bits())
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

mod bits_if_any {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(x: &Option<f64>, out: S) -> Result<S::Ok, S::Error> {
        x.map(f64::to_bits).serialize(out)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Option<f64>, D::Error> {
        let bits: Option<u64> = Option::deserialize(from)?;
        Ok(bits.map(f64::from_bits))
    }
}

/// What the tables hold of the group `key`, whose samples are `ordinals`.
pub(super) fn read(
    connection: &Connection,
    key: i64,
    ordinals: &[i64],
) -> rusqlite::Result<KeptGroup> {
    let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let candidates = connection
        .prepare_cached(
            "SELECT proposer, source, score, program, slice, reason, evidence FROM candidates
             WHERE grp = ?1 ORDER BY candidate",
        )?
        .query_map([key], |row| {
            Ok(KeptCandidate {
                proposer: row.get(0)?,
                source: row.get(1)?,
                score: row.get(2)?,
                program: row.get(3)?,
                slice: row.get::<_, Option<i64>>(4)?.map(count),
                reason: row.get(5)?,
                evidence: row.get(6)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    let sample = |ordinal: i64| -> rusqlite::Result<KeptSample> {
        let stages = connection
            .prepare_cached(
                "SELECT stage, status, reason, detail FROM outcomes WHERE ordinal = ?1
                 ORDER BY stage",
            )?
            .query_map([ordinal], |row| {
                Ok(KeptStage {
                    stage: row.get(0)?,
                    status: row.get(1)?,
                    reason: row.get(2)?,
                    detail: row.get(3)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        let verdicts = connection
            .prepare_cached(
                "SELECT candidate, outcome, reason, predicted, score FROM verdicts
                 WHERE ordinal = ?1 ORDER BY candidate",
            )?
            .query_map([ordinal], |row| {
                Ok(KeptVerdict {
                    candidate: count(row.get(0)?),
                    outcome: row.get(1)?,
                    reason: row.get(2)?,
                    predicted: row.get(3)?,
                    score: row.get(4)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        let rationale = connection
            .prepare_cached(
                "SELECT residual, rationale, certificate FROM rationales WHERE ordinal = ?1",
            )?
            .query_row([ordinal], |row| {
                Ok(KeptRationale {
                    residual: row.get(0)?,
                    rationale: row.get(1)?,
                    certificate: row.get(2)?,
                })
            })
            .optional()?;
        connection
            .prepare_cached("SELECT chosen, predicted, failure FROM samples WHERE ordinal = ?1")?
            .query_row([ordinal], |row| {
                Ok(KeptSample {
                    ordinal: ordinal.unsigned_abs(),
                    chosen: row.get::<_, Option<i64>>(0)?.map(count),
                    predicted: row.get(1)?,
                    failure: row.get(2)?,
                    stages,
                    verdicts,
                    rationale,
                })
            })
    };
    Ok(KeptGroup {
        candidates,
        samples: ordinals
            .iter()
            .map(|o| sample(*o))
            .collect::<Result<_, _>>()?,
    })
}

/// Writes what is kept of a group.
pub(super) fn write(
    connection: &Connection,
    key: i64,
    (name, records): (&str, Option<i64>),
    kept: &Kept,
) -> rusqlite::Result<()> {
    let body = super::write::json(&kept.group)?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO kept (grp, name, samples, records, programs, runs, body, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            key,
            name,
            kept.group.samples.len() as i64,
            records,
            kept.programs,
            kept.runs,
            body,
            digests::of_answer(name, &body),
        ])?;
    Ok(())
}

impl Reader {
    /// What is kept of a group from other settings, if something is.
    ///
    /// # Errors
    /// If the store cannot be read, or does not hold what was written.
    pub fn kept(&self, key: u64) -> Result<Option<Kept>, StoreError> {
        let row = self
            .connection
            .prepare_cached("SELECT name, programs, runs, body, digest FROM kept WHERE grp = ?1")
            .and_then(|mut select| {
                select
                    .query_row([key.cast_signed()], |row| {
                        let name: String = row.get(0)?;
                        let body: String = row.get(3)?;
                        let digest: i64 = row.get(4)?;
                        let intact = digest == digests::of_answer(&name, &body);
                        let parts: (bool, bool) = (row.get(1)?, row.get(2)?);
                        Ok((name, body, intact, parts))
                    })
                    .optional()
            })
            .map_err(self.failed("reading what is kept"))?;
        let Some((name, body, intact, (programs, runs))) = row else {
            return Ok(None);
        };
        let damaged = |message: String| StoreError::Row {
            path: self.path.clone(),
            what: format!("what is kept of `{name}`"),
            message,
        };
        if !intact {
            return Err(damaged("it is not what was written".to_owned()));
        }
        let group = serde_json::from_str(&body).map_err(|e| damaged(e.to_string()))?;
        Ok(Some(Kept {
            programs,
            runs,
            group,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evidence(score: f64, program: f64, answered: f64) -> String {
        format!(
            "{{\"proposer\":\"bank\",\"score\":{},\"backing\":2,\"coverage\":{{\"units\":1,\"values\":0,\
             \"numbers\":0,\"quantities\":0,\"words\":1,\"extra\":0}},\"consistency\":{{\"program\":{},\
             \"program_least\":-1.0,\"question\":-2.0,\"question_least\":-3.5}},\"behaviour\":\
             {{\"answered\":{},\"majority\":0.5}},\"probes\":3,\"answers\":{{\"yes\":3}},\"cluster\":0}}",
            serde_json::to_string(&score).unwrap(),
            serde_json::to_string(&program).unwrap(),
            serde_json::to_string(&answered).unwrap(),
        )
    }

    proptest! {
        #[test]
        fn evidence_and_scores_come_back_to_the_last_bit(
            score in -1e3..1e3f64,
            program in -50.0..0.0f64,
            answered in 0.0..1.0f64,
        ) {
            let text = evidence(score, program, answered);
            let read = exact_evidence(&text).unwrap();
            prop_assert_eq!(read.score.to_bits(), score.to_bits());
            prop_assert_eq!(read.consistency.program.to_bits(), program.to_bits());
            prop_assert_eq!(read.behaviour.answered.to_bits(), answered.to_bits());
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
            let verdict = KeptVerdict {
                candidate: 1,
                outcome: "returned".into(),
                reason: None,
                predicted: None,
                score: Some(score),
            };
            let written = serde_json::to_string(&verdict).unwrap();
            prop_assert_eq!(serde_json::from_str::<KeptVerdict>(&written).unwrap(), verdict);
        }
    }
}
