//! Iterators.

use super::Vm;
use super::call::Args;
use super::comp::GenState;
use super::error::{ExcClass, R};
use super::record::Deps;
use super::value::{PENDING, Tv, Value, ViewKind};
use crate::ast::NodeId;
use crate::trace::{EventId, EventKind};

/// An iterator: where it is in what it iterates.
#[derive(Debug)]
pub(crate) struct IterObj<'a> {
    pub(crate) kind: IterKind<'a>,
    /// The event that made it; what it makes itself depends on it.
    pub(crate) event: EventId,
    /// What has decided so far which elements there are, beyond the shape of the source.
    pub(super) shape: Deps,
    /// Whether the program holds it, so that others may go on where one stops.
    pub(super) shared: bool,
}

#[derive(Debug)]
pub(crate) enum IterKind<'a> {
    /// List and position; `None` when exhausted.
    List(u32, Option<usize>),
    /// List, position, changes at the start.
    Deque(u32, usize, u64),
    ReversedList(u32, Option<usize>),
    Tuple(u32, usize),
    /// Text, byte position, the text's event.
    Str(std::sync::Arc<str>, usize, EventId),
    Range(i64, i64, i64),
    /// View, dict, position, length at the start.
    Dict(ViewKind, u32, usize, usize),
    Set(u32, usize, usize),
    /// Precomputed elements.
    Items(std::vec::IntoIter<Tv>),
    Enumerate(u32, Value),
    /// `iter(function, sentinel)`
    Until(Tv, Value),
    Zip(Vec<u32>, bool),
    Map(Tv, Vec<u32>),
    StarMap(Tv, u32),
    /// `itertools.groupby`
    Groups(Box<super::groups::Groups>),
    /// The `groupby`, the key, which of its groups this is.
    Group(u32, Tv, u64),
    /// Predicate, source, what the predicate is of the elements that stay.
    Filter(Tv, u32, bool),
    Chain(std::collections::VecDeque<Tv>, Option<u32>),
    Slice {
        source: u32,
        skip: u64,
        step: u64,
        left: Option<u64>,
    },
    TakeWhile(Tv, u32, bool),
    DropWhile(Tv, u32, bool),
    Count(Value, Value),
    Cycle(Vec<Tv>, usize),
    Repeat(Tv, Option<u64>),
    Generator(Option<Box<GenState<'a>>>),
    Accumulate(Option<Tv>, u32, Option<Tv>),
}

impl<'a> IterObj<'a> {
    pub(crate) fn new(kind: IterKind<'a>, event: EventId) -> Self {
        Self {
            kind,
            event,
            shape: Deps::new(),
            shared: false,
        }
    }

    /// With events that decided over the elements.
    pub(crate) fn with_shape(kind: IterKind<'a>, event: EventId, shape: impl Into<Deps>) -> Self {
        Self {
            kind,
            event,
            shape: shape.into(),
            shared: false,
        }
    }

    /// Notes that `by` decided over the elements, or how far the iterator is.
    pub(crate) fn decided(&mut self, by: EventId) {
        if self.shape.last() != Some(&by) {
            self.shape.push(by);
        }
    }

    pub(crate) fn settle(&mut self, event: EventId) {
        if self.event == PENDING {
            self.event = event;
        }
        let fix = |tv: &mut Tv| {
            if tv.event == PENDING {
                tv.event = event;
            }
        };
        match &mut self.kind {
            IterKind::Items(items) => items.as_mut_slice().iter_mut().for_each(fix),
            IterKind::Cycle(items, _) => items.iter_mut().for_each(fix),
            IterKind::Repeat(tv, _) => fix(tv),
            _ => {}
        }
    }
}

