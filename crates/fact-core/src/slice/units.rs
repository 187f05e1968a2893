//! Units of deletion: what of a program a slice may leave out, one at a time.
//!
//! A unit is a statement with everything in it (so also an import of one name among several, or a
//! helper function), or one `except` clause. What is not a unit: an import of a name that is used, the `def` of the entry function,
//! parameters, parts of an expression, and the header of a compound statement without its body. A
//! block whose statements are all gone is printed as `pass` where Python wants one, and is left out
//! with its keyword where it does not; a `try` without clauses is the statements in it.

use super::mentions::Mentions;
use fact_lang::ast::{Handler, Module, NodeId, Stmt, StmtKind};
use fact_lang::pack::Pack;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every unit of the program, outer before inner: all but the `def` of an entry, which a snippet
/// does not have. `pass` is no unit: it is what a block without statements is printed with.
pub fn deletable(module: &Module, pack: &Pack) -> Vec<NodeId> {
    ordered(module, pack, false)
}

/// The units, outer before inner and of each block the last first.
pub(super) fn last_first(module: &Module, pack: &Pack) -> Vec<NodeId> {
    ordered(module, pack, true)
}

fn ordered(module: &Module, pack: &Pack, reversed: bool) -> Vec<NodeId> {
    let mut ids = Vec::new();
    let used = Mentions::new(module).names;
    let only_function = only_function(module, pack);
    for stmt in directed(&module.body, reversed) {
        let body = entry_body(stmt, only_function);
        let body = body.unwrap_or(std::slice::from_ref(stmt));
        collect(body, reversed, &used, &mut ids);
    }
    ids
}

fn only_function(module: &Module, pack: &Pack) -> bool {
    let functions = module
        .body
        .iter()
        .filter(|s| matches!(s.kind, StmtKind::FunctionDef { .. }))
        .count();
    functions == 1 && pack.result_of(module).is_none()
}

/// The statements of an entry function.
fn entry_body(stmt: &Stmt, only_function: bool) -> Option<&[Stmt]> {
    match &stmt.kind {
        StmtKind::FunctionDef { name, function, .. }
            if only_function || name.id.starts_with("execute_command") =>
        {
            Some(&function.body)
        }
        _ => None,
    }
}

/// Number of statements; neither the `def` of an entry function nor `pass` is counted, and each
/// imported name is.
pub(super) fn statements(module: &Module, pack: &Pack) -> usize {
    fn count(body: &[Stmt]) -> usize {
        let own = |stmt: &Stmt| !matches!(stmt.kind, StmtKind::Pass | StmtKind::Imports(_));
        let each = |stmt: &Stmt| {
            let inner = blocks(stmt).into_iter().map(count).sum::<usize>();
            usize::from(own(stmt)) + inner
        };
        body.iter().map(each).sum()
    }
    let only_function = only_function(module, pack);
    let each = |stmt: &Stmt| match entry_body(stmt, only_function) {
        Some(body) => count(body),
        None => count(std::slice::from_ref(stmt)),
    };
    module.body.iter().map(each).sum()
}

fn directed<'s, T>(items: &'s [T], reversed: bool) -> Box<dyn Iterator<Item = &'s T> + 's> {
    if reversed {
        Box::new(items.iter().rev())
    } else {
        Box::new(items.iter())
    }
}

fn collect(body: &[Stmt], reversed: bool, used: &BTreeSet<&str>, ids: &mut Vec<NodeId>) {
    for stmt in directed(body, reversed) {
        match &stmt.kind {
            // Each name that is imported counts for itself.
            StmtKind::Pass | StmtKind::Imports(_) => {}
            // The interpreter knows some modules without; Python does not.
            StmtKind::Import { target, .. } if used.contains(&*target.id) => {}
            _ => ids.push(stmt.id),
        }
        if let StmtKind::Try { handlers, .. } = &stmt.kind {
            ids.extend(directed(handlers, reversed).map(|h| h.id));
        }
        for block in directed(&blocks(stmt), reversed) {
            collect(block, reversed, used, ids);
        }
    }
}

/// The blocks of a compound statement, those of definitions included.
pub fn blocks(stmt: &Stmt) -> Vec<&[Stmt]> {
    match &stmt.kind {
        StmtKind::FunctionDef { function, .. } => vec![&function.body],
        StmtKind::ClassDef { body, .. } => vec![body],
        _ => stmt.blocks(),
    }
}

/// A copy of the module without the given units. Node ids stay what they were.
pub fn without(module: &Module, ids: &[NodeId]) -> Module {
    let mut copy = module.clone();
    let mut left_out = vec![false; module.spans.len()];
    for id in ids {
        if let Some(flag) = left_out.get_mut(*id as usize) {
            *flag = true;
        }
    }
    strip(&mut copy.body, &left_out);
    copy
}

