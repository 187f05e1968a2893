//! Verify: what the candidates of a question did becomes a choice, and an end for each sample as far
//! as it can be told without explaining.
//!
//! It looks at nothing but what [`Tried`] has and the settings of this stage, so that it is done
//! again, with other settings, from what the store holds.

use super::Setup;
use crate::config::{Accept, Look};
use crate::stages::Attempt;
use crate::stages::choose::{self, Board, Choice, View};
use crate::store::{CandidateRow, GroupRow, GroupRows, SampleRow, StageRow, VerdictRow};
use fact_core::sample::Sample;
use fact_core::verify::confidence::{Evidence, Features};
use fact_core::verify::{Level, Verdict};
use serde_json::json;

/// A question, its candidates and what they did: found out just now, or read from the store.
pub(super) struct Tried {
    /// The group's key.
    pub(super) key: u64,
    /// The round of learning.
    pub(super) round: u32,
    /// Whether a sample is kept back for evaluation.
    pub(super) held_out: bool,
    /// Digest of the records.
    pub(super) records: u64,
    /// Its samples with their positions in the data set.
    pub(super) samples: Vec<(u64, Sample)>,
    /// Its candidates; what depends on attempts and choice is filled in here.
    pub(super) candidates: Vec<CandidateRow>,
    /// `attempts[candidate][sample]`; empty for a candidate that does not parse.
    pub(super) attempts: Vec<Vec<Attempt>>,
    /// What the stages before executing did with each sample.
    pub(super) begun: Vec<Begun>,
}

/// What the stages before executing did with a sample.
#[derive(Default)]
pub(super) struct Begun {
    /// One each.
    pub(super) stages: Vec<StageRow>,
    /// Why it goes no further, if so.
    pub(super) failure: Option<String>,
}

/// Chooses, and says how each sample ends if it can be explained. An accepted one has no rationale
/// yet, and no sample has the answers to its run.
pub(super) fn verify(setup: &Setup, mut tried: Tried) -> GroupRows {
    let config = &setup.config;
    let scenes: Vec<&str> = (tried.samples.iter())
        .map(|(_, sample)| sample.scene.as_str())
        .collect();
    let evidence: Vec<Option<Evidence>> = (tried.candidates.iter_mut())
        .map(|candidate| candidate.evidence.take())
        .collect();
    let slices: Vec<Option<usize>> = tried.candidates.iter().map(|c| c.slice).collect();
    let board = Board::new(&tried.attempts, &scenes, &evidence, &slices);
    let visible = match config.siblings {
        Look::Use => board.visible_count(config.visible),
        Look::Hide => board.scene_count().min(1),
    };
    let labels = config.answers == Look::Use;
    let confidence = setup.confidence.of(labels);
    let probability = |features: &Features| confidence.model.probability(features);
    let choose = |sample: &dyn Fn(usize) -> bool| {
        board.choose(View {
            sample,
            labels,
            probability: &probability,
        })
    };
    let in_view = |sample: usize| board.scene(sample) < visible;
    let choices: Vec<Option<Choice>> = match config.siblings {
        Look::Use => vec![choose(&in_view); tried.samples.len()],
        Look::Hide => (0..tried.samples.len())
            .map(|alone| choose(&|sample| sample == alone))
            .collect(),
    };
    let one = choose(&|sample| board.scene(sample) == 0).map(|choice| choice.candidate);
    let all = 0..tried.candidates.len();
    let first = tried.samples.first().map(|(_, sample)| sample);
    let group = GroupRow {
        key: tried.key,
        name: first.map(|sample| sample.group.clone()).unwrap_or_default(),
        question: first.map(|s| s.question.clone()).unwrap_or_default(),
        scenes: board.scene_count(),
        visible,
        chosen: choices.first().copied().flatten().map(|c| c.candidate),
        oracle: all.clone().any(|c| board.right_on_all(c)),
        chosen_one: one,
        one_holds: one.and_then(|c| board.holds_beyond_first(c)),
        round: tried.round,
        held_out: tried.held_out,
        records: tried.records,
    };
    let mut candidates = tried.candidates;
    for (c, row) in candidates.iter_mut().enumerate() {
        let attempts = board.attempts(c);
        row.level = board.level(c, &in_view);
        row.ran = attempts.iter().filter(|a| a.ran()).count();
        row.right = attempts.iter().filter(|a| a.right()).count();
        row.all_right = board.right_on_all(c);
    }
    let samples = (tried.samples.iter().zip(tried.begun).enumerate())
        .map(|(s, ((ordinal, sample), begun))| {
            let row = SampleRow {
                ordinal: *ordinal,
                sample: sample.clone(),
                predicted: None,
                chosen: None,
                right: None,
                level: None,
                accepted: false,
                confidence: None,
                failure: begun.failure,
                stages: begun.stages,
                verdicts: verdict_rows(&tried.attempts, s),
                rationale: None,
            };
            match choices.get(s).copied().flatten() {
                Some(choice) if row.failure.is_none() => {
                    let attempt = &tried.attempts[choice.candidate][s];
                    judged(setup, row, choice, attempt, visible)
                }
                _ => row,
            }
        })
        .collect();
    for (row, evidence) in candidates.iter_mut().zip(evidence) {
        row.evidence = evidence;
    }
    GroupRows {
        group,
        candidates,
        samples,
    }
}

