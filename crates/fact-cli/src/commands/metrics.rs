//! `fact metrics`.

use crate::args::MetricsArgs;
use crate::message::{self, Failure, Outcome};
use fact_pipeline::metrics::{Options, Request, Resampling, compute};
use std::process::ExitCode;

pub(crate) fn main(args: MetricsArgs) -> Outcome {
    let report = compute(&Request {
        metric: args.metric,
        data: args.data,
        predictions: args.predictions,
        against: args.against,
        options: Options {
            consistency: args.consistency,
            choices: args.choices,
            attentions: args.attentions,
            scenes: args.scenes,
            object_attention: args.object_attention,
            map_size: args.map_size,
            synonyms: args.synonyms,
            compounds: args.compounds,
        },
        resampling: Resampling {
            times: args.resamples,
            seed: args.seed,
        },
    })?;
    if !args.json {
        message::say(&report.text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let json = serde_json::to_string_pretty(&report);
    let json = json.map_err(|e| Failure::new(format!("cannot write the report: {e}"), None))?;
    message::say(&format!("{json}\n"))?;
    Ok(ExitCode::SUCCESS)
}
