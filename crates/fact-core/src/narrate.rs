//! Narration: a run told line by line, as pipelines do that hand a program's trace to a language
//! model for rewriting (Visual Program Distillation, Hu et al., CVPR 2024).
//!
//! It is what rationales are compared with (`docs/styles.md`), so the template is fixed and kept
//! short: one sentence for each executed statement, with its value; loops unrolled; each call of the
//! pack that the program makes, with its arguments and what it gave. What happens inside the pack is
//! not told, nor are operands, comparisons, attributes and elements filtered out, which a trace of
//! lines does not show. Objects go by class and number (`Item 3`), not by their coordinates.
//!
//! The same template tells the run of a whole program (`--concise off`) and that of its residual
//! (`--concise slice`).

use crate::bridge::conclusion;
use crate::matcher::Matcher;
use crate::merge::index::Index;
use crate::rationale::{GroundedBox, Rationale, Step, StepKind};
use fact_lang::ast::{BinaryOp, Expr, ExprKind, Module, NodeId, Span, Stmt, StmtKind};
use fact_lang::pack::{Pack, PackFunctionKind};
use fact_lang::tool::ImageRef;
use fact_lang::trace::{EventId, EventKind, PackCall, Trace, TraceValue};
use std::collections::{BTreeMap, HashMap};

/// Most sentences; a run of more ends with how many were left out.
const SENTENCES: usize = 2_000;
/// Longest piece of source in a sentence, in characters.
const SOURCE: usize = 160;
/// Longest text value in a sentence, in characters.
const TEXT: usize = 160;
/// Elements of a list that are told.
const ELEMENTS: usize = 8;

/// Tells the run of `program`, of which `trace` is the trace. The conclusion is the one that a
/// rationale of the same answer has. Cites are events of this trace.
pub fn narrate(
    program: &Module,
    pack: &Pack,
    trace: &Trace,
    images: &[ImageRef],
    answer: &str,
    matcher: Matcher,
) -> Rationale {
    let narrator = Narrator {
        program,
        pack,
        trace,
        images,
        index: Index::new(program),
        names: names(pack, trace),
        alone: alone(program),
    };
    let mut steps = Vec::new();
    let mut left_out = 0usize;
    let mut latest = Latest::new();
    for (at, event) in trace.events.iter().enumerate() {
        if event.within != 0 || event.node.pack {
            continue;
        }
        if let EventKind::PackCall { call } = event.kind {
            latest.insert(event.node.node, call);
        }
        let id = EventId(at as u32);
        let Some(told) = narrator.event(id, &latest) else {
            continue;
        };
        if steps.len() < SENTENCES {
            steps.push(narrator.step(id, told));
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        steps.push(Step {
            kind: StepKind::Inference,
            text: format!("{left_out} more statements are run."),
            cites: Vec::new(),
            boxes: Vec::new(),
        });
    }
    Rationale {
        steps,
        conclusion: conclusion(answer, matcher, false),
    }
}

/// A sentence, with the values whose objects it names.
struct Told<'t> {
    kind: StepKind,
    text: String,
    values: Vec<&'t TraceValue>,
}

/// The latest call of the pack at each node.
type Latest = HashMap<NodeId, u32>;

/// How an expression that stands alone in its statement is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    /// With its statement: its value is assigned or returned.
    Value,
    /// As its statement: it is run for its effect.
    Effect,
}

struct Narrator<'a> {
    program: &'a Module,
    pack: &'a Pack,
    trace: &'a Trace,
    images: &'a [ImageRef],
    index: Index<'a>,
    /// Object → its name.
    names: BTreeMap<u32, String>,
    /// Calls and attributes that stand alone in a statement.
    alone: HashMap<NodeId, Alone>,
}

