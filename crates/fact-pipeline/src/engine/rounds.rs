//! Rounds: programs that a round is sure of become exemplars of the next one, which takes up the
//! questions that were not accepted.

use super::{RunError, Setup};
use crate::proposers::OpenProposerError;
use crate::proposers::bank::{Bank, Lesson, Level as Learnable, Provenance, learn};
use crate::store::Reader;
use fact_core::verify::Level;

/// Less sure than this is not learned from.
const LEAST_CONFIDENCE: f64 = 0.95;

/// The bank of the next round, and how many programs it learned and did not.
pub(super) struct Taught {
    pub(super) bank: Bank,
    pub(super) learned: usize,
    pub(super) refused: usize,
}

/// What round `round` teaches; `None` if it teaches nothing.
pub(super) fn teach(setup: &Setup, bank: &Bank, round: u32) -> Result<Option<Taught>, RunError> {
    let accepted = Reader::open(&setup.config.out)?.accepted_programs()?;
    let lessons: Vec<Lesson> = accepted
        .into_iter()
        .map(|accepted| Lesson {
            sentence: accepted.question,
            program: accepted.program,
            level: match accepted.level {
                Some(Level::V2) => Some(Learnable::V2),
                Some(Level::V3) => Some(Learnable::V3),
                Some(Level::V0 | Level::V1) | None => None,
            },
            provenance: Provenance {
                // Not its folder: the same run in another place teaches the same.
                run: setup.config.data.clone(),
                sample: accepted.sample,
                round,
                confidence: accepted.confidence,
            },
            held_out: accepted.held_out,
        })
        .collect();
    let learned = learn(bank, &lessons, LEAST_CONFIDENCE);
    if learned.exemplars.is_empty() {
        return Ok(None);
    }
    let next = bank.with(&learned.exemplars, &setup.pack);
    Ok(Some(Taught {
        bank: next.map_err(OpenProposerError::Bank)?,
        learned: learned.exemplars.len(),
        refused: learned.refused.len(),
    }))
}
