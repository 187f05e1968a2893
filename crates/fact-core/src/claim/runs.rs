//! Runs through loops, as the trace shows them: which elements, and what was decided of each.

use crate::merge::index::Index;
use fact_lang::ast::{NodeId, Stmt, StmtKind};
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use std::collections::HashMap;

/// One run through a loop, or through one clause of a comprehension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopRun {
    /// The event at which it began.
    pub begin: EventId,
    /// The `for` statement, or the comprehension.
    pub node: NodeId,
    /// Its iterations.
    pub iterations: Vec<EventId>,
    /// The event at which it ended, unless it was abandoned.
    pub end: Option<EventId>,
    /// The iteration of another run that it began in.
    pub within: Option<EventId>,
}

/// All runs through loops of the program, and its events by node. Built in one pass that leaves out
/// what happened inside calls of the pack.
#[derive(Debug)]
pub struct Runs<'t> {
    trace: &'t Trace,
    runs: Vec<LoopRun>,
    by_begin: HashMap<EventId, usize>,
    by_iteration: HashMap<EventId, usize>,
    by_end: HashMap<EventId, usize>,
    by_node: HashMap<NodeId, Vec<usize>>,
    inside: HashMap<EventId, Vec<usize>>,
    /// Events that have a value, by node.
    at: Vec<Vec<EventId>>,
}

impl<'t> Runs<'t> {
    /// Reads a trace.
    pub fn new(trace: &'t Trace) -> Self {
        let mut runs = Self {
            trace,
            runs: Vec::new(),
            by_begin: HashMap::new(),
            by_iteration: HashMap::new(),
            by_end: HashMap::new(),
            by_node: HashMap::new(),
            inside: HashMap::new(),
            at: Vec::new(),
        };
        let mut open: HashMap<NodeId, Vec<usize>> = HashMap::new();
        let (mut event, mut call) = (0, 0);
        while event < trace.events.len() {
            while let Some(known) = trace.pack_calls.get(call)
                && (known.events.0 as usize) < event
            {
                call += 1;
            }
            if let Some(known) = trace.pack_calls.get(call)
                && known.events.0 as usize == event
                && known.events.1 as usize > event
                && known
                    .event
                    .is_none_or(|e| e.index() >= known.events.1 as usize)
            {
                event = known.events.1 as usize;
                continue;
            }
            runs.visit(EventId(event as u32), &mut open);
            event += 1;
        }
        runs
    }

    fn visit(&mut self, id: EventId, open: &mut HashMap<NodeId, Vec<usize>>) {
        let event = self.trace.event(id);
        if event.node.pack || event.within != 0 {
            return;
        }
        let node = event.node.node;
        match event.kind {
            EventKind::Loop => {
                let within = self.iteration_of(id);
                let at = self.runs.len();
                self.runs.push(LoopRun {
                    begin: id,
                    node,
                    iterations: Vec::new(),
                    end: None,
                    within,
                });
                self.by_begin.insert(id, at);
                self.by_node.entry(node).or_default().push(at);
                if let Some(iteration) = within {
                    self.inside.entry(iteration).or_default().push(at);
                }
                open.entry(node).or_default().push(at);
            }
            EventKind::Iteration { index } => {
                let controlled = self.by_begin.get(&event.control).copied();
                let of = controlled
                    .filter(|run| self.runs[*run].node == node)
                    .or_else(|| {
                        // A `for` statement with jumps: the innermost run that waits for it.
                        let stack = open.get(&node)?;
                        let waits =
                            |run: &&usize| self.runs[**run].iterations.len() == index as usize;
                        stack.iter().rev().find(waits).copied()
                    });
                if let Some(run) = of {
                    self.runs[run].iterations.push(id);
                    self.by_iteration.insert(id, run);
                }
            }
            EventKind::LoopEnd => {
                let controlled = self.by_begin.get(&event.control).copied();
                let of = controlled.filter(|run| self.runs[*run].node == node);
                let of = of.or_else(|| open.get(&node)?.last().copied());
                if let Some(run) = of {
                    self.runs[run].end = Some(id);
                    self.by_end.insert(id, run);
                    if let Some(stack) = open.get_mut(&node) {
                        stack.retain(|r| *r != run);
                    }
                }
            }
            // A call is entered at the node that later has its value; a Phi or a change there is
            // of a variable or a container.
            EventKind::Enter
            | EventKind::Phi
            | EventKind::Mutate
            | EventKind::Raise
            | EventKind::Catch
            | EventKind::TryEnd => {}
            _ => {
                let at = node as usize;
                if self.at.len() <= at {
                    self.at.resize_with(at + 1, Vec::new);
                }
                self.at[at].push(id);
            }
        }
    }

