//! The training loop: log, validation, early stop, checkpoints, resume.
//!
//! A folder of a training holds `model.safetensors` (the student as it was at its best validation),
//! `state.safetensors` (the training, to go on from), `log.jsonl` and, drawn from the log, `loss.svg` and
//! `accuracy.svg`. A training that is killed at any instant goes on from its last checkpoint and ends with
//! the same files but for the times in the log.

use crate::checkpoint::{self, About, CheckpointError, Reached, Training};
use crate::config::{ConfigError, ImageSize, ModelConfig, Size, TrainConfig};
use crate::example::Example;
use crate::infer::Student;
use crate::layout::{Row, TooLong};
use crate::log::Log;
pub use crate::log::{Kind, LOG, Line};
use crate::model::{ModelError, Place};
use crate::objective::{self, Computing, Losses};
use crate::optimizer;
use crate::random::Stream;
use crate::vocabulary::Vocabulary;
use crate::weights;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// File of the student in a training's folder.
pub const MODEL: &str = "model.safetensors";
/// File of the training's state.
pub const STATE: &str = "state.safetensors";

const ORDER: u64 = 2;
const BLIND: u64 = 3;

/// What to train.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Examples to learn from.
    pub train: &'a [Example],
    /// Examples to validate on, with their pictures as the others'.
    pub validation: &'a [Example],
    /// How large.
    pub size: Size,
    /// The size of all pictures.
    pub image: ImageSize,
    /// How.
    pub config: &'a TrainConfig,
    /// Pieces and positions; those of `start`, or learned from the examples, if there are none.
    pub vocabulary: Option<&'a Vocabulary>,
    /// The student to begin with, of the same shape and vocabulary; a new one if there is none.
    pub start: Option<&'a Student>,
    /// Folder to write; one with the state of the same training goes on from it.
    pub folder: &'a Path,
    /// Blocks at once. Changes nothing in the results.
    pub threads: usize,
    /// Where to compute.
    pub place: Place,
}

/// Who is told how it goes.
pub trait Progress {
    /// A training begins, `done` of its `steps` steps being done already.
    fn started(&self, parameters: usize, steps: u64, done: u64);
    /// A step is done.
    fn stepped(&self, step: u64, losses: &Losses, tokens_per_second: f64);
    /// A validation is done.
    fn validated(&self, line: &Line);
    /// Whether to stop here; asked after each step. What is done is kept.
    fn stop(&self) -> bool {
        false
    }
}

/// Nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _: usize, _: u64, _: u64) {}
    fn stepped(&self, _: u64, _: &Losses, _: f64) {}
    fn validated(&self, _: &Line) {}
}

/// How a training ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Steps done.
    pub steps: u64,
    /// Whether there was no better validation for long enough.
    pub stopped_early: bool,
    /// Whether it was asked to stop; the same job then goes on.
    pub interrupted: bool,
    /// Step of the best validation.
    pub best_step: u64,
    /// Share right in it.
    pub best_right: f64,
    /// Its `L_label`.
    pub best_label: f64,
    /// Parameters of the model.
    pub parameters: usize,
    /// Tokens of text seen.
    pub tokens: u64,
    /// Seconds, over all sessions.
    pub seconds: f64,
}

/// Why a training failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A setting is out of range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nothing to learn from, or to validate on.
    #[error("there are no examples to {0}")]
    Empty(&'static str),
    /// A picture has another size than the model's.
    #[error("the picture of example `{id}` is {width}×{height}, the student's are {expected}")]
    Picture {
        /// The example.
        id: String,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Width and height.
        expected: String,
    },
    /// An example's weight is negative or not a number.
    #[error("example `{id}` has the weight {weight}")]
    Weight {
        /// The example.
        id: String,
        /// What it is.
        weight: f32,
    },
    /// A text is longer than any model's.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The loss is no number any more.
    #[error("the loss is not a finite number at step {step}, at learning rate {rate:e}")]
    Diverged {
        /// The step.
        step: u64,
        /// The learning rate.
        rate: f64,
    },
    /// The student to begin with is another kind of student.
    #[error("the student to begin with has another {what}: {has}, expected {expected}")]
    Start {
        /// What differs.
        what: &'static str,
        /// What it has.
        has: String,
        /// What the training needs.
        expected: String,
    },
    /// The folder holds the state of another training.
    #[error("{path} is the state of another training: its {what} differ")]
    Other {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// A checkpoint cannot be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The log or a chart cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The log cannot be read.
    #[error("{path}, line {line}: {reason}")]
    Log {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The network failed.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl TrainError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Diverged { .. } => "lower the learning rate, or lengthen the warm-up",
            Self::Other { .. } => "train in another folder, or delete this one",
            Self::TooLong(_) => {
                "shorten the rationales, or learn the vocabulary from these rows too"
            }
            Self::Start { .. } => {
                "a training that begins with a student takes its size, image size and vocabulary"
            }
            Self::Checkpoint(e) => return e.hint(),
            _ => return None,
        };
        Some(hint.into())
    }
}

