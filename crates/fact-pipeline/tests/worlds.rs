//! Latent worlds under real programs: how often a program's answer changes from world to world,
//! and whether the worlds it sees are scenes that could be.
//!
//! The share is printed: `cargo test -p fact-pipeline --test worlds -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use fact_core::verify::world::World;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::tool::{Answer, Answers, Arg, BBox, ImageRef, Recorded, Request};
use fact_models::{Perception, Scene, View, scene};
use fact_pipeline::proposers::bank::Bank;
use fact_pipeline::synth::{Layout, SynthOptions, generate};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Worlds a program is run on.
const WORLDS: u64 = 24;

/// A back end that writes down what it was asked.
struct Recording<'v> {
    back_end: &'v Perception,
    views: [View<'v>; 1],
    table: Vec<Recorded>,
}

impl Answers for Recording<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        if let Some(known) = self.table.iter().find(|r| r.request == *request) {
            return Some(known.answer.clone());
        }
        let answer = self.back_end.answer(&self.views, request);
        self.table.push(Recorded {
            request: request.clone(),
            answer: answer.clone(),
        });
        Some(answer)
    }
}

fn outcome(pack: &Pack, inputs: &Inputs, source: &str, answers: &mut dyn Answers) -> Outcome {
    let program = match pack.parse(source) {
        Ok(program) => program,
        Err(error) => panic!("{error}\n{source}"),
    };
    run(&program, pack, inputs, answers, &Limits::default()).outcome
}

fn image(width: u32, height: u32) -> Inputs {
    Inputs::image(ImageRef {
        sha256: "0".repeat(64).into(),
        width,
        height,
    })
}

/// Programs, and those with both answers (or two different ones) among the worlds.
#[derive(Default, Debug)]
struct Share {
    programs: usize,
    vary: usize,
    raised: usize,
    runs: usize,
}

impl Share {
    fn part(&self) -> f64 {
        self.vary as f64 / self.programs.max(1) as f64
    }
}

/// The text of what a program returns on a back end, with all that it asked.
fn recorded(
    pack: &Pack,
    scene: &Scene,
    source: &str,
    table: Vec<Recorded>,
) -> (Option<String>, Vec<Recorded>) {
    let back_end = scene::perception();
    let mut answers = Recording {
        back_end: &back_end,
        views: [View::of_scene(scene)],
        table,
    };
    let inputs = image(scene.width, scene.height);
    let text = match outcome(pack, &inputs, source, &mut answers) {
        Outcome::Returned(value) => Some(value.text),
        _ => None,
    };
    (text, answers.table)
}

/// Runs a program on worlds perturbed from `base` and counts.
fn count(share: &mut Share, pack: &Pack, inputs: &Inputs, source: &str, base: &World) {
    let mut said = BTreeSet::new();
    for seed in 0..WORLDS {
        let world = base.perturbed(seed, &pack.vocabulary);
        share.runs += 1;
        match outcome(pack, inputs, source, &mut &world) {
            Outcome::Returned(value) => {
                said.insert(value.text);
            }
            Outcome::Suspended(request) => panic!("a world answers everything: {request:?}"),
            _ => share.raised += 1,
        }
    }
    share.programs += 1;
    share.vary += usize::from(said.len() > 1);
}

fn drawn_scenes(layout: Layout, count: usize, seed: u64) -> Vec<Scene> {
    let options = SynthOptions {
        seed,
        samples: 60 * count,
        per_sentence: 1,
        ..SynthOptions::default()
    };
    let samples = generate(&options).unwrap();
    let pictures = samples.map(|sample| sample.picture);
    pictures
        .filter(|picture| picture.layout == layout)
        .take(count)
        .map(|picture| scene::nlvr::read(&picture.structured_rep(), [0, 1, 2]).unwrap())
        .collect()
}

