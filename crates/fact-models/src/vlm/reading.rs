//! From a model's text to a word, a phrase, an option or a number.
//!
//! What is dropped without asking again, because it cannot change the meaning: white space around
//! the answer, a block `<think>…</think>` before it, one pair of quotes, of backticks or of asterisks
//! around it, a full stop at its end, and (for yes and no, options and [`phrase`]) the case of
//! letters. Everything else is a [`Problem`].

use super::problem::Problem;

/// Longest answer that is looked at, in bytes.
const MAX_ANSWER: usize = 64 << 10;
/// Longest short answer, in characters and in words.
const MAX_PHRASE: (usize, usize) = (120, 12);
/// Longest explanation after a yes or no, in characters.
const MAX_EXPLANATION: usize = 300;

/// The answer without white space around it and without a block of reasoning before it.
pub(super) fn body(text: &str) -> Result<&str, Problem> {
    let mut text = text.trim();
    if let Some(rest) = text.strip_prefix("<think>") {
        let (_, answer) = rest
            .split_once("</think>")
            .ok_or(Problem::EndlessReasoning)?;
        text = answer.trim();
    }
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.len() > MAX_ANSWER {
        return Err(Problem::TooLong { most: MAX_ANSWER });
    }
    Ok(text)
}

/// `body` without one pair of marks around it and one full stop at its end.
fn bare(body: &str) -> &str {
    let stop = |text: &str| -> usize {
        // An ellipsis is no full stop.
        usize::from(text.ends_with('.') && !text.ends_with(".."))
    };
    let mut text = &body[..body.len() - stop(body)];
    for (open, close) in [
        ("**", "**"),
        ("\"", "\""),
        ("“", "”"),
        ("'", "'"),
        ("`", "`"),
    ] {
        let inner = text.strip_prefix(open).and_then(|t| t.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open) && !inner.contains(close)) {
            text = inner.trim();
            break;
        }
    }
    &text[..text.len() - stop(text)]
}

/// Lower case with single spaces.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().replace('’', "'"))
}

/// Yes or no: the word alone, or first with a short explanation that does not take it back. “Yes”
/// together with “no”, “not” or “…n't” anywhere is a contradiction, and so is “no” with “yes”.
pub(super) fn yes_no(body: &str) -> Result<bool, Problem> {
    if body.chars().count() > MAX_EXPLANATION {
        return Err(Problem::TooLong {
            most: MAX_EXPLANATION,
        });
    }
    let words: Vec<String> = words(bare(body)).collect();
    let yes = words.iter().any(|word| word == "yes");
    match words.first().map(String::as_str) {
        Some("yes") => {
            let denied = |word: &String| {
                ["no", "not", "none", "cannot", "never"].contains(&word.as_str())
                    || word.ends_with("n't")
            };
            if words.iter().any(denied) {
                Err(Problem::YesAndNo)
            } else {
                Ok(true)
            }
        }
        Some("no") if yes => Err(Problem::YesAndNo),
        Some("no") => Ok(false),
        _ => Err(Problem::NeitherYesNorNo),
    }
}

/// A short answer, in lower case, without an article before it.
pub(super) fn phrase(body: &str) -> Result<String, Problem> {
    let text = short(body)?.to_lowercase();
    let plain = ["a ", "an ", "the "]
        .into_iter()
        .find_map(|article| text.strip_prefix(article))
        .unwrap_or(&text);
    Ok(plain.trim().to_owned())
}

