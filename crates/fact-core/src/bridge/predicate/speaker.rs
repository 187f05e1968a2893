//! Says conditions of a program in words.

use super::{Predicate, called, literal, whole_number};
use crate::english::{Number, Part, article, ordinal};
use crate::merge::facts::What;
use crate::merge::index::{Index, children};
use crate::merge::sentences::Material;
use fact_lang::ast::{Expr, ExprKind, Function, NodeId, StmtKind, UnaryOp};
use fact_lang::pack::PackFunctionKind;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// How deep conditions may nest until rules give up, and how many expressions they look at in one
/// run: bounds on hostile programs, whose functions may call each other without end.
const DEPTH: u8 = 24;
const FUEL: u32 = 10_000;

/// What a condition is said of.
#[derive(Debug, Clone, Copy)]
pub enum Focus<'m> {
    /// Whatever the call was made on.
    Any,
    /// A variable.
    Name(&'m str),
    /// A part of it: `tower.top`.
    Path(&'m Expr),
}

impl Focus<'_> {
    /// Whether an expression is what is spoken of.
    pub fn is(self, expr: &Expr) -> bool {
        match self {
            Self::Any => true,
            Self::Name(name) => matches!(&expr.kind, ExprKind::Name(n) if *n.id == *name),
            Self::Path(path) => alike(path, expr),
        }
    }
}

/// Whether two paths are written alike.
fn alike(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Name(a), ExprKind::Name(b)) => a.id == b.id,
        (ExprKind::Attribute { value: a, attr: x }, ExprKind::Attribute { value: b, attr: y }) => {
            x == y && alike(a, b)
        }
        (
            ExprKind::Subscript { value: a, index: x },
            ExprKind::Subscript { value: b, index: y },
        ) => whole_number(x).is_some() && whole_number(x) == whole_number(y) && alike(a, b),
        (
            ExprKind::Call {
                func: a,
                args: x,
                keywords: k,
            },
            ExprKind::Call {
                func: b,
                args: y,
                keywords: l,
            },
        ) => {
            let same = |(x, y): (&Expr, &Expr)| literal(x).is_some() && literal(x) == literal(y);
            k.is_empty()
                && l.is_empty()
                && x.len() == y.len()
                && std::iter::zip(x, y).all(same)
                && alike(a, b)
        }
        _ => false,
    }
}

/// Says conditions, with what is known of the program and its run.
pub struct Speaker<'a, 'm> {
    /// Facts, names, pack.
    pub material: &'a Material<'m>,
    /// The program.
    pub index: &'a Index<'m>,
    /// The pack's function that was called at a node.
    pub(super) executed: HashMap<NodeId, usize>,
    /// What a call or an attribute was asked of at a node.
    pub(super) receivers: HashMap<NodeId, Vec<u32>>,
    /// What is said for a variable beside the one spoken of: `a black square`.
    pub(super) others: RefCell<Vec<(String, String)>>,
    depth: Cell<u8>,
    fuel: Cell<u32>,
}

impl<'a, 'm> Speaker<'a, 'm> {
    /// For one run.
    pub fn new(material: &'a Material<'m>, index: &'a Index<'m>) -> Self {
        let mut executed = HashMap::new();
        let mut receivers: HashMap<NodeId, Vec<u32>> = HashMap::new();
        for fact in material.facts {
            if let Some(object) = fact.receiver() {
                let asked = receivers.entry(fact.node).or_default();
                if asked.len() < 2 && !asked.contains(&object) {
                    asked.push(object);
                }
            }
            if let What::Function(at) = fact.what {
                executed.entry(fact.node).or_insert(at as usize);
            }
        }
        Self {
            material,
            index,
            executed,
            receivers,
            others: RefCell::new(Vec::new()),
            depth: Cell::new(0),
            fuel: Cell::new(FUEL),
        }
    }

