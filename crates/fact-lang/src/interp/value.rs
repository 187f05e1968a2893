//! Values and the heap they live in.
//!
//! Scalars are held in place; everything with identity is an index into an arena of the run's
//! [`Heap`], so that cloning is cheap, cycles need no collector, and dropping never recurses. The
//! heap is freed as a whole when the run ends.

use super::error::ExcClass;
use super::iter::IterObj;
use super::native::Native;
use crate::ast::Function;
use crate::tool::BBox;
use crate::trace::EventId;
use indexmap::IndexMap;
use num_bigint::BigInt;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;
use std::rc::Rc;
use std::sync::Arc;

/// Stands for the event of the call in progress; replaced when that event is recorded.
pub(crate) const PENDING: EventId = EventId(u32::MAX);

/// A value with the event it came from.
#[derive(Debug, Clone)]
pub(crate) struct Tv {
    pub(crate) value: Value,
    pub(crate) event: EventId,
}

impl Tv {
    pub(crate) fn new(value: Value, event: EventId) -> Self {
        Self { value, event }
    }

    pub(crate) fn pending(value: Value) -> Self {
        Self::new(value, PENDING)
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    None,
    Ellipsis,
    NotImplemented,
    Bool(bool),
    Int(i64),
    /// Never fits in an `i64`.
    Big(Rc<BigInt>),
    Float(f64),
    Str(Arc<str>),
    List(u32),
    Tuple(u32),
    Dict(u32),
    Set(u32),
    View(ViewKind, u32),
    /// start, stop, step
    Range(Rc<(i64, i64, i64)>),
    /// start, stop, step: never slices themselves, so that dropping does not recurse.
    Slice(Rc<[Value; 3]>),
    Iter(u32),
    /// A closure of the program or a nested one of the pack.
    Func(u32),
    /// A top-level function or method of the pack: index into its definitions.
    PackFn(u32),
    /// A class of the pack.
    PackClass(u32),
    /// A method bound to its receiver.
    Bound(Rc<(Tv, Arc<str>)>),
    Native(&'static Native),
    Type(Type),
    ExcClass(ExcClass),
    Exc(u32),
    Instance(u32),
    Region(u32),
    Detection(u32),
    Module(&'static str),
    /// A `typing` construct; subscripting gives another.
    Typing(Arc<str>),
    Partial(u32),
    /// What a function of `functools.cmp_to_key` gives: index into [`Heap::cmp_keys`].
    CmpKey(u32),
    Pattern(Rc<super::modules::re::Pattern>),
    Match(Rc<super::modules::re::Match>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ViewKind {
    Keys,
    Values,
    Items,
}

/// Types of the language that are values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::enum_variant_names, reason = "the names are Python's")]
pub(crate) enum Type {
    Object,
    Type,
    NoneType,
    Bool,
    Int,
    Float,
    Str,
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
    Range,
    Slice,
    Counter,
    DefaultDict,
    OrderedDict,
    Deque,
    Enumerate,
    Zip,
    Map,
    Filter,
    Reversed,
    Region,
    Detection,
    /// A type that only `type(x)` gives.
    Other(&'static str),
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Type => "type",
            Self::NoneType => "NoneType",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::Range => "range",
            Self::Slice => "slice",
            Self::Counter => "Counter",
            Self::DefaultDict => "defaultdict",
            Self::OrderedDict => "OrderedDict",
            Self::Deque => "deque",
            Self::Enumerate => "enumerate",
            Self::Zip => "zip",
            Self::Map => "map",
            Self::Filter => "filter",
            Self::Reversed => "reversed",
            Self::Region => "Region",
            Self::Detection => "Detection",
            Self::Other(name) => name,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Partial {
    pub(crate) func: Tv,
    pub(crate) args: Vec<Tv>,
    pub(crate) kw: Vec<(Arc<str>, Tv)>,
}

/// A hashable value in canonical form: equal keys are equal in Python (`1 == 1.0 == True`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    None,
    Ellipsis,
    Int(i64),
    Big(Rc<BigInt>),
    /// Bits of a float that is no integer.
    Float(u64),
    Str(Arc<str>),
    Tuple(Rc<[Key]>),
    /// Frozen sets: sorted by construction order, compared as sets elsewhere.
    Identity(u8, u64),
}

type Hasher = BuildHasherDefault<DefaultHasher>;
pub(crate) type DictMap = IndexMap<Key, (Tv, Tv), Hasher>;
pub(crate) type SetMap = IndexMap<Key, Tv, Hasher>;

/// What the trace shows of a container, as long as it is not changed.
pub(crate) type Shown = Option<(u32, u32)>;

/// A list or a tuple.
#[derive(Debug)]
pub(crate) struct Seq {
    pub(crate) items: Vec<Tv>,
    pub(crate) shape: EventId,
    pub(crate) shown: Shown,
}

#[derive(Debug)]
pub(crate) struct DictObj {
    pub(crate) map: DictMap,
    pub(crate) shape: EventId,
    pub(crate) shown: Shown,
    pub(crate) kind: DictKind,
}

#[derive(Debug, Clone)]
pub(crate) enum DictKind {
    Plain,
    Ordered,
    Counter,
    /// The factory.
    Default(Value),
}

#[derive(Debug)]
pub(crate) struct SetObj {
    pub(crate) map: SetMap,
    pub(crate) shape: EventId,
    pub(crate) shown: Shown,
    pub(crate) frozen: bool,
}

#[derive(Debug)]
pub(crate) struct InstanceObj {
    pub(crate) class: u32,
    pub(crate) fields: Vec<(Arc<str>, Tv)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct RegionObj {
    pub(crate) image: u32,
    pub(crate) bbox: BBox,
    /// What was asked for, where it was clipped.
    pub(crate) asked: Option<super::region::Asked>,
}

#[derive(Debug)]
pub(crate) struct DetectionObj {
    pub(crate) region: u32,
    pub(crate) score: f64,
    pub(crate) label: Arc<str>,
    pub(crate) id: Option<Arc<str>>,
    pub(crate) attributes: u32,
}

#[derive(Debug)]
pub(crate) struct ExcObj {
    pub(crate) class: ExcClass,
    pub(crate) args: Vec<Tv>,
    /// Its [`crate::trace::EventKind::Raise`] event, once recorded.
    pub(crate) event: Option<EventId>,
    /// Where in the program it was raised.
    pub(crate) span: Option<crate::ast::Span>,
}

#[derive(Debug)]
pub(crate) struct FuncObj<'a> {
    pub(crate) function: &'a Function,
    pub(crate) cells: Vec<u32>,
    /// One for each parameter that has a default, in order.
    pub(crate) defaults: Vec<Tv>,
    pub(crate) pack: bool,
    /// The closure in which it was defined, for its qualified name.
    pub(crate) outer: Option<u32>,
}

/// What a deque has beyond a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deque {
    /// Its greatest length, if it has one.
    pub(crate) most: Option<usize>,
    /// How often elements came, went or moved, which an iterator must not outlive.
    pub(crate) changes: u64,
}

/// Everything with identity.
#[derive(Debug, Default)]
pub(crate) struct Heap<'a> {
    pub(crate) lists: Vec<Seq>,
    /// Which lists are deques.
    pub(crate) deques: BTreeMap<u32, Deque>,
    pub(crate) tuples: Vec<Seq>,
    pub(crate) dicts: Vec<DictObj>,
    /// Whether any of them is a `defaultdict`.
    pub(crate) defaultdicts: bool,
    pub(crate) sets: Vec<SetObj>,
    pub(crate) iters: Vec<IterObj<'a>>,
    pub(crate) funcs: Vec<FuncObj<'a>>,
    pub(crate) cells: Vec<Option<Tv>>,
    pub(crate) excs: Vec<ExcObj>,
    pub(crate) instances: Vec<InstanceObj>,
    pub(crate) regions: Vec<RegionObj>,
    pub(crate) detections: Vec<DetectionObj>,
    pub(crate) partials: Vec<Partial>,
    /// The comparing function and the value.
    pub(crate) cmp_keys: Vec<(Tv, Tv)>,
}

/// Sizes of the arenas whose objects a call may leave with [`PENDING`] events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    lists: usize,
    tuples: usize,
    dicts: usize,
    sets: usize,
    iters: usize,
}

impl Heap<'_> {
    /// Room for what a usual run makes, so that the arenas do not grow step by step.
    pub(crate) fn with_room() -> Self {
        Self {
            lists: Vec::with_capacity(8),
            dicts: Vec::with_capacity(8),
            iters: Vec::with_capacity(8),
            instances: Vec::with_capacity(16),
            regions: Vec::with_capacity(32),
            detections: Vec::with_capacity(8),
            ..Self::default()
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            lists: self.lists.len(),
            tuples: self.tuples.len(),
            dicts: self.dicts.len(),
            sets: self.sets.len(),
            iters: self.iters.len(),
        }
    }

    /// Gives `event` to everything made since `mark` that waits for it.
    pub(crate) fn settle(&mut self, mark: Mark, event: EventId) {
        let fix = |e: &mut EventId| {
            if *e == PENDING {
                *e = event;
            }
        };
        for seq in self.lists[mark.lists..]
            .iter_mut()
            .chain(&mut self.tuples[mark.tuples..])
        {
            fix(&mut seq.shape);
            seq.items.iter_mut().for_each(|tv| fix(&mut tv.event));
        }
        for dict in &mut self.dicts[mark.dicts..] {
            fix(&mut dict.shape);
            for (key, value) in dict.map.values_mut() {
                fix(&mut key.event);
                fix(&mut value.event);
            }
        }
        for set in &mut self.sets[mark.sets..] {
            fix(&mut set.shape);
            set.map.values_mut().for_each(|tv| fix(&mut tv.event));
        }
        for iter in &mut self.iters[mark.iters..] {
            iter.settle(event);
        }
    }
}

impl Value {
    pub(crate) fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }

    /// Whether it has elements with events of their own.
    pub(crate) fn is_container(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Tuple(_) | Self::Dict(_) | Self::Set(_) | Self::View(..)
        )
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(crate) fn from_big(big: BigInt) -> Self {
        match i64::try_from(&big) {
            Ok(small) => Self::Int(small),
            Err(_) => Self::Big(Rc::new(big)),
        }
    }

    /// As an arbitrary-precision integer, if it is an `int` or a `bool`.
    pub(crate) fn to_big(&self) -> Option<BigInt> {
        match self {
            Self::Bool(b) => Some(BigInt::from(u8::from(*b))),
            Self::Int(i) => Some(BigInt::from(*i)),
            Self::Big(b) => Some((**b).clone()),
            _ => None,
        }
    }

    /// As a small integer, if it is an `int` or a `bool` that fits.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Bool(b) => Some(i64::from(*b)),
            Self::Int(i) => Some(*i),
            _ => None,
        }
    }
}
