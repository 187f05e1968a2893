//! The stage report over random runs: its numbers add up, whatever was written in what order.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_core::sample::{Sample, WeightedAnswer};
use fact_core::verify::Level;
use fact_pipeline::report::{Loss, Report};
use fact_pipeline::store::{
    CandidateRow, GroupRow, GroupRows, Reader, SampleRow, VerdictRow, Writer,
};
use fact_pipeline::summary::Summary;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a candidate does on a sample.
#[derive(Debug, Clone, Copy)]
enum Does {
    Right,
    Wrong,
    Unlabelled,
    Raises,
    Unreadable,
    Malformed,
}

const DOES: [Does; 6] = [
    Does::Right,
    Does::Wrong,
    Does::Unlabelled,
    Does::Raises,
    Does::Unreadable,
    Does::Malformed,
];

/// A question: for each candidate its proposer, whether it parses, and what it does on each sample;
/// the scene of each sample; how many scenes are visible.
#[derive(Debug, Clone)]
struct Question {
    candidates: Vec<(usize, bool, Vec<Does>)>,
    scenes: Vec<usize>,
    visible: usize,
}

fn question() -> impl Strategy<Value = Question> {
    (1usize..5).prop_flat_map(|samples| {
        let does = proptest::collection::vec(proptest::sample::select(&DOES[..]), samples);
        let candidate = (0usize..2, proptest::bool::weighted(0.8), does);
        let candidates = proptest::collection::vec(candidate, 0..5);
        let scenes = proptest::collection::vec(0usize..3, samples);
        (candidates, scenes, 1usize..4).prop_map(|(candidates, scenes, visible)| Question {
            candidates,
            scenes,
            visible,
        })
    })
}

fn verdict(candidate: usize, does: Does) -> VerdictRow {
    let row = |outcome, reason: Option<&str>, predicted: Option<&str>, score| VerdictRow {
        candidate,
        outcome,
        reason: reason.map(str::to_owned),
        predicted: predicted.map(str::to_owned),
        score,
    };
    match does {
        Does::Right => row("returned", None, Some("yes"), Some(1.0)),
        Does::Wrong => row("returned", None, Some("no"), Some(0.0)),
        Does::Unlabelled => row("returned", None, Some("no"), None),
        Does::Raises => row("raised", Some("ValueError: \u{1b}[2J"), None, None),
        Does::Unreadable => row("unreadable", Some("absent"), None, None),
        Does::Malformed => row("malformed", None, None, None),
    }
}

/// The rows of a question whose first sample is at `first`.
fn rows(first: u64, question: &Question) -> GroupRows {
    let chosen = question.candidates.iter().position(|c| c.1);
    let candidates = question.candidates.iter().map(|(proposer, parses, does)| {
        let count = |wanted: fn(&Does) -> bool| match parses {
            true => does.iter().filter(|d| wanted(d)).count(),
            false => 0,
        };
        CandidateRow {
            proposer: ["bank", "gold"][*proposer].into(),
            source: "s".into(),
            score: 1.0,
            program: "a\nb\nc\nd\ne\n".into(),
            level: None,
            ran: count(|d| matches!(d, Does::Right | Does::Wrong | Does::Unlabelled)),
            right: count(|d| matches!(d, Does::Right)),
            all_right: false,
            slice: None,
            reason: (!parses).then(|| "SyntaxError".into()),
            evidence: None,
        }
    });
    let samples = question.scenes.iter().enumerate().map(|(s, scene)| {
        let verdicts = question.candidates.iter().enumerate();
        let verdicts = verdicts
            .filter(|(_, c)| c.1)
            .map(|(i, c)| verdict(i, c.2[s]));
        let does = chosen.map(|c| question.candidates[c].2[s]);
        let (level, failure) = match does {
            None => (None, "propose:none"),
            Some(Does::Right) => (Some(Level::V1), "verify:siblings"),
            Some(Does::Wrong) => (Some(Level::V0), "verify:wrong"),
            Some(Does::Unlabelled) => (Some(Level::V0), "verify:unlabelled"),
            Some(Does::Raises) => (None, "execute:raised:ValueError"),
            Some(Does::Unreadable) => (None, "image:absent"),
            Some(Does::Malformed) => (None, "propose:malformed"),
        };
        SampleRow {
            ordinal: first + s as u64,
            sample: Sample {
                id: format!("s{}", first + s as u64),
                images: vec!["a.png".into()],
                question: format!("q{first}"),
                answers: vec![WeightedAnswer {
                    text: "yes".into(),
                    weight: 1.0,
                }],
                group: format!("q{first}"),
                scene: scene.to_string(),
                choices: Vec::new(),
                family: None,
                split: None,
            },
            chosen,
            right: match does {
                Some(Does::Right) => Some(true),
                Some(Does::Wrong | Does::Raises) => Some(false),
                _ => None,
            },
            predicted: None,
            level,
            accepted: false,
            confidence: None,
            failure: Some(failure.into()),
            stages: Vec::new(),
            verdicts: verdicts.collect(),
            rationale: None,
        }
    });
    GroupRows {
        group: GroupRow {
            key: first,
            name: format!("q{first}"),
            question: format!("q{first}"),
            scenes: 1,
            visible: question.visible,
            chosen,
            oracle: false,
            chosen_one: None,
            one_holds: None,
            round: 1,
            held_out: false,
            records: 0,
        },
        candidates: candidates.collect(),
        samples: samples.collect(),
    }
}

