//! Many programs: one JSON line in, one JSON line out, in the same order.
//!
//! Programs that stand together and run on the same images are worked on together, so that an
//! image is read once and equal questions are asked once. Every line gets a line, whatever became
//! of it; only what stops all of them is an error.

use super::{ExecError, Execution, Source, Subject, exec_all};
use crate::back_end::BackEnd;
use crate::calls::AskError;
use crate::datasets::{Element, Elements, ImageRoot, ImageSource, RecordError, Shape, elements};
use crate::export::AtomicFile;
use crate::stages::Perceiver;
use fact_lang::pack::Pack;
use fact_lang::run::Limits;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};

/// Most programs that are worked on together.
const TOGETHER: usize = 32;
/// How many pieces of work may be done before one that is not: bounds what waits to be written.
const AHEAD: u64 = 256;
/// Stack of a worker, as for runs.
const STACK_BYTES: usize = 32 << 20;

/// What a batch does.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The programs: JSON lines; `docs/formats.md`.
    pub input: &'a Path,
    /// The results: JSON lines, which appear when all are there.
    pub out: &'a Path,
    /// Folder that the images of lines are under.
    pub images: &'a Path,
    /// What lines without image, scene, question run on.
    pub default: &'a Subject,
    /// What programs may call.
    pub pack: &'a Pack,
    /// Bounds of each execution.
    pub limits: &'a Limits,
    /// Threads that compute.
    pub threads: usize,
    /// Whether results hold the trace.
    pub trace: bool,
    /// Whether programs are salvaged from completions.
    pub salvage: bool,
}

/// Results of a batch, counted by outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes(pub BTreeMap<&'static str, u64>);

/// Why a batch did not finish. Nothing is written then; answers of a back end behind a wire are
/// kept.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The perception cannot be asked, or a thread cannot be started.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// The programs cannot be read.
    #[error("{0}")]
    Input(RecordError),
    /// The folder of the images is not there.
    #[error("the folder of images {path} cannot be used: {source}")]
    Images {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The results would take the place of the programs.
    #[error("the results would replace the programs in {0}")]
    SameFile(PathBuf),
    /// The results cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl BatchError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exec(e) => e.hint(),
            Self::Images { .. } => Some("give the folder of the images with --images DIR".into()),
            Self::SameFile(_) => Some("give another file with --out".into()),
            Self::Input(_) | Self::Write { .. } => None,
        }
    }

    /// Whether the user asked for it.
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Exec(error) if error.is_stop())
    }
}

/// A line of the input.
#[derive(Debug, Deserialize)]
struct Line {
    id: Option<Value>,
    program: String,
    image: Option<String>,
    images: Option<Vec<String>>,
    scene: Option<Value>,
    question: Option<String>,
    choices: Option<Vec<String>>,
}

/// A line, or what is wrong with it.
struct Item {
    id: Value,
    read: Result<Line, RecordError>,
}

impl Item {
    fn new(read: Result<Element, RecordError>) -> Result<Self, BatchError> {
        let element = match read {
            Ok(element) => element,
            Err(error) if error.fault.ends_file() => return Err(BatchError::Input(error)),
            Err(error) => {
                return Ok(Self {
                    id: json!(error.line),
                    read: Err(error),
                });
            }
        };
        let read = element.parse::<Line>();
        let line = json!(element.at.line);
        let id = match &read {
            Ok(Line { id: Some(id), .. }) => id.clone(),
            _ => line,
        };
        Ok(Self { id, read })
    }

    /// Whether both run on the same subject.
    fn stands_with(&self, other: &Self) -> bool {
        match (&self.read, &other.read) {
            (Ok(a), Ok(b)) => {
                a.image == b.image
                    && a.images == b.images
                    && a.scene == b.scene
                    && a.question == b.question
                    && a.choices == b.choices
            }
            _ => false,
        }
    }
}

/// Cuts the input into pieces of work.
struct Pieces {
    elements: Elements,
    next: Option<Item>,
    count: u64,
}

