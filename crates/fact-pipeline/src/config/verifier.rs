//! Who is asked whether rationales help.

use super::model::{ModelAt, as_text};
use std::fmt;
use std::str::FromStr;

/// A verifier model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifierSpec {
    /// A vision-language model behind an OpenAI-compatible endpoint, asked by chat.
    Vlm {
        /// Name of the model, as the endpoint knows it.
        model: String,
        /// Address of the endpoint.
        url: String,
    },
}

impl VerifierSpec {
    /// Its name in the store and in tables, without the address: `vlm:MODEL`.
    pub fn name(&self) -> String {
        let Self::Vlm { model, .. } = self;
        format!("vlm:{model}")
    }
}

impl FromStr for VerifierSpec {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match ModelAt::of_kind("vlm", s) {
            Some(found) => found.map(|ModelAt { model, url }| Self::Vlm { model, url }),
            None => Err(format!("unknown verifier `{s}`, expected vlm:MODEL@URL")),
        }
    }
}

impl fmt::Display for VerifierSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Vlm { model, url } = self;
        write!(f, "vlm:{model}@{url}")
    }
}

as_text!(VerifierSpec);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_read_and_written_alike() {
        let text = "vlm:org/model@http://127.0.0.1:8000/v1";
        let spec: VerifierSpec = text.parse().unwrap();
        assert_eq!(
            (spec.to_string().as_str(), spec.name().as_str()),
            (text, "vlm:org/model")
        );
        for text in ["llm:m@http://h", "vlm:m", "m@http://h", ""] {
            assert!(
                text.parse::<VerifierSpec>()
                    .unwrap_err()
                    .contains("MODEL@URL")
            );
        }
    }
}
