//! From a question to candidates: retrieve, align, substitute, rank.

use super::align::mappings;
use super::compose::Composer;
use super::quantifier::{Kind, Quantifier};
use super::score::Index;
use super::substitute::{Setting, Template, substitute};
use super::tokens::{Slot, Token, read};
use super::{Bank, Candidate};
use fact_lang::syntax::parse_program;
use indexmap::IndexMap;
use std::sync::Arc;

/// How many of the nearest exemplars are substituted into.
const POOL: usize = 60;
/// The same for exemplars that are negated.
const POOL_NEGATED: usize = 20;
/// What one point of penalty costs in score.
const PENALTY: f64 = 0.3;
/// What each further mapping of slots costs in score.
const OTHER_MAPPING: f64 = 0.05;
/// What another quantifier costs in score.
const OTHER_QUANTIFIER: f64 = 0.05;
/// What the other reading of a bare number costs in score.
const OTHER_READING: f64 = 0.12;
/// Of how many of the best candidates the other reading is tried.
const BEST_REREAD: usize = 4;
/// Most candidates of one exemplar.
const MOST_PER_EXEMPLAR: usize = 3;
/// Most composed candidates whose largest piece is of one exemplar.
const MOST_COMPOSED: usize = 6;
/// What it gains in score that a program was found both whole and in pieces.
const AGREED: f64 = 0.03;
/// Score of a program put together from pieces at no cost.
const COMPOSED: f64 = 0.93;
/// What the cost of a composed program costs in score.
const COMPOSED_COST: f64 = 1.5;
/// How the two readings of a bare number compare.
const READINGS: [(&str, &str); 2] = [("==", ">="), (">=", "==")];

/// Stands in the place of a sentence's quantifier.
pub(super) const QUANTIFIER_MARK: &str = "<Q>";

/// Programs in the order in which they were found.
#[derive(Default)]
struct Found(IndexMap<String, Finding>);

/// How a program was found.
struct Finding {
    score: f64,
    /// The exemplar that gave the score.
    exemplar: usize,
    /// All exemplars that led to it, each once.
    exemplars: Vec<usize>,
    /// Whether it was found only in pieces.
    composed: bool,
}

impl Found {
    fn put(&mut self, score: f64, exemplar: usize, program: String) {
        let finding = self.0.entry(program).or_insert(Finding {
            score,
            exemplar,
            exemplars: Vec::new(),
            composed: false,
        });
        if score > finding.score {
            (finding.score, finding.exemplar) = (score, exemplar);
        }
        if !finding.exemplars.contains(&exemplar) {
            finding.exemplars.push(exemplar);
        }
    }
}

/// A question being answered.
struct Search<'a> {
    bank: &'a Bank,
    question: Vec<Token>,
    found: Found,
}

pub(super) fn propose(
    bank: &Bank,
    question: &str,
    k: usize,
    composer: Option<&Composer>,
) -> Vec<Candidate> {
    let mut search = Search {
        bank,
        question: read(question, &bank.lexicon),
        found: Found::default(),
    };
    search.as_it_is();
    if let Some(quantifier) = bank.patterns.read(&search.question) {
        search.other_quantifier(&quantifier);
        if quantifier.kind == Kind::None {
            search.negated(&quantifier);
        }
    }
    search.other_reading();
    if let Some(composer) = composer {
        search.composed(composer);
    }
    search.ranked(k)
}

/// A sentence with a mark in the place of its quantifier.
pub(super) fn marked(bank_mark: &Token, tokens: &[Token], quantifier: &Quantifier) -> Vec<Token> {
    let rest = tokens.iter().skip(quantifier.tokens).cloned();
    std::iter::once(bank_mark.clone()).chain(rest).collect()
}

