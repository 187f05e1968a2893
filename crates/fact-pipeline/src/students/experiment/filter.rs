//! Which rationales arms with rules keep, by what verifiers answered; and the students that are asked.

use super::super::StudentError;
use super::config::{Experiment, Which};
use super::controls::hash;
use super::data::Data;
use super::start::Starts;
use super::{Means, Watch};
use crate::metrics::Resampling;
use crate::reporter::Reporter;
use crate::store::{Reader, current};
use crate::transfer::{CrossFit, Effect, OfStudent, TransferOptions, asking, cross_fit, effects};
use fact_core::transfer::{Rule, Scores, Vote};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Tells a stage of an experiment what is noted.
struct Noted<'a>(&'a dyn Watch);

impl Reporter for Noted<'_> {
    fn noted(&self, message: &str) {
        self.0.stage(message);
    }
}

/// Has students score the rationales if the experiment says so, and draws what arms with rules learn; nothing
/// if it was asked to stop.
pub(super) fn decide(
    experiment: &Experiment,
    run: &Path,
    data: &Data,
    starts: &Starts,
    means: Means,
    stop: &Arc<AtomicBool>,
    watch: &dyn Watch,
) -> Result<Option<Filter>, StudentError> {
    let mut judge = None;
    if let Some(judges) = experiment.judges() {
        watch.stage("students score the rationales of others");
        let start = starts.get(&(judges.size, experiment.seeds[0]));
        let judges = CrossFit {
            start: start.map(|begun| begun.folder.clone()).or(judges.start),
            ..judges
        };
        let scored = score(&judges, run, means, stop, watch)?;
        watch.stage(&scored.text());
        if !scored.complete {
            return Ok(None);
        }
        judge = Some(scored.verifier);
    }
    let verdicts = verdicts(experiment, run, data, judge.as_deref())?;
    Filter::new(experiment, run, verdicts, judge.as_deref()).map(Some)
}

/// Whether the rules of arms hold of the rationales that there are.
fn verdicts(
    experiment: &Experiment,
    run: &Path,
    data: &Data,
    judge: Option<&str>,
) -> Result<Verdicts, StudentError> {
    let mut verdicts = Verdicts::new(experiment, run, data.about.len())?;
    if !verdicts.asked() {
        return Ok(verdicts);
    }
    let reader = Reader::open(run)?;
    if reader.verifiers()?.is_empty() {
        return Err(StudentError::Unscored(run.to_owned()));
    }
    let place: BTreeMap<&str, usize> = (data.about.iter().enumerate())
        .filter(|(at, _)| data.has_rationale(*at))
        .map(|(at, row)| (row.id.as_str(), at))
        .collect();
    reader.for_each(true, |row| -> Result<(), StudentError> {
        if let Some(&at) = place.get(row.sample.id.as_str()) {
            let mut scores = current(&row.transfers, &row.hint().unwrap_or_default());
            // Beside the experiment's own judge others may have been asked; they are not its.
            scores.retain(|name, _| judge.is_none_or(|judge| judge == name));
            verdicts.add(at, &scores);
        }
        Ok(())
    })?;
    Ok(verdicts)
}

/// Has students score the rationales of the run that they were not trained on.
fn score(
    judges: &CrossFit,
    run: &Path,
    means: Means,
    stop: &Arc<AtomicBool>,
    watch: &dyn Watch,
) -> Result<OfStudent, StudentError> {
    let options = TransferOptions {
        run: run.to_owned(),
        verifiers: Vec::new(),
        placebo: true,
        limit: None,
        seed: judges.seed,
        asking: asking(),
        reuse: Vec::new(),
        threads: means.jobs,
        #[cfg(feature = "student-wgpu")]
        gpu: means.place == fact_student::model::Place::Gpu,
        #[cfg(not(feature = "student-wgpu"))]
        gpu: false,
    };
    Ok(cross_fit(&options, judges, &Noted(watch), stop)?)
}

/// Whether the rules of each arm that has any hold of each rationale; none where that cannot be told.
struct Verdicts {
    rules: Vec<(String, Vec<Rule>)>,
    of: BTreeMap<String, Vec<Option<bool>>>,
}

impl Verdicts {
    /// Of so many samples, nothing being known yet.
    fn new(experiment: &Experiment, run: &Path, samples: usize) -> Result<Self, StudentError> {
        let (mut rules, mut of) = (Vec::new(), BTreeMap::new());
        for arm in experiment.arms.iter().filter(|arm| !arm.keep.is_empty()) {
            let read = arm.rules().map_err(|message| StudentError::Experiment {
                path: run.to_owned(),
                message,
            })?;
            rules.push((arm.name.clone(), read));
            of.insert(arm.name.clone(), vec![None; samples]);
        }
        Ok(Self { rules, of })
    }

