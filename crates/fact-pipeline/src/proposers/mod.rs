//! Propose: from a question to candidate programs.

pub mod bank;
mod given;
pub mod gold;
pub mod llm;
mod open;

pub use given::Given;
pub use open::{OpenProposerError, bank_of, open};

use crate::calls::{AskError, Dispatcher, Used};
use crate::config::LlmConfig;
use crate::datasets::Record;
use fact_models::remote::{Ask, Remote};
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

/// Nothing can be proposed for a record: an outcome to count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NoProposal {
    /// A stable name, for counting: `malformed`, `unanswered`, `endpoint`, or as for images.
    pub kind: &'static str,
    /// What and why.
    pub message: String,
}

impl NoProposal {
    /// The kind of [`NoProposal::endpoint`].
    pub const ENDPOINT: &'static str = "endpoint";

    /// The kind of [`NoProposal::unanswered`].
    pub const UNANSWERED: &'static str = "unanswered";

    /// The kind of what the store has this status of: an unknown operation is a malformed record, of
    /// which the comparison with annotations tells more.
    pub fn kind_named(status: &str) -> Option<&'static str> {
        let kinds = [
            "malformed",
            Self::UNANSWERED,
            "absent",
            "too_large",
            "unreadable",
            "undecodable",
            "no_annotation",
            "annotation",
        ];
        match status {
            "unknown_operation" => Some("malformed"),
            status => kinds.into_iter().find(|kind| *kind == status),
        }
    }

    /// The record gives something to make programs from, and it is malformed.
    pub fn malformed(message: String) -> Self {
        Self {
            kind: "malformed",
            message,
        }
    }

    /// The proposer's back end failed this question again and again, and answered others: the next
    /// session asks again.
    pub fn endpoint(message: String) -> Self {
        Self {
            kind: Self::ENDPOINT,
            message,
        }
    }

    /// The proposer's back end was asked and said nothing that can be used.
    pub fn unanswered(message: String) -> Self {
        Self {
            kind: Self::UNANSWERED,
            message,
        }
    }
}

/// A program that did not do, for a proposer to repair.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedProgram {
    /// Who proposed it, and from what.
    pub source: String,
    /// Its text.
    pub program: String,
    /// What went wrong, in a sentence.
    pub failure: String,
    /// What happened when it ran, a line an event; empty if it did not.
    pub trace: String,
}

/// What a question will ask of a proposer's back end, before it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Requests.
    pub requests: u64,
    /// Tokens of their prompts, estimated from their length.
    pub prompt_tokens: u64,
    /// The most tokens that their completions may have.
    pub completion_tokens: u64,
    /// Further ones that need no request: the store has their answers.
    pub stored: u64,
}

impl std::ops::AddAssign for Estimate {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.stored += other.stored;
    }
}

impl Estimate {
    /// With those requests taken out that the store answers: all of a question are alike.
    #[must_use]
    pub(crate) fn less_stored(self) -> Self {
        let open = self.requests.saturating_sub(self.stored);
        let part = |of: u64| match self.requests {
            0 => 0,
            all => u64::try_from(u128::from(of) * u128::from(open) / u128::from(all)).unwrap_or(of),
        };
        Self {
            requests: open,
            prompt_tokens: part(self.prompt_tokens),
            completion_tokens: part(self.completion_tokens),
            stored: self.stored,
        }
    }

    /// In words, for the user; priced if the prices are given.
    pub fn text(&self, questions: u64, config: &LlmConfig) -> String {
        let Self {
            requests,
            prompt_tokens,
            completion_tokens,
            stored,
        } = *self;
        let stored = match stored {
            0 => String::new(),
            n => format!("; {n} more are answered by the store"),
        };
        let cost = config.priced(prompt_tokens, completion_tokens);
        let cost = cost.map(|cost| format!(", a cost of at most {cost:.2}"));
        let repair = if config.repair {
            "; repairs, at most one more request a question, come on top"
        } else {
            ""
        };
        format!(
            "language model: {questions} questions are {requests} requests of about \
             {prompt_tokens} prompt tokens in all and at most {completion_tokens} completion \
             tokens{}{repair}{stored}",
            cost.unwrap_or_default()
        )
    }
}

/// Why there are no candidates.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProposeError {
    /// There is nothing to propose: an outcome to count.
    #[error(transparent)]
    Nothing(#[from] NoProposal),
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
    /// asked or said nothing that can be used.
    fn propose(
        &self,
        record: &Record,
        k: usize,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError>;

    /// What proposing for a record will ask of the back end; nothing for those without one.
    fn estimate(&self, record: &Record) -> Estimate {
        let _ = record;
        Estimate::default()
    }

    /// The questions that [`propose`](Self::propose) will ask the back end for a record, as far as
    /// they can be told without looking at images.
    fn asks(&self, record: &Record) -> Vec<Ask> {
        let _ = record;
        Vec::new()
    }

    /// The most that proposing for a record, and repairing, can use of the back end.
    fn most(&self, record: &Record) -> Used {
        let _ = record;
        Used::default()
    }

    /// Whether [`repair`](Self::repair) may have something to say.
    fn repairs(&self) -> bool {
        false
    }

    /// Candidates in the place of a program that did not do.
    ///
    /// # Errors
    /// As for [`propose`](Self::propose).
    fn repair(
        &self,
        record: &Record,
        failed: &FailedProgram,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let _ = (record, failed, desk);
        Ok(Vec::new())
    }
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
        let candidate = |found: bank::Candidate| match found.composed {
            // Its exemplars made it together: none of them is a further witness.
            true => Candidate {
                proposer: "bank",
                source: std::iter::once(found.exemplar)
                    .chain(found.support)
                    .collect::<Vec<_>>()
                    .join(" + "),
                score: found.score,
                program: found.program,
                support: Vec::new(),
            },
            false => Candidate {
                proposer: "bank",
                source: found.exemplar,
                score: found.score,
                program: found.program,
                support: found.support,
            },
        };
        Ok(found.into_iter().map(candidate).collect())
    }
}
