//! The `viper` pack, row by row of its API. Boxes are worked out by hand on an image of 640 × 480:
//! perception's boxes have their origin at the top left, the pack's at the bottom left.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;

use common::{VIPER, body, detection, outcome, run_with, value};
use fact_lang::run::Limits;
use fact_lang::tool::{Answer, Arg, Request};
use std::cell::RefCell;

fn table(cases: &[(&str, &str)]) {
    for (expression, want) in cases {
        assert_eq!(value(expression), *want, "{expression}");
    }
}

/// Runs an expression, with `p` the whole image, on answers from a function; also what was asked.
fn asked(expression: &str, answer: impl Fn(&Request) -> Answer) -> (String, Vec<Request>) {
    let requests = RefCell::new(Vec::new());
    let source = format!(
        "def execute_command(image):\n    p = ImagePatch(image)\n    return {expression}\n"
    );
    let run = run_with(
        &source,
        &VIPER,
        |request| {
            requests.borrow_mut().push(request.clone());
            Some(answer(request))
        },
        &Limits::default(),
    );
    (outcome(&run), requests.into_inner())
}

fn text(s: &str) -> Arg {
    Arg::Str(s.into())
}

#[test]
fn the_box_of_a_patch() {
    table(&[
        ("ImagePatch(image)", "ImagePatch ImagePatch(0, 0, 640, 480)"),
        ("ImagePatch(image, 10, 20, 30, 40).left", "int 10"),
        ("ImagePatch(image, 10, 20, 30, 40).lower", "int 20"),
        ("ImagePatch(image, 10, 20, 30, 40).right", "int 30"),
        ("ImagePatch(image, 10, 20, 30, 40).upper", "int 40"),
        ("ImagePatch(image, 10, 20, 31, 45).width", "int 21"),
        ("ImagePatch(image, 10, 20, 31, 45).height", "int 25"),
        (
            "ImagePatch(image, 10, 20, 31, 45).horizontal_center",
            "float 20.5",
        ),
        (
            "ImagePatch(image, 10, 20, 31, 45).vertical_center",
            "float 32.5",
        ),
        (
            "ImagePatch(image, 10, 20, 30, 40).horizontal_center",
            "float 20.0",
        ),
        (
            "ImagePatch(image, lower=20, upper=40, left=10, right=30)",
            "ImagePatch ImagePatch(10, 20, 30, 40)",
        ),
        // Coordinates are made ints, as `crop` makes them.
        (
            "ImagePatch(image, 10.9, 20.2, 30.5, 40.7)",
            "ImagePatch ImagePatch(10, 20, 30, 40)",
        ),
        // The box is what was asked for, the size that of the pixels there are.
        (
            "ImagePatch(image, 600, 20, 900, 40)",
            "ImagePatch ImagePatch(600, 20, 900, 40)",
        ),
        ("ImagePatch(image, 600, 20, 900, 40).width", "int 40"),
        (
            "ImagePatch(image, 600, 20, 900, 40).horizontal_center",
            "float 750.0",
        ),
        ("ImagePatch(image, -50, 400, 30, 500).width", "int 30"),
        ("ImagePatch(image, -50, 400, 30, 500).height", "int 80"),
        (
            "ImagePatch(image, 10, 20, 31, 45).cropped_image.shape",
            "tuple (25, 21, 3)",
        ),
        (
            "f'{ImagePatch(image, 1, 2, 3, 4)}'",
            "str 'ImagePatch(1, 2, 3, 4)'",
        ),
        (
            "str([ImagePatch(image, 1, 2, 3, 4)])",
            "str '[ImagePatch(1, 2, 3, 4)]'",
        ),
    ]);
}

