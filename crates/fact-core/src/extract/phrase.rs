//! Noun phrases and lists of them.

use super::clause::{Said, VerbPhrase};
use super::facts::{Quantity, Thing};
use super::lexicon::{DETERMINERS, Lexicon, PREPOSITIONS};
use super::tokens::Token;
use crate::english::{ordinal, singular};

/// Deepest nesting of phrases in phrases: a text with more is not read.
const DEEPEST: usize = 8;

/// What earlier sentences and clauses named, for what stands for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// The place that was named last: `in it`.
    pub(super) place: Option<Np>,
    /// The last single object: `it`.
    pub(super) single: Option<Np>,
    /// The last several: `they`, `none of them`.
    pub(super) several: Option<Np>,
    /// What was counted last: `2 in the second box`.
    pub(super) counted: Option<Vec<String>>,
    /// What an ordinal was said of last: `the third`.
    pub(super) ordered: Option<Vec<String>>,
    /// The subject of the clause before.
    pub(super) subject: Option<NpList>,
}

/// A noun phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Np {
    pub(super) quantity: Quantity,
    /// `any`, which is all where it is denied.
    pub(super) any: bool,
    /// Of how many: `of the 3`.
    pub(super) total: Option<String>,
    /// Attributes in fixed order, then the noun; empty if it stands for what was named before.
    pub(super) words: Vec<String>,
    pub(super) plural: bool,
    pub(super) behind: Vec<Behind>,
}

/// What stands behind a noun.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Behind {
    /// A preposition or relation with its objects.
    With(String, NpList),
    /// A clause on it.
    Clause(Box<VerbPhrase>),
}

/// Noun phrases that are said together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NpList {
    pub(super) items: Vec<Np>,
    pub(super) or: bool,
    /// `each of`.
    pub(super) each: bool,
    /// `neither … nor`.
    pub(super) neither: bool,
}

impl NpList {
    pub(super) fn one(np: Np) -> Self {
        Self {
            items: vec![np],
            or: false,
            each: false,
            neither: false,
        }
    }

    /// In words; the order of things that are said together says nothing.
    pub(super) fn name(&self) -> String {
        let mut names: Vec<String> = self.items.iter().map(|np| np.thing().to_string()).collect();
        names.sort();
        let word = match (self.neither, self.or) {
            (true, _) => " nor ",
            (_, true) => " or ",
            _ => " and ",
        };
        let each = if self.each { "each of " } else { "" };
        format!("{each}{}", names.join(word))
    }
}

impl Np {
    pub(super) fn new(quantity: Quantity, words: Vec<String>) -> Self {
        Self {
            quantity,
            any: false,
            total: None,
            words,
            plural: false,
            behind: Vec::new(),
        }
    }

    pub(super) fn thing(&self) -> Thing {
        let quantity = match (&self.quantity, self.plural) {
            (Quantity::The, true) => Quantity::Bare,
            (quantity, _) => quantity.clone(),
        };
        let many = self.quantity == Quantity::The && self.plural;
        let name = self.name();
        let total = match (&self.total, &quantity) {
            // Said as a fact of its own.
            (Some(n), Quantity::Bare) => format!("{n} "),
            _ => String::new(),
        };
        Thing {
            quantity,
            name: if many {
                format!("the {total}several {name}")
            } else {
                name
            },
        }
    }

    /// Without its quantity.
    pub(super) fn name(&self) -> String {
        let mut out = self.words.join(" ");
        for behind in &self.behind {
            match behind {
                Behind::With(word, list) => {
                    let word = word.trim_start_matches('@').replace('_', " ");
                    out.push_str(&format!(" {word} {}", list.name()));
                }
                Behind::Clause(said) => out.push_str(&format!(" that {}", said.name())),
            }
        }
        out.trim().to_owned()
    }

    /// The place it is in, and the rest.
    pub(super) fn lift_place(&self) -> (Self, Option<Self>) {
        let mut rest = self.clone();
        let at = rest.behind.iter().rposition(
            |b| matches!(b, Behind::With(word, list) if word == "in" && list.items.len() == 1),
        );
        // What stands behind the place may be said of the place.
        let Some(at) = at.filter(|at| at + 1 == rest.behind.len()) else {
            return (rest, None);
        };
        match rest.behind.remove(at) {
            Behind::With(_, mut list) => {
                let place = list.items.pop();
                (rest, place)
            }
            Behind::Clause(_) => (self.clone(), None),
        }
    }

