//! Calls.

mod arity;
mod bind;
mod pack;

use super::error::R;
use super::record::Deps;
use super::stmt::Flow;
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Function, NodeId};
use crate::trace::{EventId, EventKind};
use smallvec::smallvec;
use std::sync::Arc;

/// Arguments of a call.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) pos: Vec<Tv>,
    pub(crate) kw: Vec<(Arc<str>, Tv)>,
}

impl Args {
    pub(crate) fn of(pos: Vec<Tv>) -> Self {
        Self {
            pos,
            kw: Vec::new(),
        }
    }

    /// Events of what is called and of the arguments.
    pub(crate) fn events(&self, callee: &Tv) -> Deps {
        let mut events = Deps::new();
        let mut add = |tv: &Tv| {
            if tv.event != EventId::START {
                events.push(tv.event);
            }
        };
        add(callee);
        self.pos.iter().for_each(&mut add);
        self.kw.iter().for_each(|(_, tv)| add(tv));
        events
    }
}

/// What a method expression calls.
#[derive(Debug)]
pub(crate) enum Callee {
    /// A method of a pack class.
    Pack(u32),
    /// A method of a builtin type.
    Builtin,
    /// Any other value read from the object.
    Value(Tv),
}

impl<'a> Vm<'a> {
    pub(crate) fn call_callee(
        &mut self,
        callee: Callee,
        object: &Tv,
        name: &Arc<str>,
        args: Args,
        node: NodeId,
    ) -> R<Tv> {
        match callee {
            Callee::Value(callee) => self.call(&callee, args, node),
            Callee::Builtin => self.call_method(object, name, args, node),
            Callee::Pack(def) => {
                let inputs = args.events(object);
                let mut pos = args.pos;
                pos.insert(0, object.clone());
                self.call_pack(def, pos, args.kw, node)
                    .map_err(|stop| self.seal(stop, node, &inputs))
            }
        }
    }

    /// Calls any value.
    pub(crate) fn call(&mut self, callee: &Tv, args: Args, node: NodeId) -> R<Tv> {
        let inputs = args.events(callee);
        self.call_value(callee, args, node, &inputs)
            .map_err(|stop| self.seal(stop, node, &inputs))
    }

    fn call_value(
        &mut self,
        callee: &Tv,
        mut args: Args,
        node: NodeId,
        inputs: &[EventId],
    ) -> R<Tv> {
        match &callee.value {
            Value::Func(id) => {
                self.called += 1;
                let outer = self.control;
                self.control = self.event_bare(EventKind::Enter, node, &[callee.event])?;
                let result = self.call_closure(*id, args);
                self.control = outer;
                let result = result?;
                let mut all: Deps = smallvec![result.event];
                all.extend_from_slice(inputs);
                let event = self.event(EventKind::Call, node, &all, &result.value)?;
                Ok(Tv::new(result.value, event))
            }
            Value::PackFn(def) => self.call_pack(*def, args.pos, args.kw, node),
            Value::PackClass(class) => self.construct(*class, args, node),
            Value::Bound(bound) => {
                let (object, name) = &**bound;
                let method = self.method(object, name, node)?;
                self.call_callee(method, object, name, args, node)
            }
            Value::Partial(i) => {
                let partial = &self.heap.partials[*i as usize];
                let mut pos = partial.args.clone();
                pos.append(&mut args.pos);
                let mut kw = partial.kw.clone();
                for (name, tv) in args.kw {
                    kw.retain(|(n, _)| *n != name);
                    kw.push((name, tv));
                }
                let func = partial.func.clone();
                self.enter()?;
                let result = self.call(&func, Args { pos, kw }, node);
                self.leave();
                result
            }
            Value::Native(native) => {
                let call = native.call;
                self.native(node, inputs, None, |vm| call(vm, args, node))
            }
            Value::Type(ty) => {
                let ty = *ty;
                self.native(node, inputs, None, |vm| vm.construct_type(ty, args, node))
            }
            Value::ExcClass(class) => {
                if !args.kw.is_empty() {
                    let message = format!("{}() takes no keyword arguments", class.name());
                    return Err(self.type_error(message));
                }
                self.charge(64 + 32 * args.pos.len())?;
                let value = Value::Exc(self.exception(*class, args.pos));
                let event = self.event(EventKind::Call, node, inputs, &value)?;
                Ok(Tv::new(value, event))
            }
            other => {
                let message = format!("'{}' object is not callable", self.type_name(other));
                Err(self.type_error(message))
            }
        }
    }

