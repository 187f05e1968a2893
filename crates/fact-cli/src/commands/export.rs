//! `fact export`.

use crate::args::ExportArgs;
use crate::message::{self, Outcome};
use fact_pipeline::export::{self, ExportOptions, Exported, Format, Styling, Task};
use fact_pipeline::store::Reader;
use std::process::ExitCode;

pub(crate) fn main(args: ExportArgs) -> Outcome {
    let reader = Reader::open(&args.run)?;
    let styling = args.style.styling();
    let tasks: Vec<Option<Task>> = match args.tasks.as_slice() {
        [] => vec![None],
        tasks => tasks.iter().copied().map(Some).collect(),
    };
    let all = args.format.iter().copied();
    for (format, task) in all.flat_map(|format| tasks.iter().map(move |task| (format, *task))) {
        let options = ExportOptions {
            only_accepted: args.only_accepted,
            task,
            images: args.images,
            image_url: args.image_url.clone(),
            keep: args.keep.keep(),
            reviewed: args.reviewed,
            styling: Styling {
                style: args.style.style(format == Format::MsSwift),
                ..styling
            },
        };
        let exported = export::export(&reader, format, &args.out, &options)?;
        if !args.quiet {
            message::say(&told(&exported))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What an export wrote, and what it could not write.
fn told(exported: &Exported) -> String {
    let mut text = format!("{}: {} rows", exported.path.display(), exported.rows);
    if exported.left_out > 0 {
        text.push_str(&format!(
            "; {} samples without text (docs/styles.md says why)",
            exported.left_out
        ));
    }
    if exported.boxes_left_out > 0 {
        text.push_str(&format!(
            "; {} boxes left out, which are none within their image",
            exported.boxes_left_out
        ));
    }
    if exported.not_kept > 0 {
        text.push_str(&format!("; {} rationales not kept", exported.not_kept));
    }
    if exported.unscored > 0 {
        text.push_str(&format!(
            "; {} left out that a verifier was not asked about (`fact transfer` asks)",
            exported.unscored
        ));
    }
    if exported.rejected > 0 {
        text.push_str(&format!(
            "; {} rejected by people left out",
            exported.rejected
        ));
    }
    if exported.unreviewed > 0 {
        text.push_str(&format!(
            "; {} left out that no person accepted",
            exported.unreviewed
        ));
    }
    text.push('\n');
    text
}
