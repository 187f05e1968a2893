//! Reading a pack: from its tree to the tables the interpreter and the rationales use.

use super::code::{DefKind, PackClassDef, PackCode, PackDef, PackGlobal, Primitive, ResultType};
use super::extend::{Joined, join};
use super::{Pack, PackClass, PackError, PackFunction, PackFunctionKind, Vocabulary};
use crate::ast::{
    Constant, Expr, ExprKind, FrontEnd, Function, Module, Span, Stmt, StmtKind, VarRef,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

pub(super) const NO_VERSION: &str = "VERSION = \"…\" is missing";

struct Loader<'m> {
    joined: &'m Joined,
    module: &'m Module,
    version: Option<Arc<str>>,
    result: Option<Arc<str>>,
    functions: Vec<PackFunction>,
    classes: Vec<PackClass>,
    vocabulary: Vocabulary,
    front_end: FrontEnd,
    code: PackCode,
}

pub(super) fn load(name: &str, source: &str) -> Result<Pack, PackError> {
    let joined = join(name, source)?;
    let source = joined.source.as_str();
    let module = crate::syntax::parse_pack(source).map_err(|error| PackError::Syntax {
        pack: name.into(),
        error,
    })?;
    let mut loader = Loader {
        joined: &joined,
        module: &module,
        version: None,
        result: None,
        functions: Vec::new(),
        classes: Vec::new(),
        vocabulary: Vec::new(),
        front_end: FrontEnd::Python,
        code: PackCode {
            globals: vec![PackGlobal::Unbound; module.globals.len()],
            ..PackCode::default()
        },
    };
    let mut doc: Arc<str> = "".into();
    for (i, stmt) in module.body.iter().enumerate() {
        // What extends a pack may have a docstring too, which is then the pack's.
        if let StmtKind::Expr(e) = &stmt.kind
            && let Some(text) = text(e)
        {
            doc = text.clone();
            continue;
        }
        loader.stmt(i, stmt)?;
    }
    let Some(version) = loader.version.take() else {
        return Err(loader.invalid(Span::default(), NO_VERSION));
    };
    let mut sha256 = String::with_capacity(64);
    for byte in Sha256::digest(source.as_bytes()) {
        // Writing to a string does not fail.
        let _ = write!(sha256, "{byte:02x}");
    }
    let Loader {
        functions,
        classes,
        vocabulary,
        result,
        front_end,
        code,
        ..
    } = loader;
    Ok(Pack {
        name: name.into(),
        version,
        sha256: sha256.into(),
        doc,
        functions,
        classes,
        vocabulary,
        result,
        front_end,
        code,
        module,
    })
}

pub(super) fn text(e: &Expr) -> Option<&Arc<str>> {
    match &e.kind {
        ExprKind::Constant(Constant::Str(s)) => Some(s),
        _ => None,
    }
}

fn is_private(name: &str) -> bool {
    name.starts_with('_')
}

/// Whether programs see a constant: a single number or text under a public name.
pub(super) fn is_public_constant(name: &str, value: &Expr) -> bool {
    let own = ["VERSION", "VOCABULARY", "EXTENDS", "RESULT", "FRONT_END"];
    let literal = matches!(value.kind, ExprKind::Constant(_));
    literal && !is_private(name) && !own.contains(&name)
}

/// What decorators say.
#[derive(Default)]
struct Decorators {
    primitive: bool,
    property: bool,
    static_method: bool,
    says: Option<Arc<str>>,
    element: Option<Arc<str>>,
    compares: Option<(Arc<str>, Arc<str>)>,
    wraps_input: Option<Arc<str>>,
}

