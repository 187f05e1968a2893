//! Each reader on a small fixture in the form its data set has.

use crate::fixtures::{Folder, Outcome, read, refused};
use fact_core::matcher::Matcher;
use fact_pipeline::datasets::{self, ImageSource, ProgramForm, SceneSchema};
use serde_json::json;

const NLVR: &str = r#"{"sentence": "There is a box.", "label": "true", "identifier": "7-0", "directory": "2", "structured_rep": [[{"a": 0}], [{"a": 1}], [{"a": 2}]]}
{"sentence": "There is a box.", "label": "false", "identifier": "7-1", "directory": 3}
"#;

#[test]
fn nlvr() -> Outcome {
    let folder = Folder::with(&[("train.json", NLVR)])?;
    for k in 0..6 {
        folder.write(&format!("images/3/train-7-1-{k}.png"), b"")?;
    }
    let (good, bad) = folder.read("nlvr", "")?;
    assert_eq!(folder.texts(&bad), Vec::<String>::new());
    assert_eq!(good.len(), 12);
    let sixth = &good[5];
    assert_eq!(sixth.sample.id, "train-7-0-5");
    assert_eq!(sixth.sample.group, sixth.sample.question);
    assert_eq!(sixth.sample.scene, "train-7-0");
    assert_eq!(sixth.sample.answer(), Some("true"));
    assert_eq!(sixth.sample.images, ["images/2/train-7-0-5.png"]);
    assert!(matches!(sixth.images[0], ImageSource::Absent { .. }));
    let scene = sixth.scene.as_ref().ok_or("no scene")?;
    assert_eq!(scene.schema, SceneSchema::Nlvr);
    assert_eq!(*scene.json, json!([[{"a": 2}], [{"a": 1}], [{"a": 0}]]));
    let last = &good[11];
    assert_eq!(last.sample.answer(), Some("false"));
    assert!(last.scene.is_none());
    assert!(matches!(last.images[0], ImageSource::File { .. }));
    assert_eq!(last.images[0].read(10)?.len(), 0);
    Ok(())
}

/// A third of the development sentences, and only of those, is kept back.
#[test]
fn nlvr_locks_development_sentences() -> Outcome {
    let locked = (0..200).map(|i| format!("s{i}"));
    let locked = locked.filter(|s| datasets::nlvr::is_locked(s)).count();
    assert!((40..90).contains(&locked), "{locked} of 200");
    let line = |i: usize| {
        json!({"sentence": format!("s{i}"), "identifier": format!("{i}-0"), "directory": "0",
               "structured_rep": [[], [], []]})
        .to_string()
    };
    let lines = (0..200).map(line).collect::<Vec<_>>().join("\n");
    let folder = Folder::with(&[("dev/dev.json", &lines), ("train/train.json", &lines)])?;
    let count = |rest: &str| -> Result<(usize, u64), datasets::OpenError> {
        let data = datasets::open(&folder.spec("nlvr", rest))?;
        let good = data.samples().filter(Result::is_ok).count();
        Ok((good, data.withheld()))
    };
    let six = |n: usize| n * 6;
    assert_eq!(count("dev")?, (six(200 - locked), six(locked) as u64));
    assert_eq!(count("dev?locked=only")?, (six(locked), 0));
    assert_eq!(count("dev/dev.json?locked=include")?, (six(200), 0));
    assert_eq!(count("train")?, (six(200), 0));
    Ok(())
}

