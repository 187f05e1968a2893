//! `fact exec`.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::{draw, fact};

fn exec(folder: &Path, program: &str, more: &[&str]) -> Value {
    std::fs::write(folder.join("program.py"), program).unwrap();
    let assert = fact(folder)
        .args(["exec", "program.py", "--image", "img.png", "--json"])
        .args(more)
        .assert()
        .success();
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

#[test]
fn every_outcome_is_an_object() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(&folder.join("img.png"), [[1, 0, 0], [2, 1, 0], [0, 0, 3]]);

    let report = exec(
        folder,
        "def execute_command(image):\n    print(\"looking\")\n    return image.count(\"yellow square\")\n",
        &[],
    );
    assert_eq!(report["outcome"], "returned");
    assert_eq!(report["value"], "3");
    assert_eq!(report["type"], "int");
    assert_eq!(report["exception"], Value::Null);
    assert_eq!(report["output"], "looking\n");
    assert!(report["steps"].as_u64().unwrap() > 0);
    let calls = report["calls"].as_array().unwrap();
    assert_eq!(
        calls.len(),
        4,
        "one for the boxes, one for each box's items"
    );
    assert_eq!(calls[0]["tool"], "find");
    assert_eq!(
        calls[0]["answer"]["detections"].as_array().unwrap().len(),
        3
    );

    let report = exec(
        folder,
        "def execute_command(image):\n    return [][1]\n",
        &[],
    );
    assert_eq!(report["outcome"], "raised");
    assert_eq!(report["exception"]["type"], "IndexError");
    assert_eq!(report["location"]["line"], 2);

    let loops = "def execute_command(image):\n    while True:\n        pass\n";
    let report = exec(folder, loops, &["--max-steps", "1000"]);
    assert_eq!(report["outcome"], "limit");
    assert_eq!(report["limit"], "steps");

    let report = exec(folder, "def execute_command(image):\n    return (1\n", &[]);
    assert_eq!(report["outcome"], "syntax_error");
    assert_eq!(report["exception"]["type"], "SyntaxError");
}

#[test]
fn the_readable_form_shows_the_trace() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(&folder.join("img.png"), [[1, 0, 0], [2, 1, 0], [0, 0, 3]]);
    let program = "def execute_command(image):\n    for box in image.boxes:\n        if box.exists(\"black square\"):\n            return \"yes\\x1b[31m\"\n    return \"no\"\n";
    std::fs::write(folder.join("program.py"), program).unwrap();
    let assert = fact(folder)
        .args(["exec", "program.py", "--image", "img.png", "--trace"])
        .assert()
        .success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(text.contains("returned  'yes\\x1b[31m' (str)"), "{text}");
    assert!(text.contains("iteration 3"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn an_annotation_can_stand_in_for_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scene = r##"[[{"x_loc": 10, "y_loc": 20, "type": "square", "color": "Yellow", "size": 20}], [], []]"##;
    std::fs::write(folder.join("scene.json"), scene).unwrap();
    std::fs::write(
        folder.join("program.py"),
        "def execute_command(image):\n    return len(image.boxes[0].items)\n",
    )
    .unwrap();
    let assert = fact(folder)
        .args(["exec", "program.py", "--scene", "scene.json", "--json"])
        .assert()
        .success();
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(report["value"], "1", "{report}");
}

#[test]
fn the_parameter_decides_what_several_images_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(&folder.join("img.png"), [[1, 0, 0], [2, 1, 0], [0, 0, 3]]);
    draw(&folder.join("next.png"), [[0, 0, 0], [1, 1, 0], [0, 0, 3]]);
    let value = |program: &str, pack: &str, more: &[&str]| {
        let mut flags = vec!["--image", "next.png", "--pack", pack];
        flags.extend(more);
        let report = exec(folder, program, &flags);
        match &report["exception"] {
            Value::Null => report["value"].as_str().unwrap().to_owned(),
            exception => format!("{}: {}", exception["type"], exception["message"]),
        }
    };
    let count = "[len(ImagePatch(i).find('yellow square')) for i in IMAGES]";
    for (parameter, images, want) in [
        ("image", "[image]", "[3]"),
        ("image_list", "image_list", "[3, 1]"),
        ("images", "images", "[3, 1]"),
        (
            "image_dict",
            "[image_dict['right'], image_dict['left']]",
            "[1, 3]",
        ),
    ] {
        let body = count.replace("IMAGES", images);
        let program = format!("def execute_command({parameter}):\n    return {body}\n");
        assert_eq!(value(&program, "viper", &[]), want, "{parameter}");
    }

    let program = "def execute_command(video, annotation, possible_answers, query):\n    \
                   segment = VideoSegment(video)\n    \
                   found = [len(f.find('yellow square')) for f in segment.frame_iterator()]\n    \
                   return (found, annotation, possible_answers, query)\n";
    let flags = [
        "--question",
        "Where?",
        "--choice",
        "here",
        "--choice",
        "there",
    ];
    let want = "([3, 1], None, ['here', 'there'], 'Where?')";
    assert_eq!(value(program, "video", &flags), want);

    let snippet = "answer = [len(find_object(one, 'yellow square')) for one in images]";
    assert_eq!(value(snippet, "codevqa", &[]), "[3, 1]");
}

