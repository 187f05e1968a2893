//! Subjects and what is said of them: each by itself, or together.

use super::discourse::Resolver;
use super::facts::{Fact, Quantity};
use super::syntax::{Clause, Head, List, Mod, Np, Pred, Vp};

impl Resolver<'_> {
    pub(super) fn predication(
        &mut self,
        list: List,
        vps: &[Vp],
        front: &[(String, List)],
        clause: &Clause,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let mut list = list;
        if list.or {
            return None;
        }
        if let [vp] = vps
            && let Some(turned) = self.turned(&list, vp)
        {
            let (subject, vp) = turned?;
            self.predication(subject, &[vp], front, clause, out)?;
            if list.single().is_some_and(|np| np.noun() == Some("color")) {
                // `Those of the second box` are colors.
                self.state.subject = Some(list);
            }
            return Some(());
        }
        // A number by itself is compared.
        if let Some(np) = list.single()
            && np.is_bare_number()
        {
            return None;
        }
        let mut among: Option<String> = None;
        for (word, place) in front {
            if word == "of" {
                let mut names: Vec<String> = Vec::new();
                for np in &place.items {
                    let mut np = np.clone();
                    if let (Quantity::Exactly(n), None) = (&np.quantity, &np.total) {
                        np.total = Some(n.clone());
                    }
                    self.presuppose(&np, out);
                    names.push(np.known().name());
                }
                names.sort();
                among = Some(format!("among {}", names.join(" and ")));
                continue;
            }
            for np in &mut list.items {
                // `In the first box, the top of the tower`
                if word == "in"
                    && let Some(at) = np.mods.iter().position(|m| {
                        matches!(m, Mod::With(of, list) if of == "of"
                            && list.single().is_some_and(|np| np.noun().is_some() && np.place().is_none()))
                    })
                    && self.choices.choose(2) == 0
                    && let Mod::With(_, inner) = &mut np.mods[at]
                {
                    for np in &mut inner.items {
                        np.mods.push(Mod::With(word.clone(), place.clone()));
                    }
                    continue;
                }
                let own = np
                    .mods
                    .iter()
                    .any(|m| matches!(m, Mod::With(w, _) if w == word));
                let with = Mod::With(word.clone(), place.clone());
                if own && !np.mods.contains(&with) {
                    // In two places.
                    return None;
                }
                if !own {
                    np.mods.push(with);
                }
            }
        }
        let mut subjects: Vec<(Np, bool)> = Vec::new();
        // `Only the second box has one`: the others have none.
        if let [np] = list.items.as_mut_slice()
            && let Some(at) = np.attributes.iter().position(|a| a == "only")
            && let Some(others) = self.others(np)
        {
            np.attributes.remove(at);
            subjects.extend(others.into_iter().map(|np| (np, true)));
        }
        // What is said of several together is not said of each.
        let collective = vps.iter().any(|vp| match &vp.pred {
            Pred::Have(list) if !vp.denied => list.items.iter().any(|np| {
                matches!(
                    np.quantity,
                    Quantity::Exactly(_) | Quantity::AtLeast(_) | Quantity::AtMost(_)
                ) && !list.each
                    && !vp.each
                    && np.noun() != Some("color")
            }),
            _ => false,
        }) && !clause.respectively;
        for np in &list.items {
            if np.quantity == Quantity::Bare
                && !np.plural
                && np.noun().is_none_or(|n| self.lexicon.is_adjective(n))
            {
                subjects.push((np.clone(), false));
                continue;
            }
            let before = out.len();
            let named = np.only
                && matches!(vps, [vp] if matches!(&vp.pred, Pred::Is(list)
                    if list.single().is_some_and(|np| np.quantity == Quantity::The)));
            if named {
                subjects.push((np.clone(), false));
                continue;
            }
            self.presuppose(np, out);
            let witnesses = np.apposed.clone().filter(|_| np.quantity != Quantity::The);
            let plain = Np {
                apposed: np.apposed.clone().filter(|_| np.quantity == Quantity::The),
                ..np.clone()
            };
            if !plain.asides.is_empty() && plain.only {
                out.truncate(before);
            }
            let plain = self.asides(&plain, out)?;
            let plain = Np {
                only: false,
                ..plain
            };
            if let Some(witnesses) = witnesses {
                self.told.apposed.push((*witnesses).clone());
                let witnesses = self.list(&witnesses)?;
                self.witnesses(&plain, &witnesses, vps, out)?;
            }
            // Of none it is said together.
            let joint = vps.len() > 1
                || matches!(vps, [vp] if matches!(&vp.pred, Pred::Have(list) if list.items.len() > 1));
            match joint && plain.quantity == Quantity::None {
                true => subjects.push((plain, false)),
                false => subjects.extend(self.apart(&plain, collective)),
            }
        }
        self.remember_ordered(&list);
        // What was said before stands for what is left out.
        let mut resolved: Vec<Vp> = Vec::new();
        for vp in vps {
            if let Pred::Elided = vp.pred {
                if self.state.vps.is_empty() {
                    return None;
                }
                for before in self.state.vps.clone() {
                    resolved.push(Vp {
                        denied: vp.denied,
                        ..before
                    });
                }
                continue;
            }
            resolved.push(vp.clone());
        }
        for (subject, _) in &subjects {
            self.remember(subject);
        }
        let number = subjects.len();
        for (at, (subject, denied)) in subjects.iter().enumerate() {
            let mut own = Vec::new();
            for vp in &resolved {
                let before = self.state.subject.take();
                // `its top`: of this subject.
                self.state.subject = Some(List::one(subject.clone()));
                let found = self.vp(vp);
                self.state.subject = before;
                own.push(nth_of(found?, at, number, clause.respectively)?);
            }
            let mut subject = subject.clone();
            for vp in &mut own {
                if let Some((word, mut place)) = vp.place.take() {
                    if clause.respectively && place.items.len() == number {
                        place = List::one(place.items.swap_remove(at));
                        let known = Mod::With(word.clone(), place.clone());
                        if subject.mods.contains(&known) {
                            continue;
                        }
                    }
                    let same = subject
                        .mods
                        .iter()
                        .any(|m| matches!(m, Mod::With(w, _) if *w == word));
                    if same || place.single().is_some_and(Np::is_image) && word == "in" {
                        if !place.single().is_some_and(Np::is_image) {
                            return None;
                        }
                        continue;
                    }
                    subject.mods.push(Mod::With(word, place));
                }
            }
            let from = out.len();
            for (subject, more) in self.apart(&subject, collective) {
                self.said(&subject, &own, (*denied != more) != list.neither, out)?;
            }
            if let Some(among) = &among {
                for fact in &mut out[from..] {
                    match fact {
                        Fact::Relation { relation, .. } => relation.push_str(&format!(" {among}")),
                        Fact::Predicate { predicates, .. } => predicates.push(among.clone()),
                        _ => {}
                    }
                }
            }
            if let Some(witnesses) = &clause.witnesses
                && at == 0
            {
                let witnesses = self.list(witnesses)?;
                // `The second box holds two squares: a small one and a big one.`
                if let Some(Pred::Have(list)) = own.last().map(|vp| &vp.pred)
                    && let Some(group) = list.single()
                    && witnesses.items.iter().all(Np::counts)
                {
                    let mut group = group.clone();
                    if !subject.is_image() {
                        let place = List::one(subject.known());
                        group.mods.push(Mod::With("in".to_owned(), place));
                    }
                    self.members_are(&group, &witnesses, out)?;
                } else {
                    self.witnesses(&subject, &witnesses, &resolved, out)?;
                }
            }
        }
        let mut after: Vec<Np> = subjects.into_iter().map(|(np, _)| np).collect();
        for np in &mut after {
            for vp in &resolved {
                if let Pred::At(word, place) = &vp.pred
                    && !vp.denied
                    && word == "in"
                    && np.quantity == Quantity::The
                    && np.place().is_none()
                {
                    let place = self.list(place)?;
                    np.mods.push(Mod::With(word.clone(), place));
                    let np = np.clone();
                    self.remember(&np);
                }
            }
        }
        list.items = after;
        if list.items.is_empty() {
            return None;
        }
        self.state.subject = Some(list);
        self.state.vps = resolved;
        Some(())
    }

    /// `Black and blue are the colors of the tower`, `a small one and a big one are the 2 squares`: said
    /// of what stands last. `None` if it is not so; within it, if it cannot be read.
    pub(super) fn turned(&mut self, list: &List, vp: &Vp) -> Option<Option<(List, Vp)>> {
        if vp.denied {
            return None;
        }
        // `The colors of the box are black and blue.`
        if let Some(np) = list.single()
            && np.noun() == Some("color")
            && np.quantity == Quantity::The
            && np.attributes.is_empty()
            && let [Mod::With(of, owner)] = np.mods.as_slice()
            && (of == "of" || of == "in")
        {
            let values: Vec<String> = match &vp.pred {
                Pred::Are(words) => words.clone(),
                Pred::Is(list) => list
                    .items
                    .iter()
                    .filter_map(|np| np.noun().map(str::to_owned))
                    .collect(),
                _ => return None,
            };
            let plain = values.iter().all(|v| self.lexicon.is_adjective(v));
            let mut has = Np::new(Quantity::The, Head::Noun("color".to_owned()));
            has.attributes = values;
            has.attributes.sort();
            let vp = Vp::new(Pred::Have(List::one(has)), false);
            return plain.then(|| Some((owner.clone(), vp)));
        }
        let Pred::Is(object) = &vp.pred else {
            return None;
        };
        let object = object.single()?;
        if object.quantity != Quantity::The || object.noun().is_none() {
            return None;
        }
        let bare = |np: &Np| np.quantity == Quantity::Bare || np.quantity == Quantity::Some;
        if !list.items.iter().all(bare) || list.items.len() < 2 {
            return None;
        }
        let found = self.list(&List::one(object.clone()));
        let subject = Vp::new(Pred::Is(list.clone()), false);
        Some(found.map(|object| (object, subject)))
    }

    pub(super) fn remember_ordered(&mut self, list: &List) {
        if let Some(np) = list.items.iter().find(|np| np.has_ordinal().is_some()) {
            self.state.ordered = Some(np.known());
        }
    }

    /// What was said of some of a group is said of these.
    pub(super) fn witnesses(
        &mut self,
        group: &Np,
        list: &List,
        vps: &[Vp],
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        if list.or || list.neither {
            return None;
        }
        if vps.iter().any(|vp| vp.denied) || group.quantity == Quantity::None {
            return None;
        }
        let mut resolved = Vec::new();
        for vp in vps {
            resolved.push(self.vp(vp)?);
        }
        for np in &list.items {
            if np.quantity != Quantity::The {
                return None;
            }
            let mut np = np.clone();
            if np.place().is_none()
                && let Some(place) = group.place()
            {
                np.mods.push(Mod::With("in".to_owned(), place.clone()));
            }
            for (np, _) in self.apart(&np, false) {
                self.presuppose(&np, out);
                self.said(&np, &resolved, false, out)?;
                self.remember(&np);
            }
        }
        Some(())
    }
}

/// What is said of the subject at this place of several.
pub(super) fn nth_of(vp: Vp, at: usize, number: usize, respectively: bool) -> Option<Vp> {
    let pred = match vp.pred {
        Pred::Measure(quantities, unit) if quantities.len() > 1 => {
            if quantities.len() != number {
                return None;
            }
            Pred::Measure(vec![quantities.get(at)?.clone()], unit)
        }
        Pred::Have(list) if respectively && list.items.len() > 1 => {
            if list.items.len() != number {
                return None;
            }
            Pred::Have(List::one(list.items.get(at)?.clone()))
        }
        Pred::Is(list) if respectively && list.items.len() > 1 => {
            if list.items.len() != number {
                return None;
            }
            Pred::Is(List::one(list.items.get(at)?.clone()))
        }
        Pred::Are(_) if respectively && number > 1 => return None,
        other => other,
    };
    Some(Vp { pred, ..vp })
}
