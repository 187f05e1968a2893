//! `fact teach` and `fact eval`.

use crate::args::{EvalArgs, ObjectiveKind, TeachArgs};
use crate::interrupt;
use crate::message::{self, Outcome};
use fact_pipeline::students::{
    EvalRequest, Line, Losses, Objective, Place, Progress, TeachRequest, TrainConfig, evaluate,
    teach,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells of a training: a bar on a terminal, and a line a validation everywhere.
struct Teaching {
    bar: ProgressBar,
    quiet: bool,
    stop: Arc<AtomicBool>,
}

impl Progress for Teaching {
    fn started(&self, parameters: usize, steps: u64, done: u64) {
        if self.quiet {
            return;
        }
        let template = "{bar:30} {pos}/{len} steps  {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_length(steps);
        self.bar.set_position(done);
        self.bar.reset_eta();
        let before = match done {
            0 => String::new(),
            n => format!(", {n} of {steps} steps done before"),
        };
        self.bar
            .suspend(|| message::note(&format!("{parameters} parameters{before}")));
    }

    fn stepped(&self, step: u64, losses: &Losses, tokens_per_second: f64) {
        self.bar.set_position(step);
        self.bar.set_message(format!(
            "loss {:.3}  {tokens_per_second:.0} tokens/s",
            losses.total
        ));
    }

    fn validated(&self, line: &Line) {
        if self.quiet {
            return;
        }
        let right = line.right.unwrap_or_default() * 100.0;
        let text = format!(
            "step {}: {right:.1} % right, loss {:.3} (label {:.3}, rationale {:.3})",
            line.step, line.loss, line.label, line.rationale
        );
        self.bar.suspend(|| message::note(&text));
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

pub(crate) fn main(args: TeachArgs) -> Outcome {
    let column = |default: &str| {
        let column = args.rationale.as_deref().unwrap_or(default);
        Objective::Rationale(column.to_owned())
    };
    let request = TeachRequest {
        objective: match args.objective {
            ObjectiveKind::Label => Objective::Label,
            ObjectiveKind::Naive => column("naive"),
            ObjectiveKind::Fact => column("rationale"),
        },
        image: args.image_size(),
        config: TrainConfig {
            steps: args.steps,
            batch: args.batch,
            learning_rate: args.rate,
            warmup: args.warmup,
            lambda: args.lambda,
            blind: args.blind,
            validate_every: args.validate_every,
            patience: args.patience,
            checkpoint_every: args.checkpoint_every,
            seed: args.seed,
            ..TrainConfig::default()
        },
        #[cfg(feature = "student-wgpu")]
        place: place(args.gpu),
        #[cfg(not(feature = "student-wgpu"))]
        place: Place::Cpu,
        train: args.train,
        validation: args.val,
        images: args.images,
        sizes: args.size,
        vocabulary: args.vocabulary,
        start: args.start,
        out: args.out,
        threads: args.threads,
    };
    let bar = if args.quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::no_length()
    };
    let teaching = Teaching {
        bar,
        quiet: args.quiet,
        stop: interrupt::stop_flag(),
    };
    let taught = teach(&request, &teaching)?;
    teaching.bar.finish_and_clear();
    for one in &taught {
        let outcome = &one.outcome;
        let early = if outcome.stopped_early {
            ", stopped early"
        } else {
            ""
        };
        message::say(&format!(
            "{}: {:.1} % right at step {} of {}{early}, {} parameters, {:.0} s, in {}\n",
            one.size,
            outcome.best_right * 100.0,
            outcome.best_step,
            outcome.steps,
            outcome.parameters,
            outcome.seconds,
            one.folder.display()
        ))?;
    }
    if taught.iter().any(|one| one.outcome.interrupted) {
        message::note("stopped; the same command goes on");
        return Ok(ExitCode::from(message::INTERRUPTED));
    }
    Ok(ExitCode::SUCCESS)
}

/// `fact eval`.
pub(crate) fn eval(args: EvalArgs) -> Outcome {
    let request = EvalRequest {
        #[cfg(feature = "student-wgpu")]
        place: place(args.gpu),
        #[cfg(not(feature = "student-wgpu"))]
        place: Place::Cpu,
        student: args.student,
        data: args.data,
        images: args.images,
        after_rationale: args.after_rationale,
        out: args.out,
    };
    let evaluated = evaluate(&request)?;
    let accuracy = evaluated.accuracy;
    let share = accuracy.right as f64 / (accuracy.of as f64).max(1.0) * 100.0;
    message::say(&format!(
        "{} of {} right ({share:.1} %), {} unfinished, in {}\n",
        accuracy.right,
        accuracy.of,
        evaluated.unfinished,
        request.out.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "student-wgpu")]
pub(super) fn place(gpu: bool) -> Place {
    if gpu { Place::Gpu } else { Place::Cpu }
}
