//! From clauses to facts.

use super::clause::{Clause, Said, VerbPhrase};
use super::facts::{Fact, Quantity, Thing};
use super::lexicon::Lexicon;
use super::phrase::{Behind, Np, NpList};
use super::quantity::{ABOVE, BELOW};
use super::reading::State;

/// The facts of a clause.
pub(super) fn emit(lexicon: &Lexicon, clause: Clause, state: &mut State) -> Option<Vec<Fact>> {
    let mut out = Vec::new();
    let mut emitter = Emitter {
        lexicon,
        state,
        out: &mut out,
    };
    emitter.clause(clause)?;
    Some(out)
}

struct Emitter<'a> {
    lexicon: &'a Lexicon,
    state: &'a mut State,
    out: &'a mut Vec<Fact>,
}

impl Emitter<'_> {
    fn clause(&mut self, clause: Clause) -> Option<()> {
        self.state.counting = false;
        if let Some(second) = &clause.more_than {
            return self.more_than(&clause.subject.items[0], second);
        }
        if clause.existential {
            return self.existential(clause);
        }
        self.predication(clause)
    }

    /// Fills in of what this is said: `Neither touches the other`.
    fn subject(&self, np: &Np) -> Option<Np> {
        match &self.state.context.several {
            Some(several) if np.words.is_empty() => Some(Np {
                words: several.words.clone(),
                behind: several.behind.clone(),
                ..np.clone()
            }),
            _ => self.filled(np),
        }
    }

    /// Fills in what was named before: `2 in the third box`.
    fn filled(&self, np: &Np) -> Option<Np> {
        let mut np = np.clone();
        if np.words.is_empty() {
            np.words.clone_from(self.state.context.counted.as_ref()?);
        }
        Some(np)
    }

    fn existential(&mut self, clause: Clause) -> Option<()> {
        if !clause.said.is_empty() || clause.subject.neither || clause.subject.or {
            return None;
        }
        let mut items: Vec<Np> = Vec::new();
        for np in &clause.subject.items {
            let np = match items.last() {
                Some(last) if np.words.is_empty() => Np {
                    words: last.words.clone(),
                    ..np.clone()
                },
                _ => self.filled(np)?,
            };
            // `There is the dog` says nothing that is counted.
            if matches!(
                np.quantity,
                Quantity::The | Quantity::All | Quantity::NotAll
            ) {
                return None;
            }
            items.push(np);
        }
        // `2 squares and 1 circle in the third box`: both are there.
        let mut shared: Option<Behind> = None;
        for np in items.iter_mut().rev() {
            match (np.behind.last(), &shared) {
                (Some(last @ Behind::With(word, _)), _) if word == "in" => {
                    shared = Some(last.clone())
                }
                (None, Some(place)) => np.behind.push(place.clone()),
                _ => {}
            }
        }
        for np in items {
            if let Some(place) = &clause.place {
                let mut np = np;
                let image =
                    place.items.len() == 1 && place.items[0].thing().to_string() == "the image";
                if !image {
                    np.behind.push(Behind::With("in".to_owned(), place.clone()));
                }
                self.there(&np, clause.denied)?;
            } else {
                self.there(&np, clause.denied)?;
            }
        }
        for witness in &clause.witnesses {
            self.there(&self.filled(witness)?, clause.denied)?;
        }
        self.state.counting = true;
        Some(())
    }

    /// `there is np`.
    fn there(&mut self, np: &Np, denied: bool) -> Option<()> {
        for np in np.apart() {
            self.presuppose(&np);
            // `there is no square that touches the wall`: no square touches the wall.
            let said_at = np.behind.iter().position(says);
            if let Some(at) = said_at {
                let mut bare = np.clone();
                if denied && bare.quantity == Quantity::Some {
                    bare.quantity = Quantity::None;
                } else if denied {
                    return None;
                }
                let said = match bare.behind.remove(at) {
                    Behind::Clause(said) => *said,
                    Behind::With(name, list) if name == "with" => affirmed(Said::Have(list)),
                    Behind::With(name, list) => affirmed(Said::Relation(name, list)),
                };
                if bare.behind.iter().any(says) {
                    return None;
                }
                if let Quantity::Exactly(n) = &np.quantity {
                    self.state.counts.push((np.name(), None, n.clone()));
                }
                self.said(&bare, &[said], false)?;
                self.remember(&np, Some(&bare));
                continue;
            }
            let (what, place) = np.lift_place();
            self.state.context.place.clone_from(&place);
            self.count(&what, place.map(|p| p.thing()), place_any(&np), denied);
            self.remember(&np, Some(&what));
        }
        Some(())
    }

    /// Notes what later words may stand for.
    fn remember(&mut self, np: &Np, counted: Option<&Np>) {
        let context = &mut self.state.context;
        if let Some(what) = counted {
            context.counted = Some(what.words.clone());
        }
        let one = matches!(&np.quantity, Quantity::Some | Quantity::One)
            || np.quantity == Quantity::Exactly("1".into());
        let mut known = np.clone();
        known.quantity = Quantity::The;
        known.total = None;
        known.plural = false;
        if one {
            context.single = Some(known.clone());
            context.subject = Some(NpList::one(known));
        } else if matches!(np.quantity, Quantity::Exactly(_)) {
            known.plural = true;
            context.several = Some(known);
            context.single = None;
            context.subject = None;
        }
    }

    fn count(&mut self, what: &Np, place: Option<Thing>, any: bool, denied: bool) {
        let mut thing = what.thing();
        let mut place = place;
        let mut denied = denied;
        let some = matches!(thing.quantity, Quantity::Some | Quantity::Bare);
        if denied && some {
            thing.quantity = Quantity::None;
            denied = false;
        }
        if thing.quantity == Quantity::Bare {
            thing.quantity = Quantity::Some;
        }
        if let Some(place) = &mut place
            && thing.quantity == Quantity::None
        {
            if any && place.quantity == Quantity::Some {
                // No cup in any box: no box has a cup.
                place.quantity = Quantity::None;
                thing.quantity = Quantity::Some;
            } else if place.quantity == Quantity::All {
                place.quantity = Quantity::None;
                thing.quantity = Quantity::Some;
            }
        }
        if let Quantity::Exactly(n) = &thing.quantity {
            let place = place.as_ref().map(ToString::to_string);
            self.state
                .counts
                .push((thing.name.clone(), place, n.clone()));
        } else if thing.quantity == Quantity::None {
            let place = place.as_ref().map(ToString::to_string);
            self.state
                .counts
                .push((thing.name.clone(), place, "0".to_owned()));
        }
        self.out.push(Fact::Count {
            what: thing,
            place,
            denied,
            presupposed: false,
        });
    }

    /// `of the 3 boxes` says that there are 3; `the dog` that there is one.
    fn presuppose(&mut self, np: &Np) {
        for np in std::iter::once(np).chain(within(np)) {
            let (bare, place) = np.lift_place();
            if let Some(total) = &np.total {
                let what = Thing {
                    quantity: Quantity::Exactly(total.clone()),
                    name: bare.name(),
                };
                let place = place.as_ref().map(Np::thing);
                self.state.counts.push((
                    what.name.clone(),
                    place.as_ref().map(ToString::to_string),
                    total.clone(),
                ));
                self.out.push(Fact::Count {
                    what,
                    place,
                    denied: false,
                    presupposed: true,
                });
            }
            if np.quantity == Quantity::The && !np.plural && !np.words.is_empty() {
                let place = place.map(|p| p.thing().to_string());
                let text = self.state.text;
                let named = (bare.name(), place);
                self.state.definite.entry(named).or_insert(text);
            }
        }
    }

    fn predicate(&mut self, subject: Thing, mut predicates: Vec<String>, denied: bool) {
        predicates.sort();
        predicates.dedup();
        self.out.push(Fact::Predicate {
            subject,
            predicates,
            denied,
        });
    }

    fn predication(&mut self, clause: Clause) -> Option<()> {
        let list = &clause.subject;
        if list.or {
            return None;
        }
        let mut subjects = Vec::new();
        for np in &list.items {
            // A number by itself is compared.
            if np.is_number().is_some() && list.items.len() == 1 {
                return self.numbers(np, &clause);
            }
            // `black` is nothing that something is said of.
            if np.quantity == Quantity::Bare && !np.plural {
                return None;
            }
            // What is no number is not compared with one.
            if (clause.said.iter()).any(|vp| matches!(vp.said, Said::Number(_))) {
                return None;
            }
            for mut np in self.subject(np)?.apart() {
                if list.neither {
                    np.quantity = match np.quantity {
                        Quantity::The => Quantity::The,
                        _ => return None,
                    };
                }
                subjects.push(np);
            }
        }
        for subject in &subjects {
            self.said(subject, &clause.said, list.neither)?;
        }
        let mut witnesses = Vec::new();
        for np in &clause.witnesses {
            let np = match np.words.is_empty() {
                true => return None,
                false => np.clone(),
            };
            witnesses.extend(np.apart());
        }
        for witness in &witnesses {
            if witness.quantity != Quantity::The {
                return None;
            }
            self.said(witness, &clause.said, false)?;
        }
        let context = &mut self.state.context;
        if let [only] = subjects.as_slice() {
            let single = only.quantity == Quantity::The && !only.plural;
            context.single = single.then(|| only.clone());
            if !single {
                let mut several = only.clone();
                several.quantity = Quantity::The;
                several.plural = true;
                several.total = None;
                context.several = Some(several);
            }
        } else {
            context.single = None;
        }
        context.subject = Some(clause.subject.clone());
        Some(())
    }

    fn said(&mut self, subject: &Np, said: &[VerbPhrase], neither: bool) -> Option<()> {
        self.presuppose(subject);
        let one = matches!(subject.quantity, Quantity::The | Quantity::All);
        if !one && (said.len() > 1 || amounts(said) > 1) {
            // `No box has a cup and a dish` is not said of each apart.
            let mut predicates = Vec::new();
            for vp in said {
                self.objects(vp);
                match &vp.said {
                    Said::Have(list) if !list.or && !vp.denied => {
                        predicates.extend(list.items.iter().map(owned));
                    }
                    _ => predicates.push(vp.name()),
                }
            }
            self.predicate(subject.thing(), predicates, false);
            return Some(());
        }
        for vp in said {
            self.objects(vp);
            self.one_said(subject, vp, vp.denied != neither)?;
        }
        Some(())
    }

    /// What the objects of a predicate presuppose.
    fn objects(&mut self, vp: &VerbPhrase) {
        let (Said::Have(list) | Said::At(_, list) | Said::Relation(_, list)) = &vp.said else {
            return;
        };
        for np in &list.items {
            for np in np.apart() {
                self.presuppose(&np);
            }
        }
    }

    fn one_said(&mut self, subject: &Np, vp: &VerbPhrase, denied: bool) -> Option<()> {
        match &vp.said {
            Said::Have(list) => {
                let or = list.or && list.items.len() > 1;
                if or && !denied {
                    self.predicate(subject.thing(), vec![vp.name()], denied);
                    return Some(());
                }
                let place = subject.thing();
                if place.to_string() == "the image" {
                    for np in &list.items {
                        self.there(&self.filled(np)?, denied)?;
                    }
                    self.state.counting = true;
                    return Some(());
                }
                for np in &list.items {
                    let mut np = self.filled(np)?;
                    if denied && np.any {
                        np.any = false;
                    }
                    self.count(&np, Some(place.clone()), false, denied);
                    self.state.context.counted = Some(np.words.clone());
                    if matches!(np.quantity, Quantity::Exactly(_)) && !denied {
                        let mut several = np.clone();
                        several.quantity = Quantity::The;
                        several.plural = true;
                        let within = NpList::one(subject.clone());
                        several.behind.push(Behind::With("in".to_owned(), within));
                        self.state.context.several = Some(several);
                    }
                }
                self.state.context.place = Some(subject.clone());
                self.state.counting = true;
                Some(())
            }
            Said::At(word, list) if counts(subject) => {
                let mut np = subject.clone();
                let image = list.items.len() == 1 && list.name() == "the image";
                if word != "in" || !image {
                    np.behind.push(Behind::With(word.clone(), list.clone()));
                }
                self.state.counting = true;
                self.there(&np, denied)
            }
            Said::Exist if counts(subject) => self.there(subject, denied),
            Said::Exist => None,
            Said::Relation(name, list) => {
                let either = list.or && list.items.len() > 1;
                if either && !denied {
                    self.predicate(subject.thing(), vec![vp.name()], denied);
                    return Some(());
                }
                if list.neither {
                    return None;
                }
                for object in list.items.iter().flat_map(Np::apart) {
                    self.relation(name, subject.thing(), object.thing(), denied);
                }
                Some(())
            }
            Said::Undergo(verb, list) => {
                let [by] = list.items.as_slice() else {
                    return None;
                };
                let (mut by, mut thing) = (by.clone(), subject.thing());
                self.presuppose(&by);
                if by.any && thing.quantity == Quantity::None {
                    by.quantity = Quantity::None;
                    thing.quantity = Quantity::Some;
                }
                self.predicate(by.thing(), vec![format!("{verb} {thing}")], denied);
                Some(())
            }
            Said::At(..) | Said::Number(_) | Said::Other(_) => {
                let bare = VerbPhrase {
                    denied: false,
                    said: vp.said.clone(),
                };
                let mut thing = subject.thing();
                let mut denied = denied;
                // `every cup is not red` is read in two ways.
                if denied && thing.quantity == Quantity::All {
                    return None;
                }
                if denied && thing.quantity == Quantity::Some && subject.any {
                    thing.quantity = Quantity::None;
                    denied = false;
                }
                self.predicate(thing, vec![bare.name()], denied);
                Some(())
            }
        }
    }

    /// Each relation in one of its two directions.
    fn relation(&mut self, name: &str, subject: Thing, object: Thing, denied: bool) {
        let quantified = |thing: &Thing| thing.quantity != Quantity::The;
        let both = quantified(&subject) && quantified(&object);
        let mut fact = (name.to_owned(), subject, object);
        if let Some(inverse) = self.lexicon.inverse(name)
            && !both
            && inverse < name
        {
            fact = (inverse.to_owned(), fact.2, fact.1);
        }
        self.out.push(Fact::Relation {
            relation: fact.0,
            subject: fact.1,
            object: fact.2,
            denied,
        });
    }

    /// `3 is more than 1`.
    fn numbers(&mut self, left: &Np, clause: &Clause) -> Option<()> {
        let left = left.is_number()?.to_owned();
        let [vp] = clause.said.as_slice() else {
            return None;
        };
        let Said::Number(right_said) = &vp.said else {
            return None;
        };
        let (left, relation, right) = match (right_said, vp.denied) {
            (Quantity::Exactly(n), false) => (left, "=", n.clone()),
            (Quantity::Exactly(n), true) => (left, "≠", n.clone()),
            (Quantity::One, denied) => (left, if denied { "≠" } else { "=" }, "1".to_owned()),
            (Quantity::AtLeast(n), denied) => match (n.strip_prefix(ABOVE), denied) {
                (Some(n), false) => (n.to_owned(), "<", left),
                (Some(n), true) => (left, "≤", n.to_owned()),
                (None, false) => (n.clone(), "≤", left),
                (None, true) => (left, "<", n.clone()),
            },
            (Quantity::AtMost(n), denied) => match (n.strip_prefix(BELOW), denied) {
                (Some(n), false) => (left, "<", n.to_owned()),
                (Some(n), true) => (n.to_owned(), "≤", left),
                (None, false) => (left, "≤", n.clone()),
                (None, true) => (n.clone(), "<", left),
            },
            _ => return None,
        };
        // `2 is not less than 2` and `2 is not more than 2` say different things.
        let at_least = matches!(
            (right_said, vp.denied),
            (Quantity::AtLeast(_), false) | (Quantity::AtMost(_), true)
        );
        let relation = if relation == "≤" && left == right && at_least {
            "≥"
        } else {
            relation
        };
        let (left, right) = match relation {
            "=" | "≠" if right < left => (right, left),
            _ => (left, right),
        };
        self.out.push(Fact::Numbers {
            left,
            relation,
            right,
        });
        Some(())
    }

    /// `There are more cups than dishes`: so their numbers compare.
    fn more_than(&mut self, first: &Np, second: &Np) -> Option<()> {
        let number = |np: &Np| {
            let (bare, place) = np.lift_place();
            let (name, place) = (bare.name(), place.map(|p| p.thing().to_string()));
            let mut found = self
                .state
                .counts
                .iter()
                .filter(|(n, p, _)| *n == name && (place.is_none() || *p == place))
                .map(|(_, _, number)| number.clone());
            let number = found.next()?;
            found.all(|other| other == number).then_some(number)
        };
        let (first, second) = (number(first)?, number(second)?);
        self.out.push(Fact::Numbers {
            left: second,
            relation: "<",
            right: first,
        });
        Some(())
    }
}

