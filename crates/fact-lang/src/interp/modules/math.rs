//! `math`.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::native::{self, Native};
use super::super::value::{PENDING, Tv, Value};
use crate::ast::{BinaryOp, NodeId};
use crate::pytext::number;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

pub(super) fn member(name: &str) -> Option<Value> {
    Some(Value::Float(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return native::find(TABLE, name),
    }))
}

macro_rules! table {
    ($($name:literal => $call:expr),* $(,)?) => {
        static TABLE: &[Native] = &[$(Native { name: $name, call: $call }),*];
    };
}

table! {
    "sqrt" => |vm, args, _| unary(vm, args, "sqrt", f64::sqrt),
    "exp" => |vm, args, _| unary(vm, args, "exp", f64::exp),
    "sin" => |vm, args, _| unary(vm, args, "sin", f64::sin),
    "cos" => |vm, args, _| unary(vm, args, "cos", f64::cos),
    "tan" => |vm, args, _| unary(vm, args, "tan", f64::tan),
    "asin" => |vm, args, _| unary(vm, args, "asin", f64::asin),
    "acos" => |vm, args, _| unary(vm, args, "acos", f64::acos),
    "atan" => |vm, args, _| unary(vm, args, "atan", f64::atan),
    "sinh" => |vm, args, _| unary(vm, args, "sinh", f64::sinh),
    "cosh" => |vm, args, _| unary(vm, args, "cosh", f64::cosh),
    "tanh" => |vm, args, _| unary(vm, args, "tanh", f64::tanh),
    "fabs" => |vm, args, _| unary(vm, args, "fabs", f64::abs),
    "degrees" => |vm, args, _| unary(vm, args, "degrees", f64::to_degrees),
    "radians" => |vm, args, _| unary(vm, args, "radians", f64::to_radians),
    "log2" => |vm, args, _| logarithm(vm, args, "log2", f64::log2),
    "log10" => |vm, args, _| logarithm(vm, args, "log10", f64::log10),
    "log" => log,
    "floor" => |vm, args, _| rounded(vm, args, "floor", f64::floor),
    "ceil" => |vm, args, _| rounded(vm, args, "ceil", f64::ceil),
    "trunc" => |vm, args, _| rounded(vm, args, "trunc", f64::trunc),
    "pow" => pow,
    "fmod" => fmod,
    "hypot" => hypot,
    "dist" => dist,
    "atan2" => atan2,
    "copysign" => copysign,
    "isclose" => isclose,
    "isnan" => |vm, args, _| test(vm, args, "isnan", f64::is_nan),
    "isinf" => |vm, args, _| test(vm, args, "isinf", f64::is_infinite),
    "isfinite" => |vm, args, _| test(vm, args, "isfinite", f64::is_finite),
    "gcd" => gcd,
    "lcm" => lcm,
    "factorial" => factorial,
    "comb" => comb,
    "isqrt" => isqrt,
    "perm" => perm,
    "cbrt" => |vm, args, _| unary(vm, args, "cbrt", f64::cbrt),
    "exp2" => |vm, args, _| unary(vm, args, "exp2", f64::exp2),
    "expm1" => |vm, args, _| unary(vm, args, "expm1", f64::exp_m1),
    "log1p" => |vm, args, _| unary(vm, args, "log1p", f64::ln_1p),
    "asinh" => |vm, args, _| unary(vm, args, "asinh", f64::asinh),
    "acosh" => |vm, args, _| unary(vm, args, "acosh", f64::acosh),
    "atanh" => |vm, args, _| unary(vm, args, "atanh", f64::atanh),
    "modf" => modf,
    "prod" => prod,
    "fsum" => fsum,
}

fn one(vm: &mut Vm<'_>, args: &Args, name: &str) -> R<f64> {
    vm.arity(&format!("math.{name}"), args, 1, 1)?;
    vm.real(&args.pos[0].value)
}

fn two(vm: &mut Vm<'_>, args: &Args, name: &str) -> R<(f64, f64)> {
    vm.arity(name, args, 2, 2)?;
    Ok((vm.real(&args.pos[0].value)?, vm.real(&args.pos[1].value)?))
}

/// A finite argument must not give NaN or infinity.
fn unary(vm: &mut Vm<'_>, args: Args, name: &str, f: fn(f64) -> f64) -> R<Value> {
    let x = one(vm, &args, name)?;
    let y = f(x);
    if y.is_nan() && !x.is_nan() {
        return Err(vm.value_error("math domain error"));
    }
    if y.is_infinite() && x.is_finite() {
        return Err(vm.overflow_error("math range error"));
    }
    Ok(Value::Float(y))
}

fn test(vm: &mut Vm<'_>, args: Args, name: &str, f: fn(f64) -> bool) -> R<Value> {
    Ok(Value::Bool(f(one(vm, &args, name)?)))
}

fn logarithm(vm: &mut Vm<'_>, args: Args, name: &str, f: fn(f64) -> f64) -> R<Value> {
    vm.arity(&format!("math.{name}"), &args, 1, 1)?;
    log_of(vm, &args.pos[0].value, f).map(Value::Float)
}

