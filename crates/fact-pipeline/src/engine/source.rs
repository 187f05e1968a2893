//! The second pass: groups of samples, as soon as they are complete.
//!
//! The records of a group are held until its last one was read. Where siblings stand far apart many
//! groups are open at once, up to all of them; so only as many are opened as there is room for, and
//! the data set is read once more for the others, as often as it takes.

use super::index::Index;
use crate::datasets::{DataSet, ImageSource, Record, Samples};
use std::collections::{BTreeMap, HashSet};

/// Bytes that the records of open groups may hold, about.
const ROOM: u64 = 256 << 20;
/// Bytes of a record without embedded images, about: most of it is annotation and program as JSON
/// values.
const RECORD: u64 = 8 << 10;

/// Yields the groups that are not done yet, each when its last sample was read.
pub struct GroupSource<'a> {
    data: &'a dyn DataSet,
    samples: Samples<'a>,
    index: &'a Index,
    /// Groups that are done or were yielded.
    done: HashSet<u64>,
    open: BTreeMap<u64, Opened>,
    ordinal: u64,
    limit: u64,
    /// Groups yielded so far.
    number: u64,
    /// Bytes that open groups may hold, and those that they will hold.
    room: u64,
    held: u64,
    /// Whether a group had no room in this reading.
    again: bool,
}

/// A group whose last record was not read yet.
struct Opened {
    records: Vec<(u64, Record)>,
    holds: u64,
}

/// A group of samples.
#[derive(Debug)]
pub struct OpenGroup {
    /// How many groups this session yielded before it.
    pub number: u64,
    /// Ordinal of the first sample: the group's key.
    pub key: u64,
    /// Position in the data set and record of each sample.
    pub records: Vec<(u64, Record)>,
    /// Digest of the records.
    pub digest: u64,
}

impl<'a> GroupSource<'a> {
    /// Starts the second pass; groups whose keys are `done` are left out.
    pub fn new(
        data: &'a dyn DataSet,
        index: &'a Index,
        done: HashSet<u64>,
        limit: Option<u64>,
    ) -> Self {
        Self {
            data,
            samples: data.samples(),
            index,
            done,
            open: BTreeMap::new(),
            ordinal: 0,
            limit: limit.unwrap_or(u64::MAX),
            number: 0,
            room: ROOM,
            held: 0,
            again: false,
        }
    }

    /// The next record with its ordinal; `None` at the end of this reading.
    fn record(&mut self) -> Option<(u64, Record)> {
        while self.ordinal < self.limit {
            // Malformed records were counted by the first pass.
            let Ok(record) = self.samples.next()? else {
                continue;
            };
            self.ordinal += 1;
            return Some((self.ordinal - 1, record));
        }
        None
    }

    /// Whether a group may be opened that `holds` so many bytes. One always may.
    fn has_room(&self, holds: u64) -> bool {
        self.open.is_empty() || self.held.saturating_add(holds) <= self.room
    }
}

impl Iterator for GroupSource<'_> {
    type Item = OpenGroup;

    fn next(&mut self) -> Option<OpenGroup> {
        loop {
            let Some((ordinal, record)) = self.record() else {
                // What is still open never gets complete: the data set has changed since the first
                // pass.
                self.open.clear();
                self.held = 0;
                if !std::mem::take(&mut self.again) {
                    return None;
                }
                self.samples = self.data.samples();
                self.ordinal = 0;
                continue;
            };
            let Some((key, size)) = self.index.group(&record.sample.group) else {
                continue;
            };
            if self.done.contains(&key) {
                continue;
            }
            if !self.open.contains_key(&key) {
                let holds = u64::from(size).saturating_mul(weight(&record));
                // A group that is not opened at its first record waits for the next reading.
                if ordinal != key || !self.has_room(holds) {
                    self.again |= ordinal == key;
                    continue;
                }
                self.held += holds;
                let records = Vec::new();
                self.open.insert(key, Opened { records, holds });
            }
            let Some(group) = self.open.get_mut(&key) else {
                continue;
            };
            group.records.push((ordinal, record));
            if group.records.len() < size as usize {
                continue;
            }
            let group = self.open.remove(&key)?;
            self.held -= group.holds;
            self.done.insert(key);
            let number = self.number;
            self.number += 1;
            let name = group.records.first().map(|(_, r)| r.sample.group.as_str());
            let digest = name.and_then(|name| self.index.records(name));
            return Some(OpenGroup {
                number,
                key,
                digest: digest.unwrap_or(0),
                records: group.records,
            });
        }
    }
}

/// Bytes that a record holds, about.
fn weight(record: &Record) -> u64 {
    let embedded = record.images.iter().map(|image| match image {
        ImageSource::Bytes { bytes, .. } => bytes.len() as u64,
        _ => 0,
    });
    RECORD + embedded.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fmt::Write;

    /// A data set of `groups` questions with `siblings` each, as far apart as they can be.
    fn scattered(folder: &std::path::Path, groups: usize, siblings: usize) -> Box<dyn DataSet> {
        std::fs::write(folder.join("a.png"), b"").unwrap();
        let mut rows = String::new();
        for sibling in 0..siblings {
            for group in 0..groups {
                let id = format!("{group}-{sibling}");
                let row = serde_json::json!({
                    "id": id, "image": "a.png", "question": format!("Is it {group}?"),
                });
                writeln!(rows, "{row}").unwrap();
            }
        }
        let file = folder.join("data.jsonl");
        std::fs::write(&file, rows).unwrap();
        crate::datasets::open(&format!("jsonl:{}", file.display())).unwrap()
    }

    #[test]
    fn scattered_groups_come_whole_and_once_however_little_room_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let data = scattered(folder.path(), 20, 3);
        let index = Index::build(&*data, None, true).unwrap();
        let done: HashSet<u64> = [3, 4].into();
        for groups_at_once in [20, 7, 1, 0] {
            let mut source = GroupSource::new(&*data, &index, done.clone(), None);
            source.room = groups_at_once * 3 * RECORD;
            let mut keys = BTreeSet::new();
            let mut orders = Vec::new();
            let mut most = 0;
            while let Some(group) = source.next() {
                most = most.max(source.open.len() as u64 + 1);
                let ordinals: Vec<u64> = group.records.iter().map(|(o, _)| *o).collect();
                assert_eq!(ordinals, [group.key, group.key + 20, group.key + 40]);
                assert_eq!(group.number, keys.len() as u64);
                assert!(keys.insert(group.key), "{}", group.key);
                orders.push(group.key);
            }
            assert_eq!(keys, (0..20).filter(|key| !done.contains(key)).collect());
            assert!(most <= groups_at_once.max(1), "{most}");
            let falls = orders.windows(2).filter(|pair| pair[0] > pair[1]).count();
            assert_eq!(
                falls, 0,
                "each reading goes on where the one before had no room"
            );
        }
    }

    #[test]
    fn a_limit_ends_every_reading() {
        let folder = tempfile::tempdir().unwrap();
        let data = scattered(folder.path(), 10, 2);
        let index = Index::build(&*data, Some(13), true).unwrap();
        let mut source = GroupSource::new(&*data, &index, HashSet::new(), Some(13));
        source.room = 0;
        let sizes: Vec<usize> = source.map(|group| group.records.len()).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 13);
        assert_eq!(sizes.len(), 10);
    }
}
