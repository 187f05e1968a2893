//! The second pass: groups of samples, as soon as they are complete.

use super::index::Index;
use crate::datasets::{DataSet, Record, Samples};
use std::collections::{BTreeMap, HashSet};

/// Yields the groups that are not done yet, each when its last sample was read.
pub struct GroupSource<'a> {
    samples: Samples<'a>,
    index: &'a Index,
    done: HashSet<u64>,
    open: BTreeMap<u64, OpenGroup>,
    ordinal: u64,
    limit: u64,
    /// Groups yielded so far.
    number: u64,
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
            samples: data.samples(),
            index,
            done,
            open: BTreeMap::new(),
            ordinal: 0,
            limit: limit.unwrap_or(u64::MAX),
            number: 0,
        }
    }
}

impl Iterator for GroupSource<'_> {
    type Item = OpenGroup;

    fn next(&mut self) -> Option<OpenGroup> {
        while self.ordinal < self.limit {
            // Malformed records were counted by the first pass.
            let record = match self.samples.next() {
                None => break,
                Some(Err(_)) => continue,
                Some(Ok(record)) => record,
            };
            let ordinal = self.ordinal;
            self.ordinal += 1;
            let Some((key, size)) = self.index.group(&record.sample.group) else {
                continue;
            };
            if self.done.contains(&key) {
                continue;
            }
            let group = self.open.entry(key).or_insert_with(|| OpenGroup {
                number: 0,
                key,
                records: Vec::new(),
            });
            group.records.push((ordinal, record));
            if group.records.len() == size as usize {
                let mut group = self.open.remove(&key)?;
                group.number = self.number;
                self.number += 1;
                return Some(group);
            }
        }
        None
    }
}
