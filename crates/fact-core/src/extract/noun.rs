//! Noun phrases and lists of them: every way to read one from a place in a sentence.

use super::determiner::Determiner;
use super::facts::Quantity;
use super::lexicon::Lexicon;
use super::syntax::{Head, List, Mod, Np, Pred, Vp};
use super::tokens::Token;
use super::words::{DETERMINERS, PREPOSITIONS};
use crate::english::{ordinal, singular};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Deepest nesting of phrases in phrases: a text with more is not read.
const DEEPEST: usize = 26;
/// Readings of one phrase that are kept.
pub(super) const READINGS: usize = 24;
/// Readings of one length that are kept.
const ALIKE: usize = 4;
/// Phrases that are tried in one sentence.
const WORK: usize = 30_000;

/// A reading: what, where it ends, how far-fetched it is.
pub(super) type Found<T> = (T, usize, u32);

/// All readings of a noun phrase.
type Readings = Rc<Vec<Found<Np>>>;

/// The longest and least far-fetched, not all of one length.
pub(super) fn spread<T: PartialEq>(mut found: Vec<Found<T>>) -> Vec<Found<T>> {
    found.sort_by_key(|(_, next, cost)| (usize::MAX - next, *cost));
    let mut kept: Vec<Found<T>> = Vec::new();
    for reading in found {
        let same = kept.iter().filter(|k| k.1 == reading.1).count();
        if same < ALIKE && kept.len() < READINGS && !kept.contains(&reading) {
            kept.push(reading);
        }
    }
    kept
}

/// A sentence while it is read.
pub(super) struct Parser<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    depth: Cell<usize>,
    work: Cell<usize>,
    /// The readings that were found, by where they begin.
    nps: RefCell<Vec<Option<Readings>>>,
}

impl Np {
    pub(super) fn new(quantity: Quantity, head: Head) -> Self {
        Self {
            quantity,
            any: false,
            total: None,
            each: false,
            only: false,
            attributes: Vec::new(),
            head,
            plural: false,
            mods: Vec::new(),
            owner: None,
            asides: Vec::new(),
            apposed: None,
        }
    }

    pub(super) fn noun(&self) -> Option<&str> {
        match &self.head {
            Head::Noun(noun) => Some(noun),
            _ => None,
        }
    }

    /// Whether nothing but how many is said.
    pub(super) fn is_bare_number(&self) -> bool {
        self.head == Head::Gone
            && self.attributes.is_empty()
            && self.mods.is_empty()
            && self.total.is_none()
            && !self.any
            && self.owner.is_none()
    }

    /// Whether it says how many there are, and not which.
    pub(super) fn counts(&self) -> bool {
        matches!(
            self.quantity,
            Quantity::Some
                | Quantity::None
                | Quantity::Exactly(_)
                | Quantity::AtLeast(_)
                | Quantity::AtMost(_)
                | Quantity::One
        ) && self.total.is_none()
    }
}

