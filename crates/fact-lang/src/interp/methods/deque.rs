//! `collections.deque`: a list in the heap that [`crate::interp::value::Heap::deques`] marks.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::record::Deps;
use super::super::value::{Deque, PENDING, Tv, Value};
use crate::ast::NodeId;
use crate::pytext::slice;

pub(super) const NAMES: &[&str] = &[
    "append",
    "appendleft",
    "pop",
    "popleft",
    "extend",
    "extendleft",
    "rotate",
    "clear",
    "copy",
    "count",
    "index",
    "insert",
    "remove",
    "reverse",
];

/// `deque(iterable, maxlen)`
pub(crate) fn construct(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    if let Some(source) = vm.keyword(&mut args, "iterable") {
        args.pos.insert(0, source);
    }
    if let Some(most) = vm.keyword(&mut args, "maxlen") {
        if args.pos.is_empty() {
            args.pos.push(Tv::pending(vm.tuple(Vec::new(), PENDING)?));
        }
        args.pos.push(most);
    }
    vm.arity_of("deque", &args, 0, 2)?;
    let most = match args.pos.get(1).map(|tv| &tv.value) {
        None | Some(Value::None) => None,
        Some(value @ (Value::Bool(_) | Value::Int(_) | Value::Big(_))) => {
            let Ok(most) = usize::try_from(vm.integer(value)?) else {
                return Err(vm.value_error("maxlen must be non-negative"));
            };
            Some(most)
        }
        Some(_) => return Err(vm.type_error("an integer is required")),
    };
    let items = match args.pos.first() {
        Some(tv) => vm.collect_dep(tv, node)?,
        None => Vec::new(),
    };
    make(vm, items, most)
}

/// A new deque; what exceeds its length falls off at the left.
pub(crate) fn make(vm: &mut Vm<'_>, items: Vec<Tv>, most: Option<usize>) -> R<Value> {
    let value = vm.list(items, PENDING)?;
    if let Value::List(i) = value {
        vm.heap.deques.insert(i, Deque { most, changes: 0 });
        trim(vm, i, true);
    }
    Ok(value)
}

/// Drops what exceeds the length, from the end opposite to the one that grew.
pub(crate) fn trim(vm: &mut Vm<'_>, i: u32, from_left: bool) {
    if let Some(most) = vm.heap.deques.get(&i).and_then(|d| d.most) {
        let items = &mut vm.heap.lists[i as usize].items;
        let over = items.len().saturating_sub(most);
        if from_left {
            items.drain(..over);
        } else {
            items.truncate(most);
        }
    }
}

/// Notes, if the list is a deque, that elements came, went or moved.
pub(crate) fn changed(vm: &mut Vm<'_>, i: u32) {
    if let Some(deque) = vm.heap.deques.get_mut(&i) {
        deque.changes += 1;
    }
}

