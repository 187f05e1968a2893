//! `fact bank` with the real program.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::path::Path;
use support::fact;

fn done(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).arg("bank").args(args).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let assert = fact(folder).arg("bank").args(args).assert().code(2);
    assert!(assert.get_output().stdout.is_empty());
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

const PROGRAM: &str = "def execute_command(image):\n    return image.exists(\"blue circle\")\n";

#[test]
fn the_shipped_bank_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let list = done(folder, &["list"]);
    assert_eq!(list.lines().count(), 457);
    assert!(
        list.starts_with("nlvr-162-0\t\tThere is 1 blue triangle\n"),
        "{list}"
    );

    let shown = done(folder, &["show", "nlvr-150-0"]);
    for part in [
        "sentence   There are 2 blue circles and 1 blue triangle\n",
        "source     nlvr-train:150-0\n",
        "    return image.count(\"blue circle\") == 2 and image.count(\"blue triangle\") == 1\n",
        "⟨0 image⟩ and ⟨1 image⟩ : program, ",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }

    let text = refused(folder, &["show", "nlvr-150-00"]);
    assert!(
        text.contains("no exemplar `nlvr-150-00`\nhint: did you mean"),
        "{text}"
    );
    let text = refused(folder, &["remove", "nlvr-150-0"]);
    assert!(
        text.contains("cannot be edited\nhint: fact bank export"),
        "{text}"
    );
    let text = refused(folder, &["list", "--pack", "viper"]);
    assert!(
        text.contains("no exemplar bank is shipped for the pack `viper`\nhint:"),
        "{text}"
    );
}

#[test]
fn a_bank_of_ones_own_is_edited_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("p.py"), PROGRAM).unwrap();
    done(folder, &["export", "--out", "my.toml"]);
    let before = std::fs::read_to_string(folder.join("my.toml")).unwrap();
    assert!(refused(folder, &["export", "--out", "my.toml"]).contains("hint: --force"));

    let add = [
        "add",
        "--bank",
        "my.toml",
        "--sentence",
        "A blue ring?",
        "--program",
        "p.py",
    ];
    assert_eq!(
        done(folder, &add),
        "added own-1 to my.toml: 458 exemplars\n"
    );
    assert_eq!(
        done(folder, &add),
        "added own-2 to my.toml: 459 exemplars\n"
    );
    let text = std::fs::read_to_string(folder.join("my.toml")).unwrap();
    assert!(
        text.starts_with(&before),
        "comments and tables are as they were"
    );
    let shown = done(folder, &["show", "own-1", "--bank", "my.toml"]);
    assert!(
        shown.contains("A blue ring?") && shown.contains(PROGRAM.trim_end()),
        "{shown}"
    );

    let removed = done(folder, &["remove", "own-2", "own-1", "--bank", "my.toml"]);
    assert_eq!(
        removed,
        "removed own-2, own-1 from my.toml: 457 exemplars\n"
    );
    assert_eq!(
        std::fs::read_to_string(folder.join("my.toml")).unwrap(),
        before
    );
}

#[test]
fn import_and_export_are_inverse() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = done(folder, &["export"]);
    assert_eq!(rows.lines().count(), 457);
    std::fs::write(folder.join("rows.jsonl"), &rows).unwrap();
    let imported = done(folder, &["import", "rows.jsonl", "--bank", "new.toml"]);
    assert_eq!(
        imported,
        "added 457 exemplars to new.toml (a new file): 457 exemplars\n"
    );
    assert_eq!(done(folder, &["export", "--bank", "new.toml"]), rows);
    done(
        folder,
        &["export", "--bank", "new.toml", "--out", "again.jsonl"],
    );
    assert_eq!(
        std::fs::read_to_string(folder.join("again.jsonl")).unwrap(),
        rows
    );
}

#[test]
fn what_is_wrong_is_told_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("p.py", PROGRAM);
    write(
        "wrong.py",
        "def execute_command(image):\n    return imag.items\n",
    );
    write("broken.py", "def execute_command(image:\n");
    let add = |program: &str, id: &str| {
        let args = [
            "add",
            "--bank",
            "b.toml",
            "--sentence",
            "s",
            "--program",
            program,
            "--id",
            id,
        ];
        args.map(str::to_owned)
    };
    let args = |list: &[String; 9]| -> Vec<String> { list.to_vec() };
    let refuse = |list: Vec<String>| {
        let list: Vec<&str> = list.iter().map(|s| &**s).collect();
        refused(folder, &list)
    };
    let text = refuse(args(&add("wrong.py", "a")));
    assert!(
        text.contains("exemplar `a`: the program raises NameError") && text.contains("hint: "),
        "{text}"
    );
    let text = refuse(args(&add("broken.py", "a")));
    assert!(
        text.contains("does not parse") && text.contains("line 2"),
        "{text}"
    );
    let text = refuse(args(&add("nowhere.py", "a")));
    assert!(text.contains("cannot read nowhere.py"), "{text}");
    assert!(!folder.join("b.toml").exists());

    let good = add("p.py", "a");
    let list: Vec<&str> = good.iter().map(|s| &**s).collect();
    assert_eq!(
        done(folder, &list),
        "added a to b.toml (a new file): 1 exemplars\n"
    );
    let before = std::fs::read_to_string(folder.join("b.toml")).unwrap();
    let text = refuse(args(&good));
    assert!(
        text.contains("there is an exemplar `a` already\nhint: choose another id"),
        "{text}"
    );
    let text = refused(folder, &["remove", "a", "--bank", "b.toml"]);
    assert!(text.contains("there are none"), "{text}");

    // All or none.
    let row = |id: &str, program: &str| {
        serde_json::json!({"id": id, "sentence": "s", "program": program}).to_string()
    };
    write(
        "rows.jsonl",
        &format!("{}\n{}\n", row("x", PROGRAM), row("y", "1 +")),
    );
    let text = refused(folder, &["import", "rows.jsonl", "--bank", "b.toml"]);
    assert!(text.contains("exemplar `y`"), "{text}");
    write(
        "rows.jsonl",
        &format!("{}\n{{\"id\": 3}}\n", row("x", PROGRAM)),
    );
    let text = refused(folder, &["import", "rows.jsonl", "--bank", "b.toml"]);
    assert!(
        text.contains("rows.jsonl:2: ") && text.contains("docs/bank.md"),
        "{text}"
    );
    write(
        "rows.jsonl",
        &row("x", PROGRAM).replace("\"s\"", "\"s\", \"level\": \"V1\""),
    );
    let text = refused(folder, &["import", "rows.jsonl", "--bank", "b.toml"]);
    assert!(
        text.contains("`V1`"),
        "nothing below V2 is an exemplar: {text}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.join("b.toml")).unwrap(),
        before
    );
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    assert!(
        left.iter()
            .all(|f| !f.file_name().to_string_lossy().ends_with(".part"))
    );
}
