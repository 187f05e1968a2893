//! Statements of how things stand to each other: one sentence for many pairs.

use super::facts::Fact;
use super::names::{Noun, number_of};
use super::sentences::{Material, Sentence, made};
use super::words::{is_whole, list_noun, listed_objects, place_value, set_name, subject_list};
use crate::english::{Number, Part, conjugate, join_and, join_or, plural};
use fact_lang::trace::{EventKind, TraceValue};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A fact about a pair.
#[derive(Clone, Copy)]
struct Pair {
    fact: usize,
    subject: u32,
    other: u32,
    holds: bool,
}

/// Sentences for facts `{self} [verb] … {other}` on two objects each; `None` if they are not of
/// that form, or if there is only one.
pub(super) fn pairs(
    material: &Material<'_>,
    verb: &str,
    rest: &[Part],
    group: &[usize],
) -> Option<Vec<Sentence>> {
    let [Part::Text(between), Part::Place { name, .. }] = rest else {
        return None;
    };
    let mut all = Vec::new();
    for &fact in group {
        let stated = &material.facts[fact];
        let (Some(subject), Some(TraceValue::Object(other))) =
            (stated.receiver(), place_value(stated, name))
        else {
            return None;
        };
        let holds = stated.result == TraceValue::Bool(true);
        all.push(Pair {
            fact,
            subject,
            other: *other,
            holds,
        });
    }
    if all.is_empty() {
        return None;
    }
    let (own, apart): (Vec<Pair>, Vec<Pair>) = all.into_iter().partition(|p| p.subject == p.other);
    // Held against one thing: what is true of which of several is said of the several.
    let one_other = apart.windows(2).all(|pair| pair[0].other == pair[1].other);
    if one_other && apart.len() > 1 && apart.iter().any(|p| p.holds) {
        return None;
    }
    let (yes, no): (Vec<Pair>, Vec<Pair>) = apart.into_iter().partition(|p| p.holds);
    let phrase = Phrase {
        material,
        verb,
        between,
        not_itself: own.iter().filter(|p| !p.holds).map(|p| p.subject).collect(),
    };
    let mut sentences = Vec::new();
    if yes.is_empty()
        && let Some(said) = phrase.none(&no)
    {
        sentences.push(phrase.made(said, &no));
    } else if !yes.is_empty()
        && let Some(said) = phrase.only(&yes, &no)
    {
        sentences.push(phrase.made(said, &yes.iter().chain(&no).copied().collect::<Vec<_>>()));
    } else {
        // Where every one was held against every other, what holds is said, and that it is all.
        let mut apart = Vec::new();
        let mut holding = Vec::new();
        let both: Vec<Pair> = yes.iter().chain(&no).copied().collect();
        for set in by_places(material, &both) {
            let (yes, no): (Vec<Pair>, Vec<Pair>) = set.iter().partition(|p| p.holds);
            match phrase.only(&yes, &no) {
                Some(said) => sentences.push(phrase.made(said, &set)),
                None => {
                    holding.extend(yes);
                    apart.extend(no);
                }
            }
        }
        if !holding.is_empty() {
            sentences.push(phrase.made((phrase.holding(&holding), Vec::new()), &holding));
        }
        for set in by_places(material, &apart) {
            let said = phrase.none(&set);
            let said = said.unwrap_or_else(|| (phrase.denied(&set), Vec::new()));
            sentences.push(phrase.made(said, &set));
        }
    }
    // That nothing stands so to itself goes without saying, but it was looked at.
    match sentences.last_mut() {
        Some(last) => last.facts.extend(own.iter().map(|p| p.fact)),
        None => {
            let clauses: Vec<String> = own
                .iter()
                .map(|p| {
                    let name = material.namer.noun(p.subject).full();
                    let verb = conjugate(verb, Number::Singular, p.holds);
                    format!("{name} {verb}{between}itself")
                })
                .collect();
            sentences.push(phrase.made((join_and(&clauses), Vec::new()), &own));
        }
    }
    Some(sentences)
}

/// Pairs whose subjects are in one place and whose others are in one place.
fn by_places(material: &Material<'_>, pairs: &[Pair]) -> Vec<Vec<Pair>> {
    type Places = (Option<String>, Option<String>);
    let mut sets: Vec<Vec<Pair>> = Vec::new();
    let mut by_places: HashMap<Places, usize> = HashMap::new();
    for pair in pairs {
        let place = |o| material.namer.noun(o).place;
        let places = (place(pair.subject), place(pair.other));
        let set = *by_places.entry(places).or_insert_with(|| {
            sets.push(Vec::new());
            sets.len() - 1
        });
        sets[set].push(*pair);
    }
    sets
}

