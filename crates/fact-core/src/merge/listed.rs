//! Lists of what things are, and the attributes that were read of them.

use super::facts::What;
use super::names::number_of;
use super::order::{Order, order};
use super::predicated::Member;
use super::sentences::{Material, Sentence, made};
use super::words::{list_place, listed_objects, set_name, subject_list, value_text};
use crate::english::{Number, article, conjugate, join_and, plural};
use std::collections::{HashMap, HashSet};

/// Attributes that were read. Where the noun of an object shows the attribute, saying what the
/// objects are says it; otherwise `the material of the cube is metal`.
pub(super) fn fields(
    material: &Material<'_>,
    group: &[usize],
    introduced: &HashSet<u32>,
) -> Vec<Sentence> {
    let What::Field(name) = &material.facts[group[0]].what else {
        return Vec::new();
    };
    let mut of_noun: Vec<Member> = Vec::new();
    let mut other: Vec<(String, Vec<Member>)> = Vec::new();
    for &at in group {
        let fact = &material.facts[at];
        let Some(object) = fact.receiver() else {
            continue;
        };
        if material.namer.noun_shows(object, name) {
            of_noun.push((at, object));
            continue;
        }
        let value = value_text(material, &fact.result);
        match other.iter_mut().find(|(v, _)| *v == value) {
            Some((_, members)) => members.push((at, object)),
            None => other.push((value, vec![(at, object)])),
        }
    }
    let mut sentences = shown(material, &of_noun, introduced);
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
        sentences.push(made(material, &join_and(&clauses), facts, objects));
    }
    sentences
}

/// What the names of things show, said by naming them. Where another sentence introduces a thing,
/// its name is there: the sentence is empty, and leaves its facts to that one.
pub(super) fn shown(
    material: &Material<'_>,
    members: &[Member],
    introduced: &HashSet<u32>,
) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut unnamed = Vec::new();
    for &(fact, object) in members {
        if introduced.contains(&object) {
            sentences.push(Sentence {
                text: String::new(),
                facts: vec![fact],
                objects: vec![object],
                at: material.facts[fact].event,
                totals: Vec::new(),
                there: None,
                about: None,
                chose: None,
            });
        } else if !material.namer.noun(object).unique {
            unnamed.push((fact, object));
        }
    }
    sentences.extend(listings(material, &unnamed));
    sentences
}

/// Things of one list that are in one place.
struct Set {
    creator: Option<u32>,
    place: Option<String>,
    noun: String,
    facts: Vec<usize>,
    objects: Vec<u32>,
    /// How many the list has there, if it is known.
    total: Option<usize>,
    /// Whether none of the things was judged by a loop: each was taken by itself.
    taken: bool,
}

/// `The 3 items in the first box are a small yellow square and 2 blue circles.`
fn listings(material: &Material<'_>, members: &[Member]) -> Vec<Sentence> {
    let sets = match everywhere(material, sets(material, members)) {
        Ok(sentence) => return vec![sentence],
        Err(sets) => sets,
    };
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut singles: Vec<(String, usize, Vec<Set>)> = Vec::new();
    for set in sets {
        // One of several each, here and there: one sentence for all of them.
        let single =
            set.objects.len() == 1 && set.total != Some(1) && chosen(material, &set).is_none();
        match singles
            .iter_mut()
            .find(|(noun, _, _)| single && *noun == set.noun)
        {
            Some((_, _, same)) => same.push(set),
            None if single => singles.push((set.noun.clone(), sentences.len(), vec![set])),
            None => {
                let text = set_text(material, &set);
                let whole = set.total == Some(set.objects.len());
                let listed = set.creator.map(|call| creator_objects(material, call));
                let chosen = chosen(material, &set).and(listed);
                let objects = set.objects.clone();
                let mut sentence = made(material, &text, set.facts, set.objects);
                if whole {
                    sentence = sentence.telling(&objects);
                }
                sentences.push(match chosen {
                    Some(all) => sentence.telling(&all),
                    None => sentence,
                });
            }
        }
    }
    for (noun, at, sets) in singles.into_iter().rev() {
        let mut clauses = Vec::new();
        for (i, set) in sets.iter().enumerate() {
            let what = described(material, &noun, set.objects[0]);
            let place = set
                .place
                .as_ref()
                .map(|p| format!(" {p}"))
                .unwrap_or_default();
            clauses.push(if i == 0 {
                format!("one {noun}{place} is {what}")
            } else {
                format!("one{place} is {what}")
            });
        }
        let facts = sets.iter().flat_map(|s| s.facts.clone()).collect();
        let objects = sets.iter().flat_map(|s| s.objects.clone()).collect();
        sentences.insert(at, made(material, &join_and(&clauses), facts, objects));
    }
    sentences
}

/// One sentence for a whole list whose things are in several places, if they are few; else the sets
/// again.
fn everywhere(material: &Material<'_>, sets: Vec<Set>) -> Result<Sentence, Vec<Set>> {
    const FEW: usize = 4;
    let listed = match sets.as_slice() {
        [first, _, ..] => first.creator.map(|call| creator_objects(material, call)),
        _ => None,
    };
    let objects: Vec<u32> = sets.iter().flat_map(|s| s.objects.clone()).collect();
    let creator = sets.first().and_then(|s| s.creator);
    let whole = listed.is_some_and(|l| l.len() == objects.len() && l.len() <= FEW)
        && sets
            .iter()
            .all(|s| s.creator == creator && s.place.is_some());
    if !whole {
        return Err(sets);
    }
    let noun = set_name(material, &objects).0;
    let parts: Vec<String> = sets
        .iter()
        .map(|set| {
            let what = match set.objects.as_slice() {
                [one] => described(material, &noun, *one),
                many => material.namer.list(many, false),
            };
            format!("{what} {}", set.place.as_deref().unwrap_or_default())
        })
        .collect();
    let n = objects.len();
    let text = format!("the {n} {} are {}", plural(&noun), join_and(&parts));
    let facts = sets.iter().flat_map(|s| s.facts.clone()).collect();
    Ok(made(material, &text, facts, objects.clone()).telling(&objects))
}

