//! Classes of attribute values that exclude each other: a red thing is not blue.

use super::words::{clean, is_anything};
use fact_lang::pack::Vocabulary;
use fact_lang::tool::Arg;
use std::collections::{BTreeMap, BTreeSet};

/// Classes that every world knows; a pack's vocabulary and what was recorded come before them.
const KNOWN: [(&str, &[&str]); 9] = [
    (
        "color",
        &[
            "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black",
            "white", "gray",
        ],
    ),
    ("size", &["small", "large"]),
    (
        "material",
        &["wood", "metal", "plastic", "glass", "rubber", "stone"],
    ),
    ("age", &["young", "old"]),
    ("pose", &["standing", "sitting", "walking", "lying"]),
    ("state", &["open", "closed"]),
    ("person", &["man", "woman", "boy", "girl"]),
    ("animal", &["dog", "cat", "horse", "bird", "cow", "sheep"]),
    ("vehicle", &["car", "truck", "bus", "motorcycle", "bicycle"]),
];

/// Classes whose values are kinds of what the class is called.
const KINDS: [&str; 3] = ["person", "animal", "vehicle"];

/// The classes of a world.
#[derive(Debug, Clone, Default)]
pub(super) struct Classes {
    values: BTreeMap<String, Vec<String>>,
    /// Classes with a closed set of values, from a vocabulary.
    closed: BTreeSet<String>,
    words: BTreeMap<String, (String, String)>,
    /// Words of the recorded requests.
    mentioned: BTreeSet<String>,
}

impl Classes {
    pub(super) fn known() -> Self {
        let mut classes = Self::default();
        for (class, values) in KNOWN {
            for value in values {
                classes.add(class, value, value);
            }
        }
        classes.add("color", "gray", "grey");
        classes.add("size", "large", "big");
        classes
    }

    fn add(&mut self, class: &str, value: &str, word: &str) {
        let values = self.values.entry(class.to_owned()).or_default();
        if !values.iter().any(|v| v == value) {
            values.push(value.to_owned());
        }
        let meaning = (class.to_owned(), value.to_owned());
        self.words.entry(word.to_owned()).or_insert(meaning);
    }

    /// Takes in the values that recorded attributes have. What was seen of a class replaces what is
    /// known in general once there are two values to choose from.
    pub(super) fn see(&mut self, seen: &BTreeMap<String, Vec<String>>) {
        for (class, values) in seen {
            if values.len() > 1 {
                self.replace(class);
            }
            for value in values {
                self.add(class, value, &clean(value));
            }
        }
    }

    /// Takes in a pack's vocabulary: the classes that name an attribute, not its numbers, sides and
    /// the like.
    pub(super) fn learn(&mut self, vocabulary: &Vocabulary) {
        for (class, values) in vocabulary {
            if !self.values.contains_key(class) {
                continue;
            }
            let specific: Vec<_> = values
                .iter()
                .filter(|(value, words)| {
                    !is_anything(value) && !words.iter().any(|word| is_anything(word))
                })
                .collect();
            if specific.is_empty() {
                continue;
            }
            self.replace(class);
            self.closed.insert(class.clone());
            for (value, words) in specific {
                self.add(class, value, value);
                for word in words {
                    self.add(class, value, word);
                }
            }
        }
    }

    fn replace(&mut self, class: &str) {
        self.values.remove(class);
        self.words.retain(|_, (of, _)| of != class);
    }

    pub(super) fn mention(&mut self, text: &str) {
        for word in text.split(|c: char| !c.is_alphanumeric()).take(64) {
            self.mentioned.insert(word.to_lowercase());
        }
    }

    /// The class and the canonical value of a (clean) word.
    pub(super) fn of(&self, word: &str) -> Option<(&str, &str)> {
        let (class, value) = self.words.get(word)?;
        Some((class, value))
    }

    /// The values of a class.
    pub(super) fn values(&self, class: &str) -> &[String] {
        self.values.get(class).map_or(&[], Vec::as_slice)
    }

    /// Whether `noun` is a kind of something, and of what.
    pub(super) fn kind_of(&self, noun: &str) -> Option<&str> {
        let (class, _) = self.of(noun)?;
        KINDS.contains(&class).then_some(class)
    }

    /// The values of a class, those that were mentioned as often as all others together.
    pub(super) fn weighted(&self, class: &str) -> Vec<&str> {
        let values = self.values(class);
        let mentioned = |v: &&String| self.mentioned.contains(*v);
        let liked = values.iter().filter(mentioned).count();
        let times = values
            .len()
            .saturating_sub(liked)
            .div_ceil(liked.max(1))
            .max(1);
        let copies = |v: &String| if self.mentioned.contains(v) { times } else { 1 };
        values
            .iter()
            .flat_map(|v| std::iter::repeat_n(v.as_str(), copies(v)))
            .collect()
    }
}

/// The text of an attribute that is one.
pub(super) fn text_of(value: &Arg) -> Option<&str> {
    match value {
        Arg::Str(text) => Some(text),
        _ => None,
    }
}