#[test]
fn a_patch_without_area() {
    let want = "Exception: ImagePatch has no area";
    for expression in [
        "ImagePatch(image, 5, 5, 5, 9)",
        "ImagePatch(image, 5, 5, 9, 5)",
        "ImagePatch(image, 9, 5, 5, 9)",
        "ImagePatch(image, 640, 0, 700, 10)",
        "ImagePatch(image, 0, -10, 10, 0)",
        "ImagePatch(ImagePatch(image, 0, 0, 50, 50), 60, 0, 70, 10)",
    ] {
        assert_eq!(value(expression), want, "{expression}");
    }
    assert_eq!(
        value("ImagePatch(image, 10)"),
        "TypeError: int() argument must be a string, a bytes-like object or a real number, not \
         'NoneType'"
    );
    assert_eq!(
        value("ImagePatch(image, 0, 0, float('nan'), 10)"),
        "ValueError: cannot convert float NaN to integer"
    );
}

#[test]
fn crops_are_in_the_frame_of_the_original_image() {
    let q = "q = ImagePatch(image, 100, 50, 300, 250)\nreturn ";
    for (expression, want) in [
        // 10 pixels more on each side, then the patch's own corner is added.
        ("q.crop(20, 30, 60, 80)", "ImagePatch(110, 70, 170, 140)"),
        (
            "q.crop(20.9, 30.9, 60.9, 80.9)",
            "ImagePatch(110, 70, 170, 140)",
        ),
        // Not beyond the patch.
        ("q.crop(0, 0, 200, 200)", "ImagePatch(100, 50, 300, 250)"),
        ("q.crop(-40, 5, 195, 500)", "ImagePatch(100, 50, 300, 250)"),
        // A crop of a crop: (110, 70, 170, 140) is 60 × 70.
        (
            "q.crop(20, 30, 60, 80).crop(15, 15, 30, 65)",
            "ImagePatch(115, 75, 150, 140)",
        ),
        // A patch of a patch, and of its pixels, begins at that patch's corner, without a margin.
        (
            "ImagePatch(q, 0, 0, 50, 50)",
            "ImagePatch(100, 50, 150, 100)",
        ),
        (
            "ImagePatch(q.cropped_image, 5, 6, 50, 50)",
            "ImagePatch(105, 56, 150, 100)",
        ),
        ("ImagePatch(q)", "ImagePatch(100, 50, 300, 250)"),
        ("ImagePatch(q.cropped_image).width", "200"),
    ] {
        let got = body(&format!("{q}{expression}"));
        let got = got.split_once(' ').unwrap().1;
        assert_eq!(got, want, "{expression}");
    }
}

#[test]
fn found_objects_are_cropped_with_a_margin() {
    let at = |bbox: [f64; 4]| move |_: &Request| Answer::Detections(vec![detection("cup", bbox)]);
    let whole = "p.find('cup')";
    let part = "ImagePatch(image, 100, 50, 300, 250).find('cup')";
    for (expression, bbox, want) in [
        // y from the bottom: 480 - 150 = 330 and 480 - 100 = 380.
        (
            whole,
            [50.0, 100.0, 90.0, 150.0],
            "[ImagePatch(40, 320, 100, 390)]",
        ),
        // Fractions are cut off: 50, 329 (= 329.4), 90, 379 (= 379.5).
        (
            whole,
            [50.7, 100.5, 90.9, 150.6],
            "[ImagePatch(40, 319, 100, 389)]",
        ),
        // At the corner of the image.
        (whole, [0.0, 0.0, 8.0, 5.0], "[ImagePatch(0, 465, 18, 480)]"),
        // Within a patch whose rows run from 230 to 430 from the top.
        (
            part,
            [150.0, 300.0, 190.0, 340.0],
            "[ImagePatch(140, 130, 200, 190)]",
        ),
        (
            part,
            [100.0, 230.0, 120.0, 250.0],
            "[ImagePatch(100, 220, 130, 250)]",
        ),
    ] {
        let (got, requests) = asked(expression, at(bbox));
        assert_eq!(got, format!("list {want}"), "{bbox:?}");
        assert_eq!(requests[0].tool, "find");
    }
    let (_, requests) = asked(part, at([150.0, 300.0, 190.0, 340.0]));
    assert_eq!(
        <[f64; 4]>::from(requests[0].region),
        [100.0, 230.0, 300.0, 430.0]
    );
    let (got, _) = asked(whole, |_| Answer::Detections(Vec::new()));
    assert_eq!(got, "list []");
    // A back end that gives an empty box is at fault, and the program is told.
    let (got, _) = asked(part, at([400.0, 300.0, 440.0, 340.0]));
    assert_eq!(got, "Exception: ImagePatch has no area");
}

