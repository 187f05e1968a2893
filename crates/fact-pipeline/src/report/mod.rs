//! Reports of a run, derived from its store, so that an interrupted and resumed run has the same as
//! an undisturbed one.
//!
//! [`Report`] is the stage report: for each proposer a funnel ([`Funnel`]), for each way to be lost
//! how often and three examples ([`Loss`]), what it cost ([`Cost`]), and how long the rationales are
//! ([`Lengths`]). [`data_errors`] lists what is wrong with the data set itself. [`page`] shows a run in
//! a browser.

mod confidence;
mod cost;
pub mod data_errors;
mod example;
mod funnel;
mod lengths;
mod losses;
pub mod page;
mod text;

pub use confidence::Confidence;
pub use cost::{CallCost, Cost, PerRationale, Spending};
pub use example::Example;
pub use funnel::{Candidates, Funnel, Questions, Samples};
pub use lengths::{Bin, Lengths, Slicing, TextLengths, Tokens};
pub use losses::Loss;

use crate::store::{Reader, ReviewCounts, StoreError};
use crate::transfer::{Effect, effects};
use fact_core::metrics::Resampling;
use serde::Serialize;

/// How far questions, candidates and samples came, and why no further; `docs/formats.md` says what
/// each number means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// One funnel per proposer, in the order of the configuration.
    pub proposers: Vec<Funnel>,
    /// Why samples have no rationale: with the rationales, these are all samples.
    pub losses: Vec<Loss>,
    /// How far confidence can be trusted; absent where no sibling was hidden that could tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// How much the rationales help verifiers; absent if none was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transfer: Vec<Effect>,
    /// What the rationales cost.
    pub cost: Cost,
    /// How long they are; `None` if there is none.
    pub lengths: Option<Lengths>,
    /// What people said of its samples; absent if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<ReviewCounts>,
}

impl Report {
    /// From a store.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(reader: &Reader) -> Result<Self, StoreError> {
        let mut proposers = funnel::Funnels::of(reader)?;
        proposers.read_candidates(reader)?;
        let losses = proposers.read_samples(reader)?;
        Ok(Self {
            proposers: proposers.done(),
            losses,
            confidence: Confidence::read(reader)?,
            transfer: effects(reader, Resampling::default())?,
            cost: Cost::read(reader)?,
            lengths: Lengths::read(reader)?,
            reviews: reader.review_counts()?,
        })
    }

    /// The report without what depends on how the run went: how often questions were sent again
    /// after an interruption. Reviews are no finding of the run either.
    #[must_use]
    pub fn settled(mut self) -> Self {
        for call in &mut self.cost.calls {
            call.sent = None;
        }
        self.reviews = None;
        self
    }
}
