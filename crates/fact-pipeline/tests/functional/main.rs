//! Functional programs of CLEVR and GQA, compiled to visual programs and run, against interpreters
//! of the functional programs themselves.
//!
//! The interpreters here were written from the published meaning of the operations, look at the
//! data sets' own JSON, and share no code with the compiler, the packs or the annotation back end.
//! Scenes and programs are random, and every operation occurs.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod clevr;
mod gqa;
mod random;

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::tool::{Answer, Answers, ImageRef, Request};
use fact_models::{Perception, Scene, View, scene};

/// What a functional program gives by the interpreters here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    /// An answer, in Python's `str`.
    Answer(String),
    /// Nothing: one thing is asked for where there is none, or a value that is not annotated.
    Nothing,
    /// This answer or nothing: `and` and `or` need not look at their second part.
    Perhaps(String),
    /// The case is outside what is compared.
    Outside,
}

/// Answers from one scene.
struct Eyes<'s> {
    back_end: Perception,
    views: [View<'s>; 1],
}

impl Answers for Eyes<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(self.back_end.answer(&self.views, request))
    }
}

/// Whether the compiled program does what is expected; what it did otherwise.
pub(crate) fn agrees(
    pack: &Pack,
    program: &str,
    scene: &Scene,
    expected: &Expected,
) -> Result<(), String> {
    let module = pack.parse(program).map_err(|e| e.to_string())?;
    let image = ImageRef {
        sha256: "0".repeat(64).into(),
        width: scene.width,
        height: scene.height,
    };
    let mut eyes = Eyes {
        back_end: scene::perception(),
        views: [View::of_scene(scene)],
    };
    let inputs = Inputs::image(image);
    let outcome = run(&module, pack, &inputs, &mut eyes, &Limits::default()).outcome;
    match (&outcome, expected) {
        (Outcome::Returned(value), Expected::Answer(text) | Expected::Perhaps(text))
            if value.text == *text =>
        {
            Ok(())
        }
        (Outcome::Raised(_), Expected::Nothing | Expected::Perhaps(_)) => Ok(()),
        (Outcome::Returned(value), _) => Err(format!("returned {}", value.text)),
        (other, _) => Err(format!("{other:?}")),
    }
}

/// Python's `str` of a bool.
pub(crate) fn python(truth: bool) -> String {
    if truth { "True" } else { "False" }.to_owned()
}
