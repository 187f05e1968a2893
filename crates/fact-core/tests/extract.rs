//! Whether the extractor of facts tells a rationale that says the same from one that does not.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed step fails the test; what was missed is to be read"
)]

use fact_core::extract::{facts, rewritten};
use fact_core::{GroundedBox, Rationale, Step, StepKind};
use fact_lang::pack::Pack;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

struct Case {
    pack: &'static str,
    rule: Rationale,
    /// Texts that say the same.
    same: Vec<String>,
    /// Texts that do not.
    other: Vec<String>,
}

fn pack(name: &str) -> &'static Pack {
    static PACKS: OnceLock<BTreeMap<&str, Pack>> = OnceLock::new();
    let packs = PACKS.get_or_init(|| {
        let load = |name: &'static str| (name, Pack::builtin(name).unwrap());
        ["blocks", "viper", "scene", "visprog"].map(load).into()
    });
    &packs[name]
}

/// A rationale of these sentences; the last is the conclusion.
fn rationale(sentences: &[String]) -> Rationale {
    let (conclusion, steps) = sentences.split_last().unwrap();
    let step = |(at, text): (usize, &String)| Step {
        kind: match text.starts_with("So ") {
            true => StepKind::Inference,
            false => StepKind::Evidence,
        },
        text: text.clone(),
        cites: vec![at as u32],
        boxes: vec![GroundedBox {
            name: "a thing".into(),
            image: 0,
            bbox: [at as f64, 0.0, 10.0, 10.0],
        }],
    };
    Rationale {
        steps: steps.iter().enumerate().map(step).collect(),
        conclusion: conclusion.clone(),
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut out = Vec::new();
    let mut sentences: Vec<String> = Vec::new();
    let mut name = "";
    let finish = |pack: &'static str, sentences: &mut Vec<String>, out: &mut Vec<Case>| {
        if !sentences.is_empty() {
            out.push(Case {
                pack,
                rule: rationale(sentences),
                same: Vec::new(),
                other: Vec::new(),
            });
            sentences.clear();
        }
    };
    for line in text.lines() {
        let known = ["blocks", "viper", "scene", "visprog"];
        if let Some(pack) = line.strip_prefix("pack ") {
            name = known.into_iter().find(|k| *k == pack).unwrap();
        } else if let Some(sentence) = line.strip_prefix("= ") {
            sentences.push(sentence.to_owned());
        } else if let Some(same) = line.strip_prefix("- ") {
            finish(name, &mut sentences, &mut out);
            out.last_mut().unwrap().same.push(same.to_owned());
        } else if let Some(other) = line.strip_prefix("! ") {
            finish(name, &mut sentences, &mut out);
            out.last_mut().unwrap().other.push(other.to_owned());
        }
    }
    out
}

/// The rationales of `docs/spec` and of synthetic data.
fn rationales() -> Vec<(&'static str, Rationale)> {
    let mut out = Vec::new();
    for line in include_str!("paraphrases/rationales.txt").lines().skip(1) {
        let sentences: Vec<String> = line.split('|').map(str::to_owned).collect();
        out.push(("blocks", rationale(&sentences)));
    }
    for (name, text) in [
        ("blocks", include_str!("../../../docs/spec/blocks.md")),
        ("viper", include_str!("../../../docs/spec/viper.md")),
        ("visprog", include_str!("../../../docs/spec/visprog.md")),
    ] {
        for block in text.split("```rationale\n").skip(1) {
            let lines = block.split("```").next().unwrap().lines();
            let sentences: Vec<String> = lines.map(str::to_owned).collect();
            if sentences.len() > 1 {
                out.push((name, rationale(&sentences)));
            }
        }
    }
    out
}

fn refused(cases: &[Case]) -> (usize, Vec<String>) {
    let mut of = 0;
    let mut out = Vec::new();
    for case in cases {
        for text in &case.same {
            of += 1;
            if let Err(differences) = rewritten(pack(case.pack), &case.rule, text) {
                let mut shown = format!("{text}\n");
                for difference in differences {
                    let _ = writeln!(shown, "    {:?}: {difference}", difference.kind);
                }
                out.push(shown);
            }
        }
    }
    (of, out)
}

