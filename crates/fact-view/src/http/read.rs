//! Reading one request, bounded in bytes and time.

use super::{MAX_BODY, MAX_HEAD, Request};
use percent_encoding::percent_decode_str;
use std::io::{self, Read};

/// Most headers; browsers send about twenty.
const MAX_HEADERS: usize = 64;
/// Most fields of a query.
const MAX_FIELDS: usize = 64;

/// Why a request is not read: status and reason. `None`: nothing was sent, so nothing is replied.
pub(crate) type Refusal = Option<(u16, String)>;

fn refused<T>(status: u16, why: impl Into<String>) -> Result<T, Refusal> {
    Err(Some((status, why.into())))
}

/// Reads a request. `stream` gives up by itself when time is over.
pub(crate) fn read(stream: &mut impl Read) -> Result<Request, Refusal> {
    let mut bytes = Vec::with_capacity(2048);
    let (mut request, length, begins) = loop {
        let mut piece = [0; 2048];
        let room = MAX_HEAD.saturating_sub(bytes.len()).min(piece.len());
        if room == 0 {
            return refused(
                431,
                format!("the request's head is longer than {MAX_HEAD} bytes"),
            );
        }
        let got = some(stream.read(&mut piece[..room]))?;
        if got == 0 {
            return match bytes.is_empty() {
                true => Err(None),
                false => refused(400, "the request ends within its head"),
            };
        }
        bytes.extend_from_slice(&piece[..got]);
        if let Some(head) = head(&bytes)? {
            break head;
        }
    };
    let mut body = bytes.split_off(begins);
    // What is beyond the stated length belongs to nothing: one request a connection.
    body.truncate(length);
    while body.len() < length {
        let mut piece = [0; 8192];
        let room = (length - body.len()).min(piece.len());
        match some(stream.read(&mut piece[..room]))? {
            0 => return refused(400, "the request's body is shorter than it says"),
            got => body.extend_from_slice(&piece[..got]),
        }
    }
    request.body = body;
    Ok(request)
}

/// What was read, or why not.
fn some(read: io::Result<usize>) -> Result<usize, Refusal> {
    match read {
        Ok(got) => Ok(got),
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
            ) =>
        {
            refused(408, "the request came too slowly")
        }
        Err(_) => Err(None),
    }
}

/// The head, if it is there as a whole: the request without its body, the body's length, and where it
/// begins.
fn head(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let begins = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(begins)) => begins,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return refused(431, format!("more than {MAX_HEADERS} headers"));
        }
        Err(e) => return refused(400, format!("this is no HTTP request: {e}")),
    };
    if parsed.version != Some(1) {
        return refused(505, "only HTTP/1.1 is spoken here");
    }
    let mut fields = Vec::with_capacity(parsed.headers.len());
    for header in parsed.headers.iter() {
        let Ok(value) = std::str::from_utf8(header.value) else {
            return refused(400, format!("the header `{}` is not in UTF-8", header.name));
        };
        fields.push((header.name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    for once in [
        "host",
        "content-length",
        "authorization",
        "content-type",
        "origin",
    ] {
        if fields.iter().filter(|(name, _)| name == once).count() > 1 {
            return refused(400, format!("the header `{once}` is there twice"));
        }
    }
    let (path, query) = target(parsed.path.unwrap_or_default())?;
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path,
        query,
        headers: fields,
        body: Vec::new(),
    };
    if request.header("transfer-encoding").is_some() {
        return refused(501, "a body needs a Content-Length");
    }
    let length = match request.header("content-length") {
        None => 0,
        // Digits only: `parse` would take a sign.
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().unwrap_or(usize::MAX)
        }
        Some(_) => return refused(400, "the Content-Length is no number"),
    };
    if length > MAX_BODY {
        return refused(413, format!("the body is longer than {MAX_BODY} bytes"));
    }
    Ok(Some((request, length, begins)))
}

/// Path and decoded query.
fn target(target: &str) -> Result<(String, Vec<(String, String)>), Refusal> {
    if !target.starts_with('/') {
        return refused(400, "the request's target is no path");
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut fields = Vec::new();
    for field in query.split('&').filter(|field| !field.is_empty()) {
        if fields.len() == MAX_FIELDS {
            return refused(400, format!("more than {MAX_FIELDS} fields in the query"));
        }
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let decoded = |text: &str| {
            let text = text.replace('+', " ");
            let decoded = percent_decode_str(&text).decode_utf8();
            decoded.map(std::borrow::Cow::into_owned)
        };
        match (decoded(name), decoded(value)) {
            (Ok(name), Ok(value)) => fields.push((name, value)),
            _ => return refused(400, "the query is not in UTF-8"),
        }
    }
    Ok((path.to_owned(), fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives one byte at a time, as a slow client does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let some = self.0.len().min(into.len()).min(1);
            into[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    fn status(bytes: &[u8]) -> u16 {
        match read(&mut &*bytes) {
            Ok(_) => 200,
            Err(Some((status, _))) => status,
            Err(None) => 0,
        }
    }

    #[test]
    fn reads_a_request_in_pieces() {
        let sent = b"POST /a?q=x%20y+z&n HTTP/1.1\r\nHost: h\r\ncontent-LENGTH: 3\r\n\r\nabcdef";
        let request = read(&mut Slow(sent)).unwrap();
        assert_eq!((&*request.method, &*request.path), ("POST", "/a"));
        let fields = [("q", "x y z"), ("n", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(request.query, fields);
        assert_eq!(request.header("host"), Some("h"));
        assert_eq!(request.body, b"abc");
        assert_eq!(read(&mut &sent[..]).unwrap(), request);
    }

    #[test]
    fn refuses_what_is_malformed_or_too_much() {
        assert_eq!(status(b""), 0);
        assert_eq!(status(b"GET / HTTP/1.1\r\nHost: h\r\n"), 400);
        assert_eq!(status(b"\x16\x03\x01\x02\x00\x01\x00"), 400);
        assert_eq!(status(b"GET http://h/ HTTP/1.1\r\n\r\n"), 400);
        assert_eq!(status(b"GET / HTTP/1.0\r\n\r\n"), 505);
        assert_eq!(status(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
        assert_eq!(status(b"GET /?q=%ff HTTP/1.1\r\n\r\n"), 400);
        for (length, expected) in [("-1", 400), ("+1", 400), ("1", 400), ("131073", 413)] {
            let sent = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            assert_eq!(status(sent.as_bytes()), expected, "{length}");
        }
        let huge = "9".repeat(40);
        let sent = format!("POST / HTTP/1.1\r\nContent-Length: {huge}\r\n\r\n");
        assert_eq!(status(sent.as_bytes()), 413);
        let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assert_eq!(status(chunked), 501);
        let sent = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(MAX_HEAD));
        assert_eq!(status(sent.as_bytes()), 431);
        let sent = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(65));
        assert_eq!(status(sent.as_bytes()), 431);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            let _ = status(&bytes);
            let mut sent = b"GET /?".to_vec();
            sent.extend(&bytes);
            sent.extend(b" HTTP/1.1\r\nHost: h\r\n\r\n");
            if let Ok(request) = read(&mut &sent[..]) {
                prop_assert_eq!(request.path, "/");
            }
        }
    }
}
