//! The dependence trace: for every value, which values and which branch it came from.
//!
//! A [`Trace`] is an arena of [`Event`]s in execution order; an event's inputs and its controlling
//! event have smaller ids than itself, so a backward closure is one reverse scan.
//!
//! # What depends on what
//! * Every value travels with the event that produced it. Reading a name adds no event; operators,
//!   calls, attribute reads, subscripts, displays and assignments each add one.
//! * Containers keep one event per element and one *shape* event (which elements there are, in
//!   which order). `xs[i]` depends on the element, the index and the shape; `len(xs)` on the shape;
//!   a use of the whole (`sum`, `==`, `return`, `str`) on the shape and every element, recursively.
//!   The shape of a display has no inputs; that of a filtered comprehension depends on every filter
//!   that was evaluated and on the shape of what was iterated.
//! * A read of a container also depends on the event of the reference it was reached by (which
//!   container it is). An object's event has its constructor's arguments and fields as inputs; a
//!   field read depends on the field and on the reference.
//! * `any` that found a true element (and `all` a false one) depends on that element and on its
//!   being there, otherwise on every element and on which there were. An element of a generator
//!   is there because of its own filter, not of the others'.
//! * How far an iterator is depends on who took from it before, and why they stopped.
//! * [`Event::control`] is the branch, iteration or call ([`EventKind::Enter`]) under which the
//!   event ran. After an `if`
//!   any arm of which contains a jump, what follows within the jump's reach (rest of the iteration
//!   for `continue`, of the loop for `break`, of the function for `return`/`raise`) is controlled
//!   by the branch, whichever arm ran. After a loop that contains a `return` or `raise`, what
//!   follows is controlled by the loop's [`EventKind::LoopEnd`].
//! * *Relevant* (potential) dependence: after an `if`, each variable that the arm not taken would
//!   have assigned, and each named container that it would have mutated, passes through a
//!   [`EventKind::Phi`] with the old value and the branch as inputs; after a loop, each variable
//!   assigned in its body, and each named container changed there, passes through a `Phi` with the
//!   `LoopEnd`. The same holds of what `continue`, an operand or arm that was not evaluated, an
//!   element that was filtered out, or an early return left undone.
//! * Where the container that would have been changed has no name, all that its names lead to
//!   passes through a `Phi`; where a function of the program would have changed what is not its
//!   own, all that the program's functions can reach.
//! * Where an answer chose which container was changed, or which function was called, the others
//!   pass through a `Phi` with the change.
//! * A `try` whose body raised nothing ends with a [`EventKind::TryEnd`] that depends on everything
//!   in the body; a handler begins with a [`EventKind::Catch`]. What the body, the handlers and
//!   `else` assign or change passes through a `Phi` with it.
//! * That the run as a whole ended, and neither raised nor reached a limit, is no dependence.
//! * A loop that found nothing is therefore in the closure of what it did not do.

mod render;

use crate::ast::{NodeId, Span};
use crate::tool::Recorded;
use std::sync::Arc;

/// Identifies an event within its trace. Event 0 is [`EventKind::Start`]: constants and inputs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct EventId(pub u32);

impl EventId {
    /// The event that constants, definitions and inputs come from.
    pub const START: Self = Self(0);
    /// As an index into [`Trace::events`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node of the program or of the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef {
    /// True if the node is the pack's.
    pub pack: bool,
    /// The node within its module.
    pub node: NodeId,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The run began; also stands for constants.
    Start,
    /// A program parameter was bound to an input.
    Input,
    /// A value was stored in a variable. Node: the statement (for a walrus or loop target: the
    /// target expression).
    Assign,
    /// A unary or binary operator, f-string, or conversion.
    Operator,
    /// A (chained) comparison; its value is the outcome.
    Compare,
    /// `and`/`or`: inputs are the operands that were evaluated.
    Bool,
    /// A call of a builtin, a method of a builtin type or a function of the program. Inputs:
    /// what the result depends on, then the arguments.
    Call,
    /// A call of a function, method or property of the pack. Inputs: receiver, arguments (in
    /// parameter order), then the inner return. See [`Trace::pack_calls`].
    PackCall {
        /// Index into [`Trace::pack_calls`].
        call: u32,
    },
    /// A primitive was asked. Inputs: region, arguments.
    ToolCall {
        /// Index into [`Trace::tool_calls`].
        call: u32,
    },
    /// A plain attribute was read.
    Attribute,
    /// A subscript or slice was read.
    Subscript,
    /// A display, comprehension result or unpacking was built; for containers, the shape event.
    Build,
    /// A condition was decided: `if`, `while`, `IfExp`, a comprehension filter, `assert`, or an
    /// operand of `and`/`or` that decides what is evaluated next. Input: the tested value.
    Branch {
        /// Whether it was truthy.
        taken: bool,
    },
    /// A loop or comprehension began. Input: the iterated container's shape.
    Loop,
    /// One iteration; the loop variable's value. Inputs: the element.
    Iteration {
        /// 0-based.
        index: u32,
    },
    /// The loop was exhausted or left by `break`. Inputs: the iterable's shape, or the last
    /// `while` test.
    LoopEnd,
    /// Container, attribute or subscript was changed; the container's new shape event.
    Mutate,
    /// A value that would be another had a branch or loop gone otherwise. Inputs: the value, the
    /// branch or loop end.
    Phi,
    /// A function of the program was entered; what happens in it is under its control. Input:
    /// which function.
    Enter,
    /// A function returned. Inputs: of the entry function the value, in depth; of another
    /// function the value (and the shape of a container, whose elements keep their own events).
    Return,
    /// An exception was raised.
    Raise,
    /// An exception was caught. Input: the raise.
    Catch,
    /// The body of a `try` ended without an exception. Inputs: what happened in it, each of which
    /// might have raised.
    TryEnd,
}

