//! Ctrl-C: the first finishes what is in flight, the second exits at once.

use crate::message;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set at the first Ctrl-C.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    let set = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(message::INTERRUPTED));
        }
        message::note("stopping: finishing what is in flight; Ctrl-C again stops at once");
    });
    if let Err(error) = set {
        // The run still works; Ctrl-C then ends it as a kill would, which loses no committed work.
        message::note(&format!("warning: Ctrl-C stops at once: {error}"));
    }
    stop
}
