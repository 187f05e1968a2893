//! From the bytes of a reply to a typed value, or to a message that shows where it went wrong.

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fmt::Write;
use std::marker::PhantomData;

/// Characters of a body that a message quotes.
const QUOTED: usize = 160;

/// Why a body is not what was expected. One line, without line breaks from the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Not JSON: cut off, an HTML page, `NaN`, ...
    #[error("the body is not JSON ({reason}); {at}")]
    Syntax {
        /// The parser's words, with line and column.
        reason: String,
        /// The text around that place.
        at: String,
    },
    /// JSON of another shape.
    #[error("the body does not have the expected form at `{field}`: {reason}")]
    Shape {
        /// Path of the field, such as `answers[3].detections[0].score`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads `body` as the JSON of a `T`. Fields that `T` does not know are ignored; nesting deeper than
/// 128 is refused.
///
/// # Errors
/// When the body is not JSON, or its JSON is not a `T`; the error names the place.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ReplyError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = excerpt(error.path().to_string().as_bytes(), QUOTED);
        let inner = error.into_inner();
        if inner.is_data() {
            ReplyError::Shape {
                field,
                reason: excerpt(inner.to_string().as_bytes(), 2 * QUOTED),
            }
        } else {
            syntax(body, &inner)
        }
    })?;
    reader.end().map_err(|error| syntax(body, &error))?;
    Ok(value)
}

/// An array of at most `N` items. Reading stops at the first one too many, so that millions of tiny
/// items in a reply of legal size do not become a large vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AtMost<T, const N: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const N: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
            type Value = AtMost<T, N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an array of at most {N} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() == N {
                        return Err(A::Error::custom(format!("more than {N} items")));
                    }
                    items.push(item);
                }
                Ok(AtMost(items))
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
    }
}

fn syntax(body: &[u8], error: &serde_json::Error) -> ReplyError {
    let line_start: usize = body
        .split_inclusive(|&byte| byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let place = (line_start + error.column()).min(body.len());
    let at = if body.is_empty() {
        "it is empty".to_owned()
    } else if place <= QUOTED / 2 {
        format!("it begins with `{}`", excerpt(body, QUOTED))
    } else {
        let from = place - QUOTED / 2;
        format!("near `{}`", excerpt(&body[from..], QUOTED))
    };
    ReplyError::Syntax {
        reason: error.to_string(),
        at,
    }
}

/// At most `most` characters of foreign text, on one line: control characters, and what else could
/// move a terminal's cursor or turn its text around, are escaped; what is not UTF-8 is replaced.
pub(crate) fn excerpt(text: &[u8], most: usize) -> String {
    // Four bytes are the longest character; a cut inside one shows as a replacement character.
    let cut = &text[..text.len().min(4 * most + 4)];
    let text = String::from_utf8_lossy(cut);
    let mut shown = String::new();
    let mut chars = text.trim().chars();
    for c in chars.by_ref().take(most) {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c.is_control() || turns_text(c) => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Line separators and the controls of bidirectional text (Unicode, annex 9).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Reply {
        #[allow(dead_code)]
        scores: Vec<f64>,
    }

    #[test]
    fn errors_name_the_field_and_the_place() {
        let error = |body: &str| parse::<Reply>(body.as_bytes()).unwrap_err().to_string();
        let shape = error(r#"{"scores": [1, "high"]}"#);
        assert!(
            shape.contains("`scores[1]`") && shape.contains("\"high\""),
            "{shape}"
        );
        let missing = error("{}");
        assert!(missing.contains("missing field `scores`"), "{missing}");
        let cut = error(r#"{"scores": [1, "#);
        assert!(cut.contains("EOF while parsing") && cut.contains("begins with `{\"scores"));
        let html = error("<html>\n<h1>Bad gateway</h1>");
        assert!(html.contains("begins with `<html>\\n<h1>"), "{html}");
        assert!(error("").contains("it is empty"));
        assert!(error("{\"scores\": []} x").contains("trailing characters"));
        let nan = error(&format!("{{\"scores\": [{} NaN]}}", "0.5, ".repeat(100)));
        assert!(nan.contains("near `") && nan.contains("NaN"), "{nan}");
        assert!(error("{\"scores\": [1e999]}").contains("out of range"));
        let deep = error(&"[".repeat(100_000));
        assert!(
            deep.contains("recursion limit") || deep.contains("invalid type"),
            "{deep}"
        );
        assert!(parse::<Reply>(b"{\"scores\": [1], \"more\": [[{}]]}").is_ok());
    }

    #[test]
    fn arrays_are_bounded_while_they_are_read() {
        assert_eq!(
            parse::<AtMost<u8, 3>>(b"[1, 2, 3]"),
            Ok(AtMost(vec![1, 2, 3]))
        );
        let message = parse::<AtMost<u8, 3>>(b"[1, 2, 3, 4, \"x")
            .unwrap_err()
            .to_string();
        assert!(message.contains("more than 3 items"), "{message}");
        let message = parse::<AtMost<u8, 3>>(b"{}").unwrap_err().to_string();
        assert!(message.contains("an array of at most 3 items"), "{message}");
    }

    #[test]
    fn excerpts_are_one_short_line() {
        assert_eq!(
            excerpt(b" a\nb\x1b[31m\xff\r\n", 40),
            "a\\nb\\u{1b}[31m\u{fffd}"
        );
        assert_eq!(excerpt("\u{202e}abc".as_bytes(), 40), "\\u{202e}abc");
        assert_eq!(excerpt(&b"x".repeat(1_000_000), 5), "xxxxx…");
        assert_eq!(excerpt("ééééé".as_bytes(), 5), "ééééé");
    }
}
