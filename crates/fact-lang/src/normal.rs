//! The normal form of a program: two programs with the same one do the same.
//!
//! Left out is what no run can tell: formatting, comments, docstrings, annotations, redundant
//! parentheses, and the names of local variables, which are numbered in the order of their first
//! appearance. A parameter keeps its name where somebody could give it by name: in the entry
//! function, and wherever a call of the program has a keyword of that name. Nothing else is
//! rewritten: `a < b` and `b > a` differ, and so do two orders of the same statements.

use crate::ast::{
    Clause, Comprehension, Constant, Expr, ExprKind, FStringPart, Function, Handler, Module, Name,
    Param, Stmt, StmtKind, VarRef,
};
use crate::pack::Pack;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// The normal form of a program, as text without meaning of its own: for comparing and hashing.
pub fn normal_form(module: &Module) -> String {
    let mut keywords = Keywords::default();
    keywords.block(&module.body);
    let mut form = Form {
        keywords,
        out: format!("{:?}", module.front_end),
        scopes: Vec::new(),
        numbered: 0,
    };
    form.block(&module.body);
    form.out
}

/// By which names the calls of a program give arguments.
#[derive(Default)]
struct Keywords {
    names: BTreeSet<Arc<str>>,
    /// Whether a call unpacks a dictionary, which may hold any name.
    any: bool,
}

/// The numbers of the variables of one function, or of one comprehension.
struct Scope {
    locals: BTreeMap<u32, usize>,
    /// Of the captured variables that are its own.
    cells: BTreeMap<u32, usize>,
    /// How many captured variables are its own; those behind them are free.
    own: u32,
    /// For each free variable, its cell in the scope around.
    free: Vec<u32>,
}

impl Scope {
    fn of(function: &Function) -> Self {
        Self {
            locals: BTreeMap::new(),
            cells: BTreeMap::new(),
            own: function.cells,
            free: function.free.clone(),
        }
    }
}

struct Form {
    keywords: Keywords,
    out: String,
    scopes: Vec<Scope>,
    /// How many variables have a number.
    numbered: usize,
}

/// The parts of a tree that hold expressions: what [`Keywords`] walks.
impl Keywords {
    fn block(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::FunctionDef {
                function,
                decorators,
                ..
            } => {
                self.all(decorators);
                self.function(function);
            }
            StmtKind::ClassDef { body, .. } => self.block(body),
            StmtKind::Return(value) => self.all(value),
            StmtKind::Assign { targets, value } => {
                self.all(targets);
                self.expr(value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign { target, value, .. } => {
                self.expr(target);
                self.all(value);
            }
            StmtKind::If { test, .. } | StmtKind::While { test, .. } => self.expr(test),
            StmtKind::For { target, iter, .. } => {
                self.expr(target);
                self.expr(iter);
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.all(msg);
            }
            StmtKind::Raise { exc, cause } => {
                self.all(exc);
                self.all(cause);
            }
            StmtKind::Try { handlers, .. } => {
                for handler in handlers {
                    self.all(&handler.class);
                }
            }
            StmtKind::Delete(targets) => self.all(targets),
            StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Import { .. }
            | StmtKind::Imports(_)
            | StmtKind::Scope => {}
        }
        for block in stmt.blocks() {
            self.block(block);
        }
    }

    fn function(&mut self, function: &Function) {
        for param in &function.params {
            self.all(&param.default);
        }
        self.block(&function.body);
    }

    fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant(_) | ExprKind::Name(_) => {}
            ExprKind::Attribute { value, .. } | ExprKind::Walrus { value, .. } => self.expr(value),
            ExprKind::Starred(value) => self.expr(value),
            ExprKind::Subscript { value, index } => {
                self.expr(value);
                self.expr(index);
            }
            ExprKind::Slice { lower, upper, step } => {
                for part in [lower, upper, step].into_iter().flatten() {
                    self.expr(part);
                }
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.expr(func);
                self.all(args);
                for (name, value) in keywords {
                    match name {
                        Some(name) => {
                            self.names.insert(name.clone());
                        }
                        None => self.any = true,
                    }
                    self.expr(value);
                }
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Bool { values, .. } => self.all(values),
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left);
                self.all(comparators);
            }
            ExprKind::IfExp { test, body, orelse } => {
                for part in [test, body, orelse] {
                    self.expr(part);
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self.all(items);
            }
            ExprKind::Dict(entries) => {
                for (key, value) in entries {
                    self.all(key);
                    self.expr(value);
                }
            }
            ExprKind::Comprehension(comprehension) => {
                self.expr(&comprehension.element);
                self.all(&comprehension.value);
                for clause in &comprehension.clauses {
                    self.expr(&clause.target);
                    self.expr(&clause.iter);
                    self.all(&clause.conditions);
                }
            }
            ExprKind::Lambda(function) => self.function(function),
            ExprKind::FString(parts) => self.parts(parts),
        }
    }

    fn parts(&mut self, parts: &[FStringPart]) {
        for part in parts {
            if let FStringPart::Value { value, spec, .. } = part {
                self.expr(value);
                self.parts(spec);
            }
        }
    }
}

