//! Annotated images with questions, as a user has them: a folder of images and a file of JSON lines.
//! Drawn ones, and GQA's photographs where the data is.

use super::annotated::Annotated;
use fact_lang::tool::{Arg, BBox};
use fact_models::{DecodeLimits, Scene, SceneObject, decode, scene};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A data set in a folder, and what its images show.
pub(crate) struct Photographs {
    /// For `--data`.
    pub(crate) data: String,
    pub(crate) samples: usize,
    pub(crate) images: Vec<Annotated>,
}

fn object(id: usize, name: &str, color: &str, bbox: [u32; 4]) -> SceneObject {
    SceneObject {
        id: id.to_string(),
        name: name.to_owned(),
        bbox: BBox::from(bbox.map(f64::from)),
        attributes: BTreeMap::from([("color".to_owned(), Arg::Str(color.to_owned()))]),
        relations: Vec::new(),
    }
}

/// Objects on noise: no two parts of an image are alike, so that every crop can be found again.
fn drawn(name: &str, objects: Vec<SceneObject>) -> Annotated {
    let (width, height) = (240, 160);
    let mut state = name.bytes().fold(17u32, |state, byte| {
        state.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 24) as u8 / 8;
        let inside = |o: &&SceneObject| {
            let (x, y, b) = (f64::from(x), f64::from(y), o.bbox);
            b.left <= x && x < b.right && b.top <= y && y < b.bottom
        };
        let color = objects.iter().find(inside).map(|o| &o.attributes["color"]);
        let [r, g, b] = match color {
            Some(Arg::Str(color)) if color == "red" => [200, 20, 20],
            Some(Arg::Str(color)) if color == "blue" => [20, 20, 200],
            Some(_) => [120, 80, 20],
            None => [180, 190, 180],
        };
        Rgb([r + noise, g + noise, b + noise])
    });
    Annotated {
        name: name.to_owned(),
        pixels: Arc::new(pixels),
        scene: Scene {
            width,
            height,
            objects,
            attributes: BTreeMap::new(),
        },
    }
}

/// Four drawn images with twelve questions: four questions, of several images each.
pub(crate) fn draw_set(folder: &Path) -> Photographs {
    let images = vec![
        drawn(
            "garden",
            vec![
                object(0, "dog", "brown", [20, 80, 90, 140]),
                object(1, "cup", "red", [150, 60, 180, 100]),
            ],
        ),
        drawn(
            "table",
            vec![
                object(0, "cup", "blue", [30, 60, 60, 100]),
                object(1, "dog", "brown", [130, 70, 220, 150]),
            ],
        ),
        drawn(
            "kitchen",
            vec![
                object(0, "cup", "red", [30, 60, 60, 100]),
                object(1, "cup", "blue", [90, 62, 120, 102]),
                object(2, "cat", "brown", [150, 70, 220, 150]),
            ],
        ),
        drawn("street", vec![object(0, "cup", "red", [100, 20, 140, 70])]),
    ];
    let questions = [
        (
            "Is there a dog?",
            [Some("yes"), Some("yes"), Some("no"), Some("no")],
        ),
        (
            "How many cups are there?",
            [Some("1"), Some("1"), Some("2"), Some("1")],
        ),
        (
            "What color is the cup?",
            [Some("red"), Some("blue"), None, Some("red")],
        ),
        (
            "Is the dog to the left of the cup?",
            [Some("yes"), Some("no"), None, None],
        ),
    ];
    let mut rows = Vec::new();
    for (image, at) in images.iter().zip(0..) {
        for (question, answers) in &questions {
            if let Some(answer) = answers[at] {
                rows.push((
                    image.name.clone(),
                    (*question).to_owned(),
                    answer.to_owned(),
                ));
            }
        }
    }
    written(folder, images, &rows, "png")
}

