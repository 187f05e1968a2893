//! The expression of `EVAL`: `{NAME}` is a reference, `xor` is `!=`, the rest is Python.
//!
//! The text is respelled byte for byte in place (`{A}` as `(A)`, `xor` as `!= `), so that the
//! places that the parser gives are places in the steps.

use super::{RESERVED, Read, Reader, deep, refuse, unknown_variable, within};
use crate::syntax::{Refusal, SyntaxErrorKind};
use crate::syntax::{guard, span};
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr};
use ruff_python_ast::{self as py, relocate::relocate_expr};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::cell::RefCell;
use std::collections::HashMap;

/// An expression.
pub(super) struct Evaluated {
    pub(super) expr: py::Expr,
    /// Whether its value is no text, by its form.
    pub(super) plain: bool,
}

/// What a reference becomes: the variable, and whether it is taken as it is.
struct Reference<'a> {
    name: &'a str,
    plain: bool,
}

/// A text with references in it.
struct Quoted {
    /// As an f-string.
    python: String,
}

/// An expression whose references are known.
struct Scanned<'a> {
    /// In Python's spelling, of the same length.
    text: String,
    references: HashMap<TextRange, Reference<'a>>,
    texts: HashMap<TextRange, Quoted>,
}

/// Words behind which a value stands.
const OPERATORS: &[&str] = &["and", "or", "not", "xor", "in", "is", "if", "else", "for"];
const MISPLACED: &str = "in EVAL: a reference stands where no value can";
const ESCAPES: &str = "EVAL takes no backslash but before a quotation mark";

impl<'a> Reader<'a> {
    pub(super) fn evaluate(&mut self, literal: &py::ExprStringLiteral) -> Read<Evaluated> {
        let written = self.text(literal.range);
        let plain_quotes = (written.starts_with('\'') || written.starts_with('"'))
            && !written.starts_with("'''")
            && !written.starts_with("\"\"\"")
            && literal.as_single_part_string().is_some();
        if !plain_quotes {
            return refuse(
                literal.range,
                "the expression of EVAL is one text in single or double quotes",
            );
        }
        let range = TextRange::new(
            literal.range.start() + TextSize::from(1),
            literal.range.end() - TextSize::from(1),
        );
        let scanned = self.scan(range)?;
        guard::check(&scanned.text).map_err(|e| deep(e, range))?;
        self.shadow.replace_range(
            range.start().to_usize()..range.end().to_usize(),
            &scanned.text,
        );
        let parsed = ruff_python_parser::parse_parenthesized_expression_range(&self.shadow, range);
        let mut expr = *parsed
            .map_err(|e| {
                Refusal::new(
                    SyntaxErrorKind::Invalid,
                    span(e.location),
                    format!("in EVAL: {}", e.error),
                )
            })?
            .into_syntax()
            .body;
        let plain = is_plain(&expr);
        let resolver = Resolver {
            reader: self,
            scanned: &scanned,
            state: RefCell::default(),
        };
        resolver.visit_expr(&mut expr);
        let state = resolver.state.into_inner();
        if let Some(refusal) = state.refusal {
            return Err(refusal);
        }
        if state.texts != scanned.texts.len() || state.references != scanned.references.len() {
            return refuse(range, MISPLACED);
        }
        Ok(Evaluated { expr, plain })
    }

