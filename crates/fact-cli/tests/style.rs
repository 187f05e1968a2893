//! `fact export` and `fact show` in every style, and the lengths of what they write.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use fact_lang::pack::Pack;
use fact_pipeline::concise::Concise;
use fact_pipeline::store::{ReadRow, Reader, StoreError};
use fact_pipeline::style::{Boxes, Layout, answer_of};
use serde_json::Value;
use std::path::Path;
use support::{data, fact, rows, run};

/// The rows of an export of the run.
fn export(folder: &Path, format: &str, more: &[&str]) -> Vec<Value> {
    let assert = fact(folder)
        .args(["export", "run", "--format", format, "--out", "out"])
        .args(more)
        .assert()
        .success();
    let told = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let (path, _) = told.split_once(": ").unwrap();
    rows(&folder.join(path))
}

#[test]
fn every_style_has_the_answer_and_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Drawn boxes with items, so that rationales have boxes to write.
    let drawing = ["synth", "--out", "data", "--samples", "4", "--seed", "3"];
    fact(folder).args(drawing).assert().success();
    run(folder, "synth:data", "run", &[]);
    let mut shown = String::new();
    // `objects` is for ms-swift.
    let forms = Boxes::all().filter(|form| *form != Boxes::Objects);
    let forms: Vec<Option<Boxes>> = std::iter::once(None).chain(forms.map(Some)).collect();
    for (layout, name) in [
        (Layout::Plain, "plain"),
        (Layout::Think, "think"),
        (Layout::Steps, "steps"),
    ] {
        for boxes in forms.iter().copied() {
            let mut more = vec!["--style", name];
            if let Some(boxes) = boxes {
                let flag = match Boxes::family(boxes.name()) {
                    Ok(_) => "--boxes-for",
                    Err(_) => "--boxes",
                };
                more.extend([flag, boxes.name()]);
            }
            let rows = export(folder, "llava", &more);
            assert_eq!(rows.len(), 4, "each drawn sentence is answered");
            for row in &rows {
                let text = row["conversations"][1]["value"].as_str().unwrap();
                let answer = answer_of(text, layout).unwrap();
                assert!(matches!(answer, "true" | "false"), "{text}");
            }
            let text = rows[1]["conversations"][1]["value"].as_str().unwrap();
            shown.push_str(&format!("{}\n{text}\n\n", more.join(" ")));
        }
    }
    insta::assert_snapshot!(shown);

    let rows = export(folder, "jsonl", &["--style", "boxes", "--length", "short"]);
    for row in &rows {
        let text = row["text"].as_str().unwrap();
        let rationale = row["rationale"].as_str().unwrap();
        assert!(rationale.ends_with(text.rsplit(". ").next().unwrap()));
    }
    let boxed = |row: &&Value| row["text"].as_str().is_some_and(|text| text.contains('['));
    assert!(rows.iter().filter(boxed).count() > 0, "boxes stand in some");
    // The certificate speaks of the rationale, which is there beside the text.
    fact(folder)
        .args(["check", "out/samples.jsonl", "--images", "data"])
        .assert()
        .success();
}

#[test]
fn lengths_are_the_same_whatever_counts_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // More rationales than one thread is given at a time.
    let data = data(folder, 9, 20);
    run(folder, &data, "run", &[]);
    let report = |threads: &str| {
        let mut command = fact(folder);
        command.env("RAYON_NUM_THREADS", threads);
        let assert = command.args(["report", "run", "--json"]).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let one = report("1");
    assert_eq!(one, report("5"));
    let told: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(told["lengths"]["rationales"], told["cost"]["rationales"]);
    assert!(told["lengths"]["rationales"].as_u64() > Some(128), "{one}");

    // What is run once for all of a sample's texts is what is run for each.
    let reader = Reader::open(&folder.join("run")).unwrap();
    let (name, source) = reader.pack_source().unwrap().unwrap();
    let pack = Pack::load(&name, &source).unwrap();
    let mut kinds = [0; 5];
    let each = |row: ReadRow| -> Result<(), StoreError> {
        let all = Concise::all_of(&row, Some(&pack));
        assert_eq!(
            all,
            Concise::ALL.map(|concise| concise.of(&row, Some(&pack)))
        );
        for (count, text) in kinds.iter_mut().zip(&all) {
            *count += usize::from(text.is_some());
        }
        let unread = Concise::all_of(&row, None);
        assert_eq!(unread, Concise::ALL.map(|concise| concise.of(&row, None)));
        Ok(())
    };
    reader.for_each(false, each).unwrap();
    assert!(
        kinds.iter().all(|n| *n == kinds[4] && *n > 128),
        "{kinds:?}"
    );
}

