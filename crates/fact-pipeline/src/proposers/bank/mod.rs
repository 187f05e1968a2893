//! The exemplar bank: sentences with their programs, retrieval by n-grams, and substitution of
//! the question's colours, shapes, sizes, numbers, comparisons, sides and relations.
//!
//! A sentence is read as words and *slots* ([`words`]), slips of the pen corrected ([`spelling`]);
//! the pack's `VOCABULARY` says which words fill slots. Exemplars are ranked by the weighted
//! n-grams they share with the question, slots counting by their kind and, with less weight, by
//! their value. The slots of the best ones are aligned with the question's ([`align`]) and the
//! question's values take the place of the exemplar's in its program ([`substitute`]). A program
//! that is one quantified expression also serves questions with another quantifier
//! ([`quantifier`]). Whatever does not fit lowers the score. All of it is a pure function of bank,
//! pack and question.

mod align;
mod quantifier;
mod source;
mod spelling;
mod substitute;
mod words;

use super::{Candidate, Malformed, Proposer};
use crate::datasets::Record;
use fact_lang::pack::Pack;
use quantifier::{Kind, Quantifier};
use serde::Deserialize;
use source::Source;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use substitute::Rewrites;
use words::{Token, Value, Vocabulary};

/// How many of the best exemplars are substituted into.
const POOL: usize = 60;
/// Weight of n-grams that tell the values of slots apart.
const FINE: f64 = 0.25;
/// What one point of penalty costs in score.
const PENALTY: f64 = 0.3;
/// What each further mapping of slots costs in score.
const FURTHER_MAPPING: f64 = 0.05;
/// What another quantifier than the exemplar's costs in score.
const OTHER_QUANTIFIER: f64 = 0.05;
/// How many of the best affirmative exemplars are negated.
const NEGATED_POOL: usize = 20;
/// What the less likely reading of a bare number costs in score.
const OTHER_READING: f64 = 0.12;
/// How many of the best programs are also read otherwise.
const READ_OTHERWISE: usize = 4;
/// Most candidates that one exemplar may give.
const PER_EXEMPLAR: usize = 3;
/// Longest n-grams.
const LONGEST_GRAM: usize = 2;

/// Why a bank cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// No bank is shipped for the pack.
    #[error("no exemplar bank is shipped for the pack `{0}`")]
    NoneShipped(String),
    /// The file cannot be read.
    #[error("cannot read the bank {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a bank.
    #[error("the bank {origin} is malformed: {message}")]
    Malformed {
        /// The file.
        origin: String,
        /// What is wrong, with the line.
        message: String,
    },
    /// An exemplar's program does not parse.
    #[error("the bank {origin}: exemplar `{id}`: {message}")]
    Exemplar {
        /// The file.
        origin: String,
        /// The exemplar.
        id: String,
        /// What is wrong.
        message: String,
    },
}

impl BankError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoneShipped(_) => "name one with --bank FILE, or use --propose gold".into(),
            Self::Read { .. } => "give the path of a TOML file with [[exemplar]] tables".into(),
            _ => "an exemplar has the keys id, sentence, source and program".into(),
        })
    }
}

/// A sentence with its program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemplar {
    /// Unique in the bank.
    pub id: String,
    /// The sentence or question.
    pub sentence: String,
    /// Where the sentence is from.
    #[serde(default)]
    pub source: String,
    /// Its program.
    pub program: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exemplar: Vec<Exemplar>,
    #[serde(default)]
    rewrite: Vec<Rewrite>,
}

/// Names that differ between containers: applied to a program in which `container` has taken the
/// place of another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rewrite {
    container: String,
    replace: Vec<(String, String)>,
}

/// A loaded bank.
#[derive(Debug)]
pub struct Bank {
    vocabulary: Vocabulary,
    rewrites: Rewrites,
    exemplars: Vec<Known>,
    /// n-gram → number and how many exemplars have it.
    grams: HashMap<String, (u32, u32)>,
    sha256: String,
}

/// An exemplar made ready.
#[derive(Debug)]
struct Known {
    id: String,
    /// As it is.
    whole: Form,
    /// Without its quantifier, if its program is one expression quantified likewise.
    body: Option<Form>,
    /// Whether it affirms that there is something, by a program that is not one quantified
    /// expression.
    affirms: bool,
}

/// A sentence with its program, for retrieval and substitution.
#[derive(Debug)]
struct Form {
    tokens: Vec<Token>,
    source: Source,
    /// n-gram number → count.
    grams: BTreeMap<u32, u32>,
    /// Weight of all its n-grams.
    weight: f64,
}

