//! Slice: what of a program the answer needed.
//!
//! 1. The backward closure of the result over data and control (and relevant) dependence in the
//!    trace gives the events that matter; what holds none of them is left out as a first guess
//!    ([`projection`]).
//! 2. The guess must re-execute on the recorded answers to the same result and agree with the
//!    original on the flipped answer tables ([`flips`]). If it does not, only what ran and did not
//!    matter is left out (what did not run may be part of why), and else nothing is.
//! 3. [Units](units) are deleted one at a time, as long as that still holds, until none can be: the
//!    residual is *1-minimal*.
//!
//! What is held to 2 is the printed text. A deletion is first tried on the tree, where names keep the
//! scope that the program gave them, on the recorded answers; but not one of `global` or `nonlocal`,
//! which are about nothing else.
//!
//! All of this takes at most [`BUDGET`] steps of the interpreter. Where that is not enough, the outcome
//! is [`SliceError::NotMinimal`], or [`Minimality::Undecided`] where a residual is checked.

pub mod behaviour;
pub mod flips;
mod mentions;
mod open;
pub mod print;
pub mod projection;
pub mod units;

pub use behaviour::{BUDGET, Behaviour, Exhausted, Setting, same_end};
pub use projection::idle;
pub use units::{blocks, deletable, without};

use fact_lang::ast::{Module, NodeId};
use fact_lang::run::Run;
use std::borrow::Cow;

/// A residual program with the proof of its agreement.
#[derive(Debug)]
pub struct Slice<'r> {
    /// The residual program, in the language of the original.
    pub residual: Module,
    /// Its run on the recorded answers: the original's where nothing was left out.
    pub run: Cow<'r, Run>,
    /// How much was cut.
    pub reduction: Reduction,
    /// Of the original program: the [units] kept.
    pub kept: Vec<NodeId>,
    /// Re-executions that it took, each of one program on one table.
    pub re_executions: usize,
}

impl Slice<'_> {
    /// The same with a run of its own.
    pub fn into_owned(self) -> Slice<'static> {
        Slice {
            run: Cow::Owned(self.run.into_owned()),
            residual: self.residual,
            reduction: self.reduction,
            kept: self.kept,
            re_executions: self.re_executions,
        }
    }
}

/// Sizes before and after slicing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Reduction {
    /// Statements of the original, the entry function's `def` and `pass` not counted.
    pub statements: usize,
    /// Statements of the residual.
    pub statements_kept: usize,
    /// Events of the original run.
    pub events: usize,
    /// Events of the original run in the closure of its result.
    pub events_kept: usize,
    /// Distinct tool calls of the original run.
    pub tool_calls: usize,
    /// Distinct tool calls of the residual's run.
    pub tool_calls_kept: usize,
}

/// Why a run cannot be sliced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SliceError {
    /// Only a run that returned has a result to slice for.
    #[error("the program did not return")]
    NoResult,
    /// The printed residual does not behave as its tree did.
    #[error("the residual program, printed and parsed again, gives another result")]
    NotReproduced,
    /// The [budget](BUDGET) was spent before the residual was known to be 1-minimal.
    #[error(
        "the program is too long to slice: after {re_executions} re-executions it is not known \
         whether its residual of {statements} statements is minimal"
    )]
    NotMinimal {
        /// Statements left when the budget was spent.
        statements: usize,
        /// Re-executions up to there.
        re_executions: usize,
    },
}

/// Slices `original` for the result of `run`, its run in the setting ([`Setting::run`]).
///
/// # Errors
/// When the run did not return, when the program is too long for [`BUDGET`], or (a defect of this
/// crate) when printing loses meaning.
pub fn slice<'r>(
    setting: Setting<'_>,
    original: &Module,
    run: &'r Run,
) -> Result<Slice<'r>, SliceError> {
    slice_within(setting, original, run, BUDGET)
}

/// [`slice()`] with a budget of its own, in steps of the interpreter.
///
/// # Errors
/// As [`slice()`].
pub fn slice_within<'r>(
    setting: Setting<'_>,
    original: &Module,
    run: &'r Run,
    budget: u64,
) -> Result<Slice<'r>, SliceError> {
    let result = run.trace.result.ok_or(SliceError::NoResult)?;
    let behaviour = Behaviour::within(setting, original, run, budget);
    let closure = run.trace.closure([result]);
    let exhausted = |left: &Module| SliceError::NotMinimal {
        statements: units::statements(left, setting.pack),
        re_executions: behaviour.re_executions(),
    };

    let mut current =
        guess(&behaviour, original, run, &closure).map_err(|_| exhausted(original))?;
    minimise(&behaviour, &mut current).map_err(|_| exhausted(&current))?;
    let (residual, residual_run) = reproduce(setting, original, run, &current)?;
    let reduction = Reduction {
        statements: units::statements(original, setting.pack),
        statements_kept: units::statements(&current, setting.pack),
        events: run.trace.events.len(),
        events_kept: closure.iter().filter(|used| **used).count(),
        tool_calls: run.trace.answers.len(),
        tool_calls_kept: residual_run.trace.answers.len(),
    };
    Ok(Slice {
        residual,
        run: residual_run,
        reduction,
        kept: deletable(&current, setting.pack),
        re_executions: behaviour.re_executions(),
    })
}

