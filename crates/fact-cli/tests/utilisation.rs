//! A server with a fixed latency and a number of places: how busy a run keeps it.
//!
//! `FACT_UTILISATION` is `QUESTIONS,PLACES,MILLISECONDS` (default: a small run); what was measured is
//! told, and nothing is asserted of times. `benchmarks/utilisation.sh` measures.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed step fails the test; the measurement is told"
)]

mod support;

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::model::Model;
use support::{draw, fact};

const SAMPLES: usize = 8;

/// When requests came and went.
#[derive(Default)]
struct Log {
    now: usize,
    most: usize,
    first: Option<Instant>,
    last: Option<Instant>,
    busy: Duration,
}

/// A data set with one picture, and as many different questions.
fn data(folder: &Path, questions: usize) -> String {
    let root = folder.join("data");
    std::fs::create_dir_all(&root).unwrap();
    draw(&root.join("a.png"), [[1, 2, 3], [2, 0, 1], [0, 1, 2]]);
    let mut rows = String::new();
    for number in 0..questions {
        let row = serde_json::json!({
            "id": number.to_string(),
            "image": "a.png",
            "question": format!("There are exactly 3 blue squares in picture {number}"),
            "answer": "true",
        });
        writeln!(rows, "{row}").unwrap();
    }
    std::fs::write(root.join("data.jsonl"), rows).unwrap();
    "jsonl:data/data.jsonl?matcher=true_false".to_owned()
}

#[test]
fn a_server_with_so_many_places_is_kept_busy() {
    let setting = std::env::var("FACT_UTILISATION").unwrap_or("6,4,5".to_owned());
    let numbers: Vec<usize> = setting.split(',').map(|n| n.parse().unwrap()).collect();
    let [questions, places, millis] = numbers[..] else {
        panic!("FACT_UTILISATION is QUESTIONS,PLACES,MILLISECONDS");
    };
    let log: Arc<Mutex<Log>> = Arc::default();
    let ours = log.clone();
    let model = Model::start(move |_, _| {
        let start = Instant::now();
        {
            let mut log = ours.lock().unwrap();
            log.now += 1;
            log.most = log.most.max(log.now);
            log.first.get_or_insert(start);
        }
        std::thread::sleep(Duration::from_millis(millis as u64));
        let mut log = ours.lock().unwrap();
        log.now -= 1;
        log.busy += start.elapsed();
        log.last = Some(Instant::now());
        None
    });
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path(), questions);
    let text = format!(
        "data = \"{data}\"\npropose = [\"llm:m@{}\"]\n[llm]\nsamples = {SAMPLES}\n\
         concurrency = {places}\n",
        model.url()
    );
    std::fs::write(folder.path().join("fact.toml"), text).unwrap();
    let start = Instant::now();
    fact(folder.path())
        .args(["run", "--out", "run", "--quiet"])
        .assert()
        .success();
    let wall = start.elapsed().as_secs_f64();
    let log = log.lock().unwrap();
    let requests = questions * SAMPLES;
    assert_eq!(model.received(), requests);
    assert!(log.most <= places);
    let span = (log.last.unwrap() - log.first.unwrap()).as_secs_f64();
    let busy = log.busy.as_secs_f64() / (span * places as f64);
    // What the server needs at the least.
    let least = (requests.div_ceil(places) * millis) as f64 / 1000.0;
    eprintln!(
        "| {requests} | {places} | {millis} | {:.1} % | {least:.2} | {span:.2} | {:.1} % | {wall:.2} |",
        100.0 * busy,
        100.0 * (span / least - 1.0),
    );
}