struct Phrase<'a, 'm> {
    material: &'a Material<'m>,
    verb: &'a str,
    between: &'a str,
    /// Things that were held against themselves, and do not stand so to themselves.
    not_itself: HashSet<u32>,
}

impl Phrase<'_, '_> {
    /// `the circle in the first box lies directly on the square`.
    fn single(&self, pair: Pair) -> String {
        let namer = self.material.namer;
        let (subject, other) = (namer.noun(pair.subject), namer.noun(pair.other));
        let verb = conjugate(self.verb, Number::Singular, pair.holds);
        // Head and place are said once: "the upper square in the first box touches the lower one".
        if (&subject.head, &subject.place) == (&other.head, &other.place)
            && subject.mark.is_some()
            && other.mark.is_some()
            && pair.subject != pair.other
        {
            return format!(
                "{} {verb}{}{}",
                subject.full(),
                self.between,
                other.pronoun()
            );
        }
        if subject.place == other.place {
            let place = subject.place.as_ref().map(|p| format!(" {p}"));
            let (subject, place) = match &subject.mark {
                // "The square in the first box from the left" would be another thing.
                Some(mark) if !mark.behind.is_empty() => (subject.full(), String::new()),
                _ => (subject.definite(), place.unwrap_or_default()),
            };
            return format!(
                "{subject} {verb}{}{}{place}",
                self.between,
                other.definite()
            );
        }
        format!("{} {verb}{}{}", subject.full(), self.between, other.full())
    }

    /// Pairs that hold, those of one object said together: `both circles touch the square`.
    fn holding(&self, pairs: &[Pair]) -> String {
        let namer = self.material.namer;
        let mut by_other: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for pair in pairs {
            by_other.entry(pair.other).or_default().push(pair.subject);
        }
        let mut clauses = Vec::new();
        for pair in pairs {
            // Said where the first of its object stands.
            let Some(subjects) = by_other.remove(&pair.other) else {
                continue;
            };
            if subjects.len() == 1 {
                clauses.push(self.single(*pair));
                continue;
            }
            let other = namer.noun(pair.other);
            let same_place = subjects.iter().all(|s| namer.noun(*s).place == other.place);
            let named = match self.set(&subjects) {
                Some((nouns, place)) if subjects.len() == 2 => format!("both {nouns}{place}"),
                Some((nouns, place)) => format!("all {} {nouns}{place}", subjects.len()),
                None => subject_list(self.material, &subjects),
            };
            let object = if same_place {
                other.definite()
            } else {
                other.full()
            };
            let verb = conjugate(self.verb, Number::Plural, true);
            clauses.push(format!("{named} {verb}{}{object}", self.between));
        }
        join_and(&clauses)
    }

    /// Pairs that do not hold, those of one subject said together: `the circle does not touch the
    /// left or the right square`.
    fn denied(&self, pairs: &[Pair]) -> String {
        let namer = self.material.namer;
        let mut by_subject: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for pair in pairs {
            by_subject.entry(pair.subject).or_default().push(pair.other);
        }
        let mut clauses = Vec::new();
        for pair in pairs {
            // Said where the first of its subject stands.
            let Some(others) = by_subject.remove(&pair.subject) else {
                continue;
            };
            if others.len() == 1 {
                clauses.push(self.single(*pair));
                continue;
            }
            let subject = namer.noun(pair.subject);
            let nouns: Vec<Noun> = others.iter().map(|o| namer.noun(*o)).collect();
            let one_place = nouns.iter().all(|n| n.place == subject.place);
            let names: Vec<String> = nouns
                .iter()
                .map(|n| if one_place { n.definite() } else { n.full() })
                .collect();
            let verb = conjugate(self.verb, Number::Singular, false);
            let object = join_or(&names);
            clauses.push(format!("{} {verb}{}{object}", subject.full(), self.between));
        }
        join_and(&clauses)
    }