#[test]
fn jsonl() -> Outcome {
    let lines = r#"{"id": 1, "image": "a.png", "question": "How many?", "answer": 2, "split": "val", "family": "count"}

{"id": "b", "images": ["a.png", "b.png"], "question": "Red?", "answers": [true, "yep"], "group": "g", "choices": ["x", "y"]}
{"id": "c", "image": "a.png", "question": "What?", "answers": [{"text": "cat", "weight": 0.5}, {"answer": "dog", "weight": 1}]}
{"id": "d", "image": "a.png", "question": "Unlabelled?", "answer": null}
"#;
    let folder = Folder::with(&[("d.jsonl", lines), ("a.png", ""), ("images/b.png", "")])?;
    let (good, bad) = folder.read("jsonl", "")?;
    assert_eq!(folder.texts(&bad), Vec::<String>::new());
    let ids: Vec<&str> = good.iter().map(|r| r.sample.id.as_str()).collect();
    assert_eq!(ids, ["1", "b", "c", "d"]);
    assert_eq!(good[0].sample.answer(), Some("2"));
    assert_eq!(good[0].sample.split.as_deref(), Some("val"));
    assert_eq!(good[0].sample.family.as_deref(), Some("count"));
    assert_eq!(
        (&good[1].sample.family, &good[1].sample.split),
        (&None, &None)
    );
    assert_eq!(good[0].sample.group, "How many?");
    assert_eq!(good[0].sample.scene, "a.png");
    assert_eq!(good[1].sample.images, ["a.png", "images/b.png"]);
    assert_eq!(good[1].sample.answer(), Some("yes"));
    assert_eq!(good[1].sample.answers.len(), 2);
    assert_eq!(good[1].sample.group, "g");
    assert_eq!(good[1].sample.choices, ["x", "y"]);
    assert_eq!(good[2].sample.answer(), Some("dog"));
    assert_eq!(good[3].sample.answer(), None);
    Ok(())
}

#[test]
fn jsonl_with_other_names_and_matcher() -> Outcome {
    let list = r#"[{"qid": "1", "file": "a.png", "text": "Red?", "label": ["no", "no", "yes"], "kind": 7, "split": ["no name"]}]"#;
    let folder = Folder::with(&[("d.json", list), ("pics/a.png", "")])?;
    let images = folder.path("pics");
    let options = format!(
        "d.json?id=qid&image=file&question=text&answer=label&family=kind&matcher=vqa_soft&images={}",
        images.display()
    );
    let (good, bad) = folder.read("jsonl", &options)?;
    assert_eq!(folder.texts(&bad), Vec::<String>::new());
    assert_eq!(good[0].sample.images, ["a.png"]);
    // A list in a column that was not named is something else.
    let (family, split) = (&good[0].sample.family, &good[0].sample.split);
    assert_eq!((family.as_deref(), split.as_deref()), (Some("7"), None));
    let weights: Vec<f64> = good[0].sample.answers.iter().map(|a| a.weight).collect();
    assert!(weights[0] > weights[1] && weights[1] > 0.0, "{weights:?}");
    let data = datasets::open(&folder.spec("jsonl", &options))?;
    assert_eq!(data.matcher(), Matcher::VqaSoft);
    Ok(())
}

#[test]
fn synth() -> Outcome {
    let line = r#"{"id": "s-0", "image": "images/0.png", "question": "There is a box.", "answer": "true", "group": "g0", "scene_id": "s0", "program": "return True", "structured_rep": [[], [], []]}"#;
    let folder = Folder::with(&[("samples.jsonl", line), ("images/0.png", "")])?;
    let (good, bad) = folder.read("synth", "")?;
    assert_eq!(folder.texts(&bad), Vec::<String>::new());
    let record = &good[0];
    assert_eq!(record.sample.scene, "s0");
    let program = record.program.as_ref().ok_or("no program")?;
    assert_eq!(program.form, ProgramForm::Python);
    assert_eq!(program.json, "return True");
    let scene = record.scene.as_ref().ok_or("no scene")?;
    assert_eq!(scene.schema, SceneSchema::Nlvr);
    let data = datasets::open(&folder.spec("synth", ""))?;
    assert_eq!((data.name(), data.matcher()), ("synth", Matcher::TrueFalse));
    Ok(())
}

const CLEVR: &str = r#"{"info": {"questions": [1]}, "questions": [
  {"image_filename": "x.png", "question": "How many?", "answer": 3, "split": "val", "question_index": 9,
   "program": [{"function": "scene", "inputs": []}]},
  {"image_filename": "x.png", "question": "Any?", "answer": false}
]}"#;
const CLEVR_SCENES: &str =
    r#"{"info": {}, "scenes": [{"image_filename": "x.png", "objects": [1]}]}"#;

