//! Running a program: inputs, limits and typed outcomes.

use crate::ast::{Module, Span};
use crate::pack::Pack;
use crate::tool::{Answers, ImageRef, Request};
use crate::trace::Trace;
use serde::{Deserialize, Serialize};

/// Bounds of one run. Each gives a typed outcome when reached. They restart with every replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Evaluation steps (statements, expressions, iterations, elements processed by builtins).
    pub steps: u64,
    /// Nested calls. Reaching it raises Python's `RecursionError`.
    pub depth: u32,
    /// Bytes allocated by values over the whole run (nothing is freed before its end).
    pub heap: u64,
    /// Bytes printed.
    pub output: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Events in the trace.
    pub events: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 1_000_000,
            depth: 100,
            heap: 64 << 20,
            output: 64 << 10,
            tool_calls: 1_000,
            events: 2_000_000,
        }
    }
}

/// Which bound was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// [`Limits::steps`]
    Steps,
    /// [`Limits::heap`]
    Heap,
    /// [`Limits::output`]
    Output,
    /// [`Limits::tool_calls`]
    ToolCalls,
    /// [`Limits::events`]
    Events,
}

/// What the entry function's parameter of a given name is bound to.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// One image (index into [`Inputs::images`]), wrapped by the pack where it says so.
    Image(usize),
    /// A list of images: several pictures, or the frames of a video in order.
    Images(Vec<usize>),
    /// Images by name, in the order given: a dict.
    Named(Vec<(String, usize)>),
    /// `None`: a parameter that programs only pass on, such as the annotation of a video, which
    /// perception knows of without them.
    Nothing,
    /// Text, such as the question.
    Text(String),
    /// Texts, such as possible answers.
    Texts(Vec<String>),
}

/// Inputs of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inputs {
    /// The images that requests index.
    pub images: Vec<ImageRef>,
    /// Arguments by parameter name.
    pub values: Vec<(String, Input)>,
}

impl Inputs {
    /// The usual case: one image, bound to `image` (and to `img`, and to VisProg's `IMAGE`).
    pub fn image(image: ImageRef) -> Self {
        Self {
            images: vec![image],
            values: vec![
                ("image".into(), Input::Image(0)),
                ("img".into(), Input::Image(0)),
                ("IMAGE".into(), Input::Image(0)),
            ],
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The entry function returned.
    Returned(Returned),
    /// A Python exception reached the top.
    Raised(Raised),
    /// A limit was reached.
    LimitReached {
        /// Which.
        limit: Limit,
        /// Where in the program (the call site, if within the pack).
        span: Span,
    },
    /// An answer is missing; run again with it.
    Suspended(Request),
}

/// The value a program returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// Python's `repr`.
    pub repr: String,
    /// Python's `str`: what answers are compared with.
    pub text: String,
    /// Python's type name.
    pub type_name: String,
}

/// An exception.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// Python's class name, such as `IndexError`.
    pub class: String,
    /// Python's `str` of it.
    pub message: String,
    /// Where in the program (the call site, if within the pack).
    pub span: Span,
}

/// A finished (or suspended) run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// What happened up to there.
    pub trace: Trace,
    /// Steps taken.
    pub steps: u64,
    /// What was printed.
    pub output: String,
}

/// Executes `program`'s entry function: a pure function of its arguments.
///
/// The module body runs first (definitions, assignments); then the entry function, named by
/// [`Pack::entry`] (`execute_command`, or else the only function defined), is called with the
/// parameters that `inputs` name. A snippet ([`Pack::result_of`]) has no such function: its inputs
/// are globals, and the global of the pack's `RESULT` is what it returns.
pub fn run(
    program: &Module,
    pack: &Pack,
    inputs: &Inputs,
    answers: &mut dyn Answers,
    limits: &Limits,
) -> Run {
    crate::interp::execute(program, pack, inputs, answers, limits, false)
}

/// How a run without trace ended.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// How it ended.
    pub outcome: Outcome,
    /// Steps taken: fewer than [`run`] counts, which also counts its bookkeeping.
    pub steps: u64,
}

/// [`run`] without its trace, for who asks only how a program ends; it takes about half the time.
///
/// Same value, exception or open question as [`run`]. Only its limits reach further: no events are
/// counted, and neither the steps nor the bytes of pictures of values.
pub fn end(
    program: &Module,
    pack: &Pack,
    inputs: &Inputs,
    answers: &mut dyn Answers,
    limits: &Limits,
) -> End {
    let run = crate::interp::execute(program, pack, inputs, answers, limits, true);
    End {
        outcome: run.outcome,
        steps: run.steps,
    }
}
