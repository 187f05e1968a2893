//! Step programs that mean harm: each ends with a typed outcome, on a small stack.

use crate::scene::{VISPROG, outcome, run_on, value};
use fact_lang::syntax::SyntaxErrorKind;

#[test]
fn expressions_reach_nothing() {
    for (expr, expected) in [
        ("__import__('os').system('true')", "NameError"),
        ("open('/etc/passwd')", "NameError"),
        ("eval('1')", "NameError"),
        ("exec('1')", "NameError"),
        ("globals()", "NameError"),
        ("{A}.__class__", "AttributeError"),
        ("{A}.__class__.__mro__", "AttributeError"),
        ("'{A}'.__class__", "AttributeError"),
        ("{IMAGE}._region", "AttributeError"),
        ("{IMAGE}.__init__", "AttributeError"),
        ("len.__self__", "AttributeError"),
        ("find({IMAGE}, 'dog')", "NameError"),
        ("_cut({IMAGE}, 0, 0, 1, 1)", "NameError"),
        ("Picture({IMAGE})", "TypeError"),
        ("'x' * 10 ** 12", "limit"),
        ("10 ** 10 ** 10", "limit"),
        ("[i for i in range(10 ** 12)]", "limit"),
        ("sum(range(10 ** 12))", "limit"),
    ] {
        let found = value(&format!("A=EVAL(expr='1')\nX=EVAL(expr=\"{expr}\")"));
        assert!(
            found.starts_with(expected)
                || (expected == "limit" && found.starts_with("MemoryError")),
            "{expr}: {found}"
        );
    }
}

#[test]
fn answers_of_perception_are_never_code() {
    for answer in [
        "__import__('os')",
        "{A}",
        "{{A}}",
        "{A.__class__}",
        "' or True or '",
        "1 if 1 else 0",
    ] {
        for expr in ["{A}", "{A} == 'x'", "{A} + {A}"] {
            let found = value(&format!(
                "A=VQA(image=IMAGE,question=\"say {answer}\")\nX=EVAL(expr=\"{expr}\")"
            ));
            let text = |t: &str| value(&format!("X=VQA(image=IMAGE,question=\"say {t}\")"));
            let expected = match expr {
                "{A}" => text(answer),
                "{A} + {A}" => text(&format!("{answer}{answer}")),
                _ => "False".to_owned(),
            };
            assert_eq!(found, expected, "{answer} in {expr}");
        }
    }
}

fn small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

fn kind(source: &str) -> Option<SyntaxErrorKind> {
    VISPROG.parse(source).err().map(|e| e.kind)
}

#[test]
fn size_and_nesting_are_bounded() {
    small_stack(|| {
        use SyntaxErrorKind::{Invalid, TooDeep, TooLarge};
        let steps = "X=LOC(image=IMAGE,object='dog')\n".repeat(100_000);
        assert_eq!(kind(&steps), Some(TooLarge));
        let line = format!("X=LOC(image=IMAGE,object='{}')", "a".repeat(1 << 20));
        assert_eq!(kind(&line), Some(TooLarge));
        let expr = |text: String| format!("X=EVAL(expr='{text}')\nR=RESULT(var=X)");
        let n = 30_000;
        for (text, expected) in [
            ("(".repeat(n), TooDeep),
            ("-".repeat(n), TooDeep),
            ("not ".repeat(n / 4), TooDeep),
            ("1+".repeat(n), TooDeep),
            ("a.".repeat(n), TooDeep),
            ("1 if ".repeat(n / 5), TooDeep),
            ("{".repeat(n), Invalid),
            ("}".repeat(n), Invalid),
            ("{IMAGE}".repeat(n / 8), Invalid),
            ("\\\"".repeat(n / 4), Invalid),
            ("xor ".repeat(n / 4), Invalid),
            ("\\\\".repeat(n), Invalid),
        ] {
            let found = kind(&expr(text.clone()));
            assert_eq!(found, Some(expected), "{}…", &text[..20]);
        }
    });
}

#[test]
fn many_steps_are_fine() {
    small_stack(|| {
        let mut source = String::from("A0=EVAL(expr='0')\n");
        for i in 1..1500 {
            source.push_str(&format!("A{i}=EVAL(expr='{{A{}}} + 1')\n", i - 1));
        }
        source.push_str("R=RESULT(var=A1499)\n");
        assert_eq!(outcome(&run_on(&VISPROG, &source, 1).0), "1499");

        let mut source = String::from("I0=CROP_LEFTOF(image=IMAGE,box=B)\n")
            .replace("I0=", "B=LOC(image=IMAGE,object='LEFT')\nI0=");
        for i in 1..1000 {
            source.push_str(&format!("I{i}=CROP_ABOVE(image=I{},box=B)\n", i - 1));
        }
        source.push_str("R=RESULT(var=I999)\n");
        let found = outcome(&run_on(&VISPROG, &source, 1).0);
        assert!(
            found.starts_with("Picture(") || found.starts_with("ValueError"),
            "{found}"
        );
    });
}

use proptest::prelude::*;

fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "BOX0=LOC(image=IMAGE,object='dog')\n",
        "A0=COUNT(box=BOX0)\n",
        "A1=EVAL(expr=\"",
        "{A0}",
        "'{A0}'",
        "\")\n",
        "R=RESULT(var=A1)\n",
        " xor ",
        "'",
        "\"",
        "\\'",
        "\\\"",
        "{",
        "}",
        "(",
        ")",
        "1",
        " == ",
        "#",
        "é",
        "\n",
        "f'",
        "A2=VQA(image=IMAGE,question='",
        "')\n",
        "CROP(image=IMAGE,box=BOX0)",
        "=",
        "[",
        "]",
    ]);
    prop_oneof![9 => fixed.prop_map(str::to_owned), 1 => "\\PC{0,4}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Any text is a program or a refusal with a place in it, and any program ends.
    #[test]
    fn random_steps(pieces in prop::collection::vec(piece(), 0..16)) {
        let source = pieces.concat();
        match VISPROG.parse(&source) {
            Ok(module) => {
                for span in &module.spans {
                    let _ = module.text(*span);
                }
                let _ = outcome(&run_on(&VISPROG, &source, 1).0);
            }
            Err(error) => {
                prop_assert!(error.span.start as usize <= source.len());
                prop_assert!(error.line as usize <= source.matches('\n').count() + 1);
            }
        }
    }

    /// Well-formed expressions over variables: the same with `{…}` as with the value written out.
    #[test]
    fn random_expressions(parts in prop::collection::vec((0..4usize, 0..5usize), 1..6)) {
        let names = [("{N}", "3"), ("{M}", "7"), ("{T}", "True"), ("'{N}'", "'3'")];
        let ops = [" == ", " != ", " and ", " or ", " in [1, 3, 7] == "];
        let spell = |referring: bool| {
            let mut text = String::new();
            for (at, (name, op)) in parts.iter().enumerate() {
                if at > 0 {
                    text.push_str(ops[*op]);
                }
                text.push_str(if referring { names[*name].0 } else { names[*name].1 });
            }
            text
        };
        let with = |expr: &str| value(&format!(
            "C=LOC(image=IMAGE,object='cup')\nN=COUNT(box=C)\nM=EVAL(expr='7')\nT=EVAL(expr='1 == 1')\n\
             X=EVAL(expr=\"{expr}\")"
        ));
        prop_assert_eq!(with(&spell(true)), with(&spell(false)));
    }
}