    /// `none of the 2 circles lies directly on any of the 3 squares`, if every one of the subjects
    /// was held against every one of the others.
    fn none(&self, pairs: &[Pair]) -> Option<Said> {
        let namer = self.material.namer;
        let subjects = distinct(pairs.iter().map(|p| p.subject));
        let others = distinct(pairs.iter().map(|p| p.other));
        let known: HashSet<u32> = others.iter().copied().collect();
        let shared = subjects.iter().filter(|s| known.contains(s)).count();
        if pairs.len() < 2 || pairs.len() != subjects.len() * others.len() - shared {
            return None;
        }
        let holds = conjugate(self.verb, Number::Singular, true);
        let (subject, other) = (self.set(&subjects), self.set(&others));
        let mut totals = Vec::new();
        if shared == subjects.len() && shared == others.len() {
            let (nouns, place) = subject?;
            let (none, another) = if shared == 2 {
                ("neither", "the other")
            } else {
                ("none", "another")
            };
            let between = self.between;
            let text = format!("{none} of the {shared} {nouns}{place} {holds}{between}{another}");
            return Some((text, vec![subjects]));
        }
        // "None of the 4 items touches any of the 3 circles" speaks of each circle and itself too.
        let both = |o: &&u32| known.contains(o);
        if subjects
            .iter()
            .filter(both)
            .any(|o| !self.not_itself.contains(o))
        {
            return None;
        }
        let here = subject.as_ref().map_or("", |(_, place)| place.as_str());
        let object = match (others.as_slice(), &other) {
            ([one], _) => {
                let noun = namer.noun(*one);
                let same = noun.place.as_deref() == here.strip_prefix(' ') && subjects.len() > 1;
                let name = if same { noun.definite() } else { noun.full() };
                match is_whole(self.material, &others).then(|| list_name(self.material, *one)) {
                    Some(Some(listed)) if listed != noun.head => {
                        totals.push(others.clone());
                        format!("{name}, the only {listed}")
                    }
                    _ => name,
                }
            }
            (_, Some((nouns, place))) => {
                totals.push(others.clone());
                let word = if others.len() == 2 { "either" } else { "any" };
                let there = if place == here { "" } else { place };
                format!("{word} of the {} {nouns}{there}", others.len())
            }
            (some, None) => {
                let names: Vec<String> = some.iter().map(|o| namer.noun(*o).full()).collect();
                join_or(&names)
            }
        };
        let between = self.between;
        let text = match (subjects.as_slice(), &subject) {
            ([one], _) => {
                let verb = conjugate(self.verb, number_of(1), false);
                format!("{} {verb}{between}{object}", namer.noun(*one).full())
            }
            (some, Some((nouns, _))) => {
                let none = if some.len() == 2 { "neither" } else { "none" };
                totals.push(subjects.clone());
                let n = some.len();
                format!("{none} of the {n} {nouns}{here} {holds}{between}{object}")
            }
            ([one, two], None) => {
                let (one, two) = (namer.noun(*one), namer.noun(*two));
                let alike = (&one.head, &one.place) == (&two.head, &two.place);
                match (&one.mark, &two.mark) {
                    (Some(first), Some(_)) if alike && first.behind.is_empty() => {
                        let first = first.before.trim_end();
                        format!(
                            "neither the {first} nor {} {holds}{between}{object}",
                            two.full()
                        )
                    }
                    _ => {
                        let (one, two) = (one.full(), two.full());
                        format!("neither {one} nor {two} {holds}{between}{object}")
                    }
                }
            }
            _ => return None,
        };
        Some((text, totals))
    }

    /// `of the 2 circles and the 3 squares in the first box, only the left circle touches the upper
    /// square`, if every one of the subjects was held against every one of the others, and few of
    /// many pairs hold.
    fn only(&self, yes: &[Pair], no: &[Pair]) -> Option<Said> {
        let all = || yes.iter().chain(no);
        let subjects = distinct(all().map(|p| p.subject));
        let others = distinct(all().map(|p| p.other));
        let known: HashSet<u32> = others.iter().copied().collect();
        let shared = subjects.iter().filter(|s| known.contains(s)).count();
        let pairs = subjects.len() * others.len() - shared;
        let one = |objects: &[u32]| objects.len() == 1;
        let least = if one(&others) { 1 } else { 2 };
        if yes.is_empty() || no.len() < least || yes.len() > 2 || yes.len() + no.len() != pairs {
            return None;
        }
        let (nouns, place) = self.set(&subjects)?;
        let sets = if shared == subjects.len() && shared == others.len() {
            format!("the {shared} {nouns}{place}")
        } else if one(&subjects) || shared > 0 {
            return None;
        } else if one(&others) {
            format!("the {} {nouns}{place}", subjects.len())
        } else {
            let (other_nouns, other_place) = self.set(&others)?;
            let here = if place == other_place { "" } else { &place };
            let (m, n) = (subjects.len(), others.len());
            format!("the {m} {nouns}{here} and the {n} {other_nouns}{other_place}")
        };
        let within = |p: &Pair| self.within(*p, place.is_empty(), one(&others));
        let clauses: Vec<String> = yes.iter().map(within).collect();
        let text = format!("of {sets}, only {}", join_and(&clauses));
        let mut told = vec![subjects];
        if others.len() > 1 {
            told.push(others);
        }
        Some((text, told))
    }

