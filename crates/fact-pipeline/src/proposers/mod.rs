//! Propose: from a question to candidate programs.

pub mod bank;
mod given;

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
}

/// Makes programs for questions.
pub trait Proposer: Send + Sync {
    /// Its name, as in the configuration.
    fn name(&self) -> &'static str;

    /// Whatever its proposals depend on besides the question: part of the run's identity.
    fn fingerprint(&self) -> String;

    /// At most `k` candidates for the question of `record`, best first; the same for the same
    /// question. All samples of a group share the candidates made from its first record.
    fn propose(&self, record: &Record, k: usize) -> Vec<Candidate>;
}
