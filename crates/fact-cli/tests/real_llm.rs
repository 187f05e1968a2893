//! `fact run` with a real language model, if there is one: `FACT_LLM_URL` gives the address of an
//! OpenAI-compatible server, `FACT_LLM_MODEL` its model. `tests/real_llm/serve.py` starts one.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::{data, export, fact};

/// Runs `fact` in a folder and returns the summary.
fn summary(folder: &Path, data: &str, out: &str, more: &[&str]) -> Value {
    fact(folder)
        .args([
            "run",
            "--data",
            data,
            "--out",
            out,
            "--samples",
            "2",
            "--llm-timeout",
            "600",
        ])
        .args(["--llm-concurrency", "1"])
        .args(more)
        .assert()
        .success();
    let text = std::fs::read_to_string(folder.join(out).join("summary.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that does nothing says so")]
fn a_real_model_proposes_programs_that_run() {
    let Ok(url) = std::env::var("FACT_LLM_URL") else {
        eprintln!("skipped: FACT_LLM_URL gives no server; tests/real_llm/serve.py starts one");
        return;
    };
    let model = std::env::var("FACT_LLM_MODEL").unwrap_or_else(|_| "model".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data(folder, 3, 2);
    let llm = format!("llm:{model}@{url}");
    let first = summary(folder, &data, "first", &["--propose", &llm]);
    let account = &first["language_model"];
    assert_eq!(account["asked"], 6);
    assert_eq!(account["answered"], 6);
    assert_eq!(account["failed"], 0);
    assert_eq!(account["untold"], 0);
    assert!(account["prompt_tokens"].as_u64().unwrap() > 600);
    assert_eq!(first["questions"]["total"], 3);
    // Half of a small model's programs parse, at the least.
    let candidates = &first["candidates"];
    let (parsed, proposed) = (&candidates["parsed"], &candidates["proposed"]);
    assert!(parsed.as_u64().unwrap() * 2 >= proposed.as_u64().unwrap());

    // Its answers are taken over: the same programs, nothing paid.
    let again = summary(
        folder,
        &data,
        "again",
        &["--propose", &llm, "--reuse", "first"],
    );
    assert_eq!(again["language_model"]["sent"], 0);
    assert_eq!(export(folder, "first"), export(folder, "again"));

    let chat = ["--propose", &llm, "--llm-api", "chat"];
    let chat = summary(folder, &data, "chat", &chat);
    assert_eq!(chat["language_model"]["answered"], 6);
}