    /// One for each of the things that lists within it name: `the towers in the first and second
    /// boxes` are two.
    pub(super) fn apart(&self) -> Vec<Self> {
        let counted = !matches!(
            self.quantity,
            Quantity::The | Quantity::Some | Quantity::None
        );
        let mut out = vec![self.clone()];
        for at in 0..self.behind.len() {
            let Behind::With(word, list) = &self.behind[at] else {
                continue;
            };
            let within: Vec<Self> = list.items.iter().flat_map(Self::apart).collect();
            let splits = within.len() > 1
                && !(counted && !list.each && list.items.len() > 1)
                && (!list.or || self.quantity == Quantity::None)
                && self.total.is_none();
            if !splits {
                continue;
            }
            out = out
                .iter()
                .flat_map(|np| {
                    within.iter().map(|one| {
                        let mut np = np.clone();
                        np.plural = false;
                        np.behind[at] = Behind::With(word.clone(), NpList::one(one.clone()));
                        np
                    })
                })
                .collect();
        }
        out
    }

    fn is_image(&self) -> bool {
        self.quantity == Quantity::The
            && self.behind.is_empty()
            && matches!(self.words.as_slice(), [one] if one == "image")
    }

    pub(super) fn is_number(&self) -> Option<&str> {
        match &self.quantity {
            Quantity::Exactly(n) if self.words.is_empty() && self.behind.is_empty() => Some(n),
            _ => None,
        }
    }
}

/// A sentence while it is read.
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
}

