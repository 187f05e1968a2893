//! Probe: candidates on other scenes than their own, where nobody knows the answer.
//!
//! The probes are scenes of other questions of the run: real, of the same kind, and free for a back
//! end in this process. They are chosen by the hash of their names, so the same data set has the
//! same ones.

use super::execute::{Eyes, Looks, Perceiver, Prepared, SeenSoFar};
use crate::datasets::Record;
use fact_core::certificate;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Limits, Outcome, run};
use fact_models::DecodeLimits;

/// How many other scenes candidates are run on. In the pilot 50 did as well as 300.
pub const SCENES: usize = 32;
/// Most interpreter steps of a run on a probe: a program that needs more tells nothing by it.
const MOST_STEPS: u64 = 200_000;
/// Most answers remembered of a probe before it starts afresh: a bound on memory.
const MOST_SEEN: usize = 4096;

/// The scenes of other questions, made ready. One set a worker.
pub struct Probes {
    scenes: Vec<Probe>,
}

struct Probe {
    group: String,
    prepared: Prepared,
    seen: SeenSoFar,
}

impl Probes {
    /// Makes the records ready; those that cannot be looked at are left out.
    pub fn new(records: &[Record], looks: Looks, limits: &DecodeLimits) -> Self {
        let probe = |record: &Record| {
            let prepared = Prepared::new(record.into(), looks, limits).ok()?;
            Some(Probe {
                group: record.sample.group.clone(),
                prepared,
                seen: SeenSoFar::default(),
            })
        };
        Self {
            scenes: records.iter().filter_map(probe).collect(),
        }
    }

    /// What each program answers on each probe that is not of its own group: `None` where it gives
    /// no answer.
    pub fn answers(
        &mut self,
        programs: &[&Module],
        record: &Record,
        pack: &Pack,
        perceiver: Perceiver<'_>,
        limits: &Limits,
    ) -> Vec<Vec<Option<String>>> {
        let limits = Limits {
            steps: limits.steps.min(MOST_STEPS),
            ..*limits
        };
        let sample = &record.sample;
        let mut out: Vec<Vec<Option<String>>> = vec![Vec::new(); programs.len()];
        for probe in &mut self.scenes {
            if probe.group == sample.group {
                continue;
            }
            if probe.seen.len() > MOST_SEEN {
                probe.seen = SeenSoFar::default();
            }
            let images = probe.prepared.inputs.images.clone();
            let inputs = certificate::inputs(images, &sample.question, &sample.choices);
            let mut eyes =
                Eyes::remembering(&probe.prepared, perceiver, std::mem::take(&mut probe.seen));
            for (program, row) in programs.iter().zip(&mut out) {
                let outcome = run(program, pack, &inputs, &mut eyes, &limits).outcome;
                row.push(match outcome {
                    Outcome::Returned(value) => Some(value.text),
                    _ => None,
                });
            }
            probe.seen = eyes.seen;
        }
        out
    }
}
