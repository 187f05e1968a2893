//! An exemplar's program with the question's values in place of its own.

use super::align::{Mapping, slots};
use super::source::{Mentioned, Source};
use super::words::{COLOR, NOUN_CLASSES, Noun, SHAPE, Token, Value, Vocabulary};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ways tried to deal the values of several slots to the mentions that may come from them.
const DEALS: usize = 4;
/// Programs tried for one mapping.
const PROGRAMS: usize = 6;
/// A container → names to replace, in order, when it took the place of another: members that
/// containers name differently.
pub(super) type Rewrites = BTreeMap<String, Vec<(String, String)>>;

/// Penalty of a program that is not the first choice.
const NOT_FIRST: f64 = 0.05;

/// What of a slot a mention shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Extent {
    Whole,
    Part,
}

/// A slot of the exemplar's sentence that a mention may come from.
type Origin = (usize, Extent);

/// Mentions that may come from the same slots.
struct Group {
    /// The slots.
    slots: Vec<usize>,
    /// The mentions.
    mentions: Vec<usize>,
    /// For each way to deal: which of its origins each mention comes from.
    deals: Vec<Vec<usize>>,
}

/// The programs that a mapping allows, each with a penalty for what did not fit.
pub(super) fn substitute(
    vocabulary: &Vocabulary,
    rewrites: &Rewrites,
    (exemplar, source): (&[Token], &Source),
    question: &[Token],
    mapping: &Mapping,
) -> Vec<(f64, String)> {
    let origins: Vec<Vec<Origin>> = source
        .mentions
        .iter()
        .map(|mention| origins(&mention.what, exemplar))
        .collect();
    let base = unmatched(question, mapping) + lost(exemplar, question, mapping, &origins);
    let groups = groups(&origins, question, mapping);
    let mut out = Vec::new();
    let mut deal = vec![0; groups.len()];
    loop {
        let mut edit = Edit {
            vocabulary,
            tokens: source.tokens.clone(),
            container: None,
            penalty: base + if out.is_empty() { 0.0 } else { NOT_FIRST },
        };
        for (group, &d) in groups.iter().zip(&deal) {
            for (&m, &choice) in group.mentions.iter().zip(&group.deals[d]) {
                let (slot, extent) = origins[m][choice];
                let new = mapping.get(&slot).and_then(|at| question[*at].slot());
                if let (Some(old), Some(new)) = (exemplar[slot].slot(), new) {
                    let mention = &source.mentions[m];
                    edit.apply(mention.token, &mention.what, extent, old, new);
                }
            }
        }
        let mut program = edit.tokens.concat();
        let replace = edit.container.and_then(|to| rewrites.get(&*to));
        for (from, to) in replace.into_iter().flatten() {
            program = replace_name(&program, from, to);
        }
        out.push((edit.penalty, program));
        // The next combination, the last group's deals changing fastest.
        let Some(g) = (0..groups.len())
            .rev()
            .find(|&g| deal[g] + 1 < groups[g].deals.len())
        else {
            break;
        };
        if out.len() == PROGRAMS {
            break;
        }
        deal[g] += 1;
        deal[g + 1..].fill(0);
    }
    out
}

/// Penalty for slots of the question that nothing of the exemplar stands for.
fn unmatched(question: &[Token], mapping: &Mapping) -> f64 {
    slots(question)
        .filter(|(at, _)| !mapping.values().any(|used| used == at))
        .map(|(_, value)| match value {
            Value::Other { .. } => 0.5,
            _ => 1.0,
        })
        .sum()
}

/// Penalty for changes of the sentence that the program does not show, and for values of the
/// exemplar that stay in the program.
fn lost(exemplar: &[Token], question: &[Token], mapping: &Mapping, origins: &[Vec<Origin>]) -> f64 {
    let mentioned = |at: usize| origins.iter().flatten().any(|(slot, _)| *slot == at);
    let lost = |(at, old): (usize, &Value)| {
        let new = mapping.get(&at).and_then(|to| question[*to].slot());
        match (mentioned(at), new) {
            (false, Some(new)) => new != old,
            (true, None) => true,
            _ => false,
        }
    };
    slots(exemplar).filter(|slot| lost(*slot)).count() as f64
}

