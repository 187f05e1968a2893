//! HTTP for back ends behind a wire: JSON in, JSON out, blocking, bounded, repeated where that helps.
//!
//! A [`Client`] belongs to one server. A request is repeated when no connection comes about, when it
//! breaks or takes too long, and on the statuses 408, 425, 429 and 5xx; every other failure is told
//! at once. Between attempts it waits as [`Backoff`] says. One attempt takes at most
//! [`Options::request_timeout`], however slowly the reply drips in.
//!
//! What a server sends is hostile: its size is bounded while it is read, and what of it goes into a
//! message is short, on one line and without the key. Redirects are not followed: a key and images
//! go to the address that was given or nowhere.
//!
//! **Proxies are off**: `http_proxy` and its like in the environment are not read, so that what is
//! meant for a server on this machine does not leave it. Replies are asked for uncompressed.
//! Certificates are checked against those that the operating system trusts (`SSL_CERT_FILE` and
//! `SSL_CERT_DIR` name others).
//!
//! | module | holds |
//! |---|---|
//! | `url` | the address of a server |
//! | `key` | its key |
//! | `retry` | how long to wait before the next attempt |
//! | `send` | one attempt |
//! | [`reply`] | from bytes to a typed value |

mod key;
pub mod reply;
mod retry;
mod send;
mod url;

pub use key::{ApiKey, KeyError};
pub use retry::Backoff;
pub use url::UrlError;

use crate::remote::{CallError, Spent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use url::BaseUrl;

/// How to talk to a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Longest time until a connection stands, name resolution and TLS included.
    pub connect_timeout: Duration,
    /// Longest time for one attempt, from the name resolution to the last byte of the reply.
    pub request_timeout: Duration,
    /// Largest reply, in bytes.
    pub max_body: u64,
    /// How often a failed request is repeated; 0 for one attempt only.
    pub retries: u32,
    /// How long to wait in between.
    pub backoff: Backoff,
    /// Sent as `Authorization: Bearer KEY`.
    pub key: Option<ApiKey>,
    /// When it becomes true, waiting ends and nothing more is sent. A request under way is not cut.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    /// 10 s to connect, 120 s for an attempt, replies of up to 16 MiB, 4 repetitions.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(120),
            max_body: 16 << 20,
            retries: 4,
            backoff: Backoff::default(),
            key: None,
            stop: None,
        }
    }
}

/// Why there is no client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The operating system trusts nobody.
    #[error(
        "no certificate could be read from the system's store of trusted ones{detail}: install the \
         package `ca-certificates`, or name a file of certificates in SSL_CERT_FILE"
    )]
    NoTrust {
        /// What went wrong, if anything was found.
        detail: String,
    },
}

/// A client of one server. Calls block; it may be shared between threads.
pub struct Client {
    agent: ureq::Agent,
    base: BaseUrl,
    options: Options,
    spent: Counters,
}

#[derive(Default)]
struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    waited_nanos: AtomicU64,
}

/// One request, to be sent as often as it takes.
struct Outgoing<'a> {
    method: Method,
    url: &'a str,
    content_type: &'static str,
    body: &'a [u8],
}

/// Why a request came to nothing.
struct Failed {
    error: CallError,
    /// As in [`send::Failure`].
    about_request: bool,
}

impl From<Failed> for CallError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// Why a request has no reply that can be used.
#[derive(Debug)]
pub(crate) enum PostError {
    /// The server is not there, or will take no such request from us.
    Server(CallError),
    /// The server refuses this request for what is in it.
    Request(CallError),
    /// The reply is not what was expected.
    Reply(CallError),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
    Put,
}

impl Client {
    /// A client of the server at `base_url`, such as `https://api.example.com/v1`. Sends nothing.
    ///
    /// # Errors
    /// When the address is not `http://` or `https://` with a host, holds a password, a query or a
    /// fragment, or is `https://` on a system without trusted certificates.
    pub fn new(base_url: &str, options: Options) -> Result<Self, ClientError> {
        let base = BaseUrl::parse(base_url)?;
        let agent = send::agent(base.tls(), &options)?;
        Ok(Self {
            agent,
            base,
            options,
            spent: Counters::default(),
        })
    }

    /// The server's address, without credentials and without a slash at the end.
    pub fn endpoint(&self) -> &str {
        self.base.as_str()
    }

