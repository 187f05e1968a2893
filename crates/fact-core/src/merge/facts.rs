//! Facts: the calls of the pack, made by the program itself, that the result depends on.

use super::index::Index;
use fact_lang::ast::{ExprKind, NodeId, StmtKind};
use fact_lang::pack::{Pack, PackFunctionKind};
use fact_lang::trace::{Event, EventId, EventKind, Trace, TraceValue};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What one call of the pack established.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The event.
    pub event: EventId,
    /// The call (or attribute) in the program.
    pub node: NodeId,
    /// What was called or read.
    pub what: What,
    /// Arguments by parameter name; the receiver first, as `self`.
    pub args: Vec<(Arc<str>, TraceValue)>,
    /// The result.
    pub result: TraceValue,
    /// Loops around the call, outermost first, each with the iteration's event.
    pub iterations: Vec<(NodeId, EventId)>,
}

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// Index into [`Pack::functions`].
    Function(u32),
    /// A plain attribute of an instance of a pack class.
    Field(Arc<str>),
}

impl Fact {
    /// The receiver, if it is an instance of a pack class.
    pub fn receiver(&self) -> Option<u32> {
        match self.args.first() {
            Some((name, TraceValue::Object(object))) if &**name == "self" => Some(*object),
            _ => None,
        }
    }
}

/// The iterations of every loop.
pub struct Iterations {
    /// By loop, the events of its iterations in order.
    of: HashMap<NodeId, Vec<EventId>>,
}

impl Iterations {
    /// Collects the iterations of a trace.
    pub fn new(trace: &Trace, index: &Index<'_>) -> Self {
        let mut of: HashMap<NodeId, Vec<EventId>> = HashMap::new();
        for (at, event) in trace.events.iter().enumerate() {
            if let (EventKind::Iteration { .. }, false) = (event.kind, event.node.pack)
                && let Some(id) = index.loop_at(event.node.node)
            {
                of.entry(id).or_default().push(EventId(at as u32));
            }
        }
        Self { of }
    }

