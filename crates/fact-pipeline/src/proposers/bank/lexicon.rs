//! The words of a domain: the pack's vocabulary with what the bank says about it.

use super::error::BankError;
use super::exemplars::{File, Members, Phrases};
use super::tokens::split;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The class of numbers in every vocabulary.
pub(super) const NUMBER: &str = "number";
/// The class of comparisons; its values are operators.
pub(super) const COMPARISON: &str = "comparison";
/// The class of what things are in. Sentences about different ones are not alike.
pub(super) const CONTAINER: &str = "container";

/// A word of the exemplars' sentences counts as correctly spelled if this many of them have it.
const KNOWN_FROM: usize = 3;
/// Words up to this length are not what a misspelled word was meant to be.
const TOO_SHORT_TO_MEAN: usize = 3;
/// Words shorter than this are not corrected.
const TOO_SHORT_TO_CORRECT: usize = 3;

/// The canonical values of a class, each with the words that name it.
type Values = Vec<(String, Vec<String>)>;

/// A pack's `VOCABULARY`: class → canonical value → words that name it.
pub type Vocabulary = [(String, Values)];

/// A class and one of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) class: Arc<str>,
    pub(super) value: Arc<str>,
}

/// Which words mean what.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// Words of one entry → its meaning.
    entries: HashMap<Vec<String>, Meaning>,
    /// Number of words of the longest entry.
    longest: usize,
    /// Correctly spelled words.
    known: BTreeSet<String>,
    /// Words that count as another one when sentences are compared.
    stems: BTreeMap<String, Arc<str>>,
    /// Member → what it stands for.
    members: BTreeMap<String, Meaning>,
    /// How values are written as members.
    spelled: Members,
    /// The classes that make up phrases.
    pub(super) phrases: Phrases,
}

impl Lexicon {
    pub(super) fn new(
        file: &mut File,
        vocabulary: &Vocabulary,
        origin: &str,
    ) -> Result<Self, BankError> {
        let wrong = |field: String, message: String| BankError::Table {
            origin: origin.into(),
            field,
            message,
        };
        let class = |name: &str| vocabulary.iter().find(|(class, _)| class == name);
        let has = |class_name: &str, value: &str| {
            class(class_name).is_some_and(|(_, values)| values.iter().any(|(v, _)| v == value))
        };
        let unknown = |what: &str| format!("`{what}` is not in the pack's vocabulary");

        let phrases = std::mem::take(&mut file.phrases);
        for name in &phrases.classes {
            if class(name).is_none() {
                return Err(wrong("phrases.classes".into(), unknown(name)));
            }
        }
        if let Some(noun) = phrases.classes.last() {
            if !has(noun, &phrases.any) {
                return Err(wrong("phrases.any".into(), unknown(&phrases.any)));
            }
            if !phrases.classes.contains(&phrases.alone) || *noun == phrases.alone {
                let message = "must be one of the classes of phrases, and not the noun".into();
                return Err(wrong("phrases.alone".into(), message));
            }
            if !is_name(&phrases.method) {
                return Err(wrong("phrases.method".into(), "must be a name".into()));
            }
        }

        let mut members = BTreeMap::new();
        for (class_name, values) in &file.members {
            for (value, names) in values {
                let field = format!("members.{class_name}.{value}");
                if !has(class_name, value) {
                    return Err(wrong(field, unknown(value)));
                }
                for name in names {
                    let meaning = Meaning {
                        class: class_name.as_str().into(),
                        value: value.as_str().into(),
                    };
                    if !is_name(name) {
                        return Err(wrong(field, format!("`{name}` is not a name")));
                    }
                    if members.insert(name.clone(), meaning).is_some() {
                        return Err(wrong(field, format!("`{name}` stands for two values")));
                    }
                }
            }
        }
        for rewrite in &file.rewrites {
            if !has(CONTAINER, &rewrite.container) {
                let message = unknown(&rewrite.container);
                return Err(wrong("rewrite.container".into(), message));
            }
            if rewrite.replace.iter().any(|(name, _)| name.is_empty()) {
                return Err(wrong("rewrite.replace".into(), "a name is empty".into()));
            }
        }

        let mut entries: HashMap<Vec<String>, Meaning> = HashMap::new();
        let mut longest = 0;
        let mut known = BTreeSet::new();
        for (class, values) in vocabulary {
            let class: Arc<str> = class.as_str().into();
            for (value, words) in values {
                let meaning = Meaning {
                    class: class.clone(),
                    value: value.as_str().into(),
                };
                for entry in words {
                    let words: Vec<String> = entry.split_whitespace().map(Into::into).collect();
                    if words.is_empty() {
                        continue;
                    }
                    longest = longest.max(words.len());
                    known.extend(words.iter().cloned());
                    entries.entry(words).or_insert_with(|| meaning.clone());
                }
            }
        }
        let mut frequency: BTreeMap<String, usize> = BTreeMap::new();
        for word in file.exemplars.iter().flat_map(|e| split(&e.sentence)) {
            *frequency.entry(word).or_default() += 1;
        }
        known.extend(
            frequency
                .into_iter()
                .filter(|(_, count)| *count >= KNOWN_FROM)
                .map(|(word, _)| word),
        );
        let stems = std::mem::take(&mut file.stems);
        // The words of patterns are spelled correctly, however seldom the exemplars have them.
        let patterns = file.reading.quantifiers.iter().map(|raw| &raw.words);
        let patterns = patterns.chain([&file.reading.affirmative]);
        known.extend(patterns.flat_map(|text| split(text)));
        Ok(Self {
            entries,
            longest,
            known,
            stems: stems.into_iter().map(|(w, s)| (w, s.into())).collect(),
            members,
            spelled: std::mem::take(&mut file.members),
            phrases,
        })
    }

