//! Experiments: students of several arms, sizes and seeds on drawn scenes, compared split by split.
//!
//! One file says all that is done ([`Experiment`]), before it is done; [`conduct`] does it, or what is left of
//! it, and writes tables. A folder holds
//!
//! | | |
//! |---|---|
//! | `data/` | the scenes |
//! | `run/` | the run that wrote rationales for `data/train`; in `verifiers/` the students that scored them |
//! | `rows.jsonl` | what each arm learns beside answers, a column each; `fact teach` reads it |
//! | `vocabulary.json` | pieces and positions, the same for all |
//! | `cells/ARM-SIZE-seedN-rateX/` | a training, its predictions, and `cell.json` when it is done |
//! | `results.md`, `results.csv`, `cells.csv`, `curves.csv`, `*.svg` | what came out |
//!
//! | module | owns |
//! |---|---|
//! | `config` | the file, checked |
//! | `data` | scenes, run, texts of arms, vocabulary |
//! | `controls` | placebo and captions of equal length |
//! | `filter` | which rationales arms with rules keep |
//! | `cell` | one training with its predictions |
//! | `stats` | measures, intervals |
//! | `outcome` | measures of arms and of guessing without the image |
//! | `table` | the report as Markdown |
//! | `files` | the same as CSV, and curves |
//!
//! Restarted after a kill it goes on; nothing that is done is done again. Same file, same results, but for
//! seconds.

mod cell;
mod config;
mod controls;
mod data;
mod files;
mod filter;
mod outcome;
mod stats;
mod table;

pub use config::{Arm, Experiment, Learns, Settings, Which};
pub use table::Circumstances;

use super::StudentError;
use cell::{Cell, Done};
use data::{Data, Reads};
use fact_student::Progress;
use fact_student::model::Place;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Who is told how it goes.
pub trait Watch: Sync {
    /// Something that takes a while begins.
    fn stage(&self, what: &str);
    /// A training of so many begins, or goes on. Told of its progress is what this returns.
    fn cell(&self, name: &str, number: usize, of: usize) -> Box<dyn Progress + '_>;
}

/// With what it is done; changes nothing in what is found, but for rounding on another device.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// Trainings at once.
    pub jobs: usize,
    /// Where they compute.
    pub place: Place,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conducted {
    /// The tables; none if it was stopped before any training was done.
    pub table: Option<PathBuf>,
    /// Trainings that are done.
    pub done: usize,
    /// Whether all are.
    pub complete: bool,
}

/// Does an experiment, or what is left of it, and writes its tables. When `stop`
/// becomes true, trainings keep what they reached and the call returns; the same call goes on.
///
/// # Errors
/// If the folder holds another experiment, a training fails, or a file cannot be read or written.
pub fn conduct(
    experiment: &Experiment,
    folder: &Path,
    means: Means,
    circumstances: &Circumstances,
    watch: &dyn Watch,
    stop: &Arc<AtomicBool>,
) -> Result<Conducted, StudentError> {
    std::fs::create_dir_all(folder).map_err(|source| StudentError::Write {
        path: folder.to_owned(),
        source,
    })?;
    let Some(data) = data::prepare(experiment, folder, means, stop, watch)? else {
        return Ok(Conducted {
            table: None,
            done: 0,
            complete: false,
        });
    };
    let mut reads = BTreeMap::new();
    for arm in &experiment.arms {
        reads.insert(arm.name.as_str(), data.reads(arm)?);
    }
    let bench = Bench {
        experiment,
        data: &data,
        reads: &reads,
        cells: folder.join("cells"),
        means,
        watch,
        stop,
    };
    // Rates are chosen with the first seed, then the other seeds follow.
    let tried = bench.plan(&experiment.seeds[..1], None);
    let (mut done, mut complete) = bench.work(tried, 0)?;
    let chosen = chosen(&done);
    if complete {
        let rest = bench.plan(&experiment.seeds[1..], Some(&chosen));
        let (more, all) = bench.work(rest, done.len())?;
        done.extend(more);
        complete = all;
    }
    let mut table = None;
    if !done.is_empty() {
        watch.stage("writing tables");
        let outcome = outcome::Outcome::new(experiment, &data, &done, &chosen);
        files::write_files(&outcome, folder)?;
        let path = folder.join("results.md");
        let text = table::markdown(&outcome, &reads, circumstances, complete)?;
        super::teach::write(&path, text.as_bytes())?;
        table = Some(path);
    }
    Ok(Conducted {
        table,
        done: done.len(),
        complete,
    })
}

