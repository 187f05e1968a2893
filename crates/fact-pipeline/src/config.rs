//! What a run does: `fact.toml` and the flags over it.

mod acceptance;
mod bridge;
mod endpoint;
mod llm;
mod model;
mod perception;
mod proposer;
mod verifier;

pub use acceptance::{Accept, Look, Visible};
pub use bridge::BridgeSpec;
pub use endpoint::EndpointConfig;
pub use fact_models::language::Api;
pub use fact_models::vlm::BoxConvention;
pub use llm::LlmConfig;
pub use perception::PerceptionSpec;
pub use proposer::ProposerSpec;
pub use verifier::VerifierSpec;

use fact_lang::run::Limits;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Name of the file that is read if it lies in the working directory.
pub const FILE_NAME: &str = "fact.toml";

/// Most worker threads: more than any machine needs, few enough to start.
const MAX_THREADS: usize = 1024;

/// Most rounds: the last ones learn nothing long before.
const MAX_ROUNDS: usize = 100;

/// A commented `fact.toml` with every key; what `fact init` writes.
pub const TEMPLATE: &str = include_str!("config/template.toml");

/// Everything that a run's results depend on, and how and where it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Data set, as `READER:PATH`.
    pub data: String,
    /// Pack: a shipped name or the path of a `.py` file.
    #[serde(default = "default_pack")]
    pub pack: String,
    /// Perception back end.
    #[serde(default)]
    pub perception: PerceptionSpec,
    /// Where programs come from, in order of preference.
    #[serde(default = "default_propose")]
    pub propose: Vec<ProposerSpec>,
    /// Who writes the text of rationales.
    #[serde(default)]
    pub bridge: BridgeSpec,
    /// File of the exemplar bank; the pack's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<PathBuf>,
    /// Folder of the run.
    #[serde(default = "default_out")]
    pub out: PathBuf,
    /// Folders of other runs, whose answers from behind a wire are taken over instead of asking again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reuse: Vec<PathBuf>,
    /// Programs proposed per question and proposer.
    #[serde(default = "default_candidates")]
    pub candidates: usize,
    /// How many scenes of a question its program is chosen on.
    #[serde(default)]
    pub visible: Visible,
    /// What a sample must reach to be accepted.
    #[serde(default)]
    pub accept: Accept,
    /// Whether a sample's siblings may be looked at when its program is chosen.
    #[serde(default)]
    pub siblings: Look,
    /// Whether answers may be looked at when programs are chosen and accepted.
    #[serde(default)]
    pub answers: Look,
    /// File of the calibration of confidence; the shipped one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<PathBuf>,
    /// Rounds of learning: programs that a round is sure of are exemplars of the next one.
    #[serde(default = "default_rounds")]
    pub rounds: usize,
    /// Worker threads; one per core if absent. Changes nothing in the results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// Only the first samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Stop at the first malformed record instead of counting it.
    #[serde(default)]
    pub strict: bool,
    /// Seed of whatever is drawn.
    #[serde(default)]
    pub seed: u64,
    /// Bounds of one execution.
    #[serde(default)]
    pub limits: Limits,
    /// How a perception behind a wire is reached.
    #[serde(default)]
    pub endpoint: EndpointConfig,
    /// How a vision-language model is asked.
    #[serde(default)]
    pub vlm: fact_models::vlm::Options,
    /// How a language model is asked for programs.
    #[serde(default)]
    pub llm: LlmConfig,
}

fn default_pack() -> String {
    "blocks".into()
}

fn default_propose() -> Vec<ProposerSpec> {
    vec![ProposerSpec::Bank]
}

fn default_out() -> PathBuf {
    "runs/run".into()
}

fn default_rounds() -> usize {
    1
}

/// Whoever chooses by confidence gains by more to choose from: 16 was best of 10, 12, 16 and 24.
fn default_candidates() -> usize {
    16
}

macro_rules! named {
    ($type:ty, $what:literal, $($name:literal => $value:expr),+) => {
        impl FromStr for $type {
            type Err = String;
            fn from_str(s: &str) -> Result<Self, String> {
                match s {
                    $($name => Ok($value),)+
                    other => Err(format!(
                        concat!("unknown ", $what, " `{}`, expected one of: {}"),
                        other, [$($name),+].join(", ")
                    )),
                }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $(if *self == $value { return f.write_str($name); })+
                Ok(())
            }
        }
    };
}