    fn all(&self, id: NodeId) -> &[EventId] {
        self.of.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The latest iteration of a loop that began before `before`.
    pub fn latest(&self, id: NodeId, before: EventId) -> Option<EventId> {
        let own = self.all(id);
        let end = own.partition_point(|event| *event < before);
        own[..end].last().copied()
    }

    /// Number of iterations of a loop, all its instances together.
    pub fn count(&self, id: NodeId) -> usize {
        self.all(id).len()
    }

    /// All iterations of the loop instance that `iteration` belongs to.
    pub fn instance(&self, trace: &Trace, id: NodeId, iteration: EventId) -> Vec<EventId> {
        let number = |e: EventId| match trace.event(e).kind {
            EventKind::Iteration { index } => index,
            _ => 0,
        };
        let own = self.all(id);
        let Ok(at) = own.binary_search(&iteration) else {
            return vec![iteration];
        };
        // Iterations of one instance are numbered 0, 1, 2, ...
        let first = (0..=at).rev().find(|&i| number(own[i]) == 0).unwrap_or(at);
        let end = (at + 1..own.len())
            .find(|&i| number(own[i]) == 0)
            .unwrap_or(own.len());
        own[first..end].to_vec()
    }
}

/// The node of the program that a call of the pack speaks for: its own, or that of the call in which
/// the pack made it, where that has nothing to say of its own. `None` inside a call that speaks for
/// itself.
pub(super) fn program_node(trace: &Trace, pack: &Pack, event: &Event) -> Option<NodeId> {
    let mut event = event;
    // The number of a call is one more than its index, 0 the program itself.
    while let Some(outer) = event.within.checked_sub(1) {
        let outer = &trace.pack_calls[outer as usize];
        let function = &pack.functions[outer.function as usize];
        if function.says.is_some() || function.element.is_some() {
            return None;
        }
        event = trace.event(outer.event?);
    }
    (!event.node.pack).then_some(event.node.node)
}

/// The facts of a run in order, those that a later witness makes irrelevant left out.
pub fn facts(
    trace: &Trace,
    pack: &Pack,
    index: &Index<'_>,
    iterations: &Iterations,
    closure: &[bool],
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let around = |node: NodeId, event: EventId| -> Vec<(NodeId, EventId)> {
        let loops = index.loops_around(node);
        loops
            .iter()
            .filter_map(|l| Some((*l, iterations.latest(*l, event)?)))
            .collect()
    };
    for call in &trace.pack_calls {
        let Some(id) = call.event else { continue };
        let event = trace.event(id);
        let function = &pack.functions[call.function as usize];
        let spoken = function.says.is_some() && function.kind != PackFunctionKind::Primitive;
        if !spoken || !closure[id.index()] {
            continue;
        }
        let Some(node) = program_node(trace, pack, event) else {
            continue;
        };
        let mut names: Vec<Arc<str>> = Vec::new();
        if function.class.is_some() {
            names.push(Arc::from("self"));
        }
        names.extend(function.params.iter().cloned());
        let args = names
            .into_iter()
            .zip(call.args.iter().map(|(v, _)| v.clone()))
            .collect();
        facts.push(Fact {
            event: id,
            node,
            what: What::Function(call.function),
            args,
            result: event.value.clone(),
            iterations: around(node, id),
        });
    }
    for (at, event) in trace.events.iter().enumerate() {
        let id = EventId(at as u32);
        if event.kind != EventKind::Attribute
            || event.within != 0
            || event.node.pack
            || !closure[at]
        {
            continue;
        }
        let Some(ExprKind::Attribute { attr, .. }) = index.expr(event.node.node).map(|e| &e.kind)
        else {
            continue;
        };
        let receiver =
            trace
                .inputs_of(id)
                .iter()
                .find_map(|input| match trace.event(*input).value {
                    TraceValue::Object(object) => Some(object),
                    _ => None,
                });
        let Some(receiver) = receiver else { continue };
        facts.push(Fact {
            event: id,
            node: event.node.node,
            what: What::Field(attr.clone()),
            args: vec![(Arc::from("self"), TraceValue::Object(receiver))],
            result: event.value.clone(),
            iterations: around(event.node.node, id),
        });
    }
    facts.sort_by_key(|f| f.event);
    let skipped = outshone(trace, index, iterations, &facts);
    facts
        .into_iter()
        .enumerate()
        .filter(|(i, _)| !skipped.contains(i))
        .map(|(_, f)| f)
        .collect()
}

/// Facts of iterations that a later one made irrelevant: when `any` found a witness, `all` a
/// counter-example, or a loop returned a constant, the iterations before the last decided nothing.
fn outshone(
    trace: &Trace,
    index: &Index<'_>,
    iterations: &Iterations,
    facts: &[Fact],
) -> HashSet<usize> {
    let mut skipped = HashSet::new();
    let mut skip = |loops: &[NodeId], start: EventId, end: EventId| {
        for (at, fact) in facts.iter().enumerate() {
            if fact.event < start || fact.event >= end {
                continue;
            }
            let beaten = fact
                .iterations
                .iter()
                .any(|(id, e)| loops.contains(id) && iterations.latest(*id, end) != Some(*e));
            // Of the list a witness was drawn from, its size does not matter either.
            let source = loops.iter().any(|id| {
                index
                    .loop_parts(*id)
                    .is_some_and(|(_, iter)| iter.id == fact.node)
                    && matches!(fact.result, TraceValue::Items { .. })
            });
            if beaten || source {
                skipped.insert(at);
            }
        }
    };
    if let Some(result) = trace.result {
        let node = trace.event(result).node;
        if let Some(StmtKind::Return(Some(value))) = index.stmt(node.node).map(|s| &s.kind)
            && matches!(value.kind, ExprKind::Constant(_))
            && !node.pack
        {
            skip(index.loops_around(node.node), EventId::START, result);
        }
    }
    let mut previous: std::collections::HashMap<NodeId, EventId> = std::collections::HashMap::new();
    for (at, event) in trace.events.iter().enumerate() {
        if event.kind != EventKind::Call || event.within != 0 || event.node.pack {
            continue;
        }
        let Some((decisive, loops)) = quantifier(index, event.node.node) else {
            continue;
        };
        let id = EventId(at as u32);
        let start = previous
            .insert(event.node.node, id)
            .unwrap_or(EventId::START);
        if event.value == TraceValue::Bool(decisive) {
            skip(&loops, start, id);
        }
    }
    skipped
}

/// For `any(… for …)` and `all(… for …)`: the value that one element decides, and the loops.
fn quantifier(index: &Index<'_>, call: NodeId) -> Option<(bool, Vec<NodeId>)> {
    let ExprKind::Call { func, args, .. } = &index.expr(call)?.kind else {
        return None;
    };
    let ExprKind::Name(name) = &func.kind else {
        return None;
    };
    let decisive = match &*name.id {
        "any" => true,
        "all" => false,
        _ => return None,
    };
    match args.as_slice() {
        [only] => match &only.kind {
            ExprKind::Comprehension(c) => Some((
                decisive,
                c.clauses.iter().map(|clause| clause.target.id).collect(),
            )),
            _ => None,
        },
        _ => None,
    }
}
