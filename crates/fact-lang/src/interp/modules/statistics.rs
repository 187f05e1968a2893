//! `statistics`: the deterministic few that programs use.

use super::super::Vm;
use super::super::builtins;
use super::super::call::Args;
use super::super::error::{ExcClass, R};
use super::super::native::Native;
use super::super::value::{Key, Value};
use crate::ast::{BinaryOp, NodeId};

pub(super) static TABLE: &[Native] = &[
    Native {
        name: "mean",
        call: mean,
    },
    Native {
        name: "median",
        call: median,
    },
    Native {
        name: "mode",
        call: mode,
    },
    Native {
        name: "fmean",
        call: |vm, args, node| {
            let value = mean(vm, args, node)?;
            vm.float_of(&value).map(Value::Float)
        },
    },
    Native {
        name: "stdev",
        call: |vm, args, node| deviation(vm, args, node, "stdev", 1),
    },
    Native {
        name: "variance",
        call: |vm, args, node| deviation(vm, args, node, "variance", 1),
    },
    Native {
        name: "pvariance",
        call: |vm, args, node| deviation(vm, args, node, "pvariance", 0),
    },
    Native {
        name: "median_low",
        call: |vm, args, node| middle(vm, args, node, 1),
    },
    Native {
        name: "median_high",
        call: |vm, args, node| middle(vm, args, node, 0),
    },
    Native {
        name: "pstdev",
        call: |vm, args, node| deviation(vm, args, node, "pstdev", 0),
    },
];

pub(super) fn values(vm: &mut Vm<'_>, args: &Args, node: NodeId) -> R<Vec<Value>> {
    if args.pos.is_empty() {
        return Err(vm.type_error("missing 1 required positional argument: 'data'"));
    }
    let mut out = Vec::new();
    for item in vm.collect_dep(&args.pos[0], node)? {
        vm.dep(item.event);
        out.push(item.value);
    }
    Ok(out)
}

fn empty(vm: &mut Vm<'_>, what: &str) -> super::super::error::Stop {
    vm.raise(ExcClass::StatisticsError, what)
}

pub(super) fn average(vm: &mut Vm<'_>, values: &[Value]) -> R<Value> {
    let mut total = Value::Int(0);
    for value in values {
        vm.step()?;
        total = vm.binary(BinaryOp::Add, &total, value)?;
    }
    vm.binary(BinaryOp::Div, &total, &Value::Int(values.len() as i64))
}

fn mean(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let values = values(vm, &args, node)?;
    if values.is_empty() {
        return Err(empty(vm, "mean requires at least one data point"));
    }
    let whole = values.iter().all(|v| v.to_big().is_some());
    let average = average(vm, &values)?;
    match average {
        Value::Float(x) => Ok(integral(x, whole)),
        other => Ok(other),
    }
}

/// The mean of integers is an integer where it is whole.
fn integral(x: f64, whole: bool) -> Value {
    if whole && x.fract() == 0.0 && x.abs() < 9e15 {
        Value::Int(x as i64)
    } else {
        Value::Float(x)
    }
}

fn middle(vm: &mut Vm<'_>, args: Args, node: NodeId, below: usize) -> R<Value> {
    let Some(data) = args.pos.first() else {
        return Err(vm.type_error("missing 1 required positional argument: 'data'"));
    };
    let items = vm.collect_dep(data, node)?;
    let items = builtins::sort(vm, items, None, None, node)?;
    if items.is_empty() {
        return Err(empty(vm, "no median for empty data"));
    }
    let at = if items.len() % 2 == 0 {
        items.len() / 2 - below
    } else {
        items.len() / 2
    };
    Ok(items[at].value.clone())
}

fn median(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    if args.pos.is_empty() {
        return Err(vm.type_error("missing 1 required positional argument: 'data'"));
    }
    let items = vm.collect_dep(&args.pos[0], node)?;
    let items = builtins::sort(vm, items, None, None, node)?;
    let n = items.len();
    if n == 0 {
        return Err(empty(vm, "no median for empty data"));
    }
    if n % 2 == 1 {
        return Ok(items[n / 2].value.clone());
    }
    let sum = vm.binary(BinaryOp::Add, &items[n / 2 - 1].value, &items[n / 2].value)?;
    vm.binary(BinaryOp::Div, &sum, &Value::Int(2))
}

fn mode(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let values = values(vm, &args, node)?;
    let mut counts: indexmap::IndexMap<Key, (Value, usize)> = Default::default();
    for value in values {
        vm.step()?;
        let key = vm.key(&value)?;
        counts.entry(key).or_insert((value, 0)).1 += 1;
    }
    // The first of the most common.
    let mut best: Option<&(Value, usize)> = None;
    for entry in counts.values() {
        if best.is_none_or(|b| entry.1 > b.1) {
            best = Some(entry);
        }
    }
    match best {
        Some((value, _)) => Ok(value.clone()),
        None => Err(empty(vm, "no mode for empty data")),
    }
}

fn deviation(vm: &mut Vm<'_>, args: Args, node: NodeId, name: &str, freedom: usize) -> R<Value> {
    let values = values(vm, &args, node)?;
    if values.len() <= freedom {
        let points = if freedom == 1 {
            "two data points"
        } else {
            "one data point"
        };
        return Err(empty(vm, &format!("{name} requires at least {points}")));
    }
    let mut numbers = Vec::with_capacity(values.len());
    for value in &values {
        numbers.push(vm.real(value)?);
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
    let variance = squares / (numbers.len() - freedom) as f64;
    if name.ends_with("stdev") {
        return Ok(Value::Float(variance.sqrt()));
    }
    let whole = values.iter().all(|v| v.to_big().is_some());
    Ok(integral(variance, whole))
}
