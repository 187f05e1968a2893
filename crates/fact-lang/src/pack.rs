//! API packs: what generated programs may call, as a data file (see `docs/packs.md`).

use crate::ast::Module;
use std::sync::Arc;

/// A loaded pack.
#[derive(Debug)]
pub struct Pack {
    /// Its name: the file's stem.
    pub name: Arc<str>,
    /// Its `VERSION`.
    pub version: Arc<str>,
    /// SHA-256 of its source, hex.
    pub sha256: Arc<str>,
    /// Its source and tree.
    pub module: Module,
    /// The docstring.
    pub doc: Arc<str>,
    /// Functions, methods and properties that programs may call, and primitives, in source order.
    pub functions: Vec<PackFunction>,
    /// Classes, in source order; `Detection` and `Region` are built in and not listed.
    pub classes: Vec<PackClass>,
    /// `VOCABULARY`: class → canonical value → words; in source order.
    pub vocabulary: Vec<(String, Vec<(String, Vec<String>)>)>,
}

/// A function, method, property or primitive of a pack.
#[derive(Debug, Clone)]
pub struct PackFunction {
    /// Name.
    pub name: Arc<str>,
    /// Class it belongs to, as index into [`Pack::classes`].
    pub class: Option<u32>,
    /// What it is.
    pub kind: PackFunctionKind,
    /// Parameter names, without `self`.
    pub params: Vec<Arc<str>>,
    /// Docstring.
    pub doc: Option<Arc<str>>,
    /// The `@says` template.
    pub says: Option<Arc<str>>,
    /// The `@element` noun.
    pub element: Option<Arc<str>>,
    /// `@compares`: (less, more).
    pub compares: Option<(Arc<str>, Arc<str>)>,
    /// The annotation after `->`, as written.
    pub returns: Option<Arc<str>>,
}

/// The kinds of pack function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackFunctionKind {
    /// A free function.
    Function,
    /// A method.
    Method,
    /// A property.
    Property,
    /// A request to perception.
    Primitive,
}

/// A class of a pack.
#[derive(Debug, Clone)]
pub struct PackClass {
    /// Name.
    pub name: Arc<str>,
    /// Docstring.
    pub doc: Option<Arc<str>>,
    /// The `@says` noun phrase.
    pub says: Option<Arc<str>>,
}

/// Stub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stub")]
pub struct PackError;
impl Pack {
    /// Stub.
    pub fn builtin(_: &str) -> Result<Self, PackError> {
        Err(PackError)
    }
    /// Stub.
    pub fn load(_: &str, _: &str) -> Result<Self, PackError> {
        Err(PackError)
    }
}
