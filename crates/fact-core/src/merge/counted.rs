//! Counted statements: what `[there be]` says.

use super::facts::Fact;
use super::grounding::counted_by;
use super::names::Noun;
use super::sentences::{Material, Sentence, There, made};
use super::words::{fill, listed_objects};
use crate::english::{Part, Template, article, join_and, plural};
use fact_lang::trace::TraceValue;
use std::collections::HashSet;

/// How many there are, as `[there be]` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// A counted number.
    Count(i64),
    /// At least one.
    Some,
    /// None at all.
    None,
}

pub(super) fn amount(result: &TraceValue) -> Amount {
    match result {
        TraceValue::Bool(true) | TraceValue::Object(_) => Amount::Some,
        TraceValue::Bool(false) | TraceValue::None | TraceValue::Int(0) => Amount::None,
        TraceValue::Int(n) => Amount::Count(*n),
        TraceValue::Items { len: 0, .. } => Amount::None,
        TraceValue::Items { len, .. } => Amount::Count(i64::from(*len)),
        _ => Amount::Some,
    }
}

/// Facts of one amount.
type Clause = (Amount, Vec<usize>);

pub(super) fn existential(
    material: &Material<'_>,
    template: &Template,
    group: &[usize],
) -> Vec<Sentence> {
    let mut clauses: Vec<Clause> = Vec::new();
    for &at in group {
        let amount = amount(&material.facts[at].result);
        match clauses.iter_mut().find(|(a, _)| *a == amount) {
            Some((_, facts)) => facts.push(at),
            None => clauses.push((amount, vec![at])),
        }
    }
    let noun_part = template.parts.iter().find_map(|p| match p {
        Part::Noun(inner) => Some(inner.as_slice()),
        _ => None,
    });
    let behind = template
        .parts
        .iter()
        .position(|p| matches!(p, Part::Noun(_)))
        .map_or(&template.parts[1..], |i| &template.parts[i + 1..]);
    let noun = |fact: &Fact| {
        noun_part.map_or_else(String::new, |parts| {
            material
                .namer
                .with_noun(&crate::english::singular(&fill(material, parts, fact)))
        })
    };
    let whole = whole(material, behind, &clauses);
    // What holds of one, then the others: "1 in the second box, but none in the other 2 boxes".
    if let (Some(_), [first, second]) = (&whole, clauses.as_slice()) {
        let alone = second.1.len() == 1 && (first.1.len() > 1 || first.0 == Amount::None);
        if alone {
            clauses.swap(0, 1);
        }
    }
    let mut texts = Vec::new();
    let mut objects = Vec::new();
    let mut there = None;
    for (i, (amount, facts)) in clauses.iter().enumerate() {
        let fact = &material.facts[facts[0]];
        let noun = noun(fact);
        let what = match (amount, i) {
            (Amount::Count(1), 0) => format!("there is 1 {noun}"),
            (Amount::Count(n), 0) => format!("there are {n} {}", plural(&noun)),
            (Amount::Some, 0) => format!("there is {} {noun}", article(&noun)),
            (Amount::None, 0) => format!("there is no {noun}"),
            (Amount::Count(n), _) => n.to_string(),
            (Amount::Some, _) => "one".to_owned(),
            (Amount::None, _) => "none".to_owned(),
        };
        let place = match &whole {
            Some((before, all)) if i == 1 && clauses.len() == 2 && clauses[0].1.len() == 1 => {
                let holders = holders(material, facts).unwrap_or_default();
                format!("{before}{}", others(material, all, &holders, *amount))
            }
            _ => place_of_all(material, behind, facts, *amount),
        };
        if clauses.len() == 1 && *amount != Amount::None {
            there = alone(material, facts, &what, &place);
        }
        texts.push(format!("{what}{place}"));
        for f in facts {
            let listed = listed_objects(material, &material.facts[*f].result);
            if listed.is_empty() {
                objects.extend(material.facts[*f].receiver());
            }
            objects.extend(listed);
        }
    }
    let text = match texts.as_slice() {
        [first, second]
            if matches!(
                (clauses[0].0, clauses[1].0),
                (Amount::None, _) | (_, Amount::None)
            ) =>
        {
            format!("{first}, but {second}")
        }
        _ => join_and(&texts),
    };
    let mut sentence = made(material, &text, group.to_vec(), objects);
    sentence.there = there;
    let told = match clauses.as_slice() {
        [_] => true,
        [first, _] => first.1.len() == 1,
        _ => false,
    };
    if let Some((_, all)) = whole.filter(|_| told) {
        sentence = sentence.telling(&all);
    }
    vec![sentence]
}

