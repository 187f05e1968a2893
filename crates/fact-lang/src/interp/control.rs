//! Jumps, and what a branch not taken or a loop might have changed.

use super::error::R;
use super::value::{Tv, Value};
use super::{Frame, Vm, visit};
use crate::ast::{
    Comprehension, ComprehensionKind, Constant, Expr, ExprKind, FStringPart, Function, Name,
    NodeId, Stmt, StmtKind, VarRef,
};
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
    /// Variables from which containers that they might change are reached, where no name or field
    /// held the container before they ran.
    roots: Vec<VarRef>,
    /// What the first variable holds may come from the second.
    flows: Vec<(VarRef, VarRef)>,
    /// Variables that are given something that is not new, and those given anything.
    borrowing: Vec<VarRef>,
    given: Vec<VarRef>,
    /// Variables they read.
    reads: Vec<VarRef>,
    /// Whether they call `next`.
    advances: bool,
    /// Whether they call anything.
    calls: bool,
    /// Whether they change anything in the scope of a comprehension, or advance an iterator.
    hidden: bool,
}

/// Builtins whose result is a new container, or none.
const MAKERS: &[&str] = &[
    "abs",
    "bool",
    "dict",
    "enumerate",
    "float",
    "int",
    "len",
    "list",
    "range",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
];

