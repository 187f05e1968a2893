//! The `%` operator on strings: reading directives and rendering their arguments.
//!
//! [`directives`] reads the template lazily, as CPython does, so that an error in it is seen only
//! when the directives before it have been rendered. The caller fetches the arguments; it raises
//! [`not_enough`] and [`not_all_converted`], and passes the values of `*` to [`render`].

use super::float::{self, Options, Style};
use super::spec::{character, radix};
use super::{TextError, byte_offset, fill, len, number};
use num_bigint::{BigInt, Sign};

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text, with `%%` made `%`.
    Literal(String),
    /// A directive.
    Directive(Directive),
}

/// A width or precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Not given.
    Absent,
    /// A number.
    Given(usize),
    /// `*`: the next argument; other than an integer raises `TypeError: * wants int`.
    Star,
}

/// `%(key)flags width.precision conversion`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Key into the mapping on the right of the operator.
    pub key: Option<String>,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// space
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// Least width. Its argument is fetched first.
    pub width: Amount,
    /// Precision. Its argument is fetched next, the value's last.
    pub precision: Amount,
    /// The conversion; [`render`] refuses unknown ones.
    pub conversion: char,
    /// Index of the conversion in the template, in code points.
    pub index: usize,
}

impl Directive {
    /// Whether the argument is to be rendered as `str`, `repr` or `ascii` by the caller and
    /// passed as [`Arg::Str`].
    pub fn is_text(&self) -> bool {
        matches!(self.conversion, 's' | 'r' | 'a')
    }
}

/// An argument of [`render`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg<'a> {
    /// An integer or bool.
    Int(&'a BigInt),
    /// A float.
    Float(f64),
    /// A string, or the text of any value for `%s`, `%r` and `%a`.
    Str(&'a str),
    /// Any other value: the name of its type.
    Other(&'a str),
}

/// `TypeError: not enough arguments for format string`
pub fn not_enough() -> TextError {
    TextError::Type("not enough arguments for format string".into())
}

/// `TypeError: not all arguments converted during string formatting`
pub fn not_all_converted() -> TextError {
    TextError::Type("not all arguments converted during string formatting".into())
}

/// Reads a template. `mapping` says whether the right operand may be looked up by key.
pub fn directives(template: &str, mapping: bool) -> Directives {
    Directives {
        chars: template.chars().collect(),
        at: 0,
        mapping,
    }
}

/// Iterator over the pieces of a template; ends after an error.
#[derive(Debug, Clone)]
pub struct Directives {
    chars: Vec<char>,
    at: usize,
    mapping: bool,
}

impl Iterator for Directives {
    type Item = Result<Piece, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut literal = String::new();
        while let Some(c) = self.peek() {
            if c != '%' {
                literal.push(c);
                self.at += 1;
            } else if self.chars.get(self.at + 1) == Some(&'%') {
                literal.push('%');
                self.at += 2;
            } else {
                break;
            }
        }
        if !literal.is_empty() {
            return Some(Ok(Piece::Literal(literal)));
        }
        self.take()?;
        let directive = self.directive();
        if directive.is_err() {
            self.at = self.chars.len();
        }
        Some(directive.map(Piece::Directive))
    }
}

impl Directives {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn directive(&mut self) -> Result<Directive, TextError> {
        let mut out = Directive {
            key: None,
            left: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: Amount::Absent,
            precision: Amount::Absent,
            conversion: '%',
            index: 0,
        };
        if self.peek() == Some('(') {
            if !self.mapping {
                return Err(TextError::Type("format requires a mapping".into()));
            }
            out.key = Some(self.key()?);
        }
        while let Some(c) = self.peek() {
            match c {
                '-' => out.left = true,
                '+' => out.plus = true,
                ' ' => out.space = true,
                '#' => out.alternate = true,
                '0' => out.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        out.width = self.amount("width too big")?;
        if self.peek() == Some('.') {
            self.at += 1;
            out.precision = match self.amount("precision too big")? {
                Amount::Absent => Amount::Given(0),
                amount => amount,
            };
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        out.index = self.at;
        out.conversion = self
            .take()
            .ok_or_else(|| TextError::value("incomplete format"))?;
        Ok(out)
    }

    /// The key after `(`, to the parenthesis that closes it.
    fn key(&mut self) -> Result<String, TextError> {
        self.at += 1;
        let mut open = 1_u32;
        let mut key = String::new();
        while let Some(c) = self.take() {
            match c {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(key);
            }
            key.push(c);
        }
        Err(TextError::value("incomplete format key"))
    }

    fn amount(&mut self, too_big: &str) -> Result<Amount, TextError> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Ok(Amount::Star);
        }
        let mut value = Amount::Absent;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let before = if let Amount::Given(v) = value { v } else { 0 };
            value = before
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as usize))
                .filter(|v| *v <= isize::MAX as usize)
                .map(Amount::Given)
                .ok_or_else(|| TextError::value(too_big))?;
            self.at += 1;
        }
        Ok(value)
    }
}

