//! Other settings for a run that is there: what stays, what is verified again on the spot, what is
//! kept for later and what goes, all in one transaction.

use super::kept::{self, Kept, KeptGroup};
use super::read::{COLUMNS, ROW};
use super::rows::GroupRows;
use super::write::{PER_GROUP, PER_SAMPLE, begin};
use super::{StoreError, Writer, digests};
use fact_core::sample::Sample;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Digests of the records that groups were made from, for stores of the version before.
pub(super) const RECORDS: &str = "group_records (
    grp     INTEGER PRIMARY KEY,
    records INTEGER NOT NULL
)";

/// What the results depend on besides the settings, for stores of the version before.
pub(super) const BASIS: &str = "basis (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID";

/// A group that the store holds, or keeps something of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Ordinal of its first sample.
    pub key: u64,
    /// The data set's name of it.
    pub name: String,
    /// Number of its samples.
    pub samples: u64,
    /// Digest of the records that it was made from, where the store has it.
    pub records: Option<u64>,
    /// The round of learning that it is from.
    pub round: u32,
    /// Whether the endpoint of a proposer failed it: it is not done.
    pub unreached: bool,
    /// Of a group that is not done, but of which something is [kept](Kept): whether its programs
    /// hold, and what they did.
    pub kept: Option<(bool, bool)>,
}

/// A group that is done, to verify it again.
#[derive(Debug, Clone)]
pub struct StoredGroup {
    /// The group's key.
    pub key: u64,
    /// Whether a sample of it is kept back for evaluation.
    pub held_out: bool,
    /// The round of learning that it is from.
    pub round: u32,
    /// Digest of its records; 0 if the store has none.
    pub records: u64,
    /// Its samples with their positions in the data set.
    pub samples: Vec<(u64, Sample)>,
    /// What became of them.
    pub group: KeptGroup,
}

impl Writer {
    /// Calls `each` with every group that the store holds or keeps something of.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn for_each_held(&self, mut each: impl FnMut(Held)) -> Result<(), StoreError> {
        let mut read = || -> rusqlite::Result<()> {
            let mut select = self.connection.prepare(
                "SELECT g.grp, g.name, g.samples, r.records, g.round, u.grp IS NOT NULL,
                        NULL, NULL
                 FROM groups g LEFT JOIN group_records r ON r.grp = g.grp
                 LEFT JOIN (SELECT DISTINCT grp FROM samples WHERE failure = 'propose:endpoint') u
                   ON u.grp = g.grp
                 UNION ALL
                 SELECT grp, name, samples, records, 1, 0, programs, runs FROM kept",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let programs: Option<bool> = row.get(6)?;
                each(Held {
                    key: row.get::<_, i64>(0)?.cast_unsigned(),
                    name: row.get(1)?,
                    samples: row.get::<_, i64>(2)?.unsigned_abs(),
                    records: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
                    round: row.get(4)?,
                    unreached: row.get(5)?,
                    kept: programs.zip(row.get(7)?),
                });
            }
            Ok(())
        };
        read().map_err(self.failed("looking at what is there"))
    }

    /// What the results in the store depend on besides its settings; empty in a store that a version
    /// before wrote.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn basis(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.connection
            .prepare("SELECT key, value FROM basis")
            .and_then(|mut select| {
                select
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(self.failed("reading what results depend on"))
    }

    /// Notes what the results depend on besides the settings.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn keep_basis(&mut self, basis: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let failed = self.failed("writing what results depend on");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.connection)?;
            write_basis(&transaction, basis)?;
            transaction.commit()
        };
        write().map_err(failed)
    }

    /// Has `work` change what is there to other settings, in one transaction: if it fails, or tells
    /// to leave everything as it was by `None`, nothing is changed.
    ///
    /// # Errors
    /// Those of `work`; if the store cannot be written.
    pub fn redo<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Redo<'_>) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let doing = "changing to other settings";
        // Whole tables at once, which foreign keys would have row by row, and groups without an
        // index of their samples.
        let off = self.connection.pragma_update(None, "foreign_keys", "OFF");
        off.map_err(self.failed(doing))?;
        let done = self.redo_unchecked(work);
        let on = self.connection.pragma_update(None, "foreign_keys", "ON");
        on.map_err(self.failed(doing))?;
        done
    }

    fn redo_unchecked<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Redo<'_>) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let path = self.path.clone();
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Sqlite {
                path,
                doing: "changing to other settings",
                source,
            }
        };
        let transaction = begin(&mut self.connection).map_err(failed(&path))?;
        let ordinals = ordinals(&transaction).map_err(failed(&path))?;
        let redo = Redo {
            transaction,
            path: path.clone(),
            ordinals,
        };
        let Some(done) = work(&redo)? else {
            // Dropping it takes everything back.
            return Ok(None);
        };
        redo.transaction.commit().map_err(failed(&path))?;
        Ok(Some(done))
    }
}

