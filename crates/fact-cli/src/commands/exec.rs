//! `fact exec`.

use crate::args::{ExecArgs, WireArgs};
use crate::interrupt;
use crate::message::{self, Failure, INTERRUPTED, Outcome};
use fact_lang::ast::FrontEnd;
use fact_lang::run::Limits;
use fact_pipeline::back_end::{BackEnd, Wiring};
use fact_pipeline::calls::CallLog;
use fact_pipeline::config::PerceptionSpec;
use fact_pipeline::datasets::ImageSource;
use fact_pipeline::exec::batch::Batch;
use fact_pipeline::exec::{self, Execution, Source, Subject};
use fact_pipeline::packs;
use fact_pipeline::store::Calls;
use fact_pipeline::terminal::{lines, one_line};
use fact_pipeline::trace_text::trace_text;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Largest file that is read, in bytes: a program or annotation beyond it is no use anyway.
const MAX_BYTES: u64 = 64 << 20;

pub(crate) fn main(args: Box<ExecArgs>) -> Outcome {
    let pack = packs::load(&args.pack)?;
    if args.salvage && pack.front_end != FrontEnd::Python {
        let hint = "run the steps without --salvage".to_owned();
        return Err(Failure::new("--salvage reads Python only", Some(hint)));
    }
    let limits = limits(&args);
    let program = args.program.as_deref().map(text).transpose()?;
    let subject = subject(&args)?;
    let perception =
        args.perception
            .clone()
            .unwrap_or(match (subject.images.is_empty(), &subject.scene) {
                (true, Some(_)) => PerceptionSpec::Scene,
                _ => PerceptionSpec::Pixels,
            });
    let stop = interrupt::stop_flag();
    let back_end = BackEnd::open(&perception, &wiring(&args.wire, &stop))?;
    if let (Some(input), Some(out)) = (&args.batch.batch, &args.batch.out) {
        let default = &subject;
        let folder = match input.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        return batch(
            Batch {
                input,
                out,
                images: args.batch.images.as_deref().unwrap_or(folder),
                default,
                pack: &pack,
                limits: &limits,
                threads: args.batch.threads.map_or_else(cores, usize::from),
                trace: args.trace,
                salvage: args.salvage,
            },
            &back_end,
            &stop,
        );
    }
    if subject.images.is_empty() && subject.scene.is_none() {
        let hint = "give --image FILE, or --scene FILE with an annotation".to_owned();
        return Err(Failure::new("nothing to run the program on", Some(hint)));
    }
    // clap asks for one unless there is --batch.
    let source = Source::new(program.as_deref().unwrap_or_default(), args.salvage);
    let execution = match exec::exec(source, &pack, &back_end, &subject, &limits, &stop) {
        Err(error) if error.is_stop() => return Ok(ExitCode::from(INTERRUPTED)),
        execution => execution?,
    };
    if args.json {
        let mut object = execution.report.to_json();
        if args.trace {
            object.extend(
                execution
                    .trace_json(&pack)
                    .map(|trace| ("trace".to_owned(), trace)),
            );
        }
        let object = serde_json::to_string_pretty(&object).map_err(|e| Failure::new(e, None))?;
        message::say(&(object + "\n"))?;
    } else {
        message::say(&readable(&execution))?;
        if let (true, Some(program), Some(run)) = (args.trace, &execution.program, &execution.run) {
            let trace = trace_text(&run.trace, program, &pack, usize::MAX);
            message::say(&format!(
                "trace (| marks what the answer depends on)\n{trace}"
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the flags say to run on.
fn subject(args: &ExecArgs) -> Result<Subject, Failure> {
    let mut subject = Subject {
        question: args.question.clone(),
        choices: args.choice.clone(),
        ..Subject::default()
    };
    for path in &args.image {
        let name = path.to_string_lossy().into_owned();
        let bytes = bytes(path)?.into();
        subject.images.push(ImageSource::Bytes { name, bytes });
    }
    if let Some(path) = &args.scene {
        let scene: serde_json::Value = serde_json::from_str(&text(path)?)
            .map_err(|e| Failure::new(format!("{} is not JSON: {e}", path.display()), None))?;
        subject.scene = Some(scene.into());
    }
    Ok(subject)
}

/// Runs many programs; tells how they ended.
fn batch(batch: Batch<'_>, back_end: &BackEnd, stop: &AtomicBool) -> Outcome {
    let calls = batch.out.with_added_extension("calls.db");
    let at_work = back_end.start(|fingerprint| {
        let log = Calls::in_file(&calls, fingerprint).map_err(|error| {
            let hint = "answers are kept in this file: see that it can be written, or delete it to \
                        ask everything again";
            Failure::new(error, Some(hint.to_owned()))
        })?;
        Ok::<Box<dyn CallLog>, Failure>(Box::new(log))
    })?;
    let outcomes = match exec::batch::run(&batch, back_end, at_work.perceiver(), stop) {
        Ok(outcomes) => outcomes,
        Err(error) if error.is_stop() => {
            message::note("stopped before the end; no results were written");
            return Ok(ExitCode::from(INTERRUPTED));
        }
        Err(error) => return Err(error.into()),
    };
    let counts: Vec<String> = (outcomes.0.iter())
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    message::spent("perception", at_work.spent());
    message::note(&format!("{}: {}", batch.out.display(), counts.join(", ")));
    Ok(ExitCode::SUCCESS)
}

/// The flags of a perception behind a wire over the defaults.
pub(crate) fn wiring(args: &WireArgs, stop: &Arc<AtomicBool>) -> Wiring {
    let mut wiring = Wiring {
        stop: Some(stop.clone()),
        ..Wiring::default()
    };
    let endpoint = &mut wiring.endpoint;
    endpoint.key_env.clone_from(&args.key_env);
    endpoint.key_file.clone_from(&args.key_file);
    endpoint.timeout = args.timeout.map_or(endpoint.timeout, u64::from);
    endpoint.retries = args.retries.unwrap_or(endpoint.retries);
    let vlm = &mut wiring.vlm;
    vlm.boxes = args.boxes.unwrap_or(vlm.boxes);
    vlm.concurrency = args.concurrency.map_or(vlm.concurrency, usize::from);
    wiring
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn limits(args: &ExecArgs) -> Limits {
    let d = Limits::default();
    let given = &args.limits;
    Limits {
        steps: given.max_steps.unwrap_or(d.steps),
        depth: given.max_depth.unwrap_or(d.depth),
        heap: given.max_heap.unwrap_or(d.heap),
        output: given.max_output.unwrap_or(d.output),
        tool_calls: given.max_tool_calls.unwrap_or(d.tool_calls),
        events: given.max_events.unwrap_or(d.events),
    }
}

/// The result for people.
fn readable(execution: &Execution) -> String {
    let report = &execution.report;
    let mut out = String::new();
    // Writing to a string cannot fail.
    for cut in report.salvage.iter().flat_map(|s| &s.cuts) {
        let bytes = cut.span.end - cut.span.start;
        let kind = json(&cut.kind);
        let kind = kind.trim_matches('"').replace('_', " ");
        let _ = writeln!(out, "cut       {kind} at line {} ({bytes} bytes)", cut.line);
    }
    if let Some(header) = report.salvage.as_ref().map(|s| s.header.trim())
        && !header.is_empty()
    {
        let _ = writeln!(out, "header    {}", one_line(header));
    }
    if !report.output.is_empty() {
        let _ = writeln!(out, "printed   {}", lines(report.output.trim_end()));
    }
    let _ = match (&report.value, &report.exception, report.limit) {
        (Some(value), ..) => {
            let kind = report.type_name.as_deref().unwrap_or_default();
            writeln!(out, "returned  {} ({kind})", one_line(value))
        }
        (_, Some(exception), _) => writeln!(
            out,
            "raised    {}: {}",
            one_line(&exception.class),
            one_line(&exception.message)
        ),
        (_, _, Some(limit)) => writeln!(out, "reached the limit of {limit}"),
        _ => writeln!(out, "{}", report.outcome),
    };
    if let Some(at) = &report.location {
        let source = one_line(&at.source);
        let _ = writeln!(
            out,
            "at        line {}, column {}: {source}",
            at.line, at.column
        );
    }
    for call in &report.calls {
        let args: Vec<String> = call
            .args
            .iter()
            .map(|(name, value)| format!("{name}={}", json(value)))
            .collect();
        let _ = writeln!(
            out,
            "asked     {}({}) in {} of image {}: {}",
            call.tool,
            one_line(&args.join(", ")),
            json(&call.region),
            call.image,
            answer(&call.answer),
        );
    }
    let _ = writeln!(out, "steps     {}", report.steps);
    out
}

/// An answer in a few words.
fn answer(answer: &fact_lang::tool::Answer) -> String {
    use fact_lang::tool::Answer;
    match answer {
        Answer::Detections(found) => {
            let labels: Vec<&str> = found.iter().map(|d| d.label.as_str()).take(8).collect();
            let more = if found.len() > 8 { ", …" } else { "" };
            format!(
                "{} found: {}{more}",
                found.len(),
                one_line(&labels.join(", "))
            )
        }
        other => one_line(&json(other)).into_owned(),
    }
}

fn json(value: &impl serde::Serialize) -> String {
    // Plain data: encoding it cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let most = MAX_BYTES + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut out)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut out))
    };
    let problem = match read {
        Ok(_) if out.len() as u64 <= MAX_BYTES => return Ok(out),
        Ok(_) => format!("it has more than {MAX_BYTES} bytes"),
        Err(e) => e.to_string(),
    };
    let message = format!("cannot read {}: {problem}", path.display());
    Err(Failure::new(message, None))
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes(path)?)
        .map_err(|e| Failure::new(format!("{} is not UTF-8: {e}", path.display()), None))
}
