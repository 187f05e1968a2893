//! The committed schemas are those of the types, and real rows are as they say.

use crate::json_schema::faults;
use crate::rows;
use crate::support::{data, export, fact, run};
use serde_json::{Value, json};
use std::path::Path;

const FILES: [(&str, &str); 2] = [("certificate", "certificate-v1.json"), ("row", "row.json")];

fn printed(of: &str) -> String {
    let output = fact(Path::new(".")).args(["schema", of]).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_committed_schemas_are_those_printed() {
    for (of, file) in FILES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs/schema")
            .join(file);
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            committed,
            printed(of),
            "docs/schema/{file} is not what `fact schema {of}` prints: see docs/certificate.md on \
             what changes the version, then write it again"
        );
    }
    let output = fact(Path::new("."))
        .args(["schema", "rows"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("expected one of: certificate, row"), "{text}");
}

#[test]
fn exported_rows_are_as_their_schema_says() {
    let [of_certificate, of_row] =
        FILES.map(|(of, _)| -> Value { serde_json::from_str(&printed(of)).unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 4, 3);
    run(folder, &data, "run", &[]);
    let rows = rows(&export(folder, "run"));
    for row in &rows {
        assert_eq!(faults(&of_row, row), [""; 0], "{row}");
        if !row["certificate"].is_null() {
            assert_eq!(faults(&of_certificate, &row["certificate"]), [""; 0]);
        }
    }
    // The validator can say no.
    let row = rows
        .iter()
        .find(|row| !row["certificate"].is_null())
        .unwrap();
    let bent = |pointer: &str, value: Value| {
        let mut row = row.clone();
        *row.pointer_mut(pointer).unwrap() = value;
        faults(&of_row, &row)
    };
    for (pointer, value) in [
        ("/certificate/version", json!(2)),
        ("/certificate/matcher", json!("anything")),
        ("/certificate/answers/0/request/region", json!([1, 2, 3])),
        ("/certificate/answers/0/answer", json!({"maybe": 1})),
        ("/accepted", json!("yes")),
        ("/steps/0/kind", json!("guess")),
        ("/image", json!(3)),
    ] {
        assert!(!bent(pointer, value).is_empty(), "{pointer}");
    }
    let mut more = row.clone();
    more["note"] = json!(1);
    assert!(!faults(&of_row, &more).is_empty());
    let mut less = row.clone();
    less["certificate"]
        .as_object_mut()
        .unwrap()
        .remove("claims");
    assert!(!faults(&of_row, &less).is_empty());
}
