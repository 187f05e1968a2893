//! How many: what a sentence begins with, and what a program that is one quantified expression
//! returns.

use super::exemplars::Reading;
use super::program::is_operator;
use super::tokens::{Slot, Token};
use fact_lang::ast::{
    CompareOp, Comprehension, ComprehensionKind, Constant, Expr, ExprKind, Module, StmtKind,
    UnaryOp,
};
use fact_lang::syntax::parse_program;
use std::sync::Arc;

/// The kinds of quantifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// There is at least one.
    Any,
    /// There is none.
    None,
    /// Each of them.
    All,
    /// As many as a number says.
    Number,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "any" => Self::Any,
            "none" => Self::None,
            "all" => Self::All,
            "number" => Self::Number,
            _ => return None,
        })
    }
}

/// The ways of saying how many, tried in order.
#[derive(Debug)]
pub(super) struct Patterns(Vec<Pattern>);

/// A way of saying how many, written as words apart: `a|b` is either word, `a?` may be missing,
/// `#` is a number. An operator such as `==` is a comparison that stands apart from its number.
#[derive(Debug)]
pub(super) struct Pattern {
    kind: Kind,
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    words: Vec<String>,
    optional: bool,
}

/// What a sentence begins with.
#[derive(Debug)]
pub(super) struct Quantifier {
    pub(super) kind: Kind,
    pub(super) operator: Option<Arc<str>>,
    /// Of [`Kind::Number`].
    pub(super) number: Option<Arc<str>>,
    /// How many tokens it spans.
    pub(super) tokens: usize,
}

impl Patterns {
    /// The patterns of a bank, or the place of a wrong one and what is wrong.
    pub(super) fn new(reading: &Reading) -> Result<Self, (usize, String)> {
        let pattern = |(number, raw): (usize, &super::exemplars::RawQuantifier)| {
            let Some(kind) = Kind::named(&raw.kind) else {
                let message = format!("`{}` is not one of any, none, all, number", raw.kind);
                return Err((number, message));
            };
            let elements: Vec<Element> = raw
                .words
                .split_whitespace()
                .map(|text| Element {
                    words: text
                        .trim_end_matches('?')
                        .split('|')
                        .map(Into::into)
                        .collect(),
                    optional: text.ends_with('?'),
                })
                .collect();
            let numbers = elements
                .iter()
                .filter(|e| e.words.contains(&"#".to_owned()));
            if (numbers.count() == 1) != (kind == Kind::Number) {
                let message = "`#` stands once in patterns of kind `number`, and in no other";
                return Err((number, message.to_owned()));
            }
            if elements.iter().all(|e| e.optional) {
                return Err((number, "fits every sentence".into()));
            }
            Ok(Pattern { kind, elements })
        };
        let raw = reading.quantifiers.iter().enumerate();
        raw.map(pattern).collect::<Result<_, _>>().map(Self)
    }

    /// What a sentence begins with.
    pub(super) fn read(&self, tokens: &[Token]) -> Option<Quantifier> {
        self.0.iter().find_map(|pattern| pattern.read(tokens))
    }
}

impl Pattern {
    fn read(&self, tokens: &[Token]) -> Option<Quantifier> {
        let mut out = Quantifier {
            kind: self.kind,
            operator: None,
            number: None,
            tokens: 0,
        };
        for element in &self.elements {
            let token = tokens.get(out.tokens);
            let fits = |text: &str| element.words.iter().any(|word| word == text);
            match token {
                Some(Token::Slot(Slot::Number { operator, number })) if fits("#") => {
                    out.operator = operator.clone().or(out.operator);
                    out.number = Some(number.clone());
                }
                Some(Token::Word { text, .. }) if fits(text) => {
                    if is_operator(text) {
                        out.operator = Some(text.clone());
                    }
                }
                _ if element.optional => continue,
                _ => return None,
            }
            out.tokens += 1;
        }
        Some(out)
    }
}

