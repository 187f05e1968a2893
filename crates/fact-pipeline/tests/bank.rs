//! The shipped bank on sentences that are not in it.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_lang::pack::Pack;
use fact_lang::syntax::parse_program;
use fact_pipeline::packs;
use fact_pipeline::proposers::bank::{Bank, BankError};
use proptest::prelude::*;
use std::sync::LazyLock;

static PACK: LazyLock<Pack> = LazyLock::new(|| packs::load("blocks").unwrap());
static BANK: LazyLock<Bank> = LazyLock::new(|| Bank::shipped(&PACK).unwrap());

/// The expression that the best candidate returns.
fn best(sentence: &str) -> String {
    let candidates = BANK.candidates(sentence, 1);
    let program = candidates[0].program.clone();
    let (_, expression) = program.split_once("return ").unwrap();
    expression.trim_end().to_owned()
}

#[test]
fn slots_are_substituted() {
    for (sentence, expected) in [
        (
            "There are exactly 7 blue circles",
            "image.count(\"blue circle\") == 7",
        ),
        (
            "There are exactly 7 bleu cirlces",
            "image.count(\"blue circle\") == 7",
        ),
        (
            "None of the boxes has a small blue triangle",
            "not any(box.exists(\"small blue triangle\") for box in image.boxes)",
        ),
        (
            "Each tower has at least 4 black blocks",
            "all(tower.count(\"black item\") >= 4 for tower in image.towers)",
        ),
    ] {
        let found: Vec<String> = BANK
            .candidates(sentence, 10)
            .into_iter()
            .map(|c| {
                c.program
                    .split_once("return ")
                    .unwrap()
                    .1
                    .trim_end()
                    .replace("block", "item")
            })
            .collect();
        let expected = expected.replace("block", "item");
        assert!(found.contains(&expected), "{sentence}: {found:#?}");
    }
}

#[test]
fn the_best_candidate_reads_its_sentence() {
    assert_eq!(
        best("There are 5 yellow items"),
        "image.count(\"yellow items\") == 5"
    );
}

#[test]
fn banks_that_are_wrong_say_where() {
    let load = |text: &str| Bank::from_toml(text, "my.toml", &PACK).map(|_| ());
    let program = "program = 'def execute_command(image):\\n    return (1'";
    let text = format!("[[exemplar]]\nid = \"a\"\nsentence = \"x\"\n{program}\n");
    let error = load(&text.replace('\'', "\"")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the bank my.toml: exemplar `a`: 2:"),
        "{error}"
    );
    assert!(matches!(
        load("[[exemplar]]\nid = 1"),
        Err(BankError::Malformed { .. })
    ));
    assert!(matches!(
        load("[[example]]\nid = 'a'"),
        Err(BankError::Malformed { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sentence_gives_the_same_programs_that_parse(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "there", "is", "are", "a", "no", "only", "exactly", "at least", "2", "three", "each",
                "none", "of", "the", "box", "tower", "boxes", "with", "and", "yellow", "black",
                "blue", "small", "big", "square", "circles", "items", "block", "touching", "left",
                "base", "top", "on", "under", "not", "same", "color", "xyzzy", "'", "\"", "\\",
            ]),
            0..14,
        ),
        k in 1usize..12,
    ) {
        let sentence = words.join(" ");
        let candidates = BANK.candidates(&sentence, k);
        prop_assert!(candidates.len() <= k);
        prop_assert_eq!(&candidates, &BANK.candidates(&sentence, k));
        for (at, candidate) in candidates.iter().enumerate() {
            prop_assert!(parse_program(&candidate.program).is_ok(), "{}", candidate.program);
            prop_assert!(at == 0 || candidates[at - 1].score >= candidate.score);
            let twice = candidates.iter().filter(|c| c.program == candidate.program).count();
            prop_assert_eq!(twice, 1);
        }
    }
}
