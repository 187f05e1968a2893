//! Clauses: what is said of what.

use super::facts::Quantity;
use super::lexicon::{LOCATED, Lexicon, PREPOSITIONS};
use super::phrase::{Behind, Context, Np, NpList, Reader};
use super::tokens::Token;

/// What is said of a subject.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VerbPhrase {
    pub(super) denied: bool,
    pub(super) said: Said,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// It has, or holds, these.
    Have(NpList),
    /// It is there.
    Exist,
    /// It is in these, or on them, as the preposition says.
    At(String, NpList),
    /// It stands to these as the relation says.
    Relation(String, NpList),
    /// These do something to it: `is touched by`.
    Undergo(String, NpList),
    /// It is such a number.
    Number(Quantity),
    /// Anything else, in its fixed form; `true` if its object is none: the whole is denied then.
    Other(String),
}

impl VerbPhrase {
    /// In its fixed form.
    pub(super) fn name(&self) -> String {
        let not = if self.denied { "not " } else { "" };
        let said = match &self.said {
            Said::Have(list) => format!("have {}", list.name()),
            Said::Exist => "exist".to_owned(),
            Said::At(word, list) => format!("be {word} {}", list.name()),
            Said::Relation(name, list) => {
                format!(
                    "be {} {}",
                    name.trim_start_matches('@').replace('_', " "),
                    list.name()
                )
            }
            Said::Undergo(verb, list) => format!("undergo {verb} by {}", list.name()),
            Said::Number(quantity) => format!("be {quantity}"),
            Said::Other(text) => text.clone(),
        };
        format!("{not}{said}")
    }
}

/// A clause: several things may be said of its subject.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    pub(super) subject: NpList,
    pub(super) said: Vec<VerbPhrase>,
    /// Said of each of these too: what stands behind a colon.
    pub(super) witnesses: Vec<Np>,
    /// `there is`: the subject is what there is.
    pub(super) existential: bool,
    pub(super) denied: bool,
    /// Where, if that was said first.
    pub(super) place: Option<NpList>,
    /// `there are more … than …`.
    pub(super) more_than: Option<Np>,
}

impl Clause {
    fn new(subject: NpList) -> Self {
        Self {
            subject,
            said: Vec::new(),
            witnesses: Vec::new(),
            existential: false,
            denied: false,
            place: None,
            more_than: None,
        }
    }
}

impl Clause {
    /// `In the first box, the circle is above the square`: both are in it.
    fn put_in(&mut self, place: &NpList) {
        let put = |np: &mut Np| {
            let placed =
                (np.behind.iter()).any(|b| matches!(b, Behind::With(word, _) if word == "in"));
            if !placed && np.quantity != Quantity::Bare {
                np.behind.push(Behind::With("in".to_owned(), place.clone()));
            }
        };
        self.subject.items.iter_mut().for_each(put);
        for vp in &mut self.said {
            if let Said::Relation(_, list) = &mut vp.said {
                list.items.iter_mut().for_each(put);
            }
        }
    }
}

