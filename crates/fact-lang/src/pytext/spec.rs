//! The format-spec mini-language: `format(value, spec)` for strings, integers, floats and bools.
//!
//! Types without their own formatting (`None`, lists, ...) accept only the empty spec; the message
//! for them is [`unsupported`].

use super::float::{self, Options, Style};
use super::{TextError, fill, len, number};
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

/// A parsed format specification, `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spec {
    fill: char,
    /// `<`, `>`, `^` or `=`.
    align: char,
    /// `+`, `-` or space.
    sign: Option<char>,
    /// `z`: a result that rounds to minus zero loses its sign.
    no_negative_zero: bool,
    alternate: bool,
    width: usize,
    /// Separator and size of groups.
    grouping: Option<(char, usize)>,
    precision: Option<usize>,
    /// `None` where CPython has the default type.
    kind: Option<char>,
}

/// The error for a non-empty spec on a value that has no formatting of its own:
/// `TypeError: unsupported format string passed to list.__format__`.
pub fn unsupported(type_name: &str) -> TextError {
    TextError::Type(format!(
        "unsupported format string passed to {type_name}.__format__"
    ))
}

fn unknown_code(code: char, type_name: &str) -> TextError {
    let shown = shown_code(code);
    TextError::value(format!(
        "Unknown format code '{shown}' for object of type '{type_name}'"
    ))
}

/// A character in a message: as it is, or `\x7f` when it is not graphic ASCII.
pub(super) fn shown_code(c: char) -> String {
    if c.is_ascii_graphic() {
        c.to_string()
    } else {
        format!("\\x{:x}", u32::from(c))
    }
}

/// Reads decimal digits at the start of `rest`; `None` when there are none.
fn digits(rest: &mut &[char]) -> Result<Option<usize>, TextError> {
    let mut value: Option<usize> = None;
    while let Some((c, tail)) = rest.split_first()
        && let Some(digit) = super::case::decimal_value(*c)
    {
        value = Some(
            value
                .unwrap_or(0)
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as usize))
                .filter(|v| *v <= isize::MAX as usize)
                .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?,
        );
        *rest = tail;
    }
    Ok(value)
}

