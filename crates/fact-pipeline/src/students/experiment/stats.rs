//! Measures of predictions as ratios of sums, with intervals over samples and over seeds.

/// Resamples of the bootstrap.
const RESAMPLES: usize = 2000;

/// Sums of what a measure is made of.
pub(super) type Sums = [f64; 4];

/// What is measured, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    /// Right answers of all: sums are right ones and all.
    Accuracy,
    /// Mean of the accuracies where the answer is yes and where it is no: right and all of the first, right
    /// and all of the second.
    Balanced,
    /// Yes where the answer is no; sums as of `Balanced`.
    FalseYes,
    /// Objects that are not there of all that are named (CHAIRi): not there, named, captions with any that
    /// is not there, captions.
    Objects,
    /// Captions with any such object of all (CHAIRs); sums as of `Objects`.
    Captions,
    /// Objects that a caption names, a number and not percent: who names none says nothing wrong. Sums as of
    /// `Objects`.
    Named,
}

impl Measure {
    /// Its name in tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Balanced => "balanced accuracy",
            Self::FalseYes => "false yes",
            Self::Objects => "CHAIRi",
            Self::Captions => "CHAIRs",
            Self::Named => "objects named",
        }
    }

    /// Its value, in percent but for objects named; none where there is nothing that it could be about.
    pub(super) fn of(self, sums: &Sums) -> Option<f64> {
        let share = |of: f64, by: f64| (by > 0.0).then(|| 100.0 * of / by);
        let [a, b, c, d] = *sums;
        match self {
            Self::Accuracy => share(a, b),
            Self::Balanced => Some((share(a, b)? + share(c, d)?) / 2.0),
            Self::FalseYes => share(c, d).map(|right| 100.0 - right),
            Self::Objects => share(a, b),
            Self::Captions => share(c, d),
            Self::Named => (d > 0.0).then(|| b / d),
        }
    }
}

/// The middle 95 % of a measure over resamples of groups: samples of one question, or of one picture, are no
/// independent ones. A percentile bootstrap (Efron, Tibshirani 1993, chapter 13).
pub(super) fn interval(groups: &[Sums], measure: Measure) -> Option<(f64, f64)> {
    resample(groups.len(), |drawn| measure.of(&sum(groups, drawn)))
}

/// The same of the difference of two measures of the same groups: each resample is of the same samples.
pub(super) fn difference(a: &[Sums], b: &[Sums], measure: Measure) -> Option<(f64, f64)> {
    if a.len() != b.len() {
        return None;
    }
    resample(a.len(), |drawn| {
        Some(measure.of(&sum(a, drawn))? - measure.of(&sum(b, drawn))?)
    })
}

/// All together.
pub(super) fn total(groups: &[Sums]) -> Sums {
    let all: Vec<usize> = (0..groups.len()).collect();
    sum(groups, &all)
}

fn sum(groups: &[Sums], drawn: &[usize]) -> Sums {
    let mut total = [0.0; 4];
    for &at in drawn {
        for (total, more) in total.iter_mut().zip(groups[at]) {
            *total += more;
        }
    }
    total
}

fn resample(groups: usize, value: impl Fn(&[usize]) -> Option<f64>) -> Option<(f64, f64)> {
    if groups < 2 {
        return None;
    }
    // SplitMix64 (Steele, Lea, Flood 2014).
    let mut state = 0x5eed_u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut values = Vec::with_capacity(RESAMPLES);
    let mut drawn = vec![0; groups];
    for _ in 0..RESAMPLES {
        for at in &mut drawn {
            *at = ((u128::from(next()) * groups as u128) >> 64) as usize;
        }
        values.extend(value(&drawn));
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get((share * values.len() as f64) as usize).copied();
    Some((at(0.025)?, at(0.975)?))
}

/// Half of the 95 % interval of the mean over seeds, by Student's t; none of fewer than two.
pub(super) fn over_seeds(values: &[f64]) -> Option<f64> {
    /// 97.5th percentile of t at 1, 2, … degrees of freedom.
    const T: [f64; 9] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262,
    ];
    let n = values.len();
    if n < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let deviation = (squares / (n - 1) as f64).sqrt();
    // Beyond ten seeds 2.262 is a little too wide, which is safe.
    let t = T[(n - 2).min(T.len() - 1)];
    Some(t * deviation / (n as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blind_student_that_says_no_is_balanced_at_half() {
        // Ten questions: three yes, seven no; all answered no.
        let sums = [0.0, 3.0, 7.0, 7.0];
        assert_eq!(Measure::Balanced.of(&sums), Some(50.0));
        assert_eq!(Measure::FalseYes.of(&sums), Some(0.0));
        assert_eq!(Measure::Balanced.of(&[0.0, 0.0, 1.0, 1.0]), None);
    }

    #[test]
    fn intervals_hold_the_value_and_shrink() {
        let groups = |n: usize| -> Vec<Sums> {
            (0..n)
                .map(|i| [f64::from(u8::from(i % 3 == 0)), 1.0, 0.0, 0.0])
                .collect()
        };
        let width = |n| {
            let groups = groups(n);
            let (low, high) = interval(&groups, Measure::Accuracy).unwrap();
            let value = Measure::Accuracy.of(&total(&groups)).unwrap();
            assert!(low < value && value < high);
            high - low
        };
        // A third right of 300: 1.96 · √(2/9 / 300) is 5.3 at each side.
        assert!((9.0..12.5).contains(&width(300)), "{}", width(300));
        assert!(width(3000) < width(300) / 2.0);
        assert_eq!(interval(&groups(1), Measure::Accuracy), None);
    }

    #[test]
    fn a_difference_is_paired() {
        let a: Vec<Sums> = (0..200)
            .map(|i| [f64::from(u8::from(i % 2 == 0)), 1.0, 0.0, 0.0])
            .collect();
        // Right where the other is, and once more.
        let mut b = a.clone();
        b[1][0] = 1.0;
        let (low, high) = difference(&b, &a, Measure::Accuracy).unwrap();
        assert!((0.0..=0.01).contains(&low) && high < 2.1, "{low} {high}");
    }

    #[test]
    fn seeds_give_a_t_interval() {
        assert_eq!(over_seeds(&[1.0]), None);
        // Deviation 1, so 4.303 / √3.
        let half = over_seeds(&[1.0, 2.0, 3.0]).unwrap();
        assert!((half - 2.4843).abs() < 1e-3, "{half}");
    }
}
