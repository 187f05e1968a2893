//! Salvage: what is taken from a completion, and that it only ever cuts.

#![allow(clippy::expect_used, reason = "a failed step fails the test")]

use fact_lang::syntax::parse_program;
use fact_lang::syntax::salvage::{CutKind, Reason, Salvaged, salvage};
use proptest::prelude::*;

const HEADER: &str = "def execute_command(image):\n";
const F: &str =
    "def execute_command(image):\n    patch = ImagePatch(image)\n    return patch.exists('cup')\n";
const BODY: &str = "    patch = ImagePatch(image)\n    return patch.exists('cup')\n";

/// Salvages, and holds what must hold of every result.
fn salvaged(text: &str, header: Option<&str>) -> Salvaged {
    let found = salvage(text, header).unwrap_or_else(|e| panic!("{e}\n{text}"));
    sound(text, header, &found);
    found
}

fn sound(text: &str, header: Option<&str>, found: &Salvaged) {
    parse_program(&found.program).expect("the result parses");
    let mut kept = found.header.clone();
    let mut at = 0;
    for cut in &found.cuts {
        let (start, end) = (cut.span.start as usize, cut.span.end as usize);
        assert!(at <= start && start < end, "cuts are in order: {cut:?}");
        assert_eq!(cut.line as usize, text[..start].matches('\n').count() + 1);
        kept.push_str(&text[at..start]);
        at = end;
    }
    kept.push_str(&text[at..]);
    assert_eq!(found.program, kept, "kept and cut make the completion");
    let again = salvage(&found.program, header).expect("a program is salvaged");
    assert_eq!(
        again.program, found.program,
        "salvaging twice changes nothing"
    );
    assert_eq!(again.cuts, []);
}

fn kinds(found: &Salvaged) -> Vec<CutKind> {
    found.cuts.iter().map(|c| c.kind).collect()
}

#[track_caller]
fn takes(text: &str, program: &str, cut: &[CutKind]) {
    let found = salvaged(text, None);
    assert_eq!(found.program, program);
    assert_eq!(kinds(&found), cut);
    assert_eq!(found.header, "");
}

#[track_caller]
fn continues(text: &str, program: &str, cut: &[CutKind]) {
    let found = salvaged(text, Some(HEADER));
    assert_eq!(found.program, program);
    assert_eq!(kinds(&found), cut);
    assert_ne!(found.header, "");
}

#[track_caller]
fn refuses(text: &str, header: Option<&str>) -> Reason {
    match salvage(text, header) {
        Ok(found) => panic!("salvaged {found:?}"),
        Err(error) => error.reason,
    }
}

use CutKind::*;

#[test]
fn what_parses_is_left_alone() {
    let two = format!("import math\n\n{F}\ndef helper(x):\n    return x\n");
    let windows = F.replace('\n', "\r\n");
    let tabs = F.replace("    ", "\t");
    for text in [F, &two, &windows, &tabs, "", "x = 1\n"] {
        takes(text, text, &[]);
        assert_eq!(salvaged(text, Some(HEADER)).cuts, []);
    }
}

#[test]
fn imports_of_nothing_for_nothing_are_cut() {
    let one = [CutKind::UnusedImport];
    takes(&format!("import torch\n{F}"), F, &one);
    takes(
        &format!("import torch, cv2 as cv  # as always\nfrom PIL import Image\n\n{F}"),
        &format!("\n{F}"),
        &[CutKind::UnusedImport, CutKind::UnusedImport],
    );
    takes(
        &format!("```python\nimport math\nimport torch\n{F}```"),
        &format!("import math\n{F}"),
        &[CutKind::Fence, CutKind::UnusedImport, CutKind::Fence],
    );
    // What is there, used, or named in any way stays, and so does what shares its line.
    for kept in [
        format!("import math\n{F}"),
        format!("import torch\n{F}    # torch\n"),
        format!("from viper import ImagePatch\n{F}"),
        format!("import torch; import math\n{F}"),
        format!("import torch, math\n{F}"),
        "def execute_command(image):\n    import torch\n    return 1\n".into(),
    ] {
        takes(&kept, &kept, &[]);
    }
}

#[test]
fn prose_around_the_function_is_cut() {
    takes(&format!("Here is the program:\n\n{F}"), F, &[Prose]);
    takes(
        &format!("Sure! Don't worry.\n{F}\nThis asks the detector's opinion (once).\n"),
        F,
        &[Prose, Prose],
    );
    takes(
        &format!("Answer: {F}So the answer is yes."),
        F,
        &[Label, Prose],
    );
    takes(&format!("Answer:\n{F}"), F, &[Prose]);
}

