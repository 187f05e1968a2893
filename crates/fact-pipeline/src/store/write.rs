//! The writer of a run store.

use super::calls::{BUSY, Calls};
use super::rows::{GroupRows, RationaleRow};
use super::{BEFORE_DIGESTS, Lock, OLDEST, SCHEMA_VERSION, StoreError, database, digests, lacking};
use crate::datasets::RecordError;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The one writer of a run. Holds the folder's lock.
#[derive(Debug)]
pub struct Writer {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    folder: PathBuf,
    _lock: Lock,
}

/// A setting that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The setting.
    pub key: String,
    /// Its value in the store.
    pub was: String,
    /// Its value now.
    pub now: String,
}

impl Difference {
    /// In what `now` differs from `was`, by key.
    pub fn between(was: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<Self> {
        let keys: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
        let absent = || "not set".to_owned();
        keys.into_iter()
            .filter(|key| was.get(*key) != now.get(*key))
            .map(|key| Self {
                key: key.clone(),
                was: was.get(key).cloned().unwrap_or_else(absent),
                now: now.get(key).cloned().unwrap_or_else(absent),
            })
            .collect()
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is {}, was {}", self.key, self.now, self.was)
    }
}

impl Writer {
    /// Opens the store of a folder, or makes folder and store.
    ///
    /// # Errors
    /// If the folder cannot be written, another process writes to it, or the store is of another
    /// version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
            path: folder.to_owned(),
            source,
        })?;
        let lock = Lock::take(folder)?;
        let path = database(folder);
        let failed = |doing| {
            let path = path.clone();
            move |source| StoreError::Sqlite {
                path,
                doing,
                source,
            }
        };
        let mut connection = Connection::open(&path).map_err(failed("opening"))?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .and_then(|()| connection.pragma_update(None, "synchronous", "NORMAL"))
            .and_then(|()| connection.pragma_update(None, "foreign_keys", "ON"))
            .and_then(|()| connection.pragma_update(None, "cache_size", CACHE))
            .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", LOG))
            .and_then(|()| connection.busy_timeout(BUSY))
            .map_err(failed("opening"))?;
        let version: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(failed("opening"))?;
        match version {
            SCHEMA_VERSION => {}
            OLDEST..SCHEMA_VERSION => {
                let transaction = connection.transaction().map_err(failed("adding a table"))?;
                lacking(version)
                    .try_for_each(|table| {
                        transaction.execute_batch(&format!("CREATE TABLE {table}"))
                    })
                    .and_then(|()| match version <= BEFORE_DIGESTS {
                        true => digests::keep_all(&transaction),
                        false => Ok(()),
                    })
                    .and_then(|()| transaction.pragma_update(None, "user_version", SCHEMA_VERSION))
                    .and_then(|()| transaction.commit())
                    .map_err(failed("adding a table"))?;
            }
            0 => {
                let transaction = connection
                    .transaction()
                    .map_err(failed("making the tables"))?;
                transaction
                    .execute_batch(include_str!("schema.sql"))
                    .and_then(|()| transaction.execute_batch(include_str!("calls.sql")))
                    .and_then(|()| transaction.pragma_update(None, "user_version", SCHEMA_VERSION))
                    .and_then(|()| transaction.commit())
                    .map_err(failed("making the tables"))?;
            }
            found => return Err(StoreError::Version { path, found }),
        }
        Ok(Self {
            connection,
            path,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// Opens the store of a run that is there.
    ///
    /// # Errors
    /// As [`Writer::open`]; or if there is none.
    pub fn of_run(folder: &Path) -> Result<Self, StoreError> {
        if !database(folder).is_file() {
            return Err(StoreError::NoRun {
                path: folder.to_owned(),
            });
        }
        Self::open(folder)
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The log of calls to the back end with this fingerprint.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn calls(&self, fingerprint: &str) -> Result<Calls, StoreError> {
        Calls::of_run(&self.path, fingerprint)
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

    /// Binds the store to `settings`: on a new store writes them, on an old one compares.
    ///
    /// # Errors
    /// [`StoreError::OtherSettings`] if the store was made with others.
    pub fn bind(&mut self, settings: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let stored = self.settings()?;
        if stored.is_empty() {
            let failed = self.failed("writing the settings");
            return write_settings(&mut self.connection, settings).map_err(failed);
        }
        let different = Difference::between(&stored, settings);
        if different.is_empty() {
            Ok(())
        } else {
            Err(StoreError::OtherSettings {
                path: self.folder.clone(),
                different,
                plan: Vec::new(),
            })
        }
    }

    pub(super) fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.connection
            .prepare("SELECT key, value FROM meta")
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed("reading the settings"))
    }

    /// Keeps a pack's source.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_pack(&mut self, pack: &fact_lang::pack::Pack) -> Result<(), StoreError> {
        let failed = self.failed("writing the pack");
        self.connection
            .execute(
                "INSERT OR IGNORE INTO packs VALUES (?1, ?2, ?3, ?4)",
                params![
                    &*pack.sha256,
                    &*pack.name,
                    &*pack.version,
                    pack.module.source
                ],
            )
            .map(|_| ())
            .map_err(failed)
    }

    /// Notes that a session began, and returns its number.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin_session(&mut self, threads: usize) -> Result<i64, StoreError> {
        let failed = self.failed("beginning a session");
        self.connection
            .execute(
                "INSERT INTO sessions (started, threads) VALUES (?1, ?2)",
                params![now(), threads as i64],
            )
            .map_err(failed)?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes that a session ended: `state` is `done`, `stopped` or `failed`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end_session(
        &mut self,
        session: i64,
        seconds: f64,
        samples: u64,
        state: &str,
    ) -> Result<(), StoreError> {
        let failed = self.failed("ending a session");
        self.connection
            .execute(
                "UPDATE sessions SET ended = ?2, seconds = ?3, samples = ?4, state = ?5
                 WHERE session = ?1",
                params![session, now(), seconds, samples as i64, state],
            )
            .map(|_| ())
            .map_err(failed)
    }

    /// Replaces the records that could not be read.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn keep_read_errors(&mut self, errors: &[RecordError]) -> Result<(), StoreError> {
        let failed = self.failed("writing read errors");
        let mut keep = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.connection)?;
            transaction.execute("DELETE FROM read_errors", [])?;
            {
                let mut insert = transaction.prepare(
                    "INSERT INTO read_errors (file, line, record, field, kind, message)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?;
                for error in errors {
                    insert.execute(params![
                        &*error.file,
                        error.line.map(|line| line as i64),
                        error.record as i64,
                        error.field.as_deref(),
                        error.fault.kind(),
                        error.fault.to_string(),
                    ])?;
                }
            }
            transaction.commit()
        };
        keep().map_err(failed)
    }

    /// Keys of the groups that are in the store.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn groups_done(&self, round: u32) -> Result<HashSet<u64>, StoreError> {
        self.connection
            .prepare(&format!("SELECT grp FROM groups g WHERE {DONE}"))
            .and_then(|mut statement| {
                statement
                    .query_map([round], |row| row.get::<_, i64>(0).map(|key| key as u64))?
                    .collect()
            })
            .map_err(self.failed("reading what is done"))
    }

    /// How many samples are in the store.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub fn samples_done(&self, round: u32) -> Result<u64, StoreError> {
        let sql = format!("SELECT total(samples) FROM groups g WHERE {DONE}");
        self.connection
            .query_row(&sql, [round], |row| row.get::<_, f64>(0).map(|n| n as u64))
            .optional()
            .map(Option::unwrap_or_default)
            .map_err(self.failed("reading what is done"))
    }

    /// How many questions the endpoint of a proposer failed: they are not done.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub fn unreached(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row(
                "SELECT count(DISTINCT grp) FROM samples WHERE failure = 'propose:endpoint'",
                [],
                |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
            )
            .map_err(self.failed("counting what the endpoint failed"))
    }

    /// Writes groups in one transaction.
    ///
    /// # Errors
    /// If they cannot be written; then nothing of them is in the store.
    pub fn commit(&mut self, groups: &[GroupRows]) -> Result<(), StoreError> {
        if groups.is_empty() {
            return Ok(());
        }
        let failed = self.failed("writing groups");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.connection)?;
            for rows in groups {
                write_group(&transaction, rows)?;
            }
            transaction.commit()
        };
        write().map_err(failed)
    }
}