/// Whether the candidate is right on all samples of the visible scenes that judge it.
fn agrees(question: &Question, does: &[Does]) -> bool {
    let mut order: Vec<usize> = Vec::new();
    let mut judging = Vec::new();
    for (scene, does) in question.scenes.iter().zip(does) {
        if !order.contains(scene) {
            order.push(*scene);
        }
        let shown = order.iter().position(|s| s == scene).unwrap() < question.visible;
        if shown && !matches!(does, Does::Unlabelled | Does::Malformed) {
            judging.push(matches!(does, Does::Right));
        }
    }
    !judging.is_empty() && judging.iter().all(|right| *right)
}

fn lost(losses: &[Loss]) -> u64 {
    losses.iter().map(|loss| loss.count).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn numbers_add_up(questions in proptest::collection::vec(question(), 0..6)) {
        let mut firsts = Vec::new();
        let mut next = 0;
        for question in &questions {
            firsts.push(next);
            next += question.scenes.len() as u64;
        }
        let settings: BTreeMap<String, String> =
            [("propose".to_owned(), r#"["gold","bank"]"#.to_owned())].into();
        let read = |backwards: bool| {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = Writer::open(folder.path()).unwrap();
            writer.bind(&settings).unwrap();
            let mut all: Vec<GroupRows> =
                firsts.iter().zip(&questions).map(|(first, q)| rows(*first, q)).collect();
            if backwards {
                all.reverse();
            }
            for rows in &all {
                writer.commit(std::slice::from_ref(rows)).unwrap();
            }
            let reader = Reader::open(folder.path()).unwrap();
            (Report::read(&reader).unwrap(), Summary::read(&reader).unwrap())
        };
        let (report, summary) = read(false);
        prop_assert_eq!(&report, &read(true).0);
        prop_assert_eq!(&report, &summary.report);

        // Losses and what was kept are all.
        prop_assert_eq!(lost(&report.losses) + report.cost.rationales, next);
        let names: Vec<&str> = report.proposers.iter().map(|f| f.proposer.as_str()).collect();
        prop_assert_eq!(names, ["gold", "bank"]);
        for (at, funnel) in report.proposers.iter().enumerate() {
            let (q, c, s) = (&funnel.questions, &funnel.candidates, &funnel.samples);
            prop_assert_eq!(q.asked, questions.len() as u64);
            for falling in [
                vec![q.asked, q.proposed_for, q.chosen],
                vec![c.proposed, c.parsed, c.ran, c.right, c.agreed],
                vec![s.chosen, s.ran, s.right, s.accepted, s.rationales],
            ] {
                prop_assert!(falling.is_sorted_by(|a, b| a >= b), "{:?}", funnel);
            }
            prop_assert_eq!(lost(&funnel.losses) + c.agreed, c.proposed);
            let own = |c: &&(usize, bool, Vec<Does>)| c.0 == 1 - at;
            let mut agreed = 0;
            let mut proposed = 0;
            for question in &questions {
                proposed += question.candidates.iter().filter(own).count() as u64;
                let good = question.candidates.iter().filter(own).filter(|c| c.1);
                agreed += good.filter(|c| agrees(question, &c.2)).count() as u64;
            }
            prop_assert_eq!((c.proposed, c.agreed), (proposed, agreed));
        }
        let samples: u64 = report.proposers.iter().map(|f| f.samples.chosen).sum();
        let none = report.losses.iter().find(|l| l.kind == "none").map_or(0, |l| l.count);
        prop_assert_eq!(samples + none, next);
        for loss in report.losses.iter().chain(report.proposers.iter().flat_map(|f| &f.losses)) {
            prop_assert_eq!(loss.examples.len() as u64, loss.count.min(3));
            let number = |id: &str| id[1..].parse::<u64>().unwrap();
            let at: Vec<u64> = loss.examples.iter().map(|e| number(&e.sample)).collect();
            prop_assert!(at.is_sorted(), "{:?}", at);
        }
        // What a program says moves no cursor.
        let text = report.text();
        let quiet = !text.contains('\u{1b}');
        prop_assert!(quiet, "{}", text);
    }
}

/// Tokens and prices are added up where answers say them, and nowhere else.
#[test]
fn calls_are_accounted_by_back_end() {
    use fact_lang::tool::{Answer, BBox, Request};
    use fact_models::remote::Ask;
    use fact_pipeline::calls::{CallKey, CallLog};
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    writer
        .bind(&BTreeMap::from([(
            "propose".to_owned(),
            "[\"bank\"]".to_owned(),
        )]))
        .unwrap();
    let calls = writer.calls("eyes-1").unwrap();
    let request = |question: &str| Request {
        tool: "simple_query".into(),
        image: 0,
        region: BBox::from([0.0, 0.0, 4.0, 4.0]),
        args: vec![(
            "question".into(),
            fact_lang::tool::Arg::Str(question.into()),
        )],
    };
    let requests = ["a", "b", "c"].map(request);
    let key = |request: &Request| {
        let ask = Ask {
            pictures: Vec::new().into(),
            request: request.clone(),
        };
        CallKey::new("eyes-1", &ask)
    };
    let keys: Vec<CallKey> = requests.iter().map(key).collect();
    let sent: Vec<(CallKey, &Request)> = keys.iter().cloned().zip(&requests).collect();
    calls.sending(&sent).unwrap();
    calls.sending(&sent[2..]).unwrap();
    calls
        .keep(&[(keys[0].clone(), &Answer::Number(1.0))])
        .unwrap();
    let reader = Reader::open(folder.path()).unwrap();
    let cost = Report::read(&reader).unwrap().cost;
    assert_eq!(cost.calls.len(), 1);
    let call = &cost.calls[0];
    assert_eq!((call.questions, call.sent, call.answered), (3, Some(4), 1));
    assert_eq!(call.spending, fact_pipeline::report::Spending::default());
    assert_eq!(cost.per_rationale, None);
    // How often something was sent again is not in the summary.
    assert_eq!(
        Summary::read(&reader).unwrap().report.cost.calls[0].sent,
        None
    );

    // An answer that says what it took; others say nothing, or nothing that can be added up.
    let database = rusqlite::Connection::open(folder.path().join("run.db")).unwrap();
    let answers = [
        r#"{"prompt_tokens": 30, "completion_tokens": 4, "price": 0.5}"#,
        r#"{"prompt_tokens": "many", "completion_tokens": -1e300}"#,
        "not \u{1b}JSON",
    ];
    for (key, answer) in keys.iter().zip(answers) {
        let update = "UPDATE calls SET answer = ?2, state = 'answered' WHERE key = ?1";
        database.execute(update, [key.as_str(), answer]).unwrap();
    }
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database
        .execute(
            "INSERT INTO rationales VALUES (0, '', '', ''), (1, '', '', '')",
            [],
        )
        .unwrap();
    let cost = Report::read(&reader).unwrap().cost;
    let spending = cost.calls[0].spending;
    assert_eq!(
        (spending.prompt_tokens, spending.price),
        (Some(30), Some(0.5))
    );
    let per = cost.per_rationale.unwrap();
    assert_eq!(
        (per.questions, per.prompt_tokens, per.price),
        (1.5, Some(15.0), Some(0.25))
    );
}
