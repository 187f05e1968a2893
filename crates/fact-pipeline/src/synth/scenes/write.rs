//! Writes splits side by side.

use super::super::SynthError;
use super::super::write::{encode, publish, remove_images};
use super::{HeldOut, ScenesOptions, ScenesSample, Split, generate};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Version of the world: the same seed gives the same bytes as long as it stays.
const VERSION: u32 = 1;

/// What was written.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ScenesWritten {
    /// Samples of all splits.
    pub samples: usize,
    /// The splits, in the order in which they were written.
    pub splits: Vec<SplitReport>,
}

/// What a split holds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SplitReport {
    /// The split.
    pub split: Split,
    /// Samples.
    pub samples: usize,
    /// Images.
    pub images: usize,
    /// Different questions.
    pub questions: usize,
    /// By family; of presence and captions it is one.
    pub families: BTreeMap<&'static str, FamilyReport>,
}

/// How well the questions of a family can be answered without the image.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FamilyReport {
    /// Samples.
    pub samples: usize,
    /// Different answers.
    pub answers: usize,
    /// Share of the family's most frequent answer, in percent.
    pub majority: f64,
    /// Accuracy in percent of giving to each wording of each form its most frequent answer. Of few
    /// samples it is too high: each wording's answer is chosen by the samples it is tested on.
    pub blind: f64,
    /// What that accuracy would be if all possible answers of each question were equally
    /// frequent.
    pub chance: f64,
}

/// Generates the splits into subfolders of `folder` (made if missing), each with `world.json`,
/// `images/` and `samples.jsonl`, which appears only when it is complete. `scenes.json` there says
/// what is held out, `report.json` what was written. A data set generated there before is replaced.
/// `progress` is called with the number of samples written so far.
///
/// # Errors
/// [`SynthError::Option`], [`SynthError::Impossible`], [`SynthError::Occupied`] if the folder holds
/// anything else, and failures to write.
pub fn write(
    options: &ScenesOptions,
    folder: &Path,
    mut progress: impl FnMut(usize),
) -> Result<ScenesWritten, SynthError> {
    options.check()?;
    let about = folder.join("scenes.json");
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !about.is_file() {
        return Err(SynthError::Occupied {
            folder: folder.to_owned(),
            mark: "scenes.json",
        });
    }
    fs::create_dir_all(folder).map_err(SynthError::writing(folder))?;
    let held_out = HeldOut::of(options);
    let text = json!({
        "world": "scenes",
        "version": VERSION,
        "options": options,
        "held_out": {"pairs": held_out.pair_words(), "forms": held_out.forms},
    });
    publish(&about, &format!("{text:#}\n"))?;
    let mut written = ScenesWritten {
        samples: 0,
        splits: Vec::new(),
    };
    let splits: BTreeSet<Split> = options.splits.iter().copied().collect();
    for split in splits {
        let report = write_split(options, split, &folder.join(split.name()), |done| {
            progress(written.samples + done);
        })?;
        written.samples += report.samples;
        written.splits.push(report);
    }
    let report = json!({"world": "scenes", "version": VERSION, "splits": written.splits});
    publish(&folder.join("report.json"), &format!("{report:#}\n"))?;
    Ok(written)
}