/// Memory for pages, in -KiB: what a transaction touches stays until it is written, once.
const CACHE: i64 = -16 << 10;
/// Pages of the log that are written into the file at once: a page that many transactions touch is
/// written there once for all of them. 32 MiB.
const LOG: i64 = 8192;

/// Whether a group needs nothing more in round `?1`: that round or a later one did it, or an earlier
/// one accepted all of it.
/// Not a group whose endpoint failed: that is asked again.
const DONE: &str = "(g.round >= ?1
    OR g.grp NOT IN (SELECT grp FROM samples WHERE NOT accepted))
    AND g.grp NOT IN (SELECT grp FROM samples WHERE failure = 'propose:endpoint')";

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs() as i64)
}

/// Begins a transaction that will write. It asks for the right to at once, and waits for it: one that
/// read first would be refused it if another connection of the process wrote meanwhile.
pub(super) fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn write_settings(
    connection: &mut Connection,
    settings: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    let transaction = begin(connection)?;
    for (key, value) in settings {
        transaction.execute("INSERT INTO meta VALUES (?1, ?2)", params![key, value])?;
    }
    transaction.commit()
}

/// Takes out what an earlier round or session made of a group.
fn forget(transaction: &Transaction<'_>, rows: &GroupRows) -> rusqlite::Result<()> {
    let key = rows.group.key as i64;
    let known = transaction
        .prepare_cached("SELECT 1 FROM groups WHERE grp = ?1")?
        .exists([key])?;
    if !known {
        return Ok(());
    }
    // By ordinal: samples have no index by group.
    for table in PER_SAMPLE {
        let sql = format!("DELETE FROM {table} WHERE ordinal = ?1");
        let mut delete = transaction.prepare_cached(&sql)?;
        for row in &rows.samples {
            delete.execute([row.ordinal as i64])?;
        }
    }
    for table in PER_GROUP {
        let sql = format!("DELETE FROM {table} WHERE grp = ?1");
        transaction.prepare_cached(&sql)?.execute([key])?;
    }
    Ok(())
}

