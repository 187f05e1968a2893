#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use fact_lang::tool::{Answer, Request};
use serde_json::{Value, json};

/// Two cubes and a sphere in a row, as CLEVR writes them.
fn clevr_json() -> Value {
    json!({
        "objects": [
            {"shape": "cube", "color": "red", "size": "large", "material": "metal",
             "pixel_coords": [100, 200, 10.5], "3d_coords": [0, 0, 0.7], "rotation": 3.0},
            {"shape": "sphere", "color": "blue", "size": "small", "material": "rubber",
             "pixel_coords": [240, 160, 10.5]},
            {"shape": "cube", "color": "gray", "size": "small", "material": "rubber",
             "pixel_coords": [470, 100, 14.0]}
        ],
        "relationships": {
            "left": [[], [0], [0, 1]],
            "right": [[1, 2], [2], []],
            "front": [[], [0], [0, 1]],
            "behind": [[1, 2], [2], []]
        }
    })
}

fn clevr_scene() -> Scene {
    clevr::read(&clevr_json(), 480, 320).unwrap()
}

fn gqa_json() -> Value {
    json!({
        "width": 500, "height": 400, "location": "outdoors",
        "objects": {
            "20": {"name": "men", "x": 100, "y": 100, "w": 50, "h": 200,
                   "attributes": ["standing", "young"],
                   "relations": [{"name": "wearing", "object": "21"},
                                 {"name": "to the left of", "object": "9"}]},
            "21": {"name": "hat", "x": 110, "y": 100, "w": 20, "h": 20,
                   "attributes": ["black", "white", "straw"], "relations": []},
            "9": {"name": "traffic light", "x": 300, "y": 20, "w": 20, "h": 60,
                  "attributes": ["peeling"], "relations": [{"name": "near", "object": "20"}]},
            "100": {"name": "orange juice", "x": 400, "y": 300, "w": 20, "h": 40,
                    "attributes": ["light brown"], "relations": []},
            "101": {"name": "orange", "x": 440, "y": 300, "w": 20, "h": 20,
                    "attributes": [], "relations": []}
        }
    })
}

fn gqa_scene() -> Scene {
    gqa::read(&gqa_json()).unwrap()
}

const WHOLE: BBox = BBox {
    left: 0.0,
    top: 0.0,
    right: 500.0,
    bottom: 400.0,
};

/// Ids (labels, where there are none) of what `find` answers.
fn found(scene: &Scene, phrase: &str) -> Vec<String> {
    let found = SceneBackend.detect(&View::of_scene(scene), WHOLE, phrase);
    ids(found.unwrap())
}

fn ids(detections: Vec<Detection>) -> Vec<String> {
    detections
        .into_iter()
        .map(|d| d.id.unwrap_or(d.label))
        .collect()
}

fn related(scene: &Scene, id: &str, relation: &str) -> Vec<String> {
    let view = View::of_scene(scene);
    ids(SceneBackend
        .related(&view, WHOLE, Some(id), relation)
        .unwrap())
}

fn ask(scene: &Scene, region: BBox, question: &str) -> Result<String, Refusal> {
    SceneBackend.ask(&View::of_scene(scene), region, question)
}

#[test]
fn phrases_describe_objects() {
    let scene = clevr_scene();
    for (phrase, expected) in [
        ("cube", &["0", "2"][..]),
        ("cubes", &["0", "2"]),
        ("blocks", &["0", "2"]),
        ("large red metal cube", &["0"]),
        ("big shiny thing", &["0"]),
        ("the tiny matte ball", &["1"]),
        ("grey object", &["2"]),
        ("thing", &["0", "1", "2"]),
        ("red sphere", &[]),
        ("unicorn", &[]),
        ("sparkling cube", &[]),
    ] {
        assert_eq!(found(&scene, phrase), expected, "{phrase}");
    }
}

#[test]
fn names_kinds_and_compounds_of_photographs() {
    let scene = gqa_scene();
    for (phrase, expected) in [
        ("man", &["20"][..]),
        ("person", &["20"]),
        ("people", &["20"]),
        ("young man", &["20"]),
        ("male person", &["20"]),
        ("straw hat", &["21"]),
        ("traffic signal", &["9"]),
        ("drink", &["100"]),
        ("light brown orange juice", &["100"]),
        ("orange juice", &["100"]),
        ("orange", &["101"]),
        ("woman", &[]),
    ] {
        assert_eq!(found(&scene, phrase), expected, "{phrase}");
    }
}

#[test]
fn only_what_is_centred_in_the_region_is_found() {
    let scene = clevr_scene();
    let left = BBox {
        right: 240.0,
        ..WHOLE
    };
    let found = SceneBackend.detect(&View::of_scene(&scene), left, "thing");
    assert_eq!(ids(found.unwrap()), ["0"]);
}

