//! `fact export`.

use crate::args::ExportArgs;
use crate::message::{self, Outcome};
use fact_pipeline::export::{self, ExportOptions};
use fact_pipeline::store::Reader;
use std::process::ExitCode;

pub(crate) fn main(args: ExportArgs) -> Outcome {
    let reader = Reader::open(&args.run)?;
    let options = ExportOptions {
        only_accepted: args.only_accepted,
        images: args.images,
    };
    for format in args.format {
        let (path, rows) = export::export(&reader, format, &args.out, options)?;
        if !args.quiet {
            message::say(&format!("{}: {rows} rows\n", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
