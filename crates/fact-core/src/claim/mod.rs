//! Typed claims: what a sentence says, in a form that a machine can hold against the trace.

pub mod condition;
pub mod entail;
pub mod inferred;
pub mod reading;
pub mod runs;

use crate::merge::facts::{Fact, What};
use crate::merge::names::Namer;
use fact_lang::pack::Pack;
use fact_lang::trace::{EventId, EventKind, Trace, TraceValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One claim of a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What is said: `Box.count`, `Item.touches_wall`, `.color` for a plain attribute, `infer` for
    /// a value that the program computed.
    pub predicate: String,
    /// Of what, in order, by parameter name.
    pub args: Vec<(String, Term)>,
    /// The value: `true`/`false` is the polarity of a yes-or-no predicate.
    pub value: Term,
    /// The event of the residual's run that says so.
    pub event: u32,
    /// What an inference says: of which elements, decided by which events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<inferred::Inferred>,
}

/// A value in a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// `None`.
    None,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// An object of the run: its index, and what the text calls it.
    Object(u32, String),
    /// A part of an input image.
    Region(u32, [f64; 4]),
    /// Several values; the number of all of them is the first field.
    List(u32, Vec<Term>),
}

impl Term {
    /// The term for a value of the trace.
    pub fn of(value: &TraceValue, trace: &Trace, namer: &Namer<'_>) -> Self {
        match value {
            TraceValue::None => Self::None,
            TraceValue::Bool(b) => Self::Bool(*b),
            TraceValue::Int(i) => Self::Number(*i as f64),
            TraceValue::Float(f) => Self::Number(*f),
            TraceValue::BigInt(text) | TraceValue::Str(text) | TraceValue::Other(text) => {
                Self::Text(text.to_string())
            }
            TraceValue::Object(o) => Self::Object(*o, namer.noun(*o).full()),
            TraceValue::Region { image, bbox } => Self::Region(*image, *bbox),
            TraceValue::Items { len, .. } => {
                let items = trace.items_of(value).iter();
                Self::List(
                    *len,
                    items.map(|(v, _)| Self::of(v, trace, namer)).collect(),
                )
            }
        }
    }
}

/// The claim that a fact makes.
pub fn of_fact(fact: &Fact, trace: &Trace, pack: &Pack, namer: &Namer<'_>) -> Claim {
    let args = fact
        .args
        .iter()
        .map(|(n, v)| (n.to_string(), Term::of(v, trace, namer)))
        .collect();
    Claim {
        predicate: predicate_name(&fact.what, pack),
        args,
        value: Term::of(&fact.result, trace, namer),
        event: fact.event.0,
        inferred: None,
    }
}

/// `Class.function`, `function` or `.attribute`.
fn predicate_name(what: &What, pack: &Pack) -> String {
    match what {
        What::Field(name) => format!(".{name}"),
        What::Function(at) => {
            let function = &pack.functions[*at as usize];
            match function.class {
                Some(class) => {
                    format!("{}.{}", pack.classes[class as usize].name, function.name)
                }
                None => function.name.to_string(),
            }
        }
    }
}

/// The claim that an inference makes of a computed value.
pub fn of_inference(
    event: EventId,
    inferred: inferred::Inferred,
    trace: &Trace,
    namer: &Namer<'_>,
) -> Claim {
    Claim {
        predicate: "infer".to_owned(),
        args: Vec::new(),
        value: Term::of(&trace.event(event).value, trace, namer),
        event: event.0,
        inferred: Some(inferred),
    }
}

/// Whether the trace says what the claim says; else why not.
///
/// Reads the trace only: it does not use what made the sentence.
///
/// # Errors
/// The reason, in words.
pub fn entailed(
    claim: &Claim,
    trace: &Trace,
    pack: &Pack,
    namer: &Namer<'_>,
) -> Result<(), String> {
    let id = EventId(claim.event);
    let event = trace.events.get(id.index()).ok_or_else(|| {
        format!(
            "cites event {}, but the run has {}",
            claim.event,
            trace.events.len()
        )
    })?;
    let value = Term::of(&event.value, trace, namer);
    if value != claim.value {
        return Err(format!(
            "says {:?}, but event {} is {value:?}",
            claim.value, claim.event
        ));
    }
    match event.kind {
        EventKind::PackCall { call } => {
            let call = &trace.pack_calls[call as usize];
            let function = &pack.functions[call.function as usize];
            if claim.predicate != "infer" {
                let name = predicate_name(&What::Function(call.function), pack);
                if name != claim.predicate {
                    return Err(format!(
                        "is about `{}`, but event {} is `{name}`",
                        claim.predicate, claim.event
                    ));
                }
                let mut names: Vec<&str> = Vec::new();
                if function.class.is_some() {
                    names.push("self");
                }
                names.extend(function.params.iter().map(|p| &**p));
                let actual: Vec<(String, Term)> = names
                    .iter()
                    .zip(&call.args)
                    .map(|(n, (v, _))| ((*n).to_owned(), Term::of(v, trace, namer)))
                    .collect();
                if actual != claim.args {
                    return Err(format!(
                        "speaks of {:?}, but event {} is about {actual:?}",
                        claim.args, claim.event
                    ));
                }
            }
            Ok(())
        }
        EventKind::Attribute if claim.predicate.starts_with('.') => {
            let about = trace.inputs_of(id).iter().any(|input| {
                let term = Term::of(&trace.event(*input).value, trace, namer);
                claim.args.first().is_some_and(|(_, t)| *t == term)
            });
            if about {
                Ok(())
            } else {
                Err(format!(
                    "is about another object than event {}",
                    claim.event
                ))
            }
        }
        _ if claim.predicate == "infer" => Ok(()),
        _ => Err(format!(
            "is about `{}`, but event {} is no such call",
            claim.predicate, claim.event
        )),
    }
}
