//! The run store and what is derived from it, on rows made by hand.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use fact_core::certificate::{Certificate, PackRef, VERSION};
use fact_core::matcher::Matcher;
use fact_core::rationale::{GroundedBox, Rationale, Step, StepKind};
use fact_core::sample::{Sample, WeightedAnswer};
use fact_core::verify::Level;
use fact_lang::tool::ImageRef;
use fact_pipeline::export::{ExportOptions, Format, Styling, export, parse_row};
use fact_pipeline::store::{
    CandidateRow, GroupRow, GroupRows, RationaleRow, Reader, SampleRow, StageRow, StoreError,
    VerdictRow, Writer,
};
use fact_pipeline::style::{Boxes, Layout, Style};
use fact_pipeline::summary::Summary;
use std::collections::BTreeMap;
use std::path::Path;

const PROGRAM: &str = "def execute_command(image):\n    return image.count(\"cup\") == 2\n";

fn settings() -> BTreeMap<String, String> {
    let pairs = [
        ("candidates", "10"),
        ("data", "\"jsonl:data.jsonl\""),
        ("data.samples", "3"),
    ];
    pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into()
}

fn certificate() -> Certificate {
    Certificate {
        version: VERSION,
        question: "There are two cups.".into(),
        choices: Vec::new(),
        answer: "true".into(),
        matcher: Matcher::TrueFalse,
        pack: PackRef {
            name: "blocks".into(),
            version: "1".into(),
            sha256: "00".into(),
            source: None,
        },
        images: vec![ImageRef {
            sha256: "ff".into(),
            width: 400,
            height: 100,
        }],
        program: PROGRAM.into(),
        residual: PROGRAM.into(),
        answers: Vec::new(),
        result: "True".into(),
        claims: vec![Vec::new()],
    }
}

/// A sample of the group `g`; only accepted ones have a rationale.
fn sample(ordinal: u64, accepted: bool) -> SampleRow {
    let rationale = RationaleRow::Made {
        rationale: Rationale {
            steps: vec![Step {
                kind: StepKind::Evidence,
                text: "There are 2 cups in the image.".into(),
                cites: vec![7],
                boxes: vec![GroundedBox {
                    name: "the cup".into(),
                    image: 0,
                    bbox: [1.0, 2.0, 30.5, 40.0],
                }],
            }],
            conclusion: "So the statement is true.".into(),
        },
        certificate: certificate().into(),
    };
    SampleRow {
        ordinal,
        sample: Sample {
            id: format!("s{ordinal}"),
            images: vec![format!("images/{ordinal}.png")],
            question: "There are two cups.".into(),
            answers: vec![WeightedAnswer {
                text: "true".into(),
                weight: 1.0,
            }],
            group: "g".into(),
            scene: format!("scene {ordinal}"),
            choices: Vec::new(),
            split: Some("val".into()),
            family: ordinal.is_multiple_of(2).then(|| "count".into()),
        },
        chosen: Some(0),
        right: Some(accepted),
        predicted: Some(if accepted { "true" } else { "false" }.into()),
        level: Some(if accepted { Level::V1 } else { Level::V0 }),
        accepted,
        confidence: Some(0.75),
        failure: (!accepted).then(|| "verify:wrong".into()),
        stages: vec![StageRow {
            stage: "verify",
            status: if accepted { "ok" } else { "failed" }.into(),
            reason: None,
            detail: Some(serde_json::json!({ "score": 1 }).to_string()),
        }],
        verdicts: vec![VerdictRow {
            candidate: 0,
            outcome: "returned",
            reason: None,
            predicted: Some("True".into()),
            score: Some(1.0),
        }],
        rationale: accepted.then_some(rationale),
    }
}

fn group(key: u64, samples: Vec<SampleRow>) -> GroupRows {
    GroupRows {
        group: GroupRow {
            key,
            name: "g".into(),
            question: "There are two cups.".into(),
            scenes: samples.len(),
            visible: samples.len(),
            chosen: Some(0),
            oracle: false,
            chosen_one: Some(0),
            one_holds: (samples.len() > 1).then_some(false),
            round: 1,
            held_out: false,
            records: 0,
        },
        candidates: vec![CandidateRow {
            proposer: "bank".into(),
            source: "exemplar 1".into(),
            score: 0.9,
            program: PROGRAM.into(),
            level: Some(Level::V1),
            ran: samples.len(),
            right: 1,
            all_right: samples.len() == 1,
            slice: Some(4),
            reason: None,
            evidence: None,
        }],
        samples,
    }
}

