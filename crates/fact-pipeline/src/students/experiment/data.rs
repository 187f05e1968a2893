//! The data of an experiment: scenes are drawn, a run writes rationales of the training split, and from
//! these come the texts of all arms and the vocabulary that they share.

use super::super::StudentError;
use super::super::rows::{Objective, Reading, read};
use super::config::{Arm, Experiment, Learns};
use super::filter::Filter;
use super::{Watch, controls};
use crate::concise::Concise;
use crate::config::Draft;
use crate::datasets::{elements, lines_or_array};
use crate::engine;
use crate::export::Styling;
use crate::export::stylist::Stylist;
use crate::reporter::Silent;
use crate::store::Reader;
use crate::synth::scenes::{self, DESCRIBE, Split};
use fact_core::style::{Boxes, Style};
use fact_student::infer::Asked;
use fact_student::layout::Row;
use fact_student::{Example, TrainConfig, TrainError, Vocabulary};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Folder of the run that writes rationales.
pub(super) const RUN: &str = "run";

/// What a row of a split says beside picture, question and answer.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct About {
    pub(super) id: String,
    /// The question: samples of one are resampled together.
    group: String,
    /// The picture.
    scene_id: String,
    pub(super) family: String,
    pub(super) form: String,
    pub(super) wording: String,
    pub(super) answer: String,
    caption: String,
}

/// A split to be tested on.
pub(super) struct Test {
    pub(super) split: Split,
    pub(super) rows: Vec<About>,
    pub(super) asked: Vec<Asked>,
    /// Objects of each picture, if it is to be described.
    pub(super) objects: Vec<BTreeSet<String>>,
}

impl Test {
    /// What of a row is resampled together: its question, or its picture where many are asked of one.
    pub(super) fn group(&self, row: &About) -> String {
        match self.split {
            Split::PresenceRandom
            | Split::PresencePopular
            | Split::PresenceAdversarial
            | Split::Captions => row.scene_id.clone(),
            _ => row.group.clone(),
        }
    }
}

/// All that the trainings of an experiment need.
pub(super) struct Data {
    /// Training examples without rationales.
    train: Vec<Example>,
    /// What rows of training say beside that, of those that are questions.
    pub(super) about: Vec<About>,
    /// Texts of each kind, one an example.
    texts: BTreeMap<Learns, Vec<Option<String>>>,
    pub(super) validation: Vec<Example>,
    /// Pictures to be described, by students that arms begin with; no arm learns from them.
    pub(super) described: Vec<Example>,
    /// Of these, to validate on.
    pub(super) described_validation: Vec<Example>,
    pub(super) vocabulary: Vocabulary,
    pub(super) tests: Vec<Test>,
    patches: usize,
}

/// How much an arm reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reads {
    /// Share of the examples that have a text.
    pub(super) texts: f64,
    /// Mean tokens of such a text.
    pub(super) length: f64,
    /// Mean tokens and patches of an example.
    pub(super) work: f64,
}

impl Data {
    /// The examples of an arm, with the texts that the filter leaves it.
    pub(super) fn examples(&self, arm: &Arm, filter: &Filter) -> Vec<Example> {
        let mut examples = self.train.clone();
        if let Some(texts) = self.texts.get(&arm.learns) {
            let kept = filter.learned.get(&arm.name);
            for (at, (example, text)) in examples.iter_mut().zip(texts).enumerate() {
                if kept.is_none_or(|kept| kept.get(at) == Some(&true)) {
                    example.rationale.clone_from(text);
                }
            }
        }
        examples
    }

    /// Whether a sample has a rationale, and so a text of each kind that programs give.
    pub(super) fn has_rationale(&self, at: usize) -> bool {
        let column = self.texts.get(&Learns::Fact);
        column.is_some_and(|column| column.get(at).is_some_and(Option::is_some))
    }