impl Pieces {
    fn next(&mut self) -> Result<Option<(u64, Vec<Item>)>, BatchError> {
        let mut piece: Vec<Item> = self.next.take().into_iter().collect();
        while piece.len() < TOGETHER {
            let Some(read) = self.elements.next() else {
                break;
            };
            let item = Item::new(read)?;
            if piece.first().is_some_and(|first| !first.stands_with(&item)) {
                self.next = Some(item);
                break;
            }
            piece.push(item);
        }
        if piece.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        Ok(Some((self.count - 1, piece)))
    }
}

/// How many pieces are written: workers wait for it before they run too far ahead.
#[derive(Default)]
struct Written {
    pieces: Mutex<u64>,
    more: Condvar,
}

/// Runs the programs of a batch; `log` of the back end is the caller's.
///
/// # Errors
/// If programs cannot be read at all, results cannot be written, or the perception cannot be asked.
pub fn run(
    batch: &Batch<'_>,
    back_end: &BackEnd,
    perceiver: Perceiver<'_>,
    stop: &AtomicBool,
) -> Result<Outcomes, BatchError> {
    let root = ImageRoot::new(batch.images).map_err(|source| BatchError::Images {
        path: batch.images.to_owned(),
        source,
    })?;
    let work = Work {
        batch,
        root,
        back_end,
        perceiver,
    };
    if let (Ok(input), Ok(out)) = (batch.input.canonicalize(), batch.out.canonicalize())
        && input == out
    {
        return Err(BatchError::SameFile(batch.out.to_owned()));
    }
    let failed = |source| BatchError::Write {
        path: batch.out.to_owned(),
        source,
    };
    let mut file = AtomicFile::create(batch.out).map_err(failed)?;
    let mut outcomes = Outcomes::default();
    work.all(stop, |results| {
        for (outcome, result) in results {
            *outcomes.0.entry(outcome).or_default() += 1;
            serde_json::to_writer(&mut file, &result).map_err(|e| failed(e.into()))?;
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(())
    })?;
    file.commit().map_err(failed)?;
    Ok(outcomes)
}

/// Ends the other workers when the one that holds it panics: they would wait for its piece.
struct CancelOnPanic<'a>(&'a AtomicBool);

impl Drop for CancelOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

struct Work<'a> {
    batch: &'a Batch<'a>,
    root: ImageRoot,
    back_end: &'a BackEnd,
    perceiver: Perceiver<'a>,
}

