//! What code that did not run might have changed out of sight.
//!
//! A branch not taken, a loop that ended, an early return: what they would have changed passes
//! through a [`EventKind::Phi`]. Where the code names what it changes, [`super::effects`] knows it.
//! Here is the rest: containers reached through others (`rows[0].append(…)`), other names for a
//! container, and calls of the program's functions that change what is not theirs.

use super::effects::{Effects, mentioned};
use super::error::R;
use super::iter::{IterKind, IterObj};
use super::value::{Tv, Value};
use super::{Frame, Vm, visit};
use crate::ast::{ComprehensionKind, Expr, ExprKind, Function, NodeId, Stmt, StmtKind, VarRef};
use crate::trace::{EventId, EventKind};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// What the functions of a program change beyond their own variables.
#[derive(Debug, Default)]
pub(crate) struct Outward {
    /// Variables of others that they assign, by name.
    names: HashSet<Arc<str>>,
    /// Whether they change containers, objects or iterators that are not their own.
    contents: bool,
}

impl Outward {
    fn any(&self) -> bool {
        self.contents || !self.names.is_empty()
    }
}

/// Containers and variables yet to be visited.
#[derive(Default)]
struct Walk {
    todo: Vec<Value>,
    cells: Vec<(u32, Option<Arc<str>>)>,
    seen: HashSet<(u8, u32)>,
}

impl<'a> Vm<'a> {
    /// Whether a call may change what is not the callee's own. Functions of packs are taken not to:
    /// what they change of their objects is a memory of what they would compute again.
    pub(crate) fn calls_change(&mut self) -> bool {
        !self.in_pack && self.outward().any()
    }

    fn outward(&mut self) -> Rc<Outward> {
        if let Some(outward) = &self.outward {
            return outward.clone();
        }
        let mut found = Outward::default();
        let mut finder = Finder {
            found: &mut found,
            entry: crate::pack::Pack::entry(self.program).map(|f| f.id),
        };
        finder.stmts(&self.program.body);
        let outward = Rc::new(found);
        self.outward = Some(outward.clone());
        outward
    }

    /// Passes all that a call of the program's functions might have changed through a
    /// [`EventKind::Phi`] by `by`.
    pub(crate) fn phi_everything(&mut self, f: &Frame<'a>, by: EventId, node: NodeId) -> R<()> {
        let outward = self.outward();
        let mut walk = Walk::default();
        self.frame_values(f, &mut walk);
        if outward.contents {
            let locals = f.locals.iter().flatten().map(|tv| tv.value.clone());
            walk.todo.extend(locals);
        }
        for i in 0..self.globals.len() {
            let Some(tv) = self.globals[i].clone() else {
                continue;
            };
            walk.todo.push(tv.value.clone());
            if tv.event < by && outward.names.contains(&self.program.globals[i]) {
                let event = self.event(EventKind::Phi, node, &[tv.event, by], &tv.value)?;
                self.globals[i] = Some(Tv::new(tv.value, event));
            }
        }
        self.walk(walk, Some(&outward), by, node)
    }

    /// Passes every container reached from `roots` through a [`EventKind::Phi`] by `by`.
    pub(crate) fn phi_reached(
        &mut self,
        f: &mut Frame<'a>,
        roots: &[VarRef],
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        let mut walk = Walk::default();
        for root in roots {
            if let Some(tv) = self.slot(f, *root) {
                walk.todo.push(tv.value.clone());
            }
        }
        self.walk(walk, None, by, node)
    }

    /// Passes every container reached from the elements of `source` through a [`EventKind::Phi`]
    /// by `by`.
    pub(crate) fn phi_held(&mut self, source: &Value, by: EventId, node: NodeId) -> R<()> {
        let mut walk = Walk::default();
        match source {
            Value::List(_) | Value::Tuple(_) => {
                walk.todo.extend(held(self.items(source).iter()));
            }
            _ => walk.todo.push(source.clone()),
        }
        self.walk(walk, None, by, node)
    }

