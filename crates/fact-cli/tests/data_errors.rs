//! Errors of a data set, found by `fact run` with the data set's own programs.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::{fact, run};

fn step(operation: &str, dependencies: &[usize], argument: &str) -> Value {
    json!({ "operation": operation, "dependencies": dependencies, "argument": argument })
}

/// A GQA folder of one image with two dogs, of which the second is the brown one on the rug, and
/// a question for each thing that can be wrong.
fn gqa(folder: &Path) -> String {
    let root = folder.join("gqa");
    std::fs::create_dir_all(&root).unwrap();
    let object = |name: &str, x: u32, attributes: &[&str], on: &[&str]| {
        let on: Vec<Value> = on
            .iter()
            .map(|to| json!({ "name": "on", "object": to }))
            .collect();
        json!({ "name": name, "x": x, "y": 40, "w": 20, "h": 20, "attributes": attributes, "relations": on })
    };
    let graphs = json!({ "1": { "width": 200, "height": 100, "objects": {
        "101": object("dog", 10, &["white"], &[]),
        "102": object("dog", 60, &["brown"], &["103"]),
        "103": object("rug", 70, &["red"], &[]),
    }}});
    let color_of =
        |argument: &str| vec![step("select", &[], argument), step("query", &[0], "color")];
    let question = |answer: &str, steps: Vec<Value>, objects: Value| {
        let question = "What color is the \u{1b}[31mdog?";
        json!({ "question": question, "imageId": "1", "answer": answer, "semantic": steps,
                "annotations": { "answer": {}, "question": objects, "fullAnswer": {} } })
    };
    let on_rug = vec![
        step("select", &[], "rug (103)"),
        step("relate", &[0], "dog,on,s (102)"),
        step("exist", &[1], "?"),
    ];
    let questions = json!({
        // Right by the words.
        "a-right": question("white", color_of("dog (101)"), json!({})),
        "b-exists": question("yes", on_rug.clone(), json!({ "3": "102" })),
        // Right by the object cited; the words mean the first dog.
        "c-cited": question("brown", color_of("dog (102)"), json!({})),
        // Wrong.
        "d-wrong": question("black", color_of("dog (102)"), json!({})),
        "e-wrong": question("no", on_rug, json!({})),
        // Not annotated.
        "f-nothing": question("big", vec![step("select", &[], "rug (103)"), step("query", &[0], "size")], json!({})),
        // The annotations cite what is not there; the answer is right.
        "g-missing": question("white", color_of("dog (101)"), json!({ "4": "101", "5:6": "999" })),
        // Both.
        "h-missing": question("black", color_of("dog (998)"), json!({})),
        "i-unknown": question("white", vec![step("select", &[], "dog (101)"), step("admire\u{1b}[2J", &[0], "")], json!({})),
        "j-malformed": question("white", vec![step("select", &[], "dog (101)"), step("query", &[0], "")], json!({})),
    });
    std::fs::write(root.join("scene_graphs.json"), graphs.to_string()).unwrap();
    let text = serde_json::to_string_pretty(&questions).unwrap();
    std::fs::write(root.join("questions.json"), text).unwrap();
    "gqa:gqa".to_owned()
}

const GOLD: [&str; 6] = [
    "--propose",
    "gold",
    "--pack",
    "scene",
    "--perception",
    "scene",
];

