//! Runs the literate specifications in `docs/spec/*.md`.
//!
//! A case is a `##` section with a `scene` block (what perception sees), a `python` block, and the
//! blocks `residual` and `rationale` that must come out. `FACT_UPDATE_SPEC=1 cargo test -p
//! fact-core --test spec` writes what comes out into the files, to be read before it is committed.

use fact_core::certificate::{inputs, limits};
use fact_core::explain::{Context, explain};
use fact_core::slice::Setting;
use fact_core::{CheckOptions, Matcher, check};
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, BBox, Detection, ImageRef, Request};
use std::path::Path;

/// What perception sees, as the `scene` block says it:
///
/// ```text
/// box 0,0,100,100
/// item 10,80,30,100 color=yellow shape=square size=medium
/// ask "What color is the sky?" = blue
/// ```
struct Scene {
    image: ImageRef,
    pack: String,
    question: String,
    things: Vec<Detection>,
    asked: Vec<(String, String)>,
}

impl Scene {
    fn parse(text: &str) -> Self {
        let sha256 = "0".repeat(64).into();
        let mut scene = Self {
            image: ImageRef { sha256, width: 400, height: 100 },
            pack: "blocks".into(),
            question: "Is it so?".into(),
            things: Vec::new(),
            asked: Vec::new(),
        };
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "pack" => scene.pack = rest.into(),
                "question" => scene.question = rest.into(),
                "image" => {
                    let (width, height) = rest.split_once('x').expect("image WxH");
                    scene.image.width = width.parse().expect("width");
                    scene.image.height = height.parse().expect("height");
                }
                "ask" => {
                    let (question, answer) = rest.split_once(" = ").expect("ask \"…\" = …");
                    scene.asked.push((question.trim_matches('"').into(), answer.into()));
                }
                label => scene.things.push(thing(label, rest)),
            }
        }
        scene
    }
}

fn thing(label: &str, rest: &str) -> Detection {
    let mut words = rest.split_whitespace();
    let numbers: Vec<f64> = words
        .next()
        .expect("a box behind the label")
        .split(',')
        .map(|n| n.parse().expect("a number"))
        .collect();
    let bbox = BBox::from([numbers[0], numbers[1], numbers[2], numbers[3]]);
    let attributes = words
        .map(|word| {
            let (name, value) = word.split_once('=').expect("name=value");
            (name.to_owned(), Arg::Str(value.to_owned()))
        })
        .collect();
    Detection { label: label.replace('_', " "), bbox, score: 1.0, id: None, attributes }
}

impl Answers for &Scene {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let text = |name: &str| {
            request.args.iter().find(|(n, _)| n == name).and_then(|(_, v)| match v {
                Arg::Str(s) => Some(s.clone()),
                _ => None,
            })
        };
        let inside = |d: &&Detection| {
            let x = (d.bbox.left + d.bbox.right) / 2.0;
            let y = (d.bbox.top + d.bbox.bottom) / 2.0;
            let r = request.region;
            r.left <= x && x < r.right && r.top <= y && y < r.bottom
        };
        Some(match request.tool.as_str() {
            "find" => {
                let name = fact_core::english::singular(&text("object_name")?);
                let found = self.things.iter().filter(inside);
                Answer::Detections(
                    found.filter(|d| name == d.label || name == "thing").cloned().collect(),
                )
            }
            "verify_property" => {
                let wanted = Arg::Str(text("attribute")?);
                let holds = self.things.iter().filter(inside).any(|d| {
                    Some(&d.label) == text("object_name").as_ref()
                        && d.attributes.values().any(|v| *v == wanted)
                });
                Answer::Bool(holds)
            }
            "simple_query" => {
                let question = text("question")?;
                let found = self.asked.iter().find(|(q, _)| *q == question);
                Answer::Text(found.map_or_else(|| "unknown".to_owned(), |(_, a)| a.clone()))
            }
            other => Answer::Error(format!("the specification's scene has no `{other}`")),
        })
    }
}

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
}

fn make(scene: &Scene, source: &str) -> Result<Made, String> {
    let pack = Pack::builtin(&scene.pack).ok_or("no such pack")?;
    let program = parse_program(source).map_err(|e| e.to_string())?;
    let inputs = inputs(vec![scene.image.clone()], &scene.question, &[]);
    let limits = limits();
    let done = run(&program, &pack, &inputs, &mut &*scene, &limits);
    let Outcome::Returned(returned) = &done.outcome else {
        return Err(format!("{:?}", done.outcome));
    };
    let setting =
        Setting { pack: &pack, inputs: &inputs, answers: &done.trace.answers, limits: &limits };
    let matcher = match returned.text.as_str() {
        "True" | "False" => Matcher::TrueFalse,
        _ => Matcher::Open,
    };
    let answer = match matcher {
        Matcher::TrueFalse => returned.text.to_lowercase(),
        _ => returned.text.clone(),
    };
    let context = Context { question: &scene.question, choices: &[], answer: &answer, matcher };
    let explained = explain(setting, &program, &done, context).map_err(|e| e.to_string())?;
    let text = explained.rationale.text();
    let rejections = check(
        &explained.certificate,
        &explained.rationale,
        Some(&text),
        &pack,
        CheckOptions::default(),
    );
    if !rejections.is_empty() {
        return Err(format!("the certificate is rejected: {rejections:?}"));
    }
    let steps: Vec<&str> = explained.rationale.steps.iter().map(|s| s.text.as_str()).collect();
    let mut rationale = steps.join("\n");
    rationale.push('\n');
    rationale.push_str(&explained.rationale.conclusion);
    Ok(Made { residual: explained.certificate.residual.trim_end().to_owned(), rationale })
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
                    if let Some(heading) = content.lines().rev().find_map(|l| l.strip_prefix("## ")) {
                        title = heading.to_owned();
                    }
                    out.push_str(&content);
                    if !content.is_empty() {
                        out.push('\n');
                    }
                    continue;
                }
                "scene" => scene = Scene::parse(&content),
                "python" => {
                    cases += 1;
                    made = Some(make(&scene, &content));
                }
                "residual" | "rationale" => {
                    let expected = match &made {
                        Some(Ok(m)) if language == "residual" => m.residual.clone(),
                        Some(Ok(m)) => m.rationale.clone(),
                        Some(Err(reason)) => reason.clone(),
                        None => panic!("{}: {language} before python", file.display()),
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
