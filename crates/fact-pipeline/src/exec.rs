//! Running one program on one image, outside of any run: what `fact exec` shows.

use crate::config::PerceptionKind;
use crate::datasets::{ImageSource, SceneSchema, SceneSource};
use crate::stages::verify::limit_name;
use crate::stages::{Eyes, Material, PrepareError, Prepared};
use fact_lang::ast::{Module, Span};
use fact_lang::pack::Pack;
use fact_lang::run::{Limits, Outcome, Run, run};
use fact_lang::syntax::SyntaxError;
use fact_lang::syntax::salvage::{self, Cut, Salvaged, Unsalvageable};
use fact_lang::tool::{Answer, Arg, BBox};
use fact_models::DecodeLimits;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The text of a program.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A program, run as it stands.
    Program(&'a str),
    /// What a language model wrote: the program is salvaged from it, as the continuation of
    /// [`salvage::HEADER`] if it has no function of its own.
    Completion(&'a str),
}

/// What a program is run on.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Images: name and encoded bytes.
    pub images: Vec<(String, Arc<[u8]>)>,
    /// Annotation of the first image.
    pub scene: Option<Value>,
    /// What the program's parameter `question` is bound to.
    pub question: String,
}

/// A finished execution.
#[derive(Debug)]
pub struct Execution {
    /// The program; `None` if it does not parse.
    pub program: Option<Module>,
    /// The run; `None` if it does not parse.
    pub run: Option<Run>,
    /// As an object: what `--json` prints.
    pub report: Report,
}

/// The object that `fact exec --json` prints; `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// `returned`, `raised`, `limit`, `suspended`, `syntax_error` or `unsalvageable`.
    pub outcome: &'static str,
    /// Python's `repr` of the value returned.
    pub value: Option<String>,
    /// Python's `str` of it.
    pub text: Option<String>,
    /// Its Python type.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// The exception that ended the run, or the syntax error.
    pub exception: Option<Exception>,
    /// The limit that ended it.
    pub limit: Option<&'static str>,
    /// Where it was raised or reached.
    pub location: Option<Location>,
    /// Calls of perception, in order.
    pub calls: Vec<Call>,
    /// Evaluation steps taken.
    pub steps: u64,
    /// What was printed.
    pub output: String,
    /// How the program was taken from a completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salvage: Option<Salvage>,
}

/// How a program was taken from a completion; `program` is `header` followed by the completion
/// without `cuts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Salvage {
    /// The program that was run.
    pub program: String,
    /// What the prompt had of it.
    pub header: String,
    /// What was left out.
    pub cuts: Vec<Cut>,
}

/// A Python exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// Its class.
    #[serde(rename = "type")]
    pub class: String,
    /// Its message.
    pub message: String,
}

/// A place in the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// The source text there.
    pub source: String,
}

/// A call of perception.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The primitive.
    pub tool: String,
    /// Index of the image.
    pub image: usize,
    /// left, top, right, bottom in pixels.
    pub region: BBox,
    /// Other arguments by name.
    pub args: BTreeMap<String, Arg>,
    /// What it answered.
    pub answer: Answer,
}

/// Runs a program.
///
/// # Errors
/// If the images or the annotation cannot be used. A program that fails is a result.
pub fn exec(
    source: Source<'_>,
    pack: &Pack,
    kind: PerceptionKind,
    subject: &Subject,
    limits: &Limits,
) -> Result<Execution, PrepareError> {
    let (perception, looks) = crate::engine::perception(kind);
    let image = |(name, bytes): &(String, Arc<[u8]>)| ImageSource::Bytes {
        name: name.clone(),
        bytes: bytes.clone(),
    };
    let mut images: Vec<ImageSource> = subject.images.iter().map(image).collect();
    if images.is_empty() {
        let relative = "scene".to_owned();
        images.push(ImageSource::Absent { relative });
    }
    let scene = subject.scene.as_ref().map(|json| SceneSource {
        schema: schema(json),
        json: Arc::new(json.clone()),
    });
    let material = Material {
        images: &images,
        scene: scene.as_ref(),
        question: &subject.question,
        choices: &[],
    };
    let prepared = Prepared::new(material, looks, &DecodeLimits::default())?;
    let unread = |report| Execution {
        program: None,
        run: None,
        report,
    };
    let (text, salvaged) = match source {
        Source::Program(text) => (text.to_owned(), None),
        Source::Completion(text) => match salvage::salvage(text, Some(salvage::HEADER)) {
            Ok(Salvaged {
                program,
                header,
                cuts,
            }) => {
                let salvage = Salvage {
                    program: program.clone(),
                    header,
                    cuts,
                };
                (program, Some(salvage))
            }
            Err(error) => return Ok(unread(unsalvageable_report(text, &error))),
        },
    };
    let program = match pack.parse(&text) {
        Ok(program) => program,
        Err(error) => return Ok(unread(syntax_report(&text, &error))),
    };
    let mut eyes = Eyes::new(&prepared, &perception);
    let run = run(&program, pack, &prepared.inputs, &mut eyes, limits);
    Ok(Execution {
        report: Report {
            salvage: salvaged,
            ..report(&program, &run)
        },
        program: Some(program),
        run: Some(run),
    })
}

