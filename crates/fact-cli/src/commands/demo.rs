//! `fact demo`: drawn data, a run from pixels with the bank, check, exports, three rationales.

use super::{check as check_command, run as run_command};
use crate::args::DemoArgs;
use crate::message::{self, Failure, Outcome, REJECTED};
use fact_pipeline::check::{self, CheckRequest};
use fact_pipeline::config::Draft;
use fact_pipeline::export::{self, ExportOptions, Format};
use fact_pipeline::store::{self, ReadRow, Reader};
use fact_pipeline::synth::{self, SynthOptions};
use fact_pipeline::terminal::one_line;
use std::fmt::Write;
use std::process::ExitCode;

/// Rationales that are printed.
const SHOWN: usize = 3;

pub(crate) fn main(args: DemoArgs) -> Outcome {
    let data = args.out.join("data");
    let options = SynthOptions {
        seed: u64::from(args.seed),
        samples: args.samples as usize,
        ..SynthOptions::default()
    };
    let written = synth::write(&options, &data, |_| {})?;
    message::say(&format!(
        "Drew {} images for {} sentences.\n\nRun, from pixels, with the exemplar bank:\n",
        written.samples, written.sentences
    ))?;

    let mut draft = Draft::default();
    draft.set("data", format!("synth:{}", data.display()));
    draft.set("out", args.out.to_string_lossy().into_owned());
    if let Some(threads) = args.threads {
        draft.set("threads", i64::from(threads));
    }
    store::remove(&args.out)?;
    let code = run_command::execute(draft.build()?, false, false)?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }

    let request = CheckRequest {
        images: Some(data),
        ..CheckRequest::default()
    };
    let report = check::check(&args.out, &request)?;
    message::say(&format!("\nCheck: {}", check_command::text(&report, false)))?;

    let reader = Reader::open(&args.out)?;
    let folder = args.out.join("export");
    let mut files = String::new();
    for format in [
        Format::Jsonl,
        Format::Parquet,
        Format::Llava,
        Format::Sharegpt,
    ] {
        let exported = export::export(&reader, format, &folder, &ExportOptions::default())?;
        let (path, rows) = (exported.path, exported.rows);
        // Writing to a string cannot fail.
        let _ = writeln!(files, "  {} ({rows} rows)", path.display());
    }
    let rationales = rationales(&reader)?;
    message::say(&rationales.text)?;
    message::say(&format!(
        "\nFiles:\n  {} (the run)\n{files}",
        args.out.display()
    ))?;
    if let Some(id) = rationales.first_id {
        message::say(&format!("\nMore: fact show {} {id}\n", args.out.display()))?;
    }
    if report.holds() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::from(REJECTED))
    }
}

/// The first rationales of different sentences.
struct Rationales {
    text: String,
    first_id: Option<String>,
}

fn rationales(reader: &Reader) -> Result<Rationales, Failure> {
    let mut shown: Vec<ReadRow> = Vec::new();
    reader.for_each(true, |row| -> Result<(), Failure> {
        let group = |other: &ReadRow| other.sample.group == row.sample.group;
        if shown.len() < SHOWN && row.rationale.is_some() && !shown.iter().any(group) {
            shown.push(row);
        }
        Ok(())
    })?;
    let mut text = String::new();
    for row in &shown {
        let _ = writeln!(
            text,
            "\n{}: {}",
            row.sample.id,
            one_line(&row.sample.question)
        );
        let Some(rationale) = &row.rationale else {
            continue;
        };
        for step in &rationale.steps {
            let _ = writeln!(text, "  {}", one_line(&step.text));
        }
        let _ = writeln!(text, "  {}", one_line(&rationale.conclusion));
    }
    Ok(Rationales {
        text,
        first_id: shown.first().map(|row| row.sample.id.clone()),
    })
}
