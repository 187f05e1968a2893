//! Lists of noun phrases.

use super::facts::Quantity;
use super::noun::{Found, Parser, READINGS, spread};
use super::syntax::{Head, List, Np};
use super::tokens::Token;
use crate::english::{ordinal, singular};

impl Parser<'_> {
    /// Noun phrases joined by `and`, `or`, commas; the longest first.
    pub(super) fn list(&self, at: usize) -> Vec<Found<List>> {
        self.deeper(|| self.list_anew(at))
    }

    pub(super) fn list_anew(&self, at: usize) -> Vec<Found<List>> {
        let mut out: Vec<Found<List>> = Vec::new();
        if self.is(at, "neither") {
            for (list, next, cost) in self.list(at + 1) {
                if list.or && list.items.len() > 1 && !list.neither {
                    let list = List {
                        neither: true,
                        or: false,
                        ..list
                    };
                    out.push((list, next, cost));
                }
            }
        }
        let each = self.any_of(at, &["both", "each", "either", "all"]);
        if each {
            let of = usize::from(self.is(at + 1, "of"));
            for (mut list, next, cost) in self.list(at + 1 + of) {
                let either = self.is(at, "either");
                let alone = list.items.iter().all(|np| {
                    np.quantity == Quantity::The && !np.plural || np.counts() && self.is(at, "both")
                });
                if list.items.len() > 1 && list.or == either && alone {
                    list.each = !either;
                    out.push((list, next, cost));
                }
            }
        }
        if let Some(found) = self.ordinals(at) {
            out.push(found);
        }
        if let Some(found) = self.numbered(at) {
            out.push(found);
        }
        for (np, next, cost) in self.np(at).iter() {
            self.joined(List::one(np.clone()), *next, *cost, true, &mut out);
        }
        out.sort_by_key(|(list, _, _)| list.items.len());
        spread(out)
    }

    /// `closed` if the last item was joined by a word.
    pub(super) fn joined(
        &self,
        list: List,
        at: usize,
        cost: u32,
        closed: bool,
        out: &mut Vec<Found<List>>,
    ) {
        if out.len() > 4 * READINGS {
            return;
        }
        if list.items.len() < 8 {
            let comma = usize::from(self.mark(at, ','));
            let or = self.any_of(at + comma, &["or", "nor"]);
            // `a square but no circle`
            let but = self.is(at + comma, "but")
                && (self.any_of(at + comma + 1, &["no", "only"])
                    || matches!(self.token(at + comma + 1), Some(Token::Number(..))));
            let word = usize::from(or || but || self.is(at + comma, "and"));
            if comma + word > 0 {
                let next = at + comma + word;
                let mut found: Vec<Found<Np>> = self.np(next).iter().cloned().collect();
                if let Some((group, after, cost)) = self.ordinals(next) {
                    let mut more = list.clone();
                    more.items.extend(group.items);
                    self.joined(more, after, cost + 1, word == 1, out);
                }
                for (np, after, more) in found.drain(..) {
                    if list.items.len() > 1 && word == 1 && or != list.or && list.or {
                        continue;
                    }
                    let mut longer = list.clone();
                    longer.items.push(np);
                    longer.or |= or;
                    self.joined(longer, after, cost + more, word == 1, out);
                }
            }
        }
        // Nothing but a comma: the list would have to go on.
        let open = 5 * u32::from(!closed);
        out.push((list, at, cost + open));
    }

    /// `boxes 1 and 3`.
    pub(super) fn numbered(&self, at: usize) -> Option<Found<List>> {
        let noun = self.content(at)?;
        if Some(&noun) != self.lexicon.ordered.as_ref() {
            return None;
        }
        let mut items = Vec::new();
        let mut i = at + 1;
        while let Some(Token::Number(n, false)) = self.token(i) {
            let mut np = Np::new(Quantity::The, Head::Noun(noun.clone()));
            np.attributes.push(ordinal(n.parse().ok()?));
            items.push(np);
            i += 1;
            let comma = usize::from(self.mark(i, ','));
            let and = usize::from(self.is(i + comma, "and"));
            if comma + and == 0 || !matches!(self.token(i + comma + and), Some(Token::Number(..))) {
                break;
            }
            i += comma + and;
        }
        let list = List {
            items,
            or: false,
            neither: false,
            each: false,
        };
        (list.items.len() > 1).then_some((list, i, 0))
    }

    /// `the first, second and third boxes`, `the second or third box`.
    pub(super) fn ordinals(&self, at: usize) -> Option<Found<List>> {
        let mut i = at;
        let mut found: Vec<(u32, Vec<String>, bool)> = Vec::new();
        let mut or = false;
        loop {
            let the = usize::from(self.is(i, "the"));
            if the == 0 && found.is_empty() {
                return None;
            }
            let Some(Token::Ordinal(n)) = self.token(i + the) else {
                break;
            };
            let mut j = i + the + 1;
            let mut words = Vec::new();
            let mut plural = false;
            while let Some(word) = self.content(j) {
                plural = self.word(j).is_some_and(|w| singular(w) != w);
                words.push(word);
                j += 1;
            }
            found.push((*n, words, plural));
            i = j;
            let comma = usize::from(self.mark(i, ','));
            let alternative = self.any_of(i + comma, &["or", "nor"]);
            let word = usize::from(alternative || self.is(i + comma, "and"));
            let next = i + comma + word;
            let the = usize::from(self.is(next, "the"));
            if comma + word == 0 || !matches!(self.token(next + the), Some(Token::Ordinal(_))) {
                break;
            }
            or |= alternative;
            i = next;
        }
        let (_, noun, _) = found.last()?.clone();
        let same = found
            .iter()
            .all(|(_, words, _)| words.is_empty() || *words == noun);
        if found.len() < 2 || !same {
            return None;
        }
        let items = found.iter().map(|(n, _, _)| {
            let head = noun.last().map_or(Head::Gone, |w| Head::Noun(w.clone()));
            let mut np = Np::new(Quantity::The, head);
            np.attributes = noun.iter().rev().skip(1).cloned().collect();
            np.attributes.push(ordinal(i64::from(*n)));
            np.attributes.sort();
            np
        });
        let list = List {
            items: items.collect(),
            or,
            neither: false,
            each: false,
        };
        let cost = u32::from(noun.is_empty());
        Some((list, i, cost))
    }
}
