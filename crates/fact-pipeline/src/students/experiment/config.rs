//! What an experiment is, written down before it is done: one TOML file.

use super::super::StudentError;
use super::start::Start;
use crate::synth::scenes::ScenesOptions;
use crate::transfer::CrossFit;
use fact_core::transfer::Rule;
use fact_student::config::ImageSize;
use fact_student::{Size, TrainConfig};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;

/// Largest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;
/// Most arms, sizes, seeds and rates: far more than anyone waits for.
const MOST: usize = 64;

/// An experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Above the tables.
    pub title: String,
    /// Sizes of the students.
    #[serde(deserialize_with = "parsed", serialize_with = "shown")]
    pub sizes: Vec<Size>,
    /// Seeds of weights and order; the data have their own.
    pub seeds: Vec<u64>,
    /// Optimisation steps of each arm that says nothing else.
    pub steps: u64,
    /// Learning rates to choose from by validation, with the first seed. The others take the chosen one.
    pub rates: Vec<f64>,
    /// Training pictures that are also to be described, in every arm alike; 0 for none, and then nothing
    /// is said of captions.
    #[serde(default)]
    pub captions: usize,
    /// The students that all arms begin with, and those that score rationales; new ones if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
    /// The pictures and questions.
    pub scenes: ScenesOptions,
    /// How students look and learn.
    #[serde(default)]
    pub student: Settings,
    /// Students that score the rationales before the arms are taught, by which arms keep some: each scores
    /// what it was not trained on. Pictures and stride are those of `student` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<CrossFit>,
    /// What is compared.
    #[serde(rename = "arm")]
    pub arms: Vec<Arm>,
}

/// How students look and learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Width and height that pictures are brought to; those of the scenes if not given.
    pub image: Option<[u32; 2]>,
    /// Pixels from one patch to the next.
    pub stride: u32,
    /// Examples a step.
    pub batch: usize,
    /// Steps of warm-up.
    pub warmup: u64,
    /// Weight decay of matrices.
    pub weight_decay: f64,
    /// Weight of the rationale's loss.
    pub lambda: f64,
    /// Steps from one validation to the next.
    pub validate_every: u64,
    /// Steps from one checkpoint to the next.
    pub checkpoint_every: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let train = TrainConfig::default();
        Self {
            image: None,
            stride: 8,
            batch: train.batch,
            warmup: train.warmup,
            weight_decay: train.weight_decay,
            lambda: train.lambda,
            validate_every: train.validate_every,
            checkpoint_every: train.checkpoint_every,
        }
    }
}

/// What students of an arm learn beside answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learns {
    /// Nothing.
    Answer,
    /// The rationale.
    Fact,
    /// The run of the whole program, told line by line.
    Naive,
    /// The run of the residual program, told line by line: neither merged nor bridged.
    Slice,
    /// Merged and bridged, but not sliced.
    Unsliced,
    /// The rationale without inferences and bridges.
    Merge,
    /// The rationale of another sample; all rationales are given to some sample.
    Placebo,
    /// Sentences about the picture, in all as many tokens as the rationales.
    Caption,
    /// The rationale with the place of each thing that a sentence rests on, as a cell of the picture.
    Grounded,
    /// As `Placebo`, of rationales with places.
    GroundedPlacebo,
    /// As `Caption`, in all as many tokens as rationales with places.
    GroundedCaption,
}

impl Learns {
    /// Its name, as in the file, and of the column of rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Fact => "fact",
            Self::Naive => "naive",
            Self::Slice => "slice",
            Self::Unsliced => "unsliced",
            Self::Merge => "merge",
            Self::Placebo => "placebo",
            Self::Caption => "caption",
            Self::Grounded => "grounded",
            Self::GroundedPlacebo => "grounded-placebo",
            Self::GroundedCaption => "grounded-caption",
        }
    }
}

/// Which rationales an arm with rules learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// Those for which the rules hold.
    Kept,
    /// Those for which they do not.
    Rejected,
    /// Of both, by chance.
    Any,
}

