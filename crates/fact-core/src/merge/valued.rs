//! Statements of values: `subject [be] {result}`.

use super::counted::{all_of_class, kind};
use super::extremes::extreme;
use super::facts::{Fact, What};
use super::names::number_of;
use super::once::held;
use super::sentences::{Material, Sentence, made};
use super::words::{agree, fill, fill_with, objects_of, subject_list, value_text};
use crate::english::{Number, Part, Template, article, conjugate, join_and, plural};
use fact_lang::trace::TraceValue;
use std::collections::{BTreeMap, HashMap};

/// Facts that say the same of their subjects.
struct Clause {
    rest: String,
    affirmed: bool,
    facts: Vec<usize>,
}

/// Sentences for results that are texts, numbers or objects: `subject [be] {result}`.
pub(super) fn valued(
    material: &Material<'_>,
    template: &Template,
    group: &[usize],
) -> Vec<Sentence> {
    let Some((subject, Part::Verb(verb), rest)) = template.split_verb() else {
        return Vec::new();
    };
    let (mut sentences, rest_of_group) = extremes(material, group);
    let group = rest_of_group.as_slice();
    if group.is_empty() {
        return sentences;
    }
    let mut objects = Vec::new();
    for at in group {
        let fact = &material.facts[*at];
        match fact.receiver() {
            Some(receiver) => objects.push(receiver),
            None => objects.extend(objects_of(fact)),
        }
        if let TraceValue::Object(result) = fact.result {
            objects.push(result);
        }
    }
    let mut clauses = clauses(material, rest, group);
    let receivers: Option<Vec<u32>> = group
        .iter()
        .map(|f| material.facts[*f].receiver())
        .collect();
    let receivers = receivers.unwrap_or_default();
    // Of all there are, one and the others: the one is said first.
    let whole = all_of_class(material, &receivers) && of_self(subject);
    if whole && clauses.len() == 2 && clauses[1].facts.len() == 1 {
        clauses.swap(0, 1);
    }
    // The others are others of all: beside a circle a square is no "other square".
    let noun = kind(&material.namer.common_noun(&receivers));
    let told = whole
        && match clauses.as_slice() {
            [only] => only.facts.len() > 2,
            [first, other] => first.facts.len() == 1 && !goes_by_name(material, other, &noun),
            _ => false,
        };
    let text = match numbered(material, (subject, verb, rest), &clauses) {
        Some(text) => text,
        None => {
            let mut texts = Vec::new();
            let mut before: Option<String> = None;
            for (i, clause) in clauses.iter().enumerate() {
                let all = match (told, i) {
                    (true, 0) if clauses.len() == 1 => Some(("all", noun.as_str())),
                    (true, 1) => Some(("the other", noun.as_str())),
                    _ => None,
                };
                texts.extend(said(material, subject, verb, clause, all, &mut before));
            }
            join_and(&texts)
        }
    };
    let mut sentence = made(material, &text, group.to_vec(), objects);
    if let ([only], true) = (clauses.as_slice(), subject_is_self(subject))
        && let [one] = receivers.as_slice()
        && only.affirmed
    {
        let name = material.namer.noun(*one).full();
        sentence.about = text.starts_with(&format!("{name} ")).then_some(name);
    }
    sentences.push(if told {
        sentence.telling(&receivers)
    } else {
        sentence
    });
    sentences
}

/// What was asked only to choose, by the lists that it chose from; and the facts of other use.
fn extremes(material: &Material<'_>, group: &[usize]) -> (Vec<Sentence>, Vec<usize>) {
    let keyed = |at: &usize| material.index.key_of(material.facts[*at].node).is_some();
    if !group.iter().any(keyed) {
        return (Vec::new(), group.to_vec());
    }
    let mut lists: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
    for at in group {
        let receiver = material.facts[*at].receiver();
        let creator = receiver.and_then(|object| material.namer.creator(object));
        lists.entry(creator).or_default().push(*at);
    }
    let mut sentences = Vec::new();
    let mut left = Vec::new();
    for facts in lists.into_values() {
        match extreme(material, &facts) {
            Some(sentence) => sentences.push(sentence),
            None => left.extend(facts),
        }
    }
    left.sort_unstable();
    (sentences, left)
}

