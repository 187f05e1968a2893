//! `EXTENDS = "viper"`: a pack that builds on a shipped one is read as one source, the base first.
//!
//! The joined text is what the pack *is*: it is hashed, stored and put into certificates, and it
//! names no base any more, so that it can be read again wherever no such base is shipped.

use super::{Pack, PackError};
use crate::ast::{ExprKind, Span, Stmt, StmtKind};

/// Between the base and what extends it.
const SEAM: &str = "\n\n# What follows extends the pack above.\n";

/// A pack's whole source, and who wrote which lines.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) source: String,
    /// Name and first line (1-based) of each part, in order.
    parts: Vec<(String, u32)>,
}

impl Joined {
    /// The pack and line that a line of the whole source comes from.
    pub(super) fn origin(&self, line: u32) -> (String, u32) {
        let part = self.parts.iter().rev().find(|(_, first)| *first <= line);
        match part {
            Some((name, first)) => (name.clone(), line - first + 1),
            None => (String::new(), line),
        }
    }
}

/// The whole source of a pack.
pub(super) fn join(name: &str, source: &str) -> Result<Joined, PackError> {
    let module = crate::syntax::parse_pack(source).map_err(|error| PackError::Syntax {
        pack: name.into(),
        error,
    })?;
    let invalid = |span: Span, message: String| PackError::Invalid {
        pack: name.into(),
        line: module.line_column(span.start).0,
        message,
    };
    let mut named = module.body.iter().filter_map(extends);
    let Some((span, base)) = named.next() else {
        return Ok(Joined {
            source: source.into(),
            parts: vec![(name.into(), 1)],
        });
    };
    if let Some((again, _)) = named.next() {
        return Err(invalid(again, "EXTENDS is given twice".into()));
    }
    let base = base.ok_or_else(|| invalid(span, "EXTENDS is not a text".into()))?;
    let Some(base_source) = super::shipped(base) else {
        let known = Pack::BUILTIN.join(", ");
        let message = format!("EXTENDS names {base:?}; the packs that can be extended are {known}");
        return Err(invalid(span, message));
    };
    if !module.body.iter().any(|stmt| assigns(stmt, "VERSION")) {
        return Err(invalid(span, super::load::NO_VERSION.into()));
    }
    // Shipped packs are tested to load, so no chain of them is endless.
    let mut joined = join(base, base_source)?;
    joined.source.truncate(joined.source.trim_end().len());
    joined.source.push_str(SEAM);
    let first = joined.source.matches('\n').count() as u32 + 1;
    joined.parts.push((name.into(), first));
    let (start, end) = (span.start as usize, span.end as usize);
    joined.source.push_str(&source[..start]);
    joined.source.push_str("pass");
    joined.source.push_str(&source[end..]);
    Ok(joined)
}

/// The base that a statement names; within, `None` if it is not a text.
fn extends(stmt: &Stmt) -> Option<(Span, Option<&str>)> {
    if !assigns(stmt, "EXTENDS") {
        return None;
    }
    let StmtKind::Assign { value, .. } = &stmt.kind else {
        return None;
    };
    Some((stmt.span, super::load::text(value).map(|s| &**s)))
}

fn assigns(stmt: &Stmt, wanted: &str) -> bool {
    let StmtKind::Assign { targets, .. } = &stmt.kind else {
        return false;
    };
    targets
        .iter()
        .any(|target| matches!(&target.kind, ExprKind::Name(name) if &*name.id == wanted))
}
