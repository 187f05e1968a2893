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
            Kind::More(pair, denied) => {
                let (first, second) = &**pair;
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
    pub(super) fn subject(&mut self, list: &List, front: &mut Vec<(String, List)>) -> Option<List> {
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
            let part = self.part_of(part, &group)?;
            return Some(List::one(part));
        }
        self.list(list)
    }

    /// What is counted: numbers by themselves are of what was counted before.
    pub(super) fn counted_list(&mut self, list: &List) -> Option<List> {
        let found = self.list(list)?;
        let counts = found
            .items
            .iter()
            .all(|np| np.counts() || np.quantity == Quantity::Bare && np.plural);
        counts.then_some(found)
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
