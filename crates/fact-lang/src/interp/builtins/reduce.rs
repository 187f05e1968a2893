//! Builtin functions that look at every element: quantifiers, extremes, sums, sorting.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::record::Deps;
use super::super::value::{PENDING, Tv, Value};
use crate::ast::{BinaryOp, CompareOp, NodeId};

pub(super) fn any(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    quantifier(vm, args, node, "any", true)
}

pub(super) fn all(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    quantifier(vm, args, node, "all", false)
}

/// `any` is decided by a true element, `all` by a false one: the result then depends on it alone.
/// Otherwise it depends on every element.
fn quantifier(vm: &mut Vm<'_>, args: Args, node: NodeId, name: &str, decided: bool) -> R<Value> {
    vm.arity(name, &args, 1, 1)?;
    let iterator = vm.iterate(&args.pos[0], node)?;
    let mut seen = Deps::new();
    while let Some(item) = vm.iter_next(iterator, node)? {
        vm.step()?;
        let inputs = vm.truth_inputs(&item);
        if vm.truth(&item.value)? == decided {
            let mut inputs = inputs;
            // An element of a generator carries the filter that let it through; of other
            // iterables, which elements there are decides that it is there.
            vm.iter_origin(iterator, &mut inputs);
            for event in inputs {
                vm.dep(event);
            }
            let by = vm.next_event();
            vm.settled(iterator, by);
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

pub(super) fn max(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    extreme(vm, args, node, "max", CompareOp::Gt)
}

pub(super) fn min(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    extreme(vm, args, node, "min", CompareOp::Lt)
}

fn extreme(vm: &mut Vm<'_>, mut args: Args, node: NodeId, name: &str, op: CompareOp) -> R<Value> {
    let key = vm.keyword(&mut args, "key").filter(|k| !k.value.is_none());
    let default = vm.keyword(&mut args, "default");
    vm.no_keywords(name, &args)?;
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

pub(super) fn sum(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
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

pub(super) fn sorted(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
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

/// Stable merge sort: the number of comparisons is bounded and each is a step.
pub(crate) fn sort(
    vm: &mut Vm<'_>,
    items: Vec<Tv>,
    key: Option<Tv>,
    reverse: Option<Tv>,
    node: NodeId,
) -> R<Vec<Tv>> {
    let key = key.filter(|k| !k.value.is_none());
    let reverse = match reverse {
        Some(tv) => {
            vm.dep(tv.event);
            vm.clamped(&tv.value)? != 0
        }
        None => false,
    };
    let mut ranked = Vec::with_capacity(items.len());
    for item in items {
        let rank = rank(vm, key.as_ref(), &item, node)?;
        ranked.push((rank, item));
    }
    vm.charge(ranked.len() * 64)?;
    if reverse {
        ranked.reverse();
    }
    let mut width = 1;
    while width < ranked.len() {
        let mut merged = Vec::with_capacity(ranked.len());
        let mut rest = ranked.into_iter().peekable();
        while rest.peek().is_some() {
            let left: Vec<(Value, Tv)> = rest.by_ref().take(width).collect();
            let right: Vec<(Value, Tv)> = rest.by_ref().take(width).collect();
            let mut left = left.into_iter().peekable();
            let mut right = right.into_iter().peekable();
            loop {
                let from_right = match (left.peek(), right.peek()) {
                    (Some(l), Some(r)) => vm.less(&r.0, &l.0)?,
                    (None, Some(_)) => true,
                    (Some(_), None) => false,
                    (None, None) => break,
                };
                merged.extend(if from_right {
                    right.next()
                } else {
                    left.next()
                });
            }
        }
        ranked = merged;
        width *= 2;
    }
    if reverse {
        ranked.reverse();
    }
    Ok(ranked.into_iter().map(|(_, item)| item).collect())
}
