//! `fact exec` and `fact run` with perception behind a wire.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use support::loopback::{Loopback, Then, ToolServer};
use support::{data, draw, export, fact, run};

/// Three questions each: the boxes, and in two of them what is blue.
const ASKS_THRICE: &str = "def execute_command(image):\n    \
                           boxes = image.boxes\n    \
                           return [len(box.find(\"blue\")) for box in boxes[:2]]\n";
const COUNTS: &str = "def execute_command(image):\n    return image.count(\"yellow square\")\n";

/// Programs on two images; some ask the same.
fn programs(folder: &Path) {
    draw(&folder.join("a.png"), [[1, 0, 0], [2, 1, 0], [0, 0, 3]]);
    draw(&folder.join("b.png"), [[1, 1, 1], [0, 2, 0], [0, 0, 3]]);
    let lines = [
        json!({"id": "a", "program": ASKS_THRICE, "image": "a.png"}),
        json!({"id": "again", "program": ASKS_THRICE, "image": "a.png"}),
        json!({"id": "b", "program": ASKS_THRICE, "image": "b.png"}),
        json!({"id": "count", "program": COUNTS, "image": "b.png"}),
        json!({"id": "back", "program": COUNTS, "image": "a.png"}),
        json!({"id": "raises", "program": "def f(image):\n    return image.find(7)",
               "image": "a.png"}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("programs.jsonl"), lines).unwrap();
}

/// Flags of a batch. Nothing is tried again: a dead server is dead.
fn batch<'a>(perception: &'a str, out: &'a str, threads: &'a str) -> Vec<&'a str> {
    let flags = "exec --batch programs.jsonl --retries 0 --trace";
    let given = [
        "--perception",
        perception,
        "--out",
        out,
        "--threads",
        threads,
    ];
    flags.split(' ').chain(given).collect()
}

/// The results of a batch that succeeds.
fn results(folder: &Path, perception: &str, out: &str, threads: &str) -> String {
    let flags = batch(perception, out, threads);
    fact(folder).args(flags).assert().success();
    std::fs::read_to_string(folder.join(out)).unwrap()
}

/// What a command that exits with 2 tells.
fn refused(folder: &Path, flags: &[&str]) -> String {
    let assert = fact(folder).args(flags).assert().code(2);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn assert_none_asked_twice(answered: &[String]) {
    let distinct: BTreeSet<&String> = answered.iter().collect();
    assert_eq!(answered.len(), distinct.len(), "{answered:#?}");
}

/// A process of its own, to be killed.
fn start(folder: &Path, flags: &[&str]) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin("fact"))
        .current_dir(folder)
        .args(flags)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_batch_is_the_same_wherever_its_perception_is_and_asks_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    programs(folder);
    let here = results(folder, "pixels", "here.jsonl", "2");

    let server = ToolServer::start();
    assert_eq!(results(folder, &server.url(), "out.jsonl", "1"), here);
    let asked = server.answered();
    assert_none_asked_twice(&asked);
    let calls: BTreeSet<String> = (here.lines())
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .flat_map(|line| line["calls"].as_array().unwrap().clone())
        .map(|call| format!("{} {}", call["args"], call["region"]))
        .collect();
    assert!(asked.len() >= calls.len(), "{asked:#?} {calls:#?}");

    // What is in out.jsonl.calls.db is not asked again, also of a server at another address.
    let other = ToolServer::start();
    assert_eq!(results(folder, &other.url(), "out.jsonl", "3"), here);
    assert_eq!(other.answered(), [""; 0]);
    // Without it everything is asked again: the threads change nothing.
    assert_eq!(results(folder, &other.url(), "more.jsonl", "5"), here);
    let set = |asked: Vec<String>| asked.into_iter().collect::<BTreeSet<_>>();
    assert_none_asked_twice(&other.answered());
    assert_eq!(set(other.answered()), set(asked));
}

#[test]
fn a_batch_whose_server_dies_writes_nothing_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    programs(folder);
    let here = results(folder, "pixels", "here.jsonl", "1");
    let server = ToolServer::start();
    let url = server.url();
    server.set(2, Then::Dies);
    let told = refused(folder, &batch(&url, "out.jsonl", "2"));
    assert!(told.contains("the perception has no answer"), "{told}");
    assert!(told.contains(&url), "{told}");
    assert!(told.contains("hint: see that the server is up"), "{told}");
    assert!(!folder.join("out.jsonl").exists());
    assert_eq!(server.answered().len(), 2);

    // It is still dead.
    let told = refused(folder, &batch(&url, "out.jsonl", "2"));
    assert!(told.contains("hint: start the server"), "{told}");
    server.revive();
    assert_eq!(results(folder, &url, "out.jsonl", "2"), here);
    assert_none_asked_twice(&server.answered());
}

#[test]
fn a_batch_that_is_killed_goes_on_from_the_answers_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    programs(folder);
    let here = results(folder, "pixels", "here.jsonl", "1");
    let server = ToolServer::start();
    let url = server.url();
    server.set(3, Then::Hangs);
    let mut child = start(folder, &batch(&url, "out.jsonl", "2"));
    server.kill_when_hanging(&mut child);
    assert!(!folder.join("out.jsonl").exists());
    server.revive();
    assert_eq!(results(folder, &url, "out.jsonl", "2"), here);
    assert_none_asked_twice(&server.answered());
}

