//! The HTTP client against a server that misbehaves in every way that servers do.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Reply, Server};
use fact_models::http::{ApiKey, Backoff, Client, Options};
use fact_models::remote::CallError;
use serde::Deserialize;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[derive(Debug, Deserialize, PartialEq)]
struct Sum {
    sum: i64,
}

/// Quick repetitions; a time-out that only faults reach.
fn options() -> Options {
    Options {
        request_timeout: Duration::from_secs(30),
        retries: 2,
        backoff: Backoff {
            base: Duration::from_millis(1),
            max: Duration::from_millis(4),
            max_retry_after: Duration::from_millis(20),
            seed: 7,
        },
        ..Options::default()
    }
}

fn impatient() -> Options {
    Options {
        request_timeout: Duration::from_millis(200),
        retries: 1,
        ..options()
    }
}

fn ask(server: &Server, options: Options) -> Result<Sum, CallError> {
    let client = Client::new(&server.url(), options).unwrap();
    client.post_json("/add", &[1, 2])
}

/// The one reply that every request gets, and what the client makes of it.
fn fault(
    options: Options,
    reply: impl Fn() -> Reply + Send + Sync + 'static,
) -> (CallError, usize) {
    let server = Server::start(move |_, _| reply());
    let error = ask(&server, options).unwrap_err();
    assert_eq!(error.endpoint, format!("{}/add", server.url()));
    assert!(!error.message.contains('\n'), "{error}");
    assert!(error.message.chars().count() < 800, "{error}");
    (error, server.seen().len())
}

#[test]
fn sends_json_and_reads_json() {
    let server = Server::start(|request, _| {
        let numbers: Vec<i64> = match request.method.as_str() {
            "POST" => serde_json::from_slice(&request.body).unwrap(),
            _ => vec![request.body.len() as i64],
        };
        Reply::json(format!(
            "{{\"sum\": {}, \"unknown\": [null]}}",
            numbers.iter().sum::<i64>()
        ))
    });
    let client = Client::new(&format!("{}/v1/", server.url()), options()).unwrap();
    assert_eq!(client.post_json("/add", &[1, 2]), Ok(Sum { sum: 3 }));
    assert_eq!(client.get_json("/zero"), Ok(Sum { sum: 0 }));
    assert_eq!(client.put_bytes("/image", &[0; 100_000]), Ok(()));
    let seen = server.seen();
    let sent: Vec<_> = seen
        .iter()
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    assert_eq!(sent, ["POST /v1/add", "GET /v1/zero", "PUT /v1/image"]);
    assert_eq!(seen[2].body.len(), 100_000);
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].header("accept-encoding"), None);
    let spent = client.spent();
    assert_eq!((spent.requests, spent.retries), (3, 0));
    assert!(spent.waited > Duration::ZERO);
}

#[test]
fn what_passes_is_repeated() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let server = Server::start(move |_, number| match number {
            0 => Reply::status(status, "busy").with("retry-after", "0"),
            1 => Reply::Close,
            _ => Reply::json("{\"sum\": 3}"),
        });
        let client = Client::new(&server.url(), options()).unwrap();
        assert_eq!(client.post_json("/add", &[1, 2]), Ok(Sum { sum: 3 }));
        assert_eq!((client.spent().requests, client.spent().retries), (3, 2));
        let seen = server.seen();
        assert!(seen.iter().all(|request| request.body == b"[1,2]"));
    }
}

#[test]
fn what_does_not_pass_is_told_after_all_attempts() {
    let (error, sent) = fault(options(), || Reply::status(503, "{\"error\": \"loading\"}"));
    assert_eq!(
        error.message,
        "HTTP 503 Service Unavailable: {\"error\": \"loading\"} (after 3 attempts)"
    );
    assert!(error.transient);
    assert_eq!(sent, 3);
    // An hour, cut to the limit; a date; neither.
    for asked in ["3600", "Fri, 31 Dec 2100 23:59:59 GMT", "soon"] {
        let (error, sent) = fault(options(), move || {
            Reply::status(429, "slow down").with("retry-after", asked)
        });
        assert!(
            error
                .message
                .starts_with("HTTP 429 Too Many Requests: slow down")
        );
        assert_eq!(sent, 3);
    }
}

#[test]
fn refusals_are_not_repeated() {
    for (status, text) in [
        (400, "HTTP 400 Bad Request: what?"),
        (401, "no key was sent"),
        (403, "no key was sent"),
        (404, "is the address right?"),
        (413, "HTTP 413"),
        (422, "HTTP 422"),
        (299 + 300, "HTTP 599"),
    ] {
        let (error, sent) = fault(options(), move || Reply::status(status, "what?"));
        assert!(error.message.contains(text), "{error}");
        assert_eq!(error.transient, status >= 500);
        assert_eq!(sent, if status >= 500 { 3 } else { 1 });
    }
}

