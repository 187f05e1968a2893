//! How much rationales help a verifier model ([`crate::transfer`]).
//!
//! In percent, or percentage points, over the samples that were asked about under all conditions
//! that a measure compares:
//!
//! | measure | what |
//! |---|---|
//! | accuracy, image | mean score with the image alone |
//! | accuracy, image and rationale | with the rationale too |
//! | accuracy, rationale alone | without the image: what the text gives away |
//! | accuracy, image and another's rationale | the placebo |
//! | probability, … | mean probability of the right answer, where the verifier tells it |
//! | lift | with the rationale less without, as [`Scores::lift`] has it |
//! | lift over placebo | with the rationale less with another's |
//! | lift, leaking / not leaking | of the samples that the rationale alone answers right, and of the others |
//! | leakage-adjusted | the mean of these two lifts (LAS of Hase et al., 2020); none if one part is empty |
//!
//! The unit is the question: samples that ask the same are drawn together.

use super::tally::{Better, Cell, Formula, Tally};
use crate::transfer::{Condition, Scores};
use std::collections::BTreeMap;

/// What a verifier answered about a sample of a question.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The question: samples with the same one are a unit.
    pub group: &'a str,
    /// The scores.
    pub scores: &'a Scores,
}

/// A sum and the number of samples in it.
#[derive(Clone, Copy)]
struct Mean {
    of: Cell,
    by: Cell,
}

impl Mean {
    fn new(tally: &mut Tally) -> Self {
        let (of, by) = (tally.cell(), tally.cell());
        Self { of, by }
    }

    fn add(self, tally: &mut Tally, unit: usize, value: Option<f64>) {
        if let Some(value) = value {
            tally.add(unit, self.of, value);
            tally.add(unit, self.by, 1.0);
        }
    }

    fn tell(self, tally: &mut Tally, name: &str, better: Better) {
        let Self { of, by } = self;
        tally.measure(name, better, Formula::Percent { of, by });
    }
}

/// What a condition is called in the table.
fn called(condition: Condition) -> &'static str {
    match condition {
        Condition::Plain => "image",
        Condition::Rationale => "image and rationale",
        Condition::Text => "rationale alone",
        Condition::Placebo => "image and another's rationale",
    }
}

/// The unit is the question.
pub fn tally(judged: &[Judged<'_>]) -> Tally {
    let mut groups: BTreeMap<&str, Vec<&Scores>> = BTreeMap::new();
    for Judged { group, scores } in judged {
        groups.entry(group).or_default().push(scores);
    }
    let mut tally = Tally::new("question");
    let means: Vec<(Condition, Mean, Mean)> = Condition::ALL
        .into_iter()
        .map(|c| (c, Mean::new(&mut tally), Mean::new(&mut tally)))
        .collect();
    let lift = Mean::new(&mut tally);
    let over_placebo = Mean::new(&mut tally);
    let (leaking, sound) = (Mean::new(&mut tally), Mean::new(&mut tally));
    for samples in groups.into_values() {
        let unit = tally.begin();
        for scores in samples {
            for (condition, score, probability) in &means {
                let scored = scores.get(*condition);
                score.add(&mut tally, unit, scored.map(|s| s.score));
                probability.add(&mut tally, unit, scored.and_then(|s| s.probability));
            }
            lift.add(&mut tally, unit, scores.lift());
            let gain = scores.gain(Condition::Rationale, Condition::Placebo);
            over_placebo.add(&mut tally, unit, gain);
            match scores.leaks() {
                Some(true) => leaking.add(&mut tally, unit, scores.lift()),
                Some(false) => sound.add(&mut tally, unit, scores.lift()),
                None => {}
            }
        }
    }
    for (condition, score, _) in &means {
        let better = match condition {
            Condition::Rationale => Better::Higher,
            _ => Better::Neither,
        };
        score.tell(
            &mut tally,
            &format!("accuracy, {}", called(*condition)),
            better,
        );
    }
    for (condition, _, probability) in &means {
        let name = format!("probability, {}", called(*condition));
        probability.tell(&mut tally, &name, Better::Neither);
    }
    lift.tell(&mut tally, "lift", Better::Higher);
    over_placebo.tell(&mut tally, "lift over placebo", Better::Higher);
    leaking.tell(&mut tally, "lift, leaking", Better::Higher);
    sound.tell(&mut tally, "lift, not leaking", Better::Higher);
    let parts = [leaking, sound].map(|mean| (mean.of, mean.by));
    let adjusted = Formula::MeanPercent(parts.to_vec());
    tally.measure("leakage-adjusted", Better::Higher, adjusted);
    tally
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

    use super::*;
    use crate::metrics::bootstrap::{Resampling, measured};
    use crate::transfer::Scored;

    /// Scores of the conditions in their order, as far as given.
    fn scores(values: &[f64]) -> Scores {
        let scored = |score: &f64| Scored {
            answer: String::new(),
            score: *score,
            probability: None,
        };
        Scores(
            Condition::ALL
                .into_iter()
                .zip(values.iter().map(scored))
                .collect(),
        )
    }

    fn values(samples: &[(&str, Scores)]) -> BTreeMap<String, Option<f64>> {
        let judged: Vec<Judged<'_>> = (samples.iter())
            .map(|(group, scores)| Judged { group, scores })
            .collect();
        let tally = tally(&judged);
        let measured = measured(&tally, Resampling { times: 0, seed: 0 });
        measured.into_iter().map(|m| (m.name, m.value)).collect()
    }

    #[test]
    fn lifts_are_parted_by_what_the_text_gives_away() {
        let samples = [
            // Three leak: all are lifted. One does not: it is not.
            ("a", scores(&[0.0, 1.0, 1.0, 0.0])),
            ("a", scores(&[0.0, 1.0, 1.0, 0.0])),
            ("b", scores(&[0.0, 1.0, 1.0, 0.0])),
            ("c", scores(&[1.0, 1.0, 0.0, 1.0])),
        ];
        let values = values(&samples);
        assert_eq!(values["accuracy, image"], Some(25.0));
        assert_eq!(values["accuracy, image and rationale"], Some(100.0));
        assert_eq!(values["accuracy, rationale alone"], Some(75.0));
        assert_eq!(values["lift"], Some(75.0));
        assert_eq!(values["lift over placebo"], Some(75.0));
        assert_eq!(values["lift, leaking"], Some(100.0));
        assert_eq!(values["lift, not leaking"], Some(0.0));
        assert_eq!(values["leakage-adjusted"], Some(50.0));
        assert_eq!(values["probability, image"], None);
    }

    #[test]
    fn without_one_part_nothing_is_adjusted() {
        let values = values(&[("a", scores(&[0.0, 1.0, 1.0])), ("b", scores(&[0.0]))]);
        assert_eq!(values["leakage-adjusted"], None);
        assert_eq!(values["lift"], Some(100.0));
        assert_eq!(values["lift over placebo"], None);
    }

    #[test]
    fn questions_are_the_units() {
        let one = scores(&[0.0, 1.0]);
        let judged = ["a", "a", "b"].map(|group| Judged {
            group,
            scores: &one,
        });
        assert_eq!(tally(&judged).len(), 2);
    }
}
