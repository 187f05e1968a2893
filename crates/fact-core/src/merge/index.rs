//! The program's tree by node, and each node's loops.

use fact_lang::ast::{
    Clause, Constant, Expr, ExprKind, FStringPart, Function, Module, NodeId, Stmt, StmtKind,
};
use std::collections::{HashMap, HashSet};

/// Where things stand in a program.
#[derive(Debug, Default)]
pub struct Index<'a> {
    exprs: HashMap<NodeId, &'a Expr>,
    stmts: HashMap<NodeId, &'a Stmt>,
    /// Loops around a node, outermost first.
    loops: HashMap<NodeId, Vec<NodeId>>,
    /// Any node that can stand for a loop in the trace → the loop's own id (`for` statement, or
    /// the target of a comprehension's clause).
    loop_of: HashMap<NodeId, NodeId>,
    /// The clause of a comprehension loop.
    clauses: HashMap<NodeId, &'a Clause>,
    /// How often a name is read or bound in any way.
    named: HashMap<&'a str, u32>,
    /// How often a name is what a loop iterates over.
    iterated: HashMap<&'a str, u32>,
    /// What a `key=lambda x: …` computes → the call it is the key of.
    keys: HashMap<NodeId, NodeId>,
    /// What one is taken from by its place from the front: `image.boxes` in `image.boxes[0]`.
    picked: HashSet<NodeId>,
    /// Name → how often it is bound, in whatever scope and way.
    bound: HashMap<&'a str, usize>,
    /// Name → the values assigned to it, with the statements.
    values: HashMap<&'a str, Vec<(&'a Stmt, &'a Expr)>>,
    /// Name → the functions defined under it.
    functions: HashMap<&'a str, Vec<&'a Function>>,
    stack: Vec<NodeId>,
}

impl<'a> Index<'a> {
    /// Indexes a module.
    pub fn new(module: &'a Module) -> Self {
        let mut index = Self::default();
        index.block(&module.body);
        index
    }

