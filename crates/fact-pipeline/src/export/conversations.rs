//! Conversations for trainers: the question, then the rationale and the answer.

use super::{AtomicFile, ExportError};
use crate::store::{ReadRow, Reader};
use serde_json::{Value, json};
use std::io::Write;

/// `[{"id", "image", "conversations": [{"from": "human"}, {"from": "gpt"}]}]`, as LLaVA reads it.
/// A sample of several images has them as a list.
pub(super) fn write_llava(
    reader: &Reader,
    file: AtomicFile,
) -> Result<(AtomicFile, u64), ExportError> {
    write(reader, file, |row| {
        let image = match row.sample.images.as_slice() {
            [image] => json!(image),
            images => json!(images),
        };
        json!({
            "id": row.sample.id,
            "image": image,
            "conversations": turns(row),
        })
    })
}

/// `[{"conversations": [{"from": "human"}, {"from": "gpt"}], "images": [...]}]`, as LLaMA-Factory
/// reads it with `"formatting": "sharegpt"`.
pub(super) fn write_sharegpt(
    reader: &Reader,
    file: AtomicFile,
) -> Result<(AtomicFile, u64), ExportError> {
    write(reader, file, |row| {
        json!({
            "id": row.sample.id,
            "conversations": turns(row),
            "images": row.sample.images,
        })
    })
}

fn turns(row: &ReadRow) -> Value {
    let images = "<image>\n".repeat(row.sample.images.len());
    let question = &row.sample.question;
    let rationale = row.rationale.as_ref().map(|r| r.text()).unwrap_or_default();
    json!([
        { "from": "human", "value": format!("{images}{question}") },
        { "from": "gpt", "value": rationale },
    ])
}

/// A JSON array, one row a line.
fn write(
    reader: &Reader,
    mut file: AtomicFile,
    encode: impl Fn(&ReadRow) -> Value,
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
        write!(file, "{open}{}", encode(&row)).map_err(failed)
    })?;
    let close: &[u8] = if rows == 0 { b"[]\n" } else { b"\n]\n" };
    file.write_all(close).map_err(failed)?;
    Ok((file, rows))
}
