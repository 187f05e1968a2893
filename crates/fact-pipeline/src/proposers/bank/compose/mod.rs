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
//! 2. Its nodes are anchored to the words and slots of its sentence ([`anchor`]), also by pairs of
//!    exemplars that differ in one place ([`pairs`]).
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
mod pairs;
mod rule;
mod term;
mod types;

use super::lexicon::Lexicon;
use super::program::{Mentioned, string};
use super::tokens::Token;
use chart::{Chart, Derived};
use fact_lang::pack::Pack;
use fact_lang::syntax::parse_program;
use grammar::{Grammar, Source, counting};
use normal::{Normal, normal};
use rule::Symbol;
use std::sync::Arc;
use term::{Head, Term, Var};
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
        let name = |var: Var| {
            names
                .get(var as usize)
                .cloned()
                .unwrap_or_else(|| "x".into())
        };
        let text = derived.term.text(&name);
        let params = derived.params.join(", ");
        Some(format!(
            "def {}({params}):\n    return {text}\n",
            Pack::ENTRY
        ))
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

/// A program without the values that slots may exchange, if it is one term: the same for programs
/// that differ only in them, in names, or in the way they are written.
pub(super) fn outline(program: &str, lexicon: &Lexicon) -> Option<String> {
    let normal = normal(&parse_program(program).ok()?)?;
    let term = outlined(&normal.term, lexicon, false).canonical();
    Some(term.text(&|var| format!("v{var}").into()))
}

fn outlined(term: &Term, lexicon: &Lexicon, compared: bool) -> Term {
    let head = match &term.head {
        Head::Str(text) => match string(text, lexicon) {
            Some(Mentioned::Phrase(_)) => Head::Str("<phrase>".into()),
            Some(_) => Head::Str("<value>".into()),
            None => term.head.clone(),
        },
        Head::Int(_) if compared => Head::Str("<number>".into()),
        Head::Attr(name) => match lexicon.member(name) {
            Some(meaning) => Head::Attr(format!("<{}>", meaning.class).into()),
            None => term.head.clone(),
        },
        other => other.clone(),
    };
    let compares = matches!(head, Head::Compare(_));
    let args = term.args.iter();
    Term::new(
        head,
        args.map(|arg| outlined(arg, lexicon, compares)).collect(),
    )
}

/// A piece, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its stretch of a sentence: words; slots as `‹0›`, with what they may be; open parts as `⟨0⟩`.
    pub words: String,
    /// What it means: slots and open parts have the same numbers; those variables that it does not
    /// bind are named after their type.
    pub meaning: String,
    /// The type of its value and, in parentheses, of the variables that it uses; `program` for a
    /// whole sentence.
    pub is: String,
    /// How many exemplars have it.
    pub exemplars: usize,
}

impl Composer {
    /// The pieces of an exemplar, the largest first.
    pub(super) fn pieces(&self, exemplar: usize) -> Vec<Piece> {
        let mut out: Vec<(usize, Piece)> = Vec::new();
        for typed in self.grammar.typed.iter().filter(|typed| typed.seen) {
            let rule = &self.grammar.rules[typed.rule];
            if !rule.exemplars.contains(&exemplar) {
                continue;
            }
            let name = |var: Var| rule.names.get(var as usize).cloned();
            let name = |var: Var| name(var).unwrap_or_else(|| "x".into());
            let mut slot = 0;
            let words = rule.pattern.iter().map(|symbol| {
                let number = slot;
                slot += usize::from(symbol.is_slot());
                match symbol {
                    Symbol::Word(word) => word.to_string(),
                    Symbol::Phrase => format!("‹{number}›"),
                    Symbol::Number => format!("‹{number} number›"),
                    Symbol::Value(class) => format!("‹{number} {class}›"),
                    Symbol::Part(part) => format!("⟨{part}⟩"),
                }
            });
            let words = words.collect::<Vec<_>>().join(" ");
            out.push((
                rule.pattern.len(),
                Piece {
                    words,
                    meaning: rule.template.text(&name),
                    is: self.grammar.category_text(typed.is),
                    exemplars: rule.exemplars.len(),
                },
            ));
        }
        // Stable: equals stay in the order in which they were found.
        out.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        out.dedup_by(|a, b| a.1 == b.1);
        out.into_iter().map(|(_, piece)| piece).collect()
    }
}

#[cfg(test)]
impl Composer {
    /// Whether a program is a well-typed term.
    pub(super) fn is_well_typed(program: &str, pack: &Pack) -> bool {
        let module = parse_program(program).ok();
        let Some(normal) = module.and_then(|module| normal(&module)) else {
            return false;
        };
        let types = Types::of(pack);
        let mut found = Findings::default();
        for (var, name) in normal.params.iter().enumerate() {
            found.scope.push((var as Var, types.input(name)));
        }
        types.infer(&normal.term, &mut found).is_some()
    }
}

/// A program as its term is written, if it is one.
#[cfg(test)]
pub(super) fn read_back(program: &str) -> Option<String> {
    let normal = normal(&parse_program(program).ok()?)?;
    let mut names = normal.params.clone();
    for (number, _) in normal.names.iter().enumerate().skip(names.len()) {
        names.push(format!("v{number}").into());
    }
    let term = normal.term.canonical();
    // The parameters come first, or are not used.
    let free = term.free();
    let name = |var: Var| match free.iter().position(|v| *v == var) {
        Some(at) => names.get(at).cloned().unwrap_or_else(|| "x".into()),
        None => format!("v{var}").into(),
    };
    let params = normal.params.join(", ");
    Some(format!(
        "def {}({params}):\n    return {}\n",
        Pack::ENTRY,
        term.text(&name)
    ))
}
