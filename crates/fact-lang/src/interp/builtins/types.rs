//! Builtin types as functions.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::iter::{IterKind, IterObj};
use super::super::value::{DictKind, PENDING, Tv, Type, Value};
use super::is_callable;
use crate::ast::{BinaryOp, NodeId};
use crate::pytext::number;
use num_traits::{Signed, ToPrimitive};
use std::rc::Rc;

impl<'a> Vm<'a> {
    /// An argument that must be a small integer.
    pub(crate) fn integer(&mut self, value: &Value) -> R<i64> {
        match value {
            Value::Big(_) => {
                Err(self.overflow_error("Python int too large to convert to C ssize_t"))
            }
            value => match value.as_int() {
                Some(i) => Ok(i),
                None => {
                    let message = format!(
                        "'{}' object cannot be interpreted as an integer",
                        self.type_name(value)
                    );
                    Err(self.type_error(message))
                }
            },
        }
    }

    /// Calls a builtin type.
    pub(crate) fn construct_type(&mut self, ty: Type, mut args: Args, node: NodeId) -> R<Value> {
        match ty {
            Type::Enumerate => {
                if let Some(start) = self.keyword(&mut args, "start") {
                    args.pos.push(start);
                }
                if args.pos.is_empty() {
                    return Err(self.type_error("enumerate() missing required argument 'iterable'"));
                }
                self.arity_of("enumerate", &args, 1, 2)?;
                let start = match args.pos.get(1) {
                    Some(start) if matches!(start.value, Value::Big(_)) => start.value.clone(),
                    Some(start) => Value::Int(self.integer(&start.value)?),
                    None => Value::Int(0),
                };
                let source = self.iterate(&args.pos[0], node)?;
                let kind = IterKind::Enumerate(source, start);
                return self.iterator(IterObj::new(kind, PENDING));
            }
            Type::Zip => {
                let strict = match self.keyword(&mut args, "strict") {
                    Some(tv) => self.truth(&tv.value)?,
                    None => false,
                };
                self.no_keywords("zip", &args)?;
                let mut sources = Vec::with_capacity(args.pos.len());
                for (i, arg) in args.pos.iter().enumerate() {
                    if !self.is_iterable(&arg.value) {
                        let name = self.type_name(&arg.value);
                        let message = format!("'{name}' object is not iterable");
                        let _ = i;
                        return Err(self.type_error(message));
                    }
                    sources.push(self.iterate(arg, node)?);
                }
                let kind = IterKind::Zip(sources, strict);
                return self.iterator(IterObj::new(kind, PENDING));
            }
            Type::Dict | Type::Counter | Type::DefaultDict | Type::OrderedDict => {
                return self.construct_dict(ty, args, node);
            }
            Type::Deque => return super::super::methods::deque::construct(self, args, node),
            Type::Int => return self.construct_int(args),
            Type::Region => return self.construct_region(args),
            Type::Str => {
                if let Some(object) = self.keyword(&mut args, "object") {
                    args.pos.insert(0, object);
                }
                if args.pos.len() > 3 {
                    let given = args.pos.len();
                    let message = format!("str() takes at most 3 arguments ({given} given)");
                    return Err(self.type_error(message));
                }
                if let Some(encoding) = args.pos.get(1) {
                    let message = match &encoding.value {
                        Value::Str(_) => "decoding str is not supported".to_owned(),
                        other => {
                            let name = self.type_name(other);
                            format!("str() argument 'encoding' must be str, not {name}")
                        }
                    };
                    return Err(self.type_error(message));
                }
                self.arity("str", &args, 0, 1)?;
                return match args.pos.first() {
                    Some(tv) => {
                        self.dep_deep(tv)?;
                        let text = self.text(&tv.value)?;
                        self.string(text)
                    }
                    None => Ok(Value::str("")),
                };
            }
            _ => {}
        }
        let name = ty.name();
        match ty {
            Type::Bool => {
                self.arity(name, &args, 0, 1)?;
                match args.pos.first() {
                    Some(tv) => {
                        self.dep_shape(&tv.value);
                        Ok(Value::Bool(self.truth(&tv.value)?))
                    }
                    None => Ok(Value::Bool(false)),
                }
            }
            Type::Float => {
                self.arity(name, &args, 0, 1)?;
                let value = args
                    .pos
                    .first()
                    .map_or(Value::Float(0.0), |tv| tv.value.clone());
                self.float_of(&value).map(Value::Float)
            }
            Type::List | Type::Tuple | Type::Set | Type::FrozenSet => {
                self.arity(name, &args, 0, 1)?;
                let items = match args.pos.first() {
                    Some(tv) => self.collect_dep(tv, node)?,
                    None => Vec::new(),
                };
                match ty {
                    Type::List => self.list(items, PENDING),
                    Type::Tuple => self.tuple(items, PENDING),
                    _ => {
                        for item in &items {
                            self.dep_deep(item)?;
                        }
                        let set = self.set(items, PENDING)?;
                        if let (Type::FrozenSet, Value::Set(i)) = (ty, &set) {
                            self.heap.sets[*i as usize].frozen = true;
                        }
                        Ok(set)
                    }
                }
            }
            Type::Range => {
                self.arity(name, &args, 1, 3)?;
                let mut parts = Vec::new();
                for arg in &args.pos {
                    parts.push(self.integer(&arg.value)?);
                }
                let range = match parts.as_slice() {
                    [stop] => (0, *stop, 1),
                    [start, stop] => (*start, *stop, 1),
                    [start, stop, step] => (*start, *stop, *step),
                    _ => (0, 0, 1),
                };
                if range.2 == 0 {
                    return Err(self.value_error("range() arg 3 must not be zero"));
                }
                Ok(Value::Range(Rc::new(range)))
            }
            Type::Slice => {
                self.arity(name, &args, 1, 3)?;
                // Slices hold nothing that could hold slices, so that dropping does not recurse.
                let nests = |tv: &&Tv| matches!(tv.value, Value::Slice(_) | Value::Bound(_));
                if let Some(part) = args.pos.iter().find(nests) {
                    let name = self.type_name(&part.value);
                    let message = format!("a slice of '{name}' is of no use here");
                    return Err(self.type_error(message));
                }
                let part = |i: usize| args.pos.get(i).map_or(Value::None, |tv| tv.value.clone());
                Ok(Value::Slice(Rc::new(match args.pos.len() {
                    1 => [Value::None, part(0), Value::None],
                    _ => [part(0), part(1), part(2)],
                })))
            }
            Type::Map => {
                if args.pos.len() < 2 {
                    return Err(self.type_error("map() must have at least two arguments."));
                }
                let mut pos = args.pos.into_iter();
                let Some(func) = pos.next() else {
                    return Ok(Value::None);
                };
                let mut sources = Vec::new();
                for source in pos {
                    sources.push(self.iterate(&source, node)?);
                }
                self.iterator(IterObj::new(IterKind::Map(func, sources), PENDING))
            }
            Type::Filter => {
                self.arity(name, &args, 2, 2)?;
                let source = self.iterate(&args.pos[1], node)?;
                let kind = IterKind::Filter(args.pos[0].clone(), source, true);
                self.iterator(IterObj::new(kind, PENDING))
            }
            Type::Reversed => self.construct_reversed(args, node),
            Type::Type => {
                if args.pos.len() != 1 || !args.kw.is_empty() {
                    return Err(self.type_error("type() takes 1 or 3 arguments"));
                }
                Ok(match &args.pos[0].value {
                    Value::Instance(i) => Value::PackClass(self.heap.instances[*i as usize].class),
                    Value::Exc(i) => Value::ExcClass(self.heap.excs[*i as usize].class),
                    other => Value::Type(self.type_of(other)),
                })
            }
            Type::Object => {
                self.arity(name, &args, 0, 0)?;
                // A list of no one else: an identity without behaviour.
                self.list(Vec::new(), PENDING)
            }
            _ => {
                let message = format!("cannot create '{name}' instances");
                Err(self.type_error(message))
            }
        }
    }

