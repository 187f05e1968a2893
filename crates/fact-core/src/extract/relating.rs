//! How one thing stands to others, as facts.

use super::discourse::Resolver;
use super::facts::{Fact, Quantity};
use super::predicate::quantify;
use super::syntax::{Head, List, Mod, Np};

impl Resolver<'_> {
    /// How one thing stands to others, each in one of its two directions.
    pub(super) fn relates(
        &mut self,
        name: &str,
        subject: &Np,
        list: &List,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        if list.or && list.items.len() > 1 && !denied && subject.quantity != Quantity::None {
            let said = format!("{name} {}", list.name());
            return self.predicate(subject, said, false, out);
        }
        for object in &list.items {
            let object = self.in_passing(object, out)?;
            self.presupposed(&object, out);
            let mut subject = subject.clone();
            let mut object = Np {
                only: false,
                ..object
            };
            let mut denied = denied != list.neither;
            if object.quantity == Quantity::None {
                denied = !denied;
                object.quantity = Quantity::Some;
            }
            if object.any && (denied || subject.quantity == Quantity::None) {
                object.any = false;
            }
            quantify(&mut subject, &mut denied)?;
            if object.quantity == Quantity::The && object.plural {
                object.quantity = Quantity::All;
            }
            if object.head == Head::Fixed("each other".to_owned())
                && subject.quantity == Quantity::None
            {
                object.head = Head::Fixed("one".to_owned());
                object.attributes.push("other".to_owned());
            }
            fill(&mut subject, &mut object);
            for (object, more) in self.apart(&object, false) {
                self.relation(name, &subject, &object, denied != more, out);
                self.remember(&object);
            }
        }
        Some(())
    }

    pub(super) fn relation(
        &self,
        name: &str,
        subject: &Np,
        object: &Np,
        denied: bool,
        out: &mut Vec<Fact>,
    ) {
        let mut denied = denied;
        let quantified = |np: &Np| np.quantity != Quantity::The;
        let both = quantified(subject) && quantified(object);
        let (subject, object) = (subject.thing(), object.thing());
        let mut fact = (name.to_owned(), subject, object);
        if let Some(inverse) = self.lexicon.inverse(name)
            && !both
            && inverse < name
        {
            fact = (inverse.to_owned(), fact.2, fact.1);
            if denied && fact.1.quantity == Quantity::Some {
                // Not below any: none is above.
                fact.1.quantity = Quantity::None;
                denied = false;
            }
        }
        out.push(Fact::Relation {
            relation: fact.0,
            subject: fact.1,
            object: fact.2,
            denied,
        });
    }
}

/// What touches something in a box is in that box.
pub(super) fn fill(a: &mut Np, b: &mut Np) {
    let place = |np: &Np| np.place().cloned();
    let definite = |np: &Np| np.quantity == Quantity::The && matches!(np.head, Head::Noun(_));
    match (place(a), place(b)) {
        (Some(at), None) if definite(b) && at.items.len() == 1 => {
            b.mods.push(Mod::With("in".to_owned(), at));
        }
        (None, Some(at)) if definite(a) && at.items.len() == 1 => {
            a.mods.push(Mod::With("in".to_owned(), at));
        }
        _ => {}
    }
}
