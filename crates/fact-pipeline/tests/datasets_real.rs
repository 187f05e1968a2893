//! The readers over the real data sets, when they are there: the folder named by `FACT_DATA`, or
//! `../shared/data` next to the workspace.

use fact_pipeline::datasets::{self, DataSet, ImageSource, Record};
use std::path::PathBuf;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The folder of a data set, or `None` with a note when it is not there.
fn folder(name: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("FACT_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
    };
    let folder = root.join(name);
    if folder.exists() {
        return Some(folder);
    }
    note(&format!("skipped: no {}", folder.display()));
    None
}

#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// Every record, none of them an error.
fn all(spec: &str) -> Result<(Box<dyn DataSet>, Vec<Record>), Box<dyn std::error::Error>> {
    let data = datasets::open(spec)?;
    let records = data.samples().collect::<Result<Vec<_>, _>>()?;
    note(&format!("{spec}: {} samples", records.len()));
    Ok((data, records))
}

fn files(records: &[Record]) -> usize {
    let images = records.iter().flat_map(|r| &r.images);
    images
        .filter(|i| matches!(i, ImageSource::File { .. }))
        .count()
}

#[test]
fn nlvr_dev() -> Outcome {
    let Some(folder) = folder("nlvr/dev") else {
        return Ok(());
    };
    let spec = format!("nlvr:{}", folder.display());
    let (data, open) = all(&spec)?;
    assert_eq!(open.len(), (989 - 352) * 6);
    assert_eq!(data.withheld(), 352 * 6);
    assert!(open.iter().all(|r| !r.locked && r.scene.is_some()));
    let (data, locked) = all(&format!("{spec}?locked=only"))?;
    assert_eq!(locked.len(), 352 * 6);
    assert_eq!(data.withheld(), 0);
    assert!(locked.iter().all(|r| r.locked));
    let (_, both) = all(&format!("{spec}?locked=include"))?;
    assert_eq!(both.len(), 5934);
    assert_eq!(files(&both), 5934);
    let mut groups: Vec<&str> = both.iter().map(|r| r.sample.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    assert_eq!(groups.len(), 267);
    Ok(())
}
