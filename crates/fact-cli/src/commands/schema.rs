//! `fact schema`.

use crate::args::SchemaArgs;
use crate::message::{self, Outcome};
use std::process::ExitCode;

pub(crate) fn main(args: SchemaArgs) -> Outcome {
    message::say(&args.of.schema())?;
    Ok(ExitCode::SUCCESS)
}
