//! What the conditions and comparisons of a residual program ask, read from its tree.

use super::Term;
use super::entail::Ground;
use super::inferred::{Condition, Operator};
use super::reading::numbers;
use crate::merge::index::Index;
use fact_lang::ast::{CompareOp, Constant, Expr, ExprKind, Stmt, StmtKind, UnaryOp};
use fact_lang::trace::EventId;
use std::collections::BTreeSet;

/// The numbers written in the program, for what conditions may ask.
pub(super) fn literals(
    among: &[Condition],
    holds: &[Condition],
    ground: &Ground<'_>,
) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for condition in among.iter().chain(holds) {
        let expr = condition_at(condition.node, ground.index);
        if let Some(expr) = expr {
            collect(expr, ground.index, &mut out);
        }
    }
    out
}

/// The expression that a condition's node tests.
pub(crate) fn condition_at<'a>(node: u32, index: &Index<'a>) -> Option<&'a Expr> {
    match index.stmt(node).map(|s| &s.kind) {
        Some(StmtKind::If { test, .. }) => Some(test),
        _ => index.expr(node),
    }
}

/// Literals of an expression and of what the names in it stand for.
fn collect<'a>(expr: &'a Expr, index: &Index<'a>, out: &mut BTreeSet<String>) {
    let mut names: BTreeSet<&'a str> = BTreeSet::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Constant(Constant::Int(i)) => {
                out.insert(i.to_string());
                out.insert(i.unsigned_abs().to_string());
            }
            ExprKind::Constant(Constant::Float(f)) => {
                out.insert(crate::merge::words::number_text(*f));
            }
            ExprKind::Constant(Constant::Str(text)) => {
                out.extend(numbers(text).map(str::to_owned));
            }
            ExprKind::Comprehension(c) => {
                for clause in &c.clauses {
                    open.push(&clause.iter);
                    open.extend(&clause.conditions);
                }
                open.push(&c.element);
            }
            ExprKind::Name(name) if names.insert(&name.id) => {
                open.extend(index.assignments(&name.id).iter().map(|(_, value)| *value));
                let body = index.called(&name.id).map_or(&[][..], |f| &f.body);
                for stmt in body {
                    returned(stmt, &mut |value| open.push(value));
                }
            }
            _ => crate::merge::index::children(expr, &mut |child| open.push(child)),
        }
    }
}

/// Calls `f` on each value that a statement returns or tests.
fn returned<'a>(stmt: &'a Stmt, f: &mut dyn FnMut(&'a Expr)) {
    match &stmt.kind {
        StmtKind::Return(Some(value)) => f(value),
        StmtKind::If { test, .. } => f(test),
        _ => {}
    }
    for inner in stmt.blocks().into_iter().flatten() {
        returned(inner, f);
    }
}

/// Whether a plain condition affirms something; `None` where English may put it either way.
pub(super) fn polarity_at(node: u32, index: &Index<'_>) -> Option<bool> {
    polarity(condition_at(node, index)?)
}

fn polarity(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => polarity(operand).map(|p| !p),
        ExprKind::Call { func, .. } if matches!(func.kind, ExprKind::Attribute { .. }) => {
            Some(true)
        }
        ExprKind::Attribute { .. } => Some(true),
        ExprKind::Compare {
            left,
            ops,
            comparators,
        } => {
            let ([op], [right]) = (ops.as_slice(), comparators.as_slice()) else {
                return None;
            };
            // What is counted may hold a denial of its own.
            match &left.kind {
                ExprKind::Attribute { .. } => {}
                ExprKind::Call { func, .. } if matches!(func.kind, ExprKind::Attribute { .. }) => {}
                _ => return None,
            }
            match (&right.kind, op) {
                (ExprKind::Constant(Constant::Int(1..)), CompareOp::NotEq) => Some(false),
                (ExprKind::Constant(Constant::Int(2..)), CompareOp::Lt) => Some(true),
                (ExprKind::Constant(Constant::Int(1)), CompareOp::Lt) => None,
                (
                    ExprKind::Constant(Constant::Int(1..)),
                    CompareOp::Eq | CompareOp::Gt | CompareOp::GtE | CompareOp::LtE,
                ) => Some(true),
                (ExprKind::Constant(Constant::Str(_)), CompareOp::Eq) => Some(true),
                (ExprKind::Constant(Constant::Str(_)), CompareOp::NotEq) => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The value of an operand: written in the program, or that of the event it came from.
pub fn operand(expr: &Expr, input: Option<EventId>, ground: &Ground<'_>) -> Option<Term> {
    match &expr.kind {
        ExprKind::Constant(Constant::Int(i)) => Some(Term::Number(*i as f64)),
        ExprKind::Constant(Constant::Float(f)) => Some(Term::Number(*f)),
        ExprKind::Constant(Constant::Str(s)) => Some(Term::Text(s.to_string())),
        _ => {
            let trace = ground.runs.trace();
            let value = &trace.event(input?).value;
            Some(Term::of(value, trace, ground.namer))
        }
    }
}

/// The operator of a comparison, if it is one of order or equality.
pub fn operator(op: CompareOp) -> Option<Operator> {
    Some(match op {
        CompareOp::Eq => Operator::Equal,
        CompareOp::NotEq => Operator::NotEqual,
        CompareOp::Lt => Operator::Less,
        CompareOp::LtE => Operator::AtMost,
        CompareOp::Gt => Operator::More,
        CompareOp::GtE => Operator::AtLeast,
        _ => return None,
    })
}
