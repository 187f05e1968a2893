//! Expressions.

use super::call::Args;
use super::control::Part;
use super::effects::MUTATORS;
use super::error::{ExcClass, R};
use super::record::Deps;
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Constant, Expr, ExprKind, FStringPart, Name, NodeId, UnaryOp, VarRef};
use crate::trace::{EventId, EventKind};
use num_bigint::BigInt;
use smallvec::smallvec;
use std::rc::Rc;

impl<'a> Vm<'a> {
    /// The value of an expression, with its event.
    pub(crate) fn eval(&mut self, f: &mut Frame<'a>, e: &'a Expr) -> R<Tv> {
        match &e.kind {
            ExprKind::Name(name) => {
                self.steps += 1;
                if let Some(tv) = self.slot(f, name.var) {
                    return Ok(tv.clone());
                }
                self.load_other(f, name).map_err(|stop| {
                    let why = self.why_unbound(f, name.var);
                    self.seal(stop, e.id, &why)
                })
            }
            ExprKind::Constant(c) => {
                self.steps += 1;
                Ok(Tv::new(constant(c), EventId::START))
            }
            _ => {
                self.step()
                    .and_then(|()| self.enter())
                    .map_err(|stop| self.seal(stop, e.id, &[]))?;
                let tv = self.eval_kind(f, e);
                self.leave();
                tv.map_err(|stop| self.seal_read(f, stop, e))
            }
        }
    }

    fn eval_kind(&mut self, f: &mut Frame<'a>, e: &'a Expr) -> R<Tv> {
        match &e.kind {
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.eval_call(f, e, func, args, keywords),
            ExprKind::Attribute { value, attr } => {
                let object = self.eval(f, value)?;
                self.attribute(&object, attr, e.id)
                    .map_err(|stop| self.seal(stop, e.id, &[object.event]))
            }
            ExprKind::Subscript { value, index } => {
                let container = self.eval(f, value)?;
                let index = self.eval(f, index)?;
                self.subscript(&container, &index, e.id)
                    .map_err(|stop| self.seal_used(stop, e.id, &[&container, &index]))
            }
            ExprKind::Binary { .. } => self.eval_binary(f, e),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.eval_compare(f, e, left, ops, comparators),
            ExprKind::Bool { and, values } => self.eval_bool(f, e, *and, values),
            ExprKind::Unary { op, operand } => self.eval_unary(f, e, *op, operand),
            ExprKind::IfExp { test, body, orelse } => self.eval_if(f, e, test, body, orelse),
            ExprKind::List(items) => {
                let items = self.display(f, items, false)?;
                let event = self.next_event();
                let value = self.list(items, event)?;
                self.event(EventKind::Build, e.id, &[], &value)?;
                Ok(Tv::new(value, event))
            }
            ExprKind::Tuple(items) => {
                let items = self.display(f, items, false)?;
                let event = self.next_event();
                let value = self.tuple(items, event)?;
                self.event(EventKind::Build, e.id, &[], &value)?;
                Ok(Tv::new(value, event))
            }
            ExprKind::Set(items) => {
                let items = self.display(f, items, true)?;
                let event = self.next_event();
                // Which elements a set has depends on which are equal.
                let mut inputs = Deps::new();
                for item in &items {
                    self.deep(item, &mut inputs)?;
                }
                let value = self.set(items, event)?;
                self.event(EventKind::Build, e.id, &inputs, &value)?;
                Ok(Tv::new(value, event))
            }
            ExprKind::Dict(items) => self.eval_dict(f, e, items),
            ExprKind::Comprehension(c) => self.comprehension(f, e, c),
            ExprKind::Lambda(function) => self.closure(f, function),
            ExprKind::FString(parts) => {
                let mut inputs = Deps::new();
                let text = self.fstring(f, e.id, parts, &mut inputs)?;
                let value = self.string(text)?;
                let event = self.event(EventKind::Operator, e.id, &inputs, &value)?;
                Ok(Tv::new(value, event))
            }
            ExprKind::Walrus { name, value } => {
                let tv = self.eval(f, value)?;
                let event = self.event(EventKind::Assign, e.id, &[tv.event], &tv.value)?;
                let tv = Tv::new(tv.value, event);
                *self.slot(f, name.var) = Some(tv.clone());
                Ok(tv)
            }
            ExprKind::Slice { lower, upper, step } => {
                let mut parts = [Value::None, Value::None, Value::None];
                let mut inputs = Vec::new();
                for (part, expr) in parts.iter_mut().zip([lower, upper, step]) {
                    if let Some(expr) = expr {
                        let tv = self.eval(f, expr)?;
                        inputs.push(tv.event);
                        if matches!(tv.value, Value::Slice(_) | Value::Bound(_)) {
                            // Slices are never nested, so that dropping does not recurse.
                            self.slice_part(&tv.value)?;
                        }
                        *part = tv.value;
                    }
                }
                let value = Value::Slice(Rc::new(parts));
                if inputs.iter().all(|e| *e == EventId::START) {
                    return Ok(Tv::new(value, EventId::START));
                }
                let event = self.event(EventKind::Build, e.id, &inputs, &value)?;
                Ok(Tv::new(value, event))
            }
            ExprKind::Starred(_) => {
                Err(self.raise(ExcClass::SyntaxError, "can't use starred expression here"))
            }
            // Answered by `eval`.
            ExprKind::Name(_) | ExprKind::Constant(_) => self.eval(f, e),
        }
    }

