//! Where a run's programs come from.

use super::model::{ModelAt, as_text};
use std::fmt;
use std::str::FromStr;

/// A proposer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposerSpec {
    /// A bank of exemplars: retrieval and substitution.
    Bank,
    /// The data set's own functional programs, compiled.
    Gold,
    /// A language model behind an OpenAI-compatible endpoint, `docs/llm.md`.
    Llm {
        /// Name of the model, as the endpoint knows it.
        model: String,
        /// Address of the endpoint.
        url: String,
    },
}

impl ProposerSpec {
    /// What of it the results depend on: not where a model is.
    pub fn identity(&self) -> String {
        match self {
            Self::Llm { model, .. } => format!("llm:{model}"),
            other => other.to_string(),
        }
    }
}

impl FromStr for ProposerSpec {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "bank" => return Ok(Self::Bank),
            "gold" => return Ok(Self::Gold),
            _ => {}
        }
        match ModelAt::of_kind("llm", s) {
            Some(found) => found.map(|ModelAt { model, url }| Self::Llm { model, url }),
            None => Err(format!(
                "unknown proposer `{s}`, expected one of: bank, gold, llm:MODEL@URL"
            )),
        }
    }
}

impl fmt::Display for ProposerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bank => f.write_str("bank"),
            Self::Gold => f.write_str("gold"),
            Self::Llm { model, url } => write!(f, "llm:{model}@{url}"),
        }
    }
}

as_text!(ProposerSpec);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_read_and_written_alike() {
        for text in [
            "bank",
            "gold",
            "llm:org/model@rev2@http://127.0.0.1:8000/v1",
        ] {
            let spec: ProposerSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
        }
        let llm: ProposerSpec = "llm:m@https://example.org".parse().unwrap();
        assert_eq!(llm.identity(), "llm:m");
    }

    #[test]
    fn what_is_none_says_what_would_be() {
        let error = |s: &str| s.parse::<ProposerSpec>().unwrap_err();
        assert!(error("banks").contains("bank, gold, llm:MODEL@URL"));
        assert!(error("llm:model").contains("MODEL@URL"));
    }
}
