//! Experiments: students of several arms, sizes and seeds on drawn scenes, compared split by split.
//!
//! One file says all that is done ([`Experiment`]), before it is done; [`conduct`] does it, or what is left of
//! it, and writes tables. A folder holds
//!
//! | | |
//! |---|---|
//! | `data/` | the scenes |
//! | `run/` | the run that wrote rationales for `data/train`; in `verifiers/` the students that scored them |
//! | `starts/SIZE-seedN/` | the students that all arms begin with, if any |
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
//! | `start` | students that all arms begin with |
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
mod start;
mod stats;
mod table;

pub use config::{Arm, Experiment, Learns, Settings, Which};
pub use start::Start;
pub use table::Circumstances;

use super::StudentError;
use cell::{Cell, Done};
use data::{Data, Reads};
use fact_student::Progress;
use fact_student::model::Place;
use filter::Filter;
use start::Starts;
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
    let nothing = Conducted {
        table: None,
        done: 0,
        complete: false,
    };
    let Some(data) = data::prepare(experiment, folder, stop, watch)? else {
        return Ok(nothing);
    };
    let begin = |seed: u64| {
        let folder = folder.join("starts");
        start::teach(experiment, &data, seed, &folder, means, stop, watch)
    };
    let first = experiment.seeds[0];
    let Some(mut starts) = begin(first)? else {
        return Ok(nothing);
    };
    let run = folder.join(data::RUN);
    let Some(filter) = filter::decide(experiment, &run, &data, &starts, means, stop, watch)? else {
        return Ok(nothing);
    };
    let mut reads = BTreeMap::new();
    for arm in &experiment.arms {
        reads.insert(arm.name.as_str(), data.reads(arm, &filter)?);
    }
    let (mut done, mut complete, mut rates) = (Vec::new(), true, None);
    for &seed in &experiment.seeds {
        if seed != first {
            match begin(seed)? {
                Some(more) => starts.extend(more),
                None => complete = false,
            }
        }
        if !complete {
            break;
        }
        let bench = Bench {
            experiment,
            data: &data,
            filter: &filter,
            reads: &reads,
            starts: &starts,
            cells: folder.join("cells"),
            means,
            watch,
            stop,
        };
        let cells = bench.plan(seed, rates.as_ref());
        let (more, all) = bench.work(cells, done.len())?;
        done.extend(more);
        complete = all;
        // Rates are chosen with the first seed, and the others follow.
        rates.get_or_insert_with(|| chosen(&done));
    }
    let chosen = rates.unwrap_or_default();
    let mut table = None;
    if !done.is_empty() {
        watch.stage("writing tables");
        let outcome = outcome::Outcome::new(experiment, &data, &filter, &starts, &done, &chosen);
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
struct Bench<'a, 'e> {
    experiment: &'e Experiment,
    data: &'a Data,
    filter: &'a Filter,
    reads: &'a BTreeMap<&'a str, Reads>,
    starts: &'a Starts,
    cells: PathBuf,
    means: Means,
    watch: &'a dyn Watch,
    stop: &'a Arc<AtomicBool>,
}

impl<'e> Bench<'_, 'e> {
    /// The trainings with a seed: at all rates, or at the chosen ones.
    fn plan(&self, seed: u64, chosen: Option<&Chosen>) -> Vec<Cell<'e>> {
        let mut cells = Vec::new();
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
        cells: Vec<Cell<'e>>,
        before: usize,
    ) -> Result<(Vec<Done<'e>>, bool), StudentError> {
        let of = before + cells.len();
        let done = side_by_side(self.means.jobs, cells.len(), self.stop, |at| {
            let cell = &cells[at];
            let progress = self.watch.cell(&cell.name(), before + at + 1, of);
            let start = self.starts.get(&(cell.size, cell.seed));
            cell.run(self, start.map(|begun| &begun.student), &*progress)
        })?;
        let complete = done.len() == cells.len();
        Ok((done, complete))
    }
}

/// Does several things at once, each by its number, until `stop` or a failure; those that were done, in their
/// order.
fn side_by_side<T: Send>(
    jobs: usize,
    of: usize,
    stop: &AtomicBool,
    work: impl Fn(usize) -> Result<Option<T>, StudentError> + Sync,
) -> Result<Vec<T>, StudentError> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, of.max(1)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let stopped = failed.load(Ordering::SeqCst) || stop.load(Ordering::SeqCst);
                    if stopped || at >= of {
                        return;
                    }
                    let result = work(at);
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
    Ok(done)
}
