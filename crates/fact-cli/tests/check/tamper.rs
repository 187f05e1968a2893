//! Every leaf of real rows is changed to something plausible, one at a time: the check rejects it,
//! or it is on the list of what claims nothing.

use crate::support::{data, export, fact, run};
use crate::{check, reasons, rows, write_rows};
use serde_json::{Value, json};
use std::path::Path;

/// What a certificate does not prove, without `--images` and `--reperceive`: paths with `*` for any
/// index or key. `docs/certificate.md` says why for each.
const CLAIMS_NOTHING: &[&str] = &[
    // Of the data set and the run, not of the rationale.
    "id",
    "answer",
    "accepted",
    "level",
    "confidence",
    "proposer",
    "group",
    "scene",
    "family",
    "split",
    // A convention of the data set: every matcher folds spellings of one answer and no more.
    "certificate.matcher",
    // What the program is given and does not look at.
    "certificate.choices",
    // Which image: `--images` verifies it.
    "image",
    "certificate.images.*",
    // What perception said, where the program looks at no such thing: `--reperceive` asks again.
    "certificate.answers.*.answer",
    // The source of a pack is found by its hash.
    "certificate.pack.source",
];

/// What claims nothing even if the images are there and the perception is asked again.
const NEVER_CLAIMED: &[&str] = &[
    "answer",
    "accepted",
    "level",
    "confidence",
    "proposer",
    "group",
    "scene",
    "family",
    "split",
    "certificate.matcher",
    "certificate.choices",
    "certificate.pack.source",
];

/// A changed row: where, and what it is now.
struct Change {
    path: Vec<String>,
    row: Value,
}

impl Change {
    fn is_under(&self, list: &[&str]) -> bool {
        list.iter().any(|pattern| {
            let parts: Vec<&str> = pattern.split('.').collect();
            let same = |(part, found): (&&str, &String)| *part == "*" || *part == found.as_str();
            self.path.len() >= parts.len() && parts.iter().zip(&self.path).all(same)
        })
    }

    fn told(&self) -> String {
        let pointer: String = self.path.iter().map(|part| format!("/{part}")).collect();
        let value = self.row.pointer(&pointer).map(Value::to_string);
        format!("{} = {}", self.path.join("."), value.unwrap_or_default())
    }
}

/// Puts a value at a path of a row, under a name if it is a key's.
type Put<'p> = dyn FnMut(&[String], Option<&String>, Value) + 'p;

/// All changes of a row; `other` is another row, from which plausible values come.
fn changes(row: &Value, other: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    walk(row, other, &mut Vec::new(), &mut |path, field, value| {
        let mut changed = row.clone();
        let pointer: String = path.iter().map(|part| format!("/{part}")).collect();
        *changed.pointer_mut(&pointer).unwrap() = value;
        found.push(Change {
            path: path.iter().chain(field).cloned().collect(),
            row: changed,
        });
    });
    found
}

fn walk(value: &Value, other: &Value, path: &mut Vec<String>, put: &mut Put<'_>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                path.push(key.clone());
                walk(field, other, path, put);
                path.pop();
                let mut without = fields.clone();
                without.remove(key);
                // A field that is gone is a change at its own path.
                put(path, Some(key), Value::Object(without));
            }
            let mut more = fields.clone();
            more.insert("note".into(), json!("trust me"));
            put(path, Some(&"note".to_owned()), Value::Object(more));
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                walk(item, other, path, put);
                path.pop();
            }
            for at in 0..items.len() {
                let mut fewer = items.clone();
                let taken = fewer.remove(at);
                put(path, None, Value::Array(fewer));
                let mut twice = items.clone();
                twice.insert(at, taken);
                put(path, None, Value::Array(twice));
                if at + 1 < items.len() && items[at] != items[at + 1] {
                    let mut swapped = items.clone();
                    swapped.swap(at, at + 1);
                    put(path, None, Value::Array(swapped));
                }
            }
        }
        leaf => {
            let pointer: String = path.iter().map(|part| format!("/{part}")).collect();
            let there = other.pointer(&pointer).cloned();
            let mut values = plausible(leaf);
            values.extend(there);
            values.retain(|v| v != leaf);
            values.dedup();
            for value in values {
                put(path, None, value);
            }
        }
    }
}

