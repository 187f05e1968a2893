//! Groups that are done about together, so that they are written together.
//!
//! A transaction writes every page that it touches, twice (into the log, and from there into the file).
//! Groups one by one touch the same pages again and again: the last page of each table, and the way to it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long the first waits for others.
const WAIT: Duration = Duration::from_millis(250);
/// Most groups of a batch: what is not written yet is in memory.
const MOST: usize = 512;

/// What is done, in the order it came: the next that comes, and those that come soon after it. An error
/// ends the batch at once. `None` at the end.
pub(super) fn gather<T, E>(receiver: &Receiver<Result<T, E>>) -> Option<(Vec<T>, Option<E>)> {
    let mut done = Vec::new();
    let mut next = receiver.recv().map_err(|_| RecvTimeoutError::Disconnected);
    let until = Instant::now() + WAIT;
    loop {
        match next {
            Ok(Ok(one)) => done.push(one),
            Ok(Err(error)) => return Some((done, Some(error))),
            Err(_) if done.is_empty() => return None,
            Err(_) => return Some((done, None)),
        }
        if done.len() == MOST {
            return Some((done, None));
        }
        next = receiver.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn batches_are_bounded_and_end_at_an_error() {
        let (sender, receiver) = channel::<Result<usize, &str>>();
        for i in 0..MOST + 2 {
            sender.send(Ok(i)).unwrap();
        }
        sender.send(Err("broken")).unwrap();
        sender.send(Ok(7)).unwrap();
        drop(sender);
        let (first, error) = gather(&receiver).unwrap();
        assert_eq!((first.len(), first.last()), (MOST, Some(&(MOST - 1))));
        assert_eq!(error, None);
        assert_eq!(
            gather(&receiver),
            Some((vec![MOST, MOST + 1], Some("broken")))
        );
        assert_eq!(gather(&receiver), Some((vec![7], None)));
        assert_eq!(gather(&receiver), None);
    }
}
