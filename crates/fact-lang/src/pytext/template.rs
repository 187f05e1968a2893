//! The templates of `str.format`: parsing, field names, automatic numbering.
//!
//! CPython reads a template while it fills it in, so an error in a later field is seen only when
//! the earlier ones have been rendered. A [`Template`] keeps that order: its pieces first, then
//! its error; within a field the name's path, then its error, then the conversion, then the spec.

use super::TextError;
use super::case::decimal_value;
use super::spec::shown_code;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// What to render, in order.
    pub pieces: Vec<Piece>,
    /// What to raise once the pieces are rendered.
    pub error: Option<TextError>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text, with doubled braces made single.
    Literal(String),
    /// A replacement field.
    Field(Field),
}

/// A replacement field, `{first.attr[item]!conversion:spec}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which argument.
    pub first: First,
    /// Attributes and items to follow from it.
    pub path: Vec<Part>,
    /// What to raise once the path is followed.
    pub path_error: Option<TextError>,
    /// The character after `!`; other than `r`, `s` and `a` it raises [`unknown_conversion`].
    pub conversion: Option<char>,
    /// The format spec, itself a template.
    pub spec: Template,
}

/// The argument a field names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// A positional argument, counted where the field has no name. A missing one raises
    /// `IndexError: Replacement index 1 out of range for positional args tuple`.
    Index(usize),
    /// A keyword argument. A missing one raises `KeyError`.
    Name(String),
}

/// A step of a field's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// `.name`
    Attribute(String),
    /// `[3]`
    Index(usize),
    /// `[key]`, a string
    Key(String),
}

/// `ValueError: Unknown conversion specifier x`
pub fn unknown_conversion(conversion: char) -> TextError {
    let shown = shown_code(conversion);
    TextError::value(format!("Unknown conversion specifier {shown}"))
}

/// Numbering of fields, shared between a template and its nested specs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Undecided,
    Automatic(usize),
    Manual,
}

/// Parses a template.
pub fn parse(template: &str) -> Template {
    parse_level(template, 2, &mut Numbering::Undecided)
}

fn parse_level(mut rest: &str, depth: u8, numbering: &mut Numbering) -> Template {
    let mut out = Template::default();
    if depth == 0 {
        out.error = Some(TextError::value("Max string recursion exceeded"));
        return out;
    }
    let mut literal = String::new();
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let open = rest[at..].starts_with('{');
        let brace = if open { '{' } else { '}' };
        rest = &rest[at + 1..];
        if rest.starts_with(brace) {
            literal.push(brace);
            rest = &rest[1..];
            continue;
        }
        if !open || rest.is_empty() {
            out.error = Some(TextError::value(format!(
                "Single '{brace}' encountered in format string"
            )));
            return out;
        }
        if !literal.is_empty() {
            out.pieces
                .push(Piece::Literal(std::mem::take(&mut literal)));
        }
        let field = split_field(rest).and_then(|(raw, after)| {
            rest = after;
            field(&raw, depth, numbering)
        });
        match field {
            Ok(field) => {
                let stop = field.spec.error.is_some() || field.path_error.is_some();
                out.pieces.push(Piece::Field(field));
                if stop {
                    return out;
                }
            }
            Err(error) => {
                out.error = Some(error);
                return out;
            }
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        out.pieces.push(Piece::Literal(literal));
    }
    out
}

/// The texts of a field.
struct RawField<'a> {
    name: &'a str,
    conversion: Option<char>,
    spec: &'a str,
}

