//! Probe: candidates on other scenes than their own, where nobody knows the answer.
//!
//! The probes are scenes of other questions of the run: real, of the same kind, and free for a back
//! end in this process. They are chosen by the hash of their names, so the same data set has the
//! same ones. Where there are too few, or looking costs money, latent worlds stand in for them:
//! scenes made up behind what was seen of the question's own sample, and perturbed.

use super::execute::{Eyes, Looks, Perceiver, Prepared, Seen, SeenSoFar};
use crate::datasets::Record;
use fact_core::certificate;
use fact_core::verify::world::World;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, end};
use fact_lang::tool::Answers;
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

    /// What each program answers on each probe: `None` where it gives no answer. The probes are those
    /// of other groups, and as many perturbed worlds behind what was `seen` of the record as are
    /// missing.
    pub fn answers(
        &mut self,
        programs: &[&Module],
        record: &Record,
        seen: Option<&Seen>,
        perceiver: Perceiver<'_>,
        setting: ProbeSetting<'_>,
    ) -> Vec<Vec<Option<String>>> {
        let sample = &record.sample;
        let mut out: Vec<Vec<Option<String>>> = vec![Vec::new(); programs.len()];
        let mut scenes = 0;
        for probe in &mut self.scenes {
            if probe.group == sample.group {
                continue;
            }
            if probe.seen.len() > MOST_SEEN {
                probe.seen = SeenSoFar::default();
            }
            let images = probe.prepared.inputs.images.clone();
            let inputs = certificate::inputs(images, &sample.question, &sample.choices);
            let known = std::mem::take(&mut probe.seen);
            let mut eyes = Eyes::remembering(&probe.prepared, perceiver, known);
            setting.run(programs, &inputs, &mut eyes, &mut out);
            probe.seen = eyes.seen;
            scenes += 1;
        }
        if let Some(seen) = seen
            && scenes < SCENES
        {
            let world = World::of(&seen.inputs, &seen.answers, setting.seed);
            for number in scenes..SCENES {
                let seed = setting.seed.wrapping_add(number as u64);
                let world = world.perturbed(seed, &setting.pack.vocabulary);
                setting.run(programs, &seen.inputs, &mut &world, &mut out);
            }
        }
        out
    }
}

/// How programs are run on probes.
#[derive(Clone, Copy)]
pub struct ProbeSetting<'a> {
    /// The API.
    pub pack: &'a Pack,
    /// Bounds of a run on the sample itself.
    pub limits: &'a Limits,
    /// Seed of the worlds.
    pub seed: u64,
}

impl ProbeSetting<'_> {
    fn run(
        &self,
        programs: &[&Module],
        inputs: &Inputs,
        answers: &mut dyn Answers,
        into: &mut [Vec<Option<String>>],
    ) {
        let limits = Limits {
            steps: self.limits.steps.min(MOST_STEPS),
            ..*self.limits
        };
        for (program, row) in programs.iter().zip(into) {
            let outcome = end(program, self.pack, inputs, answers, &limits).outcome;
            row.push(match outcome {
                Outcome::Returned(value) => Some(value.text),
                _ => None,
            });
        }
    }
}
