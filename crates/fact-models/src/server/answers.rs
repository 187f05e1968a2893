//! The reply to a batch of questions: read, and held against what was asked.
//!
//! Nothing in it is believed. The ids must be those of the questions, once each, or nothing of the
//! reply is used: a server that mixes them up would attach answers to the wrong questions. Then each
//! answer is read by itself, so that a bad one does not cost the others.

use super::capabilities::MAX_BATCH;
use super::question::Expected;
use crate::http::reply::{self, AtMost, ReplyError};
use crate::tools::AnswerKind;
use fact_lang::tool::{Answer, Arg, BBox, Detection, each_once};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Largest answer to one question, in bytes of JSON.
const MAX_ANSWER: usize = 1 << 20;
/// Most detections an answer.
const MAX_DETECTIONS: usize = 4096;
/// Longest text of an answer, in bytes.
const MAX_TEXT: usize = 16 << 10;
/// Longest label, id, attribute name and attribute text, in bytes.
const MAX_LABEL: usize = 512;
/// Most attributes an object, and most items in a list that is one.
const MAX_ATTRIBUTES: usize = 64;
/// Deepest list in an attribute.
const MAX_DEPTH: u32 = 3;

/// A reply as a whole.
#[derive(Debug)]
pub enum Reply {
    /// One entry a question, in the order of the questions.
    Answers(Vec<Result<Answer, AnswerError>>),
    /// Nothing was answered: the server lacks these images, by SHA-256, each asked for once.
    MissingImages(Vec<String>),
}

/// Why a reply as a whole is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Not the JSON that is expected.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// Neither or both of the two things a reply can be.
    #[error("the reply must hold either `answers` or `missing_images`, and holds {0}")]
    Either(&'static str),
    /// An id that was not asked.
    #[error("`answers[{at}].id` is {id}, but the ids asked are 0 to {last}")]
    UnknownId {
        /// Position in the reply.
        at: usize,
        /// The id.
        id: u64,
        /// The last id asked.
        last: usize,
    },
    /// An id a second time.
    #[error("`answers[{at}].id` is {id} a second time")]
    DuplicateId {
        /// Position in the reply.
        at: usize,
        /// The id.
        id: usize,
    },
    /// A question without an answer.
    #[error("question {id} has no answer; the reply answers {answered} of {asked}")]
    MissingId {
        /// The first id without an answer.
        id: usize,
        /// How many are answered.
        answered: usize,
        /// How many were asked.
        asked: usize,
    },
    /// An image that none of the questions is about.
    #[error("`missing_images[{at}]` is not the SHA-256 of an image that was asked about")]
    UnknownImage {
        /// Position in the reply.
        at: usize,
    },
    /// Nothing is answered and nothing is missing.
    #[error("`missing_images` is empty")]
    NoImages,
}

/// Why the answer to one question is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not the JSON of an answer.
    #[error("the answer: {0}")]
    Reply(#[from] ReplyError),
    /// An answer of another kind than the tool's.
    #[error("the answer must be {expected}, and is {got}")]
    Kind {
        /// What the tool answers.
        expected: AnswerKind,
        /// What came.
        got: AnswerKind,
    },
    /// A text that is not among those to choose from.
    #[error("the answer must be one of the options as given")]
    Option,
    /// A value that cannot be.
    #[error("`{field}` {reason}")]
    Value {
        /// Its field, such as `detections[2].box`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    answers: Option<AtMost<WireAnswer<'a>, MAX_BATCH>>,
    #[serde(default)]
    missing_images: Option<AtMost<String, MAX_BATCH>>,
}

#[derive(Deserialize)]
struct WireAnswer<'a> {
    id: u64,
    #[serde(borrow)]
    answer: &'a RawValue,
}

/// An [`Answer`] as servers write it: with fields of their own, which are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireValue {
    Detections(Vec<WireDetection>),
    Text(String),
    Number(f64),
    Bool(bool),
    Error(String),
}

