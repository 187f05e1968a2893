//! Reading a run store: never locks it, never changes it.

use super::bridges::BridgeRow;
use super::calls::AnsweredCall;
use super::state::Complete;
use super::transfers::TransferRow;
use super::{BEFORE_DIGESTS, OLDEST, SCHEMA_VERSION, StoreError, database, digests, lacking};
use fact_core::certificate::Certificate;
use fact_core::rationale::Rationale;
use fact_core::sample::Sample;
use fact_core::transfer::hint;
use fact_core::verify::Level;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A reader of a run store; works while a run is writing to it.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Whether every sample and answer has its digest.
    pub(super) has_digests: bool,
    /// What was last found out of whether the run is complete.
    pub(super) complete: Cell<Option<Complete>>,
}

/// A sample with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// Position in the data set.
    pub ordinal: u64,
    /// The sample.
    pub sample: Sample,
    /// What the chosen program answers.
    pub predicted: Option<String>,
    /// The level it reaches here.
    pub level: Option<Level>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// In [0, 1].
    pub confidence: Option<f64>,
    /// If not accepted: why.
    pub failure: Option<String>,
    /// Who proposed the chosen program.
    pub proposer: Option<String>,
    /// The chosen program.
    pub program: Option<String>,
    /// Its residual.
    pub residual: Option<String>,
    /// The rationale, as the rules made it.
    pub rationale: Option<Rationale>,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// What a language model made of the rationale.
    pub bridge: Option<BridgeRow>,
    /// What verifiers answered with and without it.
    pub transfers: Vec<TransferRow>,
}

impl ReadRow {
    /// The rationale that counts as a verifier is shown it: without conclusion, the accepted
    /// answers' words masked.
    pub fn hint(&self) -> Option<String> {
        let answers = self.sample.answers.iter().map(|a| a.text.as_str());
        Some(hint(self.counted()?, answers))
    }

    /// The rationale that counts: the model's if it was accepted.
    pub fn counted(&self) -> Option<&Rationale> {
        let rewritten = self.bridge.as_ref().and_then(|b| b.rationale.as_ref());
        rewritten.or(self.rationale.as_ref())
    }
}

/// A [`ReadRow`] whose JSON is still text: who reads many rows parses them in several threads.
#[derive(Debug, Clone)]
pub struct UnparsedRow {
    /// Id of the sample.
    pub id: String,
    sample: String,
    rationale: Option<String>,
    certificate: Option<String>,
    ordinal: u64,
    predicted: Option<String>,
    level: Option<Level>,
    accepted: bool,
    confidence: Option<f64>,
    failure: Option<String>,
    proposer: Option<String>,
    program: Option<String>,
    residual: Option<String>,
    bridge: Option<BridgeRow>,
    transfers: Vec<TransferRow>,
}

impl UnparsedRow {
    /// About how many bytes it holds.
    pub fn size(&self) -> usize {
        let long = [
            Some(&self.sample),
            self.rationale.as_ref(),
            self.certificate.as_ref(),
        ];
        long.into_iter().flatten().map(String::len).sum()
    }

    /// The row.
    ///
    /// # Errors
    /// If its JSON is not what a store holds.
    pub fn parse(self) -> Result<ReadRow, serde_json::Error> {
        let rationale = self.rationale.as_deref();
        let certificate = self.certificate.as_deref();
        Ok(ReadRow {
            sample: serde_json::from_str(&self.sample)?,
            rationale: rationale.map(serde_json::from_str).transpose()?,
            certificate: certificate.map(serde_json::from_str).transpose()?,
            ordinal: self.ordinal,
            predicted: self.predicted,
            level: self.level,
            accepted: self.accepted,
            confidence: self.confidence,
            failure: self.failure,
            proposer: self.proposer,
            program: self.program,
            residual: self.residual,
            bridge: self.bridge,
            transfers: self.transfers,
        })
    }
}

