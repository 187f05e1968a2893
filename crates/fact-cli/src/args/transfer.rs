//! Flags of `fact transfer`, and of keeping by what it found.

use clap::Args;
use fact_pipeline::config::VerifierSpec;
use fact_pipeline::export::Keep;
use fact_pipeline::transfer::{Rule, Vote};
use std::path::PathBuf;

/// Flags of `fact transfer`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each verifier answers the question of each accepted sample with the image alone, with image and
rationale, and with the rationale alone; the conclusion is left out and the answer's words are masked.
Scores are kept in the run; `fact export --keep` applies rules to them. The same command goes on where
it was stopped and asks nothing twice. docs/transfer.md tells more.

Example:
  fact transfer runs/dev --verifier vlm:qwen2.5-vl-7b@http://127.0.0.1:8000/v1 --placebo
  fact transfer runs/train --verifier student:S --placebo
  fact export runs/dev --format trl --keep 'transfer:lift>0.1' --out out")]
pub(crate) struct TransferArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// A verifier: vlm:MODEL@URL, a vision-language model behind an OpenAI-compatible endpoint; or
    /// student:SIZE or student:SETTINGS.toml, students that are trained on parts of the run and score the
    /// rest; or student:FOLDER, one that is trained; repeat it for several
    #[arg(long, value_name = "SPEC", required = true)]
    pub(crate) verifier: Vec<VerifierSpec>,
    /// Also ask with the rationale of another sample
    #[arg(long)]
    pub(crate) placebo: bool,
    /// Ask about so many samples at most, drawn by the seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Seed of what is drawn: samples, placebos
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Take over answers of another run; repeat it for several
    #[arg(long, value_name = "DIR")]
    pub(crate) reuse: Vec<PathBuf>,
    /// Longest answer, in tokens; models that think need more [default: 32]
    #[arg(long, value_name = "N")]
    pub(crate) max_tokens: Option<u32>,
    /// Requests at once to each verifier [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
    /// Environment variable that holds the verifiers' key
    #[arg(long, value_name = "NAME")]
    pub(crate) key_env: Option<String>,
    /// File that holds the verifiers' key
    #[arg(long, value_name = "FILE", conflicts_with = "key_env")]
    pub(crate) key_file: Option<PathBuf>,
    /// Seconds until an answer must be there [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: Option<u32>,
    /// How often a request that failed is repeated [default: 4]
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// Most questions to send to each verifier, in all sessions
    #[arg(long, value_name = "N")]
    pub(crate) max_requests: Option<u64>,
    /// Most tokens to use of each verifier, of prompts and answers together
    #[arg(long, value_name = "N")]
    pub(crate) max_total_tokens: Option<u64>,
    /// Threads of students; changes nothing in the results [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Students compute on the graphics card
    #[cfg(feature = "student-wgpu")]
    #[arg(long)]
    pub(crate) gpu: bool,
    /// Scores as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing but errors and the result
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Which rationales to keep.
#[derive(Debug, Args)]
#[command(next_help_heading = "What verifiers answered")]
pub(crate) struct KeepArgs {
    /// Only rationales for which this holds: transfer:paper, transfer:lift>X, transfer:net>X; repeat it
    /// for several
    #[arg(long, value_name = "RULE")]
    keep: Vec<Rule>,
    /// How several verifiers decide: any, majority, all [default: majority]
    #[arg(long, value_name = "KIND", requires = "keep")]
    vote: Option<Vote>,
}

impl KeepArgs {
    pub(crate) fn keep(&self) -> Option<Keep> {
        (!self.keep.is_empty()).then(|| Keep {
            rules: self.keep.clone(),
            vote: self.vote.unwrap_or_default(),
        })
    }
}
