//! Bounds nesting before anything recursive sees the text.
//!
//! The lexer is iterative, so a token scan is safe on any text. It keeps, for each open bracket, an
//! upper bound of how deeply the operators seen so far can nest; the bounds add up over the open
//! brackets.

use super::{Refusal, SyntaxErrorKind, span};
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};
use ruff_text_size::{TextRange, TextSize};

/// Open brackets and f-string fields at one point.
const MAX_BRACKETS: u32 = 100;
/// Nested blocks.
const MAX_INDENT: u32 = 100;
/// Operators that nest to the right or by prefix: unary, `**`, `if`-`else`, `lambda`.
const MAX_PREFIX: u32 = 200;
/// Left-nested trailers: attributes, calls, subscripts.
const MAX_TRAILERS: u32 = 200;
/// Left-nested binary operators.
const MAX_CHAIN: u32 = 1_000;
/// `elif` clauses in a row.
const MAX_ELIF: u32 = 200;

#[derive(Default, Clone, Copy)]
struct Level {
    prefix: u32,
    trailers: u32,
    chain: u32,
}

pub(super) fn check(source: &str) -> Result<(), Refusal> {
    let Some(message) = too_deep(source) else {
        return Ok(());
    };
    // The lexer does not tell where it is: the token that is too much ends the shortest beginning
    // of the text that is refused.
    let (mut fine, mut refused) = (0, source.len());
    while fine + 1 < refused {
        let middle = fine + (refused - fine) / 2;
        let cut = (middle..refused)
            .find(|i| source.is_char_boundary(*i))
            .unwrap_or(refused);
        if cut < refused && too_deep(&source[..cut]).is_some() {
            refused = cut;
        } else if cut < refused {
            fine = cut;
        } else {
            // Only the bytes of one character are left in the upper half.
            let cut = (fine + 1..middle)
                .rev()
                .find(|i| source.is_char_boundary(*i));
            match cut {
                Some(cut) if too_deep(&source[..cut]).is_some() => refused = cut,
                Some(cut) => fine = cut,
                None => break,
            }
        }
    }
    let at = |offset: usize| TextSize::try_from(offset).unwrap_or_default();
    Err(Refusal::new(
        SyntaxErrorKind::TooDeep,
        span(TextRange::new(at(fine.min(refused)), at(refused))),
        message,
    ))
}

/// Why a text is too deeply nested, if it is.
fn too_deep(source: &str) -> Option<&'static str> {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut outer: Vec<Level> = Vec::new();
    let mut sum = Level::default();
    let mut here = Level::default();
    let mut indent = 0u32;
    let mut elifs: Vec<u32> = vec![0];
    // Whether the previous token ends an operand, so that `-` is binary and `(` is a call.
    let mut operand = false;
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace | TokenKind::FStringStart => {
                if operand {
                    here.trailers += 1;
                }
                outer.push(here);
                sum.prefix += here.prefix;
                sum.trailers += here.trailers;
                sum.chain += here.chain;
                here = Level::default();
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd => {
                if let Some(level) = outer.pop() {
                    here = level;
                    sum.prefix -= here.prefix;
                    sum.trailers -= here.trailers;
                    sum.chain -= here.chain;
                }
            }
            TokenKind::Newline if outer.is_empty() => here = Level::default(),
            TokenKind::Comma | TokenKind::Semi => here = Level::default(),
            TokenKind::Indent => {
                indent += 1;
                elifs.push(0);
            }
            TokenKind::Dedent => {
                indent = indent.saturating_sub(1);
                elifs.pop();
            }
            TokenKind::Elif => {
                if let Some(n) = elifs.last_mut() {
                    *n += 1;
                }
            }
            TokenKind::If if !operand => {
                if let Some(n) = elifs.last_mut() {
                    *n = 0;
                }
            }
            TokenKind::Not | TokenKind::Tilde | TokenKind::Lambda | TokenKind::Await => {
                here.prefix += 1;
            }
            TokenKind::DoubleStar | TokenKind::If | TokenKind::Yield | TokenKind::ColonEqual => {
                here.prefix += 1;
            }
            TokenKind::Plus | TokenKind::Minus | TokenKind::Star if !operand => here.prefix += 1,
            TokenKind::Dot => here.trailers += 1,
            TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::At
            | TokenKind::Vbar
            | TokenKind::Amper
            | TokenKind::CircumFlex
            | TokenKind::LeftShift
            | TokenKind::RightShift => here.chain += 1,
            _ => {}
        }
        operand = matches!(
            kind,
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringEnd
                | TokenKind::Rpar
                | TokenKind::Rsqb
                | TokenKind::Rbrace
                | TokenKind::True
                | TokenKind::False
                | TokenKind::None
                | TokenKind::Ellipsis
        );
        let too_deep = if outer.len() as u32 > MAX_BRACKETS {
            "too many nested parentheses"
        } else if indent > MAX_INDENT {
            "too many levels of indentation"
        } else if sum.prefix + here.prefix > MAX_PREFIX
            || sum.trailers + here.trailers > MAX_TRAILERS
            || sum.chain + here.chain > MAX_CHAIN
        {
            "expression is too deeply nested"
        } else if elifs.last().is_some_and(|n| *n > MAX_ELIF) {
            "too many elif clauses"
        } else {
            continue;
        };
        return Some(too_deep);
    }
}
