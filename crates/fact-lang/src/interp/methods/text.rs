//! Methods of `str`.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::value::{Key, PENDING, Tv, Value};
use crate::ast::NodeId;
use crate::pytext::{case, layout, search, template};

pub(super) const NAMES: &[&str] = &[
    "lower",
    "upper",
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "join",
    "replace",
    "format",
    "startswith",
    "endswith",
    "find",
    "rfind",
    "index",
    "rindex",
    "count",
    "capitalize",
    "title",
    "swapcase",
    "casefold",
    "isdigit",
    "isalpha",
    "isalnum",
    "isnumeric",
    "isdecimal",
    "isspace",
    "isupper",
    "islower",
    "istitle",
    "isascii",
    "isprintable",
    "isidentifier",
    "center",
    "ljust",
    "rjust",
    "zfill",
    "splitlines",
    "partition",
    "rpartition",
    "removeprefix",
    "removesuffix",
    "expandtabs",
    "format_map",
    "translate",
    "maketrans",
];

/// `str.maketrans(from, to, gone)`
fn maketrans(vm: &mut Vm<'_>, args: Args) -> R<Value> {
    vm.arity("maketrans", &args, 1, 3)?;
    let code = |c: char| Tv::pending(Value::Int(i64::from(u32::from(c))));
    let mut entries = Vec::new();
    if args.pos.len() == 1 {
        let Value::Dict(i) = args.pos[0].value else {
            return Err(
                vm.type_error("if you give only one argument to maketrans it must be a dict")
            );
        };
        for (key, value) in vm.heap.dicts[i as usize].map.values() {
            let key = match &key.value {
                Value::Str(s) if s.chars().count() == 1 => {
                    s.chars().next().map_or_else(|| key.clone(), code)
                }
                _ => key.clone(),
            };
            entries.push((key, value.clone()));
        }
        return vm.dict(entries, PENDING);
    }
    let from = text_arg(vm, "maketrans", &args, 0)?;
    let to = text_arg(vm, "maketrans", &args, 1)?;
    if from.chars().count() != to.chars().count() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.chars().zip(to.chars()) {
        entries.push((code(a), code(b)));
    }
    if args.pos.len() == 3 {
        for c in text_arg(vm, "maketrans", &args, 2)?.chars() {
            entries.push((code(c), Tv::pending(Value::None)));
        }
    }
    vm.dict(entries, PENDING)
}

/// `str.lower(s)`
pub(super) fn unbound(vm: &mut Vm<'_>, name: &str, mut args: Args, node: NodeId) -> R<Value> {
    if name == "maketrans" {
        return maketrans(vm, args);
    }
    if args.pos.is_empty() {
        let message = format!("unbound method str.{name}() needs an argument");
        return Err(vm.type_error(message));
    }
    let object = args.pos.remove(0);
    match object.value.clone() {
        Value::Str(s) => call(vm, &object, &s, name, args, node),
        other => {
            let message = format!(
                "descriptor '{name}' for 'str' objects doesn't apply to a '{}' object",
                vm.type_name(&other)
            );
            Err(vm.type_error(message))
        }
    }
}

fn text_arg(vm: &mut Vm<'_>, name: &str, args: &Args, i: usize) -> R<std::sync::Arc<str>> {
    match args.pos.get(i).map(|tv| &tv.value) {
        Some(Value::Str(s)) => Ok(s.clone()),
        Some(other) => {
            let got = match other {
                Value::None if matches!(name, "replace" | "removeprefix" | "removesuffix") => {
                    "None".into()
                }
                other => vm.type_name(other),
            };
            let message = match name {
                "find" | "rfind" | "index" | "rindex" | "count" | "partition" | "rpartition" => {
                    format!("must be str, not {got}")
                }
                "removeprefix" | "removesuffix" => {
                    format!("{name}() argument must be str, not {got}")
                }
                "center" | "ljust" | "rjust" => {
                    format!("The fill character must be a unicode character, not {got}")
                }
                "replace" => format!("replace() argument {} must be str, not {got}", i + 1),
                _ => format!("{name}() argument {} must be str, not {got}", i + 1),
            };
            Err(vm.type_error(message))
        }
        None => Err(vm.type_error(format!("{name}() missing an argument"))),
    }
}