    /// The longest entry that `words` begin with: how many words it has, and what it means.
    pub(super) fn entry(&self, words: &[String]) -> Option<(usize, &Meaning)> {
        (1..=self.longest.min(words.len()))
            .rev()
            .find_map(|n| Some((n, self.entries.get(&words[..n])?)))
    }

    /// What a single word means.
    pub(super) fn word(&self, word: &str) -> Option<&Meaning> {
        self.entries.get(std::slice::from_ref(&word.to_owned()))
    }

    /// What a member stands for.
    pub(super) fn member(&self, name: &str) -> Option<&Meaning> {
        self.members.get(name)
    }

    /// The member that stands for a value.
    pub(super) fn member_for(&self, class: &str, value: &str) -> Option<&str> {
        let names = self.spelled.get(class)?.get(value)?;
        names.first().map(String::as_str)
    }

    /// The values of a class that members stand for, each with the one that is written.
    pub(super) fn members_of(&self, class: &str) -> impl Iterator<Item = (Arc<str>, Arc<str>)> {
        let values = self.spelled.get(class).into_iter().flatten();
        values.filter_map(|(value, names)| {
            let name = names.first()?;
            Some((value.as_str().into(), name.as_str().into()))
        })
    }

    /// What a word counts as when sentences are compared; empty for words that count for nothing.
    pub(super) fn stem(&self, word: &Arc<str>) -> Arc<str> {
        self.stems.get(&**word).unwrap_or(word).clone()
    }

    /// Position of a class among those of phrases.
    pub(super) fn part(&self, class: &str) -> Option<usize> {
        self.phrases.classes.iter().position(|c| c == class)
    }

    /// Position of the noun in phrases. Phrases without classes have no parts at all.
    pub(super) fn noun(&self) -> usize {
        self.phrases.classes.len().saturating_sub(1)
    }

    /// A word, or the known word that it misspells by one letter: the only one, or the first that
    /// belongs to phrases.
    pub(super) fn correct(&self, word: String) -> String {
        let number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        if self.known.contains(&word) || word.len() < TOO_SHORT_TO_CORRECT || number(&word) {
            return word;
        }
        let mut only = None;
        let mut near = 0;
        for known in &self.known {
            if known.len() <= TOO_SHORT_TO_MEAN
                || known.len().abs_diff(word.len()) > 1
                || number(known)
                || strsim::osa_distance(known, &word) > 1
            {
                continue;
            }
            let meaning = self.word(known);
            if meaning.is_some_and(|m| self.part(&m.class).is_some()) {
                return known.clone();
            }
            near += 1;
            only.get_or_insert(known);
        }
        match only {
            Some(known) if near == 1 => known.clone(),
            _ => word,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
