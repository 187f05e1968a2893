//! From a request of a program to the capability that answers it.
//!
//! | primitive | arguments after the region | capability | answer |
//! |---|---|---|---|
//! | `find` | `object_name: str` | [`Detect`](crate::Detect) | detections |
//! | `exists` | `object_name: str` | [`Detect`](crate::Detect) | whether any is found |
//! | `verify_property` | `object_name: str, visual_property: str` | [`VerifyAttribute`](crate::VerifyAttribute) | bool |
//! | `simple_query` | `question: str = None` | [`AnswerQuestion`](crate::AnswerQuestion) | text |
//! | `best_text_match` | `option_list: List[str], prefix: str = None` | [`MatchText`](crate::MatchText) | the option as given |
//! | `match_text` | `text: str` | [`MatchText`](crate::MatchText) | score |
//! | `compute_depth` | none | [`Depth`](crate::Depth) | number |
//! | `related` | `relation: str, id: str = None` | [`Relate`](crate::Relate) | detections: X that is `relation` the object |
//! | `related_targets` | `relation: str, id: str = None` | [`Relate`](crate::Relate) | detections: X that the object is `relation` |
//!
//! Arguments are taken by position, so a pack may name its parameters as it likes.

use crate::perception::{Perception, Refusal, View};
use fact_lang::tool::{Answer, Arg, Request};

/// Why a request got no answer. Its text becomes [`Answer::Error`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum RouteError {
    #[error("no back end answers the tool `{tool}`; the tools are: {}", known())]
    UnknownTool { tool: String },
    #[error("the back end `{back_end}` cannot {what} (`{tool}`); {instead}")]
    Missing {
        back_end: String,
        what: &'static str,
        tool: &'static str,
        instead: &'static str,
    },
    #[error("`{tool}` of the back end `{back_end}`: {refusal}")]
    Refused {
        back_end: String,
        tool: &'static str,
        refusal: Refusal,
    },
    #[error("`{tool}` needs {expected} as argument {position}{got}")]
    Argument {
        tool: &'static str,
        position: usize,
        expected: &'static str,
        got: String,
    },
    #[error("`{tool}` takes {most} arguments after the region, {count} were given")]
    TooMany {
        tool: &'static str,
        most: usize,
        count: usize,
    },
    #[error("`{tool}` asks about image {image}, but the run has {count}")]
    Image {
        tool: &'static str,
        image: usize,
        count: usize,
    },
    #[error("`{tool}` was given a region that is not a rectangle: [{}, {}, {}, {}]", .region[0], .region[1], .region[2], .region[3])]
    Region {
        tool: &'static str,
        region: [f64; 4],
    },
    #[error("`{tool}` of the back end `{back_end}` gave {count} scores for {texts} texts")]
    Scores {
        back_end: String,
        tool: &'static str,
        count: usize,
        texts: usize,
    },
}

/// A tool, what it needs of a back end in words, and what to do without it.
struct Tool {
    name: &'static str,
    most_args: usize,
    what: &'static str,
    instead: &'static str,
}

const DETECTION: &str = "use a back end that detects objects, such as `pixels` for flat-coloured \
                         images or `scene` for annotated ones";
const TOOLS: [Tool; 9] = [
    Tool {
        name: "find",
        most_args: 1,
        what: "detect objects",
        instead: DETECTION,
    },
    Tool {
        name: "exists",
        most_args: 1,
        what: "detect objects",
        instead: DETECTION,
    },
    Tool {
        name: "verify_property",
        most_args: 2,
        what: "verify attributes",
        instead: "use `find` with the attribute in the phrase, or a back end that verifies attributes",
    },
    Tool {
        name: "simple_query",
        most_args: 1,
        what: "answer questions in words",
        instead: "use `find` and the attributes of what it finds, or a back end with a \
                  vision-language model",
    },
    Tool {
        name: "best_text_match",
        most_args: 2,
        what: "score texts against an image",
        instead: "use `verify_property` for each option, or a back end with an image-text model",
    },
    Tool {
        name: "match_text",
        most_args: 1,
        what: "score texts against an image",
        instead: "use `verify_property`, or a back end with an image-text model",
    },
    Tool {
        name: "compute_depth",
        most_args: 0,
        what: "estimate depth",
        instead: "compare positions in the image, or use a back end with a depth model",
    },
    Tool {
        name: "related",
        most_args: 2,
        what: "tell how objects relate",
        instead: "compare the boxes of what `find` finds, or use `scene` on annotated images",
    },
    Tool {
        name: "related_targets",
        most_args: 2,
        what: "tell how objects relate",
        instead: "compare the boxes of what `find` finds, or use `scene` on annotated images",
    },
];

fn known() -> String {
    TOOLS.map(|tool| tool.name).join(", ")
}

