//! A certificate that was tampered with is rejected, for the right reason.

#![allow(clippy::expect_used, reason = "a failed step fails the test")]

mod common;

use common::{Scene, explained};
use fact_core::explain::Explained;
use fact_core::{CheckOptions, Rejection, check};
use fact_lang::pack::Pack;
use fact_lang::tool::{Answer, Arg};

const SCENE: &str = "
box 0,0,100,100
box 150,0,250,100
box 300,0,400,100
item 40,40,70,70 color=black shape=square size=big
item 0,20,10,30 color=yellow shape=circle size=small
item 160,30,180,50 color=yellow shape=square size=medium
item 150,60,170,80 color=yellow shape=square size=medium
item 340,40,360,60 color=blue shape=triangle size=medium
question There is a box with exactly 2 yellow squares, one of which touches the left wall.
";

const PROGRAM: &str = "
def execute_command(image):
    for box in image.boxes:
        squares = box.find('yellow square')
        if len(squares) == 2 and any(s.touches_wall('left') for s in squares):
            return True
    return False
";

fn made(pack: &Pack) -> Explained {
    explained(&Scene::parse(SCENE), pack, PROGRAM).expect("an explanation")
}

fn rejections(pack: &Pack, explained: &Explained) -> Vec<Rejection> {
    let text = explained.rationale.text();
    let (certificate, rationale) = (&explained.certificate, &explained.rationale);
    check(
        certificate,
        rationale,
        Some(&text),
        pack,
        CheckOptions::default(),
    )
}

fn pack() -> Pack {
    Pack::builtin("blocks").expect("the shipped pack")
}

#[test]
fn an_honest_one_passes() {
    let pack = pack();
    let made = made(&pack);
    assert_eq!(rejections(&pack, &made), []);
}

#[test]
fn every_word_of_the_text_matters() {
    let pack = pack();
    let honest = made(&pack);
    let mut tried = 0;
    for step in 0..honest.rationale.steps.len() {
        let words: Vec<String> = honest.rationale.steps[step]
            .text
            .split(' ')
            .map(str::to_owned)
            .collect();
        for at in 0..words.len() {
            let bare = words[at].trim_end_matches(['.', ',', ':']);
            let other = match bare {
                "yellow" => "black",
                "left" => "right",
                "squares" => "circles",
                "square" => "circle",
                "2" => "3",
                "second" => "first",
                "touches" => "avoids",
                "is" => "is not",
                _ => continue,
            };
            let mut forged = honest.clone();
            let mut changed = words.clone();
            changed[at] = changed[at].replace(bare, other);
            forged.rationale.steps[step].text = changed.join(" ");
            let found = rejections(&pack, &forged);
            let named = found
                .iter()
                .any(|r| matches!(r, Rejection::Text { step: s, .. } if *s == step + 1));
            assert!(named, "{changed:?}: {found:?}");
            tried += 1;
        }
    }
    assert!(
        tried >= 4,
        "the text has too few words to change: {}",
        honest.rationale.text()
    );
}

#[test]
fn a_step_left_out_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    for step in 0..honest.rationale.steps.len() {
        let mut forged = honest.clone();
        forged.rationale.steps.remove(step);
        forged.certificate.claims.remove(step);
        let found = rejections(&pack, &forged);
        assert!(
            found.iter().any(|r| matches!(r, Rejection::Steps { .. })),
            "{found:?}"
        );
    }
}

#[test]
fn a_claim_turned_round_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    for step in 0..honest.certificate.claims.len() {
        for at in 0..honest.certificate.claims[step].len() {
            let mut forged = honest.clone();
            let claim = &mut forged.certificate.claims[step][at];
            claim.value = match &claim.value {
                fact_core::claim::Term::Bool(b) => fact_core::claim::Term::Bool(!b),
                _ => fact_core::claim::Term::Number(17.0),
            };
            let found = rejections(&pack, &forged);
            let named = found
                .iter()
                .any(|r| matches!(r, Rejection::Claim { step: s, .. } if *s == step + 1));
            assert!(named, "{found:?}");
        }
    }
}

#[test]
fn a_changed_answer_of_a_tool_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    let mut forged = honest.clone();
    let mut changed = 0;
    for recorded in &mut forged.certificate.answers {
        if let Answer::Detections(found) = &mut recorded.answer {
            for detection in found {
                if let Some(color) = detection.attributes.get_mut("color")
                    && *color == Arg::Str("yellow".into())
                {
                    *color = Arg::Str("blue".into());
                    changed += 1;
                }
            }
        }
    }
    assert!(changed > 0);
    let found = rejections(&pack, &forged);
    assert!(
        found.iter().any(|r| matches!(r, Rejection::Result { .. })),
        "{found:?}"
    );
}

