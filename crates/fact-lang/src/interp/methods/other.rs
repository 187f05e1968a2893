//! Methods of numbers and regions.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::value::{PENDING, Tv, Value};
use num_bigint::BigInt;
use num_traits::FromPrimitive;

pub(super) fn call(vm: &mut Vm<'_>, object: &Tv, name: &str, mut args: Args) -> R<Value> {
    match (&object.value, name) {
        (Value::Region(i), "crop") => {
            for side in ["left", "top", "right", "bottom"] {
                if let Some(tv) = vm.keyword(&mut args, side) {
                    args.pos.push(tv);
                }
            }
            vm.arity("crop", &args, 4, 4)?;
            let mut sides = [0.0; 4];
            for (side, arg) in sides.iter_mut().zip(&args.pos) {
                *side = vm.real(&arg.value)?;
            }
            vm.crop(*i, sides)
        }
        (Value::Region(i), "window") => vm.window(*i, args),
        (Value::Region(i), "around") => vm.around(*i, args),
        (Value::Float(x), "is_integer") => {
            vm.arity(&format!("float.{name}"), &args, 0, 0)?;
            Ok(Value::Bool(x.is_finite() && x.fract() == 0.0))
        }
        (Value::Float(x), "as_integer_ratio") => {
            vm.arity(&format!("float.{name}"), &args, 0, 0)?;
            if !x.is_finite() {
                let what = if x.is_nan() { "NaN" } else { "Infinity" };
                let message = format!("cannot convert {what} to integer ratio");
                return Err(if x.is_nan() {
                    vm.value_error(message)
                } else {
                    vm.overflow_error(message)
                });
            }
            // Doubling is exact; 1,100 times is more than any float needs.
            let (mut top, mut doublings) = (*x, 0u32);
            while top.fract() != 0.0 && doublings < 1_100 {
                top *= 2.0;
                doublings += 1;
            }
            let top = BigInt::from_f64(top).unwrap_or_default();
            let parts = [top, BigInt::from(1) << doublings];
            let parts = parts.map(|b| Tv::pending(Value::from_big(b))).to_vec();
            vm.tuple(parts, PENDING)
        }
        (Value::Slice(parts), "indices") => {
            vm.arity(name, &args, 1, 1)?;
            let parts = parts.clone();
            let len = vm.integer(&args.pos[0].value)?;
            let Ok(len) = usize::try_from(len) else {
                return Err(vm.value_error("length should not be negative"));
            };
            let start = vm.slice_part(&parts[0])?;
            let stop = vm.slice_part(&parts[1])?;
            let step = vm.slice_part(&parts[2])?;
            match crate::pytext::slice::indices(start, stop, step, len) {
                Some(at) => {
                    let parts = [at.start, at.stop, at.step];
                    let parts = parts.map(|i| Tv::pending(Value::Int(i))).to_vec();
                    vm.tuple(parts, PENDING)
                }
                None => Err(vm.value_error("slice step cannot be zero")),
            }
        }
        (value, "bit_count") => {
            vm.arity(&format!("int.{name}"), &args, 0, 0)?;
            let big = value.to_big().unwrap_or_default();
            let bits: u32 = big.iter_u64_digits().map(u64::count_ones).sum();
            Ok(Value::Int(i64::from(bits)))
        }
        (value, "bit_length") => {
            vm.arity(&format!("int.{name}"), &args, 0, 0)?;
            let bits = value.to_big().map_or(0, |b| b.bits());
            Ok(Value::Int(bits as i64))
        }
        (value, _) => Ok(value.clone()),
    }
}
