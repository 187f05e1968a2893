//! Repair: for a question without a good program, the best of the failed ones is shown to the
//! proposers that repair, with what went wrong.

use super::propose::Proposed;
use super::{RunError, Setup};
use crate::config::{Look, Visible};
use crate::datasets::Record;
use crate::proposers::FailedProgram;
use crate::stages::{Attempt, Perceiver, Prepared, execute};
use crate::trace_text::trace_text;
use fact_core::sample::Sample;
use fact_core::verify::Verdict;
use fact_lang::ast::Module;
use fact_lang::run::Run;
use fact_models::DecodeLimits;
use std::collections::BTreeSet;

/// Visible samples that candidates are tried on.
const MOST_TRIED: usize = 4;
/// Events of a trace that are shown.
const MOST_EVENTS: usize = 12;

/// What a candidate did on a sample.
struct Tried {
    attempt: Attempt,
    trace: String,
}

/// The failed program to repair; `None` if a candidate is good, or there is nothing to look at. A
/// candidate is good if it fails on none of the samples tried.
///
/// # Errors
/// If a back end behind a wire cannot be asked.
pub(super) fn best_failed(
    setup: &Setup,
    perceiver: Perceiver<'_>,
    records: &[(u64, Record)],
    proposed: &[Proposed],
    halted: &dyn Fn() -> bool,
) -> Result<Option<FailedProgram>, RunError> {
    let visible = match setup.config.siblings {
        Look::Use => visible(setup.config.visible, records),
        Look::Hide => visible(Visible::First(1), &records[..records.len().min(1)]),
    };
    let mut prepared = Vec::new();
    let mut samples = Vec::new();
    for record in visible {
        // A sample that cannot be looked at is counted where all samples are.
        if let Ok(ready) = Prepared::new(
            record.into(),
            setup.perception.looks(),
            &DecodeLimits::default(),
        ) {
            prepared.push(ready);
            let mut sample = record.sample.clone();
            if setup.config.answers == Look::Hide {
                sample.answers.clear();
            }
            samples.push(sample);
        }
    }
    if samples.is_empty() {
        return Ok(None);
    }
    let parsed: Vec<(usize, &Module)> = (proposed.iter().enumerate())
        .filter_map(|(c, proposed)| Some((c, proposed.program.as_ref().ok()?)))
        .collect();
    let programs: Vec<&Module> = parsed.iter().map(|(_, program)| *program).collect();
    let matcher = setup.data.matcher();
    let tried = execute(
        &programs,
        &prepared,
        &setup.pack,
        perceiver,
        &setup.config.limits,
        halted,
        |p, s, run: Run| Tried {
            attempt: Attempt::judge(&run.outcome, &samples[s], matcher),
            trace: trace_text(&run.trace, programs[p], &setup.pack, MOST_EVENTS),
        },
    )?;
    let on = |p: usize| tried.iter().filter_map(move |sample| sample.runs.get(p));
    let is_good = |p: usize| {
        let failed =
            |tried: &Tried| matches!(tried.attempt.verdict, Verdict::Wrong | Verdict::Failed);
        !on(p).any(failed)
    };
    if (0..programs.len()).any(is_good) {
        return Ok(None);
    }
    // The most right answers, then the most answers; among equals the one proposed first.
    let best = (0..programs.len()).rev().max_by_key(|p| {
        let right = on(*p).filter(|tried| tried.attempt.right()).count();
        (right, on(*p).filter(|tried| tried.attempt.ran()).count())
    });
    let Some(best) = best else {
        return Ok(proposed.first().map(unparsed));
    };
    let failed = samples.iter().zip(on(best)).find_map(|(sample, tried)| {
        let failure = failure(&tried.attempt, sample)?;
        Some((failure, tried.trace.clone()))
    });
    Ok(failed.map(|(failure, trace)| {
        let candidate = &proposed[parsed[best].0].candidate;
        FailedProgram {
            source: format!("{} {}", candidate.proposer, candidate.source),
            program: candidate.program.clone(),
            failure,
            trace,
        }
    }))
}

fn unparsed(proposed: &Proposed) -> FailedProgram {
    let candidate = &proposed.candidate;
    let error = proposed.program.as_ref().err();
    FailedProgram {
        source: format!("{} {}", candidate.proposer, candidate.source),
        program: candidate.program.clone(),
        failure: format!(
            "It cannot be read, line {}.",
            error.map_or("1", String::as_str)
        ),
        trace: String::new(),
    }
}

/// What went wrong, in a sentence; `None` if nothing did.
fn failure(attempt: &Attempt, sample: &Sample) -> Option<String> {
    let reason = attempt.reason.as_deref().unwrap_or_default();
    match (attempt.verdict, attempt.outcome) {
        (Verdict::Right | Verdict::Unjudged, _) => None,
        (Verdict::Wrong, _) => Some(format!(
            "It answers {}, but the right answer is {}.",
            attempt.predicted.as_deref().unwrap_or_default(),
            sample.answers.first()?.text
        )),
        (Verdict::Failed, "raised") => Some(format!("It raises {reason}")),
        (Verdict::Failed, "limit") => Some(format!("It reaches the limit of {reason}.")),
        (Verdict::Failed, outcome) => Some(format!("It does not end: {outcome} {reason}")),
    }
}

/// The first visible samples, as many as are tried.
fn visible(rule: Visible, records: &[(u64, Record)]) -> Vec<&Record> {
    let mut scenes = BTreeSet::new();
    let most = match rule {
        Visible::All => usize::MAX,
        Visible::First(n) => n,
    };
    let mut out = Vec::new();
    for (_, record) in records {
        scenes.insert(record.sample.scene.as_str());
        if scenes.len() > most || out.len() == MOST_TRIED {
            break;
        }
        out.push(record);
    }
    out
}
