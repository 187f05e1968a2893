//! The forms of questions: for each the English in several wordings, the program in the `scene`
//! pack, and the truth as the generator knows it.
//!
//! The truth is computed from the picture's own list in Rust, the program runs on what is
//! perceived: a test holds both against each other.

mod attributes;
mod counts;
mod relations;

use super::super::rng::Rng;
use super::describe::{Noun, Scope};
use super::picture::{Category, Picture};
use super::place::Need;
use std::fmt;

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Whether there is such a thing.
    Existence,
    /// How many there are.
    Count,
    /// Whether there are more of these or of those.
    Comparison,
    /// What a thing is like.
    Attribute,
    /// How two things lie to each other.
    Relation,
    /// The same over a thing between.
    Chain,
    /// Whether things are alike.
    Same,
    /// The thing that lies furthest in a direction.
    Superlative,
    /// And, or, not.
    Logic,
    /// All, none, most, at least.
    Quantifier,
}

/// All families.
pub const FAMILIES: [Family; 10] = [
    Family::Existence,
    Family::Count,
    Family::Comparison,
    Family::Attribute,
    Family::Relation,
    Family::Chain,
    Family::Same,
    Family::Superlative,
    Family::Logic,
    Family::Quantifier,
];

impl Family {
    /// Its name in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Count => "count",
            Self::Comparison => "comparison",
            Self::Attribute => "attribute",
            Self::Relation => "relation",
            Self::Chain => "chain",
            Self::Same => "same",
            Self::Superlative => "superlative",
            Self::Logic => "logic",
            Self::Quantifier => "quantifier",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// `yes` or `no`.
    Bool(bool),
    /// A number.
    Count(usize),
    /// A value of a category.
    Value(Category, u8),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Value(category, value) => f.write_str(category.values()[usize::from(*value)]),
        }
    }
}

/// What a question's answer is; `None` where it makes no sense, or one could not well tell.
pub(super) type Truth = Box<dyn Fn(&Picture) -> Option<Answer> + Send>;

/// A question.
pub(super) struct Question {
    pub(super) text: String,
    /// Which of the form's wordings.
    pub(super) wording: String,
    /// The program's body, indented.
    pub(super) body: String,
    /// The answers it may have.
    pub(super) wanted: Vec<Answer>,
    /// What it speaks of.
    pub(super) needs: Vec<Need>,
    pub(super) truth: Truth,
}

impl Question {
    /// The whole program.
    pub(super) fn program(&self) -> String {
        format!("def execute_command(image):\n{}", self.body)
    }
}

/// A form: questions whose programs have one shape.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) family: Family,
    /// Deeper than what training shows; only in the split `length`.
    pub(super) deep: bool,
    pub(super) ask: fn(&mut Rng, Scope<'_>) -> Question,
}

const fn form(
    name: &'static str,
    family: Family,
    ask: fn(&mut Rng, Scope<'_>) -> Question,
) -> Form {
    Form {
        name,
        family,
        deep: false,
        ask,
    }
}

const fn deep(
    name: &'static str,
    family: Family,
    ask: fn(&mut Rng, Scope<'_>) -> Question,
) -> Form {
    Form {
        name,
        family,
        deep: true,
        ask,
    }
}

/// All forms. Names are part of data sets: a held-out form is chosen by its place here.
pub(super) static FORMS: &[Form] = &[
    form("exist", Family::Existence, counts::exist),
    form("exist_half", Family::Existence, counts::exist_half),
    form("exist_without", Family::Existence, counts::exist_without),
    form("count", Family::Count, counts::count),
    form("count_half", Family::Count, counts::count_half),
    form("count_either", Family::Count, counts::count_either),
    form("count_without", Family::Count, counts::count_without),
    form("more", Family::Comparison, counts::more),
    form("fewer", Family::Comparison, counts::fewer),
    form("as_many", Family::Comparison, counts::as_many),
    form("more_in_half", Family::Comparison, counts::more_in_half),
    form("query", Family::Attribute, attributes::query),
    form("choose", Family::Attribute, attributes::choose),
    form("verify", Family::Attribute, attributes::verify),
    form("verify_both", Family::Attribute, attributes::verify_both),
    form("related", Family::Relation, relations::related),
    form("exist_related", Family::Relation, relations::exist_related),
    form("count_related", Family::Relation, relations::count_related),
    form("query_related", Family::Relation, relations::query_related),
    form("chain_exist", Family::Chain, relations::chain_exist),
    form("chain_count", Family::Chain, relations::chain_count),
    form("chain_query", Family::Chain, relations::chain_query),
    deep("chain3_exist", Family::Chain, relations::chain3_exist),
    deep("chain3_query", Family::Chain, relations::chain3_query),
    form("same_as", Family::Same, attributes::same_as),
    form("different", Family::Same, attributes::different),
    form("all_same", Family::Same, attributes::all_same),
    form("another_same", Family::Same, attributes::another_same),
    form("count_same", Family::Same, attributes::count_same),
    form(
        "furthest_query",
        Family::Superlative,
        attributes::furthest_query,
    ),
    form(
        "furthest_verify",
        Family::Superlative,
        attributes::furthest_verify,
    ),
    form(
        "furthest_choose",
        Family::Superlative,
        attributes::furthest_choose,
    ),
    deep(
        "furthest_related",
        Family::Superlative,
        relations::furthest_related,
    ),
    form("and", Family::Logic, relations::and),
    form("or", Family::Logic, relations::or),
    form("and_not", Family::Logic, relations::and_not),
    form("one_of", Family::Logic, relations::one_of),
    deep("and_and", Family::Logic, relations::and_and),
    deep("and_or", Family::Logic, relations::and_or),
    form("all", Family::Quantifier, counts::all),
    form("none", Family::Quantifier, counts::none),
    form("at_least", Family::Quantifier, counts::at_least),
    form("exactly", Family::Quantifier, counts::exactly),
    form("most", Family::Quantifier, counts::most),
    deep("all_related", Family::Quantifier, relations::all_related),
];

// What the forms share.

fn yes_no() -> Vec<Answer> {
    vec![Answer::Bool(true), Answer::Bool(false)]
}

fn up_to(most: usize) -> Vec<Answer> {
    (0..=most).map(Answer::Count).collect()
}

fn values(scope: Scope<'_>, category: Category) -> Vec<Answer> {
    let all = scope.held_out.palette[category as usize].iter();
    all.map(|&value| Answer::Value(category, value)).collect()
}

fn need(noun: Noun, low: usize, high: usize) -> Need {
    Need { noun, low, high }
}

/// One of several wordings, and which.
fn say(rng: &mut Rng, wordings: &[String]) -> (String, String) {
    let at = rng.below(wordings.len());
    (wordings[at].clone(), at.to_string())
}

/// How programs read a category of `thing`.
fn read(thing: &str, category: Category) -> String {
    match category {
        Category::Pattern => format!("{thing}.query(\"pattern\")"),
        other => format!("{thing}.{}", other.word()),
    }
}

fn word(category: Category, value: u8) -> &'static str {
    category.values()[usize::from(value)]
}

/// Categories whose values are adjectives.
const ADJECTIVES: [Category; 3] = [Category::Size, Category::Pattern, Category::Color];
