//! Behaviour: what candidates answer on other scenes, where nobody knows the right answer.
//!
//! Programs that answer alike everywhere mean the same, whatever they look like: candidates fall
//! into *clusters* of equal behaviour, and those that reached a cluster independently support each
//! other. A program that answers the same whatever it sees, or fails on most scenes, is no reading
//! of a question. And an answer that a program gives on few scenes says more, when it is right, than
//! one that it gives on nearly all: in bits, −log₂ of how often it gives it.

use std::collections::BTreeMap;

/// What candidates answered on probes: scenes other than the sample's own.
#[derive(Debug, Clone, Default)]
pub struct Behaviours {
    /// For each candidate its answer to each probe, as a number in `answers`; `None` where it
    /// gave none. Empty for a candidate that was not run.
    rows: Vec<Vec<Option<u32>>>,
    answers: BTreeMap<String, u32>,
    /// The first candidate of each one's cluster.
    clusters: Vec<usize>,
}

/// How one candidate behaves.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Behaviour {
    /// Share of probes that it answered, in [0, 1].
    pub answered: f64,
    /// Share of its most frequent answer among those it gave, in [0, 1]; 1 is constant.
    pub majority: f64,
}

impl Behaviours {
    /// `answers[candidate][probe]`: the answer's text, or `None` where the program gave none.
    pub fn of(answers: &[Vec<Option<String>>]) -> Self {
        let mut out = Self::default();
        for row in answers {
            let row = row.iter().map(|answer| {
                let next = out.answers.len() as u32;
                let text = answer.as_ref()?;
                Some(*out.answers.entry(normal(text)).or_insert(next))
            });
            let row: Vec<Option<u32>> = row.collect();
            out.rows.push(row);
        }
        out.clusters = (0..out.rows.len())
            .map(|c| {
                let alike = (0..c).find(|&other| out.rows[other] == out.rows[c]);
                alike.unwrap_or(c)
            })
            .collect();
        out
    }

    /// The first candidate that behaves as this one does.
    pub fn cluster(&self, candidate: usize) -> usize {
        self.clusters[candidate]
    }

    /// How a candidate behaves.
    pub fn behaviour(&self, candidate: usize) -> Behaviour {
        let row = &self.rows[candidate];
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for answer in row.iter().flatten() {
            *counts.entry(*answer).or_default() += 1;
        }
        let given: usize = counts.values().sum();
        let share = |n: usize, of: usize| if of == 0 { 0.0 } else { n as f64 / of as f64 };
        Behaviour {
            answered: share(given, row.len()),
            majority: match counts.values().max() {
                Some(most) => share(*most, given),
                None => 1.0,
            },
        }
    }

    /// How often a candidate gave each answer, in the order of the answers' texts.
    pub fn counts(&self, candidate: usize) -> BTreeMap<String, u32> {
        let row = &self.rows[candidate];
        let count = |number: u32| row.iter().filter(|a| **a == Some(number)).count();
        let counts = self.answers.iter().map(|(text, number)| {
            // There are fewer probes than that.
            (text.clone(), count(*number) as u32)
        });
        counts.filter(|(_, count)| *count > 0).collect()
    }
}

/// Answers are told apart as the loosest matcher tells them: `True` is `true`.
pub(super) fn normal(answer: &str) -> String {
    answer.trim().to_lowercase()
}
