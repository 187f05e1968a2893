//! VQA v2 and OK-VQA: the annotations file, predictions `[{question_id, answer}]`.

use super::error::MetricsError;
use super::predictions::{Id, Prediction, Predictions, readable};
use super::{Benchmark, Scored};
use crate::datasets::{Shape, elements};
use fact_core::metrics::vqa::{self, Question, Said};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Annotation {
    question_id: Id,
    question_type: String,
    answer_type: String,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Answer {
    answer: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Questions without predictions, by identifier.
#[derive(Debug)]
pub(super) struct Annotations(IndexMap<String, Question>);

impl Annotations {
    pub(super) fn read(path: &Path) -> Result<Self, MetricsError> {
        readable(path)?;
        let mut questions = IndexMap::new();
        for element in elements(path, Shape::ArrayUnder("annotations")) {
            let element = element?;
            let annotation: Annotation = element.parse()?;
            if annotation.answers.is_empty() {
                return Err(element.at.bad("answers", "empty").into());
            }
            let said = annotation.answers.into_iter().map(|a| Said {
                answer: a.answer,
                rest: Value::from_iter(a.rest).to_string(),
            });
            let question = Question {
                question_type: annotation.question_type,
                answer_type: annotation.answer_type,
                said: said.collect(),
                prediction: String::new(),
            };
            let id = annotation.question_id.text();
            if questions.contains_key(&id) {
                return Err(MetricsError::duplicate(&element.at, "question_id", &id));
            }
            questions.insert(id, question);
        }
        Ok(Self(questions))
    }
}

impl Benchmark for Annotations {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let predictions = Predictions::read(path)?;
        predictions.cover(self.0.keys().map(String::as_str))?;
        predictions.only(|id| self.0.contains_key(id))?;
        let questions = self.0.iter().map(|(id, question)| Question {
            prediction: predictions
                .get(id)
                .map_or_else(String::new, Prediction::text),
            ..question.clone()
        });
        let questions: Vec<Question> = questions.collect();
        let notes = predictions.replaced_note().into_iter().collect();
        Ok(Scored::new(vqa::tally(&questions), notes))
    }
}
