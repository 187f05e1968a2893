//! Truth, equality, order, membership and hashing.

use super::control::Part;
use super::error::{R, Stop};
use super::record::Deps;
use super::value::{DictKind, Key, Tv, Value, ViewKind};
use super::{Frame, Vm};
use crate::ast::{CompareOp, Expr, NodeId};
use crate::trace::{EventId, EventKind};
use num_bigint::BigInt;
use num_traits::FromPrimitive;
use std::cmp::Ordering;
use std::rc::Rc;

const TOO_DEEP: &str = "maximum recursion depth exceeded in comparison";

impl<'a> Vm<'a> {
    pub(crate) fn eval_compare(
        &mut self,
        f: &mut Frame<'a>,
        e: &'a Expr,
        left: &'a Expr,
        ops: &'a [CompareOp],
        comparators: &'a [Expr],
    ) -> R<Tv> {
        let mut left = self.eval(f, left)?;
        let mut inputs = Deps::new();
        let mut outcome = true;
        let mut left_out = None;
        let outer = self.control;
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            let right = self.eval(f, right)?;
            if i == 0 {
                self.compared(*op, &left, &mut inputs)?;
            }
            self.compared(*op, &right, &mut inputs)?;
            self.at = e.id;
            let deps = self.deps.len();
            let result = self.compare(*op, &left, &right, e.id);
            inputs.extend(self.deps.drain(deps..));
            outcome = result.map_err(|stop| self.seal(stop, e.id, &inputs))?;
            if !outcome {
                left_out = comparators.get(i + 1..).filter(|rest| !rest.is_empty());
                break;
            }
            left = right;
            // What the operands to come change, they change because of what was compared so far.
            if let Some(rest) = comparators.get(i + 1..).filter(|rest| !rest.is_empty())
                && self
                    .unevaluated(Part::Comparators, rest[0].id, rest)
                    .is_some()
            {
                let kind = EventKind::Branch { taken: true };
                self.control = self.event(kind, e.id, &inputs, &Value::Bool(true))?;
            }
        }
        self.control = outer;
        let value = Value::Bool(outcome);
        let event = self.event(EventKind::Compare, e.id, &inputs, &value)?;
        if let Some(rest) = left_out
            && let Some(effects) = self.unevaluated(Part::Comparators, rest[0].id, rest)
        {
            self.phi(f, &effects, event, rest[0].id)?;
        }
        Ok(Tv::new(value, event))
    }

    /// What a comparison reads of an operand.
    fn compared(&mut self, op: CompareOp, tv: &Tv, into: &mut Deps) -> R<()> {
        match op {
            CompareOp::Is | CompareOp::IsNot => {
                into.push(tv.event);
                Ok(())
            }
            _ => self.deep(tv, into),
        }
    }

    fn compare(&mut self, op: CompareOp, a: &Tv, b: &Tv, node: NodeId) -> R<bool> {
        match op {
            CompareOp::Eq => self.eq(&a.value, &b.value),
            CompareOp::NotEq => Ok(!self.eq(&a.value, &b.value)?),
            CompareOp::Is => Ok(self.is(&a.value, &b.value)),
            CompareOp::IsNot => Ok(!self.is(&a.value, &b.value)),
            CompareOp::In => self.contains(b, &a.value, node),
            CompareOp::NotIn => Ok(!self.contains(b, &a.value, node)?),
            CompareOp::Lt | CompareOp::LtE | CompareOp::Gt | CompareOp::GtE => {
                self.order(op, &a.value, &b.value)
            }
        }
    }

    pub(crate) fn truth(&mut self, value: &Value) -> R<bool> {
        Ok(match value {
            Value::None => false,
            Value::Bool(b) => *b,
            Value::Int(i) => *i != 0,
            Value::Float(x) => *x != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(i) => !self.heap.lists[*i as usize].items.is_empty(),
            Value::Tuple(i) => !self.heap.tuples[*i as usize].items.is_empty(),
            Value::Dict(i) | Value::View(_, i) => !self.heap.dicts[*i as usize].map.is_empty(),
            Value::Set(i) => !self.heap.sets[*i as usize].map.is_empty(),
            Value::Range(r) => super::index::range_len(r) != 0,
            _ => true,
        })
    }

    /// `a is b`
    pub(crate) fn is(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::None, Value::None)
            | (Value::Ellipsis, Value::Ellipsis)
            | (Value::NotImplemented, Value::NotImplemented) => true,
            (Value::Bool(x), Value::Bool(y)) => x == y,
            (Value::Int(x), Value::Int(y)) => x == y,
            (Value::Big(x), Value::Big(y)) => Rc::ptr_eq(x, y),
            (Value::Float(x), Value::Float(y)) => x.to_bits() == y.to_bits(),
            // Small and equal texts are usually one object in CPython: taken to be always so.
            (Value::Str(x), Value::Str(y)) => x == y,
            (Value::List(x), Value::List(y))
            | (Value::Tuple(x), Value::Tuple(y))
            | (Value::Dict(x), Value::Dict(y))
            | (Value::Set(x), Value::Set(y))
            | (Value::Iter(x), Value::Iter(y))
            | (Value::Func(x), Value::Func(y))
            | (Value::PackFn(x), Value::PackFn(y))
            | (Value::PackClass(x), Value::PackClass(y))
            | (Value::Exc(x), Value::Exc(y))
            | (Value::Instance(x), Value::Instance(y))
            | (Value::Region(x), Value::Region(y))
            | (Value::Detection(x), Value::Detection(y)) => x == y,
            (Value::Native(x), Value::Native(y)) => std::ptr::eq(*x, *y),
            (Value::Type(x), Value::Type(y)) => x == y,
            (Value::ExcClass(x), Value::ExcClass(y)) => x == y,
            (Value::Module(x), Value::Module(y)) => x == y,
            (Value::Typing(x), Value::Typing(y)) => x == y,
            _ => false,
        }
    }

    /// `a == b`
    pub(crate) fn eq(&mut self, a: &Value, b: &Value) -> R<bool> {
        self.step()?;
        if let Some(order) = number_order(a, b) {
            return Ok(order == Some(Ordering::Equal));
        }
        match (a, b) {
            (Value::Str(x), Value::Str(y)) => Ok(x == y),
            (Value::List(x), Value::List(y)) => {
                if x == y {
                    return Ok(true);
                }
                if self.is_deque(*x) != self.is_deque(*y) {
                    return Ok(false);
                }
                let a = self.heap.lists[*x as usize].items.clone();
                let b = self.heap.lists[*y as usize].items.clone();
                self.eq_items(&a, &b)
            }
            (Value::Tuple(x), Value::Tuple(y)) => {
                if x == y {
                    return Ok(true);
                }
                let a = self.heap.tuples[*x as usize].items.clone();
                let b = self.heap.tuples[*y as usize].items.clone();
                self.eq_items(&a, &b)
            }
            (Value::Dict(x), Value::Dict(y)) => self.eq_dicts(*x, *y),
            (Value::CmpKey(x), Value::CmpKey(y)) => self.compared_by(CompareOp::Eq, *x, *y),
            (Value::Set(x), Value::Set(y)) => {
                let (a, b) = (&self.heap.sets[*x as usize], &self.heap.sets[*y as usize]);
                let equal =
                    a.map.len() == b.map.len() && a.map.keys().all(|k| b.map.contains_key(k));
                let n = a.map.len();
                self.work(n)?;
                Ok(equal)
            }
            (Value::View(v, x), Value::View(w, y)) if v == w && *v == ViewKind::Keys => {
                let (a, b) = (
                    &self.heap.dicts[*x as usize].map,
                    &self.heap.dicts[*y as usize].map,
                );
                Ok(a.len() == b.len() && a.keys().all(|k| b.contains_key(k)))
            }
            (Value::View(ViewKind::Keys, x), Value::Set(y))
            | (Value::Set(y), Value::View(ViewKind::Keys, x)) => {
                let (a, b) = (
                    &self.heap.dicts[*x as usize].map,
                    &self.heap.sets[*y as usize].map,
                );
                Ok(a.len() == b.len() && a.keys().all(|k| b.contains_key(k)))
            }
            (Value::Range(x), Value::Range(y)) => {
                let n = super::index::range_len(x);
                Ok(n == super::index::range_len(y)
                    && (n == 0 || (x.0 == y.0 && (n == 1 || x.2 == y.2))))
            }
            (Value::Instance(x), other) | (other, Value::Instance(x)) => {
                let class = self.heap.instances[*x as usize].class;
                let Some(def) = self.pack.class(class).eq else {
                    return Ok(self.is(a, b));
                };
                let args = vec![
                    Tv::new(Value::Instance(*x), EventId::START),
                    Tv::new(other.clone(), EventId::START),
                ];
                let tv = self.call_pack(def, args, Vec::new(), self.at)?;
                self.dep(tv.event);
                match tv.value {
                    Value::NotImplemented => Ok(self.is(a, b)),
                    value => self.truth(&value),
                }
            }
            (Value::Slice(x), Value::Slice(y)) => {
                for (x, y) in x.iter().zip(y.iter()) {
                    if !self.eq(x, y)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(self.is(a, b)),
        }
    }

    fn eq_items(&mut self, a: &[Tv], b: &[Tv]) -> R<bool> {
        if a.len() != b.len() {
            return Ok(false);
        }
        self.nested(TOO_DEEP, |vm| {
            for (x, y) in a.iter().zip(b) {
                if !vm.is(&x.value, &y.value) && !vm.eq(&x.value, &y.value)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn eq_dicts(&mut self, x: u32, y: u32) -> R<bool> {
        let (a, b) = (&self.heap.dicts[x as usize], &self.heap.dicts[y as usize]);
        if x == y {
            return Ok(true);
        }
        if a.map.len() != b.map.len() {
            return Ok(false);
        }
        let ordered = matches!(a.kind, DictKind::Ordered) && matches!(b.kind, DictKind::Ordered);
        if ordered && !a.map.keys().eq(b.map.keys()) {
            return Ok(false);
        }
        let mut pairs = Vec::with_capacity(a.map.len());
        for (key, (_, value)) in &a.map {
            match b.map.get(key) {
                Some((_, other)) => pairs.push((value.value.clone(), other.value.clone())),
                None => return Ok(false),
            }
        }
        self.nested(TOO_DEEP, |vm| {
            for (x, y) in &pairs {
                if !vm.is(x, y) && !vm.eq(x, y)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// `a < b`, for sorting.
    pub(crate) fn less(&mut self, a: &Value, b: &Value) -> R<bool> {
        self.order(CompareOp::Lt, a, b)
    }

    /// `<`, `<=`, `>`, `>=`
    pub(crate) fn order(&mut self, op: CompareOp, a: &Value, b: &Value) -> R<bool> {
        self.step()?;
        let holds = |order: Ordering| match op {
            CompareOp::Lt => order.is_lt(),
            CompareOp::LtE => order.is_le(),
            CompareOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        };
        if let Some(order) = number_order(a, b) {
            return Ok(order.is_some_and(holds));
        }
        match (a, b) {
            (Value::Str(x), Value::Str(y)) => Ok(holds(x.cmp(y))),
            (Value::Dict(x), Value::Dict(y)) if self.both_counters(*x, *y) => {
                self.order_counters(op, *x, *y)
            }
            (Value::CmpKey(x), Value::CmpKey(y)) => self.compared_by(op, *x, *y),
            (Value::List(x), Value::List(y)) if self.is_deque(*x) == self.is_deque(*y) => {
                let a = self.heap.lists[*x as usize].items.clone();
                let b = self.heap.lists[*y as usize].items.clone();
                self.order_items(op, &a, &b)
            }
            (Value::Tuple(x), Value::Tuple(y)) => {
                let a = self.heap.tuples[*x as usize].items.clone();
                let b = self.heap.tuples[*y as usize].items.clone();
                self.order_items(op, &a, &b)
            }
            (
                Value::Set(_) | Value::View(ViewKind::Keys, _),
                Value::Set(_) | Value::View(ViewKind::Keys, _),
            ) => {
                let (x, y) = (self.as_set(a)?, self.as_set(b)?);
                let (a, b) = (
                    &self.heap.sets[x as usize].map,
                    &self.heap.sets[y as usize].map,
                );
                let within = a.keys().all(|k| b.contains_key(k));
                let around = b.keys().all(|k| a.contains_key(k));
                Ok(match op {
                    CompareOp::Lt => within && !around,
                    CompareOp::LtE => within,
                    CompareOp::Gt => around && !within,
                    _ => around,
                })
            }
            _ => {
                let symbol = match op {
                    CompareOp::Lt => "<",
                    CompareOp::LtE => "<=",
                    CompareOp::Gt => ">",
                    _ => ">=",
                };
                let message = format!(
                    "'{symbol}' not supported between instances of '{}' and '{}'",
                    self.type_name(a),
                    self.type_name(b)
                );
                Err(self.type_error(message))
            }
        }
    }

    /// `op` on what the comparing function of `functools.cmp_to_key` says of two values.
    fn compared_by(&mut self, op: CompareOp, x: u32, y: u32) -> R<bool> {
        let (function, left) = self.heap.cmp_keys[x as usize].clone();
        let right = self.heap.cmp_keys[y as usize].1.clone();
        let args = super::call::Args::of(vec![left, right]);
        let answer = self.call(&function, args, self.at)?;
        self.dep(answer.event);
        match op {
            CompareOp::Eq => self.eq(&answer.value, &Value::Int(0)),
            op => self.order(op, &answer.value, &Value::Int(0)),
        }
    }

    /// One Counter within another: every count is.
    fn order_counters(&mut self, op: CompareOp, x: u32, y: u32) -> R<bool> {
        let (least, most, strict) = match op {
            CompareOp::Lt => (x, y, true),
            CompareOp::LtE => (x, y, false),
            CompareOp::Gt => (y, x, true),
            _ => (y, x, false),
        };
        let (a, b) = (
            self.heap.dicts[least as usize].map.clone(),
            self.heap.dicts[most as usize].map.clone(),
        );
        self.work(a.len() + b.len())?;
        let mut differ = false;
        for key in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
            let count = |of: &super::value::DictMap| {
                of.get(key).map_or(Value::Int(0), |(_, n)| n.value.clone())
            };
            let (left, right) = (count(&a), count(&b));
            if !self.order(CompareOp::LtE, &left, &right)? {
                return Ok(false);
            }
            differ |= !self.eq(&left, &right)?;
        }
        Ok(!strict || differ)
    }

    fn order_items(&mut self, op: CompareOp, a: &[Tv], b: &[Tv]) -> R<bool> {
        self.nested(TOO_DEEP, |vm| {
            for (x, y) in a.iter().zip(b) {
                if !vm.is(&x.value, &y.value) && !vm.eq(&x.value, &y.value)? {
                    return vm.order(op, &x.value, &y.value);
                }
            }
            let order = a.len().cmp(&b.len());
            Ok(match op {
                CompareOp::Lt => order.is_lt(),
                CompareOp::LtE => order.is_le(),
                CompareOp::Gt => order.is_gt(),
                _ => order.is_ge(),
            })
        })
    }

    /// `item in container`
    pub(crate) fn contains(&mut self, container: &Tv, item: &Value, node: NodeId) -> R<bool> {
        match &container.value {
            Value::Str(text) => match item {
                Value::Str(piece) => {
                    self.work(text.len() / 64)?;
                    Ok(text.contains(&**piece))
                }
                other => {
                    let message = format!(
                        "'in <string>' requires string as left operand, not {}",
                        self.type_name(other)
                    );
                    Err(self.type_error(message))
                }
            },
            Value::Dict(i) | Value::View(ViewKind::Keys, i) => {
                let key = self.key(item)?;
                Ok(self.heap.dicts[*i as usize].map.contains_key(&key))
            }
            Value::Set(i) => {
                let key = self.key(item)?;
                Ok(self.heap.sets[*i as usize].map.contains_key(&key))
            }
            Value::Range(r) => match item.as_int() {
                Some(at) => {
                    let within = if r.2 > 0 {
                        r.0 <= at && at < r.1
                    } else {
                        r.1 < at && at <= r.0
                    };
                    Ok(within && (i128::from(at) - i128::from(r.0)) % i128::from(r.2) == 0)
                }
                None => Ok(matches!(item, Value::Float(x) if x.fract() == 0.0
                    && (r.2 == 1 && *x >= r.0 as f64 && *x < r.1 as f64))),
            },
            Value::List(_) | Value::Tuple(_) => {
                let items = match &container.value {
                    Value::List(i) => self.heap.lists[*i as usize].items.clone(),
                    Value::Tuple(i) => self.heap.tuples[*i as usize].items.clone(),
                    _ => Vec::new(),
                };
                for element in items {
                    if self.is(&element.value, item) || self.eq(&element.value, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            value if self.is_iterable(value) => {
                let iterator = self.iterate(container, node)?;
                let mut found = false;
                while let Some(element) = self.iter_next(iterator, node)? {
                    self.dep(element.event);
                    // How far the iterator is depends on what was found.
                    self.moved(iterator, element.event);
                    if self.is(&element.value, item) || self.eq(&element.value, item)? {
                        found = true;
                        break;
                    }
                }
                let mut shape = Deps::new();
                self.iter_shape(iterator, &mut shape);
                for event in shape {
                    self.dep(event);
                }
                Ok(found)
            }
            other => {
                let message = format!(
                    "argument of type '{}' is not iterable",
                    self.type_name(other)
                );
                Err(self.type_error(message))
            }
        }
    }

    fn unhashable(&mut self, value: &Value) -> Stop {
        let message = format!("unhashable type: '{}'", self.type_name(value));
        self.type_error(message)
    }

    /// A value as a key of a dict or an element of a set.
    pub(crate) fn key(&mut self, value: &Value) -> R<Key> {
        Ok(match value {
            Value::None => Key::None,
            Value::Ellipsis => Key::Ellipsis,
            Value::Bool(b) => Key::Int(i64::from(*b)),
            Value::Int(i) => Key::Int(*i),
            Value::Big(b) => Key::Big(b.clone()),
            Value::Float(x) => float_key(*x),
            Value::Str(s) => Key::Str(s.clone()),
            Value::Tuple(i) => {
                let items = self.heap.tuples[*i as usize].items.clone();
                self.work(items.len())?;
                let keys = self.nested("maximum recursion depth exceeded", |vm| {
                    items
                        .iter()
                        .map(|tv| vm.key(&tv.value))
                        .collect::<R<Vec<Key>>>()
                })?;
                Key::Tuple(keys.into())
            }
            Value::Set(i) if self.heap.sets[*i as usize].frozen => {
                // Two equal frozen sets have the same keys in the same canonical order.
                let mut keys: Vec<String> = self.heap.sets[*i as usize]
                    .map
                    .keys()
                    .map(|k| format!("{k:?}"))
                    .collect();
                keys.sort();
                Key::Tuple(
                    std::iter::once(Key::Identity(9, 0))
                        .chain(keys.into_iter().map(|k| Key::Str(k.into())))
                        .collect(),
                )
            }
            Value::Instance(i) => {
                let class = self.heap.instances[*i as usize].class;
                if self.pack.class(class).eq.is_some() {
                    return Err(self.unhashable(value));
                }
                Key::Identity(0, u64::from(*i))
            }
            Value::Iter(i) => Key::Identity(1, u64::from(*i)),
            Value::Func(i) => Key::Identity(2, u64::from(*i)),
            Value::PackFn(i) => Key::Identity(3, u64::from(*i)),
            Value::PackClass(i) => Key::Identity(4, u64::from(*i)),
            Value::Exc(i) => Key::Identity(5, u64::from(*i)),
            Value::Region(i) => Key::Identity(6, u64::from(*i)),
            Value::Detection(i) => Key::Identity(7, u64::from(*i)),
            Value::Range(r) => Key::Tuple(
                [
                    Key::Identity(8, 0),
                    Key::Int(r.0),
                    Key::Int(r.1),
                    Key::Int(r.2),
                ]
                .into(),
            ),
            Value::Type(_) | Value::ExcClass(_) | Value::Native(_) | Value::Module(_) => {
                let name = self.repr(value)?;
                Key::Tuple([Key::Identity(10, 0), Key::Str(name.into())].into())
            }
            Value::Typing(name) => {
                Key::Tuple([Key::Identity(11, 0), Key::Str(name.clone())].into())
            }
            other => return Err(self.unhashable(other)),
        })
    }
}

fn float_key(x: f64) -> Key {
    if x.fract() != 0.0 || !x.is_finite() {
        return Key::Float(x.to_bits());
    }
    if x.abs() < 9.0e18 {
        return Key::Int(x as i64);
    }
    match BigInt::from_f64(x) {
        Some(big) => match i64::try_from(&big) {
            Ok(small) => Key::Int(small),
            Err(_) => Key::Big(Rc::new(big)),
        },
        None => Key::Float(x.to_bits()),
    }
}

/// The order of two numbers, exact across types; `None` if one is no number, `Some(None)` if one
/// is NaN.
pub(crate) fn number_order(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
        return Some(Some(x.cmp(&y)));
    }
    match (a, b) {
        (Value::Float(x), Value::Float(y)) => Some(x.partial_cmp(y)),
        (Value::Float(x), _) => Some(int_float(b, *x)?.map(Ordering::reverse)),
        (_, Value::Float(y)) => int_float(a, *y),
        _ => Some(Some(a.to_big()?.cmp(&b.to_big()?))),
    }
}

fn int_float(a: &Value, y: f64) -> Option<Option<Ordering>> {
    if let Some(x) = a.as_int()
        && x.unsigned_abs() < 1 << 53
    {
        return Some((x as f64).partial_cmp(&y));
    }
    let x = a.to_big()?;
    if y.is_nan() {
        return Some(None);
    }
    if y.is_infinite() {
        return Some(Some(if y > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        }));
    }
    let floor = BigInt::from_f64(y.floor())?;
    Some(Some(match x.cmp(&floor) {
        Ordering::Equal if y.fract() != 0.0 => Ordering::Less,
        order => order,
    }))
}