    /// How much an arm reads.
    ///
    /// # Errors
    /// If a text is longer than any student reads.
    pub(super) fn reads(&self, arm: &Arm, filter: &Filter) -> Result<Reads, StudentError> {
        let (mut texts, mut length, mut work) = (0usize, 0usize, 0usize);
        let examples = self.examples(arm, filter);
        let Vocabulary { positions, pieces } = &self.vocabulary;
        for example in &examples {
            let row = Row::of(example, pieces, *positions).map_err(TrainError::from)?;
            work += row.tokens.len() + self.patches;
            if let Some(text) = &example.rationale {
                texts += 1;
                length += pieces.encode(text).len();
            }
        }
        let all = examples.len().max(1) as f64;
        Ok(Reads {
            texts: texts as f64 / all,
            length: length as f64 / (texts.max(1)) as f64,
            work: work as f64 / all,
        })
    }

    /// The texts of an example, by the name of their kind: the columns of the file of rows.
    fn columns(&self, at: usize) -> impl Iterator<Item = (&'static str, &str)> {
        let texts = self.texts.iter();
        texts.filter_map(move |(learns, texts)| Some((learns.name(), texts.get(at)?.as_deref()?)))
    }
}

/// Makes the data, or takes up what is there; nothing if it was asked to stop.
pub(super) fn prepare(
    experiment: &Experiment,
    folder: &Path,
    stop: &Arc<AtomicBool>,
    watch: &dyn Watch,
) -> Result<Option<Data>, StudentError> {
    let stage = &|what: &str| watch.stage(what);
    let drawn = folder.join("data");
    draw(experiment, &drawn, stage)?;
    let run = folder.join(RUN);
    if needs_run(experiment) {
        stage("writing rationales");
        let mut draft = Draft::default();
        let train = drawn.join(Split::Train.name());
        for (key, value) in [
            ("data", format!("synth:{}", train.display())),
            ("out", run.display().to_string()),
            ("pack", "scene".to_owned()),
            ("perception", "scene".to_owned()),
        ] {
            draft.set(key, value);
        }
        draft.set("propose", vec!["gold".to_owned()]);
        if let Some(start) = &experiment.start {
            // The last ones are set aside.
            let most = experiment.scenes.samples.saturating_sub(start.samples);
            // As many as scenes are drawn, far below what a TOML integer holds.
            draft.set("limit", most as i64);
        }
        if !engine::run(draft.build()?, &Silent, stop)?.complete {
            return Ok(None);
        }
    }
    stage("reading pictures and texts");
    let of = |split: Split| drawn.join(split.name());
    let (mut train, mut about) = split(experiment, &of(Split::Train))?;
    let (validation, about_validation) = split(experiment, &of(Split::Val))?;
    let (mut apart, mut apart_validation) = (Vec::new(), Vec::new());
    if let Some(start) = &experiment.start {
        // As many are drawn as were asked for, and fewer are set aside: the file was checked.
        let left = train.len().saturating_sub(start.samples);
        apart = described(&train[left..], &about[left..]);
        apart_validation = described(&validation, &about_validation);
        train.truncate(left);
        about.truncate(left);
    }
    let mut texts = BTreeMap::new();
    if needs_run(experiment) {
        from_run(experiment, &run, &about, &mut texts)?;
    }
    // Captions are of all arms' vocabulary whether or not one is taught them.
    let captions: Vec<Option<String>> = about.iter().map(|a| Some(a.caption.clone())).collect();
    texts.insert(Learns::Caption, captions);
    let most = experiment.captions.min(train.len());
    let own = described(&train[..most], &about[..most]);
    let all: Vec<&Example> = own.iter().chain(&apart).collect();
    let vocabulary = vocabulary(&train, &all, &validation, &texts)?;
    controls(experiment, &about, &vocabulary, &mut texts);
    train.extend(own);
    for column in texts.values_mut() {
        column.resize(train.len(), None);
    }
    let mut tests = Vec::new();
    let tested = |split: &Split| !matches!(split, Split::Train | Split::Val);
    for &one in experiment.scenes.splits.iter().filter(|s| tested(s)) {
        if one == Split::Captions && experiment.captions == 0 {
            continue;
        }
        let (examples, rows) = split(experiment, &of(one))?;
        let asked = examples.into_iter().map(|e| Asked {
            id: e.id,
            picture: e.picture,
            question: e.question,
        });
        let objects = match one {
            Split::Captions => objects(&of(one))?,
            _ => Vec::new(),
        };
        tests.push(Test {
            split: one,
            rows,
            asked: asked.collect(),
            objects,
        });
    }
    let data = Data {
        train,
        about,
        texts,
        validation,
        described: apart,
        described_validation: apart_validation,
        vocabulary,
        tests,
        patches: experiment.image().patches(),
    };
    write_rows(&data, folder)?;
    if stop.load(Ordering::SeqCst) {
        return Ok(None);
    }
    Ok(Some(data))
}

