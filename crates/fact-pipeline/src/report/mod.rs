//! Reports of a run, derived from its store, so that an interrupted and resumed run has the same as
//! an undisturbed one.

pub mod data_errors;