/// An optional text argument; `None` counts as absent.
fn maybe_text(
    vm: &mut Vm<'_>,
    name: &str,
    args: &Args,
    i: usize,
) -> R<Option<std::sync::Arc<str>>> {
    match args.pos.get(i).map(|tv| &tv.value) {
        None | Some(Value::None) => Ok(None),
        Some(Value::Str(s)) => Ok(Some(s.clone())),
        Some(other) => {
            let got = vm.type_name(other);
            let message = match name {
                "split" | "rsplit" => format!("must be str or None, not {got}"),
                _ => format!("{name} arg must be None or str"),
            };
            Err(vm.type_error(message))
        }
    }
}

fn bounds(vm: &mut Vm<'_>, args: &Args) -> R<(Option<i64>, Option<i64>)> {
    let mut out = [None, None];
    for (bound, arg) in out.iter_mut().zip(args.pos.iter().skip(1)) {
        *bound = vm.slice_part(&arg.value)?;
    }
    Ok((out[0], out[1]))
}

pub(super) fn call(
    vm: &mut Vm<'_>,
    object: &Tv,
    s: &str,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    vm.work(s.len() / 16)?;
    match name {
        "lower" | "upper" | "capitalize" | "title" | "swapcase" | "casefold" => {
            vm.arity(&format!("str.{name}"), &args, 0, 0)?;
            let text = match name {
                "lower" => case::lower(s),
                "upper" => case::upper(s),
                "capitalize" => case::capitalize(s),
                "title" => case::title(s),
                "swapcase" => case::swapcase(s),
                _ => case::casefold(s),
            };
            vm.string(text)
        }
        "strip" | "lstrip" | "rstrip" => {
            vm.arity(name, &args, 0, 1)?;
            let chars = maybe_text(vm, name, &args, 0)?;
            vm.work(chars.as_ref().map_or(0, |c| c.len()) * s.len() / 64)?;
            let text = match name {
                "strip" => search::strip(s, chars.as_deref()),
                "lstrip" => search::lstrip(s, chars.as_deref()),
                _ => search::rstrip(s, chars.as_deref()),
            };
            vm.string(text)
        }
        "split" | "rsplit" => {
            if let Some(sep) = vm.keyword(&mut args, "sep") {
                args.pos.insert(0, sep);
            }
            if let Some(most) = vm.keyword(&mut args, "maxsplit") {
                if args.pos.is_empty() {
                    args.pos.push(Tv::pending(Value::None));
                }
                args.pos.push(most);
            }
            vm.arity_of(name, &args, 0, 2)?;
            let sep = maybe_text(vm, name, &args, 0)?;
            let most = match args.pos.get(1) {
                Some(tv) => vm.integer(&tv.value)?,
                None => -1,
            };
            let pieces = match name {
                "split" => search::split(s, sep.as_deref(), most),
                _ => search::rsplit(s, sep.as_deref(), most),
            };
            let pieces = pieces.map_err(|e| vm.text_error(e))?;
            strings(vm, &pieces)
        }
        "splitlines" => {
            if args.pos.len() > 1 {
                let given = args.pos.len();
                let message = format!("splitlines() takes at most 1 argument ({given} given)");
                return Err(vm.type_error(message));
            }
            let keep = vm
                .keyword(&mut args, "keepends")
                .or(args.pos.first().cloned());
            let keep = match keep {
                Some(tv) => vm.truth(&tv.value)?,
                None => false,
            };
            strings(vm, &layout::splitlines(s, keep))
        }
        "partition" | "rpartition" => {
            vm.arity(&format!("str.{name}"), &args, 1, 1)?;
            let sep = text_arg(vm, name, &args, 0)?;
            let parts = match name {
                "partition" => search::partition(s, &sep),
                _ => search::rpartition(s, &sep),
            };
            let (a, b, c) = parts.map_err(|e| vm.text_error(e))?;
            let mut items = Vec::with_capacity(3);
            for part in [a, b, c] {
                items.push(Tv::pending(vm.string(part)?));
            }
            vm.tuple(items, PENDING)
        }
        "join" => {
            vm.arity("str.join", &args, 1, 1)?;
            if !vm.is_iterable(&args.pos[0].value) {
                return Err(vm.type_error("can only join an iterable"));
            }
            let items = vm.collect_dep(&args.pos[0], node)?;
            let mut out = String::new();
            for (i, item) in items.iter().enumerate() {
                vm.dep(item.event);
                let Value::Str(piece) = &item.value else {
                    let message = format!(
                        "sequence item {i}: expected str instance, {} found",
                        vm.type_name(&item.value)
                    );
                    return Err(vm.type_error(message));
                };
                vm.charge(piece.len() + s.len())?;
                if i > 0 {
                    out.push_str(s);
                }
                out.push_str(piece);
            }
            vm.string(out)
        }
        "replace" => {
            vm.arity(name, &args, 2, 3)?;
            let old = text_arg(vm, name, &args, 0)?;
            let new = text_arg(vm, name, &args, 1)?;
            let count = match args.pos.get(2) {
                Some(tv) => vm.integer(&tv.value)?,
                None => -1,
            };
            let room = vm.room();
            let text = search::replace(s, &old, &new, count, room);
            let text = text.map_err(|e| vm.text_error(e))?;
            vm.string(text)
        }
        "format_map" => {
            vm.arity("str.format_map", &args, 1, 1)?;
            let parsed = template::parse(s);
            let positional = parsed.pieces.iter().any(|piece| {
                matches!(piece, template::Piece::Field(f) if matches!(f.first, template::First::Index(_)))
            });
            if positional {
                return Err(vm.value_error("Format string contains positional fields"));
            }
            let Value::Dict(i) = args.pos[0].value else {
                return Err(vm.type_error("format_map() argument must be a mapping"));
            };
            let mut kw = Vec::new();
            for (key, value) in vm.heap.dicts[i as usize].map.values() {
                if let Value::Str(name) = &key.value {
                    kw.push((name.clone(), value.clone()));
                }
            }
            let named = Args {
                pos: Vec::new(),
                kw,
            };
            let text = vm.format_template(&parsed, &named, node, 0)?;
            vm.string(text)
        }
        "translate" => {
            vm.arity("str.translate", &args, 1, 1)?;
            let mut out = String::with_capacity(s.len());
            for c in s.chars() {
                vm.step()?;
                let key = Key::Int(i64::from(u32::from(c)));
                let found = match &args.pos[0].value {
                    Value::Dict(i) => vm.heap.dicts[*i as usize].map.get(&key),
                    _ => None,
                };
                let found = found.map(|(_, tv)| tv.value.clone());
                match found {
                    None => out.push(c),
                    Some(Value::None) => {}
                    Some(Value::Str(text)) => {
                        vm.charge(text.len())?;
                        out.push_str(&text);
                    }
                    Some(other) => {
                        let code = vm.integer(&other)?;
                        match u32::try_from(code).ok().and_then(char::from_u32) {
                            Some(c) => out.push(c),
                            None => {
                                return Err(
                                    vm.value_error("character mapping must be in range(0x110000)")
                                );
                            }
                        }
                    }
                }
            }
            vm.string(out)
        }
        "format" => {
            let parsed = template::parse(s);
            let text = vm.format_template(&parsed, &args, node, 0)?;
            vm.string(text)
        }
        "startswith" | "endswith" => {
            vm.arity_of(name, &args, 1, 3)?;
            let (start, stop) = bounds(vm, &args)?;
            let wanted: Vec<Tv> = match &args.pos[0].value {
                Value::Tuple(_) => vm.items(&args.pos[0].value).to_vec(),
                _ => vec![args.pos[0].clone()],
            };
            let mut found = false;
            for tv in wanted {
                if found {
                    break;
                }
                let Value::Str(piece) = &tv.value else {
                    let got = vm.type_name(&tv.value);
                    let message = match &args.pos[0].value {
                        Value::Tuple(_) => {
                            format!("tuple for {name} must only contain str, not {got}")
                        }
                        _ => format!("{name} first arg must be str or a tuple of str, not {got}"),
                    };
                    return Err(vm.type_error(message));
                };
                found |= match name {
                    "startswith" => search::starts_with(s, piece, start, stop),
                    _ => search::ends_with(s, piece, start, stop),
                };
            }
            Ok(Value::Bool(found))
        }
        "find" | "rfind" | "index" | "rindex" => {
            vm.arity_of(name, &args, 1, 3)?;
            let piece = text_arg(vm, name, &args, 0)?;
            let (start, stop) = bounds(vm, &args)?;
            let found = match name {
                "find" | "index" => search::find(s, &piece, start, stop),
                _ => search::rfind(s, &piece, start, stop),
            };
            match found {
                Some(at) => Ok(Value::Int(at as i64)),
                None if name.ends_with("index") => Err(vm.value_error("substring not found")),
                None => Ok(Value::Int(-1)),
            }
        }
        "count" => {
            vm.arity_of(name, &args, 1, 3)?;
            let piece = text_arg(vm, name, &args, 0)?;
            let (start, stop) = bounds(vm, &args)?;
            Ok(Value::Int(search::count(s, &piece, start, stop) as i64))
        }
        "removeprefix" | "removesuffix" => {
            vm.arity(&format!("str.{name}"), &args, 1, 1)?;
            let piece = text_arg(vm, name, &args, 0)?;
            let text = match name {
                "removeprefix" => search::remove_prefix(s, &piece),
                _ => search::remove_suffix(s, &piece),
            };
            vm.string(text)
        }
        "center" | "ljust" | "rjust" => {
            vm.arity(name, &args, 1, 2)?;
            let width = vm.integer(&args.pos[0].value)?;
            let fill = match args.pos.get(1) {
                Some(_) => text_arg(vm, name, &args, 1)?,
                None => " ".into(),
            };
            let mut chars = fill.chars();
            let (Some(c), None) = (chars.next(), chars.next()) else {
                return Err(vm.type_error("The fill character must be exactly one character long"));
            };
            let room = vm.room();
            let text = match name {
                "center" => layout::center(s, width, c, room),
                "ljust" => layout::ljust(s, width, c, room),
                _ => layout::rjust(s, width, c, room),
            };
            let text = text.map_err(|e| vm.text_error(e))?;
            vm.string(text)
        }
        "zfill" | "expandtabs" => {
            if let Some(size) = vm.keyword(&mut args, "tabsize") {
                args.pos.push(size);
            }
            if name == "zfill" {
                vm.arity("str.zfill", &args, 1, 1)?;
            }
            vm.arity_of(name, &args, 0, 1)?;
            let n = match args.pos.first() {
                Some(tv) => vm.integer(&tv.value)?,
                None => 8,
            };
            let room = vm.room();
            let text = match name {
                "zfill" => layout::zfill(s, n, room),
                _ => layout::expandtabs(s, n, room),
            };
            let text = text.map_err(|e| vm.text_error(e))?;
            vm.string(text)
        }
        "maketrans" => maketrans(vm, args),
        _ => {
            vm.arity(&format!("str.{name}"), &args, 0, 0)?;
            let _ = object;
            Ok(Value::Bool(match name {
                "isdigit" => case::is_digit(s),
                "isalpha" => case::is_alpha(s),
                "isalnum" => case::is_alnum(s),
                "isnumeric" => case::is_numeric(s),
                "isdecimal" => case::is_decimal(s),
                "isspace" => case::is_space_str(s),
                "isupper" => case::is_upper(s),
                "islower" => case::is_lower(s),
                "istitle" => case::is_title_str(s),
                "isascii" => case::is_ascii(s),
                "isprintable" => case::is_printable(s),
                _ => case::is_identifier(s),
            }))
        }
    }
}

fn strings(vm: &mut Vm<'_>, pieces: &[&str]) -> R<Value> {
    vm.work(pieces.len())?;
    let mut items = Vec::with_capacity(pieces.len());
    for piece in pieces {
        items.push(Tv::pending(vm.string(*piece)?));
    }
    vm.list(items, PENDING)
}
