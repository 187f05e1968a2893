//! The stages on one group of samples.

use super::{OpenGroup, RunError, Setup};
use crate::config::Accept;
use crate::datasets::Record;
use crate::proposers::{Candidate, Malformed};
use crate::stages::choose::{self, Board, Choice, Look};
use crate::stages::{
    Agreement, Attempt, Checker, Perceiver, Prepared, Seen, agreement, execute, explain,
};
use crate::store::{
    CandidateRow, GroupRow, GroupRows, RationaleRow, SampleRow, StageRow, VerdictRow,
};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::run;
use fact_models::{DecodeLimits, Scene};
use serde_json::json;

/// What a worker needs; makes rows of groups.
pub struct GroupWork<'a> {
    setup: &'a Setup,
    perceiver: Perceiver<'a>,
    halted: &'a dyn Fn() -> bool,
    decode: DecodeLimits,
    /// If the run takes the data set's own programs and looks at its annotations.
    checker: Option<&'a Checker>,
}

/// A candidate, parsed if it parses.
struct Proposed {
    candidate: Candidate,
    program: Result<Module, String>,
}

impl Proposed {
    fn new(candidate: Candidate, pack: &Pack) -> Self {
        let parsed = pack.parse(&candidate.program);
        Self {
            program: parsed.map_err(|e| e.to_string()),
            candidate,
        }
    }

    fn look(&self) -> Look {
        Look {
            proposer: self.candidate.proposer,
            score: self.candidate.score,
            slice: None,
        }
    }
}

