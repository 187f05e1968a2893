//! Comparing answers, as the data set declares; never guessing.
//!
//! A matcher folds *spellings* of one answer together and nothing else: `yes, it is` is not cut
//! to `yes`, and `a dog` is not a `puppy`. Matching is symmetric and ignores case and
//! surrounding space everywhere.

use crate::sample::WeightedAnswer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod open;
mod vqa;

pub(crate) use vqa::punctuation as vqa_punctuation;
pub use vqa::{normalise as vqa_normalise, vqa_answers};

/// How a data set's answers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// Same text after trimming and lower-casing.
    Exact,
    /// `yes`/`no` data sets: a bool result stands for yes or no.
    YesNo,
    /// `true`/`false` data sets such as NLVR: yes/no and bools are read as true/false.
    TrueFalse,
    /// Open answers: bool ↔ yes/no, number words ↔ digits, plurals and articles folded.
    ///
    /// Two answers are the same if, word by word, they are equal after this folding: case, runs
    /// of white space and one final full stop are dropped; the articles *a*, *an*, *the* are
    /// dropped unless nothing is left; number words from *zero* to *twenty* are digits and `3.0`
    /// is `3`; an answer that is *true* or *false* is *yes* or *no*; and the last word may be a
    /// plural of the other's. Plurals that are another thing (*glasses*, *shorts*) are not folded.
    Open,
    /// VQA soft accuracy: the normalisation of the official script ([`vqa_normalise`]), score =
    /// weight of the answer given. The weights are those of [`vqa_answers`]. The script compares
    /// the normalised prediction with answers it normalises only in part, so that an answer all
    /// annotators gave may equal no prediction at all; here the fully normalised answer is
    /// accepted as well, which never scores less than the script. A bool result stands for yes or
    /// no, as for the other matchers; the script is given [`Matcher::own_form`], never `True`.
    VqaSoft,
}

impl Matcher {
    /// The score of `predicted` in [0, 1]: the greatest weight among the accepted answers it
    /// matches, 0 if it matches none. A program's bool result is `True` or `False`.
    pub fn score(&self, predicted: &str, answers: &[WeightedAnswer]) -> f64 {
        self.best(predicted, answers).map_or(0.0, |a| a.weight)
    }

    /// The least score of a right answer. That is every match where answers have weight 1; under VQA's soft
    /// accuracy it takes two of the ten annotators.
    pub const RIGHT: f64 = 0.5;

    /// Whether the score is at least [`Matcher::RIGHT`].
    pub fn is_right(&self, predicted: &str, answers: &[WeightedAnswer]) -> bool {
        self.score(predicted, answers) >= Self::RIGHT
    }

    /// `predicted` in the data set's own form: the accepted answer that it matches; else a bool
    /// in the words that the accepted answers (or, if none is such a word, the matcher) use for
    /// bools; else itself, trimmed. Its own form matches whatever it matches.
    pub fn own_form(&self, predicted: &str, answers: &[WeightedAnswer]) -> String {
        if let Some(best) = self.best(predicted, answers) {
            return best.text.clone();
        }
        match as_bool(predicted).filter(|_| *self != Self::Exact) {
            Some(value) => self.bool_like(value, answers),
            None => predicted.trim().to_owned(),
        }
    }

    /// A bool in the words of data sets with this matcher.
    pub fn bool_text(&self, value: bool) -> &'static str {
        let true_false = matches!(self, Self::TrueFalse | Self::Exact);
        match (true_false, value) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "yes",
            (false, false) => "no",
        }
    }

    /// Whether two answers are the same. Symmetric.
    pub fn same(&self, a: &str, b: &str) -> bool {
        let (a, b) = (lower(a), lower(b));
        if a == b {
            return true;
        }
        match self {
            Self::Exact => false,
            Self::YesNo | Self::TrueFalse => same_bool(&a, &b),
            Self::Open => open::same(&a, &b),
            Self::VqaSoft => {
                vqa::same(&a, &b) || same_bool(&vqa::normalise(&a), &vqa::normalise(&b))
            }
        }
    }

    fn best<'a>(
        &self,
        predicted: &str,
        answers: &'a [WeightedAnswer],
    ) -> Option<&'a WeightedAnswer> {
        let matching = answers.iter().filter(|a| self.same(predicted, &a.text));
        matching.reduce(|best, a| if a.weight > best.weight { a } else { best })
    }

    /// `value` spelt as the bools among `answers` are.
    fn bool_like(&self, value: bool, answers: &[WeightedAnswer]) -> String {
        let bools = || answers.iter().map(|a| a.text.trim());
        let Some(model) = bools().find(|text| as_bool(text).is_some()) else {
            return self.bool_text(value).to_owned();
        };
        let true_false = model.len() >= "true".len();
        let words = if true_false {
            ["false", "true"]
        } else {
            ["no", "yes"]
        };
        let word = words[usize::from(value)];
        if model.chars().next().is_some_and(char::is_uppercase) {
            let (first, rest) = word.split_at(1);
            return first.to_uppercase() + rest;
        }
        word.to_owned()
    }
}

fn lower(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether both say the same bool.
fn same_bool(a: &str, b: &str) -> bool {
    as_bool(a).is_some_and(|value| as_bool(b) == Some(value))
}

/// The bool that the whole of `text` says.
fn as_bool(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: [&str; 2]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    if is(["yes", "true"]) {
        Some(true)
    } else if is(["no", "false"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
