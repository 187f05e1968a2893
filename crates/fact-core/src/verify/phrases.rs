//! Phrase consistency: a phrase means in this program what it means in programs that are accepted.
//!
//! Gupta, Singh and Gardner ("Paired Examples as Indirect Supervision in Latent Decision Models",
//! ACL 2021, and "Enforcing Consistency in Weakly Supervised Semantic Parsing", ACL 2021) ask that
//! a phrase maps to the same sub-part of a program wherever it occurs. Here the mapping is learnt:
//! a lexical translation model (IBM Model 1; Brown, Della Pietra, Della Pietra and Mercer, "The
//! Mathematics of Statistical Machine Translation", 1993) between the words and pairs of words of
//! questions and the names and operators of their programs, by expectation maximisation, in both
//! directions. A program is consistent with its question if each of its parts is a likely
//! translation of some phrase, and each phrase of some part.
//!
//! What question and program name alike (a colour, a number) is one token of its class on both
//! sides, so that the model learns forms and not values.

use super::content::{ProgramContent, Quantity, Reader, Unit};
use std::collections::BTreeMap;

/// Rounds of expectation maximisation; more change the ranking no further.
const ROUNDS: usize = 8;
/// Probability of a pair that was never seen together.
const FLOOR: f64 = 1e-4;

/// A question with a program of it, as tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    question: Vec<String>,
    program: Vec<String>,
}

impl Pair {
    /// Reads both.
    pub fn new(question: &[Unit], program: &ProgramContent) -> Self {
        let shared = |unit: &Unit| match unit {
            Unit::Value { class, .. } => Some(format!("<{class}>")),
            Unit::Number(_) => Some("<number>".to_owned()),
            Unit::Word(_) => Some("<word>".to_owned()),
            Unit::Quantity(_) => None,
        };
        let named: Vec<String> = question
            .iter()
            .map(|unit| match program.literals.contains(unit) {
                true => shared(unit).unwrap_or_else(|| key(unit)),
                false => key(unit),
            })
            .collect();
        let mut tokens: Vec<String> = Vec::new();
        for unit in &program.literals {
            tokens.push(match question.contains(unit) {
                true => shared(unit).unwrap_or_else(|| key(unit)),
                false => key(unit),
            });
        }
        tokens.extend(program.members.iter().map(|m| format!(".{m}")));
        tokens.extend(program.operators.iter().map(|op| (*op).to_owned()));
        let pairs = named.windows(2).map(|pair| pair.join(" "));
        let question = named.iter().cloned().chain(pairs).collect();
        Self {
            question,
            program: tokens,
        }
    }
}

fn key(unit: &Unit) -> String {
    match unit {
        Unit::Value { class, value } => format!("{class}:{value}"),
        Unit::Number(number) => format!("number:{number}"),
        Unit::Quantity(Quantity::All) => "all".into(),
        Unit::Quantity(Quantity::None) => "no".into(),
        Unit::Quantity(Quantity::Only) => "only".into(),
        Unit::Word(stem) => stem.clone(),
    }
}

/// Which tokens of one side stand for which of the other, with what probability.
#[derive(Debug, Clone, Default)]
struct Table(BTreeMap<String, BTreeMap<String, f64>>);

/// Stands for what has no counterpart.
const NOTHING: &str = "";

impl Table {
    /// Learns p(to | from).
    fn learn<'a>(pairs: impl Iterator<Item = (&'a [String], &'a [String])> + Clone) -> Self {
        let mut table = Self::default();
        let mut uniform = true;
        for _ in 0..ROUNDS {
            let mut counts: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
            for (from, to) in pairs.clone() {
                for t in to {
                    let sources = || from.iter().map(String::as_str).chain([NOTHING]);
                    let p = |f: &str| {
                        if uniform {
                            1.0
                        } else {
                            table.probability(f, t)
                        }
                    };
                    let total: f64 = sources().map(p).sum();
                    for f in sources() {
                        let row = counts.entry(f.to_owned()).or_default();
                        *row.entry(t.clone()).or_default() += p(f) / total;
                    }
                }
            }
            for row in counts.values_mut() {
                let total: f64 = row.values().sum();
                row.values_mut().for_each(|count| *count /= total);
            }
            table = Self(counts);
            uniform = false;
        }
        table
    }

    fn probability(&self, from: &str, to: &str) -> f64 {
        let known = self.0.get(from).and_then(|row| row.get(to));
        known.copied().unwrap_or(0.0).max(FLOOR)
    }

    /// Mean and least, over the tokens of `to`, of the log-probability that some token of `from`
    /// stands for it.
    fn fit(&self, from: &[String], to: &[String]) -> (f64, f64) {
        if to.is_empty() {
            return (0.0, 0.0);
        }
        let logs = to.iter().map(|t| {
            let best = from.iter().map(|f| self.probability(f, t));
            best.fold(self.probability(NOTHING, t), f64::max).ln()
        });
        let (sum, least) = logs.fold((0.0, f64::INFINITY), |(sum, least), log: f64| {
            (sum + log, least.min(log))
        });
        (sum / to.len() as f64, least)
    }
}

/// How consistent a program is with its question, as log-probabilities: at most 0, the higher the
/// better.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Consistency {
    /// Mean over the program's tokens.
    pub program: f64,
    /// The least of them.
    pub program_least: f64,
    /// Mean over the question's phrases.
    pub question: f64,
    /// The least of them.
    pub question_least: f64,
}

/// What phrases mean, learnt from questions with accepted programs.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    to_program: Table,
    to_question: Table,
    pairs: usize,
}

impl Phrases {
    /// Learns from pairs that are held to be right. The same for the same pairs in any order up to
    /// rounding; give them in a fixed order.
    pub fn learn(pairs: &[Pair]) -> Self {
        let forth = pairs.iter().map(|p| (&*p.question, &*p.program));
        let back = pairs.iter().map(|p| (&*p.program, &*p.question));
        Self {
            to_program: Table::learn(forth),
            to_question: Table::learn(back),
            pairs: pairs.len(),
        }
    }

    /// From how many pairs it was learnt; from none, it knows nothing.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// How consistent a program is with its question.
    pub fn consistency(&self, pair: &Pair) -> Consistency {
        let (program, program_least) = self.to_program.fit(&pair.question, &pair.program);
        let (question, question_least) = self.to_question.fit(&pair.program, &pair.question);
        Consistency {
            program,
            program_least,
            question,
            question_least,
        }
    }

    /// Reads a question with a program that is held to be right.
    pub fn pair(reader: &Reader, question: &str, program: &fact_lang::ast::Module) -> Pair {
        Pair::new(&reader.question(question), &reader.program(program, &[]))
    }
}
