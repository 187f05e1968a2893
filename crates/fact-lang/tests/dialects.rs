//! The packs `rvp`, `hydra`, `viunit` and `codevqa`: programs as they are written for these relatives
//! of ViperGPT, on the scene of three cups and two dogs, worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;

use common::{Scripted, outcome, scene};
use fact_lang::pack::Pack;
use fact_lang::run::{Input, Inputs, Limits, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Arg, ImageRef, Request};

/// Three images of 640 × 480.
fn inputs() -> Inputs {
    let image = |i: usize| ImageRef {
        sha256: format!("{i:02}").into(),
        width: 640,
        height: 480,
    };
    Inputs {
        images: (0..3).map(image).collect(),
        values: vec![
            ("image".into(), Input::Image(0)),
            ("img".into(), Input::Image(0)),
            ("image_list".into(), Input::Images(vec![0, 1, 2])),
            ("images".into(), Input::Images(vec![0, 1, 2])),
            (
                "image_dict".into(),
                Input::Named(vec![("left".into(), 0), ("right".into(), 1)]),
            ),
            ("query".into(), Input::Text("What is it?".into())),
            ("question".into(), Input::Text("What is it?".into())),
        ],
    }
}

/// The scene in every image; what is asked about the third image is answered with no, elsewhere with
/// yes; the third image matches texts best.
fn answers(request: &Request) -> Option<Answer> {
    let question = request.args.iter().find_map(|(n, a)| match a {
        Arg::Str(s) if n == "question" => Some(s.as_str()),
        _ => None,
    });
    Some(match (&*request.tool, question) {
        ("simple_query", Some(q)) if q.starts_with("Is ") => {
            Answer::Text(if request.image == 2 { "no" } else { "Yes" }.into())
        }
        ("simple_query", Some("How many?")) => Answer::Text("3".into()),
        ("match_text", _) if request.image == 2 => Answer::Number(1000.0),
        ("llm_answer", Some(q)) if q.contains("Image 3: no") => Answer::Text("no".into()),
        _ => return scene(request),
    })
}

fn check(pack: &str, cases: &[(&str, &str, &str)]) {
    assert!(cases.len() >= 8, "{pack}");
    let pack = Pack::builtin(pack).unwrap();
    for (name, source, want) in cases {
        let program = parse_program(source).unwrap_or_else(|e| panic!("{e}\n{source}"));
        let limits = Limits::default();
        let run = run(&program, &pack, &inputs(), &mut Scripted(answers), &limits);
        assert_eq!(outcome(&run), *want, "{name}\n{source}");
    }
}

#[test]
fn rvp_programs() {
    check(
        "rvp",
        &[
            (
                "a question of its own",
                "def execute_command(image):\n    return recursive_query(image, 'What is on the table?')\n",
                "str 'a cup'",
            ),
            (
                "about a patch",
                "def execute_command(image):\n    p = ImagePatch(image)\n    return recursive_query(p.find('cup')[0], 'Is it red?')\n",
                "str 'Yes'",
            ),
            (
                "a truth value",
                "def execute_command(image):\n    p = ImagePatch(image)\n    a = yesno_to_bool(recursive_query(image, 'Is it day?'))\n    return bool_to_yesno(a and not p.exists('horse'))\n",
                "str 'yes'",
            ),
            (
                "each image for itself",
                "def execute_command(image_list):\n    return [yesno_to_bool(recursive_query(i, 'Is it day?')) for i in image_list]\n",
                "list [True, True, False]",
            ),
            (
                "all images together",
                "def execute_command(image_list):\n    return recursive_query(image_list, 'Is it day?')\n",
                "str 'no'",
            ),
            (
                "one image in a list",
                "def execute_command(image_list):\n    return recursive_query(image_list[:1], 'Is it day?')\n",
                "str 'Yes'",
            ),
            (
                "a number",
                "def execute_command(image):\n    return coerce_to_numeric(recursive_query(image, 'How many?')) + 1\n",
                "int 4",
            ),
            (
                "two images by name",
                "def execute_command(image_dict):\n    return [yesno_to_bool(recursive_query(image_dict[side], 'Is it day?')) for side in ('left', 'right')]\n",
                "list [True, True]",
            ),
            (
                "no image",
                "def execute_command(image_list):\n    return recursive_query([], 'Is it day?')\n",
                "ValueError: recursive_query() was given no image",
            ),
            (
                "neither yes nor no",
                "def execute_command(image):\n    return yesno_to_bool(recursive_query(image, 'What?'))\n",
                "ValueError: yesno_to_bool() takes an answer that begins with yes or no, not 'a cup'",
            ),
            (
                "every way to say it",
                "def execute_command(image):\n    return [yesno_to_bool(a) for a in ('YES!', 'yes, it is', 'True', 'No.', 'false', False)]\n",
                "list [True, True, True, False, False, False]",
            ),
        ],
    );
}

