//! The words that a text may have: those of the pack, those of the rationale it is held against, and
//! a closed list of English function words. Any other word is a difference.

use super::phrases::{Phrase, general_phrases};
use super::tokens::{Token, sentences, tokens};
use super::words::{
    ADVERB, ADVERB_PHRASES, ADVERBS, ALIKE, BE, CONCLUDING, DETERMINERS, GENERIC, HAVE, HOLDERS,
    JOIN, JOIN_PHRASES, JOINS, LOCATED, OTHERS, POSTURES, PREPOSITIONS, PROPERTIES, ROLES, SIDES,
};
use crate::english::{Number, Part, Template, conjugate, singular};
use fact_lang::pack::Pack;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

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
    shapes: BTreeSet<String>,
    /// The noun of places that an ordinal tells apart: `box`.
    pub(super) ordered: Option<String>,
    /// The noun of what each of these places has one of: `tower`.
    pub(super) housed: Option<String>,
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
        for verb in ["meet", "exist", "match", "equal", "measure", "outnumber"] {
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
        // Where no verb of the pack says how things lie, that one lies somewhere is that it is there.
        if !lemmas.contains("lie") && !lemmas.contains("@be") {
            lexicon.verb("lie", "@be");
        }
        lexicon.places(pack);
        for text in texts {
            for sentence in sentences(text) {
                lexicon.learn(&sentence);
            }
        }
        lexicon.alike();
        lexicon
    }

    /// With general English only.
    pub(super) fn general() -> Self {
        Self::default()
    }

    /// The phrases of general English, made once.
    fn english() -> &'static Self {
        static ENGLISH: OnceLock<Lexicon> = OnceLock::new();
        ENGLISH.get_or_init(Self::english_anew)
    }

    fn english_anew() -> Self {
        let mut lexicon = Self::default();
        for phrase in general_phrases() {
            lexicon.phrase(phrase);
        }
        for (phrases, word) in [(ADVERB_PHRASES, ADVERB), (JOIN_PHRASES, JOIN)] {
            for phrase in phrases {
                let token = vec![Token::Word(word.to_owned())];
                lexicon.phrase(Phrase::new(phrase, token));
            }
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
                if class == "shape" {
                    self.shapes.insert(value.clone());
                }
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

    /// The places that the pack numbers, and what it says is in each.
    fn places(&mut self, pack: &Pack) {
        let says: Vec<&str> = (pack.functions.iter().filter_map(|f| f.says.as_deref()))
            .chain(pack.classes.iter().filter_map(|c| c.says.as_deref()))
            .collect();
        for text in &says {
            if let Some(rest) = text.strip_prefix("the {index:ordinal} ") {
                self.ordered = Some(self.canonical(rest));
            }
        }
        for text in says {
            if let Some(ordered) = &self.ordered
                && let Some(rest) = text.strip_prefix("the ")
                && let Some((noun, place)) = rest.split_once(" in ")
                && place == format!("{{{ordered}}}")
            {
                self.housed = Some(self.canonical(noun));
            }
        }
    }

    /// Of words that are alike, the one that the rationale has stands for the others.
    fn alike(&mut self) {
        for word in ["scene", "figure", "diagram", "drawing"] {
            if !self.known.contains(word) {
                self.synonyms
                    .entry(word.to_owned())
                    .or_insert_with(|| "image".to_owned());
            }
        }
        for words in ALIKE {
            let mut known = words.iter().filter(|word| self.known.contains(**word));
            let (Some(one), None) = (known.next(), known.next()) else {
                continue;
            };
            for word in *words {
                self.synonyms
                    .entry((*word).to_owned())
                    .or_insert_with(|| (*one).to_owned());
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
    pub(super) fn phrases(&self, first: &Token) -> impl Iterator<Item = &Phrase> {
        let first = first.shown();
        let own = self.phrases.get(&first).map_or(&[][..], Vec::as_slice);
        let english = Self::english().phrases.get(&first);
        own.iter().chain(english.map_or(&[][..], Vec::as_slice))
    }

    /// Whether a word is on the closed lists.
    pub(super) fn is_function(&self, word: &str) -> bool {
        [DETERMINERS, PREPOSITIONS, ADVERBS, JOINS, BE, HAVE, OTHERS]
            .iter()
            .any(|list| list.contains(&word))
    }

    /// Whether a word may stand in a text at all.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.is_function(word)
            || self.finite.contains_key(word)
            || self.participles.contains_key(word)
            || self.passives.contains_key(word)
            || self.is_located(word)
            || self.lies(word)
            || word == "sized"
            || word == "colored"
            || PROPERTIES.contains(&word)
            || self.known.contains(&self.canonical(word))
            || self.synonyms.contains_key(&singular(word))
            || CONCLUDING.contains(&word)
            || self.is_function(&singular(word))
    }

    /// The word that stands for all words of its value, in the singular.
    pub(super) fn canonical(&self, word: &str) -> String {
        let one = singular(word);
        self.synonyms.get(&one).cloned().unwrap_or(one)
    }

    /// Whether the word can stand in a noun phrase behind its determiner.
    pub(super) fn is_content(&self, word: &str) -> bool {
        (!self.is_function(word) || ["number", "height"].contains(&word))
            && self.finite_lemma(word).is_none()
    }

    pub(super) fn is_adjective(&self, canonical: &str) -> bool {
        self.adjectives.contains(canonical)
    }

    pub(super) fn is_value(&self, canonical: &str) -> bool {
        self.is_adjective(canonical) || self.is_shape(canonical)
    }

    pub(super) fn is_shape(&self, canonical: &str) -> bool {
        self.shapes.contains(canonical)
    }

    pub(super) fn is_side(&self, canonical: &str) -> bool {
        SIDES.contains(&canonical)
    }

    pub(super) fn is_role(&self, canonical: &str) -> bool {
        ROLES.contains(&canonical)
    }

    pub(super) fn is_generic(&self, canonical: &str) -> bool {
        GENERIC.contains(&canonical)
    }

    pub(super) fn is_located(&self, word: &str) -> bool {
        let posture = ["standing", "sitting", "lying", "resting"].contains(&word);
        LOCATED.contains(&word) || posture && !self.known.contains(word)
    }

    /// Whether the word only says that something lies where it is.
    pub(super) fn lies(&self, word: &str) -> bool {
        self.finite_lemma("lie") == Some("be")
            && ["lying", "resting", "sitting", "standing"].contains(&word)
    }

    /// Whether `on` means that a thing lies on another.
    pub(super) fn stacks(&self) -> bool {
        self.finite_lemma("lie") == Some("be")
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

fn phrase_name(phrase: &str) -> (String, String) {
    let phrase = phrase.to_lowercase();
    let name = format!("@{}", phrase.replace(' ', "_"));
    (phrase, name)
}
