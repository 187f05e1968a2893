//! From a request of a program to what the model is asked, and from its text to the typed answer.

use super::boxes::Asked;
use super::chat::Said;
use super::frame::Frame;
use super::options::{Options, Scoring};
use super::problem::Problem;
use super::{prompts, reading};
use crate::scene::words;
use crate::tools::{self, RequestError};
use fact_lang::tool::{Answer, Arg, Detection, Request};
use std::collections::BTreeMap;

/// Longest name, property, option or question about an image, in characters.
const MAX_TEXT: usize = 2000;
/// Longest question without an image, in characters.
const MAX_QUESTION: usize = 20_000;
/// Most options of a choice.
const MAX_OPTIONS: usize = 100;

/// Why a request is not put to the model. Its text becomes [`Answer::Error`].
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(
        "a vision-language model does not answer the tool `{tool}`; the tools are: {}",
        tools::known()
    )]
    UnknownTool { tool: String },
    #[error(
        "a vision-language model cannot tell how objects relate by their boxes (`{tool}`); compare \
         the boxes of what `find` finds, or ask with `simple_query`"
    )]
    Relations { tool: &'static str },
    #[error("`{tool}` takes a text of at most {most} characters, and one of {count} was given")]
    LongText {
        tool: &'static str,
        most: usize,
        count: usize,
    },
    #[error("`{tool}` takes at most {MAX_OPTIONS} options, {count} were given")]
    ManyOptions { tool: &'static str, count: usize },
}

/// A request whose arguments are what they should be.
#[derive(Debug, PartialEq)]
pub(super) enum Question<'a> {
    Find {
        object: &'a str,
    },
    Exists {
        object: &'a str,
    },
    Verify {
        object: &'a str,
        property: &'a str,
    },
    Query {
        question: &'a str,
    },
    Choose {
        options: Vec<String>,
        prefix: Option<&'a str>,
    },
    Match {
        text: &'a str,
    },
    Depth,
    Llm {
        question: &'a str,
        long: bool,
    },
}

