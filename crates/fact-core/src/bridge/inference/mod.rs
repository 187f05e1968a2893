//! What follows from the evidence: the sentences between it and the conclusion, each with the
//! typed claims that a checker holds against the trace.

mod compared;
mod domain;
mod loops;
mod phrase;
mod quantified;
mod said;

use super::predicate::{Focus, Speaker};
use crate::claim::entail::Ground;
use crate::claim::inferred::Inferred;
use crate::english::sentence;
use crate::merge::sentences::{Material, Sentence};
use fact_lang::ast::{Expr, ExprKind, NodeId, Stmt, StmtKind, UnaryOp};
use fact_lang::trace::{EventId, EventKind};
use std::collections::HashSet;

/// A sentence that follows, with what it claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Inference {
    /// A full sentence.
    pub text: String,
    /// What it claims, each of the value of an event.
    pub claims: Vec<(EventId, Inferred)>,
    /// Objects it names.
    pub objects: Vec<u32>,
    /// Objects of which it tells that they are all there are: *2 of the 3 boxes*.
    pub total: Vec<u32>,
}

struct Reasoner<'a, 'm> {
    material: &'a Material<'m>,
    speaker: &'a Speaker<'a, 'm>,
    ground: &'a Ground<'m>,
    evidence: &'a [Sentence],
    whether: bool,
    /// All statements of the program, by id, and its definitions.
    statements: Vec<&'m Stmt>,
    functions: Vec<&'m Stmt>,
    out: Vec<Inference>,
    visited: HashSet<NodeId>,
    depth: u16,
}

/// How far reasoning goes back through names and calls: a bound on hostile programs.
const DEPTH: u16 = 200;

/// The inferences behind the program's result, in order of reasoning. What the evidence says as well
/// is not inferred from it, where the question asks `whether` something is so: then it holds what the
/// evidence is to be held against. Of any other question the inference says what was looked for.
pub fn inferences(
    material: &Material<'_>,
    ground: &Ground<'_>,
    evidence: &[Sentence],
    whether: bool,
) -> Vec<Inference> {
    let Some(result) = material.trace.result else {
        return Vec::new();
    };
    let speaker = Speaker::new(material, ground.index);
    let statements: Vec<&Stmt> = ground.index.statements().collect();
    let mut reasoner = Reasoner {
        material,
        speaker: &speaker,
        ground,
        evidence,
        whether,
        functions: statements
            .iter()
            .copied()
            .filter(|s| matches!(s.kind, StmtKind::FunctionDef { .. }))
            .collect(),
        statements,
        out: Vec::new(),
        visited: HashSet::new(),
        depth: 0,
    };
    reasoner.returned(result);
    let mut seen: HashSet<String> = HashSet::new();
    let mut out = reasoner.out;
    // What decides nothing is not said.
    out.retain(|i| {
        let decides =
            |(e, _): &(EventId, Inferred)| ground.closure.get(e.index()).copied().unwrap_or(false);
        i.claims.iter().all(decides) && seen.insert(i.text.clone())
    });
    out
}

