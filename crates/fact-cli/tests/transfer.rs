//! `fact transfer` and `fact export --keep`, with the real binary and a verifier on the loopback
//! interface.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use assert_cmd::assert::Assert;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::model::{Fault, Model, shown};
use support::{data, fact, run};

const DATA: &str = "jsonl:data/data.jsonl?matcher=true_false";

/// A folder with a data set and a run of it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path(), 9, 2);
    run(folder.path(), &data, "run", &[]);
    folder
}

fn has_image(body: &Value) -> bool {
    body.to_string().contains("data:image/")
}

/// What the note says of a color, if there is one.
fn noted(body: &Value) -> Option<u32> {
    let shown = shown(body);
    let (note, question) = shown.split_once("\n\n")?;
    let color = question
        .split(' ')
        .find(|w| ["yellow", "blue", "black"].contains(w))?;
    let words: Vec<&str> = note.split_whitespace().collect();
    let at = words.iter().position(|w| *w == color)?;
    match words[at - 1] {
        "no" => Some(0),
        "a" => Some(1),
        number => number.parse().ok(),
    }
}

/// Reads the note if it sees the image too, and else says false.
fn answer(body: &Value) -> &'static str {
    let shown = shown(body);
    let asked = shown.split("exactly ").nth(1).unwrap();
    let asked: u32 = asked.split(' ').next().unwrap().parse().unwrap();
    match noted(body) {
        Some(number) if has_image(body) && number == asked => "true",
        _ => "false",
    }
}

fn reply(text: &str, logprob: Option<f64>) -> Fault {
    let tokens = logprob.map(|logprob| {
        let other = if text == "true" { "false" } else { "true" };
        let rest = (1.0 - logprob.exp()).ln();
        json!({"content": [{"token": text, "logprob": logprob, "top_logprobs": [
            {"token": text, "logprob": logprob}, {"token": other, "logprob": rest}]}]})
    });
    let choice = json!({"message": {"content": text}, "finish_reason": "stop", "logprobs": tokens});
    Fault::body(
        json!({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 1}})
            .to_string(),
    )
}

fn verifier() -> Model {
    Model::start(|_, body| Some(reply(answer(body), None)))
}

fn transfer(folder: &Path, models: &[(&str, &Model)], more: &[&str]) -> Assert {
    let mut command = fact(folder);
    command.args(["transfer", "run", "--retries", "0"]);
    for (name, model) in models {
        command.args(["--verifier", &format!("vlm:{name}@{}", model.url())]);
    }
    command.args(more).assert()
}

