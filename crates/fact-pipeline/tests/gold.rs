//! Real CLEVR and GQA questions: their functional programs, compiled and executed over their
//! scenes, give the right answers; malformed ones are reported.
//!
//! Runs where the data is: `FACT_DATA` names the folder, else `../shared/data` beside the
//! workspace. Elsewhere it says that it skips.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use fact_core::matcher::Matcher;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, ImageRef, Request};
use fact_models::{Perception, Scene, View, scene};
use fact_pipeline::proposers::gold::{GoldError, Problem, compile_clevr, compile_gqa};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no {} (set FACT_DATA to the folder of data sets)",
        folder.display()
    );
    None
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Answers from one scene.
struct Scenes<'s> {
    back_end: Perception,
    views: [View<'s>; 1],
}

impl Answers for Scenes<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(self.back_end.answer(&self.views, request))
    }
}

fn execute(pack: &Pack, program: &str, scene: &Scene) -> Result<String, String> {
    let module = parse_program(program).map_err(|e| e.to_string())?;
    let image = ImageRef {
        sha256: "0".repeat(64).into(),
        width: scene.width,
        height: scene.height,
    };
    let mut answers = Scenes {
        back_end: scene::perception(),
        views: [View::of_scene(scene)],
    };
    let inputs = Inputs::image(image);
    match run(&module, pack, &inputs, &mut answers, &Limits::default()).outcome {
        Outcome::Returned(value) => Ok(value.text),
        other => Err(format!("{other:?}")),
    }
}

fn clevr_scenes(file: &Path, width: u32, height: u32) -> BTreeMap<String, Scene> {
    let records = read_json(file)["scenes"].take();
    let records = records.as_array().unwrap();
    let named = |record: &Value| {
        let name = record["image_filename"].as_str().unwrap().to_owned();
        (name, scene::clevr::read(record, width, height).unwrap())
    };
    records.iter().map(named).collect()
}

/// Number of questions, and of those answered right.
fn clevr(file: &Path, scenes: &BTreeMap<String, Scene>) -> (usize, usize) {
    let pack = Pack::builtin("scene").unwrap();
    let questions = read_json(file)["questions"].take();
    let questions = questions.as_array().unwrap();
    let mut right = 0;
    for question in questions {
        let text = question["question"].as_str().unwrap();
        let program = compile_clevr(&question["program"]).unwrap();
        let scene = &scenes[question["image_filename"].as_str().unwrap()];
        let said = execute(&pack, &program, scene);
        let answer = match &question["answer"] {
            Value::String(answer) => answer.clone(),
            Value::Bool(true) => "yes".into(),
            Value::Bool(false) => "no".into(),
            other => other.to_string(),
        };
        match said {
            Ok(said) if Matcher::Open.same(&said, &answer) => right += 1,
            other => eprintln!("{text} {answer}: {other:?}\n{program}"),
        }
    }
    (questions.len(), right)
}

#[test]
fn every_well_formed_clevr_question_is_answered_right() {
    let (mut asked, mut right) = (0, 0);
    if let Some(root) = data("clevr") {
        let scenes = clevr_scenes(&root.join("scenes_with_images.json"), 480, 320);
        let counts = clevr(&root.join("questions_with_images.json"), &scenes);
        asked += counts.0;
        right += counts.1;
    }
    if let Some(root) = data("clevr_1obj") {
        let scenes = clevr_scenes(&root.join("CLEVR_val_scenes.json"), 320, 240);
        let counts = clevr(&root.join("CLEVR_val_questions.json"), &scenes);
        asked += counts.0;
        right += counts.1;
    }
    eprintln!("CLEVR: {right} of {asked} questions right");
    assert_eq!(right, asked);
}

#[test]
fn clevr_questions_without_a_filter_value_are_malformed() {
    let Some(root) = data("clevr") else { return };
    let file = read_json(&root.join("questions_with_images_missing_filter_value.json"));
    let questions = file["questions"].as_array().unwrap();
    for (index, question) in questions.iter().enumerate() {
        let id = index.to_string();
        let error = compile_clevr(&question["program"]).map_err(|e| e.of_sample(&id));
        let GoldError {
            sample,
            step,
            field,
            problem,
            ..
        } = error.unwrap_err();
        assert_eq!(sample, Some(id));
        assert!(step.is_some());
        assert_eq!(field, "value_inputs");
        assert!(matches!(*problem, Problem::MissingValue { .. }));
    }
    eprintln!("CLEVR: {} malformed programs reported", questions.len());
}