/// One way to teach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Small letters, digits and hyphens: it names folders.
    pub name: String,
    /// What is learned beside answers.
    pub learns: Learns,
    /// Its sizes; all if not given.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_parsed",
        serialize_with = "some_shown"
    )]
    pub sizes: Option<Vec<Size>>,
    /// Its steps; the experiment's if not given.
    #[serde(default)]
    pub steps: Option<u64>,
    /// The arm with which it shares its work: it takes as many steps as let as many tokens and patches
    /// through the network, and so about the same time.
    #[serde(default)]
    pub work_of: Option<String>,
    /// Its learning rates; the experiment's if not given.
    #[serde(default)]
    pub rates: Option<Vec<f64>>,
    /// Only rationales for which these rules about transfer hold; the others' samples teach their answers.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Instead of all for which the rules hold, as many kept, rejected or any ones as there are of the fewer
    /// of kept and rejected, drawn by the seed of the scenes: arms differ in which, not in how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationales: Option<Which>,
}

impl Arm {
    /// Whether both learn the same. Which sizes, steps and rates an arm comes in makes no training another: each
    /// has its own of these.
    pub(super) fn learns_as(&self, other: &Self) -> bool {
        let of = |arm: &Self| (arm.learns, arm.keep.clone(), arm.rationales);
        self.name == other.name && of(self) == of(other)
    }

    /// The rules, read.
    ///
    /// # Errors
    /// If one is none.
    pub(super) fn rules(&self) -> Result<Vec<Rule>, String> {
        let rules = self.keep.iter().map(|rule| {
            let parsed = rule.parse::<Rule>();
            parsed.map_err(|e| format!("arm `{}`: {e}", self.name))
        });
        rules.collect()
    }
}

