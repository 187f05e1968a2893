//! Behaviour: what a residual program must share with the original, and how much work it is to see.

use super::flips::{Flip, MAX_FLIPS, Table, at_most};
use super::print;
use fact_lang::ast::{FrontEnd, Module};
use fact_lang::pack::Pack;
use fact_lang::run::{End, Inputs, Limits, Outcome, Run, end, run};
use fact_lang::tool::Recorded;
use std::cell::{Cell, OnceCell};

/// Steps of the interpreter that all re-executions for one residual may take together, the
/// deletions of the minimality test included: some seconds. A fixed number, so that a slice is the
/// same on any machine.
pub const BUDGET: u64 = 100_000_000;

/// What a re-execution costs beside its steps.
const START: u64 = 50;

/// All flipped tables together are run for about this many steps, so a long run has fewer of them
/// than [`MAX_FLIPS`], but never fewer than [`LEAST_FLIPS`].
const FLIPPED_STEPS: u64 = 4_000_000;

/// As many flipped tables as the longest run has, if there is so much to flip.
pub const LEAST_FLIPS: usize = 8;

/// The [`BUDGET`] is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

/// Everything that re-running a program needs but the program.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The API.
    pub pack: &'a Pack,
    /// The images and other arguments.
    pub inputs: &'a Inputs,
    /// The recorded answers.
    pub answers: &'a [Recorded],
    /// Bounds of each run.
    pub limits: &'a Limits,
}

impl Setting<'_> {
    /// Runs a program on the recorded answers.
    pub fn run(&self, program: &Module) -> Run {
        let mut answers = self.answers;
        run(program, self.pack, self.inputs, &mut answers, self.limits)
    }

    fn end(&self, program: &Module, flip: Option<&Flip>, limits: &Limits) -> End {
        let mut table = Table {
            answers: self.answers,
            flip,
        };
        end(program, self.pack, self.inputs, &mut table, limits)
    }
}

/// Whether two runs ended alike: same value, same exception, same limit, or the same question left
/// open.
pub fn same_end(a: &Outcome, b: &Outcome) -> bool {
    match (a, b) {
        (Outcome::Returned(a), Outcome::Returned(b)) => a == b,
        (Outcome::Raised(a), Outcome::Raised(b)) => a.class == b.class && a.message == b.message,
        (Outcome::LimitReached { limit: a, .. }, Outcome::LimitReached { limit: b, .. }) => a == b,
        (Outcome::Suspended(a), Outcome::Suspended(b)) => a == b,
        _ => false,
    }
}

/// The original's behaviour: its result and, on demand, its end on each flipped table.
///
/// Flipped tables are run without a trace ([`end`]), and for at most four times the steps of the
/// recorded run and 20,000 more: a change of one answer that makes a program run on is seen as
/// that.
pub struct Behaviour<'a> {
    pub(super) setting: Setting<'a>,
    original: &'a Module,
    end: &'a Outcome,
    flips: Vec<Flip>,
    flipped: Vec<OnceCell<Outcome>>,
    limits: Limits,
    /// The table that told two programs apart last: likely the one to tell the next.
    telling: Cell<usize>,
    spent: Cell<u64>,
    runs: Cell<usize>,
    budget: u64,
}

impl<'a> Behaviour<'a> {
    /// The behaviour of `original`, whose run on the recorded answers is `run`.
    pub fn new(setting: Setting<'a>, original: &'a Module, run: &'a Run) -> Self {
        Self::within(setting, original, run, BUDGET)
    }

    /// [`Behaviour::new`] with a budget of its own, in steps.
    pub fn within(setting: Setting<'a>, original: &'a Module, run: &'a Run, budget: u64) -> Self {
        let used = used_answers(run);
        let affordable = usize::try_from(FLIPPED_STEPS / run.steps.max(1)).unwrap_or(MAX_FLIPS);
        let most = affordable.clamp(LEAST_FLIPS, MAX_FLIPS);
        let used = |i: usize| used.get(i).copied().unwrap_or(false);
        let flips = at_most(most, setting.answers, &used);
        let flipped = flips.iter().map(|_| OnceCell::new()).collect();
        let steps = run.steps.saturating_mul(4).saturating_add(20_000);
        Self {
            setting,
            original,
            end: &run.outcome,
            flips,
            flipped,
            limits: Limits {
                steps: steps.min(setting.limits.steps),
                ..*setting.limits
            },
            telling: Cell::new(0),
            spent: Cell::new(0),
            runs: Cell::new(0),
            budget,
        }
    }

