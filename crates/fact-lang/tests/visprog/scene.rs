//! A written scene, and programs run on it.

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::tool::{Answer, Answers, Arg, Detection, ImageRef, Request};
use std::sync::LazyLock;

pub(crate) static VISPROG: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("visprog").unwrap());
pub(crate) static VIPER: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("viper").unwrap());

/// Label, color, left, top, right, bottom, score; the image is 400 by 300.
type Thing = (&'static str, &'static str, [f64; 4], f64);

const THINGS: &[Thing] = &[
    ("dog", "brown", [100.0, 100.0, 160.0, 160.0], 0.6),
    ("dog", "black", [300.0, 180.0, 380.0, 260.0], 0.9),
    ("cat", "white", [20.0, 110.0, 60.0, 150.0], 0.8),
    ("cup", "red", [110.0, 20.0, 140.0, 50.0], 0.5),
    ("cup", "blue", [200.0, 200.0, 230.0, 240.0], 0.7),
    ("cup", "red", [310.0, 20.0, 340.0, 60.0], 0.4),
    ("face", "pale", [24.5, 112.0, 40.0, 128.0], 0.9),
];

/// Answers from the things; notes what was asked.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) asked: Vec<String>,
}

impl Answers for Scene {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let text = |name: &str| {
            request
                .args
                .iter()
                .find_map(|(n, a)| match a {
                    Arg::Str(s) if n == name => Some(s.as_str()),
                    _ => None,
                })
                .unwrap_or_default()
        };
        let region = request.region;
        let inside: Vec<&Thing> = THINGS
            .iter()
            .filter(|(_, _, [l, t, r, b], _)| {
                let (x, y) = ((l + r) / 2.0, (t + b) / 2.0);
                region.left <= x && x < region.right && region.top <= y && y < region.bottom
            })
            .collect();
        let shown: Vec<String> = request
            .args
            .iter()
            .map(|(_, a)| serde_json::to_string(a).unwrap())
            .collect();
        let place = [region.left, region.top, region.right, region.bottom].map(|v| v as i64);
        self.asked.push(format!(
            "{}({}) in {place:?}",
            request.tool,
            shown.join(", ")
        ));
        Some(match request.tool.as_str() {
            "find" => {
                let name = text("object_name");
                let found = inside.iter().filter(|t| t.0 == name);
                let detection = |t: &&Thing| Detection {
                    label: t.0.into(),
                    bbox: t.2.into(),
                    score: t.3,
                    id: None,
                    attributes: Default::default(),
                };
                Answer::Detections(found.map(detection).collect())
            }
            "verify_property" => {
                let (name, color) = (text("object_name"), text("attribute"));
                Answer::Bool(inside.iter().any(|t| t.0 == name && t.1 == color))
            }
            "simple_query" => Answer::Text(match text("question") {
                "What color is the dog?" => {
                    let dog = inside.iter().find(|t| t.0 == "dog");
                    dog.map_or("unknown", |t| t.1).into()
                }
                "How many cats are there?" => {
                    inside.iter().filter(|t| t.0 == "cat").count().to_string()
                }
                "Is there a cup?" => {
                    let cup = inside.iter().any(|t| t.0 == "cup");
                    if cup { "yes" } else { "no" }.into()
                }
                other => other.strip_prefix("say ").unwrap_or("unknown").into(),
            }),
            "match_text" => {
                let wanted = text("text");
                let fits =
                    |t: &&&Thing| wanted.split(' ').filter(|w| *w == t.0 || *w == t.1).count();
                Answer::Number(inside.iter().map(|t| fits(&t) as f64).fold(0.0, f64::max))
            }
            "llm_answer" => Answer::Text("dog, cat, horse".into()),
            _ => return None,
        })
    }
}

pub(crate) fn images(count: usize) -> Inputs {
    let image = |n: usize| ImageRef {
        sha256: n.to_string().into(),
        width: 400,
        height: 300,
    };
    let mut inputs = Inputs::image(image(0));
    inputs.images = (0..count).map(image).collect();
    if count == 2 {
        use fact_lang::run::Input::Image;
        inputs.values.push(("LEFT".into(), Image(0)));
        inputs.values.push(("RIGHT".into(), Image(1)));
    }
    inputs
}

/// Runs a program of a pack; the run, and what it asked.
pub(crate) fn run_on(pack: &Pack, source: &str, count: usize) -> (Run, Vec<String>) {
    let program = pack
        .parse(source)
        .unwrap_or_else(|e| panic!("{e}\n{source}"));
    let mut scene = Scene::default();
    let done = run(
        &program,
        pack,
        &images(count),
        &mut scene,
        &Limits::default(),
    );
    (done, scene.asked)
}

/// What a run gave, in one line.
pub(crate) fn outcome(run: &Run) -> String {
    match &run.outcome {
        Outcome::Returned(r) => r.repr.clone(),
        Outcome::Raised(r) => format!("{}: {}", r.class, r.message),
        Outcome::LimitReached { limit, .. } => format!("limit {limit:?}"),
        Outcome::Suspended(r) => format!("suspended on {}", r.tool),
    }
}

/// The value of the last of some steps.
pub(crate) fn value(steps: &str) -> String {
    let last = steps.trim_end().lines().last().unwrap();
    let name = last.split('=').next().unwrap();
    let source = format!("{}\nFINAL_RESULT=RESULT(var={name})\n", steps.trim_end());
    outcome(&run_on(&VISPROG, &source, 1).0)
}