fn eat(rest: &mut &[char], wanted: char) -> bool {
    match rest.split_first() {
        Some((c, tail)) if *c == wanted => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

impl Spec {
    fn parse(text: &str, type_name: &str, default: Option<char>) -> Result<Self, TextError> {
        let number = default != Some('s');
        let chars: Vec<char> = text.chars().collect();
        let mut rest = chars.as_slice();
        let is_align = |c: char| matches!(c, '<' | '>' | '=' | '^');
        let (fill, align) = match rest {
            [f, a, tail @ ..] if is_align(*a) => {
                rest = tail;
                (Some(*f), Some(*a))
            }
            [a, tail @ ..] if is_align(*a) => {
                rest = tail;
                (None, Some(*a))
            }
            _ => (None, None),
        };
        let sign = rest
            .first()
            .copied()
            .filter(|c| matches!(c, ' ' | '+' | '-'));
        if sign.is_some() {
            rest = rest.get(1..).unwrap_or(&[]);
        }
        let no_negative_zero = eat(&mut rest, 'z');
        let alternate = eat(&mut rest, '#');
        let zero = fill.is_none() && eat(&mut rest, '0');
        let width = digits(&mut rest)?;
        let mut separator = eat(&mut rest, ',').then_some(',');
        let both = || TextError::value("Cannot specify both ',' and '_'.");
        if eat(&mut rest, '_') {
            if separator.is_some() {
                return Err(both());
            }
            separator = Some('_');
        }
        if separator == Some('_') && rest.first() == Some(&',') {
            return Err(both());
        }
        let mut precision = None;
        if eat(&mut rest, '.') {
            precision = digits(&mut rest)?;
            if precision.is_none() {
                return Err(TextError::value("Format specifier missing precision"));
            }
        }
        if rest.len() > 1 {
            return Err(TextError::value(format!(
                "Invalid format specifier '{text}' for object of type '{type_name}'"
            )));
        }
        let kind = rest.first().copied().or(default);
        let grouping = match (separator, kind) {
            (None, _) => None,
            (Some(s), None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F')) => Some((s, 3)),
            (Some('_'), Some('b' | 'o' | 'x' | 'X')) => Some(('_', 4)),
            (Some(s), Some(kind)) => {
                let shown = shown_code(kind);
                return Err(TextError::value(format!(
                    "Cannot specify '{s}' with '{shown}'."
                )));
            }
        };
        Ok(Self {
            fill: fill.unwrap_or(if zero { '0' } else { ' ' }),
            align: align.unwrap_or(match (number, zero) {
                (true, true) => '=',
                (true, false) => '>',
                (false, _) => '<',
            }),
            sign,
            no_negative_zero,
            alternate,
            width: width.unwrap_or(0),
            grouping,
            precision,
            kind,
        })
    }

    /// Lays out a number: padding, sign, prefix, grouped digits, and what follows them.
    fn number(
        &self,
        negative: bool,
        prefix: &str,
        digits: &str,
        remainder: &str,
        limit: usize,
    ) -> Result<String, TextError> {
        if self.width > limit {
            return Err(TextError::TooLarge);
        }
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let around = sign.len() + prefix.len() + len(remainder);
        let inner = if self.fill == '0' && self.align == '=' {
            self.width.saturating_sub(around)
        } else {
            0
        };
        let grouped = if digits.is_empty() {
            String::new()
        } else {
            group(digits, inner, self.grouping)
        };
        let used = around + grouped.len();
        let missing = self.width.saturating_sub(used);
        let (left, middle, right) = match self.align {
            '<' => (0, 0, missing),
            '^' => (missing / 2, 0, missing - missing / 2),
            '=' => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        let room = limit.saturating_sub(used);
        fill(self.fill, missing, room)?;
        let pad = |n| fill(self.fill, n, room);
        Ok(pad(left)? + sign + prefix + &pad(middle)? + &grouped + remainder + &pad(right)?)
    }
}

/// Groups `digits` from the right, with zeros on the left up to `width` characters.
fn group(digits: &str, width: usize, grouping: Option<(char, usize)>) -> String {
    let Some((separator, size)) = grouping else {
        return format!("{}{digits}", "0".repeat(width.saturating_sub(digits.len())));
    };
    // Filled from the right, then reversed; all is ASCII.
    let mut out = String::new();
    let mut source = digits.chars().rev();
    let (mut remaining, mut width) = (digits.len(), width);
    loop {
        let take = size.min(remaining.max(width).max(1));
        for _ in 0..take {
            out.push(source.next().unwrap_or('0'));
        }
        remaining = remaining.saturating_sub(take);
        width = width.saturating_sub(take);
        if remaining == 0 && width == 0 {
            break;
        }
        width = width.saturating_sub(1);
        out.push(separator);
    }
    out.chars().rev().collect()
}

/// `format(s, spec)` of a string.
///
/// # Errors
/// `ValueError` for a spec that is not one of strings; [`TextError::TooLarge`].
pub fn format_str(s: &str, spec: &str, limit: usize) -> Result<String, TextError> {
    if spec.is_empty() {
        return Ok(s.to_owned());
    }
    let spec = Spec::parse(spec, "str", Some('s'))?;
    if let Some(kind) = spec.kind.filter(|k| *k != 's') {
        return Err(unknown_code(kind, "str"));
    }
    let refused = |what: &str| {
        Err(TextError::value(format!(
            "{what} not allowed in string format specifier"
        )))
    };
    match spec.sign {
        Some(' ') => return refused("Space"),
        Some(_) => return refused("Sign"),
        None => {}
    }
    if spec.no_negative_zero {
        return refused("Negative zero coercion (z)");
    }
    if spec.alternate {
        return refused("Alternate form (#)");
    }
    if spec.align == '=' {
        return refused("'=' alignment");
    }
    let shown = match spec.precision {
        Some(most) => &s[..super::byte_offset(s, most)],
        None => s,
    };
    let missing = spec.width.saturating_sub(len(shown));
    let left = match spec.align {
        '>' => missing,
        '^' => missing / 2,
        _ => 0,
    };
    let room = limit.saturating_sub(shown.len());
    fill(spec.fill, missing, room)?;
    Ok(fill(spec.fill, left, room)? + shown + &fill(spec.fill, missing - left, room)?)
}

/// `format(b, spec)` of a bool: a word without a spec, an integer with one.
///
/// # Errors
/// As [`format_int`].
pub fn format_bool(b: bool, spec: &str, limit: usize) -> Result<String, TextError> {
    if spec.is_empty() {
        return Ok(if b { "True" } else { "False" }.into());
    }
    int(&BigInt::from(u8::from(b)), spec, "bool", limit)
}

/// `format(n, spec)` of an integer.
///
/// # Errors
/// `ValueError` for a spec that is not one of integers; `OverflowError` where `n` is out of the
/// range of floats (`e`, `f`, `g`, `%`) or of characters (`c`); [`TextError::TooLarge`].
pub fn format_int(n: &BigInt, spec: &str, limit: usize) -> Result<String, TextError> {
    if spec.is_empty() {
        return number::int_to_str(n);
    }
    int(n, spec, "int", limit)
}

fn int(n: &BigInt, text: &str, type_name: &str, limit: usize) -> Result<String, TextError> {
    let spec = Spec::parse(text, type_name, Some('d'))?;
    let kind = spec.kind.unwrap_or('d');
    match kind {
        'd' | 'n' | 'b' | 'o' | 'x' | 'X' | 'c' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            return floating(number::int_to_float(n)?, &spec, limit);
        }
        other => return Err(unknown_code(other, type_name)),
    }
    if spec.precision.is_some() {
        return Err(TextError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.no_negative_zero {
        return Err(TextError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    let negative = n.sign() == Sign::Minus;
    let (prefix, digits) = match kind {
        'c' => {
            let refused = if spec.sign.is_some() {
                "Sign"
            } else if spec.alternate {
                "Alternate form (#)"
            } else {
                let c = character(n)?;
                return spec.number(false, "", "", c.encode_utf8(&mut [0; 4]), limit);
            };
            return Err(TextError::value(format!(
                "{refused} not allowed with integer format specifier 'c'"
            )));
        }
        'd' | 'n' => ("", number::int_to_str(n)?),
        base => {
            if usize::try_from(n.bits() / 4).unwrap_or(usize::MAX) > limit {
                return Err(TextError::TooLarge);
            }
            radix(n, base)
        }
    };
    let digits = digits.trim_start_matches('-');
    let prefix = if spec.alternate { prefix } else { "" };
    if digits.len().saturating_mul(2) > limit.max(2 * number::MAX_STR_DIGITS) {
        return Err(TextError::TooLarge);
    }
    spec.number(negative, prefix, digits, "", limit)
}

/// The prefix and digits of `n` with the presentation `b`, `o`, `x` or `X`.
pub(super) fn radix(n: &BigInt, kind: char) -> (&'static str, String) {
    let digits = |base| n.magnitude().to_str_radix(base);
    match kind {
        'b' => ("0b", digits(2)),
        'o' => ("0o", digits(8)),
        'x' => ("0x", digits(16)),
        _ => ("0X", digits(16).to_ascii_uppercase()),
    }
}

/// The character with code `n`.
pub(super) fn character(n: &BigInt) -> Result<char, TextError> {
    let Some(code) = n.to_i64() else {
        return Err(TextError::Overflow(
            "Python int too large to convert to C long".into(),
        ));
    };
    u32::try_from(code)
        .ok()
        .filter(|code| *code <= 0x10_ffff)
        .map_or_else(
            || Err(TextError::Overflow("%c arg not in range(0x110000)".into())),
            |code| {
                char::from_u32(code)
                    .ok_or_else(|| TextError::value("lone surrogates are not supported"))
            },
        )
}

/// `format(x, spec)` of a float.
///
/// # Errors
/// `ValueError` for a spec that is not one of floats; [`TextError::TooLarge`].
pub fn format_float(x: f64, spec: &str, limit: usize) -> Result<String, TextError> {
    if spec.is_empty() {
        return Ok(float::repr(x));
    }
    let spec = Spec::parse(spec, "float", None)?;
    floating(x, &spec, limit)
}

fn floating(x: f64, spec: &Spec, limit: usize) -> Result<String, TextError> {
    let style = match (spec.kind, spec.precision) {
        (None, None) => Style::Shortest,
        (None | Some('g' | 'G' | 'n'), _) => Style::General,
        (Some('e' | 'E'), _) => Style::Exponent,
        (Some('f' | 'F' | '%'), _) => Style::Fixed,
        (Some(other), _) => return Err(unknown_code(other, "float")),
    };
    let options = Options {
        alternate: spec.alternate,
        dot_zero: spec.kind.is_none(),
        upper: matches!(spec.kind, Some('E' | 'F' | 'G')),
    };
    let percent = spec.kind == Some('%');
    let x = if percent { x * 100.0 } else { x };
    let text = float::format(x, style, spec.precision.unwrap_or(6), options, limit)?;
    let (mut negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    if spec.no_negative_zero && negative {
        let mantissa = unsigned.split(['e', 'E']).next().unwrap_or("");
        negative = !mantissa.bytes().all(|b| matches!(b, b'0' | b'.'));
    }
    let whole = unsigned.len()
        - unsigned
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let (digits, after) = unsigned.split_at(whole);
    let mut after = after.to_owned();
    if percent {
        after.push('%');
    }
    spec.number(negative, "", digits, &after, limit)
}
