//! Flags of `fact runs`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Flags of `fact runs`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact runs list
  fact runs diff runs/a runs/b
  fact runs gc runs/a --delete")]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    pub(crate) command: RunsCommand,
}

/// What to do with runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List the runs in a folder and below it: data set, samples, state, size, requests, date
    List(ListArgs),
    /// Show a run's settings, sessions and account
    Show(ShowRunArgs),
    /// Tell in what two runs differ: settings, and samples with another outcome
    Diff(DiffArgs),
    /// Tell what of a run can go without losing a result, or drop it
    Gc(GcArgs),
}

/// Flags of `fact runs list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Where to look
    #[arg(default_value = "runs")]
    pub(crate) root: PathBuf,
    /// Print one JSON object a run
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `fact runs show`.
#[derive(Debug, Args)]
pub(crate) struct ShowRunArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `fact runs diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Folder of a run
    pub(crate) first: PathBuf,
    /// Folder of another
    pub(crate) second: PathBuf,
    /// List all samples that differ, not the first 20
    #[arg(long)]
    pub(crate) all: bool,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `fact runs gc`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --delete nothing is changed. Results, the account and answers that the run may ask for again
always stay; a run that a process is writing to is not touched.")]
pub(crate) struct GcArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Drop it; without, only say what could go
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) delete: bool,
    /// Only say what could go: what happens without --delete
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also drop answers of back ends that the run does not ask any more: they were paid for
    #[arg(long)]
    pub(crate) unused_answers: bool,
}
