//! Projection: which statements of a program hold the events that matter.

use super::units::blocks;
use fact_lang::ast::{Module, NodeId, Stmt, StmtKind};
use fact_lang::run::Run;
use std::collections::HashMap;

/// For each statement, whether it ran and whether the result depends on it.
pub(super) struct Projection {
    used: Vec<bool>,
    ran: Vec<bool>,
}

impl Projection {
    /// Projects the events of a closure, one flag an event.
    pub(super) fn new(module: &Module, run: &Run, closure: &[bool]) -> Self {
        Self {
            used: touched(module, run, &|event| closure[event]),
            ran: touched(module, run, &|_| true),
        }
    }

    pub(super) fn used(&self, id: NodeId) -> bool {
        self.used[id as usize]
    }

    pub(super) fn ran(&self, id: NodeId) -> bool {
        self.ran[id as usize]
    }
}

/// The statements that ran and that the result does not depend on, by their ids; none if the run did
/// not return. Statements that did not run may be part of why, and are not among them.
pub fn idle(module: &Module, run: &Run) -> Vec<NodeId> {
    let Some(result) = run.trace.result else {
        return Vec::new();
    };
    let closure = run.trace.closure([result]);
    let projected = Projection::new(module, run, &closure);
    (0..module.spans.len() as NodeId)
        .filter(|id| projected.ran(*id) && !projected.used(*id))
        .collect()
}

/// For each node id of the module, whether its statement holds an event of those wanted; imports and
/// function definitions, which leave no event, count as touched.
fn touched(module: &Module, run: &Run, wanted: &dyn Fn(usize) -> bool) -> Vec<bool> {
    let mut hit = vec![false; module.spans.len()];
    for (at, event) in run.trace.events.iter().enumerate() {
        if !event.node.pack && wanted(at) {
            hit[event.node.node as usize] = true;
        }
    }
    let nodes = Nodes::new(module, &hit);
    let mut touched = vec![false; module.spans.len()];
    for stmt in &module.body {
        touch(stmt, &nodes, &mut touched);
    }
    touched
}

/// Where the nodes that were hit stand in the text.
struct Nodes {
    /// Starts of their spans, in order.
    starts: Vec<u32>,
    /// By start, the end of the shortest.
    shortest: HashMap<u32, u32>,
}

impl Nodes {
    fn new(module: &Module, hit: &[bool]) -> Self {
        let mut starts = Vec::new();
        let mut shortest: HashMap<u32, u32> = HashMap::new();
        for (span, hit) in module.spans.iter().zip(hit) {
            if *hit {
                starts.push(span.start);
                let end = shortest.entry(span.start).or_insert(span.end);
                *end = span.end.min(*end);
            }
        }
        starts.sort_unstable();
        Self { starts, shortest }
    }

    /// Whether the statement's span holds one of them whole. Spans do not cross, so a node that starts
    /// within the statement and behind its start ends within it.
    fn within(&self, stmt: &Stmt) -> bool {
        let from = self.starts.partition_point(|s| *s <= stmt.span.start);
        let inside = self.starts.get(from).is_some_and(|s| *s < stmt.span.end);
        inside
            || self
                .shortest
                .get(&stmt.span.start)
                .is_some_and(|end| *end <= stmt.span.end)
    }
}

fn touch(stmt: &Stmt, nodes: &Nodes, touched: &mut [bool]) -> bool {
    let mut hit = matches!(
        stmt.kind,
        StmtKind::FunctionDef { .. }
            | StmtKind::Import { .. }
            | StmtKind::Imports(_)
            | StmtKind::Scope
            | StmtKind::Break
            | StmtKind::Continue
    );
    if let StmtKind::Try { handlers, .. } = &stmt.kind {
        // Whether a clause can go is tried by itself.
        for handler in handlers {
            touched[handler.id as usize] = true;
        }
    }
    for block in blocks(stmt) {
        for inner in block {
            // A jump alone does not make its branch matter.
            let jump = matches!(
                inner.kind,
                StmtKind::Break | StmtKind::Continue | StmtKind::Scope
            );
            hit |= touch(inner, nodes, touched) && !jump;
        }
    }
    hit |= nodes.within(stmt);
    touched[stmt.id as usize] = hit;
    hit
}
