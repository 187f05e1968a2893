//! Spellings that mean the same, words that run together in a phrase, and cited objects.

use super::*;

#[test]
fn words_that_would_run_together_stay_apart() {
    // Perception takes “light blue dog” for a dog that is light blue.
    assert_eq!(
        gqa(&[
            ("select", &[], "dog (1)"),
            ("filter weight", &[0], "light"),
            ("filter color", &[1], "blue"),
            ("exist", &[2], "?"),
        ]),
        ["return any(dog.has_property(\"blue\") for dog in image.find(\"light dog\"))"]
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "juice (1)"),
            ("filter color", &[0], "orange"),
            ("exist", &[1], "?"),
        ]),
        ["return any(juice.has_property(\"orange\") for juice in image.find(\"juice\"))"]
    );
    assert_eq!(
        gqa(&[
            ("select", &[], "car (1)"),
            ("filter color", &[0], "light blue"),
            ("exist", &[1], "?"),
        ]),
        ["return any(car.has_property(\"light blue\") for car in image.find(\"car\"))"]
    );
}

#[test]
fn other_spellings_mean_the_same() {
    let two = [
        ("select", &[][..], "apple (1)"),
        ("select", &[][..], "cake (2)"),
    ];
    let after_two = |last| gqa(&[two[0], two[1], last]);
    for (released, other) in [
        (
            ("choose healthier", &[0, 1][..], ""),
            ("choose >", &[0, 1][..], "healthier"),
        ),
        (
            ("choose healthier", &[0, 1], ""),
            ("choose", &[0, 1], "healthier"),
        ),
        (
            ("choose less healthy", &[0, 1], ""),
            ("compare", &[0, 1], "less healthy"),
        ),
        (
            ("same color", &[0, 1], ""),
            ("compare same color", &[0, 1], ""),
        ),
        (
            ("different shape", &[0, 1], ""),
            ("compare", &[0, 1], "different shape"),
        ),
        (
            ("filter hposition", &[0], "left"),
            ("filter h position", &[0], "left"),
        ),
        (
            ("verify vposition", &[0], "top"),
            ("verify v position", &[0], "top"),
        ),
        (
            ("verify rel", &[0], "cup,on,s (-)"),
            ("verify relation", &[0], "cup,on,s (-)"),
        ),
    ] {
        if released.0.starts_with("filter") {
            let exist = ("exist", &[2][..], "?");
            assert_eq!(
                gqa(&[two[0], two[1], released, exist]),
                gqa(&[two[0], two[1], other, exist])
            );
        } else {
            assert_eq!(after_two(released), after_two(other), "{other:?}");
        }
    }
    assert_eq!(
        gqa(&[two[0], ("verify color", &[0], "not(red)")])[1],
        "return not apple.has_property(\"red\")"
    );
}

#[test]
fn an_unknown_operation_is_named() {
    let long = "x".repeat(5000);
    for (name, shown) in [
        ("admire", "admire"),
        ("choose <", "choose <"),
        (long.as_str(), &long[..60]),
    ] {
        let two = [
            ("select", &[][..], "apple (1)"),
            ("select", &[][..], "cake (2)"),
        ];
        let steps = gqa_steps(&[two[0], two[1], (name, &[0, 1], "healthy")]);
        let error = compile_gqa(&steps).unwrap_err();
        assert_eq!(*error.problem, Problem::UnknownOperation);
        assert_eq!(
            (error.step, error.operation.as_deref()),
            (Some(2), Some(shown))
        );
    }
    let error = compile_clevr(&clevr_steps(&["scene", &format!("{long} 0")])).unwrap_err();
    assert_eq!(*error.problem, Problem::UnknownOperation);
    assert_eq!(error.operation.as_deref(), Some(&long[..60]));
}

#[test]
fn clevr_things_are_compared() {
    assert_eq!(
        clevr(&[
            "scene",
            "filter_shape 0 cube",
            "unique 1",
            "filter_color 0 red",
            "unique 3",
            "equal_object 2 4",
        ]),
        [
            "cube = only(image.find(\"cube\"))",
            "red_thing = only(image.find(\"red thing\"))",
            "return cube == red_thing",
        ]
    );
}

fn gqa_cited(steps: &[(&str, &[usize], &str)]) -> Vec<String> {
    body(&compile_gqa_cited(&gqa_steps(steps)).unwrap())
}

#[test]
fn cited_objects_stand_for_their_words_where_one_is_meant() {
    cited_pack().unwrap();
    assert_eq!(
        gqa_cited(&[
            ("select", &[], "wall (7)"),
            ("relate", &[0], "_,on,s (8,9)"),
            ("query", &[1], "name"),
        ]),
        [
            "things = [thing for thing in image.find(\"thing\") if is_cited(thing, [\"7\"])]",
            "thing = [thing for thing in image.find(\"thing\", \"on\", things) \
             if is_cited(thing, [\"8\", \"9\"])][0]",
            "return thing.name",
        ]
    );
    // Whether there is any is asked of everything that the words mean.
    let exists = [
        ("select", &[][..], "car (7)"),
        ("relate", &[0][..], "trash can,near,s (8)"),
        ("filter color", &[1][..], "red"),
        ("exist", &[2][..], "?"),
    ];
    assert_eq!(
        gqa_cited(&exists)[1],
        "return image.exists(\"red trash can\", \"near\", things)"
    );
    assert_eq!(
        gqa_cited(&[exists[0], ("verify rel", &[0], "cat,on,s (8)")])[1],
        "return image.exists(\"cat\", \"on\", things)"
    );
    assert_eq!(
        gqa_cited(&[exists[0], ("choose rel", &[0], "cat,on|under,o (8)")])[1],
        "return choose_cited(image, things, [\"on\", \"under\"], [\"8\"], False)"
    );
    // Nothing is cited.
    assert_eq!(
        gqa_cited(&[("select", &[], "car (-)"), ("query", &[0], "color")])[0],
        "car = image.find(\"car\")[0]"
    );
}