#[test]
fn a_completion_is_salvaged() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(&folder.join("img.png"), [[1, 0, 0], [2, 1, 0], [0, 0, 3]]);
    let body = "    return image.count(\"yellow square\")\n";
    let completion = format!("Sure:\n```python\ndef execute_command(image):\n{body}```\n");

    let report = exec(folder, &completion, &[]);
    assert_eq!(report["outcome"], "syntax_error");
    assert_eq!(report.get("salvage"), None);

    let report = exec(folder, &completion, &["--salvage"]);
    assert_eq!(
        (&report["outcome"], &report["value"]),
        (&"returned".into(), &"3".into())
    );
    let program = format!("def execute_command(image):\n{body}");
    assert_eq!(report["salvage"]["program"], program.as_str());
    assert_eq!(report["salvage"]["header"], "");
    let cuts = report["salvage"]["cuts"].as_array().unwrap();
    let kinds: Vec<&Value> = cuts.iter().map(|c| &c["kind"]).collect();
    assert_eq!(kinds, ["prose", "fence", "fence"]);
    assert_eq!(cuts[2]["line"], 5);

    let report = exec(folder, body, &["--salvage"]);
    assert_eq!(report["value"], "3");
    assert_eq!(report["salvage"]["header"], "def execute_command(image):\n");

    let report = exec(
        folder,
        "Sure:\ndef execute_command(image):\n    return (",
        &["--salvage"],
    );
    assert_eq!(report["outcome"], "unsalvageable");
    assert_eq!(report["location"]["line"], 2);

    std::fs::write(folder.join("program.py"), &completion).unwrap();
    let shown = fact(folder)
        .args(["exec", "program.py", "--image", "img.png", "--salvage"])
        .assert()
        .success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert!(
        shown.starts_with("cut       prose at line 1 (6 bytes)\n"),
        "{shown}"
    );
}

#[test]
fn steps_run_with_a_pack_that_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scene = r#"{"width": 100, "height": 50, "objects": {
        "1": {"name": "dog", "x": 60, "y": 10, "w": 20, "h": 20, "attributes": [], "relations": []},
        "2": {"name": "cat", "x": 10, "y": 10, "w": 20, "h": 20, "attributes": [], "relations": []}}}"#;
    std::fs::write(folder.join("scene.json"), scene).unwrap();
    let steps = "BOX0=LOC(image=IMAGE,object='dog')\n\
        IMAGE0=CROP_LEFTOF(image=IMAGE,box=BOX0)\n\
        BOX1=LOC(image=IMAGE0,object='cat')\n\
        ANSWER0=COUNT(box=BOX1)\n\
        ANSWER1=EVAL(expr=\"'yes' if {ANSWER0} > 0 else 'no'\")\n\
        FINAL_RESULT=RESULT(var=ANSWER1)\n";
    std::fs::write(folder.join("p.visprog"), steps).unwrap();
    let exec = |more: &[&str]| {
        let mut command = fact(folder);
        command.args([
            "exec",
            "p.visprog",
            "--pack",
            "visprog",
            "--scene",
            "scene.json",
        ]);
        command.args(more).assert()
    };
    let shown = exec(&["--trace"]).success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert!(shown.starts_with("returned  'yes' (str)\n"), "{shown}");
    assert!(
        shown.contains("CROP_LEFTOF(image=IMAGE,box=BOX0)"),
        "{shown}"
    );
    let calls = shown.lines().filter(|l| l.starts_with("asked     find"));
    assert_eq!(calls.count(), 2, "{shown}");

    let refused = exec(&["--salvage"]).failure();
    let message = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(message.contains("--salvage reads Python only"), "{message}");
}
