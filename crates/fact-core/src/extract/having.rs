//! What something has, as facts.

use super::discourse::Resolver;
use super::emission::is_same;
use super::facts::{Fact, Quantity};
use super::syntax::{List, Mod, Np};

impl Resolver<'_> {
    pub(super) fn has(
        &mut self,
        subject: &Np,
        list: &List,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let denied = denied != list.neither;
        if list.or && !denied && list.items.len() > 1 {
            return self.predicate(subject, format!("have {}", list.name()), false, out);
        }
        // `has black and yellow`: colors.
        let colors: Option<Vec<String>> = list
            .items
            .iter()
            .map(|np| {
                np.noun()
                    .filter(|n| {
                        np.quantity == Quantity::Bare
                            && self.lexicon.is_adjective(n)
                            && np.attributes.is_empty()
                            && np.mods.is_empty()
                    })
                    .map(str::to_owned)
            })
            .collect();
        if let Some(mut colors) = colors {
            if list.or {
                return None;
            }
            colors.sort();
            let said = format!("have the color {}", colors.join("+"));
            return self.predicate(subject, said, denied, out);
        }
        let image = subject.is_image();
        for np in &list.items {
            let mut np = np.clone();
            if let Some(value) = self.value(&np) {
                self.predicate(subject, format!("have the {value}"), denied, out)?;
                continue;
            }
            if is_same(&np) {
                self.predicate_of_same(subject, &np, denied, out)?;
                continue;
            }
            if np.quantity == Quantity::Bare && np.plural {
                np.quantity = Quantity::Some;
            }
            if denied && np.any {
                np.any = false;
            }
            let role = np
                .noun()
                .filter(|n| self.lexicon.is_role(n))
                .map(str::to_owned);
            if let Some(role) = role
                && subject.quantity == Quantity::The
                && !subject.plural
                && matches!(np.quantity, Quantity::Some | Quantity::The)
                && !denied
            {
                let role = self.role_of(&role, subject);
                if np.mods.is_empty() && !np.attributes.is_empty() {
                    let words = self.kind(&role, np.attributes.clone());
                    self.predicate(&role, words, false, out)?;
                    continue;
                }
                if let [Mod::Clause(vps)] = np.mods.as_slice()
                    && np.attributes.is_empty()
                {
                    self.said(&role, &vps.clone(), false, out)?;
                    continue;
                }
                if let Some(at) = np.mods.iter().position(
                    |m| matches!(m, Mod::With(w, list) if w == "at" && list.items.len() == 1),
                ) && let Mod::With(_, list) = np.mods.remove(at)
                {
                    self.at(&role, "at", &list, false, out)?;
                    continue;
                }
            }
            if np.quantity == Quantity::The {
                let mut object = np.clone();
                object.only = false;
                // `The triangle has the square lying on it.`
                let own = List::one(subject.known());
                if let Some(at) = object.mods.iter().position(
                    |m| matches!(m, Mod::With(w, list) if w.starts_with('@') && *list == own),
                ) && let Mod::With(name, list) = object.mods.remove(at)
                {
                    self.relates(&name, &object, &list, denied, out)?;
                    continue;
                }
                self.relates("have", subject, &List::one(object), denied, out)?;
                continue;
            }
            if !np.counts() {
                return None;
            }
            // `The third box holds a tower that is 4 blocks tall.`
            if np.noun() == self.lexicon.housed.as_deref()
                && subject.noun() == self.lexicon.ordered.as_deref()
                && subject.quantity == Quantity::The
                && !denied
                && let [Mod::Clause(vps)] = np.mods.as_slice()
            {
                let mut housed = Np::new(Quantity::The, np.head.clone());
                housed
                    .mods
                    .push(Mod::With("in".into(), List::one(subject.known())));
                self.said(&housed, &vps.clone(), false, out)?;
                self.remember(&housed);
                continue;
            }
            // `The first box has a triangle to the left of a square.`
            if let [Mod::With(relation, to)] = np.mods.as_slice()
                && relation.starts_with('@')
                && !denied
                && subject.quantity == Quantity::The
                && np.quantity == Quantity::Some
                && to.single().is_some_and(|np| np.quantity == Quantity::Some)
                && self.choices.choose(2) == 1
            {
                let (relation, to) = (relation.clone(), to.clone());
                let place = Mod::With("in".to_owned(), List::one(subject.known()));
                let mut one = np.known();
                one.mods = vec![place.clone()];
                let mut other = to.single()?.known();
                other.mods.push(place);
                self.relates(&relation, &one, &List::one(other), false, out)?;
                continue;
            }
            if let Some(place) = np.place()
                && place.single().is_some_and(|p| p.known() == subject.known())
            {
                np = np.lift_place().0;
            }
            if image {
                self.there(&np, denied, out)?;
                continue;
            }
            let mut place = subject.known();
            place.plural = subject.plural;
            place.quantity = subject.quantity.clone();
            place.any = subject.any;
            if place.plural && place.quantity == Quantity::The {
                place.total.clone_from(&subject.total);
            }
            let mut what = np.clone();
            let mut not = denied;
            if not
                && (matches!(what.quantity, Quantity::Some | Quantity::One)
                    || what.quantity == Quantity::Exactly("1".into())
                        && subject.quantity != Quantity::None)
            {
                what.quantity = Quantity::None;
                not = false;
            }
            if !what.asides.is_empty() {
                let mut whole = what.clone();
                whole
                    .mods
                    .push(Mod::With("in".to_owned(), List::one(subject.known())));
                self.asides(&whole, out)?;
                what.asides.clear();
            }
            let apart = self.apart(&what, false);
            for (what, _) in apart {
                self.presupposed(&what, out);
                self.counted(&what, &place, not, out)?;
            }
            self.state.counted = Some(np.lift_place().0.known());
            let mut there = np.clone();
            there
                .mods
                .push(Mod::With("in".to_owned(), List::one(place.clone())));
            if place.quantity == Quantity::The && !denied {
                self.remember(&there);
            }
        }
        self.state.counting = true;
        Some(())
    }

    /// `what` is counted in `place`.
    pub(super) fn counted(
        &mut self,
        what: &Np,
        place: &Np,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let mut place = place.thing();
        let mut thing = what.thing();
        let none = place.quantity == Quantity::None;
        if none && thing.quantity == Quantity::None {
            // No box has no cup.
            return None;
        }
        if thing.quantity == Quantity::None && place.quantity == Quantity::All {
            place.quantity = Quantity::None;
            thing.quantity = Quantity::Some;
        } else if place.quantity == Quantity::All && denied {
            return None;
        }
        let number = match &thing.quantity {
            Quantity::Exactly(n) => Some(n.clone()),
            Quantity::None => Some("0".to_owned()),
            _ => None,
        };
        if let Some(n) = number.filter(|_| !denied) {
            let place = Some(place.to_string());
            self.state.counts.push((thing.name.clone(), place, n));
        }
        out.push(Fact::Count {
            what: thing,
            place: Some(place),
            denied,
            presupposed: false,
        });
        Some(())
    }

    /// `the colors black and yellow`, as a value.
    pub(super) fn value(&self, np: &Np) -> Option<String> {
        let noun = np.noun().filter(|n| self.lexicon.is_value_noun(n))?;
        let named = np.quantity == Quantity::The || np.quantity == Quantity::Bare;
        if !named || is_same(np) || np.attributes.is_empty() || !np.mods.is_empty() {
            return None;
        }
        let (only, values): (Vec<&String>, Vec<&String>) =
            np.attributes.iter().partition(|a| *a == "only");
        let only = if only.is_empty() { "" } else { "only " };
        let values: Vec<&str> = values.into_iter().map(String::as_str).collect();
        Some(
            format!("{only}{noun} {}", values.join("+"))
                .replacen("only ", "only the ", 1)
                .trim_start_matches("the ")
                .to_owned(),
        )
    }
}
