//! Methods of sets.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::record::Deps;
use super::super::value::{Key, PENDING, SetMap, Tv, Value};
use crate::ast::NodeId;

pub(super) const NAMES: &[&str] = &[
    "add",
    "remove",
    "discard",
    "pop",
    "clear",
    "update",
    "intersection_update",
    "difference_update",
    "symmetric_difference_update",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "issubset",
    "issuperset",
    "isdisjoint",
    "copy",
];
pub(super) const MUTATING: &[&str] = &[
    "add",
    "remove",
    "discard",
    "pop",
    "clear",
    "update",
    "intersection_update",
    "difference_update",
    "symmetric_difference_update",
];

pub(super) fn call(
    vm: &mut Vm<'_>,
    object: &Tv,
    i: u32,
    name: &str,
    args: Args,
    node: NodeId,
) -> R<Value> {
    let at = i as usize;
    match name {
        "add" => {
            vm.arity("set.add", &args, 1, 1)?;
            let key = vm.key(&args.pos[0].value)?;
            vm.charge(96)?;
            let tv = args.pos[0].clone();
            let inputs = vm.key_events(&tv)?;
            vm.heap.sets[at].map.entry(key).or_insert(tv);
            vm.mutated(node, object, &inputs)?;
            return Ok(Value::None);
        }
        "remove" | "discard" => {
            vm.arity(&format!("set.{name}"), &args, 1, 1)?;
            let key = vm.key(&args.pos[0].value)?;
            let len = vm.heap.sets[at].map.len();
            vm.work(len / 32)?;
            if vm.heap.sets[at].map.shift_remove(&key).is_none() && name == "remove" {
                return Err(vm.key_error(args.pos[0].value.clone()));
            }
            let inputs = vm.key_events(&args.pos[0])?;
            vm.mutated(node, object, &inputs)?;
            return Ok(Value::None);
        }
        "pop" => {
            vm.arity("set.pop", &args, 0, 0)?;
            vm.dep_shape(&object.value);
            let Some((_, tv)) = vm.heap.sets[at].map.shift_remove_index(0) else {
                return Err(vm.key_error(Value::str("pop from an empty set")));
            };
            let len = vm.heap.sets[at].map.len();
            vm.work(len / 32)?;
            vm.dep(tv.event);
            vm.mutated(node, object, &[])?;
            return Ok(tv.value);
        }
        "clear" => {
            vm.arity("set.clear", &args, 0, 0)?;
            vm.heap.sets[at].map.clear();
            vm.mutated(node, object, &[])?;
            return Ok(Value::None);
        }
        _ => {}
    }
    let full = format!("set.{name}");
    match name {
        "issubset"
        | "issuperset"
        | "isdisjoint"
        | "symmetric_difference"
        | "symmetric_difference_update" => vm.arity(&full, &args, 1, 1)?,
        "copy" => vm.arity(&full, &args, 0, 0)?,
        _ => {}
    }
    let before = vm.deps.len();
    vm.dep_deep(object)?;
    let mut others: Vec<Vec<(Key, Tv)>> = Vec::with_capacity(args.pos.len());
    for arg in &args.pos {
        let mut keyed = Vec::new();
        let iterator = vm.iterate(arg, node)?;
        while let Some(item) = vm.iter_next(iterator, node)? {
            vm.step()?;
            vm.charge(size_of::<(Key, Tv)>())?;
            vm.dep_deep(&item)?;
            let key = vm.key(&item.value)?;
            // The first element that decides is the last that is looked at.
            let has = vm.heap.sets[at].map.contains_key(&key);
            if !matches!(arg.value, Value::Set(_))
                && ((name == "issuperset" && !has) || (name == "isdisjoint" && has))
            {
                shape_of(vm, iterator);
                // How far the iterator is depends on the call, which is recorded next.
                let by = vm.next_event();
                vm.settled(iterator, by);
                return Ok(Value::Bool(false));
            }
            keyed.push((key, item));
        }
        shape_of(vm, iterator);
        others.push(keyed);
    }
    let sources: Vec<Value> = args.pos.iter().map(|tv| tv.value.clone()).collect();
    let mut map = vm.heap.sets[at].map.clone();
    vm.work(map.len())?;
    vm.charge(map.len() * 96)?;
    match name {
        "issubset" | "issuperset" | "isdisjoint" => {
            let other = others.pop().unwrap_or_default();
            let keys: std::collections::HashSet<&Key> = other.iter().map(|(k, _)| k).collect();
            return Ok(Value::Bool(match name {
                "issubset" => map.keys().all(|k| keys.contains(k)),
                "issuperset" => other.iter().all(|(k, _)| map.contains_key(k)),
                _ => other.iter().all(|(k, _)| !map.contains_key(k)),
            }));
        }
        "union" | "update" => {
            for (key, tv) in others.into_iter().flatten() {
                vm.charge(96)?;
                map.entry(key).or_insert(tv);
            }
        }
        "intersection" | "intersection_update" => {
            for (other, source) in others.into_iter().zip(sources) {
                // Of two equal elements the one that was iterated stays, as in CPython: the other
                // side's, unless that is a set and the larger.
                let is_set = matches!(source, Value::Set(_));
                let others_stay = !is_set || other.len() <= map.len();
                let mut kept: std::collections::HashMap<Key, Tv> = Default::default();
                for (key, tv) in other {
                    kept.entry(key).or_insert(tv);
                }
                map.retain(|k, tv| match kept.remove(k) {
                    Some(theirs) => {
                        if others_stay {
                            *tv = theirs;
                        }
                        true
                    }
                    None => false,
                });
            }
        }
        "difference" | "difference_update" => {
            let gone: std::collections::HashSet<Key> =
                others.into_iter().flatten().map(|(k, _)| k).collect();
            map.retain(|k, _| !gone.contains(k));
        }
        "symmetric_difference" | "symmetric_difference_update" => {
            let mut fresh = SetMap::default();
            let mut gone: std::collections::HashSet<Key> = Default::default();
            for (key, tv) in others.into_iter().flatten() {
                if map.contains_key(&key) {
                    gone.insert(key);
                } else {
                    fresh.entry(key).or_insert(tv);
                }
            }
            map.retain(|k, _| !gone.contains(k));
            map.extend(fresh);
        }
        // `copy`
        _ => {}
    }
    if MUTATING.contains(&name) {
        vm.heap.sets[at].map = map;
        let mut inputs: Vec<_> = args.pos.iter().map(|tv| tv.event).collect();
        inputs.extend(vm.deps.drain(before..));
        vm.mutated(node, object, &inputs)?;
        return Ok(Value::None);
    }
    let frozen = vm.heap.sets[at].frozen;
    vm.set_of(map, frozen, PENDING)
}