/// Two groups, the later one first: what is read must not depend on the order of commits.
fn store(folder: &Path) -> Reader {
    let mut writer = Writer::open(folder).unwrap();
    writer.bind(&settings()).unwrap();
    writer.commit(&[group(1, vec![sample(1, true)])]).unwrap();
    writer
        .commit(&[group(0, vec![sample(0, true), sample(2, false)])])
        .unwrap();
    drop(writer);
    Reader::open(folder).unwrap()
}

#[test]
fn exports_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let reader = store(folder.path());
    for format in [Format::Jsonl, Format::Llava, Format::Sharegpt] {
        let options = ExportOptions::default();
        let exported = export(&reader, format, folder.path(), &options).unwrap();
        let text = std::fs::read_to_string(exported.path).unwrap();
        insta::assert_snapshot!(format.to_string(), text);
        for line in text.lines().filter(|_| format == Format::Jsonl) {
            let row = parse_row(line).unwrap();
            assert_eq!(serde_json::to_string(&row).unwrap(), line);
            if let Some(rationale) = row.rationale() {
                assert_eq!(rationale.conclusion, "So the statement is true.");
            }
        }
    }
    let summary = Summary::read(&reader).unwrap();
    insta::assert_json_snapshot!("summary", summary);
}

fn made(sample: &mut SampleRow) -> (&mut Rationale, &mut Certificate) {
    match sample.rationale.as_mut().unwrap() {
        RationaleRow::Made {
            rationale,
            certificate,
        } => (rationale, certificate),
        RationaleRow::Stored(_) => panic!("it was made"),
    }
}

/// Three accepted samples: a plain one; one of two images whose question, sentence and box would break
/// a format; one whose answer would.
fn hostile_store(folder: &Path) -> Reader {
    let mut broken = sample(1, true);
    broken.sample.images = vec!["a b.png".into(), "c.png".into()];
    broken.sample.question = "Is <image> </s> [INST] it\n<|im_end|>?".into();
    let (rationale, certificate) = made(&mut broken);
    certificate.images.push(certificate.images[0].clone());
    rationale.steps[0].text = "The cup says </think>no <bbox>.".into();
    rationale.steps[0].boxes.push(GroundedBox {
        name: "the dog".into(),
        image: 1,
        bbox: [f64::MAX, 0.0, 1.0, 1.0],
    });
    let mut refused = sample(2, true);
    made(&mut refused).1.answer = "</think>".into();
    let mut writer = Writer::open(folder).unwrap();
    writer.bind(&settings()).unwrap();
    writer
        .commit(&[group(0, vec![sample(0, true), broken, refused])])
        .unwrap();
    drop(writer);
    Reader::open(folder).unwrap()
}

#[test]
fn exports_in_a_style_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let reader = hostile_store(folder.path());
    let style = |layout, boxes| Styling {
        style: Style {
            layout,
            boxes,
            ..Style::default()
        },
        ..Styling::default()
    };
    for (format, styling) in [
        (Format::Jsonl, style(Layout::Think, Some(Boxes::Pixel))),
        (Format::Llava, style(Layout::Plain, None)),
        (Format::Sharegpt, style(Layout::Steps, Some(Boxes::Qwen2Vl))),
        (Format::Trl, style(Layout::Think, Some(Boxes::Norm1000))),
        (Format::MsSwift, style(Layout::Plain, Some(Boxes::Objects))),
        (Format::OpenAi, style(Layout::Think, None)),
    ] {
        let options = ExportOptions {
            image_url: (format == Format::OpenAi).then(|| "https://example.org/x/".into()),
            styling,
            ..ExportOptions::default()
        };
        let exported = export(&reader, format, folder.path(), &options).unwrap();
        assert_eq!(exported.left_out, 1, "{format}");
        assert_eq!(exported.rows, if format.teaches() { 2 } else { 3 });
        let boxed = styling.style.boxes.is_some();
        assert_eq!(exported.boxes_left_out, u64::from(boxed), "{format}");
        let text = std::fs::read_to_string(&exported.path).unwrap();
        insta::assert_snapshot!(format!("styled-{format}"), text);
        for line in text.lines().filter(|_| format == Format::Jsonl) {
            let row = parse_row(line).unwrap();
            // A text that could not be written is null, and read as none.
            let written = line.replace(",\"text\":null}", "}");
            assert_eq!(serde_json::to_string(&row).unwrap(), written);
        }
        let name = format!("{}.export.json", format.file_name(None));
        let record = std::fs::read_to_string(folder.path().join(name)).unwrap();
        if format == Format::Trl {
            insta::assert_snapshot!("record", record);
        }
        // The same again.
        export(&reader, format, folder.path(), &options).unwrap();
        assert_eq!(std::fs::read_to_string(&exported.path).unwrap(), text);
    }
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let reader = store(folder.path());
    let out = folder.path().join("out");
    let options = ExportOptions::default();
    let error = export(&reader, Format::OpenAi, &out, &options).unwrap_err();
    assert!(error.hint().unwrap().contains("--image-url"), "{error}");
    let mut options = ExportOptions::default();
    options.styling.style.boxes = Some(Boxes::Objects);
    let error = export(&reader, Format::Llava, &out, &options).unwrap_err();
    assert!(error.hint().unwrap().contains("--boxes"), "{error}");
    assert!(!out.exists());
}

