//! Step programs with their value and what they ask, and the same questions asked in Python.

use crate::scene::{VIPER, VISPROG, outcome, run_on};
use std::fmt::Write;

/// Name and steps; the last variable is the result.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "exists",
        "BOX0=LOC(image=IMAGE,object='cat')\nANSWER0=COUNT(box=BOX0)\nANSWER1=EVAL(expr=\"'yes' if {ANSWER0} > 0 else 'no'\")",
    ),
    (
        "is absent",
        "BOX0=LOC(image=IMAGE,object='horse')\nANSWER0=COUNT(box=BOX0)\nANSWER1=EVAL(expr=\"'yes' if {ANSWER0} > 0 else 'no'\")",
    ),
    (
        "how many",
        "BOX0=LOC(image=IMAGE,object='cup')\nANSWER0=COUNT(box=BOX0)",
    ),
    ("the surest first", "BOX0=LOC(image=IMAGE,object='cup')"),
    (
        "left of the surest dog",
        "BOX0=LOC(image=IMAGE,object='dog')\nIMAGE0=CROP_LEFTOF(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='cat')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "right of the cat",
        "BOX0=LOC(image=IMAGE,object='cat')\nIMAGE0=CROP_RIGHTOF(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='dog')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "above the dog",
        "BOX0=LOC(image=IMAGE,object='dog')\nIMAGE0=CROP_ABOVE(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='cup')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "below the cat",
        "BOX0=LOC(image=IMAGE,object='cat')\nIMAGE0=CROP_BELOW(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='cup')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "a crop and a question",
        "BOX0=LOC(image=IMAGE,object='dog')\nIMAGE0=CROP(image=IMAGE,box=BOX0)\nANSWER0=VQA(image=IMAGE0,question='What color is the dog?')",
    ),
    (
        "crops like CROP",
        "BOX0=LOC(image=IMAGE,object='cat')\nA=CROP_FRONTOF(image=IMAGE,box=BOX0)\nB=CROP_INFRONT(image=A,box=BOX0)\nC=CROP_INFRONTOF(image=IMAGE,box=BOX0)\nD=CROP_BEHIND(image=IMAGE,box=BOX0)\nE=CROP_AHEAD(image=IMAGE,box=BOX0)\nX=EVAL(expr=\"[{A}, {C}, {D}, {E}]\")",
    ),
    (
        "crops without a box",
        "BOX0=LOC(image=IMAGE,object='horse')\nA=CROP(image=IMAGE,box=BOX0)\nB=CROP_LEFTOF(image=IMAGE,box=BOX0)\nC=CROP_RIGHTOF(image=IMAGE,box=BOX0)\nD=CROP_ABOVE(image=IMAGE,box=BOX0)\nE=CROP_BELOW(image=IMAGE,box=BOX0)\nX=EVAL(expr=\"[{A}, {B}, {C}, {D}, {E}]\")",
    ),
    (
        "halves",
        "A=LOC(image=IMAGE,object='TOP')\nB=LOC(image=IMAGE,object='BOTTOM')\nC=LOC(image=IMAGE,object='LEFT')\nD=LOC(image=IMAGE,object='RIGHT')\nX=EVAL(expr=\"{A} + {B} + {C} + {D}\")",
    ),
    (
        "in the upper half",
        "BOX0=LOC(image=IMAGE,object='TOP')\nIMAGE0=CROP(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='cup')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "yes and no are truth values",
        "ANSWER0=VQA(image=IMAGE,question='Is there a cup?')\nANSWER1=VQA(image=IMAGE,question='say no')\nANSWER2=EVAL(expr='{ANSWER0} xor {ANSWER1}')",
    ),
    (
        "a number in words of the model",
        "ANSWER0=VQA(image=IMAGE,question='How many cats are there?')\nANSWER1=EVAL(expr='{ANSWER0} == 1')",
    ),
    (
        "a text",
        "ANSWER0=VQA(image=IMAGE,question='What color is the dog?')\nANSWER1=EVAL(expr=\"{ANSWER0} == 'brown'\")",
    ),
    (
        "a result that was answered",
        "ANSWER0=VQA(image=IMAGE,question='Is there a cup?')",
    ),
    (
        "filter",
        "BOX0=LOC(image=IMAGE,object='cup')\nBOX1=FILTER(image=IMAGE,object=BOX0,query='red')\nANSWER0=COUNT(box=BOX1)",
    ),
    (
        "select by name",
        "BOX0=LOC(image=IMAGE,object='cup')\nBOX1=SELECT(image=IMAGE,object=BOX0,query='Cup',category=None)",
    ),
    (
        "select by looks",
        "BOX0=LOC(image=IMAGE,object='cup')\nBOX1=SELECT(image=IMAGE,object=BOX0,query='red cup,blue cup',category=['cup'])",
    ),
    (
        "select of nothing",
        "BOX0=LOC(image=IMAGE,object='horse')\nBOX1=SELECT(image=IMAGE,object=BOX0,query='red horse',category=None)",
    ),
    (
        "classify a list",
        "BOX0=LOC(image=IMAGE,object='dog')\nLIST0=LIST(query='animals',max=3)\nBOX1=CLASSIFY(image=IMAGE,object=BOX0,categories=LIST0)",
    ),
    (
        "classify one",
        "BOX0=LOC(image=IMAGE,object='cat')\nLIST0=EVAL(expr=\"['cat']\")\nBOX1=CLASSIFY(image=IMAGE,object=BOX0,categories=LIST0)",
    ),
    (
        "a list",
        "LIST0=LIST(query='animals',max=3)\nANSWER0=EVAL(expr='{LIST0}[0]')",
    ),
    ("faces", "BOX0=FACEDET(image=IMAGE)"),
    (
        "an empty crop",
        "BOX0=LOC(image=IMAGE,object='LEFT')\nIMAGE0=CROP_LEFTOF(image=IMAGE,box=BOX0)\nBOX1=LOC(image=IMAGE0,object='LEFT')\nIMAGE1=CROP_LEFTOF(image=IMAGE0,box=BOX1)\nIMAGE2=CROP_RIGHTOF(image=IMAGE1,box=BOX0)\nIMAGE3=CROP_RIGHTOF(image=IMAGE2,box=BOX0)\nANSWER0=VQA(image=IMAGE3,question='say x')",
    ),
    (
        "spaces and comments",
        "# Question: how many?\n\nBOX0 = LOC( image = IMAGE , object = \"cup\" )   # all\nANSWER0 = COUNT( box = BOX0 )",
    ),
    (
        "an index too far",
        "BOX0=LOC(image=IMAGE,object='horse')\nX=EVAL(expr='{BOX0}[0]')",
    ),
];