/// A [`Detection`] with more fields, perhaps.
#[derive(Deserialize)]
struct WireDetection {
    label: String,
    #[serde(rename = "box")]
    bbox: BBox,
    score: f64,
    #[serde(default)]
    id: Option<String>,
    #[serde(default, deserialize_with = "each_once")]
    attributes: BTreeMap<String, Arg>,
}

impl From<WireValue> for Answer {
    fn from(value: WireValue) -> Self {
        match value {
            WireValue::Detections(found) => Self::Detections(
                found
                    .into_iter()
                    .map(|d| Detection {
                        label: d.label,
                        bbox: d.bbox,
                        score: d.score,
                        id: d.id,
                        attributes: d.attributes,
                    })
                    .collect(),
            ),
            WireValue::Text(text) => Self::Text(text),
            WireValue::Number(number) => Self::Number(number),
            WireValue::Bool(value) => Self::Bool(value),
            WireValue::Error(error) => Self::Error(error),
        }
    }
}

impl Reply {
    /// Reads the body of `POST /v1/answer`; question number `i` is `expected[i]`, and `images` are
    /// the SHA-256 of all images that were asked about.
    ///
    /// # Errors
    /// When the reply as a whole cannot be used.
    pub fn read(body: &[u8], expected: &[Expected], images: &[&str]) -> Result<Self, BatchError> {
        let wire: Wire<'_> = reply::parse(body)?;
        match (wire.answers, wire.missing_images) {
            (Some(AtMost(answers)), None) => collect(&answers, expected).map(Self::Answers),
            (None, Some(AtMost(mut missing))) => {
                let at = missing.iter().position(|m| !images.contains(&m.as_str()));
                if let Some(at) = at {
                    return Err(BatchError::UnknownImage { at });
                }
                if missing.is_empty() {
                    return Err(BatchError::NoImages);
                }
                missing.sort_unstable();
                missing.dedup();
                Ok(Self::MissingImages(missing))
            }
            (None, None) => Err(BatchError::Either("neither")),
            (Some(_), Some(_)) => Err(BatchError::Either("both")),
        }
    }
}

