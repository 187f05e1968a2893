//! Merge: from a trace to few sentences. Calls of one shape become one counted, quantified or
//! listed statement, and what was said is not said again.

mod counted;
pub(crate) mod extremes;
pub mod facts;
pub mod grounding;
pub mod index;
mod listed;
mod lists;
pub mod marks;
pub mod names;
pub(crate) mod once;
mod order;
mod pairs;
mod predicated;
pub mod sentences;
mod valued;
pub(crate) mod words;

pub use sentences::{Sentence, evidence};
