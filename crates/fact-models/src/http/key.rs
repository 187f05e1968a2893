//! The key of a server: read from the environment or a file, never shown.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use ureq::http::HeaderValue;

/// What stands in a text where the key was.
const REDACTED: &str = "[key]";
/// Longest key, in bytes.
const MAX_LENGTH: u64 = 8192;
/// From this length on a key is a secret and is taken out of whatever a server sends. Shorter ones
/// are the placeholders that local servers are given (`EMPTY`, `none`): an answer may well hold them.
const SECRET_LENGTH: usize = 8;

/// A secret that a server asks for. Neither `Debug` nor any error shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<str>);

/// Why there is no key. Never shows what was read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The environment variable is not set, or not text.
    #[error("the environment variable `{name}` holds no key: set it, or name another")]
    Environment {
        /// Its name.
        name: String,
    },
    /// The file cannot be read.
    #[error("the key file `{path}` cannot be read: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Empty, too long, or with characters that no header can carry.
    #[error("the key from {origin} is {reason}; a key is one line of visible ASCII characters")]
    Unfit {
        /// Where it came from.
        origin: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl ApiKey {
    /// The key in the environment variable `name`; white space around it is dropped.
    ///
    /// # Errors
    /// When the variable is not set or does not hold one line of visible ASCII.
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        let text = std::env::var(name).map_err(|_| KeyError::Environment {
            name: name.to_owned(),
        })?;
        Self::new(&text, &format!("the environment variable `{name}`"))
    }

    /// The key in the file at `path`; white space around it is dropped.
    ///
    /// # Errors
    /// When the file cannot be read or does not hold one line of visible ASCII, at most 8 KiB.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_LENGTH + 1).read_to_end(&mut bytes))
            .map_err(|source| KeyError::File {
                path: shown.clone(),
                source,
            })?;
        // What is not UTF-8 is not ASCII either, and is refused as such.
        Self::new(
            &String::from_utf8_lossy(&bytes),
            &format!("the file `{shown}`"),
        )
    }

    fn new(text: &str, origin: &str) -> Result<Self, KeyError> {
        let key = text.trim();
        let reason = if key.is_empty() {
            "empty"
        } else if text.len() as u64 > MAX_LENGTH {
            "longer than 8 KiB"
        } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            "not one line of visible ASCII"
        } else {
            return Ok(Self(key.into()));
        };
        Err(KeyError::Unfit {
            origin: origin.to_owned(),
            reason,
        })
    }

    /// The value of the header `Authorization`.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        // Visible ASCII always makes a header value.
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// `body` without the key, should the server have echoed it; also without the beginning of one
    /// that the end of the body cuts off. Placeholders of fewer than eight bytes are left: they are
    /// no secret, and an answer may hold them.
    pub(crate) fn redact<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        let key = self.0.as_bytes();
        if key.len() < SECRET_LENGTH {
            return Cow::Borrowed(body);
        }
        let find = |from: usize| {
            body[from..]
                .windows(key.len())
                .position(|window| window == key)
                .map(|at| from + at)
        };
        let mut clean = Vec::new();
        let mut from = 0;
        while let Some(at) = find(from) {
            clean.extend_from_slice(&body[from..at]);
            clean.extend_from_slice(REDACTED.as_bytes());
            from = at + key.len();
        }
        let rest = &body[from..];
        let cut = (SECRET_LENGTH / 2..key.len().min(rest.len() + 1))
            .rev()
            .find(|&length| rest.ends_with(&key[..length]));
        if from == 0 && cut.is_none() {
            return Cow::Borrowed(body);
        }
        clean.extend_from_slice(&rest[..rest.len() - cut.unwrap_or(0)]);
        if cut.is_some() {
            clean.extend_from_slice(REDACTED.as_bytes());
        }
        Cow::Owned(clean)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([key])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_trimmed_and_never_shown() {
        let key = ApiKey::new(" sk-SECRET-123\n", "here").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey([key])");
        let header = key.bearer().unwrap();
        assert_eq!(header.as_bytes(), b"Bearer sk-SECRET-123");
        assert!(!format!("{header:?}").contains("SECRET"));
    }

    #[test]
    fn unfit_keys_are_refused_and_not_shown() {
        for (text, reason) in [
            ("  \n", "empty"),
            ("SECRET\nSECRET", "one line"),
            ("SECRET SECRET", "one line"),
            ("SECRÉT", "one line"),
            (&"S".repeat(9000), "8 KiB"),
        ] {
            let message = ApiKey::new(text, "the file `k`").unwrap_err().to_string();
            assert!(message.contains(reason) && message.contains("the file `k`"));
            assert!(!message.contains("SECR") && !message.contains("SSS"));
        }
        let missing = ApiKey::from_env("FACT_TEST_NO_SUCH_VARIABLE").unwrap_err();
        assert!(missing.to_string().contains("FACT_TEST_NO_SUCH_VARIABLE"));
        let missing = ApiKey::from_file(Path::new("no/such/file")).unwrap_err();
        assert!(missing.to_string().contains("no/such/file"));
    }

    #[test]
    fn echoes_are_redacted_and_placeholders_left() {
        let key = ApiKey::new("sk-SECRET-123", "here").unwrap();
        assert_eq!(
            key.redact(b"a sk-SECRET-123sk-SECRET-123 b").as_ref(),
            b"a [key][key] b"
        );
        assert_eq!(key.redact(b"a sk-SECRET").as_ref(), b"a [key]");
        assert_eq!(key.redact(b"sk-SECRET, b").as_ref(), b"sk-SECRET, b");
        assert_eq!(key.redact(b"sk-").as_ref(), b"sk-");
        assert_eq!(key.redact(b"").as_ref(), b"");
        let placeholder = ApiKey::new("EMPTY", "here").unwrap();
        assert_eq!(placeholder.redact(b"EMPTY").as_ref(), b"EMPTY");
    }
}
