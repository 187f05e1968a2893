//! How much of the pipeline a text has behind it: the rationale, or what it is compared with.
//!
//! Derived from what a run holds (programs, answers, certificates), so that nothing is asked again.

use crate::store::ReadRow;
use fact_core::bridge::conclusion;
use fact_core::certificate::{Certificate, inputs, limits};
use fact_core::narrate::narrate;
use fact_core::rationale::{Rationale, StepKind};
use fact_core::slice::Setting;
use fact_lang::pack::Pack;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Up to where a text went through slice, merge and bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concise {
    /// The whole program's run, told line by line ([`fact_core::narrate`](mod@fact_core::narrate)).
    Off,
    /// The residual program's run, told line by line.
    Slice,
    /// The merged evidence and the conclusion, without inferences and bridges.
    Merge,
    /// The rationale.
    #[default]
    On,
}

impl Concise {
    /// All, from nothing to everything.
    pub const ALL: [Self; 4] = [Self::Off, Self::Slice, Self::Merge, Self::On];

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Slice => "slice",
            Self::Merge => "merge",
            Self::On => "on",
        }
    }

    /// The text of a sample, as steps and a conclusion. `None` if the sample has no rationale, or if
    /// a program is to be told that the pack at hand does not read.
    pub fn of(self, row: &ReadRow, pack: Option<&Pack>) -> Option<Rationale> {
        let rationale = row.rationale.as_ref()?;
        match self {
            Self::On => Some(rationale.clone()),
            Self::Merge => Some(merged(rationale, row.certificate.as_ref()?)),
            Self::Slice => {
                let certificate = row.certificate.as_ref()?;
                told(certificate, &certificate.residual, pack?)
            }
            Self::Off => {
                let certificate = row.certificate.as_ref()?;
                told(certificate, &certificate.program, pack?)
            }
        }
    }
}

/// What perception answered, merged, and the conclusion.
fn merged(rationale: &Rationale, certificate: &Certificate) -> Rationale {
    let evidence = rationale.steps.iter();
    let evidence = evidence.filter(|step| step.kind == StepKind::Evidence);
    Rationale {
        steps: evidence.cloned().collect(),
        conclusion: conclusion(&certificate.answer, certificate.matcher, false),
    }
}

/// The run of a program of the certificate on its answers, told line by line.
fn told(certificate: &Certificate, source: &str, pack: &Pack) -> Option<Rationale> {
    let program = pack.parse(source).ok()?;
    let inputs = inputs(
        certificate.images.clone(),
        &certificate.question,
        &certificate.choices,
    );
    let limits = limits();
    let setting = Setting {
        pack,
        inputs: &inputs,
        answers: &certificate.answers,
        limits: &limits,
    };
    let run = setting.run(&program);
    Some(narrate(
        &program,
        pack,
        &run.trace,
        &certificate.images,
        &certificate.answer,
        certificate.matcher,
    ))
}

impl FromStr for Concise {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|c| c.name() == name);
        known.ok_or_else(|| format!("unknown `{name}`, expected one of: off, slice, merge, on"))
    }
}

impl fmt::Display for Concise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