named!(Look, "value", "use" => Self::Use, "hide" => Self::Hide);

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{origin}: not valid TOML: {message}")]
    Syntax {
        /// The file.
        origin: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// There is no such key.
    #[error("{origin}: unknown key `{key}`")]
    UnknownKey {
        /// The file.
        origin: String,
        /// The key, with its table.
        key: String,
        /// The known key that is nearest.
        nearest: Option<String>,
    },
    /// A value does not fit.
    #[error("{origin}: `{key}`: {message}")]
    Value {
        /// The file, or the flags.
        origin: String,
        /// The key.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// Nothing says which data to read.
    #[error("no data set given")]
    NoData,
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => Some("`fact init` writes a commented fact.toml".into()),
            Self::Syntax { .. } => Some("`fact init` writes a valid example".into()),
            Self::UnknownKey { nearest, .. } => Some(match nearest {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known keys: {}", KEYS.join(", ")),
            }),
            Self::Value { .. } => None,
            Self::NoData => Some(
                "give --data READER:PATH (such as --data nlvr:nlvr/dev) or `data = …` in fact.toml"
                    .into(),
            ),
        }
    }
}

/// The keys of `fact.toml`.
const KEYS: &[&str] = &[
    "data",
    "pack",
    "perception",
    "propose",
    "bridge",
    "bank",
    "out",
    "reuse",
    "candidates",
    "rounds",
    "visible",
    "accept",
    "siblings",
    "answers",
    "calibration",
    "threads",
    "limit",
    "strict",
    "seed",
    "limits",
    "endpoint",
    "vlm",
    "llm",
];

/// The keys of its tables.
const TABLES: &[(&str, &[&str])] = &[
    (
        "limits",
        &["steps", "depth", "heap", "output", "tool_calls", "events"],
    ),
    (
        "endpoint",
        &[
            "connect_timeout",
            "timeout",
            "retries",
            "max_reply",
            "key_env",
            "key_file",
        ],
    ),
    (
        "vlm",
        &[
            "boxes",
            "max_side",
            "min_side",
            "side_multiple",
            "encoding",
            "temperature",
            "seed",
            "max_tokens",
            "max_tokens_field",
            "max_boxes",
            "scoring",
            "concurrency",
        ],
    ),
    ("llm", llm::KEYS),
];

/// A configuration in the making: a file, then flags over it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    table: toml::Table,
    origin: Option<String>,
}

