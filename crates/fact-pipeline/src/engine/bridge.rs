//! The last stage: a language model writes the rationales of the run anew.
//!
//! It works on what the store holds when all rounds are done, a rationale at a time, so that a run
//! whose bridge changes does nothing else again.

use super::propose::AtDesk;
use super::{Finished, RunError, Setup, used};
use crate::bridge::Bridge;
use crate::calls::AskError;
use crate::reporter::Reporter;
use crate::store::{BridgeRow, Reader, Reuse, Writer};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

/// Bridges what is not bridged; nothing where the rules alone write.
pub(super) fn bridge(
    setup: &Setup,
    writer: &mut Writer,
    reporter: &dyn Reporter,
    stop: &AtomicBool,
    finished: &mut Finished,
) -> Result<(), RunError> {
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
    let spent = used(&config.out, fingerprint)?;
    let desk = AtDesk::start(bridge.remote(), &config.llm, Box::new(log), spent)?;
    let worked = work(setup, bridge, &desk, writer, stop, open);
    finished.bridging = Some(desk.dispatcher.spent());
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
    let cancelled = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || cancelled.load(Ordering::Relaxed);
    let workers = bridge.remote().concurrency().clamp(1, open.len().max(1));
    let reader = Mutex::new(Reader::open(&setup.config.out)?);
    let open = Mutex::new(open.into_iter());
    let (sender, receiver) = mpsc::sync_channel::<Result<BridgeRow, RunError>>(2 * workers);
    let one = |ordinal: u64| -> Result<BridgeRow, RunError> {
        // A poisoned lock means that a reader panicked: that panic ends the run anyway.
        let shown = {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.to_bridge(ordinal)?
        };
        bridge
            .rewrite(ordinal, &shown, &desk.dispatcher, &halted)
            .map_err(RunError::Bridge)
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (one, open, halted) = (&one, &open, &halted);
            std::thread::Builder::new()
                .name("fact-bridge".into())
                .spawn_scoped(scope, move || {
                    while !halted() {
                        let next = open.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(ordinal) = next else { break };
                        let row = match one(ordinal) {
                            // It is done by the next session, from the answers kept.
                            Err(RunError::Bridge(AskError::Stopped)) => break,
                            row => row,
                        };
                        if sender.send(row).is_err() {
                            break;
                        }
                    }
                })
                .map_err(|e| {
                    cancelled.store(true, Ordering::Relaxed);
                    RunError::Thread(e)
                })?;
        }
        drop(sender);
        let mut done = 0;
        let mut result = Ok(());
        for row in receiver {
            // What is in flight when something fails is kept all the same, if it is good.
            let kept = row.and_then(|row| Ok(writer.keep_bridged(&row)?));
            match kept {
                Ok(()) => done += 1,
                Err(error) => {
                    cancelled.store(true, Ordering::Relaxed);
                    if result.is_ok() {
                        result = Err(error);
                    }
                }
            }
        }
        result.map(|()| done)
    })
}