    /// A name that its own slot does not hold.
    fn load_other(&mut self, f: &mut Frame<'a>, name: &Name) -> R<Tv> {
        match name.var {
            VarRef::Global(i) => {
                let value = if f.pack {
                    self.pack_global(i, &name.id)?
                } else if let Some(known) = &self.names[i as usize] {
                    Some(known.clone())
                } else {
                    let value = self.public(&name.id);
                    self.names[i as usize] = value.clone();
                    value
                };
                if let Some(value) = value {
                    return Ok(Tv::new(value, EventId::START));
                }
                let message = format!("name '{}' is not defined", name.id);
                Err(self.raise(ExcClass::NameError, message))
            }
            VarRef::Cell(i) if f.function.is_some_and(|fun| i >= fun.cells) => {
                let message = format!(
                    "cannot access free variable '{}' where it is not associated with a value \
                     in enclosing scope",
                    name.id
                );
                Err(self.raise(ExcClass::NameError, message))
            }
            _ => {
                let message = format!(
                    "cannot access local variable '{}' where it is not associated with a value",
                    name.id
                );
                Err(self.raise(ExcClass::UnboundLocalError, message))
            }
        }
    }

    fn eval_call(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [(Option<std::sync::Arc<str>>, Expr)],
    ) -> R<Tv> {
        let lazily = self.lazily;
        let tv = self.eval_call_of(f, e, func, args, keywords)?;
        self.phi_lazily(f, lazily, tv.event, e.id)?;
        Ok(tv)
    }

    fn eval_call_of(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [(Option<std::sync::Arc<str>>, Expr)],
    ) -> R<Tv> {
        // A method is called without making a bound method first.
        if let ExprKind::Attribute { value, attr } = &func.kind {
            let object = self.eval(f, value)?;
            let method = self
                .method(&object, attr, func.id)
                .map_err(|stop| self.seal(stop, func.id, &[object.event]))?;
            let args = self.eval_args(f, None, args, keywords)?;
            let chosen = self.chosen(&object, &args);
            let tv = self.call_callee(method, &object, attr, args, e.id)?;
            if MUTATORS.contains(&&**attr) {
                self.elsewhere(f, &[value], object.event, e.id)?;
            }
            return self.other_callee(f, tv, chosen, e.id);
        }
        let callee = self.eval(f, func)?;
        let given = args;
        let args = self.eval_args(f, Some(&callee), args, keywords)?;
        let chosen = self.chosen(&callee, &args);
        let advanced = args
            .pos
            .iter()
            .find(|tv| matches!(tv.value, Value::Iter(_)));
        let advanced = advanced.map(|tv| tv.event);
        let tv = self.call(&callee, args, e.id)?;
        if let Some(reference) = advanced {
            let given: Vec<&'a Expr> = given.iter().collect();
            self.elsewhere(f, &given, reference, e.id)?;
        }
        self.other_callee(f, tv, chosen, e.id)
    }

