//! The stages on one group of samples.

use super::again;
use super::propose::{Proposed, Proposing, propose};
use super::verify::{Begun, Tried, verify};
use super::{OpenGroup, RunError, Setup};
use crate::datasets::Record;
use crate::proposers::NoProposal;
use crate::stages::explain::Dependence;
use crate::stages::judge::Witness;
use crate::stages::probe::{ProbeSetting, Probes};
use crate::stages::{
    Agreement, Attempt, Checker, Perceiver, Prepared, Seen, agreement, execute, explain,
};
use crate::store::{CandidateRow, GroupRows, Kept, StageRow};
use fact_core::verify::confidence::Evidence;
use fact_lang::ast::Module;
use fact_models::{DecodeLimits, Scene};
use serde_json::json;
use std::cell::RefCell;

/// What a worker needs; makes rows of groups.
pub struct GroupWork<'a> {
    pub(super) setup: &'a Setup,
    proposing: &'a Proposing,
    pub(super) perceiver: Perceiver<'a>,
    pub(super) halted: &'a dyn Fn() -> bool,
    pub(super) decode: DecodeLimits,
    probes: RefCell<Probes>,
    /// If the run takes the data set's own programs and looks at its annotations.
    checker: Option<&'a Checker>,
}

/// A group while it is worked on.
pub(super) struct Work<'g> {
    pub(super) group: &'g OpenGroup,
    pub(super) proposed: Vec<Proposed>,
    /// For each sample: why nothing could be proposed for it, if so. Programs proposed for its
    /// siblings are not run on it.
    pub(super) malformed: Vec<Option<NoProposal>>,
    /// What was seen of each sample; `None` if it cannot be looked at.
    pub(super) seen: Vec<Option<Seen>>,
    /// `attempts[candidate][sample]`.
    pub(super) attempts: Vec<Vec<Attempt>>,
    /// What the answer of each candidate depends on, on the first sample it returned on.
    dependence: Vec<Option<Dependence>>,
    /// For each sample so far: whether the data set agrees with its annotation.
    pub(super) agreements: Vec<Option<Agreement>>,
}

impl Work<'_> {
    /// Notes for every candidate that the next sample was not tried.
    fn pass_over(&mut self, attempt: Attempt) {
        for (proposed, attempts) in self.proposed.iter().zip(&mut self.attempts) {
            if proposed.program.is_ok() {
                attempts.push(attempt.clone());
            }
        }
        self.seen.push(None);
    }

    /// What the stages so far did with a sample.
    fn begun(&self, s: usize) -> Begun {
        let parsed = self.proposed.iter().filter(|p| p.program.is_ok()).count();
        let agreement = self.agreements.get(s).and_then(Option::as_ref);
        let unknown = agreement.is_some_and(|a| a.status == agreement::Status::UnknownOperation);
        let failure = match (self.proposed.len(), parsed, &self.malformed[s]) {
            (_, _, Some(_)) if unknown => Some("unknown_operation"),
            (_, _, Some(nothing)) => Some(nothing.kind),
            (0, ..) => Some("none"),
            (_, 0, _) => Some("syntax"),
            _ => None,
        };
        let detail = json!({ "candidates": self.proposed.len(), "parsed": parsed });
        let mut stages = vec![StageRow {
            stage: "propose",
            status: failure.unwrap_or("ok").into(),
            reason: self.malformed[s].as_ref().map(ToString::to_string),
            detail: Some(detail.to_string()),
        }];
        stages.extend(agreement.map(|agreement| StageRow {
            stage: agreement::STAGE,
            status: agreement.status.name().into(),
            reason: agreement.message.clone(),
            detail: agreement.detail.as_ref().map(ToString::to_string),
        }));
        Begun {
            stages,
            failure: failure.map(|why| format!("propose:{why}")),
        }
    }
}

impl<'a> GroupWork<'a> {
    /// For a run; `halted` tells whether to stop waiting for answers.
    pub fn new(
        setup: &'a Setup,
        proposing: &'a Proposing,
        perceiver: Perceiver<'a>,
        probes: &[Record],
        checker: Option<&'a Checker>,
        halted: &'a dyn Fn() -> bool,
    ) -> Self {
        let decode = DecodeLimits::default();
        let probes = match perceiver {
            Perceiver::Local(_) => probes,
            Perceiver::Remote(_) => &[],
        };
        let probes = Probes::new(probes, setup.perception.looks(), &decode);
        Self {
            checker,
            setup,
            proposing,
            perceiver,
            halted,
            decode,
            probes: RefCell::new(probes),
        }
    }

