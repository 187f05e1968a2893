//! Proposers: from a question to candidate programs.

pub mod bank;
pub mod gold;
