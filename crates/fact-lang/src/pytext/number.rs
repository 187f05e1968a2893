//! Conversions between text and numbers, and the arithmetic whose results CPython defines in its
//! own way.

use super::case::{decimal_value, is_space};
use super::{TextError, float, repr};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{FromPrimitive, One, Signed, ToPrimitive, Zero};

/// Decimal digits that `int(s)` and `str(n)` accept (`sys.get_int_max_str_digits()`).
pub const MAX_STR_DIGITS: usize = 4300;

/// `int(s, base)`, with surrounding whitespace, sign, prefix and underscores.
///
/// # Errors
/// `ValueError` when `base` is not 0 or 2..=36, when `s` is no literal of that base, or when it
/// has more than [`MAX_STR_DIGITS`] digits in a base that is no power of two.
pub fn parse_int(s: &str, base: i64) -> Result<BigInt, TextError> {
    let Some(given) = u32::try_from(base)
        .ok()
        .filter(|b| *b == 0 || (2..=36).contains(b))
    else {
        return Err(TextError::value("int() base must be >= 2 and <= 36, or 0"));
    };
    let invalid = || {
        let shown: String = repr::repr(s).chars().take(200).collect();
        TextError::value(format!(
            "invalid literal for int() with base {base}: {shown}"
        ))
    };
    let ascii = to_ascii_digits(s);
    let text = trim(&ascii, s.is_ascii());
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let (radix, body) = if prefix != 0 && (given == 0 || given == prefix) {
        let body = text.get(2..).unwrap_or("");
        (prefix, body.strip_prefix('_').unwrap_or(body))
    } else {
        (if given == 0 { 10 } else { given }, text)
    };
    let mut digits = String::with_capacity(body.len());
    for part in body.split('_') {
        if part.is_empty() || !part.chars().all(|c| c.is_digit(radix)) {
            return Err(invalid());
        }
        digits.push_str(part);
    }
    if given == 0 && prefix == 0 && digits.starts_with('0') && digits.contains(|c| c != '0') {
        return Err(invalid());
    }
    if !radix.is_power_of_two() && digits.len() > MAX_STR_DIGITS {
        return Err(TextError::value(format!(
            "Exceeds the limit ({MAX_STR_DIGITS} digits) for integer string conversion: value has \
             {} digits; use sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    let value = BigInt::parse_bytes(digits.as_bytes(), radix).ok_or_else(invalid)?;
    Ok(if negative { -value } else { value })
}

/// `float(s)`, with surrounding whitespace, underscores, `inf` and `nan`.
///
/// # Errors
/// `ValueError` when `s` is no literal of a float.
pub fn parse_float(s: &str) -> Result<f64, TextError> {
    let invalid = || {
        TextError::value(format!(
            "could not convert string to float: {}",
            repr::repr(s)
        ))
    };
    let ascii = to_ascii_digits(s);
    let text = trim(&ascii, s.is_ascii());
    let bytes = text.as_bytes();
    let digit = |i: Option<usize>| {
        i.and_then(|i| bytes.get(i))
            .is_some_and(|b| b.is_ascii_digit())
    };
    let mut plain = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        match c {
            '_' if digit(i.checked_sub(1)) && digit(Some(i + 1)) => {}
            '_' => return Err(invalid()),
            c => plain.push(c),
        }
    }
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let word = unsigned.to_ascii_lowercase();
    let number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if number || matches!(word.as_str(), "inf" | "infinity" | "nan") {
        plain.parse().map_err(|_| invalid())
    } else {
        Err(invalid())
    }
}

/// Strips white space: C's of text that was ASCII, Unicode's of other text.
fn trim(text: &str, ascii: bool) -> &str {
    if ascii {
        text.trim_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r'])
    } else {
        text.trim_matches(is_space)
    }
}

/// Replaces Unicode's decimal digits with ASCII's.
fn to_ascii_digits(s: &str) -> std::borrow::Cow<'_, str> {
    if s.is_ascii() {
        return s.into();
    }
    s.chars()
        .map(|c| {
            decimal_value(c)
                .and_then(|d| char::from_digit(d, 10))
                .unwrap_or(c)
        })
        .collect::<String>()
        .into()
}

/// `str(n)`; also its `repr`.
///
/// # Errors
/// `ValueError` when `n` has more than [`MAX_STR_DIGITS`] digits.
pub fn int_to_str(n: &BigInt) -> Result<String, TextError> {
    let too_long = || {
        TextError::value(format!(
            "Exceeds the limit ({MAX_STR_DIGITS} digits) for integer string conversion; use \
             sys.set_int_max_str_digits() to increase the limit"
        ))
    };
    // 4300 digits are at most 14285 bits; what is longer need not be converted to know.
    if n.bits() > 14_285 {
        return Err(too_long());
    }
    let text = n.to_string();
    if text.trim_start_matches('-').len() > MAX_STR_DIGITS {
        return Err(too_long());
    }
    Ok(text)
}

/// `int(x)`: truncates towards zero.
///
/// # Errors
/// `ValueError` for NaN, `OverflowError` for infinities.
pub fn float_to_int(x: f64) -> Result<BigInt, TextError> {
    BigInt::from_f64(x).ok_or_else(|| {
        if x.is_nan() {
            TextError::value("cannot convert float NaN to integer")
        } else {
            TextError::Overflow("cannot convert float infinity to integer".into())
        }
    })
}

/// `float(n)`, rounded half to even.
///
/// # Errors
/// `OverflowError` when `n` is beyond the range of floats.
pub fn int_to_float(n: &BigInt) -> Result<f64, TextError> {
    n.to_f64()
        .filter(|x| x.is_finite())
        .ok_or_else(|| TextError::Overflow("int too large to convert to float".into()))
}

/// `round(x)`: half to even.
///
/// # Errors
/// As [`float_to_int`].
pub fn round_float_to_int(x: f64) -> Result<BigInt, TextError> {
    float_to_int(x.round_ties_even())
}

/// `round(x, digits)`: the float nearest to the decimal that is nearest to `x`, ties to even.
///
/// # Errors
/// `OverflowError` when the result is beyond the range of floats.
pub fn round_float(x: f64, digits: i64) -> Result<f64, TextError> {
    if !x.is_finite() || x == 0.0 || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0 * x);
    }
    let size = x.abs();
    let rounded = match usize::try_from(digits) {
        Ok(digits) => format!("{size:.digits$}"),
        Err(_) => {
            let (_, exponent) = float::significant(size, 800);
            // Digits before the rounding position; -1 when the first digit is right of it.
            match usize::try_from(exponent + digits) {
                Ok(kept) => format!("{size:.kept$e}"),
                Err(_) if exponent + digits == -1 => {
                    let unit = format!("1e{}", -digits);
                    let half: f64 = format!("5e{}", -digits - 1).parse().unwrap_or(f64::MAX);
                    // 0 is even, so a tie goes down.
                    if size > half { unit } else { "0".into() }
                }
                Err(_) => "0".into(),
            }
        }
    };
    let value: f64 = rounded.parse().unwrap_or(size);
    if value.is_infinite() {
        return Err(TextError::Overflow(
            "rounded value too large to represent".into(),
        ));
    }
    Ok(value.copysign(x))
}

