//! `fact ask`.

use super::run;
use crate::args::{AskArgs, RunArgs};
use crate::message::{self, Failure, INTERRUPTED, OUT_OF_BUDGET, Outcome};
use crate::{interrupt, progress};
use fact_pipeline::ask::{Answered, ID, Question};
use fact_pipeline::config::{Accept, Look};
use fact_pipeline::engine;
use fact_pipeline::terminal::one_line;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn main(args: Box<AskArgs>) -> Outcome {
    let AskArgs {
        image,
        question,
        choice,
        pack,
        perception,
        propose,
        bank,
        out,
        config,
        json,
        llm,
        wire,
        limits,
    } = *args;
    let question = Question::new(image, question, choice)?;
    let folder = out.unwrap_or_else(|| question.folder());
    let data = question.lay_out(&folder)?;
    let settings = run::config(&RunArgs {
        data: Some(data),
        pack,
        perception,
        propose,
        bank,
        out: Some(folder.clone()),
        config,
        accept: Some(Accept::V0),
        answers: Some(Look::Hide),
        siblings: Some(Look::Hide),
        llm,
        wire,
        limits,
        ..RunArgs::default()
    })?;
    let stop = interrupt::stop_flag();
    let finished = engine::run(settings, &*progress::reporter(true), &stop)?;
    message::spent("perception", finished.spent);
    for spent in finished.proposing {
        message::spent("language model", Some(spent));
    }
    let Some(answered) = Answered::read(&folder)? else {
        if let Some(why) = finished.budget {
            message::note(&why);
            return Ok(ExitCode::from(OUT_OF_BUDGET));
        }
        message::note("stopped before the end; the same command resumes");
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let written = answered.write(&question, &folder)?;
    if json {
        let row = serde_json::to_string(&answered.row)
            .map_err(|e| Failure::new(format!("the answer cannot be written: {e}"), None))?;
        message::say(&format!("{row}\n"))?;
    } else {
        message::say(&text(&answered))?;
    }
    for path in &written {
        message::note(&format!("written: {}", path.display()));
    }
    if answered.row.predicted.is_some() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(none(&answered, &folder))
}

/// The answer, how sure it is, and why.
fn text(answered: &Answered) -> String {
    let row = &answered.row;
    let mut out = String::new();
    let Some(predicted) = &row.predicted else {
        return out;
    };
    let sure = match row.confidence {
        None => String::new(),
        Some(c) if c < 0.5 => format!("  (confidence {c:.2}: a guess)"),
        Some(c) => format!("  (confidence {c:.2})"),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}{sure}", one_line(predicted));
    match &row.rationale {
        Some(rationale) => {
            let _ = writeln!(out, "\n{}", one_line(rationale));
        }
        None => {
            let why = answered.failure.as_deref().unwrap_or("unknown");
            let _ = writeln!(out, "\nno rationale: {}", one_line(why));
        }
    }
    if let Some(residual) = row.residual.as_ref().or(row.program.as_ref()) {
        out.push('\n');
        for line in residual.trim_end().lines() {
            let _ = writeln!(out, "    {}", one_line(line));
        }
    }
    out
}

/// No program gave an answer.
fn none(answered: &Answered, folder: &Path) -> Failure {
    let why = answered.failure.as_deref().unwrap_or("no program ran");
    Failure::new(
        format!("no answer: {}", one_line(why)),
        Some(format!(
            "`fact show {} {ID}` tells what each program did",
            folder.display()
        )),
    )
}
