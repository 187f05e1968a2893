//! Data set readers, proposers, stages, run store and export of Fact.

pub mod datasets;
pub mod proposers;
