//! `fact view` over the wire: what is shown, who is refused, and what is kept.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed step fails the test"
)]

#[path = "view/hostile.rs"]
mod hostile;
mod support;
#[path = "view/viewer.rs"]
mod viewer;

use hostile::{MARKUP, hostile};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::model::{Fault, Model};
use support::{data, export, fact, run};
use viewer::Viewer;

/// A small run of drawn pictures. One label of the last question is wrong, so that its samples are not
/// accepted.
fn small(folder: &Path) -> PathBuf {
    let data = data(folder, 3, 4);
    let file = folder.join("data/data.jsonl");
    let rows = std::fs::read_to_string(&file).unwrap();
    let rows: Vec<String> = rows
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            if row["id"] == "q2-s0" {
                let other = if row["answer"] == "true" {
                    "false"
                } else {
                    "true"
                };
                row["answer"] = json!(other);
            }
            format!("{row}\n")
        })
        .collect();
    std::fs::write(&file, rows.concat()).unwrap();
    run(folder, &data, "run", &[])
}

#[test]
fn lists_filters_and_shows_what_belongs_together() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &small(folder.path()));
    let run = viewer.json("run");
    assert_eq!(run["samples"], 12);
    let accepted = run["accepted"].as_u64().unwrap();
    assert!(accepted > 0 && accepted < 12, "{run}");
    assert_eq!(run["state"], "finished");

    let all = viewer.json("samples?from=10&count=5&at=11");
    assert_eq!((&all["samples"], &all["matched"]), (&json!(12), &json!(12)));
    assert_eq!(all["at"], 11);
    let rows = all["rows"].as_array().unwrap();
    assert_eq!(
        rows.iter()
            .map(|r| r["n"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [10, 11]
    );
    let yes = viewer.json("samples?accepted=yes");
    assert_eq!(yes["matched"].as_u64().unwrap(), accepted);
    let word = viewer.json("samples?q=exactly+1%20BLUE");
    assert_eq!(word["matched"], 4);
    for row in word["rows"].as_array().unwrap() {
        assert!(
            row["question"].as_str().unwrap().contains("1 blue"),
            "{row}"
        );
    }
    assert_eq!(viewer.ask("GET", "samples?level=V7", &[], "").status, 400);

    // A sample with a rationale: each sentence has events of the trace, and lines by them.
    let n = yes["rows"][0]["n"].as_u64().unwrap();
    let sample = viewer.json(&format!("samples/{n}"));
    let events = sample["trace"]["events"].as_array().unwrap();
    let lines = sample["program"]["lines"].as_array().unwrap();
    let steps = sample["rationale"]["steps"].as_array().unwrap();
    assert!(!steps.is_empty());
    let mut boxes = 0;
    for step in steps {
        let cited = step["events"].as_array().unwrap();
        assert!(!cited.is_empty(), "{step}");
        boxes += step["boxes"].as_array().unwrap().len();
        for id in cited {
            let event = events.iter().find(|e| e["id"] == *id).unwrap();
            assert_eq!(event["used"], true, "{event}");
            let line = event["line"].as_u64().unwrap() as usize;
            assert_eq!(lines[line - 1]["kept"], true, "{event}");
        }
    }
    assert!(boxes > 0, "{sample}");
    // A question to perception stands under the call that asked it.
    let asked = events.iter().find(|e| e["asked"] == true).unwrap();
    let parent = events.iter().find(|e| e["id"] == asked["parent"]).unwrap();
    assert_eq!(parent["asked"], Value::Null);
    let chosen: Vec<&Value> = sample["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["chosen"] == true)
        .collect();
    assert_eq!(chosen.len(), 1);
    assert!(chosen[0]["program"].as_str().unwrap().starts_with("def "));

    let picture = viewer.ask("GET", &format!("samples/{n}/images/0"), &[], "");
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (200, "image/png")
    );
    assert_eq!(
        (
            picture.header("x-picture-width"),
            picture.header("x-picture-height")
        ),
        ("400", "100")
    );
    assert_eq!(image::load_from_memory(&picture.body).unwrap().width(), 400);
    assert_eq!(
        viewer
            .ask("GET", &format!("samples/{n}/images/1"), &[], "")
            .status,
        404
    );
    assert_eq!(viewer.ask("GET", "samples/12", &[], "").status, 404);
}

/// What the list, the run's own page, the report and the viewer say of a run, and what the last session is
/// called. All must say the same.
fn states(folder: &Path) -> (String, String) {
    let said = |args: &[&str]| {
        let output = fact(folder).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let viewer = Viewer::of(folder, &folder.join("run"));
    let state = viewer.json("run")["state"].as_str().unwrap().to_owned();
    let listed = said(&["runs", "list", "."]);
    assert!(
        listed.contains(&format!(": {state}, ")),
        "{state}: {listed}"
    );
    let json: Value = serde_json::from_str(&said(&["runs", "show", "run", "--json"])).unwrap();
    let pid = &json["state"]["running"]["pid"];
    match pid.as_u64() {
        Some(pid) => assert_eq!(state, format!("running (pid {pid})")),
        None => assert_eq!(json["state"], state.as_str()),
    }
    let last = json["sessions"].as_array().unwrap().last().unwrap();
    let session = last["state"].as_str().unwrap().to_owned();
    let shown = said(&["runs", "show", "run"]);
    assert!(shown.contains(&format!(": {session}, ")), "{shown}");
    let page = said(&["report", "run", "--html"]);
    assert!(page.contains(&format!("<td>{session}</td>")), "{page}");
    let told = page.contains(&format!("<strong>{state}</strong>"));
    assert_eq!(told, state != "finished", "{page}");
    (state, session)
}

#[test]
fn a_killed_run_is_called_so_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 3, 2);
    let stuck =
        Model::start(|number, _| (number > 0).then_some(Fault::Hang(Duration::from_secs(600))));
    let proposed = |model: &Model| format!("llm:m@{}", model.url());
    let args = [
        "run",
        "--quiet",
        "--out",
        "run",
        "--data",
        &data,
        "--propose",
    ];
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("fact"))
        .current_dir(folder)
        .args(args)
        .arg(proposed(&stuck))
        .spawn()
        .unwrap();
    while stuck.received() < 2 {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(20));
    }
    let running = format!("running (pid {})", child.id());
    assert_eq!(states(folder), (running, "running".to_owned()));
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = ("interrupted".to_owned(), "killed".to_owned());
    assert_eq!(states(folder), killed);
    let well = Model::good();
    let done = || {
        let mut command = fact(folder);
        command.args(args).arg(proposed(&well)).assert().success();
        states(folder)
    };
    assert_eq!(done(), ("finished".to_owned(), "done".to_owned()));

    // Every sample is there, but who looked again at what is left was killed.
    let store = rusqlite::Connection::open(folder.join("run/run.db")).unwrap();
    let again = "INSERT INTO sessions (started, threads) VALUES (1, 1)";
    store.execute(again, []).unwrap();
    assert_eq!(states(folder), killed);
    assert_eq!(done(), ("finished".to_owned(), "done".to_owned()));
    let shown = fact(folder).args(["runs", "show", "run"]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(shown.matches(": killed, ").count(), 2, "{shown}");
}

