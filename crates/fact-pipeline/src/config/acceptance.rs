//! What of a data set a choice may look at, and what is accepted.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a sample must reach to be accepted, apart from a right answer on itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Accept {
    /// V2 where the question has siblings with another scene, V1 where it has none.
    #[default]
    Siblings,
    /// V0: whatever the chosen program answers, with its confidence; for runs without answers.
    V0,
    /// V1: right on its own image.
    V1,
    /// V2: right on all samples of its question, which must have two scenes or more.
    V2,
    /// V3: of the accepted, this share is expected to be right in general; in (0, 1).
    Precision(f64),
}

impl FromStr for Accept {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match (s, s.parse::<f64>()) {
            ("siblings", _) => Ok(Self::Siblings),
            ("v0", _) => Ok(Self::V0),
            ("v1", _) => Ok(Self::V1),
            ("v2", _) => Ok(Self::V2),
            (_, Ok(p)) if p > 0.0 && p < 1.0 => Ok(Self::Precision(p)),
            (_, Ok(p)) => Err(format!("a precision lies between 0 and 1, not at {p}")),
            _ => Err(format!(
                "unknown rule `{s}`, expected one of: siblings, v0, v1, v2, or a precision such as 0.9"
            )),
        }
    }
}

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Siblings => f.write_str("siblings"),
            Self::V0 => f.write_str("v0"),
            Self::V1 => f.write_str("v1"),
            Self::V2 => f.write_str("v2"),
            Self::Precision(p) => write!(f, "{p}"),
        }
    }
}

/// How many scenes of a question its program is chosen on; the others are only scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visible {
    /// All of them.
    #[default]
    All,
    /// The first ones, in the data set's order.
    First(usize),
}

impl FromStr for Visible {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match (s, s.parse::<usize>()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(n)) if n > 0 => Ok(Self::First(n)),
            _ => Err(format!("expected `all` or a number from 1, not `{s}`")),
        }
    }
}

impl fmt::Display for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::First(n) => write!(f, "{n}"),
        }
    }
}

/// Whether something may be looked at when programs are chosen and accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// It may.
    #[default]
    Use,
    /// It may not: it only scores afterwards.
    Hide,
}

macro_rules! as_text {
    ($type:ty, $expected:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(untagged, expecting = $expected)]
                enum Form {
                    Whole(u64),
                    Part(f64),
                    Text(String),
                }
                let text = match Form::deserialize(deserializer)? {
                    Form::Whole(n) => n.to_string(),
                    Form::Part(x) => x.to_string(),
                    Form::Text(s) => s,
                };
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

as_text!(
    Accept,
    "expected `siblings`, `v0`, `v1`, `v2` or a precision such as 0.9"
);
as_text!(Visible, "expected `all` or a number from 1");
