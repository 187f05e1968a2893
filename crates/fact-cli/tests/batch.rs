//! `fact exec --batch`.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::{draw, fact};

const COUNT: &str = "def execute_command(image):\n    return image.count(\"yellow square\")\n";

fn write(path: &Path, lines: &[Value]) {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, lines).unwrap();
}

fn batch(folder: &Path, more: &[&str]) -> (Vec<Value>, String) {
    let assert = fact(folder)
        .args(["exec", "--batch", "in/programs.jsonl", "--out", "out.jsonl"])
        .args(more)
        .assert()
        .success();
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), told)
}

fn prepare(folder: &Path) {
    std::fs::create_dir_all(folder.join("in/images")).unwrap();
    draw(
        &folder.join("in/images/a.png"),
        [[1, 0, 0], [2, 1, 0], [0, 0, 3]],
    );
    draw(
        &folder.join("in/images/b.png"),
        [[1, 1, 1], [0, 0, 0], [0, 0, 3]],
    );
    std::fs::write(folder.join("in/cut.png"), b"\x89PNG\r\n\x1a\n").unwrap();
}

#[test]
fn every_line_gets_a_line_in_order_whatever_became_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder);
    let mut lines = vec![
        json!({"id": "a", "program": COUNT, "image": "images/a.png"}),
        json!({"id": "b", "program": COUNT, "images": ["images/b.png"]}),
        json!({"id": 3, "program": "def f(image):\n  return [][0]", "image": "images/b.png"}),
        json!({"program": "def f(image) return", "image": "images/b.png"}),
        json!({"id": "loop", "program": "def f(image):\n  while True: pass", "image": "images/b.png"}),
        json!({"id": "gone", "program": COUNT, "image": "images/c.png"}),
        json!({"id": "out", "program": COUNT, "image": "../../etc/passwd"}),
        json!({"id": "cut", "program": COUNT, "image": "cut.png"}),
        json!({"id": "no program", "image": "images/a.png"}),
        json!({"id": "asks", "program": "def f(image, question):\n  return question",
               "image": "images/a.png", "question": "What?"}),
    ];
    lines.extend((0..100).map(|i| json!({"id": i, "program": COUNT, "image": "images/a.png"})));
    write(&folder.join("in/programs.jsonl"), &lines);
    let (results, told) = batch(folder, &["--threads", "3"]);
    assert_eq!(results.len(), lines.len());
    let of = |i: usize, key: &str| results[i][key].clone();
    let outcomes: Vec<Value> = (0..10).map(|i| of(i, "outcome")).collect();
    assert_eq!(
        outcomes,
        [
            "returned",
            "returned",
            "raised",
            "syntax_error",
            "limit",
            "unreadable",
            "unreadable",
            "unreadable",
            "malformed",
            "returned"
        ]
    );
    let values = [of(0, "value"), of(1, "value"), of(9, "value")];
    assert_eq!(values, ["3", "1", "'What?'"]);
    assert_eq!(of(2, "id"), 3);
    assert_eq!(of(2, "exception")["type"], "IndexError");
    // Without an id of its own a line goes by its number.
    assert_eq!(of(3, "id"), 4);
    assert_eq!(of(4, "limit"), "steps");
    assert!(of(5, "error").as_str().unwrap().contains("images/c.png"));
    assert!(of(6, "error").as_str().unwrap().contains("climbs"));
    assert!(of(8, "error").as_str().unwrap().contains("`program`"));
    for (i, line) in lines.iter().enumerate().skip(10) {
        assert_eq!(of(i, "id"), line["id"]);
        assert_eq!(of(i, "value"), "3");
    }
    assert!(told.contains("103 returned"), "{told}");

    let (again, _) = batch(folder, &["--threads", "1"]);
    assert_eq!(again, results);
}