#[test]
fn exemplars_answer_both_ways_among_perturbed_worlds_of_drawn_scenes() {
    let pack = Pack::builtin("blocks").unwrap();
    let bank = Bank::shipped(&pack).unwrap();
    for (layout, least) in [(Layout::Towers, 0.55), (Layout::Scatter, 0.55)] {
        let scenes = drawn_scenes(layout, 4, 5);
        let others = drawn_scenes(layout, WORLDS as usize, 6);
        let (mut share, mut elsewhere) = (Share::default(), 0);
        // Every ninth exemplar, to be quick.
        for exemplar in bank.exemplars().iter().step_by(9) {
            // What the program says of other drawn scenes is what perturbed ones stand in for.
            let said: BTreeSet<Option<String>> = others
                .iter()
                .map(|scene| recorded(&pack, scene, &exemplar.program, Vec::new()).0)
                .collect();
            if said.contains(&None) {
                continue;
            }
            for scene in &scenes {
                let (_, table) = recorded(&pack, scene, &exemplar.program, Vec::new());
                let inputs = image(scene.width, scene.height);
                let base = World::of(&inputs, &table, 1);
                count(&mut share, &pack, &inputs, &exemplar.program, &base);
                elsewhere += usize::from(said.len() > 1);
            }
        }
        let elsewhere = elsewhere as f64 / share.programs.max(1) as f64;
        eprintln!(
            "{layout:?}: both answers among {WORLDS} worlds for {:.2}, among {WORLDS} other scenes for {elsewhere:.2}: {share:?}",
            share.part()
        );
        assert!(share.programs > 50 && share.part() >= least, "{share:?}");
        assert_eq!(share.raised, 0);
    }
}

#[test]
fn perturbed_worlds_of_drawn_scenes_are_drawn_scenes() {
    let pack = Pack::builtin("blocks").unwrap();
    let all = "def execute_command(image):\n    return len(image.items)\n";
    for layout in [Layout::Towers, Layout::Scatter] {
        for scene in drawn_scenes(layout, 12, 7) {
            let (_, table) = recorded(&pack, &scene, all, Vec::new());
            let inputs = image(scene.width, scene.height);
            let base = World::of(&inputs, &table, 3);
            for seed in 0..WORLDS {
                let world = base.perturbed(seed, &pack.vocabulary);
                check_drawn(&world, layout);
            }
        }
    }
}

fn find(world: &World, region: BBox, name: &str) -> Vec<fact_lang::tool::Detection> {
    let request = Request {
        tool: "find".into(),
        image: 0,
        region,
        args: vec![("object_name".into(), Arg::Str(name.into()))],
    };
    match world.reply(&request) {
        Answer::Detections(found) => found,
        other => panic!("{other:?}"),
    }
}

/// Three boxes; items inside of them, apart from each other, with the attributes, sizes and order
/// of a drawn scene; towers stand.
fn check_drawn(world: &World, layout: Layout) {
    let boxes = find(world, BBox::from([0.0, 0.0, 400.0, 100.0]), "box");
    let lefts: Vec<f64> = boxes.iter().map(|b| b.bbox.left).collect();
    assert_eq!(lefts, [0.0, 150.0, 300.0]);
    for holder in &boxes {
        let held = find(world, holder.bbox, "item");
        assert!(held.is_sorted_by(|a, b| (a.bbox.left, a.bbox.top) <= (b.bbox.left, b.bbox.top)));
        for (at, item) in held.iter().enumerate() {
            let (b, h) = (item.bbox, holder.bbox);
            assert!(
                b.left >= h.left && b.top >= h.top && b.right <= h.right && b.bottom <= h.bottom
            );
            let value = |name: &str| match &item.attributes[name] {
                Arg::Str(text) => text.as_str(),
                other => panic!("{other:?}"),
            };
            assert!(
                ["black", "yellow", "blue"].contains(&value("color")),
                "{item:?}"
            );
            assert!(
                ["square", "triangle", "circle"].contains(&value("shape")),
                "{item:?}"
            );
            let side = match value("size") {
                "small" => 10.0,
                "medium" => 20.0,
                "big" => 30.0,
                other => panic!("{other}"),
            };
            assert_eq!(
                (b.right - b.left, b.bottom - b.top),
                (side, side),
                "{item:?}"
            );
            assert_eq!(
                item.label,
                format!("{} {} {}", value("size"), value("color"), value("shape"))
            );
            for other in &held[at + 1..] {
                let o = other.bbox;
                let apart = b.right <= o.left
                    || o.right <= b.left
                    || b.bottom <= o.top
                    || o.bottom <= b.top;
                assert!(apart, "{item:?} {other:?}");
            }
            if layout == Layout::Towers {
                assert_eq!((value("shape"), value("size")), ("square", "medium"));
                let stands = b.bottom >= h.bottom - 1.0
                    || held.iter().any(|o| {
                        let gap = o.bbox.top - b.bottom;
                        (0.0..=2.0).contains(&gap) && o.bbox.left == b.left
                    });
                assert!(stands, "{item:?} in {held:?}");
            }
        }
    }
}

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "skipped: no {} (set FACT_DATA to the folder of data sets)",
        path.display()
    );
    None
}

