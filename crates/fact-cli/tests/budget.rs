//! Where a budget ends is a matter of the data set, not of who comes first.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use support::model::{Answered, Fault, Model, shown};
use support::{data, export, fact};

const QUESTIONS: usize = 10;
const SCENES: usize = 2;

/// Runs with these settings, and returns what was asked and what is stored.
fn run(settings: &str, concurrency: usize, slow: u64) -> (BTreeSet<String>, String, usize) {
    // Wrong at first, so that a repair is asked for; answers come in an order of their own.
    let model = Model::start(move |number, body| {
        std::thread::sleep(Duration::from_millis((number as u64 * slow) % 23));
        let repair = shown(body).contains("That is wrong.");
        (!repair).then(|| Fault::Says("    return image.count(\"red square\")\n".to_owned()))
    });
    let folder = tempfile::tempdir().unwrap();
    let folder: &Path = folder.path();
    let data = data(folder, QUESTIONS, SCENES);
    let text = format!(
        "data = \"{data}\"\npropose = [\"llm:m@{}\"]\n[llm]\nsamples = 3\n\
         concurrency = {concurrency}\n{settings}\n",
        model.url()
    );
    std::fs::write(folder.join("fact.toml"), text).unwrap();
    let threads = (concurrency / 2).max(1).to_string();
    fact(folder)
        .args(["run", "--out", "run", "--quiet", "--threads", &threads])
        .assert()
        .code(3);
    let asked: BTreeSet<String> = model.answered().iter().map(Answered::identity).collect();
    assert_eq!(asked.len(), model.received());
    (asked, export(folder, "run"), model.received())
}

#[test]
fn a_budget_ends_at_the_same_question_whoever_comes_first() {
    for settings in [
        "max_requests = 17",
        "max_requests = 18\nrepair = true",
        "max_total_tokens = 9000",
        "max_total_tokens = 9000\nrepair = true",
    ] {
        let (asked, stored, number) = run(settings, 1, 0);
        assert!(!stored.is_empty() && stored.lines().count() < QUESTIONS * SCENES);
        for (concurrency, slow) in [(4, 7), (9, 5)] {
            let (others, other, requests) = run(settings, concurrency, slow);
            assert_eq!(requests, number, "{settings}");
            assert_eq!(others, asked, "{settings}");
            assert_eq!(other, stored, "{settings}");
        }
    }
}