/// `round(n, digits)` of an integer: for negative digits the nearest multiple of a power of ten,
/// ties to the even multiple.
pub fn round_int(n: &BigInt, digits: i64) -> BigInt {
    if digits >= 0 {
        return n.clone();
    }
    let places = digits.unsigned_abs();
    // A number of b bits has at most b/3 + 1 digits.
    if places > n.bits() / 3 + 2 {
        return BigInt::zero();
    }
    let unit = BigInt::from(10).pow(u32::try_from(places).unwrap_or(u32::MAX));
    let (quotient, rest) = n.div_mod_floor(&unit);
    let twice: BigInt = &rest * 2;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd(),
    };
    (if up {
        quotient + BigInt::one()
    } else {
        quotient
    }) * unit
}

/// `divmod(a, b)` of floats; `//` and `%` are its parts. `None` when `b` is 0: the message
/// depends on the operator.
pub fn float_div_mod(a: f64, b: f64) -> Option<(f64, f64)> {
    if b == 0.0 {
        return None;
    }
    let mut modulo = a % b;
    let mut quotient = (a - modulo) / b;
    if modulo == 0.0 {
        modulo = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (modulo < 0.0) {
        modulo += b;
        quotient -= 1.0;
    }
    let floor = if quotient == 0.0 {
        0.0_f64.copysign(a / b)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    };
    Some((floor, modulo))
}

/// `a // b` on floats.
///
/// # Errors
/// `ZeroDivisionError`.
pub fn float_floor_div(a: f64, b: f64) -> Result<f64, TextError> {
    float_div_mod(a, b)
        .map(|(quotient, _)| quotient)
        .ok_or_else(|| TextError::ZeroDivision("float floor division by zero".into()))
}

/// `a % b` on floats: the sign is that of `b`.
///
/// # Errors
/// `ZeroDivisionError`.
pub fn float_mod(a: f64, b: f64) -> Result<f64, TextError> {
    float_div_mod(a, b)
        .map(|(_, modulo)| modulo)
        .ok_or_else(|| TextError::ZeroDivision("float modulo".into()))
}

/// `a // b` and `a % b` on machine integers; `None` when the quotient overflows (`i64::MIN // -1`).
///
/// # Errors
/// `ZeroDivisionError` with the message of `//` (and of `divmod`); `%` alone has
/// `integer modulo by zero`.
pub fn int_div_mod(a: i64, b: i64) -> Result<Option<(i64, i64)>, TextError> {
    if b == 0 {
        return Err(TextError::ZeroDivision(
            "integer division or modulo by zero".into(),
        ));
    }
    let (Some(quotient), Some(rest)) = (a.checked_div(b), a.checked_rem(b)) else {
        return Ok(None);
    };
    Ok(Some(if rest != 0 && (rest < 0) != (b < 0) {
        (quotient - 1, rest + b)
    } else {
        (quotient, rest)
    }))
}

/// As [`int_div_mod`], on large integers.
///
/// # Errors
/// As [`int_div_mod`].
pub fn bigint_div_mod(a: &BigInt, b: &BigInt) -> Result<(BigInt, BigInt), TextError> {
    if b.is_zero() {
        return Err(TextError::ZeroDivision(
            "integer division or modulo by zero".into(),
        ));
    }
    Ok(a.div_mod_floor(b))
}

/// `a / b` on integers of any size, rounded once (half to even) where the result is not
/// subnormal.
///
/// # Errors
/// `ZeroDivisionError`, or `OverflowError` when the result is beyond the range of floats.
pub fn int_true_div(a: &BigInt, b: &BigInt) -> Result<f64, TextError> {
    if b.is_zero() {
        return Err(TextError::ZeroDivision("division by zero".into()));
    }
    if a.bits() <= 53
        && b.bits() <= 53
        && let (Some(a), Some(b)) = (a.to_f64(), b.to_f64())
    {
        return Ok(a / b);
    }
    // Scale so that the integer quotient has at least 64 bits, and keep a sticky bit.
    let shift = i64::try_from(b.bits()).unwrap_or(i64::MAX) + 66
        - i64::try_from(a.bits()).unwrap_or(i64::MAX);
    if shift > 1300 {
        return Ok(if a.is_negative() != b.is_negative() {
            -0.0
        } else {
            0.0
        });
    }
    if shift < -1100 {
        return Err(result_too_large());
    }
    let (top, bottom) = if shift >= 0 {
        (a.abs() << shift, b.abs())
    } else {
        (a.abs(), b.abs() << -shift)
    };
    let (mut quotient, rest) = top.div_rem(&bottom);
    if !rest.is_zero() {
        quotient.set_bit(0, true);
    }
    // Exact powers of two, in two steps so that neither leaves the range.
    let half = i32::try_from(-shift / 2).unwrap_or(0);
    let other = i32::try_from(-shift).unwrap_or(0) - half;
    let size =
        quotient.to_f64().unwrap_or(f64::INFINITY) * 2.0_f64.powi(half) * 2.0_f64.powi(other);
    if size.is_infinite() {
        return Err(result_too_large());
    }
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    Ok(if negative { -size } else { size })
}

fn result_too_large() -> TextError {
    TextError::Overflow("integer division result too large for a float".into())
}
