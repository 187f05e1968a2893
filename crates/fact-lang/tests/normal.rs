//! Normal forms: equal for programs that differ in nothing a run can tell, different for the rest.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_lang::normal::normal_form;
use fact_lang::syntax::parse_program;

fn form(body: &str) -> String {
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let program = format!("def execute_command(image):\n{lines}");
    normal_form(&parse_program(&program).unwrap())
}

fn same(one: &str, other: &str) {
    assert_eq!(form(one), form(other), "{one}\n---\n{other}");
}

fn different(one: &str, other: &str) {
    assert_ne!(form(one), form(other), "{one}\n---\n{other}");
}

#[test]
fn formatting_comments_and_names_of_variables_do_not_matter() {
    same(
        "boxes = image.boxes\nreturn len(boxes) == 2",
        "\"\"\"How many?\"\"\"\nb = image . boxes  # all\npass\n\nreturn (len(\n  b)) == 2",
    );
    same(
        "return any(b.count('x') for b in image.boxes)",
        "return any(box.count(\"x\") for box in image.boxes)",
    );
    same("n: int = 1\nreturn n", "k = 1\nreturn k");
    same(
        "return sorted(image.items, key=lambda a: a.x)",
        "return sorted(image.items, key=lambda item: item.x)",
    );
    same(
        "def f(a):\n    return a + k\nk = 1\nreturn f(2)",
        "def f(z):\n    return z + last\nlast = 1\nreturn f(2)",
    );
    // A comprehension's variable may have the name of another, or not.
    same(
        "x = image.boxes\nreturn [x for x in x]",
        "y = image.boxes\nreturn [z for z in y]",
    );
    same("return 1e3", "return 1000.0");
    same("return 'a' 'b'", "return \"ab\"");
}

#[test]
fn what_a_run_can_tell_matters() {
    for (one, other) in [
        ("return 1", "return 2"),
        ("return 1", "return 1.0"),
        ("return 1", "return True"),
        ("return 'a'", "return 'b'"),
        ("return image.a", "return image.b"),
        ("a = 1\nb = 2\nreturn a - b", "a = 1\nb = 2\nreturn b - a"),
        ("return f(1)", "return g(1)"),
        ("return 1 < 2", "return 1 <= 2"),
        ("return 1 - 2", "return 1 + 2"),
        ("return not 1", "return -1"),
        ("return 1 and 2", "return 1 or 2"),
        ("return [1]", "return (1,)"),
        ("return [1, 2]", "return [[1], 2]"),
        ("return {}", "return set()"),
        ("return f(a=1)", "return f(b=1)"),
        ("return f(*image)", "return f(image)"),
        ("return f(**image)", "return f(image)"),
        ("return x[1:]", "return x[:1]"),
        ("return [b for b in image]", "return {b for b in image}"),
        ("return [b for b in image]", "return (b for b in image)"),
        (
            "return [b for b in image if b]",
            "return [b for b in image if not b]",
        ),
        (
            "return [a for a in image for b in a]",
            "return [b for a in image for b in a]",
        ),
        ("return f'{image}'", "return f'{image!r}'"),
        ("return f'{image:1}'", "return f'{image:2}'"),
        ("return f'{image=}'", "return f'{image}'"),
        (
            "for a in image:\n    f(a)",
            "for a in image:\n    f(a)\n    break",
        ),
        ("if a:\n    f()\ng()", "if a:\n    f()\n    g()"),
        (
            "if a:\n    f()\nelse:\n    g()",
            "if a:\n    g()\nelse:\n    f()",
        ),
        ("while a:\n    f()", "if a:\n    f()"),
        ("a = 1\na += 2", "a = 1\na -= 2"),
        ("return", "raise"),
        ("import math", "import re"),
        ("from math import pi", "import math as pi"),
        (
            "try:\n    f()\nexcept ValueError:\n    g()",
            "try:\n    f()\nexcept KeyError:\n    g()",
        ),
        ("assert a, 'x'", "assert a"),
        ("return 1 if a else 2", "return 2 if a else 1"),
        ("return lambda a, b: a", "return lambda a, b: b"),
        ("return lambda a=1: a", "return lambda a: a"),
        ("return lambda *a: a", "return lambda a: a"),
    ] {
        different(one, other);
    }
}

#[test]
fn a_captured_variable_is_the_one_it_is() {
    different(
        "a = 1\nb = 2\nf = lambda: a\ng = lambda: b\nreturn f()",
        "a = 1\nb = 2\nf = lambda: b\ng = lambda: a\nreturn f()",
    );
    different(
        "a = 1\nb = 2\nreturn [[a for x in y] for y in image if b]",
        "a = 1\nb = 2\nreturn [[b for x in y] for y in image if a]",
    );
    same(
        "a = 1\nb = 2\nreturn [[a for x in y] for y in image if b]",
        "b = 1\na = 2\nreturn [[b for z in w] for w in image if a]",
    );
    // Not two levels up but one.
    different(
        "def f(a):\n    def g(b):\n        return lambda: a\n    return g\nreturn f",
        "def f(a):\n    def g(b):\n        return lambda: b\n    return g\nreturn f",
    );
}

#[test]
fn a_parameter_that_may_be_given_by_name_keeps_it() {
    let entry = |name: &str| {
        let program = format!("def execute_command({name}):\n    return {name}\n");
        normal_form(&parse_program(&program).unwrap())
    };
    assert_ne!(entry("image"), entry("question"));
    different(
        "f = lambda a: a\nreturn f(a=1)",
        "f = lambda b: b\nreturn f(a=1)",
    );
    different(
        "f = lambda a: a\nreturn f(**image)",
        "f = lambda b: b\nreturn f(**image)",
    );
}
