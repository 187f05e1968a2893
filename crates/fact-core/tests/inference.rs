//! Typed claims of inferences: each part that is tampered with, sentence and claim together, is
//! caught by the claim's entailment; and what a loop cut short did not see is not claimed.

#![allow(clippy::expect_used, reason = "a failed step fails the test")]

mod common;

use common::{Scene, explained};
use fact_core::claim::Term;
use fact_core::claim::inferred::{Inferred, Quantified, Quantifier};
use fact_core::explain::Explained;
use fact_core::rationale::StepKind;
use fact_core::{CheckOptions, Rejection, check};
use fact_lang::pack::Pack;
use fact_lang::trace::EventKind;

/// Five boxes: 2, 3, 2, 0 and 1 yellow items, one black item in the second.
const SCENE: &str = "
image 800x100
box 0,0,100,100
box 150,0,250,100
box 300,0,400,100
box 450,0,550,100
box 600,0,700,100
item 10,40,30,60 color=yellow shape=square size=medium
item 50,40,70,60 color=yellow shape=circle size=medium
item 160,10,180,30 color=yellow shape=square size=medium
item 160,60,180,80 color=yellow shape=square size=medium
item 200,60,220,80 color=yellow shape=triangle size=medium
item 200,10,220,30 color=black shape=square size=medium
item 310,10,330,30 color=yellow shape=square size=medium
item 310,60,330,80 color=yellow shape=square size=medium
item 610,60,630,80 color=yellow shape=square size=medium
question Is it so?
";

fn pack() -> Pack {
    Pack::builtin("blocks").expect("the shipped pack")
}

fn made(body: &str) -> Explained {
    explained(&Scene::parse(SCENE), &pack(), body).expect("an explanation")
}

fn rejections(explained: &Explained) -> Vec<Rejection> {
    let text = explained.rationale.text();
    check(
        &explained.certificate,
        &explained.rationale,
        Some(&text),
        &pack(),
        CheckOptions::default(),
    )
}

/// The last inference: its step.
fn last(explained: &Explained) -> usize {
    let steps = &explained.rationale.steps;
    steps
        .iter()
        .rposition(|s| s.kind == StepKind::Inference)
        .expect("an inference")
}

/// Changes sentence and claim of the last inference, and tells whether the claim itself, and not
/// only the text written again, is rejected.
fn tampered(
    honest: &Explained,
    sentence: &dyn Fn(&str) -> String,
    claim: &dyn Fn(&mut Quantified),
) -> bool {
    assert_eq!(rejections(honest), [], "{}", honest.rationale.text());
    let mut forged = honest.clone();
    let at = last(&forged);
    let step = &mut forged.rationale.steps[at];
    step.text = sentence(&step.text);
    let inferred = forged.certificate.claims[at]
        .iter_mut()
        .find_map(|c| match &mut c.inferred {
            Some(Inferred::Quantified(quantified)) => Some(quantified),
            _ => None,
        });
    claim(inferred.expect("a quantified claim"));
    rejections(&forged)
        .iter()
        .any(|r| matches!(r, Rejection::Claim { step, .. } if *step == at + 1))
}

fn unchanged(text: &str) -> String {
    text.to_owned()
}

const COUNTED: &str = "
def execute_command(image):
    return sum(box.count('yellow item') == 2 for box in image.boxes) == 3
";

const NONE: &str = "
def execute_command(image):
    return any(box.count('yellow item') == 4 for box in image.boxes)
";

const EVERY: &str = "
def execute_command(image):
    return all(box.count('yellow item') <= 3 for box in image.boxes)
";

const WITNESS: &str = "
def execute_command(image):
    for box in image.boxes:
        if box.count('yellow item') >= 3 and box.count('yellow item') > box.count('circle'):
            return True
    return False
";