    /// Finds texts and references, and respells.
    fn scan(&mut self, range: TextRange) -> Read<Scanned<'a>> {
        let content = self.text(range);
        let bytes = content.as_bytes();
        let start = range.start();
        let mut out = content.as_bytes().to_vec();
        let mut scanned = Scanned {
            text: String::new(),
            references: HashMap::new(),
            texts: HashMap::new(),
        };
        let mut at = 0;
        // Whether a value ends here, so that `(` would make a call of it.
        let mut value = false;
        while let Some(&byte) = bytes.get(at) {
            let escaped = byte == b'\\' && matches!(bytes.get(at + 1), Some(b'\'' | b'"'));
            match byte {
                b'\\' if !escaped => return refuse(within(start, at, at + 1), ESCAPES),
                b'\\' | b'\'' | b'"' => {
                    if escaped {
                        out[at] = b' ';
                        at += 1;
                    }
                    at = self.quoted(range, at, &mut out, &mut scanned)?;
                    value = true;
                }
                b'#' => {
                    return refuse(within(start, at, at + 1), "EVAL holds no comment");
                }
                b'{' => {
                    let (name, end) = reference(content, start, at)?;
                    let place = within(start, at, end);
                    let Some(plain) = self.known(name) else {
                        return refuse(place, unknown_variable(name));
                    };
                    if value {
                        return refuse(place, MISPLACED);
                    }
                    out[at] = b'(';
                    out[end - 1] = b')';
                    scanned
                        .references
                        .insert(within(start, at + 1, end - 1), Reference { name, plain });
                    at = end;
                    value = true;
                }
                b'}' => return refuse(within(start, at, at + 1), "`}` without `{`"),
                b' ' => at += 1,
                _ => {
                    let word = bytes[at..]
                        .iter()
                        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80)
                        .count();
                    let text = &content[at..at + word];
                    if text == "xor" {
                        out[at..at + 3].copy_from_slice(b"!= ");
                    }
                    value = match byte {
                        b')' | b']' | b'.' => true,
                        _ => word > 0 && !OPERATORS.contains(&text),
                    };
                    at += word.max(1);
                }
            }
        }
        // Only ASCII was exchanged for ASCII.
        scanned.text = String::from_utf8(out).unwrap_or_default();
        Ok(scanned)
    }

    /// Passes a text whose opening quotation mark is at `at`.
    fn quoted(
        &mut self,
        range: TextRange,
        open: usize,
        out: &mut [u8],
        scanned: &mut Scanned<'a>,
    ) -> Read<usize> {
        let content = self.text(range);
        let bytes = content.as_bytes();
        let start = range.start();
        let quote = bytes[open];
        let before = content[..open].trim_end_matches('\\');
        let prefix = before
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap_or("");
        let prefixes = ["r", "b", "f", "u", "t", "rb", "br", "fr", "rf", "tr", "rt"];
        if prefixes.contains(&prefix.to_ascii_lowercase().as_str()) {
            return refuse(within(start, open, open + 1), "EVAL holds plain texts only");
        }
        let mark = char::from(quote);
        let double = if quote == b'"' { "True" } else { "False" };
        let mut python = format!("f{mark}");
        let mut references = 0;
        let mut at = open + 1;
        let mut piece = at;
        loop {
            match bytes.get(at) {
                None => {
                    return refuse(
                        within(start, open, open + 1),
                        "a text in EVAL is not closed",
                    );
                }
                Some(b'\\') if bytes.get(at + 1) == Some(&quote) => {
                    // The mark goes first, so that the text stays what it is.
                    out[at] = quote;
                    out[at + 1] = b' ';
                    break;
                }
                // The other mark: for Python, too, it is the mark itself.
                Some(b'\\') if matches!(bytes.get(at + 1), Some(b'\'' | b'"')) => at += 2,
                Some(b'\\') => return refuse(within(start, at, at + 1), ESCAPES),
                Some(b) if *b == quote => break,
                Some(b'{') => {
                    let (name, end) = reference(content, start, at)?;
                    if self.known(name).is_none() {
                        return refuse(within(start, at, end), unknown_variable(name));
                    }
                    python.push_str(&content[piece..at]);
                    python.push_str(&format!("{{eval_text({name}, {double})}}"));
                    references += 1;
                    at = end;
                    piece = end;
                }
                Some(b'}') => return refuse(within(start, at, at + 1), "`}` without `{`"),
                Some(_) => at += 1,
            }
        }
        python.push_str(&content[piece..at]);
        python.push(mark);
        let end = at + if bytes[at] == b'\\' { 2 } else { 1 };
        // Three marks in a row would be one mark of Python's.
        if bytes.get(end) == Some(&quote)
            || (bytes.get(end) == Some(&b'\\') && bytes.get(end + 1) == Some(&quote))
        {
            return refuse(within(start, open, end), "EVAL holds plain texts only");
        }
        if references > 0 {
            let place = within(start, open, at + 1);
            scanned.texts.insert(place, Quoted { python });
        }
        Ok(end)
    }
}

