//! `numpy`: the few functions that programs use, on lists of numbers.

use super::super::Vm;
use super::super::builtins;
use super::super::call::Args;
use super::super::error::R;
use super::super::native::{self, Native};
use super::super::value::{PENDING, Value};
use super::statistics;
use crate::ast::{BinaryOp, CompareOp, NodeId};

pub(super) fn member(name: &str) -> Option<Value> {
    match name {
        "pi" => Some(Value::Float(std::f64::consts::PI)),
        "inf" => Some(Value::Float(f64::INFINITY)),
        "nan" => Some(Value::Float(f64::NAN)),
        _ => native::find(TABLE, name),
    }
}

static TABLE: &[Native] = &[
    Native {
        name: "mean",
        call: mean,
    },
    Native {
        name: "average",
        call: mean,
    },
    Native {
        name: "sum",
        call: sum,
    },
    Native {
        name: "max",
        call: |vm, args, node| extreme(vm, args, node, CompareOp::Gt),
    },
    Native {
        name: "min",
        call: |vm, args, node| extreme(vm, args, node, CompareOp::Lt),
    },
    Native {
        name: "argmax",
        call: |vm, args, node| arg_extreme(vm, args, node, CompareOp::Gt),
    },
    Native {
        name: "argmin",
        call: |vm, args, node| arg_extreme(vm, args, node, CompareOp::Lt),
    },
    Native {
        name: "median",
        call: median,
    },
    Native {
        name: "array",
        call: array,
    },
    Native {
        name: "abs",
        call: abs,
    },
    Native {
        name: "round",
        call: round,
    },
    Native {
        name: "sqrt",
        call: sqrt,
    },
    Native {
        name: "argsort",
        call: argsort,
    },
];

fn mean(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let values = statistics::values(vm, &args, node)?;
    if values.is_empty() {
        return Ok(Value::Float(f64::NAN));
    }
    statistics::average(vm, &values)
}

fn sum(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let mut total = Value::Int(0);
    for value in statistics::values(vm, &args, node)? {
        vm.step()?;
        total = vm.binary(BinaryOp::Add, &total, &value)?;
    }
    Ok(total)
}

fn best(vm: &mut Vm<'_>, args: &Args, node: NodeId, op: CompareOp) -> R<(usize, Value)> {
    let values = statistics::values(vm, args, node)?;
    let mut best: Option<(usize, Value)> = None;
    for (i, value) in values.into_iter().enumerate() {
        let better = match &best {
            None => true,
            Some((_, best)) => vm.order(op, &value, best)?,
        };
        if better {
            best = Some((i, value));
        }
    }
    match best {
        Some(best) => Ok(best),
        None => Err(vm.value_error("attempt to get the extreme of an empty sequence")),
    }
}

fn extreme(vm: &mut Vm<'_>, args: Args, node: NodeId, op: CompareOp) -> R<Value> {
    Ok(best(vm, &args, node, op)?.1)
}

fn arg_extreme(vm: &mut Vm<'_>, args: Args, node: NodeId, op: CompareOp) -> R<Value> {
    Ok(Value::Int(best(vm, &args, node, op)?.0 as i64))
}

fn median(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let Some(Value::Native(native)) = native::find(statistics::TABLE, "median") else {
        return Ok(Value::None);
    };
    let median = (native.call)(vm, args, node)?;
    vm.float_of(&median).map(Value::Float)
}

fn array(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("array", &args, 1, 1)?;
    if !vm.is_iterable(&args.pos[0].value) {
        return Ok(args.pos[0].value.clone());
    }
    let items = vm.collect_dep(&args.pos[0], node)?;
    vm.list(items, PENDING)
}

fn abs(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("abs", &args, 1, 1)?;
    let value = &args.pos[0].value;
    match vm.order(CompareOp::Lt, value, &Value::Int(0))? {
        true => vm.unary(crate::ast::UnaryOp::Neg, value),
        false => Ok(value.clone()),
    }
}

fn round(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("round", &args, 1, 2)?;
    let digits = match args.pos.get(1) {
        Some(tv) => vm.integer(&tv.value)?,
        None => 0,
    };
    match &args.pos[0].value {
        Value::Float(x) => match crate::pytext::number::round_float(*x, digits) {
            Ok(x) => Ok(Value::Float(x)),
            Err(e) => Err(vm.text_error(e)),
        },
        other => Ok(other.clone()),
    }
}

fn sqrt(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("sqrt", &args, 1, 1)?;
    Ok(Value::Float(vm.real(&args.pos[0].value)?.sqrt()))
}

fn argsort(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("argsort", &args, 1, 1)?;
    let items = vm.collect_dep(&args.pos[0], node)?;
    let mut pairs = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        let index = super::super::value::Tv::pending(Value::Int(i as i64));
        pairs.push(super::super::value::Tv::pending(
            vm.tuple(vec![item, index], PENDING)?,
        ));
    }
    let sorted = builtins::sort(vm, pairs, None, None, node)?;
    let order = sorted
        .iter()
        .filter_map(|tv| vm.items(&tv.value).get(1).cloned())
        .collect();
    vm.list(order, PENDING)
}
