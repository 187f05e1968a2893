#![allow(clippy::unwrap_used, reason = "tests")]

mod forms;

use super::*;
use serde_json::{Value, json};

/// The lines of the compiled body.
fn body(program: &str) -> Vec<String> {
    let rest = program
        .strip_prefix("def execute_command(image):\n")
        .unwrap();
    rest.lines()
        .map(|line| line.strip_prefix("    ").unwrap().to_owned())
        .collect()
}

/// CLEVR steps from `operation inputs value`, such as `filter_color 0 red`.
fn clevr_steps(steps: &[&str]) -> Value {
    let step = |text: &&str| {
        let mut words = text.split(' ');
        let operation = words.next().unwrap();
        let (inputs, values): (Vec<&str>, Vec<&str>) =
            words.partition(|w| w.chars().all(|c| c.is_ascii_digit()));
        let inputs: Vec<usize> = inputs.iter().map(|i| i.parse().unwrap()).collect();
        json!({"type": operation, "inputs": inputs, "value_inputs": values})
    };
    steps.iter().map(step).collect()
}

fn clevr(steps: &[&str]) -> Vec<String> {
    body(&compile_clevr(&clevr_steps(steps)).unwrap())
}

/// GQA steps from (operation, dependencies, argument).
fn gqa_steps(steps: &[(&str, &[usize], &str)]) -> Value {
    let step = |(operation, dependencies, argument): &(&str, &[usize], &str)| json!({"operation": operation, "dependencies": dependencies, "argument": argument});
    steps.iter().map(step).collect()
}

fn gqa(steps: &[(&str, &[usize], &str)]) -> Vec<String> {
    body(&compile_gqa(&gqa_steps(steps)).unwrap())
}

#[test]
fn clevr_filters_fold_into_a_phrase_in_english_order() {
    let steps = [
        "scene",
        "filter_shape 0 cube",
        "filter_material 1 metal",
        "filter_size 2 large",
    ];
    assert_eq!(
        clevr(&[&steps[..], &["filter_color 3 red", "count 4"]].concat()),
        ["return len(image.find(\"large red metal cube\"))"]
    );
    assert_eq!(
        clevr(&["scene", "exist 0"]),
        ["return image.exists(\"thing\")"]
    );
}

#[test]
fn clevr_relations_chain_over_named_things() {
    assert_eq!(
        clevr(&[
            "scene",
            "filter_shape 0 cube",
            "unique 1",
            "relate 2 front",
            "filter_shape 3 cube",
            "unique 4",
            "relate 5 left",
            "filter_color 6 blue",
            "exist 7",
        ]),
        [
            "cube = only(image.find(\"cube\"))",
            "cube_in_front = only(image.find(\"cube\", \"in front of\", cube))",
            "return image.exists(\"blue thing\", \"to the left of\", cube_in_front)",
        ]
    );
}

#[test]
fn clevr_same_and_queries() {
    for (category, value) in [("size", "small"), ("color", "red"), ("material", "metal")] {
        let filter = format!("filter_{category} 0 {value}");
        let (same, query) = (format!("same_{category} 2"), format!("query_{category} 4"));
        assert_eq!(
            clevr(&["scene", &filter, "unique 1", &same, "unique 3", &query]),
            [
                format!("{value}_thing = only(image.find(\"{value} thing\"))"),
                format!("thing = only({value}_thing.find_same(\"{category}\"))"),
                format!("return thing.{category}"),
            ]
        );
    }
    assert_eq!(
        clevr(&[
            "scene",
            "unique 0",
            "same_shape 1",
            "filter_color 2 red",
            "exist 3"
        ]),
        [
            "thing = only(image.find(\"thing\"))",
            "return len(thing.find_same(\"shape\", \"red thing\")) > 0",
        ]
    );
}

#[test]
fn clevr_comparisons() {
    for (operation, sign) in [
        ("greater_than", ">"),
        ("less_than", "<"),
        ("equal_integer", "=="),
    ] {
        let compare = format!("{operation} 2 5");
        let counts = [
            "scene",
            "filter_color 0 red",
            "count 1",
            "scene",
            "filter_shape 3 cube",
        ];
        assert_eq!(
            clevr(&[&counts[..], &["count 4", &compare]].concat()),
            [
                "red_things = image.find(\"red thing\")".to_owned(),
                "cubes = image.find(\"cube\")".to_owned(),
                format!("return len(red_things) {sign} len(cubes)"),
            ]
        );
    }
    for category in ["color", "size", "shape", "material"] {
        let query = |n| format!("query_{category} {n}");
        let equal = format!("equal_{category} 3 7");
        assert_eq!(
            clevr(&[
                "scene",
                "filter_shape 0 cube",
                "unique 1",
                &query(2),
                "scene",
                "filter_shape 4 sphere",
                "unique 5",
                &query(6),
                &equal,
            ])
            .last()
            .unwrap(),
            &format!("return cube.{category} == sphere.{category}")
        );
    }
}

