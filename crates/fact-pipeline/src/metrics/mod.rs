//! Prediction files of benchmarks → the measures of their official scripts, with intervals.
//!
//! [`compute`] reads data and predictions in the benchmark's own formats (or predictions as JSON
//! lines `{id, answer}`) and gives a [`Report`]; `docs/metrics.md` describes formats and measures.
//! The measures themselves are in [`fact_core::metrics`].

mod chair;
mod error;
mod gqa;
mod nlvr;
mod pope;
mod predictions;
mod tallyqa;
mod text;
mod vqa;

pub use error::MetricsError;
pub use fact_core::metrics::Resampling;

use fact_core::metrics::bootstrap::{self, Compared, Measured};
use fact_core::metrics::tally::Tally;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A family of measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// NLVR: accuracy, consistency.
    Nlvr,
    /// VQA v2, OK-VQA: soft accuracy.
    Vqa,
    /// GQA.
    Gqa,
    /// TallyQA: accuracy, RMSE.
    Tallyqa,
    /// POPE: presence of objects.
    Pope,
    /// CHAIR: objects in captions.
    Chair,
}

const METRICS: [(Metric, &str); 6] = [
    (Metric::Nlvr, "nlvr"),
    (Metric::Vqa, "vqa"),
    (Metric::Gqa, "gqa"),
    (Metric::Tallyqa, "tallyqa"),
    (Metric::Pope, "pope"),
    (Metric::Chair, "chair"),
];

impl FromStr for Metric {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = METRICS.iter().find(|(_, known)| *known == name);
        found.map(|(metric, _)| *metric).ok_or_else(|| {
            let names = METRICS.map(|(_, name)| name).join(", ");
            format!("unknown metric `{name}`, expected one of: {names}")
        })
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = METRICS.iter().find(|(metric, _)| metric == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

/// What only some metrics take.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// GQA: consistency over entailed questions.
    pub consistency: bool,
    /// GQA: the choices file, for validity and plausibility.
    pub choices: Option<PathBuf>,
    /// GQA: attention maps, for grounding; with `scenes`.
    pub attentions: Option<PathBuf>,
    /// GQA: scene graphs, for grounding.
    pub scenes: Option<PathBuf>,
    /// GQA: attention is on regions, not on a square map.
    pub object_attention: bool,
    /// GQA: cells of a side of the attention map; 7 if not given.
    pub map_size: Option<u32>,
    /// CHAIR: names of objects; those of drawn worlds if not given.
    pub synonyms: Option<PathBuf>,
    /// CHAIR: pairs of words that are one.
    pub compounds: Option<PathBuf>,
}

/// What to compute.
#[derive(Debug, Clone)]
pub struct Request {
    /// The metric.
    pub metric: Metric,
    /// Files of labels. POPE: one a prediction file. CHAIR: one or several for the one.
    pub data: Vec<PathBuf>,
    /// Files of predictions.
    pub predictions: Vec<PathBuf>,
    /// Files to compare these with, as many, or none.
    pub against: Vec<PathBuf>,
    /// What only some metrics take.
    pub options: Options,
    /// Resamples of the intervals.
    pub resampling: Resampling,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The metric.
    pub metric: Metric,
    /// Number of resamples.
    pub resamples: u32,
    /// Their seed.
    pub seed: u64,
    /// One a prediction file.
    pub files: Vec<FileReport>,
}

/// What was found about one prediction file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The predictions.
    pub predictions: String,
    /// What they are compared with.
    pub against: Option<String>,
    /// What is drawn in a resample.
    pub unit: &'static str,
    /// How many there are.
    pub units: usize,
    /// What is not as it should be and how it was counted.
    pub notes: Vec<String>,
    /// The same about the other file.
    pub against_notes: Vec<String>,
    /// The measures.
    pub measures: Vec<Row>,
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Of the predictions.
    #[serde(flatten)]
    pub measured: Measured,
    /// Compared with the other file's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Compared>,
}

/// A prediction file as sums.
#[derive(Debug)]
struct Scored {
    tally: Tally,
    notes: Vec<String>,
    /// What the units are, where the predictions and not the data choose them.
    about: Vec<String>,
}

impl Scored {
    fn new(tally: Tally, notes: Vec<String>) -> Self {
        let about = Vec::new();
        Self {
            tally,
            notes,
            about,
        }
    }
}

/// Labels that predictions can be held against.
trait Benchmark {
    /// Scores the predictions of a file.
    fn score(&self, predictions: &Path) -> Result<Scored, MetricsError>;
}

