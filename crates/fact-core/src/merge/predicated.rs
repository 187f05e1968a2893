//! Quantified statements: what is true of which of several things.

use super::names::number_of;
use super::pairs::pairs;
use super::sentences::{Material, Sentence, made};
use super::words::{agree, fill, is_whole, objects_of, set_name, subject_list};
use crate::english::{Number, Part, Template, conjugate, plural};
use fact_lang::ast::NodeId;
use fact_lang::trace::{EventId, TraceValue};
use std::collections::{HashMap, HashSet};

/// Sentences for a predicate: `subject [verb] rest`.
pub(super) fn predicate(
    material: &Material<'_>,
    template: &Template,
    group: &[usize],
) -> Vec<Sentence> {
    let Some((subject, Part::Verb(verb), rest)) = template.split_verb() else {
        return Vec::new();
    };
    let simple_subject = matches!(subject, [Part::Place { name, .. }] if name == "self")
        || matches!(subject, [Part::Place { name, .. }, Part::Text(t)] if name == "self" && t.trim().is_empty());
    if simple_subject && let Some(sentences) = pairs(material, verb, rest, group) {
        return sentences;
    }
    let mut sentences = Vec::new();
    // Facts that say the same of their subjects.
    let mut by_rest: Vec<(String, Vec<usize>)> = Vec::new();
    for &at in group {
        let text = fill(material, rest, &material.facts[at]);
        match by_rest.iter_mut().find(|(t, _)| *t == text) {
            Some((_, facts)) => facts.push(at),
            None => by_rest.push((text, vec![at])),
        }
    }
    for (rest, facts) in by_rest {
        let subjects: Option<Vec<u32>> = facts
            .iter()
            .map(|f| material.facts[*f].receiver())
            .collect::<Option<_>>();
        let Some(subjects) = subjects.filter(|_| simple_subject) else {
            for f in facts {
                let fact = &material.facts[f];
                let affirmed = fact.result == TraceValue::Bool(true);
                let text = format!(
                    "{}{}{rest}",
                    fill(material, subject, fact),
                    conjugate(verb, Number::Singular, affirmed)
                );
                sentences.push(made(material, &text, vec![f], objects_of(fact)));
            }
            continue;
        };
        for (domain, members) in by_domain(material, &facts, &subjects) {
            sentences.push(quantified(material, verb, &rest, &domain, &members));
        }
    }
    sentences
}

/// A fact with the object it is about.
pub(super) type Member = (usize, u32);

/// A loop and the first iteration of one of its instances.
pub(super) type LoopInstance = (NodeId, EventId);

/// What a set of subjects was drawn from.
pub(super) struct Domain {
    /// Noun and place of the whole set, if every member of it was judged.
    all: Option<(String, Option<String>)>,
}

/// Names of so many are listed; more are only counted.
const NAMED: usize = 5;

/// Splits facts by the list their subjects come from.
pub(super) fn by_domain(
    material: &Material<'_>,
    facts: &[usize],
    subjects: &[u32],
) -> Vec<(Domain, Vec<Member>)> {
    let mut sets: Vec<(Option<LoopInstance>, Vec<Member>)> = Vec::new();
    let mut by_home: HashMap<Option<LoopInstance>, usize> = HashMap::new();
    for (&fact, &subject) in facts.iter().zip(subjects) {
        // The innermost loop whose variable is the subject.
        let home = material.facts[fact]
            .iterations
            .iter()
            .rev()
            .find_map(|(id, event)| {
                let is_subject = material.trace.event(*event).value == TraceValue::Object(subject);
                let first = || material.iterations.first_of(material.trace, *id, *event);
                is_subject.then(|| (*id, first()))
            });
        let set = *by_home.entry(home).or_insert_with(|| {
            sets.push((home, Vec::new()));
            sets.len() - 1
        });
        sets[set].1.push((fact, subject));
    }
    sets.into_iter()
        .map(|(home, members)| {
            let all = home.and_then(|(id, first)| {
                let values: Vec<u32> = material
                    .iterations
                    .instance(material.trace, id, first)
                    .iter()
                    .filter_map(|e| match material.trace.event(*e).value {
                        TraceValue::Object(o) => Some(o),
                        _ => None,
                    })
                    .collect();
                let judged: HashSet<u32> = members.iter().map(|(_, o)| *o).collect();
                let complete =
                    values.len() == judged.len() && values.iter().all(|v| judged.contains(v));
                // Of one thing, that it is the only one is said where that must be said.
                let listed = values.len() > 1 || values.iter().any(|o| announced(material, *o));
                (complete && listed && !values.is_empty() && is_whole(material, &values))
                    .then(|| set_name(material, &values))
            });
            (Domain { all }, members)
        })
        .collect()
}

