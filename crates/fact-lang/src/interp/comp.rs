//! Comprehensions and generator expressions.
//!
//! Both are one state machine over the clauses: a stack of iterators, one for each clause entered.
//! A comprehension runs it to its end at once; a generator is resumed for each element, without
//! threads or saved stacks.

use super::error::{ExcClass, R};
use super::iter::{IterKind, IterObj};
use super::record::Deps;
use super::value::{PENDING, Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Comprehension, ComprehensionKind, Expr, NodeId};
use crate::trace::{EventId, EventKind};
use smallvec::smallvec;

/// A comprehension in progress.
#[derive(Debug)]
pub(crate) struct GenState<'a> {
    comp: &'a Comprehension,
    pub(crate) frame: Frame<'a>,
    node: NodeId,
    levels: Vec<Level>,
    /// What has decided so far which elements there are.
    pub(crate) shape: Vec<EventId>,
    within: u32,
}

#[derive(Debug)]
struct Level {
    iterator: u32,
    control: EventId,
    index: u32,
}

impl<'a> Vm<'a> {
    pub(crate) fn comprehension(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        c: &'a Comprehension,
    ) -> R<Tv> {
        let Some(first) = c.clauses.first() else {
            return Err(self.raise(ExcClass::SyntaxError, "comprehension without clauses"));
        };
        let source = self.eval(f, &first.iter)?;
        let iterator = self.iterate(&source, first.iter.id)?;
        let mut inputs: Deps = smallvec![source.event];
        self.iter_shape(iterator, &mut inputs);
        let begin = self.event_bare(EventKind::Loop, e.id, &inputs)?;
        let mut cells = Vec::with_capacity((c.scope.cells as usize) + c.scope.free.len());
        for _ in 0..c.scope.cells {
            self.heap.cells.push(None);
            cells.push(self.heap.cells.len() as u32 - 1);
        }
        cells.extend(c.scope.free.iter().map(|i| f.cells[*i as usize]));
        self.charge(128 + 32 * (c.scope.locals + c.scope.cells) as usize)?;
        let mut state = Box::new(GenState {
            comp: c,
            frame: Frame {
                function: Some(&c.scope),
                locals: vec![None; c.scope.locals as usize],
                cells,
                pack: f.pack,
                unbound: Vec::new(),
                closure: f.closure,
            },
            node: e.id,
            levels: vec![Level {
                iterator,
                control: begin,
                index: 0,
            }],
            shape: Vec::new(),
            within: self.within,
        });
        if c.kind == ComprehensionKind::Generator {
            let value = self.iterator(IterObj::new(IterKind::Generator(Some(state)), begin))?;
            return Ok(Tv::new(value, begin));
        }
        let mut elements = Vec::new();
        let mut entries = Vec::new();
        let outer = self.control;
        while let Some((element, value)) = self.generate(&mut state)? {
            self.charge(size_of::<Tv>())?;
            match value {
                Some(value) => entries.push((element, value)),
                None => elements.push(element),
            }
        }
        self.control = outer;
        let mut inputs = Deps::from_vec(std::mem::take(&mut state.shape));
        let value = match c.kind {
            ComprehensionKind::List | ComprehensionKind::Generator => {
                self.list(elements, PENDING)?
            }
            ComprehensionKind::Set => {
                for tv in &elements {
                    self.deep(tv, &mut inputs)?;
                }
                self.set(elements, PENDING)?
            }
            ComprehensionKind::Dict => {
                for (key, _) in &entries {
                    self.deep(key, &mut inputs)?;
                }
                self.dict(entries, PENDING)?
            }
        };
        let event = self.next_event();
        self.set_shape(&value, event);
        self.event(EventKind::Build, e.id, &inputs, &value)?;
        // What the elements left out might have changed.
        if let Some(effects) = self.unevaluated_of(e.id, c) {
            self.phi(&mut state.frame, &effects, event, e.id)?;
            if effects.elements {
                self.phi_held(&source.value, event, e.id)?;
            }
        }
        Ok(Tv::new(value, event))
    }

    /// The next element (and value, for a dict), or `None` at the end.
    pub(crate) fn generate(&mut self, state: &mut GenState<'a>) -> R<Option<(Tv, Option<Tv>)>> {
        let outer = (
            self.control,
            self.within,
            self.in_pack,
            self.residual,
            self.at,
        );
        self.within = state.within;
        self.in_pack = state.frame.pack;
        let result = self
            .enter()
            .and_then(|()| {
                let result = self.advance(state);
                self.leave();
                result
            })
            .map_err(|stop| self.seal(stop, state.node, &[]));
        if result.is_err() {
            // A generator that raised is exhausted.
            state.levels.clear();
        }
        (
            self.control,
            self.within,
            self.in_pack,
            self.residual,
            self.at,
        ) = outer;
        result
    }

    fn advance(&mut self, state: &mut GenState<'a>) -> R<Option<(Tv, Option<Tv>)>> {
        let comp = state.comp;
        'next: loop {
            let depth = state.levels.len();
            let Some(level) = state.levels.last_mut() else {
                return Ok(None);
            };
            self.step()?;
            let clause = &comp.clauses[depth - 1];
            let iterator = level.iterator;
            let level_control = level.control;
            self.control = level_control;
            let kind = EventKind::Iteration { index: level.index };
            level.index += 1;
            let Some(item) = self.iter_or_seal(iterator, clause.iter.id, state.node)? else {
                let mut inputs = Deps::new();
                self.iter_shape(iterator, &mut inputs);
                let end = self.event_bare(EventKind::LoopEnd, state.node, &inputs)?;
                state.shape.push(end);
                state.levels.pop();
                continue;
            };
            let inputs = self.iteration_inputs(iterator, item.event, level_control);
            let event = self.event(kind, state.node, &inputs, &item.value)?;
            self.control = event;
            let target = &clause.target;
            self.assign(
                &mut state.frame,
                target,
                Tv::new(item.value, event),
                target.id,
            )?;
            for condition in &clause.conditions {
                let tv = self.eval(&mut state.frame, condition)?;
                let taken = self.truth(&tv.value)?;
                let inputs = self.truth_inputs(&tv);
                let value = Value::Bool(taken);
                let kind = EventKind::Branch { taken };
                let branch = self.event(kind, condition.id, &inputs, &value)?;
                state.shape.push(branch);
                self.control = branch;
                if !taken {
                    continue 'next;
                }
            }
            if let Some(clause) = comp.clauses.get(depth) {
                let source = self.eval(&mut state.frame, &clause.iter)?;
                let iterator = self.iterate(&source, clause.iter.id)?;
                let mut inputs: Deps = smallvec![source.event];
                self.iter_shape(iterator, &mut inputs);
                let begin = self.event_bare(EventKind::Loop, state.node, &inputs)?;
                state.levels.push(Level {
                    iterator,
                    control: begin,
                    index: 0,
                });
                continue;
            }
            let mut element = self.eval(&mut state.frame, &comp.element)?;
            // An older value is an element because of the filter that let it through.
            if comp.kind == ComprehensionKind::Generator && element.event < self.control {
                let inputs = [element.event, self.control];
                let node = comp.element.id;
                element.event = self.event(EventKind::Phi, node, &inputs, &element.value)?;
            }
            let value = match &comp.value {
                Some(value) => Some(self.eval(&mut state.frame, value)?),
                None => None,
            };
            return Ok(Some((element, value)));
        }
    }
}
