//! Rationales and certificates of packs that extend others, and of several images.
#![allow(clippy::expect_used, reason = "a failed step fails the test")]

use fact_core::certificate::{PackRef, inputs, limits};
use fact_core::explain::{Context, Explained, explain};
use fact_core::slice::Setting;
use fact_core::{CheckOptions, Matcher, check};
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, BBox, Detection, ImageRef, Request};

/// A dog in every image but the first; every text is answered with `eat`.
struct Seen;

impl Answers for Seen {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(match request.tool.as_str() {
            "find" if request.image == 0 => Answer::Detections(Vec::new()),
            "find" => Answer::Detections(vec![Detection {
                label: "dog".into(),
                bbox: BBox::from([20.0, 20.0, 60.0, 60.0]),
                score: 1.0,
                id: None,
                attributes: Default::default(),
            }]),
            "match_text" => Answer::Number(request.image as f64),
            "verify_property" => Answer::Bool(request.image == 2),
            _ => Answer::Text("eat".into()),
        })
    }
}

fn explained(pack: &Pack, images: usize, source: &str) -> Explained {
    let program = parse_program(source).expect("a program");
    let image = |i: usize| ImageRef {
        sha256: format!("{i:064}").into(),
        width: 100,
        height: 100,
    };
    let choices = ["eat".to_owned(), "sleep".to_owned()];
    let inputs = inputs((0..images).map(image).collect(), "What?", &choices);
    let limits = limits();
    let done = run(&program, pack, &inputs, &mut Seen, &limits);
    let Outcome::Returned(returned) = &done.outcome else {
        panic!("{:?}", done.outcome);
    };
    let setting = Setting {
        pack,
        inputs: &inputs,
        answers: &done.trace.answers,
        limits: &limits,
    };
    let context = Context {
        question: "What?",
        choices: &choices,
        answer: &returned.text,
        matcher: Matcher::Open,
    };
    explain(setting, &program, &done, context).expect("an explanation")
}

fn rejections(explained: &Explained, pack: &Pack) -> Vec<String> {
    let options = CheckOptions::default();
    let rationale = &explained.rationale;
    let text = rationale.text();
    check(
        &explained.certificate,
        rationale,
        Some(&text),
        pack,
        options,
    )
    .iter()
    .map(ToString::to_string)
    .collect()
}

/// The sentences of a program's rationale, which its checker accepts.
fn sentences(name: &str, images: usize, source: &str) -> Vec<String> {
    let pack = Pack::builtin(name).expect("a shipped pack");
    let explained = explained(&pack, images, source);
    assert_eq!(rejections(&explained, &pack), [""; 0], "{source}");
    let rationale = &explained.rationale;
    let mut lines: Vec<String> = rationale.steps.iter().map(|s| s.text.clone()).collect();
    lines.push(rationale.conclusion.clone());
    lines
}

#[test]
fn a_video_is_explained_frame_by_frame() {
    let source = "def execute_command(video, question, possible_answers):\n    \
                  for frame in VideoSegment(video).frame_iterator():\n        \
                  if frame.exists('dog'):\n            \
                  return frame.simple_query('What does the dog do?')\n    return 'nothing'\n";
    assert_eq!(
        sentences("video", 3, source),
        [
            "There is no dog in the first image, but one in the second image.",
            "The answer to “What does the dog do?” for the second image is “eat”.",
            "So the answer is eat.",
        ]
    );
    let source = "def execute_command(video, question, possible_answers):\n    \
                  segment = VideoSegment(video)\n    \
                  info = {'last': segment.frame_from_index(9).simple_query('What happens?')}\n    \
                  return segment.select_answer(info, question, possible_answers)\n";
    assert_eq!(
        sentences("video", 3, source),
        [
            "The answer to “What happens?” for the third image is “eat”.",
            "The answer to “What?” is “eat”.",
            "So the answer is eat.",
        ]
    );
}

#[test]
fn images_of_a_list_are_told_apart() {
    let source = "answer = images.index(find_matching_image(images, 'a dog asleep')) + 1";
    assert_eq!(
        sentences("codevqa", 3, source),
        [
            "The third image best matches “a dog asleep”.",
            "So the answer is 3.",
        ]
    );
    let source = "def execute_command(image_dict):\n    \
                  right = ImagePatch(image_dict['right'])\n    \
                  return bool_to_yesno(right.exists('dog'))\n";
    assert_eq!(
        sentences("rvp", 2, source),
        [
            "There is a dog in the second image.",
            "So the answer is yes."
        ]
    );
}

#[test]
fn a_certificate_of_an_extension_needs_no_base() {
    let own = "VERSION = \"1\"\nEXTENDS = \"viper\"\n\n\ndef thrice(n: int) -> int:\n    \
               \"\"\"Three times.\"\"\"\n    return 3 * n\n";
    let pack = Pack::load("own", own).expect("a pack");
    let source = "def execute_command(images):\n    \
                  return thrice(len(ImagePatch(images[1]).find('dog')))\n";
    let mut explained = explained(&pack, 2, source);
    // As an export holds it, read by someone who has neither file.
    explained.certificate.pack = PackRef {
        source: Some(pack.module.source.to_string()),
        ..explained.certificate.pack
    };
    let json = serde_json::to_string(&explained.certificate).expect("JSON");
    explained.certificate = serde_json::from_str(&json).expect("a certificate");
    let carried = explained.certificate.pack.source.clone().expect("a source");
    let again = Pack::load(&explained.certificate.pack.name, &carried).expect("the pack");
    assert_eq!(rejections(&explained, &again), [""; 0]);

    let bent = carried.replace("return 3 * n", "return 4 * n");
    let bent = Pack::load("own", &bent).expect("a pack");
    assert_eq!(rejections(&explained, &bent).len(), 1, "another pack");
}
