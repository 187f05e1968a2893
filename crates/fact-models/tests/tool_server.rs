//! The tool server protocol against servers that keep to it and servers that do not.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::tools::{
    ask, ask_on, capabilities, connected, find, good, hashes, options, posts, text,
};
use common::{Reply, Server};
use fact_lang::tool::{Answer, Arg};
use fact_models::http::Options;
use fact_models::remote::{Ask, CallError, Remote};
use fact_models::server::connect;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

fn error(answer: &Result<Answer, CallError>) -> &str {
    match answer {
        Ok(Answer::Error(message)) => message,
        other => panic!("expected an error of the program, got {other:?}"),
    }
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