/// Trains a student, or goes on with it.
///
/// # Errors
/// If a setting or an example is out of range, the folder holds another training or cannot be written, or
/// the loss diverges. What was reached up to the last checkpoint stays.
pub fn train(job: &Job<'_>, progress: &dyn Progress) -> Result<Outcome, TrainError> {
    job.config.check()?;
    if job.train.is_empty() {
        return Err(TrainError::Empty("learn from"));
    }
    if job.validation.is_empty() {
        return Err(TrainError::Empty("validate on"));
    }
    for example in job.train.iter().chain(job.validation) {
        check(example, job.image)?;
    }
    let write = |path: PathBuf| move |source| TrainError::Write { path, source };
    std::fs::create_dir_all(job.folder).map_err(write(job.folder.to_owned()))?;
    let training = begin(job)?;
    let mut log = Log::open(job.folder, training.reached.step)?;
    let model = training.about.model;
    progress.started(model.parameters(), job.config.steps, training.reached.step);
    let mut session = Session {
        job,
        progress,
        training,
        began: Instant::now(),
    };
    let interrupted = session.run(&mut log)?;
    log.draw(job.folder)?;
    let reached = &session.training.reached;
    let (best_step, right, label) = reached.best.unwrap_or_default();
    Ok(Outcome {
        steps: reached.step,
        stopped_early: reached.ended && reached.step < job.config.steps,
        interrupted,
        best_step,
        best_right: f64::from_bits(right),
        best_label: f64::from_bits(label),
        parameters: model.parameters(),
        tokens: reached.tokens,
        seconds: reached.milliseconds as f64 / 1000.0,
    })
}

/// Opens the student that a training wrote.
///
/// # Errors
/// If the file is not there, or not a student's.
pub fn trained(folder: &Path) -> Result<Student, CheckpointError> {
    Student::open(&folder.join(MODEL))
}

fn check(example: &Example, image: ImageSize) -> Result<(), TrainError> {
    if !example.weight.is_finite() || example.weight < 0.0 {
        return Err(TrainError::Weight {
            id: example.id.clone(),
            weight: example.weight,
        });
    }
    match &example.picture {
        Some(p) if (p.width(), p.height()) != (image.width, image.height) => {
            Err(TrainError::Picture {
                id: example.id.clone(),
                width: p.width(),
                height: p.height(),
                expected: format!("{}×{}", image.width, image.height),
            })
        }
        _ => Ok(()),
    }
}

/// The training as it begins, or as it was left.
fn begin(job: &Job<'_>) -> Result<Training, TrainError> {
    let given = job.vocabulary.cloned();
    let given = given.or_else(|| job.start.map(Student::vocabulary));
    let Vocabulary {
        positions,
        pieces: tokenizer,
    } = match given {
        Some(given) => {
            for example in job.train.iter().chain(job.validation) {
                Row::of(example, &given.pieces, given.positions)?;
            }
            given
        }
        None => {
            let (least, most) = (job.config.min_count, job.config.max_pieces);
            Vocabulary::learn(job.train.iter(), job.validation.iter(), least, most)?
        }
    };
    let model = ModelConfig::new(job.size, job.image, positions, tokenizer.size());
    model.check()?;
    let rationales = job.train.iter().any(|e| e.rationale.is_some());
    let about = About::new(model, tokenizer, rationales, job.config.clone());
    if let Some(start) = job.start {
        like(start, &about)?;
    }
    let data = fingerprint(job);
    let path = job.folder.join(STATE);
    if path.exists() {
        let training = checkpoint::read_training(&path)?;
        let differs = |what| TrainError::Other {
            path: path.clone(),
            what,
        };
        if training.reached.data != data {
            return Err(differs("examples, or the student that it begins with,"));
        }
        if training.about != about {
            return Err(differs("settings"));
        }
        return Ok(training);
    }
    let weights = match job.start {
        Some(start) => start.weights().clone(),
        None => weights::draw(&model, job.config.seed),
    };
    let state = optimizer::start(&weights);
    Ok(Training {
        about,
        reached: Reached {
            step: 0,
            tokens: 0,
            milliseconds: 0,
            best: None,
            worse: 0,
            ended: false,
            data,
        },
        weights,
        state,
    })
}

