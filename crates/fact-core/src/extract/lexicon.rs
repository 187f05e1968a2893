//! The words that a text may have: those of the pack, those of the rationale it is held against, and
//! a closed list of English function words. Any other word is a difference.

use super::tokens::{Phrase, Token, general_phrases, sentences, tokens};
use crate::english::{Number, Part, Template, conjugate, singular};
use fact_lang::pack::Pack;
use std::collections::{BTreeMap, BTreeSet};

/// Determiners, quantifiers and pronouns: where a noun phrase begins.
pub(super) const DETERMINERS: &[&str] = &[
    "a", "an", "the", "no", "none", "neither", "both", "all", "each", "every", "any", "some",
    "either", "only", "just", "it", "they", "them", "these", "those", "this", "that", "nothing",
    "its", "their", "not",
];

/// Prepositions: not dropped, part of the fact.
pub(super) const PREPOSITIONS: &[&str] = &[
    "in", "of", "on", "at", "with", "without", "to", "from", "by", "for", "near", "next-to",
    "close-to", "between", "around", "against", "among", "along", "through", "across", "as",
    "into", "than", "off", "up", "down", "onto", "toward", "towards", "beside", "besides",
    "outside",
];

/// Words between clauses that carry no fact of their own.
pub(super) const CONNECTIVES: &[&str] = &[
    "so",
    "thus",
    "therefore",
    "hence",
    "consequently",
    "accordingly",
    "because",
    "since",
    "also",
    "additionally",
    "moreover",
    "furthermore",
    "however",
    "meanwhile",
    "while",
    "whereas",
    "although",
    "though",
    "and",
    "but",
    "yet",
    "then",
    "overall",
    "finally",
    "likewise",
    "similarly",
    "specifically",
    "too",
    "given",
    "together-with",
    "as-a-result",
    "this-means",
    "it-follows",
    "in-addition",
    "in-contrast",
    "on-the-other-hand",
    "in-turn",
    "for-this-reason",
];

/// Longer ones, and the word that stands for each.
const CONNECTIVE_PHRASES: &[(&str, &str)] = &[
    ("as a result", "as-a-result"),
    ("because of this", "as-a-result"),
    ("this means that", "this-means"),
    ("this means", "this-means"),
    ("that means that", "this-means"),
    ("that means", "this-means"),
    ("which means that", "this-means"),
    ("which means", "this-means"),
    ("meaning that", "this-means"),
    ("meaning", "this-means"),
    ("it follows that", "it-follows"),
    ("from this it follows that", "it-follows"),
    ("this shows that", "this-means"),
    ("we conclude that", "it-follows"),
    ("we can conclude that", "it-follows"),
    ("in addition", "in-addition"),
    ("in contrast", "in-contrast"),
    ("by contrast", "in-contrast"),
    ("on the other hand", "on-the-other-hand"),
    ("for this reason", "for-this-reason"),
    ("for that reason", "for-this-reason"),
    ("given that", "given"),
    ("so that", "so"),
    ("as well as", "and"),
    ("along with", "and"),
    ("in conclusion", "overall"),
    ("to sum up", "overall"),
];

/// Forms of `be`.
pub(super) const BE: &[&str] = &["is", "are", "was", "were", "be"];
/// Forms of `have`.
pub(super) const HAVE: &[&str] = &["has", "have", "had"];
/// Verbs that say the same of a place as `have`.
const HOLDERS: &[&str] = &["contain", "include", "feature", "show", "display", "house"];
/// Verbs that say the same as `be` before a place, where blocks lie.
const POSTURES: &[&str] = &["lie", "rest", "sit", "stand", "appear"];
/// After `be`, words that say only that something is where it is.
pub(super) const LOCATED: &[&str] = &[
    "located",
    "situated",
    "positioned",
    "found",
    "placed",
    "present",
    "visible",
    "seen",
    "shown",
    "contained",
    "pictured",
    "depicted",
];
/// Further function words that the grammar reads.
const OTHERS: &[&str] = &[
    "there",
    "do",
    "does",
    "did",
    "can",
    "which",
    "who",
    "or",
    "nor",
    "more",
    "fewer",
    "less",
    "namely",
    "that",
    "not",
    "one",
    "ones",
    "=",
    "being",
    "respectively",
];

