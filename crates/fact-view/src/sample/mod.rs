//! One sample in full, as the page shows it, with what belongs together: sentences, boxes, events of the
//! trace, lines of the program.
//!
//! The trace is made again by running the program on the recorded answers, in the interpreter's sandbox,
//! as `fact check` does. Of a sample with a rationale it is the residual's trace, which is what the
//! sentences cite; of another it is the chosen program's.

mod code;
mod trace;

pub(crate) use trace::TraceJson;

use crate::list::Standing;
use fact_core::certificate::{Certificate, inputs, limits};
use fact_core::rationale::StepKind;
use fact_core::slice::Setting;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::Run;
use fact_pipeline::show::{rerun, used_lines};
use fact_pipeline::store::{
    BridgeVerdict, Decision, Reader, Review, SampleView, StoreError, current,
};
use fact_pipeline::terminal::{lines, one_line};
use serde::Serialize;
use std::collections::BTreeSet;

/// Bytes of a program that are shown.
const PROGRAM_BYTES: usize = 64 << 10;

/// A sample as the page gets it. `docs/viewer.md` says nothing of it: page and server are one program.
#[derive(Debug, Serialize)]
pub(crate) struct SampleJson {
    n: u64,
    id: String,
    question: String,
    answers: Vec<String>,
    choices: Vec<String>,
    predicted: Option<String>,
    level: Option<&'static str>,
    accepted: bool,
    confidence: Option<f64>,
    failure: Option<String>,
    images: Vec<ImageJson>,
    program: Option<ProgramJson>,
    rationale: Option<RationaleJson>,
    bridge: Option<BridgeJson>,
    trace: Option<TraceJson>,
    /// Why there is no trace.
    untraced: Option<String>,
    candidates: Vec<CandidateJson>,
    stages: Vec<StageJson>,
    transfers: Vec<TransferJson>,
    review: Option<ReviewJson>,
}

#[derive(Debug, Serialize)]
struct ImageJson {
    name: String,
    /// As the run saw it, if that is recorded: width, height, SHA-256.
    seen: Option<(u32, u32, String)>,
}

#[derive(Debug, Serialize)]
struct ProgramJson {
    lines: Vec<LineJson>,
    /// What the answer needed, where that is another text.
    residual: Option<String>,
}

#[derive(Debug, Serialize)]
struct LineJson {
    text: String,
    /// Part of the slice.
    kept: bool,
}

#[derive(Debug, Serialize)]
struct RationaleJson {
    steps: Vec<StepJson>,
    conclusion: String,
}

#[derive(Debug, Serialize)]
struct StepJson {
    kind: StepKind,
    text: String,
    /// Events of the trace.
    events: Vec<u32>,
    boxes: Vec<BoxJson>,
}

/// A box in an image: left, top, right, bottom in pixels of the image as the run saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BoxJson {
    pub(crate) name: String,
    pub(crate) image: usize,
    #[serde(rename = "box")]
    pub(crate) bbox: [f64; 4],
}

#[derive(Debug, Serialize)]
struct BridgeJson {
    model: String,
    verdict: BridgeVerdict,
    text: String,
    differences: Vec<String>,
}

#[derive(Debug, Serialize)]
struct CandidateJson {
    candidate: usize,
    proposer: String,
    source: String,
    level: Option<&'static str>,
    ran: usize,
    right: usize,
    outcome: Option<String>,
    reason: Option<String>,
    predicted: Option<String>,
    score: Option<f64>,
    chosen: bool,
    program: String,
}

#[derive(Debug, Serialize)]
struct StageJson {
    stage: String,
    status: String,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct TransferJson {
    verifier: String,
    condition: &'static str,
    answer: String,
    score: f64,
    probability: Option<f64>,
}

/// What a person said.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewJson {
    decision: Option<Decision>,
    comment: String,
    at: u64,
    standing: Standing,
}