/// A logarithm; integers beyond the range of floats are split into a fraction and a power of two.
fn log_of(vm: &mut Vm<'_>, value: &Value, f: fn(f64) -> f64) -> R<f64> {
    if let Value::Big(big) = value
        && big.is_positive()
        && number::int_to_float(big).is_err()
    {
        let bits = big.bits();
        vm.work(bits as usize / 64)?;
        let fraction = number::int_true_div(big, &(BigInt::from(1) << bits));
        let fraction = fraction.map_err(|e| vm.text_error(e))?;
        return Ok(f(fraction) + f(2.0) * bits as f64);
    }
    let x = vm.real(value)?;
    if x <= 0.0 {
        return Err(vm.value_error("math domain error"));
    }
    Ok(f(x))
}

fn log(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("log", &args, 1, 2)?;
    let mut logs = [0.0, 1.0];
    for (log, arg) in logs.iter_mut().zip(&args.pos) {
        *log = log_of(vm, &arg.value, f64::ln)?;
    }
    if args.pos.len() == 2 {
        if logs[1] == 0.0 {
            return Err(vm.raise(
                super::super::error::ExcClass::ZeroDivisionError,
                "float division by zero",
            ));
        }
        return Ok(Value::Float(logs[0] / logs[1]));
    }
    Ok(Value::Float(logs[0]))
}

fn rounded(vm: &mut Vm<'_>, args: Args, name: &str, f: fn(f64) -> f64) -> R<Value> {
    if name == "trunc"
        && args.kw.is_empty()
        && args.pos.len() == 1
        && !is_number(&args.pos[0].value)
    {
        let got = vm.type_name(&args.pos[0].value);
        return Err(vm.type_error(format!("type {got} doesn't define __trunc__ method")));
    }
    vm.arity(&format!("math.{name}"), &args, 1, 1)?;
    if let Some(big) = args.pos[0].value.to_big() {
        return Ok(Value::from_big(big));
    }
    let x = vm.real(&args.pos[0].value)?;
    match number::float_to_int(f(x)) {
        Ok(big) => Ok(Value::from_big(big)),
        Err(e) => Err(vm.text_error(e)),
    }
}

fn pow(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let (x, y) = two(vm, &args, "pow")?;
    let z = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if z.is_nan() || (x == 0.0 && y < 0.0) {
            return Err(vm.value_error("math domain error"));
        }
        if z.is_infinite() {
            return Err(vm.overflow_error("math range error"));
        }
    }
    Ok(Value::Float(z))
}

fn fmod(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let (x, y) = two(vm, &args, "fmod")?;
    if y == 0.0 || x.is_infinite() {
        return Err(vm.value_error("math domain error"));
    }
    Ok(Value::Float(x % y))
}

fn hypot(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let mut parts = Vec::with_capacity(args.pos.len());
    for arg in &args.pos {
        parts.push(vm.real(&arg.value)?);
    }
    super::statistics::norm(vm, &parts)
}

fn dist(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("dist", &args, 2, 2)?;
    let a = vm.collect_dep(&args.pos[0], node)?;
    let b = vm.collect_dep(&args.pos[1], node)?;
    if a.len() != b.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut parts = Vec::with_capacity(a.len());
    for (x, y) in a.iter().zip(&b) {
        vm.dep(x.event);
        vm.dep(y.event);
        parts.push(vm.real(&x.value)? - vm.real(&y.value)?);
    }
    super::statistics::norm(vm, &parts)
}

fn atan2(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let (y, x) = two(vm, &args, "atan2")?;
    Ok(Value::Float(y.atan2(x)))
}

fn copysign(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let (x, y) = two(vm, &args, "copysign")?;
    Ok(Value::Float(x.copysign(y)))
}

