//! `docs/tool-server.md` says what the code does.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::tools::{ask_on, connected, good, posts, text};
use fact_models::remote::Remote;
use fact_models::server::{Capabilities, Expected, Reply as Read};
use fact_models::tools::{AnswerKind, TOOLS};
use serde_json::{Value, json};

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