    /// Takes a group through all stages, or through those that what is kept of it does not spare.
    ///
    /// # Errors
    /// In a strict run, if a sample cannot be looked at; if a back end behind a wire cannot be asked.
    pub fn group(&self, group: &OpenGroup, kept: Option<Kept>) -> Result<GroupRows, RunError> {
        let kept = kept.and_then(|kept| again::of_use(kept, group));
        if let Some(kept) = kept.as_ref().filter(|kept| kept.programs && kept.runs)
            && let Some(rows) = self.taken_up(group, &kept.group)?
        {
            return Ok(rows);
        }
        let stored = kept.as_ref().filter(|kept| kept.programs);
        let stored = stored.and_then(|kept| again::programs(self.setup, &kept.group));
        let programs = match stored {
            Some(stored) => stored,
            None => propose(
                self.setup,
                self.proposing,
                self.perceiver,
                group,
                self.halted,
            )?,
        };
        if let Some(kept) = kept.filter(|kept| kept.runs && !kept.programs)
            && again::is_same(&programs, &kept.group)
            && let Some(rows) = self.taken_up(group, &kept.group)?
        {
            return Ok(rows);
        }
        self.executed(group, programs)
    }

    /// Takes a group with its candidates through the other stages.
    fn executed(
        &self,
        group: &OpenGroup,
        (proposed, malformed): (Vec<Proposed>, Vec<Option<NoProposal>>),
    ) -> Result<GroupRows, RunError> {
        let mut work = Work {
            group,
            seen: Vec::new(),
            agreements: Vec::new(),
            attempts: vec![Vec::new(); proposed.len()],
            dependence: vec![None; proposed.len()],
            proposed,
            malformed,
        };
        for first in (0..group.records.len()).step_by(self.perceiver.samples_at_once()) {
            self.execute(&mut work, first)?;
        }
        let evidence = self.evidence(&work);
        let tried = Tried {
            key: group.key,
            round: self.setup.round,
            held_out: group.records.iter().any(|(_, record)| record.locked),
            records: group.digest,
            samples: (group.records.iter())
                .map(|(ordinal, record)| (*ordinal, record.sample.clone()))
                .collect(),
            candidates: (work.proposed.iter().zip(evidence).zip(&work.dependence))
                .map(|((proposed, evidence), dependence)| {
                    candidate_row(proposed, evidence, dependence.as_ref())
                })
                .collect(),
            begun: (0..group.records.len()).map(|s| work.begun(s)).collect(),
            attempts: work.attempts,
        };
        let mut rows = verify(self.setup, tried);
        for (row, seen) in rows.samples.iter_mut().zip(&work.seen) {
            let program = row.chosen.map(|c| &work.proposed[c].program);
            if let (Some(Ok(program)), Some(seen)) = (program, seen) {
                self.finish(row, program, seen);
            }
        }
        Ok(rows)
    }

    /// What speaks for each candidate; `None` for one that does not parse.
    fn evidence(&self, work: &Work<'_>) -> Vec<Option<Evidence>> {
        let mut parsed = Vec::new();
        let mut witnesses = Vec::new();
        for (c, proposed) in work.proposed.iter().enumerate() {
            if let Ok(program) = &proposed.program {
                parsed.push(c);
                witnesses.push(Witness {
                    candidate: &proposed.candidate,
                    program,
                    idle: work.dependence[c].as_ref().map_or(&[], |d| &d.idle),
                });
            }
        }
        let programs: Vec<&Module> = witnesses.iter().map(|w| w.program).collect();
        let record = &work.group.records[0].1;
        let setup = self.setup;
        let setting = ProbeSetting {
            pack: &setup.pack,
            limits: &setup.config.limits,
            seed: setup.config.seed,
        };
        let seen = work.seen.iter().flatten().next();
        let mut probes = self.probes.borrow_mut();
        let answers = probes.answers(&programs, record, seen, self.perceiver, setting);
        let question = &record.sample.question;
        let judged = setup.judge.evidence(question, &witnesses, &answers);
        let mut out = vec![None; work.proposed.len()];
        for (c, evidence) in parsed.into_iter().zip(judged) {
            out[c] = Some(evidence);
        }
        out
    }

