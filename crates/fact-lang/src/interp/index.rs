//! Subscripts and the making of containers.

use super::Vm;
use super::error::{ExcClass, R};
use super::record::Deps;
use super::value::{DictKind, DictMap, DictObj, PENDING, Seq, SetMap, SetObj, Tv, Value};
use crate::ast::NodeId;
use crate::pytext::slice::{self, Indices};
use crate::trace::{EventId, EventKind};
use num_traits::Signed;

/// Number of elements of a range.
pub(crate) fn range_len(r: &(i64, i64, i64)) -> u64 {
    let (start, stop, step) = (i128::from(r.0), i128::from(r.1), i128::from(r.2));
    let n = if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && start > stop {
        (start - stop - 1) / -step + 1
    } else {
        0
    };
    u64::try_from(n).unwrap_or(u64::MAX)
}

impl<'a> Vm<'a> {
    pub(crate) fn list(&mut self, items: Vec<Tv>, shape: EventId) -> R<Value> {
        self.charge(size_of::<Seq>() + items.len() * size_of::<Tv>())?;
        self.heap.lists.push(Seq {
            items,
            shape,
            shown: None,
        });
        Ok(Value::List(self.heap.lists.len() as u32 - 1))
    }

    pub(crate) fn tuple(&mut self, items: Vec<Tv>, shape: EventId) -> R<Value> {
        self.charge(size_of::<Seq>() + items.len() * size_of::<Tv>())?;
        self.heap.tuples.push(Seq {
            items,
            shape,
            shown: None,
        });
        Ok(Value::Tuple(self.heap.tuples.len() as u32 - 1))
    }

    pub(crate) fn dict(&mut self, entries: Vec<(Tv, Tv)>, shape: EventId) -> R<Value> {
        let mut map = DictMap::with_capacity_and_hasher(entries.len(), Default::default());
        for (key, value) in entries {
            self.insert(&mut map, key, value)?;
        }
        self.dict_of(map, DictKind::Plain, shape)
    }

    /// Stores an entry; an equal key stays as it was.
    pub(crate) fn insert(&mut self, map: &mut DictMap, key: Tv, value: Tv) -> R<()> {
        let hashed = self.key(&key.value)?;
        self.charge(128)?;
        match map.get_mut(&hashed) {
            Some(entry) => entry.1 = value,
            None => {
                map.insert(hashed, (key, value));
            }
        }
        Ok(())
    }

    pub(crate) fn dict_of(&mut self, map: DictMap, kind: DictKind, shape: EventId) -> R<Value> {
        self.charge(size_of::<DictObj>() + map.len() * 16)?;
        self.heap.defaultdicts |= matches!(kind, DictKind::Default(_));
        self.heap.dicts.push(DictObj {
            map,
            shape,
            shown: None,
            kind,
        });
        Ok(Value::Dict(self.heap.dicts.len() as u32 - 1))
    }

    pub(crate) fn set(&mut self, items: Vec<Tv>, shape: EventId) -> R<Value> {
        let mut map = SetMap::default();
        for item in items {
            let key = self.key(&item.value)?;
            self.charge(96)?;
            map.entry(key).or_insert(item);
        }
        self.set_of(map, false, shape)
    }

    pub(crate) fn set_of(&mut self, map: SetMap, frozen: bool, shape: EventId) -> R<Value> {
        self.charge(size_of::<SetObj>() + map.len() * 16)?;
        self.heap.sets.push(SetObj {
            map,
            shape,
            shown: None,
            frozen,
        });
        Ok(Value::Set(self.heap.sets.len() as u32 - 1))
    }

