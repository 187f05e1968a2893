//! Data set readers, proposers, stages, run store, export and reports of Fact.

pub mod datasets;
pub mod proposers;
pub mod synth;
