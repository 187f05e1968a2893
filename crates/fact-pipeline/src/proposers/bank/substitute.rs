//! An exemplar's program with the question's values in the place of its own.

use super::align::Mapping;
use super::exemplars::Rewrite;
use super::lexicon::{CONTAINER, Lexicon};
use super::program::{Mentioned, Program, inside};
use super::tokens::{Phrase, Slot, Token, slots};
use std::borrow::Cow;
use std::sync::Arc;

/// Most programs made with one mapping.
const MOST_PROGRAMS: usize = 6;
/// Most ways to deal slots to the mentions of one group.
const MOST_DEALS: usize = 4;
/// Most ways of dealing that are looked at.
const MOST_DEALS_TRIED: usize = 4096;

// Penalties: how much of the question a program leaves out, or adds.

/// A value that the program cannot take over, or that remains from the exemplar.
const LOST: f64 = 1.0;
/// A value of a class other than phrases and numbers for which the exemplar has no slot.
const NO_SLOT: f64 = 0.5;
/// A part of a phrase for which the program has no place.
const NO_PART: f64 = 0.7;
/// A comparison where the program compares nothing.
const NO_COMPARISON: f64 = 0.5;
/// A bare number where the exemplar has a comparison.
const BARE_NUMBER: f64 = 0.4;
/// Not the first way to deal the slots.
const OTHER_DEAL: f64 = 0.05;

/// An exemplar, or the part of it after its quantifier.
pub(super) struct Template<'a> {
    /// Its sentence.
    pub(super) sentence: &'a [Token],
    /// Its program.
    pub(super) program: &'a Program,
}

/// What substitution draws on besides the exemplar.
pub(super) struct Setting<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) rewrites: &'a [Rewrite],
}

/// How a mention says what a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it.
    Full,
    /// Some parts of its phrase.
    Part,
}

/// A slot that a mention may come from.
#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    /// Its position in the sentence.
    position: usize,
    slot: &'a Slot,
    extent: Extent,
}

/// The programs that a mapping gives, with their penalties.
pub(super) fn substitute(
    setting: &Setting<'_>,
    template: &Template<'_>,
    question: &[Token],
    mapping: &Mapping,
) -> Vec<(f64, String)> {
    let origins: Vec<Vec<Origin<'_>>> = template
        .program
        .mentions
        .iter()
        .map(|mention| origins(&mention.what, template.sentence, setting.lexicon))
        .collect();
    let taken = |position: usize| mapping[position].and_then(|to| question[to].slot());
    let fixed = left_over(question, mapping) + lost(template.sentence, &origins, &taken);

    // Mentions that may come from the same slots are dealt them in order.
    let mut groups: Vec<Group> = Vec::new();
    for (mention, origins) in origins.iter().enumerate().filter(|(_, o)| !o.is_empty()) {
        let slots: Vec<usize> = origins.iter().map(|o| o.position).collect();
        match groups.iter_mut().find(|group| group.slots == slots) {
            Some(group) => group.mentions.push(mention),
            None => groups.push(Group {
                slots,
                mentions: vec![mention],
            }),
        }
    }
    let deals: Vec<Vec<Vec<usize>>> = groups.iter().map(|group| group.deals(&taken)).collect();

    let mut out = Vec::new();
    for (number, combination) in combinations(&deals).take(MOST_PROGRAMS).enumerate() {
        let other = if number > 0 { OTHER_DEAL } else { 0.0 };
        let mut draft = Draft {
            setting,
            program: template.program,
            tokens: template
                .program
                .tokens
                .iter()
                .map(|t| Cow::Borrowed(&**t))
                .collect(),
            penalty: fixed + other,
            container: None,
        };
        for (group, deal) in groups.iter().zip(combination) {
            for (mention, choice) in group.mentions.iter().zip(deal) {
                let origin = origins[*mention][*choice];
                if let Some(value) = taken(origin.position) {
                    draft.put(*mention, origin, value);
                }
            }
        }
        out.push((draft.penalty, draft.text()));
    }
    out
}

/// Penalty for the question's slots that take no place.
fn left_over(question: &[Token], mapping: &Mapping) -> f64 {
    slots(question)
        .filter(|(position, _)| !mapping.contains(&Some(*position)))
        .map(|(_, slot)| match slot {
            Slot::Phrase(_) | Slot::Number { .. } => LOST,
            Slot::Value { .. } => NO_SLOT,
        })
        .sum()
}

/// Penalty for values that change but that the program does not mention, and for those that it
/// mentions but that nothing takes the place of.
fn lost<'a>(
    sentence: &[Token],
    origins: &[Vec<Origin<'_>>],
    taken: &impl Fn(usize) -> Option<&'a Slot>,
) -> f64 {
    slots(sentence)
        .filter(|(position, slot)| {
            let mut all = origins.iter().flatten();
            let mentioned = all.any(|origin| origin.position == *position);
            match taken(*position) {
                Some(value) => !mentioned && value != *slot,
                None => mentioned,
            }
        })
        .map(|_| LOST)
        .sum()
}

