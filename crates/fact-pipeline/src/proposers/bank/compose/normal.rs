//! A program as one term, where it is one: loops that search become `any`, names become what they
//! stand for, counting lists becomes summing conditions.
//!
//! All of it preserves what a program returns, provided that its calls have no side effects, which
//! holds for packs.

use super::term::{Builds, Head, Term, Var};
use fact_lang::ast::{
    BinaryOp, Clause, CompareOp, ComprehensionKind, Constant, Expr, ExprKind, Function, Module,
    ParamKind, Stmt, StmtKind, UnaryOp,
};
use fact_lang::pack::Pack;
use std::sync::Arc;

/// Terms larger than this are not taken apart.
const MOST_NODES: usize = 200;
/// Programs nested deeper than this are not read.
const MOST_DEPTH: usize = 40;

/// A program that is one term.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    /// What it returns.
    pub(super) term: Term,
    /// The parameters of its entry function: the variables from 0.
    pub(super) params: Vec<Arc<str>>,
    /// Names of all variables.
    pub(super) names: Vec<Arc<str>>,
}

/// Reads a program; `None` if it is not one term, or uses what terms do not have.
pub(super) fn normal(module: &Module) -> Option<Normal> {
    let [only] = &*module.body else {
        return None;
    };
    let StmtKind::FunctionDef { function, .. } = &only.kind else {
        return None;
    };
    if &*function.name != Pack::ENTRY {
        return None;
    }
    let mut reader = Reader::default();
    let params = plain_params(function)?;
    for param in &params {
        let var = reader.fresh(param);
        reader.scope.push((param.clone(), Term::var(var)));
    }
    let term = reader.block(&function.body, 0)?;
    (term.size() <= MOST_NODES).then_some(Normal {
        term,
        params,
        names: reader.names,
    })
}

/// The names of ordinary parameters without defaults, if there are no others.
fn plain_params(function: &Function) -> Option<Vec<Arc<str>>> {
    if function.vararg.is_some() || function.kwarg.is_some() {
        return None;
    }
    let mut params = function.params.iter();
    let plain = params.all(|p| p.kind == ParamKind::Either && p.default.is_none());
    plain.then(|| function.params.iter().map(|p| p.name.id.clone()).collect())
}

/// What is iterated, what must hold, and what is returned then.
type Search = (Vec<(Var, Term)>, Term, bool);

#[derive(Default)]
struct Reader {
    names: Vec<Arc<str>>,
    /// What names stand for, the innermost last.
    scope: Vec<(Arc<str>, Term)>,
}

impl Reader {
    fn fresh(&mut self, name: &Arc<str>) -> Var {
        self.names.push(name.clone());
        // A program has no 2^32 variables.
        (self.names.len() - 1) as Var
    }

    /// What a block returns.
    fn block(&mut self, body: &[Stmt], depth: usize) -> Option<Term> {
        if depth > MOST_DEPTH {
            return None;
        }
        let (first, rest) = body.split_first()?;
        match &first.kind {
            StmtKind::Return(Some(value)) if rest.is_empty() => self.expr(value, depth),
            StmtKind::Assign { targets, value } => {
                self.assign(targets, value, depth)?;
                self.block(rest, depth + 1)
            }
            StmtKind::If { test, body, orelse } if orelse.is_empty() => {
                let answer = only_return(body)?;
                let test = self.expr(test, depth)?;
                let rest = self.block(rest, depth + 1)?;
                Some(either(test, answer, rest))
            }
            StmtKind::For { orelse, .. } if orelse.is_empty() => {
                let outer = self.scope.len();
                let (clauses, test, answer) = self.search(first, depth)?;
                self.scope.truncate(outer);
                let mut args = vec![test];
                let vars = clauses.iter().map(|(var, _)| (*var, 0)).collect();
                args.extend(clauses.into_iter().map(|(_, iter)| iter));
                let found = Term::new(Head::Comprehension(Builds::Generator, vars), args);
                let found = Term::call("any", vec![found]);
                let rest = self.block(rest, depth + 1)?;
                Some(either(found, answer, rest))
            }
            _ => None,
        }
    }

    fn assign(&mut self, targets: &[Expr], value: &Expr, depth: usize) -> Option<()> {
        let [target] = targets else {
            return None;
        };
        let ExprKind::Name(name) = &target.kind else {
            return None;
        };
        let value = self.expr(value, depth)?;
        if value.size() > MOST_NODES {
            return None;
        }
        self.scope.push((name.id.clone(), value));
        Some(())
    }

