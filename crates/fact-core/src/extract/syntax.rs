//! What the grammar makes of a sentence, before anything is resolved: noun phrases, verb phrases,
//! clauses.

use super::facts::Quantity;

/// What a noun phrase is headed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Head {
    /// A noun, singular, as the word of its value.
    Noun(String),
    /// `one`, `ones`, `that`, `those` in the place of a noun.
    One,
    /// Left out: `none`, `the second`, `3`.
    Gone,
    /// `it`, `this`, or `which` of one thing.
    It,
    /// `they`, `them`, or `which` of several.
    They,
    /// Quoted text, a point: as it stands.
    Fixed(String),
}

/// A noun phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Np {
    pub(super) quantity: Quantity,
    /// `any`, which is all where it is denied.
    pub(super) any: bool,
    /// Of how many: `of the 3`, `the 3`.
    pub(super) total: Option<String>,
    /// `each`, `both`, `all`: of every one by itself.
    pub(super) each: bool,
    /// `the only`.
    pub(super) only: bool,
    /// Attributes in fixed order; ordinals are among them.
    pub(super) attributes: Vec<String>,
    pub(super) head: Head,
    pub(super) plural: bool,
    pub(super) mods: Vec<Mod>,
    /// `the first box's`, `its`.
    pub(super) owner: Option<Box<Np>>,
    /// What is said of it in passing: `, which is big,`.
    pub(super) asides: Vec<Vec<Vp>>,
    /// What it is called besides: `, the only square,`.
    pub(super) apposed: Option<Box<List>>,
}

/// What stands behind a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mod {
    /// A preposition, or a relation by its name with `@`.
    With(String, List),
    /// `that touches the wall and is not yellow`.
    Clause(Vec<Vp>),
}

/// Noun phrases that are said together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) items: Vec<Np>,
    pub(super) or: bool,
    pub(super) neither: bool,
    /// `each of the first and second boxes`.
    pub(super) each: bool,
}

impl List {
    pub(super) fn one(np: Np) -> Self {
        Self {
            items: vec![np],
            or: false,
            neither: false,
            each: false,
        }
    }

    /// Its only item.
    pub(super) fn single(&self) -> Option<&Np> {
        match self.items.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// A verb with what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vp {
    pub(super) denied: bool,
    pub(super) pred: Pred,
    /// `each`, `both`, `all` between subject and predicate, or at its end.
    pub(super) each: bool,
    /// `for the left man`, `in the second box`: said of the subject at the end.
    pub(super) place: Option<(String, List)>,
}

/// What is said of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pred {
    /// It has these, or holds them.
    Have(List),
    /// It has this as its top.
    HaveAs(List, String),
    /// It is there.
    Exist,
    /// It is in these, or on them, as the preposition says.
    At(String, List),
    /// It stands to these as the relation says, or does the verb to them.
    Relation(String, List),
    /// These do something to it, or stand so to it.
    Undergo(String, List),
    /// It is such a number, or so many of something in a dimension: `3 blocks tall`.
    Number(Quantity),
    /// `3 blocks tall`, `1, 4 and 2 blocks tall`.
    Measure(Vec<Quantity>, String),
    /// Attributes, in fixed order.
    Are(Vec<String>),
    /// It is one of these.
    Is(List),
    /// There are more, or fewer, of it than of these.
    More(bool, Np),
    /// `does not`, `do so`: what was said last.
    Elided,
    /// Any other verb with what follows, in order.
    Other(String, Vec<Item>),
}

/// A part of what follows a verb that the grammar knows no more of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    List(List),
    Word(String),
}

/// What is said in passing somewhere in a clause: nothing of it may be lost.
#[derive(Debug, Default)]
pub(super) struct Passing {
    pub(super) asides: Vec<Vec<Vp>>,
    pub(super) apposed: Vec<List>,
}

impl Passing {
    /// All that is said in passing in a clause.
    pub(super) fn of(clause: &Clause) -> Self {
        let mut found = Self::default();
        for (_, list) in &clause.front {
            found.list(list);
        }
        clause.witnesses.iter().for_each(|list| found.list(list));
        match &clause.kind {
            Kind::There { what, .. } => found.list(what),
            Kind::More(pair, _) => {
                found.np(&pair.0);
                found.np(&pair.1);
            }
            Kind::Said { subject, vps } => {
                subject.iter().for_each(|list| found.list(list));
                found.vps(vps);
            }
            Kind::Fragment(list) | Kind::NotAt(_, list) => found.list(list),
            Kind::Gap(list, item) => {
                found.list(list);
                found.item(item);
            }
            Kind::Also { subject, .. } => found.list(subject),
            Kind::Contrast(_) => {}
        }
        found
    }

    fn list(&mut self, list: &List) {
        list.items.iter().for_each(|np| self.np(np));
    }

    fn item(&mut self, item: &Item) {
        if let Item::List(list) = item {
            self.list(list);
        }
    }

    fn np(&mut self, np: &Np) {
        for with in &np.mods {
            match with {
                Mod::With(_, list) => self.list(list),
                Mod::Clause(vps) => self.vps(vps),
            }
        }
        np.owner.iter().for_each(|owner| self.np(owner));
        for vps in &np.asides {
            self.vps(vps);
            self.asides.push(vps.clone());
        }
        if let Some(list) = &np.apposed {
            self.list(list);
            self.apposed.push((**list).clone());
        }
    }

    fn vps(&mut self, vps: &[Vp]) {
        for vp in vps {
            vp.place.iter().for_each(|(_, list)| self.list(list));
            match &vp.pred {
                Pred::Have(list)
                | Pred::HaveAs(list, _)
                | Pred::At(_, list)
                | Pred::Relation(_, list)
                | Pred::Undergo(_, list)
                | Pred::Is(list) => self.list(list),
                Pred::More(_, np) => self.np(np),
                Pred::Other(_, items) => items.iter().for_each(|item| self.item(item)),
                Pred::Exist | Pred::Number(_) | Pred::Measure(..) | Pred::Are(_) | Pred::Elided => {
                }
            }
        }
    }
}

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// Said first: `in the first box`, `for the left man`, `of the 3 boxes`.
    pub(super) front: Vec<(String, List)>,
    pub(super) kind: Kind,
    /// What stands behind a colon, `namely`, a comma.
    pub(super) witnesses: Option<List>,
    /// `respectively`.
    pub(super) respectively: bool,
    /// Whether what was said last before it is its subject.
    pub(super) turned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `there is`.
    There { what: List, denied: bool },
    /// `there are more … than …`: the greater, the smaller, and whether it is denied.
    More(Box<(Np, Np)>, bool),
    /// A subject, or the one before, and what is said of it.
    Said { subject: Option<List>, vps: Vec<Vp> },
    /// `none in the third box`.
    Fragment(List),
    /// `the second three`.
    Gap(List, Box<Item>),
    /// `so does the second`, `neither is the third`.
    Also { subject: List, denied: bool },
    /// `but not in the third box`.
    NotAt(String, List),
    /// `not just 1`, `rather than 2`, `not fewer than 5`.
    Contrast(String),
}
