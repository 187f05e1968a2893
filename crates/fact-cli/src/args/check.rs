//! Flags of `fact check` and `fact schema`.

use super::WireArgs;
use clap::Args;
use fact_pipeline::config::PerceptionSpec;
use fact_pipeline::schema::Subject;
use std::path::PathBuf;

/// Flags of `fact check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 everything holds; 1 a certificate was rejected, a row cannot be read, or an answer is
not what was recorded; 2 nothing could be checked; 130 stopped. docs/certificate.md says what is
proved.

Example:
  fact check runs/demo
  fact check out/samples.jsonl --images data/images
  fact check runs/demo --reperceive")]
pub(crate) struct CheckArgs {
    /// Folder of a run, or a JSONL export; - reads one from standard input
    pub(crate) target: PathBuf,
    /// Folder of the images: also verify hashes, sizes and boxes
    #[arg(long, value_name = "DIR")]
    pub(crate) images: Option<PathBuf>,
    /// Skip the deletions of the minimality test
    #[arg(long)]
    pub(crate) fast: bool,
    /// A pack that is neither shipped nor in the run or export
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) pack: Option<String>,
    /// Only this sample
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Also ask the perception again, and compare with what was recorded
    #[arg(long)]
    pub(crate) reperceive: bool,
    /// Whom to ask again: pixels, scene, http://HOST:PORT or vlm:MODEL@URL [default: the run's]
    #[arg(long, value_name = "KIND|URL", requires = "reperceive")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Data set with images and annotations, as for fact run [default: --images, or the run's]
    #[arg(long, value_name = "SPEC", requires = "reperceive")]
    pub(crate) data: Option<String>,
    /// Keep the new answers of a perception behind a wire in this file, and ask none in it again
    #[arg(long, value_name = "FILE", requires = "reperceive")]
    pub(crate) calls: Option<PathBuf>,
    /// Print the report as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads that compute; changes nothing in the report [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Say nothing but rejections and errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
}

/// Flags of `fact schema`.
#[derive(Debug, Args)]
#[command(after_help = "\
The schemas are JSON Schema, draft 2020-12; docs/formats.md describes the fields.

Example:
  fact schema certificate > certificate-v1.json")]
pub(crate) struct SchemaArgs {
    /// What to describe: certificate, or row (of a JSONL export)
    #[arg(value_parser = subject)]
    pub(crate) of: Subject,
}

fn subject(name: &str) -> Result<Subject, String> {
    let mut all = Subject::ALL.into_iter();
    all.find(|subject| subject.name() == name)
        .ok_or_else(|| format!("unknown schema `{name}`, expected one of: certificate, row"))
}
