//! A trace as lines of text: what the program itself did, one line an event.

use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::trace::{Event, EventId, EventKind, Trace, TraceValue};
use std::fmt::Write;

/// Elements of a list that are shown.
const ELEMENTS: usize = 6;
/// Longest text of a node, in characters.
const NODE_WIDTH: usize = 60;
/// Longest text of a value, in characters.
const VALUE_WIDTH: usize = 100;

/// Renders at most `most` events of `program` (not those within the pack): event id, a mark if
/// the result depends on it, line, what the source says there, and its value. Indented by the
/// branches and iterations around it.
pub fn trace_text(trace: &Trace, program: &Module, pack: &Pack, most: usize) -> String {
    let used = match trace.result {
        Some(result) => trace.closure([result]),
        None => vec![false; trace.events.len()],
    };
    let mut out = String::new();
    let mut depths = vec![0usize; trace.events.len()];
    let mut shown = 0;
    let mut left_out = 0;
    for (index, event) in trace.events.iter().enumerate() {
        let id = EventId(index as u32);
        depths[index] = depth(trace, &depths, event);
        let Some((line, what)) = event_text(trace, program, pack, id) else {
            continue;
        };
        if shown == most {
            left_out += 1;
            continue;
        }
        shown += 1;
        let mark = if used[index] { '|' } else { ' ' };
        let indent = "  ".repeat(depths[index]);
        let _ = writeln!(out, "  {mark} {index:>5}  line {line:<3} {indent}{what}");
    }
    if left_out > 0 {
        let _ = writeln!(out, "    … and {left_out} more events");
    }
    out
}

/// What the program itself did in an event: line, and what the source says there with the value. `None`
/// for what happened in the pack, and for events that only carry dependence.
pub fn event_text(
    trace: &Trace,
    program: &Module,
    pack: &Pack,
    id: EventId,
) -> Option<(u32, String)> {
    let event = trace.event(id);
    if event.within != 0 || event.node.pack || !is_shown(event.kind) {
        return None;
    }
    let span = trace.span(id, program);
    let source = header(program.text(span));
    // Inputs become objects of the pack before the function begins, which in a program of steps has
    // no text.
    if (source.is_empty() || source.starts_with("def ")) && event.kind != EventKind::Input {
        return None;
    }
    let (line, _) = program.line_column(span.start);
    Some((line, describe(trace, pack, event, &source)))
}

/// The first line of a node's text; of a compound statement, what stands before its body.
fn header(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let line = line.trim_end().trim_end_matches(':');
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    crate::terminal::cut(&crate::terminal::one_line(&line), NODE_WIDTH).into_owned()
}

fn is_shown(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Start
            | EventKind::Phi
            | EventKind::Operator
            | EventKind::Build
            | EventKind::Enter
    )
}

/// Branches and iterations around an event.
fn depth(trace: &Trace, depths: &[usize], event: &Event) -> usize {
    let control = event.control.index();
    if control == 0 || control >= depths.len() {
        return 0;
    }
    let opens = matches!(
        trace.events[control].kind,
        EventKind::Branch { .. } | EventKind::Iteration { .. }
    );
    depths[control] + usize::from(opens)
}

fn describe(trace: &Trace, pack: &Pack, event: &Event, source: &str) -> String {
    let value = value_text(trace, pack, &event.value);
    match event.kind {
        EventKind::Input => format!("input {value}"),
        EventKind::Assign => format!("{source}  → {value}"),
        EventKind::Branch { taken } => {
            let taken = if taken { "yes" } else { "no" };
            format!("{source}  → {taken}")
        }
        EventKind::Loop => source.to_owned(),
        EventKind::Iteration { index } => format!("iteration {}: {value}", index + 1),
        EventKind::LoopEnd => "end of loop".into(),
        EventKind::Return => format!("return {value}"),
        EventKind::Raise => format!("raise {source}"),
        EventKind::TryEnd => "no exception".into(),
        EventKind::Catch => format!("except {source}"),
        _ => format!("{source} = {value}"),
    }
}

/// A value in a few words.
pub fn value_text(trace: &Trace, pack: &Pack, value: &TraceValue) -> String {
    let mut out = String::new();
    write_value(&mut out, trace, pack, value, 0);
    crate::terminal::cut(&crate::terminal::one_line(&out), VALUE_WIDTH).into_owned()
}

fn write_value(out: &mut String, trace: &Trace, pack: &Pack, value: &TraceValue, nested: usize) {
    // Writing to a string cannot fail.
    let _ = match value {
        TraceValue::None => write!(out, "None"),
        TraceValue::Bool(true) => write!(out, "True"),
        TraceValue::Bool(false) => write!(out, "False"),
        TraceValue::Int(n) => write!(out, "{n}"),
        TraceValue::BigInt(n) => write!(out, "{n}"),
        TraceValue::Float(x) => write!(out, "{x:?}"),
        TraceValue::Str(text) => write!(out, "{text:?}"),
        TraceValue::Other(name) => write!(out, "<{name}>"),
        TraceValue::Region { bbox, .. } => {
            let [left, top, right, bottom] = bbox.map(f64::round);
            write!(out, "[{left},{top},{right},{bottom}]")
        }
        TraceValue::Object(index) => {
            write_object(out, trace, pack, *index as usize, nested);
            Ok(())
        }
        TraceValue::Items { type_name, len, .. } => {
            let items = trace.items_of(value);
            let _ = match *type_name {
                "list" => write!(out, "["),
                "tuple" => write!(out, "("),
                other => write!(out, "{other}["),
            };
            let shown = if nested > 1 {
                0
            } else {
                ELEMENTS.min(items.len())
            };
            for (i, (item, _)) in items[..shown].iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_value(out, trace, pack, item, nested + 1);
            }
            if shown < *len as usize {
                let comma = if shown > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}… {len} in all");
            }
            write!(out, "{}", if *type_name == "tuple" { ')' } else { ']' })
        }
    };
}

/// An object by its class and its public plain fields.
fn write_object(out: &mut String, trace: &Trace, pack: &Pack, index: usize, nested: usize) {
    let Some(object) = trace.objects.get(index) else {
        out.push_str("<object>");
        return;
    };
    let class = pack.classes.get(object.class as usize);
    let _ = write!(out, "{}#{index}", class.map_or("object", |c| &*c.name));
    if nested > 1 {
        return;
    }
    let plain: Vec<String> = object
        .fields
        .iter()
        .filter(|(name, ..)| !name.starts_with('_'))
        .filter_map(|(name, value, _)| match value {
            TraceValue::Str(text) => Some(text.to_string()),
            TraceValue::Int(n) => Some(format!("{name} {n}")),
            _ => None,
        })
        .collect();
    if !plain.is_empty() {
        let _ = write!(out, " ({})", plain.join(" "));
    }
}
