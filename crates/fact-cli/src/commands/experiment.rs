//! `fact experiment`.

use crate::args::ExperimentArgs;
use crate::interrupt;
use crate::message::{self, INTERRUPTED, Outcome};
use fact_pipeline::students::experiment::{Circumstances, Experiment, Means, Watch, conduct};
use fact_pipeline::students::{Line, Losses, Progress};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells of an experiment: a line a stage and a validation, since several trainings go on at once.
struct Told {
    quiet: bool,
    stop: Arc<AtomicBool>,
}

/// Tells of one training.
struct Training {
    name: String,
    quiet: bool,
    stop: Arc<AtomicBool>,
}

impl Watch for Told {
    fn stage(&self, what: &str) {
        if !self.quiet {
            message::note(what);
        }
    }

    fn cell(&self, name: &str, number: usize, of: usize) -> Box<dyn Progress + '_> {
        Box::new(Training {
            name: format!("[{number}/{of}] {name}"),
            quiet: self.quiet,
            stop: self.stop.clone(),
        })
    }
}

impl Progress for Training {
    fn started(&self, parameters: usize, steps: u64, done: u64) {
        if !self.quiet {
            let name = &self.name;
            message::note(&format!(
                "{name}: {parameters} parameters, {done} of {steps} steps done"
            ));
        }
    }

    fn stepped(&self, _: u64, _: &Losses, _: f64) {}

    fn validated(&self, line: &Line) {
        if !self.quiet {
            let right = line.right.unwrap_or_default() * 100.0;
            message::note(&format!(
                "{}: step {}, {right:.1} % right, loss {:.3}, {:.0} s",
                self.name, line.step, line.loss, line.seconds
            ));
        }
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

pub(crate) fn main(args: ExperimentArgs) -> Outcome {
    let experiment = Experiment::read(&args.file)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let file = args.file.file_name().unwrap_or_default().to_string_lossy();
    let circumstances = Circumstances {
        // Without folders: they are this machine's.
        command: format!("fact experiment {file}"),
        version: env!("CARGO_PKG_VERSION").into(),
        hardware: format!("{}, {cores} cores", processor()),
        date: today(),
    };
    let told = Told {
        quiet: args.quiet,
        stop: interrupt::stop_flag(),
    };
    let means = Means {
        jobs: args.jobs.map_or(cores, usize::from),
        #[cfg(feature = "student-wgpu")]
        place: super::teach::place(args.gpu),
        #[cfg(not(feature = "student-wgpu"))]
        place: fact_pipeline::students::Place::Cpu,
    };
    let stop = told.stop.clone();
    let conducted = conduct(&experiment, &args.out, means, &circumstances, &told, &stop)?;
    if let Some(table) = &conducted.table {
        let (done, table) = (conducted.done, table.display());
        message::say(&format!("{done} trainings, tables in {table}\n"))?;
    }
    if conducted.complete {
        return Ok(ExitCode::SUCCESS);
    }
    message::note("stopped before the end; the same command goes on");
    Ok(ExitCode::from(INTERRUPTED))
}

/// What the system calls the processor; its architecture where it does not tell.
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    });
    name.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// The day in UTC, `YYYY-MM-DD`.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    let (year, month, day) = civil(days);
    format!("{year}-{month:02}-{day:02}")
}

/// Year, month and day of a number of days since 1970 (Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let (era, of_era) = (z / 146_097, z % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_are_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_454), (2026, 1, 1));
    }
}
