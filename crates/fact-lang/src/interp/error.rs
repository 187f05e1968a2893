//! Exceptions: classes, instances, and what stops a run.

use super::Vm;
use super::value::{ExcObj, Tv, Value};
use crate::ast::NodeId;
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
