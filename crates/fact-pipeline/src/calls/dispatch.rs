//! The dispatcher: many askers, few connections, each question sent once.

use super::{CallKey, CallLog, CallLogError};
use fact_lang::tool::Answer;
use fact_models::remote::{Ask, CallError, Remote, Spent};
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a waiting asker looks whether it should stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AskError {
    /// The back end could not be asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The back end failed this question again and again, while it answered others.
    #[error("{0}; other questions were answered meanwhile")]
    Alone(CallError),
    /// The answer could not be kept, so it is not used.
    #[error(transparent)]
    Log(#[from] CallLogError),
    /// The asker was told to stop. What was sent is still received and kept.
    #[error("stopped while waiting for answers")]
    Stopped,
}

impl AskError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Call(CallError {
                transient: true, ..
            }) => Some(
                "see that the server is up; what was answered is kept, and the same command goes on \
                 from there"
                    .into(),
            ),
            Self::Alone(_) => Some("the same command asks again".into()),
            Self::Call(_) => Some(
                "see the message; what was answered is kept, and the same command goes on from there"
                    .into(),
            ),
            Self::Log(_) => Some("check free disk space and permissions".into()),
            Self::Stopped => None,
        }
    }
}

type Reply = (usize, Result<Answer, AskError>);

/// A question with those who wait for its answer.
struct Job {
    key: CallKey,
    ask: Ask,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// Who waits for what, from the moment of queueing until the answer is kept.
    waiting: BTreeMap<CallKey, Vec<(usize, Sender<Reply>)>>,
    closed: bool,
}

struct Shared {
    remote: Arc<dyn Remote>,
    log: Box<dyn CallLog>,
    state: Mutex<State>,
    queued: Condvar,
    /// Held from taking a question until it is reserved: reservations come in the queue's order.
    turn: Mutex<()>,
    /// Calls that brought answers.
    good: AtomicU64,
}

/// Sends questions to a back end: batched, with as many requests in flight as it wants, equal
/// questions once.
///
/// Dropping it discards what was not sent, and waits for what was, so that it is kept.
pub struct Dispatcher {
    shared: Arc<Shared>,
    senders: Vec<JoinHandle<()>>,
}

