//! The two tasks that a sample can teach, each in a file of its own.

use std::fmt;
use std::str::FromStr;

/// One of the two tasks of “Distilling step-by-step” (Hsieh et al., ACL Findings 2023): a model that is
/// asked with one prefix answers at once, with the other it gives the rationale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The data set's bare answer, of every sample that has one.
    Label,
    /// The rationale in the style asked for, of accepted samples.
    Rationale,
}

impl Task {
    /// All tasks.
    pub const ALL: [Self; 2] = [Self::Label, Self::Rationale];

    /// What stands in names of files and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Rationale => "rationale",
        }
    }

    /// What stands before the question, the space after it included. The words are those of the
    /// paper; a model is asked with the same ones when it is evaluated.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Label => "[label] ",
            Self::Rationale => "[rationale] ",
        }
    }
}

impl FromStr for Task {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let task = Self::ALL.into_iter().find(|task| task.name() == s);
        task.ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            format!("unknown task `{s}`, expected one of: {}", names.join(", "))
        })
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
