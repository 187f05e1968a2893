//! `fact runs`, and runs done again with other settings.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::model::{Fault, Model, question};
use support::{data, export, fact};

const QUESTIONS: usize = 4;
const SCENES: usize = 2;
const SAMPLES: usize = 3;

fn folder(url: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path(), QUESTIONS, SCENES);
    let text = format!(
        "data = \"{data}\"\npropose = [\"llm:m@{url}\"]\n[llm]\nsamples = {SAMPLES}\n\
         [llm.endpoint]\nretries = 1\n"
    );
    std::fs::write(folder.path().join("fact.toml"), text).unwrap();
    folder
}

/// Standard output and standard error of a command that ends with `code`.
fn says(folder: &Path, args: &[&str], code: i32) -> (String, String) {
    let assert = fact(folder).args(args).assert().code(code);
    let output = assert.get_output();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn other_settings_are_done_again_from_stored_answers_on_request() {
    let model = Model::good();
    let folder = folder(&model.url());
    let folder = folder.path();
    let (_, said) = says(folder, &["run", "--out", "runs/a"], 0);
    assert!(!said.contains("in the store"), "{said}");
    let asked = model.received();
    let before = export(folder, "runs/a");

    // The same again: what stays is said.
    let (_, said) = says(folder, &["run", "--out", "runs/a"], 0);
    assert!(
        said.contains("in the store: 4 questions with 8 samples"),
        "{said}"
    );
    assert!(
        said.contains(&format!("m;completions: {asked}, used wherever")),
        "{said}"
    );

    // Another rule: refused, with what would happen. Nothing has.
    let other = [
        "run",
        "--out",
        "runs/a",
        "--accept",
        "v1",
        "--candidates",
        "1",
    ];
    let (_, said) = says(folder, &other, 2);
    for part in [
        "accept is \"v1\", was \"siblings\"",
        "with --redo: proposing: 0 questions stay, 4 are done",
        "with --redo: executing: 0 questions stay, 4 are done, where the programs are new",
        "with --redo: verifying: 0 questions stay, 4 are done",
        "used wherever the same is asked",
        "hint: give the same settings to resume, --redo",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(export(folder, "runs/a"), before);

    // With consent: done, and nobody is asked. The end is that of a run that began so.
    let (_, said) = says(folder, &[&other[..], &["--redo"]].concat(), 0);
    assert!(said.contains("other settings: accept is \"v1\""), "{said}");
    assert!(
        said.contains("0 requests of about 0 prompt tokens"),
        "{said}"
    );
    assert!(said.contains("12 more are answered by the store"), "{said}");
    assert_eq!(model.received(), asked);
    let fresh = [
        "run",
        "--out",
        "runs/b",
        "--accept",
        "v1",
        "--candidates",
        "1",
    ];
    says(folder, &fresh, 0);
    assert_eq!(export(folder, "runs/a"), export(folder, "runs/b"));

    // One completion more of each question: only these are asked for.
    let asked = model.received();
    let more = [
        "run",
        "--out",
        "runs/a",
        "--samples",
        "4",
        "--redo",
        "--quiet",
    ];
    says(folder, &more, 0);
    assert_eq!(model.received(), asked + QUESTIONS);

    // And back: nothing.
    let back = ["run", "--out", "runs/a", "--redo", "--quiet"];
    says(folder, &back, 0);
    assert_eq!(model.received(), asked + QUESTIONS);
    assert_eq!(export(folder, "runs/a"), before);
}

#[test]
fn runs_are_listed_shown_compared_and_made_smaller() {
    let model = Model::good();
    let folder = folder(&model.url());
    let folder = folder.path();
    says(folder, &["runs", "list"], 2);
    let run = |out: &str, more: &[&str], code| {
        let args = [&["run", "--quiet", "--out", out], more].concat();
        says(folder, &args, code);
    };
    run("runs/whole", &[], 0);
    run("runs/deep/part", &["--max-requests", "4"], 3);
    run(
        "runs/one",
        &["--propose", &format!("llm:other@{}", model.url())],
        0,
    );

    let (listed, _) = says(folder, &["runs", "list"], 0);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 6, "{listed}");
    assert_eq!(lines[0], "runs/deep/part");
    assert!(
        lines[1].contains("data.jsonl?matcher=true_false: interrupted"),
        "{listed}"
    );
    assert!(lines[1].contains("4 requests"), "{listed}");
    assert!(
        lines[5].contains("finished, 8 samples, 8 accepted"),
        "{listed}"
    );
    let (json, _) = says(folder, &["runs", "list", "--json"], 0);
    let rows: Vec<Value> = (json.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[2]["account"]["sent"], 12);
    assert_eq!(rows[2]["state"], "finished");

    let (shown, _) = says(folder, &["runs", "show", "runs/whole"], 0);
    for part in [
        "accept = \"siblings\"",
        "done, 8 samples",
        "llm-1:m;completions: 12 answered, 0 sent without an answer",
        "propose to llm-1:m;completions: 12 HTTP requests, 0 of them repeated",
        "12 times sent",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    // Settings, and samples by id.
    let (same, _) = says(folder, &["runs", "diff", "runs/whole", "runs/whole"], 0);
    assert!(
        same.contains("settings: the same\nsamples: 8 in both, 0 with another"),
        "{same}"
    );
    let wrong = Model::start(|_, body| {
        let wrong = question(body).contains(" 1 blue ");
        wrong.then(|| Fault::Says("    return None\n".to_owned()))
    });
    run(
        "runs/wrong",
        &["--propose", &format!("llm:m2@{}", wrong.url())],
        0,
    );
    let (diff, _) = says(folder, &["runs", "diff", "runs/whole", "runs/wrong"], 0);
    assert!(
        diff.contains("  propose: [\"llm:m\"] -> [\"llm:m2\"]"),
        "{diff}"
    );
    assert!(diff.contains("8 in both, 2 with another outcome"), "{diff}");
    assert!(diff.contains("2  accepted -> verify:wrong"), "{diff}");
    assert!(diff.contains("q1-s0: accepted, V2, answer "), "{diff}");
    assert!(
        diff.contains("rationales: 6 in both, 0 with another text"),
        "{diff}"
    );
    let (diff, _) = says(folder, &["runs", "diff", "runs/deep/part", "runs/whole"], 0);
    assert!(diff.contains("only in the second"), "{diff}");

    // What a killed export left, and what another model answered.
    run("runs/one", &["--redo"], 0);
    let left = folder.join("runs/one/.report.html.4194999.part");
    std::fs::write(&left, vec![b'x'; 5000]).unwrap();
    let before = export(folder, "runs/one");
    let (found, said) = says(folder, &["runs", "gc", "runs/one"], 0);
    assert!(found.contains("5.0 kB of an interrupted write"), "{found}");
    assert!(
        found.contains("stays: ") && found.contains("12 answers of llm-1:other"),
        "{found}"
    );
    assert!(said.contains("nothing was changed"), "{said}");
    assert!(left.exists());
    says(folder, &["runs", "gc", "runs/one", "--delete"], 0);
    assert!(!left.exists());
    let (found, _) = says(
        folder,
        &["runs", "gc", "runs/one", "--delete", "--unused-answers"],
        0,
    );
    assert!(
        found.contains("kB in 12 answers of llm-1:other;completions, which"),
        "{found}"
    );
    let (shown, _) = says(folder, &["runs", "show", "runs/one"], 0);
    assert!(!shown.contains("llm-1:other"), "{shown}");
    assert_eq!(export(folder, "runs/one"), before);
    // What the run asks is there: it asks nobody.
    let asked = model.received();
    run("runs/one", &[], 0);
    assert_eq!(model.received(), asked);

    std::fs::write(folder.join("runs/one/run.db"), b"no database at all").unwrap();
    let (listed, said) = says(folder, &["runs", "list"], 2);
    assert!(listed.contains("runs/whole"), "{listed}");
    assert!(said.contains("runs/one: "), "{said}");
}

#[test]
fn a_question_that_the_endpoint_always_fails_is_counted_and_asked_again() {
    let model = Model::start(|_, body| {
        let fails = question(body).contains(" 1 blue ");
        if !fails {
            // Others are answered while it is tried, which takes two seconds.
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        fails.then(|| Fault::Status(500, "", b"boom".to_vec()))
    });
    let folder = folder(&model.url());
    let folder = folder.path();
    let text = std::fs::read_to_string(folder.join("fact.toml")).unwrap();
    let patient = text.replace("retries = 1", "retries = 3");
    std::fs::write(folder.join("fact.toml"), patient).unwrap();
    let (_, said) = says(folder, &["run", "--out", "run"], 0);
    assert!(
        said.contains("1 questions got no answer of the language model's endpoint"),
        "{said}"
    );
    let summary = |out: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(out).join("summary.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let first = summary("run");
    assert_eq!(first["failures"]["propose:endpoint"], SCENES);
    assert_eq!(first["funnel"]["accepted"], (QUESTIONS - 1) * SCENES);
    assert!(first["language_model"]["repeated"].as_u64().unwrap() > 0);

    // Well again, elsewhere: only that question is asked for.
    let well = Model::good();
    let text = std::fs::read_to_string(folder.join("fact.toml")).unwrap();
    let text = text.replace(&model.url(), &well.url());
    std::fs::write(folder.join("fact.toml"), text).unwrap();
    says(folder, &["run", "--out", "run"], 0);
    assert!(well.received() <= SAMPLES);
    says(folder, &["run", "--out", "other"], 0);
    assert_eq!(export(folder, "run"), export(folder, "other"));
    assert_eq!(summary("run")["failures"], summary("other")["failures"]);
}
