//! `docs/language.md` says what is so: each row of its tables is tried.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;

use common::{go, outcome};
use fact_lang::run::{Limits, Outcome};
use fact_lang::syntax::{SyntaxErrorKind, parse_program};
use std::path::Path;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language.md");
    std::fs::read_to_string(path).expect("docs/language.md")
}

/// The rows of the table in a section: its cells.
fn rows(document: &str, section: &str) -> Vec<Vec<String>> {
    let heading = format!("\n## {section}\n");
    let (_, rest) = document.split_once(&heading).expect("the section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let rows: Vec<Vec<String>> = section
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            // A bar within a cell is written `\|`.
            let line = line.trim_matches('|').replace("\\|", "\u{0}");
            let cells = line.split('|');
            cells
                .map(|cell| cell.trim().replace('\u{0}', "|"))
                .collect()
        })
        .collect();
    assert!(!rows.is_empty(), "no table under {heading}");
    rows
}

/// The pieces of code in a cell.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// A function whose body is the example; `⏎` stands for a new line.
fn function(example: &str) -> String {
    let lines: Vec<String> = example
        .split('⏎')
        .map(|line| format!("    {}", line.strip_prefix(' ').unwrap_or(line).trim_end()))
        .collect();
    format!("def execute_command():\n{}\n", lines.join("\n"))
}

fn returns(source: &str) {
    let run = go(source);
    assert!(
        matches!(run.outcome, Outcome::Returned(_)),
        "{source}{}",
        outcome(&run)
    );
}

#[test]
fn examples_run() {
    let document = document();
    for row in rows(&document, "Statements") {
        for example in code(&row[1]) {
            returns(&function(example));
        }
    }
    for row in rows(&document, "Expressions") {
        for example in code(&row[1]) {
            returns(&function(&format!("return {example}")));
        }
    }
}

#[test]
fn refused_examples_are_refused() {
    for row in rows(&document(), "Refused before the program runs") {
        for example in code(&row[1]) {
            let source = function(example);
            match parse_program(&source) {
                Ok(_) => panic!("accepted:\n{source}"),
                Err(error) => assert_eq!(
                    error.kind,
                    SyntaxErrorKind::UnsupportedSyntax,
                    "{source}{error}"
                ),
            }
        }
    }
}

#[test]
fn builtins_are_there() {
    let document = document();
    for row in rows(&document, "Builtins") {
        for name in code(&row[1]) {
            returns(&function(&format!("return {name}")));
        }
    }
    let (_, rest) = document
        .split_once("Not there (a `NameError`):")
        .expect("the names that are not there");
    let (absent, _) = rest.split_once("\n## ").expect("a section after them");
    for name in code(absent) {
        let run = go(&function(&format!("return {name}")));
        assert_eq!(
            outcome(&run),
            format!("NameError: name '{name}' is not defined")
        );
    }
}

#[test]
fn methods_are_there() {
    for row in rows(&document(), "Methods") {
        let receiver = code(&row[0])[0].to_owned();
        for name in code(&row[1]) {
            returns(&function(&format!("return ({receiver}).{name}")));
            // No name is there just because any would be.
            let run = go(&function(&format!("return ({receiver}).{name}_of_nothing")));
            assert!(
                outcome(&run).starts_with("AttributeError"),
                "{}",
                outcome(&run)
            );
        }
    }
}

#[test]
fn modules_are_there() {
    for row in rows(&document(), "Modules") {
        let module = code(&row[0])[0].to_owned();
        for name in code(&row[1]) {
            returns(&function(&format!(
                "import {module} as m ⏎ return m.{name}"
            )));
            returns(&function(&format!(
                "from {module} import {name} ⏎ return {name}"
            )));
        }
    }
}

#[test]
fn limits_are_the_defaults() {
    let defaults = serde_json::to_value(Limits::default()).expect("limits are JSON");
    let mut written = serde_json::Map::new();
    for row in rows(&document(), "Limits") {
        let default: u64 = row[1].parse().expect("a number");
        written.insert(code(&row[0])[0].to_owned(), default.into());
    }
    assert_eq!(defaults, serde_json::Value::Object(written));
}