/// The slots of a sentence that a mention may come from: those that fit best.
fn origins<'a>(what: &Mentioned, sentence: &'a [Token], lexicon: &Lexicon) -> Vec<Origin<'a>> {
    let fits: Vec<(bool, Origin<'_>)> = slots(sentence)
        .filter_map(|(position, slot)| {
            let (well, extent) = fit(what, slot, lexicon)?;
            Some((
                well,
                Origin {
                    position,
                    slot,
                    extent,
                },
            ))
        })
        .collect();
    let any_well = fits.iter().any(|(well, _)| *well);
    fits.into_iter()
        .filter(|(well, _)| *well == any_well)
        .map(|(_, origin)| origin)
        .collect()
}

/// Whether a mention may come from a slot; and if so, whether it fits well.
fn fit(what: &Mentioned, slot: &Slot, lexicon: &Lexicon) -> Option<(bool, Extent)> {
    match (what, slot) {
        (Mentioned::Phrase(ours) | Mentioned::Everything(ours), Slot::Phrase(theirs)) => {
            if ours == theirs {
                return Some((true, Extent::Full));
            }
            if ours.parts().all(|(i, v)| theirs.0[i].as_ref() == Some(v)) {
                return Some((false, Extent::Part));
            }
            let particular = ours.particular(lexicon);
            (!particular.is_empty() && particular == theirs.particular(lexicon))
                .then_some((true, Extent::Full))
        }
        (
            Mentioned::Number { number, operator },
            Slot::Number {
                operator: theirs,
                number: n,
            },
        ) if number == n => {
            let ours = operator.as_ref().map(|(operator, _)| operator);
            let well = theirs.is_none() || theirs.as_ref() == ours;
            Some((well, Extent::Full))
        }
        (Mentioned::Member { class, value }, Slot::Value { class: c, value: v })
            if class == c && value == v =>
        {
            Some((true, Extent::Full))
        }
        (Mentioned::Words { class, values }, Slot::Value { class: c, value })
            if class == c && values.contains(value) =>
        {
            Some((true, Extent::Full))
        }
        _ => None,
    }
}

/// Mentions that may come from the same slots.
struct Group {
    slots: Vec<usize>,
    mentions: Vec<usize>,
}

impl Group {
    /// Ways to deal its slots to its mentions: for each mention, which of the slots.
    fn deals<'a>(&self, taken: &impl Fn(usize) -> Option<&'a Slot>) -> Vec<Vec<usize>> {
        let (mentions, slots) = (self.mentions.len(), self.slots.len());
        let mut values = self.slots.iter().map(|position| taken(*position));
        let first = values.next();
        if values.all(|value| Some(value) == first) {
            return vec![vec![0; mentions]];
        }
        let spread = |mention: usize| match mentions >= slots {
            true => mention * slots / mentions,
            false => mention,
        };
        let in_order: Vec<usize> = (0..mentions).map(spread).collect();
        let useful = |deal: &Vec<usize>| {
            let all = (0..slots).all(|slot| deal.contains(&slot));
            *deal != in_order && (mentions < slots || all)
        };
        let others: Vec<Vec<usize>> = sequences(mentions, slots)
            .take(MOST_DEALS_TRIED)
            .filter(useful)
            .take(MOST_DEALS - 1)
            .collect();
        std::iter::once(in_order).chain(others).collect()
    }
}

/// All sequences of `length` numbers below `base`, the last one counting up first.
fn sequences(length: usize, base: usize) -> impl Iterator<Item = Vec<usize>> {
    let next = move |sequence: &Vec<usize>| {
        let mut out = sequence.clone();
        for digit in out.iter_mut().rev() {
            *digit += 1;
            if *digit < base {
                return Some(out);
            }
            *digit = 0;
        }
        None
    };
    std::iter::successors(Some(vec![0; length]), next)
}

/// One deal for each group, the last group's changing first.
fn combinations(deals: &[Vec<Vec<usize>>]) -> impl Iterator<Item = Vec<&Vec<usize>>> {
    let total = deals.iter().map(Vec::len).fold(1, usize::saturating_mul);
    (0..total).map(|mut number| {
        let mut out: Vec<&Vec<usize>> = Vec::with_capacity(deals.len());
        for options in deals.iter().rev() {
            out.push(&options[number % options.len()]);
            number /= options.len();
        }
        out.reverse();
        out
    })
}

/// A program in the making.
struct Draft<'a> {
    setting: &'a Setting<'a>,
    program: &'a Program,
    tokens: Vec<Cow<'a, str>>,
    penalty: f64,
    /// The container that took the place of another.
    container: Option<&'a str>,
}

