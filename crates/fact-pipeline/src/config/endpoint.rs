//! How back ends behind a wire are reached: the table `endpoint` of `fact.toml`.

use fact_models::http::{ApiKey, KeyError, Options};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How a server is reached. Nothing of it changes an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndpointConfig {
    /// Seconds until a connection must stand.
    pub connect_timeout: u64,
    /// Seconds until a reply must be there, to its last byte.
    pub timeout: u64,
    /// How often a request that failed is repeated.
    pub retries: u32,
    /// Largest reply, in bytes.
    pub max_reply: u64,
    /// Name of the environment variable that holds the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// File that holds the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

impl Default for EndpointConfig {
    /// Those of [`Options`], without a key.
    fn default() -> Self {
        let options = Options::default();
        Self {
            connect_timeout: options.connect_timeout.as_secs(),
            timeout: options.request_timeout.as_secs(),
            retries: options.retries,
            max_reply: options.max_body,
            key_env: None,
            key_file: None,
        }
    }
}

impl EndpointConfig {
    /// For a client; waiting ends when `stop` becomes true.
    ///
    /// # Errors
    /// If there is no key where one should be.
    pub fn options(&self, stop: Option<Arc<AtomicBool>>) -> Result<Options, KeyError> {
        let key = match (&self.key_file, &self.key_env) {
            (Some(path), _) => Some(ApiKey::from_file(path)?),
            (None, Some(name)) => Some(ApiKey::from_env(name)?),
            (None, None) => None,
        };
        Ok(Options {
            connect_timeout: Duration::from_secs(self.connect_timeout),
            request_timeout: Duration::from_secs(self.timeout),
            max_body: self.max_reply,
            retries: self.retries,
            key,
            stop,
            ..Options::default()
        })
    }
}