#[test]
fn clevr_unions_and_shared_steps() {
    let two = ["scene", "filter_shape 0 cube", "filter_color 0 red"];
    assert_eq!(
        clevr(&[&two[..], &["intersect 1 2", "count 3"]].concat()),
        [
            "cubes = image.find(\"cube\")",
            "red_things = image.find(\"red thing\")",
            "return len(both(cubes, red_things))",
        ]
    );
    assert_eq!(
        clevr(&[&two[..], &["union 1 2", "filter_size 3 large", "exist 4"]].concat()),
        [
            "cubes = image.find(\"cube\")",
            "red_things = image.find(\"red thing\")",
            "things = either(cubes, red_things)",
            "return any(thing.size == \"large\" for thing in things)",
        ]
    );
    // Used twice, looked for once; step 2 is not used.
    assert_eq!(
        clevr(&[
            "scene",
            "filter_shape 0 cube",
            "filter_color 1 red",
            "union 1 1",
            "count 3"
        ]),
        [
            "cubes = image.find(\"cube\")",
            "return len(either(cubes, cubes))"
        ]
    );
}

#[test]
fn clevr_release_form_and_side_inputs() {
    let steps = json!([
        {"function": "scene", "inputs": [], "value_inputs": []},
        {"function": "filter_size", "inputs": [0], "side_inputs": ["small"]},
        {"function": "count", "inputs": [1]}
    ]);
    assert_eq!(
        body(&compile_clevr(&steps).unwrap()),
        ["return len(image.find(\"small thing\"))"]
    );
}

#[test]
fn gqa_relations_have_a_direction() {
    assert_eq!(
        gqa(&[
            ("select", &[], "wall (722332)"),
            ("filter color", &[0], "white"),
            ("relate", &[1], "_,on,s (722335)"),
            ("query", &[2], "name"),
        ]),
        [
            "white_walls = image.find(\"white wall\")",
            "thing = image.find(\"thing\", \"on\", white_walls)[0]",
            "return thing.name",
        ]
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "man (1,2)"),
            ("relate", &[0], "clothing,wearing,o (3)"),
            ("filter", &[1], "striped"),
            ("query", &[2], "color"),
        ]),
        [
            "men = image.find(\"man\")",
            "striped_clothing = image.find_target(men, \"wearing\", \"striped clothing\")[0]",
            "return striped_clothing.color",
        ]
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "bag (4)"),
            ("relate", &[0], "hat,same color,_ (5)"),
            ("query", &[1], "material"),
        ]),
        [
            "bag = image.find(\"bag\")[0]",
            "hat = bag.find_same(\"color\", \"hat\")[0]",
            "return hat.material",
        ]
    );
}

#[test]
fn gqa_filters_that_are_no_adjective_become_conditions() {
    let light = ("select", &[][..], "traffic light (1)");
    assert_eq!(
        gqa(&[
            light,
            ("filter hposition", &[0], "left"),
            ("query", &[1], "color")
        ])[0],
        "traffic_light = [light for light in image.find(\"traffic light\") \
         if light.is_in(\"left\")][0]"
    );
    assert_eq!(
        gqa(&[
            light,
            ("filter vposition", &[0], "middle"),
            ("exist", &[1], "?")
        ]),
        [
            "return any(light.is_in(\"vertically middle\") for light in image.find(\"traffic light\"))"
        ]
    );
    assert_eq!(
        gqa(&[
            light,
            ("filter color", &[0], "not(red)"),
            ("filter size", &[1], "small"),
            ("exist", &[2], "?"),
        ]),
        ["return any(not light.has_property(\"red\") for light in \
             image.find(\"small traffic light\"))"]
    );
}

#[test]
fn gqa_verifies() {
    let chair = ("select", &[][..], "chair (-)");
    let verify = |operation, argument| gqa(&[chair, (operation, &[0], argument)]).join("; ");
    let one = "chair = image.find(\"chair\")[0]; return";
    let all = "chairs = image.find(\"chair\"); return";
    for (operation, argument, expected) in [
        (
            "verify color",
            "red",
            format!("{one} chair.has_property(\"red\")"),
        ),
        (
            "verify",
            "wood ",
            format!("{one} chair.has_property(\"wood\")"),
        ),
        (
            "verify hposition",
            "right",
            format!("{one} chair.is_in(\"right\")"),
        ),
        ("exist", "?", "return image.exists(\"chair\")".into()),
        (
            "verify rel",
            "pillow,on,s (3)",
            format!("{all} image.exists(\"pillow\", \"on\", chairs)"),
        ),
        (
            "verify rel",
            "pillow,to the left of,o (-)",
            format!("{all} image.has_target(chairs, \"to the left of\", \"pillow\")"),
        ),
    ] {
        assert_eq!(verify(operation, argument), expected, "{operation}");
    }
    let scene = ("select", &[][..], "scene");
    assert_eq!(
        gqa(&[scene, ("verify location", &[0], "outdoors")]),
        ["return image.has_property(\"outdoors\")"]
    );
}

