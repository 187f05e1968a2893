//! NLVR (Suhr, Lewis, Yeh, Artzi, "A Corpus of Natural Language for Visual Reasoning", 2017):
//! accuracy and consistency as `nlvr/metrics_images.py` of <https://github.com/lil-lab/nlvr>
//! (commit 56f4bc8) prints them.
//!
//! *Accuracy* (the script calls it precision) is the share of images whose label is predicted.
//! *Consistency* is the share of sentences that are right on all images of all their examples.
//! Both are in [0, 1]. A prediction is right if it is the label but for case; anything else is
//! wrong.

use super::tally::{Better, Formula, Tally};
use std::collections::BTreeMap;

/// An example with what was predicted for each of its six images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'a> {
    /// `SENTENCE-SET`; the sentence is what stands before the first hyphen.
    pub identifier: &'a str,
    /// `true` or `false`.
    pub label: &'a str,
    /// By order of the boxes.
    pub predictions: [&'a str; 6],
}

/// The unit is the sentence.
pub fn tally(examples: &[Example<'_>]) -> Tally {
    let mut by_sentence: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for example in examples {
        let sentence = example.identifier.split('-').next().unwrap_or_default();
        let label = example.label.to_lowercase();
        let right = example.predictions.iter();
        let right = right.filter(|p| p.to_lowercase() == label).count();
        let (hits, images) = by_sentence.entry(sentence).or_default();
        *hits += right as f64;
        *images += example.predictions.len() as f64;
    }
    let mut tally = Tally::new("sentence");
    let (right, images) = (tally.cell(), tally.cell());
    let (consistent, sentences) = (tally.cell(), tally.cell());
    for (hits, shown) in by_sentence.into_values() {
        let unit = tally.begin();
        tally.add(unit, right, hits);
        tally.add(unit, images, shown);
        tally.add(unit, consistent, f64::from(u8::from(hits == shown)));
        tally.add(unit, sentences, 1.0);
    }
    let (of, by) = (right, images);
    tally.measure("accuracy", Better::Higher, Formula::Share { of, by });
    let (of, by) = (consistent, sentences);
    tally.measure("consistency", Better::Higher, Formula::Share { of, by });
    tally
}
