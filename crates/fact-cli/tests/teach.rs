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
