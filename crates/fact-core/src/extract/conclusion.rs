//! The last sentence: the answer.

use super::facts::{Difference, DifferenceKind};
use super::lexicon::{CONNECTIVES, Lexicon};
use super::tokens::{Token, tokens};

/// What a conclusion says.
#[derive(Debug, PartialEq)]
enum Conclusion {
    /// Whether the statement is true.
    Verdict(bool),
    /// The answer, as words.
    Answer(String),
    /// Something else: its words.
    Other(String),
}

const TRUE: &[&str] = &["true", "correct", "right", "accurate"];
const FALSE: &[&str] = &["false", "incorrect", "wrong", "untrue", "inaccurate"];

fn conclusion(sentence: &str) -> Conclusion {
    let words = words(sentence);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let bare: Vec<&str> = (words.iter())
        .filter(|word| !CONNECTIVES.contains(word) && **word != ",")
        .copied()
        .collect();
    let behind = words
        .iter()
        .position(|word| !CONNECTIVES.contains(word) && *word != ",");
    let words = &words[behind.unwrap_or(words.len())..];
    let verdict = |rest: &[&str]| match rest {
        ["is", word] if TRUE.contains(word) => Some(true),
        ["is", word] if FALSE.contains(word) => Some(false),
        ["is", "not", word] if TRUE.contains(word) => Some(false),
        ["holds"] => Some(true),
        ["does", "not", "hold"] => Some(false),
        _ => None,
    };
    if let [
        "the" | "this",
        "statement" | "sentence" | "claim",
        rest @ ..,
    ] = bare.as_slice()
        && let Some(truth) = verdict(rest)
    {
        return Conclusion::Verdict(truth);
    }
    if let ["the", rest @ ..] = words {
        let rest = match rest {
            ["final" | "correct", rest @ ..] => rest,
            _ => rest,
        };
        let rest = match rest {
            ["answer", "to", "the" | "this", "question", rest @ ..] | ["answer", rest @ ..] => rest,
            _ => &[],
        };
        if let ["is", answer @ ..] = rest {
            return Conclusion::Answer(answer.join(" "));
        }
    }
    Conclusion::Other(words.join(" "))
}

fn words(sentence: &str) -> Vec<String> {
    // Only general phrases: an answer's words stay as they are.
    let found = tokens(sentence, &Lexicon::general()).unwrap_or_default();
    let shown = |token: &Token| match token {
        Token::Quote(text) => text.to_lowercase(),
        other => other.shown(),
    };
    found.iter().map(shown).collect()
}

/// Whether a sentence is a conclusion: the answer is said once, at the end.
fn concludes(sentence: &str) -> bool {
    !matches!(conclusion(sentence), Conclusion::Other(_))
}

/// What is wrong with the conclusion of a text.
pub(super) fn differences(rule: &str, text: &str, before: &[String]) -> Vec<Difference> {
    let mut out = Vec::new();
    if conclusion(rule) != conclusion(text) {
        let said = format!("the last sentence is “{text}”, it must say “{rule}” and nothing else");
        out.push(Difference::new(DifferenceKind::Conclusion, said));
    }
    if concludes(rule) && before.iter().any(|sentence| concludes(sentence)) {
        let said = "says the answer before the last sentence".to_owned();
        out.push(Difference::new(DifferenceKind::Conclusion, said));
    }
    out
}
