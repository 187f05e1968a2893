//! Composing: programs put together from pieces of several exemplars.
//!
//! Substitution changes the slots of one whole exemplar, so a sentence is understood only if the
//! bank has its form. Here exemplars are taken apart into *pieces*, pairs of a stretch of a sentence
//! and a part of its program, either with parts left open; and a new sentence is put together from
//! pieces. It is a synchronous grammar, induced as in hierarchical phrase-based translation (Chiang,
//! "Hierarchical Phrase-Based Translation", Computational Linguistics 33(2), 2007) and semantic
//! parsing with λ-terms (Wong and Mooney, ACL 2007), with types in the place of nonterminals:
//!
//! 1. A program becomes one term where it is one ([`normal`], [`term`]).
//! 2. Its nodes are anchored to the words and slots of its sentence ([`anchor`]).
//! 3. Nodes whose words stand together are constituents; each is a piece, and its inner
//!    constituents may be left open ([`induce`]).
//! 4. A piece is typed by the pack ([`types`]): what it gives, and what the variables that it uses
//!    are. `box.count("blue item") == 2` is true or false of a box, and as towers have the same
//!    method, of a tower. An open part takes any piece of its type ([`grammar`]), so only well-typed
//!    programs are built.
//! 5. A sentence is covered by pieces at the least cost ([`chart`]).
//!
//! A grammar, and not retrieval of pieces by likeness, because its derivations are few, typed and
//! can be looked at. What a grammar is bad at, words that no exemplar has, is taken care of by
//! passing over words at a cost, and by the candidates of whole exemplars beside it.
//!
//! Nothing here knows of a domain: words come from the vocabulary and the bank, types from the pack.

mod anchor;
mod chart;
mod grammar;
mod induce;
mod normal;
mod rule;
mod term;
mod types;

use super::lexicon::Lexicon;
use super::tokens::Token;
use chart::{Chart, Derived};
use fact_lang::pack::Pack;
use fact_lang::syntax::parse_program;
use grammar::{Grammar, Source, counting};
use normal::{Normal, normal};
use std::sync::Arc;
use term::Var;
use types::{Findings, Types};

/// Most derivations that become programs.
const MOST_PROGRAMS: usize = 40;

/// A program put together from pieces.
#[derive(Debug)]
pub(super) struct Composed {
    /// Its text.
    pub(super) program: String,
    /// What it cost, from 0.
    pub(super) cost: f64,
    /// How many pieces it has.
    pub(super) pieces: usize,
    /// The exemplars they are from, each once, the largest piece's first.
    pub(super) exemplars: Vec<usize>,
}

/// Pieces of a bank.
#[derive(Debug)]
pub(super) struct Composer {
    grammar: Grammar,
}

impl Composer {
    /// Takes exemplars apart: the sentence and program of each, in the order of the bank.
    pub(super) fn new<'a>(
        pack: &Pack,
        exemplars: impl Iterator<Item = (&'a [Token], &'a str)>,
        lexicon: &Lexicon,
    ) -> Self {
        let read: Vec<(usize, Vec<Token>, Normal)> = exemplars
            .enumerate()
            .filter_map(|(number, (tokens, program))| {
                let normal = normal(&parse_program(program).ok()?)?;
                Some((number, counting(tokens), normal))
            })
            .collect();
        let sources: Vec<Source<'_>> = read
            .iter()
            .map(|(exemplar, tokens, normal)| Source {
                exemplar: *exemplar,
                tokens: tokens.clone(),
                normal,
            })
            .collect();
        Self {
            grammar: Grammar::induce(Types::of(pack), &sources, lexicon),
        }
    }

    /// Programs for a sentence, the cheapest first, each once.
    pub(super) fn compose(&self, tokens: &[Token], lexicon: &Lexicon) -> Vec<Composed> {
        let tokens = counting(tokens);
        let mut out: Vec<Composed> = Vec::new();
        for derived in Chart::derive(&self.grammar, lexicon, &tokens, MOST_PROGRAMS) {
            let Some(program) = self.text(&derived) else {
                continue;
            };
            match out.iter_mut().find(|c| c.program == program) {
                Some(known) => {
                    for exemplar in derived.exemplars {
                        if !known.exemplars.contains(&exemplar) {
                            known.exemplars.push(exemplar);
                        }
                    }
                }
                None => out.push(Composed {
                    program,
                    cost: derived.cost,
                    pieces: derived.pieces,
                    exemplars: derived.exemplars,
                }),
            }
        }
        out
    }

    /// The text of a program, if it is well typed.
    fn text(&self, derived: &Derived) -> Option<String> {
        let types = &self.grammar.types;
        let mut found = Findings::default();
        for (var, name) in derived.params.iter().enumerate() {
            found.scope.push((var as Var, types.input(name)));
        }
        types.infer(&derived.term, &mut found)?;
        let mut names = derived.names.clone();
        let mut taken: Vec<Arc<str>> = derived.params.clone();
        for (var, of) in &found.bound {
            let at = *var as usize;
            let proposed = self.grammar.name(of, names.get(at)?);
            names[at] = unused(&proposed, &taken);
            taken.push(names[at].clone());
        }
        let name = |var: Var| names.get(var as usize).cloned().unwrap_or_else(|| "x".into());
        let text = derived.term.text(&name);
        let params = derived.params.join(", ");
        Some(format!("def {}({params}):\n    return {text}\n", Pack::ENTRY))
    }
}

/// A name that is not taken: with a number, if it must be.
fn unused(name: &Arc<str>, taken: &[Arc<str>]) -> Arc<str> {
    let mut out = name.clone();
    let mut number = 2;
    while taken.contains(&out) {
        out = format!("{name}{number}").into();
        number += 1;
    }
    out
}
