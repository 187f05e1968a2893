//! `fact experiment` with the real program: a tiny one, killed and gone on with, and what is refused.
#![cfg(feature = "student")]
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::fact;

const TINY: &str = r#"
title = "Tiny"
sizes = ["32x1"]
seeds = [0, 1]
steps = 12
rates = [0.002, 0.004]
captions = 10

[scenes]
seed = 3
samples = 80
held_out = 16
width = 48
height = 48
max_objects = 5
noise = 0
grid = "4x4"

[start]
samples = 20
steps = 6
rate = 0.004

[student]
stride = 12
batch = 4
warmup = 4
validate_every = 4
checkpoint_every = 2

[[arm]]
name = "label"
learns = "answer"

[[arm]]
name = "label-long"
learns = "answer"
work_of = "fact"
rates = [0.002]

[[arm]]
name = "fact"
learns = "fact"

[[arm]]
name = "placebo"
learns = "placebo"
rates = [0.002]

[[arm]]
name = "caption"
learns = "caption"
rates = [0.002]

[[arm]]
name = "naive"
learns = "naive"
rates = [0.002]
"#;

const ARGS: [&str; 5] = ["experiment", "tiny.toml", "--out", "out", "--jobs"];

/// Columns of a CSV file without those of times.
fn untimed(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let kept = |line: &str| {
        let cells = line.split(',').zip(&head);
        let cells = cells.filter(|(_, name)| **name != "seconds");
        cells.map(|(cell, _)| cell).collect::<Vec<_>>().join(",")
    };
    lines.map(kept).collect()
}

#[test]
fn a_killed_experiment_goes_on_to_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let killed = folder.path().join("killed");
    for folder in [&whole, &killed] {
        std::fs::create_dir(folder).unwrap();
        std::fs::write(folder.join("tiny.toml"), TINY).unwrap();
    }
    fact(&whole).args(ARGS).arg("2").assert().success();
    // Killed at some instant of each of several stages, with another number of trainings at once.
    let done = || std::fs::read_dir(killed.join("out/cells")).map_or(0, Iterator::count);
    for cells in [0, 1, 4] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("fact"))
            .args(ARGS)
            .arg("1")
            .current_dir(&killed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while done() <= cells && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    fact(&killed).args(ARGS).arg("1").assert().success();
    // Each seed has its start, and no arm learned from what it described.
    let starts = whole.join("out/starts");
    let learned = |seed: u8| {
        std::fs::read_to_string(starts.join(format!("32x1-seed{seed}/learned.jsonl"))).unwrap()
    };
    assert_eq!(std::fs::read_dir(&starts).unwrap().count(), 2);
    assert_eq!(learned(0), learned(1));
    assert_eq!(learned(0).lines().count(), 20 + 16);
    for at in [0, 59, 60, 79] {
        let id = format!("\"scenes-3-train-{at}-caption\"");
        assert_eq!(learned(0).contains(&id), at >= 60, "{id}");
    }
    for name in ["results.csv", "cells.csv", "curves.csv"] {
        let [a, b] = [&whole, &killed].map(|folder| untimed(&folder.join("out").join(name)));
        assert_eq!(a, b, "{name}");
    }
    let cells = untimed(&whole.join("out/cells.csv"));
    // Two arms try two rates with the first seed; all take one with the other.
    assert_eq!(cells.len(), 2 + 2 + 4 + 6, "{cells:?}");
    let steps: BTreeMap<&str, u64> = cells
        .iter()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[1], cells[4].parse().unwrap())
        })
        .collect();
    assert_eq!((steps["label"], steps["fact"]), (12, 12));
    assert!(steps["label-long"] > 14, "{steps:?}");
    let shapes: Vec<&str> = cells.iter().map(|l| l.split(',').nth(5).unwrap()).collect();
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{cells:?}");

    let rows = std::fs::read_to_string(whole.join("out/rows.jsonl")).unwrap();
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut facts, mut placebos) = (Vec::new(), Vec::new());
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        for column in ["fact", "placebo", "caption", "naive"] {
            let text = row[column].as_str().unwrap();
            *words.entry(column).or_default() += text.split_whitespace().count();
        }
        facts.push(row["fact"].to_string());
        placebos.push(row["placebo"].to_string());
    }
    assert_eq!(facts.len(), 60);
    assert_ne!(facts, placebos);
    facts.sort();
    placebos.sort();
    assert_eq!(facts, placebos);
    assert!(
        words["caption"].abs_diff(words["fact"]) * 5 < words["fact"],
        "{words:?}"
    );
    assert!(words["naive"] > words["fact"], "{words:?}");

    let table = std::fs::read_to_string(whole.join("out/results.md")).unwrap();
    for part in [
        "fact experiment tiny.toml",
        "### Right answers",
        "| arm | iid | pairs | forms | length |",
        "| fact − placebo |",
        "random, false yes",
        "CHAIRi",
        "### Families, in distribution",
        "it learned to describe 20 other training",
        "| 32x1 | 1 | ",
    ] {
        assert!(table.contains(part), "no `{part}` in {table}");
    }
    assert!(whole.join("out/curves-32x1-tokens.svg").is_file());
}

