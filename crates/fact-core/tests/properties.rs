//! Invariants over random scenes and programs: every rationale that is written is accepted by the
//! checker, slicing what was sliced changes nothing, and the same inputs give the same bytes.

mod common;

use common::{Scene, explained};
use fact_core::english::{Problem, Rule, lint};
use fact_core::{CheckOptions, Rationale, StepKind, check};
use fact_lang::pack::Pack;
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::LazyLock;

static PACK: LazyLock<Pack> =
    LazyLock::new(|| Pack::builtin("blocks").unwrap_or_else(|e| panic!("the shipped pack: {e}")));

fn phrase() -> impl Strategy<Value = String> {
    let color = prop::sample::select(vec!["", "black ", "yellow ", "blue "]);
    let shape = prop::sample::select(vec!["item", "square", "circle", "triangle"]);
    (color, shape).prop_map(|(color, shape)| format!("{color}{shape}"))
}

fn op2() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["==", ">=", "<"])
}

/// A condition on `box`.
fn condition() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec!["==", ">=", "<=", ">", "<", "!="]);
    let leaf = prop_oneof![
        (phrase(), op, 0..4).prop_map(|(p, op, n)| format!("box.count(\"{p}\") {op} {n}")),
        phrase().prop_map(|p| format!("box.exists(\"{p}\")")),
        phrase().prop_map(|p| format!("any(i.touches_wall() for i in box.find(\"{p}\"))")),
        phrase().prop_map(|p| format!("all(i.color == \"yellow\" for i in box.find(\"{p}\"))")),
        phrase().prop_map(|p| format!(
            "any(a.is_left_of(b) for a in box.find(\"{p}\") for b in box.items)"
        )),
        (phrase(), phrase()).prop_map(|(p, q)| format!(
            "sum(a.touches(b) for a in box.find(\"{p}\") for b in box.find(\"{q}\")) == 1"
        )),
        (phrase(), phrase()).prop_map(|(p, q)| format!(
            "sum(i.is_a(\"{p}\") for i in box.find(\"{q}\")) >= 1"
        )),
        (phrase(), 0..3).prop_map(|(p, n)| format!(
            "(len(box.items) > {n} and box.items[{n}].is_a(\"{p}\"))"
        )),
        phrase().prop_map(|p| format!(
            "(box.exists(\"{p}\") and max(box.find(\"{p}\"), key=lambda i: i.x).color == \"black\")"
        )),
        phrase().prop_map(|p| format!(
            "(box.exists(\"{p}\") and sorted(box.find(\"{p}\"), key=lambda i: i.y)[0].touches_wall())"
        )),
        (op2(), 0..4).prop_map(|(op, n)| format!(
            "(box.tower is not None and box.tower.height {op} {n})"
        )),
        phrase().prop_map(|p| format!(
            "(box.tower is not None and box.tower.top.is_a(\"{p}\"))"
        )),
        (phrase(), 0..3).prop_map(|(p, n)| format!(
            "(box.tower is not None and sum(b.is_a(\"{p}\") for b in box.tower.blocks[1:]) == {n})"
        )),
        (0..4).prop_map(|n| format!("len(box.colors) == {n}")),
        (phrase(), phrase()).prop_map(|(p, q)| format!(
            "box.count(\"{p}\") > len(box.find(\"{q}\"))"
        )),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not {a}")),
        ]
    })
}

fn program() -> impl Strategy<Value = String> {
    (condition(), condition(), 0..9usize, 0..4).prop_map(|(a, b, form, n)| {
        let head = "def execute_command(image):\n";
        match form {
            0 => format!("{head}    return any({a} for box in image.boxes)\n"),
            1 => format!("{head}    return all({a} for box in image.boxes)\n"),
            2 => format!("{head}    return sum(1 for box in image.boxes if {a}) >= {n}\n"),
            3 => format!(
                "{head}    for box in image.boxes:\n        idle = {b}\n        if {a}:\n            return \"yes\"\n    return \"no\"\n"
            ),
            4 => format!(
                "{head}    total = 0\n    for box in image.boxes:\n        if {a}:\n            total += 1\n        elif {b}:\n            total += 2\n    return total\n"
            ),
            6 => format!("{head}    return all({a} for box in image.boxes[1:])\n"),
            7 => format!(
                "{head}    return sum(t.top.color == \"black\" for t in image.towers) == {n} or any({a} for box in image.boxes)\n"
            ),
            8 => format!(
                "{head}    things = image.find(\"circle\")\n    return len(things) > {n} and all(t.color != \"blue\" for t in things)\n"
            ),
            _ => format!(
                "{head}    kept = [box for box in image.boxes if {a}]\n    if len(kept) == 0:\n        return False\n    box = kept[0]\n    return {b}\n"
            ),
        }
    })
}

fn scene() -> impl Strategy<Value = String> {
    let item = (
        0..3u32,
        0..8u32,
        0..8u32,
        prop::sample::select(vec![10u32, 20, 30]),
        prop::sample::select(vec!["black", "yellow", "blue"]),
        prop::sample::select(vec!["square", "circle", "triangle"]),
    );
    prop::collection::vec(item, 0..9).prop_map(|items| {
        let mut text = String::from("box 0,0,100,100\nbox 150,0,250,100\nbox 300,0,400,100\n");
        for (slot, x, y, size, color, shape) in items {
            let (left, top) = (150 * slot + x * 10, y * 10);
            let (right, bottom) = ((left + size).min(150 * slot + 100), (top + size).min(100));
            let name = match size {
                10 => "small",
                20 => "medium",
                _ => "big",
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "item {left},{top},{right},{bottom} color={color} shape={shape} size={name}"
            );
        }
        text
    })
}

/// What the linter finds wrong. How long a sentence is and what it repeats is a matter of the program,
/// and nobody writes such as these; that a number is not another is let pass of inferences, where the
/// rules have no better words.
fn problems(rationale: &Rationale) -> Vec<Problem> {
    let evidence = rationale.steps.iter();
    let evidence: Vec<&str> = evidence
        .filter(|step| step.kind == StepKind::Evidence)
        .map(|step| step.text.as_str())
        .collect();
    let mut problems = lint(&evidence.join(" "));
    let whole = lint(&rationale.text()).into_iter();
    problems.extend(whole.filter(|p| p.rule != Rule::Empty));
    problems.retain(|p| !matches!(p.rule, Rule::Long | Rule::RepeatedName));
    problems
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_accepted_and_slicing_is_idempotent(text in scene(), source in program()) {
        let scene = Scene::parse(&text);
        let made = match explained(&scene, &PACK, &source) {
            Ok(made) => made,
            // A program whose answer rests on nothing has no rationale.
            Err(reason) => {
                prop_assert!(reason.contains("does not depend on the image"), "{source}\n{reason}");
                return Ok(());
            }
        };
        let (certificate, rationale) = (&made.certificate, &made.rationale);
        let running = rationale.text();
        prop_assert_eq!(&problems(rationale), &[], "{}\n{}", source, running);
        let rejections = check(certificate, rationale, Some(&running), &PACK, CheckOptions::default());
        prop_assert_eq!(&rejections, &[], "{}\n{}", source, running);

        let again = explained(&scene, &PACK, &source);
        prop_assert_eq!(again.as_ref(), Ok(&made));
        let twice = explained(&scene, &PACK, &certificate.residual);
        let twice = twice.map(|t| t.certificate.residual);
        prop_assert_eq!(twice.as_deref(), Ok(certificate.residual.as_str()));
    }
}
