//! Again: what is stored of a group is verified with other settings, and what stays is taken over.

use super::group::GroupWork;
use super::propose::Proposed;
use super::verify::{Begun, Tried, verify};
use super::{OpenGroup, RunError, Setup};
use crate::proposers::{Candidate, NoProposal};
use crate::stages::{Attempt, Prepared, Seen, agreement, execute};
use crate::store::{
    CandidateRow, GroupRows, Kept, KeptCandidate, KeptGroup, KeptSample, KeptVerdict, RationaleRow,
    SampleRow, StageRow, StoredGroup,
};
use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::verify::Verdict;
use fact_lang::ast::Module;
use std::collections::BTreeMap;

/// Verifies a stored group with the settings of now. The samples of which more than that is to be done
/// are told by their position; of the others everything is taken over. `None` if what is stored is
/// not what a run writes now, such as evidence of an older form.
pub(super) fn verified(setup: &Setup, stored: &StoredGroup) -> Option<(GroupRows, Vec<usize>)> {
    let head = Head {
        key: stored.key,
        round: stored.round,
        held_out: stored.held_out,
        records: stored.records,
        samples: stored.samples.clone(),
    };
    let mut rows = verify(setup, tried(head, &stored.group)?);
    let due = take_over(&mut rows.samples, &stored.group.samples);
    Some((rows, due))
}

/// What of a group is no stage's work.
struct Head {
    key: u64,
    round: u32,
    held_out: bool,
    records: u64,
    samples: Vec<(u64, Sample)>,
}

/// What is stored of a group as if it had just been found out.
fn tried(head: Head, stored: &KeptGroup) -> Option<Tried> {
    let candidates = stored.candidates.iter().map(candidate);
    let candidates: Vec<CandidateRow> = candidates.collect::<Option<_>>()?;
    let mut attempts: Vec<Vec<Attempt>> = vec![Vec::new(); candidates.len()];
    let mut begun = Vec::new();
    for sample in &stored.samples {
        for verdict in &sample.verdicts {
            attempts.get_mut(verdict.candidate)?.push(attempt(verdict)?);
        }
        begun.push(begun_of(sample)?);
    }
    let samples = stored.samples.len();
    let is_whole = (candidates.iter().zip(&attempts)).all(|(candidate, attempts)| {
        let expected = if candidate.reason.is_none() {
            samples
        } else {
            0
        };
        attempts.len() == expected
    });
    is_whole.then_some(Tried {
        key: head.key,
        round: head.round,
        held_out: head.held_out,
        records: head.records,
        samples: head.samples,
        candidates,
        attempts,
        begun,
    })
}

fn candidate(stored: &KeptCandidate) -> Option<CandidateRow> {
    Some(CandidateRow {
        proposer: stored.proposer.clone(),
        source: stored.source.clone(),
        score: stored.score,
        program: stored.program.clone(),
        level: None,
        ran: 0,
        right: 0,
        all_right: false,
        slice: stored.slice,
        reason: stored.reason.clone(),
        evidence: stored.evidence().ok()?,
    })
}

/// How an attempt can end.
const OUTCOMES: [&str; 6] = [
    "returned",
    "raised",
    "limit",
    "suspended",
    "unreadable",
    "malformed",
];

fn attempt(stored: &KeptVerdict) -> Option<Attempt> {
    let outcome = OUTCOMES.into_iter().find(|o| *o == stored.outcome)?;
    Some(Attempt {
        outcome,
        reason: stored.reason.clone(),
        predicted: stored.predicted.clone(),
        score: stored.score,
        verdict: match (outcome, stored.score) {
            ("returned", Some(score)) if score >= Matcher::RIGHT => Verdict::Right,
            ("returned", Some(_)) => Verdict::Wrong,
            ("returned", None) | ("malformed", _) => Verdict::Unjudged,
            _ => Verdict::Failed,
        },
    })
}

fn begun_of(stored: &KeptSample) -> Option<Begun> {
    let propose = stored.stage("propose")?;
    let mut begun = Begun {
        stages: vec![stage("propose", stored)?],
        failure: (propose.status != "ok").then(|| format!("propose:{}", propose.status)),
    };
    begun.stages.extend(stage(agreement::STAGE, stored));
    Some(begun)
}

