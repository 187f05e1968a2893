//! Why a bank cannot be used.

use std::path::PathBuf;

/// A bank cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// No bank is shipped for the pack.
    #[error("no exemplar bank is shipped for the pack `{0}`")]
    NoneShipped(String),
    /// The file cannot be read.
    #[error("cannot read the bank {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It cannot be written.
    #[error("cannot write the bank {}: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It has no exemplar of this id.
    #[error("{origin}: no exemplar `{id}`")]
    Unknown {
        /// The file.
        origin: String,
        /// The id.
        id: String,
        /// The id that is nearest.
        nearest: Option<String>,
    },
    /// An exemplar of this id is there already.
    #[error("{origin}: there is an exemplar `{id}` already")]
    Taken {
        /// The file.
        origin: String,
        /// The id.
        id: String,
    },
    /// It is not TOML, or has a key or a type that no bank has.
    #[error("{origin}:{line}: {message}")]
    Toml {
        /// The file.
        origin: String,
        /// 1-based line.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A table that says how sentences are read is wrong.
    #[error("{origin}: `{field}`: {message}")]
    Table {
        /// The file.
        origin: String,
        /// The key, such as `members.side`.
        field: String,
        /// What is wrong.
        message: String,
    },
    /// An exemplar is wrong.
    #[error("{origin}: exemplar {}: `{field}`: {message}", name(*.number, .id.as_deref()))]
    Exemplar {
        /// The file.
        origin: String,
        /// Which `[[exemplar]]` of the file it is, from 1.
        number: usize,
        /// Its id, if it has one.
        id: Option<String>,
        /// The key.
        field: &'static str,
        /// What is wrong.
        message: String,
    },
}

impl BankError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoneShipped(_) => "give the file of a bank, or use another proposer".into(),
            Self::Read { .. } => "give the path of a TOML file with [[exemplar]] tables".into(),
            Self::Write { .. } => "choose a place that can be written".into(),
            Self::Unknown { nearest, .. } => match nearest {
                Some(id) => format!("did you mean `{id}`?"),
                None => "fact bank list tells the ids".into(),
            },
            Self::Taken { .. } => "choose another id, or remove that one first".into(),
            Self::Toml { .. } | Self::Table { .. } => {
                "banks/README.md says what a bank holds".into()
            }
            Self::Exemplar { .. } => {
                "an exemplar has the keys id, sentence, source and program, and, if it was learned, \
                 level and provenance"
                    .into()
            }
        })
    }
}

fn name(number: usize, id: Option<&str>) -> String {
    match id {
        Some(id) => format!("`{id}`"),
        None => format!("number {number}"),
    }
}
