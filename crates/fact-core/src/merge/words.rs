//! Words for values, subjects and sets, from facts and templates.

use super::facts::Fact;
use super::lists::join_ordinals;
use super::names::Noun;
use super::sentences::Material;
use crate::english::{Number, Part, article, join_and, ordinal, plural};
use fact_lang::trace::{Trace, TraceValue};
use std::collections::HashSet;

/// Noun and place of a set of objects: as the list that gave them is called.
pub(crate) fn set_name(material: &Material<'_>, objects: &[u32]) -> (String, Option<String>) {
    let creators: HashSet<Option<u32>> =
        objects.iter().map(|o| material.namer.creator(*o)).collect();
    let listed = match creators.iter().next() {
        Some(Some(call)) if creators.len() == 1 => list_noun(material, *call),
        _ => None,
    };
    let noun = listed.unwrap_or_else(|| material.namer.common_noun(objects));
    let places: Vec<Option<String>> = objects
        .iter()
        .map(|o| material.namer.noun(*o).place)
        .collect();
    // What was looked for everywhere is not said to be where it happens to be.
    let everywhere = creators.iter().next().is_some_and(|creator| {
        creators.len() == 1 && creator.is_some_and(|call| looked_everywhere(material, call))
    });
    let place = places[0]
        .clone()
        .filter(|_| !everywhere && places.iter().all(|p| *p == places[0]));
    (noun, place)
}

/// Whether objects are all that the calls which listed them gave: `boxes[1:]` is not "the boxes".
pub(crate) fn is_whole(material: &Material<'_>, objects: &[u32]) -> bool {
    let mut calls: Vec<u32> = objects
        .iter()
        .filter_map(|o| material.namer.creator(*o))
        .collect();
    calls.dedup();
    let among: HashSet<u32> = objects.iter().copied().collect();
    calls.iter().all(|call| {
        let event = material.trace.pack_calls[*call as usize].event;
        event.is_none_or(|event| {
            let listed = listed_objects(material, &material.trace.event(event).value);
            listed.iter().all(|o| among.contains(o))
        })
    })
}

/// Whether a pack call's receiver is a whole image.
fn looked_everywhere(material: &Material<'_>, call: u32) -> bool {
    let call = &material.trace.pack_calls[call as usize];
    match material.namer.argument(call, "self") {
        Some(TraceValue::Object(o)) => material.namer.is_whole_image(*o),
        _ => false,
    }
}

/// The noun of a pack call's `[there be] … (noun)`.
pub(super) fn list_noun(material: &Material<'_>, call: u32) -> Option<String> {
    let call = &material.trace.pack_calls[call as usize];
    let template = material.namer.says(call.function)?;
    if !template.is_existential() {
        return None;
    }
    let parts = template.parts.iter().find_map(|p| match p {
        Part::Noun(inner) => Some(inner),
        _ => None,
    })?;
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Place { name, .. } => match material.namer.argument(call, name)? {
                TraceValue::Str(s) => out.push_str(s),
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(material.namer.with_noun(&crate::english::singular(&out)))
}

/// Where the list was looked for, as `[there be] … (noun) in {self}` says it: `in the tower in the
/// first box`; `None` where that is everywhere, or not so plain.
pub(super) fn list_place(material: &Material<'_>, call: u32) -> Option<String> {
    if looked_everywhere(material, call) {
        return None;
    }
    let call = &material.trace.pack_calls[call as usize];
    let template = material.namer.says(call.function)?;
    let noun = template
        .parts
        .iter()
        .position(|p| matches!(p, Part::Noun(_)))?;
    match (
        &template.parts[noun + 1..],
        material.namer.argument(call, "self")?,
    ) {
        ([Part::Text(before), Part::Place { name, .. }], TraceValue::Object(holder))
            if name == "self" =>
        {
            let holder = material.namer.noun(*holder).full();
            Some(format!("{}{holder}", before.trim_start()))
        }
        _ => None,
    }
}

/// `the yellow square and the circle in the first box`.
pub(super) fn subject_list(material: &Material<'_>, subjects: &[u32]) -> String {
    let nouns: Vec<Noun> = subjects.iter().map(|o| material.namer.noun(*o)).collect();
    let same_place = nouns.iter().all(|n| n.place == nouns[0].place);
    if same_place {
        let list = material.namer.list(subjects, true);
        return match &nouns[0].place {
            Some(place) => format!("{list} {place}"),
            None => list,
        };
    }
    by_head(&nouns)
}

/// Names in several places; those of one head whose place alone tells them apart are said together:
/// `the yellow squares in the first and third boxes`.
fn by_head(nouns: &[Noun]) -> String {
    let mut heads: Vec<(&str, Vec<&Noun>)> = Vec::new();
    for noun in nouns {
        match heads.iter_mut().find(|(head, same)| {
            *head == noun.head && noun.mark.is_none() && same[0].mark.is_none() && !noun.unique
        }) {
            Some((_, same)) => same.push(noun),
            None => heads.push((&noun.head, vec![noun])),
        }
    }
    let mut parts = Vec::new();
    for (head, same) in heads {
        let holders: Option<Vec<&str>> = same
            .iter()
            .map(|n| n.place.as_deref()?.strip_prefix("in the "))
            .collect();
        match holders.as_deref().and_then(join_ordinals) {
            Some(joined) => parts.push(format!("the {} in {joined}", plural(head))),
            None => parts.extend(same.iter().map(|n| n.full())),
        }
    }
    join_and(&parts)
}

/// Renders parts of a template for one fact.
pub(crate) fn fill(material: &Material<'_>, parts: &[Part], fact: &Fact) -> String {
    filled(material, parts, fact, None)
}

/// The same with other words for the result.
pub(super) fn fill_with(
    material: &Material<'_>,
    parts: &[Part],
    fact: &Fact,
    result: &str,
) -> String {
    filled(material, parts, fact, Some(result))
}

fn filled(material: &Material<'_>, parts: &[Part], fact: &Fact, result: Option<&str>) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Place { name, .. } if name == "result" && result.is_some() => {
                out.push_str(result.unwrap_or_default());
            }
            Part::Place {
                name,
                ordinal: as_ordinal,
            } => {
                let value = place_value(fact, name);
                match value {
                    Some(TraceValue::Int(i)) if *as_ordinal => out.push_str(&ordinal(i + 1)),
                    // What is found is introduced: "the top of the tower is a black square".
                    Some(TraceValue::Object(o)) if name == "result" => {
                        out.push_str(&material.namer.list(&[*o], false));
                    }
                    Some(value) => push_agreeing(&mut out, &value_text(material, value)),
                    None => {}
                }
            }
            Part::Noun(inner) => {
                let noun = fill(material, inner, fact);
                let number = match &fact.result {
                    TraceValue::Int(n) => Number::of(*n),
                    TraceValue::Items { len, .. } => Number::of(i64::from(*len)),
                    _ => Number::Singular,
                };
                let noun = material.namer.with_noun(&noun);
                if number == Number::Plural {
                    out.push_str(&plural(&noun));
                } else if matches!(fact.result, TraceValue::Bool(_)) {
                    out.push_str(&format!(
                        "{} {}",
                        article(&noun),
                        crate::english::singular(&noun)
                    ));
                } else {
                    out.push_str(&crate::english::singular(&noun));
                }
            }
            Part::Optional(inner) => {
                let present = inner.iter().all(|p| match p {
                    Part::Place { name, .. } => {
                        !matches!(place_value(fact, name), None | Some(TraceValue::None))
                    }
                    _ => true,
                });
                if present {
                    out.push_str(&filled(material, inner, fact, result));
                }
            }
            Part::Verb(_) | Part::ThereBe => {}
        }
    }
    out
}

