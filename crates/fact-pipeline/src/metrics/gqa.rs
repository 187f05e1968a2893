//! GQA: the questions file, predictions `[{questionId, prediction}]`; choices for validity and
//! plausibility, attention maps and scene graphs for grounding.

use super::error::MetricsError;
use super::predictions::{Prediction, Predictions, readable, records};
use super::{Benchmark, Options, Scored};
use crate::datasets::{Shape, elements};
use fact_core::metrics::gqa::{self, Region};
use indexmap::IndexMap;
use serde::Deserialize;
use std::path::Path;

/// Most cells of an attention map, or regions that are attended to.
const MAX_CELLS: usize = 1 << 16;

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object", rename_all = "camelCase")]
struct Question {
    question: String,
    answer: String,
    is_balanced: bool,
    image_id: Option<String>,
    types: Types,
    groups: Groups,
    #[serde(default)]
    semantic: Vec<Operation>,
    #[serde(default)]
    entailed: Vec<String>,
    annotations: Option<Annotations>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Types {
    structural: String,
    semantic: String,
    #[serde(default)]
    detailed: String,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Groups {
    global: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Operation {
    operation: String,
    argument: String,
}

/// Objects by place in the text; in the order of the file, which is that of the sums.
#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "an object", rename_all = "camelCase", default)]
struct Annotations {
    question: IndexMap<String, String>,
    full_answer: IndexMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Choices {
    valid: Vec<String>,
    plausible: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Scene {
    width: f64,
    height: f64,
    objects: IndexMap<String, Object>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Object {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

#[derive(Deserialize)]
#[serde(expecting = "an object", rename_all = "camelCase")]
struct Attention {
    question_id: String,
    attention: Vec<Vec<f64>>,
}

/// The questions with what is known of them.
#[derive(Debug)]
pub(super) struct Questions {
    questions: IndexMap<String, Question>,
    consistency: bool,
    choices: Option<IndexMap<String, Choices>>,
    grounding: Option<IndexMap<String, f64>>,
}

impl Questions {
    pub(super) fn read(path: &Path, options: &Options) -> Result<Self, MetricsError> {
        readable(path)?;
        let mut questions = IndexMap::new();
        for element in elements(path, Shape::Entries) {
            let element = element?;
            let id = element.key.clone().unwrap_or_default();
            let question: Question = element.parse()?;
            if questions.insert(id.clone(), question).is_some() {
                return Err(MetricsError::duplicate(&element.at, "key", &id));
            }
        }
        let mut data = Self {
            questions,
            consistency: options.consistency,
            choices: None,
            grounding: None,
        };
        data.choices = options
            .choices
            .as_deref()
            .map(|path| data.read_choices(path))
            .transpose()?;
        if let (Some(attentions), Some(scenes)) = (&options.attentions, &options.scenes) {
            data.grounding = Some(data.read_grounding(attentions, scenes, options)?);
        }
        Ok(data)
    }

    fn balanced(&self) -> impl Iterator<Item = (&str, &Question)> {
        let questions = self.questions.iter();
        let balanced = questions.filter(|(_, question)| question.is_balanced);
        balanced.map(|(id, question)| (id.as_str(), question))
    }

    fn read_choices(&self, path: &Path) -> Result<IndexMap<String, Choices>, MetricsError> {
        readable(path)?;
        let mut choices = IndexMap::new();
        for element in elements(path, Shape::Entries) {
            let element = element?;
            let id = element.key.clone().unwrap_or_default();
            if self.questions.get(&id).is_some_and(|q| q.is_balanced) {
                choices.insert(id, element.parse()?);
            }
        }
        all_there(path, self.balanced().map(|(id, _)| id), &choices)?;
        Ok(choices)
    }

    fn read_grounding(
        &self,
        attentions: &Path,
        scenes: &Path,
        options: &Options,
    ) -> Result<IndexMap<String, f64>, MetricsError> {
        readable(scenes)?;
        let wanted = self.balanced().filter_map(|(_, q)| q.image_id.as_deref());
        let wanted: std::collections::BTreeSet<&str> = wanted.collect();
        let mut graphs: IndexMap<String, Scene> = IndexMap::new();
        for element in elements(scenes, Shape::Entries) {
            let element = element?;
            let id = element.key.clone().unwrap_or_default();
            if wanted.contains(&*id) {
                let scene: Scene = element.parse()?;
                if !(scene.width > 0.0 && scene.height > 0.0) {
                    return Err(element
                        .at
                        .bad("width", "width or height is not positive")
                        .into());
                }
                graphs.insert(id, scene);
            }
        }
        let mut found = IndexMap::new();
        for element in records(attentions)? {
            let element = element?;
            let map: Attention = element.parse()?;
            let Some(question) = self.questions.get(&map.question_id) else {
                continue;
            };
            if !question.is_balanced {
                continue;
            }
            let bad = |reason: String| MetricsError::from(element.at.bad("attention", reason));
            let cells = if options.object_attention {
                regions(&map.attention)
            } else {
                grid(&map.attention, options.map_size.unwrap_or(7) as usize)
            };
            let cells = cells.map_err(bad)?;
            let scene = question.image_id.as_ref().and_then(|id| graphs.get(id));
            let Some(scene) = scene else {
                let id = &map.question_id;
                return Err(bad(format!("question {id} has no scene graph")));
            };
            let score = gqa::grounding(&pointed_at(question, scene).map_err(bad)?, &cells);
            found.insert(map.question_id, score);
        }
        all_there(attentions, self.balanced().map(|(id, _)| id), &found)?;
        Ok(found)
    }

    fn question(
        &self,
        id: &str,
        question: &Question,
        predictions: &Predictions,
    ) -> Result<gqa::Question, MetricsError> {
        let said = |id: &str| {
            predictions
                .get(id)
                .map_or_else(String::new, Prediction::text)
        };
        let prediction = said(id);
        let entailed = question.entailed.iter().filter(|other| *other != id);
        let entailed = entailed.map(|other| match self.questions.get(other) {
            Some(known) => Ok(said(other) == known.answer),
            None => Err(MetricsError::Usage(format!(
                "question {id} entails {other}, which is not in the data: consistency needs all \
                 questions, such as val_all_questions.json"
            ))),
        });
        let entailed = match self.consistency {
            true => Some(entailed.collect::<Result<_, _>>()?),
            false => None,
        };
        let among = |group: &[String]| match question.types.detailed.contains("Common") {
            true => matches!(&*prediction, "color" | "material" | "shape"),
            false => group.contains(&prediction),
        };
        let choices = self.choices.as_ref().and_then(|choices| choices.get(id));
        let steps = question.semantic.iter();
        let steps = steps.filter(|s| gqa::is_step(&s.operation, &s.argument));
        Ok(gqa::Question {
            answer: question.answer.clone(),
            structural: question.types.structural.clone(),
            semantic: question.types.semantic.clone(),
            words: question.question.split_whitespace().count(),
            steps: steps.count(),
            group: question.groups.global.clone(),
            entailed,
            valid: choices.map(|c| among(&c.valid)),
            plausible: choices.map(|c| among(&c.plausible)),
            grounding: self.grounding.as_ref().and_then(|g| g.get(id).copied()),
            prediction,
        })
    }
}

/// Refuses a file that lacks one of the questions.
fn all_there<'a, T>(
    path: &Path,
    ids: impl Iterator<Item = &'a str>,
    found: &IndexMap<String, T>,
) -> Result<(), MetricsError> {
    let mut missing = ids.filter(|id| !found.contains_key(*id));
    match missing.next() {
        None => Ok(()),
        Some(first) => Err(MetricsError::Usage(format!(
            "{} lacks {} of the balanced questions, the first being `{first}`",
            path.display(),
            1 + missing.count()
        ))),
    }
}

/// What question and full answer are about. (The script would add the whole image for questions
/// about the scene, but what it looks for is never there.)
fn pointed_at(question: &Question, scene: &Scene) -> Result<Vec<Region>, String> {
    let Some(annotations) = &question.annotations else {
        return Ok(Vec::new());
    };
    let objects = annotations.question.values();
    let objects = objects.chain(annotations.full_answer.values());
    let regions = objects.map(|id| {
        let object = scene.objects.get(id);
        let Object { x, y, w, h } =
            object.ok_or_else(|| format!("object {id} is not in the scene graph"))?;
        let (width, height) = (scene.width, scene.height);
        Ok([x / width, y / height, (x + w) / width, (y + h) / height])
    });
    regions.collect()
}

/// The cells of a square map.
fn grid(map: &[Vec<f64>], size: usize) -> Result<Vec<(Region, f64)>, String> {
    if map.len() != size || map.iter().any(|row| row.len() != size) {
        return Err(format!("must be {size} by {size}"));
    }
    let cells = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
    let cells = cells.map(|(i, j)| (gqa::map_cell(i, j, size), map[i][j]));
    Ok(cells.collect())
}

/// Regions with their attention: x0, y0, x1, y1, attention.
fn regions(map: &[Vec<f64>]) -> Result<Vec<(Region, f64)>, String> {
    if map.len() > MAX_CELLS {
        return Err(format!("more than {MAX_CELLS} regions"));
    }
    let regions = map.iter().map(|row| match row[..] {
        [x0, y0, x1, y1, attention] if x0 < x1 && y0 < y1 => Ok(([x0, y0, x1, y1], attention)),
        _ => Err("a region must be [x0, y0, x1, y1, attention] with x0 < x1 and y0 < y1".into()),
    });
    regions.collect()
}

impl Benchmark for Questions {
    fn score(&self, path: &Path) -> Result<Scored, MetricsError> {
        let predictions = Predictions::read(path)?;
        let needed = self.questions.iter();
        let needed = needed.filter(|(_, q)| self.consistency || q.is_balanced);
        predictions.cover(needed.map(|(id, _)| id.as_str()))?;
        let questions = self.balanced();
        let questions = questions.map(|(id, q)| self.question(id, q, &predictions));
        let questions = questions.collect::<Result<Vec<_>, _>>()?;
        let mut notes: Vec<String> = predictions.replaced_note().into_iter().collect();
        let extra = predictions
            .iter()
            .filter(|(id, _)| !self.questions.contains_key(*id));
        let extra = extra.count();
        if extra > 0 {
            let note = format!("{extra} predictions are for no question of the data, and ignored");
            notes.push(note);
        }
        let others = self.questions.len() - questions.len();
        if others > 0 {
            let note = format!("{others} questions are not balanced, and not in the measures");
            notes.push(note);
        }
        Ok(Scored::new(gqa::tally(&questions), notes))
    }
}
