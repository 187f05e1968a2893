//! Perception from pixels against the annotations of real data: NLVR's `structured_rep` and the
//! answers of easy-VQA.
//!
//! Runs where the data is: `FACT_DATA` names the folder, else `../shared/data` beside the
//! workspace. Elsewhere it says that it skips.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use fact_lang::tool::{Answer, Arg, Request};
use fact_models::pixels::{self, Analysis};
use fact_models::{DecodeLimits, View, decode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

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

/// Shape, colour, size, left, top; positions in the box.
type Row = (String, String, i64, i64, i64);

fn annotated(boxes: &Value) -> Vec<Row> {
    let mut rows: Vec<Row> = boxes
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |key: &str| item[key].as_str().unwrap().to_owned();
            let number = |key: &str| item[key].as_i64().unwrap();
            let color = match &*text("color") {
                "Black" => "black",
                "Yellow" => "yellow",
                "#0099ff" => "blue",
                other => panic!("colour {other}"),
            };
            (
                text("type"),
                color.to_owned(),
                number("size"),
                number("x_loc"),
                number("y_loc"),
            )
        })
        .collect();
    rows.sort_by_key(|row| (row.3, row.4));
    rows
}

fn perceived(analysis: &Analysis, panel: usize) -> Vec<Row> {
    let outer = analysis.panels[panel];
    let mut rows: Vec<Row> = analysis
        .items
        .iter()
        .filter(|item| item.panel == Some(panel))
        .map(|item| {
            let size = match item.size.name() {
                "small" => 10,
                "medium" => 20,
                _ => 30,
            };
            assert_eq!(item.rect.width(), item.rect.height());
            assert_eq!(i64::from(item.rect.width()), size);
            (
                item.shape.name().to_owned(),
                item.color.to_owned(),
                size,
                i64::from(item.rect.left) - i64::from(outer.left),
                i64::from(item.rect.top) - i64::from(outer.top),
            )
        })
        .collect();
    rows.sort_by_key(|row| (row.3, row.4));
    rows
}

/// The annotations of the dev examples without their sentences: perception must not see those.
fn structures(path: &std::path::Path) -> Vec<(String, String, Value)> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| {
            let mut example: Value = serde_json::from_str(line).unwrap();
            (
                example["identifier"].as_str().unwrap().to_owned(),
                example["directory"].as_str().unwrap().to_owned(),
                example["structured_rep"].take(),
            )
        })
        .collect()
}

const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

#[test]
fn nlvr_dev_from_pixels_equals_its_annotations() {
    let Some(root) = data("nlvr/dev") else { return };
    let (mut images, mut equal, mut items) = (0, 0, 0);
    let (mut decoding, mut perceiving) = (Duration::ZERO, Duration::ZERO);
    let mut wrong = Vec::new();
    for (identifier, directory, structure) in structures(&root.join("dev.json")) {
        for (permutation, order) in ORDERS.iter().enumerate() {
            let name = format!("images/{directory}/dev-{identifier}-{permutation}.png");
            let bytes = std::fs::read(root.join(&name)).unwrap();
            let start = Instant::now();
            let image = decode(&bytes, &DecodeLimits::default()).unwrap();
            let decoded = Instant::now();
            let analysis = pixels::analyse(&image.rgb);
            decoding += decoded - start;
            perceiving += decoded.elapsed();
            images += 1;
            let seen: Vec<Vec<Row>> = match &analysis {
                Ok(analysis) => (0..analysis.panels.len())
                    .map(|panel| perceived(analysis, panel))
                    .collect(),
                Err(error) => panic!("{name}: {error}"),
            };
            let told: Vec<Vec<Row>> = order.iter().map(|&b| annotated(&structure[b])).collect();
            items += told.iter().map(Vec::len).sum::<usize>();
            if seen == told {
                equal += 1;
            } else {
                wrong.push(format!("{name}: {seen:?} instead of {told:?}"));
            }
        }
    }
    let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(images);
    eprintln!(
        "NLVR dev: {equal} of {images} images ({items} items) perceived exactly; \
         {:.3} ms decoding and {:.3} ms perceiving an image",
        each(decoding),
        each(perceiving)
    );
    assert_eq!(images, 5934);
    assert_eq!(equal, images, "{:#?}", &wrong[..wrong.len().min(5)]);
}

#[test]
fn easy_vqa_is_answered_from_pixels() {
    let Some(root) = data("easy_vqa") else { return };
    let back_end = pixels::perception();
    let (mut asked, mut right, mut squares) = (0, 0, 0);
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for split in ["train", "test"] {
        let text = std::fs::read_to_string(root.join(split).join("questions.json")).unwrap();
        let questions: Vec<(String, String, u32)> = serde_json::from_str(&text).unwrap();
        let mut by_image: BTreeMap<u32, Vec<(String, String)>> = BTreeMap::new();
        for (question, answer, image) in questions {
            by_image.entry(image).or_default().push((question, answer));
        }
        for (id, questions) in by_image {
            let name = format!("{split}/images/{id}.png");
            let bytes = std::fs::read(root.join(&name)).unwrap();
            let image = decode(&bytes, &DecodeLimits::default()).unwrap();
            let view = [View::of_pixels(&image.rgb)];
            for (question, answer) in questions {
                let request = Request {
                    tool: "simple_query".to_owned(),
                    image: 0,
                    region: [0.0, 0.0, f64::from(image.width), f64::from(image.height)].into(),
                    args: vec![("question".to_owned(), Arg::Str(question.clone()))],
                };
                asked += 1;
                match back_end.answer(&view, &request) {
                    Answer::Text(said) if said == answer => right += 1,
                    // The data set calls every square a rectangle.
                    Answer::Text(said) if said == "square" && answer == "rectangle" => squares += 1,
                    other => {
                        let key = format!("{name} {question} {answer}: {other:?}");
                        *wrong.entry(key).or_default() += 1;
                    }
                }
            }
        }
    }
    eprintln!(
        "easy-VQA: {right} of {asked} answers equal, {squares} more say \"square\" for \"rectangle\""
    );
    assert_eq!(right + squares, asked, "{wrong:#?}");
    assert!(squares * 100 < asked, "{squares} squares");
}