/// A compact picture of a value at the time of its event.
#[derive(Debug, Clone, PartialEq)]
pub enum TraceValue {
    /// `None`, and events that have no value.
    None,
    /// A bool.
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// A larger integer, in decimal.
    BigInt(Arc<str>),
    /// A float.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// A list or tuple (`tuple`), or another container.
    Items {
        /// `list`, `tuple`, `set`, `dict` (its keys), ...
        type_name: &'static str,
        /// Number of elements.
        len: u32,
        /// The first elements (at most [`ITEMS_SHOWN`]), as a range of [`Trace::items`].
        items: (u32, u32),
    },
    /// An instance of a pack class: index into [`Trace::objects`].
    Object(u32),
    /// A region of an input image.
    Region {
        /// Index of the image among the inputs.
        image: u32,
        /// left, top, right, bottom in pixels, origin top-left.
        bbox: [f64; 4],
    },
    /// Anything else, by its type name.
    Other(Arc<str>),
}

/// How many elements of a container a [`TraceValue::Items`] shows.
pub const ITEMS_SHOWN: usize = 256;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Where.
    pub node: NodeRef,
    /// Inputs, as a range of [`Trace::inputs`].
    pub inputs: (u32, u32),
    /// Under which branch, iteration or call.
    pub control: EventId,
    /// The innermost enclosing pack call, as index into [`Trace::pack_calls`] plus one; 0 when the
    /// program itself was running.
    pub within: u32,
    /// The value.
    pub value: TraceValue,
}

/// A call of a pack function, method or property.
#[derive(Debug, Clone, PartialEq)]
pub struct PackCall {
    /// Index of the function in [`crate::pack::Pack::functions`].
    pub function: u32,
    /// The event of the call; set when it returns. A call that raised has none.
    pub event: Option<EventId>,
    /// Receiver first (for methods), then arguments in parameter order, defaults included.
    pub args: Vec<(TraceValue, EventId)>,
    /// First and one past the last event recorded while it ran.
    pub events: (u32, u32),
}

/// A call of a primitive.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The event of the call.
    pub event: EventId,
    /// Index into [`Trace::answers`] (a repeated request shares its answer).
    pub answer: u32,
}

/// An instance of a pack class, as it was when the run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Index of the class in [`crate::pack::Pack::classes`].
    pub class: u32,
    /// Fields in order of first assignment: name, value, the event that set it.
    pub fields: Vec<(Arc<str>, TraceValue, EventId)>,
}

/// All that happened in one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// The events, in order.
    pub events: Vec<Event>,
    /// Arena of inputs.
    pub inputs: Vec<EventId>,
    /// Arena of container elements.
    pub items: Vec<(TraceValue, EventId)>,
    /// Pack calls in order of their start.
    pub pack_calls: Vec<PackCall>,
    /// Tool calls in order.
    pub tool_calls: Vec<ToolCall>,
    /// Distinct requests with their answers, in order of first use.
    pub answers: Vec<Recorded>,
    /// Instances of pack classes.
    pub objects: Vec<Object>,
    /// The event of the entry function's return, if it returned.
    pub result: Option<EventId>,
}

impl Trace {
    /// The event.
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.index()]
    }

    /// What the event's value came from.
    pub fn inputs_of(&self, id: EventId) -> &[EventId] {
        let (start, end) = self.event(id).inputs;
        &self.inputs[start as usize..end as usize]
    }

    /// The elements shown of a container value.
    pub fn items_of(&self, value: &TraceValue) -> &[(TraceValue, EventId)] {
        match value {
            TraceValue::Items {
                items: (start, end),
                ..
            } => &self.items[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// Every event that `roots` depend on by data or control, themselves included: one flag an
    /// event.
    pub fn closure(&self, roots: impl IntoIterator<Item = EventId>) -> Vec<bool> {
        let mut used = vec![false; self.events.len()];
        for root in roots {
            used[root.index()] = true;
        }
        for i in (0..self.events.len()).rev() {
            if used[i] {
                let event = &self.events[i];
                used[event.control.index()] = true;
                for input in self.inputs_of(EventId(i as u32)) {
                    used[input.index()] = true;
                }
            }
        }
        used
    }

    /// Span of an event's node within its module's source, given the module.
    pub fn span(&self, id: EventId, module: &crate::ast::Module) -> Span {
        module.spans[self.event(id).node.node as usize]
    }
}
