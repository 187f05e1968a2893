//! Bounds nesting before anything recursive sees the text.
//!
//! Most programs are too short to nest deeply, which a look at their bytes shows. For the others
//! there is a token scan: the lexer is iterative, so it is safe on any text. It keeps, for each open
//! bracket, an upper bound of how deeply the operators seen so far can nest; the bounds add up over
//! the open brackets.

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
    if is_shallow(source) {
        return Ok(());
    }
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

/// What a byte may begin, as far as nesting goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Begins no token that nests.
    Other,
    /// Begins a word where it does not follow a letter; so do keywords.
    Letter,
    /// An operator, or part of a character whose kind only the lexer knows.
    Operator,
    /// A bracket or a quote, which may begin an f-string; also an attribute.
    Bracket,
    /// Ends a line, after which a block may begin.
    Newline,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Letter,
            b'+'
            | b'-'
            | b'*'
            | b'~'
            | b':'
            | b'/'
            | b'%'
            | b'@'
            | b'|'
            | b'&'
            | b'^'
            | b'<'
            | b'>'
            | 128.. => Class::Operator,
            b'(' | b'[' | b'{' | b'\'' | b'"' | b'.' => Class::Bracket,
            b'\n' | b'\r' => Class::Newline,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Whether no limit can be exceeded, since there are too few bytes that could begin what counts
/// against it. Every token begins at a byte that is counted here (a keyword at a letter that
/// follows none), so the counts are upper bounds whatever the tokens are.
fn is_shallow(source: &str) -> bool {
    let (mut words, mut operators, mut brackets, mut newlines) = (0u32, 0u32, 0u32, 0u32);
    let mut last = Class::Other;
    for byte in source.bytes() {
        let class = CLASSES[usize::from(byte)];
        match class {
            Class::Other => {}
            Class::Letter => words += u32::from(last != Class::Letter),
            Class::Operator => operators += 1,
            Class::Bracket => brackets += 1,
            Class::Newline => newlines += 1,
        }
        last = class;
    }
    brackets <= MAX_BRACKETS
        && newlines <= MAX_INDENT
        && words + operators <= MAX_PREFIX.min(MAX_CHAIN).min(MAX_ELIF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_shallow_passes_the_token_scan() {
        let parts = [
            "(",
            "[",
            "{",
            "f'{",
            "f\"{",
            "-",
            "+",
            "~",
            "not ",
            "0if ",
            "1if 1else ",
            "lambda:",
            "**2",
            ".a",
            "()",
            "[0]",
            "\n ",
            "if 1:\n ",
            "elif 1:\n",
            "x:=",
            "0or ",
            "\r ",
            "await ",
        ];
        for part in parts {
            for n in [1, 50, 99, 100, 101, 150, 199, 200, 201, 300] {
                let source = format!("x = {}1", part.repeat(n));
                assert!(
                    !is_shallow(&source) || too_deep(&source).is_none(),
                    "{n} times {part:?}"
                );
            }
            assert!(!is_shallow(&part.repeat(1_001)), "{part:?}");
        }
        assert!(is_shallow(
            "def execute_command(image):\n    return len(image.find('cup')) > 2\n"
        ));
    }

    proptest::proptest! {
        #[test]
        fn so_do_mixtures(parts in proptest::collection::vec(
            proptest::sample::select(&[
                "(", ")", "[", "]", "{", "}", "f'{", "}'", "\"", "'", "-", "+", "~", "not", "if", "else",
                "lambda", "**", "*", ".", ",", ":", ":=", "\n", "\n ", "\n  ", "elif", "0", "a", " ", "é",
                "\u{3000}", "\r", "#", "\\", ";", "await", "or",
            ][..]),
            0..400,
        )) {
            let source = parts.concat();
            proptest::prop_assert!(!is_shallow(&source) || too_deep(&source).is_none());
        }
    }
}
