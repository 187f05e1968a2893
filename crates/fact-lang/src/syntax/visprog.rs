//! VisProg's step programs → [`crate::ast`].
//!
//! ```text
//! BOX0=LOC(image=IMAGE,object='dog')
//! ANSWER0=COUNT(box=BOX0)
//! ANSWER1=EVAL(expr="'yes' if {ANSWER0} > 0 else 'no'")
//! FINAL_RESULT=RESULT(var=ANSWER1)
//! ```
//!
//! A program becomes the body of one function, a step one statement, so that running, tracing,
//! slicing and explaining know nothing of steps. A step calls the pack's function of its name;
//! three steps are the language's own: `COUNT` is `len`, `EVAL` is its expression, `RESULT` is
//! `return`. Spans point into the text of the steps. `eval` reads expressions.
//!
//! VisProg (Gupta and Kembhavi, *Visual Programming*, CVPR 2023) puts the values of variables into
//! the text of an expression and evaluates that. Here `{NAME}` is a reference: no text that a model
//! wrote or perception answered is ever parsed as code. `docs/visprog.md` lists what differs.

mod eval;

use super::{MAX_PROGRAM_BYTES, Refusal, SyntaxError, SyntaxErrorKind, placed, span};
use crate::ast::{FrontEnd, Module, Span};
use crate::pack::Pack;
use eval::Evaluated;
use ruff_python_ast as py;
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::collections::HashMap;

/// Names that the front end uses itself.
const RESERVED: &[&str] = &["len", "eval_value", "eval_text", "LOC_REGION", Pack::ENTRY];
/// What `LOC` takes for a part of the image instead of an object.
const PARTS: &[&str] = &["TOP", "BOTTOM", "LEFT", "RIGHT"];

/// Steps of VisProg and its kin that are not offered, with the reason.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["TAG", "REPLACE", "COLORPOP", "BGBLUR", "EMOJI"],
        "it edits the image and answers no question",
    ),
    (
        &["SEG", "SEGS", "PART"],
        "it divides the image into segments, which no perception of Fact does",
    ),
    (
        &["FIND", "GET", "GET_AFTER", "GET_BETWEEN", "ALIGN", "LENGTH"],
        "it is a step of another dialect",
    ),
    (
        &[
            "CLIP",
            "CLIP_BEFORE",
            "CLIP_AFTER",
            "CLIP_AROUND",
            "CLIP_BETWEEN",
            "VIDQA",
            "VLM",
            "CAP",
            "FLAG",
        ],
        "it is about video",
    ),
    (
        &["NAVIGATE", "LOCATE", "MEASURE", "STOP"],
        "it moves a robot",
    ),
];

type Read<T> = Result<T, Refusal>;

fn refuse<T>(range: TextRange, message: impl Into<String>) -> Read<T> {
    Err(Refusal::new(SyntaxErrorKind::Invalid, span(range), message))
}

/// Parses a step program against the steps of a pack.
///
/// # Errors
/// A line is no step; a step, argument or variable is unknown, missing or given twice; an
/// expression does not parse; there is no `RESULT` at the end; the text is too large.
pub fn parse(source: &str, pack: &Pack) -> Result<Module, SyntaxError> {
    placed(source, read(source, pack))
}

fn read(source: &str, pack: &Pack) -> Read<Module> {
    let suite = super::suite(source, MAX_PROGRAM_BYTES)?;
    let mut reader = Reader {
        source,
        pack,
        shadow: source.to_owned(),
        inputs: Vec::new(),
        variables: HashMap::new(),
    };
    let mut body = Vec::with_capacity(suite.len());
    let mut end = None;
    for stmt in suite {
        if let Some(result) = end {
            return refuse(result, "RESULT is the last step");
        }
        let range = stmt.range();
        let stmt = reader.step(stmt)?;
        if stmt.is_return_stmt() {
            end = Some(range);
        }
        body.push(stmt);
    }
    if end.is_none() {
        let end = TextSize::try_from(source.trim_end().len()).unwrap_or_default();
        let message = "the program does not end with RESULT(var=…)";
        return refuse(TextRange::empty(end), message);
    }
    let function = reader.function(body)?;
    let suite = [function];
    let scopes = super::scope::resolve(&suite)?;
    let mut module = super::lower::lower(source, &suite, scopes, false)?;
    module.front_end = FrontEnd::VisProg;
    Ok(module)
}

/// What a step gave a name to.
struct Variable {
    /// Line of the step, from 1.
    line: usize,
    /// Whether its value is no text, so that EVAL takes it as it is.
    plain: bool,
}

struct Reader<'a> {
    source: &'a str,
    pack: &'a Pack,
    /// The source with every expression in Python's spelling, byte for byte in place.
    shadow: String,
    /// Inputs of the program in the order of their use.
    inputs: Vec<&'a str>,
    variables: HashMap<&'a str, Variable>,
}