#[test]
fn what_cannot_be_done_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = TINY
        .replace("seeds = [0, 1]", "seeds = [0]")
        .replace("samples = 80", "samples = 40")
        .replace("steps = 12", "steps = 2")
        .replace("rates = [0.002, 0.004]", "rates = [0.002]")
        .split("[[arm]]")
        .take(2)
        .collect::<Vec<_>>()
        .join("[[arm]]");
    let error = |text: &str| {
        std::fs::write(folder.join("tiny.toml"), text).unwrap();
        let assert = fact(folder).args(ARGS).arg("1").assert().code(2);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let said = error(&small.replace("[student]", "[student]\nstrides = 4"));
    assert!(said.contains("unknown field `strides`"), "{said}");
    let keeping = format!("{small}\nkeep = [\"transfer:lift>0\"]\n");
    let keeping = keeping.replace("learns = \"answer\"", "learns = \"fact\"");
    let said = error(&keeping);
    assert!(said.contains("has no scores of verifiers"), "{said}");
    // Without rationales the vocabulary is another, and so is the student to begin with.
    let said = error(&small);
    assert!(said.contains("its settings differ"), "{said}");
    std::fs::remove_dir_all(folder.join("out")).unwrap();
    fact(folder).args(ARGS).arg("1").assert().success();
    let said = error(&small.replace("seed = 3", "seed = 4"));
    assert!(said.contains("were drawn with other options"), "{said}");
    let said = error(&small.replace("rate = 0.004", "rate = 0.003"));
    assert!(said.contains("its settings differ"), "{said}");
    let said = error(&small.replace("samples = 20", "samples = 40"));
    assert!(
        said.contains("`start`: samples is 40; must be 1 to 39"),
        "{said}"
    );
    let said = error(&small.replace("\nsteps = 2", "\nsteps = 3"));
    assert!(said.contains("it was done with other settings"), "{said}");
    let said = error(&small.replace("\nbatch = 4", "\nbatch = 5"));
    assert!(said.contains("differ"), "{said}");
    // Another rate is another training, and those that are done stay.
    let more = small.replace("rates = [0.002]", "rates = [0.002, 0.004]");
    std::fs::write(folder.join("tiny.toml"), more).unwrap();
    let assert = fact(folder).args(ARGS).arg("1").assert().success();
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(
        !said.contains("rate0.002: ") && said.contains("rate0.004: "),
        "{said}"
    );
    let predictions = folder.join("out/cells/label-32x1-seed0-rate0.002/predictions-iid.jsonl");
    let text = std::fs::read_to_string(&predictions).unwrap();
    let cut = text.lines().take(3).collect::<Vec<_>>().join("\n");
    std::fs::write(&predictions, cut).unwrap();
    let said = error(&small);
    assert!(said.contains("3 of 16 answers"), "{said}");
}

#[test]
fn the_transfer_filter_compares_as_many_kept_as_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let head = TINY
        .replace("seeds = [0, 1]", "seeds = [0]")
        .replace("rates = [0.002, 0.004]", "rates = [0.002]")
        .replace("steps = 12", "steps = 4");
    let head = head.split("[[arm]]").next().unwrap();
    let arm = |which: &str| {
        format!(
            "[[arm]]\nname = \"{which}\"\nlearns = \"fact\"\nkeep = [\"transfer:lift>0\"]\nrationales = \"{which}\"\n"
        )
    };
    let judges = "[transfer]\nsize = \"32x1\"\nsteps = 80\nfolds = 2\nbatch = 4\nwarmup = 2\n";
    let arms = ["kept", "rejected", "any"].map(arm).concat();
    let text = format!("{head}{judges}{arms}");
    std::fs::write(folder.join("tiny.toml"), &text).unwrap();
    let told = |code: i32| {
        let assert = fact(folder).args(ARGS).arg("2").assert().code(code);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let first = told(0);
    assert!(
        first.contains("student:32x1/steps80/seed0/folds2/"),
        "{first}"
    );
    let table = std::fs::read_to_string(folder.join("out/results.md")).unwrap();
    let counts = |arm: &str| -> Vec<usize> {
        let start = format!("| {arm} | transfer:lift\\>0 |");
        let row = table.lines().find_map(|line| line.strip_prefix(&start));
        let row = row.unwrap_or_else(|| panic!("no {arm} in {table}"));
        let cells = row
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    let kept = counts("kept");
    let [helped, not, unscored, learned] = kept.as_slice() else {
        panic!("{kept:?}");
    };
    assert_eq!(helped + not + unscored, 60);
    assert_eq!(learned, helped.min(not));
    assert!(*learned > 0 && counts("rejected") == kept && counts("any") == kept);
    for part in [
        "| kept − rejected |",
        "lift over placebo",
        "leakage-adjusted",
    ] {
        assert!(table.contains(part), "no `{part}` in {table}");
    }
    // Nobody is trained again, and other judges are another experiment.
    assert!(!told(0).contains("0 of 4 steps done"));
    std::fs::write(
        folder.join("tiny.toml"),
        text.replace("folds = 2", "folds = 3"),
    )
    .unwrap();
    let said = told(2);
    assert!(said.contains("it was done with other settings"), "{said}");
}
