//! Slice: what of a program the answer needed.
//!
//! 1. The backward closure of the result over data and control (and relevant) dependence in the
//!    trace gives the events that matter; their statements are the first guess of the residual.
//! 2. The guess must re-execute on the recorded answers to the same result and agree with the
//!    original on the flipped answer tables ([`flips`]); if it does not, the whole program is the
//!    guess instead.
//! 3. Statements are deleted one at a time, as long as that still holds, until none can be: the
//!    residual is *1-minimal*.

pub mod flips;
pub mod print;

use fact_lang::ast::{FrontEnd, Module, NodeId, Stmt, StmtKind};
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::tool::Recorded;
use flips::Flip;
use std::cell::OnceCell;

/// A residual program with the proof of its agreement.
#[derive(Debug)]
pub struct Slice {
    /// The residual program, in the language of the original.
    pub residual: Module,
    /// Its run on the recorded answers.
    pub run: Run,
    /// How much was cut.
    pub reduction: Reduction,
    /// Of the original program: the statements kept.
    pub kept: Vec<NodeId>,
}

/// Sizes before and after slicing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Reduction {
    /// Statements of the original, the entry function's `def` not counted.
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
}

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
        self.run_on(program, self.answers)
    }

    fn run_on(&self, program: &Module, mut answers: &[Recorded]) -> Run {
        run(program, self.pack, self.inputs, &mut answers, self.limits)
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
pub struct Behaviour<'a> {
    setting: Setting<'a>,
    original: &'a Module,
    end: &'a Outcome,
    flips: Vec<Flip>,
    flipped: Vec<OnceCell<(Vec<Recorded>, Outcome)>>,
}

impl<'a> Behaviour<'a> {
    /// The behaviour of `original`, whose run on the recorded answers is `run`.
    pub fn new(setting: Setting<'a>, original: &'a Module, run: &'a Run) -> Self {
        let used = used_answers(run);
        let flips = flips::flips(setting.answers, &|i| used.get(i).copied().unwrap_or(false));
        let flipped = flips.iter().map(|_| OnceCell::new()).collect();
        Self {
            setting,
            original,
            end: &run.outcome,
            flips,
            flipped,
        }
    }

    /// Number of flipped tables.
    pub fn tables(&self) -> usize {
        self.flips.len()
    }

    fn on_flip(&self, at: usize) -> &(Vec<Recorded>, Outcome) {
        self.flipped[at].get_or_init(|| {
            let table = self.flips[at].apply(self.setting.answers);
            let end = self.setting.run_on(self.original, &table).outcome;
            (table, end)
        })
    }

    /// Whether `program` gives the original's result, and by looking, if the original looked: a
    /// table of flips is finite, and an answer from nowhere is no residual of one from evidence.
    pub fn same_result(&self, program: &Module) -> bool {
        let run = self.setting.run(program);
        same_end(self.end, &run.outcome)
            && (self.flips.is_empty() || used_answers(&run).contains(&true))
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
        (0..self.flips.len()).find(|&at| {
            let (table, end) = self.on_flip(at);
            !same_end(end, &self.setting.run_on(program, table).outcome)
        })
    }

    /// Same result, and agreement on every flipped table.
    pub fn agrees(&self, program: &Module) -> bool {
        self.is_program(program)
            && self.same_result(program)
            && self.first_disagreement(program).is_none()
    }
}