#[test]
fn refuses_whom_the_run_is_not_for() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &small(folder.path()));
    let (port, token) = (viewer.port, viewer.token.clone());
    let host = format!("127.0.0.1:{port}");
    let status = |text: &str| viewer.raw(text.as_bytes()).status;
    let get = |target: &str, host: &str, more: &str| {
        status(&format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"
        ))
    };
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(get("/api/run", &host, &bearer), 200);
    assert_eq!(get("/api/run", &format!("localhost:{port}"), &bearer), 200);
    // The token.
    assert_eq!(get("/api/run", &host, ""), 401);
    assert_eq!(get("/api/run", &host, "Authorization: Bearer\r\n"), 401);
    let short = format!("Authorization: Bearer {}\r\n", &token[..63]);
    assert_eq!(get("/api/run", &host, &short), 401);
    assert_eq!(get(&format!("/api/run?token={token}"), &host, ""), 401);
    assert_eq!(get("/api/samples/0/images/0", &host, ""), 401);
    // The host: names that may have been led here.
    for other in [
        "evil.example",
        &format!("evil.example:{port}"),
        "127.0.0.1",
        &format!("127.0.0.1.evil.example:{port}"),
        "127.0.0.1:1",
        "",
    ] {
        assert_eq!(get("/api/run", other, &bearer), 421, "{other}");
        assert_eq!(get("/", other, ""), 421, "{other}");
    }
    assert_eq!(
        status(&format!("GET /api/run HTTP/1.1\r\n{bearer}\r\n")),
        400
    );
    // Paths that lead elsewhere.
    for path in [
        "/../run.db",
        "/api/../run.db",
        "/..%2frun.db",
        "/api/samples/0/images/../../../run.db",
        "/api/samples/0/images/%2e%2e",
        "/api/samples/-1",
        "/api/samples/0x1",
        "/api/samples/99999999999999999999999",
        "//etc/passwd",
        "/api/samples/0/images/0/",
        "/run.db",
    ] {
        assert_eq!(get(path, &host, &bearer), 404, "{path}");
    }
    // What is no request, or too much of one.
    assert_eq!(status("hello\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.0\r\n\r\n"), 505);
    assert_eq!(
        status(&format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nA: {}\r\n\r\n",
            "a".repeat(20_000)
        )),
        431
    );
    assert_eq!(
        status(&format!(
            "DELETE /api/samples/0 HTTP/1.1\r\nHost: {host}\r\n{bearer}\r\n"
        )),
        405
    );
    assert_eq!(
        status(&format!(
            "GET /api/samples/0/review HTTP/1.1\r\nHost: {host}\r\n{bearer}\r\n"
        )),
        405
    );
    // Changes.
    let body = json!({"decision": "accept", "comment": "", "id": "q0-s0"}).to_string();
    let post = |more: &[(&str, &str)], body: &str| {
        viewer.ask("POST", "samples/0/review", more, body).status
    };
    let kind = ("Content-Type", "application/json");
    assert_eq!(post(&[], &body), 415);
    assert_eq!(post(&[("Content-Type", "text/plain")], &body), 415);
    assert_eq!(post(&[kind, ("Origin", "http://evil.example")], &body), 403);
    assert_eq!(post(&[kind, ("Origin", "null")], &body), 403);
    assert_eq!(post(&[kind, ("Sec-Fetch-Site", "cross-site")], &body), 403);
    assert_eq!(post(&[kind], "{"), 400);
    assert_eq!(post(&[kind], &body.replace("accept", "burn")), 400);
    assert_eq!(post(&[kind], &body.replace("q0-s0", "another")), 409);
    let long = json!({"decision": null, "comment": "x".repeat(20_000), "id": "q0-s0"}).to_string();
    assert_eq!(post(&[kind], &long), 413);
    assert_eq!(post(&[kind], &"x".repeat(200_000)), 413);
    assert_eq!(post(&[kind, ("Transfer-Encoding", "chunked")], ""), 501);
    let without = format!(
        "POST /api/samples/0/review HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(status(&without), 401);
    // None of them left anything.
    assert!(!folder.path().join("run/reviews.db").exists());
    assert_eq!(
        post(&[kind, ("Origin", &format!("http://{host}"))], &body),
        200
    );
    assert!(folder.path().join("run/reviews.db").exists());
}

