//! Conversations for trainers: the question, then the rationale and the answer.

use super::chat;
use super::rows::Rows;
use super::stylist::{Stylist, question};
use super::{AtomicFile, ExportError, Images, Task};
use crate::store::ReadRow;
use fact_core::style::Styled;
use serde::Serialize;
use std::io::Write;

/// A row as LLaVA reads it.
#[derive(Serialize)]
struct Llava<'a> {
    id: &'a str,
    image: Paths<'a>,
    conversations: [Turn; 2],
    #[serde(flatten)]
    labels: Labels<'a>,
}

/// A row as LLaMA-Factory reads it with `"formatting": "sharegpt"`.
#[derive(Serialize)]
struct Sharegpt<'a> {
    id: &'a str,
    conversations: [Turn; 2],
    images: &'a [String],
    #[serde(flatten)]
    labels: Labels<'a>,
}

/// What rows may be grouped by, of readers that pass over fields they do not know.
#[derive(Serialize)]
pub(super) struct Labels<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'a str>,
}

impl<'a> Labels<'a> {
    pub(super) fn of(row: &'a ReadRow) -> Self {
        Self {
            family: row.sample.family.as_deref(),
            split: row.sample.split.as_deref(),
        }
    }
}

/// One image as itself, several as a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Paths<'a> {
    One(&'a String),
    Many(&'a [String]),
}

#[derive(Serialize)]
struct Turn {
    from: &'static str,
    value: String,
}

/// The forms of a conversation.
pub(super) enum Form<'a> {
    Llava,
    Sharegpt,
    Trl,
    MsSwift,
    /// With the images inside, or at an address.
    OpenAi(Option<&'a Images>, &'a str),
}

impl Form<'_> {
    /// Whether the file is one JSON array instead of a line each.
    fn is_array(&self) -> bool {
        matches!(self, Self::Llava | Self::Sharegpt)
    }

    fn encode(&self, row: &ReadRow, task: Option<Task>, text: Styled) -> Result<String, Unencoded> {
        let question = question(row, task);
        let encoded = match self {
            Self::Llava => serde_json::to_string(&Llava {
                id: &row.sample.id,
                image: match row.sample.images.as_slice() {
                    [image] => Paths::One(image),
                    images => Paths::Many(images),
                },
                conversations: turns(row, question, text.text),
                labels: Labels::of(row),
            }),
            Self::Sharegpt => serde_json::to_string(&Sharegpt {
                id: &row.sample.id,
                conversations: turns(row, question, text.text),
                images: &row.sample.images,
                labels: Labels::of(row),
            }),
            Self::Trl => serde_json::to_string(&chat::trl(row, task, question, text.text)),
            Self::MsSwift => serde_json::to_string(&chat::ms_swift(row, question, text)),
            Self::OpenAi(images, address) => {
                let urls = match images {
                    Some(images) => chat::data_urls(&images.read_all(&row.sample.id)?),
                    None => chat::addresses(&row.sample.images, address),
                };
                serde_json::to_string(&chat::openai(urls, question, text.text))
            }
        };
        Ok(encoded?)
    }
}

/// Why a row could not be encoded.
enum Unencoded {
    Json(serde_json::Error),
    Export(ExportError),
}

impl From<serde_json::Error> for Unencoded {
    fn from(e: serde_json::Error) -> Self {
        Self::Json(e)
    }
}

impl From<ExportError> for Unencoded {
    fn from(e: ExportError) -> Self {
        Self::Export(e)
    }
}

fn turns(row: &ReadRow, question: String, text: String) -> [Turn; 2] {
    let images = "<image>\n".repeat(row.sample.images.len());
    [
        Turn {
            from: "human",
            value: format!("{images}{question}"),
        },
        Turn {
            from: "gpt",
            value: text,
        },
    ]
}

/// Writes the rows that have a text, or for [`Task::Label`] an answer, one row a line.
pub(super) fn write(
    chosen: &Rows<'_>,
    mut file: AtomicFile,
    form: &Form<'_>,
    stylist: &mut Stylist,
    task: Option<Task>,
) -> Result<(AtomicFile, u64), ExportError> {
    let path = file.path().to_owned();
    let failed = |source| ExportError::Write {
        path: path.clone(),
        source,
    };
    let array = form.is_array();
    let mut rows = 0;
    chosen.for_each(|row| {
        let text = match task {
            Some(Task::Label) => stylist.label(&row),
            Some(Task::Rationale) | None => stylist.write(&row),
        };
        let Some(text) = text else {
            return Ok(());
        };
        let (open, close) = match (array, rows) {
            (false, _) => ("", "\n"),
            (true, 0) => ("[\n", ""),
            (true, _) => (",\n", ""),
        };
        rows += 1;
        let encoded = form.encode(&row, task, text).map_err(|e| match e {
            Unencoded::Json(e) => ExportError::Encode {
                path: path.clone(),
                message: e.to_string(),
            },
            Unencoded::Export(e) => e,
        })?;
        write!(file, "{open}{encoded}{close}").map_err(failed)
    })?;
    let close: &[u8] = match (array, rows) {
        (false, _) => b"",
        (true, 0) => b"[]\n",
        (true, _) => b"\n]\n",
    };
    file.write_all(close).map_err(failed)?;
    Ok((file, rows))
}