impl Reader<'_> {
    /// A clause that ends at `end`.
    pub(super) fn clause(&self, at: usize, end: usize, context: &mut Context) -> Option<Clause> {
        let (body, witnesses) = self.witnesses(at, end, context);
        let mut clause = self.body(at, body, context)?;
        if body < end {
            clause.witnesses = witnesses?;
        }
        Some(clause)
    }

    /// What stands behind a colon, `namely`, or in brackets; and where the clause before it ends.
    fn witnesses(&self, at: usize, end: usize, context: &mut Context) -> (usize, Option<Vec<Np>>) {
        let Some(mark) = (at..end).find(|i| {
            self.mark(*i, end, ':') || self.mark(*i, end, '(') || self.is(*i, end, "namely")
        }) else {
            return (end, None);
        };
        let mut body = mark;
        if body > at && self.mark(body - 1, end, ',') {
            body -= 1;
        }
        let mut first = mark + 1;
        if self.mark(first, end, ',') || self.is(first, end, "namely") {
            first += 1;
        }
        let closed = self.mark(mark, end, '(');
        let last = if closed && self.mark(end - 1, end, ')') {
            end - 1
        } else {
            end
        };
        let mut own = context.clone();
        let found = self
            .list(first, last, &mut own, 0)
            .filter(|(list, next)| *next == last && !list.or && !list.neither && !list.each);
        (body, found.map(|(list, _)| list.items))
    }

    fn body(&self, at: usize, end: usize, context: &mut Context) -> Option<Clause> {
        let mut at = at;
        let mut place = None;
        let mut about = None;
        if self.is(at, end, "for") {
            let (list, next) = self.group(at + 1, end, context, 0)?;
            at = next + usize::from(self.mark(next, end, ','));
            about = Some(list);
        }
        if self.is(at, end, "in") {
            let (list, next) = self.group(at + 1, end, context, 0)?;
            at = next + usize::from(self.mark(next, end, ','));
            place = Some(list);
        }
        if self.is(at, end, "there") && about.is_none() {
            let mut clause = self.existential(at + 1, end, context)?;
            clause.place = place;
            return Some(clause);
        }
        let (subject, mut next) = if self.starts_verb(at, end) {
            (context.subject.clone()?, at)
        } else {
            self.list(at, end, context, 0)?
        };
        let mut subject = subject;
        if let Some(about) = about {
            let first = subject.items.first_mut()?;
            first.behind.push(Behind::With("for".to_owned(), about));
        }
        while let Some("both" | "all" | "each" | "also") = self.word(next, end) {
            self.float(&mut subject, next)?;
            next += 1;
        }
        let mut clause = Clause::new(subject);
        loop {
            let (vp, after) = self.verb_phrase(&mut clause.subject, next, end, context)?;
            clause.said.push(vp);
            if after == end {
                break;
            }
            next = after + usize::from(self.mark(after, end, ','));
            if !self.is(next, end, "and") && !self.is(next, end, "but") {
                return None;
            }
            next += 1;
            if self.is(next, end, "also") {
                next += 1;
            }
            if !self.starts_verb(next, end) {
                return None;
            }
        }
        if let Some(place) = place {
            clause.put_in(&place);
        }
        Some(clause)
    }

    /// `The 3 cups all are`: what floats belongs to the subject.
    fn float(&self, subject: &mut NpList, at: usize) -> Option<()> {
        let word = self.tokens[at].word()?;
        if word == "also" {
            return Some(());
        }
        if let [only] = subject.items.as_mut_slice()
            && only.quantity == Quantity::The
            && only.plural
        {
            if word == "both" && only.total.is_none() {
                only.total = Some("2".to_owned());
            }
            only.quantity = Quantity::All;
            return Some(());
        }
        let pair = subject.items.len() == 2;
        (subject.items.len() > 1 && !subject.or && (word != "both" || pair)).then_some(())
    }

    fn starts_verb(&self, at: usize, end: usize) -> bool {
        self.word(at, end).is_some_and(|word| {
            self.lexicon.finite_lemma(word).is_some() || ["do", "does", "can"].contains(&word)
        })
    }

    /// What stands behind `there`.
    fn existential(&self, at: usize, end: usize, context: &mut Context) -> Option<Clause> {
        let mut at = at;
        let lemma = self.lexicon.finite_lemma(self.word(at, end)?)?;
        if lemma != "be" {
            return None;
        }
        at += 1;
        let mut denied = false;
        if self.is(at, end, "not")
            && !["all", "every", "each"]
                .iter()
                .any(|w| self.is(at + 1, end, w))
        {
            denied = true;
            at += 1;
        }
        if self.is(at, end, "also") {
            at += 1;
        }
        if self.is(at, end, "more") || self.is(at, end, "fewer") || self.is(at, end, "less") {
            return self.more_than(at, end, context);
        }
        let (list, mut next) = self.list(at, end, context, 0)?;
        if let Some(word) = self.word(next, end)
            && LOCATED.contains(&word)
        {
            next += 1;
            // `there are 2 dogs visible in the image`
            if next < end {
                let (mut first, rest) = (list.clone(), next);
                let np = first.items.last_mut()?;
                let mut whole = np.clone();
                let after = self.behind_of(&mut whole, rest, end, context);
                *np = whole;
                if after != end {
                    return None;
                }
                return Some(Clause {
                    existential: true,
                    denied,
                    ..Clause::new(first)
                });
            }
        }
        (next == end).then(|| Clause {
            existential: true,
            denied,
            ..Clause::new(list)
        })
    }

    /// `more red cups than blue cups`.
    fn more_than(&self, at: usize, end: usize, context: &mut Context) -> Option<Clause> {
        let more = self.is(at, end, "more");
        let (first, next) = self.np(at + 1, end, context, 0)?;
        if !self.is(next, end, "than") {
            return None;
        }
        let (second, last) = self.np(next + 1, end, context, 0)?;
        if last != end {
            return None;
        }
        let (first, second) = if more {
            (first, second)
        } else {
            (second, first)
        };
        Some(Clause {
            more_than: Some(second),
            existential: true,
            ..Clause::new(NpList::one(first))
        })
    }

    /// A verb with what follows it, and where it ends.
    fn verb_phrase(
        &self,
        subject: &mut NpList,
        at: usize,
        end: usize,
        context: &mut Context,
    ) -> Option<(VerbPhrase, usize)> {
        let mut at = at;
        let mut denied = false;
        if matches!(self.word(at, end), Some("do" | "does" | "can")) {
            let can = self.is(at, end, "can");
            at += 1;
            if self.is(at, end, "not") {
                denied = true;
                at += 1;
            }
            if can && !self.is(at, end, "be") {
                return None;
            }
        }
        let lemma = self.lexicon.finite_lemma(self.word(at, end)?)?.to_owned();
        at += 1;
        if lemma == "be" && self.is(at, end, "not") && !self.is(at + 1, end, "all") {
            if denied {
                return None;
            }
            denied = true;
            at += 1;
        }
        while lemma == "be"
            && matches!(self.word(at, end), Some("both" | "all" | "each" | "also"))
            && !self.is(at + 1, end, "of")
        {
            self.float(subject, at)?;
            at += 1;
        }
        self.verb_rest(&lemma, denied, at, end, context, 0)
    }

    /// The clause behind `that`.
    pub(super) fn relative(
        &self,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(VerbPhrase, usize)> {
        if depth > 6 {
            return None;
        }
        let mut none = NpList::one(Np::new(Quantity::The, Vec::new()));
        self.verb_phrase(&mut none, at, end, context)
    }

    /// What follows a verb, and where it ends.
    pub(super) fn verb_rest(
        &self,
        lemma: &str,
        denied: bool,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(VerbPhrase, usize)> {
        if depth > 6 {
            return None;
        }
        let (mut at, mut denied, mut lemma) = (at, denied, lemma.to_owned());
        let mut passive = false;
        let mut located = false;
        if lemma == "be"
            && let Some(word) = self.word(at, end)
        {
            if let Some(verb) = self.lexicon.passive(word)
                && self.is(at + 1, end, "by")
            {
                lemma = verb.to_owned();
                passive = true;
                at += 2;
            } else if let Some(verb) = self.lexicon.participle(word) {
                lemma = verb.to_owned();
                at += 1;
            } else if LOCATED.contains(&word) {
                located = true;
                at += 1;
            } else if self.lexicon.lies(word) && at + 1 < end {
                at += 1;
            } else if word.ends_with("ing") && self.lexicon.is_content(word) && at + 1 < end {
                lemma = format!("be {word}");
                at += 1;
            }
        }
        let mut items: Vec<Item> = Vec::new();
        while at < end {
            if self.stops(at, end) {
                break;
            }
            if self.begins(at, end) {
                let (list, next) = self.list(at, end, context, depth + 1)?;
                items.push(Item::List(list));
                at = next;
                continue;
            }
            match &self.tokens[at] {
                Token::Relation(name) => items.push(Item::Relation(name.clone())),
                Token::Word(word) if PREPOSITIONS.contains(&word.as_str()) || word == "=" => {
                    items.push(Item::Word(word.clone()));
                }
                _ => break,
            }
            at += 1;
        }
        let said = match (lemma.as_str(), items.as_mut_slice()) {
            (_, [Item::List(list)]) if passive => Said::Undergo(lemma.clone(), list.clone()),
            _ if passive => return None,
            ("be", []) if located => Said::Exist,
            ("exist", []) => Said::Exist,
            (_, []) => return None,
            ("be", [Item::Relation(name), Item::List(list)]) => {
                Said::Relation(name.clone(), list.clone())
            }
            // A posture on something.
            ("be", [Item::Word(word), Item::List(list)])
                if word == "on" && self.lexicon.stacks() =>
            {
                Said::Relation("@on".to_owned(), list.clone())
            }
            ("be", [Item::Word(word), Item::List(list)]) => Said::At(word.clone(), list.clone()),
            ("be", [Item::List(list)])
                if list.items.len() == 1 && list.items[0].words.is_empty() =>
            {
                Said::Number(list.items[0].quantity.clone())
            }
            ("have", [Item::List(list)]) if list.items.iter().all(is_amount) => {
                Said::Have(list.clone())
            }
            (verb, items) => {
                if let Some(Item::List(list)) = items.first_mut() {
                    if list.neither {
                        list.neither = false;
                        list.or = true;
                        denied = !denied;
                    }
                    if let [only] = list.items.as_mut_slice() {
                        // `touches no wall` is `does not touch a wall`.
                        if only.quantity == Quantity::None && only.total.is_none() {
                            only.quantity = Quantity::Some;
                            denied = !denied;
                        } else if only.any && denied {
                            only.any = false;
                        }
                    }
                }
                let text: Vec<String> = items.iter().map(Item::name).collect();
                Said::Other(format!("{verb} {}", text.join(" ")))
            }
        };
        Some((VerbPhrase { denied, said }, at))
    }

    /// Whether another verb phrase or clause begins here.
    fn stops(&self, at: usize, end: usize) -> bool {
        let at = at + usize::from(self.mark(at, end, ','));
        match self.word(at, end) {
            Some("and" | "but") => true,
            _ => self.mark(at, end, ','),
        }
    }

    fn behind_of(&self, np: &mut Np, at: usize, end: usize, context: &mut Context) -> usize {
        let mut extra = Np::new(Quantity::The, Vec::new());
        let mut at = at;
        while let Some(word) = self.word(at, end)
            && PREPOSITIONS.contains(&word)
        {
            let Some((list, next)) = self.group(at + 1, end, context, 1) else {
                break;
            };
            let image = word == "in"
                && list.items.len() == 1
                && list.items[0].name() == "image"
                && list.items[0].quantity == Quantity::The;
            if !image {
                extra.behind.push(Behind::With(word.to_owned(), list));
            }
            at = next;
        }
        np.behind.extend(extra.behind);
        at
    }
}

fn is_amount(np: &Np) -> bool {
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

enum Item {
    List(NpList),
    Relation(String),
    Word(String),
}

impl Item {
    fn name(&self) -> String {
        match self {
            Self::List(list) => list.name(),
            Self::Relation(name) => name.trim_start_matches('@').replace('_', " "),
            Self::Word(word) => word.clone(),
        }
    }
}

impl Lexicon {
    /// Whether the word only says that something lies where it is.
    pub(super) fn lies(&self, word: &str) -> bool {
        self.finite_lemma("lie") == Some("be")
            && ["lying", "resting", "sitting", "standing"].contains(&word)
    }

    /// Whether `on` means that a thing lies on another.
    fn stacks(&self) -> bool {
        self.finite_lemma("lie") == Some("be")
    }
}
