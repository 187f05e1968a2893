//! `pytext` against CPython 3.11: every line of `pytext/cases.jsonl`, which
//! `pytext/generate.py` writes.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use fact_lang::pytext::percent::{self, Arg};
use fact_lang::pytext::template::{self, First, Piece, Template};
use fact_lang::pytext::{TextError, case, float, number, repr, spec};
use fact_lang::pytext::{layout, search, slice};
use num_bigint::BigInt;
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMIT: usize = 1 << 20;

fn outcome(result: Result<Value, TextError>) -> Value {
    result.unwrap_or_else(|error| match error.exception() {
        Some((class, message)) => json!({"raise": class, "message": message}),
        None => json!("too large"),
    })
}

fn string(result: Result<String, TextError>) -> Result<Value, TextError> {
    result.map(Value::from)
}

fn float(text: &str) -> f64 {
    text.parse().unwrap()
}

fn int(text: &str) -> BigInt {
    text.parse().unwrap()
}

fn render_float(x: f64) -> Value {
    float::repr(x).into()
}

/// Fills a template whose arguments are strings, as the interpreter does with values.
fn fill_template(template: &Template, args: &[String]) -> Result<String, TextError> {
    let mut out = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Field(field) => {
                let First::Index(index) = field.first else {
                    return Err(TextError::Type("a name".into()));
                };
                let Some(arg) = args.get(index) else {
                    return Err(TextError::Type("a missing argument".into()));
                };
                let mut value = arg.clone();
                for part in &field.path {
                    let template::Part::Index(at) = part else {
                        return Err(TextError::Type("a part".into()));
                    };
                    value = value.chars().nth(*at).map(String::from).unwrap();
                }
                if let Some(error) = &field.path_error {
                    return Err(error.clone());
                }
                let value = match field.conversion {
                    None | Some('s') => value,
                    Some('r') => repr::repr(&value),
                    Some('a') => repr::ascii(&value),
                    Some(other) => return Err(template::unknown_conversion(other)),
                };
                let spec = fill_template(&field.spec, args)?;
                out.push_str(&spec::format_str(&value, &spec, LIMIT)?);
            }
        }
    }
    match &template.error {
        Some(error) => Err(error.clone()),
        None => Ok(out),
    }
}

fn percent(template: &str, arg: Arg<'_>) -> Result<String, TextError> {
    let mut out = String::new();
    let mut arg = Some(arg);
    for piece in percent::directives(template, false) {
        match piece? {
            percent::Piece::Literal(text) => out.push_str(&text),
            percent::Piece::Directive(directive) => {
                let arg = arg.take().ok_or_else(percent::not_enough)?;
                let n;
                let arg = match arg {
                    Arg::Int(value) if directive.is_text() => {
                        n = value.to_string();
                        Arg::Str(&n)
                    }
                    arg => arg,
                };
                out.push_str(&percent::render(&directive, None, None, arg, LIMIT)?);
            }
        }
    }
    Ok(out)
}

fn run(line: &[Value]) -> Value {
    let operation = line[0].as_str().unwrap();
    let a = line[1].as_str().unwrap_or("");
    let b = line[2].as_str().unwrap_or("");
    let n = line[2].as_i64().unwrap_or(0);
    outcome(match operation {
        "format_float" => string(spec::format_float(float(a), b, LIMIT)),
        "format_int" => string(spec::format_int(&int(a), b, LIMIT)),
        "format_str" => string(spec::format_str(a, b, LIMIT)),
        "format_bool" => string(spec::format_bool(line[1] == true, b, LIMIT)),
        "float_repr" => Ok(render_float(float(a))),
        "round" => number::round_float(float(a), n).map(render_float),
        "round_int" => Ok(number::round_int(&int(a), n).to_string().into()),
        "parse_int" => number::parse_int(a, n).map(|n| n.to_string().into()),
        "parse_float" => number::parse_float(a).map(render_float),
        "float_div" => number::float_floor_div(float(a), float(b)).map(render_float),
        "float_mod" => number::float_mod(float(a), float(b)).map(render_float),
        "int_div" => number::bigint_div_mod(&int(a), &int(b)).map(|(q, _)| q.to_string().into()),
        "int_mod" => number::bigint_div_mod(&int(a), &int(b)).map(|(_, m)| m.to_string().into()),
        "true_div" => number::int_true_div(&int(a), &int(b)).map(render_float),
        "repr" => Ok(repr::repr(a).into()),
        "ascii" => Ok(repr::ascii(a).into()),
        "lower" => Ok(case::lower(a).into()),
        "upper" => Ok(case::upper(a).into()),
        "title" => Ok(case::title(a).into()),
        "capitalize" => Ok(case::capitalize(a).into()),
        "swapcase" => Ok(case::swapcase(a).into()),
        "casefold" => Ok(case::casefold(a).into()),
        "isalpha" => Ok(case::is_alpha(a).into()),
        "isdigit" => Ok(case::is_digit(a).into()),
        "isdecimal" => Ok(case::is_decimal(a).into()),
        "isnumeric" => Ok(case::is_numeric(a).into()),
        "isalnum" => Ok(case::is_alnum(a).into()),
        "isspace" => Ok(case::is_space_str(a).into()),
        "isupper" => Ok(case::is_upper(a).into()),
        "islower" => Ok(case::is_lower(a).into()),
        "istitle" => Ok(case::is_title_str(a).into()),
        "isprintable" => Ok(case::is_printable(a).into()),
        "isidentifier" => Ok(case::is_identifier(a).into()),
        "isascii" => Ok(case::is_ascii(a).into()),
        "template" => {
            let args: Vec<String> = serde_json::from_value(line[2].clone()).unwrap();
            string(fill_template(&template::parse(a), &args))
        }
        "percent" => {
            let given = line[3].as_str().unwrap();
            string(match b {
                "int" => percent(a, Arg::Int(&int(given))),
                "float" => percent(a, Arg::Float(float(given))),
                _ => percent(a, Arg::Str(given)),
            })
        }
        other => panic!("unknown operation {other}"),
    })
}

