//! What was said is not said again.

use super::facts::{Fact, What};
use super::sentences::{Material, Sentence};
use super::words::fill;
use super::words::listed_objects;
use crate::english::{Part, join_and, sentence};
use fact_lang::trace::TraceValue;
use std::collections::{HashMap, HashSet};

/// Sentences that repeat what others say, or what others take for granted, leave their facts to
/// those.
pub(super) fn say_once(material: &Material<'_>, sentences: &mut Vec<Sentence>) {
    let texts = repeated_texts(sentences);
    fold(sentences, &texts);
    let named = named_elsewhere(material, sentences);
    fold(sentences, &named);
    let shown = exemplified(material, sentences);
    fold(sentences, &shown);
    // What says more is asked first to take in an announcement; then another announcement.
    for announcing in [false, true] {
        let counted = counted_elsewhere(material, sentences, announcing);
        fold(sentences, &counted);
    }
    let picked = picked_from(material, sentences);
    fold(sentences, &picked);
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

/// What there is in one place is said together: `There are 2 circles and a square in the first box.`
/// Things that are counted twice are not: `1 circle and 1 blue circle` would be two.
pub(super) fn joined_by_place(sentences: &mut Vec<Sentence>) {
    /// More would be a list to lose the thread in.
    const MOST: usize = 3;
    let mut at = 0;
    while at < sentences.len() {
        let home = sentences[at].there.as_ref().and_then(|own| {
            sentences[..at].iter().position(|other| {
                other.there.as_ref().is_some_and(|there| {
                    there.place == own.place
                        && there.what.len() + own.what.len() <= MOST
                        && !own.counted.iter().any(|o| there.counted.contains(o))
                })
            })
        });
        let Some(home) = home else {
            at += 1;
            continue;
        };
        let more = sentences[at].there.take();
        let home = taken_in(sentences, at, home);
        if let (Some(there), Some(more)) = (&mut home.there, more) {
            there.what.extend(more.what);
            there.counted.extend(more.counted);
            let what = join_and(&there.what);
            home.text = sentence(&format!("there {} {what}{}", there.be, there.place));
        }
    }
}

/// Takes a sentence out, and gives what it rests on to one before it.
fn taken_in(sentences: &mut Vec<Sentence>, at: usize, home: usize) -> &mut Sentence {
    let taken = sentences.remove(at);
    let home = &mut sentences[home];
    home.facts.extend(taken.facts);
    for object in taken.objects {
        if !home.objects.contains(&object) {
            home.objects.push(object);
        }
    }
    home.totals.extend(taken.totals);
    home
}

/// Two things said of one subject are said together: `The tower in the first box is 2 blocks tall and
/// has the color blue.`
pub(super) fn joined_by_subject(sentences: &mut Vec<Sentence>) {
    let mut at = 0;
    while at < sentences.len() {
        let own = sentences[at].about.as_ref();
        let home = own.and_then(|own| {
            let same = |other: &Sentence| {
                // Behind a list, "and is" would be read as one more of it.
                other.about.as_ref() == Some(own) && !other.text.contains(" and ")
            };
            sentences[..at].iter().position(same)
        });
        let Some((home, name)) = home.zip(own.cloned()) else {
            at += 1;
            continue;
        };
        let said = sentences[at].text.get(name.len()..).map(str::to_owned);
        let home = taken_in(sentences, at, home);
        if let Some(said) = said {
            let before = home.text.trim_end_matches('.');
            home.text = format!("{before} and{said}");
        }
    }
}

/// That there is a black item need not be said beside a sentence about one.
fn exemplified(material: &Material<'_>, sentences: &[Sentence]) -> Homes {
    let mut homes = Homes::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let [fact] = sentence.facts.as_slice() else {
            continue;
        };
        let said = &material.facts[*fact];
        let (What::Function(function), TraceValue::Bool(true)) = (&said.what, &said.result) else {
            continue;
        };
        let template = material.namer.says(*function);
        let noun = template.filter(|t| t.is_existential()).and_then(|t| {
            t.parts.iter().find_map(|part| match part {
                Part::Noun(inner) => Some(fill(material, inner, said)),
                _ => None,
            })
        });
        let (Some(noun), Some(holder)) = (noun, said.receiver()) else {
            continue;
        };
        let place = (!material.namer.is_whole_image(holder))
            .then(|| format!("in {}", material.namer.noun(holder).full()));
        let image = place.as_deref().is_none_or(|place| place == "in the image");
        let one = |object: &u32, text: &str| {
            let name = material.namer.noun(*object);
            (image || name.place == place)
                && material.namer.tells(*object, &noun) == Some(true)
                && names(text, &name.full())
        };
        let home = sentences.iter().enumerate().position(|(other, said)| {
            let judged = |fact: &usize| material.facts[*fact].receiver();
            other != at
                && !homes.contains_key(&other)
                && said.there.is_none()
                && said
                    .facts
                    .iter()
                    .filter_map(judged)
                    .any(|o| one(&o, &said.text))
        });
        if let Some(home) = home {
            homes.insert(at, vec![(home, sentence.facts.clone())]);
        }
    }
    homes
}

