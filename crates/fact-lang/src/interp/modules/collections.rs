//! `collections`: what is no type of its own.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::native::Native;
use super::super::value::{PENDING, Value};
use crate::ast::NodeId;

pub(super) static TABLE: &[Native] = &[Native {
    name: "deque",
    call: deque,
}];

/// A deque is a list here: its two ends are used by no program seen.
fn deque(vm: &mut Vm<'_>, args: Args, node: NodeId) -> R<Value> {
    vm.arity("deque", &args, 0, 1)?;
    let items = match args.pos.first() {
        Some(tv) => vm.collect_dep(tv, node)?,
        None => Vec::new(),
    };
    vm.list(items, PENDING)
}