/// What is `left` of `original`, printed and parsed, and its run in the setting, in which `run` is the
/// original's.
///
/// Where the printed text is the original's but for space at its end, it has the same tree, with the
/// same ids and places, and the same run: neither is made again.
///
/// # Errors
/// [`SliceError::NotReproduced`] when printing loses meaning: a defect of this crate.
pub fn reproduce<'r>(
    setting: Setting<'_>,
    original: &Module,
    run: &'r Run,
    left: &Module,
) -> Result<(Module, Cow<'r, Run>), SliceError> {
    let text = print::print(left, &|_| true);
    if text.trim_end() == original.source.trim_end() {
        let residual = Module {
            source: text.into(),
            ..original.clone()
        };
        return Ok((residual, Cow::Borrowed(run)));
    }
    let residual = setting
        .pack
        .parse(&text)
        .map_err(|_| SliceError::NotReproduced)?;
    let residual_run = setting.run(&residual);
    if !same_end(&run.outcome, &residual_run.outcome) {
        return Err(SliceError::NotReproduced);
    }
    Ok((residual, Cow::Owned(residual_run)))
}

/// The program without what the trace says did not matter, if that agrees.
fn guess(
    behaviour: &Behaviour<'_>,
    original: &Module,
    run: &Run,
    closure: &[bool],
) -> Result<Module, Exhausted> {
    let all = deletable(original, behaviour.setting.pack);
    let projected = projection::Projection::new(original, run, closure);
    let mut before = 0;
    for matters in [&|id: NodeId| projected.used(id), &|id: NodeId| {
        projected.used(id) || !projected.ran(id)
    }] as [&dyn Fn(NodeId) -> bool; 2]
    {
        let dropped: Vec<NodeId> = all.iter().copied().filter(|id| !matters(*id)).collect();
        if dropped.is_empty() || dropped.len() == before {
            break;
        }
        before = dropped.len();
        let smaller = without(original, &dropped);
        if behaviour.agrees_printed(&smaller)? {
            return Ok(smaller);
        }
    }
    Ok(original.clone())
}

/// Deletes unit after unit until none can go.
fn minimise(behaviour: &Behaviour<'_>, current: &mut Module) -> Result<(), Exhausted> {
    // One deletion may make another possible (a definition after its last use), so repeat. Later
    // statements go first, since what they used can go after them.
    loop {
        let mut changed = false;
        for id in units::last_first(current, behaviour.setting.pack) {
            changed |= delete(behaviour, current, id)?;
        }
        if !changed {
            return Ok(());
        }
    }
}

/// Deletes a unit for good if the rest still agrees.
fn delete(behaviour: &Behaviour<'_>, current: &mut Module, id: NodeId) -> Result<bool, Exhausted> {
    // It may have gone with the statement around it.
    let Some(taken) = units::take(current, id) else {
        return Ok(false);
    };
    // Most deletions already show on the recorded answers, where nothing needs to be printed.
    let promising = match units::rescopes(&taken) {
        true => Ok(true),
        false => behaviour.same_result(current),
    };
    let agrees = match promising {
        Ok(true) => behaviour.agrees_printed(current),
        other => other,
    };
    if !matches!(agrees, Ok(true)) {
        units::put_back(current, taken);
    }
    agrees
}

/// Whether a residual is 1-minimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minimality {
    /// No unit can be deleted.
    Minimal,
    /// This unit can be.
    Superfluous(NodeId),
    /// The [budget](BUDGET) was spent before this unit was tried.
    Undecided(NodeId),
}

/// Tries every deletion on a residual.
pub fn minimality(behaviour: &Behaviour<'_>, residual: &Module) -> Minimality {
    let mut current = residual.clone();
    for id in deletable(residual, behaviour.setting.pack) {
        match delete(behaviour, &mut current, id) {
            Ok(false) => {}
            Ok(true) => return Minimality::Superfluous(id),
            Err(Exhausted) => return Minimality::Undecided(id),
        }
    }
    Minimality::Minimal
}

/// A unit of `residual` that can be deleted without a change under the test, or of which that could
/// not be told within the [budget](BUDGET): the residual is known to be 1-minimal when there is none.
/// [`minimality`] tells the two apart.
pub fn superfluous(behaviour: &Behaviour<'_>, residual: &Module) -> Option<NodeId> {
    match minimality(behaviour, residual) {
        Minimality::Minimal => None,
        Minimality::Superfluous(id) | Minimality::Undecided(id) => Some(id),
    }
}

/// Whether the residual is the program itself, as [`print`](print::print) shows it.
pub fn is_whole(program: &Module, residual: &Module) -> bool {
    print::print(program, &|_| true) == print::print(residual, &|_| true)
}
