//! The stages of a run, in their order: execute, verify, choose, explain (propose is
//! [`crate::proposers`]).
//!
//! Each works on one group of samples at a time and touches nothing but its arguments; the engine
//! drives them. [`agreement`] compares a data set with its own annotations, beside the stages.

pub mod agreement;
mod annotation;
pub mod choose;
pub mod execute;
pub mod explain;
pub mod judge;
pub mod probe;
pub mod verify;

pub use agreement::{Agreement, Checker};
pub use annotation::AnnotationError;
pub use choose::{Board, Choice};
pub(crate) use execute::picture;
pub use execute::{Executed, Looks, Material, Perceiver, PrepareError, Prepared, Seen, execute};
pub use verify::Attempt;
