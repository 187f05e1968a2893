//! Builtin functions on numbers.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::{ExcClass, R, Stop};
use super::super::value::{PENDING, Tv, Value};
use crate::ast::{BinaryOp, NodeId};
use crate::pytext::number;
use num_bigint::BigInt;
use num_traits::Signed;

pub(super) fn abs(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("abs", &args, 1, 1)?;
    match &args.pos[0].value {
        Value::Float(x) => Ok(Value::Float(x.abs())),
        value => match (value.as_int(), value.to_big()) {
            (Some(i), _) => Ok(match i.checked_abs() {
                Some(i) => Value::Int(i),
                None => Value::from_big(BigInt::from(i).abs()),
            }),
            (None, Some(big)) => Ok(Value::from_big(big.abs())),
            _ => {
                let message = format!("bad operand type for abs(): '{}'", vm.type_name(value));
                Err(vm.type_error(message))
            }
        },
    }
}

pub(super) fn round(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    if let Some(digits) = vm.keyword(&mut args, "ndigits") {
        args.pos.push(digits);
    }
    if let Some(number) = vm.keyword(&mut args, "number") {
        args.pos.insert(0, number);
    }
    if args.pos.is_empty() {
        return Err(vm.type_error("round() missing required argument 'number' (pos 1)"));
    }
    vm.arity_of("round", &args, 1, 2)?;
    let digits = match args.pos.get(1).map(|tv| &tv.value) {
        None | Some(Value::None) => None,
        Some(value) => match (value.as_int(), value) {
            (Some(digits), _) => Some(digits),
            (None, Value::Big(_)) => Some(vm.clamped(value)?),
            (None, _) => {
                let message = format!(
                    "'{}' object cannot be interpreted as an integer",
                    vm.type_name(value)
                );
                return Err(vm.type_error(message));
            }
        },
    };
    match (&args.pos[0].value, digits) {
        (Value::Float(x), None) => match number::round_float_to_int(*x) {
            Ok(big) => Ok(Value::from_big(big)),
            Err(e) => Err(vm.text_error(e)),
        },
        (Value::Float(x), Some(digits)) => match number::round_float(*x, digits) {
            Ok(x) => Ok(Value::Float(x)),
            Err(e) => Err(vm.text_error(e)),
        },
        (value, digits) => match (value.to_big(), digits) {
            (Some(big), Some(digits)) if digits < 0 => {
                let digits = digits.max(-100_000);
                Ok(Value::from_big(number::round_int(&big, digits)))
            }
            (Some(big), _) => Ok(Value::from_big(big)),
            (None, _) => {
                let message = format!(
                    "type {} doesn't define __round__ method",
                    vm.type_name(value)
                );
                Err(vm.type_error(message))
            }
        },
    }
}

pub(super) fn divmod(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("divmod", &args, 2, 2)?;
    let (a, b) = (&args.pos[0].value, &args.pos[1].value);
    let numbers = |v: &Value| {
        matches!(
            v,
            Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_)
        )
    };
    if !numbers(a) || !numbers(b) {
        let message = format!(
            "unsupported operand type(s) for divmod(): '{}' and '{}'",
            vm.type_name(a),
            vm.type_name(b)
        );
        return Err(vm.type_error(message));
    }
    let quotient = vm.binary(BinaryOp::FloorDiv, a, b).map_err(|stop| {
        // `divmod` has one message of its own.
        match (stop, a, b) {
            (Stop::Raise(_), Value::Float(_), _) | (Stop::Raise(_), _, Value::Float(_)) => {
                vm.raise(ExcClass::ZeroDivisionError, "float divmod()")
            }
            (stop, ..) => stop,
        }
    })?;
    let rest = vm.binary(BinaryOp::Mod, a, b)?;
    vm.tuple(vec![Tv::pending(quotient), Tv::pending(rest)], PENDING)
}

pub(super) fn pow(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    for (i, (name, missing)) in [
        ("base", "pow() missing required argument 'base' (pos 1)"),
        ("exp", "pow() missing required argument 'exp' (pos 2)"),
        ("mod", ""),
    ]
    .into_iter()
    .enumerate()
    {
        if let Some(tv) = vm.keyword(&mut args, name) {
            args.pos.insert(i.min(args.pos.len()), tv);
        }
        if args.pos.len() <= i && !missing.is_empty() {
            return Err(vm.type_error(missing));
        }
    }
    vm.arity_of("pow", &args, 2, 3)?;
    let power = |vm: &mut Vm<'_>| vm.binary(BinaryOp::Pow, &args.pos[0].value, &args.pos[1].value);
    let Some(modulus) = args.pos.get(2).filter(|tv| !tv.value.is_none()) else {
        return power(vm);
    };
    let is_number = |i: usize| {
        matches!(args.pos[i].value, Value::Float(_)) || args.pos[i].value.to_big().is_some()
    };
    if !(0..3).all(is_number) {
        let names: Vec<_> = args.pos.iter().map(|tv| vm.type_name(&tv.value)).collect();
        let message = format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            names[0], names[1], names[2]
        );
        return Err(vm.type_error(message));
    }
    let (Some(base), Some(exponent), Some(modulus)) = (
        args.pos[0].value.to_big(),
        args.pos[1].value.to_big(),
        modulus.value.to_big(),
    ) else {
        return Err(
            vm.type_error("pow() 3rd argument not allowed unless all arguments are integers")
        );
    };
    if modulus == BigInt::from(0) {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let words = (modulus.bits().max(base.bits()) / 64 + 1) as usize;
    vm.work(
        words
            .saturating_mul(words)
            .saturating_mul(exponent.bits() as usize + 1),
    )?;
    if !exponent.is_negative() {
        return Ok(Value::from_big(base.modpow(&exponent, &modulus)));
    }
    match base.modinv(&modulus) {
        Some(inverse) => Ok(Value::from_big(inverse.modpow(&-exponent, &modulus))),
        None => Err(vm.value_error("base is not invertible for the given modulus")),
    }
}

pub(super) fn bin(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "bin", "#b")
}

pub(super) fn hex(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "hex", "#x")
}

pub(super) fn oct(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    radix(vm, args, "oct", "#o")
}

fn radix(vm: &mut Vm<'_>, args: Args, name: &str, spec: &str) -> R<Value> {
    vm.arity(name, &args, 1, 1)?;
    match args.pos[0].value.to_big() {
        Some(big) => {
            let text = vm.format(&Value::from_big(big), spec)?;
            vm.string(text)
        }
        None => {
            let message = format!(
                "'{}' object cannot be interpreted as an integer",
                vm.type_name(&args.pos[0].value)
            );
            Err(vm.type_error(message))
        }
    }
}