/// Whether an arm learns anything that comes from programs.
fn needs_run(experiment: &Experiment) -> bool {
    experiment
        .arms
        .iter()
        .any(|arm| arm.learns != Learns::Answer)
        || experiment.transfer.is_some()
}

/// Draws the scenes, unless they are there.
fn draw(experiment: &Experiment, folder: &Path, stage: &dyn Fn(&str)) -> Result<(), StudentError> {
    let (about, report) = (folder.join("scenes.json"), folder.join("report.json"));
    if let Ok(text) = std::fs::read_to_string(&about) {
        let there: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let wanted = serde_json::to_value(&experiment.scenes).unwrap_or(Value::Null);
        if there.get("options") != Some(&wanted) {
            return Err(StudentError::Experiment {
                path: about,
                message: "the scenes there were drawn with other options".into(),
            });
        }
        if report.is_file() {
            return Ok(());
        }
    }
    stage("drawing scenes");
    scenes::write(&experiment.scenes, folder, |_| {})?;
    Ok(())
}

/// Examples of a split, and what their rows say beside.
fn split(
    experiment: &Experiment,
    folder: &Path,
) -> Result<(Vec<Example>, Vec<About>), StudentError> {
    let file = folder.join("samples.jsonl");
    let reading = Reading {
        images: folder.to_owned(),
        size: experiment.image(),
        objective: Objective::Label,
    };
    let examples = read(&file, &reading)?;
    let mut rows = Vec::with_capacity(examples.len());
    for element in elements(&file, lines_or_array(&file)?) {
        rows.push(element?.parse()?);
    }
    Ok((examples, rows))
}

/// The pictures as examples that are to be described.
fn described(examples: &[Example], about: &[About]) -> Vec<Example> {
    let both = examples.iter().zip(about);
    both.map(|(example, about)| Example {
        id: format!("{}-caption", example.id),
        question: DESCRIBE.to_owned(),
        answer: about.caption.clone(),
        ..example.clone()
    })
    .collect()
}

/// The objects of pictures that are to be described.
fn objects(folder: &Path) -> Result<Vec<BTreeSet<String>>, StudentError> {
    #[derive(Deserialize)]
    struct Label {
        objects: BTreeSet<String>,
    }
    let file = folder.join("chair.jsonl");
    let mut all = Vec::new();
    for element in elements(&file, lines_or_array(&file)?) {
        all.push(element?.parse::<Label>()?.objects);
    }
    Ok(all)
}

/// The texts that a run gives.
fn from_run(
    experiment: &Experiment,
    run: &Path,
    about: &[About],
    texts: &mut BTreeMap<Learns, Vec<Option<String>>>,
) -> Result<(), StudentError> {
    let reader = Reader::open(run)?;
    let place: BTreeMap<&str, usize> = (about.iter().enumerate())
        .map(|(at, row)| (row.id.as_str(), at))
        .collect();
    let mut stylists = Vec::new();
    let taught = |learns| experiment.arms.iter().any(|arm| arm.learns == learns);
    for (learns, concise) in [
        (Learns::Fact, Concise::On),
        (Learns::Grounded, Concise::On),
        (Learns::Naive, Concise::Off),
        (Learns::Slice, Concise::Slice),
        (Learns::Unsliced, Concise::Unsliced),
        (Learns::Merge, Concise::Merge),
    ] {
        // Placebos and captions are as long as rationales.
        let wanted = match learns {
            Learns::Fact => true,
            Learns::Grounded => [learns, Learns::GroundedPlacebo, Learns::GroundedCaption]
                .into_iter()
                .any(taught),
            _ => taught(learns),
        };
        if wanted {
            let boxes = (learns == Learns::Grounded).then_some(Boxes::Cells);
            let styling = Styling {
                style: Style {
                    boxes,
                    ..Style::default()
                },
                concise,
            };
            stylists.push((learns, Stylist::new(&reader, styling)?));
            texts.insert(learns, vec![None; about.len()]);
        }
    }
    reader.for_each(true, |row| -> Result<(), StudentError> {
        let Some(&at) = place.get(row.sample.id.as_str()) else {
            return Ok(());
        };
        for (learns, stylist) in &mut stylists {
            let text = stylist.write(&row).map(|styled| styled.text);
            if let Some(column) = texts.get_mut(learns) {
                column[at] = text;
            }
        }
        Ok(())
    })?;
    // What one of the texts lacks is taken from all, so that arms differ in the texts and not in which
    // samples have one.
    let complete: Vec<bool> = (0..about.len())
        .map(|at| texts.values().all(|column| column[at].is_some()))
        .collect();
    for column in texts.values_mut() {
        for (text, complete) in column.iter_mut().zip(&complete) {
            if !complete {
                *text = None;
            }
        }
    }
    Ok(())
}