impl Reader<'_> {
    pub(super) fn word(&self, at: usize, end: usize) -> Option<&str> {
        (at < end).then(|| self.tokens[at].word()).flatten()
    }

    pub(super) fn is(&self, at: usize, end: usize, word: &str) -> bool {
        self.word(at, end) == Some(word)
    }

    pub(super) fn mark(&self, at: usize, end: usize, mark: char) -> bool {
        at < end && self.tokens[at] == Token::Mark(mark)
    }

    pub(super) fn content(&self, at: usize, end: usize) -> Option<String> {
        let word = self.word(at, end)?;
        self.lexicon
            .is_content(word)
            .then(|| self.lexicon.canonical(word))
    }

    /// Whether a noun phrase can begin here.
    pub(super) fn begins(&self, at: usize, end: usize) -> bool {
        if at >= end {
            return false;
        }
        match &self.tokens[at] {
            Token::Word(word) => {
                word != "not"
                    && (DETERMINERS.contains(&word.as_str()) || self.lexicon.is_content(word))
                    || (word == "not"
                        && ["all", "every", "each"]
                            .iter()
                            .any(|w| self.is(at + 1, end, w)))
            }
            Token::Number(..)
            | Token::Ordinal(_)
            | Token::Quote(_)
            | Token::Point(_)
            | Token::Compare(_) => true,
            Token::Relation(name) => name == "@each_other",
            Token::Mark(_) => false,
        }
    }

    /// Noun phrases joined by `and`, `or`, commas.
    pub(super) fn list(
        &self,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(NpList, usize)> {
        if self.is(at, end, "neither") && !self.is(at + 1, end, "of") {
            let found = self.neither(at + 1, end, context, depth);
            if found.is_some() {
                return found;
            }
        }
        let (mut list, mut at) = self.group(at, end, context, depth)?;
        while let Some((or, next)) = self.joint(at, end) {
            if !self.begins(next, end) {
                break;
            }
            let Some((more, next)) = self.group(next, end, context, depth) else {
                break;
            };
            if list.items.len() > 1 && or != list.or && !self.mark(at, end, ',') {
                break;
            }
            list.or |= or;
            list.items.extend(more.items);
            at = next;
        }
        Some((list, at))
    }

    /// `,`, `and`, `, and`, `or`: whether it is `or`, and where it ends.
    fn joint(&self, at: usize, end: usize) -> Option<(bool, usize)> {
        let comma = usize::from(self.mark(at, end, ','));
        match self.word(at + comma, end) {
            Some("and") => Some((false, at + comma + 1)),
            Some("or" | "nor") => Some((true, at + comma + 1)),
            _ if comma == 1 => {
                // A comma alone joins only if the list goes on behind it.
                Some((false, at + 1))
            }
            _ => None,
        }
    }

    fn neither(
        &self,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(NpList, usize)> {
        let (list, next) = self.list(at, end, context, depth + 1)?;
        (list.items.len() > 1 && list.or).then_some((
            NpList {
                neither: true,
                or: false,
                ..list
            },
            next,
        ))
    }

    /// A noun phrase, or several that share a noun: `the first and second boxes`.
    pub(super) fn group(
        &self,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(NpList, usize)> {
        if depth > DEEPEST {
            return None;
        }
        if let Some(found) = self.ordered(at, end, context) {
            return Some(found);
        }
        let (np, next) = self.np(at, end, context, depth)?;
        Some((NpList::one(np), next))
    }

    /// `each of the first, second and third boxes`, `the second or third box`, `both the first and
    /// the second box`.
    fn ordered(&self, at: usize, end: usize, context: &mut Context) -> Option<(NpList, usize)> {
        let mut i = at;
        let mut each = false;
        if let Some(word @ ("each" | "both" | "either" | "all")) = self.word(i, end) {
            each = word != "either";
            i += 1;
            if self.is(i, end, "of") {
                i += 1;
            }
        }
        let mut numbers: Vec<(u32, Vec<String>)> = Vec::new();
        let mut or = false;
        loop {
            let mut j = i;
            if self.is(j, end, "the") {
                j += 1;
            } else if numbers.is_empty() {
                return None;
            }
            let Some(Token::Ordinal(n)) = (j < end).then(|| &self.tokens[j]) else {
                break;
            };
            j += 1;
            let mut words = Vec::new();
            while let Some(word) = self.content(j, end) {
                words.push(word);
                j += 1;
            }
            if self.anaphor(j, end) && words.is_empty() {
                words.clone_from(context.ordered.as_ref()?);
                j += 1;
            }
            numbers.push((*n, words));
            i = j;
            let Some((alternative, next)) = self.joint(i, end) else {
                break;
            };
            let the = usize::from(self.is(next, end, "the"));
            if !matches!(self.tokens.get(next + the), Some(Token::Ordinal(_))) || next + the >= end
            {
                break;
            }
            // `the first box and the second dog`: two phrases.
            or |= alternative;
            i = next;
        }
        if numbers.len() < 2 {
            return None;
        }
        let mut noun = numbers.last()?.1.clone();
        if noun.is_empty() {
            noun.clone_from(context.ordered.as_ref()?);
        }
        if numbers
            .iter()
            .any(|(_, words)| !words.is_empty() && *words != noun)
        {
            return None;
        }
        // What stands behind would be of the last, or of all.
        if self.is(i, end, "of") || self.is(i, end, "in") {
            return None;
        }
        context.ordered = Some(noun.clone());
        let items = numbers
            .into_iter()
            .map(|(n, _)| {
                let mut words = noun.clone();
                words.push(ordinal(i64::from(n)));
                Np::new(Quantity::The, self.arranged(words))
            })
            .collect();
        Some((
            NpList {
                items,
                or,
                each,
                neither: false,
            },
            i,
        ))
    }

    /// Attributes in fixed order; the noun, which comes last, stays. An ordinal that was put last is
    /// an attribute.
    fn arranged(&self, mut words: Vec<String>) -> Vec<String> {
        let is_ordinal = |w: &String| {
            w.ends_with("st") || w.ends_with("nd") || w.ends_with("rd") || w.ends_with("th")
        };
        if words.len() > 1
            && words.last().is_some_and(is_ordinal)
            && let Some(last) = words.pop()
        {
            words.insert(0, last);
        }
        let head = words.pop();
        words.sort();
        words.extend(head);
        words
    }

    /// `one`, `ones` in the place of a noun.
    fn anaphor(&self, at: usize, end: usize) -> bool {
        at < end
            && (matches!(&self.tokens[at], Token::Number(n, true) if n == "1")
                || self.is(at, end, "ones"))
    }

    pub(super) fn np(
        &self,
        at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> Option<(Np, usize)> {
        if at >= end || depth > DEEPEST {
            return None;
        }
        match &self.tokens[at] {
            Token::Quote(text) => {
                let np = Np::new(Quantity::The, vec![format!("“{text}”")]);
                return Some((np, at + 1));
            }
            Token::Point(text) => {
                return Some((Np::new(Quantity::The, vec![text.clone()]), at + 1));
            }
            Token::Relation(name) if name == "@each_other" => {
                return Some((
                    Np::new(Quantity::The, vec!["each other".to_owned()]),
                    at + 1,
                ));
            }
            _ => {}
        }
        if self.is(at, end, "it") {
            return context.single.clone().map(|np| (np, at + 1));
        }
        if (self.is(at, end, "they") || self.is(at, end, "these") || self.is(at, end, "them"))
            && self
                .content(at + 1, end)
                .is_none_or(|_| self.is(at, end, "they"))
        {
            return context.several.clone().map(|np| (np, at + 1));
        }
        let (mut np, mut at) = self.quantity(at, end)?;
        if self.is(at, end, "them")
            || self.is(at, end, "these") && self.content(at + 1, end).is_none()
        {
            let several = context.several.as_ref()?;
            np.words.clone_from(&several.words);
            np.behind.clone_from(&several.behind);
            return Some((np, at + 1));
        }
        let mut words = Vec::new();
        let mut with_ordinal = false;
        let mut surface_plural = false;
        while at < end {
            match &self.tokens[at] {
                Token::Ordinal(n) if words.is_empty() || !with_ordinal => {
                    words.push(ordinal(i64::from(*n)));
                    with_ordinal = true;
                }
                Token::Word(word)
                    if (word == "sized" || word == "colored") && !words.is_empty() => {}
                Token::Word(word) => {
                    let is_clause = !words.is_empty() && self.doing(at, end).is_some();
                    let Some(canonical) = self.content(at, end).filter(|_| !is_clause) else {
                        break;
                    };
                    surface_plural = singular(word) != *word;
                    if words.is_empty()
                        && np.quantity == Quantity::The
                        && self.lexicon.is_value_noun(&canonical)
                        && self.content(at + 1, end).is_some()
                    {
                        let (values, next) = self.values(at + 1, end);
                        np.words = vec![canonical, values];
                        return Some((np, next));
                    }
                    words.push(canonical);
                }
                // `a small, yellow circle`
                Token::Mark(',')
                    if words.last().is_some_and(|w| self.lexicon.is_adjective(w))
                        && self.content(at + 1, end).is_some_and(|w| {
                            self.lexicon.is_adjective(&w) || self.content(at + 2, end).is_none()
                        })
                        && np.quantity != Quantity::Bare => {}
                _ => break,
            }
            at += 1;
        }
        if self.anaphor(at, end) && (!words.is_empty() || np.quantity == Quantity::The) {
            let noun = match with_ordinal {
                true => context.ordered.as_ref(),
                false => context.counted.as_ref(),
            };
            // What was named may have another colour or size than this one.
            if words.iter().any(|w| self.lexicon.is_adjective(w)) {
                words.push(noun?.last()?.clone());
            } else {
                words.extend(noun?.iter().cloned());
            }
            surface_plural = self.is(at, end, "ones");
            at += 1;
        } else if with_ordinal && words.len() == 1 {
            words.push(context.ordered.as_ref()?.last()?.clone());
        }
        if words.is_empty() {
            let number = matches!(
                np.quantity,
                Quantity::None
                    | Quantity::Exactly(_)
                    | Quantity::AtLeast(_)
                    | Quantity::AtMost(_)
                    | Quantity::One
            );
            if !number || np.any {
                return None;
            }
        }
        if !words.is_empty() {
            np.quantity = np.quantity.counted();
        }
        np.plural = surface_plural;
        np.words = match with_ordinal {
            true => {
                let noun: Vec<String> = words[1..].to_vec();
                context.ordered = Some(noun);
                self.arranged(words)
            }
            false => self.arranged(words),
        };
        at = self.behind(&mut np, at, end, context, depth);
        if !np.behind.is_empty() {
            np.quantity = np.quantity.counted();
        }
        Some((np, at))
    }

    /// `red and blue`, in fixed order.
    fn values(&self, at: usize, end: usize) -> (String, usize) {
        let mut values = Vec::new();
        let mut i = at;
        while let Some(value) = self.content(i, end) {
            values.push(value);
            i += 1;
            let next = match self.joint(i, end) {
                Some((false, next))
                    if self
                        .content(next, end)
                        .is_some_and(|v| self.lexicon.is_adjective(&v)) =>
                {
                    next
                }
                _ => break,
            };
            i = next;
        }
        values.sort();
        (values.join("+"), i)
    }

    /// Reads what stands behind a noun; where it ends.
    fn behind(
        &self,
        np: &mut Np,
        mut at: usize,
        end: usize,
        context: &mut Context,
        depth: usize,
    ) -> usize {
        loop {
            if at >= end {
                return at;
            }
            match &self.tokens[at] {
                Token::Word(word) if PREPOSITIONS.contains(&word.as_str()) && word != "than" => {
                    if !self.begins(at + 1, end) {
                        return at;
                    }
                    let found = match word.as_str() {
                        "in" if self.is(at + 1, end, "it") => {
                            let place = context.place.clone().or_else(|| context.single.clone());
                            place.map(|place| (NpList::one(place), at + 2))
                        }
                        "between" => self.list(at + 1, end, context, depth + 1),
                        _ => self.group(at + 1, end, context, depth + 1),
                    };
                    let Some((mut list, mut next)) = found else {
                        return at;
                    };
                    // `in the first box and in the second`
                    while let Some((or, again)) = self.joint(next, end)
                        && self.is(again, end, word)
                        && self.begins(again + 1, end)
                        && let Some((more, after)) = self.group(again + 1, end, context, depth + 1)
                    {
                        list.or |= or;
                        list.items.extend(more.items);
                        next = after;
                    }
                    let image = word == "in" && list.items.len() == 1 && list.items[0].is_image();
                    if !image {
                        np.behind.push(Behind::With(word.clone(), list));
                    }
                    at = next;
                }
                Token::Relation(name) if self.begins(at + 1, end) && !np.words.is_empty() => {
                    let Some((list, next)) = self.group(at + 1, end, context, depth + 1) else {
                        return at;
                    };
                    np.behind.push(Behind::With(name.clone(), list));
                    at = next;
                }
                Token::Word(word) if word == "that" || word == "which" || word == "who" => {
                    let Some((said, next)) = self.relative(at + 1, end, context, depth + 1) else {
                        return at;
                    };
                    match self.attribute(&said) {
                        // `a base that is yellow`: a yellow base.
                        Some(word) if !np.words.is_empty() => {
                            let mut words = np.words.clone();
                            words.insert(0, word);
                            np.words = self.arranged(words);
                        }
                        _ => np.behind.push(Behind::Clause(Box::new(said))),
                    }
                    at = next;
                }
                Token::Word(_) if !np.words.is_empty() => {
                    let Some(lemma) = self.doing(at, end) else {
                        return at;
                    };
                    let Some((vp, next)) =
                        self.verb_rest(&lemma, false, at + 1, end, context, depth + 1)
                    else {
                        return at;
                    };
                    np.behind.push(Behind::Clause(Box::new(vp)));
                    at = next;
                }
                _ => return at,
            }
        }
    }

    /// What a participle behind a noun says that it does: `touching the wall`, `holding a cup`.
    fn doing(&self, at: usize, end: usize) -> Option<String> {
        let word = self.word(at, end)?;
        if let Some(lemma) = self.lexicon.participle(word) {
            return Some(lemma.to_owned());
        }
        let goes_on = self.begins(at + 1, end) && self.content(at + 1, end).is_none();
        (word.ends_with("ing") && self.lexicon.is_content(word) && goes_on)
            .then(|| format!("be {word}"))
    }

    /// The attribute that a clause on a noun says, if it says no more.
    fn attribute(&self, said: &VerbPhrase) -> Option<String> {
        let Said::Other(text) = &said.said else {
            return None;
        };
        let word = text.strip_prefix("be ").filter(|_| !said.denied)?;
        self.lexicon.is_adjective(word).then(|| word.to_owned())
    }
}
