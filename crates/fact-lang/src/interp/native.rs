//! Native functions.

use super::Vm;
use super::call::Args;
use super::error::R;
use super::value::Value;
use crate::ast::NodeId;

/// A function that Python brings along.
pub(crate) struct Native {
    pub(crate) name: &'static str,
    pub(crate) call: fn(&mut Vm<'_>, Args, NodeId) -> R<Value>,
}

impl std::fmt::Debug for Native {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Finds a function by name in a table.
pub(crate) fn find(table: &'static [Native], name: &str) -> Option<Value> {
    table
        .iter()
        .find(|native| native.name == name)
        .map(Value::Native)
}
