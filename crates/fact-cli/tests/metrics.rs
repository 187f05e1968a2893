//! `fact metrics` with the real program: text, JSON, errors.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::path::Path;
use support::fact;

const LABELS: &str = "\
{\"question_id\": 1, \"image\": \"1.jpg\", \"text\": \"Is there a dog?\", \"label\": \"yes\"}
{\"question_id\": 2, \"image\": \"1.jpg\", \"text\": \"Is there a cat?\", \"label\": \"no\"}
{\"question_id\": 3, \"image\": \"2.jpg\", \"text\": \"Is there a cup?\", \"label\": \"yes\"}
{\"question_id\": 4, \"image\": \"2.jpg\", \"text\": \"Is there a car?\", \"label\": \"no\"}
";
const MINE: &str = "\
{\"question\": \"Is there a dog?\", \"answer\": \"Yes, there is.\"}
{\"question\": \"Is there a cat?\", \"answer\": \"No.\"}
{\"question\": \"Is there a cup?\", \"answer\": \"yes\"}
{\"question\": \"Is there a car?\", \"answer\": \"Not visible\"}
";
const OTHER: &str = "\
{\"id\": 4, \"answer\": \"yes\"}
{\"id\": 3, \"answer\": \"no\"}
{\"id\": 2, \"answer\": \"yes\"}
{\"id\": 1, \"answer\": \"yes\"}
";

fn files(folder: &Path) {
    std::fs::write(folder.join("labels.json"), LABELS).unwrap();
    std::fs::write(folder.join("mine.jsonl"), MINE).unwrap();
    std::fs::write(folder.join("other.jsonl"), OTHER).unwrap();
}

fn out(folder: &Path, args: &[&str]) -> String {
    let args = ["metrics"].iter().chain(args);
    let assert = fact(folder).args(args).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn error(folder: &Path, args: &[&str]) -> String {
    let args = ["metrics"].iter().chain(args);
    let assert = fact(folder).args(args).assert().code(2);
    assert!(assert.get_output().stdout.is_empty());
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

const POPE: [&str; 5] = [
    "pope",
    "--data",
    "labels.json",
    "--predictions",
    "mine.jsonl",
];

#[test]
fn a_file_is_scored() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    insta::assert_snapshot!(out(folder.path(), &POPE));
}

#[test]
fn two_files_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let args = [&POPE[..], &["--against", "other.jsonl"]].concat();
    insta::assert_snapshot!(out(folder.path(), &args));
}

#[test]
fn json_has_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let more = [
        "--against",
        "other.jsonl",
        "--resamples",
        "10",
        "--seed",
        "3",
        "--json",
    ];
    let args = [&POPE[..], &more].concat();
    let report: serde_json::Value = serde_json::from_str(&out(folder.path(), &args)).unwrap();
    assert_eq!(report["resamples"], 10);
    assert_eq!(report["seed"], 3);
    let file = &report["files"][0];
    assert_eq!(file["unit"], "question");
    insta::assert_json_snapshot!(file["measures"][0]);
}

#[test]
fn a_part_named_by_hostile_data_is_made_safe() {
    let folder = tempfile::tempdir().unwrap();
    let annotation = serde_json::json!({ "annotations": [{
        "question_id": 1, "question_type": "how\u{1b}[2J many\u{202e}", "answer_type": "x".repeat(500),
        "answers": [{ "answer": "2", "answer_id": 1 }, { "answer": "2", "answer_id": 2 }],
    }]});
    std::fs::write(folder.path().join("a.json"), annotation.to_string()).unwrap();
    std::fs::write(
        folder.path().join("r.json"),
        "[{\"question_id\": 1, \"answer\": \"two\"}]",
    )
    .unwrap();
    let args = [
        "vqa",
        "--data",
        "a.json",
        "--predictions",
        "r.json",
        "--resamples",
        "0",
    ];
    insta::assert_snapshot!(out(folder.path(), &args));
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    files(folder);
    let data = ["--data", "labels.json", "--predictions"];
    let text = error(folder, &[&["bleu"], &data[..], &["mine.jsonl"]].concat());
    assert!(
        text.contains("expected one of: nlvr, vqa, gqa, tallyqa, pope, chair"),
        "{text}"
    );
    let said = [
        error(folder, &[&["pope"], &data[..], &["none.jsonl"]].concat()),
        error(folder, &[&["pope"], &data[..], &["labels.json"]].concat()),
        error(folder, &[&POPE[..], &["--synonyms", "x"]].concat()),
        error(
            folder,
            &[&POPE[..], &["--predictions", "other.jsonl"]].concat(),
        ),
        error(folder, &[&["vqa"], &data[..], &["mine.jsonl"]].concat()),
        {
            std::fs::write(
                folder.join("short.jsonl"),
                "{\"id\": 1, \"answer\": \"no\"}",
            )
            .unwrap();
            error(folder, &[&["pope"], &data[..], &["short.jsonl"]].concat())
        },
    ];
    insta::assert_snapshot!(said.join("\n"));
}
