//! Methods of dicts and their subtypes.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::value::{DictKind, PENDING, Tv, Value, ViewKind};
use crate::ast::{BinaryOp, NodeId};

pub(super) const NAMES: &[&str] = &[
    "items",
    "keys",
    "values",
    "get",
    "update",
    "pop",
    "popitem",
    "setdefault",
    "copy",
    "clear",
    "fromkeys",
];
pub(super) const COUNTER_NAMES: &[&str] = &["most_common", "elements", "subtract", "total"];

pub(super) fn call(
    vm: &mut Vm<'_>,
    object: &Tv,
    i: u32,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    let at = i as usize;
    match name {
        "items" | "keys" | "values" => {
            vm.arity(&format!("dict.{name}"), &args, 0, 0)?;
            vm.dep_shape(&object.value);
            let kind = match name {
                "items" => ViewKind::Items,
                "keys" => ViewKind::Keys,
                _ => ViewKind::Values,
            };
            Ok(Value::View(kind, i))
        }
        "get" => {
            vm.arity("get", &args, 1, 2)?;
            vm.dep_shape(&object.value);
            vm.dep_key(&args.pos[0])?;
            let key = vm.key(&args.pos[0].value)?;
            match vm.heap.dicts[at].map.get(&key).cloned() {
                Some((_, tv)) => {
                    vm.dep(tv.event);
                    Ok(tv.value)
                }
                None => Ok(args.pos.get(1).map_or(Value::None, |tv| tv.value.clone())),
            }
        }
        "setdefault" => {
            vm.arity("setdefault", &args, 1, 2)?;
            vm.dep_shape(&object.value);
            vm.dep_key(&args.pos[0])?;
            let key = vm.key(&args.pos[0].value)?;
            if let Some((_, tv)) = vm.heap.dicts[at].map.get(&key).cloned() {
                vm.dep(tv.event);
                return Ok(tv.value);
            }
            let default = args.pos.get(1).cloned();
            let default = default.unwrap_or(Tv::pending(Value::None));
            let value = default.value.clone();
            vm.charge(128)?;
            let key_tv = args.pos.swap_remove(0);
            let inputs = vm.key_events(&key_tv)?;
            vm.heap.dicts[at].map.insert(key, (key_tv, default));
            vm.mutated(node, object, &inputs)?;
            Ok(value)
        }
        "fromkeys" => from_keys(vm, args, node),
        "pop" => {
            vm.arity("pop", &args, 1, 2)?;
            vm.dep_shape(&object.value);
            // Nothing is looked up in an empty dict, not even what has no hash.
            if vm.heap.dicts[at].map.is_empty() {
                return match args.pos.get(1) {
                    Some(default) => Ok(default.value.clone()),
                    None => Err(vm.key_error(args.pos[0].value.clone())),
                };
            }
            vm.dep_key(&args.pos[0])?;
            let key = vm.key(&args.pos[0].value)?;
            let len = vm.heap.dicts[at].map.len();
            match vm.heap.dicts[at].map.shift_remove(&key) {
                Some((_, tv)) => {
                    vm.work(len / 32)?;
                    vm.dep(tv.event);
                    let inputs = vm.key_events(&args.pos[0])?;
                    vm.mutated(node, object, &inputs)?;
                    Ok(tv.value)
                }
                None => match args.pos.get(1) {
                    Some(default) => Ok(default.value.clone()),
                    None => Err(vm.key_error(args.pos[0].value.clone())),
                },
            }
        }
        "popitem" => {
            let last = match vm.keyword(&mut args, "last") {
                Some(tv) if matches!(vm.heap.dicts[at].kind, DictKind::Ordered) => {
                    vm.truth(&tv.value)?
                }
                Some(_) => {
                    return Err(vm.type_error("dict.popitem() takes no keyword arguments"));
                }
                None => true,
            };
            vm.arity("dict.popitem", &args, 0, 0)?;
            vm.dep_shape(&object.value);
            let map = &mut vm.heap.dicts[at].map;
            let entry = if last {
                map.pop()
            } else {
                map.shift_remove_index(0)
            };
            let Some((_, (key, value))) = entry else {
                let message = match vm.heap.dicts[at].kind {
                    DictKind::Ordered => "dictionary is empty",
                    _ => "popitem(): dictionary is empty",
                };
                return Err(vm.key_error(Value::str(message)));
            };
            vm.mutated(node, object, &[])?;
            vm.tuple(vec![key, value], PENDING)
        }
        "update" => {
            if matches!(vm.heap.dicts[at].kind, DictKind::Counter) {
                return count(vm, object, i, BinaryOp::Add, args, node);
            }
            if args.pos.len() > 1 {
                let message = format!("update expected at most 1 argument, got {}", args.pos.len());
                return Err(vm.type_error(message));
            }
            let before = vm.deps.len();
            let mut inputs = Vec::new();
            if let Some(source) = args.pos.first() {
                vm.update_dict(i, source, node)?;
                inputs.push(source.event);
            }
            for (name, tv) in args.kw {
                let key = Tv::new(Value::Str(name), crate::trace::EventId::START);
                let mut map = std::mem::take(&mut vm.heap.dicts[at].map);
                let result = vm.insert(&mut map, key, tv);
                vm.heap.dicts[at].map = map;
                result?;
            }
            inputs.extend(vm.deps.drain(before..));
            vm.mutated(node, object, &inputs)?;
            Ok(Value::None)
        }
        "copy" => {
            vm.arity("dict.copy", &args, 0, 0)?;
            vm.dep_shape(&object.value);
            let map = vm.heap.dicts[at].map.clone();
            vm.work(map.len())?;
            vm.charge(map.len() * 128)?;
            let kind = vm.heap.dicts[at].kind.clone();
            vm.dict_of(map, kind, PENDING)
        }
        "clear" => {
            vm.arity("dict.clear", &args, 0, 0)?;
            vm.heap.dicts[at].map.clear();
            vm.mutated(node, object, &[])?;
            Ok(Value::None)
        }
        "most_common" => {
            if let Some(n) = vm.keyword(&mut args, "n") {
                args.pos.push(n);
            }
            vm.arity("most_common", &args, 0, 1)?;
            vm.dep_deep(object)?;
            let entries: Vec<(Tv, Tv)> = vm.heap.dicts[at].map.values().cloned().collect();
            let mut entries = vm.most_common(entries)?;
            if let Some(n) = args.pos.first().filter(|n| !n.value.is_none()) {
                if !matches!(n.value, Value::Int(_) | Value::Bool(_) | Value::Big(_)) {
                    let name = vm.type_name(&n.value);
                    let message =
                        format!("'>=' not supported between instances of '{name}' and 'int'");
                    return Err(vm.type_error(message));
                }
                let n = vm.clamped(&n.value)?;
                entries.truncate(usize::try_from(n).unwrap_or(0));
            }
            let mut items = Vec::with_capacity(entries.len());
            for (key, n) in entries {
                items.push(Tv::pending(vm.tuple(vec![key, n], PENDING)?));
            }
            vm.list(items, PENDING)
        }
        "elements" => {
            vm.arity("elements", &args, 0, 0)?;
            vm.dep_deep(object)?;
            let entries: Vec<(Tv, Tv)> = vm.heap.dicts[at].map.values().cloned().collect();
            let mut items = Vec::new();
            for (key, n) in entries {
                let n = usize::try_from(vm.clamped(&n.value)?).unwrap_or(0);
                vm.work(n)?;
                vm.charge(n.saturating_mul(size_of::<Tv>()))?;
                items.extend(std::iter::repeat_n(key, n));
            }
            vm.list(items, PENDING)
        }
        "subtract" => count(vm, object, i, BinaryOp::Sub, args, node),
        "total" => {
            vm.arity("total", &args, 0, 0)?;
            vm.dep_deep(object)?;
            let counts: Vec<Value> = vm.heap.dicts[at]
                .map
                .values()
                .map(|(_, n)| n.value.clone())
                .collect();
            let mut total = Value::Int(0);
            for n in counts {
                total = vm.binary(BinaryOp::Add, &total, &n)?;
            }
            Ok(total)
        }
        // `move_to_end`
        _ => {
            let last = match vm.keyword(&mut args, "last").or(args.pos.get(1).cloned()) {
                Some(tv) => vm.truth(&tv.value)?,
                None => true,
            };
            let Some(wanted) = args.pos.first() else {
                return Err(vm.type_error("move_to_end() missing required argument 'key' (pos 1)"));
            };
            let key = vm.key(&wanted.value)?;
            let map = &mut vm.heap.dicts[at].map;
            let Some(from) = map.get_index_of(&key) else {
                return Err(vm.key_error(wanted.value.clone()));
            };
            let to = if last { map.len() - 1 } else { 0 };
            map.move_index(from, to);
            vm.mutated(node, object, &[wanted.event])?;
            Ok(Value::None)
        }
    }
}

fn count(vm: &mut Vm<'_>, object: &Tv, i: u32, op: BinaryOp, args: Args, node: NodeId) -> R<Value> {
    let before = vm.deps.len();
    for source in &args.pos {
        vm.count_into(i, source, op, node)?;
    }
    let inputs: Vec<_> = vm.deps.drain(before..).collect();
    vm.mutated(node, object, &inputs)?;
    Ok(Value::None)
}

/// `dict.fromkeys(keys, value)`
pub(super) fn from_keys(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("fromkeys", &args, 1, 2)?;
    let value = args.pos.get(1).cloned();
    let value = value.unwrap_or(Tv::pending(Value::None));
    let mut entries = Vec::new();
    for key in vm.collect_dep(&args.pos[0], node)? {
        vm.dep_deep(&key)?;
        entries.push((key, value.clone()));
    }
    vm.dict(entries, PENDING)
}
