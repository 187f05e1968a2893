//! `repr` and `ascii` of strings.

use super::case::is_printable_char;
use std::fmt::Write;

/// `repr(s)`: single quotes, unless only double quotes avoid an escape; what is not printable is
/// escaped.
pub fn repr(s: &str) -> String {
    quote(s, false)
}

/// `ascii(s)`: as [`repr`], with every character outside ASCII escaped.
pub fn ascii(s: &str) -> String {
    quote(s, true)
}

/// `ascii(x)` given `repr(x)`: escapes what is outside ASCII.
pub fn ascii_of_repr(repr: &str) -> String {
    let mut out = String::with_capacity(repr.len());
    for c in repr.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            escape(c, &mut out);
        }
    }
    out
}

fn quote(s: &str, ascii: bool) -> String {
    let quote = if s.contains('\'') && !s.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(s.len() + 2);
    out.push(quote);
    for c in s.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='\x7e' => out.push(c),
            c if c.is_ascii() || ascii || !is_printable_char(c) => escape(c, &mut out),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn escape(c: char, out: &mut String) {
    let code = u32::from(c);
    // Writing to a String cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(repr(""), "''");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("a\"b"), "'a\"b'");
        assert_eq!(repr("'\""), "'\\'\"'");
        assert_eq!(repr("\n\t\r\\\0\x7f"), "'\\n\\t\\r\\\\\\x00\\x7f'");
        assert_eq!(repr("é\u{a0}\u{ad}"), "'é\\xa0\\xad'");
        assert_eq!(repr("\u{200b}😀\u{10ffff}"), "'\\u200b😀\\U0010ffff'");
        assert_eq!(ascii("é\u{200b}😀"), "'\\xe9\\u200b\\U0001f600'");
        assert_eq!(ascii_of_repr("['é']"), "['\\xe9']");
    }
}