    /// Whether something decided over which function is called, in a program where another one
    /// might have changed what is not its own.
    fn chosen(&mut self, callee: &Tv, args: &Args) -> bool {
        let decided = |tv: &Tv| {
            tv.event != EventId::START
                && matches!(
                    tv.value,
                    Value::Func(_)
                        | Value::Native(_)
                        | Value::Type(_)
                        | Value::Partial(_)
                        | Value::PackFn(_)
                        | Value::Bound(_)
                )
        };
        let named = args.kw.iter().map(|(_, tv)| tv);
        // So may have another container that was given.
        let given = |tv: &Tv| {
            self.is_answered(tv.event)
                && matches!(
                    tv.value,
                    Value::List(_)
                        | Value::Tuple(_)
                        | Value::Dict(_)
                        | Value::Set(_)
                        | Value::Iter(_)
                        | Value::Instance(_)
                )
        };
        let mut all = std::iter::once(callee).chain(&args.pos).chain(named);
        all.any(|tv| decided(tv) || given(tv)) && self.calls_change()
    }

    /// What another function would have changed.
    fn other_callee(&mut self, f: &Frame<'a>, tv: Tv, chosen: bool, node: NodeId) -> R<Tv> {
        if chosen {
            self.phi_everything(f, tv.event, node)?;
        }
        Ok(tv)
    }

    fn eval_args(
        &mut self,
        f: &mut Frame<'a>,
        callee: Option<&Tv>,
        args: &'a [Expr],
        keywords: &'a [(Option<std::sync::Arc<str>>, Expr)],
    ) -> R<Args> {
        let mut out = Args {
            // A method's receiver comes in front.
            pos: Vec::with_capacity(args.len() + 1),
            kw: Vec::new(),
        };
        for arg in args {
            if let ExprKind::Starred(inner) = &arg.kind {
                let source = self.eval(f, inner)?;
                let name = self.callee_name(callee);
                let items = self.unpack(&source, arg.id, &format!("{name}argument after *"))?;
                out.pos.extend(items);
            } else {
                let tv = self.eval(f, arg)?;
                out.pos.push(tv);
            }
        }
        for (name, value) in keywords {
            let tv = self.eval(f, value)?;
            match name {
                Some(name) => out.kw.push((name.clone(), tv)),
                None => {
                    let Value::Dict(i) = tv.value else {
                        let message = format!(
                            "{}argument after ** must be a mapping, not {}",
                            self.callee_name(callee),
                            self.type_name(&tv.value)
                        );
                        return Err(self.type_error(message));
                    };
                    let entries: Vec<(Tv, Tv)> =
                        self.heap.dicts[i as usize].map.values().cloned().collect();
                    for (key, value) in entries {
                        let Value::Str(name) = key.value else {
                            return Err(self.type_error("keywords must be strings"));
                        };
                        out.kw.push((name, value));
                    }
                }
            }
        }
        Ok(out)
    }

    /// The name of a function that is called, for messages.
    fn callee_name(&self, callee: Option<&Tv>) -> String {
        match callee.map(|tv| &tv.value) {
            Some(Value::Func(id)) => format!("{}() ", self.qualified_closure(*id)),
            Some(Value::PackFn(def)) => format!("{}() ", self.pack.def(*def).function.name),
            Some(Value::Native(native)) => format!("{}() ", native.name),
            Some(Value::Type(ty)) => format!("{}() ", ty.name()),
            _ => String::new(),
        }
    }