    /// `container[index]`
    pub(crate) fn subscript(&mut self, container: &Tv, index: &Tv, node: NodeId) -> R<Tv> {
        let mut inputs = Deps::new();
        let mark = self.heap.mark();
        self.check_deque_index(container, index)?;
        let value = match (&container.value, &index.value) {
            (Value::Dict(i), key) => {
                let hashed = self.key(key)?;
                let found = self.heap.dicts[*i as usize].map.get(&hashed).cloned();
                match found {
                    Some((_, tv)) => {
                        inputs.push(tv.event);
                        tv.value
                    }
                    None => return self.missing(container, index, node),
                }
            }
            (Value::List(_) | Value::Tuple(_), Value::Slice(_)) => {
                let (at, len) = self.slice_of(&container.value, &index.value)?;
                let _ = len;
                self.work(at.count)?;
                self.charge(at.count * size_of::<Tv>())?;
                let list = matches!(container.value, Value::List(_));
                let source = self.items(&container.value);
                let items: Vec<Tv> = at.iter().map(|i| source[i].clone()).collect();
                if list {
                    self.list(items, PENDING)?
                } else {
                    self.tuple(items, PENDING)?
                }
            }
            (Value::List(_) | Value::Tuple(_), at) => {
                let name = match container.value {
                    Value::List(i) if self.is_deque(i) => "deque",
                    Value::List(_) => "list",
                    _ => "tuple",
                };
                let len = self.items(&container.value).len();
                let at = self.index_of(at, len, name, "indices", "index out of range")?;
                let tv = self.items(&container.value)[at].clone();
                inputs.push(tv.event);
                tv.value
            }
            (Value::Str(text), Value::Slice(_)) => {
                let text = text.clone();
                let (at, _) = self.slice_of(&container.value, &index.value)?;
                self.work(text.len() / 16)?;
                let piece = slice::slice_str(&text, at);
                self.string(piece)?
            }
            (Value::Str(text), at) => {
                let text = text.clone();
                self.work(text.len() / 64)?;
                let len = crate::pytext::len(&text);
                let at = match at.as_int() {
                    Some(_) => self.index_of(at, len, "string", "indices", "index out of range")?,
                    None if matches!(at, Value::Big(_)) => {
                        return Err(
                            self.index_error("cannot fit 'int' into an index-sized integer")
                        );
                    }
                    None => {
                        let message = format!(
                            "string indices must be integers, not '{}'",
                            self.type_name(at)
                        );
                        return Err(self.type_error(message));
                    }
                };
                let c: String = text.chars().skip(at).take(1).collect();
                self.string(c)?
            }
            (Value::Range(r), Value::Slice(_)) => {
                let r = r.clone();
                let (at, _) = self.slice_of(&container.value, &index.value)?;
                let start = r.0.saturating_add(at.start.saturating_mul(r.2));
                let step = r.2.saturating_mul(at.step);
                let stop = start.saturating_add(step.saturating_mul(at.count as i64));
                Value::Range(std::rc::Rc::new((start, stop, step)))
            }
            (Value::Range(r), at) => {
                let r = r.clone();
                let len = range_len(&r) as usize;
                let message = "range object index out of range";
                let at = self.index_of(at, len, "range", "indices", message)?;
                Value::Int(r.0.saturating_add((at as i64).saturating_mul(r.2)))
            }
            (Value::Match(m), _) => {
                let m = m.clone();
                return self.match_group(&m, container, index, node);
            }
            // `List[int]`, `list[int]`
            (Value::Typing(name), _) => Value::Typing(name.clone()),
            (Value::Type(ty), _) => Value::Typing(ty.name().into()),
            (other, _) => {
                let name = self.type_name(other);
                let message = match other {
                    Value::PackClass(_) => {
                        let name = self.repr(other)?;
                        format!("type {name} is not subscriptable")
                    }
                    _ => format!("'{name}' object is not subscriptable"),
                };
                return Err(self.type_error(message));
            }
        };
        match &index.value {
            Value::Tuple(_) => self.deep(index, &mut inputs)?,
            _ => inputs.push(index.event),
        }
        inputs.extend(self.shape(&container.value));
        inputs.push(container.event);
        self.native_event(EventKind::Subscript, node, mark, &inputs, value)
    }

