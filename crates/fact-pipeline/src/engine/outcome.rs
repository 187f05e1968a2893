//! What becomes of a sample of which the run of the chosen program was seen.

use super::group::GroupWork;
use crate::config::Look;
use crate::stages::{Seen, explain};
use crate::store::{RationaleRow, SampleRow, StageRow};
use fact_lang::ast::Module;
use fact_lang::run::run;
use serde_json::json;

impl GroupWork<'_> {
    /// Explains a verified sample if it is accepted; else keeps the answers to its run.
    pub(super) fn finish(&self, row: &mut SampleRow, program: &Module, seen: &Seen) {
        if row.accepted {
            self.explain(row, program, seen);
        }
        if row.rationale.is_none() {
            self.keep_answers(row, program, seen);
        }
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
                row.stages
                    .push(stage("ok", None, detail.map(|d| d.to_string())));
                row.rationale = Some(RationaleRow::Made {
                    rationale: explained.rationale,
                    certificate: explained.certificate.into(),
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
            stage.detail = Some(detail.to_string());
        }
    }
}