fn isclose(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    if args.pos.len() > 2 {
        let given = args.pos.len();
        let message = format!("isclose() takes exactly 2 positional arguments ({given} given)");
        return Err(vm.type_error(message));
    }
    let mut tolerance = [1e-9, 0.0];
    for (slot, name) in tolerance.iter_mut().zip(["rel_tol", "abs_tol"]) {
        if let Some(tv) = vm.keyword(&mut args, name) {
            *slot = vm.real(&tv.value)?;
        }
    }
    let (x, y) = two(vm, &args, "isclose")?;
    if tolerance.iter().any(|t| *t < 0.0) {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if x == y {
        return Ok(Value::Bool(true));
    }
    if x.is_infinite() || y.is_infinite() {
        return Ok(Value::Bool(false));
    }
    let most = (tolerance[0] * x.abs().max(y.abs())).max(tolerance[1]);
    Ok(Value::Bool((x - y).abs() <= most))
}

fn ints(vm: &mut Vm<'_>, args: &Args) -> R<Vec<BigInt>> {
    let mut out = Vec::with_capacity(args.pos.len());
    for arg in &args.pos {
        match arg.value.to_big() {
            Some(big) => {
                vm.work((big.bits() / 64) as usize)?;
                out.push(big);
            }
            None => {
                let message = format!(
                    "'{}' object cannot be interpreted as an integer",
                    vm.type_name(&arg.value)
                );
                return Err(vm.type_error(message));
            }
        }
    }
    Ok(out)
}

/// Pays for a greatest common divisor, which is quadratic.
fn common(vm: &mut Vm<'_>, a: &BigInt, b: &BigInt) -> R<()> {
    let words = (a.bits().max(b.bits()) / 64 + 1) as usize;
    vm.work(words.saturating_mul(words))
}

fn gcd(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let ints = ints(vm, &args)?;
    let mut total = BigInt::from(0);
    for int in ints {
        common(vm, &total, &int)?;
        total = total.gcd(&int);
    }
    Ok(Value::from_big(total))
}

fn lcm(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let ints = ints(vm, &args)?;
    let mut total = BigInt::from(1);
    for int in ints {
        common(vm, &total, &int)?;
        total = total.lcm(&int);
        vm.charge((total.bits() / 8) as usize)?;
    }
    Ok(Value::from_big(total))
}

fn factorial(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("math.factorial", &args, 1, 1)?;
    let n = vm.integer(&args.pos[0].value)?;
    if n < 0 {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let mut total = Value::Int(1);
    for i in 2..=n {
        vm.step()?;
        total = vm.binary(BinaryOp::Mul, &total, &Value::Int(i))?;
    }
    Ok(total)
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Float(_)) || value.to_big().is_some()
}

/// An integer of any size.
fn whole(vm: &mut Vm<'_>, value: &Value) -> R<BigInt> {
    match value.to_big() {
        Some(big) => Ok(big),
        None => vm.integer(value).map(BigInt::from),
    }
}

fn comb(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("comb", &args, 2, 2)?;
    let n = whole(vm, &args.pos[0].value)?;
    let k = whole(vm, &args.pos[1].value)?;
    for (value, name) in [(&n, "n"), (&k, "k")] {
        if value.is_negative() {
            return Err(vm.value_error(format!("{name} must be a non-negative integer")));
        }
    }
    if k > n {
        return Ok(Value::Int(0));
    }
    let Some(picks) = (&n - &k).min(k).to_i64() else {
        let message = format!("min(n - k, k) must not exceed {}", i64::MAX);
        return Err(vm.overflow_error(message));
    };
    let mut total = Value::Int(1);
    for i in 0..picks {
        vm.step()?;
        total = vm.binary(BinaryOp::Mul, &total, &Value::from_big(&n - i))?;
        total = vm.binary(BinaryOp::FloorDiv, &total, &Value::Int(i + 1))?;
    }
    Ok(total)
}

fn perm(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("perm", &args, 1, 2)?;
    let n = vm.integer(&args.pos[0].value)?;
    let k = match args.pos.get(1).filter(|k| !k.value.is_none()) {
        Some(k) => vm.integer(&k.value)?,
        None => n,
    };
    if n < 0 || k < 0 {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    let mut total = Value::Int(i64::from(k <= n));
    for i in 0..k.min(n) {
        vm.step()?;
        total = vm.binary(BinaryOp::Mul, &total, &Value::Int(n - i))?;
    }
    Ok(total)
}

fn modf(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    let x = one(vm, &args, "modf")?;
    let fraction = if x.is_infinite() {
        0.0f64.copysign(x)
    } else {
        x.fract()
    };
    let parts = [fraction, x.trunc()];
    let parts = parts.map(|x| Tv::pending(Value::Float(x))).to_vec();
    vm.tuple(parts, PENDING)
}

fn isqrt(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("math.isqrt", &args, 1, 1)?;
    let ints = ints(vm, &args)?;
    match ints.first() {
        Some(big) if big.is_negative() => {
            Err(vm.value_error("isqrt() argument must be nonnegative"))
        }
        Some(big) => Ok(Value::from_big(big.sqrt())),
        None => Ok(Value::Int(0)),
    }
}

fn prod(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let start = vm.keyword(&mut args, "start");
    vm.arity("prod", &args, 1, 1)?;
    let mut total = start.map_or(Value::Int(1), |tv| tv.value);
    for item in vm.collect_dep(&args.pos[0], node)? {
        vm.dep(item.event);
        total = vm.binary(BinaryOp::Mul, &total, &item.value)?;
    }
    Ok(total)
}

fn fsum(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("math.fsum", &args, 1, 1)?;
    // Shewchuk's exact partial sums, as CPython's `math.fsum`.
    let mut partials: Vec<f64> = Vec::new();
    for item in vm.collect_dep(&args.pos[0], node)? {
        vm.dep(item.event);
        let mut x = vm.real(&item.value)?;
        let mut kept = 0;
        vm.work(partials.len())?;
        for i in 0..partials.len() {
            let mut y = partials[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if x != 0.0 {
            partials.push(x);
        }
    }
    let Some(mut high) = partials.pop() else {
        return Ok(Value::Float(0.0));
    };
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        let low = y - (high - x);
        if low != 0.0 {
            // The exact sum may lie halfway between two floats: what is left decides.
            if let Some(next) = partials.last()
                && (low < 0.0) == (*next < 0.0)
            {
                let twice = low * 2.0;
                if high + twice - high == twice {
                    high += twice;
                }
            }
            break;
        }
    }
    Ok(Value::Float(high))
}
