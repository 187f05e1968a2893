//! A sentence as words and slots.

use super::spelling::Spelling;
use fact_lang::pack::Pack;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The classes whose words make up noun phrases, in the order in which programs write them.
pub(super) const NOUN_CLASSES: [&str; 3] = ["size", "color", "shape"];
/// Index of the colour among them.
pub(super) const COLOR: usize = 1;
/// Index of the noun proper among them.
pub(super) const SHAPE: usize = 2;
/// The noun that fits things of every shape.
pub(super) const ANY: &str = "item";
/// Class of numbers.
const NUMBER: &str = "number";
/// Class of comparison operators.
const COMPARISON: &str = "comparison";

/// A class of the vocabulary with its canonical values and the words for each.
type Class = (String, Vec<(String, Vec<String>)>);

/// Which words of a pack can be exchanged for which.
#[derive(Debug)]
pub(super) struct Vocabulary {
    classes: Vec<Class>,
    /// Words of one entry → class, canonical value.
    phrases: HashMap<Vec<String>, (Arc<str>, Arc<str>)>,
    /// Length of the longest entry in words.
    longest: usize,
    /// Name of a pack function → class, canonical value, if it stands for one.
    attributes: HashMap<String, (Arc<str>, Arc<str>)>,
    /// Names of the pack's functions.
    functions: Vec<Arc<str>>,
    spelling: Spelling,
}

impl Vocabulary {
    pub(super) fn new(pack: &Pack) -> Self {
        let functions: Vec<Arc<str>> = pack.functions.iter().map(|f| f.name.clone()).collect();
        let mut vocabulary = Self {
            classes: pack.vocabulary.clone(),
            phrases: HashMap::new(),
            longest: 0,
            attributes: HashMap::new(),
            functions,
            spelling: Spelling::default(),
        };
        for (class, values) in &pack.vocabulary {
            let stands_in_names =
                class != NUMBER && class != COMPARISON && !NOUN_CLASSES.contains(&class.as_str());
            let class: Arc<str> = class.as_str().into();
            for (value, words) in values {
                let entry = (class.clone(), Arc::<str>::from(value.as_str()));
                for words in words {
                    let words: Vec<String> = words.split_whitespace().map(Into::into).collect();
                    vocabulary.longest = vocabulary.longest.max(words.len());
                    vocabulary.phrases.entry(words).or_insert(entry.clone());
                }
                for name in std::iter::once(value).chain(words) {
                    if stands_in_names && vocabulary.is_function(name) {
                        let known = vocabulary.attributes.entry(name.clone());
                        known.or_insert(entry.clone());
                    }
                }
            }
        }
        vocabulary
    }

    fn is_function(&self, name: &str) -> bool {
        self.functions.iter().any(|f| **f == *name)
    }

    /// Class and canonical value of a single word.
    pub(super) fn word(&self, word: &str) -> Option<(&str, &Arc<str>)> {
        let entry = self.phrases.get(std::slice::from_ref(&word.to_owned()))?;
        Some((&entry.0, &entry.1))
    }

    /// Class and canonical value that a pack function stands for.
    pub(super) fn attribute(&self, name: &str) -> Option<&(Arc<str>, Arc<str>)> {
        self.attributes.get(name)
    }

    /// The pack function that stands for a value of a class.
    pub(super) fn attribute_for(&self, class: &str, value: &str) -> Option<&str> {
        let (_, values) = self.classes.iter().find(|(name, _)| name == class)?;
        let (value, words) = values.iter().find(|(canonical, _)| canonical == value)?;
        std::iter::once(value)
            .chain(words)
            .map(String::as_str)
            .find(|name| self.is_function(name))
    }