/// The words that a text may have.
#[derive(Default)]
pub(super) struct Lexicon {
    /// By their first word, as it is shown.
    phrases: BTreeMap<String, Vec<Phrase>>,
    /// Finite forms of verbs: form → lemma.
    finite: BTreeMap<String, String>,
    /// `touching` → `touch`.
    participles: BTreeMap<String, String>,
    /// `touched` → `touch`.
    passives: BTreeMap<String, String>,
    synonyms: BTreeMap<String, String>,
    adjectives: BTreeSet<String>,
    value_nouns: BTreeSet<String>,
    inverse: BTreeMap<String, String>,
    known: BTreeSet<String>,
}

impl Lexicon {
    /// From a pack and the texts whose facts are looked for: the rationale that others are held
    /// against.
    pub(super) fn new(pack: &Pack, texts: &[&str]) -> Self {
        let mut lexicon = Self::general();
        for (a, b) in [
            ("@left_of", "@right_of"),
            ("@in_front_of", "@behind"),
            ("@above", "@below"),
            ("@on", "@under"),
        ] {
            lexicon.invert(a, b);
        }
        lexicon.vocabulary(pack);
        lexicon.functions(pack);
        for verb in ["meet", "exist", "match", "equal"] {
            lexicon.verb(verb, verb);
        }
        for verb in ["satisfy", "fulfil", "fulfill"] {
            lexicon.verb(verb, "meet");
        }
        for verb in HOLDERS {
            lexicon.verb(verb, "have");
        }
        let lemmas: BTreeSet<String> = lexicon.finite.values().cloned().collect();
        if lemmas.contains("lie") || lemmas.contains("@be") {
            for verb in POSTURES {
                lexicon.verb(verb, "@be");
            }
        }
        for text in texts {
            for sentence in sentences(text) {
                lexicon.learn(&sentence);
            }
        }
        lexicon
    }

    /// With general English only.
    pub(super) fn general() -> Self {
        let mut lexicon = Self::default();
        for phrase in general_phrases() {
            lexicon.phrase(phrase);
        }
        for (phrase, word) in CONNECTIVE_PHRASES {
            let token = vec![Token::Word((*word).to_owned())];
            lexicon.phrase(Phrase::new(phrase, token));
        }
        lexicon
    }

    fn invert(&mut self, a: &str, b: &str) {
        self.inverse.insert(a.to_owned(), b.to_owned());
        self.inverse.insert(b.to_owned(), a.to_owned());
    }

    /// Words that name one value are one word.
    fn vocabulary(&mut self, pack: &Pack) {
        for (class, values) in &pack.vocabulary {
            // What numbers and comparisons are, the grammar knows; a value that is the name of a
            // function is no word.
            if ["number", "comparison", "relation"].contains(&class.as_str()) {
                continue;
            }
            self.value_nouns.insert(class.clone());
            for (value, forms) in values {
                if value.contains('_') {
                    continue;
                }
                let value = singular(value);
                for form in forms {
                    let form = singular(&form.to_lowercase().replace("grey", "gray"));
                    if form.contains(' ') {
                        let token = vec![Token::Word(value.clone())];
                        self.phrase(Phrase::new(&form, token));
                        let plural = crate::english::plural(&form);
                        let token = vec![Token::Word(value.clone())];
                        self.phrase(Phrase::new(&plural, token));
                    } else {
                        // A word of two values is the first's.
                        self.synonyms
                            .entry(form.clone())
                            .or_insert_with(|| value.clone());
                    }
                }
                self.synonyms
                    .entry(value.clone())
                    .or_insert_with(|| value.clone());
                if class == "color" || class == "size" || class == "material" {
                    self.adjectives.insert(value);
                }
            }
        }
        self.value_nouns
            .extend(["color", "shape", "size", "material"].map(str::to_owned));
    }

    fn functions(&mut self, pack: &Pack) {
        for function in &pack.functions {
            if let Some((less, more)) = &function.compares {
                let (less, more) = (phrase_name(less), phrase_name(more));
                self.invert(&less.1, &more.1);
                for (text, name) in [less, more] {
                    let far = text.replace("further", "farther");
                    let moved = text
                        .replace("further left", "more to the left")
                        .replace("further right", "more to the right");
                    let placed = text
                        .replace("further left", "further to the left")
                        .replace("further right", "further to the right");
                    for text in BTreeSet::from([text, far, moved, placed]) {
                        let token = vec![Token::Relation(name.clone())];
                        self.phrase(Phrase::new(&text, token));
                    }
                }
            }
            let Some(template) = function
                .says
                .as_deref()
                .and_then(|s| Template::parse(s).ok())
            else {
                continue;
            };
            for part in &template.parts {
                if let Part::Verb(lemma) = part {
                    let lemma = lemma.split(' ').next().unwrap_or(lemma);
                    match lemma {
                        "be" | "have" | "can" => {}
                        "lie" => self.verb("lie", "@be"),
                        "hold" => self.verb("hold", "have"),
                        other => self.verb(other, other),
                    }
                }
            }
        }
    }

