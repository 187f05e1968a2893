//! What is said of one subject, as facts.

use super::discourse::Resolver;
use super::emission::{is_same, push_predicate};
use super::facts::{Fact, Quantity, Thing};
use super::syntax::{Head, Item, List, Mod, Np, Pred, Vp};
use super::words::PROPERTIES;

impl Resolver<'_> {
    /// What is said of a subject, all of it.
    pub(super) fn said(
        &mut self,
        subject: &Np,
        vps: &[Vp],
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let holds = subject.noun() == self.lexicon.housed.as_deref()
            || subject.noun() == self.lexicon.ordered.as_deref();
        let (mut subject, vps) = borne(subject, vps, !holds || subject.noun().is_none());
        let vps = vps.as_slice();
        // What is said of several that are spoken of is said of all.
        let group = subject.quantity == Quantity::The && subject.plural;
        let one = group || matches!(subject.quantity, Quantity::The | Quantity::All);
        let amounts: usize = vps
            .iter()
            .map(|vp| match &vp.pred {
                Pred::Have(list) => list.items.len(),
                _ => 1,
            })
            .sum();
        if !one && amounts > 1 {
            // `No box has a cup and a dish` is not said of each apart.
            let mut predicates = Vec::new();
            for vp in vps {
                match &vp.pred {
                    Pred::Have(list) if !list.or && !list.neither && !vp.denied => {
                        for np in &list.items {
                            predicates.push(format!("have {}", self.had(np)));
                        }
                    }
                    Pred::HaveAs(list, role) if !vp.denied => {
                        let np = self.as_role(list, role)?;
                        predicates.push(format!("have {}", np.thing()));
                    }
                    _ => predicates.push(vp.name()),
                }
            }
            push_predicate(out, subject.thing(), predicates, denied);
            return Some(());
        }
        for vp in vps {
            let together = match &vp.pred {
                Pred::Is(_) => true,
                Pred::Have(list) => {
                    !vp.each
                        && !subject.each
                        && (list.items.iter()).any(|np| matches!(np.quantity, Quantity::Exactly(_)))
                }
                _ => false,
            };
            let together = together || vp.denied != denied;
            subject.quantity = match group && !together {
                true => Quantity::All,
                false if group => Quantity::The,
                false => subject.quantity,
            };
            self.one_said(&subject, vp, vp.denied != denied, out)?;
            if let Pred::At(word, list) = &vp.pred
                && word == "in"
                && !vp.denied
                && subject.quantity == Quantity::The
                && subject.place().is_none()
            {
                subject.mods.push(Mod::With(word.clone(), list.clone()));
            }
        }
        Some(())
    }

    pub(super) fn had(&self, np: &Np) -> Thing {
        let mut np = np.clone();
        if np.quantity == Quantity::Bare && np.plural {
            np.quantity = Quantity::Some;
        }
        if np.quantity == Quantity::One {
            np.quantity = Quantity::Exactly("1".into());
        }
        np.thing()
    }

    /// `a blue block as its top`: a top that is a blue block.
    pub(super) fn as_role(&self, list: &List, role: &str) -> Option<Np> {
        let one = list.single()?;
        let mut np = Np::new(Quantity::Some, Head::Noun(role.to_owned()));
        np.attributes.clone_from(&one.attributes);
        let generic = one.noun().is_some_and(|n| self.lexicon.is_generic(n));
        if !generic || !one.mods.is_empty() {
            let is = Vp::new(Pred::Is(list.clone()), false);
            np.attributes.clear();
            np.mods.push(Mod::Clause(vec![is]));
        }
        Some(np)
    }

    pub(super) fn one_said(
        &mut self,
        subject: &Np,
        vp: &Vp,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        match &vp.pred {
            Pred::Have(list) => self.has(subject, list, denied, out),
            Pred::HaveAs(list, role) => {
                if subject.quantity == Quantity::The {
                    let role = self.role_of(role, subject);
                    return self.is(&role, list, denied, out);
                }
                let np = self.as_role(list, role)?;
                self.has(subject, &List::one(np), denied, out)
            }
            Pred::Exist if subject.counts() => self.there(subject, denied, out),
            Pred::Exist | Pred::Elided => None,
            Pred::At(word, list) => self.at(subject, word, list, denied, out),
            Pred::Relation(name, list) => self.relates(name, subject, list, denied, out),
            Pred::Undergo(name, list) => {
                let mut thing = subject.clone();
                let mut by = list.clone();
                let none = by.neither || by.items.iter().any(|np| np.quantity == Quantity::None);
                if denied && none {
                    return None;
                }
                if thing.quantity == Quantity::None && !denied {
                    for np in &mut by.items {
                        if np.any {
                            np.quantity = Quantity::None;
                            np.any = false;
                        }
                    }
                    thing.quantity = Quantity::Some;
                }
                let mut denied = denied;
                for np in &mut by.items {
                    if denied && np.any {
                        np.quantity = Quantity::None;
                        np.any = false;
                    }
                }
                if by.items.iter().all(|np| np.quantity == Quantity::None) {
                    denied = false;
                }
                let neither = by.neither;
                for np in &by.items {
                    for (np, more) in self.apart(np, false) {
                        self.presupposed(&np, out);
                        let object = List::one(thing.clone());
                        self.relates(name, &np, &object, (denied != neither) != more, out)?;
                    }
                }
                Some(())
            }
            Pred::Number(quantity) => self.number(subject, quantity, denied, out),
            Pred::Measure(quantities, unit) => {
                let [quantity] = quantities.as_slice() else {
                    return None;
                };
                self.predicate(subject, format!("{quantity} {unit}"), denied, out)
            }
            Pred::Are(words) => {
                // `Two of them are yellow`: there are 2 yellow ones.
                if subject.quantity != Quantity::The
                    && subject.quantity != Quantity::All
                    && subject.quantity != Quantity::NotAll
                    && !denied
                    && self.choices.choose(2) == 1
                {
                    let mut np = subject.clone();
                    np.total = None;
                    for word in words {
                        if self.lexicon.is_adjective(word) {
                            np.attributes.push(word.clone());
                        } else if np.noun().is_some_and(|n| self.lexicon.is_generic(n)) {
                            np.head = Head::Noun(word.clone());
                        } else {
                            return None;
                        }
                    }
                    np.attributes.sort();
                    return self.there(&np, false, out);
                }
                // `The tower is blue`: it has that color.
                let holds = subject.noun() == self.lexicon.housed.as_deref()
                    || subject.noun() == self.lexicon.ordered.as_deref();
                if holds
                    && subject.noun().is_some()
                    && words.iter().all(|w| self.lexicon.is_adjective(w))
                    && self.choices.choose(2) == 1
                {
                    let mut words = words.clone();
                    words.sort();
                    let said = format!("have the color {}", words.join("+"));
                    return self.predicate(subject, said, denied, out);
                }
                let words = self.kind(subject, words.clone());
                self.predicate(subject, words, denied, out)
            }
            Pred::Is(list) => self.is(subject, list, denied, out),
            Pred::More(more, np) => match more {
                true => self.more_than(subject, np, denied, out),
                false => self.more_than(np, subject, denied, out),
            },
            Pred::Other(_, items) => {
                for item in items {
                    if let Item::List(list) = item {
                        for np in &list.items {
                            self.presupposed(np, out);
                        }
                    }
                }
                let bare = Vp {
                    denied: false,
                    ..vp.clone()
                };
                self.predicate(subject, bare.name(), denied, out)
            }
        }
    }

    pub(super) fn role_of(&self, role: &str, subject: &Np) -> Np {
        let mut np = Np::new(Quantity::The, Head::Noun(role.to_owned()));
        np.mods
            .push(Mod::With("of".to_owned(), List::one(subject.known())));
        np
    }

    /// Attributes without what the subject is anyway.
    pub(super) fn kind(&self, subject: &Np, words: Vec<String>) -> String {
        let mut words: Vec<String> = words
            .into_iter()
            .filter(|w| !self.lexicon.is_generic(w))
            .collect();
        if words.len() > 1 {
            words.retain(|w| Some(&**w) != subject.noun());
        }
        words.sort();
        words.dedup();
        words.join(" ")
    }

    pub(super) fn predicate(
        &mut self,
        subject: &Np,
        said: String,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        if said.is_empty() {
            return None;
        }
        let (mut subject, mut denied) = (subject.clone(), denied);
        if subject.quantity == Quantity::The && subject.plural {
            subject.quantity = Quantity::All;
        }
        quantify(&mut subject, &mut denied)?;
        push_predicate(out, subject.thing(), vec![said], denied);
        Some(())
    }

    /// `has the same shape as the cube`.
    pub(super) fn predicate_of_same(
        &mut self,
        subject: &Np,
        np: &Np,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        self.predicate(subject, format!("have {}", np.thing()), denied, out)
    }

    pub(super) fn at(
        &mut self,
        subject: &Np,
        word: &str,
        list: &List,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let image = word == "in" && list.single().is_some_and(Np::is_image);
        // `the colors black and blue are in the first box`
        if let Some(value) = self.value(subject)
            && word == "in"
        {
            for np in &list.items {
                for (place, more) in self.apart(np, false) {
                    self.presupposed(&place, out);
                    let place = Np {
                        total: None,
                        ..place
                    };
                    self.predicate(&place, format!("have the {value}"), denied != more, out)?;
                }
            }
            return Some(());
        }
        let some = subject.quantity == Quantity::Bare && subject.plural;
        let role = word == "at"
            && list
                .single()
                .is_some_and(|np| np.noun().is_some_and(|n| self.lexicon.is_role(n)));
        if (subject.counts() || some) && !role {
            let mut np = subject.clone();
            if !image {
                np.mods.push(Mod::With(word.to_owned(), list.clone()));
            }
            self.state.counting = true;
            return self.there(&np, denied, out);
        }
        if image {
            return None;
        }
        // `A square is at the base of the tower.`
        if word == "at"
            && let Some(role) = list.single()
            && role.noun().is_some_and(|n| self.lexicon.is_role(n))
            && subject.quantity == Quantity::Some
        {
            return self.is(&role.clone(), &List::one(subject.clone()), denied, out);
        }
        for np in &list.items {
            for (place, _) in self.apart(np, false) {
                self.presupposed(&place, out);
                let said = format!("be {word} {}", place.thing());
                self.predicate(subject, said, denied != list.neither, out)?;
            }
        }
        Some(())
    }

    /// What is said in passing of an object.
    pub(super) fn in_passing(&mut self, np: &Np, out: &mut Vec<Fact>) -> Option<Np> {
        if np.asides.is_empty() && np.apposed.is_none() {
            return Some(np.clone());
        }
        let mut np = np.clone();
        let asides = std::mem::take(&mut np.asides);
        let apposed = np.apposed.take();
        // `the only blue block, the square in the second box`
        if np.only
            && asides.is_empty()
            && let Some(list) = &apposed
        {
            self.told.apposed.push((**list).clone());
            let list = self.list(list)?;
            let named = list.single()?.clone();
            self.is(&np, &List::one(named.clone()), false, out)?;
            return Some(named);
        }
        for vps in asides {
            self.told.asides.push(vps.clone());
            let mut resolved = Vec::new();
            for vp in &vps {
                resolved.push(self.vp(vp)?);
            }
            self.said(&np, &resolved, false, out)?;
        }
        if let Some(list) = apposed {
            self.told.apposed.push((*list).clone());
            let list = self.list(&list)?;
            let named = list.single()?.clone();
            self.is(&np, &List::one(named), false, out)?;
        }
        Some(np)
    }

    /// What words of an object take for granted.
    pub(super) fn presupposed(&mut self, np: &Np, out: &mut Vec<Fact>) {
        let only = Np {
            only: false,
            ..np.clone()
        };
        self.presuppose(&only, out);
    }

    pub(super) fn is(
        &mut self,
        subject: &Np,
        list: &List,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let group = subject.quantity == Quantity::The && subject.plural;
        // `A small square is the top`, `black and blue are the colors of the tower`.
        if let Some(object) = list.single()
            && object.quantity == Quantity::The
            && !denied
            && object.noun().is_some()
            && (subject.quantity == Quantity::Some || subject.quantity == Quantity::Bare)
        {
            let object = object.clone();
            self.remember(&object);
            let is = Vp::new(Pred::Is(List::one(subject.clone())), false);
            return self.said(&object, &[is], false, out);
        }
        if let Some(object) = list.single()
            && is_same(object)
        {
            return self.predicate_of_same(subject, &object.clone(), denied, out);
        }
        // `The only blue block is the square`: the square is the only blue block.
        if let Some(object) = list.single()
            && object.quantity == Quantity::The
            && object.noun().is_some()
            && !object.plural
        {
            let own = object.clone();
            if !own.only {
                self.remember(&own);
            }
            // `The second box is the only box that has one.`
            if own.only
                && own.noun().is_some()
                && own.noun() == subject.noun()
                && let [Mod::Clause(vps)] = own.mods.as_slice()
                && let Some(others) = self.others(subject)
                && !denied
            {
                self.said(subject, vps, false, out)?;
                for other in others {
                    self.said(&other, vps, true, out)?;
                }
                return Some(());
            }
            let (np, name) = match object.only {
                true => (subject, object),
                false if subject.only => (object, subject),
                false => return self.predicate(subject, object.thing().to_string(), denied, out),
            };
            let (name, _) = name.lift_place();
            let name = format!("the only {}", name.name());
            return self.predicate(&np.clone(), name, denied, out);
        }
        if group {
            let kinds = list.items.len() > 1
                || list
                    .items
                    .iter()
                    .any(|np| matches!(np.quantity, Quantity::Exactly(_)));
            if kinds {
                // `The upper 2`: how many is no fact of its own.
                let sided = subject.attributes.iter().any(|a| self.lexicon.is_side(a));
                let total = subject
                    .total
                    .as_deref()
                    .filter(|_| sided)
                    .unwrap_or_default();
                let name = Thing {
                    quantity: Quantity::Bare,
                    name: format!("the {total} several {}", subject.name()).replace("  ", " "),
                };
                let said = self.kinds(subject, list);
                push_predicate(out, name, vec![said], denied);
                return Some(());
            }
        }
        let [np] = list.items.as_slice() else {
            let said = self.kinds(subject, list);
            return self.predicate(subject, said, denied != list.neither, out);
        };
        let mut np = np.clone();
        if np.head == Head::One {
            np.head = subject.head.clone();
        }
        self.presupposed(&np, out);
        if np.counts() {
            self.remember(&np);
            for vps in std::mem::take(&mut np.asides) {
                self.told.asides.push(vps.clone());
                let mut resolved = Vec::new();
                for vp in &vps {
                    resolved.push(self.vp(vp)?);
                }
                self.said(&np.known(), &resolved, false, out)?;
            }
        }
        let plain = matches!(np.quantity, Quantity::Some | Quantity::Bare | Quantity::One)
            || np.quantity == Quantity::Exactly("1".into());
        if plain && np.mods.is_empty() && np.noun().is_some() {
            let mut words = np.attributes.clone();
            words.extend(np.noun().map(str::to_owned));
            let words = self.kind(subject, words);
            return self.predicate(subject, words, denied, out);
        }
        if np.quantity == Quantity::None {
            np.quantity = Quantity::Some;
            return self.predicate(subject, np.thing().to_string(), !denied, out);
        }
        let said = np.thing().to_string();
        self.predicate(subject, said, denied, out)
    }
}