/// Whether a clause is of one thing that has a name of its own: beside *the red thing*, *the blue
/// square* is more than *the other thing*. Which does not tell that these are all.
fn goes_by_name(material: &Material<'_>, clause: &Clause, noun: &str) -> bool {
    let [one] = clause.facts.as_slice() else {
        return false;
    };
    material.facts[*one].receiver().is_some_and(|object| {
        let name = material.namer.noun(object);
        name.mark.is_none() && kind(&name.head) != noun
    })
}

/// Whether a subject is the receiver, or a part of it.
fn of_self(subject: &[Part]) -> bool {
    subject_is_self(subject) || part_of(subject).is_some()
}

fn clauses(material: &Material<'_>, rest: &[Part], group: &[usize]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut by_rest: HashMap<(String, bool), usize> = HashMap::new();
    for &at in group {
        let fact = &material.facts[at];
        let affirmed = fact.result != TraceValue::None;
        let rest = match indefinite(material, fact) {
            Some(thing) => fill_with(material, rest, fact, &thing),
            None => fill(material, rest, fact),
        };
        let key = unordered(material, fact).unwrap_or_else(|| rest.clone());
        let clause = *by_rest.entry((key, affirmed)).or_insert_with(|| {
            clauses.push(Clause {
                rest,
                affirmed,
                facts: Vec::new(),
            });
            clauses.len() - 1
        });
        clauses[clause].facts.push(at);
    }
    clauses
}

/// A result in words that do not tell which it is: `a tower`, of the tower that is named by the box
/// that holds it, and of none; `anything` of another nothing.
fn indefinite(material: &Material<'_>, fact: &Fact) -> Option<String> {
    let noun = match &fact.result {
        TraceValue::Object(_) => kind(&material.namer.noun(held(material, fact)?).head),
        TraceValue::None => {
            let What::Function(at) = fact.what else {
                return None;
            };
            let pack = material.pack;
            let returns = pack.functions[at as usize].returns.as_deref();
            let class = returns.filter(|name| pack.classes.iter().any(|c| *c.name == **name));
            match class {
                Some(class) => class.to_lowercase(),
                None => return Some("anything".to_owned()),
            }
        }
        _ => return None,
    };
    Some(format!("{} {noun}", article(&noun)))
}

/// A list of texts whatever their order: "black and blue" says what "blue and black" does.
fn unordered(material: &Material<'_>, fact: &Fact) -> Option<String> {
    let TraceValue::Items { .. } = fact.result else {
        return None;
    };
    let items = material.trace.items_of(&fact.result).iter();
    let mut texts: Vec<String> = items
        .map(|(value, _)| value_text(material, value))
        .collect();
    texts.sort();
    Some(texts.join("\n"))
}

/// What a clause says of its subjects; `all` is `all` or `the other`, with the noun of all, where a
/// number tells which they are. `before` is the name that the clause before it began with:
/// what it has in common with it is not said again.
fn said(
    material: &Material<'_>,
    subject: &[Part],
    verb: &str,
    clause: &Clause,
    all: Option<(&str, &str)>,
    before: &mut Option<String>,
) -> Vec<String> {
    let receivers: Option<Vec<u32>> = clause
        .facts
        .iter()
        .map(|f| material.facts[*f].receiver())
        .collect();
    let Some(receivers) = receivers else {
        let each = clause.facts.iter().map(|f| {
            let verb = conjugate(verb, Number::Singular, clause.affirmed);
            let subject = fill(material, subject, &material.facts[*f]);
            format!("{subject}{verb}{}", clause.rest)
        });
        return each.collect();
    };
    let fact = &material.facts[clause.facts[0]];
    let part = part_of(subject).filter(|_| receivers.len() > 1);
    let number = if subject_is_self(subject) || part.is_some() {
        number_of(receivers.len())
    } else {
        Number::Singular
    };
    let named = match (all, receivers.len()) {
        (Some((which, noun)), 1) => format!("{which} {noun}"),
        (Some((which, noun)), n) => format!("{which} {n} {}", plural(noun)),
        (None, _) => subject_list(material, &receivers),
    };
    let text = match part_of(subject) {
        // "The top of the first tower is black and those of the others are blue."
        Some(_) if before.is_some() => {
            let that = if number == Number::Plural {
                "those"
            } else {
                "that"
            };
            format!("{that} of {named} ")
        }
        Some(noun) if number == Number::Plural => format!("the {} of {named} ", plural(noun)),
        _ => fill_subject(
            material,
            subject,
            fact,
            &shorter(material, &receivers, before, named),
        ),
    };
    *before = Some(material.namer.noun(receivers[0]).head);
    let rest = agree(verb, &clause.rest, number);
    vec![format!(
        "{text}{}{rest}",
        conjugate(verb, number, clause.affirmed)
    )]
}

