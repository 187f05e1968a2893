//! Expressions: parser's tree → [`crate::ast`].

use super::{Lowered, Lowering, invalid, unsupported};
use crate::ast::{
    BinaryOp, Clause, CompareOp, Comprehension, ComprehensionKind, Constant, Expr, ExprKind,
    FStringPart, Stmt, StmtKind, UnaryOp,
};
use num_bigint::BigInt;
use ruff_python_ast as py;
use ruff_text_size::{Ranged, TextRange};
use std::sync::Arc;

impl Lowering {
    pub(super) fn expr(&mut self, expr: &py::Expr) -> Lowered<Expr> {
        self.deeper(expr.range())?;
        let lowered = if let py::Expr::BinOp(b) = expr {
            self.binary(b)?
        } else {
            let (id, span) = self.node(expr.range());
            let kind = self.expr_kind(expr)?;
            Expr { id, span, kind }
        };
        self.depth -= 1;
        Ok(lowered)
    }

    /// Left spines of binary operators may be long: built without recursion.
    fn binary(&mut self, outermost: &py::ExprBinOp) -> Lowered<Expr> {
        let mut spine = Vec::new();
        let mut at = outermost;
        let leftmost = loop {
            let (id, span) = self.node(at.range);
            spine.push((id, span, at.op, &*at.right));
            match &*at.left {
                py::Expr::BinOp(left) => at = left,
                other => break other,
            }
        };
        let mut left = self.expr(leftmost)?;
        while let Some((id, span, op, right)) = spine.pop() {
            let kind = ExprKind::Binary {
                op: binary_op(op),
                left: Box::new(left),
                right: Box::new(self.expr(right)?),
            };
            left = Expr { id, span, kind };
        }
        Ok(left)
    }

