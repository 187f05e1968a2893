//! The propose stage on one group: all proposers, each program once.

use super::desk::{AtDesk, Turn};
use super::repair::best_failed;
use super::{Index, OpenGroup, RunError, Setup};
use crate::calls::{AskError, CallKey, CallLog, Dispatcher, Used};
use crate::config::LlmConfig;
use crate::proposers::{Candidate, Desk, Estimate, NoProposal, ProposeError, Proposer};
use crate::stages::Perceiver;
use crate::store::{Meter, Reuse, Role, StoreError, Writer};
use fact_lang::ast::Module;
use fact_lang::normal::normal_form;
use fact_lang::pack::Pack;
use fact_models::remote::Spent;
use std::collections::{BTreeMap, HashSet};

/// The proposers of a run at work: one dispatcher for each that asks a back end behind a wire.
#[derive(Default)]
pub struct Proposing {
    desks: Vec<Option<AtDesk>>,
}

impl Proposing {
    /// Sets them to work. `log` gives the log of calls to the back end with this fingerprint, and
    /// what earlier sessions spent on it.
    ///
    /// # Errors
    /// Those of `log`; or if a thread cannot be started.
    pub fn start<E: From<std::io::Error>>(
        proposers: &[Box<dyn Proposer>],
        config: &LlmConfig,
        mut log: impl FnMut(&str) -> Result<(Box<dyn CallLog>, Used), E>,
    ) -> Result<Self, E> {
        let mut desks = Vec::new();
        for proposer in proposers {
            let Some(remote) = proposer.remote() else {
                desks.push(None);
                continue;
            };
            let (log, used) = log(remote.fingerprint())?;
            desks.push(Some(AtDesk::start(&remote, config, log, used)?));
        }
        Ok(Self { desks })
    }

    /// The fingerprints of those back ends that these proposers ask.
    pub(super) fn fingerprints(proposers: &[Box<dyn Proposer>]) -> impl Iterator<Item = String> {
        let remotes = proposers.iter().filter_map(|proposer| proposer.remote());
        remotes.map(|remote| remote.fingerprint().to_owned())
    }

    fn dispatchers(&self) -> impl Iterator<Item = &Dispatcher> {
        self.desks.iter().flatten().map(|desk| &desk.dispatcher)
    }

    fn desk<'a>(&'a self, number: usize, halted: &'a dyn Fn() -> bool) -> Desk<'a> {
        let desk = self.desks.get(number).and_then(Option::as_ref);
        Desk {
            dispatcher: desk.map(|desk| &desk.dispatcher),
            halted,
        }
    }

    /// The bound of a budget that had no room for a question, if one had none.
    fn exhausted(&self) -> Option<&str> {
        let desks = self.desks.iter().flatten();
        desks.filter_map(AtDesk::exhausted).next()
    }

    /// How many workers to run where `threads` can compute at once.
    pub fn workers(&self, threads: usize) -> usize {
        let waiting = self.dispatchers().map(|dispatcher| {
            let perceiver = Perceiver::Remote(dispatcher);
            perceiver.workers(threads)
        });
        waiting.max().unwrap_or(threads)
    }

    /// Notes in the store how many requests went over the wire since the last time.
    pub(super) fn note(&self, meters: &mut [Meter], writer: &mut Writer) -> Result<(), StoreError> {
        for (dispatcher, meter) in self.dispatchers().zip(meters) {
            let more = meter.advance(dispatcher.spent());
            writer.add_wire(Role::Propose, dispatcher.remote().fingerprint(), more)?;
        }
        Ok(())
    }

    /// Ends the asking: waits for what is on its way.
    pub(super) fn close(&mut self) {
        for desk in self.desks.iter_mut().flatten() {
            desk.dispatcher.close();
        }
    }

    /// A meter for each back end.
    pub(super) fn meters(&self) -> Vec<Meter> {
        self.dispatchers().map(|_| Meter::default()).collect()
    }

