//! The words of a quantified sentence.

use super::domain::Domain;
use super::quantified::Bound;
use crate::bridge::predicate::{Predicate, joined};
use crate::claim::inferred::Quantifier;
use crate::english::{Number, article, plural};
use crate::merge::names::number_of;
use fact_lang::ast::CompareOp;

/// `yellow square in the first box that touches the wall`.
pub(super) fn noun(domain: &Domain, filter: Option<&Predicate>, number: Number) -> Option<String> {
    let head = match number {
        Number::Singular => domain.noun.clone(),
        Number::Plural => plural(&domain.noun),
    };
    let mut out = format!("{head}{}", domain.place);
    let filters: Vec<Predicate> = domain.filter.iter().chain(filter).cloned().collect();
    if !filters.is_empty() {
        out.push_str(&format!(" that {}", joined(filters).text(number, true)?));
    }
    Some(out)
}

/// A quantifier, a sentence, and whether the sentence says the opposite of the condition.
pub(super) type Made = Option<(Quantifier, String, bool)>;

/// The sentence that says how many of a domain's elements are so.
pub(super) struct Phrase<'a> {
    pub domain: &'a Domain,
    /// Which of them are spoken of.
    pub filter: Option<&'a Predicate>,
    /// What is said of them; `None` where rules cannot say it.
    pub said: Option<&'a Predicate>,
    /// How many it is so of.
    pub met: u32,
    /// How many are spoken of.
    pub total: u32,
    /// Whether each element is a thing of its own: not so of pairs.
    pub distinct: bool,
    /// Whether the sentence is to tell how many there are in all.
    pub totals: bool,
}

