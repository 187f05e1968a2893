//! The vision-language back end over real HTTP, against a server of the test's own.
//!
//! This tests the wire, the reading of answers and the geometry. It says nothing about the ability
//! of any model: the "model" here looks for red pixels, or says what the test tells it to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test"
)]

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod geometry;
mod photographs;
mod tools;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Received, Reply, Server};
use fact_lang::tool::{Answer, Arg, BBox, ImageRef, Request};
use fact_models::http;
use fact_models::remote::{Ask, CallError, Picture, Remote};
use fact_models::vlm::{BoxConvention, Encoding, Options, Scoring, Vlm, VlmError};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use std::sync::Arc;

/// 120×80, white, with a blue bar and a red square.
fn drawing() -> RgbImage {
    RgbImage::from_fn(120, 80, |x, y| {
        if (60..80).contains(&x) && (20..40).contains(&y) {
            Rgb([255, 0, 0])
        } else if x < 10 {
            Rgb([0, 0, 255])
        } else {
            Rgb([255, 255, 255])
        }
    })
}

fn ask(tool: &str, region: [f64; 4], args: &[(&str, Arg)]) -> Ask {
    let pixels = Arc::new(drawing());
    let picture = Picture {
        image: ImageRef {
            sha256: "00".into(),
            width: 120,
            height: 80,
        },
        name: "drawing".into(),
        bytes: Arc::new([]),
        pixels,
    };
    let args = args.iter().map(|(name, arg)| ((*name).into(), arg.clone()));
    Ask {
        pictures: Arc::new([picture]),
        request: Request {
            tool: tool.into(),
            image: 0,
            region: BBox::from(region),
            args: args.collect(),
        },
    }
}

const WHOLE: [f64; 4] = [0.0, 0.0, 120.0, 80.0];

fn text(value: &str) -> Arg {
    Arg::Str(value.into())
}

fn query(question: &str) -> Ask {
    ask("simple_query", WHOLE, &[("question", text(question))])
}

fn exists(object: &str) -> Ask {
    ask("exists", WHOLE, &[("object_name", text(object))])
}

fn find(object: &str, region: [f64; 4]) -> Ask {
    ask("find", region, &[("object_name", text(object))])
}

fn once() -> http::Options {
    http::Options {
        retries: 0,
        ..http::Options::default()
    }
}

fn vlm(server: &Server, options: Options) -> Vlm {
    Vlm::new("tiny", &server.url(), options, once()).unwrap()
}

fn answer(vlm: &Vlm, ask: &Ask) -> Result<Answer, CallError> {
    let mut answers = vlm.answer(std::slice::from_ref(ask));
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn error(vlm: &Vlm, ask: &Ask) -> String {
    match answer(vlm, ask) {
        Ok(Answer::Error(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn completion(content: impl Into<Value>) -> Value {
    json!({"choices": [{"message": {"role": "assistant", "content": content.into()},
        "finish_reason": "stop"}], "usage": {"prompt_tokens": 100, "completion_tokens": 3}})
}

/// A server that says these things in turn.
fn saying(replies: &[Value]) -> Server {
    let replies = replies.to_vec();
    Server::start(move |_, number| match replies.get(number) {
        Some(reply) => Reply::json(reply.to_string()),
        None => Reply::status(400, "asked more often than expected"),
    })
}

/// A server whose model says these texts in turn.
fn texts(said: &[&str]) -> Server {
    let replies: Vec<Value> = said.iter().map(|&text| completion(text)).collect();
    saying(&replies)
}

fn prompt(request: &Received) -> String {
    let body = request.json();
    let content = body["messages"][0]["content"].as_array().unwrap();
    let part = content.iter().find(|part| part["type"] == "text").unwrap();
    part["text"].as_str().unwrap().to_owned()
}

fn picture(request: &Received) -> Option<RgbImage> {
    let body = request.json();
    let content = body["messages"][0]["content"].as_array().unwrap();
    let part = content.iter().find(|part| part["type"] == "image_url")?;
    let url = part["image_url"]["url"].as_str().unwrap();
    let (_, data) = url.split_once(";base64,").unwrap();
    let bytes = STANDARD.decode(data).unwrap();
    Some(image::load_from_memory(&bytes).unwrap().to_rgb8())
}
