//! JSON schemas (draft 2020-12) of the files that others read and write, derived from the types
//! that read and write them. They are committed as `docs/schema/*.json`.

use crate::export::ExportRow;
use fact_core::Certificate;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The certificate, version 1.
    Certificate,
    /// A row of a JSONL export.
    Row,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Certificate, Self::Row];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Row => "row",
        }
    }

    /// Name of the committed file under `docs/schema`.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate-v1.json",
            Self::Row => "row.json",
        }
    }

    /// The schema as indented JSON, with a line break at its end.
    pub fn schema(self) -> String {
        match self {
            Self::Certificate => schema::<Certificate>(),
            Self::Row => schema::<ExportRow>(),
        }
    }
}

fn schema<T: JsonSchema>() -> String {
    // As they are written: every field is there but those that are left out when empty.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    // A tree of JSON values: encoding it cannot fail.
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text + "\n"
}
