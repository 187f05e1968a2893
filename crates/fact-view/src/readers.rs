//! Readers of the store, shared by the threads of the server.

use fact_pipeline::store::{Reader, StoreError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Readers that are kept while nobody uses them.
const KEPT: usize = 8;

/// Lends readers of one run.
pub(crate) struct Readers {
    run: PathBuf,
    idle: Mutex<Vec<Reader>>,
}

impl Readers {
    pub(crate) fn new(run: &Path) -> Self {
        Self {
            run: run.to_owned(),
            idle: Mutex::default(),
        }
    }

    /// Calls `with` with a reader.
    ///
    /// # Errors
    /// If there is none to be had, or what `with` says.
    pub(crate) fn read<T>(
        &self,
        with: impl FnOnce(&Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Nothing panics while the lock is held.
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let reader = match idle {
            Some(reader) => reader,
            None => Reader::open(&self.run)?,
        };
        let result = with(&reader);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT && result.is_ok() {
            idle.push(reader);
        }
        result
    }

    /// Forgets the idle ones: the file may be another one now (`fact run --fresh`).
    pub(crate) fn renew(&self) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
