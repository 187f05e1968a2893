//! What a question asks about and what a program names: the units of content that [`super::coverage`]
//! holds against each other and [`super::phrases`] counts together.
//!
//! A question is read as the values of the pack's `VOCABULARY` ("blue", "at least"), numbers, words
//! of quantity ("all", "no", "only") and other content words, by their stems. A program is read as
//! the values, numbers and words that its literals name, the members of the pack that it uses, and
//! its operators. What a member is about is told by its name, its `says` phrase and its docstring:
//! "touching the edge" is about `touches_wall`, whose docstring speaks of walls and edges.

use fact_lang::ast::{
    Clause, CompareOp, Constant, Expr, ExprKind, FStringPart, Function, Module, NodeId, Stmt,
    StmtKind, UnaryOp,
};
use fact_lang::pack::Pack;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most words that are read of a question: more is no question.
const MOST_WORDS: usize = 256;
/// Words that ask or connect and name nothing.
const EMPTY: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "that",
    "these",
    "those",
    "there",
    "it",
    "its",
    "is",
    "are",
    "am",
    "was",
    "were",
    "be",
    "been",
    "being",
    "do",
    "does",
    "did",
    "has",
    "have",
    "had",
    "having",
    "of",
    "to",
    "in",
    "at",
    "on",
    "by",
    "for",
    "from",
    "with",
    "into",
    "as",
    "than",
    "which",
    "who",
    "whom",
    "whose",
    "what",
    "where",
    "when",
    "why",
    "how",
    "many",
    "much",
    "any",
    "some",
    "one",
    "and",
    "or",
    "but",
    "you",
    "they",
    "them",
    "he",
    "she",
    "his",
    "her",
    "their",
    "can",
    "could",
    "would",
    "will",
    "shall",
    "should",
    "may",
    "might",
    "see",
    "shown",
    "image",
    "picture",
    "photo",
    "contain",
    "contains",
    "containing",
    "consist",
    "consists",
    "other",
    "another",
    "also",
    "so",
    "kind",
    "type",
];
/// Words of quantity and what they say. "any" and "some" are what a question is without one.
const QUANTITIES: &[(&str, Quantity)] = &[
    ("all", Quantity::All),
    ("each", Quantity::All),
    ("every", Quantity::All),
    ("everything", Quantity::All),
    ("both", Quantity::All),
    ("always", Quantity::All),
    ("no", Quantity::None),
    ("not", Quantity::None),
    ("none", Quantity::None),
    ("neither", Quantity::None),
    ("nor", Quantity::None),
    ("never", Quantity::None),
    ("nothing", Quantity::None),
    ("without", Quantity::None),
    ("isn", Quantity::None),
    ("aren", Quantity::None),
    ("doesn", Quantity::None),
    ("don", Quantity::None),
    ("only", Quantity::Only),
    ("just", Quantity::Only),
    ("exactly", Quantity::Only),
];
/// Number words that every question may have, also where the vocabulary has no numbers.
const NUMBERS: &[&str] = &[
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// What a word of quantity says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// "all", "each", "both".
    All,
    /// "no", "not", "neither".
    None,
    /// "only", "exactly".
    Only,
}

/// A unit of content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A value of the vocabulary.
    Value {
        /// Its class.
        class: Arc<str>,
        /// The canonical value.
        value: Arc<str>,
    },
    /// A number.
    Number(i64),
    /// A word of quantity.
    Quantity(Quantity),
    /// Another content word, by its stem.
    Word(String),
}

/// What a program names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgramContent {
    /// Values, numbers and words of its literals, in the order of the program.
    pub literals: Vec<Unit>,
    /// Members, functions and other attributes that it uses, each time.
    pub members: Vec<Arc<str>>,
    /// Its operators and keywords, each time.
    pub operators: Vec<&'static str>,
}

impl ProgramContent {
    /// Whether it has the operator.
    pub fn has(&self, operator: &str) -> bool {
        self.operators.contains(&operator)
    }
}

