//! The propose stage on one group: all proposers, each program once.

use super::{RunError, Setup};
use crate::calls::{CallLog, Dispatcher};
use crate::datasets::Record;
use crate::proposers::{Candidate, Desk, Malformed, ProposeError, Proposer};
use crate::stages::Perceiver;
use crate::stages::choose::Look;
use fact_lang::ast::Module;
use fact_lang::normal::normal_form;
use fact_lang::pack::Pack;
use fact_models::remote::Spent;

/// The proposers of a run at work: one dispatcher for each that asks a back end behind a wire.
#[derive(Default)]
pub struct Proposing {
    dispatchers: Vec<Option<Dispatcher>>,
}

impl Proposing {
    /// Sets them to work; `log` gives the log of calls to the back end with this fingerprint.
    ///
    /// # Errors
    /// Those of `log`; or if a thread cannot be started.
    pub fn start<E: From<std::io::Error>>(
        proposers: &[Box<dyn Proposer>],
        mut log: impl FnMut(&str) -> Result<Box<dyn CallLog>, E>,
    ) -> Result<Self, E> {
        let mut dispatchers = Vec::new();
        for proposer in proposers {
            dispatchers.push(match proposer.remote() {
                Some(remote) => {
                    let log = log(remote.fingerprint())?;
                    Some(Dispatcher::new(remote, log)?)
                }
                None => None,
            });
        }
        Ok(Self { dispatchers })
    }

    /// How many workers to run where `threads` can compute at once.
    pub fn workers(&self, threads: usize) -> usize {
        let waiting = self.dispatchers.iter().flatten().map(|dispatcher| {
            let perceiver = Perceiver::Remote(dispatcher);
            perceiver.workers(threads)
        });
        waiting.max().unwrap_or(threads)
    }

    /// What this process spent on each back end, in the order of the proposers.
    pub fn spent(&self) -> Vec<Spent> {
        let remote = self.dispatchers.iter().flatten();
        remote.map(Dispatcher::spent).collect()
    }
}

/// A candidate, parsed if it parses.
pub(super) struct Proposed {
    pub(super) candidate: Candidate,
    pub(super) program: Result<Module, String>,
    /// Its normal form; its text if it does not parse.
    form: String,
}

impl Proposed {
    pub(super) fn new(candidate: Candidate, pack: &Pack) -> Self {
        let program = pack.parse(&candidate.program).map_err(|e| e.to_string());
        Self {
            form: match &program {
                Ok(module) => normal_form(module),
                Err(_) => format!("text {}", candidate.program),
            },
            program,
            candidate,
        }
    }

    pub(super) fn look(&self) -> Look {
        Look {
            proposer: self.candidate.proposer,
            score: self.candidate.score,
            slice: None,
        }
    }

    /// Notes that another candidate has the same program. Candidates of one proposer for other
    /// records of the group are the same source, not a further one.
    fn support(&mut self, other: Candidate) {
        if other.proposer == self.candidate.proposer {
            return;
        }
        let sources = std::iter::once(other.source).chain(other.support);
        let named = sources.map(|source| format!("{}: {source}", other.proposer));
        self.candidate.support.extend(named);
    }
}

/// Candidates of all proposers, each program once, parsed; and for each record why nothing could be
/// proposed for it.
///
/// # Errors
/// If a proposer's back end could not be asked.
pub(super) fn propose(
    setup: &Setup,
    proposing: &Proposing,
    records: &[(u64, Record)],
    halted: &dyn Fn() -> bool,
) -> Result<(Vec<Proposed>, Vec<Option<Malformed>>), RunError> {
    let most = setup.config.candidates;
    let mut out: Vec<Proposed> = Vec::new();
    let mut malformed = vec![None; records.len()];
    let mut for_all = false;
    for (number, proposer) in setup.proposers.iter().enumerate() {
        let desk = Desk {
            dispatcher: proposing.dispatchers.get(number).and_then(Option::as_ref),
            halted,
        };
        let asked = if proposer.is_per_record() {
            records.len()
        } else {
            1
        };
        let before = out.len();
        let mut proposed = false;
        for (s, (_, record)) in records.iter().enumerate().take(asked) {
            let candidates = match proposer.propose(record, most, desk) {
                Ok(candidates) => candidates,
                Err(ProposeError::Malformed(error)) => {
                    malformed[s] = Some(error);
                    continue;
                }
                Err(ProposeError::Ask(error)) => return Err(RunError::Propose(error)),
            };
            proposed |= !candidates.is_empty();
            for candidate in candidates {
                let new = Proposed::new(candidate, &setup.pack);
                let room = out.len() < before + most;
                match out.iter_mut().find(|known| known.form == new.form) {
                    Some(known) => known.support(new.candidate),
                    None if room => out.push(new),
                    None => {}
                }
            }
        }
        for_all |= !proposer.is_per_record() && proposed;
    }
    if for_all {
        malformed.fill(None);
    }
    Ok((out, malformed))
}