/// The slots that a mention may come from: the closest fits only.
fn origins(what: &Mentioned, exemplar: &[Token]) -> Vec<Origin> {
    let fits: Vec<(u8, Origin)> = slots(exemplar)
        .filter_map(|(at, value)| {
            let (cost, extent) = fit(what, value)?;
            Some((cost, (at, extent)))
        })
        .collect();
    let best = fits.iter().map(|(cost, _)| *cost).min();
    fits.into_iter()
        .filter(|(cost, _)| Some(*cost) == best)
        .map(|(_, origin)| origin)
        .collect()
}

/// How well a mention fits a slot's value; 0 is best.
fn fit(what: &Mentioned, value: &Value) -> Option<(u8, Extent)> {
    match (what, value) {
        (Mentioned::Noun(shown), Value::Noun(noun)) => {
            if shown == noun {
                return Some((0, Extent::Whole));
            }
            if shown
                .parts()
                .all(|(class, v)| noun.0[class].as_ref() == Some(v))
            {
                return Some((1, Extent::Part));
            }
            let particular = shown.particular();
            (particular == noun.particular() && !particular.is_empty())
                .then_some((0, Extent::Whole))
        }
        (
            Mentioned::Number { number, comparison },
            Value::Number {
                operator,
                number: told,
            },
        ) if number == told => {
            let shown = comparison.as_ref().map(|(operator, _)| operator);
            let same = operator.is_none() || operator.as_ref() == shown;
            Some((u8::from(!same), Extent::Whole))
        }
        (
            Mentioned::Attribute { class, value },
            Value::Other {
                class: c,
                value: told,
            },
        ) if class == c && value == told => Some((0, Extent::Whole)),
        (Mentioned::Words { class, values }, Value::Other { class: c, value }) => {
            (class == c && values.contains(value)).then_some((0, Extent::Whole))
        }
        _ => None,
    }
}

/// Mentions grouped by their origins, with the ways to deal.
fn groups(origins: &[Vec<Origin>], question: &[Token], mapping: &Mapping) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (mention, origins) in origins.iter().enumerate().filter(|(_, o)| !o.is_empty()) {
        let slots: Vec<usize> = origins.iter().map(|(slot, _)| *slot).collect();
        match groups.iter_mut().find(|group| group.slots == slots) {
            Some(group) => group.mentions.push(mention),
            None => groups.push(Group {
                slots,
                mentions: vec![mention],
                deals: Vec::new(),
            }),
        }
    }
    for group in &mut groups {
        let target = |slot: &usize| mapping.get(slot).and_then(|at| question[*at].slot());
        let first = group.slots.first().and_then(target);
        let one_target = group.slots.iter().all(|slot| target(slot) == first);
        let (mentions, slots) = (group.mentions.len(), group.slots.len());
        group.deals = if one_target {
            vec![vec![0; mentions]]
        } else {
            deals(mentions, slots)
        };
    }
    groups
}

/// Ways to deal `slots` to `mentions`: in order first, then the others, using every slot if there
/// are enough mentions.
fn deals(mentions: usize, slots: usize) -> Vec<Vec<usize>> {
    let first: Vec<usize> = (0..mentions)
        .map(|m| {
            let slot = if mentions >= slots {
                m * slots / mentions
            } else {
                m
            };
            slot.min(slots - 1)
        })
        .collect();
    let mut out = vec![first.clone()];
    // Bounds the search over deals of which most are not wanted.
    let all = slots.checked_pow(mentions as u32).unwrap_or(0).min(4096);
    for number in 0..all {
        let mut rest = number;
        let mut deal = vec![0; mentions];
        for place in deal.iter_mut().rev() {
            *place = rest % slots;
            rest /= slots;
        }
        let uses_all = || (0..slots).all(|slot| deal.contains(&slot));
        if deal != first && (mentions < slots || uses_all()) {
            out.push(deal);
            if out.len() == DEALS {
                break;
            }
        }
    }
    out
}

/// A program being changed.
struct Edit<'a> {
    vocabulary: &'a Vocabulary,
    tokens: Vec<Arc<str>>,
    /// The container that took the place of another.
    container: Option<Arc<str>>,
    penalty: f64,
}

