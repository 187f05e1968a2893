//! The pieces of all exemplars, typed, and where to find them.

use super::super::lexicon::Lexicon;
use super::super::tokens::{Slot, Token};
use super::anchor::{Company, anchor_pairs, anchors, nodes};
use super::induce::{Aligned, Raw, canonical_names};
use super::normal::Normal;
use super::pairs::{Said, pairs};
use super::rule::{Category, Rule, Symbol, Typed};
use super::term::{Head, Term, Var};
use super::types::{Findings, Type, Types};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::sync::Arc;

/// The category of whole programs.
pub(super) const WHOLE: Category = 0;

/// Most ways to put other members in the place of a piece's.
const MOST_MEMBERS: usize = 16;

/// What it costs that pieces with the same words and another meaning are more frequent.
const RARE: f64 = 0.06;
/// What each piece costs; the less, the more exemplars have it.
const PIECE: f64 = 0.05;
/// How much less for each factor of e.
const OFTEN: f64 = 0.01;
/// The least that a piece costs.
const LEAST_PIECE: f64 = 0.01;
/// What it costs that a part of a meaning is said by no word.
const UNSAID: f64 = 0.06;
/// What it costs that no exemplar has a piece with these types.
const UNSEEN_TYPES: f64 = 0.03;

/// A step along a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// A word, by number; or a certain value of a slot.
    Word(u32),
    Phrase,
    Number,
    /// Any value of a class, by number.
    Value(u32),
}

/// A place in the tree of patterns.
#[derive(Debug, Default)]
pub(super) struct Fork {
    pub(super) steps: HashMap<Step, u32>,
    pub(super) parts: Vec<(Category, u32)>,
    /// The pieces whose patterns end here.
    pub(super) ends: Vec<u32>,
}

/// Pieces by their patterns.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) types: Types,
    pub(super) rules: Vec<Rule>,
    pub(super) typed: Vec<Typed>,
    /// The first one is the root.
    pub(super) forks: Vec<Fork>,
    categories: IndexMap<(Type, Vec<Type>), ()>,
    words: HashMap<Arc<str>, u32>,
    /// Number of sentences, and how many have each word.
    sentences: usize,
    frequency: HashMap<Arc<str>, u32>,
    /// How variables of a type are called: names with how often.
    names: HashMap<Type, IndexMap<Arc<str>, usize>>,
}

/// The words of a sentence that count, and its slots.
pub(super) fn counting(tokens: &[Token]) -> Vec<Token> {
    let counts = |token: &&Token| !matches!(token, Token::Word { stem, .. } if stem.is_empty());
    tokens.iter().filter(counts).cloned().collect()
}

/// Pieces by pattern and meaning: with the types of the variables that they use and of their parts.
type Merged = IndexMap<(Vec<Symbol>, String), (Rule, Vec<Type>, Vec<Type>)>;

/// A slot, its value, and the member that stands for it.
type Chosen = (usize, Arc<str>, Arc<str>);

/// An exemplar that has a term.
pub(super) struct Source<'a> {
    /// Its position in the bank.
    pub(super) exemplar: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) normal: &'a Normal,
}

impl Grammar {
    /// Takes exemplars apart.
    pub(super) fn induce(types: Types, sources: &[Source<'_>], lexicon: &Lexicon) -> Self {
        let mut out = Self {
            types,
            rules: Vec::new(),
            typed: Vec::new(),
            forks: vec![Fork::default()],
            categories: IndexMap::new(),
            words: HashMap::new(),
            sentences: sources.len(),
            frequency: HashMap::new(),
            names: HashMap::new(),
        };
        let both = sources.iter().map(|s| (&*s.tokens, &s.normal.term));
        let company = Company::learn(both);
        let mut merged = Merged::new();
        let said = pairs(sources, lexicon);
        for (source, said) in sources.iter().zip(&said) {
            out.count(&source.tokens, lexicon);
            out.take_apart(source, &company, said, lexicon, &mut merged);
        }
        let mut meanings: HashMap<String, u64> = HashMap::new();
        for ((_, text), (mut rule, params, parts)) in merged {
            let number = out.rules.len();
            let next = meanings.len() as u64;
            rule.meaning = *meanings.entry(text).or_insert(next);
            out.rules.push(rule);
            out.type_all(number, &params, &parts, lexicon);
        }
        out.price();
        out.plant(lexicon);
        out
    }

    fn count(&mut self, tokens: &[Token], lexicon: &Lexicon) {
        let mut keys: Vec<String> = tokens.iter().map(|t| t.key(lexicon, false)).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            *self.frequency.entry(key.into()).or_default() += 1;
        }
    }

