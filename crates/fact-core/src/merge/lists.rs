//! Lists of names: counted, joined by what they share.

use super::names::Noun;
use crate::english::{article, join_and, plural};

/// `a small yellow square and 2 big blue circles`, or with `the`.
pub(super) fn list_of(nouns: impl Iterator<Item = Noun>, definite: bool) -> String {
    let mut heads: Vec<(String, Vec<Noun>)> = Vec::new();
    for noun in nouns {
        match heads
            .iter_mut()
            .find(|(h, _)| *h == noun.head && !noun.unique)
        {
            Some((_, same)) => same.push(noun),
            None => heads.push((noun.head.clone(), vec![noun])),
        }
    }
    let unique: Option<Vec<&str>> = heads
        .iter()
        .map(|(head, nouns)| nouns[0].unique.then_some(head.as_str()))
        .collect();
    if let Some(heads) = unique
        && let Some(joined) = join_ordinals(&heads).or_else(|| join_places(&heads))
    {
        return joined;
    }
    let mut parts: Vec<String> = Vec::new();
    for (head, nouns) in &heads {
        let known = definite || nouns[0].unique;
        match (nouns.as_slice(), known) {
            ([noun], true) => parts.push(noun.definite()),
            ([_], false) => parts.push(format!("{} {head}", article(head))),
            // "The 2 squares" of three would not tell which.
            (some, true) if some[0].alike() > some.len() => {
                parts.push(some[0].definite());
                parts.extend(some[1..].iter().map(Noun::pronoun));
            }
            (some, true) => parts.push(format!("the {} {}", some.len(), plural(head))),
            (some, false) => parts.push(format!("{} {}", some.len(), plural(head))),
        }
    }
    join_and(&parts)
}

/// `the first and second boxes` for unique names that differ in an ordinal only.
pub(super) fn join_ordinals(heads: &[&str]) -> Option<String> {
    let split: Vec<(&str, &str)> = heads
        .iter()
        .map(|head| head.split_once(' '))
        .collect::<Option<_>>()?;
    let (_, rest) = *split.first().filter(|_| split.len() > 1)?;
    if !split.iter().all(|(_, r)| *r == rest) {
        return None;
    }
    let words: Vec<String> = split.iter().map(|(w, _)| (*w).to_owned()).collect();
    Some(format!("the {} {}", join_and(&words), plural(rest)))
}

/// `tower in the first box` → (first, box); `first box` → (first, box).
pub(super) fn ordinal_parts(head: &str) -> Option<(&str, &str)> {
    head.split_once(" in the ")
        .map_or(head, |(_, holder)| holder)
        .split_once(' ')
}

/// `the towers in the first and second boxes` for `tower in the first box`, ...
fn join_places(heads: &[&str]) -> Option<String> {
    let split: Vec<(&str, &str)> = heads
        .iter()
        .map(|head| head.split_once(" in the "))
        .collect::<Option<_>>()?;
    let (kind, _) = *split.first()?;
    if !split.iter().all(|(k, _)| *k == kind) {
        return None;
    }
    let holders: Vec<&str> = split.iter().map(|(_, holder)| *holder).collect();
    Some(format!(
        "the {} in {}",
        plural(kind),
        join_ordinals(&holders)?
    ))
}
