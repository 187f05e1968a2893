//! What a trace says, one construct at a time.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{image, outcome, run_with};
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Recorded, Request};
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use std::sync::LazyLock;

/// A pack small enough to read its traces.
const MINI: &str = r#""""Things."""
VERSION = "1"


@primitive
def look(region: Region, name: str) -> List[Detection]:
    ...


@primitive
def ask(region: Region, question: str) -> bool:
    ...


@says("the thing")
class Thing:
    """A thing."""

    def __init__(self, region):
        self._region = region

    def __repr__(self):
        return "thing"

    @says("{self} [be] {color}")
    def is_a(self, color: str = "red") -> bool:
        """Is it of the color?"""
        return ask(self._region, color)

    @property
    def left(self) -> int:
        """Its left edge."""
        return self._region.left

    @says("[there be] {result} ({name}) in {self}")
    def find(self, name: str) -> List[Thing]:
        """The things of a name in it."""
        return [Thing(d.region) for d in look(self._region, name)]


def twice(n: int) -> int:
    """Twice the number."""
    return _double(n)


def _double(n):
    return n * 2


@wraps_input("image")
def _image(region):
    return Thing(region)
"#;

static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::load("mini", MINI).unwrap());

fn answers(request: &Request) -> Option<Answer> {
    Some(match request.tool.as_str() {
        "look" => Answer::Detections(vec![
            common::detection("cup", [10.0, 0.0, 20.0, 10.0]),
            common::detection("cup", [30.0, 0.0, 40.0, 10.0]),
        ]),
        _ => Answer::Bool(request.region.left > 20.0),
    })
}

fn traced(source: &str) -> Run {
    run_with(source, &PACK, answers, &Limits::default())
}

fn rendered(lines: &str) -> String {
    let mut source = "def execute_command(image):\n".to_owned();
    for line in lines.lines() {
        source.push_str("    ");
        source.push_str(line);
        source.push('\n');
    }
    let run = traced(&source);
    check(&run.trace);
    let program = parse_program(&source).unwrap();
    let trace = run.trace.render(&program, &PACK);
    format!("{source}\n{}\n\n{trace}", outcome(&run))
}

/// What holds of every trace.
fn check(trace: &Trace) {
    for (i, event) in trace.events.iter().enumerate() {
        let id = EventId(i as u32);
        assert!(event.control < id || i == 0);
        assert!(trace.inputs_of(id).iter().all(|input| *input < id));
    }
    for call in &trace.pack_calls {
        assert!(call.events.0 <= call.events.1);
        if let Some(event) = call.event {
            assert!(call.events.1 <= event.0);
        }
    }
    for call in &trace.tool_calls {
        assert!((call.answer as usize) < trace.answers.len());
    }
}

