//! Being laid out.

pub mod proposers;
