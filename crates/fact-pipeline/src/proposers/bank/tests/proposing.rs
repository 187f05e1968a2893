//! Candidates.

use super::super::Candidate;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Made-up sentences, none of them from a data set.
const SENTENCES: &[&str] = &[
    "There is a tower whose base is black",
    "There are exactly seven small yellow circles",
    "At most two boxes have a blue triangle touching the right wall",
    "There is no box with more than 4 black squares",
    "Each box contains a big object",
    "None of the towers has a yellow block on top",
    "There is a blue square above a black square",
    "There are at least 3 towers with only blue blocks",
    "two of the grey boxes hold the same number of items",
    "Ther is a yelow trianlge toching the bottom edge",
    "all the circles are medium",
    "Three red hexagons are left of eleven blue circles",
    "Is a purple giraffe singing?",
];

fn shown(candidates: &[Candidate]) -> String {
    let mut out = String::new();
    for candidate in candidates {
        let body = candidate
            .program
            .trim_start_matches("def execute_command(image):\n");
        let Candidate {
            exemplar, score, ..
        } = candidate;
        // Writing to a string does not fail.
        let _ = writeln!(out, "{score:.3} {exemplar}\n{}", body.trim_end());
    }
    out
}

#[test]
fn a_program_is_backed_by_all_exemplars_that_led_to_it() -> Outcome {
    let candidates = bank()?.propose("There are 2 black blocks", 10);
    let first = &candidates[0];
    assert!(!first.support.is_empty(), "{first:?}");
    for candidate in &candidates {
        let mut all = candidate.support.clone();
        all.push(candidate.exemplar.clone());
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "each exemplar once: {candidate:?}");
    }
    Ok(())
}

#[test]
fn candidates_for_made_up_sentences() -> Outcome {
    let bank = bank()?;
    let mut out = String::new();
    for sentence in SENTENCES {
        writeln!(out, "# {sentence}\n{}", shown(&bank.propose(sentence, 3)))?;
    }
    insta::assert_snapshot!(out);
    Ok(())
}

#[test]
fn candidates_of_another_domain() -> Outcome {
    let bank = fruit()?;
    let mut out = String::new();
    for sentence in [
        "There is a crate with 3 unripe quinces",
        "There are exactly two bowls with 3 ripe pears",
        "There is no green apple next to a pear",
        "every crate with only one fruit",
    ] {
        writeln!(out, "# {sentence}\n{}", shown(&bank.propose(sentence, 3)))?;
    }
    insta::assert_snapshot!(out);
    Ok(())
}

#[test]
fn at_most_k_different_programs_best_first() -> Outcome {
    let bank = bank()?;
    for sentence in SENTENCES {
        let all = bank.propose(sentence, 50);
        assert!(all.len() <= 50);
        assert!(all.windows(2).all(|pair| pair[0].score >= pair[1].score));
        let programs: BTreeSet<&str> = all.iter().map(|c| &*c.program).collect();
        assert_eq!(programs.len(), all.len());
        for k in [0, 1, 7] {
            assert_eq!(bank.propose(sentence, k), all[..k.min(all.len())], "{k}");
        }
        for candidate in &all {
            let same = all.iter().filter(|c| c.exemplar == candidate.exemplar);
            assert!(same.count() <= 3);
        }
    }
    Ok(())
}

#[test]
fn the_same_on_every_load_and_thread() -> Outcome {
    let text = Bank::builtin_text("blocks").unwrap_or_default();
    let other = Bank::load(text, "again", &BLOCKS)?;
    let expected: Vec<_> = SENTENCES.iter().map(|s| other.propose(s, 10)).collect();
    let bank = bank()?;
    std::thread::scope(|scope| {
        let found = || {
            SENTENCES
                .iter()
                .map(|s| bank.propose(s, 10))
                .collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(found)).collect();
        for thread in threads {
            assert_eq!(thread.join().ok().as_ref(), Some(&expected));
        }
    });
    Ok(())
}

#[test]
fn exemplars_find_themselves() -> Outcome {
    let bank = bank()?;
    for exemplar in bank.exemplars().iter().step_by(9) {
        let found = bank.propose(&exemplar.sentence, 3);
        let own = found.iter().any(|c| c.program == exemplar.program);
        assert!(own, "{}", exemplar.id);
    }
    Ok(())
}

#[test]
fn long_questions_end() -> Outcome {
    let question = "a small yellow square and 3 ".repeat(20_000);
    assert!(bank()?.propose(&question, 10).len() <= 10);
    Ok(())
}

/// The pieces of a program that substitution can change: strings, names, numbers.
pub(super) fn pieces(program: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let pieces = program
        .split(|c| !word(c))
        .filter(|piece| !piece.is_empty());
    pieces.map(Into::into).collect()
}

/// All that programs may be made of: what stands in the exemplars' programs, the values of the
/// vocabulary, and the members that no exemplar has.
pub(super) static ALLOWED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let exemplars = bank().map(Bank::exemplars).unwrap_or_default();
    let programs = exemplars
        .iter()
        .flat_map(|exemplar| pieces(&exemplar.program));
    let values = BLOCKS.iter().flat_map(|(_, values)| values);
    let members = ["is_left_of", "is_right_of"].map(str::to_owned);
    programs
        .chain(values.map(|(value, _)| value.clone()))
        .chain(members)
        .collect()
});

/// Text made to break out of a string or to confuse the reader, among words that are read.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "'",
            "\\",
            "\")",
            "') or __import__('os').system('id') #",
            "\n",
            "\r\n",
            "return",
            "True",
            "\u{0}",
            "\u{202e}",
            "{}",
            "#",
            "\"\"\"",
            "eval",
            "zzz_pwn",
            "１",
            "99999999999999999999",
            "-1",
            "0x10",
            "İ",
            "ß",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            "there", "is", "a", "are", "no", "none", "of", "the", "each", "all", "only", "exactly",
            "at least", "two", "3", "box", "towers", "blue", "yellow", "small", "square", "items",
            "base", "top", "on", "under", "left of", "touching", "wall", "with", "and", "not",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_of_the_question_gets_into_programs(question in hostile(), k in 0_usize..12) {
        let found = bank().map_err(TestCaseError::fail)?.propose(&question, k);
        prop_assert!(found.len() <= k);
        for candidate in found {
            prop_assert!(parse_program(&candidate.program).is_ok());
            prop_assert!(candidate.score.is_finite());
            for piece in pieces(&candidate.program) {
                prop_assert!(ALLOWED.contains(&piece), "{piece} in {}", candidate.program);
            }
        }
    }

    #[test]
    fn any_text_is_a_bank_or_an_error(text in "\\PC{0,80}") {
        prop_assert!(Bank::load(&text, "random", &[]).is_err());
    }
}