/// `the one in the second box` after `the tower in the first box`.
fn shorter(
    material: &Material<'_>,
    receivers: &[u32],
    before: &Option<String>,
    named: String,
) -> String {
    let Some(before) = before else {
        return named;
    };
    let noun = material.namer.noun(receivers[0]);
    let kind = |head: &str| head.split_once(" in ").map(|(kind, _)| kind.to_owned());
    match (receivers, kind(&noun.head), kind(before)) {
        (_, Some(own), Some(other)) if own == other && noun.unique => {
            let (one, many) = (
                format!("the {own} in "),
                format!("the {} in ", plural(&own)),
            );
            if let Some(rest) = named.strip_prefix(&many) {
                format!("the ones in {rest}")
            } else if let (Some(rest), [_]) = (named.strip_prefix(&one), receivers) {
                format!("the one in {rest}")
            } else {
                named
            }
        }
        ([one], None, _) if *before == noun.head && noun.mark.is_some() => {
            let noun = material.namer.noun(*one);
            match &noun.place {
                Some(place) => format!("{} {place}", noun.pronoun()),
                None => noun.pronoun(),
            }
        }
        _ => named,
    }
}

/// `the towers in the first, second and third boxes are 2, 4 and 3 blocks tall`: where each has
/// another number.
fn numbered(
    material: &Material<'_>,
    (subject, verb, rest): (&[Part], &str, &[Part]),
    clauses: &[Clause],
) -> Option<String> {
    let facts: Vec<&Fact> = clauses
        .iter()
        .map(|clause| match clause.facts.as_slice() {
            [one] => Some(&material.facts[*one]),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let counted = rest.iter().any(|p| matches!(p, Part::Noun(_)));
    if facts.len() < 2 || !counted || !subject_is_self(subject) {
        return None;
    }
    let mut numbers = Vec::new();
    let mut receivers = Vec::new();
    for fact in &facts {
        let TraceValue::Int(number) = fact.result else {
            return None;
        };
        numbers.push(number.to_string());
        receivers.push(fact.receiver()?);
    }
    let named = subject_list(material, &receivers);
    // Only a list of ordinals is in the order of the numbers for sure.
    if !named.starts_with("the ") || named.matches(" the ").count() > 1 {
        return None;
    }
    let mut many = (*facts[0]).clone();
    many.result = TraceValue::Int(2);
    let rest = fill_with(material, rest, &many, &join_and(&numbers));
    let verb = conjugate(verb, Number::Plural, true);
    Some(format!("{} {verb}{rest}", named))
}

/// The noun of a subject such as `the top of {self}`.
fn part_of(subject: &[Part]) -> Option<&str> {
    match subject {
        [
            Part::Text(before),
            Part::Place { name, .. },
            Part::Text(behind),
        ] if name == "self" && behind.trim().is_empty() => {
            before.strip_prefix("the ")?.strip_suffix(" of ")
        }
        _ => None,
    }
}

/// Whether the subject is the receiver and nothing else.
fn subject_is_self(subject: &[Part]) -> bool {
    matches!(subject, [Part::Place { name, .. }, ..] if name == "self") && subject.len() <= 2
}

/// The subject of a clause with a name in the place of `{self}`.
fn fill_subject(material: &Material<'_>, subject: &[Part], fact: &Fact, named: &str) -> String {
    let mut out = String::new();
    for part in subject {
        match part {
            Part::Place { name, .. } if name == "self" => out.push_str(named),
            other => out.push_str(&fill(material, std::slice::from_ref(other), fact)),
        }
    }
    out
}
