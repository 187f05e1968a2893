//! How much of the pipeline a text has behind it: the rationale, or what it is compared with.
//!
//! Derived from what a run holds (programs, answers, certificates), so that nothing is asked again.

use crate::store::ReadRow;
use fact_core::bridge::conclusion;
use fact_core::certificate::{Certificate, inputs, limits};
use fact_core::explain::{Context, write_unsliced};
use fact_core::narrate::narrate;
use fact_core::rationale::{Rationale, StepKind};
use fact_core::slice::Setting;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::Run;
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
    /// The whole program's run, merged and bridged without slicing: what the answer does not depend
    /// on is told too.
    Unsliced,
    /// The merged evidence and the conclusion, without inferences and bridges.
    Merge,
    /// The rationale.
    #[default]
    On,
}

impl Concise {
    /// All, from nothing to everything.
    pub const ALL: [Self; 5] = [
        Self::Off,
        Self::Slice,
        Self::Unsliced,
        Self::Merge,
        Self::On,
    ];

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Slice => "slice",
            Self::Unsliced => "unsliced",
            Self::Merge => "merge",
            Self::On => "on",
        }
    }

    /// The text of a sample, as steps and a conclusion. `None` if the sample has no rationale, or if
    /// a program is to be told that the pack at hand does not read.
    pub fn of(self, row: &ReadRow, pack: Option<&Pack>) -> Option<Rationale> {
        let rationale = row.rationale.as_ref()?;
        match self {
            Self::On => row.counted().cloned(),
            Self::Merge => Some(merged(rationale, row.certificate.as_ref()?)),
            Self::Slice => {
                let certificate = row.certificate.as_ref()?;
                rerun(certificate, &certificate.residual, pack?, told)
            }
            Self::Off => {
                let certificate = row.certificate.as_ref()?;
                rerun(certificate, &certificate.program, pack?, told)
            }
            Self::Unsliced => {
                let certificate = row.certificate.as_ref()?;
                rerun(certificate, &certificate.program, pack?, unsliced)?
            }
        }
    }

    /// The texts of a sample in the order of [`Concise::ALL`], each as [`Concise::of`] has it: no program
    /// is run twice for it.
    pub fn all_of(row: &ReadRow, pack: Option<&Pack>) -> [Option<Rationale>; Self::ALL.len()] {
        let (mut off, mut slice, mut unsliced_text) = (None, None, None);
        if let (Some(_), Some(certificate), Some(pack)) = (&row.rationale, &row.certificate, pack) {
            let both = rerun(
                certificate,
                &certificate.program,
                pack,
                |c, setting, again| (told(c, setting, again), unsliced(c, setting, again)),
            );
            if let Some((told, unsliced)) = both {
                (off, unsliced_text) = (Some(told), unsliced);
            }
            slice = match certificate.residual == certificate.program {
                true => off.clone(),
                false => rerun(certificate, &certificate.residual, pack, told),
            };
        }
        Self::ALL.map(|concise| match concise {
            Self::Off => off.take(),
            Self::Slice => slice.take(),
            Self::Unsliced => unsliced_text.take(),
            Self::Merge | Self::On => concise.of(row, pack),
        })
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

/// A program and its run.
#[derive(Clone, Copy)]
struct Again<'a> {
    program: &'a Module,
    run: &'a Run,
}

/// Runs a program of the certificate on its answers, and tells of it.
fn rerun<T>(
    certificate: &Certificate,
    source: &str,
    pack: &Pack,
    telling: impl FnOnce(&Certificate, Setting<'_>, Again<'_>) -> T,
) -> Option<T> {
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
    let again = Again {
        program: &program,
        run: &run,
    };
    Some(telling(certificate, setting, again))
}

/// Line by line.
fn told(certificate: &Certificate, setting: Setting<'_>, again: Again<'_>) -> Rationale {
    narrate(
        again.program,
        setting.pack,
        &again.run.trace,
        &certificate.images,
        &certificate.answer,
        certificate.matcher,
    )
}

/// Merged and bridged, with what the answer does not depend on.
fn unsliced(
    certificate: &Certificate,
    setting: Setting<'_>,
    again: Again<'_>,
) -> Option<Rationale> {
    let context = Context {
        question: &certificate.question,
        choices: &certificate.choices,
        answer: &certificate.answer,
        matcher: certificate.matcher,
    };
    write_unsliced(setting, again.program, again.run, context).ok()
}

impl FromStr for Concise {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|c| c.name() == name);
        known.ok_or_else(|| {
            format!("unknown `{name}`, expected one of: off, slice, unsliced, merge, on")
        })
    }
}

impl fmt::Display for Concise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