fn affirmed(said: Said) -> VerbPhrase {
    VerbPhrase {
        denied: false,
        said,
    }
}

/// Whether what stands behind a noun can be said of it in a clause.
fn says(behind: &Behind) -> bool {
    let Behind::With(word, list) = behind else {
        return true;
    };
    let amount = |np: &Np| {
        !matches!(
            np.quantity,
            Quantity::The | Quantity::Bare | Quantity::All | Quantity::NotAll
        )
    };
    word.starts_with('@') || word == "with" && !list.or && list.items.iter().all(amount)
}

/// `have 2 cups`.
fn owned(np: &Np) -> String {
    format!("have {}", np.thing())
}

pub(super) fn counts(np: &Np) -> bool {
    matches!(
        np.quantity,
        Quantity::Some
            | Quantity::None
            | Quantity::Exactly(_)
            | Quantity::AtLeast(_)
            | Quantity::AtMost(_)
            | Quantity::One
    ) && np.total.is_none()
}

fn amounts(said: &[VerbPhrase]) -> usize {
    said.iter()
        .map(|vp| match &vp.said {
            Said::Have(list) => list.items.len(),
            _ => 1,
        })
        .sum()
}

fn place_any(np: &Np) -> bool {
    np.behind.last().is_some_and(|b| match b {
        Behind::With(word, list) => word == "in" && list.items.iter().any(|np| np.any),
        Behind::Clause(_) => false,
    })
}

/// The noun phrases within one.
fn within(np: &Np) -> Vec<&Np> {
    np.behind
        .iter()
        .filter_map(|b| match b {
            Behind::With(_, list) => Some(&list.items),
            Behind::Clause(_) => None,
        })
        .flatten()
        .flat_map(|np| std::iter::once(np).chain(within(np)))
        .collect()
}