    fn construct_reversed(&mut self, args: Args, node: NodeId) -> R<Value> {
        if args.pos.len() != 1 {
            let message = format!("reversed expected 1 argument, got {}", args.pos.len());
            return Err(self.type_error(message));
        }
        let source = &args.pos[0];
        let kind = match &source.value {
            Value::List(i) => {
                let len = self.heap.lists[*i as usize].items.len();
                IterKind::ReversedList(*i, len.checked_sub(1))
            }
            Value::Range(r) => {
                let n = super::super::index::range_len(r);
                if n == 0 {
                    IterKind::Range(0, 0, 1)
                } else {
                    let last = r.0.saturating_add((n as i64 - 1).saturating_mul(r.2));
                    IterKind::Range(last, r.0.saturating_sub(r.2), r.2.saturating_neg())
                }
            }
            Value::Str(_) | Value::Tuple(_) | Value::Dict(_) | Value::View(..) => {
                let (mut items, shape) = self.collect(source, node)?;
                items.reverse();
                let kind = IterKind::Items(items.into_iter());
                return self.iterator(IterObj::with_shape(kind, PENDING, shape));
            }
            other => {
                let message = format!("'{}' object is not reversible", self.type_name(other));
                return Err(self.type_error(message));
            }
        };
        self.iterator(IterObj::new(kind, PENDING))
    }

