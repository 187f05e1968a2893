//! Calls.

use super::error::{ExcClass, R, Stop};
use super::stmt::Flow;
use super::value::{InstanceObj, Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Function, NodeId, ParamKind, VarRef};
use crate::pack::{DefKind, PackDef};
use crate::trace::{EventId, EventKind, PackCall};
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
    pub(crate) fn events(&self, callee: &Tv) -> Vec<EventId> {
        let mut events = vec![callee.event];
        events.extend(self.pos.iter().map(|tv| tv.event));
        events.extend(self.kw.iter().map(|(_, tv)| tv.event));
        events.retain(|e| *e != EventId::START);
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
                let result = self.call_closure(*id, args)?;
                let mut all = vec![result.event];
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
                self.native(node, inputs, |vm| call(vm, args, node))
            }
            Value::Type(ty) => {
                let ty = *ty;
                self.native(node, inputs, |vm| vm.construct_type(ty, args, node))
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

    /// Runs native code as one call event.
    pub(crate) fn native(
        &mut self,
        node: NodeId,
        inputs: &[EventId],
        run: impl FnOnce(&mut Self) -> R<Value>,
    ) -> R<Tv> {
        self.at = node;
        let mark = self.heap.mark();
        let deps = self.deps.len();
        let before = self.trace.events.len();
        let result = self.enter().and_then(|()| {
            let result = run(self);
            self.leave();
            result
        });
        let mut all: Vec<EventId> = self.deps.drain(deps..).collect();
        let value = result?;
        // A change of the receiver is its own event.
        if value.is_none()
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
            closure,
        })
    }

    /// Runs a function's body.
    fn activate(&mut self, mut frame: Frame<'a>, function: &'a Function) -> R<Tv> {
        if self.depth >= self.limits.depth {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        let outer = (self.control, self.residual, self.in_pack, self.at);
        self.residual = None;
        self.in_pack = frame.pack;
        self.depth += 1;
        let result = match self.exec_block(&mut frame, &function.body) {
            Ok(Flow::Return(tv)) => Ok(tv),
            Ok(_) => self.returned(Tv::new(Value::None, EventId::START), function.id),
            Err(stop) => Err(stop),
        };
        self.depth -= 1;
        (self.control, self.residual, self.in_pack, self.at) = outer;
        result
    }

    /// Stores arguments in a frame, with CPython's complaints.
    fn bind(
        &mut self,
        frame: &mut Frame<'a>,
        function: &'a Function,
        mut pos: Vec<Tv>,
        kw: Vec<(Arc<str>, Tv)>,
        mut default: impl FnMut(&mut Self, usize) -> R<Tv>,
    ) -> R<()> {
        let params = &function.params;
        let positional = params
            .iter()
            .filter(|p| p.kind != ParamKind::KeywordOnly)
            .count();
        let mut values: Vec<Option<Tv>> = vec![None; params.len()];
        let given = pos.len();
        let rest = if given > positional {
            pos.split_off(positional)
        } else {
            Vec::new()
        };
        for (slot, tv) in values.iter_mut().zip(pos) {
            *slot = Some(tv);
        }
        let mut extra = Vec::new();
        for (name, tv) in kw {
            let at = params
                .iter()
                .position(|p| *p.name.id == *name && p.kind != ParamKind::PositionalOnly);
            match at {
                Some(i) if values[i].is_some() => {
                    let function = self.qualified(frame);
                    let message = format!("{function}() got multiple values for argument '{name}'");
                    return Err(self.type_error(message));
                }
                Some(i) => values[i] = Some(tv),
                None if function.kwarg.is_some() => {
                    self.work(extra.len() / 4)?;
                    let twice = extra.iter().any(
                        |(key, _): &(Tv, Tv)| matches!(&key.value, Value::Str(k) if *k == name),
                    );
                    if twice {
                        let function = self.qualified(frame);
                        let message = format!(
                            "{function}() got multiple values for keyword argument '{name}'"
                        );
                        return Err(self.type_error(message));
                    }
                    let key = Tv::new(Value::Str(name), EventId::START);
                    extra.push((key, tv));
                }
                None if params.iter().any(|p| *p.name.id == *name) => {
                    let function = self.qualified(frame);
                    let message = format!(
                        "{function}() got some positional-only arguments passed as keyword \
                         arguments: '{name}'"
                    );
                    return Err(self.type_error(message));
                }
                None => {
                    let function = self.qualified(frame);
                    let message =
                        format!("{function}() got an unexpected keyword argument '{name}'");
                    return Err(self.type_error(message));
                }
            }
        }
        if !rest.is_empty() && function.vararg.is_none() {
            let named = params
                .iter()
                .zip(&values)
                .filter(|(p, v)| p.kind == ParamKind::KeywordOnly && v.is_some())
                .count();
            let message = self.too_many(frame, function, positional, given, named);
            return Err(self.type_error(message));
        }
        let mut with_default = 0;
        for (i, param) in params.iter().enumerate() {
            if param.default.is_some() {
                if values[i].is_none() {
                    values[i] = Some(default(self, with_default)?);
                }
                with_default += 1;
            }
        }
        self.check_missing(frame, function, &values)?;
        for (param, tv) in params.iter().zip(values) {
            *self.slot(frame, param.name.var) = tv;
        }
        if let Some(name) = &function.vararg {
            let event = self.next_event();
            let value = self.tuple(rest, event)?;
            self.event(EventKind::Build, function.id, &[], &value)?;
            *self.slot(frame, name.var) = Some(Tv::new(value, event));
        }
        if let Some(name) = &function.kwarg {
            let event = self.next_event();
            let value = self.dict(extra, event)?;
            self.event(EventKind::Build, function.id, &[], &value)?;
            *self.slot(frame, name.var) = Some(Tv::new(value, event));
        }
        Ok(())
    }

    fn check_missing(
        &mut self,
        frame: &Frame<'a>,
        function: &'a Function,
        values: &[Option<Tv>],
    ) -> R<()> {
        for keyword_only in [false, true] {
            let missing: Vec<String> = function
                .params
                .iter()
                .zip(values)
                .filter(|(p, v)| v.is_none() && (p.kind == ParamKind::KeywordOnly) == keyword_only)
                .map(|(p, _)| format!("'{}'", p.name.id))
                .collect();
            let names = match missing.as_slice() {
                [] => continue,
                [one] => one.clone(),
                [a, b] => format!("{a} and {b}"),
                [init @ .., last] => format!("{}, and {last}", init.join(", ")),
            };
            let message = format!(
                "{}() missing {} required {} argument{}: {names}",
                self.qualified(frame),
                missing.len(),
                if keyword_only {
                    "keyword-only"
                } else {
                    "positional"
                },
                if missing.len() == 1 { "" } else { "s" },
            );
            return Err(self.type_error(message));
        }
        Ok(())
    }

    fn too_many(
        &self,
        frame: &Frame<'a>,
        function: &Function,
        positional: usize,
        given: usize,
        named: usize,
    ) -> String {
        let required = function
            .params
            .iter()
            .filter(|p| p.kind != ParamKind::KeywordOnly && p.default.is_none())
            .count();
        let takes = if required == positional {
            format!("{positional}")
        } else {
            format!("from {required} to {positional}")
        };
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let given_text = match named {
            0 => given.to_string(),
            n => format!(
                "{given} positional argument{} (and {n} keyword-only argument{})",
                plural(given),
                plural(n)
            ),
        };
        format!(
            "{}() takes {takes} positional argument{} but {given_text} {} given",
            self.qualified(frame),
            if positional == 1 && required == positional {
                ""
            } else {
                "s"
            },
            if given == 1 && named == 0 {
                "was"
            } else {
                "were"
            },
        )
    }

    /// The qualified name of the function a frame runs.
    fn qualified(&self, frame: &Frame<'a>) -> String {
        match frame.closure {
            Some(id) => self.qualified_closure(id),
            None => {
                let function = frame.function;
                let name = function.map(|f| f.name.to_string()).unwrap_or_default();
                let def = function.and_then(|f| self.pack.definition(f));
                match def.and_then(|d| d.class) {
                    Some(class) => {
                        format!("{}.{name}", self.pack.classes[class as usize].name)
                    }
                    None => name,
                }
            }
        }
    }

    pub(crate) fn qualified_closure(&self, id: u32) -> String {
        let mut parts = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            let func = &self.heap.funcs[id as usize];
            parts.push(func.function.name.to_string());
            at = func.outer;
        }
        parts.reverse();
        parts.join(".<locals>.")
    }

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
    fn construct(&mut self, class: u32, args: Args, node: NodeId) -> R<Tv> {
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

    /// Too few or too many arguments of a native function.
    pub(crate) fn arity(&mut self, name: &str, args: &Args, least: usize, most: usize) -> R<()> {
        let given = args.pos.len();
        if !args.kw.is_empty() {
            let message = format!("{name}() takes no keyword arguments");
            return Err(self.type_error(message));
        }
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let message = if least == most && most == 0 {
            format!("{name}() takes no arguments ({given} given)")
        } else if least == most && most == 1 {
            format!("{name}() takes exactly one argument ({given} given)")
        } else if least == most {
            format!(
                "{name} expected {least} argument{}, got {given}",
                plural(least)
            )
        } else if given < least {
            format!(
                "{name} expected at least {least} argument{}, got {given}",
                plural(least)
            )
        } else {
            format!(
                "{name} expected at most {most} argument{}, got {given}",
                plural(most)
            )
        };
        Err(self.type_error(message))
    }

    /// Takes a keyword argument out of `args`.
    pub(crate) fn keyword(&mut self, args: &mut Args, name: &str) -> Option<Tv> {
        let at = args.kw.iter().position(|(n, _)| &**n == name)?;
        Some(args.kw.remove(at).1)
    }

    /// Complains about keyword arguments nobody took.
    pub(crate) fn no_keywords(&mut self, function: &str, args: &Args) -> R<()> {
        match args.kw.first() {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("'{name}' is an invalid keyword argument for {function}()");
                Err(self.type_error(message))
            }
        }
    }

    /// [`Vm::arity`] in the other style CPython has.
    pub(crate) fn arity_of(&mut self, name: &str, args: &Args, least: usize, most: usize) -> R<()> {
        self.no_keywords(name, args)?;
        let given = args.pos.len();
        let (bound, n) = if given < least {
            ("at least", least)
        } else if given > most {
            ("at most", most)
        } else {
            return Ok(());
        };
        let plural = if n == 1 { "" } else { "s" };
        let message = format!("{name}() takes {bound} {n} argument{plural} ({given} given)");
        Err(self.type_error(message))
    }

    /// Name and message of an error of [`crate::pytext`] as an exception.
    pub(crate) fn text_error(&mut self, error: crate::pytext::TextError) -> Stop {
        match error.exception() {
            Some((class, message)) => {
                let class = ExcClass::by_name(class).unwrap_or(ExcClass::ValueError);
                self.raise(class, message)
            }
            None => Stop::Limit(crate::run::Limit::Heap),
        }
    }
}