/// Programs of the kind language models write, about two names and an attribute.
fn photograph_programs(a: &str, b: &str, attribute: &str) -> Vec<String> {
    let bodies = [
        format!("return bool_to_yesno(p.exists('{a}'))"),
        format!("return bool_to_yesno(p.exists('{a}') and p.exists('zebra'))"),
        format!("return str(len(p.find('{a}')))"),
        format!(
            "xs = p.find('{a}')\n    if len(xs) == 0:\n        return 'no'\n    return bool_to_yesno(xs[0].verify_property('{a}', '{attribute}'))"
        ),
        format!(
            "xs = p.find('{a}')\n    ys = p.find('{b}')\n    if not xs or not ys:\n        return 'no'\n    return bool_to_yesno(xs[0].horizontal_center < ys[0].horizontal_center)"
        ),
        format!(
            "xs = p.find('{a}')\n    ys = p.find('{b}')\n    if not xs or not ys:\n        return 'neither'\n    return '{a}' if xs[0].vertical_center > ys[0].vertical_center else '{b}'"
        ),
        format!(
            "xs = p.find('{a}')\n    for x in xs:\n        if x.verify_property('{a}', '{attribute}'):\n            return 'yes'\n    return 'no'"
        ),
        format!(
            "xs = p.find('{a}')\n    if len(xs) == 0:\n        return p.simple_query('What color is the {a}?')\n    return xs[0].simple_query('What color is the {a}?')"
        ),
        format!(
            "xs = sorted(p.find('{a}'), key=lambda x: x.width * x.height)\n    return 'large' if xs and xs[-1].width > p.width / 3 else 'small'"
        ),
        format!("xs = p.find('{a}')\n    return bool_to_yesno(any(x.exists('{b}') for x in xs))"),
        format!(
            "xs = p.find('{a}')\n    ys = p.find('{b}')\n    return bool_to_yesno(any(distance(x, y) < 50 for x in xs for y in ys))"
        ),
        format!(
            "xs = p.find('{a}')\n    side = 'left' if xs and xs[0].horizontal_center < p.horizontal_center else 'right'\n    return side"
        ),
    ];
    let head = "def execute_command(image):\n    p = ImagePatch(image)\n    ";
    bodies.map(|body| format!("{head}{body}\n")).into()
}

fn photographs() -> Vec<Scene> {
    let Some(file) = data("gqa/scene_graphs.json") else {
        return Vec::new();
    };
    let graphs: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let graphs = graphs.as_object().unwrap();
    graphs
        .values()
        .map(|graph| scene::gqa::read(graph).unwrap())
        .collect()
}

#[test]
fn programs_about_photographs_answer_both_ways_among_perturbed_worlds() {
    let pack = Pack::builtin("viper").unwrap();
    let scenes = photographs();
    let mut share = Share::default();
    for scene in &scenes {
        let mut names: Vec<&str> = scene.objects.iter().map(|o| o.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let attributes: BTreeSet<&String> = scene
            .objects
            .iter()
            .flat_map(|o| o.attributes.keys())
            .collect();
        let attributes: Vec<&String> = attributes.into_iter().collect();
        for (at, pair) in names.chunks(2).enumerate().take(6) {
            let [a, b] = pair else { continue };
            let attribute = attributes[at % attributes.len()];
            // The candidates of a sample share what they asked.
            let programs = photograph_programs(a, b, attribute);
            let mut table = Vec::new();
            for source in &programs {
                (_, table) = recorded(&pack, scene, source, table);
            }
            let inputs = image(scene.width, scene.height);
            let base = World::of(&inputs, &table, 1);
            for source in &programs {
                let (said, _) = recorded(&pack, scene, source, Vec::new());
                let again = match outcome(&pack, &inputs, source, &mut &base) {
                    Outcome::Returned(value) => Some(value.text),
                    _ => None,
                };
                assert_eq!(again, said, "the world as built answers as recorded");
                count(&mut share, &pack, &inputs, source, &base);
            }
        }
    }
    eprintln!(
        "photographs: different answers among {WORLDS} worlds for {:.2}: {share:?}",
        share.part()
    );
    if !scenes.is_empty() {
        assert!(share.programs > 100 && share.part() > 0.7, "{share:?}");
    }
}
