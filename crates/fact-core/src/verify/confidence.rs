//! Confidence: how likely a program is right in general and not only on what was seen.
//!
//! For each candidate the [`Evidence`] that needs no label is gathered: which content of the question
//! its program accounts for, whether phrases mean in it what they mean elsewhere, how it behaves on
//! other scenes. On a sample, [`features`] puts the candidates that are not ruled out beside each
//! other; a fitted [`Model`] makes a probability of each one's features.

use super::behaviour::Behaviour;
use super::coverage::Coverage;
use super::fit::sigmoid;
use super::phrases::Consistency;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What speaks for and against a candidate, whatever the label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who proposed it.
    pub proposer: String,
    /// The proposer's own score.
    pub score: f64,
    /// How many exemplars or samples led to the program independently, at least 1.
    pub backing: u32,
    /// Which content of the question its program accounts for.
    pub coverage: Coverage,
    /// Whether phrases mean in it what they mean elsewhere.
    pub consistency: Consistency,
    /// How it behaves on other scenes.
    pub behaviour: Behaviour,
    /// On how many other scenes it was run.
    pub probes: u32,
    /// How often it gave each answer there.
    pub answers: BTreeMap<String, u32>,
    /// The first candidate of the question that answers alike on all of them.
    pub cluster: usize,
}

impl Evidence {
    /// How much it says, in bits, that the candidate gave this answer: −log₂ of the share of other
    /// scenes on which it gives it, by the rule of succession.
    pub fn surprise(&self, answer: &str) -> f64 {
        let same = self.answers.get(&super::behaviour::normal(answer));
        let same = f64::from(same.copied().unwrap_or(0));
        let share = (same + 1.0) / (f64::from(self.probes) + 2.0);
        -share.log2()
    }
}

/// Names of the features, in their order.
pub const NAMES: [&str; 12] = [
    "missing",
    "missing_words",
    "extra",
    "phrase_program",
    "phrase_question",
    "phrase_program_lead",
    "phrase_question_lead",
    "constant",
    "support",
    "retrieval",
    "proposers",
    "surprise",
];

/// What the probability of a candidate is made of; see [`NAMES`].
pub type Features = [f64; NAMES.len()];

/// A program that gives one answer on more than this share of scenes is as good as constant.
const CONSTANT: f64 = 0.97;

/// The features of the candidates of a question on what is seen of it. `standing[c]` is `None` for a
/// candidate that is ruled out: it is wrong where the answer is known, or gives none. Otherwise it
/// is how much its being right says, in bits ([`Evidence::surprise`], summed over scenes; 0 where no
/// answer is known).
///
/// | feature | is |
/// |---|---|
/// | `missing` | values, numbers and words of quantity that the program does not account for |
/// | `missing_words` | other words that it does not account for |
/// | `extra` | units that it names and the question does not |
/// | `phrase_program`, `phrase_question` | log-probability of its least likely translation, both ways |
/// | `…_lead` | mean log-probability, less that of the best candidate |
/// | `constant` | 1 if it answers the same almost everywhere |
/// | `support` | share of all backing that candidates of equal behaviour have |
/// | `retrieval` | best score of the bank among candidates of equal behaviour, 0 without |
/// | `proposers` | how many proposers led to its behaviour, less one |
/// | `surprise` | what its being right says, in bits |
pub fn features(evidence: &[Option<Evidence>], standing: &[Option<f64>]) -> Vec<Option<Features>> {
    let known = || evidence.iter().zip(standing).enumerate();
    let eligible = || known().filter_map(|(c, (e, s))| Some((c, e.as_ref()?, (*s)?)));
    let weight = |e: &Evidence| (1.0 + f64::from(e.backing)).log2();
    let total: f64 = eligible().map(|(_, e, _)| weight(e)).sum();
    let best = |of: fn(&Consistency) -> f64| {
        let all = evidence.iter().flatten().map(|e| of(&e.consistency));
        all.fold(f64::NEG_INFINITY, f64::max)
    };
    let (best_program, best_question) = (best(|c| c.program), best(|c| c.question));
    let mut out = vec![None; evidence.len()];
    for (c, e, surprise) in eligible() {
        let alike = || eligible().filter(|(_, other, _)| other.cluster == e.cluster);
        let support: f64 = alike().map(|(_, other, _)| weight(other)).sum();
        let retrieved = alike().filter(|(_, other, _)| other.proposer == "bank");
        let proposers: std::collections::BTreeSet<&str> =
            alike().map(|(_, other, _)| &*other.proposer).collect();
        let coverage = &e.coverage;
        out[c] = Some([
            f64::from(coverage.values + coverage.numbers + coverage.quantities),
            f64::from(coverage.words),
            f64::from(coverage.extra),
            e.consistency.program_least,
            e.consistency.question_least,
            e.consistency.program - best_program,
            e.consistency.question - best_question,
            f64::from(u8::from(e.behaviour.majority > CONSTANT)),
            support / total,
            retrieved
                .map(|(_, other, _)| other.score)
                .fold(0.0, f64::max),
            proposers.len() as f64 - 1.0,
            surprise,
        ]);
    }
    out
}

/// Makes a probability of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// What is added to the sum.
    pub intercept: f64,
    /// The weight of each feature in the log-odds, by name; those not named weigh nothing.
    pub weights: BTreeMap<String, f64>,
}

impl Model {
    /// How likely a candidate with these features is right in general, in (0, 1).
    pub fn probability(&self, features: &Features) -> f64 {
        let weighted = NAMES.iter().zip(features).map(|(name, value)| {
            let weight = self.weights.get(*name).copied().unwrap_or(0.0);
            weight * value
        });
        sigmoid(self.intercept + weighted.sum::<f64>())
    }
}
