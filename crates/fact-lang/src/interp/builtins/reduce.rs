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
