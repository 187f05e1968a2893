//! TallyQA: the questions file, predictions `{question_id, answer}` with a number or a number word.

use super::error::MetricsError;
use super::predictions::{Id, Prediction, Predictions, records};
use super::{Benchmark, Scored};
use fact_core::english::number_of_word;
use fact_core::metrics::tallyqa::{self, Count};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// Greatest count that is read: its square is still a whole number as a float.
const MAX_COUNT: u64 = 1 << 26;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Question {
    question_id: Id,
    answer: u64,
    issimple: Option<bool>,
}

/// Counts without predictions, by identifier.
#[derive(Debug)]
pub(super) struct Questions(IndexMap<String, Count>);

impl Questions {
    pub(super) fn read(path: &Path) -> Result<Self, MetricsError> {
        let mut counts = IndexMap::new();
        for element in records(path)? {
            let element = element?;
            let question: Question = element.parse()?;
            if question.answer > MAX_COUNT {
                let reason = format!("greater than {MAX_COUNT}");
                return Err(element.at.bad("answer", reason).into());
            }
            let count = Count {
                answer: question.answer,
                predicted: None,
                simple: question.issimple,
            };
            let id = question.question_id.text();
            if counts.insert(id.clone(), count).is_some() {
                return Err(MetricsError::duplicate(&element.at, "question_id", &id));
            }
        }
        Ok(Self(counts))
    }
}

/// The count that was predicted; `None` if it is no number. A fraction is cut, as the script's
/// arrays of whole numbers do.
fn count(prediction: &Prediction) -> Result<Option<u64>, MetricsError> {
    let number = match &prediction.value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = text.trim().trim_end_matches('.').to_lowercase();
            match number_of_word(&text) {
                Some(n) => Some(f64::from(n)),
                // `inf` and `nan` parse, and are no counts.
                None => text.parse().ok().filter(|n: &f64| n.is_finite()),
            }
        }
        _ => None,
    };
    match number {
        None => Ok(None),
        Some(n) if n < 0.0 => Err(prediction.bad("a count cannot be negative")),
        Some(n) if n > MAX_COUNT as f64 => {
            Err(prediction.bad(&format!("greater than {MAX_COUNT}")))
        }
        Some(n) => Ok(Some(n as u64)),
    }
}

impl Benchmark for Questions {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let predictions = Predictions::read(path)?;
        predictions.cover(self.0.keys().map(String::as_str))?;
        predictions.only(|id| self.0.contains_key(id))?;
        predictions.once()?;
        let counts = self.0.iter().map(|(id, known)| {
            let predicted = predictions.get(id).map(count).transpose()?.flatten();
            Ok(Count {
                predicted,
                ..*known
            })
        });
        let counts = counts.collect::<Result<Vec<Count>, MetricsError>>()?;
        let none = counts.iter().filter(|c| c.predicted.is_none()).count();
        let note =
            format!("{none} answers are no number: wrong, and taken for 0 in the squared error");
        let notes = if none > 0 { vec![note] } else { Vec::new() };
        Ok(Scored::new(tallyqa::tally(&counts), notes))
    }
}
