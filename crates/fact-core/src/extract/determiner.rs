//! Determiners: how many, which, whose.

use super::facts::Quantity;
use super::noun::Parser;
use super::syntax::{Head, Np};
use super::tokens::{Compare, Token};

/// A determiner: what it makes of the noun phrase, and where that goes on.
pub(super) struct Determiner {
    pub(super) np: Np,
    pub(super) next: usize,
    /// Whether it can stand by itself: `none`, `the other 2`.
    pub(super) bare: bool,
}

fn np(quantity: Quantity) -> Np {
    Np::new(quantity, Head::Gone)
}

impl Parser<'_> {
    /// `3`, `at least 3`: how it compares, the number, and where that goes on.
    pub(super) fn compared(&self, at: usize) -> Option<(Option<Compare>, String, usize)> {
        let (compare, at) = match self.token(at)? {
            Token::Compare(compare) => (Some(*compare), at + 1),
            _ => (None, at),
        };
        match self.token(at)? {
            Token::Number(n, _) => Some((compare, n.clone(), at + 1)),
            _ => None,
        }
    }

    /// The determiners that may be read here.
    pub(super) fn determiners(&self, at: usize) -> Vec<Determiner> {
        let mut out = Vec::new();
        let mut push = |np: Np, next: usize, bare: bool| out.push(Determiner { np, next, bare });
        if let Some((owner, next)) = self.owner(at) {
            let mut made = np(Quantity::The);
            made.owner = Some(Box::new(owner));
            let mut next = next;
            if let Some(Token::Number(n, _)) = self.token(next) {
                made.total = Some(n.clone());
                made.plural = true;
                next += 1;
            }
            push(made, next, false);
            return out;
        }
        match &self.tokens[at] {
            Token::Word(word) => match word.as_str() {
                "a" | "an" | "some" => push(np(Quantity::Some), at + 1, false),
                "another" => {
                    let mut made = np(Quantity::Some);
                    made.attributes.push("another".to_owned());
                    push(made, at + 1, false);
                }
                "it" => push(Np::new(Quantity::The, Head::It), at + 1, false),
                "they" | "them" => push(Np::new(Quantity::The, Head::They), at + 1, false),
                "which" | "whom" => push(Np::new(Quantity::The, Head::They), at + 1, false),
                "the" | "this" | "these" | "that" | "those" => {
                    let (the, next) = self.definite(at);
                    let alone = word != "the";
                    let noun_follows = self.content(next).is_some()
                        || !the.attributes.is_empty()
                        || the.total.is_some()
                        || matches!(
                            self.token(next),
                            Some(Token::Ordinal(_) | Token::Number(..))
                        );
                    if !alone || noun_follows {
                        let bare = !the.attributes.is_empty() || the.total.is_some();
                        let ordinal = matches!(self.token(next), Some(Token::Ordinal(_)));
                        push(the, next, bare || ordinal);
                    }
                    // `those of the other 2`, `that of the bus`; `this` by itself.
                    if alone && !noun_follows {
                        let mut made = np(Quantity::The);
                        made.plural = word == "those" || word == "these";
                        made.head = match self.any_of(at + 1, &["of", "in", "for", "on"]) {
                            true => Head::One,
                            false if made.plural => Head::They,
                            false => Head::It,
                        };
                        push(made, at + 1, true);
                    }
                }
                "no" => {
                    let mut made = np(Quantity::None);
                    let mut next = at + 1 + usize::from(self.is(at + 1, "single"));
                    while self.is(next, "other") {
                        made.attributes.push("other".to_owned());
                        next += 1;
                    }
                    push(made, next, false);
                }
                // `Other two boxes: one each.`
                "other" | "remaining" if matches!(self.token(at + 1), Some(Token::Number(..))) => {
                    let (the, next) = self.definite(at.wrapping_sub(1));
                    push(the, next, true);
                }
                "none" => self.partitive(np(Quantity::None), at + 1, &mut out),
                "neither" => {
                    let mut made = np(Quantity::None);
                    made.total = Some("2".to_owned());
                    // `neither one`
                    let one =
                        matches!(self.token(at + 1), Some(Token::Number(n, true)) if n == "1");
                    self.partitive(made, at + 1 + usize::from(one), &mut out);
                }
                "both" => {
                    let mut made = np(Quantity::All);
                    made.total = Some("2".to_owned());
                    made.each = true;
                    self.partitive(made, at + 1, &mut out);
                }
                "either" => {
                    let mut made = np(Quantity::Some);
                    made.total = Some("2".to_owned());
                    made.any = true;
                    self.partitive(made, at + 1, &mut out);
                }
                "any" => {
                    let mut made = np(Quantity::Some);
                    made.any = true;
                    self.partitive(made, at + 1, &mut out);
                }
                "all" | "each" | "every" => {
                    let mut made = np(Quantity::All);
                    made.each = true;
                    self.partitive(made, at + 1, &mut out);
                }
                "not" if matches!(self.token(at + 1), Some(Token::Number(n, true)) if n == "1") => {
                    push(np(Quantity::None), at + 2, true);
                }
                "not" => {
                    for inner in self.more_determiners(at + 1, &["all", "every", "each", "both"]) {
                        let mut made = inner.np;
                        made.quantity = Quantity::NotAll;
                        made.each = false;
                        out.push(Determiner {
                            np: made,
                            next: inner.next,
                            bare: inner.bare,
                        });
                    }
                }
                "as" if self.is(at + 1, "many") => {
                    let mut made = np(Quantity::Some);
                    made.attributes.push("as many".to_owned());
                    push(made, at + 2, false);
                }
                "just" if matches!(self.token(at + 1), Some(Token::Number(..))) => {
                    return self.determiners(at + 1);
                }
                "only" => match self.token(at + 1) {
                    Some(Token::Number(..)) => return self.determiners(at + 1),
                    Some(Token::Word(next)) if next == "the" => {
                        for mut inner in self.determiners(at + 1) {
                            if inner.np.quantity == Quantity::The && !inner.np.only {
                                inner.np.attributes.push("only".to_owned());
                                out.push(inner);
                            }
                        }
                    }
                    _ => {}
                },
                word if self.lexicon.is_content(word) => {
                    push(np(Quantity::Bare), at, false);
                }
                _ => {}
            },
            Token::Compare(compare) => {
                if let Some(Token::Number(n, _)) = self.token(at + 1) {
                    self.partitive(np(amount(*compare, n)), at + 2, &mut out);
                }
            }
            Token::Number(n, spelled) => {
                let or = self.is(at + 1, "or");
                if or && self.is(at + 2, "more") {
                    self.partitive(np(Quantity::AtLeast(n.clone())), at + 3, &mut out);
                } else if or && self.any_of(at + 2, &["fewer", "less"]) {
                    self.partitive(np(Quantity::AtMost(n.clone())), at + 3, &mut out);
                } else {
                    let from = out.len();
                    self.partitive(np(Quantity::Exactly(n.clone())), at + 1, &mut out);
                    for made in &mut out[from..] {
                        let elliptic = *spelled && n == "1" && made.np.total.is_none();
                        if elliptic && made.next == at + 1 && self.content(at + 1).is_none() {
                            made.np.quantity = Quantity::One;
                        }
                    }
                }
            }
            // `First box: one.`
            Token::Ordinal(_) if at == 0 || self.ends(at - 1) => {
                push(np(Quantity::The), at, true);
            }
            _ => {}
        }
        out
    }

    fn more_determiners(&self, at: usize, words: &[&str]) -> Vec<Determiner> {
        match self.any_of(at, words) {
            true => self.determiners(at),
            false => Vec::new(),
        }
    }

    /// `the 3`, `the other 2`, `the only`, `these 2`.
    fn definite(&self, at: usize) -> (Np, usize) {
        let mut made = np(Quantity::The);
        made.plural = self.any_of(at, &["these", "those"]);
        let mut at = at.wrapping_add(1);
        loop {
            match self.token(at) {
                Some(Token::Word(word)) if ["other", "remaining"].contains(&word.as_str()) => {
                    made.attributes.push("other".to_owned());
                }
                Some(Token::Word(word))
                    if ["only", "sole", "single"].contains(&word.as_str()) && !made.only =>
                {
                    made.only = true;
                }
                Some(Token::Number(n, spelled)) if made.total.is_none() => {
                    let one = *spelled && n == "1";
                    if one && self.is(at + 1, "and") && self.is(at + 2, "only") {
                        made.only = true;
                        at += 2;
                    } else if one && self.content(at + 1).is_none() {
                        break;
                    } else if n == "1" {
                        // `the one square`
                        made.total = Some(n.clone());
                    } else {
                        made.total = Some(n.clone());
                        made.plural = true;
                    }
                }
                _ => break,
            }
            at += 1;
        }
        (made, at)
    }

    /// `of the 3`, `of them`, or neither.
    fn partitive(&self, made: Np, at: usize, out: &mut Vec<Determiner>) {
        let of = self.is(at, "of");
        let start = if of { at + 1 } else { at };
        let total = |made: &Np, given: &Option<String>| match (&made.total, given) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(b.clone().or_else(|| a.clone())),
        };
        if self.any_of(start, &["the", "these", "those"])
            && (of || made.quantity == Quantity::All || made.quantity == Quantity::NotAll)
        {
            let (the, next) = self.definite(start);
            if let Some(total) = total(&made, &the.total)
                && !the.only
            {
                let mut made = made.clone();
                made.total = total;
                made.attributes.extend(the.attributes);
                made.plural = true;
                // Spoken of before, even without a noun.
                out.push(Determiner {
                    np: made,
                    next,
                    bare: true,
                });
            }
            return;
        }
        if of {
            if self.any_of(start, &["them", "which", "whom", "these", "those"]) {
                let mut made = made;
                made.plural = true;
                made.head = Head::They;
                out.push(Determiner {
                    np: made,
                    next: start + 1,
                    bare: true,
                });
            } else if let Some(Token::Number(n, _)) = self.token(start)
                && self.content(start + 1).is_some()
                && made.total.is_none()
            {
                // `two of five items`
                let mut made = made;
                made.plural = true;
                made.total = Some(n.clone());
                out.push(Determiner {
                    np: made,
                    next: start + 1,
                    bare: false,
                });
            } else if let Some((owner, next)) = self.owner(start) {
                let mut made = made;
                let mut next = next;
                made.plural = true;
                made.owner = Some(Box::new(owner));
                if let Some(Token::Number(n, _)) = self.token(next) {
                    match total(&made, &Some(n.clone())) {
                        Some(found) => made.total = found,
                        None => return,
                    }
                    next += 1;
                }
                out.push(Determiner {
                    np: made,
                    next,
                    bare: false,
                });
            } else {
                out.push(Determiner {
                    np: made,
                    next: at,
                    bare: true,
                });
            }
            return;
        }
        let mut made = made;
        let mut next = at;
        // `all 3`, `all other boxes`
        let all = matches!(made.quantity, Quantity::All | Quantity::NotAll) || made.any;
        if all && let Some(Token::Number(n, _)) = self.token(next) {
            match total(&made, &Some(n.clone())) {
                Some(found) => made.total = found,
                None => return,
            }
            made.plural = true;
            next += 1;
        }
        while self.any_of(next, &["other", "remaining"]) {
            made.attributes.push("other".to_owned());
            next += 1;
        }
        out.push(Determiner {
            np: made,
            next,
            bare: true,
        });
    }

    /// `the first box's`, `its`.
    fn owner(&self, at: usize) -> Option<(Np, usize)> {
        if self.any_of(at, &["its", "their"]) {
            let head = match self.is(at, "its") {
                true => Head::It,
                false => Head::They,
            };
            return Some((Np::new(Quantity::The, head), at + 1));
        }
        let end = (at + 1..self.tokens.len().min(at + 8)).find(|i| self.is(*i, "'s"))?;
        let plain = (at..end).all(|i| match &self.tokens[i] {
            Token::Ordinal(_) => true,
            Token::Word(word) => {
                ["the", "this", "that", "other", "one"].contains(&word.as_str())
                    || self.lexicon.is_content(word)
            }
            Token::Number(..) => true,
            _ => false,
        });
        if !plain || !self.any_of(at, &["the", "this", "that"]) {
            return None;
        }
        let inner = Parser::new(&self.tokens[..end], self.lexicon);
        let found = inner.np(at);
        let whole = found.iter().find(|(_, next, _)| *next == end)?;
        Some((whole.0.clone(), end + 1))
    }
}

/// The quantity of `at least 3`.
pub(super) fn amount(compare: Compare, n: &str) -> Quantity {
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
