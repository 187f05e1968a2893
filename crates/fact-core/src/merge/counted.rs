//! Counted statements: what `[there be]` says.

use super::facts::Fact;
use super::sentences::{Material, Sentence, made};
use super::words::{fill, listed_objects};
use crate::english::{Part, Template, article, join_and, plural};
use fact_lang::trace::TraceValue;

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

pub(super) fn existential(
    material: &Material<'_>,
    template: &Template,
    group: &[usize],
) -> Vec<Sentence> {
    // What stands behind the noun, per fact: where.
    let mut clauses: Vec<(Amount, Vec<usize>)> = Vec::new();
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
    let mut texts = Vec::new();
    let mut objects = Vec::new();
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
        texts.push(format!(
            "{what}{}",
            place_of_all(material, behind, facts, *amount)
        ));
        for f in facts {
            objects.extend(listed_objects(material, &material.facts[*f].result));
            if listed_objects(material, &material.facts[*f].result).is_empty() {
                objects.extend(material.facts[*f].receiver());
            }
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
    vec![made(material, text, group.to_vec(), objects)]
}

/// ` in the second box`, ` in each of the first and third boxes`, ` in any of the 3 boxes`.
pub(super) fn place_of_all(
    material: &Material<'_>,
    behind: &[Part],
    facts: &[usize],
    amount: Amount,
) -> String {
    let holders: Option<Vec<u32>> = facts
        .iter()
        .map(|f| material.facts[*f].receiver())
        .collect::<Option<_>>();
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
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// `each of the first and second boxes`, `the first or the second box`, `each of the 3 boxes`.
pub(super) fn among(material: &Material<'_>, holders: &[u32], denied: bool) -> String {
    let class = material.namer.record(holders[0]).class;
    let same_class = holders
        .iter()
        .all(|h| material.namer.record(*h).class == class);
    let known = material
        .trace
        .objects
        .iter()
        .filter(|o| o.class == class)
        .count();
    let noun = material.namer.common_noun(holders);
    if same_class && known == holders.len() && known > 2 {
        let word = if denied { "any" } else { "each" };
        return format!("{word} of the {known} {}", plural(&noun));
    }
    if denied {
        return material.namer.alternatives(holders);
    }
    format!("each of {}", material.namer.list(holders, true))
}