/// The official layout, from its root and from the questions file; and the pairing of several
/// scenes files with several questions files.
#[test]
fn clevr() -> Outcome {
    let other = CLEVR_SCENES.replace("[1]", "[1, 2]");
    let folder = Folder::with(&[
        ("questions/CLEVR_val_questions.json", CLEVR),
        ("scenes/CLEVR_val_scenes.json", CLEVR_SCENES),
        ("scenes/2obj_CLEVR_val_scenes.json", &other),
        ("images/val/x.png", ""),
    ])?;
    for rest in ["", "questions/CLEVR_val_questions.json"] {
        let (good, bad) = folder.read("clevr", rest)?;
        assert_eq!(folder.texts(&bad), Vec::<String>::new());
        let ids: Vec<&str> = good.iter().map(|r| r.sample.id.as_str()).collect();
        assert_eq!(ids, ["CLEVR_val_questions-9", "CLEVR_val_questions-1"]);
        assert_eq!(good[0].sample.images, ["images/val/x.png"]);
        assert_eq!(good[0].sample.answer(), Some("3"));
        assert_eq!(good[1].sample.answer(), Some("no"));
        let scene = good[1].scene.as_ref().ok_or("no scene")?;
        assert_eq!(scene.schema, SceneSchema::Clevr);
        assert_eq!(scene.json["objects"], json!([1]));
        let program = good[0].program.as_ref().ok_or("no program")?;
        assert_eq!(program.form, ProgramForm::Clevr);
        assert!(good[1].program.is_none());
    }
    let given = folder.path("scenes/2obj_CLEVR_val_scenes.json");
    let (good, _) = folder.read("clevr", &format!("?scenes={}", given.display()))?;
    let scene = good[0].scene.as_ref().ok_or("no scene")?;
    assert_eq!(scene.json["objects"], json!([1, 2]));
    Ok(())
}

/// Without an annotation an image must be there; with one it may be absent.
#[test]
fn clevr_without_image_or_scene() -> Outcome {
    let folder = Folder::with(&[("questions.json", CLEVR), ("scenes.json", CLEVR_SCENES)])?;
    let (good, bad) = folder.read("clevr", "")?;
    assert_eq!((good.len(), bad.len()), (2, 0));
    assert!(matches!(good[0].images[0], ImageSource::Absent { .. }));
    folder.write("scenes.json", br#"{"scenes": []}"#)?;
    let (good, bad) = folder.read("clevr", "")?;
    assert_eq!((good.len(), bad.len()), (0, 2));
    let text = &folder.texts(&bad)[1];
    assert!(
        text.starts_with("questions.json:4: record 1: field `image_filename`: the image"),
        "{text}"
    );
    Ok(())
}

#[test]
fn gqa() -> Outcome {
    let questions = r#"{"01": {"question": "What is it?", "imageId": "5", "answer": "pipe",
        "semantic": [{"operation": "select", "dependencies": [], "argument": "pipe (1)"}]},
      "02": {"question": "What?", "imageId": "6"}}"#;
    let folder = Folder::with(&[
        ("questions1.2/val_balanced_questions.json", questions),
        (
            "sceneGraphs/val_sceneGraphs.json",
            r#"{"5": {"width": 7, "objects": {}}}"#,
        ),
        ("images/6.jpg", ""),
    ])?;
    for rest in ["", "questions1.2/val_balanced_questions.json"] {
        let (good, bad) = folder.read("gqa", rest)?;
        assert_eq!(folder.texts(&bad), Vec::<String>::new());
        assert_eq!(good[0].sample.id, "01");
        assert_eq!(good[0].sample.answer(), Some("pipe"));
        assert_eq!(good[0].sample.split.as_deref(), Some("val"));
        let scene = good[0].scene.as_ref().ok_or("no scene")?;
        assert_eq!(
            (scene.schema, &scene.json["width"]),
            (SceneSchema::Gqa, &json!(7))
        );
        assert_eq!(
            good[0].program.as_ref().map(|p| p.form),
            Some(ProgramForm::Gqa)
        );
        assert!(good[1].scene.is_none() && good[1].sample.answers.is_empty());
        assert_eq!(good[1].sample.images, ["images/6.jpg"]);
    }
    Ok(())
}

