//! The linter finds what is wrong with a sentence, passes what is right, and finds nothing in what
//! the specifications say.

#![allow(clippy::print_stderr, reason = "a test says that it skips")]

mod common;

use common::{Scene, explained};
use fact_core::english::{Rule, lint};
use fact_lang::pack::Pack;
use std::path::{Path, PathBuf};

/// The rules that a text breaks, each once.
fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = lint(text).into_iter().map(|p| p.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[test]
fn bad_sentences_are_found() {
    for (text, rule) in [
        ("There is a apple in the box.", Rule::Article),
        ("One item is an big square.", Rule::Article),
        ("There is 2 boxes.", Rule::Number),
        ("There are 1 box.", Rule::Number),
        ("There are a cup in the image.", Rule::Number),
        ("There is 1 items in the first box.", Rule::Number),
        ("There are 3 yellow square in the first box.", Rule::Number),
        ("There is no circles in the image.", Rule::Number),
        ("The tower in the first box is 1 blocks tall.", Rule::Number),
        (
            "The towers in the first and second boxes are 2 block tall.",
            Rule::Number,
        ),
        ("Both square touch the wall.", Rule::Number),
        ("Both squares is black.", Rule::Number),
        ("None of the 3 squares are black.", Rule::Number),
        ("2 of the 3 boxes has a circle.", Rule::Number),
        ("1 of the 3 boxes have a circle.", Rule::Number),
        ("So no box have exactly 3 items.", Rule::Number),
        ("So every box are empty.", Rule::Number),
        ("The the box is empty.", Rule::DoubledWord),
        ("There is  a cup in the image.", Rule::Spacing),
        ("There is a cup , and a dog.", Rule::Spacing),
        ("There is a cup,and a dog.", Rule::Spacing),
        (" There is a cup.", Rule::Spacing),
        ("there is a cup in the image.", Rule::Capital),
        ("There is a cup. there is a dog.", Rule::Capital),
        ("There is a cup in the image", Rule::Stop),
        ("There is a cup in the image..", Rule::Stop),
        ("The answer to “What is it? is “a dog”.", Rule::Unbalanced),
        ("The cup at (3, 4 is red.", Rule::Unbalanced),
        ("There is a cup. There is a cup.", Rule::RepeatedSentence),
        ("There are 3 cups. 0 is not 1.", Rule::Empty),
        ("There are 3 cups. 3 is 3.", Rule::Empty),
        (
            "The medium yellow square in the first box is a yellow square.",
            Rule::Empty,
        ),
        ("The dogs are dogs.", Rule::Empty),
        (
            "The small black square in the box, the small black square in the box and the small black square in the box touch.",
            Rule::RepeatedName,
        ),
        ("The answer is None.", Rule::Raw),
        ("There is a {object_name} in the image.", Rule::Raw),
        ("The touches_wall of the cup is red.", Rule::Raw),
    ] {
        let found = rules(text);
        assert!(found.contains(&rule), "{text}: {rule:?} not in {found:?}");
    }
    let long = format!("There is {}a cup.", "a cup and ".repeat(40));
    assert!(rules(&long).contains(&Rule::Long));
}

#[test]
fn good_sentences_pass() {
    for text in [
        "There is 1 blue block in the tower in the first box, but none in the other 2 towers.",
        "There are 5 items in the first box and 4 in each of the other 2 boxes.",
        "There is no black item in the first or second box, but one in the third box.",
        "The towers in the first, second and third boxes are 2, 4 and 1 blocks tall.",
        "The tower in the first box is 1 block tall.",
        "Both yellow squares in the second box touch the wall. So the statement is true.",
        "Neither of the 2 yellow squares in the second box touches the other.",
        "None of the 8 black items touches the bottom wall.",
        "1 of the 3 triangles touches the wall: the big blue triangle.",
        "So no box has exactly 3 items. Therefore the statement is false.",
        "The tops of the towers in the first and third boxes are medium blue squares.",
        "The 3 items in the first box are a small yellow square and 2 big blue circles.",
        "Of the 4 blocks in the tower in the first box, the second lowest is a black square.",
        "The center of the left dog is at x = 150 and that of the cat is at x = 330.3.",
        "The answer to “How many is 1 dogs” for the cat is “a apple”. So the answer is yes.",
        "The left dog is further left than the cat. 3 is more than 2. So the answer is left.",
        "The 3 items in the first box are 2 small black squares, a blue square and a circle.",
        "An hour ago a unicorn stood at (25, 60). There are 0.5 px between them.",
        "All 3 cups are red, and the red cup is the largest cup.",
    ] {
        assert_eq!(lint(text), [], "{text}");
    }
}

#[test]
fn nothing_is_found_in_the_specifications() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec");
    let mut found = Vec::new();
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("docs/spec") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for block in text.split("```rationale\n").skip(1) {
            let rationale = block.split("\n```").next().unwrap_or_default();
            read += 1;
            let mut problems = lint(&rationale.replace('\n', " "));
            // Some cases are of programs that ask more than anyone would.
            problems.retain(|p| p.rule != Rule::Long);
            if !problems.is_empty() {
                found.push(format!("{}\n{rationale}\n{problems:?}", path.display()));
            }
        }
    }
    assert!(read > 0, "no rationale found");
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// The things of a CLEVR scene as a specification writes them.
fn clevr_scene(scene: &serde_json::Value) -> Option<String> {
    let mut text = String::from("pack scene\nimage 480x320\n");
    for object in scene["objects"].as_array()? {
        let (x, y) = (
            object["pixel_coords"][0].as_f64()?,
            object["pixel_coords"][1].as_f64()?,
        );
        let half = if object["size"] == "large" {
            30.0
        } else {
            15.0
        };
        let word = |name: &str| object[name].as_str().map(str::to_owned);
        text.push_str(&format!(
            "{} {},{},{},{} color={} size={} material={}\n",
            word("shape")?,
            x - half,
            y - half,
            x + half,
            y + half,
            word("color")?,
            word("size")?,
            word("material")?,
        ));
    }
    Some(text)
}