    /// What this process spent on each back end, in the order of the proposers.
    pub fn spent(&self) -> Vec<Spent> {
        self.dispatchers().map(Dispatcher::spent).collect()
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

    /// Notes that another candidate has the same program. One from the same source, as of another
    /// record of the group, says nothing more.
    fn support(&mut self, other: Candidate) {
        let known = &mut self.candidate;
        for source in std::iter::once(other.source).chain(other.support) {
            let named = match other.proposer == known.proposer {
                true => source,
                false => format!("{}: {source}", other.proposer),
            };
            if named != known.source && !known.support.contains(&named) {
                known.support.push(named);
            }
        }
    }
}

/// Candidates of all proposers, each program once, parsed; and for each record why nothing could be
/// proposed for it.
///
/// # Errors
/// If a back end behind a wire could not be asked.
pub(super) fn propose(
    setup: &Setup,
    proposing: &Proposing,
    perceiver: Perceiver<'_>,
    group: &OpenGroup,
    halted: &dyn Fn() -> bool,
) -> Result<(Vec<Proposed>, Vec<Option<NoProposal>>), RunError> {
    match propose_all(setup, proposing, perceiver, group, halted) {
        // Not even what others proposed: it would be another question's worth of candidates than
        // when the endpoint answers, and the next session asks again.
        Err(RunError::Propose(AskError::Alone(error))) => {
            let why = NoProposal::endpoint(error.to_string());
            Ok((Vec::new(), vec![Some(why); group.records.len()]))
        }
        proposed => proposed,
    }
}

fn propose_all(
    setup: &Setup,
    proposing: &Proposing,
    perceiver: Perceiver<'_>,
    group: &OpenGroup,
    halted: &dyn Fn() -> bool,
) -> Result<(Vec<Proposed>, Vec<Option<NoProposal>>), RunError> {
    let records = &group.records[..];
    let turn = Turn::new(&proposing.desks, group.number);
    let most = setup.config.candidates;
    let mut found = Found {
        pack: &setup.pack,
        proposed: Vec::new(),
    };
    let mut nothing = vec![None; records.len()];
    let mut for_all = false;
    for (number, proposer) in setup.proposers.iter().enumerate() {
        let desk = proposing.desk(number, halted);
        let asked = match proposer.is_per_record() {
            true => records.len(),
            false => records.len().min(1),
        };
        let room = found.proposed.len() + most;
        let mut any = false;
        let mut used = Used::default();
        for (_, record) in &records[..asked] {
            used.add(proposer.most(record));
        }
        if !turn.begin(number, used, halted) {
            return Err(RunError::Propose(AskError::Stopped));
        }
        for (s, (_, record)) in records.iter().enumerate().take(asked) {
            match proposer.propose(record, most, desk) {
                Ok(candidates) => {
                    any |= !candidates.is_empty();
                    found.put(candidates, room);
                }
                Err(ProposeError::Nothing(why)) if proposer.is_per_record() => {
                    nothing[s] = Some(why);
                }
                Err(ProposeError::Nothing(why)) => nothing.fill(Some(why)),
                Err(ProposeError::Ask(error)) => return Err(unasked(proposing, error)),
            }
        }
        for_all |= !proposer.is_per_record() && any;
    }
    if for_all {
        nothing.fill(None);
    } else if !found.proposed.is_empty() {
        // What a model did not say of one record it said of another. A record that is malformed
        // stays so.
        let unanswered = |why: &NoProposal| why.kind == NoProposal::UNANSWERED;
        nothing
            .iter_mut()
            .for_each(|why| drop(why.take_if(|why| unanswered(why))));
    }
    repair(setup, proposing, perceiver, group, &mut found, halted)?;
    Ok((found.proposed, nothing))
}

/// Adds what proposers make of the best failed program, if no program is good.
fn repair(
    setup: &Setup,
    proposing: &Proposing,
    perceiver: Perceiver<'_>,
    group: &OpenGroup,
    found: &mut Found<'_>,
    halted: &dyn Fn() -> bool,
) -> Result<(), RunError> {
    let records = &group.records[..];
    let repairers = setup.proposers.iter().enumerate();
    for (number, proposer) in repairers.filter(|(_, proposer)| proposer.repairs()) {
        let failed = best_failed(setup, perceiver, records, &found.proposed, halted)?;
        let (Some(failed), Some((_, record))) = (failed, records.first()) else {
            return Ok(());
        };
        match proposer.repair(record, &failed, proposing.desk(number, halted)) {
            Ok(candidates) => found.put(candidates, usize::MAX),
            // The candidates that there are stay.
            Err(ProposeError::Nothing(_)) => {}
            Err(ProposeError::Ask(error)) => return Err(unasked(proposing, error)),
        }
    }
    Ok(())
}

/// Why a proposer's back end has no answer: the budget, or the wire.
fn unasked(proposing: &Proposing, error: AskError) -> RunError {
    match (proposing.exhausted(), error) {
        (Some(bound), AskError::Call(_)) => RunError::Budget(bound.to_owned()),
        (_, error) => RunError::Propose(error),
    }
}

/// Candidates found so far.
struct Found<'a> {
    pack: &'a Pack,
    proposed: Vec<Proposed>,
}