#[test]
fn fences_are_cut() {
    for (open, close) in [
        ("```python\n", "```\n"),
        ("```py\n", "```"),
        ("```\n", "```\n"),
        ("````python\n", "````\n"),
    ] {
        takes(&format!("{open}{F}{close}"), F, &[Fence, Fence]);
    }
    takes(&format!("```python\n{F}"), F, &[Fence]);
    takes(
        &format!("The code:\n```python\n{F}```\nDone!"),
        F,
        &[Prose, Fence, Fence, Prose],
    );
    // The prompt ended with the opening fence; the closing one is glued to the code.
    takes(
        &format!("{}```\nIt works.", F.trim_end()),
        F.trim_end(),
        &[Fence, Prose],
    );
    // The first block with a function is the program; a block that shows usage is not.
    takes(
        &format!(
            "```\npip install it\n```\nthen\n```python\n{F}```\n```python\nexecute_command(img)\n```"
        ),
        F,
        &[
            Fence, Prose, Fence, Prose, Fence, Fence, Fence, Prose, Fence,
        ],
    );
}

#[test]
fn a_fence_keeps_every_whole_function() {
    let helper = "def far(a, b):\n    return a > b\n\n";
    let text = format!("```python\n{helper}{F}\ndef third(x):\n    return x +\n");
    let kept = format!("{helper}{F}");
    takes(&text, &kept, &[Fence, UnfinishedFunction]);
}

#[test]
fn without_a_fence_the_first_function_and_what_it_needs() {
    let text = "Plan: use a helper.\nLIMIT = 3\nUNUSED = 4\ndef other(x):\n    return x\n\n\
        def far(a):\n    return a > LIMIT\n\ndef execute_command(image):\n    return far(2)\n\nThe end";
    takes(
        text,
        "LIMIT = 3\ndef far(a):\n    return a > LIMIT\n\ndef execute_command(image):\n    return far(2)\n",
        &[Prose, Prose, OtherFunction, Prose],
    );
    let found = salvaged(
        "Well.\nfrom math import floor\nfrom here on it is code\ndef execute_command(image):\n    return floor(2.5)\n",
        None,
    );
    assert_eq!(
        found.program,
        "from math import floor\ndef execute_command(image):\n    return floor(2.5)\n"
    );
}

#[test]
fn a_second_function_that_is_cut_off_is_left_out() {
    let text = format!("{F}\ndef execute_command(image):\n    patch = ImagePatch(im");
    takes(&text, F, &[UnfinishedFunction]);
    let text = format!("{F}\n# Query: Is it red?\ndef execute_command(image):\n    return (");
    takes(&text, F, &[NextQuestion]);
    let text = format!("{F}\n# Query: How ma");
    // A comment parses, so this is a program as it stands.
    takes(&text, &text, &[]);
}

#[test]
fn the_next_questions_program_is_not_the_answer() {
    let text =
        format!("{F}\n# Query: What is it?\ndef execute_command(image):\n    return 'dog'\n");
    takes(&text, F, &[NextQuestion]);
    let text = format!("{BODY}\nQuery: What is it?\n{HEADER}    return 'dog'\n");
    continues(&text, F, &[NextQuestion]);
    let text =
        format!("    return patch.exists(\n# Query: What is it?\n{HEADER}    return 'dog'\n");
    assert!(matches!(
        refuses(&text, Some(HEADER)),
        Reason::Unfinished { .. }
    ));
    let text = format!(
        "{HEADER}    return patch.exists(\n# Query: What is it?\n{HEADER}    return 'dog'\n"
    );
    assert!(matches!(refuses(&text, None), Reason::Unfinished { .. }));
}

#[test]
fn a_body_continues_the_header_of_the_prompt() {
    continues(BODY, F, &[]);
    continues(&format!("\n{BODY}"), F, &[Prose]);
    continues(&format!("{BODY}\nThat is it."), F, &[Prose]);
    continues(&format!("{BODY}```\nThat is it."), F, &[Fence, Prose]);
    // Prompts that end with the first line's blanks.
    continues(BODY.trim_start(), F, &[]);
    continues("return 3", "def execute_command(image):\n    return 3", &[]);
    let tabbed = BODY.replace("    ", "\t");
    continues(&tabbed, &F.replace("    ", "\t"), &[]);
    assert_eq!(refuses(BODY, None), Reason::NoFunction);
    assert_eq!(
        refuses("There is no cup here.", Some(HEADER)),
        Reason::NoFunction
    );
}

#[test]
fn what_follows_the_own_return_may_be_cut_off() {
    takes(&format!("{F}    x = foo('unterm\n"), F, &[UnreachableTail]);
    continues(&format!("{BODY}    for p in\n"), F, &[UnreachableTail]);
    // A return in a branch does not end the function.
    let text = "def execute_command(image):\n    if x:\n        return 1\n    y = (\n";
    assert!(matches!(refuses(text, None), Reason::Unfinished { .. }));
}

