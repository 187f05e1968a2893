//! Packs that extend others, results of snippets, and what a pack may say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;

use common::{outcome, run_with, scene};
use fact_lang::pack::{Pack, PackError};
use fact_lang::run::Limits;

fn go(pack: &Pack, source: &str) -> String {
    outcome(&run_with(source, pack, scene, &Limits::default()))
}

const OWN: &str = r#"
"""Own words."""

VERSION = "7"
EXTENDS = "viper"

_MARGIN = 0


class ImagePatch:
    """A patch of ours."""

    @property
    def area(self) -> int:
        """Width times height."""
        return self.width * self.height

    @staticmethod
    def whole(image) -> ImagePatch:
        """All of it."""
        return ImagePatch(image)

    def exists(self, object_name: str) -> bool:
        """Always, if it is a unicorn."""
        return object_name == "unicorn" or len(self.find(object_name)) > 0


def bool_to_yesno(bool_answer: bool) -> str:
    """Other words."""
    return "aye" if bool_answer else "nay"


def twice(patch):
    """Both."""
    return [patch, patch]
"#;

#[test]
fn an_extension_overrides_and_adds() {
    let pack = Pack::load("own", OWN).unwrap();
    assert_eq!((&*pack.version, &*pack.doc), ("7", "Own words."));
    for (body, want) in [
        ("bool_to_yesno(True)", "str 'aye'"),
        ("ImagePatch(image).exists('unicorn')", "bool True"),
        ("ImagePatch(image).exists('cup')", "bool True"),
        ("ImagePatch(image).exists('horse')", "bool False"),
        ("ImagePatch.whole(image).area", "int 307200"),
        ("len(twice(1))", "int 2"),
        // What the base defines is still there, and sees the overridden constant.
        (
            "ImagePatch(image).crop(5, 5, 20, 30)",
            "ImagePatch ImagePatch(5, 5, 20, 30)",
        ),
        ("distance(3, 5)", "int 2"),
        // A static method belongs to the class alone.
        (
            "ImagePatch(image).whole(image)",
            "AttributeError: 'ImagePatch' object has no attribute 'whole'",
        ),
        (
            "ImagePatch.find",
            "AttributeError: type object 'ImagePatch' has no attribute 'find'",
        ),
    ] {
        let source = format!("def execute_command(image):\n    return {body}\n");
        assert_eq!(go(&pack, &source), want, "{body}");
    }
}

#[test]
fn an_extension_has_each_name_once() {
    let pack = Pack::load("own", OWN).unwrap();
    let names = |wanted: &str| pack.functions.iter().filter(|f| &*f.name == wanted).count();
    for name in ["exists", "bool_to_yesno", "ImagePatch", "area", "whole"] {
        assert_eq!(names(name), 1, "{name}");
    }
    assert_eq!(pack.classes.len(), 1);
    let prompt = pack.prompt_stub();
    assert_eq!(prompt.matches("class ImagePatch:").count(), 1);
    assert_eq!(prompt.matches("def exists(").count(), 1);
    assert!(prompt.contains("A patch of ours."), "{prompt}");
    assert!(prompt.contains("if it is a unicorn"), "{prompt}");
    assert!(!prompt.contains("A crop of an image"), "{prompt}");
    assert!(
        prompt.contains("    @staticmethod\n    def whole"),
        "{prompt}"
    );
}

#[test]
fn the_joined_source_is_the_pack() {
    let pack = Pack::load("own", OWN).unwrap();
    let base = Pack::builtin("viper").unwrap();
    let source = &pack.module.source;
    assert!(source.starts_with(base.module.source.trim_end()));
    assert!(source.contains("def twice(patch):"));
    assert!(!source.contains("EXTENDS ="));
    assert_ne!(pack.sha256, base.sha256);
    // Whoever has only the joined source has the same pack.
    let again = Pack::load("own", source).unwrap();
    assert_eq!(again.sha256, pack.sha256);
    assert_eq!(again.version, pack.version);
    assert_eq!(again.doc, pack.doc);
    assert_eq!(again.prompt_stub(), pack.prompt_stub());
    assert_eq!(&again.module.source, source);
}

#[test]
fn shipped_packs_are_read_again_from_their_joined_source() {
    for name in Pack::BUILTIN {
        let pack = Pack::builtin(name).unwrap();
        let again = Pack::load(name, &pack.module.source).unwrap();
        assert_eq!(again.sha256, pack.sha256, "{name}");
        assert_eq!(again.prompt_stub(), pack.prompt_stub(), "{name}");
        assert_eq!(again.result, pack.result, "{name}");
    }
}

