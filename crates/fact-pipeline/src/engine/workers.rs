//! Work that waits: many threads do it, one keeps what comes of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

/// Who works.
pub(crate) struct Crew<'a> {
    /// Name of the threads.
    pub(crate) name: &'static str,
    /// How many; one for each item is enough.
    pub(crate) workers: usize,
    /// Ends the work when it becomes true.
    pub(crate) stop: &'a AtomicBool,
}

/// Does `one` for each of `items`, and `keep`s what comes of it, in this thread and in any order.
/// `one` is told how to see whether to go on, and returns `None` for what is left open because it
/// is not. Returns how many are kept: fewer than there are items if the work was stopped.
///
/// # Errors
/// The first that occurs; what is in flight then is kept all the same, if it is good.
pub(crate) fn each<I: Send, R: Send, E: Send + From<std::io::Error>>(
    crew: &Crew<'_>,
    items: Vec<I>,
    one: impl Fn(I, &dyn Fn() -> bool) -> Result<Option<R>, E> + Sync,
    mut keep: impl FnMut(R) -> Result<(), E>,
) -> Result<usize, E> {
    let cancelled = AtomicBool::new(false);
    let halted = || crew.stop.load(Ordering::Relaxed) || cancelled.load(Ordering::Relaxed);
    let workers = crew.workers.clamp(1, items.len().max(1));
    let items = Mutex::new(items.into_iter());
    let (sender, receiver) = mpsc::sync_channel::<Result<R, E>>(2 * workers);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (one, items, halted) = (&one, &items, &halted);
            std::thread::Builder::new()
                .name(crew.name.into())
                .spawn_scoped(scope, move || {
                    while !halted() {
                        // A poisoned lock means that a worker panicked: that panic ends the work.
                        let next = items.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(item) = next else { break };
                        let Some(result) = one(item, halted).transpose() else {
                            break;
                        };
                        if sender.send(result).is_err() {
                            break;
                        }
                    }
                })
                .map_err(|e| {
                    cancelled.store(true, Ordering::Relaxed);
                    E::from(e)
                })?;
        }
        drop(sender);
        let mut done = 0;
        let mut result = Ok(());
        for item in receiver {
            match item.and_then(&mut keep) {
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
