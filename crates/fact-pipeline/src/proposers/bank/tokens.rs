//! A sentence as words and slots: places that the vocabulary can fill otherwise.

use super::lexicon::{COMPARISON, CONTAINER, Lexicon, NUMBER};
use std::sync::Arc;

/// Words of a question beyond these are not read: no question is that long.
const MOST_WORDS: usize = 256;

/// A word that stays, or a slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A word.
    Word {
        /// As written, or corrected.
        text: Arc<str>,
        /// What it counts as when sentences are compared.
        stem: Arc<str>,
    },
    /// A slot with its value.
    Slot(Slot),
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// A phrase such as "small yellow square".
    Phrase(Phrase),
    /// A number with its comparison, if one stands before it.
    Number {
        operator: Option<Arc<str>>,
        number: Arc<str>,
    },
    /// A value of any other class.
    Value { class: Arc<str>, value: Arc<str> },
}

/// A value, or none, for each class that makes up phrases.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase(pub(super) Box<[Option<Arc<str>>]>);

impl Phrase {
    pub(super) fn empty(lexicon: &Lexicon) -> Self {
        Self(vec![None; lexicon.phrases.classes.len()].into())
    }

    /// The values there are, with the position of their class.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, &Arc<str>)> {
        let parts = self.0.iter().enumerate();
        parts.filter_map(|(i, value)| Some((i, value.as_ref()?)))
    }

    /// Whether it has values for the same classes.
    pub(super) fn same_classes(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.into_iter().all(|(a, b)| a.is_some() == b.is_some())
    }

    /// Without the noun that everything answers to.
    pub(super) fn particular(&self, lexicon: &Lexicon) -> Self {
        let mut out = self.clone();
        if let Some(noun) = out.0.last_mut()
            && noun.as_deref() == Some(&*lexicon.phrases.any)
        {
            *noun = None;
        }
        out
    }

    /// Whether it has no values.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Its values, in the order in which programs write them.
    pub(super) fn text(&self) -> String {
        let words: Vec<&str> = self.parts().map(|(_, value)| &**value).collect();
        words.join(" ")
    }

    /// What it counts as when sentences are compared: which parts it has, and, if `fine`, their
    /// values.
    fn key(&self, lexicon: &Lexicon, fine: bool) -> String {
        let mut key = "<phrase".to_owned();
        let has = |part: Option<usize>| part.is_some_and(|i| self.0[i].is_some());
        if has(lexicon.part(&lexicon.phrases.alone)) {
            key.push('+');
        }
        if !has(Some(lexicon.noun())) {
            key.push('-');
        } else if self.particular(lexicon).is_empty() {
            key.push('*');
        }
        if fine {
            for (part, value) in self.parts() {
                key.push_str(&format!(" {part}={value}"));
            }
        }
        key.push('>');
        key
    }
}

impl Slot {
    /// Whether both are of one kind, so that one may take the other's place.
    pub(super) fn same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Phrase(_), Self::Phrase(_)) | (Self::Number { .. }, Self::Number { .. }) => true,
            (Self::Value { class: a, .. }, Self::Value { class: b, .. }) => a == b,
            _ => false,
        }
    }

    fn key(&self, lexicon: &Lexicon, fine: bool) -> String {
        match self {
            Self::Phrase(phrase) => phrase.key(lexicon, fine),
            Self::Number { operator, number } if fine => {
                format!("<number {} {number}>", operator.as_deref().unwrap_or(""))
            }
            Self::Number { .. } => "<number>".into(),
            Self::Value { class, value } if fine || **class == *CONTAINER => {
                format!("<{class} {value}>")
            }
            Self::Value { class, .. } => format!("<{class}>"),
        }
    }
}

impl Token {
    /// A word.
    pub(super) fn word(text: Arc<str>, lexicon: &Lexicon) -> Self {
        let stem = lexicon.stem(&text);
        Self::Word { text, stem }
    }

    /// The value of a slot.
    pub(super) fn slot(&self) -> Option<&Slot> {
        match self {
            Self::Slot(slot) => Some(slot),
            Self::Word { .. } => None,
        }
    }

    /// What it counts as when sentences are compared: a word its stem, a slot its kind and, if
    /// `fine`, its value. Empty for what counts for nothing.
    pub(super) fn key(&self, lexicon: &Lexicon, fine: bool) -> String {
        match self {
            Self::Word { stem, .. } => stem.to_string(),
            Self::Slot(slot) => slot.key(lexicon, fine),
        }
    }
}