/// Programs found so far: score and index of the exemplar.
type Found = HashMap<String, (f64, usize)>;

/// A pack's shipped bank: name of the pack, text.
const SHIPPED: &[(&str, &str)] = &[("blocks", include_str!("../../../banks/blocks.toml"))];

impl Bank {
    /// The bank shipped for a pack.
    ///
    /// # Errors
    /// If none is.
    pub fn shipped(pack: &Pack) -> Result<Self, BankError> {
        let (name, text) = SHIPPED
            .iter()
            .find(|(name, _)| *name == &*pack.name)
            .ok_or_else(|| BankError::NoneShipped(pack.name.to_string()))?;
        Self::from_toml(text, &format!("of the pack `{name}`"), pack)
    }

    /// Reads a bank from a file.
    ///
    /// # Errors
    /// If it cannot be read or is malformed.
    pub fn from_file(path: &Path, pack: &Pack) -> Result<Self, BankError> {
        let text = std::fs::read_to_string(path).map_err(|source| BankError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::from_toml(&text, &path.display().to_string(), pack)
    }

    /// Reads a bank from text; `origin` names it in messages.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn from_toml(text: &str, origin: &str, pack: &Pack) -> Result<Self, BankError> {
        let file: File = toml::from_str(text).map_err(|e| BankError::Malformed {
            origin: origin.into(),
            message: e.to_string().trim().replace('\n', " "),
        })?;
        let mut vocabulary = Vocabulary::new(pack);
        vocabulary.learn_spelling(file.exemplar.iter().map(|e| e.sentence.as_str()));
        let rewrites = file.rewrite.into_iter().map(|r| (r.container, r.replace));
        let mut bank = Self {
            rewrites: rewrites.collect(),
            exemplars: Vec::with_capacity(file.exemplar.len()),
            grams: HashMap::new(),
            sha256: fact_models::decode::sha256_hex(text.as_bytes()),
            vocabulary,
        };
        for exemplar in file.exemplar {
            bank.add(exemplar, origin)?;
        }
        bank.weigh();
        Ok(bank)
    }

    fn add(&mut self, exemplar: Exemplar, origin: &str) -> Result<(), BankError> {
        let wrong = |message: String| BankError::Exemplar {
            origin: origin.into(),
            id: exemplar.id.clone(),
            message,
        };
        if self.exemplars.iter().any(|known| known.id == exemplar.id) {
            return Err(wrong("the id is used twice".into()));
        }
        if let Err(error) = fact_lang::syntax::parse_program(&exemplar.program) {
            return Err(wrong(error.to_string()));
        }
        let program = exemplar.program.as_str();
        let tokens = self.vocabulary.tokens(&exemplar.sentence);
        let quantifier = quantifier::quantifier(&tokens);
        let body = quantifier.as_ref().and_then(|quantifier| {
            let generator = quantifier::body_like(program, quantifier)?;
            Some((quantifier::without(&tokens, quantifier), generator))
        });
        let any = quantifier.is_some_and(|q| q.kind == Kind::Any);
        let whole = self.form(tokens, program);
        let known = Known {
            affirms: any && !quantifier::is_quantified(program),
            whole,
            body: body.map(|(tokens, generator)| self.form(tokens, &generator)),
            id: exemplar.id,
        };
        self.exemplars.push(known);
        Ok(())
    }

    fn form(&mut self, tokens: Vec<Token>, program: &str) -> Form {
        let mut counts = BTreeMap::new();
        for gram in grams(&tokens) {
            let next = self.grams.len() as u32;
            let (number, _) = self.grams.entry(gram).or_insert((next, 0));
            *counts.entry(*number).or_insert(0) += 1;
        }
        Form {
            source: Source::new(program, &self.vocabulary),
            tokens,
            grams: counts,
            weight: 0.0,
        }
    }

    /// Weighs every form, once all n-grams are counted.
    fn weigh(&mut self) {
        let mut frequencies = vec![0; self.grams.len()];
        for gram in self
            .exemplars
            .iter()
            .flat_map(|known| known.whole.grams.keys())
        {
            frequencies[*gram as usize] += 1;
        }
        let total = self.exemplars.len() as f64;
        let mut weights = vec![0.0; self.grams.len()];
        // Order does not matter: each n-gram has its own place.
        #[allow(clippy::iter_over_hash_type)]
        for (gram, (number, df)) in &mut self.grams {
            let number = *number as usize;
            *df = frequencies[number];
            weights[number] = weight(gram, *df, total);
        }
        for known in &mut self.exemplars {
            for form in std::iter::once(&mut known.whole).chain(&mut known.body) {
                let weighted =
                    |(gram, count): (&u32, &u32)| weights[*gram as usize] * f64::from(*count);
                form.weight = form.grams.iter().map(weighted).sum();
            }
        }
    }

