//! What follows from statements in loops: returns found or not, flags, counters, lists.

use super::domain::focus_of;
use super::quantified::{Bound, Form, Query};
use super::{Reasoner, contains};
use crate::bridge::predicate::{Focus, Predicate, Variable};
use crate::claim::inferred::{Condition, Quantifier};
use fact_lang::ast::{BinaryOp, Constant, Expr, ExprKind, NodeId, Stmt, StmtKind};
use fact_lang::trace::EventId;

/// Under which conditions an element of a loop reaches a statement.
struct Path<'m> {
    /// The loops, outermost first.
    loops: Vec<&'m Stmt>,
    /// Each `if` with the arm that leads there.
    conditions: Vec<(NodeId, &'m Expr, bool)>,
}

impl<'m> Path<'m> {
    fn holds(&self) -> Vec<Condition> {
        let conditions = self.conditions.iter();
        conditions
            .map(|(node, _, holds)| Condition {
                node: *node,
                holds: *holds,
            })
            .collect()
    }
}

impl<'m> Reasoner<'_, 'm> {
    fn path(&self, target: &'m Stmt) -> Option<Path<'m>> {
        let index = self.ground.index;
        let loops: Vec<&'m Stmt> = index
            .loops_around(target.id)
            .iter()
            .map(|id| index.stmt(*id))
            .collect::<Option<_>>()?;
        let StmtKind::For { body, .. } = &loops.first()?.kind else {
            return None;
        };
        let mut conditions = Vec::new();
        walk(body, target, &mut conditions)?;
        Some(Path { loops, conditions })
    }

    /// The conditions of a path in words, and of which loop's variable they are said.
    fn path_said(&self, path: &Path<'m>) -> Option<(Predicate, usize)> {
        let parts: Vec<(&'m Expr, bool)> = path
            .conditions
            .iter()
            .map(|(_, test, holds)| (*test, *holds))
            .collect();
        let variables: Vec<Variable<'m>> = path
            .loops
            .iter()
            .map(|stmt| match &stmt.kind {
                StmtKind::For { target, iter, .. } => Some((focus_of(target)?, iter)),
                _ => None,
            })
            .collect::<Option<_>>()?;
        self.said_of(&parts, &variables)
    }

    fn path_query(&self, path: &Path<'m>, before: EventId) -> Option<Query> {
        let said = self.path_said(path);
        let out = said.as_ref().map_or(0, |(_, out)| *out);
        let StmtKind::For { iter, .. } = &path.loops.iter().rev().nth(out)?.kind else {
            return None;
        };
        let nodes: Vec<NodeId> = path.loops.iter().map(|l| l.id).collect();
        let run = self.ground.runs.latest(*nodes.first()?, before)?;
        if path.conditions.is_empty() {
            return None;
        }
        Some(Query {
            event: before,
            domain: self.domain(run, &nodes, out, iter, true)?,
            among: Vec::new(),
            filter: None,
            holds: path.holds(),
            said: said.map(|(said, _)| said),
        })
    }

    /// A statement in a loop that was reached: by which element.
    pub(super) fn found(&mut self, stmt: &'m Stmt, event: EventId) {
        let Some(path) = self.path(stmt) else {
            return;
        };
        let Some(iteration) = self.ground.runs.iteration_of(event) else {
            return;
        };
        if path.conditions.is_empty() {
            return;
        }
        let said = match self.path_said(&path) {
            Some((said, out)) => (Some(said), out),
            None => (None, 0),
        };
        self.witness(
            Quantifier::Some,
            Vec::new(),
            path.holds(),
            said,
            iteration,
            event,
        );
    }

    /// A loop that was not left: none of its elements reached a `return` (or, for what stands in
    /// its `else`, a `break`).
    pub(super) fn not_left(&mut self, stmt: &'m Stmt, breaks: bool, before: EventId) {
        for at in 0..self.statements.len() {
            let exit = self.statements[at];
            let leaves = matches!(exit.kind, StmtKind::Return(_))
                || breaks && matches!(exit.kind, StmtKind::Break);
            if leaves
                && contains(stmt, exit)
                && self.ground.index.loops_around(exit.id).first() == Some(&stmt.id)
            {
                self.unreached(exit, before);
            }
        }
    }

    fn unreached(&mut self, stmt: &'m Stmt, before: EventId) {
        if let Some(query) = self.path(stmt).and_then(|p| self.path_query(&p, before)) {
            self.say(query, Form::None, None);
        }
    }

    /// A name: what was last assigned to it, or what a loop made of it.
    pub(super) fn name(&mut self, name: &'m str, before: EventId) {
        let assigned = self.ground.index.assignments(name);
        let mut last: Option<(&'m Stmt, &'m Expr, EventId)> = None;
        for (stmt, value) in assigned {
            let events = self.ground.runs.events(stmt.id);
            let end = events.partition_point(|e| *e < before);
            if let Some(event) = events[..end].last().copied()
                && last.is_none_or(|(_, _, e)| e < event)
            {
                last = Some((*stmt, *value, event));
            }
        }
        let Some((stmt, value, event)) = last else {
            return;
        };
        let index = self.ground.index;
        let in_loop = !index.loops_around(stmt.id).is_empty();
        if !matches!(value.kind, ExprKind::Constant(_)) {
            self.expr(value, event);
            return;
        }
        if matches!(stmt.kind, StmtKind::AugAssign { .. }) {
            self.tallied(name, before, None);
        } else if in_loop {
            self.found(stmt, event);
        } else {
            // A flag that no element changed.
            let changes: Vec<&'m Stmt> = assigned
                .iter()
                .filter(|(s, v)| {
                    s.id != stmt.id
                        && !index.loops_around(s.id).is_empty()
                        && matches!(v.kind, ExprKind::Constant(_))
                })
                .map(|(s, _)| *s)
                .collect();
            for change in changes {
                self.unreached(change, before);
            }
        }
    }

    /// A counter that a loop raises by one, or a list that it appends to. Whether it is said, here or
    /// by the evidence.
    pub(super) fn tallied(&mut self, name: &'m str, before: EventId, bound: Option<Bound>) -> bool {
        let index = self.ground.index;
        let raises: Vec<&'m Stmt> = index
            .assignments(name)
            .iter()
            .filter(|(s, _)| matches!(s.kind, StmtKind::AugAssign { .. }))
            .map(|(s, _)| *s)
            .collect();
        let appends: Vec<&'m Stmt> = self
            .statements
            .iter()
            .copied()
            .filter(|s| appends(s, name))
            .collect();
        let starts_empty = index.assignments(name).iter().all(|(s, v)| match &v.kind {
            ExprKind::Constant(Constant::Int(0)) => true,
            ExprKind::List(items) => items.is_empty(),
            ExprKind::Constant(Constant::Int(1)) => matches!(
                s.kind,
                StmtKind::AugAssign {
                    op: BinaryOp::Add,
                    ..
                }
            ),
            _ => false,
        });
        let [one] = [raises, appends].concat()[..] else {
            return false;
        };
        if !starts_empty {
            return false;
        }
        let query = self.path(one).and_then(|p| self.path_query(&p, before));
        query.is_some_and(|query| self.say(query, Form::Count, bound))
    }
}

/// `name.append(…)`.
fn appends(stmt: &Stmt, name: &str) -> bool {
    let StmtKind::Expr(value) = &stmt.kind else {
        return false;
    };
    let ExprKind::Call { func, .. } = &value.kind else {
        return false;
    };
    match &func.kind {
        ExprKind::Attribute { value, attr } => &**attr == "append" && Focus::Name(name).is(value),
        _ => false,
    }
}

/// Walks a block up to a statement and collects the conditions on the way; `None` where rules
/// cannot follow.
fn walk<'m>(
    block: &'m [Stmt],
    target: &Stmt,
    conditions: &mut Vec<(NodeId, &'m Expr, bool)>,
) -> Option<()> {
    for stmt in block {
        if stmt.id == target.id {
            return Some(());
        }
        let inside = contains(stmt, target);
        match &stmt.kind {
            StmtKind::If { test, body, orelse } if inside => {
                let in_body = body.iter().any(|s| contains(s, target));
                conditions.push((stmt.id, test, in_body));
                return walk(if in_body { body } else { orelse }, target, conditions);
            }
            StmtKind::If { test, body, orelse } => match (jump(body), jump(orelse)) {
                (Jump::Never, Jump::Never) => {}
                (Jump::Always, Jump::Never) => conditions.push((stmt.id, test, false)),
                (Jump::Never, Jump::Always) => conditions.push((stmt.id, test, true)),
                _ => return None,
            },
            StmtKind::For { body, .. } if inside => return walk(body, target, conditions),
            _ if inside => return None,
            StmtKind::For { .. } | StmtKind::While { .. } if super::leaves(stmt) => return None,
            StmtKind::Try { .. } if jump(std::slice::from_ref(stmt)) != Jump::Never => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether a block leaves the iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jump {
    Always,
    Never,
    Sometimes,
}

fn jump(block: &[Stmt]) -> Jump {
    let mut sometimes = false;
    for stmt in block {
        let own = match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Raise { .. } => {
                Jump::Always
            }
            StmtKind::If { body, orelse, .. } => match (jump(body), jump(orelse)) {
                (Jump::Always, Jump::Always) => Jump::Always,
                (Jump::Never, Jump::Never) => Jump::Never,
                _ => Jump::Sometimes,
            },
            StmtKind::For { .. } | StmtKind::While { .. } if !super::leaves(stmt) => Jump::Never,
            _ if stmt.blocks().into_iter().any(|b| jump(b) != Jump::Never) => Jump::Sometimes,
            _ => Jump::Never,
        };
        match own {
            Jump::Always if !sometimes => return Jump::Always,
            Jump::Always => return Jump::Sometimes,
            Jump::Sometimes => sometimes = true,
            Jump::Never => {}
        }
    }
    if sometimes {
        Jump::Sometimes
    } else {
        Jump::Never
    }
}