/// A group while it is worked on.
struct Work<'g> {
    group: &'g OpenGroup,
    proposed: Vec<Proposed>,
    /// For each sample: why nothing could be proposed for it, if so. Programs proposed for its
    /// siblings are not run on it.
    malformed: Vec<Option<Malformed>>,
    /// Scene of each sample.
    scenes: Vec<&'g str>,
    /// What was seen of each sample; `None` if it cannot be looked at.
    seen: Vec<Option<Seen>>,
    /// `attempts[candidate][sample]`.
    attempts: Vec<Vec<Attempt>>,
    /// What else tells the candidates apart.
    looks: Vec<Look>,
    /// For each sample so far: whether the data set agrees with its annotation.
    agreements: Vec<Option<Agreement>>,
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
        perceiver: Perceiver<'a>,
        checker: Option<&'a Checker>,
        halted: &'a dyn Fn() -> bool,
    ) -> Self {
        Self {
            checker,
            setup,
            perceiver,
            halted,
            decode: DecodeLimits::default(),
        }
    }

    /// Takes a group through all stages.
    ///
    /// # Errors
    /// In a strict run, if a sample cannot be looked at; if a back end behind a wire cannot be asked.
    pub fn group(&self, group: &OpenGroup) -> Result<GroupRows, RunError> {
        let (proposed, malformed) = self.propose(&group.records);
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
            looks: proposed.iter().map(Proposed::look).collect(),
            proposed,
            malformed,
        };
        for first in (0..group.records.len()).step_by(self.perceiver.samples_at_once()) {
            self.execute(&mut work, first)?;
        }
        let board = Board::new(&work.attempts, &work.scenes, &work.looks);
        let visible = board.visible_count(self.setup.config.visible);
        let choice = board.choose(visible);
        let one = board.choose(1).map(|choice| choice.candidate);
        let all = 0..work.proposed.len();
        let group_row = GroupRow {
            key: group.key,
            name: group.records[0].1.sample.group.clone(),
            question: group.records[0].1.sample.question.clone(),
            scenes: board.scene_count(),
            visible,
            chosen: choice.map(|choice| choice.candidate),
            oracle: all.clone().any(|c| board.right_on_all(c)),
            chosen_one: one,
            one_holds: one.and_then(|c| board.holds_beyond_first(c)),
        };
        let candidates = all
            .map(|c| candidate_row(&work.proposed[c], &board, c, visible))
            .collect();
        let samples = (0..group.records.len())
            .map(|s| self.sample(&work, choice, visible, s))
            .collect();
        Ok(GroupRows {
            group: group_row,
            candidates,
            samples,
        })
    }

    /// Candidates of all proposers, each program once, parsed; and for each record why nothing
    /// could be proposed for it.
    fn propose(&self, records: &[(u64, Record)]) -> (Vec<Proposed>, Vec<Option<Malformed>>) {
        let most = self.setup.config.candidates;
        let mut out: Vec<Proposed> = Vec::new();
        let mut malformed = vec![None; records.len()];
        let mut for_all = false;
        for proposer in &self.setup.proposers {
            let asked = if proposer.is_per_record() {
                records.len()
            } else {
                1
            };
            let before = out.len();
            for (s, (_, record)) in records.iter().enumerate().take(asked) {
                let candidates = match proposer.propose(record, most) {
                    Ok(candidates) => candidates,
                    Err(error) => {
                        malformed[s] = Some(error);
                        continue;
                    }
                };
                for candidate in candidates {
                    let known = out.iter().any(|p| p.candidate.program == candidate.program);
                    if !known && out.len() < before + most {
                        out.push(Proposed::new(candidate, &self.setup.pack));
                    }
                }
            }
            for_all |= !proposer.is_per_record() && out.len() > before;
        }
        if for_all {
            malformed.fill(None);
        }
        (out, malformed)
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
        let (looks, proposed) = (&work.looks, &work.proposed);
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
                // The slice is measured on the first sample; a trace is too large to keep.
                let unmeasured = looks[parsed[p].0].slice.is_none();
                let slice = unmeasured.then(|| explain::slice_size(&run.trace));
                let attempt = Attempt::judge(&run.outcome, &samples[s].sample, matcher);
                (attempt, slice.flatten())
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
            for (c, (attempt, slice)) in columns.iter().zip(executed.runs) {
                let look = &mut work.looks[*c];
                look.slice = look.slice.or(slice);
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

    /// What became of a sample.
    fn sample(
        &self,
        work: &Work<'_>,
        choice: Option<Choice>,
        visible: usize,
        s: usize,
    ) -> SampleRow {
        let (ordinal, record) = &work.group.records[s];
        let mut row = SampleRow {
            ordinal: *ordinal,
            sample: record.sample.clone(),
            predicted: None,
            level: None,
            accepted: false,
            confidence: None,
            failure: None,
            stages: Vec::new(),
            verdicts: verdict_rows(&work.attempts, s),
            rationale: None,
        };
        let parsed = work.proposed.iter().filter(|p| p.program.is_ok()).count();
        let agreement = work.agreements.get(s).and_then(Option::as_ref);
        let unknown = agreement.is_some_and(|a| a.status == agreement::Status::UnknownOperation);
        let propose = match (work.proposed.len(), parsed, &work.malformed[s]) {
            (_, _, Some(_)) if unknown => Some("unknown_operation"),
            (_, _, Some(_)) => Some("malformed"),
            (0, ..) => Some("none"),
            (_, 0, _) => Some("syntax"),
            _ => None,
        };
        row.stages.push(StageRow {
            stage: "propose",
            status: propose.unwrap_or("ok").into(),
            reason: work.malformed[s].as_ref().map(ToString::to_string),
            detail: Some(json!({ "candidates": work.proposed.len(), "parsed": parsed })),
        });
        if let Some(agreement) = agreement {
            row.stages.push(StageRow {
                stage: agreement::STAGE,
                status: agreement.status.name().into(),
                reason: agreement.message.clone(),
                detail: agreement.detail.clone(),
            });
        }
        if let Some(why) = propose {
            row.failure = Some(format!("propose:{why}"));
        }
        let (Some(choice), None) = (choice, propose) else {
            return row;
        };
        let attempt = &work.attempts[choice.candidate][s];
        row.predicted = attempt.predicted.as_deref().map(|answer| {
            let matcher = self.setup.data.matcher();
            matcher.own_form(answer, &record.sample.answers)
        });
        row.level = choice.standing.level(attempt.verdict);
        row.confidence = attempt.ran().then(|| choice.standing.confidence());
        row.failure = attempt.failure();
        row.stages.push(StageRow {
            stage: "execute",
            status: attempt.outcome.into(),
            reason: attempt.reason.clone(),
            detail: None,
        });
        let (Some(seen), Ok(program)) = (&work.seen[s], &work.proposed[choice.candidate].program)
        else {
            return row;
        };
        if attempt.ran() {
            self.verify(&mut row, attempt, visible);
        }
        if row.accepted {
            self.explain(&mut row, program, seen);
        }
        if row.rationale.is_none() {
            self.keep_answers(&mut row, program, seen);
        }
        row
    }

    fn verify(&self, row: &mut SampleRow, attempt: &Attempt, visible: usize) {
        let rule = self.setup.config.accept;
        row.accepted = choose::accepts(rule, row.level, visible);
        if attempt.right() && !row.accepted {
            let why = match rule {
                Accept::V2 if visible < 2 => "no_siblings",
                _ => "siblings",
            };
            row.failure = Some(format!("verify:{why}"));
        }
        let reason = row
            .failure
            .as_deref()
            .and_then(|f| f.strip_prefix("verify:"));
        row.stages.push(StageRow {
            stage: "verify",
            status: if row.accepted { "ok" } else { "failed" }.into(),
            reason: reason.map(Into::into),
            detail: Some(json!({
                "level": row.level,
                "score": attempt.score,
                "visible_scenes": visible,
            })),
        });
    }

    /// Writes the rationale of an accepted sample; one that cannot be explained is not accepted.
    fn explain(&self, row: &mut SampleRow, program: &Module, seen: &Seen) {
        let setup = self.setup;
        let matcher = setup.data.matcher();
        let explained = explain::explain(program, &setup.pack, seen, &row.sample, matcher);
        let stage = |status: &str, reason, detail| StageRow {
            stage: "explain",
            status: status.into(),
            reason,
            detail,
        };
        match explained {
            Ok(explained) => {
                let detail = serde_json::to_value(explained.reduction).ok();
                row.stages.push(stage("ok", None, detail));
                row.rationale = Some(RationaleRow {
                    residual: explained.certificate.residual.clone(),
                    rationale: explained.rationale,
                    certificate: explained.certificate,
                });
            }
            Err(error) => {
                row.accepted = false;
                row.failure = Some(format!("explain:{}", explain::kind(&error)));
                row.stages
                    .push(stage("failed", Some(error.to_string()), None));
            }
        }
    }

    /// Keeps the perception's answers to a run that gets no certificate, so that it can be shown.
    fn keep_answers(&self, row: &mut SampleRow, program: &Module, seen: &Seen) {
        let limits = &self.setup.config.limits;
        let mut answers = &seen.answers[..];
        let run = run(
            program,
            &self.setup.pack,
            &seen.inputs,
            &mut answers,
            limits,
        );
        let detail = json!({ "images": seen.inputs.images, "answers": run.trace.answers });
        if let Some(stage) = row.stages.iter_mut().find(|stage| stage.stage == "execute") {
            stage.detail = Some(detail);
        }
    }
}

fn candidate_row(
    proposed: &Proposed,
    board: &Board<'_>,
    candidate: usize,
    visible: usize,
) -> CandidateRow {
    let attempts = board.attempts(candidate);
    CandidateRow {
        proposer: proposed.candidate.proposer.to_owned(),
        source: proposed.candidate.source.clone(),
        score: proposed.candidate.score,
        program: proposed.candidate.program.clone(),
        level: board.level(candidate, visible),
        ran: attempts.iter().filter(|a| a.ran()).count(),
        right: attempts.iter().filter(|a| a.right()).count(),
        all_right: board.right_on_all(candidate),
        slice: board.look(candidate).slice,
        reason: proposed.program.as_ref().err().cloned(),
    }
}

fn verdict_rows(attempts: &[Vec<Attempt>], sample: usize) -> Vec<VerdictRow> {
    attempts
        .iter()
        .enumerate()
        .filter_map(|(candidate, attempts)| {
            let attempt = attempts.get(sample)?;
            Some(VerdictRow {
                candidate,
                outcome: attempt.outcome,
                reason: attempt.reason.clone(),
                predicted: attempt.predicted.clone(),
                score: attempt.score,
            })
        })
        .collect()
}
