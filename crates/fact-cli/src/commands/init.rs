//! `fact init`.

use crate::args::InitArgs;
use crate::message::{self, Failure, Outcome};
use fact_pipeline::config::TEMPLATE;
use std::process::ExitCode;

pub(crate) fn main(args: InitArgs) -> Outcome {
    let path = args.file;
    if path.exists() && !args.force {
        let hint = Some("--force replaces it".to_owned());
        return Err(Failure::new(format!("{} exists", path.display()), hint));
    }
    std::fs::write(&path, TEMPLATE).map_err(|e| {
        let hint = Some("choose another place: fact init PATH".to_owned());
        Failure::new(format!("cannot write {}: {e}", path.display()), hint)
    })?;
    message::say(&format!("wrote {}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}