type Results = Vec<(&'static str, Value)>;

impl Work<'_> {
    /// Works on all pieces in a pool of threads; `write` gets their results in order.
    fn all(
        &self,
        stop: &AtomicBool,
        mut write: impl FnMut(Results) -> Result<(), BatchError>,
    ) -> Result<(), BatchError> {
        let pieces = Mutex::new(Pieces {
            elements: elements(self.batch.input, Shape::Lines),
            next: None,
            count: 0,
        });
        let cancelled = AtomicBool::new(false);
        let halted = || stop.load(Ordering::Relaxed) || cancelled.load(Ordering::Relaxed);
        let written = Written::default();
        let workers = self.perceiver.workers(self.batch.threads);
        let (sender, receiver) = mpsc::sync_channel(workers);
        let worker = |sender: mpsc::SyncSender<Result<(u64, Results), BatchError>>| {
            let _guard = CancelOnPanic(&cancelled);
            while !halted() {
                // A poisoned lock means that a worker panicked: that panic ends the batch anyway.
                let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
                let done = match next {
                    Ok(None) => break,
                    Ok(Some((index, piece))) => {
                        written.wait_for(index.saturating_sub(AHEAD), &halted);
                        self.piece(piece, &halted).map(|results| (index, results))
                    }
                    Err(error) => Err(error),
                };
                if sender.send(done).is_err() {
                    break;
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (sender, worker) = (sender.clone(), &worker);
                std::thread::Builder::new()
                    .name("fact-worker".into())
                    .stack_size(STACK_BYTES)
                    .spawn_scoped(scope, move || worker(sender))
                    .map_err(|e| {
                        cancelled.store(true, Ordering::Relaxed);
                        ExecError::Thread(e)
                    })?;
            }
            drop(sender);
            let mut waiting: BTreeMap<u64, Results> = BTreeMap::new();
            let mut next = 0;
            let mut outcome = Ok(());
            for done in receiver {
                if outcome.is_err() {
                    continue;
                }
                outcome = done.and_then(|(index, results)| {
                    waiting.insert(index, results);
                    while let Some(results) = waiting.remove(&next) {
                        write(results)?;
                        next += 1;
                        written.set(next);
                    }
                    Ok(())
                });
                if outcome.is_err() {
                    cancelled.store(true, Ordering::Relaxed);
                }
            }
            outcome?;
            match stop.load(Ordering::Relaxed) {
                true => Err(ExecError::Ask(AskError::Stopped).into()),
                false => Ok(()),
            }
        })
    }

    /// Runs programs that stand together.
    fn piece(&self, piece: Vec<Item>, halted: &dyn Fn() -> bool) -> Result<Results, BatchError> {
        let Some(Ok(first)) = piece.first().map(|item| &item.read) else {
            // A line that cannot be read stands alone.
            let told = piece.into_iter().filter_map(|item| {
                let error = item.read.err()?;
                Some(("malformed", failure(&item.id, "malformed", &error)))
            });
            return Ok(told.collect());
        };
        let unreadable = |error: &dyn std::fmt::Display| -> Results {
            (piece.iter())
                .map(|item| ("unreadable", failure(&item.id, "unreadable", error)))
                .collect()
        };
        let subject = match self.subject(first) {
            Ok(subject) => subject,
            Err(error) => return Ok(unreadable(&error)),
        };
        let prepared = match subject.prepare(self.back_end) {
            Ok(prepared) => prepared,
            Err(error) => return Ok(unreadable(&error)),
        };
        let Batch { pack, limits, .. } = self.batch;
        let sources: Vec<Source<'_>> = (piece.iter())
            .filter_map(|item| item.read.as_ref().ok())
            .map(|line| Source::new(&line.program, self.batch.salvage))
            .collect();
        let executions = exec_all(&sources, pack, self.perceiver, &prepared, limits, halted)
            .map_err(ExecError::Ask)?;
        let told = piece.iter().zip(executions);
        Ok(told
            .map(|(item, done)| self.result(&item.id, &done))
            .collect())
    }

    /// What a line runs on.
    fn subject(&self, line: &Line) -> Result<Subject, crate::datasets::ImagePathError> {
        let default = self.batch.default;
        let paths: Vec<&String> = match (&line.images, &line.image) {
            (Some(paths), _) => paths.iter().collect(),
            (None, path) => path.iter().collect(),
        };
        let images = paths.iter().map(|path| self.root.resolve(&[path]));
        let mut images: Vec<ImageSource> = images.collect::<Result<_, _>>()?;
        if images.is_empty() {
            images.clone_from(&default.images);
        }
        let scene = line.scene.clone().map(Arc::new);
        Ok(Subject {
            images,
            scene: scene.or_else(|| default.scene.clone()),
            question: (line.question.as_ref()).map_or(default.question.clone(), Clone::clone),
            choices: (line.choices.as_ref()).map_or(default.choices.clone(), Clone::clone),
        })
    }

    fn result(&self, id: &Value, execution: &Execution) -> (&'static str, Value) {
        let outcome = execution.report.outcome;
        let mut object = Map::new();
        object.insert("id".into(), id.clone());
        object.extend(execution.report.to_json());
        if self.batch.trace {
            let trace = execution.trace_json(self.batch.pack);
            object.extend(trace.map(|trace| ("trace".to_owned(), trace)));
        }
        (outcome, Value::Object(object))
    }
}

/// The result of a line that was not run.
fn failure(id: &Value, outcome: &str, error: &dyn std::fmt::Display) -> Value {
    json!({ "id": id, "outcome": outcome, "error": error.to_string() })
}

impl Written {
    fn set(&self, pieces: u64) {
        *self.pieces.lock().unwrap_or_else(PoisonError::into_inner) = pieces;
        self.more.notify_all();
    }

    /// Waits until so many pieces are written, or until `halted`.
    fn wait_for(&self, pieces: u64, halted: &dyn Fn() -> bool) {
        let mut written = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        while *written < pieces && !halted() {
            let patience = std::time::Duration::from_millis(50);
            let waited = self.more.wait_timeout(written, patience);
            written = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