macro_rules! snapshots {
    ($($name:ident: $lines:literal),* $(,)?) => {
        $(#[test] fn $name() { insta::assert_snapshot!(rendered($lines)); })*
    };
}

snapshots! {
    assignment_and_operators: "x = 1\ny = x + 2\nreturn -y",
    branch_taken_and_not: "x = 1\nif image.is_a('red'):\n    x = 2\nreturn x",
    branch_with_return: "if image.is_a('red'):\n    return 'yes'\nx = 1\nreturn 'no'",
    loop_that_finds_nothing: "for t in image.find('cup'):\n    if t.is_a('blue') and t.left > 100:\n        return 'yes'\nreturn 'no'",
    loop_that_counts: "n = 0\nfor t in [1, 2]:\n    n += t\nreturn n",
    loop_with_break_and_else: "for t in [1, 2]:\n    if t > 5:\n        break\nelse:\n    return 'none'\nreturn t",
    loop_with_continue: "n = 0\nfor t in [1, 2]:\n    if t == 1:\n        continue\n    n = t\nreturn n",
    while_loop: "n = 0\nwhile n < 2:\n    n += 1\nreturn n",
    container_elements: "xs = [1, image]\nx = xs[0]\nxs.append(3)\nreturn len(xs)",
    container_store: "d = {'a': 1}\nd['b'] = 2\nreturn d['a']",
    filtered_comprehension: "ts = [t for t in image.find('cup') if t.is_a('red')]\nreturn len(ts)",
    generator_any: "return any(t.is_a() for t in image.find('cup'))",
    pack_calls: "return twice(image.left)",
    program_functions: "def f(t, n=2):\n    return t.left + n\nreturn f(image)",
    boolean_operators: "return image.is_a('red') or image.left > 5 or 'none'",
    conditional_expression: "return 'a' if image.is_a('red') else 'b'",
    unpacking: "a, (b, *c) = 1, (2, 3, 4)\nreturn c",
    sorting: "ts = image.find('cup')\nts.sort(key=lambda t: -t.left)\nreturn ts[0].left",
    untaken_mutation: "xs = [1]\nif image.is_a('red'):\n    xs.append(2)\nreturn len(xs)",
    exception_caught: "try:\n    x = [][0]\nexcept IndexError as e:\n    x = 0\nreturn x",
    exception_uncaught: "ts = image.find('cup')\nreturn ts[5].left",
    assertion: "assert image.left == 0\nreturn 1",
    chained_comparison: "return 0 <= image.left < 5",
    nested_control: "n = 0\nfor t in [1, 2, 3]:\n    if t > 1:\n        if t > 2:\n            break\n        n = t\nreturn n",
}

/// Whether the result depends on an event of a kind at a line.
fn depends(source: &str, what: impl Fn(&EventKind) -> bool) -> bool {
    let run = traced(source);
    check(&run.trace);
    let used = run.trace.closure(run.trace.result);
    run.trace
        .events
        .iter()
        .zip(used)
        .any(|(event, used)| used && what(&event.kind))
}

#[test]
fn closures_are_precise_and_sound() {
    let tool = |kind: &EventKind| matches!(kind, EventKind::ToolCall { .. });
    let program = |lines: &str| {
        let lines = lines.replace('\n', "\n    ");
        format!("def execute_command(image):\n    {lines}\n")
    };
    for (lines, wanted) in [
        // Used: by data, by branch, by what a branch or loop did not do.
        ("return image.is_a('red')", true),
        ("if image.is_a('red'):\n    return 1\nreturn 2", true),
        ("x = 1\nif image.is_a('red'):\n    x = 2\nreturn x", true),
        (
            "xs = []\nif image.is_a('red'):\n    xs.append(1)\nreturn len(xs)",
            true,
        ),
        (
            "for t in image.find('cup'):\n    if t.left > 99:\n        return 1\nreturn 2",
            true,
        ),
        (
            "xs = []\nfor t in image.find('cup'):\n    if t.left > 99:\n        xs.append(t)\nreturn len(xs)",
            true,
        ),
        (
            "for t in [1, 2]:\n    if image.is_a('red'):\n        break\n    x = t\nreturn x",
            true,
        ),
        (
            "for t in [1]:\n    if image.is_a('red'):\n        continue\n    return 5\nreturn 6",
            true,
        ),
        ("return len([t for t in [1, 2] if image.is_a('red')])", true),
        ("return [1, 2][image.is_a('red')]", true),
        ("return 1 if image.is_a('red') else 2", true),
        ("return (image.is_a('red') and 1) or 2", true),
        ("while image.is_a('red'):\n    return 3\nreturn 4", true),
        (
            "def f():\n    if image.is_a('red'):\n        return 1\n    return 2\nreturn f()",
            true,
        ),
        ("d = {}\nd[image.is_a('red')] = 1\nreturn len(d)", true),
        (
            "d = {'a': 1}\nif image.is_a('red'):\n    d['a'] = 2\nreturn d['a']",
            true,
        ),
        ("xs = [1] if image.is_a('red') else [2]\nreturn xs[0]", true),
        ("assert not image.is_a('red')\nreturn 1", true),
        (
            "try:\n    [1][image.is_a('red') + 1]\nexcept IndexError:\n    return 2\nreturn 1",
            true,
        ),
        (
            "try:\n    [1][image.left + 1 + image.is_a('red')]\nexcept IndexError:\n    x = 2\nreturn x",
            true,
        ),
        (
            "xs = list(filter(lambda n: image.is_a('red'), [1]))\nreturn len(xs)",
            true,
        ),
        (
            "return next((n for n in [1, 2] if image.is_a('red')), None)",
            true,
        ),
        (
            "return sorted([1, 2], key=lambda n: image.is_a('red'))[0]",
            true,
        ),
        (
            "n = 0\nfor t in image.find('cup'):\n    n += 1\nreturn n",
            true,
        ),
        // Not used.
        ("x = image.is_a('red')\nreturn 1", false),
        ("if image.is_a('red'):\n    x = 1\nreturn 2", false),
        ("xs = [image.is_a('red'), 1]\nreturn xs[1]", false),
        ("xs = [image.is_a('red'), 1]\nreturn len(xs)", false),
        (
            "xs = []\nxs.append(image.is_a('red'))\nreturn len(xs)",
            false,
        ),
        ("d = {'a': image.is_a('red'), 'b': 2}\nreturn d['b']", false),
        (
            "def f(x):\n    return 1\ny = image.is_a('red')\nreturn f(2)",
            false,
        ),
        ("a, b = image.is_a('red'), 2\nreturn b", false),
        ("for t in [1, 2]:\n    image.is_a('red')\nreturn 3", false),
    ] {
        assert_eq!(depends(&program(lines), tool), wanted, "{lines}");
    }
}

#[test]
fn elements_are_kept_apart() {
    // The second thing is asked about; the first one is not part of why.
    let source = "\
def execute_command(image):
    ts = image.find('cup')
    a = ts[0].is_a('red')
    b = ts[1].is_a('red')
    return b
";
    let run = traced(source);
    let used = run.trace.closure(run.trace.result);
    let asked: Vec<bool> = run
        .trace
        .tool_calls
        .iter()
        .map(|call| used[call.event.index()])
        .collect();
    assert_eq!(asked, [true, false, true]);
}

/// Suspends on each request in turn, then re-runs with its answer.
fn by_replay(source: &str) -> (Run, usize) {
    let program = parse_program(source).unwrap();
    let inputs = Inputs::image(image());
    let mut known: Vec<Recorded> = Vec::new();
    for round in 0.. {
        let mut table = known.as_slice();
        let run = run(&program, &PACK, &inputs, &mut table, &Limits::default());
        match run.outcome {
            Outcome::Suspended(request) => {
                let answer = answers(&request).unwrap();
                known.push(Recorded { request, answer });
            }
            _ => return (run, round),
        }
    }
    unreachable!()
}

#[test]
fn replay_gives_the_same_run() {
    let source = "\
def execute_command(image):
    found = []
    for t in image.find('cup'):
        try:
            if t.is_a('red'):
                found.append(t)
        except:
            found.append('swallowed')
        finally:
            t.left
    image.find('cup')
    return len(found), [t.left for t in found]
";
    let straight = traced(source);
    let (replayed, rounds) = by_replay(source);
    assert_eq!(outcome(&replayed), "tuple (1, [30])");
    assert_eq!(rounds, 3);
    assert_eq!(straight, replayed);
    assert_eq!(format!("{straight:?}"), format!("{replayed:?}"));
    // The repeated request is answered once.
    assert_eq!(replayed.trace.answers.len(), 3);
    assert_eq!(replayed.trace.tool_calls.len(), 4);
}

#[test]
fn no_python_sees_a_suspension_or_a_limit() {
    let source = "\
def execute_command(image):
    try:
        image.is_a('red')
    except BaseException:
        return 'seen'
    finally:
        print('seen')
";
    let mut none: &[Recorded] = &[];
    let program = parse_program(source).unwrap();
    let suspended = run(
        &program,
        &PACK,
        &Inputs::image(image()),
        &mut none,
        &Limits::default(),
    );
    assert!(matches!(suspended.outcome, Outcome::Suspended(_)));
    assert_eq!(suspended.output, "");
    let limits = Limits {
        tool_calls: 0,
        ..Limits::default()
    };
    let limited = run_with(source, &PACK, answers, &limits);
    assert_eq!(outcome(&limited), "limit ToolCalls");
    assert_eq!(limited.output, "");
}

#[test]
fn questions_answered_with_errors_are_bounded_too() {
    let source = "\
def execute_command(image):
    failed = 0
    for i in range(100):
        try:
            image.is_a(str(i))
        except RuntimeError:
            failed += 1
    return failed
";
    let mut asked = 0;
    let refuse = |_: &Request| {
        asked += 1;
        Some(Answer::Error("no".into()))
    };
    let limits = Limits {
        tool_calls: 7,
        ..Limits::default()
    };
    let limited = run_with(source, &PACK, refuse, &limits);
    assert_eq!(outcome(&limited), "limit ToolCalls");
    assert_eq!(asked, 7);
}

#[test]
fn limits_have_places() {
    let source = "def execute_command(image):\n    x = 1\n    while True:\n        x += 1\n";
    let run = traced(source);
    let Outcome::LimitReached { span, .. } = run.outcome else {
        panic!("{:?}", run.outcome);
    };
    let text = &source[span.start as usize..span.end as usize];
    assert!(
        ["x", "x += 1", "True"].contains(&text) || text.starts_with("while"),
        "{text}"
    );
    let source = "def execute_command(image):\n    return [image.find('a')[9]]\n";
    let Outcome::Raised(raised) = traced(source).outcome else {
        panic!();
    };
    let text = &source[raised.span.start as usize..raised.span.end as usize];
    assert_eq!(text, "image.find('a')[9]");
}

#[test]
fn answers_of_the_wrong_kind_are_runtime_errors() {
    let source = "def execute_command(image):\n    return image.is_a('red')\n";
    let wrong = |answer: Answer| {
        outcome(&run_with(
            source,
            &PACK,
            |_| Some(answer.clone()),
            &Limits::default(),
        ))
    };
    assert_eq!(
        wrong(Answer::Text("yes".into())),
        "RuntimeError: perception answered ask() with a text, not bool"
    );
    assert_eq!(wrong(Answer::Error("busy".into())), "RuntimeError: busy");
    let boxes = "def execute_command(image):\n    return [t.left for t in image.find('a')]\n";
    let odd = |bbox: [f64; 4]| {
        let found = Answer::Detections(vec![common::detection("a", bbox)]);
        outcome(&run_with(
            boxes,
            &PACK,
            |_| Some(found.clone()),
            &Limits::default(),
        ))
    };
    assert_eq!(odd([f64::NAN, 0.0, 5.0, 5.0]), "list [0]");
    assert_eq!(
        odd([-1e300, f64::NEG_INFINITY, f64::INFINITY, 1e300]),
        "list [0]"
    );
}

#[test]
fn the_prompt_shows_the_public_api() {
    insta::assert_snapshot!(PACK.prompt_stub());
    insta::assert_snapshot!(common::VIPER.prompt_stub());
}

#[test]
fn a_patch_found_depends_on_what_was_found_where() {
    let run = common::go(
        "\
def execute_command(image):
    x = image.width
    whole = ImagePatch(image)
    part = whole.crop(0, 0, x, 480)
    cups = part.find('cup')
    other = whole.find('dog')
    return cups[0].left
",
    );
    let trace = &run.trace;
    let used = trace.closure(trace.result);
    let tools: Vec<bool> = trace
        .tool_calls
        .iter()
        .map(|call| used[call.event.index()])
        .collect();
    assert_eq!(tools, [true, false], "{}", common::outcome(&run));
    let x = trace
        .events
        .iter()
        .position(|e| e.kind == EventKind::Assign && e.value == TraceValue::Int(640));
    assert!(used[x.unwrap()], "where it was looked for");
}
