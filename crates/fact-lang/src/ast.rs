//! The syntax tree of the visual-program language: what [`crate::syntax`] makes of the parser's
//! tree, what the interpreter runs and what slicing projects onto.
//!
//! Every statement and expression has a [`NodeId`], dense from 0 within its [`Module`], so that
//! side tables (spans, slices, traces) are plain vectors.

use std::sync::Arc;

/// Half-open range of byte offsets into the source text of a [`Module`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Identifies a statement or expression within one [`Module`]; dense from 0, in source order.
pub type NodeId = u32;

/// The language that a program is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FrontEnd {
    /// Python.
    #[default]
    Python,
    /// VisProg steps, see [`crate::syntax::visprog`].
    VisProg,
}

/// A parsed source text: a generated program or an API pack.
#[derive(Debug, Clone)]
pub struct Module {
    /// The language of `source`.
    pub front_end: FrontEnd,
    /// The text the spans point into.
    pub source: Arc<str>,
    /// Top-level statements.
    pub body: Vec<Stmt>,
    /// Span of each node, by [`NodeId`].
    pub spans: Vec<Span>,
    /// Number of names the module's own scope binds; see [`VarRef::Global`].
    pub globals: Vec<Arc<str>>,
}

/// Where a name lives, resolved at parse time by Python's scoping rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarRef {
    /// Slot of the current function's frame that no inner function captures.
    Local(u32),
    /// Index into the current frame's cells: own captured variables first, then free ones.
    Cell(u32),
    /// Index into [`Module::globals`]; falls back to the pack's names, then to builtins.
    Global(u32),
}

/// A name with its resolution.
#[derive(Debug, Clone)]
pub struct Name {
    /// The identifier.
    pub id: Arc<str>,
    /// Where it lives.
    pub var: VarRef,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// Its id.
    pub id: NodeId,
    /// Its text.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

impl Stmt {
    /// The blocks of a compound statement that belong to its own scope: none of a definition.
    pub fn blocks(&self) -> Vec<&[Stmt]> {
        match &self.kind {
            StmtKind::If { body, orelse, .. }
            | StmtKind::For { body, orelse, .. }
            | StmtKind::While { body, orelse, .. } => vec![body, orelse],
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                let mut all: Vec<&[Stmt]> = vec![body];
                all.extend(handlers.iter().map(|h| h.body.as_slice()));
                all.push(orelse);
                all.push(finalbody);
                all
            }
            StmtKind::Imports(imports) => vec![imports],
            _ => Vec::new(),
        }
    }
}

