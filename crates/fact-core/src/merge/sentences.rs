//! Evidence sentences: facts of one shape make one sentence.

use super::counted::existential;
use super::facts::{Fact, Iterations, What};
use super::index::Index;
use super::listed::{fields, shown};
use super::names::Namer;
use super::once::{joined_by_place, joined_by_subject, say_once};
use super::predicated::predicate;
use super::valued::valued;
use super::words::{is_whole, same};
use crate::english::{Part, Template, sentence};
use fact_lang::pack::Pack;
use fact_lang::trace::{EventId, Trace, TraceValue};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// Sets of objects that it tells to be so many and no more: *both squares*, *2 of the 3 boxes*.
    pub(super) totals: Vec<Vec<u32>>,
    /// What it says there is, if that is all it says.
    pub(super) there: Option<There>,
    /// The one thing it is about, by a name, if that is its subject.
    pub(super) about: Option<String>,
    /// What it says was chosen, if that is all it says.
    pub(super) chose: Option<Choice>,
}

/// What the least or the greatest of a set is: `the left ring`, `the lowest of the 2 rings`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// The name of what was chosen.
    pub name: String,
    /// What it was chosen as, as a name.
    pub which: String,
}

/// That there is so much in a place: `2 circles`, ` in the first box`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct There {
    /// `is` or `are`.
    pub be: &'static str,
    /// What there is, a thing or several each.
    pub what: Vec<String>,
    /// Where, with a space before it, or nothing.
    pub place: String,
    /// All that is counted.
    pub counted: Vec<u32>,
}

impl Sentence {
    /// Whether it tells that there are just these objects.
    pub(crate) fn tells(&self, objects: &[u32]) -> bool {
        let mut set = objects.to_vec();
        set.sort_unstable();
        set.dedup();
        self.totals.contains(&set)
    }

    /// The sentence, which also tells how many these are.
    pub(super) fn telling(mut self, objects: &[u32]) -> Self {
        if !objects.is_empty() {
            let mut set = objects.to_vec();
            set.sort_unstable();
            set.dedup();
            self.totals.push(set);
        }
        self
    }
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
    /// The residual's tree.
    pub index: &'a Index<'a>,
}

/// One sentence a group of facts of the same shape, in order.
pub fn evidence(material: &Material<'_>) -> Vec<Sentence> {
    let introduced = introduced(material);
    let mut sentences = Vec::new();
    for group in groups(material) {
        let first = group.facts[0];
        let mut made = match &material.facts[first].what {
            What::Field(_) => fields(material, &group.facts, &introduced),
            What::Function(_) => function(material, &group.facts, &introduced),
        };
        // What only repeats is cited where it was said.
        for (again, of) in group.again {
            let home = made.iter().position(|s| s.facts.contains(&of));
            if let Some(home) = made.get_mut(home.unwrap_or(0)) {
                home.facts.push(again);
            }
        }
        sentences.extend(made.into_iter().map(|made| telling_all(material, made)));
    }
    say_once(material, &mut sentences);
    sentences.sort_by_key(|s| s.at);
    joined_by_place(&mut sentences);
    joined_by_subject(&mut sentences);
    sentences
}

/// `The 2 cups are red`, of all the cups that were listed, tells that there are 2 of them.
fn telling_all(material: &Material<'_>, sentence: Sentence) -> Sentence {
    let n = sentence.objects.len();
    let says = sentence.text.starts_with(&format!("The {n} "))
        || sentence.text.contains(&format!(" of the {n} "));
    let listed = |object: &u32| material.namer.creator(*object).is_some();
    let whole = || sentence.objects.iter().all(listed) && is_whole(material, &sentence.objects);
    if n > 1 && sentence.totals.is_empty() && says && whole() {
        let objects = sentence.objects.clone();
        return sentence.telling(&objects);
    }
    sentence
}

/// Objects that a fact gave by itself: "the top of the tower is a black square" says what they are.
fn introduced(material: &Material<'_>) -> HashSet<u32> {
    let results = material.facts.iter().map(|f| (&f.what, &f.result));
    results
        .filter_map(|(what, result)| match (what, result) {
            (What::Function(_), TraceValue::Object(object)) => Some(*object),
            _ => None,
        })
        .collect()
}

/// Facts that one sentence may say.
struct Group {
    facts: Vec<usize>,
    /// Facts that say again what another (the second) says, in other words.
    again: Vec<(usize, usize)>,
}

