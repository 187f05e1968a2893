//! Reading whole questions of a run store: candidates with their evidence, and what each did on each
//! sample.

use super::{Reader, StoreError};
use fact_core::verify::confidence::Evidence;

/// A question with all that was tried on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its group's key.
    pub key: u64,
    /// Its candidates.
    pub candidates: Vec<Tried>,
    /// Its samples, in the data set's order.
    pub samples: Vec<Looked>,
}

/// A candidate of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// What speaks for it; `None` if it does not parse.
    pub evidence: Option<Evidence>,
    /// Whether it is right on all samples.
    pub all_right: bool,
}

/// A sample of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Its scene.
    pub scene: String,
    /// What each candidate answered, and the matcher's score of it.
    pub answers: Vec<Option<(String, Option<f64>)>>,
}

impl Reader {
    /// Calls `f` on each question that has two scenes or more.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn for_each_question_with_siblings(
        &self,
        mut f: impl FnMut(Question),
    ) -> Result<(), StoreError> {
        let doing = "reading questions";
        let keys: Vec<i64> = self
            .connection
            .prepare("SELECT grp FROM groups WHERE scenes > 1 ORDER BY grp")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(self.failed(doing))?;
        for key in keys {
            f(self.question(key)?);
        }
        Ok(())
    }

    fn question(&self, key: i64) -> Result<Question, StoreError> {
        let doing = "reading questions";
        let rows: Vec<(Option<String>, bool)> = self
            .connection
            .prepare_cached(
                "SELECT evidence, all_right FROM candidates WHERE grp = ?1 ORDER BY candidate",
            )
            .and_then(|mut s| {
                s.query_map([key], |r| Ok((r.get(0)?, r.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed(doing))?;
        let mut candidates = Vec::with_capacity(rows.len());
        for (index, (evidence, all_right)) in rows.into_iter().enumerate() {
            let evidence = evidence.map(|text| serde_json::from_str(&text));
            let evidence = evidence.transpose().map_err(|e| StoreError::Row {
                path: self.path.clone(),
                what: format!("candidate {index} of question {key}"),
                message: e.to_string(),
            })?;
            candidates.push(Tried {
                evidence,
                all_right,
            });
        }
        let count = candidates.len();
        let scenes: Vec<(i64, String)> = self
            .connection
            .prepare_cached("SELECT ordinal, scene FROM samples WHERE grp = ?1 ORDER BY ordinal")
            .and_then(|mut s| {
                s.query_map([key], |r| Ok((r.get(0)?, r.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed(doing))?;
        let mut samples = Vec::with_capacity(scenes.len());
        for (ordinal, scene) in scenes {
            let mut answers = vec![None; count];
            let said: Vec<(i64, Option<String>, Option<f64>)> = self
                .connection
                .prepare_cached(
                    "SELECT candidate, predicted, score FROM verdicts WHERE ordinal = ?1",
                )
                .and_then(|mut s| {
                    s.query_map([ordinal], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
                        .collect()
                })
                .map_err(self.failed(doing))?;
            for (candidate, predicted, score) in said {
                if let Some(place) = answers.get_mut(candidate as usize) {
                    *place = predicted.map(|text| (text, score));
                }
            }
            samples.push(Looked { scene, answers });
        }
        Ok(Question {
            key: key as u64,
            candidates,
            samples,
        })
    }
}
