//! Verification: how far a program's right answer is more than luck.
//!
//! | level | a program reaches it on a sample when |
//! |---|---|
//! | V0 | it runs: it returns a value |
//! | V1 | its answer to the sample is right |
//! | V2 | it is also right on every sibling sample, of which at least one shows another scene |
//! | V3 | without siblings: its [`confidence`] is at least what the run asks for |
//!
//! V0 to V2 are counted ([`level`]). V3 is judged, from what can be seen without any further label:
//! how the candidates of a question behave on other scenes, and who agrees with whom
//! ([`behaviour`]); which words of the question their programs account for ([`coverage`]); whether
//! phrases mean in them what they mean elsewhere ([`phrases`]). A fitted model makes one probability
//! of it. `docs/verification.md` tells more.

pub mod behaviour;
pub mod calibration;
pub mod confidence;
pub mod content;
pub mod coverage;
pub mod fit;
pub mod level;
pub mod phrases;
pub mod world;

pub use level::{Level, Standing, Trial, Verdict};
