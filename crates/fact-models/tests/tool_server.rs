//! The tool server protocol against servers that keep to it and servers that do not.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Received, Reply, Server};
use fact_lang::tool::{Answer, Arg, ImageRef, Request};
use fact_models::http::{Backoff, Options};
use fact_models::remote::{Ask, CallError, Picture, Remote};
use fact_models::server::{Capabilities, Expected, Reply as Read, ToolServer, connect};
use fact_models::tools::{AnswerKind, TOOLS};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

fn capabilities() -> Value {
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
fn picture(sha256: &str) -> Picture {
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

fn ask_on(pictures: &[&str], tool: &str, args: &[(&str, Arg)]) -> Ask {
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

fn ask(tool: &str, args: &[(&str, Arg)]) -> Ask {
    ask_on(&["aa"], tool, args)
}

fn text(text: &str) -> Arg {
    Arg::Str(text.into())
}

fn find(name: &str) -> Ask {
    ask("find", &[("object_name", text(name))])
}

/// A server that keeps to the protocol: it keeps the images put to it, and `answer` answers a
/// question.
fn good(answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Server {
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

fn hashes(value: &Value, into: &mut BTreeSet<String>) {
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

fn connected(server: &Server) -> ToolServer {
    connect(&server.url(), options()).unwrap()
}

fn error(answer: &Result<Answer, CallError>) -> &str {
    match answer {
        Ok(Answer::Error(message)) => message,
        other => panic!("expected an error of the program, got {other:?}"),
    }
}

fn posts(server: &Server) -> Vec<Received> {
    let seen = server.seen();
    seen.into_iter()
        .filter(|r| r.path == "/v1/answer")
        .collect()
}

#[test]
fn questions_are_asked_in_batches_and_images_put_once() {
    let server = good(|question| match question["tool"].as_str().unwrap() {
        "find" => json!({"detections": [
            {"label": question["args"]["object_name"], "box": [0, 1, 70, 48], "score": 0.5}]}),
        "simple_query" => json!({"text": question["args"]["question"].to_string()}),
        _ => json!({"error": "cannot"}),
    });
    let remote = connected(&server);
    assert_eq!((remote.batch(), remote.concurrency()), (4, 3));
    assert!(remote.fingerprint().starts_with("server-1 test 1 tools-"));
    let mut asks: Vec<Ask> = (0..9)
        .map(|i| {
            ask_on(
                &["aa", "bb"],
                "find",
                &[("name", text(&format!("cup {i}")))],
            )
        })
        .collect();
    asks[5].request.image = 1;
    asks.push(ask("simple_query", &[]));
    asks.push(ask(
        "verify_property",
        &[("a", text("cup")), ("b", text("red"))],
    ));
    let answers = remote.answer(&asks);
    assert_eq!(answers.len(), 11);
    for (i, answer) in answers[..9].iter().enumerate() {
        let Ok(Answer::Detections(found)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(found[0].label, format!("cup {i}"));
        assert_eq!(<[f64; 4]>::from(found[0].bbox), [0.0, 1.0, 64.0, 48.0]);
    }
    assert_eq!(answers[9], Ok(Answer::Text("null".into())));
    assert_eq!(answers[10], Ok(Answer::Error("cannot".into())));
    // 4 + 4 + 3 questions, two of them asked again after an image was put.
    assert_eq!(posts(&server).len(), 5);
    let puts = server.seen().iter().filter(|r| r.method == "PUT").count();
    assert_eq!(puts, 2);
    assert_eq!(remote.spent().requests, 8);
    assert_eq!(
        posts(&server)[0].json()["questions"][0],
        json!({
            "id": 0,
            "tool": "find",
            "image": {"sha256": "aa", "width": 64, "height": 48},
            "region": [1.0, 2.0, 30.5, 40.0],
            "args": {"object_name": "cup 0"},
        })
    );
}

#[test]
fn other_regions_and_tools_of_a_pack_go_over_the_wire() {
    let server = good(|question| match question["tool"].as_str().unwrap() {
        "compare" => json!({"bool": question["args"]["with"]["image"]["sha256"] == "bb"}),
        _ => json!({"number": question["args"]["weight"]}),
    });
    let remote = connected(&server);
    let other = |image| Arg::Region {
        image,
        region: [0.0, 0.0, 5.0, 5.0].into(),
    };
    let answers = remote.answer(&[
        ask_on(
            &["aa", "bb"],
            "compare",
            &[("anything", other(1)), ("x", Arg::List(vec![other(0)]))],
        ),
        ask("free", &[("weight", Arg::Float(2.5))]),
        ask_on(&["aa"], "compare", &[("with", other(7))]),
        ask(
            "compare",
            &[("a", Arg::None), ("b", Arg::None), ("c", Arg::None)],
        ),
    ]);
    assert_eq!(answers[0], Ok(Answer::Bool(true)));
    assert_eq!(answers[1], Ok(Answer::Number(2.5)));
    assert!(error(&answers[2]).contains("image 7, but the run has 1"));
    assert!(error(&answers[3]).contains("takes 2 arguments"));
    let sent = posts(&server)[0].json();
    assert_eq!(
        sent["questions"][0]["args"]["how"][0]["region"],
        json!([0.0, 0.0, 5.0, 5.0])
    );
}

#[test]
fn what_the_server_does_not_offer_is_not_asked() {
    let server = good(|_| json!({"bool": true}));
    let remote = connected(&server);
    let answers = remote.answer(&[
        ask("compute_depth", &[]),
        ask("teleport", &[]),
        ask("find", &[("object_name", Arg::Int(3))]),
        ask("find", &[]),
    ]);
    let message = error(&answers[0]);
    assert!(message.contains("cannot estimate depth (`compute_depth`), it offers: find, "));
    assert!(message.contains("server-1 test 1") && message.contains("compare positions"));
    assert!(error(&answers[1]).contains("does not know the tool `teleport`, it offers: find"));
    assert_eq!(
        error(&answers[2]),
        "`find` needs a non-empty str as argument 1, `object_name` was an int"
    );
    assert!(error(&answers[3]).contains("argument 1"));
    assert!(posts(&server).is_empty());
}

#[test]
fn paths_go_only_to_servers_that_want_them() {
    for paths in [false, true] {
        let server = Server::start(move |request, _| {
            let mut capabilities = capabilities();
            capabilities["paths"] = json!(paths);
            match request.path.as_str() {
                "/v1/capabilities" => Reply::json(capabilities.to_string()),
                _ => Reply::json(r#"{"answers": [{"id": 0, "answer": {"detections": []}}]}"#),
            }
        });
        let answers = connected(&server).answer(&[find("cup")]);
        assert_eq!(answers, [Ok(Answer::Detections(Vec::new()))]);
        let sent = posts(&server)[0].json()["questions"][0]["image"]["path"].clone();
        assert_eq!(
            sent,
            if paths {
                json!("dir/aa.png")
            } else {
                Value::Null
            }
        );
    }
}

/// What a batch of two questions gets from a server that answers every batch with `reply`.
fn fault(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Vec<Result<Answer, CallError>> {
    fault_with(options(), reply)
}

fn fault_with(
    options: Options,
    reply: impl Fn() -> Reply + Send + Sync + 'static,
) -> Vec<Result<Answer, CallError>> {
    let server = Server::start(move |request, _| match request.path.as_str() {
        "/v1/capabilities" => Reply::json(capabilities().to_string()),
        "/v1/answer" => reply(),
        _ => Reply::json("{}"),
    });
    let remote = connect(&server.url(), options).unwrap();
    let answers = remote.answer(&[find("cup"), ask("simple_query", &[])]);
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error.endpoint, format!("{}/v1/answer", server.url()));
        assert!(!error.message.contains(char::is_control), "{error:?}");
    }
    answers
}

#[test]
fn faults_of_a_server_leave_the_questions_open() {
    let quick = || Options {
        request_timeout: Duration::from_millis(200),
        retries: 1,
        max_body: 10_000,
        ..options()
    };
    let body = |body: &'static str| move || Reply::json(body);
    let both = |expected: &str, transient: bool, answers: Vec<Result<Answer, CallError>>| {
        assert_eq!(answers.len(), 2);
        for answer in answers {
            let error = answer.unwrap_err();
            assert!(error.message.contains(expected), "{error}");
            assert_eq!(error.transient, transient, "{error}");
        }
    };
    both(
        "HTTP 429",
        true,
        fault(|| Reply::status(429, "").with("retry-after", "1")),
    );
    both("HTTP 500", true, fault(|| Reply::status(500, "Traceback")));
    both(
        "no complete reply",
        true,
        fault_with(quick(), || Reply::Hang),
    );
    both(
        "no complete reply",
        true,
        fault_with(quick(), || Reply::Drip("HTTP/1.1 200 OK\r\n\r\n".into())),
    );
    both("connection broke", true, fault(|| Reply::Close));
    both(
        "larger than the limit",
        false,
        fault_with(quick(), || Reply::json(" ".repeat(20_000))),
    );
    both(
        "redirects to `http://elsewhere/`",
        false,
        fault(|| Reply::status(307, "").with("location", "http://elsewhere/")),
    );
    both("HTTP 404", false, fault(|| Reply::status(404, "Not Found")));
    both("not JSON", false, fault(body(r#"{"answers": [{"id": 0, "#)));
    both(
        "begins with `<html>",
        false,
        fault(body("<html>\n<p>Bad gateway")),
    );
    both(
        "at `answers`: invalid type",
        false,
        fault(body(r#"{"answers": "none"}"#)),
    );
    both("holds neither", false, fault(body(r#"{"detections": []}"#)));
    both(
        "question 1 has no answer",
        false,
        fault(body(
            r#"{"answers": [{"id": 0, "answer": {"detections": []}}]}"#,
        )),
    );
    both(
        "`answers[1].id` is 0 a second time",
        false,
        fault(body(
            r#"{"answers": [{"id": 0, "answer": {"text": ""}}, {"id": 0, "answer": {"text": ""}}]}"#,
        )),
    );
    both(
        "`answers[0].id` is 9",
        false,
        fault(body(r#"{"answers": [{"id": 9, "answer": {"text": ""}}]}"#)),
    );
    both(
        "not the SHA-256 of an image",
        false,
        fault(body(r#"{"missing_images": ["/etc/passwd"]}"#)),
    );
    both(
        "still lacks 1 of 1 images after 2 uploads",
        false,
        fault(body(r#"{"missing_images": ["aa"]}"#)),
    );
    both(
        "not JSON",
        false,
        fault(body(
            r#"{"answers": [{"id": 0, "answer": {"number": NaN}}, {"id": 1, "answer": {"text": ""}}]}"#,
        )),
    );
}

#[test]
fn one_bad_answer_leaves_one_question_open() {
    let detections = |bbox: &str| {
        format!(
            r#"{{"answers": [{{"id": 1, "answer": {{"text": "yes"}}}}, {{"id": 0, "answer":
                {{"detections": [{{"label": "cup", "score": 1, "box": {bbox}}}]}}}}]}}"#
        )
    };
    for (bbox, expected) in [
        (
            "[70, 0, 80, 10]",
            "question 0: `detections[0].box` is [70, 0, 80, 10], outside",
        ),
        ("[5, 0, 1, 10]", "which has no area"),
        ("[0, 0, \"1\", 10]", "`detections[0].box[2]`"),
    ] {
        let body = detections(bbox);
        let answers = fault(move || Reply::json(body.clone()));
        let error = answers[0].as_ref().unwrap_err();
        assert!(error.message.contains(expected), "{error}");
        assert_eq!(answers[1], Ok(Answer::Text("yes".into())));
    }
}

#[test]
fn what_is_no_tool_server_is_not_connected_to() {
    for (body, expected) in [
        (
            r#"{"protocol": 2}"#,
            "version 2 of the tool server protocol",
        ),
        ("<html>hello", "is this a tool server"),
        ("{}", "missing field `protocol`"),
        (r#"{"protocol": 1, "name": "a"}"#, "missing field `version`"),
    ] {
        let server = Server::start(move |_, _| Reply::json(body));
        let message = connect(&server.url(), options()).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.starts_with(&server.url()), "{message}");
    }
    let server = Server::start(|_, _| Reply::status(404, "nothing here"));
    let message = connect(&server.url(), options()).unwrap_err().to_string();
    assert!(
        message.contains("HTTP 404 Not Found: nothing here"),
        "{message}"
    );
    let message = connect("localhost:8000", options())
        .unwrap_err()
        .to_string();
    assert!(message.contains("must begin with http://"), "{message}");
}

#[test]
fn a_server_that_is_loading_is_waited_for() {
    let server = Server::start(|_, number| match number {
        0 | 1 => Reply::status(503, "loading").with("retry-after", "0"),
        _ => Reply::json(capabilities().to_string()),
    });
    let remote = connected(&server);
    assert_eq!((remote.spent().requests, remote.spent().retries), (3, 2));
    assert_eq!(remote.capabilities().name, "test");
}

#[test]
fn many_threads_share_one_server() {
    let server = good(|question| {
        json!({"detections": [
        {"label": question["args"]["object_name"], "box": [0, 0, 1, 1], "score": 1}]})
    });
    let remote = connected(&server);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let remote = &remote;
            scope.spawn(move || {
                for i in 0..10 {
                    let name = format!("cup {thread} {i}");
                    let answers = remote.answer(&[find(&name), find("other")]);
                    let Ok(Answer::Detections(found)) = &answers[0] else {
                        panic!("{answers:?}");
                    };
                    assert_eq!(found[0].label, name);
                }
            });
        }
    });
    assert_eq!(remote.spent().retries, 0);
}

/// The JSON blocks of the protocol's documentation, in their order.
fn documented() -> Vec<&'static str> {
    include_str!("../../../docs/tool-server.md")
        .split("```json\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_documented_examples_are_the_protocol() {
    let [capabilities, batch, answers, missing] = documented()[..] else {
        panic!("{} blocks", documented().len());
    };
    let read = Capabilities::read(capabilities.as_bytes()).unwrap();
    assert_eq!(
        (read.max_batch, read.concurrency, read.tools.len()),
        (32, 2, 3)
    );

    let expected = [
        AnswerKind::Detections,
        AnswerKind::Text,
        AnswerKind::Number,
        AnswerKind::Bool,
        AnswerKind::Number,
    ]
    .map(|answer| Expected {
        answer,
        width: 640,
        height: 480,
        options: None,
    });
    let Read::Answers(read) = Read::read(answers.as_bytes(), &expected, &[]).unwrap() else {
        panic!("no answers");
    };
    assert!(read.iter().all(Result::is_ok), "{read:?}");

    // The documented question is what is sent.
    let documented: Value = serde_json::from_str(batch).unwrap();
    let question = &documented["questions"][0];
    let sha256 = question["image"]["sha256"].as_str().unwrap().to_owned();
    let server = good(|_| json!({"detections": []}));
    let mut ask = ask_on(&[&sha256], "find", &[("object_name", text("cup"))]);
    ask.request.region = [120.0, 0.0, 640.0, 480.0].into();
    let mut pictures = ask.pictures.to_vec();
    pictures[0].image.width = 640;
    pictures[0].image.height = 480;
    ask.pictures = pictures.into();
    assert!(connected(&server).answer(&[ask])[0].is_ok());
    let sent = posts(&server)[0].json();
    assert_eq!(sent["questions"][0]["args"], question["args"]);
    assert_eq!(sent["questions"][0]["image"], question["image"]);
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&sent), names(&documented));
    assert_eq!(names(&sent["questions"][0]), names(question));

    let read = Read::read(missing.as_bytes(), &expected, &[&sha256]).unwrap();
    assert!(matches!(read, Read::MissingImages(images) if images == [sha256]));
}

#[test]
fn the_documented_tools_are_those_of_the_table() {
    let text = include_str!("../../../docs/tool-server.md");
    let rows: Vec<&str> = text
        .split("### Tools\n")
        .nth(1)
        .unwrap()
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), TOOLS.len());
    for (row, tool) in rows.iter().zip(&TOOLS) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[1], format!("`{}`", tool.name));
        for param in tool.params {
            assert!(cells[2].contains(&format!("`{}`", param.name)), "{row}");
        }
        assert!(cells[3].starts_with(&tool.answer.to_string()), "{row}");
    }
}

#[test]
fn nothing_is_lost_on_a_server_that_fails_half_of_the_time() {
    let inner = Mutex::new(BTreeSet::new());
    let server = Server::start(move |request, number| {
        // Two of three requests fail, in turn by each kind of fault that passes.
        match number % 9 {
            1 | 5 => return Reply::Close,
            2 => return Reply::status(503, "busy"),
            4 => return Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_vec()),
            7 => return Reply::status(429, "").with("retry-after", "0"),
            8 => return Reply::status(500, "<html>"),
            _ => {}
        }
        if request.path == "/v1/capabilities" {
            return Reply::json(capabilities().to_string());
        }
        let mut images = inner.lock().unwrap();
        if let Some(sha256) = request.path.strip_prefix("/v1/images/") {
            images.insert(sha256.to_owned());
            return Reply::json("{}");
        }
        let body = request.json();
        let mut named = BTreeSet::new();
        hashes(&body, &mut named);
        if let Some(missing) = named.difference(&images).next() {
            return Reply::json(json!({"missing_images": [missing]}).to_string());
        }
        let questions = body["questions"].as_array().unwrap().iter();
        let answers: Vec<_> = questions
            .map(|asked| json!({"id": asked["id"], "answer": {"text": asked["args"]["question"]}}))
            .collect();
        Reply::json(json!({"answers": answers}).to_string())
    });
    let patient = Options {
        retries: 9,
        ..options()
    };
    let remote = connect(&server.url(), patient).unwrap();
    let asks: Vec<Ask> = (0..60)
        .map(|i| {
            let image = format!("{:x}", i / 4);
            ask_on(
                &[&image],
                "simple_query",
                &[("q", text(&format!("question {i}")))],
            )
        })
        .collect();
    for (i, answer) in remote.answer(&asks).into_iter().enumerate() {
        assert_eq!(answer, Ok(Answer::Text(format!("question {i}"))));
    }
    assert!(remote.spent().retries > 20);
}
