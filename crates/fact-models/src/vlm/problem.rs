//! What can be wrong with a model's answer. The text goes back to the model and into the error that
//! the program sees, so what it repeats of the answer is short and quoted.

use super::prompts::quoted;

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Problem {
    #[error("it is empty")]
    Empty,
    #[error("it was cut off at the limit of tokens")]
    Cut,
    #[error("it is longer than {most} characters")]
    TooLong { most: usize },
    #[error("its reasoning never ends")]
    EndlessReasoning,
    #[error("it is not JSON and nothing else ({reason})")]
    NotJson { reason: String },
    #[error("it is not a list of objects with a box each")]
    NotAList,
    #[error("entry {entry} has no `{key}` with four numbers")]
    NoBox { entry: usize, key: &'static str },
    #[error("entry {entry} gives {what} more than once, with different values")]
    Contradiction { entry: usize, what: &'static str },
    #[error("entry {entry} is labelled {label}, but {asked} was asked for")]
    OtherLabel {
        entry: usize,
        label: String,
        asked: String,
    },
    #[error("the box of entry {entry} reaches outside of the image: {sides} in {limits}")]
    Outside {
        entry: usize,
        sides: String,
        limits: String,
    },
    #[error("the box of entry {entry} has its corners swapped: {sides}")]
    Inverted { entry: usize, sides: String },
    #[error("the box of entry {entry} has no area: {sides}")]
    NoArea { entry: usize, sides: String },
    #[error("it has {count} boxes; at most {most} are accepted")]
    TooMany { count: usize, most: usize },
    #[error("it has words besides the boxes: {words}")]
    Prose { words: String },
    #[error("it is neither yes nor no")]
    NeitherYesNorNo,
    #[error("it says yes and no")]
    YesAndNo,
    #[error("it is not one of the texts given")]
    NoOption,
    #[error("it is not a number from 0 to 100")]
    NoRating,
    #[error("it is not one short phrase: {reason}")]
    NoPhrase { reason: &'static str },
    #[error("it is a refusal")]
    Refusal,
}

/// At most `most` characters of the answer, quoted.
pub(super) fn brief(text: &str, most: usize) -> String {
    let mut shown: String = text.trim().chars().take(most).collect();
    if text.trim().chars().nth(most).is_some() {
        shown.push('…');
    }
    quoted(&shown)
}
