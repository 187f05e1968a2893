//! What the engine hands to the store.

use super::kept::KeptRationale;
use fact_core::certificate::Certificate;
use fact_core::rationale::Rationale;
use fact_core::sample::Sample;
use fact_core::verify::Level;
use fact_core::verify::confidence::Evidence;

/// All that is known of a group of samples, written in one transaction.
#[derive(Debug, Clone)]
pub struct GroupRows {
    /// The group.
    pub group: GroupRow,
    /// Its candidates, in the order proposed.
    pub candidates: Vec<CandidateRow>,
    /// Its samples, in the data set's order.
    pub samples: Vec<SampleRow>,
}

/// A question and its siblings.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// Ordinal of its first sample: the group's key.
    pub key: u64,
    /// The data set's name of the group.
    pub name: String,
    /// The question.
    pub question: String,
    /// Number of different scenes.
    pub scenes: usize,
    /// Number of scenes that the program was chosen on.
    pub visible: usize,
    /// The candidate chosen.
    pub chosen: Option<usize>,
    /// Whether some candidate is right on all samples.
    pub oracle: bool,
    /// The candidate that would be chosen with one scene visible.
    pub chosen_one: Option<usize>,
    /// Whether that one is right on all samples of the other scenes; `None` if there are none.
    pub one_holds: Option<bool>,
    /// The round of learning that it is from, from 1.
    pub round: u32,
    /// Whether a sample of it is kept back for evaluation: nothing is learned from it.
    pub held_out: bool,
    /// Digest of the records that it was made from: the same for the same records.
    pub records: u64,
}

/// A proposed program.
#[derive(Debug, Clone)]
pub struct CandidateRow {
    /// Who proposed it.
    pub proposer: String,
    /// What it was made from, such as an exemplar's id.
    pub source: String,
    /// The proposer's own score; higher is better.
    pub score: f64,
    /// Its source text.
    pub program: String,
    /// The level it reaches on the visible samples.
    pub level: Option<Level>,
    /// On how many samples it returned.
    pub ran: usize,
    /// On how many samples it was right.
    pub right: usize,
    /// Whether it was right on all samples that have a label.
    pub all_right: bool,
    /// Statements of the program that the answer depends on, on the first sample it ran on.
    pub slice: Option<usize>,
    /// Why it does not parse.
    pub reason: Option<String>,
    /// What speaks for it; `None` if it does not parse.
    pub evidence: Option<Evidence>,
}

/// A sample and what became of it.
#[derive(Debug, Clone)]
pub struct SampleRow {
    /// Position in the data set.
    pub ordinal: u64,
    /// The sample.
    pub sample: Sample,
    /// The candidate chosen.
    pub chosen: Option<usize>,
    /// Whether its answer is right; `None` without a label.
    pub right: Option<bool>,
    /// What the chosen program answers.
    pub predicted: Option<String>,
    /// The level that the chosen program reaches here.
    pub level: Option<Level>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// How likely the program is right in general, in [0, 1].
    pub confidence: Option<f64>,
    /// If not accepted: why, as `stage:reason`.
    pub failure: Option<String>,
    /// One per stage it went through.
    pub stages: Vec<StageRow>,
    /// What each candidate did here.
    pub verdicts: Vec<VerdictRow>,
    /// If accepted.
    pub rationale: Option<RationaleRow>,
}

/// What a stage did with a sample.
#[derive(Debug, Clone)]
pub struct StageRow {
    /// `propose`, `execute`, `verify` or `explain`.
    pub stage: &'static str,
    /// `ok`, or what else happened.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// More, as JSON.
    pub detail: Option<String>,
}

/// What a candidate did on a sample.
#[derive(Debug, Clone)]
pub struct VerdictRow {
    /// Index of the candidate in its group.
    pub candidate: usize,
    /// `returned`, `raised`, `limit`, `suspended`, `unreadable` or `malformed`.
    pub outcome: &'static str,
    /// Exception, limit, request.
    pub reason: Option<String>,
    /// The answer.
    pub predicted: Option<String>,
    /// The matcher's score of it in [0, 1]; `None` if the sample has no label.
    pub score: Option<f64>,
}

/// A rationale with its certificate, which has the residual program.
#[derive(Debug, Clone)]
pub enum RationaleRow {
    /// It was made just now.
    Made {
        /// The rationale.
        rationale: Rationale,
        /// Its certificate.
        certificate: Box<Certificate>,
    },
    /// It was in the store, and stays byte for byte.
    Stored(KeptRationale),
}