/// Facts of one call site (or of the same call written twice), with the same texts as arguments.
/// Texts are the same if they mean the same by the pack's vocabulary, and what counts, lists and
/// finds the same is of one shape.
fn groups(material: &Material<'_>) -> Vec<Group> {
    let shapes: Vec<Shape<'_>> = material
        .facts
        .iter()
        .map(|fact| Shape::of(material, fact))
        .collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut by_shape: HashMap<&Shape<'_>, usize> = HashMap::new();
    let mut by_call: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, (fact, shape)) in std::iter::zip(material.facts, &shapes).enumerate() {
        let group = *by_shape.entry(shape).or_insert_with(|| {
            groups.push(Group {
                facts: Vec::new(),
                again: Vec::new(),
            });
            groups.len() - 1
        });
        let alike = by_call.entry(hash_call(material, group, fact)).or_default();
        let again = alike.iter().copied().find(|of| {
            let other = &material.facts[*of];
            shapes[*of] == *shape
                && same_args(material, other, fact)
                && amounts_agree(material, &other.result, &fact.result)
        });
        match again {
            // The same call with the same arguments again establishes nothing new.
            Some(of) => {
                let other = &material.facts[of];
                if other.what != fact.what
                    || other.args != fact.args
                    || !same(material.trace, &other.result, &fact.result)
                {
                    groups[group].again.push((at, of));
                }
            }
            None => {
                alike.push(at);
                groups[group].facts.push(at);
            }
        }
    }
    // That there is one is told by how many there are.
    for judged in 0..groups.len() {
        let Some(shape) = groups[judged].facts.first().map(|f| &shapes[*f]) else {
            continue;
        };
        let Some(counted) = shape
            .counted()
            .and_then(|shape| by_shape.get(&shape).copied())
        else {
            continue;
        };
        let told = |at: usize| {
            let fact = &material.facts[at];
            let alike = by_call.get(&hash_call(material, counted, fact))?;
            let mut same = alike.iter().copied();
            same.find(|of| {
                let other = &material.facts[*of];
                let some = !matches!(
                    other.result,
                    TraceValue::Int(0) | TraceValue::Items { len: 0, .. }
                );
                same_args(material, other, fact) && fact.result == TraceValue::Bool(some)
            })
        };
        let (again, left): (Vec<_>, Vec<_>) = groups[judged]
            .facts
            .iter()
            .map(|at| (*at, told(*at)))
            .partition(|(_, of)| of.is_some());
        groups[judged].facts = left.into_iter().map(|(at, _)| at).collect();
        let again = again.into_iter().filter_map(|(at, of)| Some((at, of?)));
        groups[counted].again.extend(again);
        if groups[judged].facts.is_empty() {
            let repeated = std::mem::take(&mut groups[judged].again);
            groups[counted].again.extend(repeated);
        }
    }
    groups.retain(|group| !group.facts.is_empty());
    groups
}

fn hash_call(material: &Material<'_>, group: usize, fact: &Fact) -> u64 {
    let mut hasher = DefaultHasher::new();
    (group, fact.args.len()).hash(&mut hasher);
    for (_, value) in &fact.args {
        hash_value(material, value, &mut hasher);
    }
    hasher.finish()
}

/// Whether two calls of one shape have the same arguments, texts aside: of one shape, they mean the
/// same.
fn same_args(material: &Material<'_>, a: &Fact, b: &Fact) -> bool {
    a.args.len() == b.args.len()
        && std::iter::zip(&a.args, &b.args).all(|((_, x), (_, y))| match (x, y) {
            (TraceValue::Str(_), TraceValue::Str(_)) => true,
            _ => same(material.trace, x, y),
        })
}

/// Whether results say the same: a list and its length do.
fn amounts_agree(material: &Material<'_>, a: &TraceValue, b: &TraceValue) -> bool {
    match (a, b) {
        (TraceValue::Int(n), TraceValue::Items { len, .. })
        | (TraceValue::Items { len, .. }, TraceValue::Int(n)) => *n == i64::from(*len),
        _ => same(material.trace, a, b),
    }
}

fn hash_value(material: &Material<'_>, value: &TraceValue, hasher: &mut DefaultHasher) {
    match value {
        TraceValue::Object(object) => object.hash(hasher),
        TraceValue::Items { len, .. } => {
            len.hash(hasher);
            for (item, _) in material.trace.items_of(value) {
                hash_value(material, item, hasher);
            }
        }
        TraceValue::Int(n) => n.hash(hasher),
        TraceValue::Bool(b) => b.hash(hasher),
        // Few facts differ in other arguments alone; what collides is compared.
        _ => 0u8.hash(hasher),
    }
}

