//! `fact report` on a run in which something is lost in every way.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use support::{draw, fact, run};

/// A program of one line.
fn program(body: &str) -> Value {
    format!("def execute_command(image):\n    {body}\n").into()
}

/// A data set with a scene of these things for each sample.
fn data(folder: &Path) -> String {
    let scene = |names: &[&str]| {
        let object = |(i, name): (usize, &&str)| {
            let left = 40 * i;
            json!({ "id": i.to_string(), "name": name, "bbox": [left, 10, left + 20, 30],
                    "attributes": {}, "relations": [] })
        };
        let objects: Vec<Value> = names.iter().enumerate().map(object).collect();
        json!({ "width": 400, "height": 100, "objects": objects, "attributes": {} })
    };
    let dog = program("return image.exists(\"dog\")");
    let step = |operation: &str, argument: &str| {
        let dependencies: &[u32] = if operation == "select" { &[] } else { &[0] };
        json!({ "operation": operation, "dependencies": dependencies, "argument": argument })
    };
    let malformed = json!([step("select", "dog (1)"), step("query", "")]);
    let unknown = json!([step("select", "dog (1)"), step("adm\u{1b}[2Jire", "")]);
    let long = "x = 1\n    ".repeat(9);
    let raises = "raise ValueError(\"\u{1b}[31mno \u{202e}dog\")";
    let dogs: &[&str] = &["dog"];
    // Id, question, answer, program, what is there.
    let samples = [
        (
            "kept-1",
            "Is there a dog?",
            json!("yes"),
            dog.clone(),
            Some(dogs),
        ),
        (
            "kept-2",
            "Is there a dog?",
            json!("no"),
            dog.clone(),
            Some(&["cat"][..]),
        ),
        (
            "siblings-1",
            "Is there a pet?",
            json!("yes"),
            dog.clone(),
            Some(dogs),
        ),
        (
            "siblings-2",
            "Is there a pet?",
            json!("yes"),
            dog.clone(),
            Some(&["cat"]),
        ),
        (
            "raises",
            "Does it \u{1b}[2Jraise?",
            json!("yes"),
            program(raises),
            Some(dogs),
        ),
        (
            "raises-2",
            "And this?",
            json!("yes"),
            program("return image.find(\"cow\")[0].name"),
            Some(dogs),
        ),
        (
            "raises-3",
            "And that?",
            json!("yes"),
            program("return 1 / 0"),
            Some(dogs),
        ),
        (
            "raises-4",
            "Another?",
            json!("yes"),
            program("raise ValueError(4)"),
            Some(dogs),
        ),
        (
            "raises-5",
            "A third? <img src=x onerror=alert(1)>",
            json!("yes"),
            program("raise ValueError(5)"),
            Some(dogs),
        ),
        (
            "raises-6",
            "A fourth?",
            json!("yes"),
            program("raise ValueError(6)"),
            Some(dogs),
        ),
        (
            "loops",
            "Does it end?",
            json!("yes"),
            program("while True: pass"),
            Some(dogs),
        ),
        (
            "syntax",
            "Does it parse?",
            json!("yes"),
            program("return ("),
            Some(dogs),
        ),
        (
            "wrong",
            "How many dogs?",
            json!("2"),
            program(&format!("{long}return len(image.find(\"dog\"))")),
            Some(dogs),
        ),
        (
            "unlabelled",
            "What is it?",
            Value::Null,
            program("return image.find(\"thing\")[0].name"),
            Some(dogs),
        ),
        (
            "unexplained",
            "Is it so?",
            json!("yes"),
            program("return \"yes\""),
            Some(dogs),
        ),
        (
            "malformed",
            "What color is it?",
            json!("red"),
            malformed,
            Some(dogs),
        ),
        (
            "unknown",
            "What do you admire?",
            json!("red"),
            unknown,
            Some(dogs),
        ),
        ("no-program", "Why?", json!("so"), Value::Null, Some(dogs)),
        ("no-scene", "Where is the dog?", json!("here"), dog, None),
    ];
    let root = folder.join("data");
    std::fs::create_dir_all(&root).unwrap();
    draw(&root.join("drawn.png"), [[0; 3]; 3]);
    let mut rows = String::new();
    for (id, question, answer, program, things) in samples {
        let image = if things.is_some() {
            format!("{id}.png")
        } else {
            "drawn.png".into()
        };
        let mut row = json!({ "id": id, "image": image, "question": question });
        for (key, value) in [("answer", answer), ("program", program)] {
            if !value.is_null() {
                row[key] = value;
            }
        }
        if let Some(things) = things {
            row["scene"] = scene(things);
        }
        writeln!(rows, "{row}").unwrap();
    }
    std::fs::write(root.join("data.jsonl"), rows).unwrap();
    "jsonl:data/data.jsonl".to_owned()
}

