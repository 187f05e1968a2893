//! `fact view`.

use crate::args::ViewArgs;
use crate::interrupt;
use crate::message::{self, Outcome};
use fact_view::{Options, serve};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often Ctrl-C is looked for.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn main(args: ViewArgs) -> Outcome {
    let options = Options {
        host: args.host,
        port: args.port,
        allow_remote: args.allow_remote,
        data: args.data,
    };
    let stop = interrupt::stop_flag();
    let serving = serve(&args.run, &options)?;
    message::say(&format!("{}\n", serving.url()))?;
    if args.allow_remote && !args.host.is_loopback() {
        message::note("warning: other machines can reach this, and what is sent is not encrypted");
    }
    message::note("Ctrl-C ends it");
    while !stop.load(Ordering::SeqCst) {
        std::thread::sleep(PAUSE);
    }
    drop(serving);
    // To be stopped is how it ends.
    Ok(ExitCode::SUCCESS)
}