fn out(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn err(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn rows(folder: &Path, more: &[&str]) -> Vec<Value> {
    fact(folder)
        .args([
            "export",
            "run",
            "--format",
            "jsonl",
            "--out",
            "x",
            "--only-accepted",
            "--quiet",
        ])
        .args(more)
        .assert()
        .success();
    let text = std::fs::read_to_string(folder.join("x/samples.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_a_run_has_cost_stays_in_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    let proposer = Model::good();
    let proposed = format!("llm:m@{}", proposer.url());
    let prices = ["--price-prompt", "2", "--price-completion", "8"];
    run(
        folder,
        &data,
        "run",
        &[&["--propose", &proposed][..], &prices].concat(),
    );
    let account = || -> Value {
        let text = std::fs::read_to_string(folder.join("run/summary.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["language_model"].clone()
    };
    let before = account();
    assert!(before["cost"].as_f64() > Some(0.0), "{before}");
    assert!(
        before["cost_per_rationale"].as_f64() > Some(0.0),
        "{before}"
    );
    let model = verifier();
    transfer(folder, &[("m", &model)], &["--quiet"]).success();
    assert_eq!(account(), before);
    // A cost of other tokens is none of these.
    let path = folder.join("run/summary.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let tokens = format!("\"prompt_tokens\": {}", before["prompt_tokens"]);
    assert!(text.contains(&tokens));
    std::fs::write(&path, text.replace(&tokens, "\"prompt_tokens\": 1")).unwrap();
    transfer(folder, &[("m", &model)], &["--quiet"]).success();
    assert_eq!(account()["cost"], Value::Null);
}

#[test]
fn a_run_is_scored_once_and_kept_by_rules() {
    let folder = folder();
    let folder = folder.path();
    let all = rows(folder, &[]);
    assert!(all.len() >= 4 && all.iter().all(|row| row.get("transfer").is_none()));
    let model = verifier();
    let told = |file: &str| std::fs::read_to_string(folder.join("run").join(file)).unwrap();
    assert!(told("report.html").contains("No verifier was asked"));
    let first = transfer(folder, &[("m", &model)], &["--quiet"]).success();
    assert_eq!(model.received(), 3 * all.len());
    // The run's files tell of it.
    let page = told("report.html");
    assert!(
        page.contains("<h3>vlm:m</h3>") && page.contains("leakage-adjusted"),
        "{page}"
    );
    let summary: Value = serde_json::from_str(&told("summary.json")).unwrap();
    assert_eq!(summary["report"]["transfer"][0]["verifier"], "vlm:m");
    insta::assert_snapshot!(out(&first), @"
    Verifier vlm:m: 18 samples of 9 questions
      accuracy, image                                83.3  [66.7, 100.0]         18
      accuracy, image and rationale                 100.0  [100.0, 100.0]        18
      accuracy, rationale alone                      83.3  [66.7, 100.0]         18
      lift                                           16.7  [0.0, 33.3]           18
      lift, leaking                                   0.0  [0.0, 0.0]            15
      lift, not leaking                             100.0  [100.0, 100.0]         3
      leakage-adjusted                               50.0  [50.0, 50.0]          18
    ");
    // Nothing is asked twice; the placebo is asked for alone.
    let again = transfer(folder, &[("m", &model)], &["--quiet"]).success();
    assert_eq!(
        (out(&again), model.received()),
        (out(&first), 3 * all.len())
    );
    transfer(folder, &[("m", &model)], &["--placebo"]).success();
    // One that is left with no words is the question alone, which was asked.
    let asked = model.received() - 3 * all.len();
    assert!(asked > 0 && asked <= all.len(), "{asked}");

    let scored = rows(folder, &[]);
    for row in &scored {
        let of = &row["transfer"][0];
        assert_eq!(of["verifier"], "vlm:m");
        let answer = row["answer"].as_str().unwrap();
        assert_eq!(of["plain"]["answer"], "false");
        assert_eq!(of["plain"]["score"], f64::from(u8::from(answer == "false")));
        assert_eq!(of["rationale"]["answer"], answer, "{row}");
        assert_eq!(of["text"]["answer"], "false");
        assert!(of["placebo"]["answer"].is_string());
        let lift = f64::from(u8::from(answer == "true"));
        assert_eq!(of["lift"], lift);
    }
    fact(folder)
        .args(["check", "x/samples.jsonl"])
        .assert()
        .success();

    let ids =
        |rows: &[Value]| -> Vec<String> { rows.iter().map(|r| r["id"].to_string()).collect() };
    let helped: Vec<Value> = (scored.iter())
        .filter(|r| r["answer"] == "true")
        .cloned()
        .collect();
    assert!(!helped.is_empty() && helped.len() < scored.len());
    assert_eq!(
        ids(&rows(folder, &["--keep", "transfer:paper"])),
        ids(&scored)
    );
    assert_eq!(
        ids(&rows(folder, &["--keep", "transfer:lift>0.5"])),
        ids(&helped)
    );
    let both = ["--keep", "transfer:paper", "--keep", "transfer:net>=1"];
    assert_eq!(ids(&rows(folder, &both)), ids(&helped));
    let record = std::fs::read_to_string(folder.join("x/samples.jsonl.export.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        record["keep"]["rules"],
        json!(["transfer:paper", "transfer:net>=1"])
    );
    assert_eq!(record["keep"]["not_kept"], scored.len() - helped.len());
    let report = fact(folder).args(["report", "run"]).assert().success();
    assert!(
        out(&report).contains("Verifier vlm:m: "),
        "{}",
        out(&report)
    );
}

#[test]
fn probabilities_are_used_and_verifiers_vote() {
    let folder = folder();
    let folder = folder.path();
    // One is a little surer with the rationale, the other answers false to everything.
    let sure = Model::start(|_, body| {
        let says = answer(body);
        let noted = shown(body).contains("This was noted");
        Some(reply(
            says,
            Some(if noted { 0.9f64.ln() } else { 0.6f64.ln() }),
        ))
    });
    let dull = Model::start(|_, _| Some(reply("false", None)));
    let models = [("sure", &sure), ("dull", &dull)];
    transfer(folder, &models, &[]).success();
    let scored = rows(folder, &[]);
    let no = scored.iter().find(|row| row["answer"] == "false").unwrap();
    let of = |verifier: &str| {
        let all = no["transfer"].as_array().unwrap().iter();
        all.clone()
            .find(|t| t["verifier"] == verifier)
            .unwrap()
            .clone()
    };
    let near = |value: &Value, to: f64| (value.as_f64().unwrap() - to).abs() < 1e-9;
    assert!(near(&of("vlm:sure")["plain"]["probability"], 0.6));
    assert!(near(&of("vlm:sure")["lift"], 0.3));
    assert_eq!(of("vlm:dull")["lift"], 0.0);
    let kept = |vote: &str| rows(folder, &["--keep", "transfer:lift>0.1", "--vote", vote]).len();
    assert_eq!(
        (kept("any"), kept("majority"), kept("all")),
        (scored.len(), 0, 0)
    );
    // Without probabilities nothing is made up.
    assert_eq!(of("vlm:dull")["plain"].get("probability"), None);
}

#[test]
fn a_verifier_that_dies_is_asked_only_the_rest() {
    let folder = folder();
    let folder = folder.path();
    let samples = rows(folder, &[]).len();
    let dead = Arc::new(AtomicBool::new(false));
    let dies = dead.clone();
    let model = Model::start(move |number, body| {
        if dies.load(Ordering::SeqCst) && number >= 5 {
            return Some(Fault::Status(503, "", b"down".to_vec()));
        }
        Some(reply(answer(body), None))
    });
    dead.store(true, Ordering::SeqCst);
    let failed = transfer(folder, &[("m", &model)], &["--concurrency", "1"]).code(2);
    assert!(
        err(&failed).contains("a verifier has no answer"),
        "{}",
        err(&failed)
    );
    assert!(
        err(&failed).contains("the same command goes on"),
        "{}",
        err(&failed)
    );
    dead.store(false, Ordering::SeqCst);
    let before = model.received();
    transfer(folder, &[("m", &model)], &[]).success();
    assert_eq!(model.received() - before, 3 * samples - 5);
}

#[test]
fn a_budget_holds_and_a_larger_one_goes_on() {
    let folder = folder();
    let folder = folder.path();
    let samples = rows(folder, &[]).len();
    let model = verifier();
    let ended = transfer(folder, &[("m", &model)], &["--max-requests", "4"]).code(3);
    assert!(
        err(&ended).contains("the budget is used up"),
        "{}",
        err(&ended)
    );
    assert_eq!(model.received(), 4);
    transfer(folder, &[("m", &model)], &["--max-requests", "1000"]).success();
    assert_eq!(model.received(), 3 * samples);
}

#[test]
fn what_was_written_anew_is_asked_about_again() {
    let folder = folder();
    let folder = folder.path();
    let model = verifier();
    transfer(folder, &[("m", &model)], &[]).success();
    let asked = model.received();
    // The facts in another order say the same.
    let writer = Model::start(|_, body| {
        let shown = shown(body);
        let task = &shown[shown.rfind("Facts:\n").unwrap()..];
        let mut facts: Vec<&str> = (task.lines().skip(1))
            .take_while(|line| !line.starts_with("Last sentence: "))
            .map(|line| line.split_once(". ").unwrap().1)
            .collect();
        facts.reverse();
        let last = task.split("Last sentence: ").nth(1)?.lines().next()?;
        let text = format!(" {} {last}", facts.join(" ")).replace("in the image", "in the picture");
        Some(Fault::Says(text))
    });
    let bridge = format!("llm:w@{}", writer.url());
    fact(folder)
        .args(["run", "--data", DATA, "--out", "run", "--quiet"])
        .args(["--bridge", &bridge, "--llm-api", "completions"])
        .assert()
        .success();
    let kept = fact(folder)
        .args([
            "export",
            "run",
            "--format",
            "jsonl",
            "--out",
            "y",
            "--keep",
            "transfer:paper",
        ])
        .assert()
        .success();
    assert!(
        out(&kept).contains("that a verifier was not asked about"),
        "{}",
        out(&kept)
    );
    transfer(folder, &[("m", &model)], &[]).success();
    assert!(model.received() > asked);
    let kept = fact(folder)
        .args([
            "export",
            "run",
            "--format",
            "jsonl",
            "--out",
            "y",
            "--keep",
            "transfer:paper",
        ])
        .assert()
        .success();
    assert!(
        !out(&kept).contains("was not asked about"),
        "{}",
        out(&kept)
    );
}

#[test]
fn what_cannot_be_asked_is_told() {
    let folder = folder();
    let folder = folder.path();
    let model = verifier();
    let keep = fact(folder)
        .args([
            "export",
            "run",
            "--format",
            "jsonl",
            "--out",
            "x",
            "--keep",
            "transfer:paper",
        ])
        .assert()
        .code(2);
    assert!(
        err(&keep).contains("no verifier was asked"),
        "{}",
        err(&keep)
    );
    let twice = transfer(folder, &[("m", &model), ("m", &model)], &[]).code(2);
    assert!(err(&twice).contains("named twice"), "{}", err(&twice));
    let none = fact(folder)
        .args([
            "transfer",
            "elsewhere",
            "--verifier",
            "vlm:m@http://127.0.0.1:1",
        ])
        .assert()
        .code(2);
    assert!(err(&none).contains("no run in elsewhere"), "{}", err(&none));
    for wrong in ["llm:m@http://h", "vlm:m"] {
        let wrong = fact(folder)
            .args(["transfer", "run", "--verifier", wrong])
            .assert()
            .code(2);
        assert!(err(&wrong).contains("MODEL@URL"), "{}", err(&wrong));
    }
    let rule = fact(folder)
        .args([
            "export", "run", "--format", "jsonl", "--out", "x", "--keep", "lift",
        ])
        .assert()
        .code(2);
    assert!(err(&rule).contains("transfer:lift>X"), "{}", err(&rule));
    std::fs::remove_dir_all(folder.join("data/images")).unwrap();
    let gone = transfer(folder, &[("m", &model)], &[]).code(2);
    assert!(
        err(&gone).contains("restore the data set"),
        "{}",
        err(&gone)
    );
    assert_eq!(model.received(), 0);
}

#[cfg(not(feature = "student"))]
#[test]
fn a_program_without_students_says_how_to_build_one_with() {
    let folder = folder();
    let args = ["transfer", "run", "--verifier", "student:S"];
    let refused = fact(folder.path()).args(args).assert().code(2);
    let said = err(&refused);
    assert!(said.contains("built without students"), "{said}");
    assert!(said.contains("--features student"), "{said}");
}