const FLAGS: [&str; 8] = [
    "--propose",
    "gold",
    "--pack",
    "scene",
    "--perception",
    "scene",
    "--max-steps",
    "2000",
];

fn report(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).arg("report").args(args).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_page_needs_nothing_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder);
    run(folder, &data, "run", &FLAGS);
    let page = std::fs::read_to_string(folder.join("run/report.html")).unwrap();
    assert_eq!(report(folder, &["run", "--html"]), page);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
    // Foreign text is text.
    assert!(
        page.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "{page}"
    );
    for forbidden in [
        "<img", "<script", "\u{1b}", "\u{202e}", " src=\"", "http://", "https://", "url(",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}: {page}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    // Every loss of the report is on it, with its count.
    let json: Value = serde_json::from_str(&report(folder, &["run", "--json"])).unwrap();
    for loss in json["losses"].as_array().unwrap() {
        let count = format!("<b>{}</b>", loss["count"]);
        let kind = loss["kind"].as_str().unwrap();
        assert!(page.contains(&count) && page.contains(kind), "{loss}");
    }
    for text in ["bridged: the rationale", "No verifier was asked"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // A link of the page leads to a section of it.
    for id in page.split("href=\"#").skip(1) {
        let id = id.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn every_loss_is_told_with_examples() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder);
    run(folder, &data, "run", &FLAGS);
    let text = report(folder, &["run"]);
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    insta::assert_snapshot!(text);

    // As JSON it is what the summary holds.
    let json: Value = serde_json::from_str(&report(folder, &["run", "--json"])).unwrap();
    let summary = std::fs::read_to_string(folder.join("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["report"], json);
    assert_eq!(summary["version"], 2);
    let sum = |losses: &Value| -> u64 {
        losses
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["count"].as_u64().unwrap())
            .sum()
    };
    assert_eq!(
        sum(&json["losses"]) + json["cost"]["rationales"].as_u64().unwrap(),
        19
    );
    let funnel = &json["proposers"][0];
    let agreed = funnel["candidates"]["agreed"].as_u64().unwrap();
    assert_eq!(
        sum(&funnel["losses"]) + agreed,
        funnel["candidates"]["proposed"]
    );

    // The same on any number of threads.
    for threads in ["1", "7"] {
        run(
            folder,
            &data,
            threads,
            &[&FLAGS[..], &["--threads", threads]].concat(),
        );
        assert_eq!(report(folder, &[threads]), text);
    }
}

#[test]
fn the_end_of_a_run_tells_of_each_proposer() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = support::data(folder, 3, 2);
    let assert = fact(folder)
        .args([
            "run",
            "--data",
            &data,
            "--out",
            "run",
            "--propose",
            "gold,bank",
        ])
        .assert()
        .success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let of = |name: &str| {
        let start = format!("  by {name} ");
        let line = text.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert!(of("gold").ends_with("0 proposed, 0 parsed, 0 ran, 0 right, 0 agreed; 0 rationales"));
    assert!(
        of("bank").ends_with(" agreed; 6 rationales"),
        "{}",
        of("bank")
    );
}

#[test]
fn a_report_needs_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let assert = fact(folder.path())
        .args(["report", "nowhere"])
        .assert()
        .code(2);
    let text = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(text.contains("error: no run in nowhere"), "{text}");
}
