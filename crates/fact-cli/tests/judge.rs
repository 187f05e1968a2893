//! Students of ours as verifiers, with the real program: nobody judges what it was trained on, and what was
//! killed goes on to the same scores.
#![cfg(feature = "student")]
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use support::fact;

const SETTINGS: &str =
    "size = \"32x1\"\nsteps = 6\nfolds = 3\nbatch = 4\nwarmup = 2\nstride = 12\n";

/// A folder with scenes, a run that wrote their rationales, and settings of students.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let draw = "synth --world scenes --out data --samples 48 --held-out 4 --seed 5 --quiet --per-question 2 --splits train \
                --width 48 --height 48 --objects 3-5 --noise 0 --grid 4x4";
    let run = "run --data synth:data/train --out run --pack scene --perception scene --propose gold --quiet";
    for args in [draw, run] {
        fact(folder.path()).args(args.split(' ')).assert().success();
    }
    std::fs::write(folder.path().join("judge.toml"), SETTINGS).unwrap();
    folder
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What rows say of verifiers, by id.
fn transfers(folder: &Path, run: &str) -> BTreeMap<String, Value> {
    let args = [
        "export",
        run,
        "--format",
        "jsonl",
        "--out",
        "x",
        "--only-accepted",
        "--quiet",
    ];
    fact(folder).args(args).assert().success();
    let rows = lines(&folder.join("x/samples.jsonl")).into_iter();
    let rows = rows.map(|row| {
        (
            row["id"].as_str().unwrap().to_owned(),
            row["transfer"].clone(),
        )
    });
    rows.collect()
}

/// The records of the folds of a run's only verifier.
fn folds(folder: &Path, run: &str) -> Vec<(PathBuf, Value)> {
    let mut verifiers = std::fs::read_dir(folder.join(run).join("verifiers")).unwrap();
    let verifier = verifiers.next().unwrap().unwrap().path();
    assert!(verifiers.next().is_none());
    let mut folds: Vec<PathBuf> = std::fs::read_dir(verifier)
        .unwrap()
        .map(|fold| fold.unwrap().path())
        .collect();
    folds.sort();
    let read = |fold: PathBuf| {
        let text = std::fs::read_to_string(fold.join("fold.json")).unwrap();
        (fold, serde_json::from_str(&text).unwrap())
    };
    folds.into_iter().map(read).collect()
}

fn ids(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect()
}