fn write_split(
    options: &ScenesOptions,
    split: Split,
    folder: &Path,
    mut progress: impl FnMut(usize),
) -> Result<SplitReport, SynthError> {
    let images = folder.join("images");
    let list = folder.join("samples.jsonl");
    if list.is_file() {
        fs::remove_file(&list).map_err(SynthError::writing(&list))?;
    }
    if images.is_dir() {
        remove_images(&images, "scenes-").map_err(SynthError::writing(&images))?;
    }
    fs::create_dir_all(&images).map_err(SynthError::writing(&images))?;
    let world = json!({"world": "scenes", "version": VERSION, "split": split, "matcher": "open"});
    publish(&folder.join("world.json"), &format!("{world}\n"))?;

    let (mut lines, mut labels) = (String::new(), String::new());
    let mut counts = Counts::default();
    for sample in generate(options, split)? {
        let sample = sample?;
        if counts.scenes.insert(sample.scene.clone()) {
            let path = folder.join(&sample.image);
            let bytes = encode(&sample.draw(), &sample.id)?;
            fs::write(&path, bytes).map_err(SynthError::writing(&path))?;
        }
        lines.push_str(&format!("{}\n", line(&sample)));
        if let Some(label) = label(&sample) {
            labels.push_str(&format!("{label}\n"));
        }
        counts.add(&sample);
        progress(counts.samples);
    }
    let file = match split {
        Split::PresenceRandom | Split::PresencePopular | Split::PresenceAdversarial => "pope.jsonl",
        _ => "chair.jsonl",
    };
    if !labels.is_empty() {
        publish(&folder.join(file), &labels)?;
    }
    publish(&list, &lines)?;
    Ok(counts.report(split))
}

fn line(sample: &ScenesSample) -> Value {
    json!({
        "id": sample.id,
        "image": sample.image,
        "question": sample.question,
        "answer": sample.answer,
        "group": sample.group,
        "scene_id": sample.scene,
        "family": sample.family,
        "form": sample.form,
        "wording": sample.wording,
        "split": sample.split,
        "program": sample.program,
        "caption": sample.caption,
        "scene": sample.picture.annotation(),
    })
}

/// The line of the file of labels that `fact metrics pope` or `fact metrics chair` reads.
fn label(sample: &ScenesSample) -> Option<Value> {
    match sample.split {
        Split::PresenceRandom | Split::PresencePopular | Split::PresenceAdversarial => {
            Some(json!({
                "question_id": sample.id,
                "image": sample.image,
                "text": sample.question,
                "label": sample.answer,
            }))
        }
        Split::Captions => {
            let things = sample.picture.things.iter();
            let objects: BTreeSet<_> = things.map(|t| t.word(super::Category::Shape)).collect();
            Some(json!({"id": sample.id, "objects": objects, "captions": [sample.caption]}))
        }
        _ => None,
    }
}

/// Samples by answer, by form and wording.
type ByWording = BTreeMap<(&'static str, String), BTreeMap<String, usize>>;

/// What was seen of a split.
#[derive(Default)]
struct Counts {
    samples: usize,
    scenes: BTreeSet<String>,
    questions: BTreeSet<String>,
    /// By family.
    answers: BTreeMap<&'static str, ByWording>,
}

impl Counts {
    fn add(&mut self, sample: &ScenesSample) {
        self.samples += 1;
        self.questions.insert(sample.question.clone());
        let wordings = self.answers.entry(sample.family).or_default();
        let wording = (sample.form, sample.wording.clone());
        let answers = wordings.entry(wording).or_default();
        *answers.entry(sample.answer.clone()).or_default() += 1;
    }

    fn report(self, split: Split) -> SplitReport {
        let families = self.answers.into_iter().map(|(family, wordings)| {
            let mut all: BTreeMap<&str, usize> = BTreeMap::new();
            let (mut samples, mut right, mut chance) = (0, 0, 0.0);
            for answers in wordings.values() {
                let own: usize = answers.values().sum();
                samples += own;
                right += answers.values().max().copied().unwrap_or(0);
                chance += own as f64 / answers.len().max(1) as f64;
                for (answer, count) in answers {
                    *all.entry(answer).or_default() += count;
                }
            }
            // Two decimals, so that the file is the same everywhere.
            let share = |part: f64| (10_000.0 * part / samples.max(1) as f64).round() / 100.0;
            let report = FamilyReport {
                samples,
                answers: all.len(),
                majority: share(all.values().max().copied().unwrap_or(0) as f64),
                blind: share(right as f64),
                chance: share(chance),
            };
            (family, report)
        });
        SplitReport {
            split,
            samples: self.samples,
            images: self.scenes.len(),
            questions: self.questions.len(),
            families: families.collect(),
        }
    }
}
