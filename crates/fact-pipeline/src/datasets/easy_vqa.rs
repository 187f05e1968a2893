//! easy-VQA (Zhou 2019), <https://github.com/vzhou842/easy-VQA>: `questions.json`, a list of
//! `[question, answer, image number]`, and `images/NUMBER.png`, for `train` and `test`.

use super::error::{OpenError, RecordError};
use super::input::{self, Element, Shape};
use super::spec::Spec;
use super::{DataSet, ImageRoot, Record, Samples};
use fact_core::matcher::Matcher;
use fact_core::sample::{Sample, WeightedAnswer};
use std::path::{Path, PathBuf};

const LAYOUT: &str = "a folder with train/ and test/ (there, in data/ or in easy_vqa/data/ as in the Python package), each with questions.json and images/; or one of the two";

#[derive(Debug)]
pub(super) struct EasyVqa {
    matcher: Matcher,
    /// Name and questions file of each split.
    splits: Vec<(String, PathBuf)>,
    images: ImageRoot,
}

impl EasyVqa {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let questions = |folder: &Path| Some(folder.join("questions.json")).filter(|f| f.is_file());
        let mut base = root.clone();
        let mut splits = Vec::new();
        if let Some(file) = questions(&root) {
            // One split: its folder gives its name.
            let real = root.canonicalize().unwrap_or_else(|_| root.clone());
            let name = real.file_name().unwrap_or_default().to_string_lossy();
            splits.push((name.into_owned(), file));
        } else {
            for below in ["", "data", "easy_vqa/data"] {
                base = root.join(below);
                for name in ["train", "test"] {
                    let file = questions(&base.join(name));
                    splits.extend(file.map(|file| (name.to_owned(), file)));
                }
                if !splits.is_empty() {
                    break;
                }
            }
        }
        let choices = [("train", "train"), ("test", "test"), ("all", "")];
        let wanted = spec.choice("split", "", &choices)?;
        splits.retain(|(name, _)| wanted.is_empty() || name == wanted);
        if splits.is_empty() {
            return Err(OpenError::Layout {
                kind: spec.kind_name,
                path: root,
                reason: "no train/questions.json or test/questions.json".to_owned(),
                layout: LAYOUT,
            });
        }
        Ok(Self {
            matcher: spec.matcher(Matcher::Open)?,
            images: spec.image_root(&base)?,
            splits,
        })
    }

    fn record(&self, split: &str, element: &Element) -> Result<Record, RecordError> {
        let at = &element.at;
        let (question, answer, number): (String, String, u64) = element.parse()?;
        at.check_text("[0]", &question)?;
        at.check_text("[1]", &answer)?;
        let below = format!("{split}/images/{number}.png");
        let here = format!("images/{number}.png");
        let paths = [below.as_str(), here.as_str()];
        let image = super::image(at, "[2]", &self.images, &paths, false)?;
        Ok(Record {
            sample: Sample {
                id: format!("{split}-{}", at.record),
                images: vec![image.name().to_owned()],
                group: question.clone(),
                question,
                answers: vec![WeightedAnswer {
                    text: answer,
                    weight: 1.0,
                }],
                scene: format!("{split}-{number}"),
                choices: Vec::new(),
                family: None,
                split: Some(split.to_owned()),
            },
            images: vec![image],
            scene: None,
            program: None,
            locked: false,
            origin: at.clone(),
        })
    }
}

impl DataSet for EasyVqa {
    fn name(&self) -> &str {
        "easy-vqa"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        Box::new(self.splits.iter().flat_map(move |(split, file)| {
            let elements = input::elements(file, Shape::Array);
            elements.map(move |element| self.record(split, &element?))
        }))
    }
}