impl ReviewJson {
    pub(crate) fn of(review: &Review, subject: &str) -> Self {
        Self {
            decision: review.decision,
            comment: review.comment.clone(),
            at: review.at,
            standing: Standing::of(review, subject),
        }
    }
}

/// A run of a program that is at hand again.
struct Again {
    module: Module,
    run: Run,
    residual: bool,
}

impl SampleJson {
    /// Reads a sample and makes its trace again; `None` if there is none of this id.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) fn read(
        reader: &Reader,
        id: &str,
        review: Option<&Review>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(view) = reader.sample(id)? else {
            return Ok(None);
        };
        let pack = match reader.pack_source()? {
            Some((name, source)) => Pack::load(&name, &source)
                .map_err(|e| format!("the run's pack cannot be used: {e}")),
            None => Err("the run holds no pack".to_owned()),
        };
        let again = pack
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|pack| again(&view, pack));
        let candidates = candidates(reader, &view)?;
        let row = &view.row;
        let of_program = match (&again, &pack) {
            (Ok(again), _) if !again.residual => used_lines(&again.module, &again.run),
            _ => BTreeSet::new(),
        };
        let mut program = None;
        let mut lines_of_residual = Vec::new();
        if let Some(source) = &row.program {
            let shown = cut(source.trim_end(), PROGRAM_BYTES);
            let residual = row.residual.as_deref();
            let kept = match residual {
                Some(residual) => {
                    lines_of_residual = code::places(source, residual);
                    lines_of_residual.iter().flatten().copied().collect()
                }
                None => of_program,
            };
            let line = |(number, text): (u32, &str)| LineJson {
                text: one_line(text).into_owned(),
                kept: kept.contains(&number),
            };
            program = Some(ProgramJson {
                lines: (1..).zip(shown.lines()).map(line).collect(),
                residual: residual
                    .filter(|residual| residual.trim() != source.trim())
                    .map(|residual| lines(residual.trim_end()).into_owned()),
            });
        }
        let cited: BTreeSet<u32> = row
            .counted()
            .iter()
            .flat_map(|r| &r.steps)
            .flat_map(|step| step.cites.iter().copied())
            .collect();
        let (trace, untraced) = match (&again, &pack) {
            (Ok(again), Ok(pack)) => {
                let place = |line: u32| match again.residual {
                    // Without a place, the line is one that slicing made, such as `pass`.
                    true => lines_of_residual.get(line as usize - 1).copied().flatten(),
                    false => Some(line),
                };
                let trace = &again.run.trace;
                let json = TraceJson::of(trace, &again.module, pack, &cited, again.residual, place);
                (Some(json), None)
            }
            (Err(why), _) | (_, Err(why)) => (None, Some(why.clone())),
        };
        Ok(Some(Self {
            n: row.ordinal,
            id: shown(&row.sample.id),
            question: shown(&row.sample.question),
            answers: row.sample.answers.iter().map(|a| shown(&a.text)).collect(),
            choices: row.sample.choices.iter().map(|c| shown(c)).collect(),
            predicted: row.predicted.as_deref().map(shown),
            level: row.level.map(|level| level.name()),
            accepted: row.accepted,
            confidence: row.confidence,
            failure: row.failure.as_deref().map(shown),
            images: images(&view),
            program,
            rationale: rationale(&view, trace.as_ref()),
            bridge: row.bridge.as_ref().map(|bridge| BridgeJson {
                model: shown(&bridge.model),
                verdict: bridge.verdict,
                text: shown(&bridge.text),
                differences: bridge.differences.iter().map(|d| shown(&d.text)).collect(),
            }),
            trace,
            untraced,
            candidates,
            stages: view
                .stages
                .iter()
                .map(|(stage, status, reason, _)| StageJson {
                    stage: stage.clone(),
                    status: shown(status),
                    reason: reason.as_deref().map(shown),
                })
                .collect(),
            transfers: transfers(&view),
            review: review.map(|review| ReviewJson::of(review, &row.subject())),
        }))
    }
}

