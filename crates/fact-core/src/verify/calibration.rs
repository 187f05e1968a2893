//! Calibration: models of confidence, fitted on questions whose siblings tell which programs are
//! right, with the thresholds at which they reach a precision.
//!
//! A *case* is a question as a user has it: one sample is seen, its siblings are hidden and tell
//! afterwards which candidates are right on all of them. The model is fitted on candidates; its
//! log-odds are then scaled on the chosen ones (Platt, "Probabilistic Outputs for Support Vector
//! Machines", 1999), for the best of many looks better than it is. What is reported is cross-fitted:
//! the sentences are split into folds, and each is judged by what was fitted on the others.

use super::confidence::{Features, Model, NAMES};
use super::fit::{Row, logistic};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Number of folds.
const FOLDS: u64 = 5;
/// Weight of the ridge penalty, on standardised features.
const RIDGE: f64 = 1.0;
/// Precisions for which thresholds are kept.
const TARGETS: [f64; 9] = [0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99];
/// Resamplings of sentences behind an interval.
const RESAMPLINGS: usize = 1000;
/// Bounds of the bins of a reliability diagram.
const BINS: [f64; 9] = [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// A question with one sample visible.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The question, by a number: cases of one question stay together.
    pub question: u64,
    /// Its candidates that are not ruled out: features, and whether the candidate is right on all
    /// samples of the question.
    pub candidates: Vec<(Features, bool)>,
}

/// A model with what it reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Makes probabilities.
    pub model: Model,
    /// The thresholds, by rising precision.
    pub points: Vec<Point>,
}

/// A threshold and what it reached, cross-fitted, on the sentences it was fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The precision asked for.
    pub target: f64,
    /// Least confidence that is accepted.
    pub threshold: f64,
    /// Share of the accepted that is right.
    pub precision: f64,
    /// Share of all cases that is accepted.
    #[serde(rename = "yield")]
    pub acceptance: f64,
}

/// What cross-fitting found; every case counts so that its question counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Questions.
    pub questions: usize,
    /// Cases.
    pub cases: usize,
    /// Share of cases with a right candidate that is not ruled out.
    pub coverage: f64,
    /// Share of cases whose chosen program is right.
    pub chosen_right: Interval,
    /// Mean squared difference of confidence and truth of the chosen (Brier, 1950); lower is better.
    pub brier: f64,
    /// The Brier score of always saying the mean.
    pub brier_of_mean: f64,
    /// How often the chosen were right, by their confidence.
    pub reliability: Vec<Bin>,
    /// Yield at each precision.
    pub yields: Vec<Yield>,
    /// (yield, precision) as the threshold falls, at every hundredth of yield.
    pub curve: Vec<(f64, f64)>,
}

/// A share with the interval that holds 95 % of resamplings of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The share.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How much is accepted at a precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Yield {
    /// The precision asked for.
    pub target: f64,
    /// Share of cases accepted at the lowest threshold that reaches it; 0 if none does.
    #[serde(rename = "yield")]
    pub acceptance: Interval,
}

/// What a calibration's threshold reached on data that it was not fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The precision asked for.
    pub target: f64,
    /// Least confidence that is accepted.
    pub threshold: f64,
    /// Share of the accepted that is right.
    pub precision: Interval,
    /// Share of cases that is accepted.
    #[serde(rename = "yield")]
    pub acceptance: Interval,
}

/// What a rule without a threshold reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RuleQuality {
    /// Share of the accepted that is right.
    pub precision: Interval,
    /// Share of cases with something accepted.
    #[serde(rename = "yield")]
    pub acceptance: Interval,
}

/// The chosen whose confidence lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower bound, inclusive.
    pub from: f64,
    /// Upper bound, exclusive; 1 belongs to the last.
    pub to: f64,
    /// How many.
    pub count: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that is right.
    pub right: f64,
}

/// Why nothing can be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Too little to learn from.
    #[error("{questions} questions with hidden siblings are too few to fit on; {FOLDS} folds need at least {least}", least = LEAST)]
    TooFew {
        /// How many there are.
        questions: usize,
    },
    /// Nothing to measure by.
    #[error("there is no question with hidden siblings to measure by")]
    Nothing,
    /// All candidates are right, or all wrong.
    #[error("all candidates are alike, right or wrong: nothing tells them apart")]
    Uniform,
}

/// Fewer questions than this say nothing.
const LEAST: usize = 20;

/// A chosen candidate of a case.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    question: u64,
    /// Weight of the case.
    weight: f64,
    confidence: f64,
    right: bool,
}

