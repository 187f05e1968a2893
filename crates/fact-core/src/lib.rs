//! What makes a rationale faithful, concise and checkable. Knows nothing of HTTP, files or threads.
//!
//! In the order data flows: a [`sample`] is answered by a program that is
//! [`verify`]ed and whose run is [`slice`](mod@slice)d; what the
//! slice saw is [`merge`]d into few sentences ([`english`] has the words), [`bridge`]d to the
//! question, and put together by [`explain`](mod@explain) as a [`rationale`] with a [`certificate`] of typed
//! [`claim`]s, which [`check`](mod@check) re-checks. [`extract`] reads the facts of a text, to tell whether
//! one that a language model wrote says the same. [`style`](mod@style) writes it as trainers want it;
//! [`mod@transfer`] tells whether it helps a verifier model;
//! [`narrate`](mod@narrate) tells a run as it is, for comparison, and [`tokens`] counts. [`matcher`]
//! compares answers; [`metrics`] computes those of the benchmarks.

pub mod bridge;
pub mod certificate;
pub mod check;
pub mod claim;
pub mod english;
pub mod explain;
pub mod extract;
pub mod matcher;
pub mod merge;
pub mod metrics;
pub mod narrate;
pub mod rationale;
pub mod sample;
pub mod slice;
pub mod style;
pub mod tokens;
pub mod transfer;
pub mod verify;

pub use certificate::Certificate;
pub use check::{CheckOptions, Rejection, check, check_rewritten};
pub use explain::{Context, ExplainError, Explained, explain};
pub use matcher::Matcher;
pub use rationale::{GroundedBox, Rationale, Step, StepKind};
pub use sample::{Sample, WeightedAnswer};
pub use style::{Style, Styled};
pub use verify::{Level, Standing, Trial, Verdict};