#[test]
fn clevr_boxes_grow_with_size_and_shrink_with_depth() {
    let boxes: Vec<BBox> = clevr_scene().objects.iter().map(|o| o.bbox).collect();
    // A sphere: 0.35 · 525 / 10.5 = 17.5 pixels to each side; a large cube reaches further.
    assert_eq!(boxes[1], [223.0, 143.0, 258.0, 178.0].into());
    assert_eq!(boxes[0], [55.0, 151.0, 146.0, 249.0].into());
    assert!(boxes[1].right - boxes[1].left < boxes[0].right - boxes[0].left);
    // Clipped to the image.
    assert_eq!(boxes[2].right, 480.0);
}

#[test]
fn detections_carry_attributes_but_not_the_depth() {
    let scene = clevr_scene();
    let view = View::of_scene(&scene);
    let cube = SceneBackend
        .detect(&view, WHOLE, "red cube")
        .unwrap()
        .remove(0);
    let keys: Vec<&str> = cube.attributes.keys().map(String::as_str).collect();
    assert_eq!(keys, ["color", "material", "shape", "size"]);
    let near = SceneBackend.depth(&view, cube.bbox).unwrap();
    let far = SceneBackend.depth(&view, scene.objects[2].bbox).unwrap();
    assert!(near < far);
}

#[test]
fn relations_hold_in_both_directions_and_in_other_words() {
    let scene = clevr_scene();
    assert_eq!(related(&scene, "1", "to the left of"), ["0"]);
    assert_eq!(related(&scene, "1", "left"), ["0"]);
    assert_eq!(related(&scene, "0", "behind"), ["1", "2"]);
    assert_eq!(related(&scene, "0", "on"), [""; 0]);

    let scene = gqa_scene();
    let view = View::of_scene(&scene);
    let targets = |id, relation| {
        let targets = SceneBackend.targets(&view, WHOLE, Some(id), relation);
        ids(targets.unwrap())
    };
    assert_eq!(related(&scene, "21", "wearing"), ["20"]);
    assert_eq!(targets("20", "wearing"), ["21"]);
    assert_eq!(targets("21", "wearing"), [""; 0]);
    // The converse of an annotated relation, and a mutual one.
    assert_eq!(related(&scene, "20", "right of"), ["9"]);
    assert_eq!(related(&scene, "9", "near"), ["20"]);
    let unknown = SceneBackend.related(&view, WHOLE, Some("7"), "on");
    assert_eq!(
        unknown,
        Err(Refusal("no object `7` is annotated in the image".into()))
    );
}

#[test]
fn positions_decide_only_where_no_relation_is_annotated() {
    let mut scene = gqa_scene();
    assert_eq!(related(&scene, "21", "to the right of"), [""; 0]);
    for object in &mut scene.objects {
        object.relations.clear();
    }
    assert_eq!(
        related(&scene, "21", "to the right of"),
        ["9", "20", "100", "101"]
    );
    assert_eq!(related(&scene, "21", "above"), ["9"]);
}

#[test]
fn attributes_are_filed_and_verified() {
    let scene = gqa_scene();
    let hat = scene.objects.iter().find(|o| o.id == "21").unwrap();
    assert_eq!(hat.attributes["color"], Arg::Str("black".into()));
    assert_eq!(hat.attributes["material"], Arg::Str("straw".into()));
    assert_eq!(hat.attributes["white"], Arg::Bool(true));
    let view = View::of_scene(&scene);
    let verify = |name: &str, attribute: &str| {
        SceneBackend
            .verify(&view, hat.bbox, name, attribute)
            .unwrap()
    };
    assert!(verify("hat", "white"));
    assert!(verify("hat", "made of straw"));
    assert!(verify("hat", "clothing"));
    assert!(!verify("hat", "red"));
    assert!(!verify("horse", "black"));
    assert!(verify("image", "outdoors"));
    assert!(!verify("scene", "indoors"));
}

#[test]
fn questions_of_known_forms_are_answered_and_others_refused() {
    let scene = clevr_scene();
    let sphere = scene.objects[1].bbox;
    for (question, answer) in [
        ("What color is the sphere?", "blue"),
        ("What is the size of the sphere?", "small"),
        ("What is the color of it?", "blue"),
        ("What is this?", "sphere"),
        ("Is the sphere blue?", "yes"),
        ("Is the blue sphere large?", "no"),
        ("Is there a cube?", "no"),
    ] {
        assert_eq!(
            ask(&scene, sphere, question),
            Ok(answer.into()),
            "{question}"
        );
    }
    assert_eq!(
        ask(&scene, WHOLE, "How many cubes are there?"),
        Ok("2".into())
    );
    assert_eq!(
        ask(
            &scene,
            WHOLE,
            "Which is larger, the sphere or the red cube?"
        ),
        Ok("red cube".into())
    );
    let refused = ask(&scene, WHOLE, "Why is the cube here?").unwrap_err();
    assert!(refused.0.contains("Why is the cube here?"), "{refused}");

    let scene = gqa_scene();
    assert_eq!(
        ask(&scene, WHOLE, "What is the location of the image?"),
        Ok("outdoors".into())
    );
    let unsaid = ask(&scene, WHOLE, "What color is the traffic light?").unwrap_err();
    assert_eq!(
        unsaid.0,
        "the annotation does not say the color of the traffic light"
    );
}

