//! Names as small numbers.
//!
//! Programs have few names, so a scan over tags beats hashing; where a (hostile) program has many,
//! a keyed hash takes over, so that no choice of names is slow.

use std::collections::HashMap;
use std::sync::Arc;

/// Index of a name in [`Symbols`].
pub(super) type Symbol = u32;

/// Up to here, scanning is faster than hashing.
const FEW: usize = 48;

/// The distinct names of a module.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// First bytes and length of each name.
    tags: Vec<u64>,
    names: Vec<Arc<str>>,
    /// Filled once there are more than [`FEW`].
    index: HashMap<Arc<str>, Symbol>,
}

fn tag(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut first = [0; 8];
    let n = bytes.len().min(7);
    first[..n].copy_from_slice(&bytes[..n]);
    first[7] = bytes.len().min(255) as u8;
    u64::from_le_bytes(first)
}

impl Symbols {
    pub(super) fn intern(&mut self, name: &str) -> Symbol {
        if self.names.len() > FEW {
            if let Some(symbol) = self.index.get(name) {
                return *symbol;
            }
        } else {
            let tag = tag(name);
            for (at, known) in self.tags.iter().enumerate() {
                if *known == tag && (name.len() <= 7 || *self.names[at] == *name) {
                    return at as Symbol;
                }
            }
            self.tags.push(tag);
        }
        let symbol = self.names.len() as Symbol;
        self.names.push(name.into());
        if self.names.len() > FEW {
            for at in self.index.len()..self.names.len() {
                self.index.insert(self.names[at].clone(), at as Symbol);
            }
        }
        symbol
    }

    pub(super) fn name(&self, symbol: Symbol) -> &Arc<str> {
        &self.names[symbol as usize]
    }
}

/// A map from names, in order of insertion.
#[derive(Debug)]
pub(super) struct SymbolMap<V> {
    entries: Vec<(Symbol, V)>,
    /// Filled once there are more than [`FEW`].
    index: HashMap<Symbol, usize>,
}

impl<V> Default for SymbolMap<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<V> SymbolMap<V> {
    fn position(&self, symbol: Symbol) -> Option<usize> {
        if self.entries.len() > FEW {
            return self.index.get(&symbol).copied();
        }
        self.entries.iter().position(|(known, _)| *known == symbol)
    }

    pub(super) fn get(&self, symbol: Symbol) -> Option<&V> {
        self.position(symbol).map(|at| &self.entries[at].1)
    }

    /// The entry of a name, and its position; `new` makes it if there is none.
    pub(super) fn entry(&mut self, symbol: Symbol, new: impl FnOnce() -> V) -> (usize, &mut V) {
        let at = match self.position(symbol) {
            Some(at) => at,
            None => {
                self.entries.push((symbol, new()));
                if self.entries.len() > FEW {
                    for at in self.index.len()..self.entries.len() {
                        self.index.insert(self.entries[at].0, at);
                    }
                }
                self.entries.len() - 1
            }
        };
        (at, &mut self.entries[at].1)
    }

    pub(super) fn entries(&self) -> &[(Symbol, V)] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_names_are_told_apart() {
        let mut symbols = Symbols::default();
        let name = |i: usize| format!("name_{i}");
        for i in 0..3 * FEW {
            assert_eq!(symbols.intern(&name(i)), i as Symbol);
        }
        for i in 0..3 * FEW {
            assert_eq!(symbols.intern(&name(i)), i as Symbol);
            assert_eq!(**symbols.name(i as Symbol), name(i));
        }
    }

    #[test]
    fn a_name_is_more_than_its_first_bytes_and_length() {
        let mut symbols = Symbols::default();
        let names = [
            "image_patch",
            "image_match",
            "",
            "a",
            "a\0",
            "abcdefg",
            "abcdefgh",
        ];
        let long = ["x".repeat(7 + 256), format!("{}y", "x".repeat(6 + 256))];
        let all = || names.into_iter().chain(long.iter().map(String::as_str));
        let first: Vec<Symbol> = all().map(|name| symbols.intern(name)).collect();
        assert_eq!(first, (0..9).collect::<Vec<_>>());
        let again: Vec<Symbol> = all().map(|name| symbols.intern(name)).collect();
        assert_eq!(first, again);
    }

    #[test]
    fn maps_keep_the_order_of_insertion() {
        let mut map = SymbolMap::default();
        for symbol in (0..3 * FEW as Symbol).rev() {
            map.entry(symbol, || symbol * 2);
        }
        assert_eq!(map.entry(0, || 7), (3 * FEW - 1, &mut 0));
        assert_eq!(map.get(5), Some(&10));
        assert_eq!(map.get(3 * FEW as Symbol), None);
        assert_eq!(map.entries()[0].0, 3 * FEW as Symbol - 1);
    }
}
