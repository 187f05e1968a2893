//! A pack as stubs for prompts.

use super::Pack;
use crate::ast::{Expr, ExprKind, FrontEnd, Function, ParamKind, Stmt, StmtKind};
use std::fmt::Write;

pub(super) fn stub(pack: &Pack) -> String {
    let mut out = String::new();
    for stmt in &pack.module.body {
        match &stmt.kind {
            StmtKind::ClassDef { name, body, .. } if !name.id.starts_with('_') => {
                separate(&mut out);
                class(pack, &name.id, body, &mut out);
            }
            StmtKind::FunctionDef {
                name,
                function: f,
                decorators,
            } if !name.id.starts_with('_') && !has(decorators, "primitive") => {
                // Of a pack of steps the rest is what steps are made of.
                if pack.front_end == FrontEnd::VisProg && f.doc.is_none() {
                    continue;
                }
                separate(&mut out);
                function(pack, f, &f.name, 0, &mut out);
            }
            _ => {}
        }
    }
    out
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn has(decorators: &[Expr], wanted: &str) -> bool {
    decorators
        .iter()
        .any(|d| matches!(&d.kind, ExprKind::Name(n) if &*n.id == wanted))
}

fn class(pack: &Pack, name: &str, body: &[Stmt], out: &mut String) {
    // Writing to a string does not fail, here and below.
    let _ = writeln!(out, "class {name}:");
    let mut empty = true;
    for (i, stmt) in body.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Expr(Expr {
                kind: ExprKind::Constant(crate::ast::Constant::Str(doc)),
                ..
            }) if i == 0 => {
                docstring(doc, 1, out);
                empty = false;
            }
            StmtKind::AnnAssign { target, .. } => {
                let field = pack.module.text(target.span);
                if !field.starts_with('_') {
                    let _ = writeln!(out, "    {}", pack.module.text(stmt.span));
                    empty = false;
                }
            }
            StmtKind::FunctionDef {
                function: f,
                decorators,
                ..
            } => {
                let init = &*f.name == "__init__" && f.doc.is_some();
                if f.name.starts_with('_') && !init {
                    continue;
                }
                out.push('\n');
                if has(decorators, "property") {
                    out.push_str("    @property\n");
                }
                function(pack, f, &f.name, 1, out);
                empty = false;
            }
            _ => {}
        }
    }
    if empty {
        out.push_str("    ...\n");
    }
}

fn function(pack: &Pack, f: &Function, name: &str, indent: usize, out: &mut String) {
    let mut params = Vec::new();
    let mut keyword_only = false;
    for param in &f.params {
        if param.kind == ParamKind::KeywordOnly && !keyword_only {
            keyword_only = true;
            params.push("*".to_owned());
        }
        let mut text = param.name.id.to_string();
        if let Some(annotation) = &param.annotation {
            let _ = write!(text, ": {}", pack.module.text(annotation.span));
        }
        if let Some(default) = &param.default {
            let equals = if param.annotation.is_some() {
                " = "
            } else {
                "="
            };
            let _ = write!(text, "{equals}{}", pack.module.text(default.span));
        }
        params.push(text);
    }
    let returns = match &f.returns {
        Some(e) => format!(" -> {}", pack.module.text(e.span)),
        None => String::new(),
    };
    let pad = "    ".repeat(indent);
    let _ = writeln!(out, "{pad}def {name}({}){returns}:", params.join(", "));
    match &f.doc {
        Some(doc) => docstring(doc, indent + 1, out),
        None => {
            let _ = writeln!(out, "{pad}    ...");
        }
    }
}

/// A docstring at a new indentation; its own is dropped.
fn docstring(doc: &str, indent: usize, out: &mut String) {
    let pad = "    ".repeat(indent);
    let lines: Vec<&str> = doc.trim().lines().collect();
    let own = lines
        .iter()
        .skip(1)
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    let _ = write!(out, "{pad}\"\"\"");
    for (i, line) in lines.iter().enumerate() {
        if i == 0 {
            out.push_str(line.trim_end());
        } else {
            let rest = line.get(own..).unwrap_or("").trim_end();
            out.push('\n');
            if !rest.is_empty() {
                let _ = write!(out, "{pad}{rest}");
            }
        }
    }
    if lines.len() > 1 {
        let _ = write!(out, "\n{pad}");
    }
    out.push_str("\"\"\"\n");
}
