//! `itertools`.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::groups::Groups;
use super::super::iter::{IterKind, IterObj};
use super::super::native::Native;
use super::super::record::Deps;
use super::super::value::{PENDING, Tv, Value};
use crate::ast::NodeId;

pub(super) static TABLE: &[Native] = &[
    Native {
        name: "chain",
        call: chain,
    },
    Native {
        name: "combinations",
        call: |vm, args, node| choose(vm, args, node, "combinations"),
    },
    Native {
        name: "permutations",
        call: |vm, args, node| choose(vm, args, node, "permutations"),
    },
    Native {
        name: "combinations_with_replacement",
        call: |vm, args, node| choose(vm, args, node, "combinations_with_replacement"),
    },
    Native {
        name: "product",
        call: product,
    },
    Native {
        name: "islice",
        call: islice,
    },
    Native {
        name: "takewhile",
        call: |vm, args, node| predicate(vm, args, node, "takewhile"),
    },
    Native {
        name: "dropwhile",
        call: |vm, args, node| predicate(vm, args, node, "dropwhile"),
    },
    Native {
        name: "filterfalse",
        call: filterfalse,
    },
    Native {
        name: "count",
        call: count,
    },
    Native {
        name: "cycle",
        call: cycle,
    },
    Native {
        name: "repeat",
        call: repeat,
    },
    Native {
        name: "accumulate",
        call: accumulate,
    },
    Native {
        name: "zip_longest",
        call: zip_longest,
    },
    Native {
        name: "pairwise",
        call: pairwise,
    },
    Native {
        name: "compress",
        call: compress,
    },
    Native {
        name: "starmap",
        call: starmap,
    },
    Native {
        name: "tee",
        call: tee,
    },
    Native {
        name: "groupby",
        call: groupby,
    },
];

fn iterator(vm: &mut Vm<'_>, items: Vec<Tv>, shape: impl Into<Deps>) -> R<Value> {
    vm.iterator(IterObj::with_shape(
        IterKind::Items(items.into_iter()),
        PENDING,
        shape,
    ))
}

fn chain(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    if !args.kw.is_empty() {
        return Err(vm.type_error("chain() takes no keyword arguments"));
    }
    vm.iterator(IterObj::new(
        IterKind::Chain(args.pos.into(), None),
        PENDING,
    ))
}

fn choose(vm: &mut Vm<'_>, mut args: Args, node: NodeId, name: &str) -> R<Value> {
    if let Some(r) = vm.keyword(&mut args, "r") {
        args.pos.push(r);
    }
    let least = if name == "permutations" { 1 } else { 2 };
    if args.pos.len() < least || args.pos.len() > 2 {
        let given = args.pos.len();
        let message = match (given, name) {
            (0, "permutations") | (0, _) => {
                format!("{name}() missing required argument 'iterable' (pos 1)")
            }
            (1, _) => format!("{name}() missing required argument 'r' (pos 2)"),
            _ => format!("{name}() takes at most 2 arguments ({given} given)"),
        };
        return Err(vm.type_error(message));
    }
    vm.arity(name, &args, least, 2)?;
    let (pool, shape) = vm.collect(&args.pos[0], node)?;
    let r = match args.pos.get(1).map(|tv| &tv.value) {
        None | Some(Value::None) => pool.len() as i64,
        Some(value) => vm.integer(value)?,
    };
    let Ok(r) = usize::try_from(r) else {
        return Err(vm.value_error("r must be non-negative"));
    };
    let mut out = Vec::new();
    let mut picked: Vec<usize> = Vec::new();
    // Depth-first over positions, in lexicographic order.
    let mut next = 0;
    loop {
        vm.step()?;
        if picked.len() == r {
            let items: Vec<Tv> = picked.iter().map(|i| pool[*i].clone()).collect();
            out.push(Tv::pending(vm.tuple(items, PENDING)?));
        } else {
            let free = (next..pool.len()).find(|i| name != "permutations" || !picked.contains(i));
            if let Some(i) = free {
                picked.push(i);
                next = match name {
                    "combinations" => i + 1,
                    "permutations" => 0,
                    _ => i,
                };
                continue;
            }
        }
        match picked.pop() {
            Some(last) => next = last + 1,
            None => break,
        }
    }
    iterator(vm, out, shape)
}

