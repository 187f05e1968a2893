//! Methods of builtin types.

mod dict;
mod list;
mod other;
mod set;
mod text;

use super::Vm;
use super::call::Args;
use super::error::R;
use super::value::{DictKind, Tv, Type, Value};
use crate::ast::NodeId;

/// Whether a value of a builtin type has a method.
pub(crate) fn has_method(vm: &Vm<'_>, value: &Value, name: &str) -> bool {
    match value {
        Value::Str(_) | Value::Type(Type::Str) => text::NAMES.contains(&name),
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
        Value::Type(Type::Dict) => name == "fromkeys",
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
        self.native(node, &inputs, Some(object), |vm| match &object.value {
            Value::Str(s) => text::call(vm, object, s, name, args, node),
            Value::Type(Type::Str) => text::unbound(vm, name, args, node),
            Value::List(i) => list::call(vm, object, *i, name, args, node),
            Value::Tuple(_) | Value::Range(_) => list::sequence(vm, object, name, args, node),
            Value::Dict(i) => dict::call(vm, object, *i, name, args, node),
            Value::Type(_) => dict::from_keys(vm, args, node),
            Value::Set(i) => set::call(vm, object, *i, name, args, node),
            Value::Pattern(p) => super::modules::re::pattern_method(vm, p, name, args, node),
            Value::Match(m) => super::modules::re::match_method(vm, m, name, args),
            Value::Native(_) => super::modules::from_iterable(vm, args, node),
            _ => other::call(vm, object, name, args),
        })
        .map_err(|stop| self.seal(stop, node, &inputs))
    }
}
