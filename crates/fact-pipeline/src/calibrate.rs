//! Calibrating: from a run whose questions have siblings to a calibration.
//!
//! Each scene of a question is once the only one that is seen, by its first sample; the candidates
//! that it does not rule out are the case, and the samples of the other scenes tell which of them
//! are right.

use crate::calibration::{self, Calibration};
use crate::store::{Looked, Question, Reader, StoreError};
use fact_core::verify::calibration::{
    Case, FitError, Interval, Quality, Reached, RuleQuality, fit, measure, rule,
};
use fact_core::verify::confidence::{NAMES, features};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The features that every pack and proposer has: those of a general calibration.
const GENERAL: &[&str] = &[
    "missing",
    "missing_words",
    "extra",
    "constant",
    "support",
    "proposers",
    "surprise",
];

/// Why a run cannot be calibrated on.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The run cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is too little in it.
    #[error("{0}")]
    Fit(#[from] FitError),
    /// The calibration to measure cannot be read.
    #[error(transparent)]
    Calibration(#[from] calibration::CalibrationError),
}

impl CalibrateError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Calibration(e) => e.hint(),
            Self::Fit(_) => Some(
                "calibrate on a run over labelled questions that each have several images".into(),
            ),
        }
    }
}

/// How good confidence is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The candidates it is about, as `blocks: bank`.
    pub candidates: String,
    /// What it was fitted on.
    pub fitted_on: String,
    /// What it was measured on, if on other data than it was fitted on; else it is cross-fitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_on: Option<String>,
    /// V1 alone: the first candidate proposed that is right on the one sample seen.
    pub v1: RuleQuality,
    /// V1 and V2: the first that is right on two scenes seen, of questions that have three.
    pub v2: RuleQuality,
    /// Where the sample's answer is known.
    pub labelled: Quality,
    /// Where no answer is known.
    pub unlabelled: Quality,
    /// What the calibration's thresholds reach on data that it was not fitted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<ReachedBoth>,
}

/// What thresholds reach, with and without an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReachedBoth {
    /// Where the sample's answer is known.
    pub labelled: Vec<Reached>,
    /// Where no answer is known.
    pub unlabelled: Vec<Reached>,
}

/// The cases of a run, and what it is.
struct Cases {
    pack: String,
    proposers: Vec<String>,
    /// With the answer of the one sample seen.
    seen: Vec<Case>,
    /// Without it.
    unseen: Vec<Case>,
    v1: RuleQuality,
    v2: RuleQuality,
    data: String,
}

impl Cases {
    fn read(reader: &Reader) -> Result<Self, StoreError> {
        let settings = reader.settings()?;
        let (mut seen, mut unseen) = (Vec::new(), Vec::new());
        let (mut by_one, mut by_two) = (Vec::new(), Vec::new());
        reader.for_each_question_with_siblings(|question| {
            cases(&question, true, &mut seen);
            cases(&question, false, &mut unseen);
            first_right(&question, 1, &mut by_one);
            first_right(&question, 2, &mut by_two);
        })?;
        let data = settings
            .get("data")
            .map_or("", |data| data.trim_matches('"'));
        let data = settings
            .get("data.sha256")
            .map_or(data, |sha| &sha[..12.min(sha.len())]);
        let named = |key: &String| {
            let name = key.strip_prefix("propose.")?.strip_suffix(".fingerprint")?;
            Some(name.to_owned())
        };
        Ok(Self {
            pack: settings.get("pack.name").cloned().unwrap_or_default(),
            proposers: settings.keys().filter_map(named).collect(),
            seen,
            unseen,
            v1: rule(&by_one),
            v2: rule(&by_two),
            data: data.to_owned(),
        })
    }

    fn proposers(&self) -> Vec<&str> {
        self.proposers.iter().map(String::as_str).collect()
    }

    /// Where a calibration was fitted or measured.
    fn place(&self, questions: usize, note: &str) -> String {
        let candidates = calibration::candidates(&self.pack, &self.proposers());
        format!(
            "{candidates}, {questions} questions, data {}{note}",
            self.data
        )
    }
}

/// Measures a calibration on a run that it was not fitted on; without one, the shipped one that fits
/// the run best.
///
/// # Errors
/// If the run cannot be read or has no questions with siblings.
pub fn measured(
    reader: &Reader,
    calibration: Option<Calibration>,
    note: &str,
) -> Result<Report, CalibrateError> {
    let cases = Cases::read(reader)?;
    let calibration = match calibration {
        Some(calibration) => calibration,
        None => Calibration::shipped(&cases.pack, &cases.proposers())?,
    };
    let (labelled, by_labelled) = measure(&cases.seen, &calibration.labelled)?;
    let (unlabelled, by_unlabelled) = measure(&cases.unseen, &calibration.unlabelled)?;
    Ok(Report {
        candidates: calibration.candidates,
        fitted_on: calibration.fitted_on,
        measured_on: Some(cases.place(labelled.questions, note)),
        v1: cases.v1,
        v2: cases.v2,
        labelled,
        unlabelled,
        reached: Some(ReachedBoth {
            labelled: by_labelled,
            unlabelled: by_unlabelled,
        }),
    })
}