#[test]
fn hydra_programs() {
    // Cups at (40, 320, 100, 390), (190, 310, 250, 380), (390, 90, 470, 190);
    // dogs at (0, 170, 130, 290), (490, 150, 640, 290); depth is the lower edge from the top.
    check(
        "hydra",
        &[
            (
                "many names at once",
                "found = ImagePatch(image).find(['cup', 'dog', 'horse'])\nfinal_answer = {k: len(v) for k, v in found.items()}",
                "dict {'cup': 3, 'dog': 2, 'horse': 0}",
            ),
            (
                "a name alone",
                "final_answer = ImagePatch(image).find('dog')['dog'][0]",
                "ImagePatch ImagePatch(0, 170, 130, 290)",
            ),
            (
                "left front",
                "dogs = ImagePatch(image).find(['cup'])['cup']\nleft = get_sorted_patches_left_to_right(dogs)[0:len(dogs) // 2 + 1]\nfinal_answer = get_sorted_patches_front_to_back(left)[0]",
                "ImagePatch ImagePatch(40, 320, 100, 390)",
            ),
            (
                "sorted from the bottom",
                "cups = ImagePatch(image).find(['cup'])['cup']\nfinal_answer = [c.lower for c in get_sorted_patches_bottom_to_top(cups)]",
                "list [90, 310, 320]",
            ),
            (
                "sorting sorts the list",
                "cups = ImagePatch(image).find(['cup'])['cup']\ncups.reverse()\nget_sorted_patches_left_to_right(cups)\nfinal_answer = [c.left for c in cups]",
                "list [40, 190, 390]",
            ),
            (
                "the middle of three, and the right of two",
                "p = ImagePatch(image)\nfinal_answer = (get_middle_patch(p.find(['cup'])['cup']), get_middle_patch(p.find(['dog'])['dog']))",
                "tuple (ImagePatch(190, 310, 250, 380), ImagePatch(490, 150, 640, 290))",
            ),
            (
                "the middle of none",
                "final_answer = get_middle_patch([])",
                "IndexError: list index out of range",
            ),
            (
                "closest and farthest",
                "p = ImagePatch(image)\ncups = p.find(['cup'])['cup']\ndog = p.find(['dog'])['dog'][1]\nfinal_answer = [get_patch_closest_to_anchor_object(cups, dog), get_patch_farthest_to_anchor_object(cups, dog)]",
                "list [ImagePatch(390, 90, 470, 190), ImagePatch(40, 320, 100, 390)]",
            ),
            (
                // The center is (220, 345); a crop has 10 pixels more.
                "beside a patch",
                "cup = ImagePatch(image).find(['cup'])['cup'][1]\nfinal_answer = [get_patch_left_of(cup), get_patch_right_of(cup), get_patch_above_of(cup), get_patch_below_of(cup)]",
                "list [ImagePatch(0, 0, 230, 480), ImagePatch(210, 0, 640, 480), ImagePatch(0, 335, 640, 480), ImagePatch(0, 0, 640, 355)]",
            ),
            (
                "overlapping patches",
                "a = ImagePatch(image, 0, 0, 10, 10)\nfinal_answer = [a.overlaps_with(ImagePatch(image, 10, 10, 20, 20)), a.overlaps_with(ImagePatch(image, 11, 0, 20, 20))]",
                "list [True, False]",
            ),
            (
                "properties",
                "cups = ImagePatch(image).find(['cup'])['cup']\nfinal_answer = [c for c in cups if c.verify_property('cup', 'red')][0]",
                "ImagePatch ImagePatch(190, 310, 250, 380)",
            ),
            (
                // The scene's score of any text is the left edge by 640.
                "scores",
                "cup = ImagePatch(image).find(['cup'])['cup'][0]\nfinal_answer = [cup.verify_property_score('cup', 'red'), cup.classify_object_attributes('cup', ['red', 'blue']), cup.classify_object_types(['cup'])]",
                "list [0.0625, [0.0625, 0.0625], [0.0625]]",
            ),
            (
                "existence is a truth value",
                "p = ImagePatch(image)\nif p.exists('horse'):\n    final_answer = 'yes'\nelse:\n    final_answer = 'no'",
                "str 'no'",
            ),
            (
                "a loop over statements",
                "p = ImagePatch(image)\nfinal_answer = 0\nfor dog in p.find(['dog'])['dog']:\n    if dog.horizontal_center > 320:\n        final_answer += 1",
                "int 1",
            ),
            (
                "nothing was found",
                "final_answer = ImagePatch(image).find(['horse'])['horse'][0]",
                "IndexError: list index out of range",
            ),
            (
                "what only speaks for `find`",
                "final_answer = ImagePatch(image)._named('cup')",
                "AttributeError: 'ImagePatch' object has no attribute '_named'",
            ),
            (
                "a name that was not looked for",
                "final_answer = ImagePatch(image).find(['cup'])['dog']",
                "KeyError: 'dog'",
            ),
        ],
    );
}