/// How a sample ends with the chosen candidate, which did `attempt` on it.
fn judged(
    setup: &Setup,
    mut row: SampleRow,
    choice: Choice,
    attempt: &Attempt,
    visible: usize,
) -> SampleRow {
    let matcher = setup.data.matcher();
    let labels = setup.config.answers == Look::Use;
    row.chosen = Some(choice.candidate);
    row.predicted = attempt.predicted.as_deref().map(|answer| {
        let known = if labels { &*row.sample.answers } else { &[] };
        matcher.own_form(answer, known)
    });
    row.right = match attempt.verdict {
        Verdict::Right => Some(true),
        Verdict::Wrong => Some(false),
        Verdict::Failed if !row.sample.answers.is_empty() => Some(false),
        Verdict::Failed | Verdict::Unjudged => None,
    };
    row.confidence = attempt.ran().then_some(choice.confidence);
    row.stages.push(StageRow {
        stage: "execute",
        status: attempt.outcome.into(),
        reason: attempt.reason.clone(),
        detail: None,
    });
    let verdict = match attempt.verdict {
        Verdict::Right | Verdict::Wrong if !labels => Verdict::Unjudged,
        verdict => verdict,
    };
    row.level = choice.standing.level(verdict);
    row.failure = attempt.failure(verdict);
    if attempt.ran() {
        accept(setup, &mut row, verdict, choice, visible);
    }
    row
}

/// Whether the sample is accepted, by a verdict that has seen its label or not.
fn accept(setup: &Setup, row: &mut SampleRow, verdict: Verdict, choice: Choice, visible: usize) {
    let rule = setup.config.accept;
    let labels = setup.config.answers == Look::Use;
    let passed = !labels || verdict == Verdict::Right;
    if let Some(threshold) = setup.threshold
        && passed
        && choice.confidence >= threshold
    {
        row.level = Some(Level::V3);
    }
    row.accepted = choose::accepts(rule, row.level, visible);
    if passed && !row.accepted {
        let why = match rule {
            Accept::Precision(_) => "confidence",
            Accept::V2 if visible < 2 => "no_siblings",
            _ => "siblings",
        };
        row.failure = Some(format!("verify:{why}"));
    } else if row.accepted {
        row.failure = None;
    }
    let reason = row
        .failure
        .as_deref()
        .and_then(|f| f.strip_prefix("verify:"));
    let detail = json!({
        "level": row.level,
        "right": row.right,
        "confidence": row.confidence,
        "visible_scenes": visible,
    });
    row.stages.push(StageRow {
        stage: "verify",
        status: if row.accepted { "ok" } else { "failed" }.into(),
        reason: reason.map(Into::into),
        detail: Some(detail.to_string()),
    });
}

fn verdict_rows(attempts: &[Vec<Attempt>], sample: usize) -> Vec<VerdictRow> {
    attempts
        .iter()
        .enumerate()
        .filter_map(|(candidate, attempts)| {
            let attempt = attempts.get(sample)?;
            Some(VerdictRow {
                candidate,
                outcome: attempt.outcome,
                reason: attempt.reason.clone(),
                predicted: attempt.predicted.clone(),
                score: attempt.score,
            })
        })
        .collect()
}