/// The kinds of statement.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// `def name(...): ...`; the name is bound to the function.
    FunctionDef {
        /// Where the function is stored.
        name: Name,
        /// The function.
        function: Arc<Function>,
        /// Decorators (packs only).
        decorators: Vec<Expr>,
    },
    /// `class Name: ...` (packs only).
    ClassDef {
        /// Where the class is stored.
        name: Name,
        /// Methods, properties, annotated fields and the docstring.
        body: Vec<Stmt>,
        /// Decorators.
        decorators: Vec<Expr>,
    },
    /// `return value`.
    Return(Option<Expr>),
    /// `a = b = value`.
    Assign {
        /// Targets, left to right.
        targets: Vec<Expr>,
        /// The value.
        value: Expr,
    },
    /// `target op= value`.
    AugAssign {
        /// Name, attribute or subscript.
        target: Box<Expr>,
        /// The operator.
        op: BinaryOp,
        /// The operand.
        value: Expr,
    },
    /// `target: annotation = value`.
    AnnAssign {
        /// The target.
        target: Expr,
        /// The annotation; evaluated never.
        annotation: Expr,
        /// The value, if given.
        value: Option<Expr>,
    },
    /// `if test: body` with its `elif` as a nested `If` in `orelse`.
    If {
        /// The condition.
        test: Expr,
        /// Taken when truthy.
        body: Vec<Stmt>,
        /// Taken otherwise.
        orelse: Vec<Stmt>,
    },
    /// `for target in iter: body` with its `else`.
    For {
        /// The loop variable(s).
        target: Expr,
        /// What is iterated.
        iter: Expr,
        /// The body.
        body: Vec<Stmt>,
        /// Runs when the loop was not left by `break`.
        orelse: Vec<Stmt>,
    },
    /// `while test: body` with its `else`.
    While {
        /// The condition.
        test: Expr,
        /// The body.
        body: Vec<Stmt>,
        /// Runs when the loop was not left by `break`.
        orelse: Vec<Stmt>,
    },
    /// An expression for its effect.
    Expr(Expr),
    /// `pass` (also `...` alone is an [`StmtKind::Expr`]).
    Pass,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `import a.b as c` and `from a import b as c`, one per bound name.
    Import {
        /// Dotted module name.
        module: Arc<str>,
        /// Member of a `from` import.
        member: Option<Arc<str>>,
        /// Where it is bound.
        target: Name,
    },
    /// Several imports written as one statement.
    Imports(Vec<Stmt>),
    /// `assert test, msg`.
    Assert {
        /// The condition.
        test: Expr,
        /// The message.
        msg: Option<Expr>,
    },
    /// `raise exc from cause`.
    Raise {
        /// Exception class or instance; `None` re-raises.
        exc: Option<Expr>,
        /// Cause; evaluated, not shown.
        cause: Option<Expr>,
    },
    /// `try: … except …: … else: … finally: …`.
    Try {
        /// Guarded statements.
        body: Vec<Stmt>,
        /// Handlers, in order.
        handlers: Vec<Handler>,
        /// Runs when the body did not raise.
        orelse: Vec<Stmt>,
        /// Runs always.
        finalbody: Vec<Stmt>,
    },
    /// `del targets`.
    Delete(Vec<Expr>),
    /// `global a` / `nonlocal a`: resolved at parse time, no effect at run time.
    Scope,
}

