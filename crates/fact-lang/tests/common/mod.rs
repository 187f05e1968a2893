//! What the tests share: a program, a pack, scripted answers.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared by tests, each of which uses some of it"
)]

pub mod attacks;

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, Detection, ImageRef, Request};
use std::sync::LazyLock;

pub static VIPER: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("viper").unwrap());
pub static BLOCKS: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("blocks").unwrap());

pub fn image() -> ImageRef {
    ImageRef {
        sha256: "00".into(),
        width: 640,
        height: 480,
    }
}

/// Answers from a function.
pub struct Scripted<F>(pub F);

impl<F: FnMut(&Request) -> Option<Answer>> Answers for Scripted<F> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        (self.0)(request)
    }
}

pub fn detection(label: &str, bbox: [f64; 4]) -> Detection {
    Detection {
        label: label.into(),
        bbox: bbox.into(),
        score: 0.9,
        id: None,
        attributes: Default::default(),
    }
}

/// Three cups, of which the second is red; two dogs; nothing else.
pub fn scene(request: &Request) -> Option<Answer> {
    let text = |name: &str| {
        request.args.iter().find_map(|(n, a)| match a {
            Arg::Str(s) if n == name => Some(s.as_str()),
            _ => None,
        })
    };
    Some(match request.tool.as_str() {
        "find" => Answer::Detections(match text("object_name") {
            Some("cup") => vec![
                detection("cup", [50.0, 100.0, 90.0, 150.0]),
                detection("cup", [200.0, 110.0, 240.0, 160.0]),
                detection("cup", [400.0, 300.0, 460.0, 380.0]),
            ],
            Some("dog") => vec![
                detection("dog", [10.0, 200.0, 120.0, 300.0]),
                detection("dog", [500.0, 200.0, 630.0, 320.0]),
            ],
            _ => vec![],
        }),
        "verify_property" => {
            let red = request.region.left > 150.0 && request.region.left < 300.0;
            Answer::Bool(red == (text("attribute") == Some("red")))
        }
        "simple_query" => Answer::Text("a cup".into()),
        "best_text_match" => Answer::Text("red".into()),
        "match_text" => Answer::Number(request.region.left / 640.0),
        "compute_depth" => Answer::Number(request.region.bottom),
        "llm_answer" => Answer::Text("tea".into()),
        _ => return None,
    })
}

pub fn run_with(
    source: &str,
    pack: &Pack,
    answers: impl FnMut(&Request) -> Option<Answer>,
    limits: &Limits,
) -> Run {
    let program = parse_program(source).unwrap_or_else(|e| panic!("{e}\n{source}"));
    let inputs = Inputs::image(image());
    run(&program, pack, &inputs, &mut Scripted(answers), limits)
}

/// Runs a program on the scene.
pub fn go(source: &str) -> Run {
    run_with(source, &VIPER, scene, &Limits::default())
}

/// What a run gave, in one line.
pub fn outcome(run: &Run) -> String {
    match &run.outcome {
        Outcome::Returned(r) => format!("{} {}", r.type_name, r.repr),
        Outcome::Raised(r) => format!("{}: {}", r.class, r.message),
        Outcome::LimitReached { limit, .. } => format!("limit {limit:?}"),
        Outcome::Suspended(r) => format!("suspended on {}", r.tool),
    }
}

/// Runs the body of `execute_command(image)`.
pub fn body(lines: &str) -> String {
    let mut source = "def execute_command(image):\n".to_owned();
    for line in lines.lines() {
        source.push_str("    ");
        source.push_str(line);
        source.push('\n');
    }
    outcome(&go(&source))
}

/// The value of an expression.
pub fn value(expression: &str) -> String {
    body(&format!("return {expression}"))
}
