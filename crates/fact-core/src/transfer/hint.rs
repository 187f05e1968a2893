//! The rationale as a verifier sees it: no conclusion, and the answer's words masked.

use crate::matcher::Matcher;
use crate::rationale::Rationale;
use std::ops::Range;

/// What stands for a masked word.
pub const MASK: &str = "___";

/// Words of an answer that give nothing away.
const SMALL: [&str; 14] = [
    "a", "an", "the", "of", "in", "on", "at", "to", "with", "and", "or", "it", "its", "there",
];

/// Words by which a sentence is judged; all are masked if the answer is one of them, so that what is
/// left of the pair does not tell.
const JUDGEMENTS: [&str; 3] = ["true", "false", "yes"];

/// The steps of a rationale without its conclusion, with each word of `answers` masked: the same
/// word in any case, its plural or singular, a number in digits or in words.
///
/// An answer of several words is masked wherever one of its words stands, but for articles,
/// prepositions and conjunctions. Where the answer is yes, no, true or false, all of *yes*, *true* and
/// *false* are masked, and *no* where it stands for an answer; before a noun it says how many there
/// are, which is evidence.
pub fn hint<'a>(rationale: &Rationale, answers: impl IntoIterator<Item = &'a str>) -> String {
    let mut masked: Vec<String> = Vec::new();
    let mut judged = false;
    for answer in answers {
        let own: Vec<String> = (words(answer).into_iter())
            .map(|at| answer[at].to_lowercase())
            .collect();
        judged |=
            matches!(own.as_slice(), [word] if word == "no" || JUDGEMENTS.contains(&word.as_str()));
        masked.extend(own);
    }
    masked.retain(|word| !SMALL.contains(&word.as_str()));
    let steps: Vec<&str> = rationale.steps.iter().map(|s| s.text.as_str()).collect();
    let text = steps.join(" ");
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in words(&text) {
        let word = text[at.clone()].to_lowercase();
        let hidden = match word.as_str() {
            "no" => judged && !text[at.end..].starts_with(' '),
            word if judged && JUDGEMENTS.contains(&word) => true,
            word => masked.iter().any(|m| Matcher::Open.same(word, m)),
        };
        if hidden {
            out.push_str(&text[from..at.start]);
            out.push_str(MASK);
            from = at.end;
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Where the words of a text are: letters and digits, with marks between two of them that belong to
/// the word (`don't`, `3.5`, `t-shirt`).
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() {
            continue;
        }
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(last) if last.end == at => last.end = end,
            Some(last) if matches!(&text[last.end..at], "'" | "’" | "." | "-") => last.end = end,
            _ => words.push(at..end),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rationale::{Step, StepKind};
    use proptest::prelude::*;

    fn rationale(steps: &[&str]) -> Rationale {
        let step = |text: &&str| Step {
            kind: StepKind::Evidence,
            text: (*text).to_owned(),
            cites: Vec::new(),
            boxes: Vec::new(),
        };
        Rationale {
            steps: steps.iter().map(step).collect(),
            conclusion: "Therefore the answer is 2.".into(),
        }
    }

    fn of(steps: &[&str], answers: &[&str]) -> String {
        hint(&rationale(steps), answers.iter().copied())
    }

    #[test]
    fn the_conclusion_is_left_out() {
        assert_eq!(of(&["There is a dog."], &["yes"]), "There is a dog.");
        assert_eq!(of(&[], &["2"]), "");
    }

    #[test]
    fn the_answers_words_are_masked_in_every_form() {
        let steps = [
            "There are 2 red cups.",
            "Two of them touch; 12 do not.",
            "The Cup is red-hot.",
        ];
        assert_eq!(
            of(&steps, &["2"]),
            "There are ___ red cups. ___ of them touch; 12 do not. The Cup is red-hot."
        );
        assert_eq!(
            of(&steps, &["cup"]),
            "There are 2 red ___. Two of them touch; 12 do not. The ___ is red-hot."
        );
        assert_eq!(
            of(
                &["The man is to the left of a light blue car."],
                &["light blue", "the left"]
            ),
            "The man is to the ___ of a ___ ___ car."
        );
    }

    #[test]
    fn judgements_are_masked_and_quantifiers_are_not() {
        let steps = [
            "There is no dog.",
            "Is it one? No.",
            "So true is not false, yes.",
        ];
        let masked = "There is no dog. Is it one? ___. So ___ is not ___, ___.";
        assert_eq!(of(&steps, &["no"]), masked);
        assert_eq!(of(&steps, &["True"]), masked);
        assert_eq!(
            of(&steps, &["dog"]),
            "There is no ___. Is it one? No. So true is not false, yes."
        );
    }

    proptest! {
        #[test]
        fn no_word_of_the_answer_is_left(text in "[a-z0-9 .,'-]{0,60}", answer in "[a-z]{4,7}") {
            let hint = of(&[&format!("{text} {answer} {text}")], &[&answer]);
            let left = words(&hint).into_iter().any(|at| hint[at] == answer);
            prop_assert!(!left, "{hint}");
        }

        #[test]
        fn any_text_is_masked_without_a_panic(text in ".{0,80}", answer in ".{0,20}") {
            let _ = of(&[&text], &[&answer]);
        }
    }
}
