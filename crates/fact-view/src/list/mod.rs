//! The list of samples: in memory, made anew when the run has grown.
//!
//! What a list is filtered and sorted by is a few hundred bytes a sample, so all of it is kept, and a
//! filter is one pass over it. `run.db` gets no index for it: it is only ever read here. Until all was read
//! once, pages of the unfiltered list come from the store, one by one.

mod build;
mod filter;

pub(crate) use build::{Entry, Listed};
pub(crate) use filter::{Filter, standing};

use crate::readers::Readers;
use fact_pipeline::store::{Decision, Review, ReviewsError, Size, StoreError, reviews};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
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

/// A page of the unfiltered list, and what is known before all was read.
pub(crate) struct Page {
    /// The samples of the page alone, all of them found.
    pub(crate) found: Found,
    pub(crate) size: Size,
    /// Where the sample that was looked for is.
    pub(crate) at: Option<usize>,
}

/// The list of a run's samples.
pub(crate) struct Listing {
    folder: PathBuf,
    readers: Arc<Readers>,
    state: Mutex<State>,
    /// Whether there is a list. It is made with the state locked, which who only asks this need not wait for.
    there: AtomicBool,
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
            there: AtomicBool::new(false),
        }
    }

    /// Begins to make the list.
    pub(crate) fn begin(self: &Arc<Self>) {
        let listing = self.clone();
        // Without a thread, or if it fails, whoever needs the list makes it, and is told what is wrong.
        let _ = std::thread::Builder::new().spawn(move || listing.look().is_ok());
    }

    /// Whether the list was made: otherwise what needs all of it waits.
    pub(crate) fn is_there(&self) -> bool {
        self.there.load(Ordering::Acquire)
    }

    /// The page of the unfiltered list from a place on, and the place of a sample, without the list.
    ///
    /// # Errors
    /// If the store or the reviews cannot be read.
    pub(crate) fn page(
        &self,
        from: usize,
        count: usize,
        looked_for: Option<u64>,
    ) -> Result<Page, ListError> {
        let (listed, size, at) = self.readers.read(|reader| {
            let at = looked_for.map(|ordinal| reader.place(ordinal));
            let listed = Listed::read(reader, Some((from, count)))?;
            Ok((listed, reader.size()?, at.transpose()?.flatten()))
        })?;
        let found = Found {
            at: (0..listed.entries.len() as u32).collect(),
            listed: Arc::new(listed),
            reviews: Arc::new(reviews::read(&self.folder)?),
            // Before the first of the whole list: it will be another.
            version: 0,
        };
        Ok(Page { found, size, at })
    }

    /// The id of a sample, if the run has it.
    ///
    /// # Errors
    /// If the store or the reviews cannot be read.
    pub(crate) fn id(self: &Arc<Self>, ordinal: u64) -> Result<Option<String>, ListError> {
        if !self.is_there() {
            return Ok(self.readers.read(|reader| reader.id(ordinal))?);
        }
        let now = self.now()?;
        Ok(now.listed.entry(ordinal).map(|entry| entry.id.to_string()))
    }

    /// The review of a sample that counts, by its id.
    ///
    /// # Errors
    /// If the store or the reviews cannot be read.
    pub(crate) fn review(self: &Arc<Self>, id: &str) -> Result<Option<Review>, ListError> {
        Ok(match self.is_there() {
            true => self.now()?.reviews.get(id).cloned(),
            false => reviews::read(&self.folder)?.remove(id),
        })
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
            self.there.store(true, Ordering::Release);
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
        self.readers.read(|reader| Listed::read(reader, None))
    }
}

/// What changes when a run is written.
const RUN_FILES: [&str; 2] = ["run.db", "run.db-wal"];

#[cfg(test)]
mod tests {
    use super::*;
    use fact_core::sample::Sample;
    use fact_pipeline::store::{GroupRow, GroupRows, SampleRow, Writer};

    /// A run of samples with every second place of the data set, each third of them accepted.
    fn run(folder: &Path, samples: u64) {
        let mut writer = Writer::open(folder).unwrap();
        let group = |n: u64| GroupRows {
            group: GroupRow {
                key: 2 * n,
                name: format!("q{n}"),
                question: "Red?".into(),
                scenes: 1,
                visible: 1,
                chosen: None,
                oracle: false,
                chosen_one: None,
                one_holds: None,
                round: 1,
                held_out: false,
                records: 0,
            },
            candidates: Vec::new(),
            samples: vec![SampleRow {
                ordinal: 2 * n,
                sample: Sample {
                    id: format!("s{n}"),
                    images: vec!["a.png".into()],
                    question: "Red?".into(),
                    answers: Vec::new(),
                    group: format!("q{n}"),
                    scene: String::new(),
                    choices: Vec::new(),
                    family: None,
                    split: None,
                },
                chosen: None,
                right: None,
                predicted: None,
                level: None,
                accepted: n.is_multiple_of(3),
                confidence: None,
                failure: (!n.is_multiple_of(3)).then(|| "propose:none".into()),
                stages: Vec::new(),
                verdicts: Vec::new(),
                rationale: None,
            }],
        };
        let groups: Vec<GroupRows> = (0..samples).map(group).collect();
        writer.commit(&groups).unwrap();
    }

    #[test]
    fn a_page_before_the_list_is_there_is_that_of_the_list() {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), 50);
        let readers = Arc::new(Readers::new(folder.path()));
        let listing = Arc::new(Listing::new(folder.path(), readers));
        let pages = [(0, 7, Some(0)), (20, 100, Some(98)), (49, 1, Some(7))];
        let beyond = [(50, 5, Some(100)), (usize::MAX, 5, None)];
        let shown = |found: &Found, from: usize, count: usize| -> Vec<String> {
            let places = found.at.iter().skip(from).take(count);
            places
                .map(|at| format!("{:?}", found.listed.entries[*at as usize]))
                .map(|text| text.replace("failure: Some(0)", "failure: it"))
                .collect()
        };
        let early: Vec<Page> = pages
            .iter()
            .chain(&beyond)
            .map(|(from, count, at)| listing.page(*from, *count, *at).unwrap())
            .collect();
        assert_eq!(listing.id(98).unwrap().as_deref(), Some("s49"));
        assert_eq!(listing.id(99).unwrap(), None);
        assert!(!listing.is_there());
        let whole = listing.find(&Filter::default()).unwrap();
        assert!(listing.is_there());
        assert_ne!(whole.version, 0);
        assert_eq!(listing.id(98).unwrap().as_deref(), Some("s49"));
        assert_eq!(listing.id(99).unwrap(), None);
        for (page, (from, count, at)) in early.iter().zip(pages.iter().chain(&beyond)) {
            let wanted = shown(&whole, *from, *count);
            assert_eq!(shown(&page.found, 0, usize::MAX), wanted, "{from}");
            let here = |i: &u32| Some(whole.listed.entries[*i as usize].ordinal) == *at;
            assert_eq!(page.at, whole.at.iter().position(here), "{at:?}");
            let accepted = whole.listed.entries.iter().filter(|e| e.accepted).count();
            assert_eq!((page.size.samples, page.size.accepted), (50, accepted));
        }
    }
}