impl<'m> Reasoner<'_, 'm> {
    fn push(&mut self, text: &str, claims: Vec<(EventId, Inferred)>, objects: Vec<u32>) {
        self.out.push(Inference {
            text: sentence(text),
            claims,
            objects,
            total: Vec::new(),
        });
    }

    /// What decided that a function, or the program, returned what it did.
    fn returned(&mut self, event: EventId) {
        let node = self.material.trace.event(event).node;
        if node.pack {
            return;
        }
        // A snippet returns by the assignment that gave its result.
        let Some(stmt) = self.ground.index.stmt(node.node) else {
            return;
        };
        let (StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. }) = &stmt.kind else {
            return;
        };
        match &value.kind {
            ExprKind::Constant(_) => self.constant(stmt, event),
            _ => {
                self.guards(stmt, event);
                self.expr(value, event);
            }
        }
    }

    /// `return "yes"`: what decided that this return was reached.
    fn constant(&mut self, stmt: &'m Stmt, result: EventId) {
        self.guards(stmt, result);
        self.found(stmt, result);
    }

    /// What decided, before a statement, that it was reached: `if`s that hold it, those that would
    /// have left before it, and loops that would have.
    fn guards(&mut self, stmt: &'m Stmt, before: EventId) {
        let index = self.ground.index;
        let home = self.function_of(stmt);
        for at in 0..self.statements.len() {
            let other = self.statements[at];
            let holds = contains(other, stmt) && other.id != stmt.id;
            let earlier = other.span.end <= stmt.span.start;
            if !(holds || earlier)
                || !index.loops_around(other.id).is_empty()
                || self.function_of(other) != home
            {
                continue;
            }
            match &other.kind {
                StmtKind::If { test, .. } if holds || leaves(other) => self.expr(test, before),
                StmtKind::For { orelse, .. } => {
                    let in_else = orelse.iter().any(|s| contains(s, stmt));
                    if earlier || in_else {
                        self.not_left(other, in_else, before);
                    }
                }
                _ => {}
            }
        }
    }

    /// The definition that a statement stands in.
    fn function_of(&self, stmt: &Stmt) -> Option<NodeId> {
        self.functions
            .iter()
            .filter(|s| contains(s, stmt) && s.id != stmt.id)
            .min_by_key(|s| s.span.end - s.span.start)
            .map(|s| s.id)
    }

    fn value(&self, node: NodeId, before: EventId) -> Option<EventId> {
        self.ground.runs.value_before(node, before)
    }

    fn truth(&self, event: EventId) -> Option<bool> {
        self.ground.runs.truth(event)
    }

    fn expr(&mut self, expr: &'m Expr, before: EventId) {
        if self.depth >= DEPTH || !self.visited.insert(expr.id) {
            return;
        }
        self.depth += 1;
        self.reason(expr, before);
        self.depth -= 1;
    }

    fn reason(&mut self, expr: &'m Expr, before: EventId) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(&name.id, before),
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.expr(operand, before),
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test, before);
                for branch in [body, orelse] {
                    if self.value(branch.id, before).is_some() {
                        self.expr(branch, before);
                    }
                }
            }
            ExprKind::Bool { and, values } => {
                let end = self.value(expr.id, before).unwrap_or(before);
                let outcome = self.truth(end);
                for value in values {
                    let truth = self.value(value.id, before).and_then(|e| self.truth(e));
                    // `and` that is false, `or` that is true: only what decided it.
                    let decides = truth.is_none() || outcome != Some(!*and) || truth == Some(!*and);
                    if decides {
                        self.expr(value, before);
                    }
                }
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.compare(expr, left, ops, comparators, before),
            ExprKind::Call { func, args, .. } => self.call(expr, func, args, before),
            ExprKind::Comprehension(_) => {
                self.counted(expr, before, None);
            }
            _ => crate::merge::index::children(expr, &mut |child| self.expr(child, before)),
        }
    }

    fn call(&mut self, expr: &'m Expr, func: &'m Expr, args: &'m [Expr], before: EventId) {
        let name = match &func.kind {
            ExprKind::Name(name) => &*name.id,
            _ => "",
        };
        if self.ground.index.called(name).is_some() {
            let Some(event) = self.value(expr.id, before) else {
                return;
            };
            let trace = self.material.trace;
            let returned = trace.inputs_of(event).iter().copied();
            let returned = returned
                .rev()
                .find(|e| trace.event(*e).kind == EventKind::Return);
            if let Some(returned) = returned {
                self.returned(returned);
            }
            return;
        }
        match (name, args) {
            ("any" | "all", [only]) => match &self.speaker.resolve(only, Focus::Any).kind {
                ExprKind::Comprehension(c) => self.quantifier(expr, name == "any", c, before),
                _ => self.expr(only, before),
            },
            ("len" | "sum", [_]) => {
                self.counted(expr, before, None);
            }
            _ => args.iter().for_each(|a| self.expr(a, before)),
        }
    }
}

/// Whether a statement stands in another, or is it.
fn contains(outer: &Stmt, inner: &Stmt) -> bool {
    outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
}

/// Whether a statement holds a `return` or `raise`.
fn leaves(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Raise { .. })
        || stmt.blocks().into_iter().flatten().any(leaves)
}
