//! VQA v2 (Goyal et al. 2017), official files: `{"questions": [...]}` and
//! `{"annotations": [...]}`, images of COCO.

use super::error::{OpenError, RecordError};
use super::index::Index;
use super::input::{self, Element, Shape};
use super::spec::Spec;
use super::{DataSet, ImageRoot, Record, Samples};
use fact_core::matcher::{self, Matcher};
use fact_core::sample::Sample;
use serde::Deserialize;
use std::path::{Path, PathBuf};

const LAYOUT: &str =
    "a folder with NAME_questions.json, NAME_annotations.json and images/, or the questions file";

/// Parts of COCO that VQA asks about: in the names of files, folders and images.
const PARTS: [&str; 4] = ["train2014", "val2014", "test2015", "test-dev2015"];

#[derive(Debug)]
pub(super) struct Vqa {
    matcher: Matcher,
    files: Vec<Pair>,
    images: ImageRoot,
}

#[derive(Debug)]
struct Pair {
    questions: PathBuf,
    annotations: Option<Index>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Question {
    question_id: u64,
    image_id: u64,
    question: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct AnnotationKey {
    question_id: u64,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Annotation {
    answers: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Said {
    answer: String,
}

impl Vqa {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let mut files = Vec::new();
        if spec.path.is_file() {
            let given = spec.option("annotations").map(PathBuf::from);
            let annotations = given.or_else(|| annotations_of(&spec.path));
            files.push(Pair::new(spec.path.clone(), annotations)?);
        } else {
            if spec.option("annotations").is_some() {
                return Err(OpenError::BadOption {
                    option: "annotations".to_owned(),
                    reason: "give the questions file, not its folder, with it".to_owned(),
                });
            }
            let is_questions = |name: &str| name.ends_with("questions.json");
            for questions in super::files_in(&root, is_questions)? {
                // In a folder, other files of questions are not of this data set.
                if let Some(annotations) = annotations_of(&questions) {
                    files.push(Pair::new(questions, Some(annotations))?);
                }
            }
            if files.is_empty() {
                return Err(OpenError::Layout {
                    kind: spec.kind_name,
                    path: root,
                    reason: "no NAME_questions.json has its NAME_annotations.json".to_owned(),
                    layout: LAYOUT,
                });
            }
        }
        Ok(Self {
            matcher: spec.matcher(Matcher::VqaSoft)?,
            images: spec.image_root(&root)?,
            files,
        })
    }

    fn record(&self, pair: &Pair, element: &Element) -> Result<Record, RecordError> {
        let at = &element.at;
        let question: Question = element.parse()?;
        at.check_text("question", &question.question)?;
        let id = question.question_id.to_string();
        let answers = match &pair.annotations {
            None => Vec::new(),
            Some(index) => {
                let found = index.get(&id).map_err(|e| at.bad("question_id", e))?;
                let Some(json) = found else {
                    let file = index.path().display();
                    return Err(at.bad("question_id", format!("{id} has no annotation in {file}")));
                };
                let annotation = Annotation::deserialize(&*json)
                    .map_err(|e| at.bad("question_id", format!("annotation of {id}: {e}")))?;
                let said: Vec<String> = annotation.answers.into_iter().map(|s| s.answer).collect();
                matcher::vqa_answers(&said)
            }
        };
        let name = pair.questions.to_string_lossy();
        let part = PARTS.iter().find(|part| name.contains(*part));
        let mut paths = Vec::new();
        for part in part.map_or(&PARTS[..3], std::slice::from_ref) {
            // The images of test-dev are those of test.
            let part = if part.starts_with("test") {
                "test2015"
            } else {
                part
            };
            let file = format!("COCO_{part}_{:012}.jpg", question.image_id);
            paths.push(format!("images/{file}"));
            paths.push(format!("images/{part}/{file}"));
            paths.push(format!("{part}/{file}"));
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let image = super::image(at, "image_id", &self.images, &paths, false)?;
        let part = image.name().split('_').nth(1).map(str::to_owned);
        Ok(Record {
            sample: Sample {
                id,
                images: vec![image.name().to_owned()],
                group: question.question.clone(),
                question: question.question,
                answers,
                scene: question.image_id.to_string(),
                choices: Vec::new(),
                family: None,
                split: part,
            },
            images: vec![image],
            scene: None,
            program: None,
            locked: false,
            origin: at.clone(),
        })
    }
}

impl Pair {
    fn new(questions: PathBuf, annotations: Option<PathBuf>) -> Result<Self, OpenError> {
        let index = |path: PathBuf| {
            Index::build(&path, Shape::ArrayUnder("annotations"), |element| {
                Ok(element.parse::<AnnotationKey>()?.question_id.to_string())
            })
        };
        Ok(Self {
            questions,
            annotations: annotations.map(index).transpose()?,
        })
    }
}

/// The annotations beside a questions file: its name with *annotations* for *questions*; the
/// official names also have the task, such as `OpenEnded_`, in that of the questions only.
fn annotations_of(questions: &Path) -> Option<PathBuf> {
    let name = questions.file_name()?.to_string_lossy();
    let name = name.replace("questions", "annotations");
    let official = name
        .replace("OpenEnded_", "")
        .replace("MultipleChoice_", "");
    let beside = |name: String| questions.with_file_name(name);
    [beside(name), beside(official)]
        .into_iter()
        .find(|path| path != questions && path.is_file())
}

impl DataSet for Vqa {
    fn name(&self) -> &str {
        "vqa"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        let indices = self
            .files
            .iter()
            .filter_map(|pair| pair.annotations.as_ref());
        let faults = indices.flat_map(|i| i.faults());
        let faults = faults.map(|fault| Err(fault.clone()));
        let records = self.files.iter().flat_map(move |pair| {
            let elements = input::elements(&pair.questions, Shape::ArrayUnder("questions"));
            elements.map(move |element| self.record(pair, &element?))
        });
        Box::new(faults.chain(records))
    }
}