/// What one clause says there is, with all that it counts; `None` where what is counted cannot be
/// told.
fn alone(material: &Material<'_>, facts: &[usize], what: &str, place: &str) -> Option<There> {
    let (be, what) = ["is", "are"]
        .into_iter()
        .find_map(|be| Some((be, what.strip_prefix("there ")?.strip_prefix(be)?)))?;
    let mut counted = Vec::new();
    for fact in facts {
        let fact = &material.facts[*fact];
        let mut things = listed_objects(material, &fact.result);
        if things.is_empty() {
            things = counted_by(material, fact);
        }
        if things.is_empty() {
            return None;
        }
        counted.extend(things);
    }
    Some(There {
        be,
        what: vec![what.trim_start().to_owned()],
        place: place.to_owned(),
        counted,
    })
}

fn holders(material: &Material<'_>, facts: &[usize]) -> Option<Vec<u32>> {
    facts
        .iter()
        .map(|f| material.facts[*f].receiver())
        .collect()
}

/// Where the clauses speak of each of several things of a class, all that there are: the words
/// before their names, and the things.
fn whole<'p>(
    material: &Material<'_>,
    behind: &'p [Part],
    clauses: &[Clause],
) -> Option<(&'p str, Vec<u32>)> {
    let [Part::Text(before), Part::Place { name, .. }] = behind else {
        return None;
    };
    let mut all = Vec::new();
    for (_, facts) in clauses {
        all.extend(holders(material, facts)?);
    }
    (name == "self" && all_of_class(material, &all)).then_some((before.as_str(), all))
}

/// Whether objects are all that there are of their class, each once, and more than one.
pub(super) fn all_of_class(material: &Material<'_>, objects: &[u32]) -> bool {
    let Some(first) = objects.first() else {
        return false;
    };
    let class = material.namer.record(*first).class;
    let distinct: HashSet<u32> = objects.iter().copied().collect();
    objects.len() > 1
        && distinct.len() == objects.len()
        && objects
            .iter()
            .all(|o| material.namer.record(*o).class == class)
        && material.namer.size_of_class(class) == objects.len()
}

/// `each of the other 2 boxes`, `the other 2 boxes`, `the other box`.
pub(super) fn others(material: &Material<'_>, all: &[u32], rest: &[u32], amount: Amount) -> String {
    let noun = kind(&material.namer.common_noun(all));
    match (rest.len(), amount) {
        (1, _) => format!("the other {noun}"),
        (n, Amount::None) => format!("the other {n} {}", plural(&noun)),
        (n, _) => format!("each of the other {n} {}", plural(&noun)),
    }
}

/// `box` for the one `third box`, `tower` for the one `tower in the third box`.
pub(super) fn kind(noun: &str) -> String {
    let head = noun.split_once(" in ").map_or(noun, |(head, _)| head);
    head.split_whitespace()
        .last()
        .unwrap_or_default()
        .to_owned()
}

/// ` in the second box`, ` in each of the first and third boxes`, ` in any of the 3 boxes`.
pub(super) fn place_of_all(
    material: &Material<'_>,
    behind: &[Part],
    facts: &[usize],
    amount: Amount,
) -> String {
    let holders: Option<Vec<u32>> = holders(material, facts);
    if let ([Part::Text(before), Part::Place { name, .. }], Some(holders)) = (behind, holders)
        && name == "self"
        && holders.len() > 1
    {
        return format!(
            "{before}{}",
            among(material, &holders, amount == Amount::None)
        );
    }
    let texts: Vec<String> = facts
        .iter()
        .map(|f| fill(material, behind, &material.facts[*f]))
        .collect();
    join_and(&dedup(texts)).to_string()
}

pub(super) fn dedup(texts: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut texts = texts;
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// `each of the first and second boxes`, `the first or the second box`, `each of the 3 boxes`.
pub(super) fn among(material: &Material<'_>, holders: &[u32], denied: bool) -> String {
    let noun = material.namer.common_noun(holders);
    if holders.len() > 2 && all_of_class(material, holders) {
        let word = if denied { "any" } else { "each" };
        return format!("{word} of the {} {}", holders.len(), plural(&noun));
    }
    let nouns: Vec<Noun> = holders.iter().map(|h| material.namer.noun(*h)).collect();
    if denied && nouns.iter().all(|n| n.unique) {
        return material.namer.alternatives(holders);
    }
    if denied {
        return crate::english::join_or(&nouns.iter().map(Noun::full).collect::<Vec<_>>());
    }
    format!("each of {}", material.namer.list(holders, true))
}