#[test]
fn viunit_programs() {
    // The first dog is (0, 170, 130, 290), the second cup (190, 310, 250, 380).
    let cases = [
        (
            "beside a box",
            "cup = p.find('cup')[1]\nreturn [p.crop_left_of_bbox(cup.left, cup.lower, cup.right, cup.upper), p.crop_right_of_bbox(cup.left, cup.lower, cup.right, cup.upper), p.crop_below_bbox(cup.left, cup.lower, cup.right, cup.upper), p.crop_above_bbox(cup.left, cup.lower, cup.right, cup.upper)]",
            "list [ImagePatch(0, 0, 190, 480), ImagePatch(250, 0, 640, 480), ImagePatch(0, 0, 640, 310), ImagePatch(0, 380, 640, 480)]",
        ),
        (
            "upper before lower",
            "cup = p.find('cup')[1]\nreturn [p.crop_below_bbox(cup.left, cup.upper, cup.right, cup.lower), p.crop_above_bbox(cup.left, cup.upper, cup.right, cup.lower)]",
            "list [ImagePatch(0, 0, 640, 310), ImagePatch(0, 380, 640, 480)]",
        ),
        (
            "called on the object itself",
            "cup = p.find('cup')[1]\nreturn cup.crop_left_of_bbox(cup.left, cup.upper, cup.right, cup.lower)",
            "ImagePatch ImagePatch(0, 0, 190, 480)",
        ),
        (
            "nothing is to the left of the border",
            "dog = p.find('dog')[0]\nreturn p.crop_left_of_bbox(dog.left, dog.lower, dog.right, dog.upper)",
            "Exception: ImagePatch has no area",
        ),
        (
            "areas",
            "dogs = p.find('dog')\ndogs.sort(key=lambda d: d.area)\nreturn [d.area for d in dogs]",
            "list [15600, 21000]",
        ),
        (
            "from a box",
            "q = ImagePatch.from_bounding_box(image, {'box': [10, 20, 40, 60], 'category': 'dog'})\nreturn [q, q.area, q.category]",
            "list [ImagePatch(10, 20, 40, 60), 1200, 'dog']",
        ),
        (
            "from a box upside down, without a name",
            "q = ImagePatch.from_bounding_box(image, {'box': [10, 60, 40, 20]})\nreturn [q, q.category, p.category]",
            "list [ImagePatch(10, 20, 40, 60), None, None]",
        ),
        (
            "what it was found as",
            "return [o.category for o in p.find('dog') + p.find('cup')]",
            "list ['dog', 'dog', 'cup', 'cup', 'cup']",
        ),
        (
            "a description",
            "return p.find('cup')[1].best_description_from_options('cup', ['blue', 'red'])",
            "str 'red'",
        ),
        (
            "is it to the left",
            "cup = p.find('cup')[2]\nleft = p.crop_left_of_bbox(cup.left, cup.lower, cup.right, cup.upper)\nreturn bool_to_yesno(left.width < p.width and left.exists('horse'))",
            "str 'no'",
        ),
    ];
    let sources: Vec<String> = cases
        .iter()
        .map(|(_, lines, _)| {
            let indented: String = lines.lines().map(|l| format!("    {l}\n")).collect();
            format!("def execute_command(image):\n    p = ImagePatch(image)\n{indented}")
        })
        .collect();
    let cases: Vec<(&str, &str, &str)> = std::iter::zip(&cases, &sources)
        .map(|((name, _, want), source)| (*name, source.as_str(), *want))
        .collect();
    check("viunit", &cases);
}

