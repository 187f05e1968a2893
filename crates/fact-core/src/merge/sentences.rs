//! Evidence sentences: facts of one shape make one sentence.

use super::counted::existential;
use super::facts::{Fact, Iterations, What};
use super::names::Namer;
use super::predicated::predicate;
use super::valued::{fields, valued};
use super::words::{listed_objects, same};
use crate::english::{Template, sentence};
use fact_lang::pack::Pack;
use fact_lang::trace::{EventId, Trace, TraceValue};
use std::collections::HashSet;

/// One sentence with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// The text.
    pub text: String,
    /// The facts it states, as indices.
    pub facts: Vec<usize>,
    /// The objects it speaks of.
    pub objects: Vec<u32>,
    /// Position for ordering: the first event it rests on.
    pub at: EventId,
}

/// Everything the sentences are made from.
pub struct Material<'a> {
    /// The trace of the residual's run.
    pub trace: &'a Trace,
    /// The pack.
    pub pack: &'a Pack,
    /// Names.
    pub namer: &'a Namer<'a>,
    /// Iterations of loops.
    pub iterations: &'a Iterations,
    /// The facts in order.
    pub facts: &'a [Fact],
}

/// One sentence a group of facts of the same shape, in order.
pub fn evidence(material: &Material<'_>) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut said: HashSet<usize> = HashSet::new();
    for group in groups(material) {
        let made = match &material.facts[group[0]].what {
            What::Field(_) => fields(material, &group),
            What::Function(_) => function(material, &group),
        };
        for sentence in made {
            said.extend(&sentence.facts);
            sentences.push(sentence);
        }
    }
    say_once(&mut sentences);
    absorb(material, &mut sentences);
    drop_repeated(material, &mut sentences);
    sentences.sort_by_key(|s| s.at);
    sentences
}

/// Facts of one call site (or of the same call written twice), with the same texts as arguments.
fn groups(material: &Material<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, fact) in material.facts.iter().enumerate() {
        // The same call with the same arguments again establishes nothing new.
        let again = material.facts[..at].iter().any(|f| {
            f.what == fact.what
                && f.args == fact.args
                && same(material.trace, &f.result, &fact.result)
        });
        if again {
            continue;
        }
        let same_shape = |other: &Fact| {
            other.what == fact.what
                && other.args.len() == fact.args.len()
                && std::iter::zip(&other.args, &fact.args).all(|((_, a), (_, b))| {
                    a == b || matches!((a, b), (TraceValue::Object(_), TraceValue::Object(_)))
                })
        };
        match groups
            .iter_mut()
            .find(|g| same_shape(&material.facts[g[0]]))
        {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

fn function(material: &Material<'_>, group: &[usize]) -> Vec<Sentence> {
    let What::Function(at) = material.facts[group[0]].what else {
        return Vec::new();
    };
    let Some(says) = material.pack.functions[at as usize].says.as_deref() else {
        return Vec::new();
    };
    let Ok(template) = Template::parse(says) else {
        return Vec::new();
    };
    if template.is_existential() {
        return existential(material, &template, group);
    }
    match material.facts[group[0]].result {
        TraceValue::Bool(_) => predicate(material, &template, group),
        _ => valued(material, &template, group),
    }
}

/// Two calls may establish the same: `box.count(x)` and `len(box.find(x))`.
fn say_once(sentences: &mut Vec<Sentence>) {
    let mut at = 0;
    while at < sentences.len() {
        let text = &sentences[at].text;
        let first = sentences[..at]
            .iter()
            .position(|s| s.text == *text && !text.is_empty());
        match first {
            Some(first) => {
                let again = sentences.remove(at);
                sentences[first].facts.extend(again.facts);
                for object in again.objects {
                    if !sentences[first].objects.contains(&object) {
                        sentences[first].objects.push(object);
                    }
                }
            }
            None => at += 1,
        }
    }
}

/// What an object is need not be said where another sentence names it.
fn absorb(material: &Material<'_>, sentences: &mut Vec<Sentence>) {
    let mut at = 0;
    while at < sentences.len() {
        let sentence = &sentences[at];
        let listing = sentence
            .facts
            .iter()
            .all(|f| matches!(material.facts[*f].what, What::Field(_)));
        let home = sentences.iter().enumerate().position(|(j, other)| {
            j != at
                && listing
                && !other.text.is_empty()
                && sentence.objects.iter().all(|o| {
                    let noun = material.namer.noun(*o);
                    other.objects.contains(o) && other.text.contains(noun.head.as_str())
                })
        });
        match home {
            Some(home) => {
                let facts = sentences[at].facts.clone();
                sentences[home].facts.extend(facts);
                sentences.remove(at);
            }
            None => at += 1,
        }
    }
}

/// A list that another sentence speaks of as a whole need not be announced.
fn drop_repeated(material: &Material<'_>, sentences: &mut Vec<Sentence>) {
    let mut absorbed: Vec<(usize, usize)> = Vec::new();
    for (i, sentence) in sentences.iter().enumerate() {
        if sentence.facts.len() != 1 {
            continue;
        }
        let fact = &material.facts[sentence.facts[0]];
        let elements = listed_objects(material, &fact.result);
        if elements.is_empty() {
            continue;
        }
        let count = elements.len();
        let by = sentences.iter().enumerate().position(|(j, other)| {
            let subjects: HashSet<u32> = other
                .facts
                .iter()
                .filter_map(|f| material.facts[*f].receiver())
                .collect();
            let counted = other.text.contains(&format!("of the {count} "))
                || ["Both ", &format!("All {count} "), &format!("The {count} ")]
                    .iter()
                    .any(|start| other.text.starts_with(start))
                // That there is one is presupposed where it is spoken of, but not where all of
                // them are judged.
                || (count == 1
                    && other.facts.iter().all(|f| material.facts[*f].iterations.is_empty()));
            j != i && counted && elements.iter().all(|e| subjects.contains(e))
        });
        if let Some(by) = by {
            absorbed.push((i, by));
        }
    }
    for (from, to) in &absorbed {
        let facts = sentences[*from].facts.clone();
        sentences[*to].facts.extend(facts);
    }
    let gone: HashSet<usize> = absorbed.into_iter().map(|(from, _)| from).collect();
    let mut at = 0;
    sentences.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
}

pub(super) fn made(
    material: &Material<'_>,
    text: String,
    facts: Vec<usize>,
    objects: Vec<u32>,
) -> Sentence {
    let at = facts
        .iter()
        .map(|f| material.facts[*f].event)
        .min()
        .unwrap_or(EventId::START);
    let mut unique = Vec::new();
    for object in objects {
        if !unique.contains(&object) {
            unique.push(object);
        }
    }
    Sentence {
        text: sentence(&text),
        facts,
        objects: unique,
        at,
    }
}
