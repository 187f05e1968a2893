//! A run whose texts and pictures mean no good.

use crate::support::{draw, run};
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Markup where a data set, a model or a file may have text.
pub(crate) const MARKUP: &str = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>";

/// A run whose texts are hostile; two of its pictures cannot be shown.
pub(crate) fn hostile(folder: &Path) -> PathBuf {
    let root = folder.join("data");
    std::fs::create_dir_all(root.join("images")).unwrap();
    draw(&root.join("images/whole.png"), [[1; 3]; 3]);
    let whole = std::fs::read(root.join("images/whole.png")).unwrap();
    std::fs::write(root.join("images/cut.png"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(
        root.join("images/page.png"),
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(3)'/>",
    )
    .unwrap();
    std::fs::write(root.join("images/gone.png"), &whole).unwrap();
    let scene = json!({ "width": 400, "height": 100, "attributes": {}, "objects": [
        { "id": "0", "name": "dog", "bbox": [10, 10, 60, 60], "attributes": {}, "relations": [] },
    ] });
    let program = format!(
        "def execute_command(image):\n    note = {MARKUP:?}\n    return image.exists(\"dog\")\n"
    );
    let mut rows = String::new();
    for (id, image, answer) in [
        (MARKUP, "whole", "yes"),
        ("cut\u{202e}\u{1b}[2J", "cut", MARKUP),
        ("page", "page", "yes"),
        ("gone", "gone", "no"),
    ] {
        let row = json!({
            "id": id, "image": format!("images/{image}.png"), "answer": answer, "scene": scene,
            "question": format!("Is there a dog? {MARKUP} {id}"), "program": program,
        });
        writeln!(rows, "{row}").unwrap();
    }
    // More events than a page can show.
    let counts = "def execute_command(image):\n    n = 0\n    for i in range(3000):\n        n += 1\n    return n\n";
    let row = json!({
        "id": "long", "image": "images/whole.png", "answer": "7", "scene": scene,
        "question": "How many?", "program": counts,
    });
    writeln!(rows, "{row}").unwrap();
    std::fs::write(root.join("data.jsonl"), rows).unwrap();
    let more = [
        "--propose",
        "gold",
        "--pack",
        "scene",
        "--perception",
        "scene",
    ];
    let made = run(folder, "jsonl:data/data.jsonl", "run", &more);
    std::fs::remove_file(root.join("images/gone.png")).unwrap();
    made
}