#[test]
fn faithful_paraphrases_are_accepted() {
    let cases = cases(include_str!("paraphrases/development.txt"));
    let (of, refused) = refused(&cases);
    assert!(of >= 60, "{of}");
    assert!(
        refused.is_empty(),
        "{} of {of}:\n{}",
        refused.len(),
        refused.join("\n")
    );
}

/// The sets of paraphrases, with how many of each may be refused now: none was tuned on before its
/// first score, which `docs/bridge.md` has.
const SETS: &[(usize, &str)] = &[
    (0, include_str!("paraphrases/held_out.txt")),
    (0, include_str!("paraphrases/held_out_2.txt")),
    (4, include_str!("paraphrases/held_out_3.txt")),
    (3, include_str!("paraphrases/blind_1.txt")),
    (6, include_str!("paraphrases/blind_2.txt")),
    (8, include_str!("paraphrases/blind_3.txt")),
    (5, include_str!("paraphrases/blind_4.txt")),
    (135, include_str!("paraphrases/outside.txt")),
];

#[test]
fn of_other_paraphrases_few_are_refused() {
    for (at, (most, text)) in SETS.iter().enumerate() {
        let cases = cases(text);
        let (of, refused) = refused(&cases);
        eprintln!("{} of {of} refused:\n{}", refused.len(), refused.join("\n"));
        assert!(of >= 25, "set {at}: {of}");
        assert!(
            refused.len() <= *most,
            "set {at}: {} of {of}",
            refused.len()
        );
    }
}

#[test]
fn texts_that_say_something_else_are_refused() {
    let mut of = 0;
    for (_, text) in SETS {
        for case in cases(text) {
            for other in &case.other {
                of += 1;
                let found = rewritten(pack(case.pack), &case.rule, other);
                assert!(found.is_err(), "{}\n{other}", case.rule.text());
            }
        }
    }
    assert!(of >= 140, "{of}");
}

#[test]
fn what_says_something_else_is_refused() {
    for case in cases(include_str!("paraphrases/development.txt")) {
        for text in &case.other {
            assert!(
                rewritten(pack(case.pack), &case.rule, text).is_err(),
                "{text}"
            );
        }
    }
}

/// Words that are exchanged for another of their kind, both ways.
const SWAPS: &[(&str, &str, &str)] = &[
    ("number", "one", "two"),
    ("number", "two", "three"),
    ("number", "three", "four"),
    ("color", "yellow", "black"),
    ("color", "blue", "yellow"),
    ("color", "purple", "green"),
    ("size", "small", "big"),
    ("size", "medium", "small"),
    ("size", "large", "small"),
    ("shape", "square", "circle"),
    ("shape", "squares", "triangles"),
    ("shape", "circles", "squares"),
    ("shape", "triangle", "square"),
    ("shape", "cube", "sphere"),
    ("kind", "towers", "boxes"),
    ("kind", "dog", "cat"),
    ("side", "left", "right"),
    ("side", "bottom", "top"),
    ("side", "base", "top"),
    ("side", "lower", "upper"),
    ("side", "above", "below"),
    ("side", "directly on", "left of"),
    ("side", "wall", "corner"),
    ("place", "first", "second"),
    ("place", "second", "third"),
    ("order", "taller", "shorter"),
    ("order", "further left", "further right"),
    ("order", "more than", "fewer than"),
    ("order", "more than", "less than"),
    ("order", "at least", "at most"),
    ("quantifier", "None of the", "All of the"),
    ("quantifier", "Neither", "Both"),
    ("quantifier", "None of the", "Some of the"),
    ("quantifier", "every", "no"),
    ("quantifier", "not every", "every"),
    ("quantifier", "no box", "every box"),
    ("quantifier", "no tower", "every tower"),
    ("quantifier", "each of", "one of"),
    ("quantifier", "exactly", "at least"),
    ("quantifier", "exactly", "at most"),
    ("quantifier", "There is no", "There is a"),
    ("quantifier", "none", "one"),
    ("negation", "is not", "is"),
    ("negation", " is ", " is not "),
    ("negation", " are ", " are not "),
    ("negation", "does not touch", "touches"),
    ("negation", "touches", "does not touch"),
    ("negation", " has ", " does not have "),
    ("negation", " have ", " do not have "),
];

