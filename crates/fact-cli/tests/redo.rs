//! `fact run --redo`: whatever settings a run went through, its end is that of a fresh run with the
//! last ones.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use support::loopback::ToolServer;
use support::model::Model;
use support::{data, export, fact};

/// Numbers that look drawn, the same for the same seed (Steele, Lea and Flood 2014, SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a>(&mut self, options: &[&'a str]) -> &'a str {
        options[self.below(options.len())]
    }
}

/// Standard error of a run that succeeds.
fn run(folder: &Path, out: &str, settings: &str, more: &[&str]) -> String {
    let settings = settings.split_whitespace();
    let assert = fact(folder)
        .args(["run", "--out", out])
        .args(settings)
        .args(more)
        .assert()
        .success();
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// All that a run holds but sessions and what it paid for: every row, number by number and bit by bit.
fn whole(folder: &Path, run: &str) -> String {
    let mut out = export(folder, run);
    let summary = std::fs::read_to_string(folder.join(run).join("summary.json")).unwrap();
    let mut summary: Value = serde_json::from_str(&summary).unwrap();
    // What was paid for is no result.
    summary.as_object_mut().unwrap().remove("language_model");
    summary["report"].as_object_mut().unwrap().remove("cost");
    writeln!(out, "{summary:#}").unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = Connection::open_with_flags(folder.join(run).join("run.db"), flags).unwrap();
    for (table, order) in [
        ("meta", "key"),
        ("basis", "key"),
        ("rounds", "round"),
        ("groups", "grp"),
        ("group_records", "grp"),
        ("kept", "grp"),
        ("candidates", "grp, candidate"),
        ("samples", "ordinal"),
        ("sample_digests", "ordinal"),
        ("verdicts", "ordinal, candidate"),
        ("outcomes", "ordinal, stage"),
        ("rationales", "ordinal"),
        ("bridges", "ordinal"),
    ] {
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let mut select = store.prepare(&sql).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            write!(out, "{table}").unwrap();
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => out.push_str(" null"),
                    ValueRef::Integer(n) => write!(out, " {n}").unwrap(),
                    ValueRef::Real(x) => write!(out, " {:016x}", x.to_bits()).unwrap(),
                    ValueRef::Text(text) | ValueRef::Blob(text) => {
                        write!(out, " {:?}", String::from_utf8_lossy(text)).unwrap();
                    }
                }
            }
            out.push('\n');
        }
    }
    out
}

fn assert_same(way: &[String], redone: &str, fresh: &str) {
    for (redone, fresh) in redone.lines().zip(fresh.lines()) {
        assert_eq!(redone, fresh, "{way:#?}");
    }
    assert_eq!(redone.len(), fresh.len(), "{way:#?}");
}

/// Takes one run through `steps` settings, and compares it at each with a fresh one.
fn walk(folder: &Path, seed: u64, steps: usize, settings: impl Fn(&mut Draw) -> String) {
    let mut draw = Draw(seed);
    let mut fresh: BTreeMap<String, String> = BTreeMap::new();
    let mut way: Vec<String> = Vec::new();
    for step in 0..steps {
        // Now and then back to what was there before.
        let next = match step > 2 && draw.below(4) == 0 {
            true => way[draw.below(way.len())].clone(),
            false => settings(&mut draw),
        };
        run(folder, "walked", &next, &["--redo", "--quiet"]);
        way.push(next.clone());
        let number = fresh.len();
        let expected = fresh.entry(next.clone()).or_insert_with(|| {
            let out = format!("fresh{number}");
            run(folder, &out, &next, &["--quiet"]);
            whole(folder, &out)
        });
        assert_same(&way, &whole(folder, "walked"), expected);
    }
}

/// How programs are chosen and accepted.
fn verification(draw: &mut Draw) -> String {
    let visible = draw.of(&["1", "2", "all"]);
    let siblings = draw.of(&["use", "use", "hide"]);
    let (answers, rules): (&str, &[&str]) = match draw.below(3) {
        0 => ("hide", &["v0", "0.8", "0.9"]),
        _ => ("use", &["siblings", "v1", "v2", "0.8", "0.9"]),
    };
    let accept = draw.of(rules);
    format!("--visible {visible} --siblings {siblings} --answers {answers} --accept {accept}")
}

fn synth(folder: &Path, out: &str, more: &[&str]) {
    fact(folder)
        .args(["synth", "--quiet", "--out", out])
        .args(more)
        .assert()
        .success();
}

#[test]
fn a_bank_run_ends_like_a_fresh_one_whatever_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    synth(folder, "data", &["--samples", "40", "--seed", "3"]);
    walk(folder, 1, 14, |draw| {
        let limit = draw.of(&["24", "38", "38", "40"]);
        let candidates = draw.of(&["1", "4", "4"]);
        let seed = draw.of(&["0", "0", "0", "1"]);
        let rounds = draw.of(&["1", "1", "1", "2"]);
        let steps = draw.of(&["100000", "100000", "300"]);
        let verification = verification(draw);
        format!(
            "--data synth:data --limit {limit} --candidates {candidates} --seed {seed} \
             --rounds {rounds} --max-steps {steps} {verification}"
        )
    });
}

