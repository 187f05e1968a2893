//! Flags of `fact exec`.

use super::{LimitArgs, WireArgs};
use clap::Args;
use fact_pipeline::config::PerceptionSpec;
use std::path::PathBuf;

/// Flags of `fact exec`.
#[derive(Debug, Args)]
#[command(after_help = "\
A program that raises or reaches a limit is a result: the exit code is 0. docs/formats.md describes
the object that --json prints, and the lines that --batch reads and --out gets.

Example:
  fact exec program.py --image img.png --pack blocks --perception pixels --json
  fact exec --batch programs.jsonl --pack viper --perception http://127.0.0.1:9000 \\
            --out results.jsonl")]
pub(crate) struct ExecArgs {
    /// The program; - reads standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub(crate) program: Option<PathBuf>,
    /// An image; several, in order, for a program that takes `image_list`, `images` or `video` (its
    /// frames), two for `image_dict` (left and right)
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Vec<PathBuf>,
    /// Annotation of the image, JSON: a CLEVR scene, a GQA scene graph, an NLVR structured_rep, or
    /// Fact's own
    #[arg(long, value_name = "FILE")]
    pub(crate) scene: Option<PathBuf>,
    /// What the parameters `question` and `query` are bound to
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) question: String,
    /// One of the texts that the parameter `possible_answers` is bound to; repeat it
    #[arg(long, value_name = "TEXT")]
    pub(crate) choice: Vec<String>,
    /// What the program may call: blocks, scene, viper, one of viper's relatives (codevqa, hydra,
    /// rvp, trope, video, viunit), visprog, or the path of a pack
    #[arg(long, value_name = "NAME|PATH", default_value = "blocks")]
    pub(crate) pack: String,
    /// Who looks at the image: pixels, scene (the annotation), http://HOST:PORT (a tool server), or
    /// vlm:MODEL@URL (a vision-language model)
    #[arg(long, value_name = "KIND|URL")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Take the program from a language model's completion, and tell what was cut
    #[arg(long)]
    pub(crate) salvage: bool,
    /// Print one JSON object
    #[arg(long, conflicts_with = "batch")]
    pub(crate) json: bool,
    /// Also print the trace; with --json or --batch as JSON
    #[arg(long)]
    pub(crate) trace: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Many programs at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many programs")]
pub(crate) struct BatchArgs {
    /// Programs as JSON lines: id, program, and what it runs on: image or images, scene, question,
    /// choices; what a line lacks is taken from the flags
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) batch: Option<PathBuf>,
    /// Results as JSON lines, in the same order
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub(crate) out: Option<PathBuf>,
    /// Folder that images of lines are under [default: that of the programs]
    #[arg(long, value_name = "DIR", requires = "batch")]
    pub(crate) images: Option<PathBuf>,
    /// Threads that compute; changes nothing in the results [default: one per core]
    #[arg(long, value_name = "N", requires = "batch", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}
