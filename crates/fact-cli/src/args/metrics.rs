//! Flags of `fact metrics`.

use clap::Args;
use fact_pipeline::metrics::Metric;
use std::path::PathBuf;

/// Flags of `fact metrics`.
#[derive(Debug, Args)]
#[command(after_help = "\
Metrics: nlvr, vqa (VQA v2 and OK-VQA), gqa, tallyqa, pope, chair. docs/metrics.md describes what each
reads and computes. Predictions are in the benchmark's own format or JSON lines {id, answer}.

Example:
  fact metrics nlvr --data nlvr/dev/dev.json --predictions dev.csv
  fact metrics pope --data random.json --predictions mine.jsonl --against other.jsonl --json")]
pub(crate) struct MetricsArgs {
    /// The metric: nlvr, vqa, gqa, tallyqa, pope, chair
    #[arg(value_name = "NAME")]
    pub(crate) metric: Metric,
    /// Labels; pope takes one for each --predictions, chair may take several
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) data: Vec<PathBuf>,
    /// Predictions
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) predictions: Vec<PathBuf>,
    /// Predictions of another model for the same questions, to compare with
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Vec<PathBuf>,
    /// Resamples behind the 95 % intervals; 0 for none
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) resamples: u32,
    /// Seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Consistency over entailed questions; needs predictions for all questions
    #[arg(long, help_heading = "GQA")]
    pub(crate) consistency: bool,
    /// Choices, such as val_choices.json, for validity and plausibility
    #[arg(long, value_name = "FILE", help_heading = "GQA")]
    pub(crate) choices: Option<PathBuf>,
    /// Attention maps, for grounding; needs --scenes
    #[arg(long, value_name = "FILE", help_heading = "GQA")]
    pub(crate) attentions: Option<PathBuf>,
    /// Scene graphs
    #[arg(long, value_name = "FILE", help_heading = "GQA")]
    pub(crate) scenes: Option<PathBuf>,
    /// Attention is on regions [x0, y0, x1, y1, attention], not on a square map
    #[arg(long, help_heading = "GQA")]
    pub(crate) object_attention: bool,
    /// Cells of a side of the map [default: 7]
    #[arg(long, value_name = "N", help_heading = "GQA", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) map_size: Option<u32>,
    /// Names of objects, a line each, as the official synonyms.txt [default: shapes of drawn worlds]
    #[arg(long, value_name = "FILE", help_heading = "CHAIR")]
    pub(crate) synonyms: Option<PathBuf>,
    /// Pairs of words that are one, a line each [default: the synonyms of two words]
    #[arg(long, value_name = "FILE", help_heading = "CHAIR")]
    pub(crate) compounds: Option<PathBuf>,
}