    fn construct_dict(&mut self, ty: Type, args: Args, node: NodeId) -> R<Value> {
        let mut pos = args.pos;
        let kind = match ty {
            Type::Counter => DictKind::Counter,
            Type::OrderedDict => DictKind::Ordered,
            Type::DefaultDict => {
                let factory = if pos.is_empty() {
                    Value::None
                } else {
                    pos.remove(0).value
                };
                if !factory.is_none() && !is_callable(&factory) {
                    return Err(self.type_error("first argument must be callable or None"));
                }
                DictKind::Default(factory)
            }
            _ => DictKind::Plain,
        };
        if pos.len() > 1 && ty == Type::Counter {
            let message = format!(
                "Counter.__init__() takes from 1 to 2 positional arguments but {} were given",
                pos.len() + 1
            );
            return Err(self.type_error(message));
        }
        if pos.len() > 1 {
            let message = format!(
                "{} expected at most 1 argument, got {}",
                ty.name(),
                pos.len()
            );
            return Err(self.type_error(message));
        }
        let dict = self.dict_of(Default::default(), kind, PENDING)?;
        let Value::Dict(i) = dict else {
            return Ok(dict);
        };
        if let Some(source) = pos.first() {
            if ty == Type::Counter {
                self.count_into(i, source, BinaryOp::Add, node)?;
            } else {
                self.update_dict(i, source, node)?;
            }
        }
        for (name, tv) in args.kw {
            let key = Tv::pending(Value::Str(name));
            let mut map = std::mem::take(&mut self.heap.dicts[i as usize].map);
            let result = self.insert(&mut map, key, tv);
            self.heap.dicts[i as usize].map = map;
            result?;
        }
        Ok(dict)
    }

    /// Entries of a mapping or pairs into a dict.
    pub(crate) fn update_dict(&mut self, i: u32, source: &Tv, node: NodeId) -> R<()> {
        let entries: Vec<(Tv, Tv)> = match &source.value {
            Value::Dict(j) => {
                self.dep_shape(&source.value);
                self.heap.dicts[*j as usize].map.values().cloned().collect()
            }
            _ => {
                let ordered = matches!(self.heap.dicts[i as usize].kind, DictKind::Ordered);
                let mut entries = Vec::new();
                for (n, pair) in self.collect_dep(source, node)?.into_iter().enumerate() {
                    if !ordered && !self.is_iterable(&pair.value) {
                        let message = format!(
                            "cannot convert dictionary update sequence element #{n} to a sequence"
                        );
                        return Err(self.type_error(message));
                    }
                    let items = self.collect_dep(&pair, node)?;
                    match <[Tv; 2]>::try_from(items) {
                        Ok([key, value]) => entries.push((key, value)),
                        Err(items) if ordered => {
                            let message = match items.len() {
                                0 => "need more than 0 values to unpack",
                                1 => "need more than 1 value to unpack",
                                _ => "too many values to unpack (expected 2)",
                            };
                            return Err(self.value_error(message));
                        }
                        Err(items) => {
                            let message = format!(
                                "dictionary update sequence element #{n} has length {}; 2 is \
                                 required",
                                items.len()
                            );
                            return Err(self.value_error(message));
                        }
                    }
                }
                entries
            }
        };
        let mut map = std::mem::take(&mut self.heap.dicts[i as usize].map);
        let mut result = Ok(());
        for (key, value) in entries {
            result = self.dep_deep(&key);
            if result.is_ok() {
                result = self.insert(&mut map, key, value);
            }
            if result.is_err() {
                break;
            }
        }
        self.heap.dicts[i as usize].map = map;
        result
    }