impl Experiment {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no experiment that can be done: what, and what is expected.
    pub fn read(path: &Path) -> Result<Self, StudentError> {
        let wrong = |message: String| StudentError::Experiment {
            path: path.to_owned(),
            message,
        };
        let size = std::fs::metadata(path).map_err(|e| wrong(e.to_string()))?;
        if size.len() > MAX_FILE {
            return Err(wrong(format!("larger than {MAX_FILE} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let experiment = Self::parse(&text).map_err(wrong)?;
        experiment.check().map_err(wrong)?;
        Ok(experiment)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| e.to_string().trim().to_owned())?;
        serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|e| {
            let what = e.inner().message().trim().to_owned();
            match e.path().to_string().as_str() {
                "." => what,
                path => format!("`{path}`: {what}"),
            }
        })
    }

    /// Refuses what cannot be done.
    fn check(&self) -> Result<(), String> {
        self.scenes.check().map_err(|e| e.to_string())?;
        let lists = [
            ("sizes", self.sizes.len()),
            ("seeds", self.seeds.len()),
            ("rates", self.rates.len()),
            ("arm", self.arms.len()),
        ];
        for (name, length) in lists {
            if !(1..=MOST).contains(&length) {
                return Err(format!(
                    "`{name}` has {length} entries, expected 1 to {MOST}"
                ));
            }
        }
        if let Some(start) = &self.start {
            start.check(self).map_err(|e| format!("`start`: {e}"))?;
        }
        if let Some(judges) = self.judges() {
            judges.check().map_err(|e| format!("`transfer`: {e}"))?;
        }
        if let (Some(_), Some(judges)) = (&self.start, &self.transfer)
            && !self.sizes.contains(&judges.size)
        {
            let size = judges.size;
            return Err(format!(
                "`transfer`: its students begin as all others do, and `sizes` lacks {size}"
            ));
        }
        if let (Some(_), Some(CrossFit { start: Some(_), .. })) = (&self.start, &self.transfer) {
            return Err("`transfer`: `start` is given there and for the experiment".into());
        }
        let (mut names, mut seeds) = (BTreeSet::new(), BTreeSet::new());
        if let Some(seed) = self.seeds.iter().find(|seed| !seeds.insert(**seed)) {
            return Err(format!("the seed {seed} is given twice"));
        }
        for arm in &self.arms {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let name = &arm.name;
            if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
                return Err(format!(
                    "an arm is called `{name}`, expected up to 32 small letters, digits and hyphens"
                ));
            }
            if !names.insert(name) {
                return Err(format!("two arms are called `{name}`"));
            }
            arm.rules()?;
            let texts = arm.learns != Learns::Answer;
            if arm.rationales.is_some() && (arm.keep.is_empty() || !texts) {
                return Err(format!(
                    "arm `{name}` has `rationales`: it needs `keep`, and to learn something beside answers"
                ));
            }
            if arm.steps.is_some() && arm.work_of.is_some() {
                return Err(format!("arm `{name}` has both `steps` and `work_of`"));
            }
            if let Some(other) = &arm.work_of {
                match self.arms.iter().find(|arm| arm.name == *other) {
                    Some(other) if other.work_of.is_none() => {}
                    Some(_) => return Err(format!("arm `{other}` itself has `work_of`")),
                    None => return Err(format!("arm `{name}`: there is no arm `{other}`")),
                }
            }
            for size in arm.sizes.iter().flatten() {
                if !self.sizes.contains(size) {
                    return Err(format!(
                        "arm `{name}`: `sizes` of the experiment lacks {size}"
                    ));
                }
            }
            for &rate in self.rates_of(arm) {
                let steps = self.steps_of(arm);
                let config = self.training(steps, rate, self.seeds[0]);
                let checked = config.check();
                checked.map_err(|e| format!("arm `{name}`: {e}"))?;
            }
            if self.rates_of(arm).len() > MOST || self.rates_of(arm).is_empty() {
                return Err(format!("arm `{name}` has no or too many `rates`"));
            }
        }
        Ok(())
    }

    /// The learning rates of an arm.
    pub(super) fn rates_of<'a>(&'a self, arm: &'a Arm) -> &'a [f64] {
        arm.rates.as_deref().unwrap_or(&self.rates)
    }

    /// The steps of an arm that shares no other's work.
    pub(super) fn steps_of(&self, arm: &Arm) -> u64 {
        arm.steps.unwrap_or(self.steps)
    }

    /// The sizes of an arm.
    pub(super) fn sizes_of<'a>(&'a self, arm: &'a Arm) -> &'a [Size] {
        arm.sizes.as_deref().unwrap_or(&self.sizes)
    }

    /// The arms that come in a size.
    pub(super) fn arms_of(&self, size: Size) -> impl Iterator<Item = &Arm> {
        let arms = self.arms.iter();
        arms.filter(move |arm| self.sizes_of(arm).contains(&size))
    }

    /// How pictures are looked at.
    pub(super) fn image(&self) -> ImageSize {
        let own = [self.scenes.width, self.scenes.height];
        let [width, height] = self.student.image.unwrap_or(own);
        ImageSize {
            width,
            height,
            stride: self.student.stride,
        }
    }

    /// The students that score rationales, who see as the others do unless something else is said.
    pub(super) fn judges(&self) -> Option<CrossFit> {
        let (image, own) = (self.image(), self.transfer.clone()?);
        Some(CrossFit {
            image: own.image.or(Some([image.width, image.height])),
            stride: own.stride.or(Some(image.stride)),
            ..own
        })
    }

    /// The settings of a training.
    pub(super) fn training(&self, steps: u64, rate: f64, seed: u64) -> TrainConfig {
        let student = &self.student;
        TrainConfig {
            steps,
            batch: student.batch,
            learning_rate: rate,
            warmup: student.warmup,
            weight_decay: student.weight_decay,
            lambda: student.lambda,
            validate_every: student.validate_every,
            checkpoint_every: student.checkpoint_every,
            seed,
            ..TrainConfig::default()
        }
    }
}

fn parsed<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Size>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    let sizes = names.iter().map(|name| Size::from_str(name));
    sizes
        .collect::<Result<Vec<Size>, String>>()
        .map_err(serde::de::Error::custom)
}