/// Fits a model on the cases, with the features `named` only, and tells how good it is.
///
/// # Errors
/// If there is too little to fit on.
pub fn fit(cases: &[Case], named: &[&str]) -> Result<(Fitted, Quality), FitError> {
    let per_question = per_question(cases.iter().map(|case| case.question));
    if per_question.len() < LEAST {
        return Err(FitError::TooFew {
            questions: per_question.len(),
        });
    }
    let weight = |case: &Case| 1.0 / per_question[&case.question] as f64;
    let everything: Vec<&Case> = cases.iter().collect();
    let model = model(&everything, &weight, named)?;
    let mut chosen = Vec::new();
    for fold in 0..FOLDS {
        let of_fold = |case: &&&Case| mix(case.question) % FOLDS == fold;
        let train: Vec<&Case> = everything.iter().filter(|c| !of_fold(c)).copied().collect();
        let model = self::model(&train, &weight, named)?;
        for case in everything.iter().filter(of_fold) {
            chosen.extend(choose(case, &model, weight(case)));
        }
    }
    let total = per_question.len() as f64;
    let points = points(&chosen, total);
    let quality = quality(cases, &per_question, &chosen);
    Ok((Fitted { model, points }, quality))
}

/// How good a calibration is on cases that it was not fitted on, and what its thresholds reach there.
///
/// # Errors
/// If there are no cases.
pub fn measure(cases: &[Case], fitted: &Fitted) -> Result<(Quality, Vec<Reached>), FitError> {
    let per_question = per_question(cases.iter().map(|case| case.question));
    if per_question.is_empty() {
        return Err(FitError::Nothing);
    }
    let chosen: Vec<Chosen> = cases
        .iter()
        .filter_map(|case| {
            let weight = 1.0 / per_question[&case.question] as f64;
            choose(case, &fitted.model, weight)
        })
        .collect();
    let resampled = resample(&per_question, &chosen);
    let total = per_question.len() as f64;
    let reached = fitted.points.iter().map(|point| {
        let accepted = |c: &&Chosen| c.confidence >= point.threshold;
        Reached {
            target: point.target,
            threshold: point.threshold,
            precision: interval(&chosen, &resampled, &|chosen| {
                share_right(chosen.iter().filter(accepted))
            }),
            acceptance: interval(&chosen, &resampled, &|chosen| {
                chosen
                    .iter()
                    .filter(accepted)
                    .map(|c| c.weight)
                    .sum::<f64>()
                    / total
            }),
        }
    });
    let reached = reached.collect();
    Ok((quality(cases, &per_question, &chosen), reached))
}

/// How many cases each question has.
fn per_question(cases: impl Iterator<Item = u64>) -> BTreeMap<u64, usize> {
    let mut counted: BTreeMap<u64, usize> = BTreeMap::new();
    for question in cases {
        *counted.entry(question).or_default() += 1;
    }
    counted
}

/// The share, by weight, that is right; 0 of none.
fn share_right<'c>(chosen: impl Iterator<Item = &'c Chosen>) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for c in chosen {
        all += c.weight;
        right += c.weight * f64::from(u8::from(c.right));
    }
    right / all.max(f64::MIN_POSITIVE)
}

impl Fitted {
    /// Says what is wrong with it, if anything is.
    ///
    /// # Errors
    /// If a weight names no feature, or a number is none.
    pub fn check(&self) -> Result<(), String> {
        for (name, weight) in &self.model.weights {
            if !NAMES.contains(&name.as_str()) {
                return Err(format!("there is no feature `{name}`"));
            }
            if !weight.is_finite() {
                return Err(format!("the weight of `{name}` is not a number"));
            }
        }
        if !self.model.intercept.is_finite() {
            return Err("the intercept is not a number".into());
        }
        let share = |x: f64| (0.0..=1.0).contains(&x);
        match (self.points.iter()).find(|p| !share(p.threshold) || !share(p.precision)) {
            Some(point) => Err(format!("the point for {} is out of range", point.target)),
            None => Ok(()),
        }
    }

    /// The least confidence to accept for a precision; `None` if no threshold reached it.
    pub fn threshold(&self, precision: f64) -> Option<f64> {
        let enough = self.points.iter().filter(|p| p.precision >= precision);
        enough.map(|p| p.threshold).min_by(f64::total_cmp)
    }

    /// The highest precision that a threshold reached.
    pub fn best_precision(&self) -> f64 {
        self.points.iter().map(|p| p.precision).fold(0.0, f64::max)
    }
}

/// What a rule without a threshold reaches: `cases` are questions, each with whether its accepted
/// program is right, or `None` where nothing is accepted.
pub fn rule(cases: &[(u64, Option<bool>)]) -> RuleQuality {
    let per_question = per_question(cases.iter().map(|(question, _)| *question));
    let accepted: Vec<Chosen> = (cases.iter())
        .filter_map(|(question, right)| {
            Some(Chosen {
                question: *question,
                weight: 1.0 / per_question[question] as f64,
                confidence: 1.0,
                right: (*right)?,
            })
        })
        .collect();
    let resampled = resample(&per_question, &accepted);
    let weight = |chosen: &[Chosen]| chosen.iter().map(|c| c.weight).sum::<f64>();
    let total = per_question.len().max(1) as f64;
    RuleQuality {
        precision: interval(&accepted, &resampled, &|chosen| share_right(chosen.iter())),
        acceptance: interval(&accepted, &resampled, &|chosen| weight(chosen) / total),
    }
}