impl<'a> Vm<'a> {
    pub(crate) fn iterator(&mut self, obj: IterObj<'a>) -> R<Value> {
        self.charge(size_of::<IterObj<'_>>())?;
        self.heap.iters.push(obj);
        Ok(Value::Iter(self.heap.iters.len() as u32 - 1))
    }

    pub(crate) fn is_iterable(&self, value: &Value) -> bool {
        matches!(
            value,
            Value::Str(_)
                | Value::List(_)
                | Value::Tuple(_)
                | Value::Dict(_)
                | Value::Set(_)
                | Value::View(..)
                | Value::Range(_)
                | Value::Iter(_)
        )
    }

    /// `iter(source)`, as an index into the heap's iterators.
    pub(crate) fn iterate(&mut self, source: &Tv, node: NodeId) -> R<u32> {
        let _ = node;
        let kind = match &source.value {
            Value::Iter(i) => {
                self.heap.iters[*i as usize].shared = true;
                return Ok(*i);
            }
            Value::List(i) if self.is_deque(*i) => {
                IterKind::Deque(*i, 0, self.heap.deques.get(i).map_or(0, |d| d.changes))
            }
            Value::List(i) => IterKind::List(*i, Some(0)),
            Value::Tuple(i) => IterKind::Tuple(*i, 0),
            Value::Str(s) => IterKind::Str(s.clone(), 0, source.event),
            Value::Range(r) => IterKind::Range(r.0, r.1, r.2),
            Value::Dict(i) => {
                let len = self.heap.dicts[*i as usize].map.len();
                IterKind::Dict(ViewKind::Keys, *i, 0, len)
            }
            Value::View(view, i) => {
                let len = self.heap.dicts[*i as usize].map.len();
                IterKind::Dict(*view, *i, 0, len)
            }
            Value::Set(i) => {
                let len = self.heap.sets[*i as usize].map.len();
                IterKind::Set(*i, 0, len)
            }
            other => {
                let message = format!("'{}' object is not iterable", self.type_name(other));
                return Err(self.type_error(message));
            }
        };
        match self.iterator(IterObj::new(kind, source.event))? {
            Value::Iter(i) => Ok(i),
            _ => Ok(0),
        }
    }

    /// The next element, or `None` at the end.
    pub(crate) fn iter_next(&mut self, iterator: u32, node: NodeId) -> R<Option<Tv>> {
        let obj = &mut self.heap.iters[iterator as usize];
        let event = obj.event;
        if obj.shared && self.control != EventId::START {
            obj.decided(self.control);
        }
        match &mut obj.kind {
            IterKind::List(i, at) => {
                let Some(pos) = *at else { return Ok(None) };
                let next = self.heap.lists[*i as usize].items.get(pos).cloned();
                *at = next.is_some().then_some(pos + 1);
                return Ok(next);
            }
            IterKind::Deque(i, at, changes) => {
                let items = &self.heap.lists[*i as usize].items;
                if self.heap.deques.get(i).map(|d| d.changes) != Some(*changes) {
                    return Err(
                        self.raise(ExcClass::RuntimeError, "deque mutated during iteration")
                    );
                }
                let next = items.get(*at).cloned();
                *at += 1;
                return Ok(next);
            }
            IterKind::ReversedList(i, at) => {
                let Some(pos) = *at else { return Ok(None) };
                let next = self.heap.lists[*i as usize].items.get(pos).cloned();
                *at = pos.checked_sub(1).filter(|_| next.is_some());
                return Ok(next);
            }
            IterKind::Tuple(i, at) => {
                let next = self.heap.tuples[*i as usize].items.get(*at).cloned();
                *at += 1;
                return Ok(next);
            }
            IterKind::Str(text, at, event) => {
                let Some(c) = text[*at..].chars().next() else {
                    return Ok(None);
                };
                let start = *at;
                *at += c.len_utf8();
                let piece: std::sync::Arc<str> = text[start..*at].into();
                let event = *event;
                self.charge(24)?;
                return Ok(Some(Tv::new(Value::Str(piece), event)));
            }
            IterKind::Range(at, stop, step) => {
                let more = if *step > 0 { *at < *stop } else { *at > *stop };
                if !more {
                    return Ok(None);
                }
                let value = *at;
                *at = at.saturating_add(*step);
                // A range that ends at the largest integers must still end.
                if *at == value {
                    *stop = *at;
                }
                return Ok(Some(Tv::new(Value::Int(value), event)));
            }
            IterKind::Items(items) => return Ok(items.next()),
            IterKind::Repeat(tv, left) => {
                if let Some(left) = left {
                    if *left == 0 {
                        return Ok(None);
                    }
                    *left -= 1;
                }
                let tv = tv.clone();
                self.step()?;
                return Ok(Some(tv));
            }
            IterKind::Cycle(items, at) => {
                if items.is_empty() {
                    return Ok(None);
                }
                let tv = items[*at % items.len()].clone();
                *at = (*at + 1) % items.len();
                self.step()?;
                return Ok(Some(tv));
            }
            IterKind::Dict(..) => return self.next_of_dict(iterator),
            IterKind::Set(i, at, len) => {
                let set = &self.heap.sets[*i as usize];
                if set.map.len() != *len {
                    return Err(
                        self.raise(ExcClass::RuntimeError, "Set changed size during iteration")
                    );
                }
                let next = set.map.get_index(*at).map(|(_, tv)| tv.clone());
                *at += 1;
                return Ok(next);
            }
            _ => {}
        }
        self.enter()?;
        self.step()?;
        let next = self.next_lazy(iterator, event, node);
        self.leave();
        next
    }

    fn next_of_dict(&mut self, iterator: u32) -> R<Option<Tv>> {
        let obj = &mut self.heap.iters[iterator as usize];
        let event = obj.event;
        let IterKind::Dict(view, i, at, len) = &mut obj.kind else {
            return Ok(None);
        };
        let dict = &self.heap.dicts[*i as usize];
        if dict.map.len() != *len {
            return Err(self.raise(
                ExcClass::RuntimeError,
                "dictionary changed size during iteration",
            ));
        }
        let Some((key, value)) = dict.map.get_index(*at).map(|(_, e)| e.clone()) else {
            return Ok(None);
        };
        *at += 1;
        match view {
            ViewKind::Keys => Ok(Some(key)),
            ViewKind::Values => Ok(Some(value)),
            ViewKind::Items => {
                let pair = self.tuple(vec![key, value], event)?;
                Ok(Some(Tv::new(pair, event)))
            }
        }
    }

    fn next_lazy(&mut self, iterator: u32, event: EventId, node: NodeId) -> R<Option<Tv>> {
        match &self.heap.iters[iterator as usize].kind {
            IterKind::Generator(_) => self.next_of_generator(iterator),
            IterKind::Enumerate(source, at) => {
                let (source, at) = (*source, at.clone());
                let Some(item) = self.iter_next(source, node)? else {
                    return Ok(None);
                };
                let next = self.binary(crate::ast::BinaryOp::Add, &at, &Value::Int(1))?;
                if let IterKind::Enumerate(_, at) = &mut self.heap.iters[iterator as usize].kind {
                    *at = next;
                }
                let of = item.event;
                let pair = vec![Tv::new(at, event), item];
                let pair = self.tuple(pair, event)?;
                Ok(Some(Tv::new(pair, of)))
            }
            IterKind::Until(func, sentinel) => {
                let (func, sentinel) = (func.clone(), sentinel.clone());
                let item = self.call(&func, Args::default(), node)?;
                self.heap.iters[iterator as usize].shape.push(item.event);
                let done = self.eq(&item.value, &sentinel)?;
                Ok((!done).then_some(item))
            }
            IterKind::Zip(sources, strict) => {
                let (sources, strict) = (sources.clone(), *strict);
                self.next_of_zip(&sources, strict, event, node)
            }
            IterKind::Map(func, sources) => {
                let (func, sources) = (func.clone(), sources.clone());
                let mut args = Vec::with_capacity(sources.len());
                for source in sources {
                    match self.iter_next(source, node)? {
                        Some(item) => args.push(item),
                        None => return Ok(None),
                    }
                }
                self.call(&func, Args::of(args), node).map(Some)
            }
            IterKind::StarMap(func, source) => {
                let (func, source) = (func.clone(), *source);
                let Some(row) = self.iter_next(source, node)? else {
                    return Ok(None);
                };
                let args = self.spread(&row, node)?;
                self.call(&func, Args::of(args), node).map(Some)
            }
            IterKind::Groups(_) => self.next_of_groups(iterator, event, node),
            IterKind::Group(groups, target, at) => {
                let (groups, target, at) = (*groups, target.clone(), *at);
                self.next_of_group(groups, &target, at, node)
            }
            IterKind::Filter(func, source, stay) => {
                let (func, source, stay) = (func.clone(), *source, *stay);
                while let Some(item) = self.iter_next(source, node)? {
                    self.step()?;
                    if self.decide(iterator, &func, &item, node)? == stay {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            IterKind::TakeWhile(func, source, done) => {
                let (func, source, done) = (func.clone(), *source, *done);
                if done {
                    return Ok(None);
                }
                let Some(item) = self.iter_next(source, node)? else {
                    return Ok(None);
                };
                if self.decide(iterator, &func, &item, node)? {
                    return Ok(Some(item));
                }
                if let IterKind::TakeWhile(_, _, done) =
                    &mut self.heap.iters[iterator as usize].kind
                {
                    *done = true;
                }
                Ok(None)
            }
            IterKind::DropWhile(func, source, started) => {
                let (func, source, started) = (func.clone(), *source, *started);
                while let Some(item) = self.iter_next(source, node)? {
                    self.step()?;
                    if started || !self.decide(iterator, &func, &item, node)? {
                        if let IterKind::DropWhile(_, _, started) =
                            &mut self.heap.iters[iterator as usize].kind
                        {
                            *started = true;
                        }
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            IterKind::Chain(..) => self.next_of_chain(iterator, node),
            IterKind::Slice { .. } => self.next_of_slice(iterator, node),
            IterKind::Count(value, step) => {
                let (value, step) = (value.clone(), step.clone());
                let next = self.binary(crate::ast::BinaryOp::Add, &value, &step)?;
                if let IterKind::Count(value, _) = &mut self.heap.iters[iterator as usize].kind {
                    *value = next;
                }
                Ok(Some(Tv::new(value, event)))
            }
            IterKind::Accumulate(func, source, total) => {
                let (func, source, total) = (func.clone(), *source, total.clone());
                let Some(item) = self.iter_next(source, node)? else {
                    return Ok(None);
                };
                let next = match (total, func) {
                    (None, _) => item,
                    (Some(total), Some(func)) => {
                        self.call(&func, Args::of(vec![total, item]), node)?
                    }
                    (Some(total), None) => {
                        self.operator(&total, &item, crate::ast::BinaryOp::Add, false, node)?
                    }
                };
                if let IterKind::Accumulate(_, _, total) =
                    &mut self.heap.iters[iterator as usize].kind
                {
                    *total = Some(next.clone());
                }
                Ok(Some(next))
            }
            _ => Ok(None),
        }
    }

    fn next_of_generator(&mut self, iterator: u32) -> R<Option<Tv>> {
        let kind = &mut self.heap.iters[iterator as usize].kind;
        let IterKind::Generator(slot) = kind else {
            return Ok(None);
        };
        let Some(mut state) = slot.take() else {
            return Err(self.value_error("generator already executing"));
        };
        self.lazily += 1;
        let mut result = self.generate(&mut state);
        if let Err(super::error::Stop::Raise(exc)) = result
            && self.heap.excs[exc as usize].class == ExcClass::StopIteration
        {
            result = Err(self.raise(ExcClass::RuntimeError, "generator raised StopIteration"));
        }
        if let IterKind::Generator(slot) = &mut self.heap.iters[iterator as usize].kind {
            *slot = Some(state);
        }
        Ok(result?.map(|(element, _)| element))
    }

    fn next_of_zip(
        &mut self,
        sources: &[u32],
        strict: bool,
        event: EventId,
        node: NodeId,
    ) -> R<Option<Tv>> {
        if sources.is_empty() {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(sources.len());
        for (i, source) in sources.iter().enumerate() {
            match self.iter_next(*source, node)? {
                Some(item) => items.push(item),
                None if strict && i > 0 => {
                    let message = format!("zip() argument {} is shorter than argument {i}", i + 1);
                    return Err(self.value_error(message));
                }
                None => {
                    if strict {
                        for (j, other) in sources.iter().enumerate().skip(1) {
                            if self.iter_next(*other, node)?.is_some() {
                                let message =
                                    format!("zip() argument {} is longer than argument {j}", j + 1);
                                return Err(self.value_error(message));
                            }
                        }
                    }
                    return Ok(None);
                }
            }
        }
        let of = items.first().map_or(event, |tv| tv.event);
        let tuple = self.tuple(items, event)?;
        Ok(Some(Tv::new(tuple, of)))
    }

    fn next_of_chain(&mut self, iterator: u32, node: NodeId) -> R<Option<Tv>> {
        loop {
            self.step()?;
            let IterKind::Chain(rest, current) = &mut self.heap.iters[iterator as usize].kind
            else {
                return Ok(None);
            };
            if let Some(source) = *current {
                if let Some(item) = self.iter_next(source, node)? {
                    return Ok(Some(item));
                }
                let mut shape = Deps::new();
                self.iter_shape(source, &mut shape);
                self.heap.iters[iterator as usize].shape.extend(shape);
                if let IterKind::Chain(_, current) = &mut self.heap.iters[iterator as usize].kind {
                    *current = None;
                }
                continue;
            }
            let Some(source) = rest.pop_front() else {
                return Ok(None);
            };
            let source = self.iterate(&source, node)?;
            if let IterKind::Chain(_, current) = &mut self.heap.iters[iterator as usize].kind {
                *current = Some(source);
            }
        }
    }

    fn next_of_slice(&mut self, iterator: u32, node: NodeId) -> R<Option<Tv>> {
        let IterKind::Slice {
            source,
            skip,
            step,
            left,
        } = &mut self.heap.iters[iterator as usize].kind
        else {
            return Ok(None);
        };
        let (source, to_skip) = (*source, *skip);
        // `left` counts elements of the source.
        if left.is_some_and(|left| left <= to_skip) {
            *left = Some(0);
            return Ok(None);
        }
        if let Some(left) = left {
            *left -= to_skip + 1;
        }
        *skip = *step - 1;
        for _ in 0..to_skip {
            self.step()?;
            if self.iter_next(source, node)?.is_none() {
                return Ok(None);
            }
        }
        self.iter_next(source, node)
    }

    /// Asks a predicate about an element: a branch that decides over the iterator's elements.
    fn decide(&mut self, iterator: u32, func: &Tv, item: &Tv, node: NodeId) -> R<bool> {
        let tested = match func.value {
            Value::None => item.clone(),
            _ => self.call(func, Args::of(vec![item.clone()]), node)?,
        };
        let taken = self.truth(&tested.value)?;
        let inputs = self.truth_inputs(&tested);
        let value = Value::Bool(taken);
        let branch = self.event(EventKind::Branch { taken }, node, &inputs, &value)?;
        self.moved(iterator, branch);
        Ok(taken)
    }

    /// All elements of an iterable, and what decided over which there are.
    pub(crate) fn collect(&mut self, source: &Tv, node: NodeId) -> R<(Vec<Tv>, Deps)> {
        let iterator = self.iterate(source, node)?;
        let mut items = Vec::new();
        while let Some(item) = self.iter_next(iterator, node)? {
            self.step()?;
            self.charge(size_of::<Tv>())?;
            items.push(item);
        }
        let mut shape = Deps::new();
        self.iter_shape(iterator, &mut shape);
        Ok((items, shape))
    }

    /// [`Vm::collect`] for a native call: the shape becomes a dependence of its result.
    pub(crate) fn collect_dep(&mut self, source: &Tv, node: NodeId) -> R<Vec<Tv>> {
        let (items, shape) = self.collect(source, node)?;
        for event in shape {
            self.dep(event);
        }
        Ok(items)
    }
}
