//! HTTP/1.1 as far as a page on the own machine needs it: one request a connection, small bodies.
//!
//! The parsing is `httparse`'s. What is here is what a server has to bound: bytes of head and body, time,
//! connections. There is no keep-alive, no chunked body and no TLS.

mod read;
mod serve;

pub(crate) use read::read;
pub(crate) use serve::{Listening, listen};

use serde::Serialize;

/// Longest request line and headers together, in bytes.
pub(crate) const MAX_HEAD: usize = 16 << 10;
/// Longest body, in bytes: a comment with its escapes.
pub(crate) const MAX_BODY: usize = 128 << 10;

/// What may load and run on a page: what this server sends, and pictures that the page itself fetched
/// with its token (`blob:`).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of every response.
const ALWAYS: [(&str, &str); 7] = [
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
];

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// `GET`, `POST`, …
    pub(crate) method: String,
    /// As sent, from the slash to the question mark.
    pub(crate) path: String,
    /// Decoded, in the order sent.
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// At most [`MAX_BODY`] bytes.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header by its name in lower case; the first of several.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    /// Such as 200.
    pub(crate) status: u16,
    content_type: &'static str,
    more: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What is sent where something is refused or fails.
#[derive(Serialize)]
struct Problem<'a> {
    error: &'a str,
}

impl Response {
    /// Bytes of a type.
    pub(crate) fn of(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type,
            more: Vec::new(),
            body: body.into(),
        }
    }

    /// A value as JSON.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::of("application/json", body),
            Err(e) => Self::problem(500, &format!("cannot write the answer: {e}")),
        }
    }

    /// That something is refused or failed, and why.
    pub(crate) fn problem(status: u16, why: &str) -> Self {
        let body = serde_json::to_vec(&Problem { error: why }).unwrap_or_default();
        Self {
            status,
            ..Self::of("application/json", body)
        }
    }

    /// With one more header. The value must be of the server's own making.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// As sent.
    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        let mut header = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        header("Content-Type", self.content_type);
        header("Content-Length", &self.body.len().to_string());
        for (name, value) in ALWAYS {
            header(name, value);
        }
        for (name, value) in &self.more {
            header(name, value);
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
