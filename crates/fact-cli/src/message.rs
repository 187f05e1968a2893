//! What the program says: results on standard output, everything else on standard error.

use fact_pipeline::Spent;
use fact_pipeline::synth::SynthError;
use fact_pipeline::terminal;
use std::fmt::Display;
use std::io::{self, Write};

/// Exit code: a check rejected something.
pub(crate) const REJECTED: u8 = 1;
/// Exit code: wrong usage, or the system refused.
pub(crate) const FAILED: u8 = 2;
/// Exit code: a budget was used up.
pub(crate) const OUT_OF_BUDGET: u8 = 3;
/// Exit code: stopped by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command ended early: what and where, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
}

/// What a command returns.
pub(crate) type Outcome = Result<std::process::ExitCode, Failure>;

impl Failure {
    /// From an error and its hint.
    pub(crate) fn new(error: impl Display, hint: Option<String>) -> Self {
        Self {
            message: error.to_string(),
            hint,
        }
    }

    /// Writes it to standard error.
    pub(crate) fn tell(&self) {
        note(&format!("error: {}", self.message));
        if let Some(hint) = &self.hint {
            note(&format!("hint: {hint}"));
        }
    }
}

macro_rules! failures {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                let hint = error.hint();
                Self::new(error, hint)
            }
        })+
    };
}

failures!(
    fact_pipeline::ask::AskError,
    fact_pipeline::back_end::BackEndError,
    fact_pipeline::config::ConfigError,
    fact_pipeline::check::CheckError,
    fact_pipeline::engine::RunError,
    fact_pipeline::calibrate::CalibrateError,
    fact_pipeline::calibration::CalibrationError,
    fact_pipeline::exec::ExecError,
    fact_pipeline::exec::batch::BatchError,
    fact_pipeline::export::ExportError,
    fact_pipeline::metrics::MetricsError,
    fact_pipeline::packs::PackLoadError,
    fact_pipeline::report::data_errors::DataErrorsError,
    fact_pipeline::runs::gc::GcError,
    fact_pipeline::proposers::bank::BankError,
    fact_pipeline::proposers::bank::TrialError,
    fact_pipeline::show::ShowError,
    fact_pipeline::store::StoreError,
    fact_pipeline::transfer::TransferError,
    fact_view::ViewError,
);

#[cfg(feature = "student")]
failures!(fact_pipeline::students::StudentError);

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error, None)
    }
}

impl From<SynthError> for Failure {
    fn from(error: SynthError) -> Self {
        // The message says where; its source says why.
        match std::error::Error::source(&error) {
            Some(why) => Self::new(format!("{error}: {why}"), None),
            None => Self::new(error, None),
        }
    }
}

/// Writes a line to standard error, made safe for the terminal. There is nobody to tell if that
/// fails.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", terminal::lines(text));
}

/// Tells what was spent on a back end behind a wire.
pub(crate) fn spent(what: &str, spent: Option<Spent>) {
    let Some(spent) = spent else { return };
    let Spent {
        requests, retries, ..
    } = spent;
    let tokens = match (spent.prompt_tokens, spent.completion_tokens) {
        (0, 0) => String::new(),
        (prompt, completion) => format!(", {prompt} prompt and {completion} completion tokens"),
    };
    note(&format!(
        "{what}: {requests} requests ({retries} of them repeated), {:.1} s waited for them{tokens}",
        spent.waited.as_secs_f64(),
    ));
}

/// Writes a text to standard output as it is.
///
/// # Errors
/// If it cannot be written; a reader that left (as `head` does) is no error.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            format!("cannot write to standard output: {e}"),
            None,
        )),
        _ => Ok(()),
    }
}
