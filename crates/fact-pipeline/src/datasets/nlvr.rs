//! NLVR (Suhr, Lewis, Yeh, Artzi 2017): synthetic images of three boxes, a sentence, true or
//! false. Format as in <https://github.com/lil-lab/nlvr>, folder `nlvr`: one JSON object a line,
//! images `images/DIRECTORY/SPLIT-IDENTIFIER-PERMUTATION.png`, where SPLIT is the name of the
//! JSON file. The label of an example holds for all six orders of its boxes, and each order is a
//! sample: the examples of one sentence are its group, the six orders are one scene.

use super::error::{OpenError, RecordError};
use super::input::{self, Element, Shape};
use super::spec::Spec;
use super::{DataSet, ImageRoot, Record, Samples, SceneSchema, SceneSource};
use fact_core::matcher::Matcher;
use fact_core::sample::{Sample, WeightedAnswer};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Order of the boxes in each of the six images of an example: permutation `k` is the `k`-th in
/// lexicographic order.
pub const PERMUTATIONS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// Whether a sentence belongs to the locked third: first byte of the SHA-256 of its UTF-8 below
/// 85. Such development sentences are kept back for the final report on faithfulness.
pub fn is_locked(sentence: &str) -> bool {
    Sha256::digest(sentence.as_bytes())[0] < 85
}

/// What to do with locked sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locked {
    Withhold,
    Include,
    Only,
}

const LAYOUT: &str = "a folder with one SPLIT.json (dev.json, train.json, test.json) and images/DIRECTORY/SPLIT-IDENTIFIER-PERMUTATION.png, or that SPLIT.json itself";

#[derive(Debug)]
pub(super) struct Nlvr {
    matcher: Matcher,
    file: PathBuf,
    split: String,
    images: ImageRoot,
    locked: Locked,
    withheld: AtomicU64,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Example {
    sentence: String,
    label: Option<Label>,
    identifier: String,
    directory: Text,
    structured_rep: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    #[serde(alias = "True")]
    True,
    #[serde(alias = "False")]
    False,
}

/// Text, or a number standing for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Number(u64),
}

impl Nlvr {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let file = if spec.path.is_file() {
            spec.path.clone()
        } else {
            super::only_file(spec, &root, LAYOUT, "SPLIT.json", |name| {
                name.ends_with(".json")
            })?
        };
        let stem = file.file_stem().unwrap_or_default();
        let choices = [
            ("withhold", Locked::Withhold),
            ("include", Locked::Include),
            ("only", Locked::Only),
        ];
        let split = stem.to_string_lossy().into_owned();
        Ok(Self {
            matcher: spec.matcher(Matcher::TrueFalse)?,
            split,
            images: spec.image_root(&root)?,
            locked: spec.choice("locked", Locked::Withhold, &choices)?,
            withheld: AtomicU64::new(0),
            file,
        })
    }

    /// The six samples of an example, or one error.
    fn samples_of(&self, element: &Element) -> Vec<Result<Record, RecordError>> {
        let example: Example = match element.parse() {
            Ok(example) => example,
            Err(e) => return vec![Err(e)],
        };
        // Only development sentences are locked: training ones are there to be read.
        let locked = self.split == "dev" && is_locked(&example.sentence);
        let wanted = match self.locked {
            Locked::Include => true,
            Locked::Withhold => !locked,
            Locked::Only => locked,
        };
        if !wanted {
            let samples = if locked { PERMUTATIONS.len() } else { 0 };
            self.withheld.fetch_add(samples as u64, Ordering::Relaxed);
            return Vec::new();
        }
        let permutations = 0..PERMUTATIONS.len();
        let samples = permutations.map(|k| self.sample(element, &example, k, locked));
        // What is wrong with an example is wrong with all its orders: said once.
        match samples.collect::<Result<Vec<_>, _>>() {
            Ok(samples) => samples.into_iter().map(Ok).collect(),
            Err(e) => vec![Err(e)],
        }
    }

    fn sample(
        &self,
        element: &Element,
        example: &Example,
        k: usize,
        locked: bool,
    ) -> Result<Record, RecordError> {
        let Example {
            sentence,
            identifier,
            ..
        } = example;
        element.at.check_text("sentence", sentence)?;
        element.at.check_text("identifier", identifier)?;
        let split = &self.split;
        let scene = format!("{split}-{identifier}");
        let directory = match &example.directory {
            Text::Text(text) => text.clone(),
            Text::Number(number) => number.to_string(),
        };
        let id = format!("{scene}-{k}");
        let annotation = match &example.structured_rep {
            Some(rep) => Some(SceneSource {
                schema: SceneSchema::Nlvr,
                json: Arc::new(permuted(element, rep, k)?),
            }),
            None => None,
        };
        let path = format!("images/{directory}/{id}.png");
        let bare = format!("{directory}/{id}.png");
        let candidates = [path.as_str(), bare.as_str()];
        let image = super::image(
            &element.at,
            "directory",
            &self.images,
            &candidates,
            annotation.is_some(),
        )?;
        let answers = example.label.as_ref().map(|label| WeightedAnswer {
            text: match label {
                Label::True => "true".to_owned(),
                Label::False => "false".to_owned(),
            },
            weight: 1.0,
        });
        Ok(Record {
            sample: Sample {
                id,
                images: vec![image.name().to_owned()],
                question: sentence.clone(),
                answers: answers.into_iter().collect(),
                group: sentence.clone(),
                scene,
                choices: Vec::new(),
                family: None,
                split: Some(split.clone()),
            },
            images: vec![image],
            scene: annotation,
            program: None,
            locked,
            origin: element.at.clone(),
        })
    }
}

/// The structured representation with its boxes in order `k`: what the `k`-th image shows.
fn permuted(
    element: &Element,
    rep: &serde_json::Value,
    k: usize,
) -> Result<serde_json::Value, RecordError> {
    let boxes = rep.as_array().filter(|boxes| boxes.len() == 3);
    let Some(boxes) = boxes else {
        return Err(element
            .at
            .bad("structured_rep", "expected a list of three boxes"));
    };
    let order = PERMUTATIONS[k];
    Ok(order.iter().map(|slot| boxes[*slot].clone()).collect())
}

impl DataSet for Nlvr {
    fn name(&self) -> &str {
        "nlvr"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        self.withheld.store(0, Ordering::Relaxed);
        let elements = input::elements(&self.file, Shape::Lines);
        Box::new(elements.flat_map(|element| match element {
            Ok(element) => self.samples_of(&element),
            Err(e) => vec![Err(e)],
        }))
    }

    fn withheld(&self) -> u64 {
        self.withheld.load(Ordering::Relaxed)
    }
}
