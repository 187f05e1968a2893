//! Builtin functions.

mod classes;
mod numbers;
mod reduce;
mod text;
mod types;

pub(crate) use classes::is_callable;
pub(crate) use reduce::{sort, sort_partly};

use super::Vm;
use super::call::Args;
use super::error::{ExcClass, R, Stop};
use super::iter::{IterKind, IterObj};
use super::native::{self, Native};
use super::record::Deps;
use super::value::{PENDING, Type, Value};
use crate::ast::NodeId;
use crate::pytext;

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
        call: reduce::any,
    },
    Native {
        name: "all",
        call: reduce::all,
    },
    Native {
        name: "max",
        call: reduce::max,
    },
    Native {
        name: "min",
        call: reduce::min,
    },
    Native {
        name: "sum",
        call: reduce::sum,
    },
    Native {
        name: "abs",
        call: numbers::abs,
    },
    Native {
        name: "print",
        call: text::print,
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
        call: reduce::sorted,
    },
    Native {
        name: "isinstance",
        call: classes::isinstance,
    },
    Native {
        name: "round",
        call: numbers::round,
    },
    Native {
        name: "divmod",
        call: numbers::divmod,
    },
    Native {
        name: "pow",
        call: numbers::pow,
    },
    Native {
        name: "repr",
        call: text::repr,
    },
    Native {
        name: "ascii",
        call: text::ascii,
    },
    Native {
        name: "format",
        call: text::format,
    },
    Native {
        name: "chr",
        call: text::chr,
    },
    Native {
        name: "ord",
        call: text::ord,
    },
    Native {
        name: "bin",
        call: numbers::bin,
    },
    Native {
        name: "hex",
        call: numbers::hex,
    },
    Native {
        name: "oct",
        call: numbers::oct,
    },
    Native {
        name: "callable",
        call: classes::callable,
    },
    Native {
        name: "hasattr",
        call: classes::hasattr,
    },
    Native {
        name: "issubclass",
        call: classes::issubclass,
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
    let mut shape = Deps::new();
    vm.iter_shape(iterator, &mut shape);
    for event in shape {
        vm.dep(event);
    }
    // The event of this call is the next.
    let by = vm.next_event();
    vm.settled(iterator, by);
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