#[test]
fn easy_vqa() -> Outcome {
    let questions = r#"[["what colour?", "red", 0], ["a circle?", "no", 0]]"#;
    let folder = Folder::with(&[
        ("easy_vqa/data/train/questions.json", questions),
        ("easy_vqa/data/test/questions.json", questions),
        ("easy_vqa/data/train/images/0.png", ""),
        ("easy_vqa/data/test/images/0.png", ""),
    ])?;
    for (rest, count, first) in [
        ("", 4, "train-0"),
        ("easy_vqa", 4, "train-0"),
        ("easy_vqa/data", 4, "train-0"),
        ("easy_vqa/data/test", 2, "test-0"),
        ("easy_vqa/data/test/questions.json", 2, "test-0"),
        ("?split=test", 2, "test-0"),
    ] {
        let (good, bad) = folder.read("easy-vqa", rest)?;
        assert_eq!(folder.texts(&bad), Vec::<String>::new());
        assert_eq!(
            (good.len(), good[0].sample.id.as_str()),
            (count, first),
            "{rest}"
        );
        assert_eq!(good[1].sample.answer(), Some("no"));
    }
    Ok(())
}

#[test]
fn vqa() -> Outcome {
    let questions = r#"{"task_type": "Open-Ended", "questions": [
        {"image_id": 42, "question": "What?", "question_id": 420},
        {"image_id": 42, "question": "Why?", "question_id": 421}]}"#;
    let said = ["net"; 10].map(|answer| json!({"answer": answer, "answer_id": 1}));
    let annotations = json!({"annotations": [{"question_id": 420, "answers": said}]});
    let folder = Folder::with(&[
        ("v2_OpenEnded_mscoco_val2014_questions.json", questions),
        (
            "v2_mscoco_val2014_annotations.json",
            &annotations.to_string(),
        ),
        ("images/val2014/COCO_val2014_000000000042.jpg", ""),
        ("other_questions.json", "[]"),
    ])?;
    let (good, bad) = folder.read("vqa", "")?;
    assert_eq!(good.len(), 1);
    assert_eq!(good[0].sample.id, "420");
    assert_eq!(good[0].sample.answers.len(), 1);
    let text = &folder.texts(&bad)[0];
    assert!(
        text.contains("field `question_id`: 421 has no annotation"),
        "{text}"
    );
    // Without annotations, as in the test set: no answers.
    std::fs::remove_file(folder.path("v2_mscoco_val2014_annotations.json"))?;
    let file = "v2_OpenEnded_mscoco_val2014_questions.json";
    let (good, _) = folder.read("vqa", file)?;
    assert_eq!(good.len(), 2);
    assert!(good[0].sample.answers.is_empty());
    assert!(
        refused(&folder.spec("vqa", "")).contains("hint: expected a folder with NAME_questions")
    );
    Ok(())
}

#[test]
fn llava() -> Outcome {
    let list = r#"[{"id": "7", "image": "coco/a.jpg", "conversations": [
        {"from": "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": "A cat."},
        {"from": "human", "value": "Red?"}, {"from": "gpt", "value": "No."}]},
      {"id": 8, "image": "coco/a.jpg", "conversations": [
        {"from": "human", "value": "Why?\n<image>"}, {"from": "gpt", "value": "So."}]},
      {"id": 9, "conversations": []}]"#;
    let folder = Folder::with(&[("d.json", list), ("images/coco/a.jpg", "")])?;
    let (good, bad) = folder.read("llava", "d.json")?;
    let shown: Vec<[&str; 3]> = good
        .iter()
        .map(|r| {
            let s = &r.sample;
            [&*s.id, &*s.question, s.answer().unwrap_or_default()]
        })
        .collect();
    assert_eq!(
        shown,
        [
            ["7-0", "What is it?", "A cat."],
            ["7-1", "Red?", "No."],
            ["8", "Why?", "So."]
        ]
    );
    assert_eq!(
        folder.texts(&bad),
        ["d.json:6: record 2: field `image`: missing"]
    );
    Ok(())
}

