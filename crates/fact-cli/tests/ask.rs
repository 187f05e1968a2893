//! `fact ask`: one question about one image, with the real binary.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use support::fact;

/// A drawn image with a question about it and the right answer, by the name `a.png`.
fn drawn(folder: &Path, answer: &str) -> String {
    let synth = [
        "synth",
        "--quiet",
        "--out",
        "data",
        "--samples",
        "40",
        "--seed",
        "8",
    ];
    fact(folder).args(synth).assert().success();
    let rows = std::fs::read_to_string(folder.join("data/samples.jsonl")).unwrap();
    let rows = rows
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    // A question that the bank answers on its own, whatever else is drawn.
    let wanted = |row: &Value| {
        let question = row["question"].as_str().unwrap();
        row["answer"] == answer && question.contains("triangle")
    };
    let row = rows.into_iter().find(wanted).unwrap();
    let image = folder.join("data").join(row["image"].as_str().unwrap());
    std::fs::copy(image, folder.join("a.png")).unwrap();
    row["question"].as_str().unwrap().to_owned()
}

/// Standard output and standard error of `fact ask` with these arguments.
fn ask(folder: &Path, args: &[&str], code: i32) -> (String, String) {
    let out = fact(folder).arg("ask").args(args).assert().code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        text(&out.get_output().stdout),
        text(&out.get_output().stderr),
    )
}

/// The folders of questions.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .filter(|p| p.extension().is_some_and(|e| e == "fact"))
        .collect();
    found.sort();
    found
}

#[test]
fn an_answer_comes_with_its_proof_and_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let question = drawn(folder, "true");
    let (out, err) = ask(folder, &["a.png", &question], 0);
    let [own] = &folders(folder)[..] else {
        panic!("{:?}", folders(folder));
    };
    let row = std::fs::read_to_string(own.join("answer.jsonl")).unwrap();
    let row: Value = serde_json::from_str(&row).unwrap();
    let (answer, rationale) = (
        row["predicted"].as_str().unwrap(),
        row["rationale"].as_str().unwrap(),
    );
    assert!(out.starts_with(answer) && out.contains(rationale), "{out}");
    assert!(
        out.contains("confidence") && out.contains("def execute_command"),
        "{out}"
    );
    assert!(
        err.contains("answer.jsonl") && err.contains("boxes.svg"),
        "{err}"
    );
    let rows = own.join("answer.jsonl");
    let check = fact(folder)
        .arg("check")
        .arg(&rows)
        .arg("--images")
        .arg(own)
        .assert()
        .success();
    let told = String::from_utf8_lossy(&check.get_output().stdout).into_owned();
    assert!(
        told.contains("1 certificates checked, 0 rejected"),
        "{told}"
    );

    // Every box of the rationale is in the picture, and each sentence below it.
    let picture = std::fs::read_to_string(own.join("boxes.svg")).unwrap();
    let steps = row["steps"].as_array().unwrap();
    let boxes: usize = steps
        .iter()
        .map(|step| step["boxes"].as_array().unwrap().len())
        .sum();
    assert!(boxes > 0, "{row}");
    assert_eq!(picture.matches("stroke-width").count(), boxes);
    assert!(picture.contains("data:image/png;base64,"));

    // Asked again it is the same run; another question has another folder.
    assert_eq!(ask(folder, &["a.png", &question], 0).0, out);
    assert_eq!(folders(folder).len(), 1);
    let (out, _) = ask(
        folder,
        &["a.png", "There is a black triangle.", "--json"],
        0,
    );
    let row: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(row["question"], "There is a black triangle.");
    assert_eq!(folders(folder).len(), 2);
}

#[test]
fn markup_in_a_question_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, "false");
    let hostile = "There is a <script>alert(1)</script> & a \u{1b}[31mblack \"item\"";
    let (out, err) = ask(folder, &["a.png", hostile, "--out", "q"], 0);
    assert!(
        !out.contains('\u{1b}') && !err.contains('\u{1b}'),
        "{out}{err}"
    );
    let picture = std::fs::read_to_string(folder.join("q/boxes.svg")).unwrap();
    assert!(
        !picture.contains("<script") && !picture.contains('\u{1b}'),
        "{picture}"
    );
    assert!(picture.contains("&lt;script&gt;"));
}

#[test]
fn what_cannot_be_asked_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let question = drawn(folder, "true");
    let (_, err) = ask(folder, &["none.png", &question], 2);
    assert!(err.contains("none.png") && err.contains("hint:"), "{err}");
    let (_, err) = ask(folder, &["a.png", "  "], 2);
    assert!(err.contains("question is empty"), "{err}");
    let whole = std::fs::read(folder.join("a.png")).unwrap();
    std::fs::write(folder.join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    let (out, err) = ask(folder, &["cut.png", &question], 2);
    assert!(out.is_empty() && err.contains("truncated"), "{out}{err}");
    // A folder belongs to one question about one image.
    ask(folder, &["a.png", &question, "--out", "q"], 0);
    let (_, err) = ask(
        folder,
        &["a.png", "There is a blue circle.", "--out", "q"],
        2,
    );
    assert!(err.contains("hint:"), "{err}");
    // v0 is for runs without answers only.
    let run = [
        "run",
        "--data",
        "synth:data",
        "--accept",
        "v0",
        "--out",
        "r",
    ];
    let out = fact(folder).args(run).assert().code(2);
    let told = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(told.contains("hide"), "{told}");
}
