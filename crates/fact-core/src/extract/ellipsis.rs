//! What is left out: `none`, `the second`, `the left one`, `that of the bus`, `the other 2`.

use super::discourse::Resolver;
use super::facts::Quantity;
use super::names::ordinal_of;
use super::syntax::{Head, Item, List, Mod, Np, Pred, Vp};

impl Resolver<'_> {
    /// `none`, `the second`, `the left one`, `that of the bus`, `the other 2`.
    pub(super) fn elliptic(&mut self, np: &Np, before: Option<&Np>) -> Option<Np> {
        let mut made = np.clone();
        self.mods(&mut made)?;
        // `the upper 2 of the 3 blocks`
        if let Some(at) = made.mods.iter().position(|m| {
            matches!(m, Mod::With(of, list) if of == "of"
                && list.single().is_some_and(|np| np.plural && np.noun().is_some()))
        }) && (np.head == Head::Gone
            || !made.attributes.is_empty()
            || made.quantity != Quantity::The)
            && let Mod::With(_, list) = made.mods.remove(at)
        {
            let group = list.single()?.clone();
            return self.part_of(made, &group);
        }
        if made.quantity == Quantity::The
            && made.attributes.iter().any(|a| a == "other")
            && made.total.is_none()
            && made.mods.is_empty()
        {
            made.head = Head::Fixed("one".to_owned());
            return Some(made);
        }
        let ordered = made.has_ordinal().is_some() || made.attributes.iter().any(|a| a == "other");
        if ordered {
            let mut nouns: Vec<Np> = Vec::new();
            if let Some(noun) = before.filter(|np| np.has_ordinal().is_some()) {
                nouns.push(Np::new(Quantity::The, noun.head.clone()));
            }
            if let Some(noun) = &self.state.ordered {
                nouns.push(Np::new(Quantity::The, noun.head.clone()));
            }
            for noun in [&self.lexicon.housed, &self.lexicon.ordered]
                .into_iter()
                .flatten()
            {
                nouns.push(Np::new(Quantity::The, Head::Noun(noun.clone())));
            }
            let mut unlike: Vec<Np> = Vec::new();
            for noun in nouns {
                if !unlike.contains(&noun) {
                    unlike.push(noun);
                }
            }
            if unlike.is_empty() {
                return None;
            }
            let noun = unlike.swap_remove(self.choices.choose(unlike.len()));
            made.head = noun.head;
            self.housed(&mut made);
            return Some(made);
        }
        // With `of`: what was said of the subject before.
        let of = made
            .mods
            .iter()
            .any(|m| matches!(m, Mod::With(w, _) if w == "of" || w == "for"));
        if of && np.head == Head::One {
            let subject = self.state.subject.as_ref()?.items.last()?;
            made.head = subject.head.clone();
            made.attributes.extend(subject.attributes.iter().cloned());
            for with in &subject.mods {
                let new = made.mods.iter().any(|m| match (m, with) {
                    (Mod::With(a, _), Mod::With(b, _)) => a == b,
                    _ => false,
                });
                if !new {
                    made.mods.push(with.clone());
                }
            }
            return Some(made);
        }
        let adjective = made.attributes.iter().any(|a| self.lexicon.is_adjective(a));
        let mut candidates: Vec<Np> = Vec::new();
        let mut push = |np: &Np| {
            let mut noun = np.known();
            noun.attributes
                .retain(|a| !self.lexicon.is_side(a) && ordinal_of(a).is_none() && a != "other");
            if !candidates.contains(&noun) && candidates.len() < 5 {
                candidates.push(noun);
            }
        };
        let counted = made.counts() && !(np.head == Head::One && made.quantity == Quantity::Some);
        if let Some(before) = before.filter(|_| counted) {
            let (rest, _) = before.lift_place();
            push(&rest);
        }
        let placed = made.place().is_some();
        if counted || made.quantity == Quantity::All {
            if let Some(noun) = &self.state.counted {
                push(noun);
            }
            for group in self.state.groups.iter().rev().take(2) {
                push(group);
            }
        } else {
            for entity in self.state.entities.iter().rev().take(2) {
                match placed {
                    true => push(&entity.lift_place().0),
                    false => push(entity),
                }
            }
            if let Some(subject) = self.state.subject.as_ref().and_then(|s| s.items.last()) {
                match placed {
                    true => push(&subject.lift_place().0),
                    false => push(subject),
                }
            }
            for group in self.state.groups.iter().rev().take(2) {
                match placed {
                    true => push(&group.lift_place().0),
                    false => push(group),
                }
            }
            if let Some(noun) = &self.state.counted {
                push(noun);
            }
        }
        if candidates.is_empty() {
            return None;
        }
        let noun = candidates.swap_remove(self.choices.choose(candidates.len()));
        made.head = noun.head;
        // What was named may have another colour or size than this one.
        if !adjective {
            made.attributes.extend(noun.attributes);
            made.attributes.sort();
            let placed = made.place().is_some();
            for with in noun.mods {
                let place = matches!(&with, Mod::With(w, _) if w == "in");
                if !(place && placed) {
                    made.mods.push(with);
                }
            }
        }
        Some(made)
    }

    /// Some of a group that was named with it; `None` if that is no group of theirs: *neither* of three.
    pub(super) fn part_of(&mut self, mut part: Np, group: &Np) -> Option<Np> {
        if part.quantity != Quantity::The
            && part.total.is_some()
            && group.total.is_some()
            && part.total != group.total
        {
            return None;
        }
        part.head = group.head.clone();
        part.attributes.extend(group.attributes.iter().cloned());
        part.attributes.sort();
        part.mods.extend(group.mods.iter().cloned());
        if part.quantity == Quantity::One {
            part.quantity = Quantity::Exactly("1".to_owned());
        }
        if part.quantity != Quantity::The {
            part.total = part.total.or_else(|| group.total.clone());
        } else {
            // The part has a number of its own; that of the group is said as a fact.
            part.asides.push(vec![Vp::new(
                Pred::Other("of".to_owned(), vec![Item::List(List::one(group.clone()))]),
                false,
            )]);
        }
        Some(part)
    }
}
