//! Calls of the pack's functions and classes.

use super::super::error::R;
use super::super::record::Deps;
use super::super::value::{InstanceObj, Tv, Value};
use super::super::{Frame, Vm};
use super::Args;
use crate::ast::{Function, NodeId};
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
        let (call, mut inputs) = self.begin_pack_call(code.public, &mut frame, function, 0)?;
        let outer = self.within;
        if let Some(call) = call {
            self.within = call + 1;
        }
        let result = self.activate(frame, function);
        self.within = outer;
        self.end_pack_call(call);
        let result = result?;
        inputs.push(result.event);
        self.pack_event(call, node, &inputs, result.value)
    }

    /// Opens the record of a call of a public function; also gives the events of its arguments,
    /// but for the first `skip`.
    fn begin_pack_call(
        &mut self,
        public: Option<u32>,
        frame: &mut Frame<'a>,
        function: &'a Function,
        skip: usize,
    ) -> R<(Option<u32>, Deps)> {
        let recorded = public.filter(|_| !self.muted);
        let mut events = Deps::new();
        let mut pictures = Vec::with_capacity(if recorded.is_some() {
            function.params.len()
        } else {
            0
        });
        let params = function.params.iter().map(|p| p.name.var);
        let rest = function.vararg.iter().chain(&function.kwarg);
        for var in params.chain(rest.map(|n| n.var)).skip(skip) {
            let Some(tv) = self.slot(frame, var).clone() else {
                continue;
            };
            events.push(tv.event);
            if recorded.is_some() {
                pictures.push((self.picture(&tv.value, 0)?, tv.event));
            }
        }
        let Some(function) = recorded else {
            return Ok((None, events));
        };
        self.charge(size_of::<PackCall>() + 48 * pictures.len())?;
        let start = self.trace.events.len() as u32;
        self.trace.pack_calls.push(PackCall {
            function,
            event: None,
            args: pictures,
            events: (start, start),
        });
        Ok((Some(self.trace.pack_calls.len() as u32 - 1), events))
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
            fields: Vec::with_capacity(4),
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
        let (call, mut inputs) = self.begin_pack_call(def.public, &mut frame, function, 1)?;
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
        for (_, tv) in &self.heap.instances[id as usize].fields {
            inputs.push(tv.event);
        }
        self.pack_event(call, node, &inputs, value)
    }
}