fn collect(
    answers: &[WireAnswer<'_>],
    expected: &[Expected],
) -> Result<Vec<Result<Answer, AnswerError>>, BatchError> {
    let mut places: Vec<Option<&WireAnswer<'_>>> = vec![None; expected.len()];
    for (at, answer) in answers.iter().enumerate() {
        let id = usize::try_from(answer.id).unwrap_or(usize::MAX);
        match places.get_mut(id) {
            None => {
                return Err(BatchError::UnknownId {
                    at,
                    id: answer.id,
                    last: expected.len().saturating_sub(1),
                });
            }
            Some(Some(_)) => return Err(BatchError::DuplicateId { at, id }),
            Some(place) => *place = Some(answer),
        }
    }
    let mut read = Vec::with_capacity(expected.len());
    for (id, (place, expected)) in places.iter().zip(expected).enumerate() {
        let Some(answer) = place else {
            return Err(BatchError::MissingId {
                id,
                answered: answers.len(),
                asked: places.len(),
            });
        };
        read.push(self::answer(answer.answer.get(), expected));
    }
    Ok(read)
}

/// The answer to one question.
fn answer(json: &str, expected: &Expected) -> Result<Answer, AnswerError> {
    if json.len() > MAX_ANSWER {
        return Err(value(
            "answer",
            format!("is longer than {MAX_ANSWER} bytes"),
        ));
    }
    let mut answer: Answer = reply::parse::<WireValue>(json.as_bytes())?.into();
    if let Some(got) = AnswerKind::of(&answer)
        && got != expected.answer
    {
        return Err(AnswerError::Kind {
            expected: expected.answer,
            got,
        });
    }
    match &mut answer {
        Answer::Detections(found) => {
            if found.len() > MAX_DETECTIONS {
                return Err(value(
                    "detections",
                    format!("holds {} of at most {MAX_DETECTIONS}", found.len()),
                ));
            }
            for (at, detection) in found.iter_mut().enumerate() {
                check(at, detection, expected)?;
            }
        }
        Answer::Text(text) => {
            short("text", text, MAX_TEXT)?;
            if let Some(options) = &expected.options
                && !options.contains(text)
            {
                return Err(AnswerError::Option);
            }
        }
        Answer::Error(text) => short("error", text, MAX_TEXT)?,
        Answer::Number(x) if !x.is_finite() => return Err(value("number", "is not finite")),
        Answer::Number(_) | Answer::Bool(_) => {}
    }
    Ok(answer)
}

fn value(field: impl Into<String>, reason: impl Into<String>) -> AnswerError {
    AnswerError::Value {
        field: field.into(),
        reason: reason.into(),
    }
}

fn short(field: impl Into<String>, text: &str, most: usize) -> Result<(), AnswerError> {
    match text.len() {
        length if length > most => Err(value(
            field,
            format!("has {length} bytes of at most {most}"),
        )),
        _ => Ok(()),
    }
}

/// Checks one detection and cuts its box to the image.
fn check(at: usize, detection: &mut Detection, expected: &Expected) -> Result<(), AnswerError> {
    let field = |name: &str| format!("detections[{at}].{name}");
    short(field("label"), &detection.label, MAX_LABEL)?;
    if let Some(id) = &detection.id {
        short(field("id"), id, MAX_LABEL)?;
    }
    if !(0.0..=1.0).contains(&detection.score) {
        return Err(value(
            field("score"),
            format!("is {}, not from 0 to 1", detection.score),
        ));
    }
    detection.bbox = cut(detection.bbox, expected).map_err(|reason| value(field("box"), reason))?;
    if detection.attributes.len() > MAX_ATTRIBUTES {
        return Err(value(
            field("attributes"),
            format!("holds more than {MAX_ATTRIBUTES}"),
        ));
    }
    for (name, arg) in &detection.attributes {
        let field = || field("attributes");
        short(field(), name, MAX_LABEL)?;
        attribute(arg, 0).map_err(|reason| value(field(), reason))?;
    }
    Ok(())
}

/// The part of a box inside the image. Detectors put edges a little outside; a box with nothing
/// inside, or with its edges the wrong way round, is in another convention and refused.
fn cut(bbox: BBox, expected: &Expected) -> Result<BBox, String> {
    let sides = <[f64; 4]>::from(bbox);
    if sides.iter().any(|side| !side.is_finite()) {
        return Err("has an edge that is not finite".to_owned());
    }
    let [left, top, right, bottom] = sides;
    let (width, height) = (f64::from(expected.width), f64::from(expected.height));
    if left >= right || top >= bottom {
        return Err(format!(
            "is [{left}, {top}, {right}, {bottom}], which has no area: it must be [left, top, \
             right, bottom] with left < right and top < bottom"
        ));
    }
    if right <= 0.0 || bottom <= 0.0 || left >= width || top >= height {
        return Err(format!(
            "is [{left}, {top}, {right}, {bottom}], outside the image of {width} x {height} pixels"
        ));
    }
    Ok(BBox {
        left: left.max(0.0),
        top: top.max(0.0),
        right: right.min(width),
        bottom: bottom.min(height),
    })
}

fn attribute(arg: &Arg, depth: u32) -> Result<(), String> {
    match arg {
        Arg::None | Arg::Bool(_) | Arg::Int(_) => Ok(()),
        Arg::Float(x) if x.is_finite() => Ok(()),
        Arg::Float(_) => Err("hold a number that is not finite".to_owned()),
        Arg::Str(text) if text.len() <= MAX_LABEL => Ok(()),
        Arg::Str(_) => Err(format!("hold a text of more than {MAX_LABEL} bytes")),
        Arg::List(items) if items.len() <= MAX_ATTRIBUTES && depth < MAX_DEPTH => {
            items.iter().try_for_each(|item| attribute(item, depth + 1))
        }
        Arg::List(_) => Err(format!(
            "hold a list longer than {MAX_ATTRIBUTES} or deeper than {MAX_DEPTH}"
        )),
        Arg::Region { .. } => Err("hold a region, which an attribute cannot be".to_owned()),
    }
}

#[cfg(test)]
mod tests;