/// Renders one argument. `width` and `precision` are the values of `*`, where the directive has
/// them: a negative width aligns left, a negative precision is 0.
///
/// # Errors
/// `TypeError` for an argument of the wrong type, `ValueError` for an unknown conversion,
/// `OverflowError` for numbers out of range; [`TextError::TooLarge`].
pub fn render(
    directive: &Directive,
    width: Option<i64>,
    precision: Option<i64>,
    arg: Arg<'_>,
    limit: usize,
) -> Result<String, TextError> {
    let conversion = directive.conversion;
    let star = |v: i64| usize::try_from(v.unsigned_abs()).unwrap_or(usize::MAX);
    let (least, left) = match directive.width {
        Amount::Given(width) => (width, directive.left),
        Amount::Star => (
            width.map_or(0, star),
            directive.left || width.is_some_and(|w| w < 0),
        ),
        Amount::Absent => (0, directive.left),
    };
    let precision = match directive.precision {
        Amount::Given(precision) => Some(precision),
        Amount::Star => Some(precision.map_or(0, |p| star(p.max(0)))),
        Amount::Absent => None,
    };
    let (negative, prefix, body) = match conversion {
        's' | 'r' | 'a' => {
            let text = if let Arg::Str(text) = arg { text } else { "" };
            let end = precision.map_or(text.len(), |most| byte_offset(text, most));
            return pad("", "", &text[..end], ' ', least, left, limit);
        }
        'c' => {
            let c = match arg {
                Arg::Int(n) => character(n).map_err(|error| match error {
                    TextError::Overflow(_) => {
                        TextError::Overflow("%c arg not in range(0x110000)".into())
                    }
                    error => error,
                })?,
                Arg::Str(s) if len(s) == 1 => s.chars().next().unwrap_or_default(),
                _ => return Err(TextError::Type("%c requires int or char".into())),
            };
            return pad("", "", c.encode_utf8(&mut [0; 4]), ' ', least, left, limit);
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(directive, precision, arg, limit)?,
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let (negative, body) = floating(directive, precision, arg, limit)?;
            (negative, "", body)
        }
        other => {
            let shown = if (' '..='~').contains(&other) {
                other
            } else {
                '?'
            };
            return Err(TextError::value(format!(
                "unsupported format character '{shown}' (0x{:x}) at index {}",
                u32::from(other),
                directive.index
            )));
        }
    };
    let sign = match (negative, directive.plus, directive.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let fill = if directive.zero { '0' } else { ' ' };
    pad(sign, prefix, &body, fill, least, left, limit)
}

/// Sign, prefix and body in `width` columns; zeros go between prefix and body.
fn pad(
    sign: &str,
    prefix: &str,
    body: &str,
    c: char,
    width: usize,
    left: bool,
    limit: usize,
) -> Result<String, TextError> {
    let missing = width.saturating_sub(sign.len() + prefix.len() + len(body));
    let room = limit.saturating_sub(sign.len() + prefix.len() + body.len());
    let c = if left { ' ' } else { c };
    let padding = fill(c, missing, room)?;
    Ok(match (left, c) {
        (true, _) => format!("{sign}{prefix}{body}{padding}"),
        (false, '0') => format!("{sign}{prefix}{padding}{body}"),
        (false, _) => format!("{padding}{sign}{prefix}{body}"),
    })
}

/// Sign, prefix and digits of an integer directive.
fn integer(
    directive: &Directive,
    precision: Option<usize>,
    arg: Arg<'_>,
    limit: usize,
) -> Result<(bool, &'static str, String), TextError> {
    let conversion = directive.conversion;
    let decimal = matches!(conversion, 'd' | 'i' | 'u');
    let truncated;
    let n = match arg {
        Arg::Int(n) => n,
        Arg::Float(x) if decimal => {
            truncated = number::float_to_int(x)?;
            &truncated
        }
        Arg::Float(_) | Arg::Str(_) | Arg::Other(_) => {
            let name = type_name(arg);
            let wanted = if decimal {
                "a real number"
            } else {
                "an integer"
            };
            return Err(TextError::Type(format!(
                "%{conversion} format: {wanted} is required, not {name}"
            )));
        }
    };
    let (prefix, digits) = if decimal {
        let text = number::int_to_str(n)?;
        ("", text.trim_start_matches('-').to_owned())
    } else {
        if usize::try_from(n.bits() / 4).unwrap_or(usize::MAX) > limit {
            return Err(TextError::TooLarge);
        }
        radix(n, conversion)
    };
    let missing = match precision {
        Some(precision) if precision > i32::MAX as usize => {
            return Err(TextError::value("precision too big"));
        }
        Some(precision) => precision.saturating_sub(digits.len()),
        None => 0,
    };
    let zeros = fill('0', missing, limit.saturating_sub(digits.len()))?;
    let prefix = if directive.alternate { prefix } else { "" };
    Ok((n.sign() == Sign::Minus, prefix, zeros + &digits))
}

/// Sign and digits of a float directive.
fn floating(
    directive: &Directive,
    precision: Option<usize>,
    arg: Arg<'_>,
    limit: usize,
) -> Result<(bool, String), TextError> {
    let x = match arg {
        Arg::Float(x) => x,
        Arg::Int(n) => number::int_to_float(n)?,
        Arg::Str(_) | Arg::Other(_) => {
            let name = type_name(arg);
            return Err(TextError::Type(format!("must be real number, not {name}")));
        }
    };
    let style = match directive.conversion {
        'e' | 'E' => Style::Exponent,
        'f' | 'F' => Style::Fixed,
        _ => Style::General,
    };
    let options = Options {
        alternate: directive.alternate,
        dot_zero: false,
        upper: directive.conversion.is_ascii_uppercase(),
    };
    let text = float::format(x, style, precision.unwrap_or(6), options, limit)?;
    Ok(match text.strip_prefix('-') {
        Some(body) => (true, body.to_owned()),
        None => (false, text),
    })
}

fn type_name<'a>(arg: Arg<'a>) -> &'a str {
    match arg {
        Arg::Int(_) => "int",
        Arg::Float(_) => "float",
        Arg::Str(_) => "str",
        Arg::Other(name) => name,
    }
}