    /// After a change of what `place` stands for, by the event recorded last: had an answer chosen
    /// another container, that would have changed. `reference` is the event of the choice.
    pub(crate) fn elsewhere(
        &mut self,
        f: &mut Frame<'a>,
        place: &[&'a Expr],
        reference: EventId,
        node: NodeId,
    ) -> R<()> {
        if f.pack || self.muted || !self.is_answered(reference) {
            return Ok(());
        }
        let by = EventId(self.trace.events.len().saturating_sub(1) as u32);
        if self.calls_change() {
            self.phi_everything(f, by, node)?;
        }
        let mut roots = Vec::new();
        for place in place {
            mentioned(place, &mut roots);
        }
        let roots = match f.function {
            // The module.
            None => Effects::of(&self.program.body).sources(roots),
            // The scope of a comprehension: what it captured.
            Some(function) if function.body.is_empty() => {
                roots.extend((0..f.cells.len()).map(|i| VarRef::Cell(i as u32)));
                roots
            }
            Some(function) => {
                let flows = self.effects(function.id, None, &function.body);
                flows.sources(roots)
            }
        };
        self.phi_reached(f, &roots, by, node)
    }

    fn frame_values(&self, f: &Frame<'a>, walk: &mut Walk) {
        for (i, cell) in f.cells.iter().enumerate() {
            let name = f.function.and_then(|fun| fun.cell_names.get(i)).cloned();
            walk.cells.push((*cell, name));
        }
        // Functions among the locals lead to what they captured.
        let functions = f.locals.iter().flatten().map(|tv| &tv.value);
        walk.todo.extend(
            functions
                .filter(|value| matches!(value, Value::Func(_)))
                .cloned(),
        );
    }

    fn walk(
        &mut self,
        mut walk: Walk,
        outward: Option<&Outward>,
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        let contents = outward.is_none_or(|o| o.contents);
        loop {
            while let Some((cell, name)) = walk.cells.pop() {
                if !walk.seen.insert((9, cell)) {
                    continue;
                }
                let Some(tv) = self.heap.cells[cell as usize].clone() else {
                    continue;
                };
                walk.todo.push(tv.value.clone());
                let assigned =
                    name.is_some_and(|name| outward.is_some_and(|o| o.names.contains(&name)));
                if assigned && tv.event < by {
                    let event = self.event(EventKind::Phi, node, &[tv.event, by], &tv.value)?;
                    self.heap.cells[cell as usize] = Some(Tv::new(tv.value, event));
                }
            }
            let Some(value) = walk.todo.pop() else {
                return Ok(());
            };
            self.visit(&value, &mut walk, contents, by, node)?;
        }
    }

    fn visit(
        &mut self,
        value: &Value,
        walk: &mut Walk,
        contents: bool,
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        let key = match value {
            Value::List(i) => (0, *i),
            Value::Tuple(i) => (1, *i),
            Value::Dict(i) | Value::View(_, i) => (2, *i),
            Value::Set(i) => (3, *i),
            Value::Instance(i) => (4, *i),
            Value::Iter(i) => (5, *i),
            Value::Func(i) => (6, *i),
            Value::Partial(i) => (7, *i),
            Value::Bound(bound) => {
                walk.todo.push(bound.0.value.clone());
                return Ok(());
            }
            _ => return Ok(()),
        };
        if !walk.seen.insert(key) {
            return Ok(());
        }
        self.work(1)?;
        match value {
            Value::List(_) | Value::Tuple(_) => {
                let held = held(self.items(value).iter());
                walk.todo.extend(held);
            }
            Value::Dict(i) | Value::View(_, i) => {
                let entries = self.heap.dicts[*i as usize].map.values();
                walk.todo.extend(held(entries.map(|(_, tv)| tv)));
            }
            Value::Instance(i) => {
                let fields = self.heap.instances[*i as usize].fields.clone();
                for (at, (name, tv)) in fields.iter().enumerate() {
                    // The program cannot store into the others.
                    if name.starts_with('_') {
                        continue;
                    }
                    walk.todo.push(tv.value.clone());
                    if contents && tv.event < by {
                        let inputs = [tv.event, by];
                        let event = self.event(EventKind::Phi, node, &inputs, &tv.value)?;
                        self.heap.instances[*i as usize].fields[at].1.event = event;
                    }
                }
            }
            Value::Iter(i) => {
                if contents {
                    self.moved(*i, by);
                }
                self.inside_iterator(*i, walk);
            }
            Value::Func(i) => {
                let func = &self.heap.funcs[*i as usize];
                if !func.pack {
                    let own = func.function.cells as usize;
                    let names = func.function.cell_names.iter().skip(own);
                    let cells = func.cells.iter().copied();
                    walk.cells.extend(cells.zip(names.cloned().map(Some)));
                    walk.todo.extend(held(func.defaults.iter()));
                }
            }
            Value::Partial(i) => {
                let partial = &self.heap.partials[*i as usize];
                walk.todo.push(partial.func.value.clone());
                walk.todo.extend(held(partial.args.iter()));
                walk.todo.extend(held(partial.kw.iter().map(|(_, tv)| tv)));
            }
            _ => {}
        }
        if contents {
            self.phi_shape(value, by, node)?;
        }
        Ok(())
    }

    /// Passes the shape of a container that can change through a [`EventKind::Phi`].
    pub(crate) fn phi_shape(&mut self, value: &Value, by: EventId, node: NodeId) -> R<()> {
        if matches!(value, Value::Tuple(_) | Value::View(..)) {
            return Ok(());
        }
        if let Some(shape) = self.shape(value)
            && shape < by
        {
            let event = self.event(EventKind::Phi, node, &[shape, by], value)?;
            let shown = self.shown(value);
            self.set_shape(value, event);
            self.restore_shown(value, shown);
        }
        Ok(())
    }

    fn inside_iterator(&self, iterator: u32, walk: &mut Walk) {
        let obj: &IterObj<'_> = &self.heap.iters[iterator as usize];
        let iters = |list: &[u32], walk: &mut Walk| {
            walk.todo.extend(list.iter().map(|i| Value::Iter(*i)));
        };
        match &obj.kind {
            IterKind::List(i, _) | IterKind::ReversedList(i, _) | IterKind::Deque(i, ..) => {
                walk.todo.push(Value::List(*i));
            }
            IterKind::Tuple(i, _) => walk.todo.push(Value::Tuple(*i)),
            IterKind::Dict(_, i, ..) => walk.todo.push(Value::Dict(*i)),
            IterKind::Items(items) => walk.todo.extend(held(items.as_slice().iter())),
            IterKind::Cycle(items, _) => walk.todo.extend(held(items.iter())),
            IterKind::Enumerate(i, _) | IterKind::Slice { source: i, .. } => iters(&[*i], walk),
            IterKind::Filter(func, i, _)
            | IterKind::StarMap(func, i)
            | IterKind::TakeWhile(func, i, _)
            | IterKind::DropWhile(func, i, _) => {
                walk.todo.push(func.value.clone());
                iters(&[*i], walk);
            }
            IterKind::Map(func, list) => {
                walk.todo.push(func.value.clone());
                iters(list, walk);
            }
            IterKind::Zip(list, _) => iters(list, walk),
            IterKind::Chain(rest, current) => {
                walk.todo.extend(held(rest.iter()));
                walk.todo.extend(current.map(Value::Iter));
            }
            IterKind::Accumulate(func, i, total) => {
                walk.todo.extend(held(func.iter().chain(total)));
                iters(&[*i], walk);
            }
            IterKind::Groups(groups) => {
                let waiting = groups.next.iter().flat_map(|(key, item)| [key, item]);
                let all = groups.func.iter().chain(&groups.target).chain(waiting);
                walk.todo.extend(held(all));
                iters(&[groups.source], walk);
            }
            IterKind::Group(i, target, _) => {
                walk.todo.push(target.value.clone());
                iters(&[*i], walk);
            }
            IterKind::Until(func, _) => walk.todo.push(func.value.clone()),
            IterKind::Repeat(tv, _) => walk.todo.push(tv.value.clone()),
            IterKind::Generator(Some(state)) => self.frame_values(&state.frame, walk),
            _ => {}
        }
    }
}

/// The values of elements, where they can lead anywhere.
fn held<'t>(items: impl Iterator<Item = &'t Tv>) -> Vec<Value> {
    items
        .map(|tv| &tv.value)
        .filter(|value| {
            matches!(
                value,
                Value::List(_)
                    | Value::Tuple(_)
                    | Value::Dict(_)
                    | Value::View(..)
                    | Value::Set(_)
                    | Value::Instance(_)
                    | Value::Iter(_)
                    | Value::Func(_)
                    | Value::Partial(_)
                    | Value::Bound(_)
            )
        })
        .cloned()
        .collect()
}