/// Reads questions and programs of one pack.
pub struct Reader {
    stemmer: Stemmer,
    /// Phrases of the vocabulary, as words, with class and canonical value.
    phrases: BTreeMap<Vec<String>, (Arc<str>, Arc<str>)>,
    longest: usize,
    /// Stems of all words that name a value.
    names: BTreeMap<(Arc<str>, Arc<str>), BTreeSet<String>>,
    /// What each member of the pack is about: stems.
    members: BTreeMap<Arc<str>, BTreeSet<String>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    /// For the questions and programs of a pack.
    pub fn new(pack: &Pack) -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let mut phrases = BTreeMap::new();
        let mut names: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for (class, values) in &pack.vocabulary {
            let class: Arc<str> = class.as_str().into();
            for (value, forms) in values {
                let value: Arc<str> = value.as_str().into();
                for form in forms.iter().chain([&value.to_string()]) {
                    let words = words(form);
                    let of_value = names.entry((class.clone(), value.clone())).or_default();
                    of_value.extend(words.iter().map(|w| stemmer.stem(w).into_owned()));
                    if !words.is_empty() {
                        // A word of two values is the first's, as for the bank.
                        phrases
                            .entry(words)
                            .or_insert_with(|| (class.clone(), value.clone()));
                    }
                }
            }
        }
        let mut members: BTreeMap<Arc<str>, BTreeSet<String>> = BTreeMap::new();
        for function in &pack.functions {
            let texts = [&function.doc, &function.says, &function.element];
            let about = members.entry(function.name.clone()).or_default();
            let name = function.name.replace('_', " ");
            let compares = function.compares.iter().flat_map(|(a, b)| [a, b]);
            let texts = texts.into_iter().flatten().chain(compares);
            for text in std::iter::once(&*name).chain(texts.map(|text| &**text)) {
                about.extend(words(text).iter().map(|w| stemmer.stem(w).into_owned()));
            }
        }
        Self {
            longest: phrases.keys().map(Vec::len).max().unwrap_or(0),
            stemmer,
            phrases,
            names,
            members,
        }
    }

    /// What a question asks about, in its order.
    pub fn question(&self, text: &str) -> Vec<Unit> {
        let words = words(text);
        let words = &words[..words.len().min(MOST_WORDS)];
        let mut out = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (unit, length) = self.unit(&words[at..]);
            out.extend(unit);
            at += length;
        }
        out
    }

    /// The unit that words begin with, if they name anything, and of how many words it is.
    fn unit(&self, words: &[String]) -> (Option<Unit>, usize) {
        for length in (1..=self.longest.min(words.len())).rev() {
            if let Some((class, value)) = self.phrases.get(&words[..length]) {
                return (Some(value_unit(class, value)), length);
            }
        }
        let word = words[0].as_str();
        let quantity = QUANTITIES.iter().find(|(name, _)| *name == word);
        let unit = if let Some(number) = number(word) {
            Some(Unit::Number(number))
        } else if let Some((_, quantity)) = quantity {
            Some(Unit::Quantity(*quantity))
        } else if EMPTY.contains(&word) || word.len() < 2 {
            None
        } else {
            Some(Unit::Word(self.stemmer.stem(word).into_owned()))
        };
        (unit, 1)
    }

    /// What a program names, but for the statements that are `idle`: what the answer does not depend
    /// on accounts for nothing ([`crate::slice::idle`]).
    pub fn program(&self, program: &Module, idle: &[NodeId]) -> ProgramContent {
        let mut walk = Walk {
            reader: self,
            idle,
            out: ProgramContent::default(),
        };
        walk.block(&program.body);
        walk.out
    }

    /// Whether a member of the pack is about the unit.
    pub fn is_about(&self, member: &str, unit: &Unit) -> bool {
        let Some(about) = self.members.get(member) else {
            return matches!(unit, Unit::Word(stem)
                if words(&member.replace('_', " ")).iter().any(|w| self.stemmer.stem(w) == *stem));
        };
        match unit {
            Unit::Word(stem) => about.contains(stem),
            Unit::Value { class, value } => self
                .names
                .get(&(class.clone(), value.clone()))
                .is_some_and(|names| names.iter().any(|name| about.contains(name))),
            Unit::Number(_) | Unit::Quantity(_) => false,
        }
    }
}

/// A value of the vocabulary; numbers are numbers whether or not the vocabulary lists them.
fn value_unit(class: &Arc<str>, value: &Arc<str>) -> Unit {
    match value.parse() {
        Ok(number) => Unit::Number(number),
        Err(_) => Unit::Value {
            class: class.clone(),
            value: value.clone(),
        },
    }
}

fn number(word: &str) -> Option<i64> {
    let spelled = NUMBERS.iter().position(|name| *name == word);
    // Ten is no problem for an `i64`.
    word.parse().ok().or(spelled.map(|n| n as i64))
}