impl Phrase<'_> {
    fn noun(&self, number: Number) -> Option<String> {
        noun(self.domain, self.filter, number)
    }

    /// ` such a box`, in the number of the subject.
    fn such(&self, number: Number) -> String {
        let noun = &self.domain.noun;
        let be = crate::english::conjugate("be", number, true);
        match number {
            Number::Singular => format!("{be} such {} {noun}", article(noun)),
            Number::Plural => format!("{be} such {}", plural(noun)),
        }
    }

    /// The verb phrase, or that it is such a thing.
    fn verb(&self, number: Number) -> String {
        self.said
            .and_then(|said| said.text(number, true))
            .unwrap_or_else(|| self.such(number))
    }

    /// `both`, `all 3`.
    fn all(&self) -> String {
        match self.total {
            2 => "both".to_owned(),
            total => format!("all {total}"),
        }
    }

    /// `neither` of two, `none` of more.
    fn not_one(&self) -> &'static str {
        if self.total == 2 { "neither" } else { "none" }
    }

    pub(super) fn none(&self) -> Made {
        if let Some(Predicate::Not(inner)) = self.said
            && self.total > 0
            && self.domain.listed.is_none()
            && let Some(text) = inner.text(Number::Singular, true)
        {
            let noun = self.noun(Number::Singular)?;
            let plural = inner.text(Number::Plural, true).filter(|_| self.totals);
            let text = match plural {
                Some(text) => format!("so {} {} {text}", self.all(), self.noun(Number::Plural)?),
                None => format!("so every {noun} {text}"),
            };
            return Some((Quantifier::All, text, true));
        }
        let said = self.said.and_then(|s| s.text(Number::Singular, true));
        let text = match (&self.domain.listed, said) {
            (Some(listed), _) => {
                let none = if self.total == 2 { "neither" } else { "none" };
                format!("so {none} of {listed} {}", self.verb(Number::Singular))
            }
            (None, Some(text)) if self.totals => {
                let noun = self.noun(Number::Plural)?;
                format!("so {} of the {} {noun} {text}", self.not_one(), self.total)
            }
            (None, Some(text)) => format!("so no {} {text}", self.noun(Number::Singular)?),
            (None, None) => {
                let such = self.such(Number::Singular);
                let noun = self.noun(Number::Plural)?;
                match self.total {
                    0 | 1 => return None,
                    _ if !self.distinct => {
                        format!("so no {} {such}", self.noun(Number::Singular)?)
                    }
                    2 => format!("so neither of the 2 {noun} {such}"),
                    total => format!("so none of the {total} {noun} {such}"),
                }
            }
        };
        Some((Quantifier::None, text, false))
    }

    pub(super) fn every(&self) -> Made {
        if let Some(listed) = &self.domain.listed {
            let text = self.said?.text(Number::Plural, true)?;
            return Some((Quantifier::All, format!("so all of {listed} {text}"), false));
        }
        let noun = self.noun(Number::Singular)?;
        if let Some(Predicate::Not(inner)) = self.said
            && let Some(text) = inner.text(Number::Singular, true)
        {
            let text = if self.totals {
                let noun = self.noun(Number::Plural)?;
                format!("so {} of the {} {noun} {text}", self.not_one(), self.total)
            } else {
                format!("so no {noun} {text}")
            };
            return Some((Quantifier::None, text, true));
        }
        if self.totals
            && let Some(text) = self.said.and_then(|said| said.text(Number::Plural, true))
        {
            let noun = self.noun(Number::Plural)?;
            return Some((
                Quantifier::All,
                format!("so {} {noun} {text}", self.all()),
                false,
            ));
        }
        let text = self.said?.text(Number::Singular, true)?;
        Some((Quantifier::All, format!("so every {noun} {text}"), false))
    }

    pub(super) fn count(&self, bound: Option<&Bound>, named: &dyn Fn() -> String) -> Made {
        let (met, total) = (self.met, self.total);
        let count = i64::from(met);
        if met == 0 {
            let (quantifier, text, flipped) = self.none()?;
            let tail = bound.map_or(String::new(), |b| tail(count, b).1);
            return Some((quantifier, format!("{text}{tail}"), flipped));
        }
        let (only, tail) = bound.map_or((false, String::new()), |b| tail(count, b));
        let number = number_of(met as usize);
        let only = if only { "only " } else { "" };
        if !self.distinct {
            let be = crate::english::conjugate("be", number, true);
            let pairs = if met == 1 { "pair" } else { "pairs" };
            let text = format!("so there {be} {only}{met} such {pairs}{tail}");
            return Some((Quantifier::Count(met), text, false));
        }
        if let Some(listed) = &self.domain.listed
            && met == total
            && only.is_empty()
            && let Some(verb) = self.said.and_then(|s| s.text(Number::Plural, true))
        {
            let all = if total == 2 { "both" } else { "all" };
            let text = format!("so {all} of {listed} {verb}{tail}");
            return Some((Quantifier::All, text, false));
        }
        if let Some(listed) = &self.domain.listed {
            let text = format!("so {only}{met} of {listed} {}{tail}", self.verb(number));
            return Some((Quantifier::Count(met), text, false));
        }
        let denied = matches!(self.said, Some(Predicate::Not(_)));
        let plain = !denied || tail.is_empty();
        if met == total && total > 1 && only.is_empty() && plain {
            let nouns = self.noun(Number::Plural)?;
            if let Some(Predicate::Not(inner)) = self.said
                && let Some(text) = inner.text(Number::Singular, true)
            {
                let none = self.not_one();
                let text = format!("so {none} of the {total} {nouns} {text}{tail}");
                return Some((Quantifier::None, text, true));
            }
            let all = self.all();
            let verb = self.verb(Number::Plural);
            return Some((
                Quantifier::All,
                format!("so {all} {nouns} {verb}{tail}"),
                false,
            ));
        }
        let verb = self.verb(number);
        let nouns = self.noun(if total > 1 { Number::Plural } else { number })?;
        let of = if met < total {
            format!("{met} of the {total}")
        } else {
            met.to_string()
        };
        // What the rules cannot say is at least said of whom.
        let whom = if self.said.is_none() && met < total && met <= 6 {
            format!(": {}", named())
        } else {
            String::new()
        };
        let text = format!("so {only}{of} {nouns} {verb}{whom}{tail}");
        Some((Quantifier::Count(met), text, false))
    }
}

/// What a count's bound adds: whether it is `only` so many, and what it is not, or is.
fn tail(count: i64, bound: &Bound) -> (bool, String) {
    let k = bound.number;
    let less = count < k;
    match (bound.op, bound.holds) {
        (CompareOp::Eq, false) | (CompareOp::NotEq, true) if count == 0 => (false, String::new()),
        (CompareOp::Eq, false) | (CompareOp::NotEq, true) if less => (true, format!(", not {k}")),
        (CompareOp::Eq, false) | (CompareOp::NotEq, true) => (false, format!(", not just {k}")),
        (CompareOp::GtE, false) | (CompareOp::Gt, false) if count == 0 => (false, String::new()),
        (CompareOp::GtE, false) => (true, format!(", fewer than {k}")),
        (CompareOp::Gt, false) => (true, format!(", not more than {k}")),
        (CompareOp::LtE, false) => (false, format!(", more than {k}")),
        (CompareOp::Lt, false) if count > 0 => (false, format!(", not fewer than {k}")),
        _ => (false, String::new()),
    }
}
