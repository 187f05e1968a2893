//! `statistics`: the deterministic few that programs use.

use super::super::Vm;
use super::super::builtins;
use super::super::call::Args;
use super::super::error::{ExcClass, R};
use super::super::native::Native;
use super::super::value::{Key, PENDING, Tv, Value};
use crate::ast::{BinaryOp, NodeId};
use crate::pytext::number;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::ToPrimitive;

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
        call: fmean,
    },
    Native {
        name: "multimode",
        call: multimode,
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

/// The data of a function, which must be given.
fn check(vm: &mut Vm<'_>, args: &Args, name: &str) -> R<()> {
    if args.pos.is_empty() {
        let message = format!("{name}() missing 1 required positional argument: 'data'");
        return Err(vm.type_error(message));
    }
    Ok(())
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
    check(vm, &args, "mean")?;
    let values = values(vm, &args, node)?;
    let data = Data::of(vm, &values)?;
    if values.is_empty() {
        return Err(empty(vm, "mean requires at least one data point"));
    }
    data.convert(vm, data.sum.clone(), Frac::whole(data.count))
}

fn fmean(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let values = values(vm, &args, node)?;
    let mut exact = Vec::with_capacity(values.len());
    for value in &values {
        exact.push(Value::Float(vm.real(value)?));
    }
    if values.is_empty() {
        return Err(empty(vm, "fmean requires at least one data point"));
    }
    let data = Data::of(vm, &exact)?;
    let total = data.convert(vm, data.sum.clone(), Frac::whole(1))?;
    vm.binary(BinaryOp::Div, &total, &Value::Float(values.len() as f64))
}

/// A fraction; the denominator is positive.
#[derive(Clone)]
struct Frac {
    top: BigInt,
    bottom: BigInt,
}

impl Frac {
    fn whole(n: usize) -> Self {
        Self {
            top: n.into(),
            bottom: 1.into(),
        }
    }
}

/// Numbers, summed exactly, as CPython's module does.
struct Data {
    count: usize,
    sum: Frac,
    squares: Frac,
    /// The plain sum, where a number is infinite or not a number.
    special: Option<f64>,
    /// Whether all are integers.
    whole: bool,
}

impl Data {
    fn of(vm: &mut Vm<'_>, values: &[Value]) -> R<Self> {
        // Every float is a multiple of a power of two: the finest of them is the denominator.
        let mut parts: Vec<(BigInt, u64)> = Vec::with_capacity(values.len());
        let (mut whole, mut special, mut plain) = (true, false, 0.0);
        for value in values {
            vm.step()?;
            match (value, value.to_big()) {
                (_, Some(big)) => {
                    plain += big.to_f64().unwrap_or(f64::INFINITY);
                    vm.work(big.bits() as usize / 64)?;
                    parts.push((big, 0));
                }
                (Value::Float(x), _) => {
                    whole = false;
                    plain += x;
                    match ratio(*x) {
                        Some(part) => parts.push(part),
                        None => special = true,
                    }
                }
                (other, _) => {
                    let message = format!(
                        "can't convert type '{}' to numerator/denominator",
                        vm.type_name(other)
                    );
                    return Err(vm.type_error(message));
                }
            }
        }
        let fine = parts.iter().map(|(_, shift)| *shift).max().unwrap_or(0);
        let bits = parts.iter().map(|(top, _)| top.bits()).max().unwrap_or(0) + fine;
        vm.work(parts.len().saturating_mul(bits as usize / 32))?;
        let (mut sum, mut squares) = (BigInt::ZERO, BigInt::ZERO);
        for (top, shift) in parts {
            let top = top << (fine - shift);
            squares += &top * &top;
            sum += top;
        }
        Ok(Self {
            count: values.len(),
            sum: Frac {
                top: sum,
                bottom: BigInt::from(1) << fine,
            },
            squares: Frac {
                top: squares,
                bottom: BigInt::from(1) << (2 * fine),
            },
            special: special.then_some(plain),
            whole,
        })
    }

    /// `value / by` in the type of the data: an integer where all are and it is whole.
    fn convert(&self, vm: &mut Vm<'_>, value: Frac, by: Frac) -> R<Value> {
        if let Some(plain) = self.special {
            return Ok(Value::Float(plain / by.top.to_f64().unwrap_or(f64::NAN)));
        }
        let (top, bottom) = (value.top * by.bottom, value.bottom * by.top);
        if self.whole && top.is_multiple_of(&bottom) {
            return Ok(Value::from_big(top / bottom));
        }
        let quotient = number::int_true_div(&top, &bottom);
        quotient.map(Value::Float).map_err(|e| vm.text_error(e))
    }

    /// The sum of the squared deviations from the mean.
    fn deviations(&self) -> Frac {
        let n = BigInt::from(self.count.max(1));
        // squares.bottom is the square of sum.bottom.
        Frac {
            top: &n * &self.squares.top - &self.sum.top * &self.sum.top,
            bottom: n * &self.squares.bottom,
        }
    }
}

/// A finite float as an integer over a power of two.
fn ratio(x: f64) -> Option<(BigInt, u64)> {
    if !x.is_finite() {
        return None;
    }
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    // Subnormal numbers have no implied bit.
    let (top, exponent) = match exponent {
        0 => (fraction, -1074),
        e => (fraction | (1 << 52), e - 1075),
    };
    let top = BigInt::from(top);
    let top = if x < 0.0 { -top } else { top };
    Some(match u64::try_from(exponent) {
        Ok(up) => (top << up, 0),
        Err(_) => {
            let down = exponent.unsigned_abs();
            let free = top.trailing_zeros().unwrap_or(down).min(down);
            (top >> free, down - free)
        }
    })
}

/// The square root of a fraction, rounded once: the integer root of it, scaled by an even power of
/// two to 110 bits or so, with a sticky bit for what the root leaves.
fn root(vm: &mut Vm<'_>, value: &Frac) -> R<Value> {
    if value.top.sign() == Sign::NoSign {
        return Ok(Value::Float(0.0));
    }
    let have = value.top.bits() as i64 - value.bottom.bits() as i64;
    let half = (110 - have).div_euclid(2) + 1;
    let (top, bottom) = match u64::try_from(half) {
        Ok(up) => (&value.top << (2 * up), value.bottom.clone()),
        Err(_) => (
            value.top.clone(),
            &value.bottom << (2 * half.unsigned_abs()),
        ),
    };
    let (quotient, rest) = top.div_rem(&bottom);
    let mut found = quotient.sqrt();
    if rest.sign() != Sign::NoSign || &found * &found != quotient {
        found.set_bit(0, true);
    }
    let one = BigInt::from(1);
    let (top, bottom) = match u64::try_from(half) {
        Ok(up) => (found, one << up),
        Err(_) => (found << half.unsigned_abs(), one),
    };
    let quotient = number::int_true_div(&top, &bottom);
    quotient.map(Value::Float).map_err(|e| vm.text_error(e))
}

/// The square root of the sum of the squares, rounded once.
pub(super) fn norm(vm: &mut Vm<'_>, parts: &[f64]) -> R<Value> {
    if parts.iter().any(|x| x.is_infinite()) {
        return Ok(Value::Float(f64::INFINITY));
    }
    if parts.iter().any(|x| x.is_nan()) {
        return Ok(Value::Float(f64::NAN));
    }
    if let [one] = parts {
        return Ok(Value::Float(one.abs()));
    }
    let values: Vec<Value> = parts.iter().map(|x| Value::Float(*x)).collect();
    let squares = Data::of(vm, &values)?.squares;
    match root(vm, &squares) {
        Err(super::super::error::Stop::Raise(_)) => Ok(Value::Float(f64::INFINITY)),
        other => other,
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
    check(vm, &args, "median")?;
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
    check(vm, &args, "mode")?;
    match modes(vm, args, node)?.into_iter().next() {
        Some(first) => Ok(first),
        None => Err(empty(vm, "no mode for empty data")),
    }
}

fn multimode(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    let modes = modes(vm, args, node)?;
    vm.list(modes.into_iter().map(Tv::pending).collect(), PENDING)
}

/// The most common values, in the order they came.
fn modes(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Vec<Value>> {
    let values = values(vm, &args, node)?;
    let mut counts: indexmap::IndexMap<Key, (Value, usize)> = Default::default();
    for value in values {
        vm.step()?;
        let key = vm.key(&value)?;
        counts.entry(key).or_insert((value, 0)).1 += 1;
    }
    let most = counts.values().map(|(_, n)| *n).max().unwrap_or(0);
    let first = counts.into_values().filter(|(_, n)| *n == most);
    Ok(first.map(|(value, _)| value).collect())
}

fn deviation(vm: &mut Vm<'_>, args: Args, node: NodeId, name: &str, freedom: usize) -> R<Value> {
    let values = values(vm, &args, node)?;
    let data = Data::of(vm, &values)?;
    if values.len() <= freedom {
        let points = if freedom == 1 {
            "two data points"
        } else {
            "one data point"
        };
        return Err(empty(vm, &format!("{name} requires at least {points}")));
    }
    if data.special.is_some() {
        return Ok(Value::Float(f64::NAN));
    }
    let squares = data.deviations();
    let by = Frac::whole(values.len() - freedom);
    if name.ends_with("stdev") {
        let mean = Frac {
            top: squares.top,
            bottom: squares.bottom * by.top,
        };
        return root(vm, &mean);
    }
    data.convert(vm, squares, by)
}
