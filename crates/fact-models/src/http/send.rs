//! One attempt: send, read within limits, and say what went wrong and whether it may pass.

use super::reply::excerpt;
use super::{Client, ClientError, Method, Options, Outgoing, retry};
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error, Timeout};

/// Idle connections kept for the next requests.
const IDLE_CONNECTIONS: usize = 32;
/// Bytes read of a reply whose status is an error: enough for its excerpt.
const ERROR_BODY: u64 = 4096;
/// Characters of a server's words that a message quotes.
const QUOTED: usize = 200;

/// Why one attempt failed.
pub(super) struct Failure {
    pub(super) message: String,
    /// Whether the next attempt may succeed.
    pub(super) transient: bool,
    /// How long the server wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// Whether it is about this one request or its reply, and not about the server.
    pub(super) about_request: bool,
}

impl Failure {
    fn passing(message: String) -> Self {
        Self {
            message,
            transient: true,
            retry_after: None,
            about_request: false,
        }
    }

    fn lasting(message: String) -> Self {
        Self {
            message,
            transient: false,
            retry_after: None,
            about_request: false,
        }
    }

    fn of_request(message: String) -> Self {
        Self {
            about_request: true,
            ..Self::lasting(message)
        }
    }
}

/// The connection pool and its settings.
pub(super) fn agent(tls: bool, options: &Options) -> Result<Agent, ClientError> {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("fact/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(options.request_timeout))
        .timeout_resolve(Some(options.connect_timeout))
        .timeout_connect(Some(options.connect_timeout))
        .max_idle_connections(IDLE_CONNECTIONS)
        .max_idle_connections_per_host(IDLE_CONNECTIONS);
    if tls {
        config = config.tls_config(trust()?);
    }
    Ok(config.build().new_agent())
}

/// TLS by rustls and ring, with the certificates that the operating system trusts.
fn trust() -> Result<TlsConfig, ClientError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let detail = found.errors.first().map(|error| format!(" ({error})"));
        return Err(ClientError::NoTrust {
            detail: detail.unwrap_or_default(),
        });
    }
    let roots = found
        .certs
        .iter()
        .map(|cert| Certificate::from_der(cert).to_owned());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

impl Client {
    /// The body of a good reply.
    pub(super) fn attempt(
        &self,
        request: &Outgoing<'_>,
        now: SystemTime,
    ) -> Result<Vec<u8>, Failure> {
        let url = request.url;
        let sent = match request.method {
            Method::Get => self.authorized(self.agent.get(url)).call(),
            Method::Post | Method::Put => {
                let builder = match request.method {
                    Method::Post => self.agent.post(url),
                    _ => self.agent.put(url),
                };
                self.authorized(builder)
                    .header(header::CONTENT_TYPE, request.content_type)
                    .send(request.body)
            }
        };
        let mut response = sent.map_err(|error| self.broken(error))?;
        let status = response.status();
        if status.is_success() {
            return self.whole(&mut response);
        }
        Err(self.refused(status, response, now))
    }

    fn authorized<B>(&self, builder: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let builder = builder.header(header::ACCEPT, "application/json");
        match self.options.key.as_ref().and_then(super::ApiKey::bearer) {
            Some(value) => builder.header(header::AUTHORIZATION, value),
            None => builder,
        }
    }

    /// The body of a good reply, without the key.
    fn whole(&self, response: &mut Response<Body>) -> Result<Vec<u8>, Failure> {
        let most = self.options.max_body;
        let too_large = || {
            Failure::of_request(format!(
                "the reply is larger than the limit of {most} bytes"
            ))
        };
        if response.body().content_length().is_some_and(|n| n > most) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        response
            .body_mut()
            .as_reader()
            .take(most.saturating_add(1))
            .read_to_end(&mut body)
            .map_err(|error| self.broken(Error::from(error)))?;
        if body.len() as u64 > most {
            return Err(too_large());
        }
        Ok(match &self.options.key {
            Some(key) => key.redact(&body).into_owned(),
            None => body,
        })
    }

    /// What a status other than success means.
    fn refused(
        &self,
        status: StatusCode,
        mut response: Response<Body>,
        now: SystemTime,
    ) -> Failure {
        let place = self.text_header(response.headers(), header::LOCATION);
        let asked = self.text_header(response.headers(), header::RETRY_AFTER);
        let mut body = Vec::new();
        // What cannot be read of an error's body is missing from its excerpt; the status stands.
        let _ = response
            .body_mut()
            .as_reader()
            .take(ERROR_BODY)
            .read_to_end(&mut body);
        let said = match self.shown(&body) {
            text if text.is_empty() => String::new(),
            text => format!(": {text}"),
        };
        let reason = status.canonical_reason().unwrap_or("unknown status");
        let told = format!("HTTP {} {reason}{said}", status.as_u16());
        match status.as_u16() {
            408 | 425 | 429 | 500..=599 => Failure {
                message: told,
                transient: true,
                retry_after: asked.and_then(|value| retry::retry_after(&value, now)),
                about_request: false,
            },
            400 | 413 | 422 => Failure::of_request(told),
            300..=399 => Failure::lasting(match place {
                Some(place) => format!(
                    "HTTP {} {reason}: the server redirects to `{place}`; redirects are not \
                     followed, give that address if you trust it",
                    status.as_u16()
                ),
                None => told,
            }),
            401 | 403 => {
                let hint = match self.options.key {
                    Some(_) => "the key was sent and not accepted",
                    None => "no key was sent; the server may want one",
                };
                Failure::lasting(format!("{told} ({hint})"))
            }
            404 | 405 => Failure::lasting(format!("{told} (is the address right?)")),
            _ => Failure::lasting(told),
        }
    }

    /// What a failure of the wire means.
    fn broken(&self, error: Error) -> Failure {
        match error {
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => Failure::passing(format!(
                "no connection within {:?}",
                self.options.connect_timeout
            )),
            Error::Timeout(_) => Failure::passing(format!(
                "no complete reply within {:?}",
                self.options.request_timeout
            )),
            Error::HostNotFound => Failure::passing("the host is not found".to_owned()),
            Error::ConnectionFailed => Failure::passing("no connection".to_owned()),
            Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused => {
                    Failure::passing("connection refused: is the server running?".to_owned())
                }
                // This is how rustls tells of certificates and handshakes.
                ErrorKind::InvalidData if self.base.tls() => {
                    Failure::lasting(format!("TLS: {}", self.shown(error.to_string().as_bytes())))
                }
                _ => Failure::passing(format!(
                    "the connection broke: {}",
                    self.shown(error.to_string().as_bytes())
                )),
            },
            Error::Protocol(error) => Failure::lasting(format!(
                "the reply is not HTTP: {}",
                self.shown(error.to_string().as_bytes())
            )),
            other => Failure::lasting(self.shown(other.to_string().as_bytes())),
        }
    }

    fn text_header(&self, headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
        headers.get(name).map(|value| self.shown(value.as_bytes()))
    }

    /// A server's words for a message: short, on one line, without the key.
    fn shown(&self, text: &[u8]) -> String {
        match &self.options.key {
            Some(key) => excerpt(&key.redact(text), QUOTED),
            None => excerpt(text, QUOTED),
        }
    }
}
