//! How much the rationales of a run help its verifiers.

use crate::store::{Reader, StoreError, current};
use crate::terminal::one_line;
use fact_core::metrics::transfer::{Judged, tally};
use fact_core::metrics::{Measured, Resampling, bootstrap};
use fact_core::transfer::Scores;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What came of one verifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Its name.
    pub verifier: String,
    /// Samples that it was asked about, with the rationale that they have now.
    pub samples: usize,
    /// Questions that they ask.
    pub questions: usize,
    /// The measures of [`fact_core::metrics::transfer`], in percent, as far as there are any.
    pub measures: Vec<Measured>,
}

/// The effects on all verifiers of a run, by name; empty if none was asked.
///
/// # Errors
/// If the store cannot be read.
pub fn effects(reader: &Reader, resampling: Resampling) -> Result<Vec<Effect>, StoreError> {
    let mut by_verifier: BTreeMap<String, Vec<(String, Scores)>> = BTreeMap::new();
    if reader.verifiers()?.is_empty() {
        return Ok(Vec::new());
    }
    reader.for_each::<StoreError>(true, |row| {
        if row.transfers.is_empty() {
            return Ok(());
        }
        let hint = row.hint().unwrap_or_default();
        for (verifier, scores) in current(&row.transfers, &hint) {
            let of_verifier = by_verifier.entry(verifier).or_default();
            of_verifier.push((row.sample.group.clone(), scores));
        }
        Ok(())
    })?;
    let effect = |(verifier, scored): (String, Vec<(String, Scores)>)| {
        let judged: Vec<Judged<'_>> = (scored.iter())
            .map(|(group, scores)| Judged { group, scores })
            .collect();
        let tally = tally(&judged);
        let measures = bootstrap::measured(&tally, resampling);
        Effect {
            verifier,
            samples: judged.len(),
            questions: tally.len(),
            measures: measures.into_iter().filter(|m| m.value.is_some()).collect(),
        }
    };
    Ok(by_verifier.into_iter().map(effect).collect())
}

impl Effect {
    /// A table for a terminal.
    pub fn text(&self) -> String {
        let (samples, questions) = (self.samples, self.questions);
        let name = one_line(&self.verifier);
        let mut out = format!("Verifier {name}: {samples} samples of {questions} questions\n");
        for measured in &self.measures {
            let Some(value) = measured.value else {
                continue;
            };
            let interval = measured.interval.map_or(String::new(), |interval| {
                format!("  [{:.1}, {:.1}]", interval.low, interval.high)
            });
            let count = measured.count.unwrap_or(0);
            let name = &measured.name;
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {name:<44}{value:>7.1}{interval:<18}{count:>8}");
        }
        out
    }
}
