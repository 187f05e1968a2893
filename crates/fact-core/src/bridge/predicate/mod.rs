//! Conditions in words: what a condition of the program says of a loop variable.

mod compare;
mod quantified;
mod relation;
mod speaker;
mod spoken;

pub(super) use compare::{mirrored, more_or_fewer};
pub use quantified::Things;
pub use relation::{Variable, flattened, joined};
pub use speaker::{Focus, Speaker};
pub use spoken::Spoken;

use crate::english::{Number, conjugate, plural};
use fact_lang::ast::{CompareOp, Constant, Expr, ExprKind, UnaryOp};

/// A verb phrase, such as *holds exactly 2 black items and has a circle that touches the wall*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// A verb lemma and what follows it (with a leading space).
    Verb(String, String),
    /// All of them.
    And(Vec<Predicate>),
    /// At least one of them.
    Or(Vec<Predicate>),
    /// The opposite.
    Not(Box<Predicate>),
}

impl Predicate {
    /// The phrase for a subject of this number; `None` where English needs another construction.
    pub fn text(&self, number: Number, affirmed: bool) -> Option<String> {
        match self {
            Self::Verb(lemma, rest) => {
                let rest = match (
                    affirmed,
                    rest.strip_prefix(" a "),
                    rest.strip_prefix(" an "),
                ) {
                    (false, Some(r), _) | (false, None, Some(r))
                        if lemma == "have"
                            && !r.contains(" that ")
                            && !r.contains(" other than ") =>
                    {
                        format!(" any {}", plural(r))
                    }
                    // "2 of the 5 items are squares".
                    _ => crate::merge::words::agree(lemma, rest, number),
                };
                Some(format!("{}{rest}", conjugate(lemma, number, affirmed)))
            }
            Self::Not(inner) => inner.text(number, !affirmed),
            Self::And(parts) | Self::Or(parts) => {
                let conjunction = matches!(self, Self::And(_));
                // "not (a and b)" has no short form that is not ambiguous; "not (a or b)" is
                // "not a and not b".
                if conjunction && !affirmed {
                    return None;
                }
                // "has a circle and 2 squares", not "has a circle and has 2 squares".
                if let (true, Some(Self::Verb(lemma, _))) = (affirmed, parts.first()) {
                    let rests: Option<Vec<String>> = parts
                        .iter()
                        .map(|p| match p {
                            Self::Verb(other, rest)
                                if other == lemma
                                    && lemma != "hold"
                                    && !rest.contains(" that ")
                                    && !rest.contains(" and ") =>
                            {
                                Some(rest.trim_start().to_owned())
                            }
                            _ => None,
                        })
                        .collect();
                    if let Some(mut rests) = rests {
                        let mut seen = Vec::new();
                        rests.retain(|r| {
                            let new = !seen.contains(r);
                            seen.push(r.clone());
                            new
                        });
                        let joined = if conjunction {
                            crate::english::join_and(&rests)
                        } else {
                            crate::english::join_or(&rests)
                        };
                        return Some(format!("{} {joined}", conjugate(lemma, number, true)));
                    }
                }
                let mut texts: Vec<String> = Vec::new();
                for part in parts {
                    let text = part.text(number, affirmed)?;
                    // A program may ask twice.
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                Some(if conjunction || !affirmed {
                    crate::english::join_and(&texts)
                } else {
                    crate::english::join_or(&texts)
                })
            }
        }
    }
}

/// Whether a predicate says no more than one call of the pack does.
pub fn is_plain(said: &Predicate) -> bool {
    let bound = [
        "at least",
        "at most",
        "than",
        " that ",
        "only",
        " as ",
        "different",
        "other than",
    ];
    matches!(said, Predicate::Verb(_, rest) if !bound.iter().any(|b| rest.contains(b)))
}

/// What a number is compared with, in words: `exactly 2`, `at least 2`, `more than 2`.
pub fn quantity(op: CompareOp, bound: &str) -> Option<String> {
    Some(match op {
        CompareOp::Eq => format!("exactly {bound}"),
        CompareOp::GtE => format!("at least {bound}"),
        CompareOp::Gt => format!("more than {bound}"),
        CompareOp::LtE => format!("at most {bound}"),
        CompareOp::Lt => format!("fewer than {bound}"),
        _ => return None,
    })
}

/// A literal as it is shown.
pub fn literal(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Constant(Constant::Int(i)) => Some(i.to_string()),
        ExprKind::Constant(Constant::Float(f)) => Some(crate::merge::words::number_text(*f)),
        ExprKind::Constant(Constant::Str(s)) => Some(s.to_string()),
        _ => None,
    }
}

/// A whole number as it is written: `2`, `-1`.
pub(super) fn whole_number(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Constant(Constant::Int(i)) => Some(*i),
        ExprKind::Unary {
            op: UnaryOp::Neg,
            operand,
        } => whole_number(operand)?.checked_neg(),
        _ => None,
    }
}

/// The only argument of a call of a builtin by its name.
pub(super) fn called<'e>(expr: &'e Expr, names: &[&str]) -> Option<&'e Expr> {
    match &expr.kind {
        ExprKind::Call {
            func,
            args,
            keywords,
        } if keywords.is_empty() => match (&func.kind, args.as_slice()) {
            (ExprKind::Name(name), [only]) if names.contains(&&*name.id) => Some(only),
            _ => None,
        },
        _ => None,
    }
}
