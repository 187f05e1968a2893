//! Learning: programs that a run is sure of become exemplars of the next round.
//!
//! A near-copy of what the bank has adds nothing: a sentence of the same words and slots whose
//! program is the same but for the slots' values is what substitution already gives. What is
//! verified below V2, or belongs to samples that are held out, is never learned, however sure
//! anyone is of it.

use super::Bank;
use super::compose::outline;
use super::exemplars::{Exemplar, Level, Provenance};
use super::program::{Mentioned, Program};
use super::tokens::{Token, read};
use fact_lang::syntax::parse_program;
use std::collections::{BTreeMap, BTreeSet};

/// A program that a run accepted for a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The sentence or question.
    pub sentence: String,
    /// The program that was accepted for it.
    pub program: String,
    /// How well it was verified; `None` is less than any level that can be learned.
    pub level: Option<Level>,
    /// Where it was accepted, and how sure the verification was.
    pub provenance: Provenance,
    /// Whether its sample is held out for evaluation.
    pub held_out: bool,
}

/// Why a lesson was not learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its sample is held out.
    HeldOut,
    /// It is verified less than V2.
    Level,
    /// Its confidence is below the threshold, or not from 0 to 1.
    Confidence,
    /// It does not parse, or sentence or program are empty.
    Malformed,
    /// It is like an exemplar, which has this id.
    NearCopy(String),
}

/// What was learned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// The new exemplars, the surest first.
    pub exemplars: Vec<Exemplar>,
    /// Which lessons were not learned, by position, and why.
    pub refused: BTreeMap<usize, Refusal>,
}

/// What is the same for near-copies.
type Outline = (String, String);

/// Which lessons become exemplars: those with at least this confidence, of level V2 or V3, not held
/// out, and no near-copies of exemplars or of one another. The same whatever the order of the
/// lessons, except for positions. [`Bank::with`] builds the bank that has them.
pub fn learn(bank: &Bank, lessons: &[Lesson], threshold: f64) -> Learned {
    let mut out = Learned::default();
    let mut known: BTreeMap<Outline, String> = BTreeMap::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for exemplar in bank.exemplars() {
        ids.insert(exemplar.id.clone());
        let outline = bank.outline(&exemplar.sentence, &exemplar.program);
        known.entry(outline).or_insert_with(|| exemplar.id.clone());
    }
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&lessons[*a], &lessons[*b]);
        let (p, q) = (&a.provenance, &b.provenance);
        b.level
            .cmp(&a.level)
            .then(q.confidence.total_cmp(&p.confidence))
            .then_with(|| p.sample.cmp(&q.sample))
            .then_with(|| p.run.cmp(&q.run))
            .then_with(|| a.sentence.cmp(&b.sentence))
            .then_with(|| a.program.cmp(&b.program))
            .then(p.round.cmp(&q.round))
    });
    for position in order {
        let lesson = &lessons[position];
        let outline = bank.outline(&lesson.sentence, &lesson.program);
        if let Some(refusal) = refusal(lesson, threshold, known.get(&outline)) {
            out.refused.insert(position, refusal);
            continue;
        }
        let id = unused(lesson, &ids);
        ids.insert(id.clone());
        known.insert(outline, id.clone());
        out.exemplars.push(Exemplar {
            id,
            sentence: lesson.sentence.clone(),
            source: format!("learned:{}", lesson.provenance.sample),
            level: lesson.level,
            provenance: Some(lesson.provenance.clone()),
            program: lesson.program.clone(),
        });
    }
    out
}

fn refusal(lesson: &Lesson, threshold: f64, like: Option<&String>) -> Option<Refusal> {
    let confidence = lesson.provenance.confidence;
    if lesson.held_out {
        return Some(Refusal::HeldOut);
    }
    if lesson.level.is_none() {
        return Some(Refusal::Level);
    }
    // Not a number is no confidence.
    if !(0.0..=1.0).contains(&confidence) || confidence < threshold {
        return Some(Refusal::Confidence);
    }
    let empty = lesson.sentence.trim().is_empty() || lesson.program.trim().is_empty();
    if empty || parse_program(&lesson.program).is_err() {
        return Some(Refusal::Malformed);
    }
    like.map(|id| Refusal::NearCopy(id.clone()))
}

/// An id for what was learned.
fn unused(lesson: &Lesson, taken: &BTreeSet<String>) -> String {
    let provenance = &lesson.provenance;
    let id = format!("learned-{}-{}", provenance.round, provenance.sample);
    let mut out = id.clone();
    let mut number = 2;
    while taken.contains(&out) {
        out = format!("{id}-{number}");
        number += 1;
    }
    out
}

impl Bank {
    /// A sentence and a program without the values of their slots.
    fn outline(&self, sentence: &str, program: &str) -> Outline {
        let tokens = read(sentence, &self.lexicon);
        let words = tokens.iter().filter_map(|token| {
            let key = token.key(&self.lexicon, false);
            match token {
                Token::Word { .. } => (!key.is_empty()).then_some(key),
                Token::Slot(_) => Some(key),
            }
        });
        let words: Vec<String> = words.collect();
        // A program that is one term, whatever way it is written; else its text.
        let outlined = outline(program, &self.lexicon);
        (
            words.join(" "),
            outlined.unwrap_or_else(|| self.text_outline(program)),
        )
    }

    fn text_outline(&self, program: &str) -> String {
        let program = Program::new(program, &self.lexicon);
        let mut tokens: Vec<&str> = program.tokens.iter().map(|t| &**t).collect();
        for mention in &program.mentions {
            tokens[mention.token] = match mention.what {
                Mentioned::Phrase(_) | Mentioned::Everything(_) => "<phrase>",
                Mentioned::Words { .. } | Mentioned::Member { .. } => "<value>",
                Mentioned::Number { .. } => "<number>",
            };
        }
        tokens.concat()
    }
}
