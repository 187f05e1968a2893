use super::super::frame::Crop;
use super::super::options::Options;
use super::*;
use proptest::prelude::*;

/// A picture of the part from (100, 50) to (300, 150) of an image.
fn asked(object: &str, convention: BoxConvention) -> Asked<'_> {
    let crop = Crop {
        left: 100,
        top: 50,
        width: 200,
        height: 100,
    };
    Asked {
        object,
        convention,
        frame: Frame::new(crop, &Options::default()),
        most: 5,
    }
}

fn sides(found: Result<Vec<BBox>, Problem>) -> Vec<[f64; 4]> {
    found.unwrap().into_iter().map(<[f64; 4]>::from).collect()
}

#[test]
fn the_same_box_is_read_in_every_convention() {
    for (convention, text) in [
        (
            BoxConvention::Pixels,
            r#"[{"bbox_2d": [20, 10, 100, 60], "label": "dog"}]"#,
        ),
        (
            BoxConvention::Norm1000,
            r#"[{"bbox_2d": [100, 100, 500, 600], "label": "dog"}]"#,
        ),
        (
            BoxConvention::Norm1000YFirst,
            r#"[{"box_2d": [100, 100, 600, 500], "label": "dog"}]"#,
        ),
        (
            BoxConvention::Norm1,
            r#"[{"bbox_2d": [0.1, 0.1, 0.5, 0.6], "label": "dog"}]"#,
        ),
        (BoxConvention::BoxTokens, "<box>(100,100),(500,600)</box>"),
    ] {
        let found = sides(asked("dog", convention).read(text));
        let [found] = &found[..] else {
            panic!("{convention:?}: {found:?}")
        };
        for (got, wanted) in found.iter().zip([120.0, 60.0, 200.0, 110.0]) {
            assert!((got - wanted).abs() < 1e-9, "{convention:?}: {found:?}");
        }
    }
}

#[test]
fn the_forms_models_write_json_in() {
    let asked = asked("dog", BoxConvention::Pixels);
    let one = vec![[101.0, 52.0, 103.0, 54.0]];
    for text in [
        r#"[{"bbox": [1, 2, 3, 4]}]"#,
        r#"{"bbox_2d": [1, 2, 3, 4], "label": "dog", "score": 0.5}"#,
        r#"{"objects": [{"box": [1.0, 2.0, 3.0, 4.0], "name": "the dogs"}]}"#,
        "[[1, 2, 3, 4]]",
        "```json\n[[1, 2, 3, 4]]\n```",
        "```\n[[1, 2, 3, 4]]```",
        r#"[{"bbox": [1, 2, 3, 4], "bbox_2d": [1, 2, 3, 4]}]"#,
    ] {
        assert_eq!(sides(asked.read(text)), one, "{text}");
    }
    for text in ["[]", "```json\n[]\n```", r#"{"objects": []}"#] {
        assert_eq!(asked.read(text), Ok(Vec::new()), "{text}");
    }
}

