//! Builtin functions.

mod types;

use super::Vm;
use super::call::Args;
use super::error::{ExcClass, R, Stop};
use super::iter::{IterKind, IterObj};
use super::native::{self, Native};
use super::value::{PENDING, Tv, Type, Value};
use crate::ast::{BinaryOp, CompareOp, NodeId};
use crate::pytext::{self, number};
use crate::run::Limit;
use num_bigint::BigInt;
use num_traits::Signed;

/// A builtin name.
pub(crate) fn builtin(name: &str) -> Option<Value> {
    let ty = match name {
        "object" => Type::Object,
        "type" => Type::Type,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "float" => Type::Float,
        "str" => Type::Str,
        "list" => Type::List,
        "tuple" => Type::Tuple,
        "dict" => Type::Dict,
        "set" => Type::Set,
        "frozenset" => Type::FrozenSet,
        "range" => Type::Range,
        "slice" => Type::Slice,
        "enumerate" => Type::Enumerate,
        "zip" => Type::Zip,
        "map" => Type::Map,
        "filter" => Type::Filter,
        "reversed" => Type::Reversed,
        "Ellipsis" => return Some(Value::Ellipsis),
        "NotImplemented" => return Some(Value::NotImplemented),
        // Of the exceptions, these belong to modules.
        "StatisticsError" | "RegexError" => return None,
        _ => {
            return native::find(TABLE, name)
                .or_else(|| ExcClass::by_name(name).map(Value::ExcClass));
        }
    };
    Some(Value::Type(ty))
}

static TABLE: &[Native] = &[
    Native {
        name: "len",
        call: len,
    },
    Native {
        name: "any",
        call: any,
    },
    Native {
        name: "all",
        call: all,
    },
    Native {
        name: "max",
        call: max,
    },
    Native {
        name: "min",
        call: min,
    },
    Native {
        name: "sum",
        call: sum,
    },
    Native {
        name: "abs",
        call: abs,
    },
    Native {
        name: "print",
        call: print,
    },
    Native {
        name: "next",
        call: next,
    },
    Native {
        name: "iter",
        call: iter,
    },
    Native {
        name: "sorted",
        call: sorted,
    },
    Native {
        name: "isinstance",
        call: isinstance,
    },
    Native {
        name: "round",
        call: round,
    },
    Native {
        name: "divmod",
        call: divmod,
    },
    Native {
        name: "pow",
        call: pow,
    },
    Native {
        name: "repr",
        call: repr,
    },
    Native {
        name: "ascii",
        call: ascii,
    },
    Native {
        name: "format",
        call: format,
    },
    Native {
        name: "chr",
        call: chr,
    },
    Native {
        name: "ord",
        call: ord,
    },
    Native {
        name: "bin",
        call: bin,
    },
    Native {
        name: "hex",
        call: hex,
    },
    Native {
        name: "oct",
        call: oct,
    },
    Native {
        name: "callable",
        call: callable,
    },
    Native {
        name: "hasattr",
        call: hasattr,
    },
    Native {
        name: "issubclass",
        call: issubclass,
    },
];

fn len(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("len", &args, 1, 1)?;
    let value = &args.pos[0].value;
    let n = match value {
        Value::Str(s) => {
            vm.work(s.len() / 64)?;
            pytext::len(s)
        }
        Value::List(_) | Value::Tuple(_) => vm.items(value).len(),
        Value::Dict(i) | Value::View(_, i) => vm.heap.dicts[*i as usize].map.len(),
        Value::Set(i) => vm.heap.sets[*i as usize].map.len(),
        Value::Range(r) => super::index::range_len(r) as usize,
        other => {
            let message = format!("object of type '{}' has no len()", vm.type_name(other));
            return Err(vm.type_error(message));
        }
    };
    vm.dep_shape(value);
    Ok(Value::Int(n as i64))
}

fn any(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    quantifier(vm, args, node, "any", true)
}

fn all(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    quantifier(vm, args, node, "all", false)
}

