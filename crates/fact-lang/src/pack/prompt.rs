//! A pack as stubs for prompts.

use super::Pack;
use super::load::is_public_constant;
use crate::ast::{Expr, ExprKind, FrontEnd, Function, ParamKind, Stmt, StmtKind};
use indexmap::IndexMap;
use std::fmt::Write;

/// What the prompt shows, by name, at the place of its first definition.
enum Item<'a> {
    /// A class: its body and what extends it.
    Class(Vec<&'a [Stmt]>),
    /// A function: the last definition.
    Function(&'a Function),
    /// A constant: the last value.
    Constant(&'a Stmt),
}

/// With docstrings, or signatures alone.
pub(super) fn stub(pack: &Pack, docs: bool) -> String {
    let mut items: IndexMap<&str, Item<'_>> = IndexMap::new();
    for stmt in &pack.module.body {
        match &stmt.kind {
            StmtKind::ClassDef { name, body, .. } if !name.id.starts_with('_') => {
                match items.get_mut(&*name.id) {
                    Some(Item::Class(bodies)) => bodies.push(body),
                    _ => {
                        items.insert(&name.id, Item::Class(vec![body]));
                    }
                }
            }
            StmtKind::FunctionDef {
                name,
                function,
                decorators,
            } if !name.id.starts_with('_') && !has(decorators, "primitive") => {
                // Of a pack of steps the rest is what steps are made of.
                let inner = pack.front_end == FrontEnd::VisProg && function.doc.is_none();
                if !inner {
                    items.insert(&name.id, Item::Function(function));
                }
            }
            StmtKind::Assign { targets, value } => {
                if let [
                    Expr {
                        kind: ExprKind::Name(name),
                        ..
                    },
                ] = targets.as_slice()
                    && is_public_constant(&name.id, value)
                {
                    items.insert(&name.id, Item::Constant(stmt));
                }
            }
            _ => {}
        }
    }
    let mut out = String::new();
    let mut after_constant = false;
    for (name, item) in items {
        let is_constant = matches!(item, Item::Constant(_));
        if !(after_constant && is_constant) {
            separate(&mut out);
        }
        after_constant = is_constant;
        match item {
            Item::Constant(stmt) => {
                // Writing to a string does not fail.
                let _ = writeln!(out, "{}", pack.module.text(stmt.span));
            }
            Item::Class(bodies) => class(pack, name, &bodies, docs, &mut out),
            Item::Function(f) => function(pack, f, name, 0, docs, &mut out),
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

fn class(pack: &Pack, name: &str, bodies: &[&[Stmt]], docs: bool, out: &mut String) {
    // Writing to a string does not fail, here and below.
    let _ = writeln!(out, "class {name}:");
    let mut doc = None;
    let mut members: IndexMap<&str, &Stmt> = IndexMap::new();
    for body in bodies {
        for (i, stmt) in body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Expr(Expr {
                    kind: ExprKind::Constant(crate::ast::Constant::Str(text)),
                    ..
                }) if i == 0 => doc = Some(text),
                StmtKind::AnnAssign { target, .. } => {
                    members.insert(pack.module.text(target.span), stmt);
                }
                StmtKind::FunctionDef { name, function, .. } => {
                    let init = &*name.id == "__init__" && function.doc.is_some();
                    if init || !name.id.starts_with('_') {
                        members.insert(&name.id, stmt);
                    }
                }
                _ => {}
            }
        }
    }
    let doc = doc.filter(|_| docs);
    if let Some(doc) = doc {
        docstring(doc, 1, out);
    }
    let mut empty = doc.is_none();
    for (member, stmt) in members {
        match &stmt.kind {
            StmtKind::AnnAssign { .. } if !member.starts_with('_') => {
                let _ = writeln!(out, "    {}", pack.module.text(stmt.span));
                empty = false;
            }
            StmtKind::FunctionDef {
                function: f,
                decorators,
                ..
            } => {
                if docs {
                    out.push('\n');
                }
                for shown in ["property", "staticmethod"] {
                    if has(decorators, shown) {
                        let _ = writeln!(out, "    @{shown}");
                    }
                }
                function(pack, f, &f.name, 1, docs, out);
                empty = false;
            }
            _ => {}
        }
    }
    if empty {
        out.push_str("    ...\n");
    }
}

fn function(pack: &Pack, f: &Function, name: &str, indent: usize, docs: bool, out: &mut String) {
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
    let end = if docs { "" } else { " ..." };
    let _ = writeln!(out, "{pad}def {name}({}){returns}:{end}", params.join(", "));
    match &f.doc {
        _ if !docs => {}
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
