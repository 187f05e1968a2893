//! The log of a training: a line a logged step and a validation, and the curves drawn from it.

use crate::checkpoint::whole_file;
use crate::plot::{Chart, Series};
use crate::train::TrainError;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// File of the log, a JSON object a line.
pub const LOG: &str = "log.jsonl";

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Steps done.
    pub step: u64,
    /// `train`: the batch of this step; `validation`: all examples of it.
    pub kind: Kind,
    /// `L_label + λ · L_rationale`, in nats a token.
    pub loss: f64,
    /// `L_label`.
    pub label: f64,
    /// `L_rationale`.
    pub rationale: f64,
    /// Of validations: the share answered right at once.
    pub right: Option<f64>,
    /// Of steps: the learning rate.
    pub rate: Option<f64>,
    /// Of steps: the length of the gradient before it was clipped.
    pub gradient: Option<f64>,
    /// Tokens of text seen so far.
    pub tokens: u64,
    /// Seconds so far, over all sessions: the one number that differs from run to run.
    pub seconds: f64,
}

/// What a line of the log tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The batch of one step.
    Train,
    /// All examples of the validation.
    Validation,
}

/// The log, in memory for the charts and on disk.
pub(crate) struct Log {
    path: PathBuf,
    file: std::fs::File,
    lines: Vec<Line>,
}

impl Log {
    /// Opens the log; lines after `step` are of a session that was killed, and go.
    pub(crate) fn open(folder: &Path, step: u64) -> Result<Self, TrainError> {
        let path = folder.join(LOG);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(TrainError::Write { path, source }),
        };
        let mut lines: Vec<Line> = Vec::new();
        let mut kept = String::new();
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        for (i, line) in whole.enumerate() {
            let parsed: Line = serde_json::from_str(line).map_err(|e| TrainError::Log {
                path: path.clone(),
                line: i + 1,
                reason: e.to_string(),
            })?;
            if parsed.step <= step {
                kept.push_str(line);
                lines.push(parsed);
            }
        }
        let error = |source| TrainError::Write {
            path: path.clone(),
            source,
        };
        whole_file(&path, kept.as_bytes()).map_err(error)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(error)?;
        Ok(Self { path, file, lines })
    }

    pub(crate) fn add(&mut self, line: &Line) -> Result<(), TrainError> {
        let written = serde_json::to_string(line)
            .map_err(io::Error::other)
            .and_then(|text| self.file.write_all(format!("{text}\n").as_bytes()));
        written.map_err(|source| self.error(source))?;
        self.lines.push(line.clone());
        Ok(())
    }

    pub(crate) fn sync(&self) -> Result<(), TrainError> {
        self.file.sync_all().map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> TrainError {
        TrainError::Write {
            path: self.path.clone(),
            source,
        }
    }

    /// Draws loss and accuracy over steps.
    pub(crate) fn draw(&self, folder: &Path) -> Result<(), TrainError> {
        let points = |kind: Kind, y: fn(&Line) -> Option<f64>| -> Vec<(f64, f64)> {
            let lines = self.lines.iter().filter(|line| line.kind == kind);
            lines
                .filter_map(|line| Some((line.step as f64, y(line)?)))
                .collect()
        };
        let series = |name: &str, kind, y| Series {
            name: name.into(),
            points: points(kind, y),
        };
        let chart = |title: &str, y: &str, series| Chart {
            title: title.into(),
            x: "step".into(),
            y: y.into(),
            log_x: false,
            series,
        };
        let loss = chart(
            "Loss",
            "nats a token",
            vec![
                series("train", Kind::Train, |l| Some(l.loss)),
                series("validation, label", Kind::Validation, |l| Some(l.label)),
                series("validation, rationale", Kind::Validation, |l| {
                    Some(l.rationale)
                }),
            ],
        );
        let right = series("validation", Kind::Validation, |l| l.right);
        let accuracy = chart("Answers at once", "share right", vec![right]);
        for (name, chart) in [("loss.svg", loss), ("accuracy.svg", accuracy)] {
            let path = folder.join(name);
            let written = whole_file(&path, chart.svg().as_bytes());
            written.map_err(|source| TrainError::Write { path, source })?;
        }
        Ok(())
    }
}
