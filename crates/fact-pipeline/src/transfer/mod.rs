//! `fact transfer`: asks verifier models with and without the rationales of a run (`docs/transfer.md`).
//!
//! For every accepted sample with a rationale each verifier is asked under the conditions of
//! [`fact_core::transfer`]; what it answers is kept in the table `transfers`, through the log of calls
//! as all that is paid for. Which rationales to keep is decided at export, so that rules can be
//! changed without asking again; a rationale that was written anew is asked about again.
//!
//! | module | holds |
//! |---|---|
//! | `prompt` | what a verifier is shown |
//! | `verifier` | a model at an endpoint |
//! | `answer` | what is read from its replies |
//! | `effect` | what came of it over a run |
//! | `student` | students of ours as verifiers (feature `student`) |

mod answer;
mod effect;
mod prompt;
#[cfg(feature = "student")]
mod student;
mod verifier;

pub use effect::{Effect, effects};
#[cfg(feature = "student")]
pub use student::{Apart, CrossFit, FOLDER, OfStudent};

use crate::calls::AskError;
use crate::config::{LlmConfig, VerifierSpec};
use crate::datasets::{ImageLookup, OpenError};
use crate::engine::desk::{AtDesk, used};
use crate::engine::workers::{Crew, each};
use crate::reporter::Reporter;
use crate::stages::{PrepareError, picture};
use crate::store::{Explained, ReadRow, Reader, Reuse, Role, StoreError, TransferRow, Writer};
use fact_core::transfer::{Condition, hint};
pub use fact_core::transfer::{Rule, Vote};
use fact_models::DecodeLimits;
use fact_models::http::KeyError;
use fact_models::language::LanguageError;
use fact_models::remote::{Picture, Spent};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use verifier::{Asked, Verifier};

/// What to ask whom.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferOptions {
    /// Folder of the run.
    pub run: PathBuf,
    /// The verifiers; two of one name are refused.
    pub verifiers: Vec<VerifierSpec>,
    /// Also ask with another sample's rationale.
    pub placebo: bool,
    /// Ask about so many samples at most, drawn by the seed; all if `None`.
    pub limit: Option<usize>,
    /// Draws the samples, and whose rationale is another's.
    pub seed: u64,
    /// How the verifiers are asked. Its bounds are for each verifier.
    pub asking: LlmConfig,
    /// Runs whose answers are taken over.
    pub reuse: Vec<PathBuf>,
    /// Threads of students; changes nothing in the results.
    pub threads: usize,
    /// Whether students compute on a graphics card, where the program is built for it.
    pub gpu: bool,
}

/// How a verifier is asked if nothing is said: one short answer at temperature 0.
pub fn asking() -> LlmConfig {
    LlmConfig {
        api: crate::config::Api::Chat,
        temperature: Some(0.0),
        max_tokens: 32,
        ..LlmConfig::default()
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Samples that are to be asked about.
    pub samples: usize,
    /// Whether all of them are done.
    pub complete: bool,
    /// Questions that a verifier refused or that have no readable reply; they have no score.
    pub failed: u64,
    /// What each verifier cost, by name.
    pub spent: Vec<(String, Spent)>,
    /// The bound of a budget that was used up.
    pub budget: Option<String>,
    /// What students of ours came to, a line each.
    pub students: Vec<String>,
}

/// Why verifiers were not asked, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data set with the images cannot be opened.
    #[error(transparent)]
    Data(#[from] OpenError),
    /// There is no key where one should be.
    #[error("verifier: {0}")]
    Key(#[from] KeyError),
    /// A verifier cannot be asked.
    #[error("verifier: {0}")]
    Language(#[from] LanguageError),
    /// Two verifiers have one name.
    #[error("the verifier {0} is named twice")]
    Twice(String),
    /// There is nothing to ask about.
    #[error("no accepted sample of the run has a rationale")]
    Nothing,
    /// There is nothing to compare answers with.
    #[error("sample `{0}` has no answer: whether a verifier is right cannot be told")]
    Unlabelled(String),
    /// The data set no longer has the sample.
    #[error("sample `{0}`: the data set no longer has its image")]
    NoImage(String),
    /// An image cannot be used.
    #[error("sample `{id}`: {source}")]
    Image {
        /// The sample.
        id: String,
        /// Why.
        source: PrepareError,
    },
    /// A call has no answer.
    #[error("a verifier has no answer: {0}")]
    Ask(#[from] AskError),
    /// A thread cannot be started.
    #[error("cannot start a worker thread: {0}")]
    Thread(#[from] std::io::Error),
    /// A student is to judge, and there are none in this program.
    #[error("`student:{0}`: this program was built without students")]
    NoStudents(String),
    /// The settings of students are refused.
    #[error("verifier: {0}")]
    Settings(String),
    /// Nothing can be held out.
    #[error(
        "all samples with a rationale are of one picture: a student cannot be kept from seeing it"
    )]
    OnePicture,
    /// A student cannot read rationales.
    #[error("the student in {0} was taught without rationales, it cannot read one")]
    NeverRead(PathBuf),
    /// A student cannot be trained or asked.
    #[cfg(feature = "student")]
    #[error(transparent)]
    Student(Box<crate::students::StudentError>),
}

#[cfg(feature = "student")]
impl From<crate::students::StudentError> for TransferError {
    fn from(error: crate::students::StudentError) -> Self {
        match error {
            crate::students::StudentError::Transfer(error) => *error,
            error => Self::Student(Box::new(error)),
        }
    }
}

impl TransferError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Ask(e) => e.hint(),
            Self::Nothing => Some("`fact report` tells where the samples were lost".into()),
            Self::Unlabelled(_) => Some("verifiers need a data set with answers".into()),
            Self::NoImage(_) | Self::Image { .. } => {
                Some("restore the data set that the run was made from".into())
            }
            Self::Twice(_) => Some("name each model once".into()),
            Self::NoStudents(_) => {
                Some("build it with `cargo build --release -p fact-cli --features student`".into())
            }
            Self::OnePicture => Some("take a run over more pictures".into()),
            Self::NeverRead(_) => Some("teach one with --objective fact --blind 0.3".into()),
            #[cfg(feature = "student")]
            Self::Student(e) => e.hint(),
            Self::Settings(_) => Some("docs/transfer.md lists the settings of students".into()),
            Self::Data(_) | Self::Key(_) | Self::Language(_) | Self::Thread(_) => None,
        }
    }
}

