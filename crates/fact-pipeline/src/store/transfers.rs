//! What verifier models answered with and without rationales: the table `transfers`.

use super::{Reader, StoreError, Writer};
use fact_core::transfer::{Condition, Scored, Scores};
use rusqlite::params;
use std::collections::BTreeMap;

/// The table, for stores of the versions before.
pub(super) const TABLE: &str = "transfers (
    ordinal     INTEGER NOT NULL,
    verifier    TEXT NOT NULL,
    condition   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    hint        TEXT NOT NULL,
    answer      TEXT NOT NULL,
    score       REAL NOT NULL,
    probability REAL,
    PRIMARY KEY (ordinal, verifier, condition)
) WITHOUT ROWID";

/// What a verifier answered about a sample under one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferRow {
    /// The sample.
    pub ordinal: u64,
    /// The verifier, such as `vlm:MODEL`.
    pub verifier: String,
    /// What it was given.
    pub condition: Condition,
    /// What its answer depends on besides the sample: model, interface, prompts.
    pub fingerprint: String,
    /// The text it was given; empty where it was given none.
    pub hint: String,
    /// What came of it.
    pub scored: Scored,
}

/// A sample with a rationale, by its place and its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// The sample.
    pub ordinal: u64,
    /// Its group: samples that ask the same.
    pub group: u64,
}

/// The scores by verifier, without what was about another text than `hint`: the rationale may have
/// been written anew since.
pub fn current(rows: &[TransferRow], hint: &str) -> BTreeMap<String, Scores> {
    let mut scores: BTreeMap<String, Scores> = BTreeMap::new();
    for row in rows {
        let about_it = matches!(row.condition, Condition::Rationale | Condition::Text);
        if about_it && row.hint != hint {
            continue;
        }
        let of_verifier = scores.entry(row.verifier.clone()).or_default();
        of_verifier.0.insert(row.condition, row.scored.clone());
    }
    scores
}

impl Writer {
    /// Keeps what a verifier answered.
    ///
    /// # Errors
    /// If it cannot be written; then none of them is.
    pub fn keep_transfers(&mut self, rows: &[TransferRow]) -> Result<(), StoreError> {
        let failed = self.failed("writing scores of a verifier");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = super::write::begin(&mut self.connection)?;
            for row in rows {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO transfers
                         (ordinal, verifier, condition, fingerprint, hint, answer, score, probability)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![
                        row.ordinal as i64,
                        row.verifier,
                        row.condition.name(),
                        row.fingerprint,
                        row.hint,
                        row.scored.answer,
                        row.scored.score,
                        row.scored.probability,
                    ])?;
            }
            transaction.commit()
        };
        write().map_err(failed)
    }
}

impl Reader {
    /// The samples with a rationale, in the data set's order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn explained(&self) -> Result<Vec<Explained>, StoreError> {
        self.connection
            .prepare(
                "SELECT s.ordinal, s.grp FROM samples s JOIN rationales r ON r.ordinal = s.ordinal
                 WHERE s.accepted ORDER BY s.ordinal",
            )
            .and_then(|mut select| {
                let row = |row: &rusqlite::Row<'_>| {
                    Ok(Explained {
                        ordinal: row.get::<_, i64>(0)? as u64,
                        group: row.get::<_, i64>(1)? as u64,
                    })
                };
                select.query_map([], row)?.collect()
            })
            .map_err(self.failed("reading which samples have rationales"))
    }

    /// What verifiers answered about a sample, by verifier and condition.
    ///
    /// # Errors
    /// If the store cannot be read, or a row of it is not what this version writes.
    pub fn transfers(&self, ordinal: u64) -> Result<Vec<TransferRow>, StoreError> {
        let doing = "reading scores of verifiers";
        let mut select = self
            .connection
            .prepare_cached(
                "SELECT verifier, condition, fingerprint, hint, answer, score, probability
                 FROM transfers WHERE ordinal = ?1 ORDER BY verifier, condition",
            )
            .map_err(self.failed(doing))?;
        let mut rows = select.query([ordinal as i64]).map_err(self.failed(doing))?;
        let mut read = Vec::new();
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            let row = || -> rusqlite::Result<(String, TransferRow)> {
                Ok((
                    row.get(1)?,
                    TransferRow {
                        ordinal,
                        verifier: row.get(0)?,
                        condition: Condition::Plain,
                        fingerprint: row.get(2)?,
                        hint: row.get(3)?,
                        scored: Scored {
                            answer: row.get(4)?,
                            score: row.get(5)?,
                            probability: row.get(6)?,
                        },
                    },
                ))
            };
            let (name, row) = row().map_err(self.failed(doing))?;
            let condition = Condition::named(&name).ok_or_else(|| StoreError::Row {
                path: self.path.clone(),
                what: format!("the scores of sample number {ordinal}"),
                message: format!("unknown condition `{name}`"),
            })?;
            read.push(TransferRow { condition, ..row });
        }
        Ok(read)
    }

    /// Names of the verifiers that were asked about anything.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn verifiers(&self) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare("SELECT DISTINCT verifier FROM transfers ORDER BY verifier")
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .map_err(self.failed("reading which verifiers were asked"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_about_another_text_are_left_out() {
        let row = |condition, hint: &str| TransferRow {
            ordinal: 0,
            verifier: "vlm:m".into(),
            condition,
            fingerprint: "f".into(),
            hint: hint.into(),
            scored: Scored {
                answer: "yes".into(),
                score: 1.0,
                probability: None,
            },
        };
        let rows = [
            row(Condition::Plain, ""),
            row(Condition::Rationale, "now"),
            row(Condition::Text, "before"),
            row(Condition::Placebo, "another's"),
        ];
        let scores = current(&rows, "now");
        let asked: Vec<Condition> = scores["vlm:m"].0.keys().copied().collect();
        let expected = [Condition::Plain, Condition::Rationale, Condition::Placebo];
        assert_eq!(asked, expected);
    }
}
