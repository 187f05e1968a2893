//! Text → [`crate::ast`]: the only module that knows the parser's crates.
//!
//! Three passes: `guard` bounds size and nesting, so that every later recursion fits
//! a small stack; `scope` resolves names by Python's scoping rules; `lower` builds the tree and
//! refuses what lies outside the language. [`visprog`] is a second front end, [`salvage`] takes
//! programs out of what models write.

mod guard;
mod lower;
pub mod salvage;
mod scope;
mod symbols;
pub mod visprog;

use crate::ast::{Module, Span};
use ruff_python_ast::Suite;

/// Largest program, in bytes.
pub const MAX_PROGRAM_BYTES: usize = 64 << 10;
/// Largest pack, in bytes.
pub const MAX_PACK_BYTES: usize = 1 << 20;

/// Why a text is not a program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct SyntaxError {
    /// What is wrong, in CPython's words where it has some.
    pub message: String,
    /// Where.
    pub span: Span,
    /// 1-based line of the span's start.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
    /// Whose fault it is.
    pub kind: SyntaxErrorKind,
}

/// Kinds of [`SyntaxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyntaxErrorKind {
    /// Not Python.
    Invalid,
    /// Python, but outside the language of visual programs.
    UnsupportedSyntax,
    /// More than [`MAX_PROGRAM_BYTES`].
    TooLarge,
    /// Nested beyond what any honest program needs.
    TooDeep,
}

/// A [`SyntaxError`] before its position is resolved against the source.
#[derive(Debug)]
pub(crate) struct Refusal {
    message: String,
    span: Span,
    kind: SyntaxErrorKind,
}

impl Refusal {
    fn new(kind: SyntaxErrorKind, span: Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span,
            kind,
        }
    }
}

/// Parses a generated program.
///
/// # Errors
/// The text is not Python, uses syntax outside the language, or is too large or too deeply nested.
pub fn parse_program(source: &str) -> Result<Module, SyntaxError> {
    parse(source, MAX_PROGRAM_BYTES, false)
}

/// Parses a pack: classes and decorators are allowed.
pub(crate) fn parse_pack(source: &str) -> Result<Module, SyntaxError> {
    parse(source, MAX_PACK_BYTES, true)
}

fn parse(source: &str, max_bytes: usize, pack: bool) -> Result<Module, SyntaxError> {
    placed(source, parse_raw(source, max_bytes, pack))
}

/// Finds line and column of a refusal.
fn placed<T>(source: &str, result: Result<T, Refusal>) -> Result<T, SyntaxError> {
    result.map_err(|refusal| {
        let start = (refusal.span.start as usize).min(source.len());
        let start = (0..=start)
            .rev()
            .find(|i| source.is_char_boundary(*i))
            .unwrap_or(0);
        let before = &source[..start];
        SyntaxError {
            message: refusal.message,
            span: refusal.span,
            line: before.matches('\n').count() as u32 + 1,
            column: before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1,
            kind: refusal.kind,
        }
    })
}

fn parse_raw(source: &str, max_bytes: usize, pack: bool) -> Result<Module, Refusal> {
    let suite = suite(source, max_bytes)?;
    let scopes = scope::resolve(&suite)?;
    lower::lower(source, &suite, scopes, pack)
}

/// The parser's tree of a text within the bounds.
fn suite(source: &str, max_bytes: usize) -> Result<Suite, Refusal> {
    if source.len() > max_bytes {
        return Err(Refusal::new(
            SyntaxErrorKind::TooLarge,
            Span::default(),
            format!("source is larger than {max_bytes} bytes"),
        ));
    }
    if source.contains('\0') {
        return Err(Refusal::new(
            SyntaxErrorKind::Invalid,
            Span::default(),
            "source code string cannot contain null bytes",
        ));
    }
    guard::check(source)?;
    let parsed = ruff_python_parser::parse_module(source).map_err(|error| {
        Refusal::new(
            SyntaxErrorKind::Invalid,
            span(error.location),
            error.error.to_string(),
        )
    })?;
    Ok(parsed.into_suite())
}

fn span(range: ruff_text_size::TextRange) -> Span {
    Span {
        start: range.start().to_u32(),
        end: range.end().to_u32(),
    }
}