/// (group, ordinal) of all samples, in this order: samples have no index by group.
fn ordinals(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut all: Vec<(i64, i64)> = transaction
        .prepare("SELECT grp, ordinal FROM samples")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    all.sort_unstable();
    Ok(all)
}

fn write_basis(
    transaction: &Transaction<'_>,
    basis: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM basis", [])?;
    for (key, value) in basis {
        transaction.execute("INSERT INTO basis VALUES (?1, ?2)", params![key, value])?;
    }
    Ok(())
}

/// A change to other settings, while it is made.
pub struct Redo<'a> {
    transaction: Transaction<'a>,
    path: PathBuf,
    ordinals: Vec<(i64, i64)>,
}

impl Redo<'_> {
    fn failed(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite {
            path: self.path.clone(),
            doing: "changing to other settings",
            source,
        }
    }

    fn ordinals(&self, key: u64) -> Vec<i64> {
        let key = key.cast_signed();
        let first = self.ordinals.partition_point(|(group, _)| *group < key);
        let of_group = self.ordinals[first..]
            .iter()
            .take_while(|(group, _)| *group == key);
        of_group.map(|(_, ordinal)| *ordinal).collect()
    }

    /// Binds the store to other settings.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn bind(
        &self,
        settings: &BTreeMap<String, String>,
        basis: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            self.transaction.execute("DELETE FROM meta", [])?;
            for (key, value) in settings {
                self.transaction
                    .execute("INSERT INTO meta VALUES (?1, ?2)", params![key, value])?;
            }
            write_basis(&self.transaction, basis)
        };
        write().map_err(|e| self.failed(e))
    }

    /// Takes out all groups and rounds, and all that is kept of groups.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn drop_all(&self) -> Result<(), StoreError> {
        let tables = PER_SAMPLE.iter().chain(&PER_GROUP);
        for table in tables.chain(&["kept", "rounds"]) {
            self.transaction
                .execute(&format!("DELETE FROM {table}"), [])
                .map_err(|e| self.failed(e))?;
        }
        Ok(())
    }

    /// Takes out the rounds of learning after this one; their groups are dropped one by one.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn drop_rounds_after(&self, round: u32) -> Result<(), StoreError> {
        self.transaction
            .execute("DELETE FROM rounds WHERE round > ?1", [round])
            .map(|_| ())
            .map_err(|e| self.failed(e))
    }

    /// Takes out a group.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn drop_group(&self, key: u64) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            for ordinal in self.ordinals(key) {
                for table in PER_SAMPLE {
                    let sql = format!("DELETE FROM {table} WHERE ordinal = ?1");
                    self.transaction.prepare_cached(&sql)?.execute([ordinal])?;
                }
            }
            for table in PER_GROUP {
                let sql = format!("DELETE FROM {table} WHERE grp = ?1");
                self.transaction
                    .prepare_cached(&sql)?
                    .execute([key.cast_signed()])?;
            }
            Ok(())
        };
        write().map_err(|e| self.failed(e))
    }

    /// Takes out what is kept of a group.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn forget(&self, key: u64) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM kept WHERE grp = ?1")
            .and_then(|mut delete| delete.execute([key.cast_signed()]))
            .map(|_| ())
            .map_err(|e| self.failed(e))
    }

    /// Notes what of a kept group holds now.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn limit_kept(&self, key: u64, programs: bool, runs: bool) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE kept SET programs = ?2, runs = ?3 WHERE grp = ?1")
            .and_then(|mut update| update.execute(params![key.cast_signed(), programs, runs]))
            .map(|_| ())
            .map_err(|e| self.failed(e))
    }

    /// Takes a group out of the results and keeps what became of it.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn keep(&self, held: &Held, kept: &Kept) -> Result<(), StoreError> {
        let records = held.records.map(u64::cast_signed);
        let of = (held.name.as_str(), records);
        kept::write(&self.transaction, held.key.cast_signed(), of, kept)
            .map_err(|e| self.failed(e))?;
        self.drop_group(held.key)
    }

    /// What the store holds of a group.
    ///
    /// # Errors
    /// If the store cannot be read, or holds something that was not written.
    pub fn stored(&self, held: &Held) -> Result<StoredGroup, StoreError> {
        let ordinals = self.ordinals(held.key);
        let mut samples = Vec::new();
        for ordinal in &ordinals {
            let (json, intact) = self.sample(*ordinal).map_err(|e| self.failed(e))?;
            let damaged = |message: String| StoreError::Row {
                path: self.path.clone(),
                what: format!("a sample of `{}`", held.name),
                message,
            };
            if !intact {
                return Err(damaged("it is not what was written".to_owned()));
            }
            let sample = serde_json::from_str(&json).map_err(|e| damaged(e.to_string()))?;
            samples.push((ordinal.cast_unsigned(), sample));
        }
        let key = held.key.cast_signed();
        let read = || -> rusqlite::Result<(KeptGroup, Option<bool>)> {
            let held_out = self
                .transaction
                .prepare_cached("SELECT held_out FROM groups WHERE grp = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?;
            Ok((kept::read(&self.transaction, key, &ordinals)?, held_out))
        };
        let (group, held_out) = read().map_err(|e| self.failed(e))?;
        Ok(StoredGroup {
            key: held.key,
            held_out: held_out.unwrap_or(false),
            round: held.round,
            records: held.records.unwrap_or(0),
            samples,
            group,
        })
    }

    /// The JSON of a sample, and whether its row is what was written.
    fn sample(&self, ordinal: i64) -> rusqlite::Result<(String, bool)> {
        self.transaction
            .prepare_cached(&format!("{ROW} WHERE s.ordinal = ?1"))?
            .query_row([ordinal], |row| {
                let kept: Option<i64> = row.get(COLUMNS)?;
                Ok((row.get(2)?, kept == Some(digests::of_row(row)?)))
            })
    }

    /// Writes what verifying a group again came to, where choices and explanations stay.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn rewrite(&self, rows: &GroupRows) -> Result<(), StoreError> {
        self.write(rows).map_err(|e| self.failed(e))
    }

    fn write(&self, rows: &GroupRows) -> rusqlite::Result<()> {
        let group = &rows.group;
        let key = group.key.cast_signed();
        let index = |of: Option<usize>| of.map(|c| c as i64);
        self.transaction
            .prepare_cached(
                "UPDATE groups SET visible = ?2, chosen = ?3, chosen_one = ?4, one_holds = ?5
                 WHERE grp = ?1",
            )?
            .execute(params![
                key,
                group.visible as i64,
                index(group.chosen),
                index(group.chosen_one),
                group.one_holds,
            ])?;
        for (c, candidate) in rows.candidates.iter().enumerate() {
            self.transaction
                .prepare_cached(
                    "UPDATE candidates SET level = ?3 WHERE grp = ?1 AND candidate = ?2
                     AND level IS NOT ?3",
                )?
                .execute(params![key, c as i64, candidate.level.map(|l| l as i64)])?;
        }
        for row in &rows.samples {
            let ordinal = row.ordinal.cast_signed();
            let changed = self
                .transaction
                .prepare_cached(
                    "UPDATE samples SET right = ?2, level = ?3, accepted = ?4, confidence = ?5,
                     failure = ?6
                     WHERE ordinal = ?1 AND (right IS NOT ?2 OR level IS NOT ?3 OR accepted IS NOT ?4
                     OR confidence IS NOT ?5 OR failure IS NOT ?6)",
                )?
                .execute(params![
                    ordinal,
                    row.right,
                    row.level.map(|l| l as i64),
                    row.accepted,
                    row.confidence,
                    row.failure,
                ])?;
            if changed > 0 {
                self.transaction
                    .prepare_cached("DELETE FROM sample_digests WHERE ordinal = ?1")?
                    .execute([ordinal])?;
                digests::keep_sample(&self.transaction, ordinal)?;
            }
            // What the other stages did is a function of choice and acceptance, which stay.
            if let Some(verify) = row.stages.iter().find(|stage| stage.stage == "verify") {
                self.transaction
                    .prepare_cached(
                        "UPDATE outcomes SET status = ?2, reason = ?3, detail = ?4
                         WHERE ordinal = ?1 AND stage = 'verify'
                         AND (status IS NOT ?2 OR reason IS NOT ?3 OR detail IS NOT ?4)",
                    )?
                    .execute(params![
                        ordinal,
                        verify.status,
                        verify.reason,
                        verify.detail
                    ])?;
            }
        }
        Ok(())
    }
}
