//! Groups, one by one: `each of the 3 boxes`, `the other 2 towers`, `the towers in the first and second
//! boxes`.

use super::discourse::Resolver;
use super::facts::Quantity;
use super::syntax::{Head, List, Mod, Np};
use crate::english::ordinal;

/// Members that a group is taken apart into at most.
const MEMBERS: usize = 6;

impl Resolver<'_> {
    /// One for each of the things that lists within it name, and whether it is denied: `the towers in
    /// the first and second boxes` are two, `none of the 3 boxes` three.
    pub(super) fn apart(&mut self, np: &Np, collective: bool) -> Vec<(Np, bool)> {
        let mut out = vec![np.clone()];
        let counted = !matches!(
            np.quantity,
            Quantity::The | Quantity::Some | Quantity::None | Quantity::All
        );
        for at in 0..np.mods.len() {
            let Mod::With(word, list) = &np.mods[at] else {
                continue;
            };
            let (word, list) = (word.clone(), list.clone());
            let each = list.each || list.items.iter().any(|i| i.each);
            let none = np.quantity == Quantity::None;
            let over = list.items.len() > 1 || list.items.iter().any(|i| self.is_group(i));
            if !over
                || np.total.is_some()
                || list.or && !none
                || counted && !each
                || !counted && !each && !none && np.quantity == Quantity::Some
            {
                continue;
            }
            let mut within: Vec<Np> = Vec::new();
            for item in &list.items {
                let mut item = item.clone();
                if none && item.any {
                    item.quantity = Quantity::All;
                    item.any = false;
                }
                within.extend(self.apart(&item, false).into_iter().map(|(np, _)| np));
            }
            if within.len() < 2 {
                continue;
            }
            out = out
                .iter()
                .flat_map(|np| {
                    within.iter().map(|one| {
                        let mut np = np.clone();
                        if np.quantity == Quantity::The || np.quantity == Quantity::All {
                            np.plural = false;
                            np.quantity = Quantity::The;
                        }
                        np.mods[at] = Mod::With(word.clone(), List::one(one.clone()));
                        np
                    })
                })
                .collect();
        }
        let mut all = Vec::new();
        for np in out {
            match self.members(&np, collective) {
                Some(members) => {
                    let denied = np.quantity == Quantity::None;
                    all.extend(members.into_iter().map(|np| (np, denied)));
                }
                None => all.push((np, false)),
            }
        }
        all
    }

    pub(super) fn is_group(&self, np: &Np) -> bool {
        let noun = np.noun();
        noun.is_some()
            && (noun == self.lexicon.ordered.as_deref() || noun == self.lexicon.housed.as_deref())
            && (np.total.is_some() || np.plural || np.quantity == Quantity::All || np.any)
    }

    /// The other places, or what is in them.
    pub(super) fn others(&self, np: &Np) -> Option<Vec<Np>> {
        let (ordered, size) = (self.lexicon.ordered.as_ref()?, self.size?);
        let housed = np.noun() == self.lexicon.housed.as_deref();
        let place = match housed {
            true => np.place()?.single()?,
            false => np,
        };
        if place.noun() != Some(ordered) || size > MEMBERS {
            return None;
        }
        let own = place.has_ordinal()?;
        let size = u32::try_from(size).ok()?;
        let others = (1..=size).filter(|n| *n != own);
        let others = others.map(|n| {
            let place = nth(ordered, n);
            if !housed {
                return place;
            }
            let mut np = Np::new(Quantity::The, np.head.clone());
            np.mods.push(Mod::With("in".into(), List::one(place)));
            np
        });
        Some(others.collect())
    }

    /// The members of `each of the 3 boxes`, `the other 2 towers`.
    pub(super) fn members(&mut self, np: &Np, collective: bool) -> Option<Vec<Np>> {
        let ordered = self.lexicon.ordered.clone()?;
        let housed = np.noun() == self.lexicon.housed.as_deref();
        if !housed && np.noun() != Some(&*ordered) || !np.mods.is_empty() {
            return None;
        }
        let other = np.attributes.iter().any(|a| a == "other");
        let plain = np.attributes.iter().all(|a| a == "other");
        let whole = matches!(np.quantity, Quantity::All | Quantity::None)
            || np.quantity == Quantity::The && np.plural && (!collective || np.each);
        if !plain || !whole {
            return None;
        }
        let total = np.total.as_ref().and_then(|n| n.parse::<usize>().ok());
        let expand = match (total, other) {
            (Some(_), true) => true,
            (None, true) => np.quantity != Quantity::None || self.size.is_some(),
            (Some(_), false) => self.choices.choose(2) == 0,
            (None, false) => self.size.is_some() && self.choices.choose(2) == 1,
        };
        if !expand {
            return None;
        }
        let numbers: Vec<u32> = if other {
            let named = self.state.ordinals.clone();
            let all = match (total, self.size) {
                (Some(n), size) => {
                    if size.is_some_and(|size| size != named.len() + n) {
                        return None;
                    }
                    self.seen = Some(named.len() + n);
                    named.len() + n
                }
                (None, Some(size)) => size,
                (None, None) => return None,
            };
            let all = u32::try_from(all).ok()?;
            if named.is_empty() || named.iter().any(|n| *n > all) {
                return None;
            }
            (1..=all).filter(|n| !named.contains(n)).collect()
        } else {
            let n = total.or(self.size)?;
            if self.size.is_some_and(|size| size != n) {
                return None;
            }
            (1..=u32::try_from(n).ok()?).collect()
        };
        if numbers.is_empty() || numbers.len() > MEMBERS {
            return None;
        }
        let member = |n: u32| {
            let place = nth(&ordered, n);
            if !housed {
                return place;
            }
            let mut tower = Np::new(Quantity::The, np.head.clone());
            tower.mods.push(Mod::With("in".into(), List::one(place)));
            tower
        };
        Some(numbers.into_iter().map(member).collect())
    }
}

pub(super) fn nth(noun: &str, n: u32) -> Np {
    let mut np = Np::new(Quantity::The, Head::Noun(noun.to_owned()));
    np.attributes.push(ordinal(i64::from(n)));
    np
}
