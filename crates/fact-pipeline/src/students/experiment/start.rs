//! The students that all arms begin with: taught to describe pictures, as large models are before they are
//! taught to answer.
//!
//! Small students that begin with nothing stay blind for thousands of steps, whatever they are taught; arms
//! then differ in when they begin to see, and not in what they learn from seeing.

use super::super::StudentError;
use super::super::learned::write_learned;
use super::config::Experiment;
use super::data::Data;
use super::{Means, Watch, side_by_side};
use fact_student::train::Job;
use fact_student::{Size, Student, train, trained};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// How the students that all arms begin with are taught: one for each size and seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Training pictures that they learn to describe: the last ones, which no arm learns from.
    pub samples: usize,
    /// Optimisation steps.
    pub steps: u64,
    /// Learning rate.
    pub rate: f64,
}

impl Start {
    /// Refuses what cannot be done.
    pub(super) fn check(&self, experiment: &Experiment) -> Result<(), String> {
        let all = experiment.scenes.samples;
        if self.samples == 0 || self.samples >= all {
            return Err(format!(
                "samples is {}; must be 1 to {}, to leave some of the {all} for the arms",
                self.samples,
                all.saturating_sub(1)
            ));
        }
        let config = experiment.training(self.steps, self.rate, 0);
        config.check().map_err(|e| e.to_string())
    }
}

/// A student to begin with.
pub(super) struct Begun {
    pub(super) size: Size,
    pub(super) seed: u64,
    pub(super) folder: PathBuf,
    pub(super) student: Student,
    /// Step of the best validation, which is this student.
    pub(super) step: u64,
    /// Negative log-probability of a token of a description then.
    pub(super) surprise: f64,
    pub(super) tokens: u64,
    pub(super) seconds: f64,
}

/// The students to begin with, by size and seed.
pub(super) type Starts = BTreeMap<(Size, u64), Begun>;

/// Teaches the students that all arms of a seed begin with, or goes on, or reads them; `None` if it was asked
/// to stop. None are there if the experiment has no start.
pub(super) fn teach(
    experiment: &Experiment,
    data: &Data,
    seed: u64,
    folder: &Path,
    means: Means,
    stop: &AtomicBool,
    watch: &dyn Watch,
) -> Result<Option<Starts>, StudentError> {
    let Some(start) = &experiment.start else {
        return Ok(Some(Starts::new()));
    };
    let sizes = &experiment.sizes;
    let begun = side_by_side(means.jobs, sizes.len(), stop, |at| {
        let size = sizes[at];
        let name = format!("{size}-seed{seed}");
        let folder = folder.join(&name);
        let config = experiment.training(start.steps, start.rate, seed);
        let progress = watch.cell(&format!("start {name}"), at + 1, sizes.len());
        let job = Job {
            train: &data.described,
            validation: &data.described_validation,
            size,
            image: experiment.image(),
            config: &config,
            vocabulary: Some(&data.vocabulary),
            start: None,
            folder: &folder,
            threads: 1,
            place: means.place,
        };
        let outcome = train(&job, &*progress)?;
        write_learned(&folder, job.train, job.validation, None)?;
        if outcome.interrupted {
            return Ok(None);
        }
        Ok(Some(Begun {
            size,
            seed,
            student: trained(&folder)?,
            folder,
            step: outcome.best_step,
            surprise: outcome.best_label,
            tokens: outcome.tokens,
            seconds: outcome.seconds,
        }))
    })?;
    let complete = begun.len() == sizes.len();
    let by = begun.into_iter().map(|one| ((one.size, one.seed), one));
    let starts: Starts = by.collect();
    Ok(complete.then_some(starts))
}
