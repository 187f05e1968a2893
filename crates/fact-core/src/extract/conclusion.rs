//! The last sentence: the answer.

use super::facts::{Difference, DifferenceKind};
use super::lexicon::Lexicon;
use super::tokens::{Token, tokens};
use super::words::{ADVERBS, JOINS};

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
    let bare: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !connects(word) && ![",", ":", ";"].contains(word))
        .collect();
    if let Some(truth) = verdict(&bare) {
        return Conclusion::Verdict(truth);
    }
    // `Hence the answer: no.`
    let before = words.iter().take_while(|word| *word != ":");
    let titled = match bare.as_slice() {
        ["the", "answer", rest @ ..] | ["answer", rest @ ..] if !rest.is_empty() => {
            (before.clone().last().is_some_and(|w| w == "answer") && before.count() < words.len())
                .then_some(rest)
        }
        _ => None,
    };
    if let Some(answer) = answer(&bare).or(titled) {
        let answer = match answer {
            ["a" | "an" | "the", rest @ ..] if !rest.is_empty() => rest,
            _ => answer,
        };
        let plain = answer.join(" ");
        return Conclusion::Answer(plain.trim_matches(['“', '”', '"']).to_owned());
    }
    let behind = words
        .iter()
        .position(|word| !connects(word) && word != ",")
        .unwrap_or(words.len());
    Conclusion::Other(words[behind..].join(" "))
}

/// Whether a sentence concludes what is wanted: also by the bare answer, `so yes`.
fn concludes_as(sentence: &str, wanted: &Conclusion) -> bool {
    let said = conclusion(sentence);
    said == *wanted
        || match (wanted, said) {
            (Conclusion::Answer(answer), Conclusion::Other(said)) => {
                let said = said.trim_end_matches('.').trim();
                let first = words(sentence).into_iter().next();
                said == answer && first.is_some_and(|word| connects(&word))
            }
            _ => false,
        }
}

/// The statement, and whether it is said to be true.
fn verdict(words: &[&str]) -> Option<bool> {
    let (words, turned) = match words {
        // `this makes the statement true`
        [
            "this" | "that" | "which" | "it",
            "makes" | "renders",
            rest @ ..,
        ] => (rest, true),
        ["makes" | "renders", rest @ ..] => (rest, true),
        _ => (words, false),
    };
    let ["the" | "this" | "that" | "our", rest @ ..] = words else {
        return None;
    };
    let rest = match rest {
        ["given" | "original", rest @ ..] => rest,
        _ => rest,
    };
    let [
        "statement" | "sentence" | "claim" | "assertion" | "caption" | "description",
        rest @ ..,
    ] = rest
    else {
        return None;
    };
    let truth = |rest: &[&str]| match rest {
        [word] | ["a", word, "one" | "1" | "statement"] if TRUE.contains(word) => Some(true),
        [word] | ["a", word, "one" | "1" | "statement"] if FALSE.contains(word) => Some(false),
        _ => None,
    };
    // Also what is left of `this makes the statement true`.
    if turned || rest.len() == 1 && truth(rest).is_some() {
        return truth(rest);
    }
    match rest {
        ["is", "not", rest @ ..]
        | ["cannot", "be", rest @ ..]
        | ["can", "not", "be", rest @ ..] => {
            // `not false` is no way to say it.
            truth(rest).filter(|truth| *truth).map(|truth| !truth)
        }
        ["is" | "proves" | "holds", rest @ ..] if !rest.is_empty() => truth(rest),
        ["must" | "can" | "has", "be", rest @ ..]
        | ["has" | "proves" | "turns", "to", "be", rest @ ..]
        | ["turns", "out", "to", "be", rest @ ..] => truth(rest),
        ["evaluates", "to", rest @ ..] => truth(rest),
        ["holds"] => Some(true),
        ["fails"]
        | ["does", "not", "hold"]
        | ["does", "not", "hold", "true"]
        | ["fails", "to", "hold"] => Some(false),
        _ => None,
    }
}

/// The words of the answer.
fn answer<'a, 'b>(words: &'b [&'a str]) -> Option<&'b [&'a str]> {
    let rest = match words {
        ["the" | "our", "final" | "correct", "answer", rest @ ..]
        | ["the" | "our", "answer", rest @ ..] => rest,
        // `This gives 3 as the answer.`
        [
            "this" | "that" | "which",
            "gives" | "makes",
            rest @ ..,
            "as",
            "the",
            "answer",
        ]
        | [
            "this" | "that" | "which",
            "makes",
            "the",
            "answer",
            rest @ ..,
        ] => return Some(rest),
        [rest @ .., "is", "the", "answer"] => return Some(rest),
        _ => return None,
    };
    let rest = match rest {
        ["to", "the" | "this" | "that", "question", rest @ ..] => rest,
        _ => rest,
    };
    match rest {
        ["is", rest @ ..]
        | ["must" | "would" | "will", "be", rest @ ..]
        | ["comes", "to", rest @ ..] => Some(rest),
        _ => None,
    }
}

/// The last sentence as a step and a conclusion, where the conclusion is a part of it: `No box has
/// one, so the statement is false.`, `The statement is false because no box has one.`
pub(super) fn split(rule: &str, sentence: &str) -> Option<(String, String)> {
    let wanted = conclusion(rule);
    if matches!(wanted, Conclusion::Other(_)) || concludes_as(sentence, &wanted) {
        return None;
    }
    let body = sentence.trim_end_matches('.');
    let capital = crate::english::sentence;
    for (at, mark) in body.char_indices().rev() {
        if ![',', ';', ':', '—', '–'].contains(&mark) {
            continue;
        }
        let (head, tail) = (&body[..at], body[at + mark.len_utf8()..].trim());
        let tail = [
            "and ",
            "which means that ",
            "which means ",
            "meaning that ",
            "meaning ",
        ]
        .iter()
        .find_map(|word| tail.strip_prefix(word))
        .unwrap_or(tail);
        let making = tail
            .strip_prefix("which makes ")
            .or_else(|| tail.strip_prefix("making "))
            .map(|rest| format!("this makes {rest}"));
        let tail = making.as_deref().unwrap_or(tail);
        if concludes_as(tail, &wanted) {
            let head = ["Since ", "Because ", "As ", "Given that "]
                .iter()
                .find_map(|word| head.strip_prefix(word))
                .unwrap_or(head);
            let head = head.trim_end_matches([',', ';', ':', ' ']);
            return (!head.is_empty()).then(|| (capital(head), capital(tail)));
        }
    }
    for word in [" because ", " since ", " as "] {
        for (at, _) in body.match_indices(word) {
            let head = body[..at].trim_end_matches([',', ' ']);
            let tail = body[at + word.len()..].trim();
            if concludes_as(head, &wanted) && !tail.is_empty() {
                return Some((capital(tail), capital(head)));
            }
        }
    }
    None
}

fn connects(word: &str) -> bool {
    ADVERBS.contains(&word) || JOINS.contains(&word) || word == "and"
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
    if !concludes_as(text, &conclusion(rule)) {
        let said = format!("the last sentence is “{text}”, it must say “{rule}” and nothing else");
        out.push(Difference::new(DifferenceKind::Conclusion, said));
    }
    if concludes(rule) && before.iter().any(|sentence| concludes(sentence)) {
        let said = "says the answer before the last sentence".to_owned();
        out.push(Difference::new(DifferenceKind::Conclusion, said));
    }
    out
}
