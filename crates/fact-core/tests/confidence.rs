//! What speaks for a program without a label, and what is made of it.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_core::verify::behaviour::Behaviours;
use fact_core::verify::calibration::{Case, FitError, fit};
use fact_core::verify::confidence::{Evidence, Features, NAMES, features};
use fact_core::verify::content::{Quantity, Reader, Unit};
use fact_core::verify::coverage::Coverage;
use fact_core::verify::fit::{Row, logistic, sigmoid};
use fact_core::verify::phrases::{Pair, Phrases};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use proptest::prelude::*;

fn blocks() -> (Pack, Reader) {
    let pack = Pack::builtin("blocks").unwrap();
    let reader = Reader::new(&pack);
    (pack, reader)
}

fn program(pack: &Pack, body: &str) -> Module {
    pack.parse(&format!("def execute_command(image):\n    return {body}\n"))
        .unwrap()
}

fn coverage(question: &str, body: &str) -> Coverage {
    let (pack, reader) = blocks();
    let content = reader.program(&program(&pack, body), &[]);
    Coverage::of(&reader, &reader.question(question), &content)
}

#[test]
fn a_question_is_read_as_values_numbers_quantities_and_words() {
    let (_, reader) = blocks();
    let value = |class: &str, value: &str| Unit::Value {
        class: class.into(),
        value: value.into(),
    };
    assert_eq!(
        reader.question("There are at least two little Blue triangles not touching the edge."),
        [
            value("comparison", ">="),
            Unit::Number(2),
            value("size", "small"),
            value("color", "blue"),
            value("shape", "triangle"),
            Unit::Quantity(Quantity::None),
            Unit::Word("touch".into()),
            Unit::Word("edg".into()),
        ]
    );
    assert_eq!(reader.question(" ?! \u{0} "), []);
}

#[test]
fn what_the_program_leaves_out_is_missing() {
    // (question, program, values, numbers, quantities, words, extra)
    let cases = [
        (
            "There is a blue circle touching the wall",
            "any(i.touches_wall() for i in image.find(\"blue circle\"))",
            [0, 0, 0, 0, 0],
        ),
        (
            "There is a blue circle touching the wall",
            "image.exists(\"blue circle\")",
            [0, 0, 0, 2, 0],
        ),
        (
            "There is a blue circle touching the wall",
            "image.exists(\"circle\")",
            [1, 0, 0, 2, 0],
        ),
        (
            "There is a blue circle",
            "image.exists(\"black circle\")",
            [1, 0, 0, 0, 1],
        ),
        (
            "There are exactly 3 yellow items",
            "image.count(\"yellow item\") == 3",
            [0, 0, 0, 0, 0],
        ),
        (
            "There are exactly 3 yellow items",
            "image.count(\"yellow item\") == 4",
            [0, 1, 0, 0, 1],
        ),
        (
            "There are more than 3 yellow items",
            "image.count(\"yellow item\") >= 4",
            [0, 0, 0, 0, 1],
        ),
        (
            "There are at least 3 yellow items",
            "image.count(\"yellow item\") == 3",
            [1, 0, 0, 0, 0],
        ),
        (
            "No box has a circle",
            "not any(b.exists(\"circle\") for b in image.boxes)",
            [0, 0, 0, 0, 0],
        ),
        (
            "No box has a circle",
            "any(b.exists(\"circle\") for b in image.boxes)",
            [0, 0, 1, 0, 0],
        ),
        (
            "All boxes have a circle",
            "all(b.exists(\"circle\") for b in image.boxes)",
            [0, 0, 0, 0, 0],
        ),
        (
            "All boxes have a circle",
            "any(b.exists(\"circle\") for b in image.boxes)",
            [0, 0, 1, 0, 0],
        ),
        (
            "There is a tower with a black block at the base",
            "any(t.base.color == \"black\" for t in image.towers)",
            [0, 0, 0, 0, 0],
        ),
        (
            "There is a tower with a black block at the base",
            "any(t.top.color == \"black\" for t in image.towers)",
            [1, 0, 0, 0, 0],
        ),
    ];
    for (question, body, [values, numbers, quantities, words, extra]) in cases {
        let found = coverage(question, body);
        assert_eq!(
            (
                found.values,
                found.numbers,
                found.quantities,
                found.words,
                found.extra
            ),
            (values, numbers, quantities, words, extra),
            "{question} | {body}"
        );
    }
}

#[test]
fn what_ran_for_nothing_accounts_for_nothing() {
    let (pack, reader) = blocks();
    let module = pack
        .parse("def execute_command(image):\n    wall = \"blue circle\"\n    return image.exists(\"item\")\n")
        .unwrap();
    let question = reader.question("There is a blue circle");
    let all = Coverage::of(&reader, &question, &reader.program(&module, &[]));
    assert_eq!(all.missing(), 0);
    let Some(entry) = Pack::entry(&module) else {
        panic!("no entry")
    };
    let idle = [entry.body[0].id];
    let used = Coverage::of(&reader, &question, &reader.program(&module, &idle));
    assert_eq!(used.values, 2);
}

