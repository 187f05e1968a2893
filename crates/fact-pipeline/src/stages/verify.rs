//! Verify: what a run of a candidate says about a sample, judged by the data set's matcher.

use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::verify::Verdict;
use fact_lang::run::{Limit, Outcome};

/// A candidate's try at a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// `returned`, `raised`, `limit`, `suspended`, `unreadable` or `malformed`.
    pub outcome: &'static str,
    /// Class and message of the exception, the limit, the open request, what is unreadable.
    pub reason: Option<String>,
    /// The answer.
    pub predicted: Option<String>,
    /// The matcher's score of the answer in [0, 1]; `None` without answer or without label.
    pub score: Option<f64>,
    /// How it did.
    pub verdict: Verdict,
}

impl Attempt {
    /// At a sample that cannot be looked at.
    pub fn unreadable(kind: &'static str) -> Self {
        Self {
            outcome: "unreadable",
            reason: Some(kind.to_owned()),
            predicted: None,
            score: None,
            verdict: Verdict::Failed,
        }
    }

    /// At a sample for which nothing can be proposed: it judges no program.
    pub fn malformed() -> Self {
        Self {
            outcome: "malformed",
            reason: None,
            predicted: None,
            score: None,
            verdict: Verdict::Unjudged,
        }
    }

    /// Judges how a run ended.
    pub fn judge(outcome: &Outcome, sample: &Sample, matcher: Matcher) -> Self {
        let failed = |outcome, reason| Self {
            outcome,
            reason: Some(reason),
            predicted: None,
            score: None,
            verdict: Verdict::Failed,
        };
        match outcome {
            Outcome::Returned(value) if sample.answers.is_empty() => Self {
                outcome: "returned",
                reason: None,
                predicted: Some(value.text.clone()),
                score: None,
                verdict: Verdict::Unjudged,
            },
            Outcome::Returned(value) => Self {
                outcome: "returned",
                reason: None,
                predicted: Some(value.text.clone()),
                score: Some(matcher.score(&value.text, &sample.answers)),
                verdict: if matcher.is_right(&value.text, &sample.answers) {
                    Verdict::Right
                } else {
                    Verdict::Wrong
                },
            },
            Outcome::Raised(raised) if raised.message.is_empty() => {
                failed("raised", raised.class.clone())
            }
            Outcome::Raised(raised) => {
                failed("raised", format!("{}: {}", raised.class, raised.message))
            }
            Outcome::LimitReached { limit, .. } => failed("limit", limit_name(*limit).to_owned()),
            Outcome::Suspended(request) => failed("suspended", request.tool.clone()),
        }
    }

    /// Whether it gave an answer.
    pub fn ran(&self) -> bool {
        self.predicted.is_some()
    }

    /// Whether the answer is right.
    pub fn right(&self) -> bool {
        self.verdict == Verdict::Right
    }

    /// What went wrong, as `stage:kind`, without text of the data, by its verdict or, where the label
    /// may not be seen, by another.
    pub fn failure(&self, verdict: Verdict) -> Option<String> {
        let reason = self.reason.as_deref().unwrap_or_default();
        match (verdict, self.outcome) {
            (Verdict::Right, _) => None,
            (Verdict::Wrong, _) => Some("verify:wrong".into()),
            (Verdict::Unjudged, _) => Some("verify:unlabelled".into()),
            (Verdict::Failed, "unreadable") => Some(format!("image:{reason}")),
            (Verdict::Failed, outcome) => {
                let class = reason.split(':').next().unwrap_or_default();
                Some(format!("execute:{outcome}:{class}"))
            }
        }
    }
}

/// The limit's name, as in the configuration.
pub fn limit_name(limit: Limit) -> &'static str {
    match limit {
        Limit::Steps => "steps",
        Limit::Heap => "heap",
        Limit::Output => "output",
        Limit::ToolCalls => "tool_calls",
        Limit::Events => "events",
    }
}
