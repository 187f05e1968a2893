//! Jumps, and what a branch not taken or a loop might have changed.

use super::effects::Effects;
use super::error::R;
use super::value::{DictKind, Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Comprehension, Expr, ExprKind, NodeId, Stmt, VarRef};
use crate::trace::{EventId, EventKind};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// What the effects that are kept for a node are those of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// Statements that the node identifies.
    Block,
    /// The operands of `and` or `or` after the node.
    Operands,
    /// The expression itself, an arm of a conditional expression.
    Arm,
    /// The operands of a comparison from the node on.
    Comparators,
    /// What the comprehension does in its own scope.
    Comprehension,
}

/// Effects by node of the program (even keys) and of the pack (odd ones).
pub(crate) type EffectsMap<'a> = HashMap<u64, Rc<Effects<'a>>, BuildHasherDefault<NodeHasher>>;

/// Spreads small numbers.
#[derive(Debug, Default)]
pub(crate) struct NodeHasher(u64);

impl Hasher for NodeHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl<'a> Vm<'a> {
    /// The effects of statements, worked out once a run; `node` identifies them.
    pub(crate) fn effects(
        &mut self,
        node: NodeId,
        target: Option<&'a Expr>,
        body: &'a [Stmt],
    ) -> Rc<Effects<'a>> {
        if self.untraced {
            return self.nothing.clone();
        }
        let key = self.key_of(Part::Block, node);
        if let Some(effects) = self.effects.get(&key) {
            return effects.clone();
        }
        let mut effects = Effects::default();
        if let Some(target) = target {
            effects.target(target);
        }
        effects.stmts(body);
        effects.settle();
        let effects = Rc::new(effects);
        self.effects.insert(key, effects.clone());
        effects
    }

    /// [`Vm::effects`] of the operands that `and`, `or`, a comparison or a conditional expression
    /// leaves out; `None` if they have none.
    pub(crate) fn unevaluated(
        &mut self,
        part: Part,
        node: NodeId,
        operands: impl IntoIterator<Item = &'a Expr>,
    ) -> Option<Rc<Effects<'a>>> {
        if self.untraced {
            return None;
        }
        let key = self.key_of(part, node);
        let effects = match self.effects.get(&key) {
            Some(effects) => effects.clone(),
            None => {
                let mut effects = Effects::default();
                operands.into_iter().for_each(|e| effects.expr(e));
                effects.settle();
                let effects = Rc::new(effects);
                self.effects.insert(key, effects.clone());
                effects
            }
        };
        self.may_matter(&effects).then_some(effects)
    }

    /// [`Vm::effects`] of what a comprehension does in its own scope.
    pub(crate) fn unevaluated_of(
        &mut self,
        node: NodeId,
        c: &'a Comprehension,
    ) -> Option<Rc<Effects<'a>>> {
        if self.untraced {
            return None;
        }
        let key = self.key_of(Part::Comprehension, node);
        let effects = match self.effects.get(&key) {
            Some(effects) => effects.clone(),
            None => {
                let effects = Rc::new(Effects::of_comprehension(c));
                self.effects.insert(key, effects.clone());
                effects
            }
        };
        self.may_matter(&effects).then_some(effects)
    }

    fn key_of(&self, part: Part, node: NodeId) -> u64 {
        u64::from(node) << 4 | (part as u64) << 1 | u64::from(self.in_pack)
    }

    /// Whether code with these effects might change anything.
    fn may_matter(&mut self, effects: &Effects<'a>) -> bool {
        !effects.vars.is_empty()
            || !effects.places.is_empty()
            || !effects.roots.is_empty()
            || self.heap.defaultdicts && !effects.subscripts.is_empty()
            || effects.hidden
            || effects.advances
            || effects.calls && self.calls_change()
    }

    /// Passes everything that `effects` names and that is older than `by` through a
    /// [`EventKind::Phi`].
    pub(crate) fn phi(
        &mut self,
        f: &mut Frame<'a>,
        effects: &Effects<'a>,
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        for name in &effects.vars {
            match self.slot(f, name.var).clone() {
                Some(tv) if tv.event < by => {
                    let event = self.event(EventKind::Phi, node, &[tv.event, by], &tv.value)?;
                    *self.slot(f, name.var) = Some(Tv::new(tv.value, event));
                }
                Some(_) => {}
                None => self.left_unbound(f, name.var, by)?,
            }
        }
        for (place, field) in &effects.places {
            let Some(tv) = self.peek(f, place) else {
                continue;
            };
            if let (Value::Instance(i), Some(field)) = (&tv.value, field) {
                let fields = &self.heap.instances[*i as usize].fields;
                if let Some(at) = fields.iter().position(|(name, _)| name == *field)
                    && fields[at].1.event < by
                {
                    let old = fields[at].1.clone();
                    let event = self.event(EventKind::Phi, node, &[old.event, by], &old.value)?;
                    self.heap.instances[*i as usize].fields[at].1.event = event;
                }
            } else if field.is_none() {
                self.phi_shape(&tv.value, by, node)?;
            }
        }
        if self.heap.defaultdicts {
            for place in &effects.subscripts {
                if let Some(tv) = self.peek(f, place)
                    && let Value::Dict(i) = tv.value
                    && matches!(self.heap.dicts[i as usize].kind, DictKind::Default(_))
                {
                    self.phi_shape(&tv.value, by, node)?;
                }
            }
        }
        if !effects.roots.is_empty() {
            self.phi_reached(f, &effects.roots, by, node)?;
        }
        let mut lazy = false;
        for var in &effects.reads {
            if let Some(Tv {
                value: Value::Iter(i),
                ..
            }) = self.slot(f, *var)
            {
                let iterator = *i;
                lazy = true;
                self.moved(iterator, by);
            }
        }
        if effects.hidden || (effects.calls || lazy) && self.calls_change() {
            self.phi_everything(f, by, node)?;
        }
        Ok(())
    }

    pub(crate) fn shown(&self, value: &Value) -> super::value::Shown {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown,
            _ => None,
        }
    }

    pub(crate) fn restore_shown(&mut self, value: &Value, shown: super::value::Shown) {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown = shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown = shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown = shown,
            _ => {}
        }
    }

    /// Where a variable is stored.
    pub(crate) fn slot<'f>(&'f mut self, f: &'f mut Frame<'a>, var: VarRef) -> &'f mut Option<Tv> {
        match var {
            VarRef::Local(i) => &mut f.locals[i as usize],
            VarRef::Cell(i) => &mut self.heap.cells[f.cells[i as usize] as usize],
            VarRef::Global(i) if f.pack => &mut self.pack_globals[i as usize],
            VarRef::Global(i) => &mut self.globals[i as usize],
        }
    }

    /// Notes that a variable has no value because of `by`.
    pub(crate) fn left_unbound(&mut self, f: &mut Frame<'a>, var: VarRef, by: EventId) -> R<()> {
        if f.pack || self.muted || by == EventId::START {
            return Ok(());
        }
        self.charge(16)?;
        match var {
            VarRef::Local(i) => f.unbound.push((i, by)),
            VarRef::Cell(i) => {
                let cell = f.cells[i as usize];
                self.unbound.entry((true, cell)).or_default().push(by);
            }
            VarRef::Global(i) => self.unbound.entry((false, i)).or_default().push(by),
        }
        Ok(())
    }

    /// What decided that a variable has no value.
    pub(crate) fn why_unbound(&self, f: &Frame<'_>, var: VarRef) -> Vec<EventId> {
        let key = match var {
            VarRef::Local(i) => {
                let noted = f.unbound.iter().filter(|(local, _)| *local == i);
                return noted.map(|(_, by)| *by).collect();
            }
            VarRef::Cell(i) => (true, f.cells[i as usize]),
            VarRef::Global(i) => (false, i),
        };
        if f.pack {
            return Vec::new();
        }
        self.unbound.get(&key).cloned().unwrap_or_default()
    }

    /// What a variable of any frame holds.
    pub(crate) fn slot_of(&self, f: &Frame<'_>, var: VarRef) -> Option<Tv> {
        match var {
            VarRef::Local(i) => f.locals[i as usize].clone(),
            VarRef::Cell(i) => self.heap.cells[f.cells[i as usize] as usize].clone(),
            VarRef::Global(i) if f.pack => self.pack_globals[i as usize].clone(),
            VarRef::Global(i) => self.globals[i as usize].clone(),
        }
    }

    /// The value of a name or of a plain field, without evaluating anything.
    fn peek(&mut self, f: &mut Frame<'a>, place: &Expr) -> Option<Tv> {
        match &place.kind {
            ExprKind::Name(name) => self.slot(f, name.var).clone(),
            ExprKind::Attribute { value, attr } => {
                let Value::Instance(i) = self.peek(f, value)?.value else {
                    return None;
                };
                let fields = &self.heap.instances[i as usize].fields;
                fields
                    .iter()
                    .find(|(name, _)| name == attr)
                    .map(|(_, tv)| tv.clone())
            }
            _ => None,
        }
    }
}
