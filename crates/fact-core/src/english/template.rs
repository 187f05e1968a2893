//! The `says` templates of packs (grammar in `docs/packs.md`).

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// Text as it stands.
    Text(String),
    /// `{name}` or `{name:ordinal}`.
    Place {
        /// Parameter, `self`, `result` or a field.
        name: String,
        /// Whether the number is shown as an ordinal (0-based in the program).
        ordinal: bool,
    },
    /// `[lemma]`.
    Verb(String),
    /// `[there be]`.
    ThereBe,
    /// `(noun)`, which may hold places.
    Noun(Vec<Part>),
    /// `<...>`.
    Optional(Vec<Part>),
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A bracket has no partner.
    #[error("`{open}` at byte {at} is not closed")]
    Unclosed {
        /// The bracket.
        open: char,
        /// Where.
        at: usize,
    },
    /// `{name:format}` with an unknown format.
    #[error("unknown format `{0}`; the only one is `ordinal`")]
    Format(String),
    /// More than one verb.
    #[error("a clause has one verb, this one has {0}")]
    Verbs(usize),
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// Unbalanced brackets, unknown formats, more than one verb.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let parts = parse_parts(text, 0)?;
        let verbs = parts
            .iter()
            .filter(|p| matches!(p, Part::Verb(_) | Part::ThereBe))
            .count();
        if verbs > 1 {
            return Err(TemplateError::Verbs(verbs));
        }
        Ok(Self { parts })
    }

    /// Whether it begins with `[there be]`.
    pub fn is_existential(&self) -> bool {
        matches!(self.parts.first(), Some(Part::ThereBe))
    }

    /// Whether `{name}` occurs anywhere.
    pub fn mentions(&self, name: &str) -> bool {
        mentions(&self.parts, name)
    }

    /// Whether `{name}` occurs anywhere in some parts.
    pub fn mentioned(parts: &[Part], name: &str) -> bool {
        mentions(parts, name)
    }

    /// The parts before the verb and those behind it, with the verb.
    pub fn split_verb(&self) -> Option<(&[Part], &Part, &[Part])> {
        let at = self
            .parts
            .iter()
            .position(|p| matches!(p, Part::Verb(_) | Part::ThereBe))?;
        Some((&self.parts[..at], &self.parts[at], &self.parts[at + 1..]))
    }
}

fn mentions(parts: &[Part], wanted: &str) -> bool {
    parts.iter().any(|part| match part {
        Part::Place { name, .. } => name == wanted,
        Part::Noun(inner) | Part::Optional(inner) => mentions(inner, wanted),
        _ => false,
    })
}

fn parse_parts(text: &str, base: usize) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let close = match c {
            '{' => '}',
            '[' => ']',
            '(' => ')',
            '<' => '>',
            _ => {
                literal.push(c);
                continue;
            }
        };
        let rest = &text[at + 1..];
        let mut depth = 1usize;
        let length = rest
            .char_indices()
            .find_map(|(i, d)| {
                depth = if d == c {
                    depth + 1
                } else if d == close {
                    depth - 1
                } else {
                    depth
                };
                (depth == 0).then_some(i)
            })
            .ok_or(TemplateError::Unclosed {
                open: c,
                at: base + at,
            })?;
        let inner = &rest[..length];
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        parts.push(match c {
            '{' => match inner.split_once(':') {
                None => Part::Place {
                    name: inner.trim().to_owned(),
                    ordinal: false,
                },
                Some((name, "ordinal")) => Part::Place {
                    name: name.trim().to_owned(),
                    ordinal: true,
                },
                Some((_, format)) => return Err(TemplateError::Format(format.to_owned())),
            },
            '[' if inner == "there be" => Part::ThereBe,
            '[' => Part::Verb(inner.to_owned()),
            '(' => Part::Noun(parse_parts(inner, base + at + 1)?),
            _ => Part::Optional(parse_parts(inner, base + at + 1)?),
        });
        // Skip what was read: the bracketed text and its closing bracket.
        let end = at + 1 + length;
        while chars.clone().next().is_some_and(|(i, _)| i <= end) {
            chars.next();
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_each_construct() {
        let t = Template::parse("{self} [touch] the< {side}> wall").unwrap();
        assert_eq!(
            t.parts,
            [
                Part::Place {
                    name: "self".into(),
                    ordinal: false
                },
                Part::Text(" ".into()),
                Part::Verb("touch".into()),
                Part::Text(" the".into()),
                Part::Optional(vec![
                    Part::Text(" ".into()),
                    Part::Place {
                        name: "side".into(),
                        ordinal: false
                    }
                ]),
                Part::Text(" wall".into()),
            ]
        );
        assert!(
            Template::parse("[there be] {result} ({phrase}) in {self}")
                .unwrap()
                .is_existential()
        );
        assert!(
            Template::parse("the {index:ordinal} box")
                .unwrap()
                .mentions("index")
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(
            Template::parse("{self} [touch"),
            Err(TemplateError::Unclosed { open: '[', at: 7 })
        );
        assert_eq!(
            Template::parse("{x:words}"),
            Err(TemplateError::Format("words".into()))
        );
        assert_eq!(
            Template::parse("{a} [be] b [be]"),
            Err(TemplateError::Verbs(2))
        );
    }
}
