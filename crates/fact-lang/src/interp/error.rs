//! Exceptions: classes, instances, and what stops a run.

use super::record::Deps;
use super::value::{ExcObj, Tv, Value};
use super::{Frame, Vm};
use crate::ast::{Expr, ExprKind, NodeId};
use crate::run::Limit;
use crate::trace::{EventId, EventKind};

/// What ends the evaluation of an expression early. Only `Raise` is visible to the program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    /// An exception, by index into the heap.
    Raise(u32),
    /// A limit of the run.
    Limit(Limit),
    /// An answer is missing.
    Suspend,
}

pub(crate) type R<T> = Result<T, Stop>;

macro_rules! exception_classes {
    ($($name:ident < $parent:ident),* $(,)?) => {
        /// Classes of exceptions, CPython's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum ExcClass { BaseException, $($name),* }

        impl ExcClass {
            pub(crate) fn name(self) -> &'static str {
                if self == Self::RegexError {
                    return "error";
                }
                match self { Self::BaseException => "BaseException", $(Self::$name => stringify!($name)),* }
            }

            pub(crate) fn by_name(name: &str) -> Option<Self> {
                match name {
                    "BaseException" => Some(Self::BaseException),
                    $(stringify!($name) => Some(Self::$name),)*
                    "IOError" => Some(Self::OSError),
                    _ => None,
                }
            }

            fn parent(self) -> Option<Self> {
                match self { Self::BaseException => None, $(Self::$name => Some(Self::$parent)),* }
            }
        }
    };
}

exception_classes! {
    Exception < BaseException,
    KeyboardInterrupt < BaseException,
    SystemExit < BaseException,
    GeneratorExit < BaseException,
    ArithmeticError < Exception,
    AssertionError < Exception,
    AttributeError < Exception,
    EOFError < Exception,
    ImportError < Exception,
    LookupError < Exception,
    MemoryError < Exception,
    NameError < Exception,
    OSError < Exception,
    RuntimeError < Exception,
    StopIteration < Exception,
    SyntaxError < Exception,
    TypeError < Exception,
    ValueError < Exception,
    Warning < Exception,
    FloatingPointError < ArithmeticError,
    OverflowError < ArithmeticError,
    ZeroDivisionError < ArithmeticError,
    ModuleNotFoundError < ImportError,
    IndexError < LookupError,
    KeyError < LookupError,
    UnboundLocalError < NameError,
    FileNotFoundError < OSError,
    PermissionError < OSError,
    TimeoutError < OSError,
    NotImplementedError < RuntimeError,
    RecursionError < RuntimeError,
    UnicodeError < ValueError,
    StatisticsError < ValueError,
    RegexError < Exception,
}

impl ExcClass {
    pub(crate) fn is(self, other: Self) -> bool {
        let mut at = Some(self);
        while let Some(class) = at {
            if class == other {
                return true;
            }
            at = class.parent();
        }
        false
    }
}

