//! Running programs on images, outside of any run: what `fact exec` does.

pub mod batch;
mod report;
mod trace;

pub use report::{Call, Exception, Location, Report, Salvage};

use crate::back_end::BackEnd;
use crate::calls::{AskError, CallLog, MemoryLog};
use crate::datasets::{ImageSource, SceneSchema, SceneSource};
use crate::stages::{Material, Perceiver, PrepareError, Prepared, execute};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Limits, Run};
use fact_lang::syntax::salvage::{self, Salvaged};
use fact_models::DecodeLimits;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The text of a program.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A program, run as it stands.
    Program(&'a str),
    /// What a language model wrote: the program is salvaged from it, as the continuation of
    /// [`salvage::HEADER`] if it has no function of its own.
    Completion(&'a str),
}

impl<'a> Source<'a> {
    /// A completion, or else a program.
    pub fn new(text: &'a str, is_completion: bool) -> Self {
        match is_completion {
            true => Self::Completion(text),
            false => Self::Program(text),
        }
    }

    /// The program; or what to report if there is none.
    fn read(self, pack: &Pack) -> Result<(Module, Option<Salvage>), Box<Report>> {
        let (text, salvage) = match self {
            Self::Program(text) => (text.to_owned(), None),
            Self::Completion(text) => {
                let Salvaged {
                    program,
                    header,
                    cuts,
                } = salvage::salvage(text, Some(salvage::HEADER))
                    .map_err(|error| Box::new(report::unsalvageable_report(text, &error)))?;
                let salvage = Salvage {
                    program: program.clone(),
                    header,
                    cuts,
                };
                (program, Some(salvage))
            }
        };
        match pack.parse(&text) {
            Ok(program) => Ok((program, salvage)),
            Err(error) => Err(Box::new(report::syntax_report(&text, &error))),
        }
    }
}

/// What a program is run on.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Images.
    pub images: Vec<ImageSource>,
    /// Annotation of the first image.
    pub scene: Option<Arc<Value>>,
    /// What the program's parameters `question` and `query` are bound to.
    pub question: String,
    /// What its parameter `possible_answers` is bound to.
    pub choices: Vec<String>,
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

/// Why nothing was executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// The images or the annotation cannot be used.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The perception behind a wire cannot be asked.
    #[error("the perception has no answer: {0}")]
    Ask(#[from] AskError),
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl Execution {
    /// The trace as `docs/formats.md` describes it; none if the program does not parse.
    pub fn trace_json(&self, pack: &Pack) -> Option<Value> {
        let (program, run) = (self.program.as_ref()?, self.run.as_ref()?);
        Some(trace::trace_json(&run.trace, program, pack))
    }
}

impl ExecError {
    /// Whether the user asked for it.
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Ask(AskError::Stopped))
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(e) => e.hint(),
            Self::Prepare(_) | Self::Thread(_) => None,
        }
    }
}

/// Runs a program. When `stop` becomes true, it does not wait for answers any more.
///
/// # Errors
/// If the images or the annotation cannot be used, or the perception cannot be asked. A program
/// that fails is a result.
pub fn exec(
    source: Source<'_>,
    pack: &Pack,
    back_end: &BackEnd,
    subject: &Subject,
    limits: &Limits,
    stop: &AtomicBool,
) -> Result<Execution, ExecError> {
    let prepared = subject.prepare(back_end)?;
    let at_work = back_end.start(|_| {
        let log: Box<dyn CallLog> = Box::<MemoryLog>::default();
        Ok::<_, ExecError>(log)
    })?;
    let programs = [source];
    let mut executions = exec_all(
        &programs,
        pack,
        at_work.perceiver(),
        &prepared,
        limits,
        &|| stop.load(Ordering::Relaxed),
    )?;
    // One program, one execution.
    executions.pop().ok_or_else(|| AskError::Stopped.into())
}

/// Runs programs on one subject; one execution each.
fn exec_all(
    sources: &[Source<'_>],
    pack: &Pack,
    perceiver: Perceiver<'_>,
    prepared: &Prepared,
    limits: &Limits,
    halted: &dyn Fn() -> bool,
) -> Result<Vec<Execution>, AskError> {
    let read: Vec<_> = sources.iter().map(|source| source.read(pack)).collect();
    let programs: Vec<&Module> = read.iter().flatten().map(|(program, _)| program).collect();
    let samples = std::slice::from_ref(prepared);
    let keep = |_, _, run| run;
    let executed = execute(&programs, samples, pack, perceiver, limits, halted, keep)?;
    let mut runs = executed.into_iter().flat_map(|sample| sample.runs);
    let executions = read.into_iter().map(|read| match read {
        Err(report) => Some(Execution {
            program: None,
            run: None,
            report: *report,
        }),
        Ok((program, salvage)) => runs.next().map(|run| Execution {
            report: Report {
                salvage,
                ..report::report(&program, &run)
            },
            program: Some(program),
            run: Some(run),
        }),
    });
    Ok(executions.flatten().collect())
}

impl Subject {
    fn prepare(&self, back_end: &BackEnd) -> Result<Prepared, PrepareError> {
        let absent = [ImageSource::Absent {
            relative: "scene".to_owned(),
        }];
        let images = match &self.images[..] {
            [] => &absent[..],
            images => images,
        };
        let scene = self.scene.as_ref().map(|json| SceneSource {
            schema: schema(json),
            json: json.clone(),
        });
        let material = Material {
            images,
            scene: scene.as_ref(),
            question: &self.question,
            choices: &self.choices,
        };
        Prepared::new(material, back_end.looks(), &DecodeLimits::default())
    }
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