/// Refuses a student to begin with whose weights would mean something else here.
fn like(start: &Student, about: &About) -> Result<(), TrainError> {
    let (has, expected) = (start.config(), &about.model);
    let differ = |what, has: String, expected: String| {
        if has == expected {
            return Ok(());
        }
        Err(TrainError::Start {
            what,
            has,
            expected,
        })
    };
    let shape = |c: &ModelConfig| {
        let (width, layers, heads) = (c.width, c.layers, c.heads);
        format!("width {width}, {layers} layers, {heads} heads")
    };
    differ("shape", shape(has), shape(expected))?;
    let image = |c: &ModelConfig| {
        let (width, height, stride) = (c.image.width, c.image.height, c.image.stride);
        format!("{width}×{height} pixels, stride {stride}")
    };
    differ("image size", image(has), image(expected))?;
    let positions = |c: &ModelConfig| format!("{} positions", c.max_text);
    differ("length of text", positions(has), positions(expected))?;
    if *start.tokenizer() == about.tokenizer {
        return Ok(());
    }
    Err(TrainError::Start {
        what: "vocabulary",
        has: format!("{} tokens", start.tokenizer().size()),
        expected: format!("{} tokens, and the same ones", about.tokenizer.size()),
    })
}

/// Hash of all examples, and of the weights to begin with: a training goes on only with those it began with.
fn fingerprint(job: &Job<'_>) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for (name, examples) in [("train", job.train), ("validation", job.validation)] {
        part(name.as_bytes());
        for example in examples {
            part(example.question.as_bytes());
            part(example.answer.as_bytes());
            part(example.rationale.as_deref().unwrap_or("\0").as_bytes());
            part(&example.weight.to_le_bytes());
            part(example.picture.as_ref().map_or(&[], |p| p.pixels()));
        }
    }
    for (name, weight) in job.start.iter().flat_map(|start| start.weights()) {
        hash.update(name.as_bytes());
        for value in &weight.values {
            hash.update(value.to_le_bytes());
        }
    }
    let hash = hash.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Session<'a> {
    job: &'a Job<'a>,
    progress: &'a dyn Progress,
    training: Training,
    began: Instant,
}

