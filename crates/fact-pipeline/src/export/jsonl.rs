//! JSON lines.

use super::stylist::Stylist;
use super::{AtomicFile, ExportError, ExportRow, StyledText};
use crate::store::Reader;
use std::io::Write;

pub(super) fn write(
    reader: &Reader,
    mut file: AtomicFile,
    only_accepted: bool,
    mut stylist: Option<&mut Stylist>,
) -> Result<(AtomicFile, u64), ExportError> {
    let path = file.path().to_owned();
    let own_pack = super::own_pack(reader)?;
    let mut rows = 0;
    reader.for_each(only_accepted, |row| {
        let text = stylist.as_mut().map(|s| StyledText::from(s.write(&row)));
        let row = ExportRow::from(row).with_pack(own_pack.as_deref());
        let row = row.with_text(text);
        let encoded = serde_json::to_writer(&mut file, &row).map_err(|e| ExportError::Encode {
            path: path.clone(),
            message: e.to_string(),
        });
        encoded?;
        rows += 1;
        file.write_all(b"\n").map_err(|source| ExportError::Write {
            path: path.clone(),
            source,
        })
    })?;
    Ok((file, rows))
}

/// Reads a row of an export.
///
/// # Errors
/// If the line is not a row: the path of the field and what is wrong with it.
pub fn parse_row(line: &str) -> Result<ExportRow, String> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
        let path = e.path().to_string();
        match path.as_str() {
            "." => e.inner().to_string(),
            _ => format!("field `{path}`: {}", e.inner()),
        }
    })
}