    /// How much a token says: the rarer, the more.
    pub(super) fn weight(&self, token: &Token, lexicon: &Lexicon) -> f64 {
        let key = token.key(lexicon, false);
        let count = self.frequency.get(&*key).copied().unwrap_or_default();
        (1.0 + self.sentences as f64 / (1.0 + f64::from(count))).ln()
    }

    /// How much a token says that no exemplar has.
    pub(super) fn most_weight(&self) -> f64 {
        (1.0 + self.sentences as f64).ln()
    }

    fn take_apart(
        &mut self,
        source: &Source<'_>,
        company: &Company,
        said: &[Said],
        lexicon: &Lexicon,
        merged: &mut Merged,
    ) {
        let normal = source.normal;
        let mut found = Findings::default();
        for (var, name) in normal.params.iter().enumerate() {
            found.scope.push((var as Var, self.types.input(name)));
        }
        // A program that is not well typed as a whole has no pieces that are.
        if self.types.infer(&normal.term, &mut found).is_none() {
            return;
        }
        found.scope.append(&mut found.bound);
        for (var, of) in &found.scope {
            if let Some(name) = normal.names.get(*var as usize) {
                let names = self.names.entry(of.clone()).or_default();
                *names.entry(name.clone()).or_default() += 1;
            }
        }
        let nodes = nodes(&normal.term);
        let scope = found.scope;
        let types: Vec<Option<Type>> = nodes
            .iter()
            .map(|node| {
                let mut found = Findings {
                    scope: scope.clone(),
                    ..Findings::default()
                };
                self.types.infer(node.term, &mut found)
            })
            .collect();
        let mut anchors = anchors(&source.tokens, &nodes, company, lexicon);
        anchor_pairs(&mut anchors, &source.tokens, said, company);
        let aligned = Aligned {
            tokens: &source.tokens,
            nodes: &nodes,
            anchors: &anchors,
            types: &types,
            company,
            lexicon,
        };
        for raw in aligned.pieces() {
            let of = |var: &Var| {
                scope
                    .iter()
                    .find(|(v, _)| v == var)
                    .map(|(_, of)| of.clone())
            };
            let params = raw.template.free();
            let Some(param_types) = params.iter().map(of).collect::<Option<Vec<Type>>>() else {
                continue;
            };
            let (rule, parts) = ruled(raw, &params, normal);
            let unsaid = rule.unsaid;
            let key = (rule.pattern.clone(), shown(&rule));
            let (rule, ..) = merged.entry(key).or_insert((rule, param_types, parts));
            rule.unsaid = rule.unsaid.min(unsaid);
            if rule.exemplars.last() != Some(&source.exemplar) {
                rule.exemplars.push(source.exemplar);
            }
        }
    }

    /// The number of a category.
    fn category(&mut self, of: Type, uses: Vec<Type>) -> Category {
        // The first number is that of whole programs; there are no 2^32 categories.
        (self.categories.insert_full((of, uses), ()).0 + 1) as Category
    }

    /// What a category is, for people.
    pub(super) fn category_text(&self, category: Category) -> String {
        let key = (category as usize).checked_sub(1);
        match key.and_then(|at| self.categories.get_index(at)) {
            None => "program".into(),
            Some(((of, uses), ())) => {
                let uses: Vec<String> = uses.iter().map(Type::text).collect();
                format!("{}({})", of.text(), uses.join(", "))
            }
        }
    }