    /// The expression with this id.
    pub fn expr(&self, id: NodeId) -> Option<&'a Expr> {
        self.exprs.get(&id).copied()
    }

    /// The statement with this id.
    pub fn stmt(&self, id: NodeId) -> Option<&'a Stmt> {
        self.stmts.get(&id).copied()
    }

    /// The loops around a node, outermost first.
    pub fn loops_around(&self, id: NodeId) -> &[NodeId] {
        self.loops.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The loop that an event at this node belongs to, if the node is a loop's.
    pub fn loop_at(&self, id: NodeId) -> Option<NodeId> {
        self.loop_of.get(&id).copied()
    }

    /// What a loop iterates over and binds: (target, iterable).
    pub fn loop_parts(&self, id: NodeId) -> Option<(&'a Expr, &'a Expr)> {
        if let Some(clause) = self.clauses.get(&id) {
            return Some((&clause.target, &clause.iter));
        }
        match &self.stmts.get(&id)?.kind {
            StmtKind::For { target, iter, .. } => Some((target, iter)),
            _ => None,
        }
    }

    /// The expression that made a value: the one that was assigned, for a name that has one
    /// assignment, else the expression itself.
    pub fn source(&self, expr: &'a Expr) -> &'a Expr {
        match &expr.kind {
            ExprKind::Name(name) => match self.assignments(&name.id) {
                [(_, only)] => only,
                _ => expr,
            },
            _ => expr,
        }
    }

    /// The node that made what a loop iterates over, if nothing but loops see it: the expression
    /// itself, or the only value of a name that is read by loops alone.
    pub fn only_iterated(&self, iter: &'a Expr) -> Option<NodeId> {
        let ExprKind::Name(name) = &iter.kind else {
            return Some(iter.id);
        };
        let count = |of: &HashMap<&str, u32>| of.get(&*name.id).copied().unwrap_or(0);
        match self.assignments(&name.id) {
            [(_, only)] if count(&self.named) == count(&self.iterated) + 1 => Some(only.id),
            _ => None,
        }
    }

    /// What a name stands for wherever it is seen: the one value that is ever bound to it.
    pub fn definition(&self, name: &str) -> Option<&'a Expr> {
        match (self.bound.get(name), self.assignments(name)) {
            (Some(1), [(_, value)]) => Some(value),
            _ => None,
        }
    }

    /// Whether one is taken from what this node gives, by its place from the front, and nothing else
    /// is done with it: how many there are besides does not matter.
    pub fn is_picked_from(&self, id: NodeId) -> bool {
        self.picked.contains(&id)
    }

    /// The call of `min`, `max`, `sorted` or `sort` whose key is this expression.
    pub fn key_of(&self, id: NodeId) -> Option<NodeId> {
        self.keys.get(&id).copied()
    }

    /// The statements that assign to a name, in order, with the values.
    pub fn assignments(&self, name: &str) -> &[(&'a Stmt, &'a Expr)] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The function of this name, if there is one only.
    pub fn called(&self, name: &str) -> Option<&'a Function> {
        match (self.bound.get(name), self.functions.get(name)?.as_slice()) {
            (Some(1), [only]) => Some(only),
            _ => None,
        }
    }

    fn bind(&mut self, target: &'a Expr) {
        if let ExprKind::Name(name) = &target.kind {
            *self.bound.entry(&name.id).or_default() += 1;
        } else {
            children(target, &mut |child| self.bind(child));
        }
    }

    /// All statements, in no particular order of nesting but by id.
    pub fn statements(&self) -> impl Iterator<Item = &'a Stmt> {
        let mut all: Vec<&'a Stmt> = self.stmts.values().copied().collect();
        all.sort_by_key(|s| s.id);
        all.into_iter()
    }

    fn block(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.stmt_(stmt);
        }
    }

    fn stmt_(&mut self, stmt: &'a Stmt) {
        self.stmts.insert(stmt.id, stmt);
        self.loops.insert(stmt.id, self.stack.clone());
        match &stmt.kind {
            StmtKind::FunctionDef {
                function,
                decorators,
                ..
            } => {
                decorators.iter().for_each(|d| self.expr_(d));
                *self.bound.entry(&function.name).or_default() += 1;
                let named = self.functions.entry(&function.name).or_default();
                named.push(function);
                self.function(function);
            }
            StmtKind::ClassDef { body, .. } => self.block(body),
            StmtKind::Return(value) => value.iter().for_each(|v| self.expr_(v)),
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    self.bind(target);
                    if let ExprKind::Name(name) = &target.kind {
                        let values = self.values.entry(&name.id).or_default();
                        values.push((stmt, value));
                    }
                    self.expr_(target);
                }
                self.expr_(value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.bind(target);
                if let ExprKind::Name(name) = &target.kind {
                    let values = self.values.entry(&name.id).or_default();
                    values.push((stmt, value));
                }
                self.expr_(target);
                self.expr_(value);
            }
            StmtKind::AnnAssign { target, value, .. } => {
                self.bind(target);
                if let (ExprKind::Name(name), Some(value)) = (&target.kind, value) {
                    let values = self.values.entry(&name.id).or_default();
                    values.push((stmt, value));
                }
                self.expr_(target);
                value.iter().for_each(|v| self.expr_(v));
            }
            StmtKind::If { test, body, orelse } => {
                self.expr_(test);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => {
                self.bind(target);
                self.expr_(iter);
                self.iterates(iter);
                for node in [stmt.id, target.id] {
                    self.loop_of.insert(node, stmt.id);
                }
                self.stack.push(stmt.id);
                self.expr_(target);
                self.block(body);
                self.stack.pop();
                self.block(orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.loop_of.insert(stmt.id, stmt.id);
                self.stack.push(stmt.id);
                self.expr_(test);
                self.block(body);
                self.stack.pop();
                self.block(orelse);
            }
            StmtKind::Expr(value) => self.expr_(value),
            StmtKind::Imports(body) => self.block(body),
            StmtKind::Assert { test, msg } => {
                self.expr_(test);
                msg.iter().for_each(|m| self.expr_(m));
            }
            StmtKind::Raise { exc, cause } => {
                exc.iter().chain(cause).for_each(|e| self.expr_(e));
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                self.block(body);
                for handler in handlers {
                    handler.class.iter().for_each(|c| self.expr_(c));
                    self.block(&handler.body);
                }
                self.block(orelse);
                self.block(finalbody);
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|t| self.expr_(t)),
            StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Import { .. }
            | StmtKind::Scope => {}
        }
    }

    fn function(&mut self, function: &'a Function) {
        for param in &function.params {
            *self.bound.entry(&param.name.id).or_default() += 1;
            param.default.iter().for_each(|d| self.expr_(d));
        }
        // Loops around a definition are not loops around its calls.
        let outer = std::mem::take(&mut self.stack);
        self.block(&function.body);
        self.stack = outer;
    }

    fn expr_(&mut self, expr: &'a Expr) {
        self.exprs.insert(expr.id, expr);
        if let ExprKind::Subscript { value, index } = &expr.kind
            && matches!(index.kind, ExprKind::Constant(Constant::Int(0..)))
        {
            self.picked.insert(value.id);
        }
        self.loops.insert(expr.id, self.stack.clone());
        match &expr.kind {
            ExprKind::Comprehension(comprehension) => {
                let depth = self.stack.len();
                for clause in &comprehension.clauses {
                    self.expr_(&clause.iter);
                    self.iterates(&clause.iter);
                    let id = clause.target.id;
                    self.bind(&clause.target);
                    self.loop_of.insert(id, id);
                    self.loop_of.entry(expr.id).or_insert(id);
                    self.clauses.insert(id, clause);
                    self.stack.push(id);
                    self.expr_(&clause.target);
                    clause.conditions.iter().for_each(|c| self.expr_(c));
                }
                self.expr_(&comprehension.element);
                comprehension.value.iter().for_each(|v| self.expr_(v));
                self.stack.truncate(depth);
            }
            ExprKind::Call { func, keywords, .. } => {
                // What changes a container gives its name another value.
                if let ExprKind::Attribute { value, attr } = &func.kind
                    && MUTATORS.contains(&&**attr)
                {
                    self.bind(value);
                }
                for (name, value) in keywords {
                    if let (Some("key"), ExprKind::Lambda(function)) =
                        (name.as_deref(), &value.kind)
                        && let [
                            Stmt {
                                kind: StmtKind::Return(Some(body)),
                                ..
                            },
                        ] = function.body.as_slice()
                    {
                        self.keys.insert(body.id, expr.id);
                    }
                }
                children(expr, &mut |child| self.expr_(child));
            }
            ExprKind::Lambda(function) => self.lambda(function),
            ExprKind::Name(name) => *self.named.entry(&name.id).or_default() += 1,
            ExprKind::Walrus { name, value } => {
                *self.bound.entry(&name.id).or_default() += 1;
                self.expr_(value);
            }
            _ => children(expr, &mut |child| self.expr_(child)),
        }
    }

    fn iterates(&mut self, iter: &'a Expr) {
        if let ExprKind::Name(name) = &iter.kind {
            *self.iterated.entry(&name.id).or_default() += 1;
        }
    }

    fn lambda(&mut self, function: &'a Function) {
        for param in &function.params {
            *self.bound.entry(&param.name.id).or_default() += 1;
            param.default.iter().for_each(|d| self.expr_(d));
        }
        for stmt in &function.body {
            self.stmts.insert(stmt.id, stmt);
            if let StmtKind::Return(Some(value)) = &stmt.kind {
                self.expr_(value);
            }
        }
    }
}

