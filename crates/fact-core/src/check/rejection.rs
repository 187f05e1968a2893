//! Why a rationale is rejected.

use super::VERSION;

/// Why a rationale is rejected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// A certificate of another version.
    #[error("certificate version {found}; this checker reads {VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Something is not of the form that certificates have.
    #[error("{0}")]
    Malformed(String),
    /// Name, version or source of the pack are not those of the pack with the stated SHA-256.
    #[error("the pack's {what} is {found}, the certificate says {expected}")]
    PackDetail {
        /// `name`, `version` or `source`.
        what: &'static str,
        /// That of the pack at hand; its SHA-256 for the source.
        found: String,
        /// What is stated.
        expected: String,
    },
    /// The residual says something that the program does not say.
    #[error("the residual is not cut from the program, which has no `{line}` there")]
    Foreign {
        /// The first such line.
        line: String,
    },
    /// The recorded answers are not those that the program asks for.
    #[error("{0}")]
    Answers(String),
    /// The pack at hand is not the certificate's.
    #[error("the pack `{name}` has SHA-256 {found}, the certificate names {expected}")]
    Pack {
        /// Name of the pack.
        name: String,
        /// Hash of the pack at hand.
        found: String,
        /// Hash in the certificate.
        expected: String,
    },
    /// A program does not parse.
    #[error("the {which} does not parse: {reason}")]
    Syntax {
        /// `program` or `residual`.
        which: &'static str,
        /// The parser's message.
        reason: String,
    },
    /// A program does not give the stated result.
    #[error("the {which} gives {found} on the recorded answers, the certificate says {expected}")]
    Result {
        /// `program` or `residual`.
        which: &'static str,
        /// What it gives.
        found: String,
        /// What is stated.
        expected: String,
    },
    /// The residual leaves out something that matters.
    #[error(
        "with one recorded answer changed (table {table}), the residual ends otherwise than the program"
    )]
    Flip {
        /// Number of the flipped table.
        table: usize,
    },
    /// The residual holds a statement that does not matter.
    #[error("the residual is not minimal: `{statement}` can be left out")]
    NotMinimal {
        /// The statement's first line.
        statement: String,
    },
    /// Whether the residual is minimal takes too long to tell.
    #[error(
        "whether the residual is minimal is not known: the re-executions that the test may take \
         were spent before `{statement}` was tried"
    )]
    Undecided {
        /// First line of the statement that was to be tried next.
        statement: String,
    },
    /// A claim does not follow from its event.
    #[error("step {step}: a claim {reason}")]
    Claim {
        /// 1-based.
        step: usize,
        /// Why.
        reason: String,
    },
    /// A sentence does not say what the evidence says.
    #[error("step {step}: the text says “{found}” where the evidence gives “{expected}”")]
    Text {
        /// 1-based.
        step: usize,
        /// What is written.
        found: String,
        /// What follows.
        expected: String,
    },
    /// A step is missing, or one too many.
    #[error("the rationale has {found} steps, the evidence gives {expected}")]
    Steps {
        /// Steps written.
        found: usize,
        /// Steps that follow.
        expected: usize,
    },
    /// Cites, kind or boxes of a step are not those of its evidence.
    #[error("step {step}: its {what} are not those of its evidence")]
    Grounding {
        /// 1-based.
        step: usize,
        /// `cites`, `boxes`, `claims` or `kind`.
        what: &'static str,
    },
    /// The rationale does not exist: no evidence.
    #[error("no rationale follows: {0}")]
    NoRationale(String),
    /// The answer is not the program's.
    #[error("the answer is “{stated}”, but the program returned {returned}")]
    Answer {
        /// What the certificate states.
        stated: String,
        /// What the program returned.
        returned: String,
    },
    /// A text that a model wrote does not say what the rules' text says.
    #[error("the rewritten text {0}")]
    Rewritten(crate::extract::Difference),
    /// The running text is not the steps and the conclusion.
    #[error("the rationale's text says “{found}” where its steps give “{expected}”")]
    Joined {
        /// What is written.
        found: String,
        /// What the steps give.
        expected: String,
    },
}