/// What a stage did, as it is stored.
fn stage(name: &'static str, stored: &KeptSample) -> Option<StageRow> {
    stored.stage(name).map(|kept| StageRow {
        stage: name,
        status: kept.status.clone(),
        reason: kept.reason.clone(),
        detail: kept.detail.clone(),
    })
}

/// Takes over explanations and answers where they are those of before, and returns the positions of
/// the samples whose run has to be seen again.
///
/// An explanation is a function of the program, what perception answers it, the question and the
/// answer in the data set's form: not of how the program was chosen.
fn take_over(rows: &mut [SampleRow], stored: &[KeptSample]) -> Vec<usize> {
    let mut due = Vec::new();
    for (s, (row, stored)) in rows.iter_mut().zip(stored).enumerate() {
        let execute = row.stages.iter_mut().find(|stage| stage.stage == "execute");
        let Some(execute) = execute else {
            // It came to no run.
            continue;
        };
        if matches!(execute.status.as_str(), "unreadable" | "malformed") {
            continue;
        }
        let same = row.chosen == stored.chosen && row.predicted == stored.predicted;
        let answers = stored.stage("execute").and_then(|e| e.detail.as_ref());
        let explained = stage("explain", stored);
        match (row.accepted, explained, &stored.rationale, answers) {
            (true, Some(explained), Some(rationale), _) if same => {
                row.stages.push(explained);
                row.rationale = Some(RationaleRow::Stored(rationale.clone()));
            }
            (true, Some(explained), None, Some(answers)) if same => {
                execute.detail = Some(answers.clone());
                row.stages.push(explained);
                row.accepted = false;
                row.failure.clone_from(&stored.failure);
            }
            (false, _, None, Some(answers)) if same => execute.detail = Some(answers.clone()),
            _ => due.push(s),
        }
    }
    due
}

/// Candidates, and for each sample why there is nothing for it, if so.
type Programs = (Vec<Proposed>, Vec<Option<NoProposal>>);

/// The stored programs as if they had just been proposed; `None` if what is stored does not tell.
pub(super) fn programs(setup: &Setup, stored: &KeptGroup) -> Option<Programs> {
    let proposed = stored.candidates.iter().map(|stored| {
        let mut proposers = setup.proposers.iter().map(|p| p.name());
        let backing = stored.evidence().ok()?.map_or(1, |e| e.backing);
        let candidate = Candidate {
            proposer: proposers.find(|name| *name == stored.proposer)?,
            source: stored.source.clone(),
            score: stored.score,
            program: stored.program.clone(),
            // How many there are is all that is looked at once programs are proposed.
            support: vec![String::new(); backing.saturating_sub(1) as usize],
        };
        Some(Proposed::new(candidate, &setup.pack))
    });
    let malformed = stored.samples.iter().map(|stored| {
        let propose = stored.stage("propose")?;
        let Some(message) = &propose.reason else {
            return Some(None);
        };
        let kind = NoProposal::kind_named(&propose.status)?;
        Some(Some(NoProposal {
            kind,
            message: message.clone(),
        }))
    });
    Some((
        proposed.collect::<Option<_>>()?,
        malformed.collect::<Option<_>>()?,
    ))
}

/// Whether these programs are those that are stored, in all that later stages look at.
pub(super) fn is_same(programs: &Programs, stored: &KeptGroup) -> bool {
    let (proposed, malformed) = programs;
    let same_programs = proposed.len() == stored.candidates.len()
        && (proposed.iter().zip(&stored.candidates)).all(|(proposed, stored)| {
            let candidate = &proposed.candidate;
            let backing = match (&proposed.program, stored.evidence()) {
                (Ok(_), Ok(Some(evidence))) => {
                    evidence.backing as usize == 1 + candidate.support.len()
                }
                (Err(reason), Ok(None)) => stored.reason.as_ref() == Some(reason),
                _ => false,
            };
            backing
                && candidate.proposer == stored.proposer
                && candidate.source == stored.source
                && candidate.score.to_bits() == stored.score.to_bits()
                && candidate.program == stored.program
        });
    let same_samples = malformed.len() == stored.samples.len()
        && (malformed.iter().zip(&stored.samples)).all(|(why, stored)| {
            let propose = stored.stage("propose");
            let message = propose.and_then(|propose| propose.reason.as_deref());
            let kind = propose.and_then(|propose| NoProposal::kind_named(&propose.status));
            match why {
                Some(why) => Some(why.message.as_str()) == message && Some(why.kind) == kind,
                None => message.is_none(),
            }
        });
    same_programs && same_samples
}

