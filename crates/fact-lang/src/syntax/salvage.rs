//! Raw completion of a language model → the program in it.
//!
//! About one completion in twelve does not parse as it stands: there is prose or a fence around the
//! function, the next question and its program behind it, or the end is cut off. Salvage keeps what
//! is unambiguous and says what it cut. It only ever cuts: the program is the header that the
//! prompt ended with, where the completion continues it, followed by the completion without the
//! [`Cut`]s. Nothing is completed, corrected or rewritten.
//!
//! `regions` divides the text by fences and thoughts, `units` finds functions in one region.
//! Every scan is linear in the text, and each byte is parsed a fixed number of times at most.

#![allow(
    clippy::single_range_in_vec_init,
    reason = "a list of pieces may have one piece"
)]

mod imports;
mod lines;
mod regions;
mod units;

use super::{SyntaxError, SyntaxErrorKind, parse_program};
use crate::ast::{Module, Span, StmtKind};
use crate::pack::Pack;
use regions::{Region, regions};
use std::ops::Range;
use units::Found;

/// Largest completion that is looked at, in bytes.
pub const MAX_COMPLETION_BYTES: usize = 4 << 20;
/// How prompts for visual programs end, by convention; see [`salvage`].
pub const HEADER: &str = "def execute_command(image):\n";
/// Cuts between two kept pieces beyond which they are told as one.
const MAX_CUTS_TOLD: usize = 64;

/// A program found in a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// A text that [`parse_program`] takes: `header`, then the completion without `cuts`.
    pub program: String,
    /// The end of the prompt that the completion continues; empty where the completion has a
    /// header of its own.
    pub header: String,
    /// What was left out, in order of place, without overlap.
    pub cuts: Vec<Cut>,
}

/// A part of a completion that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Cut {
    /// What it is.
    pub kind: CutKind,
    /// Where it is in the completion, in bytes.
    pub span: Span,
    /// 1-based line where it starts.
    pub line: u32,
}

/// Kinds of [`Cut`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// U+FEFF at the start.
    ByteOrderMark,
    /// From `<think>` to `</think>`, or to the end.
    Thought,
    /// A model's end marker, such as `<|im_end|>`, and all that follows.
    EndMarker,
    /// Three backticks, with the name of a language behind them.
    Fence,
    /// Text that is no code that the program needs.
    Prose,
    /// A word before the function on its line: `Answer: def …`.
    Label,
    /// A quotation mark around the program.
    Quote,
    /// Blanks by which the whole function was indented.
    Indentation,
    /// The next question and all that follows.
    NextQuestion,
    /// A function that does not parse.
    UnfinishedFunction,
    /// A whole function that the program does not need.
    OtherFunction,
    /// What follows the function's own `return` and does not parse.
    UnreachableTail,
    /// An import that the program has no use for, of a module that there is none of.
    UnusedImport,
}

/// Why a completion holds no program, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {reason}")]
pub struct Unsalvageable {
    /// Why.
    pub reason: Reason,
    /// Where, in bytes.
    pub span: Span,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

/// Reasons of [`Unsalvageable`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// More than [`MAX_COMPLETION_BYTES`].
    #[error("the completion is larger than {MAX_COMPLETION_BYTES} bytes")]
    TooLarge,
    /// No function is defined, and none is continued.
    #[error("the completion defines no function")]
    NoFunction,
    /// A function that does not parse, as when the completion was cut off.
    #[error("the function `{name}` is not complete: {message}")]
    Unfinished {
        /// The function.
        name: String,
        /// The parser's words.
        message: String,
    },
    /// A whole function, but outside the language or its bounds.
    #[error("the function `{name}` is refused: {message}")]
    Refused {
        /// The function.
        name: String,
        /// The parser's words.
        message: String,
    },
    /// The program calls a function of the completion that does not parse.
    #[error("the program needs `{name}`, which is not complete")]
    Helper {
        /// The function that is needed.
        name: String,
    },
}

/// Finds the program in a completion.
///
/// A text that parses is returned as it is, unless a next question and its program follow the
/// function, or it imports what there is none of and never uses it. `header` is how the prompt ended, if it ended within a function, such as
/// `def execute_command(image):\n`: a completion that starts with an indented body continues it.
///
/// # Errors
/// There is no complete function, or it is outside the language.
pub fn salvage(text: &str, header: Option<&str>) -> Result<Salvaged, Unsalvageable> {
    if text.len() > MAX_COMPLETION_BYTES {
        return Err(unsalvageable(text, 0, Reason::TooLarge));
    }
    let whole = parse_program(text);
    let as_it_stands = || {
        let whole = Found {
            header: String::new(),
            pieces: vec![0..text.len()],
            labels: Vec::new(),
        };
        assemble(text, whole, Vec::new())
    };
    if let Ok(module) = &whole
        && !units::answers_further_question(text, module)
    {
        return Ok(as_it_stands());
    }
    let mut labels = Vec::new();
    let regions = regions(text, &mut labels);
    let mut tries = units::MAX_UNITS;
    let mut failure = None;
    for (at, region) in regions.iter().enumerate() {
        let header = header.filter(|_| at == 0);
        if tries == 0 {
            break;
        }
        // A million regions of a few bytes are not parsed one by one.
        if header.is_none() && !text[region.range.clone()].contains("def") {
            continue;
        }
        match take(text, region, header, &mut tries) {
            Ok(Some(found)) => {
                return Ok(assemble(text, found, labels));
            }
            Ok(None) => {}
            Err(error) if error.conclusive && whole.is_err() => return Err(error.into_public(text)),
            Err(error) => failure = failure.or(Some(error)),
        }
        tries = tries.saturating_sub(1);
    }
    if whole.is_ok() {
        return Ok(as_it_stands());
    }
    Err(match failure {
        Some(failure) => failure.into_public(text),
        None => unsalvageable(text, 0, Reason::NoFunction),
    })
}

