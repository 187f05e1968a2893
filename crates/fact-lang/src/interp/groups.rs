//! `itertools.groupby`: groups of equal neighbours, which share one iterator.

use super::Vm;
use super::call::Args;
use super::error::R;
use super::iter::{IterKind, IterObj};
use super::record::Deps;
use super::value::{PENDING, Tv, Value};
use crate::ast::NodeId;
use crate::trace::{EventId, EventKind};

/// Where a `groupby` is. The steps are CPython's, so that a group that is read late is empty.
#[derive(Debug)]
pub(crate) struct Groups {
    /// What an element's key is; `None` for the element itself.
    pub(super) func: Option<Tv>,
    pub(super) source: u32,
    /// The key of the group that was given last.
    pub(super) target: Option<Tv>,
    /// Key and element that no group has given yet.
    pub(super) next: Option<(Tv, Tv)>,
    /// How many groups were given: only the last of them goes on.
    given: u64,
}

impl Groups {
    pub(crate) fn new(func: Option<Tv>, source: u32) -> Self {
        Self {
            func,
            source,
            target: None,
            next: None,
            given: 0,
        }
    }
}

impl<'a> Vm<'a> {
    fn groups(&mut self, iterator: u32) -> Option<&mut Groups> {
        match &mut self.heap.iters[iterator as usize].kind {
            IterKind::Groups(groups) => Some(groups),
            _ => None,
        }
    }

    /// The next key and its group, which is empty once the group after it was asked for.
    pub(crate) fn next_of_groups(
        &mut self,
        iterator: u32,
        event: EventId,
        node: NodeId,
    ) -> R<Option<Tv>> {
        if let Some(groups) = self.groups(iterator) {
            groups.given += 1;
        }
        let mut begins = None;
        let key = loop {
            let Some(groups) = self.groups(iterator) else {
                return Ok(None);
            };
            match (&groups.target, &groups.next) {
                (_, None) => {}
                (None, Some((key, _))) => break key.clone(),
                (Some(target), Some((key, _))) => {
                    let (target, key) = (target.clone(), key.clone());
                    let (same, branch) = self.same_group(iterator, &target, &key, node)?;
                    begins = Some(branch);
                    if !same {
                        break key;
                    }
                }
            }
            if !self.step_of_groups(iterator, node)? {
                return Ok(None);
            }
        };
        let Some(groups) = self.groups(iterator) else {
            return Ok(None);
        };
        groups.target = Some(key.clone());
        let kind = IterKind::Group(iterator, key.clone(), groups.given);
        let group = self.iterator(IterObj::new(kind, event))?;
        let of = begins.unwrap_or(key.event);
        let pair = self.tuple(vec![key, Tv::new(group, event)], event)?;
        Ok(Some(Tv::new(pair, of)))
    }

    /// The next element of the group `at` of the `groupby` `iterator`.
    pub(crate) fn next_of_group(
        &mut self,
        iterator: u32,
        target: &Tv,
        at: u64,
        node: NodeId,
    ) -> R<Option<Tv>> {
        // What decides that an element is taken here decides where the other groups begin.
        if self.control != EventId::START {
            self.heap.iters[iterator as usize].decided(self.control);
        }
        let Some(groups) = self.groups(iterator) else {
            return Ok(None);
        };
        if groups.given != at {
            return Ok(None);
        }
        if groups.next.is_none() && !self.step_of_groups(iterator, node)? {
            return Ok(None);
        }
        let next = self.groups(iterator).and_then(|groups| groups.next.clone());
        let Some((key, item)) = next else {
            return Ok(None);
        };
        if !self.same_group(iterator, target, &key, node)?.0 {
            return Ok(None);
        }
        if let Some(groups) = self.groups(iterator) {
            groups.next = None;
        }
        Ok(Some(item))
    }

    /// Reads an element and works out its key; whether there was one.
    fn step_of_groups(&mut self, iterator: u32, node: NodeId) -> R<bool> {
        let Some(groups) = self.groups(iterator) else {
            return Ok(false);
        };
        let (source, func) = (groups.source, groups.func.clone());
        let Some(item) = self.iter_next(source, node)? else {
            return Ok(false);
        };
        self.step()?;
        let key = match func {
            Some(func) => self.call(&func, Args::of(vec![item.clone()]), node)?,
            None => item.clone(),
        };
        if let Some(groups) = self.groups(iterator) {
            groups.next = Some((key, item));
        }
        Ok(true)
    }

    /// Compares two keys: a branch that decides over the groups.
    fn same_group(
        &mut self,
        iterator: u32,
        target: &Tv,
        key: &Tv,
        node: NodeId,
    ) -> R<(bool, EventId)> {
        let same = self.is(&target.value, &key.value) || self.eq(&target.value, &key.value)?;
        let mut inputs = Deps::new();
        self.deep(target, &mut inputs)?;
        self.deep(key, &mut inputs)?;
        inputs.retain(|event| *event != PENDING);
        let value = Value::Bool(same);
        let branch = self.event(EventKind::Branch { taken: same }, node, &inputs, &value)?;
        self.moved(iterator, branch);
        Ok((same, branch))
    }
}
