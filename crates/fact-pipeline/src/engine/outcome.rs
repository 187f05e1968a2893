//! What became of each sample of a group.

use super::group::{GroupWork, Work};
use crate::config::{Accept, Look};
use crate::stages::choose::{self, Choice};
use crate::stages::{Attempt, Seen, agreement, explain};
use crate::store::{RationaleRow, SampleRow, StageRow, VerdictRow};
use fact_core::verify::{Level, Verdict};
use fact_lang::ast::Module;
use fact_lang::run::run;
use serde_json::json;

impl GroupWork<'_> {
    /// What became of a sample.
    pub(super) fn sample(
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
            chosen: None,
            right: None,
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
            (_, _, Some(nothing)) => Some(nothing.kind),
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
        let matcher = self.setup.data.matcher();
        let labels = self.setup.config.answers == Look::Use;
        row.chosen = Some(choice.candidate);
        row.predicted = attempt.predicted.as_deref().map(|answer| {
            let known = if labels { &*record.sample.answers } else { &[] };
            matcher.own_form(answer, known)
        });
        row.right = match attempt.verdict {
            Verdict::Right => Some(true),
            Verdict::Wrong => Some(false),
            Verdict::Failed if !record.sample.answers.is_empty() => Some(false),
            Verdict::Failed | Verdict::Unjudged => None,
        };
        row.confidence = attempt.ran().then_some(choice.confidence);
        row.stages.push(StageRow {
            stage: "execute",
            status: attempt.outcome.into(),
            reason: attempt.reason.clone(),
            detail: None,
        });
        let verdict = match attempt.verdict {
            Verdict::Right | Verdict::Wrong if !labels => Verdict::Unjudged,
            verdict => verdict,
        };
        row.level = choice.standing.level(verdict);
        row.failure = attempt.failure(verdict);
        let (Some(seen), Ok(program)) = (&work.seen[s], &work.proposed[choice.candidate].program)
        else {
            return row;
        };
        if attempt.ran() {
            self.verify(&mut row, verdict, choice, visible);
        }
        if row.accepted {
            self.explain(&mut row, program, seen);
        }
        if row.rationale.is_none() {
            self.keep_answers(&mut row, program, seen);
        }
        row
    }

    /// Whether the sample is accepted, by a verdict that has seen its label or not.
    fn verify(&self, row: &mut SampleRow, verdict: Verdict, choice: Choice, visible: usize) {
        let rule = self.setup.config.accept;
        let labels = self.setup.config.answers == Look::Use;
        let passed = !labels || verdict == Verdict::Right;
        if let Some(threshold) = self.setup.threshold
            && passed
            && choice.confidence >= threshold
        {
            row.level = Some(Level::V3);
        }
        row.accepted = choose::accepts(rule, row.level, visible);
        if passed && !row.accepted {
            let why = match rule {
                Accept::Precision(_) => "confidence",
                Accept::V2 if visible < 2 => "no_siblings",
                _ => "siblings",
            };
            row.failure = Some(format!("verify:{why}"));
        } else if row.accepted {
            row.failure = None;
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
                "right": row.right,
                "confidence": row.confidence,
                "visible_scenes": visible,
            })),
        });
    }

    /// Writes the rationale of an accepted sample; one that cannot be explained is not accepted.
    fn explain(&self, row: &mut SampleRow, program: &Module, seen: &Seen) {
        let setup = self.setup;
        let matcher = setup.data.matcher();
        let mut sample = row.sample.clone();
        if setup.config.answers == Look::Hide {
            // The rationale is for the program's answer, in the program's words.
            sample.answers.clear();
        }
        let explained = explain::explain(program, &setup.pack, seen, &sample, matcher);
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
