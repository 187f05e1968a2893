//! `fact synth`.

use crate::args::SynthArgs;
use crate::message::{self, Outcome};
use crate::progress;
use fact_pipeline::synth::{self, SynthOptions};
use std::process::ExitCode;

pub(crate) fn main(args: SynthArgs) -> Outcome {
    let options = SynthOptions {
        seed: u64::from(args.seed),
        samples: args.samples as usize,
        per_sentence: args.per_sentence as usize,
        smoothing: args.smoothing,
    };
    let bar = progress::images(args.samples, args.quiet);
    let written = synth::write(&options, &args.out, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    if !args.quiet {
        message::say(&format!(
            "{} samples of {} sentences, {} of them true, in {}\n",
            written.samples,
            written.sentences,
            written.yes,
            args.out.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
