//! From a request of a program to the capability that answers it.
//!
//! | tool | capability |
//! |---|---|
//! | `find`, `exists` | [`Detect`](crate::Detect) |
//! | `verify_property` | [`VerifyAttribute`](crate::VerifyAttribute) |
//! | `simple_query` | [`AnswerQuestion`](crate::AnswerQuestion) |
//! | `best_text_match`, `match_text` | [`MatchText`](crate::MatchText) |
//! | `compute_depth` | [`Depth`](crate::Depth) |
//! | `related`, `related_targets` | [`Relate`](crate::Relate) |
//! | `llm_answer` | none: no local back end holds a language model |
//!
//! [`tools`] says what they take and answer.

use crate::perception::{Perception, Refusal, View};
use crate::tools::{self, RequestError};
use fact_lang::tool::{Answer, Arg, Request};

/// Why a request got no answer. Its text becomes [`Answer::Error`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
enum RouteError {
    #[error(
        "no back end answers the tool `{tool}`; the tools are: {}",
        tools::known()
    )]
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
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error("`{tool}` of the back end `{back_end}` gave {count} scores for {texts} texts")]
    Scores {
        back_end: String,
        tool: &'static str,
        count: usize,
        texts: usize,
    },
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
        let Some(tool) = tools::tool(&request.tool) else {
            return Err(RouteError::UnknownTool {
                tool: request.tool.clone(),
            });
        };
        let name = tool.name;
        tools::check_place(request, views.len())?;
        tool.check_args(request)?;
        let view = &views[request.image];
        let region = request.region;
        let args = Args(&request.args);
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
                let object = args.text(0);
                let detect = self.detect.as_ref().ok_or_else(missing)?;
                let found = detect.detect(view, region, object).map_err(refused)?;
                if name == "find" {
                    Answer::Detections(found)
                } else {
                    Answer::Bool(!found.is_empty())
                }
            }
            "verify_property" => {
                let (object, property) = (args.text(0), args.text(1));
                let verify = self.verify.as_ref().ok_or_else(missing)?;
                Answer::Bool(
                    verify
                        .verify(view, region, object, property)
                        .map_err(refused)?,
                )
            }
            "simple_query" => {
                let question = args.optional_text(0).unwrap_or("What is this?");
                let ask = self.ask.as_ref().ok_or_else(missing)?;
                Answer::Text(ask.ask(view, region, question).map_err(refused)?)
            }
            "best_text_match" => {
                let options = args.texts(0);
                let texts = match args.optional_text(1) {
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
                let texts = [args.text(0).to_owned()];
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
            "llm_answer" => return Err(missing()),
            _ => {
                let (relation, id) = (args.text(0), args.optional_text(1));
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

/// Typed access to the arguments of one call, by position. Their types have been checked; what does
/// not fit reads as absent.
struct Args<'a>(&'a [(String, Arg)]);

impl<'a> Args<'a> {
    fn optional_text(&self, at: usize) -> Option<&'a str> {
        match self.0.get(at) {
            Some((_, Arg::Str(text))) => Some(text),
            _ => None,
        }
    }

    fn text(&self, at: usize) -> &'a str {
        self.optional_text(at).unwrap_or_default()
    }

    fn texts(&self, at: usize) -> Vec<String> {
        let Some((_, Arg::List(items))) = self.0.get(at) else {
            return Vec::new();
        };
        let texts = items.iter().filter_map(|item| match item {
            Arg::Str(text) => Some(text.clone()),
            _ => None,
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests;
