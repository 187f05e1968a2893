//! `fact run` and what is done with a run.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use fact_pipeline::store::{Lock, Reader};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{data, export, fact, run};

fn rows(jsonl: &str) -> Vec<Value> {
    jsonl
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_run_gives_checked_rationales() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 6, 3);
    run(folder, &data, "run", &[]);

    let text = export(folder, "run");
    let rows = rows(&text);
    assert_eq!(rows.len(), 18);
    let ids: Vec<&str> = rows.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(
        &ids[..3],
        ["q0-s0", "q1-s0", "q2-s0"],
        "the data set's order"
    );
    let accepted: Vec<&Value> = rows.iter().filter(|r| r["accepted"] == true).collect();
    assert_eq!(accepted.len(), 18, "the bank knows this question");
    for row in &accepted {
        assert_eq!(row["level"], "V2");
        assert_eq!(row["predicted"], row["answer"]);
        assert!(!row["steps"].as_array().unwrap().is_empty());
        assert!(row["certificate"].is_object());
    }
    let keys: Vec<&str> = text.lines().next().map(field_order).unwrap();
    assert_eq!(
        keys,
        [
            "id",
            "image",
            "question",
            "answer",
            "predicted",
            "accepted",
            "level",
            "confidence",
            "proposer",
            "program",
            "residual",
            "rationale",
            "steps",
            "certificate",
            "group",
            "scene"
        ]
    );

    let summary = std::fs::read_to_string(folder.join("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["complete"], true);
    assert_eq!(summary["funnel"]["rationales"], 18);
    assert_eq!(summary["questions"]["with_siblings"], 6);
    assert_eq!(summary["questions"]["oracle"], 6);

    fact(folder).args(["check", "run"]).assert().success();
    fact(folder)
        .args(["check", "run-export/samples.jsonl", "--images", "data"])
        .assert()
        .success();

    let assert = fact(folder)
        .args(["show", "run", "q1-s2"])
        .assert()
        .success();
    let page = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    for part in ["question", "Program", "Trace", "Rationale", "Candidates"] {
        assert!(page.contains(part), "{page}");
    }
    let assert = fact(folder).args(["show", "run", "q1"]).assert().code(2);
    let text = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(text.contains("hint: it has q1-s0"), "{text}");
}

/// The top-level keys of a JSON object, in the order of the text.
fn field_order(line: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut start) = (0, false, false, 0);
    let mut keys = Vec::new();
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if quoted => {
                quoted = false;
                if depth == 1 && line[at + 1..].starts_with(':') {
                    keys.push(&line[start..at]);
                }
            }
            '"' => (quoted, start) = (true, at + 1),
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    keys
}

#[test]
fn tampering_is_rejected_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 3, 2);
    run(folder, &data, "run", &[]);
    let text = export(folder, "run");
    let honest = rows(&text)
        .into_iter()
        .find(|r| r["accepted"] == true)
        .unwrap();
    let check = |row: &Value| -> (i32, String) {
        std::fs::write(folder.join("one.jsonl"), format!("{row}\n")).unwrap();
        let output = fact(folder).args(["check", "one.jsonl"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    assert_eq!(check(&honest).0, 0);

    let swap = |text: &str| text.replace("yellow", "blue").replace("black", "yellow");
    let mut tampered: Vec<(&str, Value)> = Vec::new();
    let mut with = |what, edit: &dyn Fn(&mut Value)| {
        let mut row = honest.clone();
        edit(&mut row);
        assert_ne!(row, honest, "{what}");
        tampered.push((what, row));
    };
    with("the colour of a step", &|row| {
        let text = row["steps"][0]["text"].as_str().unwrap().to_owned();
        row["steps"][0]["text"] = swap(&text).into();
    });
    with("the running text", &|row| {
        let text = row["rationale"].as_str().unwrap().to_owned();
        row["rationale"] = swap(&text).into();
    });
    with("the question", &|row| row["question"] = "Is it?".into());
    with("the answer", &|row| row["predicted"] = "perhaps".into());
    with("a recorded answer", &|row| {
        let answers = row["certificate"]["answers"].as_array_mut().unwrap();
        let detections = answers.iter_mut().find_map(|a| {
            a["answer"]["detections"]
                .as_array_mut()
                .filter(|d| !d.is_empty())
        });
        detections.unwrap().clear();
    });
    with("a cite", &|row| row["steps"][0]["cites"][0] = 1.into());
    with("a missing step", &|row| {
        row["steps"].as_array_mut().unwrap().remove(0);
    });
    with("the residual", &|row| {
        let program = "def execute_command(image):\n    return True\n";
        row["residual"] = program.into();
        row["certificate"]["residual"] = program.into();
    });
    for (what, row) in tampered {
        let (code, text) = check(&row);
        assert_eq!(code, 1, "{what}: {text}");
        assert!(text.starts_with("rejected "), "{what}: {text}");
    }
}

#[test]
fn the_demo_needs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let assert = fact(folder)
        .args(["demo", "--samples", "24", "--out", "demo"])
        .assert()
        .success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(text.contains(", 0 rejected"), "{text}");
    assert!(
        text.matches("Therefore").count() + text.matches("So ").count() >= 2,
        "{text}"
    );
    for file in [
        "samples.jsonl",
        "samples.parquet",
        "llava.json",
        "sharegpt.json",
    ] {
        assert!(folder.join("demo/export").join(file).is_file(), "{file}");
    }
    // Again, and with other options: a demo that is there is replaced.
    fact(folder)
        .args(["demo", "--samples", "16", "--out", "demo"])
        .assert()
        .success();
}

#[test]
fn drawn_programs_are_right_on_their_drawings() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fact(folder)
        .args([
            "synth",
            "--out",
            "data",
            "--samples",
            "60",
            "--seed",
            "3",
            "--quiet",
        ])
        .assert()
        .success();
    run(folder, "synth:data", "run", &["--propose", "gold"]);
    let counts = Reader::open(&folder.join("run")).unwrap().counts().unwrap();
    assert_eq!(counts.levels[1], 60, "{:?}", counts.failures);
}

