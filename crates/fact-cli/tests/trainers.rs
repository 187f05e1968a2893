//! Exports for trainers: the two tasks, and what trainers' own code makes of the files.
//!
//! The latter needs Python with the trainers' packages: `FACT_TRAINERS_PYTHON` names one interpreter or
//! several (divided as in `PATH`). `docs/trainers.md` says how to make them.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use support::{data, fact, rows, run};

#[test]
fn each_task_has_a_file_with_its_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // One question of one picture, labelled both ways: no program is right twice, so one of the two
    // teaches its answer only. And a sample without a label.
    let name = data(folder, 2, 2);
    let path = folder.join("data/data.jsonl");
    let mut lines = std::fs::read_to_string(&path).unwrap();
    for (id, answer) in [
        ("yes", r#","answer":"true""#),
        ("no", r#","answer":"false""#),
        ("unlabelled", ""),
    ] {
        lines.push_str(&format!(
            r#"{{"id":"{id}","image":"images/0-0.png","question":"There are exactly 2 <image> squares"{answer}}}"#
        ));
        lines.push('\n');
    }
    std::fs::write(&path, lines).unwrap();
    run(folder, &name, "run", &["--accept", "v1"]);
    let export = |more: &[&str]| {
        let mut command = fact(folder);
        command.args(["export", "run", "--out", "out", "--images"]);
        command.args(more).assert()
    };
    export(&[
        "--format",
        "trl,sharegpt,llava,ms-swift,openai",
        "--tasks",
        "label,rationale",
        "--style",
        "think",
    ])
    .success();

    let labels = rows(&folder.join("out/trl-label.jsonl"));
    let rationales = rows(&folder.join("out/trl-rationale.jsonl"));
    assert!(!rationales.is_empty());
    let has = |rows: &[Value], id: &str| rows.iter().any(|row| row["id"] == id);
    assert!(has(&labels, "yes") && has(&labels, "no"));
    assert!(!(has(&rationales, "yes") && has(&rationales, "no")));
    assert!(!has(&labels, "unlabelled"), "no answer, nothing to teach");
    for row in &labels {
        assert_eq!(row["task"], "label");
        let answer = row["completion"][0]["content"][0]["text"].as_str().unwrap();
        assert!(matches!(answer, "true" | "false"), "{answer}");
        let asked = row["prompt"][0]["content"][1]["text"].as_str().unwrap();
        assert!(asked.starts_with("[label] "), "{asked}");
        assert!(!asked.contains('<'), "a question brings no marker: {asked}");
    }
    for row in &rationales {
        assert_eq!(row["task"], "rationale");
        let asked = row["prompt"][0]["content"][1]["text"].as_str().unwrap();
        assert!(asked.starts_with("[rationale] There are"), "{asked}");
        let text = row["completion"][0]["content"][0]["text"].as_str().unwrap();
        assert!(text.starts_with("<think>"), "{text}");
        assert!(has(&labels, row["id"].as_str().unwrap()));
    }
    // The other formats hold the same samples, and the prefix behind the images.
    for (file, count) in [
        ("sharegpt-label.json", labels.len()),
        ("llava-label.json", labels.len()),
        ("ms-swift-label.jsonl", labels.len()),
        ("openai-label.jsonl", labels.len()),
        ("sharegpt-rationale.json", rationales.len()),
        ("openai-rationale.jsonl", rationales.len()),
    ] {
        let written = rows(&folder.join("out").join(file));
        assert_eq!(written.len(), count, "{file}");
    }
    let shared = rows(&folder.join("out/sharegpt-label.json"));
    let asked = shared[0]["conversations"][0]["value"].as_str().unwrap();
    assert!(asked.starts_with("<image>\n[label] "), "{asked}");
    let record = std::fs::read_to_string(folder.join("out/trl-label.jsonl.export.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["task"], "label");

    // Rows of people and checkers hold both tasks anyway.
    let refused = export(&["--format", "jsonl", "--tasks", "label"]).code(2);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(told.contains("leave out --tasks"), "{told}");
    let refused = export(&["--format", "trl", "--tasks", "labels"]).code(2);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(told.contains("label, rationale"), "{told}");
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that does nothing says so")]
fn trainers_read_what_is_exported() {
    let Some(pythons) = std::env::var_os("FACT_TRAINERS_PYTHON") else {
        eprintln!(
            "skipped: FACT_TRAINERS_PYTHON names no Python; docs/trainers.md says how to make one"
        );
        return;
    };
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/trainers");
    for python in std::env::split_paths(&pythons) {
        let ended = Command::new(&python)
            .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
            .arg(&tests)
            .env("FACT", assert_cmd::cargo::cargo_bin("fact"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .status();
        assert!(ended.unwrap().success(), "{}", python.display());
    }
}
