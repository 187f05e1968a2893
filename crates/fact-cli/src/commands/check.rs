//! `fact check`.

use super::exec::wiring;
use crate::args::CheckArgs;
use crate::interrupt;
use crate::message::{self, Failure, INTERRUPTED, Outcome, REJECTED};
use fact_pipeline::back_end::BackEnd;
use fact_pipeline::calls::{CallLog, MemoryLog};
use fact_pipeline::check::{self, Again, CheckReport, CheckRequest, Compared, Origin, Place};
use fact_pipeline::config::PerceptionSpec;
use fact_pipeline::datasets::{self, DataSet, ImageRoot};
use fact_pipeline::store::{Calls, Reader};
use fact_pipeline::terminal::one_line;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

/// Rejected certificates that are told of one by one.
const SHOWN: usize = 100;

pub(crate) fn main(args: CheckArgs) -> Outcome {
    let stop = interrupt::stop_flag();
    let request = CheckRequest {
        fast: args.fast,
        images: args.images.clone(),
        pack: args.pack.clone(),
        id: args.id.clone(),
        threads: args.threads.map(usize::from),
        again: None,
        stop: Some(&stop),
    };
    if !args.reperceive {
        return tell(check::check(&args.target, &request), &args);
    }
    let recorded = Recorded::read(&args.target)?;
    let Some(perception) = args.perception.clone().or(recorded.perception) else {
        let hint = "name it with --perception, as for fact run".to_owned();
        let message = "it is not known which perception to ask again";
        return Err(Failure::new(message, Some(hint)));
    };
    let found = place(&args, recorded.data.as_deref(), &perception)?;
    let place = match &found {
        Found::Images(root) => Place::Images(root),
        Found::Data(data) => Place::Data(&**data),
    };
    let back_end = BackEnd::open(&perception, &wiring(&args.wire, &stop))?;
    if let Some(then) = recorded.fingerprint
        && then != back_end.fingerprint()
        && !args.quiet
    {
        let now = back_end.fingerprint();
        message::note(&format!("recorded by {then}, asking {now}"));
    }
    let at_work = back_end.start(|fingerprint| {
        Ok::<Box<dyn CallLog>, Failure>(match &args.calls {
            Some(path) => Box::new(Calls::in_file(path, fingerprint)?),
            None => Box::<MemoryLog>::default(),
        })
    })?;
    let again = Again {
        back_end: &back_end,
        perceiver: at_work.perceiver(),
        place,
    };
    let request = CheckRequest {
        again: Some(again),
        ..request
    };
    let report = check::check(&args.target, &request);
    message::spent("perception", at_work.spent());
    tell(report, &args)
}

/// Where the perception will look.
enum Found {
    Images(ImageRoot),
    Data(Box<dyn DataSet>),
}

/// A data set that is named, or else the folder of the images, or else the data set of the run.
fn place(
    args: &CheckArgs,
    of_run: Option<&str>,
    perception: &PerceptionSpec,
) -> Result<Found, Failure> {
    let open = |spec: &str| -> Result<Found, Failure> {
        let data = datasets::open(spec).map_err(|e| Failure::new(e, None))?;
        Ok(Found::Data(data))
    };
    // Annotations are in data sets only.
    let annotations = *perception == PerceptionSpec::Scene;
    match (&args.data, &args.images, of_run) {
        (Some(spec), ..) => open(spec),
        (None, Some(folder), _) if !annotations => {
            let root = ImageRoot::new(folder).map_err(|source| check::CheckError::Images {
                path: folder.clone(),
                source,
            })?;
            Ok(Found::Images(root))
        }
        (None, _, Some(spec)) => open(spec),
        (None, ..) => {
            let hint = if annotations {
                "name the data set with --data, which has the annotations"
            } else {
                "give the folder of the images with --images, or the data set with --data"
            };
            let message = "--reperceive needs what the perception looks at";
            Err(Failure::new(message, Some(hint.to_owned())))
        }
    }
}