#[test]
fn every_reply_says_what_a_browser_may_do_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &hostile(folder.path()));
    for path in ["/", "/app.js", "/style.css", "/icon.svg"] {
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            viewer.port
        );
        let page = viewer.raw(text.as_bytes());
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        // The page has no data, so whoever may not see the run learns nothing from it.
        let body = String::from_utf8(page.body.clone()).unwrap();
        assert!(
            !body.contains(&viewer.token) && !body.contains("dog"),
            "{path}"
        );
    }
    // Hostile texts are data of a type that no browser runs.
    for path in [
        "run",
        "samples",
        "samples/0",
        "samples/1",
        "samples?q=%3Cscript%3E",
    ] {
        let reply = viewer.ask("GET", path, &[], "");
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/json"),
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("access-control-allow-origin"), "");
    }
    let sample = viewer.json("samples/0");
    assert_eq!(sample["id"], MARKUP);
    assert!(sample["question"].as_str().unwrap().contains(MARKUP));
    // What a terminal or a reader would be misled by is made visible.
    let id = viewer.json("samples/1")["id"].as_str().unwrap().to_owned();
    assert_eq!(id, "cut\\u{202e}\\u{1b}[2J");
}

#[test]
fn long_traces_are_cut_and_a_failed_sample_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &hostile(folder.path()));
    let sample = viewer.json("samples/4");
    assert_eq!(sample["accepted"], false);
    assert_eq!(sample["trace"]["of"], "program");
    assert_eq!(sample["trace"]["events"].as_array().unwrap().len(), 2000);
    assert!(sample["trace"]["left_out"].as_u64().unwrap() > 4000);
    // Without a rationale, the slice is what the answer depends on.
    let lines = sample["program"]["lines"].as_array().unwrap();
    assert!(
        lines[1..].iter().all(|line| line["kept"] == true),
        "{lines:?}"
    );
}

