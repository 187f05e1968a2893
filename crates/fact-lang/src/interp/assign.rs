//! Assignment, deletion and unpacking.

use super::error::{ExcClass, R};
use super::record::Deps;
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{BinaryOp, Expr, ExprKind, NodeId, VarRef};
use crate::trace::EventKind;
use smallvec::smallvec;

impl<'a> Vm<'a> {
    /// Stores a value in a target. `node` is the statement, or the target expression of a loop.
    pub(crate) fn assign(
        &mut self,
        f: &mut Frame<'a>,
        target: &'a Expr,
        tv: Tv,
        node: NodeId,
    ) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                let event = self.event(EventKind::Assign, node, &[tv.event], &tv.value)?;
                *self.slot(f, name.var) = Some(Tv::new(tv.value, event));
                Ok(())
            }
            ExprKind::List(targets) | ExprKind::Tuple(targets) => {
                self.assign_many(f, target, targets, tv, node)
            }
            ExprKind::Subscript { value, index } => {
                let container = self.eval(f, value)?;
                let index = self.eval(f, index)?;
                self.store_subscript(&container, &index, tv, node)
                    .map_err(|stop| self.seal(stop, target.id, &[container.event, index.event]))?;
                self.elsewhere(f, &[value], container.event, node)
            }
            ExprKind::Attribute { value, attr } => {
                let object = self.eval(f, value)?;
                self.store_attribute(f.pack, &object, attr, tv, node)
                    .map_err(|stop| self.seal(stop, target.id, &[object.event]))?;
                self.elsewhere(f, &[value], object.event, node)
            }
            ExprKind::Starred(inner) => self.assign(f, inner, tv, node),
            _ => Err(self.raise(ExcClass::SyntaxError, "cannot assign here")),
        }
    }

    fn assign_many(
        &mut self,
        f: &mut Frame<'a>,
        target: &'a Expr,
        targets: &'a [Expr],
        source: Tv,
        node: NodeId,
    ) -> R<()> {
        self.enter()?;
        let result = self.assign_each(f, target, targets, source, node);
        self.leave();
        result
    }

    fn assign_each(
        &mut self,
        f: &mut Frame<'a>,
        target: &'a Expr,
        targets: &'a [Expr],
        source: Tv,
        node: NodeId,
    ) -> R<()> {
        if !self.is_iterable(&source.value) {
            let name = self.type_name(&source.value);
            let message = format!("cannot unpack non-iterable {name} object");
            return Err(self.type_error(message));
        }
        let starred = targets
            .iter()
            .position(|t| matches!(t.kind, ExprKind::Starred(_)));
        let iterator = self.iterate(&source, target.id)?;
        let mut items = Vec::new();
        // Without a star, one element too many is enough to know.
        while starred.is_some() || items.len() <= targets.len() {
            match self.iter_next(iterator, target.id)? {
                Some(item) => {
                    self.charge(size_of::<Tv>())?;
                    items.push(item);
                }
                None => break,
            }
        }
        let wanted = targets.len();
        let message = match starred {
            None if items.len() > wanted => {
                Some(format!("too many values to unpack (expected {wanted})"))
            }
            None if items.len() < wanted => Some(format!(
                "not enough values to unpack (expected {wanted}, got {})",
                items.len()
            )),
            Some(_) if items.len() + 1 < wanted => Some(format!(
                "not enough values to unpack (expected at least {}, got {})",
                wanted - 1,
                items.len()
            )),
            _ => None,
        };
        let mut inputs: Deps = smallvec![source.event];
        self.iter_shape(iterator, &mut inputs);
        if let Some(message) = message {
            let stop = self.value_error(message);
            return Err(self.seal(stop, target.id, &inputs));
        }
        let shape = self.event(EventKind::Build, target.id, &inputs, &source.value)?;
        let rest = items.len() + 1 - wanted.min(items.len() + 1);
        let mut items = items.into_iter();
        for (i, target) in targets.iter().enumerate() {
            let tv = if starred == Some(i) {
                let taken: Vec<Tv> = items.by_ref().take(rest).collect();
                Tv::new(self.list(taken, shape)?, shape)
            } else {
                match items.next() {
                    Some(item) => {
                        if let ExprKind::Name(name) = &target.kind {
                            let inputs = [item.event, shape];
                            let event =
                                self.event(EventKind::Assign, node, &inputs, &item.value)?;
                            *self.slot(f, name.var) = Some(Tv::new(item.value, event));
                            continue;
                        }
                        let node = target.id;
                        let inputs = [item.event, shape];
                        let event = self.event(EventKind::Subscript, node, &inputs, &item.value)?;
                        Tv::new(item.value, event)
                    }
                    // Cannot happen: the numbers were checked.
                    None => break,
                }
            };
            self.assign(f, target, tv, node)?;
        }
        Ok(())
    }

    pub(crate) fn aug_assign(
        &mut self,
        f: &mut Frame<'a>,
        target: &'a Expr,
        op: BinaryOp,
        value: &'a Expr,
        node: NodeId,
    ) -> R<()> {
        match &target.kind {
            ExprKind::Name(_) => {
                let old = self.eval(f, target)?;
                let operand = self.eval(f, value)?;
                let new = self.operator(&old, &operand, op, true, node)?;
                if matches!(new.value, Value::List(_) | Value::Set(_) | Value::Dict(_)) {
                    self.elsewhere(f, &[target], old.event, node)?;
                }
                self.assign(f, target, new, node)
            }
            ExprKind::Subscript {
                value: place,
                index,
            } => {
                let container = self.eval(f, place)?;
                let index = self.eval(f, index)?;
                let old = self
                    .subscript(&container, &index, target.id)
                    .map_err(|stop| self.seal(stop, target.id, &[container.event, index.event]))?;
                let operand = self.eval(f, value)?;
                let new = self.operator(&old, &operand, op, true, node)?;
                self.store_subscript(&container, &index, new, node)?;
                // An element that was changed in place may have been another, too.
                self.elsewhere(f, &[place], old.event, node)?;
                self.elsewhere(f, &[place], container.event, node)
            }
            ExprKind::Attribute { value: place, attr } => {
                let object = self.eval(f, place)?;
                let old = self
                    .attribute(&object, attr, target.id)
                    .map_err(|stop| self.seal(stop, target.id, &[object.event]))?;
                let operand = self.eval(f, value)?;
                let new = self.operator(&old, &operand, op, true, node)?;
                self.store_attribute(f.pack, &object, attr, new, node)?;
                self.elsewhere(f, &[place], object.event, node)
            }
            _ => Err(self.raise(ExcClass::SyntaxError, "cannot assign here")),
        }
    }

    pub(crate) fn delete(&mut self, f: &mut Frame<'a>, target: &'a Expr, node: NodeId) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                if self.slot(f, name.var).take().is_some() {
                    let gone = self.event_bare(EventKind::Assign, node, &[])?;
                    return self.left_unbound(f, name.var, gone);
                }
                if let VarRef::Global(_) = name.var {
                    let message = format!("name '{}' is not defined", name.id);
                    return Err(self.raise(ExcClass::NameError, message));
                }
                if let VarRef::Cell(i) = name.var
                    && f.function.is_some_and(|function| i >= function.cells)
                {
                    let message = format!(
                        "cannot access free variable '{}' where it is not associated with a \
                         value in enclosing scope",
                        name.id
                    );
                    return Err(self.raise(ExcClass::NameError, message));
                }
                let message = format!(
                    "cannot access local variable '{}' where it is not associated with a value",
                    name.id
                );
                Err(self.raise(ExcClass::UnboundLocalError, message))
            }
            ExprKind::Subscript { value, index } => {
                let container = self.eval(f, value)?;
                let index = self.eval(f, index)?;
                self.delete_subscript(&container, &index, node)
                    .map_err(|stop| self.seal(stop, target.id, &[container.event, index.event]))?;
                self.elsewhere(f, &[value], container.event, node)
            }
            ExprKind::Attribute { value, attr } => {
                let object = self.eval(f, value)?;
                if let Value::Instance(i) = object.value
                    && f.pack
                {
                    let fields = &mut self.heap.instances[i as usize].fields;
                    if let Some(at) = fields.iter().position(|(name, _)| name == attr) {
                        fields.remove(at);
                        return Ok(());
                    }
                }
                let name = self.type_name(&object.value);
                let message = format!("'{name}' object has no attribute '{attr}'");
                Err(self.attribute_error(message))
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                for item in items {
                    self.delete(f, item, node)?;
                }
                Ok(())
            }
            _ => Err(self.raise(ExcClass::SyntaxError, "cannot delete here")),
        }
    }
}
