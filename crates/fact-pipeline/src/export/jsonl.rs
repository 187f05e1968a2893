//! JSON lines.

use super::rows::Rows;
use super::stylist::Stylist;
use super::{AtomicFile, ExportError, ExportRow, StyledText};
use fact_core::certificate::VERSION;
use serde::Deserialize;
use std::io::Write;

pub(super) fn write(
    chosen: &Rows<'_>,
    mut file: AtomicFile,
    mut stylist: Option<&mut Stylist>,
) -> Result<(AtomicFile, u64), ExportError> {
    let path = file.path().to_owned();
    let own_pack = super::own_pack(chosen.reader())?;
    let mut rows = 0;
    chosen.for_each(|row| {
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
    // Keeping track of the path costs a third of the time, and rows are usually rows.
    match serde_json::from_str(line) {
        Ok(row) => Ok(row),
        Err(_) => Err(what_is_wrong(line)),
    }
}

/// Only the version of a row's certificate.
#[derive(Deserialize)]
struct Versioned {
    certificate: Option<JustVersion>,
}

#[derive(Deserialize)]
struct JustVersion {
    version: u64,
}

fn what_is_wrong(line: &str) -> String {
    // Another version has other fields: say that, and not which of them is unknown.
    if let Ok(Versioned {
        certificate: Some(JustVersion { version }),
    }) = serde_json::from_str(line)
        && version != u64::from(VERSION)
    {
        return format!("certificate version {version}; this fact reads {VERSION}");
    }
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let read = serde_path_to_error::deserialize::<_, ExportRow>(&mut deserializer);
    match (read, deserializer.end()) {
        (Ok(_), Err(e)) => e.to_string(),
        (Ok(_), Ok(())) => "it is no row".to_owned(),
        (Err(e), _) => {
            let path = e.path().to_string();
            match path.as_str() {
                "." => e.inner().to_string(),
                _ => format!("field `{path}`: {}", e.inner()),
            }
        }
    }
}
