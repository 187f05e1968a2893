//! How many of what are where, as facts.

use super::discourse::Resolver;
use super::emission::{is_same, push_predicate};
use super::facts::{Fact, Quantity, Thing};
use super::syntax::{Clause, List, Mod, Np, Pred, Vp};

impl Resolver<'_> {
    pub(super) fn existential(
        &mut self,
        list: &List,
        denied: bool,
        front: &[(String, List)],
        clause: &Clause,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        if list.or || list.neither {
            return None;
        }
        let mut items = list.items.clone();
        if clause.respectively {
            zip_places(&mut items)?;
        }
        for np in &mut items {
            for (word, place) in front {
                match np.place() {
                    Some(own) if word == "in" && own == place => {}
                    // In two places.
                    Some(_) if word == "in" => return None,
                    _ => np.mods.push(Mod::With(word.clone(), place.clone())),
                }
            }
            if list.each {
                each_place(np);
            }
            self.there(np, denied, out)?;
        }
        if let Some(witnesses) = &clause.witnesses {
            let witnesses = self.list(witnesses)?;
            let [group] = items.as_slice() else {
                return None;
            };
            if denied {
                return None;
            }
            self.members_are(group, &witnesses, out)?;
        }
        self.state.vps = Vec::new();
        self.state.counting = true;
        Some(())
    }

    /// `two squares: a small one and a big one`.
    pub(super) fn members_are(
        &mut self,
        group: &Np,
        witnesses: &List,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let n = match &group.quantity {
            Quantity::Exactly(n) => n.clone(),
            _ => return None,
        };
        let mut known = group.known();
        known.plural = true;
        known.total = Some(n);
        let subject = Thing {
            quantity: Quantity::Bare,
            name: format!("the several {}", known.name()),
        };
        let predicate = vec![self.kinds(&known, witnesses)];
        push_predicate(out, subject, predicate, false);
        for np in &witnesses.items {
            self.remember(np);
        }
        Some(())
    }

    /// What the things of a list are, in fixed order.
    pub(super) fn kinds(&self, subject: &Np, list: &List) -> String {
        let mut names: Vec<String> = Vec::new();
        for np in &list.items {
            let mut np = np.clone();
            np.quantity = match np.quantity {
                Quantity::Bare | Quantity::One => Quantity::Some,
                other => other,
            };
            // The place is that of the subject.
            if np.place().is_some() && np.place() == subject.place() {
                np.mods
                    .retain(|m| !matches!(m, Mod::With(w, _) if w == "in"));
            }
            names.push(np.thing().to_string());
        }
        names.sort();
        names.join(if list.or { " or " } else { " and " })
    }

    /// `there is np`.
    pub(super) fn there(&mut self, np: &Np, denied: bool, out: &mut Vec<Fact>) -> Option<()> {
        let mut np = np.clone();
        if np.quantity == Quantity::Bare && np.plural {
            np.quantity = Quantity::Some;
        }
        if denied {
            match np.quantity {
                Quantity::Some | Quantity::One => np.quantity = Quantity::None,
                Quantity::Exactly(ref n) if n == "1" => np.quantity = Quantity::None,
                _ => return None,
            }
        }
        // `only in the second box`
        if let Some(Mod::With(_, list)) = np
            .mods
            .iter_mut()
            .find(|m| matches!(m, Mod::With(w, _) if w == "in"))
            && let [place] = list.items.as_mut_slice()
            && let Some(at) = place.attributes.iter().position(|a| a == "only")
        {
            place.attributes.remove(at);
            let place = place.clone();
            let (what, _) = np.lift_place();
            if !matches!(
                np.quantity,
                Quantity::Some | Quantity::One | Quantity::Exactly(_)
            ) {
                return None;
            }
            for other in self.others(&place)? {
                let none = Np {
                    quantity: Quantity::None,
                    ..what.clone()
                };
                self.count(&none, Some(&other), out);
            }
        }
        let what = np.clone();
        for inner in within(&what).into_iter().cloned().collect::<Vec<Np>>() {
            self.presuppose(&inner, out);
        }
        for (np, _) in self.apart(&what, false) {
            self.presuppose(&np, out);
            self.asides(&np, out)?;
            let placed = np.place().is_some();
            let said_at = np.mods.iter().position(|m| match m {
                Mod::Clause(_) => true,
                Mod::With(word, list) => {
                    word.starts_with('@') || word == "of" && list.single().is_some_and(is_same)
                }
            });
            // Counted, or said of so many, or of the one that there is.
            let one = matches!(&np.quantity, Quantity::Some | Quantity::One)
                || np.quantity == Quantity::Exactly("1".into());
            let way = match said_at {
                Some(_) => {
                    self.choices
                        .choose(1 + usize::from(placed) + usize::from(one))
                        + usize::from(!placed)
                }
                None => 0,
            };
            if let Some(at) = said_at
                && way == 2
            {
                let mut known = np.known();
                let with = known.mods.remove(at);
                let (what, place) = known.lift_place();
                let what = Np {
                    quantity: Quantity::Some,
                    ..what
                };
                self.count(&what, place.as_ref(), out);
                self.said(&known, &[said_with(with)].concat(), false, out)?;
            } else if let Some(at) = said_at
                && way == 1
            {
                let mut bare = np.clone();
                let vps = said_with(bare.mods.remove(at));
                if let Quantity::Exactly(n) = &np.quantity {
                    self.state.counts.push((np.name(), None, n.clone()));
                }
                self.said(&bare, &vps, false, out)?;
            } else {
                let (what, place) = np.lift_place();
                self.count(&what, place.as_ref(), out);
            }
            let (mut counted, _) = np.lift_place();
            counted = counted.known();
            self.state.counted = Some(counted);
            self.remember(&np);
        }
        // What was counted in several places may be spoken of as a whole.
        let one = matches!(&np.quantity, Quantity::Some | Quantity::One)
            || np.quantity == Quantity::Exactly("1".into());
        self.state.subject = Some(List::one(Np {
            plural: !one,
            ..np.known()
        }));
        Some(())
    }

    pub(super) fn count(&mut self, what: &Np, place: Option<&Np>, out: &mut Vec<Fact>) {
        let mut thing = what.thing();
        let mut place = place.map(|p| (p.thing(), p.any));
        if thing.quantity == Quantity::Bare {
            thing.quantity = Quantity::Some;
        }
        if let Some((place, any)) = &mut place
            && thing.quantity == Quantity::None
            && (*any && place.quantity == Quantity::Some || place.quantity == Quantity::All)
        {
            // No cup in any box: no box has a cup.
            place.quantity = Quantity::None;
            thing.quantity = Quantity::Some;
        }
        let place = place.map(|(place, _)| place);
        let number = match &thing.quantity {
            Quantity::Exactly(n) => Some(n.clone()),
            Quantity::None => Some("0".to_owned()),
            _ => None,
        };
        if let Some(n) = number {
            let place = place.as_ref().map(ToString::to_string);
            self.state.counts.push((thing.name.clone(), place, n));
        }
        out.push(Fact::Count {
            what: thing,
            place,
            denied: false,
            presupposed: false,
        });
    }

    /// `of the 3 boxes` says that there are 3; `the dog` that there is one.
    pub(super) fn presuppose(&mut self, np: &Np, out: &mut Vec<Fact>) {
        let inner: Vec<Np> = within(np).into_iter().cloned().collect();
        for np in std::iter::once(np).chain(&inner) {
            let (bare, place) = np.lift_place();
            if let Some(total) = &np.total {
                let other = bare.attributes.iter().any(|a| a == "other");
                let sided = bare.attributes.iter().any(|a| self.lexicon.is_side(a));
                if !other && !sided {
                    let what = Thing {
                        quantity: Quantity::Exactly(total.clone()),
                        name: bare.name(),
                    };
                    let places: Vec<Option<Np>> = match &place {
                        Some(place) => {
                            let apart = self.apart(place, false);
                            apart.into_iter().map(|(np, _)| Some(np)).collect()
                        }
                        None => vec![None],
                    };
                    for place in places {
                        let place = place.as_ref().map(Np::thing);
                        self.state.counts.push((
                            what.name.clone(),
                            place.as_ref().map(ToString::to_string),
                            total.clone(),
                        ));
                        out.push(Fact::Count {
                            what: what.clone(),
                            place,
                            denied: false,
                            presupposed: true,
                        });
                    }
                }
            }
            if np.only {
                out.push(Fact::Count {
                    what: Thing {
                        quantity: Quantity::Exactly("1".to_owned()),
                        name: bare.name(),
                    },
                    place: place.as_ref().map(Np::thing),
                    denied: false,
                    presupposed: false,
                });
            }
            if np.quantity == Quantity::The && !np.plural && np.noun().is_some() {
                let text = self.state.text;
                let name = (bare.name(), place.map(|p| p.thing().to_string()));
                self.state.definite.entry(name).or_insert(text);
            }
        }
    }
}

