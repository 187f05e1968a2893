//! One sample of a run, readable in a terminal.

use crate::concise::Concise;
use crate::export::Styling;
use crate::export::stylist::Stylist;
use crate::store::{ReadRow, Reader, SampleView, StoreError};
use crate::terminal::{lines, one_line};
use crate::trace_text::trace_text;
use fact_core::certificate;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Run, run};
use fact_lang::tool::{ImageRef, Recorded};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Events of a trace that are shown, unless all are asked for.
const EVENTS: usize = 60;

/// Why a sample cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such sample.
    #[error("the run has no sample `{id}`")]
    NoSample {
        /// The id.
        id: String,
        /// Some ids it has.
        some: Vec<String>,
    },
}

impl ShowError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::NoSample { some, .. } if some.is_empty() => None,
            Self::NoSample { some, .. } => Some(format!("it has {}, …", some.join(", "))),
        }
    }
}

/// The page of a sample: question, program with its slice marked, trace, rationale, verdicts; with a
/// style also the text in it.
///
/// # Errors
/// If there is no such sample, or the store cannot be read.
pub fn show(
    reader: &Reader,
    id: &str,
    all_events: bool,
    styling: Option<Styling>,
) -> Result<String, ShowError> {
    let Some(view) = reader.sample(id)? else {
        return Err(ShowError::NoSample {
            id: id.to_owned(),
            some: reader.similar_ids(id, 3)?,
        });
    };
    let pack = match reader.pack_source()? {
        Some((name, source)) => Pack::load(&name, &source).ok(),
        None => None,
    };
    let mut page = Page(String::new());
    page.head(&view);
    let rerun = pack.as_ref().and_then(|pack| rerun(&view, pack));
    page.program(&view, rerun.as_ref());
    if let (Some((program, run)), Some(pack)) = (&rerun, &pack) {
        page.title("Trace (| marks what the answer depends on)");
        let most = if all_events { usize::MAX } else { EVENTS };
        page.0
            .push_str(&trace_text(&run.trace, program, pack, most));
    }
    page.rationale(&view.row);
    if let Some(styling) = styling {
        page.styled(&view.row, &mut Stylist::new(reader, styling)?, styling);
    }
    page.verdicts(&view);
    Ok(page.0)
}

/// The chosen program, run again on the answers in the store. `None` if it does not parse, or if there
/// are no answers of it.
pub fn rerun(view: &SampleView, pack: &Pack) -> Option<(Module, Run)> {
    let (images, answers): (Vec<ImageRef>, Vec<Recorded>) = match &view.row.certificate {
        Some(certificate) => (certificate.images.clone(), certificate.answers.clone()),
        None => {
            let execute = view.stages.iter().find(|stage| stage.0 == "execute")?;
            let detail: serde_json::Value = serde_json::from_str(execute.3.as_deref()?).ok()?;
            (
                serde_json::from_value(detail.get("images")?.clone()).ok()?,
                serde_json::from_value(detail.get("answers")?.clone()).ok()?,
            )
        }
    };
    let sample = &view.row.sample;
    let program = pack.parse(view.row.program.as_deref()?).ok()?;
    let inputs = certificate::inputs(images, &sample.question, &sample.choices);
    let mut answers = &answers[..];
    let run = run(
        &program,
        pack,
        &inputs,
        &mut answers,
        &certificate::limits(),
    );
    Some((program, run))
}

struct Page(String);

