//! What words stand for: pronouns, `one`, `the second`, `the other 2`, and things that were named.
//!
//! Where several things can be meant, the reader asks which to try; the texts are held against each
//! other under each.

use super::facts::Quantity;
use super::lexicon::Lexicon;
use super::members::nth;
use super::names::ordinal_of;
use super::syntax::{Head, Item, List, Mod, Np, Passing, Pred, Vp};
use std::collections::{BTreeMap, BTreeSet};

/// Things that are remembered.
const REMEMBERED: usize = 12;

/// Names and places of single things, with the text that named each first.
pub(super) type Definite = BTreeMap<(String, Option<String>), usize>;

/// What is carried from clause to clause.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Single things, the last named last.
    pub(super) entities: Vec<Np>,
    /// Several things, the last named last.
    pub(super) groups: Vec<Np>,
    /// The subject of the clause before, and what was said of it.
    pub(super) subject: Option<List>,
    pub(super) vps: Vec<Vp>,
    /// What was counted last, without place.
    pub(super) counted: Option<Np>,
    /// The noun that an ordinal or `other` was said of last.
    pub(super) ordered: Option<Np>,
    /// Whether the clause before counted, so that `none in the third box` goes on.
    pub(super) counting: bool,
    /// Counts so far, for `more … than …`.
    pub(super) counts: Vec<(String, Option<String>, String)>,
    /// Ordinals that the sentence names, or that before it.
    pub(super) ordinals: BTreeSet<u32>,
    /// The place that the sentence said first.
    pub(super) front: Option<List>,
    /// The text that is read.
    pub(super) text: usize,
    pub(super) definite: Definite,
}

/// Which of several readings to try: a fixed list, and how many there were each time.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    fixed: Vec<usize>,
    of: Vec<usize>,
}

impl Choices {
    /// One of `n`, the most likely of which is the first.
    pub(super) fn choose(&mut self, n: usize) -> usize {
        let at = self.of.len();
        self.of.push(n.max(1));
        self.fixed.get(at).copied().unwrap_or(0).min(n.max(1) - 1)
    }

    /// The next list after this was used; `None` behind the last.
    pub(super) fn next(mut self) -> Option<Self> {
        self.fixed.resize(self.of.len(), 0);
        while let Some(last) = self.fixed.pop() {
            let of = self.of[self.fixed.len()];
            if last + 1 < of {
                self.fixed.push(last + 1);
                return Some(Self {
                    fixed: self.fixed,
                    of: Vec::new(),
                });
            }
        }
        None
    }
}

/// Resolves what a clause speaks of.
pub(super) struct Resolver<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) state: State,
    pub(super) choices: Choices,
    /// How many places with an ordinal there are, if it is known.
    pub(super) size: Option<usize>,
    /// How many such places the clause shows that there are.
    pub(super) seen: Option<usize>,
    /// What was said in passing and is told.
    pub(super) told: Passing,
    /// What the evidence counts.
    pub(super) evidence: &'a [(String, Option<String>, String)],
}

