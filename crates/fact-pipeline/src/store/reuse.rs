//! Answers that another run has paid for.

use super::calls::Calls;
use super::{Reader, StoreError};
use crate::calls::{CallKey, CallLog, CallLogError};
use fact_lang::tool::{Answer, Request};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A run's log of calls that also knows what other runs were answered. An answer of theirs is copied
/// into the run's own store when it is used, so that the store stands for itself.
#[derive(Debug)]
pub struct Reuse {
    own: Calls,
    others: Vec<Mutex<Reader>>,
}

impl Reuse {
    /// The log `own` over the stores of the runs in `folders`.
    ///
    /// # Errors
    /// If one of them holds no run, or one of another version.
    pub fn new(own: Calls, folders: &[PathBuf]) -> Result<Self, StoreError> {
        let open = |folder: &PathBuf| Reader::open(folder).map(Mutex::new);
        Ok(Self {
            own,
            others: folders.iter().map(open).collect::<Result<_, _>>()?,
        })
    }
}

impl Reuse {
    /// Whether an answer is there, in the run or in the others. Nothing is taken over.
    pub(crate) fn knows(&self, key: &CallKey) -> Result<bool, CallLogError> {
        if self.own.answered(key)?.is_some() {
            return Ok(true);
        }
        for other in &self.others {
            let other = other.lock().unwrap_or_else(PoisonError::into_inner);
            let found = other.answered_call(key.as_str());
            if found.map_err(|e| CallLogError(e.to_string()))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl CallLog for Reuse {
    fn answered(&self, key: &CallKey) -> Result<Option<Answer>, CallLogError> {
        if let Some(answer) = self.own.answered(key)? {
            return Ok(Some(answer));
        }
        for other in &self.others {
            // Reading leaves nothing half done.
            let other = other.lock().unwrap_or_else(PoisonError::into_inner);
            let found = other.answered_call(key.as_str());
            if let Some(call) = found.map_err(|error| CallLogError(error.to_string()))? {
                self.own.adopt(key, call)?;
                return self.own.answered(key);
            }
        }
        Ok(None)
    }

    fn sending(&self, calls: &[(CallKey, &Request)]) -> Result<(), CallLogError> {
        self.own.sending(calls)
    }

    fn unsent(&self, calls: &[CallKey]) -> Result<(), CallLogError> {
        self.own.unsent(calls)
    }

    fn keep(&self, answers: &[(CallKey, &Answer)]) -> Result<(), CallLogError> {
        self.own.keep(answers)
    }
}