impl Found<'_> {
    /// Adds candidates until there are `room`; one whose program is there supports it.
    fn put(&mut self, candidates: Vec<Candidate>, room: usize) {
        for candidate in candidates {
            let new = Proposed::new(candidate, self.pack);
            let is_room = self.proposed.len() < room;
            match self.proposed.iter_mut().find(|p| p.form == new.form) {
                Some(known) => known.support(new.candidate),
                None if is_room => self.proposed.push(new),
                None => {}
            }
        }
    }
}

/// Questions whose prompts are measured for the estimate.
const MEASURED: usize = 64;

/// What proposing for the questions that are not `done` will ask of back ends behind a wire, from the
/// first of them; `None` if nothing.
///
/// # Errors
/// If the store cannot be read.
pub(super) fn estimate(
    setup: &Setup,
    index: &Index,
    done: &HashSet<u64>,
    records: u64,
    writer: &Writer,
) -> Result<Option<Estimate>, RunError> {
    let remotes = || (setup.proposers.iter()).filter_map(|p| Some((p, p.remote()?)));
    let questions = (index.group_count() as u64).saturating_sub(done.len() as u64);
    if questions == 0 || remotes().next().is_none() {
        return Ok(None);
    }
    let mut first = BTreeMap::new();
    for record in setup.data.samples().flatten() {
        if first.len() == MEASURED {
            break;
        }
        let group = index.group(&record.sample.group);
        if group.is_some_and(|(key, _)| !done.contains(&key)) {
            first.entry(record.sample.group.clone()).or_insert(record);
        }
    }
    let measured = first.len().max(1) as u64;
    let mut sum = Estimate::default();
    for (proposer, remote) in remotes() {
        let times = match proposer.is_per_record() {
            true => records,
            false => questions,
        };
        let scaled = |of: u64| {
            let all = u128::from(of) * u128::from(times) / u128::from(measured);
            u64::try_from(all).unwrap_or(u64::MAX)
        };
        let log = Reuse::new(writer.calls(remote.fingerprint())?, &setup.config.reuse)?;
        let mut asked = Estimate::default();
        for record in first.values() {
            let mut whole = proposer.estimate(record);
            for ask in proposer.asks(record) {
                let key = CallKey::new(remote.fingerprint(), &ask);
                let known = log.knows(&key).map_err(|e| RunError::Propose(e.into()))?;
                whole.stored += u64::from(known);
            }
            asked += whole.less_stored();
        }
        sum += Estimate {
            requests: scaled(asked.requests),
            prompt_tokens: scaled(asked.prompt_tokens),
            completion_tokens: scaled(asked.completion_tokens),
            stored: scaled(asked.stored),
        };
    }
    Ok(Some(sum))
}
