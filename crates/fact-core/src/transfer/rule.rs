//! Which rationales to keep: rules over the scores of verifiers, and their vote.

use super::{Condition, Scored, Scores};
use std::fmt;
use std::str::FromStr;

/// What a verifier must show for a rationale to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// It is right when given image and rationale.
    Paper,
    /// It is better off with the rationale than without, by more than (or, if `or_equal`, by at
    /// least) so much: [`Scores::lift`].
    Lift {
        /// In [-1, 1].
        least: f64,
        /// Whether the bound itself will do.
        or_equal: bool,
    },
    /// The same against the better of the image alone and the text alone: what neither gives.
    Net {
        /// In [-1, 1].
        least: f64,
        /// Whether the bound itself will do.
        or_equal: bool,
    },
}

/// How several verifiers decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vote {
    /// One of them is enough.
    Any,
    /// More than half of them.
    #[default]
    Majority,
    /// All of them.
    All,
}

impl Rule {
    /// Whether one verifier's scores meet the rule; `None` if it was not asked what the rule needs.
    pub fn met(&self, scores: &Scores) -> Option<bool> {
        let above = |gain: f64, least: f64, or_equal: bool| match or_equal {
            true => gain >= least,
            false => gain > least,
        };
        match *self {
            Self::Paper => scores.get(Condition::Rationale).map(Scored::is_right),
            Self::Lift { least, or_equal } => Some(above(scores.lift()?, least, or_equal)),
            Self::Net { least, or_equal } => {
                let of_text = scores.gain(Condition::Rationale, Condition::Text)?;
                Some(above(scores.lift()?.min(of_text), least, or_equal))
            }
        }
    }

    /// Whether a rationale is kept, by the vote of its verifiers; `None` if one of them has not
    /// been asked what the rule needs, or there is none.
    pub fn keeps<'s>(
        &self,
        verifiers: impl IntoIterator<Item = &'s Scores>,
        vote: Vote,
    ) -> Option<bool> {
        let met: Option<Vec<bool>> = verifiers.into_iter().map(|s| self.met(s)).collect();
        let met = met?;
        let yes = met.iter().filter(|met| **met).count();
        (!met.is_empty()).then_some(match vote {
            Vote::Any => yes > 0,
            Vote::Majority => 2 * yes > met.len(),
            Vote::All => yes == met.len(),
        })
    }
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown rule `{0}`, expected transfer:paper, transfer:lift>X or transfer:net>X with X from -1 \
     to 1 (or >=)"
)]
pub struct ParseRuleError(String);

impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let rule = text.trim().strip_prefix("transfer:")?;
            if rule == "paper" {
                return Some(Self::Paper);
            }
            let (name, bound) = rule.split_once('>')?;
            let (or_equal, bound) = match bound.strip_prefix('=') {
                Some(bound) => (true, bound),
                None => (false, bound),
            };
            let least = bound.trim().parse::<f64>().ok()?;
            if !(-1.0..=1.0).contains(&least) {
                return None;
            }
            match name.trim() {
                "lift" => Some(Self::Lift { least, or_equal }),
                "net" => Some(Self::Net { least, or_equal }),
                _ => None,
            }
        };
        read().ok_or_else(|| ParseRuleError(text.to_owned()))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |or_equal| if or_equal { ">=" } else { ">" };
        match *self {
            Self::Paper => f.write_str("transfer:paper"),
            Self::Lift { least, or_equal } => {
                write!(f, "transfer:lift{}{least}", sign(or_equal))
            }
            Self::Net { least, or_equal } => write!(f, "transfer:net{}{least}", sign(or_equal)),
        }
    }
}

impl FromStr for Vote {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Self::Any),
            "majority" => Ok(Self::Majority),
            "all" => Ok(Self::All),
            other => Err(format!(
                "unknown vote `{other}`, expected any, majority or all"
            )),
        }
    }
}

impl fmt::Display for Vote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Majority => "majority",
            Self::All => "all",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

    use super::*;
    use proptest::prelude::*;

    /// Scores under the first conditions, in their order.
    fn scores(values: &[f64]) -> Scores {
        let scored = |score: &f64| Scored {
            answer: String::new(),
            score: *score,
            probability: None,
        };
        let values = Condition::ALL.into_iter().zip(values.iter().map(scored));
        Scores(values.collect())
    }

    fn rule(text: &str) -> Rule {
        text.parse().unwrap()
    }

    #[test]
    fn rules_are_of_what_they_say() {
        // plain, rationale, text
        let helped = scores(&[0.0, 1.0, 0.0]);
        let knew = scores(&[1.0, 1.0, 0.0]);
        let told = scores(&[0.0, 1.0, 1.0]);
        let met = |text: &str| [&helped, &knew, &told].map(|s| rule(text).met(s).unwrap());
        assert_eq!(met("transfer:paper"), [true, true, true]);
        assert_eq!(met("transfer:lift>0"), [true, false, true]);
        assert_eq!(met("transfer:lift>=0"), [true, true, true]);
        assert_eq!(met("transfer:net>0.1"), [true, false, false]);
    }

    #[test]
    fn what_was_not_asked_decides_nothing() {
        assert_eq!(rule("transfer:net>0").met(&scores(&[0.0, 1.0])), None);
        assert_eq!(rule("transfer:lift>0").met(&scores(&[0.0])), None);
        let asked = scores(&[0.0, 1.0]);
        let both = [&asked, &scores(&[])];
        assert_eq!(rule("transfer:paper").keeps(both, Vote::Any), None);
        assert_eq!(rule("transfer:paper").keeps([], Vote::All), None);
    }

    #[test]
    fn votes_count_as_they_are_called() {
        let (yes, no) = (scores(&[0.0, 1.0]), scores(&[0.0, 0.0]));
        let keeps = |verifiers: &[&Scores]| {
            [Vote::Any, Vote::Majority, Vote::All]
                .map(|vote| Rule::Paper.keeps(verifiers.iter().copied(), vote).unwrap())
        };
        assert_eq!(keeps(&[&yes, &no]), [true, false, false]);
        assert_eq!(keeps(&[&yes, &no, &yes]), [true, true, false]);
        assert_eq!(keeps(&[&yes]), [true, true, true]);
        assert_eq!(keeps(&[&no]), [false, false, false]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "paper",
            "transfer:",
            "transfer:lift",
            "transfer:lift>",
            "transfer:lift>2",
            "transfer:lift>nan",
            "transfer:lift<0.1",
            "transfer:gain>0",
            "transfer:paper>0",
        ] {
            let error = text.parse::<Rule>().unwrap_err().to_string();
            assert!(error.contains("transfer:lift>X"), "{error}");
        }
        assert!("most".parse::<Vote>().is_err());
    }

    proptest! {
        #[test]
        fn rules_are_read_as_they_are_written(least in -1.0f64..=1.0, or_equal: bool, net: bool) {
            let rule = match net {
                true => Rule::Net { least, or_equal },
                false => Rule::Lift { least, or_equal },
            };
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
        }
    }
}
