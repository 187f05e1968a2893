//! `fact transfer`.

use super::derived;
use crate::args::TransferArgs;
use crate::message::{self, Failure, INTERRUPTED, OUT_OF_BUDGET, Outcome};
use crate::{interrupt, progress};
use fact_pipeline::metrics::Resampling;
use fact_pipeline::store::Reader;
use fact_pipeline::transfer::{TransferOptions, asking, effects, transfer};
use std::process::ExitCode;

pub(crate) fn main(args: TransferArgs) -> Outcome {
    let mut asking = asking();
    asking.max_tokens = args.max_tokens.unwrap_or(asking.max_tokens);
    asking.concurrency = args.concurrency.map_or(asking.concurrency, usize::from);
    asking.max_requests = args.max_requests;
    asking.max_total_tokens = args.max_total_tokens;
    let endpoint = &mut asking.endpoint;
    endpoint.key_env = args.key_env;
    endpoint.key_file = args.key_file;
    endpoint.timeout = args.timeout.map_or(endpoint.timeout, u64::from);
    endpoint.retries = args.retries.unwrap_or(endpoint.retries);
    asking
        .check()
        .map_err(|(key, why)| Failure::new(format!("--{} {why}", key.replace('_', "-")), None))?;
    let options = TransferOptions {
        run: args.run,
        verifiers: args.verifier,
        placebo: args.placebo,
        limit: args.limit.map(|n| n as usize),
        seed: args.seed,
        asking,
        reuse: args.reuse,
        threads: args.threads.map_or_else(
            || std::thread::available_parallelism().map_or(1, usize::from),
            usize::from,
        ),
        #[cfg(feature = "student-wgpu")]
        gpu: args.gpu,
        #[cfg(not(feature = "student-wgpu"))]
        gpu: false,
    };
    let stop = interrupt::stop_flag();
    let finished = transfer(&options, &*progress::reporter(args.quiet), &stop)?;
    if !args.quiet {
        for (verifier, spent) in finished.spent {
            message::spent(&verifier, Some(spent));
        }
    }
    for student in &finished.students {
        message::note(student);
    }
    if finished.failed > 0 {
        message::note(&format!(
            "{} questions have no score: refused, or without a readable reply",
            finished.failed
        ));
    }
    // The run's files tell of verifiers too.
    derived::write(&options.run, |summary| summary.priced_as(&options.run))?;
    let effects = effects(&Reader::open(&options.run)?, Resampling::default())?;
    if args.json {
        let json = serde_json::to_string_pretty(&effects);
        let json = json.map_err(|e| Failure::new(format!("cannot write the scores: {e}"), None))?;
        message::say(&format!("{json}\n"))?;
    } else {
        let texts: String = effects.iter().map(|effect| effect.text()).collect();
        message::say(&texts)?;
    }
    if finished.complete {
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(bound) = finished.budget {
        message::note(&format!(
            "the budget is used up: the next question could go beyond {bound}"
        ));
        message::note(
            "hint: with larger --max-requests or --max-total-tokens the same command goes on from \
             there",
        );
        return Ok(ExitCode::from(OUT_OF_BUDGET));
    }
    message::note("stopped before the end; the same command resumes");
    Ok(ExitCode::from(INTERRUPTED))
}