/// Looks at every function of a program, the entry's own body excepted: when it returns, the run
/// ends.
struct Finder<'f> {
    found: &'f mut Outward,
    entry: Option<NodeId>,
}

impl Finder<'_> {
    fn stmts(&mut self, body: &[Stmt]) {
        for stmt in body {
            if let StmtKind::FunctionDef { function, .. } = &stmt.kind {
                self.function(function);
            }
            for expr in visit::of_stmt(stmt) {
                self.expr(expr);
            }
            for block in stmt.blocks() {
                self.stmts(block);
            }
        }
    }

    fn function(&mut self, function: &Function) {
        if Some(function.id) != self.entry {
            self.effects(function, &Effects::of(&function.body));
        }
        self.stmts(&function.body);
    }

    fn effects(&mut self, function: &Function, effects: &Effects<'_>) {
        self.found.contents |= effects.changes_others(function);
        for name in effects.assigned() {
            let own = match name.var {
                VarRef::Local(_) => true,
                VarRef::Cell(i) => i < function.cells,
                VarRef::Global(_) => false,
            };
            if !own {
                self.found.names.insert(name.id.clone());
            }
        }
    }

    fn expr(&mut self, root: &Expr) {
        let mut inner = Vec::new();
        visit::each(root, &mut |expr| match &expr.kind {
            ExprKind::Lambda(_) | ExprKind::Comprehension(_) => inner.push(expr),
            _ => {}
        });
        for expr in inner {
            match &expr.kind {
                ExprKind::Lambda(function) => self.function(function),
                ExprKind::Comprehension(c) => {
                    let effects = Effects::of_comprehension(c);
                    // A list is made at once, under the eyes of `control`; a generator later.
                    if c.kind == ComprehensionKind::Generator {
                        self.effects(&c.scope, &effects);
                    }
                    for expr in visit::inner(c) {
                        self.expr(expr);
                    }
                }
                _ => {}
            }
        }
    }
}