/// A short answer as it is written, on one line.
pub(super) fn short(body: &str) -> Result<String, Problem> {
    let text = bare(body);
    let wrong = |reason| Err(Problem::NoPhrase { reason });
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.chars().any(char::is_control) {
        return wrong("it has several lines");
    }
    if is_refusal(text) {
        return Err(Problem::Refusal);
    }
    if text.chars().count() > MAX_PHRASE.0 || text.split_whitespace().count() > MAX_PHRASE.1 {
        return wrong("it is longer than 12 words or 120 characters");
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A long answer as it is written.
pub(super) fn long(body: &str) -> Result<String, Problem> {
    match is_refusal(body) {
        true => Err(Problem::Refusal),
        false => Ok(body.to_owned()),
    }
}

/// Whether the answer begins as models begin when they decline.
fn is_refusal(text: &str) -> bool {
    let text = folded(text).replace('’', "'");
    [
        "i'm sorry",
        "i am sorry",
        "sorry,",
        "sorry, ",
        "i cannot ",
        "i can't ",
        "i can not ",
        "i'm unable",
        "i am unable",
        "i'm not able",
        "i am not able",
        "as an ai",
    ]
    .into_iter()
    .any(|start| text.starts_with(start))
}

/// The place of the option that the answer is: letter by letter, else up to case, white space, marks
/// around it and a full stop, if that means one option only (or several that are the same up to
/// case: the first).
pub(super) fn option(body: &str, options: &[String]) -> Result<usize, Problem> {
    if let Some(at) = options.iter().position(|option| option == body) {
        return Ok(at);
    }
    // Options may end in a full stop or stand in quotes themselves: those around the answer are
    // dropped only where the answer with them is no option.
    for answer in [folded(body), folded(bare(body))] {
        let same = options.iter().position(|option| folded(option) == answer);
        if let Some(at) = same {
            return Ok(at);
        }
    }
    let answer = folded(bare(body));
    let mut same = (0..options.len()).filter(|&at| folded(bare(options[at].trim())) == answer);
    match (same.next(), same.next()) {
        (Some(at), None) => Ok(at),
        _ => Err(Problem::NoOption),
    }
}

/// A rating from 0 to 100: the number alone, or as `85/100` or `85%`.
pub(super) fn rating(body: &str) -> Result<f64, Problem> {
    let text = bare(body);
    let number = text
        .strip_suffix("/100")
        .or_else(|| text.strip_suffix('%'))
        .unwrap_or(text)
        .trim();
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && number.len() <= 20;
    match number.parse::<f64>() {
        Ok(value) if plain && (0.0..=100.0).contains(&value) => Ok(value),
        _ => Err(Problem::NoRating),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reasoning_before_the_answer_is_dropped_and_must_end() {
        assert_eq!(body(" <think>yes? no?</think>\n yes "), Ok("yes"));
        assert_eq!(body("<think>yes"), Err(Problem::EndlessReasoning));
        assert_eq!(body("<think>yes</think> "), Err(Problem::Empty));
        assert_eq!(body(" \n"), Err(Problem::Empty));
        let long = "x".repeat(MAX_ANSWER + 1);
        assert_eq!(body(&long), Err(Problem::TooLong { most: MAX_ANSWER }));
    }

    #[test]
    fn yes_and_no_are_read_and_contradictions_seen() {
        for text in [
            "yes",
            "Yes.",
            "YES!",
            "**Yes**",
            "'yes'",
            "Yes, the dog is brown.",
        ] {
            assert_eq!(yes_no(text), Ok(true), "{text}");
        }
        for text in ["no", "No.", "No, the dog is not brown.", "\"No\""] {
            assert_eq!(yes_no(text), Ok(false), "{text}");
        }
        for text in [
            "Yes... no",
            "no, yes",
            "Yes, it is not brown",
            "Yes, but it isn’t",
            "yes and no",
            "Yes, I cannot see it",
        ] {
            assert_eq!(yes_no(text), Err(Problem::YesAndNo), "{text}");
        }
        for text in [
            "maybe",
            "The dog is brown",
            "nope",
            "yesterday",
            "1",
            "...",
            "I say yes",
        ] {
            assert_eq!(yes_no(text), Err(Problem::NeitherYesNorNo), "{text}");
        }
        let long = format!("yes, {}", "very ".repeat(200));
        assert!(matches!(yes_no(&long), Err(Problem::TooLong { .. })));
    }

    #[test]
    fn phrases_are_short_lower_case_and_without_article() {
        for (text, expected) in [
            ("Red", "red"),
            ("A dog.", "dog"),
            ("the  Eiffel Tower", "eiffel tower"),
            ("\"Stop\".", "stop"),
            ("theatre", "theatre"),
            ("**2**", "2"),
            ("3.5", "3.5"),
            ("another one", "another one"),
            ("and so on...", "and so on..."),
        ] {
            assert_eq!(phrase(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(short("St. John's Road."), Ok("St. John's Road".into()));
        let reason = |text: &str| phrase(text).unwrap_err().to_string();
        assert!(reason("red\nblue").contains("several lines"));
        assert!(reason(&"word ".repeat(13)).contains("12 words"));
        assert!(reason(&"x".repeat(121)).contains("120 characters"));
        assert_eq!(phrase("."), Err(Problem::Empty));
        for text in [
            "I'm sorry, I can't help",
            "As an AI, I have no eyes",
            "I cannot tell",
        ] {
            assert_eq!(phrase(text), Err(Problem::Refusal), "{text}");
            assert_eq!(long(text), Err(Problem::Refusal), "{text}");
        }
        assert_eq!(long("Two\nlines."), Ok("Two\nlines.".into()));
    }

    #[test]
    fn an_answer_is_one_of_the_options_or_none() {
        let options = ["Red", "dark red", "red.", "St. John", "\"quoted\""].map(String::from);
        let at = |text: &str| option(text, &options).ok();
        assert_eq!(at("Red"), Some(0));
        assert_eq!(at("red"), Some(0));
        assert_eq!(at("RED."), Some(2));
        assert_eq!(at("“Dark  Red”."), Some(1));
        assert_eq!(at("st. john"), Some(3));
        assert_eq!(at("quoted"), Some(4));
        assert_eq!(at("blue"), None);
        assert_eq!(at("The answer is Red"), None);
        assert_eq!(at("Red or dark red"), None);
        assert_eq!(at("1"), None);
        // Two that differ only in marks: which is meant is not guessed.
        let marked = ["\"a\"", "'a'"].map(String::from);
        assert_eq!(option("a", &marked), Err(Problem::NoOption));
    }

    #[test]
    fn ratings_are_numbers_from_0_to_100() {
        for (text, expected) in [
            ("85", 85.0),
            ("0.", 0.0),
            ("85/100", 85.0),
            ("100%", 100.0),
            ("7.5", 7.5),
        ] {
            assert_eq!(rating(text), Ok(expected), "{text}");
        }
        for text in [
            "101",
            "-1",
            "NaN",
            "inf",
            "1e2",
            "85 out of 100",
            "",
            "high",
            "8/10",
            "+5",
            "1.2.3",
        ] {
            assert_eq!(rating(text), Err(Problem::NoRating), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_answers_keep_their_promises(
            text in "(<think>|</think>|yes|no|not|A |The |\"|\\*\\*|`|'|\\.|, |Red|red|I'm sorry|%|/100|[0-9]{1,3}|.){0,12}",
        ) {
            let options = ["Red", "red.", "\"yes\"", ""].map(String::from);
            if let Ok(body) = body(&text) {
                prop_assert!(!body.is_empty() && body.trim() == body);
                if let Ok(number) = rating(body) {
                    prop_assert!((0.0..=100.0).contains(&number));
                }
                if let Ok(phrase) = phrase(body) {
                    prop_assert!(phrase.split_whitespace().count() <= MAX_PHRASE.1);
                    prop_assert!(!phrase.contains('\n'));
                }
                if let Ok(at) = option(body, &options) {
                    prop_assert!(at < options.len());
                }
                if yes_no(body) == Ok(true) {
                    prop_assert!(words(body).all(|word| word != "no"));
                }
            }
        }
    }
}
