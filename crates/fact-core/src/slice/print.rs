//! Residual programs: printing a module with some statements left out.

use fact_lang::ast::{
    Expr, FrontEnd, Function, Handler, Module, NodeId, ParamKind, Stmt, StmtKind,
};
use std::fmt::Write;

/// Prints the statements for which `keep` holds; a compound statement that is kept but has no kept
/// statement in a block that must not be empty gets `pass`. Simple statements and expressions are
/// the source's own text; indentation is four spaces; comments outside of statements are dropped;
/// names that one statement imports get a statement each.
/// Steps of VisProg are printed as steps.
pub fn print(module: &Module, keep: &dyn Fn(NodeId) -> bool) -> String {
    let mut printer = Printer {
        module,
        keep,
        out: String::new(),
    };
    match (module.front_end, module.body.as_slice()) {
        (FrontEnd::VisProg, [steps]) => {
            for body in super::blocks(steps) {
                printer.block(body, 0, false);
            }
        }
        _ => printer.block(&module.body, 0, false),
    }
    printer.out
}

struct Printer<'a> {
    module: &'a Module,
    keep: &'a dyn Fn(NodeId) -> bool,
    out: String,
}

impl Printer<'_> {
    fn block(&mut self, body: &[Stmt], depth: usize, required: bool) {
        let before = self.out.len();
        for stmt in body {
            if (self.keep)(stmt.id) {
                self.stmt(stmt, depth);
            }
        }
        if required && self.out.len() == before {
            self.line(depth, "pass");
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = 4 * depth);
    }

    /// Text of an expression for a header; in parentheses if it runs over several lines.
    fn header(&self, expr: &Expr) -> String {
        let text = self.module.text(expr.span);
        if text.contains('\n') {
            format!("({text})")
        } else {
            text.to_owned()
        }
    }

    fn any_kept(&self, body: &[Stmt]) -> bool {
        body.iter().any(|s| (self.keep)(s.id))
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::If { .. } => self.if_chain(stmt, depth, "if"),
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => {
                let target_text = self.target(target);
                let text = format!("for {target_text} in {}:", self.header(iter));
                self.line(depth, &text);
                self.block(body, depth + 1, true);
                self.else_block(orelse, depth);
            }
            StmtKind::While { test, body, orelse } => {
                let text = format!("while {}:", self.header(test));
                self.line(depth, &text);
                self.block(body, depth + 1, true);
                self.else_block(orelse, depth);
            }
            StmtKind::FunctionDef { name, function, .. } => {
                let text = self.signature(&name.id, function);
                self.line(depth, &text);
                self.block(&function.body, depth + 1, true);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                let handled = handlers.iter().any(|h| (self.keep)(h.id));
                if !handled && !self.any_kept(finalbody) {
                    // Nothing is caught and nothing is made up for: what is left is done.
                    let before = self.out.len();
                    self.block(body, depth, false);
                    self.block(orelse, depth, false);
                    if self.out.len() == before {
                        self.line(depth, "pass");
                    }
                    return;
                }
                self.line(depth, "try:");
                self.block(body, depth + 1, true);
                for handler in handlers.iter().filter(|h| (self.keep)(h.id)) {
                    self.handler(handler, depth);
                }
                if handled {
                    self.else_block(orelse, depth);
                } else {
                    // Python has no `else` without `except`: it is the end of the body.
                    self.block(orelse, depth + 1, false);
                }
                if self.any_kept(finalbody) {
                    self.line(depth, "finally:");
                    self.block(finalbody, depth + 1, true);
                }
            }
            StmtKind::Imports(imports) => {
                for import in imports.iter().filter(|i| (self.keep)(i.id)) {
                    self.import(import, depth);
                }
            }
            // A generated program has no class; packs are not sliced. Everything else is simple.
            _ => {
                let text = self.module.text(stmt.span).to_owned();
                self.line(depth, &text);
            }
        }
    }

    /// One name of several that a statement imports.
    fn import(&mut self, stmt: &Stmt, depth: usize) {
        let StmtKind::Import {
            module,
            member,
            target,
        } = &stmt.kind
        else {
            return;
        };
        let (before, name) = match member {
            Some(member) => (format!("from {module} import "), member),
            None => ("import ".to_owned(), module),
        };
        let first = name.split('.').next() == Some(&*target.id);
        let alias = match first {
            true => String::new(),
            false => format!(" as {}", target.id),
        };
        self.line(depth, &format!("{before}{name}{alias}"));
    }

    fn if_chain(&mut self, stmt: &Stmt, depth: usize, word: &str) {
        let StmtKind::If { test, body, orelse } = &stmt.kind else {
            return;
        };
        let text = format!("{word} {}:", self.header(test));
        self.line(depth, &text);
        self.block(body, depth + 1, true);
        match orelse.as_slice() {
            [only] if matches!(only.kind, StmtKind::If { .. }) && (self.keep)(only.id) => {
                self.if_chain(only, depth, "elif");
            }
            _ => self.else_block(orelse, depth),
        }
    }

    fn else_block(&mut self, orelse: &[Stmt], depth: usize) {
        if self.any_kept(orelse) {
            self.line(depth, "else:");
            self.block(orelse, depth + 1, true);
        }
    }

    fn handler(&mut self, handler: &Handler, depth: usize) {
        let mut text = "except".to_owned();
        if let Some(class) = &handler.class {
            text.push(' ');
            text.push_str(&self.parenthesised(class));
        }
        if let Some(name) = &handler.name {
            let _ = write!(text, " as {}", name.id);
        }
        text.push(':');
        self.line(depth, &text);
        self.block(&handler.body, depth + 1, true);
    }

    /// The text of a tuple may lack its parentheses; where they matter they are put back.
    fn parenthesised(&self, expr: &Expr) -> String {
        let text = self.module.text(expr.span);
        let bare_tuple =
            matches!(expr.kind, fact_lang::ast::ExprKind::Tuple(_)) && !text.starts_with('(');
        if bare_tuple || text.contains('\n') {
            format!("({text})")
        } else {
            text.to_owned()
        }
    }

    fn target(&self, target: &Expr) -> String {
        self.parenthesised(target).trim().to_owned()
    }

    fn signature(&self, name: &str, function: &Function) -> String {
        let mut params: Vec<String> = Vec::new();
        let mut last = None;
        let mut starred = false;
        for param in &function.params {
            if last == Some(ParamKind::PositionalOnly) && param.kind != ParamKind::PositionalOnly {
                params.push("/".to_owned());
            }
            if param.kind == ParamKind::KeywordOnly && !starred {
                params.push(match &function.vararg {
                    Some(vararg) => format!("*{}", vararg.id),
                    None => "*".to_owned(),
                });
                starred = true;
            }
            let mut text = param.name.id.to_string();
            if let Some(annotation) = &param.annotation {
                let _ = write!(text, ": {}", self.module.text(annotation.span));
            }
            if let Some(default) = &param.default {
                let _ = write!(text, "={}", self.header(default));
            }
            params.push(text);
            last = Some(param.kind);
        }
        if last == Some(ParamKind::PositionalOnly) {
            params.push("/".to_owned());
        }
        if let (Some(vararg), false) = (&function.vararg, starred) {
            params.push(format!("*{}", vararg.id));
        }
        if let Some(kwarg) = &function.kwarg {
            params.push(format!("**{}", kwarg.id));
        }
        let returns = match &function.returns {
            Some(returns) => format!(" -> {}", self.module.text(returns.span)),
            None => String::new(),
        };
        format!("def {name}({}){returns}:", params.join(", "))
    }
}
