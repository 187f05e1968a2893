//! From clauses to facts: what a clause says when all that it speaks of is resolved.

use super::discourse::Resolver;
use super::facts::{Fact, Quantity, Thing};
use super::syntax::{Clause, Head, Item, Kind, List, Mod, Np, Passing, Pred, Vp};

impl Resolver<'_> {
    /// The facts of a clause; `None` if what it says cannot be told.
    pub(super) fn clause(&mut self, clause: &Clause) -> Option<Vec<Fact>> {
        let mut out = Vec::new();
        let was_counting = std::mem::take(&mut self.state.counting);
        let mut front = Vec::new();
        for (word, list) in &clause.front {
            let list = self.list(list)?;
            if word == "as-for" {
                // `Looking at the first box, there is one in it.`
                for np in &list.items {
                    self.remember(np);
                }
                self.state.subject = Some(list.clone());
                match &clause.kind {
                    Kind::There { .. } | Kind::Fragment(_) => front.push(("in".to_owned(), list)),
                    // Else it has to be what is spoken of.
                    Kind::Said {
                        subject: Some(subject),
                        ..
                    } if subject
                        .single()
                        .is_some_and(|np| matches!(np.head, Head::It | Head::They)) => {}
                    _ => return None,
                }
                continue;
            }
            if !(word == "in" && list.single().is_some_and(Np::is_image)) {
                if word == "in" {
                    self.state.front = Some(list.clone());
                }
                front.push((word.clone(), list));
            }
        }
        // `In the second box, there are two circles, and there is a square.`
        let goes_on = matches!(
            clause.kind,
            Kind::There { .. } | Kind::Fragment(_) | Kind::Said { .. }
        );
        if clause.front.is_empty()
            && goes_on
            && let Some(place) = self.state.front.clone()
            && self.choices.choose(2) == 1
        {
            front.push(("in".to_owned(), place));
        }
        match &clause.kind {
            Kind::Contrast(text) => {
                self.state.counting = was_counting;
                if !front.is_empty() {
                    return None;
                }
                out.push(Fact::Predicate {
                    subject: Thing {
                        quantity: Quantity::Bare,
                        name: "that many".to_owned(),
                    },
                    predicates: vec![text.clone()],
                    denied: false,
                });
            }
            Kind::More(first, second, denied) => {
                let first = self.list(&List::one(first.clone()))?;
                let second = self.list(&List::one(second.clone()))?;
                let mut pair = [first.single()?.clone(), second.single()?.clone()];
                for (word, list) in &front {
                    for np in &mut pair {
                        np.mods.push(Mod::With(word.clone(), list.clone()));
                    }
                }
                self.more_than(&pair[0], &pair[1], *denied, &mut out)?;
            }
            Kind::There { what, denied } => {
                let list = self.counted_list(what)?;
                self.existential(&list, *denied, &front, clause, &mut out)?;
            }
            Kind::Fragment(list) => {
                if !was_counting {
                    return None;
                }
                let list = self.counted_list(list)?;
                self.existential(&list, false, &front, clause, &mut out)?;
            }
            Kind::NotAt(word, list) => {
                let list = self.list(list)?;
                if !front.is_empty() || !was_counting || word != "in" {
                    return None;
                }
                let mut none = self.state.counted.clone()?;
                none.quantity = Quantity::None;
                none.mods.push(Mod::With(word.clone(), list));
                self.there(&none, false, &mut out)?;
                self.state.counting = true;
            }
            Kind::Said {
                subject: Some(left),
                vps,
            } if left.single().is_some_and(Np::is_bare_number)
                && matches!(vps.as_slice(), [vp] if matches!(vp.pred, Pred::Number(_)))
                && !front.iter().any(|(word, _)| word == "of") =>
            {
                let [vp] = vps.as_slice() else {
                    return None;
                };
                let (Some(left), Pred::Number(right)) = (left.single(), &vp.pred) else {
                    return None;
                };
                self.numbers(&left.quantity, right, vp.denied, &mut out)?;
            }
            // `One touches the wall, and it is the triangle.`
            Kind::Said {
                subject: Some(left),
                vps,
            } if left
                .single()
                .is_some_and(|np| matches!(np.head, Head::It | Head::They))
                && matches!(vps.as_slice(), [vp] if !vp.denied && matches!(&vp.pred, Pred::Is(list)
                    if list.items.iter().all(|np| np.quantity == Quantity::The)))
                && self
                    .state
                    .subject
                    .as_ref()
                    .and_then(List::single)
                    .is_some_and(|np| {
                        matches!(np.quantity, Quantity::Exactly(_) | Quantity::Some)
                    }) =>
            {
                let [
                    Vp {
                        pred: Pred::Is(list),
                        ..
                    },
                ] = vps.as_slice()
                else {
                    return None;
                };
                let group = self.state.subject.as_ref()?.single()?.clone();
                let list = self.list(list)?;
                if group.quantity != Quantity::Exactly(list.items.len().to_string()) {
                    return None;
                }
                let said = self.state.vps.clone();
                self.witnesses(&group, &list, &said, &mut out)?;
            }
            Kind::Said { subject, vps } => {
                let subject = match subject {
                    Some(list) => self.subject(list, &mut front)?,
                    None => {
                        let before = self.state.subject.clone()?;
                        let known = |np: &Np| {
                            matches!(np.quantity, Quantity::The | Quantity::All)
                                && np.asides.is_empty()
                        };
                        if !before.items.iter().all(known) {
                            return None;
                        }
                        before
                    }
                };
                self.predication(subject, vps, &front, clause, &mut out)?;
            }
            Kind::Gap(subject, object) => {
                let subject = self.subject(subject, &mut front)?;
                let Item::List(list) = &**object else {
                    return None;
                };
                // `Black square: one in the second box.`
                if let Some(topic) = subject.single()
                    && topic.mods.is_empty()
                    && topic.has_ordinal().is_none()
                    && list.amounts()
                    && list.items.iter().all(|np| np.place().is_some())
                {
                    self.state.counted = Some(topic.known());
                    let list = self.counted_list(list)?;
                    self.existential(&list, false, &front, clause, &mut out)?;
                    return Some(out);
                }
                let vps = match self.state.vps.last() {
                    Some(last) => vec![gapped(last, list)?],
                    None if list.amounts() => vec![Vp::new(Pred::Have(list.clone()), false)],
                    None => return None,
                };
                self.predication(subject, &vps, &front, clause, &mut out)?;
            }
            Kind::Also { subject, denied } => {
                let subject = self.subject(subject, &mut front)?;
                let vps = self.state.vps.clone();
                if vps.is_empty() || vps.iter().any(|vp| vp.denied) && !denied {
                    return None;
                }
                let before = self.state.subject.clone();
                // `The third is not red; neither is the first.`
                let none = before.is_some_and(|list| {
                    list.neither || list.items.iter().any(|np| np.quantity == Quantity::None)
                });
                if *denied && !none && !vps.iter().all(|vp| vp.denied) {
                    return None;
                }
                let vps: Vec<Vp> = vps
                    .into_iter()
                    .map(|vp| Vp {
                        denied: *denied,
                        ..vp
                    })
                    .collect();
                self.predication(subject, &vps, &front, clause, &mut out)?;
            }
        }
        // What is said in passing may be told, and may not be lost.
        let passing = Passing::of(clause);
        let told = passing
            .asides
            .iter()
            .all(|vps| self.told.asides.contains(vps))
            && passing
                .apposed
                .iter()
                .all(|list| self.told.apposed.contains(list));
        told.then_some(out)
    }

    /// The subject; `of the 3 boxes, one` and `for the left man, the answer` are put together.
    fn subject(&mut self, list: &List, front: &mut Vec<(String, List)>) -> Option<List> {
        // It, in another place than that which was spoken of.
        if let [np] = list.items.as_slice()
            && np.head == Head::It
            && let [(word, place)] = front.as_slice()
            && let Some(before) = self.state.subject.as_ref().and_then(List::single).cloned()
            && before
                .mods
                .iter()
                .any(|m| matches!(m, Mod::With(w, l) if w == word && l != place))
        {
            let mut moved = before;
            for with in &mut moved.mods {
                if let Mod::With(w, l) = with
                    && w == word
                {
                    *l = place.clone();
                }
            }
            front.clear();
            return Some(List::one(moved));
        }
        let partitive = front.iter().position(|(word, group)| {
            word == "of" && (group.single().is_some_and(|g| g.plural) || group.items.len() > 1)
        });
        if let Some(at) = partitive
            && let [np] = list.items.as_slice()
            && matches!(np.head, Head::Gone | Head::One)
            && front[at].1.items.len() == 1
        {
            let (_, group) = front.remove(at);
            let group = group.single()?.clone();
            let mut part = np.clone();
            if !part.mods.is_empty() {
                return None;
            }
            part.attributes.retain(|a| !a.is_empty());
            let part = self.part_of(part, &group);
            return Some(List::one(part));
        }
        self.list(list)
    }

    /// What is counted: numbers by themselves are of what was counted before.
    fn counted_list(&mut self, list: &List) -> Option<List> {
        let found = self.list(list)?;
        let counts = found
            .items
            .iter()
            .all(|np| np.counts() || np.quantity == Quantity::Bare && np.plural);
        counts.then_some(found)
    }

    fn existential(
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
    fn members_are(&mut self, group: &Np, witnesses: &List, out: &mut Vec<Fact>) -> Option<()> {
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

    fn count(&mut self, what: &Np, place: Option<&Np>, out: &mut Vec<Fact>) {
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

    /// What is said in passing, and of what: `, which is in the first box,`.
    pub(super) fn asides(&mut self, np: &Np, out: &mut Vec<Fact>) -> Option<Np> {
        let mut np = np.clone();
        for vps in std::mem::take(&mut np.asides) {
            if let [vp] = vps.as_slice()
                && let Pred::Other(of, items) = &vp.pred
                && of == "of"
                && let [Item::List(group)] = items.as_slice()
            {
                for group in &group.items {
                    self.presuppose(group, out);
                }
                continue;
            }
            self.told.asides.push(vps.clone());
            // `the small triangle, which is yellow`
            if let [
                Vp {
                    pred: Pred::Are(words),
                    denied: false,
                    ..
                },
            ] = vps.as_slice()
                && np.quantity == Quantity::The
                && words.iter().all(|w| self.lexicon.is_adjective(w))
                && self.choices.choose(2) == 1
            {
                np.attributes.extend(words.iter().cloned());
                np.attributes.sort();
                continue;
            }
            let mut resolved = Vec::new();
            for vp in &vps {
                resolved.push(self.vp(vp)?);
            }
            let only = std::mem::take(&mut np.only);
            let mut bare = Np {
                apposed: None,
                asides: Vec::new(),
                ..np.clone()
            };
            if bare.counts() {
                let one = !matches!(&bare.quantity, Quantity::Exactly(n) if n != "1");
                bare = bare.known();
                bare.plural = !one;
            }
            np.only = only;
            self.said(&bare, &resolved, false, out)?;
            for vp in resolved {
                if let Pred::At(word, list) = vp.pred
                    && !vp.denied
                {
                    if np.only {
                        // The only one there is, and there it is.
                        np.only = false;
                        self.presuppose(
                            &Np {
                                only: true,
                                ..np.clone()
                            },
                            out,
                        );
                    }
                    np.mods.push(Mod::With(word, list));
                }
            }
        }
        if np.quantity == Quantity::The
            && let Some(list) = np.apposed.take()
        {
            self.told.apposed.push((*list).clone());
            let list = self.list(&list)?;
            let one = list.single()?.clone();
            let said = Pred::Is(List::one(one));
            let bare = Np {
                only: false,
                ..np.clone()
            };
            self.said(&bare, &[Vp::new(said, false)], false, out)?;
        }
        Some(np)
    }

    fn predication(
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
    fn turned(&mut self, list: &List, vp: &Vp) -> Option<Option<(List, Vp)>> {
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

    fn remember_ordered(&mut self, list: &List) {
        if let Some(np) = list.items.iter().find(|np| np.has_ordinal().is_some()) {
            self.state.ordered = Some(np.known());
        }
    }

    /// What was said of some of a group is said of these.
    fn witnesses(
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

    /// `There are more cups than dishes`: so their numbers compare.
    pub(super) fn more_than(
        &mut self,
        first: &Np,
        second: &Np,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let (first, second) = (self.number_of(first)?, self.number_of(second)?);
        let (a, b) = (first.parse::<f64>().ok()?, second.parse::<f64>().ok()?);
        if (a <= b) != denied {
            return None;
        }
        if denied {
            out.push(Fact::Numbers {
                left: first,
                relation: "≤",
                right: second,
            });
            return Some(());
        }
        out.push(Fact::Numbers {
            left: second,
            relation: "<",
            right: first,
        });
        Some(())
    }

    /// How many of these were counted.
    pub(super) fn number_of(&self, np: &Np) -> Option<String> {
        let (bare, place) = np.lift_place();
        let (name, place) = (bare.name(), place.map(|p| p.thing().to_string()));
        let mut found = self
            .state
            .counts
            .iter()
            .chain(self.evidence)
            .filter(|(n, p, _)| *n == name && (place.is_none() || *p == place))
            .map(|(_, _, number)| number.clone());
        let number = found.next()?;
        found.all(|other| other == number).then_some(number)
    }
}

/// What stands behind a noun, as it is said of it.
fn said_with(with: Mod) -> Vec<Vp> {
    match with {
        Mod::Clause(vps) => vps,
        Mod::With(word, list) if word == "of" => vec![Vp::new(Pred::Have(list), false)],
        Mod::With(name, list) => vec![Vp::new(Pred::Relation(name, list), false)],
    }
}

/// `The second three`, after `The first has two squares`.
fn gapped(last: &Vp, list: &List) -> Option<Vp> {
    let pred = match &last.pred {
        Pred::Have(_) if list.amounts() => Pred::Have(list.clone()),
        Pred::Measure(_, unit) => {
            let one = list.single()?;
            let same = one.is_bare_number() || one.noun().is_some_and(|n| unit.starts_with(n));
            match &one.quantity {
                Quantity::Exactly(_) if same => {
                    Pred::Measure(vec![one.quantity.clone()], unit.clone())
                }
                Quantity::One if same => {
                    Pred::Measure(vec![Quantity::Exactly("1".into())], unit.clone())
                }
                _ => return None,
            }
        }
        Pred::Is(_) | Pred::Are(_) => match list.single() {
            Some(np) if np.quantity == Quantity::Bare => {
                let mut words = np.attributes.clone();
                words.extend(np.noun().map(str::to_owned));
                words.sort();
                Pred::Are(words)
            }
            _ => Pred::Is(list.clone()),
        },
        _ => return None,
    };
    Some(Vp {
        pred,
        denied: false,
        ..last.clone()
    })
}

/// What is said of the subject at this place of several.
fn nth_of(vp: Vp, at: usize, number: usize, respectively: bool) -> Option<Vp> {
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

/// `one, three and five items in the first, second and third boxes, respectively`.
fn zip_places(items: &mut [Np]) -> Option<()> {
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
fn each_place(np: &mut Np) {
    for with in &mut np.mods {
        if let Mod::With(word, list) = with
            && word == "in"
        {
            list.each = true;
        }
    }
}

pub(super) fn is_same(np: &Np) -> bool {
    np.attributes.iter().any(|a| a == "same")
}

pub(super) fn push_predicate(
    out: &mut Vec<Fact>,
    subject: Thing,
    mut predicates: Vec<String>,
    denied: bool,
) {
    predicates.sort();
    predicates.dedup();
    out.push(Fact::Predicate {
        subject,
        predicates,
        denied,
    });
}

/// The noun phrases within one.
fn within(np: &Np) -> Vec<&Np> {
    let lists = np.mods.iter().filter_map(|m| match m {
        Mod::With(_, list) => Some(&list.items),
        Mod::Clause(_) => None,
    });
    lists
        .flatten()
        .flat_map(|np| std::iter::once(np).chain(within(np)))
        .collect()
}