#[test]
fn other_proposers_and_perceptions_end_like_a_fresh_run_whatever_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    synth(folder, "data", &["--samples", "24", "--seed", "5"]);
    walk(folder, 2, 12, |draw| {
        let propose = draw.of(&["gold", "gold,bank", "bank"]);
        let perception = draw.of(&["scene", "scene", "pixels"]);
        let verification = verification(draw);
        format!(
            "--data synth:data --perception {perception} --propose {propose} --candidates 3 \
             {verification}"
        )
    });
}

#[test]
fn a_gold_run_ends_like_a_fresh_one_whatever_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let world = ["--world", "scenes", "--held-out", "1", "--samples", "60"];
    synth(folder, "data", &world);
    walk(folder, 4, 10, |draw| {
        let limit = draw.of(&["30", "50", "59"]);
        let seed = draw.of(&["0", "0", "1"]);
        let verification = verification(draw);
        format!(
            "--data synth:data/train --pack scene --perception scene --propose gold \
             --limit {limit} --seed {seed} {verification}"
        )
    });
}

#[test]
fn a_language_models_run_ends_like_a_fresh_one_whatever_was_before() {
    let model = Model::good();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 6, 3);
    let text = format!(
        "data = \"{data}\"\npropose = [\"llm:m@{}\"]\n[llm.endpoint]\nretries = 1\n",
        model.url()
    );
    std::fs::write(folder.join("fact.toml"), text).unwrap();
    walk(folder, 3, 12, |draw| {
        let samples = draw.of(&["2", "3"]);
        let repair = draw.of(&["", "--repair"]);
        let candidates = draw.of(&["2", "16"]);
        let verification = verification(draw);
        format!("--samples {samples} {repair} --candidates {candidates} {verification}")
    });
}

#[test]
fn a_run_on_a_server_ends_like_a_fresh_one_whatever_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 4, 3);
    let server = ToolServer::start();
    let url = server.url();
    walk(folder, 6, 10, |draw| {
        let perception = draw.of(&[&url, &url, &url, "pixels"]);
        let limit = draw.of(&["8", "12", "12"]);
        let verification = verification(draw);
        format!(
            "--data {data} --perception {perception} --candidates 3 --limit {limit} {verification}"
        )
    });
}

#[test]
fn what_stays_is_not_done_again() {
    let model = Model::good();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 6, 2);
    let settings = format!("--data {data} --propose llm:m@{} --samples 2", model.url());
    let before = run(folder, "walked", &settings, &[]);
    assert!(!before.contains("proposing:"), "{before}");
    let whole_before = whole(folder, "walked");
    let said = run(folder, "walked", &settings, &["--redo"]);
    assert!(
        said.contains("no setting differs, so nothing is done again"),
        "{said}"
    );

    // No image can be read any more: choosing again needs none.
    let asked = model.received();
    let images: Vec<_> = std::fs::read_dir(folder.join("data/images"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for image in &images {
        std::fs::rename(image, image.with_extension("kept")).unwrap();
        std::fs::write(image, b"no image").unwrap();
    }
    let other = format!("{settings} --accept v2 --visible 2");
    let said = run(folder, "walked", &other, &["--redo"]);
    for part in [
        "proposing: 6 questions stay, 0 are done\n",
        "executing: 6 questions stay, 0 are done\n",
        "verifying: 0 questions stay, 6 are done\n",
        "verified from what is stored: 6 questions keep their explanations, of 0 more 0 samples",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    run(folder, "walked", &settings, &["--redo"]);
    assert_same(&[], &whole(folder, "walked"), &whole_before);
    assert_eq!(model.received(), asked);
    for image in &images {
        std::fs::rename(image.with_extension("kept"), image).unwrap();
    }

    // A question more, about scenes that are there: the others stay.
    let file = folder.join("data/data.jsonl");
    let mut rows = std::fs::read_to_string(&file).unwrap();
    for scene in 0..2 {
        let row = serde_json::json!({
            "id": format!("more-s{scene}"),
            "image": format!("images/0-{scene}.png"),
            "question": "There are exactly 0 blue squares",
            "answer": "false",
            "group": "more",
            "scene_id": format!("s{scene}"),
        });
        writeln!(rows, "{row}").unwrap();
    }
    std::fs::write(&file, rows).unwrap();
    let said = run(folder, "walked", &settings, &["--redo"]);
    for part in [
        "proposing: 6 questions stay, 1 are done\n",
        "executing: 6 questions stay, 1 are done\n",
        "verifying: 6 questions stay, 1 are done\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(model.received(), asked + 2);
    run(folder, "fresh", &settings, &["--quiet"]);
    assert_same(&[], &whole(folder, "walked"), &whole(folder, "fresh"));

    // Scenes more: what programs are tried on is others, so all are run again, and none is asked for.
    let said = run(
        folder,
        "walked",
        &format!("{settings} --limit 9"),
        &["--redo"],
    );
    assert!(said.contains("verifying: "), "{said}");
    run(
        folder,
        "limited",
        &format!("{settings} --limit 9"),
        &["--quiet"],
    );
    assert_same(&[], &whole(folder, "walked"), &whole(folder, "limited"));
}