impl Loader<'_> {
    fn invalid(&self, span: Span, message: impl Into<String>) -> PackError {
        let (pack, line) = self.joined.origin(self.module.line_column(span.start).0);
        PackError::Invalid {
            pack,
            line,
            message: message.into(),
        }
    }

    fn stmt(&mut self, index: usize, stmt: &Stmt) -> Result<(), PackError> {
        match &stmt.kind {
            StmtKind::FunctionDef {
                name,
                function,
                decorators,
            } => {
                let decorators = self.decorators(decorators)?;
                let def = self.function(stmt, function, &decorators, None)?;
                let global = PackGlobal::Def(def);
                self.bind(name.var, global);
                if !decorators.primitive && !is_private(&name.id) {
                    self.code.public.insert(name.id.clone(), global);
                }
                if let Some(parameter) = decorators.wraps_input {
                    self.code.wrappers.retain(|(name, _)| *name != parameter);
                    self.code.wrappers.push((parameter, def));
                }
            }
            StmtKind::ClassDef {
                name,
                body,
                decorators,
            } => {
                let decorators = self.decorators(decorators)?;
                let class = self.class(stmt, &name.id, body, &decorators)?;
                let global = PackGlobal::Class(class);
                self.bind(name.var, global);
                if !is_private(&name.id) {
                    self.code.public.insert(name.id.clone(), global);
                }
            }
            StmtKind::Assign { targets, value } => {
                let [
                    Expr {
                        kind: ExprKind::Name(name),
                        ..
                    },
                ] = targets.as_slice()
                else {
                    return Err(self.invalid(stmt.span, "only one name can be assigned here"));
                };
                match &*name.id {
                    "VERSION" => match text(value) {
                        Some(version) => self.version = Some(version.clone()),
                        None => return Err(self.invalid(stmt.span, "VERSION is not a text")),
                    },
                    "RESULT" => match text(value) {
                        Some(result) => self.result = Some(result.clone()),
                        None => return Err(self.invalid(stmt.span, "RESULT is not a text")),
                    },
                    "FRONT_END" => {
                        self.front_end = match text(value).map(|t| &**t) {
                            Some("python") => FrontEnd::Python,
                            Some("visprog") => FrontEnd::VisProg,
                            _ => {
                                let message = "FRONT_END is \"python\" or \"visprog\"";
                                return Err(self.invalid(stmt.span, message));
                            }
                        };
                    }
                    "VOCABULARY" => self.vocabulary = self.vocabulary(value)?,
                    _ => {}
                }
                let global = PackGlobal::Constant(index as u32);
                if is_public_constant(&name.id, value) {
                    self.code.public.insert(name.id.clone(), global);
                }
                self.bind(name.var, global);
            }
            StmtKind::Pass => {}
            _ => {
                return Err(self.invalid(
                    stmt.span,
                    "a pack consists of constants, functions and classes",
                ));
            }
        }
        Ok(())
    }

    fn bind(&mut self, var: VarRef, global: PackGlobal) {
        if let VarRef::Global(i) = var {
            self.code.globals[i as usize] = global;
        }
    }

    fn decorators(&self, decorators: &[Expr]) -> Result<Decorators, PackError> {
        let mut out = Decorators::default();
        for decorator in decorators {
            let unknown = || self.invalid(decorator.span, "unknown decorator");
            match &decorator.kind {
                ExprKind::Name(name) => match &*name.id {
                    "primitive" => out.primitive = true,
                    "property" => out.property = true,
                    "staticmethod" => out.static_method = true,
                    _ => return Err(unknown()),
                },
                ExprKind::Call {
                    func,
                    args,
                    keywords,
                } => {
                    let ExprKind::Name(name) = &func.kind else {
                        return Err(unknown());
                    };
                    let first = args.first().and_then(text).cloned();
                    let keyword = |name: &str| {
                        keywords
                            .iter()
                            .find(|(k, _)| k.as_deref() == Some(name))
                            .and_then(|(_, e)| text(e))
                            .cloned()
                    };
                    let given = match &*name.id {
                        "says" => {
                            out.says = first;
                            out.says.is_some()
                        }
                        "element" => {
                            out.element = first;
                            out.element.is_some()
                        }
                        "wraps_input" => {
                            out.wraps_input = first;
                            out.wraps_input.is_some()
                        }
                        "compares" => {
                            out.compares = keyword("less").zip(keyword("more"));
                            out.compares.is_some()
                        }
                        _ => return Err(unknown()),
                    };
                    if !given {
                        return Err(self.invalid(decorator.span, "a text is missing"));
                    }
                }
                _ => return Err(unknown()),
            }
        }
        Ok(out)
    }

    fn function(
        &mut self,
        stmt: &Stmt,
        function: &Arc<Function>,
        decorators: &Decorators,
        class: Option<(u32, &str)>,
    ) -> Result<u32, PackError> {
        let init = class.is_some() && &*function.name == "__init__";
        let kind = if decorators.primitive {
            DefKind::Primitive
        } else if init {
            DefKind::Init
        } else if decorators.property {
            DefKind::Property
        } else if class.is_some() {
            DefKind::Method
        } else {
            DefKind::Function
        };
        if class.is_some() && (kind == DefKind::Primitive || function.params.is_empty()) {
            return Err(self.invalid(stmt.span, "a method has a receiver and a body"));
        }
        let public = if init {
            function.doc.is_some()
        } else {
            // Programs cannot call a private function, but it may speak for one that they can.
            !is_private(&function.name) || decorators.says.is_some()
        };
        let public = if public {
            let name = match class {
                Some((_, class)) if init => class.into(),
                _ => function.name.clone(),
            };
            let class = class.map(|(i, _)| i);
            let known = self
                .functions
                .iter()
                .position(|f| f.name == name && f.class == class);
            let entry = PackFunction {
                name,
                class,
                kind: match kind {
                    DefKind::Function | DefKind::Init => PackFunctionKind::Function,
                    DefKind::Method => PackFunctionKind::Method,
                    DefKind::Property => PackFunctionKind::Property,
                    DefKind::Primitive => PackFunctionKind::Primitive,
                },
                params: function
                    .params
                    .iter()
                    .skip(usize::from(class.is_some()))
                    .map(|p| p.name.id.clone())
                    .collect(),
                doc: function.doc.clone(),
                says: decorators.says.clone(),
                element: decorators.element.clone(),
                compares: decorators.compares.clone(),
                returns: function
                    .returns
                    .as_ref()
                    .map(|e| self.module.text(e.span).into()),
            };
            Some(self.publish(stmt, known, entry)?)
        } else {
            None
        };
        let primitive = match kind {
            DefKind::Primitive => Some(self.primitive(stmt, function)?),
            _ => None,
        };
        self.code.defs.push(PackDef {
            function: function.clone(),
            public,
            class: class.map(|(i, _)| i),
            kind,
            primitive,
        });
        Ok(self.code.defs.len() as u32 - 1)
    }

    /// Lists a function; one that is defined again takes the place of what it replaces.
    fn publish(
        &mut self,
        stmt: &Stmt,
        known: Option<usize>,
        entry: PackFunction,
    ) -> Result<u32, PackError> {
        let Some(at) = known else {
            self.functions.push(entry);
            return Ok(self.functions.len() as u32 - 1);
        };
        let primitive = |f: &PackFunction| f.kind == PackFunctionKind::Primitive;
        if primitive(&self.functions[at]) != primitive(&entry) {
            let message = format!(
                "{} is a primitive in one definition and a function in the other; rename one",
                entry.name
            );
            return Err(self.invalid(stmt.span, message));
        }
        self.functions[at] = entry;
        Ok(at as u32)
    }

    fn primitive(&self, stmt: &Stmt, function: &Function) -> Result<Primitive, PackError> {
        let text = |e: &Expr| self.module.text(e.span).replace(' ', "");
        let returns = function.returns.as_ref().map(text).unwrap_or_default();
        let result = match returns.as_str() {
            "List[Detection]" | "list[Detection]" => ResultType::Detections,
            "str" => ResultType::Str,
            "float" => ResultType::Float,
            "int" => ResultType::Int,
            "bool" => ResultType::Bool,
            _ => {
                return Err(self.invalid(
                    stmt.span,
                    "the result of a primitive is List[Detection], str, float, int or bool",
                ));
            }
        };
        if function.vararg.is_some() || function.kwarg.is_some() {
            return Err(self.invalid(stmt.span, "a primitive has named parameters only"));
        }
        let first = function.params.first();
        let annotation = first.and_then(|p| p.annotation.as_ref()).map(text);
        Ok(Primitive {
            region: annotation.as_deref() == Some("Region"),
            result,
        })
    }

    fn class(
        &mut self,
        stmt: &Stmt,
        name: &Arc<str>,
        body: &[Stmt],
        decorators: &Decorators,
    ) -> Result<u32, PackError> {
        // A class that is defined again is extended.
        let index = match self.classes.iter().position(|c| c.name == *name) {
            Some(known) => known as u32,
            None => {
                self.classes.push(PackClass {
                    name: name.clone(),
                    doc: None,
                    says: None,
                });
                self.code.classes.push(PackClassDef::default());
                self.classes.len() as u32 - 1
            }
        };
        if decorators.says.is_some() {
            self.classes[index as usize].says = decorators.says.clone();
        }
        for (i, member) in body.iter().enumerate() {
            match &member.kind {
                StmtKind::Expr(e) if i == 0 && text(e).is_some() => {
                    self.classes[index as usize].doc = text(e).cloned();
                }
                StmtKind::AnnAssign { value: None, .. } | StmtKind::Pass => {}
                StmtKind::Expr(Expr {
                    kind: ExprKind::Constant(Constant::Ellipsis),
                    ..
                }) => {}
                StmtKind::FunctionDef {
                    function,
                    decorators,
                    ..
                } => {
                    let decorators = self.decorators(decorators)?;
                    let receiver = (!decorators.static_method).then_some((index, &**name));
                    let def = self.function(member, function, &decorators, receiver)?;
                    let class = &mut self.code.classes[index as usize];
                    match &*function.name {
                        _ if decorators.static_method => {
                            class.statics.insert(function.name.clone(), def);
                        }
                        "__init__" if class.constructible && function.doc.is_none() => {
                            return Err(self.invalid(
                                member.span,
                                "an __init__ in place of one that programs may call has a docstring",
                            ));
                        }
                        "__init__" => {
                            class.init = Some(def);
                            class.constructible = function.doc.is_some();
                        }
                        "__repr__" => class.repr = Some(def),
                        "__eq__" => class.eq = Some(def),
                        _ => {
                            class.members.insert(function.name.clone(), def);
                        }
                    }
                }
                _ => {
                    return Err(self.invalid(
                        member.span,
                        "a class consists of annotated fields and methods",
                    ));
                }
            }
        }
        let _ = stmt;
        Ok(index)
    }

    fn vocabulary(&self, value: &Expr) -> Result<Vocabulary, PackError> {
        let wrong = |e: &Expr| {
            self.invalid(
                e.span,
                "VOCABULARY is {class: {value: [words]}}, all of them texts",
            )
        };
        let mut out = Vec::new();
        for (class, values) in entries(value).ok_or_else(|| wrong(value))? {
            let mut list = Vec::new();
            for (value, words) in entries(values).ok_or_else(|| wrong(values))? {
                let ExprKind::List(items) = &words.kind else {
                    return Err(wrong(words));
                };
                let words = items
                    .iter()
                    .map(|e| text(e).map(|s| s.to_string()).ok_or_else(|| wrong(e)))
                    .collect::<Result<_, _>>()?;
                list.push((value, words));
            }
            out.push((class, list));
        }
        Ok(out)
    }
}

/// Entries of a dict display whose keys are texts.
fn entries(e: &Expr) -> Option<Vec<(String, &Expr)>> {
    let ExprKind::Dict(items) = &e.kind else {
        return None;
    };
    items
        .iter()
        .map(|(key, value)| Some((text(key.as_ref()?)?.to_string(), value)))
        .collect()
}
