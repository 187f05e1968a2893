//! Operators of sets, of the keys of dicts and of Counters.

use super::Vm;
use super::error::R;
use super::value::{DictKind, DictMap, Key, PENDING, SetMap, Tv, Value};
use crate::ast::BinaryOp;

impl Vm<'_> {
    /// A set, or the keys of a dict as one.
    pub(super) fn as_set(&mut self, value: &Value) -> R<u32> {
        let items = match value {
            Value::Set(i) => return Ok(*i),
            Value::Dict(i) | Value::View(_, i) => {
                let keys = self.heap.dicts[*i as usize].map.values();
                keys.map(|(key, _)| key.clone()).collect()
            }
            _ => Vec::new(),
        };
        match self.set(items, PENDING)? {
            Value::Set(i) => Ok(i),
            _ => Ok(0),
        }
    }

    pub(super) fn set_operator(&mut self, op: BinaryOp, x: u32, y: u32) -> R<Value> {
        let (a, b) = (&self.heap.sets[x as usize], &self.heap.sets[y as usize]);
        let frozen = a.frozen;
        let n = a.map.len() + b.map.len();
        self.work(n)?;
        self.charge(n * 64)?;
        let (a, b) = (&self.heap.sets[x as usize], &self.heap.sets[y as usize]);
        let mut map = SetMap::default();
        let mut take = |from: &SetMap, keep: &dyn Fn(&Key) -> bool| {
            for (key, tv) in from {
                if keep(key) && !map.contains_key(key) {
                    map.insert(key.clone(), tv.clone());
                }
            }
        };
        match op {
            BinaryOp::BitOr => {
                take(&a.map, &|_| true);
                take(&b.map, &|_| true);
            }
            // Of two equal elements that of the smaller side stays, as in CPython.
            BinaryOp::BitAnd if b.map.len() <= a.map.len() => {
                take(&b.map, &|k| a.map.contains_key(k));
                map.sort_by_cached_key(|k, _| a.map.get_index_of(k));
            }
            BinaryOp::BitAnd => take(&a.map, &|k| b.map.contains_key(k)),
            BinaryOp::Sub => take(&a.map, &|k| !b.map.contains_key(k)),
            _ => {
                take(&a.map, &|k| !b.map.contains_key(k));
                take(&b.map, &|k| !a.map.contains_key(k));
            }
        }
        self.set_of(map, frozen, PENDING)
    }

    pub(super) fn both_counters(&self, x: u32, y: u32) -> bool {
        matches!(self.heap.dicts[x as usize].kind, DictKind::Counter)
            && matches!(self.heap.dicts[y as usize].kind, DictKind::Counter)
    }

    /// `+`, `-`, `&`, `|` of Counters: positive counts only.
    pub(super) fn counter_operator(&mut self, op: BinaryOp, x: u32, y: u32) -> R<Value> {
        let a = self.heap.dicts[x as usize].map.clone();
        let b = self.heap.dicts[y as usize].map.clone();
        self.work(a.len() + b.len())?;
        let mut map = DictMap::default();
        let zero = Value::Int(0);
        let keys: Vec<_> = a
            .iter()
            .chain(b.iter().filter(|(k, _)| !a.contains_key(*k)))
            .map(|(k, (key, _))| (k.clone(), key.clone()))
            .collect();
        for (k, key) in keys {
            let left = a.get(&k).map_or(&zero, |(_, v)| &v.value).clone();
            let right = b.get(&k).map_or(&zero, |(_, v)| &v.value).clone();
            let count = match op {
                BinaryOp::Add | BinaryOp::Sub => self.binary(op, &left, &right)?,
                BinaryOp::BitOr if self.less(&left, &right)? => right,
                BinaryOp::BitAnd if self.less(&right, &left)? => right,
                _ => left,
            };
            if self.less(&zero, &count)? {
                self.charge(96)?;
                map.insert(k, (key, Tv::pending(count)));
            }
        }
        self.dict_of(map, DictKind::Counter, PENDING)
    }
}