impl<'a> Parser<'a> {
    pub(super) fn new(tokens: &'a [Token], lexicon: &'a Lexicon) -> Self {
        Self {
            tokens,
            lexicon,
            depth: Cell::new(0),
            work: Cell::new(0),
            nps: RefCell::new(vec![None; tokens.len() + 1]),
        }
    }

    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).and_then(Token::word)
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.word(at) == Some(word)
    }

    pub(super) fn any_of(&self, at: usize, words: &[&str]) -> bool {
        self.word(at).is_some_and(|w| words.contains(&w))
    }

    pub(super) fn mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at) == Some(&Token::Mark(mark))
    }

    /// Whether a clause can end before this place.
    pub(super) fn ends(&self, at: usize) -> bool {
        at >= self.tokens.len()
            || matches!(self.tokens[at], Token::Mark(_))
            || self.any_of(at, &["and", "but"])
    }

    pub(super) fn content(&self, at: usize) -> Option<String> {
        let word = self.word(at)?;
        self.lexicon
            .is_content(word)
            .then(|| self.lexicon.canonical(word))
    }

    /// Runs one level deeper; nothing where that is too deep or the sentence took too much.
    pub(super) fn deeper<T>(&self, f: impl FnOnce() -> Vec<T>) -> Vec<T> {
        let work = self.work.get() + 1;
        self.work.set(work);
        if self.depth.get() >= DEEPEST || work > WORK {
            return Vec::new();
        }
        self.depth.set(self.depth.get() + 1);
        let found = f();
        self.depth.set(self.depth.get() - 1);
        found
    }

    /// Noun phrases that begin here, the longest first.
    pub(super) fn np(&self, at: usize) -> Rc<Vec<Found<Np>>> {
        if at >= self.tokens.len() {
            return Rc::default();
        }
        let known = self.nps.borrow().get(at).cloned().flatten();
        if let Some(known) = known {
            return known;
        }
        let found = self.deeper(|| self.np_anew(at));
        let found = Rc::new(found);
        // What was cut off by the depth is not kept.
        if self.depth.get() + 3 < DEEPEST || !found.is_empty() {
            self.nps.borrow_mut()[at] = Some(Rc::clone(&found));
        }
        found
    }

    fn np_anew(&self, at: usize) -> Vec<Found<Np>> {
        match &self.tokens[at] {
            Token::Quote(text) => {
                let np = Np::new(Quantity::The, Head::Fixed(format!("“{text}”")));
                return vec![(np, at + 1, 0)];
            }
            Token::Point(text) => {
                return vec![(Np::new(Quantity::The, Head::Fixed(text.clone())), at + 1, 0)];
            }
            Token::Relation(name) if name == "@each_other" => {
                let np = Np::new(Quantity::The, Head::Fixed("each other".to_owned()));
                return vec![(np, at + 1, 0)];
            }
            Token::Mark(_) | Token::Relation(_) => return Vec::new(),
            _ => {}
        }
        let mut out = Vec::new();
        // `box 2`
        if let Some(noun) = self.content(at)
            && (Some(&noun) == self.lexicon.ordered.as_ref()
                || Some(&noun) == self.lexicon.housed.as_ref())
            && let Some(Token::Number(n, false)) = self.token(at + 1)
            && let Ok(n @ 1..=12) = n.parse::<i64>()
        {
            let mut np = Np::new(Quantity::The, Head::Noun(noun));
            np.attributes.push(ordinal(n));
            self.modified(np, at + 2, 0, 0, &mut out);
        }
        for determiner in self.determiners(at) {
            for (np, next, cost) in self.nominal(determiner) {
                let pronoun = np.head == Head::It || np.head == Head::They;
                let whole = !pronoun || np.quantity != Quantity::The;
                match whole {
                    true => self.modified(np, next, cost, 0, &mut out),
                    false => out.push((np, next, cost)),
                }
            }
        }
        spread(out)
    }

    /// What stands behind a determiner: attributes and head.
    fn nominal(&self, determiner: Determiner) -> Vec<Found<Np>> {
        let Determiner { np, next, bare } = determiner;
        let mut out = Vec::new();
        let mut attributes: Vec<String> = np.attributes.clone();
        let mut words: Vec<String> = Vec::new();
        let mut total = np.total.clone();
        let mut plural = false;
        let mut with_ordinal = false;
        let mut at = next;
        if matches!(np.head, Head::It | Head::They | Head::One) {
            return vec![(np, next, 0)];
        }
        while at < self.tokens.len() {
            match &self.tokens[at] {
                Token::Ordinal(n) if !with_ordinal && np.quantity != Quantity::Bare => {
                    attributes.push(ordinal(i64::from(*n)));
                    with_ordinal = true;
                }
                // `the upper 2`
                Token::Number(n, spelled)
                    if np.quantity == Quantity::The
                        && total.is_none()
                        && !words.is_empty()
                        && !(*spelled && n == "1") =>
                {
                    total = Some(n.clone());
                    plural = true;
                }
                Token::Word(word)
                    if (word == "sized" || word == "colored") && !words.is_empty() => {}
                Token::Word(word) => {
                    let acts = !words.is_empty() && self.participle(at).is_some();
                    let passive = !words.is_empty()
                        && self.lexicon.passive(word).is_some()
                        && self.is(at + 1, "by");
                    let located = !words.is_empty()
                        && self.lexicon.is_located(word)
                        && matches!(
                            self.token(at + 1),
                            Some(Token::Relation(_) | Token::Word(_))
                        );
                    let Some(canonical) =
                        self.content(at).filter(|_| !acts && !passive && !located)
                    else {
                        break;
                    };
                    plural = singular(word) != *word;
                    let value = singular(word);
                    if words.is_empty()
                        && self.lexicon.is_value_noun(&value)
                        && let Some((values, after)) = self.values(at + 1)
                    {
                        let mut np = np.clone();
                        np.attributes.extend(values);
                        np.attributes.sort();
                        np.head = Head::Noun(value);
                        out.push((np, after, 0));
                    }
                    words.push(canonical);
                }
                Token::Mark(',')
                    if words.last().is_some_and(|w| self.lexicon.is_adjective(w))
                        && self.content(at + 1).is_some_and(|w| {
                            self.lexicon.is_adjective(&w) || self.content(at + 2).is_none()
                        })
                        && np.quantity != Quantity::Bare => {}
                _ => break,
            }
            at += 1;
        }
        let one = match self.token(at) {
            Some(Token::Number(n, true)) => n == "1",
            Some(Token::Word(word)) => word == "ones",
            _ => false,
        };
        let anaphor = one
            && (!words.is_empty()
                || !attributes.is_empty()
                || np.quantity == Quantity::The && total.is_none());
        let mut finish =
            |head: Head, plural: bool, attributes: Vec<String>, next: usize, cost: u32| {
                let mut np = np.clone();
                np.total.clone_from(&total);
                np.attributes = attributes;
                np.attributes.sort();
                np.plural = plural || np.plural;
                np.head = head;
                if !matches!(np.head, Head::Gone | Head::One) {
                    np.quantity = np.quantity.counted();
                }
                out.push((np, next, cost));
            };
        if anaphor {
            let mut attributes = attributes.clone();
            attributes.extend(words.iter().cloned());
            finish(Head::One, self.is(at, "ones"), attributes, at + 1, 0);
            return out;
        }
        match words.split_last() {
            Some(_) if total != np.total && words.iter().all(|w| self.lexicon.is_side(w)) => {
                // `the upper 2`
                let mut all = attributes.clone();
                all.extend(words.iter().cloned());
                finish(Head::Gone, true, all, at, 0);
            }
            Some((head, before)) => {
                let mut all = attributes.clone();
                all.extend(before.iter().cloned());
                finish(Head::Noun(head.clone()), plural, all, at, 0);
                // `the left is white`: an attribute without its noun.
                if np.quantity == Quantity::The
                    && !plural
                    && (self.lexicon.is_side(head) || self.lexicon.is_adjective(head))
                    || np.quantity == Quantity::The
                        && plural
                        && total.is_some()
                        && self.lexicon.is_side(head)
                {
                    let mut all = attributes.clone();
                    all.extend(words.iter().cloned());
                    finish(Head::Gone, false, all, at, 4);
                }
            }
            None => {
                let number = np.counts()
                    || np.total.is_some()
                    || np.each
                    || np.any
                    || matches!(
                        np.quantity,
                        Quantity::All | Quantity::NotAll | Quantity::None
                    );
                if bare && (number || !attributes.is_empty()) {
                    finish(Head::Gone, false, attributes.clone(), at, 1);
                }
            }
        }
        out
    }

    /// `red and blue`, in fixed order.
    fn values(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut values = vec![self.content(at)?];
        let mut at = at + 1;
        loop {
            let comma = usize::from(self.mark(at, ','));
            let and = usize::from(self.is(at + comma, "and"));
            let next = at + comma + and;
            if comma + and == 0 || self.content(next + 1).is_some() {
                break;
            }
            match self.content(next) {
                Some(value) if self.lexicon.is_value(&value) => values.push(value),
                _ => break,
            }
            at = next + 1;
        }
        values.sort();
        Some((values, at))
    }

    /// All ways to go on from a noun with what may stand behind it.
    fn modified(&self, np: Np, at: usize, cost: u32, mods: usize, out: &mut Vec<Found<Np>>) {
        if mods < 4 && out.len() < 4 * READINGS {
            for (with, next, more) in self.modifier(&np, at) {
                self.modified(with, next, cost + more, mods + 1, out);
            }
        }
        out.push((np, at, cost));
    }

    /// One thing that stands behind a noun.
    fn modifier(&self, np: &Np, at: usize) -> Vec<Found<Np>> {
        let mut out = Vec::new();
        let Some(token) = self.token(at) else {
            return out;
        };
        let push = |modifier: Mod, next: usize, cost: u32, out: &mut Vec<Found<Np>>| {
            let mut np = np.clone();
            np.mods.push(modifier);
            if !matches!(np.head, Head::Gone | Head::One) {
                np.quantity = np.quantity.counted();
            }
            out.push((np, next, cost));
        };
        let headed = !np.is_bare_number();
        match token {
            Token::Word(word) if word == "made-of" => {
                if let Some(value) = self.content(at + 1) {
                    let mut np = np.clone();
                    np.attributes.push(value);
                    np.attributes.sort();
                    out.push((np, at + 2, 0));
                }
            }
            Token::Word(word) if word == "both" && self.is(at + 1, "in") => {
                for (list, next, cost) in self.list(at + 2) {
                    push(
                        Mod::With("in".to_owned(), List { each: true, ..list }),
                        next,
                        cost,
                        &mut out,
                    );
                }
            }
            Token::Word(word)
                if PREPOSITIONS.contains(&word.as_str()) && word != "than" && word != "by" =>
            {
                for (list, next, cost) in self.list(at + 1) {
                    // A list of counts is no place.
                    let several = list.items.len() > 1;
                    if word != "with" && several && list.items.iter().any(|i| i.counts() && !i.any)
                    {
                        continue;
                    }
                    if word == "in" && several && !self.grouped(&list) {
                        continue;
                    }
                    let apart = u32::from(several && !self.grouped(&list)) * 2;
                    let mut items = list;
                    let mut next = next;
                    // `in the first box and in the second`
                    loop {
                        let comma = usize::from(self.mark(next, ','));
                        let or = self.any_of(next + comma, &["or", "nor"]);
                        let joined = or || self.is(next + comma, "and");
                        let again = next + comma + usize::from(joined);
                        if !joined || !self.is(again, word) {
                            break;
                        }
                        let Some((more, after, _)) = self.np(again + 1).last().cloned() else {
                            break;
                        };
                        push(
                            Mod::With(word.clone(), items.clone()),
                            next,
                            cost + apart + 1,
                            &mut out,
                        );
                        items.or |= or;
                        items.items.push(more);
                        items.each |= !items.or;
                        next = after;
                    }
                    push(Mod::With(word.clone(), items), next, cost + apart, &mut out);
                }
            }
            Token::Relation(name) if headed && name != "@each_other" => {
                for (np, next, cost) in self.np(at + 1).iter() {
                    push(
                        Mod::With(name.clone(), List::one(np.clone())),
                        *next,
                        *cost,
                        &mut out,
                    );
                }
            }
            Token::Word(word) if headed && ["that", "which", "who"].contains(&word.as_str()) => {
                for (vps, next, cost) in self.vps(at + 1, true) {
                    push(Mod::Clause(vps), next, cost, &mut out);
                }
            }
            Token::Word(_) if headed => {
                if let Some(lemma) = self.participle(at) {
                    for (vp, next, cost) in self.complement(&lemma, false, at + 1) {
                        push(Mod::Clause(vec![vp]), next, cost, &mut out);
                    }
                }
                let located = self.lexicon.is_located(self.word(at).unwrap_or_default());
                if located && !self.ends(at + 1) {
                    // `located in the first box`
                    for (np, next, cost) in self.modifier(np, at + 1) {
                        out.push((np, next, cost));
                    }
                } else if let Some(lemma) = self.word(at).and_then(|w| self.lexicon.passive(w))
                    && self.is(at + 1, "by")
                {
                    for (list, next, cost) in self.list(at + 2) {
                        let vp = Vp::new(Pred::Undergo(lemma.to_owned(), list), false);
                        push(Mod::Clause(vec![vp]), next, cost, &mut out);
                    }
                }
            }
            // In passing: `, which is big,`, `, in the first box,`, `, the only square,`.
            Token::Mark(',') if headed => {
                let closes = |next: usize| self.ends(next);
                let after = |next: usize| next + usize::from(self.mark(next, ','));
                let mut begins = at + 1;
                if self.is(begins, "which") && self.any_of(begins + 1, &["is", "are"]) {
                    begins += 2;
                }
                let at_place = self.is(begins, "in")
                    || self
                        .lexicon
                        .is_located(self.word(begins).unwrap_or_default())
                        && self.is(begins + 1, "in");
                if at_place {
                    let from = begins + 1 + usize::from(!self.is(begins, "in"));
                    for (list, next, cost) in self.list(from) {
                        if closes(next) && list.items.len() == 1 {
                            let mut np = np.clone();
                            np.asides
                                .push(vec![Vp::new(Pred::At("in".into(), list), false)]);
                            out.push((np, after(next), cost + 1));
                        }
                    }
                }
                if self.any_of(at + 1, &["which", "who"]) {
                    for (vps, next, cost) in self.vps(at + 2, true) {
                        if closes(next) {
                            let mut np = np.clone();
                            np.asides.push(vps);
                            out.push((np, after(next), cost + 1));
                        }
                    }
                } else if np.apposed.is_none() && np.quantity != Quantity::Bare {
                    let namely = usize::from(self.is(at + 1, "namely"));
                    for (list, next, cost) in self.list(at + 1 + namely) {
                        let named = list.items.iter().all(|i| {
                            i.quantity == Quantity::The && i.noun().is_some() || i.head == Head::One
                        });
                        if named && closes(next) && list.items.len() < 5 {
                            let mut np = np.clone();
                            np.apposed = Some(Box::new(list));
                            // A list goes on rather than that a thing has two names.
                            out.push((np, after(next), cost + 3));
                        }
                    }
                }
            }
            _ => {}
        }
        out
    }

    /// Whether a list is one of things that only an ordinal tells apart.
    fn grouped(&self, list: &List) -> bool {
        list.items.windows(2).all(|pair| {
            (pair[0].head == pair[1].head || !matches!(pair[1].head, Head::Noun(_)))
                && pair[0].quantity == pair[1].quantity
        })
    }

    /// What a participle behind a noun says that it does.
    pub(super) fn participle(&self, at: usize) -> Option<String> {
        let word = self.word(at)?;
        if self.lexicon.lies(word) {
            return Some("be".to_owned());
        }
        if word == "having" {
            return Some("have".to_owned());
        }
        if let Some(lemma) = self.lexicon.participle(word) {
            return Some(lemma.to_owned());
        }
        let canonical = self.lexicon.canonical(word);
        let noun = self.lexicon.is_generic(&canonical) || self.lexicon.is_shape(&canonical);
        let goes_on = match self.token(at + 1) {
            Some(Token::Word(next)) => {
                DETERMINERS.contains(&next.as_str()) || PREPOSITIONS.contains(&next.as_str())
            }
            Some(Token::Number(..)) => true,
            _ => false,
        };
        (word.ends_with("ing") && self.lexicon.is_content(word) && goes_on && !noun)
            .then(|| format!("be {word}"))
    }
}
