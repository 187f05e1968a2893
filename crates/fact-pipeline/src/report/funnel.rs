//! The funnel of a proposer: how far its questions, candidates and samples came.

use super::losses::{Loss, Losses, Place};
use crate::store::{Reader, StoreError, StoredCandidate, StoredVerdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// How far the proposals of one proposer came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Funnel {
    /// Its name, as in the configuration.
    pub proposer: String,
    /// Its questions.
    pub questions: Questions,
    /// Its candidates.
    pub candidates: Candidates,
    /// The samples of the questions for which a candidate of its was chosen.
    pub samples: Samples,
    /// Where its candidates were lost: with those that agree, these are all that it proposed.
    pub losses: Vec<Loss>,
}

/// Questions; each number is part of the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Questions {
    /// Asked: all that the run did.
    pub asked: u64,
    /// With a candidate.
    pub proposed_for: u64,
    /// With a candidate of its chosen.
    pub chosen: u64,
}

/// Candidates, each counted once per question; each number is part of the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// Proposed. A program that another proposer gave before is that one's.
    pub proposed: u64,
    /// Parsed.
    pub parsed: u64,
    /// Returned on some sample.
    pub ran: u64,
    /// Right on some sample.
    pub right: u64,
    /// Right on every visible sample that judges them.
    pub agreed: u64,
}

/// Samples; each number is part of the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Samples {
    /// Of questions for which a candidate of its was chosen.
    pub chosen: u64,
    /// On which that candidate returned.
    pub ran: u64,
    /// On which it is right.
    pub right: u64,
    /// Accepted by the run's rule.
    pub accepted: u64,
    /// With a rationale.
    pub rationales: u64,
}

/// Whether a candidate agrees with its question: it is judged by some visible sample, and right on
/// all that judge it. A sample without a label judges only programs that fail on it.
///
/// This is the one place that says what agreement is. A verification that needs no siblings would
/// be looked at here.
fn agrees<'v>(visible: impl Iterator<Item = &'v StoredVerdict>) -> bool {
    let mut judged = false;
    for verdict in visible.filter(|verdict| verdict.judges()) {
        judged = true;
        if !verdict.right() {
            return false;
        }
    }
    judged
}

/// Funnels being filled.
pub(super) struct Funnels(Vec<(Funnel, Losses)>);

impl Funnels {
    /// An empty funnel for each proposer that the run asks.
    pub(super) fn of(reader: &Reader) -> Result<Self, StoreError> {
        let settings = reader.settings()?;
        let named = settings.get("propose").map_or("[]", String::as_str);
        // A store of another form names none; those that proposed something are added below.
        let named: Vec<String> = serde_json::from_str(named).unwrap_or_default();
        let mut funnels = Self(Vec::new());
        for name in named {
            // Candidates of `llm:MODEL` have the proposer `llm`.
            let kind = name.split(':').next().unwrap_or(&name);
            funnels.get(kind);
        }
        Ok(funnels)
    }

    fn get(&mut self, proposer: &str) -> &mut (Funnel, Losses) {
        let known = self.0.iter().position(|(f, _)| f.proposer == proposer);
        let at = known.unwrap_or_else(|| {
            let funnel = Funnel {
                proposer: proposer.to_owned(),
                questions: Questions::default(),
                candidates: Candidates::default(),
                samples: Samples::default(),
                losses: Vec::new(),
            };
            self.0.push((funnel, Losses::default()));
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Fills in questions and candidates.
    pub(super) fn read_candidates(&mut self, reader: &Reader) -> Result<(), StoreError> {
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        reader.for_each_candidate(|candidate, verdicts| {
            let (funnel, losses) = self.get(&candidate.proposer);
            let questions = &mut funnel.questions;
            if last.insert(candidate.proposer.clone(), candidate.group) != Some(candidate.group) {
                questions.proposed_for += 1;
            }
            questions.chosen += u64::from(candidate.chosen);
            count(&mut funnel.candidates, losses, candidate, verdicts);
        })?;
        let asked = reader.counts()?.questions;
        for (funnel, losses) in &mut self.0 {
            funnel.questions.asked = asked;
            funnel.losses = std::mem::take(losses).done(reader)?;
        }
        Ok(())
    }

    /// Fills in samples, and gives the losses of all samples.
    pub(super) fn read_samples(&mut self, reader: &Reader) -> Result<Vec<Loss>, StoreError> {
        let mut losses = Losses::default();
        reader.for_each_end(|end| {
            let failure = end.failure.as_deref().unwrap_or_default();
            if let Some(proposer) = &end.proposer {
                let samples = &mut self.get(proposer).0.samples;
                let right = end.level >= Some(1);
                samples.chosen += 1;
                samples.ran += u64::from(end.level.is_some());
                samples.right += u64::from(right);
                samples.accepted += u64::from(right && end.accepted);
                samples.rationales += u64::from(right && end.accepted && end.rationale);
            }
            if !end.rationale {
                let (stage, kind) = failure.split_once(':').unwrap_or((failure, ""));
                let place = Place {
                    ordinal: end.ordinal,
                    candidate: end.chosen,
                };
                losses.add(stage, kind, place);
            }
        })?;
        losses.done(reader)
    }

    pub(super) fn done(self) -> Vec<Funnel> {
        self.0.into_iter().map(|(funnel, _)| funnel).collect()
    }
}

/// Counts a candidate, and where it was lost. `verdicts` are in the data set's order; there are
/// none if it does not parse.
fn count(
    candidates: &mut Candidates,
    losses: &mut Losses,
    candidate: &StoredCandidate,
    verdicts: &[StoredVerdict],
) {
    let mut lose = |stage: &str, kind: &str, at: Option<&StoredVerdict>| {
        let place = Place {
            // Without a verdict: the question's first sample.
            ordinal: at.map_or(candidate.group, |verdict| verdict.ordinal),
            candidate: Some(candidate.index),
        };
        losses.add(stage, kind, place);
    };
    candidates.proposed += 1;
    if !candidate.parses {
        return lose("parse", "syntax", None);
    }
    candidates.parsed += 1;
    if !verdicts.iter().any(StoredVerdict::returned) {
        // What its first try at a sample came to; a malformed sample is no try.
        let tried = verdicts.iter().find(|v| v.outcome != "malformed");
        let Some(tried) = tried.or(verdicts.first()) else {
            return lose("execute", "not_tried", None);
        };
        let class = tried.reason.as_deref().unwrap_or_default();
        let class = class.split(':').next().unwrap_or_default();
        return match tried.outcome.as_str() {
            "unreadable" => lose("image", class, Some(tried)),
            outcome if class.is_empty() => lose("execute", outcome, Some(tried)),
            outcome => lose("execute", &format!("{outcome}:{class}"), Some(tried)),
        };
    }
    candidates.ran += 1;
    if !verdicts.iter().any(StoredVerdict::right) {
        let returned = || verdicts.iter().filter(|v| v.returned());
        let labelled = returned().find(|v| v.judges());
        return match labelled {
            Some(wrong) => lose("verify", "wrong", Some(wrong)),
            None => lose("verify", "unlabelled", returned().next()),
        };
    }
    candidates.right += 1;
    let visible = || verdicts.iter().filter(|v| v.scene < candidate.visible);
    if agrees(visible()) {
        candidates.agreed += 1;
        return;
    }
    match visible().find(|v| v.judges() && !v.right()) {
        Some(sibling) => lose("verify", "siblings", Some(sibling)),
        None => lose("verify", "no_visible", verdicts.iter().find(|v| v.right())),
    }
}
