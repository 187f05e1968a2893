//! What a language model made of rationales: the table `bridges`.

use super::{Reader, StoreError, Writer};
use fact_core::certificate::Certificate;
use fact_core::extract::{Difference, DifferenceKind};
use fact_core::rationale::Rationale;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The table, for stores of the version before.
pub(super) const TABLE: &str = "bridges (
    ordinal     INTEGER PRIMARY KEY,
    bridge      TEXT NOT NULL,
    model       TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    text        TEXT NOT NULL,
    differences TEXT NOT NULL,
    rationale   TEXT
)";

/// What became of a text that a language model wrote.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It says what the rules' text says: it counts.
    Accepted,
    /// It says something else: the rules' text counts.
    Refused,
    /// There is no text.
    Failed,
}

impl Verdict {
    const ALL: [Self; 3] = [Self::Accepted, Self::Refused, Self::Failed];

    /// Its name in the store and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What a language model made of one rationale.
#[derive(Debug, Clone, PartialEq)]
pub struct BridgeRow {
    /// The sample.
    pub ordinal: u64,
    /// What the text depends on besides the sample: model, interface, prompts.
    pub bridge: String,
    /// Name of the model.
    pub model: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What it wrote, last; why there is nothing, if it failed.
    pub text: String,
    /// Why it was refused.
    pub differences: Vec<Difference>,
    /// The rationale that it is, if it was accepted.
    pub rationale: Option<Rationale>,
}

/// A rationale that a model is to write anew.
#[derive(Debug, Clone)]
pub struct ToBridge {
    /// As the rules made it.
    pub rationale: Rationale,
    /// Its certificate.
    pub certificate: Certificate,
}

/// How many rationales a language model wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BridgeCounts {
    /// Name of the model.
    pub model: String,
    /// Texts that count.
    pub rewritten: u64,
    /// Texts that say something else than the rules'.
    pub refused: u64,
    /// Rationales without a text.
    pub failed: u64,
    /// Rationales that the model was not asked about so far.
    pub open: u64,
    /// Texts that were refused, by kind of difference; one that differs in two ways counts twice.
    pub differences: BTreeMap<String, u64>,
}

impl Writer {
    /// How many rows other bridges than this one made; `None` for the rules alone.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn bridged_by_others(&self, bridge: Option<&str>) -> Result<u64, StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM bridges WHERE ?1 IS NULL OR bridge <> ?1",
                [bridge],
                |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
            )
            .map_err(self.failed("looking for another bridge"))
    }

    /// Takes out what other bridges made; `None` for the rules alone.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn keep_bridge(&mut self, bridge: Option<&str>) -> Result<(), StoreError> {
        let failed = self.failed("forgetting another bridge");
        self.connection
            .execute(
                "DELETE FROM bridges WHERE ?1 IS NULL OR bridge <> ?1",
                [bridge],
            )
            .map(|_| ())
            .map_err(failed)
    }

    /// Rationales that are not bridged, in the data set's order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn unbridged(&self) -> Result<Vec<u64>, StoreError> {
        self.connection
            .prepare(
                "SELECT ordinal FROM rationales r
                 WHERE NOT EXISTS (SELECT 1 FROM bridges b WHERE b.ordinal = r.ordinal)
                 ORDER BY ordinal",
            )
            .and_then(|mut select| {
                select
                    .query_map([], |row| row.get::<_, i64>(0).map(|n| n as u64))?
                    .collect()
            })
            .map_err(self.failed("reading what is not bridged"))
    }

    /// Keeps what a model made of a rationale.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_bridged(&mut self, row: &BridgeRow) -> Result<(), StoreError> {
        let failed = self.failed("writing a bridge");
        let write = || -> rusqlite::Result<()> {
            let rationale = row.rationale.as_ref().map(super::write::json).transpose()?;
            self.connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO bridges
                     (ordinal, bridge, model, verdict, text, differences, rationale)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    row.ordinal as i64,
                    row.bridge,
                    row.model,
                    row.verdict.name(),
                    row.text,
                    super::write::json(&row.differences)?,
                    rationale,
                ])?;
            Ok(())
        };
        write().map_err(failed)
    }
}

