//! Unary and binary operators.

use super::Vm;
use super::error::{ExcClass, R};
use super::record::Deps;
use super::value::{DictKind, PENDING, Tv, Value, ViewKind};
use crate::ast::{BinaryOp, NodeId, UnaryOp};
use crate::pytext;
use crate::trace::{EventId, EventKind};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use smallvec::smallvec;

/// Largest integer that is ever computed, in bits.
const MAX_BITS: u64 = 1 << 20;

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "** or pow()",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::MatMul => "@",
    }
}

/// A number as Rust's types hold it.
enum Num {
    Int(i64),
    Big(BigInt),
    Float(f64),
}

fn num(value: &Value) -> Option<Num> {
    match value {
        Value::Bool(b) => Some(Num::Int(i64::from(*b))),
        Value::Int(i) => Some(Num::Int(*i)),
        Value::Big(b) => Some(Num::Big((**b).clone())),
        Value::Float(x) => Some(Num::Float(*x)),
        _ => None,
    }
}

impl<'a> Vm<'a> {
    /// An operator as an event; `inplace` for `op=`.
    pub(crate) fn operator(
        &mut self,
        left: &Tv,
        right: &Tv,
        op: BinaryOp,
        inplace: bool,
        node: NodeId,
    ) -> R<Tv> {
        self.at = node;
        let inputs = [left.event, right.event];
        // The usual case first.
        if let (
            Value::Int(_) | Value::Float(_) | Value::Bool(_),
            Value::Int(_) | Value::Float(_) | Value::Bool(_),
        ) = (&left.value, &right.value)
        {
            let value = self.binary_inplace(op, &left.value, &right.value, inplace);
            let value = value.map_err(|stop| self.seal(stop, node, &inputs))?;
            let event = self.event(EventKind::Operator, node, &inputs, &value)?;
            return Ok(Tv::new(value, event));
        }
        if inplace && let Some(tv) = self.in_place(left, right, op, node)? {
            return Ok(tv);
        }
        let mark = self.heap.mark();
        let mut all = Deps::from_slice(&inputs);
        match op {
            // The parts keep their elements: only which there are is new.
            BinaryOp::Add | BinaryOp::Mul => {
                all.extend(self.shape(&left.value));
                all.extend(self.shape(&right.value));
            }
            _ => {
                self.deep(left, &mut all)?;
                self.deep(right, &mut all)?;
            }
        }
        let deps = self.deps.len();
        let value = self.binary_inplace(op, &left.value, &right.value, inplace);
        all.extend(self.deps.drain(deps..));
        let value = value.map_err(|stop| self.seal(stop, node, &all))?;
        self.native_event(EventKind::Operator, node, mark, &all, value)
    }

