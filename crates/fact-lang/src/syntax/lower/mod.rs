//! Statements and functions: parser's tree → [`crate::ast`].

mod expr;

use super::scope::{MODULE, Scopes};
use super::{Refusal, SyntaxErrorKind, span};
use crate::ast::{
    Constant, Expr, ExprKind, FrontEnd, Function, Handler, Module, Name, NodeId, Param, ParamKind,
    Span, Stmt, StmtKind,
};
use expr::binary_op;
use ruff_python_ast as py;
use ruff_text_size::{Ranged, TextRange};
use std::sync::Arc;

/// Nested statements and expressions, all kinds together.
const MAX_DEPTH: u32 = 400;

pub(super) fn lower(
    source: &str,
    suite: &[py::Stmt],
    scopes: Scopes,
    pack: bool,
) -> Result<Module, Refusal> {
    let mut lowering = Lowering {
        scopes,
        spans: Vec::new(),
        pack,
        scope: MODULE,
        in_function: false,
        in_loop: false,
        depth: 0,
    };
    let body = lowering.block(suite)?;
    Ok(Module {
        front_end: FrontEnd::Python,
        source: source.into(),
        body,
        spans: lowering.spans,
        globals: lowering.scopes.globals(),
    })
}

struct Lowering {
    scopes: Scopes,
    spans: Vec<Span>,
    pack: bool,
    scope: usize,
    in_function: bool,
    in_loop: bool,
    depth: u32,
}

type Lowered<T> = Result<T, Refusal>;

fn unsupported<T>(range: TextRange, what: &str) -> Lowered<T> {
    Err(Refusal::new(
        SyntaxErrorKind::UnsupportedSyntax,
        span(range),
        format!("{what} are not supported in visual programs"),
    ))
}

fn invalid<T>(range: TextRange, message: &str) -> Lowered<T> {
    Err(Refusal::new(SyntaxErrorKind::Invalid, span(range), message))
}

impl Lowering {
    fn node(&mut self, range: TextRange) -> (NodeId, Span) {
        let span = span(range);
        self.spans.push(span);
        (self.spans.len() as NodeId - 1, span)
    }

    fn name(&mut self, id: &str) -> Name {
        let (id, var) = self.scopes.var(self.scope, id);
        Name { id, var }
    }