#[test]
fn a_line_takes_from_the_flags_what_it_lacks_and_a_trace_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder);
    let program = "def f(image, question):\n    return f'{image.count(\"square\")} {question}'\n";
    write(
        &folder.join("in/programs.jsonl"),
        &[
            json!({"program": program}),
            json!({"program": COUNT, "question": "!"}),
        ],
    );
    let flags = ["--image", "in/images/b.png", "--question", "?", "--trace"];
    let (results, _) = batch(folder, &flags);
    assert_eq!(results[0]["value"], "'6 ?'");
    let trace = &results[0]["trace"];
    let events = trace["events"].as_array().unwrap();
    let result = &events[trace["result"].as_u64().unwrap() as usize];
    assert_eq!(result["kind"], "return");
    assert_eq!(result["value"], "6 ?");
    assert_eq!(result["used"], true);
    let span = |event: &Value, i: usize| event["span"][i].as_u64().unwrap() as usize;
    let text = &program[span(result, 0)..span(result, 1)];
    assert!(text.starts_with("return f'"), "{text}");
    // Inputs come before what depends on them.
    for (i, event) in events.iter().enumerate().skip(1) {
        for input in event["inputs"].as_array().unwrap() {
            assert!(input.as_u64().unwrap() < i as u64);
        }
    }
    let tools = events.iter().filter(|e| e["kind"] == "tool_call").count();
    assert_eq!(tools, results[0]["calls"].as_array().unwrap().len());
}

#[test]
fn what_stops_all_is_an_error_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |args: &[&str]| {
        let assert = fact(folder).arg("exec").args(args).assert().code(2);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let text = run(&["--batch", "none.jsonl", "--out", "out.jsonl"]);
    assert!(text.contains("none.jsonl"), "{text}");
    let text = run(&["--batch", "none.jsonl"]);
    assert!(text.contains("--out"), "{text}");
    let text = run(&[]);
    assert!(text.contains("PROGRAM"), "{text}");
    prepare(folder);
    write(
        &folder.join("in/programs.jsonl"),
        &[json!({"program": COUNT})],
    );
    let text = run(&["--batch", "in/programs.jsonl", "--out", "no/such/out.jsonl"]);
    assert!(text.contains("no/such/out.jsonl"), "{text}");
    let text = run(&[
        "--batch",
        "in/programs.jsonl",
        "--out",
        "out.jsonl",
        "--images",
        "nowhere",
    ]);
    assert!(text.contains("nowhere"), "{text}");
    assert!(!folder.join("out.jsonl").exists());
    let programs = folder.join("in/programs.jsonl");
    let before = std::fs::read_to_string(&programs).unwrap();
    let text = run(&[
        "--batch",
        "in/programs.jsonl",
        "--out",
        "in/../in/programs.jsonl",
    ]);
    assert!(text.contains("would replace the programs"), "{text}");
    assert_eq!(std::fs::read_to_string(&programs).unwrap(), before);
}

#[test]
fn a_container_that_holds_another_many_times_stays_small_in_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder);
    let program = "def f(image):\n    a = [1] * 256\n    b = [a] * 256\n    c = [b] * 256\n    \
                   d = [c] * 256\n    return len(d)\n";
    let line = json!({"program": program, "image": "images/a.png"});
    write(&folder.join("in/programs.jsonl"), &[line]);
    let (results, _) = batch(folder, &["--trace"]);
    assert_eq!(results[0]["value"], "256");
    let events = results[0]["trace"]["events"].as_array().unwrap();
    let assigned = events.iter().filter(|event| event["kind"] == "assign");
    let values: Vec<&Value> = assigned.map(|event| &event["value"]).collect();
    assert_eq!(values.len(), 4);
    for value in &values {
        assert_eq!(value["len"], 256);
        assert_eq!(elements(value), 256);
    }
    assert_eq!(values[3]["items"][0]["items"][0]["len"], 256);
}

/// All elements shown of a value, those of elements included.
fn elements(value: &Value) -> usize {
    let items = value["items"].as_array();
    let items = items.into_iter().flatten();
    items.map(|item| 1 + elements(item)).sum()
}
