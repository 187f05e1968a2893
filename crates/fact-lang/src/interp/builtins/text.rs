//! Builtin functions that make or print text.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::{R, Stop};
use super::super::value::Value;
use crate::ast::NodeId;
use crate::pytext;
use crate::run::Limit;

pub(super) fn print(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    let sep = vm.keyword(&mut args, "sep").filter(|v| !v.value.is_none());
    let end = vm.keyword(&mut args, "end").filter(|v| !v.value.is_none());
    vm.keyword(&mut args, "flush");
    vm.keyword(&mut args, "file");
    vm.no_keywords("print", &args)?;
    for (name, tv) in [("sep", &sep), ("end", &end)] {
        if let Some(tv) = tv
            && !matches!(tv.value, Value::Str(_))
        {
            let got = vm.type_name(&tv.value);
            return Err(vm.type_error(format!("{name} must be None or a string, not {got}")));
        }
    }
    let sep = match &sep {
        Some(tv) => vm.text(&tv.value)?,
        None => " ".to_owned(),
    };
    // What was printed before an argument failed stays printed.
    for (i, arg) in args.pos.iter().enumerate() {
        if i > 0 {
            put(vm, &sep)?;
        }
        vm.dep_deep(arg)?;
        let text = vm.text(&arg.value)?;
        put(vm, &text)?;
    }
    let end = match &end {
        Some(tv) => vm.text(&tv.value)?,
        None => "\n".to_owned(),
    };
    put(vm, &end)?;
    Ok(Value::None)
}

/// Adds to what was printed.
fn put(vm: &mut Vm<'_>, text: &str) -> R<()> {
    if (vm.output.len() + text.len()) as u64 > vm.limits.output {
        return Err(Stop::Limit(Limit::Output));
    }
    vm.output.push_str(text);
    Ok(())
}

pub(super) fn repr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("repr", &args, 1, 1)?;
    vm.dep_deep(&args.pos[0])?;
    let text = vm.repr(&args.pos[0].value)?;
    vm.string(text)
}

pub(super) fn ascii(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("ascii", &args, 1, 1)?;
    vm.dep_deep(&args.pos[0])?;
    let text = vm.repr(&args.pos[0].value)?;
    vm.string(pytext::repr::ascii_of_repr(&text))
}

pub(super) fn format(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("format", &args, 1, 2)?;
    vm.dep_deep(&args.pos[0])?;
    let spec = match args.pos.get(1).map(|tv| &tv.value) {
        None => "".into(),
        Some(Value::Str(spec)) => spec.clone(),
        Some(other) => {
            let message = format!(
                "format() argument 2 must be str, not {}",
                vm.type_name(other)
            );
            return Err(vm.type_error(message));
        }
    };
    let text = vm.format(&args.pos[0].value, &spec)?;
    vm.string(text)
}

pub(super) fn chr(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("chr", &args, 1, 1)?;
    let code = vm.integer(&args.pos[0].value)?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => vm.string(c.to_string()),
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

pub(super) fn ord(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("ord", &args, 1, 1)?;
    match &args.pos[0].value {
        Value::Str(s) => {
            let mut chars = s.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
                _ => {
                    let n = pytext::len(s);
                    let message =
                        format!("ord() expected a character, but string of length {n} found");
                    Err(vm.type_error(message))
                }
            }
        }
        other => {
            let message = format!(
                "ord() expected string of length 1, but {} found",
                vm.type_name(other)
            );
            Err(vm.type_error(message))
        }
    }
}