    /// Deques have no slices.
    fn check_deque_index(&mut self, container: &Tv, index: &Tv) -> R<()> {
        if let Value::List(i) = container.value
            && self.is_deque(i)
            && index.value.as_int().is_none()
            && !matches!(index.value, Value::Big(_))
        {
            let name = self.type_name(&index.value);
            let message = format!("sequence index must be integer, not '{name}'");
            return Err(self.type_error(message));
        }
        Ok(())
    }

    /// Elements of a list or tuple.
    pub(crate) fn items(&self, value: &Value) -> &[Tv] {
        match value {
            Value::List(i) => &self.heap.lists[*i as usize].items,
            Value::Tuple(i) => &self.heap.tuples[*i as usize].items,
            _ => &[],
        }
    }

    /// A key that a dict does not have.
    fn missing(&mut self, container: &Tv, index: &Tv, node: NodeId) -> R<Tv> {
        let Value::Dict(i) = container.value else {
            return Err(self.key_error(index.value.clone()));
        };
        match self.heap.dicts[i as usize].kind.clone() {
            DictKind::Default(factory) if !factory.is_none() => {
                let factory = Tv::new(factory, container.event);
                let tv = self.call(&factory, super::call::Args::default(), node)?;
                self.store_subscript(container, index, tv.clone(), node)?;
                let mut inputs = vec![tv.event, index.event];
                inputs.extend(self.shape(&container.value));
                inputs.push(container.event);
                let event = self.event(EventKind::Subscript, node, &inputs, &tv.value)?;
                Ok(Tv::new(tv.value, event))
            }
            DictKind::Counter => {
                let mut inputs = vec![index.event];
                inputs.extend(self.shape(&container.value));
                inputs.push(container.event);
                let value = Value::Int(0);
                let event = self.event(EventKind::Subscript, node, &inputs, &value)?;
                Ok(Tv::new(value, event))
            }
            _ => Err(self.key_error(index.value.clone())),
        }
    }

    /// A position in a sequence.
    pub(crate) fn index_of(
        &mut self,
        at: &Value,
        len: usize,
        name: &str,
        what: &str,
        out_of_range: &str,
    ) -> R<usize> {
        match at {
            Value::Big(_) => Err(self.index_error("cannot fit 'int' into an index-sized integer")),
            at => match at.as_int() {
                Some(i) => match slice::index(i, len) {
                    Some(at) => Ok(at),
                    None if out_of_range.starts_with("range") => {
                        Err(self.index_error(out_of_range))
                    }
                    None => Err(self.index_error(format!("{name} {out_of_range}"))),
                },
                None => {
                    let message = format!(
                        "{name} {what} must be integers or slices, not {}",
                        self.type_name(at)
                    );
                    Err(self.type_error(message))
                }
            },
        }
    }