fn said(folder: &Path, args: &[&str], code: i32) -> String {
    let assert = fact(folder).args(args).assert().code(code);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn folds_are_scored_by_who_did_not_see_them_and_a_killed_one_goes_on() {
    let folder = folder();
    let folder = folder.path();
    copy(&folder.join("run"), &folder.join("killed"));
    let args = [
        "transfer",
        "run",
        "--verifier",
        "student:judge.toml",
        "--placebo",
        "--threads",
    ];
    let told = said(folder, &[&args[..], &["2"]].concat(), 0);
    assert!(told.contains("samples scored, 3 folds"), "{told}");
    let whole = transfers(folder, "run");
    assert!(whole.len() > 40, "{}", whole.len());

    // Who was trained on what, by pictures and questions as the data have them.
    let about: BTreeMap<String, Value> = lines(&folder.join("data/train/samples.jsonl"))
        .into_iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
        .collect();
    let of = |ids: &BTreeSet<&str>, field: &str| -> BTreeSet<String> {
        ids.iter().map(|id| about[*id][field].to_string()).collect()
    };
    let mut scored = BTreeSet::new();
    let records = folds(folder, "run");
    assert_eq!(records.len(), 3);
    for (_, record) in &records {
        let learned = &ids(&record["trained"]) | &ids(&record["validated"]);
        let own = ids(&record["scored"]);
        assert!(!learned.is_empty() && learned.is_disjoint(&own));
        assert!(of(&learned, "image").is_disjoint(&of(&own, "image")));
        if record["apart"] == "both" {
            assert!(of(&learned, "question").is_disjoint(&of(&own, "question")));
        }
        assert!(own.iter().all(|id| scored.insert(id.to_string())));
    }
    assert_eq!(scored, whole.keys().cloned().collect());
    for transfer in whole.values() {
        let [of] = transfer.as_array().unwrap().as_slice() else {
            panic!("one verifier: {transfer}");
        };
        let name = of["verifier"].as_str().unwrap();
        assert!(
            name.starts_with("student:32x1/steps6/seed0/folds3/"),
            "{name}"
        );
        for condition in ["plain", "rationale", "text", "placebo"] {
            let probability = of[condition]["probability"].as_f64().unwrap();
            assert!(probability > 0.0 && probability < 1.0, "{of}");
            assert!(!of[condition]["answer"].as_str().unwrap().is_empty());
        }
        assert!(of["lift"].is_number());
    }

    // Nothing is trained or scored twice.
    let again = said(folder, &[&args[..], &["1"]].concat(), 0);
    assert!(!again.contains("steps done"), "{again}");

    // A few samples first, killed in the middle of trainings, on another number of threads.
    let mut args = args;
    args[1] = "killed";
    let fold = |number: usize, file: &str| {
        let verifiers = std::fs::read_dir(folder.join("killed/verifiers"));
        let verifier = verifiers.ok().and_then(|mut all| all.next());
        let verifier = verifier.map(|entry| entry.unwrap().path());
        verifier.is_some_and(|path| path.join(format!("fold-{number}")).join(file).is_file())
    };
    for number in [0, 1] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("fact"))
            .args(args)
            .args(["1", "--limit", "30"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !fold(number, "log.jsonl") && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let first = folds(folder, "killed")[0].0.join("state.safetensors");
    let written = std::fs::metadata(&first).unwrap().modified().unwrap();
    fact(folder).args(args).args(["1"]).assert().success();
    let unchanged = std::fs::metadata(&first).unwrap().modified().unwrap();
    assert_eq!(written, unchanged, "the first student was trained again");
    assert_eq!(transfers(folder, "killed"), whole);

    // Other settings are another verifier.
    std::fs::write(folder.join("judge.toml"), format!("{SETTINGS}seed = 1\n")).unwrap();
    let args = [
        "transfer",
        "run",
        "--verifier",
        "student:judge.toml",
        "--limit",
        "3",
        "--quiet",
    ];
    fact(folder).args(args).assert().success();
    let both = transfers(folder, "run");
    let counts: BTreeSet<usize> = both.values().map(|t| t.as_array().unwrap().len()).collect();
    assert_eq!(counts, BTreeSet::from([1, 2]));
    let kept = [
        "export",
        "run",
        "--format",
        "trl",
        "--out",
        "y",
        "--keep",
        "transfer:lift>0",
    ];
    fact(folder).args(kept).assert().success();
}

/// What is said of settings that are refused.
fn begin_with(settings: &str, folder: &Path) -> String {
    std::fs::write(folder.join("refused.toml"), settings).unwrap();
    said(
        folder,
        &["transfer", "run", "--verifier", "student:refused.toml"],
        2,
    )
}

#[test]
fn a_taught_student_scores_what_it_did_not_learn() {
    let folder = folder();
    let folder = folder.path();
    transfers(folder, "run");
    let rows = lines(&folder.join("x/samples.jsonl"));
    let write = |name: &str, rows: &[Value]| {
        let text: Vec<String> = rows.iter().map(Value::to_string).collect();
        std::fs::write(folder.join(name), text.join("\n")).unwrap();
    };
    write("train.jsonl", &rows[..20]);
    write("val.jsonl", &rows[20..24]);
    let teach = |out: &str, more: &str| {
        let args = format!(
            "teach --train train.jsonl --val val.jsonl --images data/train --out {out} --size 32x1 --steps 4 \
             --batch 4 --warmup 2 --stride 12 --quiet {more}"
        );
        fact(folder).args(args.split(' ')).assert().success();
    };
    teach("students", "--blind 0.3");
    let judge = |student: &str| ["transfer", "run", "--verifier", student].map(str::to_owned);
    let args = judge("student:students/32x1");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let told = said(folder, &args, 0);
    assert!(told.contains("their picture was trained on"), "{told}");
    assert!(!told.contains("without --blind"), "{told}");
    let images = |rows: &[Value]| -> BTreeSet<String> {
        rows.iter().map(|row| row["image"].to_string()).collect()
    };
    let learned = images(&rows[..24]);
    let scores = transfers(folder, "run");
    let (mut with, mut without) = (0, 0);
    for row in &rows {
        let has = scores[row["id"].as_str().unwrap()].is_array();
        assert_eq!(
            has,
            !learned.contains(&row["image"].to_string()),
            "{}",
            row["id"]
        );
        with += usize::from(has);
        without += usize::from(!has);
    }
    assert!(with > 0 && without >= 24, "{with} {without}");

    // Students of folds that begin with it do not score them either.
    let begin = "size = \"32x1\"\nsteps = 2\nfolds = 2\nbatch = 4\nwarmup = 1\nstride = 12\nstart = \"students/32x1\"\n";
    std::fs::write(folder.join("begin.toml"), begin).unwrap();
    let begin = ["transfer", "run", "--verifier", "student:begin.toml"];
    let told = said(folder, &begin, 0);
    assert!(told.contains("their picture was trained on"), "{told}");
    for (id, now) in transfers(folder, "run") {
        let before = scores
            .get(&id)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let now = now.as_array().map_or(0, Vec::len);
        assert_eq!(now, 2 * before, "{id}");
    }
    let apart = begin_with(
        "size = \"32x1\"\nimage = [64, 48]\nstart = \"students/32x1\"\n",
        folder,
    );
    assert!(
        apart.contains("has another image size: 48×48 pixels, stride 12"),
        "{apart}"
    );
    let none = begin_with("start = \"run\"\n", folder);
    assert!(none.contains("model.safetensors"), "{none}");

    // One that never was without a picture is not asked without.
    teach("sighted", "--blind 0.0");
    let told = said(
        folder,
        &["transfer", "run", "--verifier", "student:sighted/32x1"],
        0,
    );
    assert!(told.contains("it was taught without --blind"), "{told}");
    // One that does not tell what it learned, or never read a rationale, judges nothing.
    std::fs::remove_file(folder.join("students/32x1/learned.jsonl")).unwrap();
    let told = said(folder, &args, 2);
    assert!(
        told.contains("does not tell what the student there was trained on"),
        "{told}"
    );
    assert!(told.contains("hint: "), "{told}");
    teach("label", "--objective label");
    let told = said(
        folder,
        &["transfer", "run", "--verifier", "student:label/32x1"],
        2,
    );
    assert!(told.contains("was taught without rationales"), "{told}");
    let told = said(folder, &["transfer", "run", "--verifier", "student:XXL"], 2);
    assert!(told.contains("`student:XXL` is neither a size"), "{told}");
}