#[test]
fn what_is_looked_for() {
    for (given, looked_for) in [
        ("person", "people"),
        ("object", "object"),
        ("objects", "object"),
        ("people", "people"),
        ("Person", "Person"),
        ("red mug", "red mug"),
    ] {
        for method in ["find", "exists"] {
            let expression = format!("p.{method}('{given}')");
            let (_, requests) = asked(&expression, |_| Answer::Detections(Vec::new()));
            assert_eq!(requests[0].args, [("object_name".into(), text(looked_for))]);
        }
    }
}

#[test]
fn something_exists_if_it_is_found() {
    // Number words and detections are not asked about again.
    for name in ["cup", "number 5", "7"] {
        let expression = format!("p.exists('{name}')");
        let one = |_: &Request| Answer::Detections(vec![detection("x", [1.0, 1.0, 9.0, 9.0])]);
        let (got, requests) = asked(&expression, one);
        assert_eq!((got.as_str(), requests.len()), ("bool True", 1));
        let (got, _) = asked(&expression, |_| Answer::Detections(Vec::new()));
        assert_eq!(got, "bool False");
    }
}

#[test]
fn questions_are_passed_on() {
    let answer = |request: &Request| match &*request.tool {
        "verify_property" => Answer::Bool(true),
        "compute_depth" => Answer::Number(0.25),
        _ => Answer::Text("tea".into()),
    };
    let named = |names: &[(&str, Arg)]| -> Vec<(String, Arg)> {
        names
            .iter()
            .map(|(n, a)| ((*n).to_owned(), a.clone()))
            .collect()
    };
    let long = |question: &str, long: bool| {
        named(&[
            ("question", text(question)),
            ("long_answer", Arg::Bool(long)),
        ])
    };
    for (expression, want, tool, args) in [
        (
            "p.verify_property('mug', 'red')",
            "bool True",
            "verify_property",
            named(&[("object_name", text("mug")), ("attribute", text("red"))]),
        ),
        (
            "p.simple_query('What?')",
            "str 'tea'",
            "simple_query",
            named(&[("question", text("What?"))]),
        ),
        (
            "p.simple_query()",
            "str 'tea'",
            "simple_query",
            named(&[("question", text("What is this?"))]),
        ),
        (
            "p.simple_query(None)",
            "str 'tea'",
            "simple_query",
            named(&[("question", text("What is this?"))]),
        ),
        (
            "p.compute_depth()",
            "float 0.25",
            "compute_depth",
            named(&[]),
        ),
        (
            "p.llm_query('Why?')",
            "str 'tea'",
            "llm_answer",
            long("Why?", true),
        ),
        (
            "p.llm_query('Why?', False)",
            "str 'tea'",
            "llm_answer",
            long("Why?", false),
        ),
        (
            "llm_query('Why?')",
            "str 'tea'",
            "llm_answer",
            long("Why?", true),
        ),
        (
            "llm_query('Why?', 'It rains.', long_answer=False)",
            "str 'tea'",
            "llm_answer",
            long("It rains. Why?", false),
        ),
    ] {
        let (got, requests) = asked(expression, answer);
        assert_eq!(got, want, "{expression}");
        assert_eq!(requests.len(), 1, "{expression}");
        assert_eq!(
            (&*requests[0].tool, &requests[0].args),
            (tool, &args),
            "{expression}"
        );
    }
}