/// The rows of an export without their confidence.
fn unweighed(export: &str) -> Vec<serde_json::Value> {
    let row = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().remove("confidence");
        row
    };
    export.lines().map(row).collect()
}

#[test]
fn a_run_on_a_server_is_the_run_on_pixels_also_when_it_is_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 5, 3);
    // Behind a wire candidates are probed on latent worlds, which tells confidences and choices apart:
    // one candidate leaves no choice.
    run(folder, &data, "here", &["--candidates", "1"]);
    let wanted = unweighed(&export(folder, "here"));
    assert!(wanted.iter().any(|row| row["accepted"] == true));

    let server = ToolServer::start();
    let url = server.url();
    let more = ["--candidates", "1", "--perception", &url, "--retries", "0"];
    let whole: Vec<&str> = ["run", "--quiet", "--out", "run", "--data", &data]
        .into_iter()
        .chain(more)
        .collect();
    // First it dies, then it hangs and the run is killed.
    server.set(4, Then::Dies);
    let told = refused(folder, &whole);
    assert!(told.contains("hint: see that the server is up"), "{told}");
    server.set(5, Then::Hangs);
    let mut child = start(folder, &whole);
    server.kill_when_hanging(&mut child);
    server.revive();
    run(folder, &data, "run", &more);
    assert_eq!(unweighed(&export(folder, "run")), wanted);
    assert_none_asked_twice(&server.answered());
    fact(folder).args(["check", "run"]).assert().success();

    // A finished run asks nothing more.
    let asked = server.answered().len();
    run(folder, &data, "run", &more);
    assert_eq!(server.answered().len(), asked);
}

#[test]
fn what_is_no_tool_server_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    programs(folder);
    let other = Loopback::start(|request| match request.path.as_str() {
        "/v1/capabilities" => Some((200, json!({"protocol": 2, "name": "x", "version": "1"}))),
        "/page/v1/capabilities" => Some((404, json!("not here"))),
        _ => None,
    });
    let told = refused(folder, &batch(&other.url(), "out.jsonl", "1"));
    assert!(told.contains("protocol"), "{told}");
    let page = format!("{}/page", other.url());
    let told = refused(folder, &batch(&page, "out.jsonl", "1"));
    assert!(told.contains("404") && told.contains("not here"), "{told}");
    let url = other.url();
    let mut flags = batch(&url, "out.jsonl", "1");
    flags.extend(["--key-env", "FACT_TEST_NO_SUCH_KEY"]);
    let told = refused(folder, &flags);
    assert!(told.contains("FACT_TEST_NO_SUCH_KEY"), "{told}");
    std::fs::write(folder.join("out.jsonl.calls.db"), "no database").unwrap();
    let server = ToolServer::start();
    let told = refused(folder, &batch(&server.url(), "out.jsonl", "1"));
    assert!(told.contains("out.jsonl.calls.db"), "{told}");
    assert!(told.contains("delete it to ask everything again"), "{told}");
    assert!(!folder.join("out.jsonl").exists());
}

/// A "model" that knows where the yellow squares of a.png are, in thousandths of the picture.
fn yellow(prompt: &str) -> &'static str {
    match prompt {
        _ if prompt.contains("\"yellow square\"") => {
            r#"```json
[{"bbox_2d": [13, 80, 62, 280], "label": "square"}, {"bbox_2d": [388, 80, 437, 280], "label": "square"}]
```"#
        }
        _ if prompt.contains("What color is this?") => "The Yellow",
        _ => "[]",
    }
}

#[test]
fn a_vision_language_model_answers_a_viper_program() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    draw(&folder.join("a.png"), [[1, 0, 0], [1, 1, 0], [0, 0, 3]]);
    let program = "def execute_command(image):\n    \
                   patch = ImagePatch(image)\n    \
                   found = patch.find('yellow square')\n    \
                   color = found[0].simple_query('What color is this?')\n    \
                   return f'{len(found)} {color}, the second at {found[1].left}'\n";
    let line = json!({"id": 1, "program": program, "image": "a.png"});
    std::fs::write(folder.join("programs.jsonl"), line.to_string()).unwrap();

    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let log = seen.clone();
    let server = Loopback::start(move |request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        log.lock().unwrap().push(body.clone());
        if request.path != "/v1/chat/completions" {
            return Some((404, json!("no")));
        }
        let content = body["messages"][0]["content"].as_array().unwrap();
        let text = content.iter().find_map(|part| part["text"].as_str());
        let message = json!({"content": yellow(text.unwrap())});
        Some((200, json!({"choices": [{"message": message}]})))
    });
    let target = format!("vlm:seer@{}", server.url());
    let mut flags = batch(&target, "out.jsonl", "1");
    flags.extend(["--pack", "viper"]);
    fact(folder).args(&flags).assert().success();
    let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let result: Value = serde_json::from_str(text.trim()).unwrap();
    // The box begins at 388 of 1000 × 400 pixels, and `find` leaves a margin of 10.
    assert_eq!(result["value"], "'2 yellow, the second at 145'");

    let requests = seen.lock().unwrap().clone();
    assert_eq!(requests.len(), 2, "{requests:#?}");
    for request in &requests {
        assert_eq!(request["model"], "seer");
        let content = request["messages"][0]["content"].to_string();
        assert!(content.contains("data:image/jpeg;base64,"), "{content}");
    }
    // Answers were kept: nothing is asked of the model again.
    fact(folder).args(&flags).assert().success();
    assert_eq!(seen.lock().unwrap().len(), 2);
}