#[test]
fn nothing_is_found_in_what_is_said_of_real_scenes() {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join("clevr/scenes_with_images.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no {} (set FACT_DATA)", file.display());
        return;
    };
    let data: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let scenes = data["scenes"]
        .as_array()
        .or(data.as_array())
        .expect("scenes");
    let pack = Pack::builtin("scene").expect("the shipped pack");
    let mut said = 0;
    let mut found = Vec::new();
    for scene in scenes {
        let scene = Scene::parse(&clevr_scene(scene).expect("a scene"));
        for shape in ["cube", "sphere", "cylinder"] {
            for body in [
                "return len(xs)".to_owned(),
                "return len([x for x in xs if x.color == 'red'])".to_owned(),
                "return all(x.material == 'metal' for x in xs)".to_owned(),
                "return any(x.size == 'small' for x in xs)".to_owned(),
                "return max(xs, key=lambda x: x.x).color if xs else 'none'".to_owned(),
                "return sorted(xs, key=lambda x: x.y)[0].material if xs else 'none'".to_owned(),
                "return len(xs) > len(image.find('cube'))".to_owned(),
                "return len(either(xs, image.find('sphere')))".to_owned(),
                "return xs[0].shape if len(xs) == 1 else 'several'".to_owned(),
            ] {
                let program = format!(
                    "def execute_command(image):\n    xs = image.find('{shape}')\n    {body}\n"
                );
                let Ok(made) = explained(&scene, &pack, &program) else {
                    continue;
                };
                said += 1;
                let text = made.rationale.text();
                // That a number is not another is the bridge's to say better.
                let problems: Vec<_> = lint(&text)
                    .into_iter()
                    .filter(|p| p.rule != Rule::Empty)
                    .collect();
                if !problems.is_empty() {
                    found.push(format!("{program}{text}\n{problems:?}"));
                }
            }
        }
    }
    assert!(said > 0, "nothing was said");
    assert!(
        found.is_empty(),
        "{} of {said}\n{}",
        found.len(),
        found.join("\n\n")
    );
}
