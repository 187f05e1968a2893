//! Statements of how things stand to each other: one sentence for many pairs.

use super::names::number_of;
use super::sentences::{Material, Sentence, made};
use super::words::place_value;
use crate::english::{Number, Part, conjugate, join_and, plural};
use fact_lang::trace::TraceValue;

/// A fact about a pair.
#[derive(Clone, Copy)]
struct Pair {
    fact: usize,
    subject: u32,
    other: u32,
    holds: bool,
}

/// Sentences for facts `{self} [verb] … {other}` on two objects each; `None` if they are not of
/// that form, or if there is only one.
pub(super) fn pairs(
    material: &Material<'_>,
    verb: &str,
    rest: &[Part],
    group: &[usize],
) -> Option<Vec<Sentence>> {
    let [Part::Text(between), Part::Place { name, .. }] = rest else {
        return None;
    };
    let mut all = Vec::new();
    for &fact in group {
        let stated = &material.facts[fact];
        let (Some(subject), Some(TraceValue::Object(other))) =
            (stated.receiver(), place_value(stated, name))
        else {
            return None;
        };
        let holds = stated.result == TraceValue::Bool(true);
        all.push(Pair {
            fact,
            subject,
            other: *other,
            holds,
        });
    }
    if all.len() < 2 {
        return None;
    }
    let (own, apart): (Vec<Pair>, Vec<Pair>) = all.into_iter().partition(|p| p.subject == p.other);
    let (yes, no): (Vec<Pair>, Vec<Pair>) = apart.into_iter().partition(|p| p.holds);
    let phrase = Phrase {
        material,
        verb,
        between,
    };
    let mut sentences = Vec::new();
    if !yes.is_empty() {
        let clauses: Vec<String> = yes.iter().map(|p| phrase.single(*p)).collect();
        sentences.push(phrase.made(join_and(&clauses), &yes));
    }
    if let Some(text) = phrase.none(&no).filter(|_| yes.is_empty()) {
        sentences.push(phrase.made(text, &no));
    } else {
        for set in by_places(material, &no) {
            let text = phrase.none(&set).unwrap_or_else(|| {
                let clauses: Vec<String> = set.iter().map(|p| phrase.single(*p)).collect();
                join_and(&clauses)
            });
            sentences.push(phrase.made(text, &set));
        }
    }
    // That nothing stands so to itself goes without saying, but it was looked at.
    match sentences.last_mut() {
        Some(last) => last.facts.extend(own.iter().map(|p| p.fact)),
        None => {
            let clauses: Vec<String> = own
                .iter()
                .map(|p| {
                    let name = material.namer.noun(p.subject).full();
                    let verb = conjugate(verb, Number::Singular, p.holds);
                    format!("{name} {verb}{between}itself")
                })
                .collect();
            sentences.push(phrase.made(join_and(&clauses), &own));
        }
    }
    Some(sentences)
}

/// Pairs whose subjects are in one place and whose others are in one place.
fn by_places(material: &Material<'_>, pairs: &[Pair]) -> Vec<Vec<Pair>> {
    type Places = (Option<String>, Option<String>);
    let mut sets: Vec<(Places, Vec<Pair>)> = Vec::new();
    for pair in pairs {
        let place = |o| material.namer.noun(o).place;
        let places = (place(pair.subject), place(pair.other));
        match sets.iter_mut().find(|(p, _)| *p == places) {
            Some((_, set)) => set.push(*pair),
            None => sets.push((places, vec![*pair])),
        }
    }
    sets.into_iter().map(|(_, set)| set).collect()
}

struct Phrase<'a, 'm> {
    material: &'a Material<'m>,
    verb: &'a str,
    between: &'a str,
}

impl Phrase<'_, '_> {
    /// `the circle in the first box lies directly on the square`.
    fn single(&self, pair: Pair) -> String {
        let namer = self.material.namer;
        let (subject, other) = (namer.noun(pair.subject), namer.noun(pair.other));
        let verb = conjugate(self.verb, Number::Singular, pair.holds);
        // The place is said once.
        let other = if subject.place == other.place {
            other.definite()
        } else {
            other.full()
        };
        format!("{} {verb}{}{other}", subject.full(), self.between)
    }

    /// `none of the 2 circles lies directly on any of the 3 squares`, if every one of the subjects
    /// was held against every one of the others.
    fn none(&self, pairs: &[Pair]) -> Option<String> {
        let namer = self.material.namer;
        let subjects = distinct(pairs.iter().map(|p| p.subject));
        let others = distinct(pairs.iter().map(|p| p.other));
        let shared = subjects.iter().filter(|s| others.contains(s)).count();
        if pairs.len() < 2 || pairs.len() != subjects.len() * others.len() - shared {
            return None;
        }
        let place = |objects: &[u32]| {
            let first = namer.noun(objects[0]).place;
            let same = objects.iter().all(|o| namer.noun(*o).place == first);
            first
                .filter(|_| same)
                .map(|p| format!(" {p}"))
                .unwrap_or_default()
        };
        let (here, there) = (place(&subjects), place(&others));
        let nouns = plural(&namer.common_noun(&subjects));
        if shared == subjects.len() && shared == others.len() {
            let verb = conjugate(self.verb, Number::Singular, true);
            let none = if shared == 2 { "neither" } else { "none" };
            let another = if shared == 2 { "the other" } else { "another" };
            return Some(format!(
                "{none} of the {shared} {nouns}{here} {verb}{}{another}",
                self.between
            ));
        }
        if shared > 0 {
            return None;
        }
        let there = if here == there { String::new() } else { there };
        let object = match others.as_slice() {
            [one] => format!("{}{there}", namer.noun(*one).definite()),
            _ => {
                let word = if others.len() == 2 { "either" } else { "any" };
                let nouns = plural(&namer.common_noun(&others));
                format!("{word} of the {} {nouns}{there}", others.len())
            }
        };
        Some(match subjects.as_slice() {
            [one] => {
                let verb = conjugate(self.verb, number_of(1), false);
                format!("{} {verb}{}{object}", namer.noun(*one).full(), self.between)
            }
            _ => {
                let none = if subjects.len() == 2 {
                    "neither"
                } else {
                    "none"
                };
                let verb = conjugate(self.verb, Number::Singular, true);
                let n = subjects.len();
                format!(
                    "{none} of the {n} {nouns}{here} {verb}{}{object}",
                    self.between
                )
            }
        })
    }

    fn made(&self, text: String, pairs: &[Pair]) -> Sentence {
        let facts = pairs.iter().map(|p| p.fact).collect();
        let objects = pairs.iter().flat_map(|p| [p.subject, p.other]).collect();
        made(self.material, text, facts, objects)
    }
}

fn distinct(objects: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut out = Vec::new();
    for object in objects {
        if !out.contains(&object) {
            out.push(object);
        }
    }
    out
}
