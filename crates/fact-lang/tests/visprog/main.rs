//! VisProg steps: what they give, what they ask, what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod eval;
mod golden;
mod hostile;
mod refused;
mod scene;
