//! Random well-typed programs against CPython 3.11: value or exception, printed output and order
//! of tool calls. `random_programs/generate.py` draws them and says what CPython makes of them;
//! `random_programs/sample.jsonl` is a committed run of it.
//!
//! `FACT_RANDOM_PROGRAMS` (500) and `FACT_RANDOM_SEED` (1) say how many are drawn afresh.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, ImageRef, Request};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Debug, Deserialize)]
struct Line {
    seed: u64,
    index: u64,
    source: String,
    outcome: String,
    repr: Option<String>,
    class: Option<String>,
    message: Option<String>,
    output: String,
    tools: Vec<String>,
    requests: Vec<String>,
}

impl Line {
    fn shown(&self) -> String {
        let outcome = match (&self.repr, &self.class, &self.message) {
            (Some(repr), ..) => repr.clone(),
            (None, Some(class), Some(message)) => format!("{class}: {message}"),
            _ => String::from("?"),
        };
        let (tools, requests) = (self.tools.join("\n"), self.requests.join("\n"));
        format!(
            "{} {outcome}\noutput: {}\ntools: {tools}\nrequests: {requests}",
            self.outcome, self.output
        )
    }
}

/// Perception that answers by the characters of the question, as `generate.py` has it.
struct Stub;

impl Answers for Stub {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let [(_, Arg::Str(question))] = &request.args[..] else {
            return None;
        };
        let n = question
            .chars()
            .fold(0u64, |n, c| (n * 31 + u64::from(u32::from(c))) % 1_000_003);
        if n % 17 == 3 {
            return Some(Answer::Error(format!("no answer to {n}")));
        }
        Some(match request.tool.as_str() {
            "ask" => Answer::Text(format!("word{}", n % 7)),
            "count" => Answer::Number((n % 5) as f64),
            "score" => Answer::Number((n % 11) as f64 / 4.0),
            _ => Answer::Bool(n % 2 == 0),
        })
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/random_programs")
}

fn pack() -> Pack {
    let source = std::fs::read_to_string(folder().join("tools.py")).unwrap();
    Pack::load("tools", &source).unwrap()
}

/// What Fact makes of a program, in the form of [`Line::shown`].
fn outcome(source: &str, pack: &Pack) -> String {
    let program = match parse_program(source) {
        Ok(program) => program,
        Err(error) => return format!("refused {error}"),
    };
    let image = ImageRef {
        sha256: "0".repeat(64).into(),
        width: 640,
        height: 480,
    };
    let run = run(
        &program,
        pack,
        &Inputs::image(image),
        &mut Stub,
        &Limits::default(),
    );
    let outcome = match run.outcome {
        Outcome::Returned(value) => format!("returned {}", value.repr),
        Outcome::Raised(error) => format!("raised {}: {}", error.class, error.message),
        other => format!("{other:?}"),
    };
    let shown = |request: &Request| match &request.args[..] {
        [(_, Arg::Str(question))] => format!("{} {question}", request.tool),
        other => format!("{} {other:?}", request.tool),
    };
    let answers = &run.trace.answers;
    let calls = run.trace.tool_calls.iter();
    let tools: Vec<String> = calls
        .map(|call| shown(&answers[call.answer as usize].request))
        .collect();
    let requests: Vec<String> = answers.iter().map(|a| shown(&a.request)).collect();
    format!(
        "{outcome}\noutput: {}\ntools: {}\nrequests: {}",
        run.output,
        tools.join("\n"),
        requests.join("\n")
    )
}

/// A program that differs: the first line that does, and where it comes from.
struct Difference {
    want: String,
    got: String,
    program: String,
}

fn compare(line: &Line, pack: &Pack) -> Option<Difference> {
    let (want, got) = (line.shown(), outcome(&line.source, pack));
    if want == got {
        return None;
    }
    let (mut wants, mut gots) = (want.split('\n'), got.split('\n'));
    loop {
        let (want, got) = (wants.next(), gots.next());
        if want != got || want.is_none() {
            return Some(Difference {
                want: want.unwrap_or("(no more lines)").to_owned(),
                got: got.unwrap_or("(no more lines)").to_owned(),
                program: format!("seed {} index {}\n{}", line.seed, line.index, line.source),
            });
        }
    }
}

/// Fails on any difference, showing one of each kind (equal but for digits).
fn report(compared: usize, differing: &[Difference]) {
    let kind = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let mut kinds = BTreeMap::new();
    for d in differing {
        kinds.entry((kind(&d.want), kind(&d.got))).or_insert(d);
    }
    let shown: Vec<String> = kinds
        .values()
        .map(|d| format!("want {}\ngot  {}\n--- {}", d.want, d.got, d.program))
        .collect();
    assert!(
        differing.is_empty(),
        "{} of {compared} programs differ:\n{}",
        differing.len(),
        shown.join("\n")
    );
}

#[test]
fn the_committed_sample_is_as_cpython_has_it() {
    let pack = pack();
    let text = std::fs::read_to_string(folder().join("sample.jsonl")).unwrap();
    let lines: Vec<Line> = text
        .lines()
        .filter(|line| !line.starts_with("{\"left_out\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() >= 300);
    let differing: Vec<Difference> = lines.iter().filter_map(|l| compare(l, &pack)).collect();
    report(lines.len(), &differing);
}

#[test]
fn fresh_programs_are_as_cpython_has_them() {
    let number = |name: &str, default: &str| std::env::var(name).unwrap_or(default.into());
    let is_there = Command::new("python3.11")
        .args([
            "-c",
            "import sys; sys.exit(sys.version_info[:2] != (3, 11))",
        ])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        eprintln!("skipped: python3.11 is not available");
        return;
    }
    let mut child = Command::new("python3.11")
        .args(["-B", "-W", "ignore"])
        .arg(folder().join("generate.py"))
        .args(["--seed", &number("FACT_RANDOM_SEED", "1")])
        .args(["--count", &number("FACT_RANDOM_PROGRAMS", "500")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pack = pack();
    let (mut compared, mut differing, mut left_out) = (0, Vec::new(), String::new());
    let mut limited = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("{\"left_out\"") {
            left_out = line;
            continue;
        }
        let line: Line = serde_json::from_str(&line).unwrap();
        match compare(&line, &pack) {
            // A list that is doubled in a nested loop, say: CPython has no such limit.
            Some(d) if d.got.starts_with("LimitReached") => limited += 1,
            found => {
                differing.extend(found);
                compared += 1;
            }
        }
    }
    assert!(child.wait().unwrap().success());
    assert!(!left_out.is_empty(), "generate.py ended early");
    eprintln!("compared {compared} programs, {limited} more reached a limit; {left_out}");
    assert!(limited * 1_000 <= compared, "{limited} reached a limit");
    report(compared, &differing);
}
