//! What was said is not said again.

use super::facts::What;
use super::sentences::{Material, Sentence};
use super::words::listed_objects;
use std::collections::{HashMap, HashSet};

/// Sentences that repeat what others say, or what others take for granted, leave their facts to
/// those.
pub(super) fn say_once(material: &Material<'_>, sentences: &mut Vec<Sentence>) {
    let texts = repeated_texts(sentences);
    fold(sentences, &texts);
    let named = named_elsewhere(material, sentences);
    fold(sentences, &named);
    // What says more is asked first to take in an announcement; then another announcement.
    for announcing in [false, true] {
        let counted = counted_elsewhere(material, sentences, announcing);
        fold(sentences, &counted);
    }
}

/// Moves the facts of sentences to where they are said, and takes the sentences away.
fn fold(sentences: &mut Vec<Sentence>, homes: &HashMap<usize, Vec<(usize, Vec<usize>)>>) {
    if homes.is_empty() {
        return;
    }
    for at in 0..sentences.len() {
        for (home, facts) in homes.get(&at).into_iter().flatten() {
            let objects = if sentences[at].text == sentences[*home].text {
                std::mem::take(&mut sentences[at].objects)
            } else {
                Vec::new()
            };
            let home = &mut sentences[*home];
            home.facts.extend(facts);
            for object in objects {
                if !home.objects.contains(&object) {
                    home.objects.push(object);
                }
            }
        }
    }
    let mut at = 0;
    sentences.retain(|_| {
        at += 1;
        !homes.contains_key(&(at - 1))
    });
}

type Homes = HashMap<usize, Vec<(usize, Vec<usize>)>>;

/// Two calls may establish the same in the same words.
fn repeated_texts(sentences: &[Sentence]) -> Homes {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut homes = Homes::new();
    for (at, sentence) in sentences.iter().enumerate() {
        if sentence.text.is_empty() {
            continue;
        }
        let home = *first.entry(&sentence.text).or_insert(at);
        if home != at {
            homes.insert(at, vec![(home, sentence.facts.clone())]);
        }
    }
    homes
}

/// Whether a sentence says only what things are, which their names say.
fn lists(material: &Material<'_>, sentence: &Sentence) -> bool {
    sentence.text.is_empty()
        || sentence
            .facts
            .iter()
            .all(|f| match &material.facts[*f].what {
                What::Field(name) => {
                    let receiver = material.facts[*f].receiver();
                    receiver.is_some_and(|o| material.namer.noun_shows(o, name))
                }
                What::Function(_) => false,
            })
}

/// What an object is need not be said where another sentence names it.
fn named_elsewhere(material: &Material<'_>, sentences: &[Sentence]) -> Homes {
    let mut speaking: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, sentence) in sentences.iter().enumerate() {
        if !lists(material, sentence) {
            for object in &sentence.objects {
                speaking.entry(*object).or_default().push(at);
            }
        }
    }
    let mut homes = Homes::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let Some(first) = sentence.objects.first() else {
            continue;
        };
        if !lists(material, sentence) {
            continue;
        }
        let home = speaking.get(first).into_iter().flatten().find(|home| {
            let other = &sentences[**home];
            sentence.objects.iter().all(|o| {
                let said = |head: &str| other.text.contains(head);
                other.objects.contains(o) && {
                    let head = material.namer.noun(*o).head;
                    said(&head) || said(&crate::english::plural(&head))
                }
            })
        });
        if let Some(home) = home {
            homes.insert(at, vec![(*home, sentence.facts.clone())]);
        }
    }
    homes
}

/// Whether a sentence only says that things were found: `There are 2 cups.`
fn announces(material: &Material<'_>, sentence: &Sentence) -> bool {
    let lists = |fact: &usize| !listed_objects(material, &material.facts[*fact].result).is_empty();
    sentence.text.starts_with("There ") && sentence.facts.iter().all(lists)
}

/// A list that another sentence speaks of as a whole need not be announced. The other sentence may
/// be an announcement itself only if `announcing`.
fn counted_elsewhere(material: &Material<'_>, sentences: &[Sentence], announcing: bool) -> Homes {
    let mut totals: HashMap<&[u32], usize> = HashMap::new();
    let takes: Vec<bool> = sentences
        .iter()
        .map(|sentence| announcing || !announces(material, sentence))
        .collect();
    for (at, sentence) in sentences.iter().enumerate().filter(|(at, _)| takes[*at]) {
        for total in &sentence.totals {
            totals.entry(total).or_insert(at);
        }
    }
    let mut homes = Homes::new();
    let mut taken_in: HashSet<usize> = HashSet::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let mut moved = Vec::new();
        if !sentence.text.starts_with("There ") {
            continue;
        }
        for fact in &sentence.facts {
            let mut elements = listed_objects(material, &material.facts[*fact].result);
            elements.sort_unstable();
            let told = totals.get(elements.as_slice()).copied();
            let taken = match elements.as_slice() {
                [] => None,
                [one] => told
                    .filter(|home| *home != at)
                    .or_else(|| presupposed(material, sentences, &takes, at, *one)),
                _ => told,
            };
            match taken.filter(|home| *home != at) {
                Some(home) => moved.push((home, vec![*fact])),
                None => break,
            }
        }
        // What takes a sentence's place must stay itself.
        let stays = |home: &usize| !homes.contains_key(home);
        if !moved.is_empty()
            && moved.len() == sentence.facts.len()
            && moved.iter().all(|(home, _)| stays(home))
            && !taken_in.contains(&at)
        {
            taken_in.extend(moved.iter().map(|(home, _)| *home));
            homes.insert(at, moved);
        }
    }
    homes
}

/// The sentence that takes for granted that there is one such thing: it calls it *the* thing. Where
/// the thing is one of those that a loop judged, that there is only one must be said.
fn presupposed(
    material: &Material<'_>,
    sentences: &[Sentence],
    takes: &[bool],
    at: usize,
    object: u32,
) -> Option<usize> {
    let noun = material.namer.noun(object);
    if noun.mark.is_some() {
        return None;
    }
    let name = noun.full();
    let others = sentences.iter().enumerate();
    others
        .filter(|(other, _)| *other != at && takes[*other])
        .find(|(_, other)| {
            let facts: Vec<_> = other.facts.iter().map(|f| &material.facts[*f]).collect();
            let subjects: HashSet<u32> = facts.iter().filter_map(|f| f.receiver()).collect();
            let judged = facts.iter().any(|f| !f.iterations.is_empty());
            let subject = subjects.contains(&object);
            (subject && !judged) || (!subject && names(&other.text, &name))
        })
        .map(|(other, _)| other)
}

/// Whether a text holds a name, capital letters aside, as whole words.
fn names(text: &str, name: &str) -> bool {
    text.to_lowercase().match_indices(name).any(|(at, _)| {
        let behind = text
            .get(at + name.len()..)
            .and_then(|rest| rest.chars().next());
        behind.is_none_or(|c| !c.is_alphanumeric())
    })
}
