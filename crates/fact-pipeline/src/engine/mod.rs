//! The engine: drives the stages over a data set and writes what they found to the run store.
//!
//! The data set is read twice. The first pass keeps one small entry per question ([`Index`]), so
//! that the second knows when a group of siblings, which may be scattered over the files, is
//! complete. Groups are worked on by a pool of threads as they become complete; memory holds the
//! groups that are open (for data sets whose siblings stand together: a handful), never the data
//! set. One thread writes, each group in one transaction with those that are done about together. What a group becomes depends on nothing
//! but the group and the settings, so neither threads nor interruptions change the results.

mod again;
mod bridge;
pub(crate) mod desk;
mod error;
mod gather;
mod group;
mod index;
mod outcome;
mod plan;
mod propose;
mod repair;
mod rounds;
mod scope;
mod setup;
mod source;
mod verify;
pub(crate) mod workers;

pub use error::RunError;
pub use group::GroupWork;
pub use index::{Index, IndexError};
pub use propose::Proposing;
pub use setup::Setup;
pub use source::{GroupSource, OpenGroup};

use crate::back_end::AtWork;
use crate::calls::{AskError, CallLog};
use crate::config::RunConfig;
use crate::proposers::OpenProposerError;
use crate::proposers::bank::Bank;
use crate::reporter::Reporter;
use crate::stages::Perceiver;
use crate::store::{Calls, GroupRows, Meter, Reader, Reuse, Role, Writer};
use fact_models::remote::Spent;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Stack of a worker: parser and interpreter recurse as deep as the limits allow.
const STACK_BYTES: usize = 32 << 20;

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Whether every sample is in the store; if not, the run was stopped.
    pub complete: bool,
    /// Why it was stopped, if the budget had no room for more.
    pub budget: Option<String>,
    /// Questions that the endpoint of a proposer failed while it answered others: the next session
    /// asks again.
    pub unreached: u64,
    /// What this session did.
    pub tally: Tally,
    /// Seconds this session took.
    pub seconds: f64,
    /// What this session spent on a perception behind a wire.
    pub spent: Option<Spent>,
    /// What this session spent on proposers behind a wire, in their order.
    pub proposing: Vec<Spent>,
    /// What this session spent on a model that writes rationales anew.
    pub bridging: Option<Spent>,
}

impl Finished {
    /// Of a session that did nothing yet, of a run over `total` samples.
    fn nothing(total: u64) -> Self {
        Self {
            complete: false,
            budget: None,
            unreached: 0,
            tally: Tally {
                total,
                ..Tally::default()
            },
            seconds: 0.0,
            spent: None,
            proposing: Vec::new(),
            bridging: None,
        }
    }
}

/// Running counts of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Samples that will be in the store at the end.
    pub total: u64,
    /// Samples in the store, those of earlier sessions included.
    pub done: u64,
    /// Samples done in this session.
    pub session: u64,
    /// Of those: accepted.
    pub accepted: u64,
    /// Of those: with a rationale.
    pub rationales: u64,
}