fn plausible(leaf: &Value) -> Vec<Value> {
    match leaf {
        Value::Bool(b) => vec![json!(!b), Value::Null],
        Value::Number(n) => {
            let x = n.as_f64().unwrap();
            let mut values = vec![json!(x + 0.5), json!(-x - 1.0)];
            if let Some(n) = n.as_i64() {
                values.extend([json!(n + 1), json!(n.saturating_sub(1))]);
            }
            values
        }
        Value::String(text) => {
            let swaps = [
                ("yellow", "blue"),
                ("blue", "black"),
                ("black", "yellow"),
                ("square", "circle"),
                ("true", "false"),
                ("false", "true"),
                ("True", "False"),
                ("False", "True"),
                ("==", "!="),
                ("exactly", "at least"),
                (" is ", " is not "),
                ("2", "3"),
                ("1", "2"),
                ("evidence", "inference"),
                ("inference", "evidence"),
                ("true_false", "open"),
            ];
            let mut values: Vec<Value> = swaps
                .iter()
                .filter(|(from, _)| text.contains(from))
                .map(|(from, to)| json!(text.replacen(from, to, 1)))
                .collect();
            values.extend([
                json!(format!("{text} ")),
                json!(format!("{text}x")),
                json!(""),
            ]);
            values
        }
        Value::Null => vec![json!("yes"), json!(1)],
        Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}

/// Checks all changes in one file; those that hold.
fn holding(folder: &Path, changes: &[Change], more: &[&str]) -> Vec<usize> {
    write_rows(
        &folder.join("changed.jsonl"),
        changes.iter().map(|c| &c.row),
    );
    let (report, code) = check(folder, "changed.jsonl", more);
    assert_eq!(code, 1);
    let reasons = reasons(&report, changes.len());
    (0..changes.len())
        .filter(|at| reasons[*at].is_empty())
        .collect()
}

fn told(changes: &[Change], which: impl Iterator<Item = usize>) -> String {
    let lines: Vec<String> = which.take(20).map(|at| changes[at].told()).collect();
    lines.join("\n")
}

/// Two rows with rationales of different questions.
fn two(rows: &[Value]) -> (&Value, &Value) {
    let mut explained = rows.iter().filter(|row| !row["rationale"].is_null());
    let first = explained.next().unwrap();
    let question = &first["question"];
    (
        first,
        explained.find(|row| row["question"] != *question).unwrap(),
    )
}

#[test]
fn every_change_is_rejected_unless_it_claims_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 4, 2);
    run(folder, &data, "run", &[]);
    let rows = rows(&export(folder, "run"));
    let (a, b) = two(&rows);
    let mut all = changes(a, b);
    all.extend(changes(b, a));
    assert!(all.len() > 500, "{} changes", all.len());

    let hold = holding(folder, &all, &[]);
    let holes = hold
        .iter()
        .copied()
        .filter(|at| !all[*at].is_under(CLAIMS_NOTHING));
    let holes: Vec<usize> = holes.collect();
    assert!(holes.is_empty(), "{}", told(&all, holes.into_iter()));
    // The list is no excuse: much is claimed, and most that is not is what perception answered.
    let claimed = all.iter().filter(|c| !c.is_under(CLAIMS_NOTHING)).count();
    assert!(claimed > 300, "{claimed} of {}", all.len());

    // With the images, and asking again.
    let more = ["--images", "data", "--reperceive", "--perception", "pixels"];
    let hold = holding(folder, &all, &more);
    // A change of the id alone is one that nobody can see: the row is of another sample then.
    let named = |at: &usize| all[*at].is_under(NEVER_CLAIMED) || all[*at].is_under(&["id"]);
    let holes: Vec<usize> = hold.into_iter().filter(|at| !named(at)).collect();
    assert!(holes.is_empty(), "{}", told(&all, holes.into_iter()));
}

