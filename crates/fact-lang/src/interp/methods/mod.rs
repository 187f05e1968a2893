//! Methods of builtin types.

pub(crate) mod deque;
mod dict;
mod list;
mod other;
mod set;
mod text;

use super::Vm;
use super::call::Args;
use super::error::R;
use super::value::{DictKind, Tv, Type, Value, ViewKind};
use crate::ast::NodeId;

/// Whether a value of a builtin type has a method.
pub(crate) fn has_method(vm: &Vm<'_>, value: &Value, name: &str) -> bool {
    match value {
        Value::Str(_) | Value::Type(Type::Str) => text::NAMES.contains(&name),
        Value::List(i) if vm.is_deque(*i) => deque::NAMES.contains(&name),
        Value::List(_) => list::NAMES.contains(&name),
        Value::Tuple(_) => matches!(name, "count" | "index"),
        Value::Range(_) => matches!(name, "count" | "index"),
        Value::Dict(i) => {
            dict::NAMES.contains(&name)
                || match vm.heap.dicts[*i as usize].kind {
                    DictKind::Counter => dict::COUNTER_NAMES.contains(&name),
                    DictKind::Ordered => name == "move_to_end",
                    _ => false,
                }
        }
        Value::Type(ty) => (*ty == Type::Dict && name == "fromkeys") || of_type(*ty, name),
        Value::View(ViewKind::Keys | ViewKind::Items, _) => name == "isdisjoint",
        Value::Set(i) => {
            set::NAMES.contains(&name)
                && (!vm.heap.sets[*i as usize].frozen || !set::MUTATING.contains(&name))
        }
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            matches!(name, "bit_length" | "bit_count" | "conjugate")
        }
        Value::Float(_) => matches!(name, "is_integer" | "conjugate" | "as_integer_ratio"),
        Value::Slice(_) => name == "indices",
        Value::Native(native) => native.name == "chain" && name == "from_iterable",
        Value::Region(_) => matches!(name, "crop" | "window" | "around"),
        Value::Pattern(_) => super::modules::re::PATTERN_NAMES.contains(&name),
        Value::Match(_) => super::modules::re::MATCH_NAMES.contains(&name),
        _ => false,
    }
}

/// Whether a method may take keyword arguments; those that may complain themselves.
fn takes_keywords(vm: &Vm<'_>, value: &Value, name: &str) -> bool {
    match value {
        Value::Str(_) => matches!(
            name,
            "split" | "rsplit" | "splitlines" | "expandtabs" | "format"
        ),
        Value::List(i) => !vm.is_deque(*i) && name == "sort",
        Value::Tuple(_) | Value::Set(_) => false,
        Value::Dict(i) => {
            name == "update" || !matches!(vm.heap.dicts[*i as usize].kind, DictKind::Plain)
        }
        _ => true,
    }
}

/// Whether a type has a method that may be called as `list.append(items, item)`.
fn of_type(ty: Type, name: &str) -> bool {
    match ty {
        Type::List => list::NAMES.contains(&name),
        Type::Deque => deque::NAMES.contains(&name),
        Type::Tuple => matches!(name, "count" | "index"),
        Type::Dict => dict::NAMES.contains(&name),
        Type::Set => set::NAMES.contains(&name),
        Type::Float => name == "is_integer",
        Type::Int => name == "bit_length",
        _ => false,
    }
}

/// `list.append(items, item)`
fn unbound(vm: &mut Vm<'_>, ty: Type, name: &str, mut args: Args, node: NodeId) -> R<Value> {
    if args.pos.is_empty() {
        let message = format!("unbound method {}.{name}() needs an argument", ty.name());
        return Err(vm.type_error(message));
    }
    let object = args.pos.remove(0);
    let fits = match ty {
        Type::Dict => matches!(object.value, Value::Dict(_)),
        Type::Int => object.value.to_big().is_some(),
        ty => vm.type_of(&object.value) == ty,
    };
    if !fits {
        let message = format!(
            "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
            ty.name(),
            vm.type_name(&object.value)
        );
        return Err(vm.type_error(message));
    }
    Ok(vm.call_method(&object, name, args, node)?.value)
}

impl<'a> Vm<'a> {
    /// Calls a method of a builtin type, which [`has_method`] knows.
    pub(crate) fn call_method(
        &mut self,
        object: &Tv,
        name: &str,
        args: Args,
        node: NodeId,
    ) -> R<Tv> {
        let inputs = args.events(object);
        if !args.kw.is_empty() && !takes_keywords(self, &object.value, name) {
            let ty = self.type_of(&object.value).name();
            let message = format!("{ty}.{name}() takes no keyword arguments");
            let stop = self.type_error(message);
            return Err(self.seal(stop, node, &inputs));
        }
        self.native(node, &inputs, Some(object), |vm| match &object.value {
            Value::Str(s) => text::call(vm, object, s, name, args, node),
            Value::Type(Type::Str) => text::unbound(vm, name, args, node),
            Value::List(i) if vm.is_deque(*i) => deque::call(vm, object, *i, name, args, node),
            Value::List(i) => list::call(vm, object, *i, name, args, node),
            Value::Tuple(_) | Value::Range(_) => list::sequence(vm, object, name, args, node),
            Value::Dict(i) => dict::call(vm, object, *i, name, args, node),
            Value::Type(Type::Dict) if name == "fromkeys" => dict::from_keys(vm, args, node),
            Value::Type(ty) => unbound(vm, *ty, name, args, node),
            Value::Set(i) => set::call(vm, object, *i, name, args, node),
            Value::View(..) => set::disjoint(vm, object, args, node),
            Value::Pattern(p) => super::modules::re::pattern_method(vm, p, name, args, node),
            Value::Match(m) => super::modules::re::match_method(vm, m, name, args),
            Value::Native(_) => super::modules::from_iterable(vm, args, node),
            _ => other::call(vm, object, name, args),
        })
        .map_err(|stop| self.seal(stop, node, &inputs))
    }
}
