//! Bridge: what the code leaves implicit is said, by rule: what a condition means, what a
//! comparison of coordinates means, and why the evidence answers the question.

pub mod inference;
pub mod predicate;

use crate::matcher::Matcher;

/// The last sentence: the answer, in the data set's own form.
pub fn conclusion(answer: &str, matcher: Matcher, reasoned: bool) -> String {
    let word = if reasoned { "Therefore" } else { "So" };
    match matcher {
        Matcher::TrueFalse => format!("{word} the statement is {}.", answer.to_lowercase()),
        _ => format!("{word} the answer is {answer}."),
    }
}
