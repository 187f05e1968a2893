//! Re-checking the certificates of a run or of a JSONL export, without any model; and, if asked
//! for, asking the perception again.
//!
//! | module | owns |
//! |---|---|
//! | `source` | rows of a run or a file, in bounded chunks |
//! | `at_hand` | the packs that certificates name, and programs parsed with them |
//! | `row` | what is wrong with one row |
//! | `images` | hashes, sizes and boxes |
//! | `again` | asking the perception again |
//! | `report` | what was found |
//!
//! Everything in a file is hostile: a row is at most [`MAX_RECORD_BYTES`] long, memory does not grow
//! with the file, and a row that cannot be read is told of and passed over.

mod again;
mod at_hand;
mod images;
mod report;
mod row;
mod source;

pub use again::{Again, Compared, DifferentCall, Place, ToolCount};
pub use at_hand::{Origin, PackUse};
pub use report::{CheckReport, MAX_TOLD, Rejected};

use crate::calls::AskError;
use crate::datasets::ImageRoot;
use crate::packs;
use crate::store::{Reader, StoreError};
use again::Walk;
use at_hand::Packs;
use report::{Part, Parts};
use source::{Chunk, Item};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

pub use crate::datasets::MAX_RECORD_BYTES;

/// Stack of a checking thread: parser and interpreter recurse as deep as the limits allow.
const STACK_BYTES: usize = 32 << 20;

/// What to check, and with what.
#[derive(Default)]
pub struct CheckRequest<'a> {
    /// Skip the flipped tables and the deletions of the minimality test.
    pub fast: bool,
    /// Folder of the images: also verify their hashes and sizes, and that boxes lie within them.
    pub images: Option<PathBuf>,
    /// Pack by name or path, where it is neither shipped nor in the run.
    pub pack: Option<String>,
    /// Only the row of this sample.
    pub id: Option<String>,
    /// Threads that compute; one per core if not given.
    pub threads: Option<usize>,
    /// Ask this perception again.
    pub again: Option<Again<'a>>,
    /// Ends the check early when it becomes true.
    pub stop: Option<&'a AtomicBool>,
}

/// Why nothing could be checked, or not all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The run cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing in it.
    #[error("{path} holds no samples")]
    Empty {
        /// The run or file.
        path: PathBuf,
    },
    /// It does not hold the sample asked for.
    #[error("{path} holds no sample `{id}`")]
    NoSample {
        /// The run or file.
        path: PathBuf,
        /// The id.
        id: String,
    },
    /// The images' folder cannot be used.
    #[error("cannot read the images' folder {path}: {source}")]
    Images {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No line is a row; this is the first.
    #[error("{place}: {message}")]
    Line {
        /// File and line.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// The perception cannot be asked.
    #[error("the perception has no answer: {0}")]
    Ask(AskError),
    /// The pack given cannot be loaded.
    #[error(transparent)]
    Pack(#[from] packs::PackLoadError),
    /// No thread could be started.
    #[error("cannot start the checking threads: {0}")]
    Threads(std::io::Error),
}

impl CheckError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Pack(e) => e.hint(),
            Self::Ask(e) => e.hint(),
            Self::Line { .. } => Some("a JSONL export of `fact export --format jsonl`".into()),
            Self::Read { .. } => Some("give a run's folder or a JSONL export".into()),
            Self::Empty { .. } => {
                Some("give the folder of a run that was begun, or a JSONL export".into())
            }
            Self::Images { .. } => Some(
                "give the folder that the rows' `image` starts at, or leave out --images".into(),
            ),
            Self::NoSample { .. } | Self::Threads(_) => None,
        }
    }

    /// Whether the user asked for it.
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Ask(AskError::Stopped))
    }
}

/// Checks a run's folder, a JSONL export, or (`-`) a JSONL export on standard input.
///
/// # Errors
/// If it cannot be read, or the perception cannot be asked; rejected certificates and rows that
/// cannot be read are no error as long as some row can.
pub fn check(target: &Path, request: &CheckRequest<'_>) -> Result<CheckReport, CheckError> {
    let is_run = target.is_dir() || target.extension().is_some_and(|e| e == "db");
    let reader = is_run.then(|| Reader::open(target)).transpose()?;
    let images = request.images.as_deref().map(|folder| {
        let root = ImageRoot::new(folder).and_then(|root| {
            std::fs::read_dir(folder)?;
            Ok(root)
        });
        root.map_err(|source| CheckError::Images {
            path: folder.to_owned(),
            source,
        })
    });
    let given = request.pack.as_deref().map(packs::load).transpose()?;
    let of_run = reader.as_ref().map(Reader::pack_source).transpose()?;
    let checker = Checker {
        images: images.transpose()?,
        packs: Packs::new(given, of_run.flatten()),
        walk: request.again.as_ref().map(|again| Walk::new(again.place)),
        request,
        cancelled: AtomicBool::new(false),
    };
    let mut report = checker.all(|take| match &reader {
        Some(reader) => source::of_run(reader, request.id.as_deref(), take),
        None => source::of_file(target, take),
    })?;
    if checker.halted() {
        return Err(CheckError::Ask(AskError::Stopped));
    }
    report.packs = checker.packs.used();
    if report.checked + report.without == 0 {
        let path = target.to_owned();
        return match (report.rejections.first(), &request.id) {
            (Some(first), None) if !is_run => Err(CheckError::Line {
                place: first.place.clone().unwrap_or_default(),
                message: first.reasons.join("; "),
            }),
            // The rows of a run that cannot be read are known by their ids.
            (Some(_), _) => Ok(report),
            (None, Some(id)) => Err(CheckError::NoSample {
                path,
                id: id.clone(),
            }),
            (None, None) => Err(CheckError::Empty { path }),
        };
    }
    Ok(report)
}

