//! `fact check`.

use crate::args::CheckArgs;
use crate::message::{self, Outcome, REJECTED};
use fact_pipeline::check::{self, CheckReport, CheckRequest};
use fact_pipeline::terminal::one_line;
use std::fmt::Write;
use std::process::ExitCode;

/// Rejected certificates that are told of one by one.
const SHOWN: usize = 100;

pub(crate) fn main(args: CheckArgs) -> Outcome {
    let request = CheckRequest {
        fast: args.fast,
        images: args.images,
        pack: args.pack,
    };
    let report = check::check(&args.target, &request)?;
    message::say(&text(&report, args.quiet))?;
    if report.rejected.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::from(REJECTED))
    }
}

/// What a check found, for a terminal.
pub(crate) fn text(report: &CheckReport, quiet: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for (id, reasons) in report.rejected.iter().take(SHOWN) {
        for reason in reasons {
            let _ = writeln!(out, "rejected {}: {}", one_line(id), one_line(reason));
        }
    }
    if report.rejected.len() > SHOWN {
        let _ = writeln!(out, "… and {} more", report.rejected.len() - SHOWN);
    }
    if !quiet {
        let _ = writeln!(
            out,
            "{} certificates checked, {} rejected; {} samples have none",
            report.checked,
            report.rejected.len(),
            report.without
        );
    }
    out
}
