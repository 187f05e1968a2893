//! CHAIR: what is in the images (COCO's instances and captions, or lines `{id, objects, captions}`),
//! captions as the official script reads them or as lines `{id, caption}`.

use super::error::MetricsError;
use super::predictions::{Id, Prediction, Predictions, readable, records};
use super::{Benchmark, Options, Scored};
use crate::datasets::{Element, MAX_RECORD_BYTES, Origin, Shape, elements, lines_or_array};
use fact_core::metrics::chair::{self, Caption, Vocabulary};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// An annotation of COCO: of an object or a caption.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Annotation {
    image_id: Id,
    category_id: Option<u64>,
    caption: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Category {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Image {
    #[serde(alias = "image_id", alias = "image")]
    id: Id,
    #[serde(default)]
    objects: Vec<String>,
    #[serde(default)]
    captions: Vec<String>,
}

/// What is in the images.
#[derive(Debug)]
pub(super) struct Images {
    vocabulary: Vocabulary,
    there: BTreeMap<String, BTreeSet<String>>,
}

impl Images {
    pub(super) fn read(paths: &[PathBuf], options: &Options) -> Result<Self, MetricsError> {
        let synonyms = options.synonyms.as_deref().map(text).transpose()?;
        let compounds = options.compounds.as_deref().map(text).transpose()?;
        let vocabulary = match &synonyms {
            Some(synonyms) => Vocabulary::parse(synonyms, compounds.as_deref()),
            None => Vocabulary::worlds(),
        };
        if let (true, Some(path)) = (vocabulary.is_empty(), &options.synonyms) {
            let (path, what) = (path.clone(), "names");
            return Err(MetricsError::Empty { path, what });
        }
        let mut images = Self {
            vocabulary,
            there: BTreeMap::new(),
        };
        for path in paths {
            readable(path)?;
            let lines = path.extension().is_some_and(|e| e == "jsonl");
            if lines || lines_or_array(path)? == Shape::Array {
                images.read_lines(path)?;
            } else {
                images.read_coco(path)?;
            }
        }
        Ok(images)
    }

    fn read_lines(&mut self, path: &Path) -> Result<(), MetricsError> {
        for element in records(path)? {
            let element = element?;
            let image: Image = element.parse()?;
            let id = image.id.text();
            self.there.entry(id.clone()).or_default();
            for name in &image.objects {
                self.add(&element.at, "objects", &id, name)?;
            }
            for caption in &image.captions {
                self.add_caption(&id, caption);
            }
        }
        Ok(())
    }

    fn read_coco(&mut self, path: &Path) -> Result<(), MetricsError> {
        let mut objects = Vec::new();
        for element in elements(path, Shape::ArrayUnder("annotations")) {
            let element = element?;
            let annotation: Annotation = element.parse()?;
            let id = annotation.image_id.text();
            self.there.entry(id.clone()).or_default();
            match (annotation.category_id, annotation.caption) {
                (Some(category), _) => objects.push((id, category)),
                (None, Some(caption)) => self.add_caption(&id, &caption),
                (None, None) => {
                    let reason = "missing, and no caption either";
                    return Err(element.at.bad("category_id", reason).into());
                }
            }
        }
        if objects.is_empty() {
            return Ok(());
        }
        let mut categories = BTreeMap::new();
        for element in elements(path, Shape::ArrayUnder("categories")) {
            let element = element?;
            let category: Category = element.parse()?;
            categories.insert(category.id, (element.at, category.name));
        }
        for (id, category) in objects {
            let Some((at, name)) = categories.get(&category) else {
                let path = path.display();
                let text = format!(
                    "{path}: image {id} has an object of category {category}, which is not among the categories"
                );
                return Err(MetricsError::Usage(text));
            };
            self.add(at, "name", &id, name)?;
        }
        Ok(())
    }

    fn add(&mut self, at: &Origin, field: &str, id: &str, name: &str) -> Result<(), MetricsError> {
        let Some(object) = self.vocabulary.object(name) else {
            let reason = format!("`{name}` is no name of the synonyms file");
            return Err(at.bad(field, reason).into());
        };
        let there = self.there.entry(id.to_owned()).or_default();
        there.insert(object.to_owned());
        Ok(())
    }

    fn add_caption(&mut self, id: &str, caption: &str) {
        let mentioned = self.vocabulary.mentioned(caption);
        let there = self.there.entry(id.to_owned()).or_default();
        there.extend(mentioned.into_iter().map(str::to_owned));
    }
}

/// The text of a small file.
fn text(path: &Path) -> Result<String, MetricsError> {
    readable(path)?;
    let failed = |source| MetricsError::Read {
        path: path.to_path_buf(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    let limit = MAX_RECORD_BYTES as u64;
    file.take(limit + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > limit {
        let text = format!("{} is longer than {limit} bytes", path.display());
        return Err(MetricsError::Usage(text));
    }
    Ok(text)
}

/// The captions of the script's own format, `{"overall": …, "imgToEval": {…}}`, or of lines.
fn captions(path: &Path) -> Result<Predictions, MetricsError> {
    readable(path)?;
    let lines = path.extension().is_some_and(|e| e == "jsonl");
    if lines || lines_or_array(path)? == Shape::Array {
        return Predictions::read(path);
    }
    let mut captions = Predictions::empty(path);
    for element in elements(path, Shape::Entries) {
        let element = element?;
        match element.key.as_deref() {
            Some("imgToEval") => read_official(&element, &mut captions)?,
            Some("overall") => {}
            _ => {
                let reason = "expected `imgToEval`; lines of captions need the ending .jsonl";
                return Err(element.at.bad("imgToEval", reason).into());
            }
        }
    }
    Ok(captions)
}

fn read_official(element: &Element, captions: &mut Predictions) -> Result<(), MetricsError> {
    #[derive(Deserialize)]
    struct Evaluated {
        image_id: Id,
        caption: String,
    }
    let all: Map<String, Value> = element.parse()?;
    for (key, value) in all {
        let field = format!("imgToEval.{key}");
        let read = Evaluated::deserialize(value);
        let read = read.map_err(|e| element.at.bad(&field, e.to_string()))?;
        let prediction = Prediction {
            at: element.at.clone(),
            field: "caption",
            value: Value::String(read.caption),
        };
        captions.insert(read.image_id.text(), prediction)?;
    }
    Ok(())
}

impl Benchmark for Images {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let captions = captions(path)?;
        captions.once()?;
        captions.only(|id| self.there.contains_key(id))?;
        let mut by_image: BTreeMap<&str, String> = BTreeMap::new();
        for (id, caption) in captions.iter() {
            by_image.insert(id, caption.text());
        }
        let scored = by_image.iter().filter_map(|(id, caption)| {
            Some(Caption {
                mentioned: self.vocabulary.mentioned(caption),
                there: self.there.get(*id)?,
            })
        });
        let scored: Vec<Caption<'_>> = scored.collect();
        let without = self.there.len() - captions.len();
        let note = format!("{without} images of the data have no caption, and are left out");
        let notes = if without > 0 { vec![note] } else { Vec::new() };
        let mut result = Scored::new(chair::tally(&scored), notes);
        result.about = by_image.into_keys().map(str::to_owned).collect();
        Ok(result)
    }
}