/// A share of the chosen, with its interval.
fn interval(
    chosen: &[Chosen],
    resampled: &[Vec<Chosen>],
    of: &dyn Fn(&[Chosen]) -> f64,
) -> Interval {
    let mut values: Vec<f64> = resampled.iter().map(|sample| of(sample)).collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Interval {
        value: of(chosen),
        low: at(0.025),
        high: at(0.975),
    }
}

/// The most confident candidate of a case, the first among equals.
fn choose(case: &Case, model: &Model, weight: f64) -> Option<Chosen> {
    let judged = case
        .candidates
        .iter()
        .map(|(f, right)| (model.probability(f), *right));
    let best = judged.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    Some(Chosen {
        question: case.question,
        weight,
        confidence: best.0,
        right: best.1,
    })
}

fn model(
    cases: &[&Case],
    weight: &dyn Fn(&Case) -> f64,
    named: &[&str],
) -> Result<Model, FitError> {
    let used: Vec<usize> = (0..NAMES.len())
        .filter(|i| named.contains(&NAMES[*i]))
        .collect();
    let mut rows = Vec::new();
    for case in cases {
        let weight = weight(case) / case.candidates.len().max(1) as f64;
        for (features, right) in &case.candidates {
            rows.push(Row {
                features: used.iter().map(|i| features[*i]).collect(),
                label: *right,
                weight,
            });
        }
    }
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let moments: Vec<(f64, f64)> = (0..used.len())
        .map(|i| {
            let mean = rows.iter().map(|r| r.weight * r.features[i]).sum::<f64>() / total;
            let squares = rows
                .iter()
                .map(|r| r.weight * (r.features[i] - mean).powi(2));
            (mean, (squares.sum::<f64>() / total).sqrt())
        })
        .collect();
    for row in &mut rows {
        for (x, (mean, deviation)) in row.features.iter_mut().zip(&moments) {
            *x = if *deviation > 1e-9 {
                (*x - mean) / deviation
            } else {
                0.0
            };
        }
    }
    let fitted = logistic(&rows, RIDGE).ok_or(FitError::Uniform)?;
    let (intercept, weights) = fitted.split_last().ok_or(FitError::Uniform)?;
    let mut model = Model {
        intercept: *intercept,
        weights: BTreeMap::new(),
    };
    for ((i, weight), (mean, deviation)) in used.iter().zip(weights).zip(&moments) {
        if *deviation > 1e-9 {
            model
                .weights
                .insert(NAMES[*i].to_owned(), weight / deviation);
            model.intercept -= weight * mean / deviation;
        }
    }
    scale(model, cases, weight)
}

/// Scales the log-odds on the chosen candidates.
fn scale(
    mut model: Model,
    cases: &[&Case],
    weight: &dyn Fn(&Case) -> f64,
) -> Result<Model, FitError> {
    let chosen = cases
        .iter()
        .filter_map(|case| choose(case, &model, weight(case)));
    let rows: Vec<Row> = chosen
        .map(|chosen| {
            let p = chosen.confidence.clamp(1e-9, 1.0 - 1e-9);
            Row {
                features: vec![(p / (1.0 - p)).ln()],
                label: chosen.right,
                weight: chosen.weight,
            }
        })
        .collect();
    let scaled = logistic(&rows, RIDGE).ok_or(FitError::Uniform)?;
    // One feature and the intercept. A scale below 0 would turn the order around.
    if let [scale, shift] = scaled[..]
        && scale > 0.0
    {
        model.intercept = scale * model.intercept + shift;
        model.weights.values_mut().for_each(|w| *w *= scale);
    }
    Ok(model)
}

/// The thresholds that reach each target with the highest yield.
fn points(chosen: &[Chosen], total: f64) -> Vec<Point> {
    let ranked = ranked(chosen);
    let mut points: Vec<Point> = Vec::new();
    for target in TARGETS {
        let reached = steps(&ranked).filter(|step| step.1 / step.0 >= target);
        if let Some((accepted, right, threshold)) = reached.last() {
            points.push(Point {
                target,
                threshold,
                precision: right / accepted,
                acceptance: accepted / total,
            });
        }
    }
    points
}

fn ranked(chosen: &[Chosen]) -> Vec<Chosen> {
    let mut ranked = chosen.to_vec();
    ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    ranked
}

