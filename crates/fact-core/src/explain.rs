//! From a run to its rationale: slice, merge, bridge, certificate.

use crate::bridge::conclusion;
use crate::bridge::inference::inferences;
use crate::certificate::{Certificate, PackRef, VERSION};
use crate::claim::entail::Ground;
use crate::claim::runs::Runs;
use crate::claim::{self, Claim};
use crate::matcher::Matcher;
use crate::merge::facts::{Fact, Iterations, facts};
use crate::merge::grounding::grounded;
use crate::merge::index::Index;
use crate::merge::names::Namer;
use crate::merge::sentences::Material;
use crate::rationale::{Rationale, Step, StepKind};
use crate::slice::{Reduction, Setting, SliceError, slice};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Run};
use fact_lang::trace::Trace;

/// What the sample asks and how it is answered.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The question.
    pub question: &'a str,
    /// Choices of a multiple-choice question, else empty.
    pub choices: &'a [String],
    /// The program's answer, in the data set's own form.
    pub answer: &'a str,
    /// How answers are compared.
    pub matcher: Matcher,
}

/// A rationale with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The rationale.
    pub rationale: Rationale,
    /// Its certificate.
    pub certificate: Certificate,
    /// What slicing cut.
    pub reduction: Reduction,
}

/// Why a run has no rationale: an outcome to count, not an error of the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The slice failed.
    #[error(transparent)]
    Slice(#[from] SliceError),
    /// The answer does not depend on anything perception said.
    #[error("the answer does not depend on the image")]
    NoEvidence,
}

/// Slices the run of `program`, and says why it gave its answer.
///
/// # Errors
/// When the run did not return, or its result rests on no evidence.
pub fn explain(
    setting: Setting<'_>,
    program: &Module,
    run: &Run,
    context: Context<'_>,
) -> Result<Explained, ExplainError> {
    let sliced = slice(setting, program, run)?;
    let (rationale, claims) = write(setting, &sliced.residual, &sliced.run, context)?;
    let Outcome::Returned(returned) = &run.outcome else {
        return Err(SliceError::NoResult.into());
    };
    let certificate = Certificate {
        version: VERSION,
        question: context.question.to_owned(),
        choices: context.choices.to_vec(),
        answer: context.answer.to_owned(),
        matcher: context.matcher,
        pack: PackRef::new(setting.pack),
        images: setting.inputs.images.clone(),
        program: program.source.to_string(),
        residual: sliced.residual.source.to_string(),
        answers: setting.answers.to_vec(),
        result: returned.repr.clone(),
        claims,
    };
    Ok(Explained {
        rationale,
        certificate,
        reduction: sliced.reduction,
    })
}

/// Writes the rationale of a residual program's run: a fixed function of its arguments, so that
/// the checker can write it again.
///
/// # Errors
/// When there is no evidence to speak of.
pub fn write(
    setting: Setting<'_>,
    residual: &Module,
    run: &Run,
    context: Context<'_>,
) -> Result<(Rationale, Vec<Vec<Claim>>), ExplainError> {
    let result = run.trace.result.ok_or(SliceError::NoResult)?;
    let closure = run.trace.closure([result]);
    write_from(&Reading::new(setting, residual, run, closure), context)
}

/// Writes what a rationale would be without slicing: all that the program's run saw, merged and
/// bridged, whether the result depends on it or not. For comparisons; it has no certificate.
///
/// # Errors
/// When the run did not return, or there is nothing to speak of.
pub fn write_unsliced(
    setting: Setting<'_>,
    program: &Module,
    run: &Run,
    context: Context<'_>,
) -> Result<Rationale, ExplainError> {
    run.trace.result.ok_or(SliceError::NoResult)?;
    let everything = vec![true; run.trace.events.len()];
    let reading = Reading::new(setting, program, run, everything);
    write_from(&reading, context).map(|(rationale, _)| rationale)
}

/// What can be read off a run: what a rationale is written from, and what a checker holds it against.
pub(crate) struct Reading<'a> {
    trace: &'a Trace,
    pack: &'a Pack,
    index: Index<'a>,
    iterations: Iterations,
    runs: Runs<'a>,
    /// What the pack's calls established that the result depends on.
    pub(crate) facts: Vec<Fact>,
    pub(crate) namer: Namer<'a>,
    closure: Vec<bool>,
}

