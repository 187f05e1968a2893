//! Evidence sentences.

use super::facts::{Fact, Iterations, What};
use super::names::{Namer, Noun, number_of};
use crate::english::{
    Number, Part, Template, article, conjugate, join_and, join_or, ordinal, plural, sentence,
};
use fact_lang::ast::NodeId;
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
    drop_repeated(material, &mut sentences);
    sentences.sort_by_key(|s| s.at);
    sentences
}

/// Facts of one call site (or of the same call written twice), with the same texts as arguments.
fn groups(material: &Material<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, fact) in material.facts.iter().enumerate() {
        // The same call with the same arguments again establishes nothing new.
        let again = material.facts[..at]
            .iter()
            .any(|f| f.what == fact.what && f.args == fact.args && f.result == fact.result);
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

/// How many there are, as `[there be]` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amount {
    /// A counted number.
    Count(i64),
    /// At least one.
    Some,
    /// None at all.
    None,
}

fn amount(result: &TraceValue) -> Amount {
    match result {
        TraceValue::Bool(true) | TraceValue::Object(_) => Amount::Some,
        TraceValue::Bool(false) | TraceValue::None | TraceValue::Int(0) => Amount::None,
        TraceValue::Int(n) => Amount::Count(*n),
        TraceValue::Items { len: 0, .. } => Amount::None,
        TraceValue::Items { len, .. } => Amount::Count(i64::from(*len)),
        _ => Amount::Some,
    }
}

