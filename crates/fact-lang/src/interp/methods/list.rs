//! Methods of lists and tuples.

use super::super::call::Args;
use super::super::error::R;
use super::super::record::Deps;
use super::super::value::{PENDING, Tv, Value};
use super::super::{Vm, builtins};
use crate::ast::NodeId;
use crate::pytext::slice;

pub(super) const NAMES: &[&str] = &[
    "append", "extend", "insert", "remove", "pop", "clear", "index", "count", "sort", "reverse",
    "copy",
];

pub(super) fn call(
    vm: &mut Vm<'_>,
    object: &Tv,
    i: u32,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    let i = i as usize;
    match name {
        "append" => {
            vm.arity("list.append", &args, 1, 1)?;
            vm.charge(size_of::<Tv>())?;
            let tv = args.pos.swap_remove(0);
            vm.heap.lists[i].items.push(tv);
            vm.mutated(node, object, &[])?;
        }
        "extend" => {
            vm.arity("list.extend", &args, 1, 1)?;
            let (items, shape) = vm.collect(&args.pos[0], node)?;
            vm.heap.lists[i].items.extend(items);
            let mut inputs = vec![args.pos[0].event];
            inputs.extend(shape);
            vm.mutated(node, object, &inputs)?;
        }
        "insert" => {
            vm.arity("insert", &args, 2, 2)?;
            let at = vm.integer(&args.pos[0].value)?;
            let len = vm.heap.lists[i].items.len();
            vm.work(len / 32)?;
            vm.charge(size_of::<Tv>())?;
            let (at, _) = slice::bounds(Some(at), None, len);
            let tv = args.pos.swap_remove(1);
            vm.heap.lists[i].items.insert(at.min(len), tv);
            let inputs = [args.pos[0].event];
            vm.mutated(node, object, &inputs)?;
        }
        "remove" => {
            vm.arity("list.remove", &args, 1, 1)?;
            let at = position(vm, object, &args.pos[0], None, None)?;
            let Some(at) = at else {
                return Err(vm.value_error("list.remove(x): x not in list"));
            };
            let len = vm.heap.lists[i].items.len();
            vm.work(len / 32)?;
            let mut inputs: Deps = args.pos.iter().map(|tv| tv.event).collect();
            // Of the removed element, too: had it differed, another would have been removed.
            vm.deep(object, &mut inputs)?;
            vm.heap.lists[i].items.remove(at);
            vm.mutated(node, object, &inputs)?;
        }
        "pop" => {
            vm.arity("pop", &args, 0, 1)?;
            let len = vm.heap.lists[i].items.len();
            let at = match args.pos.first() {
                Some(tv) => vm.integer(&tv.value)?,
                None => -1,
            };
            if len == 0 {
                return Err(vm.index_error("pop from empty list"));
            }
            let Some(at) = slice::index(at, len) else {
                return Err(vm.index_error("pop index out of range"));
            };
            vm.work((len - at) / 32)?;
            vm.dep_shape(&object.value);
            let tv = vm.heap.lists[i].items.remove(at);
            vm.dep(tv.event);
            let inputs: Vec<_> = args.pos.iter().map(|tv| tv.event).collect();
            vm.mutated(node, object, &inputs)?;
            return Ok(tv.value);
        }
        "clear" => {
            vm.arity("list.clear", &args, 0, 0)?;
            vm.heap.lists[i].items.clear();
            vm.mutated(node, object, &[])?;
        }
        "sort" => {
            let key = vm.keyword(&mut args, "key");
            let reverse = vm.keyword(&mut args, "reverse");
            vm.no_keywords("sort", &args)?;
            if !args.pos.is_empty() {
                return Err(vm.type_error("sort() takes no positional arguments"));
            }
            let len = vm.heap.lists[i].items.len();
            vm.charge(len * size_of::<Tv>())?;
            // The list is empty while it is sorted.
            let items = std::mem::take(&mut vm.heap.lists[i].items);
            let before = vm.deps.len();
            let (items, sorted) = builtins::sort_partly(vm, items, key, reverse, node);
            let inputs: Vec<_> = vm.deps.drain(before..).collect();
            let changed = !vm.heap.lists[i].items.is_empty();
            // A comparison that fails leaves the list as far as it was sorted.
            vm.heap.lists[i].items = items;
            sorted?;
            if changed {
                return Err(vm.value_error("list modified during sort"));
            }
            vm.mutated(node, object, &inputs)?;
        }
        "reverse" => {
            vm.arity("list.reverse", &args, 0, 0)?;
            let len = vm.heap.lists[i].items.len();
            vm.work(len / 32)?;
            vm.heap.lists[i].items.reverse();
            vm.mutated(node, object, &[])?;
        }
        "copy" => {
            vm.arity("list.copy", &args, 0, 0)?;
            vm.dep_shape(&object.value);
            let items = vm.heap.lists[i].items.clone();
            vm.work(items.len())?;
            return vm.list(items, PENDING);
        }
        _ => return sequence(vm, object, name, args, node),
    }
    Ok(Value::None)
}

/// `index` and `count`, of lists, tuples and ranges.
pub(super) fn sequence(
    vm: &mut Vm<'_>,
    object: &Tv,
    name: &str,
    args: Args,
    node: NodeId,
) -> R<Value> {
    let items = match object.value {
        Value::Range(_) => vm.collect(object, node)?.0,
        _ => vm.items(&object.value).to_vec(),
    };
    vm.work(items.len())?;
    vm.dep_deep(object)?;
    if name == "count" {
        let full = format!("{}.count", vm.type_of(&object.value).name());
        vm.arity(&full, &args, 1, 1)?;
        let mut n = 0;
        for item in items {
            if vm.is(&item.value, &args.pos[0].value) || vm.eq(&item.value, &args.pos[0].value)? {
                n += 1;
            }
        }
        return Ok(Value::Int(n));
    }
    vm.arity("index", &args, 1, 3)?;
    let mut bounds = [None, None];
    for (bound, arg) in bounds.iter_mut().zip(args.pos.iter().skip(1)) {
        *bound = match &arg.value {
            value if value.to_big().is_some() => Some(vm.clamped(value)?),
            _ => {
                let message = "slice indices must be integers or have an __index__ method";
                return Err(vm.type_error(message));
            }
        };
    }
    let (start, stop) = slice::bounds(bounds[0], bounds[1], items.len());
    for (at, item) in items.iter().enumerate().take(stop).skip(start) {
        if vm.is(&item.value, &args.pos[0].value) || vm.eq(&item.value, &args.pos[0].value)? {
            return Ok(Value::Int(at as i64));
        }
    }
    let message = match object.value {
        Value::Tuple(_) => "tuple.index(x): x not in tuple".to_owned(),
        _ => format!("{} is not in {}", vm.repr(&args.pos[0].value)?, {
            match object.value {
                Value::Range(_) => "range",
                Value::List(i) if vm.is_deque(i) => "deque",
                _ => "list",
            }
        }),
    };
    Err(vm.value_error(message))
}

fn position(
    vm: &mut Vm<'_>,
    object: &Tv,
    wanted: &Tv,
    start: Option<i64>,
    stop: Option<i64>,
) -> R<Option<usize>> {
    let items = vm.items(&object.value).to_vec();
    let (start, stop) = slice::bounds(start, stop, items.len());
    for (at, item) in items.iter().enumerate().take(stop).skip(start) {
        if vm.is(&item.value, &wanted.value) || vm.eq(&item.value, &wanted.value)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}
