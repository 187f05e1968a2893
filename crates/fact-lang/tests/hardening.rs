//! Hostile programs: every one ends in a typed outcome, on a small stack, in bounded time.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs
)]

mod common;

use common::attacks::{ATTACKS, bombs, program};
use common::{VIPER, outcome, run_with, scene};
use fact_lang::run::{Limits, Outcome};
use fact_lang::syntax::{SyntaxErrorKind, parse_program};

/// Runs `f` on a thread with the stack the interpreter promises to fit.
fn on_small_stack<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(f)
        .unwrap()
        .join()
        .unwrap()
}

fn small(source: String) -> String {
    on_small_stack(move || {
        let limits = Limits {
            steps: 200_000,
            ..Limits::default()
        };
        outcome(&run_with(&source, &VIPER, scene, &limits))
    })
}

#[test]
fn syntax_bombs_are_refused_or_run() {
    for bomb in bombs() {
        on_small_stack(move || {
            let shown: String = bomb.chars().take(40).collect();
            for pack in [false, true] {
                let parsed = if pack {
                    fact_lang::pack::Pack::load("bomb", &bomb)
                        .err()
                        .map(|_| None)
                } else {
                    Some(parse_program(&bomb).ok())
                };
                // What parses also runs and drops.
                if let Some(Some(module)) = parsed {
                    let mut answers: &[fact_lang::tool::Recorded] = &[];
                    let inputs = Default::default();
                    let run = fact_lang::run::run(
                        &module,
                        &VIPER,
                        &inputs,
                        &mut answers,
                        &Limits::default(),
                    );
                    assert!(!matches!(run.outcome, Outcome::Suspended(_)), "{shown}");
                    drop(module.clone());
                }
            }
        });
    }
}

#[test]
fn sizes_and_depths_have_their_kinds() {
    let kind = |source: &str| parse_program(source).unwrap_err().kind;
    assert_eq!(kind(&"#".repeat(70_000)), SyntaxErrorKind::TooLarge);
    assert_eq!(
        kind(&format!("x = {}", "(".repeat(500))),
        SyntaxErrorKind::TooDeep
    );
    // It tells the token that is too much.
    let deep = parse_program(&format!("y = 1\nx = é{}", "(".repeat(500))).unwrap_err();
    assert_eq!((deep.line, deep.column), (2, 106));
    assert_eq!(kind("def f(:"), SyntaxErrorKind::Invalid);
    assert_eq!(kind("class A: pass"), SyntaxErrorKind::UnsupportedSyntax);
    assert_eq!(
        kind("def f():\n    yield 1"),
        SyntaxErrorKind::UnsupportedSyntax
    );
    assert_eq!(
        kind("with a as b:\n    pass"),
        SyntaxErrorKind::UnsupportedSyntax
    );
    assert_eq!(
        kind("@a\ndef f(): pass"),
        SyntaxErrorKind::UnsupportedSyntax
    );
    assert_eq!(kind("return 1"), SyntaxErrorKind::Invalid);
    assert_eq!(kind("break"), SyntaxErrorKind::Invalid);
    // A long flat sum is an honest program.
    let sum = format!(
        "def execute_command(image):\n    return {}1",
        "1 + ".repeat(500)
    );
    assert_eq!(small(sum), "int 501");
}

#[test]
fn recursion_fits_the_stack() {
    let deep = "RecursionError: maximum recursion depth exceeded";
    let cases = [
        "def f(n):\n    return f(n + 1)\nreturn f(0)",
        "f = lambda n: f(n + 1)\nreturn f(0)",
        "def f(n):\n    for i in [1]:\n        if n >= 0:\n            while True:\n                return [f(n + 1) + 1][0]\nreturn f(0)",
        "def f(n):\n    return sorted([1, 2], key=lambda x: f(n + 1))\nreturn f(0)",
        "def f(n):\n    return [y for x in [1] for y in [f(n + 1)]]\nreturn f(0)",
        "def f(n):\n    return list(map(f, [n]))\nreturn f(0)",
        "def f(n):\n    return max([n], key=f)\nreturn f(0)",
        "def f(n):\n    return any(f(x) for x in [n])\nreturn f(0)",
        "def f(n):\n    try:\n        return f(n + 1)\n    finally:\n        f(n)\nreturn f(0)",
        "def f(n):\n    return f'{f(n + 1)}'\nreturn f(0)",
        "def f(n):\n    return (((((((((((((((((((((((((f(n + 1))))))))))))))))))))))))))\nreturn f(0)",
        "def f(n):\n    return -(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(f(n + 1)))))))))))))))))\nreturn f(0)",
        "def f(n):\n    return {f(n): f(n)} if f(n) else (f(n) and f(n) or f(n) < f(n))\nreturn f(0)",
    ];
    for case in cases {
        let got = small(program(case));
        assert!(got == deep || got == "limit Steps", "{got}\n{case}");
    }
    let deeper = format!(
        "def f(n):\n    return {}f(n + 1){}\nreturn f(0)",
        "[".repeat(95),
        "]".repeat(95)
    );
    assert_eq!(small(program(&deeper)), deep);
}