pub(super) fn call(
    vm: &mut Vm<'_>,
    object: &Tv,
    i: u32,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    let at = i as usize;
    let len = vm.heap.lists[at].items.len();
    let full = format!("deque.{name}");
    let inputs: Vec<_> = args.pos.iter().map(|tv| tv.event).collect();
    match name {
        "append" | "appendleft" => {
            vm.arity(&full, &args, 1, 1)?;
            vm.charge(size_of::<Tv>())?;
            let tv = args.pos.swap_remove(0);
            let left = name == "appendleft";
            vm.work(if left { len / 32 } else { 0 })?;
            let position = if left { 0 } else { len };
            vm.heap.lists[at].items.insert(position, tv);
            changed(vm, i);
            trim(vm, i, !left);
            vm.mutated(node, object, &[])?;
        }
        "pop" | "popleft" => {
            vm.arity(&full, &args, 0, 0)?;
            if len == 0 {
                return Err(vm.index_error("pop from an empty deque"));
            }
            let left = name == "popleft";
            vm.work(if left { len / 32 } else { 0 })?;
            vm.dep_shape(&object.value);
            let position = if left { 0 } else { len - 1 };
            let tv = vm.heap.lists[at].items.remove(position);
            changed(vm, i);
            vm.dep(tv.event);
            vm.mutated(node, object, &[])?;
            return Ok(tv.value);
        }
        "extend" | "extendleft" => {
            vm.arity(&full, &args, 1, 1)?;
            let (mut items, shape) = vm.collect(&args.pos[0], node)?;
            vm.charge(items.len() * size_of::<Tv>())?;
            if !items.is_empty() {
                changed(vm, i);
            }
            let left = name == "extendleft";
            if left {
                items.reverse();
                let after = std::mem::replace(&mut vm.heap.lists[at].items, items);
                vm.work(after.len() / 32)?;
                vm.heap.lists[at].items.extend(after);
            } else {
                vm.heap.lists[at].items.extend(items);
            }
            trim(vm, i, !left);
            let mut all = inputs;
            all.extend(shape);
            vm.mutated(node, object, &all)?;
        }
        "rotate" => {
            vm.arity(&full, &args, 0, 1)?;
            let by = match args.pos.first() {
                Some(tv) => vm.integer(&tv.value)?,
                None => 1,
            };
            vm.work(len / 32)?;
            if len > 1 {
                changed(vm, i);
                let by = by.rem_euclid(len as i64) as usize;
                vm.heap.lists[at].items.rotate_right(by);
            }
            vm.mutated(node, object, &inputs)?;
        }
        "insert" => {
            if args.pos.len() != 2 {
                let given = args.pos.len();
                let message = format!("insert() takes exactly 2 arguments ({given} given)");
                return Err(vm.type_error(message));
            }
            let position = vm.integer(&args.pos[0].value)?;
            if vm.heap.deques.get(&i).and_then(|d| d.most) == Some(len) {
                return Err(vm.index_error("deque already at its maximum size"));
            }
            vm.work(len / 32)?;
            vm.charge(size_of::<Tv>())?;
            let (position, _) = slice::bounds(Some(position), None, len);
            let tv = args.pos.swap_remove(1);
            vm.heap.lists[at].items.insert(position.min(len), tv);
            changed(vm, i);
            vm.mutated(node, object, &inputs[..1])?;
        }
        "remove" => {
            vm.arity(&full, &args, 1, 1)?;
            let items = vm.heap.lists[at].items.clone();
            let mut found = None;
            for (position, item) in items.iter().enumerate() {
                if vm.is(&item.value, &args.pos[0].value)
                    || vm.eq(&item.value, &args.pos[0].value)?
                {
                    found = Some(position);
                    break;
                }
            }
            let Some(found) = found else {
                let shown = vm.repr(&args.pos[0].value)?;
                return Err(vm.value_error(format!("{shown} is not in deque")));
            };
            vm.work(len / 32)?;
            let mut all = Deps::from_vec(inputs);
            // Of the removed element, too: had it differed, another would have been removed.
            vm.deep(object, &mut all)?;
            vm.heap.lists[at].items.remove(found);
            changed(vm, i);
            vm.mutated(node, object, &all)?;
        }
        "clear" | "reverse" => {
            vm.arity(&full, &args, 0, 0)?;
            vm.work(len / 32)?;
            let items = &mut vm.heap.lists[at].items;
            if name == "clear" {
                items.clear();
                changed(vm, i);
            } else {
                items.reverse();
            }
            vm.mutated(node, object, &[])?;
        }
        "copy" => {
            vm.arity(&full, &args, 0, 0)?;
            vm.dep_shape(&object.value);
            vm.work(len)?;
            let items = vm.heap.lists[at].items.clone();
            let most = vm.heap.deques.get(&i).and_then(|d| d.most);
            return make(vm, items, most);
        }
        _ => return super::list::sequence(vm, object, name, args, node),
    }
    Ok(Value::None)
}