    /// Elements of a display or arguments, with starred ones unpacked.
    fn display(&mut self, f: &mut Frame<'a>, items: &'a [Expr], set: bool) -> R<Vec<Tv>> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if let ExprKind::Starred(inner) = &item.kind {
                let source = self.eval(f, inner)?;
                if set && !self.is_iterable(&source.value) {
                    let name = self.type_name(&source.value);
                    return Err(self.type_error(format!("'{name}' object is not iterable")));
                }
                let items = self.unpack(&source, item.id, "Value after *")?;
                out.extend(items);
            } else {
                let tv = self.eval(f, item)?;
                out.push(tv);
            }
        }
        Ok(out)
    }

    /// What `*source` stands for. Elements depend on the unpacking.
    fn unpack(&mut self, source: &Tv, node: NodeId, what: &str) -> R<Vec<Tv>> {
        if !self.is_iterable(&source.value) {
            let name = self.type_name(&source.value);
            let message = format!("{what} must be an iterable, not {name}");
            return Err(self.type_error(message));
        }
        self.spread(source, node)
    }

    /// [`Vm::unpack`] of an iterable.
    pub(crate) fn spread(&mut self, source: &Tv, node: NodeId) -> R<Vec<Tv>> {
        let iterator = self.iterate(source, node)?;
        let mut items = Vec::new();
        while let Some(item) = self.iter_next(iterator, node)? {
            self.charge(size_of::<Tv>())?;
            items.push(item);
        }
        let mut inputs: Deps = smallvec![source.event];
        self.iter_shape(iterator, &mut inputs);
        let shape = self.event_bare(EventKind::Build, node, &inputs)?;
        for item in &mut items {
            let event = self.event(
                EventKind::Subscript,
                node,
                &[item.event, shape],
                &item.value,
            )?;
            item.event = event;
        }
        Ok(items)
    }

    fn eval_dict(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        items: &'a [(Option<Expr>, Expr)],
    ) -> R<Tv> {
        let mut entries = Vec::with_capacity(items.len());
        let mut inputs = Deps::new();
        for (key, value) in items {
            match key {
                Some(key) => {
                    let key = self.eval(f, key)?;
                    let value = self.eval(f, value)?;
                    self.deep(&key, &mut inputs)?;
                    entries.push((key, value));
                }
                None => {
                    let source = self.eval(f, value)?;
                    let Value::Dict(i) = source.value else {
                        let name = self.type_name(&source.value);
                        let message = format!("'{name}' object is not a mapping");
                        return Err(self.type_error(message));
                    };
                    inputs.push(source.event);
                    inputs.extend(self.shape(&source.value));
                    entries.extend(self.heap.dicts[i as usize].map.values().cloned());
                }
            }
        }
        inputs.retain(|e| *e != EventId::START);
        let event = self.next_event();
        let value = self.dict(entries, event)?;
        self.event(EventKind::Build, e.id, &inputs, &value)?;
        Ok(Tv::new(value, event))
    }

    fn eval_binary(&mut self, f: &mut Frame<'a>, outermost: &'a Expr) -> R<Tv> {
        if let ExprKind::Binary { op, left, right } = &outermost.kind
            && !matches!(left.kind, ExprKind::Binary { .. })
        {
            let left = self.eval(f, left)?;
            self.step()?;
            let right = self.eval(f, right)?;
            return self.operator(&left, &right, *op, false, outermost.id);
        }
        // Left spines may be long: walked without recursion.
        let mut spine = Vec::new();
        let mut at = outermost;
        while let ExprKind::Binary { op, left, right } = &at.kind {
            spine.push((at.id, *op, &**right));
            at = left;
        }
        let mut left = self.eval(f, at)?;
        while let Some((id, op, right)) = spine.pop() {
            self.step()?;
            let right = self.eval(f, right)?;
            left = self.operator(&left, &right, op, false, id)?;
        }
        Ok(left)
    }

    fn eval_bool(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        and: bool,
        values: &'a [Expr],
    ) -> R<Tv> {
        let outer = self.control;
        let mut inputs = Vec::with_capacity(values.len());
        let mut result = Value::None;
        for (i, operand) in values.iter().enumerate() {
            let tv = self.eval(f, operand)?;
            inputs.push(tv.event);
            result = tv.value.clone();
            if i + 1 == values.len() {
                break;
            }
            let taken = self.truth(&tv.value)?;
            let tested = self.truth_inputs(&tv);
            inputs.extend(tested.get(1));
            let value = Value::Bool(taken);
            let kind = EventKind::Branch { taken };
            if taken != and {
                // What the operands left out might have changed.
                let rest = &values[i + 1..];
                if let Some(effects) = self.unevaluated(Part::Operands, operand.id, rest) {
                    let branch = self.event(kind, operand.id, &tested, &value)?;
                    self.control = outer;
                    self.phi(f, &effects, branch, operand.id)?;
                }
                break;
            }
            self.control = self.event(kind, operand.id, &tested, &value)?;
        }
        self.control = outer;
        let event = self.event(EventKind::Bool, e.id, &inputs, &result)?;
        Ok(Tv::new(result, event))
    }

    fn eval_unary(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        op: UnaryOp,
        operand: &'a Expr,
    ) -> R<Tv> {
        let tv = self.eval(f, operand)?;
        let inputs = self.truth_inputs(&tv);
        let value = match op {
            UnaryOp::Not => Value::Bool(!self.truth(&tv.value)?),
            _ => self
                .unary(op, &tv.value)
                .map_err(|stop| self.seal(stop, e.id, &inputs))?,
        };
        // A negative literal is a literal.
        if tv.event == EventId::START {
            return Ok(Tv::new(value, EventId::START));
        }
        let event = self.event(EventKind::Operator, e.id, &inputs, &value)?;
        Ok(Tv::new(value, event))
    }

    fn eval_if(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        test: &'a Expr,
        body: &'a Expr,
        orelse: &'a Expr,
    ) -> R<Tv> {
        let tested = self.eval(f, test)?;
        let taken = self.truth(&tested.value)?;
        let inputs = self.truth_inputs(&tested);
        let value = Value::Bool(taken);
        let branch = self.event(EventKind::Branch { taken }, e.id, &inputs, &value)?;
        let outer = std::mem::replace(&mut self.control, branch);
        let tv = self.eval(f, if taken { body } else { orelse })?;
        self.control = outer;
        let other = if taken { orelse } else { body };
        if let Some(effects) = self.unevaluated(Part::Arm, other.id, [other]) {
            self.phi(f, &effects, branch, e.id)?;
        }
        let event = self.event(EventKind::Phi, e.id, &[tv.event, branch], &tv.value)?;
        Ok(Tv::new(tv.value, event))
    }

    fn fstring(
        &mut self,
        f: &mut Frame<'a>,
        node: NodeId,
        parts: &'a [FStringPart],
        inputs: &mut Deps,
    ) -> R<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                FStringPart::Literal(literal) => text.push_str(literal),
                FStringPart::Value {
                    value,
                    debug,
                    conversion,
                    spec,
                } => {
                    let tv = self.eval(f, value)?;
                    self.deep(&tv, inputs)?;
                    if let Some(debug) = debug {
                        text.push_str(debug);
                    }
                    let spec = self.fstring(f, node, spec, inputs)?;
                    let conversion = match (conversion, debug) {
                        (None, Some(_)) if spec.is_empty() => Some('r'),
                        (conversion, _) => *conversion,
                    };
                    self.at = node;
                    let mark = self.deps.len();
                    let piece = self.converted(&tv.value, conversion, &spec);
                    inputs.extend(self.deps.drain(mark..));
                    let piece = piece?;
                    self.charge(piece.len())?;
                    text.push_str(&piece);
                }
            }
        }
        Ok(text)
    }
}

pub(crate) fn constant(c: &Constant) -> Value {
    match c {
        Constant::None => Value::None,
        Constant::Bool(b) => Value::Bool(*b),
        Constant::Int(i) => Value::Int(*i),
        Constant::BigInt(digits) => {
            let big = BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
            Value::from_big(big)
        }
        Constant::Float(x) => Value::Float(*x),
        Constant::Str(s) => Value::Str(s.clone()),
        Constant::Ellipsis => Value::Ellipsis,
    }
}
