//! Jumps, and what a branch not taken or a loop might have changed.

use super::error::R;
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Expr, ExprKind, FStringPart, Name, NodeId, Stmt, StmtKind, VarRef};
use crate::trace::{EventId, EventKind};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;
use std::sync::Arc;

/// Leaves the innermost loop.
pub(crate) const BREAK: u8 = 1;
/// Leaves the iteration.
pub(crate) const CONTINUE: u8 = 2;
/// Leaves the function: `return`, `raise`, `assert`.
pub(crate) const LEAVE: u8 = 4;

/// What statements might do.
#[derive(Debug, Default)]
pub(crate) struct Effects<'a> {
    /// Variables they might assign.
    vars: Vec<&'a Name>,
    /// Named containers and objects they might change; with the field, for an object.
    places: Vec<(&'a Expr, Option<&'a Arc<str>>)>,
    /// Jumps that leave them.
    pub(crate) jumps: u8,
}

/// Effects by node of the program (even keys) and of the pack (odd ones).
pub(crate) type EffectsMap<'a> = HashMap<u64, Rc<Effects<'a>>, BuildHasherDefault<NodeHasher>>;

/// Spreads small numbers.
#[derive(Debug, Default)]
pub(crate) struct NodeHasher(u64);

impl Hasher for NodeHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Methods that change their receiver.
const MUTATORS: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "clear",
    "difference_update",
    "discard",
    "extend",
    "extendleft",
    "insert",
    "intersection_update",
    "move_to_end",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "reverse",
    "rotate",
    "setdefault",
    "sort",
    "subtract",
    "symmetric_difference_update",
    "update",
];

impl<'a> Vm<'a> {
    /// The effects of statements, worked out once a run; `node` identifies them.
    pub(crate) fn effects(
        &mut self,
        node: NodeId,
        target: Option<&'a Expr>,
        body: &'a [Stmt],
    ) -> Rc<Effects<'a>> {
        let key = u64::from(node) << 1 | u64::from(self.in_pack);
        if let Some(effects) = self.effects.get(&key) {
            return effects.clone();
        }
        let mut effects = Effects::default();
        if let Some(target) = target {
            effects.target(target);
        }
        effects.stmts(body);
        let effects = Rc::new(effects);
        self.effects.insert(key, effects.clone());
        effects
    }

    /// Passes everything that `effects` names and that is older than `by` through a
    /// [`EventKind::Phi`].
    pub(crate) fn phi(
        &mut self,
        f: &mut Frame<'a>,
        effects: &Effects<'a>,
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        for name in &effects.vars {
            if let Some(tv) = self.slot(f, name.var).as_ref()
                && tv.event < by
            {
                let tv = tv.clone();
                let event = self.event(EventKind::Phi, node, &[tv.event, by], &tv.value)?;
                *self.slot(f, name.var) = Some(Tv::new(tv.value, event));
            }
        }
        for (place, field) in &effects.places {
            let Some(tv) = self.peek(f, place) else {
                continue;
            };
            if let (Value::Instance(i), Some(field)) = (&tv.value, field) {
                let fields = &self.heap.instances[*i as usize].fields;
                if let Some(at) = fields.iter().position(|(name, _)| name == *field)
                    && fields[at].1.event < by
                {
                    let old = fields[at].1.clone();
                    let event = self.event(EventKind::Phi, node, &[old.event, by], &old.value)?;
                    self.heap.instances[*i as usize].fields[at].1.event = event;
                }
            } else if field.is_none()
                && !matches!(tv.value, Value::Tuple(_) | Value::View(..))
                && let Some(shape) = self.shape(&tv.value)
                && shape < by
            {
                let event = self.event(EventKind::Phi, node, &[shape, by], &tv.value)?;
                let shown = self.shown(&tv.value);
                self.set_shape(&tv.value, event);
                self.restore_shown(&tv.value, shown);
            }
        }
        Ok(())
    }

    fn shown(&self, value: &Value) -> super::value::Shown {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown,
            _ => None,
        }
    }

    fn restore_shown(&mut self, value: &Value, shown: super::value::Shown) {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown = shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown = shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown = shown,
            _ => {}
        }
    }

    /// Where a variable is stored.
    pub(crate) fn slot<'f>(&'f mut self, f: &'f mut Frame<'a>, var: VarRef) -> &'f mut Option<Tv> {
        match var {
            VarRef::Local(i) => &mut f.locals[i as usize],
            VarRef::Cell(i) => &mut self.heap.cells[f.cells[i as usize] as usize],
            VarRef::Global(i) if f.pack => &mut self.pack_globals[i as usize],
            VarRef::Global(i) => &mut self.globals[i as usize],
        }
    }

    /// The value of a name or of a plain field, without evaluating anything.
    fn peek(&mut self, f: &mut Frame<'a>, place: &Expr) -> Option<Tv> {
        match &place.kind {
            ExprKind::Name(name) => self.slot(f, name.var).clone(),
            ExprKind::Attribute { value, attr } => {
                let Value::Instance(i) = self.peek(f, value)?.value else {
                    return None;
                };
                let fields = &self.heap.instances[i as usize].fields;
                fields
                    .iter()
                    .find(|(name, _)| name == attr)
                    .map(|(_, tv)| tv.clone())
            }
            _ => None,
        }
    }
}