/// Why a region gave no program.
struct Failure {
    reason: Reason,
    at: usize,
    /// Whether what follows answers another question, so that it must not be taken instead.
    conclusive: bool,
}

impl Failure {
    fn into_public(self, text: &str) -> Unsalvageable {
        unsalvageable(text, self.at, self.reason)
    }

    /// Of a function that does not parse.
    fn of(name: &str, at: usize, error: &SyntaxError) -> Self {
        let (name, message) = (name.to_owned(), error.message.clone());
        let reason = match error.kind {
            SyntaxErrorKind::Invalid => Reason::Unfinished { name, message },
            _ => Reason::Refused { name, message },
        };
        Self {
            reason,
            at,
            conclusive: false,
        }
    }
}

fn unsalvageable(text: &str, at: usize, reason: Reason) -> Unsalvageable {
    let before = &text[..at];
    Unsalvageable {
        reason,
        span: Span {
            start: at as u32,
            end: text.len().min(u32::MAX as usize) as u32,
        },
        line: before.matches('\n').count() as u32 + 1,
        column: before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1,
    }
}

fn take(
    text: &str,
    region: &Region,
    header: Option<&str>,
    tries: &mut usize,
) -> Result<Option<Found>, Failure> {
    let inner = &text[region.range.clone()];
    if let Ok(module) = parse_program(inner)
        && defines_function(&module)
        && !units::answers_further_question(inner, &module)
    {
        let blank = &inner[..inner.len() - inner.trim_start().len()];
        let start = region.range.start + blank.rfind('\n').map_or(0, |n| n + 1);
        return Ok(Some(Found {
            header: String::new(),
            pieces: vec![start..region.range.end],
            labels: Vec::new(),
        }));
    }
    if let Some(header) = header
        && let Some(found) = units::continued(text, region, header)?
    {
        return Ok(Some(found));
    }
    units::select(text, region, tries)
}

fn defines_function(module: &Module) -> bool {
    module
        .body
        .iter()
        .any(|stmt| matches!(stmt.kind, StmtKind::FunctionDef { .. }))
}

/// How often a module defines the entry function.
fn entries(module: &Module) -> usize {
    module
        .body
        .iter()
        .filter(
            |s| matches!(&s.kind, StmtKind::FunctionDef { name, .. } if &*name.id == Pack::ENTRY),
        )
        .count()
}

/// The program of the kept pieces, and what lies between them.
fn assemble(text: &str, mut found: Found, mut labels: Vec<(CutKind, Range<usize>)>) -> Salvaged {
    imports::cut(text, &mut found);
    labels.append(&mut found.labels);
    labels.sort_by_key(|(_, range)| (range.start, range.end));
    let mut program = found.header.clone();
    let mut cuts = Cuts {
        text,
        labels: &labels,
        next: 0,
        line: 1,
        counted: 0,
        cuts: Vec::new(),
    };
    let mut at = 0;
    for piece in &found.pieces {
        cuts.gap(at..piece.start);
        program.push_str(&text[piece.clone()]);
        at = piece.end;
    }
    cuts.gap(at..text.len());
    Salvaged {
        program,
        header: found.header,
        cuts: cuts.cuts,
    }
}

/// Tells what each gap between kept pieces is.
struct Cuts<'a> {
    text: &'a str,
    /// By start; what no label covers is prose.
    labels: &'a [(CutKind, Range<usize>)],
    next: usize,
    line: u32,
    counted: usize,
    cuts: Vec<Cut>,
}

impl Cuts<'_> {
    fn gap(&mut self, gap: Range<usize>) {
        let mut parts: Vec<(CutKind, Range<usize>)> = Vec::new();
        let mut at = gap.start;
        while let Some((kind, label)) = self.labels.get(self.next) {
            if label.start >= gap.end {
                break;
            }
            let (start, end) = (label.start.max(at), label.end.min(gap.end));
            if start < end {
                self.part(&mut parts, CutKind::Prose, at..start);
                self.part(&mut parts, *kind, start..end);
                at = end;
            }
            if label.end > gap.end {
                break;
            }
            self.next += 1;
        }
        self.part(&mut parts, CutKind::Prose, at..gap.end);
        if parts.len() > MAX_CUTS_TOLD {
            parts = vec![(CutKind::Prose, gap)];
        }
        for (kind, range) in parts {
            let passed = &self.text[self.counted..range.start];
            self.line += passed.matches('\n').count() as u32;
            self.counted = range.start;
            self.cuts.push(Cut {
                kind,
                span: Span {
                    start: range.start as u32,
                    end: range.end as u32,
                },
                line: self.line,
            });
        }
    }

    /// Adds a part; blanks that nothing claims go with what is before or behind them.
    fn part(
        &self,
        parts: &mut Vec<(CutKind, Range<usize>)>,
        kind: CutKind,
        mut range: Range<usize>,
    ) {
        if range.is_empty() {
            return;
        }
        let blank = |r: &Range<usize>| self.text[r.clone()].trim().is_empty();
        match parts.last_mut() {
            Some((_, last)) if kind == CutKind::Prose && blank(&range) => last.end = range.end,
            Some((CutKind::Prose, last)) if blank(last) => {
                range.start = last.start;
                parts.pop();
                parts.push((kind, range));
            }
            _ => parts.push((kind, range)),
        }
    }
}
