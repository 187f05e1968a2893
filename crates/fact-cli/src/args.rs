//! The flags.

mod bank;
mod check;
mod exec;
#[cfg(feature = "student")]
mod experiment;
mod metrics;
mod run;
mod runs;
#[cfg(feature = "student")]
mod student;
mod synth;
mod transfer;
mod view;

pub(crate) use bank::{BankArgs, BankCommand};
pub(crate) use check::{CheckArgs, SchemaArgs};
pub(crate) use exec::ExecArgs;
#[cfg(feature = "student")]
pub(crate) use experiment::ExperimentArgs;
pub(crate) use metrics::MetricsArgs;
pub(crate) use run::{LimitArgs, LlmArgs, RunArgs, WireArgs};
pub(crate) use runs::{DiffArgs, GcArgs, ListArgs, RunsArgs, RunsCommand, ShowRunArgs};
#[cfg(feature = "student")]
pub(crate) use student::{EvalArgs, ObjectiveKind, TeachArgs};
pub(crate) use synth::{SynthArgs, World};
pub(crate) use transfer::{KeepArgs, TransferArgs};
pub(crate) use view::ViewArgs;

use crate::style::StyleArgs;
use clap::{Args, Parser, Subcommand};
use fact_pipeline::config::{PerceptionSpec, ProposerSpec};
use fact_pipeline::export::{Format, Reviewed, Task};
use std::path::PathBuf;

const AFTER: &str = "\
Exit codes:
  0    done (programs that fail are counted results, not errors)
  1    `fact check` rejected a certificate
  2    wrong usage, or a file, folder or setting cannot be used
  3    the budget for a language model is used up; with a larger one the same command resumes
  130  stopped by Ctrl-C; the same command resumes

Example:
  fact demo";

/// Faithful, concise and transferable rationales from visual programs.
#[derive(Debug, Parser)]
#[command(name = "fact", version, after_help = AFTER, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order in which one meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it work: drawn data, a run from pixels, check and export; needs nothing
    Demo(DemoArgs),
    /// Turn a data set's questions into verified rationales
    Run(Box<RunArgs>),
    /// Ask one question about one image: answer, rationale, certificate and a picture with boxes
    Ask(Box<AskArgs>),
    /// Run one program on an image, or on several
    Exec(Box<ExecArgs>),
    /// Tell how far a run's questions, candidates and samples came, why no further, and the cost
    Report(ReportArgs),
    /// Show one sample of a run: program, slice, trace, rationale, verdicts
    Show(ShowArgs),
    /// List runs, show one as a whole, compare two, drop what is not needed
    Runs(RunsArgs),
    /// Look at a run's samples in a browser, and accept or reject them
    View(ViewArgs),
    /// Re-check every certificate of a run or of a JSONL export, offline
    Check(CheckArgs),
    /// Fit the confidence of programs on a run whose questions have several images
    Calibrate(CalibrateArgs),
    /// Ask verifier models whether a run's rationales help them
    Transfer(Box<TransferArgs>),
    /// Export a run for people and trainers
    Export(ExportArgs),
    /// Draw a data set: images, sentences, labels, annotations, programs
    Synth(SynthArgs),
    /// Score a prediction file as a benchmark's official script does, with intervals
    Metrics(Box<MetricsArgs>),
    /// Teach students, small vision-language models, with answers and rationales
    #[cfg(feature = "student")]
    Teach(Box<TeachArgs>),
    /// Have a student answer, and write its predictions
    #[cfg(feature = "student")]
    Eval(EvalArgs),
    /// Compare ways to teach: arms, sizes and seeds from one file, with tables
    #[cfg(feature = "student")]
    Experiment(ExperimentArgs),
    /// Print the JSON schema of a certificate or of an exported row
    Schema(SchemaArgs),
    /// Look at an exemplar bank and edit it
    Bank(BankArgs),
    /// Write a commented fact.toml
    Init(InitArgs),
}

/// Flags of `fact demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact demo
  fact demo --samples 40 --out /tmp/demo")]
pub(crate) struct DemoArgs {
    /// Samples to draw
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) samples: u32,
    /// Folder of data, run and exports; a demo that is there is replaced
    #[arg(long, value_name = "DIR", default_value = "runs/demo")]
    pub(crate) out: PathBuf,
    /// Seed of the drawing
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u32,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<u32>,
}

/// Flags of `fact ask`.
#[derive(Debug, Args)]
#[command(after_help = "\
Into the question's folder go answer.jsonl, which `fact check` verifies, boxes.svg, and the run; the
same question asks nobody again. Exit code 2: no program gave an answer.