#[test]
fn the_best_option_is_given_as_it_was() {
    let says = |answer: &'static str| move |_: &Request| Answer::Text(answer.into());
    let (got, requests) = asked(
        "p.best_text_match(['Red', 'blue'], prefix='a cup that is')",
        says("Red"),
    );
    assert_eq!(got, "str 'Red'");
    let list = Arg::List(vec![text("Red"), text("blue")]);
    let want = [
        ("option_list".into(), list),
        ("prefix".into(), text("a cup that is")),
    ];
    assert_eq!(requests[0].args, want);
    let (got, requests) = asked("p.best_text_match(('a', 'b'))", says("b"));
    assert_eq!(got, "str 'b'");
    assert_eq!(requests[0].args[1], ("prefix".into(), Arg::None));
    // What is no text is compared as one.
    let (got, _) = asked("p.best_text_match([1, 2.5])", says("2.5"));
    assert_eq!(got, "float 2.5");
    for none in [
        "p.best_text_match()",
        "p.best_text_match([])",
        "p.best_text_match(None, 'a')",
    ] {
        let (got, requests) = asked(none, says("x"));
        let want = "ValueError: best_text_match() needs a list of options, such as ['red', 'blue']";
        assert_eq!((got.as_str(), requests.len()), (want, 0), "{none}");
    }
    let (got, _) = asked("p.best_text_match(['a', 'b'])", says("c"));
    assert_eq!(
        got,
        "RuntimeError: best_text_match() was answered with 'c', which is no option"
    );
}

#[test]
fn the_best_image_has_the_highest_mean() {
    // The score is the left edge for `x`, 100 for `same`, minus the left edge for `-x`.
    let score = |request: &Request| {
        let left = request.region.left;
        Answer::Number(match &request.args[0].1 {
            Arg::Str(s) if s == "x" => left,
            Arg::Str(s) if s == "-x" => -left,
            _ => 100.0,
        })
    };
    let l = "[ImagePatch(image, x, 0, x + 5, 5) for x in (10, 30, 20)]";
    for (call, want) in [
        ("L, ['x']", "ImagePatch ImagePatch(30, 0, 35, 5)"),
        ("L, ['-x']", "ImagePatch ImagePatch(10, 0, 15, 5)"),
        ("L, 'x'", "ImagePatch ImagePatch(30, 0, 35, 5)"),
        ("L, ['x', 'same'], return_index=True", "int 1"),
        // All alike: the first.
        ("L, ['same']", "ImagePatch ImagePatch(10, 0, 15, 5)"),
        ("L, ['x', '-x'], True", "int 0"),
        ("[], ['x']", "NoneType None"),
        ("[], ['x'], True", "NoneType None"),
        (
            "L, []",
            "ValueError: best_image_match() needs a text to compare with",
        ),
    ] {
        let (got, _) = asked(
            &format!("best_image_match({})", call.replace('L', l)),
            score,
        );
        assert_eq!(got, want, "{call}");
    }
}

#[test]
fn boxes_that_touch_overlap() {
    let p = "ImagePatch(image, 10, 20, 30, 40).overlaps_with";
    for (sides, want) in [
        ("(30, 40, 50, 60)", true),
        ("(31, 40, 50, 60)", false),
        ("(30, 41, 50, 60)", false),
        ("(0, 0, 10, 20)", true),
        ("(0, 0, 9, 20)", false),
        ("(0, 0, 10, 19)", false),
        ("(15, 25, 20, 30)", true),
        ("(0, 0, 100, 100)", true),
        ("(12, 0, 14, 100)", true),
    ] {
        let want = if want { "bool True" } else { "bool False" };
        assert_eq!(value(&format!("{p}{sides}")), want, "{sides}");
    }
}

#[test]
fn distances() {
    let a = "a = ImagePatch(image, 0, 0, 10, 10)\nreturn distance(a, ImagePatch(image, ";
    for (sides, want) in [
        // Gaps of 3 and 4, of 5 and 0, of 0 and 7.
        ("13, 14, 20, 20", "float 5.0"),
        ("15, 0, 20, 10", "float 5.0"),
        ("2, 17, 8, 20", "float 7.0"),
        // No gap: the boxes share nothing.
        ("10, 0, 20, 10", "float 0.0"),
        ("10, 10, 20, 20", "float 0.0"),
        // 50 shared of 150, 100 of 100, 25 of 100.
        ("5, 0, 15, 10", "float -0.3333333333333333"),
        ("0, 0, 10, 10", "float -1.0"),
        ("5, 5, 10, 10", "float -0.25"),
    ] {
        assert_eq!(body(&format!("{a}{sides}))")), want, "{sides}");
    }
    table(&[
        ("distance(3, 5)", "int 2"),
        ("distance(5.5, 3)", "float 2.5"),
        (
            "distance(ImagePatch(image), 3)",
            "TypeError: unsupported operand type(s) for -: 'ImagePatch' and 'int'",
        ),
    ]);
}

