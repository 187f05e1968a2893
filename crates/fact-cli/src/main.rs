//! The program `fact`: flags, progress and messages over the library.

mod args;
mod commands;
mod interrupt;
mod message;
mod progress;
mod style;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Interpreting makes many small values: the system's allocator takes a third of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Demo(args) => commands::demo::main(args),
        Command::Schema(args) => commands::schema::main(args),
        Command::Synth(args) => commands::synth::main(args),
        Command::Run(args) => commands::run::main(args),
        Command::Ask(args) => commands::ask::main(args),
        Command::Exec(args) => commands::exec::main(args),
        Command::Report(args) => commands::report::main(args),
        Command::Show(args) => commands::show::main(args),
        Command::Calibrate(args) => commands::calibrate::main(args),
        Command::Runs(args) => commands::runs::main(args),
        Command::View(args) => commands::view::main(args),
        Command::Check(args) => commands::check::main(args),
        Command::Transfer(args) => commands::transfer::main(*args),
        Command::Export(args) => commands::export::main(args),
        Command::Metrics(args) => commands::metrics::main(*args),
        #[cfg(feature = "student")]
        Command::Teach(args) => commands::teach::main(*args),
        #[cfg(feature = "student")]
        Command::Eval(args) => commands::teach::eval(args),
        #[cfg(feature = "student")]
        Command::Experiment(args) => commands::experiment::main(args),
        Command::Bank(args) => commands::bank::main(args),
        Command::Init(args) => commands::init::main(args),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            failure.tell();
            ExitCode::from(message::FAILED)
        }
    }
}