/// A list that one thing is taken from by its place, `image.boxes[0]`, need not be announced where
/// the thing is named by that place: there is a first box if something is said of it.
fn picked_from(material: &Material<'_>, sentences: &[Sentence]) -> Homes {
    let mut homes = Homes::new();
    for (at, sentence) in sentences.iter().enumerate() {
        if !announces(material, sentence) || sentence.facts.is_empty() {
            continue;
        }
        let only_picked = sentence.facts.iter().all(|fact| {
            let fact = &material.facts[*fact];
            // The same call at another place of the program is not among the sentence's facts.
            let same = |other: &&Fact| other.what == fact.what && other.args == fact.args;
            let mut calls = material.facts.iter().filter(same);
            calls.all(|other| material.index.is_picked_from(other.node))
        });
        if !only_picked {
            continue;
        }
        let objects: Vec<u32> = sentence
            .facts
            .iter()
            .flat_map(|fact| listed_objects(material, &material.facts[*fact].result))
            .collect();
        let named: Vec<String> = objects
            .iter()
            .map(|object| material.namer.noun(*object))
            .filter(|noun| noun.unique)
            .map(|noun| noun.full())
            .collect();
        let home = sentences.iter().enumerate().position(|(other, said)| {
            other != at
                && !homes.contains_key(&other)
                && named.iter().any(|name| names(&said.text, name))
        });
        // What takes a sentence's place must stay itself.
        let taken_in = homes.values().flatten().any(|(home, _)| *home == at);
        if let Some(home) = home.filter(|_| !taken_in) {
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
                What::Function(_) => {
                    let fact = &material.facts[*f];
                    held(material, fact).or(placed(material, fact)).is_some()
                }
            })
}

/// What a fact says is where its name says it is: the circle in the first box is in that box.
fn placed(material: &Material<'_>, fact: &Fact) -> Option<u32> {
    let (Some(thing), TraceValue::Object(holder)) = (fact.receiver(), &fact.result) else {
        return None;
    };
    let place = material.namer.noun(thing).place?;
    let holder = material.namer.noun(*holder).full();
    (place.strip_prefix("in ") == Some(&*holder)).then_some(thing)
}

/// What a fact says something holds, if its name says so: the tower in the first box is in that box.
pub(super) fn held(material: &Material<'_>, fact: &Fact) -> Option<u32> {
    let (Some(holder), TraceValue::Object(thing)) = (fact.receiver(), &fact.result) else {
        return None;
    };
    let (holder, noun) = (
        material.namer.noun(holder).full(),
        material.namer.noun(*thing),
    );
    (noun.unique && noun.head.ends_with(&format!(" in {holder}"))).then_some(*thing)
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
        if !lists(material, sentence) {
            continue;
        }
        // What it is that a holder's name says: not the holder.
        let held: Vec<u32> = sentence
            .facts
            .iter()
            .map(|f| &material.facts[*f])
            .filter_map(|f| held(material, f).or(placed(material, f)))
            .collect();
        let objects = if held.is_empty() {
            &sentence.objects
        } else {
            &held
        };
        let Some(first) = objects.first() else {
            continue;
        };
        let home = speaking.get(first).into_iter().flatten().find(|home| {
            let other = &sentences[**home];
            objects.iter().all(|o| {
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
pub(crate) fn announces(material: &Material<'_>, sentence: &Sentence) -> bool {
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
