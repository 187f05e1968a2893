//! What iterators are called.

use super::iter::{IterKind, IterObj};
use super::value::{Type, ViewKind};

impl IterObj<'_> {
    /// Python's type of the iterator.
    pub(crate) fn python_type(&self) -> Type {
        match &self.kind {
            IterKind::List(..) => Type::Other("list_iterator"),
            IterKind::Deque(..) => Type::Other("_collections._deque_iterator"),
            IterKind::ReversedList(..) => Type::Other("list_reverseiterator"),
            IterKind::Tuple(..) => Type::Other("tuple_iterator"),
            IterKind::Str(..) => Type::Other("str_iterator"),
            IterKind::Range(..) => Type::Other("range_iterator"),
            IterKind::Dict(ViewKind::Keys, ..) => Type::Other("dict_keyiterator"),
            IterKind::Dict(ViewKind::Values, ..) => Type::Other("dict_valueiterator"),
            IterKind::Dict(ViewKind::Items, ..) => Type::Other("dict_itemiterator"),
            IterKind::Set(..) => Type::Other("set_iterator"),
            IterKind::Items(_) => Type::Other("iterator"),
            IterKind::Enumerate(..) => Type::Enumerate,
            IterKind::Until(..) => Type::Other("callable_iterator"),
            IterKind::Zip(..) => Type::Zip,
            IterKind::Map(..) => Type::Map,
            IterKind::StarMap(..) => Type::Other("itertools.starmap"),
            IterKind::Groups(_) => Type::Other("itertools.groupby"),
            IterKind::Group(..) => Type::Other("itertools._grouper"),
            IterKind::Filter(.., true) => Type::Filter,
            IterKind::Filter(.., false) => Type::Other("itertools.filterfalse"),
            IterKind::Chain(..) => Type::Other("itertools.chain"),
            IterKind::Slice { .. } => Type::Other("itertools.islice"),
            IterKind::TakeWhile(..) => Type::Other("itertools.takewhile"),
            IterKind::DropWhile(..) => Type::Other("itertools.dropwhile"),
            IterKind::Count(..) => Type::Other("itertools.count"),
            IterKind::Cycle(..) => Type::Other("itertools.cycle"),
            IterKind::Repeat(..) => Type::Other("itertools.repeat"),
            IterKind::Generator(_) => Type::Other("generator"),
            IterKind::Accumulate(..) => Type::Other("itertools.accumulate"),
        }
    }
}
