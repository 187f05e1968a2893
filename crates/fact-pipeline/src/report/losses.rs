//! Ways to be lost, counted, with the first examples of each.

use super::example::Example;
use crate::store::{Reader, StoreError, StoredExample};
use serde::Serialize;
use std::collections::BTreeMap;

/// Examples of one kind of loss.
const EXAMPLES: usize = 3;
/// Kinds of loss that are told apart; programs name exceptions, and could name many.
const MOST_KINDS: usize = 200;
/// Most characters of a kind.
const KIND: usize = 80;
/// The kind that holds what is beyond [`MOST_KINDS`].
const OTHER: &str = "other";

/// The stages in their order.
const STAGES: [&str; 6] = ["propose", "parse", "image", "execute", "verify", "explain"];

/// One way to be lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loss {
    /// The stage at which it happened.
    pub stage: String,
    /// What happened, without text of the data (but a program may name exceptions of its own).
    pub kind: String,
    /// How often.
    pub count: u64,
    /// The first three, in the data set's order.
    pub examples: Vec<Example>,
}

/// Where an example is found in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Of the sample.
    pub(super) ordinal: i64,
    /// Of the candidate in its group.
    pub(super) candidate: Option<i64>,
}

/// Index in [`STAGES`], and kind.
type Key = (usize, String);
/// How often, and the first places.
type Counted = (u64, Vec<Place>);

/// Losses being counted.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<Key, Counted>);

impl Losses {
    /// Counts one; those that come first in the data set are the examples.
    pub(super) fn add(&mut self, stage: &str, kind: &str, place: Place) {
        let stage = STAGES.iter().position(|s| *s == stage);
        let kind: String = kind.chars().take(KIND).collect();
        let mut key = (stage.unwrap_or(STAGES.len()), kind);
        if self.0.len() >= MOST_KINDS && !self.0.contains_key(&key) {
            key.1 = OTHER.to_owned();
        }
        let (count, places) = self.0.entry(key).or_default();
        *count += 1;
        // Candidates of one question are lost at samples in any order.
        let at = places.partition_point(|known| *known <= place);
        if at < EXAMPLES {
            places.insert(at, place);
            places.truncate(EXAMPLES);
        }
    }

    /// By stage, most frequent first, with their examples.
    pub(super) fn done(self, reader: &Reader) -> Result<Vec<Loss>, StoreError> {
        let mut losses: Vec<(Key, Counted)> = self.0.into_iter().collect();
        losses.sort_by(|a, b| {
            let ((stage_a, kind_a), (count_a, _)) = a;
            let ((stage_b, kind_b), (count_b, _)) = b;
            (stage_a, count_b, kind_a).cmp(&(stage_b, count_a, kind_b))
        });
        let loss = |((stage, kind), (count, places)): (Key, Counted)| {
            let stage = STAGES.get(stage).copied().unwrap_or(OTHER);
            let example = |place: &Place| -> Result<Option<Example>, StoreError> {
                let stored = reader.example(place.ordinal, place.candidate)?;
                Ok(stored.map(|stored: StoredExample| Example::of(stored, stage)))
            };
            let examples = places.iter().filter_map(|place| example(place).transpose());
            Ok(Loss {
                stage: stage.to_owned(),
                kind,
                count,
                examples: examples.collect::<Result<_, StoreError>>()?,
            })
        };
        losses.into_iter().map(loss).collect()
    }
}