/// Foreign text on one line, with what is invisible made visible.
fn shown(text: &str) -> String {
    one_line(text).into_owned()
}

/// At most so many bytes, between characters.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The residual's run of a sample with a rationale, else the chosen program's.
fn again(view: &SampleView, pack: &Pack) -> Result<Again, String> {
    if let Some(certificate) = &view.row.certificate {
        let module = pack.parse(&certificate.residual);
        let module = module.map_err(|e| format!("the residual program does not parse: {e}"))?;
        return Ok(Again {
            run: run_of(certificate, pack, &module),
            module,
            residual: true,
        });
    }
    if view.row.program.is_none() {
        return Err("no program was chosen".to_owned());
    }
    let (module, run) = rerun(view, pack)
        .ok_or("the chosen program does not parse, or what perception answered was not recorded")?;
    Ok(Again {
        module,
        run,
        residual: false,
    })
}

fn run_of(certificate: &Certificate, pack: &Pack, module: &Module) -> Run {
    let inputs = inputs(
        certificate.images.clone(),
        &certificate.question,
        &certificate.choices,
    );
    let setting = Setting {
        pack,
        inputs: &inputs,
        answers: &certificate.answers,
        limits: &limits(),
    };
    setting.run(module)
}

fn images(view: &SampleView) -> Vec<ImageJson> {
    let certificate = view.row.certificate.as_ref();
    let seen = |at: usize| {
        let image = certificate?.images.get(at)?;
        Some((image.width, image.height, image.sha256.to_string()))
    };
    let images = view.row.sample.images.iter().enumerate();
    images
        .map(|(at, name)| ImageJson {
            name: shown(name),
            seen: seen(at),
        })
        .collect()
}

fn rationale(view: &SampleView, trace: Option<&TraceJson>) -> Option<RationaleJson> {
    let rationale = view.row.counted()?;
    let step = |step: &fact_core::rationale::Step| StepJson {
        kind: step.kind,
        text: shown(&step.text),
        events: trace.map_or(Vec::new(), |trace| trace.shown_for(&step.cites)),
        boxes: step
            .boxes
            .iter()
            .map(|b| BoxJson {
                name: shown(&b.name),
                image: b.image,
                bbox: b.bbox,
            })
            .collect(),
    };
    Some(RationaleJson {
        steps: rationale.steps.iter().map(step).collect(),
        conclusion: shown(&rationale.conclusion),
    })
}

fn candidates(reader: &Reader, view: &SampleView) -> Result<Vec<CandidateJson>, StoreError> {
    let texts = reader.candidate_texts(&view.row)?;
    let candidate = |verdict: &fact_pipeline::store::VerdictView| {
        let text = texts.iter().find(|t| t.candidate == verdict.candidate);
        let program = text.map_or("", |t| t.program.trim_end());
        CandidateJson {
            candidate: verdict.candidate,
            proposer: shown(&verdict.proposer),
            source: shown(&verdict.source),
            level: verdict.level.map(|level| level.name()),
            ran: text.map_or(0, |t| t.ran),
            right: verdict.right,
            outcome: verdict.outcome.clone(),
            reason: verdict.reason.as_deref().map(shown),
            predicted: verdict.predicted.as_deref().map(shown),
            score: verdict.score,
            chosen: Some(verdict.candidate) == view.chosen,
            program: lines(cut(program, PROGRAM_BYTES)).into_owned(),
        }
    };
    Ok(view.verdicts.iter().map(candidate).collect())
}

/// What verifiers answered about the rationale that is there now.
fn transfers(view: &SampleView) -> Vec<TransferJson> {
    let hint = view.row.hint().unwrap_or_default();
    let scores = current(&view.row.transfers, &hint);
    let mut all = Vec::new();
    for (verifier, scores) in &scores {
        for (condition, scored) in &scores.0 {
            all.push(TransferJson {
                verifier: shown(verifier),
                condition: condition.name(),
                answer: shown(&scored.answer),
                score: scored.score,
                probability: scored.probability,
            });
        }
    }
    all
}