    /// Number of flipped tables.
    pub fn tables(&self) -> usize {
        self.flips.len()
    }

    /// Programs that were re-executed so far, on one table each.
    pub fn re_executions(&self) -> usize {
        self.runs.get()
    }

    fn spend(&self, steps: u64) {
        self.spent.set(self.spent.get() + steps + START);
        self.runs.set(self.runs.get() + 1);
    }

    /// # Errors
    /// When the budget is spent.
    fn afford(&self) -> Result<(), Exhausted> {
        if self.spent.get() >= self.budget {
            return Err(Exhausted);
        }
        Ok(())
    }

    fn on_flip(&self, at: usize) -> &Outcome {
        self.flipped[at].get_or_init(|| {
            let flip = Some(&self.flips[at]);
            let end = self.setting.end(self.original, flip, &self.limits);
            self.spend(end.steps);
            end.outcome
        })
    }

    fn agrees_on(&self, program: &Module, at: usize) -> bool {
        let expected = self.on_flip(at);
        let flip = Some(&self.flips[at]);
        let end = self.setting.end(program, flip, &self.limits);
        self.spend(end.steps);
        same_end(expected, &end.outcome)
    }

    /// How `program` ends on the recorded answers.
    pub(super) fn ends(&self, program: &Module) -> Outcome {
        let end = self.setting.end(program, None, self.setting.limits);
        self.spend(end.steps);
        end.outcome
    }

    /// Whether `program` looks where the original did: an answer from nowhere is no residual of
    /// one from evidence.
    fn looks(&self, program: &Module) -> bool {
        if self.flips.is_empty() {
            return true;
        }
        // Who agrees on two tables that end differently cannot but look.
        let sensitive = self
            .flipped
            .iter()
            .filter_map(OnceCell::get)
            .any(|end| !same_end(end, self.end));
        if sensitive {
            return true;
        }
        let run = self.setting.run(program);
        self.spend(run.steps);
        used_answers(&run).contains(&true)
    }

    /// Whether what is left is a program still: steps may name only what earlier steps gave a
    /// value, even where it is never looked at, while Python finds that out as it runs.
    fn is_program(&self, program: &Module) -> bool {
        program.front_end == FrontEnd::Python
            || self
                .setting
                .pack
                .parse(&print::print(program, &|_| true))
                .is_ok()
    }

    /// The first flipped table on which `program` ends otherwise than the original.
    pub fn first_disagreement(&self, program: &Module) -> Option<usize> {
        (0..self.flips.len()).find(|&at| !self.agrees_on(program, at))
    }

    /// Same result, and agreement on every flipped table.
    ///
    /// # Errors
    /// When the budget is spent before that is known.
    pub fn agrees(&self, program: &Module) -> Result<bool, Exhausted> {
        self.afford()?;
        if !self.is_program(program) {
            return Ok(false);
        }
        self.agrees_from(program, &self.ends(program))
    }

    /// [`Behaviour::agrees`] of a program that ends so on the recorded answers.
    pub(super) fn agrees_from(&self, program: &Module, end: &Outcome) -> Result<bool, Exhausted> {
        if !same_end(self.end, end) {
            return Ok(false);
        }
        let first = self.telling.get();
        let order = std::iter::once(first).chain((0..self.flips.len()).filter(|at| *at != first));
        for at in order.take(self.flips.len()) {
            self.afford()?;
            if !self.agrees_on(program, at) {
                self.telling.set(at);
                return Ok(false);
            }
        }
        Ok(self.looks(program))
    }
}

/// Which recorded answers the result depends on; all of them when the run did not return.
pub(super) fn used_answers(run: &Run) -> Vec<bool> {
    let trace = &run.trace;
    let mut used = vec![trace.result.is_none(); trace.answers.len()];
    if let Some(result) = trace.result {
        let closure = trace.closure([result]);
        for call in &trace.tool_calls {
            if closure[call.event.index()] {
                used[call.answer as usize] = true;
            }
        }
    }
    used
}