    /// Adds a rule with all types that it can have.
    fn type_all(&mut self, number: usize, params: &[Type], parts: &[Type], lexicon: &Lexicon) {
        let whole = self.rules[number].entry.is_some();
        let mut settings = vec![params.to_vec()];
        let mut objects: Vec<&Type> = params.iter().collect();
        objects.dedup();
        if let ([only @ Type::Object(_)], false) = (&*objects, whole) {
            let others = self.types.classes().filter(|class| class != *only);
            settings.extend(others.map(|class| vec![class; params.len()]));
        }
        let members = self.member_choices(number, lexicon);
        for (rank, setting) in settings.into_iter().enumerate() {
            for (choice, members) in members.iter().enumerate() {
                let rule = &self.rules[number];
                let mut found = Findings {
                    scope: rule.params.iter().copied().zip(setting.clone()).collect(),
                    holes: parts.to_vec(),
                    members: members
                        .iter()
                        .map(|(slot, _, name)| (*slot, name.clone()))
                        .collect(),
                    ..Findings::default()
                };
                let Some(of) = self.types.infer(&rule.template, &mut found) else {
                    continue;
                };
                if !of.is_known() {
                    continue;
                }
                let is = match whole {
                    true => WHOLE,
                    false => self.category(of, setting.clone()),
                };
                let parts: Option<Vec<Category>> = (0..parts.len())
                    .map(|part| {
                        let uses = found.uses.get(&part)?.clone();
                        Some(self.category(parts[part].clone(), uses))
                    })
                    .collect();
                if let Some(parts) = parts {
                    self.typed.push(Typed {
                        rule: number,
                        is,
                        parts,
                        members: members
                            .iter()
                            .map(|(slot, value, _)| (*slot, value.clone()))
                            .collect(),
                        seen: rank == 0 && choice == 0,
                        cost: 0.0,
                    });
                }
            }
        }
    }

    /// For the slots of a rule that members stand for: slot, value, member. The first choice is the
    /// exemplar's where there is only one such slot and else any.
    fn member_choices(&self, number: usize, lexicon: &Lexicon) -> Vec<Vec<Chosen>> {
        let rule = &self.rules[number];
        let mut slots: Vec<usize> = Vec::new();
        member_slots(&rule.template, &mut slots);
        let mut out = vec![Vec::new()];
        for slot in slots {
            let classes = rule.pattern.iter().filter(|s| s.is_slot());
            let Some(Symbol::Value(class)) = classes.clone().nth(slot) else {
                return Vec::new();
            };
            let mut next = Vec::new();
            for chosen in &out {
                for (value, member) in lexicon.members_of(class) {
                    let mut chosen: Vec<_> = chosen.clone();
                    chosen.push((slot, value, member));
                    next.push(chosen);
                }
            }
            next.truncate(MOST_MEMBERS);
            out = next;
        }
        out
    }

