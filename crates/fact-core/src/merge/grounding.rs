//! Grounding: the boxes of what a sentence speaks of.
//!
//! A sentence speaks of the objects that it names and of those that it counts: `There are 2 cups` has
//! the boxes of the two, though the program only saw the number. What has no box of its own, such as a
//! tower, has that of its parts together.

use super::facts::{Fact, What};
use super::sentences::Material;
use crate::english::Template;
use crate::rationale::GroundedBox;
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use std::collections::BTreeSet;

/// Most events that are looked at for what a number counts.
const MOST_LOOKED_AT: usize = 256;

/// The boxes of the objects that a sentence names and of what its facts counted, in this order. A
/// holder whose counted things are there is not: they say where to look.
pub fn grounded(material: &Material<'_>, objects: &[u32], facts: &[&Fact]) -> Vec<GroundedBox> {
    let mut counted = Vec::new();
    let mut holders = Vec::new();
    for fact in facts {
        let things = counted_by(material, fact);
        if !things.is_empty() {
            holders.extend(fact.receiver());
            counted.extend(things);
        }
    }
    let named = objects.iter().filter(|o| !holders.contains(o));
    let mut boxes: Vec<(u32, GroundedBox)> = Vec::new();
    for object in named.chain(&counted) {
        let known = boxes.iter().any(|(o, _)| o == object);
        if known || material.namer.is_whole_image(*object) {
            continue;
        }
        if let Some((image, bbox)) = region(material, *object) {
            let name = material.namer.noun(*object).full();
            boxes.push((*object, GroundedBox { name, image, bbox }));
        }
    }
    boxes.into_iter().map(|(_, grounded)| grounded).collect()
}

/// Image and box of an object: its own, or the least one around its parts.
fn region(material: &Material<'_>, object: u32) -> Option<(usize, [f64; 4])> {
    let own = material.namer.region(object);
    own.or_else(|| {
        let record = material.namer.record(object);
        let parts = record
            .fields
            .iter()
            .flat_map(|(_, value, _)| material.trace.items_of(value))
            .filter_map(|(part, _)| match part {
                TraceValue::Object(part) => Some(material.namer.region(*part)),
                _ => None,
            });
        // One part without a box, or in another image: there is no box around all.
        let parts: Vec<(usize, [f64; 4])> = parts.collect::<Option<_>>()?;
        let (image, first) = *parts.first()?;
        let around = parts.iter().try_fold(first, |all, (of, part)| {
            (*of == image).then(|| {
                [
                    all[0].min(part[0]),
                    all[1].min(part[1]),
                    all[2].max(part[2]),
                    all[3].max(part[3]),
                ]
            })
        })?;
        Some((image, around))
    })
}

/// The objects that a call of the pack counted, where it tells how many or that there are some: those
/// of the list that its number came from.
pub(super) fn counted_by(material: &Material<'_>, fact: &Fact) -> Vec<u32> {
    let trace = material.trace;
    let wanted = match fact.result {
        TraceValue::Int(n) if n > 0 => usize::try_from(n).ok(),
        TraceValue::Bool(true) => None,
        _ => return Vec::new(),
    };
    let What::Function(function) = fact.what else {
        return Vec::new();
    };
    let says = material.pack.functions[function as usize].says.as_deref();
    let template = says.and_then(|says| Template::parse(says).ok());
    if !template.is_some_and(|template| template.is_existential()) {
        return Vec::new();
    }
    // Along the data, up to the first lists: a list that another was made from is not looked at.
    let mut seen = BTreeSet::new();
    let mut todo = vec![fact.event];
    let mut found: Option<Vec<u32>> = None;
    while let Some(event) = todo.pop() {
        if !seen.insert(event) || seen.len() > MOST_LOOKED_AT {
            continue;
        }
        if event != fact.event {
            let value = &trace.event(event).value;
            if let TraceValue::Items { len, .. } = value {
                let items = trace.items_of(value).iter();
                let objects = items.map(|(item, _)| match item {
                    TraceValue::Object(object) => Some(*object),
                    _ => None,
                });
                let objects: Option<Vec<u32>> = objects.collect();
                let fits = wanted.map_or(*len > 0, |n| n == *len as usize);
                match (objects, &found) {
                    // Two lists that differ: which one was counted cannot be told.
                    (Some(objects), Some(other)) if objects != *other => return Vec::new(),
                    (Some(objects), _) if fits => found = Some(objects),
                    _ => {}
                }
                continue;
            }
        }
        todo.extend(flow(trace, event));
    }
    found.unwrap_or_default()
}

/// What an event's own value was made of: of a call of the pack what it returned, of anything else
/// its inputs.
fn flow(trace: &Trace, event: EventId) -> &[EventId] {
    let inputs = trace.inputs_of(event);
    match trace.event(event).kind {
        EventKind::PackCall { .. } => &inputs[inputs.len().saturating_sub(1)..],
        EventKind::Input | EventKind::ToolCall { .. } | EventKind::Start => &[],
        _ => inputs,
    }
}
