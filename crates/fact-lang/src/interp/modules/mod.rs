//! Modules of the standard library: what visual programs use of them.

mod functools;
mod itertools;
mod math;
mod numpy;
mod pattern;
pub(crate) mod re;
mod statistics;

use super::Vm;
use super::call::Args;
use super::error::R;
use super::native::{self, Native};
use super::value::{Type, Value};
use crate::ast::NodeId;
pub(super) use itertools::from_iterable;

/// An importable module (or, for `tqdm`, the function it is used as).
pub(crate) fn module(name: &str) -> Option<Value> {
    Some(match name {
        "math" => Value::Module("math"),
        "re" => Value::Module("re"),
        "collections" => Value::Module("collections"),
        "itertools" => Value::Module("itertools"),
        "functools" => Value::Module("functools"),
        "string" => Value::Module("string"),
        "statistics" => Value::Module("statistics"),
        "typing" => Value::Module("typing"),
        "numpy" => Value::Module("numpy"),
        "numbers" => Value::Module("numbers"),
        "operator" => Value::Module("operator"),
        "tqdm" => Value::Module("tqdm"),
        "datetime" => Value::Module("datetime"),
        _ => return None,
    })
}

/// Whether there is a module of this name.
pub(crate) fn is_module(name: &str) -> bool {
    module(name).is_some()
}

/// A name that the peers' globals have without import.
pub(crate) fn injected(name: &str) -> Option<Value> {
    match name {
        "np" => module("numpy"),
        "tqdm" => native::find(TQDM, "tqdm"),
        "Counter" | "defaultdict" | "OrderedDict" | "deque" => member("collections", name),
        "numbers" | "operator" => None,
        "reduce" | "partial" => member("functools", name),
        _ => module(name).or_else(|| typing(name)),
    }
}

/// A member of a module.
pub(crate) fn member(module: &str, name: &str) -> Option<Value> {
    match module {
        "math" => math::member(name),
        "re" => re::member(name),
        "collections" => match name {
            "Counter" => Some(Value::Type(Type::Counter)),
            "defaultdict" => Some(Value::Type(Type::DefaultDict)),
            "OrderedDict" => Some(Value::Type(Type::OrderedDict)),
            "deque" => Some(Value::Type(Type::Deque)),
            _ => None,
        },
        "itertools" => native::find(itertools::TABLE, name),
        "functools" => native::find(functools::TABLE, name),
        "operator" => native::find(functools::OPERATOR, name),
        "statistics" => match name {
            "StatisticsError" => Some(Value::ExcClass(super::error::ExcClass::StatisticsError)),
            _ => native::find(statistics::TABLE, name),
        },
        "numpy" => numpy::member(name),
        // The name is there, as in the peers' globals; dates and a clock are not.
        "datetime" => match name {
            "MINYEAR" => Some(Value::Int(1)),
            "MAXYEAR" => Some(Value::Int(9999)),
            _ => None,
        },
        "typing" => typing(name),
        "numbers" => (name == "Number").then(|| Value::Typing("Number".into())),
        "tqdm" => native::find(TQDM, name),
        "string" if name == "capwords" => native::find(CAPWORDS, name),
        "string" => Some(Value::str(match name {
            "ascii_lowercase" => "abcdefghijklmnopqrstuvwxyz",
            "ascii_uppercase" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "ascii_letters" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "digits" => "0123456789",
            "hexdigits" => "0123456789abcdefABCDEF",
            "octdigits" => "01234567",
            "punctuation" => "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
            "whitespace" => " \t\n\r\u{b}\u{c}",
            _ => return None,
        })),
        _ => None,
    }
}

fn typing(name: &str) -> Option<Value> {
    matches!(
        name,
        "List"
            | "Dict"
            | "Tuple"
            | "Set"
            | "Union"
            | "Optional"
            | "Any"
            | "Callable"
            | "Iterable"
            | "Iterator"
            | "Sequence"
            | "Generator"
            | "Literal"
    )
    .then(|| Value::Typing(name.into()))
}

static TQDM: &[Native] = &[Native {
    name: "tqdm",
    call: tqdm,
}];

static CAPWORDS: &[Native] = &[Native {
    name: "capwords",
    call: capwords,
}];

fn capwords(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("capwords", &args, 1, 1)?;
    let Value::Str(text) = &args.pos[0].value else {
        return Err(vm.type_error("capwords() takes a string"));
    };
    vm.work(text.len())?;
    let words: Vec<String> = text
        .split_whitespace()
        .map(crate::pytext::case::capitalize)
        .collect();
    vm.string(words.join(" "))
}

/// Progress bars pass their iterable through.
fn tqdm(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    match args.pos.into_iter().next() {
        Some(tv) => {
            vm.dep_shape(&tv.value);
            Ok(tv.value)
        }
        None => Err(vm.type_error("tqdm() missing 1 required positional argument: 'iterable'")),
    }
}