/// Computes the measures.
///
/// # Errors
/// If files do not fit together, cannot be read, are malformed, or predictions are missing, unknown
/// or repeated where the official script does not say how to count them.
pub fn compute(request: &Request) -> Result<Report, MetricsError> {
    check(request)?;
    let options = &request.options;
    let mut files = Vec::new();
    for (i, predictions) in request.predictions.iter().enumerate() {
        let against = request.against.get(i).map(PathBuf::as_path);
        // `check` has counted them.
        let data = request.data.get(i).unwrap_or(&request.data[0]);
        let benchmark: Box<dyn Benchmark> = match request.metric {
            Metric::Nlvr => Box::new(nlvr::Labels::read(data)?),
            Metric::Vqa => Box::new(vqa::Annotations::read(data)?),
            Metric::Gqa => Box::new(gqa::Questions::read(data, options)?),
            Metric::Tallyqa => Box::new(tallyqa::Questions::read(data)?),
            Metric::Pope => Box::new(pope::Questions::read(data)?),
            Metric::Chair => Box::new(chair::Images::read(&request.data, options)?),
        };
        let resampling = request.resampling;
        files.push(file_report(
            &*benchmark,
            data,
            predictions,
            against,
            resampling,
        )?);
    }
    Ok(Report {
        metric: request.metric,
        resamples: request.resampling.times,
        seed: request.resampling.seed,
        files,
    })
}

fn file_report(
    benchmark: &dyn Benchmark,
    data: &Path,
    predictions: &Path,
    against: Option<&Path>,
    resampling: Resampling,
) -> Result<FileReport, MetricsError> {
    let scored = benchmark.score(predictions)?;
    if scored.tally.is_empty() {
        return Err(MetricsError::Empty {
            path: data.to_path_buf(),
            what: "questions",
        });
    }
    let measured = bootstrap::measured(&scored.tally, resampling);
    let mut against_notes = Vec::new();
    let mut compared: Vec<Option<Compared>> = vec![None; measured.len()];
    if let Some(path) = against {
        let other = benchmark.score(path)?;
        let unpaired = |source| MetricsError::Unpaired {
            a: predictions.to_path_buf(),
            b: path.to_path_buf(),
            source,
        };
        if scored.about != other.about {
            return Err(unpaired(bootstrap::Unpaired));
        }
        let rows = bootstrap::compared(&scored.tally, &other.tally, resampling);
        compared = rows.map_err(unpaired)?.into_iter().map(Some).collect();
        against_notes = other.notes;
    }
    let rows = measured.into_iter().zip(compared);
    Ok(FileReport {
        predictions: predictions.display().to_string(),
        against: against.map(|path| path.display().to_string()),
        unit: scored.tally.unit(),
        units: scored.tally.len(),
        notes: scored.notes,
        against_notes,
        measures: rows
            .map(|(measured, against)| Row { measured, against })
            .collect(),
    })
}

/// Refuses files and options that do not fit together.
fn check(request: &Request) -> Result<(), MetricsError> {
    let usage = |text: String| Err(MetricsError::Usage(text));
    let (data, predictions) = (request.data.len(), request.predictions.len());
    let (metric, against) = (request.metric, request.against.len());
    if data == 0 || predictions == 0 {
        return usage("give --data and --predictions".to_owned());
    }
    if against != 0 && against != predictions {
        return usage(format!(
            "--against must be given as often as --predictions: {predictions} times, not {against}"
        ));
    }
    match metric {
        Metric::Pope if data != predictions => {
            return usage(format!(
                "pope takes one --data for each --predictions, in the same order; there are {data} and {predictions}"
            ));
        }
        Metric::Pope => {}
        _ if predictions != 1 => return usage(format!("{metric} takes one --predictions")),
        Metric::Chair => {}
        _ if data != 1 => return usage(format!("{metric} takes one --data")),
        _ => {}
    }
    let options = &request.options;
    let given = [
        ("--consistency", Metric::Gqa, options.consistency),
        ("--choices", Metric::Gqa, options.choices.is_some()),
        ("--attentions", Metric::Gqa, options.attentions.is_some()),
        ("--scenes", Metric::Gqa, options.scenes.is_some()),
        ("--object-attention", Metric::Gqa, options.object_attention),
        ("--map-size", Metric::Gqa, options.map_size.is_some()),
        ("--synonyms", Metric::Chair, options.synonyms.is_some()),
        ("--compounds", Metric::Chair, options.compounds.is_some()),
    ];
    let misplaced = given.iter().find(|(_, of, given)| *given && *of != metric);
    if let Some((flag, of, _)) = misplaced {
        return usage(format!("{flag} is for {of}, not for {metric}"));
    }
    if options.attentions.is_some() != options.scenes.is_some() {
        return usage("grounding needs both --attentions and --scenes".to_owned());
    }
    if options.attentions.is_some() && against > 0 {
        return usage("grounding cannot be compared: --attentions is of one model".to_owned());
    }
    if options.compounds.is_some() && options.synonyms.is_none() {
        return usage("--compounds needs --synonyms".to_owned());
    }
    Ok(())
}
