//! Flags of `fact synth`.

use clap::{Args, ValueEnum};
use fact_pipeline::synth::Smoothing;
use fact_pipeline::synth::scenes::{Grid, Split};
use std::path::PathBuf;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum World {
    /// Boxes of items as in NLVR, and statements that are true or false of them
    Blocks,
    /// Things of many shapes, questions of ten families, and splits that test generalisation
    Scenes,
}

/// Flags of `fact synth`.
#[derive(Debug, Args)]
#[command(after_help = "\
The same options give the same bytes. `--data synth:DIR` reads what it writes; of the world `scenes`,
`--data synth:DIR/train` and so on.

Example:
  fact synth --out data/synth --samples 1000 --seed 7
  fact synth --world scenes --out data/scenes --samples 2000 --held-out 500")]
pub(crate) struct SynthArgs {
    /// Folder to write; a data set drawn there before is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// What is drawn
    #[arg(long, value_enum, default_value_t = World::Blocks)]
    pub(crate) world: World,
    /// Samples, each with its own image; in `scenes`, of the split `train`
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) samples: u32,
    /// Images per sentence or question [default: 4 in `blocks`, 2 in `scenes`]
    #[arg(long, alias = "per-question", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) per_sentence: Option<u32>,
    /// Seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u32,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Edges of items: off, on, or mixed over the images [default: mixed]
    #[arg(long, value_name = "KIND", value_parser = smoothing, help_heading = "World blocks")]
    pub(crate) smoothing: Option<Smoothing>,
    /// Samples of each split but `train` [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "World scenes")]
    pub(crate) held_out: Option<u32>,
    /// Splits to write [default: all]: train, val, iid, pairs, forms, length, presence-random,
    /// presence-popular, presence-adversarial, captions
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = split, help_heading = "World scenes")]
    pub(crate) splits: Option<Vec<Split>>,
    /// Width of images in pixels, 48 to 512 [default: 96]
    #[arg(long, value_name = "PIXELS", help_heading = "World scenes")]
    pub(crate) width: Option<u32>,
    /// Height of images in pixels, 48 to 512 [default: 96]
    #[arg(long, value_name = "PIXELS", help_heading = "World scenes")]
    pub(crate) height: Option<u32>,
    /// Fewest and most things in an image; `length` has up to 4 more [default: 3-7]
    #[arg(long, value_name = "FEWEST-MOST", value_parser = objects, help_heading = "World scenes")]
    pub(crate) objects: Option<(usize, usize)>,
    /// Grain of the ground, 0 to 40; 0 leaves out clutter too [default: 8]
    #[arg(long, value_name = "N", help_heading = "World scenes")]
    pub(crate) noise: Option<u8>,
    /// Put each thing in the middle of a cell of its own: COLUMNSxROWS [default: things lie anywhere]
    #[arg(long, value_name = "CxR", help_heading = "World scenes")]
    pub(crate) grid: Option<Grid>,
    /// The values that things have: words of sizes, patterns, colors and shapes [default: all; of a
    /// kind of which none is named, all]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        help_heading = "World scenes"
    )]
    pub(crate) only: Vec<String>,
}

fn smoothing(name: &str) -> Result<Smoothing, String> {
    match name {
        "off" => Ok(Smoothing::Off),
        "on" => Ok(Smoothing::On),
        "mixed" => Ok(Smoothing::Mixed),
        other => Err(format!(
            "unknown kind `{other}`, expected one of: off, on, mixed"
        )),
    }
}

fn split(name: &str) -> Result<Split, String> {
    Split::from_name(name).ok_or_else(|| {
        let known = Split::ALL.map(Split::name).join(", ");
        format!("unknown split `{name}`, expected one of: {known}")
    })
}

fn objects(text: &str) -> Result<(usize, usize), String> {
    let range = text.split_once('-').unwrap_or((text, text));
    match (range.0.parse(), range.1.parse()) {
        (Ok(fewest), Ok(most)) => Ok((fewest, most)),
        _ => Err("expected FEWEST-MOST, such as 3-7".to_owned()),
    }
}
