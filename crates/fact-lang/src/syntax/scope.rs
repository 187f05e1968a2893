//! Which variable a name means: Python's scoping rules, worked out before lowering.

use super::symbols::{Symbol, SymbolMap, Symbols};
use super::{Refusal, SyntaxErrorKind, span};
use crate::ast::VarRef;
use ruff_python_ast::{
    Comprehension, ElifElseClause, ExceptHandler, Expr, ExprContext, InterpolatedStringElement,
    Parameters, Stmt,
};
use ruff_text_size::TextRange;
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ScopeKind {
    Module,
    Function,
    Class,
    Comprehension,
}

#[derive(Clone, Copy, Default, Debug)]
struct Flags {
    bound: bool,
    global: bool,
    nonlocal: bool,
}

#[derive(Debug)]
pub(super) struct Scope {
    kind: ScopeKind,
    parent: usize,
    names: SymbolMap<Flags>,
    /// Names of local slots.
    pub(super) locals: Vec<Symbol>,
    /// Own captured variables.
    pub(super) cells: Vec<Symbol>,
    /// Free variables.
    pub(super) free: Vec<Symbol>,
    vars: SymbolMap<VarRef>,
}

/// All scopes of a module, found by the range of the node that opens them.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    /// Start and end of the node, whether it is a comprehension; the scope. Sorted once complete.
    by_range: Vec<((u32, u32, bool), usize)>,
    symbols: Symbols,
    /// Names of the module's own variables.
    globals: SymbolMap<()>,
}

pub(super) const MODULE: usize = 0;

/// Collects the scopes of a module and resolves every name in them.
pub(super) fn resolve(suite: &[Stmt]) -> Result<Scopes, Refusal> {
    let mut scopes = Scopes::default();
    scopes.open(ScopeKind::Module, MODULE, None);
    scopes.stmts(MODULE, suite)?;
    scopes.settle()?;
    scopes.by_range.sort_unstable();
    Ok(scopes)
}

