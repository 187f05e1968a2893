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
    /// A student of ours: a size or a file of settings of students that are trained on parts of the run and
    /// score the others, or the folder of one that is trained. Read when it is asked.
    Student(String),
}

impl VerifierSpec {
    /// Its name, of an endpoint without the address: `vlm:MODEL`. In the store a student's name also
    /// tells its settings and what it was trained on.
    pub fn name(&self) -> String {
        match self {
            Self::Vlm { model, .. } => format!("vlm:{model}"),
            Self::Student(named) => format!("student:{named}"),
        }
    }
}

impl FromStr for VerifierSpec {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        if let Some(named) = s.strip_prefix("student:").filter(|named| !named.is_empty()) {
            return Ok(Self::Student(named.to_owned()));
        }
        match ModelAt::of_kind("vlm", s) {
            Some(found) => found.map(|ModelAt { model, url }| Self::Vlm { model, url }),
            None => Err(format!(
                "unknown verifier `{s}`, expected vlm:MODEL@URL, student:SIZE, student:FILE.toml or \
                 student:FOLDER"
            )),
        }
    }
}

impl fmt::Display for VerifierSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlm { model, url } => write!(f, "vlm:{model}@{url}"),
            Self::Student(named) => write!(f, "student:{named}"),
        }
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
        let spec: VerifierSpec = "student:judge.toml".parse().unwrap();
        assert_eq!(spec, VerifierSpec::Student("judge.toml".into()));
        assert_eq!(spec.to_string(), "student:judge.toml");
        for text in ["student:", "llm:m@http://h", "vlm:m", "m@http://h", ""] {
            assert!(
                text.parse::<VerifierSpec>()
                    .unwrap_err()
                    .contains("MODEL@URL")
            );
        }
    }
}