    /// Asks for the JSON at `path`, which begins with a slash.
    ///
    /// # Errors
    /// After all attempts, or when the reply is not the JSON of a `T`.
    pub fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.read(path, &self.get(path)?)
    }

    /// Posts `body` as JSON to `path`, which begins with a slash.
    ///
    /// # Errors
    /// After all attempts, or when the reply is not the JSON of a `T`.
    pub fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        self.read(path, &self.post(path, body)?)
    }

    /// The same, and tells whose fault it is if there is no good reply.
    pub(crate) fn post_judged<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, PostError> {
        let body = self.post_failing(path, body).map_err(|failed| {
            if failed.about_request {
                PostError::Request(failed.error)
            } else {
                PostError::Server(failed.error)
            }
        })?;
        self.read(path, &body).map_err(PostError::Reply)
    }

    /// Puts `body` at `path`, which begins with a slash. What the server says to it is dropped.
    ///
    /// # Errors
    /// After all attempts.
    pub fn put_bytes(&self, path: &str, body: &[u8]) -> Result<(), CallError> {
        let url = self.base.join(path);
        self.repeat(&Outgoing {
            method: Method::Put,
            url: &url,
            content_type: "application/octet-stream",
            body,
        })?;
        Ok(())
    }

    /// The body of the reply to a GET of `path`.
    pub(crate) fn get(&self, path: &str) -> Result<Vec<u8>, CallError> {
        let url = self.base.join(path);
        Ok(self.repeat(&Outgoing {
            method: Method::Get,
            url: &url,
            content_type: "",
            body: &[],
        })?)
    }

    /// The body of the reply to a POST of `body` as JSON to `path`.
    pub(crate) fn post(&self, path: &str, body: &impl Serialize) -> Result<Vec<u8>, CallError> {
        Ok(self.post_failing(path, body)?)
    }

    fn post_failing(&self, path: &str, body: &impl Serialize) -> Result<Vec<u8>, Failed> {
        let url = self.base.join(path);
        let body = serde_json::to_vec(body).map_err(|error| Failed {
            error: CallError {
                endpoint: url.clone(),
                message: format!("the request cannot be written as JSON: {error}"),
                transient: false,
                unsent: false,
            },
            about_request: true,
        })?;
        self.repeat(&Outgoing {
            method: Method::Post,
            url: &url,
            content_type: "application/json",
            body: &body,
        })
    }

    fn read<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, CallError> {
        reply::parse(body).map_err(|error| CallError {
            endpoint: self.base.join(path),
            message: format!("the server replied, but {error}"),
            transient: false,
            unsent: false,
        })
    }

    /// Requests, repetitions and waiting so far; tokens are the caller's to count.
    pub fn spent(&self) -> Spent {
        Spent {
            requests: self.spent.requests.load(Ordering::Relaxed),
            retries: self.spent.retries.load(Ordering::Relaxed),
            waited: Duration::from_nanos(self.spent.waited_nanos.load(Ordering::Relaxed)),
            ..Spent::default()
        }
    }

    /// The body of the first reply that is a success.
    fn repeat(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, Failed> {
        let failure = |message, transient, about_request| Failed {
            error: CallError {
                endpoint: request.url.to_owned(),
                message,
                transient,
                unsent: false,
            },
            about_request,
        };
        let stop = self.options.stop.as_deref();
        let mut failed: Option<send::Failure> = None;
        for attempt in 0..=self.options.retries {
            if let Some(last) = &failed {
                let wait = self.options.backoff.wait(
                    request.url,
                    request.body,
                    attempt - 1,
                    last.retry_after,
                );
                retry::sleep(wait, stop);
            }
            if retry::stopped(stop) {
                let last = failed.map(|last| format!(" (last: {})", last.message));
                let message = format!(
                    "stopped after {}{}",
                    attempts(attempt),
                    last.unwrap_or_default()
                );
                let mut stopped = failure(message, true, false);
                stopped.error.unsent = attempt == 0;
                return Err(stopped);
            }
            self.spent.requests.fetch_add(1, Ordering::Relaxed);
            self.spent
                .retries
                .fetch_add(u64::from(attempt > 0), Ordering::Relaxed);
            let start = Instant::now();
            let result = self.attempt(request, SystemTime::now());
            let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.spent.waited_nanos.fetch_add(nanos, Ordering::Relaxed);
            match result {
                Ok(good) => return Ok(good),
                Err(last) if last.transient => failed = Some(last),
                Err(last) => return Err(failure(last.message, false, last.about_request)),
            }
        }
        let message = failed.map(|last| last.message).unwrap_or_default();
        let tried = attempts(self.options.retries.saturating_add(1));
        Err(failure(format!("{message} (after {tried})"), true, false))
    }
}

fn attempts(count: u32) -> String {
    match count {
        1 => "1 attempt".to_owned(),
        _ => format!("{count} attempts"),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