/// Cuts a field out of the text after its `{`.
fn split_field(text: &str) -> Result<(RawField<'_>, &str), TextError> {
    let mut chars = text.char_indices();
    let mut end = None;
    while let Some((at, c)) = chars.next() {
        match c {
            '{' => return Err(TextError::value("unexpected '{' in field name")),
            '[' => {
                // Anything up to the bracket that closes belongs to the name.
                for (_, inner) in chars.by_ref() {
                    if inner == ']' {
                        break;
                    }
                }
            }
            '}' | ':' | '!' => {
                end = Some((at, c));
                break;
            }
            _ => {}
        }
    }
    let Some((at, stop)) = end else {
        return Err(TextError::value("expected '}' before end of string"));
    };
    let name = &text[..at];
    let mut rest = &text[at + 1..];
    let mut conversion = None;
    if stop == '}' {
        let spec = "";
        return Ok((
            RawField {
                name,
                conversion,
                spec,
            },
            rest,
        ));
    }
    if stop == '!' {
        let mut after = rest.chars();
        conversion = after.next();
        if conversion.is_none() {
            return Err(TextError::value(
                "end of string while looking for conversion specifier",
            ));
        }
        rest = after.as_str();
        match after.next() {
            Some('}') => {
                let (spec, rest) = ("", after.as_str());
                return Ok((
                    RawField {
                        name,
                        conversion,
                        spec,
                    },
                    rest,
                ));
            }
            Some(':') => rest = after.as_str(),
            Some(_) => {
                return Err(TextError::value("expected ':' after conversion specifier"));
            }
            None => {}
        }
    }
    let mut open = 1_u32;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            let spec = &rest[..at];
            return Ok((
                RawField {
                    name,
                    conversion,
                    spec,
                },
                &rest[at + 1..],
            ));
        }
    }
    Err(TextError::value("unmatched '{' in format spec"))
}

fn field(raw: &RawField<'_>, depth: u8, numbering: &mut Numbering) -> Result<Field, TextError> {
    let split = raw.name.find(['.', '[']).unwrap_or(raw.name.len());
    let (name, path) = raw.name.split_at(split);
    let index = integer(name)?;
    let first = match (index, *numbering) {
        (None, _) if !name.is_empty() => First::Name(name.to_owned()),
        (None, Numbering::Manual) => {
            return Err(TextError::value(
                "cannot switch from manual field specification to automatic field numbering",
            ));
        }
        (Some(_), Numbering::Automatic(_)) => {
            return Err(TextError::value(
                "cannot switch from automatic field numbering to manual field specification",
            ));
        }
        (None, Numbering::Undecided) => {
            *numbering = Numbering::Automatic(1);
            First::Index(0)
        }
        (None, Numbering::Automatic(next)) => {
            *numbering = Numbering::Automatic(next + 1);
            First::Index(next)
        }
        (Some(index), _) => {
            *numbering = Numbering::Manual;
            First::Index(index)
        }
    };
    let mut parts = Vec::new();
    let path_error = follow(path, &mut parts).err();
    let spec = if raw.spec.contains('{') {
        parse_level(raw.spec, depth - 1, numbering)
    } else if raw.spec.is_empty() {
        Template::default()
    } else {
        Template {
            pieces: vec![Piece::Literal(raw.spec.to_owned())],
            error: None,
        }
    };
    Ok(Field {
        first,
        path: parts,
        path_error,
        conversion: raw.conversion,
        spec,
    })
}

/// Reads `.name` and `[item]` parts.
fn follow(mut path: &str, parts: &mut Vec<Part>) -> Result<(), TextError> {
    let empty = || TextError::value("Empty attribute in format string");
    while !path.is_empty() {
        if let Some(rest) = path.strip_prefix('.') {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() {
                return Err(empty());
            }
            parts.push(Part::Attribute(name.to_owned()));
            path = after;
        } else if let Some(rest) = path.strip_prefix('[') {
            let Some((item, after)) = rest.split_once(']') else {
                return Err(TextError::value("Missing ']' in format string"));
            };
            if item.is_empty() {
                return Err(empty());
            }
            parts.push(match integer(item)? {
                Some(index) => Part::Index(index),
                None => Part::Key(item.to_owned()),
            });
            path = after;
        } else {
            return Err(TextError::value(
                "Only '.' or '[' may follow ']' in format field specifier",
            ));
        }
    }
    Ok(())
}

/// The value of a text that is all decimal digits.
fn integer(text: &str) -> Result<Option<usize>, TextError> {
    let mut value = None;
    for c in text.chars() {
        let Some(digit) = decimal_value(c) else {
            return Ok(None);
        };
        let next = value
            .unwrap_or(0_usize)
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as usize))
            .filter(|v| *v <= isize::MAX as usize)
            .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
        value = Some(next);
    }
    Ok(value)
}
