//! Merge: from a trace to few sentences. Calls of one shape become one counted, quantified or
//! listed statement, and what was said is not said again.

pub mod facts;
pub mod index;
pub mod names;
pub mod sentences;

pub use sentences::{Sentence, evidence};