/// One `except` clause.
#[derive(Debug, Clone)]
pub struct Handler {
    /// Its id.
    pub id: NodeId,
    /// Its text.
    pub span: Span,
    /// The class or tuple of classes; `None` catches all.
    pub class: Option<Expr>,
    /// Where the exception is bound.
    pub name: Option<Name>,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// A function, lambda or (as its own scope) comprehension body.
#[derive(Debug, Clone)]
pub struct Function {
    /// The name; `<lambda>` for lambdas.
    pub name: Arc<str>,
    /// The node of the definition.
    pub id: NodeId,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// `*args`, if any: where the tuple is stored.
    pub vararg: Option<Name>,
    /// `**kwargs`, if any: where the dict is stored.
    pub kwarg: Option<Name>,
    /// The annotation after `->`.
    pub returns: Option<Expr>,
    /// The statements; a lambda has one [`StmtKind::Return`].
    pub body: Vec<Stmt>,
    /// Number of local slots.
    pub locals: u32,
    /// Names of local slots and cells, for messages.
    pub local_names: Vec<Arc<str>>,
    /// Own captured variables: how many cells this frame creates.
    pub cells: u32,
    /// Free variables: for each, the index of the cell in the *defining* frame.
    pub free: Vec<u32>,
    /// Names of all cells (own, then free), for messages.
    pub cell_names: Vec<Arc<str>>,
    /// Docstring, if the body starts with one.
    pub doc: Option<Arc<str>>,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub struct Param {
    /// Where the argument is stored.
    pub name: Name,
    /// Type annotation, if any.
    pub annotation: Option<Expr>,
    /// Default value, evaluated where the function is defined.
    pub default: Option<Expr>,
    /// Positional-only, either, or keyword-only.
    pub kind: ParamKind,
}

/// How a parameter may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    /// Ordinary.
    Either,
    /// After `*`.
    KeywordOnly,
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its id.
    pub id: NodeId,
    /// Its text.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expression.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A literal.
    Constant(Constant),
    /// A name.
    Name(Name),
    /// `value.attr`.
    Attribute {
        /// The object.
        value: Box<Expr>,
        /// The attribute.
        attr: Arc<str>,
    },
    /// `value[index]`.
    Subscript {
        /// The container.
        value: Box<Expr>,
        /// Index, key or [`ExprKind::Slice`].
        index: Box<Expr>,
    },
    /// `lower:upper:step` inside a subscript.
    Slice {
        /// Start.
        lower: Option<Box<Expr>>,
        /// Stop.
        upper: Option<Box<Expr>>,
        /// Step.
        step: Option<Box<Expr>>,
    },
    /// `func(args, name=value)`.
    Call {
        /// What is called.
        func: Box<Expr>,
        /// Positional arguments; [`ExprKind::Starred`] unpacks.
        args: Vec<Expr>,
        /// Keyword arguments; a `None` name is `**value`.
        keywords: Vec<(Option<Arc<str>>, Expr)>,
    },
    /// `*value` in a call, a display or a target.
    Starred(Box<Expr>),
    /// `not`, `-`, `+`, `~`.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// Arithmetic and bit operators.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `a and b and c` / `a or b`.
    Bool {
        /// True for `and`.
        and: bool,
        /// Operands, two or more.
        values: Vec<Expr>,
    },
    /// `a < b <= c`.
    Compare {
        /// First operand.
        left: Box<Expr>,
        /// Operators, one per comparator.
        ops: Vec<CompareOp>,
        /// Further operands.
        comparators: Vec<Expr>,
    },
    /// `body if test else orelse`.
    IfExp {
        /// Condition.
        test: Box<Expr>,
        /// When truthy.
        body: Box<Expr>,
        /// Otherwise.
        orelse: Box<Expr>,
    },
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `{a, b}`.
    Set(Vec<Expr>),
    /// `{k: v, **d}`; a `None` key unpacks.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// List, set, dict comprehension or generator expression. It is its own scope: `function`'s
    /// frame holds the loop variables; the first `iter` is evaluated in the enclosing frame.
    Comprehension(Box<Comprehension>),
    /// `lambda params: body`.
    Lambda(Arc<Function>),
    /// f-string (implicit concatenation already joined).
    FString(Vec<FStringPart>),
    /// `name := value`.
    Walrus {
        /// Where it is stored.
        name: Name,
        /// The value.
        value: Box<Expr>,
    },
}

/// A comprehension or generator expression.
#[derive(Debug, Clone)]
pub struct Comprehension {
    /// What it builds.
    pub kind: ComprehensionKind,
    /// Element (key, for a dict).
    pub element: Expr,
    /// Value, for a dict.
    pub value: Option<Expr>,
    /// `for … in … if …` clauses, outermost first; at least one.
    pub clauses: Vec<Clause>,
    /// Scope of the loop variables: slots, cells and free variables (its `body` is empty).
    pub scope: Arc<Function>,
}

/// What a comprehension builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// `[…]`
    List,
    /// `{…}`
    Set,
    /// `{k: v …}`
    Dict,
    /// `(…)`: lazy
    Generator,
}

/// One `for target in iter if cond …` of a comprehension.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Loop variable(s).
    pub target: Expr,
    /// What is iterated.
    pub iter: Expr,
    /// Filters.
    pub conditions: Vec<Expr>,
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits in 64 bits.
    Int(i64),
    /// A larger integer, in decimal.
    BigInt(Arc<str>),
    /// A float.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// `...`
    Ellipsis,
}

/// Piece of an f-string.
#[derive(Debug, Clone)]
pub enum FStringPart {
    /// Text.
    Literal(Arc<str>),
    /// `{value!conversion:spec}`
    Value {
        /// The expression.
        value: Box<Expr>,
        /// `{x=}`: the text shown before the value.
        debug: Option<Arc<str>>,
        /// `!r`, `!s`, `!a`.
        conversion: Option<char>,
        /// Format specification, itself possibly with values.
        spec: Vec<FStringPart>,
    },
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Neg,
    /// `+`
    Pos,
    /// `~`
    Invert,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    BitAnd,
    BitOr,
    BitXor,
    MatMul,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    In,
    NotIn,
    Is,
    IsNot,
}

impl Module {
    /// Text of a node.
    pub fn text(&self, span: Span) -> &str {
        &self.source[span.start as usize..span.end as usize]
    }

    /// 1-based line and column (in characters) of a byte offset.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let before = &self.source[..offset as usize];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
        (line, column)
    }
}