#[test]
fn a_pack_that_rows_carry_is_named_and_must_be_the_one_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 2, 2);
    let own = "VERSION = \"1\"\nEXTENDS = \"blocks\"\n";
    std::fs::write(folder.join("own.py"), own).unwrap();
    let bank = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fact-pipeline/banks/blocks.toml");
    let bank = bank.to_str().unwrap();
    run(folder, &data, "run", &["--pack", "own.py", "--bank", bank]);
    let honest = rows(&export(folder, "run"));
    let (report, code) = check(folder, "run-export/samples.jsonl", &[]);
    assert_eq!((code, &report["packs"][0]["origin"]), (0, &json!("row")));
    let output = fact(folder)
        .args(["check", "run-export/samples.jsonl"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let sha256 = report["packs"][0]["sha256"].as_str().unwrap();
    let line =
        format!("against the pack `own`, SHA-256 {sha256}: the rows' own, not a shipped one");
    assert!(text.contains(&line), "{text}");

    // A source that is not the one hashed; it does not spoil the honest row after it.
    let row = honest
        .iter()
        .find(|row| !row["rationale"].is_null())
        .unwrap();
    let mut lying = row.clone();
    let source = &mut lying["certificate"]["pack"]["source"];
    *source = json!(source.as_str().unwrap().replace("touches", "avoids"));
    let mut renamed = row.clone();
    renamed["certificate"]["pack"]["name"] = json!("blocks");
    let mut newer = row.clone();
    newer["certificate"]["pack"]["version"] = json!("2");
    write_rows(&folder.join("two.jsonl"), [&lying, row, &renamed, &newer]);
    let (report, code) = check(folder, "two.jsonl", &[]);
    assert_eq!(code, 1);
    let reasons = reasons(&report, 4);
    assert!(
        reasons[0][0].contains("the source of the pack `own` has SHA-256"),
        "{reasons:?}"
    );
    assert_eq!(reasons[1], [""; 0]);
    // Checked as what it says it is: the rows' own text under a shipped pack's name.
    assert_eq!(reasons[2], [""; 0]);
    assert!(
        reasons[3][0].contains("the pack's version is 1"),
        "{reasons:?}"
    );
    let packs = report["packs"].as_array().unwrap();
    assert!(
        packs.iter().all(|pack| pack["origin"] == "row"),
        "{packs:?}"
    );
}

#[test]
fn what_runs_for_nothing_and_what_comes_from_elsewhere_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 3, 2);
    run(folder, &data, "run", &[]);
    let rows = rows(&export(folder, "run"));
    let (honest, _) = two(&rows);
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut row = honest.clone();
        edit(&mut row);
        row
    };
    let both = |row: &mut Value, field: &str, text: String| {
        row[field] = json!(text);
        row["certificate"][field] = json!(text);
    };
    let superfluous = with(&|row| {
        let answers = row["certificate"]["answers"].as_array_mut().unwrap();
        let mut more = answers[0].clone();
        more["request"]["args"][0][1] = json!("unicorn");
        answers.push(more);
    });
    let foreign = with(&|row| {
        let residual = row["residual"].as_str().unwrap();
        let (def, rest) = residual.split_once('\n').unwrap();
        both(row, "residual", format!("{def}\n    note = 'seen'\n{rest}"));
    });
    let idle = with(&|row| {
        for field in ["program", "residual"] {
            let text = row[field].as_str().unwrap();
            let (def, rest) = text.split_once('\n').unwrap();
            both(row, field, format!("{def}\n    note = 'seen'\n{rest}"));
        }
    });
    let empty = with(&|row| {
        let result = row["certificate"]["result"].as_str().unwrap();
        let text = row["residual"].as_str().unwrap();
        let (def, _) = text.split_once('\n').unwrap();
        both(row, "residual", format!("{def}\n    return {result}\n"));
    });
    let endless = with(&|row| {
        for field in ["program", "residual"] {
            let text = row[field].as_str().unwrap();
            let (def, _) = text.split_once('\n').unwrap();
            both(
                row,
                field,
                format!("{def}\n    while True:\n        pass\n"),
            );
        }
    });
    let all = [superfluous, foreign, idle, empty, endless];
    write_rows(&folder.join("all.jsonl"), &all);
    let (report, code) = check(folder, "all.jsonl", &[]);
    assert_eq!(code, 1);
    let reasons = reasons(&report, all.len());
    for (reasons, part) in reasons.iter().zip([
        "is none that the program asks for",
        "the residual is not cut from the program, which has no `note = 'seen'` there",
        "the residual is not minimal: `note = 'seen'` can be left out",
        "the residual",
        "limit Steps reached",
    ]) {
        assert!(
            reasons.iter().any(|r| r.contains(part)),
            "{part}: {reasons:?}"
        );
    }
}
