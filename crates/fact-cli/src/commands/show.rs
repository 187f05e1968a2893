//! `fact show`.

use crate::args::ShowArgs;
use crate::message::{self, Outcome};
use fact_pipeline::show;
use fact_pipeline::store::Reader;
use std::process::ExitCode;

pub(crate) fn main(args: ShowArgs) -> Outcome {
    let reader = Reader::open(&args.run)?;
    message::say(&show::show(
        &reader,
        &args.sample,
        args.all,
        args.style.asked(),
    )?)?;
    Ok(ExitCode::SUCCESS)
}