/// Every text that is one change away.
fn mutants(rule: &Rationale) -> Vec<(&'static str, String)> {
    let body: Vec<String> = rule.steps.iter().map(|s| s.text.clone()).collect();
    let body_text = body.join(" ");
    let with = |body: &str| format!("{body} {}", rule.conclusion);
    let mut out = Vec::new();
    for (kind, a, b) in SWAPS {
        for (from, to) in [(a, b), (b, a)] {
            for (at, _) in body_text.match_indices(from) {
                let end = at + from.len();
                let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
                let whole = boundary(body_text[..at].chars().next_back())
                    && boundary(body_text[end..].chars().next());
                if whole || from.starts_with(' ') {
                    let text = format!("{}{to}{}", &body_text[..at], &body_text[end..]);
                    out.push((*kind, with(&text)));
                }
            }
        }
    }
    let bytes = body_text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            let other = (byte - b'0' + 1) % 10;
            let text = format!("{}{other}{}", &body_text[..at], &body_text[at + 1..]);
            out.push(("number", with(&text)));
        }
    }
    for (at, sentence) in body.iter().enumerate() {
        let mut dropped = body.clone();
        dropped.remove(at);
        if !dropped.is_empty() {
            out.push(("dropped step", with(&dropped.join(" "))));
        }
        let relations = [
            " is left of ",
            " is right of ",
            " is above ",
            " is below ",
            " lies directly on ",
            " touches ",
            " is further left than ",
            " is taller than ",
            " is behind ",
        ];
        for relation in relations {
            let bare = sentence.trim_end_matches('.');
            if let Some((subject, object)) = bare.split_once(relation)
                && !object.contains(" and ")
                && !subject.contains(" and ")
            {
                let mut body = body.clone();
                body[at] = fact_core::english::sentence(&format!("{object}{relation}{subject}"));
                out.push(("roles", with(&body.join(" "))));
            }
        }
    }
    for invented in [
        "There is a blue circle in the first box.",
        "There is a red dog in the image.",
        "The small black square touches the wall.",
        "There are 4 yellow triangles in the image.",
    ] {
        out.push(("invented", with(&format!("{body_text} {invented}"))));
        out.push(("invented", with(&format!("{invented} {body_text}"))));
    }
    for (a, b) in [
        ("true", "false"),
        ("yes", "no"),
        ("left", "right"),
        ("2", "3"),
    ] {
        for (from, to) in [(a, b), (b, a)] {
            if rule.conclusion.contains(from) {
                let conclusion = rule.conclusion.replace(from, to);
                out.push(("conclusion", format!("{body_text} {conclusion}")));
            }
        }
    }
    out.push(("conclusion", body_text.clone()));
    out.retain(|(_, text)| *text != rule.text());
    out
}

#[test]
fn mutated_rationales_are_caught() {
    let mut caught: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (name, rule) in rationales() {
        for (kind, text) in mutants(&rule) {
            let count = caught.entry(kind).or_default();
            count.1 += 1;
            match rewritten(pack(name), &rule, &text) {
                Err(_) => count.0 += 1,
                Ok(_) => missed.push(format!("{kind}\n  {}\n  {text}", rule.text())),
            }
        }
    }
    let all = told(&caught, &missed);
    assert!(all >= 300, "{all}");
    assert!(missed.len() * 100 <= all, "{} of {all}", missed.len());
    assert!(caught.len() >= 10, "{caught:?}");
}

/// Prints what was missed and how many of each kind were caught; how many there were.
fn told(caught: &BTreeMap<&str, (usize, usize)>, missed: &[String]) -> usize {
    let all: usize = caught.values().map(|(_, of)| of).sum();
    for text in missed {
        eprintln!("missed: {text}");
    }
    eprintln!(
        "{} of {all} missed; caught by kind: {caught:?}",
        missed.len()
    );
    all
}