/// What a run says of how its answers were recorded; nothing for a file.
#[derive(Default)]
struct Recorded {
    data: Option<String>,
    perception: Option<PerceptionSpec>,
    fingerprint: Option<String>,
}

impl Recorded {
    fn read(target: &Path) -> Result<Self, Failure> {
        if !target.is_dir() && target.extension().is_none_or(|e| e != "db") {
            return Ok(Self::default());
        }
        let settings = Reader::open(target)?.settings()?;
        let text = |key: &str| -> Option<String> {
            let json = settings.get(key)?;
            serde_json::from_str(json).ok()
        };
        Ok(Self {
            data: text("data"),
            // A tool server is known by its fingerprint only.
            perception: text("perception").and_then(|spec| spec.parse().ok()),
            fingerprint: settings.get("perception.fingerprint").cloned(),
        })
    }
}

fn tell(report: Result<CheckReport, check::CheckError>, args: &CheckArgs) -> Outcome {
    let report = match report {
        Err(error) if error.is_stop() => {
            message::note("stopped before the end");
            return Ok(ExitCode::from(INTERRUPTED));
        }
        report => report?,
    };
    if args.json {
        let object = serde_json::to_string_pretty(&report).map_err(|e| Failure::new(e, None))?;
        message::say(&(object + "\n"))?;
    } else {
        message::say(&text(&report, args.quiet))?;
    }
    if report.holds() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::from(REJECTED))
    }
}

/// What a check found, for a terminal.
pub(crate) fn text(report: &CheckReport, quiet: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for rejected in report.rejections.iter().take(SHOWN) {
        let word = if rejected.unreadable {
            "unreadable"
        } else {
            "rejected"
        };
        let who = match (&rejected.id, &rejected.place) {
            (Some(id), Some(place)) => format!("{id} ({place})"),
            (Some(of), None) | (None, Some(of)) => of.clone(),
            (None, None) => "a row".to_owned(),
        };
        for reason in &rejected.reasons {
            let _ = writeln!(out, "{word} {}: {}", one_line(&who), one_line(reason));
        }
    }
    let wrong = report.rejected + report.unreadable;
    let more = wrong.saturating_sub(SHOWN as u64);
    if more > 0 {
        let _ = writeln!(out, "… and {more} more");
    }
    if quiet {
        return out;
    }
    let _ = write!(
        out,
        "{} certificates checked, {} rejected; {} samples have none",
        report.checked, report.rejected, report.without
    );
    let _ = match report.unreadable {
        0 => writeln!(out),
        1 => writeln!(out, "; 1 row cannot be read"),
        n => writeln!(out, "; {n} rows cannot be read"),
    };
    for pack in &report.packs {
        let whose = match pack.origin {
            Origin::Shipped => continue,
            Origin::Given => "the one given",
            Origin::Run => "the run's own, not a shipped one",
            Origin::Row => "the rows' own, not a shipped one",
        };
        let _ = writeln!(
            out,
            "{} of them against the pack `{}`, SHA-256 {}: {whose}",
            pack.certificates,
            one_line(&pack.name),
            pack.sha256
        );
    }
    if let Some(compared) = &report.reperceived {
        again_text(compared, &mut out);
    }
    out
}

fn again_text(compared: &Compared, out: &mut String) {
    let _ = write!(
        out,
        "asked again: {} of {} certificates reproduced",
        compared.reproduced, compared.certificates
    );
    let _ = match compared.unavailable {
        0 => writeln!(out),
        n => writeln!(out, "; for {n} the images or annotations are not at hand"),
    };
    for (tool, count) in &compared.tools {
        let _ = writeln!(
            out,
            "  {:<16} {} answered as recorded, {} otherwise, {} not",
            one_line(tool),
            count.same,
            count.different,
            count.unanswered
        );
    }
}
