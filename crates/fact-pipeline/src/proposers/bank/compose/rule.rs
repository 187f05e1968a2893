//! Pieces: what a stretch of a sentence means, with parts left open.

use super::super::lexicon::Lexicon;
use super::super::tokens::{Slot, Token};
use super::anchor::known_operator;
use super::term::{Head, Saying, Term, Var};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind of thing a piece is: the type of its value and of the variables that it uses, as a
/// number. See [`super::grammar::Grammar::categories`].
pub(super) type Category = u32;

/// What a piece's stretch of a sentence consists of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Symbol {
    /// A word, by its stem; or the value of a slot that the program does not mention.
    Word(Arc<str>),
    /// A slot with any phrase.
    Phrase,
    /// A slot with any number.
    Number,
    /// A slot with any value of a class.
    Value(Arc<str>),
    /// Another piece: the part of this number.
    Part(usize),
}

impl Symbol {
    /// Whether it is a slot that the meaning has.
    pub(super) fn is_slot(&self) -> bool {
        matches!(self, Self::Phrase | Self::Number | Self::Value(_))
    }
}

/// A slot of a piece, as its exemplar had it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// Whether its phrase has a noun; `None` if it is no phrase.
    pub(super) noun: Option<bool>,
    /// Whether its number has a comparison.
    pub(super) compared: bool,
}

/// A piece.
#[derive(Debug)]
pub(super) struct Rule {
    /// What its stretch of a sentence consists of.
    pub(super) pattern: Vec<Symbol>,
    /// What it means.
    pub(super) template: Term,
    /// The variables of `template` that it does not bind.
    pub(super) params: Vec<Var>,
    /// Names of the variables of `template`.
    pub(super) names: Vec<Arc<str>>,
    /// Its slots, in the order of `pattern`.
    pub(super) places: Vec<Place>,
    /// If it is a whole sentence: the parameters of the program, and which of them each of `params`
    /// is.
    pub(super) entry: Option<(Vec<Arc<str>>, Vec<usize>)>,
    /// The exemplars that have it, each once.
    pub(super) exemplars: Vec<usize>,
    /// How much of its meaning no word says, in the exemplar where it is least.
    pub(super) unsaid: f64,
    /// The same for the same `template`.
    pub(super) meaning: u64,
}

/// A piece with types.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) rule: usize,
    pub(super) is: Category,
    /// What its parts are.
    pub(super) parts: Vec<Category>,
    /// The values of the slots that members stand for.
    pub(super) members: Vec<(usize, Arc<str>)>,
    /// Whether the types are those of an exemplar, not only possible ones.
    pub(super) seen: bool,
    /// What using it costs: see [`super::grammar`].
    pub(super) cost: f64,
}

// Costs, in shares of a sentence.

/// A phrase without a noun where the exemplar has one, or the reverse.
const OTHER_NOUN: f64 = 0.03;
/// A value of a phrase that the piece has no place for.
const UNSAID: f64 = 0.25;
/// A comparison where the exemplar has none.
const COMPARED: f64 = 0.01;
/// A bare number where the exemplar has a comparison.
const BARE: f64 = 0.08;

impl Rule {
    /// What it costs to put these tokens in its slots; `None` if they do not fit.
    pub(super) fn slot_cost(&self, tokens: &[&Token], lexicon: &Lexicon) -> Option<f64> {
        let mut cost = 0.0;
        for (place, token) in self.places.iter().zip(tokens) {
            match token.slot()? {
                Slot::Phrase(phrase) => {
                    let noun = phrase.0.last().is_some_and(Option::is_some);
                    if place.noun.is_some_and(|had| had != noun) {
                        cost += OTHER_NOUN;
                    }
                }
                Slot::Number { operator, .. } => match (place.compared, operator.is_some()) {
                    (false, true) => cost += COMPARED,
                    (true, false) => cost += BARE,
                    _ => {}
                },
                Slot::Value { .. } => {}
            }
        }
        // Parts of a phrase of which only some are said.
        let mut said: BTreeMap<usize, Option<Vec<usize>>> = BTreeMap::new();
        collect(&self.template, &mut said);
        for (slot, parts) in said {
            let (Some(parts), Some(Slot::Phrase(phrase))) =
                (parts, tokens.get(slot).and_then(|t| t.slot()))
            else {
                continue;
            };
            if parts.iter().any(|part| phrase.0[*part].is_none()) {
                return None;
            }
            let particular = phrase.particular(lexicon);
            let unsaid = particular.parts().filter(|(part, _)| !parts.contains(part));
            cost += UNSAID * unsaid.count() as f64;
        }
        Some(cost)
    }