impl<'a> Reader<'a> {
    fn line(&self, at: TextSize) -> usize {
        self.source[..at.to_usize()].matches('\n').count() + 1
    }

    fn text(&self, range: TextRange) -> &'a str {
        &self.source[range]
    }

    /// `NAME=STEP(argument=value, …)`.
    fn step(&mut self, stmt: py::Stmt) -> Read<py::Stmt> {
        let range = stmt.range();
        let form = "a step is NAME=STEP(argument=value, …), on one line";
        let line_start = self.source[..range.start().to_usize()]
            .rfind('\n')
            .map_or(0, |n| n + 1);
        let alone = self.source[line_start..range.start().to_usize()].is_empty()
            && !self.text(range).contains('\n');
        let py::Stmt::Assign(mut assign) = stmt else {
            return refuse(range, form);
        };
        let ([py::Expr::Name(target)], py::Expr::Call(call), true) =
            (assign.targets.as_slice(), &mut *assign.value, alone)
        else {
            return refuse(range, form);
        };
        let name = self.text(target.range);
        let py::Expr::Name(step) = &*call.func else {
            return refuse(call.func.range(), form);
        };
        let (step, step_range) = (self.text(step.range), step.range);
        let arguments = self.arguments(step, call)?;
        let stmt = match (step, arguments) {
            ("RESULT", Arguments::One(value)) => py::Stmt::Return(py::StmtReturn {
                node_index: py::AtomicNodeIndex::NONE,
                range,
                value: Some(Box::new(value)),
            }),
            ("EVAL", Arguments::Expression(evaluated)) => {
                self.assigned(name, target.range, evaluated.plain)?;
                *assign.value = evaluated.expr;
                py::Stmt::Assign(assign)
            }
            ("COUNT", Arguments::One(value)) => {
                self.assigned(name, target.range, true)?;
                call.arguments.keywords = Default::default();
                call.arguments.args = [value].into();
                self.rename(&mut call.func, "len", step_range);
                py::Stmt::Assign(assign)
            }
            (_, arguments) => {
                self.assigned(name, target.range, false)?;
                if matches!(arguments, Arguments::Part) {
                    self.rename(&mut call.func, "LOC_REGION", step_range);
                }
                py::Stmt::Assign(assign)
            }
        };
        Ok(stmt)
    }

    fn rename(&self, expr: &mut py::Expr, name: &str, range: TextRange) {
        *expr = py::Expr::Name(py::ExprName {
            node_index: py::AtomicNodeIndex::NONE,
            range,
            id: py::name::Name::new(name),
            ctx: py::ExprContext::Load,
        });
    }

    /// Gives a name to the value of a step.
    fn assigned(&mut self, name: &'a str, range: TextRange, plain: bool) -> Read<()> {
        if let Some(before) = self.variables.get(name) {
            let message = format!("`{name}` is assigned in line {} already", before.line);
            return refuse(range, message);
        }
        if self.pack.takes(name) {
            return refuse(range, format!("`{name}` is an input"));
        }
        let step = RESERVED.contains(&name) || self.is_step(name);
        if step || name.starts_with('_') {
            return refuse(range, format!("`{name}` cannot be the name of a variable"));
        }
        let line = self.line(range.start());
        self.variables.insert(name, Variable { line, plain });
        Ok(())
    }

    fn is_step(&self, name: &str) -> bool {
        ["COUNT", "EVAL", "RESULT"].contains(&name) || self.pack.free_function(name).is_some()
    }

    /// Whether a variable is known; an input becomes one when it is used.
    fn known(&mut self, name: &'a str) -> Option<bool> {
        if let Some(variable) = self.variables.get(name) {
            return Some(variable.plain);
        }
        if !self.pack.takes(name) {
            return None;
        }
        if !self.inputs.contains(&name) {
            self.inputs.push(name);
        }
        Some(true)
    }

    /// Checks the arguments of a step against its parameters.
    fn arguments(&mut self, step: &str, call: &py::ExprCall) -> Read<Arguments> {
        let required: Vec<(&str, bool)> = match step {
            "COUNT" => vec![("box", true)],
            "EVAL" => vec![("expr", true)],
            "RESULT" => vec![("var", true)],
            _ => match self.pack.free_function(step) {
                Some(function) if !RESERVED.contains(&step) => {
                    let params = function.params.iter();
                    params.map(|p| (&*p.name.id, p.default.is_none())).collect()
                }
                _ => return unknown_step(step, call.func.range()),
            },
        };
        let range = call.arguments.range;
        if let Some(positional) = call.arguments.args.first() {
            return refuse(positional.range(), "arguments are given by name");
        }
        let mut given: Vec<&str> = Vec::new();
        let mut out = Arguments::Checked;
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else {
                return refuse(keyword.range, "arguments are given by name");
            };
            if !required.iter().any(|(r, _)| *r == name.as_str()) {
                let known: Vec<&str> = required.iter().map(|(r, _)| *r).collect();
                let message = format!(
                    "{step} has no argument `{}`; it takes {}",
                    name.as_str(),
                    known.join(", ")
                );
                return refuse(name.range, message);
            }
            if given.contains(&name.as_str()) {
                let message = format!("the argument `{}` is given twice", name.as_str());
                return refuse(name.range, message);
            }
            given.push(name.as_str());
            out = self.argument(step, name, &keyword.value, out)?;
        }
        let missing = required
            .iter()
            .find(|(name, needed)| *needed && !given.contains(name));
        match missing {
            Some((name, _)) => refuse(range, format!("{step} lacks the argument `{name}`")),
            None => Ok(out),
        }
    }

    fn argument(
        &mut self,
        step: &str,
        name: &str,
        value: &py::Expr,
        before: Arguments,
    ) -> Read<Arguments> {
        let range = value.range();
        if step == "EVAL" {
            let py::Expr::StringLiteral(literal) = value else {
                return refuse(range, "the expression of EVAL is a text in quotes");
            };
            return Ok(Arguments::Expression(self.evaluate(literal)?));
        }
        match value {
            py::Expr::Name(variable) => {
                let variable = self.text(variable.range);
                if self.known(variable).is_none() {
                    return refuse(range, unknown_variable(variable));
                }
                if ["COUNT", "RESULT"].contains(&step) {
                    return Ok(Arguments::One(value.clone()));
                }
                Ok(before)
            }
            _ if ["COUNT", "RESULT"].contains(&step) => {
                refuse(range, format!("{step} takes a variable"))
            }
            py::Expr::StringLiteral(text) => {
                let part = step == "LOC"
                    && name == "object"
                    && PARTS.contains(&text.value.to_str())
                    && self.pack.free_function("LOC_REGION").is_some();
                Ok(if part { Arguments::Part } else { before })
            }
            py::Expr::NumberLiteral(_) | py::Expr::NoneLiteral(_) | py::Expr::BooleanLiteral(_) => {
                Ok(before)
            }
            py::Expr::List(list) if list.elts.iter().all(py::Expr::is_string_literal_expr) => {
                Ok(before)
            }
            _ => refuse(
                range,
                "an argument is a variable, a text, a number or a list of texts; EVAL computes",
            ),
        }
    }

    /// The function that the steps are the body of.
    fn function(&self, body: Vec<py::Stmt>) -> Read<py::Stmt> {
        let header = format!("def {}({}): pass", Pack::ENTRY, self.inputs.join(", "));
        let parsed = ruff_python_parser::parse_module(&header).map(|m| m.into_suite());
        let stmt = parsed.ok().and_then(|suite| suite.into_iter().next());
        // The function has no text of its own.
        let range =
            TextRange::empty(TextSize::try_from(self.source.trim_end().len()).unwrap_or_default());
        match stmt {
            Some(py::Stmt::FunctionDef(mut function)) => {
                function.range = range;
                function.body = body.into_iter().collect();
                Ok(py::Stmt::FunctionDef(function))
            }
            // Inputs are names of parameters of the pack, so the header parses.
            _ => refuse(range, "the inputs of the program are no names"),
        }
    }
}