/// Tables with rows of whole groups, what refers to groups first.
pub(super) const PER_GROUP: [&str; 3] = ["group_records", "candidates", "groups"];

/// Tables with rows of single samples, what refers to samples first.
pub(super) const PER_SAMPLE: [&str; 7] = [
    "transfers",
    "bridges",
    "rationales",
    "outcomes",
    "verdicts",
    "sample_digests",
    "samples",
];

fn write_group(transaction: &Transaction<'_>, rows: &GroupRows) -> rusqlite::Result<()> {
    let group = &rows.group;
    let key = group.key as i64;
    forget(transaction, rows)?;
    transaction
        .prepare_cached(
            "INSERT INTO groups (grp, name, question, samples, scenes, visible, chosen, oracle,
             chosen_one, one_holds, round, held_out)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            key,
            group.name,
            group.question,
            rows.samples.len() as i64,
            group.scenes as i64,
            group.visible as i64,
            group.chosen.map(|c| c as i64),
            group.oracle,
            group.chosen_one.map(|c| c as i64),
            group.one_holds,
            group.round,
            group.held_out,
        ])?;
    transaction
        .prepare_cached("INSERT INTO group_records (grp, records) VALUES (?1, ?2)")?
        .execute(params![key, group.records.cast_signed()])?;
    transaction
        .prepare_cached("DELETE FROM kept WHERE grp = ?1")?
        .execute([key])?;
    for (index, candidate) in rows.candidates.iter().enumerate() {
        transaction
            .prepare_cached(
                "INSERT INTO candidates (grp, candidate, proposer, source, score, program, level,
                 ran, right, all_right, slice, reason, evidence)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                key,
                index as i64,
                candidate.proposer,
                candidate.source,
                candidate.score,
                candidate.program,
                candidate.level.map(|l| l as i64),
                candidate.ran as i64,
                candidate.right as i64,
                candidate.all_right,
                candidate.slice.map(|s| s as i64),
                candidate.reason,
                candidate.evidence.as_ref().map(json).transpose()?,
            ])?;
    }
    for row in &rows.samples {
        write_sample(transaction, key, row)?;
        digests::keep_sample(transaction, row.ordinal as i64)?;
    }
    Ok(())
}

fn write_sample(
    transaction: &Transaction<'_>,
    group: i64,
    row: &super::SampleRow,
) -> rusqlite::Result<()> {
    let ordinal = row.ordinal as i64;
    transaction
        .prepare_cached(
            "INSERT INTO samples (ordinal, id, grp, scene, sample, chosen, right, predicted, level,
             accepted, confidence, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            ordinal,
            row.sample.id,
            group,
            row.sample.scene,
            json(&row.sample)?,
            row.chosen.map(|c| c as i64),
            row.right,
            row.predicted,
            row.level.map(|l| l as i64),
            row.accepted,
            row.confidence,
            row.failure,
        ])?;
    for stage in &row.stages {
        transaction
            .prepare_cached(
                "INSERT INTO outcomes (ordinal, stage, status, reason, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                ordinal,
                stage.stage,
                stage.status,
                stage.reason,
                stage.detail,
            ])?;
    }
    for verdict in &row.verdicts {
        transaction
            .prepare_cached(
                "INSERT INTO verdicts (ordinal, candidate, outcome, reason, predicted, score)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                ordinal,
                verdict.candidate as i64,
                verdict.outcome,
                verdict.reason,
                verdict.predicted,
                verdict.score,
            ])?;
    }
    if let Some(rationale) = &row.rationale {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO rationales (ordinal, residual, rationale, certificate)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        match rationale {
            RationaleRow::Made {
                rationale,
                certificate,
            } => insert.execute(params![
                ordinal,
                certificate.residual,
                json(rationale)?,
                json(certificate)?,
            ])?,
            RationaleRow::Stored(kept) => insert.execute(params![
                ordinal,
                kept.residual,
                kept.rationale,
                kept.certificate,
            ])?,
        };
    }
    Ok(())
}

pub(super) fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}
