//! Facts: what a text says, in a form in which two texts can be compared.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How many of what is spoken of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Quantity {
    /// A certain one, or those spoken of.
    The,
    /// At least one.
    Some,
    /// None.
    None,
    /// All.
    All,
    /// Not all.
    NotAll,
    /// So many and no more.
    Exactly(String),
    /// So many or more.
    AtLeast(String),
    /// So many or fewer.
    AtMost(String),
    /// A plural without determiner.
    Bare,
    /// `one` in the place of what was named before: one, or at least one.
    One,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::The => f.write_str("the"),
            Self::Some => f.write_str("a"),
            Self::None => f.write_str("no"),
            Self::All => f.write_str("every"),
            Self::NotAll => f.write_str("not every"),
            Self::Exactly(n) => f.write_str(n),
            Self::AtLeast(n) => write!(f, "at least {n}"),
            Self::AtMost(n) => write!(f, "at most {n}"),
            Self::Bare => Ok(()),
            Self::One => f.write_str("one"),
        }
    }
}

/// Things with how many of them: `2` and `yellow square in the second box`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Thing {
    pub(super) quantity: Quantity,
    /// Attributes in fixed order, noun, what stands behind it.
    pub(super) name: String,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (&self.quantity, self.name.is_empty()) {
            (Quantity::Bare, _) => self.name.clone(),
            (quantity, true) => quantity.to_string(),
            (quantity, false) => format!("{quantity} {}", self.name),
        };
        f.write_str(&text)
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// How many there are, where.
    Count {
        what: Thing,
        place: Option<Thing>,
        denied: bool,
        /// Named in passing, as in `neither of the 2 squares`.
        presupposed: bool,
    },
    /// What is true of what; several predicates where they may not be said apart.
    Predicate {
        subject: Thing,
        predicates: Vec<String>,
        denied: bool,
    },
    /// How one thing stands to another.
    Relation {
        relation: String,
        subject: Thing,
        object: Thing,
        denied: bool,
    },
    /// How numbers compare.
    Numbers {
        left: String,
        relation: &'static str,
        right: String,
    },
    /// A sentence that the grammar does not read: its words in order.
    Unread(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = |denied: &bool| if *denied { "not " } else { "" };
        match self {
            Self::Count {
                what,
                place,
                denied,
                ..
            } => {
                write!(f, "{}{what}", not(denied))?;
                match place {
                    Some(place) => write!(f, " in {place}"),
                    None => Ok(()),
                }
            }
            Self::Predicate {
                subject,
                predicates,
                denied,
            } => write!(f, "{subject}: {}{}", not(denied), predicates.join(" and ")),
            Self::Relation {
                relation,
                subject,
                object,
                denied,
            } => {
                let relation = relation.trim_start_matches('@').replace('_', " ");
                write!(f, "{subject} {}{relation} {object}", not(denied))
            }
            Self::Numbers {
                left,
                relation,
                right,
            } => write!(f, "{left} {relation} {right}"),
            Self::Unread(text) => f.write_str(text),
        }
    }
}

/// In what two texts differ.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// A number.
    Number,
    /// A quantity: none, some, all.
    Quantifier,
    /// Said of what it is denied of, or the reverse.
    Polarity,
    /// Roles changed: who stands to whom.
    Roles,
    /// Attributes, places, names.
    Attribute,
    /// A fact that the evidence has and the text does not say.
    Missing,
    /// A fact that the text says and the evidence does not have.
    Added,
    /// A word that neither the evidence nor the closed list has.
    Word,
    /// A sentence that is not understood.
    Unread,
    /// The conclusion.
    Conclusion,
    /// What is no plain text of a rationale's length.
    Form,
}

impl DifferenceKind {
    /// Its name in counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Quantifier => "quantifier",
            Self::Polarity => "polarity",
            Self::Roles => "roles",
            Self::Attribute => "attribute",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Word => "word",
            Self::Unread => "unread",
            Self::Conclusion => "conclusion",
            Self::Form => "form",
        }
    }
}

/// A difference, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Difference {
    /// Of what kind.
    pub kind: DifferenceKind,
    /// In words, bounded.
    pub text: String,
}

impl Difference {
    pub(super) fn new(kind: DifferenceKind, text: String) -> Self {
        // What a model wrote may be long.
        const MOST: usize = 300;
        let text = match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        };
        Self { kind, text }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
