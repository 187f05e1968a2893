//! A trace as a tree: what the program itself did, under the branches and iterations around it, and what
//! its calls asked of perception under the calls.

use super::BoxJson;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::tool::{Answer, Arg, Recorded};
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use fact_pipeline::terminal::{cut, one_line};
use fact_pipeline::trace_text::{event_text, value_text};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most events that are shown.
const EVENTS: usize = 2_000;
/// Most boxes of one event.
const BOXES: usize = 64;
/// Longest text of an event, in characters.
const WIDTH: usize = 200;

/// The tree.
#[derive(Debug, Serialize)]
pub(crate) struct TraceJson {
    /// Whose: `residual` or `program`.
    of: &'static str,
    /// By id; a parent may come after its children.
    events: Vec<EventJson>,
    /// Events that would be shown, but are too many.
    left_out: usize,
    /// For each event that is not shown, the one that is shown for it.
    #[serde(skip)]
    stands_for: BTreeMap<u32, u32>,
}

#[derive(Debug, Serialize)]
struct EventJson {
    id: u32,
    parent: Option<u32>,
    /// Of the whole program, from 1.
    line: Option<u32>,
    text: String,
    /// Whether the result depends on it.
    used: bool,
    /// A question to perception.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    asked: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    boxes: Vec<BoxJson>,
}

impl TraceJson {
    /// The tree of `trace`. All `cited` events have one that is shown for them; `place` says where a line
    /// of `module` is in the whole program.
    pub(crate) fn of(
        trace: &Trace,
        module: &Module,
        pack: &Pack,
        cited: &BTreeSet<u32>,
        residual: bool,
        place: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let used = trace.closure(trace.result);
        let cited: BTreeSet<u32> = cited
            .iter()
            .copied()
            .filter(|id| (*id as usize) < trace.events.len())
            .collect();
        let mut json = Self {
            of: if residual { "residual" } else { "program" },
            events: Vec::new(),
            left_out: 0,
            stands_for: BTreeMap::new(),
        };
        let mut told: BTreeMap<u32, (Option<u32>, String, bool)> = BTreeMap::new();
        for index in 0..trace.events.len() as u32 {
            let event = trace.event(EventId(index));
            let text = match event.kind {
                EventKind::ToolCall { call } => {
                    let answer = trace.tool_calls.get(call as usize).map(|call| call.answer);
                    let recorded = answer.and_then(|at| trace.answers.get(at as usize));
                    recorded.map(|recorded| (None, asked(recorded), true))
                }
                _ => event_text(trace, module, pack, EventId(index))
                    .map(|(line, text)| (place(line), text, false)),
            };
            let text = text.or_else(|| {
                // Cited, though it is none of those that are usually worth a line.
                let own = event.within == 0 && !event.node.pack;
                (own && cited.contains(&index)).then(|| {
                    let span = trace.span(EventId(index), module);
                    let source = module.text(span).lines().next().unwrap_or_default().trim();
                    let value = value_text(trace, pack, &event.value);
                    let (line, _) = module.line_column(span.start);
                    (place(line), format!("{source} = {value}"), false)
                })
            });
            let Some(text) = text else { continue };
            // What is cited is always shown: a rationale has few sentences.
            if told.len() >= EVENTS && !cited.contains(&index) {
                json.left_out += 1;
                continue;
            }
            told.insert(index, text);
        }
        for id in &cited {
            let call = outermost(trace, EventId(*id)).filter(|call| told.contains_key(call));
            if let Some(call) = call.filter(|_| !told.contains_key(id)) {
                json.stands_for.insert(*id, call);
            }
        }
        let parents: Vec<Option<u32>> = told
            .keys()
            .map(|id| parent(trace, *id, |id| told.contains_key(&id)))
            .collect();
        for ((id, (line, text, asked)), parent) in told.into_iter().zip(parents) {
            let event = trace.event(EventId(id));
            let mut boxes = Vec::new();
            match event.kind {
                EventKind::ToolCall { call } => found(trace, call, &mut boxes),
                _ => boxes_of(trace, pack, &event.value, 2, &mut boxes),
            }
            json.events.push(EventJson {
                id,
                parent,
                line,
                text: cut(&one_line(&text), WIDTH).into_owned(),
                used: used[id as usize],
                asked,
                boxes,
            });
        }
        json
    }

    /// The events that are shown for these, each once.
    pub(super) fn shown_for(&self, cites: &[u32]) -> Vec<u32> {
        let mut shown = Vec::new();
        for id in cites {
            let id = self.stands_for.get(id).copied().unwrap_or(*id);
            let is_shown = self.events.binary_search_by_key(&id, |e| e.id).is_ok();
            if is_shown && !shown.contains(&id) {
                shown.push(id);
            }
        }
        shown
    }
}