#[test]
fn a_statement_taken_from_the_residual_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    let mut forged = honest.clone();
    forged.certificate.residual = "def execute_command(image):\n    return True\n".into();
    let found = rejections(&pack, &forged);
    assert!(
        found.iter().any(|r| matches!(r, Rejection::Flip { .. })),
        "{found:?}"
    );
}

#[test]
fn an_idle_statement_in_the_residual_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    let mut forged = honest.clone();
    for text in [
        &mut forged.certificate.residual,
        &mut forged.certificate.program,
    ] {
        *text = text.replacen("    for box", "    idle = 3\n    for box", 1);
    }
    let found = rejections(&pack, &forged);
    assert!(
        found
            .iter()
            .any(|r| matches!(r, Rejection::NotMinimal { .. })),
        "{found:?}"
    );
}

#[test]
fn a_statement_from_elsewhere_is_noticed() {
    let pack = pack();
    let mut forged = made(&pack);
    let residual = &mut forged.certificate.residual;
    *residual = residual.replacen("    for box", "    idle = 3\n    for box", 1);
    let found = rejections(&pack, &forged);
    let line = "idle = 3".to_owned();
    assert_eq!(found, [Rejection::Foreign { line }]);
}

#[test]
fn answers_must_be_those_asked_for_in_order() {
    let pack = pack();
    let honest = made(&pack);
    let mut twice = honest.clone();
    let first = honest.certificate.answers[0].clone();
    twice.certificate.answers.push(first);
    let mut one_less = honest.clone();
    one_less.certificate.answers.pop();
    let mut too_many = honest.clone();
    let first = honest.certificate.answers[0].clone();
    too_many.certificate.answers = vec![first; 1_001];
    assert!(matches!(
        rejections(&pack, &twice).as_slice(),
        [Rejection::Answers(_)]
    ));
    assert!(matches!(
        rejections(&pack, &one_less).as_slice(),
        [Rejection::Result { .. }]
    ));
    assert!(matches!(
        rejections(&pack, &too_many).as_slice(),
        [Rejection::Malformed(_)]
    ));
}

#[test]
fn name_and_version_of_the_pack_are_its_own() {
    let pack = pack();
    let honest = made(&pack);
    let edits: [fn(&mut Explained); 3] = [
        |forged| forged.certificate.pack.name.push('s'),
        |forged| forged.certificate.pack.version.push('0'),
        |forged| forged.certificate.pack.source = Some("VERSION = \"1\"\n".into()),
    ];
    for (edit, what) in edits.into_iter().zip(["name", "version", "source"]) {
        let mut forged = honest.clone();
        edit(&mut forged);
        let found = rejections(&pack, &forged);
        let named =
            matches!(found.as_slice(), [Rejection::PackDetail { what: w, .. }] if *w == what);
        assert!(named, "{found:?}");
    }
}

#[test]
fn another_answer_is_noticed() {
    let pack = pack();
    let honest = made(&pack);
    let mut forged = honest.clone();
    forged.certificate.answer = "false".into();
    let found = rejections(&pack, &forged);
    assert!(
        found.iter().any(|r| matches!(r, Rejection::Answer { .. })),
        "{found:?}"
    );
}

#[test]
fn another_pack_is_refused() {
    let pack = pack();
    let mut forged = made(&pack);
    forged.certificate.pack.sha256 = "0".repeat(64);
    let found = rejections(&pack, &forged);
    assert!(
        matches!(found.as_slice(), [Rejection::Pack { .. }]),
        "{found:?}"
    );
}

#[test]
fn boxes_and_cites_must_be_the_evidences() {
    let pack = pack();
    let honest = made(&pack);
    let step = honest
        .rationale
        .steps
        .iter()
        .position(|s| !s.boxes.is_empty())
        .expect("a box");
    let mut forged = honest.clone();
    forged.rationale.steps[step].boxes[0].bbox[0] += 5.0;
    let found = rejections(&pack, &forged);
    assert!(
        found
            .iter()
            .any(|r| matches!(r, Rejection::Grounding { what: "boxes", .. })),
        "{found:?}"
    );
    let mut forged = honest.clone();
    forged.rationale.steps[step].cites = vec![1];
    let found = rejections(&pack, &forged);
    assert!(
        found
            .iter()
            .any(|r| matches!(r, Rejection::Grounding { what: "cites", .. })),
        "{found:?}"
    );
}