impl Session<'_> {
    /// Steps until the end; whether it was asked to stop before.
    fn run(&mut self, log: &mut Log) -> Result<bool, TrainError> {
        let config = self.job.config;
        let before = self.training.reached.milliseconds;
        let tokens_before = self.training.reached.tokens;
        let mut order = Order::new(config.seed, self.job.train.len());
        while !self.training.reached.ended {
            let step = self.training.reached.step;
            let (losses, length) = self.step(step, &mut order)?;
            let spent = self.began.elapsed();
            let reached = &mut self.training.reached;
            reached.step += 1;
            reached.tokens += losses.tokens;
            reached.milliseconds = before + spent.as_millis() as u64;
            let speed = (reached.tokens - tokens_before) as f64 / spent.as_secs_f64().max(1e-9);
            let done = reached.step;
            self.progress.stepped(done, &losses, speed);
            if done.is_multiple_of(config.log_every) {
                let rate = optimizer::rate(config, step);
                log.add(&self.line(Kind::Train, &losses, Some((rate, length))))?;
            }
            let last = done >= config.steps;
            if last || done.is_multiple_of(config.validate_every) {
                self.validate(log)?;
                self.training.reached.ended |= last;
            }
            let stop = self.progress.stop();
            let ended = self.training.reached.ended;
            if ended || stop || done.is_multiple_of(config.checkpoint_every) {
                // The log first: of a state that is there, the log is whole.
                log.sync()?;
                checkpoint::write_training(&self.job.folder.join(STATE), &self.training)?;
            }
            if stop && !ended {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn computing(&self) -> Computing {
        Computing {
            lambda: self.job.config.lambda,
            rows: self.job.config.rows,
            threads: self.job.threads,
            place: self.job.place,
        }
    }

    /// One step; its losses and the length of its gradient.
    fn step(&mut self, step: u64, order: &mut Order) -> Result<(Losses, f64), TrainError> {
        let config = self.job.config;
        let mut blind = Stream::new(config.seed, BLIND, step);
        let mut rows = Vec::with_capacity(config.batch);
        for index in order.batch(step, config.batch) {
            let about = &self.training.about;
            let example = &self.job.train[index];
            let mut row = Row::of(example, &about.tokenizer, about.model.max_text)?;
            row.sees &= blind.uniform() >= config.blind;
            rows.push(row);
        }
        let rows: Vec<&Row> = rows.iter().collect();
        let training = &mut self.training;
        let computing = Computing {
            lambda: config.lambda,
            rows: config.rows,
            threads: self.job.threads,
            place: self.job.place,
        };
        let (losses, gradients) =
            objective::gradients(&training.about.model, &training.weights, &rows, computing)?;
        let length = optimizer::length(&gradients);
        if !losses.total.is_finite() || !length.is_finite() {
            let rate = optimizer::rate(config, step);
            return Err(TrainError::Diverged {
                step: step + 1,
                rate,
            });
        }
        optimizer::change(
            config,
            step,
            &mut training.weights,
            &mut training.state,
            &gradients,
            length,
        );
        Ok((losses, length))
    }

    /// Validates, and keeps the student if it is the best so far.
    fn validate(&mut self, log: &mut Log) -> Result<(), TrainError> {
        let training = &mut self.training;
        let about = &training.about;
        let most = about.model.max_text;
        let rows = self.job.validation.iter();
        let rows = rows.map(|e| Row::of(e, &about.tokenizer, most));
        let rows = rows.collect::<Result<Vec<Row>, TooLong>>()?;
        let rows: Vec<&Row> = rows.iter().collect();
        let computing = self.computing();
        let training = &mut self.training;
        let losses = objective::losses(&training.about.model, &training.weights, &rows, computing)?;
        let reached = &mut training.reached;
        let better = reached.best.is_none_or(|(_, right, label)| {
            let (right, label) = (f64::from_bits(right), f64::from_bits(label));
            losses.right > right || (losses.right == right && losses.label < label)
        });
        if better {
            reached.best = Some((reached.step, losses.right.to_bits(), losses.label.to_bits()));
            reached.worse = 0;
            let path = self.job.folder.join(MODEL);
            checkpoint::write_student(&path, &training.about, &training.weights)?;
        } else {
            reached.worse += 1;
        }
        let patience = self.job.config.patience;
        reached.ended |= patience > 0 && reached.worse >= patience;
        let mut line = self.line(Kind::Validation, &losses, None);
        line.right = Some(losses.right);
        log.add(&line)?;
        log.draw(self.job.folder)?;
        self.progress.validated(&line);
        Ok(())
    }

    fn line(&self, kind: Kind, losses: &Losses, step: Option<(f64, f64)>) -> Line {
        let reached = &self.training.reached;
        Line {
            step: reached.step,
            kind,
            loss: losses.total,
            label: losses.label,
            rationale: losses.rationale,
            right: None,
            rate: step.map(|(rate, _)| rate),
            gradient: step.map(|(_, length)| length),
            tokens: reached.tokens,
            seconds: reached.milliseconds as f64 / 1000.0,
        }
    }
}

/// Which examples a step learns from: all once, shuffled, then all again in another order.
struct Order {
    seed: u64,
    epoch: u64,
    order: Vec<usize>,
}

impl Order {
    fn new(seed: u64, examples: usize) -> Self {
        Self {
            seed,
            epoch: 0,
            order: Stream::new(seed, ORDER, 0).order(examples),
        }
    }

    fn batch(&mut self, step: u64, size: usize) -> Vec<usize> {
        let (n, size) = (self.order.len() as u64, size as u64);
        let places = step * size..(step + 1) * size;
        let batch = places.map(|place| {
            if place / n != self.epoch {
                self.epoch = place / n;
                self.order = Stream::new(self.seed, ORDER, self.epoch).order(n as usize);
            }
            self.order[(place % n) as usize]
        });
        batch.collect()
    }
}