    /// `+=` and the like on what changes in place.
    fn in_place(&mut self, left: &Tv, right: &Tv, op: BinaryOp, node: NodeId) -> R<Option<Tv>> {
        match (&left.value, op) {
            (Value::List(i), BinaryOp::Add) => {
                let (items, shape) = self.collect(right, node)?;
                self.charge(items.len() * size_of::<Tv>())?;
                if !items.is_empty() {
                    super::methods::deque::changed(self, *i);
                }
                self.heap.lists[*i as usize].items.extend(items);
                super::methods::deque::trim(self, *i, true);
                let mut inputs: Deps = smallvec![right.event];
                inputs.extend(shape);
                self.mutated(node, left, &inputs)?;
            }
            (Value::List(i), BinaryOp::Mul) if right.value.as_int().is_some() => {
                let times = right.value.as_int().unwrap_or(0);
                if let Value::List(new) = self.repeat(&left.value, times)? {
                    let items = std::mem::take(&mut self.heap.lists[new as usize].items);
                    self.heap.lists[*i as usize].items = items;
                    super::methods::deque::changed(self, *i);
                }
                self.mutated(node, left, &[right.event])?;
            }
            (
                Value::Set(_),
                BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::Sub | BinaryOp::BitXor,
            ) if matches!(right.value, Value::Set(_)) => {
                let Value::Set(i) = left.value else {
                    return Ok(None);
                };
                if self.heap.sets[i as usize].frozen {
                    return Ok(None);
                }
                let mut inputs = Deps::new();
                self.deep(right, &mut inputs)?;
                self.deep(left, &mut inputs)?;
                if let Value::Set(new) = self.binary(op, &left.value, &right.value)? {
                    let map = self.heap.sets[new as usize].map.clone();
                    self.heap.sets[i as usize].map = map;
                }
                self.mutated(node, left, &inputs)?;
            }
            (Value::Dict(i), BinaryOp::BitOr) => {
                let before = self.deps.len();
                self.update_dict(*i, right, node)?;
                let mut inputs: Deps = self.deps.drain(before..).collect();
                inputs.push(right.event);
                self.mutated(node, left, &inputs)?;
            }
            _ => return Ok(None),
        }
        let event = EventId(self.trace.events.len().saturating_sub(1) as u32);
        Ok(Some(Tv::new(left.value.clone(), event)))
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> R<Value> {
        self.binary_inplace(op, a, b, false)
    }

    fn binary_inplace(&mut self, op: BinaryOp, a: &Value, b: &Value, inplace: bool) -> R<Value> {
        if let (Value::Bool(x), Value::Bool(y)) = (a, b) {
            match op {
                BinaryOp::BitAnd => return Ok(Value::Bool(x & y)),
                BinaryOp::BitOr => return Ok(Value::Bool(x | y)),
                BinaryOp::BitXor => return Ok(Value::Bool(x ^ y)),
                _ => {}
            }
        }
        if let (Some(x), Some(y)) = (num(a), num(b))
            && let Some(value) = self.arithmetic(op, x, y)?
        {
            return Ok(value);
        }
        match (op, a, b) {
            (BinaryOp::Add, Value::Str(x), Value::Str(y)) => {
                self.charge(x.len() + y.len())?;
                return self.string(format!("{x}{y}"));
            }
            (BinaryOp::Add, Value::List(x), Value::List(y))
                if self.is_deque(*x) == self.is_deque(*y) =>
            {
                let n = self.heap.lists[*x as usize].items.len()
                    + self.heap.lists[*y as usize].items.len();
                self.work(n)?;
                self.charge(n * size_of::<Tv>())?;
                let mut items = self.heap.lists[*x as usize].items.clone();
                items.extend_from_slice(&self.heap.lists[*y as usize].items);
                if self.is_deque(*x) {
                    let most = self.heap.deques.get(x).and_then(|d| d.most);
                    return super::methods::deque::make(self, items, most);
                }
                return self.list(items, PENDING);
            }
            (BinaryOp::Add, Value::Tuple(x), Value::Tuple(y)) => {
                let n = self.heap.tuples[*x as usize].items.len()
                    + self.heap.tuples[*y as usize].items.len();
                self.work(n)?;
                self.charge(n * size_of::<Tv>())?;
                let mut items = self.heap.tuples[*x as usize].items.clone();
                items.extend_from_slice(&self.heap.tuples[*y as usize].items);
                return self.tuple(items, PENDING);
            }
            (BinaryOp::Mul, seq, times) | (BinaryOp::Mul, times, seq)
                if is_sequence(seq) && times.as_int().is_some() =>
            {
                return self.repeat(seq, times.as_int().unwrap_or(0));
            }
            (BinaryOp::Mod, Value::Str(template), _) => {
                return self.percent(template, b);
            }
            (
                BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::Sub | BinaryOp::BitXor,
                Value::Set(_) | Value::View(ViewKind::Keys, _),
                Value::Set(_) | Value::View(ViewKind::Keys, _),
            ) => {
                let (x, y) = (self.as_set(a)?, self.as_set(b)?);
                return self.set_operator(op, x, y);
            }
            (BinaryOp::BitOr, Value::Dict(x), Value::Dict(y)) => {
                let kind = self.heap.dicts[*x as usize].kind.clone();
                if !matches!(kind, DictKind::Counter) {
                    let mut map = self.heap.dicts[*x as usize].map.clone();
                    for (key, (name, tv)) in self.heap.dicts[*y as usize].map.clone() {
                        match map.get_mut(&key) {
                            Some(entry) => entry.1 = tv,
                            None => {
                                map.insert(key, (name, tv));
                            }
                        }
                    }
                    return self.dict_of(map, kind, PENDING);
                }
                return self.counter_operator(op, *x, *y);
            }
            (BinaryOp::Add | BinaryOp::Sub | BinaryOp::BitAnd, Value::Dict(x), Value::Dict(y))
                if self.both_counters(*x, *y) =>
            {
                return self.counter_operator(op, *x, *y);
            }
            (
                BinaryOp::BitOr,
                Value::Type(_) | Value::PackClass(_) | Value::None | Value::Typing(_),
                Value::Type(_) | Value::PackClass(_) | Value::None | Value::Typing(_),
            ) if !(a.is_none() && b.is_none()) => {
                // A union is used as a tuple of types is.
                let none = Value::Type(super::value::Type::NoneType);
                let of =
                    |v: &Value| Tv::pending(if v.is_none() { none.clone() } else { v.clone() });
                let items = vec![of(a), of(b)];
                return self.tuple(items, PENDING);
            }
            _ => {}
        }
        let (left, right) = (self.type_name(a), self.type_name(b));
        let message = match (op, a) {
            (BinaryOp::Add, Value::Str(_)) => {
                format!("can only concatenate str (not \"{right}\") to str")
            }
            (BinaryOp::Add, Value::List(i)) if self.is_deque(*i) => {
                format!("can only concatenate deque (not \"{right}\") to deque")
            }
            (BinaryOp::Add, Value::List(_)) => {
                format!("can only concatenate list (not \"{right}\") to list")
            }
            (BinaryOp::Add, Value::Tuple(_)) => {
                format!("can only concatenate tuple (not \"{right}\") to tuple")
            }
            (BinaryOp::Mul, a)
                if (is_sequence(a) && matches!(b, Value::Big(_)))
                    || (is_sequence(b) && matches!(a, Value::Big(_))) =>
            {
                let message = "cannot fit 'int' into an index-sized integer";
                return Err(self.overflow_error(message));
            }
            (BinaryOp::Mul, a) if is_sequence(a) => {
                format!("can't multiply sequence by non-int of type '{right}'")
            }
            (BinaryOp::Mul, _) if is_sequence(b) => {
                format!("can't multiply sequence by non-int of type '{left}'")
            }
            (BinaryOp::Pow, _) if inplace => {
                format!("unsupported operand type(s) for **=: '{left}' and '{right}'")
            }
            _ => format!(
                "unsupported operand type(s) for {}{}: '{left}' and '{right}'",
                symbol(op),
                if inplace { "=" } else { "" }
            ),
        };
        Err(self.type_error(message))
    }

    /// Operators on numbers; `None` where the types do not have the operator.
    fn arithmetic(&mut self, op: BinaryOp, x: Num, y: Num) -> R<Option<Value>> {
        let value = match (x, y) {
            (Num::Int(x), Num::Int(y)) => {
                if let Some(value) = self.small(op, x, y)? {
                    return Ok(Some(value));
                }
                self.big(op, BigInt::from(x), BigInt::from(y))?
            }
            (Num::Int(x), Num::Big(y)) => self.big(op, BigInt::from(x), y)?,
            (Num::Big(x), Num::Int(y)) => self.big(op, x, BigInt::from(y))?,
            (Num::Big(x), Num::Big(y)) => self.big(op, x, y)?,
            (Num::Float(x), Num::Float(y)) => self.float(op, x, y)?,
            (Num::Float(x), Num::Int(y)) => self.float(op, x, y as f64)?,
            (Num::Int(x), Num::Float(y)) => self.float(op, x as f64, y)?,
            (Num::Float(x), Num::Big(y)) => {
                let y = self.big_to_float(&y)?;
                self.float(op, x, y)?
            }
            (Num::Big(x), Num::Float(y)) => {
                let x = self.big_to_float(&x)?;
                self.float(op, x, y)?
            }
        };
        Ok(value)
    }

    pub(crate) fn big_to_float(&mut self, x: &BigInt) -> R<f64> {
        pytext::number::int_to_float(x).map_err(|e| self.text_error(e))
    }

    /// Small integers, where the result is small or the operator is done on small ones.
    fn small(&mut self, op: BinaryOp, x: i64, y: i64) -> R<Option<Value>> {
        let int = |value: Option<i64>| Ok(value.map(Value::Int));
        match op {
            BinaryOp::Add => int(x.checked_add(y)),
            BinaryOp::Sub => int(x.checked_sub(y)),
            BinaryOp::Mul => int(x.checked_mul(y)),
            BinaryOp::Div => {
                // Exact below 2^53; beyond, the quotient is rounded once.
                const EXACT: u64 = 1 << 53;
                if y != 0 && x.unsigned_abs() <= EXACT && y.unsigned_abs() <= EXACT {
                    return Ok(Some(Value::Float(x as f64 / y as f64)));
                }
                let quotient = pytext::number::int_true_div(&BigInt::from(x), &BigInt::from(y));
                let quotient = quotient.map_err(|e| self.text_error(e))?;
                Ok(Some(Value::Float(quotient)))
            }
            BinaryOp::Mod if y == 0 => {
                Err(self.raise(ExcClass::ZeroDivisionError, "integer modulo by zero"))
            }
            BinaryOp::FloorDiv | BinaryOp::Mod => {
                let parts = pytext::number::int_div_mod(x, y).map_err(|e| self.text_error(e))?;
                int(parts.map(|(q, r)| if op == BinaryOp::Mod { r } else { q }))
            }
            BinaryOp::Pow if y < 0 => {
                if x == 0 {
                    let message = "0.0 cannot be raised to a negative power";
                    return Err(self.raise(ExcClass::ZeroDivisionError, message));
                }
                Ok(Some(Value::Float((x as f64).powf(y as f64))))
            }
            BinaryOp::Pow => int(u32::try_from(y).ok().and_then(|y| x.checked_pow(y))),
            BinaryOp::BitAnd => int(Some(x & y)),
            BinaryOp::BitOr => int(Some(x | y)),
            BinaryOp::BitXor => int(Some(x ^ y)),
            BinaryOp::LShift | BinaryOp::RShift if y < 0 => {
                Err(self.value_error("negative shift count"))
            }
            BinaryOp::RShift => int(Some(x >> y.min(63))),
            BinaryOp::LShift => {
                let fits = y < 64 && x.leading_zeros().max(x.leading_ones()) as i64 > y + 1;
                int(fits.then(|| x << y))
            }
            BinaryOp::MatMul => Ok(None),
        }
    }

    fn big(&mut self, op: BinaryOp, x: BigInt, y: BigInt) -> R<Option<Value>> {
        let bits = match op {
            BinaryOp::Mul => x.bits() + y.bits(),
            BinaryOp::Pow => match y.to_u64() {
                Some(n) if x.bits() > 1 => x.bits().saturating_mul(n),
                _ => 64,
            },
            BinaryOp::LShift => x.bits().saturating_add(y.to_u64().unwrap_or(u64::MAX)),
            _ => x.bits().max(y.bits()) + 1,
        };
        if bits > MAX_BITS && !(op == BinaryOp::LShift && (x.is_zero() || y.is_negative())) {
            return Err(super::error::Stop::Limit(crate::run::Limit::Heap));
        }
        self.charge(bits as usize / 8)?;
        // Long multiplication and division are quadratic.
        let words = (bits / 64) as usize;
        self.work(words.saturating_mul(words) / 64)?;
        let value = match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            BinaryOp::BitAnd => x & y,
            BinaryOp::BitOr => x | y,
            BinaryOp::BitXor => x ^ y,
            BinaryOp::Div => {
                let quotient = pytext::number::int_true_div(&x, &y);
                let quotient = quotient.map_err(|e| self.text_error(e))?;
                return Ok(Some(Value::Float(quotient)));
            }
            BinaryOp::Mod if y.is_zero() => {
                return Err(self.raise(ExcClass::ZeroDivisionError, "integer modulo by zero"));
            }
            BinaryOp::FloorDiv | BinaryOp::Mod => {
                let parts = pytext::number::bigint_div_mod(&x, &y);
                let (quotient, rest) = parts.map_err(|e| self.text_error(e))?;
                if op == BinaryOp::Mod { rest } else { quotient }
            }
            BinaryOp::Pow if y.is_negative() => {
                let (x, y) = (self.big_to_float(&x)?, self.big_to_float(&y)?);
                return self.float(BinaryOp::Pow, x, y);
            }
            // A larger exponent is only left with a base of 0, 1 or -1.
            BinaryOp::Pow => match y.to_u32() {
                Some(n) => x.pow(n),
                None if x.is_negative() && !y.bit(0) => -x,
                None => x,
            },
            BinaryOp::LShift | BinaryOp::RShift if y.is_negative() => {
                return Err(self.value_error("negative shift count"));
            }
            BinaryOp::LShift => x << y.to_u64().unwrap_or(0),
            BinaryOp::RShift => match y.to_u64() {
                Some(n) => x >> n,
                None if x.is_negative() => BigInt::from(-1),
                None => BigInt::zero(),
            },
            BinaryOp::MatMul => return Ok(None),
        };
        Ok(Some(Value::from_big(value)))
    }