/// What facts of one sentence have in common.
#[derive(PartialEq, Eq, Hash)]
enum Shape<'m> {
    /// `[there be]` of a noun, with what stands behind it. Whether it is judged or counted.
    Existence(String, &'m [Part], bool, Vec<Given>),
    /// Another clause of the pack's.
    Clause(u32, Vec<Given>),
    /// An attribute.
    Field(&'m str),
}

/// An argument as far as facts of one shape share it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Given {
    /// Any object.
    Object,
    /// A text, in canonical words.
    Text(String),
    /// Part of the noun, which the shape has already.
    Noun,
    /// Anything else, as it is written.
    Other(String),
}

impl<'m> Shape<'m> {
    /// The shape of what counts where this one judges.
    fn counted(&self) -> Option<Self> {
        match self {
            Self::Existence(noun, behind, true, given) => {
                Some(Self::Existence(noun.clone(), behind, false, given.clone()))
            }
            _ => None,
        }
    }

    fn of(material: &'m Material<'_>, fact: &'m Fact) -> Self {
        let function = match &fact.what {
            What::Field(name) => return Self::Field(name),
            What::Function(function) => *function,
        };
        let template = material.namer.says(function);
        let existence = template.filter(|t| t.is_existential()).and_then(|t| {
            let noun = t.parts.iter().position(|p| matches!(p, Part::Noun(_)))?;
            let Part::Noun(inner) = &t.parts[noun] else {
                return None;
            };
            Some((inner.as_slice(), &t.parts[noun + 1..]))
        });
        let given = |noun: &[Part]| -> Vec<Given> {
            let of = |(name, value): &(std::sync::Arc<str>, TraceValue)| match value {
                _ if Template::mentioned(noun, name) => Given::Noun,
                TraceValue::Object(_) => Given::Object,
                TraceValue::Str(text) => Given::Text(material.namer.canonical(text)),
                TraceValue::Items { .. } => Given::Other(super::words::value_text(material, value)),
                other => Given::Other(format!("{other:?}")),
            };
            fact.args.iter().map(of).collect()
        };
        match existence {
            Some((noun, behind)) => {
                let text = super::words::fill(material, noun, fact);
                Self::Existence(
                    material.namer.canonical(&crate::english::singular(&text)),
                    behind,
                    matches!(fact.result, TraceValue::Bool(_)),
                    given(noun),
                )
            }
            None => Self::Clause(function, given(&[])),
        }
    }
}

fn function(material: &Material<'_>, group: &[usize], introduced: &HashSet<u32>) -> Vec<Sentence> {
    let What::Function(at) = material.facts[group[0]].what else {
        return Vec::new();
    };
    let Some(template) = material.namer.says(at) else {
        return Vec::new();
    };
    if template.is_existential() {
        return existential(material, template, group);
    }
    match material.facts[group[0]].result {
        TraceValue::Bool(_) => {
            let (named, judged): (Vec<usize>, Vec<usize>) = group
                .iter()
                .partition(|at| shown_by_name(material, template, &material.facts[**at]));
            let members: Vec<(usize, u32)> = named
                .iter()
                .filter_map(|at| Some((*at, material.facts[*at].receiver()?)))
                .collect();
            let mut sentences = shown(material, &members, introduced);
            if !judged.is_empty() {
                sentences.extend(predicate(material, template, &judged));
            }
            sentences
        }
        _ => valued(material, template, group),
    }
}

/// Whether a fact says of a thing no more than its name does: that a yellow square is yellow.
fn shown_by_name(material: &Material<'_>, template: &Template, fact: &Fact) -> bool {
    let Some(([Part::Place { name, .. }, ..], Part::Verb(verb), rest)) = template.split_verb()
    else {
        return false;
    };
    let (Some(object), [Part::Text(space), Part::Noun(inner)]) = (fact.receiver(), rest) else {
        return false;
    };
    if name != "self" || verb != "be" || !space.trim().is_empty() {
        return false;
    }
    let noun = material.namer.noun(object);
    let phrase = super::words::fill(material, inner, fact);
    !noun.unique
        && material
            .namer
            .tells(object, &phrase)
            .is_some_and(|told| fact.result == TraceValue::Bool(told))
}

pub(super) fn made(
    material: &Material<'_>,
    text: &str,
    facts: Vec<usize>,
    objects: Vec<u32>,
) -> Sentence {
    let at = facts
        .iter()
        .map(|f| material.facts[*f].event)
        .min()
        .unwrap_or(EventId::START);
    let mut seen = HashSet::new();
    let mut unique = objects;
    unique.retain(|object| seen.insert(*object));
    Sentence {
        text: sentence(text),
        facts,
        objects: unique,
        at,
        totals: Vec::new(),
        there: None,
        about: None,
        chose: None,
    }
}
