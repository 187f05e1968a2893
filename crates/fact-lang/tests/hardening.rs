//! Hostile programs: every one ends in a typed outcome, on a small stack, in bounded time.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs
)]

mod common;

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

fn program(lines: &str) -> String {
    let mut source = "def execute_command(image):\n".to_owned();
    for line in lines.lines() {
        source.push_str("    ");
        source.push_str(line);
        source.push('\n');
    }
    source
}

#[test]
fn syntax_bombs_are_refused_or_run() {
    let n = 50_000;
    let bombs: Vec<String> = vec![
        format!("x = {}1", "1+".repeat(n / 2)),
        format!("x = {}1", "not ".repeat(n / 4)),
        format!("x = {}1", "-".repeat(n)),
        format!("x = {}1", "~".repeat(n)),
        format!("x = {}1{}", "(".repeat(n / 2), ")".repeat(n / 2)),
        format!("x = {}1{}", "[".repeat(n / 2), "]".repeat(n / 2)),
        format!("x = {}", "(".repeat(n)),
        format!("x = {}", "f(".repeat(n / 2)),
        format!("x = {}", "{1:".repeat(n / 3)),
        format!("x = a{}", ".a".repeat(n / 2)),
        format!("x = a{}", "()".repeat(n / 2)),
        format!("x = a{}", "[0]".repeat(n / 3)),
        format!("x = {}1", "lambda: ".repeat(n / 8)),
        format!("x = {}1", "2**".repeat(n / 3)),
        format!("x = {}1", "1 if 1 else ".repeat(n / 12)),
        format!("x = {}1", "x:=".repeat(n / 3)),
        format!("x = {}1", "a < ".repeat(n / 4)),
        format!("x = {}1", "1 and ".repeat(n / 6)),
        format!("x = {}1", "1 and 1 or ".repeat(n / 11)),
        format!("{}1", "x = ".repeat(n / 4)),
        format!("x = {}", "f'{".repeat(n / 3)),
        format!("x = {}'a'{}", "f\"{".repeat(50), "}\"".repeat(50)),
        format!("if a:\n x\n{}", "elif a:\n x\n".repeat(n / 12)),
        (0..300)
            .map(|i| format!("{}if a:\n", " ".repeat(i)))
            .collect(),
        (0..90)
            .map(|i| format!("{}if 1:\n", " ".repeat(i)))
            .collect::<String>()
            + &" ".repeat(90)
            + "x = 1",
        (0..300)
            .map(|i| format!("{}def f():\n", " ".repeat(i)))
            .collect(),
        format!("x = [{}]", "*".repeat(n)),
        format!("{} = 1", "(".repeat(n / 2)),
        format!("del {}", "(".repeat(n / 2)),
        format!("x = [a {}]", "for a in a ".repeat(n / 11)),
        format!("x = [a {}]", "if a ".repeat(n / 5)),
        format!("@{}\ndef f(): pass", "a.".repeat(n / 2)),
        format!("x: {}1", "-".repeat(n)),
        format!("def f(a={}1): pass", "-".repeat(n)),
        format!("assert {}1", "not ".repeat(n / 4)),
        format!("for a in {}1: pass", "-".repeat(n)),
        format!("return {}", "yield ".repeat(n / 6)),
        format!("x = {}1", "await ".repeat(n / 6)),
        format!("match a:\n case {}: pass", "[".repeat(n / 2)),
        format!("match a:\n case {}1: pass", "a|".repeat(n / 2)),
        format!("class A({}): pass", "(".repeat(n / 2)),
        format!("x = a{}", " is not a".repeat(n / 9)),
        format!("x = {}{}", "\"a\" ".repeat(n / 4), "f\"b\""),
        format!("import {}a", "a.".repeat(n / 2)),
        format!("x = t'{}'", "{a:".repeat(n / 4)),
        "\\\n".repeat(n / 2),
        "\u{feff}x = 1".into(),
        "x = '\u{0}'".into(),
        "x = 1 ".repeat(20_000),
    ];
    for bomb in bombs {
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
    let attacks = [
        "while True:\n    pass",
        "return 'a' * 10**10",
        "return [0] * 10**10",
        "return (0,) * 10**10",
        "return 10 ** 10 ** 10",
        "return 1 << 10 ** 10",
        "x = 2\nwhile True:\n    x = x * x",
        "x = 'a'\nwhile True:\n    x += x",
        "x = [1]\nwhile True:\n    x += x",
        "x = [1]\nfor y in x:\n    x.append(y)",
        "return list(range(10**12))",
        "return sum(range(10**12))",
        "return max(range(10**12))",
        "return 10**12 in list(range(10**11))",
        "return '{:1000000000000}'.format(1)",
        "return f'{1:1000000000}'",
        "return '%1000000000d' % 1",
        "return f'{1.0:.1000000000f}'",
        "return 'a'.ljust(10**12)",
        "return 'a'.center(10**12)",
        "return '\\t'.expandtabs(10**12)",
        "return 'a'.zfill(10**12)",
        "return ('a' * 1000000).replace('a', 'b' * 1000000)",
        "return ','.join(['a' * 100000] * 100000)",
        "import itertools\nreturn list(itertools.product(range(100), repeat=100))",
        "import itertools\nreturn list(itertools.permutations(range(100)))",
        "import itertools\nreturn list(itertools.combinations(range(1000), 500))",
        "import itertools\nreturn list(itertools.repeat(1))",
        "import itertools\nreturn sum(itertools.count())",
        "import itertools\nreturn list(itertools.cycle([1]))",
        "import itertools\nreturn list(itertools.islice(itertools.count(), 10**12, None))",
        "import math\nreturn math.factorial(10**9)",
        "import math\nreturn math.comb(10**9, 10**8)",
        "import re\nreturn re.match('(a*)*b', 'a' * 100)",
        "import re\nreturn re.match('(a|a)*b', 'a' * 100)",
        "import re\nreturn re.match(r'(?=(a+))*\\\\1b', 'a' * 50)",
        "import re\nreturn re.match('(' * 1000, 'a')",
        "import re\nreturn re.compile('a{1000}{1000}{1000}')",
        "import re\nreturn re.sub('', 'x' * 1000, 'y' * 100000)",
        "import re\nwhile True:\n    re.compile('(a|b|c){50}' * 20)",
        "print('a' * 1000000)",
        "while True:\n    print('aaaa')",
        "return pow(3, 10**5000, 10**5000 + 1)",
        "x = [[]]\nfor i in range(100):\n    x = [x, x]\nreturn repr(x)",
        "x = ()\nfor i in range(100):\n    x = (x, x)\nreturn {x: 1}",
        "x = [1]\ny = [1]\nfor i in range(100):\n    x = [x, x]\n    y = [y, y]\nreturn x == y",
        "x = {}\nfor i in range(10**9):\n    x[i] = i",
        "x = set()\nfor i in range(10**9):\n    x.add(i)",
        "x = list(range(100000))\nwhile x:\n    x.pop(0)",
        "x = list(range(100000))\nwhile True:\n    x.insert(0, 1)",
        "x = 'ab' * 100000\nwhile True:\n    x.upper()",
        "x = 'ab' * 100000\nwhile True:\n    'c' in x",
        "x = 10 ** 100000\nwhile True:\n    x // 3",
        "return str(10 ** 100000)",
        "return int('9' * 100000)",
        "f = lambda: [f() for _ in range(10)]\nreturn f()",
        "try:\n    while True:\n        pass\nexcept:\n    return 'escaped'\nfinally:\n    return 'escaped'",
        "while True:\n    try:\n        while True:\n            pass\n    finally:\n        continue",
        "def f():\n    try:\n        return f()\n    except RecursionError:\n        return f()\nreturn f()",
        "p = ImagePatch(image)\nwhile True:\n    p.find('cup')",
        "p = ImagePatch(image)\ni = 0\nwhile True:\n    i += 1\n    p.simple_query(str(i))",
        "return ImagePatch(image).simple_query('a' * 10**7)",
        "from collections import Counter\nreturn list(Counter(a=10**12).elements())",
        "return [x for x in range(10**6) for y in range(10**6)]",
        "return sorted(range(10**6), key=lambda x: -x)",
        "return 'x'.split() * 10**9",
        "return ''.join(reversed('a' * 10**8))",
        "return tuple(enumerate(range(10**9)))",
        "return {i: [0] * i for i in range(10**6)}",
    ];
    for attack in attacks {
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
        assert!(bounded, "{attack}: {:.200}", got);
    }
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
