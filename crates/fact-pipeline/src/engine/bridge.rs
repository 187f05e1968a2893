//! The last stage: a language model writes the rationales of the run anew.
//!
//! It works on what the store holds when all rounds are done, a rationale at a time, so that a run
//! whose bridge changes does nothing else again.

use super::desk::{AtDesk, used};
use super::workers::{Crew, each};
use super::{Finished, RunError, Setup};
use crate::bridge::Bridge;
use crate::calls::AskError;
use crate::reporter::Reporter;
use crate::store::{Reader, Reuse, Role, Writer};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

/// Bridges what is not bridged; nothing where the rules alone write.
pub(super) fn bridge(
    setup: &Setup,
    writer: &mut Writer,
    reporter: &dyn Reporter,
    stop: &AtomicBool,
    finished: &mut Finished,
) -> Result<(), RunError> {
    let leaves =
        writer.bridged_by_others(setup.bridge.as_ref().map(|b| b.fingerprint()).as_deref())?;
    if leaves > 0 {
        reporter.noted(&format!(
            "bridge: {leaves} texts of another bridge are taken out; its answers stay stored"
        ));
    }
    let Some(bridge) = &setup.bridge else {
        return writer.keep_bridge(None).map_err(RunError::Store);
    };
    writer.keep_bridge(Some(&bridge.fingerprint()))?;
    let open = writer.unbridged()?;
    if open.is_empty() {
        return Ok(());
    }
    let total = open.len();
    reporter.noted(&format!(
        "bridge: {total} rationales are {total} requests, and at most as many again"
    ));
    let config = &setup.config;
    let fingerprint = bridge.remote().fingerprint();
    let log = Reuse::new(writer.calls(fingerprint)?, &config.reuse)?;
    let spent = used(&Reader::open(&config.out)?, fingerprint)?;
    let mut desk = AtDesk::start(bridge.remote(), &config.llm, Box::new(log), spent)?;
    let worked = work(setup, bridge, &desk, writer, stop, open);
    desk.dispatcher.close();
    let spent = desk.dispatcher.spent();
    writer.add_wire(Role::Bridge, fingerprint, spent)?;
    finished.bridging = Some(spent);
    match (worked, desk.exhausted()) {
        (Ok(done), _) => finished.complete = done == total,
        (Err(RunError::Bridge(AskError::Call(_))), Some(bound)) => {
            finished.complete = false;
            finished.budget = Some(RunError::Budget(bound.to_owned()).to_string());
        }
        (Err(error), _) => return Err(error),
    }
    Ok(())
}

/// Asks for each of `open`, and returns how many are done: fewer if the run was stopped.
fn work(
    setup: &Setup,
    bridge: &Bridge,
    desk: &AtDesk,
    writer: &mut Writer,
    stop: &AtomicBool,
    open: Vec<u64>,
) -> Result<usize, RunError> {
    let crew = Crew {
        name: "fact-bridge",
        workers: bridge.remote().concurrency(),
        stop,
    };
    let reader = Mutex::new(Reader::open(&setup.config.out)?);
    each(
        &crew,
        open,
        |ordinal, halted| {
            let shown = {
                // Reading leaves nothing half done.
                let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                reader.to_bridge(ordinal)?
            };
            match bridge.rewrite(ordinal, &shown, &desk.dispatcher, halted) {
                // It is done by the next session, from the answers kept.
                Err(AskError::Stopped) => Ok(None),
                row => row.map(Some).map_err(RunError::Bridge),
            }
        },
        |row| Ok(writer.keep_bridged(&row)?),
    )
}