/// Appends a value; an article right before it agrees with its sound: `a {result}` → `an apple`.
pub(super) fn push_agreeing(out: &mut String, value: &str) {
    if (out.ends_with(" a ") || out == "a ") && article(value) == "an" {
        out.truncate(out.len() - 1);
        out.push_str("n ");
    }
    out.push_str(value);
}

pub(super) fn place_value<'f>(fact: &'f Fact, name: &str) -> Option<&'f TraceValue> {
    if name == "result" {
        return Some(&fact.result);
    }
    fact.args.iter().find(|(n, _)| **n == *name).map(|(_, v)| v)
}

/// A value in words.
pub(crate) fn value_text(material: &Material<'_>, value: &TraceValue) -> String {
    match value {
        TraceValue::None => "nothing".to_owned(),
        TraceValue::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        TraceValue::Int(i) => i.to_string(),
        TraceValue::BigInt(text) => text.to_string(),
        TraceValue::Float(f) => number_text(*f),
        TraceValue::Str(text) => text.to_string(),
        TraceValue::Object(object) => material.namer.noun(*object).full(),
        TraceValue::Region { image, .. } => match image {
            0 => "the image".to_owned(),
            n => format!("the {} image", ordinal(i64::from(*n) + 1)),
        },
        TraceValue::Items { .. } => {
            let items = material.trace.items_of(value);
            let objects = listed_objects(material, value);
            if objects.len() == items.len() && !objects.is_empty() {
                return material.namer.list(&objects, false);
            }
            let texts: Vec<String> = items.iter().map(|(v, _)| value_text(material, v)).collect();
            if texts.is_empty() {
                "nothing".to_owned()
            } else {
                join_and(&texts)
            }
        }
        TraceValue::Other(name) => format!("a {name}"),
    }
}

/// At most one decimal: `3`, `12.5`.
pub(crate) fn number_text(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 {
        format!("{rounded:.0}")
    } else {
        format!("{rounded:.1}")
    }
}

/// The objects of a list value.
pub(crate) fn listed_objects(material: &Material<'_>, value: &TraceValue) -> Vec<u32> {
    material
        .trace
        .items_of(value)
        .iter()
        .filter_map(|(v, _)| match v {
            TraceValue::Object(o) => Some(*o),
            _ => None,
        })
        .collect()
}

pub(super) fn objects_of(fact: &Fact) -> Vec<u32> {
    fact.args
        .iter()
        .filter_map(|(_, v)| match v {
            TraceValue::Object(o) => Some(*o),
            _ => None,
        })
        .collect()
}

/// Whether two values of a trace are the same, elements of lists compared in turn.
pub(crate) fn same(trace: &Trace, a: &TraceValue, b: &TraceValue) -> bool {
    match (a, b) {
        (TraceValue::Items { len: m, .. }, TraceValue::Items { len: n, .. }) => {
            let (a, b) = (trace.items_of(a), trace.items_of(b));
            m == n
                && a.len() == b.len()
                && std::iter::zip(a, b).all(|(x, y)| same(trace, &x.0, &y.0))
        }
        _ => a == b,
    }
}

/// A phrase behind `be` in the number of its subject: ` a black block` → ` black blocks`.
pub(crate) fn agree(verb: &str, rest: &str, number: Number) -> String {
    let noun = rest
        .strip_prefix(" a ")
        .or_else(|| rest.strip_prefix(" an "));
    match (verb, number, noun) {
        ("be", Number::Plural, Some(noun)) => format!(" {}", plural(noun)),
        _ => rest.to_owned(),
    }
}