/// `The pattern of the circle is spotted`, `the circle has a spotted pattern`: the circle is spotted. What
/// a holder has, the color blue, is also what it holds: that is left (`thing`).
fn borne(subject: &Np, vps: &[Vp], thing: bool) -> (Np, Vec<Vp>) {
    let property = |np: &Np| np.noun().is_some_and(|noun| PROPERTIES.contains(&noun));
    let bare = |np: &Np| {
        np.quantity == Quantity::Bare && np.mods.is_empty() && np.owner.is_none() && !is_same(np)
    };
    let value = |vp: &Vp| match &vp.pred {
        Pred::Are(_) => true,
        Pred::Is(list) => list.single().is_some_and(bare),
        _ => false,
    };
    let own = subject.quantity == Quantity::The
        && subject.attributes.is_empty()
        && !subject.only
        && property(subject)
        && vps.iter().all(value);
    let bearer = match (subject.mods.as_slice(), &subject.owner) {
        ([Mod::With(word, list)], None) if own && word == "of" => list.single().cloned(),
        ([], Some(owner)) if own => Some((**owner).clone()),
        _ => None,
    };
    let had = |vp: &Vp| match &vp.pred {
        Pred::Have(list) => {
            let np = list.single().filter(|np| {
                let one = thing && np.quantity == Quantity::The && np.attributes.len() == 1;
                (one || matches!(np.quantity, Quantity::Some | Quantity::Bare))
                    && property(np)
                    && !np.plural
                    && !np.attributes.is_empty()
                    && np.attributes.iter().all(|word| word != "only")
                    && np.mods.is_empty()
                    && !is_same(np)
            });
            np.map(|np| Vp {
                pred: Pred::Are(np.attributes.clone()),
                ..vp.clone()
            })
        }
        _ => None,
    };
    let vps = vps.iter().map(|vp| had(vp).unwrap_or_else(|| vp.clone()));
    (bearer.unwrap_or_else(|| subject.clone()), vps.collect())
}

/// Quantity and denial in one form; `None` where it is read in two ways.
pub(super) fn quantify(subject: &mut Np, denied: &mut bool) -> Option<()> {
    if subject.quantity == Quantity::The && subject.plural {
        subject.quantity = Quantity::All;
        if *denied {
            subject.quantity = Quantity::None;
            *denied = false;
        }
        return Some(());
    }
    if *denied && subject.quantity == Quantity::All {
        // `every cup is not red` is read in two ways.
        return None;
    }
    if *denied && subject.quantity == Quantity::Some && subject.any {
        subject.quantity = Quantity::None;
        *denied = false;
    }
    if subject.quantity == Quantity::One {
        subject.quantity = Quantity::Exactly("1".to_owned());
    }
    Some(())
}