/// The slots among tokens, with their positions.
pub(super) fn slots(tokens: &[Token]) -> impl Iterator<Item = (usize, &Slot)> {
    let tokens = tokens.iter().enumerate();
    tokens.filter_map(|(i, token)| Some((i, token.slot()?)))
}

/// Runs of letters a to z and runs of digits, in lower case.
pub(super) fn split(sentence: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = None;
    for c in sentence.chars().flat_map(char::to_lowercase) {
        let kind = match c {
            'a'..='z' => Some('a'),
            '0'..='9' => Some('0'),
            _ => None,
        };
        match out.last_mut() {
            Some(word) if kind.is_some() && kind == last => word.push(c),
            _ if kind.is_some() => out.push(c.to_string()),
            _ => {}
        }
        last = kind;
    }
    out
}

/// Reads a sentence.
pub(super) fn read(sentence: &str, lexicon: &Lexicon) -> Vec<Token> {
    let words = split(sentence).into_iter().take(MOST_WORDS);
    let words: Vec<String> = words.map(|word| lexicon.correct(word)).collect();
    let mut entries = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match lexicon.entry(&words[at..]) {
            Some((n, meaning)) => {
                entries.push(Entry::Value(&meaning.class, &meaning.value));
                at += n;
            }
            None => {
                entries.push(Entry::Plain(&words[at]));
                at += 1;
            }
        }
    }
    group(&entries, lexicon)
}

/// A word, or what one or several words mean.
enum Entry<'a> {
    Plain(&'a str),
    Value(&'a Arc<str>, &'a Arc<str>),
}

impl<'a> Entry<'a> {
    fn value(&self, class: &str) -> Option<&'a Arc<str>> {
        match self {
            Self::Value(c, value) if ***c == *class => Some(value),
            _ => None,
        }
    }

    /// Position of its class among those of phrases, and its value.
    fn part(&self, lexicon: &Lexicon) -> Option<(usize, &'a Arc<str>)> {
        match self {
            Self::Value(class, value) => Some((lexicon.part(class)?, value)),
            Self::Plain(_) => None,
        }
    }
}

/// Joins the parts of phrases, and comparisons with their numbers.
fn group(entries: &[Entry<'_>], lexicon: &Lexicon) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(entry) = entries.get(at) {
        if entry.part(lexicon).is_some() {
            let (phrase, next) = phrase(entries, at, lexicon);
            out.push(Token::Slot(Slot::Phrase(phrase)));
            at = next;
            continue;
        }
        let next = entries.get(at + 1).and_then(|e| e.value(NUMBER));
        out.push(match (entry, next) {
            (Entry::Plain(word), _) => Token::word((*word).into(), lexicon),
            (Entry::Value(class, operator), Some(number)) if ***class == *COMPARISON => {
                at += 1;
                Token::Slot(Slot::Number {
                    operator: Some((*operator).clone()),
                    number: number.clone(),
                })
            }
            // "only" by itself.
            (Entry::Value(class, operator), None) if ***class == *COMPARISON => {
                Token::word((*operator).clone(), lexicon)
            }
            (Entry::Value(class, number), _) if ***class == *NUMBER => Token::Slot(Slot::Number {
                operator: None,
                number: (*number).clone(),
            }),
            (Entry::Value(class, value), _) => Token::Slot(Slot::Value {
                class: (*class).clone(),
                value: (*value).clone(),
            }),
        });
        at += 1;
    }
    out
}

/// The longest phrase from `at`, each class at most once, up to its noun.
fn phrase(entries: &[Entry<'_>], mut at: usize, lexicon: &Lexicon) -> (Phrase, usize) {
    let mut phrase = Phrase::empty(lexicon);
    let part = |at: usize| entries.get(at).and_then(|e| e.part(lexicon));
    while let Some((class, value)) = part(at) {
        if phrase.0[class].is_some() {
            break;
        }
        phrase.0[class] = Some(value.clone());
        at += 1;
        if class == lexicon.noun() {
            // "square item": the general noun after a particular one says nothing.
            let any = &*lexicon.phrases.any;
            let general = part(at).is_some_and(|(c, v)| c == class && **v == *any);
            if **value != *any && general {
                at += 1;
            }
            break;
        }
    }
    (phrase, at)
}
