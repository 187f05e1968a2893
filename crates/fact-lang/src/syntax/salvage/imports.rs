//! Imports that the program has no use for, of modules that there are none of.
//!
//! `import torch` before a function that never says `torch` fails for the language's sake, not for
//! the program's: where the model's peers ran, the module was there and changed nothing.

use super::units::Found;
use super::{CutKind, parse_program};
use crate::ast::{Stmt, StmtKind};
use crate::interp::is_module;
use std::ops::Range;

/// Most statements that are looked at: each may take a scan of the program.
const MOST: usize = 16;

/// Takes such imports out of the pieces, where they have their lines to themselves.
pub(super) fn cut(text: &str, found: &mut Found) {
    // Most completions import nothing.
    if !found
        .pieces
        .iter()
        .any(|piece| text[piece.clone()].contains("import"))
    {
        return;
    }
    let mut program = found.header.clone();
    for piece in &found.pieces {
        program.push_str(&text[piece.clone()]);
    }
    let module = match parse_program(&program) {
        Ok(module) if super::defines_function(&module) => module,
        _ => return,
    };
    let unneeded = |stmt: &&Stmt| {
        let unused = |(module, name): &(&str, &str)| {
            !is_module(module) && !named_again(&program, name, stmt)
        };
        targets(stmt).iter().all(unused)
    };
    // From the end, so that offsets before stay true.
    let imports = module.body.iter().filter(|stmt| !targets(stmt).is_empty());
    let imports: Vec<&Stmt> = imports.take(MOST).collect();
    for stmt in imports.into_iter().rev().filter(unneeded) {
        let (start, end) = (stmt.span.start as usize, stmt.span.end as usize);
        if let Some(lines) = own_lines(&program, start..end) {
            remove(found, lines);
        }
    }
}

/// The modules that a statement imports from, with the names it binds.
fn targets(stmt: &Stmt) -> Vec<(&str, &str)> {
    match &stmt.kind {
        StmtKind::Import { module, target, .. } => vec![(module, &target.id)],
        StmtKind::Imports(imports) => imports.iter().flat_map(targets).collect(),
        _ => Vec::new(),
    }
}

/// Whether a name is a word of the program outside of the statement, be it in a comment.
fn named_again(program: &str, name: &str, stmt: &Stmt) -> bool {
    let (start, end) = (stmt.span.start as usize, stmt.span.end as usize);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let says = |part: &str| part.split(|c| !word(c)).any(|w| w == name);
    says(&program[..start]) || says(&program[end..])
}

/// The lines of a statement, line ends included, if nothing else stands on them.
fn own_lines(program: &str, stmt: Range<usize>) -> Option<Range<usize>> {
    let start = program[..stmt.start].rfind('\n').map_or(0, |n| n + 1);
    let end = program[stmt.end..]
        .find('\n')
        .map_or(program.len(), |n| stmt.end + n + 1);
    let rest = program[stmt.end..end].trim();
    // A carriage return alone ends a comment.
    let comment = rest.starts_with('#') && !rest.contains('\r');
    let continued = program[..start]
        .trim_end_matches(['\r', '\n'])
        .ends_with('\\');
    let before = program[start..stmt.start].trim().is_empty() && !continued;
    let alone = before && (rest.is_empty() || comment);
    alone.then_some(start..end)
}

/// Removes a range of the program from the piece that holds it; one that no piece holds whole stays.
fn remove(found: &mut Found, range: Range<usize>) {
    let mut at = found.header.len();
    for (i, piece) in found.pieces.iter().enumerate() {
        if range.start >= at && range.end <= at + piece.len() {
            let start = piece.start + (range.start - at);
            let gap = start..start + range.len();
            let (before, after) = (piece.start..gap.start, gap.end..piece.end);
            found.labels.push((CutKind::UnusedImport, gap));
            let kept = [before, after].into_iter().filter(|part| !part.is_empty());
            let kept: Vec<_> = kept.collect();
            found.pieces.splice(i..=i, kept);
            return;
        }
        at += piece.len();
    }
}