#[test]
fn gqa_chooses() {
    let lamp = ("select", &[][..], "lamp (1)");
    let choose = |operation, argument| gqa(&[lamp, (operation, &[0], argument)])[1..].join("; ");
    let sides = "[\"to the right of\", \"to the left of\"]";
    for (operation, argument, expected) in [
        (
            "choose color",
            "red|blue",
            "return lamp.choose([\"red\", \"blue\"])".to_owned(),
        ),
        (
            "choose name",
            "lamp|tv",
            "return lamp.choose_name([\"lamp\", \"tv\"])".into(),
        ),
        (
            "choose hposition",
            "left|right",
            "return lamp.hposition".into(),
        ),
        (
            "choose vposition",
            "top|middle",
            "return \"middle\" if lamp.is_in(\"vertically middle\") else lamp.vposition".into(),
        ),
        (
            "choose rel",
            "bed,on|under,o (2)",
            "return image.choose_target_relation(lamps, [\"on\", \"under\"], \"bed\")".into(),
        ),
        (
            "choose rel",
            "bed,to the right of|to the left of,s (2)",
            format!(
                "relation = image.choose_relation(\"bed\", {sides}, lamps); \
                 return \"left\" if relation == \"to the left of\" else \"right\""
            ),
        ),
    ] {
        assert_eq!(choose(operation, argument), expected, "{operation}");
    }
    let scene = ("select", &[][..], "scene");
    assert_eq!(
        gqa(&[scene, ("choose place", &[0], "harbor|beach")]),
        ["return image.choose([\"harbor\", \"beach\"])"]
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "apple (1)"),
            ("select", &[], "cake (2)"),
            ("choose less healthy", &[0, 1], ""),
        ])[2],
        "return which_is(\"less healthy\", apple, cake)"
    );
}

#[test]
fn gqa_compares_and_joins() {
    let two = [
        ("select", &[][..], "vase (1)"),
        ("select", &[][..], "cup (2) "),
    ];
    let both = |last| gqa(&[two[0], two[1], last])[2].clone();
    assert_eq!(
        both(("same material", &[0, 1], "")),
        "return vase.material == cup.material"
    );
    assert_eq!(
        both(("different color", &[0, 1], "")),
        "return vase.color != cup.color"
    );
    assert_eq!(
        both(("common", &[0, 1], "")),
        "return common_attribute(vase, cup)"
    );
    assert_eq!(
        gqa(&[two[0], ("same", &[0], "type")]),
        [
            "vases = image.find(\"vase\")",
            "return all_same(vases, \"type\")"
        ]
    );
    assert_eq!(
        gqa(&[two[0], ("different color", &[0], "")])[1],
        "return not all_same(vases, \"color\")"
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "lamp (-)"),
            ("exist", &[0], "?"),
            ("select", &[], "pillow (-) "),
            ("exist", &[2], "?"),
            ("or", &[1, 3], ""),
        ]),
        ["return image.exists(\"lamp\") or image.exists(\"pillow\")"]
    );
    // One thing asked about twice is looked for once.
    assert_eq!(
        gqa(&[
            ("select", &[], "table (1)"),
            ("verify shape", &[0], "round"),
            ("verify material", &[0], "wood "),
            ("and", &[1, 2], ""),
        ]),
        [
            "table = image.find(\"table\")[0]",
            "return table.has_property(\"round\") and table.has_property(\"wood\")",
        ]
    );
    assert_eq!(
        gqa(&[("select", &[], "scene"), ("query", &[0], "weather")]),
        ["return image.query(\"weather\")"]
    );
}