/// The name in `{NAME}` at `at`, and the place behind it.
fn reference(content: &str, start: TextSize, at: usize) -> Read<(&str, usize)> {
    let rest = &content[at + 1..];
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let name = &rest[..end];
    let starts = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    if !starts || !rest[end..].starts_with('}') {
        let message = "braces in EVAL hold the name of a variable, as in {ANSWER0}";
        return refuse(within(start, at, at + 1), message);
    }
    Ok((name, at + end + 2))
}

/// Whether the value of an expression is no text whatever its operands are.
fn is_plain(expr: &py::Expr) -> bool {
    match expr {
        py::Expr::Compare(_) | py::Expr::NumberLiteral(_) | py::Expr::BooleanLiteral(_) => true,
        py::Expr::UnaryOp(unary) => unary.op == py::UnaryOp::Not,
        py::Expr::BoolOp(b) => b.values.iter().all(is_plain),
        py::Expr::If(i) => is_plain(&i.body) && is_plain(&i.orelse),
        _ => false,
    }
}

#[derive(Default)]
struct State {
    references: usize,
    texts: usize,
    refusal: Option<Refusal>,
}

/// Puts references in place, and refuses names that only look like them.
struct Resolver<'r, 'a> {
    reader: &'r Reader<'a>,
    scanned: &'r Scanned<'a>,
    state: RefCell<State>,
}

impl Resolver<'_, '_> {
    fn refuse(&self, range: TextRange, message: String) {
        let mut state = self.state.borrow_mut();
        state
            .refusal
            .get_or_insert_with(|| Refusal::new(SyntaxErrorKind::Invalid, span(range), message));
    }

    /// Python that the front end wrote, in the place of what it stands for.
    fn put(&self, python: &str, expr: &mut py::Expr) {
        let range = expr.range();
        match ruff_python_parser::parse_expression(python) {
            Ok(parsed) => {
                *expr = *parsed.into_syntax().body;
                relocate_expr(expr, range);
            }
            Err(error) => self.refuse(range, format!("in EVAL: {}", error.error)),
        }
    }
}

impl Transformer for Resolver<'_, '_> {
    fn visit_expr(&self, expr: &mut py::Expr) {
        match expr {
            py::Expr::Name(name) => {
                if let Some(reference) = self.scanned.references.get(&name.range) {
                    self.state.borrow_mut().references += 1;
                    let one = TextSize::from(1);
                    name.range = TextRange::new(name.range.start() - one, name.range.end() + one);
                    if !reference.plain {
                        self.put(&format!("eval_value({})", reference.name), expr);
                    }
                    return;
                }
                let id = name.id.as_str();
                let range = name.range;
                if self.reader.variables.contains_key(id) || self.reader.pack.takes(id) {
                    let message = format!("in EVAL a variable stands in braces: {{{id}}}");
                    self.refuse(range, message);
                } else if self.reader.is_step(id) || (RESERVED.contains(&id) && id != "len") {
                    self.refuse(range, format!("in EVAL no step can be called: `{id}`"));
                }
            }
            py::Expr::StringLiteral(text) => {
                if let Some(quoted) = self.scanned.texts.get(&text.range) {
                    self.state.borrow_mut().texts += 1;
                    self.put(&quoted.python, expr);
                }
            }
            py::Expr::Lambda(_) | py::Expr::Named(_) | py::Expr::Starred(_) => {
                let message = "EVAL holds an expression without assignment and lambda";
                self.refuse(expr.range(), message.to_owned());
            }
            _ => walk_expr(self, expr),
        }
    }
}
