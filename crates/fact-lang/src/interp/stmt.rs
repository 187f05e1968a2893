//! Statements.

use super::effects::{BREAK, Effects, LEAVE};
use super::error::{ExcClass, R, Stop};
use super::record::Deps;
use super::value::{FuncObj, Tv, Value};
use super::{Frame, Vm, visit};
use crate::ast::{Expr, ExprKind, Function, Handler, NodeId, Stmt, StmtKind};
use crate::trace::{EventId, EventKind};
use smallvec::smallvec;

/// How a block ended.
#[derive(Debug)]
pub(crate) enum Flow {
    Next,
    Break,
    Continue,
    Return(Tv),
}

impl<'a> Vm<'a> {
    pub(crate) fn exec_block(&mut self, f: &mut Frame<'a>, body: &'a [Stmt]) -> R<Flow> {
        for stmt in body {
            match self.exec(f, stmt)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn exec(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        self.step()
            .and_then(|()| self.enter())
            .map_err(|stop| self.seal(stop, stmt.id, &[]))?;
        let outer = std::mem::replace(&mut self.statement, self.trace.events.len() as u32);
        let flow = self.exec_kind(f, stmt);
        self.statement = outer;
        self.leave();
        flow.map_err(|stop| self.seal(stop, stmt.id, &[]))
    }

    fn exec_kind(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        match &stmt.kind {
            StmtKind::Expr(e) => {
                if !matches!(e.kind, ExprKind::Constant(_)) {
                    self.eval(f, e)?;
                }
            }
            StmtKind::Assign { targets, value } => {
                let tv = self.eval(f, value)?;
                for target in targets {
                    self.assign(f, target, tv.clone(), stmt.id)?;
                }
            }
            StmtKind::If { .. } => return self.exec_if(f, stmt),
            StmtKind::Return(value) => return self.exec_return(f, stmt, value.as_ref()),
            StmtKind::For { .. } => return self.exec_for(f, stmt),
            StmtKind::While { .. } => return self.exec_while(f, stmt),
            StmtKind::AugAssign { target, op, value } => {
                self.aug_assign(f, target, *op, value, stmt.id)?;
            }
            StmtKind::AnnAssign { target, value, .. } => {
                if let Some(value) = value {
                    let tv = self.eval(f, value)?;
                    self.assign(f, target, tv, stmt.id)?;
                }
            }
            StmtKind::FunctionDef { name, function, .. } => {
                let tv = self.closure(f, function)?;
                let tv = self.definition(stmt, tv)?;
                *self.slot(f, name.var) = Some(tv);
            }
            StmtKind::ClassDef { .. } => {
                return Err(self.raise(ExcClass::SyntaxError, "class definitions nest in nothing"));
            }
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Pass | StmtKind::Scope => {}
            StmtKind::Import {
                module,
                member,
                target,
            } => {
                let value = self.import(module, member.as_deref(), &target.id)?;
                let tv = self.definition(stmt, Tv::new(value, EventId::START))?;
                *self.slot(f, target.var) = Some(tv);
            }
            StmtKind::Imports(imports) => {
                self.exec_block(f, imports)?;
            }
            StmtKind::Assert { test, msg } => self.exec_assert(f, stmt, test, msg.as_ref())?,
            StmtKind::Raise { exc, cause } => {
                return Err(self.exec_raise(f, stmt, exc.as_ref(), cause.as_ref())?);
            }
            StmtKind::Try { .. } => return self.exec_try(f, stmt),
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.delete(f, target, stmt.id)?;
                }
            }
        }
        Ok(Flow::Next)
    }

    /// A definition comes from nowhere, unless a branch decided over it.
    fn definition(&mut self, stmt: &Stmt, tv: Tv) -> R<Tv> {
        if self.control == EventId::START {
            return Ok(tv);
        }
        let event = self.event(EventKind::Assign, stmt.id, &[tv.event], &tv.value)?;
        Ok(Tv::new(tv.value, event))
    }

