//! From the module body to the outcome.

use super::error::{ExcClass, R, Stop};
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Function, NodeId, StmtKind, VarRef};
use crate::pack::Pack;
use crate::run::{Input, Outcome, Raised, Returned, Run};
use crate::tool::BBox;
use crate::trace::{EventId, EventKind, TraceValue};
use std::sync::Arc;

impl<'a> Vm<'a> {
    pub(crate) fn run(&mut self) -> R<Returned> {
        let start = self.record(EventKind::Start, 0, &[], TraceValue::None)?;
        debug_assert_eq!(start, EventId::START);
        self.muted = self.untraced;
        let mut module = Frame {
            function: None,
            locals: Vec::new(),
            cells: Vec::new(),
            pack: false,
            unbound: Vec::new(),
            closure: None,
        };
        let program = self.program;
        if let Some(result) = self.pack.result_of(program) {
            return self.run_snippet(&mut module, result);
        }
        self.exec_block(&mut module, &program.body)?;
        let Some(function) = Pack::entry(program) else {
            let message = format!("the program defines no function '{}'", Pack::ENTRY);
            return Err(self.raise(ExcClass::NameError, message));
        };
        let args = self.bind_inputs(function)?;
        let var = program
            .body
            .iter()
            .find_map(|stmt| match &stmt.kind {
                StmtKind::FunctionDef {
                    name, function: f, ..
                } if std::ptr::eq(&**f, &**function) => Some(name.var),
                _ => None,
            })
            .unwrap_or(VarRef::Global(0));
        let callee = match self.slot(&mut module, var).clone() {
            Some(tv) => tv,
            None => {
                let message = format!("name '{}' is not defined", function.name);
                return Err(self.raise(ExcClass::NameError, message));
            }
        };
        self.control = EventId::START;
        let result = self.call_entry(&callee, args, function.id)?;
        self.show(&result, function.id)
    }

    /// A program without an entry function: its inputs are globals, and so is its answer.
    fn run_snippet(&mut self, module: &mut Frame<'a>, result: usize) -> R<Returned> {
        let program = self.program;
        let node = program.body.first().map_or(0, |stmt| stmt.id);
        let inputs = self.inputs;
        for (index, name) in program.globals.iter().enumerate() {
            let input = inputs.values.iter().find(|(n, _)| **n == **name);
            // An input does not hide a function of the pack, such as `query`.
            if let Some((_, input)) = input.filter(|_| self.public_of_pack(name).is_none()) {
                self.globals[index] = Some(self.bind_input(name, input, node)?);
            }
        }
        self.exec_block(module, &program.body)?;
        let Some(answer) = self.globals[result].clone() else {
            let message = format!("name '{}' is not defined", program.globals[result]);
            return Err(self.raise(ExcClass::NameError, message));
        };
        // The statement that gave the answer is the one that returns.
        let assigned = &self.trace.events[answer.event.index()].node;
        let node = if assigned.pack { node } else { assigned.node };
        self.control = EventId::START;
        let answer = self.returned(answer, node)?;
        self.show(&answer, node)
    }

    /// Keeps the result of the run and shows it, which is not part of what happened.
    fn show(&mut self, result: &Tv, node: NodeId) -> R<Returned> {
        self.trace.result = Some(result.event);
        self.at = node;
        self.muted = true;
        let type_name = self.type_name(&result.value).to_string();
        let repr = self.repr(&result.value)?;
        let text = self.text(&result.value)?;
        Ok(Returned {
            repr,
            text,
            type_name,
        })
    }

    /// The entry function's arguments, by parameter name.
    fn bind_inputs(&mut self, function: &'a Function) -> R<super::call::Args> {
        let inputs = self.inputs;
        let mut args = super::call::Args::default();
        for param in &function.params {
            let Some((_, input)) = inputs.values.iter().find(|(n, _)| **n == *param.name.id) else {
                continue;
            };
            let bound = self.bind_input(&param.name.id, input, function.id)?;
            args.kw.push((param.name.id.clone(), bound));
        }
        Ok(args)
    }

