//! Trainings of several sizes on the same rows.

use super::StudentError;
use super::learned::write_learned;
use super::rows::{Objective, Reading, read};
use crate::export::AtomicFile;
use fact_student::config::ImageSize;
use fact_student::model::Place;
use fact_student::plot::{Chart, Series};
use fact_student::train::Job;
use fact_student::{Outcome, Progress, Size, TrainConfig, TrainError, Vocabulary, train, trained};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// File that says how the trainings ended, in the folder of all.
pub const SUMMARY: &str = "summary.json";

/// File of the vocabulary, in the folder of all: other trainings may share it.
pub const VOCABULARY: &str = "vocabulary.json";

/// What to teach.
#[derive(Debug, Clone)]
pub struct TeachRequest {
    /// Files of rows to learn from, one after the other.
    pub train: Vec<PathBuf>,
    /// Files of rows to validate on.
    pub validation: Vec<PathBuf>,
    /// Folder that paths of images are relative to.
    pub images: PathBuf,
    /// What is learned beside answers.
    pub objective: Objective,
    /// Sizes of the students.
    pub sizes: Vec<Size>,
    /// Size of their pictures.
    pub image: ImageSize,
    /// How they are trained.
    pub config: TrainConfig,
    /// A file of pieces and positions that another training wrote; those of `start`, or learned from the rows,
    /// if there is none.
    pub vocabulary: Option<PathBuf>,
    /// The student to begin with: the folder of a training. New ones if there is none.
    pub start: Option<PathBuf>,
    /// Folder; each size gets one in it.
    pub out: PathBuf,
    /// Threads; changes nothing in the results.
    pub threads: usize,
    /// Where to compute.
    pub place: Place,
}

/// One student.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taught {
    /// Its size.
    pub size: String,
    /// Its folder.
    pub folder: PathBuf,
    /// How its training ended.
    pub outcome: Outcome,
}

/// Trains a student of each size. One that was interrupted ends the rest; the same request goes on.
///
/// # Errors
/// If rows cannot be read, a training fails, or a file cannot be written.
pub fn teach(request: &TeachRequest, progress: &dyn Progress) -> Result<Vec<Taught>, StudentError> {
    let reading = Reading {
        images: request.images.clone(),
        size: request.image,
        objective: request.objective.clone(),
    };
    let all = |files: &[PathBuf]| -> Result<Vec<_>, StudentError> {
        let mut examples = Vec::new();
        for file in files {
            examples.extend(read(file, &reading)?);
        }
        Ok(examples)
    };
    let (examples, validation) = (all(&request.train)?, all(&request.validation)?);
    if let Objective::Rationale(column) = &request.objective
        && examples.iter().all(|e| e.rationale.is_none())
    {
        return Err(StudentError::NoRationale(column.clone()));
    }
    let start = request.start.as_deref().map(trained).transpose()?;
    let vocabulary = match (&request.vocabulary, &start) {
        (Some(path), _) => Vocabulary::read(path)?,
        (None, Some(start)) => start.vocabulary(),
        (None, None) => {
            let (least, most) = (request.config.min_count, request.config.max_pieces);
            Vocabulary::learn(examples.iter(), validation.iter(), least, most)
                .map_err(TrainError::from)?
        }
    };
    std::fs::create_dir_all(&request.out).map_err(|source| StudentError::Write {
        path: request.out.clone(),
        source,
    })?;
    vocabulary.write(&request.out.join(VOCABULARY))?;
    let mut taught = Vec::new();
    for &size in &request.sizes {
        let folder = request.out.join(size.to_string());
        let job = Job {
            train: &examples,
            validation: &validation,
            size,
            image: request.image,
            config: &request.config,
            vocabulary: Some(&vocabulary),
            start: start.as_ref(),
            folder: &folder,
            threads: request.threads,
            place: request.place,
        };
        let outcome = train(&job, progress)?;
        // Only now: a folder that holds another training is refused and keeps what it says.
        write_learned(&folder, &examples, &validation, request.start.as_deref())?;
        let interrupted = outcome.interrupted;
        taught.push(Taught {
            size: size.to_string(),
            folder,
            outcome,
        });
        if interrupted {
            return Ok(taught);
        }
    }
    let summary = serde_json::to_vec_pretty(&taught).map_err(|e| StudentError::Write {
        path: request.out.join(SUMMARY),
        source: e.into(),
    })?;
    write(&request.out.join(SUMMARY), &summary)?;
    if taught.len() > 1 {
        let mut points: Vec<(f64, f64)> = taught
            .iter()
            .map(|t| (t.outcome.parameters as f64, t.outcome.best_right))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let chart = Chart {
            title: "Answers at once, by size".into(),
            x: "parameters".into(),
            y: "share right in validation".into(),
            log_x: true,
            series: vec![Series {
                name: match &request.objective {
                    Objective::Label => "label".into(),
                    Objective::Rationale(column) => column.clone(),
                },
                points,
            }],
        };
        write(&request.out.join("sizes.svg"), chart.svg().as_bytes())?;
    }
    Ok(taught)
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), StudentError> {
    let written = AtomicFile::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.commit()
    });
    written.map_err(|source| StudentError::Write {
        path: path.to_owned(),
        source,
    })
}