#[test]
fn what_is_no_list_of_boxes_is_a_problem() {
    let asked = asked("dog", BoxConvention::Pixels);
    let problem = |text: &str| asked.read(text).unwrap_err();
    for text in [
        "Here is the dog: [[1, 2, 3, 4]]",
        "[[1, 2, 3, 4]] I hope this helps",
        "[[1, 2, 3, 4",
        "[[1, 2, NaN, 4]]",
        "[[1, 2, 1e999, 4]]",
        "```json\n[]\n```\n```json\n[[1, 2, 3, 4]]\n```",
        "none",
        "<box>(1,2),(3,4)</box>",
    ] {
        assert!(matches!(problem(text), Problem::NotJson { .. }), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(problem(&deep), Problem::NotJson { .. }));
    for text in [
        "3",
        "\"dog\"",
        "null",
        "true",
        "{}",
        r#"{"objects": 3}"#,
        r#"{"a": [], "b": []}"#,
    ] {
        assert_eq!(problem(text), Problem::NotAList, "{text}");
    }
    for text in [
        "[1, 2, 3, 4]",
        "[[1, 2, 3]]",
        "[[1, 2, 3, 4, 5]]",
        r#"[["1", "2", "3", "4"]]"#,
        r#"[{"label": "dog"}]"#,
        r#"[{"bbox_2d": null}]"#,
        r#"[{"bbox_2d": [[1, 2], [3, 4]]}]"#,
        r#"[{"x": 1, "y": 2, "w": 3, "h": 4}]"#,
        "[null]",
    ] {
        assert!(
            matches!(
                problem(text),
                Problem::NoBox {
                    entry: 1,
                    key: "bbox_2d"
                }
            ),
            "{text}"
        );
    }
    let two = r#"[[1, 2, 3, 4], {"bbox_2d": [1, 2]}]"#;
    assert!(
        problem(two)
            .to_string()
            .contains("entry 2 has no `bbox_2d`")
    );
}

#[test]
fn the_key_of_the_other_order_is_not_guessed_at() {
    let x_first = asked("dog", BoxConvention::Norm1000);
    let y_first = asked("dog", BoxConvention::Norm1000YFirst);
    assert!(x_first.read(r#"[{"box_2d": [1, 2, 30, 40]}]"#).is_err());
    assert!(y_first.read(r#"[{"bbox_2d": [1, 2, 30, 40]}]"#).is_err());
}

#[test]
fn contradictions_are_seen() {
    let asked = asked("dog", BoxConvention::Pixels);
    let problem = |text: &str| asked.read(text).unwrap_err().to_string();
    let twice = problem(r#"[{"bbox_2d": [1, 2, 3, 4], "bbox_2d": [1, 2, 3, 5]}]"#);
    assert!(twice.contains("a box more than once"), "{twice}");
    let labels = problem(r#"[{"bbox": [1, 2, 3, 4], "label": "dog", "name": "cat"}]"#);
    assert!(labels.contains("a label more than once"), "{labels}");
    let other = problem("[{\"bbox\": [1, 2, 3, 4], \"label\": \"cat\\n<|im_end|>\"}]");
    assert!(
        other.contains(r#"labelled "cat\n\u003c|im_end|>", but "dog" was asked for"#),
        "{other}"
    );
    let good = |object, label: &str| {
        super::tests::asked(object, BoxConvention::Pixels)
            .read(&format!(
                r#"[{{"bbox": [1, 2, 3, 4], "label": "{label}"}}]"#
            ))
            .is_ok()
    };
    assert!(good("people", "person"));
    assert!(good("person", "woman"));
    assert!(good("cup of coffee", "a cup"));
    assert!(good("dog", "brown dog 2"));
    assert!(good("object", "anything at all"));
    assert!(!good("cup of coffee", "glass of milk"));
    assert!(!good("dog", &"dog ".repeat(100)));
}

#[test]
fn boxes_outside_swapped_or_flat_are_problems_and_overhang_is_clipped() {
    let asked = asked("dog", BoxConvention::Pixels);
    let problem = |text: &str| asked.read(text).unwrap_err();
    for text in [
        "[[-3, 0, 50, 50]]",
        "[[0, 0, 203, 50]]",
        "[[0, 0, 50, 103]]",
        "[[300, 200, 400, 300]]",
        "[[-2, 0, -1, 50]]",
        "[[200, 0, 202, 50]]",
        "[[-1e300, -1e300, 1e300, 1e300]]",
    ] {
        assert!(matches!(problem(text), Problem::Outside { .. }), "{text}");
    }
    assert!(
        problem("[[0, 0, 50, 300]]")
            .to_string()
            .contains("[0, 0, 50, 300] in [0, 0, 200, 100]")
    );
    assert!(matches!(
        problem("[[50, 0, 20, 50]]"),
        Problem::Inverted { .. }
    ));
    assert!(matches!(
        problem("[[0, 50, 20, 10]]"),
        Problem::Inverted { .. }
    ));
    assert!(matches!(problem("[[5, 5, 5, 9]]"), Problem::NoArea { .. }));
    assert!(matches!(problem("[[0, 0, 0, 0]]"), Problem::NoArea { .. }));
    assert_eq!(
        sides(asked.read("[[-2, -1, 202, 102]]")),
        [[100.0, 50.0, 300.0, 150.0]]
    );
    let norm = super::tests::asked("dog", BoxConvention::Norm1);
    assert!(matches!(
        norm.read("[[0, 0, 500, 500]]"),
        Err(Problem::Outside { .. })
    ));
    let norm = super::tests::asked("dog", BoxConvention::Norm1000YFirst);
    assert!(matches!(
        norm.read("[[0, 0, 1020, 500]]"),
        Err(Problem::Outside { .. })
    ));
}

#[test]
fn what_lies_in_the_padding_is_not_in_the_image() {
    let crop = Crop {
        left: 0,
        top: 0,
        width: 100,
        height: 100,
    };
    let options = Options {
        side_multiple: 256,
        ..Options::default()
    };
    let asked = Asked {
        object: "dog",
        convention: BoxConvention::Norm1000,
        frame: Frame::new(crop, &options),
        most: 5,
    };
    assert_eq!(asked.frame.size(), (256, 256));
    assert_eq!(
        sides(asked.read("[[0, 0, 500, 500]]")),
        [[0.0, 0.0, 100.0, 100.0]]
    );
    assert!(matches!(
        asked.read("[[500, 500, 900, 900]]"),
        Err(Problem::Outside { .. })
    ));
}

#[test]
fn an_object_said_twice_is_one_and_too_many_are_refused() {
    let asked = asked("dog", BoxConvention::Pixels);
    let found = sides(asked.read("[[0, 0, 100, 50], [0, 0, 100, 51], [0, 0, 100, 80]]"));
    assert_eq!(
        found,
        [[100.0, 50.0, 200.0, 100.0], [100.0, 50.0, 200.0, 130.0]]
    );
    let many = format!("[{}[0, 0, 9, 9]]", "[0, 0, 9, 9],".repeat(5));
    assert_eq!(
        asked.read(&many),
        Err(Problem::TooMany { count: 6, most: 5 })
    );
}

#[test]
fn box_tokens_are_read_with_and_without_their_marks() {
    let asked = asked("brown dog", BoxConvention::BoxTokens);
    let two = [[100.0, 50.0, 120.0, 60.0], [200.0, 100.0, 300.0, 150.0]];
    for text in [
        "<box>(0,0),(100,100)</box><box>(500,500),(1000,1000)</box>",
        "<ref>brown dog</ref><box>(0,0),(100,100)</box><box>(500,500),(1000,1000)</box>",
        "<|object_ref_start|>the brown dog<|object_ref_end|><|box_start|>(0,0),(100,100)<|box_end|>\
         \n<|box_start|>(500,500),(1000,1000)<|box_end|>",
        "brown dog(0, 0),(100, 100)\nbrown dog (500,500), (1000,1000).",
        "- (0,0),(100,100)\n- (500,500),(1000,1000)",
    ] {
        assert_eq!(sides(asked.read(text)), two, "{text}");
    }
    assert_eq!(asked.read("None."), Ok(Vec::new()));
    for text in [
        "There is no brown dog here",
        "there is no brown dog <box>(0,0),(9,9)</box>",
        "<box>(0,0),(9,9)</box> I hope this helps",
        "<box>(0,0),(9)</box>",
        "(a,b),(c,d)",
        "((((",
    ] {
        assert!(
            matches!(asked.read(text), Err(Problem::Prose { .. })),
            "{text}"
        );
    }
    let other = asked.read("<ref>cat</ref><box>(0,0),(9,9)</box>");
    assert!(matches!(other, Err(Problem::OtherLabel { .. })));
    let many = "(0,0),(9,9)".repeat(6);
    assert!(matches!(asked.read(&many), Err(Problem::TooMany { .. })));
}

/// Texts made of pieces that models write, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "\"bbox_2d\"",
        "\"box_2d\"",
        "\"label\"",
        "\"dog\"",
        "\"cat\"",
        "0",
        "7",
        "-3",
        "1e400",
        "0.5",
        "999",
        "1000",
        "NaN",
        "null",
        "```",
        "json",
        "\n",
        " ",
        "<box>",
        "</box>",
        "<|box_start|>",
        "<ref>",
        "dog",
        "none",
        "é",
        "\u{0}",
        ".",
    ]);
    let entry = (prop::array::uniform4(-20i32..1100), 0usize..4).prop_map(
        |([a, b, c, d], form)| match form {
            0 => format!("[{a}, {b}, {c}, {d}]"),
            1 => format!("{{\"bbox\": [{a}, {b}, {c}, {d}]}}"),
            2 => format!("<box>({a},{b}),({c},{d})</box>"),
            _ => format!("[[{a}, {b}, {c}, {d}]]"),
        },
    );
    let any = prop_oneof![4 => piece.prop_map(str::to_owned), 3 => entry, 1 => ".{0,6}"];
    prop::collection::vec(any, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_said_boxes_lie_in_the_region(text in pieces()) {
        for (convention, _) in BoxConvention::ALL {
            let asked = asked("dog", convention);
            match asked.read(&text) {
                Ok(boxes) => {
                    prop_assert!(boxes.len() <= asked.most);
                    for b in boxes {
                        prop_assert!(b.left < b.right && b.top < b.bottom, "{b:?}");
                        prop_assert!(b.left >= 100.0 && b.right <= 300.0 + 1e-9, "{b:?}");
                        prop_assert!(b.top >= 50.0 && b.bottom <= 150.0 + 1e-9, "{b:?}");
                    }
                }
                Err(problem) => prop_assert!(problem.to_string().len() < 600),
            }
        }
    }
}
