//! Finding the pieces that make up a sentence: a chart, filled from the right, with bounded cells.
//!
//! A piece covers a stretch of the sentence if its pattern does; words of the sentence between its
//! symbols may be passed over at a cost, the higher the rarer they are. What a derivation costs is
//! what its pieces cost and what was passed over.

use super::super::lexicon::Lexicon;
use super::super::tokens::{Slot, Token};
use super::grammar::{Grammar, Step, WHOLE};
use super::rule::{Category, Symbol};
use super::term::{Head, Term, Var};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Sentences with more words that count are not composed.
pub(super) const MOST_TOKENS: usize = 40;
/// Derivations of one category kept for a stretch.
const MOST_DERIVATIONS: usize = 5;
/// Begun pieces kept for a stretch.
const MOST_BEGUN: usize = 40;
/// All begun and complete pieces of a sentence that are looked at; what starts further left is left
/// out first.
const MOST_WORK: usize = 80_000;
/// Derivations that cost more are given up.
const MOST_COST: f64 = 0.6;

/// What a piece costs besides that has no words of its own.
const WORDLESS: f64 = 0.03;
/// What a word costs that is passed over: times its share of the sentence.
const PASSED: f64 = 1.5;
/// How much more a phrase or a number costs than a word.
const PASSED_SLOT: f64 = 2.0;

/// A piece with what fills it.
#[derive(Debug, Clone)]
struct Derivation {
    typed: u32,
    cost: f64,
    /// Tokens of its slots.
    slots: Vec<usize>,
    /// Derivations of its parts, by number of the part.
    parts: Vec<u32>,
    /// What tells meanings apart, approximately.
    meaning: u64,
}

/// What a begun piece consumed last, and before that.
#[derive(Debug, Clone, Copy)]
struct Link {
    before: Option<u32>,
    /// A token, or a derivation.
    token: Option<usize>,
    derivation: u32,
}

/// A piece that is begun.
#[derive(Debug, Clone, Copy)]
struct Begun {
    fork: u32,
    cost: f64,
    last: Option<u32>,
}

/// A chart being filled.
pub(super) struct Chart<'a> {
    grammar: &'a Grammar,
    lexicon: &'a Lexicon,
    tokens: &'a [Token],
    steps: Vec<Vec<Step>>,
    /// What passing over each token costs.
    passing: Vec<f64>,
    links: Vec<Link>,
    derivations: Vec<Derivation>,
    /// By start, then category: ends with derivations.
    done: Vec<BTreeMap<Category, Vec<(usize, u32)>>>,
    work: usize,
}

/// A program with what it cost.
#[derive(Debug)]
pub(super) struct Derived {
    pub(super) term: Term,
    pub(super) names: Vec<Arc<str>>,
    /// The parameters of the program: variables from 0.
    pub(super) params: Vec<Arc<str>>,
    pub(super) cost: f64,
    /// One exemplar for each piece, the largest piece's first.
    pub(super) exemplars: Vec<usize>,
}

impl<'a> Chart<'a> {
    /// At most `most` derivations of a sentence, the cheapest first.
    pub(super) fn derive(
        grammar: &'a Grammar,
        lexicon: &'a Lexicon,
        tokens: &'a [Token],
        most: usize,
    ) -> Vec<Derived> {
        if tokens.is_empty() || tokens.len() > MOST_TOKENS {
            return Vec::new();
        }
        let weights = tokens.iter().map(|token| match token.slot() {
            Some(Slot::Phrase(_) | Slot::Number { .. }) => PASSED_SLOT * grammar.most_weight(),
            _ => grammar.weight(token, lexicon),
        });
        let weights: Vec<f64> = weights.collect();
        let total: f64 = weights.iter().sum();
        let mut chart = Self {
            grammar,
            lexicon,
            tokens,
            steps: tokens.iter().map(|t| grammar.steps(t, lexicon)).collect(),
            passing: weights.iter().map(|w| PASSED * w / total).collect(),
            links: Vec::new(),
            derivations: Vec::new(),
            done: (0..=tokens.len()).map(|_| BTreeMap::new()).collect(),
            work: 0,
        };
        for start in (0..tokens.len()).rev() {
            chart.fill(start);
        }
        chart.best(most)
    }