#[test]
fn gqa_questions_compile_and_those_with_a_scene_are_answered_right() {
    let Some(root) = data("gqa") else { return };
    let pack = Pack::builtin("scene").unwrap();
    let graphs = read_json(&root.join("scene_graphs.json"));
    let (mut compiled, mut aligned, mut right) = (0, 0, 0);
    for (id, question) in read_json(&root.join("questions.json")).as_object().unwrap() {
        let program = compile_gqa(&question["semantic"]).map_err(|e| e.of_sample(id));
        let program = program.unwrap();
        parse_program(&program).unwrap();
        compiled += 1;
        let Some(graph) = graphs.get(question["imageId"].as_str().unwrap()) else {
            continue;
        };
        aligned += 1;
        let answer = question["answer"].as_str().unwrap();
        let scene = scene::gqa::read(graph).unwrap();
        match execute(&pack, &program, &scene) {
            Ok(said) if Matcher::Open.same(&said, answer) => right += 1,
            other => eprintln!("{id} {answer}: {other:?}\n{program}"),
        }
    }
    eprintln!("GQA: {compiled} programs compile; {right} of {aligned} with a scene right");
    assert_eq!((compiled, aligned, right), (9, 2, 2));
}

/// Without any data: a scene of two things, and a program over each kind of step.
#[test]
fn compiled_programs_run() {
    let pack = Pack::builtin("scene").unwrap();
    let record = json!({
        "objects": [
            {"shape": "cube", "color": "red", "size": "large", "material": "metal",
             "pixel_coords": [100, 200, 10.5]},
            {"shape": "sphere", "color": "red", "size": "small", "material": "metal",
             "pixel_coords": [300, 160, 10.5]}
        ],
        "relationships": {"left": [[], [0]], "right": [[1], []], "front": [[], [0]],
                          "behind": [[1], []]}
    });
    let scene = scene::clevr::read(&record, 480, 320).unwrap();
    let step = |operation: &str, inputs: &[usize], values: &[&str]| json!({"type": operation, "inputs": inputs, "value_inputs": values});
    let cube = [
        step("scene", &[], &[]),
        step("filter_shape", &[0], &["cube"]),
        step("unique", &[1], &[]),
    ];
    for (rest, expected) in [
        (vec![step("query_color", &[2], &[])], "red"),
        (
            vec![step("relate", &[2], &["right"]), step("count", &[3], &[])],
            "1",
        ),
        (
            vec![step("relate", &[2], &["left"]), step("exist", &[3], &[])],
            "False",
        ),
        (
            vec![step("same_size", &[2], &[]), step("count", &[3], &[])],
            "0",
        ),
        (
            vec![
                step("same_color", &[2], &[]),
                step("unique", &[3], &[]),
                step("query_shape", &[4], &[]),
            ],
            "sphere",
        ),
        (
            vec![step("union", &[0, 1], &[]), step("count", &[3], &[])],
            "2",
        ),
        (
            vec![
                step("intersect", &[0, 1], &[]),
                step("filter_size", &[3], &["small"]),
                step("exist", &[4], &[]),
            ],
            "False",
        ),
    ] {
        let steps: Value = cube.iter().cloned().chain(rest).collect();
        let program = compile_clevr(&steps).unwrap();
        assert_eq!(
            execute(&pack, &program, &scene).as_deref(),
            Ok(expected),
            "{program}"
        );
    }
    // Two things where one is meant: an exception of the program, not a guess.
    let two = json!([
        step("scene", &[], &[]),
        step("unique", &[0], &[]),
        step("query_color", &[1], &[])
    ]);
    let failed = execute(&pack, &compile_clevr(&two).unwrap(), &scene).unwrap_err();
    assert!(failed.contains("expected one thing, found 2"), "{failed}");
}

/// Words of the data cannot become code: the program stays one function, and perception is asked
/// for the very words.
#[test]
fn hostile_words_reach_perception_unchanged() {
    struct Heard(Vec<String>);
    impl Answers for Heard {
        fn answer(&mut self, request: &Request) -> Option<Answer> {
            let texts = request.args.iter().filter_map(|(_, value)| match value {
                Arg::Str(text) => Some(text.clone()),
                _ => None,
            });
            self.0.extend(texts);
            Some(Answer::Detections(Vec::new()))
        }
    }
    let noun = "x\"); import os #\n\\ \u{202e}\u{0}café''' {self}";
    let semantic = json!([
        {"operation": "select", "dependencies": [], "argument": noun},
        {"operation": "exist", "dependencies": [0], "argument": "?"}
    ]);
    let module = parse_program(&compile_gqa(&semantic).unwrap()).unwrap();
    assert_eq!(module.body.len(), 1);
    let image = ImageRef {
        sha256: "0".repeat(64).into(),
        width: 10,
        height: 10,
    };
    let mut heard = Heard(Vec::new());
    let pack = Pack::builtin("scene").unwrap();
    let run = run(
        &module,
        &pack,
        &Inputs::image(image),
        &mut heard,
        &Limits::default(),
    );
    assert!(matches!(run.outcome, Outcome::Returned(value) if value.text == "False"));
    assert_eq!(heard.0, [noun]);
}
