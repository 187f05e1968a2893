//! A tool server that keeps to the protocol, and questions for it.

use super::{Received, Reply, Server};
use fact_lang::tool::{Arg, ImageRef, Request};
use fact_models::http::{Backoff, Options};
use fact_models::remote::{Ask, Picture};
use fact_models::server::{ToolServer, connect};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) fn options() -> Options {
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

pub(crate) fn capabilities() -> Value {
    json!({
        "protocol": 1,
        "name": "test",
        "version": "1",
        "max_batch": 4,
        "concurrency": 3,
        "tools": [
            {"name": "find"}, {"name": "verify_property"}, {"name": "simple_query"},
            {"name": "best_text_match"}, {"name": "compare", "args": ["with", "how"], "answer": "bool"},
            {"name": "free", "answer": "number"},
        ],
    })
}

/// An image of 64 x 48 pixels; the server sees its bytes, which need not be a picture here.
pub(crate) fn picture(sha256: &str) -> Picture {
    Picture {
        image: ImageRef {
            sha256: sha256.into(),
            width: 64,
            height: 48,
        },
        name: format!("dir/{sha256}.png").into(),
        bytes: sha256.as_bytes().into(),
        pixels: Arc::new(image::RgbImage::new(64, 48)),
    }
}

pub(crate) fn ask_on(pictures: &[&str], tool: &str, args: &[(&str, Arg)]) -> Ask {
    Ask {
        pictures: pictures.iter().map(|sha| picture(sha)).collect(),
        request: Request {
            tool: tool.into(),
            image: 0,
            region: [1.0, 2.0, 30.5, 40.0].into(),
            args: args
                .iter()
                .map(|(name, arg)| ((*name).to_owned(), arg.clone()))
                .collect(),
        },
    }
}

pub(crate) fn ask(tool: &str, args: &[(&str, Arg)]) -> Ask {
    ask_on(&["aa"], tool, args)
}

pub(crate) fn text(text: &str) -> Arg {
    Arg::Str(text.into())
}

pub(crate) fn find(name: &str) -> Ask {
    ask("find", &[("object_name", text(name))])
}

/// A server that keeps to the protocol: it keeps the images put to it, and `answer` answers a
/// question.
pub(crate) fn good(answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Server {
    let images: Mutex<BTreeSet<String>> = Mutex::default();
    Server::start(move |request, _| {
        if request.path == "/v1/capabilities" {
            return Reply::json(capabilities().to_string());
        }
        let mut images = images.lock().unwrap();
        if let Some(sha256) = request.path.strip_prefix("/v1/images/") {
            assert_eq!(request.method, "PUT");
            assert_eq!(request.body, sha256.as_bytes());
            images.insert(sha256.to_owned());
            return Reply::status(204, "");
        }
        let body = request.json();
        assert_eq!(
            (body["protocol"].as_i64(), request.path.as_str()),
            (Some(1), "/v1/answer")
        );
        let mut named = BTreeSet::new();
        hashes(&body, &mut named);
        let missing: Vec<_> = named.difference(&images).collect();
        if !missing.is_empty() {
            return Reply::json(json!({"missing_images": missing}).to_string());
        }
        let answers: Vec<_> = body["questions"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|question| json!({"id": question["id"], "answer": answer(question)}))
            .collect();
        Reply::json(json!({"answers": answers, "took_ms": 3}).to_string())
    })
}

pub(crate) fn hashes(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(sha256)) = fields.get("sha256") {
                into.insert(sha256.clone());
            }
            fields.values().for_each(|field| hashes(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| hashes(item, into)),
        _ => {}
    }
}

/// A connection to `server`.
pub(crate) fn connected(server: &Server) -> ToolServer {
    connect(&server.url(), options()).unwrap()
}

/// The batches of questions that `server` got.
pub(crate) fn posts(server: &Server) -> Vec<Received> {
    let seen = server.seen();
    seen.into_iter()
        .filter(|r| r.path == "/v1/answer")
        .collect()
}
