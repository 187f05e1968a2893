//! What an inference claims: of which elements, decided by which events.

use super::Term;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many conditions a claim may name.
pub const MOST_CONDITIONS: usize = 256;

/// What a sentence that follows from the evidence says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inferred {
    /// How many of the elements of a loop meet conditions.
    Quantified(Quantified),
    /// How two values compare.
    Compared(Compared),
    /// That a yes-or-no value is so.
    Held(bool),
}

/// How many of the elements that a loop or comprehension went through meet conditions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantified {
    /// How many.
    pub quantifier: Quantifier,
    /// The events at which the loops began, outermost first; an inner loop begins once for each
    /// element of the outer one.
    pub over: Vec<u32>,
    /// Only elements that meet all of these are spoken of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<Condition>,
    /// What is said of them: that all of these are so.
    pub holds: Vec<Condition>,
    /// The elements, in order. For [`Quantifier::Some`] and [`Quantifier::NotAll`] the one that
    /// decides.
    pub elements: Vec<Judged>,
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// None of them.
    None,
    /// All of them.
    All,
    /// So many of them.
    Count(u32),
    /// The one named.
    Some,
    /// Not the one named, or not every one.
    NotAll,
}

/// A condition of the residual program, and how it is to come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The node of the residual program: an `if`, a filter, or an expression.
    pub node: u32,
    /// Whether it is to be true.
    pub holds: bool,
}

/// An element and what decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The event of its iteration.
    pub element: u32,
    /// The events that decided.
    pub by: Vec<u32>,
}

/// A comparison that the program made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// Left operand.
    pub left: Term,
    /// The operator of the program.
    pub operator: Operator,
    /// Right operand.
    pub right: Term,
    /// Whether it was true.
    pub holds: bool,
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Operator {
    /// Whether it holds of two numbers.
    pub fn of(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}
