//! `fact run`.

use super::derived;
use crate::args::{LlmArgs, RunArgs};
use crate::message::{self, Failure, INTERRUPTED, OUT_OF_BUDGET, Outcome};
use crate::{interrupt, progress};
use fact_pipeline::config::{Draft, FILE_NAME, RunConfig};
use fact_pipeline::engine::{self, Setup};
use fact_pipeline::store;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn main(args: Box<RunArgs>) -> Outcome {
    let config = config(&args)?;
    if args.fresh {
        store::remove(&config.out)?;
    }
    execute(config, args.redo, args.quiet)
}

/// Does a run, and tells of it.
pub(crate) fn execute(config: RunConfig, redo: bool, quiet: bool) -> Outcome {
    let out = config.out.clone();
    let llm = config.llm.clone();
    let reporter = progress::reporter(quiet);
    let stop = interrupt::stop_flag();
    let finished = {
        let mut setup = Setup::open(config, &stop)?;
        setup.redo = redo;
        engine::run_setup(&setup, &*reporter, &stop)?
    };
    let derived = derived::write(&out, |summary| summary.priced(&llm))?;
    if !quiet {
        let text = derived.summary;
        message::say(&text.text(finished.seconds, finished.tally.session))?;
        message::spent("perception", finished.spent);
        for spent in finished.proposing {
            message::spent("language model", Some(spent));
        }
        message::spent("bridge", finished.bridging);
        message::note(&format!(
            "run in {}, summary in {}, report in {}",
            out.display(),
            derived.path.display(),
            derived.page.display()
        ));
        if let Some((path, count)) = derived.data_errors {
            let path = path.display();
            let errors = if count == 1 { "error" } else { "errors" };
            message::note(&format!(
                "{count} {errors} of the data set, listed in {path}"
            ));
        }
    }
    if finished.unreached > 0 {
        message::note(&format!(
            "{} questions got no answer of the language model's endpoint, which answered others: \
             they are counted as propose:endpoint, and the same command asks again",
            finished.unreached
        ));
    }
    if finished.complete {
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(why) = finished.budget {
        message::note(&why);
        message::note(
            "hint: with larger --max-requests, --max-total-tokens or --max-cost the same command \
             goes on from there",
        );
        return Ok(ExitCode::from(OUT_OF_BUDGET));
    }
    message::note("stopped before the end; the same command resumes");
    Ok(ExitCode::from(INTERRUPTED))
}

/// The file's settings with the flags over them.
pub(super) fn config(args: &RunArgs) -> Result<RunConfig, Failure> {
    let mut draft = match &args.config {
        Some(path) => Draft::from_file(path)?,
        None if Path::new(FILE_NAME).exists() => Draft::from_file(Path::new(FILE_NAME))?,
        None => Draft::default(),
    };
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let texts = [
        ("data", args.data.clone()),
        ("pack", args.pack.clone()),
        (
            "perception",
            args.perception.as_ref().map(ToString::to_string),
        ),
        ("bridge", args.bridge.as_ref().map(ToString::to_string)),
        ("bank", args.bank.as_deref().map(path)),
        ("out", args.out.as_deref().map(path)),
        ("visible", args.visible.map(|v| v.to_string())),
        ("accept", args.accept.map(|a| a.to_string())),
        ("siblings", args.siblings.map(|l| l.to_string())),
        ("answers", args.answers.map(|l| l.to_string())),
        ("calibration", args.calibration.as_deref().map(path)),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            draft.set(key, value);
        }
    }
    let numbers = [
        ("candidates", args.candidates),
        ("rounds", args.rounds),
        ("limit", args.limit),
        ("seed", args.seed),
        ("threads", args.threads),
    ];
    for (key, value) in numbers {
        if let Some(value) = value {
            draft.set(key, i64::from(value));
        }
    }
    if let Some(kinds) = &args.propose {
        let names: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        draft.set("propose", names);
    }
    if !args.reuse.is_empty() {
        let folders: Vec<String> = args.reuse.iter().map(|folder| path(folder)).collect();
        draft.set("reuse", folders);
    }
    if args.strict {
        draft.set("strict", true);
    }
    let wire = &args.wire;
    if let Some(name) = &wire.key_env {
        draft.set_in("endpoint", "key_env", name.as_str());
        draft.unset_in("endpoint", "key_file");
    }
    if let Some(file) = &wire.key_file {
        draft.set_in("endpoint", "key_file", path(file));
        draft.unset_in("endpoint", "key_env");
    }
    if let Some(seconds) = wire.timeout {
        draft.set_in("endpoint", "timeout", i64::from(seconds));
    }
    if let Some(retries) = wire.retries {
        draft.set_in("endpoint", "retries", i64::from(retries));
    }
    if let Some(boxes) = wire.boxes {
        draft.set_in("vlm", "boxes", boxes.name());
    }
    if let Some(concurrency) = wire.concurrency {
        draft.set_in("vlm", "concurrency", i64::from(concurrency));
    }
    language(&mut draft, &args.llm);
    for (key, value) in args.limits.given() {
        draft.set_limit(key, value);
    }
    Ok(draft.build()?)
}

/// The flags of a language model over the file's table.
fn language(draft: &mut Draft, args: &LlmArgs) {
    let numbers = [
        ("concurrency", args.llm_concurrency.map(u32::from)),
        ("samples", args.samples),
        ("exemplars", args.exemplars),
        ("prompt_tokens", args.prompt_tokens),
        ("max_tokens", args.max_tokens),
    ];
    for (key, value) in numbers {
        if let Some(value) = value {
            draft.set_in("llm", key, i64::from(value));
        }
    }
    if let Some(api) = args.llm_api {
        draft.set_in("llm", "api", api.name());
    }
    let fractions = [
        ("temperature", args.temperature),
        ("max_cost", args.max_cost),
        ("price_prompt", args.price_prompt),
        ("price_completion", args.price_completion),
    ];
    for (key, value) in fractions {
        if let Some(value) = value {
            draft.set_in("llm", key, value);
        }
    }
    let counts = [
        ("max_requests", args.max_requests),
        ("max_total_tokens", args.max_total_tokens),
    ];
    for (key, value) in counts {
        if let Some(value) = value {
            // A larger number than TOML's integers hold means no bound in practice.
            draft.set_in("llm", key, i64::try_from(value).unwrap_or(i64::MAX));
        }
    }
    for (key, given) in [("image", args.llm_image), ("repair", args.repair)] {
        if given {
            draft.set_in("llm", key, true);
        }
    }
    let file = args.llm_key_file.as_deref();
    let keys = [
        ("key_env", "key_file", args.llm_key_env.clone()),
        (
            "key_file",
            "key_env",
            file.map(|file| file.to_string_lossy().into_owned()),
        ),
    ];
    for (key, other, value) in keys {
        if let Some(value) = value {
            draft.unset_in("llm.endpoint", other);
            draft.set_in("llm.endpoint", key, value);
        }
    }
    if let Some(seconds) = args.llm_timeout {
        draft.set_in("llm.endpoint", "timeout", i64::from(seconds));
    }
}
