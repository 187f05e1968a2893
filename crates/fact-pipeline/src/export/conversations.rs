//! Conversations for trainers: the question, then the rationale and the answer.

use super::{AtomicFile, ExportError};
use crate::store::{ReadRow, Reader};
use serde::Serialize;
use std::io::Write;

/// A row as LLaVA reads it.
#[derive(Serialize)]
struct Llava<'a> {
    id: &'a str,
    image: Images<'a>,
    conversations: [Turn; 2],
}

/// A row as LLaMA-Factory reads it with `"formatting": "sharegpt"`.
#[derive(Serialize)]
struct Sharegpt<'a> {
    id: &'a str,
    conversations: [Turn; 2],
    images: &'a [String],
}

/// One image as itself, several as a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Images<'a> {
    One(&'a String),
    Many(&'a [String]),
}

#[derive(Serialize)]
struct Turn {
    from: &'static str,
    value: String,
}

pub(super) fn write_llava(
    reader: &Reader,
    file: AtomicFile,
) -> Result<(AtomicFile, u64), ExportError> {
    write(reader, file, |row| {
        serde_json::to_string(&Llava {
            id: &row.sample.id,
            image: match row.sample.images.as_slice() {
                [image] => Images::One(image),
                images => Images::Many(images),
            },
            conversations: turns(row),
        })
    })
}

pub(super) fn write_sharegpt(
    reader: &Reader,
    file: AtomicFile,
) -> Result<(AtomicFile, u64), ExportError> {
    write(reader, file, |row| {
        serde_json::to_string(&Sharegpt {
            id: &row.sample.id,
            conversations: turns(row),
            images: &row.sample.images,
        })
    })
}

fn turns(row: &ReadRow) -> [Turn; 2] {
    let images = "<image>\n".repeat(row.sample.images.len());
    let question = &row.sample.question;
    let rationale = row.counted().map(|r| r.text()).unwrap_or_default();
    [
        Turn {
            from: "human",
            value: format!("{images}{question}"),
        },
        Turn {
            from: "gpt",
            value: rationale,
        },
    ]
}

/// A JSON array, one row a line.
fn write(
    reader: &Reader,
    mut file: AtomicFile,
    encode: impl Fn(&ReadRow) -> serde_json::Result<String>,
) -> Result<(AtomicFile, u64), ExportError> {
    let path = file.path().to_owned();
    let failed = |source| ExportError::Write {
        path: path.clone(),
        source,
    };
    let mut rows = 0;
    reader.for_each(true, |row| {
        if row.rationale.is_none() {
            return Ok(());
        }
        let open = if rows == 0 { "[\n" } else { ",\n" };
        rows += 1;
        let encoded = encode(&row).map_err(|e| failed(e.into()))?;
        write!(file, "{open}{encoded}").map_err(failed)
    })?;
    let close: &[u8] = if rows == 0 { b"[]\n" } else { b"\n]\n" };
    file.write_all(close).map_err(failed)?;
    Ok((file, rows))
}
