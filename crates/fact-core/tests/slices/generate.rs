//! Random programs over the `blocks` pack with what slicing has to see through: helper functions,
//! changed lists and dicts, exceptions, jumps, loops with `else`, keys, counters.

use proptest::prelude::*;

/// Statements of a block, one a line, indented by the caller.
type Lines = Vec<String>;

fn phrase() -> impl Strategy<Value = String> {
    let color = prop::sample::select(vec!["", "black ", "yellow ", "blue "]);
    let shape = prop::sample::select(vec!["item", "square", "circle"]);
    (color, shape).prop_map(|(color, shape)| format!("{color}{shape}"))
}

/// A whole number, of what every program has: `box`, `n`, `m`, `xs`, `d`.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4u32).prop_map(|n| n.to_string()),
        Just("n".to_owned()),
        Just("m".to_owned()),
        Just("len(xs)".to_owned()),
        Just("xs[0]".to_owned()),
        Just("xs[-1]".to_owned()),
        Just("d.get(\"black\", 0)".to_owned()),
        Just("helper(box)".to_owned()),
        Just("sum(xs)".to_owned()),
        Just("max(xs, key=lambda x: -x)".to_owned()),
        Just("sorted(xs, reverse=True)[0]".to_owned()),
        Just("max(image.boxes, key=lambda b: len(b.items)).index".to_owned()),
        phrase().prop_map(|p| format!("box.count(\"{p}\")")),
        phrase().prop_map(|p| format!("sum(1 for b in image.boxes if b.exists(\"{p}\"))")),
        phrase().prop_map(|p| format!("len([i for i in box.items if i.is_a(\"{p}\")])")),
    ]
}

