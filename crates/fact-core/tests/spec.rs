//! Runs the literate specifications in `docs/spec/*.md`.
//!
//! A case is a `##` section with a `scene` block (what perception sees), a program (a `python` or
//! `visprog` block, as the scene's pack wants it), and the
//! blocks `residual` and `rationale` that must come out. A block `trace` shows the program's own
//! events (not those within the pack), those that the result depends on with a star. `FACT_UPDATE_SPEC=1 cargo test -p
//! fact-core --test spec` writes what comes out into the files, to be read before it is committed.

mod common;

use common::{Scene, explained};
use fact_core::{CheckOptions, check};
use fact_lang::pack::Pack;
use std::path::Path;

/// Splits a file into text and fenced blocks: (language, content, line).
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    let mut plain = Vec::new();
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                out.push((String::new(), plain.join("\n")));
                plain.clear();
                open = Some((language.to_owned(), Vec::new()));
            }
            (Some(_), Some(_)) => {
                if let Some((language, lines)) = open.take() {
                    out.push((language, lines.join("\n")));
                }
            }
            (Some((_, lines)), None) => lines.push(line),
            (None, None) => plain.push(line),
        }
    }
    out.push((String::new(), plain.join("\n")));
    out
}

struct Made {
    residual: String,
    rationale: String,
    trace: String,
}

/// The events of the program itself, `*` before those in the closure of the result.
fn shown(scene: &Scene, pack: &Pack, source: &str) -> Result<String, String> {
    let program = pack.parse(source).map_err(|e| e.to_string())?;
    let run = common::executed(scene, pack, &program);
    let closure = run.trace.closure(run.trace.result);
    let text = run.trace.render(&program, pack);
    let lines = text.lines().zip(run.trace.events.iter().zip(closure));
    let lines = lines.filter(|(_, (event, _))| event.within == 0 && !event.node.pack);
    let lines = lines.map(|(line, (_, used))| format!("{}{line}", if used { '*' } else { ' ' }));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn make(scene: &Scene, source: &str) -> Result<Made, String> {
    let pack = Pack::builtin(&scene.pack).map_err(|e| e.to_string())?;
    let explained = explained(scene, &pack, source)?;
    let text = explained.rationale.text();
    let (certificate, rationale) = (&explained.certificate, &explained.rationale);
    let rejections = check(
        certificate,
        rationale,
        Some(&text),
        &pack,
        CheckOptions::default(),
    );
    if !rejections.is_empty() {
        return Err(format!("the certificate is rejected: {rejections:?}"));
    }
    let mut lines: Vec<&str> = rationale.steps.iter().map(|s| s.text.as_str()).collect();
    lines.push(&rationale.conclusion);
    let rationale = lines.join("\n");
    Ok(Made {
        residual: certificate.residual.trim_end().to_owned(),
        rationale,
        trace: shown(scene, &pack, source)?,
    })
}

#[test]
fn every_case_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec");
    let update = std::env::var_os("FACT_UPDATE_SPEC").is_some();
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("docs/spec")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.sort();
    let mut cases = 0;
    let mut failures = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let mut scene = Scene::parse("");
        let mut made: Option<Result<Made, String>> = None;
        let mut title = String::new();
        let mut out = String::new();
        for (language, content) in blocks(&text) {
            let mut shown = content.clone();
            match language.as_str() {
                "" => {
                    if let Some(heading) = content.lines().rev().find_map(|l| l.strip_prefix("## "))
                    {
                        title = heading.to_owned();
                    }
                    out.push_str(&content);
                    if !content.is_empty() {
                        out.push('\n');
                    }
                    continue;
                }
                "scene" => scene = Scene::parse(&content),
                "python" | "visprog" => {
                    cases += 1;
                    made = Some(make(&scene, &content));
                }
                "residual" | "rationale" | "trace" => {
                    let expected = match &made {
                        Some(Ok(m)) => match language.as_str() {
                            "residual" => m.residual.clone(),
                            "trace" => m.trace.clone(),
                            _ => m.rationale.clone(),
                        },
                        Some(Err(reason)) => reason.clone(),
                        None => panic!("{}: {language} before a program", file.display()),
                    };
                    if expected != content.trim_end() {
                        failures.push(format!(
                            "{} “{title}”: {language}\n--- written\n{content}\n--- comes out\n{expected}\n",
                            file.display()
                        ));
                        shown = expected;
                    }
                }
                _ => {}
            }
            out.push_str(&format!("```{language}\n{shown}\n```\n"));
        }
        if update {
            std::fs::write(&file, format!("{}\n", out.trim_end())).expect("a writable file");
        }
    }
    assert!(cases > 0, "no case found");
    assert!(update || failures.is_empty(), "{}", failures.join("\n"));
}