    fn slice_of(&mut self, container: &Value, index: &Value) -> R<(Indices, usize)> {
        let len = match container {
            Value::Str(s) => crate::pytext::len(s),
            Value::Range(r) => range_len(r) as usize,
            other => self.items(other).len(),
        };
        let Value::Slice(parts) = index else {
            return Err(self.type_error("not a slice"));
        };
        let parts = parts.clone();
        let step = self.slice_part(&parts[2])?;
        if step == Some(0) {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let start = self.slice_part(&parts[0])?;
        let stop = self.slice_part(&parts[1])?;
        match slice::indices(start, stop, step, len) {
            Some(at) => Ok((at, len)),
            None => Err(self.value_error("slice step cannot be zero")),
        }
    }

    pub(crate) fn slice_part(&mut self, value: &Value) -> R<Option<i64>> {
        match value {
            Value::None => Ok(None),
            Value::Big(b) => Ok(Some(if b.is_negative() { i64::MIN } else { i64::MAX })),
            other => match other.as_int() {
                Some(i) => Ok(Some(i)),
                None => Err(self.type_error(
                    "slice indices must be integers or None or have an __index__ method",
                )),
            },
        }
    }

    /// `container[index] = tv`
    pub(crate) fn store_subscript(
        &mut self,
        container: &Tv,
        index: &Tv,
        tv: Tv,
        node: NodeId,
    ) -> R<()> {
        let mut inputs = self.key_events(index)?;
        self.check_deque_index(container, index)?;
        match (&container.value, &index.value) {
            (Value::Dict(i), key) => {
                let hashed = self.key(key)?;
                self.charge(128)?;
                let map = &mut self.heap.dicts[*i as usize].map;
                match map.get_mut(&hashed) {
                    Some(entry) => entry.1 = tv,
                    None => {
                        map.insert(hashed, (index.clone(), tv));
                    }
                }
            }
            (Value::List(i), Value::Slice(_)) => {
                let (at, len) = self.slice_of(&container.value, &index.value)?;
                if !self.is_iterable(&tv.value) {
                    return Err(self.type_error(match at.step {
                        1 => "can only assign an iterable",
                        _ => "must assign iterable to extended slice",
                    }));
                }
                let (items, shape) = self.collect(&tv, node)?;
                inputs.push(tv.event);
                inputs.extend(shape);
                self.work(len / 16)?;
                let list = &mut self.heap.lists[*i as usize].items;
                if at.step == 1 {
                    let start = (at.start.max(0) as usize).min(list.len());
                    list.splice(start..start + at.count, items);
                } else if at.count == items.len() {
                    for (i, item) in at.iter().zip(items) {
                        list[i] = item;
                    }
                } else {
                    let message = format!(
                        "attempt to assign sequence of size {} to extended slice of size {}",
                        items.len(),
                        at.count
                    );
                    return Err(self.value_error(message));
                }
            }
            (Value::List(i), at) => {
                let len = self.heap.lists[*i as usize].items.len();
                let (name, message) = match self.is_deque(*i) {
                    true => ("deque", "index out of range"),
                    false => ("list", "assignment index out of range"),
                };
                let at = self.index_of(at, len, name, "indices", message)?;
                self.heap.lists[*i as usize].items[at] = tv;
            }
            (other, _) => {
                let message = format!(
                    "'{}' object does not support item assignment",
                    self.type_name(other)
                );
                return Err(self.type_error(message));
            }
        }
        self.mutated(node, container, &inputs)
    }

    /// `del container[index]`
    pub(crate) fn delete_subscript(&mut self, container: &Tv, index: &Tv, node: NodeId) -> R<()> {
        self.check_deque_index(container, index)?;
        match (&container.value, &index.value) {
            (Value::Dict(i), key) => {
                let hashed = self.key(key)?;
                let map = &mut self.heap.dicts[*i as usize].map;
                let n = map.len();
                if map.shift_remove(&hashed).is_none() {
                    return Err(self.key_error(key.clone()));
                }
                self.work(n / 32)?;
            }
            (Value::List(i), Value::Slice(_)) => {
                let (at, len) = self.slice_of(&container.value, &index.value)?;
                self.work(len)?;
                let gone: std::collections::BTreeSet<usize> = at.iter().collect();
                let mut at = 0;
                self.heap.lists[*i as usize].items.retain(|_| {
                    at += 1;
                    !gone.contains(&(at - 1))
                });
            }
            (Value::List(i), at) => {
                let len = self.heap.lists[*i as usize].items.len();
                let (name, message) = match self.is_deque(*i) {
                    true => ("deque", "index out of range"),
                    false => ("list", "assignment index out of range"),
                };
                let at = self.index_of(at, len, name, "indices", message)?;
                self.work(len / 32)?;
                self.heap.lists[*i as usize].items.remove(at);
                super::methods::deque::changed(self, *i);
            }
            (other, _) => {
                let sequence = match other {
                    Value::Str(_) | Value::Tuple(_) | Value::Range(_) => {
                        index.value.to_big().is_some()
                    }
                    Value::Set(_) | Value::View(..) => index.value.to_big().is_some(),
                    _ => false,
                };
                let not = if sequence { "doesn't" } else { "does not" };
                let message = format!(
                    "'{}' object {not} support item deletion",
                    self.type_name(other)
                );
                return Err(self.raise(ExcClass::TypeError, message));
            }
        }
        let inputs = self.key_events(index)?;
        self.mutated(node, container, &inputs)
    }
}
