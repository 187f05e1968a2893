//! What a loop goes through, in words and as events.

use super::Reasoner;
use crate::bridge::predicate::{Focus, Predicate};
use crate::claim::inferred::{Condition, Judged};
use crate::merge::words::{is_whole, listed_objects, set_name};
use fact_lang::ast::{Comprehension, Expr, ExprKind, NodeId};
use fact_lang::trace::{EventId, EventKind, TraceValue};
use std::collections::HashSet;

/// What a loop, or loops in each other, go through.
pub(super) struct Domain {
    /// Singular: `yellow square`.
    pub noun: String,
    /// ` in the first box`, with a leading space, or nothing.
    pub place: String,
    /// Which of them, where a name stands for a filtered list.
    pub filter: Option<Predicate>,
    /// The names of all, where they are not all that there are of their noun.
    pub listed: Option<String>,
    /// Events at which the loops began.
    pub over: Vec<EventId>,
    /// The iterations of the innermost loop, and those of outer ones that led to none of it.
    pub elements: Vec<EventId>,
    /// How many loops further out than the innermost the noun is of.
    pub out: usize,
    /// The different things that the noun is of, in order.
    pub objects: Vec<u32>,
    /// Whether one loop in another was gone through.
    pub nested: bool,
}

impl<'m> Reasoner<'_, 'm> {
    /// What the loops with these nodes, outermost first, go through in one run of the first.
    /// It is named by what `iter` gives, which is iterated `out` loops further out than the
    /// innermost. `whole`: of all of them something is to be said, so a part is named as such.
    pub(super) fn domain(
        &self,
        run: usize,
        nodes: &[NodeId],
        out: usize,
        iter: &'m Expr,
        whole: bool,
    ) -> Option<Domain> {
        let mut over = Vec::new();
        let mut elements = Vec::new();
        let mut levels = vec![Vec::new(); nodes.len()];
        self.gather(run, nodes, &mut over, &mut elements, &mut levels);
        let objects_at = |level: &[EventId]| {
            let mut objects: Vec<u32> = level.iter().filter_map(|i| self.object(*i)).collect();
            let mut seen = HashSet::new();
            objects.retain(|o| seen.insert(*o));
            objects
        };
        let level = nodes.len().checked_sub(out + 1)?;
        let objects = objects_at(levels.get(level)?);
        let inner = objects_at(levels.last()?);
        let nested = nodes.len() > 1 || self.ground.runs.run(run).within.is_some();
        let (noun, place, filter) = self.named(iter, &objects, nested)?;
        let whole = !whole
            || filter.is_some()
            || !nested && self.called(iter, over.first().copied(), &objects)
            || is_whole(self.material, &objects) && is_whole(self.material, &inner);
        let listed = if whole {
            None
        } else if objects.len() < 2 || objects.len() > LISTED || nested {
            return None;
        } else {
            let named = self.material.namer.list(&objects, true);
            // "1 of the 2 cups and the 2 dogs" may be one of two.
            if named.contains(" and the ") {
                return None;
            }
            Some(named)
        };
        Some(Domain {
            noun,
            place: if nested { String::new() } else { place },
            filter,
            listed,
            over,
            elements,
            out,
            objects,
            nested,
        })
    }

    /// Whether objects are all that a call of the pack gave just for this loop, whatever calls before
    /// it knew of them.
    fn called(&self, iter: &'m Expr, begin: Option<EventId>, objects: &[u32]) -> bool {
        let iter = self.speaker.resolve(iter, Focus::Any);
        let value = begin.and_then(|begin| self.ground.runs.value_before(iter.id, begin));
        value.is_some_and(|event| {
            let event = self.material.trace.event(event);
            matches!(event.kind, EventKind::PackCall { .. })
                && listed_objects(self.material, &event.value) == objects
        })
    }

    fn gather(
        &self,
        run: usize,
        nodes: &[NodeId],
        over: &mut Vec<EventId>,
        elements: &mut Vec<EventId>,
        levels: &mut [Vec<EventId>],
    ) {
        let runs = self.ground.runs;
        over.push(runs.run(run).begin);
        let Some((level, inner_levels)) = levels.split_first_mut() else {
            return;
        };
        for iteration in &runs.run(run).iterations {
            level.push(*iteration);
            let inner = nodes.get(1).and_then(|node| {
                let mut inside = runs.inside(*iteration).iter().copied();
                inside.find(|r| runs.run(*r).node == *node)
            });
            match inner {
                Some(inner) => self.gather(inner, &nodes[1..], over, elements, inner_levels),
                None => elements.push(*iteration),
            }
        }
    }

    /// The object that an iteration is about; of several, such as those of `enumerate`, the last.
    pub(super) fn object(&self, iteration: EventId) -> Option<u32> {
        let trace = self.material.trace;
        match &trace.event(iteration).value {
            TraceValue::Object(object) => Some(*object),
            value => trace
                .items_of(value)
                .iter()
                .rev()
                .find_map(|(v, _)| match v {
                    TraceValue::Object(object) => Some(*object),
                    _ => None,
                }),
        }
    }

    /// Noun, place and filter of what is iterated.
    fn named(
        &self,
        iter: &'m Expr,
        objects: &[u32],
        nested: bool,
    ) -> Option<(String, String, Option<Predicate>)> {
        let known = (!objects.is_empty()).then(|| set_name(self.material, objects));
        let place = match &known {
            Some((_, Some(place))) => format!(" {place}"),
            _ => String::new(),
        };
        let iter = self.speaker.resolve(iter, Focus::Any);
        if let ExprKind::Comprehension(c) = &iter.kind
            && !nested
        {
            return self.speaker.deeper(|| self.filtered(iter.id, c));
        }
        if let Some(said) = self.speaker.spoken(iter, Focus::Any)
            && said.template.is_existential()
        {
            return Some((said.noun(self.material)?, place, None));
        }
        known.map(|(noun, _)| (noun, place, None))
    }

    /// `[x for x in xs if p(x)]` under a name: the xs that p.
    fn filtered(
        &self,
        node: NodeId,
        c: &'m Comprehension,
    ) -> Option<(String, String, Option<Predicate>)> {
        let [clause] = c.clauses.as_slice() else {
            return None;
        };
        let (ExprKind::Name(target), ExprKind::Name(element)) =
            (&clause.target.kind, &c.element.kind)
        else {
            return None;
        };
        if target.id != element.id || clause.conditions.is_empty() {
            return None;
        }
        let end = EventId(self.material.trace.events.len() as u32);
        let run = self.ground.runs.latest(node, end)?;
        let base = self.domain(run, &[node], 0, &clause.iter, true)?;
        if base.listed.is_some() || base.filter.is_some() {
            return None;
        }
        let mut parts = Vec::new();
        for condition in &clause.conditions {
            parts.push(self.speaker.predicate(condition, Focus::Name(&target.id))?);
        }
        let filter = if parts.len() == 1 {
            parts.remove(0)
        } else {
            Predicate::And(parts)
        };
        Some((base.noun, base.place, Some(filter)))
    }

    /// Each element with the events by which the conditions were decided of it.
    pub(super) fn judged(&self, elements: &[EventId], conditions: &[Condition]) -> Vec<Judged> {
        let runs = self.ground.runs;
        elements
            .iter()
            .map(|element| {
                let mut by = Vec::new();
                for condition in conditions {
                    let mut at = Some(*element);
                    while let Some(iteration) = at {
                        if let Some(event) = runs.decided(condition.node, iteration) {
                            by.push(event.0);
                            break;
                        }
                        at = runs.run_of(iteration).and_then(|r| runs.run(r).within);
                    }
                }
                by.dedup();
                Judged {
                    element: element.0,
                    by,
                }
            })
            .collect()
    }
}

/// How many objects are named one by one at most.
const LISTED: usize = 6;

/// The name that a loop's target gives to what is spoken of: `box` in `for i, box in enumerate(…)`.
pub(super) fn focus_of(target: &Expr) -> Option<&str> {
    match &target.kind {
        ExprKind::Name(name) => Some(&name.id),
        ExprKind::Tuple(items) => focus_of(items.last()?),
        _ => None,
    }
}