    /// What each piece costs.
    fn price(&mut self) {
        type Key<'a> = (
            Category,
            &'a [Symbol],
            &'a [Category],
            &'a [(usize, Arc<str>)],
        );
        let mut totals: HashMap<Key<'_>, usize> = HashMap::new();
        for typed in &self.typed {
            let rule = &self.rules[typed.rule];
            let key = (typed.is, &*rule.pattern, &*typed.parts, &*typed.members);
            *totals.entry(key).or_default() += rule.exemplars.len();
        }
        let costs: Vec<f64> = self
            .typed
            .iter()
            .map(|typed| {
                let rule = &self.rules[typed.rule];
                let key = (typed.is, &*rule.pattern, &*typed.parts, &*typed.members);
                let total = totals.get(&key).copied().unwrap_or(1);
                let rare = RARE * (1.0 - rule.exemplars.len() as f64 / total as f64);
                let often = (rule.exemplars.len() as f64).ln();
                let piece = (PIECE - OFTEN * often).max(LEAST_PIECE);
                let types = if typed.seen { 0.0 } else { UNSEEN_TYPES };
                piece + rare + types + UNSAID * rule.unsaid
            })
            .collect();
        for (typed, cost) in self.typed.iter_mut().zip(costs) {
            typed.cost = cost;
        }
    }

    /// Builds the tree of patterns.
    fn plant(&mut self, lexicon: &Lexicon) {
        for number in 0..self.typed.len() {
            let rule = self.typed[number].rule;
            let pattern = self.rules[rule].pattern.clone();
            let mut at = 0_usize;
            let mut slot = 0;
            for symbol in &pattern {
                let step = match symbol {
                    Symbol::Word(word) => Step::Word(self.word(word)),
                    Symbol::Phrase => Step::Phrase,
                    Symbol::Number => Step::Number,
                    Symbol::Value(class) => {
                        let members = &self.typed[number].members;
                        let chosen = members.iter().find(|(of, _)| *of == slot);
                        match chosen {
                            Some((_, value)) => {
                                let token = Token::Slot(Slot::Value {
                                    class: class.clone(),
                                    value: value.clone(),
                                });
                                let key: Arc<str> = token.key(lexicon, true).into();
                                Step::Word(self.word(&key))
                            }
                            None => Step::Value(self.word(class)),
                        }
                    }
                    Symbol::Part(part) => {
                        let category = self.typed[number].parts[*part];
                        at = self.part_fork(at, category);
                        continue;
                    }
                };
                slot += usize::from(symbol.is_slot());
                let next = self.forks.len() as u32;
                let to = *self.forks[at].steps.entry(step).or_insert(next);
                if to == next {
                    self.forks.push(Fork::default());
                }
                at = to as usize;
            }
            self.forks[at].ends.push(number as u32);
        }
    }

    fn part_fork(&mut self, at: usize, category: Category) -> usize {
        let parts = &self.forks[at].parts;
        if let Some((_, to)) = parts.iter().find(|(c, _)| *c == category) {
            return *to as usize;
        }
        let next = self.forks.len();
        self.forks[at].parts.push((category, next as u32));
        self.forks.push(Fork::default());
        next
    }

    fn word(&mut self, word: &Arc<str>) -> u32 {
        let next = self.words.len() as u32;
        *self.words.entry(word.clone()).or_insert(next)
    }

    /// The steps that a token allows.
    pub(super) fn steps(&self, token: &Token, lexicon: &Lexicon) -> Vec<Step> {
        let mut out = Vec::with_capacity(2);
        if let Some(word) = self.words.get(&*token.key(lexicon, true)) {
            out.push(Step::Word(*word));
        }
        match token.slot() {
            Some(Slot::Phrase(_)) => out.push(Step::Phrase),
            Some(Slot::Number { .. }) => out.push(Step::Number),
            Some(Slot::Value { class, .. }) => {
                out.extend(self.words.get(class).map(|class| Step::Value(*class)));
            }
            None => {}
        }
        out
    }

    /// A name for a variable of a type: the one proposed, if the bank has it for this type, else the
    /// bank's most frequent one.
    pub(super) fn name(&self, of: &Type, proposed: &Arc<str>) -> Arc<str> {
        let Some(names) = self.names.get(of) else {
            return proposed.clone();
        };
        if names.contains_key(proposed) {
            return proposed.clone();
        }
        let mut best: Option<(&Arc<str>, usize)> = None;
        for (name, count) in names {
            if best.is_none_or(|(_, most)| *count > most) {
                best = Some((name, *count));
            }
        }
        best.map_or_else(|| proposed.clone(), |(name, _)| name.clone())
    }
}

fn member_slots(term: &Term, out: &mut Vec<usize>) {
    if let Head::SlotMember(slot) = term.head
        && !out.contains(&slot)
    {
        out.push(slot);
    }
    for arg in &term.args {
        member_slots(arg, out);
    }
}

/// A piece as a rule, and the types of its parts.
fn ruled(raw: Raw, params: &[Var], normal: &Normal) -> (Rule, Vec<Type>) {
    let names = canonical_names(&raw.template, &normal.names);
    let template = raw.template.canonical();
    let entry = raw.whole.then(|| {
        let which = params.iter().map(|var| *var as usize).collect();
        (normal.params.clone(), which)
    });
    let rule = Rule {
        pattern: raw.pattern,
        params: template.free(),
        template,
        names,
        places: raw.places,
        entry,
        exemplars: Vec::new(),
        unsaid: raw.unsaid,
        meaning: 0,
    };
    (rule, raw.parts)
}

/// What tells rules with one pattern apart.
fn shown(rule: &Rule) -> String {
    let entry = rule.entry.as_ref().map_or("", |_| "program: ");
    let text = rule.template.text(&|var| format!("v{var}").into());
    let places: String = rule
        .places
        .iter()
        .map(|p| if p.compared { '=' } else { ' ' })
        .collect();
    format!("{entry}{places}{text}")
}