    /// All pieces that start at a token.
    fn fill(&mut self, start: usize) {
        let count = self.tokens.len();
        let mut begun: Vec<Vec<Begun>> = vec![Vec::new(); count + 1];
        let mut ended: BTreeMap<(usize, Category), Vec<u32>> = BTreeMap::new();
        let root = Begun {
            fork: 0,
            cost: 0.0,
            last: None,
        };
        begun[start].push(root);
        for at in start..=count {
            // Pieces that cover start..at are known now: they may begin others.
            let here: Vec<(Category, Vec<u32>)> = ended
                .range((at, 0)..(at + 1, 0))
                .map(|((_, category), of)| (*category, of.clone()))
                .collect();
            for (category, mut derivations) in here {
                self.prune(&mut derivations);
                for (of, fork) in &self.grammar.forks[0].parts {
                    if *of == category {
                        for derivation in &derivations {
                            let cost = self.derivations[*derivation as usize].cost;
                            let link = self.link(None, None, *derivation);
                            begun[at].push(Begun {
                                fork: *fork,
                                cost,
                                last: Some(link),
                            });
                        }
                    }
                }
                let done = self.done[start].entry(category).or_default();
                done.extend(derivations.into_iter().map(|d| (at, d)));
            }
            let mut here = std::mem::take(&mut begun[at]);
            // Stable: equals stay in the order in which they were found.
            here.sort_by(|a, b| a.cost.total_cmp(&b.cost));
            here.truncate(MOST_BEGUN);
            if at == count {
                break;
            }
            for item in here {
                self.advance(item, at, start, &mut begun, &mut ended);
            }
        }
    }

    /// Continues a begun piece at a token.
    fn advance(
        &mut self,
        item: Begun,
        at: usize,
        start: usize,
        begun: &mut [Vec<Begun>],
        ended: &mut BTreeMap<(usize, Category), Vec<u32>>,
    ) {
        if self.work >= MOST_WORK {
            return;
        }
        let grammar = self.grammar;
        let fork = &grammar.forks[item.fork as usize];
        let mut next: Vec<(usize, Begun)> = Vec::new();
        for step in &self.steps[at] {
            if let Some(to) = fork.steps.get(step) {
                let link = Link {
                    before: item.last,
                    token: Some(at),
                    derivation: 0,
                };
                self.links.push(link);
                next.push((
                    at + 1,
                    Begun {
                        fork: *to,
                        cost: item.cost,
                        last: Some((self.links.len() - 1) as u32),
                    },
                ));
            }
        }
        if at > start {
            for (category, to) in &fork.parts {
                let done = self.done[at].get(category);
                for (end, derivation) in done.into_iter().flatten() {
                    let cost = item.cost + self.derivations[*derivation as usize].cost;
                    if cost > MOST_COST {
                        continue;
                    }
                    let link = Link {
                        before: item.last,
                        token: None,
                        derivation: *derivation,
                    };
                    self.links.push(link);
                    next.push((
                        *end,
                        Begun {
                            fork: *to,
                            cost,
                            last: Some((self.links.len() - 1) as u32),
                        },
                    ));
                }
            }
        }
        self.work += next.len() + 1;
        for (end, item) in next {
            let ends = &grammar.forks[item.fork as usize].ends;
            self.work += ends.len();
            for typed in ends {
                self.end(*typed, item, end, ended);
            }
            begun[end].push(item);
        }
        let passed = item.cost + self.passing[at];
        if item.last.is_some() && passed <= MOST_COST {
            begun[at + 1].push(Begun {
                cost: passed,
                ..item
            });
        }
    }

    fn link(&mut self, before: Option<u32>, token: Option<usize>, derivation: u32) -> u32 {
        self.links.push(Link {
            before,
            token,
            derivation,
        });
        (self.links.len() - 1) as u32
    }