fn sets(material: &Material<'_>, members: &[Member]) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    let mut by_key: HashMap<(Option<u32>, Option<String>), usize> = HashMap::new();
    for &(at, object) in members {
        let creator = material.namer.creator(object);
        let own = material.namer.noun(object).place;
        let set = *by_key.entry((creator, own.clone())).or_insert_with(|| {
            sets.push(Set {
                creator,
                place: own,
                noun: String::new(),
                facts: Vec::new(),
                objects: Vec::new(),
                total: None,
                taken: true,
            });
            sets.len() - 1
        });
        let fact = &material.facts[at];
        let judged = fact
            .iterations
            .iter()
            .any(|(_, event)| material.trace.event(*event).value == fact.args[0].1);
        sets[set].facts.push(at);
        sets[set].objects.push(object);
        sets[set].taken &= !judged;
    }
    for set in &mut sets {
        set.objects.sort_unstable();
        set.objects.dedup();
        set.noun = set_name(material, &set.objects).0;
        if let Some(call) = set.creator {
            let listed = creator_objects(material, call);
            let here = listed.iter();
            let here = here.filter(|o| material.namer.noun(**o).place == set.place);
            set.total = Some(here.count());
            if let Some(place) = list_place(material, call) {
                set.place = Some(place);
            }
        }
    }
    sets
}

fn creator_objects(material: &Material<'_>, call: u32) -> Vec<u32> {
    let event = material.trace.pack_calls[call as usize].event;
    event.map_or_else(Vec::new, |event| {
        listed_objects(material, &material.trace.event(event).value)
    })
}

/// Which of a list in a visible order the set is: `the second lowest`, `the upper 3`.
fn chosen(material: &Material<'_>, set: &Set) -> Option<String> {
    let listed = creator_objects(material, set.creator?);
    let some = set.objects.len();
    if some >= listed.len() || (some == 1 && !set.taken) {
        return None;
    }
    let order: Order = order(material, &listed)?;
    match set.objects.as_slice() {
        [one] => order.rank(*one),
        many => order.end(many),
    }
}

fn set_text(material: &Material<'_>, set: &Set) -> String {
    let place = set
        .place
        .as_ref()
        .map(|p| format!(" {p}"))
        .unwrap_or_default();
    let noun = &set.noun;
    let nouns = plural(noun);
    let n = set.objects.len();
    let heads: HashSet<String> = set
        .objects
        .iter()
        .map(|o| material.namer.noun(*o).head)
        .collect();
    let list = match set.objects.as_slice() {
        [one] => described(material, noun, *one),
        [first, ..] if heads.len() == 1 => plural(&material.namer.noun(*first).head),
        many => material.namer.list(many, false),
    };
    if let (Some(which), Some(call)) = (chosen(material, set), set.creator) {
        let listed = creator_objects(material, call);
        let total = listed.len();
        let be = conjugate("be", number_of(n), true);
        // They were taken by their places: which is where is part of what they are.
        if heads.len() > 1
            && let Some(order) = order(material, &listed)
        {
            let (sorted, how) = order.sorted(&set.objects);
            let each: Vec<String> = sorted
                .iter()
                .map(|o| {
                    let head = material.namer.noun(*o).head;
                    format!("{} {head}", article(&head))
                })
                .collect();
            let list = join_and(&each);
            return format!("of the {total} {nouns}{place}, {which} {be}, {how}, {list}");
        }
        return format!("of the {total} {nouns}{place}, {which} {be} {list}");
    }
    // That squares are squares says only that there are some.
    let only_named = heads.len() == 1 && heads.contains(noun);
    match (n, set.total) {
        (1, Some(1)) if only_named => format!("there is 1 {noun}{place}"),
        (n, Some(total)) if n == total && only_named => format!("there are {n} {nouns}{place}"),
        (1, Some(1)) => format!("the {noun}{place} is {list}"),
        (2, Some(2)) if heads.len() == 1 => format!("both {nouns}{place} are {list}"),
        (n, Some(total)) if n == total && heads.len() == 1 => {
            format!("all {n} {nouns}{place} are {list}")
        }
        (n, Some(total)) if n == total => format!("the {n} {nouns}{place} are {list}"),
        (n, Some(total)) => format!("{n} of the {total} {nouns}{place} are {list}"),
        (n, None) => format!("{n} of the {nouns}{place} are {list}"),
    }
}

/// What a thing is, its noun said before: `a medium yellow one` after `the square`.
fn described(material: &Material<'_>, noun: &str, object: u32) -> String {
    let head = material.namer.noun(object).head;
    let last = noun.split_whitespace().last().unwrap_or_default();
    let one = head
        .strip_suffix(last)
        .filter(|rest| !last.is_empty() && rest.ends_with(' ') && head != noun);
    match one {
        Some(rest) => format!("{} {rest}one", article(rest)),
        None => format!("{} {head}", article(&head)),
    }
}
