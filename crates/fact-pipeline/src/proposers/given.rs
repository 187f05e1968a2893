//! The programs that a data set itself gives, as visual programs.

use super::{Candidate, Proposer};
use crate::datasets::{ProgramForm, Record};

/// Proposes the data set's own program for a question: functional programs compiled, visual
/// programs as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given;

impl Proposer for Given {
    fn name(&self) -> &'static str {
        "gold"
    }

    fn fingerprint(&self) -> String {
        "1".into()
    }

    fn propose(&self, record: &Record, _k: usize) -> Vec<Candidate> {
        let Some(given) = &record.program else {
            return Vec::new();
        };
        let (source, program) = match given.form {
            ProgramForm::Python => ("python", given.json.as_str().map(str::to_owned)),
            ProgramForm::Clevr => ("clevr", None),
            ProgramForm::Gqa => ("gqa", None),
        };
        let candidate = program.map(|program| Candidate {
            proposer: "gold",
            source: source.into(),
            score: 1.0,
            program,
        });
        candidate.into_iter().collect()
    }
}
