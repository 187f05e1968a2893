//! The list of samples: in memory, made anew when the run has grown.
//!
//! What a list is filtered and sorted by is a few hundred bytes a sample, so all of it is kept, and a
//! filter is one pass over it. `run.db` gets no index for it: it is only ever read here.

mod build;
mod filter;

pub(crate) use build::{Entry, Listed};
pub(crate) use filter::{Filter, standing};

use crate::readers::Readers;
use fact_pipeline::store::{Decision, Review, ReviewsError, StoreError, reviews};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Results of filters that are kept.
const KEPT: usize = 16;
/// Least time between two looks at whether the run has grown.
const LOOK: Duration = Duration::from_secs(2);
/// The list is made anew at most one part in so many of the time.
const SHARE: u32 = 5;

/// What people said of a sample, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
    /// Commented, without a decision.
    Commented,
    /// A review of what is no longer so.
    OutOfDate,
}

impl Standing {
    pub(crate) fn of(review: &Review, subject: &str) -> Self {
        match review.decision {
            _ if review.subject != subject => Self::OutOfDate,
            Some(Decision::Accept) => Self::Accepted,
            Some(Decision::Reject) => Self::Rejected,
            None => Self::Commented,
        }
    }
}

/// Size and time of change of files: what changes when they are written.
type Stamp = Vec<Option<(u64, SystemTime)>>;

fn stamp(folder: &Path, names: &[&str]) -> Stamp {
    let of = |name: &&str| {
        let meta = std::fs::metadata(folder.join(name)).ok()?;
        Some((meta.len(), meta.modified().ok()?))
    };
    names.iter().map(of).collect()
}

/// What is listed, and what people said of it.
struct State {
    listed: Option<Arc<Listed>>,
    stamp: Stamp,
    /// When the run was last looked at, and how long the list then took to make.
    looked: Option<(Instant, Duration)>,
    making: bool,
    reviews: Arc<BTreeMap<String, Review>>,
    reviews_stamp: Option<Stamp>,
    /// Counts whatever changes the result of a filter.
    version: u64,
    found: VecDeque<(u64, Filter, Arc<Found>)>,
}

/// All samples, and what people said of them.
pub(crate) struct Now {
    pub(crate) listed: Arc<Listed>,
    /// The review that counts, by the sample's id.
    pub(crate) reviews: Arc<BTreeMap<String, Review>>,
    /// Counts whatever changes the result of a filter.
    pub(crate) version: u64,
}

/// What a filter found.
pub(crate) struct Found {
    pub(crate) listed: Arc<Listed>,
    pub(crate) reviews: Arc<BTreeMap<String, Review>>,
    /// Indices into the entries, in the order asked for.
    pub(crate) at: Vec<u32>,
    /// Counts whatever changes the result of a filter.
    pub(crate) version: u64,
}

/// The list of a run's samples.
pub(crate) struct Listing {
    folder: PathBuf,
    readers: Arc<Readers>,
    state: Mutex<State>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reviews(#[from] ReviewsError),
}

impl Listing {
    pub(crate) fn new(folder: &Path, readers: Arc<Readers>) -> Self {
        Self {
            folder: folder.to_owned(),
            readers,
            state: Mutex::new(State {
                listed: None,
                stamp: Stamp::new(),
                looked: None,
                making: false,
                reviews: Arc::default(),
                reviews_stamp: None,
                version: 0,
                found: VecDeque::new(),
            }),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic while it is held leaves an older list, which is made anew later.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The samples that a filter takes.
    ///
    /// # Errors
    /// If the store or the reviews cannot be read.
    pub(crate) fn find(self: &Arc<Self>, filter: &Filter) -> Result<Arc<Found>, ListError> {
        let Now {
            listed,
            reviews,
            version,
        } = self.now()?;
        let mut state = self.state();
        let known = state
            .found
            .iter()
            .find(|(of, f, _)| *of == version && f == filter);
        if let Some((.., found)) = known {
            return Ok(found.clone());
        }
        drop(state);
        let at = filter.apply(&listed, &reviews);
        let found = Arc::new(Found {
            listed,
            reviews,
            at,
            version,
        });
        state = self.state();
        state.found.retain(|(of, ..)| *of == version);
        if state.found.len() == KEPT {
            state.found.pop_front();
        }
        state
            .found
            .push_back((version, filter.clone(), found.clone()));
        Ok(found)
    }

    /// Everything as it is now, or was a moment ago: a list that is there is shown while the next one is
    /// made.
    ///
    /// # Errors
    /// If the store or the reviews cannot be read.
    pub(crate) fn now(self: &Arc<Self>) -> Result<Now, ListError> {
        self.look()?;
        let mut state = self.state();
        let reviews_stamp = stamp(&self.folder, &[reviews::FILE_NAME]);
        if state.reviews_stamp.as_ref() != Some(&reviews_stamp) {
            state.reviews = Arc::new(reviews::read(&self.folder)?);
            state.reviews_stamp = Some(reviews_stamp);
            state.version += 1;
        }
        let listed = state.listed.clone().unwrap_or_default();
        Ok(Now {
            listed,
            reviews: state.reviews.clone(),
            version: state.version,
        })
    }

    /// That a review was written: sizes and times of files need not tell.
    pub(crate) fn reviewed(&self) {
        self.state().reviews_stamp = None;
    }

    /// Makes the list if there is none, or has it made if the run has grown.
    fn look(self: &Arc<Self>) -> Result<(), ListError> {
        let mut state = self.state();
        if state.listed.is_none() {
            // With the lock held: whoever comes meanwhile waits for the same list.
            let before = stamp(&self.folder, &RUN_FILES);
            let begun = Instant::now();
            state.listed = Some(Arc::new(self.made()?));
            state.stamp = before;
            state.looked = Some((Instant::now(), begun.elapsed()));
            state.version += 1;
            return Ok(());
        }
        let due = state
            .looked
            .is_none_or(|(at, took)| at.elapsed() >= LOOK.max(took * SHARE));
        if state.making || !due {
            return Ok(());
        }
        let now = stamp(&self.folder, &RUN_FILES);
        if now == state.stamp {
            state.looked = state.looked.map(|(_, took)| (Instant::now(), took));
            return Ok(());
        }
        state.making = true;
        drop(state);
        let listing = self.clone();
        let make = move || {
            let begun = Instant::now();
            listing.readers.renew();
            let made = listing.made();
            let mut state = listing.state();
            state.making = false;
            state.looked = Some((Instant::now(), begun.elapsed()));
            // Otherwise the list stays as it was, and the next look tries again; a sample's page says
            // what is wrong with the store.
            if let Ok(made) = made {
                state.listed = Some(Arc::new(made));
                state.stamp = now;
                state.version += 1;
            }
        };
        if std::thread::Builder::new().spawn(make).is_err() {
            self.state().making = false;
        }
        Ok(())
    }

    fn made(&self) -> Result<Listed, StoreError> {
        self.readers.read(Listed::read)
    }
}

/// What changes when a run is written.
const RUN_FILES: [&str; 2] = ["run.db", "run.db-wal"];
