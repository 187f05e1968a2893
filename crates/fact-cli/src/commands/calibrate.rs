//! `fact calibrate`.

use crate::args::CalibrateArgs;
use crate::message::{self, Failure, Outcome};
use fact_pipeline::calibrate::{calibrate, measured};
use fact_pipeline::calibration::Calibration;
use fact_pipeline::export::AtomicFile;
use fact_pipeline::store::Reader;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn main(args: CalibrateArgs) -> Outcome {
    let reader = Reader::open(&args.run)?;
    let note = args.note.map_or(String::new(), |note| format!(", {note}"));
    let report = if args.measure {
        let named = args.calibration.as_deref().map(Calibration::from_file);
        measured(&reader, named.transpose()?, &note)?
    } else {
        let (calibration, report) = calibrate(&reader, args.general, &note)?;
        if let Some(path) = &args.out {
            let text = calibration.text().map_err(|e| {
                Failure::new(format!("the calibration cannot be written: {e}"), None)
            })?;
            write(path, text.as_bytes())?;
        }
        report
    };
    if let Some(path) = &args.report {
        let text = serde_json::to_vec_pretty(&report)
            .map_err(|e| Failure::new(format!("the report cannot be written: {e}"), None))?;
        write(path, &text)?;
    }
    message::say(&report.text())?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |e: std::io::Error| {
        let hint = "check the folder and its permissions".to_owned();
        Failure::new(format!("cannot write {}: {e}", path.display()), Some(hint))
    };
    let mut file = AtomicFile::create(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.commit().map_err(failed)
}
