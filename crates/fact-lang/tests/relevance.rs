//! Soundness of dependence: an answer that is not in the closure of the result does not matter.
//!
//! Random programs ask random questions. Whenever a program returns, each recorded answer that the
//! backward closure of the result does not hold is changed, alone and then all of them together.
//! The program, run again, must return the same value — unless it does not return at all: whether
//! a run ends is not part of why it ended with its value (`docs/spec/language/limits.md`).
//!
//! `FACT_CASES=50000 cargo test -p fact-lang --test relevance` runs more cases.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;
mod relevance {
    pub(crate) mod generate;
    mod statements;
}

use common::run_with;
use fact_lang::pack::Pack;
use fact_lang::run::{Limits, Outcome, Run};
use fact_lang::tool::{Answer, Arg, Request};
use proptest::prelude::*;
use relevance::generate::program;
use std::sync::LazyLock;

const API: &str = r#""""A world that answers."""
VERSION = "1"


@primitive
def yes(region: Region, question: str) -> bool:
    ...


@primitive
def how_many(region: Region, question: str) -> int:
    ...


class World:
    """What is asked."""

    def __init__(self, region):
        self._region = region

    def ask(self, question: str) -> bool:
        """Is it so?"""
        return yes(self._region, question)

    def count(self, question: str) -> int:
        """How many?"""
        return how_many(self._region, question)

    def has(self, n: int) -> bool:
        """Is there such a number?"""
        return yes(self._region, str(n))

    def at(self, n: int) -> int:
        """What is at the number?"""
        return how_many(self._region, str(n))

    def part(self):
        """A part of it."""
        return World(self._region)


@wraps_input("image")
def _image(region):
    return World(region)
"#;

static WORLD: LazyLock<Pack> = LazyLock::new(|| Pack::load("world", API).unwrap());

fn question(request: &Request) -> &str {
    match &request.args[0].1 {
        Arg::Str(text) => text,
        _ => panic!("a question is text"),
    }
}

/// A fixed answer to every request; another one to those in `changed`.
fn world(seed: u64, changed: &[Request], by: i64, request: &Request) -> Answer {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in question(request).bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let hash = hash ^ (hash >> 29);
    let other = changed.contains(request);
    match request.tool.as_str() {
        "yes" => Answer::Bool((hash.is_multiple_of(2)) != other),
        _ => {
            let n = (hash % 4) as i64;
            Answer::Number((if other { n + by } else { n }) as f64)
        }
    }
}

fn run_in(source: &str, seed: u64, changed: &[Request], by: i64) -> Run {
    let limits = Limits {
        steps: 50_000,
        events: 50_000,
        ..Limits::default()
    };
    run_with(
        source,
        &WORLD,
        |request| Some(world(seed, changed, by, request)),
        &limits,
    )
}

/// The requests whose answers the result does not depend on.
fn irrelevant(run: &Run) -> Vec<Request> {
    let trace = &run.trace;
    let closure = trace.closure(trace.result);
    let mut used = vec![false; trace.answers.len()];
    for call in &trace.tool_calls {
        used[call.answer as usize] |= closure[call.event.index()];
    }
    let unused = trace.answers.iter().zip(&used).filter(|(_, used)| !**used);
    unused
        .map(|(recorded, _)| recorded.request.clone())
        .collect()
}

fn check(source: &str, seed: u64) -> Result<usize, TestCaseError> {
    let run = run_in(source, seed, &[], 0);
    let Outcome::Returned(value) = &run.outcome else {
        return Ok(0);
    };
    let free = irrelevant(&run);
    let mut tried = 0;
    let single = free.iter().map(std::slice::from_ref);
    for changed in single.chain([free.as_slice()]).filter(|c| !c.is_empty()) {
        for by in [1, -1, 3] {
            let flipped = run_in(source, seed, changed, by);
            if let Outcome::Returned(other) = &flipped.outcome {
                tried += 1;
                let questions: Vec<&str> = changed.iter().map(question).collect();
                prop_assert_eq!(
                    &value.repr,
                    &other.repr,
                    "with the answer to {:?} changed by {}:\n{}",
                    questions,
                    by,
                    source
                );
            }
        }
    }
    Ok(tried)
}

fn cases() -> u32 {
    let asked = std::env::var("FACT_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(), failure_persistence: None, max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_not_in_the_closure_does_not_matter(
        choices in prop::collection::vec(any::<u8>(), 0..120),
        seed in 0u64..64,
    ) {
        check(&program(&choices), seed)?;
    }
}

/// The property says nothing where no answer is left out or no program returns.
#[test]
fn there_is_much_to_compare() {
    let mut state = 1u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as u8
    };
    let mut compared = 0;
    for seed in 0..200 {
        let choices: Vec<u8> = (0..80).map(|_| next()).collect();
        compared += check(&program(&choices), seed).unwrap();
    }
    assert!(compared > 200, "only {compared} runs were compared");
}