    /// What it means with these tokens in its slots and variables renamed. Its parts stay open.
    pub(super) fn filled(
        &self,
        tokens: &[&Token],
        lexicon: &Lexicon,
        rename: &mut dyn FnMut(Var) -> Var,
    ) -> Option<Term> {
        Filling { tokens, lexicon }.fill(&self.template.renamed(&mut |var| rename(var)))
    }
}

/// The slots of a template; for phrases that are said in parts, the parts.
fn collect(term: &Term, out: &mut BTreeMap<usize, Option<Vec<usize>>>) {
    match &term.head {
        Head::SlotText(slot, Saying::Part(part)) => {
            if let Some(parts) = out.entry(*slot).or_insert_with(|| Some(Vec::new())) {
                parts.push(*part);
            }
        }
        Head::SlotText(slot, _) | Head::SlotAll(slot, _) => {
            out.insert(*slot, None);
        }
        _ => {}
    }
    for arg in &term.args {
        collect(arg, out);
    }
}

struct Filling<'a> {
    tokens: &'a [&'a Token],
    lexicon: &'a Lexicon,
}

impl Filling<'_> {
    fn slot(&self, slot: usize) -> Option<&Slot> {
        self.tokens.get(slot)?.slot()
    }

    fn fill(&self, term: &Term) -> Option<Term> {
        let head = match &term.head {
            Head::SlotText(slot, saying) => Head::Str(match (saying, self.slot(*slot)?) {
                (Saying::Phrase, Slot::Phrase(phrase)) => phrase.text().into(),
                (Saying::Part(part), Slot::Phrase(phrase)) => phrase.0.get(*part)?.clone()?,
                (Saying::Value, Slot::Value { value, .. }) => value.clone(),
                _ => return None,
            }),
            Head::SlotNumber(slot) => match self.slot(*slot)? {
                Slot::Number { number, .. } => Head::Int(number.parse().ok()?),
                _ => return None,
            },
            Head::SlotCompare(slot, without) => match self.slot(*slot)? {
                Slot::Number { operator, .. } => Head::Compare(match operator {
                    Some(operator) => known_operator(operator)?,
                    None => without,
                }),
                _ => return None,
            },
            Head::SlotMember(slot) => match self.slot(*slot)? {
                Slot::Value { class, value } => {
                    Head::Attr(self.lexicon.member_for(class, value)?.into())
                }
                _ => return None,
            },
            Head::SlotAll(slot, name) => {
                let Slot::Phrase(phrase) = self.slot(*slot)? else {
                    return None;
                };
                if !phrase.particular(self.lexicon).is_empty() {
                    let find = Head::Attr(self.lexicon.phrases.method.as_str().into());
                    let text = Term::leaf(Head::Str(phrase.text().into()));
                    let object = self.fill(term.args.first()?)?;
                    let function = Term::new(find, vec![object]);
                    return Some(Term::new(Head::Call(vec![None]), vec![function, text]));
                }
                Head::Attr(name.clone())
            }
            other => other.clone(),
        };
        let args: Option<Vec<Term>> = term.args.iter().map(|arg| self.fill(arg)).collect();
        Some(Term::new(head, args?))
    }
}
