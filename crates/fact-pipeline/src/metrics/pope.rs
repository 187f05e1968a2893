//! POPE: questions `{question_id, text, label}` a line, predictions `{question, answer}` in the same
//! order, or by identifier.

use super::error::MetricsError;
use super::predictions::{Id, MAX_RECORDS, Prediction, Predictions, records, too_many};
use super::{Benchmark, Scored};
use crate::datasets::Origin;
use fact_core::metrics::pope::{self, Poll, says_yes};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Question {
    question_id: Option<Id>,
    label: String,
    text: Option<String>,
}

#[derive(Debug)]
struct Known {
    at: Origin,
    id: Option<String>,
    label: bool,
    text: Option<String>,
}

#[derive(Debug)]
pub(super) struct Questions(Vec<Known>);

impl Questions {
    pub(super) fn read(path: &Path) -> Result<Self, MetricsError> {
        let mut questions = Vec::new();
        for element in records(path)? {
            let element = element?;
            let question: Question = element.parse()?;
            let label = match &*question.label {
                "yes" => true,
                "no" => false,
                _ => return Err(element.at.bad("label", "must be yes or no").into()),
            };
            questions.push(Known {
                at: element.at,
                id: question.question_id.map(|id| id.text()),
                label,
                text: question.text,
            });
            if questions.len() > MAX_RECORDS {
                return Err(too_many(path));
            }
        }
        Ok(Self(questions))
    }

    fn by_id(&self, path: &Path) -> Result<Vec<Poll>, MetricsError> {
        let predictions = Predictions::read(path)?;
        predictions.once()?;
        let mut ids = BTreeSet::new();
        for known in &self.0 {
            let Some(id) = &known.id else {
                return Err(known.at.bad("question_id", "missing").into());
            };
            if !ids.insert(id.as_str()) {
                return Err(MetricsError::duplicate(&known.at, "question_id", id));
            }
        }
        predictions.cover(ids.iter().copied())?;
        predictions.only(|id| ids.contains(id))?;
        let polls = self.0.iter().filter_map(|known| {
            let said = predictions.get(known.id.as_deref()?)?;
            let (said, label) = (says_yes(&said.text()), known.label);
            Some(Poll { label, said })
        });
        Ok(polls.collect())
    }

    fn by_order(&self, path: &Path) -> Result<Vec<Poll>, MetricsError> {
        #[derive(Deserialize)]
        struct Asked {
            question: Option<String>,
        }
        let mut polls = Vec::new();
        let mut predictions = 0;
        for element in records(path)? {
            let element = element?;
            let (id, prediction) = Prediction::read(&element)?;
            if id.is_some() {
                let reason = "the first record has no identifier: either all have one or none";
                return Err(element.at.bad("id", reason).into());
            }
            if let Some(known) = self.0.get(predictions) {
                let asked: Asked = element.parse()?;
                if let (Some(asked), Some(text)) = (&asked.question, &known.text)
                    && asked != text
                {
                    let line = known.at.line.unwrap_or_default();
                    let reason = format!("is not the question in line {line} of the data");
                    return Err(element.at.bad("question", reason).into());
                }
                let (said, label) = (says_yes(&prediction.text()), known.label);
                polls.push(Poll { label, said });
            }
            predictions += 1;
        }
        if predictions != self.0.len() {
            return Err(MetricsError::Count {
                path: path.to_path_buf(),
                predictions,
                questions: self.0.len(),
            });
        }
        Ok(polls)
    }
}

impl Benchmark for Questions {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let first = records(path)?.next().transpose()?;
        let id = first.as_ref().map(Prediction::read).transpose()?;
        let polls = match id {
            Some((Some(_), _)) => self.by_id(path)?,
            _ => self.by_order(path)?,
        };
        Ok(Scored::new(pope::tally(&polls), Vec::new()))
    }
}