    fn expr_kind(&mut self, expr: &py::Expr) -> Lowered<ExprKind> {
        Ok(match expr {
            py::Expr::BoolOp(b) => ExprKind::Bool {
                and: b.op == py::BoolOp::And,
                values: self.exprs(&b.values)?,
            },
            py::Expr::Named(n) => {
                let py::Expr::Name(name) = &*n.target else {
                    return invalid(n.range, "cannot use assignment expressions here");
                };
                ExprKind::Walrus {
                    name: self.name(&name.id),
                    value: Box::new(self.expr(&n.value)?),
                }
            }
            // Lowered by `binary`.
            py::Expr::BinOp(b) => self.binary(b)?.kind,
            py::Expr::UnaryOp(u) => ExprKind::Unary {
                op: match u.op {
                    py::UnaryOp::Invert => UnaryOp::Invert,
                    py::UnaryOp::Not => UnaryOp::Not,
                    py::UnaryOp::UAdd => UnaryOp::Pos,
                    py::UnaryOp::USub => UnaryOp::Neg,
                },
                operand: Box::new(self.expr(&u.operand)?),
            },
            py::Expr::Lambda(l) => self.lambda(l)?,
            py::Expr::If(i) => ExprKind::IfExp {
                test: Box::new(self.expr(&i.test)?),
                body: Box::new(self.expr(&i.body)?),
                orelse: Box::new(self.expr(&i.orelse)?),
            },
            py::Expr::Dict(d) => {
                let mut items = Vec::new();
                for item in &d.items {
                    items.push((self.maybe(item.key.as_ref())?, self.expr(&item.value)?));
                }
                ExprKind::Dict(items)
            }
            py::Expr::Set(s) => ExprKind::Set(self.exprs(&s.elts)?),
            py::Expr::ListComp(c) => {
                let kind = ComprehensionKind::List;
                self.comprehension(kind, c.range, &c.elt, None, &c.generators)?
            }
            py::Expr::SetComp(c) => {
                let kind = ComprehensionKind::Set;
                self.comprehension(kind, c.range, &c.elt, None, &c.generators)?
            }
            py::Expr::Generator(c) => {
                let kind = ComprehensionKind::Generator;
                self.comprehension(kind, c.range, &c.elt, None, &c.generators)?
            }
            py::Expr::DictComp(c) => {
                let Some(key) = &c.key else {
                    return unsupported(c.range, "unpackings in dict comprehensions");
                };
                let kind = ComprehensionKind::Dict;
                self.comprehension(kind, c.range, key, Some(&c.value), &c.generators)?
            }
            py::Expr::Await(e) => return unsupported(e.range, "'await' expressions"),
            py::Expr::Yield(e) => return unsupported(e.range, "'yield' expressions"),
            py::Expr::YieldFrom(e) => return unsupported(e.range, "'yield' expressions"),
            py::Expr::TString(e) => return unsupported(e.range, "template strings"),
            py::Expr::BytesLiteral(e) => return unsupported(e.range, "bytes"),
            py::Expr::IpyEscapeCommand(e) => return unsupported(e.range, "escape commands"),
            py::Expr::Compare(c) => ExprKind::Compare {
                left: Box::new(self.expr(&c.left)?),
                ops: c.ops.iter().map(|op| compare_op(*op)).collect(),
                comparators: self.exprs(&c.comparators)?,
            },
            py::Expr::Call(c) => {
                let func = Box::new(self.expr(&c.func)?);
                let args = self.exprs(&c.arguments.args)?;
                let mut keywords = Vec::new();
                for k in &c.arguments.keywords {
                    let name = k.arg.as_ref().map(|n| self.scopes.intern(n));
                    keywords.push((name, self.expr(&k.value)?));
                }
                ExprKind::Call {
                    func,
                    args,
                    keywords,
                }
            }
            py::Expr::FString(f) => {
                let mut parts = Vec::new();
                for part in &f.value {
                    match part {
                        py::FStringPart::Literal(l) => push_literal(&mut parts, &l.value),
                        py::FStringPart::FString(f) => {
                            self.fstring(&mut parts, &f.elements)?;
                        }
                    }
                }
                ExprKind::FString(parts)
            }
            py::Expr::StringLiteral(s) => {
                ExprKind::Constant(Constant::Str(s.value.to_str().into()))
            }
            py::Expr::NumberLiteral(n) => ExprKind::Constant(number(n)?),
            py::Expr::BooleanLiteral(b) => ExprKind::Constant(Constant::Bool(b.value)),
            py::Expr::NoneLiteral(_) => ExprKind::Constant(Constant::None),
            py::Expr::EllipsisLiteral(_) => ExprKind::Constant(Constant::Ellipsis),
            py::Expr::Attribute(a) => ExprKind::Attribute {
                value: Box::new(self.expr(&a.value)?),
                attr: self.scopes.intern(&a.attr),
            },
            py::Expr::Subscript(s) => ExprKind::Subscript {
                value: Box::new(self.expr(&s.value)?),
                index: Box::new(self.expr(&s.slice)?),
            },
            py::Expr::Starred(s) => ExprKind::Starred(Box::new(self.expr(&s.value)?)),
            py::Expr::Name(n) => ExprKind::Name(self.name(&n.id)),
            py::Expr::List(l) => ExprKind::List(self.exprs(&l.elts)?),
            py::Expr::Tuple(t) => ExprKind::Tuple(self.exprs(&t.elts)?),
            py::Expr::Slice(s) => ExprKind::Slice {
                lower: self.boxed(s.lower.as_deref())?,
                upper: self.boxed(s.upper.as_deref())?,
                step: self.boxed(s.step.as_deref())?,
            },
        })
    }

    fn lambda(&mut self, l: &py::ExprLambda) -> Lowered<ExprKind> {
        let none = py::Parameters::default();
        let parameters = l.parameters.as_deref().unwrap_or(&none);
        let function = self.function("<lambda>", l.range, parameters, None, |this| {
            let (id, span) = this.node(l.body.range());
            let value = this.expr(&l.body)?;
            Ok(vec![Stmt {
                id,
                span,
                kind: StmtKind::Return(Some(value)),
            }])
        })?;
        Ok(ExprKind::Lambda(Arc::new(function)))
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        range: TextRange,
        element: &py::Expr,
        value: Option<&py::Expr>,
        clauses: &[py::Comprehension],
    ) -> Lowered<ExprKind> {
        if clauses.iter().any(|c| c.is_async) {
            return unsupported(range, "async comprehensions");
        }
        if element.is_starred_expr() {
            return invalid(
                element.range(),
                "iterable unpacking cannot be used in comprehension",
            );
        }
        let scope = self.scopes.at(range, true);
        let (id, _) = self.node(range);
        let first = match clauses.first() {
            Some(clause) => self.expr(&clause.iter)?,
            None => return invalid(range, "invalid syntax"),
        };
        let outer = std::mem::replace(&mut self.scope, scope);
        let mut first = Some(first);
        let mut lowered = Vec::new();
        for clause in clauses {
            let iter = match first.take() {
                Some(iter) => iter,
                None => self.expr(&clause.iter)?,
            };
            lowered.push(Clause {
                target: self.target(&clause.target)?,
                iter,
                conditions: self.exprs(&clause.ifs)?,
            });
        }
        let element = self.expr(element)?;
        let value = self.maybe(value)?;
        self.scope = outer;
        let name = match kind {
            ComprehensionKind::List => "<listcomp>",
            ComprehensionKind::Set => "<setcomp>",
            ComprehensionKind::Dict => "<dictcomp>",
            ComprehensionKind::Generator => "<genexpr>",
        };
        let function = self.in_scope(
            scope,
            name,
            id,
            Vec::new(),
            None,
            None,
            None,
            Vec::new(),
            None,
        );
        Ok(ExprKind::Comprehension(Box::new(Comprehension {
            kind,
            element,
            value,
            clauses: lowered,
            scope: Arc::new(function),
        })))
    }