impl Dispatcher {
    /// Starts as many senders as the back end wants calls in flight.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub fn new(remote: Arc<dyn Remote>, log: Box<dyn CallLog>) -> std::io::Result<Self> {
        let concurrency = remote.concurrency().max(1);
        let mut dispatcher = Self {
            shared: Arc::new(Shared {
                remote,
                log,
                state: Mutex::default(),
                queued: Condvar::new(),
                turn: Mutex::new(()),
                good: AtomicU64::new(0),
            }),
            senders: Vec::with_capacity(concurrency),
        };
        for _ in 0..concurrency {
            let shared = dispatcher.shared.clone();
            let sender = std::thread::Builder::new()
                .name("fact-sender".into())
                .spawn(move || shared.send_until_closed())?;
            dispatcher.senders.push(sender);
        }
        Ok(dispatcher)
    }

    /// The back end.
    pub fn remote(&self) -> &dyn Remote {
        &*self.shared.remote
    }

    /// What was spent on the back end by this process.
    pub fn spent(&self) -> Spent {
        self.shared.remote.spent()
    }

    /// The answers to `asks`, in their order: from the log, or else from the back end, each kept in
    /// the log before it is returned. Blocks; `halted` is looked at while waiting.
    ///
    /// # Errors
    /// The first that occurs; the other answers are kept all the same.
    pub fn ask_all(
        &self,
        asks: Vec<Ask>,
        halted: &dyn Fn() -> bool,
    ) -> Result<Vec<Answer>, AskError> {
        let (sender, replies) = mpsc::channel();
        let mut answers: Vec<Option<Answer>> = vec![None; asks.len()];
        let mut open = 0;
        {
            // Under one lock, so that the questions of one asker stand together in the queue: a
            // language model finds the prompt of its next sample in its cache.
            let mut state = self.shared.state();
            for (i, ask) in asks.into_iter().enumerate() {
                if halted() {
                    return Err(AskError::Stopped);
                }
                answers[i] = self.enqueue(&mut state, i, ask, &sender)?;
                open += usize::from(answers[i].is_none());
            }
        }
        while open > 0 {
            // Also while answers come in without a pause.
            if halted() {
                return Err(AskError::Stopped);
            }
            match replies.recv_timeout(PATIENCE) {
                Ok((i, Ok(answer))) => {
                    answers[i] = Some(answer);
                    open -= 1;
                }
                // A call that was told to stop has failed for no other reason.
                Ok((_, Err(_))) if halted() => return Err(AskError::Stopped),
                Ok((_, Err(error))) => return Err(error),
                // This function holds a sender, so the channel is never disconnected.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// The answer, if the log has it; otherwise the question is queued, or joins an equal one.
    fn enqueue(
        &self,
        state: &mut State,
        i: usize,
        ask: Ask,
        sender: &Sender<Reply>,
    ) -> Result<Option<Answer>, AskError> {
        let shared = &*self.shared;
        let key = CallKey::new(shared.remote.fingerprint(), &ask);
        if let Some(waiting) = state.waiting.get_mut(&key) {
            waiting.push((i, sender.clone()));
            return Ok(None);
        }
        // Answers are kept before their question stops waiting, so under the lock nothing falls
        // between the two.
        if let Some(answer) = shared.log.answered(&key)? {
            return Ok(Some(answer));
        }
        state.waiting.insert(key.clone(), vec![(i, sender.clone())]);
        state.queue.push_back(Job { key, ask });
        shared.queued.notify_one();
        Ok(None)
    }
}

impl Dispatcher {
    /// Discards what was not sent, and waits for what was, so that it is kept and counted. Nothing is
    /// sent any more.
    pub(crate) fn close(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.queue.clear();
        drop(state);
        self.shared.queued.notify_all();
        for sender in self.senders.drain(..) {
            // A sender catches the panics of back ends; if it panicked all the same, its calls are
            // in the log as sent.
            let _ = sender.join();
        }
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // The lock is never held across code that can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_until_closed(&self) {
        while let Some((jobs, reserved)) = self.take_batch() {
            let results = match reserved {
                Ok(()) => self.send(&jobs),
                Err(error) => jobs.iter().map(|_| Err(error.clone().into())).collect(),
            };
            let mut state = self.state();
            for (job, result) in jobs.iter().zip(results) {
                for (i, waiter) in state.waiting.remove(&job.key).unwrap_or_default() {
                    // Whoever stopped waiting is not told.
                    let _ = waiter.send((i, result.clone()));
                }
            }
        }
    }

    /// Waits for work, and reserves it; `None` once closed.
    fn take_batch(&self) -> Option<(Vec<Job>, Result<(), CallError>)> {
        // It guards an order, no data.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = self.next_batch()?;
        let asks: Vec<Ask> = jobs.iter().map(|job| job.ask.clone()).collect();
        let reserved = self.remote.reserve(&asks);
        Some((jobs, reserved))
    }

    /// Waits for work; `None` once closed.
    fn next_batch(&self) -> Option<Vec<Job>> {
        let most = self.remote.batch().max(1);
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            if !state.queue.is_empty() {
                let count = most.min(state.queue.len());
                return Some(state.queue.drain(..count).collect());
            }
            state = self
                .queued
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sends a batch that is reserved, and keeps its answers. One result a job.
    fn send(&self, jobs: &[Job]) -> Vec<Result<Answer, AskError>> {
        let all = |error: AskError| jobs.iter().map(|_| Err(error.clone())).collect();
        let sent: Vec<_> = jobs
            .iter()
            .map(|job| (job.key.clone(), &job.ask.request))
            .collect();
        let asks: Vec<Ask> = jobs.iter().map(|job| job.ask.clone()).collect();
        if let Err(error) = self.log.sending(&sent) {
            self.remote.release(&asks);
            return all(error.into());
        }
        let broken = |message: String| {
            AskError::Call(CallError {
                endpoint: self.remote.fingerprint().to_owned(),
                message,
                transient: false,
                unsent: false,
            })
        };
        let before = self.good.load(Ordering::Relaxed);
        let answers = match catch_unwind(AssertUnwindSafe(|| self.remote.answer(&asks))) {
            Ok(answers) if answers.len() == jobs.len() => answers,
            Ok(answers) => {
                let (got, asked) = (answers.len(), jobs.len());
                return all(broken(format!("{got} answers to {asked} questions")));
            }
            Err(_) => {
                self.remote.release(&asks);
                return all(broken("the back end's client failed (a bug)".into()));
            }
        };
        let kept: Vec<(CallKey, &Answer)> = jobs
            .iter()
            .zip(&answers)
            .filter_map(|(job, answer)| Some((job.key.clone(), answer.as_ref().ok()?)))
            .collect();
        if let Err(error) = self.log.keep(&kept) {
            return all(error.into());
        }
        let unsent: Vec<CallKey> = (jobs.iter().zip(&answers))
            .filter(|(_, answer)| answer.as_ref().is_err_and(|error| error.unsent))
            .map(|(job, _)| job.key.clone())
            .collect();
        if !unsent.is_empty()
            && let Err(error) = self.log.unsent(&unsent)
        {
            return all(error.into());
        }
        if !kept.is_empty() {
            self.good.fetch_add(1, Ordering::Relaxed);
        }
        // Answers that came while this one was tried show that the back end is there.
        let others = self.good.load(Ordering::Relaxed) > before;
        answers
            .into_iter()
            .map(|answer| {
                answer.map_err(|error| match error.transient && others {
                    true => AskError::Alone(error),
                    false => AskError::Call(error),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