    /// Number of exemplars.
    pub fn len(&self) -> usize {
        self.exemplars.len()
    }

    /// Whether it has no exemplars.
    pub fn is_empty(&self) -> bool {
        self.exemplars.is_empty()
    }

    /// SHA-256 of the bank's text, hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// At most `k` programs for a sentence, best first.
    pub fn candidates(&self, sentence: &str, k: usize) -> Vec<Candidate> {
        let question = self.vocabulary.tokens(sentence);
        let mut found = Found::new();
        self.whole(&question, &mut found);
        if let Some(quantifier) = quantifier::quantifier(&question) {
            self.requantified(&question, &quantifier, &mut found);
            if quantifier.kind == Kind::None {
                self.negated(&question, &quantifier, &mut found);
            }
        }
        self.read_otherwise(&question, &mut found);
        let mut per_exemplar = vec![0; self.exemplars.len()];
        ranked(&found)
            .into_iter()
            .filter(|(_, (_, index))| {
                per_exemplar[*index] += 1;
                per_exemplar[*index] <= PER_EXEMPLAR
            })
            .take(k)
            .map(|(program, (score, index))| Candidate {
                proposer: "bank",
                source: self.exemplars[index].id.clone(),
                score,
                program: program.to_owned(),
            })
            .collect()
    }

    /// Substitutes into the exemplars as they are.
    fn whole(&self, question: &[Token], found: &mut Found) {
        for (similarity, index) in self.nearest(question, POOL, |known| Some(&known.whole)) {
            let form = &self.exemplars[index].whole;
            self.substituted(form, question, |score, program| {
                put(found, similarity + score, index, program);
            });
        }
    }

    /// Puts the question's quantifier over what the exemplars quantify.
    fn requantified(&self, question: &[Token], quantifier: &Quantifier, found: &mut Found) {
        let bare = quantifier::without(question, quantifier);
        for (similarity, index) in self.nearest(&bare, POOL, |known| known.body.as_ref()) {
            let Some(form) = &self.exemplars[index].body else {
                continue;
            };
            self.substituted(form, &bare, |score, generator| {
                let score = similarity + score - OTHER_QUANTIFIER;
                let program = quantifier::quantified(&quantifier.kind, &generator);
                put(found, score, index, program);
                if let Kind::Number {
                    operator: None,
                    number,
                } = &quantifier.kind
                {
                    let at_least = Kind::Number {
                        operator: Some(">=".into()),
                        number: number.clone(),
                    };
                    let program = quantifier::quantified(&at_least, &generator);
                    put(found, score - OTHER_READING, index, program);
                }
            });
        }
    }

    /// Negates what exemplars affirm.
    fn negated(&self, question: &[Token], quantifier: &Quantifier, found: &mut Found) {
        let affirmed = quantifier::affirmed(question, quantifier);
        let affirming = |known: &'_ Known| known.affirms;
        let nearest = self.nearest(&affirmed, NEGATED_POOL, |known| {
            affirming(known).then_some(&known.whole)
        });
        for (similarity, index) in nearest {
            let form = &self.exemplars[index].whole;
            self.substituted(form, &affirmed, |score, program| {
                if let Some(program) = quantifier::negated(&program) {
                    put(found, similarity + score - OTHER_QUANTIFIER, index, program);
                }
            });
        }
    }

    /// Reads bare numbers of the best programs as “at least” instead of “exactly”, and the other
    /// way round.
    fn read_otherwise(&self, question: &[Token], found: &mut Found) {
        let bare: Vec<&str> = question
            .iter()
            .filter_map(|token| match token.slot() {
                Some(Value::Number {
                    operator: None,
                    number,
                }) => Some(&**number),
                _ => None,
            })
            .collect();
        if bare.is_empty() {
            return;
        }
        let best: Vec<(String, (f64, usize))> = ranked(found)
            .into_iter()
            .take(READ_OTHERWISE)
            .map(|(program, entry)| (program.to_owned(), entry))
            .collect();
        for (program, (score, index)) in best {
            for (from, to) in [("==", ">="), (">=", "==")] {
                for (at, _) in program.match_indices(from) {
                    let rest = &program[at + from.len()..];
                    let digits = rest.strip_prefix(' ').unwrap_or_default();
                    let end = digits
                        .find(|c: char| !c.is_ascii_digit())
                        .unwrap_or(digits.len());
                    if bare.contains(&&digits[..end]) {
                        let other = format!("{}{to}{rest}", &program[..at]);
                        put(found, score - OTHER_READING, index, other);
                    }
                }
            }
        }
    }