impl Reader {
    /// The rationale of a sample, as the rules made it.
    ///
    /// # Errors
    /// If the store cannot be read, or holds none.
    pub fn to_bridge(&self, ordinal: u64) -> Result<ToBridge, StoreError> {
        let doing = "reading a rationale";
        let (rationale, certificate): (String, String) = self
            .connection
            .prepare_cached("SELECT rationale, certificate FROM rationales WHERE ordinal = ?1")
            .and_then(|mut select| {
                select.query_row([ordinal as i64], |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .map_err(self.failed(doing))?;
        let invalid = |e: serde_json::Error| self.damaged(ordinal, &e.to_string());
        Ok(ToBridge {
            rationale: serde_json::from_str(&rationale).map_err(invalid)?,
            certificate: serde_json::from_str(&certificate).map_err(invalid)?,
        })
    }

    /// What a model made of a sample's rationale.
    pub(super) fn bridged(&self, ordinal: u64) -> Result<Option<BridgeRow>, StoreError> {
        type Columns = (String, String, String, String, String, Option<String>);
        let columns: Option<Columns> = self
            .connection
            .prepare_cached(
                "SELECT bridge, model, verdict, text, differences, rationale FROM bridges
                 WHERE ordinal = ?1",
            )
            .and_then(|mut select| {
                let columns = select.query_row([ordinal as i64], |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                        row.get(5)?,
                    ))
                });
                columns.optional()
            })
            .map_err(self.failed("reading a bridge"))?;
        let Some((bridge, model, verdict, text, differences, rationale)) = columns else {
            return Ok(None);
        };
        let invalid = |e: serde_json::Error| self.damaged(ordinal, &e.to_string());
        let known = Verdict::ALL.into_iter().find(|v| v.name() == verdict);
        let rationale = rationale
            .map(|text| serde_json::from_str(&text).map_err(invalid))
            .transpose()?;
        Ok(Some(BridgeRow {
            ordinal,
            bridge,
            model,
            verdict: known.ok_or_else(|| self.damaged(ordinal, "unknown verdict"))?,
            text,
            differences: serde_json::from_str(&differences).map_err(invalid)?,
            rationale,
        }))
    }

    fn damaged(&self, ordinal: u64, message: &str) -> StoreError {
        StoreError::Row {
            path: self.path.clone(),
            what: format!("the rationale of sample number {ordinal}"),
            message: message.to_owned(),
        }
    }

    /// How many rationales a model wrote; `None` if none was asked.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn bridge_counts(&self) -> Result<Option<BridgeCounts>, StoreError> {
        let mut counts = BridgeCounts::default();
        let read = || -> rusqlite::Result<()> {
            let mut select = self
                .connection
                .prepare("SELECT model, verdict, differences FROM bridges ORDER BY ordinal")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                counts.model = row.get(0)?;
                let verdict: String = row.get(1)?;
                match verdict.as_str() {
                    "accepted" => counts.rewritten += 1,
                    "refused" => counts.refused += 1,
                    _ => counts.failed += 1,
                }
                if verdict != "refused" {
                    continue;
                }
                let differences: String = row.get(2)?;
                let differences: Vec<Difference> =
                    serde_json::from_str(&differences).map_err(|e| {
                        let text = rusqlite::types::Type::Text;
                        rusqlite::Error::FromSqlConversionFailure(2, text, Box::new(e))
                    })?;
                let mut kinds: Vec<DifferenceKind> = differences.iter().map(|d| d.kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                for kind in kinds {
                    *counts
                        .differences
                        .entry(kind.name().to_owned())
                        .or_default() += 1;
                }
            }
            let open: i64 = self.connection.query_row(
                "SELECT count(*) FROM rationales r
                 WHERE NOT EXISTS (SELECT 1 FROM bridges b WHERE b.ordinal = r.ordinal)",
                [],
                |row| row.get(0),
            )?;
            counts.open = open.max(0) as u64;
            Ok(())
        };
        let mut read = read;
        read().map_err(self.failed("counting bridges"))?;
        Ok((!counts.model.is_empty()).then_some(counts))
    }
}
