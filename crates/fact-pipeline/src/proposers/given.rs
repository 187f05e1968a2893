//! The programs that a data set itself gives, as visual programs.

use super::gold::{compile_clevr, compile_gqa};
use super::{Candidate, Desk, NoProposal, ProposeError, Proposer};
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
        "2".into()
    }

    fn is_per_record(&self) -> bool {
        true
    }

    /// One candidate; none where the data set gives no program, or a malformed one.
    fn propose(
        &self,
        record: &Record,
        _k: usize,
        _desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let Some(given) = &record.program else {
            return Ok(Vec::new());
        };
        let malformed = |e: super::gold::GoldError| NoProposal::malformed(e.to_string());
        let (source, program) = match given.form {
            ProgramForm::Clevr => ("clevr", compile_clevr(&given.json).map_err(malformed)?),
            ProgramForm::Gqa => ("gqa", compile_gqa(&given.json).map_err(malformed)?),
            ProgramForm::Python => match given.json.as_str() {
                Some(program) => ("python", program.to_owned()),
                None => return Err(NoProposal::malformed("the program is not text".into()).into()),
            },
        };
        Ok(vec![Candidate {
            proposer: "gold",
            source: source.into(),
            score: 1.0,
            program,
            support: Vec::new(),
        }])
    }
}
