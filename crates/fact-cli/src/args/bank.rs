//! Flags of `fact bank`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Flags of `fact bank`.
#[derive(Debug, Args)]
#[command(after_help = "\
docs/bank.md describes the file. The bank that is shipped for a pack is looked at, not edited: write
it to a file of your own first.

Example:
  fact bank show nlvr-150-0
  fact bank export --out my.toml
  fact bank add --bank my.toml --sentence 'There is a blue circle' --program circle.py
  fact run --data nlvr:nlvr/dev --propose bank --bank my.toml")]
pub(crate) struct BankArgs {
    #[command(subcommand)]
    pub(crate) command: BankCommand,
    /// The bank's file [default: the pack's]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) bank: Option<PathBuf>,
    /// The pack that its programs are for: a name, or the path of a pack
    #[arg(
        long,
        value_name = "NAME|PATH",
        global = true,
        default_value = "blocks"
    )]
    pub(crate) pack: String,
}

/// What `fact bank` does.
#[derive(Debug, Subcommand)]
pub(crate) enum BankCommand {
    /// One line an exemplar: id, level, sentence
    List,
    /// Show one exemplar: sentence, program, where it is from, the pieces it gives
    Show {
        /// Id of the exemplar
        id: String,
    },
    /// Add an exemplar; its program must parse and run
    Add {
        /// The sentence or question
        #[arg(long, value_name = "TEXT")]
        sentence: String,
        /// File of its program; - reads standard input
        #[arg(long, value_name = "FILE")]
        program: PathBuf,
        /// Its id [default: own-N, the first that is free]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Where the sentence is from
        #[arg(long, value_name = "TEXT", default_value = "")]
        source: String,
    },
    /// Remove exemplars
    Remove {
        /// Their ids
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Add the exemplars of a JSON lines file, all or none
    Import {
        /// The file; - reads standard input
        file: PathBuf,
    },
    /// Write the exemplars as JSON lines, or the whole bank if the file ends in .toml
    Export {
        /// The file [default: JSON lines on standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace the file if it exists
        #[arg(long)]
        force: bool,
    },
}
