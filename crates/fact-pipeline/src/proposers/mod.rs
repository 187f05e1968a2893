//! Propose: from a question to candidate programs.

pub mod bank;
mod given;
pub mod gold;
pub mod llm;
mod open;

pub use given::Given;
pub use open::{OpenProposerError, open};

use crate::calls::{AskError, Dispatcher};
use crate::datasets::Record;
use fact_models::remote::Remote;
use std::sync::Arc;

/// A proposed program.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Name of the proposer.
    pub proposer: &'static str,
    /// What it was made from, such as an exemplar's id.
    pub source: String,
    /// The proposer's own score; higher is better.
    pub score: f64,
    /// Source text of the program.
    pub program: String,
    /// What else led to this very program, independently of `source`: further exemplars of a bank,
    /// further samples of a model. The more, the less likely it is luck.
    pub support: Vec<String>,
}

/// A record gives something to make programs from, and it is malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// Why there are no candidates.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProposeError {
    /// What the record gives to make programs from is malformed: an outcome to count.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The proposer's back end could not be asked, or the run was stopped: the question stays open.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// What a proposer may use while it proposes.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Asks the proposer's back end; there for those that have one.
    pub dispatcher: Option<&'a Dispatcher>,
    /// Whether to stop waiting for answers.
    pub halted: &'a dyn Fn() -> bool,
}

/// Makes programs for questions.
pub trait Proposer: Send + Sync {
    /// Its name, as in the configuration.
    fn name(&self) -> &'static str;

    /// Whatever its proposals depend on besides the question: part of the run's identity.
    fn fingerprint(&self) -> String;

    /// Whether its proposals depend on more of a record than the question. If so, a group's
    /// candidates are those of all its records, else those of its first.
    fn is_per_record(&self) -> bool {
        false
    }

    /// The back end behind a wire that it asks, if it asks one: through [`Desk::dispatcher`] only,
    /// so that answers are kept before they are used.
    fn remote(&self) -> Option<Arc<dyn Remote>> {
        None
    }

    /// At most `k` candidates for the question of `record`, best first; the same for the same
    /// record and the same answers of the back end. Blocks while it waits for them.
    ///
    /// # Errors
    /// If what the record gives to make programs from is malformed, or the back end could not be
    /// asked.
    fn propose(
        &self,
        record: &Record,
        k: usize,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError>;
}

impl Proposer for Arc<bank::Bank> {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn fingerprint(&self) -> String {
        self.sha256().to_owned()
    }

    fn propose(
        &self,
        record: &Record,
        k: usize,
        _desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let found = bank::Bank::propose(self, &record.sample.question, k);
        let candidate = |found: bank::Candidate| Candidate {
            proposer: "bank",
            source: found.exemplar,
            score: found.score,
            program: found.program,
            support: found.support,
        };
        Ok(found.into_iter().map(candidate).collect())
    }
}
