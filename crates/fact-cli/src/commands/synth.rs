//! `fact synth`.

use crate::args::{SynthArgs, World};
use crate::message::{self, Failure, Outcome};
use crate::progress;
use fact_pipeline::synth::scenes::{self, ScenesOptions, Split};
use fact_pipeline::synth::{self, SynthOptions};
use std::process::ExitCode;

pub(crate) fn main(args: SynthArgs) -> Outcome {
    match args.world {
        World::Blocks => blocks(args),
        World::Scenes => scenes(args),
    }
}

fn blocks(args: SynthArgs) -> Outcome {
    let of_scenes = [
        ("held-out", args.held_out.is_some()),
        ("splits", args.splits.is_some()),
        ("width", args.width.is_some()),
        ("height", args.height.is_some()),
        ("objects", args.objects.is_some()),
        ("noise", args.noise.is_some()),
        ("grid", args.grid.is_some()),
        ("only", !args.only.is_empty()),
    ];
    refuse(&of_scenes, "scenes")?;
    let default = SynthOptions::default();
    let options = SynthOptions {
        seed: u64::from(args.seed),
        samples: args.samples as usize,
        per_sentence: args
            .per_sentence
            .map_or(default.per_sentence, |n| n as usize),
        smoothing: args.smoothing.unwrap_or_default(),
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

fn scenes(args: SynthArgs) -> Outcome {
    refuse(&[("smoothing", args.smoothing.is_some())], "blocks")?;
    let default = ScenesOptions::default();
    let (min_objects, max_objects) = args
        .objects
        .unwrap_or((default.min_objects, default.max_objects));
    let options = ScenesOptions {
        seed: u64::from(args.seed),
        samples: args.samples as usize,
        held_out: args.held_out.map_or(200, |n| n as usize),
        splits: args.splits.unwrap_or(default.splits),
        per_question: args
            .per_sentence
            .map_or(default.per_question, |n| n as usize),
        width: args.width.unwrap_or(default.width),
        height: args.height.unwrap_or(default.height),
        min_objects,
        max_objects,
        noise: args.noise.unwrap_or(default.noise),
        grid: args.grid,
        only: args.only,
    };
    let all: usize = Split::ALL
        .iter()
        .filter(|split| options.splits.contains(split))
        .map(|split| options.size(*split))
        .sum();
    let bar = progress::images(u32::try_from(all).unwrap_or(u32::MAX), args.quiet);
    let written = scenes::write(&options, &args.out, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    if !args.quiet {
        let mut text = String::new();
        for split in &written.splits {
            text.push_str(&format!(
                "{:<21}{:>7} samples, {} questions, {} images\n",
                split.split.name(),
                split.samples,
                split.questions,
                split.images
            ));
        }
        text.push_str(&format!(
            "{} samples in {}; report.json there says how well they can be guessed blind\n",
            written.samples,
            args.out.display()
        ));
        message::say(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses flags of another world.
fn refuse(flags: &[(&str, bool)], world: &str) -> Result<(), Failure> {
    match flags.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Failure::new(
            format!("`--{flag}` is a flag of the world `{world}`"),
            Some(format!("add `--world {world}`, or leave the flag out")),
        )),
        None => Ok(()),
    }
}