/// `any` is decided by a true element, `all` by a false one: the result then depends on it alone.
/// Otherwise it depends on every element.
fn quantifier(vm: &mut Vm<'_>, args: Args, node: NodeId, name: &str, decided: bool) -> R<Value> {
    vm.arity(name, &args, 1, 1)?;
    let iterator = vm.iterate(&args.pos[0], node)?;
    let mut seen = Vec::new();
    while let Some(item) = vm.iter_next(iterator, node)? {
        vm.step()?;
        let inputs = vm.truth_inputs(&item);
        if vm.truth(&item.value)? == decided {
            for event in inputs {
                vm.dep(event);
            }
            return Ok(Value::Bool(decided));
        }
        seen.extend(inputs);
    }
    vm.iter_shape(iterator, &mut seen);
    for event in seen {
        vm.dep(event);
    }
    Ok(Value::Bool(!decided))
}

fn max(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    extreme(vm, args, node, "max", CompareOp::Gt)
}

fn min(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    extreme(vm, args, node, "min", CompareOp::Lt)
}

fn extreme(vm: &mut Vm<'_>, mut args: Args, node: NodeId, name: &str, op: CompareOp) -> R<Value> {
    let key = vm.keyword(&mut args, "key").filter(|k| !k.value.is_none());
    let default = vm.keyword(&mut args, "default");
    if !args.pos.is_empty() {
        vm.no_keywords(name, &args)?;
    }
    let items = match args.pos.len() {
        0 => {
            let message = format!("{name} expected at least 1 argument, got 0");
            return Err(vm.type_error(message));
        }
        1 => vm.collect_dep(&args.pos[0], node)?,
        _ => {
            if default.is_some() {
                let message = format!(
                    "Cannot specify a default for {name}() with multiple positional arguments"
                );
                return Err(vm.type_error(message));
            }
            args.pos.clone()
        }
    };
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        vm.step()?;
        let rank = rank(vm, key.as_ref(), &item, node)?;
        let better = match &best {
            None => true,
            Some((_, best)) => vm.order(op, &rank, best)?,
        };
        if better {
            best = Some((item.value, rank));
        }
    }
    match (best, default) {
        (Some((value, _)), _) => Ok(value),
        (None, Some(default)) => Ok(default.value),
        (None, None) => {
            let message = format!("{name}() arg is an empty sequence");
            Err(vm.value_error(message))
        }
    }
}

/// What an element is ordered by, as a dependence of the call in progress.
pub(crate) fn rank(vm: &mut Vm<'_>, key: Option<&Tv>, item: &Tv, node: NodeId) -> R<Value> {
    match key {
        Some(key) => {
            let rank = vm.call(key, Args::of(vec![item.clone()]), node)?;
            vm.dep(item.event);
            vm.dep_deep(&rank)?;
            Ok(rank.value)
        }
        None => {
            vm.dep_deep(item)?;
            Ok(item.value.clone())
        }
    }
}

