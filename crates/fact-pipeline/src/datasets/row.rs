//! Rows with named columns, from JSON lines or Parquet, as samples.

use super::error::RecordError;
use super::input::Origin;
use super::spec::Spec;
use super::{GoldProgram, ImageSource, ProgramForm, Record, SceneSchema, SceneSource};
use fact_core::matcher::{self, Matcher};
use fact_core::sample::{Sample, WeightedAnswer};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Id,
    Image,
    Question,
    Answer,
    Group,
    Scene,
    Choices,
    Family,
    Split,
}

/// All roles.
pub(super) const ALL: [Role; 9] = [
    Role::Id,
    Role::Image,
    Role::Question,
    Role::Answer,
    Role::Group,
    Role::Scene,
    Role::Choices,
    Role::Family,
    Role::Split,
];

/// Each role with its option and the names that are looked for without it, best first.
const ROLES: [(Role, &str, &[&str]); 9] = [
    (Role::Id, "id", &["id", "question_id"]),
    (Role::Image, "image", &["image", "images"]),
    (Role::Question, "question", &["question"]),
    (Role::Answer, "answer", &["answers", "answer"]),
    (Role::Group, "group", &["group"]),
    (Role::Scene, "scene", &["scene_id"]),
    (Role::Choices, "choices", &["choices"]),
    (Role::Family, "family", &["family"]),
    (Role::Split, "split", &["split"]),
];

/// Which column holds what.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Names the user gave, in the order of [`ROLES`].
    given: [Option<String>; 9],
    matcher: Matcher,
}

impl Columns {
    pub(super) fn new(spec: &Spec, matcher: Matcher) -> Self {
        Self {
            given: ROLES.map(|(_, option, _)| spec.option(option).map(str::to_owned)),
            matcher,
        }
    }

    /// The name the user gave for a column.
    pub(super) fn given(&self, role: Role) -> Option<&str> {
        self.given[role as usize].as_deref()
    }

    /// The names a role may have, best first.
    pub(super) fn names(&self, role: Role) -> Vec<&str> {
        match self.given(role) {
            Some(name) => vec![name],
            None => ROLES[role as usize].2.to_vec(),
        }
    }

    /// The column of a role that is in `row` and not null; a column that the user named must be
    /// there.
    pub(super) fn get<'a>(
        &self,
        at: &Origin,
        row: &'a Map<String, Value>,
        role: Role,
    ) -> Result<Option<(String, &'a Value)>, RecordError> {
        for name in self.names(role) {
            if let Some(value) = row.get(name).filter(|v| !v.is_null()) {
                return Ok(Some((name.to_owned(), value)));
            }
        }
        match self.given(role) {
            Some(name) => Err(at.bad(name, "missing")),
            None => Ok(None),
        }
    }

    /// As [`get`](Self::get), for a role that every row needs.
    pub(super) fn need<'a>(
        &self,
        at: &Origin,
        row: &'a Map<String, Value>,
        role: Role,
    ) -> Result<(String, &'a Value), RecordError> {
        self.get(at, row, role)?
            .ok_or_else(|| at.bad(self.names(role)[0], "missing"))
    }

    /// A text by which samples are grouped and nothing else. In a column that the user did not name
    /// another kind of value is something else, and ignored.
    fn label(
        &self,
        at: &Origin,
        row: &Map<String, Value>,
        role: Role,
    ) -> Result<Option<String>, RecordError> {
        match self.get(at, row, role)? {
            Some((field, value)) if self.given(role).is_some() => text(at, &field, value).map(Some),
            Some((field, value @ (Value::String(_) | Value::Number(_)))) => {
                Ok(text(at, &field, value).ok())
            }
            _ => Ok(None),
        }
    }

    /// The record of a row whose images are `images`. `fallback_id` stands in for a missing
    /// identifier; without it a row needs one.
    pub(super) fn record(
        &self,
        at: &Origin,
        row: &Map<String, Value>,
        images: Vec<ImageSource>,
        fallback_id: Option<String>,
    ) -> Result<Record, RecordError> {
        let id = match self.get(at, row, Role::Id)? {
            Some((field, value)) => text(at, &field, value)?,
            None => fallback_id.ok_or_else(|| at.bad("id", "missing"))?,
        };
        let (field, question) = self.need(at, row, Role::Question)?;
        let question = text(at, &field, question)?;
        let answers = match self.get(at, row, Role::Answer)? {
            Some((field, value)) => answers(at, &field, value, self.matcher)?,
            None => Vec::new(),
        };
        let group = match self.get(at, row, Role::Group)? {
            Some((field, value)) => text(at, &field, value)?,
            None => question.clone(),
        };
        let names: Vec<String> = images.iter().map(|i| i.name().to_owned()).collect();
        let scene_id = match self.get(at, row, Role::Scene)? {
            Some((field, value)) => text(at, &field, value)?,
            None => names.first().unwrap_or(&id).clone(),
        };
        let choices = match self.get(at, row, Role::Choices)? {
            Some((field, value)) => texts(at, &field, value)?,
            None => Vec::new(),
        };
        let family = self.label(at, row, Role::Family)?;
        let split = self.label(at, row, Role::Split)?;
        Ok(Record {
            sample: Sample {
                id,
                images: names,
                question,
                answers,
                group,
                scene: scene_id,
                choices,
                family,
                split,
            },
            images,
            scene: annotation(row),
            program: program(row),
            locked: false,
            origin: at.clone(),
        })
    }
}

