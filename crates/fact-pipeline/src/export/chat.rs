//! Conversations as lists of messages with roles: TRL, ms-swift, OpenAI. `docs/formats.md` names
//! where each form is documented.

use super::Task;
use super::conversations::Labels;
use crate::store::ReadRow;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fact_core::style::{PlacedBox, Styled};
use serde::Serialize;
use std::fmt::Write;
use std::sync::Arc;

/// A message whose content is text.
#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

/// A message whose content has parts.
#[derive(Serialize)]
struct PartsMessage {
    role: &'static str,
    content: Vec<Part>,
}

/// A part of a message.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    /// The next image of the row's `images`.
    Image,
    Text {
        text: String,
    },
    ImageUrl {
        image_url: Url,
    },
}

#[derive(Serialize)]
struct Url {
    url: String,
}

/// A row as TRL's trainers read it: prompt, completion, and the images beside them. In this type of
/// data sets the loss is the completion's alone; of `messages` it would be the question's too.
#[derive(Serialize)]
pub(super) struct Trl<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'static str>,
    prompt: [PartsMessage; 1],
    completion: [PartsMessage; 1],
    images: &'a [String],
    #[serde(flatten)]
    labels: Labels<'a>,
}

pub(super) fn trl(row: &ReadRow, task: Option<Task>, question: String, text: String) -> Trl<'_> {
    let images = row.sample.images.iter().map(|_| Part::Image);
    let asked = images.chain([Part::Text { text: question }]);
    Trl {
        id: &row.sample.id,
        task: task.map(Task::name),
        prompt: [PartsMessage {
            role: "user",
            content: asked.collect(),
        }],
        completion: [PartsMessage {
            role: "assistant",
            content: vec![Part::Text { text }],
        }],
        images: &row.sample.images,
        labels: Labels::of(row),
    }
}

/// A row as ms-swift reads it.
#[derive(Serialize)]
pub(super) struct MsSwift<'a> {
    messages: [Message; 2],
    images: &'a [String],
    /// What the `<bbox>` in the text stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Objects>,
}

/// Boxes beside the text, in pixels of the image.
#[derive(Serialize)]
struct Objects {
    #[serde(rename = "ref")]
    names: Vec<String>,
    bbox: Vec<[f64; 4]>,
    image_id: Vec<usize>,
}

pub(super) fn ms_swift(row: &ReadRow, question: String, text: Styled) -> MsSwift<'_> {
    let count = text.text.matches("<bbox>").count();
    // Only one form of boxes has placeholders, and text of the data has none of its own.
    let objects = (count > 0).then(|| Objects {
        names: Vec::new(),
        bbox: text
            .boxes
            .iter()
            .map(|placed: &PlacedBox| placed.bbox)
            .collect(),
        image_id: text.boxes.iter().map(|placed| placed.image).collect(),
    });
    let images = "<image>".repeat(row.sample.images.len());
    MsSwift {
        messages: [
            Message {
                role: "user",
                content: format!("{images}{question}"),
            },
            Message {
                role: "assistant",
                content: text.text,
            },
        ],
        images: &row.sample.images,
        objects,
    }
}

/// A line of OpenAI's training files.
#[derive(Serialize)]
pub(super) struct OpenAi {
    messages: (PartsMessage, Message),
}

pub(super) fn openai(urls: Vec<String>, question: String, text: String) -> OpenAi {
    let mut content = vec![Part::Text { text: question }];
    content.extend(urls.into_iter().map(|url| Part::ImageUrl {
        image_url: Url { url },
    }));
    let asked = PartsMessage {
        role: "user",
        content,
    };
    let answered = Message {
        role: "assistant",
        content: text,
    };
    OpenAi {
        messages: (asked, answered),
    }
}

/// The images inside of addresses.
pub(super) fn data_urls(images: &[Arc<[u8]>]) -> Vec<String> {
    let url = |bytes: &Arc<[u8]>| {
        let kind = match bytes.first() {
            Some(0xff) => "jpeg",
            _ => "png",
        };
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    };
    images.iter().map(url).collect()
}

/// The paths of images behind an address, what an address cannot hold percent-encoded.
pub(super) fn addresses(paths: &[String], address: &str) -> Vec<String> {
    let address = address.trim_end_matches('/');
    let url = |path: &String| {
        let mut url = format!("{address}/");
        for byte in path.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    url.push(char::from(byte));
                }
                // Writing to a string cannot fail.
                _ => {
                    let _ = write!(url, "%{byte:02X}");
                }
            }
        }
        url
    };
    paths.iter().map(url).collect()
}
