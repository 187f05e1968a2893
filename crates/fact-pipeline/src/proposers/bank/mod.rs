//! The exemplar bank: sentences with their programs, retrieval by n-grams, and substitution of
//! the question's colours, shapes, sizes, numbers, comparisons, sides and relations.
//!
//! A sentence is read as words and *slots* ([`words`]); the pack's `VOCABULARY` says which words
//! fill slots. Exemplars are ranked by the weighted n-grams (1 to 3) they share with the question,
//! slots counting by their kind and, with less weight, by their value. The slots of the best ones
//! are aligned with the question's ([`align`]) and the question's values take the place of the
//! exemplar's in its program ([`substitute`]). Whatever does not fit lowers the score. All of it is
//! a pure function of bank, pack and question.

mod align;
mod source;
mod substitute;
mod words;

use super::{Candidate, Proposer};
use crate::datasets::Record;
use fact_lang::pack::Pack;
use serde::Deserialize;
use source::Source;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use words::{Token, Vocabulary};

/// How many of the best exemplars are substituted into.
const POOL: usize = 60;
/// Weight of n-grams that tell the values of slots apart.
const FINE: f64 = 0.25;
/// What one point of penalty costs in score.
const PENALTY: f64 = 0.3;
/// What each further mapping of slots costs in score.
const FURTHER_MAPPING: f64 = 0.05;

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
}

/// A loaded bank.
#[derive(Debug)]
pub struct Bank {
    vocabulary: Vocabulary,
    exemplars: Vec<Known>,
    /// n-gram → number and how many exemplars have it.
    grams: HashMap<String, (u32, u32)>,
    sha256: String,
}

/// An exemplar made ready.
#[derive(Debug)]
struct Known {
    id: String,
    tokens: Vec<Token>,
    source: Source,
    /// n-gram number → count.
    grams: BTreeMap<u32, u32>,
    /// Weight of all its n-grams.
    weight: f64,
}

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
        let vocabulary = Vocabulary::new(pack);
        let mut bank = Self {
            exemplars: Vec::with_capacity(file.exemplar.len()),
            grams: HashMap::new(),
            sha256: fact_models::decode::sha256_hex(text.as_bytes()),
            vocabulary,
        };
        for exemplar in file.exemplar {
            bank.add(exemplar, origin)?;
        }
        let total = bank.exemplars.len() as f64;
        let mut weights = vec![0.0; bank.grams.len()];
        // Order does not matter: each n-gram has its own place.
        #[allow(clippy::iter_over_hash_type)]
        for (gram, (number, df)) in &bank.grams {
            weights[*number as usize] = weight(gram, *df, total);
        }
        for known in &mut bank.exemplars {
            let weighted =
                |(gram, count): (&u32, &u32)| weights[*gram as usize] * f64::from(*count);
            known.weight = known.grams.iter().map(weighted).sum();
        }
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
        let tokens = self.vocabulary.tokens(&exemplar.sentence);
        let mut counts = BTreeMap::new();
        for gram in grams(&tokens) {
            let next = self.grams.len() as u32;
            let (number, df) = self.grams.entry(gram).or_insert((next, 0));
            let count = counts.entry(*number).or_insert(0);
            if *count == 0 {
                *df += 1;
            }
            *count += 1;
        }
        self.exemplars.push(Known {
            source: Source::new(&exemplar.program, &self.vocabulary),
            id: exemplar.id,
            tokens,
            grams: counts,
            weight: 0.0,
        });
        Ok(())
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
        // Program → score, index of the exemplar.
        let mut found: HashMap<String, (f64, usize)> = HashMap::new();
        for (similarity, index) in self.nearest(&question) {
            let known = &self.exemplars[index];
            let mappings = align::mappings(&known.tokens, &question);
            for (rank, mapping) in mappings.iter().enumerate() {
                let programs = substitute::substitute(
                    &self.vocabulary,
                    &known.tokens,
                    &known.source,
                    &question,
                    mapping,
                );
                for (penalty, program) in programs {
                    let score = similarity - PENALTY * penalty - FURTHER_MAPPING * rank as f64;
                    let entry = found.entry(program).or_insert((f64::NEG_INFINITY, index));
                    if score > entry.0 {
                        *entry = (score, index);
                    }
                }
            }
        }
        let mut ranked: Vec<(String, (f64, usize))> = found.into_iter().collect();
        ranked.sort_by(|(p, (a, i)), (q, (b, j))| {
            b.total_cmp(a).then_with(|| i.cmp(j)).then_with(|| p.cmp(q))
        });
        ranked.truncate(k);
        ranked
            .into_iter()
            .map(|(program, (score, index))| Candidate {
                proposer: "bank",
                source: self.exemplars[index].id.clone(),
                score,
                program,
            })
            .collect()
    }

    /// The exemplars most similar to a question: Dice's coefficient over weighted n-grams.
    fn nearest(&self, question: &[Token]) -> Vec<(f64, usize)> {
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
        let mut scored: Vec<(f64, usize)> = self
            .exemplars
            .iter()
            .enumerate()
            .map(|(index, known)| {
                let common: f64 = shared
                    .iter()
                    .filter_map(|(gram, count, weight)| {
                        let theirs = known.grams.get(gram)?;
                        Some(weight * f64::from(*count.min(theirs)))
                    })
                    .sum();
                (2.0 * common / (own + known.weight), index)
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        scored.truncate(POOL);
        scored
    }
}

impl Proposer for Bank {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn fingerprint(&self) -> String {
        self.sha256.clone()
    }

    fn propose(&self, record: &Record, k: usize) -> Vec<Candidate> {
        self.candidates(&record.sample.question, k)
    }
}

/// Marks n-grams that tell values apart.
const FINE_MARK: char = '=';

/// The n-grams of a sentence, 1 to 3, coarse and fine.
fn grams(tokens: &[Token]) -> Vec<String> {
    let mut out = Vec::new();
    for fine in [false, true] {
        let keys = tokens.iter().map(|token| token.key(fine));
        let keys: Vec<String> = std::iter::once("^".to_owned())
            .chain(keys.filter(|key| !key.is_empty()))
            .chain(["$".to_owned()])
            .collect();
        let mark = if fine { FINE_MARK } else { '~' };
        for n in 1..=3 {
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
