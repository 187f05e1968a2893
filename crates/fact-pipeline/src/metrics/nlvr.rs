//! NLVR: labels `SPLIT.json` (one example a line), predictions `SPLIT-SENTENCE-SET-ORDER.png,true`.

use super::error::MetricsError;
use super::predictions::{Prediction, Predictions, records};
use super::{Benchmark, Scored};
use crate::datasets::{Element, Shape, elements, lines_or_array};
use fact_core::metrics::nlvr;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Example {
    identifier: String,
    label: String,
}

#[derive(Debug)]
pub(super) struct Labels {
    examples: Vec<Example>,
    known: BTreeSet<String>,
}

impl Labels {
    pub(super) fn read(path: &Path) -> Result<Self, MetricsError> {
        let (mut examples, mut known) = (Vec::new(), BTreeSet::new());
        for element in records(path)? {
            let element = element?;
            let example: Example = element.parse()?;
            if !matches!(&*example.label.to_lowercase(), "true" | "false") {
                return Err(element.at.bad("label", "must be true or false").into());
            }
            for id in ids(&example.identifier) {
                if !known.insert(id) {
                    let id = &example.identifier;
                    return Err(MetricsError::duplicate(&element.at, "identifier", id));
                }
            }
            examples.push(example);
        }
        Ok(Self { examples, known })
    }
}

/// Identifiers of the six images of an example.
fn ids(example: &str) -> [String; 6] {
    [0, 1, 2, 3, 4, 5].map(|order| format!("{example}-{order}"))
}

/// `SENTENCE-SET-ORDER`, from the name of the image, or from an identifier without split.
fn short(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default();
    match name.split_once('-') {
        Some((_, rest)) if name.matches('-').count() != 2 => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// A line `IMAGE,PREDICTION`; what follows a second comma is not looked at.
fn comma_line(element: &Element) -> Result<(String, Prediction), MetricsError> {
    let at = element.at.clone();
    let Ok(line) = std::str::from_utf8(&element.bytes) else {
        return Err(at.bad("identifier", "not valid UTF-8").into());
    };
    let mut fields = line.trim().split(',');
    let id = fields.next().unwrap_or_default().to_owned();
    let Some(value) = fields.next() else {
        let reason = "missing: a line is `dev-12-0-3.png,true`";
        return Err(at.bad("prediction", reason).into());
    };
    let (value, field) = (Value::String(value.to_owned()), "prediction");
    Ok((id, Prediction { at, field, value }))
}

fn predictions(path: &Path) -> Result<Predictions, MetricsError> {
    let mut found = Predictions::empty(path);
    let mut first = records(path)?;
    let is_object = |e: &Element| e.bytes.trim_ascii_start().starts_with(b"{");
    let json = lines_or_array(path)? == Shape::Array
        || matches!(first.next(), Some(Ok(element)) if is_object(&element));
    if json {
        for element in records(path)? {
            let (id, prediction) = Prediction::read(&element?)?;
            let Some(id) = id else {
                return Err(prediction.at.bad("id", "missing").into());
            };
            found.insert(short(&id), prediction)?;
        }
    } else {
        for element in elements(path, Shape::Lines) {
            let (id, prediction) = comma_line(&element?)?;
            found.insert(short(&id), prediction)?;
        }
    }
    Ok(found)
}

impl Benchmark for Labels {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let predictions = predictions(path)?;
        predictions.cover(self.known.iter().map(String::as_str))?;
        predictions.only(|id| self.known.contains(id))?;
        let said = |id: String| {
            predictions
                .get(&id)
                .map_or_else(String::new, Prediction::text)
        };
        let said: Vec<[String; 6]> = self
            .examples
            .iter()
            .map(|example| ids(&example.identifier).map(said))
            .collect();
        let examples = self.examples.iter().zip(&said);
        let examples = examples.map(|(example, said)| nlvr::Example {
            identifier: &example.identifier,
            label: &example.label,
            predictions: said.each_ref().map(String::as_str),
        });
        let examples: Vec<_> = examples.collect();
        let strange = said.iter().flatten();
        let strange = strange.filter(|s| !matches!(&*s.to_lowercase(), "true" | "false"));
        let strange = strange.count();
        let mut notes: Vec<String> = predictions.replaced_note().into_iter().collect();
        if strange > 0 {
            notes.push(format!(
                "{strange} predictions are neither true nor false, and so wrong"
            ));
        }
        Ok(Scored::new(nlvr::tally(&examples), notes))
    }
}