/// The program's own call within which an event happened.
fn outermost(trace: &Trace, id: EventId) -> Option<u32> {
    let mut within = trace.event(id).within;
    let mut call = None;
    while within != 0 {
        // A call that raised has no event.
        call = trace.pack_calls.get(within as usize - 1)?.event;
        within = trace.event(call?).within;
    }
    call.map(|call| call.0)
}

/// The call that an event happened in, or else the branch or iteration around it, if that is shown.
fn parent(trace: &Trace, id: u32, is_shown: impl Fn(u32) -> bool) -> Option<u32> {
    if let Some(call) = outermost(trace, EventId(id)) {
        return is_shown(call).then_some(call);
    }
    let mut control = trace.event(EventId(id)).control;
    while control != EventId::START {
        let event = trace.event(control);
        let opens = matches!(
            event.kind,
            EventKind::Branch { .. } | EventKind::Iteration { .. } | EventKind::Loop
        );
        if opens && event.within == 0 && is_shown(control.0) {
            return Some(control.0);
        }
        control = event.control;
    }
    None
}

/// A question to perception with its answer.
fn asked(recorded: &Recorded) -> String {
    let request = &recorded.request;
    let args: Vec<String> = request
        .args
        .iter()
        .map(|(name, arg)| format!("{name}={}", said(arg)))
        .collect();
    let answer = match &recorded.answer {
        Answer::Detections(found) if found.is_empty() => "nothing".to_owned(),
        Answer::Detections(found) => {
            let labels: Vec<&str> = found.iter().take(8).map(|d| d.label.as_str()).collect();
            let more = if found.len() > 8 { ", …" } else { "" };
            format!("{} found: {}{more}", found.len(), labels.join(", "))
        }
        Answer::Text(text) => format!("{text:?}"),
        Answer::Number(number) => number.to_string(),
        Answer::Bool(true) => "yes".to_owned(),
        Answer::Bool(false) => "no".to_owned(),
        Answer::Error(why) => format!("refused: {why}"),
    };
    format!("asked {}({}) → {answer}", request.tool, args.join(", "))
}

fn said(arg: &Arg) -> String {
    match arg {
        Arg::None => "None".to_owned(),
        Arg::Bool(true) => "True".to_owned(),
        Arg::Bool(false) => "False".to_owned(),
        Arg::Int(n) => n.to_string(),
        Arg::Float(x) => x.to_string(),
        Arg::Str(text) => format!("{text:?}"),
        Arg::List(items) => {
            let items: Vec<String> = items.iter().take(8).map(said).collect();
            format!("[{}]", items.join(", "))
        }
        Arg::Region { region, .. } => {
            let [left, top, right, bottom] = <[f64; 4]>::from(*region).map(f64::round);
            format!("[{left},{top},{right},{bottom}]")
        }
    }
}

/// What perception found.
fn found(trace: &Trace, call: u32, boxes: &mut Vec<BoxJson>) {
    let recorded = trace
        .tool_calls
        .get(call as usize)
        .and_then(|call| trace.answers.get(call.answer as usize));
    let Some(Recorded {
        request,
        answer: Answer::Detections(found),
        ..
    }) = recorded
    else {
        return;
    };
    boxes.extend(found.iter().take(BOXES).map(|detection| BoxJson {
        name: one_line(&detection.label).into_owned(),
        image: request.image,
        bbox: detection.bbox.into(),
    }));
}

/// Where the things are that a value is or holds.
fn boxes_of(trace: &Trace, pack: &Pack, value: &TraceValue, depth: u32, boxes: &mut Vec<BoxJson>) {
    if boxes.len() >= BOXES {
        return;
    }
    match value {
        TraceValue::Region { image, bbox } => boxes.push(BoxJson {
            name: "region".to_owned(),
            image: *image as usize,
            bbox: *bbox,
        }),
        TraceValue::Object(index) => {
            let Some(object) = trace.objects.get(*index as usize) else {
                return;
            };
            let own = object.fields.iter().find_map(|(_, value, _)| match value {
                TraceValue::Region { image, bbox } => Some((*image as usize, *bbox)),
                _ => None,
            });
            let class = pack.classes.get(object.class as usize);
            if let Some((image, bbox)) = own {
                boxes.push(BoxJson {
                    name: class.map_or("object".to_owned(), |class| class.name.to_string()),
                    image,
                    bbox,
                });
            } else if depth > 0 {
                // What has no box of its own, such as a tower, has those of its parts.
                for (_, value, _) in &object.fields {
                    if matches!(value, TraceValue::Items { .. }) {
                        boxes_of(trace, pack, value, depth - 1, boxes);
                    }
                }
            }
        }
        TraceValue::Items { .. } if depth > 0 => {
            for (item, _) in trace.items_of(value) {
                boxes_of(trace, pack, item, depth - 1, boxes);
            }
        }
        _ => {}
    }
}
