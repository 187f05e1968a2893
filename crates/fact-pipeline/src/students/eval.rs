//! Predictions of a student, in the form that `fact metrics` reads.

use super::StudentError;
use super::rows::{Objective, Reading, read};
use super::teach::write;
use fact_student::Student;
use fact_student::infer::{Asked, Asking};
use fact_student::model::Place;
use fact_student::train::MODEL;
use serde::Serialize;
use std::io;
use std::path::PathBuf;

/// Default name of the predictions' file.
pub const PREDICTIONS: &str = "predictions.jsonl";

/// What to ask.
#[derive(Debug, Clone)]
pub struct EvalRequest {
    /// The student's file, or the folder of its training.
    pub student: PathBuf,
    /// Files of rows.
    pub data: Vec<PathBuf>,
    /// Folder that paths of images are relative to.
    pub images: PathBuf,
    /// Whether it says a rationale first.
    pub after_rationale: bool,
    /// File of the predictions to write.
    pub out: PathBuf,
    /// Where to compute.
    pub place: Place,
}

/// A share of right answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Accuracy {
    /// Right ones: the same text but for case and space around it.
    pub right: u64,
    /// Of so many.
    pub of: u64,
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Evaluated {
    /// Right answers.
    pub accuracy: Accuracy,
    /// Answers that were not finished within the student's longest text.
    pub unfinished: u64,
}

#[derive(Serialize)]
struct Prediction<'a> {
    id: &'a str,
    answer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
}

/// Asks a student all questions and writes its predictions, a JSON object a line.
///
/// # Errors
/// If the student or a row cannot be read, or the file cannot be written.
pub fn evaluate(request: &EvalRequest) -> Result<Evaluated, StudentError> {
    let file = if request.student.is_dir() {
        request.student.join(MODEL)
    } else {
        request.student.clone()
    };
    let student = Student::open(&file)?;
    let reading = Reading {
        images: request.images.clone(),
        size: student.config().image,
        objective: Objective::Label,
    };
    let mut lines = Vec::new();
    let mut evaluated = Evaluated {
        accuracy: Accuracy { right: 0, of: 0 },
        unfinished: 0,
    };
    let asking = Asking {
        place: request.place,
        ..Asking::default()
    };
    for data in &request.data {
        let examples = read(data, &reading)?;
        let asked: Vec<Asked> = examples
            .iter()
            .map(|e| Asked {
                id: e.id.clone(),
                picture: e.picture.clone(),
                question: e.question.clone(),
            })
            .collect();
        let answers = student.answers(&asked, request.after_rationale, asking)?;
        for (example, answered) in examples.iter().zip(&answers) {
            let same =
                answered.answer.trim().to_lowercase() == example.answer.trim().to_lowercase();
            evaluated.accuracy.of += 1;
            evaluated.accuracy.right += u64::from(same);
            evaluated.unfinished += u64::from(!answered.ended);
            let prediction = Prediction {
                id: &example.id,
                answer: &answered.answer,
                rationale: answered.rationale.as_deref(),
            };
            let written = serde_json::to_writer(&mut lines, &prediction);
            written.map_err(|e| StudentError::Write {
                path: request.out.clone(),
                source: io::Error::from(e),
            })?;
            lines.push(b'\n');
        }
    }
    write(&request.out, &lines)?;
    Ok(evaluated)
}