/// What stands behind a noun, as it is said of it.
pub(super) fn said_with(with: Mod) -> Vec<Vp> {
    match with {
        Mod::Clause(vps) => vps,
        Mod::With(word, list) if word == "of" => vec![Vp::new(Pred::Have(list), false)],
        Mod::With(name, list) => vec![Vp::new(Pred::Relation(name, list), false)],
    }
}

/// `one, three and five items in the first, second and third boxes, respectively`.
pub(super) fn zip_places(items: &mut [Np]) -> Option<()> {
    let places = items.last()?.place()?.items.clone();
    if places.len() != items.len() {
        return None;
    }
    for (np, place) in std::iter::zip(items, places) {
        np.mods
            .retain(|m| !matches!(m, Mod::With(word, _) if word == "in"));
        np.mods.push(Mod::With("in".to_owned(), List::one(place)));
    }
    Some(())
}

/// `two in the other boxes each`.
pub(super) fn each_place(np: &mut Np) {
    for with in &mut np.mods {
        if let Mod::With(word, list) = with
            && word == "in"
        {
            list.each = true;
        }
    }
}

/// The noun phrases within one.
pub(super) fn within(np: &Np) -> Vec<&Np> {
    let lists = np.mods.iter().filter_map(|m| match m {
        Mod::With(_, list) => Some(&list.items),
        Mod::Clause(_) => None,
    });
    lists
        .flatten()
        .flat_map(|np| std::iter::once(np).chain(within(np)))
        .collect()
}
