//! Which rows an export takes by what people said of them.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Which samples are taken, by their reviews (`docs/viewer.md`). A review of a text that has changed
/// since counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reviewed {
    /// Those that a person accepted.
    Accepted,
    /// All but those that a person rejected.
    #[default]
    NotRejected,
    /// All.
    Ignore,
}

impl Reviewed {
    const ALL: [Self; 3] = [Self::Accepted, Self::NotRejected, Self::Ignore];

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotRejected => "not-rejected",
            Self::Ignore => "ignore",
        }
    }
}

impl FromStr for Reviewed {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == s);
        found.ok_or_else(|| format!("`{s}` is none of accepted, not-rejected, ignore"))
    }
}

impl fmt::Display for Reviewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
