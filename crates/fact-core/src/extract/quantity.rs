//! Quantities: how many of what a noun phrase speaks.

use super::facts::Quantity;
use super::phrase::{Np, Reader};
use super::tokens::{Compare, Token};

impl Reader<'_> {
    /// How many, and where the nouns begin.
    pub(super) fn quantity(&self, at: usize, end: usize) -> Option<(Np, usize)> {
        if at >= end {
            return None;
        }
        let np = |quantity| Np::new(quantity, Vec::new());
        let partitive = |quantity: Quantity, at: usize| -> (Np, usize) {
            // `of the 3`, `of them`
            if !self.is(at, end, "of") {
                return (np(quantity), at);
            }
            let mut at = at + 1;
            let mut made = np(quantity);
            if self.is(at, end, "the") || self.is(at, end, "these") && self.begins(at + 1, end) {
                at += 1;
            } else if !self.is(at, end, "them") && !self.is(at, end, "these") {
                return (made, at - 1);
            }
            if let Some(Token::Number(n, _)) = (at < end).then(|| &self.tokens[at]) {
                made.total = Some(n.clone());
                at += 1;
            }
            (made, at)
        };
        Some(match &self.tokens[at] {
            Token::Word(word) => match word.as_str() {
                "a" | "an" | "some" => (np(Quantity::Some), at + 1),
                "the" => {
                    let mut made = np(Quantity::The);
                    let mut at = at + 1;
                    if let Some(Token::Number(n, spelled)) = (at < end).then(|| &self.tokens[at])
                        && !(*spelled && n == "1" && self.content(at + 1, end).is_none())
                    {
                        made.total = Some(n.clone());
                        at += 1;
                    }
                    (made, at)
                }
                "no" => (np(Quantity::None), at + 1),
                "none" => partitive(Quantity::None, at + 1),
                "neither" => {
                    let (mut made, at) = partitive(Quantity::None, at + 1);
                    made.total = pair(made.total)?;
                    (made, at)
                }
                "both" => {
                    let (mut made, mut at) = partitive(Quantity::All, at + 1);
                    if self.is(at, end, "the") {
                        at += 1;
                    }
                    made.total = pair(made.total)?;
                    (made, at)
                }
                "either" => {
                    let (mut made, at) = partitive(Quantity::Some, at + 1);
                    made.total = pair(made.total)?;
                    made.any = true;
                    (made, at)
                }
                "any" => {
                    let (mut made, at) = partitive(Quantity::Some, at + 1);
                    made.any = true;
                    (made, at)
                }
                "all" => {
                    let (mut made, mut at) = partitive(Quantity::All, at + 1);
                    if self.is(at, end, "the") {
                        at += 1;
                    }
                    if let Some(Token::Number(n, _)) = (at < end).then(|| &self.tokens[at])
                        && made.total.is_none()
                    {
                        made.total = Some(n.clone());
                        at += 1;
                    }
                    (made, at)
                }
                "each" | "every" => partitive(Quantity::All, at + 1),
                "not" => {
                    let (made, at) = self.quantity(at + 1, end)?;
                    if made.quantity != Quantity::All {
                        return None;
                    }
                    let quantity = Quantity::NotAll;
                    (Np { quantity, ..made }, at)
                }
                "only" | "just" => match self.tokens.get(at + 1) {
                    Some(Token::Number(..)) if at + 1 < end => return self.quantity(at + 1, end),
                    Some(Token::Word(word)) if word == "a" && self.is(at + 2, end, "single") => {
                        (np(Quantity::Exactly("1".into())), at + 3)
                    }
                    _ => return None,
                },
                "it" | "they" | "them" | "these" | "those" | "this" | "that" | "nothing"
                | "its" | "their" => return None,
                word if self.lexicon.is_content(word) => (np(Quantity::Bare), at),
                _ => return None,
            },
            Token::Ordinal(_) => return None,
            Token::Compare(compare) => {
                let Token::Number(n, _) = self.tokens.get(at + 1).filter(|_| at + 1 < end)? else {
                    return None;
                };
                partitive(amount(*compare, n), at + 2)
            }
            Token::Number(n, spelled) => {
                let elliptic = *spelled && n == "1" && self.content(at + 1, end).is_none();
                let (more, fewer) = (
                    self.is(at + 1, end, "or") && self.is(at + 2, end, "more"),
                    self.is(at + 1, end, "or")
                        && (self.is(at + 2, end, "fewer") || self.is(at + 2, end, "less")),
                );
                if more {
                    partitive(Quantity::AtLeast(n.clone()), at + 3)
                } else if fewer {
                    partitive(Quantity::AtMost(n.clone()), at + 3)
                } else {
                    let (made, next) = partitive(Quantity::Exactly(n.clone()), at + 1);
                    if elliptic && made.total.is_none() && next == at + 1 {
                        (np(Quantity::One), next)
                    } else {
                        (made, next)
                    }
                }
            }
            _ => return None,
        })
    }
}

/// The total of `both` and `neither`; `None` if another was given.
fn pair(given: Option<String>) -> Option<Option<String>> {
    let pair = given.is_none_or(|total| total == "2");
    pair.then(|| Some("2".to_owned()))
}

/// The quantity of `at least 3`.
fn amount(compare: Compare, n: &str) -> Quantity {
    match compare {
        Compare::Exactly => Quantity::Exactly(n.to_owned()),
        Compare::AtLeast => Quantity::AtLeast(n.to_owned()),
        Compare::AtMost => Quantity::AtMost(n.to_owned()),
        Compare::MoreThan => Quantity::AtLeast(format!("{ABOVE}{n}")),
        Compare::FewerThan => Quantity::AtMost(format!("{BELOW}{n}")),
    }
}

/// Before the number in the bound of `more than 3`.
pub(super) const ABOVE: &str = "more than ";
/// Before the number in the bound of `less than 3`.
pub(super) const BELOW: &str = "less than ";

impl Quantity {
    /// Of what is counted: `more than 2` is at least 3, `at least 1` is some, `at most 0` none.
    pub(super) fn counted(self) -> Self {
        let whole = |n: &str| n.parse::<i64>().ok();
        let plain = match self {
            Self::AtLeast(n) => match n.strip_prefix(ABOVE).and_then(whole) {
                Some(i) => Self::AtLeast(i.saturating_add(1).to_string()),
                None => Self::AtLeast(n),
            },
            Self::AtMost(n) => match n.strip_prefix(BELOW).and_then(whole) {
                Some(i) => Self::AtMost(i.saturating_sub(1).to_string()),
                None => Self::AtMost(n),
            },
            other => other,
        };
        match plain {
            Self::AtLeast(n) if n == "1" => Self::Some,
            Self::AtMost(n) | Self::Exactly(n) if n == "0" => Self::None,
            other => other,
        }
    }
}