impl Edit<'_> {
    fn apply(&mut self, at: usize, what: &Mentioned, extent: Extent, old: &Value, new: &Value) {
        match (what, old, new) {
            (Mentioned::Noun(shown), Value::Noun(old), Value::Noun(new)) => match extent {
                _ if !self.tokens[at].starts_with(['"', '\'']) => {
                    if old != new {
                        let words: Vec<&str> = new.parts().map(|(_, value)| &**value).collect();
                        self.tokens[at] = format!("find(\"{}\")", words.join(" ")).into();
                    }
                }
                Extent::Whole if old == new => {}
                Extent::Whole => self.whole_noun(at, shown, new),
                Extent::Part => self.part_of_noun(at, shown, old, new),
            },
            (
                Mentioned::Number { comparison, .. },
                Value::Number { operator: old, .. },
                Value::Number { operator, number },
            ) => {
                self.tokens[at] = number.clone();
                match (operator, comparison) {
                    (Some(new), Some((_, token))) if operator != old => {
                        self.tokens[*token] = new.clone();
                    }
                    (Some(_), None) => self.penalty += 0.5,
                    (None, _) if old.as_deref().is_some_and(|old| old != "==") => {
                        self.penalty += 0.4;
                    }
                    _ => {}
                }
            }
            (Mentioned::Attribute { class, value }, _, Value::Other { value: new, .. })
                if value != new =>
            {
                match self.vocabulary.attribute_for(class, new) {
                    Some(name) => {
                        self.tokens[at] = name.into();
                        if **class == *"container" {
                            self.container = Some(new.clone());
                        }
                    }
                    None => self.penalty += 1.0,
                }
            }
            (
                Mentioned::Words { values, .. },
                Value::Other { value: old, .. },
                Value::Other { value: new, .. },
            ) if old != new => {
                let words: Vec<&str> = values
                    .iter()
                    .map(|value| if value == old { &**new } else { &**value })
                    .collect();
                self.string(at, &words);
            }
            _ => {}
        }
    }

    fn whole_noun(&mut self, at: usize, shown: &Noun, new: &Noun) {
        let only_color = |noun: &Noun| noun.parts().all(|(class, _)| class == COLOR);
        let mut new = new.clone();
        if only_color(shown) {
            if new.0[COLOR].is_none() {
                self.penalty += 1.0;
            }
            let mut without_noun = new.clone();
            without_noun.0[SHAPE] = None;
            if only_color(&without_noun) && new.0[COLOR].is_some() {
                new = without_noun;
            }
        }
        let words: Vec<&str> = new.parts().map(|(_, value)| &**value).collect();
        self.string(at, &words);
    }

    fn part_of_noun(&mut self, at: usize, shown: &Noun, old: &Noun, new: &Noun) {
        let token = self.tokens[at].clone();
        let inner = &token[1..token.len().max(2) - 1];
        let mut words: Vec<&str> = inner.split_whitespace().collect();
        for (class, value) in shown.parts() {
            let Some(to) = &new.0[class] else {
                self.penalty += 1.0;
                continue;
            };
            for word in &mut words {
                if self.vocabulary.word(word) == Some((NOUN_CLASSES[class], value)) {
                    *word = to;
                }
            }
        }
        let added = |class: usize| {
            let general = class == SHAPE && new.has_any();
            new.0[class].is_some() && old.0[class].is_none() && !general
        };
        self.penalty += 0.7 * (0..NOUN_CLASSES.len()).filter(|c| added(*c)).count() as f64;
        self.string(at, &words);
    }

    /// Replaces the text of a string, keeping its quotes.
    fn string(&mut self, at: usize, words: &[&str]) {
        let quote = if self.tokens[at].starts_with('"') {
            '"'
        } else {
            '\''
        };
        self.tokens[at] = format!("{quote}{}{quote}", words.join(" ")).into();
    }
}

/// Replaces a name where it stands by itself, and not after a dot.
fn replace_name(program: &str, from: &str, to: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(program.len());
    let mut rest = program;
    while let Some(at) = rest.find(from) {
        let before = rest[..at].chars().next_back().or(out.chars().next_back());
        let after = rest[at + from.len()..].chars().next();
        let alone = !before.is_some_and(|c| is_name(c) || c == '.') && !after.is_some_and(is_name);
        out.push_str(&rest[..at]);
        out.push_str(if alone { to } else { from });
        rest = &rest[at + from.len()..];
    }
    out + rest
}
