//! The readers of a tool server's replies under arbitrary bytes: for fuzzing and for the tests.

use super::{Capabilities, Expected, Reply};
use crate::tools::{AnswerKind, TOOLS};
use fact_lang::tool::Answer;

/// Size of the image that every question of the harness is about.
const SIZE: (u32, u32) = (64, 48);
/// Its SHA-256.
const IMAGE: &str = "5ba93c9db0cff93f52b521d7420e43f6eda2784fbe5e42f9a8a0d4a1f1f3b2c6";

/// What the harness asks: each known tool once, in the order of [`TOOLS`].
pub fn questions() -> Vec<Expected> {
    TOOLS
        .iter()
        .map(|tool| Expected {
            answer: tool.answer,
            width: SIZE.0,
            height: SIZE.1,
            options: (tool.name == "best_text_match").then(|| vec!["red".into(), "blue".into()]),
        })
        .collect()
}

/// A reply to [`questions`] in which nothing is wrong.
pub fn good_reply() -> String {
    let answers: Vec<String> = questions()
        .iter()
        .enumerate()
        .map(|(id, question)| {
            let answer = match question.answer {
                AnswerKind::Detections => {
                    r#"{"detections": [{"label": "cup", "box": [-0.5, 1, 20.25, 48], "score": 0.75,
                        "id": "7", "attributes": {"color": "red", "sizes": [1, 2.5, null, true]}}]}"#
                }
                AnswerKind::Text => r#"{"text": "red"}"#,
                AnswerKind::Number => r#"{"number": -1.5e3}"#,
                AnswerKind::Bool => r#"{"bool": true}"#,
            };
            format!(r#"{{"id": {id}, "answer": {answer}}}"#)
        })
        .collect();
    format!(r#"{{"answers": [{}]}}"#, answers.join(", "))
}

/// Reads `body` as every kind of reply. Whatever it is, the readers must not panic, and what they
/// accept must be what callers rely on.
///
/// # Errors
/// Says which promise was broken.
pub fn read_anything(body: &[u8]) -> Result<(), String> {
    if let Ok(capabilities) = Capabilities::read(body)
        && (capabilities.max_batch == 0 || capabilities.concurrency == 0)
    {
        return Err("a server with empty batches was accepted".to_owned());
    }
    let questions = questions();
    match Reply::read(body, &questions, &[IMAGE]) {
        Err(error) => one_line(&error.to_string()),
        Ok(Reply::MissingImages(images)) if images == [IMAGE] => Ok(()),
        Ok(Reply::MissingImages(images)) => Err(format!("images not asked about: {images:?}")),
        Ok(Reply::Answers(answers)) => {
            if answers.len() != questions.len() {
                return Err(format!("{} answers", answers.len()));
            }
            for (answer, question) in answers.iter().zip(&questions) {
                match answer {
                    Ok(answer) => accepted(answer, question)?,
                    Err(error) => one_line(&error.to_string())?,
                }
            }
            Ok(())
        }
    }
}

fn accepted(answer: &Answer, question: &Expected) -> Result<(), String> {
    let kind = AnswerKind::of(answer);
    let (width, height) = (f64::from(question.width), f64::from(question.height));
    let good = kind.is_none_or(|kind| kind == question.answer)
        && match answer {
            Answer::Number(x) => x.is_finite(),
            Answer::Text(text) => question.options.as_ref().is_none_or(|o| o.contains(text)),
            Answer::Detections(found) => found.iter().all(|d| {
                let b = d.bbox;
                (0.0..=1.0).contains(&d.score)
                    && 0.0 <= b.left
                    && b.left < b.right
                    && b.right <= width
                    && 0.0 <= b.top
                    && b.top < b.bottom
                    && b.bottom <= height
            }),
            Answer::Bool(_) | Answer::Error(_) => true,
        };
    if good {
        return Ok(());
    }
    Err(format!("accepted {answer:?} for {question:?}"))
}

fn one_line(message: &str) -> Result<(), String> {
    if message.contains(char::is_control) || message.len() > 4096 {
        return Err(format!("not one short line: {message:?}"));
    }
    Ok(())
}
