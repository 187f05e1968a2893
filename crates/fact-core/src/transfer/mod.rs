//! Whether a rationale helps an end-to-end model: what a verifier answers with and without it.
//!
//! A verifier model answers a question under several [`Condition`]s. With the image alone; with the
//! image and the rationale, from which the conclusion is taken and in which the answer's words are
//! masked ([`hint`]); with the rationale but no image, which tells how much the text gives away; and,
//! as a control, with the image and another sample's rationale. [`Scores`] hold what came of it, and
//! a [`Rule`] tells which rationales to keep, by a [`Vote`] of several verifiers.
//!
//! `paper` is the rule of Gao et al., "Fact" (ACM MM 2024): the verifier is right when it is given
//! the rationale. `lift` asks that it is better off with it than without. That a rationale which
//! merely tells the answer earns nothing is seen by parting samples by whether the text alone gives
//! the answer, as leakage-adjusted simulatability does (Hase, Zhang, Xie, Bansal: "Leakage-Adjusted
//! Simulatability", Findings of EMNLP 2020); [`crate::metrics::transfer`] reports both parts.

mod hint;
mod rule;

pub use hint::{MASK, hint};
pub use rule::{ParseRuleError, Rule, Vote};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a verifier is given besides the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The image.
    Plain,
    /// The image and the rationale.
    Rationale,
    /// The rationale and no image: what the text gives away.
    Text,
    /// The image and the rationale of another sample.
    Placebo,
}

impl Condition {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Rationale, Self::Text, Self::Placebo];

    /// Its name in stores and exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Rationale => "rationale",
            Self::Text => "text",
            Self::Placebo => "placebo",
        }
    }

    /// The condition with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Whether the image is shown.
    pub fn has_image(self) -> bool {
        self != Self::Text
    }
}

/// What a verifier answered under one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// Its answer, as it gave it.
    pub answer: String,
    /// How right that is, in [0, 1], as the data set compares answers.
    pub score: f64,
    /// The probability that it gives the data set's answer, in [0, 1], where it tells; the least it
    /// can be where it tells only of the likeliest tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

impl Scored {
    /// Whether the answer counts as right: a score of one half or more, as
    /// [`Matcher::is_right`](crate::Matcher::is_right) has it.
    pub fn is_right(&self) -> bool {
        self.score >= 0.5
    }
}

/// What one verifier answered about one sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores(pub BTreeMap<Condition, Scored>);

impl Scores {
    /// What it answered under `condition`, if it was asked.
    pub fn get(&self, condition: Condition) -> Option<&Scored> {
        self.0.get(&condition)
    }

    /// How much better the sample is answered under `with` than under `without`, in [-1, 1]: by the
    /// probability of the right answer where both have one, else by the score. `None` if one of the
    /// two was not asked.
    pub fn gain(&self, with: Condition, without: Condition) -> Option<f64> {
        let (with, without) = (self.get(with)?, self.get(without)?);
        let gain = match with.probability.zip(without.probability) {
            Some((with, without)) => with - without,
            None => with.score - without.score,
        };
        Some(gain)
    }

    /// How much better it is answered with the rationale than without, in [-1, 1].
    pub fn lift(&self) -> Option<f64> {
        self.gain(Condition::Rationale, Condition::Plain)
    }

    /// Whether the rationale gives the answer away: without the image it is answered right.
    pub fn leaks(&self) -> Option<bool> {
        self.get(Condition::Text).map(Scored::is_right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(score: f64, probability: Option<f64>) -> Scored {
        Scored {
            answer: "x".into(),
            score,
            probability,
        }
    }

    #[test]
    fn lift_is_of_probabilities_where_both_have_one() {
        let mut scores = Scores::default();
        assert_eq!(scores.lift(), None);
        scores.0.insert(Condition::Plain, scored(0.0, Some(0.25)));
        assert_eq!(scores.lift(), None);
        scores
            .0
            .insert(Condition::Rationale, scored(1.0, Some(0.75)));
        assert_eq!(scores.lift(), Some(0.5));
        scores.0.insert(Condition::Rationale, scored(1.0, None));
        assert_eq!(scores.lift(), Some(1.0));
    }

    #[test]
    fn what_the_text_alone_answers_right_leaks() {
        let mut scores = Scores::default();
        assert_eq!(scores.leaks(), None);
        scores.0.insert(Condition::Text, scored(0.5, None));
        assert_eq!(scores.leaks(), Some(true));
        scores.0.insert(Condition::Text, scored(0.3, Some(0.9)));
        assert_eq!(scores.leaks(), Some(false));
    }

    #[test]
    fn names_of_conditions_are_read_back() {
        for condition in Condition::ALL {
            assert_eq!(Condition::named(condition.name()), Some(condition));
        }
        assert_eq!(Condition::named("blind"), None);
    }
}