    /// An input as the pack hands it to programs.
    fn bind_input(&mut self, name: &str, input: &Input, node: NodeId) -> R<Tv> {
        let raw = self.input(input)?;
        let wrapped = match self.pack.wrapper(name) {
            Some(def) => self.call_pack(def, vec![raw], Vec::new(), node)?,
            None => raw,
        };
        let inputs = [wrapped.event];
        let event = self.event(EventKind::Input, node, &inputs, &wrapped.value)?;
        Ok(Tv::new(wrapped.value, event))
    }

    fn input(&mut self, input: &Input) -> R<Tv> {
        let value = match input {
            Input::Image(i) => self.image(*i)?,
            Input::Images(list) => {
                let mut items = Vec::new();
                for i in list {
                    items.push(Tv::new(self.image(*i)?, EventId::START));
                }
                self.list(items, EventId::START)?
            }
            Input::Named(images) => {
                let mut entries = Vec::new();
                for (name, i) in images {
                    let key = Tv::new(self.string(name.as_str())?, EventId::START);
                    entries.push((key, Tv::new(self.image(*i)?, EventId::START)));
                }
                self.dict(entries, EventId::START)?
            }
            Input::Nothing => Value::None,
            Input::Text(text) => self.string(text.as_str())?,
            Input::Texts(texts) => {
                let mut items = Vec::new();
                for text in texts {
                    items.push(Tv::new(self.string(text.as_str())?, EventId::START));
                }
                self.list(items, EventId::START)?
            }
        };
        Ok(Tv::new(value, EventId::START))
    }

    /// The region of a whole input image.
    pub(crate) fn image(&mut self, index: usize) -> R<Value> {
        let Some(image) = self.inputs.images.get(index) else {
            return Err(self.index_error("input image index out of range"));
        };
        let bbox = BBox {
            left: 0.0,
            top: 0.0,
            right: f64::from(image.width),
            bottom: f64::from(image.height),
        };
        self.region(index as u32, bbox)
    }

    pub(crate) fn finish(mut self, outcome: R<Returned>) -> Run {
        let outcome = match outcome {
            Ok(returned) => Outcome::Returned(returned),
            Err(stop) => self.stopped(stop),
        };
        if !self.untraced {
            self.record_objects();
        }
        Run {
            outcome,
            trace: self.trace,
            steps: self.steps,
            output: self.output,
        }
    }

    fn stopped(&mut self, stop: Stop) -> Outcome {
        match stop {
            Stop::Raise(exc) => {
                self.muted = true;
                let class = self.heap.excs[exc as usize].class.name().to_owned();
                let span = self.heap.excs[exc as usize].span.unwrap_or_default();
                match self.exception_text(exc) {
                    Ok(message) => Outcome::Raised(Raised {
                        class,
                        message,
                        span,
                    }),
                    Err(stop @ (Stop::Limit(_) | Stop::Suspend)) => self.stopped(stop),
                    Err(Stop::Raise(_)) => Outcome::Raised(Raised {
                        class,
                        message: String::new(),
                        span,
                    }),
                }
            }
            Stop::Limit(limit) => Outcome::LimitReached {
                limit,
                span: self.limit_span.unwrap_or_default(),
            },
            Stop::Suspend => match self.suspended.take() {
                Some(request) => Outcome::Suspended(request),
                // Cannot happen: whoever suspends leaves the request.
                None => Outcome::Raised(Raised {
                    class: "RuntimeError".into(),
                    message: "suspended without a request".into(),
                    span: Default::default(),
                }),
            },
        }
    }

    /// A new string.
    pub(crate) fn string(&mut self, text: impl Into<Arc<str>>) -> R<Value> {
        let text = text.into();
        self.charge(text.len() + 16)?;
        Ok(Value::Str(text))
    }
}