#[test]
fn what_cannot_be_extended_is_said() {
    for (source, want) in [
        (
            "VERSION = \"1\"\nEXTENDS = \"vipers\"\n",
            "pack own, line 2: EXTENDS names \"vipers\"; the packs that can be extended are \
             blocks, codevqa, hydra, rvp, scene, trope, video, viper, visprog, viunit",
        ),
        (
            "VERSION = \"1\"\nEXTENDS = 3\n",
            "pack own, line 2: EXTENDS is not a text",
        ),
        (
            "VERSION = \"1\"\nEXTENDS = \"viper\"\nEXTENDS = \"blocks\"\n",
            "pack own, line 3: EXTENDS is given twice",
        ),
        (
            "EXTENDS = \"viper\"\n",
            "pack own, line 1: VERSION = \"…\" is missing",
        ),
        (
            "RESULT = 3\nVERSION = \"1\"\n",
            "pack own, line 1: RESULT is not a text",
        ),
        // Lines are counted in the file that is at fault.
        (
            "VERSION = \"1\"\nEXTENDS = \"viper\"\n\nif VERSION:\n    pass\n",
            "pack own, line 4: a pack consists of constants, functions and classes",
        ),
        (
            "VERSION = \"1\"\nEXTENDS = \"viper\"\n\ndef find(region, object_name):\n    return []\n",
            "pack own, line 4: find is a primitive in one definition and a function in the other; \
             rename one",
        ),
        (
            "VERSION = \"1\"\nEXTENDS = \"viper\"\n\nclass ImagePatch:\n    def __init__(self):\n        pass\n",
            "pack own, line 5: an __init__ in place of one that programs may call has a docstring",
        ),
    ] {
        match Pack::load("own", source) {
            Err(error @ PackError::Invalid { .. }) => assert_eq!(error.to_string(), want),
            other => panic!("{source}: {other:?}"),
        }
    }
    let error = Pack::load("own", "VERSION = \"1\"\nEXTENDS = \"viper\nx\"\n").unwrap_err();
    assert!(error.to_string().starts_with("pack own: 2:"), "{error}");
}

#[test]
fn a_snippet_returns_its_result_variable() {
    let source =
        "VERSION = \"1\"\nEXTENDS = \"viper\"\nRESULT = \"final_answer\"\nTOP = 24\n_LOW = 1\n";
    let pack = Pack::load("own", source).unwrap();
    for (program, want) in [
        ("final_answer = len(ImagePatch(image).find('cup'))", "int 3"),
        ("final_answer = 1\nfinal_answer += TOP", "int 25"),
        (
            "final_answer = _LOW",
            "NameError: name '_LOW' is not defined",
        ),
        (
            "def helper(p):\n    return p.find('dog')\nfinal_answer = len(helper(ImagePatch(image)))",
            "int 2",
        ),
        // The entry function wins, whatever else is assigned.
        (
            "def execute_command(image):\n    return 'entry'\nfinal_answer = 'snippet'",
            "str 'entry'",
        ),
        // Without the variable, the only function is the entry.
        ("def answer(image):\n    return 'only'\n", "str 'only'"),
        (
            "if False:\n    final_answer = 1",
            "NameError: name 'final_answer' is not defined",
        ),
        (
            "x = 1",
            "NameError: the program defines no function 'execute_command'",
        ),
        (
            "final_answer = image.nose",
            "AttributeError: 'Region' object has no attribute 'nose'",
        ),
    ] {
        assert_eq!(go(&pack, program), want, "{program}");
    }
    // Packs without a RESULT have no snippets.
    assert_eq!(
        go(&common::VIPER, "final_answer = 1"),
        "NameError: the program defines no function 'execute_command'"
    );
}

#[test]
fn the_trace_of_a_snippet_ends_with_its_answer() {
    let pack = Pack::builtin("hydra").unwrap();
    let source = "patch = ImagePatch(image)\ncups = patch.find(['cup'])['cup']\n\
                  final_answer = cups[1].verify_property('cup', 'red')\nunused = patch.find(['dog'])\n";
    let run = run_with(source, &pack, scene, &Limits::default());
    assert_eq!(outcome(&run), "bool True");
    let result = run.trace.result.unwrap();
    let closure = run.trace.closure([result]);
    let used: Vec<&str> = run
        .trace
        .tool_calls
        .iter()
        .filter(|call| closure[call.event.index()])
        .map(|call| &*run.trace.answers[call.answer as usize].request.tool)
        .collect();
    assert_eq!(used, ["find", "verify_property"]);
    assert_eq!(run.trace.tool_calls.len(), 3);
}
