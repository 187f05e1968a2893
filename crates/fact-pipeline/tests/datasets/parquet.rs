//! Parquet as Hugging Face writes it, whole and damaged.

use crate::fixtures::{Folder, Outcome, refused};
use fact_pipeline::datasets::ImageSource;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

const SCHEMA: &str = "message schema {
  required binary question_id (STRING);
  required binary question (STRING);
  optional group answers (LIST) { repeated group list { optional binary element (STRING); } }
  optional group image { optional binary bytes; optional binary path (STRING); }
  required binary unused;
}";

/// Values, definition levels and repetition levels.
type Column<'a> = (&'a [&'a str], Option<&'a [i16]>, Option<&'a [i16]>);

/// Two row groups of three rows: bytes with a path, bytes without, a path only.
fn hugging_face() -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))?;
    for part in 0..2 {
        let ids = [0, 1, 2].map(|i| format!("q{part}{i}"));
        let mut group = file.next_row_group()?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let columns: [Column<'_>; 6] = [
            (&ids, None, None),
            (&["Red?", "Two?", "Blue?"], None, None),
            (
                &["no", "no", "yes", "2"],
                Some(&[3, 3, 3, 3, 0]),
                Some(&[0, 1, 1, 0, 0]),
            ),
            (&["\u{1}PNG", "GIF"], Some(&[2, 2, 1]), None),
            (&["x.png", "a.png"], Some(&[2, 1, 2]), None),
            (&["-", "-", "-"], None, None),
        ];
        for (values, definitions, repetitions) in columns {
            let values: Vec<ByteArray> = values.iter().map(|v| ByteArray::from(*v)).collect();
            if let Some(mut column) = group.next_column()? {
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&values, definitions, repetitions)?;
                column.close()?;
            }
        }
        group.close()?;
    }
    file.into_inner()
}

#[test]
fn whole() -> Outcome {
    let folder = Folder::with(&[("images/a.png", "")])?;
    folder.write("data/train-00000-of-00001.parquet", &hugging_face()?)?;
    for rest in ["", "data", "data/train-00000-of-00001.parquet"] {
        let images = folder.path("images");
        let (good, bad) = folder.read("parquet", &format!("{rest}?images={}", images.display()))?;
        assert_eq!(folder.texts(&bad), Vec::<String>::new());
        let ids: Vec<&str> = good.iter().map(|r| r.sample.id.as_str()).collect();
        assert_eq!(ids, ["q00", "q01", "q02", "q10", "q11", "q12"]);
        let answers: Vec<usize> = good.iter().map(|r| r.sample.answers.len()).collect();
        assert_eq!(answers, [2, 1, 0, 2, 1, 0]);
        assert_eq!(good[0].sample.images, ["x.png"]);
        assert_eq!(&*good[0].images[0].read(100)?, "\u{1}PNG".as_bytes());
        assert_eq!(good[4].sample.images, ["train-00000-of-00001-4"]);
        assert!(matches!(good[5].images[0], ImageSource::File { .. }));
    }
    let options = format!(
        "data?id=question&question=question_id&matcher=vqa_soft&images={}",
        folder.path("images").display()
    );
    let (good, bad) = folder.read("parquet", &options)?;
    assert_eq!(good[0].sample.id, "Red?");
    assert_eq!(
        (good.len(), bad.len()),
        (3, 3),
        "the second row group repeats the identifiers"
    );
    Ok(())
}

#[test]
fn columns_are_checked_at_once() -> Outcome {
    let folder = Folder::with(&[])?;
    folder.write("a.parquet", &hugging_face()?)?;
    let text = refused(&folder.spec("parquet", "a.parquet?answer=answer"));
    assert!(
        text.contains("no column `answer` (did you mean `answers`?); it has question_id, question"),
        "{text}"
    );
    let text = refused(&folder.spec("parquet", "a.parquet?question=prompt"));
    assert!(text.contains("no column `prompt`"), "{text}");
    let text = refused(&folder.spec("parquet", "a.parquet?colour=red"));
    assert!(text.contains("`parquet` has no option `colour`"), "{text}");
    let text = refused(&folder.spec("parquet", "a.parquet?image=unused&answer=image"));
    assert!(text.starts_with("opened"), "{text}");
    let (good, bad) = folder.read("parquet", "a.parquet?image=unused&answer=image")?;
    assert!(good.is_empty() && bad.len() == 6);
    Ok(())
}

/// Truncated anywhere, or with any byte changed, a file gives records or errors, never a panic.
#[test]
fn damaged() -> Outcome {
    let whole = hugging_face()?;
    let folder = Folder::with(&[("a.png", "")])?;
    let check = |bytes: &[u8]| -> Result<usize, Box<dyn std::error::Error>> {
        folder.write("a.parquet", bytes)?;
        let spec = folder.spec("parquet", "a.parquet");
        // A change in the schema may make a column go missing: then the file is refused.
        match crate::fixtures::read(&spec) {
            Ok((good, bad)) => {
                assert!(good.len() + bad.len() <= 7);
                Ok(bad.len())
            }
            Err(_) => Ok(1),
        }
    };
    assert_eq!(check(&whole)?, 0);
    for length in [
        0,
        1,
        4,
        7,
        8,
        50,
        whole.len() / 2,
        whole.len() - 9,
        whole.len() - 1,
    ] {
        assert_eq!(check(&whole[..length])?, 1, "cut to {length}");
    }
    let mut changed = whole.clone();
    for i in (0..whole.len()).step_by(3) {
        changed[i] ^= 0xff;
        check(&changed)?;
        changed[i] = whole[i];
    }
    Ok(())
}

/// A damaged file does not stop the next one.
#[test]
fn shards() -> Outcome {
    let folder = Folder::with(&[("0.parquet", "PAR1 no"), ("a.png", "")])?;
    folder.write("1.parquet", &hugging_face()?)?;
    let (good, bad) = folder.read("parquet", "")?;
    assert_eq!((good.len(), bad.len()), (6, 1));
    let text = &folder.texts(&bad)[0];
    assert!(text.starts_with("0.parquet: record 0: "), "{text}");
    assert!(text.contains("the rest of the file is not read"), "{text}");
    Ok(())
}