/// Runs of letters, runs of digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let kind = match c {
            c if c.is_alphabetic() => Some('a'),
            c if c.is_ascii_digit() => Some('0'),
            _ => None,
        };
        if kind.is_some() {
            if kind != last {
                out.push(String::new());
            }
            if let Some(word) = out.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        last = kind;
    }
    out
}

/// Walks a program and notes what it names.
struct Walk<'a> {
    reader: &'a Reader,
    idle: &'a [NodeId],
    out: ProgramContent,
}

impl Walk<'_> {
    fn block(&mut self, stmts: &[Stmt]) {
        for stmt in stmts.iter().filter(|stmt| !self.idle.contains(&stmt.id)) {
            self.stmt(stmt);
        }
    }

    fn op(&mut self, operator: &'static str) {
        self.out.operators.push(operator);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::If { test, .. } => {
                self.op("if");
                self.expr(test);
            }
            StmtKind::For { iter, .. } => {
                self.op("for");
                self.expr(iter);
            }
            StmtKind::While { test, .. } => {
                self.op("while");
                self.expr(test);
            }
            StmtKind::Return(value) => {
                self.op("return");
                value.iter().for_each(|value| self.expr(value));
            }
            StmtKind::Assign { value, .. } | StmtKind::Expr(value) => self.expr(value),
            StmtKind::AugAssign { value, .. } => {
                self.op("+=");
                self.expr(value);
            }
            StmtKind::AnnAssign { value, .. } => value.iter().for_each(|value| self.expr(value)),
            StmtKind::FunctionDef { function, .. } => return self.function(function),
            _ => {}
        }
        for block in stmt.blocks() {
            self.block(block);
        }
    }

    fn function(&mut self, function: &Function) {
        self.block(&function.body);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant(constant) => self.constant(constant),
            // Locals are the program's own business; what it calls is noted at the call.
            ExprKind::Name(_) => {}
            ExprKind::Attribute { value, attr } => {
                self.out.members.push(attr.clone());
                self.expr(value);
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                match &func.kind {
                    ExprKind::Name(name) => self.out.members.push(name.id.clone()),
                    _ => self.expr(func),
                }
                args.iter().for_each(|arg| self.expr(arg));
                keywords.iter().for_each(|(_, value)| self.expr(value));
            }
            ExprKind::Unary { op, operand } => {
                if *op == UnaryOp::Not {
                    self.op("not");
                }
                self.expr(operand);
            }
            ExprKind::Bool { and, values } => {
                self.op(if *and { "and" } else { "or" });
                values.iter().for_each(|value| self.expr(value));
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                ops.iter().for_each(|op| self.op(comparison(*op)));
                self.expr(left);
                comparators.iter().for_each(|value| self.expr(value));
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.op("if");
                [test, body, orelse].iter().for_each(|e| self.expr(e));
            }
            ExprKind::Subscript { value, index } => {
                self.op("[]");
                self.expr(value);
                // Positions are not numbers that a question speaks of.
                if !matches!(index.kind, ExprKind::Constant(Constant::Int(_))) {
                    self.expr(index);
                }
            }
            ExprKind::Comprehension(comprehension) => {
                self.op("for");
                self.expr(&comprehension.element);
                comprehension.value.iter().for_each(|v| self.expr(v));
                for Clause {
                    iter, conditions, ..
                } in &comprehension.clauses
                {
                    self.expr(iter);
                    for condition in conditions {
                        self.op("if");
                        self.expr(condition);
                    }
                }
            }
            ExprKind::Lambda(function) => self.function(function),
            ExprKind::FString(parts) => {
                for part in parts {
                    if let FStringPart::Literal(text) = part {
                        self.text(text);
                    }
                }
                crate::merge::index::children(expr, &mut |child| self.expr(child));
            }
            _ => crate::merge::index::children(expr, &mut |child| self.expr(child)),
        }
    }

    fn constant(&mut self, constant: &Constant) {
        match constant {
            Constant::Str(text) => self.text(text),
            Constant::Int(number) => self.out.literals.push(Unit::Number(*number)),
            Constant::Bool(true) => self.op("True"),
            Constant::Bool(false) => self.op("False"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let units = self.reader.question(text);
        self.out.literals.extend(units);
    }
}

fn comparison(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::NotEq => "!=",
        CompareOp::Lt => "<",
        CompareOp::LtE => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtE => ">=",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
    }
}
