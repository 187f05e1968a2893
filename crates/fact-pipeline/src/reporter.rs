//! How the library tells of its progress: it never prints.

use crate::engine::Tally;

/// Told of progress. Called from the thread that runs the engine; a call should return quickly.
pub trait Reporter: Send + Sync {
    /// The data set was looked through: `samples` will be worked on, `done` of them are in the
    /// store from an earlier session.
    fn started(&self, samples: u64, done: u64) {
        let _ = (samples, done);
    }

    /// Something worth knowing before the work begins.
    fn noted(&self, message: &str) {
        let _ = message;
    }

    /// A group of samples was committed.
    fn progressed(&self, tally: &Tally) {
        let _ = tally;
    }

    /// Something the user should know, which stops nothing.
    fn warned(&self, message: &str) {
        let _ = message;
    }

    /// The engine is done, or was stopped.
    fn finished(&self) {}
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {}
