//! What follows from `any`, `all`, counts and loops: how many of the elements are so.

use super::Reasoner;
use super::domain::{Domain, focus_of};
use super::phrase::{Phrase, noun};
use crate::bridge::predicate::{Focus, Predicate, Variable, flattened, is_plain, joined};
use crate::claim::entail::{Tally, tally};
use crate::claim::inferred::{Condition, Inferred, Quantified, Quantifier};
use crate::english::{Number, article};
use fact_lang::ast::{
    CompareOp, Comprehension, ComprehensionKind, Constant, Expr, ExprKind, NodeId,
};
use fact_lang::trace::{EventId, TraceValue};
use std::collections::HashSet;

/// A count held against a number.
pub(super) struct Bound {
    /// How.
    pub op: CompareOp,
    /// The number.
    pub number: i64,
    /// Whether it was so.
    pub holds: bool,
    /// The comparison's claim.
    pub claim: (EventId, Inferred),
}

/// What is said of the elements of a loop.
pub(super) struct Query {
    /// The event whose value it explains.
    pub event: EventId,
    pub domain: Domain,
    /// Only elements that meet these are spoken of.
    pub among: Vec<Condition>,
    /// In words; `None` where there is no condition or none that rules can say.
    pub filter: Option<Predicate>,
    pub holds: Vec<Condition>,
    /// In words; `None` where rules cannot say it.
    pub said: Option<Predicate>,
}

/// Which sentence is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Of none of them.
    None,
    /// Of every one.
    Every,
    /// Of so many.
    Count,
}

