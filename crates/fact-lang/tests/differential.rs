//! The language against CPython 3.11: runs every program in `differential/` and compares value or
//! exception and printed output with `differential/expected.jsonl`, which
//! `differential/generate.py` writes.
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
use fact_lang::tool::{ImageRef, Recorded};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A pack without any function.
const EMPTY_PACK: &str = "\"\"\"Nothing to call.\"\"\"\nVERSION = \"1\"\n";

#[derive(Debug, Deserialize)]
struct Expected {
    file: String,
    outcome: String,
    repr: Option<String>,
    class: Option<String>,
    message: Option<String>,
    output: String,
}

impl Expected {
    fn shown(&self) -> String {
        let outcome = match (&self.repr, &self.class, &self.message) {
            (Some(repr), ..) => repr.clone(),
            (None, Some(class), Some(message)) => format!("{class}: {message}"),
            _ => String::from("?"),
        };
        format!("{} {outcome}\noutput: {}", self.outcome, self.output)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential")
}

fn expected() -> Vec<Expected> {
    fs::read_to_string(folder().join("expected.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every `folder/name.py`.
fn programs() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for group in fs::read_dir(folder()).unwrap() {
        let group = group.unwrap().path();
        if !group.is_dir() {
            continue;
        }
        for program in fs::read_dir(&group).unwrap() {
            let program = program.unwrap().path();
            if program.extension().is_some_and(|e| e == "py") {
                let parts = [group.file_name(), program.file_name()];
                let parts = parts.map(|part| part.unwrap().to_str().unwrap().to_owned());
                found.insert(parts.join("/"));
            }
        }
    }
    found
}

fn exceptions() -> BTreeMap<String, String> {
    fs::read_to_string(folder().join("exceptions.txt"))
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (file, reason) = line.split_once(": ").expect("PATH: REASON");
            assert!(!reason.trim().is_empty(), "{file}: no reason is given");
            (file.to_owned(), reason.to_owned())
        })
        .collect()
}

/// What Fact makes of a program, in the form of [`Expected::shown`].
fn outcome(source: &str, pack: &Pack) -> String {
    let program = match parse_program(source) {
        Ok(program) => program,
        Err(error) => return format!("refused {error:?}\noutput: "),
    };
    let image = ImageRef {
        sha256: "0".repeat(64).into(),
        width: 640,
        height: 480,
    };
    let mut answers: &[Recorded] = &[];
    let run = run(
        &program,
        pack,
        &Inputs::image(image),
        &mut answers,
        &Limits::default(),
    );
    let outcome = match run.outcome {
        Outcome::Returned(value) => format!("returned {}", value.repr),
        Outcome::Raised(error) => format!("raised {}: {}", error.class, error.message),
        other => format!("{other:?}"),
    };
    format!("{outcome}\noutput: {}", run.output)
}

/// The lines that differ, or the two texts from shortly before they part.
fn difference(want: &str, got: &str) -> String {
    let (wants, gots): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    if wants.len() == gots.len() && wants.len() > 20 {
        let pairs = wants.iter().zip(&gots).filter(|(want, got)| want != got);
        let shown = pairs.map(|(want, got)| format!("  want {want}\n  got  {got}"));
        return shown.take(100).collect::<Vec<_>>().join("\n");
    }
    let same = want
        .chars()
        .zip(got.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let part = |text: &str| {
        text.chars()
            .skip(same.saturating_sub(60))
            .take(200)
            .collect::<String>()
    };
    format!("  want …{}\n  got  …{}", part(want), part(got))
}

#[test]
fn as_cpython() {
    let pack = Pack::load("empty", EMPTY_PACK).unwrap();
    let exceptions = exceptions();
    let expected = expected();
    let listed: BTreeSet<String> = expected.iter().map(|e| e.file.clone()).collect();
    assert_eq!(listed, programs(), "run differential/generate.py");
    for file in exceptions.keys() {
        assert!(listed.contains(file), "exceptions.txt: no program {file}");
    }
    let mut problems = Vec::new();
    for want in &expected {
        let source = fs::read_to_string(folder().join(&want.file)).unwrap();
        let (want_text, got) = (want.shown(), outcome(&source, &pack));
        match (want_text == got, exceptions.get(&want.file)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => problems.push(format!(
                "{}: agrees with CPython; remove it from exceptions.txt",
                want.file
            )),
            (false, None) => {
                problems.push(format!("{}:\n{}", want.file, difference(&want_text, &got)));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {} programs:\n{}",
        problems.len(),
        expected.len(),
        problems.join("\n")
    );
}

/// Keeps `expected.jsonl` honest where CPython 3.11 is at hand.
#[test]
fn expectations_are_current() {
    let script = folder().join("generate.py");
    let run = Command::new("python3.11")
        .args(["-W", "ignore"])
        .arg(script)
        .arg("--stdout")
        .output();
    let output = match run {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("Traceback") => {
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        }
        _ => {
            eprintln!("skipped: python3.11 is not available");
            return;
        }
    };
    let fresh = String::from_utf8(output).unwrap();
    let committed = fs::read_to_string(folder().join("expected.jsonl")).unwrap();
    let stale: Vec<&str> = fresh
        .lines()
        .zip(committed.lines())
        .filter(|(a, b)| a != b)
        .map(|(a, _)| a)
        .collect();
    assert!(
        fresh == committed,
        "run differential/generate.py; differing:\n{}",
        stale.join("\n")
    );
}
