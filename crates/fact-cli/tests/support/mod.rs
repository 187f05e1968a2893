//! A small data set drawn for the tests, and the program under test.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses a part; a failed step fails the test"
)]

#[path = "../../../fact-models/tests/common/annotated.rs"]
pub(crate) mod annotated;
pub(crate) mod loopback;
pub(crate) mod model;
pub(crate) mod photographs;

use assert_cmd::Command;
use image::{Rgb, RgbImage};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The binary, in `folder`.
pub(crate) fn fact(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("fact").unwrap();
    command.current_dir(folder);
    command
}

const GREY: Rgb<u8> = Rgb([211, 211, 211]);
const SEPARATOR: Rgb<u8> = Rgb([128, 128, 128]);
const YELLOW: Rgb<u8> = Rgb([255, 255, 0]);
const BLUE: Rgb<u8> = Rgb([0, 153, 255]);
const BLACK: Rgb<u8> = Rgb([0, 0, 0]);

/// Three boxes, each with a number of yellow, blue and black squares of 20 pixels.
pub(crate) fn draw(path: &Path, boxes: [[u32; 3]; 3]) {
    let mut image = RgbImage::from_pixel(400, 100, SEPARATOR);
    for (b, counts) in (0u32..).zip(boxes) {
        let left = 150 * b;
        fill(&mut image, left, 0, 100, GREY);
        let colors = [YELLOW, BLUE, BLACK];
        for (row, (count, color)) in (0u32..).zip(counts.into_iter().zip(colors)) {
            for i in 0..count {
                fill(&mut image, left + 5 + 30 * i, 8 + 30 * row, 20, color);
            }
        }
    }
    image.save(path).unwrap();
}

fn fill(image: &mut RgbImage, left: u32, top: u32, side: u32, color: Rgb<u8>) {
    for y in top..top + side {
        for x in left..left + side {
            image.put_pixel(x, y, color);
        }
    }
}

/// Writes `questions` × `scenes` samples into `folder/data` and returns the data set's name for
/// `--data`. Siblings are scattered: the scenes of a question stand far apart.
pub(crate) fn data(folder: &Path, questions: usize, scenes: usize) -> String {
    let root = folder.join("data");
    std::fs::create_dir_all(root.join("images")).unwrap();
    let colors = ["yellow", "blue", "black"];
    let mut rows = String::new();
    for scene in 0..scenes {
        for question in 0..questions {
            // A small fixed mixture instead of a random number.
            let number = |k: usize| ((question * 7 + scene * 5 + k * 3) % 4) as u32;
            let boxes = [0, 1, 2].map(|b| [number(b), number(b + 3), number(b + 6)]);
            let name = format!("{question}-{scene}.png");
            draw(&root.join("images").join(&name), boxes);
            let color = question % 3;
            let wanted = question % 5;
            let total: u32 = boxes.iter().map(|b| b[color]).sum();
            let row = serde_json::json!({
                "id": format!("q{question}-s{scene}"),
                "image": format!("images/{name}"),
                "question": format!("There are exactly {wanted} {} squares", colors[color]),
                "answer": if total as usize == wanted { "true" } else { "false" },
                "group": format!("q{question}"),
                "scene_id": format!("s{scene}"),
            });
            writeln!(rows, "{row}").unwrap();
        }
    }
    std::fs::write(root.join("data.jsonl"), rows).unwrap();
    "jsonl:data/data.jsonl?matcher=true_false".to_owned()
}

/// Runs `fact run` on a data set and expects success.
pub(crate) fn run(folder: &Path, data: &str, out: &str, more: &[&str]) -> PathBuf {
    fact(folder)
        .args(["run", "--data", data, "--out", out, "--quiet"])
        .args(more)
        .assert()
        .success();
    folder.join(out)
}

/// The rows of a file of an export: JSON lines, or one JSON list.
pub(crate) fn rows(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap();
    match text.starts_with('[') {
        true => serde_json::from_str(&text).unwrap(),
        false => text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    }
}

/// Exports a run as JSONL and returns the text.
pub(crate) fn export(folder: &Path, run: &str) -> String {
    let out = format!("{run}-export");
    fact(folder)
        .args(["export", run, "--format", "jsonl", "--out", &out, "--quiet"])
        .assert()
        .success();
    std::fs::read_to_string(folder.join(out).join("samples.jsonl")).unwrap()
}
