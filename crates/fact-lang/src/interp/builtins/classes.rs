//! Builtin functions that ask what a value is.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::value::{Type, Value};
use super::super::{methods, modules};
use crate::ast::NodeId;

pub(super) fn isinstance(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
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

pub(super) fn issubclass(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
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

pub(super) fn callable(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("callable", &args, 1, 1)?;
    Ok(Value::Bool(is_callable(&args.pos[0].value)))
}

/// Whether an attribute exists; it is not read, so properties do not run.
pub(super) fn hasattr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
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
        Value::Module(module) => modules::member(module, name).is_some(),
        other => methods::has_method(vm, other, name),
    };
    Ok(Value::Bool(has))
}
