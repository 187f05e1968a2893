//! The common user, end to end: images and questions of one's own, a vision-language model that looks,
//! a language model that writes the programs, and what is done with the run.
//!
//! The vision endpoint answers from annotations, so that answers are what they should be; the
//! language endpoint is scripted, and as messy as models are. `FACT_TEST_LLM=MODEL@URL` puts a real
//! language model in its place: then only what must hold with any model is asserted.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed step fails the test"
)]

mod support;

use fact_models::vlm::BoxConvention;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::annotated::Known;
use support::fact;
use support::loopback::Loopback;
use support::photographs::{Photographs, draw_set, gqa_set};

/// Keys that must be nowhere on disk.
const SEER_KEY: &str = "seer-key-4f1c9a";
const WRITER_KEY: &str = "writer-key-77e2d0";

/// Names of the environment variables that hold them.
const SEER_ENV: &str = "SEER_KEY";
const WRITER_ENV: &str = "WRITER_KEY";

/// Requests that one server was asked.
type Log = Arc<Mutex<Vec<String>>>;

/// A vision-language model that answers from annotations.
fn seer(set: &Photographs) -> (Loopback, Log) {
    let known = Known::new(set.images.clone());
    let log: Log = Arc::default();
    let seen = log.clone();
    let server = Loopback::start(move |request| {
        if request.authorization != format!("Bearer {SEER_KEY}") {
            return Some((401, json!({"error": "who are you?"})));
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        seen.lock().unwrap().push(body["messages"].to_string());
        let text = known.reply(BoxConvention::Norm1000, &body);
        Some((
            200,
            json!({
                "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 300, "completion_tokens": 9},
            }),
        ))
    });
    (server, log)
}

/// What a right program returns for a question of these sets.
fn body(question: &str) -> String {
    let q = question.trim_end_matches('?');
    if let Some(noun) = q.strip_prefix("Is there a ") {
        return format!("    return bool_to_yesno(ImagePatch(image).exists(\"{noun}\"))\n");
    }
    if let Some(rest) = q.strip_prefix("How many ") {
        let noun = rest.trim_end_matches(" are there").trim_end_matches('s');
        return format!(
            "    image_patch = ImagePatch(image)\n    found = image_patch.find(\"{noun}\")\n    return str(len(found))\n"
        );
    }
    if let Some(noun) = q.strip_prefix("What color is the ") {
        return format!(
            "    image_patch = ImagePatch(image)\n    found = image_patch.find(\"{noun}\")\n    return found[0].simple_query(\"What color is the {noun}?\")\n"
        );
    }
    let sides = q
        .strip_prefix("Is the ")
        .and_then(|q| q.split_once(" to the left of the "));
    if let Some((a, b)) = sides {
        return format!(
            "    image_patch = ImagePatch(image)\n    first = image_patch.find(\"{a}\")[0]\n    second = image_patch.find(\"{b}\")[0]\n    return bool_to_yesno(first.horizontal_center < second.horizontal_center)\n"
        );
    }
    format!("    return ImagePatch(image).simple_query(\"{question}\")\n")
}

/// What a language model writes behind a prompt, by the number of the sample: now right, now wrapped
/// in talk, now with another API, now lucky, cut off, off the point, or nothing.
fn completion(prompt: &str, sample: u64) -> (String, &'static str) {
    let question = prompt
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .next_back();
    let question = question.unwrap_or_default();
    let body = body(question);
    let text = match sample % 8 {
        // It goes on with a question of its own.
        0 => format!("{body}\n# Is there a car?\ndef execute_command(image):\n    return \"yes\"\n"),
        1 => format!(
            "Sure! Here is the program:\n\n```python\nimport torch\nfrom PIL import Image\n\n\ndef execute_command(image):\n    # Look at the image\n{body}```\n\nIt first looks at the image, and then returns the answer. Let me know if you need anything else!"
        ),
        2 => "    image_patch = ImagePatch(image)\n    boxes = image_patch.detect_objects(\"thing\")\n    return len(boxes)\n".into(),
        3 => "    return \"yes\"\n".into(),
        4 => return ("    image_patch = ImagePatch(image)\n    for patch in image_patch.find(\"thing\"".into(), "length"),
        5 => "I'm sorry, but as a language model I cannot look at images.".into(),
        6 => body.replace("image_patch", "p").replace("found", "things"),
        _ => String::new(),
    };
    (text, "stop")
}

/// A language model that is as messy as models are. It answers `left` requests, and then closes
/// every connection until more is set.
struct Writer {
    server: Loopback,
    log: Log,
    left: Arc<AtomicUsize>,
}

fn writer() -> Writer {
    let log: Log = Arc::default();
    let left = Arc::new(AtomicUsize::new(usize::MAX));
    let (seen, more) = (log.clone(), left.clone());
    let server = Loopback::start(move |request| {
        if request.authorization != format!("Bearer {WRITER_KEY}") {
            return Some((401, json!({"error": "who are you?"})));
        }
        if request.path != "/v1/completions" {
            return Some((404, json!({"error": "no such thing"})));
        }
        let less = |left: usize| left.checked_sub(1);
        more.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .ok()?;
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        seen.lock().unwrap().push(body.to_string());
        let prompt = body["prompt"].as_str().unwrap();
        let (text, end) = completion(prompt, body["seed"].as_u64().unwrap());
        let usage = json!({
            "prompt_tokens": prompt.len() / 4,
            "completion_tokens": text.len() / 4,
        });
        Some((
            200,
            json!({"choices": [{"text": text, "finish_reason": end}], "usage": usage}),
        ))
    });
    Writer { server, log, left }
}

/// Where programs come from: `FACT_TEST_LLM`, or the scripted one.
fn real_model() -> Option<String> {
    std::env::var("FACT_TEST_LLM").ok()
}

/// The flags of the run. What the user types, but for `--config`: crops are found again by their
/// pixels, which needs them lossless and of the size they have.
fn flags(set: &Photographs, seer: &Loopback, model: &str) -> Vec<String> {
    let perception = format!("vlm:seer@{}", seer.url());
    let propose = format!("llm:{model}");
    [
        "run",
        "--data",
        &set.data,
        "--pack",
        "viper",
        "--perception",
        &perception,
        "--propose",
        &propose,
        "--key-env",
        SEER_ENV,
        "--llm-key-env",
        WRITER_ENV,
        "--retries",
        "0",
        "--config",
        "lossless.toml",
        "--accept",
        "0.9",
        "--out",
        "run",
    ]
    .map(str::to_owned)
    .into()
}

const LOSSLESS: &str =
    "calibration = \"calibration.toml\"\n[vlm]\nencoding = \"png\"\nmin_side = 1\n";

/// A calibration written down, not fitted, so that the test does not depend on the shipped ones: what
/// accounts for the question, agrees with others and is not constant is confident.
const CALIBRATION: &str = "
version = 1
candidates = \"viper: llm\"
fitted_on = \"nothing\"
[labelled]
points = [{ target = 0.9, threshold = 0.6, precision = 0.9, yield = 0.5 }]
[labelled.model]
intercept = 0.0
weights = { missing = -0.5, constant = -9.0, support = 4.0 }
[unlabelled]
points = [{ target = 0.9, threshold = 0.6, precision = 0.9, yield = 0.5 }]
[unlabelled.model]
intercept = 0.0
weights = { missing = -0.5, constant = -9.0, support = 4.0 }
";

/// What a small model on a small machine needs.
const PATIENT: &str =
    "[llm]\nsamples = 4\nmax_tokens = 120\nconcurrency = 1\n[llm.endpoint]\ntimeout = 600\n";

/// Runs the command with the keys in its environment; its standard output and error.
fn told(folder: &Path, flags: &[String], code: i32) -> (String, String) {
    let assert = fact(folder)
        .args(flags)
        .env(SEER_ENV, SEER_KEY)
        .env(WRITER_ENV, WRITER_KEY)
        .assert()
        .code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let output = assert.get_output();
    (text(&output.stdout), text(&output.stderr))
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Each step of the funnel is a part of the one before, and what is not accepted has a reason.
fn assert_adds_up(summary: &Value, samples: usize) {
    assert_eq!(summary["complete"], true);
    let funnel = &summary["funnel"];
    assert_eq!(number(&funnel["samples"]), samples as u64);
    let steps = ["samples", "v0", "v1", "accepted", "rationales"];
    for pair in steps.windows(2) {
        assert!(
            number(&funnel[pair[0]]) >= number(&funnel[pair[1]]),
            "{funnel}"
        );
    }
    assert!(number(&funnel["v1"]) >= number(&funnel["v2"]), "{funnel}");
    let failures = summary["failures"].as_object().unwrap();
    let failed: u64 = failures.values().map(number).sum();
    let accepted = number(&funnel["accepted"]);
    assert_eq!(failed + accepted, samples as u64, "{summary}");
    let proposers = summary["report"]["proposers"].as_array().unwrap();
    let names: Vec<&Value> = proposers.iter().map(|p| &p["proposer"]).collect();
    assert_eq!(names, ["llm"]);
    let candidates = &summary["candidates"];
    let steps = ["proposed", "parsed", "ran", "right"];
    for pair in steps.windows(2) {
        assert!(
            number(&candidates[pair[0]]) >= number(&candidates[pair[1]]),
            "{candidates}"
        );
    }
}

/// Every certificate holds, with the images at hand; every export can be read; and how many samples
/// have a rationale.
fn assert_checked_and_exported(folder: &Path) -> usize {
    let (out, _) = told(
        folder,
        &["check", "run", "--images", "data"].map(String::from),
        0,
    );
    assert!(out.contains("0 rejected"), "{out}");
    for format in ["jsonl", "parquet", "llava", "sharegpt"] {
        let out = format!("out-{format}");
        let flags = [
            "export", "run", "--format", format, "--out", &out, "--quiet",
        ];
        told(folder, &flags.map(String::from), 0);
    }
    let lines = std::fs::read_to_string(folder.join("out-jsonl/samples.jsonl")).unwrap();
    let rows: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let accepted: Vec<&Value> = rows.iter().filter(|row| row["accepted"] == true).collect();
    for row in &accepted {
        assert!(row["certificate"].is_object(), "{row}");
        // Latent worlds tell what would say so of any image: it asks nothing.
        let program = row["program"].as_str().unwrap();
        let asks = program.lines().skip(1).any(|line| line.contains('('));
        assert!(asks, "{program}");
    }
    if let Some(row) = accepted.last() {
        let id = row["id"].as_str().unwrap();
        let (page, _) = told(folder, &["show", "run", id].map(String::from), 0);
        eprintln!("{page}");
        assert!(page.contains("Rationale"), "{page}");
    }
    for format in ["llava", "sharegpt"] {
        let file = folder.join(format!("out-{format}/{format}.json"));
        assert_eq!(read(&file).as_array().unwrap().len(), accepted.len());
    }
    // Another run reads them as data sets: the conversations, and the rows in Parquet.
    for (at, (data, samples)) in [
        (
            "parquet:out-parquet/samples.parquet?images=data".to_owned(),
            rows.len(),
        ),
        (
            "llava:out-llava/llava.json?images=data".to_owned(),
            accepted.len(),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        if samples == 0 {
            continue;
        }
        let out = format!("again-{at}");
        let flags = [
            "run",
            "--data",
            &data,
            "--propose",
            "gold",
            "--perception",
            "pixels",
            "--pack",
            "viper",
            "--quiet",
            "--out",
            &out,
        ];
        told(folder, &flags.map(String::from), 0);
        let summary = read(&folder.join(out).join("summary.json"));
        assert_eq!(
            number(&summary["funnel"]["samples"]),
            samples as u64,
            "{data}"
        );
    }
    let flags = ["check", "out-jsonl/samples.jsonl", "--images", "data"];
    told(folder, &flags.map(String::from), 0);
    accepted.len()
}

/// No file below the folder holds a key.
fn assert_no_key_on_disk(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_no_key_on_disk(&path);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for key in [SEER_KEY, WRITER_KEY] {
            let holds = bytes.windows(key.len()).any(|part| part == key.as_bytes());
            assert!(!holds, "{} holds a key", path.display());
        }
    }
}

fn assert_none_asked_twice(log: &Log) -> usize {
    let asked = log.lock().unwrap();
    let distinct: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(asked.len(), distinct.len(), "{asked:#?}");
    asked.len()
}

/// All of it, on one data set. Returns the summary and the number of accepted samples.
fn from_questions_to_exports(folder: &Path, set: &Photographs) -> (Value, usize) {
    let real = real_model();
    let patient = if real.is_some() { PATIENT } else { "" };
    let settings = format!("{LOSSLESS}{patient}");
    std::fs::write(folder.join("lossless.toml"), settings).unwrap();
    std::fs::write(folder.join("calibration.toml"), CALIBRATION).unwrap();
    let (seer, looked) = seer(set);
    let writer = writer();
    let scripted = format!("writer@{}", writer.server.url());
    let flags = flags(set, &seer, real.as_ref().unwrap_or(&scripted));

    if real.is_none() {
        // The language model goes away in the middle, and comes back.
        writer.left.store(5, Ordering::SeqCst);
        let (_, err) = told(folder, &flags, 2);
        assert!(err.contains(&writer.server.url()), "{err}");
        assert!(!err.contains(WRITER_KEY), "{err}");
        assert_eq!(writer.log.lock().unwrap().len(), 5);
        writer.left.store(usize::MAX, Ordering::SeqCst);
    }
    let (out, err) = told(folder, &flags, 0);
    eprintln!("{out}{err}");
    assert!(
        err.contains("perception: ") && err.contains("language model: "),
        "{err}"
    );
    assert!(err.contains(" prompt and "), "{err}");
    assert!(
        !out.contains(SEER_KEY) && !err.contains(SEER_KEY),
        "{out}{err}"
    );
    let summary = read(&folder.join("run/summary.json"));
    assert_adds_up(&summary, set.samples);

    // The same command again asks nobody anything, and changes nothing.
    let asked = (
        assert_none_asked_twice(&looked),
        assert_none_asked_twice(&writer.log),
    );
    told(folder, &flags, 0);
    let again = (
        looked.lock().unwrap().len(),
        writer.log.lock().unwrap().len(),
    );
    assert_eq!(asked, again);
    assert_eq!(read(&folder.join("run/summary.json")), summary);

    let accepted = assert_checked_and_exported(folder);
    assert_eq!(accepted as u64, number(&summary["funnel"]["rationales"]));
    assert_no_key_on_disk(folder);
    (summary, accepted)
}

#[test]
fn drawn_images_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path());
    let (summary, accepted) = from_questions_to_exports(folder.path(), &set);
    if real_model().is_some() {
        return;
    }
    // A right program is among the mess for every question, and is the one that is chosen.
    let (questions, funnel) = (&summary["questions"], &summary["funnel"]);
    assert_eq!(questions["chosen_right"], questions["total"], "{summary}");
    assert_eq!(number(&funnel["v2"]), set.samples as u64, "{summary}");
    assert!(accepted * 2 > set.samples, "{summary}");
    assert_eq!(
        summary["questions"]["oracle"],
        summary["questions"]["total"]
    );
    let candidates = &summary["candidates"];
    // Of eight completions three say the same, talk and needless imports aside; an empty one is none.
    assert_eq!(number(&candidates["proposed"]), 5 * 4, "{candidates}");
    assert_eq!(number(&candidates["parsed"]), 3 * 4, "{candidates}");
}

#[test]
fn photographs_of_gqa() {
    let folder = tempfile::tempdir().unwrap();
    let Some(set) = gqa_set(folder.path()) else {
        eprintln!("skipped: no GQA data (set FACT_DATA to the folder of data sets)");
        return;
    };
    let (summary, accepted) = from_questions_to_exports(folder.path(), &set);
    if real_model().is_none() {
        assert!(
            accepted * 2 > set.samples,
            "{accepted} of {}: {summary}",
            set.samples
        );
    }
}
