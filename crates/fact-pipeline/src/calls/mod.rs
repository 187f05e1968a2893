//! Calls of back ends behind a wire: asked together, each once, and kept before they are used.
//!
//! A program that needs an answer which nobody has yet *suspends*; the questions of many programs
//! are asked by a [`Dispatcher`], which batches them and keeps as many requests in flight as the
//! back end wants; the programs are then run again. Every answer goes through a [`CallLog`] before
//! anybody sees it, so that what was paid for is never asked again.

mod budget;
mod dispatch;
mod key;
mod turns;

pub use budget::{Budget, Purse, Used};
pub use dispatch::{AskError, Dispatcher};
pub use key::CallKey;

use fact_lang::tool::{Answer, Request};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Where answers are kept. Used by several threads at once.
pub trait CallLog: Send + Sync {
    /// The answer under `key`, if there is one.
    ///
    /// # Errors
    /// If the log cannot be read.
    fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError>;

    /// Notes that these calls are about to be sent: those without an answer after a crash may or
    /// may not have been paid for.
    ///
    /// # Errors
    /// If it cannot be written; the calls are then not sent.
    fn sending(&self, calls: &[(CallKey, &Request)]) -> Result<(), CallLogError>;

    /// Takes back that calls are about to be sent: they were not.
    ///
    /// # Errors
    /// If it cannot be written.
    fn unsent(&self, calls: &[CallKey]) -> Result<(), CallLogError>;

    /// Keeps answers.
    ///
    /// # Errors
    /// If they cannot be written; they are then not used.
    fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError>;
}

/// Why the log of calls cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallLogError(pub String);

/// A log that ends with the process.
#[derive(Debug, Default)]
pub struct MemoryLog(Mutex<BTreeMap<CallKey, Answer>>);

impl CallLog for MemoryLog {
    fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError> {
        // Nothing panics while the lock is held.
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(known.get(key).cloned())
    }

    fn sending(&self, _calls: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
        Ok(())
    }

    fn unsent(&self, _calls: &[CallKey]) -> Result<(), CallLogError> {
        Ok(())
    }

    fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, answer) in answers {
            known.insert(key.clone(), (*answer).clone());
        }
        Ok(())
    }
}