/// Saves images and questions; GQA's are JPEG already.
fn written(
    folder: &Path,
    images: Vec<Annotated>,
    rows: &[(String, String, String)],
    extension: &str,
) -> Photographs {
    let root = folder.join("data");
    std::fs::create_dir_all(root.join("images")).unwrap();
    if extension == "png" {
        for image in &images {
            let path = root.join("images").join(format!("{}.png", image.name));
            image.pixels.save(path).unwrap();
        }
    }
    let mut text = String::new();
    for ((image, question, answer), at) in rows.iter().zip(0..) {
        let row = json!({
            "id": format!("q{at}"),
            "image": format!("images/{image}.{extension}"),
            "question": question,
            "answer": answer,
        });
        text.push_str(&format!("{row}\n"));
    }
    std::fs::write(root.join("questions.jsonl"), text).unwrap();
    Photographs {
        data: "jsonl:data/questions.jsonl".into(),
        samples: rows.len(),
        images,
    }
}

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join(name);
    folder.is_dir().then_some(folder)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// GQA's photographs that come with a scene graph, with GQA's questions on them and, since these are
/// two, three questions each that the graphs answer. `None` where the data is not.
pub(crate) fn gqa_set(folder: &Path) -> Option<Photographs> {
    let (gqa, parallel) = (data("gqa")?, data("gqa_vg_scene_graphs")?);
    std::fs::create_dir_all(folder.join("data/images")).unwrap();
    let mut images = Vec::new();
    let mut take = |path: &Path, scene: Scene| {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        std::fs::write(folder.join(format!("data/images/{name}.jpg")), &bytes).unwrap();
        let decoded = decode(&bytes, &DecodeLimits::default()).unwrap();
        images.push(Annotated {
            name,
            pixels: Arc::new(decoded.rgb),
            scene,
        });
    };
    for (id, graph) in read(&gqa.join("scene_graphs.json")).as_object().unwrap() {
        let path = gqa.join(format!("images/{id}.jpg"));
        if path.is_file() {
            take(&path, scene::gqa::read(graph).unwrap());
        }
    }
    let records = read(&parallel.join("scene-graph-annotations.json"));
    for record in records.as_array().unwrap() {
        let path = parallel
            .join("images")
            .join(record["data_path"].as_str().unwrap());
        take(
            &path,
            scene::gqa::read_parallel(&record["annotation"]).unwrap(),
        );
    }
    let mut rows = Vec::new();
    for question in read(&gqa.join("questions.json"))
        .as_object()
        .unwrap()
        .values()
    {
        let text = |key: &str| question[key].as_str().unwrap_or_default().to_owned();
        if images.iter().any(|image| image.name == text("imageId")) {
            rows.push((text("imageId"), text("question"), text("answer")));
        }
    }
    for image in &images {
        let names: BTreeSet<&str> = image
            .scene
            .objects
            .iter()
            .map(|o| o.name.as_str())
            .collect();
        let count = |name: &str| {
            let all = image.scene.objects.iter();
            all.filter(|o| o.name == name).count()
        };
        let plain =
            |name: &&&str| name.chars().all(|c| c.is_ascii_lowercase()) && !name.ends_with('s');
        let mut ask = |question: String, answer: &str| {
            rows.push((image.name.clone(), question, answer.to_owned()));
        };
        let there = names.contains("window");
        ask(
            "Is there a window?".into(),
            if there { "yes" } else { "no" },
        );
        if let Some(name) = names.iter().find(plain) {
            ask(
                format!("How many {name}s are there?"),
                &count(name).to_string(),
            );
        }
        let colored = image
            .scene
            .objects
            .iter()
            .find_map(|o| match o.attributes.get("color") {
                Some(Arg::Str(color)) if count(&o.name) == 1 => Some((&o.name, color)),
                _ => None,
            });
        if let Some((name, color)) = colored {
            ask(format!("What color is the {name}?"), color);
        }
    }
    Some(written(folder, images, &rows, "jpg"))
}