    /// Loops that return a truth value as soon as something holds: what they iterate, what must
    /// hold, and the value.
    fn search(&mut self, statement: &Stmt, depth: usize) -> Option<Search> {
        if depth > MOST_DEPTH {
            return None;
        }
        match &statement.kind {
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } if orelse.is_empty() => {
                let iter = self.expr(iter, depth)?;
                let ExprKind::Name(name) = &target.kind else {
                    return None;
                };
                let var = self.fresh(&name.id);
                self.scope.push((name.id.clone(), Term::var(var)));
                let (mut clauses, test, answer) = self.inside(body, depth)?;
                clauses.insert(0, (var, iter));
                Some((clauses, test, answer))
            }
            StmtKind::If { test, body, orelse } if orelse.is_empty() => {
                let test = self.expr(test, depth)?;
                if let Some(answer) = only_return(body) {
                    return Some((Vec::new(), test, answer));
                }
                let (clauses, inner, answer) = self.inside(body, depth)?;
                Some((clauses, Term::all_of(Head::And, vec![test, inner]), answer))
            }
            _ => None,
        }
    }

    fn inside(&mut self, body: &[Stmt], depth: usize) -> Option<Search> {
        let (last, before) = body.split_last()?;
        for statement in before {
            let StmtKind::Assign { targets, value } = &statement.kind else {
                return None;
            };
            let before = self.scope.len();
            self.assign(targets, value, depth)?;
            // What a loop assigns to a name from outside would be seen after the loop.
            let name = self.scope.get(before).map(|(name, _)| name.clone());
            if self.scope[..before]
                .iter()
                .any(|(n, _)| Some(n) == name.as_ref())
            {
                return None;
            }
        }
        self.search(last, depth + 1)
    }

    fn exprs(&mut self, exprs: &[Expr], depth: usize) -> Option<Vec<Term>> {
        exprs.iter().map(|e| self.expr(e, depth)).collect()
    }

    fn expr(&mut self, expr: &Expr, depth: usize) -> Option<Term> {
        if depth > MOST_DEPTH {
            return None;
        }
        let depth = depth + 1;
        Some(match &expr.kind {
            ExprKind::Constant(constant) => Term::leaf(match constant {
                Constant::Str(text) => Head::Str(text.clone()),
                Constant::Int(n) => Head::Int(*n),
                Constant::None => Head::Constant("None".into()),
                Constant::Bool(true) => Head::Constant("True".into()),
                Constant::Bool(false) => Head::Constant("False".into()),
                Constant::Float(x) if x.is_finite() => Head::Constant(format!("{x:?}").into()),
                _ => return None,
            }),
            ExprKind::Name(name) => {
                let mut scope = self.scope.iter().rev();
                match scope.find(|(id, _)| *id == name.id) {
                    Some((_, term)) => self.again(&term.clone()),
                    None => Term::leaf(Head::Global(name.id.clone())),
                }
            }
            ExprKind::Attribute { value, attr } => {
                let value = self.expr(value, depth)?;
                Term::new(Head::Attr(attr.clone()), vec![value])
            }
            ExprKind::Subscript { value, index } => {
                let args = vec![self.expr(value, depth)?, self.expr(index, depth)?];
                Term::new(Head::Subscript, args)
            }
            ExprKind::Slice { lower, upper, step } => {
                let parts = [lower, upper, step];
                let there = parts.map(|part| part.is_some());
                let args = parts.into_iter().flatten();
                let args: Option<Vec<Term>> = args.map(|e| self.expr(e, depth)).collect();
                Term::new(Head::Slice(there), args?)
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                let mut all = vec![self.expr(func, depth)?];
                all.extend(self.exprs(args, depth)?);
                let mut names = vec![None; args.len()];
                for (name, value) in keywords {
                    names.push(Some(name.clone()?));
                    all.push(self.expr(value, depth)?);
                }
                counted(Term::new(Head::Call(names), all))
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.expr(operand, depth)?;
                match op {
                    UnaryOp::Not => operand.negated(),
                    UnaryOp::Neg => Term::new(Head::Neg, vec![operand]),
                    _ => return None,
                }
            }
            ExprKind::Binary { op, left, right } => {
                let args = vec![self.expr(left, depth)?, self.expr(right, depth)?];
                Term::new(Head::Binary(binary(*op)?), args)
            }
            ExprKind::Bool { and, values } => {
                let values = self.exprs(values, depth)?;
                Term::all_of(if *and { Head::And } else { Head::Or }, values)
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                let ([op], [right]) = (&**ops, &**comparators) else {
                    return None;
                };
                let args = vec![self.expr(left, depth)?, self.expr(right, depth)?];
                Term::new(Head::Compare(comparison(*op)), args)
            }
            ExprKind::IfExp { test, body, orelse } => {
                let args = [test, body, orelse].map(|e| self.expr(e, depth));
                Term::new(Head::IfExp, args.into_iter().collect::<Option<_>>()?)
            }
            ExprKind::List(items) => Term::new(Head::List, self.exprs(items, depth)?),
            ExprKind::Tuple(items) => Term::new(Head::Tuple, self.exprs(items, depth)?),
            ExprKind::Set(items) => Term::new(Head::Set, self.exprs(items, depth)?),
            ExprKind::Comprehension(inner) => {
                let builds = match inner.kind {
                    ComprehensionKind::List => Builds::List,
                    ComprehensionKind::Set => Builds::Set,
                    ComprehensionKind::Generator => Builds::Generator,
                    ComprehensionKind::Dict => return None,
                };
                let outer = self.scope.len();
                let term = self.comprehension(builds, &inner.element, &inner.clauses, depth);
                self.scope.truncate(outer);
                term?
            }
            ExprKind::Lambda(function) => {
                let params = plain_params(function)?;
                let [only] = &*function.body else {
                    return None;
                };
                let StmtKind::Return(Some(body)) = &only.kind else {
                    return None;
                };
                let outer = self.scope.len();
                let mut vars = Vec::new();
                for param in params {
                    let var = self.fresh(&param);
                    vars.push(var);
                    self.scope.push((param, Term::var(var)));
                }
                let body = self.expr(body, depth);
                self.scope.truncate(outer);
                Term::new(Head::Lambda(vars), vec![body?])
            }
            ExprKind::Starred(_)
            | ExprKind::Dict(_)
            | ExprKind::FString(_)
            | ExprKind::Walrus { .. } => return None,
        })
    }

    /// What a name stands for, with variables of its own, as it may be used more than once.
    fn again(&mut self, term: &Term) -> Term {
        let free = term.free();
        let mut fresh: Vec<(Var, Var)> = Vec::new();
        term.renamed(&mut |var| {
            if free.contains(&var) {
                return var;
            }
            if let Some((_, new)) = fresh.iter().find(|(old, _)| *old == var) {
                return *new;
            }
            let name = self.names[var as usize].clone();
            let new = self.fresh(&name);
            fresh.push((var, new));
            new
        })
    }

    fn comprehension(
        &mut self,
        builds: Builds,
        element: &Expr,
        clauses: &[Clause],
        depth: usize,
    ) -> Option<Term> {
        let mut vars = Vec::new();
        let mut args = Vec::new();
        for clause in clauses {
            let ExprKind::Name(name) = &clause.target.kind else {
                return None;
            };
            args.push(self.expr(&clause.iter, depth)?);
            let var = self.fresh(&name.id);
            self.scope.push((name.id.clone(), Term::var(var)));
            vars.push((var, clause.conditions.len()));
            args.extend(self.exprs(&clause.conditions, depth)?);
        }
        args.insert(0, self.expr(element, depth)?);
        Some(Term::new(Head::Comprehension(builds, vars), args))
    }
}

