//! `fact check --reperceive`.

use crate::support::loopback::ToolServer;
use crate::support::{data, export, fact, run};
use crate::{check, rows, write_rows};
use serde_json::{Value, json};
use std::path::Path;

fn drawn(folder: &Path) {
    fact(folder)
        .args(["synth", "--out", "drawn", "--samples", "16", "--quiet"])
        .assert()
        .success();
}

fn calls(report: &Value) -> [u64; 3] {
    let tools = report["reperceived"]["tools"].as_object().unwrap();
    ["same", "different", "unanswered"].map(|key| {
        tools
            .values()
            .map(|count| count[key].as_u64().unwrap())
            .sum()
    })
}

#[test]
fn a_run_is_reproduced_by_what_it_was_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder);
    for perception in ["pixels", "scene"] {
        run(
            folder,
            "synth:drawn",
            perception,
            &["--perception", perception],
        );
        // The run says what was asked, and where.
        let (report, code) = check(folder, perception, &["--reperceive"]);
        assert_eq!(code, 0, "{report}");
        let again = &report["reperceived"];
        assert_eq!(again["certificates"], report["checked"]);
        assert_eq!(again["reproduced"], report["checked"]);
        let [same, different, unanswered] = calls(&report);
        assert!(same > 0 && different + unanswered == 0, "{report}");
    }
    // Where perception says something else by now, both are told.
    let file = folder.join("drawn/samples.jsonl");
    let rows = std::fs::read_to_string(&file).unwrap();
    assert!(rows.contains("\"Yellow\""), "{rows}");
    std::fs::write(&file, rows.replace("\"Yellow\"", "\"Black\"")).unwrap();
    let (report, code) = check(folder, "scene", &["--reperceive"]);
    assert_eq!(code, 1);
    let again = &report["reperceived"];
    assert!(again["reproduced"].as_u64() < again["certificates"].as_u64());
    let first = &again["differences"][0];
    assert_ne!(first["recorded"], first["now"]);
    assert!(first["request"]["tool"].is_string() && first["id"].is_string());
    let reasons = report["rejections"][0]["reasons"].to_string();
    assert!(
        reasons.contains("recorded {") && reasons.contains(", now {"),
        "{reasons}"
    );
}

#[test]
fn an_export_needs_images_or_the_data_set_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = data(folder, 3, 2);
    run(folder, &spec, "run", &[]);
    let mut all = rows(&export(folder, "run"));
    all.reverse();
    write_rows(&folder.join("rows.jsonl"), &all);
    let base = ["--reperceive", "--perception", "pixels"];
    for place in [["--images", "data"], ["--data", &spec]] {
        let more = [&base[..], &place[..]].concat();
        let (report, code) = check(folder, "rows.jsonl", &more);
        assert_eq!(code, 0, "{report}");
        assert_eq!(report["reperceived"]["reproduced"], report["checked"]);
    }
    for (more, part) in [
        (&["--reperceive"][..], "hint: name it with --perception"),
        (
            &base[..],
            "hint: give the folder of the images with --images",
        ),
        (
            &["--reperceive", "--perception", "scene", "--images", "data"],
            "hint: name the data set with --data, which has the annotations",
        ),
    ] {
        let output = fact(folder)
            .args(["check", "rows.jsonl"])
            .args(more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(part), "{text}");
    }
    // A sample that the data set does not have is not reproduced.
    all[0]["id"] = json!("unknown");
    write_rows(&folder.join("rows.jsonl"), &all[..1]);
    let has_certificate = !all[0]["certificate"].is_null();
    let more = [&base[..], &["--data", &spec]].concat();
    let (report, code) = check(folder, "rows.jsonl", &more);
    assert_eq!(code, i32::from(has_certificate));
    let unavailable = report["reperceived"]["unavailable"].as_u64().unwrap_or(0);
    assert_eq!(unavailable, u64::from(has_certificate));
}

#[test]
fn a_perception_behind_a_wire_is_asked_again_and_its_answers_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = data(folder, 3, 2);
    run(folder, &spec, "run", &[]);
    let server = ToolServer::start();
    let url = server.url();
    let more = ["--reperceive", "--perception", &url, "--calls", "calls.db"];
    let (report, code) = check(folder, "run", &more);
    assert_eq!(code, 0, "{report}");
    let asked = server.answered().len();
    assert!(asked > 0);
    let (again, _) = check(folder, "run", &more);
    assert_eq!((again, server.answered().len()), (report, asked));

    drop(server);
    let output = fact(folder)
        .args([
            "check",
            "run",
            "--reperceive",
            "--perception",
            &url,
            "--retries",
            "0",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