    /// Learns to spell: the pack's words, and those that occur in three of `sentences` or more.
    pub(super) fn learn_spelling<'s>(&mut self, sentences: impl Iterator<Item = &'s str>) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for word in sentences.flat_map(words) {
            *counts.entry(word).or_insert(0) += 1;
        }
        let frequent = counts.into_iter().filter(|(_, count)| *count >= 3);
        let mut known: Vec<(String, bool)> = frequent.map(|(word, _)| (word, false)).collect();
        // Order does not matter: the words go into a set.
        #[allow(clippy::iter_over_hash_type)]
        for (words, (class, _)) in &self.phrases {
            let noun = words.len() == 1 && NOUN_CLASSES.contains(&&**class);
            known.extend(words.iter().map(|word| (word.clone(), noun)));
        }
        for (word, noun) in known {
            self.spelling.learn(&word, noun);
        }
    }

    /// Reads a sentence.
    pub(super) fn tokens(&self, sentence: &str) -> Vec<Token> {
        let words: Vec<String> = words(sentence)
            .iter()
            .flat_map(|word| match self.spelling.correct(word) {
                "atleast" => vec!["at".to_owned(), "least".to_owned()],
                word => vec![word.to_owned()],
            })
            .collect();
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let entry = (1..=self.longest.min(words.len() - at))
                .rev()
                .find_map(|n| Some((n, self.phrases.get(&words[at..at + n])?)));
            match entry {
                Some((n, (class, value))) => {
                    entries.push(Entry::Value(class.clone(), value.clone()));
                    at += n;
                }
                None => {
                    entries.push(Entry::Plain(words[at].as_str().into()));
                    at += 1;
                }
            }
        }
        group(&entries)
    }
}

/// Runs of letters and runs of digits, in lower case.
fn words(sentence: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = None;
    for c in sentence.to_lowercase().chars() {
        let kind = if c.is_ascii_digit() {
            Some(false)
        } else if c.is_alphabetic() {
            Some(true)
        } else {
            None
        };
        match (kind, out.last_mut()) {
            (Some(_), Some(word)) if kind == last => word.push(c),
            (Some(_), _) => out.push(c.to_string()),
            (None, _) => {}
        }
        last = kind;
    }
    out
}

enum Entry {
    Plain(Arc<str>),
    Value(Arc<str>, Arc<str>),
}

impl Entry {
    fn value(&self, class: &str) -> Option<&Arc<str>> {
        match self {
            Self::Value(c, value) if **c == *class => Some(value),
            _ => None,
        }
    }

    /// Class (as index into [`NOUN_CLASSES`]) and value of a word of a noun phrase.
    fn noun(&self) -> Option<(usize, &Arc<str>)> {
        let class = |class: &&str| self.value(class);
        let (index, value) = NOUN_CLASSES
            .iter()
            .enumerate()
            .find_map(|(i, c)| Some((i, class(c)?)))?;
        Some((index, value))
    }
}

/// Joins words to noun phrases and comparisons with their numbers.
fn group(entries: &[Entry]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < entries.len() {
        if entries[at].noun().is_some() {
            let (noun, next) = noun_phrase(entries, at);
            out.push(Token::Slot(Value::Noun(noun)));
            at = next;
            continue;
        }
        let number = entries.get(at + 1).and_then(|e| e.value(NUMBER));
        match &entries[at] {
            Entry::Plain(word) => out.push(Token::Word(word.clone())),
            Entry::Value(class, value) if **class == *COMPARISON => {
                if let Some(number) = number {
                    out.push(Token::Slot(Value::Number {
                        operator: Some(value.clone()),
                        number: number.clone(),
                    }));
                    at += 1;
                } else {
                    let only = **value == *"==";
                    out.push(Token::Word(if only {
                        "only".into()
                    } else {
                        value.clone()
                    }));
                }
            }
            Entry::Value(class, value) if **class == *NUMBER => {
                out.push(Token::Slot(Value::Number {
                    operator: None,
                    number: value.clone(),
                }));
            }
            Entry::Value(class, value) => out.push(Token::Slot(Value::Other {
                class: class.clone(),
                value: value.clone(),
            })),
        }
        at += 1;
    }
    out
}