impl Draft {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, or has an unknown key.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::from_toml(&text, &path.display().to_string())
    }

    /// Reads text; `origin` names it in messages.
    ///
    /// # Errors
    /// If it is not TOML or has an unknown key.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            let place = e.span().map_or(String::new(), |span| {
                let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
                format!("line {line}: ")
            });
            ConfigError::Syntax {
                origin: origin.into(),
                message: format!("{place}{}", e.message()),
            }
        })?;
        for (key, value) in &table {
            known(origin, "", key, KEYS)?;
            let keys = TABLES.iter().find(|(table, _)| table == key);
            if let (Some((_, keys)), toml::Value::Table(table)) = (keys, value) {
                for inner in table.keys() {
                    known(origin, &format!("{key}."), inner, keys)?;
                }
            }
        }
        Ok(Self {
            table,
            origin: Some(origin.into()),
        })
    }

    /// Sets a key, over what the file says.
    pub fn set(&mut self, key: &str, value: impl Into<toml::Value>) {
        self.table.insert(key.into(), value.into());
    }

    /// Sets a key of a table (`vlm`, or `llm.endpoint` for one in another), over what the file
    /// says.
    pub fn set_in(&mut self, table: &str, key: &str, value: impl Into<toml::Value>) {
        let mut inner = &mut self.table;
        for name in table.split('.') {
            let next = inner
                .entry(name)
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            // What is no table is refused when the configuration is built.
            let toml::Value::Table(next) = next else {
                return;
            };
            inner = next;
        }
        inner.insert(key.into(), value.into());
    }

    /// Unsets a key of a table, for a flag that takes its place.
    pub fn unset_in(&mut self, table: &str, key: &str) {
        let mut inner = &mut self.table;
        for name in table.split('.') {
            let Some(toml::Value::Table(next)) = inner.get_mut(name) else {
                return;
            };
            inner = next;
        }
        inner.remove(key);
    }

    /// Sets a key of the table `limits`.
    pub fn set_limit(&mut self, key: &str, value: u64) {
        // A larger number than TOML's integers hold means no bound in practice.
        self.set_in("limits", key, i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// The configuration.
    ///
    /// # Errors
    /// If a value does not fit, or nothing says which data to read.
    pub fn build(self) -> Result<RunConfig, ConfigError> {
        if !self.table.contains_key("data") {
            return Err(ConfigError::NoData);
        }
        let origin = self.origin.unwrap_or_else(|| "flags".into());
        let invalid = |key: &str, message: &str| ConfigError::Value {
            origin: origin.clone(),
            key: key.into(),
            message: message.into(),
        };
        let config: RunConfig = serde_path_to_error::deserialize(toml::Value::Table(self.table))
            .map_err(|e| {
                let message = e.inner().message().trim().to_owned();
                invalid(&e.path().to_string(), &message)
            })?;
        if config.propose.is_empty() {
            return Err(invalid("propose", "name at least one proposer"));
        }
        if config.candidates == 0 {
            return Err(invalid("candidates", "must be at least 1"));
        }
        if !(1..=MAX_ROUNDS).contains(&config.rounds) {
            let message = format!("must be from 1 to {MAX_ROUNDS}");
            return Err(invalid("rounds", &message));
        }
        let blind = matches!(config.accept, Accept::Precision(_) | Accept::V0);
        if config.answers == Look::Hide && !blind {
            let message = "without answers only a precision can be asked for, such as 0.9, or v0: all of them";
            return Err(invalid("accept", message));
        }
        if config.answers == Look::Use && config.accept == Accept::V0 {
            let message = "v0 accepts what no answer speaks for: give `answers = \"hide\"` with it";
            return Err(invalid("accept", message));
        }
        if config.limit == Some(0) {
            return Err(invalid("limit", "must be at least 1"));
        }
        if config
            .threads
            .is_some_and(|n| !(1..=MAX_THREADS).contains(&n))
        {
            let message = format!("must be from 1 to {MAX_THREADS}");
            return Err(invalid("threads", &message));
        }
        if config.endpoint.key_env.is_some() && config.endpoint.key_file.is_some() {
            return Err(invalid("endpoint", "give key_env or key_file, not both"));
        }
        (config.vlm.check()).map_err(|error| invalid("vlm", &error.to_string()))?;
        (config.llm.check()).map_err(|(key, message)| invalid(&format!("llm.{key}"), message))?;
        Ok(config)
    }
}

/// Refuses an unknown key.
fn known(origin: &str, table: &str, key: &str, keys: &[&str]) -> Result<(), ConfigError> {
    if keys.contains(&key) {
        return Ok(());
    }
    Err(ConfigError::UnknownKey {
        origin: origin.into(),
        key: format!("{table}{key}"),
        nearest: nearest(key, keys.iter().copied()).map(|k| format!("{table}{k}")),
    })
}

/// The known name nearest to `name`, if any is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|k| (strsim::jaro_winkler(name, k), k))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(text: &str) -> Result<RunConfig, ConfigError> {
        Draft::from_toml(text, "fact.toml").and_then(Draft::build)
    }

    #[test]
    fn the_template_is_valid_and_names_every_key() {
        let active: String = TEMPLATE
            .lines()
            .map(|line| {
                let bare = line.strip_prefix("# ").unwrap_or(line);
                let is_setting = bare.split_once(" = ").is_some_and(|(key, _)| {
                    key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                });
                if is_setting { bare } else { line }.to_owned() + "\n"
            })
            .collect();
        let table: toml::Table = active.parse().unwrap();
        for key in KEYS {
            assert!(table.contains_key(*key), "{key}");
        }
        for (name, keys) in TABLES {
            for key in *keys {
                assert!(table[*name].get(key).is_some(), "{name}.{key}");
            }
        }
        // A key is given in one way.
        let error = build(&active).unwrap_err().to_string();
        assert!(error.contains("key_env or key_file"), "{error}");
        build(&active.replace("key_file = ", "# ")).unwrap();
        build(TEMPLATE).unwrap();
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let error = build("data = 'x:y'\ncandidate = 3").unwrap_err();
        assert_eq!(error.to_string(), "fact.toml: unknown key `candidate`");
        assert_eq!(error.hint().unwrap(), "did you mean `candidates`?");
        let error = build("data = 'x:y'\n[limits]\nstep = 3").unwrap_err();
        assert_eq!(error.hint().unwrap(), "did you mean `limits.steps`?");
    }

    #[test]
    fn values_that_do_not_fit_name_their_key() {
        let error = build("data = 'x:y'\n[limits]\nsteps = 'many'").unwrap_err();
        assert!(error.to_string().starts_with("fact.toml: `limits.steps`: "));
        let error = build("data = 'x:y'\nvisible = 0").unwrap_err();
        assert!(error.to_string().contains("from 1"), "{error}");
        assert!(matches!(build("pack = 'blocks'"), Err(ConfigError::NoData)));
    }

    #[test]
    fn flags_beat_the_file() {
        let mut draft = Draft::from_toml("data = 'x:y'\nvisible = 1", "fact.toml").unwrap();
        assert_eq!(draft.clone().build().unwrap().visible, Visible::First(1));
        draft.set("visible", "all");
        draft.set_limit("steps", 7);
        draft.set_in("endpoint", "key_file", "key.txt");
        draft.unset_in("endpoint", "key_file");
        let config = draft.build().unwrap();
        assert_eq!(config.visible, Visible::All);
        assert_eq!(config.limits.steps, 7);
        assert_eq!(config.endpoint.key_file, None);
        assert_eq!(config.limits.depth, Limits::default().depth);
    }
}
