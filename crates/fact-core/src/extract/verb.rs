//! Verb phrases: what is said of a subject.

use super::facts::Quantity;
use super::noun::{Found, Parser, spread};
use super::syntax::{Head, Item, List, Np, Pred, Vp};
use super::tokens::{Compare, Token};
use super::words::PREPOSITIONS;

/// Readings of a verb phrase that are kept.
const READINGS: usize = 14;

impl Vp {
    pub(super) fn new(pred: Pred, denied: bool) -> Self {
        Self {
            denied,
            pred,
            each: false,
            place: None,
        }
    }
}

impl Parser<'_> {
    /// Verb phrases joined by `and`: several things are said of one subject.
    pub(super) fn vps(&self, at: usize, relative: bool) -> Vec<Found<Vec<Vp>>> {
        self.deeper(|| {
            let mut out = Vec::new();
            for (vp, next, cost) in self.vp(at) {
                self.more_vps(vec![vp], next, cost, relative, &mut out);
            }
            spread(out)
        })
    }

    fn more_vps(
        &self,
        vps: Vec<Vp>,
        at: usize,
        cost: u32,
        relative: bool,
        out: &mut Vec<Found<Vec<Vp>>>,
    ) {
        if out.len() > 3 * READINGS {
            return;
        }
        if vps.len() < 5 {
            let comma = usize::from(self.mark(at, ',') || self.mark(at, ';'));
            let joined = self.any_of(at + comma, &["and", "but"]);
            let next = at + comma + usize::from(joined);
            let goes_on = joined || self.mark(at, ';') || (comma == 1 && !relative);
            if goes_on {
                for (vp, after, more) in self.vp(next) {
                    if matches!(vp.pred, Pred::Elided) {
                        continue;
                    }
                    let mut longer = vps.clone();
                    longer.push(vp);
                    // `has a top that is blue and has a base`: the tower has it, not the top.
                    let had = relative
                        && matches!(longer.last(), Some(vp) if matches!(vp.pred, Pred::Have(_)));
                    let odd = 2 * u32::from(!joined) + u32::from(had);
                    self.more_vps(longer, after, cost + more + odd, relative, out);
                }
            }
            // `is 3 blocks tall with a blue base`
            if self.is(at, "with") && !relative {
                for (list, after, more) in self.list(at + 1) {
                    let mut longer = vps.clone();
                    longer.push(Vp::new(Pred::Have(list), false));
                    self.more_vps(longer, after, cost + more + 1, relative, out);
                }
            }
        }
        out.push((vps, at, cost));
    }

    /// A finite verb with what follows it.
    pub(super) fn vp(&self, at: usize) -> Vec<Found<Vp>> {
        let mut at = at;
        let mut denied = false;
        let mut helped = false;
        let mut cost = 0;
        if let Some("do" | "does" | "can" | "could") = self.word(at) {
            helped = true;
            let can = self.any_of(at, &["can", "could"]);
            at += 1;
            if self.is(at, "not") {
                denied = true;
                at += 1;
            }
            if self.ends(at) && !can {
                return vec![(Vp::new(Pred::Elided, denied), at, 2)];
            }
            if can && !self.is(at, "be") {
                return Vec::new();
            }
        }
        let Some(word) = self.word(at) else {
            return Vec::new();
        };
        let lemma = match self.lexicon.finite_lemma(word) {
            Some(lemma) => lemma.to_owned(),
            None if word == "having" => {
                cost = 2;
                "have".to_owned()
            }
            None => match self.lexicon.participle(word) {
                // `neither touching the wall`
                Some(lemma) => {
                    cost = 3;
                    lemma.to_owned()
                }
                None => return Vec::new(),
            },
        };
        at += 1;
        if self.is(at, "not")
            && !(self.any_of(at + 1, &["all", "every", "each"]))
            && (lemma == "be" || lemma == "have" && self.ends(at + 1))
            && !denied
        {
            denied = true;
            at += 1;
        }
        if (lemma == "be" || lemma == "have") && !helped && self.ends(at) {
            return vec![(Vp::new(Pred::Elided, denied), at, 2)];
        }
        let mut each = false;
        while lemma == "be"
            && self.any_of(at, &["both", "all", "each", "only", "just"])
            && !self.is(at + 1, "of")
            && !self.is(at + 1, "the")
        {
            each |= !self.any_of(at, &["only", "just"]);
            at += 1;
        }
        let mut found = self.complement(&lemma, denied, at);
        for (vp, _, more) in &mut found {
            vp.each |= each;
            *more += cost;
        }
        let mut out = Vec::new();
        for (vp, next, cost) in found {
            self.tail(vp, next, cost, 0, &mut out);
        }
        spread(out)
    }

    /// `each`, `in the second box`, `for the right man` behind a predicate.
    fn tail(&self, vp: Vp, at: usize, cost: u32, depth: usize, out: &mut Vec<Found<Vp>>) {
        if depth < 3 {
            if self.any_of(at, &["each", "both", "apiece"]) && self.ends(at + 1) {
                let mut vp = vp.clone();
                vp.each = true;
                self.tail(vp, at + 1, cost, depth + 1, out);
            } else if self.any_of(at, &["in", "for"]) && vp.place.is_none() {
                let word = self.word(at).unwrap_or_default().to_owned();
                for (list, next, more) in self.list(at + 1) {
                    let mut vp = vp.clone();
                    vp.place = Some((word.clone(), list));
                    self.tail(vp, next, cost + more + 3, depth + 1, out);
                }
            }
        }
        out.push((vp, at, cost));
    }

    /// What follows a verb.
    pub(super) fn complement(&self, lemma: &str, denied: bool, at: usize) -> Vec<Found<Vp>> {
        self.deeper(|| spread(self.complement_anew(lemma, denied, at)))
    }

    fn complement_anew(&self, lemma: &str, denied: bool, at: usize) -> Vec<Found<Vp>> {
        let mut out = Vec::new();
        let mut push = |pred: Pred, next: usize, cost: u32| {
            out.push((Vp::new(pred, denied), next, cost));
        };
        match lemma {
            "be" => return self.being(denied, at),
            "have" => {
                for (list, next, cost) in self.list(at) {
                    let in_role = |next: usize| -> Option<(String, usize)> {
                        if self.is(next, "on")
                            && self.is(next + 1, "top")
                            && !self.is(next + 2, "of")
                        {
                            return Some(("top".to_owned(), next + 2));
                        }
                        let preposition = self.any_of(next, &["as", "at", "for", "on", "in"]);
                        let its = self.any_of(next + 1, &["its", "their", "the", "a"]);
                        let role = self.content(next + 2)?;
                        let known = preposition && its && self.lexicon.is_role(&role);
                        known.then_some((role, next + 3))
                    };
                    if let Some((role, after)) = in_role(next) {
                        push(Pred::HaveAs(list.clone(), role), after, cost);
                    }
                    if list.items.iter().any(|np| height(np).is_some()) {
                        if let Some(pred) = list.single().and_then(height) {
                            push(pred, next, cost);
                        }
                        continue;
                    }
                    push(Pred::Have(list), next, cost);
                }
                return out;
            }
            "exist" if self.ends(at) => {
                push(Pred::Exist, at, 0);
                return out;
            }
            "exist" if self.is(at, "in") => {
                for (list, next, cost) in self.list(at + 1) {
                    push(Pred::At("in".into(), list), next, cost);
                }
                return out;
            }
            "measure" => {
                for (vp, next, cost) in self.being(denied, at) {
                    if matches!(vp.pred, Pred::Measure(..)) {
                        out.push((vp, next, cost));
                    }
                }
                return out;
            }
            "outnumber" => {
                for (np, next, cost) in self.np(at).iter() {
                    push(Pred::More(true, np.clone()), *next, *cost);
                }
                return out;
            }
            _ => {}
        }
        // One object, or whatever follows.
        for (list, next, cost) in self.list(at) {
            push(Pred::Relation(lemma.to_owned(), list), next, cost);
        }
        for (items, next, cost) in self.items(at) {
            if items.len() > 1 || matches!(items.first(), Some(Item::Word(_))) {
                push(Pred::Other(lemma.to_owned(), items), next, cost + 2);
            }
        }
        out
    }

    /// Lists and small words up to the end of the clause.
    fn items(&self, at: usize) -> Vec<Found<Vec<Item>>> {
        let mut out = Vec::new();
        let mut items = Vec::new();
        let mut i = at;
        while !self.ends(i) {
            match self.token(i) {
                Some(Token::Relation(name)) if name != "@each_other" => {
                    items.push(Item::Word(name.trim_start_matches('@').replace('_', " ")));
                    i += 1;
                }
                Some(Token::Word(word)) if PREPOSITIONS.contains(&word.as_str()) => {
                    items.push(Item::Word(word.clone()));
                    i += 1;
                }
                _ => match self.list(i).into_iter().next() {
                    Some((list, next, _)) => {
                        items.push(Item::List(list));
                        i = next;
                    }
                    None => return out,
                },
            }
            if items.len() > 4 {
                return out;
            }
        }
        if matches!(items.last(), Some(Item::List(_))) {
            out.push((items, i, 0));
        }
        out
    }

    /// What follows `is`.
    fn being(&self, denied: bool, at: usize) -> Vec<Found<Vp>> {
        let mut out: Vec<Found<Vp>> = Vec::new();
        let mut more_or_fewer: Vec<Found<Vp>> = Vec::new();
        let mut push = |pred: Pred, next: usize, cost: u32| {
            out.push((Vp::new(pred, denied), next, cost));
        };
        if let Some(Token::Relation(name)) = self.token(at)
            && name != "@each_other"
        {
            // `taller than 3 blocks`
            if name.starts_with("@taller")
                && let Some(Token::Number(n, _)) = self.token(at + 1)
                && let Some(unit) = self.content(at + 2)
            {
                let more = super::determiner::amount(Compare::MoreThan, n).counted();
                push(Pred::Measure(vec![more], format!("{unit} tall")), at + 3, 0);
            }
            for (list, next, cost) in self.list(at + 1) {
                push(Pred::Relation(name.clone(), list), next, cost);
            }
            return out;
        }
        if let Some((measure, next)) = self.measure(at) {
            push(measure, next, 0);
        }
        // `are not fewer than the large things`
        if let Some(Token::Compare(compare @ (Compare::AtLeast | Compare::AtMost))) = self.token(at)
            && !denied
        {
            for (np, next, cost) in self.np(at + 1).iter() {
                if np.quantity == Quantity::The || np.quantity == Quantity::Bare {
                    let more = *compare == Compare::AtMost;
                    let vp = Vp::new(Pred::More(more, np.clone()), true);
                    more_or_fewer.push((vp, *next, *cost));
                }
            }
        }
        if let Some(Token::Compare(compare @ (Compare::MoreThan | Compare::FewerThan))) =
            self.token(at)
        {
            for (np, next, cost) in self.np(at + 1).iter() {
                if np.quantity == Quantity::The || np.quantity == Quantity::Bare {
                    let more = *compare == Compare::MoreThan;
                    push(Pred::More(more, np.clone()), *next, *cost);
                }
            }
        }
        if let Some(word) = self.word(at) {
            let located = self.lexicon.is_located(word);
            if located && self.ends(at + 1) {
                push(Pred::Exist, at + 1, 0);
            }
            if located || self.lexicon.lies(word) {
                return [out, self.being(denied, at + 1)].concat();
            }
            if let Some(verb) = self.lexicon.passive(word)
                && self.is(at + 1, "by")
            {
                for (list, next, cost) in self.list(at + 2) {
                    push(Pred::Undergo(verb.to_owned(), list), next, cost);
                }
                return out;
            }
            if word == "topped" && self.any_of(at + 1, &["by", "with"]) {
                for (list, next, cost) in self.list(at + 2) {
                    push(Pred::HaveAs(list, "top".to_owned()), next, cost);
                }
                return out;
            }
            if word == "made-of"
                && let Some((words, next)) = self.adjectives(at + 1)
            {
                push(Pred::Are(words), next, 0);
                return out;
            }
            if let Some(verb) = self.lexicon.participle(word) {
                return [out, self.complement(verb, denied, at + 1)].concat();
            }
            if PREPOSITIONS.contains(&word) && word != "than" && word != "by" {
                for (list, next, cost) in self.list(at + 1) {
                    // Something rests on something.
                    let pred = match word == "on" && self.lexicon.stacks() {
                        true => Pred::Relation("@on".to_owned(), list),
                        false => Pred::At(word.to_owned(), list),
                    };
                    push(pred, next, cost);
                }
                return out;
            }
            if word.ends_with("ing") && self.lexicon.is_content(word) {
                for (items, next, cost) in self.items(at + 1) {
                    push(Pred::Other(format!("be {word}"), items), next, cost + 1);
                }
            }
        }
        if let Some((words, next)) = self.adjectives(at) {
            push(Pred::Are(words), next, 0);
        }
        if !more_or_fewer.is_empty() {
            return more_or_fewer;
        }
        for (list, next, cost) in self.list(at) {
            match list.single() {
                Some(np) if np.is_bare_number() && np.quantity != Quantity::The => {
                    push(Pred::Number(np.quantity.clone()), next, cost);
                }
                _ => push(Pred::Is(list), next, cost + 1),
            }
        }
        // `is not one that …`, `is smaller than the cup`: words and phrases in order.
        if let Some(word) = self.content(at) {
            for (items, next, cost) in self.items(at + 1) {
                if matches!(items.first(), Some(Item::Word(_))) {
                    push(Pred::Other(format!("be {word}"), items), next, cost + 3);
                }
            }
        }
        out
    }

    /// `3 blocks tall`, `1, 4 and 2 blocks tall`, `taller than 3 blocks`.
    fn measure(&self, at: usize) -> Option<(Pred, usize)> {
        let mut i = at;
        let mut quantities = Vec::new();
        loop {
            let (compare, n, after) = self.compared(i)?;
            i = after;
            let mut quantity = match compare {
                Some(compare) => super::determiner::amount(compare, &n),
                None => Quantity::Exactly(n.clone()),
            };
            if self.is(i, "or") && self.any_of(i + 1, &["more", "fewer", "less"]) {
                quantity = match self.is(i + 1, "more") {
                    true => Quantity::AtLeast(n.clone()),
                    false => Quantity::AtMost(n.clone()),
                };
                i += 2;
            }
            quantities.push(quantity.counted());
            let comma = usize::from(self.mark(i, ','));
            let and = usize::from(self.is(i + comma, "and"));
            let more = matches!(
                self.token(i + comma + and),
                Some(Token::Number(..) | Token::Compare(_))
            );
            if comma + and == 0 || !more {
                break;
            }
            i += comma + and;
        }
        let unit = self.content(i)?;
        if self.is(i + 1, "tall") || self.is(i + 1, "high") {
            return Some((Pred::Measure(quantities, format!("{unit} tall")), i + 2));
        }
        if self.is(i + 1, "in") && self.is(i + 2, "height") {
            return Some((Pred::Measure(quantities, format!("{unit} tall")), i + 3));
        }
        if self.is(i + 1, "wide") {
            return Some((Pred::Measure(quantities, format!("{unit} wide")), i + 2));
        }
        None
    }

    /// `medium and yellow`.
    fn adjectives(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut words = Vec::new();
        let mut i = at;
        loop {
            let word = self.content(i)?;
            if word != "sized" && word != "colored" {
                words.push(word);
            }
            i += 1;
            while self.any_of(i, &["sized", "colored"]) {
                i += 1;
            }
            if self.any_of(i, &["in", "of"])
                && self.any_of(i + 1, &["color", "colour", "size", "shape"])
            {
                i += 2;
            }
            let comma = usize::from(self.mark(i, ','));
            let and = usize::from(self.is(i + comma, "and"));
            let next = i + comma + and;
            let more = self
                .content(next)
                .is_some_and(|w| self.lexicon.is_adjective(&w));
            if !more {
                // A noun behind adjectives.
                if comma + and == 0 && self.content(next).is_some() {
                    i = next;
                    continue;
                }
                break;
            }
            i = next;
        }
        words.sort();
        words.dedup();
        Some((words, i))
    }
}

/// `a height of 3 blocks`.
fn height(np: &Np) -> Option<Pred> {
    if np.noun() != Some("height") {
        return None;
    }
    let [super::syntax::Mod::With(of, list)] = np.mods.as_slice() else {
        return None;
    };
    let unit = list.items.last()?.noun()?;
    let plain = list
        .items
        .iter()
        .all(|np| np.counts() && np.attributes.is_empty() && np.mods.is_empty());
    (of == "of" && plain && !list.or).then(|| {
        let quantities = list
            .items
            .iter()
            .map(|np| match np.quantity.clone().counted() {
                Quantity::One => Quantity::Exactly("1".to_owned()),
                other => other,
            });
        Pred::Measure(quantities.collect(), format!("{unit} tall"))
    })
}

impl List {
    /// Whether its items stand for nothing but how many.
    pub(super) fn amounts(&self) -> bool {
        self.items
            .iter()
            .all(|np| np.counts() && np.head != Head::They)
    }
}
