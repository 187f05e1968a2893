//! Conversations about an image: LLaVA's `{id, image, conversations: [{from, value}]}` and the
//! ShareGPT forms of LLaMA-Factory, `{messages | conversations, images}` with `{role, content}` or
//! `{from, value}` turns. Each question with the answer that follows it is a sample.

use super::error::{OpenError, RecordError};
use super::input::{self, Element, Origin, Shape};
use super::row;
use super::spec::Spec;
use super::{DataSet, ImageRoot, ImageSource, Record, Samples};
use fact_core::matcher::Matcher;
use fact_core::sample::{Sample, WeightedAnswer};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

const LAYOUT: &str = "a .json file with a list of conversations, a .jsonl file with one a line, or a folder with one such file";

#[derive(Debug)]
pub(super) struct Conversations {
    name: &'static str,
    matcher: Matcher,
    file: PathBuf,
    shape: Shape,
    images: ImageRoot,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Conversation {
    id: Option<Value>,
    image: Option<Value>,
    images: Option<Value>,
    conversations: Option<Vec<Turn>>,
    messages: Option<Vec<Turn>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Turn {
    #[serde(alias = "role")]
    from: String,
    #[serde(alias = "content")]
    value: Content,
}

/// Text, or parts as in OpenAI's messages, of which the text is read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Part {
    text: Option<String>,
}

impl Content {
    /// The text without image marks.
    fn text(&self) -> String {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => {
                let texts = parts.iter().filter_map(|part| part.text.as_deref());
                texts.collect::<Vec<_>>().join("\n")
            }
        };
        text.replace("<image>", "").trim().to_owned()
    }
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    System,
    Human,
    Assistant,
}

fn speaker(name: &str) -> Option<Speaker> {
    match name {
        "system" => Some(Speaker::System),
        "human" | "user" => Some(Speaker::Human),
        "gpt" | "assistant" => Some(Speaker::Assistant),
        _ => None,
    }
}

impl Conversations {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let file = if spec.path.is_file() {
            spec.path.clone()
        } else {
            super::only_file(spec, &root, LAYOUT, "the file of conversations", |name| {
                name.ends_with(".json") || name.ends_with(".jsonl")
            })?
        };
        Ok(Self {
            name: spec.kind_name,
            matcher: spec.matcher(Matcher::Open)?,
            shape: input::lines_or_array(&file)?,
            images: spec.image_root(&root)?,
            file,
        })
    }

    /// The samples of one conversation, or one error.
    fn records(&self, element: &Element) -> Result<Vec<Record>, RecordError> {
        let at = &element.at;
        let conversation: Conversation = element.parse()?;
        let id = match &conversation.id {
            Some(Value::Null) | None => {
                let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
                format!("{stem}-{}", at.record)
            }
            Some(value) => row::text(at, "id", value)?,
        };
        let images = self.images_of(at, &conversation)?;
        let (field, turns) = match (&conversation.conversations, &conversation.messages) {
            (Some(turns), _) => ("conversations", turns),
            (None, Some(turns)) => ("messages", turns),
            (None, None) => return Err(at.bad("conversations", "missing")),
        };
        let pairs = pairs(at, field, turns)?;
        let single = pairs.len() == 1;
        let names: Vec<String> = images.iter().map(|i| i.name().to_owned()).collect();
        let records = pairs
            .into_iter()
            .enumerate()
            .map(|(k, (question, answer))| {
                let id = if single {
                    id.clone()
                } else {
                    format!("{id}-{k}")
                };
                Record {
                    sample: Sample {
                        id,
                        images: names.clone(),
                        group: question.clone(),
                        question,
                        answers: vec![WeightedAnswer {
                            text: answer,
                            weight: 1.0,
                        }],
                        scene: names.first().cloned().unwrap_or_default(),
                        choices: Vec::new(),
                        family: None,
                        split: None,
                    },
                    images: images.clone(),
                    scene: None,
                    program: None,
                    locked: false,
                    origin: at.clone(),
                }
            });
        Ok(records.collect())
    }

    fn images_of(
        &self,
        at: &Origin,
        conversation: &Conversation,
    ) -> Result<Vec<ImageSource>, RecordError> {
        let (field, value) = match (&conversation.image, &conversation.images) {
            (Some(value), _) => ("image", value),
            (None, Some(value)) => ("images", value),
            (None, None) => return Err(at.bad("image", "missing")),
        };
        let paths = row::texts(at, field, value)?;
        if paths.is_empty() {
            return Err(at.bad(field, "no image"));
        }
        let images = paths.iter().map(|path| {
            let below = format!("images/{path}");
            super::image(at, field, &self.images, &[path, &below], false)
        });
        images.collect()
    }
}

/// The questions with their answers.
fn pairs(at: &Origin, field: &str, turns: &[Turn]) -> Result<Vec<(String, String)>, RecordError> {
    let mut pairs = Vec::new();
    let mut question: Option<String> = None;
    for (i, turn) in turns.iter().enumerate() {
        let here = |part: &str| format!("{field}[{i}]{part}");
        let Some(speaker) = speaker(&turn.from) else {
            let reason = format!(
                "`{}` is not system, human, user, gpt or assistant",
                turn.from
            );
            return Err(at.bad(&here(".from"), reason));
        };
        let text = turn.value.text();
        match (speaker, question.take()) {
            (Speaker::System, None) if i == 0 => {}
            (Speaker::Human, None) => {
                at.check_text(&here(".value"), &text)?;
                question = Some(text);
            }
            (Speaker::Assistant, Some(asked)) => {
                at.check_text(&here(".value"), &text)?;
                pairs.push((asked, text));
            }
            _ => {
                let reason = "questions and answers do not take turns";
                return Err(at.bad(&here(".from"), reason));
            }
        }
    }
    if question.is_some() {
        return Err(at.bad(field, "the last question has no answer"));
    }
    if pairs.is_empty() {
        return Err(at.bad(field, "no question with an answer"));
    }
    Ok(pairs)
}

impl DataSet for Conversations {
    fn name(&self) -> &str {
        self.name
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        let elements = input::elements(&self.file, self.shape);
        Box::new(elements.flat_map(|element| {
            match element.and_then(|element| self.records(&element)) {
                Ok(records) => records.into_iter().map(Ok).collect(),
                Err(e) => vec![Err(e)],
            }
        }))
    }
}