/// The learning rate of each arm and size: the best in validation with the first seed; of equal ones the
/// lower.
type Chosen = BTreeMap<(String, String), f64>;

fn chosen(done: &[Done<'_>]) -> Chosen {
    let mut best: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for one in done {
        let key = (one.cell.arm.name.clone(), one.cell.size.to_string());
        let (right, rate) = (one.record.best_right, one.cell.rate);
        let better = best.get(&key).is_none_or(|&(most, of)| {
            right > most || (right.total_cmp(&most).is_eq() && rate < of)
        });
        if better {
            best.insert(key, (right, rate));
        }
    }
    best.into_iter()
        .map(|(key, (_, rate))| (key, rate))
        .collect()
}

/// What trainings have in common.
struct Bench<'a> {
    experiment: &'a Experiment,
    data: &'a Data,
    reads: &'a BTreeMap<&'a str, Reads>,
    cells: PathBuf,
    means: Means,
    watch: &'a dyn Watch,
    stop: &'a Arc<AtomicBool>,
}

impl<'a> Bench<'a> {
    /// The trainings with these seeds: at all rates, or at the chosen ones.
    fn plan(&self, seeds: &[u64], chosen: Option<&Chosen>) -> Vec<Cell<'a>> {
        let mut cells = Vec::new();
        for &seed in seeds {
            for &size in &self.experiment.sizes {
                for arm in self.experiment.arms_of(size) {
                    let key = (arm.name.clone(), size.to_string());
                    let one = chosen.and_then(|chosen| chosen.get(&key));
                    let rates = match one {
                        Some(rate) => std::slice::from_ref(rate),
                        None => self.experiment.rates_of(arm),
                    };
                    for &rate in rates {
                        cells.push(Cell {
                            arm,
                            size,
                            seed,
                            rate,
                            steps: self.steps(arm),
                        });
                    }
                }
            }
        }
        cells
    }

    /// How many steps an arm takes.
    fn steps(&self, arm: &Arm) -> u64 {
        let work = |name: &str| self.reads.get(name).map_or(1.0, |reads| reads.work);
        let arms = &self.experiment.arms;
        let other = arm.work_of.as_ref();
        match other.and_then(|other| arms.iter().find(|arm| arm.name == *other)) {
            None => self.experiment.steps_of(arm),
            Some(other) => {
                let steps = self.experiment.steps_of(other) as f64;
                (steps * work(&other.name) / work(&arm.name)).round() as u64
            }
        }
    }

    /// Does trainings, several at once; those that are done, in the order of the plan, and whether all are.
    fn work(
        &self,
        cells: Vec<Cell<'a>>,
        before: usize,
    ) -> Result<(Vec<Done<'a>>, bool), StudentError> {
        let of = before + cells.len();
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let results = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..self.means.jobs.clamp(1, cells.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let stopped =
                            failed.load(Ordering::SeqCst) || self.stop.load(Ordering::SeqCst);
                        let Some(cell) = cells.get(at).filter(|_| !stopped) else {
                            return;
                        };
                        let progress = self.watch.cell(&cell.name(), before + at + 1, of);
                        let result = cell.run(
                            self.experiment,
                            self.data,
                            &self.cells,
                            self.means.place,
                            &*progress,
                        );
                        failed.fetch_or(result.is_err(), Ordering::SeqCst);
                        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                        results.insert(at, result);
                    }
                });
            }
        });
        let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut done = Vec::new();
        for result in results.into_values() {
            done.extend(result?);
        }
        let complete = done.len() == cells.len();
        Ok((done, complete))
    }
}
