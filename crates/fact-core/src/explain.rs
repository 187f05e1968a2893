//! From a run to its rationale: slice, merge, bridge, certificate.

use crate::bridge::conclusion;
use crate::bridge::inference::{Inference, inferences};
use crate::certificate::{Certificate, PackRef, VERSION};
use crate::claim::entail::Ground;
use crate::claim::reading::clause;
use crate::claim::runs::Runs;
use crate::claim::{self, Claim};
use crate::matcher::Matcher;
use crate::merge::extremes::named_by_choice;
use crate::merge::facts::{Fact, Iterations, facts};
use crate::merge::grounding::grounded;
use crate::merge::index::Index;
use crate::merge::names::Namer;
use crate::merge::once::announces;
use crate::merge::sentences::{Material, Sentence};
use crate::merge::words::listed_objects;
use crate::rationale::{GroundedBox, Rationale, Step, StepKind};
use crate::slice::{Reduction, Setting, SliceError, slice};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Run};
use fact_lang::trace::Trace;
use std::collections::BTreeMap;

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

    let mut sentences = crate::merge::evidence(&material);
    let ground = reading.ground();
    let whether = ["true", "false", "yes", "no"]
        .iter()
        .any(|word| context.answer.eq_ignore_ascii_case(word));
    let mut inferred = inferences(&material, &ground, &sentences, whether);
    inferred.retain(|i| !sentences.iter().any(|s| repeats(&i.text, &s.text)));
    let announced = announced(&material, &mut sentences, &inferred);
    let texts: Vec<&str> = inferred.iter().map(|i| i.text.as_str()).collect();
    named_by_choice(&material, &mut sentences, &texts);

    let mut steps = Vec::new();
    let mut claims = Vec::new();
    let stated = |facts: &[usize]| -> (Vec<&Fact>, Vec<Claim>) {
        let facts = facts.iter().map(|f| &material.facts[*f]);
        let claim = |f| claim::of_fact(f, trace, pack, namer);
        facts.map(|f| (f, claim(f))).unzip()
    };
    for sentence in sentences {
        let (facts, claimed) = stated(&sentence.facts);
        let boxes = grounded(&material, &sentence.objects, &facts);
        push(
            (&mut steps, &mut claims),
            (StepKind::Evidence, sentence.text, boxes),
            claimed,
        );
    }
    let reasoned = inferred.last().is_some_and(|i| i.text.starts_with("So "));
    for (at, inference) in inferred.into_iter().enumerate() {
        let own = inference.claims.into_iter();
        let mut claimed: Vec<Claim> = own
            .map(|(event, inferred)| claim::of_inference(event, inferred, trace, namer))
            .collect();
        let mut boxes = grounded(&material, &inference.objects, &[]);
        // What it says in passing has its claims and its boxes here, unless they are to be seen above.
        if let Some(sentence) = announced.get(&at) {
            let (facts, more) = stated(&sentence.facts);
            claimed.extend(more);
            let known = |b: &GroundedBox| steps.iter().any(|step: &Step| step.boxes.contains(b));
            let all = grounded(&material, &sentence.objects, &facts);
            boxes.extend(all.into_iter().filter(|b| !known(b)));
        }
        push(
            (&mut steps, &mut claims),
            (StepKind::Inference, inference.text, boxes),
            claimed,
        );
    }
    let conclusion = conclusion(context.answer, context.matcher, reasoned);
    Ok((Rationale { steps, conclusion }, claims))
}

/// Takes out the announcements, *There are 3 boxes in the image*, whose number an inference tells: by
/// the index of that inference.
fn announced(
    material: &Material<'_>,
    sentences: &mut Vec<Sentence>,
    inferred: &[Inference],
) -> BTreeMap<usize, Sentence> {
    let mut out = BTreeMap::new();
    for (at, inference) in inferred.iter().enumerate() {
        let mut total = inference.total.clone();
        total.sort_unstable();
        let told = |sentence: &Sentence| {
            let lists = |fact: &usize| {
                let result = &material.facts[*fact].result;
                let mut listed = listed_objects(material, result);
                listed.sort_unstable();
                listed == total
            };
            announces(material, sentence) && sentence.facts.iter().all(lists)
        };
        if let Some(home) = sentences
            .iter()
            .position(told)
            .filter(|_| !total.is_empty())
            && sentences.len() > 1
        {
            out.insert(at, sentences.remove(home));
        }
    }
    out
}

/// Adds a step with what it claims.
fn push(
    (steps, claims): (&mut Vec<Step>, &mut Vec<Vec<Claim>>),
    (kind, text, boxes): (StepKind, String, Vec<GroundedBox>),
    claimed: Vec<Claim>,
) {
    let mut cites: Vec<u32> = claimed.iter().map(|claim| claim.event).collect();
    cites.sort_unstable();
    cites.dedup();
    steps.push(Step {
        kind,
        text,
        cites,
        boxes,
    });
    claims.push(claimed);
}

/// Whether an inference says what a sentence said: `So 1 of the 3 boxes is empty` after `1 of the 3
/// boxes is empty: the first`, `So no cup is red` after `None of the 3 cups is red`.
fn repeats(inference: &str, said: &str) -> bool {
    let Some(inference) = inference.strip_prefix("So ") else {
        return false;
    };
    // What a count is held against, `, not 2`, is in the question.
    let inference = clause(inference);
    let inference = inference.trim_end_matches('.');
    let inference = inference.strip_prefix("only ").unwrap_or(inference);
    let lower = said.to_lowercase();
    let told = lower.trim_end_matches('.').split(':').next();
    if told.is_some_and(|told| told == inference || of_all(told, inference) == Some(true)) {
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

/// Whether so many are said to be what an inference says of all: `the 3 rings are red` and `the color of
/// the 3 rings is red` of `all 3 rings are red` and `every ring is red`.
fn of_all(said: &str, inference: &str) -> Option<bool> {
    let of_property = said.split_once(" of the ").and_then(|(property, rest)| {
        let property = property.strip_prefix("the ")?;
        (!property.contains(' ')).then_some((rest, " is "))
    });
    let (rest, verb) = of_property.or_else(|| Some((said.strip_prefix("the ")?, " are ")))?;
    let (count, rest) = rest.split_once(' ')?;
    let (things, so) = rest.split_once(verb)?;
    let count: usize = count.parse().ok()?;
    let told = match inference.strip_prefix("every ") {
        Some(each) => each
            .split_once(" is ")
            .is_some_and(|(thing, told)| crate::english::plural(thing) == things && told == so),
        None if count == 2 => inference == format!("both {things} are {so}"),
        None => inference == format!("all {count} {things} are {so}"),
    };
    Some(count > 1 && told)
}

#[cfg(test)]
mod tests {
    use super::repeats;

    #[test]
    fn what_evidence_says_of_all_is_not_inferred_again() {
        for (inference, said, again) in [
            ("So both cups are red.", "The 2 cups are red.", true),
            (
                "So all 3 rings are striped.",
                "The pattern of the 3 rings is striped.",
                true,
            ),
            (
                "So all 3 rings are striped.",
                "The pattern of the 2 rings is striped.",
                false,
            ),
            ("So every cup is red.", "The 2 cups are red.", true),
            ("So every cup is red.", "The 2 red cups are red.", false),
            ("So both cups are red.", "The 2 cups are blue.", false),
            ("So all 3 cups are red.", "The highest cup is red.", false),
            ("So both cups are é of the 2.", "é of the 2 cups.", false),
        ] {
            assert_eq!(repeats(inference, said), again, "{inference} / {said}");
        }
    }
}