    /// Runs every candidate on the samples from `first` on, as many as are taken at once.
    fn execute(&self, work: &mut Work<'_>, first: usize) -> Result<(), RunError> {
        let setup = self.setup;
        let group = work.group;
        let end = group
            .records
            .len()
            .min(first + self.perceiver.samples_at_once());
        let mut prepared = Vec::new();
        let mut passed_over = Vec::new();
        for (s, (_, record)) in (first..end).zip(&group.records[first..end]) {
            let reason = if work.malformed[s].is_some() {
                work.agreements.push(self.agreement(record, None));
                Attempt::malformed()
            } else {
                let ready = Prepared::new(record.into(), setup.perception.looks(), &self.decode);
                let scene = ready.as_ref().ok().and_then(Prepared::scene);
                work.agreements.push(self.agreement(record, scene));
                match ready {
                    Ok(ready) => {
                        prepared.push(ready);
                        passed_over.push(None);
                        continue;
                    }
                    Err(error) if setup.config.strict => {
                        return Err(RunError::Sample {
                            id: record.sample.id.clone(),
                            error,
                        });
                    }
                    Err(error) => Attempt::unreadable(error.kind()),
                }
            };
            passed_over.push(Some(reason));
        }
        let samples: Vec<&Record> = (group.records[first..end].iter().zip(&passed_over))
            .filter(|(_, passed_over)| passed_over.is_none())
            .map(|((_, record), _)| record)
            .collect();
        let matcher = setup.data.matcher();
        let (measured, proposed) = (&work.dependence, &work.proposed);
        let parsed: Vec<(usize, &Module)> = (proposed.iter().enumerate())
            .filter_map(|(c, proposed)| Some((c, proposed.program.as_ref().ok()?)))
            .collect();
        let programs: Vec<&Module> = parsed.iter().map(|(_, program)| *program).collect();
        let executed = execute(
            &programs,
            &prepared,
            &setup.pack,
            self.perceiver,
            &setup.config.limits,
            self.halted,
            |p, s, run| {
                // Measured on the first sample it returns on; a trace is too large to keep.
                let unmeasured = measured[parsed[p].0].is_none();
                let dependence = unmeasured.then(|| explain::dependence(programs[p], &run));
                let attempt = Attempt::judge(&run.outcome, &samples[s].sample, matcher);
                (attempt, dependence.flatten())
            },
        )?;
        let columns: Vec<usize> = parsed.iter().map(|(c, _)| *c).collect();
        let mut executed = executed.into_iter().zip(prepared);
        for reason in passed_over {
            if let Some(reason) = reason {
                work.pass_over(reason);
                continue;
            }
            // One of each for every sample that is not passed over.
            let Some((executed, prepared)) = executed.next() else {
                break;
            };
            for (c, (attempt, dependence)) in columns.iter().zip(executed.runs) {
                let measured = &mut work.dependence[*c];
                *measured = measured.take().or(dependence);
                work.attempts[*c].push(attempt);
            }
            work.seen.push(Some(Seen {
                inputs: prepared.inputs,
                answers: executed.answers,
            }));
        }
        Ok(())
    }

    /// Whether the data set agrees with its annotation on a sample.
    fn agreement(&self, record: &Record, scene: Option<&Scene>) -> Option<Agreement> {
        let matcher = self.setup.data.matcher();
        self.checker?.check(record, scene, matcher)
    }
}

fn candidate_row(
    proposed: &Proposed,
    evidence: Option<Evidence>,
    dependence: Option<&Dependence>,
) -> CandidateRow {
    CandidateRow {
        proposer: proposed.candidate.proposer.to_owned(),
        source: proposed.candidate.source.clone(),
        score: proposed.candidate.score,
        program: proposed.candidate.program.clone(),
        level: None,
        ran: 0,
        right: 0,
        all_right: false,
        slice: dependence.map(|dependence| dependence.nodes),
        reason: proposed.program.as_ref().err().cloned(),
        evidence,
    }
}