fn with_result(steps: &str) -> String {
    let last = steps.lines().last().unwrap();
    let name = last.split('=').next().unwrap().trim();
    format!("{steps}\nFINAL_RESULT=RESULT(var={name})\n")
}

#[test]
fn values_and_requests() {
    let mut out = String::new();
    for (name, steps) in PROGRAMS {
        let (run, asked) = run_on(&VISPROG, &with_result(steps), 1);
        writeln!(out, "{name}: {}", outcome(&run)).unwrap();
        for request in asked {
            writeln!(out, "    {request}").unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn two_images() {
    let steps = "ANSWER0=VQA(image=LEFT,question='Is there a cup?')\n\
        ANSWER1=VQA(image=RIGHT,question='say no')\n\
        ANSWER2=EVAL(expr='{ANSWER0} and not {ANSWER1}')";
    let (run, _) = run_on(&VISPROG, &with_result(steps), 2);
    assert_eq!(outcome(&run), "True");
    let images: Vec<usize> = run.trace.answers.iter().map(|a| a.request.image).collect();
    assert_eq!(images, [0, 1]);
    let (run, _) = run_on(&VISPROG, &with_result(steps), 1);
    assert_eq!(
        outcome(&run),
        "TypeError: execute_command() missing 2 required positional arguments: 'LEFT' and 'RIGHT'"
    );
}

#[test]
fn traces() {
    for at in [0, 4, 13] {
        let (name, steps) = PROGRAMS[at];
        let source = with_result(steps);
        let (run, _) = run_on(&VISPROG, &source, 1);
        let program = VISPROG.parse(&source).unwrap();
        let trace = run.trace.render(&program, &VISPROG);
        // Without what happens inside the pack.
        let own: Vec<&str> = trace.lines().filter(|l| !l.contains(" pack:")).collect();
        insta::assert_snapshot!(name.replace(' ', "_"), own.join("\n"));
    }
}

#[test]
fn where_a_step_fails_is_a_place_in_the_steps() {
    let source =
        "A=EVAL(expr='1')\nX=EVAL(expr=\"'yes' if {A} + 'b' else 'no'\")\nR=RESULT(var=X)\n";
    let (run, _) = run_on(&VISPROG, source, 1);
    let fact_lang::run::Outcome::Raised(raised) = &run.outcome else {
        panic!("{:?}", run.outcome);
    };
    let program = VISPROG.parse(source).unwrap();
    assert_eq!(program.line_column(raised.span.start).0, 2);
    assert_eq!(program.text(raised.span), "{A} + 'b'");
}

/// The body of a Python program and the steps that ask the same.
const PAIRS: &[(&str, &str)] = &[
    (
        "return bool_to_yesno(ImagePatch(image).exists('cat'))",
        PROGRAMS[0].1,
    ),
    (
        "return bool_to_yesno(ImagePatch(image).exists('horse'))",
        PROGRAMS[1].1,
    ),
    ("return len(ImagePatch(image).find('cup'))", PROGRAMS[2].1),
    (
        "p = ImagePatch(image)\n    c = p.find('cat')[0]\n    return len([d for d in p.find('dog') if d.horizontal_center > c.horizontal_center])",
        PROGRAMS[5].1,
    ),
    (
        "p = ImagePatch(image)\n    c = p.find('cat')[0]\n    return len([d for d in p.find('cup') if d.vertical_center < c.vertical_center])",
        PROGRAMS[7].1,
    ),
    (
        "d = max(ImagePatch(image).find('dog'), key=lambda d: d.left)\n    return d.simple_query('What color is the dog?')",
        PROGRAMS[8].1,
    ),
    (
        "p = ImagePatch(image)\n    return p.simple_query('Is there a cup?') != 'no'",
        "ANSWER0=VQA(image=IMAGE,question='Is there a cup?')\nANSWER1=EVAL(expr='{ANSWER0} != False')",
    ),
    (
        "p = ImagePatch(image)\n    return int(p.simple_query('How many cats are there?')) == len(p.find('cat'))",
        "A=VQA(image=IMAGE,question='How many cats are there?')\nB=LOC(image=IMAGE,object='cat')\nC=COUNT(box=B)\nX=EVAL(expr='{A} == {C}')",
    ),
    (
        "p = ImagePatch(image)\n    return len([c for c in p.find('cup') if c.verify_property('cup', 'red')])",
        PROGRAMS[17].1,
    ),
    (
        "p = ImagePatch(image)\n    if len(p.find('dog')) > len(p.find('cat')):\n        return 'dog'\n    return 'cat'",
        "A=LOC(image=IMAGE,object='dog')\nB=LOC(image=IMAGE,object='cat')\nN=COUNT(box=A)\nM=COUNT(box=B)\nX=EVAL(expr=\"'dog' if {N} > {M} else 'cat'\")",
    ),
    (
        "p = ImagePatch(image)\n    return p.exists('dog') != p.exists('horse')",
        "A=LOC(image=IMAGE,object='dog')\nB=LOC(image=IMAGE,object='horse')\nN=COUNT(box=A)\nM=COUNT(box=B)\nX=EVAL(expr=\"({N} > 0) xor ({M} > 0)\")",
    ),
];

#[test]
fn the_same_question_in_python_has_the_same_answer() {
    for (body, steps) in PAIRS {
        let python = format!("def execute_command(image):\n    {body}\n");
        let (a, _) = run_on(&VIPER, &python, 1);
        let (b, _) = run_on(&VISPROG, &with_result(steps), 1);
        assert_eq!(outcome(&a), outcome(&b), "{body}\n{steps}");
        assert!(!outcome(&a).contains("Error"), "{}", outcome(&a));
    }
}

#[test]
fn the_api_for_prompts() {
    insta::assert_snapshot!(VISPROG.prompt_stub());
}
