//! `fact check` and `fact schema`: what is proved, what is not, and files that mean harm.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed step fails the test"
)]

mod again;
mod attacks;
mod json_schema;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod tamper;

use serde_json::Value;
use std::path::Path;
use support::fact;

/// What `fact check --json` says of a file or run, and its exit code.
fn check(folder: &Path, target: &str, more: &[&str]) -> (Value, i32) {
    let output = fact(folder)
        .args(["check", target, "--json"])
        .args(more)
        .output()
        .unwrap();
    let code = output.status.code().expect("it ended by itself");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!(
            "{e}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (report, code)
}

/// Rows of an export.
fn rows(export: &str) -> Vec<Value> {
    let row = |line: &str| serde_json::from_str(line).unwrap();
    export.lines().map(row).collect()
}

/// Rows as a file.
fn write_rows<'a>(path: &Path, rows: impl IntoIterator<Item = &'a Value>) {
    let lines: String = rows.into_iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(path, lines).unwrap();
}

/// Reasons for the rejection of the row on each line, from 1; none where it holds.
fn reasons(report: &Value, lines: usize) -> Vec<Vec<String>> {
    let mut reasons = vec![Vec::new(); lines];
    for rejected in report["rejections"].as_array().unwrap() {
        let place = rejected["place"].as_str().unwrap();
        let (_, line) = place.rsplit_once(':').unwrap();
        let told = rejected["reasons"].as_array().unwrap();
        reasons[line.parse::<usize>().unwrap() - 1] = told
            .iter()
            .map(|reason| reason.as_str().unwrap().to_owned())
            .collect();
    }
    reasons
}
