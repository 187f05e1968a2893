//! Input made to break a reader: it is reported and the rest is read.

use crate::fixtures::{Folder, Outcome, refused};
use fact_pipeline::datasets::{ImageReadError, ImageSource};
use std::io::Write;

const GOOD: &str = r#"{"id": "good", "image": "a.png", "question": "Red?", "answer": "no"}"#;

/// One bad line between good ones: what is said of it.
#[test]
fn bad_records() -> Outcome {
    for (line, wanted) in [
        (&b"{"[..], "not valid JSON: EOF while parsing an object (column 1)"),
        (b"{} {}", "not valid JSON: trailing characters (column 4)"),
        (b"[1]", "invalid type: sequence, expected a map"),
        (b"{}", "field `image`: missing"),
        (br#"{"id": "x", "image": "a.png"}"#, "field `question`: missing"),
        (br#"{"image": "a.png", "question": "?"}"#, "field `id`: missing"),
        (br#"{"id": "", "image": "a.png", "question": "?"}"#, "field `id`: empty"),
        (br#"{"id": [], "image": "a.png", "question": "?"}"#, "field `id`: expected text, found a list"),
        (br#"{"id": "x", "image": "a.png", "question": "a\u0000b"}"#, "field `question`: contains a NUL character"),
        (br#"{"id": "x", "image": "a.png", "question": "?", "answers": ["a", {"b": 1}]}"#, "field `answers[1]`: expected text, found an object"),
        (br#"{"id": "x", "image": "a.png", "question": "?", "answer": {"text": "a", "weight": 2}}"#, "field `answer`: `weight` must be above 0 and at most 1"),
        (br#"{"id": "x", "image": [], "question": "?"}"#, "field `image`: no image"),
        (br#"{"id": "x", "image": "", "question": "?"}"#, "field `image`: empty"),
        (b"{\"id\": \"\xff\"}", "not valid UTF-8 at byte 8 of the record\nhint: convert"),
        (b"{\"id\": \"a\x00b\"}", "control character"),
        (br#"{"id": "good", "image": "a.png", "question": "?"}"#, "field `id`: the identifier `good` was used by an earlier record"),
    ] {
        let other = GOOD.replace("good", "other");
        let content = [GOOD.as_bytes(), line, other.as_bytes()].join(&b'\n');
        let (good, bad) = Folder::jsonl_errors(&content)?;
        let shown = String::from_utf8_lossy(line);
        assert_eq!((good, bad.len()), (2, 1), "{shown}: {bad:?}");
        assert!(bad[0].contains(wanted), "{shown}: {}", bad[0]);
        assert!(bad[0].starts_with("d.jsonl:2: record 1: "), "{}", bad[0]);
    }
    Ok(())
}

#[test]
fn image_paths_stay_under_the_root() -> Outcome {
    let folder = Folder::with(&[
        ("in/a.png", "a"),
        ("out/b.png", "secret"),
        ("in/sub/c.png", "c"),
    ])?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(folder.path("out/b.png"), folder.path("in/link.png"))?;
        symlink(folder.path("out"), folder.path("in/door"))?;
        symlink("a.png", folder.path("in/inside.png"))?;
    }
    let absolute = folder.path("out/b.png").display().to_string();
    let mut cases = vec![
        ("../out/b.png", "climbs with `..`"),
        ("sub/../../out/b.png", "climbs with `..`"),
        ("sub/../a.png", "climbs with `..`"),
        (r"..\out\b.png", "climbs with `..`"),
        (absolute.as_str(), "is absolute"),
        (r"\\server\b.png", "is absolute"),
        (r"C:\b.png", "is absolute"),
        (
            "http://example.org/b.png",
            "is a URL; nothing is downloaded",
        ),
        ("file:///etc/passwd", "is a URL"),
        ("data:image/png;base64,AAAA", "is a URL"),
        ("none.png", "does not exist under"),
        ("sub", "is not a regular file"),
        (".", "the image path is empty"),
        ("a\\u0007.png", "contains a control character"),
        ("a.png/x", "cannot be resolved"),
    ];
    if cfg!(unix) {
        cases.push(("link.png", "leads out of the image folder"));
        cases.push(("door/b.png", "leads out of the image folder"));
    }
    for (path, wanted) in cases {
        let path = if path.contains("u0007") {
            path.to_owned()
        } else {
            path.replace('\\', "\\\\")
        };
        let line = GOOD.replace("a.png", &path);
        folder.write("in/d.jsonl", line.as_bytes())?;
        let (good, bad) = folder.read("jsonl", "in")?;
        assert_eq!((good.len(), bad.len()), (0, 1), "{path}");
        assert!(bad[0].to_string().contains(wanted), "{path}: {}", bad[0]);
        assert_eq!(bad[0].fault.kind(), "image");
    }
    let fine = ["a.png", "./a.png", "sub/c.png", "inside.png"];
    for path in &fine[..if cfg!(unix) { 4 } else { 3 }] {
        folder.write("in/d.jsonl", GOOD.replace("a.png", path).as_bytes())?;
        let (good, bad) = folder.read("jsonl", "in")?;
        assert_eq!((good.len(), bad.len()), (1, 0), "{path}: {bad:?}");
        assert_eq!(good[0].sample.images[0], path.trim_start_matches("./"));
    }
    Ok(())
}

#[test]
fn image_files_are_limited() -> Outcome {
    let folder = Folder::with(&[("a.png", "12345"), ("d.jsonl", GOOD)])?;
    let (good, _) = folder.read("jsonl", "")?;
    let image = &good[0].images[0];
    assert_eq!(&*image.read(5)?, b"12345");
    assert!(matches!(
        image.read(4),
        Err(ImageReadError::TooLarge { .. })
    ));
    let bytes = ImageSource::Bytes {
        name: "b".to_owned(),
        bytes: (*b"12345").into(),
    };
    assert!(matches!(
        bytes.read(4),
        Err(ImageReadError::TooLarge { .. })
    ));
    let absent = ImageSource::Absent {
        relative: "c.png".to_owned(),
    };
    assert!(matches!(absent.read(4), Err(ImageReadError::Absent(_))));
    Ok(())
}

/// A line of 100 MB is skipped without being held; so is an element of an array.
#[test]
fn endless_records() -> Outcome {
    for array in [false, true] {
        let folder = Folder::with(&[("a.png", "")])?;
        let (open, between, close) = if array {
            ("[", ",\n", "]")
        } else {
            ("", "\n", "")
        };
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.path("d.jsonl"))?);
        write!(file, "{open}{GOOD}{between}{{\"id\": \"")?;
        let chunk = [b'x'; 1 << 20];
        for _ in 0..100 {
            file.write_all(&chunk)?;
        }
        write!(file, "\"}}{between}{}{close}", GOOD.replace("good", "last"))?;
        file.into_inner()?;
        let (good, bad) = folder.read("jsonl", "d.jsonl")?;
        assert_eq!((good.len(), bad.len()), (2, 1), "array: {array}: {bad:?}");
        let text = &folder.texts(&bad)[0];
        assert!(
            text.starts_with("d.jsonl:2: record 1: longer than 16777216 bytes"),
            "{text}"
        );
    }
    Ok(())
}

/// Nesting far beyond the stack is one bad record, in lines, arrays and annotations.
#[test]
fn deep_nesting() -> Outcome {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(1_000_000), close.repeat(1_000_000));
        let line = format!("{{\"id\": {deep}}}\n{GOOD}");
        let (good, bad) = Folder::jsonl_errors(line.as_bytes())?;
        assert_eq!((good, bad.len()), (1, 1));
        assert!(bad[0].contains("recursion limit exceeded"), "{}", bad[0]);
        let (good, bad) = Folder::jsonl_errors(format!("[{{\"id\": {deep}}},{GOOD}]").as_bytes())?;
        assert_eq!((good, bad.len()), (1, 1));
        let question = r#"{"questions": [{"image_filename": "x.png", "question": "?"}]}"#;
        let scenes = format!(r#"{{"scenes": [{{"image_filename": "x.png", "objects": {deep}}}]}}"#);
        let folder = Folder::with(&[("questions.json", question), ("scenes.json", &scenes)])?;
        let (good, bad) = folder.read("clevr", "")?;
        assert_eq!((good.len(), bad.len()), (0, 1));
        assert!(
            bad[0].to_string().contains("recursion limit exceeded"),
            "{}",
            bad[0]
        );
    }
    Ok(())
}

/// Files that end or break in the middle: what came before is read.
#[test]
fn broken_documents() -> Outcome {
    for (content, good, wanted) in [
        (
            format!("[{GOOD}, {{\"id\""),
            1,
            "the file ends in the middle of a record; the rest",
        ),
        (
            format!("[{GOOD}"),
            1,
            "the file ends in the middle; the rest",
        ),
        (
            format!("[{GOOD} {GOOD}]"),
            1,
            "expected `,` between records, found `{`",
        ),
        (format!("[{GOOD}, ]"), 1, "a value is missing"),
        ("[".to_owned(), 0, "the file ends in the middle"),
        (
            format!("[{GOOD}}}"),
            1,
            "expected `,` between records, found `}`",
        ),
    ] {
        let (found, bad) = Folder::jsonl_errors(content.as_bytes())?;
        assert_eq!((found, bad.len()), (good, 1), "{content}: {bad:?}");
        assert!(bad[0].contains(wanted), "{content}: {}", bad[0]);
        assert!(
            bad[0].contains("hint: the download may be incomplete"),
            "{}",
            bad[0]
        );
    }
    for (content, wanted) in [
        ("", "the file ends too early"),
        ("[]", "expected `{`, found `[`"),
        ("{}", "the file has no `questions`"),
        (r#"{"questions": {}}"#, "expected `[`, found `{`"),
        (r#"{questions: []}"#, "expected a key in double quotes"),
        (r#"{"a" 1}"#, "expected `:`"),
        (r#"{"\x": 1}"#, "bad key"),
    ] {
        let folder = Folder::with(&[("questions.json", content)])?;
        let (good, bad) = folder.read("clevr", "")?;
        assert_eq!((good.len(), bad.len()), (0, 1), "{content}");
        assert!(bad[0].to_string().contains(wanted), "{content}: {}", bad[0]);
    }
    Ok(())
}

/// Annotations that cannot be read are reported once; those behind a break stop the opening.
#[test]
fn broken_annotations() -> Outcome {
    let question = r#"{"questions": [{"image_filename": "x.png", "question": "?"}]}"#;
    let scenes = r#"{"scenes": [{"objects": []}, 5, {"image_filename": "x.png"}, {"image_filename": "x.png"}]}"#;
    let folder = Folder::with(&[("questions.json", question), ("scenes.json", scenes)])?;
    let (good, bad) = folder.read("clevr", "")?;
    assert_eq!(good.len(), 1);
    assert_eq!(
        folder.texts(&bad),
        [
            "scenes.json:1: record 0: field `image_filename`: missing",
            "scenes.json:1: record 1: invalid type: integer `5`, expected an object",
            "scenes.json:1: record 3: the identifier `x.png` was used by an earlier record\nhint: identifiers must be unique in the whole data set",
        ]
    );
    folder.write("scenes.json", br#"{"scenes": [{"image"#)?;
    let text = refused(&folder.spec("clevr", ""));
    assert!(text.contains("cannot index the annotations") && text.contains("ends in the middle"));
    Ok(())
}

/// Line ends of all kinds and a byte order mark are no part of the records.
#[test]
fn line_ends_and_marks() -> Outcome {
    let other = GOOD.replace("good", "other");
    let content = format!("\u{feff}{GOOD}\r\n\r\n  \n{other}\n\n");
    assert_eq!(Folder::jsonl_errors(content.as_bytes())?, (2, Vec::new()));
    let content = format!("\u{feff}[\r\n{GOOD},{other}]\n");
    assert_eq!(Folder::jsonl_errors(content.as_bytes())?, (2, Vec::new()));
    assert_eq!(Folder::jsonl_errors(b"")?, (0, Vec::new()));
    Ok(())
}

/// One bad example of NLVR is one error, not six.
#[test]
fn nlvr_errors() -> Outcome {
    let lines = r#"{"sentence": "s", "label": "maybe", "identifier": "1-0", "directory": "0"}
{"sentence": "s", "label": "true", "identifier": "1-0", "directory": "../../etc"}
{"sentence": "s", "label": "true", "identifier": "1-0", "directory": "0", "structured_rep": [[], []]}
{"sentence": "s", "label": "true", "directory": "0"}
{"sentence": "s", "label": "true", "identifier": "1-0", "directory": "0"}
"#;
    let folder = Folder::with(&[("train.json", lines)])?;
    let (good, bad) = folder.read("nlvr", "")?;
    assert!(good.is_empty());
    let texts = folder.texts(&bad);
    assert_eq!(texts.len(), 5, "{texts:?}");
    for (text, wanted) in texts.iter().zip([
        "train.json:1: record 0: field `label`: unknown variant `maybe`",
        "train.json:2: record 1: field `directory`: the image path `images/../../etc/train-1-0-0.png` climbs",
        "train.json:3: record 2: field `structured_rep`: expected a list of three boxes",
        "train.json:4: record 3: field `identifier`: missing",
        "train.json:5: record 4: field `directory`: the image `images/0/train-1-0-0.png` does not exist",
    ]) {
        assert!(text.starts_with(wanted), "{text}");
    }
    Ok(())
}
