//! Progress of a run: a bar on a terminal, plain lines elsewhere.

use crate::message;
use fact_pipeline::engine::Tally;
use fact_pipeline::reporter::{Reporter, Silent};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two plain lines.
const EVERY: Duration = Duration::from_secs(10);

/// The reporter that fits where standard error goes.
pub(crate) fn reporter(quiet: bool) -> Box<dyn Reporter> {
    if quiet {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bar(ProgressBar::no_length()))
    } else {
        Box::new(Lines(Mutex::new(None)))
    }
}

/// A bar over images being drawn; hidden where nobody would see it.
pub(crate) fn images(count: u32, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::from(count));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} images  {eta} left") {
        bar.set_style(style);
    }
    bar
}

struct Bar(ProgressBar);

impl Reporter for Bar {
    fn started(&self, samples: u64, done: u64) {
        let style = ProgressStyle::with_template(
            "{bar:30} {pos}/{len} samples  {per_sec}  {eta} left  {msg}",
        );
        if let Ok(style) = style {
            self.0.set_style(style);
        }
        self.0.set_length(samples);
        // Only what this session does counts for the rate.
        self.0.set_position(done);
        self.0.reset_eta();
        self.0.enable_steady_tick(Duration::from_millis(200));
    }

    fn noted(&self, message: &str) {
        self.0.suspend(|| message::note(message));
    }

    fn progressed(&self, tally: &Tally) {
        self.0.set_position(tally.done);
        self.0.set_message(format!("{} accepted", tally.accepted));
    }

    fn warned(&self, message: &str) {
        self.0
            .suspend(|| message::note(&format!("warning: {message}")));
    }

    fn finished(&self) {
        self.0.finish_and_clear();
    }
}

/// When the session began, when it last told, what was done before it.
struct Told {
    began: Instant,
    last: Instant,
}

struct Lines(Mutex<Option<Told>>);

impl Reporter for Lines {
    fn started(&self, samples: u64, done: u64) {
        let now = Instant::now();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Told {
            began: now,
            last: now,
        });
        let done = match done {
            0 => String::new(),
            n => format!(", {n} of them done before"),
        };
        message::note(&format!("{samples} samples{done}"));
    }

    fn noted(&self, message: &str) {
        message::note(message);
    }

    fn progressed(&self, tally: &Tally) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(told) = told.as_mut().filter(|t| t.last.elapsed() >= EVERY) else {
            return;
        };
        told.last = Instant::now();
        let rate = tally.session as f64 / told.began.elapsed().as_secs_f64();
        let left = (tally.total - tally.done) as f64 / rate;
        message::note(&format!(
            "{}/{} samples, {rate:.0}/s, {left:.0} s left, {} accepted",
            tally.done, tally.total, tally.accepted
        ));
    }

    fn warned(&self, message: &str) {
        message::note(&format!("warning: {message}"));
    }
}