/// The schema of an annotation, by its shape: a list is NLVR's `structured_rep`, `objects` by id
/// are a GQA scene graph, objects with `3d_coords` a CLEVR scene, everything else is Fact's own.
fn schema(json: &Value) -> SceneSchema {
    match json.get("objects") {
        _ if json.is_array() => SceneSchema::Nlvr,
        Some(Value::Object(_)) => SceneSchema::Gqa,
        Some(Value::Array(objects)) if objects.iter().any(|o| o.get("3d_coords").is_some()) => {
            SceneSchema::Clevr
        }
        _ => SceneSchema::Fact,
    }
}

fn syntax_report(source: &str, error: &SyntaxError) -> Report {
    let at = (error.line, error.column);
    unread_report("syntax_error", "SyntaxError", &error.message, source, at)
}

fn unsalvageable_report(source: &str, error: &Unsalvageable) -> Report {
    let at = (error.line, error.column);
    let message = error.reason.to_string();
    unread_report("unsalvageable", "Unsalvageable", &message, source, at)
}

fn unread_report(
    outcome: &'static str,
    class: &str,
    message: &str,
    source: &str,
    (line, column): (u32, u32),
) -> Report {
    let text = source.lines().nth(line as usize - 1);
    Report {
        outcome,
        exception: Some(Exception {
            class: class.to_owned(),
            message: message.to_owned(),
        }),
        location: Some(Location {
            line,
            column,
            source: text.unwrap_or_default().trim().to_owned(),
        }),
        ..Report::empty()
    }
}

impl Report {
    fn empty() -> Self {
        Self {
            outcome: "",
            value: None,
            text: None,
            type_name: None,
            exception: None,
            limit: None,
            location: None,
            calls: Vec::new(),
            steps: 0,
            output: String::new(),
            salvage: None,
        }
    }
}

fn report(program: &Module, run: &Run) -> Report {
    let call = |call: &fact_lang::trace::ToolCall| {
        let recorded = &run.trace.answers[call.answer as usize];
        Call {
            tool: recorded.request.tool.clone(),
            image: recorded.request.image,
            region: recorded.request.region,
            args: recorded.request.args.iter().cloned().collect(),
            answer: recorded.answer.clone(),
        }
    };
    let base = Report {
        calls: run.trace.tool_calls.iter().map(call).collect(),
        steps: run.steps,
        output: run.output.clone(),
        ..Report::empty()
    };
    match &run.outcome {
        Outcome::Returned(value) => Report {
            outcome: "returned",
            value: Some(value.repr.clone()),
            text: Some(value.text.clone()),
            type_name: Some(value.type_name.clone()),
            ..base
        },
        Outcome::Raised(raised) => Report {
            outcome: "raised",
            exception: Some(Exception {
                class: raised.class.clone(),
                message: raised.message.clone(),
            }),
            location: location(program, raised.span),
            ..base
        },
        Outcome::LimitReached { limit, span } => Report {
            outcome: "limit",
            limit: Some(limit_name(*limit)),
            location: location(program, *span),
            ..base
        },
        Outcome::Suspended(_) => Report {
            outcome: "suspended",
            ..base
        },
    }
}

/// The place of a span; `None` for the empty span that stands for nowhere.
fn location(program: &Module, span: Span) -> Option<Location> {
    if span.end == 0 || span.end as usize > program.source.len() {
        return None;
    }
    let (line, column) = program.line_column(span.start);
    let source = program.text(span).lines().next().unwrap_or_default();
    Some(Location {
        line,
        column,
        source: source.to_owned(),
    })
}