    /// Adds a verb with its forms.
    fn verb(&mut self, verb: &str, lemma: &str) {
        for form in [verb.to_owned(), conjugate(verb, Number::Singular, true)] {
            self.finite.insert(form, lemma.to_owned());
        }
        if lemma == "@be" {
            return;
        }
        let stem = verb.strip_suffix('e').unwrap_or(verb);
        if lemma == verb {
            self.participles
                .insert(format!("{stem}ing"), lemma.to_owned());
            self.passives.insert(format!("{stem}ed"), lemma.to_owned());
        } else if lemma == "have" {
            self.participles
                .insert(format!("{stem}ing"), lemma.to_owned());
        }
    }

    /// Notes the content words of a sentence.
    fn learn(&mut self, sentence: &str) {
        let Ok(tokens) = tokens(sentence, self) else {
            return;
        };
        for token in tokens {
            if let Token::Word(word) = token
                && !self.is_function(&word)
            {
                let word = self.canonical(&word);
                self.known.insert(word);
            }
        }
    }

    fn phrase(&mut self, phrase: Phrase) {
        if let Some(first) = phrase.words.first() {
            self.phrases.entry(first.shown()).or_default().push(phrase);
        }
    }

    /// Phrases that may begin with a token.
    pub(super) fn phrases(&self, first: &Token) -> &[Phrase] {
        self.phrases.get(&first.shown()).map_or(&[], Vec::as_slice)
    }

    /// Whether a word is on the closed lists.
    pub(super) fn is_function(&self, word: &str) -> bool {
        [DETERMINERS, PREPOSITIONS, CONNECTIVES, BE, HAVE, OTHERS]
            .iter()
            .any(|list| list.contains(&word))
    }

    /// Whether a word may stand in a text at all.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.is_function(word)
            || self.finite.contains_key(word)
            || self.participles.contains_key(word)
            || self.passives.contains_key(word)
            || LOCATED.contains(&word)
            || self.lies(word)
            || word == "sized"
            || word == "colored"
            || self.known.contains(&self.canonical(word))
            || self.synonyms.contains_key(&singular(word))
            || CONCLUDING.contains(&word)
    }

    /// The word that stands for all words of its value, in the singular.
    pub(super) fn canonical(&self, word: &str) -> String {
        let one = singular(word);
        self.synonyms.get(&one).cloned().unwrap_or(one)
    }

    /// Whether the word can stand in a noun phrase behind its determiner.
    pub(super) fn is_content(&self, word: &str) -> bool {
        !self.is_function(word) && self.finite_lemma(word).is_none()
    }

    pub(super) fn is_adjective(&self, canonical: &str) -> bool {
        self.adjectives.contains(canonical)
    }

    pub(super) fn is_value_noun(&self, canonical: &str) -> bool {
        self.value_nouns.contains(canonical)
    }

    /// The verb whose finite form the word is.
    pub(super) fn finite_lemma(&self, word: &str) -> Option<&str> {
        if BE.contains(&word) {
            return Some("be");
        }
        if HAVE.contains(&word) {
            return Some("have");
        }
        match self.finite.get(word).map(String::as_str) {
            Some("@be") => Some("be"),
            other => other,
        }
    }

    pub(super) fn participle(&self, word: &str) -> Option<&str> {
        self.participles.get(word).map(String::as_str)
    }

    pub(super) fn passive(&self, word: &str) -> Option<&str> {
        self.passives.get(word).map(String::as_str)
    }

    pub(super) fn inverse(&self, relation: &str) -> Option<&str> {
        self.inverse.get(relation).map(String::as_str)
    }
}

/// Words of conclusions.
const CONCLUDING: &[&str] = &[
    "statement",
    "sentence",
    "claim",
    "true",
    "false",
    "correct",
    "incorrect",
    "right",
    "wrong",
    "answer",
    "question",
    "final",
];

fn phrase_name(phrase: &str) -> (String, String) {
    let phrase = phrase.to_lowercase();
    let name = format!("@{}", phrase.replace(' ', "_"));
    (phrase, name)
}
