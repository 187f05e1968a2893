//! Propose: from a question to candidate programs.

pub mod bank;
mod given;
pub mod gold;

pub use given::Given;

use crate::datasets::Record;

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

    /// At most `k` candidates for the question of `record`, best first; the same for the same
    /// record.
    ///
    /// # Errors
    /// If what the record gives to make programs from is malformed: an outcome to count.
    fn propose(&self, record: &Record, k: usize) -> Result<Vec<Candidate>, Malformed>;
}

impl Proposer for bank::Bank {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn fingerprint(&self) -> String {
        self.sha256().to_owned()
    }

    fn propose(&self, record: &Record, k: usize) -> Result<Vec<Candidate>, Malformed> {
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