/// (weight accepted, of it right, threshold) as the threshold falls; equal confidences fall together.
fn steps(ranked: &[Chosen]) -> impl Iterator<Item = (f64, f64, f64)> {
    let (mut accepted, mut right) = (0.0, 0.0);
    ranked.iter().enumerate().filter_map(move |(i, chosen)| {
        accepted += chosen.weight;
        right += chosen.weight * f64::from(u8::from(chosen.right));
        let next = ranked.get(i + 1).map(|next| next.confidence);
        (next != Some(chosen.confidence)).then_some((accepted, right, chosen.confidence))
    })
}

fn quality(cases: &[Case], per_question: &BTreeMap<u64, usize>, chosen: &[Chosen]) -> Quality {
    let total = per_question.len() as f64;
    let covered = cases
        .iter()
        .filter(|case| case.candidates.iter().any(|(_, right)| *right));
    let coverage: f64 = covered
        .map(|case| 1.0 / per_question[&case.question] as f64)
        .sum();
    let weights: f64 = chosen.iter().map(|c| c.weight).sum();
    let truth = |c: &Chosen| f64::from(u8::from(c.right));
    let mean = chosen.iter().map(|c| c.weight * truth(c)).sum::<f64>() / weights;
    let squares = |p: &dyn Fn(&Chosen) -> f64| {
        let each = chosen.iter().map(|c| c.weight * (p(c) - truth(c)).powi(2));
        each.sum::<f64>() / weights
    };
    let resampled = resample(per_question, chosen);
    let interval = |of: &dyn Fn(&[Chosen]) -> f64| interval(chosen, &resampled, of);
    let yield_at = |target: f64, chosen: &[Chosen]| {
        let ranked = ranked(chosen);
        let reached = steps(&ranked).filter(|step| step.1 / step.0 >= target);
        reached.last().map_or(0.0, |step| step.0 / total)
    };
    let right = |chosen: &[Chosen]| chosen.iter().map(|c| c.weight * truth(c)).sum::<f64>() / total;
    let judged: Vec<(f64, bool)> = chosen.iter().map(|c| (c.confidence, c.right)).collect();
    let yields = [0.9, 0.95, 0.99].map(|target| Yield {
        target,
        acceptance: interval(&|chosen| yield_at(target, chosen)),
    });
    Quality {
        questions: per_question.len(),
        cases: cases.len(),
        coverage: coverage / total,
        chosen_right: interval(&right),
        brier: squares(&|c| c.confidence),
        brier_of_mean: squares(&|_| mean),
        reliability: reliability(&judged),
        yields: yields.to_vec(),
        curve: curve(chosen, total),
    }
}

/// The reliability diagram of confidences, each with whether it was right: bins that hold something.
pub fn reliability(judged: &[(f64, bool)]) -> Vec<Bin> {
    let mut bins = Vec::new();
    for (i, from) in BINS.iter().enumerate() {
        let to = BINS.get(i + 1).copied().unwrap_or(1.0);
        let inside: Vec<&(f64, bool)> = (judged.iter())
            .filter(|(confidence, _)| confidence >= from && (*confidence < to || to >= 1.0))
            .collect();
        if inside.is_empty() {
            continue;
        }
        let n = inside.len() as f64;
        bins.push(Bin {
            from: *from,
            to,
            count: inside.len(),
            confidence: inside.iter().map(|(confidence, _)| confidence).sum::<f64>() / n,
            right: inside.iter().filter(|(_, right)| *right).count() as f64 / n,
        });
    }
    bins
}

fn curve(chosen: &[Chosen], total: f64) -> Vec<(f64, f64)> {
    let ranked = ranked(chosen);
    let mut curve: Vec<(f64, f64)> = Vec::new();
    for (accepted, right, _) in steps(&ranked) {
        let reached = accepted / total;
        if curve.last().is_none_or(|(last, _)| reached >= last + 0.01) {
            curve.push((reached, right / accepted));
        }
    }
    curve
}

/// The chosen of questions drawn with replacement, by a fixed seed.
fn resample(per_question: &BTreeMap<u64, usize>, chosen: &[Chosen]) -> Vec<Vec<Chosen>> {
    let mut of: BTreeMap<u64, Vec<Chosen>> = BTreeMap::new();
    for c in chosen {
        of.entry(c.question).or_default().push(*c);
    }
    let questions: Vec<u64> = per_question.keys().copied().collect();
    let mut state = 0;
    // The index is below the number of questions; without questions nothing is drawn.
    let mut draw = || {
        state += 1;
        questions[(mix(state) % questions.len() as u64) as usize]
    };
    (0..RESAMPLINGS)
        .map(|_| {
            let drawn: Vec<u64> = questions.iter().map(|_| draw()).collect();
            let chosen = drawn.iter().filter_map(|question| of.get(question));
            chosen.flatten().copied().collect()
        })
        .collect()
}

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
