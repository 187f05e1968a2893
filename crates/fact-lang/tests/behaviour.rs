//! What programs compute.

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

#[test]
fn blocks_programs() {
    assert_eq!(value("1 + 1"), "int 2");
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
