//! English surface forms: inflection of nouns and verbs, articles, lists, and the `says` templates
//! of packs.
//!
//! Rules and word lists are small and general: they come from grammar, not from any data set.

mod inflect;
mod lint;
mod numerals;
mod template;

pub use inflect::{
    Number, article, capitalise, conjugate, join_and, join_or, ordinal, plural, singular,
};
pub use lint::{Problem, Rule, lint};
pub use numerals::{number_of_word, ordinal_of_word};
pub use template::{Part, Template, TemplateError};

/// Ends a sentence: first letter capital, full stop at the end, spaces single.
pub fn sentence(text: &str) -> String {
    let mut out = capitalise(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}