#[test]
fn deep_values_fit_the_stack() {
    let build = "x = []\nfor i in range(5000):\n    x = [x]\n";
    let tuples = "x = ()\nfor i in range(5000):\n    x = (x,)\n";
    let dicts = "x = {}\nfor i in range(5000):\n    x = {1: x}\n";
    let two = "y = []\nfor i in range(5000):\n    y = [y]\n";
    for (setup, then) in [
        (build.to_owned(), "return repr(x)"),
        (build.to_owned(), "return x"),
        (build.to_owned(), "print(x)"),
        (build.to_owned() + two, "return x == y"),
        (build.to_owned() + two, "return x < y"),
        (tuples.to_owned(), "return {x: 1}"),
        (tuples.to_owned(), "return isinstance(1, x)"),
        (dicts.to_owned(), "return str(x)"),
        (build.to_owned(), "return f'{x}'"),
        (
            "x = []\nx.append(x)\ny = []\ny.append(y)\n".into(),
            "return x == y",
        ),
        (
            "x = ValueError('a')\nfor i in range(5000):\n    x = ValueError(x)\n".into(),
            "return str(x)",
        ),
        (
            "x = iter([])\nfor i in range(5000):\n    x = enumerate(x)\n".into(),
            "return list(x)",
        ),
        (
            "x = []\nfor i in range(5000):\n    x = map(lambda a: a, x)\n".into(),
            "return list(x)",
        ),
        (
            "x = []\nfor i in range(5000):\n    x = (a for a in x)\n".into(),
            "return list(x)",
        ),
        (
            "import itertools\nx = []\nfor i in range(5000):\n    x = itertools.chain(x, x)\n"
                .into(),
            "return list(x)",
        ),
        (
            "import functools\nx = len\nfor i in range(5000):\n    x = functools.partial(x)\n"
                .into(),
            "return x([])",
        ),
    ] {
        let got = small(program(&(setup + then)));
        assert!(
            got.starts_with("RecursionError") || got.starts_with("limit"),
            "{then}: {got}"
        );
    }
    assert_eq!(
        small(program("x = [1]\nx.append(x)\nreturn x")),
        "list [1, [...]]"
    );
}

#[test]
fn memory_and_time_are_bounded() {
    let mut unbounded = Vec::new();
    for attack in ATTACKS {
        let got = small(program(attack));
        assert!(!got.contains("escaped"), "{attack}: {got}");
        let bounded = got.starts_with("limit")
            || got.starts_with("OverflowError")
            || got.starts_with("ValueError")
            || got.starts_with("RuntimeError")
            || got.starts_with("error: ")
            || got.starts_with("RecursionError")
            || got.starts_with("NoneType")
            || got.starts_with("re.Pattern")
            || got.starts_with("int")
            || got.starts_with("str 'a cup'");
        if !bounded {
            unbounded.push(format!("{attack}: {got:.200}"));
        }
    }
    assert!(unbounded.is_empty(), "{}", unbounded.join("\n\n"));
}

#[test]
fn there_is_no_way_out() {
    for (attack, want) in [
        ("return eval('1')", "NameError"),
        ("return exec('1')", "NameError"),
        ("return open('/etc/passwd')", "NameError"),
        ("return __import__('os')", "NameError"),
        ("return globals()", "NameError"),
        ("return locals()", "NameError"),
        ("return vars(image)", "NameError"),
        ("return compile('1', '', 'eval')", "NameError"),
        ("return input()", "NameError"),
        ("return breakpoint()", "NameError"),
        ("return id(image)", "NameError"),
        ("return __builtins__", "NameError"),
        ("import os", "ModuleNotFoundError"),
        ("import sys", "ModuleNotFoundError"),
        ("import subprocess", "ModuleNotFoundError"),
        ("from os import system", "ModuleNotFoundError"),
        ("import importlib", "ModuleNotFoundError"),
        ("return ().__class__", "AttributeError"),
        ("return ''.__class__.__mro__", "AttributeError"),
        ("return (lambda: 0).__globals__", "AttributeError"),
        ("return (lambda: 0).__code__", "AttributeError"),
        ("return ImagePatch.__init__", "AttributeError"),
        ("return ImagePatch(image)._crop", "AttributeError"),
        ("ImagePatch(image)._secret = 1", "AttributeError"),
        ("return ImagePatch(image).__dict__", "AttributeError"),
        ("return '{0.__class__}'.format(1)", "AttributeError"),
        (
            "return '{0._crop}'.format(ImagePatch(image))",
            "AttributeError",
        ),
        ("return _MARGIN", "NameError"),
        ("return find(image, 'cup')", "NameError"),
        ("return simple_query(image, 'cup')", "NameError"),
        ("return math.__loader__", "AttributeError"),
        ("return Region", "NameError"),
        ("return [].__len__()", "AttributeError"),
    ] {
        let got = small(program(attack));
        assert!(got.starts_with(want), "{attack}: {got}");
    }
}

#[test]
fn names_of_the_pack_are_its_own() {
    let source = "\
def find(a, b):
    return 'mine'
_MARGIN = 1000
def execute_command(image):
    return find(1, 2), [c.left for c in ImagePatch(image).find('cup')]
";
    let source = source.to_owned();
    // Two functions: the entry is named.
    assert_eq!(small(source), "tuple ('mine', [40, 190, 390])");
}
