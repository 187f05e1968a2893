//! A written scene that answers perception's requests, for tests.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    reason = "each test file uses a part; a failed step fails the test"
)]

use fact_core::Matcher;
use fact_core::certificate::{inputs, limits};
use fact_core::explain::{Context, Explained, explain};
use fact_core::slice::Setting;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Run, run};
use fact_lang::tool::{Answer, Answers, Arg, BBox, Detection, ImageRef, Request};

/// What perception sees, as the `scene` block says it:
///
/// ```text
/// box 0,0,100,100
/// item 10,80,30,100 color=yellow shape=square size=medium
/// ask "What color is the sky?" = blue
/// ```
pub struct Scene {
    pub image: ImageRef,
    pub pack: String,
    pub question: String,
    pub things: Vec<Detection>,
    pub asked: Vec<(String, String)>,
}

impl Scene {
    pub fn parse(text: &str) -> Self {
        let sha256 = "0".repeat(64).into();
        let mut scene = Self {
            image: ImageRef {
                sha256,
                width: 400,
                height: 100,
            },
            pack: "blocks".into(),
            question: "Is it so?".into(),
            things: Vec::new(),
            asked: Vec::new(),
        };
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "pack" => scene.pack = rest.into(),
                "question" => scene.question = rest.into(),
                "image" => {
                    let (width, height) = rest.split_once('x').expect("image WxH");
                    scene.image.width = width.parse().expect("width");
                    scene.image.height = height.parse().expect("height");
                }
                "ask" => {
                    let (question, answer) = rest.split_once(" = ").expect("ask \"…\" = …");
                    scene
                        .asked
                        .push((question.trim_matches('"').into(), answer.into()));
                }
                label => scene.things.push(thing(label, rest)),
            }
        }
        scene
    }
}

fn thing(label: &str, rest: &str) -> Detection {
    let mut words = rest.split_whitespace();
    let numbers: Vec<f64> = words
        .next()
        .expect("a box behind the label")
        .split(',')
        .map(|n| n.parse().expect("a number"))
        .collect();
    let bbox = BBox::from([numbers[0], numbers[1], numbers[2], numbers[3]]);
    let attributes = words
        .map(|word| {
            let (name, value) = word.split_once('=').expect("name=value");
            (name.to_owned(), Arg::Str(value.to_owned()))
        })
        .collect();
    Detection {
        label: label.replace('_', " "),
        bbox,
        score: 1.0,
        id: None,
        attributes,
    }
}

impl Answers for &Scene {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let text = |name: &str| {
            request
                .args
                .iter()
                .find(|(n, _)| n == name)
                .and_then(|(_, v)| match v {
                    Arg::Str(s) => Some(s.clone()),
                    _ => None,
                })
        };
        let inside = |d: &&Detection| {
            let x = (d.bbox.left + d.bbox.right) / 2.0;
            let y = (d.bbox.top + d.bbox.bottom) / 2.0;
            let r = request.region;
            r.left <= x && x < r.right && r.top <= y && y < r.bottom
        };
        Some(match request.tool.as_str() {
            "find" => {
                let name = fact_core::english::singular(&text("object_name")?);
                let found = self.things.iter().filter(inside);
                Answer::Detections(
                    found
                        .filter(|d| name == d.label || name == "thing")
                        .cloned()
                        .collect(),
                )
            }
            "verify_property" => {
                let wanted = Arg::Str(text("attribute")?);
                let holds = self.things.iter().filter(inside).any(|d| {
                    Some(&d.label) == text("object_name").as_ref()
                        && d.attributes.values().any(|v| *v == wanted)
                });
                Answer::Bool(holds)
            }
            "simple_query" => {
                let question = text("question")?;
                let found = self.asked.iter().find(|(q, _)| *q == question);
                Answer::Text(found.map_or_else(|| "unknown".to_owned(), |(_, a)| a.clone()))
            }
            other => Answer::Error(format!("the specification's scene has no `{other}`")),
        })
    }
}

/// Runs a program on a scene.
pub fn executed(scene: &Scene, pack: &Pack, program: &Module) -> Run {
    let inputs = inputs(vec![scene.image.clone()], &scene.question, &[]);
    run(program, pack, &inputs, &mut &*scene, &limits())
}

/// Runs and explains a program on a scene.
pub fn explained(scene: &Scene, pack: &Pack, source: &str) -> Result<Explained, String> {
    let program = pack.parse(source).map_err(|e| e.to_string())?;
    let inputs = inputs(vec![scene.image.clone()], &scene.question, &[]);
    let limits = limits();
    let done = run(&program, pack, &inputs, &mut &*scene, &limits);
    let Outcome::Returned(returned) = &done.outcome else {
        return Err(format!("{:?}", done.outcome));
    };
    let setting = Setting {
        pack,
        inputs: &inputs,
        answers: &done.trace.answers,
        limits: &limits,
    };
    let (matcher, answer) = match returned.text.as_str() {
        "True" | "False" => (Matcher::TrueFalse, returned.text.to_lowercase()),
        _ => (Matcher::Open, returned.text.clone()),
    };
    let context = Context {
        question: &scene.question,
        choices: &[],
        answer: &answer,
        matcher,
    };
    explain(setting, &program, &done, context).map_err(|e| e.to_string())
}
