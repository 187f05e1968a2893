//! The types of a pack, and which terms are well typed.

use super::term::{Builds, Head, Term, Var};
use fact_lang::ast::{Expr, ExprKind, Function, Stmt, StmtKind};
use fact_lang::pack::Pack;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of a value, as far as packs tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Bool,
    Int,
    Float,
    Str,
    None,
    /// An object of a class of the pack.
    Object(Arc<str>),
    /// A list, set, tuple or generator.
    Many(Builds, Box<Type>),
    /// Not known; anything may be done with it.
    Unknown,
}

impl std::hash::Hash for Builds {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (*self as u8).hash(state);
    }
}

impl Type {
    fn list(of: Type) -> Self {
        Self::Many(Builds::List, Box::new(of))
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Float)
    }

    /// Whether a value of this type may stand where `other` is wanted.
    fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Many(a, x), Self::Many(b, y)) => a == b && x.fits(y),
            _ => self == other || (self.is_number() && other.is_number()),
        }
    }

    /// Whether comparing the two can tell something.
    fn comparable(&self, other: &Self) -> bool {
        *self == Self::None || *other == Self::None || self.fits(other)
    }

    /// Whether all of it is known.
    pub(super) fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Many(_, of) => of.is_known(),
            _ => true,
        }
    }

    /// As a reader of a pack would write it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Int => "int".into(),
            Self::Float => "float".into(),
            Self::Str => "str".into(),
            Self::None => "None".into(),
            Self::Unknown => "?".into(),
            Self::Object(name) => name.to_string(),
            Self::Many(Builds::List, of) => format!("List[{}]", of.text()),
            Self::Many(Builds::Set, of) => format!("Set[{}]", of.text()),
            Self::Many(Builds::Generator, of) => format!("Iterator[{}]", of.text()),
        }
    }
}

/// A function or method.
#[derive(Debug)]
struct Signature {
    params: Vec<(Arc<str>, Type, bool)>,
    result: Type,
}

#[derive(Debug)]
enum Member {
    Value(Type),
    Method(Signature),
}

/// What of a pack programs may use, with types.
#[derive(Debug)]
pub(super) struct Types {
    classes: IndexMap<Arc<str>, IndexMap<Arc<str>, Member>>,
    functions: BTreeMap<Arc<str>, Signature>,
    /// What parameters of entry functions are, by name.
    inputs: BTreeMap<Arc<str>, Type>,
}