fn existential(material: &Material<'_>, template: &Template, group: &[usize]) -> Vec<Sentence> {
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
fn place_of_all(
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

fn dedup(texts: Vec<String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// `each of the first and second boxes`, `the first or the second box`, `each of the 3 boxes`.
fn among(material: &Material<'_>, holders: &[u32], denied: bool) -> String {
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
        let names: Vec<String> = holders
            .iter()
            .map(|h| material.namer.noun(*h).full())
            .collect();
        return join_or(&names);
    }
    format!("each of {}", material.namer.list(holders, true))
}

/// Sentences for a predicate: `subject [verb] rest`.
fn predicate(material: &Material<'_>, template: &Template, group: &[usize]) -> Vec<Sentence> {
    let Some((subject, Part::Verb(verb), rest)) = template.split_verb() else {
        return Vec::new();
    };
    let simple_subject = matches!(subject, [Part::Place { name, .. }] if name == "self")
        || matches!(subject, [Part::Place { name, .. }, Part::Text(t)] if name == "self" && t.trim().is_empty());
    let mut sentences = Vec::new();
    // Facts that say the same of their subjects.
    let mut by_rest: Vec<(String, Vec<usize>)> = Vec::new();
    for &at in group {
        let text = fill(material, rest, &material.facts[at]);
        match by_rest.iter_mut().find(|(t, _)| *t == text) {
            Some((_, facts)) => facts.push(at),
            None => by_rest.push((text, vec![at])),
        }
    }
    for (rest, facts) in by_rest {
        let subjects: Option<Vec<u32>> = facts
            .iter()
            .map(|f| material.facts[*f].receiver())
            .collect::<Option<_>>();
        let Some(subjects) = subjects.filter(|_| simple_subject) else {
            for f in facts {
                let fact = &material.facts[f];
                let affirmed = fact.result == TraceValue::Bool(true);
                let text = format!(
                    "{}{}{rest}",
                    fill(material, subject, fact),
                    conjugate(verb, Number::Singular, affirmed)
                );
                sentences.push(made(material, text, vec![f], objects_of(fact)));
            }
            continue;
        };
        for (domain, members) in by_domain(material, &facts, &subjects) {
            sentences.push(quantified(material, verb, &rest, &domain, &members));
        }
    }
    sentences
}

/// A fact with the object it is about.
type Member = (usize, u32);
/// A loop and the first iteration of one of its instances.
type LoopInstance = (NodeId, EventId);

/// What a set of subjects was drawn from.
struct Domain {
    /// The whole set, if every member of it was judged.
    all: Option<(String, Option<String>)>,
}

/// Splits facts by the list their subjects come from.
fn by_domain(
    material: &Material<'_>,
    facts: &[usize],
    subjects: &[u32],
) -> Vec<(Domain, Vec<Member>)> {
    let mut sets: Vec<(Option<LoopInstance>, Vec<Member>)> = Vec::new();
    for (&fact, &subject) in facts.iter().zip(subjects) {
        // The innermost loop whose variable is the subject.
        let home = material.facts[fact]
            .iterations
            .iter()
            .rev()
            .find_map(|(id, event)| {
                let is_subject = material.trace.event(*event).value == TraceValue::Object(subject);
                let first = material
                    .iterations
                    .instance(material.trace, *id, *event)
                    .first()
                    .copied();
                is_subject.then_some((*id, first?))
            });
        match sets.iter_mut().find(|(h, _)| *h == home) {
            Some((_, members)) => members.push((fact, subject)),
            None => sets.push((home, vec![(fact, subject)])),
        }
    }
    sets.into_iter()
        .map(|(home, members)| {
            let all = home.and_then(|(id, first)| {
                let values: Vec<u32> = material
                    .iterations
                    .instance(material.trace, id, first)
                    .iter()
                    .filter_map(|e| match material.trace.event(*e).value {
                        TraceValue::Object(o) => Some(o),
                        _ => None,
                    })
                    .collect();
                let judged: HashSet<u32> = members.iter().map(|(_, o)| *o).collect();
                let complete =
                    values.len() == judged.len() && values.iter().all(|v| judged.contains(v));
                (complete && values.len() > 1).then(|| set_name(material, &values))
            });
            (Domain { all }, members)
        })
        .collect()
}

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
    let place = places[0]
        .clone()
        .filter(|_| places.iter().all(|p| *p == places[0]));
    (noun, place)
}

/// The noun of a pack call's `[there be] … (noun)`.
fn list_noun(material: &Material<'_>, call: u32) -> Option<String> {
    let call = &material.trace.pack_calls[call as usize];
    let function = &material.pack.functions[call.function as usize];
    let template = Template::parse(function.says.as_deref()?).ok()?;
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

fn quantified(
    material: &Material<'_>,
    verb: &str,
    rest: &str,
    domain: &Domain,
    members: &[Member],
) -> Sentence {
    let truth = |fact: usize| material.facts[fact].result == TraceValue::Bool(true);
    let yes: Vec<u32> = members
        .iter()
        .filter(|(f, _)| truth(*f))
        .map(|(_, o)| *o)
        .collect();
    let no: Vec<u32> = members
        .iter()
        .filter(|(f, _)| !truth(*f))
        .map(|(_, o)| *o)
        .collect();
    let n = members.len();
    let text = match &domain.all {
        Some((noun, place)) => {
            let place = place
                .as_deref()
                .map(|p| format!(" {p}"))
                .unwrap_or_default();
            let nouns = plural(noun);
            match (yes.len(), n) {
                (0, 2) => {
                    format!(
                        "neither of the 2 {nouns}{place} {}{rest}",
                        conjugate(verb, Number::Singular, true)
                    )
                }
                (0, n) => {
                    format!(
                        "none of the {n} {nouns}{place} {}{rest}",
                        conjugate(verb, Number::Singular, true)
                    )
                }
                (k, n) if k == n => {
                    let all = if n == 2 {
                        "both".to_owned()
                    } else {
                        format!("all {n}")
                    };
                    format!(
                        "{all} {nouns}{place} {}{rest}",
                        conjugate(verb, Number::Plural, true)
                    )
                }
                (k, n) => format!(
                    "{k} of the {n} {nouns}{place} {}{rest}: {}",
                    conjugate(verb, number_of(k), true),
                    material.namer.list(&yes, true)
                ),
            }
        }
        None => {
            let mut clauses = Vec::new();
            for (subjects, affirmed) in [(&yes, true), (&no, false)] {
                if !subjects.is_empty() {
                    clauses.push(format!(
                        "{} {}{rest}",
                        subject_list(material, subjects),
                        conjugate(verb, number_of(subjects.len()), affirmed)
                    ));
                }
            }
            clauses.join(", but ")
        }
    };
    let objects = if yes.is_empty() { no } else { yes };
    made(
        material,
        text,
        members.iter().map(|(f, _)| *f).collect(),
        objects,
    )
}

/// `the yellow square and the circle in the first box`.
fn subject_list(material: &Material<'_>, subjects: &[u32]) -> String {
    let nouns: Vec<Noun> = subjects.iter().map(|o| material.namer.noun(*o)).collect();
    let same_place = nouns.iter().all(|n| n.place == nouns[0].place);
    if same_place {
        let list = material.namer.list(subjects, true);
        return match &nouns[0].place {
            Some(place) => format!("{list} {place}"),
            None => list,
        };
    }
    join_and(&nouns.iter().map(Noun::full).collect::<Vec<_>>())
}

/// Sentences for results that are texts, numbers or objects: `subject [be] {result}`.
fn valued(material: &Material<'_>, template: &Template, group: &[usize]) -> Vec<Sentence> {
    let Some((subject, Part::Verb(verb), rest)) = template.split_verb() else {
        return Vec::new();
    };
    let mut by_rest: Vec<(String, bool, Vec<usize>)> = Vec::new();
    for &at in group {
        let affirmed = material.facts[at].result != TraceValue::None;
        let text = fill(material, rest, &material.facts[at]);
        match by_rest
            .iter_mut()
            .find(|(t, a, _)| *t == text && *a == affirmed)
        {
            Some((_, _, facts)) => facts.push(at),
            None => by_rest.push((text, affirmed, vec![at])),
        }
    }
    let simple =
        matches!(subject, [Part::Place { name, .. }, ..] if name == "self") && subject.len() <= 2;
    let mut clauses = Vec::new();
    let mut objects = Vec::new();
    for (rest, affirmed, facts) in &by_rest {
        let subjects: Option<Vec<u32>> = facts
            .iter()
            .map(|f| material.facts[*f].receiver())
            .collect::<Option<_>>();
        match subjects.filter(|_| simple) {
            Some(subjects) => {
                let number = number_of(subjects.len());
                clauses.push(format!(
                    "{} {}{rest}",
                    subject_list(material, &subjects),
                    conjugate(verb, number, *affirmed)
                ));
                objects.extend(subjects);
            }
            None => {
                for f in facts {
                    clauses.push(format!(
                        "{}{}{rest}",
                        fill(material, subject, &material.facts[*f]),
                        conjugate(verb, Number::Singular, *affirmed)
                    ));
                    objects.extend(objects_of(&material.facts[*f]));
                }
            }
        }
    }
    vec![made(material, join_and(&clauses), group.to_vec(), objects)]
}

/// Attributes that were read. Where the noun of an object shows the attribute, saying what the
/// objects are says it; otherwise `the material of the cube is metal`.
fn fields(material: &Material<'_>, group: &[usize]) -> Vec<Sentence> {
    let What::Field(name) = &material.facts[group[0]].what else {
        return Vec::new();
    };
    let mut shown: Vec<(usize, u32)> = Vec::new();
    let mut other: Vec<(String, Vec<(usize, u32)>)> = Vec::new();
    for &at in group {
        let fact = &material.facts[at];
        let Some(object) = fact.receiver() else {
            continue;
        };
        if material.namer.noun_shows(object, name) {
            shown.push((at, object));
        } else {
            let value = value_text(material, &fact.result);
            match other.iter_mut().find(|(v, _)| *v == value) {
                Some((_, members)) => members.push((at, object)),
                None => other.push((value, vec![(at, object)])),
            }
        }
    }
    let mut sentences = listings(material, &shown);
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
        sentences.push(made(material, join_and(&clauses), facts, objects));
    }
    sentences
}

/// `The 3 items in the first box are a small yellow square and 2 blue circles.`
fn listings(material: &Material<'_>, shown: &[Member]) -> Vec<Sentence> {
    // (creating call, place) and its members.
    type Set = (Option<u32>, Option<String>, Vec<Member>);
    let mut sets: Vec<Set> = Vec::new();
    for &(fact, object) in shown {
        if material.namer.noun(object).unique {
            continue;
        }
        let creator = material.namer.creator(object);
        let place = material.namer.noun(object).place;
        match sets
            .iter_mut()
            .find(|(c, p, _)| *c == creator && *p == place)
        {
            Some((_, _, members)) => members.push((fact, object)),
            None => sets.push((creator, place, vec![(fact, object)])),
        }
    }
    sets.into_iter()
        .map(|(creator, place, members)| {
            let mut objects: Vec<u32> = members.iter().map(|(_, o)| *o).collect();
            objects.sort_unstable();
            objects.dedup();
            let total = creator.and_then(|c| {
                let event = material.trace.pack_calls[c as usize].event?;
                let value = &material.trace.event(event).value;
                let in_place = listed_objects(material, value)
                    .into_iter()
                    .filter(|o| material.namer.noun(*o).place == place)
                    .count();
                Some(in_place)
            });
            let noun = set_name(material, &objects).0;
            let place = place.map(|p| format!(" {p}")).unwrap_or_default();
            let list = material.namer.list(&objects, false);
            let text = match (objects.len(), total) {
                (1, Some(1)) => format!("the {noun}{place} is {list}"),
                (n, Some(total)) if n == total => {
                    format!("the {n} {}{place} are {list}", plural(&noun))
                }
                (1, _) => format!("one {noun}{place} is {list}"),
                (n, _) => format!("{n} of the {}{place} are {list}", plural(&noun)),
            };
            made(
                material,
                text,
                members.iter().map(|(f, _)| *f).collect(),
                objects,
            )
        })
        .collect()
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
            let counted = other.text.contains(&format!(" {count} "))
                || other.text.starts_with("Both ")
                || count == 1;
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

/// Renders parts of a template for one fact.
pub(crate) fn fill(material: &Material<'_>, parts: &[Part], fact: &Fact) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Place {
                name,
                ordinal: as_ordinal,
            } => {
                let value = place_value(fact, name);
                match value {
                    Some(TraceValue::Int(i)) if *as_ordinal => out.push_str(&ordinal(i + 1)),
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
                    out.push_str(&fill(material, inner, fact));
                }
            }
            Part::Verb(_) | Part::ThereBe => {}
        }
    }
    out
}

/// Appends a value; an article right before it agrees with its sound: `a {result}` → `an apple`.
fn push_agreeing(out: &mut String, value: &str) {
    if (out.ends_with(" a ") || out == "a ") && article(value) == "an" {
        out.truncate(out.len() - 1);
        out.push_str("n ");
    }
    out.push_str(value);
}

fn place_value<'f>(fact: &'f Fact, name: &str) -> Option<&'f TraceValue> {
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

fn objects_of(fact: &Fact) -> Vec<u32> {
    fact.args
        .iter()
        .filter_map(|(_, v)| match v {
            TraceValue::Object(o) => Some(*o),
            _ => None,
        })
        .collect()
}

fn made(material: &Material<'_>, text: String, facts: Vec<usize>, objects: Vec<u32>) -> Sentence {
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