#[test]
fn thoughts_quotes_marks_and_indentation_are_cut() {
    takes(
        &format!("<think>\ndef wrong(x):\n    return x\n</think>\n\n{F}"),
        F,
        &[Thought],
    );
    takes(
        &format!("I would say def f(x).\n</think>\n{F}"),
        F,
        &[Thought],
    );
    takes(&format!("{F}<think>not sure"), F, &[Thought]);
    assert_eq!(refuses(&format!("<think>\n{F}"), None), Reason::NoFunction);
    takes(&format!("\u{feff}{F}Yes!!"), F, &[ByteOrderMark, Prose]);
    takes(
        &format!("{}<|im_end|>\n<|im_start|>user", F.trim_end()),
        F.trim_end(),
        &[EndMarker],
    );
    takes(
        &format!("'{}'", F.trim_end()),
        F.trim_end(),
        &[Quote, Quote],
    );
    takes(&format!("\"\"\"{F}\"\"\" it is"), F, &[Quote, Prose]);
    let indented = F.replace("    ", "        ").replace("def", "    def");
    let found = salvaged(&format!("Code:\n\n{indented}\nEnd."), None);
    assert_eq!(found.program, F);
    assert_eq!(
        kinds(&found).iter().filter(|k| **k == Indentation).count(),
        3
    );
    let windows = format!("Sure:\r\n{}", F.replace('\n', "\r\n"));
    takes(&windows, &F.replace('\n', "\r\n"), &[Prose]);
}

#[test]
fn strings_over_several_lines_stay_whole() {
    let text = "Code:\ndef execute_command(image):\n    q = \"\"\"What\nis \"this\"?\n\"\"\"\n    return q\nDone.";
    let program =
        "def execute_command(image):\n    q = \"\"\"What\nis \"this\"?\n\"\"\"\n    return q\n";
    takes(text, program, &[Prose, Prose]);
    let text = "Code:\ndef execute_command(\n    image,\n):\n    return max(\n1,\n2)\n# note\n\n    # more\nDone.";
    let found = salvaged(text, None);
    assert!(
        found
            .program
            .starts_with("def execute_command(\n    image,\n):\n    return max(\n1,\n2)\n")
    );
}

#[test]
fn what_is_complete_but_refused_is_not_passed_over() {
    let text = "Here:\ndef execute_command(image):\n    with image as i:\n        return i\nDone.";
    assert!(matches!(refuses(text, None), Reason::Refused { .. }));
    let text = "Here:\n@cache\ndef execute_command(image):\n    return 1\nDone.";
    assert!(matches!(refuses(text, None), Reason::Refused { .. }));
    let text = "Here:\ndef help(x):\n    return (\n\ndef execute_command(image):\n    return help(1)\nDone.";
    assert!(matches!(refuses(text, None), Reason::Helper { .. }));
    let error = salvage(text, None).expect_err("needs a helper");
    assert_eq!((error.line, error.column), (2, 1));
    // A repaired second attempt is the first complete function.
    let text = format!("```python\n{HEADER}    return (\n```\nSorry:\n```python\n{F}```");
    assert_eq!(salvaged(&text, None).program, F);
}

/// Pieces that completions are made of, for random ones.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        F,
        BODY,
        HEADER,
        "```python\n",
        "```",
        "```\n",
        "<think>",
        "</think>",
        "\n",
        "    ",
        "\t",
        "# Query: what?\n",
        "Answer: ",
        "\"\"\"",
        "'",
        "def helper(x):\n    return x\n",
        "import re\n",
        "import torch\n",
        "from PIL import Image  # as always\r",
        "LIMIT = 3\n",
        "Sure, here's it.\n",
        "\u{feff}",
        "\r\n",
        "(",
        ")",
        "\\\n",
        "<|im_end|>",
        "    return helper(LIMIT)\n",
        "é",
        "@x\n",
        "class A:\n    pass\n",
        "def execute_command(image):",
    ]);
    prop_oneof![9 => fixed.prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_completions(pieces in prop::collection::vec(piece(), 0..14), headed: bool) {
        let text = pieces.concat();
        let header = headed.then_some(HEADER);
        if let Ok(found) = salvage(&text, header) {
            sound(&text, header, &found);
        }
    }
}

/// On the smallest stack a thread of ours has.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("no panic");
}

#[test]
fn hostile_completions_are_bounded() {
    on_small_stack(|| {
        let n = 3 << 20;
        let fill = |s: &str| s.repeat(n / s.len());
        for text in [
            fill("```"),
            fill("``` "),
            fill("```python\ndef f(\n"),
            fill("<think>"),
            fill("</think>"),
            fill("def f(x):\n"),
            fill("def f(x):\n    return (\n"),
            fill("def f(x): return x\n!\n"),
            fill("import a, b\n"),
            fill("f = (\n"),
            fill("'def f(x):\n"),
            fill("\"\"\"def f(x):\n"),
            fill("Answer: "),
            fill("Q: def f(x): return 1\n"),
            fill("# Query: x\n"),
            fill("    # x\n"),
            fill("("),
            fill("\\"),
            fill("\\\n"),
            fill("@a\n"),
            fill("\0"),
            format!("!\ndef f(x):\n{}", fill("\n")),
            format!("!\ndef f(x):\n    return 1\n{}", fill("    (\n")),
            format!("!\ndef f(x):\n    return {}", fill("-")),
            format!("!\n{}def f(x):\n    return 1", fill(" ")),
            format!("<think>{}", fill(F)),
        ] {
            for header in [None, Some(HEADER)] {
                if let Ok(found) = salvage(&text, header) {
                    sound(&text, header, &found);
                    assert!(found.cuts.len() < 10_000);
                }
            }
        }
        let large = " ".repeat((4 << 20) + 1);
        assert_eq!(refuses(&large, None), Reason::TooLarge);
    });
}