    pub(crate) fn closure(&mut self, f: &mut Frame<'a>, function: &'a Function) -> R<Tv> {
        let mut defaults = Vec::new();
        for param in &function.params {
            if let Some(default) = &param.default {
                defaults.push(self.eval(f, default)?);
            }
        }
        let cells = function
            .free
            .iter()
            .map(|i| f.cells[*i as usize])
            .collect::<Vec<_>>();
        self.charge(size_of::<FuncObj<'_>>() + cells.len() * 4 + defaults.len() * 32)?;
        self.heap.funcs.push(FuncObj {
            function,
            cells,
            defaults,
            pack: f.pack,
            outer: f.closure,
        });
        let value = Value::Func(self.heap.funcs.len() as u32 - 1);
        Ok(Tv::new(value, EventId::START))
    }

    fn exec_return(
        &mut self,
        f: &mut Frame<'a>,
        stmt: &'a Stmt,
        value: Option<&'a Expr>,
    ) -> R<Flow> {
        let tv = match value {
            Some(value) => self.eval(f, value)?,
            None => Tv::new(Value::None, EventId::START),
        };
        Ok(Flow::Return(self.returned(tv, stmt.id)?))
    }

    /// Records a return. The whole value of the entry function is used; that of other functions
    /// is used by what reads it.
    pub(crate) fn returned(&mut self, tv: Tv, node: u32) -> R<Tv> {
        let mut inputs = Deps::new();
        if self.depth <= 1 && !self.in_pack {
            self.deep(&tv, &mut inputs)?;
        } else {
            inputs = self.truth_inputs(&tv);
        }
        let event = self.event(EventKind::Return, node, &inputs, &tv.value)?;
        Ok(Tv::new(tv.value, event))
    }

    fn exec_if(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        let StmtKind::If { test, body, orelse } = &stmt.kind else {
            return Ok(Flow::Next);
        };
        let tv = self.eval(f, test)?;
        let taken = self.truth(&tv.value)?;
        let inputs = self.truth_inputs(&tv);
        let value = Value::Bool(taken);
        let branch = self.event(EventKind::Branch { taken }, stmt.id, &inputs, &value)?;
        // The test's node identifies the body, the statement's the other arm.
        let then = self.effects(test.id, None, body);
        let other = self.effects(stmt.id, None, orelse);
        let outer = std::mem::replace(&mut self.control, branch);
        let flow = self.exec_block(f, if taken { body } else { orelse })?;
        let jumps = then.jumps | other.jumps;
        if jumps & (BREAK | LEAVE) != 0 && !matches!(flow, Flow::Break | Flow::Return(_)) {
            self.residual = Some(self.control);
        }
        if !matches!(flow, Flow::Next) {
            return Ok(flow);
        }
        if jumps == 0 {
            self.control = outer;
        }
        self.phi(f, if taken { &other } else { &then }, branch, stmt.id)?;
        Ok(Flow::Next)
    }

    fn exec_for(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        let StmtKind::For {
            target,
            iter,
            body,
            orelse,
        } = &stmt.kind
        else {
            return Ok(Flow::Next);
        };
        let source = self.eval(f, iter)?;
        let iterator = self
            .iterate(&source, iter.id)
            .map_err(|stop| self.seal(stop, stmt.id, &[source.event]))?;
        let mut inputs: Deps = smallvec![source.event];
        self.iter_shape(iterator, &mut inputs);
        let begin = self.event_bare(EventKind::Loop, stmt.id, &inputs)?;
        let effects = self.effects(target.id, Some(target), body);
        let lazily = self.lazily;
        let outer = self.control;
        let outer_residual = self.residual.take();
        let mut control = begin;
        let mut index = 0;
        let broken = loop {
            self.control = control;
            self.residual = None;
            self.step()?;
            let Some(item) = self.iter_or_seal(iterator, iter.id, stmt.id)? else {
                break false;
            };
            let kind = EventKind::Iteration { index };
            index += 1;
            let inputs = self.iteration_inputs(iterator, item.event, begin);
            let event = self.event(kind, stmt.id, &inputs, &item.value)?;
            self.control = event;
            self.assign(f, target, Tv::new(item.value, event), target.id)?;
            match self.exec_block(f, body)? {
                Flow::Break => break true,
                Flow::Continue => self.continued(f, &effects, stmt.id)?,
                Flow::Next => {}
                flow => return Ok(flow),
            }
            if let Some(residual) = self.residual {
                control = residual;
            }
        };
        let mut inputs = Deps::new();
        self.iter_shape(iterator, &mut inputs);
        let end = self.event_bare(EventKind::LoopEnd, stmt.id, &inputs)?;
        if matches!(source.value, Value::Iter(_)) {
            self.settled(iterator, end);
            self.phi_lazily(f, lazily, end, stmt.id)?;
        }
        let ends = LoopExit {
            stmt,
            orelse,
            end,
            broken,
            outer,
            outer_residual,
        };
        self.after_loop(f, &effects, ends)
    }

    fn exec_while(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        let StmtKind::While { test, body, orelse } = &stmt.kind else {
            return Ok(Flow::Next);
        };
        let begin = self.event_bare(EventKind::Loop, stmt.id, &[])?;
        let effects = self.effects(test.id, None, body);
        let outer = self.control;
        let outer_residual = self.residual.take();
        self.control = begin;
        let mut index = 0;
        let mut last;
        let broken = loop {
            self.residual = None;
            self.step()?;
            let tv = self.eval(f, test)?;
            let taken = self.truth(&tv.value)?;
            let inputs = self.truth_inputs(&tv);
            let value = Value::Bool(taken);
            last = self.event(EventKind::Branch { taken }, stmt.id, &inputs, &value)?;
            if !taken {
                break false;
            }
            self.control = last;
            let event = self.event_bare(EventKind::Iteration { index }, stmt.id, &[])?;
            index += 1;
            self.control = event;
            match self.exec_block(f, body)? {
                Flow::Break => break true,
                Flow::Continue => self.continued(f, &effects, stmt.id)?,
                Flow::Next => {}
                flow => return Ok(flow),
            }
            self.control = self.residual.unwrap_or(last);
        };
        let end = self.event_bare(EventKind::LoopEnd, stmt.id, &[last])?;
        let ends = LoopExit {
            stmt,
            orelse,
            end,
            broken,
            outer,
            outer_residual,
        };
        self.after_loop(f, &effects, ends)
    }

    /// After a `continue`: what the rest of the body would have changed.
    fn continued(&mut self, f: &mut Frame<'a>, effects: &Effects<'a>, node: NodeId) -> R<()> {
        if effects.jumps & (BREAK | LEAVE) != 0 {
            self.residual = Some(self.control);
        }
        let by = self.control;
        self.phi(f, effects, by, node)
    }

    fn after_loop(
        &mut self,
        f: &mut Frame<'a>,
        effects: &Effects<'a>,
        exit: LoopExit<'a>,
    ) -> R<Flow> {
        let LoopExit {
            stmt,
            orelse,
            end,
            broken,
            outer,
            outer_residual,
        } = exit;
        let leaves = effects.jumps & LEAVE != 0;
        self.control = if leaves { end } else { outer };
        self.residual = if leaves { Some(end) } else { outer_residual };
        self.phi(f, effects, end, stmt.id)?;
        if orelse.is_empty() {
            return Ok(Flow::Next);
        }
        let other = self.effects(stmt.id, None, orelse);
        let after = self.control;
        self.control = end;
        let flow = if broken {
            self.phi(f, &other, end, stmt.id)?;
            Flow::Next
        } else {
            self.exec_block(f, orelse)?
        };
        if other.jumps & (BREAK | LEAVE) != 0 && !matches!(flow, Flow::Break | Flow::Return(_)) {
            self.residual = Some(self.control);
        }
        if matches!(flow, Flow::Next) && other.jumps == 0 {
            self.control = after;
        }
        Ok(flow)
    }

    fn exec_assert(
        &mut self,
        f: &mut Frame<'a>,
        stmt: &'a Stmt,
        test: &'a Expr,
        msg: Option<&'a Expr>,
    ) -> R<()> {
        let tv = self.eval(f, test)?;
        let taken = self.truth(&tv.value)?;
        let inputs = self.truth_inputs(&tv);
        let value = Value::Bool(taken);
        let branch = self.event(EventKind::Branch { taken }, stmt.id, &inputs, &value)?;
        self.control = branch;
        if taken {
            self.residual = Some(branch);
            return Ok(());
        }
        let args = match msg {
            Some(msg) => vec![self.eval(f, msg)?],
            None => Vec::new(),
        };
        let exc = self.exception(ExcClass::AssertionError, args);
        Err(self.seal(Stop::Raise(exc), stmt.id, &[branch]))
    }

    fn exec_raise(
        &mut self,
        f: &mut Frame<'a>,
        stmt: &'a Stmt,
        exc: Option<&'a Expr>,
        cause: Option<&'a Expr>,
    ) -> R<Stop> {
        let Some(exc) = exc else {
            return Ok(match self.handling.last() {
                Some(exc) => Stop::Raise(*exc),
                None => self.raise(ExcClass::RuntimeError, "No active exception to reraise"),
            });
        };
        let tv = self.eval(f, exc)?;
        if let Some(cause) = cause {
            self.eval(f, cause)?;
        }
        let exc = match tv.value {
            Value::Exc(exc) => exc,
            Value::ExcClass(class) => self.exception(class, Vec::new()),
            _ => return Ok(self.type_error("exceptions must derive from BaseException")),
        };
        Ok(self.seal(Stop::Raise(exc), stmt.id, &[tv.event]))
    }

    fn exec_try(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt) -> R<Flow> {
        let StmtKind::Try {
            body,
            handlers,
            orelse,
            finalbody,
        } = &stmt.kind
        else {
            return Ok(Flow::Next);
        };
        let before = (self.control, self.residual);
        let start = self.trace.events.len();
        // That the names it reads have a value may depend on something, too.
        let held = match handlers.is_empty() || self.untraced {
            true => Vec::new(),
            false => self.held_by(f, body),
        };
        let mut result = self.exec_block(f, body);
        // What the statement as a whole might do, by its own node.
        let effects = self.effects(stmt.id, None, std::slice::from_ref(stmt));
        let swallows = finalbody.last().is_some_and(|last| {
            let finals = self.effects(last.id, None, finalbody);
            finals.jumps != 0
        });
        match result {
            Err(Stop::Raise(exc)) => {
                // A loop that was left has not put this back.
                self.residual = self.residual.or(before.1);
                if let Some(caught) = self
                    .handle(f, handlers, exc, before.0, &effects)
                    .transpose()
                {
                    result = caught;
                } else if swallows {
                    let raised = self.heap.excs[exc as usize].event;
                    self.phi(f, &effects, raised.unwrap_or(EventId::START), stmt.id)?;
                }
            }
            Ok(flow) if !handlers.is_empty() || swallows => {
                let end = self.no_exception(stmt, start, held)?;
                self.phi(f, &effects, end, stmt.id)?;
                let outer = std::mem::replace(&mut self.control, end);
                result = match flow {
                    Flow::Next => self.exec_block(f, orelse),
                    // What is returned would be something else had the body raised.
                    Flow::Return(mut tv) => {
                        let inputs = [tv.event, end];
                        tv.event = self.event(EventKind::Phi, stmt.id, &inputs, &tv.value)?;
                        Ok(Flow::Return(tv))
                    }
                    flow => Ok(flow),
                };
                if effects.jumps != 0 {
                    // Had it raised, what follows might have been left out.
                    self.residual = Some(self.control);
                } else if result.is_ok() {
                    self.control = outer;
                }
            }
            Ok(Flow::Next) => result = self.exec_block(f, orelse),
            _ => {}
        }
        // Neither a limit nor a missing answer is Python's business.
        if finalbody.is_empty() || matches!(result, Err(Stop::Limit(_) | Stop::Suspend)) {
            return result;
        }
        match (self.exec_block(f, finalbody)?, result) {
            // `finally` might have returned something else.
            (Flow::Next, Ok(Flow::Return(mut tv))) if swallows => {
                let inputs = [tv.event, self.control];
                tv.event = self.event(EventKind::Phi, stmt.id, &inputs, &tv.value)?;
                Ok(Flow::Return(tv))
            }
            (Flow::Next, result) => result,
            (flow, _) => Ok(flow),
        }
    }

    /// The events of what the names in statements hold.
    fn held_by(&self, f: &Frame<'a>, body: &[Stmt]) -> Vec<EventId> {
        let mut events = Vec::new();
        for stmt in body {
            for expr in visit::of_stmt(stmt) {
                visit::each(expr, &mut |e| {
                    if let ExprKind::Name(name) = &e.kind
                        && let Some(tv) = self.slot_of(f, name.var)
                        && tv.event != EventId::START
                    {
                        events.push(tv.event);
                    }
                });
            }
            for block in stmt.blocks() {
                events.extend(self.held_by(f, block));
            }
        }
        events
    }

    /// Records that a body ran to its end: had anything in it raised, it would not have.
    fn no_exception(&mut self, stmt: &Stmt, start: usize, mut inputs: Vec<EventId>) -> R<EventId> {
        let happened = (start..self.trace.events.len())
            .filter(|i| {
                !matches!(
                    self.trace.events[*i].kind,
                    EventKind::Assign | EventKind::Phi | EventKind::Return | EventKind::Catch
                )
            })
            .map(|i| EventId(i as u32));
        inputs.extend(happened);
        self.work(inputs.len() / 8)?;
        self.event_bare(EventKind::TryEnd, stmt.id, &inputs)
    }

    /// Runs the handler that catches `exc`, if any does. `effects` are those of the whole `try`.
    fn handle(
        &mut self,
        f: &mut Frame<'a>,
        handlers: &'a [Handler],
        exc: u32,
        before: EventId,
        effects: &Effects<'a>,
    ) -> R<Option<Flow>> {
        for handler in handlers {
            if let Some(class) = &handler.class {
                let tv = self.eval(f, class)?;
                if !self.catches(&tv.value, exc)? {
                    continue;
                }
            }
            let raised = self.heap.excs[exc as usize].event.unwrap_or(EventId::START);
            let value = Value::Exc(exc);
            let event = self.event(EventKind::Catch, handler.id, &[raised], &value)?;
            self.control = event;
            // What the rest of the body, `else` or another handler would have done.
            self.phi(f, effects, event, handler.id)?;
            if let Some(name) = &handler.name {
                *self.slot(f, name.var) = Some(Tv::new(value, event));
            }
            self.handling.push(exc);
            let flow = self.exec_block(f, &handler.body);
            self.handling.pop();
            if let Some(name) = &handler.name {
                *self.slot(f, name.var) = None;
                self.left_unbound(f, name.var, event)?;
            }
            let flow = flow?;
            if effects.jumps != 0 {
                self.residual = Some(self.control);
            } else if matches!(flow, Flow::Next) {
                self.control = before;
            }
            return Ok(Some(flow));
        }
        Ok(None)
    }

    fn catches(&mut self, class: &Value, exc: u32) -> R<bool> {
        match class {
            Value::ExcClass(class) => Ok(self.heap.excs[exc as usize].class.is(*class)),
            Value::Tuple(i) => {
                // Every class is looked at, even after one that matches.
                let items = self.heap.tuples[*i as usize].items.clone();
                let mut caught = false;
                for item in items {
                    caught |= self.nested("maximum recursion depth exceeded", |vm| {
                        vm.catches(&item.value, exc)
                    })?;
                }
                Ok(caught)
            }
            _ => Err(self.type_error(
                "catching classes that do not inherit from BaseException is not allowed",
            )),
        }
    }
}

struct LoopExit<'a> {
    stmt: &'a Stmt,
    orelse: &'a [Stmt],
    end: EventId,
    broken: bool,
    outer: EventId,
    outer_residual: Option<EventId>,
}
