//! What the hostile programs cost: each is run with the default limits in a process of its own, which
//! tells the processor time it took (others may use the machine) and its greatest resident memory.
//!
//! Not run by default, since it takes long and only means something in release:
//! `cargo test --release -p fact-lang --test attack_bounds -- --ignored --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

mod common;

use common::attacks::{ATTACKS, bombs, program};
use common::{VIPER, outcome, run_with, scene};
use fact_lang::run::Limits;
use fact_lang::syntax::parse_program;
use std::process::Command;

const CHILD: &str = "FACT_ATTACK";
const MOST_KIB: u64 = 256 << 10;
const MOST_MILLISECONDS: u64 = 2_000;

fn sources() -> Vec<String> {
    let attacks = ATTACKS.iter().map(|attack| program(attack));
    attacks.chain(bombs()).collect()
}

/// Processor time of this process so far: user and system ticks of 10 ms, fields 14 and 15 of
/// `/proc/self/stat`, which are 12 and 13 after the name in brackets.
fn processor_milliseconds() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks = fields.skip(11).take(2).map(|n| n.parse::<u64>().unwrap());
    ticks.sum::<u64>() * 10
}

/// Runs one program and prints what it took: milliseconds, kibibytes, outcome.
#[test]
#[ignore = "the child of `none_exceeds_its_bounds`"]
fn child() {
    let Ok(at) = std::env::var(CHILD) else { return };
    let source = sources().swap_remove(at.parse().unwrap());
    std::sync::LazyLock::force(&VIPER);
    let run = move || {
        let start = processor_milliseconds();
        let outcome = match parse_program(&source) {
            Ok(_) => outcome(&run_with(&source, &VIPER, scene, &Limits::default())),
            Err(error) => format!("refused {:?}", error.kind),
        };
        (processor_milliseconds() - start, outcome)
    };
    let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    let (milliseconds, outcome) = worker.unwrap().join().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    let shown: String = outcome.chars().take(60).collect();
    println!("\ntook {milliseconds} {} {shown}", kib.unwrap_or("0"));
}

#[test]
#[ignore = "measures; run in release"]
fn none_exceeds_its_bounds() {
    let sources = sources();
    assert!(sources.len() >= 80);
    let mut rows = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(CHILD, at.to_string())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let shown: String = source.chars().take(200).collect();
        let Some(took) = text.lines().find_map(|line| line.strip_prefix("took ")) else {
            panic!("no outcome ({}) of\n{shown}", output.status);
        };
        let mut words = took.splitn(3, ' ');
        let milliseconds: u64 = words.next().unwrap().parse().unwrap();
        let kib: u64 = words.next().unwrap().parse().unwrap();
        rows.push((milliseconds, kib, words.next().unwrap().to_owned(), shown));
    }
    rows.sort();
    println!("{} programs; the slowest:", rows.len());
    for (milliseconds, kib, outcome, source) in rows.iter().rev().take(5) {
        println!("{milliseconds} ms {} MiB {outcome}: {source:?}", kib >> 10);
    }
    rows.sort_by_key(|row| row.1);
    println!("the largest:");
    for (milliseconds, kib, outcome, source) in rows.iter().rev().take(5) {
        println!("{milliseconds} ms {} MiB {outcome}: {source:?}", kib >> 10);
    }
    for (milliseconds, kib, outcome, source) in &rows {
        let within = *milliseconds <= MOST_MILLISECONDS && *kib <= MOST_KIB;
        assert!(within, "{milliseconds} ms, {kib} KiB, {outcome}:\n{source}");
    }
}
