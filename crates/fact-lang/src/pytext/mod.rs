//! Text, numbers and formatting as CPython 3.11 does them.
//!
//! Pure functions over Rust types, without the interpreter and its values: what `repr`, `int`,
//! `float`, `round`, `format`, `str.format`, `%` and the methods of `str` compute. Positions and
//! lengths count code points, as Python's do. Messages are CPython's, word for word.
//!
//! Whatever can make its result much larger than its arguments takes a `limit`, the greatest
//! number of bytes the result may have, and answers [`TextError::TooLarge`] beyond it, before
//! allocating.
//!
//! | module | owns |
//! |---|---|
//! | [`number`] | `int(s)`, `float(s)`, conversions, `round`, `//`, `%`, `/` |
//! | [`float`] | decimal digits and `repr` of floats |
//! | [`repr`] | `repr` and `ascii` of strings |
//! | [`spec`] | the format-spec mini-language: `format(value, spec)` |
//! | [`template`] | the templates of `str.format` |
//! | [`percent`] | the `%` operator on strings |
//! | [`mod@slice`] | `slice.indices`, index normalization |
//! | [`search`] | find, count, replace, split, strip |
//! | [`case`] | case conversion and the `is…` predicates |
//! | [`layout`] | padding, tabs, lines |

pub mod case;
pub mod float;
pub mod layout;
pub mod number;
pub mod percent;
pub mod repr;
pub mod search;
pub mod slice;
pub mod spec;
mod tables;
pub mod template;

/// Why a function has no result: a Python exception, or the caller's size limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// `ValueError`
    #[error("ValueError: {0}")]
    Value(String),
    /// `TypeError`
    #[error("TypeError: {0}")]
    Type(String),
    /// `OverflowError`
    #[error("OverflowError: {0}")]
    Overflow(String),
    /// `ZeroDivisionError`
    #[error("ZeroDivisionError: {0}")]
    ZeroDivision(String),
    /// The result would exceed the caller's limit; not a Python exception.
    #[error("the result exceeds the limit")]
    TooLarge,
}

impl TextError {
    /// Python's class name and message; `None` for [`TextError::TooLarge`].
    pub fn exception(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Value(m) => Some(("ValueError", m)),
            Self::Type(m) => Some(("TypeError", m)),
            Self::Overflow(m) => Some(("OverflowError", m)),
            Self::ZeroDivision(m) => Some(("ZeroDivisionError", m)),
            Self::TooLarge => None,
        }
    }

    fn value(message: impl Into<String>) -> Self {
        Self::Value(message.into())
    }
}

/// `n` copies of `c`, or [`TextError::TooLarge`] when they exceed `limit` bytes.
fn fill(c: char, n: usize, limit: usize) -> Result<String, TextError> {
    match n.checked_mul(c.len_utf8()) {
        Some(bytes) if bytes <= limit => Ok(std::iter::repeat_n(c, n).collect()),
        _ => Err(TextError::TooLarge),
    }
}

/// `len(s)`: the number of code points.
pub fn len(s: &str) -> usize {
    if s.is_ascii() {
        s.len()
    } else {
        s.chars().count()
    }
}

/// Byte offset of the code point at `index`; the length of `s` when `index` is past its end.
fn byte_offset(s: &str, index: usize) -> usize {
    if s.is_ascii() {
        index.min(s.len())
    } else {
        s.char_indices().nth(index).map_or(s.len(), |(at, _)| at)
    }
}