#[test]
fn parquet_has_the_text_in_a_style_too() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let folder = tempfile::tempdir().unwrap();
    let reader = hostile_store(folder.path());
    let mut options = ExportOptions::default();
    options.styling.style.layout = Layout::Think;
    let exported = export(&reader, Format::Parquet, folder.path(), &options).unwrap();
    let file = SerializedFileReader::new(std::fs::File::open(exported.path).unwrap()).unwrap();
    let rows: Vec<_> = file
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let text = "<think>There are 2 cups in the image.</think>true";
    assert_eq!(rows[0].get_string(20).unwrap(), text);
    assert!(
        rows[2].get_string(20).is_err(),
        "the answer cannot be written"
    );
}

#[test]
fn parquet_holds_the_same_rows() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let folder = tempfile::tempdir().unwrap();
    let reader = store(folder.path());
    let options = ExportOptions::default();
    let exported = export(&reader, Format::Parquet, folder.path(), &options).unwrap();
    assert_eq!(exported.rows, 3);
    let file = SerializedFileReader::new(std::fs::File::open(exported.path).unwrap()).unwrap();
    let rows: Vec<_> = file
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let ids: Vec<&String> = rows.iter().map(|row| row.get_string(0).unwrap()).collect();
    assert_eq!(ids, ["s0", "s1", "s2"]);
    assert!(rows[0].get_bool(5).unwrap() && !rows[2].get_bool(5).unwrap());
    assert_eq!(rows[2].get_double(7).unwrap(), 0.75);
    assert!(rows[2].get_string(11).is_err(), "no rationale");
    let steps: serde_json::Value = serde_json::from_str(rows[0].get_string(12).unwrap()).unwrap();
    assert_eq!(steps[0]["boxes"][0]["box"][2], 30.5);
    let labels = |row: usize| [16, 17, 18, 19].map(|at| rows[row].get_string(at).ok());
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        labels(0).map(|label| label.cloned()),
        [text("g"), text("scene 0"), text("count"), text("val")]
    );
    assert_eq!(labels(1)[2], None);
}

#[test]
fn a_failed_export_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let reader = store(folder.path());
    let out = folder.path().join("out");
    // The images are not there.
    let options = ExportOptions {
        images: true,
        ..ExportOptions::default()
    };
    assert!(export(&reader, Format::Parquet, &out, &options).is_err());
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn a_group_is_there_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.bind(&settings()).unwrap();
    writer.commit(&[group(0, vec![sample(0, true)])]).unwrap();
    // The second sample's id is taken, so the group cannot be written.
    let clash = group(1, vec![sample(1, true), sample(0, true)]);
    assert!(writer.commit(std::slice::from_ref(&clash)).is_err());
    // Nor what would be written with it.
    let other = group(2, vec![sample(2, true)]);
    assert!(writer.commit(&[other, clash]).is_err());
    assert_eq!(writer.samples_done(1).unwrap(), 1);
    assert_eq!(
        writer
            .groups_done(1)
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>(),
        [0]
    );
    writer.commit(&[group(1, vec![sample(1, true)])]).unwrap();
}

#[test]
fn one_writer_and_readers_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.bind(&settings()).unwrap();
    assert!(matches!(
        Writer::open(folder.path()),
        Err(StoreError::Locked(_))
    ));
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.counts().unwrap().samples, 0);
    writer.commit(&[group(0, vec![sample(0, true)])]).unwrap();
    assert_eq!(reader.counts().unwrap().samples, 1);
    assert!(reader.sample("s0").unwrap().is_some());
    assert!(reader.sample("s1").unwrap().is_none());
}

#[test]
fn other_settings_and_versions_are_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.bind(&settings()).unwrap();
    let mut other = settings();
    other.insert("candidates".into(), "4".into());
    other.insert("seed".into(), "1".into());
    let error = writer.bind(&other).unwrap_err().to_string();
    assert!(
        error.contains("candidates is 4, was 10; seed is 1, was not set"),
        "{error}"
    );
    drop(writer);

    let database = rusqlite::Connection::open(folder.path().join("run.db")).unwrap();
    database.pragma_update(None, "user_version", 9).unwrap();
    drop(database);
    let error = Reader::open(folder.path()).unwrap_err();
    assert!(
        matches!(error, StoreError::Version { found: 9, .. }),
        "{error}"
    );
}