    fn fstring(
        &mut self,
        parts: &mut Vec<FStringPart>,
        elements: &py::InterpolatedStringElements,
    ) -> Lowered<()> {
        for element in elements {
            match element {
                py::InterpolatedStringElement::Literal(l) => push_literal(parts, &l.value),
                py::InterpolatedStringElement::Interpolation(i) => {
                    let value = Box::new(self.expr(&i.expression)?);
                    let mut spec = Vec::new();
                    if let Some(format) = &i.format_spec {
                        self.fstring(&mut spec, &format.elements)?;
                    }
                    let conversion = match i.conversion {
                        py::ConversionFlag::None => None,
                        py::ConversionFlag::Str => Some('s'),
                        py::ConversionFlag::Ascii => Some('a'),
                        py::ConversionFlag::Repr => Some('r'),
                    };
                    let debug = i.debug_text.as_ref().map(|d| Arc::from(d.as_str()));
                    parts.push(FStringPart::Value {
                        value,
                        debug,
                        conversion,
                        spec,
                    });
                }
            }
        }
        Ok(())
    }
}

fn push_literal(parts: &mut Vec<FStringPart>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(FStringPart::Literal(last)) = parts.last_mut() {
        *last = format!("{last}{text}").into();
    } else {
        parts.push(FStringPart::Literal(text.into()));
    }
}

fn number(n: &py::ExprNumberLiteral) -> Lowered<Constant> {
    let int = match &n.value {
        py::Number::Int(int) => int,
        py::Number::Float(f) => return Ok(Constant::Float(*f)),
        py::Number::Complex { .. } => return unsupported(n.range, "complex numbers"),
    };
    if let Some(small) = int.as_i64() {
        return Ok(Constant::Int(small));
    }
    let text = int.to_string().replace('_', "").to_lowercase();
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text.as_str(), 10),
    };
    if radix == 10 && digits.len() > 4300 {
        return invalid(
            n.range,
            "Exceeds the limit (4300 digits) for integer string conversion",
        );
    }
    match BigInt::parse_bytes(digits.as_bytes(), radix) {
        Some(big) => Ok(Constant::BigInt(big.to_string().into())),
        None => invalid(n.range, "invalid number"),
    }
}

pub(super) fn binary_op(op: py::Operator) -> BinaryOp {
    match op {
        py::Operator::Add => BinaryOp::Add,
        py::Operator::Sub => BinaryOp::Sub,
        py::Operator::Mult => BinaryOp::Mul,
        py::Operator::MatMult => BinaryOp::MatMul,
        py::Operator::Div => BinaryOp::Div,
        py::Operator::Mod => BinaryOp::Mod,
        py::Operator::Pow => BinaryOp::Pow,
        py::Operator::LShift => BinaryOp::LShift,
        py::Operator::RShift => BinaryOp::RShift,
        py::Operator::BitOr => BinaryOp::BitOr,
        py::Operator::BitXor => BinaryOp::BitXor,
        py::Operator::BitAnd => BinaryOp::BitAnd,
        py::Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn compare_op(op: py::CmpOp) -> CompareOp {
    match op {
        py::CmpOp::Eq => CompareOp::Eq,
        py::CmpOp::NotEq => CompareOp::NotEq,
        py::CmpOp::Lt => CompareOp::Lt,
        py::CmpOp::LtE => CompareOp::LtE,
        py::CmpOp::Gt => CompareOp::Gt,
        py::CmpOp::GtE => CompareOp::GtE,
        py::CmpOp::Is => CompareOp::Is,
        py::CmpOp::IsNot => CompareOp::IsNot,
        py::CmpOp::In => CompareOp::In,
        py::CmpOp::NotIn => CompareOp::NotIn,
    }
}
