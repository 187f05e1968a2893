//! Runs the literate specification of the language in `docs/spec/language/*.md`.
//!
//! A case is a `python` block, run with the answers of the last `answers` block (a JSON object from
//! question to answer) under the limits of a `limits` block, if one precedes it. Three blocks
//! follow: `outcome`, `trace`, and `depends`, the backward closure of the result in the source:
//! what it depends on, and behind `not` what ran without being part of why. A further `answers`
//! block in the same section runs the program again. `FACT_UPDATE_SPEC=1 cargo test -p fact-lang
//! --test spec` writes what comes out into the files, to be read before it is committed.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step fails the test"
)]

mod common;

use common::{Scripted, detection, image, outcome};
use fact_lang::ast::{Module, Span};
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Arg, Request};
use fact_lang::trace::{EventId, EventKind, Trace};
use serde_json::{Map, Value};
use std::path::Path;

/// The pack of the specification: four primitives and a class, with little of their own to trace.
const API: &str = r#""""What the specification asks."""
VERSION = "1"


@primitive
def yes(region: Region, question: str) -> bool:
    ...


@primitive
def number(region: Region, question: str) -> int:
    ...


@primitive
def text(region: Region, question: str) -> str:
    ...


@primitive
def look(region: Region, question: str) -> List[Detection]:
    ...


def ask(image, question: str) -> bool:
    """Is it so?"""
    return yes(image, question)


def count(image, question: str) -> int:
    """How many?"""
    return number(image, question)


def name(image, question: str) -> str:
    """What is it?"""
    return text(image, question)


def find(image, question: str) -> List[Thing]:
    """The things of a name."""
    return [Thing(d.region.left) for d in look(image, question)]


class Thing:
    """A thing that was found."""

    def __init__(self, left):
        self.left = left
"#;

/// A fenced block, or the text between two.
struct Block {
    /// `None` for text.
    language: Option<String>,
    content: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut language = None;
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let Some(fence) = line.strip_prefix("```") else {
            lines.push(line);
            continue;
        };
        let content = lines.join("\n");
        lines.clear();
        match language.take() {
            None => {
                out.push(Block {
                    language: None,
                    content,
                });
                language = Some(fence.to_owned());
            }
            open => out.push(Block {
                language: open,
                content,
            }),
        }
    }
    out.push(Block {
        language: None,
        content: lines.join("\n"),
    });
    out
}

fn answer(answers: &Map<String, Value>, request: &Request) -> Option<Answer> {
    let (_, Arg::Str(question)) = &request.args[0] else {
        panic!("a question is text");
    };
    Some(match answers.get(question)? {
        Value::Bool(b) => Answer::Bool(*b),
        Value::Number(n) => Answer::Number(n.as_f64().unwrap()),
        Value::String(s) => Answer::Text(s.clone()),
        Value::Array(lefts) => Answer::Detections(
            lefts
                .iter()
                .map(|left| left.as_f64().unwrap())
                .map(|left| detection("thing", [left, 0.0, left + 10.0, 10.0]))
                .collect(),
        ),
        Value::Object(error) => Answer::Error(error["error"].as_str().unwrap().to_owned()),
        Value::Null => panic!("no answer is null"),
    })
}

