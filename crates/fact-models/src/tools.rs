//! The tools that every back end knows: their parameters, their answers, and what a request must
//! look like.
//!
//! | tool | parameters after the region | answer |
//! |---|---|---|
//! | `find` | `object_name: str` | detections |
//! | `exists` | `object_name: str` | bool |
//! | `verify_property` | `object_name: str, attribute: str` | bool |
//! | `simple_query` | `question: str = None` | text |
//! | `best_text_match` | `option_list: List[str], prefix: str = None` | text: one of the options |
//! | `match_text` | `text: str` | number: higher fits better |
//! | `compute_depth` | none | number: higher is farther |
//! | `related` | `relation: str, object_id: str = None` | detections: X that is `relation` the object |
//! | `related_targets` | `relation: str, object_id: str = None` | detections: X that the object is `relation` |
//! | `llm_answer` | `question: str, long_answer: bool = None` | text; no image is looked at |
//!
//! Arguments are taken by position, so a pack may name its parameters as it likes.

use fact_lang::tool::{Answer, Arg, Request};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of answer, by the names they have in the JSON of an [`Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Objects with boxes.
    Detections,
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
}

impl AnswerKind {
    /// The kind of `answer`; `None` for an error, which answers a call of any tool.
    pub fn of(answer: &Answer) -> Option<Self> {
        match answer {
            Answer::Detections(_) => Some(Self::Detections),
            Answer::Text(_) => Some(Self::Text),
            Answer::Number(_) => Some(Self::Number),
            Answer::Bool(_) => Some(Self::Bool),
            Answer::Error(_) => None,
        }
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Detections => "detections",
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
        })
    }
}

/// A tool, what it needs of a back end in words, and what to do without it.
#[derive(Debug)]
pub struct Tool {
    /// Its name, as packs declare it.
    pub name: &'static str,
    /// The parameters after the region.
    pub params: &'static [Param],
    /// What it answers.
    pub answer: AnswerKind,
    /// Completes “the back end cannot ...”.
    pub what: &'static str,
    /// What to do without it.
    pub instead: &'static str,
}

/// A parameter of a tool.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    kind: ParamKind,
}

#[derive(Debug, Clone, Copy)]
enum ParamKind {
    Text,
    OptionalText,
    Texts,
    OptionalBool,
}

impl ParamKind {
    fn expected(self) -> &'static str {
        match self {
            Self::Text => "a non-empty str",
            Self::OptionalText => "a str or None",
            Self::Texts => "a non-empty list of str",
            Self::OptionalBool => "a bool or None",
        }
    }

    fn fits(self, arg: Option<&Arg>) -> bool {
        match (self, arg) {
            (Self::OptionalText | Self::OptionalBool, None | Some(Arg::None))
            | (Self::OptionalText, Some(Arg::Str(_)))
            | (Self::OptionalBool, Some(Arg::Bool(_))) => true,
            (Self::Text, Some(Arg::Str(text))) => !text.trim().is_empty(),
            (Self::Texts, Some(Arg::List(items))) => {
                !items.is_empty() && items.iter().all(|item| matches!(item, Arg::Str(_)))
            }
            _ => false,
        }
    }
}

const fn param(name: &'static str, kind: ParamKind) -> Param {
    Param { name, kind }
}

const DETECTION: &str = "use a back end that detects objects, such as `pixels` for flat-coloured \
                         images or `scene` for annotated ones";
const RELATION: &str = "compare the boxes of what `find` finds, or use `scene` on annotated images";

/// Every tool that back ends know.
pub static TOOLS: [Tool; 10] = [
    Tool {
        name: "find",
        params: &[param("object_name", ParamKind::Text)],
        answer: AnswerKind::Detections,
        what: "detect objects",
        instead: DETECTION,
    },
    Tool {
        name: "exists",
        params: &[param("object_name", ParamKind::Text)],
        answer: AnswerKind::Bool,
        what: "detect objects",
        instead: DETECTION,
    },
    Tool {
        name: "verify_property",
        params: &[
            param("object_name", ParamKind::Text),
            param("attribute", ParamKind::Text),
        ],
        answer: AnswerKind::Bool,
        what: "verify attributes",
        instead: "use `find` with the attribute in the phrase, or a back end that verifies attributes",
    },
    Tool {
        name: "simple_query",
        params: &[param("question", ParamKind::OptionalText)],
        answer: AnswerKind::Text,
        what: "answer questions in words",
        instead: "use `find` and the attributes of what it finds, or a back end with a \
                  vision-language model",
    },
    Tool {
        name: "best_text_match",
        params: &[
            param("option_list", ParamKind::Texts),
            param("prefix", ParamKind::OptionalText),
        ],
        answer: AnswerKind::Text,
        what: "score texts against an image",
        instead: "use `verify_property` for each option, or a back end with an image-text model",
    },
    Tool {
        name: "match_text",
        params: &[param("text", ParamKind::Text)],
        answer: AnswerKind::Number,
        what: "score texts against an image",
        instead: "use `verify_property`, or a back end with an image-text model",
    },
    Tool {
        name: "compute_depth",
        params: &[],
        answer: AnswerKind::Number,
        what: "estimate depth",
        instead: "compare positions in the image, or use a back end with a depth model",
    },
    Tool {
        name: "related",
        params: &[
            param("relation", ParamKind::Text),
            param("object_id", ParamKind::OptionalText),
        ],
        answer: AnswerKind::Detections,
        what: "tell how objects relate",
        instead: RELATION,
    },
    Tool {
        name: "related_targets",
        params: &[
            param("relation", ParamKind::Text),
            param("object_id", ParamKind::OptionalText),
        ],
        answer: AnswerKind::Detections,
        what: "tell how objects relate",
        instead: RELATION,
    },
    Tool {
        name: "llm_answer",
        params: &[
            param("question", ParamKind::Text),
            param("long_answer", ParamKind::OptionalBool),
        ],
        answer: AnswerKind::Text,
        what: "answer questions from general knowledge",
        instead: "use a back end with a language model",
    },
];

/// The names of [`TOOLS`], for messages.
pub(crate) fn known() -> String {
    TOOLS.each_ref().map(|tool| tool.name).join(", ")
}

/// The tool with this name.
pub fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// What is wrong with a request, whoever is to answer it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// An argument is missing or of the wrong type.
    #[error("`{tool}` needs {expected} as argument {position}{got}")]
    Argument {
        /// The tool.
        tool: &'static str,
        /// From 1, the region not counted.
        position: usize,
        /// What should be there.
        expected: &'static str,
        /// What is there, as the end of the message.
        got: String,
    },
    /// More arguments than parameters.
    #[error("`{tool}` takes {most} arguments after the region, {count} were given")]
    TooMany {
        /// The tool.
        tool: String,
        /// How many it takes.
        most: usize,
        /// How many there are.
        count: usize,
    },
    /// An image that the run does not have.
    #[error("`{tool}` asks about image {image}, but the run has {count}")]
    Image {
        /// The tool.
        tool: String,
        /// Index of the image.
        image: usize,
        /// How many images there are.
        count: usize,
    },
    /// Not a rectangle.
    #[error("`{tool}` was given a region that is not a rectangle: [{}, {}, {}, {}]", .region[0], .region[1], .region[2], .region[3])]
    Region {
        /// The tool.
        tool: String,
        /// Left, top, right, bottom.
        region: [f64; 4],
    },
}

impl Tool {
    /// Whether the arguments of `request` fit the parameters, by position.
    ///
    /// # Errors
    /// The first argument that is missing or of the wrong type, or that there are too many.
    pub(crate) fn check_args(&'static self, request: &Request) -> Result<(), RequestError> {
        check_count(request, self.params.len())?;
        for (at, param) in self.params.iter().enumerate() {
            let given = request.args.get(at);
            if !param.kind.fits(given.map(|(_, arg)| arg)) {
                return Err(RequestError::Argument {
                    tool: self.name,
                    position: at + 1,
                    expected: param.kind.expected(),
                    got: match given {
                        None => String::new(),
                        Some((name, value)) => format!(", `{name}` was {}", kind(value)),
                    },
                });
            }
        }
        Ok(())
    }
}

/// Whether `request` has no more than `most` arguments.
pub(crate) fn check_count(request: &Request, most: usize) -> Result<(), RequestError> {
    match request.args.len() {
        count if count > most => Err(RequestError::TooMany {
            tool: request.tool.clone(),
            most,
            count,
        }),
        _ => Ok(()),
    }
}

/// Whether `request` is about a rectangle in one of `images` images.
pub(crate) fn check_place(request: &Request, images: usize) -> Result<(), RequestError> {
    if request.image >= images {
        return Err(RequestError::Image {
            tool: request.tool.clone(),
            image: request.image,
            count: images,
        });
    }
    let region = request.region;
    let sides = <[f64; 4]>::from(region);
    if sides.iter().any(|side| !side.is_finite())
        || region.right < region.left
        || region.bottom < region.top
    {
        return Err(RequestError::Region {
            tool: request.tool.clone(),
            region: sides,
        });
    }
    Ok(())
}

/// What the program passed, as Python names it.
fn kind(value: &Arg) -> &'static str {
    match value {
        Arg::None => "None",
        Arg::Bool(_) => "a bool",
        Arg::Int(_) => "an int",
        Arg::Float(_) => "a float",
        Arg::Str(text) if text.trim().is_empty() => "an empty str",
        Arg::Str(_) => "a str",
        Arg::List(items) if items.is_empty() => "an empty list",
        Arg::List(_) => "a list of other things",
        Arg::Region { .. } => "a region",
    }
}
