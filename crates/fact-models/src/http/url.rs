//! The address of a server, checked before anything is sent to it.

use ureq::http::Uri;

/// Longest address accepted, in bytes.
const MAX_LENGTH: usize = 2048;

/// Why an address is refused. Shows the address without what may be secret in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither `http://` nor `https://`.
    #[error(
        "`{shown}` is no address of a server: it must begin with http:// or https://, \
         such as http://127.0.0.1:8000"
    )]
    Scheme {
        /// The address, redacted.
        shown: String,
    },
    /// `user:password@host`.
    #[error(
        "`{shown}` holds a user name or password: leave it out and give the key in an \
         environment variable or a file"
    )]
    Credentials {
        /// The address, redacted.
        shown: String,
    },
    /// `?...` or `#...`.
    #[error("`{shown}` is followed by `{what}`: give the address up to its path only")]
    Extra {
        /// The address, redacted.
        shown: String,
        /// `?` or `#`.
        what: char,
    },
    /// No host, a port that is none, a character that may not be there.
    #[error("`{shown}` is no address of a server: {reason}")]
    Invalid {
        /// The address, redacted.
        shown: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A checked address: scheme, host, perhaps a port and a path, and no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    tls: bool,
}

impl BaseUrl {
    pub(crate) fn parse(given: &str) -> Result<Self, UrlError> {
        let given = given.trim();
        let shown = || redacted(given);
        let invalid = |reason: &str| UrlError::Invalid {
            shown: shown(),
            reason: reason.to_owned(),
        };
        let (tls, rest) = match scheme(given) {
            Some(found) => found,
            None => return Err(UrlError::Scheme { shown: shown() }),
        };
        if given.len() > MAX_LENGTH {
            return Err(invalid("it is longer than 2048 bytes"));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(UrlError::Credentials { shown: shown() });
        }
        if let Some(what) = rest.chars().find(|c| matches!(c, '?' | '#')) {
            return Err(UrlError::Extra {
                shown: shown(),
                what,
            });
        }
        let uri: Uri = given
            .parse()
            .map_err(|error| invalid(&format!("{error}")))?;
        let host = uri.host().unwrap_or_default();
        if host.is_empty() || host == "[]" {
            return Err(invalid("it names no host"));
        }
        // `Uri` takes a port for absent when it is not a number that fits.
        let after_host = authority.strip_prefix(host).unwrap_or_default();
        if !after_host.is_empty() && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(invalid("its port is not a number from 1 to 65535"));
        }
        let scheme = if tls { "https" } else { "http" };
        Ok(Self {
            text: format!("{scheme}://{}", rest.trim_end_matches('/')),
            tls,
        })
    }

    /// Whether the connection is encrypted.
    pub(crate) fn tls(&self) -> bool {
        self.tls
    }

    /// The address with `path`, which begins with a slash, after it.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether it is `https`, and what follows `://`.
fn scheme(given: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = given.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Some((false, rest)),
        "https" => Some((true, rest)),
        _ => None,
    }
}

/// The address for a message: without anything before an `@` and after `?` or `#`, where people put
/// passwords and keys, on one line.
fn redacted(given: &str) -> String {
    let kept = match given.rsplit_once('@') {
        Some((_, host)) => match scheme(given) {
            Some((tls, _)) => format!("{}://***@{host}", if tls { "https" } else { "http" }),
            None => format!("***@{host}"),
        },
        None => given.to_owned(),
    };
    let end = kept.find(['?', '#']).unwrap_or(kept.len());
    super::reply::excerpt(&kept.as_bytes()[..end], 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_lose_only_their_last_slash() {
        for (given, expected) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            (
                " https://api.example.com/v1/ ",
                "https://api.example.com/v1",
            ),
            ("HTTP://localhost:80/", "http://localhost:80"),
            ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ] {
            let url = BaseUrl::parse(given).unwrap();
            assert_eq!(url.as_str(), expected);
            assert_eq!(url.join("/health"), format!("{expected}/health"));
        }
    }

    #[test]
    fn bad_addresses_are_refused_with_the_reason() {
        for (given, expected) in [
            ("127.0.0.1:8000", "must begin with http://"),
            ("", "must begin with http://"),
            ("file:///etc/passwd", "must begin with http://"),
            ("http://", "no address of a server"),
            ("http:///path", "no address of a server"),
            ("http://:80", "names no host"),
            ("http://host:port", "no address of a server"),
            ("http://host:99999", "no address of a server"),
            ("http://host:0", "port is not a number"),
            ("http://ho st", "no address of a server"),
            ("http://host/a?model=x", "is followed by `?`"),
            ("http://host/#a", "is followed by `#`"),
        ] {
            let message = BaseUrl::parse(given).unwrap_err().to_string();
            assert!(message.contains(expected), "{given}: {message}");
        }
    }

    #[test]
    fn secrets_in_an_address_are_refused_and_not_shown() {
        for given in [
            "http://user:SECRET@host",
            "http://SECRET@host/path",
            "user:SECRET@host",
            "http://user:SEC?SECRET@host",
            "http://user:SEC/SECRET@host",
            "http://user:SECRET@ho st",
            "http://host/path?key=SECRET",
            "http://host/path#SECRET",
        ] {
            let error = BaseUrl::parse(given).unwrap_err();
            for text in [error.to_string(), format!("{error:?}")] {
                assert!(!text.contains("SEC"), "{given}: {text}");
            }
        }
    }
}
