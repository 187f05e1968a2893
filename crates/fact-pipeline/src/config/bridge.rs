//! Who writes the text of rationales.

use super::model::{ModelAt, as_text};
use std::fmt;
use std::str::FromStr;

/// Who writes the text of rationales.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BridgeSpec {
    /// The rules alone.
    #[default]
    Rules,
    /// A language model behind an OpenAI-compatible endpoint writes them anew, `docs/bridge.md`;
    /// what it writes counts if it says what the rules say.
    Llm {
        /// Name of the model, as the endpoint knows it.
        model: String,
        /// Address of the endpoint.
        url: String,
    },
}

impl FromStr for BridgeSpec {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        if s == "rules" {
            return Ok(Self::Rules);
        }
        match ModelAt::of_kind("llm", s) {
            Some(found) => found.map(|ModelAt { model, url }| Self::Llm { model, url }),
            None => Err(format!(
                "unknown bridge `{s}`, expected rules or llm:MODEL@URL"
            )),
        }
    }
}

impl fmt::Display for BridgeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules => f.write_str("rules"),
            Self::Llm { model, url } => write!(f, "llm:{model}@{url}"),
        }
    }
}

as_text!(BridgeSpec);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_read_and_written_alike() {
        for text in ["rules", "llm:org/model@rev2@http://127.0.0.1:8000/v1"] {
            let spec: BridgeSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
        }
        let error = |s: &str| s.parse::<BridgeSpec>().unwrap_err();
        assert!(error("rule").contains("rules or llm:MODEL@URL"));
        assert!(error("llm:model").contains("MODEL@URL"));
    }
}