impl Perception {
    /// Answers a request of a program on `views` (the run's images, by index).
    ///
    /// Every failure is an [`Answer::Error`] that says what was wrong: an unknown tool, wrong
    /// arguments, a capability that this back end lacks (and what to use instead), or its refusal.
    pub fn answer(&self, views: &[View<'_>], request: &Request) -> Answer {
        self.route(views, request)
            .unwrap_or_else(|error| Answer::Error(error.to_string()))
    }

    fn route(&self, views: &[View<'_>], request: &Request) -> Result<Answer, RouteError> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == request.tool) else {
            return Err(RouteError::UnknownTool {
                tool: request.tool.clone(),
            });
        };
        let name = tool.name;
        if request.args.len() > tool.most_args {
            return Err(RouteError::TooMany {
                tool: name,
                most: tool.most_args,
                count: request.args.len(),
            });
        }
        let view = views.get(request.image).ok_or(RouteError::Image {
            tool: name,
            image: request.image,
            count: views.len(),
        })?;
        let region = request.region;
        let sides = <[f64; 4]>::from(region);
        if sides.iter().any(|side| !side.is_finite())
            || region.right < region.left
            || region.bottom < region.top
        {
            return Err(RouteError::Region {
                tool: name,
                region: sides,
            });
        }
        let args = Args {
            tool: name,
            args: &request.args,
        };
        let missing = || RouteError::Missing {
            back_end: self.fingerprint.clone(),
            what: tool.what,
            tool: name,
            instead: tool.instead,
        };
        let refused = |refusal| RouteError::Refused {
            back_end: self.fingerprint.clone(),
            tool: name,
            refusal,
        };
        Ok(match name {
            "find" | "exists" => {
                let object = args.text(0)?;
                let detect = self.detect.as_ref().ok_or_else(missing)?;
                let found = detect.detect(view, region, object).map_err(refused)?;
                if name == "find" {
                    Answer::Detections(found)
                } else {
                    Answer::Bool(!found.is_empty())
                }
            }
            "verify_property" => {
                let (object, property) = (args.text(0)?, args.text(1)?);
                let verify = self.verify.as_ref().ok_or_else(missing)?;
                Answer::Bool(
                    verify
                        .verify(view, region, object, property)
                        .map_err(refused)?,
                )
            }
            "simple_query" => {
                let question = args.optional_text(0)?.unwrap_or("What is this?");
                let ask = self.ask.as_ref().ok_or_else(missing)?;
                Answer::Text(ask.ask(view, region, question).map_err(refused)?)
            }
            "best_text_match" => {
                let options = args.texts(0)?;
                let texts = match args.optional_text(1)? {
                    Some(prefix) => options.iter().map(|o| format!("{prefix} {o}")).collect(),
                    None => options.clone(),
                };
                let scores = self
                    .match_text
                    .as_ref()
                    .ok_or_else(missing)?
                    .match_texts(view, region, &texts)
                    .map_err(refused)?;
                self.check_scores(name, &scores, texts.len())?;
                // The first of the best: a tie must not depend on anything but the order given.
                let best = (0..scores.len())
                    .reduce(|best, at| if scores[at] > scores[best] { at } else { best });
                Answer::Text(best.map(|at| options[at].clone()).unwrap_or_default())
            }
            "match_text" => {
                let texts = [args.text(0)?.to_owned()];
                let scores = self
                    .match_text
                    .as_ref()
                    .ok_or_else(missing)?
                    .match_texts(view, region, &texts)
                    .map_err(refused)?;
                self.check_scores(name, &scores, 1)?;
                Answer::Number(scores[0])
            }
            "compute_depth" => {
                let depth = self.depth.as_ref().ok_or_else(missing)?;
                Answer::Number(depth.depth(view, region).map_err(refused)?)
            }
            _ => {
                let (relation, id) = (args.text(0)?, args.optional_text(1)?);
                let relate = self.relate.as_ref().ok_or_else(missing)?;
                let found = if name == "related" {
                    relate.related(view, region, id, relation)
                } else {
                    relate.targets(view, region, id, relation)
                };
                Answer::Detections(found.map_err(refused)?)
            }
        })
    }

    fn check_scores(
        &self,
        tool: &'static str,
        scores: &[f64],
        texts: usize,
    ) -> Result<(), RouteError> {
        if scores.len() == texts {
            return Ok(());
        }
        Err(RouteError::Scores {
            back_end: self.fingerprint.clone(),
            tool,
            count: scores.len(),
            texts,
        })
    }
}

/// Typed access to the arguments of one call, by position.
pub(crate) struct Args<'a> {
    pub(crate) tool: &'static str,
    pub(crate) args: &'a [(String, Arg)],
}

impl<'a> Args<'a> {
    fn wrong(&self, at: usize, expected: &'static str) -> RouteError {
        let got = match self.args.get(at) {
            None => String::new(),
            Some((name, value)) => format!(", `{name}` was {}", kind(value)),
        };
        RouteError::Argument {
            tool: self.tool,
            position: at + 1,
            expected,
            got,
        }
    }

    pub(crate) fn text(&self, at: usize) -> Result<&'a str, RouteError> {
        match self.args.get(at) {
            Some((_, Arg::Str(text))) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.wrong(at, "a non-empty str")),
        }
    }

    pub(crate) fn optional_text(&self, at: usize) -> Result<Option<&'a str>, RouteError> {
        match self.args.get(at) {
            None | Some((_, Arg::None)) => Ok(None),
            Some((_, Arg::Str(text))) => Ok(Some(text)),
            Some(_) => Err(self.wrong(at, "a str or None")),
        }
    }

    pub(crate) fn texts(&self, at: usize) -> Result<Vec<String>, RouteError> {
        let expected = "a non-empty list of str";
        let Some((_, Arg::List(items))) = self.args.get(at) else {
            return Err(self.wrong(at, expected));
        };
        let texts: Option<Vec<String>> = items
            .iter()
            .map(|item| match item {
                Arg::Str(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        match texts {
            Some(texts) if !texts.is_empty() => Ok(texts),
            _ => Err(self.wrong(at, expected)),
        }
    }
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

#[cfg(test)]
mod tests;
