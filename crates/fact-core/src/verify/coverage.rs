//! Question coverage: each content word of the question is accounted for by the program, and the
//! program names nothing that the question does not.
//!
//! A program that answers "is there a blue circle touching the wall?" without a wall may be right on
//! an image, but not for the reason that was asked for. Of all signs of luck that a pilot tried,
//! this was the strongest.
//!
//! A value or number is accounted for by a literal that names it or a member that is about it ("the
//! base" by `tower.base`), a word by a literal or a member, a word of quantity by what Python has
//! for it: "all" by `all(…)` or a `not any`, "no" by a negation or a comparison with 0, "only" by a
//! comparison of equality, `all` or a negation. "one" is also accounted for by asking whether there
//! is any, "either" by `or`. Words mentioned twice need be accounted for once: programs keep what
//! they looked for.

use super::content::{ProgramContent, Quantity, Reader, Unit};

/// What is not accounted for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Coverage {
    /// Content units of the question, each mention.
    pub units: u32,
    /// Of those not accounted for: values of the vocabulary.
    pub values: u32,
    /// Numbers.
    pub numbers: u32,
    /// Words of quantity.
    pub quantities: u32,
    /// Other words.
    pub words: u32,
    /// Units that literals of the program name and the question does not.
    pub extra: u32,
}

impl Coverage {
    /// Holds a question against a program.
    pub fn of(reader: &Reader, question: &[Unit], program: &ProgramContent) -> Self {
        let mut out = Self {
            units: count(question.len()),
            ..Self::default()
        };
        for unit in question {
            if accounts(reader, program, unit) {
                continue;
            }
            *match unit {
                Unit::Value { .. } => &mut out.values,
                Unit::Number(_) => &mut out.numbers,
                Unit::Quantity(_) => &mut out.quantities,
                Unit::Word(_) => &mut out.words,
            } += 1;
        }
        let named = |unit: &Unit| question.contains(unit) || is_usual(unit);
        let extra = program.literals.iter().filter(|unit| !named(unit));
        out.extra = count(extra.count());
        out
    }

    /// Units of the question that are not accounted for.
    pub fn missing(&self) -> u32 {
        self.values + self.numbers + self.quantities + self.words
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Numbers that programs need without being asked for them: none, one, the first.
fn is_usual(unit: &Unit) -> bool {
    matches!(unit, Unit::Number(-1..=1) | Unit::Quantity(_))
}

/// Whether the program accounts for the unit.
fn accounts(reader: &Reader, program: &ProgramContent, unit: &Unit) -> bool {
    let by_member = |unit| program.members.iter().any(|m| reader.is_about(m, unit));
    let has = |operators: &[&str]| operators.iter().any(|op| program.has(op));
    let calls = |name: &str| program.members.iter().any(|m| **m == *name);
    match unit {
        // Comparisons of the vocabulary are operators of the program.
        Unit::Value { value, .. } if is_operator(value) => {
            has(&[value, &mirrored(value)]) || off_by_one(program, value)
        }
        Unit::Value { .. } | Unit::Word(_) => program.literals.contains(unit) || by_member(unit),
        Unit::Number(1) => {
            program.literals.contains(unit)
                || calls("any")
                || has(&[">", "[]", "for"])
                || program.members.iter().any(|m| m.contains("exist"))
        }
        Unit::Number(0) => program.literals.contains(unit) || has(&["not"]),
        Unit::Number(n) => {
            program.literals.contains(unit)
                // "more than 2" is also "at least 3".
                || (has(&[">=", "<"]) && program.literals.contains(&Unit::Number(n + 1)))
                || (has(&[">", "<="]) && program.literals.contains(&Unit::Number(n - 1)))
        }
        Unit::Quantity(Quantity::All) => {
            calls("all")
                || (has(&["not", "False"]) && (calls("any") || has(&["if"])))
                || has(&["=="])
        }
        Unit::Quantity(Quantity::None) => {
            has(&["not", "!=", "not in"])
                || (has(&["=="]) && program.literals.contains(&Unit::Number(0)))
                || (has(&["False"]) && has(&["True"]))
        }
        Unit::Quantity(Quantity::Only) => has(&["==", "!=", "not"]) || calls("all"),
    }
}

fn is_operator(value: &str) -> bool {
    matches!(value, "==" | "!=" | "<" | "<=" | ">" | ">=")
}

/// The operator with its sides exchanged.
fn mirrored(operator: &str) -> String {
    operator
        .replace('<', "\u{0}")
        .replace('>', "<")
        .replace('\u{0}', ">")
}

/// "more than 2" may be written as `>= 3`, "at least one" as a search for any.
fn off_by_one(program: &ProgramContent, operator: &str) -> bool {
    let other = match operator {
        ">" => ">=",
        ">=" => ">",
        "<" => "<=",
        "<=" => "<",
        _ => return false,
    };
    let any = operator == ">="
        && program
            .members
            .iter()
            .any(|m| **m == *"any" || m.contains("exist"));
    program.has(other) || any
}