#[test]
fn errors_of_a_data_set_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = gqa(folder);
    let assert = fact(folder)
        .args(["run", "--data", &data, "--out", "run"])
        .args(GOLD)
        .assert()
        .success();
    let list = std::fs::read_to_string(folder.join("run/data_errors.jsonl")).unwrap();
    let lines: Vec<Value> = list
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let told: Vec<(&str, &str, Option<&str>)> = lines
        .iter()
        .map(|l| {
            (
                l["id"].as_str().unwrap(),
                l["kind"].as_str().unwrap(),
                l["scene_graph"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("d-wrong", "differs", Some("brown")),
            ("e-wrong", "differs", Some("yes")),
            ("f-nothing", "no_answer", None),
            ("g-missing", "missing_object", None),
            ("h-missing", "differs", Some("white")),
            ("h-missing", "missing_object", Some("white")),
            ("i-unknown", "unknown_operation", None),
            ("j-malformed", "malformed", None),
        ]
    );
    let first = &lines[0];
    assert_eq!(first["answer"], "black");
    assert_eq!(first["question"], "What color is the \u{1b}[31mdog?");
    assert_eq!(
        first["message"],
        "the data set says “black”, the scene graph “brown”"
    );
    assert_eq!(
        first["objects"],
        json!([{ "id": "102", "name": "dog", "box": [60.0, 40.0, 80.0, 60.0] }])
    );
    assert_eq!(first["program"][0]["argument"], "dog (102)");
    assert_eq!(
        (&first["form"], &first["record"]),
        (&json!("gqa"), &json!(3))
    );
    assert!(first["file"].as_str().unwrap().ends_with("questions.json"));
    let line = first["line"].as_u64().unwrap() as usize;
    let text = std::fs::read_to_string(folder.join("gqa/questions.json")).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("\"d-wrong\""));
    assert_eq!(
        lines[3]["objects"][1],
        json!({ "id": "999", "name": null, "box": null })
    );
    assert_eq!(
        (&lines[6]["operation"], &lines[6]["step"]),
        (&json!("admire\u{1b}[2J"), &json!(1))
    );

    let summary = std::fs::read_to_string(folder.join("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(
        summary["agreement"],
        json!({
            "samples": { "agrees": 2, "agrees_by_citation": 1, "differs": 3, "malformed": 1,
                         "missing_object": 1, "no_answer": 1, "unknown_operation": 1 },
            "errors": { "differs": 3, "malformed": 1, "missing_object": 2, "no_answer": 1,
                        "unknown_operation": 1 },
            "unknown_operations": { "admire\u{1b}[2J": 1 },
        })
    );
    assert_eq!(summary["failures"]["propose:unknown_operation"], 1);
    assert_eq!(summary["failures"]["propose:malformed"], 1);

    // Nothing of the data moves the cursor.
    let stdout = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let stderr = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(stdout.contains("data set: differs"), "{stdout}");
    assert!(stdout.contains("admire\\u{1b}[2J"), "{stdout}");
    assert!(
        stderr.contains("8 errors of the data set, listed in run/data_errors.jsonl"),
        "{stderr}"
    );
    assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'));

    // The same on one thread and on many, and when there is nothing left to do.
    for (out, threads) in [("one", "1"), ("many", "8"), ("run", "2")] {
        run(
            folder,
            &data,
            out,
            &[&GOLD[..], &["--threads", threads]].concat(),
        );
        let again = std::fs::read_to_string(folder.join(out).join("data_errors.jsonl")).unwrap();
        assert_eq!(again, list, "{out}");
    }
}

#[test]
fn clevr_scenes_are_compared_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let root = folder.join("clevr");
    std::fs::create_dir_all(&root).unwrap();
    let object = |color: &str, x: u32| {
        json!({ "shape": "cube", "color": color, "size": "large", "material": "metal",
                "pixel_coords": [x, 100, 10.0] })
    };
    let scene = json!({ "image_filename": "a.png", "objects": [object("red", 100), object("blue", 200)],
        "relationships": { "left": [[], [0]], "right": [[1], []], "front": [[], []], "behind": [[], []] } });
    let step = |name: &str, inputs: &[usize], values: &[&str]| json!({ "function": name, "inputs": inputs, "value_inputs": values });
    let question = |text: &str, answer: Value, steps: &[Value]| json!({ "question": text, "image_filename": "a.png", "answer": answer, "program": steps });
    let cubes = [
        step("scene", &[], &[]),
        step("filter_shape", &[0], &["cube"]),
    ];
    let count = [&cubes[..], &[step("count", &[1], &[])]].concat();
    let unique = [
        &cubes[..],
        &[step("unique", &[1], &[]), step("query_color", &[2], &[])],
    ]
    .concat();
    let questions = json!([
        question("How many cubes?", json!(2), &count),
        question("How many cubes are there?", json!(3), &count),
        question("What color is the cube?", json!("red"), &unique),
    ]);
    let scenes = json!({ "scenes": [scene] });
    std::fs::write(root.join("CLEVR_scenes.json"), scenes.to_string()).unwrap();
    let questions = json!({ "questions": questions });
    std::fs::write(root.join("CLEVR_questions.json"), questions.to_string()).unwrap();
    run(folder, "clevr:clevr", "run", &GOLD);
    let list = std::fs::read_to_string(folder.join("run/data_errors.jsonl")).unwrap();
    let lines: Vec<Value> = list
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert_eq!(
        (&lines[0]["kind"], &lines[0]["scene_graph"]),
        (&json!("differs"), &json!("2"))
    );
    // What perception showed the program, as CLEVR cites nothing.
    assert_eq!(lines[0]["objects"].as_array().unwrap().len(), 2);
    assert_eq!(lines[1]["kind"], "no_answer");
    let message = lines[1]["message"].as_str().unwrap();
    assert!(message.contains("expected one thing, found 2"), "{message}");
}