#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 8, 3);
    let runs: Vec<(String, Vec<u8>)> = ["1", "2", "5"]
        .iter()
        .map(|threads| {
            let out = format!("run{threads}");
            run(folder, &data, &out, &["--threads", threads]);
            let summary = std::fs::read(folder.join(&out).join("summary.json")).unwrap();
            (export(folder, &out), summary)
        })
        .collect();
    assert!(runs.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn other_settings_are_refused_and_fresh_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    run(folder, &data, "run", &["--candidates", "3"]);
    let refused = fact(folder)
        .args(["run", "--data", &data, "--out", "run", "--candidates", "4"])
        .assert()
        .code(2);
    let text = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(text.contains("candidates is 4, was 3"), "{text}");
    assert!(text.contains("--fresh"), "{text}");
    run(folder, &data, "run", &["--candidates", "4", "--fresh"]);
    // The same settings again: nothing to do.
    run(folder, &data, "run", &["--candidates", "4"]);
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    std::fs::create_dir(folder.join("run")).unwrap();
    let _lock = Lock::take(&folder.join("run")).unwrap();
    let refused = fact(folder)
        .args(["run", "--data", &data, "--out", "run"])
        .assert()
        .code(2);
    let text = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    let expected = format!("another process (pid {})", std::process::id());
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn malformed_records_are_counted_or_stop_a_strict_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    let file = folder.join("data/data.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{{\"id\": \n{text}")).unwrap();
    run(folder, &data, "run", &[]);
    let reader = Reader::open(&folder.join("run")).unwrap();
    assert_eq!(reader.counts().unwrap().read_errors, 1);
    let strict = fact(folder)
        .args(["run", "--data", &data, "--out", "strict", "--strict"])
        .assert()
        .code(2);
    let text = String::from_utf8(strict.get_output().stderr.clone()).unwrap();
    assert!(text.contains("data.jsonl:1"), "{text}");
}

#[test]
fn a_killed_run_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 40, 3);
    run(folder, &data, "whole", &["--threads", "2"]);

    let mut kills = 0;
    for _ in 0..20 {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("fact"))
            .current_dir(folder)
            .args([
                "run",
                "--data",
                &data,
                "--out",
                "killed",
                "--quiet",
                "--threads",
                "1",
            ])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let before = committed(&folder.join("killed"));
        let deadline = Instant::now() + Duration::from_secs(60);
        while committed(&folder.join("killed")) == before && Instant::now() < deadline {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if child
            .try_wait()
            .unwrap()
            .is_some_and(|status| status.success())
        {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "the run was never caught in the middle");
    run(folder, &data, "killed", &[]);
    assert_eq!(export(folder, "whole"), export(folder, "killed"));
    let summary =
        |run: &str| std::fs::read_to_string(folder.join(run).join("summary.json")).unwrap();
    assert_eq!(summary("whole"), summary("killed"));
}

#[test]
fn the_first_interrupt_commits_what_is_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 60, 3);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("fact"))
        .current_dir(folder)
        .args(["run", "--data", &data, "--out", "run", "--threads", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while committed(&folder.join("run")) == 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let status = child.wait().unwrap();
    let done = committed(&folder.join("run"));
    if done < 180 {
        assert_eq!(status.code(), Some(130));
    }
    assert!(done > 0 && done.is_multiple_of(3), "whole groups only");
    run(folder, &data, "run", &[]);
    assert_eq!(committed(&folder.join("run")), 180);
}

/// Samples in a run's store so far.
fn committed(run: &Path) -> u64 {
    Reader::open(run)
        .and_then(|reader| reader.counts())
        .map_or(0, |counts| counts.samples)
}

#[test]
fn an_export_of_an_extended_pack_is_checked_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 3);
    let own = "VERSION = \"1\"\nEXTENDS = \"blocks\"\n\n\nclass Item:\n    @property\n    \
               def is_ours(self) -> bool:\n        \"\"\"Always.\"\"\"\n        return True\n";
    std::fs::write(folder.join("own.py"), own).unwrap();
    let bank = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fact-pipeline/banks/blocks.toml");
    let bank = bank.to_str().unwrap();
    run(folder, &data, "run", &["--pack", "own.py", "--bank", bank]);
    let text = export(folder, "run");
    std::fs::remove_file(folder.join("own.py")).unwrap();

    let rows = rows(&text);
    let packs: Vec<&Value> = rows.iter().map(|r| &r["certificate"]["pack"]).collect();
    assert_eq!(packs.len(), 6);
    for pack in packs {
        assert_eq!(pack["name"], "own");
        let source = pack["source"].as_str().unwrap();
        assert!(source.contains("def is_ours") && source.contains("def count"));
        assert!(!source.contains("EXTENDS ="));
    }
    for what in ["run", "run-export/samples.jsonl"] {
        fact(folder).args(["check", what]).assert().success();
    }
    let bent = text.replace("return True", "return False");
    std::fs::write(folder.join("bent.jsonl"), bent).unwrap();
    fact(folder).args(["check", "bent.jsonl"]).assert().code(1);
}