impl Scopes {
    /// The scope that the node of this range opens; `comprehension` tells a generator expression
    /// from a lambda of the same range.
    pub(super) fn at(&self, range: TextRange, comprehension: bool) -> usize {
        let key = (range.start().to_u32(), range.end().to_u32(), comprehension);
        match self.by_range.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => self.by_range[at].1,
            Err(_) => MODULE,
        }
    }

    pub(super) fn scope(&self, scope: usize) -> &Scope {
        &self.scopes[scope]
    }

    /// One shared string per distinct name.
    pub(super) fn intern(&mut self, name: &str) -> Arc<str> {
        let symbol = self.symbols.intern(name);
        self.symbols.name(symbol).clone()
    }

    /// The strings of names.
    pub(super) fn names(&self, symbols: &[Symbol]) -> Vec<Arc<str>> {
        symbols
            .iter()
            .map(|symbol| self.symbols.name(*symbol).clone())
            .collect()
    }

    /// The names of the module's own variables, by index.
    pub(super) fn globals(&self) -> Vec<Arc<str>> {
        let names = self.globals.entries();
        names
            .iter()
            .map(|(symbol, ())| self.symbols.name(*symbol).clone())
            .collect()
    }

    /// A name and where it lives, seen from `scope`.
    pub(super) fn var(&mut self, scope: usize, name: &str) -> (Arc<str>, VarRef) {
        let symbol = self.symbols.intern(name);
        let var = match self.scopes[scope].vars.get(symbol) {
            Some(var) => *var,
            None => self.global(symbol),
        };
        (self.symbols.name(symbol).clone(), var)
    }

    fn global(&mut self, name: Symbol) -> VarRef {
        VarRef::Global(self.globals.entry(name, || ()).0 as u32)
    }

    /// For each free variable of `scope`, the index of its cell in the defining frame.
    pub(super) fn captures(&self, scope: usize) -> Vec<u32> {
        let scope = &self.scopes[scope];
        let parent = self.enclosing(scope.parent);
        scope
            .free
            .iter()
            .map(|name| match self.scopes[parent].vars.get(*name) {
                Some(VarRef::Cell(i)) => *i,
                // Cannot happen: `settle` gives every free name a cell in each enclosing scope.
                _ => 0,
            })
            .collect()
    }

    fn open(&mut self, kind: ScopeKind, parent: usize, range: Option<TextRange>) -> usize {
        let index = self.scopes.len();
        self.scopes.push(Scope {
            kind,
            parent,
            names: SymbolMap::default(),
            locals: Vec::new(),
            cells: Vec::new(),
            free: Vec::new(),
            vars: SymbolMap::default(),
        });
        if let Some(range) = range {
            let comprehension = kind == ScopeKind::Comprehension;
            let key = (range.start().to_u32(), range.end().to_u32(), comprehension);
            self.by_range.push((key, index));
        }
        index
    }

    fn flags(&mut self, scope: usize, name: &str) -> &mut Flags {
        let name = self.symbols.intern(name);
        self.scopes[scope].names.entry(name, Flags::default).1
    }

    fn bind(&mut self, scope: usize, name: &str) {
        self.flags(scope, name).bound = true;
    }

    /// A walrus binds in the nearest scope that is not a comprehension.
    fn bind_outside(&mut self, mut scope: usize, name: &str) {
        while self.scopes[scope].kind == ScopeKind::Comprehension {
            self.flags(scope, name);
            scope = self.scopes[scope].parent;
        }
        self.bind(scope, name);
    }

    /// Nearest scope whose variables inner functions see, `scope` included.
    fn enclosing(&self, mut scope: usize) -> usize {
        while self.scopes[scope].kind == ScopeKind::Class {
            scope = self.scopes[scope].parent;
        }
        scope
    }

    fn settle(&mut self) -> Result<(), Refusal> {
        // Which own variables inner scopes capture, and which scopes pass them through.
        let mut path = Vec::new();
        for index in 1..self.scopes.len() {
            for at in 0..self.scopes[index].names.entries().len() {
                let (name, flags) = self.scopes[index].names.entries()[at];
                if flags.global || (flags.bound && !flags.nonlocal) {
                    continue;
                }
                path.clear();
                path.push(index);
                let mut at = self.enclosing(self.scopes[index].parent);
                let owner = loop {
                    if at == MODULE {
                        break None;
                    }
                    match self.scopes[at].names.get(name) {
                        Some(f) if f.global => break None,
                        Some(f) if f.bound && !f.nonlocal => break Some(at),
                        _ => {
                            path.push(at);
                            at = self.enclosing(self.scopes[at].parent);
                        }
                    }
                };
                let Some(owner) = owner else {
                    if flags.nonlocal {
                        let name = self.symbols.name(name);
                        return Err(Refusal::new(
                            SyntaxErrorKind::Invalid,
                            Default::default(),
                            format!("no binding for nonlocal '{name}' found"),
                        ));
                    }
                    continue;
                };
                if !self.scopes[owner].cells.contains(&name) {
                    self.scopes[owner].cells.push(name);
                }
                for scope in &path {
                    if !self.scopes[*scope].free.contains(&name) {
                        self.scopes[*scope].free.push(name);
                    }
                }
            }
        }
        for scope in &mut self.scopes {
            let captured = scope.cells.iter().chain(&scope.free);
            for (i, name) in captured.enumerate() {
                *scope.vars.entry(*name, || VarRef::Local(0)).1 = VarRef::Cell(i as u32);
            }
            for (name, flags) in scope.names.entries() {
                if scope.vars.get(*name).is_some() {
                    continue;
                }
                let var = if scope.kind == ScopeKind::Module || flags.global || !flags.bound {
                    VarRef::Global(self.globals.entry(*name, || ()).0 as u32)
                } else {
                    scope.locals.push(*name);
                    VarRef::Local(scope.locals.len() as u32 - 1)
                };
                scope.vars.entry(*name, || var);
            }
        }
        Ok(())
    }

    fn stmts(&mut self, s: usize, stmts: &[Stmt]) -> Result<(), Refusal> {
        stmts.iter().try_for_each(|stmt| self.stmt(s, stmt))
    }

    fn stmt(&mut self, s: usize, stmt: &Stmt) -> Result<(), Refusal> {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(s, &def.name);
                for decorator in &def.decorator_list {
                    self.expr(s, &decorator.expression);
                }
                self.defaults(s, &def.parameters);
                let inner = self.open(ScopeKind::Function, s, Some(def.range));
                self.parameters(inner, &def.parameters);
                self.stmts(inner, &def.body)?;
            }
            Stmt::ClassDef(def) => {
                self.bind(s, &def.name);
                let inner = self.open(ScopeKind::Class, s, Some(def.range));
                self.stmts(inner, &def.body)?;
            }
            Stmt::Return(r) => self.maybe(s, r.value.as_deref()),
            Stmt::Delete(d) => self.exprs(s, &d.targets),
            Stmt::Assign(a) => {
                self.expr(s, &a.value);
                self.exprs(s, &a.targets);
            }
            Stmt::AugAssign(a) => {
                self.expr(s, &a.target);
                self.expr(s, &a.value);
            }
            Stmt::AnnAssign(a) => {
                self.maybe(s, a.value.as_deref());
                self.expr(s, &a.target);
            }
            Stmt::For(f) => {
                self.expr(s, &f.iter);
                self.expr(s, &f.target);
                self.stmts(s, &f.body)?;
                self.stmts(s, &f.orelse)?;
            }
            Stmt::While(w) => {
                self.expr(s, &w.test);
                self.stmts(s, &w.body)?;
                self.stmts(s, &w.orelse)?;
            }
            Stmt::If(i) => {
                self.expr(s, &i.test);
                self.stmts(s, &i.body)?;
                for ElifElseClause { test, body, .. } in &i.elif_else_clauses {
                    self.maybe(s, test.as_ref());
                    self.stmts(s, body)?;
                }
            }
            Stmt::Raise(r) => {
                self.maybe(s, r.exc.as_deref());
                self.maybe(s, r.cause.as_deref());
            }
            Stmt::Try(t) => {
                self.stmts(s, &t.body)?;
                for ExceptHandler::ExceptHandler(handler) in &t.handlers {
                    self.maybe(s, handler.type_.as_deref());
                    if let Some(name) = &handler.name {
                        self.bind(s, name);
                    }
                    self.stmts(s, &handler.body)?;
                }
                self.stmts(s, &t.orelse)?;
                self.stmts(s, &t.finalbody)?;
            }
            Stmt::Assert(a) => {
                self.expr(s, &a.test);
                self.maybe(s, a.msg.as_deref());
            }
            Stmt::Import(i) => {
                for alias in &i.names {
                    match &alias.asname {
                        Some(name) => self.bind(s, name),
                        None => {
                            let top = alias.name.split('.').next().unwrap_or_default().to_owned();
                            self.bind(s, &top);
                        }
                    }
                }
            }
            Stmt::ImportFrom(i) => {
                for alias in &i.names {
                    self.bind(s, alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::Global(g) => {
                for name in &g.names {
                    self.flags(s, name).global = true;
                    self.flags(MODULE, name);
                }
            }
            Stmt::Nonlocal(n) => {
                if s == MODULE {
                    return Err(Refusal::new(
                        SyntaxErrorKind::Invalid,
                        span(n.range),
                        "nonlocal declaration not allowed at module level",
                    ));
                }
                for name in &n.names {
                    self.flags(s, name).nonlocal = true;
                }
            }
            Stmt::Expr(e) => self.expr(s, &e.value),
            // Refused by lowering, whatever they contain.
            Stmt::TypeAlias(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
        Ok(())
    }

    fn maybe(&mut self, s: usize, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(s, expr);
        }
    }

    fn exprs(&mut self, s: usize, exprs: &[Expr]) {
        for expr in exprs {
            self.expr(s, expr);
        }
    }

    fn defaults(&mut self, s: usize, parameters: &Parameters) {
        for p in parameters.iter_non_variadic_params() {
            self.maybe(s, p.default.as_deref());
        }
    }

    fn parameters(&mut self, s: usize, parameters: &Parameters) {
        for p in parameters.iter() {
            self.bind(s, p.name());
        }
    }

    fn clauses(
        &mut self,
        s: usize,
        range: TextRange,
        clauses: &[Comprehension],
        elements: &[&Expr],
    ) {
        let inner = self.open(ScopeKind::Comprehension, s, Some(range));
        for (i, clause) in clauses.iter().enumerate() {
            self.expr(if i == 0 { s } else { inner }, &clause.iter);
            self.expr(inner, &clause.target);
            self.exprs(inner, &clause.ifs);
        }
        for element in elements {
            self.expr(inner, element);
        }
    }

    fn expr(&mut self, s: usize, mut expr: &Expr) {
        // Left spines of binary operators may be long: walk them without recursion.
        while let Expr::BinOp(b) = expr {
            self.expr(s, &b.right);
            expr = &b.left;
        }
        match expr {
            Expr::BoolOp(b) => self.exprs(s, &b.values),
            Expr::Named(n) => {
                self.expr(s, &n.value);
                if let Expr::Name(name) = &*n.target {
                    self.bind_outside(s, &name.id);
                }
            }
            Expr::UnaryOp(u) => self.expr(s, &u.operand),
            Expr::Lambda(l) => {
                if let Some(p) = &l.parameters {
                    self.defaults(s, p);
                }
                let inner = self.open(ScopeKind::Function, s, Some(l.range));
                if let Some(p) = &l.parameters {
                    self.parameters(inner, p);
                }
                self.expr(inner, &l.body);
            }
            Expr::If(i) => {
                self.expr(s, &i.test);
                self.expr(s, &i.body);
                self.expr(s, &i.orelse);
            }
            Expr::Dict(d) => {
                for item in &d.items {
                    self.maybe(s, item.key.as_ref());
                    self.expr(s, &item.value);
                }
            }
            Expr::Set(e) => self.exprs(s, &e.elts),
            Expr::ListComp(c) => self.clauses(s, c.range, &c.generators, &[&c.elt]),
            Expr::SetComp(c) => self.clauses(s, c.range, &c.generators, &[&c.elt]),
            Expr::Generator(c) => self.clauses(s, c.range, &c.generators, &[&c.elt]),
            Expr::DictComp(c) => match &c.key {
                Some(key) => self.clauses(s, c.range, &c.generators, &[key, &c.value]),
                None => self.clauses(s, c.range, &c.generators, &[&c.value]),
            },
            Expr::Compare(c) => {
                self.expr(s, &c.left);
                self.exprs(s, &c.comparators);
            }
            Expr::Call(c) => {
                self.expr(s, &c.func);
                self.exprs(s, &c.arguments.args);
                for keyword in &c.arguments.keywords {
                    self.expr(s, &keyword.value);
                }
            }
            Expr::FString(f) => {
                for element in f.value.elements() {
                    self.fstring_element(s, element);
                }
            }
            Expr::Attribute(a) => self.expr(s, &a.value),
            Expr::Subscript(e) => {
                self.expr(s, &e.value);
                self.expr(s, &e.slice);
            }
            Expr::Starred(e) => self.expr(s, &e.value),
            Expr::Name(n) => match n.ctx {
                ExprContext::Store | ExprContext::Del => self.bind(s, &n.id),
                _ => {
                    self.flags(s, &n.id);
                }
            },
            Expr::List(e) => self.exprs(s, &e.elts),
            Expr::Tuple(e) => self.exprs(s, &e.elts),
            Expr::Slice(e) => {
                self.maybe(s, e.lower.as_deref());
                self.maybe(s, e.upper.as_deref());
                self.maybe(s, e.step.as_deref());
            }
            _ => {}
        }
    }

    fn fstring_element(&mut self, s: usize, element: &InterpolatedStringElement) {
        if let InterpolatedStringElement::Interpolation(i) = element {
            self.expr(s, &i.expression);
            if let Some(spec) = &i.format_spec {
                for element in &spec.elements {
                    self.fstring_element(s, element);
                }
            }
        }
    }
}
