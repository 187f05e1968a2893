//! The file of a bank as a document: exemplars are added and removed, everything else, comments
//! included, stays as it is.

use super::error::BankError;
use super::exemplars::Exemplar;
use crate::config::nearest;
use crate::export::AtomicFile;
use std::io::Write;
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// The key of the exemplars.
const EXEMPLARS: &str = "exemplar";

/// The file of a bank, being edited. [`super::Bank::load_for`] says whether it is a bank.
#[derive(Debug)]
pub struct BankDocument {
    document: DocumentMut,
    origin: String,
}

impl BankDocument {
    /// Reads a document; `origin` names it in messages.
    ///
    /// # Errors
    /// If it is not TOML.
    pub fn parse(text: &str, origin: &str) -> Result<Self, BankError> {
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let before = &text.as_bytes()[..at];
            BankError::Toml {
                origin: origin.into(),
                line: before.iter().filter(|b| **b == b'\n').count() + 1,
                message: error.message().replace('\n', " "),
            }
        })?;
        Ok(Self {
            document,
            origin: origin.into(),
        })
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The ids of its exemplars, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let tables = self.exemplars().into_iter().flatten();
        tables.filter_map(|table| table.get("id").and_then(Item::as_str))
    }

    fn exemplars(&self) -> Option<&ArrayOfTables> {
        self.document.get(EXEMPLARS)?.as_array_of_tables()
    }

    /// Appends an exemplar.
    ///
    /// # Errors
    /// If its id is taken, or the document has something else under `exemplar`.
    pub fn add(&mut self, exemplar: &Exemplar) -> Result<(), BankError> {
        if self.ids().any(|id| id == exemplar.id) {
            return Err(BankError::Taken {
                origin: self.origin.clone(),
                id: exemplar.id.clone(),
            });
        }
        let tables = self
            .document
            .entry(EXEMPLARS)
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(tables) = tables.as_array_of_tables_mut() else {
            return Err(BankError::Table {
                origin: self.origin.clone(),
                field: EXEMPLARS.into(),
                message: "must be [[exemplar]] tables".into(),
            });
        };
        let mut table = table(exemplar);
        if !tables.is_empty() {
            table.decor_mut().set_prefix("\n");
        }
        tables.push(table);
        Ok(())
    }

    /// Removes the exemplar of an id.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove(&mut self, id: &str) -> Result<(), BankError> {
        let at = self.exemplars().and_then(|tables| {
            let mut tables = tables.iter();
            tables.position(|table| table.get("id").and_then(Item::as_str) == Some(id))
        });
        let tables = self
            .document
            .get_mut(EXEMPLARS)
            .and_then(Item::as_array_of_tables_mut);
        let (Some(at), Some(tables)) = (at, tables) else {
            return Err(BankError::Unknown {
                origin: self.origin.clone(),
                id: id.into(),
                nearest: nearest(id, self.ids()).map(Into::into),
            });
        };
        // What stands before it may be the heading of those that follow.
        let heading = tables.get(at).and_then(|table| {
            let text = table.decor().prefix()?.as_str()?;
            text.contains('#').then(|| text.to_owned())
        });
        tables.remove(at);
        if let (Some(heading), Some(next)) = (heading, tables.get_mut(at)) {
            let own = next
                .decor()
                .prefix()
                .and_then(|p| p.as_str())
                .unwrap_or_default();
            let prefix = format!("{}\n{}", heading.trim_end_matches('\n'), own);
            next.decor_mut().set_prefix(prefix);
        }
        Ok(())
    }

    /// Writes it: the file is the old one or the new one, whole.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), BankError> {
        save(path, &self.text())
    }
}

/// Writes a text to a file in one step.
fn save(path: &Path, text: &str) -> Result<(), BankError> {
    let write = || {
        let mut file = AtomicFile::create(path)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    write().map_err(|source| BankError::Write {
        path: path.to_owned(),
        source,
    })
}

/// An exemplar as a table, its program over several lines.
fn table(exemplar: &Exemplar) -> Table {
    let mut table = Table::new();
    table.insert("id", value(&exemplar.id));
    table.insert("sentence", value(&exemplar.sentence));
    if !exemplar.source.is_empty() {
        table.insert("source", value(&exemplar.source));
    }
    if let Some(level) = exemplar.level {
        table.insert("level", value(level.name()));
    }
    if let Some(provenance) = &exemplar.provenance {
        let mut inline = InlineTable::new();
        inline.insert("run", provenance.run.as_str().into());
        inline.insert("sample", provenance.sample.as_str().into());
        inline.insert("round", i64::from(provenance.round).into());
        inline.insert("confidence", provenance.confidence.into());
        table.insert("provenance", Item::Value(Value::InlineTable(inline)));
    }
    table.insert("program", program(&exemplar.program));
    table
}

/// A program as the banks write it: a literal string over several lines, where that is possible.
fn program(text: &str) -> Item {
    let plain = |c: char| c == '\n' || c == '\t' || !c.is_control();
    if !text.contains("'''") && !text.ends_with('\'') && text.chars().all(plain) {
        let literal = format!("'''\n{text}'''");
        if let Ok(parsed) = literal.parse::<Value>()
            && parsed.as_str() == Some(text)
        {
            return Item::Value(parsed);
        }
    }
    value(text)
}
