//! Agreement: whether a data set's answer is what its own functional program finds in its own
//! annotation. Where it is not, one of the three is wrong, and whoever uses the data set wants to
//! know.
//!
//! This is about the data set, not about a candidate: it is done with the shipped `scene` pack and
//! the annotation back end, whatever programs a run chooses.

use super::annotation;
use crate::datasets::{GoldProgram, ProgramForm, Record, SceneSchema};
use crate::proposers::gold::{self, GoldError, Problem};
use crate::terminal::cut;
use fact_core::matcher::Matcher;
use fact_lang::pack::{Pack, PackError};
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::tool::{Answer, Answers, ImageRef, Request};
use fact_models::{Perception, Scene, View, scene};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Its name among the stages in the run store.
pub const STAGE: &str = "agreement";

/// How the three agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The program finds the data set's answer by the words of its arguments.
    Agrees,
    /// By the words it finds another; with the objects that the program cites it finds the data
    /// set's.
    AgreesByCitation,
    /// The scene graph gives another answer.
    Differs,
    /// The scene graph gives none: what the program supposes does not hold, or is not annotated.
    NoAnswer,
    /// An object that program or question cite is not in the scene graph.
    MissingObject,
    /// The program is not well formed.
    Malformed,
    /// The program has an operation that the data set does not document.
    UnknownOperation,
    /// It cannot be told: no annotation, no answer, or a bound was reached.
    Unchecked,
}

impl Status {
    /// Stable name, as in the run store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::AgreesByCitation => "agrees_by_citation",
            Self::Differs => "differs",
            Self::NoAnswer => "no_answer",
            Self::MissingObject => "missing_object",
            Self::Malformed => "malformed",
            Self::UnknownOperation => "unknown_operation",
            Self::Unchecked => "unchecked",
        }
    }
}

/// What came out for one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The worst of it.
    pub status: Status,
    /// What is wrong, in words; of several, the first.
    pub message: Option<String>,
    /// Of an error of the data set: `errors`, `scene_graph`, `form`, `program`, `objects`, `file`,
    /// `line`, `record` (`docs/formats.md`).
    pub detail: Option<Value>,
}

/// Objects that an entry lists at most.
const MOST_OBJECTS: usize = 50;
/// Identifiers that are missing, listed at most.
const MOST_MISSING: usize = 20;
/// Most characters of an identifier; data sets have numbers.
const ID: usize = 64;
/// Most characters of an answer in a message.
const TEXT: usize = 200;
/// Longest functional program that an entry holds, in bytes of JSON.
const MOST_PROGRAM: usize = 64 << 10;

/// Compares samples with their annotations.
pub struct Checker {
    pack: Pack,
    cited: Pack,
    perception: Perception,
    limits: Limits,
}

/// What the scene graph says.
enum Said {
    Answer(String),
    Nothing(String),
    Unknown(String),
}

/// One error of the data set.
struct Fault {
    status: Status,
    message: String,
    step: Option<usize>,
    operation: Option<String>,
}

impl Fault {
    fn new(status: Status, message: String) -> Self {
        Self {
            status,
            message,
            step: None,
            operation: None,
        }
    }

    fn of_program(error: GoldError) -> Self {
        let unknown = matches!(*error.problem, Problem::UnknownOperation);
        Self {
            status: if unknown {
                Status::UnknownOperation
            } else {
                Status::Malformed
            },
            message: error.to_string(),
            step: error.step,
            operation: error.operation,
        }
    }

    fn json(&self) -> Value {
        let mut json = json!({ "kind": self.status.name(), "message": self.message });
        if let Some(step) = self.step {
            json["step"] = step.into();
        }
        if let Some(operation) = &self.operation {
            json["operation"] = operation.as_str().into();
        }
        json
    }
}

impl Checker {
    /// With the shipped packs.
    ///
    /// # Errors
    /// Never, as long as the shipped files are packs; a test sees to it.
    pub fn new() -> Result<Self, PackError> {
        Ok(Self {
            pack: Pack::builtin("scene")?,
            cited: gold::cited_pack()?,
            perception: scene::perception(),
            limits: Limits::default(),
        })
    }