/// Arguments of a step that are right.
enum Arguments {
    /// Nothing to say of them.
    Checked,
    /// The object of `LOC` is a part of the image.
    Part,
    /// The one argument of a step of the language's own.
    One(py::Expr),
    /// The expression of `EVAL`.
    Expression(Evaluated),
}

fn unknown_variable(name: &str) -> String {
    format!("unknown variable `{name}`: no earlier step gives it a value")
}

fn unknown_step<T>(step: &str, range: TextRange) -> Read<T> {
    let refused = REFUSED.iter().find(|(names, _)| names.contains(&step));
    Err(match refused {
        Some((_, reason)) => Refusal::new(
            SyntaxErrorKind::UnsupportedSyntax,
            span(range),
            format!("the step `{step}` is not supported: {reason}"),
        ),
        None => Refusal::new(
            SyntaxErrorKind::Invalid,
            span(range),
            format!("unknown step `{step}`"),
        ),
    })
}

/// Where something is, from its place in a text that starts at `start`.
fn within(start: TextSize, from: usize, to: usize) -> TextRange {
    let size = |n: usize| TextSize::try_from(n).unwrap_or_default();
    TextRange::new(start + size(from), start + size(to))
}

fn deep(refusal: Refusal, range: TextRange) -> Refusal {
    // The scan does not know where the text it saw lies.
    let whole = refusal.kind == SyntaxErrorKind::TooDeep;
    let span: Span = if whole { span(range) } else { refusal.span };
    Refusal { span, ..refusal }
}
