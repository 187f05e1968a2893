//! Data sets, proposers, stages, run store, export and reports of Fact.
//!
//! In the order data flows:
//!
//! | module | owns |
//! |---|---|
//! | [`datasets`] | files → samples |
//! | [`proposers`] | questions → candidate programs |
//! | [`calls`] | questions to back ends behind a wire: batched, each once, kept |
//! | [`stages`] | execute, verify, choose, explain: one group of samples at a time |
//! | [`engine`] | drives the stages over a data set |
//! | [`store`] | the run in SQLite |
//! | [`runs`] | runs as wholes: list, differences, what can go |
//! | [`mod@transfer`] | asks verifier models with and without rationales |
//! | [`export`] | files for people and trainers |
//! | [`report`] | what a run found, for people |
//! | [`metrics`] | prediction files of benchmarks → their official measures |
//! | `students` | rows of exports → trained students and their predictions (feature `student`) |
//!
//! [`ask`] is one question about one image. [`config`] says what a run does, [`reporter`] how it tells of its progress, [`packs`] which API
//! programs have, [`terminal`] how foreign text is shown. Nothing here prints or reads flags.

pub mod ask;
pub mod back_end;
pub mod bridge;
pub mod calibrate;
pub mod calibration;
pub mod calls;
pub mod check;
pub mod concise;
pub mod config;
pub mod datasets;
pub mod engine;
pub mod exec;
pub mod export;
pub mod metrics;
pub mod packs;
pub mod proposers;
pub mod report;
pub mod reporter;
pub mod runs;
pub mod schema;
pub mod show;
pub mod stages;
pub mod store;
#[cfg(feature = "student")]
pub mod students;
pub mod summary;
pub mod synth;
pub mod terminal;
pub mod trace_text;
pub mod transfer;

pub use fact_core::style;
pub use fact_models::remote::Spent;
