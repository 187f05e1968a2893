//! The boxes of sentences: of what is named, of what is counted, of what has none of its own.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod common;

use common::{Scene, explained};
use fact_lang::pack::Pack;

const SCENE: &str = "\
box 0,0,100,100
box 150,0,250,100
box 300,0,400,100
item 40,80,60,100 color=black shape=square size=medium
item 40,59,60,79 color=yellow shape=square size=medium
item 190,80,210,100 color=yellow shape=square size=medium
item 340,80,360,100 color=blue shape=square size=medium";

/// The boxes of each sentence but the conclusion, with the sentence.
fn boxes(body: &str) -> Vec<(String, Vec<[f64; 4]>)> {
    let scene = Scene::parse(SCENE);
    let pack = Pack::builtin("blocks").unwrap();
    let program = format!("def execute_command(image):\n    {body}\n");
    let steps = explained(&scene, &pack, &program).unwrap().rationale.steps;
    let of = |step: fact_core::rationale::Step| {
        (step.text, step.boxes.into_iter().map(|b| b.bbox).collect())
    };
    steps.into_iter().map(of).collect()
}

const YELLOW: [[f64; 4]; 2] = [[40.0, 59.0, 60.0, 79.0], [190.0, 80.0, 210.0, 100.0]];

#[test]
fn a_number_has_the_boxes_of_what_it_counts() {
    // Three boxes hold two yellow items: neither the boxes nor all items are what was counted.
    let (text, found) = boxes("return image.count(\"yellow item\") == 2").remove(0);
    assert!(text.contains('2'), "{text}");
    assert_eq!(found, YELLOW);
    let (_, found) = boxes("return image.exists(\"yellow item\")").remove(0);
    assert_eq!(found, YELLOW);
    let (_, found) = boxes("return len(image.find(\"yellow item\")) == 2").remove(0);
    assert_eq!(found, YELLOW);
}

#[test]
fn where_nothing_is_the_holder_is_shown() {
    let steps = boxes("return image.boxes[0].count(\"blue item\") == 0");
    let said = steps.iter().find(|(text, _)| text.contains("no blue item"));
    assert_eq!(said.unwrap().1, [[0.0, 0.0, 100.0, 100.0]], "{steps:?}");
}

#[test]
fn what_has_no_box_has_that_around_its_parts() {
    let steps = boxes("return image.towers[0].height == 2");
    let around = [40.0, 59.0, 60.0, 100.0];
    assert!(
        steps.iter().any(|(_, found)| found.contains(&around)),
        "{steps:?}"
    );
}