/// Methods that change the container they are called on.
const MUTATORS: [&str; 13] = [
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "clear",
    "sort",
    "reverse",
    "add",
    "discard",
    "update",
    "setdefault",
    "popitem",
];

/// Calls `f` on each direct sub-expression, comprehensions and lambdas excepted.
pub fn children<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Name(_) => {}
        ExprKind::Comprehension(_) | ExprKind::Lambda(_) => {}
        ExprKind::Attribute { value, .. } | ExprKind::Starred(value) => f(value),
        ExprKind::Walrus { value, .. } => f(value),
        ExprKind::Subscript { value, index } => {
            f(value);
            f(index);
        }
        ExprKind::Slice { lower, upper, step } => {
            [lower, upper, step]
                .into_iter()
                .flatten()
                .for_each(|e| f(e));
        }
        ExprKind::Call {
            func,
            args,
            keywords,
        } => {
            f(func);
            args.iter().for_each(&mut *f);
            keywords.iter().for_each(|(_, value)| f(value));
        }
        ExprKind::Unary { operand, .. } => f(operand),
        ExprKind::Binary { left, right, .. } => {
            f(left);
            f(right);
        }
        ExprKind::Bool { values, .. } => values.iter().for_each(f),
        ExprKind::Compare {
            left, comparators, ..
        } => {
            f(left);
            comparators.iter().for_each(f);
        }
        ExprKind::IfExp { test, body, orelse } => {
            f(test);
            f(body);
            f(orelse);
        }
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
            items.iter().for_each(f);
        }
        ExprKind::Dict(items) => {
            for (key, value) in items {
                key.iter().for_each(&mut *f);
                f(value);
            }
        }
        ExprKind::FString(parts) => fstring(parts, f),
    }
}

fn fstring<'a>(parts: &'a [FStringPart], f: &mut dyn FnMut(&'a Expr)) {
    for part in parts {
        if let FStringPart::Value { value, spec, .. } = part {
            f(value);
            fstring(spec, f);
        }
    }
}
