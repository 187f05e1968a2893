//! Students of ours as verifiers: several that are trained on parts of the run and score the rest, or one that
//! is trained already. None scores what it was trained on.
//!
//! | module | holds |
//! |---|---|
//! | `config` | settings, and what `student:…` names |
//! | `subject` | samples as students see them; the answers that are weighed |
//! | `folds` | who is trained on what and scores what |
//! | `lesson` | what students learn |
//! | `weigh` | what they answer |
//! | `trained` | a student that was trained before, and what it learned from |
//! | `taught` | one of these as a verifier |
//!
//! Each student of a fold is trained on all conditions that it is asked under, the placebo among them, so that
//! no prompt is new to it. Its trainings lie in `RUN/verifiers/`; what they reached and what was scored is not
//! done again.

mod config;
mod folds;
mod lesson;
mod subject;
mod taught;
mod trained;
mod weigh;

pub use config::CrossFit;
pub use folds::Apart;

use super::{Planned, TransferError, TransferOptions, plan};
use crate::datasets::ImageLookup;
use crate::reporter::Reporter;
use crate::store::{Explained, Reader, TransferRow, Writer};
use crate::students::StudentError;
use config::Named;
use fact_core::transfer::Condition;
use fact_student::config::ImageSize;
use fact_student::model::Place;
use fact_student::objective::Losses;
use fact_student::train::{Job, Line};
use fact_student::{Progress, Student, TrainError, Vocabulary, train, trained};
use folds::{Fold, Folds};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use subject::{Subject, Subjects, hex};
use trained::Trained;

/// Folder in that of a run in which students are trained.
pub const FOLDER: &str = "verifiers";
/// Version of what students are shown, and of how their answers are weighed: part of their identity.
const VERSION: u32 = 1;
/// Samples whose scores are kept together.
const TOGETHER: usize = 64;

/// What a student, or all of a cross-fit together, came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfStudent {
    /// The verifier's name in the store.
    pub verifier: String,
    /// Samples that have its scores now.
    pub scored: usize,
    /// Students that were cross-fitted; 0 for one that was trained already.
    pub folds: usize,
    /// What was kept apart.
    pub apart: Apart,
    /// Samples that students were not trained on because their fold asks the same question, over all students.
    pub dropped: usize,
    /// Samples whose question their student was trained on, with another picture.
    pub questions_seen: usize,
    /// Samples without a score: the student was trained on their picture.
    pub trained_on: usize,
    /// Samples without a score: they have several images, and students see one.
    pub several_images: usize,
    /// Conditions without a score: the student was never trained without a picture.
    pub not_blind: bool,
    /// Whether all are scored that can be.
    pub complete: bool,
}

impl OfStudent {
    /// What was kept apart and what was not, in a line.
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |count: usize, what: &str| {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        };
        add(self.scored, "samples scored");
        add(self.folds, "folds");
        add(
            self.dropped,
            "times a sample was not trained on, as the fold asks its question",
        );
        add(
            self.questions_seen,
            "samples whose question was trained on with another picture",
        );
        add(
            self.trained_on,
            "samples without a score: their picture was trained on",
        );
        add(
            self.several_images,
            "samples without a score: several images",
        );
        let apart = match self.apart {
            Apart::Both => "pictures and questions",
            Apart::Pictures => "pictures",
        };
        let mut text = format!(
            "{}: {}; {apart} kept apart",
            self.verifier,
            parts.join(", ")
        );
        if self.not_blind {
            text.push_str("; not asked without the picture: it was taught without --blind");
        }
        text
    }
}

/// Where and for whom students work.
pub(super) struct Bench<'a> {
    pub(super) options: &'a TransferOptions,
    pub(super) writer: &'a mut Writer,
    pub(super) reader: &'a Reader,
    pub(super) images: &'a ImageLookup,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) stop: &'a AtomicBool,
}

/// Has the student or students named by `text` score what they have not scored yet.
pub(super) fn judge(bench: &mut Bench<'_>, text: &str) -> Result<OfStudent, TransferError> {
    match Named::read(text).map_err(TransferError::Settings)? {
        Named::CrossFit(settings) => bench.cross_fit(&settings),
        Named::Taught(folder) => taught::judge(bench, &folder),
    }
}

/// What is written beside a training: who was trained on, and who is scored.
#[derive(Serialize)]
struct Record<'a> {
    version: u32,
    settings: &'a CrossFit,
    apart: Apart,
    fold: usize,
    trained: Vec<&'a str>,
    validated: Vec<&'a str>,
    scored: Vec<&'a str>,
}