/// Whether the list that gave an object is among the facts.
fn announced(material: &Material<'_>, object: u32) -> bool {
    let call = material.namer.creator(object);
    let event = call.and_then(|call| material.trace.pack_calls[call as usize].event);
    event.is_some_and(|event| {
        let facts = material.facts;
        facts.binary_search_by_key(&event, |f| f.event).is_ok()
    })
}

pub(super) fn quantified(
    material: &Material<'_>,
    verb: &str,
    rest: &str,
    domain: &Domain,
    members: &[Member],
) -> Sentence {
    let truth = |fact: usize| material.facts[fact].result == TraceValue::Bool(true);
    let yes: Vec<u32> = members
        .iter()
        .filter(|(f, _)| truth(*f))
        .map(|(_, o)| *o)
        .collect();
    let no: Vec<u32> = members
        .iter()
        .filter(|(f, _)| !truth(*f))
        .map(|(_, o)| *o)
        .collect();
    let judged: HashSet<u32> = members.iter().map(|(_, o)| *o).collect();
    // The same thing judged twice is one.
    let all = domain
        .all
        .as_ref()
        .filter(|_| judged.len() == members.len());
    let text = match all {
        Some((noun, place)) => {
            let place = place
                .as_deref()
                .map(|p| format!(" {p}"))
                .unwrap_or_default();
            whole_set(material, (verb, rest), (noun, &place), &yes, &no)
        }
        None => {
            let mut clauses = Vec::new();
            for (subjects, affirmed) in [(&yes, true), (&no, false)] {
                if !subjects.is_empty() {
                    clauses.push(format!(
                        "{} {}{}",
                        subject_list(material, subjects),
                        conjugate(verb, number_of(subjects.len()), affirmed),
                        agree(verb, rest, number_of(subjects.len()))
                    ));
                }
            }
            clauses.join(", but ")
        }
    };
    let facts = members.iter().map(|(f, _)| *f).collect();
    let set: Vec<u32> = members.iter().map(|(_, o)| *o).collect();
    let objects = match (yes.is_empty(), excepted(&yes, &no)) {
        (true, _) => no,
        (false, true) => yes.into_iter().chain(no).collect(),
        (false, false) => yes,
    };
    let sentence = made(material, &text, facts, objects);
    if all.is_some() {
        sentence.telling(&set)
    } else {
        sentence
    }
}

/// Whether the few of which it does not hold are named, rather than the many of which it does.
fn excepted(yes: &[u32], no: &[u32]) -> bool {
    !no.is_empty() && no.len() <= 2 && yes.len() > 2 * no.len()
}

/// What is true of which of a whole set: a verb lemma and what follows it, noun and place of the
/// set, and of which of it the clause holds and does not.
fn whole_set(
    material: &Material<'_>,
    (verb, rest): (&str, &str),
    (noun, place): (&str, &str),
    yes: &[u32],
    no: &[u32],
) -> String {
    let nouns = plural(noun);
    let singular = || conjugate(verb, Number::Singular, true);
    let several = || {
        let number = number_of(yes.len());
        let verb_form = conjugate(verb, number, true);
        format!("{verb_form}{}", agree(verb, rest, number))
    };
    match (yes.len(), yes.len() + no.len()) {
        (k, 1) => {
            let object = yes.first().or(no.first()).copied().unwrap_or_default();
            let apposition = match (&material.namer.noun(object).place, place) {
                (Some(own), "") => format!(", {own},"),
                _ => String::new(),
            };
            let verb = conjugate(verb, Number::Singular, k == 1);
            format!("the only {noun}{place}{apposition} {verb}{rest}")
        }
        (0, 2) => format!("neither of the 2 {nouns}{place} {}{rest}", singular()),
        (0, n) => format!("none of the {n} {nouns}{place} {}{rest}", singular()),
        (2, 2) => format!("both {nouns}{place} {}", several()),
        (k, n) if k == n => format!("all {n} {nouns}{place} {}", several()),
        (k, n) if excepted(yes, no) => format!(
            "{k} of the {n} {nouns}{place} {}: all but {}",
            several(),
            apart(material, no, place)
        ),
        (k, n) if k <= NAMED => format!(
            "{k} of the {n} {nouns}{place} {}: {}",
            several(),
            apart(material, yes, place)
        ),
        (k, n) => format!("{k} of the {n} {nouns}{place} {}", several()),
    }
}

/// The names of some of a set; their places where that of the set does not tell them.
fn apart(material: &Material<'_>, some: &[u32], place: &str) -> String {
    if place.is_empty() {
        subject_list(material, some)
    } else {
        material.namer.list(some, true)
    }
}
