//! Flags of `fact view`.

use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;

/// Flags of `fact view`.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints an address with a secret in it; whoever has it can look and review. Ctrl-C ends it. Works while
the run is going on, and only ever reads run.db; reviews are kept in reviews.db beside it, and
`fact export` honours them. docs/viewer.md has the keys, and says what is promised.

Example:
  fact view runs/demo
  fact export runs/demo --format jsonl --reviewed accepted --out out")]
pub(crate) struct ViewArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Port to listen at [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Address to listen at
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Listen at an address that other machines can reach; what is sent is not encrypted
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Where the data set is now, for the images [default: where the run found it]
    #[arg(long, value_name = "SPEC")]
    pub(crate) data: Option<String>,
}