    /// A pair whose places were said, unless they are not the same (`apart`); `single` if its other
    /// was not spoken of.
    fn within(&self, pair: Pair, apart: bool, single: bool) -> String {
        let namer = self.material.namer;
        let (subject, other) = (namer.noun(pair.subject), namer.noun(pair.other));
        let verb = conjugate(self.verb, Number::Singular, pair.holds);
        if apart {
            return self.single(pair);
        }
        let same = subject.head == other.head && other.mark.is_some();
        let object = if same {
            other.pronoun()
        } else if single && subject.place != other.place {
            other.full()
        } else {
            other.definite()
        };
        format!("{} {verb}{}{object}", subject.definite(), self.between)
    }

    /// Plural noun and place of things of which the two tell which they are: they are all that a
    /// call gave, or all of their name.
    fn set(&self, objects: &[u32]) -> Option<(String, String)> {
        let namer = self.material.namer;
        let nouns: Vec<Noun> = objects.iter().map(|o| namer.noun(*o)).collect();
        let first = nouns.first()?;
        let one_place = nouns.iter().all(|n| n.place == first.place);
        let place = first.place.as_ref().filter(|_| one_place);
        let place = place.map(|p| format!(" {p}")).unwrap_or_default();
        let alike = nouns
            .iter()
            .all(|n| n.head == first.head && n.alike() == nouns.len());
        // All yellow blocks that there are: "the 2 medium yellow squares" would not say so.
        let whole = is_whole(self.material, objects);
        if whole
            && objects.len() > 1
            && let (noun, None) = set_name(self.material, objects)
        {
            return Some((plural(&noun), String::new()));
        }
        if alike && one_place {
            return Some((plural(&first.head), place));
        }
        let listed = listing(self.material, objects).filter(|_| one_place);
        if let Some(noun) = listed.and_then(|call| list_noun(self.material, call)) {
            return Some((plural(&noun), place));
        }
        let (noun, listed_at) = set_name(self.material, objects);
        let place = listed_at.map(|p| format!(" {p}")).unwrap_or_default();
        whole.then(|| (plural(&noun), place))
    }

    fn made(&self, (text, totals): Said, pairs: &[Pair]) -> Sentence {
        let facts = pairs.iter().map(|p| p.fact).collect();
        let objects = pairs.iter().flat_map(|p| [p.subject, p.other]).collect();
        let sentence = made(self.material, &text, facts, objects);
        totals.iter().fold(sentence, |s, total| s.telling(total))
    }
}

/// A sentence, and the sets whose number it tells.
type Said = (String, Vec<Vec<u32>>);

/// A call among the facts that listed just these objects.
fn listing(material: &Material<'_>, objects: &[u32]) -> Option<u32> {
    let wanted: HashSet<u32> = objects.iter().copied().collect();
    let listed = |fact: &&Fact| {
        let len =
            matches!(fact.result, TraceValue::Items { len, .. } if len as usize == wanted.len());
        len && listed_objects(material, &fact.result)
            .iter()
            .all(|o| wanted.contains(o))
    };
    let fact = material.facts.iter().find(listed)?;
    match material.trace.event(fact.event).kind {
        EventKind::PackCall { call } => Some(call),
        _ => None,
    }
}

/// The noun of the list that gave an object.
fn list_name(material: &Material<'_>, object: u32) -> Option<String> {
    list_noun(material, material.namer.creator(object)?)
}

fn distinct(objects: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut seen = HashSet::new();
    objects.filter(|object| seen.insert(*object)).collect()
}