impl Reader {
    /// Opens the store in a folder, or the file itself.
    ///
    /// # Errors
    /// If there is none, or it is of another version.
    pub fn open(run: &Path) -> Result<Self, StoreError> {
        let path = if run.is_file() {
            run.to_owned()
        } else {
            database(run)
        };
        if !path.is_file() {
            return Err(StoreError::NoRun {
                path: run.to_owned(),
            });
        }
        let opened = open(&path);
        match opened {
            Ok((connection, SCHEMA_VERSION)) => Ok(Self {
                connection,
                path,
                has_digests: true,
                complete: Cell::new(None),
            }),
            Ok((connection, version @ OLDEST..SCHEMA_VERSION)) => {
                // Beside the file, which is not changed.
                let added = lacking(version).try_for_each(|table| {
                    connection.execute_batch(&format!("CREATE TEMP TABLE {table}"))
                });
                let reader = Self {
                    connection,
                    path,
                    has_digests: version > BEFORE_DIGESTS,
                    complete: Cell::new(None),
                };
                added.map_err(reader.failed("opening"))?;
                Ok(reader)
            }
            Ok((_, found)) => Err(StoreError::Version { path, found }),
            Err(source) => Err(StoreError::Sqlite {
                path,
                doing: "opening",
                source,
            }),
        }
    }

    pub(super) fn failed(
        &self,
        doing: &'static str,
    ) -> impl FnOnce(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |source| StoreError::Sqlite {
            path,
            doing,
            source,
        }
    }

    /// The settings of the run.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.connection
            .prepare("SELECT key, value FROM meta")
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed("reading the settings"))
    }

    /// The data set that the run is over, as a specification.
    ///
    /// # Errors
    /// If the settings cannot be read, or do not tell.
    pub fn data(&self) -> Result<String, StoreError> {
        let settings = self.settings()?;
        let data = settings.get("data").map(|text| serde_json::from_str(text));
        let missing = |message: String| StoreError::Row {
            path: self.path.clone(),
            what: "the setting `data`".to_owned(),
            message,
        };
        match data {
            Some(Ok(spec)) => Ok(spec),
            Some(Err(e)) => Err(missing(e.to_string())),
            None => Err(missing("there is none".to_owned())),
        }
    }

    /// Source of the run's pack: name, source.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn pack_source(&self) -> Result<Option<(String, String)>, StoreError> {
        self.connection
            .query_row("SELECT name, source FROM packs LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(self.failed("reading the pack"))
    }

    /// The call under a key, if it is answered and undamaged.
    pub(super) fn answered_call(&self, key: &str) -> Result<Option<AnsweredCall>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT c.tool, c.fingerprint, c.request, c.answer, d.digest FROM calls c
                 LEFT JOIN call_digests d ON d.key = c.key
                 WHERE c.key = ?1 AND c.state = 'answered'",
            )
            .and_then(|mut select| {
                select
                    .query_row([key], |row| {
                        let call = AnsweredCall {
                            tool: row.get(0)?,
                            fingerprint: row.get(1)?,
                            request: row.get(2)?,
                            answer: row.get(3)?,
                        };
                        let kept: Option<i64> = row.get(4)?;
                        let intact = kept == Some(digests::of_answer(key, &call.answer));
                        Ok((intact || !self.has_digests).then_some(call))
                    })
                    .optional()
            })
            .map(Option::flatten)
            .map_err(self.failed("reading an answer"))
    }

    /// Calls `each` with every sample in the data set's order, one at a time.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each<E: From<StoreError>>(
        &self,
        only_accepted: bool,
        mut each: impl FnMut(ReadRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.for_each_unparsed(only_accepted, |row| each(self.parsed(row)?))
    }

    /// [`Reader::for_each`] without parsing.
    ///
    /// # Errors
    /// If the store cannot be read, or `each` fails.
    pub fn for_each_unparsed<E: From<StoreError>>(
        &self,
        only_accepted: bool,
        mut each: impl FnMut(UnparsedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "{ROW} {} ORDER BY s.ordinal",
            if only_accepted {
                "WHERE s.accepted"
            } else {
                ""
            }
        );
        let doing = "reading samples";
        let mut statement = self.connection.prepare(&sql).map_err(self.failed(doing))?;
        let mut rows = statement.query([]).map_err(self.failed(doing))?;
        let mut seen = 0;
        while let Some(row) = rows.next().map_err(self.failed(doing))? {
            self.check_row(row)?;
            let row = self.unparsed(row).map_err(self.failed(doing))?;
            seen += 1;
            each(self.completed(row)?)?;
        }
        self.check_number(only_accepted, seen)?;
        Ok(())
    }

    /// The sample in a place of the data set.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn row(&self, ordinal: u64) -> Result<Option<ReadRow>, StoreError> {
        let doing = "reading a sample";
        let mut select = self
            .connection
            .prepare_cached(&format!("{ROW} WHERE s.ordinal = ?1"))
            .map_err(self.failed(doing))?;
        let mut rows = select.query([ordinal as i64]).map_err(self.failed(doing))?;
        let Some(row) = rows.next().map_err(self.failed(doing))? else {
            return Ok(None);
        };
        self.check_row(row)?;
        let row = self.unparsed(row).map_err(self.failed(doing))?;
        self.parsed(self.completed(row)?).map(Some)
    }

    pub(super) fn unparsed(&self, row: &Row<'_>) -> rusqlite::Result<UnparsedRow> {
        Ok(UnparsedRow {
            ordinal: unsigned(row, 0)?,
            id: row.get(1)?,
            sample: row.get(2)?,
            predicted: row.get(3)?,
            level: level(row.get(4)?),
            accepted: row.get(5)?,
            confidence: row.get(6)?,
            failure: row.get(7)?,
            proposer: row.get(8)?,
            program: row.get(9)?,
            residual: row.get(10)?,
            rationale: row.get(11)?,
            certificate: row.get(12)?,
            bridge: None,
            transfers: Vec::new(),
        })
    }

    /// With what models made of the rationale, if it has one.
    pub(super) fn completed(&self, mut row: UnparsedRow) -> Result<UnparsedRow, StoreError> {
        if row.rationale.is_some() {
            row.bridge = self.bridged(row.ordinal)?;
            row.transfers = self.transfers(row.ordinal)?;
        }
        Ok(row)
    }

    pub(super) fn parsed(&self, row: UnparsedRow) -> Result<ReadRow, StoreError> {
        let what = format!("sample `{}`", row.id);
        row.parse().map_err(|e| StoreError::Row {
            path: self.path.clone(),
            what,
            message: e.to_string(),
        })
    }
}

