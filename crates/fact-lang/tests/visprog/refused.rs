//! Every refusal says what is wrong and where.

use crate::scene::VISPROG;
use fact_lang::syntax::SyntaxErrorKind;

/// Steps, then the place and words of the refusal.
const CASES: &[(&str, &str)] = &[
    (
        "X=LOC(image=IMAGE,object='dog')",
        "1:32: the program does not end with RESULT(var=…)",
    ),
    ("", "1:1: the program does not end with RESULT(var=…)"),
    (
        "X=JUMP(image=IMAGE)\nR=RESULT(var=X)",
        "1:3: unknown step `JUMP`",
    ),
    (
        "X=loc(image=IMAGE,object='dog')\nR=RESULT(var=X)",
        "1:3: unknown step `loc`",
    ),
    (
        "X=SEG(image=IMAGE)\nR=RESULT(var=X)",
        "1:3: the step `SEG` is not supported: it divides the image into segments, which no perception of Fact does",
    ),
    (
        "X=EMOJI(image=IMAGE,object=O,emoji='smile')\nR=RESULT(var=X)",
        "1:3: the step `EMOJI` is not supported: it edits the image and answers no question",
    ),
    (
        "X=CLIP(video=V)\nR=RESULT(var=X)",
        "1:3: the step `CLIP` is not supported: it is about video",
    ),
    (
        "X=COUNT(box=BOX0)\nR=RESULT(var=X)",
        "1:13: unknown variable `BOX0`: no earlier step gives it a value",
    ),
    (
        "R=RESULT(var=X)",
        "1:14: unknown variable `X`: no earlier step gives it a value",
    ),
    (
        "X=EVAL(expr='{Y}')\nR=RESULT(var=X)",
        "1:14: unknown variable `Y`: no earlier step gives it a value",
    ),
    (
        "X=EVAL(expr=\"'{Y}'\")\nR=RESULT(var=X)",
        "1:15: unknown variable `Y`: no earlier step gives it a value",
    ),
    (
        "X=LOC(image=IMAGE)\nR=RESULT(var=X)",
        "1:6: LOC lacks the argument `object`",
    ),
    (
        "X=EVAL()\nR=RESULT(var=X)",
        "1:7: EVAL lacks the argument `expr`",
    ),
    (
        "X=LOC(image=IMAGE,object='a',color='b')\nR=RESULT(var=X)",
        "1:30: LOC has no argument `color`; it takes image, object",
    ),
    (
        "X=LOC(IMAGE,'dog')\nR=RESULT(var=X)",
        "1:7: arguments are given by name",
    ),
    (
        "X=LOC(**IMAGE)\nR=RESULT(var=X)",
        "1:7: arguments are given by name",
    ),
    (
        "X=EVAL(expr='1')\n\nX=EVAL(expr='2')\nR=RESULT(var=X)",
        "3:1: `X` is assigned in line 1 already",
    ),
    (
        "IMAGE=EVAL(expr='1')\nR=RESULT(var=IMAGE)",
        "1:1: `IMAGE` is an input",
    ),
    (
        "COUNT=EVAL(expr='1')\nR=RESULT(var=COUNT)",
        "1:1: `COUNT` cannot be the name of a variable",
    ),
    (
        "len=EVAL(expr='1')\nR=RESULT(var=len)",
        "1:1: `len` cannot be the name of a variable",
    ),
    (
        "__x__=EVAL(expr='1')\nR=RESULT(var=__x__)",
        "1:1: `__x__` cannot be the name of a variable",
    ),
    (
        "R=RESULT(var=IMAGE)\nX=EVAL(expr='1')",
        "1:1: RESULT is the last step",
    ),
    ("R=RESULT(var='IMAGE')", "1:14: RESULT takes a variable"),
    (
        "import os\nR=RESULT(var=IMAGE)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "print('x')\nR=RESULT(var=IMAGE)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "X=1\nR=RESULT(var=IMAGE)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "A=B=EVAL(expr='1')\nR=RESULT(var=A)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "A,B=EVAL(expr='1')\nR=RESULT(var=A)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "A=IMAGE.x(a='1')\nR=RESULT(var=A)",
        "1:3: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "A=EVAL(expr='1'); R=RESULT(var=A)",
        "1:19: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "A=EVAL(\nexpr='1')\nR=RESULT(var=A)",
        "1:1: a step is NAME=STEP(argument=value, …), on one line",
    ),
    (
        "X=LOC(image=LOC(image=IMAGE,object='a'),object='b')\nR=RESULT(var=X)",
        "1:13: an argument is a variable, a text, a number or a list of texts; EVAL computes",
    ),
    (
        "X=LOC(image=IMAGE,object=f'a')\nR=RESULT(var=X)",
        "1:26: an argument is a variable, a text, a number or a list of texts; EVAL computes",
    ),
    (
        "X=EVAL(expr=IMAGE)\nR=RESULT(var=X)",
        "1:13: the expression of EVAL is a text in quotes",
    ),
    (
        "X=EVAL(expr='''1''')\nR=RESULT(var=X)",
        "1:13: the expression of EVAL is one text in single or double quotes",
    ),
    (
        "X=EVAL(expr=r'1')\nR=RESULT(var=X)",
        "1:13: the expression of EVAL is one text in single or double quotes",
    ),
    (
        "X=EVAL(expr='1' '2')\nR=RESULT(var=X)",
        "1:13: the expression of EVAL is one text in single or double quotes",
    ),
    (
        "X=EVAL(expr='{}')\nR=RESULT(var=X)",
        "1:14: braces in EVAL hold the name of a variable, as in {ANSWER0}",
    ),
    (
        "X=EVAL(expr='{{IMAGE}}')\nR=RESULT(var=X)",
        "1:14: braces in EVAL hold the name of a variable, as in {ANSWER0}",
    ),
    (
        "X=EVAL(expr='{IMAGE.__class__}')\nR=RESULT(var=X)",
        "1:14: braces in EVAL hold the name of a variable, as in {ANSWER0}",
    ),
    (
        "X=EVAL(expr='{IMAGE!r}')\nR=RESULT(var=X)",
        "1:14: braces in EVAL hold the name of a variable, as in {ANSWER0}",
    ),
    (
        "X=EVAL(expr='{0}')\nR=RESULT(var=X)",
        "1:14: braces in EVAL hold the name of a variable, as in {ANSWER0}",
    ),
    (
        "X=EVAL(expr='{__class__}')\nR=RESULT(var=X)",
        "1:14: unknown variable `__class__`: no earlier step gives it a value",
    ),
    (
        "X=EVAL(expr='1}')\nR=RESULT(var=X)",
        "1:15: `}` without `{`",
    ),
    (
        "X=EVAL(expr='IMAGE')\nR=RESULT(var=X)",
        "1:14: in EVAL a variable stands in braces: {IMAGE}",
    ),
    (
        "A=EVAL(expr='1')\nX=EVAL(expr='[A for A in [1]]')\nR=RESULT(var=X)",
        "2:21: in EVAL a variable stands in braces: {A}",
    ),
    (
        "X=EVAL(expr='LOC(image={IMAGE},object=3)')\nR=RESULT(var=X)",
        "1:14: in EVAL no step can be called: `LOC`",
    ),
    (
        "X=EVAL(expr='eval_value(1)')\nR=RESULT(var=X)",
        "1:14: in EVAL no step can be called: `eval_value`",
    ),
    (
        "X=EVAL(expr='(lambda: 1)()')\nR=RESULT(var=X)",
        "1:15: EVAL holds an expression without assignment and lambda",
    ),
    (
        "X=EVAL(expr='(y := 1)')\nR=RESULT(var=X)",
        "1:15: EVAL holds an expression without assignment and lambda",
    ),
    ("X=EVAL(expr='y = 1')\nR=RESULT(var=X)", "1:16: in EVAL: "),
    ("X=EVAL(expr='')\nR=RESULT(var=X)", "1:14: in EVAL: "),
    ("X=EVAL(expr='1 +')\nR=RESULT(var=X)", "1:17: in EVAL: "),
    (
        "X=EVAL(expr=\"f'{IMAGE}'\")\nR=RESULT(var=X)",
        "1:15: EVAL holds plain texts only",
    ),
    (
        "X=EVAL(expr=\"'a\")\nR=RESULT(var=X)",
        "1:14: a text in EVAL is not closed",
    ),
    (
        "X=EVAL(expr=\"'a\\\\n'\")\nR=RESULT(var=X)",
        "1:16: EVAL takes no backslash but before a quotation mark",
    ),
    (
        "X=EVAL(expr='1 # 2')\nR=RESULT(var=X)",
        "1:16: EVAL holds no comment",
    ),
    (
        "X=EVAL(expr=\"'a' '{IMAGE}'\")\nR=RESULT(var=X)",
        "1:14: in EVAL: a reference stands where no value can",
    ),
    (
        "X=EVAL(expr='max(1, {IMAGE}=2)')\nR=RESULT(var=X)",
        "1:14: in EVAL: a reference stands where no value can",
    ),
    (
        "X=EVAL(expr='len{IMAGE}')\nR=RESULT(var=X)",
        "1:17: in EVAL: a reference stands where no value can",
    ),
    (
        "X=EVAL(expr='{IMAGE} {IMAGE}')\nR=RESULT(var=X)",
        "1:22: in EVAL: a reference stands where no value can",
    ),
    (
        "X=EVAL(expr='2.{IMAGE}')\nR=RESULT(var=X)",
        "1:16: in EVAL: a reference stands where no value can",
    ),
    (
        "  X=EVAL(expr='1')\nR=RESULT(var=X)",
        "1:1: Unexpected indentation",
    ),
    ("Sure!\nX=EVAL(expr='1')\nR=RESULT(var=X)", "1:5: "),
    (
        "X=LOC(image=IMAGE,image=IMAGE,object='a')\nR=RESULT(var=X)",
        "1:19: ",
    ),
];

#[test]
fn each_refusal_has_a_place_and_words() {
    for (source, expected) in CASES {
        let error = match VISPROG.parse(source) {
            Ok(_) => panic!("it parses: {source}"),
            Err(error) => error,
        };
        let found = error.to_string();
        // A parser's own words are not ours to fix.
        match expected.ends_with(": ") {
            true => assert!(found.starts_with(expected), "{source}\n{found}"),
            false => assert_eq!(found, *expected, "{source}"),
        }
        let unsupported = found.contains("is not supported");
        assert_eq!(
            error.kind == SyntaxErrorKind::UnsupportedSyntax,
            unsupported
        );
    }
}

#[test]
fn a_pack_says_which_language_it_has() {
    use fact_lang::ast::FrontEnd;
    use fact_lang::pack::Pack;
    assert_eq!(VISPROG.front_end, FrontEnd::VisProg);
    assert_eq!(crate::scene::VIPER.front_end, FrontEnd::Python);
    let error = Pack::load("p", "VERSION = \"1\"\nFRONT_END = \"cobol\"\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "pack p, line 2: FRONT_END is \"python\" or \"visprog\""
    );
    assert!(
        VISPROG
            .parse("def execute_command(image):\n    return 1\n")
            .is_err()
    );
}