/// The longest noun phrase from `at`: each class once, ending with its noun.
fn noun_phrase(entries: &[Entry], mut at: usize) -> (Noun, usize) {
    let mut noun = Noun::default();
    while let Some((class, value)) = entries.get(at).and_then(Entry::noun) {
        if noun.0[class].is_some() {
            break;
        }
        noun.0[class] = Some(value.clone());
        at += 1;
        if class == SHAPE {
            // “square item”: a general noun after a particular one.
            let general = entries.get(at).and_then(|e| e.value(NOUN_CLASSES[SHAPE]));
            if **value != *ANY && general.is_some_and(|v| **v == *ANY) {
                at += 1;
            }
            break;
        }
    }
    (noun, at)
}

/// A word that stays, or a slot that can be filled otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(Arc<str>),
    Slot(Value),
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A noun phrase such as “small yellow square”.
    Noun(Noun),
    /// A number with its comparison, if one stands before it.
    Number {
        operator: Option<Arc<str>>,
        number: Arc<str>,
    },
    /// A value of another class.
    Other { class: Arc<str>, value: Arc<str> },
}

/// A noun phrase: a canonical value for each of [`NOUN_CLASSES`] it names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Noun(pub(super) [Option<Arc<str>>; 3]);

impl Noun {
    /// The values there are, with their class, in the order in which programs write them.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, &Arc<str>)> {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(i, v)| Some((i, v.as_ref()?)))
    }

    /// Whether it names the same classes.
    pub(super) fn same_classes(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(a, b)| a.is_some() == b.is_some())
    }

    /// Without the general noun.
    pub(super) fn particular(&self) -> Self {
        let mut out = self.clone();
        if out.has_any() {
            out.0[SHAPE] = None;
        }
        out
    }

    /// Whether its noun is the general one.
    pub(super) fn has_any(&self) -> bool {
        self.0[SHAPE].as_deref() == Some(ANY)
    }

    /// Whether it names nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Whether it is just the general noun.
    pub(super) fn is_bare(&self) -> bool {
        self.has_any() && self.particular().is_empty()
    }
}

impl Value {
    /// Whether both are of one kind, so that one may take the other's place.
    pub(super) fn same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Noun(_), Self::Noun(_)) | (Self::Number { .. }, Self::Number { .. }) => true,
            (Self::Other { class: a, .. }, Self::Other { class: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl Token {
    /// The slot's value.
    pub(super) fn slot(&self) -> Option<&Value> {
        match self {
            Self::Slot(value) => Some(value),
            Self::Word(_) => None,
        }
    }

    /// What it counts as when sentences are compared: `fine` tells values apart, otherwise only
    /// kinds. Empty for words that count for nothing.
    pub(super) fn key(&self, fine: bool) -> String {
        match self {
            Self::Word(word) => stem(word).to_owned(),
            Self::Slot(Value::Noun(noun)) => {
                let color = if noun.0[COLOR].is_some() { "+c" } else { "" };
                let shape = if noun.0[SHAPE].is_none() { "-n" } else { "" };
                let bare = if noun.is_bare() { "*" } else { "" };
                let mut key = format!("<np{color}{shape}{bare}>");
                if fine {
                    for (class, value) in noun.parts() {
                        key.push_str(&format!(" {class}={value}"));
                    }
                }
                key
            }
            Self::Slot(Value::Number { operator, number }) if fine => {
                format!("<num{}{number}>", operator.as_deref().unwrap_or(""))
            }
            Self::Slot(Value::Number { .. }) => "<num>".into(),
            Self::Slot(Value::Other { class, value }) if fine || **class == *"container" => {
                format!("<{class} {value}>")
            }
            Self::Slot(Value::Other { class, .. }) => format!("<{class}>"),
        }
    }
}

/// Words that mean the same for the choice of an exemplar.
fn stem(word: &str) -> &str {
    match word {
        "are" => "is",
        "have" | "contains" | "contain" | "containing" | "with" => "has",
        "which" => "that",
        "an" => "a",
        "colours" | "colour" | "colors" => "color",
        "edges" | "edge" | "side" | "walls" => "wall",
        "corners" => "corner",
        "bellow" => "below",
        "any" => "the",
        "each" | "every" => "all",
        "closely" => "",
        other => other,
    }
}
