//! What `fact exec` says of a run.

use crate::stages::verify::limit_name;
use fact_lang::ast::{Module, Span};
use fact_lang::run::{Outcome, Run};
use fact_lang::syntax::SyntaxError;
use fact_lang::syntax::salvage::{Cut, Unsalvageable};
use fact_lang::tool::{Answer, Arg, BBox};
use serde::Serialize;
use std::collections::BTreeMap;

/// The object that `fact exec --json` prints; `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// `returned`, `raised`, `limit`, `syntax_error` or `unsalvageable`.
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

/// Of a program that does not parse.
pub(super) fn syntax_report(source: &str, error: &SyntaxError) -> Report {
    let at = (error.line, error.column);
    unread_report("syntax_error", "SyntaxError", &error.message, source, at)
}

/// Of a completion that holds no program.
pub(super) fn unsalvageable_report(source: &str, error: &Unsalvageable) -> Report {
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
    /// As a JSON object.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(object)) => object,
            // A struct of plain data is an object.
            _ => serde_json::Map::new(),
        }
    }

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

/// Of a run.
pub(super) fn report(program: &Module, run: &Run) -> Report {
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
        // Runs end before they are reported on.
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