impl Search<'_> {
    /// The programs of the exemplars nearest to a sentence: score, exemplar, text.
    fn substituted<'a>(
        &self,
        sentence: &[Token],
        index: &Index,
        most: usize,
        handicap: f64,
        template: impl Fn(usize) -> Option<Template<'a>>,
        admit: impl Fn(usize) -> bool,
    ) -> Vec<(f64, usize, String)> {
        let setting = Setting {
            lexicon: &self.bank.lexicon,
            rewrites: &self.bank.rewrites,
        };
        let counts = self.bank.grams.count(sentence, &self.bank.lexicon);
        let mut out = Vec::new();
        for (similarity, exemplar) in index.nearest(&counts, most, admit) {
            let Some(template) = template(exemplar) else {
                continue;
            };
            for (rank, mapping) in mappings(template.sentence, sentence).iter().enumerate() {
                for (penalty, text) in substitute(&setting, &template, sentence, mapping) {
                    let cost = |score: f64| score - PENALTY * penalty - OTHER_MAPPING * rank as f64;
                    out.push((cost(similarity - handicap), exemplar, text));
                }
            }
        }
        out
    }

    /// The sentence as it is.
    fn as_it_is(&mut self) {
        let known = &self.bank.known;
        let template = |exemplar: usize| {
            let known = &known[exemplar];
            Some(Template {
                sentence: &known.sentence,
                program: &known.program,
            })
        };
        let programs = self.substituted(
            &self.question,
            &self.bank.sentences,
            POOL,
            0.0,
            template,
            |_| true,
        );
        for (score, exemplar, program) in programs {
            self.found.put(score, exemplar, program);
        }
    }

    /// The sentence's quantifier over what exemplars quantify.
    fn other_quantifier(&mut self, quantifier: &Quantifier) {
        let known = &self.bank.known;
        let template = |exemplar: usize| {
            let part = known[exemplar].quantified.as_ref()?;
            Some(Template {
                sentence: &part.sentence,
                program: &part.program,
            })
        };
        let sentence = marked(&self.bank.mark, &self.question, quantifier);
        let generators = self.substituted(
            &sentence,
            &self.bank.quantified,
            POOL,
            OTHER_QUANTIFIER,
            template,
            |_| true,
        );
        let number = quantifier.number.as_deref().unwrap_or("0");
        for (score, exemplar, generator) in generators {
            let Some(part) = &known[exemplar].quantified else {
                continue;
            };
            let with = |operator| {
                part.body
                    .with(quantifier.kind, (operator, number), &generator)
            };
            match &quantifier.operator {
                Some(operator) => self.found.put(score, exemplar, with(operator)),
                None => {
                    let [(first, second), _] = READINGS;
                    self.found.put(score, exemplar, with(first));
                    if quantifier.kind == Kind::Number {
                        self.found
                            .put(score - OTHER_READING, exemplar, with(second));
                    }
                }
            }
        }
    }

    /// "There is no": the programs of affirmative exemplars, negated.
    fn negated(&mut self, quantifier: &Quantifier) {
        let known = &self.bank.known;
        let template = |exemplar: usize| {
            let known = &known[exemplar];
            Some(Template {
                sentence: &known.sentence,
                program: known.negated.as_ref()?,
            })
        };
        let rest = self.question.iter().skip(quantifier.tokens);
        let sentence: Vec<Token> = self.bank.affirmative.iter().chain(rest).cloned().collect();
        let admit = |exemplar: usize| known[exemplar].affirmative;
        let programs = self.substituted(
            &sentence,
            &self.bank.sentences,
            POOL_NEGATED,
            OTHER_QUANTIFIER,
            template,
            admit,
        );
        for (score, exemplar, program) in programs {
            self.found.put(score, exemplar, program);
        }
    }

    /// A bare number means exactly or at least that many.
    fn other_reading(&mut self) {
        let bare: Vec<Arc<str>> = self
            .question
            .iter()
            .filter_map(|token| match token.slot() {
                Some(Slot::Number {
                    operator: None,
                    number,
                }) => Some(number.clone()),
                _ => None,
            })
            .collect();
        if bare.is_empty() {
            return;
        }
        let mut best: Vec<(f64, usize, String)> = self
            .found
            .0
            .iter()
            .map(|(program, finding)| (finding.score, finding.exemplar, program.clone()))
            .collect();
        // Stable: equals stay in the order in which they were found.
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        best.truncate(BEST_REREAD);
        for (score, exemplar, program) in best {
            for (one, other) in READINGS {
                for (at, found) in program.match_indices(one) {
                    let after = &program[at + found.len()..];
                    let Some(number) = after.strip_prefix(' ') else {
                        continue;
                    };
                    let digits = number.find(|c: char| !c.is_ascii_digit());
                    let number = &number[..digits.unwrap_or(number.len())];
                    if bare.iter().any(|n| **n == *number) {
                        let program = format!("{}{other}{after}", &program[..at]);
                        self.found.put(score - OTHER_READING, exemplar, program);
                    }
                }
            }
        }
    }

    /// Programs put together from pieces.
    fn composed(&mut self, composer: &Composer) {
        for composed in composer.compose(&self.question, &self.bank.lexicon) {
            let score = COMPOSED - COMPOSED_COST * composed.cost;
            if let Some(known) = self.found.0.get_mut(&composed.program) {
                // One derivation more: the exemplar of its largest piece stands for it.
                known.score = known.score.max(score) + AGREED;
                let main = composed.exemplars.first();
                if let Some(main) = main.filter(|e| !known.exemplars.contains(e)) {
                    known.exemplars.push(*main);
                }
                continue;
            }
            for exemplar in &composed.exemplars {
                let program = composed.program.clone();
                self.found.put(score, *exemplar, program);
            }
            if let Some(finding) = self.found.0.get_mut(&composed.program) {
                finding.composed = true;
            }
        }
    }

    /// The best candidates that are programs.
    fn ranked(self, k: usize) -> Vec<Candidate> {
        let mut ranked: Vec<(String, Finding)> = self.found.0.into_iter().collect();
        ranked.sort_by(|(p, a), (q, b)| {
            let by_score = b.score.total_cmp(&a.score);
            by_score
                .then(a.exemplar.cmp(&b.exemplar))
                .then_with(|| p.cmp(q))
        });
        // Found whole, found only in pieces.
        let mut per_exemplar = vec![[0, 0]; self.bank.known.len()];
        let mut out = Vec::new();
        for (program, finding) in ranked {
            let exemplar = finding.exemplar;
            if out.len() >= k {
                break;
            }
            let count = &mut per_exemplar[exemplar][usize::from(finding.composed)];
            let most = [MOST_PER_EXEMPLAR, MOST_COMPOSED][usize::from(finding.composed)];
            if *count >= most || parse_program(&program).is_err() {
                continue;
            }
            *count += 1;
            let id = |exemplar: usize| self.bank.exemplars[exemplar].id.clone();
            let others = finding.exemplars.iter().filter(|e| **e != exemplar);
            out.push(Candidate {
                program,
                exemplar: id(exemplar),
                score: finding.score,
                support: others.map(|e| id(*e)).collect(),
                composed: finding.composed,
            });
        }
        out
    }
}