/// A connection that only reads, and the version of the schema.
fn open(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    let opened = |connection: Connection| {
        let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok((connection, version))
    };
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let error = match Connection::open_with_flags(path, read_only).and_then(opened) {
        Err(error) => error,
        good => return good,
    };
    // In a folder that cannot be written SQLite cannot make the index of the write-ahead log. Nobody
    // writes there, so where there is no log the file is all there is.
    let log = std::fs::metadata(path.with_extension("db-wal"));
    let is_whole = log.map_or(true, |log| log.len() == 0);
    if !is_whole || error.sqlite_error_code() != Some(ErrorCode::CannotOpen) {
        return Err(error);
    }
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    Connection::open_with_flags(uri, read_only | OpenFlags::SQLITE_OPEN_URI).and_then(opened)
}

/// Columns of [`ROW`] before the digest of them.
pub(super) const COLUMNS: usize = 13;

pub(super) const ROW: &str = "SELECT s.ordinal, s.id, s.sample, s.predicted, s.level, s.accepted,
    s.confidence, s.failure, c.proposer, c.program, r.residual, r.rationale, r.certificate, d.digest
    FROM samples s
    LEFT JOIN sample_digests d ON d.ordinal = s.ordinal
    LEFT JOIN candidates c ON c.grp = s.grp AND c.candidate = s.chosen
    LEFT JOIN rationales r ON r.ordinal = s.ordinal";

pub(super) fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, Option<i64>>(index)?.unwrap_or(0) as u64)
}

pub(super) fn level(number: Option<i64>) -> Option<Level> {
    match number {
        Some(0) => Some(Level::V0),
        Some(1) => Some(Level::V1),
        Some(2) => Some(Level::V2),
        Some(3) => Some(Level::V3),
        _ => None,
    }
}