impl<'a> Reading<'a> {
    /// Reads a run of `residual` in the setting; `closure` marks the events that count.
    pub(crate) fn new(
        setting: Setting<'a>,
        residual: &'a Module,
        run: &'a Run,
        closure: Vec<bool>,
    ) -> Self {
        let (trace, pack) = (&run.trace, setting.pack);
        let index = Index::new(residual);
        let iterations = Iterations::new(trace, &index);
        let facts = facts(trace, pack, &index, &iterations, &closure);
        Self {
            trace,
            pack,
            index,
            iterations,
            runs: Runs::new(trace),
            facts,
            namer: Namer::new(trace, pack, setting.inputs),
            closure,
        }
    }

    /// What claims are held against.
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground {
            runs: &self.runs,
            index: &self.index,
            namer: &self.namer,
            closure: &self.closure,
        }
    }
}

/// [`write()`] of what the reading's closure marks in the run.
///
/// # Errors
/// When there is no evidence to speak of.
pub(crate) fn write_from(
    reading: &Reading<'_>,
    context: Context<'_>,
) -> Result<(Rationale, Vec<Vec<Claim>>), ExplainError> {
    let Reading {
        trace,
        pack,
        index,
        iterations,
        facts,
        namer,
        closure,
        ..
    } = reading;
    if !trace
        .tool_calls
        .iter()
        .any(|call| closure[call.event.index()])
        || facts.is_empty()
    {
        return Err(ExplainError::NoEvidence);
    }
    let material = Material {
        trace,
        pack,
        namer,
        iterations,
        facts,
        index,
    };

    let mut steps = Vec::new();
    let mut claims = Vec::new();
    for sentence in crate::merge::evidence(&material) {
        let stated: Vec<&Fact> = sentence.facts.iter().map(|f| &facts[*f]).collect();
        let mut cites: Vec<u32> = stated.iter().map(|f| f.event.0).collect();
        cites.sort_unstable();
        cites.dedup();
        steps.push(Step {
            kind: StepKind::Evidence,
            text: sentence.text,
            cites,
            boxes: grounded(&material, &sentence.objects, &stated),
        });
        claims.push(
            stated
                .iter()
                .map(|f| claim::of_fact(f, trace, pack, namer))
                .collect(),
        );
    }
    let mut inferred = inferences(&material, &reading.ground());
    inferred.retain(|i| !steps.iter().any(|step: &Step| repeats(&i.text, &step.text)));
    let reasoned = inferred.last().is_some_and(|i| i.text.starts_with("So "));
    for inference in inferred {
        let mut cites: Vec<u32> = inference.claims.iter().map(|(e, _)| e.0).collect();
        cites.sort_unstable();
        cites.dedup();
        steps.push(Step {
            kind: StepKind::Inference,
            text: inference.text,
            cites,
            boxes: grounded(&material, &inference.objects, &[]),
        });
        let stated = inference.claims.into_iter();
        claims.push(
            stated
                .map(|(event, inferred)| claim::of_inference(event, inferred, trace, namer))
                .collect(),
        );
    }
    let conclusion = conclusion(context.answer, context.matcher, reasoned);
    Ok((Rationale { steps, conclusion }, claims))
}

/// Whether an inference says what a sentence said: `So 1 of the 3 boxes is empty` after `1 of the 3
/// boxes is empty: the first`, `So no cup is red` after `None of the 3 cups is red`.
fn repeats(inference: &str, said: &str) -> bool {
    let Some(inference) = inference.strip_prefix("So ") else {
        return false;
    };
    let inference = inference.trim_end_matches('.');
    let lower = said.to_lowercase();
    if lower.trim_end_matches('.').split(':').next() == Some(inference) {
        return true;
    }
    let Some(denied) = inference.strip_prefix("no ") else {
        return false;
    };
    let Some(of) = ["none of the ", "neither of the "]
        .iter()
        .find_map(|p| lower.strip_prefix(p))
    else {
        return false;
    };
    let of = of
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start()
        .trim_end_matches('.');
    // The noun ends where the plural of its first words gives what was said.
    denied
        .match_indices(' ')
        .any(|(at, _)| format!("{}{}", crate::english::plural(&denied[..at]), &denied[at..]) == of)
}
