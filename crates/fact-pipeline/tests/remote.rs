//! Runs whose perception is behind a wire: the same results as with a local one, nothing asked
//! twice, nothing lost when it fails. The wire is a stub; what answers behind it is the perception
//! of flat-colour images.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_lang::tool::Answer;
use fact_models::View;
use fact_models::remote::{Ask, CallError, Remote, Spent};
use fact_pipeline::back_end::BackEnd;
use fact_pipeline::config::Draft;
use fact_pipeline::engine::{self, Finished, RunError, Setup};
use fact_pipeline::export::{ExportOptions, Format, export};
use fact_pipeline::reporter::Silent;
use fact_pipeline::store::Reader;
use fact_pipeline::synth::{SynthOptions, write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Answers as `pixels` does, but for what its fault says.
struct Wire {
    perception: fact_models::Perception,
    batch: usize,
    concurrency: usize,
    asked: AtomicUsize,
    /// Fails once so many questions were asked.
    dies_after: usize,
}

impl Wire {
    fn new(batch: usize, concurrency: usize, dies_after: usize) -> Arc<Self> {
        Arc::new(Self {
            perception: fact_models::pixels::perception(),
            batch,
            concurrency,
            asked: AtomicUsize::new(0),
            dies_after,
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Remote for Wire {
    fn fingerprint(&self) -> &str {
        // As the local one, so that exports can be compared byte by byte.
        &self.perception.fingerprint
    }
    fn batch(&self) -> usize {
        self.batch
    }
    fn concurrency(&self) -> usize {
        self.concurrency
    }
    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        let answer = |ask: &Ask| {
            if self.asked.fetch_add(1, Ordering::SeqCst) >= self.dies_after {
                return Err(CallError {
                    endpoint: "http://127.0.0.1:9".into(),
                    message: "connection refused".into(),
                    transient: true,
                    unsent: false,
                });
            }
            let views: Vec<View<'_>> = (ask.pictures.iter())
                .map(|picture| View::of_pixels(&picture.pixels))
                .collect();
            Ok(self.perception.answer(&views, &ask.request))
        };
        asks.iter().map(answer).collect()
    }
    fn spent(&self) -> Spent {
        Spent::default()
    }
}

fn draw(folder: &Path) {
    let options = SynthOptions {
        samples: 60,
        per_sentence: 3,
        ..SynthOptions::default()
    };
    write(&options, &folder.join("data"), |_| {}).unwrap();
}

fn setup(folder: &Path, out: &str, threads: i64) -> Setup {
    let mut draft = Draft::default();
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    draft.set("data", format!("synth:{}", path("data")));
    draft.set("out", path(out));
    draft.set("threads", threads);
    Setup::open(draft.build().unwrap(), &Arc::default()).unwrap()
}

fn run(setup: &Setup) -> Result<Finished, RunError> {
    engine::run_setup(setup, &Silent, &AtomicBool::new(false))
}

fn behind(folder: &Path, out: &str, threads: i64, wire: &Arc<Wire>) -> Result<Finished, RunError> {
    let mut setup = setup(folder, out, threads);
    setup.perception = BackEnd::Remote(wire.clone());
    run(&setup)
}

fn exported(folder: &Path, out: &str) -> String {
    let to = folder.join(format!("{out}-export"));
    let reader = Reader::open(&folder.join(out)).unwrap();
    std::fs::create_dir_all(&to).unwrap();
    let exported = export(&reader, Format::Jsonl, &to, &ExportOptions::default()).unwrap();
    let path = exported.path;
    std::fs::read_to_string(path).unwrap()
}

/// The rows of an export without their confidence.
fn unweighed(export: &str) -> Vec<serde_json::Value> {
    let row = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().remove("confidence");
        row
    };
    export.lines().map(row).collect()
}

#[test]
fn batches_and_threads_change_no_result() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(folder);
    let mut ends = Vec::new();
    for (i, (batch, concurrency, threads)) in [(1, 1, 1), (7, 3, 4)].into_iter().enumerate() {
        let wire = Wire::new(batch, concurrency, usize::MAX);
        let out = format!("remote-{i}");
        assert!(behind(folder, &out, threads, &wire).unwrap().complete);
        ends.push((exported(folder, &out), wire.asked()));
    }
    assert!(ends[0].0.contains("\"accepted\":true"));
    assert_eq!(ends[0], ends[1]);
}

/// Behind a wire candidates are probed on latent worlds, in this process on other images: that tells
/// confidences and choices apart. The data set's own programs leave no choice.
#[test]
fn a_wire_changes_no_result() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(folder);
    let gold = |out: &str| {
        let mut draft = Draft::default();
        draft.set("data", format!("synth:{}", folder.join("data").display()));
        draft.set("out", folder.join(out).display().to_string());
        draft.set("propose", vec!["gold".to_owned()]);
        Setup::open(draft.build().unwrap(), &Arc::default()).unwrap()
    };
    run(&gold("local")).unwrap();
    let mut remote = gold("remote");
    remote.perception = BackEnd::Remote(Wire::new(3, 2, usize::MAX));
    run(&remote).unwrap();
    let local = exported(folder, "local");
    assert!(local.contains("\"accepted\":true"));
    assert_eq!(unweighed(&exported(folder, "remote")), unweighed(&local));
}

#[test]
fn a_dead_back_end_ends_the_run_and_what_it_answered_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(folder);
    let whole = Wire::new(4, 2, usize::MAX);
    behind(folder, "whole", 2, &whole).unwrap();
    let mut answered = 0;
    for dies_after in [1, 10, 50] {
        let wire = Wire::new(4, 2, dies_after);
        let error = behind(folder, "broken", 2, &wire).unwrap_err();
        assert!(error.to_string().contains("connection refused"), "{error}");
        assert!(error.hint().unwrap().contains("same command"));
        answered += dies_after;
    }
    let wire = Wire::new(4, 2, usize::MAX);
    assert!(behind(folder, "broken", 2, &wire).unwrap().complete);
    assert_eq!(answered + wire.asked(), whole.asked());
    assert_eq!(exported(folder, "broken"), exported(folder, "whole"));
    // A finished run asks nothing.
    let wire = Wire::new(4, 2, 0);
    assert!(behind(folder, "broken", 2, &wire).unwrap().complete);
    assert_eq!(wire.asked(), 0);
}
