//! CLEVR (Johnson et al. 2017) and what its question engine writes: `{"questions": [...]}` and
//! `{"scenes": [...]}`, steps of a program keyed by `type` (as generated) or `function` (as
//! released). The programs are passed on as they are, malformed ones too: whoever compiles them
//! says what is wrong with them.

use super::error::{OpenError, RecordError};
use super::index::Index;
use super::input::{self, Element, Shape};
use super::row;
use super::spec::Spec;
use super::{
    DataSet, GoldProgram, ImageRoot, ProgramForm, Record, Samples, SceneSchema, SceneSource,
};
use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LAYOUT: &str = "a folder with *questions*.json (there or in questions/), *scenes*.json (there or in scenes/) and images/, or one questions file";

#[derive(Debug)]
pub(super) struct Clevr {
    matcher: Matcher,
    files: Vec<Questions>,
    indices: Vec<Arc<Index>>,
    images: ImageRoot,
}

#[derive(Debug)]
struct Questions {
    path: PathBuf,
    scenes: Option<Arc<Index>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Question {
    question: String,
    image_filename: String,
    answer: Option<Value>,
    split: Option<String>,
    program: Option<Value>,
    question_index: Option<u64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct SceneKey {
    image_filename: String,
}

impl Clevr {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let folder = spec.root()?;
        let is_file = spec.path.is_file();
        // A questions file of the official layout lies beside scenes/ and images/.
        let root = match folder.parent() {
            Some(parent) if is_file && folder.ends_with("questions") => parent.to_path_buf(),
            _ => folder,
        };
        let questions = if is_file {
            vec![spec.path.clone()]
        } else {
            super::files_here_or_in(spec, &root, &["questions"], LAYOUT, "questions")?
        };
        let scenes = match spec.option("scenes") {
            Some(file) => vec![PathBuf::from(file)],
            None => super::files_in_any(&root, &["", "scenes"], |name| {
                name.contains("scenes") && name.ends_with(".json")
            })?,
        };
        let mut indices: Vec<Arc<Index>> = Vec::new();
        let mut files = Vec::new();
        for path in questions {
            let scenes = match scenes_of(&path, &scenes) {
                None => None,
                Some(file) => Some(match indices.iter().find(|i| i.path() == file) {
                    Some(index) => index.clone(),
                    None => {
                        let shape = Shape::ArrayUnder("scenes");
                        let index = Index::build(file, shape, |element| {
                            Ok(element.parse::<SceneKey>()?.image_filename)
                        })?;
                        let index = Arc::new(index);
                        indices.push(index.clone());
                        index
                    }
                }),
            };
            files.push(Questions { path, scenes });
        }
        Ok(Self {
            matcher: spec.matcher(Matcher::Open)?,
            images: spec.image_root(&root)?,
            files,
            indices,
        })
    }

    fn record(&self, file: &Questions, element: &Element) -> Result<Record, RecordError> {
        let at = &element.at;
        let question: Question = element.parse()?;
        at.check_text("question", &question.question)?;
        let name = &question.image_filename;
        let scene = match &file.scenes {
            Some(index) => index.get(name).map_err(|e| at.bad("image_filename", e))?,
            None => None,
        };
        let mut paths = Vec::new();
        if let Some(split) = &question.split {
            paths.push(format!("images/{split}/{name}"));
        }
        paths.push(format!("images/{name}"));
        paths.push(name.clone());
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let annotated = scene.is_some();
        let image = super::image(at, "image_filename", &self.images, &paths, annotated)?;
        let answers = match &question.answer {
            Some(answer) => row::answers(at, "answer", answer, self.matcher)?,
            None => Vec::new(),
        };
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
        let number = question.question_index.unwrap_or(at.record);
        Ok(Record {
            sample: Sample {
                id: format!("{stem}-{number}"),
                images: vec![image.name().to_owned()],
                group: question.question.clone(),
                question: question.question,
                answers,
                scene: name.clone(),
                choices: Vec::new(),
                family: None,
                split: question.split,
            },
            images: vec![image],
            scene: scene.map(|json| SceneSource {
                schema: SceneSchema::Clevr,
                json,
            }),
            program: question.program.map(|json| GoldProgram {
                form: ProgramForm::Clevr,
                json,
                annotations: None,
            }),
            locked: false,
            origin: at.clone(),
        })
    }
}

/// The scenes file of a questions file: the one whose name, with *questions* for *scenes*, is
/// the longest beginning of the questions file's; else the only one.
fn scenes_of<'a>(questions: &Path, scenes: &'a [PathBuf]) -> Option<&'a PathBuf> {
    let stem = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    let wanted = stem(questions);
    let begins = |path: &&PathBuf| wanted.starts_with(&stem(path).replace("scenes", "questions"));
    let best = scenes.iter().filter(begins).max_by_key(|p| stem(p).len());
    match scenes {
        [only] => Some(only),
        _ => best,
    }
}

impl DataSet for Clevr {
    fn name(&self) -> &str {
        "clevr"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        let faults = self.indices.iter().flat_map(|i| i.faults());
        let faults = faults.map(|fault| Err(fault.clone()));
        let records = self.files.iter().flat_map(move |file| {
            let elements = input::elements(&file.path, Shape::ArrayUnder("questions"));
            elements.map(move |element| self.record(file, &element?))
        });
        Box::new(faults.chain(records))
    }
}