/// `True` or `False`, if a block returns just that.
fn only_return(body: &[Stmt]) -> Option<bool> {
    let [only] = body else {
        return None;
    };
    match &only.kind {
        StmtKind::Return(Some(value)) => match &value.kind {
            ExprKind::Constant(Constant::Bool(answer)) => Some(*answer),
            _ => None,
        },
        _ => None,
    }
}

/// `answer` if the test holds, else the rest.
fn either(test: Term, answer: bool, rest: Term) -> Term {
    let is = |text: &str| matches!(&rest.head, Head::Constant(c) if **c == *text);
    match answer {
        true if is("False") => test,
        false if is("True") => test.negated(),
        true => Term::all_of(Head::Or, vec![test, rest]),
        false => Term::all_of(Head::And, vec![test.negated(), rest]),
    }
}

/// `len([x for x in xs if c])` as `sum(c for x in xs)`.
fn counted(call: Term) -> Term {
    let [function, list] = &*call.args else {
        return call;
    };
    let (Head::Global(name), Head::Comprehension(Builds::List, clauses)) =
        (&function.head, &list.head)
    else {
        return call;
    };
    let [(var, 1)] = **clauses else {
        return call;
    };
    let [element, iter, condition] = &*list.args else {
        return call;
    };
    if &**name != "len" || element.head != Head::Var(var) || !gives_truth(condition) {
        return call;
    }
    let generator = Term::new(
        Head::Comprehension(Builds::Generator, vec![(var, 0)]),
        vec![condition.clone(), iter.clone()],
    );
    Term::call("sum", vec![generator])
}

/// Whether a condition is a truth value whatever it is about: then it counts as 0 or 1. A method
/// may return anything; those that ask return truth values, and the types check it later.
fn gives_truth(term: &Term) -> bool {
    match &term.head {
        Head::And | Head::Or => term.args.iter().all(gives_truth),
        Head::Not | Head::Compare(_) | Head::Call(_) => true,
        _ => false,
    }
}

fn comparison(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::NotEq => "!=",
        CompareOp::Lt => "<",
        CompareOp::LtE => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtE => ">=",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
    }
}

fn binary(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::MatMul => return None,
    })
}
