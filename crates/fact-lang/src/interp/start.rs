//! From the module body to the outcome.

use super::error::{ExcClass, R, Stop};
use super::value::{Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Function, StmtKind, VarRef};
use crate::pack::Pack;
use crate::run::{Input, Outcome, Raised, Returned, Run};
use crate::tool::BBox;
use crate::trace::{EventId, EventKind, TraceValue};
use std::sync::Arc;

impl<'a> Vm<'a> {
    pub(crate) fn run(&mut self) -> R<Returned> {
        let start = self.record(EventKind::Start, 0, &[], TraceValue::None)?;
        debug_assert_eq!(start, EventId::START);
        let mut module = Frame {
            function: None,
            locals: Vec::new(),
            cells: Vec::new(),
            pack: false,
            unbound: Vec::new(),
            closure: None,
        };
        let program = self.program;
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
        self.trace.result = Some(result.event);
        // Showing the value is not part of what happened.
        self.at = function.id;
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
            let raw = self.input(input)?;
            let wrapped = match self.pack.wrapper(&param.name.id) {
                Some(def) => self.call_pack(def, vec![raw], Vec::new(), function.id)?,
                None => raw,
            };
            let event = self.event(
                EventKind::Input,
                function.id,
                &[wrapped.event],
                &wrapped.value,
            )?;
            args.kw
                .push((param.name.id.clone(), Tv::new(wrapped.value, event)));
        }
        Ok(args)
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
        self.record_objects();
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
