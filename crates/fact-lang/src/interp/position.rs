//! What an iterator and its elements depend on: which there are, and how far the iterator is.

use super::Vm;
use super::error::R;
use super::iter::IterKind;
use super::record::Deps;
use super::value::{PENDING, Tv};
use crate::ast::NodeId;
use crate::trace::EventId;
use smallvec::smallvec;

impl Vm<'_> {
    /// What has decided so far which elements an iterator has.
    pub(crate) fn iter_shape(&self, iterator: u32, into: &mut Deps) {
        let mut todo = vec![iterator];
        let mut visited = 0;
        while let Some(iterator) = todo.pop() {
            visited += 1;
            if visited > 64 {
                break;
            }
            let obj = &self.heap.iters[iterator as usize];
            into.extend_from_slice(&obj.shape);
            match &obj.kind {
                IterKind::List(i, _) | IterKind::ReversedList(i, _) | IterKind::Deque(i, ..) => {
                    into.push(self.heap.lists[*i as usize].shape);
                }
                IterKind::Tuple(i, _) => into.push(self.heap.tuples[*i as usize].shape),
                IterKind::Dict(_, i, ..) => into.push(self.heap.dicts[*i as usize].shape),
                IterKind::Set(i, ..) => into.push(self.heap.sets[*i as usize].shape),
                IterKind::Enumerate(i, _)
                | IterKind::Filter(_, i, _)
                | IterKind::StarMap(_, i)
                | IterKind::Group(i, ..)
                | IterKind::Slice { source: i, .. }
                | IterKind::TakeWhile(_, i, _)
                | IterKind::DropWhile(_, i, _)
                | IterKind::Accumulate(_, i, _) => todo.push(*i),
                IterKind::Zip(list, _) | IterKind::Map(_, list) => todo.extend(list),
                IterKind::Chain(_, Some(i)) => todo.push(*i),
                IterKind::Groups(groups) => todo.push(groups.source),
                IterKind::Generator(Some(state)) => {
                    into.push(obj.event);
                    into.extend_from_slice(&state.shape);
                }
                _ => into.push(obj.event),
            }
        }
        into.retain(|e| *e != PENDING);
    }

    /// What decided that an element of an iterator is there, beyond what the element itself tells.
    pub(crate) fn iter_origin(&self, iterator: u32, into: &mut Deps) {
        let obj = &self.heap.iters[iterator as usize];
        match obj.kind {
            IterKind::Generator(_) => into.extend_from_slice(&obj.shape),
            _ => self.iter_shape(iterator, into),
        }
        into.retain(|e| *e != PENDING);
    }

    /// The iterator is where it is because of `by`, which all that decided so far goes into.
    pub(crate) fn settled(&mut self, iterator: u32, by: EventId) {
        let obj = &mut self.heap.iters[iterator as usize];
        obj.shared = true;
        obj.shape.clear();
        if let IterKind::Generator(Some(state)) = &mut obj.kind {
            state.shape.clear();
        }
        self.moved(iterator, by);
    }

    /// What an iteration depends on: the element and, where the list or dict has changed since
    /// `begin`, that it is there.
    pub(crate) fn iteration_inputs(&self, iterator: u32, element: EventId, begin: EventId) -> Deps {
        let shape = match &self.heap.iters[iterator as usize].kind {
            IterKind::List(i, _) | IterKind::ReversedList(i, _) | IterKind::Deque(i, ..) => {
                self.heap.lists[*i as usize].shape
            }
            IterKind::Dict(_, i, ..) => self.heap.dicts[*i as usize].shape,
            IterKind::Set(i, ..) => self.heap.sets[*i as usize].shape,
            _ => element,
        };
        if shape > begin && shape != element {
            smallvec![element, shape]
        } else {
            smallvec![element]
        }
    }

    /// [`Vm::iter_next`] of the loop `by`: what it raises itself, it raises because of how the
    /// container has changed.
    pub(crate) fn iter_or_seal(
        &mut self,
        iterator: u32,
        node: NodeId,
        by: NodeId,
    ) -> R<Option<Tv>> {
        self.iter_next(iterator, node).map_err(|stop| {
            let mut inputs = Deps::new();
            self.iter_shape(iterator, &mut inputs);
            self.seal(stop, by, &inputs)
        })
    }

    /// How far an iterator is depends on `by`.
    pub(crate) fn moved(&mut self, iterator: u32, by: EventId) {
        let mut todo = vec![iterator];
        let mut visited = 0;
        while let Some(i) = todo.pop() {
            visited += 1;
            if visited > 64 {
                break;
            }
            let obj = &mut self.heap.iters[i as usize];
            obj.decided(by);
            match &obj.kind {
                IterKind::Enumerate(i, _)
                | IterKind::Filter(_, i, _)
                | IterKind::StarMap(_, i)
                | IterKind::Group(i, ..)
                | IterKind::Slice { source: i, .. }
                | IterKind::TakeWhile(_, i, _)
                | IterKind::DropWhile(_, i, _)
                | IterKind::Accumulate(_, i, _)
                | IterKind::Chain(_, Some(i)) => todo.push(*i),
                IterKind::Zip(list, _) | IterKind::Map(_, list) => todo.extend(list),
                IterKind::Groups(groups) => todo.push(groups.source),
                _ => {}
            }
        }
    }
}
