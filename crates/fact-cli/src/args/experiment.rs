//! Flags of `fact experiment`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `fact experiment`.
#[derive(Debug, Args)]
#[command(after_help = "\
Draws scenes, writes rationales, teaches students of each arm, size and seed, asks them, and writes tables.
What was stopped or killed goes on with the same command. experiments/README.md, docs/students.md.

Example:
  fact experiment experiments/miniature.toml --out miniature")]
pub(crate) struct ExperimentArgs {
    /// What is done, as TOML
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Folder of data, trainings and tables
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Trainings at once, a thread each [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Compute on the graphics card
    #[cfg(feature = "student-wgpu")]
    #[arg(long)]
    pub(crate) gpu: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}