/// Fits a calibration on a run: a `general` one uses only the features that every pack and proposer
/// has.
///
/// # Errors
/// If the run cannot be read or holds too few questions with siblings.
pub fn calibrate(
    reader: &Reader,
    general: bool,
    note: &str,
) -> Result<(Calibration, Report), CalibrateError> {
    let cases = Cases::read(reader)?;
    let named: &[&str] = if general { GENERAL } else { &NAMES };
    let candidates = match general {
        true => "any".to_owned(),
        false => calibration::candidates(&cases.pack, &cases.proposers()),
    };
    let (labelled, labelled_quality) = fit(&cases.seen, named)?;
    let (unlabelled, unlabelled_quality) = fit(&cases.unseen, named)?;
    let fitted_on = cases.place(labelled_quality.questions, note);
    let report = Report {
        candidates: candidates.clone(),
        fitted_on: fitted_on.clone(),
        measured_on: None,
        v1: cases.v1,
        v2: cases.v2,
        labelled: labelled_quality,
        unlabelled: unlabelled_quality,
        reached: None,
    };
    Ok((
        calibration::new(candidates, fitted_on, labelled, unlabelled),
        report,
    ))
}

/// The cases of a question.
fn cases(question: &Question, labels: bool, into: &mut Vec<Case>) {
    let evidence: Vec<_> = question
        .candidates
        .iter()
        .map(|c| c.evidence.clone())
        .collect();
    let mut scenes = BTreeSet::new();
    for sample in &question.samples {
        if !scenes.insert(&sample.scene) {
            continue;
        }
        let standing: Vec<Option<f64>> = (sample.answers.iter().zip(&evidence))
            .map(|(answer, evidence)| {
                let (text, score) = answer.as_ref()?;
                match (labels, (*score)?) {
                    (false, _) => Some(0.0),
                    (true, score) if score >= 0.5 => Some(evidence.as_ref()?.surprise(text)),
                    (true, _) => None,
                }
            })
            .collect();
        let rows = features(&evidence, &standing);
        let judged = rows.into_iter().zip(&question.candidates);
        into.push(Case {
            question: question.key,
            candidates: judged
                .filter_map(|(features, candidate)| Some((features?, candidate.all_right)))
                .collect(),
        });
    }
}

/// What is accepted when the first candidate that is right on `seen` scenes is: each run of so many
/// neighbouring scenes is a case, if others are left to test by.
fn first_right(question: &Question, seen: usize, into: &mut Vec<(u64, Option<bool>)>) {
    let mut scenes: Vec<(&str, Vec<&Looked>)> = Vec::new();
    for sample in &question.samples {
        match scenes.iter_mut().find(|(scene, _)| *scene == sample.scene) {
            Some((_, samples)) => samples.push(sample),
            None => scenes.push((&sample.scene, vec![sample])),
        }
    }
    if scenes.len() <= seen {
        return;
    }
    for first in 0..scenes.len() {
        // One sample of each scene, as a user has it.
        let shown = (0..seen).map(|i| scenes[(first + i) % scenes.len()].1[0]);
        let shown: Vec<&Looked> = shown.collect();
        let right = |c: usize| {
            let right = |sample: &&Looked| {
                let answer = sample.answers.get(c).and_then(Option::as_ref);
                answer.is_some_and(|(_, score)| score.is_some_and(|score| score >= 0.5))
            };
            shown.iter().all(right)
        };
        let accepted = (0..question.candidates.len()).find(|c| right(*c));
        into.push((
            question.key,
            accepted.map(|c| question.candidates[c].all_right),
        ));
    }
}

impl Report {
    /// For a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = match &self.measured_on {
            None => writeln!(
                out,
                "confidence of `{}`, cross-fitted by question on {}",
                self.candidates, self.fitted_on
            ),
            Some(place) => writeln!(
                out,
                "confidence of `{}`, fitted on {}\nmeasured on {place}",
                self.candidates, self.fitted_on
            ),
        };
        let share = |of: Interval| {
            format!(
                "{:5.1}% [{:.1}-{:.1}]",
                100.0 * of.value,
                100.0 * of.low,
                100.0 * of.high
            )
        };
        for (name, of) in [
            ("V1, the first right one", &self.v1),
            ("V2, right on two scenes", &self.v2),
        ] {
            let (precision, acceptance) = (share(of.precision), share(of.acceptance));
            let _ = writeln!(out, "{name}: precision {precision}, yield {acceptance}");
        }
        let reached = self.reached.as_ref();
        for (name, quality, reached) in [
            (
                "with the answer of one sample",
                &self.labelled,
                reached.map(|r| &r.labelled),
            ),
            (
                "without any answer",
                &self.unlabelled,
                reached.map(|r| &r.unlabelled),
            ),
        ] {
            let chosen = quality.chosen_right;
            let _ = writeln!(
                out,
                "\n{name}: {} questions, {} cases\n  some candidate right on all siblings  {:5.1}%\n  chosen program right on all siblings  {:5.1}% [{:.1}-{:.1}]\n  Brier score {:.4} (always the mean: {:.4})",
                quality.questions,
                quality.cases,
                100.0 * quality.coverage,
                100.0 * chosen.value,
                100.0 * chosen.low,
                100.0 * chosen.high,
                quality.brier,
                quality.brier_of_mean,
            );
            for reached in &quality.yields {
                let y = reached.acceptance;
                let _ = writeln!(
                    out,
                    "  yield at {:.0} % precision  {:5.1}% [{:.1}-{:.1}]",
                    100.0 * reached.target,
                    100.0 * y.value,
                    100.0 * y.low,
                    100.0 * y.high,
                );
            }
            for point in reached.into_iter().flatten() {
                let _ = writeln!(
                    out,
                    "  accept {:<5}  precision {}, yield {}",
                    point.target,
                    share(point.precision),
                    share(point.acceptance),
                );
            }
            let _ = writeln!(out, "  confidence   cases  mean   right");
            for bin in &quality.reliability {
                let _ = writeln!(
                    out,
                    "  {:.2}-{:.2} {:>8}  {:.3}  {:.3}",
                    bin.from, bin.to, bin.count, bin.confidence, bin.right,
                );
            }
        }
        out
    }
}
