//! What code might change and how it might leave, without running it.

use super::visit;
use crate::ast::{
    Comprehension, ComprehensionKind, Constant, Expr, ExprKind, FStringPart, Function, Name, Stmt,
    StmtKind, VarRef,
};
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
    pub(super) vars: Vec<&'a Name>,
    /// Named containers and objects they might change; with the field, for an object.
    pub(super) places: Vec<(&'a Expr, Option<&'a Arc<str>>)>,
    /// What they read an element of by a subscript, which makes an entry in a `defaultdict`.
    pub(super) subscripts: Vec<&'a Expr>,
    /// Jumps that leave them.
    pub(crate) jumps: u8,
    /// Variables from which containers that they might change are reached, where no name or field
    /// held the container before they ran.
    pub(super) roots: Vec<VarRef>,
    /// What the first variable holds may come from the second.
    flows: Vec<(VarRef, VarRef)>,
    /// Variables that are given something that is not new, and those given anything.
    borrowing: Vec<VarRef>,
    given: Vec<VarRef>,
    /// Variables they read.
    pub(super) reads: Vec<VarRef>,
    /// Whether they call `next`.
    pub(super) advances: bool,
    /// Whether they call anything.
    pub(super) calls: bool,
    /// Whether they change anything in the scope of a comprehension, or advance an iterator.
    pub(super) hidden: bool,
    /// Of a comprehension: whether it changes what the elements of its first iterable lead to.
    pub(super) elements: bool,
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
/// Methods that change their receiver.
pub(super) const MUTATORS: &[&str] = &[
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
        let mut first = Vec::new();
        for (i, clause) in c.clauses.iter().enumerate() {
            effects.target(&clause.target);
            effects.given.clear();
            // Elements are not new, even of a list that is.
            mentioned(&clause.target, &mut effects.borrowing);
            if i == 0 {
                // Names in the first iterable are those of the scope around.
                mentioned(&clause.target, &mut first);
                effects.given.extend(&first);
            } else {
                effects.gives(&clause.target, &clause.iter);
            }
        }
        effects.vars.clear();
        visit::inner(c).for_each(|e| effects.expr(e));
        effects.settle();
        effects.elements = first.iter().any(|var| effects.roots.contains(var));
        effects
    }

    /// The variables that are assigned.
    pub(crate) fn assigned(&self) -> &[&'a Name] {
        &self.vars
    }

    /// `roots` and whatever the variables among them may hold come from.
    pub(super) fn sources(&self, mut roots: Vec<VarRef>) -> Vec<VarRef> {
        let mut at = 0;
        while let Some(root) = roots.get(at).copied() {
            at += 1;
            for (to, from) in &self.flows {
                if *to == root && !roots.contains(from) {
                    roots.push(*from);
                }
            }
        }
        roots
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
    pub(super) fn settle(&mut self) {
        for (place, _) in &self.places {
            match &place.kind {
                ExprKind::Name(name) if !self.borrowing.contains(&name.var) => {}
                ExprKind::Attribute { value, .. } if is_path(value, &self.given) => {}
                _ => mentioned(place, &mut self.roots),
            }
        }
        let roots = std::mem::take(&mut self.roots);
        self.roots = self.sources(roots);
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

    pub(super) fn stmts(&mut self, stmts: &'a [Stmt]) {
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

    pub(super) fn target(&mut self, target: &'a Expr) {
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

    pub(super) fn expr(&mut self, mut expr: &'a Expr) {
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
                self.subscripts.push(value);
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
pub(super) fn mentioned(expr: &Expr, into: &mut Vec<VarRef>) {
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