#[test]
fn as_cpython() {
    let cases = include_str!("pytext/cases.jsonl");
    let mut wrong = Vec::new();
    let mut count = 0;
    for text in cases.lines() {
        let line: Vec<Value> = serde_json::from_str(text).unwrap();
        let want = line.last().unwrap();
        let got = run(&line);
        count += 1;
        // What no template of strings can show is not compared.
        let unlike = got.get("message").is_some_and(|m| {
            matches!(m.as_str(), Some("a missing argument" | "a name" | "a part"))
        });
        if got != *want && !unlike {
            wrong.push(format!("{text}\n  got {got}"));
        }
    }
    assert!(count > 3000);
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Text made of what the little languages of formatting react to, and some that is not ASCII.
fn markup() -> impl Strategy<Value = String> {
    "[<>=^+ #0-9,._a-gnosxXz%é٣{}!\\[\\]():*-]{0,14}"
}

proptest! {
    /// Hostile text makes errors, never panics, and nothing grows past the limit.
    #[test]
    fn hostile_text_is_harmless(
        spec in markup(),
        text in "\\PC{0,12}",
        x in any::<f64>(),
        n in any::<i64>(),
        numbers in any::<[Option<i64>; 3]>(),
    ) {
        let limit = 2000;
        let bounded = |result: Result<String, TextError>| {
            prop_assert!(result.map_or(0, |s| s.len()) <= limit + text.len());
            Ok(())
        };
        let big = BigInt::from(n) * BigInt::from(n);
        bounded(spec::format_float(x, &spec, limit))?;
        bounded(spec::format_int(&big, &spec, limit))?;
        bounded(spec::format_str(&text, &spec, limit))?;
        for template in [&spec, &text] {
            let _ = fill_template(&template::parse(template), std::slice::from_ref(&text));
            for arg in [Arg::Int(&big), Arg::Float(x), Arg::Str(&text)] {
                for piece in percent::directives(template, true).flatten() {
                    if let percent::Piece::Directive(d) = piece {
                        bounded(percent::render(&d, numbers[0], numbers[1], arg, limit))?;
                    }
                }
            }
            let _ = (number::parse_int(template, n % 40), number::parse_float(template));
            let _ = (case::title(template), case::casefold(template), repr::repr(template));
        }
        let [a, b, c] = numbers;
        if let Some(at) = slice::indices(a, b, c, text.chars().count()) {
            prop_assert_eq!(slice::slice_str(&text, at).chars().count(), at.count);
        }
        let _ = (search::find(&text, &spec, a, b), search::count(&text, "", a, b));
        let _ = search::rsplit(&text, a.map(|_| "a"), n);
        bounded(search::replace(&text, "", &spec, n, limit))?;
        bounded(layout::center(&text, n, 'é', limit))?;
        bounded(layout::zfill(&text, n, limit))?;
        bounded(layout::expandtabs("\t\t", n, limit))?;
        bounded(layout::repeat(&text, n, limit))?;
        if let Ok(rounded) = number::round_float(x, n % 400) {
            prop_assert!(rounded.is_finite() == x.is_finite());
        }
        let _ = (number::round_int(&big, n), number::int_true_div(&big, &BigInt::from(n)));
        prop_assert_eq!(float::repr(x).parse::<f64>().map(f64::to_bits).ok(),
            if x.is_nan() { f64::NAN } else { x }.to_bits().into());
    }
}
