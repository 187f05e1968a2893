//! The annotation back end on real data: NLVR annotations answer as the pixels do, and every
//! scene of CLEVR, GQA and COCO reads.
//!
//! Runs where the data is: `FACT_DATA` names the folder, else `../shared/data` beside the
//! workspace. Elsewhere it says that it skips.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use fact_lang::tool::{Answer, Arg, BBox, Request};
use fact_models::{DecodeLimits, View, decode, pixels, scene};
use serde_json::Value;
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

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn find(phrase: &str, region: BBox) -> Request {
    Request {
        tool: "find".into(),
        image: 0,
        region,
        args: vec![("object_name".into(), Arg::Str(phrase.into()))],
    }
}

/// One image of each dev example, all six permutations in turn; the sentences are not read.
#[test]
fn nlvr_annotations_answer_find_as_the_pixels_do() {
    let Some(root) = data("nlvr/dev") else { return };
    let (annotations, seen) = (scene::perception(), pixels::perception());
    let whole = BBox::from([0.0, 0.0, 400.0, 100.0]);
    let second_box = BBox::from([150.0, 0.0, 250.0, 100.0]);
    let phrases = [
        "box",
        "item",
        "objects",
        "blocks",
        "yellow square",
        "small item",
        "big blue circles",
        "black",
        "medium triangle",
    ];
    let (mut asked, mut equal) = (0, 0);
    let text = std::fs::read_to_string(root.join("dev.json")).unwrap();
    for (index, line) in text.lines().enumerate() {
        let example: Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| example[name].as_str().unwrap().to_owned();
        let permutation = index % 6;
        let file = format!(
            "images/{}/dev-{}-{permutation}.png",
            field("directory"),
            field("identifier")
        );
        let order = scene::nlvr::PERMUTATIONS[permutation];
        let scene = scene::nlvr::read(&example["structured_rep"], order).unwrap();
        let bytes = std::fs::read(root.join(&file)).unwrap();
        let image = decode(&bytes, &DecodeLimits::default()).unwrap();
        let views = [View {
            scene: Some(&scene),
            ..View::of_pixels(&image.rgb)
        }];
        for (phrase, region) in phrases.iter().flat_map(|p| [(p, whole), (p, second_box)]) {
            let request = find(phrase, region);
            let (told, seen) = (
                annotations.answer(&views, &request),
                seen.answer(&views, &request),
            );
            assert!(matches!(told, Answer::Detections(_)), "{told:?}");
            asked += 1;
            if told == seen {
                equal += 1;
            } else if asked - equal < 4 {
                eprintln!("{file} {phrase}: {told:?} instead of {seen:?}");
            }
        }
    }
    eprintln!("NLVR dev: {equal} of {asked} answers equal those from pixels");
    assert_eq!(equal, asked);
}

#[test]
fn every_scene_reads() {
    let mut objects = 0;
    if let Some(root) = data("clevr") {
        let file = json(&root.join("scenes_with_images.json"));
        for record in file["scenes"].as_array().unwrap() {
            let scene = scene::clevr::read(record, 480, 320).unwrap();
            assert!(scene.objects.iter().all(|o| o.bbox.left < o.bbox.right));
            objects += scene.objects.len();
        }
    }
    if let Some(root) = data("clevr_1obj") {
        for name in ["CLEVR_val_scenes.json", "2obj_CLEVR_val_scenes.json"] {
            for record in json(&root.join(name))["scenes"].as_array().unwrap() {
                objects += scene::clevr::read(record, 320, 240).unwrap().objects.len();
            }
        }
    }
    if let Some(root) = data("gqa") {
        for record in json(&root.join("scene_graphs.json"))
            .as_object()
            .unwrap()
            .values()
        {
            objects += scene::gqa::read(record).unwrap().objects.len();
        }
    }
    if let Some(root) = data("gqa_vg_scene_graphs") {
        let file = json(&root.join("scene-graph-annotations.json"));
        for record in file.as_array().unwrap() {
            let scene = scene::gqa::read_parallel(&record["annotation"]).unwrap();
            objects += scene.objects.len();
        }
    }
    if let Some(root) = data("coco_fixture") {
        let file = json(&root.join("coco_annotations.json"));
        let scene = scene::coco::read(&file, 640, 480, scene::coco::category).unwrap();
        let names: Vec<&str> = scene.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names.iter().filter(|n| **n == "cat").count(), 2);
        objects += names.len();
    }
    eprintln!("{objects} annotated objects read");
}
