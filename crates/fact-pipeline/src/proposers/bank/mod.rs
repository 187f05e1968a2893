//! The exemplar bank: sentences with their programs, retrieval of those that are like a question,
//! and substitution of the question's values for theirs.
//!
//! A sentence is read as words and *slots* (`tokens`): the pack's `VOCABULARY` says which words
//! fill slots, the bank's own tables which classes make up phrases (`lexicon`). Exemplars are
//! ranked by the weighted words and pairs of words that they share with the question (`score`),
//! slots counting by their kind and, with less weight, by their value. The slots of the best ones
//! are mapped to the question's (`align`), and the question's values take the place of the
//! exemplar's in its program (`substitute`). Besides the sentence as it is, its quantifier is put
//! over what exemplars quantify (`quantifier`), "there is no" also negates affirmative exemplars,
//! and a bare number is read as "exactly" and as "at least" (`candidates`). Whatever does not fit
//! lowers the score. Beside these candidates of whole exemplars stand those that are composed of
//! pieces of several (`compose`).
//!
//! Banks are edited as documents (`document`), after a program was tried (`trial`); what a run is
//! sure of can become exemplars (`learn`).
//!
//! All of it is a pure function of bank, vocabulary and question. What is put into programs comes
//! from the vocabulary and the bank, never from the question's text.

mod align;
mod candidates;
mod compose;
mod document;
mod error;
mod exemplars;
mod learn;
mod lexicon;
mod program;
mod quantifier;
mod score;
mod substitute;
#[cfg(test)]
mod tests;
mod tokens;
mod trial;

pub use compose::Piece;
pub use document::BankDocument;
pub use error::BankError;
pub use exemplars::{Exemplar, Level, Provenance};
pub use learn::{Learned, Lesson, Refusal, learn};
pub use lexicon::Vocabulary;
pub use trial::{TrialError, trial};

use candidates::{QUANTIFIER_MARK, marked};
use compose::Composer;
use exemplars::{File, Rewrite};
use fact_lang::pack::Pack;
use lexicon::Lexicon;
use program::{Program, negated};
use quantifier::{Body, Kind, Patterns};
use score::{Grams, Index};
use sha2::{Digest, Sha256};
use std::path::Path;
use tokens::{Token, read};

/// A program proposed for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its text; it parses.
    pub program: String,
    /// Id of the exemplar it was made from.
    pub exemplar: String,
    /// How well the exemplar fits; higher is better.
    pub score: f64,
    /// Ids of further exemplars that led to the same program, each once, in the order of finding. Of
    /// a program that was only composed: those of its other pieces.
    pub support: Vec<String>,
    /// Whether it was put together from pieces only: then `support` tells of one derivation, else
    /// of several independent ones.
    pub composed: bool,
}

/// A loaded bank.
#[derive(Debug)]
pub struct Bank {
    lexicon: Lexicon,
    patterns: Patterns,
    rewrites: Vec<Rewrite>,
    /// Stands in the place of a quantifier.
    mark: Token,
    /// With what a sentence affirms.
    affirmative: Vec<Token>,
    exemplars: Vec<Exemplar>,
    /// What is known about each exemplar.
    known: Vec<Known>,
    grams: Grams,
    /// All sentences.
    sentences: Index,
    /// The sentences with another quantifier to put, without theirs.
    quantified: Index,
    /// Its pieces, if the types of a pack are known.
    composer: Option<Composer>,
    /// Its text, and what names it in messages.
    text: String,
    origin: String,
    sha256: String,
}

/// An exemplar made ready.
#[derive(Debug)]
struct Known {
    sentence: Vec<Token>,
    program: Program,
    quantified: Option<Quantified>,
    /// Whether it says that there is something, with a program that is not one expression.
    affirmative: bool,
    /// The program of an affirmative one with its answers exchanged.
    negated: Option<Program>,
}

/// What an exemplar quantifies.
#[derive(Debug)]
struct Quantified {
    /// The sentence with a mark in the place of its quantifier.
    sentence: Vec<Token>,
    /// The expression that is quantified.
    program: Program,
    body: Body,
}

/// The banks that are shipped: pack, text.
const SHIPPED: &[(&str, &str)] = &[("blocks", include_str!("../../../banks/blocks.toml"))];