#[test]
fn nlvr_annotations_answer_as_pixels_do() {
    let structure = json!([
        [{"y_loc": 80, "type": "square", "color": "Black", "x_loc": 70, "size": 20},
         {"y_loc": 5, "type": "circle", "color": "#0099ff", "x_loc": 3, "size": 10}],
        [],
        [{"y_loc": 1, "type": "triangle", "color": "Yellow", "x_loc": 0, "size": 30}]
    ]);
    let scene = nlvr::read(&structure, nlvr::PERMUTATIONS[3]).unwrap();
    assert_eq!(found(&scene, "box"), ["box"; 3]);
    assert_eq!(found(&scene, "gray boxes"), ["box"; 3]);
    let all = [
        "big yellow triangle",
        "small blue circle",
        "medium black square",
    ];
    for generic in ["item", "objects", "block", "shapes", "thing"] {
        assert_eq!(found(&scene, generic), all, "{generic}");
    }
    assert_eq!(found(&scene, "medium-sized black colored square"), [all[2]]);
    assert_eq!(found(&scene, "blue"), [all[1]]);
    // Boxes 1, 2, 0 from left to right: the blue circle is in the third.
    let circle = SceneBackend.detect(&View::of_scene(&scene), WHOLE, "circle");
    let circle = circle.unwrap().remove(0);
    assert_eq!(circle.bbox, [303.0, 5.0, 313.0, 15.0].into());
    assert_eq!(circle.id, None);
}

#[test]
fn coco_and_parallel_lists_become_scenes() {
    let annotations = json!([
        {"id": 7, "bbox": [10, 20, 30, 40], "category_id": 17},
        {"id": 8, "bbox": [100, 20, 30.5, 40], "category_id": 75}
    ]);
    let scene = coco::read(&annotations, 640, 480, coco::category).unwrap();
    assert_eq!(found(&scene, "cat"), ["7"]);
    assert_eq!(found(&scene, "remote control"), ["8"]);
    assert_eq!(coco::category(90), Some("toothbrush".into()));
    assert_eq!(coco::category(26), None);

    let graph = json!({
        "width": 500, "height": 375,
        "labels": ["banana", "plate"], "bboxes": [[0, 0, 10, 10], [0, 5, 50, 40]],
        "attributes": [["yellow"], []], "relations": [[0, "on", 1]]
    });
    let scene = gqa::read_parallel(&graph).unwrap();
    assert_eq!(related(&scene, "1", "on"), ["0"]);
}

#[test]
fn malformed_records_say_where() {
    let mut scene = clevr_json();
    scene["objects"][1]["pixel_coords"] = json!([240, 160]);
    let error = clevr::read(&scene, 480, 320).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CLEVR scene: objects[1].pixel_coords: expected a list of the right length, \
         found a list of 2"
    );
    let mut scene = clevr_json();
    scene["relationships"]["left"][2][1] = json!(3);
    let error = clevr::read(&scene, 480, 320).unwrap_err();
    assert_eq!(error.field, "relationships.left[2][1]");
    let mut graph = gqa_json();
    graph["objects"]["21"]["name"] = json!(null);
    assert_eq!(gqa::read(&graph).unwrap_err().field, "objects.21.name");
    let error = nlvr::read(&json!([[], []]), [0, 1, 2]).unwrap_err();
    assert_eq!(error.field, "record");
}

#[test]
fn the_router_reaches_both_directions() {
    let scene = gqa_scene();
    let request = |tool: &str, id: &str| Request {
        tool: tool.into(),
        image: 0,
        region: WHOLE,
        args: vec![
            ("relation".into(), Arg::Str("wearing".into())),
            ("object_id".into(), Arg::Str(id.into())),
        ],
    };
    let back_end = perception();
    for (tool, id, expected) in [("related", "21", "20"), ("related_targets", "20", "21")] {
        match back_end.answer(&[View::of_scene(&scene)], &request(tool, id)) {
            Answer::Detections(found) => assert_eq!(ids(found), [expected], "{tool}"),
            other => panic!("{tool}: {other:?}"),
        }
    }
    let missing = back_end.answer(&[View::default()], &request("related", "21"));
    assert!(matches!(missing, Answer::Error(text) if text.contains("no annotation")));
}
