//! Attacks on the slicer: long programs, deep ones, long traces, many deletions. Each ends, within the
//! budget of steps, in a slice that is known to be minimal or in the outcome that says it is not.
#![allow(clippy::expect_used, reason = "a failed step fails the test")]

mod common;

use common::{Scene, executed};
use fact_core::certificate::{inputs, limits};
use fact_core::slice::{
    Behaviour, Minimality, Setting, Slice, SliceError, minimality, slice_within,
};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::Run;
use std::fmt::Write;

const SCENE: &str = "box 0,0,100,100\nbox 150,0,250,100\n\
    item 10,10,20,20 color=black shape=square size=small\n";

/// What a slice takes in these tests: a hundredth of the usual.
const BUDGET: u64 = 1_000_000;

fn with<T>(scene: &str, source: &str, f: impl FnOnce(Setting<'_>, &Module, &Run) -> T) -> T {
    let scene = Scene::parse(scene);
    let pack = Pack::builtin("blocks").expect("the shipped pack");
    let program = pack.parse(source).expect("a program");
    let run = executed(&scene, &pack, &program);
    let inputs = inputs(vec![scene.image.clone()], &scene.question, &[]);
    let limits = limits();
    let setting = Setting {
        pack: &pack,
        inputs: &inputs,
        answers: &run.trace.answers,
        limits: &limits,
    };
    f(setting, &program, &run)
}

fn sliced(source: &str, budget: u64) -> Result<Slice<'static>, SliceError> {
    with(SCENE, source, |setting, program, run| {
        slice_within(setting, program, run, budget).map(Slice::into_owned)
    })
}

/// A program that returns what the last of the statements gives.
fn chain(n: usize, line: impl Fn(usize) -> String) -> String {
    let mut source = String::from(
        "def execute_command(image):\n    a = image.boxes[0].count(\"black item\")\n    b = 0\n",
    );
    for i in 0..n {
        writeln!(source, "    {}", line(i)).expect("a string");
    }
    source + "    return a\n"
}

#[test]
fn ten_thousand_statements_that_do_not_matter_go_at_once() {
    // One line, since a source has at most 64 KiB.
    let source = chain(1, |_| "b=1;".repeat(10_000));
    let slice = sliced(&source, BUDGET).expect("a slice");
    assert_eq!(slice.reduction.statements, 10_003);
    assert_eq!(slice.reduction.statements_kept, 2);
    assert!(slice.re_executions < 1_000, "{}", slice.re_executions);
}

#[test]
fn thousands_of_statements_that_matter_end_in_a_typed_outcome() {
    let source = chain(3_000, |_| "a = a + 1".to_owned());
    let outcome = sliced(&source, BUDGET);
    let Err(SliceError::NotMinimal {
        statements,
        re_executions,
    }) = outcome
    else {
        panic!("each of 3,000 statements was tried for so little: {outcome:?}");
    };
    assert_eq!(statements, 3_002);
    assert!(re_executions > 10);
}

#[test]
fn what_is_left_out_without_being_tried_is_no_silent_pass() {
    // 100 statements fit the budget of a slice; a checker with less does not call them minimal.
    let source = chain(100, |_| "a = a + 1".to_owned());
    with(SCENE, &source, |setting, program, run| {
        let slice = slice_within(setting, program, run, BUDGET).expect("a slice");
        assert_eq!(slice.reduction.statements_kept, 102);
        let behaviour = Behaviour::within(setting, program, run, BUDGET);
        assert_eq!(minimality(&behaviour, &slice.residual), Minimality::Minimal);
        let behaviour = Behaviour::within(setting, program, run, 5_000);
        let told = minimality(&behaviour, &slice.residual);
        assert!(matches!(told, Minimality::Undecided(_)), "{told:?}");
    });
}

#[test]
fn a_program_that_ends_late_on_a_flipped_table_is_cut_short() {
    // With another count the loop runs to its limit, with `k` or without it.
    let source = "def execute_command(image):\n    n = image.boxes[0].count(\"black item\")\n    \
        k = 0\n    while n != 1:\n        k += 1\n    return k + n\n";
    let slice = sliced(source, BUDGET).expect("a slice");
    assert_eq!(slice.reduction.statements, 5);
    assert_eq!(slice.reduction.statements_kept, 4);
}

#[test]
fn deep_nesting_is_sliced() {
    let mut source = String::from("def execute_command(image):\n    box = image.boxes[0]\n");
    let depth = 18;
    for i in 0..depth {
        let indent = "    ".repeat(i + 1);
        writeln!(source, "{indent}if box.count(\"item\") >= {}:", i % 2).expect("a string");
        writeln!(source, "{indent}    idle = {i}").expect("a string");
    }
    writeln!(source, "{}return \"yes\"", "    ".repeat(depth + 1)).expect("a string");
    source += "    return \"no\"\n";
    let slice = sliced(&source, 10 * BUDGET).expect("a slice");
    assert!(!slice.residual.source.contains("idle"));
    assert_eq!(slice.reduction.statements_kept, depth + 3);
}

#[test]
fn a_hundred_thousand_events_are_sliced() {
    let scene: String = (0..400).fold("box 0,0,100,100\n".to_owned(), |mut scene, i| {
        let (x, y) = (i % 20 * 5, i / 20 * 5);
        let right_bottom = (x + 2, y + 2);
        writeln!(
            scene,
            "item {x},{y},{},{} color={} shape=square size=small",
            right_bottom.0,
            right_bottom.1,
            if i % 2 == 0 { "black" } else { "blue" }
        )
        .expect("a string");
        scene
    });
    let source = "def execute_command(image):\n    n = 0\n    idle = 0\n    for item in \
        image.boxes[0].items:\n        for other in image.boxes[0].items[:50]:\n            if \
        item.color == other.color:\n                n += 1\n            idle += 1\n    return n\n";
    with(&scene, source, |setting, program, run| {
        assert!(run.trace.events.len() > 100_000);
        let slice = slice_within(setting, program, run, 100 * BUDGET).expect("a slice");
        assert!(!slice.residual.source.contains("idle"));
        assert_eq!(slice.reduction.statements_kept, 6);
    });
}
