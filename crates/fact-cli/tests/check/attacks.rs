//! Files that mean harm: each is rejected or told of with its place, and nothing else is lost.

use crate::support::{data, export, fact, run};
use crate::{check, reasons, rows, write_rows};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// An honest row with a rationale, and the folder of its images.
fn honest(folder: &Path) -> Value {
    let data = data(folder, 2, 2);
    run(folder, &data, "run", &[]);
    let mut rows = rows(&export(folder, "run")).into_iter();
    rows.find(|row| !row["rationale"].is_null()).unwrap()
}

#[test]
fn lines_that_are_no_rows_are_told_of_by_place_and_the_others_checked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row = honest(folder);
    let text = row.to_string();
    let certificate = text.find("\"certificate\":{").unwrap() + "\"certificate\":{".len();
    let insert = |at: usize, what: &str| format!("{}{what}{}", &text[..at], &text[at..]);
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let mut deep = String::new();
    for _ in 0..100_000 {
        deep.push('[');
    }
    let nested = replaced("\"image\":\"", &format!("\"image\":{deep}\""));
    let label = "\"attributes\":{";
    let twice = replaced(
        label,
        &format!("{label}\"color\":\"red\",\"color\":\"blue\","),
    );
    let wrong: &[(&str, Vec<u8>)] = &[
        ("EOF", b"{".to_vec()),
        ("EOF", text[..text.len() / 2].into()),
        (
            "not UTF-8 from byte",
            [b"{\"id\":\"\xff", text.as_bytes()].concat(),
        ),
        (
            "certificate version 2; this fact reads 1",
            replaced("\"version\":1", "\"version\":2,\"proof\":1").into(),
        ),
        ("unknown field `note`", insert(1, "\"note\":1,").into()),
        (
            "unknown field `proof`",
            insert(certificate, "\"proof\":1,").into(),
        ),
        ("duplicate field `id`", insert(1, "\"id\":\"x\",").into()),
        ("duplicate attribute `color`", twice.into()),
        ("recursion limit", nested.into()),
        (
            "number out of range",
            replaced("\"confidence\":", "\"confidence\":1e999,\"x\":").into(),
        ),
        (
            "expected",
            replaced("\"confidence\":", "\"confidence\":NaN,\"x\":").into(),
        ),
        (
            "invalid type",
            replaced("\"steps\":[", "\"steps\":[7,").into(),
        ),
        (
            "missing field `steps`",
            replaced("\"steps\":", "\"rationale\":").into(),
        ),
        ("trailing characters", format!("{text} {text}").into()),
    ];
    let mut file = Vec::new();
    for (_, line) in wrong {
        file.extend_from_slice(line);
        file.push(b'\n');
        // Between them, honest rows.
        writeln!(file, "{text}").unwrap();
    }
    std::fs::write(folder.join("bad.jsonl"), file).unwrap();
    let (report, code) = check(folder, "bad.jsonl", &[]);
    assert_eq!(code, 1);
    assert_eq!(report["checked"], wrong.len());
    assert_eq!(report["rejected"], 0);
    assert_eq!(report["unreadable"], wrong.len());
    let told = reasons(&report, 2 * wrong.len());
    for (at, (part, _)) in wrong.iter().enumerate() {
        let reason = told[2 * at].first().cloned().unwrap_or_default();
        let duplicate = *part == "missing field `steps`" && reason.contains("duplicate field");
        assert!(reason.contains(part) || duplicate, "{part}: {reason}");
        assert!(told[2 * at + 1].is_empty());
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_costs_much() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row = honest(folder);
    let mut file = std::fs::File::create(folder.join("large.jsonl")).unwrap();
    // A line of 40 MiB, which is not kept.
    let block = vec![b'a'; 1 << 20];
    file.write_all(b"{\"id\":\"").unwrap();
    for _ in 0..40 {
        file.write_all(&block).unwrap();
    }
    writeln!(file, "\"}}\n{row}").unwrap();
    // Many claims, many answers.
    let mut claims = row.clone();
    let claim = row["certificate"]["claims"][0][0].clone();
    claims["certificate"]["claims"][0] = Value::Array(vec![claim; 50_000]);
    let mut answers = row.clone();
    let answer = row["certificate"]["answers"][0].clone();
    answers["certificate"]["answers"] = Value::Array(vec![answer; 1_001]);
    // A program and a pack that are long, and a program that is deep.
    let mut long = row.clone();
    let lines = "    x = 1\n".repeat(100_000);
    let program = format!("def execute_command(image):\n{lines}    return True\n");
    for field in ["program", "residual"] {
        long[field] = json!(program);
        long["certificate"][field] = json!(program);
    }
    let mut deep = row.clone();
    let nest = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let program = format!("def execute_command(image):\n    return {nest}\n");
    for field in ["program", "residual"] {
        deep[field] = json!(program);
        deep["certificate"][field] = json!(program);
    }
    let mut pack = row.clone();
    pack["certificate"]["pack"] = json!({
        "name": "own", "version": "1", "sha256": "0".repeat(64),
        "source": format!("VERSION = \"1\"\n{}", "(".repeat(1_000_000)),
    });
    for row in [&claims, &answers, &long, &deep, &pack] {
        writeln!(file, "{row}").unwrap();
    }
    drop(file);
    let (report, code) = check(folder, "large.jsonl", &["--fast"]);
    assert_eq!((code, &report["checked"]), (1, &json!(6)));
    let told = reasons(&report, 7);
    assert_eq!(told[0], ["longer than 16 MiB"]);
    assert!(told[1].is_empty());
    for (at, part) in [
        (2, "claims"),
        (3, "it has 1001 recorded answers; a run may ask for 1000"),
        (4, "the program"),
        (5, "the program does not parse"),
        (6, "the source of the pack `own` has SHA-256"),
    ] {
        let found = told[at].iter().any(|reason| reason.contains(part));
        assert!(found, "{part}: {:?}", told[at]);
        // However much is wrong, what is said of it is little.
        assert!(told[at].len() <= 21, "{}", told[at].len());
        assert!(
            told[at]
                .iter()
                .all(|reason| reason.chars().count() <= 1_001)
        );
    }
}