    /// The trace.
    pub fn trace(&self) -> &'t Trace {
        self.trace
    }

    /// A run by its number.
    pub fn run(&self, at: usize) -> &LoopRun {
        &self.runs[at]
    }

    /// The run that began at an event.
    pub fn begun(&self, begin: EventId) -> Option<usize> {
        self.by_begin.get(&begin).copied()
    }

    /// The run that an iteration belongs to.
    pub fn run_of(&self, iteration: EventId) -> Option<usize> {
        self.by_iteration.get(&iteration).copied()
    }

    /// The runs that began in an iteration.
    pub fn inside(&self, iteration: EventId) -> &[usize] {
        self.inside.get(&iteration).map_or(&[], Vec::as_slice)
    }

    /// The latest run of a node that began before an event and not in another run of the same
    /// node: of a comprehension, its first clause.
    pub fn latest(&self, node: NodeId, before: EventId) -> Option<usize> {
        let all = self.by_node.get(&node)?;
        let end = all.partition_point(|run| self.runs[*run].begin < before);
        all[..end].iter().rev().copied().find(|run| {
            let outer = self.runs[*run].within.and_then(|i| self.run_of(i));
            outer.is_none_or(|outer| self.runs[outer].node != node)
        })
    }

    /// The last event of a node before another event that has a value.
    pub fn value_before(&self, node: NodeId, before: EventId) -> Option<EventId> {
        let all = self.events(node);
        let end = all.partition_point(|e| *e < before);
        let value = |e: &&EventId| !matches!(self.trace.event(**e).kind, EventKind::Branch { .. });
        all[..end].iter().rev().find(value).copied()
    }

    /// The events of a node, in order, those of loops left out.
    pub fn events(&self, node: NodeId) -> &[EventId] {
        self.at.get(node as usize).map_or(&[], Vec::as_slice)
    }

    /// What a node came to in one iteration: the first event of it there.
    pub fn decided(&self, node: NodeId, iteration: EventId) -> Option<EventId> {
        let all = self.events(node);
        let first = all.get(all.partition_point(|e| *e <= iteration))?;
        (self.iteration_of(*first) == Some(iteration)).then_some(*first)
    }

    /// The innermost iteration under which an event happened.
    pub fn iteration_of(&self, event: EventId) -> Option<EventId> {
        let mut at = self.trace.event(event).control;
        loop {
            let event = self.trace.event(at);
            match event.kind {
                EventKind::Iteration { .. } => return (!event.node.pack).then_some(at),
                EventKind::LoopEnd => {
                    let run = self.by_end.get(&at)?;
                    at = self.trace.event(self.runs[*run].begin).control;
                }
                _ if event.control >= at => return None,
                _ => at = event.control,
            }
        }
    }

    /// Whether a run went through everything there was to go through.
    pub fn complete(&self, run: &LoopRun, index: &Index<'_>) -> bool {
        // The shape of what is iterated is the latest picture of it.
        let inputs = self.trace.inputs_of(run.begin).iter();
        let latest = inputs
            .filter(|e| matches!(self.trace.event(**e).value, TraceValue::Items { .. }))
            .max();
        if let Some(source) = latest
            && let TraceValue::Items { len, .. } = self.trace.event(*source).value
            && run.end.is_none()
        {
            return run.iterations.len() == len as usize;
        }
        let breaks = match index.stmt(run.node).map(|s| &s.kind) {
            Some(StmtKind::For { body, .. }) => body.iter().any(breaks),
            Some(_) => true,
            None => false,
        };
        match latest.map(|e| &self.trace.event(*e).value) {
            Some(TraceValue::Items { len, .. }) if breaks => run.iterations.len() == *len as usize,
            _ => run.end.is_some() && !breaks,
        }
    }

    /// Whether the value of an event is true, as Python sees it.
    pub fn truth(&self, event: EventId) -> Option<bool> {
        let event = self.trace.events.get(event.index())?;
        match event.kind {
            EventKind::Branch { taken } => return Some(taken),
            // These have no value of their own.
            EventKind::Start
            | EventKind::Loop
            | EventKind::LoopEnd
            | EventKind::Enter
            | EventKind::Phi
            | EventKind::Mutate
            | EventKind::Raise
            | EventKind::Catch
            | EventKind::TryEnd => return None,
            _ => {}
        }
        Some(match &event.value {
            TraceValue::None => false,
            TraceValue::Bool(b) => *b,
            TraceValue::Int(i) => *i != 0,
            TraceValue::Float(f) => *f != 0.0,
            TraceValue::Str(s) => !s.is_empty(),
            TraceValue::Items { len, .. } => *len > 0,
            TraceValue::Object(_) => true,
            _ => return None,
        })
    }
}

/// Whether a statement holds a `break` that leaves the loop it stands in.
fn breaks(stmt: &Stmt) -> bool {
    match stmt.kind {
        StmtKind::Break => true,
        // Of an inner loop, only what stands in its `else` leaves the outer one.
        StmtKind::For { ref orelse, .. } | StmtKind::While { ref orelse, .. } => {
            orelse.iter().any(breaks)
        }
        _ => stmt.blocks().into_iter().flatten().any(breaks),
    }
}