/// Does a run, or what an earlier session left of it.
///
/// When `stop` becomes true, the groups in flight are finished and written, and the call returns.
///
/// # Errors
/// If something the configuration names cannot be opened, the store cannot be written, or a strict
/// run meets a malformed record. Whatever was committed stays.
pub fn run(
    config: RunConfig,
    reporter: &dyn Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<Finished, RunError> {
    run_setup(&Setup::open(config, stop)?, reporter, stop)
}

/// Does a run with what is already open, as [`run`] does.
///
/// # Errors
/// As for [`run`].
pub fn run_setup(
    setup: &Setup,
    reporter: &dyn Reporter,
    stop: &AtomicBool,
) -> Result<Finished, RunError> {
    let mut writer = Writer::open(&setup.config.out)?;
    let index = Index::build(&*setup.data, setup.config.limit, setup.config.strict)?;
    if !plan::settle(setup, &index, &mut writer, reporter, stop)? {
        return Ok(Finished::nothing(index.samples));
    }
    writer.keep_pack(&setup.pack)?;
    writer.keep_read_errors(&index.errors)?;
    for error in index.errors.iter().take(WARNINGS) {
        reporter.warned(&format!("skipped: {error}"));
    }
    if index.error_count > WARNINGS as u64 {
        let more = index.error_count - WARNINGS as u64;
        reporter.warned(&format!(
            "{more} more records were skipped; see read_errors in run.db"
        ));
    }
    let withheld = setup.data.withheld();
    if withheld > 0 {
        reporter.warned(&format!("{withheld} samples are locked and were left out"));
    }
    if let Some(warning) = setup.uncalibrated() {
        reporter.warned(&warning);
    }

    let log = |calls: Calls| {
        let calls = Reuse::new(calls, &setup.config.reuse)?;
        Ok::<Box<dyn CallLog>, RunError>(Box::new(calls))
    };
    let at_work = setup
        .perception
        .start(|fingerprint| log(writer.calls(fingerprint)?))?;
    let mut finished = Finished::nothing(index.samples);
    let worked = rounds_of(
        setup,
        &mut writer,
        &index,
        &at_work,
        reporter,
        stop,
        &mut finished,
    );
    if let Some(spent) = at_work.spent() {
        let fingerprint = setup.perception.fingerprint();
        writer.add_wire(Role::Perceive, fingerprint, spent)?;
    }
    worked?;
    finished.unreached = writer.unreached()?;
    if finished.complete {
        bridge::bridge(setup, &mut writer, reporter, stop, &mut finished)?;
    }
    Ok(finished)
}

/// Does the rounds of learning, or what an earlier session left of them.
fn rounds_of(
    setup: &Setup,
    writer: &mut Writer,
    index: &Index,
    at_work: &AtWork<'_>,
    reporter: &dyn Reporter,
    stop: &AtomicBool,
    finished: &mut Finished,
) -> Result<(), RunError> {
    let threads = setup
        .config
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    let log = |calls: Calls| {
        let calls = Reuse::new(calls, &setup.config.reuse)?;
        Ok::<Box<dyn CallLog>, RunError>(Box::new(calls))
    };
    let mut later = match writer.round()? {
        (round, Some(text)) => {
            let origin = format!("the bank of round {round}");
            let bank = Bank::load_for(&text, &origin, &setup.pack);
            Some(setup.later(round, bank.map_err(OpenProposerError::Bank)?)?)
        }
        (_, None) => None,
    };
    loop {
        let setup = later.as_ref().unwrap_or(setup);
        let shared = Shared {
            setup,
            perceiver: at_work.perceiver(),
            index,
            reporter,
            stop,
            threads,
        };
        let ended = shared.round(writer, finished, &log);
        finished.spent = at_work.spent();
        ended?;
        let last = setup.round as usize >= setup.config.rounds;
        let (Some(bank), false, true) = (&setup.bank, last, finished.complete) else {
            return Ok(());
        };
        let Some(taught) = rounds::teach(setup, bank, setup.round)? else {
            reporter.noted(&format!("round {}: nothing new to learn", setup.round));
            return Ok(());
        };
        let round = setup.round + 1;
        writer.begin_round(round, taught.bank.text(), taught.learned, taught.refused)?;
        reporter.noted(&format!(
            "round {round}: {} programs of the rounds before are exemplars now",
            taught.learned
        ));
        later = Some(setup.later(round, taught.bank)?);
    }
}

/// What the rounds of a run share.
struct Shared<'a> {
    setup: &'a Setup,
    perceiver: Perceiver<'a>,
    index: &'a Index,
    reporter: &'a dyn Reporter,
    stop: &'a AtomicBool,
    threads: usize,
}

impl Shared<'_> {
    /// Does one round, or what an earlier session left of it.
    fn round(
        &self,
        writer: &mut Writer,
        finished: &mut Finished,
        log: &dyn Fn(Calls) -> Result<Box<dyn CallLog>, RunError>,
    ) -> Result<(), RunError> {
        let setup = self.setup;
        let tally = &mut finished.tally;
        tally.done = writer.samples_done(setup.round)?;
        let llm = &setup.config.llm;
        let mut proposing = Proposing::start(&setup.proposers, llm, |fingerprint| {
            let log = log(writer.calls(fingerprint)?)?;
            let spent = desk::used(&Reader::open(&setup.config.out)?, fingerprint)?;
            Ok::<_, RunError>((log, spent))
        })?;
        let done = writer.groups_done(setup.round)?;
        let questions = (self.index.group_count() as u64).saturating_sub(done.len() as u64);
        let records = tally.total.saturating_sub(tally.done);
        let estimate = propose::estimate(setup, self.index, &done, records, writer)?;
        if let Some(estimate) = estimate {
            self.reporter.noted(&estimate.text(questions, llm));
        }
        self.reporter.started(tally.total, tally.done);
        let started = Instant::now();
        let session = writer.begin_session(self.threads)?;
        let before = tally.session;
        let mut meters = proposing.meters();
        let worked = work(self, &proposing, &mut meters, writer, tally, done);
        proposing.close();
        let noted = proposing.note(&mut meters, writer);
        self.reporter.finished();
        let seconds = started.elapsed().as_secs_f64();
        finished.seconds += seconds;
        let (worked, budget) = match worked {
            Err(error @ RunError::Budget(_)) => (Ok(()), Some(error.to_string())),
            other => (other, None),
        };
        finished.budget = budget;
        finished.complete = worked.is_ok() && tally.done == tally.total;
        let state = match (&worked, finished.complete) {
            (Err(_), _) => "failed",
            (Ok(()), true) => "done",
            (Ok(()), false) => "stopped",
        };
        let ended = writer.end_session(session, seconds, tally.session - before, state);
        let spent = proposing.spent();
        finished.proposing.resize(spent.len(), Spent::default());
        for (sum, spent) in finished.proposing.iter_mut().zip(spent) {
            *sum += spent;
        }
        worked?;
        noted?;
        ended?;
        Ok(())
    }
}