    /// Runs native code as one call event. `receiver`: of a method.
    pub(crate) fn native(
        &mut self,
        node: NodeId,
        inputs: &[EventId],
        receiver: Option<&Tv>,
        run: impl FnOnce(&mut Self) -> R<Value>,
    ) -> R<Tv> {
        self.at = node;
        let mark = self.heap.mark();
        let deps = self.deps.len();
        let before = self.trace.events.len();
        let called = self.called;
        let result = self.enter().and_then(|()| {
            let result = run(self);
            self.leave();
            result
        });
        self.lazily += u64::from(self.called != called);
        let mut all: Deps = self.deps.drain(deps..).collect();
        let value = match result {
            Ok(value) => value,
            Err(stop) => {
                all.extend_from_slice(inputs);
                if let Some(receiver) = receiver {
                    self.deep(receiver, &mut all)?;
                }
                return Err(self.seal(stop, node, &all));
            }
        };
        // A change of the receiver is its own event.
        if value.is_none()
            && all.is_empty()
            && let Some(last) = self.trace.events.get(before..).and_then(|e| e.last())
            && last.kind == EventKind::Mutate
        {
            let event = EventId(self.trace.events.len() as u32 - 1);
            self.heap.settle(mark, event);
            return Ok(Tv::new(value, event));
        }
        all.extend_from_slice(inputs);
        self.native_event(EventKind::Call, node, mark, &all, value)
    }

    /// [`Vm::phi_everything`] where a native call or a loop over a lazy iterator ran code of the
    /// program, `lazily` before it: how often depends on `by`.
    pub(crate) fn phi_lazily(
        &mut self,
        f: &Frame<'a>,
        lazily: u64,
        by: EventId,
        node: NodeId,
    ) -> R<()> {
        if self.lazily != lazily && self.calls_change() {
            self.phi_everything(f, by, node)?;
        }
        Ok(())
    }

    fn call_closure(&mut self, id: u32, args: Args) -> R<Tv> {
        let func = &self.heap.funcs[id as usize];
        let function = func.function;
        let pack = func.pack;
        let captured = func.cells.clone();
        let defaults = func.defaults.clone();
        let mut frame = self.frame(function, pack, &captured, Some(id))?;
        self.bind(&mut frame, function, args.pos, args.kw, |_, i| {
            Ok(defaults[i].clone())
        })?;
        self.activate(frame, function)
    }

    /// Calls the entry function: its return is the run's result.
    pub(crate) fn call_entry(&mut self, callee: &Tv, args: Args, node: NodeId) -> R<Tv> {
        match callee.value {
            Value::Func(id) => self
                .call_closure(id, args)
                .map_err(|stop| self.seal(stop, node, &[])),
            _ => self.call(callee, args, node),
        }
    }

    fn frame(
        &mut self,
        function: &'a Function,
        pack: bool,
        captured: &[u32],
        closure: Option<u32>,
    ) -> R<Frame<'a>> {
        let own = function.cells as usize;
        self.charge(96 + 32 * (function.locals as usize + own))?;
        let mut cells = Vec::with_capacity(own + captured.len());
        for _ in 0..own {
            self.heap.cells.push(None);
            cells.push(self.heap.cells.len() as u32 - 1);
        }
        cells.extend_from_slice(captured);
        Ok(Frame {
            function: Some(function),
            locals: vec![None; function.locals as usize],
            cells,
            pack,
            unbound: Vec::new(),
            closure,
        })
    }

    /// Runs a function's body.
    fn activate(&mut self, mut frame: Frame<'a>, function: &'a Function) -> R<Tv> {
        if self.depth >= self.limits.depth {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        let outer = (self.control, self.residual, self.in_pack, self.at);
        let lazily = self.lazily;
        self.residual = None;
        self.in_pack = frame.pack;
        self.depth += 1;
        let result = match self.exec_block(&mut frame, &function.body) {
            Ok(Flow::Return(tv)) => Ok(tv),
            Ok(_) => self.returned(Tv::new(Value::None, EventId::START), function.id),
            Err(stop) => Err(stop),
        };
        // What a return elsewhere would have left undone or done.
        let result = match result {
            Ok(tv) if self.control != outer.0 && self.depth > 1 && self.calls_change() => self
                .phi_everything(&frame, tv.event, function.id)
                .map(|()| tv),
            result => result,
        };
        self.depth -= 1;
        self.lazily = lazily;
        (self.control, self.residual, self.in_pack, self.at) = outer;
        result
    }
}