#[test]
fn what_rationales_are_compared_with_comes_from_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    run(folder, &data, "run", &[]);
    let text = |concise: &str| {
        let rows = export(folder, "llava", &["--concise", concise]);
        let text = &rows[0]["conversations"][1]["value"];
        text.as_str().unwrap().to_owned()
    };
    let mut shown = String::new();
    for concise in ["off", "slice", "unsliced", "merge", "on"] {
        shown.push_str(&format!("{concise}\n{}\n\n", text(concise)));
    }
    insta::assert_snapshot!(shown);

    let assert = fact(folder).args(["report", "run", "--json"]).assert();
    let report: Value = serde_json::from_slice(&assert.success().get_output().stdout).unwrap();
    let lengths = &report["lengths"];
    assert_eq!(lengths["rationales"], 4);
    let texts = lengths["texts"].as_array().unwrap();
    let names: Vec<&Value> = texts.iter().map(|t| &t["concise"]).collect();
    assert_eq!(names, ["off", "slice", "unsliced", "merge", "on"]);
    for text in texts {
        assert_eq!(text["texts"], 4, "every program is told: {text}");
        let plain = &text["plain"];
        assert!(plain["median"].as_f64() <= plain["p90"].as_f64());
        assert!(plain["total"].as_u64() <= text["boxed"]["total"].as_u64());
        let bins = plain["histogram"].as_array().unwrap();
        let counted: u64 = bins.iter().map(|b| b["texts"].as_u64().unwrap()).sum();
        assert_eq!(counted, 4);
    }
    let median = |text: &Value| text["plain"]["median"].as_f64();
    assert!(median(&texts[4]) < median(&texts[0]));
    let slicing = &lengths["slicing"];
    assert!(slicing["events"].as_u64() > Some(0));
    assert!(slicing["events_kept"].as_u64() <= slicing["events"].as_u64());

    let assert = fact(folder).args(["report", "run"]).assert().success();
    let report = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(report.contains("Tokens of a text"), "{report}");
    assert!(report.contains("Kept by slicing"), "{report}");
}

#[test]
fn trainers_get_their_forms() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 1, 1);
    run(folder, &data, "run", &["--accept", "v1"]);

    let rows = export(folder, "ms-swift", &["--style", "boxes"]);
    let text = rows[0]["messages"][1]["content"].as_str().unwrap();
    let boxes = rows[0]["objects"]["bbox"].as_array();
    assert_eq!(text.matches("<bbox>").count(), boxes.map_or(0, Vec::len));

    let rows = export(folder, "openai", &["--images", "--style", "think"]);
    let asked = &rows[0]["messages"][0]["content"];
    assert_eq!(asked[0]["type"], "text");
    let url = asked[1]["image_url"]["url"].as_str().unwrap();
    assert!(
        url.starts_with("data:image/png;base64,iVBORw0KGgo"),
        "{url}"
    );

    let rows = export(folder, "trl", &[]);
    assert_eq!(rows[0]["prompt"][0]["content"][0]["type"], "image");
    assert_eq!(rows[0]["completion"][0]["role"], "assistant");
    assert_eq!(rows[0]["images"].as_array().unwrap().len(), 1);
    let record = std::fs::read_to_string(folder.join("out/trl.jsonl.export.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        (&record["format"], &record["rows"]),
        (&"trl".into(), &1.into())
    );
}

#[test]
fn a_sample_is_shown_in_a_style() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 1, 1);
    run(folder, &data, "run", &["--accept", "v1"]);
    let show = |more: &[&str]| {
        let args = fact(folder)
            .args(["show", "run", "q0-s0"])
            .args(more)
            .assert();
        String::from_utf8(args.success().get_output().stdout.clone()).unwrap()
    };
    assert!(!show(&[]).contains("<think>"));
    let page = show(&["--style", "think", "--boxes", "norm1000"]);
    let (_, text) = page.split_once("Text (think, boxes norm1000)\n").unwrap();
    assert!(text.trim_start().starts_with("<think>"), "{text}");
    let page = show(&["--concise", "off"]);
    assert!(page.contains("Text (plain, concise off)"), "{page}");
}

#[test]
fn wrong_styles_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let told = |args: &[&str]| {
        let args = fact(folder)
            .args(["export", "run", "--format", "llava", "--out", "out"])
            .args(args)
            .assert();
        String::from_utf8(args.code(2).get_output().stderr.clone()).unwrap()
    };
    for (args, expected) in [
        (["--boxes", "pixels"], "expected one of: pixel, norm1000"),
        (["--boxes-for", "gpt"], "expected one of: qwen-vl, qwen2-vl"),
        (["--length", "tiny"], "expected one of: short, long"),
        (["--concise", "no"], "expected one of: off, slice, unsliced"),
        (["--style", "x"], "plain, boxes, think, steps"),
    ] {
        let text = told(&args);
        assert!(text.contains(expected), "{text}");
    }
}
