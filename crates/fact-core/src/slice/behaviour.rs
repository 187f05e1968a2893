//! Behaviour: what a residual program must share with the original, and how much work it is to see.

use super::flips::{Flip, MAX_FLIPS, Spoken, Table, flips};
use super::open::Open;
use super::print;
use fact_lang::ast::Module;
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

    fn end(&self, program: &Module, flip: Option<(&Flip, Option<Open>)>, limits: &Limits) -> End {
        let mut table = Table {
            answers: self.answers,
            flip: flip.map(|(flip, _)| flip),
            open: flip
                .and_then(|(_, open)| open)
                .map(|open| (open, self.pack)),
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

/// How the original ends on a flipped table.
enum Flipped {
    /// Without another question.
    Known(Outcome),
    /// With open questions, answered in both ways.
    Open {
        nothing: Outcome,
        something: Outcome,
    },
}

/// The flipped tables, and how the original ends on each, once that was asked for.
struct Tables {
    flips: Vec<Flip>,
    flipped: Vec<OnceCell<Flipped>>,
}

impl Tables {
    fn new(setting: &Setting<'_>, original: &Module, run: &Run) -> Self {
        let used = used_answers(run);
        let affordable = usize::try_from(FLIPPED_STEPS / run.steps.max(1)).unwrap_or(MAX_FLIPS);
        let most = affordable.clamp(LEAST_FLIPS, MAX_FLIPS);
        let used = |i: usize| used.get(i).copied().unwrap_or(false);
        let spoken = Spoken::new(original, setting.pack);
        let flips = flips(most, setting.answers, &spoken, &used);
        let flipped = flips.iter().map(|_| OnceCell::new()).collect();
        Self { flips, flipped }
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
    run: &'a Run,
    /// Made when the first of them is asked for: most deletions show without.
    tables: OnceCell<Tables>,
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
        let steps = run.steps.saturating_mul(4).saturating_add(20_000);
        Self {
            setting,
            original,
            run,
            tables: OnceCell::new(),
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

    fn flipped_tables(&self) -> &Tables {
        self.tables
            .get_or_init(|| Tables::new(&self.setting, self.original, self.run))
    }

    /// Number of flipped tables.
    pub fn tables(&self) -> usize {
        self.flipped_tables().flips.len()
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

    fn end_on_flip(&self, program: &Module, at: usize, open: Option<Open>) -> Outcome {
        let flip = Some((&self.flipped_tables().flips[at], open));
        let end = self.setting.end(program, flip, &self.limits);
        self.spend(end.steps);
        end.outcome
    }

    fn on_flip(&self, at: usize) -> &Flipped {
        self.flipped_tables().flipped[at].get_or_init(|| {
            let end = |open| self.end_on_flip(self.original, at, open);
            match end(None) {
                Outcome::Suspended(_) => Flipped::Open {
                    nothing: end(Some(Open::Nothing)),
                    something: end(Some(Open::Something)),
                },
                known => Flipped::Known(known),
            }
        })
    }

    fn agrees_on(&self, program: &Module, at: usize) -> bool {
        let agrees = |expected: &Outcome, open: Option<Open>| {
            same_end(expected, &self.end_on_flip(program, at, open))
        };
        match self.on_flip(at) {
            Flipped::Known(end) => agrees(end, None),
            Flipped::Open { nothing, something } => {
                agrees(nothing, Some(Open::Nothing)) && agrees(something, Some(Open::Something))
            }
        }
    }

    /// Whether `program` ends on the recorded answers as the original does.
    ///
    /// # Errors
    /// When the budget is spent before that is known.
    pub fn same_result(&self, program: &Module) -> Result<bool, Exhausted> {
        self.afford()?;
        let end = self.setting.end(program, None, self.setting.limits);
        self.spend(end.steps);
        Ok(same_end(&self.run.outcome, &end.outcome))
    }

    /// Whether `program` looks where the original did: an answer from nowhere is no residual of
    /// one from evidence.
    fn looks(&self, program: &Module) -> bool {
        let tables = self.flipped_tables();
        if tables.flips.is_empty() {
            return true;
        }
        let end = &self.run.outcome;
        // Who agrees on two tables that end differently cannot but look.
        let mut known = tables.flipped.iter().filter_map(OnceCell::get);
        let sensitive = known.any(|flipped| match flipped {
            Flipped::Known(known) => !same_end(known, end),
            Flipped::Open { nothing, something } => {
                !same_end(nothing, end) || !same_end(something, end)
            }
        });
        if sensitive {
            return true;
        }
        let run = self.setting.run(program);
        self.spend(run.steps);
        used_answers(&run).contains(&true)
    }

    /// The first flipped table on which `program` ends otherwise than the original; where that comes to
    /// ask what was not recorded, the table goes on as if there were nothing, and as if there were
    /// something.
    pub fn first_disagreement(&self, program: &Module) -> Option<usize> {
        (0..self.tables()).find(|&at| !self.agrees_on(program, at))
    }

    /// Same result, and by looking; and agreement on every flipped table.
    ///
    /// # Errors
    /// When the budget is spent before that is known.
    pub fn agrees(&self, program: &Module) -> Result<bool, Exhausted> {
        if !self.same_result(program)? {
            return Ok(false);
        }
        let (first, tables) = (self.telling.get(), self.tables());
        let order = std::iter::once(first).chain((0..tables).filter(|at| *at != first));
        for at in order.take(tables) {
            self.afford()?;
            if !self.agrees_on(program, at) {
                self.telling.set(at);
                return Ok(false);
            }
        }
        Ok(self.looks(program))
    }

    /// [`Behaviour::agrees`] of a program as it is printed: a name that nothing in it binds any more may
    /// mean another, `nonlocal` may be about nothing, and VisProg's steps may name only what earlier
    /// steps gave a value.
    ///
    /// # Errors
    /// When the budget is spent before that is known.
    pub fn agrees_printed(&self, program: &Module) -> Result<bool, Exhausted> {
        match self.setting.pack.parse(&print::print(program, &|_| true)) {
            Ok(printed) => self.agrees(&printed),
            Err(_) => Ok(false),
        }
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