/// What the effects that are kept for a node are those of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// Statements that the node identifies.
    Block,
    /// The operands of `and` or `or` after the node.
    Operands,
    /// The expression itself, an arm of a conditional expression.
    Arm,
    /// The operands of a comparison from the node on.
    Comparators,
    /// What the comprehension does in its own scope.
    Comprehension,
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
        let key = self.key_of(Part::Block, node);
        if let Some(effects) = self.effects.get(&key) {
            return effects.clone();
        }
        let mut effects = Effects::default();
        if let Some(target) = target {
            effects.target(target);
        }
        effects.stmts(body);
        effects.settle();
        let effects = Rc::new(effects);
        self.effects.insert(key, effects.clone());
        effects
    }

    /// [`Vm::effects`] of the operands that `and`, `or`, a comparison or a conditional expression
    /// leaves out; `None` if they have none.
    pub(crate) fn unevaluated(
        &mut self,
        part: Part,
        node: NodeId,
        operands: impl IntoIterator<Item = &'a Expr>,
    ) -> Option<Rc<Effects<'a>>> {
        let key = self.key_of(part, node);
        let effects = match self.effects.get(&key) {
            Some(effects) => effects.clone(),
            None => {
                let mut effects = Effects::default();
                operands.into_iter().for_each(|e| effects.expr(e));
                effects.settle();
                let effects = Rc::new(effects);
                self.effects.insert(key, effects.clone());
                effects
            }
        };
        self.may_matter(&effects).then_some(effects)
    }

    /// [`Vm::effects`] of what a comprehension does in its own scope.
    pub(crate) fn unevaluated_of(
        &mut self,
        node: NodeId,
        c: &'a Comprehension,
    ) -> Option<Rc<Effects<'a>>> {
        let key = self.key_of(Part::Comprehension, node);
        let effects = match self.effects.get(&key) {
            Some(effects) => effects.clone(),
            None => {
                let effects = Rc::new(Effects::of_comprehension(c));
                self.effects.insert(key, effects.clone());
                effects
            }
        };
        self.may_matter(&effects).then_some(effects)
    }

    fn key_of(&self, part: Part, node: NodeId) -> u64 {
        u64::from(node) << 4 | (part as u64) << 1 | u64::from(self.in_pack)
    }

    /// Whether code with these effects might change anything.
    fn may_matter(&mut self, effects: &Effects<'a>) -> bool {
        !effects.vars.is_empty()
            || !effects.places.is_empty()
            || !effects.roots.is_empty()
            || effects.hidden
            || effects.advances
            || effects.calls && self.calls_change()
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
            } else if field.is_none() {
                self.phi_shape(&tv.value, by, node)?;
            }
        }
        if !effects.roots.is_empty() {
            self.phi_reached(f, &effects.roots, by, node)?;
        }
        let mut lazy = false;
        for var in &effects.reads {
            if let Some(Tv {
                value: Value::Iter(i),
                ..
            }) = self.slot(f, *var)
            {
                let iterator = *i;
                lazy = true;
                self.moved(iterator, by);
            }
        }
        if effects.hidden || (effects.calls || lazy) && self.calls_change() {
            self.phi_everything(f, by, node)?;
        }
        Ok(())
    }

    pub(crate) fn shown(&self, value: &Value) -> super::value::Shown {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown,
            _ => None,
        }
    }

    pub(crate) fn restore_shown(&mut self, value: &Value, shown: super::value::Shown) {
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

    /// What a variable of any frame holds.
    pub(crate) fn slot_of(&self, f: &Frame<'_>, var: VarRef) -> Option<Tv> {
        match var {
            VarRef::Local(i) => f.locals[i as usize].clone(),
            VarRef::Cell(i) => self.heap.cells[f.cells[i as usize] as usize].clone(),
            VarRef::Global(i) if f.pack => self.pack_globals[i as usize].clone(),
            VarRef::Global(i) => self.globals[i as usize].clone(),
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
    /// Of a function's body.
    pub(crate) fn of(body: &'a [Stmt]) -> Self {
        let mut effects = Self::default();
        effects.stmts(body);
        effects.settle();
        effects
    }

    /// Of what a comprehension does in its own scope.
    pub(crate) fn of_comprehension(c: &'a Comprehension) -> Self {
        let mut effects = Self::default();
        for clause in &c.clauses {
            effects.target(&clause.target);
            // Loop variables are given what is iterated.
            effects.given.clear();
            effects.gives(&clause.target, &clause.iter);
        }
        effects.vars.clear();
        visit::inner(c).for_each(|e| effects.expr(e));
        effects.settle();
        effects
    }

    /// The variables that are assigned.
    pub(crate) fn assigned(&self) -> &[&'a Name] {
        &self.vars
    }

    /// Whether a function with these effects changes containers that it did not make.
    pub(crate) fn changes_others(&self, function: &Function) -> bool {
        let own = |var: VarRef| match var {
            VarRef::Local(_) => true,
            VarRef::Cell(i) => i < function.cells,
            VarRef::Global(_) => false,
        };
        let parameter = |var: VarRef| {
            let rest = function.vararg.iter().chain(&function.kwarg);
            let mut names = function.params.iter().map(|p| &p.name).chain(rest);
            names.any(|name| name.var == var)
        };
        self.hidden
            || self.advances
            || !self.roots.is_empty()
            || self.places.iter().any(|(place, _)| match &place.kind {
                ExprKind::Name(name) => {
                    !own(name.var) || parameter(name.var) || !self.given.contains(&name.var)
                }
                _ => true,
            })
    }

    /// Works out the roots, once all is seen: a changed variable that was given something not new
    /// stands for whatever it may have come from.
    fn settle(&mut self) {
        for (place, _) in &self.places {
            match &place.kind {
                ExprKind::Name(name) if !self.borrowing.contains(&name.var) => {}
                ExprKind::Attribute { value, .. } if is_path(value, &self.given) => {}
                _ => mentioned(place, &mut self.roots),
            }
        }
        let mut at = 0;
        while let Some(root) = self.roots.get(at).copied() {
            at += 1;
            for (to, from) in &self.flows {
                if *to == root && !self.roots.contains(from) {
                    self.roots.push(*from);
                }
            }
        }
    }

    /// Notes that `target` is given `value`, or its elements.
    fn gives(&mut self, target: &'a Expr, value: &'a Expr) {
        let mut from = Vec::new();
        mentioned(value, &mut from);
        let fresh = is_new(value);
        let mut to = Vec::new();
        mentioned(target, &mut to);
        for to in to {
            self.given.push(to);
            if !fresh && !from.is_empty() {
                self.borrowing.push(to);
            }
            self.flows.extend(from.iter().map(|from| (to, *from)));
        }
    }

    /// Notes that the container `place` is given what `values` mention.
    fn stores(&mut self, place: &'a Expr, values: &mut dyn Iterator<Item = &'a Expr>) {
        let (mut to, mut from) = (Vec::new(), Vec::new());
        mentioned(place, &mut to);
        values.for_each(|value| mentioned(value, &mut from));
        for to in to {
            self.flows.extend(from.iter().map(|from| (to, *from)));
        }
    }

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
                for target in targets {
                    self.target(target);
                    self.gives(target, value);
                }
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(value);
                self.target(target);
                // `xs += …` changes a list in place, if it is one: a number cannot be added to it.
                if !is_number(value) {
                    self.places.push((target, None));
                    self.stores(target, &mut std::iter::once(value));
                }
            }
            StmtKind::AnnAssign { target, value, .. } => {
                if let Some(value) = value {
                    self.expr(value);
                    self.target(target);
                    self.gives(target, value);
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
                self.gives(target, iter);
                // Elements are not new, even of a list that is.
                mentioned(target, &mut self.borrowing);
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
            ExprKind::Constant(_) => {}
            ExprKind::Name(name) => self.reads.push(name.var),
            // What its body does is done by a call.
            ExprKind::Lambda(function) => {
                let defaults = function.params.iter().filter_map(|p| p.default.as_ref());
                defaults.for_each(|e| self.expr(e));
            }
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
                    let named = keywords.iter().map(|(_, e)| e);
                    self.stores(value, &mut args.iter().chain(named));
                }
                self.calls |= !is_maker(func) || !keywords.is_empty();
                self.advances |= matches!(&func.kind, ExprKind::Name(n) if &*n.id == "next");
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
                let inner = Self::of_comprehension(c);
                self.calls |= inner.calls;
                self.hidden |= inner.changes_others(&c.scope) || !inner.vars.is_empty();
                self.advances |= inner.advances;
                self.reads
                    .extend(c.scope.free.iter().map(|i| VarRef::Cell(*i)));
            }
            ExprKind::FString(parts) => self.fstring(parts),
            ExprKind::Walrus { name, value } => {
                self.expr(value);
                self.vars.push(name);
                let mut from = Vec::new();
                mentioned(value, &mut from);
                self.given.push(name.var);
                if !is_new(value) && !from.is_empty() {
                    self.borrowing.push(name.var);
                }
                self.flows.extend(from.iter().map(|from| (name.var, *from)));
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

/// The variables of this frame that an expression mentions, in comprehensions and lambdas too.
fn mentioned(expr: &Expr, into: &mut Vec<VarRef>) {
    visit::each(expr, &mut |e| match &e.kind {
        ExprKind::Name(name) => into.push(name.var),
        ExprKind::Walrus { name, .. } => into.push(name.var),
        ExprKind::Lambda(function) => into.extend(function.free.iter().map(|i| VarRef::Cell(*i))),
        ExprKind::Comprehension(c) => into.extend(c.scope.free.iter().map(|i| VarRef::Cell(*i))),
        _ => {}
    });
}

/// Whether a value is a new container (of whatever elements) or none.
fn is_new(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Constant(_)
        | ExprKind::List(_)
        | ExprKind::Set(_)
        | ExprKind::Dict(_)
        | ExprKind::FString(_)
        | ExprKind::Unary { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Compare { .. } => true,
        ExprKind::Comprehension(c) => c.kind != ComprehensionKind::Generator,
        ExprKind::Call { func, .. } => is_maker(func),
        _ => false,
    }
}

fn is_maker(func: &Expr) -> bool {
    matches!(&func.kind, ExprKind::Name(name)
        if matches!(name.var, VarRef::Global(_)) && MAKERS.contains(&&*name.id))
}

fn is_number(value: &Expr) -> bool {
    matches!(
        value.kind,
        ExprKind::Constant(Constant::Int(_) | Constant::Float(_) | Constant::BigInt(_))
    )
}

/// A field of a name that keeps its value: [`Vm::peek`] finds it.
fn is_path(value: &Expr, given: &[VarRef]) -> bool {
    match &value.kind {
        ExprKind::Name(name) => !given.contains(&name.var),
        ExprKind::Attribute { value, .. } => is_path(value, given),
        _ => false,
    }
}