impl Types {
    pub(super) fn of(pack: &Pack) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for statement in &pack.module.body {
            if let StmtKind::ClassDef { name, .. } = &statement.kind {
                names.push(&name.id);
            }
        }
        let mut out = Self {
            classes: IndexMap::new(),
            functions: BTreeMap::new(),
            inputs: BTreeMap::new(),
        };
        let signature = |function: &Function, skip: usize| signature(function, skip, &names);
        for statement in &pack.module.body {
            match &statement.kind {
                StmtKind::ClassDef { name, body, .. } => {
                    let members = out.classes.entry(name.id.clone()).or_default();
                    for (name, member) in body.iter().filter_map(|s| member(s, &names)) {
                        members.insert(name, member);
                    }
                }
                StmtKind::FunctionDef {
                    name,
                    function,
                    decorators,
                } => {
                    let parameter = decorators.iter().find_map(wrapped);
                    if let Some(parameter) = parameter {
                        out.inputs.insert(parameter, wrapper(function, &names));
                    } else if !name.id.starts_with('_') && !has(decorators, "primitive") {
                        out.functions
                            .insert(name.id.clone(), signature(function, 0));
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// What a parameter of an entry function is.
    pub(super) fn input(&self, name: &str) -> Type {
        self.inputs.get(name).cloned().unwrap_or(Type::Unknown)
    }

    /// The classes, in the order of the pack.
    pub(super) fn classes(&self) -> impl Iterator<Item = Type> {
        self.classes.keys().cloned().map(Type::Object)
    }
}

fn has(decorators: &[Expr], wanted: &str) -> bool {
    let name = |d: &Expr| matches!(&d.kind, ExprKind::Name(n) if *n.id == *wanted);
    decorators.iter().any(name)
}

/// The parameter of `@wraps_input("parameter")`.
fn wrapped(decorator: &Expr) -> Option<Arc<str>> {
    let ExprKind::Call { func, args, .. } = &decorator.kind else {
        return None;
    };
    let named = matches!(&func.kind, ExprKind::Name(n) if &*n.id == "wraps_input");
    match args.first().map(|arg| &arg.kind) {
        Some(ExprKind::Constant(fact_lang::ast::Constant::Str(text))) if named => {
            Some(text.clone())
        }
        _ => None,
    }
}

/// What a wrapper makes: its annotation, or the class whose constructor it returns.
fn wrapper(function: &Function, classes: &[&str]) -> Type {
    if let Some(annotation) = &function.returns {
        return annotated(annotation, classes);
    }
    for statement in &function.body {
        if let StmtKind::Return(Some(value)) = &statement.kind
            && let ExprKind::Call { func, .. } = &value.kind
            && let ExprKind::Name(name) = &func.kind
            && classes.contains(&&*name.id)
        {
            return Type::Object(name.id.clone());
        }
    }
    Type::Unknown
}

fn signature(function: &Function, skip: usize, classes: &[&str]) -> Signature {
    let of = |annotation: &Option<Expr>| {
        let annotation = annotation.as_ref();
        annotation.map_or(Type::Unknown, |a| annotated(a, classes))
    };
    let params = function.params.iter().skip(skip);
    Signature {
        params: params
            .map(|p| (p.name.id.clone(), of(&p.annotation), p.default.is_some()))
            .collect(),
        result: of(&function.returns),
    }
}

fn member(statement: &Stmt, classes: &[&str]) -> Option<(Arc<str>, Member)> {
    match &statement.kind {
        StmtKind::AnnAssign {
            target, annotation, ..
        } => match &target.kind {
            ExprKind::Name(name) => {
                let value = Member::Value(annotated(annotation, classes));
                Some((name.id.clone(), value))
            }
            _ => None,
        },
        StmtKind::FunctionDef {
            name,
            function,
            decorators,
        } if !name.id.starts_with('_') => {
            let signature = signature(function, 1, classes);
            let member = match has(decorators, "property") {
                true => Member::Value(signature.result),
                false => Member::Method(signature),
            };
            Some((name.id.clone(), member))
        }
        _ => None,
    }
}

/// The type that an annotation names.
fn annotated(annotation: &Expr, classes: &[&str]) -> Type {
    match &annotation.kind {
        ExprKind::Name(name) => match &*name.id {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "float" => Type::Float,
            "str" => Type::Str,
            id if classes.contains(&id) => Type::Object(name.id.clone()),
            _ => Type::Unknown,
        },
        ExprKind::Subscript { value, index } => match &value.kind {
            ExprKind::Name(name) if matches!(&*name.id, "List" | "list" | "Sequence") => {
                Type::list(annotated(index, classes))
            }
            ExprKind::Name(name) if matches!(&*name.id, "Set" | "set") => {
                Type::Many(Builds::Set, Box::new(annotated(index, classes)))
            }
            ExprKind::Name(name) if &*name.id == "Optional" => annotated(index, classes),
            _ => Type::Unknown,
        },
        ExprKind::Constant(fact_lang::ast::Constant::None) => Type::None,
        _ => Type::Unknown,
    }
}

/// What is found out about a term while its type is.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Types of the variables that may be used, the innermost last.
    pub(super) scope: Vec<(Var, Type)>,
    /// What the parts of a piece are.
    pub(super) holes: Vec<Type>,
    /// For each hole the types of the variables that its part may use.
    pub(super) uses: BTreeMap<usize, Vec<Type>>,
    /// Types of the variables that the term binds.
    pub(super) bound: Vec<(Var, Type)>,
    /// Which members stand for the slots, instead of their placeholders.
    pub(super) members: BTreeMap<usize, Arc<str>>,
}

impl Types {
    /// The type of a term, if it is well typed.
    pub(super) fn infer(&self, term: &Term, found: &mut Findings) -> Option<Type> {
        let each = |found: &mut Findings| -> Option<Vec<Type>> {
            let args = term.args.iter();
            args.map(|arg| self.infer(arg, found)).collect()
        };
        Some(match &term.head {
            Head::Var(var) => {
                let mut scope = found.scope.iter().rev();
                scope.find(|(v, _)| v == var)?.1.clone()
            }
            Head::Str(_) | Head::SlotText(..) => Type::Str,
            Head::Int(_) | Head::SlotNumber(_) => Type::Int,
            Head::Constant(text) => match &**text {
                "True" | "False" => Type::Bool,
                "None" => Type::None,
                _ => Type::Float,
            },
            // Functions are known by their calls only.
            Head::Global(_) => return None,
            Head::Attr(name) => self.value(&self.infer(term.args.first()?, found)?, name)?,
            Head::SlotMember(slot) => {
                let name = found.members.get(slot)?.clone();
                self.value(&self.infer(term.args.first()?, found)?, &name)?
            }
            Head::SlotAll(_, name) => self.value(&self.infer(term.args.first()?, found)?, name)?,
            Head::Call(names) => self.call(term, names, found)?,
            Head::Compare("in" | "not in") => {
                let [item, of] = &*each(found)? else {
                    return None;
                };
                match of {
                    Type::Many(_, inner) if !item.comparable(inner) => return None,
                    Type::Many(..) | Type::Unknown => Type::Bool,
                    Type::Str if item.fits(&Type::Str) => Type::Bool,
                    _ => return None,
                }
            }
            Head::Compare(op) | Head::SlotCompare(_, op) => {
                let [a, b] = &*each(found)? else {
                    return None;
                };
                let ordered = !matches!(*op, "==" | "!=" | "is" | "is not");
                let orderable = |t: &Type| t.is_number() || matches!(t, Type::Unknown | Type::Str);
                if !a.comparable(b) || (ordered && !(orderable(a) && orderable(b))) {
                    return None;
                }
                Type::Bool
            }
            Head::And | Head::Or => {
                let types = each(found)?;
                let first = types.first()?.clone();
                match types.iter().all(|t| *t == first) {
                    true => first,
                    false => Type::Unknown,
                }
            }
            Head::Not => {
                each(found)?;
                Type::Bool
            }
            Head::Neg => each(found)?.pop().filter(|t| t.fits(&Type::Float))?,
            Head::Binary(op) => {
                let [a, b] = &*each(found)? else {
                    return None;
                };
                match (a, b) {
                    (Type::Unknown, _) | (_, Type::Unknown) => Type::Unknown,
                    (Type::Many(..), _) | (Type::Str, _) if a == b => a.clone(),
                    _ if !(a.is_number() && b.is_number()) => return None,
                    (Type::Float, _) | (_, Type::Float) => Type::Float,
                    _ if *op == "/" => Type::Float,
                    _ => Type::Int,
                }
            }
            Head::IfExp => {
                let [_, a, b] = &*each(found)? else {
                    return None;
                };
                match a == b {
                    true => a.clone(),
                    false => Type::Unknown,
                }
            }
            Head::List | Head::Tuple | Head::Set => {
                let types = each(found)?;
                let builds = match term.head {
                    Head::Set => Builds::Set,
                    _ => Builds::List,
                };
                let first = types.first().cloned().unwrap_or(Type::Unknown);
                let same = types.iter().all(|t| *t == first);
                Type::Many(builds, Box::new(if same { first } else { Type::Unknown }))
            }
            Head::Subscript => {
                let [of, _] = &*each(found)? else {
                    return None;
                };
                let slice = term.args.get(1).map(|t| &t.head);
                match (of, slice) {
                    (Type::Many(Builds::List, _) | Type::Str, Some(Head::Slice(_))) => of.clone(),
                    (Type::Many(Builds::List, inner), _) => (**inner).clone(),
                    (Type::Str, _) => Type::Str,
                    (Type::Unknown, _) => Type::Unknown,
                    _ => return None,
                }
            }
            Head::Slice(_) => {
                each(found)?;
                Type::Unknown
            }
            Head::Comprehension(builds, clauses) => {
                let depth = found.scope.len();
                let element = self.clauses(term, clauses, found);
                found.scope.truncate(depth);
                Type::Many(*builds, Box::new(element?))
            }
            // Only calls know what a lambda is given.
            Head::Lambda(_) => return None,
            Head::Hole(n) => {
                let uses = each(found)?;
                if found
                    .uses
                    .insert(*n, uses.clone())
                    .is_some_and(|u| u != uses)
                {
                    return None;
                }
                found.holes.get(*n)?.clone()
            }
        })
    }

    /// A value that an object has.
    fn value(&self, of: &Type, name: &str) -> Option<Type> {
        match of {
            Type::Object(class) => match self.classes.get(class)?.get(name)? {
                Member::Value(value) => Some(value.clone()),
                Member::Method(_) => None,
            },
            Type::Unknown => Some(Type::Unknown),
            _ => None,
        }
    }

    fn clauses(&self, term: &Term, clauses: &[(Var, usize)], found: &mut Findings) -> Option<Type> {
        let (element, rest) = term.args.split_first()?;
        let mut rest = rest.iter();
        for (var, conditions) in clauses {
            let of = self.infer(rest.next()?, found)?;
            let item = element_of(&of)?;
            found.bound.push((*var, item.clone()));
            found.scope.push((*var, item));
            for condition in rest.by_ref().take(*conditions) {
                self.infer(condition, found)?;
            }
        }
        self.infer(element, found)
    }

    fn call(&self, term: &Term, names: &[Option<Arc<str>>], found: &mut Findings) -> Option<Type> {
        let (function, args) = term.args.split_first()?;
        match &function.head {
            Head::Attr(name) => {
                let of = self.infer(function.args.first()?, found)?;
                self.method(&of, name, names, args, found)
            }
            Head::SlotMember(slot) => {
                let name = found.members.get(slot)?.clone();
                let of = self.infer(function.args.first()?, found)?;
                self.method(&of, &name, names, args, found)
            }
            Head::Global(name) => match self.functions.get(name) {
                Some(signature) => self.checked(signature, names, args, found),
                None => self.builtin(name, names, args, found),
            },
            _ => None,
        }
    }

    fn method(
        &self,
        of: &Type,
        name: &str,
        names: &[Option<Arc<str>>],
        args: &[Term],
        found: &mut Findings,
    ) -> Option<Type> {
        if let Type::Object(class) = of {
            return match self.classes.get(class)?.get(name)? {
                Member::Method(signature) => self.checked(signature, names, args, found),
                Member::Value(_) => None,
            };
        }
        for arg in args {
            self.infer(arg, found)?;
        }
        match (of, name) {
            (Type::Unknown, _) => Some(Type::Unknown),
            (Type::Many(..) | Type::Str, "count" | "index") => Some(Type::Int),
            (Type::Many(builds, _), "union" | "intersection" | "difference")
                if *builds == Builds::Set =>
            {
                Some(of.clone())
            }
            (Type::Str, "lower" | "upper" | "strip") => Some(Type::Str),
            (Type::Str, "startswith" | "endswith") => Some(Type::Bool),
            (Type::Str, "split") => Some(Type::list(Type::Str)),
            _ => None,
        }
    }

    /// The result of a call whose arguments fit.
    fn checked(
        &self,
        signature: &Signature,
        names: &[Option<Arc<str>>],
        args: &[Term],
        found: &mut Findings,
    ) -> Option<Type> {
        let mut given = vec![false; signature.params.len()];
        for (position, (name, arg)) in names.iter().zip(args).enumerate() {
            let at = match name {
                None => position,
                Some(name) => signature.params.iter().position(|(n, ..)| n == name)?,
            };
            let (_, wanted, _) = signature.params.get(at)?;
            if std::mem::replace(given.get_mut(at)?, true) || !self.infer(arg, found)?.fits(wanted)
            {
                return None;
            }
        }
        let mut params = signature.params.iter().zip(given);
        let complete = params.all(|((_, _, optional), given)| given || *optional);
        complete.then(|| signature.result.clone())
    }

    fn builtin(
        &self,
        name: &str,
        names: &[Option<Arc<str>>],
        args: &[Term],
        found: &mut Findings,
    ) -> Option<Type> {
        let mut types = Vec::new();
        for arg in args {
            let depth = found.scope.len();
            types.push(match &arg.head {
                // The key of `min`, `max` and `sorted`, given what is in the first argument.
                Head::Lambda(vars) => {
                    let ([var], Some(first)) = (&**vars, types.first()) else {
                        return None;
                    };
                    let item = element_of(first)?;
                    found.bound.push((*var, item.clone()));
                    found.scope.push((*var, item));
                    let body = self.infer(arg.args.first()?, found);
                    found.scope.truncate(depth);
                    body?;
                    Type::Unknown
                }
                _ => self.infer(arg, found)?,
            });
        }
        let first = types.first();
        let many = || first.and_then(element_of);
        Some(match name {
            "any" | "all" => {
                many()?;
                Type::Bool
            }
            "sum" => match many()? {
                Type::Float => Type::Float,
                of if of.fits(&Type::Int) => Type::Int,
                _ => return None,
            },
            "len" => match first? {
                Type::Many(Builds::Generator, _) => return None,
                Type::Many(..) | Type::Str | Type::Unknown => Type::Int,
                _ => return None,
            },
            "set" => Type::Many(Builds::Set, Box::new(many()?)),
            "list" | "sorted" | "reversed" => Type::list(many()?),
            "min" | "max" if names.iter().filter(|n| n.is_none()).count() == 1 => many()?,
            "min" | "max" => match types.iter().all(Type::is_number) {
                true => first?.clone(),
                false => Type::Unknown,
            },
            "abs" => first?.clone(),
            "int" | "round" => Type::Int,
            "float" => Type::Float,
            "str" => Type::Str,
            "bool" => Type::Bool,
            "range" => Type::list(Type::Int),
            "isinstance" => Type::Bool,
            // The constructor of a class.
            name if self.classes.contains_key(name) => Type::Object(name.into()),
            _ => return None,
        })
    }
}

/// What iterating gives.
fn element_of(of: &Type) -> Option<Type> {
    match of {
        Type::Many(_, inner) => Some((**inner).clone()),
        Type::Str => Some(Type::Str),
        Type::Unknown => Some(Type::Unknown),
        _ => None,
    }
}