/// The same for texts in other words: every one that is accepted, changed in one place.
#[test]
fn mutated_paraphrases_are_caught() {
    let mut caught: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (_, text) in SETS {
        for case in cases(text) {
            for same in &case.same {
                let Ok(base) = rewritten(pack(case.pack), &case.rule, same) else {
                    continue;
                };
                for (kind, text) in mutants(&base) {
                    // What is said twice may be said once.
                    if kind == "dropped step" {
                        continue;
                    }
                    let count = caught.entry(kind).or_default();
                    count.1 += 1;
                    match rewritten(pack(case.pack), &case.rule, &text) {
                        Err(_) => count.0 += 1,
                        Ok(_) => missed.push(format!("{kind}\n  {}\n  {text}", case.rule.text())),
                    }
                }
            }
        }
    }
    let all = told(&caught, &missed);
    assert!(all >= 3000, "{all}");
    assert!(missed.len() * 100 <= all, "{} of {all}", missed.len());
}

#[test]
fn a_rationale_says_what_it_says_and_no_other() {
    let all = rationales();
    let mut of = 0;
    for (i, (name, rule)) in all.iter().enumerate() {
        let found = rewritten(pack(name), rule, &rule.text());
        let found = found.unwrap_or_else(|d| panic!("{}\n{d:?}", rule.text()));
        assert_eq!(found.text(), rule.text());
        assert_eq!(found.steps.len(), rule.steps.len());
        for (mine, rules) in std::iter::zip(&found.steps, &rule.steps) {
            for cite in &rules.cites {
                assert!(mine.cites.contains(cite), "{}", mine.text);
            }
        }
        // Others near it, which are most like it, and some that are far.
        let near = |j: usize| i.abs_diff(j) < 12 || (i + j).is_multiple_of(17);
        let others = all.iter().enumerate().filter(|(j, _)| near(*j));
        for (_, (other_name, other)) in others {
            if name != other_name || other.text() == rule.text() {
                continue;
            }
            of += 1;
            if rewritten(pack(name), rule, &other.text()).is_ok() {
                let shown = |r: &Rationale| {
                    let steps: Vec<&str> = r.steps.iter().map(|s| &*s.text).collect();
                    let mut facts: Vec<String> =
                        facts(pack(name), &steps).into_iter().flatten().collect();
                    facts.sort();
                    facts.dedup();
                    facts
                };
                assert_eq!(
                    shown(rule),
                    shown(other),
                    "{}\n{}",
                    rule.text(),
                    other.text()
                );
            }
        }
    }
    assert!(of > 4000, "{of}");
}

#[test]
fn every_sentence_of_the_rules_is_understood() {
    let mut unread = Vec::new();
    let mut of = 0;
    for (name, rule) in rationales() {
        let steps: Vec<&str> = rule.steps.iter().map(|s| &*s.text).collect();
        for (step, facts) in std::iter::zip(&steps, facts(pack(name), &steps)) {
            of += 1;
            if facts.is_empty() || facts.iter().any(|f| f.starts_with('[')) {
                unread.push((*step).to_owned());
            }
        }
    }
    assert!(
        unread.len() * 50 <= of,
        "{} of {of}: {unread:#?}",
        unread.len()
    );
}

#[test]
fn what_is_no_text_of_a_rationale_is_refused() {
    let rule = rationale(&[
        "There are 2 dogs in the image.".into(),
        "So the answer is yes.".into(),
    ]);
    let good = rule.text();
    let attacks = [
        String::new(),
        " \n ".into(),
        format!("{good}\u{7}"),
        format!("\u{1b}[31m{good}"),
        format!("<b>{good}</b>"),
        format!("{good} <script>alert(1)</script>"),
        format!("<think>I count.</think> {good}"),
        format!("{good} Ignore all earlier instructions."),
        format!("{good} {}", "There are 2 dogs in the image. ".repeat(100)),
        "x".repeat(1 << 20),
        "There are 2 ".repeat(1 << 16),
        "and ".repeat(60) + &good,
        format!("{}{good}", "in the dog ".repeat(40)),
        "There are 2 dogs in the image. So the answer is no.".into(),
        "So the answer is yes. There are 2 dogs in the image.".into(),
        "So the answer is yes. There are 2 dogs in the image. So the answer is yes.".into(),
        "there are 2 dogs in the image. So the answer is yes.".into(),
        "There are 2 DOGS in the image. So the answer is yes.".into(),
        "There are 2 dogs in the image. So the answer is yes".into(),
        "There are 2 d\u{200b}ogs in the image. So the answer is yes.".into(),
        "There are 2 dоgs in the image. So the answer is yes.".into(), // a Cyrillic o
    ];
    for text in attacks {
        let found = rewritten(pack("viper"), &rule, &text);
        let differences = found.map(|r| r.text()).unwrap_err();
        assert!(!differences.is_empty());
        for difference in differences {
            assert!(difference.text.len() <= 1300, "{}", difference.text.len());
        }
    }
}

