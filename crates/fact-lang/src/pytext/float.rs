//! Decimal text of floats: `repr` and the `e`, `f` and `g` presentations.
//!
//! The digits come from the standard library's shortest and exact conversions, both correctly
//! rounded (half to even) as CPython's are; this module lays them out.

use super::TextError;

/// No double has more significant decimal digits than 767; beyond this many all are zeros.
const EXACT_DIGITS: usize = 1100;

/// Upper bound of the digits before the decimal point, plus sign, point and exponent.
const ROOM: usize = 320;

/// How a float is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The fewest digits that read back as the same float: `repr`.
    Shortest,
    /// `e`: one digit, the point, `precision` digits, exponent.
    Exponent,
    /// `f`: `precision` digits after the point.
    Fixed,
    /// `g`: `precision` significant digits, trailing zeros dropped, exponent where it is shorter.
    General,
}

/// Options of [`format()`] beyond the style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// `#`: keep the point and, with [`Style::General`], the trailing zeros.
    pub alternate: bool,
    /// Add `.0` to what would read as an integer.
    pub dot_zero: bool,
    /// Upper-case exponent, `INF` and `NAN`.
    pub upper: bool,
}

/// `repr(x)`; also `str(x)`.
pub fn repr(x: f64) -> String {
    let options = Options {
        dot_zero: true,
        ..Options::default()
    };
    // The shortest form ignores precision and limit.
    format(x, Style::Shortest, 0, options, usize::MAX).unwrap_or_default()
}

/// Writes `x`, with `-` when it is negative (minus zero is).
///
/// # Errors
/// [`TextError::TooLarge`] when the precision alone could exceed `limit`; `ValueError: precision
/// too big` as CPython has it.
pub fn format(
    x: f64,
    style: Style,
    precision: usize,
    options: Options,
    limit: usize,
) -> Result<String, TextError> {
    if precision > i32::MAX as usize {
        return Err(TextError::value("precision too big"));
    }
    if precision > EXACT_DIGITS && precision.saturating_add(ROOM) > limit {
        return Err(TextError::TooLarge);
    }
    let mut out = String::new();
    if x.is_sign_negative() && !x.is_nan() {
        out.push('-');
    }
    let x = x.abs();
    if x.is_nan() {
        out.push_str("nan");
    } else if x.is_infinite() {
        out.push_str("inf");
    } else {
        match style {
            Style::Fixed => fixed(x, precision, options, &mut out),
            Style::Exponent => {
                let (digits, exponent) = significant(x, precision.saturating_add(1));
                exponential(&digits, exponent, options, &mut out);
            }
            Style::Shortest => {
                let (digits, exponent) = split(&format!("{x:e}"));
                if (-4..16).contains(&exponent) {
                    positional(&digits, exponent, options, &mut out);
                } else {
                    exponential(&digits, exponent, options, &mut out);
                }
            }
            Style::General => {
                let precision = precision.max(1);
                let (mut digits, exponent) = significant(x, precision);
                if !options.alternate {
                    digits.truncate(digits.trim_end_matches('0').len().max(1));
                }
                let below = precision - usize::from(options.dot_zero);
                if exponent < -4 || exponent >= i64::try_from(below).unwrap_or(i64::MAX) {
                    exponential(&digits, exponent, options, &mut out);
                } else {
                    positional(&digits, exponent, options, &mut out);
                }
            }
        }
    }
    if options.upper {
        out.make_ascii_uppercase();
    }
    Ok(out)
}

/// The first `n` significant digits of a finite `x >= 0`, and the exponent of the first.
pub(super) fn significant(x: f64, n: usize) -> (String, i64) {
    let shown = n.clamp(1, EXACT_DIGITS);
    let (mut digits, exponent) = split(&format!("{:.*e}", shown - 1, x));
    digits.extend(std::iter::repeat_n('0', n.saturating_sub(shown)));
    (digits, exponent)
}

/// `1.25e-7` → (`125`, -7).
fn split(scientific: &str) -> (String, i64) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits = mantissa.chars().filter(|c| *c != '.').collect();
    (digits, exponent.parse().unwrap_or(0))
}

fn fixed(x: f64, precision: usize, options: Options, out: &mut String) {
    let shown = precision.min(EXACT_DIGITS);
    out.push_str(&format!("{x:.shown$}"));
    out.extend(std::iter::repeat_n('0', precision - shown));
    if precision == 0 && options.alternate {
        out.push('.');
    }
}

fn exponential(digits: &str, exponent: i64, options: Options, out: &mut String) {
    let (first, rest) = digits.split_at(digits.len().min(1));
    out.push_str(first);
    if !rest.is_empty() || options.alternate {
        out.push('.');
    }
    out.push_str(rest);
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
}

fn positional(digits: &str, exponent: i64, options: Options, out: &mut String) {
    let Ok(exponent) = usize::try_from(exponent) else {
        out.push_str("0.");
        let zeros = usize::try_from(-1 - exponent).unwrap_or(0);
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(digits);
        return;
    };
    let whole = exponent + 1;
    if digits.len() > whole {
        out.push_str(&digits[..whole]);
        out.push('.');
        out.push_str(&digits[whole..]);
    } else {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', whole - digits.len()));
        if options.dot_zero {
            out.push_str(".0");
        } else if options.alternate {
            out.push('.');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_as_cpython() {
        for (x, want) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (100.0 / 3.0, "33.333333333333336"),
            (2.5e-5, "2.5e-05"),
            (9007199254740993.0, "9007199254740992.0"),
        ] {
            assert_eq!(repr(x), want);
        }
    }

    #[test]
    fn ties_go_to_even() {
        for (x, n, want) in [
            (0.5, 0, "0"),
            (1.5, 0, "2"),
            (2.5, 0, "2"),
            (0.125, 2, "0.12"),
            (0.375, 2, "0.38"),
            (2.675, 2, "2.67"),
            (1e22, 0, "10000000000000000000000"),
        ] {
            assert_eq!(
                format(x, Style::Fixed, n, Options::default(), 99).as_deref(),
                Ok(want)
            );
        }
    }

    #[test]
    fn precision_is_bounded() {
        let fixed = |n, limit| format(1.5, Style::Fixed, n, Options::default(), limit);
        assert_eq!(fixed(1_000_000, 1000), Err(TextError::TooLarge));
        assert_eq!(fixed(5000, 10_000).map(|s| s.len()), Ok(5002));
        assert!(matches!(fixed(usize::MAX, 10), Err(TextError::Value(_))));
    }
}
