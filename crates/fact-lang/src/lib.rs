//! The visual-program language of Fact.
//!
//! Generated programs are small Python functions over a perception API. This crate parses them,
//! runs them in a sandbox with a full dependence trace, and suspends when an answer of perception
//! is missing. It does no I/O and knows no clock, no randomness and no threads: a run is a pure
//! function of (program, inputs, answers).
//!
//! In the order data flows: [`syntax`] (text → [`ast`]) → [`run`] (with a [`pack`], asking
//! [`tool`]s) → [`trace`].

pub mod ast;
mod interp;
pub mod pack;
pub mod pytext;
pub mod run;
pub mod syntax;
pub mod tool;
pub mod trace;
