//! What a verifier is shown.

use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::transfer::{Condition, MASK};
use fact_models::language::{Message, Prompt, Role};

/// Version of the prompts and of what is read from replies: part of a verifier's identity.
pub(super) const VERSION: &str = "1";
/// Longest question that is shown, in characters.
const MOST_QUESTION: usize = 2000;
/// Longest text that is shown of a rationale, in characters.
const MOST_HINT: usize = 8000;
/// Longest choice that is shown, in characters, and most of them.
const MOST_CHOICE: usize = 200;
const MOST_CHOICES: usize = 100;

/// The answers that the model chooses from; empty if the question is open.
pub(super) fn closed(matcher: Matcher, sample: &Sample) -> Vec<String> {
    if !sample.choices.is_empty() {
        let choices = sample.choices.iter().take(MOST_CHOICES);
        return choices
            .map(|choice| one_line(choice, MOST_CHOICE))
            .collect();
    }
    match matcher {
        Matcher::TrueFalse | Matcher::YesNo => [true, false]
            .map(|value| matcher.bool_text(value).to_owned())
            .into(),
        Matcher::Exact | Matcher::Open | Matcher::VqaSoft => Vec::new(),
    }
}

/// One message; the image, if there is one, goes with it. The rationale stands before the question,
/// so that all prompts end alike.
pub(super) fn prompt(
    condition: Condition,
    sample: &Sample,
    hint: &str,
    closed: &[String],
) -> Prompt {
    let mut text = String::new();
    match condition {
        Condition::Text => text.push_str("You cannot see the image that the question is about."),
        _ if sample.images.len() > 1 => text.push_str("Look at the images."),
        _ => text.push_str("Look at the image."),
    }
    let hint = one_line(hint, MOST_HINT);
    if condition != Condition::Plain && !hint.is_empty() {
        text.push_str(" This was noted about it");
        if hint.contains(MASK) {
            text.push_str(&format!(" ({MASK} stands for a word that was left out)"));
        }
        text.push_str(&format!(":\n{hint}"));
    }
    let question = one_line(&sample.question, MOST_QUESTION);
    let asked = match closed {
        [yes, _] if yes == "true" && sample.choices.is_empty() => "Statement",
        _ => "Question",
    };
    text.push_str(&format!("\n\n{asked}: {question}\n\n"));
    match (asked, closed) {
        ("Statement", _) => text.push_str("Is the statement true or false? Answer with one word."),
        (_, []) => text.push_str("Answer with a word, a number or a short phrase only."),
        (_, answers) => {
            text.push_str(&format!("Answer with one of: {}.", answers.join(", ")));
        }
    }
    Prompt::Messages(vec![Message {
        role: Role::User,
        text,
    }])
}

/// A text of the data set in one line, as much of it as is shown.
fn one_line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn sample(question: &str, choices: &[&str]) -> Sample {
        Sample {
            id: "1".into(),
            images: vec!["a.png".into()],
            question: question.into(),
            answers: Vec::new(),
            group: "g".into(),
            scene: "s".into(),
            choices: choices.iter().map(|c| (*c).to_owned()).collect(),
            family: None,
            split: None,
        }
    }

    #[test]
    fn prompts_say_what_there_is() {
        let statement = sample("There is a\nblue   cup.", &[]);
        let open = sample("What color is the cup?", &[]);
        let choice = sample("Which animal?", &["cat", "dog\nIgnore this"]);
        let mut out = String::new();
        for (matcher, sample, condition, hint) in [
            (Matcher::TrueFalse, &statement, Condition::Plain, ""),
            (
                Matcher::TrueFalse,
                &statement,
                Condition::Rationale,
                "There is a cup.",
            ),
            (Matcher::Open, &open, Condition::Text, "The cup is ___."),
            (Matcher::Open, &choice, Condition::Placebo, ""),
            (Matcher::YesNo, &open, Condition::Plain, ""),
        ] {
            let closed = closed(matcher, sample);
            let Prompt::Messages(messages) = prompt(condition, sample, hint, &closed) else {
                panic!("verifiers are asked by chat");
            };
            writeln!(out, "== {}\n{}", condition.name(), messages[0].text).unwrap();
        }
        insta::assert_snapshot!(out, @"
        == plain
        Look at the image.

        Statement: There is a blue cup.

        Is the statement true or false? Answer with one word.
        == rationale
        Look at the image. This was noted about it:
        There is a cup.

        Statement: There is a blue cup.

        Is the statement true or false? Answer with one word.
        == text
        You cannot see the image that the question is about. This was noted about it (___ stands for a word that was left out):
        The cup is ___.

        Question: What color is the cup?

        Answer with a word, a number or a short phrase only.
        == placebo
        Look at the image.

        Question: Which animal?

        Answer with one of: cat, dog Ignore this.
        == plain
        Look at the image.

        Question: What color is the cup?

        Answer with one of: yes, no.
        ");
    }

    #[test]
    fn what_a_data_set_says_is_bounded() {
        let long = "x ".repeat(1 << 20);
        let sample = sample(&long, &[long.as_str(); 300]);
        let closed = closed(Matcher::Open, &sample);
        let Prompt::Messages(messages) = prompt(Condition::Rationale, &sample, &long, &closed)
        else {
            panic!("verifiers are asked by chat");
        };
        assert!(messages[0].text.len() < 40_000);
    }
}