    fn deeper(&mut self, range: TextRange) -> Lowered<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Refusal::new(
                SyntaxErrorKind::TooDeep,
                span(range),
                "program is too deeply nested",
            ));
        }
        Ok(())
    }

    fn block(&mut self, stmts: &[py::Stmt]) -> Lowered<Vec<Stmt>> {
        stmts.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&mut self, stmt: &py::Stmt) -> Lowered<Stmt> {
        self.deeper(stmt.range())?;
        let (id, span) = self.node(stmt.range());
        let kind = self.stmt_kind(stmt)?;
        self.depth -= 1;
        Ok(Stmt { id, span, kind })
    }

    fn stmt_kind(&mut self, stmt: &py::Stmt) -> Lowered<StmtKind> {
        Ok(match stmt {
            py::Stmt::FunctionDef(def) => self.function_def(def)?,
            py::Stmt::ClassDef(def) => self.class_def(def)?,
            py::Stmt::Return(r) => {
                if !self.in_function {
                    return invalid(r.range, "'return' outside function");
                }
                StmtKind::Return(self.maybe(r.value.as_deref())?)
            }
            py::Stmt::Delete(d) => StmtKind::Delete(self.exprs(&d.targets)?),
            py::Stmt::Assign(a) => {
                let targets = a
                    .targets
                    .iter()
                    .map(|t| self.target(t))
                    .collect::<Lowered<_>>()?;
                let value = self.expr(&a.value)?;
                StmtKind::Assign { targets, value }
            }
            py::Stmt::AugAssign(a) => StmtKind::AugAssign {
                target: Box::new(self.expr(&a.target)?),
                op: binary_op(a.op),
                value: self.expr(&a.value)?,
            },
            py::Stmt::AnnAssign(a) => StmtKind::AnnAssign {
                target: self.target(&a.target)?,
                annotation: self.expr(&a.annotation)?,
                value: self.maybe(a.value.as_deref())?,
            },
            py::Stmt::For(f) => {
                if f.is_async {
                    return unsupported(f.range, "async statements");
                }
                let target = self.target(&f.target)?;
                let iter = self.expr(&f.iter)?;
                let (body, orelse) = self.looped(&f.body, &f.orelse)?;
                StmtKind::For {
                    target,
                    iter,
                    body,
                    orelse,
                }
            }
            py::Stmt::While(w) => {
                let test = self.expr(&w.test)?;
                let (body, orelse) = self.looped(&w.body, &w.orelse)?;
                StmtKind::While { test, body, orelse }
            }
            py::Stmt::If(i) => {
                let test = self.expr(&i.test)?;
                let body = self.block(&i.body)?;
                let orelse = self.elif(&i.elif_else_clauses)?;
                StmtKind::If { test, body, orelse }
            }
            py::Stmt::With(w) => return unsupported(w.range, "'with' statements"),
            py::Stmt::Match(m) => return unsupported(m.range, "'match' statements"),
            py::Stmt::TypeAlias(t) => return unsupported(t.range, "'type' statements"),
            py::Stmt::IpyEscapeCommand(c) => return unsupported(c.range, "escape commands"),
            py::Stmt::Raise(r) => StmtKind::Raise {
                exc: self.maybe(r.exc.as_deref())?,
                cause: self.maybe(r.cause.as_deref())?,
            },
            py::Stmt::Try(t) => self.try_stmt(t)?,
            py::Stmt::Assert(a) => StmtKind::Assert {
                test: self.expr(&a.test)?,
                msg: self.maybe(a.msg.as_deref())?,
            },
            py::Stmt::Import(i) => {
                let imports = i
                    .names
                    .iter()
                    .map(|alias| {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                        // `import a.b` binds `a`; `import a.b as c` binds the submodule.
                        let (module, target) = if alias.asname.is_some() {
                            (alias.name.as_str(), bound.as_str())
                        } else {
                            let top = alias.name.split('.').next().unwrap_or_default();
                            (alias.name.as_str(), top)
                        };
                        self.import(alias.range, module, None, target)
                    })
                    .collect::<Vec<_>>();
                one_or_many(imports)
            }
            py::Stmt::ImportFrom(i) => {
                let Some(module) = i.module.as_ref().filter(|_| i.level == 0) else {
                    return unsupported(i.range, "relative imports");
                };
                if i.names.iter().any(|alias| alias.name.as_str() == "*") {
                    return unsupported(i.range, "star imports");
                }
                let imports = i
                    .names
                    .iter()
                    .map(|alias| {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        self.import(alias.range, module.as_str(), Some(&alias.name), bound)
                    })
                    .collect::<Vec<_>>();
                one_or_many(imports)
            }
            py::Stmt::Global(_) | py::Stmt::Nonlocal(_) => StmtKind::Scope,
            py::Stmt::Expr(e) => StmtKind::Expr(self.expr(&e.value)?),
            py::Stmt::Pass(_) => StmtKind::Pass,
            py::Stmt::Break(b) => {
                if !self.in_loop {
                    return invalid(b.range, "'break' outside loop");
                }
                StmtKind::Break
            }
            py::Stmt::Continue(c) => {
                if !self.in_loop {
                    return invalid(c.range, "'continue' not properly in loop");
                }
                StmtKind::Continue
            }
        })
    }

    fn import(
        &mut self,
        range: TextRange,
        module: &str,
        member: Option<&str>,
        target: &str,
    ) -> Stmt {
        let (id, span) = self.node(range);
        let kind = StmtKind::Import {
            module: self.scopes.intern(module),
            member: member.map(|m| self.scopes.intern(m)),
            target: self.name(target),
        };
        Stmt { id, span, kind }
    }

    fn looped(
        &mut self,
        body: &[py::Stmt],
        orelse: &[py::Stmt],
    ) -> Lowered<(Vec<Stmt>, Vec<Stmt>)> {
        let outer = std::mem::replace(&mut self.in_loop, true);
        let body = self.block(body)?;
        self.in_loop = outer;
        Ok((body, self.block(orelse)?))
    }

    /// `elif`s become nested `If`s.
    fn elif(&mut self, clauses: &[py::ElifElseClause]) -> Lowered<Vec<Stmt>> {
        let mut lowered = Vec::new();
        for clause in clauses {
            let (id, span) = self.node(clause.range);
            let test = self.maybe(clause.test.as_ref())?;
            lowered.push((id, span, test, self.block(&clause.body)?));
        }
        let mut orelse = Vec::new();
        for (id, span, test, body) in lowered.into_iter().rev() {
            orelse = match test {
                Some(test) => vec![Stmt {
                    id,
                    span,
                    kind: StmtKind::If { test, body, orelse },
                }],
                None => body,
            };
        }
        Ok(orelse)
    }

    fn try_stmt(&mut self, t: &py::StmtTry) -> Lowered<StmtKind> {
        if t.is_star {
            return unsupported(t.range, "exception groups");
        }
        let body = self.block(&t.body)?;
        let mut handlers = Vec::new();
        for py::ExceptHandler::ExceptHandler(h) in &t.handlers {
            let (id, span) = self.node(h.range);
            handlers.push(Handler {
                id,
                span,
                class: self.maybe(h.type_.as_deref())?,
                name: h.name.as_ref().map(|n| self.name(n)),
                body: self.block(&h.body)?,
            });
        }
        Ok(StmtKind::Try {
            body,
            handlers,
            orelse: self.block(&t.orelse)?,
            finalbody: self.block(&t.finalbody)?,
        })
    }

    fn function_def(&mut self, def: &py::StmtFunctionDef) -> Lowered<StmtKind> {
        if def.is_async {
            return unsupported(def.range, "async functions");
        }
        if let Some(d) = def.decorator_list.first().filter(|_| !self.pack) {
            return unsupported(d.range, "decorators");
        }
        if let Some(p) = &def.type_params {
            return unsupported(p.range, "type parameters");
        }
        let name = self.name(&def.name);
        let decorators = def
            .decorator_list
            .iter()
            .map(|d| self.expr(&d.expression))
            .collect::<Lowered<_>>()?;
        let returns = self.maybe(def.returns.as_deref())?;
        let function = self.function(&def.name, def.range, &def.parameters, returns, |this| {
            this.block(&def.body)
        })?;
        Ok(StmtKind::FunctionDef {
            name,
            function: Arc::new(function),
            decorators,
        })
    }

    fn class_def(&mut self, def: &py::StmtClassDef) -> Lowered<StmtKind> {
        if !self.pack {
            return unsupported(def.range, "class definitions");
        }
        if def.arguments.as_ref().is_some_and(|a| !a.args.is_empty()) {
            return unsupported(def.range, "base classes");
        }
        let name = self.name(&def.name);
        let decorators = def
            .decorator_list
            .iter()
            .map(|d| self.expr(&d.expression))
            .collect::<Lowered<_>>()?;
        let outer = std::mem::replace(&mut self.scope, self.scopes.at(def.range, false));
        let body = self.block(&def.body)?;
        self.scope = outer;
        Ok(StmtKind::ClassDef {
            name,
            body,
            decorators,
        })
    }

    fn function(
        &mut self,
        name: &str,
        range: TextRange,
        parameters: &py::Parameters,
        returns: Option<Expr>,
        body: impl FnOnce(&mut Self) -> Lowered<Vec<Stmt>>,
    ) -> Lowered<Function> {
        let (id, _) = self.node(range);
        let scope = self.scopes.at(range, false);
        let mut params = Vec::new();
        let kinds = [
            (&parameters.posonlyargs, ParamKind::PositionalOnly),
            (&parameters.args, ParamKind::Either),
            (&parameters.kwonlyargs, ParamKind::KeywordOnly),
        ];
        for (list, kind) in kinds {
            for p in list {
                let annotation = self.maybe(p.parameter.annotation.as_deref())?;
                let default = self.maybe(p.default.as_deref())?;
                params.push((p.parameter.name.as_str(), annotation, default, kind));
            }
        }
        let outer_scope = std::mem::replace(&mut self.scope, scope);
        let outer_function = std::mem::replace(&mut self.in_function, true);
        let outer_loop = std::mem::replace(&mut self.in_loop, false);
        let params = params
            .into_iter()
            .map(|(name, annotation, default, kind)| Param {
                name: self.name(name),
                annotation,
                default,
                kind,
            })
            .collect();
        let vararg = parameters.vararg.as_ref().map(|p| self.name(&p.name));
        let kwarg = parameters.kwarg.as_ref().map(|p| self.name(&p.name));
        let body = body(self)?;
        self.scope = outer_scope;
        self.in_function = outer_function;
        self.in_loop = outer_loop;
        let doc = match body.first().map(|s| &s.kind) {
            Some(StmtKind::Expr(Expr {
                kind: ExprKind::Constant(Constant::Str(doc)),
                ..
            })) => Some(doc.clone()),
            _ => None,
        };
        Ok(self.in_scope(scope, name, id, params, vararg, kwarg, returns, body, doc))
    }

    #[allow(clippy::too_many_arguments, reason = "one per field")]
    fn in_scope(
        &mut self,
        scope: usize,
        name: &str,
        id: NodeId,
        params: Vec<Param>,
        vararg: Option<Name>,
        kwarg: Option<Name>,
        returns: Option<Expr>,
        body: Vec<Stmt>,
        doc: Option<Arc<str>>,
    ) -> Function {
        let name = self.scopes.intern(name);
        let free = self.scopes.captures(scope);
        let s = self.scopes.scope(scope);
        Function {
            name,
            id,
            params,
            vararg,
            kwarg,
            returns,
            body,
            locals: s.locals.len() as u32,
            local_names: self.scopes.names(&s.locals),
            cells: s.cells.len() as u32,
            free,
            cell_names: self.scopes.names(&[&*s.cells, &*s.free].concat()),
            doc,
        }
    }

    fn maybe(&mut self, expr: Option<&py::Expr>) -> Lowered<Option<Expr>> {
        expr.map(|e| self.expr(e)).transpose()
    }

    fn boxed(&mut self, expr: Option<&py::Expr>) -> Lowered<Option<Box<Expr>>> {
        Ok(self.maybe(expr)?.map(Box::new))
    }

    fn exprs(&mut self, exprs: &[py::Expr]) -> Lowered<Vec<Expr>> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn target(&mut self, expr: &py::Expr) -> Lowered<Expr> {
        if let py::Expr::List(py::ExprList { elts, .. })
        | py::Expr::Tuple(py::ExprTuple { elts, .. }) = expr
            && elts.iter().filter(|e| e.is_starred_expr()).count() > 1
        {
            return invalid(expr.range(), "multiple starred expressions in assignment");
        }
        if expr.is_starred_expr() {
            return invalid(
                expr.range(),
                "starred assignment target must be in a list or tuple",
            );
        }
        self.expr(expr)
    }
}

fn one_or_many(mut imports: Vec<Stmt>) -> StmtKind {
    if imports.len() == 1
        && let Some(only) = imports.pop()
    {
        return only.kind;
    }
    StmtKind::Imports(imports)
}
