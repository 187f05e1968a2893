//! What the interpreter runs of a pack: tables made once, when it is read.

use crate::ast::Function;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Names of a pack: trusted, so that a fast hash is enough (programs only look them up).
pub(crate) type NameMap<V> = HashMap<Arc<str>, V, BuildHasherDefault<NameHasher>>;

/// Multiplies and folds eight bytes at a time.
#[derive(Debug, Default)]
pub(crate) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mixed = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 = mixed ^ (mixed >> 29);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// What the interpreter needs of a pack, prepared once.
#[derive(Debug, Default)]
pub(crate) struct PackCode {
    pub(crate) defs: Vec<PackDef>,
    pub(crate) classes: Vec<PackClassDef>,
    /// By index into [`Module::globals`].
    pub(crate) globals: Vec<PackGlobal>,
    /// What programs see.
    pub(crate) public: NameMap<PackGlobal>,
    /// `@wraps_input`: parameter name → definition.
    pub(crate) wrappers: Vec<(Arc<str>, u32)>,
}

#[derive(Debug)]
pub(crate) struct PackDef {
    pub(crate) function: Arc<Function>,
    /// Index into [`Pack::functions`], if programs may call it.
    pub(crate) public: Option<u32>,
    pub(crate) class: Option<u32>,
    pub(crate) kind: DefKind,
    pub(crate) primitive: Option<Primitive>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefKind {
    Function,
    Method,
    Property,
    Init,
    Primitive,
}

/// The declared type of a primitive.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Primitive {
    /// Whether the first parameter says where to look.
    pub(crate) region: bool,
    pub(crate) result: ResultType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultType {
    Detections,
    Str,
    Float,
    Int,
    Bool,
}

#[derive(Debug, Default)]
pub(crate) struct PackClassDef {
    /// Methods and properties by name.
    pub(crate) members: NameMap<u32>,
    pub(crate) init: Option<u32>,
    pub(crate) repr: Option<u32>,
    pub(crate) eq: Option<u32>,
    /// `@staticmethod`s by name: called on the class.
    pub(crate) statics: HashMap<Arc<str>, u32>,
    /// Whether programs may call the class: its `__init__` has a docstring.
    pub(crate) constructible: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackGlobal {
    Unbound,
    Def(u32),
    Class(u32),
    /// Index into the module's statements.
    Constant(u32),
}
