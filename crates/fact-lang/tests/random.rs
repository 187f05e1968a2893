//! Random programs: runs are deterministic, never panic, and their traces hold together.
#![allow(missing_docs)]

mod common;

use common::{VIPER, run_with, scene};
use fact_lang::run::Limits;
use fact_lang::syntax::parse_program;
use proptest::prelude::*;

const TOKENS: &[&str] = &[
    "x",
    "y",
    "image",
    "ImagePatch",
    "find",
    "len",
    "range",
    "sorted",
    "print",
    "max",
    "any",
    "str",
    "int",
    "list",
    "dict",
    "set",
    "zip",
    "map",
    "enumerate",
    "isinstance",
    "0",
    "1",
    "-1",
    "2.5",
    "'a'",
    "\"cup\"",
    "f'{x}'",
    "None",
    "True",
    "[]",
    "{}",
    "()",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "=",
    "==",
    "<",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "|",
    "&",
    "not",
    "and",
    "or",
    "in",
    "is",
    "if",
    "else",
    "for",
    "while",
    "lambda",
    "return",
    "break",
    "continue",
    "pass",
    "try",
    "except",
    "finally",
    "raise",
    "del",
    "assert",
    "global",
    "nonlocal",
    "def",
    "f",
    "+=",
    ":=",
    "append",
    "pop",
    "sort",
    "key",
    "join",
    "split",
    "format",
    "items",
    "get",
    "update",
    "\n",
    "\n    ",
    "\n        ",
    "\n            ",
    "import",
    "math",
    "re",
    "from",
];

/// Expressions that parse, nested at random.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "y",
        "0",
        "1",
        "-3",
        "2.5",
        "'ab'",
        "''",
        "None",
        "True",
        "[]",
        "[1, 2]",
        "(1,)",
        "{}",
        "{'a': 1}",
        "{1, 2}",
        "range(3)",
        "image",
        "p",
        "10**20",
        "float('nan')",
        "len",
        "iter([1, 2])",
        "math",
        "...",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let op = prop::sample::select(vec![
            "+", "-", "*", "/", "//", "%", "**", "|", "&", "^", "==", "!=", "<", ">=", "in", "is",
            "and", "or", "<<", ">>",
        ]);
        let call = prop::sample::select(vec![
            "len",
            "str",
            "repr",
            "sorted",
            "list",
            "set",
            "tuple",
            "sum",
            "max",
            "min",
            "any",
            "all",
            "int",
            "float",
            "bool",
            "abs",
            "round",
            "dict",
            "enumerate",
            "reversed",
            "zip",
            "next",
            "iter",
            "print",
            "type",
            "p.find",
            "p.exists",
            "p.simple_query",
            "math.sqrt",
            "p.crop",
            "distance",
            "best_image_match",
            "coerce_to_numeric",
            "ImagePatch",
            "chr",
            "'{} {}'.format",
            "','.join",
            "[3, 1].index",
            "{'a': 1}.get",
            "'a b'.split",
        ]);
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            (call.clone(), inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (call, inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}:]")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("[{a} for x in {b} if {c}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} for y in {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, *{b}]")),
            inner.clone().prop_map(|a| format!("f'{{{a}!r:>5}}'")
                .replace('\'', "\"")
                .replacen('"', "'''", 1)
                + "''"),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(lambda x: {a})({b})")),
            inner.clone().prop_map(|a| format!("(not {a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a}.append({b})")),
        ]
    })
}

fn twice(source: &str) {
    let Ok(program) = parse_program(source) else {
        return;
    };
    let limits = Limits {
        steps: 20_000,
        heap: 4 << 20,
        events: 20_000,
        ..Limits::default()
    };
    let first = run_with(source, &VIPER, scene, &limits);
    let second = run_with(source, &VIPER, scene, &limits);
    // NaN is not equal to itself: texts are compared.
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "{source}");
    for (i, event) in first.trace.events.iter().enumerate() {
        let inputs = first.trace.inputs_of(fact_lang::trace::EventId(i as u32));
        assert!(inputs.iter().all(|input| input.index() < i), "{source}");
        assert!(event.control.index() < i.max(1), "{source}");
    }
    assert!(!first.trace.render(&program, &VIPER).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        let source = format!("def execute_command(image):\n    {}\n", tokens.join(" "));
        twice(&source);
        twice(&tokens.join(" "));
    }

    #[test]
    fn bytes(text in "\\PC{0,80}") {
        twice(&text);
    }

    #[test]
    fn expressions(a in expression(), b in expression(), c in expression()) {
        twice(&format!(
            "def execute_command(image):\n    p = ImagePatch(image)\n    x = 1\n    y = [2]\n    \
             y = {a}\n    for x in [1, 2]:\n        if {b}:\n            y = x\n        x = {c}\n    \
             return {c}\n"
        ));
        twice(&format!("def execute_command(image):\n    x = y = p = image\n    return {a}\n"));
    }
}
