//! Methods of numbers and regions.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::value::{Tv, Value};

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
        (Value::Float(x), "is_integer") => {
            vm.arity(name, &args, 0, 0)?;
            Ok(Value::Bool(x.is_finite() && x.fract() == 0.0))
        }
        (value, "bit_length") => {
            vm.arity(name, &args, 0, 0)?;
            let bits = value.to_big().map_or(0, |b| b.bits());
            Ok(Value::Int(bits as i64))
        }
        (value, _) => Ok(value.clone()),
    }
}
