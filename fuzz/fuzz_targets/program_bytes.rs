//! Any bytes, read as a program and as a pack: parse, run, render, drop.
#![no_main]

#[path = "../../crates/fact-lang/tests/fuzzing/harness.rs"]
#[allow(dead_code)]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness::bytes(data));
