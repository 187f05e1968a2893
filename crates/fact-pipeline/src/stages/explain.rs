//! Explain: a run becomes a rationale with its certificate.

use super::execute::Seen;
use fact_core::certificate;
use fact_core::explain::{Context, ExplainError, Explained};
use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::slice::{Setting, SliceError, idle};
use fact_lang::ast::{Module, NodeId};
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Run};
use fact_lang::trace::EventKind;
use std::collections::BTreeSet;

/// Runs the chosen program once more on what was seen, under the bounds that the checker will use,
/// and says why it gave its answer.
///
/// # Errors
/// If the answer cannot be explained: an outcome to count.
pub fn explain(
    program: &Module,
    pack: &Pack,
    seen: &Seen,
    sample: &Sample,
    matcher: Matcher,
) -> Result<Explained, ExplainError> {
    let limits = certificate::limits();
    let mut answers = &seen.answers[..];
    let run = fact_lang::run::run(program, pack, &seen.inputs, &mut answers, &limits);
    let Outcome::Returned(value) = &run.outcome else {
        return Err(SliceError::NoResult.into());
    };
    let answer = matcher.own_form(&value.text, &sample.answers);
    let setting = Setting {
        pack,
        inputs: &seen.inputs,
        answers: &run.trace.answers,
        limits: &limits,
    };
    let context = Context {
        question: &sample.question,
        choices: &sample.choices,
        answer: &answer,
        matcher,
    };
    fact_core::explain::explain(setting, program, &run, context)
}

/// What of a program the result of a run depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependence {
    /// On how many of its nodes: the measure by which the shorter of two candidates is told.
    pub nodes: usize,
    /// The statements that ran for nothing.
    pub idle: Vec<NodeId>,
}

/// What of `program` the result of its run depends on; `None` if the run did not return.
pub fn dependence(program: &Module, run: &Run) -> Option<Dependence> {
    let trace = &run.trace;
    let used = trace.closure([trace.result?]);
    let nodes: BTreeSet<u32> = trace
        .events
        .iter()
        .zip(used)
        .filter(|(event, used)| *used && !event.node.pack && event.kind != EventKind::Start)
        .map(|(event, _)| event.node.node)
        .collect();
    Some(Dependence {
        nodes: nodes.len(),
        idle: idle(program, run),
    })
}

/// A stable name of a failure, for counting.
pub fn kind(error: &ExplainError) -> &'static str {
    match error {
        ExplainError::NoEvidence => "no_evidence",
        ExplainError::Slice(SliceError::NoResult) => "no_result",
        ExplainError::Slice(SliceError::NotReproduced) => "not_reproduced",
        ExplainError::Slice(SliceError::NotMinimal { .. }) => "not_minimal",
    }
}