impl<'a> Draft<'a> {
    /// Puts `value` in the place of what a mention takes from its origin.
    fn put(&mut self, mention: usize, origin: Origin<'_>, value: &'a Slot) {
        let mention = &self.program.mentions[mention];
        let at = mention.token;
        match (&mention.what, origin.slot, value) {
            (Mentioned::Everything(_), slot, Slot::Phrase(phrase)) if slot != value => {
                let method = &self.setting.lexicon.phrases.method;
                self.tokens[at] = format!("{method}(\"{}\")", phrase.text()).into();
            }
            (Mentioned::Phrase(ours), Slot::Phrase(before), Slot::Phrase(after)) => {
                match origin.extent {
                    Extent::Full if before == after => {}
                    Extent::Full => self.whole_phrase(at, ours, after),
                    Extent::Part => self.part_of_phrase(at, ours, before, after),
                }
            }
            (
                Mentioned::Number { operator: ours, .. },
                Slot::Number {
                    operator: before, ..
                },
                Slot::Number {
                    operator: after,
                    number,
                },
            ) => {
                self.tokens[at] = Cow::Borrowed(number);
                match (after, ours) {
                    (Some(operator), Some((_, place))) if after != before => {
                        self.tokens[*place] = Cow::Borrowed(operator);
                    }
                    (Some(_), None) => self.penalty += NO_COMPARISON,
                    (None, _) if before.as_deref().is_some_and(|b| b != "==") => {
                        self.penalty += BARE_NUMBER;
                    }
                    _ => {}
                }
            }
            (Mentioned::Member { class, value: ours }, _, Slot::Value { value: after, .. }) => {
                if ours == after {
                    return;
                }
                match self.setting.lexicon.member_for(class, after) {
                    Some(name) => {
                        self.tokens[at] = Cow::Borrowed(name);
                        if **class == *CONTAINER {
                            self.container = Some(after);
                        }
                    }
                    None => self.penalty += LOST,
                }
            }
            (
                Mentioned::Words { values, .. },
                Slot::Value { value: before, .. },
                Slot::Value { value: after, .. },
            ) if before != after => {
                let put = |v: &'a Arc<str>| if v == before { &**after } else { &**v };
                let words: Vec<&str> = values.iter().map(put).collect();
                self.write(at, &words.join(" "));
            }
            // The values are the same: slots only take the place of slots of their kind.
            _ => {}
        }
    }

    /// A string that says all of one phrase says all of another.
    fn whole_phrase(&mut self, at: usize, ours: &Phrase, after: &Phrase) {
        let lexicon = self.setting.lexicon;
        let alone = lexicon.part(&lexicon.phrases.alone);
        let only = |phrase: &Phrase| {
            let mut parts = phrase.parts().map(|(part, _)| Some(part));
            parts.next() == Some(alone) && parts.next().is_none()
        };
        let mut adjectives = after.clone();
        if let Some(noun) = adjectives.0.last_mut() {
            *noun = None;
        }
        let text = if only(ours) && only(&adjectives) {
            adjectives.text()
        } else {
            if only(ours) && alone.is_some_and(|part| after.0[part].is_none()) {
                self.penalty += LOST;
            }
            after.text()
        };
        self.write(at, &text);
    }

    /// A string that says some parts of one phrase says these parts of another.
    fn part_of_phrase(&mut self, at: usize, ours: &Phrase, before: &Phrase, after: &Phrase) {
        let lexicon = self.setting.lexicon;
        let mut words: Vec<String> = inside(&self.tokens[at])
            .split_whitespace()
            .map(Into::into)
            .collect();
        for (part, old) in ours.parts() {
            let Some(new) = &after.0[part] else {
                self.penalty += LOST;
                continue;
            };
            for word in words.iter_mut().filter(|_| new != old) {
                let means = lexicon.word(word);
                if means.is_some_and(|m| lexicon.part(&m.class) == Some(part) && m.value == *old) {
                    *word = new.to_string();
                }
            }
        }
        for (part, new) in after.parts() {
            let says_nothing = part == lexicon.noun() && **new == *lexicon.phrases.any;
            if before.0[part].is_none() && !says_nothing {
                self.penalty += NO_PART;
            }
        }
        self.write(at, &words.join(" "));
    }

    /// Writes a string, in the quotes that are there.
    fn write(&mut self, at: usize, text: &str) {
        let quote = if self.tokens[at].starts_with('\'') {
            '\''
        } else {
            '"'
        };
        self.tokens[at] = format!("{quote}{text}{quote}").into();
    }

    fn text(&self) -> String {
        let mut text = self.tokens.concat();
        for rewrite in self.setting.rewrites {
            if Some(&*rewrite.container) == self.container {
                for (name, by) in &rewrite.replace {
                    text = rename(&text, name, by);
                }
            }
        }
        text
    }
}

/// Replaces whole names that do not follow a dot.
fn rename(text: &str, name: &str, by: &str) -> String {
    let inner = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(name) {
        let after = at + found.len();
        if !text[..at].ends_with(|c| inner(c) || c == '.') && !text[after..].starts_with(inner) {
            out.push_str(&text[done..at]);
            out.push_str(by);
            done = after;
        }
    }
    out.push_str(&text[done..]);
    out
}
