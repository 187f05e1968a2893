//! Case conversion and the `is…` predicates of strings and characters.

use super::tables::{ALPHA, DIGIT, FOLD, NUMERIC, PRINTABLE, TITLECASE, TO_TITLE, ZEROS};

/// Whether `c` is in a set given by the code points where membership changes.
fn within(c: char, boundaries: &[u32]) -> bool {
    boundaries.partition_point(|b| *b <= u32::from(c)) % 2 == 1
}

/// The text a table maps `c` to.
fn mapped(c: char, table: &[(u32, &'static str)]) -> Option<&'static str> {
    let at = table
        .binary_search_by_key(&u32::from(c), |(k, _)| *k)
        .ok()?;
    table.get(at).map(|(_, text)| *text)
}

/// `c.isprintable()`
pub fn is_printable_char(c: char) -> bool {
    within(c, PRINTABLE)
}

/// `c.isalpha()`: a letter.
pub fn is_alpha_char(c: char) -> bool {
    within(c, ALPHA)
}

/// `c.isspace()`: Unicode's white space and the separators U+001C to U+001F.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The value of a decimal digit of any script.
pub fn decimal_value(c: char) -> Option<u32> {
    let code = u32::from(c);
    let run = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    ZEROS
        .get(run)
        .map(|zero| code - zero)
        .filter(|digit| *digit < 10)
}

fn is_title(c: char) -> bool {
    TITLECASE.binary_search(&u32::from(c)).is_ok()
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || is_title(c)
}

fn all(s: &str, test: impl Fn(char) -> bool) -> bool {
    !s.is_empty() && s.chars().all(test)
}

/// `s.isalpha()`
pub fn is_alpha(s: &str) -> bool {
    all(s, is_alpha_char)
}

/// `s.isdecimal()`
pub fn is_decimal(s: &str) -> bool {
    all(s, |c| decimal_value(c).is_some())
}

/// `s.isdigit()`: decimals and such as `²`.
pub fn is_digit(s: &str) -> bool {
    all(s, |c| within(c, DIGIT))
}

/// `s.isnumeric()`: digits and such as `½` and `三`.
pub fn is_numeric(s: &str) -> bool {
    all(s, |c| within(c, NUMERIC))
}

/// `s.isalnum()`
pub fn is_alnum(s: &str) -> bool {
    all(s, |c| is_alpha_char(c) || within(c, NUMERIC))
}

/// `s.isspace()`
pub fn is_space_str(s: &str) -> bool {
    all(s, is_space)
}

/// `s.isprintable()`; true of the empty string.
pub fn is_printable(s: &str) -> bool {
    s.chars().all(is_printable_char)
}

/// `s.isascii()`; true of the empty string.
pub fn is_ascii(s: &str) -> bool {
    s.is_ascii()
}

/// `s.isupper()`: some character has case, and none is in lower or title case.
pub fn is_upper(s: &str) -> bool {
    !s.chars().any(|c| c.is_lowercase() || is_title(c)) && s.chars().any(char::is_uppercase)
}

/// `s.islower()`: some character has case, and none is in upper or title case.
pub fn is_lower(s: &str) -> bool {
    !s.chars().any(|c| c.is_uppercase() || is_title(c)) && s.chars().any(char::is_lowercase)
}

/// `s.istitle()`: upper or title case follows only what has no case, lower case only what has.
pub fn is_title_str(s: &str) -> bool {
    let (mut after_cased, mut cased) = (false, false);
    for c in s.chars() {
        if c.is_uppercase() || is_title(c) {
            if after_cased {
                return false;
            }
            (after_cased, cased) = (true, true);
        } else if c.is_lowercase() {
            if !after_cased {
                return false;
            }
            cased = true;
        } else {
            after_cased = false;
        }
    }
    cased
}

/// `s.isidentifier()`, of letters, decimal digits and `_`: combining marks, which Python also
/// allows after the first character, are refused.
pub fn is_identifier(s: &str) -> bool {
    let mut chars = s.chars();
    chars.next().is_some_and(|c| c == '_' || is_alpha_char(c))
        && chars.all(|c| c == '_' || is_alpha_char(c) || decimal_value(c).is_some())
}

/// `s.lower()`
pub fn lower(s: &str) -> String {
    s.to_lowercase()
}

/// `s.upper()`
pub fn upper(s: &str) -> String {
    s.to_uppercase()
}

/// `s.casefold()`
pub fn casefold(s: &str) -> String {
    if s.is_ascii() {
        return s.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        match mapped(c, FOLD) {
            Some(text) => out.push_str(text),
            None => out.extend(c.to_lowercase()),
        }
    }
    out
}

fn push_title(c: char, out: &mut String) {
    match mapped(c, TO_TITLE) {
        Some(text) => out.push_str(text),
        None => out.extend(c.to_uppercase()),
    }
}

/// Each character of `s` with its lower case in context (the final sigma), passed to `visit`.
fn with_lower(s: &str, mut visit: impl FnMut(char, &str)) {
    let lowered = s.to_lowercase();
    let mut rest = lowered.as_str();
    for c in s.chars() {
        let count = c.to_lowercase().count();
        let end = rest
            .char_indices()
            .nth(count)
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        visit(c, piece);
        rest = after;
    }
}

/// `s.capitalize()`: the first character in title case, the rest in lower case.
pub fn capitalize(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    with_lower(s, |c, lower| {
        if out.is_empty() {
            push_title(c, &mut out);
        } else {
            out.push_str(lower);
        }
    });
    out
}

/// `s.title()`: title case after what has no case, lower case after what has.
pub fn title(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut after_cased = false;
    with_lower(s, |c, lower| {
        if after_cased {
            out.push_str(lower);
        } else {
            push_title(c, &mut out);
        }
        after_cased = is_cased(c);
    });
    out
}

/// `s.swapcase()`
pub fn swapcase(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    with_lower(s, |c, lower| {
        if c.is_uppercase() {
            out.push_str(lower);
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_as_cpython() {
        assert_eq!(
            title("they're bill's friends 3rd ǆ"),
            "They'Re Bill'S Friends 3Rd ǅ"
        );
        assert_eq!(capitalize("ßeTa ΣΑΣ"), "Sseta σας");
        assert_eq!(swapcase("aB ßΣ ΑΣ"), "Ab SSς ας");
        assert_eq!(casefold("Straße ΣΑΣ İ"), "strasse σασ i̇");
        assert_eq!(lower("ΑΣ"), "ας");
        assert_eq!(upper("ﬁ"), "FI");
        assert_eq!(title("ﬁx"), "Fix");
        assert_eq!(capitalize(""), "");
    }

    #[test]
    fn classifies_as_cpython() {
        assert!(is_digit("1²") && !is_decimal("1²") && is_numeric("½三"));
        assert!(is_decimal("٣") && decimal_value('٣') == Some(3));
        assert!(is_alpha("é三") && !is_alpha("ա́") && !is_alpha(""));
        assert!(is_space_str("\u{1c}\u{a0}\t") && !is_space_str("\u{200b}"));
        assert!(!is_title_str("A1b") && is_title_str("Ab 1C"));
        assert!(is_upper("A1") && !is_upper("1") && !is_upper("ǅ"));
        assert!(is_lower("a1") && !is_lower(""));
        assert!(is_printable("") && !is_printable("\n") && is_identifier("_a1"));
    }
}
