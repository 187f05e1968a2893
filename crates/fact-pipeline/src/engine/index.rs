//! The first pass: which groups there are, and how many samples each has.

use crate::datasets::{DataSet, ImageSource, Record, RecordError};
use crate::stages::probe::SCENES;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Malformed records of which the message is kept; more are only counted.
const ERRORS_KEPT: usize = 10_000;

/// What the first pass found. Memory: about 70 bytes per group.
#[derive(Debug)]
pub struct Index {
    /// Samples.
    pub samples: u64,
    /// SHA-256 over ids, groups, scenes, questions and answers, in order: the data set's identity.
    pub sha256: String,
    /// The first malformed records.
    pub errors: Vec<RecordError>,
    /// Number of malformed records.
    pub error_count: u64,
    /// One record of each of some scenes, chosen by the hash of the scene's name: what candidates
    /// are probed on.
    pub probes: Vec<Record>,
    /// SHA-256 over these records: with the settings, all that a group depends on beside its own.
    pub probes_sha256: String,
    /// By the hash of the group's name.
    groups: HashMap<u128, Entry>,
}

/// What is known of a group.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Ordinal of its first sample.
    first: u64,
    /// Number of its samples.
    samples: u32,
    /// Digest of their records so far.
    records: u64,
}

/// Why the first pass failed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A record is malformed, and the run is strict.
    #[error("{0}")]
    Strict(RecordError),
    /// There is nothing to work on: how many malformed records were skipped, and the first of them.
    #[error("the data set has no samples{}", skipped(*.0, .1))]
    Empty(u64, Option<RecordError>),
}

fn skipped(errors: u64, first: &Option<RecordError>) -> String {
    match (errors, first) {
        (1, Some(first)) => format!("; its only record is malformed: {first}"),
        (n, Some(first)) => format!("; its {n} records are malformed, the first: {first}"),
        (_, None) => String::new(),
    }
}

impl IndexError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Strict(_) => Some("without --strict it is counted and skipped".into()),
            // The first record's error has its own.
            Self::Empty(..) => None,
        }
    }
}

impl Index {
    /// Reads through the data set, or its first `limit` samples.
    ///
    /// # Errors
    /// If it is empty, or malformed and the run `strict`.
    pub fn build(data: &dyn DataSet, limit: Option<u64>, strict: bool) -> Result<Self, IndexError> {
        let mut index = Self {
            samples: 0,
            sha256: String::new(),
            errors: Vec::new(),
            error_count: 0,
            probes: Vec::new(),
            probes_sha256: String::new(),
            groups: HashMap::new(),
        };
        let mut probes: BTreeMap<u128, Record> = BTreeMap::new();
        let mut digest = Sha256::new();
        for item in data.samples() {
            if limit.is_some_and(|limit| index.samples >= limit) {
                break;
            }
            let record = match item {
                Ok(record) => record,
                Err(error) if strict => return Err(IndexError::Strict(error)),
                Err(error) => {
                    index.error_count += 1;
                    if index.errors.len() < ERRORS_KEPT {
                        index.errors.push(error);
                    }
                    continue;
                }
            };
            let sample = &record.sample;
            // A sample is JSON without loss, and its text ends where the next begins.
            let text = serde_json::to_vec(sample).unwrap_or_default();
            digest.update(&text);
            let entry = index.groups.entry(key(&sample.group));
            let group = entry.or_insert(Entry {
                first: index.samples,
                samples: 0,
                records: 0,
            });
            group.samples += 1;
            group.records = chained(group.records, &text, &record);
            index.samples += 1;
            let scene = key(&sample.scene);
            let near = probes
                .last_key_value()
                .is_none_or(|(last, _)| scene < *last);
            if (near || probes.len() < SCENES) && !probes.contains_key(&scene) {
                probes.insert(scene, record);
                if probes.len() > SCENES {
                    probes.pop_last();
                }
            }
        }
        index.probes = probes.into_values().collect();
        if index.samples == 0 {
            let first = index.errors.into_iter().next();
            return Err(IndexError::Empty(index.error_count, first));
        }
        index.sha256 = hex(digest);
        let mut digest = Sha256::new();
        for probe in &index.probes {
            let text = serde_json::to_vec(&probe.sample).unwrap_or_default();
            digest.update(&text);
            describe(probe, &mut digest);
        }
        index.probes_sha256 = hex(digest);
        Ok(index)
    }

    /// Ordinal of the first sample and number of samples of a group.
    pub fn group(&self, name: &str) -> Option<(u64, u32)> {
        let entry = self.groups.get(&key(name))?;
        Some((entry.first, entry.samples))
    }

    /// Digest of the records of a group: of samples, images by name, annotations and programs. The
    /// same for the same records in the same order, wherever they stand in the data set.
    pub fn records(&self, name: &str) -> Option<u64> {
        self.groups.get(&key(name)).map(|entry| entry.records)
    }

    /// Number of groups.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }
}

fn hex(digest: Sha256) -> String {
    let bytes = digest.finalize();
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The first 64 bits of the SHA-256 of a digest and one record more, of which `text` is the sample.
fn chained(before: u64, text: &[u8], record: &Record) -> u64 {
    let mut digest = Sha256::new();
    digest.update(before.to_le_bytes());
    digest.update(text);
    describe(record, &mut digest);
    let bytes = digest.finalize();
    let first = bytes.iter().take(8);
    first.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Adds what of a record is not its sample: that an image is another file shows only where it came
/// with the record.
fn describe(record: &Record, digest: &mut Sha256) {
    for image in &record.images {
        digest.update((image.name().len() as u64).to_le_bytes());
        digest.update(image.name());
        match image {
            ImageSource::File { .. } => digest.update([1]),
            ImageSource::Absent { .. } => digest.update([2]),
            ImageSource::Bytes { bytes, .. } => digest.update(Sha256::digest(bytes)),
        }
    }
    if let Some(scene) = &record.scene {
        digest.update(format!("{:?}", scene.schema));
        digest.update(scene.json.to_string());
    }
    if let Some(program) = &record.program {
        digest.update(format!("{program:?}"));
    }
    digest.update([u8::from(record.locked)]);
}

/// The first 128 bits of the name's SHA-256.
fn key(name: &str) -> u128 {
    let digest = Sha256::digest(name.as_bytes());
    digest
        .iter()
        .take(16)
        .fold(0, |key, byte| key << 8 | u128::from(*byte))
}