#[test]
fn numbers_in_texts() {
    for (given, want) in [
        ("'5'", "int 5"),
        ("'5.5'", "float 5.5"),
        ("'-3'", "int -3"),
        ("'-2.5'", "float -2.5"),
        ("'3-5'", "int 3"),
        ("'-3-5'", "int -3"),
        ("'10 - 15 years'", "int 10"),
        ("'$1,200.50'", "float 1200.5"),
        ("'about 7 cats'", "int 7"),
        ("'There are 5.'", "float 5.0"),
        ("'2 million'", "int 2000000"),
        ("'2.5 million'", "float 2500000.0"),
        ("'zero'", "int 0"),
        ("'Five.'", "int 5"),
        ("'Twenty-One'", "int 21"),
        ("'ninety nine'", "int 99"),
        ("'two hundred and five'", "int 205"),
        ("'a hundred'", "int 100"),
        ("'twelve hundred'", "int 1200"),
        ("'two thousand twelve'", "int 2012"),
        ("'one million two hundred thousand and six'", "int 1200006"),
        // The first number only.
        ("'two or three'", "int 2"),
        ("'twenty cats and five dogs'", "int 20"),
        ("'thirteen fourteen'", "int 13"),
        // The year of a date with a month.
        ("'January 5, 2012'", "int 2012"),
        ("'5 may 1999'", "int 1999"),
        ("'12 March'", "int 12"),
        ("'May'", "str 'May'"),
        ("'1.2.3'", "str '1.2.3'"),
        ("'no idea'", "str 'no idea'"),
        ("''", "str ''"),
        ("'-'", "str '-'"),
        (
            "'no idea', no_string=True",
            "ValueError: no number in 'no idea'",
        ),
        ("'4', True", "int 4"),
        ("7", "int 7"),
    ] {
        assert_eq!(
            value(&format!("coerce_to_numeric({given})")),
            want,
            "{given}"
        );
    }
}

#[test]
fn yes_no_and_guesses() {
    table(&[
        ("bool_to_yesno(True)", "str 'yes'"),
        ("bool_to_yesno(False)", "str 'no'"),
        ("bool_to_yesno([])", "str 'no'"),
        ("process_guesses('Q?', 'a')", "str 'a'"),
        ("process_guesses('Q?', None, 'b')", "str 'b'"),
        ("process_guesses('Q?', 'a', 'a')", "str 'a'"),
    ]);
    let reply = |_: &Request| Answer::Text("b".into());
    let (got, requests) = asked("process_guesses('Q?', 'a', 'b')", reply);
    assert_eq!(got, "str 'b'");
    assert_eq!(requests[0].args[0].1, text("Q? Is it a or b?"));
    let (_, requests) = asked("process_guesses('Q?')", reply);
    assert_eq!(requests[0].args[0].1, text("Q?"));
}

#[test]
fn names_that_need_no_import() {
    table(&[
        ("math.sqrt(9)", "float 3.0"),
        ("np.mean([1, 2])", "float 1.5"),
        ("list(tqdm([1, 2], total=2))", "list [1, 2]"),
        ("datetime.MAXYEAR", "int 9999"),
        ("[List[int], Union[int, str]] is not None", "bool True"),
        (
            "datetime.datetime",
            "AttributeError: module 'datetime' has no attribute 'datetime'",
        ),
    ]);
    assert_eq!(body("import datetime\nreturn datetime.MINYEAR"), "int 1");
}

#[test]
fn a_refusal_of_perception_is_the_programs_exception() {
    let (got, _) = asked("p.find('cup')", |_| Answer::Error("no back end".into()));
    assert_eq!(got, "RuntimeError: no back end");
    let (got, _) = asked("p.compute_depth()", |_| Answer::Text("near".into()));
    assert_eq!(
        got,
        "RuntimeError: perception answered compute_depth() with a text, not float"
    );
}