    /// Gives every program of a form to `take`, with what its misfit takes from the score.
    fn substituted(&self, form: &Form, question: &[Token], mut take: impl FnMut(f64, String)) {
        let mappings = align::mappings(&form.tokens, question);
        for (rank, mapping) in mappings.iter().enumerate() {
            let programs = substitute::substitute(
                &self.vocabulary,
                &self.rewrites,
                (&form.tokens, &form.source),
                question,
                mapping,
            );
            for (penalty, program) in programs {
                take(-PENALTY * penalty - FURTHER_MAPPING * rank as f64, program);
            }
        }
    }

    /// The `most` exemplars whose form is most similar to a question: Dice's coefficient over
    /// weighted n-grams.
    fn nearest<'s>(
        &'s self,
        question: &[Token],
        most: usize,
        form: impl Fn(&'s Known) -> Option<&'s Form>,
    ) -> Vec<(f64, usize)> {
        let total = self.exemplars.len() as f64;
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for gram in grams(question) {
            *counts.entry(gram).or_insert(0) += 1;
        }
        let mut own = 0.0;
        // Number, count and weight of the n-grams that the bank knows.
        let mut shared: Vec<(u32, u32, f64)> = Vec::new();
        for (gram, count) in &counts {
            let known = self.grams.get(gram);
            let weight = weight(gram, known.map_or(0, |(_, df)| *df), total);
            own += weight * f64::from(*count);
            if let Some((number, _)) = known {
                shared.push((*number, *count, weight));
            }
        }
        let mut scored: Vec<(f64, usize)> = Vec::new();
        for (index, known) in self.exemplars.iter().enumerate() {
            let Some(form) = form(known) else { continue };
            let common: f64 = shared
                .iter()
                .filter_map(|(gram, count, weight)| {
                    let theirs = form.grams.get(gram)?;
                    Some(weight * f64::from(*count.min(theirs)))
                })
                .sum();
            scored.push((2.0 * common / (own + form.weight), index));
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        scored.truncate(most);
        scored
    }
}

/// Keeps the better score of a program.
fn put(found: &mut Found, score: f64, index: usize, program: String) {
    let entry = found.entry(program).or_insert((f64::NEG_INFINITY, index));
    if score > entry.0 {
        *entry = (score, index);
    }
}

/// Programs, best first; ties by the order of the bank, then by text.
fn ranked(found: &Found) -> Vec<(&str, (f64, usize))> {
    let mut ranked: Vec<(&str, (f64, usize))> = found
        .iter()
        .map(|(program, entry)| (program.as_str(), *entry))
        .collect();
    ranked.sort_by(|(p, (a, i)), (q, (b, j))| {
        b.total_cmp(a).then_with(|| i.cmp(j)).then_with(|| p.cmp(q))
    });
    ranked
}

impl Proposer for Bank {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn fingerprint(&self) -> String {
        self.sha256.clone()
    }

    fn propose(&self, record: &Record, k: usize) -> Result<Vec<Candidate>, Malformed> {
        Ok(self.candidates(&record.sample.question, k))
    }
}

/// Marks n-grams that tell values apart.
const FINE_MARK: char = '=';

/// The n-grams of a sentence, coarse and fine.
fn grams(tokens: &[Token]) -> Vec<String> {
    let mut out = Vec::new();
    for fine in [false, true] {
        let keys = tokens.iter().map(|token| token.key(fine));
        let keys: Vec<String> = std::iter::once("^".to_owned())
            .chain(keys.filter(|key| !key.is_empty()))
            .chain(["$".to_owned()])
            .collect();
        let mark = if fine { FINE_MARK } else { '~' };
        for n in 1..=LONGEST_GRAM {
            for window in keys.windows(n) {
                out.push(format!("{mark}{}", window.join("\u{1f}")));
            }
        }
    }
    out
}

/// Inverse document frequency, less for fine n-grams.
fn weight(gram: &str, df: u32, total: f64) -> f64 {
    let idf = (1.0 + total / (1.0 + f64::from(df))).ln();
    if gram.starts_with(FINE_MARK) {
        FINE * idf
    } else {
        idf
    }
}