/// The vocabulary of all arms together.
fn vocabulary(
    train: &[Example],
    described: &[&Example],
    validation: &[Example],
    texts: &BTreeMap<Learns, Vec<Option<String>>>,
) -> Result<Vocabulary, StudentError> {
    let mut all: Vec<Example> = train.to_vec();
    for column in texts.values() {
        for (example, text) in train.iter().zip(column) {
            if text.is_some() {
                all.push(Example {
                    picture: None,
                    rationale: text.clone(),
                    ..example.clone()
                });
            }
        }
    }
    all.extend(described.iter().map(|example| (*example).clone()));
    let config = TrainConfig::default();
    let (least, most) = (config.min_count, config.max_pieces);
    Vocabulary::learn(all.iter(), validation.iter(), least, most)
        .map_err(|e| TrainError::from(e).into())
}

/// Fills in the texts that are controls, each as long as the rationales are.
fn controls(
    experiment: &Experiment,
    about: &[About],
    vocabulary: &Vocabulary,
    texts: &mut BTreeMap<Learns, Vec<Option<String>>>,
) {
    let length = |text: &str| vocabulary.pieces.encode(text).len();
    let groups: Vec<String> = about.iter().map(|row| row.group.clone()).collect();
    let whole: Vec<&str> = about.iter().map(|row| row.caption.as_str()).collect();
    for (of, placebo, caption) in [
        (Learns::Fact, Learns::Placebo, Learns::Caption),
        (
            Learns::Grounded,
            Learns::GroundedPlacebo,
            Learns::GroundedCaption,
        ),
    ] {
        let Some(rationales) = texts.get(&of) else {
            continue;
        };
        let lengths: Vec<Option<usize>> = (rationales.iter())
            .map(|text| text.as_deref().map(length))
            .collect();
        let known: Vec<usize> = lengths.iter().map(|n| n.unwrap_or(0)).collect();
        let others = controls::placebo(rationales, &known, &groups, experiment.scenes.seed);
        let captions = controls::captions(&whole, &lengths, length);
        texts.insert(placebo, others);
        texts.insert(caption, captions);
    }
}

/// Writes what arms learn, a row a sample, for people and for `fact teach --rationale COLUMN`.
fn write_rows(data: &Data, folder: &Path) -> Result<(), StudentError> {
    let mut lines = Vec::new();
    for (at, (example, about)) in data.train.iter().zip(&data.about).enumerate() {
        let mut row = Map::new();
        let image = format!("images/{}.png", about.scene_id);
        for (key, value) in [
            ("id", example.id.as_str()),
            ("image", &image),
            ("question", &example.question),
            ("answer", &example.answer),
        ] {
            row.insert(key.to_owned(), Value::from(value));
        }
        for (name, text) in data.columns(at) {
            row.insert(name.to_owned(), Value::from(text));
        }
        lines.extend_from_slice(Value::Object(row).to_string().as_bytes());
        lines.push(b'\n');
    }
    super::super::teach::write(&folder.join("rows.jsonl"), &lines)?;
    Ok(data.vocabulary.write(&folder.join("vocabulary.json"))?)
}