    /// A piece is complete.
    fn end(
        &mut self,
        number: u32,
        item: Begun,
        end: usize,
        ended: &mut BTreeMap<(usize, Category), Vec<u32>>,
    ) {
        let typed = &self.grammar.typed[number as usize];
        let rule = &self.grammar.rules[typed.rule];
        let mut links = Vec::with_capacity(rule.pattern.len());
        let mut last = item.last;
        while let Some(at) = last {
            let link = self.links[at as usize];
            links.push(link);
            last = link.before;
        }
        links.reverse();
        let mut slots = Vec::new();
        let mut parts = vec![0; typed.parts.len()];
        let mut wordless = true;
        for (symbol, link) in rule.pattern.iter().zip(&links) {
            match (symbol, link.token) {
                (Symbol::Part(part), None) => parts[*part] = link.derivation,
                (symbol, Some(token)) => {
                    wordless = false;
                    if symbol.is_slot() {
                        slots.push(token);
                    }
                }
                (_, None) => return,
            }
        }
        let said: Vec<&Token> = slots.iter().map(|at| &self.tokens[*at]).collect();
        let Some(slot_cost) = rule.slot_cost(&said, self.lexicon) else {
            return;
        };
        let cost = item.cost + typed.cost + slot_cost + if wordless { WORDLESS } else { 0.0 };
        if cost > MOST_COST {
            return;
        }
        let mut meaning = rule.meaning;
        for part in slots.iter().map(|s| *s as u64).chain(
            parts
                .iter()
                .map(|part| self.derivations[*part as usize].meaning),
        ) {
            meaning = (meaning.rotate_left(7) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        self.derivations.push(Derivation {
            typed: number,
            cost,
            slots,
            parts,
            meaning,
        });
        let derivation = (self.derivations.len() - 1) as u32;
        ended.entry((end, typed.is)).or_default().push(derivation);
    }

    /// Keeps the cheapest derivations of different meanings.
    fn prune(&self, derivations: &mut Vec<u32>) {
        let cost = |d: &u32| self.derivations[*d as usize].cost;
        derivations.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        let mut seen = HashSet::new();
        derivations.retain(|d| seen.insert(self.derivations[*d as usize].meaning));
        derivations.truncate(MOST_DERIVATIONS);
    }

    /// The best programs for the whole sentence.
    fn best(&self, most: usize) -> Vec<Derived> {
        let passing = |from: usize, to: usize| -> f64 { self.passing[from..to].iter().sum() };
        let mut all: Vec<(f64, u32)> = Vec::new();
        for start in 0..self.tokens.len() {
            for (end, derivation) in self.done[start].get(&WHOLE).into_iter().flatten() {
                let cost = self.derivations[*derivation as usize].cost
                    + passing(0, start)
                    + passing(*end, self.tokens.len());
                if cost <= MOST_COST {
                    all.push((cost, *derivation));
                }
            }
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let built = all.into_iter().filter_map(|(cost, derivation)| {
            let mut building = Building {
                chart: self,
                names: Vec::new(),
                exemplars: Vec::new(),
            };
            let (term, params) = building.program(derivation)?;
            Some(Derived {
                term,
                params,
                names: building.names,
                cost,
                exemplars: building.exemplars,
            })
        });
        built.take(most).collect()
    }
}

/// A term being put together.
struct Building<'a> {
    chart: &'a Chart<'a>,
    names: Vec<Arc<str>>,
    exemplars: Vec<usize>,
}

impl Building<'_> {
    fn program(&mut self, derivation: u32) -> Option<(Term, Vec<Arc<str>>)> {
        let grammar = self.chart.grammar;
        let whole = &self.chart.derivations[derivation as usize];
        let rule = &grammar.rules[grammar.typed[whole.typed as usize].rule];
        let (params, which) = rule.entry.as_ref()?;
        self.names = params.clone();
        let which: Vec<Var> = which.iter().map(|at| *at as Var).collect();
        let term = self.term(derivation, &which)?;
        Some((term, params.clone()))
    }

    /// What a derivation means where its variables are these.
    fn term(&mut self, derivation: u32, params: &[Var]) -> Option<Term> {
        let chart = self.chart;
        let derivation = &chart.derivations[derivation as usize];
        let rule = &chart.grammar.rules[chart.grammar.typed[derivation.typed as usize].rule];
        if let Some(exemplar) = rule.exemplars.first()
            && !self.exemplars.contains(exemplar)
        {
            self.exemplars.push(*exemplar);
        }
        let mut renamed: Vec<(Var, Var)> = rule
            .params
            .iter()
            .copied()
            .zip(params.iter().copied())
            .collect();
        let tokens: Vec<&Token> = derivation
            .slots
            .iter()
            .map(|at| &chart.tokens[*at])
            .collect();
        let names = &mut self.names;
        let term = rule.filled(&tokens, chart.lexicon, &mut |var| {
            if let Some((_, new)) = renamed.iter().find(|(old, _)| *old == var) {
                return *new;
            }
            let name = rule.names.get(var as usize).cloned();
            names.push(name.unwrap_or_else(|| "x".into()));
            // A term has no 2^32 variables.
            let new = (names.len() - 1) as Var;
            renamed.push((var, new));
            new
        });
        self.plug(term?, &derivation.parts)
    }

    /// Puts the parts where they go.
    fn plug(&mut self, term: Term, parts: &[u32]) -> Option<Term> {
        if let Head::Hole(part) = term.head {
            let uses: Vec<Var> = term.args.iter().flat_map(Term::free).collect();
            return self.term(*parts.get(part)?, &uses);
        }
        let args = term.args.into_iter().map(|arg| self.plug(arg, parts));
        let args = args.collect::<Option<Vec<Term>>>()?;
        Some(match term.head {
            // A part of `and` may be an `and` itself.
            head @ (Head::And | Head::Or) => Term::all_of(head, args),
            head => Term::new(head, args),
        })
    }
}
