//! The readers over the real data sets, when they are there: the folder named by `FACT_DATA`, or
//! `../shared/data` next to the workspace.

use crate::fixtures::Outcome;
use fact_pipeline::datasets::{self, DataSet, ImageSource, Record};
use std::path::PathBuf;

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

/// A data set and its records.
type Whole = (Box<dyn DataSet>, Vec<Record>);

/// Every record, none of them an error.
fn all(spec: &str) -> Result<Whole, Box<dyn std::error::Error>> {
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
    assert_eq!(groups.len(), 249);
    Ok(())
}

#[test]
fn nlvr_train() -> Outcome {
    let Some(folder) = folder("nlvr/train") else {
        return Ok(());
    };
    let (data, records) = all(&format!("nlvr:{}", folder.display()))?;
    assert_eq!((records.len(), files(&records)), (6000, 6000));
    assert_eq!(data.withheld(), 0);
    assert!(records.iter().all(|r| !r.locked && r.scene.is_none()));
    Ok(())
}

#[test]
fn clevr() -> Outcome {
    let Some(folder) = folder("clevr") else {
        return Ok(());
    };
    let (_, records) = all(&format!("clevr:{}", folder.display()))?;
    assert_eq!((records.len(), files(&records)), (36 + 12, 48));
    assert!(
        records
            .iter()
            .all(|r| r.scene.is_some() && r.program.is_some())
    );
    Ok(())
}

#[test]
fn clevr_of_one_object() -> Outcome {
    let Some(folder) = folder("clevr_1obj") else {
        return Ok(());
    };
    let (_, records) = all(&format!("clevr:{}", folder.display()))?;
    assert_eq!(records.len(), 42);
    let with_image = files(&records);
    note(&format!("{with_image} of 42 with their image"));
    assert!(with_image > 0 && with_image < 42);
    for record in &records {
        let scene = record.scene.as_ref().ok_or("no scene")?;
        let objects = scene.json["objects"].as_array().ok_or("no objects")?;
        assert_eq!(objects.len(), 1, "not the scenes of two objects");
    }
    Ok(())
}

#[test]
fn gqa() -> Outcome {
    let Some(folder) = folder("gqa") else {
        return Ok(());
    };
    let (_, records) = all(&format!("gqa:{}", folder.display()))?;
    assert_eq!((records.len(), files(&records)), (9, 9));
    let mut with_scene = records.iter().filter(|r| r.scene.is_some());
    let ids = [with_scene.next(), with_scene.next()].map(|r| r.map(|r| r.sample.id.as_str()));
    assert_eq!(ids, [Some("07333408"), Some("02930152")]);
    assert!(with_scene.next().is_none());
    Ok(())
}

#[test]
fn easy_vqa() -> Outcome {
    let Some(folder) = folder("easy_vqa") else {
        return Ok(());
    };
    let spec = format!("easy-vqa:{}", folder.display());
    let (_, records) = all(&spec)?;
    assert_eq!(records.len(), 1467 + 1470);
    assert_eq!(files(&records), records.len());
    assert_eq!(all(&format!("{spec}?split=test"))?.1.len(), 1470);
    assert_eq!(all(&format!("{spec}/train"))?.1.len(), 1467);
    Ok(())
}

#[test]
fn vqa_v2() -> Outcome {
    let Some(folder) = folder("vqav2") else {
        return Ok(());
    };
    let (data, records) = all(&format!("vqa:{}", folder.display()))?;
    assert_eq!((records.len(), files(&records)), (3, 3));
    assert!(data.matcher().is_right("Net.", &records[0].sample.answers));
    Ok(())
}

/// Lists of objects with other names are plain JSON with options.
#[test]
fn pope() -> Outcome {
    let (Some(pope), Some(gqa)) = (folder("pope"), folder("gqa/images")) else {
        return Ok(());
    };
    let spec = format!(
        "jsonl:{}?images={}&question=text&answer=label&matcher=yes_no",
        pope.join("gqa_pope_seem_random_with_images.json").display(),
        gqa.display(),
    );
    let (data, records) = all(&spec)?;
    assert_eq!((records.len(), files(&records)), (30, 30));
    assert!(data.matcher().is_right("True", &records[0].sample.answers));
    Ok(())
}
