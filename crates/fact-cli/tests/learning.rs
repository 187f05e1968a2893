//! Verification V3 and learning, with the real binary.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use support::fact;

/// Draws a data set into `data`, four images a sentence.
fn drawn(folder: &Path, samples: u32, seed: u32) {
    drawn_as(folder, "data", samples, seed);
}

fn drawn_as(folder: &Path, out: &str, samples: u32, seed: u32) {
    let (samples, seed) = (samples.to_string(), seed.to_string());
    let args = [
        "synth",
        "--quiet",
        "--out",
        out,
        "--samples",
        &samples,
        "--seed",
        &seed,
    ];
    fact(folder).args(args).assert().success();
}

fn summary(folder: &Path, run: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(run).join("summary.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn run(folder: &Path, out: &str, more: &[&str]) {
    fact(folder)
        .args(["run", "--quiet", "--data", "synth:data", "--out", out])
        .args(more)
        .assert()
        .success();
}

#[test]
fn what_is_hidden_changes_nothing_but_the_score() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, 60, 5);
    let blind = ["--siblings", "hide", "--answers", "hide", "--accept", "0.8"];
    run(folder, "blind", &blind);
    let truth = &summary(folder, "blind")["truth"];
    assert!(
        truth["labelled"].as_u64() > truth["right"].as_u64(),
        "{truth}"
    );
    assert!(
        truth["expected_precision"].as_f64().unwrap() > 0.5,
        "{truth}"
    );

    // With every answer turned round the same programs are chosen and accepted.
    let file = folder.join("data/samples.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let turned: String = text
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            let answer = row["answer"].as_str().unwrap() == "true";
            row["answer"] = Value::from(if answer { "false" } else { "true" });
            format!("{row}\n")
        })
        .collect();
    std::fs::write(&file, turned).unwrap();
    run(folder, "turned", &blind);
    let rows = |run: &str| -> Vec<(Value, Value, Value, Value)> {
        let text = exported(folder, run);
        let row = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| row[name].clone();
            (
                field("program"),
                field("accepted"),
                field("confidence"),
                field("rationale"),
            )
        };
        text.lines().map(row).collect()
    };
    assert_eq!(rows("blind"), rows("turned"));

    // Confidence is held against what was hidden, and against nothing where nothing is known.
    let held = &summary(folder, "blind")["report"]["confidence"];
    let bins = held["reliability"].as_array().unwrap();
    let counted: u64 = bins.iter().map(|bin| bin["count"].as_u64().unwrap()).sum();
    assert!(counted > 0 && held["samples"] == counted, "{held}");
    let text = std::fs::read_to_string(&file).unwrap();
    let unlabelled: String = text
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row.as_object_mut().unwrap().remove("answer");
            format!("{row}\n")
        })
        .collect();
    std::fs::write(folder.join("data/none.jsonl"), unlabelled).unwrap();
    let none = ["run", "--data", "jsonl:data/none.jsonl", "--out", "none"];
    let images = [
        "--pack",
        "blocks",
        "--perception",
        "pixels",
        "--propose",
        "bank",
    ];
    let out = fact(folder)
        .args(none)
        .args(images)
        .args(blind)
        .assert()
        .success();
    let told = String::from_utf8_lossy(&out.get_output().stdout).into_owned();
    assert!(told.contains("no labels of hidden siblings"), "{told}");
    let none = summary(folder, "none");
    assert!(none["funnel"]["v3"].as_u64() > Some(0), "{none}");
    assert_eq!(none["truth"]["tested"], 0, "{none}");
    assert!(none["report"]["confidence"].is_null(), "{none}");
    fact(folder)
        .args(["check", "blind", "--quiet"])
        .assert()
        .success();
}

