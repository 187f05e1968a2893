//! `functools` and `operator`.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::native::Native;
use super::super::value::{Partial, Tv, Value};
use crate::ast::{BinaryOp, CompareOp, NodeId};
use crate::trace::EventId;

pub(super) static TABLE: &[Native] = &[
    Native {
        name: "reduce",
        call: reduce,
    },
    Native {
        name: "partial",
        call: partial,
    },
    Native {
        name: "cmp_to_key",
        call: cmp_to_key,
    },
];

/// The key of one value, with the function that compares.
static KEY: Native = Native {
    name: "K",
    call: |vm, args, _| {
        vm.arity("K", &args, 2, 2)?;
        vm.charge(64)?;
        vm.heap
            .cmp_keys
            .push((args.pos[0].clone(), args.pos[1].clone()));
        Ok(Value::CmpKey(vm.heap.cmp_keys.len() as u32 - 1))
    },
};

fn cmp_to_key(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    if let Some(function) = vm.keyword(&mut args, "mycmp") {
        args.pos.push(function);
    }
    if args.pos.is_empty() {
        return Err(vm.type_error("cmp_to_key() missing required argument 'mycmp' (pos 1)"));
    }
    vm.arity("cmp_to_key", &args, 1, 1)?;
    vm.charge(128)?;
    vm.heap.partials.push(Partial {
        func: Tv::new(Value::Native(&KEY), EventId::START),
        args: args.pos,
        kw: Vec::new(),
    });
    Ok(Value::Partial(vm.heap.partials.len() as u32 - 1))
}

pub(super) static OPERATOR: &[Native] = &[
    Native {
        name: "add",
        call: |vm, args, _| binary(vm, args, "add", BinaryOp::Add),
    },
    Native {
        name: "sub",
        call: |vm, args, _| binary(vm, args, "sub", BinaryOp::Sub),
    },
    Native {
        name: "mul",
        call: |vm, args, _| binary(vm, args, "mul", BinaryOp::Mul),
    },
    Native {
        name: "truediv",
        call: |vm, args, _| binary(vm, args, "truediv", BinaryOp::Div),
    },
    Native {
        name: "lt",
        call: |vm, args, _| order(vm, args, "lt", CompareOp::Lt),
    },
    Native {
        name: "gt",
        call: |vm, args, _| order(vm, args, "gt", CompareOp::Gt),
    },
    Native {
        name: "eq",
        call: |vm, args, _| {
            vm.arity("eq", &args, 2, 2)?;
            vm.eq(&args.pos[0].value, &args.pos[1].value)
                .map(Value::Bool)
        },
    },
];

fn binary(vm: &mut Vm<'_>, args: Args, name: &str, op: BinaryOp) -> R<Value> {
    vm.arity(name, &args, 2, 2)?;
    vm.dep_shape(&args.pos[0].value);
    vm.dep_shape(&args.pos[1].value);
    vm.binary(op, &args.pos[0].value, &args.pos[1].value)
}

fn order(vm: &mut Vm<'_>, args: Args, name: &str, op: CompareOp) -> R<Value> {
    vm.arity(name, &args, 2, 2)?;
    vm.order(op, &args.pos[0].value, &args.pos[1].value)
        .map(Value::Bool)
}

fn reduce(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("reduce", &args, 2, 3)?;
    if !vm.is_iterable(&args.pos[1].value) {
        return Err(vm.type_error("reduce() arg 2 must support iteration"));
    }
    let mut items = vm.collect_dep(&args.pos[1], node)?.into_iter();
    let mut total: Tv = match args.pos.get(2) {
        Some(start) => start.clone(),
        None => match items.next() {
            Some(first) => first,
            None => {
                return Err(vm.type_error("reduce() of empty iterable with no initial value"));
            }
        },
    };
    for item in items {
        total = vm.call(&args.pos[0], Args::of(vec![total, item]), node)?;
    }
    vm.dep(total.event);
    Ok(total.value)
}

fn partial(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let mut pos = args.pos.into_iter();
    let Some(func) = pos.next() else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    if !super::super::builtins::is_callable(&func.value) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    vm.charge(128)?;
    vm.heap.partials.push(Partial {
        func,
        args: pos.collect(),
        kw: args.kw,
    });
    Ok(Value::Partial(vm.heap.partials.len() as u32 - 1))
}