impl Bench<'_> {
    pub(super) fn cross_fit(&mut self, settings: &CrossFit) -> Result<OfStudent, TransferError> {
        settings.check().map_err(TransferError::Settings)?;
        let mut subjects = self.subjects(settings.image())?;
        let start = settings.start.as_deref().map(Trained::open).transpose()?;
        let trained_on = match &start {
            Some(start) => start.leave_out(&mut subjects),
            None => 0,
        };
        let identity = identity(settings, start.as_ref(), &subjects)?;
        let name = &identity.name;
        let carries: Vec<_> = subjects.all.iter().map(Subject::carries).collect();
        let cut = folds::cut(&carries, settings.folds, settings.seed);
        let Folds {
            apart,
            folds,
            dropped,
            questions_seen,
        } = cut.ok_or(TransferError::OnePicture)?;
        let mut came = OfStudent {
            verifier: name.clone(),
            scored: 0,
            folds: folds.len(),
            apart,
            dropped,
            questions_seen,
            trained_on,
            several_images: subjects.several_images,
            not_blind: false,
            complete: true,
        };
        let planned = self.planned(&subjects);
        for (number, fold) in folds.iter().enumerate() {
            let open = self.open(&subjects, &planned, &fold.scored, &identity, true)?;
            if !open.is_empty() {
                let folder = self
                    .options
                    .run
                    .join(FOLDER)
                    .join(name.replace([':', '/'], "-"));
                let folder = folder.join(format!("fold-{number}"));
                let of = |places: &[usize]| -> Vec<&str> {
                    places
                        .iter()
                        .map(|&at| subjects.all[at].sample.id.as_str())
                        .collect()
                };
                let record = Record {
                    version: VERSION,
                    settings,
                    apart,
                    fold: number,
                    trained: of(&fold.trained),
                    validated: of(&fold.validated),
                    scored: of(&fold.scored),
                };
                written(&folder, &record)?;
                let called = format!("{name}, fold {} of {}", number + 1, folds.len());
                let start = start.as_ref().map(|start| &start.student);
                if !self.train(settings, start, &subjects, fold, &folder, &called)? {
                    came.complete = false;
                    break;
                }
                let student = trained(&folder).map_err(StudentError::from)?;
                came.complete = self.score(&student, &subjects, &identity, &open)?;
            }
            if !came.complete {
                break;
            }
            came.scored += self.done(&subjects, &planned, &fold.scored);
        }
        Ok(came)
    }

    /// The samples of the run.
    fn subjects(&self, size: ImageSize) -> Result<Subjects, TransferError> {
        let explained = self.reader.explained()?;
        if explained.is_empty() {
            return Err(TransferError::Nothing);
        }
        Subjects::read(self.reader, &explained, self.images, size)
    }

    /// The samples to be asked about, by their place in the data set.
    fn planned(&self, subjects: &Subjects) -> BTreeMap<u64, Planned> {
        let known = subjects.all.iter().map(|subject| Explained {
            ordinal: subject.ordinal,
            group: subject.group,
        });
        let planned = plan(known.collect(), self.options);
        planned.into_iter().map(|p| (p.ordinal, p)).collect()
    }

    /// How many of these samples are to be asked about.
    fn done(
        &self,
        subjects: &Subjects,
        planned: &BTreeMap<u64, Planned>,
        places: &[usize],
    ) -> usize {
        let asked = |at: &&usize| planned.contains_key(&subjects.all[**at].ordinal);
        places.iter().filter(asked).count()
    }

    /// What of these samples is to be asked and has no score yet: note by condition.
    fn open(
        &self,
        subjects: &Subjects,
        planned: &BTreeMap<u64, Planned>,
        places: &[usize],
        identity: &Identity,
        blind: bool,
    ) -> Result<Vec<Open>, TransferError> {
        let by_ordinal: BTreeMap<u64, &Subject> =
            subjects.all.iter().map(|s| (s.ordinal, s)).collect();
        let mut open = Vec::new();
        for &at in places {
            let subject = &subjects.all[at];
            let Some(planned) = planned.get(&subject.ordinal) else {
                continue;
            };
            let mut notes = vec![
                (Condition::Plain, String::new()),
                (Condition::Rationale, subject.hint.clone()),
            ];
            if blind {
                notes.push((Condition::Text, subject.hint.clone()));
            }
            if let Some(other) = planned.placebo.and_then(|o| by_ordinal.get(&o)) {
                notes.push((Condition::Placebo, subjects.placebo(subject, other)));
            }
            let known = self.reader.transfers(subject.ordinal)?;
            notes.retain(|(condition, note)| {
                !known.iter().any(|known| {
                    known.verifier == identity.name
                        && known.fingerprint == identity.fingerprint
                        && known.condition == *condition
                        && known.hint == *note
                })
            });
            if !notes.is_empty() {
                open.push(Open { at, notes });
            }
        }
        Ok(open)
    }

    /// Trains the student of a fold, or goes on; `false` if it was asked to stop.
    fn train(
        &self,
        settings: &CrossFit,
        start: Option<&Student>,
        subjects: &Subjects,
        fold: &Fold,
        folder: &Path,
        called: &str,
    ) -> Result<bool, TransferError> {
        let config = settings.training();
        let train_on = lesson::examples(subjects, &fold.trained, settings.seed);
        let validation = lesson::examples(subjects, &fold.validated, settings.seed);
        let vocabulary = match start {
            Some(start) => start.vocabulary(),
            None => {
                // Pieces come from what is trained on; what is scored only says how long texts are.
                let scored = lesson::lengths(subjects, &fold.scored);
                let others = validation.iter().chain(&scored);
                let (least, most) = (config.min_count, config.max_pieces);
                let vocabulary = Vocabulary::learn(train_on.iter(), others, least, most);
                vocabulary.map_err(|e| StudentError::from(TrainError::from(e)))?
            }
        };
        let job = Job {
            train: &train_on,
            validation: &validation,
            size: settings.size,
            image: settings.image(),
            config: &config,
            vocabulary: Some(&vocabulary),
            start,
            folder,
            threads: self.options.threads.max(1),
            place: self.place(),
        };
        let told = Told {
            reporter: self.reporter,
            stop: self.stop,
            called,
        };
        let outcome = train(&job, &told).map_err(StudentError::from)?;
        Ok(!outcome.interrupted)
    }

    /// Scores samples and keeps the scores as they come; `false` if it was asked to stop.
    fn score(
        &mut self,
        student: &Student,
        subjects: &Subjects,
        identity: &Identity,
        open: &[Open],
    ) -> Result<bool, TransferError> {
        let (threads, place) = (self.options.threads.max(1), self.place());
        for open in open.chunks(TOGETHER * threads) {
            if self.stop.load(Ordering::SeqCst) {
                return Ok(false);
            }
            let part = open.len().div_ceil(threads);
            let scored: Vec<Result<Vec<TransferRow>, StudentError>> = std::thread::scope(|scope| {
                let workers: Vec<_> = open
                    .chunks(part.max(1))
                    .map(|open| {
                        scope.spawn(|| weigh::scores(student, subjects, identity, open, place))
                    })
                    .collect();
                workers
                    .into_iter()
                    .map(|worker| match worker.join() {
                        Ok(scored) => scored,
                        Err(panic) => std::panic::resume_unwind(panic),
                    })
                    .collect()
            });
            let mut rows = Vec::new();
            for scored in scored {
                rows.extend(scored?);
            }
            self.writer.keep_transfers(&rows)?;
        }
        Ok(true)
    }

    fn place(&self) -> Place {
        #[cfg(feature = "student-wgpu")]
        if self.options.gpu {
            return Place::Gpu;
        }
        Place::Cpu
    }
}