/// A program that returns one quantified expression.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) kind: Kind,
    /// What it quantifies over: the inside of `any(…)`, `all(…)` or `sum(…)`.
    pub(super) generator: String,
    /// The text before the expression.
    before: String,
    /// The text after it.
    after: String,
}

impl Body {
    /// Takes a program apart, if it is one quantified expression.
    pub(super) fn of(program: &str) -> Option<Self> {
        let module = parse_program(program).ok()?;
        let [function] = &*module.body else {
            return None;
        };
        let StmtKind::FunctionDef { function, .. } = &function.kind else {
            return None;
        };
        let [only] = &*function.body else {
            return None;
        };
        let StmtKind::Return(Some(value)) = &only.kind else {
            return None;
        };
        let (kind, generator) = quantified(&module, value)?;
        Some(Self {
            kind,
            generator,
            before: program[..value.span.start as usize].into(),
            after: program[value.span.end as usize..].into(),
        })
    }

    /// The program with another quantifier over `generator`.
    pub(super) fn with(&self, kind: Kind, number: (&str, &str), generator: &str) -> String {
        let Self { before, after, .. } = self;
        let (operator, number) = number;
        match kind {
            Kind::Any => format!("{before}any({generator}){after}"),
            Kind::None => format!("{before}not any({generator}){after}"),
            Kind::All => format!("{before}all({generator}){after}"),
            Kind::Number => format!("{before}sum({generator}) {operator} {number}{after}"),
        }
    }
}

/// The quantifier of an expression and what it quantifies over.
fn quantified(module: &Module, value: &Expr) -> Option<(Kind, String)> {
    match &value.kind {
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => Some((Kind::None, argument(module, operand, "any")?.into())),
        ExprKind::Compare {
            left,
            ops,
            comparators,
        } => {
            let ([op], [number]) = (&**ops, &**comparators) else {
                return None;
            };
            let counts = matches!(
                op,
                CompareOp::Eq | CompareOp::GtE | CompareOp::LtE | CompareOp::Gt | CompareOp::Lt
            ) && matches!(number.kind, ExprKind::Constant(Constant::Int(_)));
            let sum = || Some(argument(module, left, "sum")?.to_owned());
            let generator = counts.then(|| sum().or_else(|| length(module, left)))??;
            Some((Kind::Number, generator))
        }
        _ => argument(module, value, "any")
            .map(|generator| (Kind::Any, generator.into()))
            .or_else(|| Some((Kind::All, argument(module, value, "all")?.into()))),
    }
}

/// The text of the only argument of a call of `name`.
fn argument<'a>(module: &'a Module, call: &Expr, name: &str) -> Option<&'a str> {
    let ExprKind::Call {
        func,
        args,
        keywords,
    } = &call.kind
    else {
        return None;
    };
    let named = matches!(&func.kind, ExprKind::Name(n) if *n.id == *name);
    if !named || args.len() != 1 || !keywords.is_empty() {
        return None;
    }
    let text = &module.source[func.span.end as usize..call.span.end as usize];
    text.trim_start().strip_prefix('(')?.strip_suffix(')')
}

/// `len([x for x in xs if test])` as `test for x in xs`.
fn length(module: &Module, call: &Expr) -> Option<String> {
    argument(module, call, "len")?;
    let ExprKind::Call { args, .. } = &call.kind else {
        return None;
    };
    let [
        Expr {
            kind: ExprKind::Comprehension(list),
            span,
            ..
        },
    ] = &**args
    else {
        return None;
    };
    let Comprehension {
        kind: ComprehensionKind::List,
        element,
        clauses,
        ..
    } = &**list
    else {
        return None;
    };
    let [clause] = &**clauses else {
        return None;
    };
    let same = module.text(element.span) == module.text(clause.target.span);
    if !same || clause.conditions.len() != 1 {
        return None;
    }
    let source = &module.source;
    let over = source[element.span.end as usize..clause.iter.span.end as usize].trim();
    let rest = source[clause.iter.span.end as usize..span.end as usize].trim();
    let test = rest.strip_prefix("if ")?.strip_suffix(']')?.trim();
    Some(format!("{test} {over}"))
}
