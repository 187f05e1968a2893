//! Conditions on two loop variables: what one thing is to another.

use super::{Focus, Predicate, Speaker};
use crate::english::{Number, article};
use fact_lang::ast::{Expr, ExprKind};

/// A loop variable, and what it goes through.
pub type Variable<'m> = (&'m str, &'m Expr);

/// Conditions with the operands of `and` one by one.
pub fn flattened<'m>(parts: &[(&'m Expr, bool)]) -> Vec<(&'m Expr, bool)> {
    let mut flat = Vec::new();
    for (part, holds) in parts {
        match &part.kind {
            ExprKind::Bool { and: true, values } if *holds => {
                flat.extend(values.iter().map(|v| (v, true)));
            }
            _ => flat.push((*part, *holds)),
        }
    }
    flat
}

/// Several conditions as one.
pub fn joined(mut parts: Vec<Predicate>) -> Predicate {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        Predicate::And(parts)
    }
}

impl<'m> Speaker<'_, 'm> {
    /// A condition, or its opposite, said of a variable.
    pub fn part_said(&self, part: &'m Expr, holds: bool, variable: &'m str) -> Option<Predicate> {
        let made = self.predicate(part, Focus::Name(variable))?;
        Some(match (holds, made) {
            (true, made) => made,
            (false, Predicate::Not(inner)) => *inner,
            (false, made) => Predicate::Not(Box::new(made)),
        })
    }

    /// Conditions on two variables as what one is to the other: `lie directly on another black
    /// square that touches the wall`.
    pub fn relation(
        &self,
        parts: &[(&'m Expr, bool)],
        subject: Variable<'m>,
        other: Variable<'m>,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let (mut own, mut theirs, mut between) = (Vec::new(), Vec::new(), Vec::new());
        for (part, holds) in parts {
            if let Some(made) = self.part_said(part, *holds, subject.0) {
                own.push(made);
            } else if let Some(made) = self.part_said(part, *holds, other.0) {
                theirs.push(made);
            } else {
                between.push((*part, *holds));
            }
        }
        let noun = |iter| {
            let things = self.things(iter, focus)?;
            things.plain().map(str::to_owned)
        };
        let (mine, noun) = (noun(subject.1)?, noun(other.1)?);
        let mut text = if mine == noun {
            format!("another {noun}")
        } else {
            format!("{} {noun}", article(&noun))
        };
        if !theirs.is_empty() {
            let that = joined(theirs).text(Number::Singular, true)?;
            text = format!("{text} that {that}");
        }
        let mut all: Vec<Predicate> = self.with_other(other.0, &text, || {
            between
                .iter()
                .map(|(part, holds)| self.part_said(part, *holds, subject.0))
                .collect::<Option<_>>()
        })?;
        own.append(&mut all);
        (!between.is_empty()).then(|| joined(own))
    }
}
