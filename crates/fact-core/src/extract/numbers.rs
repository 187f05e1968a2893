//! Numbers that are compared, as facts.

use super::determiner::{ABOVE, BELOW};
use super::discourse::Resolver;
use super::facts::{Fact, Quantity};
use super::syntax::{Mod, Np};

impl Resolver<'_> {
    /// `3 is more than 1`; `the number of squares is 3`.
    pub(super) fn number(
        &mut self,
        subject: &Np,
        right: &Quantity,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        if subject.noun() == Some("number") && subject.quantity == Quantity::The {
            let at = subject.mods.iter().position(
                |m| matches!(m, Mod::With(w, list) if w == "of" && list.items.len() == 1),
            )?;
            let Mod::With(_, list) = &subject.mods[at] else {
                return None;
            };
            let mut what = list.single()?.clone();
            if denied || what.total.is_some() {
                return None;
            }
            what.quantity = match right {
                Quantity::One => Quantity::Exactly("1".into()),
                other => other.clone().counted(),
            };
            what.plural = false;
            for (i, with) in subject.mods.iter().enumerate() {
                if i != at {
                    what.mods.push(with.clone());
                }
            }
            return self.there(&what, false, out);
        }
        None
    }

    /// Numbers by themselves that are compared.
    pub(super) fn numbers(
        &self,
        left: &Quantity,
        right: &Quantity,
        denied: bool,
        out: &mut Vec<Fact>,
    ) -> Option<()> {
        let left = match left {
            Quantity::Exactly(n) => n.clone(),
            Quantity::One => "1".to_owned(),
            Quantity::None => "0".to_owned(),
            _ => return None,
        };
        let (left, relation, right_number) = match (right, denied) {
            (Quantity::Exactly(n), false) => (left, "=", n.clone()),
            (Quantity::Exactly(n), true) => (left, "≠", n.clone()),
            (Quantity::None, denied) => (left, if denied { "≠" } else { "=" }, "0".to_owned()),
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
            (right, denied),
            (Quantity::AtLeast(_), false) | (Quantity::AtMost(_), true)
        );
        let relation = if relation == "≤" && left == right_number && at_least {
            "≥"
        } else {
            relation
        };
        let (left, right) = match relation {
            "=" | "≠" if right_number < left => (right_number, left),
            _ => (left, right_number),
        };
        out.push(Fact::Numbers {
            left,
            relation,
            right,
        });
        Some(())
    }
}
