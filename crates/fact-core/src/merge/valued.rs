//! Statements of values, and lists of what there is.

use super::facts::{Fact, What};
use super::names::number_of;
use super::predicated::Member;
use super::sentences::{Material, Sentence, made};
use super::words::{fill, listed_objects, objects_of, set_name, subject_list, value_text};
use crate::english::{Number, Part, Template, conjugate, join_and, plural};
use fact_lang::trace::TraceValue;

/// Sentences for results that are texts, numbers or objects: `subject [be] {result}`.
pub(super) fn valued(
    material: &Material<'_>,
    template: &Template,
    group: &[usize],
) -> Vec<Sentence> {
    let Some((subject, Part::Verb(verb), rest)) = template.split_verb() else {
        return Vec::new();
    };
    let mut by_rest: Vec<(String, bool, Vec<usize>)> = Vec::new();
    for &at in group {
        let affirmed = material.facts[at].result != TraceValue::None;
        let text = fill(material, rest, &material.facts[at]);
        match by_rest
            .iter_mut()
            .find(|(t, a, _)| *t == text && *a == affirmed)
        {
            Some((_, _, facts)) => facts.push(at),
            None => by_rest.push((text, affirmed, vec![at])),
        }
    }
    let mut clauses = Vec::new();
    let mut objects = Vec::new();
    for (rest, affirmed, facts) in &by_rest {
        let subjects: Option<Vec<u32>> = facts
            .iter()
            .map(|f| material.facts[*f].receiver())
            .collect::<Option<_>>();
        match subjects {
            Some(subjects) => {
                let alone = subject_is_self(subject);
                let number = if alone {
                    number_of(subjects.len())
                } else {
                    Number::Singular
                };
                clauses.push(format!(
                    "{}{}{rest}",
                    fill_subject(material, subject, &material.facts[facts[0]], &subjects),
                    conjugate(verb, number, *affirmed)
                ));
                objects.extend(subjects);
            }
            None => {
                for f in facts {
                    clauses.push(format!(
                        "{}{}{rest}",
                        fill(material, subject, &material.facts[*f]),
                        conjugate(verb, Number::Singular, *affirmed)
                    ));
                    objects.extend(objects_of(&material.facts[*f]));
                }
            }
        }
        for f in facts {
            if let TraceValue::Object(result) = material.facts[*f].result {
                objects.push(result);
            }
        }
    }
    vec![made(material, join_and(&clauses), group.to_vec(), objects)]
}

/// Whether the subject is the receiver and nothing else.
fn subject_is_self(subject: &[Part]) -> bool {
    matches!(subject, [Part::Place { name, .. }, ..] if name == "self") && subject.len() <= 2
}

/// The subject of a clause with several receivers in the place of `{self}`.
fn fill_subject(
    material: &Material<'_>,
    subject: &[Part],
    fact: &Fact,
    receivers: &[u32],
) -> String {
    let mut out = String::new();
    for part in subject {
        match part {
            Part::Place { name, .. } if name == "self" => {
                out.push_str(&subject_list(material, receivers));
            }
            other => out.push_str(&fill(material, std::slice::from_ref(other), fact)),
        }
    }
    out
}

/// Attributes that were read. Where the noun of an object shows the attribute, saying what the
/// objects are says it; otherwise `the material of the cube is metal`.
pub(super) fn fields(material: &Material<'_>, group: &[usize]) -> Vec<Sentence> {
    let What::Field(name) = &material.facts[group[0]].what else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    let mut shown: Vec<(usize, u32)> = Vec::new();
    let mut other: Vec<(String, Vec<(usize, u32)>)> = Vec::new();
    for &at in group {
        let fact = &material.facts[at];
        let Some(object) = fact.receiver() else {
            continue;
        };
        if material.namer.noun_shows(object, name) {
            // "The top of the tower is a black square" has said it.
            let introduced = material
                .facts
                .iter()
                .any(|f| f.result == TraceValue::Object(object) && f.what != fact.what);
            if introduced {
                sentences.push(Sentence {
                    text: String::new(),
                    facts: vec![at],
                    objects: vec![object],
                    at: fact.event,
                });
                continue;
            }
            shown.push((at, object));
        } else {
            let value = value_text(material, &fact.result);
            match other.iter_mut().find(|(v, _)| *v == value) {
                Some((_, members)) => members.push((at, object)),
                None => other.push((value, vec![(at, object)])),
            }
        }
    }
    sentences.extend(listings(material, &shown));
    let clauses: Vec<String> = other
        .iter()
        .map(|(value, members)| {
            let subjects: Vec<u32> = members.iter().map(|(_, o)| *o).collect();
            let number = number_of(subjects.len());
            let noun = if number == Number::Singular {
                name.to_string()
            } else {
                plural(name)
            };
            let noun = noun.replace('_', " ");
            let be = conjugate("be", number, true);
            format!(
                "the {noun} of {} {be} {value}",
                subject_list(material, &subjects)
            )
        })
        .collect();
    if !clauses.is_empty() {
        let members = other.iter().flat_map(|(_, m)| m);
        let (facts, objects): (Vec<usize>, Vec<u32>) = members.copied().unzip();
        sentences.push(made(material, join_and(&clauses), facts, objects));
    }
    sentences
}

/// `The 3 items in the first box are a small yellow square and 2 blue circles.`
pub(super) fn listings(material: &Material<'_>, shown: &[Member]) -> Vec<Sentence> {
    // (creating call, place) and its members.
    type Set = (Option<u32>, Option<String>, Vec<Member>);
    let mut sets: Vec<Set> = Vec::new();
    for &(fact, object) in shown {
        if material.namer.noun(object).unique {
            continue;
        }
        let creator = material.namer.creator(object);
        let place = material.namer.noun(object).place;
        match sets
            .iter_mut()
            .find(|(c, p, _)| *c == creator && *p == place)
        {
            Some((_, _, members)) => members.push((fact, object)),
            None => sets.push((creator, place, vec![(fact, object)])),
        }
    }
    sets.into_iter()
        .map(|(creator, place, members)| {
            let mut objects: Vec<u32> = members.iter().map(|(_, o)| *o).collect();
            objects.sort_unstable();
            objects.dedup();
            let total = creator.and_then(|c| {
                let event = material.trace.pack_calls[c as usize].event?;
                let value = &material.trace.event(event).value;
                let in_place = listed_objects(material, value)
                    .into_iter()
                    .filter(|o| material.namer.noun(*o).place == place)
                    .count();
                Some(in_place)
            });
            let noun = set_name(material, &objects).0;
            let place = place.map(|p| format!(" {p}")).unwrap_or_default();
            let list = material.namer.list(&objects, false);
            let text = match (objects.len(), total) {
                (1, Some(1)) => format!("the {noun}{place} is {list}"),
                (n, Some(total)) if n == total => {
                    format!("the {n} {}{place} are {list}", plural(&noun))
                }
                (1, _) => format!("one {noun}{place} is {list}"),
                (n, _) => format!("{n} of the {}{place} are {list}", plural(&noun)),
            };
            made(
                material,
                text,
                members.iter().map(|(f, _)| *f).collect(),
                objects,
            )
        })
        .collect()
}
