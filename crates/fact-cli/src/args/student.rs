//! Flags of `fact teach` and `fact eval`.

use clap::Args;
use fact_pipeline::students::{ImageSize, Size};
use std::path::PathBuf;

/// What a student learns beside answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ObjectiveKind {
    /// Nothing.
    Label,
    /// The narration of the trace, in the column `naive`.
    Naive,
    /// The rationale, in the column `rationale`.
    Fact,
}

/// Flags of `fact teach`.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads rows as `fact export --format jsonl` writes them: id, image, question, answer and a column of
rationales. A training that was stopped or killed goes on with the same command. docs/students.md.

Example:
  fact teach --train train.jsonl --val val.jsonl --images data/images --objective fact --size S,M --out students")]
pub(crate) struct TeachArgs {
    /// Rows to learn from; repeat it
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) train: Vec<PathBuf>,
    /// Rows to validate on; repeat it
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) val: Vec<PathBuf>,
    /// Folder that paths of images are relative to
    #[arg(long, value_name = "DIR")]
    pub(crate) images: PathBuf,
    /// Folder to write; each size gets one in it
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// What is learned beside answers
    #[arg(long, value_name = "KIND", default_value = "fact")]
    pub(crate) objective: ObjectiveKind,
    /// Column of the rationales [default: that of the objective]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) rationale: Option<String>,
    /// Sizes: S, M, L, or WIDTHxLAYERS
    #[arg(
        long,
        value_name = "SIZE,…",
        value_delimiter = ',',
        default_value = "S"
    )]
    pub(crate) size: Vec<Size>,
    /// Vocabulary that another training wrote, so that both have the same shape [default: that of --start, or
    /// learned from the rows]
    #[arg(long, value_name = "FILE")]
    pub(crate) vocabulary: Option<PathBuf>,
    /// Folder of a training (DIR/SIZE) whose student to begin with; size, image and stride must be its own
    #[arg(long, value_name = "DIR")]
    pub(crate) start: Option<PathBuf>,
    /// Size that pictures are brought to: WIDTHxHEIGHT
    #[arg(long, value_name = "WxH", default_value = "48x48", value_parser = pixels)]
    pub(crate) image: (u32, u32),
    /// Pixels from one patch to the next
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) stride: u32,
    /// Optimisation steps
    #[arg(long, value_name = "N", default_value_t = 3000)]
    pub(crate) steps: u64,
    /// Examples a step
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) batch: usize,
    /// Highest learning rate
    #[arg(long, value_name = "X", default_value_t = 2e-3)]
    pub(crate) rate: f64,
    /// Steps of warm-up
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) warmup: u64,
    /// Weight of the rationale's loss
    #[arg(long, value_name = "λ", default_value_t = 1.0)]
    pub(crate) lambda: f64,
    /// Share of rows that are learned without seeing the picture; a verifier needs some
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    pub(crate) blind: f64,
    /// Steps between validations
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) validate_every: u64,
    /// Validations without a better one after which to stop; 0 for never
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) patience: u64,
    /// Steps between checkpoints
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) checkpoint_every: u64,
    /// Seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads; changes nothing in the results
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threads: usize,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Compute on the graphics card
    #[cfg(feature = "student-wgpu")]
    #[arg(long)]
    pub(crate) gpu: bool,
}

impl TeachArgs {
    /// Size of pictures and how they are looked at.
    pub(crate) fn image_size(&self) -> ImageSize {
        ImageSize {
            width: self.image.0,
            height: self.image.1,
            stride: self.stride,
        }
    }
}

fn pixels(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once('x').and_then(|(width, height)| {
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        Some((width, height))
    });
    sides.ok_or_else(|| format!("`{text}` is no size, expected WIDTHxHEIGHT such as 400x100"))
}

/// Flags of `fact eval`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact eval students/S --data test.jsonl --images data/images --out predictions.jsonl")]
pub(crate) struct EvalArgs {
    /// Folder of a training, or the file of a student
    #[arg(value_name = "STUDENT")]
    pub(crate) student: PathBuf,
    /// Rows to ask; repeat it
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) data: Vec<PathBuf>,
    /// Folder that paths of images are relative to
    #[arg(long, value_name = "DIR")]
    pub(crate) images: PathBuf,
    /// Answer after a generated rationale, not at once
    #[arg(long)]
    pub(crate) after_rationale: bool,
    /// File of predictions to write, as `fact metrics` reads them
    #[arg(long, value_name = "FILE", default_value = fact_pipeline::students::PREDICTIONS)]
    pub(crate) out: PathBuf,
    /// Compute on the graphics card
    #[cfg(feature = "student-wgpu")]
    #[arg(long)]
    pub(crate) gpu: bool,
}