Example:
  fact ask boxes.png 'There is a tower with a blue block at the top.'
  fact ask street.jpg 'Is there a dog?' --pack viper --perception vlm:MODEL@URL --propose llm:MODEL@URL")]
pub(crate) struct AskArgs {
    /// The image
    pub(crate) image: PathBuf,
    /// The question
    pub(crate) question: String,
    /// One of the answers to choose from; repeat it
    #[arg(long, value_name = "TEXT")]
    pub(crate) choice: Vec<String>,
    /// What programs may call, as in fact run [default: blocks]
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) pack: Option<String>,
    /// Who looks at the image: pixels, http://HOST:PORT, or vlm:MODEL@URL [default: pixels]
    #[arg(long, value_name = "KIND|URL")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Where programs come from: bank, llm:MODEL@URL [default: bank]
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) propose: Option<Vec<ProposerSpec>>,
    /// Exemplar bank of the proposer bank [default: the pack's]
    #[arg(long, value_name = "FILE")]
    pub(crate) bank: Option<PathBuf>,
    /// Folder of the question [default: beside the image, named after both]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Settings file [default: fact.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON object: the row of answer.jsonl
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) llm: LlmArgs,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Flags of `fact show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact show runs/demo synth-0-17
  fact show runs/demo synth-0-17 --style think --boxes norm1000")]
pub(crate) struct ShowArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Id of the sample
    pub(crate) sample: String,
    /// Show every event of the trace
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) style: StyleArgs,
}

/// Flags of `fact report`.
#[derive(Debug, Args)]
#[command(after_help = "\
A funnel per proposer, the reasons of every loss with three examples each, and the cost per
rationale. Works while the run is going on. docs/formats.md describes every field.

Example:
  fact report runs/demo")]
pub(crate) struct ReportArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// As the page that a run leaves in its folder as report.html
    #[arg(long, conflicts_with = "json")]
    pub(crate) html: bool,
}

/// Flags of `fact calibrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
The run must be over labelled questions that each have several images: one is looked at, the others
tell which programs are right. docs/verification.md tells more.

Example:
  fact calibrate runs/dev --out calibration.toml
  fact run --calibration calibration.toml --accept 0.9 …
  fact calibrate runs/other --measure --calibration calibration.toml")]
pub(crate) struct CalibrateArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Fit nothing: measure the shipped calibration, or that of --calibration, on this run
    #[arg(long, conflicts_with_all = ["out", "general"])]
    pub(crate) measure: bool,
    /// The calibration to measure
    #[arg(long, value_name = "FILE", requires = "measure")]
    pub(crate) calibration: Option<PathBuf>,
    /// The calibration to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The full report to write, as JSON, with the curve of yield against precision
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Use only what every pack and proposer has
    #[arg(long)]
    pub(crate) general: bool,
    /// What to add to the note on where it was fitted, such as a date
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

/// Flags of `fact export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Formats for trainers hold accepted samples only; jsonl and parquet hold all, with a flag `accepted`,
unless --only-accepted is given. docs/formats.md describes every field, docs/styles.md every style.
FILE.export.json beside each file records the options.

Example:
  fact export runs/demo --format jsonl,llava --out out
  fact export runs/demo --format trl --style think --boxes-for qwen2-vl --out out
  fact export runs/demo --format sharegpt --tasks label,rationale --out out
  fact export runs/demo --format trl --keep 'transfer:lift>0' --out out")]
pub(crate) struct ExportArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Formats: jsonl, parquet, llava, sharegpt, trl, ms-swift, openai
    #[arg(long, value_name = "FORMAT,…", value_delimiter = ',', required = true)]
    pub(crate) format: Vec<Format>,
    /// Folder of the files
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only accepted samples
    #[arg(long)]
    pub(crate) only_accepted: bool,
    /// A file for each task instead of one: label (bare answers, of all samples that have one),
    /// rationale; questions get the prefix `[label]` or `[rationale]`
    #[arg(long, value_name = "TASK,…", value_delimiter = ',')]
    pub(crate) tasks: Vec<Task>,
    /// Put the bytes of the images into Parquet and OpenAI chats
    #[arg(long)]
    pub(crate) images: bool,
    /// What comes before the images' paths in OpenAI chats, if their bytes are not in the file
    #[arg(long, value_name = "URL", conflicts_with = "images")]
    pub(crate) image_url: Option<String>,
    /// Which samples, by their reviews in fact view: accepted, not-rejected, ignore
    #[arg(long, value_name = "KIND", default_value_t)]
    pub(crate) reviewed: Reviewed,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) style: StyleArgs,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Flags of `fact init`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact init && fact run")]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(default_value = "fact.toml")]
    pub(crate) file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}