/// Which recorded answers the result depends on; all of them when the run did not return.
fn used_answers(run: &Run) -> Vec<bool> {
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

/// Slices `original` for the result of `run`, its run on the setting's answers.
///
/// # Errors
/// When the run did not return, or (a defect of this crate) when printing loses meaning.
pub fn slice(setting: Setting<'_>, original: &Module, run: &Run) -> Result<Slice, SliceError> {
    let result = run.trace.result.ok_or(SliceError::NoResult)?;
    let behaviour = Behaviour::new(setting, original, run);
    let closure = run.trace.closure([result]);
    let all = deletable(original, setting.pack);

    let touched = statements_touched(original, run, &closure);
    let mut dropped: Vec<NodeId> = all
        .iter()
        .copied()
        .filter(|id| !touched[*id as usize])
        .collect();
    let mut current = without(original, &dropped);
    if !dropped.is_empty() && !behaviour.agrees(&current) {
        dropped.clear();
        current = original.clone();
    }
    // One deletion may make another possible (a definition after its last use), so repeat.
    loop {
        let mut changed = false;
        for id in deletable(&current, setting.pack) {
            if !contains(&current.body, id) {
                continue;
            }
            let smaller = without(&current, &[id]);
            if behaviour.agrees(&smaller) {
                current = smaller;
                dropped.push(id);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }

    let kept = deletable(&current, setting.pack);
    // Nothing was left out: the printed residual is the program itself, which agrees with itself.
    let whole = dropped.is_empty();
    let text = print::print(original, &|id| contains(&current.body, id));
    let residual = setting
        .pack
        .parse(&text)
        .map_err(|_| SliceError::NotReproduced)?;
    let residual_run = setting.run(&residual);
    if !same_end(&run.outcome, &residual_run.outcome)
        || (!whole && behaviour.first_disagreement(&residual).is_some())
    {
        return Err(SliceError::NotReproduced);
    }
    let reduction = Reduction {
        statements: all.len(),
        statements_kept: kept.len(),
        events: run.trace.events.len(),
        events_kept: closure.iter().filter(|used| **used).count(),
        tool_calls: run.trace.answers.len(),
        tool_calls_kept: residual_run.trace.answers.len(),
    };
    Ok(Slice {
        residual,
        run: residual_run,
        reduction,
        kept,
    })
}

/// A statement of `residual` that can be deleted without a change under the test, if there is one:
/// the residual is 1-minimal when there is none.
pub fn superfluous(behaviour: &Behaviour<'_>, residual: &Module) -> Option<NodeId> {
    deletable(residual, behaviour.setting.pack)
        .into_iter()
        .find(|id| behaviour.agrees(&without(residual, &[*id])))
}

/// Whether the residual is the program itself, as [`print`](print::print) shows it.
pub fn is_whole(program: &Module, residual: &Module) -> bool {
    print::print(program, &|_| true) == print::print(residual, &|_| true)
}

/// Every statement that a slice may leave out, outer before inner: all but the `def` of an entry,
/// which a snippet does not have.
pub fn deletable(module: &Module, pack: &Pack) -> Vec<NodeId> {
    let mut ids = Vec::new();
    let functions = module
        .body
        .iter()
        .filter(|s| matches!(s.kind, StmtKind::FunctionDef { .. }))
        .count();
    let only_function = functions == 1 && pack.result_of(module).is_none();
    for stmt in &module.body {
        match &stmt.kind {
            StmtKind::FunctionDef { name, function, .. }
                if only_function || name.id.starts_with("execute_command") =>
            {
                collect(&function.body, &mut ids);
            }
            _ => collect(std::slice::from_ref(stmt), &mut ids),
        }
    }
    // `pass` is what a block without statements is printed with: it says nothing.
    ids
}

fn collect(body: &[Stmt], ids: &mut Vec<NodeId>) {
    for stmt in body {
        if !matches!(stmt.kind, StmtKind::Pass) {
            ids.push(stmt.id);
        }
        for block in blocks(stmt) {
            collect(block, ids);
        }
    }
}

/// The blocks of a compound statement, those of definitions included.
pub fn blocks(stmt: &Stmt) -> Vec<&[Stmt]> {
    match &stmt.kind {
        StmtKind::FunctionDef { function, .. } => vec![&function.body],
        StmtKind::ClassDef { body, .. } => vec![body],
        _ => stmt.blocks(),
    }
}

/// A copy of the module without the given statements. Node ids stay what they were.
pub fn without(module: &Module, ids: &[NodeId]) -> Module {
    let mut copy = module.clone();
    strip(&mut copy.body, ids);
    copy
}

fn strip(body: &mut Vec<Stmt>, ids: &[NodeId]) {
    body.retain(|stmt| !ids.contains(&stmt.id));
    for stmt in body {
        match &mut stmt.kind {
            StmtKind::FunctionDef { function, .. } => {
                let inner = std::sync::Arc::make_mut(function);
                strip(&mut inner.body, ids);
            }
            StmtKind::ClassDef { body, .. } => strip(body, ids),
            StmtKind::If { body, orelse, .. }
            | StmtKind::For { body, orelse, .. }
            | StmtKind::While { body, orelse, .. } => {
                strip(body, ids);
                strip(orelse, ids);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => {
                strip(body, ids);
                for handler in handlers {
                    strip(&mut handler.body, ids);
                }
                strip(orelse, ids);
                strip(finalbody, ids);
            }
            _ => {}
        }
    }
}

fn contains(body: &[Stmt], id: NodeId) -> bool {
    body.iter()
        .any(|s| s.id == id || blocks(s).into_iter().any(|b| contains(b, id)))
}

/// The statements that ran and that the result does not depend on, by their ids; none if the run did
/// not return. Statements that did not run may be part of why, and are not among them.
pub fn idle(module: &Module, run: &Run) -> Vec<NodeId> {
    let Some(result) = run.trace.result else {
        return Vec::new();
    };
    let closure = run.trace.closure([result]);
    let used = statements_touched(module, run, &closure);
    let ran = statements_touched(module, run, &vec![true; closure.len()]);
    (0..used.len())
        .filter(|id| ran[*id] && !used[*id])
        .map(|id| id as NodeId)
        .collect()
}

/// For each node id of the module, whether its statement holds an event of the closure; imports and
/// function definitions, which leave no event, count as touched.
fn statements_touched(module: &Module, run: &Run, closure: &[bool]) -> Vec<bool> {
    let mut in_closure = vec![false; module.spans.len()];
    for (event, used) in run.trace.events.iter().zip(closure) {
        if *used && !event.node.pack {
            in_closure[event.node.node as usize] = true;
        }
    }
    let mut touched = vec![false; module.spans.len()];
    for stmt in &module.body {
        touch(stmt, module, &in_closure, &mut touched);
    }
    touched
}

fn touch(stmt: &Stmt, module: &Module, in_closure: &[bool], touched: &mut [bool]) -> bool {
    let mut hit = matches!(
        stmt.kind,
        StmtKind::FunctionDef { .. }
            | StmtKind::Import { .. }
            | StmtKind::Imports(_)
            | StmtKind::Scope
            | StmtKind::Break
            | StmtKind::Continue
    );
    for block in blocks(stmt) {
        for inner in block {
            // A jump alone does not make its branch matter.
            let jump = matches!(
                inner.kind,
                StmtKind::Break | StmtKind::Continue | StmtKind::Scope
            );
            hit |= touch(inner, module, in_closure, touched) && !jump;
        }
    }
    // Ids are in source order, so a statement's own expressions have ids between its own and its
    // end; spans decide.
    hit |= (0..in_closure.len()).any(|node| {
        in_closure[node] && {
            let span = module.spans[node];
            span.start >= stmt.span.start && span.end <= stmt.span.end
        }
    });
    touched[stmt.id as usize] = hit;
    hit
}
