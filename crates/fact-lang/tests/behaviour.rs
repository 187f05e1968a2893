//! What programs compute.

#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{body, go, outcome, value};

#[test]
fn viper_programs() {
    let run = go("\
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    cups = image_patch.find('cup')
    cups.sort(key=lambda c: c.horizontal_center)
    reds = [c for c in cups if c.verify_property('cup', 'red')]
    if len(reds) == 0:
        return 'no'
    return bool_to_yesno(reds[0].horizontal_center > cups[0].horizontal_center)
");
    assert_eq!(outcome(&run), "str 'yes'");
}

fn block(shape: &str, color: &str, bbox: [f64; 4]) -> fact_lang::tool::Detection {
    let attributes = [("color", color), ("shape", shape), ("size", "medium")];
    fact_lang::tool::Detection {
        attributes: attributes
            .map(|(k, v)| (k.to_owned(), fact_lang::tool::Arg::Str(v.to_owned())))
            .into(),
        ..common::detection("item", bbox)
    }
}

/// Two boxes: a tower of a blue and a yellow block, and a black circle in a corner.
fn boxes(request: &fact_lang::tool::Request) -> Option<fact_lang::tool::Answer> {
    use fact_lang::tool::{Answer, Arg};
    let name = match request.args.first() {
        Some((_, Arg::Str(name))) => name.as_str(),
        _ => return None,
    };
    Some(Answer::Detections(
        match (name, request.region.left as i64) {
            ("box", _) => vec![
                common::detection("box", [0.0, 0.0, 100.0, 100.0]),
                common::detection("box", [150.0, 0.0, 250.0, 100.0]),
            ],
            (_, 0) => vec![
                block("square", "blue", [40.0, 80.0, 60.0, 100.0]),
                block("square", "yellow", [40.0, 59.0, 60.0, 79.0]),
            ],
            _ => vec![block("circle", "black", [230.0, 0.0, 250.0, 20.0])],
        },
    ))
}

#[test]
fn blocks_programs() {
    for (expression, want) in [
        ("len(image.boxes)", "int 2"),
        ("image.towers[0].height", "int 2"),
        ("image.boxes[0].tower.top.color == 'yellow'", "bool True"),
        ("image.boxes[1].tower", "NoneType None"),
        (
            "image.find('black circle')[0].touches_corner('top right')",
            "bool True",
        ),
        ("image.exists('yellow triangle')", "bool False"),
        (
            "[box.count('square') for box in image.boxes]",
            "list [2, 0]",
        ),
        (
            "image.find('frog')",
            "ValueError: unknown word 'frog' in phrase 'frog'",
        ),
        (
            "image.boxes[0].items[0]._left",
            "AttributeError: 'Item' object has no attribute '_left'",
        ),
        (
            "type(image)(image)",
            "TypeError: cannot create 'Image' instances",
        ),
    ] {
        let source = format!("def execute_command(image):\n    return {expression}\n");
        let limits = fact_lang::run::Limits::default();
        let run = common::run_with(&source, &common::BLOCKS, boxes, &limits);
        assert_eq!(outcome(&run), want, "{expression}");
    }
}

#[test]
fn every_shipped_pack_loads() {
    fn shared<T: Send + Sync>(_: &T) {}
    for name in fact_lang::pack::Pack::BUILTIN {
        let pack = fact_lang::pack::Pack::builtin(name).unwrap();
        shared(&pack);
        assert!(!pack.functions.is_empty());
        assert!(!pack.prompt_stub().contains("_region"), "{name}");
    }
}

#[test]
fn viper_geometry() {
    for (expression, want) in [
        // Top-left boxes of 640 × 480 become bottom-left ones, with a margin of 10 pixels.
        (
            "ImagePatch(image).find('cup')[0]",
            "ImagePatch ImagePatch(40, 320, 100, 390)",
        ),
        (
            "ImagePatch(image).find('dog')[0]",
            "ImagePatch ImagePatch(0, 170, 130, 290)",
        ),
        (
            "ImagePatch(image).crop(5, 5, 20, 30)",
            "ImagePatch ImagePatch(0, 0, 30, 40)",
        ),
        (
            "ImagePatch(image, 10, 20, 30, 40)",
            "ImagePatch ImagePatch(10, 20, 30, 40)",
        ),
        ("ImagePatch(image, 600, 20, 900, 40).width", "int 40"),
        (
            "ImagePatch(image, 600, 20, 900, 40)",
            "ImagePatch ImagePatch(600, 20, 900, 40)",
        ),
        (
            "ImagePatch(ImagePatch(image, 600, 20, 900, 40))",
            "ImagePatch ImagePatch(600, 20, 640, 40)",
        ),
        (
            "ImagePatch(image, 10, 20, 30, 40).crop(0, 0, 100, 5)",
            "ImagePatch ImagePatch(10, 20, 30, 35)",
        ),
        (
            "ImagePatch(image, 10.7, '20', 30, 40)",
            "ImagePatch ImagePatch(10, 20, 30, 40)",
        ),
        (
            "ImagePatch(image, -2**63, 0, 9, 9)",
            "OverflowError: coordinate is too large",
        ),
        (
            "ImagePatch(image).crop(2**80, 0, 9, 9)",
            "OverflowError: Python int too large to convert to C ssize_t",
        ),
        (
            "ImagePatch('a')",
            "AttributeError: 'str' object has no attribute '_region'",
        ),
        (
            "type(ImagePatch(image).cropped_image)(image, 0, 0, 9, 9, 'x')",
            "TypeError: cannot create 'Region' instances",
        ),
        (
            "ImagePatch(image, 5, 5, 5, 9)",
            "Exception: ImagePatch has no area",
        ),
        (
            "ImagePatch(image, 10, 20, 30, 40).horizontal_center",
            "float 20.0",
        ),
        (
            "ImagePatch(ImagePatch(image, 10, 20, 30, 40).cropped_image)",
            "ImagePatch ImagePatch(10, 20, 30, 40)",
        ),
        (
            "ImagePatch(image).cropped_image.shape",
            "tuple (480, 640, 3)",
        ),
        (
            "distance(ImagePatch(image, 0, 0, 10, 10), ImagePatch(image, 13, 14, 20, 20))",
            "float 5.0",
        ),
        (
            "distance(ImagePatch(image, 0, 0, 10, 10), ImagePatch(image, 0, 0, 10, 5))",
            "float -0.5",
        ),
        ("ImagePatch(image).exists('frog')", "bool False"),
        (
            "ImagePatch(image).best_text_match(['red', 'blue'])",
            "str 'red'",
        ),
        (
            "coerce_to_numeric('twenty-one'), coerce_to_numeric('3.5 m')",
            "tuple (21, 3.5)",
        ),
        (
            "ImagePatch(image).foo()",
            "AttributeError: 'ImagePatch' object has no attribute 'foo'",
        ),
        (
            "ImagePatch(image).find()",
            "TypeError: ImagePatch.find() missing 1 required positional argument: 'object_name'",
        ),
        (
            "ImagePatch(image).find('frog')[0]",
            "IndexError: list index out of range",
        ),
        (
            "ImagePatch(image).find('cup') > 2",
            "TypeError: '>' not supported between instances of 'list' and 'int'",
        ),
    ] {
        assert_eq!(value(expression), want, "{expression}");
    }
}

#[test]
fn scalars() {
    assert_eq!(value("1 + 2 * 3 - 4 // 3"), "int 6");
    assert_eq!(value("7 / 2"), "float 3.5");
    assert_eq!(value("2 ** 100"), "int 1267650600228229401496703205376");
    assert_eq!(
        value("'a' + 1"),
        "TypeError: can only concatenate str (not \"int\") to str"
    );
    assert_eq!(
        value("1 < 'a'"),
        "TypeError: '<' not supported between instances of 'int' and 'str'"
    );
    assert_eq!(value("[1, 2][5]"), "IndexError: list index out of range");
    assert_eq!(value("{'a': 1}['b']"), "KeyError: 'b'");
    assert_eq!(value("nope"), "NameError: name 'nope' is not defined");
    assert_eq!(
        value("None.foo"),
        "AttributeError: 'NoneType' object has no attribute 'foo'"
    );
    assert_eq!(value("f'{3.14159:.2f} {\"x\"!r:>5}'"), "str \"3.14   'x'\"");
    assert_eq!(value("-5 % 3, -5 // 3, 5 % -3"), "tuple (1, -2, -1)");
    assert_eq!(value("sorted([3, 1, 2], reverse=True)"), "list [3, 2, 1]");
    assert_eq!(
        value("[x for x in range(10) if x % 2][::-1]"),
        "list [9, 7, 5, 3, 1]"
    );
    assert_eq!(
        value("{k: v for k, v in zip('ab', [1, 2])}"),
        "dict {'a': 1, 'b': 2}"
    );
    assert_eq!(value("max([1, 5, 3], key=lambda x: -x)"), "int 1");
    assert_eq!(value("any(x > 2 for x in [1, 2, 3])"), "bool True");
    assert_eq!(value("'%s is %d' % ('a', 3)"), "str 'a is 3'");
    assert_eq!(value("'{} {b:>4}'.format(1, b=2)"), "str '1    2'");
    assert_eq!(
        value("ImagePatch(image)"),
        "ImagePatch ImagePatch(0, 0, 640, 480)"
    );
}

#[test]
fn statements() {
    assert_eq!(
        body("if False:\n    x = 1\nreturn x"),
        "UnboundLocalError: cannot access local variable 'x' where it is not associated with a value"
    );
    assert_eq!(
        body("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    return str(e)"),
        "str 'division by zero'"
    );
    assert_eq!(
        body("a, (b, *c) = 1, (2, 3, 4)\nreturn a, b, c"),
        "tuple (1, 2, [3, 4])"
    );
    assert_eq!(
        body("x = 0\nwhile True:\n    x += 1\n    if x > 5:\n        break\nreturn x"),
        "int 6"
    );
    assert_eq!(
        body("def f(n):\n    return f(n + 1)\nreturn f(0)"),
        "RecursionError: maximum recursion depth exceeded"
    );
    assert_eq!(
        body("def f(a, b):\n    pass\nf()"),
        "TypeError: execute_command.<locals>.f() missing 2 required positional arguments: 'a' and 'b'"
    );
}