impl<'a> Narrator<'a> {
    fn event(&self, id: EventId, latest: &Latest) -> Option<Told<'a>> {
        let event = self.trace.event(id);
        let node = event.node.node;
        let value = &event.value;
        match event.kind {
            EventKind::PackCall { call } if self.alone.get(&node) != Some(&Alone::Value) => {
                let call = &self.trace.pack_calls[call as usize];
                let (said, mut values) = self.call(node, call)?;
                values.push(value);
                Some(Told {
                    kind: StepKind::Evidence,
                    text: format!("{said} is {}.", self.value(value, 0)),
                    values,
                })
            }
            EventKind::Assign => self.assign(id, latest),
            EventKind::Iteration { .. } => {
                let (target, _) = self.index.loop_parts(self.index.loop_at(node)?)?;
                let target = self.source(target.span);
                Some(Told {
                    kind: StepKind::Inference,
                    text: format!("Next, {target} is {}.", self.value(value, 0)),
                    values: vec![value],
                })
            }
            EventKind::Branch { taken } => {
                let (StmtKind::If { test, .. }
                | StmtKind::While { test, .. }
                | StmtKind::Assert { test, .. }) = &self.index.stmt(node)?.kind
                else {
                    return None;
                };
                Some(plain(format!(
                    "The test {} is {taken}.",
                    self.source(test.span)
                )))
            }
            EventKind::Return => match &self.index.stmt(node)?.kind {
                StmtKind::Return(Some(returned)) => {
                    let (kind, said, mut values) = self.expression(returned, value, latest);
                    values.push(value);
                    Some(Told {
                        kind,
                        text: format!("Return {said}."),
                        values,
                    })
                }
                _ => Some(plain("Return.".to_owned())),
            },
            EventKind::Call if self.alone.get(&node) == Some(&Alone::Effect) => {
                let call = self.source(self.index.expr(node)?.span);
                Some(plain(format!("Do {call}.")))
            }
            EventKind::Mutate => match &self.index.stmt(node)?.kind {
                StmtKind::Assign { targets, value } => {
                    let target = self.source(targets.first()?.span);
                    let value = self.source(value.span);
                    Some(plain(format!("Set {target} to {value}.")))
                }
                StmtKind::AugAssign { .. } | StmtKind::Delete(_) => {
                    let span = self.index.stmt(node)?.span;
                    Some(plain(format!("Do {}.", self.source(span))))
                }
                _ => None,
            },
            EventKind::Raise => Some(plain("An exception is raised.".to_owned())),
            EventKind::Catch => Some(plain("The exception is caught.".to_owned())),
            _ => None,
        }
    }

    fn assign(&self, id: EventId, latest: &Latest) -> Option<Told<'a>> {
        let event = self.trace.event(id);
        let value = &event.value;
        // Parameters and loop variables are assigned at nodes that are no statements.
        let statement = self.index.stmt(event.node.node)?;
        let (kind, text, mut values) = match &statement.kind {
            StmtKind::Assign {
                targets,
                value: given,
            } => {
                let targets: Vec<String> = targets.iter().map(|t| self.source(t.span)).collect();
                let (kind, said, values) = self.expression(given, value, latest);
                (
                    kind,
                    format!("{} is {said}.", targets.join(" and ")),
                    values,
                )
            }
            StmtKind::AnnAssign {
                target,
                value: Some(given),
                ..
            } => {
                let (kind, said, values) = self.expression(given, value, latest);
                let target = self.source(target.span);
                (kind, format!("{target} is {said}."), values)
            }
            StmtKind::AugAssign {
                target,
                op,
                value: given,
            } => {
                let (target, given) = (self.source(target.span), self.source(given.span));
                let said = match op {
                    BinaryOp::Add => format!("Adding {given}"),
                    _ => self.source(statement.span),
                };
                let value = self.value(value, 0);
                let text = format!("{said} makes {target} {value}.");
                (StepKind::Inference, text, Vec::new())
            }
            _ => return None,
        };
        values.push(value);
        Some(Told { kind, text, values })
    }

    /// An expression with its value: `a + b, which is 3`, or only the value where the source says it
    /// or where nothing is computed.
    fn expression(
        &self,
        expr: &Expr,
        value: &TraceValue,
        latest: &Latest,
    ) -> (StepKind, String, Vec<&'a TraceValue>) {
        let shown = self.value(value, 0);
        if matches!(expr.kind, ExprKind::Constant(_)) {
            return (StepKind::Inference, shown, Vec::new());
        }
        let called = latest.get(&expr.id);
        let called = called.and_then(|call| self.trace.pack_calls.get(*call as usize));
        let call = called.and_then(|call| self.call(expr.id, call));
        let kind = match call {
            Some(_) => StepKind::Evidence,
            None => StepKind::Inference,
        };
        let (said, values) = call.unwrap_or_else(|| (self.source(expr.span), Vec::new()));
        match said == shown {
            true => (kind, shown, values),
            false => (kind, format!("{said}, which is {shown}"), values),
        }
    }

    /// A call of the pack with the values of what it was given: `Box 1.count("circle")`.
    fn call(&self, node: NodeId, call: &'a PackCall) -> Option<(String, Vec<&'a TraceValue>)> {
        let function = self.pack.functions.get(call.function as usize)?;
        let expr = self.index.expr(node)?;
        let source = || (self.source(expr.span), Vec::new());
        let member = matches!(
            function.kind,
            PackFunctionKind::Method | PackFunctionKind::Property
        );
        let mut values: Vec<&TraceValue> = call.args.iter().map(|(value, _)| value).collect();
        let receiver = match member {
            true if values.is_empty() => return Some(source()),
            true => format!("{}.", self.value(values[0], 0)),
            false => String::new(),
        };
        let ExprKind::Call { args, keywords, .. } = &expr.kind else {
            values.truncate(1);
            return Some((format!("{receiver}{}", function.name), values));
        };
        // Arguments that unpack, and constructors, are told as they are written.
        let simple = keywords.is_empty()
            && !args.iter().any(|a| matches!(a.kind, ExprKind::Starred(_)))
            && (member || function.class.is_none());
        if !simple {
            return Some(source());
        }
        values.truncate(usize::from(member) + args.len());
        let given = values.iter().skip(usize::from(member));
        let given: Vec<String> = given.map(|value| self.value(value, 0)).collect();
        let said = format!("{receiver}{}({})", function.name, given.join(", "));
        Some((said, values))
    }

    /// A value in words.
    fn value(&self, value: &TraceValue, nested: usize) -> String {
        match value {
            TraceValue::None => "nothing".to_owned(),
            TraceValue::Bool(truth) => truth.to_string(),
            TraceValue::Int(number) => number.to_string(),
            TraceValue::BigInt(digits) => cut(digits, TEXT),
            TraceValue::Float(number) => number.to_string(),
            TraceValue::Str(text) => format!("\"{}\"", cut(text, TEXT)),
            TraceValue::Object(object) => match self.names.get(object) {
                Some(name) => name.clone(),
                None => "an object".to_owned(),
            },
            TraceValue::Region { .. } => "a region".to_owned(),
            TraceValue::Other(name) => name.to_string(),
            TraceValue::Items { type_name, len, .. } => {
                let items = self.trace.items_of(value);
                if *len == 0 {
                    return "empty".to_owned();
                }
                if nested > 1 || items.is_empty() {
                    return format!("a {type_name} of {len}");
                }
                let shown = items.iter().take(ELEMENTS);
                let mut shown: Vec<String> = shown
                    .map(|(item, _)| self.value(item, nested + 1))
                    .collect();
                let more = (*len as usize).saturating_sub(shown.len());
                if more > 0 {
                    shown.push(format!("{more} more"));
                }
                crate::english::join_and(&shown)
            }
        }
    }

    fn source(&self, span: Span) -> String {
        let text = self.program.text(span);
        let words: Vec<&str> = text.split_whitespace().collect();
        cut(&words.join(" "), SOURCE)
    }

    fn step(&self, id: EventId, told: Told<'_>) -> Step {
        let mut boxes: Vec<GroundedBox> = Vec::new();
        let mut values = told.values;
        let mut at = 0;
        while let Some(value) = values.get(at).copied() {
            at += 1;
            match value {
                TraceValue::Object(object) => {
                    let named = self.grounded(*object);
                    boxes.extend(named.filter(|b| !boxes.iter().any(|known| known.name == b.name)));
                }
                TraceValue::Items { .. } => {
                    let items = self.trace.items_of(value).iter().take(ELEMENTS);
                    let objects = items.map(|(item, _)| item);
                    values.extend(objects.filter(|item| matches!(item, TraceValue::Object(_))));
                }
                _ => {}
            }
        }
        Step {
            kind: told.kind,
            text: told.text,
            cites: vec![id.0],
            boxes,
        }
    }

    /// The box of an object, unless it is a whole image.
    fn grounded(&self, object: u32) -> Option<GroundedBox> {
        let record = self.trace.objects.get(object as usize)?;
        let (image, bbox) = record.fields.iter().find_map(|(_, value, _)| match value {
            TraceValue::Region { image, bbox } => Some((*image as usize, *bbox)),
            _ => None,
        })?;
        let whole = self
            .images
            .get(image)
            .is_some_and(|size| bbox == [0.0, 0.0, f64::from(size.width), f64::from(size.height)]);
        (!whole).then(|| GroundedBox {
            name: self.names.get(&object).cloned().unwrap_or_default(),
            image,
            bbox,
        })
    }
}

