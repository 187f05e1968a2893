//! Slices of random programs on random scenes: a residual gives the same result, agrees on every
//! flipped table, has no part that can go (each deletion tried on its text, by code that shares
//! nothing with the slicer), is always the same, and runs under CPython.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a failed step fails the test; a skipped one is told of"
)]

#[path = "../common/mod.rs"]
mod common;
mod deletion;
mod generate;

use common::{Scene, executed};
use fact_core::certificate::{inputs, limits};
use fact_core::slice::flips::{Spoken, flips};
use fact_core::slice::{
    Behaviour, Minimality, Setting, Slice, minimality, reproduce, same_end, slice,
};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, end, run};
use fact_lang::tool::Recorded;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use std::borrow::Cow;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

static PACK: LazyLock<Pack> =
    LazyLock::new(|| Pack::builtin("blocks").unwrap_or_else(|e| panic!("the shipped pack: {e}")));

fn scene() -> impl Strategy<Value = String> {
    let item = (
        0..3u32,
        0..8u32,
        0..8u32,
        prop::sample::select(vec!["black", "yellow", "blue"]),
        prop::sample::select(vec!["square", "circle"]),
    );
    prop::collection::vec(item, 0..7).prop_map(|items| {
        let mut text = String::from("box 0,0,100,100\nbox 150,0,250,100\nbox 300,0,400,100\n");
        for (slot, x, y, color, shape) in items {
            let (left, top) = (150 * slot + x * 10, y * 10);
            let (right, bottom) = (left + 20, top + 20);
            text.push_str(&format!(
                "item {left},{top},{right},{bottom} color={color} shape={shape} size=medium\n"
            ));
        }
        text
    })
}

struct Sliced {
    program: Module,
    run: Run,
    inputs: Inputs,
    limits: Limits,
    slice: Slice<'static>,
}

impl Sliced {
    fn setting(&self) -> Setting<'_> {
        Setting {
            pack: &PACK,
            inputs: &self.inputs,
            answers: &self.run.trace.answers,
            limits: &self.limits,
        }
    }

    /// A run, and the end that a run without trace comes to.
    fn run_on(&self, program: &Module, answers: &[Recorded]) -> Outcome {
        let mut table = answers;
        let traced = run(program, &PACK, &self.inputs, &mut table, &self.limits);
        let mut table = answers;
        let untraced = end(program, &PACK, &self.inputs, &mut table, &self.limits);
        assert_eq!(traced.outcome, untraced.outcome, "{}", program.source);
        traced.outcome
    }
}

/// The slice of a program on a scene; `None` if it does not return.
fn sliced(text: &str, source: &str) -> Option<Sliced> {
    let scene = Scene::parse(text);
    let program = PACK.parse(source).expect(source);
    let done = executed(&scene, &PACK, &program);
    done.trace.result?;
    let inputs = inputs(vec![scene.image.clone()], &scene.question, &[]);
    let limits = limits();
    let setting = Setting {
        pack: &PACK,
        inputs: &inputs,
        answers: &done.trace.answers,
        limits: &limits,
    };
    let slice = slice(setting, &program, &done).expect(source).into_owned();
    Some(Sliced {
        program,
        run: done,
        inputs,
        limits,
        slice,
    })
}

fn holds(text: &str, source: &str) -> Result<(), TestCaseError> {
    let Some(made) = sliced(text, source) else {
        return Ok(());
    };
    let residual = &made.slice.residual;
    let shown = format!("{text}\n{source}\n{}", residual.source);
    prop_assert!(
        same_end(&made.run.outcome, &made.slice.run.outcome),
        "{shown}"
    );

    // Residual and run are those of its text, also where neither was made again.
    let printed = PACK.parse(&residual.source).expect(source);
    let again = made.setting().run(&printed);
    prop_assert_eq!(format!("{printed:?}"), format!("{residual:?}"));
    prop_assert_eq!(format!("{again:?}"), format!("{:?}", &*made.slice.run));
    let (kept, run) = reproduce(made.setting(), &printed, &again, residual).expect(source);
    prop_assert_eq!(format!("{printed:?}"), format!("{kept:?}"));
    prop_assert!(matches!(run, Cow::Borrowed(_)), "{shown}");

    // Agreement where a table answers all that the original asks.
    let answers = &made.run.trace.answers;
    let spoken = Spoken::new(&made.program, &PACK);
    let closure = made.run.trace.closure(made.run.trace.result);
    let calls = made.run.trace.tool_calls.iter();
    let used: Vec<u32> = calls
        .filter(|call| closure[call.event.index()])
        .map(|call| call.answer)
        .collect();
    for flip in flips(96, answers, &spoken, &|i| used.contains(&(i as u32))) {
        let table = flip.apply(answers);
        let expected = made.run_on(&made.program, &table);
        let found = made.run_on(residual, &table);
        let open = matches!(expected, Outcome::Suspended(_));
        prop_assert!(open || same_end(&expected, &found), "{shown}\n{flip:?}");
    }
    let behaviour = Behaviour::new(made.setting(), &made.program, &made.run);
    prop_assert_eq!(behaviour.first_disagreement(residual), None, "{}", shown);
    prop_assert_eq!(behaviour.agrees(residual), Ok(true), "{}", shown);

    // Each deletion tried.
    for smaller in deletion::each(&residual.source) {
        if let Ok(program) = PACK.parse(&smaller) {
            prop_assert_eq!(
                behaviour.agrees(&program),
                Ok(false),
                "{}\n--- can be\n{}",
                shown,
                smaller
            );
        }
    }

    // Nothing more to cut under the same tables, and always the same. (Sliced as a program of its own, a
    // residual speaks of less and looks at less, so fewer tables are flipped.)
    prop_assert_eq!(minimality(&behaviour, residual), Minimality::Minimal);
    let same = sliced(text, source).expect("it returned");
    prop_assert_eq!(&same.slice.residual.source, &residual.source);
    prop_assert_eq!(same.slice.reduction, made.slice.reduction);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_residual_agrees_and_is_minimal(
        text in scene(),
        source in generate::program(),
    ) {
        holds(&text, &source)?;
    }
}

/// Many residuals in one Python process, if there is Python.
#[test]
fn residuals_give_the_same_under_cpython() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/slices/replay.py");
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../fact-lang/packs/blocks.py");
    let started = Command::new("python3")
        .args([here, pack])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut python) = started else {
        eprintln!("skipped: no python3");
        return;
    };
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let mut expected = Vec::new();
    let mut lines = String::new();
    while expected.len() < 80 {
        let drawn = (scene(), generate::program()).new_tree(&mut runner);
        let (text, source) = drawn.expect("a program").current();
        let Some(made) = sliced(&text, &source) else {
            continue;
        };
        let Outcome::Returned(returned) = &made.run.outcome else {
            continue;
        };
        let residual = made.slice.residual.source.to_string();
        let case = serde_json::json!({
            "source": residual,
            "answers": made.run.trace.answers,
            "region": [0.0, 0.0, 400.0, 100.0],
        });
        lines.push_str(&format!("{case}\n"));
        expected.push((returned.repr.clone(), residual));
    }
    let mut stdin = python.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        // A Python that stops early shows in what it wrote.
        let _ = stdin.write_all(lines.as_bytes());
    });
    let output = python.wait_with_output().expect("it ends");
    writer.join().expect("the writer");
    let found: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a string"))
        .collect();
    assert_eq!(found.len(), expected.len());
    for (found, (expected, residual)) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{residual}");
    }
}
