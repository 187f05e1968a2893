//! Expressions of programs as uniform trees: what pieces are cut from and put together to.
//!
//! The interpreter's tree has spans, ids and scopes that mean something only within one module. A
//! term has none of them, so that parts of several programs can become one.

use std::fmt::Write;
use std::sync::Arc;

/// A variable: parameters of the entry function, and what comprehensions and lambdas bind. Unique
/// within a term.
pub(super) type Var = u32;

/// A node with its children.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) head: Head,
    pub(super) args: Vec<Term>,
}

/// What builds what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builds {
    List,
    Set,
    Generator,
}

/// What a node is. The comments tell its children.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Head {
    /// A variable.
    Var(Var),
    /// A builtin, or a function of the pack.
    Global(Arc<str>),
    /// Any other literal, as Python writes it.
    Constant(Arc<str>),
    Str(Arc<str>),
    Int(i64),
    /// Object.
    Attr(Arc<str>),
    /// Function, arguments; the names of those given by name.
    Call(Vec<Option<Arc<str>>>),
    /// Operands.
    Compare(&'static str),
    /// Operands, two or more.
    And,
    /// Operands, two or more.
    Or,
    Not,
    Neg,
    /// Operands.
    Binary(&'static str),
    /// Test, then, else.
    IfExp,
    List,
    Tuple,
    Set,
    /// Object, index.
    Subscript,
    /// Those of lower, upper and step that there are.
    Slice([bool; 3]),
    /// Element, then for each clause what is iterated and the conditions. Each clause has its
    /// variable and how many conditions it has.
    Comprehension(Builds, Vec<(Var, usize)>),
    /// Body.
    Lambda(Vec<Var>),
    /// Of a piece: where the piece's part of this number goes; its children are the variables that
    /// the part may use.
    Hole(usize),
    /// Of a piece: a string that a slot says.
    SlotText(usize, Saying),
    /// Of a piece: the number of a slot.
    SlotNumber(usize),
    /// Of a piece: the comparison of a slot, and which one if the slot has none. Operands.
    SlotCompare(usize, &'static str),
    /// Of a piece: the member that stands for the value of a slot. Object.
    SlotMember(usize),
    /// Of a piece: the member named after the general noun, or what the slot's phrase finds.
    /// Object.
    SlotAll(usize, Arc<str>),
}

/// How a string says what a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Saying {
    /// The whole phrase.
    Phrase,
    /// The part of the phrase at this position.
    Part(usize),
    /// The value.
    Value,
}

impl Term {
    pub(super) fn new(head: Head, args: Vec<Term>) -> Self {
        Self { head, args }
    }

    pub(super) fn leaf(head: Head) -> Self {
        Self::new(head, Vec::new())
    }

    pub(super) fn var(var: Var) -> Self {
        Self::leaf(Head::Var(var))
    }

    pub(super) fn call(function: &str, args: Vec<Term>) -> Self {
        let mut all = vec![Self::leaf(Head::Global(function.into()))];
        let names = vec![None; args.len()];
        all.extend(args);
        Self::new(Head::Call(names), all)
    }

    /// `a and b`, flat.
    pub(super) fn all_of(head: Head, terms: Vec<Term>) -> Self {
        let mut flat = Vec::new();
        for term in terms {
            match term.head == head {
                true => flat.extend(term.args),
                false => flat.push(term),
            }
        }
        match flat.len() {
            1 => flat.remove(0),
            _ => Self::new(head, flat),
        }
    }

    pub(super) fn negated(self) -> Self {
        Self::new(Head::Not, vec![self])
    }

    /// Number of nodes.
    pub(super) fn size(&self) -> usize {
        1 + self.args.iter().map(Self::size).sum::<usize>()
    }

    /// The variables that it binds itself.
    pub(super) fn bound(&self) -> Vec<Var> {
        match &self.head {
            Head::Comprehension(_, clauses) => clauses.iter().map(|(var, _)| *var).collect(),
            Head::Lambda(vars) => vars.clone(),
            _ => Vec::new(),
        }
    }

    /// The variables that it uses but does not bind, in the order of their first use.
    pub(super) fn free(&self) -> Vec<Var> {
        fn visit(term: &Term, bound: &mut Vec<Var>, out: &mut Vec<Var>) {
            if let Head::Var(var) = term.head
                && !bound.contains(&var)
                && !out.contains(&var)
            {
                out.push(var);
            }
            let depth = bound.len();
            // Variables are unique within a term, so it does not matter that the iterated part of
            // a comprehension does not see them.
            bound.extend(term.bound());
            for arg in &term.args {
                visit(arg, bound, out);
            }
            bound.truncate(depth);
        }
        let mut out = Vec::new();
        visit(self, &mut Vec::new(), &mut out);
        out
    }

    /// The same with other variables.
    pub(super) fn renamed(&self, rename: &mut impl FnMut(Var) -> Var) -> Self {
        let head = match &self.head {
            Head::Var(var) => Head::Var(rename(*var)),
            Head::Comprehension(builds, clauses) => {
                let clauses = clauses.iter().map(|(var, n)| (rename(*var), *n));
                Head::Comprehension(*builds, clauses.collect())
            }
            Head::Lambda(vars) => Head::Lambda(vars.iter().map(|var| rename(*var)).collect()),
            other => other.clone(),
        };
        let args = self.args.iter().map(|arg| arg.renamed(rename)).collect();
        Self { head, args }
    }

    /// With variables numbered in the order in which they occur, so that terms that differ only in
    /// names are equal.
    pub(super) fn canonical(&self) -> Self {
        let mut seen: Vec<Var> = Vec::new();
        self.renamed(&mut |var| {
            let at = seen.iter().position(|v| *v == var);
            // A term has no 2^32 variables.
            at.unwrap_or_else(|| {
                seen.push(var);
                seen.len() - 1
            }) as Var
        })
    }

    /// Its text.
    pub(super) fn text(&self, name: &dyn Fn(Var) -> Arc<str>) -> String {
        let mut out = String::new();
        Printer { name }.print(self, 0, &mut out);
        out
    }
}

/// Precedence of Python's operators, the loosest first.
mod level {
    pub(super) const LAMBDA: u8 = 1;
    pub(super) const IF: u8 = 2;
    pub(super) const OR: u8 = 3;
    pub(super) const AND: u8 = 4;
    pub(super) const NOT: u8 = 5;
    pub(super) const COMPARE: u8 = 6;
    pub(super) const BIT_OR: u8 = 7;
    pub(super) const BIT_XOR: u8 = 8;
    pub(super) const BIT_AND: u8 = 9;
    pub(super) const SHIFT: u8 = 10;
    pub(super) const ADD: u8 = 11;
    pub(super) const MULTIPLY: u8 = 12;
    pub(super) const NEGATE: u8 = 13;
    pub(super) const POWER: u8 = 14;
    pub(super) const ATOM: u8 = 15;
}

fn level_of(head: &Head) -> u8 {
    match head {
        Head::Lambda(_) => level::LAMBDA,
        Head::IfExp => level::IF,
        Head::Or => level::OR,
        Head::And => level::AND,
        Head::Not => level::NOT,
        Head::Compare(_) | Head::SlotCompare(..) => level::COMPARE,
        Head::Binary("|") => level::BIT_OR,
        Head::Binary("^") => level::BIT_XOR,
        Head::Binary("&") => level::BIT_AND,
        Head::Binary("<<" | ">>") => level::SHIFT,
        Head::Binary("+" | "-") => level::ADD,
        Head::Binary("**") => level::POWER,
        Head::Binary(_) => level::MULTIPLY,
        Head::Neg => level::NEGATE,
        _ => level::ATOM,
    }
}

struct Printer<'a> {
    name: &'a dyn Fn(Var) -> Arc<str>,
}