#[test]
fn a_calibration_of_ones_own_is_fitted_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, 120, 7);
    run(folder, "all", &[]);
    let fit = [
        "calibrate",
        "all",
        "--out",
        "own.toml",
        "--report",
        "own.json",
    ];
    fact(folder).args(fit).assert().success();
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("own.json")).unwrap()).unwrap();
    assert_eq!(report["candidates"], "blocks: bank");
    let quality = &report["labelled"];
    assert!(
        quality["coverage"].as_f64() >= quality["chosen_right"]["value"].as_f64(),
        "{report}"
    );
    assert!(!quality["reliability"].as_array().unwrap().is_empty());
    let own = [
        "--calibration",
        "own.toml",
        "--siblings",
        "hide",
        "--accept",
        "0.7",
    ];
    run(folder, "own", &own);
    let own = summary(folder, "own");
    assert!(own["funnel"]["v3"].as_u64() > Some(0), "{own}");
    assert_eq!(own["funnel"]["v3"], own["funnel"]["accepted"]);

    // On data that it was not fitted on, its thresholds reach something, and less as they rise.
    drawn_as(folder, "other", 40, 11);
    let other = [
        "run",
        "--quiet",
        "--data",
        "synth:other",
        "--out",
        "elsewhere",
    ];
    fact(folder).args(other).assert().success();
    let measure = ["calibrate", "elsewhere", "--measure", "--report", "m.json"];
    let measured = |more: &[&str]| -> Value {
        fact(folder).args(measure).args(more).assert().success();
        serde_json::from_str(&std::fs::read_to_string(folder.join("m.json")).unwrap()).unwrap()
    };
    let own = measured(&["--calibration", "own.toml"]);
    assert_eq!(own["fitted_on"], report["fitted_on"]);
    assert_ne!(own["measured_on"], own["fitted_on"]);
    let reached = own["reached"]["labelled"].as_array().unwrap();
    assert!(!reached.is_empty(), "{own}");
    let yields: Vec<_> = (reached.iter())
        .map(|point| point["yield"]["value"].as_f64().unwrap())
        .collect();
    assert!(yields.is_sorted_by(|a, b| a >= b), "{yields:?}");
    let shipped = measured(&[]);
    assert_ne!(shipped["fitted_on"], own["fitted_on"]);

    // What cannot be had is refused, and so is what is no calibration.
    let refused = |more: &[&str]| {
        let all = ["run", "--quiet", "--data", "synth:data", "--out", "no"];
        let out = fact(folder).args(all).args(more).assert().code(2);
        String::from_utf8_lossy(&out.get_output().stderr).into_owned()
    };
    let text = std::fs::read_to_string(folder.join("own.toml")).unwrap();
    let poor = text.replace("precision = 1.0", "precision = 0.9");
    std::fs::write(folder.join("poor.toml"), poor).unwrap();
    let told = refused(&["--calibration", "poor.toml", "--accept", "0.99999"]);
    assert!(
        told.contains("never reached") && told.contains("hint: ask for at most"),
        "{told}"
    );
    let told = refused(&["--calibration", "own.json", "--accept", "0.7"]);
    assert!(told.contains("not a calibration"), "{told}");
    let told = refused(&["--accept", "1.5"]);
    assert!(told.contains("between 0 and 1"), "{told}");
    let told = refused(&["--answers", "hide"]);
    assert!(told.contains("without answers"), "{told}");
    let few = [
        "run",
        "--quiet",
        "--data",
        "synth:data",
        "--limit",
        "6",
        "--out",
        "few",
    ];
    fact(folder).args(few).assert().success();
    let out = fact(folder).args(["calibrate", "few"]).assert().code(2);
    let told = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(told.contains("too few"), "{told}");
}

fn exported(folder: &Path, run: &str) -> String {
    let out = format!("{run}-out");
    let export = ["export", run, "--quiet", "--format", "jsonl", "--out", &out];
    fact(folder).args(export).assert().success();
    std::fs::read_to_string(folder.join(out).join("samples.jsonl")).unwrap()
}

#[test]
fn rounds_learn_the_same_on_any_number_of_threads_and_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, 80, 11);
    let rounds = ["--rounds", "3", "--siblings", "hide", "--accept", "0.95"];
    let args = [
        "run",
        "--data",
        "synth:data",
        "--out",
        "whole",
        "--threads",
        "3",
    ];
    let told = fact(folder).args(args).args(rounds).assert().success();
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(told.contains("are exemplars now"), "{told}");
    fact(folder)
        .args(["check", "whole", "--quiet"])
        .assert()
        .success();

    let mut kills = 0;
    loop {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("fact"))
            .current_dir(folder)
            .args([
                "run",
                "--quiet",
                "--data",
                "synth:data",
                "--out",
                "killed",
                "--threads",
                "1",
            ])
            .args(rounds)
            .spawn()
            .unwrap();
        // Longer each time, so that it comes to an end whatever the machine.
        std::thread::sleep(Duration::from_millis(400 + 400 * kills));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "the run was never caught in the middle");
    assert_eq!(exported(folder, "killed"), exported(folder, "whole"));
    assert_eq!(summary(folder, "killed"), summary(folder, "whole"));

    // What was accepted stays so.
    let one = ["--siblings", "hide", "--accept", "0.95"];
    run(folder, "one", &one);
    let accepted = |run: &str| summary(folder, run)["funnel"]["accepted"].as_u64().unwrap();
    assert!(accepted("whole") >= accepted("one"));
}