impl Vm<'_> {
    pub(crate) fn exception(&mut self, class: ExcClass, args: Vec<Tv>) -> u32 {
        self.heap.excs.push(ExcObj {
            class,
            args,
            event: None,
            span: None,
        });
        self.heap.excs.len() as u32 - 1
    }

    /// A new exception with a message, ready to be returned as `Err`.
    pub(crate) fn raise(&mut self, class: ExcClass, message: impl AsRef<str>) -> Stop {
        let message = Tv::new(Value::str(message.as_ref()), EventId::START);
        Stop::Raise(self.exception(class, vec![message]))
    }

    pub(crate) fn type_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::TypeError, message)
    }

    pub(crate) fn value_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::ValueError, message)
    }

    pub(crate) fn index_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::IndexError, message)
    }

    pub(crate) fn attribute_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::AttributeError, message)
    }

    pub(crate) fn overflow_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::OverflowError, message)
    }

    pub(crate) fn recursion_error(&mut self, message: impl AsRef<str>) -> Stop {
        self.raise(ExcClass::RecursionError, message)
    }

    pub(crate) fn key_error(&mut self, key: Value) -> Stop {
        let key = Tv::new(key, EventId::START);
        Stop::Raise(self.exception(ExcClass::KeyError, vec![key]))
    }

    /// Gives a passing exception its [`EventKind::Raise`] event and its place, if it has none yet.
    /// `inputs` are what the failing operation read.
    pub(crate) fn seal(&mut self, stop: Stop, node: NodeId, inputs: &[EventId]) -> Stop {
        match stop {
            Stop::Raise(exc) => {
                if self.heap.excs[exc as usize].event.is_none() {
                    let mut all: Vec<EventId> = inputs.to_vec();
                    for arg in &self.heap.excs[exc as usize].args {
                        all.push(arg.event);
                    }
                    let name = self.heap.excs[exc as usize].class.name();
                    match self.event_other(EventKind::Raise, node, &all, name) {
                        Ok(event) => self.heap.excs[exc as usize].event = Some(event),
                        Err(limit) => return self.seal(limit, node, &[]),
                    }
                }
                if !self.in_pack && self.heap.excs[exc as usize].span.is_none() {
                    let span = self.program.spans.get(node as usize).copied();
                    self.heap.excs[exc as usize].span = span;
                }
            }
            Stop::Limit(_) => {
                if !self.in_pack && self.limit_span.is_none() {
                    self.limit_span = self.program.spans.get(node as usize).copied();
                }
            }
            Stop::Suspend => {}
        }
        stop
    }

    /// [`Vm::seal`], where the whole of some values may have been read.
    pub(crate) fn seal_used(&mut self, stop: Stop, node: NodeId, used: &[&Tv]) -> Stop {
        let Stop::Raise(exc) = stop else {
            return self.seal(stop, node, &[]);
        };
        let mut inputs = Deps::new();
        if self.heap.excs[exc as usize].event.is_none() {
            for tv in used {
                if let Err(limit) = self.deep(tv, &mut inputs) {
                    return self.seal(limit, node, &[]);
                }
            }
        }
        self.seal(stop, node, &inputs)
    }

    /// [`Vm::seal`] of an expression of which only the names are known: whatever they hold and
    /// whatever happened since the statement began may be why.
    pub(crate) fn seal_read(&mut self, f: &mut Frame<'_>, stop: Stop, e: &Expr) -> Stop {
        let Stop::Raise(exc) = stop else {
            return self.seal(stop, e.id, &[]);
        };
        if self.heap.excs[exc as usize].event.is_some() || self.muted {
            return self.seal(stop, e.id, &[]);
        }
        let mut names = Vec::new();
        super::visit::each(e, &mut |e| {
            if let ExprKind::Name(name) = &e.kind {
                names.push(name.var);
            }
        });
        let end = self.trace.events.len() as u32;
        let mut inputs: Deps = (self.statement..end).map(EventId).collect();
        for var in names {
            let Some(tv) = self.slot_of(f, var) else {
                continue;
            };
            if let Err(limit) = self.deep(&tv, &mut inputs) {
                return self.seal(limit, e.id, &[]);
            }
        }
        self.seal(stop, e.id, &inputs)
    }

    /// Python's `str` of an exception.
    pub(crate) fn exception_text(&mut self, exc: u32) -> R<String> {
        let obj = &self.heap.excs[exc as usize];
        let class = obj.class;
        let args = obj.args.clone();
        match args.as_slice() {
            [] => Ok(String::new()),
            [one] if class == ExcClass::KeyError => self.repr(&one.value),
            [one] => self.text(&one.value),
            many => {
                let mut parts = Vec::new();
                for arg in many {
                    parts.push(self.repr(&arg.value)?);
                }
                Ok(format!("({})", parts.join(", ")))
            }
        }
    }
}