impl GroupWork<'_> {
    /// A group from what is kept of it, as far as that goes; `None` if it has to be done as a whole.
    ///
    /// # Errors
    /// As for [`GroupWork::group`].
    pub(super) fn taken_up(
        &self,
        group: &OpenGroup,
        kept: &KeptGroup,
    ) -> Result<Option<GroupRows>, RunError> {
        let samples =
            |(ordinal, record): &(u64, crate::datasets::Record)| (*ordinal, record.sample.clone());
        let head = Head {
            key: group.key,
            round: self.setup.round,
            held_out: group.records.iter().any(|(_, record)| record.locked),
            records: group.digest,
            samples: group.records.iter().map(samples).collect(),
        };
        let Some(tried) = tried(head, kept) else {
            return Ok(None);
        };
        let mut rows = verify(self.setup, tried);
        let due = take_over(&mut rows.samples, &kept.samples);
        let mut by_candidate: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for s in due {
            let Some(chosen) = rows.samples[s].chosen else {
                return Ok(None);
            };
            by_candidate.entry(chosen).or_default().push(s);
        }
        for (c, due) in by_candidate {
            let Ok(program) = self.setup.pack.parse(&rows.candidates[c].program) else {
                return Ok(None);
            };
            for due in due.chunks(self.perceiver.samples_at_once()) {
                let Some(seen) = self.seen_again(group, (c, &program), due, &rows)? else {
                    return Ok(None);
                };
                for (s, seen) in due.iter().zip(seen) {
                    self.finish(&mut rows.samples[*s], &program, &seen);
                }
            }
        }
        Ok(Some(rows))
    }

    /// What a candidate is shown on some samples; `None` if it does not do what is stored of it, as
    /// when an image has changed since.
    fn seen_again(
        &self,
        group: &OpenGroup,
        (c, program): (usize, &Module),
        samples: &[usize],
        rows: &GroupRows,
    ) -> Result<Option<Vec<Seen>>, RunError> {
        let setup = self.setup;
        let mut prepared = Vec::new();
        for s in samples {
            let record = &group.records[*s].1;
            match Prepared::new(record.into(), setup.perception.looks(), &self.decode) {
                Ok(ready) => prepared.push(ready),
                Err(_) => return Ok(None),
            }
        }
        let matcher = setup.data.matcher();
        let executed = execute(
            &[program],
            &prepared,
            &setup.pack,
            self.perceiver,
            &setup.config.limits,
            self.halted,
            |_, s, run| {
                let row = &rows.samples[samples[s]];
                let attempt = Attempt::judge(&run.outcome, &row.sample, matcher);
                let stored = row.verdicts.iter().find(|verdict| verdict.candidate == c);
                stored.is_some_and(|stored| {
                    stored.outcome == attempt.outcome
                        && stored.reason == attempt.reason
                        && stored.predicted == attempt.predicted
                })
            },
        )?;
        if executed.iter().any(|executed| executed.runs != [true]) {
            return Ok(None);
        }
        let seen = executed.into_iter().zip(prepared);
        Ok(Some(
            seen.map(|(executed, prepared)| Seen {
                inputs: prepared.inputs,
                answers: executed.answers,
            })
            .collect(),
        ))
    }
}

/// What of a kept group is of use for this one: nothing if its samples are others.
pub(super) fn of_use(kept: Kept, group: &OpenGroup) -> Option<Kept> {
    let ordinals = group.records.iter().map(|(ordinal, _)| *ordinal);
    let same = ordinals.eq(kept.group.samples.iter().map(|sample| sample.ordinal));
    same.then_some(kept)
}