impl Page {
    // Writing to a string cannot fail.
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(text);
        self.0.push('\n');
    }

    fn title(&mut self, title: &str) {
        self.line(format_args!("\n{title}"));
    }

    fn field(&mut self, name: &str, value: &str) {
        self.line(format_args!("  {name:<11}{}", one_line(value)));
    }

    fn head(&mut self, view: &SampleView) {
        let row = &view.row;
        self.line(format_args!("Sample {}", one_line(&row.sample.id)));
        self.field("image", &row.sample.images.join(", "));
        self.field("question", &row.sample.question);
        self.field("answer", row.sample.answer().unwrap_or("(none given)"));
        self.field("predicted", row.predicted.as_deref().unwrap_or("(nothing)"));
        let level = row.level.map_or("none", |level| level.name());
        let confidence = row
            .confidence
            .map_or(String::new(), |c| format!(", confidence {c:.2}"));
        let verdict = match (&row.failure, row.accepted) {
            (_, true) => "accepted".to_owned(),
            (Some(failure), false) => format!("not accepted ({failure})"),
            (None, false) => "not accepted".to_owned(),
        };
        self.field("verdict", &format!("level {level}{confidence}, {verdict}"));
        for (stage, status, reason, _) in &view.stages {
            let reason = reason.as_ref().map_or(String::new(), |r| format!(": {r}"));
            self.field(stage, &format!("{status}{reason}"));
        }
    }

    fn program(&mut self, view: &SampleView, rerun: Option<&(Module, Run)>) {
        let Some(source) = &view.row.program else {
            return;
        };
        let chosen = view
            .verdicts
            .iter()
            .find(|v| Some(v.candidate) == view.chosen);
        let from = chosen.map_or(String::new(), |v| format!(" ({} {})", v.proposer, v.source));
        let marked = rerun.map(|(program, run)| used_lines(program, run));
        let note = if marked.is_some() {
            "; | marks the slice"
        } else {
            ""
        };
        self.title(&format!("Program{}{note}", one_line(&from)));
        for (number, line) in (1u32..).zip(source.trim_end().lines()) {
            let used = marked.as_ref().is_some_and(|lines| lines.contains(&number));
            let mark = if used { '|' } else { ' ' };
            self.line(format_args!("  {mark} {number:>3}  {}", one_line(line)));
        }
        if let Some(residual) = &view.row.residual
            && residual.trim() != source.trim()
        {
            self.title("Residual program");
            for line in lines(residual).trim_end().lines() {
                self.line(format_args!("         {line}"));
            }
        }
    }

    fn rationale(&mut self, row: &ReadRow) {
        let Some(rationale) = row.counted() else {
            return;
        };
        self.title("Rationale");
        if let Some(bridge) = &row.bridge {
            let (verdict, model) = (bridge.verdict.name(), one_line(&bridge.model));
            self.line(format_args!("  {verdict}: the text of {model}"));
            for difference in &bridge.differences {
                self.line(format_args!("      it {}", one_line(&difference.text)));
            }
        }
        for (number, step) in (1..).zip(&rationale.steps) {
            let kind = serde_json::to_value(step.kind);
            let kind = kind.as_ref().ok().and_then(|k| k.as_str()).unwrap_or("");
            let cites: Vec<String> = step.cites.iter().map(u32::to_string).collect();
            let boxes: Vec<String> = step
                .boxes
                .iter()
                .map(|b| {
                    let [left, top, right, bottom] = b.bbox.map(f64::round);
                    format!("{} [{left},{top},{right},{bottom}]", b.name)
                })
                .collect();
            self.line(format_args!("  {number:>2}. {}", one_line(&step.text)));
            self.line(format_args!("      {kind}, cites {}", cites.join(" ")));
            if !boxes.is_empty() {
                self.line(format_args!("      boxes {}", one_line(&boxes.join("; "))));
            }
        }
        self.line(format_args!("      {}", one_line(&rationale.conclusion)));
    }

    fn styled(&mut self, row: &ReadRow, stylist: &mut Stylist, styling: Styling) {
        let how = match styling.concise {
            Concise::On => String::new(),
            concise => format!(", concise {concise}"),
        };
        self.title(&format!("Text ({}{how})", styling.style));
        match stylist.write(row) {
            Some(styled) => {
                for line in styled.text.lines() {
                    self.line(format_args!("  {}", one_line(line)));
                }
            }
            None => self.line(format_args!(
                "  none: no rationale, or it cannot be written so"
            )),
        }
    }

    fn verdicts(&mut self, view: &SampleView) {
        if view.verdicts.is_empty() {
            return;
        }
        self.title("Candidates (* chosen; level and right count over the whole question)");
        for verdict in &view.verdicts {
            let mark = if Some(verdict.candidate) == view.chosen {
                '*'
            } else {
                ' '
            };
            let level = verdict.level.map_or("--", |level| level.name());
            let here = match (&verdict.predicted, &verdict.reason, verdict.score) {
                (Some(answer), _, Some(score)) => format!("{answer} (score {score})"),
                (Some(answer), ..) => answer.clone(),
                (None, Some(reason), _) => format!(
                    "{}: {reason}",
                    verdict.outcome.as_deref().unwrap_or("does not parse")
                ),
                _ => verdict.outcome.clone().unwrap_or_default(),
            };
            self.line(format_args!(
                "  {mark} {:>2}  {:<5} {:<20} {level}  right on {:<3} here {}",
                verdict.candidate,
                one_line(&verdict.proposer),
                one_line(&verdict.source),
                verdict.right,
                one_line(&here)
            ));
        }
    }
}

/// Lines of the program, from 1, on which something happened that the result depends on.
pub fn used_lines(program: &Module, run: &Run) -> BTreeSet<u32> {
    let Some(result) = run.trace.result else {
        return BTreeSet::new();
    };
    let used = run.trace.closure([result]);
    let events = run.trace.events.iter().zip(used).skip(1);
    events
        .filter(|(event, used)| *used && !event.node.pack)
        .map(|(event, _)| {
            let span = program.spans[event.node.node as usize];
            program.line_column(span.start).0
        })
        .collect()
}
