//! GQA (Hudson & Manning 2019), official files: questions by identifier, scene graphs by image
//! identifier, both one large JSON object; images `images/IMAGEID.jpg`.

use super::error::{OpenError, RecordError};
use super::index::Index;
use super::input::{self, Element, Shape};
use super::spec::Spec;
use super::{
    DataSet, GoldProgram, ImageRoot, ProgramForm, Record, Samples, SceneSchema, SceneSource,
};
use fact_core::matcher::Matcher;
use fact_core::sample::{Sample, WeightedAnswer};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

const LAYOUT: &str = "a folder with *questions*.json (there, in questions/ or in questions1.2/), scene graphs (*scene*graphs*.json there or in sceneGraphs/) and images/, or one questions file";

/// Splits whose name begins an official questions file.
const SPLITS: [&str; 5] = ["train", "val", "testdev", "test", "challenge"];

#[derive(Debug)]
pub(super) struct Gqa {
    matcher: Matcher,
    files: Vec<PathBuf>,
    graphs: Vec<Index>,
    images: ImageRoot,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Question {
    question: String,
    #[serde(rename = "imageId")]
    image: String,
    answer: Option<String>,
    semantic: Option<Value>,
    annotations: Option<Value>,
}

impl Gqa {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        const FOLDERS: [&str; 2] = ["questions", "questions1.2"];
        let folder = spec.root()?;
        let is_file = spec.path.is_file();
        let in_questions = FOLDERS.iter().any(|f| folder.ends_with(f));
        let root = match folder.parent() {
            Some(parent) if is_file && in_questions => parent.to_path_buf(),
            _ => folder,
        };
        let files = if is_file {
            vec![spec.path.clone()]
        } else {
            super::files_here_or_in(spec, &root, &FOLDERS, LAYOUT, "questions")?
        };
        let is_graph = |name: &str| {
            let name = name.to_lowercase();
            name.contains("scene") && name.contains("graph") && name.ends_with(".json")
        };
        let graphs = match spec.option("scenes") {
            Some(file) => vec![PathBuf::from(file)],
            None => super::files_in_any(&root, &["", "sceneGraphs"], is_graph)?,
        };
        let graphs = graphs.iter().map(|path| {
            Index::build(path, Shape::Entries, |element| {
                Ok(element.key.clone().unwrap_or_default())
            })
        });
        Ok(Self {
            matcher: spec.matcher(Matcher::Open)?,
            images: spec.image_root(&root)?,
            graphs: graphs.collect::<Result<_, _>>()?,
            files,
        })
    }

    fn record(&self, element: &Element, split: Option<&str>) -> Result<Record, RecordError> {
        let at = &element.at;
        let id = element.key.clone().unwrap_or_default();
        at.check_text("key", &id)?;
        let question: Question = element.parse()?;
        at.check_text("question", &question.question)?;
        let mut graph = None;
        for index in &self.graphs {
            graph = index
                .get(&question.image)
                .map_err(|e| at.bad("imageId", e))?;
            if graph.is_some() {
                break;
            }
        }
        let name = format!("{}.jpg", question.image);
        let below = format!("images/{name}");
        let paths = [below.as_str(), name.as_str()];
        let image = super::image(at, "imageId", &self.images, &paths, graph.is_some())?;
        let answers = question
            .answer
            .map(|text| WeightedAnswer { text, weight: 1.0 });
        Ok(Record {
            sample: Sample {
                id,
                images: vec![image.name().to_owned()],
                group: question.question.clone(),
                question: question.question,
                answers: answers.into_iter().collect(),
                scene: question.image,
                choices: Vec::new(),
                family: None,
                split: split.map(str::to_owned),
            },
            images: vec![image],
            scene: graph.map(|json| SceneSource {
                schema: SceneSchema::Gqa,
                json,
            }),
            program: question.semantic.map(|json| GoldProgram {
                form: ProgramForm::Gqa,
                json,
                annotations: question.annotations,
            }),
            locked: false,
            origin: at.clone(),
        })
    }
}

impl DataSet for Gqa {
    fn name(&self) -> &str {
        "gqa"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        let faults = self.graphs.iter().flat_map(|i| i.faults());
        let faults = faults.map(|fault| Err(fault.clone()));
        let records = self.files.iter().flat_map(move |file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let first = name.split('_').next().unwrap_or_default();
            let split = SPLITS.into_iter().find(|split| *split == first);
            let elements = input::elements(file, Shape::Entries);
            elements.map(move |element| self.record(&element?, split))
        });
        Box::new(faults.chain(records))
    }
}