    /// Compares the sample's answer with what its functional program finds in its annotation.
    /// `None` if the data set gives no functional program. `scene` is the annotation, where it is
    /// read already.
    pub fn check(
        &self,
        record: &Record,
        scene: Option<&Scene>,
        matcher: Matcher,
    ) -> Option<Agreement> {
        let given = record.program.as_ref()?;
        let (form, compiled) = match given.form {
            ProgramForm::Clevr => ("clevr", gold::compile_clevr(&given.json)),
            ProgramForm::Gqa => ("gqa", gold::compile_gqa(&given.json)),
            ProgramForm::Python => return None,
        };
        let read = match (scene, &record.scene) {
            // CLEVR's needs the size of its image.
            (None, Some(source)) if source.schema != SceneSchema::Clevr => {
                annotation::read(source, (0, 0)).ok()
            }
            _ => None,
        };
        let scene = scene.or(read.as_ref());
        let cited = cited(given);
        let missing = scene.map_or_else(Vec::new, |scene| {
            let known: BTreeSet<&str> = scene.objects.iter().map(|o| o.id.as_str()).collect();
            let missing = cited.iter().filter(|id| !known.contains(id.as_str()));
            missing.map(String::as_str).collect::<Vec<&str>>()
        });
        let mut faults = Vec::new();
        let mut graph = None;
        let mut seen = Vec::new();
        let mut status = Status::Agrees;
        let mut note = None;
        match (compiled, scene) {
            (Err(error), _) => faults.push(Fault::of_program(error)),
            (Ok(_), None) => {
                status = Status::Unchecked;
                note = Some("the sample has no annotation that can be read".to_owned());
            }
            (Ok(_), _) if record.sample.answers.is_empty() => {
                status = Status::Unchecked;
                note = Some("the sample has no answer".to_owned());
            }
            (Ok(program), Some(scene)) => {
                let right = |said: &Said| matches!(said, Said::Answer(text) if matcher.is_right(text, &record.sample.answers));
                let (mut said, trace) = self.run(&self.pack, &program, scene);
                seen = trace;
                let by_words = right(&said);
                if !by_words
                    && given.form == ProgramForm::Gqa
                    && !cited.is_empty()
                    && missing.is_empty()
                    && let Ok(program) = gold::compile_gqa_cited(&given.json)
                {
                    said = self.run(&self.cited, &program, scene).0;
                }
                let answer = record.sample.answer().unwrap_or_default();
                match said {
                    _ if by_words => {}
                    said if right(&said) => status = Status::AgreesByCitation,
                    Said::Unknown(why) => (status, note) = (Status::Unchecked, Some(why)),
                    Said::Answer(text) if ambiguous(given, scene, &[answer, &text]) => {
                        status = Status::Unchecked;
                        note = Some("a comparison between things of one name".into());
                    }
                    Said::Answer(text) => {
                        let text = matcher.own_form(&text, &record.sample.answers);
                        let message = format!(
                            "the data set says “{}”, the scene graph “{}”",
                            cut(answer, TEXT),
                            cut(&text, TEXT)
                        );
                        faults.push(Fault::new(Status::Differs, message));
                        graph = Some(text);
                    }
                    Said::Nothing(why) => {
                        let message = format!(
                            "the data set says “{}”, the scene graph nothing: {}",
                            cut(answer, TEXT),
                            cut(&why, TEXT)
                        );
                        faults.push(Fault::new(Status::NoAnswer, message));
                    }
                }
            }
        }
        if !missing.is_empty() {
            let more = missing.len().saturating_sub(MOST_MISSING);
            let mut list = missing[..missing.len().min(MOST_MISSING)].join(", ");
            if more > 0 {
                list.push_str(&format!(" and {more} more"));
            }
            let message = format!("not in the scene graph: object {list}");
            faults.push(Fault::new(Status::MissingObject, message));
        }
        let Some(first) = faults.first() else {
            let (message, detail) = (note, None);
            return Some(Agreement {
                status,
                message,
                detail,
            });
        };
        let program = serde_json::to_string(&given.json).unwrap_or_default();
        let objects = match cited.is_empty() {
            true => seen,
            false => objects(&cited, scene),
        };
        let origin = &record.origin;
        Some(Agreement {
            status: first.status,
            message: Some(first.message.clone()),
            detail: Some(json!({
                "errors": faults.iter().map(Fault::json).collect::<Vec<Value>>(),
                "scene_graph": graph,
                "form": form,
                "program": (program.len() <= MOST_PROGRAM).then(|| given.json.clone()),
                "objects": objects,
                "file": &*origin.file,
                "line": origin.line,
                "record": origin.record,
            })),
        })
    }