impl<'m> Reasoner<'_, 'm> {
    /// The query of a comprehension: filters restrict, the element is what is said.
    fn query(
        &self,
        node: NodeId,
        c: &'m Comprehension,
        event: EventId,
        element: Option<&'m Expr>,
    ) -> Option<(Query, EventId)> {
        let clause = c.clauses.last()?;
        let variable = focus_of(&clause.target)?;
        let run = self.ground.runs.latest(node, event)?;
        let nodes = vec![node; c.clauses.len()];
        let said = element.and_then(|_| self.element_said(c));
        let out = said.as_ref().map_or(0, |(_, out)| *out);
        let named = c.clauses.iter().rev().nth(out)?;
        let domain = self.domain(run, &nodes, out, &named.iter, true)?;
        let mut among = Vec::new();
        let mut parts: Option<Vec<Predicate>> = Some(Vec::new());
        for condition in c.clauses.iter().flat_map(|c| &c.conditions) {
            among.push(Condition {
                node: condition.id,
                holds: true,
            });
            let made = self.speaker.predicate(condition, Focus::Name(variable));
            parts = parts.and_then(|mut parts| {
                parts.push(made?);
                Some(parts)
            });
        }
        let filter = parts.filter(|p| !p.is_empty()).map(joined);
        let (holds, said) = match element {
            Some(element) => {
                let condition = Condition {
                    node: element.id,
                    holds: true,
                };
                (vec![condition], said.map(|(said, _)| said))
            }
            None => (Vec::new(), None),
        };
        let last = domain.elements.last().copied().unwrap_or(event);
        let query = Query {
            event,
            domain,
            among,
            filter,
            holds,
            said,
        };
        Some((query, last))
    }

    /// What is said of the elements of a comprehension, and of which of its clauses, counted from
    /// the last.
    fn element_said(&self, c: &'m Comprehension) -> Option<(Predicate, usize)> {
        let variables: Vec<Variable<'m>> = c
            .clauses
            .iter()
            .map(|clause| Some((focus_of(&clause.target)?, &clause.iter)))
            .collect::<Option<_>>()?;
        self.said_of(&[(&c.element, true)], &variables)
    }

    /// Conditions said of the innermost of some loop variables, or of the one around it, as it
    /// stands to the innermost: with how many loops further out.
    pub(super) fn said_of(
        &self,
        parts: &[(&'m Expr, bool)],
        variables: &[Variable<'m>],
    ) -> Option<(Predicate, usize)> {
        let (variable, _) = variables.last()?;
        let alone: Option<Vec<Predicate>> = parts
            .iter()
            .map(|(part, holds)| self.speaker.part_said(part, *holds, variable))
            .collect();
        if let Some(alone) = alone {
            return Some((joined(alone), 0));
        }
        let [.., outer, inner] = variables else {
            return None;
        };
        let flat = flattened(parts);
        let speaker = self.speaker;
        let outer_first = speaker.relation(&flat, *outer, *inner, Focus::Any);
        outer_first.map(|p| (p, 1)).or_else(|| {
            let inner_first = speaker.relation(&flat, *inner, *outer, Focus::Any);
            inner_first.map(|p| (p, 0))
        })
    }

    /// `any(…)` and `all(…)` over a comprehension.
    pub(super) fn quantifier(
        &mut self,
        expr: &'m Expr,
        any: bool,
        c: &'m Comprehension,
        before: EventId,
    ) {
        let Some(event) = self.value(expr.id, before) else {
            return;
        };
        let Some(outcome) = self.truth(event) else {
            return;
        };
        let ExprKind::Call { args, .. } = &expr.kind else {
            return;
        };
        let Some(node) = args.first().map(|a| self.speaker.resolve(a, Focus::Any).id) else {
            return;
        };
        if any == outcome {
            // The last element that was looked at decided.
            let Some(run) = self.ground.runs.latest(node, event) else {
                return;
            };
            let mut at = self.ground.runs.run(run);
            while let Some(last) = at.iterations.last()
                && let Some(inner) = self
                    .ground
                    .runs
                    .inside(*last)
                    .iter()
                    .copied()
                    .find(|r| self.ground.runs.run(*r).node == node)
            {
                at = self.ground.runs.run(inner);
            }
            let Some(last) = at.iterations.last().copied() else {
                return;
            };
            self.decider(node, c, any, last, event);
            return;
        }
        let Some((query, _)) = self.query(node, c, event, Some(&c.element)) else {
            return;
        };
        if !any {
            // "Both squares touch the wall" has said it.
            let called = matches!(c.element.kind, ExprKind::Call { .. });
            let plain = query.said.as_ref().is_some_and(is_plain);
            let bare = query.among.is_empty() && query.domain.filter.is_none();
            if called && plain && bare && c.clauses.len() == 1 {
                return;
            }
        }
        let form = if any { Form::None } else { Form::Every };
        self.say(query, form, None);
    }

    /// The witness of `any`, the counter-example of `all`.
    fn decider(
        &mut self,
        node: NodeId,
        c: &'m Comprehension,
        any: bool,
        iteration: EventId,
        event: EventId,
    ) {
        let Some(clause) = c.clauses.last() else {
            return;
        };
        let Some(variable) = focus_of(&clause.target) else {
            return;
        };
        let conditions = c.clauses.iter().flat_map(|c| &c.conditions);
        let mut among = Vec::new();
        let mut parts = Some(Vec::new());
        for condition in conditions {
            among.push(Condition {
                node: condition.id,
                holds: true,
            });
            let made = self.speaker.predicate(condition, Focus::Name(variable));
            parts = parts.and_then(|mut parts: Vec<Predicate>| {
                parts.push(made?);
                Some(parts)
            });
        }
        let (element, out) = match self.element_said(c) {
            Some((said, out)) => (Some(said), out),
            None => (None, 0),
        };
        let own = Condition {
            node: c.element.id,
            holds: true,
        };
        if any {
            let said = parts.zip(element).map(|(mut parts, element)| {
                parts.push(element);
                joined(parts)
            });
            let mut holds = among;
            holds.push(own);
            self.witness(
                Quantifier::Some,
                Vec::new(),
                holds,
                (said, out),
                iteration,
                event,
            );
            return;
        }
        if let (Some(said), Some([]), Some(object)) =
            (&element, parts.as_deref(), self.object(iteration))
            && out == 0
            && self.said_of_one(Some(said), object)
        {
            return;
        }
        let denied = element
            .as_ref()
            .and_then(|e| e.text(Number::Singular, false));
        if let Some(said) = &element
            && (denied.is_none() || is_plain(said))
            && let Some(text) = said.text(Number::Singular, true)
            && let Some(run) = self.ground.runs.latest(node, event)
            && let Some(domain) =
                self.domain(run, &vec![node; c.clauses.len()], 0, &clause.iter, false)
            && out == 0
            && let Some(parts) = parts.clone()
        {
            // Which one it was, the evidence names.
            let filter = (!parts.is_empty()).then(|| joined(parts));
            if let Some(noun) = noun(&domain, filter.as_ref(), Number::Singular) {
                let claim = self.single(Quantifier::NotAll, among, vec![own], iteration);
                if let Some(claim) = claim {
                    let text = format!("so not every {noun} {text}");
                    self.push(&text, vec![(event, claim)], Vec::new());
                }
            }
            return;
        }
        self.witness(
            Quantifier::NotAll,
            among,
            vec![own],
            (element, out),
            iteration,
            event,
        );
    }

    /// The claim of one element that decides, if the trace bears it.
    fn single(
        &self,
        quantifier: Quantifier,
        among: Vec<Condition>,
        holds: Vec<Condition>,
        iteration: EventId,
    ) -> Option<Inferred> {
        let all: Vec<Condition> = among.iter().chain(&holds).copied().collect();
        let claim = Quantified {
            quantifier,
            over: Vec::new(),
            elements: self.judged(&[iteration], &all),
            among,
            holds,
        };
        let Tally { met, total } = tally(&claim, self.ground).ok()?;
        let wanted = u32::from(quantifier == Quantifier::Some);
        (total == 1 && met == wanted).then_some(Inferred::Quantified(claim))
    }

    /// `so the third box has a yellow circle and 2 squares`.
    pub(super) fn witness(
        &mut self,
        quantifier: Quantifier,
        among: Vec<Condition>,
        holds: Vec<Condition>,
        (said, out): (Option<Predicate>, usize),
        iteration: EventId,
        event: EventId,
    ) {
        let runs = self.ground.runs;
        let mut named = Some(iteration);
        for _ in 0..out {
            named = named.and_then(|i| runs.run(runs.run_of(i)?).within);
        }
        let Some(object) = named.and_then(|i| self.object(i)) else {
            return;
        };
        // "Is such a box" would say of one that it is as asked: so the answer says.
        if self.said_of_one(said.as_ref(), object) || self.whether && said.is_none() {
            return;
        }
        // What one call of the pack says, the evidence says better; and of two things in a
        // relation that rules cannot say, neither is the one.
        let nested = runs
            .run_of(iteration)
            .is_some_and(|run| runs.run(run).within.is_some());
        if said.is_none() && nested {
            return;
        }
        if let (None, [only]) = (&said, holds.as_slice())
            && let Some(ExprKind::Call { func, .. }) =
                self.ground.index.expr(only.node).map(|e| &e.kind)
            && matches!(func.kind, ExprKind::Attribute { .. })
        {
            return;
        }
        // One plain condition on the object is what the evidence said already.
        if said.as_ref().is_some_and(is_plain) {
            return;
        }
        let affirmed = quantifier == Quantifier::Some;
        let noun = self.material.namer.noun(object);
        let text = match said.and_then(|s| s.text(Number::Singular, affirmed)) {
            Some(text) => text,
            None => {
                let kind = self.material.namer.common_noun(&[object]);
                let kind = kind.split(" in ").next().unwrap_or(&kind);
                let kind = kind.split_whitespace().last().unwrap_or(kind);
                let be = crate::english::conjugate("be", Number::Singular, affirmed);
                format!("{be} such {} {kind}", article(kind))
            }
        };
        if let Some(claim) = self.single(quantifier, among, holds, iteration) {
            let text = format!("so {} {text}", noun.full());
            self.push(&text, vec![(event, claim)], vec![object]);
        }
    }

    /// A count: of `[x for x in xs if p(x)]`, `sum(p(x) for x in xs)`, or a list under a name.
    /// Whether it is said, here or by the evidence.
    pub(super) fn counted(
        &mut self,
        expr: &'m Expr,
        before: EventId,
        bound: Option<Bound>,
    ) -> bool {
        let mut at = expr;
        let mut summed = false;
        for _ in 0..8 {
            at = self.speaker.resolve(at, Focus::Any);
            let inner = match &at.kind {
                ExprKind::Call { func, args, .. } => match (&func.kind, args.as_slice()) {
                    (ExprKind::Name(name), [only])
                        if matches!(&*name.id, "len" | "sum" | "list") =>
                    {
                        summed |= &*name.id == "sum";
                        Some(only)
                    }
                    _ => None,
                },
                _ => None,
            };
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let ExprKind::Comprehension(c) = &at.kind else {
            if let ExprKind::Name(name) = &at.kind {
                return self.tallied(&name.id, before, bound);
            }
            let said = self.out.len();
            self.expr(at, before);
            return self.out.len() > said;
        };
        self.visited.insert(at.id);
        let event = self.value(expr.id, before).unwrap_or(before);
        // Of a set, the different elements are counted, not those let through.
        if matches!(c.kind, ComprehensionKind::Set | ComprehensionKind::Dict) {
            return false;
        }
        let one = matches!(
            c.element.kind,
            ExprKind::Constant(Constant::Int(1) | Constant::Bool(true))
        );
        // Only truths are counted; a sum of numbers is another matter.
        let judged = !one && summed;
        if judged && !self.truths(&c.element) {
            return false;
        }
        let element = judged.then_some(&c.element);
        let Some((mut query, _)) = self.query(at.id, c, event, element) else {
            return false;
        };
        // What filters let through is what is counted, of all there are.
        query.said = match (query.filter.take(), query.said.take(), element.is_some()) {
            (None, said, true) if query.among.is_empty() => said,
            (Some(filter), Some(said), true) => Some(joined(vec![filter, said])),
            (filter, _, false) => filter,
            _ => None,
        };
        let among = std::mem::take(&mut query.among);
        query.holds.splice(0..0, among);
        if query.holds.is_empty() {
            return false;
        }
        self.say(query, Form::Count, bound)
    }

    /// Whether no two iterations are about the same object.
    fn distinct(&self, elements: &[EventId]) -> bool {
        let mut seen = HashSet::new();
        elements
            .iter()
            .all(|e| self.object(*e).is_none_or(|o| seen.insert(o)))
    }

    /// Whether an expression was always true or false.
    fn truths(&self, element: &Expr) -> bool {
        let events = self.ground.runs.events(element.id);
        events.iter().all(|e| {
            matches!(
                self.material.trace.event(*e).value,
                TraceValue::Bool(_) | TraceValue::None
            )
        })
    }

    /// Says a query, if the trace bears it. Whether it is said, here or by the evidence.
    pub(super) fn say(&mut self, mut query: Query, form: Form, bound: Option<Bound>) -> bool {
        // A filter that cannot be said is part of what is asked.
        if !query.among.is_empty() && query.filter.is_none() {
            if form == Form::Every {
                return false;
            }
            let among = std::mem::take(&mut query.among);
            query.holds.splice(0..0, among);
            query.said = None;
        }
        if form != Form::Every {
            self.narrowed(&mut query);
        }
        let all: Vec<Condition> = query.among.iter().chain(&query.holds).copied().collect();
        let mut claim = Quantified {
            quantifier: Quantifier::Count(0),
            over: query.domain.over.iter().map(|e| e.0).collect(),
            among: std::mem::take(&mut query.among),
            holds: std::mem::take(&mut query.holds),
            elements: self.judged(&query.domain.elements, &all),
        };
        let Ok(Tally { met, total }) = tally(&claim, self.ground) else {
            return false;
        };
        if self.said_of_all(&query, met, total) {
            return true;
        }
        let counted = match &self.material.trace.event(query.event).value {
            TraceValue::Int(n) => *n == i64::from(met),
            _ => true,
        };
        match form {
            Form::None if met > 0 => return false,
            Form::Every if met < total || total == 0 => return false,
            Form::Count if !counted => return false,
            _ => {}
        }
        // "None is such a box" says no more than the answer.
        if met == 0 && query.said.is_none() && self.whether {
            return true;
        }
        let whole = query.filter.is_none()
            && query.domain.filter.is_none()
            && query.domain.listed.is_none()
            && !query.domain.nested
            && claim.among.is_empty();
        let distinct = self.distinct(&query.domain.elements) && query.domain.out == 0;
        let totals = whole && distinct && total > 1 && self.announced(&query);
        let phrase = Phrase {
            domain: &query.domain,
            filter: query.filter.as_ref(),
            said: query.said.as_ref(),
            met,
            total,
            distinct,
            totals,
        };
        let named: Vec<u32> = claim
            .elements
            .iter()
            .filter(|j| {
                j.by.last()
                    .is_some_and(|e| self.truth(EventId(*e)) == claim.holds.last().map(|c| c.holds))
            })
            .filter_map(|j| self.object(EventId(j.element)))
            .collect();
        let made = match form {
            Form::None => phrase.none(),
            Form::Every => phrase.every(),
            Form::Count => phrase.count(bound.as_ref(), &|| self.material.namer.list(&named, true)),
        };
        let Some((quantifier, text, flipped)) = made else {
            return false;
        };
        if flipped {
            let [condition] = claim.holds.as_mut_slice() else {
                return false;
            };
            condition.holds = !condition.holds;
        }
        claim.quantifier = quantifier;
        let mut claims = vec![(query.event, Inferred::Quantified(claim))];
        claims.extend(bound.map(|b| b.claim));
        let tells = [format!(" of the {total} "), format!("so all {total} ")]
            .iter()
            .any(|words| text.contains(words.as_str()))
            || total == 2 && text.starts_with("so both ");
        self.push(&text, claims, Vec::new());
        if totals
            && tells
            && let Some(made) = self.out.last_mut()
        {
            made.total = std::mem::take(&mut query.domain.objects);
        }
        true
    }
}