    /// Counts elements into a Counter.
    pub(crate) fn count_into(&mut self, i: u32, source: &Tv, op: BinaryOp, node: NodeId) -> R<()> {
        if source.value.is_none() {
            return Ok(());
        }
        if let (Value::Dict(_), BinaryOp::Add, true) = (
            &source.value,
            op,
            self.heap.dicts[i as usize].map.is_empty(),
        ) {
            // The counts of the first mapping are taken as they are.
            return self.update_dict(i, source, node);
        }
        let entries: Vec<(Tv, Value)> = match &source.value {
            Value::Dict(j) => self.heap.dicts[*j as usize]
                .map
                .values()
                .map(|(key, n)| (key.clone(), n.value.clone()))
                .collect(),
            _ => self
                .collect_dep(source, node)?
                .into_iter()
                .map(|tv| (tv, Value::Int(1)))
                .collect(),
        };
        self.dep_deep(source)?;
        for (key, n) in entries {
            self.step()?;
            self.dep_deep(&key)?;
            let hashed = self.key(&key.value)?;
            let found = self.heap.dicts[i as usize].map.get(&hashed);
            let old = found.map_or(Value::Int(0), |(_, tv)| tv.value.clone());
            let new = Tv::pending(self.binary(op, &old, &n)?);
            self.charge(96)?;
            let map = &mut self.heap.dicts[i as usize].map;
            match map.get_mut(&hashed) {
                Some(entry) => entry.1 = new,
                None => {
                    map.insert(hashed, (key, new));
                }
            }
        }
        Ok(())
    }

    fn construct_int(&mut self, mut args: Args) -> R<Value> {
        if let Some(base) = self.keyword(&mut args, "base") {
            args.pos.push(base);
        }
        self.no_keywords("int", &args)?;
        self.arity_of("int", &args, 0, 2)?;
        let Some(tv) = args.pos.first() else {
            return Ok(Value::Int(0));
        };
        if let Some(base) = args.pos.get(1) {
            let base = match &base.value {
                Value::Big(_) => -1,
                other => self.integer(other)?,
            };
            if base != 0 && !(2..=36).contains(&base) {
                return Err(self.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            return match &tv.value {
                Value::Str(s) => match number::parse_int(s, base) {
                    Ok(big) => Ok(Value::from_big(big)),
                    Err(e) => Err(self.text_error(e)),
                },
                _ => Err(self.type_error("int() can't convert non-string with explicit base")),
            };
        }
        match &tv.value {
            Value::Float(x) => match number::float_to_int(*x) {
                Ok(big) => Ok(Value::from_big(big)),
                Err(e) => Err(self.text_error(e)),
            },
            Value::Str(s) => {
                self.work(s.len())?;
                match number::parse_int(s, 10) {
                    Ok(big) => Ok(Value::from_big(big)),
                    Err(e) => Err(self.text_error(e)),
                }
            }
            value => match (value.as_int(), value) {
                (Some(i), _) => Ok(Value::Int(i)),
                (None, Value::Big(_)) => Ok(value.clone()),
                _ => {
                    let message = format!(
                        "int() argument must be a string, a bytes-like object or a real number, \
                         not '{}'",
                        self.type_name(value)
                    );
                    Err(self.type_error(message))
                }
            },
        }
    }

    /// Python's `float(value)`.
    pub(crate) fn float_of(&mut self, value: &Value) -> R<f64> {
        match value {
            Value::Float(x) => Ok(*x),
            Value::Str(s) => number::parse_float(s).map_err(|e| self.text_error(e)),
            Value::Big(b) => self.big_to_float(b),
            value => match value.as_int() {
                Some(i) => Ok(i as f64),
                None => {
                    let message = format!(
                        "float() argument must be a string or a real number, not '{}'",
                        self.type_name(value)
                    );
                    Err(self.type_error(message))
                }
            },
        }
    }

    /// A real number as a float, for the mathematical functions.
    pub(crate) fn real(&mut self, value: &Value) -> R<f64> {
        match value {
            Value::Str(_) => {
                let message = "must be real number, not str";
                Err(self.type_error(message))
            }
            Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_) => {
                self.float_of(value)
            }
            other => {
                let message = format!("must be real number, not {}", self.type_name(other));
                Err(self.type_error(message))
            }
        }
    }

    /// A shift or an index that may be large: clamped.
    pub(crate) fn clamped(&mut self, value: &Value) -> R<i64> {
        match value {
            Value::Big(b) => {
                Ok(b.to_i64()
                    .unwrap_or(if b.is_negative() { i64::MIN } else { i64::MAX }))
            }
            other => self.integer(other),
        }
    }
}
