//! A trace as JSON: `docs/formats.md`, "Traces".

use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use serde_json::{Map, Value, json};

/// How deep containers are shown; a list may hold itself.
const DEPTH: usize = 4;
/// How many elements of containers are shown of one value: a list of a list of a list that stands
/// in each of them many times is small in the interpreter, but not as text.
const SHOWN_OF_VALUE: usize = 256;
/// How many are shown in one trace.
const SHOWN_IN_ALL: usize = 1 << 20;

/// All events, in order.
pub(super) fn trace_json(trace: &Trace, program: &Module, pack: &Pack) -> Value {
    let used = match trace.result {
        Some(result) => trace.closure([result]),
        None => vec![false; trace.events.len()],
    };
    let mut left = SHOWN_IN_ALL;
    let events = trace.events.iter().enumerate().map(|(i, event)| {
        let id = EventId(i as u32);
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        put("kind", kind(event.kind).into());
        detail(trace, pack, event.kind, &mut put);
        if event.node.pack || event.within != 0 {
            put("pack", true.into());
        }
        if !event.node.pack && id != EventId::START {
            let span = trace.span(id, program);
            put("span", json!([span.start, span.end]));
        }
        put("inputs", json!(trace.inputs_of(id)));
        put("control", json!(event.control));
        let mut room = SHOWN_OF_VALUE.min(left);
        left -= room;
        put("value", value(trace, pack, &event.value, DEPTH, &mut room));
        left += room;
        put("used", used[i].into());
        Value::Object(out)
    });
    json!({ "events": events.collect::<Vec<_>>(), "result": trace.result })
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Start => "start",
        EventKind::Input => "input",
        EventKind::Assign => "assign",
        EventKind::Operator => "operator",
        EventKind::Compare => "compare",
        EventKind::Bool => "bool",
        EventKind::Call => "call",
        EventKind::PackCall { .. } => "pack_call",
        EventKind::ToolCall { .. } => "tool_call",
        EventKind::Enter => "enter",
        EventKind::Attribute => "attribute",
        EventKind::Subscript => "subscript",
        EventKind::Build => "build",
        EventKind::Branch { .. } => "branch",
        EventKind::Loop => "loop",
        EventKind::Iteration { .. } => "iteration",
        EventKind::LoopEnd => "loop_end",
        EventKind::Mutate => "mutate",
        EventKind::Phi => "phi",
        EventKind::Return => "return",
        EventKind::Raise => "raise",
        EventKind::TryEnd => "try_end",
        EventKind::Catch => "catch",
    }
}

fn detail(
    trace: &Trace,
    pack: &Pack,
    kind: EventKind,
    put: &mut impl FnMut(&str, Value) -> Option<Value>,
) {
    match kind {
        EventKind::Branch { taken } => put("taken", taken.into()),
        EventKind::Iteration { index } => put("index", index.into()),
        EventKind::ToolCall { call } => put("tool_call", call.into()),
        EventKind::PackCall { call } => {
            let function = trace.pack_calls[call as usize].function as usize;
            put("function", pack.functions[function].name.to_string().into())
        }
        _ => None,
    };
}

/// A value; `room` is how many elements may be shown of it.
fn value(trace: &Trace, pack: &Pack, of: &TraceValue, depth: usize, room: &mut usize) -> Value {
    match of {
        TraceValue::None => Value::Null,
        TraceValue::Bool(b) => json!(b),
        TraceValue::Int(i) => json!(i),
        TraceValue::BigInt(digits) => json!({ "int": &**digits }),
        TraceValue::Float(x) if x.is_finite() => json!(x),
        // JSON has no numbers for these.
        TraceValue::Float(x) => json!({ "float": x.to_string().to_lowercase() }),
        TraceValue::Str(text) => json!(&**text),
        TraceValue::Items { type_name, len, .. } => {
            let mut items = Vec::new();
            for (item, _) in trace.items_of(of) {
                if depth == 0 || *room == 0 {
                    break;
                }
                *room -= 1;
                items.push(value(trace, pack, item, depth - 1, room));
            }
            json!({ "type": type_name, "len": len, "items": items })
        }
        TraceValue::Object(index) => {
            let class = trace.objects[*index as usize].class as usize;
            json!({ "object": index, "class": pack.classes[class].name.to_string() })
        }
        TraceValue::Region { image, bbox } => json!({ "image": image, "region": bbox }),
        TraceValue::Other(name) => json!({ "type": &**name }),
    }
}