#[test]
fn a_count_is_held_against_the_elements() {
    let honest = made(COUNTED);
    let text = &honest.rationale.steps[last(&honest)].text;
    assert_eq!(
        text,
        "So only 2 of the 5 boxes have exactly 2 yellow items, not 3."
    );
    let swap = |from: &'static str, to: &'static str| move |t: &str| t.replacen(from, to, 1);
    let three = |q: &mut Quantified| q.quantifier = Quantifier::Count(3);
    assert!(tampered(&honest, &swap("only 2", "only 3"), &three));
    assert!(tampered(&honest, &swap("only 2", "only 3"), &|_| {}));
    assert!(tampered(&honest, &swap("of the 5", "of the 4"), &|q| {
        q.elements.remove(0);
    }));
    assert!(tampered(&honest, &swap("of the 5", "of the 4"), &|_| {}));
    assert!(tampered(&honest, &swap("exactly 2", "exactly 7"), &|_| {}));
    assert!(tampered(&honest, &swap(", not 3", ", not 2"), &|_| {}));
    assert!(tampered(&honest, &swap(", not 3", ", not 9"), &|_| {}));
    // An element judged by another's event, or by none.
    assert!(tampered(&honest, &unchanged, &|q| {
        q.elements[1].by = q.elements[0].by.clone();
    }));
    assert!(tampered(&honest, &unchanged, &|q| q.elements[0].by.clear()));
    // An element twice, in the place of another.
    assert!(tampered(&honest, &unchanged, &|q| {
        q.elements[3] = q.elements[0].clone();
    }));
    // Another loop, and none.
    assert!(tampered(&honest, &unchanged, &|q| q.over[0] += 1));
    assert!(tampered(&honest, &unchanged, &|q| q.over.clear()));
    // The opposite of the condition, another node, no condition at all.
    let two_of = swap(
        "only 2 of the 5 boxes have",
        "only 3 of the 5 boxes do not have",
    );
    assert!(tampered(&honest, &two_of, &three));
    assert!(tampered(&honest, &swap("have", "do not have"), &|_| {}));
    assert!(tampered(&honest, &unchanged, &|q| q.holds[0].node += 1));
    assert!(tampered(&honest, &unchanged, &|q| q.holds.clear()));
}

#[test]
fn none_is_held_against_the_elements() {
    let honest = made(NONE);
    let text = &honest.rationale.steps[last(&honest)].text;
    assert_eq!(text, "So none of the 5 boxes has exactly 4 yellow items.");
    let some = |t: &str| t.replacen("none of the 5 boxes has", "every box has", 1);
    assert!(tampered(&honest, &some, &|q| {
        q.quantifier = Quantifier::All;
    }));
    assert!(tampered(&honest, &some, &|_| {}));
    let two = |t: &str| t.replacen("exactly 4", "exactly 2", 1);
    assert!(tampered(&honest, &two, &|_| {}));
    assert!(tampered(&honest, &unchanged, &|q| {
        q.elements.pop();
    }));
    // Only the second box, of which it is so, is spoken of.
    let one = |t: &str| t.replacen("none of the 5 boxes has", "the second box does not have", 1);
    assert!(tampered(&honest, &one, &|q| q.quantifier = Quantifier::NotAll));
}

#[test]
fn every_is_held_against_the_elements() {
    let honest = made(EVERY);
    let text = &honest.rationale.steps[last(&honest)].text;
    assert_eq!(text, "So all 5 boxes have at most 3 yellow items.");
    let none = |t: &str| t.replacen("all 5 boxes have", "no box has", 1);
    assert!(tampered(&honest, &none, &|q| {
        q.quantifier = Quantifier::None;
    }));
    let not = |t: &str| t.replacen("all 5 boxes have", "not every box has", 1);
    assert!(tampered(&honest, &not, &|q| {
        q.quantifier = Quantifier::NotAll;
        q.elements.truncate(1);
    }));
}

#[test]
fn a_witness_is_the_one_that_was_judged() {
    let honest = made(WITNESS);
    let text = &honest.rationale.steps[last(&honest)].text;
    assert_eq!(
        text,
        "So the second box has at least 3 yellow items and more yellow items than circles."
    );
    let first = |t: &str| t.replacen("second", "first", 1);
    assert!(tampered(&honest, &first, &|_| {}));
    let not = |t: &str| t.replacen("has", "does not have", 1);
    assert!(tampered(&honest, &not, &|q| {
        q.quantifier = Quantifier::NotAll;
    }));
    assert!(tampered(&honest, &unchanged, &|q| {
        let again = q.elements[0].clone();
        q.elements.push(again);
    }));
}

#[test]
fn a_comparison_is_the_one_that_was_made() {
    let honest = made(
        "
def execute_command(image):
    return image.count('yellow item') - image.count('black item') > 9
",
    );
    assert_eq!(rejections(&honest), []);
    let at = last(&honest);
    assert_eq!(honest.rationale.steps[at].text, "So 7 is not more than 9.");
    type Change = fn(&mut fact_core::claim::inferred::Compared);
    let changes: [Change; 4] = [
        |c| c.left = Term::Number(10.0),
        |c| c.right = Term::Number(7.0),
        |c| c.holds = true,
        |c| c.operator = fact_core::claim::inferred::Operator::AtLeast,
    ];
    for change in changes {
        let mut forged = honest.clone();
        for claim in &mut forged.certificate.claims[at] {
            if let Some(Inferred::Compared(compared)) = &mut claim.inferred {
                change(compared);
            }
        }
        let found = rejections(&forged);
        let named = found
            .iter()
            .any(|r| matches!(r, Rejection::Claim { step, .. } if *step == at + 1));
        assert!(named, "{found:?}");
    }
    // The sentence alone, with numbers that are those of the claim.
    let mut forged = honest.clone();
    forged.rationale.steps[at].text = "So there are 7 more, more than 9.".into();
    let found = rejections(&forged);
    assert!(
        found
            .iter()
            .any(|r| matches!(r, Rejection::Claim { step, .. } if *step == at + 1)),
        "{found:?}"
    );
}