fn test() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec!["==", "<", ">=", "!="]);
    let leaf = prop_oneof![
        (number(), op, number()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        phrase().prop_map(|p| format!("box.exists(\"{p}\")")),
        phrase().prop_map(|p| format!("any(b.exists(\"{p}\") for b in image.boxes)")),
        phrase().prop_map(|p| format!("all(i.is_a(\"{p}\") for i in box.items)")),
        Just("\"yellow\" in d".to_owned()),
    ];
    leaf.prop_recursive(1, 2, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

fn simple() -> impl Strategy<Value = Lines> {
    prop_oneof![
        number().prop_map(|v| vec![format!("n = {v}")]),
        number().prop_map(|v| vec![format!("m = {v}")]),
        number().prop_map(|v| vec![format!("n += {v}")]),
        number().prop_map(|v| vec![format!("xs.append({v})")]),
        number().prop_map(|v| vec![format!("xs[0] = {v}")]),
        number().prop_map(|v| vec![format!("d[\"black\"] = {v}")]),
        number().prop_map(|v| vec![format!("d.update({{\"yellow\": {v}}})")]),
        Just(vec!["xs.sort()".to_owned()]),
        Just(vec!["xs.reverse()".to_owned()]),
        Just(vec!["n, m = m, n".to_owned()]),
        Just(vec!["ys = xs".to_owned(), "ys.append(1)".to_owned()]),
        Just(vec!["xs = list(xs)".to_owned()]),
        Just(vec!["box = image.boxes[1]".to_owned()]),
        Just(vec!["print(n)".to_owned()]),
        (test(), number(), number()).prop_map(|(t, a, b)| vec![format!("m = {a} if {t} else {b}")]),
    ]
}

fn indented(lines: &Lines) -> Lines {
    lines.iter().map(|line| format!("    {line}")).collect()
}

fn headed(parts: &[(&str, &Lines)]) -> Lines {
    let mut out = Vec::new();
    for (head, body) in parts {
        out.push((*head).to_owned());
        out.extend(indented(body));
    }
    out
}

fn block(depth: u32, in_loop: bool) -> BoxedStrategy<Lines> {
    let some = prop::collection::vec(statement(depth, in_loop), 1..4);
    some.prop_map(|all| all.concat()).boxed()
}

fn statement(depth: u32, in_loop: bool) -> BoxedStrategy<Lines> {
    if depth == 0 {
        let last = match in_loop {
            true => prop_oneof![
                8 => simple(),
                1 => Just(vec!["break".to_owned()]),
                1 => Just(vec!["continue".to_owned()]),
                1 => number().prop_map(|v| vec![format!("return {v}")]),
            ]
            .boxed(),
            false => prop_oneof![
                9 => simple(),
                1 => number().prop_map(|v| vec![format!("return {v}")]),
            ]
            .boxed(),
        };
        return last;
    }
    let d = depth - 1;
    prop_oneof![
        6 => simple(),
        2 => (test(), block(d, in_loop)).prop_map(|(t, a)| headed(&[(&format!("if {t}:"), &a)])),
        2 => (test(), block(d, in_loop), block(d, in_loop))
            .prop_map(|(t, a, b)| headed(&[(&format!("if {t}:"), &a), ("else:", &b)])),
        1 => (test(), test(), block(d, in_loop), block(d, in_loop), block(d, in_loop)).prop_map(
            |(t, u, a, b, c)| headed(&[
                (&format!("if {t}:"), &a),
                (&format!("elif {u}:"), &b),
                ("else:", &c),
            ])
        ),
        2 => block(d, true).prop_map(|a| headed(&[("for box in image.boxes:", &a)])),
        1 => (block(d, true), block(d, in_loop))
            .prop_map(|(a, b)| headed(&[("for item in box.items:", &a), ("else:", &b)])),
        1 => (block(d, true), 1..4u32).prop_map(|(mut a, most)| {
            a.insert(0, "k += 1".to_owned());
            headed(&[(&format!("while k < {most}:"), &a)])
        }),
        2 => (block(d, in_loop), number(), block(d, in_loop)).prop_map(|(mut a, v, b)| {
            a.push(format!("m = xs[{v}]"));
            headed(&[("try:", &a), ("except IndexError:", &b)])
        }),
        1 => (block(d, in_loop), block(d, in_loop), block(d, false)).prop_map(|(mut a, b, c)| {
            a.push("m = d[\"blue\"]".to_owned());
            headed(&[
                ("try:", &a),
                ("except (KeyError, ValueError):", &b),
                ("except ZeroDivisionError:", &vec!["n = 7".to_owned()]),
                ("finally:", &vec!["k = 0".to_owned()]),
            ]).into_iter().chain(c).collect()
        }),
    ]
    .boxed()
}

/// A program.
pub(crate) fn program() -> impl Strategy<Value = String> {
    let helper = (test(), number(), number(), any::<bool>());
    (block(2, false), helper, number(), 0..3usize).prop_map(|(body, helper, result, imports)| {
        let (t, a, b, inner) = helper;
        // What the helper reads of its own.
        let guard = |text: &str| text.replace("helper(box)", "0");
        let (t, a, b) = (guard(&t), guard(&a), guard(&b));
        let used = ["import math", "import math, re", "from math import floor"][imports];
        let mut lines: Lines = vec![used.to_owned()];
        lines.push("def execute_command(image):".to_owned());
        let mut start: Lines = [
            "n = 0",
            "m = 1",
            "k = 0",
            "xs = [2, 1]",
            "d = {}",
            "box = image.boxes[0]",
        ]
        .map(str::to_owned)
        .to_vec();
        let mut tail = vec![
            format!("if {t}:"),
            format!("    return {a}"),
            format!("return {b}"),
        ];
        if inner {
            tail.insert(0, "nonlocal k".to_owned());
            tail.insert(1, "k += 1".to_owned());
        }
        start.extend(headed(&[("def helper(box):", &tail)]));
        start.extend(body);
        start.push(format!("return {result}"));
        lines.extend(indented(&start));
        format!("{}\n", lines.join("\n"))
    })
}
