//! A trace as text, for people.

use super::{EventId, EventKind, Trace, TraceValue};
use crate::ast::Module;
use crate::pack::Pack;
use crate::tool::{Answer, Arg};
use std::fmt::Write;

/// Longest piece of source or value shown.
const SHOWN: usize = 60;

impl Trace {
    /// The trace as indented text, one event a line: number, what happened, source, value, inputs
    /// (`<-`) and control (`^`). Events within pack calls are indented; the requests follow.
    pub fn render(&self, program: &Module, pack: &Pack) -> String {
        let mut out = String::new();
        for i in 0..self.events.len() {
            let id = EventId(i as u32);
            self.render_event(id, program, pack, &mut out);
        }
        for (i, recorded) in self.answers.iter().enumerate() {
            let request = &recorded.request;
            let mut args = vec![format!("{:?}", <[f64; 4]>::from(request.region))];
            args.extend(
                request
                    .args
                    .iter()
                    .map(|(name, arg)| format!("{name}={}", show_arg(arg))),
            );
            // Writing to a string does not fail, here and below.
            let _ = writeln!(
                out,
                "answer {i}: {}({}) = {}",
                request.tool,
                args.join(", "),
                show_answer(&recorded.answer)
            );
        }
        out
    }

    fn render_event(&self, id: EventId, program: &Module, pack: &Pack, out: &mut String) {
        let event = self.event(id);
        let _ = write!(out, "{:>4} ", id.0);
        let mut within = event.within;
        while within != 0 {
            out.push_str("  ");
            let call = &self.pack_calls[within as usize - 1];
            // The call's own events began under its caller.
            within = match self.events.get(call.events.0 as usize) {
                Some(first) if first.within < within => first.within,
                _ => call_parent(self, within),
            };
        }
        out.push_str(&self.kind(id, pack));
        if event.kind != EventKind::Start {
            let module = if event.node.pack {
                &pack.module
            } else {
                program
            };
            let span = module.spans[event.node.node as usize];
            let (line, _) = module.line_column(span.start);
            let text = module.text(span);
            let origin = if event.node.pack { "pack:" } else { "" };
            let _ = write!(out, " {origin}{line} `{}`", first_line(text));
        }
        let value = self.show(&event.value, 0);
        if !matches!(
            event.kind,
            EventKind::Start
                | EventKind::Branch { .. }
                | EventKind::Loop
                | EventKind::LoopEnd
                | EventKind::Mutate
                | EventKind::TryEnd
                | EventKind::Enter
        ) {
            let _ = write!(out, " = {value}");
        }
        let inputs = self.inputs_of(id);
        if !inputs.is_empty() {
            let list: Vec<String> = inputs.iter().map(|e| e.0.to_string()).collect();
            let _ = write!(out, " <- {}", list.join(" "));
        }
        if event.control != EventId::START {
            let _ = write!(out, " ^{}", event.control.0);
        }
        out.push('\n');
    }

    fn kind(&self, id: EventId, pack: &Pack) -> String {
        match self.event(id).kind {
            EventKind::PackCall { call } => {
                let call = &self.pack_calls[call as usize];
                let function = &pack.functions[call.function as usize];
                let args: Vec<String> = call.args.iter().map(|(v, _)| self.show(v, 1)).collect();
                let class = match function.class {
                    Some(class) if function.name != pack.classes[class as usize].name => {
                        format!("{}.", pack.classes[class as usize].name)
                    }
                    _ => String::new(),
                };
                format!("PackCall {class}{}({})", function.name, args.join(", "))
            }
            EventKind::ToolCall { call } => {
                format!("ToolCall answer {}", self.tool_calls[call as usize].answer)
            }
            EventKind::Branch { taken } => format!("Branch {taken}"),
            EventKind::Iteration { index } => format!("Iteration {index}"),
            other => format!("{other:?}"),
        }
    }

    /// A value as text.
    pub(crate) fn show(&self, value: &TraceValue, depth: u32) -> String {
        let text = match value {
            TraceValue::None => "None".to_owned(),
            TraceValue::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
            TraceValue::Int(i) => i.to_string(),
            TraceValue::BigInt(digits) => digits.to_string(),
            TraceValue::Float(x) => crate::pytext::float::repr(*x),
            TraceValue::Str(s) => crate::pytext::repr::repr(s),
            TraceValue::Object(i) => format!("#{i}"),
            TraceValue::Region { image, bbox } => format!("Region({image}, {bbox:?})"),
            TraceValue::Other(name) => format!("<{name}>"),
            TraceValue::Items { type_name, len, .. } if depth > 2 => {
                format!("{type_name}[{len}]")
            }
            TraceValue::Items { type_name, len, .. } => {
                let shown: Vec<String> = self
                    .items_of(value)
                    .iter()
                    .take(8)
                    .map(|(v, e)| format!("{}@{}", self.show(v, depth + 1), e.0))
                    .collect();
                format!("{type_name}[{len}]({})", shown.join(", "))
            }
        };
        if text.chars().count() > SHOWN * 3 {
            let start: String = text.chars().take(SHOWN * 3).collect();
            return format!("{start}…");
        }
        text
    }
}

/// The pack call around a pack call, by its range of events.
fn call_parent(trace: &Trace, within: u32) -> u32 {
    let (start, end) = trace.pack_calls[within as usize - 1].events;
    (1..within)
        .rev()
        .find(|i| {
            let (s, e) = trace.pack_calls[*i as usize - 1].events;
            s <= start && end <= e
        })
        .unwrap_or(0)
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() > SHOWN {
        let start: String = line.chars().take(SHOWN).collect();
        return format!("{start}…");
    }
    line.to_owned()
}

fn show_arg(arg: &Arg) -> String {
    match arg {
        Arg::None => "None".into(),
        Arg::Bool(b) => b.to_string(),
        Arg::Int(i) => i.to_string(),
        Arg::Float(x) => x.to_string(),
        Arg::Str(s) => format!("{s:?}"),
        Arg::List(items) => {
            let items: Vec<String> = items.iter().map(show_arg).collect();
            format!("[{}]", items.join(", "))
        }
        Arg::Region { image, region } => {
            format!("Region({image}, {:?})", <[f64; 4]>::from(*region))
        }
    }
}

fn show_answer(answer: &Answer) -> String {
    match answer {
        Answer::Detections(found) => {
            let found: Vec<String> = found
                .iter()
                .map(|d| format!("{} {:?}", d.label, <[f64; 4]>::from(d.bbox)))
                .collect();
            format!("[{}]", found.join(", "))
        }
        Answer::Text(text) => format!("{text:?}"),
        Answer::Number(x) => x.to_string(),
        Answer::Bool(b) => b.to_string(),
        Answer::Error(message) => format!("error {message:?}"),
    }
}