fn product(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let repeat = match vm.keyword(&mut args, "repeat") {
        Some(tv) => vm.integer(&tv.value)?,
        None => 1,
    };
    vm.no_keywords("product", &args)?;
    let mut pools = Vec::new();
    let mut shape = Vec::new();
    for arg in &args.pos {
        let (items, of) = vm.collect(arg, node)?;
        shape.extend(of);
        pools.push(items);
    }
    let once = pools.clone();
    if repeat < 1 {
        pools.clear();
    }
    for _ in 1..repeat {
        vm.work(1 + once.iter().map(Vec::len).sum::<usize>())?;
        pools.extend(once.iter().cloned());
    }
    let mut rows: Vec<Vec<Tv>> = vec![Vec::new()];
    for pool in &pools {
        let mut longer = Vec::new();
        for row in &rows {
            for item in pool {
                vm.step()?;
                vm.charge((row.len() + 1) * size_of::<Tv>())?;
                let mut row = row.clone();
                row.push(item.clone());
                longer.push(row);
            }
        }
        rows = longer;
    }
    let mut out = Vec::new();
    for row in rows {
        out.push(Tv::pending(vm.tuple(row, PENDING)?));
    }
    iterator(vm, out, shape)
}

fn islice(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("islice", &args, 2, 4)?;
    // Beyond the sizes there are and of the wrong type are as -1 to CPython.
    let part = |i: usize| match args.pos.get(i).map(|tv| &tv.value) {
        None | Some(Value::None) => None,
        Some(value) => Some(value.as_int().unwrap_or(-1)),
    };
    let (start, stop, step) = match args.pos.len() {
        2 => (None, part(1), None),
        _ => (part(1), part(2), part(3)),
    };
    if stop == Some(-1) {
        return Err(vm.value_error(
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    let (Ok(skip), Ok(left)) = (
        u64::try_from(start.unwrap_or(0)),
        stop.map(u64::try_from).transpose(),
    ) else {
        return Err(vm.value_error(
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    };
    let step = u64::try_from(step.unwrap_or(1)).unwrap_or(0);
    if step == 0 {
        return Err(vm.value_error("Step for islice() must be a positive integer or None."));
    }
    let source = vm.iterate(&args.pos[0], node)?;
    vm.iterator(IterObj::new(
        IterKind::Slice {
            source,
            skip,
            step,
            left,
        },
        PENDING,
    ))
}

fn predicate(vm: &mut Vm<'_>, args: Args, node: NodeId, name: &str) -> R<Value> {
    vm.arity(name, &args, 2, 2)?;
    let source = vm.iterate(&args.pos[1], node)?;
    let func = args.pos[0].clone();
    let kind = match name {
        "takewhile" => IterKind::TakeWhile(func, source, false),
        _ => IterKind::DropWhile(func, source, false),
    };
    vm.iterator(IterObj::new(kind, PENDING))
}

fn filterfalse(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("filterfalse", &args, 2, 2)?;
    let source = vm.iterate(&args.pos[1], node)?;
    let kind = IterKind::Filter(args.pos[0].clone(), source, false);
    vm.iterator(IterObj::new(kind, PENDING))
}

fn count(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    let start = vm.keyword(&mut args, "start");
    let step = vm.keyword(&mut args, "step");
    vm.arity("count", &args, 0, 2)?;
    let start = start.or_else(|| args.pos.first().cloned());
    let step = step.or_else(|| args.pos.get(1).cloned());
    let start = start.map_or(Value::Int(0), |tv| tv.value);
    let step = step.map_or(Value::Int(1), |tv| tv.value);
    let is_number = |v: &Value| {
        matches!(
            v,
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Big(_)
        )
    };
    if !is_number(&start) || !is_number(&step) {
        return Err(vm.type_error("a number is required"));
    }
    vm.iterator(IterObj::new(IterKind::Count(start, step), PENDING))
}

fn cycle(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("cycle", &args, 1, 1)?;
    let (items, shape) = vm.collect(&args.pos[0], node)?;
    vm.iterator(IterObj::with_shape(
        IterKind::Cycle(items, 0),
        PENDING,
        shape,
    ))
}

fn repeat(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    if let Some(times) = vm.keyword(&mut args, "times") {
        args.pos.push(times);
    }
    vm.arity("repeat", &args, 1, 2)?;
    let times = match args.pos.get(1) {
        Some(tv) => Some(u64::try_from(vm.integer(&tv.value)?).unwrap_or(0)),
        None => None,
    };
    let item = args.pos[0].clone();
    vm.iterator(IterObj::new(IterKind::Repeat(item, times), PENDING))
}

fn accumulate(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let initial = vm
        .keyword(&mut args, "initial")
        .filter(|v| !v.value.is_none());
    if let Some(func) = vm.keyword(&mut args, "func") {
        args.pos.push(func);
    }
    vm.arity("accumulate", &args, 1, 2)?;
    let func = args.pos.get(1).cloned().filter(|f| !f.value.is_none());
    let source = match initial {
        None => vm.iterate(&args.pos[0], node)?,
        Some(initial) => {
            let (mut items, shape) = vm.collect(&args.pos[0], node)?;
            items.insert(0, initial);
            let value = iterator(vm, items, shape)?;
            vm.iterate(&Tv::pending(value), node)?
        }
    };
    let kind = IterKind::Accumulate(func, source, None);
    vm.iterator(IterObj::new(kind, PENDING))
}

fn zip_longest(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    let fill = vm.keyword(&mut args, "fillvalue");
    let fill = fill.unwrap_or(Tv::pending(Value::None));
    vm.no_keywords("zip_longest", &args)?;
    let mut columns = Vec::new();
    let mut shape = Vec::new();
    for arg in &args.pos {
        let (items, of) = vm.collect(arg, node)?;
        shape.extend(of);
        columns.push(items);
    }
    let len = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows = Vec::with_capacity(len);
    for i in 0..len {
        let row: Vec<Tv> = columns
            .iter()
            .map(|c| c.get(i).unwrap_or(&fill).clone())
            .collect();
        vm.work(row.len())?;
        rows.push(Tv::pending(vm.tuple(row, PENDING)?));
    }
    iterator(vm, rows, shape)
}

fn pairwise(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("pairwise", &args, 1, 1)?;
    let (items, shape) = vm.collect(&args.pos[0], node)?;
    let mut pairs = Vec::new();
    for pair in items.windows(2) {
        pairs.push(Tv::pending(vm.tuple(pair.to_vec(), PENDING)?));
    }
    iterator(vm, pairs, shape)
}

fn compress(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("compress", &args, 2, 2)?;
    let (items, mut shape) = vm.collect(&args.pos[0], node)?;
    let (selectors, of) = vm.collect(&args.pos[1], node)?;
    shape.extend(of);
    let mut kept = Vec::new();
    for (item, selector) in items.into_iter().zip(selectors) {
        shape.extend(vm.truth_inputs(&selector));
        if vm.truth(&selector.value)? {
            kept.push(item);
        }
    }
    iterator(vm, kept, shape)
}

fn starmap(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("starmap", &args, 2, 2)?;
    let source = vm.iterate(&args.pos[1], node)?;
    let kind = IterKind::StarMap(args.pos[0].clone(), source);
    vm.iterator(IterObj::new(kind, PENDING))
}

fn tee(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("tee", &args, 1, 2)?;
    let n = match args.pos.get(1) {
        Some(tv) => usize::try_from(vm.integer(&tv.value)?).unwrap_or(0),
        None => 2,
    };
    let (items, shape) = vm.collect(&args.pos[0], node)?;
    let mut out = Vec::new();
    for _ in 0..n {
        vm.work(items.len() + 1)?;
        vm.charge(items.len() * size_of::<Tv>())?;
        let value = iterator(vm, items.clone(), shape.clone())?;
        out.push(Tv::pending(value));
    }
    vm.tuple(out, PENDING)
}

/// `chain.from_iterable(iterables)`
pub(in super::super) fn from_iterable(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("from_iterable", &args, 1, 1)?;
    let (sources, shape) = vm.collect(&args.pos[0], node)?;
    vm.iterator(IterObj::with_shape(
        IterKind::Chain(sources.into(), None),
        PENDING,
        shape,
    ))
}

fn groupby(vm: &mut Vm<'_>, mut args: Args, node: NodeId) -> R<Value> {
    if let Some(key) = vm.keyword(&mut args, "key") {
        args.pos.push(key);
    }
    vm.arity("groupby", &args, 1, 2)?;
    let source = vm.iterate(&args.pos[0], node)?;
    let key = args.pos.get(1).filter(|k| !k.value.is_none()).cloned();
    let groups = Box::new(Groups::new(key, source));
    vm.iterator(IterObj::new(IterKind::Groups(groups), PENDING))
}