#[test]
fn images_are_looked_for_under_their_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row = honest(folder);
    let name = row["image"].as_str().unwrap().to_owned();
    let image = folder.join("data").join(&name);
    let bytes = std::fs::read(&image).unwrap();
    let images = folder.join("data/images");
    std::fs::write(images.join("short.png"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(folder.join("outside.png"), &bytes).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("outside.png"), images.join("link.png")).unwrap();
    std::fs::create_dir(images.join("folder.png")).unwrap();
    let mut cases = vec![
        ("../outside.png".to_owned(), "climbs with `..`"),
        (
            folder.join("outside.png").display().to_string(),
            "is absolute",
        ),
        ("file:///outside.png".to_owned(), "is a URL"),
        ("images/none.png".to_owned(), "does not exist"),
        ("images/folder.png".to_owned(), "is not a regular file"),
        ("images/short.png".to_owned(), "image `images/short.png`"),
        ("a\u{0}b.png".to_owned(), "control character"),
    ];
    if cfg!(unix) {
        cases.push(("images/link.png".to_owned(), "through a symbolic link"));
    }
    let changed: Vec<Value> = (cases.iter())
        .map(|(path, _)| {
            let mut row = row.clone();
            row["image"] = json!(path);
            row
        })
        .collect();
    write_rows(&folder.join("paths.jsonl"), &changed);
    for more in [
        &["--images", "data"][..],
        &["--images", "data", "--reperceive", "--perception", "pixels"],
    ] {
        let (report, code) = check(folder, "paths.jsonl", more);
        assert_eq!(code, 1);
        let told = reasons(&report, cases.len());
        for ((path, part), told) in cases.iter().zip(told) {
            assert!(told.iter().any(|r| r.contains(part)), "{path:?}: {told:?}");
        }
    }
    // The row itself, to show that the folder is right.
    write_rows(&folder.join("one.jsonl"), [&row]);
    assert_eq!(check(folder, "one.jsonl", &["--images", "data"]).1, 0);
    let mut two = row.clone();
    two["image"] = json!([name, name]);
    write_rows(&folder.join("two.jsonl"), [&two]);
    let (report, _) = check(folder, "two.jsonl", &[]);
    let told = reasons(&report, 1);
    assert!(
        told[0].contains(&"the row has 2 images, the certificate 1".to_owned()),
        "{told:?}"
    );
}

#[test]
fn one_sample_standard_input_and_what_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row = honest(folder);
    let id = row["id"].as_str().unwrap();
    let mut other = row.clone();
    other["id"] = json!("\u{1b}[2Jevil\nrejected q: x");
    other["rationale"] = json!("nothing");
    write_rows(&folder.join("both.jsonl"), [&row, &other]);
    for target in ["both.jsonl", "run"] {
        let (report, code) = check(folder, target, &["--id", id]);
        assert_eq!((code, &report["checked"]), (0, &json!(1)), "{target}");
        let none = fact(folder)
            .args(["check", target, "--id", "none"])
            .output()
            .unwrap();
        assert_eq!(none.status.code(), Some(2));
        let text = String::from_utf8(none.stderr).unwrap();
        assert_eq!(text, format!("error: {target} holds no sample `none`\n"));
    }
    let text = std::fs::read_to_string(folder.join("both.jsonl")).unwrap();
    let output = fact(folder)
        .args(["check", "-"])
        .write_stdin(text)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).unwrap();
    let begin = "rejected \\u{1b}[2Jevil\\nrejected q: x (standard input:2): ";
    assert!(shown.starts_with(begin), "{shown}");
    assert!(
        shown.ends_with("2 certificates checked, 1 rejected; 0 samples have none\n"),
        "{shown}"
    );

    // Nothing at all is no row: an error, with the first line's reason.
    std::fs::write(folder.join("none.jsonl"), "\nx\ny\n").unwrap();
    let output = fact(folder).args(["check", "none.jsonl"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("error: none.jsonl:2: expected value"),
        "{text}"
    );
    assert!(text.contains("\nhint: a JSONL export"), "{text}");
}

#[test]
fn the_report_does_not_depend_on_threads_and_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row = honest(folder);
    let mut bent = row.clone();
    bent["predicted"] = json!("perhaps");
    let mut file = String::new();
    for at in 0..600 {
        let _ = writeln!(file, "{}", if at % 3 == 0 { &bent } else { &row });
        if at % 7 == 0 {
            file.push_str("no row\n");
        }
    }
    std::fs::write(folder.join("many.jsonl"), file).unwrap();
    let (one, _) = check(folder, "many.jsonl", &["--fast", "--threads", "1"]);
    let (four, _) = check(folder, "many.jsonl", &["--fast", "--threads", "4"]);
    assert_eq!(one, four);
    assert_eq!(
        (&one["checked"], &one["rejected"]),
        (&json!(600), &json!(200))
    );
    assert_eq!(one["unreadable"], 86);
    let output = fact(folder)
        .args(["check", "many.jsonl", "--fast"])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("\n… and 186 more\n600 certificates checked, 200 rejected"),
        "{shown}"
    );
}
