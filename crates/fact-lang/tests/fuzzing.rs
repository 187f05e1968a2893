//! The fuzz targets' harness in a plain test: random bytes and mutated programs, on small stacks.
//!
//! `FACT_FUZZ_ITERATIONS` (2000) says how many of each, `FACT_FUZZ_SEED` (1) which. `fuzz/` runs the
//! same functions under libFuzzer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    missing_docs
)]

#[path = "fuzzing/harness.rs"]
mod harness;

use harness::Numbers;
use std::sync::{Arc, Mutex};

fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a whole number"),
        Err(_) => default,
    }
}

/// Runs `one` on inputs of its own numbers, on a small stack, and shows the input that panics.
fn fuzz(name: &str, draw: fn(&mut Numbers) -> Vec<u8>) {
    let iterations = number("FACT_FUZZ_ITERATIONS", 2_000);
    let seed = number("FACT_FUZZ_SEED", 1);
    let current: Arc<Mutex<Vec<u8>>> = Arc::default();
    let shared = Arc::clone(&current);
    let worker = std::thread::Builder::new()
        .stack_size(harness::STACK_BYTES)
        .spawn(move || {
            for i in 0..iterations {
                let input = draw(&mut Numbers(seed.rotate_left(32) ^ i));
                shared.lock().unwrap().clone_from(&input);
                harness::bytes(&input);
            }
        })
        .unwrap();
    let ended = worker.join();
    let input = match current.lock() {
        Ok(input) => input.clone(),
        Err(poisoned) => poisoned.into_inner().clone(),
    };
    assert!(
        ended.is_ok(),
        "{name}: panic on\n{}",
        String::from_utf8_lossy(&input)
    );
    eprintln!("{name}: {iterations} inputs of seed {seed}");
}

#[test]
fn random_bytes() {
    fuzz("random bytes", harness::random_bytes);
}

#[test]
fn mutated_programs() {
    fuzz("mutated programs", |numbers| {
        harness::mutation(corpus(), numbers).into_bytes()
    });
}

/// The programs of the differential corpus.
fn corpus() -> &'static [&'static str] {
    static CORPUS: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential");
        let mut files = Vec::new();
        for group in std::fs::read_dir(folder).unwrap() {
            let group = group.unwrap().path();
            if group.is_dir() {
                files.extend(std::fs::read_dir(group).unwrap().map(|f| f.unwrap().path()));
            }
        }
        files.retain(|f| f.extension().is_some_and(|e| e == "py"));
        files.sort();
        let read =
            |f: &std::path::PathBuf| -> &'static str { std::fs::read_to_string(f).unwrap().leak() };
        files.iter().map(read).collect()
    });
    &CORPUS
}
