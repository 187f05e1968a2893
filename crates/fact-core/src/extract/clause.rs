//! Clauses, and how sentences are made of them.

use super::facts::Quantity;
use super::noun::{Found, Parser};
use super::syntax::{Clause, Head, Item, Kind, List, Np, Pred, Vp};
use super::tokens::{Compare, Token};
use std::rc::Rc;

/// Readings of a clause that are kept.
const READINGS: usize = 16;
/// Ways to divide what is left of a sentence that are kept.
const DIVISIONS: usize = 16;

/// A way to divide a sentence into clauses, and how far-fetched it is.
pub(super) type Division = (Rc<Chain>, u32);

/// Clauses that follow one another.
#[derive(Debug)]
pub(super) enum Chain {
    End,
    Next(Rc<Clause>, Rc<Chain>),
}

impl Chain {
    pub(super) fn clauses(&self) -> Vec<&Clause> {
        let mut out = Vec::new();
        let mut chain = self;
        while let Chain::Next(clause, rest) = chain {
            out.push(&**clause);
            chain = rest;
        }
        out
    }
}

impl Clause {
    fn new(kind: Kind) -> Self {
        Self {
            front: Vec::new(),
            kind,
            witnesses: None,
            respectively: false,
            turned: false,
        }
    }
}

impl Parser<'_> {
    /// The ways to read a sentence, the least far-fetched first.
    pub(super) fn sentence(&self) -> Vec<Division> {
        let end = self.tokens.len();
        // From the end: what is left from each place on.
        let mut from: Vec<Vec<Division>> = vec![Vec::new(); end + 1];
        from[end] = vec![(Rc::new(Chain::End), 0)];
        let mut wanted = vec![false; end + 1];
        wanted[self.skip(0)] = true;
        // Where a clause may begin: behind marks and connectives.
        for at in 0..end {
            if self.ends(at) {
                wanted[self.skip(at)] = true;
            }
        }
        for at in (0..end).rev() {
            if !wanted[at] {
                continue;
            }
            let mut here: Vec<Division> = Vec::new();
            for (clause, next, cost) in self.clause(at) {
                if !self.ends(next) {
                    continue;
                }
                let clause = Rc::new(clause);
                for (rest, more) in &from[self.skip(next)] {
                    let chain = Chain::Next(Rc::clone(&clause), Rc::clone(rest));
                    here.push((Rc::new(chain), cost + more + 2));
                }
            }
            here.sort_by_key(|(_, cost)| *cost);
            here.truncate(DIVISIONS);
            from[at] = here;
        }
        std::mem::take(&mut from[self.skip(0)])
    }

    /// Past what stands between clauses.
    fn skip(&self, at: usize) -> usize {
        let mut at = at;
        while at < self.tokens.len() && self.ends(at) {
            at += 1;
        }
        at
    }

    fn clause(&self, at: usize) -> Vec<Found<Clause>> {
        let mut out: Vec<Found<Clause>> = Vec::new();
        // `with one triangle in the first box`
        let from = at + usize::from(self.is(at, "with") && at > 0);
        self.fronted(from, Vec::new(), 0, &mut out);
        let mut with_witnesses: Vec<Found<Clause>> = Vec::new();
        for (clause, next, cost) in &out {
            let marked = self.mark(*next, ':');
            let comma = usize::from(self.mark(*next, ','));
            let namely = self.is(next + comma, "namely");
            let respectively = self.is(next + comma, "respectively");
            if respectively {
                let mut clause = clause.clone();
                clause.respectively = true;
                with_witnesses.push((clause, next + comma + 1, *cost));
            }
            if !marked && !namely && comma == 0 {
                continue;
            }
            let from = match (marked, namely) {
                (true, _) => next + 1 + usize::from(self.is(next + 1, "namely")),
                (_, true) => next + comma + 1 + usize::from(self.mark(next + comma + 1, ',')),
                _ => next + 1,
            };
            for (list, after, more) in self.list(from) {
                let open = !list.or && !list.neither && list.items.iter().all(names);
                if open && self.ends(after) {
                    let mut clause = clause.clone();
                    clause.witnesses = Some(list);
                    let odd = if marked || namely { 0 } else { 3 };
                    with_witnesses.push((clause, after, cost + more + odd));
                }
            }
        }
        out.extend(with_witnesses);
        out.sort_by_key(|(_, next, cost)| (*cost, usize::MAX - next));
        // Not all of one length.
        let mut kept: Vec<Found<Clause>> = Vec::new();
        for found in out {
            let same = kept.iter().filter(|k| k.1 == found.1).count();
            if same < 6 && kept.len() < READINGS * 2 && !kept.contains(&found) {
                kept.push(found);
            }
        }
        kept
    }

    /// What is said first, and the clause behind it.
    fn fronted(
        &self,
        at: usize,
        front: Vec<(String, List)>,
        cost: u32,
        out: &mut Vec<Found<Clause>>,
    ) {
        let word = self.word(at).unwrap_or_default();
        let relation = match self.token(at) {
            Some(Token::Relation(name)) if name != "@each_other" => Some(name.clone()),
            _ => None,
        };
        let preposition = ["in", "for", "of", "among", "on", "at", "as-for"].contains(&word);
        if front.len() < 3 && (preposition || relation.is_some()) {
            let from = at + 1;
            let name = match (&relation, word) {
                (Some(name), _) => name.clone(),
                (None, "among") => "of".to_owned(),
                (None, word) => word.to_owned(),
            };
            for (list, next, more) in self.list(from) {
                let comma = usize::from(self.mark(next, ','));
                let mut front = front.clone();
                front.push((name.clone(), list));
                self.fronted(next + comma, front, cost + more, out);
            }
        }
        let mut found = self.kernel(at, &front);
        for (clause, _, more) in &mut found {
            // What was said first may be the subject.
            let kept = front.len() - usize::from(clause.turned);
            clause.front.splice(0..0, front[..kept].iter().cloned());
            *more += cost;
        }
        out.extend(found);
    }

    fn kernel(&self, at: usize, front: &[(String, List)]) -> Vec<Found<Clause>> {
        let mut out: Vec<Found<Clause>> = Vec::new();
        if at >= self.tokens.len() {
            return out;
        }
        let mut push =
            |kind: Kind, next: usize, cost: u32| out.push((Clause::new(kind), next, cost));
        if self.is(at, "there") {
            return self.existential(at + 1);
        }
        // `not just 1`, `rather than 2`
        if let Some((text, next)) = self.contrast(at) {
            push(Kind::Contrast(text), next, 0);
        }
        if self.is(at, "not") && self.any_of(at + 1, &["in", "for"]) {
            let word = self.word(at + 1).unwrap_or_default().to_owned();
            for (list, next, cost) in self.list(at + 2) {
                push(Kind::NotAt(word.clone(), list), next, cost);
            }
        }
        // `so does the second`, `neither is the third`
        if self.any_of(at, &["so", "neither", "nor", "as"])
            && self.any_of(at + 1, &["do", "does", "is", "are", "has", "have"])
        {
            let denied = !self.any_of(at, &["so", "as"]);
            for (subject, next, cost) in self.list(at + 2) {
                push(Kind::Also { subject, denied }, next, cost);
            }
        }
        // In the first box is a square.
        let place = front
            .last()
            .filter(|(word, _)| word == "in" || word.starts_with('@'));
        // At the top of the tower is a square; on the square lies another.
        if let Some((word, role)) = front.last()
            && self.word(at).and_then(|w| self.lexicon.finite_lemma(w)) == Some("be")
        {
            let is_role = role
                .single()
                .is_some_and(|np| np.noun().is_some_and(|n| self.lexicon.is_role(n)));
            let mut found: Vec<Found<Clause>> = Vec::new();
            for (list, next, cost) in self.list(at + 1) {
                let definite = list.items.iter().all(|np| np.quantity == Quantity::The);
                let (subject, pred) = if word == "at" && is_role {
                    (role.clone(), Pred::Is(list))
                } else if word.starts_with('@') && definite {
                    (list, Pred::Relation(word.clone(), role.clone()))
                } else {
                    continue;
                };
                let mut clause = Clause::new(Kind::Said {
                    subject: Some(subject),
                    vps: vec![Vp::new(pred, false)],
                });
                clause.turned = true;
                found.push((clause, next, cost + 1));
            }
            if !found.is_empty() {
                return found;
            }
        }
        if place.is_some() && self.any_of(at, &["is", "are"]) {
            let not = usize::from(self.is(at + 1, "not"));
            for (list, next, cost) in self.list(at + 1 + not) {
                if list.amounts() {
                    let kind = Kind::There {
                        what: list,
                        denied: not == 1,
                    };
                    push(kind, next, cost + 1);
                }
            }
        }
        // Said of the subject before.
        for (vps, next, cost) in self.vps(at, false) {
            if front.is_empty() || !matches!(vps[0].pred, Pred::Is(_)) {
                push(Kind::Said { subject: None, vps }, next, cost + 3);
            }
        }
        for (subject, next, cost) in self.list(at) {
            let mut floats = next;
            let mut subject = subject;
            if self.any_of(floats, &["both", "all", "each"]) && !self.ends(floats + 1) {
                subject.each = true;
                for np in &mut subject.items {
                    np.each = true;
                }
                floats += 1;
            }
            for (vps, after, more) in self.vps(floats, false) {
                let kind = Kind::Said {
                    subject: Some(subject.clone()),
                    vps,
                };
                push(kind, after, cost + more);
            }
            let fragment = subject
                .items
                .iter()
                .all(|np| np.counts() || np.quantity == Quantity::One);
            if fragment && self.ends(next) {
                push(Kind::Fragment(subject.clone()), next, cost + 4);
            }
            let which = subject.items.iter().all(|np| {
                matches!(np.quantity, Quantity::The | Quantity::All)
                    || np.quantity == Quantity::Bare && self.mark(next, ':')
            });
            if which {
                let mark = usize::from(self.mark(next, ':') || self.mark(next, ','));
                let mark = mark + usize::from(self.is(next + mark, "with"));
                for (object, after, more) in self.objects(next + mark) {
                    if self.ends(after) {
                        let kind = Kind::Gap(subject.clone(), Box::new(object));
                        push(kind, after, cost + more + 5);
                    }
                }
            }
        }
        out
    }

    /// What is said of `the second` in `the second three`.
    fn objects(&self, at: usize) -> Vec<Found<Item>> {
        let mut out = Vec::new();
        for (list, next, cost) in self.list(at) {
            if list
                .items
                .iter()
                .all(|np| np.quantity != Quantity::The || np.plural || np.head == Head::One)
            {
                if self.any_of(next, &["each", "apiece"]) && self.ends(next + 1) {
                    let list = List { each: true, ..list };
                    out.push((Item::List(list), next + 1, cost));
                } else {
                    out.push((Item::List(list), next, cost));
                }
            }
        }
        out
    }

    /// What stands behind `there`.
    fn existential(&self, at: usize) -> Vec<Found<Clause>> {
        let mut out = Vec::new();
        if self.word(at).and_then(|w| self.lexicon.finite_lemma(w)) != Some("be") {
            return out;
        }
        let mut at = at + 1;
        let mut denied = false;
        if self.is(at, "not") && !self.any_of(at + 1, &["all", "every", "each"]) {
            denied = true;
            at += 1;
        }
        let only = self.any_of(at, &["only", "just"]);
        let more = at + usize::from(only && self.any_of(at + 1, &["more", "fewer", "less"]));
        if self.any_of(more, &["more", "fewer", "less"]) {
            let is_more = self.is(more, "more");
            for (first, next, cost) in self.np(more + 1).iter() {
                if !self.is(*next, "than") {
                    continue;
                }
                let there = 2 * usize::from(
                    self.is(next + 1, "there") && self.any_of(next + 2, &["are", "is"]),
                );
                for (second, after, more) in self.np(next + 1 + there).iter() {
                    let (a, b) = match is_more {
                        true => (first.clone(), second.clone()),
                        false => (second.clone(), first.clone()),
                    };
                    out.push((
                        Clause::new(Kind::More(Box::new((a, b)), denied)),
                        *after,
                        cost + more,
                    ));
                }
            }
            return out;
        }
        if let Some(Token::Compare(Compare::MoreThan | Compare::FewerThan)) = self.token(at)
            && !matches!(self.token(at + 1), Some(Token::Number(..)))
        {
            return out;
        }
        for (list, next, cost) in self.list(at) {
            let mut next = next;
            let mut list = list;
            if self.word(next).is_some_and(|w| self.lexicon.is_located(w)) {
                next += 1;
            }
            if self.any_of(next, &["each", "apiece"]) && self.ends(next + 1) {
                list.each = true;
                next += 1;
            }
            let kind = Kind::There { what: list, denied };
            out.push((Clause::new(kind), next, cost));
        }
        out
    }

    /// `not just 1`, `rather than 2`, `not fewer than 5`, `and not just one of them`.
    fn contrast(&self, at: usize) -> Option<(String, usize)> {
        let mut i = at;
        let mut not = false;
        if self.is(i, "not") || self.is(i, "rather-than") {
            not = true;
            i += 1;
        }
        let mut only = "";
        if self.any_of(i, &["just", "only"]) {
            only = "just ";
            i += 1;
        }
        let (compare, n, mut i) = self.compared(i)?;
        if self.is(i, "of") && self.is(i + 1, "them") {
            i += 2;
        }
        if !self.ends(i) || !not && compare.is_none() {
            return None;
        }
        let quantity = match compare {
            None => format!("{only}{n}"),
            Some(compare) => super::determiner::amount(compare, &n).counted().to_string(),
        };
        let not = if not { "not " } else { "" };
        Some((format!("{not}{}", quantity.trim_start_matches("just ")), i))
    }
}

/// Whether something is named, or described, so that what was said of several is said of it.
fn names(np: &Np) -> bool {
    !np.is_bare_number() && !matches!(np.head, Head::It | Head::They)
}
