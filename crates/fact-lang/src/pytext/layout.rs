//! Padding, tabs and lines.

use super::{TextError, fill, len};

/// Pads `s` on the left and right; each side is bounded by `limit` together with `s`.
fn pad(s: &str, left: usize, right: usize, c: char, limit: usize) -> Result<String, TextError> {
    let total = left.checked_add(right).ok_or(TextError::TooLarge)?;
    let room = limit.saturating_sub(s.len());
    if total > 0 && total.saturating_mul(c.len_utf8()) > room {
        return Err(TextError::TooLarge);
    }
    Ok(fill(c, left, limit)? + s + &fill(c, right, limit)?)
}

fn missing(s: &str, width: i64) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(len(s))
}

/// `s.center(width, c)`: of an odd margin the larger half is on the left when `width` is odd.
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn center(s: &str, width: i64, c: char, limit: usize) -> Result<String, TextError> {
    let margin = missing(s, width);
    let left = margin / 2 + (margin & usize::try_from(width).unwrap_or(0) & 1);
    pad(s, left, margin - left, c, limit)
}

/// `s.ljust(width, c)`
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn ljust(s: &str, width: i64, c: char, limit: usize) -> Result<String, TextError> {
    pad(s, 0, missing(s, width), c, limit)
}

/// `s.rjust(width, c)`
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn rjust(s: &str, width: i64, c: char, limit: usize) -> Result<String, TextError> {
    pad(s, missing(s, width), 0, c, limit)
}

/// `s.zfill(width)`: zeros after the sign.
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn zfill(s: &str, width: i64, limit: usize) -> Result<String, TextError> {
    let zeros = missing(s, width);
    let body = s.strip_prefix(['+', '-']).unwrap_or(s);
    let sign = &s[..s.len() - body.len()];
    Ok(format!("{sign}{}", pad(body, zeros, 0, '0', limit)?))
}

/// `s.expandtabs(tabsize)`: columns restart after `\n` and `\r`.
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn expandtabs(s: &str, tabsize: i64, limit: usize) -> Result<String, TextError> {
    let tabsize = usize::try_from(tabsize).unwrap_or(0);
    let mut out = String::with_capacity(s.len());
    let mut column = 0_usize;
    for c in s.chars() {
        match c {
            '\t' if tabsize > 0 => {
                let spaces = tabsize - column % tabsize;
                let room = limit.saturating_sub(out.len());
                out.push_str(&fill(' ', spaces, room)?);
                column = column.saturating_add(spaces);
            }
            '\t' => {}
            c => {
                out.push(c);
                column = if matches!(c, '\n' | '\r') {
                    0
                } else {
                    column + 1
                };
            }
        }
    }
    Ok(out)
}

/// `s.splitlines(keepends)`: at every line boundary of Unicode; `\r\n` is one.
pub fn splitlines(s: &str, keepends: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut chars) = (0, s.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        let boundary = matches!(
            c,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        );
        if !boundary {
            continue;
        }
        let mut end = at + c.len_utf8();
        if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
            end += 1;
        }
        lines.push(&s[start..if keepends { end } else { at }]);
        start = end;
    }
    if start < s.len() {
        lines.push(&s[start..]);
    }
    lines
}

/// `s * n`
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn repeat(s: &str, n: i64, limit: usize) -> Result<String, TextError> {
    let n = usize::try_from(n).unwrap_or(0);
    match s.len().checked_mul(n) {
        Some(bytes) if bytes <= limit => Ok(s.repeat(n)),
        _ => Err(TextError::TooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_as_cpython() {
        let ok = |r: Result<String, TextError>| r.unwrap_or_else(|e| e.to_string());
        assert_eq!(ok(center("ab", 5, '*', 99)), "**ab*");
        assert_eq!(ok(center("abc", 6, '*', 99)), "*abc**");
        assert_eq!(ok(center("é", 4, '*', 99)), "*é**");
        assert_eq!(ok(ljust("ab", 4, '.', 99)), "ab..");
        assert_eq!(ok(rjust("ab", 1, '.', 99)), "ab");
        assert_eq!(ok(zfill("-42", 6, 99)), "-00042");
        assert_eq!(ok(zfill("+", 3, 99)), "+00");
        assert_eq!(ok(zfill("", 3, 99)), "000");
        assert_eq!(ok(expandtabs("a\tbc\n\td", 4, 99)), "a   bc\n    d");
        assert_eq!(ok(expandtabs("a\tb", 0, 99)), "ab");
        assert_eq!(
            rjust("a", 9_999_999_999, ' ', 100),
            Err(TextError::TooLarge)
        );
        assert_eq!(expandtabs("\t", i64::MAX, 100), Err(TextError::TooLarge));
        assert_eq!(repeat("ab", i64::MAX, 100), Err(TextError::TooLarge));
        assert_eq!(ok(repeat("ab", -1, 100)), "");
    }

    #[test]
    fn lines_as_cpython() {
        assert_eq!(splitlines("a\r\nb\n\nc\r", false), ["a", "b", "", "c"]);
        assert_eq!(splitlines("a\r\nb\n", true), ["a\r\n", "b\n"]);
        assert_eq!(splitlines("a\u{2028}b\x0bc", false), ["a", "b", "c"]);
        assert!(splitlines("", false).is_empty());
    }
}
