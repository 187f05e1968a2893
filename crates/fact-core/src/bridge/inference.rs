//! What follows from the evidence: the sentences between it and the conclusion.

mod comprehension;

use super::predicate::{Predicate, is_plain, length_of, literal, none, predicate, spoken};
use crate::english::{Number, sentence};
use crate::merge::index::Index;
use crate::merge::sentences::Material;
use crate::merge::words::{is_whole, number_text, set_name};
use fact_lang::ast::{
    CompareOp, ComprehensionKind, Expr, ExprKind, NodeId, Stmt, StmtKind, UnaryOp,
};
use fact_lang::trace::{EventId, EventKind, TraceValue};

/// A clause that follows, with the event whose value it states.
#[derive(Debug, Clone, PartialEq)]
pub struct Inference {
    /// A full sentence.
    pub text: String,
    /// The event.
    pub event: EventId,
    /// Objects it names.
    pub objects: Vec<u32>,
}

struct Inferrer<'a, 'm> {
    material: &'a Material<'m>,
    index: &'a Index<'m>,
    out: Vec<Inference>,
    visited: Vec<NodeId>,
}

/// The inferences behind the program's result, in order of reasoning.
pub fn inferences(material: &Material<'_>, index: &Index<'_>) -> Vec<Inference> {
    let Some(result) = material.trace.result else {
        return Vec::new();
    };
    let mut inferrer = Inferrer {
        material,
        index,
        out: Vec::new(),
        visited: Vec::new(),
    };
    let node = material.trace.event(result).node;
    // A snippet returns by the assignment that gave its result.
    if let Some(Stmt {
        kind: StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. },
        id,
        ..
    }) = index.stmt(node.node)
    {
        match &value.kind {
            ExprKind::Constant(_) => inferrer.constant(*id, result),
            _ => inferrer.expr(value, result),
        }
    }
    let mut seen: Vec<String> = Vec::new();
    inferrer.out.retain(|i| {
        let new = !seen.contains(&i.text);
        seen.push(i.text.clone());
        new
    });
    inferrer.out
}

