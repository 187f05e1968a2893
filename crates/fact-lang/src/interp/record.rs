//! Recording events.

use super::error::{R, Stop};
use super::value::{DictKind, Mark, PENDING, Tv, Value, ViewKind};
use super::{MAX_VALUE_DEPTH, Vm};
use crate::ast::NodeId;
use crate::run::Limit;
use crate::trace::{Event, EventId, EventKind, ITEMS_SHOWN, NodeRef, Object, TraceValue};
use smallvec::{SmallVec, smallvec};
use std::collections::HashSet;

/// What an event depends on: few, nearly always.
pub(crate) type Deps = SmallVec<[EventId; 8]>;

/// How many elements a picture shows of containers nested this deeply.
const SHOWN: [usize; 4] = [ITEMS_SHOWN, 32, 8, 4];

impl Vm<'_> {
    /// Records an event of the code that runs now.
    pub(crate) fn event(
        &mut self,
        kind: EventKind,
        node: NodeId,
        inputs: &[EventId],
        value: &Value,
    ) -> R<EventId> {
        if self.muted {
            return Ok(EventId::START);
        }
        let value = self.picture(value, 0)?;
        self.record(kind, node, inputs, value)
    }

    /// The number of the event that is recorded next.
    pub(crate) fn next_event(&self) -> EventId {
        if self.muted {
            EventId::START
        } else {
            EventId(self.trace.events.len() as u32)
        }
    }

    /// Records an event without a value.
    pub(crate) fn event_bare(
        &mut self,
        kind: EventKind,
        node: NodeId,
        inputs: &[EventId],
    ) -> R<EventId> {
        self.record(kind, node, inputs, TraceValue::None)
    }

    /// Records an event whose value is shown by a type name.
    pub(crate) fn event_other(
        &mut self,
        kind: EventKind,
        node: NodeId,
        inputs: &[EventId],
        name: &str,
    ) -> R<EventId> {
        self.record(kind, node, inputs, TraceValue::Other(name.into()))
    }

    pub(crate) fn record(
        &mut self,
        kind: EventKind,
        node: NodeId,
        inputs: &[EventId],
        value: TraceValue,
    ) -> R<EventId> {
        if self.muted {
            return Ok(EventId::START);
        }
        let id = self.trace.events.len();
        if id as u64 >= self.limits.events
            || (self.trace.inputs.len() + inputs.len()) as u64
                > self.limits.events.saturating_mul(8)
        {
            return Err(Stop::Limit(Limit::Events));
        }
        let start = self.trace.inputs.len() as u32;
        let mut answered =
            matches!(kind, EventKind::ToolCall { .. }) || self.is_answered(self.control);
        for input in inputs {
            // What waits for the event of a native call in progress is an input of that call.
            if *input != PENDING {
                debug_assert!(input.index() < id, "input {input:?} of event {id}");
                self.trace.inputs.push(*input);
                answered |= self.is_answered(*input);
            }
        }
        self.answered.push(answered);
        let end = self.trace.inputs.len() as u32;
        self.trace.events.push(Event {
            kind,
            node: NodeRef {
                pack: self.in_pack,
                node,
            },
            inputs: (start, end),
            control: self.control,
            within: self.within,
            value,
        });
        Ok(EventId(id as u32))
    }

    /// Whether an answer of perception is in the event's closure.
    pub(crate) fn is_answered(&self, event: EventId) -> bool {
        self.answered.get(event.index()).copied().unwrap_or(false)
    }

    /// Records the event of a native call and gives it to everything the call made.
    pub(crate) fn native_event(
        &mut self,
        kind: EventKind,
        node: NodeId,
        mark: Mark,
        inputs: &[EventId],
        value: Value,
    ) -> R<Tv> {
        // The event's number is known before it is recorded, and the picture needs it.
        let event = self.next_event();
        self.heap.settle(mark, event);
        let event = self.event(kind, node, inputs, &value)?;
        Ok(Tv::new(value, event))
    }

    /// Records a change of a container: its new shape.
    pub(crate) fn mutated(&mut self, node: NodeId, container: &Tv, inputs: &[EventId]) -> R<()> {
        let mut all: Deps = smallvec![container.event];
        all.extend(self.shape(&container.value));
        all.extend_from_slice(inputs);
        let value = TraceValue::Items {
            type_name: self.container_name(&container.value),
            len: self.container_len(&container.value) as u32,
            items: (0, 0),
        };
        let event = self.record(EventKind::Mutate, node, &all, value)?;
        self.set_shape(&container.value, event);
        Ok(())
    }

    /// The shape event of a container.
    pub(crate) fn shape(&self, value: &Value) -> Option<EventId> {
        match value {
            Value::List(i) => Some(self.heap.lists[*i as usize].shape),
            Value::Tuple(i) => Some(self.heap.tuples[*i as usize].shape),
            Value::Dict(i) | Value::View(_, i) => Some(self.heap.dicts[*i as usize].shape),
            Value::Set(i) => Some(self.heap.sets[*i as usize].shape),
            _ => None,
        }
    }

    /// Replaces the shape event and forgets what the trace last showed.
    pub(crate) fn set_shape(&mut self, value: &Value, event: EventId) {
        match value {
            Value::List(i) => {
                self.heap.lists[*i as usize].shape = event;
                self.heap.lists[*i as usize].shown = None;
            }
            Value::Dict(i) | Value::View(_, i) => {
                self.heap.dicts[*i as usize].shape = event;
                self.heap.dicts[*i as usize].shown = None;
            }
            Value::Set(i) => {
                self.heap.sets[*i as usize].shape = event;
                self.heap.sets[*i as usize].shown = None;
            }
            _ => {}
        }
    }

    fn container_name(&self, value: &Value) -> &'static str {
        match value {
            Value::List(i) if self.is_deque(*i) => "deque",
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Dict(i) => match self.heap.dicts[*i as usize].kind {
                DictKind::Plain => "dict",
                DictKind::Ordered => "OrderedDict",
                DictKind::Counter => "Counter",
                DictKind::Default(_) => "defaultdict",
            },
            Value::Set(_) => "set",
            Value::View(ViewKind::Keys, _) => "dict_keys",
            Value::View(ViewKind::Values, _) => "dict_values",
            Value::View(ViewKind::Items, _) => "dict_items",
            _ => "object",
        }
    }

    fn container_len(&self, value: &Value) -> usize {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].items.len(),
            Value::Tuple(i) => self.heap.tuples[*i as usize].items.len(),
            Value::Dict(i) | Value::View(_, i) => self.heap.dicts[*i as usize].map.len(),
            Value::Set(i) => self.heap.sets[*i as usize].map.len(),
            _ => 0,
        }
    }

    /// What the truth of a value depends on.
    pub(crate) fn truth_inputs(&self, tv: &Tv) -> Deps {
        let mut inputs: Deps = smallvec![tv.event];
        inputs.extend(self.shape(&tv.value).filter(|s| *s != tv.event));
        inputs
    }

    /// What decides over which entry of a dict or element of a set a key stands for.
    pub(crate) fn key_events(&mut self, key: &Tv) -> R<Deps> {
        let mut inputs = Deps::new();
        self.deep(key, &mut inputs)?;
        Ok(inputs)
    }

    /// What a use of the whole value depends on: its shape and every element, recursively.
    pub(crate) fn deep(&mut self, tv: &Tv, into: &mut Deps) -> R<()> {
        into.push(tv.event);
        // Nobody asks what a run without trace depends on.
        if self.untraced || !tv.value.is_container() {
            return Ok(());
        }
        let start = into.len();
        let mut seen: HashSet<(u8, u32)> = HashSet::new();
        let mut todo = vec![tv.value.clone()];
        while let Some(value) = todo.pop() {
            let (tag, index) = match value {
                Value::List(i) => (0, i),
                Value::Tuple(i) => (1, i),
                Value::Dict(i) | Value::View(_, i) => (2, i),
                Value::Set(i) => (3, i),
                _ => continue,
            };
            if !seen.insert((tag, index)) {
                continue;
            }
            self.work(self.container_len(&value))?;
            into.extend(self.shape(&value));
            let mut visit = |tv: &Tv| {
                into.push(tv.event);
                if matches!(
                    tv.value,
                    Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_)
                ) {
                    todo.push(tv.value.clone());
                }
            };
            match value {
                Value::List(i) => self.heap.lists[i as usize].items.iter().for_each(visit),
                Value::Tuple(i) => self.heap.tuples[i as usize].items.iter().for_each(visit),
                Value::Dict(i) | Value::View(_, i) => {
                    for (key, value) in self.heap.dicts[i as usize].map.values() {
                        visit(key);
                        visit(value);
                    }
                }
                Value::Set(i) => self.heap.sets[i as usize].map.values().for_each(visit),
                _ => {}
            }
        }
        into[start..].sort_unstable();
        let mut last = None;
        let mut kept = start;
        for i in start..into.len() {
            if Some(into[i]) != last {
                last = Some(into[i]);
                into[kept] = into[i];
                kept += 1;
            }
        }
        into.truncate(kept);
        Ok(())
    }

    /// Adds to what the native call in progress depends on.
    pub(crate) fn dep(&mut self, event: EventId) {
        if event != super::value::PENDING {
            self.deps.push(event);
        }
    }

    /// Adds the whole of a value.
    pub(crate) fn dep_deep(&mut self, tv: &Tv) -> R<()> {
        if !tv.value.is_container() {
            self.dep(tv.event);
            return Ok(());
        }
        let mut all = Deps::new();
        self.deep(tv, &mut all)?;
        for event in all {
            self.dep(event);
        }
        Ok(())
    }

    /// Adds what a key consists of.
    pub(crate) fn dep_key(&mut self, key: &Tv) -> R<()> {
        match key.value {
            Value::Tuple(_) | Value::Set(_) => self.dep_deep(key),
            _ => Ok(()),
        }
    }

    /// Adds a container's shape.
    pub(crate) fn dep_shape(&mut self, value: &Value) {
        if let Some(shape) = self.shape(value) {
            self.dep(shape);
        }
    }

    /// A compact picture of a value.
    pub(crate) fn picture(&mut self, value: &Value, depth: u32) -> R<TraceValue> {
        Ok(match value {
            Value::None => TraceValue::None,
            Value::Bool(b) => TraceValue::Bool(*b),
            Value::Int(i) => TraceValue::Int(*i),
            Value::Big(b) if b.bits() < 4_000 => TraceValue::BigInt(b.to_string().into()),
            Value::Float(f) => TraceValue::Float(*f),
            Value::Str(s) => TraceValue::Str(s.clone()),
            Value::Instance(i) => TraceValue::Object(*i),
            Value::Region(i) => self.region_picture(*i),
            Value::Detection(i) => self.region_picture(self.heap.detections[*i as usize].region),
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_) => {
                self.items_picture(value, depth)?
            }
            Value::View(..) => TraceValue::Items {
                type_name: self.container_name(value),
                len: self.container_len(value) as u32,
                items: (0, 0),
            },
            other => TraceValue::Other(self.type_name(other)),
        })
    }

    fn region_picture(&self, region: u32) -> TraceValue {
        let region = self.heap.regions[region as usize];
        TraceValue::Region {
            image: region.image,
            bbox: region.bbox.into(),
        }
    }

    fn items_picture(&mut self, value: &Value, depth: u32) -> R<TraceValue> {
        let type_name = self.container_name(value);
        let len = self.container_len(value);
        let shown = match value {
            Value::List(i) => self.heap.lists[*i as usize].shown,
            Value::Tuple(i) => self.heap.tuples[*i as usize].shown,
            Value::Dict(i) => self.heap.dicts[*i as usize].shown,
            Value::Set(i) => self.heap.sets[*i as usize].shown,
            _ => None,
        };
        let items = match shown {
            Some(items) => items,
            None if len == 0 || depth as usize >= SHOWN.len() => (0, 0),
            None => {
                let most = SHOWN[depth as usize];
                let elements: Vec<Tv> = match value {
                    Value::List(i) => head(self.heap.lists[*i as usize].items.iter(), most),
                    Value::Tuple(i) => head(self.heap.tuples[*i as usize].items.iter(), most),
                    Value::Dict(i) => head(
                        self.heap.dicts[*i as usize].map.values().map(|(k, _)| k),
                        most,
                    ),
                    Value::Set(i) => head(self.heap.sets[*i as usize].map.values(), most),
                    _ => Vec::new(),
                };
                self.work(elements.len() / 8)?;
                self.charge(elements.len() * size_of::<(TraceValue, EventId)>())?;
                let mut pictures = Vec::with_capacity(elements.len());
                for element in elements {
                    let picture = self.picture(&element.value, depth + 1)?;
                    pictures.push((picture, element.event));
                }
                let start = self.trace.items.len() as u32;
                self.trace.items.extend(pictures);
                let items = (start, self.trace.items.len() as u32);
                if depth == 0 {
                    self.set_shown(value, items);
                }
                items
            }
        };
        Ok(TraceValue::Items {
            type_name,
            len: len as u32,
            items,
        })
    }

    fn set_shown(&mut self, value: &Value, items: (u32, u32)) {
        match value {
            Value::List(i) => self.heap.lists[*i as usize].shown = Some(items),
            Value::Tuple(i) => self.heap.tuples[*i as usize].shown = Some(items),
            Value::Dict(i) => self.heap.dicts[*i as usize].shown = Some(items),
            Value::Set(i) => self.heap.sets[*i as usize].shown = Some(items),
            _ => {}
        }
    }

    /// The instances of pack classes as they are at the end.
    pub(crate) fn record_objects(&mut self) {
        for i in 0..self.heap.instances.len() {
            let class = self.heap.instances[i].class;
            // Nothing reads them any more.
            let fields = std::mem::take(&mut self.heap.instances[i].fields);
            let fields = fields
                .into_iter()
                .map(|(name, tv)| {
                    // The end of a run is not stopped by its limits.
                    let picture = self
                        .picture(&tv.value, 0)
                        .unwrap_or_else(|_| TraceValue::Other("list".into()));
                    (name, picture, tv.event)
                })
                .collect();
            self.trace.objects.push(Object { class, fields });
        }
    }

    /// Runs `f` one level deeper into a value.
    pub(crate) fn nested<T>(&mut self, message: &str, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        if self.value_depth >= MAX_VALUE_DEPTH {
            return Err(self.recursion_error(message));
        }
        self.value_depth += 1;
        let result = f(self);
        self.value_depth -= 1;
        result
    }
}

fn head<'t>(items: impl Iterator<Item = &'t Tv>, most: usize) -> Vec<Tv> {
    items.take(most).cloned().collect()
}