impl<'a> Effects<'a> {
    fn stmts(&mut self, stmts: &'a [Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::FunctionDef { name, .. } | StmtKind::ClassDef { name, .. } => {
                self.vars.push(name);
            }
            StmtKind::Return(value) => {
                self.maybe(value.as_ref());
                self.jumps |= LEAVE;
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc.as_ref());
                self.maybe(cause.as_ref());
                self.jumps |= LEAVE;
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.maybe(msg.as_ref());
                self.jumps |= LEAVE;
            }
            StmtKind::Break => self.jumps |= BREAK,
            StmtKind::Continue => self.jumps |= CONTINUE,
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                targets.iter().for_each(|t| self.target(t));
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(value);
                self.target(target);
                // `xs += …` changes a list in place.
                if !matches!(target.kind, ExprKind::Subscript { .. }) {
                    self.places.push((target, None));
                }
            }
            StmtKind::AnnAssign { target, value, .. } => {
                if let Some(value) = value {
                    self.expr(value);
                    self.target(target);
                }
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.stmts(body);
                self.stmts(orelse);
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => {
                self.expr(iter);
                self.target(target);
                self.looped(body, orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.looped(body, orelse);
            }
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::Import { target, .. } => self.vars.push(target),
            StmtKind::Imports(imports) => self.stmts(imports),
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                self.stmts(body);
                for handler in handlers {
                    self.maybe(handler.class.as_ref());
                    self.vars.extend(&handler.name);
                    self.stmts(&handler.body);
                }
                self.stmts(orelse);
                self.stmts(finalbody);
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|t| self.target(t)),
            StmtKind::Pass | StmtKind::Scope => {}
        }
    }

    /// Jumps within a loop body stay within the loop.
    fn looped(&mut self, body: &'a [Stmt], orelse: &'a [Stmt]) {
        let outer = std::mem::take(&mut self.jumps);
        self.stmts(body);
        self.jumps = outer | (self.jumps & LEAVE);
        self.stmts(orelse);
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.vars.push(name),
            ExprKind::Starred(inner) => self.target(inner),
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                items.iter().for_each(|t| self.target(t));
            }
            ExprKind::Subscript { value, index } => {
                self.places.push((value, None));
                self.expr(index);
            }
            ExprKind::Attribute { value, attr } => self.places.push((value, Some(attr))),
            _ => {}
        }
    }

    fn maybe(&mut self, expr: Option<&'a Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn exprs(&mut self, exprs: &'a [Expr]) {
        exprs.iter().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, mut expr: &'a Expr) {
        while let ExprKind::Binary { left, right, .. } = &expr.kind {
            self.expr(right);
            expr = left;
        }
        match &expr.kind {
            ExprKind::Constant(_) | ExprKind::Name(_) | ExprKind::Lambda(_) => {}
            ExprKind::Attribute { value, .. } | ExprKind::Starred(value) => self.expr(value),
            ExprKind::Subscript { value, index } => {
                self.expr(value);
                self.expr(index);
            }
            ExprKind::Slice { lower, upper, step } => {
                self.maybe(lower.as_deref());
                self.maybe(upper.as_deref());
                self.maybe(step.as_deref());
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                if let ExprKind::Attribute { value, attr } = &func.kind
                    && MUTATORS.contains(&&**attr)
                {
                    self.places.push((value, None));
                }
                self.expr(func);
                self.exprs(args);
                keywords.iter().for_each(|(_, e)| self.expr(e));
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { .. } => {}
            ExprKind::Bool { values, .. } => self.exprs(values),
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left);
                self.exprs(comparators);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test);
                self.expr(body);
                self.expr(orelse);
            }
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self.exprs(items);
            }
            ExprKind::Dict(items) => {
                for (key, value) in items {
                    self.maybe(key.as_ref());
                    self.expr(value);
                }
            }
            // Names in there are the comprehension's own, not this frame's; only its first
            // iterable is evaluated here.
            ExprKind::Comprehension(c) => {
                if let Some(clause) = c.clauses.first() {
                    self.expr(&clause.iter);
                }
            }
            ExprKind::FString(parts) => self.fstring(parts),
            ExprKind::Walrus { name, value } => {
                self.expr(value);
                self.vars.push(name);
            }
        }
    }

    fn fstring(&mut self, parts: &'a [FStringPart]) {
        for part in parts {
            if let FStringPart::Value { value, spec, .. } = part {
                self.expr(value);
                self.fstring(spec);
            }
        }
    }
}