    /// The expression that a name stands for, where it is only ever one.
    pub fn resolve(&self, expr: &'m Expr, focus: Focus<'m>) -> &'m Expr {
        let mut at = expr;
        for _ in 0..DEPTH {
            let ExprKind::Name(name) = &at.kind else {
                return at;
            };
            if !matches!(focus, Focus::Any) && focus.is(at) {
                return at;
            }
            match self.index.definition(&name.id) {
                Some(value) => at = value,
                None => return at,
            }
        }
        at
    }

    /// The condition as a predicate of what is spoken of, if it is one that rules can say.
    pub fn predicate(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        self.deeper(|| self.said(expr, focus))
    }

    /// Runs `f` one level deeper, unless that is too deep or too much.
    pub fn deeper<T>(&self, f: impl FnOnce() -> Option<T>) -> Option<T> {
        let fuel = self.fuel.get().checked_sub(1)?;
        if self.depth.get() >= DEPTH {
            return None;
        }
        self.fuel.set(fuel);
        self.depth.set(self.depth.get() + 1);
        let made = f();
        self.depth.set(self.depth.get() - 1);
        made
    }

    fn said(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        let expr = self.resolve(expr, focus);
        self.direct(expr, focus).or_else(|| {
            // A property of a property is said of neither: one level is enough for English.
            let Focus::Name(_) = focus else {
                return None;
            };
            let (path, noun) = self.property_of(expr, focus)?;
            let inner = self.direct(expr, Focus::Path(path))?;
            let text = inner.text(Number::Singular, true)?;
            Some(Predicate::Verb(
                "have".into(),
                format!(" {} {noun} that {text}", article(&noun)),
            ))
        })
    }

    fn direct(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        match &expr.kind {
            ExprKind::Bool { and, values } => {
                let parts: Vec<Predicate> = values
                    .iter()
                    .map(|v| self.predicate(v, focus))
                    .collect::<Option<_>>()?;
                Some(if *and {
                    Predicate::And(parts)
                } else {
                    Predicate::Or(parts)
                })
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => Some(match self.predicate(operand, focus)? {
                Predicate::Not(inner) => *inner,
                made => Predicate::Not(Box::new(made)),
            }),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.compare(left, ops, comparators, focus),
            ExprKind::Call { .. } | ExprKind::Attribute { .. } | ExprKind::Comprehension(_) => {
                if let Some(inner) = called(expr, &["bool", "len"]) {
                    return self.predicate(inner, focus);
                }
                if let Some(found) = self.quantified(expr, focus) {
                    return Some(found);
                }
                if let Some(found) = self.helper(expr, focus) {
                    return Some(found);
                }
                if let Some(things) = self.things(expr, focus) {
                    return Some(Predicate::Verb("have".into(), things.one()?));
                }
                let said = self.spoken(expr, focus)?;
                if said.template.is_existential()
                    || said.function.returns.as_deref() != Some("bool")
                {
                    return None;
                }
                let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
                    return None;
                };
                Some(Predicate::Verb(
                    verb.clone(),
                    said.fill(self.material, rest, None)?,
                ))
            }
            _ => None,
        }
    }

    /// `good(box)` says what the function `good` returns of its parameter.
    fn helper(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        let ExprKind::Call {
            func,
            args,
            keywords,
        } = &expr.kind
        else {
            return None;
        };
        let ExprKind::Name(name) = &func.kind else {
            return None;
        };
        let function = self.index.called(&name.id)?;
        if !keywords.is_empty() || matches!(focus, Focus::Any) {
            return None;
        }
        let at = args.iter().position(|a| focus.is(a))?;
        let parameter = function.params.get(at)?;
        self.predicate(returned(function)?, Focus::Name(&parameter.name.id))
    }

    /// The object-valued part of the variable that an expression speaks of, with its noun: `top` in
    /// `tower.top.color == "black"`.
    pub(super) fn property_of(
        &self,
        expr: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<(&'m Expr, String)> {
        match &expr.kind {
            ExprKind::Attribute { value, attr } if focus.is(value) => {
                let pack = self.material.pack;
                let object = pack.functions.iter().any(|f| {
                    f.name == *attr
                        && f.kind == PackFunctionKind::Property
                        && pack
                            .classes
                            .iter()
                            .any(|c| Some(&c.name) == f.returns.as_ref())
                });
                return object.then(|| (expr, attr.replace('_', " ")));
            }
            ExprKind::Subscript { value, index } => {
                if let Some(at) = whole_number(index)
                    && let Some(things) = self.things(value, focus)
                {
                    let noun = things.plain()?;
                    let which = match at {
                        -1 => "last".to_owned(),
                        -2 => "next to last".to_owned(),
                        0.. => ordinal(at.checked_add(1)?),
                        _ => return None,
                    };
                    return Some((expr, format!("{which} {noun}")));
                }
            }
            _ => {}
        }
        let mut found = None;
        children(expr, &mut |child| {
            if found.is_none() {
                found = self.property_of(child, focus);
            }
        });
        found
    }
}

/// The one value that a function returns, whatever it is given.
fn returned(function: &Function) -> Option<&Expr> {
    let (last, before) = function.body.split_last()?;
    let plain = before.iter().all(|s| {
        matches!(
            s.kind,
            StmtKind::Assign { .. } | StmtKind::AnnAssign { .. } | StmtKind::Expr(_)
        )
    });
    match &last.kind {
        StmtKind::Return(Some(value)) if plain => Some(value),
        _ => None,
    }
}