impl Printer<'_> {
    /// Prints a term where only operators that bind at least as tightly as `least` stand without
    /// parentheses.
    fn print(&self, term: &Term, least: u8, out: &mut String) {
        let own = level_of(&term.head);
        if own < least {
            out.push('(');
        }
        self.bare(term, own, out);
        if own < least {
            out.push(')');
        }
    }

    fn bare(&self, term: &Term, own: u8, out: &mut String) {
        let arg = |i: usize, least: u8, out: &mut String| {
            if let Some(term) = term.args.get(i) {
                self.print(term, least, out);
            }
        };
        // Writing to a string does not fail.
        match &term.head {
            Head::Var(var) => out.push_str(&(self.name)(*var)),
            Head::Global(text) | Head::Constant(text) => out.push_str(text),
            Head::Str(text) => quote(text, out),
            Head::Int(n) => {
                let _ = write!(out, "{n}");
            }
            Head::Attr(name) => {
                // `1.real` is not an attribute of 1.
                let least = match term.args.first().map(|t| &t.head) {
                    Some(Head::Int(_)) => u8::MAX,
                    _ => level::ATOM,
                };
                arg(0, least, out);
                let _ = write!(out, ".{name}");
            }
            Head::Call(names) => self.call(term, names, out),
            Head::Compare(op) => self.infix(term, &format!(" {op} "), own + 1, own + 1, out),
            Head::Binary("**") => self.infix(term, " ** ", own + 1, level::NEGATE, out),
            Head::Binary(op) => self.infix(term, &format!(" {op} "), own, own + 1, out),
            Head::And => self.infix(term, " and ", own + 1, own + 1, out),
            Head::Or => self.infix(term, " or ", own + 1, own + 1, out),
            Head::Not => {
                out.push_str("not ");
                arg(0, own, out);
            }
            Head::Neg => {
                out.push('-');
                arg(0, own, out);
            }
            Head::IfExp => {
                arg(1, own + 1, out);
                out.push_str(" if ");
                arg(0, own + 1, out);
                out.push_str(" else ");
                arg(2, own, out);
            }
            Head::List => self.display(term, "[", "]", out),
            Head::Set => self.display(term, "{", "}", out),
            Head::Tuple if term.args.len() == 1 => self.display(term, "(", ",)", out),
            Head::Tuple => self.display(term, "(", ")", out),
            Head::Subscript => {
                arg(0, level::ATOM, out);
                out.push('[');
                arg(1, 0, out);
                out.push(']');
            }
            Head::Slice(there) => {
                let mut next = 0;
                for (i, there) in there.iter().enumerate() {
                    if i == 1 || (i == 2 && *there) {
                        out.push(':');
                    }
                    if *there {
                        arg(next, level::IF, out);
                        next += 1;
                    }
                }
            }
            Head::Comprehension(builds, clauses) => {
                let (open, close) = match builds {
                    Builds::List => ('[', ']'),
                    Builds::Set => ('{', '}'),
                    Builds::Generator => ('(', ')'),
                };
                out.push(open);
                self.clauses(term, clauses, out);
                out.push(close);
            }
            Head::Lambda(vars) => {
                let names: Vec<Arc<str>> = vars.iter().map(|var| (self.name)(*var)).collect();
                let _ = write!(out, "lambda {}: ", names.join(", "));
                arg(0, own, out);
            }
            // What only pieces have, for those who look at them.
            Head::Hole(n) => {
                let _ = write!(out, "⟨{n}");
                for term in &term.args {
                    out.push(' ');
                    self.print(term, 0, out);
                }
                out.push('⟩');
            }
            Head::SlotText(slot, Saying::Part(part)) => {
                let _ = write!(out, "‹{slot}.{part}›");
            }
            Head::SlotText(slot, _) | Head::SlotNumber(slot) => {
                let _ = write!(out, "‹{slot}›");
            }
            Head::SlotCompare(slot, op) => {
                self.infix(term, &format!(" {op}‹{slot}› "), own + 1, own + 1, out);
            }
            Head::SlotMember(slot) => {
                arg(0, level::ATOM, out);
                let _ = write!(out, ".‹{slot}›");
            }
            Head::SlotAll(slot, name) => {
                arg(0, level::ATOM, out);
                let _ = write!(out, ".{name}‹{slot}›");
            }
        }
    }

    fn call(&self, term: &Term, names: &[Option<Arc<str>>], out: &mut String) {
        let Some((function, args)) = term.args.split_first() else {
            return;
        };
        self.print(function, level::ATOM, out);
        if let [only] = args
            && let Head::Comprehension(Builds::Generator, _) = only.head
        {
            // The parentheses of the generator are those of the call.
            return self.bare(only, level::ATOM, out);
        }
        out.push('(');
        for (i, (name, arg)) in names.iter().zip(args).enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            if let Some(name) = name {
                let _ = write!(out, "{name}=");
            }
            self.print(arg, 0, out);
        }
        out.push(')');
    }

    fn infix(&self, term: &Term, between: &str, first: u8, others: u8, out: &mut String) {
        for (i, arg) in term.args.iter().enumerate() {
            if i > 0 {
                out.push_str(between);
            }
            self.print(arg, if i == 0 { first } else { others }, out);
        }
    }

    fn display(&self, term: &Term, open: &str, close: &str, out: &mut String) {
        out.push_str(open);
        self.infix(term, ", ", level::LAMBDA, level::LAMBDA, out);
        out.push_str(close);
    }

    fn clauses(&self, term: &Term, clauses: &[(Var, usize)], out: &mut String) {
        let mut args = term.args.iter();
        if let Some(element) = args.next() {
            self.print(element, level::LAMBDA, out);
        }
        for (var, conditions) in clauses {
            let _ = write!(out, " for {} in ", (self.name)(*var));
            if let Some(iter) = args.next() {
                self.print(iter, level::OR, out);
            }
            for condition in args.by_ref().take(*conditions) {
                out.push_str(" if ");
                self.print(condition, level::OR, out);
            }
        }
    }
}

/// A string literal. What terms hold comes from programs and vocabularies; escaping makes that safe
/// whatever it is.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