impl Form {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
    }

    fn block(&mut self, body: &[Stmt]) {
        self.out.push('{');
        for stmt in body {
            self.stmt(stmt);
        }
        self.out.push('}');
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            // Nothing happens: docstrings, `pass`, and what was resolved when the text was read.
            StmtKind::Pass | StmtKind::Scope => return,
            StmtKind::Expr(Expr {
                kind: ExprKind::Constant(_),
                ..
            }) => return,
            StmtKind::FunctionDef { name, function, .. } => {
                self.out.push_str("def ");
                self.name(name);
                let is_entry = self.scopes.is_empty() && &*name.id == Pack::ENTRY;
                self.function(function, is_entry);
            }
            StmtKind::ClassDef { name, body, .. } => {
                self.out.push_str("class ");
                self.name(name);
                self.block(body);
            }
            StmtKind::Return(value) => self.exprs("return", value),
            StmtKind::Assign { targets, value } => {
                self.exprs("assign", targets);
                self.expr(value);
            }
            StmtKind::AugAssign { target, op, value } => {
                self.put(format_args!("update {op:?}"));
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign { target, value, .. } => match value {
                Some(value) => {
                    self.exprs("assign", [target]);
                    self.expr(value);
                }
                None => return,
            },
            StmtKind::If { test, body, orelse } => {
                self.exprs("if", [test]);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.exprs("while", [test]);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => {
                self.exprs("for", [target, iter]);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::Expr(value) => self.exprs("do", [value]),
            StmtKind::Break => self.out.push_str("break"),
            StmtKind::Continue => self.out.push_str("continue"),
            StmtKind::Import {
                module,
                member,
                target,
            } => {
                self.put(format_args!("import {module:?} {member:?}"));
                self.name(target);
            }
            StmtKind::Imports(imports) => {
                for import in imports {
                    self.stmt(import);
                }
                return;
            }
            StmtKind::Assert { test, msg } => {
                self.exprs("assert", [test]);
                self.exprs("", msg);
            }
            StmtKind::Raise { exc, cause } => {
                self.exprs("raise", exc);
                self.exprs("", cause);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                self.out.push_str("try");
                self.block(body);
                for handler in handlers {
                    self.handler(handler);
                }
                self.block(orelse);
                self.block(finalbody);
            }
            StmtKind::Delete(targets) => self.exprs("del", targets),
        }
        self.out.push(';');
    }

    fn handler(&mut self, handler: &Handler) {
        self.exprs("except", &handler.class);
        if let Some(name) = &handler.name {
            self.name(name);
        }
        self.block(&handler.body);
    }

    /// Defaults belong to the scope around the function.
    fn function(&mut self, function: &Function, is_entry: bool) {
        for param in &function.params {
            self.exprs("default", &param.default);
        }
        self.scopes.push(Scope::of(function));
        for param in &function.params {
            self.param(param, is_entry);
        }
        for (star, name) in [("*", &function.vararg), ("**", &function.kwarg)] {
            if let Some(name) = name {
                self.out.push_str(star);
                self.name(name);
            }
        }
        self.block(&function.body);
        self.scopes.pop();
    }

    fn param(&mut self, param: &Param, is_entry: bool) {
        // Whoever collects keywords sees their names.
        let named = is_entry || self.keywords.any || self.keywords.names.contains(&*param.name.id);
        self.put(format_args!("{:?}", param.kind));
        if named {
            self.put(format_args!("{:?}", param.name.id));
        }
        self.name(&param.name);
    }

    /// A variable: its number, or its name if it is the module's.
    fn name(&mut self, name: &Name) {
        let number = match name.var {
            VarRef::Local(slot) => {
                let next = self.numbered;
                let scope = self.scopes.last_mut();
                scope.map(|scope| *scope.locals.entry(slot).or_insert(next))
            }
            VarRef::Cell(cell) => self.cell(cell),
            VarRef::Global(_) => None,
        };
        match number {
            Some(number) => {
                self.numbered = self.numbered.max(number + 1);
                self.put(format_args!("${number} "));
            }
            None => self.put(format_args!("{:?}", name.id)),
        }
    }

    /// The number of a captured variable, in the scope that it belongs to.
    fn cell(&mut self, mut cell: u32) -> Option<usize> {
        let next = self.numbered;
        for scope in self.scopes.iter_mut().rev() {
            let Some(beyond) = cell.checked_sub(scope.own) else {
                return Some(*scope.cells.entry(cell).or_insert(next));
            };
            cell = *scope.free.get(beyond as usize)?;
        }
        None
    }

    fn exprs<'e>(&mut self, what: &str, exprs: impl IntoIterator<Item = &'e Expr>) {
        self.out.push_str(what);
        self.out.push('(');
        for expr in exprs {
            self.expr(expr);
        }
        self.out.push(')');
    }

    fn part(&mut self, part: &Option<Box<Expr>>) {
        self.exprs("", part.as_deref());
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant(constant) => self.constant(constant),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Attribute { value, attr } => {
                self.expr(value);
                self.put(format_args!(".{attr} "));
            }
            ExprKind::Subscript { value, index } => self.exprs("item", [&**value, index]),
            ExprKind::Slice { lower, upper, step } => {
                self.out.push_str("slice");
                for part in [lower, upper, step] {
                    self.part(part);
                }
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.exprs("call", [&**func]);
                self.exprs("", args);
                for (name, value) in keywords {
                    self.put(format_args!("{name:?}="));
                    self.expr(value);
                }
                self.out.push(')');
            }
            ExprKind::Starred(value) => self.exprs("star", [&**value]),
            ExprKind::Unary { op, operand } => {
                self.put(format_args!("{op:?}"));
                self.exprs("", [&**operand]);
            }
            ExprKind::Binary { op, left, right } => {
                self.put(format_args!("{op:?}"));
                self.exprs("", [&**left, right]);
            }
            ExprKind::Bool { and, values } => {
                self.exprs(if *and { "and" } else { "or" }, values);
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.put(format_args!("{ops:?}"));
                self.exprs("", [&**left]);
                self.exprs("", comparators);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.exprs("either", [&**test, body, orelse]);
            }
            ExprKind::List(items) => self.exprs("list", items),
            ExprKind::Tuple(items) => self.exprs("tuple", items),
            ExprKind::Set(items) => self.exprs("set", items),
            ExprKind::Dict(entries) => {
                self.out.push_str("dict(");
                for (key, value) in entries {
                    self.exprs("", key);
                    self.expr(value);
                }
                self.out.push(')');
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Lambda(function) => {
                self.out.push_str("lambda");
                self.function(function, false);
            }
            ExprKind::FString(parts) => self.parts(parts),
            ExprKind::Walrus { name, value } => {
                self.out.push_str("walrus");
                self.name(name);
                self.expr(value);
            }
        }
    }

    fn comprehension(&mut self, comprehension: &Comprehension) {
        self.put(format_args!("{:?}(", comprehension.kind));
        let Some((first, further)) = comprehension.clauses.split_first() else {
            return;
        };
        // The first iterable is evaluated in the scope around.
        self.expr(&first.iter);
        self.scopes.push(Scope::of(&comprehension.scope));
        self.clause(first);
        for clause in further {
            self.expr(&clause.iter);
            self.clause(clause);
        }
        self.expr(&comprehension.element);
        self.exprs("", &comprehension.value);
        self.scopes.pop();
        self.out.push(')');
    }

    fn clause(&mut self, clause: &Clause) {
        self.exprs("in", [&clause.target]);
        self.exprs("if", &clause.conditions);
    }

    fn parts(&mut self, parts: &[FStringPart]) {
        self.out.push_str("text(");
        for part in parts {
            match part {
                FStringPart::Literal(text) => self.put(format_args!("{text:?}")),
                FStringPart::Value {
                    value,
                    debug,
                    conversion,
                    spec,
                } => {
                    self.put(format_args!("{debug:?}{conversion:?}"));
                    self.exprs("", [&**value]);
                    self.parts(spec);
                }
            }
        }
        self.out.push(')');
    }

    fn constant(&mut self, constant: &Constant) {
        self.put(format_args!("{constant:?} "));
    }
}
