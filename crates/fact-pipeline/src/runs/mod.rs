//! Runs as wholes: which there are, what one has spent, in what two differ, what of one can go.
//!
//! Everything here but [`gc::collect`] only reads, also while a run is being written.

mod date;
pub mod diff;
pub mod gc;
mod list;

pub use diff::{Changed, Diff};
pub use list::{RunInfo, SessionInfo, Unreadable, WireInfo, list};

/// A number of bytes in words.
pub fn bytes(n: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, unit)| n >= *unit) {
        Some((name, unit)) => format!("{:.1} {name}", n as f64 / unit as f64),
        None => format!("{n} B"),
    }
}
