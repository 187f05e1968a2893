//! Phrases as words, in a fixed form: two that say the same have the same.

use super::facts::{Quantity, Thing};
use super::syntax::{Head, Item, List, Mod, Np, Pred, Vp};
use crate::english::ordinal;

impl Np {
    pub(super) fn thing(&self) -> Thing {
        let many = self.quantity == Quantity::The && self.plural;
        let name = self.name();
        let total = match &self.total {
            Some(n) if many => format!("{n} "),
            _ => String::new(),
        };
        match many {
            true => Thing {
                quantity: Quantity::Bare,
                name: format!("the {total}several {name}"),
            },
            false => Thing {
                quantity: self.quantity.clone(),
                name,
            },
        }
    }

    /// Without its quantity.
    pub(super) fn name(&self) -> String {
        let mut words: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        if let Head::Noun(head) | Head::Fixed(head) = &self.head {
            words.push(head);
        }
        let mut out = words.join(" ");
        let mut mods: Vec<String> = self.mods.iter().map(Mod::name).collect();
        mods.sort();
        mods.dedup();
        for with in mods {
            out.push(' ');
            out.push_str(&with);
        }
        out
    }

    pub(super) fn is_image(&self) -> bool {
        self.quantity == Quantity::The
            && self.mods.is_empty()
            && self.attributes.is_empty()
            && self.noun() == Some("image")
    }

    /// The place it is in, and the rest.
    pub(super) fn lift_place(&self) -> (Self, Option<Self>) {
        let mut rest = self.clone();
        let at = rest.mods.iter().position(
            |m| matches!(m, Mod::With(word, list) if word == "in" && list.items.len() == 1),
        );
        match at.map(|at| rest.mods.remove(at)) {
            Some(Mod::With(_, list)) => {
                let place = list.single().cloned();
                (rest, place)
            }
            _ => (rest, None),
        }
    }

    pub(super) fn place(&self) -> Option<&List> {
        self.mods.iter().find_map(|m| match m {
            Mod::With(word, list) if word == "in" => Some(list),
            _ => None,
        })
    }

    /// As one that is spoken of.
    pub(super) fn known(&self) -> Self {
        Self {
            quantity: Quantity::The,
            total: None,
            any: false,
            each: false,
            only: false,
            plural: false,
            asides: Vec::new(),
            apposed: None,
            ..self.clone()
        }
    }

    pub(super) fn has_ordinal(&self) -> Option<u32> {
        self.attributes.iter().find_map(|a| ordinal_of(a))
    }
}

/// The number of `2nd`, `second`, as attributes have it.
pub(super) fn ordinal_of(word: &str) -> Option<u32> {
    (1..=12).find(|n| ordinal(i64::from(*n)) == word)
}

impl Mod {
    pub(super) fn name(&self) -> String {
        match self {
            Self::With(word, list) => {
                let word = word.trim_start_matches('@').replace('_', " ");
                format!("{word} {}", list.name())
            }
            Self::Clause(vps) => {
                let mut names: Vec<String> = vps.iter().map(Vp::name).collect();
                names.sort();
                format!("that {}", names.join(" and "))
            }
        }
    }
}

impl List {
    /// In words; the order of things that are said together says nothing.
    pub(super) fn name(&self) -> String {
        let mut names: Vec<String> = self.items.iter().map(|np| np.thing().to_string()).collect();
        names.sort();
        let word = match (self.neither, self.or) {
            (true, _) => " nor ",
            (_, true) => " or ",
            _ => " and ",
        };
        names.join(word)
    }
}

impl Vp {
    /// In its fixed form.
    pub(super) fn name(&self) -> String {
        let not = if self.denied { "not " } else { "" };
        let said = match &self.pred {
            Pred::Have(list) => format!("have {}", list.name()),
            Pred::HaveAs(list, role) => format!("have {} as {role}", list.name()),
            Pred::Exist => "exist".to_owned(),
            Pred::At(word, list) => format!("be {word} {}", list.name()),
            Pred::Relation(name, list) => {
                format!(
                    "{} {}",
                    name.trim_start_matches('@').replace('_', " "),
                    list.name()
                )
            }
            Pred::Undergo(verb, list) => format!("undergo {verb} by {}", list.name()),
            Pred::Number(quantity) => format!("be {quantity}"),
            Pred::Measure(quantities, unit) => {
                let shown: Vec<String> = quantities.iter().map(ToString::to_string).collect();
                format!("{} {unit}", shown.join(" and "))
            }
            Pred::Are(words) => words.join(" "),
            Pred::Is(list) => list.name(),
            Pred::More(true, np) => format!("more than {}", np.thing()),
            Pred::More(false, np) => format!("fewer than {}", np.thing()),
            Pred::Elided => String::new(),
            Pred::Other(verb, items) => {
                let text: Vec<String> = items.iter().map(Item::name).collect();
                format!("{verb} {}", text.join(" "))
            }
        };
        format!("{not}{said}")
    }
}

impl Item {
    fn name(&self) -> String {
        match self {
            Self::List(list) => list.name(),
            Self::Word(word) => word.clone(),
        }
    }
}