impl<'a> Question<'a> {
    /// What `request` asks, and the tool's name.
    pub(super) fn of(request: &'a Request) -> Result<(&'static str, Self), Refused> {
        let Some(known) = tools::tool(&request.tool) else {
            return Err(Refused::UnknownTool {
                tool: request.tool.chars().take(60).collect(),
            });
        };
        let tool = known.name;
        known.check_args(request)?;
        let bounded = |text: &'a str, most: usize| match text.chars().count() {
            count if count > most => Err(Refused::LongText { tool, most, count }),
            _ => Ok(text),
        };
        // The types have been checked: what is not a text here is an absent one.
        let optional = |at: usize| match request.args.get(at) {
            Some((_, Arg::Str(text))) => Some(text.as_str()),
            _ => None,
        };
        let text = |at: usize| bounded(optional(at).unwrap_or_default(), MAX_TEXT);
        let question = match tool {
            "find" => Self::Find { object: text(0)? },
            "exists" => Self::Exists { object: text(0)? },
            "verify_property" => Self::Verify {
                object: text(0)?,
                property: text(1)?,
            },
            "simple_query" => Self::Query {
                question: bounded(optional(0).unwrap_or("What is this?"), MAX_TEXT)?,
            },
            "best_text_match" => {
                let given = match request.args.first() {
                    Some((_, Arg::List(given))) => given.as_slice(),
                    _ => &[],
                };
                if given.len() > MAX_OPTIONS {
                    let count = given.len();
                    return Err(Refused::ManyOptions { tool, count });
                }
                let mut options = Vec::with_capacity(given.len());
                for option in given {
                    if let Arg::Str(option) = option {
                        options.push(bounded(option, MAX_TEXT)?.to_owned());
                    }
                }
                let prefix = optional(1).filter(|prefix| !prefix.is_empty());
                Self::Choose {
                    options,
                    prefix: prefix.map(|prefix| bounded(prefix, MAX_TEXT)).transpose()?,
                }
            }
            "match_text" => Self::Match { text: text(0)? },
            "compute_depth" => Self::Depth,
            "llm_answer" => Self::Llm {
                question: bounded(optional(0).unwrap_or_default(), MAX_QUESTION)?,
                long: !matches!(request.args.get(1), Some((_, Arg::Bool(false)))),
            },
            _ => return Err(Refused::Relations { tool }),
        };
        Ok((tool, question))
    }

    /// The answer, where the question itself leaves only one.
    pub(super) fn settled(&self) -> Option<Answer> {
        match self {
            Self::Choose { options, .. } if options.len() == 1 => {
                Some(Answer::Text(options[0].clone()))
            }
            _ => None,
        }
    }

    /// Whether the model looks at a picture.
    pub(super) fn has_picture(&self) -> bool {
        !matches!(self, Self::Llm { .. })
    }

    /// Whether the answer is in the probabilities of tokens.
    pub(super) fn wants_probabilities(&self, options: &Options) -> bool {
        matches!(self, Self::Match { .. }) && options.scoring == Scoring::YesProbability
    }

    /// What the model is asked. `frame` is the picture, for questions that have one.
    pub(super) fn prompt(&self, options: &Options, frame: Option<&Frame>) -> String {
        let quoted = prompts::quoted;
        match self {
            Self::Find { object } => {
                let size = frame.map(Frame::size).unwrap_or_default();
                let anything = words().is_anything(&words().name(object));
                prompts::find((!anything).then_some(*object), options.boxes, size)
            }
            Self::Exists { object } => prompts::EXISTS.fill(&[("object", &quoted(object))]),
            Self::Verify { object, property } => prompts::VERIFY
                .fill(&[("object", &quoted(object)), ("property", &quoted(property))]),
            Self::Query { question } => prompts::QUERY.fill(&[("question", &quoted(question))]),
            Self::Choose {
                options: texts,
                prefix,
            } => {
                let list: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                let list = format!("[{}]", list.join(", "));
                match prefix {
                    None => prompts::CHOOSE.fill(&[("options", &list)]),
                    Some(prefix) => prompts::CHOOSE_PREFIX
                        .fill(&[("options", &list), ("prefix", &quoted(prefix))]),
                }
            }
            Self::Match { text } => {
                let prompt = match options.scoring {
                    Scoring::Rating => prompts::RATE,
                    Scoring::YesProbability => prompts::MATCH,
                };
                prompt.fill(&[("text", &quoted(text))])
            }
            Self::Depth => prompts::DEPTH.fill(&[]),
            Self::Llm { question, long } => {
                let prompt = if *long {
                    prompts::LLM_LONG
                } else {
                    prompts::LLM_SHORT
                };
                prompt.fill(&[("question", &quoted(question))])
            }
        }
    }

    /// The answer in the model's text.
    pub(super) fn read(
        &self,
        options: &Options,
        frame: Option<Frame>,
        said: &Said,
    ) -> Result<Answer, Problem> {
        if said.cut {
            return Err(Problem::Cut);
        }
        let body = reading::body(&said.text)?;
        Ok(match self {
            Self::Find { object } => {
                let Some(frame) = frame else {
                    return Err(Problem::NotAList);
                };
                let asked = Asked {
                    object,
                    convention: options.boxes,
                    frame,
                    most: options.max_boxes,
                };
                let boxes = asked.read(body)?;
                let detection = |bbox| Detection {
                    label: (*object).to_owned(),
                    bbox,
                    score: 1.0,
                    id: None,
                    attributes: BTreeMap::new(),
                };
                Answer::Detections(boxes.into_iter().map(detection).collect())
            }
            Self::Exists { .. } | Self::Verify { .. } => Answer::Bool(reading::yes_no(body)?),
            Self::Query { .. } => Answer::Text(reading::phrase(body)?),
            Self::Choose { options: texts, .. } => {
                Answer::Text(texts[reading::option(body, texts)?].clone())
            }
            Self::Match { .. } => Answer::Number(match options.scoring {
                Scoring::Rating => reading::rating(body)? / 100.0,
                Scoring::YesProbability => said.probability_of_yes()?,
            }),
            Self::Depth => Answer::Number(reading::rating(body)?),
            Self::Llm { long: true, .. } => Answer::Text(reading::long(body)?),
            Self::Llm { long: false, .. } => Answer::Text(reading::short(body)?),
        })
    }
}
