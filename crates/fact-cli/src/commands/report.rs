//! `fact report`.

use crate::args::ReportArgs;
use crate::message::{self, Failure, Outcome};
use fact_pipeline::report::Report;
use fact_pipeline::report::page::Page;
use fact_pipeline::store::Reader;
use fact_pipeline::summary::Summary;
use std::process::ExitCode;

pub(crate) fn main(args: ReportArgs) -> Outcome {
    let reader = Reader::open(&args.run)?;
    if args.html {
        let page = Page::read(&reader, Summary::read(&reader)?)?;
        message::say(&page.html())?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = Report::read(&reader)?;
    if !args.json {
        message::say(&report.text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let json = serde_json::to_string_pretty(&report);
    let json = json.map_err(|e| Failure::new(format!("cannot write the report: {e}"), None))?;
    message::say(&format!("{json}\n"))?;
    Ok(ExitCode::SUCCESS)
}