/// What comes out of a case, block by block.
fn case(
    source: &str,
    answers: &Map<String, Value>,
    limits: &Limits,
) -> [(&'static str, String); 3] {
    let pack = Pack::load("spec", API).unwrap();
    let program = match parse_program(source) {
        Ok(program) => program,
        Err(error) => {
            let refused = format!("refused: {error}");
            return [
                ("outcome", refused),
                ("trace", String::new()),
                ("depends", String::new()),
            ];
        }
    };
    let mut table = Scripted(|request: &Request| answer(answers, request));
    let inputs = Inputs::image(image());
    let run = run(&program, &pack, &inputs, &mut table, limits);
    [
        ("outcome", ended(&run, &program)),
        ("trace", run.trace.render(&program, &pack)),
        ("depends", depends(&run, &program)),
    ]
}

fn ended(run: &Run, program: &Module) -> String {
    let at = |span: Span| {
        let (line, _) = program.line_column(span.start);
        format!(" at {line} `{}`", first_line(program.text(span)))
    };
    let mut text = outcome(run);
    match &run.outcome {
        Outcome::Raised(raised) => text.push_str(&at(raised.span)),
        Outcome::LimitReached { span, .. } => text.push_str(&at(*span)),
        Outcome::Suspended(request) => {
            let (_, question) = &request.args[0];
            text = format!("{text}: {question:?}");
        }
        Outcome::Returned(_) => {}
    }
    if !run.output.is_empty() {
        text = format!("{text}\nprinted: {:?}", run.output);
    }
    text
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The event that the run is asked about: its result, or what it raised.
fn root(trace: &Trace, outcome: &Outcome) -> Option<EventId> {
    let raised = |(i, _)| EventId(i as u32);
    match outcome {
        Outcome::Returned(_) => trace.result,
        Outcome::Raised(_) => trace
            .events
            .iter()
            .enumerate()
            .rfind(|(_, event)| event.kind == EventKind::Raise)
            .map(raised),
        _ => None,
    }
}

/// The closure of the result in the source: the largest expressions and the headers of compound
/// statements that are in it; behind `not` those that ran and are not.
fn depends(run: &Run, program: &Module) -> String {
    let Some(root) = root(&run.trace, &run.outcome) else {
        return String::new();
    };
    let closure = run.trace.closure([root]);
    let mut used = vec![false; program.spans.len()];
    let mut ran = vec![false; program.spans.len()];
    for (event, in_closure) in run.trace.events.iter().zip(&closure) {
        let node = event.node.node as usize;
        let implicit = matches!(event.kind, EventKind::Start | EventKind::Input)
            || program
                .text(program.spans[node.min(used.len() - 1)])
                .starts_with("def ");
        if !event.node.pack && !implicit {
            used[node] |= *in_closure;
            ran[node] = true;
        }
    }
    let unused: Vec<bool> = ran.iter().zip(&used).map(|(r, u)| *r && !*u).collect();
    let mut lines = shown(program, &used, "");
    let (mut asked, mut not_asked) = (Vec::new(), Vec::new());
    for call in &run.trace.tool_calls {
        let (_, question) = &run.trace.answers[call.answer as usize].request.args[0];
        let Arg::Str(question) = question else {
            panic!("a question is text");
        };
        if closure[call.event.index()] {
            asked.push(format!("{question:?}"));
        } else {
            not_asked.push(format!("{question:?}"));
        }
    }
    if !asked.is_empty() {
        lines.push(format!("answers: {}", asked.join(", ")));
    }
    lines.extend(shown(program, &unused, "not "));
    if !not_asked.is_empty() {
        lines.push(format!("not answers: {}", not_asked.join(", ")));
    }
    lines.join("\n")
}

/// The marked nodes that no other marked node on one line holds, in the order of the source.
fn shown(program: &Module, marked: &[bool], prefix: &str) -> Vec<String> {
    let spans: Vec<Span> = (0..marked.len())
        .filter(|node| marked[*node])
        .map(|node| program.spans[node])
        .collect();
    let holds = |outer: &Span, inner: &Span| {
        (outer.start, outer.end) != (inner.start, inner.end)
            && outer.start <= inner.start
            && inner.end <= outer.end
            && !program.text(*outer).contains('\n')
    };
    let mut largest: Vec<Span> = spans
        .iter()
        .filter(|span| !spans.iter().any(|outer| holds(outer, span)))
        .copied()
        .collect();
    largest.sort_by_key(|span| (span.start, span.end));
    largest.dedup_by_key(|span| (span.start, span.end));
    largest
        .into_iter()
        .map(|span| {
            let (line, _) = program.line_column(span.start);
            format!("{prefix}{line} {}", first_line(program.text(span)))
        })
        .collect()
}

/// Runs the cases of a file; returns what it should say, the number of cases and what differs.
fn checked(file: &str, text: &str) -> (String, usize, Vec<String>) {
    let mut answers = Map::new();
    let mut limits = Limits::default();
    let mut program: Option<String> = None;
    let mut made: Vec<(&'static str, String)> = Vec::new();
    let (mut out, mut cases, mut failures, mut title) =
        (String::new(), 0, Vec::new(), String::new());
    for block in blocks(text) {
        let Some(language) = block.language else {
            if block.content.trim().is_empty() {
                out.push_str(if made.is_empty() { &block.content } else { "" });
                continue;
            }
            flush(&mut made, &mut out, &title, &mut failures);
            if let Some(heading) = block
                .content
                .lines()
                .rev()
                .find_map(|l| l.strip_prefix("## "))
            {
                title = format!("{file} “{heading}”");
                program = None;
                limits = Limits::default();
            }
            out.push_str(&block.content);
            out.push('\n');
            continue;
        };
        if matches!(language.as_str(), "outcome" | "trace" | "depends") {
            if let Some(at) = made.iter().position(|(name, _)| *name == language) {
                let (name, comes_out) = made.remove(at);
                if comes_out.trim_end() != block.content.trim_end() {
                    failures.push(format!(
                        "{title}: {name}\n--- written\n{}\n--- comes out\n{comes_out}",
                        block.content
                    ));
                }
                fenced(&mut out, name, &comes_out);
            }
            continue;
        }
        flush(&mut made, &mut out, &title, &mut failures);
        fenced(&mut out, &language, &block.content);
        match language.as_str() {
            "answers" => answers = serde_json::from_str(&block.content).expect("answers are JSON"),
            "limits" => limits = serde_json::from_str(&block.content).expect("limits are JSON"),
            "python" => program = Some(format!("{}\n", block.content)),
            other => panic!("{title}: a block of `{other}`"),
        }
        if let (Some(source), "python" | "answers") = (&program, language.as_str()) {
            cases += 1;
            made = case(source, &answers, &limits).into();
            made.retain(|(_, text)| !text.is_empty());
        }
    }
    flush(&mut made, &mut out, &title, &mut failures);
    (out, cases, failures)
}

/// What came out of a case and is not written yet.
fn flush(
    made: &mut Vec<(&'static str, String)>,
    out: &mut String,
    title: &str,
    failures: &mut Vec<String>,
) {
    for (name, text) in made.drain(..) {
        failures.push(format!("{title}: no block {name}"));
        fenced(out, name, &text);
    }
}

fn fenced(out: &mut String, language: &str, content: &str) {
    out.push_str(&format!("```{language}\n{}\n```\n", content.trim_end()));
}

#[test]
fn every_case_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/language");
    let update = std::env::var_os("FACT_UPDATE_SPEC").is_some();
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("docs/spec/language")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.sort();
    let (mut cases, mut failures) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let name = file.file_name().unwrap().to_string_lossy();
        let (comes_out, n, differ) = checked(&name, &text);
        cases += n;
        failures.extend(differ);
        if update {
            std::fs::write(&file, comes_out).expect("a writable file");
        }
    }
    assert!(cases >= 80, "only {cases} cases found");
    assert!(update || failures.is_empty(), "{}", failures.join("\n"));
}
