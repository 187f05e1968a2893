//! Examples of a loss, cut to what a person reads.

use crate::store::{StoredExample, StoredTry};
use serde::Serialize;

/// Lines of a program that are kept.
const LINES: usize = 4;
/// Most characters of a line of a program.
const LINE: usize = 120;
/// Most characters of a question or message.
const TEXT: usize = 300;

/// One example of a loss. Texts are as the data has them, cut where they are long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Id of the sample.
    pub sample: String,
    /// Its question.
    pub question: String,
    /// The first lines of the program, if there is one.
    pub program: Option<String>,
    /// What happened, if more is known than the kind.
    pub message: Option<String>,
}

impl Example {
    /// What is told of a stored example that was lost at `stage`.
    pub(super) fn of(stored: StoredExample, stage: &str) -> Self {
        let StoredExample {
            sample,
            program,
            syntax_error,
            tried,
            stages,
            ..
        } = stored;
        let reason = |wanted: &str| {
            let mut stages = stages.iter();
            stages
                .find(|(stage, _)| stage == wanted)
                .and_then(|(_, reason)| reason.clone())
        };
        let answer = sample.answer().unwrap_or("(none given)");
        let message = match (stage, tried) {
            ("parse", _) => syntax_error,
            ("propose", _) => reason("propose"),
            ("explain", _) => reason("explain"),
            (_, Some(StoredTry { right: true, .. })) => {
                Some("right here, but not on all samples of its question".into())
            }
            (
                _,
                Some(StoredTry {
                    predicted: Some(predicted),
                    ..
                }),
            ) => Some(format!("says “{predicted}”; the data set says “{answer}”")),
            (
                _,
                Some(StoredTry {
                    reason: Some(reason),
                    ..
                }),
            ) => Some(reason),
            _ => reason("execute"),
        };
        Self {
            question: cut(&sample.question, TEXT),
            sample: cut(&sample.id, TEXT),
            program: program.map(|program| head(&program)),
            message: message.map(|message| cut(&message, TEXT)),
        }
    }
}

fn cut(text: &str, width: usize) -> String {
    crate::terminal::cut(text, width).into_owned()
}

/// The first lines of a program.
fn head(program: &str) -> String {
    let lines = program.lines().map(|line| cut(line, LINE));
    let mut lines: Vec<String> = lines.take(LINES + 1).collect();
    if lines.len() > LINES {
        lines[LINES] = "…".to_owned();
    }
    lines.join("\n")
}
