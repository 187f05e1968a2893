//! The stages on one group of samples.

use super::propose::{Proposed, Proposing, propose};
use super::{OpenGroup, RunError, Setup};
use crate::config::Look;
use crate::datasets::Record;
use crate::proposers::NoProposal;
use crate::stages::choose::{Board, Choice, View};
use crate::stages::explain::Dependence;
use crate::stages::judge::Witness;
use crate::stages::probe::{ProbeSetting, Probes};
use crate::stages::{Agreement, Attempt, Checker, Perceiver, Prepared, Seen, execute, explain};
use crate::store::{CandidateRow, GroupRow, GroupRows};
use fact_core::verify::confidence::{Evidence, Features};
use fact_lang::ast::Module;
use fact_models::{DecodeLimits, Scene};
use std::cell::RefCell;

/// What a worker needs; makes rows of groups.
pub struct GroupWork<'a> {
    pub(super) setup: &'a Setup,
    proposing: &'a Proposing,
    perceiver: Perceiver<'a>,
    halted: &'a dyn Fn() -> bool,
    decode: DecodeLimits,
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
    /// Scene of each sample.
    scenes: Vec<&'g str>,
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

    /// Takes a group through all stages.
    ///
    /// # Errors
    /// In a strict run, if a sample cannot be looked at; if a back end behind a wire cannot be asked.
    pub fn group(&self, group: &OpenGroup) -> Result<GroupRows, RunError> {
        let setup = self.setup;
        let (proposed, malformed) =
            propose(setup, self.proposing, self.perceiver, group, self.halted)?;
        let mut work = Work {
            group,
            scenes: group
                .records
                .iter()
                .map(|(_, record)| record.sample.scene.as_str())
                .collect(),
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
        let slices: Vec<Option<usize>> = (work.dependence.iter())
            .map(|dependence| Some(dependence.as_ref()?.nodes))
            .collect();
        let board = Board::new(&work.attempts, &work.scenes, &evidence, &slices);
        let config = &setup.config;
        let visible = match config.siblings {
            Look::Use => board.visible_count(config.visible),
            Look::Hide => board.scene_count().min(1),
        };
        let labels = config.answers == Look::Use;
        let confidence = setup.confidence.of(labels);
        let probability = |features: &Features| confidence.model.probability(features);
        let choose = |sample: &dyn Fn(usize) -> bool| {
            board.choose(View {
                sample,
                labels,
                probability: &probability,
            })
        };
        let in_view = |sample: usize| board.scene(sample) < visible;
        let choices: Vec<Option<Choice>> = match config.siblings {
            Look::Use => vec![choose(&in_view); group.records.len()],
            Look::Hide => (0..group.records.len())
                .map(|alone| choose(&|sample| sample == alone))
                .collect(),
        };
        let one = choose(&|sample| board.scene(sample) == 0).map(|choice| choice.candidate);
        let all = 0..work.proposed.len();
        let group_row = GroupRow {
            key: group.key,
            name: group.records[0].1.sample.group.clone(),
            question: group.records[0].1.sample.question.clone(),
            scenes: board.scene_count(),
            visible,
            chosen: choices[0].map(|choice| choice.candidate),
            oracle: all.clone().any(|c| board.right_on_all(c)),
            chosen_one: one,
            one_holds: one.and_then(|c| board.holds_beyond_first(c)),
            round: setup.round,
            held_out: group.records.iter().any(|(_, record)| record.locked),
        };
        let candidates = all
            .map(|c| CandidateRow {
                level: board.level(c, &in_view),
                evidence: evidence[c].clone(),
                ..candidate_row(&work.proposed[c], &board, c, slices[c])
            })
            .collect();
        let samples = (choices.iter().enumerate())
            .map(|(s, choice)| self.sample(&work, *choice, visible, s))
            .collect();
        Ok(GroupRows {
            group: group_row,
            candidates,
            samples,
        })
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
    board: &Board<'_>,
    candidate: usize,
    slice: Option<usize>,
) -> CandidateRow {
    let attempts = board.attempts(candidate);
    CandidateRow {
        proposer: proposed.candidate.proposer.to_owned(),
        source: proposed.candidate.source.clone(),
        score: proposed.candidate.score,
        program: proposed.candidate.program.clone(),
        level: None,
        ran: attempts.iter().filter(|a| a.ran()).count(),
        right: attempts.iter().filter(|a| a.right()).count(),
        all_right: board.right_on_all(candidate),
        slice,
        reason: proposed.program.as_ref().err().cloned(),
        evidence: None,
    }
}