fn strip(body: &mut Vec<Stmt>, left_out: &[bool]) {
    body.retain(|stmt| !left_out[stmt.id as usize]);
    for stmt in body {
        if let StmtKind::Try { handlers, .. } = &mut stmt.kind {
            handlers.retain(|h| !left_out[h.id as usize]);
        }
        for block in blocks_mut(stmt) {
            strip(block, left_out);
        }
    }
}

fn blocks_mut(stmt: &mut Stmt) -> Vec<&mut Vec<Stmt>> {
    match &mut stmt.kind {
        StmtKind::FunctionDef { function, .. } => vec![&mut Arc::make_mut(function).body],
        StmtKind::ClassDef { body, .. } | StmtKind::Imports(body) => vec![body],
        StmtKind::If { body, orelse, .. }
        | StmtKind::For { body, orelse, .. }
        | StmtKind::While { body, orelse, .. } => vec![body, orelse],
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finalbody,
        } => {
            let mut all = vec![body];
            all.extend(handlers.iter_mut().map(|h| &mut h.body));
            all.push(orelse);
            all.push(finalbody);
            all
        }
        _ => Vec::new(),
    }
}

/// A unit that was taken out of a module, and where it was: so that trying a deletion costs no copy
/// of the program.
pub(super) struct Taken {
    /// (statement, block) from the module inwards, then the place in the last block.
    path: Vec<(usize, usize)>,
    at: usize,
    unit: Unit,
}

enum Unit {
    Stmt(Box<Stmt>),
    /// A clause of the `try` at the path's end.
    Handler(Box<Handler>),
}

/// Takes a unit out of the module; `None` if it is not there.
pub(super) fn take(module: &mut Module, id: NodeId) -> Option<Taken> {
    let mut path = Vec::new();
    let (at, handler) = find(&module.body, id, &mut path)?;
    let body = block_at(&mut module.body, &path)?;
    let unit = match handler {
        None => Unit::Stmt(Box::new(body.remove(at))),
        Some(clause) => match &mut body.get_mut(at)?.kind {
            StmtKind::Try { handlers, .. } => {
                let handler = Box::new(handlers.remove(clause));
                path.push((at, 0));
                return Some(Taken {
                    path,
                    at: clause,
                    unit: Unit::Handler(handler),
                });
            }
            _ => return None,
        },
    };
    Some(Taken { path, at, unit })
}

/// Puts a unit back where it was; nothing may have changed in between.
pub(super) fn put_back(module: &mut Module, taken: Taken) {
    match taken.unit {
        Unit::Stmt(stmt) => {
            if let Some(body) = block_at(&mut module.body, &taken.path) {
                body.insert(taken.at, *stmt);
            }
        }
        Unit::Handler(handler) => {
            let Some(((stmt, _), path)) = taken.path.split_last() else {
                return;
            };
            if let Some(body) = block_at(&mut module.body, path)
                && let Some(Stmt {
                    kind: StmtKind::Try { handlers, .. },
                    ..
                }) = body.get_mut(*stmt)
            {
                handlers.insert(taken.at, *handler);
            }
        }
    }
}

/// Where the unit is: its place in the block that `path` leads to, or that of its `try` and its
/// place among the clauses.
fn find(
    body: &[Stmt],
    id: NodeId,
    path: &mut Vec<(usize, usize)>,
) -> Option<(usize, Option<usize>)> {
    if let Some(at) = body.iter().position(|s| s.id == id) {
        return Some((at, None));
    }
    for (at, stmt) in body.iter().enumerate() {
        if let StmtKind::Try { handlers, .. } = &stmt.kind
            && let Some(clause) = handlers.iter().position(|h| h.id == id)
        {
            return Some((at, Some(clause)));
        }
        for (number, block) in blocks(stmt).into_iter().enumerate() {
            path.push((at, number));
            if let Some(found) = find(block, id, path) {
                return Some(found);
            }
            path.pop();
        }
    }
    None
}

fn block_at<'m>(body: &'m mut Vec<Stmt>, path: &[(usize, usize)]) -> Option<&'m mut Vec<Stmt>> {
    let Some(((stmt, block), rest)) = path.split_first() else {
        return Some(body);
    };
    let inner = blocks_mut(body.get_mut(*stmt)?).into_iter().nth(*block)?;
    block_at(inner, rest)
}

/// Whether leaving out the unit changes what names mean: `global` and `nonlocal`.
pub(super) fn rescopes(taken: &Taken) -> bool {
    fn scope(stmt: &Stmt) -> bool {
        matches!(stmt.kind, StmtKind::Scope)
            || !matches!(stmt.kind, StmtKind::FunctionDef { .. })
                && stmt.blocks().into_iter().flatten().any(scope)
    }
    match &taken.unit {
        Unit::Stmt(stmt) => scope(stmt),
        Unit::Handler(handler) => handler.body.iter().any(scope),
    }
}