/// A sample that is to be scored: its place, and the note under each condition.
struct Open {
    at: usize,
    notes: Vec<(Condition, String)>,
}

/// How a verifier is called, and what its answers depend on.
struct Identity {
    name: String,
    fingerprint: String,
    /// Whether notes stand behind the question, or where the student writes its rationales.
    behind_question: bool,
}

/// The name tells size, steps, seed, folds, and the beginning of a hash of these, of all other settings and of
/// all that is learned from.
fn identity(
    settings: &CrossFit,
    start: Option<&Trained>,
    subjects: &Subjects,
) -> Result<Identity, TransferError> {
    // Where the student to begin with lies tells nothing; what it is does.
    let own = CrossFit {
        start: None,
        ..settings.clone()
    };
    let told = serde_json::to_string(&own)
        .map_err(|e| TransferError::Settings(format!("the settings cannot be written: {e}")))?;
    let data = subjects.digest();
    let mut fingerprint = format!("cross-fit={VERSION};settings={told};data={data}");
    if let Some(start) = start {
        fingerprint.push_str(&format!(";start={}", start.hash));
    }
    let hash = hex(&Sha256::digest(&fingerprint));
    let CrossFit {
        size,
        steps,
        seed,
        folds,
        ..
    } = settings;
    Ok(Identity {
        name: format!(
            "student:{size}/steps{steps}/seed{seed}/folds{folds}/{}",
            &hash[..8]
        ),
        fingerprint,
        behind_question: true,
    })
}

/// Writes the record of a training.
fn written(folder: &Path, record: &Record<'_>) -> Result<(), TransferError> {
    let path: PathBuf = folder.join("fold.json");
    let failed = |source| StudentError::Write {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let text = serde_json::to_vec_pretty(record).map_err(|e| failed(e.into()))?;
    crate::students::write(&path, &text)?;
    Ok(())
}

/// Tells of a training: a line a validation.
struct Told<'a> {
    reporter: &'a dyn Reporter,
    stop: &'a AtomicBool,
    called: &'a str,
}

impl Progress for Told<'_> {
    fn started(&self, parameters: usize, steps: u64, done: u64) {
        let called = self.called;
        self.reporter.noted(&format!(
            "{called}: {parameters} parameters, {done} of {steps} steps done"
        ));
    }

    fn stepped(&self, _: u64, _: &Losses, _: f64) {}

    fn validated(&self, line: &Line) {
        let right = line.right.unwrap_or_default() * 100.0;
        self.reporter.noted(&format!(
            "{}: step {}, {right:.1} % right, loss {:.3}, {:.0} s",
            self.called, line.step, line.loss, line.seconds
        ));
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}