#[test]
fn redirects_are_told_and_not_followed() {
    let other = Server::start(|_, _| Reply::json("{\"sum\": 666}"));
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/elsewhere", other.url());
        let expected = target.clone();
        let (error, sent) = fault(options(), move || {
            Reply::status(status, "").with("location", target.clone())
        });
        assert!(error.message.contains(&expected), "{error}");
        assert!(
            error.message.contains("redirects are not followed"),
            "{error}"
        );
        assert!(!error.transient);
        assert_eq!(sent, 1);
    }
    assert!(other.seen().is_empty());
}

#[test]
fn a_server_that_hangs_or_drips_is_left() {
    let (error, sent) = fault(impatient(), || Reply::Hang);
    assert_eq!(
        error.message,
        "no complete reply within 200ms (after 2 attempts)"
    );
    assert!(error.transient);
    assert_eq!(sent, 2);
    for begun in [
        "HTTP/1.1 200 OK\r\nx: ",
        "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{\"sum\":",
        "HTTP/1.1 200 OK\r\n\r\n{\"sum\":",
    ] {
        let (error, _) = fault(impatient(), move || Reply::Drip(begun.into()));
        assert!(
            error.message.contains("no complete reply within 200ms"),
            "{begun}: {error}"
        );
    }
    // An error page that drips still tells its status, in bounded time.
    let (error, _) = fault(impatient(), || {
        Reply::Drip("HTTP/1.1 400 Bad Request\r\ncontent-length: 100000\r\n\r\nno".into())
    });
    assert!(error.message.starts_with("HTTP 400 Bad Request"), "{error}");
}

#[test]
fn broken_connections_are_repeated_and_told() {
    let (error, sent) = fault(options(), || Reply::Close);
    assert!(error.message.contains("the connection broke"), "{error}");
    assert!(error.message.contains("after 3 attempts") && error.transient);
    assert_eq!(sent, 3);
    let (error, _) = fault(options(), || {
        Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"sum\":".to_vec())
    });
    assert!(
        error.message.contains("the connection broke") && error.transient,
        "{error}"
    );
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let client = Client::new(&format!("http://{closed}"), options()).unwrap();
    let error = client.get_json::<Sum>("/").unwrap_err();
    assert!(error.message.contains("is the server running?"), "{error}");
    assert_eq!(client.spent().retries, 2);
}

#[test]
fn what_is_not_http_or_not_json_is_told_at_once() {
    let (error, _) = fault(options(), || {
        Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())
    });
    assert!(error.message.contains("not HTTP"), "{error}");
    for (body, expected) in [
        ("{\"sum\": 3", "not JSON (EOF while parsing"),
        (
            "{\"sum\": \"3\"}",
            "at `sum`: invalid type: string \"3\", expected i64",
        ),
        ("{\"sum\": NaN}", "not JSON"),
        ("{}", "missing field `sum`"),
        ("", "it is empty"),
        (
            "<html>\n<body>Welcome</body>",
            "begins with `<html>\\n<body>Welcome",
        ),
    ] {
        let (error, sent) = fault(options(), move || Reply::json(body));
        assert!(
            error
                .message
                .starts_with("the server replied, but the body"),
            "{error}"
        );
        assert!(error.message.contains(expected), "{error}");
        assert!(!error.transient);
        assert_eq!(sent, 1);
    }
}

#[test]
fn huge_replies_are_cut_off() {
    let small = || Options {
        max_body: 1000,
        ..options()
    };
    let expected = "the reply is larger than the limit of 1000 bytes";
    let (error, sent) = fault(small(), || Reply::json(" ".repeat(1001)));
    assert_eq!((error.message.as_str(), sent), (expected, 1));
    // Without a length, endless: only reading can tell.
    let (error, _) = fault(small(), || {
        Reply::Raw([b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 10_000_000]].concat())
    });
    assert_eq!(error.message, expected);
    let (error, _) = fault(small(), || Reply::status(400, "x".repeat(10_000_000)));
    assert!(error.message.starts_with("HTTP 400"), "{error}");
    let (error, _) = fault(small(), || {
        Reply::status(200, "{\"sum\": 1}").with("x", "y".repeat(1_000_000))
    });
    assert!(error.message.contains("header"), "{error}");
    let server = Server::start(|_, _| Reply::json(format!("{{\"sum\": 3}}{}", " ".repeat(990))));
    assert_eq!(ask(&server, small()), Ok(Sum { sum: 3 }));
}