#[test]
fn sharegpt() -> Outcome {
    let lines = r#"{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "<image>Red?"}, {"role": "assistant", "content": "No."}], "images": ["a.png"]}
{"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Blue?"}]}, {"role": "assistant", "content": "Yes."}], "images": ["a.png"]}
{"messages": [{"role": "user", "content": "Red?"}], "images": ["a.png"]}
{"messages": [{"role": "user", "content": "Red?"}, {"role": "user", "content": "Red?"}], "images": ["a.png"]}
{"messages": [{"role": "tool", "content": "Red?"}], "images": ["a.png"]}
{"messages": [{"role": "user", "content": "<image>"}], "images": ["a.png"]}
"#;
    let folder = Folder::with(&[("d.jsonl", lines), ("a.png", "")])?;
    let (good, bad) = folder.read("sharegpt", "")?;
    let shown: Vec<[&str; 2]> = good
        .iter()
        .map(|r| [r.sample.id.as_str(), r.sample.question.as_str()])
        .collect();
    assert_eq!(shown, [["d-0", "Red?"], ["d-1", "Blue?"]]);
    assert_eq!(
        folder.texts(&bad),
        [
            "d.jsonl:3: record 2: field `messages`: the last question has no answer",
            "d.jsonl:4: record 3: field `messages[1].from`: questions and answers do not take turns",
            "d.jsonl:5: record 4: field `messages[0].from`: `tool` is not system, human, user, gpt or assistant",
            "d.jsonl:6: record 5: field `messages[0].value`: empty",
        ]
    );
    Ok(())
}

/// What cannot be opened says why and what to do.
#[test]
fn open_errors() -> Outcome {
    let folder = Folder::with(&[("a/x.jsonl", ""), ("a/y.jsonl", ""), ("b/z.txt", "")])?;
    for (spec, wanted) in [
        (
            "data/nlvr",
            "hint: write KIND:PATH, such as `nlvr:data/nlvr`",
        ),
        (
            "nlrv:data",
            "did you mean `nlvr`? known kinds are nlvr, clevr",
        ),
        ("NLVR:data", "did you mean `nlvr`?"),
        (
            "zzz:data",
            "unknown kind of data set `zzz`\nhint: known kinds are",
        ),
        ("nlvr:", "no data set at"),
        (
            "nlvr:not/there",
            "no data set at not/there\nhint: give the folder",
        ),
        (
            "nlvr:.?locke=only",
            "`nlvr` has no option `locke`\nhint: did you mean `locked`?",
        ),
        (
            "nlvr:.?locked=onyl",
            "`onyl` is not one of withhold, include, only\nhint: did you mean `only`?",
        ),
        ("nlvr:.?locked", "option `locked`: write it as name=value"),
        ("nlvr:.?locked=only&locked=only", "given twice"),
        ("jsonl:.?matcher=fuzzy", "not one of exact, yes_no"),
    ] {
        let spec = match spec.split_once(":.") {
            Some((kind, rest)) => folder.spec(kind, &format!("a/x.jsonl{rest}")),
            None => spec.to_owned(),
        };
        let text = refused(&spec);
        assert!(text.contains(wanted), "{spec}: {text}");
    }
    for kind in [
        "nlvr", "clevr", "gqa", "easy-vqa", "vqa", "jsonl", "llava", "sharegpt", "parquet", "synth",
    ] {
        let text = refused(&folder.spec(kind, "b"));
        let wanted = format!("does not look like `{kind}` data: ");
        assert!(
            text.contains(&wanted) && text.contains("\nhint: expected "),
            "{text}"
        );
        let text = refused(&folder.spec(kind, "none"));
        assert!(text.contains("no data set at"), "{text}");
    }
    let text = refused(&folder.spec("jsonl", "a"));
    assert!(
        text.contains("both x.jsonl and y.jsonl could be its .jsonl file"),
        "{text}"
    );
    let text = refused(&format!(
        "{}?images=not/there",
        folder.spec("jsonl", "a/x.jsonl")
    ));
    assert!(text.contains("no data set at not/there"), "{text}");
    assert!(read(&folder.spec("jsonl", "a/x.jsonl"))?.0.is_empty());
    Ok(())
}
