//! What follows from comparisons: of counts, of measures, of attributes.

use super::Reasoner;
use super::quantified::Bound;
use crate::bridge::predicate::{
    Focus, Predicate, called, literal, mirrored, more_or_fewer, quantity, whole_number,
};
use crate::claim::condition::{operand, operator};
use crate::claim::inferred::{Compared, Inferred};
use crate::english::{Number, conjugate, plural};
use crate::merge::facts::Fact;
use crate::merge::words::number_text;
use fact_lang::ast::{CompareOp, Expr, ExprKind};
use fact_lang::trace::{EventId, TraceValue};

/// A comparison of two operands, with its outcome.
#[derive(Clone, Copy)]
struct Held<'m> {
    left: &'m Expr,
    op: CompareOp,
    right: &'m Expr,
    truth: bool,
    event: EventId,
}

impl<'m> Reasoner<'_, 'm> {
    pub(super) fn compare(
        &mut self,
        expr: &'m Expr,
        left: &'m Expr,
        ops: &[CompareOp],
        comparators: &'m [Expr],
        before: EventId,
    ) {
        let Some(event) = self.value(expr.id, before) else {
            return;
        };
        let ([op], [right], Some(truth)) = (ops, comparators, self.truth(event)) else {
            for operand in std::iter::once(left).chain(comparators) {
                self.expr(operand, event);
            }
            self.chained(left, ops, comparators, event);
            return;
        };
        let held = Held {
            left,
            op: *op,
            right,
            truth,
            event,
        };
        let Some(claim) = self.claim(held) else {
            for operand in [left, right] {
                self.expr(operand, event);
            }
            return;
        };
        // A count of what a loop went through, against a number: one sentence.
        if let Some((counted, op, number)) = counted_against(left, *op, right)
            && self.is_count(counted)
        {
            let bound = Bound {
                op,
                number,
                holds: truth,
                claim: (event, claim.clone()),
            };
            if self.counted(counted, event, Some(bound)) {
                return;
            }
        }
        for operand in [left, right] {
            self.expr(operand, event);
        }
        let told = self
            .compared_property(held)
            .or_else(|| self.compared_counts(held))
            .or_else(|| self.number_of_things(held))
            .or_else(|| self.measured(held))
            .or_else(|| self.same_attribute(held))
            .or_else(|| self.values(held));
        if let Some((text, objects)) = told
            && !text.is_empty()
        {
            self.push(&format!("so {text}"), vec![(event, claim)], objects);
        }
    }

    fn claim(&self, held: Held<'m>) -> Option<Inferred> {
        let inputs = self.material.trace.inputs_of(held.event);
        Some(Inferred::Compared(Compared {
            left: operand(held.left, inputs.first().copied(), self.ground)?,
            operator: operator(held.op)?,
            right: operand(held.right, inputs.get(1).copied(), self.ground)?,
            holds: held.truth,
        }))
    }

    /// Whether an expression counts the elements of a loop or comprehension.
    fn is_count(&self, expr: &'m Expr) -> bool {
        let mut at = expr;
        for _ in 0..8 {
            at = self.speaker.resolve(at, Focus::Any);
            match called(at, &["len", "sum", "list"]) {
                Some(inner) => at = inner,
                None => break,
            }
        }
        matches!(at.kind, ExprKind::Comprehension(_) | ExprKind::Name(_))
    }

    /// The fact that an operand comes from.
    fn fact(&self, expr: &'m Expr, before: EventId) -> Option<&'m Fact> {
        let expr = self.speaker.resolve(expr, Focus::Any);
        let at = self.value(expr.id, before)?;
        let facts = self.material.facts;
        let found = facts.binary_search_by_key(&at, |f| f.event).ok()?;
        facts.get(found)
    }

    /// What a fact is about, as the subject of a sentence; nothing for a whole image.
    fn subject(&self, fact: &Fact) -> Option<(String, u32)> {
        let object = fact.receiver()?;
        Some((self.material.namer.noun(object).full(), object))
    }

    /// `a.left < b.left` → a is further left than b.
    fn compared_property(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let (ExprKind::Attribute { attr: a, .. }, ExprKind::Attribute { attr: b, .. }) =
            (&held.left.kind, &held.right.kind)
        else {
            return None;
        };
        if a != b {
            return None;
        }
        let said = self.speaker.spoken(held.left, Focus::Any)?;
        let (less, more) = said.function.compares.clone()?;
        let (first, one) = self.subject(self.fact(held.left, held.event)?)?;
        let (second, other) = self.subject(self.fact(held.right, held.event)?)?;
        let (phrase, holds) = match held.op {
            CompareOp::Lt => (less, held.truth),
            CompareOp::Gt => (more, held.truth),
            CompareOp::LtE => (more, !held.truth),
            CompareOp::GtE => (less, !held.truth),
            _ => return None,
        };
        let be = conjugate("be", Number::Singular, holds);
        Some((format!("{first} {be} {phrase} {second}"), vec![one, other]))
    }

    /// What is counted by a call of the pack, in the plural: `black circles in the third box`.
    fn counted_things(&self, expr: &'m Expr, before: EventId) -> Option<(String, String)> {
        let expr = self.speaker.resolve(expr, Focus::Any);
        let call = called(expr, &["len"]).unwrap_or(expr);
        let call = self.speaker.resolve(call, Focus::Any);
        let said = self.speaker.spoken(call, Focus::Any)?;
        // Whether there is one is no number of them.
        if !said.template.is_existential() || said.tells_whether() {
            return None;
        }
        let noun = said.noun(self.material)?;
        said.behind_is_self()?;
        let fact = self.fact(call, before)?;
        let place = match fact.receiver() {
            Some(object) if !self.is_image(object) => {
                format!(" in {}", self.material.namer.noun(object).full())
            }
            _ => String::new(),
        };
        Some((noun, place))
    }

    /// Whether an object is what a program is given.
    fn is_image(&self, object: u32) -> bool {
        self.material.namer.is_whole_image(object)
            || self.material.namer.noun(object).head == "image"
    }

    /// `so there are more black circles in the third box than black circles in the first box`.
    fn compared_counts(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let (a, here) = self.counted_things(held.left, held.event)?;
        let (b, there) = self.counted_things(held.right, held.event)?;
        let (first, second) = (
            format!("{}{here}", plural(&a)),
            // Of the same things, only where they are differs.
            if a == b && here != there {
                there.trim_start().to_owned()
            } else {
                format!("{}{there}", plural(&b))
            },
        );
        let (op, holds) = match held.op {
            CompareOp::NotEq => (CompareOp::Eq, !held.truth),
            CompareOp::GtE if !held.truth => (CompareOp::Lt, true),
            CompareOp::LtE if !held.truth => (CompareOp::Gt, true),
            op => (op, held.truth),
        };
        let are = if holds { "are" } else { "are not" };
        let text = more_or_fewer(op, &first, &second)?;
        Some((format!("there {are} {text}"), Vec::new()))
    }

    /// `so there are 3 blue triangles, not 2`: a count by the pack against a number.
    fn number_of_things(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let (counted, op, bound) = counted_against(held.left, held.op, held.right)?;
        let (noun, place) = self.counted_things(counted, held.event)?;
        let inputs = self.material.trace.inputs_of(held.event).iter();
        let count = inputs
            .filter_map(|e| match self.material.trace.event(*e).value {
                TraceValue::Int(n) => Some(n),
                _ => None,
            })
            .next()?;
        let nouns = |n: i64| {
            if n == 1 { noun.clone() } else { plural(&noun) }
        };
        let there = |n: i64, what: &str| {
            let be = if n == 1 { "is" } else { "are" };
            format!("there {be} {what} {}{place}", nouns(n))
        };
        // None of them, or the very number: the evidence says so. And whoever asks whether there are
        // so many has the number that the count is held against.
        if count == 0 || count == bound && held.truth || self.whether {
            return Some((String::new(), Vec::new()));
        }
        let less = count < bound;
        let text = match (op, held.truth) {
            (CompareOp::Eq, false) | (CompareOp::NotEq, true) if less => {
                format!("{}, not {bound}", there(count, &format!("only {count}")))
            }
            (CompareOp::Eq, false) | (CompareOp::NotEq, true) => {
                format!("{}, not {bound}", there(count, &count.to_string()))
            }
            // "at least 1" and "more than 0", said of what there is, add nothing.
            (CompareOp::GtE, true) if bound <= 1 => String::new(),
            (CompareOp::Gt, true) if bound <= 0 => String::new(),
            (CompareOp::GtE | CompareOp::Gt, false) => {
                let tail = if op == CompareOp::GtE {
                    "fewer than"
                } else {
                    "not more than"
                };
                format!("{}, {tail} {bound}", there(count, &format!("only {count}")))
            }
            (CompareOp::LtE, false) => {
                format!("{}, more than {bound}", there(count, &count.to_string()))
            }
            (CompareOp::Lt, false) => format!(
                "{}, not fewer than {bound}",
                there(count, &count.to_string())
            ),
            (op, true) => there(bound, &quantity(op, &bound.to_string())?),
            _ => return None,
        };
        Some((text, Vec::new()))
    }

    /// `so the tower in the first box is not exactly 2 blocks tall`.
    fn measured(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let fact = self.fact(held.left, held.event)?;
        let (subject, object) = self.subject(fact)?;
        let said = self.speaker.comparison(held.left, held.op, held.right)?;
        let exact = match (&fact.result, literal(held.right)) {
            (TraceValue::Int(n), Some(text)) => n.to_string() == text,
            (TraceValue::Str(s), Some(text)) => **s == *text,
            _ => false,
        };
        // The evidence gives the very value, or the number that was held against one.
        let number = matches!(fact.result, TraceValue::Int(_));
        let against = number && self.whether && whole_number(held.right).is_some();
        if exact && held.truth || against {
            return Some((String::new(), Vec::new()));
        }
        let (said, affirmed) = match said {
            Predicate::Not(inner) => (*inner, !held.truth),
            said => (said, held.truth),
        };
        let text = said.text(Number::Singular, affirmed)?;
        Some((format!("{subject} {text}"), vec![object]))
    }

    /// `so the top of a and the base of b have the same color`.
    fn same_attribute(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let (ExprKind::Attribute { attr: a, .. }, ExprKind::Attribute { attr: b, .. }) =
            (&held.left.kind, &held.right.kind)
        else {
            return None;
        };
        let same = match held.op {
            CompareOp::Eq => held.truth,
            CompareOp::NotEq => !held.truth,
            _ => return None,
        };
        if a != b {
            return None;
        }
        let (first, one) = self.subject(self.fact(held.left, held.event)?)?;
        let (second, other) = self.subject(self.fact(held.right, held.event)?)?;
        if one == other {
            return None;
        }
        let noun = a.replace('_', " ");
        let text = if same {
            format!("{first} and {second} have the same {noun}")
        } else {
            format!("{first} and {second} do not have the same {noun}")
        };
        Some((text, vec![one, other]))
    }

    /// `so 3 is less than 4`: values without a name.
    fn values(&self, held: Held<'m>) -> Option<(String, Vec<u32>)> {
        let inputs = self.material.trace.inputs_of(held.event);
        let value = |expr: &Expr, at: usize| -> Option<String> {
            if let Some(text) = literal(expr) {
                return Some(text);
            }
            match &self.material.trace.event(*inputs.get(at)?).value {
                TraceValue::Int(i) => Some(i.to_string()),
                TraceValue::Float(f) => Some(number_text(*f)),
                TraceValue::Str(s) => Some(s.to_string()),
                _ => None,
            }
        };
        let (a, b) = (value(held.left, 0)?, value(held.right, 1)?);
        let numeric = a.parse::<f64>().is_ok() && b.parse::<f64>().is_ok();
        let relation = match (held.op, held.truth) {
            (CompareOp::Eq, true) | (CompareOp::NotEq, false) if a == b => return None,
            (CompareOp::Eq, false) | (CompareOp::NotEq, true) => "is not",
            (CompareOp::Gt, true) | (CompareOp::LtE, false) if numeric => "is more than",
            (CompareOp::Lt, true) | (CompareOp::GtE, false) if numeric => "is less than",
            // "3 is at least 3" says no more than the 3.
            (CompareOp::GtE | CompareOp::LtE, true) if a == b => return None,
            (CompareOp::GtE, true) if numeric => "is at least",
            (CompareOp::LtE, true) if numeric => "is at most",
            (CompareOp::Gt, false) if numeric => "is not more than",
            (CompareOp::Lt, false) if numeric => "is not less than",
            _ => return None,
        };
        // "2 is at least 1", said of existence, adds nothing.
        let existence = held.op == CompareOp::Gt && b == "0"
            || held.op == CompareOp::GtE && b == "1" && called(held.left, &["len"]).is_some();
        if existence && held.truth {
            return None;
        }
        Some((format!("{a} {relation} {b}"), Vec::new()))
    }

    /// `2 <= n <= 4` of what the pack counts.
    fn chained(
        &mut self,
        left: &'m Expr,
        ops: &[CompareOp],
        comparators: &'m [Expr],
        event: EventId,
    ) {
        let ([first, second], [counted, high], Some(truth)) = (ops, comparators, self.truth(event))
        else {
            return;
        };
        let (Some(low), Some(high)) = (whole_number(left), whole_number(high)) else {
            return;
        };
        let Some((noun, place)) = self.counted_things(counted, event) else {
            return;
        };
        let low = mirrored(*first).and_then(|op| quantity(op, &low.to_string()));
        let (Some(low), Some(high)) = (low, quantity(*second, &high.to_string())) else {
            return;
        };
        let are = if truth { "are" } else { "are not" };
        let text = format!("so there {are} {low} and {high} {}{place}", plural(&noun));
        self.push(&text, vec![(event, Inferred::Held(truth))], Vec::new());
    }
}

/// An operand against a whole number, the number on the right.
fn counted_against<'m>(
    left: &'m Expr,
    op: CompareOp,
    right: &'m Expr,
) -> Option<(&'m Expr, CompareOp, i64)> {
    match (whole_number(left), whole_number(right)) {
        (None, Some(number)) => Some((left, op, number)),
        (Some(number), None) => Some((right, mirrored(op)?, number)),
        _ => None,
    }
}
