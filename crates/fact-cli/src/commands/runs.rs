//! `fact runs`.

use crate::args::{DiffArgs, GcArgs, ListArgs, RunsArgs, RunsCommand, ShowRunArgs};
use crate::message::{self, FAILED, Failure, Outcome};
use fact_pipeline::runs::gc::{self, Garbage};
use fact_pipeline::runs::{self, Diff, RunInfo};
use fact_pipeline::store::Reader;
use serde::Serialize;
use std::process::ExitCode;

/// Samples that `fact runs diff` lists without `--all`.
const LISTED: usize = 20;

pub(crate) fn main(args: RunsArgs) -> Outcome {
    match args.command {
        RunsCommand::List(args) => list(&args),
        RunsCommand::Show(args) => show(&args),
        RunsCommand::Diff(args) => diff(&args),
        RunsCommand::Gc(args) => collect(&args),
    }
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value);
    text.map(|text| format!("{text}\n"))
        .map_err(|e| Failure::new(format!("cannot write JSON: {e}"), None))
}

fn list(args: &ListArgs) -> Outcome {
    let found = runs::list(&args.root).map_err(|e| {
        let hint = Some("give the folder that holds your runs".into());
        Failure::new(format!("cannot read {}: {e}", args.root.display()), hint)
    })?;
    if found.is_empty() {
        message::note(&format!("no run in {} or below it", args.root.display()));
    }
    let mut unreadable = false;
    for run in found {
        match run {
            Ok(run) if args.json => message::say(&json(&run)?)?,
            Ok(run) => message::say(&run.line())?,
            Err(run) => {
                unreadable = true;
                message::note(&format!("{}: {}", run.folder.display(), run.error));
            }
        }
    }
    Ok(match unreadable {
        true => ExitCode::from(FAILED),
        false => ExitCode::SUCCESS,
    })
}

fn show(args: &ShowRunArgs) -> Outcome {
    let run = RunInfo::read(&args.run)?;
    message::say(&match args.json {
        true => json(&run)?,
        false => run.text(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn diff(args: &DiffArgs) -> Outcome {
    let (first, second) = (Reader::open(&args.first)?, Reader::open(&args.second)?);
    let most = if args.all { usize::MAX } else { LISTED };
    let diff = Diff::read(&first, &second, most)?;
    message::say(&match args.json {
        true => json(&diff)?,
        false => diff.text(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn collect(args: &GcArgs) -> Outcome {
    let garbage = Garbage::find(&args.run)?;
    message::say(&garbage.text(args.unused_answers))?;
    if !args.delete {
        message::note("nothing was changed; --delete drops it");
        return Ok(ExitCode::SUCCESS);
    }
    let won = gc::collect(&args.run, args.unused_answers)?;
    message::note(&format!("{} won", runs::bytes(won)));
    Ok(ExitCode::SUCCESS)
}
