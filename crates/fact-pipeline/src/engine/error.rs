//! Why a run did not happen or did not finish.

use super::IndexError;
use crate::back_end::BackEndError;
use crate::bridge::OpenBridgeError;
use crate::calibration::CalibrationError;
use crate::calls::AskError;
use crate::datasets::{OpenError, RecordError};
use crate::packs::PackLoadError;
use crate::proposers::OpenProposerError;
use crate::stages::PrepareError;
use crate::store::StoreError;

/// Why a run did not happen or did not finish.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data set cannot be opened.
    #[error(transparent)]
    Data(#[from] OpenError),
    /// The first pass over the data set failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The pack cannot be loaded.
    #[error(transparent)]
    Pack(#[from] PackLoadError),
    /// A proposer cannot be used.
    #[error(transparent)]
    Proposer(#[from] OpenProposerError),
    /// The bridge cannot be used.
    #[error(transparent)]
    OpenBridge(#[from] OpenBridgeError),
    /// A call of the bridge's model has no answer. All else of the run is in the store.
    #[error("the language model that writes rationales anew has no answer: {0}")]
    Bridge(AskError),
    /// The confidence cannot be calibrated.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is malformed, and the run is strict.
    #[error("{0} (the run is strict)")]
    Record(RecordError),
    /// A sample cannot be looked at, and the run is strict.
    #[error("sample `{id}`: {error} (the run is strict)")]
    Sample {
        /// The sample.
        id: String,
        /// Why.
        error: PrepareError,
    },
    /// The perception back end cannot be used.
    #[error(transparent)]
    BackEnd(#[from] BackEndError),
    /// A call of a back end has no answer.
    #[error("the perception has no answer: {0}")]
    Ask(#[from] AskError),
    /// The budget has no room for the next question to a language model; the bound, in words.
    #[error("the budget is used up: the next question could go beyond {0}")]
    Budget(String),
    /// A call of a proposer's back end has no answer.
    #[error("the language model has no answer: {0}")]
    Propose(AskError),
    /// A thread cannot be started.
    #[error("cannot start a worker thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl RunError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Pack(e) => e.hint(),
            Self::Proposer(e) => e.hint(),
            Self::Calibration(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Record(_) | Self::Sample { .. } => {
                Some("without --strict it is counted and skipped".into())
            }
            Self::Index(e) => e.hint(),
            Self::BackEnd(e) => e.hint(),
            Self::Ask(e) | Self::Propose(e) | Self::Bridge(e) => e.hint(),
            // Their messages carry their hints.
            Self::Data(_) | Self::OpenBridge(_) => None,
            Self::Budget(_) => Some(
                "raise max_requests, max_total_tokens or max_cost; the same command goes on from \
                 there"
                    .into(),
            ),
            Self::Thread(_) => Some("use fewer --threads".into()),
        }
    }
}