/// A key in a file of its own.
fn key(text: &str) -> ApiKey {
    let path = std::env::temp_dir().join(format!("fact-test-key-{}", std::process::id()));
    std::fs::write(&path, format!("{text}\n")).unwrap();
    let key = ApiKey::from_file(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    key
}

#[test]
fn the_key_is_sent_and_never_shown() {
    const SECRET: &str = "sk-SECRET-0123456789";
    let keyed = || Options {
        key: Some(key(SECRET)),
        ..options()
    };
    let server = Server::start(|request, number| {
        let header = request.header("authorization").unwrap().to_owned();
        let echo = format!("{header} of \u{1b}[31m{header}");
        match number {
            0 => Reply::status(401, echo),
            1 => Reply::status(307, "").with("location", format!("http://x/?{header}")),
            2 => Reply::json(echo),
            3 => Reply::json(format!("{{\"sum\": \"{header}\"}}")),
            4 => Reply::json(format!("{{\"{header}\": 1, \"sum\": {{\"{header}\": 2}}}}")),
            5 => Reply::Raw(format!("{header}\r\n\r\n").into_bytes()),
            6 => Reply::status(400, format!("{}{header}", "x".repeat(190))),
            7 => Reply::status(400, "Bearer sk-SECRET-01"),
            _ => Reply::json(format!("\"{header}\"")),
        }
    });
    let client = Client::new(&server.url(), keyed()).unwrap();
    for number in 0..8 {
        let error = client.post_json::<Sum>("/add", &[1]).unwrap_err();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("SECRET"), "{number}: {text}");
            assert!(!text.contains('\u{1b}'), "{number}: {text}");
        }
        if number == 0 {
            assert!(error.message.contains("not accepted"), "{error}");
        }
    }
    // Not in an answer either, which a store would keep.
    let answer: String = client.get_json("/").unwrap();
    assert_eq!(answer, "Bearer [key]");
    let seen = server.seen();
    let expected = format!("Bearer {SECRET}");
    assert!(
        seen.iter()
            .all(|r| r.header("authorization") == Some(expected.as_str()))
    );
    assert!(!format!("{client:?} {:?}", keyed()).contains("SECRET"));
}

#[test]
fn a_stop_ends_the_waiting() {
    let stop = Arc::new(AtomicBool::new(false));
    let setter = stop.clone();
    let server = Server::start(move |_, _| {
        setter.store(true, Ordering::SeqCst);
        Reply::status(503, "later").with("retry-after", "3600")
    });
    let stopping = Options {
        stop: Some(stop),
        backoff: Backoff {
            max_retry_after: Duration::from_secs(3600),
            ..Backoff::default()
        },
        ..options()
    };
    let client = Client::new(&server.url(), stopping).unwrap();
    let error = client.post_json::<Sum>("/add", &[1]).unwrap_err();
    assert_eq!(
        error.message,
        "stopped after 1 attempt (last: HTTP 503 Service Unavailable: later)"
    );
    assert!(error.transient);
    let error = client.post_json::<Sum>("/add", &[1]).unwrap_err();
    assert_eq!(error.message, "stopped after 0 attempts");
    assert_eq!((server.seen().len(), client.spent().requests), (1, 1));
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    // The test process cannot set its own environment safely; a child can.
    let server = Server::start(|_, _| Reply::json("{\"sum\": 3}"));
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proxy_child", "--ignored", "--nocapture"])
        .env("FACT_TEST_SERVER", server.url())
        .env("http_proxy", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
#[ignore = "started by `proxies_of_the_environment_are_not_used`"]
fn proxy_child() {
    let url = std::env::var("FACT_TEST_SERVER").unwrap();
    let client = Client::new(&url, options()).unwrap();
    assert_eq!(client.get_json("/"), Ok(Sum { sum: 3 }));
}

#[test]
fn a_plain_server_behind_https_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    // What plain servers say to the first message of TLS.
    let plain = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 5]).unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    match Client::new(&url, options()) {
        Ok(client) => {
            let error = client.get_json::<Sum>("/").unwrap_err();
            assert!(error.message.starts_with("TLS: "), "{error}");
            assert!(!error.transient);
            plain.join().unwrap();
        }
        // A machine without trusted certificates is told so instead.
        Err(error) => assert!(error.to_string().contains("ca-certificates"), "{error}"),
    }
}