impl Bank {
    /// The text of the bank shipped for a pack.
    pub fn builtin_text(pack_name: &str) -> Option<&'static str> {
        let mut shipped = SHIPPED.iter();
        shipped
            .find(|(name, _)| *name == pack_name)
            .map(|(_, text)| *text)
    }

    /// The bank shipped for a pack.
    ///
    /// # Errors
    /// If none is.
    pub fn shipped(pack: &Pack) -> Result<Self, BankError> {
        let text = Self::builtin_text(&pack.name)
            .ok_or_else(|| BankError::NoneShipped(pack.name.to_string()))?;
        let origin = format!("bank of the pack `{}`", pack.name);
        Self::load_for(text, &origin, pack)
    }

    /// Reads a bank from a file.
    ///
    /// # Errors
    /// If it cannot be read or is not a bank for this pack.
    pub fn from_file(path: &Path, pack: &Pack) -> Result<Self, BankError> {
        let text = std::fs::read_to_string(path).map_err(|source| BankError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::load_for(&text, &path.display().to_string(), pack)
    }

    /// Reads a bank from TOML text for a pack, whose types say which pieces of exemplars go together;
    /// `origin` names it in messages.
    ///
    /// # Errors
    /// If it is not a bank for this pack.
    pub fn load_for(toml_text: &str, origin: &str, pack: &Pack) -> Result<Self, BankError> {
        let mut bank = Self::load(toml_text, origin, &pack.vocabulary)?;
        let exemplars = bank.known.iter().zip(&bank.exemplars);
        let exemplars = exemplars.map(|(known, e)| (&*known.sentence, &*e.program));
        bank.composer = Some(Composer::new(pack, exemplars, &bank.lexicon));
        Ok(bank)
    }

    /// Reads a bank from TOML text; `origin` names it in messages, `vocabulary` is the pack's
    /// ([`Pack::vocabulary`]). Without a pack's types, programs are of whole exemplars only.
    ///
    /// # Errors
    /// If it is not a bank for this vocabulary.
    pub fn load(toml_text: &str, origin: &str, vocabulary: &Vocabulary) -> Result<Self, BankError> {
        let mut file = File::read(toml_text, origin)?;
        let lexicon = Lexicon::new(&mut file, vocabulary, origin)?;
        let patterns = Patterns::new(&file.reading).map_err(|(number, message)| {
            let field = format!("reading.quantifiers[{number}]");
            BankError::Table {
                origin: origin.into(),
                field,
                message,
            }
        })?;
        let mark = Token::word(QUANTIFIER_MARK.into(), &lexicon);
        let known: Vec<Known> = file
            .exemplars
            .iter()
            .map(|exemplar| Known::new(exemplar, &lexicon, &patterns, &mark))
            .collect();
        let all: Vec<&[Token]> = known.iter().map(|known| &*known.sentence).collect();
        let parts: Vec<&[Token]> = known
            .iter()
            .filter_map(|known| Some(&*known.quantified.as_ref()?.sentence))
            .collect();
        let grams = Grams::learn(&all, &parts, &lexicon);
        let (mut sentences, mut quantified) = (Index::default(), Index::default());
        for known in &known {
            sentences.push(Some(&grams.count(&known.sentence, &lexicon)));
            let part = known.quantified.as_ref();
            let counts = part.map(|part| grams.count(&part.sentence, &lexicon));
            quantified.push(counts.as_ref());
        }
        let digest = Sha256::digest(toml_text.as_bytes());
        Ok(Self {
            affirmative: read(&file.reading.affirmative, &lexicon),
            lexicon,
            patterns,
            rewrites: file.rewrites,
            mark,
            exemplars: file.exemplars,
            known,
            grams,
            sentences,
            quantified,
            composer: None,
            text: toml_text.into(),
            origin: origin.into(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// The bank with further exemplars, in this order.
    ///
    /// # Errors
    /// If one of them is malformed, or its id is taken.
    pub fn with(&self, exemplars: &[Exemplar], pack: &Pack) -> Result<Self, BankError> {
        let mut document = BankDocument::parse(&self.text, &self.origin)?;
        for exemplar in exemplars {
            document.add(exemplar)?;
        }
        Self::load_for(&document.text(), &self.origin, pack)
    }

    /// The pieces that an exemplar was taken apart into, the largest first; none if the types of
    /// the pack are not known or its program is not one expression.
    pub fn pieces(&self, id: &str) -> Vec<Piece> {
        let number = self.exemplars.iter().position(|e| e.id == id);
        let (Some(number), Some(composer)) = (number, &self.composer) else {
            return Vec::new();
        };
        composer.pieces(number)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of exemplars.
    pub fn len(&self) -> usize {
        self.exemplars.len()
    }

    /// Whether it has no exemplars; such a bank does not load.
    pub fn is_empty(&self) -> bool {
        self.exemplars.is_empty()
    }

    /// Its exemplars, in the order of the file.
    pub fn exemplars(&self) -> &[Exemplar] {
        &self.exemplars
    }

    /// SHA-256 of its text, hex: what proposals depend on besides question and vocabulary.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The at most `n` exemplars whose sentences are most like a question, best first. One with the
    /// question's own sentence is among them.
    pub fn nearest(&self, question: &str, n: usize) -> Vec<&Exemplar> {
        let counts = self
            .grams
            .count(&read(question, &self.lexicon), &self.lexicon);
        let nearest = self.sentences.nearest(&counts, n, |_| true);
        let exemplar = |(_, number): (f64, usize)| self.exemplars.get(number);
        nearest.into_iter().filter_map(exemplar).collect()
    }

    /// At most `k` different programs for a question, best first; each parses.
    pub fn propose(&self, question: &str, k: usize) -> Vec<Candidate> {
        candidates::propose(self, question, k, self.composer.as_ref())
    }

    /// The same from whole exemplars only.
    pub fn propose_whole(&self, question: &str, k: usize) -> Vec<Candidate> {
        candidates::propose(self, question, k, None)
    }
}

impl Known {
    fn new(exemplar: &Exemplar, lexicon: &Lexicon, patterns: &Patterns, mark: &Token) -> Self {
        let sentence = read(&exemplar.sentence, lexicon);
        let quantifier = patterns.read(&sentence);
        let body = Body::of(&exemplar.program);
        let affirmative =
            body.is_none() && quantifier.as_ref().is_some_and(|q| q.kind == Kind::Any);
        let quantified = match (&quantifier, body) {
            (Some(quantifier), Some(body)) if quantifier.kind == body.kind => Some(Quantified {
                sentence: marked(mark, &sentence, quantifier),
                program: Program::new(&body.generator, lexicon),
                body,
            }),
            _ => None,
        };
        let negated = affirmative
            .then(|| negated(&exemplar.program))
            .flatten()
            .map(|text| Program::new(&text, lexicon));
        Self {
            program: Program::new(&exemplar.program, lexicon),
            sentence,
            quantified,
            affirmative,
            negated,
        }
    }
}