#[test]
fn hostile_words_stay_inside_literals() {
    let noun = "x\"); import os #\n\\ \u{202e}café";
    let program = gqa(&[
        ("select", &[], noun),
        ("filter color", &[0], "red\"] or True #"),
        ("query", &[1], "print"),
    ]);
    assert_eq!(program.len(), 2);
    let literal = r##""x\"); import os #\n\\ \U0000202ecafé""##;
    assert!(program[0].contains(literal), "{}", program[0]);
    assert!(program[0].contains(r#".has_property("red\"] or True #")"#));
    for (noun, name) in [("class", "class_"), ("7 up", "thing_7_up"), ("½", "thing")] {
        let program = gqa(&[("select", &[], noun), ("query", &[0], "color")]);
        assert_eq!(program[1], format!("return {name}.color"));
    }
}

#[test]
fn malformed_clevr_programs_say_where() {
    let message = |steps: Value| {
        compile_clevr(&steps)
            .unwrap_err()
            .of_sample("q7")
            .to_string()
    };
    let start = json!({"type": "scene", "inputs": [], "value_inputs": []});
    let filter = json!({"type": "filter_size", "inputs": [0], "value_inputs": []});
    assert_eq!(
        message(json!([start, filter])),
        "malformed functional program of sample q7, step 1 (`filter_size`), `value_inputs`: \
         expected one value to filter by, found none"
    );
    for (steps, expected) in [
        (
            clevr_steps(&["scene", "count 1"]),
            "`inputs`: step 1 does not come before this one",
        ),
        (
            clevr_steps(&["scene", "paint 0"]),
            "(`paint`), `function`: unknown operation",
        ),
        (
            clevr_steps(&["scene", "unique 0", "relate 1 above"]),
            "unknown value `above`",
        ),
        (
            clevr_steps(&["scene", "count 0", "unique 1"]),
            "step 1 gives a value, where a set",
        ),
        (
            clevr_steps(&["scene", "exist"]),
            "expected one input, found 0",
        ),
        (
            clevr_steps(&["scene"]),
            "the last step gives a set of things, which is no answer",
        ),
        (json!([]), "expected steps, found none"),
        (
            json!({"type": "scene"}),
            "expected a list of steps, found an object",
        ),
        (
            json!([{"inputs": []}]),
            "step 0, `function`: expected the name of an operation",
        ),
        (
            json!([{"type": "scene", "function": "count"}]),
            "`function`: expected the same",
        ),
        (
            json!([{"type": "scene"}]),
            "`inputs`: expected a list of step numbers, found nothing",
        ),
        (
            json!([{"type": "scene", "inputs": []}, {"type": "count", "inputs": [-1]}]),
            "`inputs`: step -1 does not come before",
        ),
        (
            Value::from(vec![start.clone(); 300]),
            "300 steps, more than the 256",
        ),
    ] {
        let message = message(steps);
        assert!(message.contains(expected), "{message} lacks {expected}");
    }
    // A defect is reported even where the answer does not depend on it.
    let unused = json!([start, filter, {"type": "count", "inputs": [0]}]);
    assert_eq!(compile_clevr(&unused).unwrap_err().step, Some(1));
}

#[test]
fn malformed_gqa_programs_say_where() {
    let wall = ("select", &[][..], "wall (1)");
    for (steps, expected) in [
        (
            gqa_steps(&[wall, ("relate", &[0], "_,on (2)")]),
            "step 1 (`relate`), `argument`",
        ),
        (
            gqa_steps(&[wall, ("relate", &[0], "_,on,x (2)")]),
            "s or o after the relation",
        ),
        (
            gqa_steps(&[wall, ("query", &[1], "name")]),
            "`dependencies`: step 1 does not come",
        ),
        (
            gqa_steps(&[wall, ("query", &[], "name")]),
            "expected one input, found 0",
        ),
        (
            gqa_steps(&[wall, ("query", &[0], "")]),
            "`argument`: expected a category",
        ),
        (
            gqa_steps(&[wall, ("choose color", &[0], "red")]),
            "expected options such as",
        ),
        (
            gqa_steps(&[("select", &[], "(12)")]),
            "expected what to look for, found none",
        ),
        (
            gqa_steps(&[wall, ("and", &[0, 0], "")]),
            "step 0 gives a set of things, where a truth",
        ),
        (
            gqa_steps(&[wall, ("admire", &[0], "")]),
            "`operation`: unknown operation",
        ),
        (gqa_steps(&[wall]), "which is no answer"),
        (
            gqa_steps(&[("select", &[], "scene"), ("exist", &[0], "?")]),
            "gives the image",
        ),
        (
            json!([{"operation": "select", "dependencies": [], "argument": 3}]),
            "found 3",
        ),
        (json!([{"argument": "x"}]), "`operation`: expected the name"),
    ] {
        let message = compile_gqa(&steps)
            .map_err(|e| e.of_sample("9"))
            .unwrap_err()
            .to_string();
        assert!(message.contains(expected), "{message} lacks {expected}");
        assert!(message.contains("of sample 9"), "{message}");
    }
}
