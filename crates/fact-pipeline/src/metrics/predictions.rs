//! Predictions by identifier: JSON lines or a JSON array of objects, in the formats of the
//! benchmarks or simply `{id, answer}`.

use super::error::MetricsError;
use crate::datasets::{Element, Elements, Origin, elements, lines_or_array};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Most records that are read of one file.
pub(super) const MAX_RECORDS: usize = 20_000_000;
/// Longest answer or caption, in bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Fields of the identifier, the first that is there counting.
const IDS: [&str; 5] = ["question_id", "questionId", "id", "image_id", "imageId"];
/// Fields of what was predicted.
const ANSWERS: [&str; 3] = ["answer", "prediction", "caption"];

/// An identifier: text, or a number standing for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "text or a whole number")]
pub(super) enum Id {
    Text(String),
    Number(i64),
}

impl Id {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// What was predicted, and where that stands.
#[derive(Debug)]
pub(super) struct Prediction {
    pub(super) at: Origin,
    /// The field it is in.
    pub(super) field: &'static str,
    /// Text, a number or a bool.
    pub(super) value: Value,
}

impl Prediction {
    /// From a record, with its identifier if it has one.
    pub(super) fn read(element: &Element) -> Result<(Option<String>, Self), MetricsError> {
        let mut row: Map<String, Value> = element.parse()?;
        let at = element.at.clone();
        let id = match IDS.into_iter().find(|name| row.contains_key(*name)) {
            None => None,
            Some(name) => match &row[name] {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => return Err(at.bad(name, "must be text or a number").into()),
            },
        };
        let Some(field) = ANSWERS.into_iter().find(|name| row.contains_key(*name)) else {
            return Err(at.bad("answer", "missing").into());
        };
        let value = row.remove(field).unwrap_or_default();
        let prediction = Self { at, field, value };
        match &prediction.value {
            Value::String(text) if text.len() > MAX_ANSWER_BYTES => {
                Err(prediction.bad(&format!("longer than {MAX_ANSWER_BYTES} bytes")))
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok((id, prediction)),
            _ => Err(prediction.bad("must be text, a number or a bool")),
        }
    }

    /// The prediction as text.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// An error about it.
    pub(super) fn bad(&self, reason: &str) -> MetricsError {
        self.at.bad(self.field, reason).into()
    }
}

/// Predictions by identifier.
#[derive(Debug)]
pub(super) struct Predictions {
    path: PathBuf,
    by_id: IndexMap<String, Prediction>,
    /// Records whose identifier a later one has too.
    pub(super) replaced: usize,
}

impl Predictions {
    pub(super) fn empty(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            by_id: IndexMap::new(),
            replaced: 0,
        }
    }

    /// The predictions of a file; of several with one identifier, the last.
    pub(super) fn read(path: &Path) -> Result<Self, MetricsError> {
        let mut predictions = Self::empty(path);
        for element in records(path)? {
            let (id, prediction) = Prediction::read(&element?)?;
            let Some(id) = id else {
                return Err(prediction.at.bad("id", "missing").into());
            };
            predictions.insert(id, prediction)?;
        }
        Ok(predictions)
    }

    pub(super) fn insert(&mut self, id: String, it: Prediction) -> Result<(), MetricsError> {
        if self.by_id.insert(id, it).is_some() {
            self.replaced += 1;
        }
        if self.by_id.len() > MAX_RECORDS {
            return Err(too_many(&self.path));
        }
        Ok(())
    }

    pub(super) fn get(&self, id: &str) -> Option<&Prediction> {
        self.by_id.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Prediction)> {
        self.by_id.iter().map(|(id, it)| (id.as_str(), it))
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Refuses to go on if one of `ids` has no prediction.
    pub(super) fn cover<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<(), MetricsError> {
        let mut missing = ids.filter(|id| !self.by_id.contains_key(*id));
        match missing.next() {
            None => Ok(()),
            Some(first) => Err(MetricsError::Missing {
                path: self.path.clone(),
                first: first.to_owned(),
                count: 1 + missing.count(),
            }),
        }
    }

    /// Refuses predictions for what is not `known`.
    pub(super) fn only(&self, known: impl Fn(&str) -> bool) -> Result<(), MetricsError> {
        let mut unknown = self.by_id.keys().filter(|id| !known(id));
        match unknown.next() {
            None => Ok(()),
            Some(first) => Err(MetricsError::Unknown {
                path: self.path.clone(),
                first: first.clone(),
                count: 1 + unknown.count(),
            }),
        }
    }

    /// Refuses a second prediction for a question.
    pub(super) fn once(&self) -> Result<(), MetricsError> {
        if self.replaced == 0 {
            return Ok(());
        }
        let (path, n) = (self.path.display(), self.replaced);
        let text = format!("{path}: {n} predictions have the identifier of a later one");
        Err(MetricsError::Usage(text))
    }

    /// What to say about those that were replaced.
    pub(super) fn replaced_note(&self) -> Option<String> {
        (self.replaced > 0).then(|| {
            format!(
                "{} predictions were replaced by later ones with the same identifier, as in the script",
                self.replaced
            )
        })
    }
}

pub(super) fn too_many(path: &Path) -> MetricsError {
    MetricsError::TooMany {
        path: path.to_path_buf(),
        limit: MAX_RECORDS,
    }
}

/// The records of JSON lines or of a JSON array.
pub(super) fn records(path: &Path) -> Result<Elements, MetricsError> {
    readable(path)?;
    Ok(elements(path, lines_or_array(path)?))
}

/// Refuses a file that cannot be opened.
pub(super) fn readable(path: &Path) -> Result<(), MetricsError> {
    let opened = File::open(path).and_then(|file| file.metadata());
    match opened {
        Ok(about) if about.is_file() => Ok(()),
        Ok(_) => Err(MetricsError::Usage(format!(
            "{} is not a file",
            path.display()
        ))),
        Err(source) => Err(MetricsError::Read {
            path: path.to_path_buf(),
            source,
        }),
    }
}
