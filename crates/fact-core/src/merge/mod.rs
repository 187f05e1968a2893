//! Merge: from a trace to few sentences. Calls of one shape become one counted, quantified or
//! listed statement, and what was said is not said again.

mod counted;
pub mod facts;
pub mod grounding;
pub mod index;
pub mod names;
mod pairs;
mod predicated;
pub mod sentences;
mod valued;
pub(crate) mod words;

pub use sentences::{Sentence, evidence};