    /// Runs a program over the annotation; also gives the objects that perception showed it.
    fn run(&self, pack: &Pack, program: &str, scene: &Scene) -> (Said, Vec<Value>) {
        let module = match pack.parse(program) {
            Ok(module) => module,
            Err(e) => return (Said::Unknown(e.to_string()), Vec::new()),
        };
        let image = ImageRef {
            sha256: Arc::from(""),
            width: scene.width,
            height: scene.height,
        };
        let mut eyes = Eyes {
            perception: &self.perception,
            views: [View::of_scene(scene)],
        };
        let Run { outcome, trace, .. } = run(
            &module,
            pack,
            &Inputs::image(image),
            &mut eyes,
            &self.limits,
        );
        let said = match outcome {
            Outcome::Returned(value) => Said::Answer(value.text),
            Outcome::Raised(raised) => Said::Nothing(raised.message),
            Outcome::LimitReached { .. } => {
                Said::Unknown("a bound of execution was reached".into())
            }
            Outcome::Suspended(request) => {
                Said::Unknown(format!("`{}` was not answered", request.tool))
            }
        };
        let mut shown = BTreeMap::new();
        for recorded in &trace.answers {
            if let Answer::Detections(detections) = &recorded.answer {
                for d in detections {
                    let id = d.id.clone().unwrap_or_default();
                    let sides = <[f64; 4]>::from(d.bbox);
                    let entry = json!({ "id": id, "name": d.label, "box": sides });
                    shown.entry((id.len(), id)).or_insert(entry);
                }
            }
        }
        (said, shown.into_values().take(MOST_OBJECTS).collect())
    }
}

struct Eyes<'s> {
    perception: &'s Perception,
    views: [View<'s>; 1],
}

impl Answers for Eyes<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(self.perception.answer(&self.views, request))
    }
}

/// Identifiers of the objects that the program's arguments and the question's annotations cite.
fn cited(given: &GoldProgram) -> BTreeSet<String> {
    if given.form != ProgramForm::Gqa {
        return BTreeSet::new();
    }
    let short = |id: &str| id.chars().take(ID).collect::<String>();
    let ids = gold::cited_ids(&given.json);
    let mut ids: BTreeSet<String> = ids.iter().map(|id| short(id)).collect();
    let parts = given.annotations.as_ref().and_then(Value::as_object);
    for part in parts.into_iter().flat_map(|parts| parts.values()) {
        let words = part
            .as_object()
            .into_iter()
            .flat_map(|words| words.values());
        for id in words
            .filter_map(Value::as_str)
            .flat_map(|ids| ids.split(','))
        {
            let id = id.trim();
            if !id.is_empty() && id != "-" {
                ids.insert(short(id));
            }
        }
    }
    ids
}

/// The objects with these identifiers: `name` and `box` null where there is none.
fn objects(ids: &BTreeSet<String>, scene: Option<&Scene>) -> Vec<Value> {
    let find = |id: &String| scene?.objects.iter().find(|o| o.id == *id);
    let entry = |id: &String| match find(id) {
        Some(o) => json!({ "id": id, "name": o.name, "box": <[f64; 4]>::from(o.bbox) }),
        None => json!({ "id": id, "name": null, "box": null }),
    };
    ids.iter().take(MOST_OBJECTS).map(entry).collect()
}

/// Whether the program compares two things (`choose healthier`) of which one shares its name with
/// another object: perception is asked by name then, and may mean that one.
fn ambiguous(given: &GoldProgram, scene: &Scene, names: &[&str]) -> bool {
    let steps = given.json.as_array().map_or(&[][..], Vec::as_slice);
    let compares = steps.iter().any(|step| {
        let operation = step.get("operation").and_then(Value::as_str);
        let two = step.get("dependencies").and_then(Value::as_array);
        two.is_some_and(|two| two.len() == 2)
            && operation.is_some_and(|o| o.starts_with("choose") || o.starts_with("compare"))
    });
    let called = |name: &&str| scene.objects.iter().filter(|o| o.name == **name).count();
    compares && names.iter().any(|name| called(name) > 1)
}