impl<'m> Inferrer<'_, 'm> {
    fn push(&mut self, text: &str, event: EventId, objects: Vec<u32>) {
        self.out.push(Inference {
            text: sentence(text),
            event,
            objects,
        });
    }

    /// The last event of an expression before another event.
    fn event_of(&self, node: NodeId, before: EventId) -> Option<EventId> {
        (0..before.index().min(self.material.trace.events.len()))
            .rev()
            .map(|i| EventId(i as u32))
            .find(|id| {
                let event = self.material.trace.event(*id);
                !event.node.pack
                    && event.node.node == node
                    && !matches!(
                        event.kind,
                        EventKind::Branch { .. }
                            | EventKind::Loop
                            | EventKind::LoopEnd
                            | EventKind::Iteration { .. }
                            // How far an iterator was read, not what the expression gave.
                            | EventKind::Phi
                    )
            })
    }

    /// How an `if` was decided, each time before an event.
    fn decisions(&self, stmt: NodeId, before: EventId) -> Vec<bool> {
        let events = self.material.trace.events.iter().take(before.index());
        events
            .filter(|e| !e.node.pack && e.node.node == stmt)
            .filter_map(|e| match e.kind {
                EventKind::Branch { taken } => Some(taken),
                _ => None,
            })
            .collect()
    }

    fn truth(&self, event: EventId) -> Option<bool> {
        match &self.material.trace.event(event).value {
            TraceValue::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// `return "yes"`: what decided that this return was reached.
    fn constant(&mut self, id: NodeId, result: EventId) {
        let conditions: Vec<(&Stmt, bool)> = self.conditions_around(id);
        for (stmt, inside) in conditions {
            let StmtKind::If { test, .. } = &stmt.kind else {
                continue;
            };
            let in_loop = self.index.loops_around(stmt.id).last().copied();
            match in_loop {
                Some(loop_id) => self.loop_condition(loop_id, stmt.id, test, inside, result),
                None => self.expr(test, result),
            }
        }
    }

    /// `if`s that hold the statement, and `if`s before it whose jump would have passed it by.
    fn conditions_around(&self, id: NodeId) -> Vec<(&'m Stmt, bool)> {
        let own = match self.index.stmt(id) {
            Some(stmt) => stmt.span,
            None => return Vec::new(),
        };
        self.index
            .statements()
            .filter(|s| matches!(s.kind, StmtKind::If { .. }))
            .filter_map(|s| {
                let holds = s.span.start <= own.start && s.span.end >= own.end;
                let before = s.span.end <= own.start && jumps(s);
                (holds || before).then_some((s, holds))
            })
            .collect()
    }

    /// A condition in a loop: found, or true of none.
    fn loop_condition(
        &mut self,
        loop_id: NodeId,
        stmt: NodeId,
        test: &Expr,
        found: bool,
        result: EventId,
    ) {
        let decided = self.decisions(stmt, result);
        let Some((target, iter)) = self.index.loop_parts(loop_id) else {
            return;
        };
        let ExprKind::Name(variable) = &target.kind else {
            return;
        };
        let Some(said) = predicate(self.material, test, &variable.id) else {
            return;
        };
        if found {
            let Some(iteration) = self.material.iterations.latest(loop_id, result) else {
                return;
            };
            // The return may stand in either arm.
            let Some(taken) = decided.last() else {
                return;
            };
            self.witness(&said, iteration, *taken, test.id, result);
        } else {
            // True of none only if it was asked of each: an earlier `continue` may have passed some
            // by, and the arm may have been taken without leaving the loop.
            let asked = self.material.iterations.count(loop_id);
            if decided.contains(&true) || decided.len() != asked {
                return;
            }
            if !is_whole(self.material, &self.iterated(loop_id, result)) {
                return;
            }
            let Some((noun, place)) = self.iterated_noun(iter, loop_id, result) else {
                return;
            };
            // A place is that of one run of the inner loop; the outer loop saw others.
            let nested = !self.index.loops_around(loop_id).is_empty();
            let place = if nested { "" } else { place.as_str() };
            if let Some(text) = none(&said, &noun, place) {
                self.push(&text, result, Vec::new());
            }
        }
    }

    fn witness(
        &mut self,
        said: &Predicate,
        iteration: EventId,
        affirmed: bool,
        node: NodeId,
        before: EventId,
    ) {
        let TraceValue::Object(object) = self.material.trace.event(iteration).value else {
            return;
        };
        // One plain condition on the object is what the evidence said already.
        if is_plain(said) {
            return;
        }
        if let Some(text) = said.text(Number::Singular, affirmed) {
            let name = self.material.namer.noun(object).full();
            let event = self.event_of(node, before).unwrap_or(iteration);
            self.push(&format!("so {name} {text}"), event, vec![object]);
        }
    }

    /// What a loop iterates over, in words: the noun, and the place (with a leading space) if all
    /// of it is in one.
    fn iterated_noun(
        &self,
        iter: &Expr,
        loop_id: NodeId,
        before: EventId,
    ) -> Option<(String, String)> {
        let objects = self.iterated(loop_id, before);
        let known = (!objects.is_empty()).then(|| set_name(self.material, &objects));
        let place = match &known {
            Some((_, Some(place))) => format!(" {place}"),
            _ => String::new(),
        };
        if let Some(said) = spoken(self.material, iter, "")
            && said.template.is_existential()
        {
            return Some((said.noun(self.material)?, place));
        }
        known.map(|(noun, _)| (noun, place))
    }

    fn iterated(&self, loop_id: NodeId, before: EventId) -> Vec<u32> {
        let Some(last) = self.material.iterations.latest(loop_id, before) else {
            return Vec::new();
        };
        self.material
            .iterations
            .instance(self.material.trace, loop_id, last)
            .iter()
            .filter_map(|e| match self.material.trace.event(*e).value {
                TraceValue::Object(o) => Some(o),
                _ => None,
            })
            .collect()
    }

    fn expr(&mut self, expr: &Expr, before: EventId) {
        if self.visited.contains(&expr.id) {
            return;
        }
        self.visited.push(expr.id);
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some((value, at)) = self.assigned(&name.id, before) {
                    self.expr(value, at);
                }
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.expr(operand, before),
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test, before);
                for branch in [body, orelse] {
                    if self.event_of(branch.id, before).is_some() {
                        self.expr(branch, before);
                    }
                }
            }
            ExprKind::Bool { and, values } => {
                let end = self.event_of(expr.id, before).unwrap_or(before);
                let outcome = self.truth(end);
                for value in values {
                    let truth = self.event_of(value.id, before).and_then(|e| self.truth(e));
                    // `and` that is false, `or` that is true: only what decided it.
                    let decides = truth.is_none() || outcome != Some(!*and) || truth == Some(!*and);
                    if decides {
                        self.expr(value, before);
                    }
                }
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.compare(expr.id, left, ops, comparators, before);
            }
            ExprKind::Call { func, args, .. } => {
                let name = match &func.kind {
                    ExprKind::Name(name) => &*name.id,
                    _ => "",
                };
                match (name, args.as_slice()) {
                    ("any" | "all", [only]) => {
                        if let ExprKind::Comprehension(c) = &only.kind {
                            self.quantifier(expr.id, name == "any", c, before);
                        } else {
                            self.expr(only, before);
                        }
                    }
                    ("len" | "sum", [only]) => {
                        if let ExprKind::Comprehension(c) = &only.kind {
                            self.counted(expr.id, c, before);
                        } else {
                            self.expr(only, before);
                        }
                    }
                    _ => args.iter().for_each(|a| self.expr(a, before)),
                }
            }
            ExprKind::Comprehension(c) if c.kind == ComprehensionKind::List => {
                self.counted(expr.id, c, before);
            }
            _ => crate::merge::index::children(expr, &mut |child| self.expr(child, before)),
        }
    }

    /// The value last assigned to a name before an event.
    fn assigned(&self, name: &str, before: EventId) -> Option<(&'m Expr, EventId)> {
        (0..before.index()).rev().find_map(|i| {
            let event = &self.material.trace.events[i];
            if event.kind != EventKind::Assign || event.node.pack {
                return None;
            }
            match &self.index.stmt(event.node.node)?.kind {
                StmtKind::Assign { targets, value } => targets
                    .iter()
                    .any(|t| matches!(&t.kind, ExprKind::Name(n) if &*n.id == name))
                    .then_some((value, EventId(i as u32))),
                _ => None,
            }
        })
    }

    fn compare(
        &mut self,
        id: NodeId,
        left: &Expr,
        ops: &[CompareOp],
        comparators: &[Expr],
        before: EventId,
    ) {
        let Some(event) = self.event_of(id, before) else {
            return;
        };
        for operand in std::iter::once(left).chain(comparators) {
            self.expr(operand, event);
        }
        let ([op], [right]) = (ops, comparators) else {
            return;
        };
        let Some(truth) = self.truth(event) else {
            return;
        };
        if let Some(text) = self.compared_property(left, *op, right, truth, event) {
            self.push(&text, event, Vec::new());
            return;
        }
        let inputs = self.material.trace.inputs_of(event);
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
        let (Some(a), Some(b)) = (value(left, 0), value(right, 1)) else {
            return;
        };
        let numeric = a.parse::<f64>().is_ok() && b.parse::<f64>().is_ok();
        let relation = match (op, truth, numeric) {
            (CompareOp::Eq, true, _) | (CompareOp::NotEq, false, _) if a == b => return,
            (CompareOp::Eq, false, true) | (CompareOp::NotEq, true, true) => "is not",
            (CompareOp::Eq, false, false) | (CompareOp::NotEq, true, false) => "is not",
            (CompareOp::Gt, true, true) | (CompareOp::LtE, false, true) => "is more than",
            (CompareOp::Lt, true, true) | (CompareOp::GtE, false, true) => "is less than",
            // "3 is at least 3" says no more than the 3.
            (CompareOp::GtE | CompareOp::LtE, true, true) if a == b => return,
            (CompareOp::GtE, true, true) => "is at least",
            (CompareOp::LtE, true, true) => "is at most",
            (CompareOp::Gt, false, true) => "is not more than",
            (CompareOp::Lt, false, true) => "is not less than",
            _ => return,
        };
        // "2 is at least 1", said of existence, adds nothing.
        let existence = b == "0" && matches!(op, CompareOp::Gt)
            || b == "1" && matches!(op, CompareOp::GtE) && length_of(left).is_some();
        if existence && truth {
            return;
        }
        self.push(&format!("{a} {relation} {b}"), event, Vec::new());
    }

    /// `a.left < b.left` → a is further left than b.
    fn compared_property(
        &self,
        left: &Expr,
        op: CompareOp,
        right: &Expr,
        truth: bool,
        event: EventId,
    ) -> Option<String> {
        let (ExprKind::Attribute { attr: a, .. }, ExprKind::Attribute { attr: b, .. }) =
            (&left.kind, &right.kind)
        else {
            return None;
        };
        if a != b {
            return None;
        }
        let said = spoken(self.material, left, "")?;
        let (less, more) = said.function.compares.clone()?;
        let name = |expr: &Expr| {
            let at = self.event_of(expr.id, event)?;
            let fact = self.material.facts.iter().find(|f| f.event == at)?;
            Some(self.material.namer.noun(fact.receiver()?).full())
        };
        let (first, second) = (name(left)?, name(right)?);
        let (phrase, holds) = match op {
            CompareOp::Lt => (less, truth),
            CompareOp::Gt => (more, truth),
            CompareOp::LtE => (more, !truth),
            CompareOp::GtE => (less, !truth),
            _ => return None,
        };
        let be = crate::english::conjugate("be", Number::Singular, holds);
        Some(format!("{first} {be} {phrase} {second}"))
    }
}

/// Whether a statement holds a jump out of its block.
fn jumps(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Raise { .. }
    ) || crate::slice::blocks(stmt).into_iter().flatten().any(jumps)
}
