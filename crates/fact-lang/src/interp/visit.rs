//! Walking the tree without running it.

use crate::ast::{Expr, ExprKind, FStringPart, Stmt, StmtKind};

/// Calls `f` with every expression in `root`, itself included, but not with what is inside the
/// bodies of lambdas and comprehensions, whose names are their own.
pub(crate) fn each<'a>(root: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    // Operator chains are long: a stack of our own.
    let mut todo = vec![root];
    while let Some(expr) = todo.pop() {
        f(expr);
        children(expr, &mut todo);
    }
}

fn children<'a>(expr: &'a Expr, into: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Name(_) => {}
        ExprKind::Attribute { value, .. }
        | ExprKind::Starred(value)
        | ExprKind::Walrus { value, .. } => into.push(value),
        ExprKind::Subscript { value, index } => into.extend([&**value, &**index]),
        ExprKind::Slice { lower, upper, step } => {
            into.extend([lower, upper, step].into_iter().flatten().map(|e| &**e));
        }
        ExprKind::Call {
            func,
            args,
            keywords,
        } => {
            into.push(func);
            into.extend(args);
            into.extend(keywords.iter().map(|(_, e)| e));
        }
        ExprKind::Unary { operand, .. } => into.push(operand),
        ExprKind::Binary { left, right, .. } => into.extend([&**left, &**right]),
        ExprKind::Bool { values, .. } => into.extend(values),
        ExprKind::Compare {
            left, comparators, ..
        } => {
            into.push(left);
            into.extend(comparators);
        }
        ExprKind::IfExp { test, body, orelse } => into.extend([&**test, &**body, &**orelse]),
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
            into.extend(items);
        }
        ExprKind::Dict(items) => {
            for (key, value) in items {
                into.extend(key);
                into.push(value);
            }
        }
        ExprKind::Comprehension(c) => into.extend(c.clauses.first().map(|clause| &clause.iter)),
        ExprKind::Lambda(function) => {
            into.extend(function.params.iter().filter_map(|p| p.default.as_ref()));
        }
        ExprKind::FString(parts) => formatted(parts, into),
    }
}

fn formatted<'a>(parts: &'a [FStringPart], into: &mut Vec<&'a Expr>) {
    for part in parts {
        if let FStringPart::Value { value, spec, .. } = part {
            into.push(value);
            formatted(spec, into);
        }
    }
}

/// The expressions of a comprehension that are evaluated in its own scope.
pub(crate) fn inner(c: &crate::ast::Comprehension) -> impl Iterator<Item = &Expr> {
    let clauses = c.clauses.iter().enumerate().flat_map(|(i, clause)| {
        let iter = (i > 0).then_some(&clause.iter);
        iter.into_iter().chain(&clause.conditions)
    });
    clauses.chain([&c.element]).chain(&c.value)
}

/// The expressions of a statement that are not in a block of it.
pub(crate) fn of_stmt(stmt: &Stmt) -> Vec<&Expr> {
    match &stmt.kind {
        StmtKind::FunctionDef { function, .. } => {
            let params = function.params.iter();
            params.filter_map(|p| p.default.as_ref()).collect()
        }
        StmtKind::Return(value) => value.iter().collect(),
        StmtKind::Assign { targets, value } => targets.iter().chain([value]).collect(),
        StmtKind::AugAssign { target, value, .. } => vec![target, value],
        StmtKind::AnnAssign { target, value, .. } => [target].into_iter().chain(value).collect(),
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => vec![test],
        StmtKind::For { target, iter, .. } => vec![target, iter],
        StmtKind::Expr(e) => vec![e],
        StmtKind::Assert { test, msg } => [test].into_iter().chain(msg).collect(),
        StmtKind::Raise { exc, cause } => exc.iter().chain(cause).collect(),
        StmtKind::Try { handlers, .. } => {
            handlers.iter().filter_map(|h| h.class.as_ref()).collect()
        }
        StmtKind::Delete(targets) => targets.iter().collect(),
        StmtKind::ClassDef { .. }
        | StmtKind::Import { .. }
        | StmtKind::Imports(_)
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Pass
        | StmtKind::Scope => Vec::new(),
    }
}