fn answers(rows: &[&str]) -> Vec<Vec<Option<String>>> {
    let answer = |c: char| match c {
        'x' => None,
        't' => Some("True".to_owned()),
        'T' => Some(" true".to_owned()),
        c => Some(c.to_string()),
    };
    rows.iter()
        .map(|row| row.chars().map(answer).collect())
        .collect()
}

#[test]
fn programs_that_answer_alike_are_one_cluster() {
    let behaviours = Behaviours::of(&answers(&["tt1x", "1t1x", "TT1x", "tttt", "xxxx", ""]));
    let clusters: Vec<usize> = (0..6).map(|c| behaviours.cluster(c)).collect();
    assert_eq!(clusters, [0, 1, 0, 3, 4, 5]);
    let first = behaviours.behaviour(0);
    assert_eq!((first.answered, first.majority), (0.75, 2.0 / 3.0));
    assert_eq!(behaviours.behaviour(3).majority, 1.0);
    // One that never answers says as little as one that always says the same.
    assert_eq!(
        (
            behaviours.behaviour(4).answered,
            behaviours.behaviour(4).majority
        ),
        (0.0, 1.0)
    );
    assert_eq!(
        behaviours.counts(0),
        [("1".to_owned(), 1), ("true".to_owned(), 2)].into()
    );
}

fn evidence(proposer: &str, score: f64, cluster: usize) -> Evidence {
    let behaviours = Behaviours::of(&answers(&["ttt1"]));
    Evidence {
        proposer: proposer.into(),
        score,
        backing: 1,
        coverage: Coverage::default(),
        consistency: Default::default(),
        behaviour: behaviours.behaviour(0),
        probes: 4,
        answers: behaviours.counts(0),
        cluster,
    }
}

#[test]
fn a_rare_answer_says_more_when_it_is_right() {
    let one = evidence("bank", 1.0, 0);
    assert!(one.surprise("true") < one.surprise("1"));
    assert!(one.surprise("1") < one.surprise("never given"));
    assert!(one.surprise("True") > 0.0);
}