#[test]
fn an_inference_without_a_typed_claim_is_rejected() {
    let honest = made(NONE);
    let at = last(&honest);
    for drop_all in [true, false] {
        let mut forged = honest.clone();
        let claims = &mut forged.certificate.claims[at];
        if drop_all {
            claims.clear();
        } else {
            claims.iter_mut().for_each(|c| c.inferred = None);
        }
        let found = rejections(&forged);
        let named = found
            .iter()
            .any(|r| matches!(r, Rejection::Claim { step, .. } if *step == at + 1));
        assert!(named, "{found:?}");
    }
}

/// A loop that is cut short has not judged all, whatever its sentence says.
#[test]
fn what_was_not_looked_at_is_not_claimed() {
    for cut in [
        // `break` on the second box
        "
def execute_command(image):
    found = False
    for box in image.boxes:
        if box.count('yellow item') == 3:
            break
        if box.count('black item') == 1:
            found = True
    return found
",
        // `continue` passes some by
        "
def execute_command(image):
    for box in image.boxes:
        if box.count('yellow item') >= 2:
            continue
        if box.count('black item') == 1:
            return True
    return False
",
        // `return` in the loop
        "
def execute_command(image):
    for box in image.boxes:
        if box.count('yellow item') == 3:
            return False
        if box.count('black item') == 1:
            return True
    return False
",
    ] {
        let honest = made(cut);
        assert_eq!(rejections(&honest), [], "{}", honest.rationale.text());
        for step in &honest.rationale.steps {
            assert!(
                !step.text.starts_with("So no box has exactly 1 black item"),
                "{cut}\n{}",
                honest.rationale.text()
            );
        }
    }
}

/// A claim over a loop that was cut short is rejected, though each element that was seen bears it.
#[test]
fn a_loop_cut_short_bears_no_quantifier() {
    let honest = made(WITNESS);
    let pack = pack();
    let certificate = &honest.certificate;
    let inputs = fact_core::certificate::inputs(
        certificate.images.clone(),
        &certificate.question,
        &certificate.choices,
    );
    let residual = pack.parse(&certificate.residual).expect("a program");
    let limits = fact_core::certificate::limits();
    let run = fact_core::slice::Setting {
        pack: &pack,
        inputs: &inputs,
        answers: &certificate.answers,
        limits: &limits,
    }
    .run(&residual);
    let begin = run
        .trace
        .events
        .iter()
        .position(|e| e.kind == EventKind::Loop && !e.node.pack)
        .expect("a loop");
    let at = last(&honest);
    let all = |q: &mut Quantified| {
        // All that was looked at: the first box, of which it is not so, and the second.
        q.quantifier = Quantifier::Count(1);
        q.over = vec![begin as u32];
    };
    let one = |_: &str| "So 1 of the 2 boxes has at least 3 yellow items.".to_owned();
    assert!(tampered(&honest, &one, &all));
    let mut forged = honest.clone();
    for claim in &mut forged.certificate.claims[at] {
        if let Some(Inferred::Quantified(quantified)) = &mut claim.inferred {
            all(quantified);
        }
    }
    let found = rejections(&forged);
    let short = found.iter().any(|r| {
        matches!(r, Rejection::Claim { step, reason }
            if *step == at + 1 && reason.contains("cut short"))
    });
    assert!(short, "{found:?}");
}

/// Functions that call each other without end, names that double, long chains: said or not, it ends.
#[test]
fn hostile_conditions_end() {
    let doubling: String = (1..60)
        .map(|i| format!("        a{i} = a{} and a{}\n", i - 1, i - 1))
        .collect();
    let chain: String = (1..400)
        .map(|i| format!("    x{i} = list(x{})\n", i - 1))
        .collect();
    for body in [
        "
def execute_command(image):
    def f(box):
        return box.exists('circle') and (f(box) or f(box) or f(box) or f(box))
    return any(f(box) for box in image.boxes if box.count('item') == 0)
"
        .to_owned(),
        format!(
            "
def execute_command(image):
    for box in image.boxes:
        a0 = box.exists('black item')
{doubling}        if a59:
            return True
    return False
"
        ),
        format!(
            "
def execute_command(image):
    x0 = image.boxes
{chain}    return any(box.count('item') == 9 for box in x399)
"
        ),
    ] {
        let honest = made(&body);
        let text = honest.rationale.text();
        let found = check(
            &honest.certificate,
            &honest.rationale,
            Some(&text),
            &pack(),
            CheckOptions { fast: true },
        );
        assert_eq!(found, []);
        assert!(text.len() < 20_000, "{} bytes", text.len());
    }
}