/// Everything that a row is checked with.
struct Checker<'a> {
    request: &'a CheckRequest<'a>,
    images: Option<ImageRoot>,
    packs: Packs,
    walk: Option<Walk<'a>>,
    /// Nothing more needs to be done: an error ends the check.
    cancelled: AtomicBool,
}

impl Checker<'_> {
    fn halted(&self) -> bool {
        let stop = self.request.stop;
        stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    fn ended(&self) -> bool {
        self.halted() || self.cancelled.load(Ordering::Relaxed)
    }

    /// Checks all chunks that `read` gives, in several threads.
    fn all(
        &self,
        read: impl FnOnce(&mut dyn FnMut(Chunk) -> bool) -> Result<(), CheckError>,
    ) -> Result<CheckReport, CheckError> {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = self.request.threads.unwrap_or_else(cores).max(1);
        let workers = match &self.request.again {
            Some(again) => again.perceiver.workers(threads),
            None => threads,
        };
        let parts = Mutex::new(Parts::default());
        let failed: Mutex<Option<CheckError>> = Mutex::new(None);
        let fail = |error| {
            self.cancelled.store(true, Ordering::Relaxed);
            // The first error is the one that is told.
            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.get_or_insert(error);
        };
        let (sender, receiver) = mpsc::sync_channel::<(u64, Chunk)>(workers);
        // Only the workers hold it, so that sending ends when the last of them is gone.
        let receiver = Arc::new(Mutex::new(receiver));
        let work = |receiver: Arc<Mutex<mpsc::Receiver<(u64, Chunk)>>>| {
            loop {
                let next = {
                    let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
                    receiver.recv()
                };
                let Ok((index, chunk)) = next else { break };
                match self.chunk(chunk) {
                    Ok(part) => {
                        let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
                        parts.add(index, part);
                    }
                    Err(error) => fail(CheckError::Ask(error)),
                }
            }
        };
        let outcome = std::thread::scope(|scope| {
            for _ in 0..workers {
                let (receiver, work) = (receiver.clone(), &work);
                let spawned = std::thread::Builder::new()
                    .name("fact-checker".into())
                    .stack_size(STACK_BYTES)
                    .spawn_scoped(scope, move || work(receiver));
                if let Err(error) = spawned {
                    fail(CheckError::Threads(error));
                    break;
                }
            }
            drop(receiver);
            let mut index = 0;
            let outcome = read(&mut |chunk| {
                index += 1;
                !self.ended() && sender.send((index - 1, chunk)).is_ok()
            });
            drop(sender);
            outcome
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failed {
            return Err(error);
        }
        outcome?;
        let parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(parts.whole())
    }

    fn chunk(&self, chunk: Chunk) -> Result<Part, AskError> {
        let mut part = Part::default();
        for item in chunk {
            if self.ended() {
                break;
            }
            self.item(item, &mut part)?;
        }
        Ok(part)
    }

    fn item(&self, item: Item, part: &mut Part) -> Result<(), AskError> {
        let wanted = self.request.id.as_deref();
        let (place, read) = item.read();
        let row = match read {
            Ok(row) if wanted.is_some_and(|wanted| wanted != row.row.id) => return Ok(()),
            Ok(row) => row,
            // Which sample it is cannot be told.
            Err(_) if wanted.is_some() && place.is_some() => return Ok(()),
            Err((id, message)) => {
                part.unreadable(place, id, message);
                return Ok(());
            }
        };
        // A defect of ours costs the certificate that shows it, not the others.
        let judged = catch_unwind(AssertUnwindSafe(|| {
            row::judge(&row, &self.packs, self.images.as_ref(), self.request.fast)
        }));
        let reasons = judged.unwrap_or_else(|_| {
            let reason = "the checker failed on it (a bug), so it is not known to hold";
            Some(vec![reason.to_owned()])
        });
        let Some(mut reasons) = reasons else {
            part.without();
            return Ok(());
        };
        if let (Some(again), Some(walk), Some(certificate)) =
            (&self.request.again, &self.walk, &row.row.certificate)
        {
            let halted = || self.ended();
            let asked = again.ask(walk, &row.row, certificate, &halted)?;
            part.compared(asked, &mut reasons);
        }
        part.checked(place, row.row.id, reasons);
        Ok(())
    }
}