/// `isdisjoint` of the keys or items of a dict.
pub(super) fn disjoint(vm: &mut Vm<'_>, object: &Tv, args: Args, node: NodeId) -> R<Value> {
    vm.arity("isdisjoint", &args, 1, 1)?;
    let mut mine = std::collections::HashSet::new();
    for item in vm.collect_dep(object, node)? {
        vm.dep_deep(&item)?;
        // What cannot be hashed is in no other set.
        if let Ok(key) = vm.key(&item.value) {
            mine.insert(key);
        }
    }
    let iterator = vm.iterate(&args.pos[0], node)?;
    while let Some(item) = vm.iter_next(iterator, node)? {
        vm.step()?;
        vm.dep_deep(&item)?;
        if mine.contains(&vm.key(&item.value)?) {
            shape_of(vm, iterator);
            let by = vm.next_event();
            vm.settled(iterator, by);
            return Ok(Value::Bool(false));
        }
    }
    shape_of(vm, iterator);
    Ok(Value::Bool(true))
}

/// The call in progress depends on which elements an iterator has had.
fn shape_of(vm: &mut Vm<'_>, iterator: u32) {
    let mut shape = Deps::new();
    vm.iter_shape(iterator, &mut shape);
    for event in shape {
        vm.dep(event);
    }
}
