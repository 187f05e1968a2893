//! Calls of the pack's functions and classes.

use super::super::error::R;
use super::super::value::{InstanceObj, Tv, Value};
use super::super::{Frame, Vm};
use super::Args;
use crate::ast::{Function, NodeId, VarRef};
use crate::pack::{DefKind, PackDef};
use crate::trace::{EventId, EventKind, PackCall};
use std::sync::Arc;

impl<'a> Vm<'a> {
    /// Calls a function, method or property of the pack; `pos` has the receiver first.
    pub(crate) fn call_pack(
        &mut self,
        def: u32,
        pos: Vec<Tv>,
        kw: Vec<(Arc<str>, Tv)>,
        node: NodeId,
    ) -> R<Tv> {
        let pack = self.pack;
        let code: &'a PackDef = pack.def(def);
        let function: &'a Function = &code.function;
        let mut frame = self.frame(function, true, &[], None)?;
        self.bind(&mut frame, function, pos, kw, |vm, i| {
            vm.pack_default(function, i)
        })?;
        if code.kind == DefKind::Primitive {
            return self.call_primitive(code, &mut frame, node);
        }
        let args = self.bound_args(&mut frame, function);
        let call = self.begin_pack_call(code.public, &args)?;
        let outer = self.within;
        if let Some(call) = call {
            self.within = call + 1;
        }
        let result = self.activate(frame, function);
        self.within = outer;
        self.end_pack_call(call);
        let result = result?;
        let mut inputs: Vec<EventId> = args.iter().map(|tv| tv.event).collect();
        inputs.push(result.event);
        self.pack_event(call, node, &inputs, result.value)
    }

    fn bound_args(&mut self, frame: &mut Frame<'a>, function: &'a Function) -> Vec<Tv> {
        let mut names: Vec<VarRef> = function.params.iter().map(|p| p.name.var).collect();
        names.extend(function.vararg.iter().map(|n| n.var));
        names.extend(function.kwarg.iter().map(|n| n.var));
        names
            .into_iter()
            .filter_map(|var| self.slot(frame, var).clone())
            .collect()
    }

    fn begin_pack_call(&mut self, function: Option<u32>, args: &[Tv]) -> R<Option<u32>> {
        let Some(function) = function.filter(|_| !self.muted) else {
            return Ok(None);
        };
        let mut pictures = Vec::with_capacity(args.len());
        for arg in args {
            pictures.push((self.picture(&arg.value, 0)?, arg.event));
        }
        self.charge(size_of::<PackCall>() + 48 * pictures.len())?;
        let start = self.trace.events.len() as u32;
        self.trace.pack_calls.push(PackCall {
            function,
            event: None,
            args: pictures,
            events: (start, start),
        });
        Ok(Some(self.trace.pack_calls.len() as u32 - 1))
    }

    fn end_pack_call(&mut self, call: Option<u32>) {
        if let Some(call) = call {
            let end = self.trace.events.len() as u32;
            self.trace.pack_calls[call as usize].events.1 = end;
        }
    }

    fn pack_event(
        &mut self,
        call: Option<u32>,
        node: NodeId,
        inputs: &[EventId],
        value: Value,
    ) -> R<Tv> {
        let kind = match call {
            Some(call) => EventKind::PackCall { call },
            None => EventKind::Call,
        };
        let event = self.event(kind, node, inputs, &value)?;
        if let Some(call) = call {
            self.trace.pack_calls[call as usize].event = Some(event);
        }
        Ok(Tv::new(value, event))
    }

    /// A default of a pack's function: evaluated where it is needed.
    fn pack_default(&mut self, function: &'a Function, index: usize) -> R<Tv> {
        let default = function
            .params
            .iter()
            .filter_map(|p| p.default.as_ref())
            .nth(index);
        match default {
            Some(default) => self.pack_constant(default),
            // Cannot happen: `bind` counts the same defaults.
            None => Ok(Tv::new(Value::None, EventId::START)),
        }
    }

    /// Makes an instance of a pack class.
    pub(super) fn construct(&mut self, class: u32, args: Args, node: NodeId) -> R<Tv> {
        let pack = self.pack;
        let code = pack.class(class);
        let name = &pack.classes[class as usize].name;
        if !self.in_pack && !code.constructible {
            let message = format!("cannot create '{name}' instances");
            return Err(self.type_error(message));
        }
        self.charge(size_of::<InstanceObj>() + 256)?;
        self.heap.instances.push(InstanceObj {
            class,
            fields: Vec::new(),
        });
        let id = self.heap.instances.len() as u32 - 1;
        let value = Value::Instance(id);
        let Some(init) = code.init else {
            if !args.pos.is_empty() || !args.kw.is_empty() {
                let message = format!("{name}() takes no arguments");
                return Err(self.type_error(message));
            }
            return self.pack_event(None, node, &[], value);
        };
        let def: &'a PackDef = pack.def(init);
        let function: &'a Function = &def.function;
        let mut frame = self.frame(function, true, &[], None)?;
        let mut pos = args.pos;
        pos.insert(0, Tv::new(value.clone(), EventId::START));
        self.bind(&mut frame, function, pos, args.kw, |vm, i| {
            vm.pack_default(function, i)
        })?;
        let mut bound = self.bound_args(&mut frame, function);
        bound.remove(0);
        let call = self.begin_pack_call(def.public, &bound)?;
        let outer = self.within;
        if let Some(call) = call {
            self.within = call + 1;
        }
        let result = self.activate(frame, function);
        self.within = outer;
        self.end_pack_call(call);
        if !matches!(result?.value, Value::None) {
            return Err(self.type_error("__init__() should return None"));
        }
        // The object is what its fields are.
        let mut inputs: Vec<EventId> = bound.iter().map(|tv| tv.event).collect();
        for (_, tv) in &self.heap.instances[id as usize].fields {
            inputs.push(tv.event);
        }
        self.pack_event(call, node, &inputs, value)
    }
}
