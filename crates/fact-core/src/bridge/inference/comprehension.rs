//! What follows from `any`, `all` and counts over a comprehension.

use super::super::predicate::{Predicate, every, is_plain, none, predicate};
use super::Inferrer;
use crate::english::{Number, plural};
use crate::merge::names::number_of;
use crate::merge::words::is_whole;
use fact_lang::ast::{Comprehension, Constant, ExprKind, NodeId};
use fact_lang::trace::{EventId, TraceValue};

impl Inferrer<'_, '_> {
    pub(super) fn quantifier(&mut self, id: NodeId, any: bool, c: &Comprehension, before: EventId) {
        let Some(event) = self.event_of(id, before) else {
            return;
        };
        let Some(outcome) = self.truth(event) else {
            return;
        };
        let Some(clause) = c.clauses.last() else {
            return;
        };
        let ExprKind::Name(variable) = &clause.target.kind else {
            return;
        };
        // What an outer clause filtered away was not judged.
        let outer = &c.clauses[..c.clauses.len() - 1];
        if outer.iter().any(|clause| !clause.conditions.is_empty()) {
            return;
        }
        let mut parts = Vec::new();
        for condition in &clause.conditions {
            match predicate(self.material, condition, &variable.id) {
                Some(p) => parts.push(p),
                None => return,
            }
        }
        let filtered = !parts.is_empty();
        let Some(element) = predicate(self.material, &c.element, &variable.id) else {
            return;
        };
        let loop_id = clause.target.id;
        let Some((noun, place)) = self.iterated_noun(&clause.iter, loop_id, event) else {
            return;
        };
        let place = if c.clauses.len() > 1 {
            ""
        } else {
            place.as_str()
        };
        let filter = Predicate::And(parts.clone()).text(Number::Singular, true);
        let noun = match filter {
            Some(text) if filtered => format!("{noun} that {text}"),
            _ => noun,
        };
        let last = self.material.iterations.latest(loop_id, event);
        // A witness speaks for itself; of none or all may be said only where all were judged.
        if any != outcome && !is_whole(self.material, &self.iterated(loop_id, event)) {
            return;
        }
        match (any, outcome, last) {
            (true, true, Some(iteration)) => {
                parts.push(element);
                let all = if parts.len() == 1 {
                    parts.remove(0)
                } else {
                    Predicate::And(parts)
                };
                self.witness(&all, iteration, true, id, before);
            }
            (true, false, _) => {
                if let Some(text) = none(&element, &noun, place) {
                    self.push(&text, event, Vec::new());
                }
            }
            (false, true, _) => {
                // "Both squares touch the wall" has said it.
                let called = matches!(c.element.kind, ExprKind::Call { .. });
                if called && is_plain(&element) && !filtered && c.clauses.len() == 1 {
                    return;
                }
                if let Some(text) = every(&element, &noun, place) {
                    self.push(&text, event, Vec::new());
                }
            }
            (false, false, Some(iteration)) => {
                let named = element.text(Number::Singular, false).is_some();
                if named && !is_plain(&element) {
                    self.witness(&element, iteration, false, id, before);
                } else if let Some(text) = element.text(Number::Singular, true) {
                    self.push(
                        &format!("so not every {noun}{place} {text}"),
                        event,
                        Vec::new(),
                    );
                }
            }
            _ => {}
        }
    }

    /// `[x for x in xs if p(x)]`, counted: `so 2 of the 3 boxes have …`.
    pub(super) fn counted(&mut self, id: NodeId, c: &Comprehension, before: EventId) {
        let Some(event) = self.event_of(id, before) else {
            return;
        };
        let [clause] = c.clauses.as_slice() else {
            return;
        };
        let ExprKind::Name(variable) = &clause.target.kind else {
            return;
        };
        let ones = matches!(c.element.kind, ExprKind::Constant(Constant::Int(1)))
            || matches!(&c.element.kind, ExprKind::Name(n) if n.id == variable.id);
        let mut parts = Vec::new();
        let mut unsaid = false;
        let conditions = clause.conditions.iter();
        let tested = conditions.chain((!ones).then_some(&c.element));
        for condition in tested {
            match predicate(self.material, condition, &variable.id) {
                Some(p) => parts.push(p),
                None => unsaid = true,
            }
        }
        if parts.is_empty() && !unsaid {
            return;
        }
        let said = if unsaid {
            Predicate::Verb("meet".into(), " the condition".into())
        } else if parts.len() == 1 {
            parts.remove(0)
        } else {
            Predicate::And(parts)
        };
        let loop_id = clause.target.id;
        let domain = self.iterated(loop_id, event);
        let count = match &self.material.trace.event(event).value {
            TraceValue::Int(n) => *n,
            TraceValue::Items { len, .. } => i64::from(*len),
            _ => return,
        };
        let Some((noun, place)) = self.iterated_noun(&clause.iter, loop_id, event) else {
            return;
        };
        let Ok(n) = usize::try_from(count) else {
            return;
        };
        let number = if n == 0 {
            Number::Singular
        } else {
            number_of(n)
        };
        if !is_whole(self.material, &domain) {
            return;
        }
        let total = domain.len();
        let text = match (n, total) {
            (0, _) => none(&said, &noun, &place),
            (n, m) if n == m && m > 1 => match &said {
                Predicate::Not(inner) => {
                    let none = if m == 2 {
                        "neither of the 2"
                    } else {
                        &format!("none of the {m}")
                    };
                    let text = inner.text(Number::Singular, true);
                    text.map(|t| format!("so {none} {}{place} {t}", plural(&noun)))
                }
                _ => {
                    let all = if m == 2 { "both" } else { &format!("all {m}") };
                    let text = said.text(Number::Plural, true);
                    text.map(|t| format!("so {all} {}{place} {t}", plural(&noun)))
                }
            },
            (n, m) if m > 1 => said
                .text(number, true)
                .map(|t| format!("so {n} of the {m} {}{place} {t}", plural(&noun))),
            _ => said
                .text(number, true)
                .map(|t| format!("so {n} {noun}{place} {t}")),
        };
        if let Some(text) = text {
            self.push(&text, event, Vec::new());
        }
    }
}
