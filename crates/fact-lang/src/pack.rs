//! API packs: what generated programs may call, as a data file (see `docs/packs.md`).

mod code;
mod extend;
mod load;
mod prompt;

use crate::ast::{FrontEnd, Function, Module, StmtKind};
use crate::syntax::{SyntaxError, parse_program, visprog};
pub(crate) use code::{DefKind, PackClassDef, PackCode, PackDef, PackGlobal, ResultType};
use std::sync::Arc;

/// Slot classes: class → canonical value → words that name it; in source order.
pub type Vocabulary = Vec<(String, Vec<(String, Vec<String>)>)>;

/// A loaded pack.
#[derive(Debug)]
pub struct Pack {
    /// Its name: the file's stem.
    pub name: Arc<str>,
    /// Its `VERSION`.
    pub version: Arc<str>,
    /// SHA-256 of its whole source, hex.
    pub sha256: Arc<str>,
    /// Its whole source (of a pack that extends another, with that other's) and tree.
    pub module: Module,
    /// The docstring.
    pub doc: Arc<str>,
    /// Functions, methods and properties that programs may call, and primitives, in source order.
    pub functions: Vec<PackFunction>,
    /// Classes, in source order; `Detection` and `Region` are built in and not listed.
    pub classes: Vec<PackClass>,
    /// `VOCABULARY`: class → canonical value → words; in source order.
    pub vocabulary: Vocabulary,
    /// `RESULT`: the global that holds the answer of a program that is a snippet without an entry
    /// function; see [`Pack::result_of`].
    pub result: Option<Arc<str>>,
    /// `FRONT_END`: the language of its programs.
    pub front_end: FrontEnd,
    /// What the interpreter runs.
    pub(crate) code: PackCode,
}

/// Why a text is not a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// It does not parse.
    #[error("pack {pack}: {error}")]
    Syntax {
        /// Name of the pack.
        pack: String,
        /// What is wrong.
        error: crate::syntax::SyntaxError,
    },
    /// It parses but says something a pack cannot.
    #[error("pack {pack}, line {line}: {message}")]
    Invalid {
        /// Name of the pack.
        pack: String,
        /// 1-based line.
        line: u32,
        /// What is wrong.
        message: String,
    },
    /// No such shipped pack.
    #[error("no pack named {0:?} is shipped")]
    Unknown(String),
}

impl Pack {
    /// Name of the function that runs.
    pub const ENTRY: &'static str = "execute_command";

    /// Names of the shipped packs.
    pub const BUILTIN: &'static [&'static str] = &[
        "blocks", "codevqa", "hydra", "rvp", "scene", "trope", "video", "viper", "visprog",
        "viunit",
    ];

    /// Reads a pack from its source; `EXTENDS` in it names a shipped pack.
    ///
    /// # Errors
    /// The source does not parse, lacks `VERSION`, extends a pack that is not shipped, or uses a
    /// construct packs do not have.
    pub fn load(name: &str, source: &str) -> Result<Self, PackError> {
        load::load(name, source)
    }

    /// A shipped pack.
    ///
    /// # Errors
    /// [`PackError::Unknown`] when there is none of that name.
    pub fn builtin(name: &str) -> Result<Self, PackError> {
        let source = shipped(name).ok_or_else(|| PackError::Unknown(name.into()))?;
        Self::load(name, source)
    }

    /// The function of a program that runs: `execute_command`, or else the only one defined.
    pub fn entry(program: &Module) -> Option<&Arc<Function>> {
        let mut functions = program.body.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::FunctionDef { function, .. } => Some(function),
            _ => None,
        });
        let named = functions.clone().rfind(|f| &*f.name == Self::ENTRY);
        named.or_else(|| functions.next().filter(|_| functions.next().is_none()))
    }

    /// The global of a snippet that holds its answer, as index into [`Module::globals`]: where the
    /// pack has a `RESULT`, the program names it and defines no [`Pack::ENTRY`]. Such a program
    /// has no entry function; its inputs are globals.
    pub fn result_of(&self, program: &Module) -> Option<usize> {
        let result = self.result.as_ref()?;
        if Self::entry(program).is_some_and(|f| &*f.name == Self::ENTRY) {
            return None;
        }
        program.globals.iter().position(|name| name == result)
    }

    /// Parses a program in the language of the pack's programs.
    ///
    /// # Errors
    /// It is not a program in that language.
    pub fn parse(&self, source: &str) -> Result<Module, SyntaxError> {
        match self.front_end {
            FrontEnd::Python => parse_program(source),
            FrontEnd::VisProg => visprog::parse(source, self),
        }
    }

    /// A free function that programs may call.
    pub(crate) fn free_function(&self, name: &str) -> Option<&Function> {
        match self.code.public.get(name)? {
            PackGlobal::Def(def) => Some(&self.def(*def).function),
            _ => None,
        }
    }

    /// Whether inputs of this parameter name are wrapped: what a program may take.
    pub(crate) fn takes(&self, parameter: &str) -> bool {
        self.wrapper(parameter).is_some()
    }

    /// The public API as Python stubs: signatures and docstrings without bodies, for prompts.
    pub fn prompt_stub(&self) -> String {
        prompt::stub(self, true)
    }

    /// The same without docstrings, a line each: what is left where a prompt must be short.
    pub fn prompt_signatures(&self) -> String {
        prompt::stub(self, false)
    }

    pub(crate) fn def(&self, index: u32) -> &PackDef {
        &self.code.defs[index as usize]
    }

    pub(crate) fn class(&self, index: u32) -> &PackClassDef {
        &self.code.classes[index as usize]
    }

    /// The definition of a function of the pack.
    pub(crate) fn definition(&self, function: &Function) -> Option<&PackDef> {
        self.code
            .defs
            .iter()
            .find(|def| std::ptr::eq(&*def.function, function))
    }

    /// The function that wraps inputs of a parameter name.
    pub(crate) fn wrapper(&self, parameter: &str) -> Option<u32> {
        let wrappers = &self.code.wrappers;
        wrappers
            .iter()
            .find(|(name, _)| &**name == parameter)
            .map(|(_, def)| *def)
    }
}

/// The source of a shipped pack, as it is written.
fn shipped(name: &str) -> Option<&'static str> {
    Some(match name {
        "viper" => include_str!("../packs/viper.py"),
        "blocks" => include_str!("../packs/blocks.py"),
        "scene" => include_str!("../packs/scene.py"),
        "video" => include_str!("../packs/video.py"),
        "trope" => include_str!("../packs/trope.py"),
        "rvp" => include_str!("../packs/rvp.py"),
        "hydra" => include_str!("../packs/hydra.py"),
        "visprog" => include_str!("../packs/visprog.py"),
        "viunit" => include_str!("../packs/viunit.py"),
        "codevqa" => include_str!("../packs/codevqa.py"),
        _ => return None,
    })
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
    /// A free function; with a class, the constructor of that class, under the class's name.
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
