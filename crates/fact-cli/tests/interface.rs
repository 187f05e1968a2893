//! Help, errors and exit codes of the real program.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use support::fact;

fn stderr(folder: &std::path::Path, args: &[&str], code: i32) -> String {
    let assert = fact(folder).args(args).assert().code(code);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "demo",
        "run",
        "exec",
        "report",
        "calibrate",
        "show",
        "check",
        "export",
        "view",
        "synth",
        "metrics",
        "schema",
        "bank",
        "init",
    ] {
        let assert = fact(folder.path())
            .args([command, "--help"])
            .assert()
            .success();
        let help = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        assert!(help.contains(&format!("  fact {command}")), "{help}");
        assert!(help.contains("Example:"), "{help}");
    }
    let assert = fact(folder.path()).arg("--help").assert().success();
    let help = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(help.contains("Exit codes:"), "{help}");
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = stderr(folder, &["run"], 2);
    assert!(
        text.starts_with("error: no data set given\nhint: give --data"),
        "{text}"
    );

    let text = stderr(folder, &["run", "--data", "nlrv:x"], 2);
    assert!(text.contains("`nlvr`"), "{text}");

    let text = stderr(folder, &["run", "--data", "nlvr:x", "--pack", "block"], 2);
    assert_eq!(
        text,
        "error: unknown pack `block`\nhint: did you mean `blocks`?\n"
    );

    let text = stderr(folder, &["run", "--data", "nlvr:nowhere"], 2);
    assert!(
        text.contains("nowhere") && text.contains("\nhint: "),
        "{text}"
    );

    let text = stderr(folder, &["show", "nowhere", "1"], 2);
    assert!(
        text.starts_with("error: no run in nowhere\nhint: "),
        "{text}"
    );

    let text = stderr(folder, &["check", "nowhere.jsonl"], 2);
    assert!(
        text.starts_with("error: cannot read nowhere.jsonl"),
        "{text}"
    );

    let text = stderr(folder, &["run", "--perception", "pixel"], 2);
    assert!(text.contains("expected pixels, scene, http:"), "{text}");

    let text = stderr(folder, &["exec", "nowhere.py", "--image", "x.png"], 2);
    assert!(text.starts_with("error: cannot read nowhere.py"), "{text}");
}

#[test]
fn nothing_to_do_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("none.jsonl"), "").unwrap();
    let text = stderr(folder, &["check", "none.jsonl"], 2);
    assert!(text.starts_with("error: none.jsonl holds no samples\nhint: "));
    let text = stderr(folder, &["check", "none.jsonl", "--images", "no"], 2);
    assert!(text.starts_with("error: cannot read the images' folder no: "));
    let text = stderr(folder, &["run", "--data", "jsonl:none.jsonl"], 2);
    assert_eq!(text, "error: the data set has no samples\n");
    std::fs::write(folder.join("noise.parquet"), [7; 2000]).unwrap();
    let text = stderr(folder, &["run", "--data", "parquet:noise.parquet"], 2);
    assert!(
        text.starts_with("error: the data set has no samples; its only record is malformed: noise.parquet: record 0: "),
        "{text}"
    );
    assert!(!text.contains("footer claims"), "{text}");
    for (flag, value) in [("--limit", "0"), ("--threads", "0"), ("--threads", "99999")] {
        let text = stderr(
            folder,
            &["run", "--data", "jsonl:none.jsonl", flag, value],
            2,
        );
        assert!(text.contains("must be "), "{text}");
    }
    for command in ["demo", "synth"] {
        let text = stderr(folder, &[command, "--samples", "0", "--out", "x"], 2);
        assert!(text.contains("--samples"), "{text}");
    }
    std::fs::write(folder.join("broken.jsonl"), "no JSON\n").unwrap();
    let args = ["run", "--data", "jsonl:broken.jsonl", "--strict"];
    let text = stderr(folder, &args, 2);
    assert!(
        text.starts_with("error: broken.jsonl:1: record 0: not valid JSON: "),
        "{text}"
    );
}

#[test]
fn a_damaged_store_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    std::fs::create_dir(&run).unwrap();
    std::fs::write(run.join("run.db"), "this is no database, whatever its name").unwrap();
    for args in [
        &["check", "run"][..],
        &["show", "run", "a"],
        &["export", "run", "--format", "jsonl", "--out", "out"],
    ] {
        let text = stderr(folder.path(), args, 2);
        assert!(text.starts_with("error: run/run.db: "), "{text}");
        assert!(text.contains("\nhint: the store is damaged"), "{text}");
    }
    // A run that was killed before it made its tables.
    std::fs::write(run.join("run.db"), "").unwrap();
    let text = stderr(folder.path(), &["check", "run"], 2);
    assert!(text.contains("no run was begun in it"), "{text}");
}

#[test]
fn text_of_files_cannot_command_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fact.toml"), "\"\\u001b[31mred\" = 1\n").unwrap();
    let text = stderr(folder.path(), &["run"], 2);
    assert!(
        text.contains("\\u{1b}[31mred") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn init_writes_a_file_that_run_reads() {
    let folder = tempfile::tempdir().unwrap();
    fact(folder.path()).arg("init").assert().success();
    // Its data set is an example that is not there.
    let text = stderr(folder.path(), &["run"], 2);
    assert!(text.contains("nlvr/dev"), "{text}");
    let text = stderr(folder.path(), &["init"], 2);
    assert_eq!(text, "error: fact.toml exists\nhint: --force replaces it\n");
    fact(folder.path())
        .args(["init", "--force"])
        .assert()
        .success();
}

#[test]
fn a_flag_beats_the_file_and_unknown_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("fact.toml"), "data = \"nlvr:in-file\"\n").unwrap();
    assert!(stderr(folder, &["run"], 2).contains("in-file"));
    let text = stderr(folder, &["run", "--data", "nlvr:in-flag"], 2);
    assert!(
        text.contains("in-flag") && !text.contains("in-file"),
        "{text}"
    );

    std::fs::write(folder.join("other.toml"), "dta = \"nlvr:x\"\n").unwrap();
    let text = stderr(folder, &["run", "--config", "other.toml"], 2);
    assert_eq!(
        text,
        "error: other.toml: unknown key `dta`\nhint: did you mean `data`?\n"
    );
}
