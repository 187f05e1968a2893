//! A question as it goes over the wire.

use crate::remote::{Ask, Picture};
use crate::server::capabilities::Capabilities;
use crate::tools::{self, AnswerKind, RequestError};
use fact_lang::tool::{Arg, BBox};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Why a question is answered here, with an error, and never sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Unasked {
    #[error("the back end `{back_end}` cannot {what} (`{tool}`), it offers: {offered}; {instead}")]
    Missing {
        back_end: String,
        what: &'static str,
        tool: &'static str,
        offered: String,
        instead: &'static str,
    },
    #[error("the back end `{back_end}` does not know the tool `{tool}`, it offers: {offered}")]
    Unknown {
        back_end: String,
        tool: String,
        offered: String,
    },
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// A question as the server reads it.
#[derive(Debug, Serialize)]
pub(super) struct Question<'a> {
    pub(super) id: usize,
    tool: &'a str,
    image: Value,
    region: BBox,
    args: Map<String, Value>,
    /// What an answer must look like.
    #[serde(skip)]
    pub(super) expected: Expected,
}

/// What an answer must look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Its kind.
    pub answer: AnswerKind,
    /// Size of the image that boxes lie in, in pixels.
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// The texts of which the answer must be one, where the tool chooses.
    pub options: Option<Vec<String>>,
}

impl<'a> Question<'a> {
    /// The question number `id` of a batch, or why it cannot be asked.
    pub(super) fn new(
        id: usize,
        ask: &'a Ask,
        capabilities: &Capabilities,
    ) -> Result<Self, Unasked> {
        let request = &ask.request;
        let known = tools::tool(&request.tool);
        let offer = capabilities.tools.iter().find(|o| o.name == request.tool);
        let Some(offer) = offer else {
            let (back_end, offered) = (capabilities.fingerprint.clone(), capabilities.offered());
            return Err(match known {
                Some(tool) => Unasked::Missing {
                    back_end,
                    what: tool.what,
                    tool: tool.name,
                    offered,
                    instead: tool.instead,
                },
                None => Unasked::Unknown {
                    back_end,
                    tool: request.tool.clone(),
                    offered,
                },
            });
        };
        tools::check_place(request, ask.pictures.len())?;
        if let Some(tool) = known {
            tool.check_args(request)?;
        }
        let wire = Wire {
            pictures: &ask.pictures,
            paths: capabilities.paths,
        };
        let mut args = Map::new();
        match &offer.args {
            Some(names) => {
                tools::check_count(request, names.len())?;
                for (at, name) in names.iter().enumerate() {
                    let arg = request.args.get(at).map_or(&Arg::None, |(_, arg)| arg);
                    args.insert(name.clone(), wire.arg(&request.tool, arg)?);
                }
            }
            None => {
                for (name, arg) in &request.args {
                    args.insert(name.clone(), wire.arg(&request.tool, arg)?);
                }
            }
        }
        let picture = &ask.pictures[request.image];
        Ok(Self {
            id,
            tool: &request.tool,
            image: wire.image(picture),
            region: request.region,
            args,
            expected: Expected {
                answer: offer.answer,
                width: picture.image.width,
                height: picture.image.height,
                options: match (request.tool.as_str(), request.args.first()) {
                    ("best_text_match", Some((_, Arg::List(options)))) => {
                        Some(options.iter().filter_map(text).collect())
                    }
                    _ => None,
                },
            },
        })
    }
}

fn text(arg: &Arg) -> Option<String> {
    match arg {
        Arg::Str(text) => Some(text.clone()),
        _ => None,
    }
}

struct Wire<'a> {
    pictures: &'a [Picture],
    paths: bool,
}

impl Wire<'_> {
    fn image(&self, picture: &Picture) -> Value {
        let image = &picture.image;
        let mut value = json!({
            "sha256": &*image.sha256,
            "width": image.width,
            "height": image.height,
        });
        if self.paths {
            value["path"] = Value::from(&*picture.name);
        }
        value
    }

    /// An argument; a region names its image by content, not by its index in the run.
    fn arg(&self, tool: &str, arg: &Arg) -> Result<Value, RequestError> {
        Ok(match arg {
            Arg::None => Value::Null,
            Arg::Bool(b) => Value::from(*b),
            Arg::Int(i) => Value::from(*i),
            Arg::Float(x) => Value::from(*x),
            Arg::Str(text) => Value::from(text.as_str()),
            Arg::List(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.arg(tool, item)).collect();
                Value::Array(items?)
            }
            Arg::Region { image, region } => {
                let picture = self.pictures.get(*image).ok_or(RequestError::Image {
                    tool: tool.to_owned(),
                    image: *image,
                    count: self.pictures.len(),
                })?;
                json!({"image": self.image(picture), "region": region})
            }
        })
    }
}