/// Whether a row brings an annotation, so that its image may be absent.
pub(super) fn annotation(row: &Map<String, Value>) -> Option<SceneSource> {
    let (schema, json) = match (row.get("structured_rep"), row.get("scene")) {
        (Some(rep @ Value::Array(_)), _) => (SceneSchema::Nlvr, rep),
        (_, Some(scene @ Value::Object(_))) => (SceneSchema::Fact, scene),
        _ => return None,
    };
    Some(SceneSource {
        schema,
        json: Arc::new(json.clone()),
    })
}

/// The row's `program`: source text, or the steps of CLEVR or GQA; other forms are not ours.
fn program(row: &Map<String, Value>) -> Option<GoldProgram> {
    let json = row.get("program").or_else(|| row.get("semantic"))?;
    let has = |key: &str| json.get(0).is_some_and(|step| step.get(key).is_some());
    let form = if json.is_string() {
        ProgramForm::Python
    } else if has("operation") {
        ProgramForm::Gqa
    } else if has("type") || has("function") {
        ProgramForm::Clevr
    } else {
        return None;
    };
    Some(GoldProgram {
        form,
        json: json.clone(),
        annotations: row.get("annotations").cloned(),
    })
}

/// Text, or a number as it is written.
pub(super) fn text(at: &Origin, field: &str, value: &Value) -> Result<String, RecordError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(at.bad(field, format!("expected text, found {}", kind(other)))),
    };
    at.check_text(field, &text)?;
    Ok(text)
}

/// A list of texts, or one text.
pub(super) fn texts(at: &Origin, field: &str, value: &Value) -> Result<Vec<String>, RecordError> {
    let Value::Array(items) = value else {
        return Ok(vec![text(at, field, value)?]);
    };
    let items = items.iter().enumerate();
    items
        .map(|(i, item)| text(at, &format!("{field}[{i}]"), item))
        .collect()
}

/// Accepted answers: one answer or a list; an answer is text, a number, a bool, or an object with
/// `answer` or `text` and perhaps a `weight`. Under [`Matcher::VqaSoft`] a list without weights is
/// what each annotator said.
pub(super) fn answers(
    at: &Origin,
    field: &str,
    value: &Value,
    matcher: Matcher,
) -> Result<Vec<WeightedAnswer>, RecordError> {
    let single = std::slice::from_ref(value);
    let items = value.as_array().map_or(single, Vec::as_slice);
    let mut said = Vec::new();
    let mut weighted = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let field = match value {
            Value::Array(_) => format!("{field}[{i}]"),
            _ => field.to_owned(),
        };
        let inner = item.get("answer").or_else(|| item.get("text"));
        let text = match inner.unwrap_or(item) {
            Value::Bool(b) => matcher.bool_text(*b).to_owned(),
            other => text(at, &field, other)?,
        };
        match item.get("weight") {
            None => said.push(text),
            Some(weight) => {
                let weight = weight.as_f64().filter(|w| *w > 0.0 && *w <= 1.0);
                let weight = weight
                    .ok_or_else(|| at.bad(&field, "`weight` must be above 0 and at most 1"))?;
                weighted.push(WeightedAnswer { text, weight });
            }
        }
    }
    if matcher == Matcher::VqaSoft && said.len() > 1 {
        weighted.extend(matcher::vqa_answers(&said));
    } else {
        for text in said {
            if !weighted.iter().any(|w| w.text == text) {
                weighted.push(WeightedAnswer { text, weight: 1.0 });
            }
        }
    }
    Ok(weighted)
}

/// What a JSON value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
