//! Which perception back end a run asks.

use super::model::{ModelAt, as_text};
use std::fmt;
use std::str::FromStr;

/// A perception back end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PerceptionSpec {
    /// Looks at the pixels of flat-colour images.
    #[default]
    Pixels,
    /// Reads the data set's annotations.
    Scene,
    /// A tool server: any perception that speaks the protocol of `docs/tool-server.md`.
    Server {
        /// Its address.
        url: String,
    },
    /// A vision-language model behind an OpenAI-compatible endpoint, `docs/vlm.md`.
    Vlm {
        /// Name of the model, as the endpoint knows it.
        model: String,
        /// Address of the endpoint.
        url: String,
    },
}

impl FromStr for PerceptionSpec {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let is_url = |s: &str| s.starts_with("http://") || s.starts_with("https://");
        match s {
            "pixels" => return Ok(Self::Pixels),
            "scene" => return Ok(Self::Scene),
            _ if is_url(s) => return Ok(Self::Server { url: s.to_owned() }),
            _ => {}
        }
        match ModelAt::of_kind("vlm", s) {
            Some(found) => found.map(|ModelAt { model, url }| Self::Vlm { model, url }),
            None => Err(format!(
                "unknown perception `{s}`, expected pixels, scene, http://HOST:PORT (a tool server) \
                 or vlm:MODEL@URL"
            )),
        }
    }
}

impl fmt::Display for PerceptionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels => f.write_str("pixels"),
            Self::Scene => f.write_str("scene"),
            Self::Server { url } => f.write_str(url),
            Self::Vlm { model, url } => write!(f, "vlm:{model}@{url}"),
        }
    }
}

as_text!(PerceptionSpec);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_read_and_written_alike() {
        for text in [
            "pixels",
            "scene",
            "http://127.0.0.1:9000",
            "https://example.org/tools",
            "vlm:qwen2.5-vl@http://127.0.0.1:8000/v1",
            "vlm:org/model@rev2@https://example.org",
        ] {
            let spec: PerceptionSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
        }
        let Ok(PerceptionSpec::Vlm { model, url }) = "vlm:org/m@rev2@https://x.org".parse() else {
            panic!("a vlm");
        };
        assert_eq!((&*model, &*url), ("org/m@rev2", "https://x.org"));
    }

    #[test]
    fn what_is_none_says_what_would_be() {
        let error = |s: &str| s.parse::<PerceptionSpec>().unwrap_err();
        assert!(error("pixel").contains("expected pixels, scene"));
        assert!(error("vlm:model").contains("MODEL@URL"));
        assert!(error("vlm:@http://x").contains("MODEL@URL"));
    }
}