fn sum(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let start = vm.keyword(&mut args, "start");
    vm.arity_of("sum", &args, 0, 2)?;
    if args.pos.is_empty() {
        return Err(vm.type_error("sum() takes at least 1 positional argument (0 given)"));
    }
    let start = start.or_else(|| args.pos.get(1).cloned());
    let mut total = start.map_or(Value::Int(0), |tv| tv.value);
    if matches!(total, Value::Str(_)) {
        return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    for item in vm.collect_dep(&args.pos[0], node)? {
        vm.step()?;
        vm.dep_deep(&item)?;
        total = vm.binary(BinaryOp::Add, &total, &item.value)?;
    }
    Ok(total)
}

fn abs(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("abs", &args, 1, 1)?;
    match &args.pos[0].value {
        Value::Float(x) => Ok(Value::Float(x.abs())),
        value => match (value.as_int(), value.to_big()) {
            (Some(i), _) => Ok(match i.checked_abs() {
                Some(i) => Value::Int(i),
                None => Value::from_big(BigInt::from(i).abs()),
            }),
            (None, Some(big)) => Ok(Value::from_big(big.abs())),
            _ => {
                let message = format!("bad operand type for abs(): '{}'", vm.type_name(value));
                Err(vm.type_error(message))
            }
        },
    }
}

fn print(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    let sep = vm.keyword(&mut args, "sep").filter(|v| !v.value.is_none());
    let end = vm.keyword(&mut args, "end").filter(|v| !v.value.is_none());
    vm.keyword(&mut args, "flush");
    vm.keyword(&mut args, "file");
    vm.no_keywords("print", &args)?;
    for (name, tv) in [("sep", &sep), ("end", &end)] {
        if let Some(tv) = tv
            && !matches!(tv.value, Value::Str(_))
        {
            let got = vm.type_name(&tv.value);
            return Err(vm.type_error(format!("{name} must be None or a string, not {got}")));
        }
    }
    let sep = match &sep {
        Some(tv) => vm.text(&tv.value)?,
        None => " ".to_owned(),
    };
    // What was printed before an argument failed stays printed.
    for (i, arg) in args.pos.iter().enumerate() {
        if i > 0 {
            put(vm, &sep)?;
        }
        vm.dep_deep(arg)?;
        let text = vm.text(&arg.value)?;
        put(vm, &text)?;
    }
    let end = match &end {
        Some(tv) => vm.text(&tv.value)?,
        None => "\n".to_owned(),
    };
    put(vm, &end)?;
    Ok(Value::None)
}

/// Adds to what was printed.
fn put(vm: &mut Vm<'_>, text: &str) -> R<()> {
    if (vm.output.len() + text.len()) as u64 > vm.limits.output {
        return Err(Stop::Limit(Limit::Output));
    }
    vm.output.push_str(text);
    Ok(())
}

fn next(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("next", &args, 1, 2)?;
    let Value::Iter(iterator) = args.pos[0].value else {
        let message = format!(
            "'{}' object is not an iterator",
            vm.type_name(&args.pos[0].value)
        );
        return Err(vm.type_error(message));
    };
    let item = vm.iter_next(iterator, node)?;
    let mut shape = Vec::new();
    vm.iter_shape(iterator, &mut shape);
    for event in shape {
        vm.dep(event);
    }
    match (item, args.pos.get(1)) {
        (Some(item), _) => {
            vm.dep(item.event);
            Ok(item.value)
        }
        (None, Some(default)) => Ok(default.value.clone()),
        (None, None) => Err(Stop::Raise(
            vm.exception(ExcClass::StopIteration, Vec::new()),
        )),
    }
}

fn iter(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("iter", &args, 1, 2)?;
    if let Some(sentinel) = args.pos.get(1) {
        if !is_callable(&args.pos[0].value) {
            return Err(vm.type_error("iter(v, w): v must be callable"));
        }
        let kind = IterKind::Until(args.pos[0].clone(), sentinel.value.clone());
        return vm.iterator(IterObj::new(kind, PENDING));
    }
    Ok(Value::Iter(vm.iterate(&args.pos[0], node)?))
}

fn sorted(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let key = vm.keyword(&mut args, "key");
    let reverse = vm.keyword(&mut args, "reverse");
    vm.no_keywords("sort", &args)?;
    if args.pos.len() != 1 {
        let message = format!("sorted expected 1 argument, got {}", args.pos.len());
        return Err(vm.type_error(message));
    }
    let items = vm.collect_dep(&args.pos[0], node)?;
    let items = sort(vm, items, key, reverse, node)?;
    vm.list(items, PENDING)
}

/// Stable sort: the number of comparisons is bounded and each is a step.
pub(crate) fn sort(
    vm: &mut Vm<'_>,
    items: Vec<Tv>,
    key: Option<Tv>,
    reverse: Option<Tv>,
    node: NodeId,
) -> R<Vec<Tv>> {
    let (items, result) = sort_partly(vm, items, key, reverse, node);
    result.map(|()| items)
}

/// [`sort`], with the elements as they are when a comparison fails.
pub(crate) fn sort_partly(
    vm: &mut Vm<'_>,
    items: Vec<Tv>,
    key: Option<Tv>,
    reverse: Option<Tv>,
    node: NodeId,
) -> (Vec<Tv>, R<()>) {
    let mut ranks = Vec::with_capacity(items.len());
    let reverse = match ranked(vm, &items, key, reverse, node, &mut ranks) {
        Ok(reverse) => reverse,
        Err(stop) => return (items, Err(stop)),
    };
    let mut ranked: Vec<(Value, Tv)> = ranks.into_iter().zip(items).collect();
    if reverse {
        ranked.reverse();
    }
    // Short lists are compared in CPython's order, which a failing comparison makes visible.
    let result = match ranked.len() {
        0..64 => insertion_sort(vm, &mut ranked),
        _ => merge_sort(vm, &mut ranked),
    };
    if reverse {
        ranked.reverse();
    }
    let items = ranked.into_iter().map(|(_, item)| item).collect();
    (items, result)
}

/// What the elements are ordered by, and whether in reverse.
fn ranked(
    vm: &mut Vm<'_>,
    items: &[Tv],
    key: Option<Tv>,
    reverse: Option<Tv>,
    node: NodeId,
    ranks: &mut Vec<Value>,
) -> R<bool> {
    let key = key.filter(|k| !k.value.is_none());
    let reverse = match reverse {
        Some(tv) => {
            vm.dep(tv.event);
            vm.clamped(&tv.value)? != 0
        }
        None => false,
    };
    vm.charge(items.len() * 64)?;
    for item in items {
        ranks.push(rank(vm, key.as_ref(), item, node)?);
    }
    Ok(reverse)
}

fn merge_sort(vm: &mut Vm<'_>, items: &mut Vec<(Value, Tv)>) -> R<()> {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some(l), Some(r)) = (left.first(), right.first()) {
                if vm.less(&r.0, &l.0)? {
                    merged.push(r.clone());
                    right = &right[1..];
                } else {
                    merged.push(l.clone());
                    left = &left[1..];
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        *items = merged;
        width *= 2;
    }
    Ok(())
}

/// CPython's order of comparisons for fewer than 64 elements: the first run, reversed if it falls,
/// then binary insertion.
fn insertion_sort(vm: &mut Vm<'_>, items: &mut [(Value, Tv)]) -> R<()> {
    if items.len() < 2 {
        return Ok(());
    }
    let falls = vm.less(&items[1].0, &items[0].0)?;
    let mut sorted = 2;
    while sorted < items.len() && vm.less(&items[sorted].0, &items[sorted - 1].0)? == falls {
        sorted += 1;
    }
    if falls {
        items[..sorted].reverse();
    }
    for next in sorted..items.len() {
        let (mut left, mut right) = (0, next);
        while left < right {
            let middle = left + (right - left) / 2;
            if vm.less(&items[next].0, &items[middle].0)? {
                right = middle;
            } else {
                left = middle + 1;
            }
        }
        items[left..=next].rotate_right(1);
    }
    Ok(())
}

fn isinstance(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("isinstance", &args, 2, 2)?;
    let result = instance_of(vm, &args.pos[0].value, &args.pos[1].value)?;
    Ok(Value::Bool(result))
}

fn instance_of(vm: &mut Vm<'_>, value: &Value, class: &Value) -> R<bool> {
    Ok(match class {
        Value::Tuple(_) => {
            let classes = vm.items(class).to_vec();
            return vm.nested("maximum recursion depth exceeded", |vm| {
                for class in &classes {
                    if instance_of(vm, value, &class.value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
        }
        Value::Type(Type::Object) => true,
        Value::Type(Type::Int) => {
            matches!(value, Value::Bool(_) | Value::Int(_) | Value::Big(_))
        }
        Value::Type(Type::Dict) => matches!(value, Value::Dict(_)),
        Value::Type(ty) => vm.type_of(value) == *ty,
        Value::PackClass(class) => match value {
            Value::Instance(i) => vm.heap.instances[*i as usize].class == *class,
            _ => false,
        },
        Value::ExcClass(class) => match value {
            Value::Exc(i) => vm.heap.excs[*i as usize].class.is(*class),
            _ => false,
        },
        Value::Typing(name) => match &**name {
            "List" => matches!(value, Value::List(_)),
            "Dict" => matches!(value, Value::Dict(_)),
            "Tuple" => matches!(value, Value::Tuple(_)),
            "Set" => matches!(value, Value::Set(_)),
            "Iterable" | "Collection" => vm.is_iterable(value),
            "Callable" => is_callable(value),
            "Number" => matches!(
                value,
                Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_)
            ),
            _ => {
                return Err(vm.type_error(
                    "isinstance() arg 2 must be a type, a tuple of types, or a union",
                ));
            }
        },
        _ => {
            return Err(
                vm.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")
            );
        }
    })
}

fn issubclass(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("issubclass", &args, 2, 2)?;
    let class = &args.pos[0].value;
    if !matches!(
        class,
        Value::Type(_) | Value::PackClass(_) | Value::ExcClass(_)
    ) {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    let parents = match &args.pos[1].value {
        tuple @ Value::Tuple(_) => vm.items(tuple).to_vec(),
        _ => vec![args.pos[1].clone()],
    };
    let is = parents.iter().any(|parent| match (class, &parent.value) {
        (Value::ExcClass(a), Value::ExcClass(b)) => a.is(*b),
        (Value::Type(Type::Bool), Value::Type(Type::Int)) | (_, Value::Type(Type::Object)) => true,
        (a, b) => vm.is(a, b),
    });
    Ok(Value::Bool(is))
}

pub(crate) fn is_callable(value: &Value) -> bool {
    matches!(
        value,
        Value::Func(_)
            | Value::PackFn(_)
            | Value::PackClass(_)
            | Value::Bound(_)
            | Value::Native(_)
            | Value::Type(_)
            | Value::ExcClass(_)
            | Value::Partial(_)
    )
}

fn callable(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("callable", &args, 1, 1)?;
    Ok(Value::Bool(is_callable(&args.pos[0].value)))
}

/// Whether an attribute exists; it is not read, so properties do not run.
fn hasattr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("hasattr", &args, 2, 2)?;
    let Value::Str(name) = &args.pos[1].value else {
        let got = vm.type_name(&args.pos[1].value);
        return Err(vm.type_error(format!("attribute name must be string, not '{got}'")));
    };
    let value = &args.pos[0].value;
    if name.starts_with('_') {
        return Ok(Value::Bool(false));
    }
    let has = match value {
        Value::Instance(i) => {
            let instance = &vm.heap.instances[*i as usize];
            instance.fields.iter().any(|(field, _)| field == name)
                || vm.pack.class(instance.class).members.contains_key(name)
        }
        Value::Module(module) => super::modules::member(module, name).is_some(),
        other => super::methods::has_method(vm, other, name),
    };
    Ok(Value::Bool(has))
}

fn round(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    if let Some(digits) = vm.keyword(&mut args, "ndigits") {
        args.pos.push(digits);
    }
    if let Some(number) = vm.keyword(&mut args, "number") {
        args.pos.insert(0, number);
    }
    if args.pos.is_empty() {
        return Err(vm.type_error("round() missing required argument 'number' (pos 1)"));
    }
    vm.arity_of("round", &args, 1, 2)?;
    let digits = match args.pos.get(1).map(|tv| &tv.value) {
        None | Some(Value::None) => None,
        Some(value) => match (value.as_int(), value) {
            (Some(digits), _) => Some(digits),
            (None, Value::Big(_)) => Some(vm.clamped(value)?),
            (None, _) => {
                let message = format!(
                    "'{}' object cannot be interpreted as an integer",
                    vm.type_name(value)
                );
                return Err(vm.type_error(message));
            }
        },
    };
    match (&args.pos[0].value, digits) {
        (Value::Float(x), None) => match number::round_float_to_int(*x) {
            Ok(big) => Ok(Value::from_big(big)),
            Err(e) => Err(vm.text_error(e)),
        },
        (Value::Float(x), Some(digits)) => match number::round_float(*x, digits) {
            Ok(x) => Ok(Value::Float(x)),
            Err(e) => Err(vm.text_error(e)),
        },
        (value, digits) => match (value.to_big(), digits) {
            (Some(big), Some(digits)) if digits < 0 => {
                let digits = digits.max(-100_000);
                Ok(Value::from_big(number::round_int(&big, digits)))
            }
            (Some(big), _) => Ok(Value::from_big(big)),
            (None, _) => {
                let message = format!(
                    "type {} doesn't define __round__ method",
                    vm.type_name(value)
                );
                Err(vm.type_error(message))
            }
        },
    }
}

fn divmod(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("divmod", &args, 2, 2)?;
    let (a, b) = (&args.pos[0].value, &args.pos[1].value);
    let numbers = |v: &Value| {
        matches!(
            v,
            Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_)
        )
    };
    if !numbers(a) || !numbers(b) {
        let message = format!(
            "unsupported operand type(s) for divmod(): '{}' and '{}'",
            vm.type_name(a),
            vm.type_name(b)
        );
        return Err(vm.type_error(message));
    }
    let quotient = vm.binary(BinaryOp::FloorDiv, a, b).map_err(|stop| {
        // `divmod` has one message of its own.
        match (stop, a, b) {
            (Stop::Raise(_), Value::Float(_), _) | (Stop::Raise(_), _, Value::Float(_)) => {
                vm.raise(ExcClass::ZeroDivisionError, "float divmod()")
            }
            (stop, ..) => stop,
        }
    })?;
    let rest = vm.binary(BinaryOp::Mod, a, b)?;
    vm.tuple(vec![Tv::pending(quotient), Tv::pending(rest)], PENDING)
}

fn pow(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    for (i, (name, missing)) in [
        ("base", "pow() missing required argument 'base' (pos 1)"),
        ("exp", "pow() missing required argument 'exp' (pos 2)"),
        ("mod", ""),
    ]
    .into_iter()
    .enumerate()
    {
        if let Some(tv) = vm.keyword(&mut args, name) {
            args.pos.insert(i.min(args.pos.len()), tv);
        }
        if args.pos.len() <= i && !missing.is_empty() {
            return Err(vm.type_error(missing));
        }
    }
    vm.arity_of("pow", &args, 2, 3)?;
    let power = |vm: &mut Vm<'_>| vm.binary(BinaryOp::Pow, &args.pos[0].value, &args.pos[1].value);
    let Some(modulus) = args.pos.get(2).filter(|tv| !tv.value.is_none()) else {
        return power(vm);
    };
    let is_number = |i: usize| {
        matches!(args.pos[i].value, Value::Float(_)) || args.pos[i].value.to_big().is_some()
    };
    if !(0..3).all(is_number) {
        let names: Vec<_> = args.pos.iter().map(|tv| vm.type_name(&tv.value)).collect();
        let message = format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            names[0], names[1], names[2]
        );
        return Err(vm.type_error(message));
    }
    let (Some(base), Some(exponent), Some(modulus)) = (
        args.pos[0].value.to_big(),
        args.pos[1].value.to_big(),
        modulus.value.to_big(),
    ) else {
        return Err(
            vm.type_error("pow() 3rd argument not allowed unless all arguments are integers")
        );
    };
    if modulus == BigInt::from(0) {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let words = (modulus.bits().max(base.bits()) / 64 + 1) as usize;
    vm.work(
        words
            .saturating_mul(words)
            .saturating_mul(exponent.bits() as usize + 1),
    )?;
    if !exponent.is_negative() {
        return Ok(Value::from_big(base.modpow(&exponent, &modulus)));
    }
    match base.modinv(&modulus) {
        Some(inverse) => Ok(Value::from_big(inverse.modpow(&-exponent, &modulus))),
        None => Err(vm.value_error("base is not invertible for the given modulus")),
    }
}

fn repr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("repr", &args, 1, 1)?;
    vm.dep_deep(&args.pos[0])?;
    let text = vm.repr(&args.pos[0].value)?;
    vm.string(text)
}

fn ascii(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("ascii", &args, 1, 1)?;
    vm.dep_deep(&args.pos[0])?;
    let text = vm.repr(&args.pos[0].value)?;
    vm.string(pytext::repr::ascii_of_repr(&text))
}

fn format(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("format", &args, 1, 2)?;
    vm.dep_deep(&args.pos[0])?;
    let spec = match args.pos.get(1).map(|tv| &tv.value) {
        None => "".into(),
        Some(Value::Str(spec)) => spec.clone(),
        Some(other) => {
            let message = format!(
                "format() argument 2 must be str, not {}",
                vm.type_name(other)
            );
            return Err(vm.type_error(message));
        }
    };
    let text = vm.format(&args.pos[0].value, &spec)?;
    vm.string(text)
}

fn chr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("chr", &args, 1, 1)?;
    let code = vm.integer(&args.pos[0].value)?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => vm.string(c.to_string()),
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("ord", &args, 1, 1)?;
    match &args.pos[0].value {
        Value::Str(s) => {
            let mut chars = s.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
                _ => {
                    let n = pytext::len(s);
                    let message =
                        format!("ord() expected a character, but string of length {n} found");
                    Err(vm.type_error(message))
                }
            }
        }
        other => {
            let message = format!(
                "ord() expected string of length 1, but {} found",
                vm.type_name(other)
            );
            Err(vm.type_error(message))
        }
    }
}

fn bin(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "bin", "#b")
}

fn hex(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "hex", "#x")
}

fn oct(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "oct", "#o")
}

fn radix(vm: &mut Vm<'_>, args: Args, name: &str, spec: &str) -> R<Value> {
    vm.arity(name, &args, 1, 1)?;
    match args.pos[0].value.to_big() {
        Some(big) => {
            let text = vm.format(&Value::from_big(big), spec)?;
            vm.string(text)
        }
        None => {
            let message = format!(
                "'{}' object cannot be interpreted as an integer",
                vm.type_name(&args.pos[0].value)
            );
            Err(vm.type_error(message))
        }
    }
}