fn some_parsed<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Size>>, D::Error> {
    parsed(from).map(Some)
}

fn shown<S: Serializer>(sizes: &[Size], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(sizes.iter().map(Size::to_string))
}

fn some_shown<S: Serializer>(sizes: &Option<Vec<Size>>, to: S) -> Result<S::Ok, S::Error> {
    match sizes {
        Some(sizes) => shown(sizes, to),
        None => to.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
title = "A small one"
sizes = ["32x1", "S"]
seeds = [0, 1]
steps = 10
rates = [0.002]
[scenes]
samples = 20
[[arm]]
name = "label"
learns = "answer"
[[arm]]
name = "long"
learns = "answer"
work_of = "fact"
sizes = ["S"]
[[arm]]
name = "fact"
learns = "fact"
keep = ["transfer:lift>0"]
rationales = "rejected"
[transfer]
size = "S"
folds = 3
[start]
samples = 5
steps = 3
rate = 0.001
"#;

    fn checked(text: &str) -> Result<Experiment, String> {
        let experiment = Experiment::parse(text)?;
        experiment.check().map(|()| experiment)
    }

    #[test]
    fn arms_have_the_experiments_settings_or_their_own() {
        let experiment = checked(GOOD).unwrap();
        let of = |size| {
            let arms = experiment.arms_of(size).map(|arm| arm.name.as_str());
            arms.collect::<Vec<_>>()
        };
        assert_eq!(of(Size::S), ["label", "long", "fact"]);
        assert_eq!(of(experiment.sizes[0]), ["label", "fact"]);
        assert_eq!(experiment.rates_of(&experiment.arms[0]), [0.002]);
        assert_eq!(experiment.image().width, experiment.scenes.width);
        let judges = experiment.judges().unwrap();
        let image = [experiment.image().width, experiment.image().height];
        assert_eq!((judges.image, judges.stride), (Some(image), Some(8)));
        assert_eq!((judges.folds, judges.seed), (3, 0));
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_name() {
        for (from, to, expected) in [
            ("steps = 10", "steps = 0", "steps is 0"),
            ("steps = 10", "stepz = 10", "unknown field `stepz`"),
            ("\"32x1\"", "\"33x1\"", "unknown size `33x1`"),
            ("seeds = [0, 1]", "seeds = []", "`seeds` has 0 entries"),
            (
                "seeds = [0, 1]",
                "seeds = [1, 1]",
                "the seed 1 is given twice",
            ),
            ("rates = [0.002]", "rates = [7.0]", "learning rate is 7"),
            ("\"long\"", "\"../long\"", "an arm is called `../long`"),
            ("\"long\"", "\"label\"", "two arms are called `label`"),
            (
                "work_of = \"fact\"",
                "work_of = \"fat\"",
                "there is no arm `fat`",
            ),
            ("transfer:lift>0", "transfer:luck", "arm `fact`"),
            ("samples = 20", "width = 4", "`width` is 4"),
            ("folds = 3", "folds = 1", "`transfer`: folds is 1"),
            (
                "samples = 5",
                "samples = 20",
                "`start`: samples is 20; must be 1 to 19",
            ),
            (
                "rate = 0.001",
                "rate = nan",
                "`start`: learning rate is NaN",
            ),
            ("size = \"S\"", "size = \"M\"", "`sizes` lacks M"),
            ("folds = 3", "start = \"x\"", "`start` is given there and"),
            ("folds = 3", "fold = 3", "unknown field `fold`"),
            ("\"rejected\"", "\"most\"", "unknown variant `most`"),
            (
                "keep = [\"transfer:lift>0\"]",
                "",
                "arm `fact` has `rationales`: it needs `keep`",
            ),
            (
                "learns = \"fact\"",
                "learns = \"facts\"",
                "unknown variant `facts`",
            ),
        ] {
            let error = checked(&GOOD.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
