//! What a language model is shown to write a rationale anew.

use crate::config::{Api, LlmConfig};
use fact_core::extract::Difference;
use fact_core::rationale::Rationale;
use fact_models::language::{Message, Prompt, Role};
use std::fmt::Write;

/// Version of the prompts and of what is read from replies: part of a bridge's identity.
pub(super) const VERSION: &str = "1";
/// Longest question that is shown, in characters.
const MOST_QUESTION: usize = 1000;
/// Most differences that are named.
const MOST_DIFFERENCES: usize = 8;
/// Longest text that is shown again, in characters.
const MOST_TEXT: usize = 2000;

const INSTRUCTIONS: &str = "You write short rationales. You are given a question about an image, \
numbered facts and the last sentence. Write the facts as one fluent paragraph. Say every fact, with \
the same numbers, colors, sizes, shapes, places and relations, and add nothing: no other object, no \
reason, no opinion. You may join, split and reorder sentences, use pronouns, and write numbers as \
words. End with the last sentence as it is given. Answer with the paragraph only.";

/// Examples, by thought: question, facts, last sentence, paragraph.
const EXAMPLES: &[(&str, &[&str], &str, &str)] = &[
    (
        "There is a box with two green stars.",
        &[
            "There are 2 boxes in the image.",
            "There is 1 green star in the first box, but none in the second box.",
            "So no box has at least 2 green stars.",
        ],
        "Therefore the statement is false.",
        "There are two boxes in the image. The first box contains one green star, but the second \
         box contains none, so no box has at least two green stars. Therefore the statement is \
         false.",
    ),
    (
        "Is the lamp left of the chair?",
        &[
            "There is 1 lamp in the image.",
            "The lamp is right of the chair.",
        ],
        "So the answer is no.",
        "There is one lamp in the image, and it is to the right of the chair. So the answer is no.",
    ),
];

/// What was wrong with the text before.
pub(super) struct Wrong<'a> {
    pub(super) text: &'a str,
    pub(super) differences: &'a [Difference],
}

/// The prompt for a rationale, for the second time with what was wrong.
pub(super) fn prompt(
    config: &LlmConfig,
    question: &str,
    rule: &Rationale,
    wrong: Option<&Wrong<'_>>,
) -> Prompt {
    let facts: Vec<&str> = rule.steps.iter().map(|step| &*step.text).collect();
    let task = task(&one_line(question, MOST_QUESTION), &facts, &rule.conclusion);
    match config.api {
        Api::Chat => chat(task, wrong),
        Api::Completions => completion(&task, wrong),
    }
}

/// Where completions stop; the first line break ends the paragraph.
pub(super) fn stop(config: &LlmConfig) -> Vec<String> {
    match config.api {
        Api::Completions => vec!["\n".to_owned()],
        Api::Chat => Vec::new(),
    }
}

fn task(question: &str, facts: &[&str], conclusion: &str) -> String {
    let mut out = format!("Question: {question}\nFacts:\n");
    for (number, fact) in (1..).zip(facts) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{number}. {}", one_line(fact, MOST_TEXT));
    }
    let _ = write!(out, "Last sentence: {}", one_line(conclusion, MOST_TEXT));
    out
}

fn corrections(wrong: &Wrong<'_>) -> String {
    let mut out = String::from("That paragraph does not say the same as the facts:\n");
    for difference in wrong.differences.iter().take(MOST_DIFFERENCES) {
        let _ = writeln!(out, "- It {}.", one_line(&difference.text, MOST_TEXT));
    }
    out.push_str("Write it again, closer to the facts.");
    out
}

fn chat(task: String, wrong: Option<&Wrong<'_>>) -> Prompt {
    let message = |role, text: String| Message { role, text };
    let mut messages = vec![message(Role::System, INSTRUCTIONS.to_owned())];
    for (question, facts, conclusion, paragraph) in EXAMPLES {
        let example = self::task(question, facts, conclusion);
        messages.push(message(Role::User, example));
        messages.push(message(Role::Assistant, (*paragraph).to_owned()));
    }
    messages.push(message(Role::User, task));
    if let Some(wrong) = wrong {
        let said = one_line(wrong.text, MOST_TEXT);
        messages.push(message(Role::Assistant, said));
        messages.push(message(Role::User, corrections(wrong)));
    }
    Prompt::Messages(messages)
}

fn completion(task: &str, wrong: Option<&Wrong<'_>>) -> Prompt {
    let mut out = format!("{INSTRUCTIONS}\n\n");
    for (question, facts, conclusion, paragraph) in EXAMPLES {
        let example = self::task(question, facts, conclusion);
        let _ = write!(out, "{example}\nParagraph: {paragraph}\n\n");
    }
    let _ = write!(out, "{task}\nParagraph:");
    if let Some(wrong) = wrong {
        let said = one_line(wrong.text, MOST_TEXT);
        let _ = write!(out, " {said}\n\n{}\nParagraph:", corrections(wrong));
    }
    Prompt::Text(out)
}

/// A text in one line, without control characters, bounded.
fn one_line(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(most)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