/// Asks the verifiers what they were not asked yet: models at endpoints first, students then. Writes to the
/// run's store only, and what students are trained to into the run's folder.
///
/// # Errors
/// See [`TransferError`]; what was answered until then is kept.
pub fn transfer(
    options: &TransferOptions,
    reporter: &dyn Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<Finished, TransferError> {
    let mut names = BTreeSet::new();
    let mut verifiers: Vec<Verifier> = Vec::new();
    let mut students: Vec<&str> = Vec::new();
    for spec in &options.verifiers {
        if !names.insert(spec.name()) {
            return Err(TransferError::Twice(spec.name()));
        }
        match spec {
            VerifierSpec::Vlm { model, url } => {
                verifiers.push(Verifier::open((model, url), &options.asking, stop)?);
            }
            VerifierSpec::Student(named) if cfg!(feature = "student") => students.push(named),
            VerifierSpec::Student(named) => {
                return Err(TransferError::NoStudents(named.clone()));
            }
        }
    }
    let mut writer = Writer::of_run(&options.run)?;
    let mut finished = Finished {
        samples: 0,
        complete: true,
        failed: 0,
        spent: Vec::new(),
        budget: None,
        students: Vec::new(),
    };
    if !verifiers.is_empty() {
        finished = ask(&verifiers, &mut writer, options, reporter, stop)?;
    }
    #[cfg(feature = "student")]
    if !students.is_empty() {
        let (reader, images) = read(options)?;
        let mut bench = student::Bench {
            options,
            writer: &mut writer,
            reader: &reader,
            images: &images,
            reporter,
            stop,
        };
        for named in students {
            if stop.load(Ordering::SeqCst) {
                finished.complete = false;
                break;
            }
            let came = student::judge(&mut bench, named)?;
            finished.complete &= came.complete;
            finished.samples = finished.samples.max(came.scored);
            finished.students.push(came.text());
        }
    }
    Ok(finished)
}

/// Has students that are trained on parts of a run score the others: [`transfer`] of the options with these
/// settings instead of verifiers.
///
/// # Errors
/// See [`TransferError`]; what was scored until then is kept.
#[cfg(feature = "student")]
pub fn cross_fit(
    options: &TransferOptions,
    settings: &CrossFit,
    reporter: &dyn Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<OfStudent, TransferError> {
    let mut writer = Writer::of_run(&options.run)?;
    let (reader, images) = read(options)?;
    let mut bench = student::Bench {
        options,
        writer: &mut writer,
        reader: &reader,
        images: &images,
        reporter,
        stop,
    };
    bench.cross_fit(settings)
}

/// The store of the run, and where its images are.
fn read(options: &TransferOptions) -> Result<(Reader, ImageLookup), TransferError> {
    let reader = Reader::open(&options.run)?;
    let images = ImageLookup::open(&reader.data()?)?;
    Ok((reader, images))
}

/// Asks models at endpoints.
fn ask(
    verifiers: &[Verifier],
    writer: &mut Writer,
    options: &TransferOptions,
    reporter: &dyn Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<Finished, TransferError> {
    let (reader, images) = read(options)?;
    let plan = plan(reader.explained()?, options);
    if plan.is_empty() {
        return Err(TransferError::Nothing);
    }
    let mut desks = Vec::new();
    for verifier in verifiers {
        let fingerprint = verifier.remote.fingerprint();
        let log = Reuse::new(writer.calls(fingerprint)?, &options.reuse)?;
        let spent = used(&reader, fingerprint)?;
        desks.push(AtDesk::start(
            &verifier.remote,
            &options.asking,
            Box::new(log),
            spent,
        )?);
    }
    let samples = plan.len();
    reporter.noted(&format!(
        "transfer: {samples} samples, at most {} requests to each verifier",
        samples * (3 + usize::from(options.placebo))
    ));
    let work = Work {
        reader: Mutex::new(reader),
        images,
        verifiers,
        desks: &desks,
        failed: AtomicU64::new(0),
    };
    let waiting: usize = verifiers.iter().map(|v| v.remote.concurrency()).sum();
    let crew = Crew {
        name: "fact-transfer",
        workers: waiting,
        stop,
    };
    let mut result = each(
        &crew,
        plan,
        |planned, halted| match work.one(planned, halted) {
            // It is done by the next session, from the answers kept.
            Err(TransferError::Ask(AskError::Stopped)) => Ok(None),
            rows => rows.map(Some),
        },
        |rows| Ok(writer.keep_transfers(&rows)?),
    );
    for (verifier, desk) in verifiers.iter().zip(&desks) {
        let fingerprint = verifier.remote.fingerprint();
        writer.add_wire(Role::Verify, fingerprint, desk.dispatcher.spent())?;
    }
    let budget = desks.iter().find_map(AtDesk::exhausted).map(str::to_owned);
    if budget.is_some() && matches!(result, Err(TransferError::Ask(AskError::Call(_)))) {
        result = Ok(0);
    }
    let done = result?;
    Ok(Finished {
        samples,
        complete: done == samples,
        failed: work.failed.load(Ordering::Relaxed),
        spent: (verifiers.iter().zip(&desks))
            .map(|(verifier, desk)| (verifier.name.clone(), desk.dispatcher.spent()))
            .collect(),
        budget,
        students: Vec::new(),
    })
}

/// A sample to ask about, and the one whose rationale is its placebo.
struct Planned {
    ordinal: u64,
    placebo: Option<u64>,
}

/// The samples to ask about, in the data set's order, each with another's place if there is a
/// placebo: the next one of another group in a seeded order of all.
fn plan(explained: Vec<Explained>, options: &TransferOptions) -> Vec<Planned> {
    let mut drawn = explained;
    drawn.sort_by_key(|e| (mixed(options.seed, e.ordinal), e.ordinal));
    let others: Vec<Option<u64>> = (0..drawn.len())
        .map(|at| {
            let mut behind = drawn[at + 1..].iter().chain(&drawn[..at]);
            let other = behind.find(|other| other.group != drawn[at].group);
            other.filter(|_| options.placebo).map(|other| other.ordinal)
        })
        .collect();
    let most = options.limit.unwrap_or(usize::MAX);
    let mut planned: Vec<Planned> = (drawn.iter().zip(others))
        .take(most)
        .map(|(own, placebo)| Planned {
            ordinal: own.ordinal,
            placebo,
        })
        .collect();
    planned.sort_by_key(|planned| planned.ordinal);
    planned
}

/// A number for an order by chance: SplitMix64's mixing (Steele, Lea, Flood 2014) of both.
fn mixed(seed: u64, ordinal: u64) -> u64 {
    let mut z = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(ordinal.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What the workers share.
struct Work<'a> {
    reader: Mutex<Reader>,
    images: ImageLookup,
    verifiers: &'a [Verifier],
    desks: &'a [AtDesk],
    failed: AtomicU64,
}

impl Work<'_> {
    fn row(&self, ordinal: u64) -> Result<ReadRow, TransferError> {
        // Reading leaves nothing half done.
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        // It was listed a moment ago, and the store is locked.
        reader.row(ordinal)?.ok_or(TransferError::Nothing)
    }

    /// What verifiers answer about one sample that they were not asked yet.
    fn one(
        &self,
        planned: Planned,
        halted: &dyn Fn() -> bool,
    ) -> Result<Vec<TransferRow>, TransferError> {
        let row = self.row(planned.ordinal)?;
        let sample = &row.sample;
        if sample.answers.is_empty() {
            return Err(TransferError::Unlabelled(sample.id.clone()));
        }
        let own = row.hint().unwrap_or_default();
        let mut hints = BTreeMap::from([
            (Condition::Plain, String::new()),
            (Condition::Rationale, own.clone()),
            (Condition::Text, own),
        ]);
        if let Some(other) = planned.placebo {
            let other = self.row(other)?;
            let answers = sample.answers.iter().map(|a| a.text.as_str());
            let text = other.counted().map(|rationale| hint(rationale, answers));
            hints.insert(Condition::Placebo, text.unwrap_or_default());
        }
        let mut pictures: Option<Arc<[Picture]>> = None;
        let mut rows = Vec::new();
        for (verifier, desk) in self.verifiers.iter().zip(self.desks) {
            let open: Vec<(Condition, String)> = (hints.iter())
                .filter(|(condition, hint)| {
                    !row.transfers.iter().any(|known| {
                        known.verifier == verifier.name
                            && known.fingerprint == verifier.fingerprint
                            && known.condition == **condition
                            && known.hint == **hint
                    })
                })
                .map(|(condition, hint)| (*condition, hint.clone()))
                .collect();
            if open.is_empty() {
                continue;
            }
            let shown = match &pictures {
                Some(shown) => shown.clone(),
                None => self.pictures(&sample.id)?,
            };
            pictures = Some(shown.clone());
            let asked = Asked {
                sample,
                matcher: self.images.matcher(),
                pictures: &shown,
            };
            let answers = verifier.answers(&asked, &open, &desk.dispatcher, halted)?;
            for ((condition, hint), scored) in open.into_iter().zip(answers) {
                let Some(scored) = scored else {
                    self.failed.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                rows.push(TransferRow {
                    ordinal: planned.ordinal,
                    verifier: verifier.name.clone(),
                    condition,
                    fingerprint: verifier.fingerprint.clone(),
                    hint,
                    scored,
                });
            }
        }
        Ok(rows)
    }

    fn pictures(&self, id: &str) -> Result<Arc<[Picture]>, TransferError> {
        let sources = self.images.of(id);
        let sources = sources.ok_or_else(|| TransferError::NoImage(id.to_owned()))?;
        let limits = DecodeLimits::default();
        let pictures = sources.iter().map(|source| picture(source, &limits));
        let pictures: Result<Vec<Picture>, PrepareError> = pictures.collect();
        pictures
            .map(Arc::from)
            .map_err(|source| TransferError::Image {
                id: id.to_owned(),
                source,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(limit: Option<usize>, seed: u64) -> TransferOptions {
        TransferOptions {
            run: PathBuf::new(),
            verifiers: Vec::new(),
            placebo: true,
            limit,
            seed,
            asking: asking(),
            reuse: Vec::new(),
            threads: 1,
            gpu: false,
        }
    }

    fn explained(groups: &[u64]) -> Vec<Explained> {
        let one = |(at, group): (usize, &u64)| Explained {
            ordinal: at as u64,
            group: *group,
        };
        groups.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_placebo_is_of_another_question() {
        let groups: Vec<u64> = (0..40).map(|at| at / 4).collect();
        let planned = plan(explained(&groups), &options(None, 3));
        let own: Vec<u64> = planned.iter().map(|p| p.ordinal).collect();
        assert_eq!(own, (0..40).collect::<Vec<u64>>());
        for Planned { ordinal, placebo } in &planned {
            let other = placebo.expect("there are ten groups");
            assert_ne!(groups[*ordinal as usize], groups[other as usize]);
        }
        let alone = plan(explained(&[7, 7]), &options(None, 0));
        assert!(alone.iter().all(|p| p.placebo.is_none()));
    }

    #[test]
    fn a_larger_limit_keeps_the_samples_and_their_placebos() {
        let groups: Vec<u64> = (0..100).collect();
        let of = |limit, seed| -> BTreeMap<u64, Option<u64>> {
            let planned = plan(explained(&groups), &options(Some(limit), seed));
            planned
                .into_iter()
                .map(|p| (p.ordinal, p.placebo))
                .collect()
        };
        let (few, many) = (of(10, 1), of(50, 1));
        assert_eq!((few.len(), many.len()), (10, 50));
        assert!(
            few.iter()
                .all(|(ordinal, placebo)| many.get(ordinal) == Some(placebo))
        );
        assert_ne!(few, of(10, 2));
    }
}
