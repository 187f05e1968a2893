//! `fact teach` and `fact eval` with the real program: rows in, a student and predictions out.
#![cfg(feature = "student")]
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use image::{Rgb, RgbImage};
use std::fmt::Write;
use std::path::Path;
use support::fact;

const TEACH: [&str; 25] = [
    "teach",
    "--train",
    "rows.jsonl",
    "--val",
    "rows.jsonl",
    "--images",
    "images",
    "--out",
    "students",
    "--size",
    "32x1",
    "--image",
    "16x16",
    "--steps",
    "40",
    "--batch",
    "4",
    "--warmup",
    "5",
    "--rate",
    "0.005",
    "--validate-every",
    "20",
    "--checkpoint-every",
    "10",
];

fn rows(folder: &Path) {
    std::fs::create_dir_all(folder.join("images")).unwrap();
    let mut rows = String::new();
    for (name, colour) in [("red", [220, 0, 0]), ("blue", [0, 0, 220])] {
        let image = RgbImage::from_fn(
            32,
            32,
            |x, _| if x < 12 { Rgb(colour) } else { Rgb([200; 3]) },
        );
        image
            .save(folder.join(format!("images/{name}.png")))
            .unwrap();
        writeln!(
            rows,
            "{{\"id\":\"{name}\",\"image\":\"{name}.png\",\"question\":\"What colour?\",\"answer\":\"{name}\",\"rationale\":\"There is {name}.\"}}"
        )
        .unwrap();
    }
    std::fs::write(folder.join("rows.jsonl"), rows).unwrap();
}

/// The log without its times.
fn log(folder: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("students/32x1/log.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("seconds");
        line
    });
    lines.collect()
}

#[test]
fn a_killed_training_goes_on_to_the_same_curve_and_student() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    let mut args = TEACH.to_vec();
    let steps = args.iter().position(|arg| *arg == "40").unwrap();
    args[steps] = "400";
    for folder in [&whole, &killed] {
        std::fs::create_dir(folder).unwrap();
        rows(folder);
    }
    fact(&whole).args(&args).assert().success();
    let state = killed.join("students/32x1/state.safetensors");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("fact"))
        .args(&args)
        .current_dir(&killed)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !state.is_file() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(!status.success(), "it was done before it could be killed");
    fact(&killed).args(&args).assert().success();
    assert_eq!(log(&whole), log(&killed));
    let [a, b] = [&whole, &killed]
        .map(|folder| std::fs::read(folder.join("students/32x1/model.safetensors")).unwrap());
    assert!(a == b, "the students differ");

    // A state that is cut off is refused, not trained over.
    let bytes = std::fs::read(&state).unwrap();
    std::fs::write(&state, &bytes[..bytes.len() / 2]).unwrap();
    let said = error(&killed, &args);
    assert!(said.contains("is not a whole safetensors file"), "{said}");
    assert!(said.contains("hint: "), "{said}");
}

#[test]
fn trainings_share_a_vocabulary() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    rows(folder);
    fact(folder).args(TEACH).assert().success();
    let mut label = TEACH.to_vec();
    let out = label.iter().position(|arg| *arg == "students").unwrap();
    label[out] = "label";
    label.extend([
        "--objective",
        "label",
        "--vocabulary",
        "students/vocabulary.json",
    ]);
    fact(folder).args(&label).assert().success();
    let parameters = |out: &str| {
        let text = std::fs::read_to_string(folder.join(out).join("summary.json")).unwrap();
        let all: serde_json::Value = serde_json::from_str(&text).unwrap();
        all[0]["outcome"]["parameters"].as_u64().unwrap()
    };
    assert_eq!(parameters("label"), parameters("students"));
    std::fs::write(folder.join("students/vocabulary.json"), "[]").unwrap();
    label[out] = "other";
    let said = error(folder, &label);
    assert!(
        said.contains("students/vocabulary.json is not a vocabulary"),
        "{said}"
    );
    std::fs::write(folder.join("small.json"), r#"{"positions":8,"pieces":[]}"#).unwrap();
    let at = label
        .iter()
        .position(|arg| arg.ends_with("vocabulary.json"))
        .unwrap();
    label[at] = "small.json";
    let said = error(folder, &label);
    assert!(said.contains("the student reads at most 8"), "{said}");
}

fn error(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).args(args).assert().code(2);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_student_is_taught_and_asked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    rows(folder);
    fact(folder).args(TEACH).assert().success();
    for name in [
        "model.safetensors",
        "state.safetensors",
        "log.jsonl",
        "loss.svg",
        "accuracy.svg",
    ] {
        assert!(folder.join("students/32x1").join(name).is_file(), "{name}");
    }
    assert!(folder.join("students/summary.json").is_file());
    let eval = [
        "eval",
        "students/32x1",
        "--data",
        "rows.jsonl",
        "--images",
        "images",
    ];
    let assert = fact(folder).args(eval).assert().success();
    let said = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(said.starts_with("2 of 2 right (100.0 %)"), "{said}");
    let predictions = std::fs::read_to_string(folder.join("predictions.jsonl")).unwrap();
    assert_eq!(
        predictions,
        "{\"id\":\"red\",\"answer\":\"red\"}\n{\"id\":\"blue\",\"answer\":\"blue\"}\n"
    );
}

#[test]
fn what_is_wrong_is_said_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    rows(folder);
    let mut naive = TEACH.to_vec();
    naive.extend(["--objective", "naive"]);
    assert!(error(folder, &naive).contains("no row has a text under `naive`"));
    let good = std::fs::read_to_string(folder.join("rows.jsonl")).unwrap();
    for (from, to, expected) in [
        (
            "red.png",
            "../rows.jsonl",
            "row `red`: the image path `../rows.jsonl` climbs with `..`",
        ),
        ("\"answer\":\"blue\",", "", "answer"),
        (
            "blue.png",
            "none.png",
            "row `blue`: the image `none.png` does not exist",
        ),
    ] {
        std::fs::write(folder.join("rows.jsonl"), good.replace(from, to)).unwrap();
        let said = error(folder, &TEACH);
        assert!(said.contains(expected), "{said}");
    }
    std::fs::write(folder.join("rows.jsonl"), good).unwrap();
    std::fs::write(folder.join("students.safetensors"), b"{}").unwrap();
    let eval = [
        "eval",
        "students.safetensors",
        "--data",
        "rows.jsonl",
        "--images",
        "images",
    ];
    assert!(error(folder, &eval).contains("is not a whole safetensors file"));
}
