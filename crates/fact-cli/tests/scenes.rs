//! `fact synth --world scenes` and what is made of it, with the real binary.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use support::fact;

const DRAW: [&str; 9] = [
    "synth",
    "--world",
    "scenes",
    "--out",
    "data",
    "--samples",
    "40",
    "--held-out",
    "20",
];

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn stdout(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).args(args).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn stderr(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).args(args).assert().code(2);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn gold_programs_are_right_and_their_certificates_hold() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let told = stdout(folder, &DRAW);
    assert!(told.contains("220 samples in data"), "{told}");
    for split in ["train", "pairs", "forms", "length", "presence-adversarial"] {
        let data = format!("synth:data/{split}");
        let run = format!("run-{split}");
        let gold = [
            "--pack",
            "scene",
            "--perception",
            "scene",
            "--propose",
            "gold",
        ];
        fact(folder)
            .args(["run", "--quiet", "--data", &data, "--out", &run])
            .args(gold)
            .assert()
            .success();
        let summary = std::fs::read_to_string(folder.join(&run).join("summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        let of = |stage: &str| {
            let found = summary
                .pointer(&format!("/funnel/{stage}"))
                .and_then(Value::as_u64);
            found.unwrap_or_else(|| panic!("no {stage} in {summary:#}"))
        };
        assert_eq!(of("accepted"), of("samples"), "{split}");
        let checked = stdout(folder, &["check", &run]);
        assert!(
            checked.contains("certificates checked, 0 rejected"),
            "{checked}"
        );
        stdout(
            folder,
            &["export", &run, "--format", "jsonl", "--out", "out"],
        );
        // The exported rows join with what the generator tells of them.
        let ids = |path: &Path| -> BTreeSet<String> {
            let rows = lines(path).into_iter();
            rows.map(|row| row["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let known = folder.join("data").join(split).join("samples.jsonl");
        assert_eq!(ids(&folder.join("out/samples.jsonl")), ids(&known));
        let exported = lines(&folder.join("out/samples.jsonl"));
        let exported: BTreeMap<&str, &Value> = exported
            .iter()
            .map(|row| (row["id"].as_str().unwrap(), row))
            .collect();
        for row in lines(&known) {
            let out = exported[row["id"].as_str().unwrap()];
            for (column, known) in [
                ("family", "family"),
                ("split", "split"),
                ("group", "group"),
                ("scene", "scene_id"),
            ] {
                assert_eq!(out[column], row[known], "{column}");
            }
            for column in ["family", "form", "wording", "caption", "question", "answer"] {
                assert!(row[column].is_string(), "{column}");
            }
            assert_eq!(row["split"], split);
        }
    }
}

#[test]
fn the_labels_are_those_that_metrics_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fact(folder).args(DRAW).assert().success();
    let mut yes = String::new();
    for label in lines(&folder.join("data/presence-popular/pope.jsonl")) {
        let id = label["question_id"].as_str().unwrap();
        yes.push_str(&format!("{{\"id\": \"{id}\", \"answer\": \"Yes\"}}\n"));
    }
    std::fs::write(folder.join("yes.jsonl"), yes).unwrap();
    let data = "data/presence-popular/pope.jsonl";
    let args = [
        "metrics",
        "pope",
        "--data",
        data,
        "--predictions",
        "yes.jsonl",
    ];
    let told = stdout(folder, &args);
    let row = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(row("yes ratio"), "1.0");
    assert_eq!(row("recall"), "1.0");

    let mut captions = String::new();
    for row in lines(&folder.join("data/captions/samples.jsonl")) {
        let caption = serde_json::json!({"id": row["id"], "caption": row["caption"]});
        captions.push_str(&format!("{caption}\n"));
    }
    std::fs::write(folder.join("captions.jsonl"), captions).unwrap();
    let data = "data/captions/chair.jsonl";
    let args = [
        "metrics",
        "chair",
        "--data",
        data,
        "--predictions",
        "captions.jsonl",
    ];
    let told = stdout(folder, &args);
    let line = told
        .lines()
        .find(|line| line.starts_with("CHAIRi"))
        .unwrap();
    assert_eq!(line.split_whitespace().nth(1), Some("0.0"), "{told}");
}

#[test]
fn wrong_options_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let draw = |more: &[&str]| {
        let mut args = vec!["synth", "--world", "scenes", "--out", "x"];
        args.extend(more);
        stderr(folder, &args)
    };
    for (more, expected) in [
        (
            &["--objects", "0-0"][..],
            "`objects` is 0-0; expected FEWEST-MOST",
        ),
        (
            &["--objects", "3-99"],
            "`objects` is 3-99; the most must be 5 to 10",
        ),
        (&["--objects", "many"], "expected FEWEST-MOST, such as 3-7"),
        (
            &["--width", "100000"],
            "`width` is 100000; an image is 48 to 512 pixels",
        ),
        (&["--noise", "99"], "`noise` is 99"),
        (
            &["--splits", "train,nonsense"],
            "unknown split `nonsense`, expected one of: train",
        ),
        (
            &["--smoothing", "off"],
            "`--smoothing` is a flag of the world `blocks`",
        ),
    ] {
        let told = draw(more);
        assert!(told.contains(expected), "{told}");
    }
    let told = stderr(folder, &["synth", "--out", "x", "--width", "96"]);
    assert!(
        told.contains("`--width` is a flag of the world `scenes`"),
        "{told}"
    );
    assert!(!folder.join("x").exists());
}