#[test]
fn codevqa_programs() {
    check(
        "codevqa",
        &[
            (
                "a question",
                "answer = query(img, 'What is this?')",
                "str 'a cup'",
            ),
            (
                // The first cup is (50, 100, 90, 150): its center (70, 125) is at 70/640 and 355/480.
                "a position",
                "answer = get_pos(img, 'cup')",
                "tuple (2.625, 17.75)",
            ),
            (
                "left or right",
                "x, y = get_pos(img, 'cup')\nif x < (LEFT + RIGHT) / 2:\n    answer = 'left'\nelse:\n    answer = 'right'",
                "str 'left'",
            ),
            (
                "the edges of the grid",
                "answer = [LEFT, BOTTOM, RIGHT, TOP]",
                "list [0, 0, 24, 24]",
            ),
            (
                "nothing has no position",
                "answer = get_pos(img, 'horse')",
                "ValueError: get_pos() found no horse",
            ),
            (
                "objects",
                "dogs = find_object(img, 'dog')\nanswer = [len(dogs), dogs[0], len(find_object(img, 'horse'))]",
                "list [2, Image(10, 200, 120, 300), 0]",
            ),
            (
                "positions within an object",
                "dog = find_object(images[0], 'dog')[1]\nanswer = get_pos(dog, 'dog')[0] < 0",
                "bool True",
            ),
            (
                "the image that matches",
                "best = find_matching_image(images, 'at night')\nanswer = [images.index(best), query(best, 'Is it day?')]",
                "list [2, 'no']",
            ),
            (
                "all of the images",
                "answer = 'yes' if all(visual_query(i, 'Is it day?') == 'Yes' for i in images) else 'no'",
                "str 'no'",
            ),
            (
                "images by name",
                "image1 = open_image('Image1.jpg')\nimage3 = open_image('Image3.jpg')\nanswer = [query(image1, 'Is it day?'), query(image3, 'Is it day?')]",
                "list ['Yes', 'no']",
            ),
            (
                "an image that is not there",
                "answer = open_image('Image4.jpg')",
                "IndexError: input image index out of range",
            ),
            (
                "a name without a number",
                "answer = open_image('../secret.jpg')",
                "ValueError: open_image() knows Image1.jpg, Image2.jpg and so on, not '../secret.jpg'",
            ),
            (
                "knowledge",
                "answer = knowledge_query('What is drunk from cups?')",
                "str 'tea'",
            ),
            (
                "a function of its own",
                "def execute_command(images):\n    return len([i for i in images if query(i, 'Is it day?') == 'Yes'])\n",
                "int 2",
            ),
            (
                "no answer",
                "if query(img, 'Is it day?') == 'no':\n    answer = 'night'",
                "NameError: name 'answer' is not defined",
            ),
        ],
    );
}

#[test]
fn the_prompts_show_what_programs_may_call() {
    for name in ["video", "trope", "rvp", "hydra", "viunit", "codevqa"] {
        let pack = Pack::builtin(name).unwrap();
        let prompt = format!("{}\n{}", pack.doc.trim(), pack.prompt_stub());
        insta::assert_snapshot!(format!("prompt_{name}"), prompt);
    }
}