#[test]
fn a_run_without_the_data_sets_programs_lists_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = support::data(folder, 2, 1);
    run(folder, &data, "run", &[]);
    assert!(!folder.join("run/data_errors.jsonl").exists());
    let summary = std::fs::read_to_string(folder.join("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["agreement"], Value::Null);
}

/// Texts of a data set that are far too long, and programs that are not programs, give bounded
/// lines.
#[test]
fn hostile_data_gives_bounded_lines() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let root = folder.join("gqa");
    std::fs::create_dir_all(&root).unwrap();
    let long = "9".repeat(300_000);
    let graph = json!({ "width": 100, "height": 100, "objects": {} });
    std::fs::write(
        root.join("scene_graphs.json"),
        json!({ "1": graph }).to_string(),
    )
    .unwrap();
    let many: Vec<Value> = (0..5000).map(|_| step("select", &[], "dog (1)")).collect();
    let ids: Vec<String> = (0..5000).map(|i| i.to_string()).collect();
    let programs = [
        json!([
            step("select", &[], &format!("dog ({long})")),
            step("exist", &[0], "?")
        ]),
        json!([
            step("select", &[], &format!("dog ({})", ids.join(","))),
            step("exist", &[0], "?")
        ]),
        json!([step(&long, &[], "")]),
        many.into(),
        json!({ "a": [[[[]]]] }),
        json!("select"),
        json!([[], null, 3]),
    ];
    let question = |(i, program): (usize, &Value)| {
        let question = json!({ "question": format!("q{i}"), "imageId": "1", "answer": "yes",
            "semantic": program, "annotations": [{ "x": [] }, long] });
        (i.to_string(), question)
    };
    let questions: serde_json::Map<String, Value> =
        programs.iter().enumerate().map(question).collect();
    std::fs::write(
        root.join("questions.json"),
        Value::from(questions).to_string(),
    )
    .unwrap();
    run(folder, "gqa:gqa", "run", &GOLD);
    let list = std::fs::read_to_string(folder.join("run/data_errors.jsonl")).unwrap();
    let kinds: Vec<String> = list
        .lines()
        .map(|line| {
            // The program is kept up to 64 KiB.
            assert!(line.len() < 80_000, "{} bytes", line.len());
            let line: Value = serde_json::from_str(line).unwrap();
            line["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!(count("unknown_operation"), 1);
    assert_eq!(count("malformed"), 4);
    assert_eq!(count("differs"), 2, "{kinds:?}");
    assert!(count("missing_object") >= 2, "{kinds:?}");
}
