//! Back ends behind a wire: what a caller that batches and stores their answers needs to know.
//!
//! A local [`Perception`](crate::Perception) answers while a program runs. A [`Remote`] one costs
//! time and perhaps money, so a run suspends at a missing answer, the questions of many runs are
//! asked together, and each answer is stored before it is used.

use fact_lang::tool::{Answer, ImageRef, Request};
use image::RgbImage;
use std::sync::Arc;
use std::time::Duration;

/// One image of a run, as a back end behind a wire may need it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Identity and size.
    pub image: ImageRef,
    /// Path or name, for messages and for servers that share the file system.
    pub name: Arc<str>,
    /// The encoded file.
    pub bytes: Arc<[u8]>,
    /// Its pixels.
    pub pixels: Arc<RgbImage>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The images of the run, as [`Request::image`] and region arguments index them.
    pub pictures: Arc<[Picture]>,
    /// What is asked.
    pub request: Request,
}

/// Why there is no answer, after all attempts: the question stays open.
///
/// This is about the wire and the server as a whole. A server that understood the question and
/// cannot answer it gives [`Answer::Error`], which is an outcome of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {message}")]
pub struct CallError {
    /// The server's address, without credentials.
    pub endpoint: String,
    /// What happened, and after how many attempts.
    pub message: String,
    /// Whether the same call may succeed later (the server is down or busy), as against one that
    /// it will never accept (wrong path, refused key).
    pub transient: bool,
    /// Whether it is certain that nothing was sent, so that nothing was paid for.
    pub unsent: bool,
}

/// What was spent on a back end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spent {
    /// HTTP requests that were sent.
    pub requests: u64,
    /// Of those: attempts after a failed one.
    pub retries: u64,
    /// Prompt tokens, as far as the server tells.
    pub prompt_tokens: u64,
    /// Completion tokens, as far as the server tells.
    pub completion_tokens: u64,
    /// Time spent waiting for the server, summed over concurrent requests.
    pub waited: Duration,
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.retries += other.retries;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.waited += other.waited;
    }
}

/// A back end behind a wire. Calls block; the caller brings the threads.
pub trait Remote: Send + Sync {
    /// Name, version and settings of the back end: everything that an answer depends on besides the
    /// question. Part of every cache key.
    fn fingerprint(&self) -> &str;

    /// Most questions that one [`answer`](Self::answer) takes.
    fn batch(&self) -> usize;

    /// How many calls of [`answer`](Self::answer) the server should see at once.
    fn concurrency(&self) -> usize;

    /// Asks whether questions may be sent: called before they are noted as sent, and followed by
    /// [`answer`](Self::answer) with the same questions or by [`release`](Self::release). May block.
    ///
    /// # Errors
    /// If they must not be sent, as when a budget is used up.
    fn reserve(&self, asks: &[Ask]) -> Result<(), CallError> {
        let _ = asks;
        Ok(())
    }

    /// Takes back what was reserved for questions that are not sent after all.
    fn release(&self, asks: &[Ask]) {
        let _ = asks;
    }

    /// Answers, one for each question and in their order.
    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>>;

    /// What was spent so far.
    fn spent(&self) -> Spent;
}