impl Resolver<'_> {
    /// A list with everything resolved; what stands for several becomes those.
    pub(super) fn list(&mut self, list: &List) -> Option<List> {
        let mut items: Vec<Np> = Vec::new();
        // `one, three and five items`
        let noun = list
            .items
            .iter()
            .rev()
            .find(|np| np.noun().is_some() && np.counts())
            .cloned();
        let first = list.items.first().is_some_and(Np::is_bare_number);
        let forward = noun
            .filter(|_| first)
            .filter(|_| self.choices.choose(2) == 0);
        for np in &list.items {
            let before = items.last().or(forward.as_ref()).cloned();
            for mut found in self.np(np, before.as_ref())? {
                found.each |= list.each;
                items.push(found);
            }
        }
        let mut list = List {
            items,
            ..list.clone()
        };
        self.share(&mut list);
        Some(list)
    }

    /// `2 squares and 1 circle in the third box`: both are there.
    pub(super) fn share(&mut self, list: &mut List) {
        let Some(last) = list.items.last() else {
            return;
        };
        let counted = |np: &Np| np.counts() || np.plural && np.total.is_some();
        if list.items.len() < 2 || !counted(last) {
            return;
        }
        let mut shared: Option<Mod> = None;
        for np in list.items.iter_mut().rev() {
            let place = np
                .mods
                .iter()
                .rev()
                .find(|m| matches!(m, Mod::With(w, _) if w == "in"));
            match (place, &shared) {
                (Some(place), _) => shared = Some(place.clone()),
                (None, Some(place)) => np.mods.push(place.clone()),
                _ => {}
            }
        }
    }

    /// What a noun phrase stands for.
    pub(super) fn np(&mut self, np: &Np, before: Option<&Np>) -> Option<Vec<Np>> {
        let mut found = match &np.head {
            Head::Fixed(_) => vec![np.clone()],
            Head::It => vec![self.it(np)?],
            Head::They => self.they(np)?,
            Head::One | Head::Gone => vec![self.elliptic(np, before)?],
            Head::Noun(_) => {
                let mut made = np.clone();
                // `one box of the three`
                let total = made.mods.iter().position(|m| {
                    matches!(m, Mod::With(of, list) if of == "of" && np.counts()
                    && list.single().is_some_and(|np| {
                        np.head == Head::Gone && np.quantity == Quantity::The
                            && np.total.is_some() && np.attributes.is_empty() && np.mods.is_empty()
                    }))
                });
                if let Some(at) = total
                    && let Mod::With(_, list) = made.mods.remove(at)
                {
                    made.total = list.single()?.total.clone();
                }
                self.mods(&mut made)?;
                self.owned(&mut made)?;
                self.housed(&mut made);
                vec![self.named(made)]
            }
        };
        for np in &mut found {
            if np.has_ordinal().is_some() || np.attributes.iter().any(|a| a == "other") {
                let mut noun = np.known();
                noun.attributes
                    .retain(|a| ordinal_of(a).is_none() && a != "other");
                self.state.ordered = Some(noun);
            }
        }
        Some(found)
    }

    pub(super) fn it(&mut self, np: &Np) -> Option<Np> {
        let mut candidates: Vec<Np> = Vec::new();
        if let Some(subject) = self.state.subject.as_ref().and_then(List::single)
            && subject.quantity == Quantity::The
            && !subject.plural
        {
            candidates.push(subject.known());
        }
        for entity in self.state.entities.iter().rev() {
            if !candidates.contains(entity) && candidates.len() < 4 {
                candidates.push(entity.clone());
            }
        }
        if candidates.is_empty() {
            return None;
        }
        let mut found = candidates.swap_remove(self.choices.choose(candidates.len()));
        found.asides.clone_from(&np.asides);
        Some(found)
    }

    pub(super) fn they(&mut self, np: &Np) -> Option<Vec<Np>> {
        let mut candidates: Vec<Vec<Np>> = Vec::new();
        if let Some(subject) = &self.state.subject
            && (subject.items.len() > 1 || subject.items[0].plural)
            && subject.items.iter().all(|np| np.quantity == Quantity::The)
        {
            candidates.push(subject.items.clone());
        }
        for group in self.state.groups.iter().rev() {
            let group = vec![group.clone()];
            if !candidates.contains(&group) && candidates.len() < 4 {
                candidates.push(group);
            }
        }
        // `which`, of one thing.
        for entity in self.state.entities.iter().rev().take(2) {
            candidates.push(vec![entity.clone()]);
        }
        if candidates.is_empty() {
            return None;
        }
        let chosen = candidates.swap_remove(self.choices.choose(candidates.len()));
        if np.quantity == Quantity::The {
            return Some(chosen);
        }
        let [group] = chosen.as_slice() else {
            // Of several that were named one by one.
            let all = np.quantity == Quantity::All
                && np
                    .total
                    .as_ref()
                    .is_none_or(|n| *n == chosen.len().to_string());
            return all.then_some(chosen);
        };
        if !group.plural {
            return None;
        }
        let mut made = group.clone();
        made.quantity = np.quantity.clone();
        made.any = np.any;
        made.each = np.each;
        made.total.clone_from(&np.total);
        made.apposed.clone_from(&np.apposed);
        self.resolve_mods(&np.mods)?
            .into_iter()
            .for_each(|m| made.mods.push(m));
        Some(vec![made])
    }

    pub(super) fn mods(&mut self, np: &mut Np) -> Option<()> {
        let mods = std::mem::take(&mut np.mods);
        for with in self.resolve_mods(&mods)? {
            self.attach(np, with);
        }
        Some(())
    }

    pub(super) fn resolve_mods(&mut self, mods: &[Mod]) -> Option<Vec<Mod>> {
        let mut out = Vec::new();
        for with in mods {
            match with {
                Mod::With(word, list) => {
                    let list = self.list(list)?;
                    let image = word == "in" && list.single().is_some_and(Np::is_image);
                    if !image {
                        out.push(Mod::With(word.clone(), list));
                    }
                }
                Mod::Clause(vps) => {
                    let mut resolved = Vec::new();
                    for vp in vps {
                        resolved.push(self.vp(vp)?);
                    }
                    out.push(Mod::Clause(resolved));
                }
            }
        }
        Some(out)
    }

    /// What a clause on a noun says in fewer words: `a base that is yellow` is a yellow base.
    pub(super) fn attach(&mut self, np: &mut Np, with: Mod) {
        let with = match with {
            Mod::With(word, list) if word == "with" => {
                Mod::Clause(vec![Vp::new(Pred::Have(list), false)])
            }
            other => other,
        };
        // `the wall on the right`
        if let Mod::With(word, list) = &with
            && ["on", "at", "to"].contains(&word.as_str())
            && let Some(side) = list.single()
            && side.quantity == Quantity::The
            && side.mods.is_empty()
        {
            let named = match (side.noun(), side.attributes.as_slice()) {
                (Some(noun), []) if self.lexicon.is_side(noun) => Some(noun.to_owned()),
                (Some("side" | "hand"), [one]) if self.lexicon.is_side(one) => Some(one.clone()),
                _ => None,
            };
            if let Some(named) = named {
                np.attributes.push(named);
                np.attributes.sort();
                return;
            }
        }
        let Mod::Clause(vps) = with else {
            np.mods.push(with);
            return;
        };
        let mut left = Vec::new();
        for vp in vps {
            match vp.pred {
                Pred::Are(words)
                    if !vp.denied && words.iter().all(|w| self.lexicon.is_adjective(w)) =>
                {
                    np.attributes.extend(words);
                    np.attributes.sort();
                }
                Pred::Is(list)
                    if !vp.denied
                        && list.single().is_some_and(|one| {
                            one.quantity == Quantity::Some
                                && one.mods.is_empty()
                                && one.noun().is_some_and(|n| self.lexicon.is_generic(n))
                        }) =>
                {
                    for one in list.items {
                        np.attributes.extend(one.attributes);
                    }
                    np.attributes.sort();
                }
                Pred::At(word, list) if !vp.denied => np.mods.push(Mod::With(word, list)),
                Pred::Relation(word, list) if !vp.denied && word.starts_with('@') => {
                    np.mods.push(Mod::With(word, list));
                }
                Pred::Have(list) | Pred::Is(list)
                    if !vp.denied
                        && list
                            .single()
                            .is_some_and(|one| one.attributes.iter().any(|a| a == "same")) =>
                {
                    np.mods.push(Mod::With("of".to_owned(), list));
                }
                _ => left.push(vp),
            }
        }
        if !left.is_empty() {
            np.mods.push(Mod::Clause(left));
        }
    }

    /// A verb phrase with everything in it resolved.
    pub(super) fn vp(&mut self, vp: &Vp) -> Option<Vp> {
        let mut vp = vp.clone();
        vp.pred = match vp.pred {
            Pred::Have(list) => Pred::Have(self.list(&list)?),
            Pred::HaveAs(list, role) => Pred::HaveAs(self.list(&list)?, role),
            Pred::At(word, list) => Pred::At(word, self.list(&list)?),
            Pred::Relation(name, list) => {
                let mut list = self.list(&list)?;
                if let [only] = list.items.as_mut_slice()
                    && only.quantity == Quantity::None
                    && only.total.is_none()
                    && !vp.denied
                {
                    // `touches no wall` is `does not touch a wall`.
                    only.quantity = Quantity::Some;
                    vp.denied = true;
                }
                Pred::Relation(name, list)
            }
            Pred::Undergo(name, list) => Pred::Undergo(name, self.list(&list)?),
            Pred::Is(list) => Pred::Is(self.list(&list)?),
            Pred::More(more, np) => Pred::More(more, self.list(&List::one(np))?.single()?.clone()),
            Pred::Other(verb, items) => {
                let mut found = Vec::new();
                for item in items {
                    found.push(match item {
                        Item::List(list) => Item::List(self.list(&list)?),
                        word => word,
                    });
                }
                Pred::Other(verb, found)
            }
            other => other,
        };
        if let Some((word, list)) = &vp.place {
            vp.place = Some((word.clone(), self.list(list)?));
        }
        Some(vp)
    }

    /// `the first box's tower`, `its top`.
    pub(super) fn owned(&mut self, np: &mut Np) -> Option<()> {
        let Some(owner) = np.owner.take() else {
            return Some(());
        };
        let owners = self.np(&owner, None)?;
        let in_it = np.noun() == self.lexicon.housed.as_deref()
            && owners
                .iter()
                .all(|o| o.noun() == self.lexicon.ordered.as_deref());
        let of = np.noun().is_some_and(|n| self.lexicon.is_role(n));
        let word = match (in_it, of) {
            (true, _) => "in",
            (_, true) => "of",
            _ => ["in", "of"][self.choices.choose(2)],
        };
        let list = List {
            items: owners,
            or: false,
            neither: false,
            each: false,
        };
        np.mods.push(Mod::With(word.to_owned(), list));
        Some(())
    }

    /// `the first tower` is the tower in the first box.
    pub(super) fn housed(&self, np: &mut Np) {
        let (Some(housed), Some(ordered)) = (&self.lexicon.housed, &self.lexicon.ordered) else {
            return;
        };
        if np.noun() != Some(housed) || np.place().is_some() {
            return;
        }
        if let Some(n) = np.has_ordinal() {
            np.attributes.retain(|a| ordinal_of(a).is_none());
            np.mods
                .push(Mod::With("in".into(), List::one(nth(ordered, n))));
        }
    }

    /// A thing as it is called, or one that was named before and is called so in short.
    pub(super) fn named(&mut self, np: Np) -> Np {
        if np.quantity != Quantity::The || np.has_ordinal().is_some() || np.is_image() {
            return np;
        }
        let pool = if np.plural {
            &self.state.groups
        } else {
            &self.state.entities
        };
        let mut candidates: Vec<Np> = Vec::new();
        for entity in pool.iter().rev() {
            let total = np.total.is_none() || entity.total.is_none() || np.total == entity.total;
            let heads = entity.head == np.head
                || np.noun().is_some_and(|n| self.lexicon.is_generic(n)) && entity.noun().is_some();
            let fits = heads
                && total
                && np.attributes.iter().all(|a| entity.attributes.contains(a))
                && np.mods.iter().all(|m| entity.mods.contains(m))
                && (entity.attributes.len(), entity.mods.len(), &entity.head)
                    != (np.attributes.len(), np.mods.len(), &np.head);
            if fits && !candidates.contains(entity) && candidates.len() < 2 {
                candidates.push(entity.clone());
            }
        }
        match self.choices.choose(1 + candidates.len()) {
            0 => np,
            at => Np {
                quantity: np.quantity,
                total: np.total.or_else(|| candidates[at - 1].total.clone()),
                each: np.each,
                only: np.only,
                asides: np.asides,
                apposed: np.apposed,
                ..candidates.swap_remove(at - 1)
            },
        }
    }

    /// Notes a thing that later words may stand for.
    pub(super) fn remember(&mut self, np: &Np) {
        for with in &np.mods {
            if let Mod::With(_, list) = with {
                for inner in &list.items {
                    if inner.quantity == Quantity::The {
                        self.remember(&inner.clone());
                    }
                }
            }
        }
        if np.is_image() || !matches!(np.head, Head::Noun(_)) {
            return;
        }
        let one = matches!(&np.quantity, Quantity::Some | Quantity::One)
            || np.quantity == Quantity::The && !np.plural
            || np.quantity == Quantity::Exactly("1".into()) && np.total.is_none();
        let (pool, known) = if one {
            (&mut self.state.entities, np.known())
        } else {
            let mut known = np.known();
            known.plural = true;
            known.total = match &np.quantity {
                Quantity::Exactly(n) if np.total.is_none() => Some(n.clone()),
                _ => np.total.clone(),
            };
            (&mut self.state.groups, known)
        };
        pool.retain(|other| *other != known);
        pool.push(known);
        if pool.len() > REMEMBERED {
            pool.remove(0);
        }
    }
}