#[test]
fn pictures_that_cannot_be_shown_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &hostile(folder.path()));
    let reply = |n: u32| viewer.ask("GET", &format!("samples/{n}/images/0"), &[], "");
    assert_eq!(reply(0).status, 200);
    for (n, status, why) in [
        (1, 422, "truncated"),
        (2, 422, "not an image"),
        (3, 404, "not"),
    ] {
        let reply = reply(n);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (status, "application/json")
        );
        let said: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(said["error"].as_str().unwrap().contains(why), "{said}");
    }
    drop(viewer);
    // A data set that moved is found again.
    std::fs::rename(folder.path().join("data"), folder.path().join("moved")).unwrap();
    let viewer = Viewer::of(folder.path(), Path::new("run"));
    let reply = viewer.ask("GET", "samples/0/images/0", &[], "");
    assert_eq!(reply.status, 404);
    assert!(String::from_utf8_lossy(&reply.body).contains("--data"));
    drop(viewer);
    let viewer = Viewer::with(
        folder.path(),
        Path::new("run"),
        &["--data", "jsonl:moved/data.jsonl"],
    );
    assert_eq!(viewer.ask("GET", "samples/0/images/0", &[], "").status, 200);
}

#[test]
fn reviews_are_kept_and_exports_honour_them() {
    let folder = tempfile::tempdir().unwrap();
    let made = small(folder.path());
    let before = export(folder.path(), "run");
    let viewer = Viewer::of(folder.path(), &made);
    let accepted = viewer.json("samples?accepted=yes");
    let ids: Vec<String> = accepted["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].as_str().unwrap().to_owned())
        .collect();
    let numbers: Vec<u64> = accepted["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["n"].as_u64().unwrap())
        .collect();
    assert!(ids.len() >= 2);
    let review = |at: usize, decision: Value, comment: &str| {
        let said = json!({"decision": decision, "comment": comment, "id": ids[at]}).to_string();
        let reply = viewer.ask(
            "POST",
            &format!("samples/{}/review", numbers[at]),
            &[("Content-Type", "application/json")],
            &said,
        );
        assert_eq!(
            reply.status,
            200,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
        serde_json::from_slice::<Value>(&reply.body).unwrap()
    };
    assert_eq!(review(0, json!("accept"), MARKUP)["standing"], "accepted");
    assert_eq!(review(1, json!("accept"), "")["standing"], "accepted");
    assert_eq!(
        review(1, json!("reject"), " wrong box ")["comment"],
        "wrong box"
    );
    let seen = viewer.json(&format!("samples/{}", numbers[0]));
    assert_eq!(
        (&seen["review"]["decision"], &seen["review"]["comment"]),
        (&json!("accept"), &json!(MARKUP))
    );
    assert_eq!(
        viewer.json("samples?review=rejected")["rows"][0]["id"],
        ids[1].as_str()
    );
    assert_eq!(viewer.json("samples?review=none")["matched"], 10);

    let out = |more: &[&str]| {
        let mut args = vec!["export", "run", "--format", "jsonl", "--out", "out"];
        args.extend(more);
        let told = fact(folder.path()).args(&args).assert().success();
        let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
        let rows = std::fs::read_to_string(folder.path().join("out/samples.jsonl")).unwrap();
        let record = std::fs::read(folder.path().join("out/samples.jsonl.export.json")).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        let of = |row: &str| {
            serde_json::from_str::<Value>(row).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        (told, rows.lines().map(of).collect::<Vec<String>>(), record)
    };
    let (told, rows, record) = out(&[]);
    assert!(told.contains("1 rejected by people left out"), "{told}");
    assert_eq!(rows.len(), 11);
    assert!(!rows.contains(&ids[1]));
    assert_eq!(
        record["reviews"],
        json!({"reviewed": "not-rejected", "rejected": 1, "unreviewed": 0})
    );
    let (told, rows, record) = out(&["--reviewed", "accepted"]);
    assert!(
        told.contains("10 left out that no person accepted"),
        "{told}"
    );
    assert_eq!(rows, ids[..1]);
    assert_eq!(record["reviews"]["unreviewed"], 10);
    let (_, rows, _) = out(&["--reviewed", "ignore"]);
    assert_eq!(rows.len(), 12);
    let text = fact(folder.path())
        .args(["report", "run"])
        .assert()
        .success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    assert!(
        text.contains("1 accepted, 1 rejected, 0 with a comment only, 0 out of date"),
        "{text}"
    );

    let page = fact(folder.path())
        .args(["report", "run", "--html"])
        .output()
        .unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(
        page.contains("Reviewed by people: 1 accepted, 1 rejected"),
        "{page}"
    );
    // A review of what has changed since counts for nothing; one that is taken back is none.
    let reviews = fact_pipeline::store::Reviews::open(&made).unwrap();
    let stale = fact_pipeline::store::Review {
        sample: ids[1].clone(),
        subject: "another text".into(),
        decision: Some(fact_pipeline::store::Decision::Reject),
        comment: String::new(),
        at: 0,
    };
    reviews.add(&stale).unwrap();
    assert_eq!(out(&[]).1.len(), 12);
    assert_eq!(viewer.json("samples?review=out_of_date")["matched"], 1);
    assert_eq!(review(1, Value::Null, ""), Value::Null);
    assert_eq!(viewer.json("samples?review=any")["matched"], 1);
    review(0, Value::Null, "");
    drop(viewer);
    assert_eq!(export(folder.path(), "run"), before);
}

#[test]
fn a_run_that_is_going_on_is_read_and_reviewed_but_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let made = small(folder.path());
    let _lock = fact_pipeline::store::Lock::take(&made).unwrap();
    let bytes = || std::fs::read(made.join("run.db")).unwrap();
    let before = bytes();
    let viewer = Viewer::of(folder.path(), &made);
    assert_eq!(viewer.json("samples")["matched"], 12);
    let sample = viewer.json("samples/0");
    let said = json!({"decision": "reject", "comment": "", "id": sample["id"]}).to_string();
    let reply = viewer.ask(
        "POST",
        "samples/0/review",
        &[("Content-Type", "application/json")],
        &said,
    );
    assert_eq!(reply.status, 200);
    drop(viewer);
    assert!(bytes() == before, "run.db was written");
}

#[test]
fn what_has_come_since_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let viewer = Viewer::of(folder.path(), &small(folder.path()));
    assert_eq!(viewer.json("samples")["matched"], 12);
    // Another run takes the place of the first: the file is another one, too.
    let more = data(folder.path(), 4, 5);
    run(folder.path(), &more, "run", &["--fresh"]);
    let mut tries = 0;
    while viewer.json("samples")["matched"] != 20 {
        tries += 1;
        assert!(tries < 300, "the list is still that of the first run");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(viewer.json("samples/19")["id"], "q3-s4");
}

#[test]
fn only_the_own_machine_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let refused = fact(folder.path())
        .args(["view", "run", "--host", "0.0.0.0"])
        .assert()
        .code(2);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("other machines") && said.contains("--allow-remote"),
        "{said}"
    );
    fact(folder.path())
        .args(["view", "nowhere"])
        .assert()
        .code(2);
    let viewer = Viewer::with(
        folder.path(),
        Path::new("run"),
        &["--host", "0.0.0.0", "--allow-remote"],
    );
    // A number cannot be led elsewhere; a name can.
    let bearer = format!("Authorization: Bearer {}", viewer.token);
    for (host, status) in [("192.0.2.7", 200), ("fact.example", 421)] {
        let text = format!(
            "GET /api/run HTTP/1.1\r\nHost: {host}:{}\r\n{bearer}\r\n\r\n",
            viewer.port
        );
        assert_eq!(viewer.raw(text.as_bytes()).status, status, "{host}");
    }
}

#[test]
fn two_servers_have_different_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let made = small(folder.path());
    let (one, two) = (
        Viewer::of(folder.path(), &made),
        Viewer::of(folder.path(), &made),
    );
    assert_eq!(one.token.len(), 64);
    assert_ne!(one.token, two.token);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut viewer = Viewer::of(folder.path(), &small(folder.path()));
    // One that is connected and says nothing keeps it from nothing.
    let _idle = std::net::TcpStream::connect(("127.0.0.1", viewer.port)).unwrap();
    assert_eq!(viewer.json("run")["samples"], 12);
    let pid = viewer.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(viewer.child.wait().unwrap().code(), Some(0));
}

/// The page in a real browser: `tests-browser`. Skipped, with a message, without node, Chromium or the
/// packages (`npm ci` in that folder).
#[test]
fn the_page_works_in_chromium() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests-browser");
    let has = |program: &str| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|o| o.status.success())
    };
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    for (there, what) in [
        (has("node"), "node"),
        (has(&chromium), "chromium"),
        (
            tests.join("node_modules/playwright-core").is_dir(),
            "tests-browser/node_modules",
        ),
    ] {
        if !there {
            eprintln!("skipped: no {what}");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("small"), folder.path().join("hostile"));
    for made in [&one, &two] {
        std::fs::create_dir_all(made).unwrap();
    }
    small(&one);
    hostile(&two);
    let (small, hostile) = (
        Viewer::of(&one, Path::new("run")),
        Viewer::of(&two, Path::new("run")),
    );
    let done = Command::new("node")
        .args(["--test", "--test-reporter=tap"])
        .current_dir(&tests)
        .env("CHROMIUM", chromium)
        .env("FACT_VIEW_SMALL", &small.url)
        .env("FACT_VIEW_HOSTILE", &hostile.url)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(told.contains("# skipped 0"), "{told}");
}
