//! One training of an experiment, with its predictions: a folder that is done or goes on.

use super::super::StudentError;
use super::super::teach::write;
use super::Bench;
use super::config::Arm;
use super::data::Test;
use super::start::Start;
use crate::datasets::{elements, lines_or_array};
use crate::synth::scenes::Split;
use crate::transfer::CrossFit;
use fact_student::infer::Asking;
use fact_student::train::{Job, LOG};
use fact_student::{Progress, Size, Student, TrainConfig, train, trained};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// File that says that a training and its predictions are done.
const DONE: &str = "cell.json";

/// A training to be done.
#[derive(Debug, Clone)]
pub(super) struct Cell<'a> {
    pub(super) arm: &'a Arm,
    pub(super) size: Size,
    pub(super) seed: u64,
    pub(super) rate: f64,
    pub(super) steps: u64,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The arm as it was, and the settings: what is done with others is another training.
    arm: Arm,
    train: TrainConfig,
    /// Who scored the rationales, if the arm keeps some of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    judges: Option<CrossFit>,
    /// What it began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Start>,
    /// Step of the best validation, whose student is asked.
    pub(super) best_step: u64,
    /// Share right in it.
    pub(super) best_right: f64,
    pub(super) parameters: usize,
    /// Tokens of text that went through the network.
    pub(super) tokens: u64,
    /// Seconds of training, over all sessions.
    pub(super) seconds: f64,
}

/// A training that is done.
pub(super) struct Done<'a> {
    pub(super) cell: Cell<'a>,
    pub(super) folder: PathBuf,
    pub(super) record: Record,
    /// Answers, in the order of the split's rows.
    pub(super) answers: BTreeMap<Split, Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct Prediction {
    id: String,
    answer: String,
}

impl<'a> Cell<'a> {
    /// Names its folder.
    pub(super) fn name(&self) -> String {
        let (arm, size) = (&self.arm.name, self.size);
        format!("{arm}-{size}-seed{}-rate{}", self.seed, self.rate)
    }

    /// Trains, beginning with a student if there is one, and asks, or goes on, or reads what is done. Nothing if it
    /// was asked to stop.
    pub(super) fn run(
        &self,
        bench: &Bench<'_, '_>,
        start: Option<&Student>,
        progress: &dyn Progress,
    ) -> Result<Option<Done<'a>>, StudentError> {
        let Bench {
            experiment, data, ..
        } = *bench;
        let place = bench.means.place;
        let folder = bench.cells.join(self.name());
        let config = experiment.training(self.steps, self.rate, self.seed);
        let judges = experiment.judges().filter(|_| !self.arm.keep.is_empty());
        let done = folder.join(DONE);
        let wrong = |message: String| StudentError::Experiment {
            path: done.clone(),
            message,
        };
        if done.is_file() {
            let text = std::fs::read_to_string(&done).map_err(|e| wrong(e.to_string()))?;
            let record: Record = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
            let same = record.arm.learns_as(self.arm)
                && record.train == config
                && record.judges == judges
                && record.start == experiment.start;
            if !same {
                return Err(wrong("it was done with other settings".into()));
            }
            let answers = data
                .tests
                .iter()
                .map(|test| Ok((test.split, predictions(&folder, test)?)))
                .collect::<Result<_, StudentError>>()?;
            return Ok(Some(Done {
                cell: self.clone(),
                folder,
                record,
                answers,
            }));
        }
        let examples = data.examples(self.arm, bench.filter);
        let job = Job {
            train: &examples,
            validation: &data.validation,
            size: self.size,
            image: experiment.image(),
            config: &config,
            vocabulary: Some(&data.vocabulary),
            start,
            folder: &folder,
            threads: 1,
            place,
        };
        let outcome = train(&job, progress)?;
        if outcome.interrupted {
            return Ok(None);
        }
        let student = trained(&folder)?;
        let mut answers = BTreeMap::new();
        for test in &data.tests {
            let asking = Asking {
                longest: match test.split {
                    Split::Captions => data.vocabulary.positions,
                    _ => Asking::default().longest,
                },
                place,
                ..Asking::default()
            };
            let said = student.answers(&test.asked, false, asking)?;
            let said: Vec<String> = said.into_iter().map(|a| a.answer).collect();
            let mut lines = String::new();
            for (row, answer) in test.rows.iter().zip(&said) {
                let line = serde_json::json!({"id": row.id, "answer": answer});
                lines.push_str(&format!("{line}\n"));
            }
            write(&file(&folder, test.split), lines.as_bytes())?;
            answers.insert(test.split, said);
        }
        let record = Record {
            arm: self.arm.clone(),
            train: config,
            judges,
            start: experiment.start.clone(),
            best_step: outcome.best_step,
            best_right: outcome.best_right,
            parameters: outcome.parameters,
            tokens: outcome.tokens,
            seconds: outcome.seconds,
        };
        let text = serde_json::to_vec_pretty(&record).map_err(|e| wrong(e.to_string()))?;
        write(&done, &text)?;
        Ok(Some(Done {
            cell: self.clone(),
            folder,
            record,
            answers,
        }))
    }
}

impl Done<'_> {
    /// The validations: step, tokens so far, seconds so far, share right.
    pub(super) fn curve(&self) -> Result<Vec<Point>, StudentError> {
        let file = self.folder.join(LOG);
        let mut points = Vec::new();
        for element in elements(&file, lines_or_array(&file)?) {
            let line: super::super::Line = element?.parse()?;
            if let Some(right) = line.right {
                points.push(Point {
                    step: line.step,
                    tokens: line.tokens,
                    seconds: line.seconds,
                    right,
                });
            }
        }
        Ok(points)
    }
}

/// A validation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) step: u64,
    pub(super) tokens: u64,
    pub(super) seconds: f64,
    /// Share right.
    pub(super) right: f64,
}

fn file(folder: &Path, split: Split) -> PathBuf {
    folder.join(format!("predictions-{}.jsonl", split.name()))
}

/// The answers that were written, one a row of the split.
fn predictions(folder: &Path, test: &Test) -> Result<Vec<String>, StudentError> {
    let path = file(folder, test.split);
    let mut answers = Vec::with_capacity(test.rows.len());
    for element in elements(&path, lines_or_array(&path)?) {
        let prediction: Prediction = element?.parse()?;
        let row = test.rows.get(answers.len());
        if row.is_none_or(|row| row.id != prediction.id) {
            return Err(StudentError::Experiment {
                path,
                message: format!("`{}` is not the next sample of the split", prediction.id),
            });
        }
        answers.push(prediction.answer);
    }
    if answers.len() != test.rows.len() {
        return Err(StudentError::Experiment {
            path,
            message: format!("{} of {} answers", answers.len(), test.rows.len()),
        });
    }
    Ok(answers)
}