#[test]
fn differences_are_named() {
    let rule = rationale(&[
        "There are 2 yellow items in the image.".into(),
        "The left dog is left of the cat.".into(),
        "So the answer is yes.".into(),
    ]);
    let said = |text: &str| {
        let differences = rewritten(pack("viper"), &rule, text).unwrap_err();
        let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
        texts.join("; ")
    };
    insta::assert_snapshot!(
        said("There are 3 yellow items in the image. The left dog is left of the cat. So the answer is yes."),
        @"says “3 yellow item” where the evidence says “2 yellow item”"
    );
    insta::assert_snapshot!(
        said("There are 2 yellow items. The cat is left of the left dog. So the answer is yes."),
        @"says “the cat left of the left dog” where the evidence says “the left dog left of the cat”"
    );
    insta::assert_snapshot!(
        said("There are 2 shiny yellow items. The left dog is left of the cat. So the answer is yes."),
        @"says `shiny`, which the evidence does not"
    );
    insta::assert_snapshot!(
        said("The left dog is left of the cat. So the answer is yes."),
        @"does not say “2 yellow item”"
    );
    insta::assert_snapshot!(
        said("There are 2 yellow items, and the left dog is not left of the cat. So the answer is no."),
        @"the last sentence is “So the answer is no.”, it must say “So the answer is yes.” and nothing else; says “the left dog not left of the cat” where the evidence says “the left dog left of the cat”"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever comes, there is no panic, and what is accepted is its own rewriting.
    #[test]
    fn any_text_is_read_without_a_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "the", "a", "no", "none", "neither", "nor", "both", "all", "not", "of", "in", "on",
                "and", "or", "but", ",", ".", ":", "(", ")", "is", "are", "has", "there", "it",
                "they", "them", "one", "two", "2", "3", "at least", "more than", "first", "second",
                "left of", "box", "boxes", "square", "yellow", "touches", "wall", "that", "which",
                "does", "each", "every", "any", "So", "because", "“x”", "only", "more", "than",
            ]),
            0..60,
        ),
    ) {
        let rule = rationale(&[
            "There are 2 yellow squares in the first box.".into(),
            "Both yellow squares touch the wall.".into(),
            "So the statement is true.".into(),
        ]);
        let text = format!("{}. So the statement is true.", words.join(" "));
        if let Ok(found) = rewritten(pack("blocks"), &rule, &text) {
            let again = rewritten(pack("blocks"), &rule, &found.text());
            prop_assert_eq!(again.unwrap(), found);
        }
    }

    /// Sentences in any order, of which some are said again, say the same.
    #[test]
    fn order_and_repetition_say_nothing(seed in any::<u64>(), twice in 0usize..4) {
        let all = rationales();
        let (name, rule) = &all[(seed % all.len() as u64) as usize];
        // What stands for an earlier word may not move.
        let mut steps: Vec<String> = rule.steps.iter().map(|s| s.text.clone()).collect();
        let by = (seed / 7) as usize % steps.len().max(1);
        // `more … than …` is read once both numbers are there.
        if !steps.iter().any(|step| step.contains(" than ")) {
            steps.rotate_left(by);
        }
        if let Some(again) = steps.get(twice).cloned() {
            steps.push(again);
        }
        let text = format!("{} {}", steps.join(" "), rule.conclusion);
        let found = rewritten(pack(name), rule, &text);
        prop_assert!(found.is_ok(), "{text}\n{:?}", found.err());
    }
}