    fn float(&mut self, op: BinaryOp, x: f64, y: f64) -> R<Option<Value>> {
        let value = match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            BinaryOp::Div if y == 0.0 => {
                return Err(self.raise(ExcClass::ZeroDivisionError, "float division by zero"));
            }
            BinaryOp::Div => x / y,
            BinaryOp::FloorDiv => {
                pytext::number::float_floor_div(x, y).map_err(|e| self.text_error(e))?
            }
            BinaryOp::Mod => pytext::number::float_mod(x, y).map_err(|e| self.text_error(e))?,
            BinaryOp::Pow => self.float_pow(x, y)?,
            _ => return Ok(None),
        };
        Ok(Some(Value::Float(value)))
    }

    fn float_pow(&mut self, x: f64, y: f64) -> R<f64> {
        if x == 0.0 && y < 0.0 {
            let message = "0.0 cannot be raised to a negative power";
            return Err(self.raise(ExcClass::ZeroDivisionError, message));
        }
        if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
            return Err(self.value_error("complex numbers are not supported"));
        }
        let value = x.powf(y);
        if value.is_infinite() && x.is_finite() && y.is_finite() {
            let args = [Value::Int(34), Value::str("Numerical result out of range")];
            let args = args.map(|v| Tv::new(v, EventId::START)).to_vec();
            let exc = self.exception(ExcClass::OverflowError, args);
            return Err(super::error::Stop::Raise(exc));
        }
        Ok(value)
    }

    fn repeat(&mut self, seq: &Value, times: i64) -> R<Value> {
        let times = usize::try_from(times).unwrap_or(0);
        match seq {
            Value::Str(s) => {
                self.charge(s.len().saturating_mul(times))?;
                self.string(s.repeat(times))
            }
            Value::List(i) | Value::Tuple(i) => {
                let list = matches!(seq, Value::List(_));
                let source = if list {
                    &self.heap.lists[*i as usize].items
                } else {
                    &self.heap.tuples[*i as usize].items
                };
                let n = source.len().saturating_mul(times);
                self.work(n)?;
                self.charge(n.saturating_mul(size_of::<Tv>()))?;
                let source = if list {
                    &self.heap.lists[*i as usize].items
                } else {
                    &self.heap.tuples[*i as usize].items
                };
                let mut items = Vec::with_capacity(n);
                for _ in 0..times {
                    items.extend_from_slice(source);
                }
                if list && self.is_deque(*i) {
                    let most = self.heap.deques.get(i).and_then(|d| d.most);
                    super::methods::deque::make(self, items, most)
                } else if list {
                    self.list(items, PENDING)
                } else {
                    self.tuple(items, PENDING)
                }
            }
            _ => Ok(Value::None),
        }
    }

    pub(crate) fn unary(&mut self, op: UnaryOp, value: &Value) -> R<Value> {
        if let Value::Dict(i) = value
            && matches!(self.heap.dicts[*i as usize].kind, DictKind::Counter)
            && matches!(op, UnaryOp::Pos | UnaryOp::Neg)
        {
            // The positive counts, or the negative ones turned round.
            let empty = self.dict_of(Default::default(), DictKind::Counter, PENDING)?;
            return match op {
                UnaryOp::Pos => self.binary(BinaryOp::Add, &empty, value),
                _ => self.binary(BinaryOp::Sub, &empty, value),
            };
        }
        match (op, num(value)) {
            (UnaryOp::Not, _) => Ok(Value::Bool(!self.truth(value)?)),
            (UnaryOp::Neg, Some(Num::Int(i))) => Ok(match i.checked_neg() {
                Some(i) => Value::Int(i),
                None => Value::from_big(-BigInt::from(i)),
            }),
            (UnaryOp::Neg, Some(Num::Big(b))) => Ok(Value::from_big(-b)),
            (UnaryOp::Neg, Some(Num::Float(x))) => Ok(Value::Float(-x)),
            (UnaryOp::Pos, Some(Num::Int(i))) => Ok(Value::Int(i)),
            (UnaryOp::Pos, Some(_)) => Ok(value.clone()),
            (UnaryOp::Invert, Some(Num::Int(i))) => Ok(Value::Int(!i)),
            (UnaryOp::Invert, Some(Num::Big(b))) => Ok(Value::from_big(!b)),
            _ => {
                let symbol = match op {
                    UnaryOp::Neg => "-",
                    UnaryOp::Pos => "+",
                    _ => "~",
                };
                let message = format!(
                    "bad operand type for unary {symbol}: '{}'",
                    self.type_name(value)
                );
                Err(self.type_error(message))
            }
        }
    }
}

fn is_sequence(value: &Value) -> bool {
    matches!(value, Value::Str(_) | Value::List(_) | Value::Tuple(_))
}
