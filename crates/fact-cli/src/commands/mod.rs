//! One module a command.

pub(crate) mod ask;
pub(crate) mod bank;
pub(crate) mod calibrate;
pub(crate) mod check;
pub(crate) mod demo;
mod derived;
pub(crate) mod exec;
#[cfg(feature = "student")]
pub(crate) mod experiment;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod metrics;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod synth;
#[cfg(feature = "student")]
pub(crate) mod teach;
pub(crate) mod transfer;
pub(crate) mod view;