    /// Whether an arm has rules.
    fn asked(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Applies the rules to what verifiers answered about a sample.
    fn add(&mut self, at: usize, scores: &BTreeMap<String, Scores>) {
        for (name, rules) in &self.rules {
            let held: Option<Vec<bool>> = rules
                .iter()
                .map(|rule| rule.keeps(scores.values(), Vote::default()))
                .collect();
            if let Some(of) = self.of.get_mut(name) {
                of[at] = held.map(|held| held.iter().all(|held| *held));
            }
        }
    }
}

/// How many rationales there are for an arm with rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) kept: usize,
    pub(super) rejected: usize,
    /// Samples without a rationale or without a score.
    pub(super) unscored: usize,
    /// How many the arm learns.
    pub(super) learned: usize,
}

/// What arms with rules learn.
#[derive(Default)]
pub(super) struct Filter {
    /// Whether an arm learns the rationale of each sample.
    pub(super) learned: BTreeMap<String, Vec<bool>>,
    pub(super) counts: BTreeMap<String, Counts>,
    /// What verifiers answered.
    pub(super) effects: Vec<Effect>,
}

impl Filter {
    /// Draws what each arm learns. Only what `judge` answered is told, if there is one.
    fn new(
        experiment: &Experiment,
        run: &Path,
        verdicts: Verdicts,
        judge: Option<&str>,
    ) -> Result<Self, StudentError> {
        let mut filter = Self::default();
        for arm in &experiment.arms {
            let Some(of) = verdicts.of.get(&arm.name) else {
                continue;
            };
            let learned = drawn(of, arm.rationales, experiment.scenes.seed);
            let count = |wanted: Option<bool>| of.iter().filter(|v| **v == wanted).count();
            let counts = Counts {
                kept: count(Some(true)),
                rejected: count(Some(false)),
                unscored: count(None),
                learned: learned.iter().filter(|learned| **learned).count(),
            };
            if counts.learned == 0 {
                let Counts { kept, rejected, .. } = counts;
                return Err(StudentError::Experiment {
                    path: run.to_owned(),
                    message: format!(
                        "nothing is left for arm `{}` to learn: {kept} rationales are kept, {rejected} rejected",
                        arm.name
                    ),
                });
            }
            filter.counts.insert(arm.name.clone(), counts);
            filter.learned.insert(arm.name.clone(), learned);
        }
        if !filter.counts.is_empty() {
            let told = effects(&Reader::open(run)?, Resampling::default())?;
            let of_judge = |effect: &Effect| judge.is_none_or(|judge| judge == effect.verifier);
            filter.effects = told.into_iter().filter(of_judge).collect();
        }
        Ok(filter)
    }
}

/// Which rationales are learned: all that are kept, or as many of a kind as there are of the fewer of kept and
/// rejected.
fn drawn(of: &[Option<bool>], which: Option<Which>, seed: u64) -> Vec<bool> {
    let Some(which) = which else {
        return of.iter().map(|verdict| *verdict == Some(true)).collect();
    };
    let count = |wanted: bool| of.iter().filter(|v| **v == Some(wanted)).count();
    let most = count(true).min(count(false));
    let mut places: Vec<usize> = (0..of.len())
        .filter(|&at| match which {
            Which::Kept => of[at] == Some(true),
            Which::Rejected => of[at] == Some(false),
            Which::Any => of[at].is_some(),
        })
        .collect();
    places.sort_by_key(|&at| (hash(seed, at as u64), at));
    let mut learned = vec![false; of.len()];
    for at in places.into_iter().take(most) {
        learned[at] = true;
    }
    learned
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn kept_and_rejected_are_as_many_and_apart(
            of in prop::collection::vec(prop::option::of(any::<bool>()), 0..80), seed in 0_u64..99,
        ) {
            let [kept, rejected, any] = [Which::Kept, Which::Rejected, Which::Any]
                .map(|which| drawn(&of, Some(which), seed));
            let count = |learned: &[bool]| learned.iter().filter(|l| **l).count();
            let most = [true, false].map(|v| of.iter().filter(|o| **o == Some(v)).count());
            let most = most[0].min(most[1]);
            prop_assert_eq!([&kept, &rejected, &any].map(|l| count(l)), [most; 3]);
            for (at, verdict) in of.iter().enumerate() {
                prop_assert!(!kept[at] || *verdict == Some(true));
                prop_assert!(!rejected[at] || *verdict == Some(false));
                prop_assert!(!any[at] || verdict.is_some());
            }
            let all = drawn(&of, None, seed);
            prop_assert!(of.iter().zip(all).all(|(of, learned)| learned == (*of == Some(true))));
        }
    }
}