fn plain(text: String) -> Told<'static> {
    Told {
        kind: StepKind::Inference,
        text,
        values: Vec::new(),
    }
}

/// Objects by class and number, in the order in which they were made.
fn names(pack: &Pack, trace: &Trace) -> BTreeMap<u32, String> {
    let mut made: BTreeMap<u32, usize> = BTreeMap::new();
    let objects = (0u32..).zip(&trace.objects);
    objects
        .map(|(object, record)| {
            let number = made.entry(record.class).or_default();
            *number += 1;
            let class = pack.classes.get(record.class as usize);
            let class = class.map_or("Object", |class| &*class.name);
            (object, format!("{class} {number}"))
        })
        .collect()
}

/// The calls and attributes that stand alone in a statement.
fn alone(program: &Module) -> HashMap<NodeId, Alone> {
    fn block(body: &[Stmt], found: &mut HashMap<NodeId, Alone>) {
        for stmt in body {
            let whole = match &stmt.kind {
                StmtKind::Assign { value, .. }
                | StmtKind::AnnAssign {
                    value: Some(value), ..
                }
                | StmtKind::Return(Some(value)) => Some((value, Alone::Value)),
                StmtKind::Expr(value) => Some((value, Alone::Effect)),
                _ => None,
            };
            if let Some((expr, how)) = whole
                && matches!(
                    expr.kind,
                    ExprKind::Call { .. } | ExprKind::Attribute { .. }
                )
            {
                found.insert(expr.id, how);
            }
            for inner in crate::slice::blocks(stmt) {
                block(inner, found);
            }
        }
    }
    let mut found = HashMap::new();
    block(&program.body, &mut found);
    found
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
