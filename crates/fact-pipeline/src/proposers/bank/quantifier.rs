//! Quantifiers: “there are exactly two towers with …” and “each tower has …” ask the same of a
//! tower and differ in how many must have it. A program that is one quantified expression can
//! therefore serve every quantifier.

use super::words::{Token, Value};
use std::sync::Arc;

/// How many.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantifier {
    /// Its kind.
    pub(super) kind: Kind,
    /// Number of leading tokens it spans.
    pub(super) span: usize,
}

/// Kinds of quantifier.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// “There is a …”
    Any,
    /// “There is no …”, “none of the …”
    None,
    /// “Each …”, “all the …”
    All,
    /// “There are exactly two …”, “two of the …”
    Number {
        /// `None` for a bare number.
        operator: Option<Arc<str>>,
        number: Arc<str>,
    },
}

impl Kind {
    /// Whether both quantify in the same way, whatever the number.
    fn same(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// The quantifier with which a sentence begins.
pub(super) fn quantifier(tokens: &[Token]) -> Option<Quantifier> {
    let word = |at: usize, any_of: &[&str]| matches!(tokens.get(at), Some(Token::Word(w)) if any_of.contains(&&**w));
    let found = |kind, span| Some(Quantifier { kind, span });
    if word(0, &["there"]) && word(1, &["isa"]) {
        return found(Kind::Any, 2);
    }
    let existential = word(0, &["there", "the"]) && word(1, &["is", "are"]);
    let start = if existential { 2 } else { 0 };
    let only = word(start, &["only"]);
    let at = start + usize::from(only);
    if let Some(Token::Slot(Value::Number { operator, number })) = tokens.get(at) {
        let of_the = word(at + 1, &["of"]) && word(at + 2, &["the"]);
        let kind = Kind::Number {
            operator: operator.clone().or(only.then(|| "==".into())),
            number: number.clone(),
        };
        return found(kind, at + 1 + if of_the { 2 } else { 0 });
    }
    if existential {
        return if word(at, &["no"]) {
            found(Kind::None, at + 1)
        } else if word(at, &["a", "an", "as"]) {
            found(Kind::Any, at + 1)
        } else {
            found(Kind::Any, at)
        };
    }
    if word(0, &["none"]) && word(1, &["of"]) && word(2, &["the"]) {
        found(Kind::None, 3)
    } else if word(0, &["each", "every"]) {
        found(Kind::All, 1)
    } else if word(0, &["all", "ll"]) && word(1, &["the"]) {
        found(Kind::All, 2)
    } else {
        None
    }
}

/// The sentence with its quantifier replaced by a mark.
pub(super) fn without(tokens: &[Token], quantifier: &Quantifier) -> Vec<Token> {
    let rest = tokens[quantifier.span..].iter().cloned();
    std::iter::once(Token::Word("<Q>".into()))
        .chain(rest)
        .collect()
}

/// The sentence with its quantifier replaced by “there is a”.
pub(super) fn affirmed(tokens: &[Token], quantifier: &Quantifier) -> Vec<Token> {
    let there_is_a = ["there", "is", "a"].map(|word| Token::Word(word.into()));
    let rest = tokens[quantifier.span..].iter().cloned();
    there_is_a.into_iter().chain(rest).collect()
}

/// Whether the program is one quantified expression.
pub(super) fn is_quantified(program: &str) -> bool {
    body(program).is_some()
}

/// The generator that the program quantifies over, if it is one expression quantified as the
/// sentence is.
pub(super) fn body_like(program: &str, quantifier: &Quantifier) -> Option<String> {
    let (kind, generator) = body(program)?;
    kind.same(&quantifier.kind).then_some(generator)
}

fn body(program: &str) -> Option<(Kind, String)> {
    let (_, rest) = program.split_once('\n')?;
    let expression = rest.strip_prefix("    return ")?.strip_suffix('\n')?;
    let within = |prefix: &str| {
        let inner = expression.strip_prefix(prefix)?.strip_suffix(')')?;
        balanced(inner).then(|| inner.to_owned())
    };
    if let Some(generator) = within("not any(") {
        return Some((Kind::None, generator));
    }
    if let Some(generator) = within("any(") {
        return Some((Kind::Any, generator));
    }
    if let Some(generator) = within("all(") {
        return Some((Kind::All, generator));
    }
    let (counted, operator, number) = compared(expression)?;
    let kind = Kind::Number {
        operator: Some(operator.into()),
        number: number.into(),
    };
    if let Some(generator) = counted
        .strip_prefix("sum(")
        .and_then(|s| s.strip_suffix(')'))
    {
        return balanced(generator).then(|| (kind, generator.to_owned()));
    }
    // len([x for x in xs if condition]): the condition of each, summed.
    let inside = counted.strip_prefix("len([")?.strip_suffix("])")?;
    let (_, clauses) = inside.split_once(" for ")?;
    let (range, condition) = clauses.split_once(" if ")?;
    let plain = !range.contains(['[', ']']) && balanced(condition);
    plain.then(|| (kind, format!("{condition} for {range}")))
}

/// `a op 3` as its parts.
fn compared(expression: &str) -> Option<(&str, &str, &str)> {
    let (left, number) = expression.rsplit_once(' ')?;
    let (counted, operator) = left.rsplit_once(' ')?;
    let compares = matches!(operator, "==" | ">=" | "<=" | ">" | "<");
    let counts = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (compares && counts).then_some((counted, operator, number))
}

/// Whether brackets close what they open.
fn balanced(text: &str) -> bool {
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// A program that quantifies over a generator. A bare number is read as exactly that many.
pub(super) fn quantified(kind: &Kind, generator: &str) -> String {
    let expression = match kind {
        Kind::Any => format!("any({generator})"),
        Kind::None => format!("not any({generator})"),
        Kind::All => format!("all({generator})"),
        Kind::Number { operator, number } => {
            let operator = operator.as_deref().unwrap_or("==");
            format!("sum({generator}) {operator} {number}")
        }
    };
    format!("def execute_command(image):\n    return {expression}\n")
}

/// A program that returns bools early, with its answers exchanged.
pub(super) fn negated(program: &str) -> Option<String> {
    const MARK: &str = "return \0";
    let truths = program.matches("return True").count();
    let falsehoods = program.matches("return False").count();
    let all = program.matches("return ").count();
    (truths + falsehoods > 0 && truths + falsehoods == all).then(|| {
        program
            .replace("return True", MARK)
            .replace("return False", "return True")
            .replace(MARK, "return False")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantified_programs_give_their_generator() {
        let program = |e: &str| format!("def execute_command(image):\n    return {e}\n");
        let generator = |e: &str| body(&program(e)).map(|(_, generator)| generator);
        assert_eq!(
            generator("sum(b.exists(\"x\") for b in image.boxes) == 1").unwrap(),
            "b.exists(\"x\") for b in image.boxes"
        );
        assert_eq!(
            generator("len([t for t in image.towers if t.height > 2]) >= 1").unwrap(),
            "t.height > 2 for t in image.towers"
        );
        assert_eq!(
            generator("not any(f(x) for x in xs)").unwrap(),
            "f(x) for x in xs"
        );
        assert_eq!(generator("any(a) and any(b)"), None);
        assert_eq!(generator("image.count(\"x\") == 1"), None);
    }

    #[test]
    fn early_returns_are_negated() {
        let program = "def f(image):\n    for x in y:\n        return True\n    return False\n";
        let negated = negated(program).unwrap();
        assert!(
            negated.contains("        return False\n    return True\n"),
            "{negated}"
        );
        assert_eq!(super::negated("def f(image):\n    return a\n"), None);
    }
}
