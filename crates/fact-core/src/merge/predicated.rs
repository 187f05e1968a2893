//! Quantified statements: what is true of which of several things.

use super::names::number_of;
use super::pairs::pairs;
use super::sentences::{Material, Sentence, made};
use super::words::{agree, fill, is_whole, objects_of, set_name, subject_list};
use crate::english::{Number, Part, Template, conjugate, plural};
use fact_lang::ast::NodeId;
use fact_lang::trace::{EventId, TraceValue};
use std::collections::HashSet;

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
                sentences.push(made(material, text, vec![f], objects_of(fact)));
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
    /// The whole set, if every member of it was judged.
    all: Option<(String, Option<String>)>,
}

/// Splits facts by the list their subjects come from.
pub(super) fn by_domain(
    material: &Material<'_>,
    facts: &[usize],
    subjects: &[u32],
) -> Vec<(Domain, Vec<Member>)> {
    let mut sets: Vec<(Option<LoopInstance>, Vec<Member>)> = Vec::new();
    for (&fact, &subject) in facts.iter().zip(subjects) {
        // The innermost loop whose variable is the subject.
        let home = material.facts[fact]
            .iterations
            .iter()
            .rev()
            .find_map(|(id, event)| {
                let is_subject = material.trace.event(*event).value == TraceValue::Object(subject);
                let first = material
                    .iterations
                    .instance(material.trace, *id, *event)
                    .first()
                    .copied();
                is_subject.then_some((*id, first?))
            });
        match sets.iter_mut().find(|(h, _)| *h == home) {
            Some((_, members)) => members.push((fact, subject)),
            None => sets.push((home, vec![(fact, subject)])),
        }
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
                (complete && values.len() > 1 && is_whole(material, &values))
                    .then(|| set_name(material, &values))
            });
            (Domain { all }, members)
        })
        .collect()
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
    let n = members.len();
    let text = match &domain.all {
        Some((noun, place)) => {
            let place = place
                .as_deref()
                .map(|p| format!(" {p}"))
                .unwrap_or_default();
            let nouns = plural(noun);
            match (yes.len(), n) {
                (0, 2) => {
                    format!(
                        "neither of the 2 {nouns}{place} {}{rest}",
                        conjugate(verb, Number::Singular, true)
                    )
                }
                (0, n) => {
                    format!(
                        "none of the {n} {nouns}{place} {}{rest}",
                        conjugate(verb, Number::Singular, true)
                    )
                }
                (k, n) if k == n => {
                    let all = if n == 2 {
                        "both".to_owned()
                    } else {
                        format!("all {n}")
                    };
                    format!(
                        "{all} {nouns}{place} {}{}",
                        conjugate(verb, Number::Plural, true),
                        agree(verb, rest, Number::Plural)
                    )
                }
                (k, n) => format!(
                    "{k} of the {n} {nouns}{place} {}{}: {}",
                    conjugate(verb, number_of(k), true),
                    agree(verb, rest, number_of(k)),
                    material.namer.list(&yes, true)
                ),
            }
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
    let objects = if yes.is_empty() { no } else { yes };
    made(
        material,
        text,
        members.iter().map(|(f, _)| *f).collect(),
        objects,
    )
}
