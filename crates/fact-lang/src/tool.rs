//! Requests to perception and their answers.
//!
//! A tool call is a [`Request`]: a value, keyed by content. The interpreter asks an [`Answers`]
//! table; when the table has none, the run suspends and is later re-run from the start.

mod arg;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Rectangle in pixels of the original image: origin top-left, y down, `right` and `bottom`
/// exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct BBox {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge, exclusive.
    pub right: f64,
    /// Bottom edge, exclusive.
    pub bottom: f64,
}

impl From<[f64; 4]> for BBox {
    fn from([left, top, right, bottom]: [f64; 4]) -> Self {
        Self {
            left,
            top,
            right,
            bottom,
        }
    }
}

impl From<BBox> for [f64; 4] {
    fn from(b: BBox) -> Self {
        [b.left, b.top, b.right, b.bottom]
    }
}

/// An image as the interpreter knows it: an identity and a size, never pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageRef {
    /// SHA-256 of the encoded file, in hex: the content key.
    pub sha256: Arc<str>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// An argument of a tool call, by value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Arg {
    /// `None`
    None,
    /// A bool.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// A list.
    List(Vec<Arg>),
    /// Another region of one of the run's images.
    Region {
        /// Index of the image among the run's inputs.
        image: usize,
        /// The rectangle.
        region: BBox,
    },
}

/// A question to perception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Name of the pack's primitive, such as `find`.
    pub tool: String,
    /// Index of the image among the run's inputs.
    pub image: usize,
    /// Where to look.
    pub region: BBox,
    /// The other arguments, by parameter name, defaults filled in, in the order declared.
    pub args: Vec<(String, Arg)>,
}

/// What perception says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Objects found, in the back end's order.
    Detections(Vec<Detection>),
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// The back end refused or failed on this call; the program sees a `RuntimeError` with this
    /// text, so that the failure is a counted outcome of the program.
    Error(String),
}

/// One object found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// What it is.
    pub label: String,
    /// Where it is, in the original image.
    #[serde(rename = "box")]
    pub bbox: BBox,
    /// Confidence in [0, 1].
    pub score: f64,
    /// The back end's own identifier of the object, if it has one (scene graphs do).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the back end knows about it: `color`, `shape`, `size`, ...
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "each_once"
    )]
    pub attributes: BTreeMap<String, Arg>,
}

/// Reads attributes, and refuses a name that comes twice: which of the two counts must not depend
/// on the reader.
///
/// # Errors
/// If a name comes twice, or a value is none of an attribute.
pub fn each_once<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Arg>, D::Error> {
    struct Attributes;

    impl<'de> Visitor<'de> for Attributes {
        type Value = BTreeMap<String, Arg>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of attributes")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut attributes = BTreeMap::new();
            while let Some((name, value)) = entries.next_entry::<String, Arg>()? {
                if attributes.contains_key(&name) {
                    return Err(A::Error::custom(format!("duplicate attribute `{name}`")));
                }
                attributes.insert(name, value);
            }
            Ok(attributes)
        }
    }

    deserializer.deserialize_map(Attributes)
}

/// Source of answers during a run.
pub trait Answers {
    /// The answer to `request`, or `None` if it is not known yet: the run then suspends.
    fn answer(&mut self, request: &Request) -> Option<Answer>;
}

/// A request with the answer it got, in the order of first use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The request.
    pub request: Request,
    /// The answer.
    pub answer: Answer,
}

/// A closed table: answers what was recorded, suspends on anything else.
impl Answers for &[Recorded] {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        self.iter()
            .find(|r| r.request == *request)
            .map(|r| r.answer.clone())
    }
}
