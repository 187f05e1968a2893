//! Percentile bootstrap of measures (Efron and Tibshirani, *An Introduction to the Bootstrap*,
//! 1993, chapters 10, 13 and 16): units are drawn with replacement, as many as there are, again
//! and again.

use super::tally::{Better, Tally};
use serde::Serialize;

/// How often units are drawn, and from which seed. The same numbers give the same intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Number of resamples; 0 for none, and no intervals.
    pub times: u32,
    /// Seed of the drawing.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            times: 1000,
            seed: 0,
        }
    }
}

/// The middle 95 % of what resamples gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The 2.5th percentile.
    pub low: f64,
    /// The 97.5th.
    pub high: f64,
}

/// A measure with its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// What is broken down; `None` for the values over everything.
    pub part: Option<&'static str>,
    /// Its name, or that of the part.
    pub name: String,
    /// Which values are good.
    pub better: Better,
    /// The value; `None` where there is nothing that it could be about.
    pub value: Option<f64>,
    /// 95 % interval; `None` without resamples.
    pub interval: Option<Interval>,
    /// How many questions, captions or objects it is the mean of.
    pub count: Option<u64>,
}

/// A measure of one prediction file less that of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The value of the other one.
    pub value: Option<f64>,
    /// The first less the other.
    pub difference: Option<f64>,
    /// 95 % interval of the difference.
    pub interval: Option<Interval>,
    /// Share of resamples in which the first is better, a tie counting one half; greater where
    /// neither direction is good.
    pub better: Option<f64>,
}

/// Two tallies are not of the same questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the two sets of predictions are not about the same questions")]
pub struct Unpaired;

/// The measures of `tally` with intervals.
pub fn measured(tally: &Tally, resampling: Resampling) -> Vec<Measured> {
    let mut drawn = vec![Vec::new(); tally.list().len()];
    let mut sums = Vec::new();
    resample(tally.len(), resampling, |times| {
        tally.weighted_sums(times, &mut sums);
        for (drawn, measure) in drawn.iter_mut().zip(tally.list()) {
            drawn.extend(measure.formula.of(&sums));
        }
    });
    let values = tally.values().into_iter().zip(tally.counts());
    let measures = tally.list().iter().zip(values).zip(drawn);
    let measured = measures.map(|((measure, (value, count)), drawn)| Measured {
        part: measure.part,
        name: measure.name.clone(),
        better: measure.better,
        value,
        interval: value.and_then(|_| interval(drawn)),
        count,
    });
    measured.collect()
}

/// The measures of `a` less those of `b`, which must be of the same questions: in each resample
/// both answer the same ones.
///
/// # Errors
/// If they are not.
pub fn compared(a: &Tally, b: &Tally, resampling: Resampling) -> Result<Vec<Compared>, Unpaired> {
    let same = |(a, b): (&super::tally::Measure, &super::tally::Measure)| {
        a.part == b.part && a.name == b.name
    };
    let pairs = || a.list().iter().zip(b.list());
    if a.len() != b.len() || a.list().len() != b.list().len() || !pairs().all(same) {
        return Err(Unpaired);
    }
    let mut drawn = vec![Vec::new(); a.list().len()];
    let (mut sums_a, mut sums_b) = (Vec::new(), Vec::new());
    resample(a.len(), resampling, |times| {
        a.weighted_sums(times, &mut sums_a);
        b.weighted_sums(times, &mut sums_b);
        for (drawn, (of_a, of_b)) in drawn.iter_mut().zip(pairs()) {
            let values = of_a.formula.of(&sums_a).zip(of_b.formula.of(&sums_b));
            drawn.extend(values.map(|(a, b)| a - b));
        }
    });
    let values = a.values().into_iter().zip(b.values());
    let compared = a.list().iter().zip(values).zip(drawn);
    let compared = compared.map(|((measure, (of_a, of_b)), drawn)| {
        let difference = of_a.zip(of_b).map(|(a, b)| a - b);
        Compared {
            value: of_b,
            difference,
            better: share_better(&drawn, measure.better),
            interval: difference.and_then(|_| interval(drawn)),
        }
    });
    Ok(compared.collect())
}

fn share_better(differences: &[f64], better: Better) -> Option<f64> {
    let sign = if better == Better::Lower { -1.0 } else { 1.0 };
    let score = |difference: &f64| match sign * difference {
        d if d > 0.0 => 1.0,
        d if d < 0.0 => 0.0,
        _ => 0.5,
    };
    let sum: f64 = differences.iter().map(score).sum();
    (!differences.is_empty()).then(|| sum / differences.len() as f64)
}

/// The values at the ranks that leave 2.5 % outside on either side.
fn interval(mut values: Vec<f64>) -> Option<Interval> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let outside = values.len() * 25 / 1000;
    Some(Interval {
        low: values[outside],
        high: values[last - outside],
    })
}

/// Calls `each` with how often each of `units` units was drawn, for every resample.
fn resample(units: usize, resampling: Resampling, mut each: impl FnMut(&[u32])) {
    let mut state = resampling.seed;
    let mut times = vec![0; units];
    for _ in 0..resampling.times {
        times.fill(0);
        for _ in 0..units {
            let drawn = (u128::from(splitmix(&mut state)) * units as u128) >> 64;
            times[drawn as usize] += 1;
        }
        each(&times);
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), written out so that a seed gives the same intervals for
/// ever.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

    use super::*;
    use crate::metrics::tallyqa::{self, Count};

    fn counts(right: &[bool]) -> Tally {
        let counts: Vec<Count> = right
            .iter()
            .map(|right| Count {
                answer: 2,
                predicted: Some(if *right { 2 } else { 3 }),
                simple: Some(true),
            })
            .collect();
        tallyqa::tally(&counts)
    }

    #[test]
    fn an_interval_of_a_share_is_near_that_of_the_binomial() {
        let right: Vec<bool> = (0..400).map(|i| i % 4 != 0).collect();
        let measured = measured(&counts(&right), Resampling::default());
        let interval = measured[0].interval.unwrap();
        // 75 % ± 1.96 standard errors of 2.165 points.
        assert!((interval.low - 70.76).abs() < 0.8, "{interval:?}");
        assert!((interval.high - 79.24).abs() < 0.8, "{interval:?}");
    }

    #[test]
    fn a_comparison_is_paired() {
        // The second is wrong where the first is, and on five more: never better in any resample.
        let a: Vec<bool> = (0..100).map(|i| i % 2 == 0).collect();
        let b: Vec<bool> = (0..100).map(|i| i % 2 == 0 && i >= 10).collect();
        let compared = compared(&counts(&a), &counts(&b), Resampling::default()).unwrap();
        let accuracy = &compared[0];
        assert_eq!(accuracy.difference, Some(5.0));
        assert!(accuracy.interval.unwrap().low >= 0.0);
        assert!(accuracy.better.unwrap() > 0.98);
        // RMSE is better where it is lower: also the first.
        assert!(compared[1].difference.unwrap() < 0.0);
        assert!(compared[1].better.unwrap() > 0.98);
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_none_without_resamples() {
        let tally = counts(&[true, false, true, true, false]);
        let at = |seed| measured(&tally, Resampling { times: 50, seed });
        assert_eq!(at(1), at(1));
        let none = measured(&tally, Resampling { times: 0, seed: 1 });
        assert_eq!(none[0].interval, None);
        assert_eq!(none[0].value, Some(60.0));
    }

    #[test]
    fn other_questions_are_not_compared() {
        let (a, b) = (counts(&[true]), counts(&[true, true]));
        assert_eq!(compared(&a, &b, Resampling::default()), Err(Unpaired));
    }
}
