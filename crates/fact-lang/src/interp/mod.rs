//! The tracing interpreter: a tree walker that records an event for everything it does.
//!
//! | file | owns |
//! |---|---|
//! | `value`, `error` | values, heap, exceptions |
//! | `record` | events, pictures of values, whole-value dependence |
//! | `stmt`, `control` | statements; jumps, residual control, relevant dependence |
//! | `effects`, `visit`, `reach` | what code that does not run would change, by name or out of sight |
//! | `expr`, `assign`, `comp` | expressions, targets, comprehensions and generators |
//! | `call`, `attr`, `tools`, `region` | calls, attributes, requests to perception, geometry |
//! | `ops`, `compare`, `index`, `iter`, `format` | the semantics of operators |
//! | `position` | what an iterator and its elements depend on |
//! | `native`, `builtins`, `methods`, `modules` | what Python brings along |

mod assign;
mod attr;
mod builtins;
mod call;
mod comp;
mod compare;
mod control;
mod effects;
mod error;
mod expr;
mod format;
mod groups;
mod index;
mod iter;
mod iter_type;
mod methods;
mod modules;
mod native;
mod ops;
mod position;
mod reach;
mod record;
mod region;
mod setops;
mod start;
mod stmt;
mod tools;
mod value;
mod visit;

use crate::ast::{Function, Module, NodeId, Span};
use crate::pack::Pack;
use crate::run::{Inputs, Limit, Limits, Run};
use crate::tool::{Answers, Request};
use crate::trace::{EventId, Trace};
use control::EffectsMap;
use error::{R, Stop};
pub(crate) use modules::is_module;
use value::{Heap, Tv, Value};

/// Nested evaluations, of all kinds together, that fit a 2 MiB stack.
const MAX_NESTING: u32 = 1_000;
/// Nesting of values that are compared, printed or hashed.
const MAX_VALUE_DEPTH: u32 = 100;

/// One run.
pub(crate) struct Vm<'a> {
    program: &'a Module,
    pack: &'a Pack,
    inputs: &'a Inputs,
    answers: &'a mut dyn Answers,
    limits: &'a Limits,
    heap: Heap<'a>,
    trace: Trace,
    /// For each event, whether an answer is in its closure.
    answered: Vec<bool>,
    steps: u64,
    bytes: u64,
    depth: u32,
    nesting: u32,
    value_depth: u32,
    output: String,
    globals: Vec<Option<Tv>>,
    pack_globals: Vec<Option<Tv>>,
    /// What the program's global names mean where it does not bind them, once looked up.
    names: Vec<Option<Value>>,
    /// The branch, iteration or call under which code runs now.
    control: EventId,
    /// Set within a loop body by a branch that may have left the loop.
    residual: Option<EventId>,
    /// Innermost pack call, plus one.
    within: u32,
    /// Whether pack code runs now.
    in_pack: bool,
    /// The event recorded next when the statement that runs now began.
    statement: u32,
    /// How often functions of the program were called.
    called: u64,
    /// How often native code and lazy iterators ran code of the program in this activation.
    lazily: u64,
    /// Where the code that runs now is, for what operators call behind the scenes.
    at: NodeId,
    /// What the native call in progress depends on.
    deps: Vec<EventId>,
    effects: EffectsMap<'a>,
    /// The effects of code that has none.
    nothing: std::rc::Rc<effects::Effects<'a>>,
    /// What the program's functions change that is not their own, once it was asked for.
    outward: Option<std::rc::Rc<reach::Outward>>,
    /// For cells (true) and globals of the program: what decided that they have no value.
    unbound: std::collections::HashMap<(bool, u32), Vec<EventId>>,
    /// Exceptions being handled, for a bare `raise`.
    handling: Vec<u32>,
    suspended: Option<Request>,
    limit_span: Option<Span>,
    /// Set while constants of the pack are made: they come from nowhere.
    muted: bool,
    /// Whether the run keeps no trace at all, see [`crate::run::end`].
    untraced: bool,
    /// Calls of primitives that were answered.
    asked: u64,
}

/// Variables of one activation.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    function: Option<&'a Function>,
    locals: Vec<Option<Tv>>,
    cells: Vec<u32>,
    pack: bool,
    /// What decided that a local variable has no value.
    unbound: Vec<(u32, EventId)>,
    /// The closure that runs, for qualified names.
    closure: Option<u32>,
}

pub(crate) fn execute(
    program: &Module,
    pack: &Pack,
    inputs: &Inputs,
    answers: &mut dyn Answers,
    limits: &Limits,
    untraced: bool,
) -> Run {
    let room = if untraced { 1 } else { 128 };
    let mut vm = Vm {
        program,
        pack,
        inputs,
        answers,
        limits,
        heap: Heap::with_room(),
        // Room for a usual run, so that the arenas do not grow step by step.
        trace: Trace {
            events: Vec::with_capacity(room),
            inputs: Vec::with_capacity(2 * room),
            pack_calls: Vec::with_capacity(room / 8),
            ..Trace::default()
        },
        answered: Vec::new(),
        steps: 0,
        bytes: 0,
        depth: 0,
        nesting: 0,
        value_depth: 0,
        output: String::new(),
        globals: vec![None; program.globals.len()],
        pack_globals: vec![None; pack.module.globals.len()],
        names: vec![None; program.globals.len()],
        control: EventId::START,
        residual: None,
        within: 0,
        in_pack: false,
        statement: 0,
        called: 0,
        lazily: 0,
        at: 0,
        deps: Vec::with_capacity(16),
        effects: EffectsMap::default(),
        nothing: Default::default(),
        outward: None,
        unbound: Default::default(),
        handling: Vec::new(),
        suspended: None,
        limit_span: None,
        muted: false,
        untraced,
        asked: 0,
    };
    let outcome = vm.run();
    vm.finish(outcome)
}

impl Vm<'_> {
    /// Counts one step.
    fn step(&mut self) -> R<()> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(Stop::Limit(Limit::Steps));
        }
        Ok(())
    }

    /// Counts the steps of a native operation over `n` elements.
    fn work(&mut self, n: usize) -> R<()> {
        self.steps = self.steps.saturating_add(n as u64);
        if self.steps > self.limits.steps {
            return Err(Stop::Limit(Limit::Steps));
        }
        Ok(())
    }

    /// Counts `bytes` of memory, before they are allocated.
    fn charge(&mut self, bytes: usize) -> R<()> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > self.limits.heap {
            return Err(Stop::Limit(Limit::Heap));
        }
        Ok(())
    }

    /// Enters one level of evaluation; [`Vm::leave`] must follow.
    fn enter(&mut self) -> R<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            self.nesting -= 1;
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.nesting -= 1;
    }
}
