//! What a program mentions: the names it reads, and the texts it holds.

use super::units::blocks;
use crate::merge::index::children;
use fact_lang::ast::{Constant, Expr, ExprKind, Function, Module, Stmt, StmtKind};
use std::collections::BTreeSet;

/// Names that are read or written in expressions, and strings.
#[derive(Debug, Default)]
pub(super) struct Mentions<'a> {
    pub names: BTreeSet<&'a str>,
    pub texts: BTreeSet<&'a str>,
}

impl<'a> Mentions<'a> {
    pub(super) fn new(module: &'a Module) -> Self {
        let mut mentions = Self::default();
        module.body.iter().for_each(|s| mentions.stmt(s));
        mentions
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::FunctionDef {
                function,
                decorators,
                ..
            } => {
                decorators.iter().for_each(|e| self.expr(e));
                self.function(function);
            }
            StmtKind::Return(value) => value.iter().for_each(|e| self.expr(e)),
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { targets, value } => {
                targets.iter().for_each(|e| self.expr(e));
                self.expr(value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
            } => {
                self.expr(target);
                self.expr(annotation);
                value.iter().for_each(|e| self.expr(e));
            }
            StmtKind::If { test, .. } | StmtKind::While { test, .. } => self.expr(test),
            StmtKind::For { target, iter, .. } => {
                self.expr(target);
                self.expr(iter);
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                msg.iter().for_each(|e| self.expr(e));
            }
            StmtKind::Raise { exc, cause } => {
                exc.iter().chain(cause).for_each(|e| self.expr(e));
            }
            StmtKind::Try { handlers, .. } => {
                let classes = handlers.iter().filter_map(|h| h.class.as_ref());
                classes.for_each(|e| self.expr(e));
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|e| self.expr(e)),
            StmtKind::ClassDef { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Import { .. }
            | StmtKind::Imports(_)
            | StmtKind::Scope => {}
        }
        if !matches!(stmt.kind, StmtKind::FunctionDef { .. }) {
            blocks(stmt)
                .into_iter()
                .flatten()
                .for_each(|s| self.stmt(s));
        }
    }

    fn function(&mut self, function: &'a Function) {
        for param in &function.params {
            let parts = param.annotation.iter().chain(&param.default);
            parts.for_each(|e| self.expr(e));
        }
        function.returns.iter().for_each(|e| self.expr(e));
        function.body.iter().for_each(|s| self.stmt(s));
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.names.insert(&name.id);
            }
            ExprKind::Constant(Constant::Str(text)) => {
                self.texts.insert(text);
            }
            ExprKind::Lambda(function) => self.function(function),
            ExprKind::Comprehension(c) => {
                for clause in &c.clauses {
                    self.expr(&clause.target);
                    self.expr(&clause.iter);
                    clause.conditions.iter().for_each(|e| self.expr(e));
                }
                self.expr(&c.element);
                c.value.iter().for_each(|e| self.expr(e));
            }
            _ => {}
        }
        children(expr, &mut |child| self.expr(child));
    }
}