#[test]
fn candidates_that_behave_alike_support_each_other() {
    let all = [
        Some(evidence("bank", 0.5, 0)),
        Some(evidence("llm", 0.9, 0)),
        Some(evidence("bank", 0.8, 2)),
        None,
        Some(evidence("bank", 0.7, 2)),
    ];
    let at = |name: &str| NAMES.iter().position(|n| *n == name).unwrap();
    let rows = features(&all, &[Some(1.0), Some(2.0), Some(0.0), Some(0.0), None]);
    let (first, second, third) = (rows[0].unwrap(), rows[1].unwrap(), rows[2].unwrap());
    assert_eq!((rows[3], rows[4]), (None, None), "no program; ruled out");
    assert!((first[at("support")] - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(first[at("proposers")], 1.0);
    // The bank's score stands for what behaves as its candidate does, whoever proposed it.
    assert_eq!(second[at("retrieval")], 0.5);
    assert_eq!((second[at("surprise")], third[at("proposers")]), (2.0, 0.0));
    assert_eq!(third[at("retrieval")], 0.8);
}

#[test]
fn phrases_mean_what_they_mean_in_accepted_programs() {
    let (pack, reader) = blocks();
    let known = [
        (
            "There is a blue circle touching the wall",
            "any(i.touches_wall() for i in image.find(\"blue circle\"))",
        ),
        (
            "There is a black square touching the wall",
            "any(i.touches_wall() for i in image.find(\"black square\"))",
        ),
        (
            "There is a yellow circle touching a corner",
            "any(i.touches_corner() for i in image.find(\"yellow circle\"))",
        ),
        (
            "There is a blue square touching a corner",
            "any(i.touches_corner() for i in image.find(\"blue square\"))",
        ),
        (
            "There is a yellow square",
            "image.exists(\"yellow square\")",
        ),
        ("There is a black circle", "image.exists(\"black circle\")"),
    ];
    let pairs: Vec<Pair> = known
        .iter()
        .map(|(question, body)| Phrases::pair(&reader, question, &program(&pack, body)))
        .collect();
    let phrases = Phrases::learn(&pairs);
    assert_eq!(phrases.pairs(), 6);
    let of = |question: &str, body: &str| {
        phrases.consistency(&Phrases::pair(&reader, question, &program(&pack, body)))
    };
    let question = "There is a yellow triangle touching the wall";
    let right = of(
        question,
        "any(i.touches_wall() for i in image.find(\"yellow triangle\"))",
    );
    let corner = of(
        question,
        "any(i.touches_corner() for i in image.find(\"yellow triangle\"))",
    );
    let bare = of(question, "image.exists(\"yellow triangle\")");
    assert!(right.program > corner.program, "{right:?} {corner:?}");
    assert!(right.question > bare.question, "{right:?} {bare:?}");
    // Nothing learnt says nothing for or against.
    let nothing = Phrases::default();
    assert_eq!(nothing.pairs(), 0);
}

#[test]
fn logistic_regression_finds_the_weights_that_made_the_labels() {
    let mut rows = Vec::new();
    for i in -20..=20 {
        let x = f64::from(i) / 5.0;
        let p = sigmoid(1.5 * x - 0.5);
        for (label, weight) in [(true, p), (false, 1.0 - p)] {
            rows.push(Row {
                features: vec![x],
                label,
                weight,
            });
        }
    }
    let weights = logistic(&rows, 1e-9).unwrap();
    assert!(
        (weights[0] - 1.5).abs() < 1e-3 && (weights[1] + 0.5).abs() < 1e-3,
        "{weights:?}"
    );
    assert_eq!(logistic(&[], 1.0), None);
}

/// Questions with a good and a bad candidate; of the good ones a share is right.
fn cases(questions: u64, right_of_ten: u64) -> Vec<Case> {
    let candidate = |support: f64| -> Features {
        let mut features = [0.0; NAMES.len()];
        features[NAMES.iter().position(|n| *n == "support").unwrap()] = support;
        features
    };
    (0..questions)
        .map(|question| {
            let sure = question % 2 == 0;
            let right = sure || question % 10 < right_of_ten;
            Case {
                question,
                candidates: vec![
                    (candidate(if sure { 0.9 } else { 0.6 }), right),
                    (candidate(0.1), false),
                ],
            }
        })
        .collect()
}

#[test]
fn thresholds_reach_what_they_promise() {
    let (fitted, quality) = fit(&cases(200, 4), &NAMES).unwrap();
    // All even questions are right, and two of five odd ones.
    assert!((quality.coverage - 0.7).abs() < 1e-9);
    assert!((quality.chosen_right.value - 0.7).abs() < 1e-9);
    assert!(quality.chosen_right.low < 0.7 && quality.chosen_right.high > 0.7);
    assert!(quality.brier < quality.brier_of_mean);
    let strict = fitted.threshold(0.95).unwrap();
    let loose = fitted.threshold(0.7).unwrap();
    assert!(strict > loose);
    let yields = &quality.yields[1];
    assert!(
        (yields.target, yields.acceptance.value) == (0.95, 0.5),
        "{yields:?}"
    );
    let total: usize = quality.reliability.iter().map(|bin| bin.count).sum();
    assert_eq!(total, 200);
    fitted.check().unwrap();
    // The same cases give the same numbers.
    assert_eq!(fit(&cases(200, 4), &NAMES).unwrap().0, fitted);
}

#[test]
fn too_little_is_said_to_be_too_little() {
    assert_eq!(
        fit(&cases(5, 4), &NAMES),
        Err(FitError::TooFew { questions: 5 })
    );
    assert!(
        FitError::TooFew { questions: 5 }
            .to_string()
            .contains("5 questions")
    );
}

proptest! {
    #[test]
    fn any_question_and_program_can_be_held_against_each_other(
        question in ".{0,200}", text in "[a-z \"'0-9]{0,40}"
    ) {
        let (pack, reader) = blocks();
        let units = reader.question(&question);
        let literal = text.replace(['"', '\''], "");
        let content = reader.program(&program(&pack, &format!("image.exists(\"{literal}\")")), &[]);
        let coverage = Coverage::of(&reader, &units, &content);
        prop_assert!(coverage.missing() <= coverage.units);
        let phrases = Phrases::learn(&[Pair::new(&units, &content)]);
        let consistency = phrases.consistency(&Pair::new(&units, &content));
        prop_assert!(consistency.program <= 1e-9 && consistency.program.is_finite());
        prop_assert!(consistency.program_least <= consistency.program + 1e-9);
        prop_assert!(consistency.question_least.is_finite());
    }

    #[test]
    fn clusters_are_classes_of_equal_rows(rows in prop::collection::vec("[tf1x]{4}", 1..12)) {
        let texts: Vec<&str> = rows.iter().map(String::as_str).collect();
        let behaviours = Behaviours::of(&answers(&texts));
        for a in 0..rows.len() {
            prop_assert!(behaviours.cluster(a) <= a);
            for b in 0..rows.len() {
                let same = behaviours.cluster(a) == behaviours.cluster(b);
                prop_assert_eq!(same, rows[a] == rows[b]);
            }
            let behaviour = behaviours.behaviour(a);
            prop_assert!((0.0..=1.0).contains(&behaviour.answered));
            prop_assert!(behaviour.majority > 0.0 && behaviour.majority <= 1.0);
        }
    }
}