/// How often requests are counted in the store: a kill loses the count of the last ones.
const METER: Duration = Duration::from_secs(1);

/// Malformed records that are told of one by one.
const WARNINGS: usize = 5;

fn work(
    shared: &Shared<'_>,
    proposing: &Proposing,
    meters: &mut [Meter],
    writer: &mut Writer,
    tally: &mut Tally,
    done: HashSet<u64>,
) -> Result<(), RunError> {
    let Shared {
        setup,
        perceiver,
        index,
        reporter,
        stop,
        threads,
    } = *shared;
    let source = Mutex::new(GroupSource::new(
        &*setup.data,
        index,
        done,
        setup.config.limit,
    ));
    let next = || {
        // A poisoned lock means that a reader panicked: that panic ends the run anyway.
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        source.next()
    };
    // What other settings left is of the first round.
    let kept = match setup.round == 1 && writer.stock()?.kept > 0 {
        true => Some(Mutex::new(Reader::open(&setup.config.out)?)),
        false => None,
    };
    let kept = |key: u64| match &kept {
        // Reading leaves nothing half done.
        Some(reader) => reader
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .kept(key),
        None => Ok(None),
    };
    let checker = setup.checker()?;
    let cancelled = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || cancelled.load(Ordering::Relaxed);
    // The budget is used up: what began before is finished.
    let drained = AtomicBool::new(false);
    let workers = perceiver.workers(threads).max(proposing.workers(threads));
    let (sender, receiver) = mpsc::sync_channel::<Result<GroupRows, RunError>>(2 * workers);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, halted, checker) = (&next, &halted, checker.as_ref());
            let kept = &kept;
            let drained = &drained;
            std::thread::Builder::new()
                .name("fact-worker".into())
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || {
                    let work =
                        GroupWork::new(setup, proposing, perceiver, &index.probes, checker, halted);
                    while !halted() && !drained.load(Ordering::Relaxed) {
                        let Some(group) = next() else { break };
                        let rows = kept(group.key).map_err(RunError::Store);
                        let rows = match rows.and_then(|kept| work.group(&group, kept)) {
                            // The group is done by the next session, from the answers kept.
                            Err(
                                RunError::Ask(AskError::Stopped)
                                | RunError::Propose(AskError::Stopped),
                            ) => {
                                break;
                            }
                            rows => rows,
                        };
                        if sender.send(rows).is_err() {
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
        let mut result = Ok(());
        let mut metered = Instant::now();
        while let Some((done, error)) = gather::gather(&receiver) {
            if metered.elapsed() > METER {
                metered = Instant::now();
                if let Err(error) = proposing.note(meters, writer) {
                    cancelled.store(true, Ordering::Relaxed);
                    result = Err(error.into());
                }
            }
            // What another one failed at takes nothing from groups that are done.
            let kept = match result {
                Err(RunError::Store(_)) => Ok(()),
                _ => writer.commit(&done).map_err(RunError::Store).map(|()| {
                    for rows in &done {
                        tally.add(rows);
                    }
                    reporter.progressed(tally);
                }),
            };
            match kept.and(error.map_or(Ok(()), Err)) {
                Ok(()) => {}
                Err(error @ RunError::Budget(_)) => {
                    drained.store(true, Ordering::Relaxed);
                    result = result.and(Err(error));
                }
                Err(error) => {
                    cancelled.store(true, Ordering::Relaxed);
                    // The cause is told, not what came of it; a budget that ends is no failure.
                    if matches!(result, Ok(()) | Err(RunError::Budget(_))) {
                        result = Err(error);
                    }
                }
            }
        }
        result
    })
}

impl Tally {
    fn add(&mut self, rows: &GroupRows) {
        let samples = rows.samples.len() as u64;
        self.done += samples;
        self.session += samples;
        self.accepted += rows.samples.iter().filter(|s| s.accepted).count() as u64;
        self.rationales += rows
            .samples
            .iter()
            .filter(|s| s.rationale.is_some())
            .count() as u64;
    }
}
